/* SHA-256 (FIPS 180-4): the name of a scenario by its bytes. */
#ifndef MILIEU_SHA256_H
#define MILIEU_SHA256_H

#include <stddef.h>
#include <stdint.h>

/* Piece by piece: begin, add any number of times, end. */
struct sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};
void sha256_begin(struct sha256 *self);
void sha256_add(struct sha256 *self, const void *data, size_t length);
void sha256_end(struct sha256 *self, unsigned char out[32]);

/* `out`: 32 bytes. */
void sha256(const void *data, size_t length, unsigned char out[32]);

/* A hash as text. */
void sha256_text(const unsigned char hash[32], char out[65]);

/* The same as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const void *data, size_t length, char out[65]);

#endif
