/* What `where` says of a point, beside the same written in C. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study_help.h"

#define THINGS                                                                                                         \
    STUDY_HEAD "design: { method = \"factorial\"; };\n"                                                                \
               "vary: ( { name = \"a\"; values = [-1.5, 0.0, 0.5, 2.0]; }, { name = \"b_2\"; values = [0, 1, 3]; },\n" \
               "        { name = \"place\"; values = [\"rural\", \"sub-urban\", \"urban\"]; },\n"                      \
               "        { name = \"on\"; values = [false, true]; }, { name = \"nota\"; values = [1, 2]; } );\n"
#define HOLDS(text, expression)                                                                                        \
    do {                                                                                                               \
        char study_text[1024];                                                                                         \
        double x[5];                                                                                                   \
        snprintf(study_text, sizeof study_text, "%swhere = [\"%s\", \"nota >= 0\"];\n", THINGS, text);                 \
        struct study study = study_of(study_text, NULL), all = study_of(THINGS, NULL);                                 \
        const struct condition *condition = study.design.plan.condition;                                               \
        uint64_t kept = 0;                                                                                             \
        for (uint64_t i = 0; i < all.design.count; i++) {                                                              \
            design_point(&all.design, i, x);                                                                           \
            const double a = x[0], b = x[1], nota = x[4];                                                              \
            const int place = (int)x[2], on = (int)x[3];                                                               \
            (void)a, (void)b, (void)nota, (void)place, (void)on;                                                       \
            cr_expect(condition_holds(condition, x) == (expression), "%s at point %d", text, (int)i);                  \
            kept += (expression) != 0;                                                                                 \
        }                                                                                                              \
        cr_expect(kept == study.design.count && kept > 0);                                                             \
        study_free(&study);                                                                                            \
        study_free(&all);                                                                                              \
    } while (0)

Test(design_conditions, comparisons)
{
    HOLDS("a < 0.5", a < 0.5);
    HOLDS("a <= .5", a <= 0.5);
    HOLDS("a > 5e-1", a > 0.5);
    HOLDS("a>=0.5", a >= 0.5);
    HOLDS("a == -1.5", a == -1.5);
    HOLDS("a != b_2", a != b);
    HOLDS("  1   <   b_2  ", 1 < b);
}

Test(design_conditions, arithmetic_and_its_order)
{
    HOLDS("a + b_2 * 2 > 3", a + b * 2 > 3);
    HOLDS("(a + b_2) * 2 > 3", (a + b) * 2 > 3);
    HOLDS("a - b_2 - 1 < -2", a - b - 1 < -2);
    HOLDS("b_2 / 2 / 3 == 0.5", b / 2 / 3 == 0.5);
    HOLDS("-a < b_2", -a < b);
    HOLDS("--a < 0.1", a < 0.1);
    HOLDS("2 * -a > 1", 2 * -a > 1);
    HOLDS("a - -1 > 1", a + 1 > 1);
}

Test(design_conditions, and_or_not_and_their_order)
{
    HOLDS("a < 0 or a > 1 and b_2 == 1", a < 0 || (a > 1 && b == 1));
    HOLDS("(a < 0 or a > 1) and b_2 == 1", (a < 0 || a > 1) && b == 1);
    HOLDS("not a < 0 and b_2 == 1", !(a < 0) && b == 1);
    HOLDS("not (a < 0 and b_2 == 1)", !(a < 0 && b == 1));
    HOLDS("not not a < 0", a < 0);
    HOLDS("a < 0 or b_2 == 1 or nota == 2", a < 0 || b == 1 || nota == 2);
    HOLDS("nota == 2 or not nota == 2", 1);
    HOLDS("not(a<0)and(b_2==1)", !(a < 0) && b == 1);
}

Test(design_conditions, words_and_yes_or_no)
{
    HOLDS("place == 'rural'", place == 0);
    HOLDS("'urban' != place", place != 2);
    HOLDS("place == 'sub-urban' and a > 0 or on == 'true'", (place == 1 && a > 0) || on == 1);
    HOLDS("on == 'false' or place != 'rural'", on == 0 || place != 0);
}

/* Dividing by nothing makes no point: a comparison with what is no number does not hold. */
Test(design_conditions, what_is_no_number)
{
    HOLDS("0 / b_2 < 1", b != 0);
    HOLDS("1 / b_2 > 1000 or b_2 > 0", 1);
}

Test(design_conditions, as_deep_as_they_may_be)
{
    char text[8192] = THINGS "where = \"";
    for (int i = 0; i < 29; i++)
        strcat(text, "a < 0 or b_2 > -1 and (");
    strcat(text, "1 < 2 * (1 + ");
    for (int i = 0; i < 29; i++)
        strcat(text, "(1 + 2 * ");
    strcat(text, "1");
    for (int i = 0; i < 59; i++)
        strcat(text, ")");
    strcat(text, "\";\n");
    struct study study = study_of(text, NULL);
    cr_expect(study.design.count == study.design.asked);
    study_free(&study);
    char deep[4096] = THINGS "where = \"";
    struct messages messages;
    for (int i = 0; i < 500; i++)
        strcat(deep, "(");
    strcat(deep, "\";\n");
    cr_expect(read_study(&study, deep, NULL, 0, &messages) == MILIEU_ERR_SCENARIO);
    cr_expect(messages.num_errors == 1 && strstr(messages.item[0].text, "too many brackets") != NULL);
    messages_free(&messages);
    study_free(&study);
}
