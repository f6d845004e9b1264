#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../scenario/scenario.h"
#include "command.h"
#include "inputs.h"

#define SHOWN_CLINICS 6   /* told one by one; of more, only how many */
#define STRONG_RATING 1.0 /* a factor nobody rates stays within -1..1: beyond, somebody said so */

/* "2 years", "78 weeks" */
static const char *duration(char *buffer, size_t size, const struct terminal *t, int weeks)
{
    if (weeks % 52 == 0)
        return count_words(buffer, size, t, WORD_ONE_YEAR, (size_t)weeks / 52);
    return count_words(buffer, size, t, WORD_ONE_WEEK, (size_t)weeks);
}

static void print_head(const struct terminal *t, const struct scenario *s)
{
    char length[64];
    fputs("  ", t->out);
    text_paragraph(t->out, s->title[t->lang], 2, 2, TERMINAL_WIDTH);
    duration(length, sizeof length, t, s->horizon);
    if (*s->start != '\0')
        say_paragraph(t, 2, WORD_CHECK_TIME_FROM, length, s->start);
    else
        say_paragraph(t, 2, WORD_CHECK_TIME, length);
}

/* ---- clinics ---- */

static void add_word(char *list, size_t size, const char *word)
{
    size_t length = strlen(list);
    if (length + strlen(word) + 3 < size)
        snprintf(list + length, size - length, "%s%s", length > 0 ? "; " : "", word);
}

static void add_rating(const struct terminal *t, char *list, size_t size, int factor, double rating)
{
    char word[256], number[NUMBER_LENGTH];
    text_number(number, rating, 1, true, t->lang);
    snprintf(word, sizeof word, "%s (%s)", factor_table[factor].words[t->lang], number);
    add_word(list, size, word);
}

static void print_strong(const struct terminal *t, const struct clinic_setting *clinic)
{
    char barriers[1024] = "", facilitators[1024] = "";
    for (int i = 0; i < NUM_FACTORS; i++) {
        if (!(clinic->rating[i] > STRONG_RATING || clinic->rating[i] < -STRONG_RATING))
            continue;
        add_rating(t, clinic->rating[i] < 0 ? barriers : facilitators, sizeof barriers, i, clinic->rating[i]);
    }
    fprintf(t->out, "    %s", in_words(t, WORD_BARRIERS));
    text_paragraph(t->out, *barriers != '\0' ? barriers : in_words(t, WORD_NONE), 22, 6, TERMINAL_WIDTH);
    fprintf(t->out, "    %s", in_words(t, WORD_FACILITATORS));
    text_paragraph(t->out, *facilitators != '\0' ? facilitators : in_words(t, WORD_NONE), 22, 6, TERMINAL_WIDTH);
}

/* Those with ratings of their own, each with all of them. */
static void print_people(const struct terminal *t, const struct person_setting *person, int count, enum word role)
{
    for (int i = 0; person != NULL && i < count; i++) {
        char list[1024] = "", number[32];
        for (int f = 0; f < NUM_FACTORS; f++)
            if (!isnan(person[i].rating[f]))
                add_rating(t, list, sizeof list, f, person[i].rating[f]);
        snprintf(number, sizeof number, "%d", i + 1);
        if (*list != '\0')
            say_paragraph(t, 4, WORD_CHECK_PERSON, person[i].id[0] != '\0' ? person[i].id : number, in_words(t, role),
                          list);
    }
}

static void print_centre(const struct terminal *t, const struct centre_setting *centre)
{
    for (int i = 0; centre->case_manager != NULL && i < centre->num_case_managers; i++)
        for (int f = 0; f < NUM_FACTORS; f++)
            if (!isnan(centre->case_manager[i].rating[f])) {
                say_paragraph(t, 2, WORD_CHECK_CENTRE, centre->id);
                print_people(t, centre->case_manager, centre->num_case_managers, WORD_ROLE_CASE_MANAGER);
                return;
            }
}

static void print_clinic(const struct terminal *t, const struct clinic_setting *clinic)
{
    char nurses[64], physicians[64], roster[NUMBER_LENGTH];
    count_words(nurses, sizeof nurses, t, WORD_ONE_NURSE, (size_t)clinic->num_nurses);
    count_words(physicians, sizeof physicians, t, WORD_ONE_PHYSICIAN, (size_t)clinic->num_physicians);
    text_number(roster, clinic->base.roster, 0, false, t->lang);
    say_paragraph(t, 2, WORD_CHECK_CLINIC, clinic->id, in_words(t, WORD_PLACE_RURAL + (enum word)clinic->place), nurses,
                  physicians, roster, (int)clinic->base.per_clinic);
    print_strong(t, clinic);
    print_people(t, clinic->nurse, clinic->num_nurses, WORD_ROLE_NURSE);
    print_people(t, clinic->physician, clinic->num_physicians, WORD_ROLE_PHYSICIAN);
}

