/* Studies made of a text, for tests. */
#ifndef MILIEU_TEST_STUDY_HELP_H
#define MILIEU_TEST_STUDY_HELP_H

#include "sim/study/study.h"

#define STUDY_HEAD "format = \"milieu-study/1\";\n"

/* A scenario of two clinics, two arms and a strategy, for studies that name one: 2 + 2 nurses, 52 weeks. */
extern const char study_scenario[];

/* Reads a study text; `points` may be NULL. Complaints go to `messages`, which is begun here. */
int read_study(struct study *study, const char *text, const char *points, int lang, struct messages *messages);

/* The study of a text; any complaint fails the test. The caller frees. */
struct study study_of(const char *text, const char *points);

/* Is there an error at this line of this file with these words in it? */
bool study_is_told(const struct messages *messages, const char *file, int line, const char *words);

#endif
