/* The four clinics together are the four cases: the same ratings, persons and settings, for one place in the source. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "sim/scenario/scenario.h"

static void draw_of(const char *path, int draw, struct setting *setting)
{
    struct scenario scenario = { 0 };
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_assert(scenario_read(&scenario, path, NULL, 0, &messages, &err) == 0, "%s: %s", path,
              messages.count > 0 ? messages.item[0].text : err.detail[0]);
    cr_assert(scenario_draw(&scenario, 11, draw, setting, &err) == 0, "%s", err.detail[0]);
    messages_free(&messages);
    scenario_free(&scenario);
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void same_people(const char *who, const struct person_setting *a, const struct person_setting *b, int count)
{
    cr_assert((a == NULL) == (b == NULL), "%s: named in one of the two", who);
    for (int i = 0; a != NULL && i < count; i++) {
        cr_expect_str_eq(a[i].id, b[i].id);
        cr_expect(a[i].fte == b[i].fte && a[i].absent == b[i].absent && a[i].lead == b[i].lead, "%s %s", who, a[i].id);
        for (int f = 0; f < NUM_FACTORS; f++)
            cr_expect(same_number(a[i].rating[f], b[i].rating[f]), "%s %s: %s", who, a[i].id, factor_table[f].id);
    }
}

static void same_clinic(const struct clinic_setting *a, const struct clinic_setting *b)
{
    cr_expect_str_eq(a->title[0], b->title[0]);
    cr_expect_str_eq(a->title[1], b->title[1]);
    cr_expect(a->place_key == b->place_key && a->place == b->place && a->teaching == b->teaching, "%s", a->id);
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect(a->rating[f] == b->rating[f], "%s: %s is %g and %g", a->id, factor_table[f].id, a->rating[f],
                  b->rating[f]);
    for (int p = 0; p < NUM_PARAMS; p++)
        cr_expect(params_get(&a->base, p) == params_get(&b->base, p), "%s: %s", a->id, param_table[p].id);
    cr_assert(a->num_nurses == b->num_nurses && a->num_physicians == b->num_physicians, "%s: people", a->id);
    same_people(a->id, a->nurse, b->nurse, a->num_nurses);
    same_people(a->id, a->physician, b->physician, a->num_physicians);
}

static void same_centre(const struct centre_setting *a, const struct centre_setting *b)
{
    cr_expect_str_eq(a->id, b->id);
    cr_expect(a->place_key == b->place_key);
    cr_assert(a->num_case_managers == b->num_case_managers, "%s: case managers", a->id);
    same_people(a->id, a->case_manager, b->case_manager, a->num_case_managers);
}

static const char *const case_path[4] = { "scenarios/case-a.cfg", "scenarios/case-b.cfg", "scenarios/case-c.cfg",
                                          "scenarios/case-d.cfg" };

/* Every clinic of the case is found in the whole, and the same there; its centre too, where that is meant. */
static int check_case(const struct setting *whole, const char *path, int draw, bool centres)
{
    struct setting one;
    int found = 0;
    draw_of(path, draw, &one);
    for (int i = 0; i < one.num_clinics; i++)
        for (int j = 0; j < whole->num_clinics; j++)
            if (strcmp(one.clinic[i].id, whole->clinic[j].id) == 0) {
                same_clinic(&whole->clinic[j], &one.clinic[i]);
                if (centres)
                    same_centre(&whole->centre[whole->clinic[j].centre], &one.centre[one.clinic[i].centre]);
                found++;
            }
    cr_expect(found == one.num_clinics, "%s: %d of %d clinics found", path, found, one.num_clinics);
    setting_free(&one);
    return found;
}

static void check_whole(const struct setting *whole, int draw, bool centres)
{
    int found = 0;
    for (int i = 0; i < 4; i++)
        found += check_case(whole, case_path[i], draw, centres);
    cr_expect(found == 4 && whole->num_clinics == 4, "a clinic that is no case");
}

