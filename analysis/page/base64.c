#include <stdint.h>
#include <stdlib.h>

#include "engine.h"

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *engine_base64(const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    char *text = malloc((size + 2) / 3 * 4 + 1), *to = text;
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < size; i += 3) {
        uint32_t word = (uint32_t)from[i] << 16;
        word |= i + 1 < size ? (uint32_t)from[i + 1] << 8 : 0;
        word |= i + 2 < size ? from[i + 2] : 0;
        *to++ = digit[word >> 18];
        *to++ = digit[word >> 12 & 63];
        *to++ = i + 1 < size ? digit[word >> 6 & 63] : '=';
        *to++ = i + 2 < size ? digit[word & 63] : '=';
    }
    *to = '\0';
    return text;
}

bool engine_add_bytes(cJSON *object, const char *name, const void *bytes, size_t size)
{
    char *text = engine_base64(bytes, size);
    const cJSON *item = text != NULL ? cJSON_AddStringToObject(object, name, text) : NULL;
    free(text);
    return item != NULL;
}
