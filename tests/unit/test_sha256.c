/* The hash that names a scenario. */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/results/sha256.h"

/* FIPS 180-4's examples, and a length on each side of the padding's edge. */
Test(sha256, known_answers)
{
    static const struct {
        const char *text, *hash;
    } known[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "1234567890123456789012345678901234567890123456789012345",
          "03c3a70e99ed5eeccd80f73771fcf1ece643d939d9ecc76f25544b0233f708e9" },
    };
    char hex[65];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        sha256_hex(known[i].text, strlen(known[i].text), hex);
        cr_assert_str_eq(hex, known[i].hash, "%s", known[i].text);
    }
}