static void print_clinics(const struct terminal *t, const struct setting *setting)
{
    char clinics[64], centres[64];
    count_words(clinics, sizeof clinics, t, WORD_ONE_CLINIC, (size_t)setting->num_clinics);
    count_words(centres, sizeof centres, t, WORD_ONE_CENTRE, (size_t)setting->num_centres);
    say_paragraph(t, 2, WORD_CHECK_PLACES, clinics, centres);
    for (int i = 0; i < setting->num_centres && i < SHOWN_CLINICS; i++)
        print_centre(t, &setting->centre[i]);
    for (int i = 0; i < setting->num_clinics && i < SHOWN_CLINICS; i++)
        print_clinic(t, &setting->clinic[i]);
    if (setting->num_clinics > SHOWN_CLINICS)
        say(t, WORD_CHECK_MORE_CLINICS, setting->num_clinics - SHOWN_CLINICS);
}

/* ---- strategies, arms, runs ---- */

static void print_list(const struct terminal *t, const char *count, char *const *ids, int num)
{
    size_t room = (size_t)num * 66 + 16;
    char *list = malloc(room);
    if (list == NULL)
        return;
    *list = '\0';
    for (int i = 0; i < num; i++)
        strcat(strcat(list, i > 0 ? ", " : ""), ids[i]);
    fprintf(t->out, "  %s%s", count, num > 0 ? t->lang == LANG_FR ? "\u00a0: " : ": " : "");
    text_paragraph(t->out, list, 4 + text_width(count), 4, TERMINAL_WIDTH);
    free(list);
}

static void print_plan(const struct terminal *t, const struct scenario *s)
{
    char count[64], draws[NUMBER_LENGTH], replications[NUMBER_LENGTH], runs[NUMBER_LENGTH];
    int assumed = 0;
    count_words(count, sizeof count, t, WORD_ONE_STRATEGY, (size_t)s->num_strategies);
    print_list(t, count, s->strategy_id, s->num_strategies);
    count_words(count, sizeof count, t, WORD_ONE_ARM, (size_t)s->num_arms);
    print_list(t, count, s->arm_id, s->num_arms);
    count_words(draws, sizeof draws, t, WORD_ONE_DRAW, (size_t)s->runs.draws);
    text_number(replications, s->runs.replications, 0, false, t->lang);
    count_words(runs, sizeof runs, t, WORD_ONE_RUN, (size_t)s->runs.draws * (size_t)s->runs.replications);
    say_paragraph(t, 2, WORD_CHECK_RUNS, runs, draws, replications, (unsigned)s->runs.seed);
    for (int i = 0; i < NUM_PARAMS; i++)
        assumed += param_table[i].evidence == EVIDENCE_ASSUMED;
    say_paragraph(t, 2, WORD_CHECK_ASSUMED, assumed, NUM_PARAMS);
}

static int check_file(const struct call *call, const char *path, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct scenario scenario = { 0 };
    struct setting setting = { 0 };
    int ret = input_scenario(call, path, &scenario, err);
    if (ret == 0)
        ret = scenario_draw(&scenario, scenario.runs.seed, 0, &setting, err);
    if (ret == 0) {
        say(t, WORD_CHECK_VALID, bold(t->color_out), path, plain(t->color_out));
        print_head(t, &scenario);
        print_clinics(t, &setting);
        print_plan(t, &scenario);
    }
    setting_free(&setting);
    scenario_free(&scenario);
    return ret;
}

int command_check(struct call *call, struct error *err)
{
    int first_failure = 0;
    if (call->num_operands == 0)
        return wrong_operands(call, err);
    for (int i = 0; i < call->num_operands; i++) {
        struct error trouble = { 0 };
        int ret = check_file(call, call->operand[i], &trouble);
        if (ret == 0)
            continue;
        if (ret < 0)
            command_print_error(&call->terminal, ret, &trouble);
        if (first_failure == 0)
            first_failure = ret < 0 ? error_exit_status(ret) : ret;
    }
    return first_failure;
}
