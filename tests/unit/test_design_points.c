/* The points of each design by hand, and what all of them promise: point i is a pure function of i. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study_help.h"

#define MOST 8

static void check_points(const struct study *study, int count, const double *expected)
{
    double x[MOST];
    cr_assert(study->design.count == (uint64_t)count, "%d points", (int)study->design.count);
    for (int i = count - 1; i >= 0; i--) { /* in any order */
        design_point(&study->design, (uint64_t)i, x);
        for (int k = 0; k < study->num_vary; k++)
            cr_expect(x[k] == expected[i * study->num_vary + k], "point %d, %s: %.17g, not %.17g", i,
                      study->vary[k].name, x[k], expected[i * study->num_vary + k]);
    }
}

Test(design_points, factorial_the_last_varies_fastest)
{
    static const double expected[] = { 1, 0, 0, 1, 0, 1, 1, 5, 0, 1, 5, 1, 1, 10, 0, 1, 10, 1,
                                       2, 0, 0, 2, 0, 1, 2, 5, 0, 2, 5, 1, 2, 10, 0, 2, 10, 1 };
    struct study study =
        study_of(STUDY_HEAD "design: { method = \"factorial\"; levels = 3; };\n"
                            "vary: ( { name = \"a\"; values = [1, 2]; }, { name = \"b\"; range = [0, 10]; },\n"
                            "        { name = \"c\"; values = [\"no\", \"yes\"]; } );\n",
                 NULL);
    check_points(&study, 12, expected);
    study_free(&study);
}

Test(design_points, levels_reach_both_ends)
{
    double x[MOST];
    struct study study = study_of(STUDY_HEAD "design: { method = \"factorial\"; levels = 7; };\n"
                                             "vary: ( { name = \"a\"; range = [0.1, 0.7]; levels = 4; },\n"
                                             "        { name = \"b\"; range = [0.001, 1000.0]; scale = \"log\"; },\n"
                                             "        { name = \"c\"; range = [3, 9]; whole = true; levels = 3; } );\n",
                                  NULL);
    cr_assert(study.design.count == 4 * 7 * 3);
    design_point(&study.design, 0, x);
    cr_expect(x[0] == 0.1 && x[1] == 0.001 && x[2] == 3);
    design_point(&study.design, study.design.count - 1, x);
    cr_expect(x[0] == 0.7 && x[1] == 1000.0 && x[2] == 9);
    for (uint64_t k = 1; k < 7; k++) {
        double before[MOST];
        design_point(&study.design, 3 * (k - 1), before);
        design_point(&study.design, 3 * k, x);
        cr_expect(fabs(x[1] / before[1] - 10) < 1e-9);
    }
    design_point(&study.design, 1, x);
    cr_expect(x[2] == 6);
    study_free(&study);
}

Test(design_points, one_at_a_time_around_the_base)
{
    static const double expected[] = { 5, 2, 0, /* the base: middle, what `base` says, the first of the words */
                                       0, 2, 0, 10, 2, 0, /* the two ends */
                                       5, 1, 0, 5,  3, 0, 5, 2, 1, 5, 2, 2 };
    struct study study = study_of(STUDY_HEAD "design: { method = \"one-at-a-time\"; };\n"
                                             "vary: ( { name = \"a\"; range = [0, 10]; },\n"
                                             "        { name = \"b\"; values = [1, 2, 3]; base = 2; },\n"
                                             "        { name = \"c\"; values = [\"x\", \"y\", \"z\"]; } );\n",
                                  NULL);
    check_points(&study, 7, expected);
    study_free(&study);
    double x[MOST];
    study = study_of(STUDY_HEAD "design: { method = \"one-at-a-time\"; levels = 5; };\n"
                                "vary: ( { name = \"a\"; range = [1, 100]; scale = \"log\"; },\n"
                                "        { name = \"b\"; distribution = (\"normal\", 3, 1); } );\n",
                     NULL);
    cr_expect(study.design.count == 1 + 4 + 4, "the middle level is the base, and is run once");
    design_point(&study.design, 0, x);
    cr_expect(fabs(x[0] - 10) < 1e-12 && fabs(x[1] - 3) < 1e-12);
    study_free(&study);
}

#define BIG                                                                                                            \
    STUDY_HEAD "design: { method = \"factorial\"; };\n"                                                                \
               "vary: ( { name = \"a\"; range = [0, 99]; levels = 100; whole = true; },\n"                             \
               "        { name = \"b\"; range = [0, 149]; levels = 150; whole = true; } );\n"

static int kept_by_hand(int which, int a, int b)
{
    return which == 0 ? a == b : which == 1 ? a * 7 + b > 700 : !(a < 50 && (b < 3 || b > 140));
}

