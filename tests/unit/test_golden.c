/* A golden run: outcomes of one fixed run, compared with tests/data/golden/region.txt.
 *
 * When it fails, the model gives other numbers than before. First ask which change did it, and whether it was meant to:
 *
 *   not meant    a refactoring, a faster loop, another compiler: find it and put it right. The file stays.
 *   meant        a parameter, an equation, a stream of luck: the tests against theory (tests/verify) must be green; then
 *                    MILIEU_UPDATE_GOLDEN=1 build/tests/unit/test_golden
 *                writes the file anew, from the root of the checkout. Commit it with the change, and say in CHANGELOG.md
 *                that results are no longer those of earlier versions.
 *
 * Tolerance 1e-6 of each number: another libm may round otherwise, another model differs by far more. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define GOLDEN "tests/data/golden/region.txt"
#define TOLERANCE 1e-6

enum { CLINICS = 8, ARMS = 2 };

static void region(struct fixture *f)
{
    fixture_init(f, CLINICS, 3, 1, ARMS);
    for (int c = 0; c < CLINICS; c++)
        for (int k = 0; k < NUM_FACTORS; k++)
            f->setting.clinic[c].rating[k] = ((c * 7 + k * 3) % 5 - 2) / 2.0;
    fixture_strategy(f, 0, 12, true, FACTOR_training_and_coaching, CHANGE_SET, 2);
    fixture_draw(f, 0);
}

static void write_golden(void)
{
    struct fixture f;
    FILE *file = fopen(GOLDEN, "w");
    cr_assert(file != NULL, "cannot write %s: run from the root of the checkout", GOLDEN);
    fprintf(file, "# arm outcome value, of all clinics together. Written by tests/unit/test_golden.c: see there.\n");
    region(&f);
    for (int arm = 0; arm < ARMS; arm++) {
        cr_assert(simulation_arm(&f.sim, arm, &f.record, NULL) == 0);
        fprintf(file, "%d events %lld\n", arm, (long long)f.record.num_events);
        fprintf(file, "%d patient_weeks %lld\n", arm, (long long)f.record.patient_weeks);
        for (int o = 0; o < NUM_OUTCOMES; o++)
            fprintf(file, "%d %s %.9g\n", arm, outcome_table[o].id, fixture_outcome(&f, -1, (enum outcome)o));
    }
    cr_assert(fclose(file) == 0);
    fixture_free(&f);
}

static double now_of(const struct fixture *f, const char *name)
{
    int outcome = outcome_find(name);
    if (strcmp(name, "events") == 0)
        return (double)f->record.num_events;
    if (strcmp(name, "patient_weeks") == 0)
        return (double)f->record.patient_weeks;
    cr_assert(outcome >= 0, "%s is no outcome any more", name);
    return fixture_outcome(f, -1, (enum outcome)outcome);
}

static int compare_with_golden(FILE *file, struct fixture *f)
{
    char line[256], name[128];
    int arm, current = -1, compared = 0;
    double golden;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%d %127s %lf", &arm, name, &golden) != 3)
            continue;
        if (arm != current)
            cr_assert(simulation_arm(&f->sim, current = arm, &f->record, NULL) == 0);
        double now = now_of(f, name);
        cr_expect(fabs(now - golden) <= TOLERANCE * (1 + fabs(golden)) || (isnan(now) && isnan(golden)),
                  "arm %d, %s: %.9g, golden %.9g", arm, name, now, golden);
        compared++;
    }
    return compared;
}

Test(golden, outcomes_of_a_fixed_run)
{
    struct fixture f;
    const char *update = getenv("MILIEU_UPDATE_GOLDEN");
    if (update != NULL && strcmp(update, "1") == 0)
        write_golden();
    FILE *file = fopen(GOLDEN, "r");
    cr_assert(file != NULL, "no %s: run from the root of the checkout", GOLDEN);
    region(&f);
    int compared = compare_with_golden(file, &f);
    cr_expect(compared == ARMS * (NUM_OUTCOMES + 2), "%d numbers, the tables have %d", compared,
              ARMS * (NUM_OUTCOMES + 2));
    fclose(file);
    fixture_free(&f);
}
