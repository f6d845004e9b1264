#include "words.h"

static const char *const word_table[NUM_WORDS][2] = {
#define X(id, en, fr) { en, fr },
#include "words.def"
#undef X
};

const char *word_text(enum word word, int lang)
{
    return word_table[word][lang];
}