Test(design_points, where_keeps_and_numbers_anew)
{
    static const char *const where[] = { "where = \"a == b\";", "where = \"a * 7 + b > 700\";",
                                         "where = [\"not (a < 50 and (b < 3 or b > 140))\", \"1 < 2\"];" };
    for (int which = 0; which < 3; which++) {
        char text[1024];
        double x[MOST];
        uint64_t next = 0;
        snprintf(text, sizeof text, "%s%s\n", BIG, where[which]);
        struct study study = study_of(text, NULL);
        cr_assert(study.design.asked == 15000);
        for (int i = 0; i < 15000; i++) {
            if (!kept_by_hand(which, i / 150, i % 150))
                continue;
            cr_assert(next < study.design.count);
            design_point(&study.design, next++, x);
            cr_assert(x[0] == i / 150 && x[1] == i % 150, "%d: point %d is (%g, %g), not (%d, %d)", which,
                      (int)next - 1, x[0], x[1], i / 150, i % 150);
        }
        cr_expect(next == study.design.count);
        study_free(&study);
    }
}

Test(design_points, a_list_in_the_study)
{
    static const double expected[] = { 0.5, 1, -2, 0, 0.5, 1 };
    struct study study =
        study_of(STUDY_HEAD "design: { method = \"list\"; };\n"
                            "vary: ( { name = \"a\"; }, { name = \"b\"; values = [false, true]; } );\n"
                            "points = ( (0.5, true), (-2, false), (7, false), (0.5, true) );\nwhere = \"a < 7\";\n",
                 NULL);
    check_points(&study, 3, expected);
    study_free(&study);
    study = study_of(STUDY_HEAD "design: { method = \"list\"; };\nvary: ( { name = \"a\"; } );\npoints = (3, 1, 2);\n",
                     NULL);
    check_points(&study, 3, (const double[]){ 3, 1, 2 });
    study_free(&study);
}

Test(design_points, a_list_in_a_file)
{
    static const char *const text[] = {
        "a,b\n1.5,x y\n-2,\"say \"\"z\"\"\"\n",
        "\xEF\xBB\xBF\x61,b\r\n1.5,x y\r\n-2,\"say \"\"z\"\"\"\r\n", /* a byte-order mark, then a */
        "b,a\nx y,1.5\n\n\"say \"\"z\"\"\",-2", /* any order, an empty line, no end of line at the end */
        "\"a\" , \"b\"\n 1.5 , x y \n -2e0,\"say \"\"z\"\"\"\n\n",
        "a;b\n1,5;x y\n-2;\"say \"\"z\"\"\"\n", /* as a French Excel writes it */
    };
    static const double expected[] = { 1.5, 0, -2, 1 };
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        struct study study = study_of(
            STUDY_HEAD "design: { method = \"list\"; file = \"p.csv\"; };\n"
                       "vary: ( { name = \"a\"; }, { name = \"b\"; values = [\"x y\", \"say \\\"z\\\"\"]; } );\n",
            text[i]);
        check_points(&study, 2, expected);
        cr_expect(strcmp(study.points_text, text[i]) == 0 && study.points_length == strlen(text[i]));
        study_free(&study);
    }
}

static double u_share(const struct vary *v, double value, int n)
{
    int hits = 0;
    for (int i = 0; i < n; i++)
        hits += vary_at(v, (i + 0.5) / n) == value;
    return (double)hits / n;
}

Test(design_points, places_become_values)
{
    struct study study =
        study_of(STUDY_HEAD
                 "design: { method = \"sobol\"; n = 8; };\n"
                 "vary: ( { name = \"a\"; range = [2, 4]; }, { name = \"b\"; range = [1, 10000]; scale = \"log\"; },\n"
                 "        { name = \"c\"; range = [1, 5]; whole = true; }, { name = \"d\"; values = [7, 3, 5]; },\n"
                 "        { name = \"e\"; distribution = (\"uniform\", -1, 1); },\n"
                 "        { name = \"f\"; range = [1, 4]; whole = true; scale = \"log\"; },\n"
                 "        { name = \"g\"; distribution = (\"normal\", 0, 1); } );\n",
                 NULL);
    const struct vary *v = study.vary;
    cr_expect(vary_at(&v[0], 0) == 2 && vary_at(&v[0], 0.25) == 2.5 && vary_at(&v[0], 1) == 4);
    cr_expect(vary_at(&v[1], 0) == 1 && fabs(vary_at(&v[1], 0.5) - 100) < 1e-9 && vary_at(&v[1], 1) == 10000);
    for (int k = 1; k <= 5; k++)
        cr_expect(fabs(u_share(&v[2], k, 1000) - 0.2) < 1e-9, "every whole number has its share");
    cr_expect(vary_at(&v[2], 1) == 5);
    cr_expect(vary_at(&v[3], 0) == 7 && vary_at(&v[3], 0.5) == 3 && vary_at(&v[3], 1) == 5);
    cr_expect(vary_lowest(&v[3]) == 3 && vary_highest(&v[3]) == 7);
    cr_expect(fabs(vary_at(&v[4], 0.75) - 0.5) < 1e-12);
    cr_expect(fabs(u_share(&v[5], 1, 100000) - log(2) / log(5)) < 1e-4 && vary_at(&v[5], 1) == 4);
    cr_expect(isfinite(vary_at(&v[6], 0)) && isfinite(vary_at(&v[6], 1)) && vary_at(&v[6], 0) < -5);
    for (int k = 0; k < 7; k++)
        for (int i = 1; i <= 64 && k != 3; i++)
            cr_expect(vary_at(&v[k], i / 64.0) >= vary_at(&v[k], (i - 1) / 64.0), "monotone: %s", v[k].name);
    study_free(&study);
}

