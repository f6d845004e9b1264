/* What a scenario states of a clinic, and the sentences it quotes for it. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_help.h"
#include "sim/scenario/stated.h"

struct stated {
    struct scenario scenario;
    struct stated_rating *item;
    int count;
};

static struct stated stated_in(struct scenario scenario, int clinic)
{
    struct stated stated = { .scenario = scenario };
    struct error err = { 0 };
    cr_assert(scenario_stated(&stated.scenario, clinic, &stated.item, &stated.count, &err) == 0, "%s", err.detail[0]);
    return stated;
}

static struct stated stated_of(const char *text)
{
    return stated_in(read_with(text, NULL, 0), 0);
}

static void forget(struct stated *stated)
{
    free(stated->item);
    scenario_free(&stated->scenario);
}

static const struct stated_rating *rating_of(const struct stated *stated, enum factor factor, const char *who)
{
    for (int i = 0; i < stated->count; i++)
        if (stated->item[i].factor == factor && strcmp(stated->item[i].who, who) == 0)
            return &stated->item[i];
    return NULL;
}

#define CLINIC(inside) HEAD "meso = ( {\n id = \"clinic-a\";\n provider: {\n" inside "\n };\n } );\n"

static void expect_said(const char *text, enum factor factor, const char *who, const char *said)
{
    struct stated stated = stated_of(text);
    const struct stated_rating *rating = rating_of(&stated, factor, who);
    cr_assert(rating != NULL);
    if (said == NULL)
        cr_expect(rating->said == NULL, "%s", rating->said);
    else
        cr_expect(rating->said != NULL && strcmp(rating->said, said) == 0, "%s", rating->said);
    forget(&stated);
}

Test(stated, a_comment_goes_with_the_key_below_it)
{
    expect_said(CLINIC("# first\n  #   second\nsilos = -1;"), FACTOR_silos, "", "first second");
    expect_said(CLINIC("silos = -1;"), FACTOR_silos, "", NULL);
    expect_said(CLINIC("# far away\n\nsilos = -1;"), FACTOR_silos, "", NULL);
}

Test(stated, one_comment_serves_the_keys_that_stand_together)
{
    const char *text = CLINIC("# both\nsilos = -1;\nnurses = 3;\nservice_knowledge = 1;");
    expect_said(text, FACTOR_silos, "", "both");
    expect_said(text, FACTOR_service_knowledge, "", "both");
}

Test(stated, beside_the_key_goes_before_above_it)
{
    expect_said(CLINIC("# above\nsilos = -1; # beside"), FACTOR_silos, "", "beside");
    expect_said(CLINIC("# above\nservice_knowledge = 1; # its own\nsilos = -1;"), FACTOR_silos, "", NULL);
    expect_said(CLINIC("# a \"#\" b\nsilos = (\"rating\", -1);"), FACTOR_silos, "", "a \"#\" b");
}

#define LAYERS                                                                                                         \
    HEAD                                                                                                               \
        "innovation: {\n # whole\n follow_up = 1;\n};\n"                                                               \
        "macro: { centres: ( { id = \"centre-1\"; case_managers: ( { id = \"cm\";\n # hers\n case_manager_skill = "    \
        "2;\n } ); } ); };\n"                                                                                          \
        "every_clinic: { provider: {\n # all\n silos = -2;\n\n # all\n service_knowledge = (\"rating\", 2);\n }; };\n" \
        "meso = ( { id = \"clinic-a\"; provider: {\n # own\n silos = -1;\n nurses: ( { id = \"n\";\n # nurse\n "       \
        "nurse_experience = (\"uniform\", 0.0, 1.0);\n } ); }; } );\n"

static void expect_rating(const struct stated *s, enum factor factor, const char *who, double middle, const char *said)
{
    const struct stated_rating *rating = rating_of(s, factor, who);
    cr_assert(rating != NULL, "%s", factor_table[factor].id);
    cr_expect(rating->middle == middle, "%s: %g", factor_table[factor].id, rating->middle);
    cr_expect(said == NULL ? rating->said == NULL : rating->said != NULL && strcmp(rating->said, said) == 0, "%s: %s",
              factor_table[factor].id, rating->said);
}

Test(stated, the_nearest_layer_speaks_and_silence_is_not_told)
{
    struct stated s = stated_of(LAYERS);
    expect_rating(&s, FACTOR_silos, "", -1, "own");
    expect_rating(&s, FACTOR_service_knowledge, "", 2, "all");
    expect_rating(&s, FACTOR_follow_up, "", 1, "whole");
    expect_rating(&s, FACTOR_nurse_experience, "n", 0.5, "nurse");
    expect_rating(&s, FACTOR_case_manager_skill, "cm", 2, "hers");
    cr_expect(s.count == 5, "%d", s.count);
    const struct stated_rating *exact = rating_of(&s, FACTOR_silos, ""),
                               *drawn = rating_of(&s, FACTOR_nurse_experience, "n");
    cr_expect(exact->low == -1 && exact->high == -1);
    cr_expect(drawn->low == 0.05 && drawn->high == 0.95, "%g %g", drawn->low, drawn->high);
    forget(&s);
}

/* What an option says has no comment, and takes that of what it replaces away. */
Test(stated, an_option_quotes_nobody)
{
    const struct scenario_override override = { true, "silos=1" };
    struct stated s = stated_in(read_with(LAYERS, &override, 1), 0);
    expect_rating(&s, FACTOR_silos, "", 1, NULL);
    forget(&s);
}

/* ---- sentences ---- */

static void expect_quote(const char **at, const char *document, char part, const char *text)
{
    struct quotation q;
    cr_assert(stated_quotation(at, &q), "none left: %s", text);
    cr_expect_str_eq(q.document, document);
    cr_expect(q.part == part && q.length == (int)strlen(text) && memcmp(q.text, text, strlen(text)) == 0, "%.*s",
              q.length, q.text);
}

Test(stated, sentences_are_found_in_what_is_said)
{
    const char *at = "A word. [003] A \"One.\" So it \"seems\". [004] \"Two\": \"three\" [12 \"no\" [001]\"no\"";
    struct quotation q;
    expect_quote(&at, "003", 'A', "One.");
    expect_quote(&at, "004", 0, "Two");
    cr_expect(!stated_quotation(&at, &q));
    at = NULL;
    cr_expect(!stated_quotation(&at, &q));
    at = "[003] C \"never closed";
    cr_expect(!stated_quotation(&at, &q));
    at = "[00000000000003] \"a number too long\"";
    cr_expect(!stated_quotation(&at, &q));
}

/* Every rating of the four cases has its sentence, in the scenario where all are together. */
Test(stated, the_cases_quote_every_rating)
{
    struct scenario scenario = { 0 };
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, "scenarios/integrated-care.cfg", NULL, 0, &messages, &err) == 0);
    messages_free(&messages);
    for (int c = 0; c < scenario.num_clinics; c++) {
        struct stated_rating *item;
        int count;
        cr_assert(scenario_stated(&scenario, c, &item, &count, &err) == 0 && count > 0);
        for (int i = 0; i < count; i++) {
            const char *at = item[i].said;
            struct quotation q;
            cr_expect(stated_quotation(&at, &q) && strcmp(q.document, "003") == 0, "%s: %s", scenario.clinic_id[c],
                      factor_table[item[i].factor].id);
        }
        free(item);
    }
    scenario_free(&scenario);
}
