/* Every word the program says to people, in both languages, in one table: a language left out does not compile. */
#ifndef MILIEU_WORDS_H
#define MILIEU_WORDS_H

enum word {
#define X(id, en, fr) WORD_##id,
#include "words.def"
#undef X
    NUM_WORDS
};

/* lang: 0 English, 1 French. Static storage. */
const char *word_text(enum word word, int lang);

#endif