static void check_pure(const char *method, int count)
{
    char text[512];
    double x[MOST], again[MOST];
    snprintf(text, sizeof text,
             STUDY_HEAD "design: { method = %s; };\n"
                        "vary: ( { name = \"a\"; range = [0, 1]; }, { name = \"b\"; values = [1, 2, 3]; },\n"
                        "        { name = \"c\"; distribution = (\"triangular\", 0, 4, 52); } );\n",
             method);
    struct study one = study_of(text, NULL), other = study_of(text, NULL);
    cr_expect(one.design.count == (uint64_t)count, "%s: %d points", method, (int)one.design.count);
    for (uint64_t i = 0; i < one.design.count; i++) {
        design_point(&one.design, i, x);
        design_point(&other.design, (i * 7 + 3) % one.design.count, again); /* somewhere else before */
        design_point(&other.design, i, again);
        cr_expect(memcmp(x, again, 3 * sizeof *x) == 0, "%s: point %d", method, (int)i);
        cr_expect(x[0] >= 0 && x[0] <= 1 && (x[1] == 1 || x[1] == 2 || x[1] == 3) && x[2] > 0 && x[2] < 52);
    }
    study_free(&one);
    study_free(&other);
}

Test(design_points, point_i_is_a_function_of_i)
{
    check_pure("\"latin-hypercube\"; n = 20", 20);
    check_pure("\"latin-hypercube\"; n = 20; maximin = false", 20);
    check_pure("\"sobol\"; n = 32", 32);
    check_pure("\"morris\"; n = 10; levels = 6", 40);
    check_pure("\"saltelli\"; n = 8", 8 * 5);
    check_pure("\"saltelli\"; n = 8; second_order = true", 8 * 8);
}

Test(design_points, morris_reaches_the_ends_of_a_range_and_the_middles_of_a_distribution)
{
    double x[MOST];
    bool low = false, high = false;
    struct study study = study_of(
        STUDY_HEAD
        "design: { method = \"morris\"; n = 20; levels = 4; };\n"
        "vary: ( { name = \"a\"; range = [10, 13]; }, { name = \"b\"; distribution = (\"uniform\", 0, 8); } );\n",
        NULL);
    for (uint64_t i = 0; i < study.design.count; i++) {
        design_point(&study.design, i, x);
        low = low || x[0] == 10;
        high = high || x[0] == 13;
        cr_expect(fabs(x[0] - round(x[0])) < 1e-12, "%.17g", x[0]);
        cr_expect(fabs(x[1] - 2 * floor(x[1] / 2) - 1) < 1e-9, "%.17g is none of 1, 3, 5, 7", x[1]);
    }
    cr_expect(low && high);
    study_free(&study);
}

/* Half the levels is half the range and a bit: 0 to 3, 2 to 5. */
Test(design_points, a_step_of_morris_is_as_long_wherever_it_begins)
{
    double x[MOST], before = 0;
    struct study study = study_of(STUDY_HEAD "design: { method = \"morris\"; n = 40; };\n"
                                             "vary: ( { name = \"a\"; range = [0, 5]; whole = true; } );\n",
                                  NULL);
    for (uint64_t i = 0; i < study.design.count; i++, before = x[0]) {
        design_point(&study.design, i, x);
        cr_expect(i % 2 == 0 || fabs(x[0] - before) == 3, "%g to %g", before, x[0]);
    }
    study_free(&study);
}

Test(design_points, numbers_read_back)
{
    static const struct {
        double value;
        const char *text;
    } known[] = { { 0.1, "0.1" },
                  { 3, "3" },
                  { -2.5, "-2.5" },
                  { 1e300, "1e+300" },
                  { 0, "0" },
                  { 1.0 / 3, "0.3333333333333333" },
                  { 0.1 + 0.2, "0.30000000000000004" },
                  { 100000, "100000" } };
    char buffer[VARY_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        cr_expect_str_eq(vary_number(buffer, known[i].value), known[i].text);
    double x = 0.7390851332151607;
    for (int i = 0; i < 20000; i++) {
        x = 3.99 * x * (1 - x);
        double y = ldexp(x - 0.5, i % 600 - 300);
        cr_assert(strtod(vary_number(buffer, y), NULL) == y, "%s", buffer);
    }
}
