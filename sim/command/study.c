/* `milieu study WORD FOLDER`: finds what the word does, and opens the folder for it. */
#include <string.h>

#include "nearest.h"
#include "study_command.h"

static const struct {
    const char *name;
    int operands;
    int (*run)(const struct call *call, const struct folder *folder, const struct study *study, struct error *err);
} word_table[] = { { "status", 2, study_status },        { "merge", 2, study_merge_folder },
                   { "verify", 2, study_verify_folder }, { "run", 3, study_run_again },
                   { "export", 2, study_export },        { "submit", 2, NULL } };

enum { NUM_STUDY_WORDS = sizeof word_table / sizeof *word_table };

static int unknown_word(const struct call *call, struct error *err)
{
    const char *names[NUM_STUDY_WORDS];
    for (int i = 0; i < NUM_STUDY_WORDS; i++)
        names[i] = word_table[i].name;
    const char *near = nearest_name(call->operand[0], names, NUM_STUDY_WORDS);
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_STUDY_WHAT_NEAR, call->operand[0], near);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_STUDY_WHAT, call->operand[0]);
}

int command_study(struct call *call, struct error *err)
{
    struct folder folder = { 0 };
    struct study study = { 0 };
    int word = 0, ret;
    if (call->num_operands < 1)
        return wrong_operands(call, err);
    while (word < NUM_STUDY_WORDS && strcmp(call->operand[0], word_table[word].name) != 0)
        word++;
    if (word == NUM_STUDY_WORDS)
        return unknown_word(call, err);
    if (call->num_operands != word_table[word].operands)
        return wrong_operands(call, err);
    if (word_table[word].run == NULL)
        return study_submit(call, err);
    ret = input_study_folder(call, call->operand[1], &folder, &study, err);
    if (ret == 0)
        ret = word_table[word].run(call, &folder, &study, err);
    study_free(&study);
    folder_free(&folder);
    return ret;
}