Test(scenario_cases, integrated_care_is_its_four_cases)
{
    for (int draw = 0; draw < 3; draw++) {
        struct setting whole;
        draw_of("scenarios/integrated-care.cfg", draw, &whole);
        check_whole(&whole, draw, true);
        cr_expect(whole.clinic[0].centre == whole.clinic[3].centre, "A and D share a health centre");
        cr_expect(whole.clinic[0].centre != whole.clinic[2].centre && whole.num_centres == 3);
        setting_free(&whole);
    }
}

/* The other reading: the same clinics, D's experienced case manager at C's centre, and A's own, experienced too. */
Test(scenario_cases, the_other_reading_moves_one_clinic_to_another_centre_and_nothing_else)
{
    for (int draw = 0; draw < 3; draw++) {
        struct setting whole;
        const struct centre_setting *shared, *alone;
        draw_of("scenarios/integrated-care-c-d.cfg", draw, &whole);
        check_whole(&whole, draw, false);
        cr_expect(whole.clinic[2].centre == whole.clinic[3].centre && whole.clinic[0].centre != whole.clinic[3].centre);
        shared = &whole.centre[whole.clinic[3].centre];
        alone = &whole.centre[whole.clinic[0].centre];
        cr_assert(shared->case_manager != NULL && shared->num_case_managers == 1);
        cr_assert(alone->case_manager != NULL && alone->num_case_managers == 1);
        cr_expect(fabs(shared->case_manager[0].rating[FACTOR_case_manager_skill] - 1) <= 0.5, "D's is C's too");
        cr_expect(fabs(alone->case_manager[0].rating[FACTOR_case_manager_skill] - 1) <= 0.5, "and A has her own");
        setting_free(&whole);
    }
}

/* ---- what a strategy moves in part ---- */

Test(scenario_cases, a_factor_that_a_strategy_moves_in_part_is_a_warning)
{
    static const char text[] = "format = \"milieu-scenario/1\";\nid = \"made\";\nmeso = ( { id = \"clinic-a\"; } );\n"
                               "strategies = ( { id = \"s\"; at = 1; add: { identification = 1; trust = 1; }; },\n"
                               "{ id = \"t\"; at = 1; set: { nursing_capacity = 1; }; } );\n"
                               "every_clinic: { innovation: { identification = 1; }; };\n";
    static const char *const words[2][2] = {
        { "strategies[s].add.identification acts in part only: what is settled before the strategy acts will not move: "
          "list_precision, need_sensitivity, need_specificity (list_delay, review_accuracy will)",
          "strategies[t].set.nursing_capacity acts in part only: what is settled before the strategy acts will not "
          "move: missing_at_start (sick_leave_share will)" },
        { "strategies[s].add.identification n'agit qu'en partie : ce qui est fixé avant que la stratégie agisse ne "
          "bougera pas : list_precision, need_sensitivity, need_specificity (list_delay, review_accuracy bougera)",
          "strategies[t].set.nursing_capacity n'agit qu'en partie : ce qui est fixé avant que la stratégie agisse ne "
          "bougera pas : missing_at_start (sick_leave_share bougera)" }
    };
    for (int lang = 0; lang < 2; lang++) {
        struct scenario scenario;
        struct messages messages;
        struct error err = { 0 };
        messages_init(&messages, lang);
        cr_expect(scenario_read_text(&scenario, "made.cfg", NULL, text, sizeof text - 1, NULL, 0, &messages, &err) ==
                  0);
        cr_assert(messages.num_warnings == 2 && messages.num_errors == 0 && messages.count == 2);
        for (int i = 0; i < 2; i++)
            cr_expect(messages.item[i].is_warning && strstr(messages.item[i].text, words[lang][i]) != NULL, "%s",
                      messages.item[i].text);
        scenario_free(&scenario);
        messages_free(&messages);
    }
}
