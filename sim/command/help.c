#include <string.h>

#include "../model/tables.h"
#include "../scenario/keys.h"
#include "command.h"
#include "describe.h"
#include "nearest.h"

/* A key's last word may stand at several places. */
static bool explain_key(const struct terminal *t, const char *text)
{
    int key = key_find(text, 0);
    bool found = key >= 0;
    for (; key >= 0; key = key_find(text, key + 1))
        describe_key(t, key);
    return found;
}

static bool explain_eric(const struct terminal *t, const char *text)
{
    int eric = eric_find(text);
    for (int i = 0; eric < 0 && i < NUM_ERIC; i++)
        if (strcmp(eric_table[i].id, text) == 0)
            eric = i;
    if (eric < 0)
        return false;
    fprintf(t->out, "%s%s%s\n", bold(t->color_out), eric_table[eric].words[LANG_EN], plain(t->color_out));
    say(t, WORD_ERIC_PLACE, eric_table[eric].words[t->lang], eric_cluster_name[eric_table[eric].cluster][t->lang]);
    return true;
}

static int unknown_key(const char *text, struct error *err)
{
    const char *names[NUM_COMMANDS + NUM_OUTCOMES + 1];
    size_t count = 0;
    for (int i = 0; i < NUM_COMMANDS; i++)
        names[count++] = command_table[i].id;
    for (int i = 0; i < NUM_OUTCOMES; i++)
        names[count++] = outcome_table[i].id;
    const char *key = key_nearest(text);
    if (key != NULL)
        names[count++] = key;
    const char *near = nearest_name(text, names, count);
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_KEY_UNKNOWN_NEAR, text, near);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_KEY_UNKNOWN, text);
}

int command_help(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    if (call->num_operands == 0) {
        command_print_overview(t);
        return 0;
    }
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    const char *text = call->operand[0];
    int command = command_find(text), outcome = outcome_find(text);
    if (command >= 0)
        command_print_help(t, command);
    if (outcome >= 0)
        describe_outcome(t, outcome);
    bool is_key = explain_key(t, text), is_eric = explain_eric(t, text);
    return command >= 0 || outcome >= 0 || is_key || is_eric ? 0 : unknown_key(text, err);
}
