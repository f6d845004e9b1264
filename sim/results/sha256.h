/* SHA-256 (FIPS 180-4): the name of a scenario by its bytes. */
#ifndef MILIEU_SHA256_H
#define MILIEU_SHA256_H

#include <stddef.h>

/* `out`: 32 bytes. */
void sha256(const void *data, size_t length, unsigned char out[32]);

/* The same as 64 lower-case hexadecimal digits and a NUL. */
void sha256_hex(const void *data, size_t length, char out[65]);

#endif
