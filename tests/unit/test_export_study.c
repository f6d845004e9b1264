/* The tables of a study are read and written piece by piece: every row is there, once, whatever falls on a piece's edge. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/export_study.h"
#include "merge_help.h"
#include "sim/study/exact.h"
#include "sim/study/sketch.h"
#include "study_help.h"

#define VARY                                                                                                           \
    STUDY_HEAD "id = \"made-up\"; scenario = \"two.cfg\"; design: { method = \"factorial\"; };\n"                      \
               "vary: ( { path = \"meso[clinic-a].organizational.nurse_turnover_rate\"; name = \"turnover\"; "
#define RESPOND " } );\nrespond = [\"reach\"]; arms = [\"with-champion\"];\n"

/* 52 weeks: more points than fit into 65536 rows of weeks; more kept replications of one point than that. */
static const char many_points[] =
    VARY "range = [0.1, 0.5]; levels = 650; },\n"
         "        { path = \"meso[clinic-b].place\"; name = \"place\"; values = [\"rural\", \"urban\"];" RESPOND
         "runs: { replications = 3; };\n"
         "outputs: { clinics = true; series = [\"fidelity\"]; every_weeks = 1; trajectories = 1; };\n";
static const char many_replications[] = VARY
    "values = [0.1, 0.3];" RESPOND "runs: { replications = 1500; };\n"
    "outputs: { clinics = false; series = [\"fidelity\", \"ed_visits\"]; every_weeks = 4; trajectories = 1300; };\n";

enum { MOST_FIELDS = 16 };

/* The fields of the next line; 0 at the end. None of them is quoted here. */
static int next_row(FILE *file, char line[512], char *field[MOST_FIELDS])
{
    int n = 0;
    if (fgets(line, 512, file) == NULL)
        return 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && n < MOST_FIELDS; n++) {
        field[n] = at;
        at = strchr(at, ',');
        if (at != NULL)
            *at++ = '\0';
    }
    return n;
}

static double number(const char *text)
{
    return *text == '\0' ? NAN : strtod(text, NULL);
}

static FILE *table(const char *name, const char *head)
{
    char line[512];
    FILE *file = fopen(own_path(name), "r");
    cr_assert(file != NULL && fgets(line, sizeof line, file) != NULL);
    line[strcspn(line, "\r\n")] = '\0';
    cr_assert_str_eq(line, head);
    return file;
}

/* Folder "tables" of the test's own. */
static struct fake_runs exported(const struct study *study)
{
    struct fake_runs runs;
    struct study_file file;
    struct error err = { 0 };
    fake_runs_init(&runs, study, (struct geometry_sizes){ study->replications, 1, 1 }, true);
    fake_all(&runs);
    merged_to(&runs, &(struct merge_options){ .path = own_path("all.h5") });
    file = opened(own_path("all.h5"));
    cr_assert(export_study_csv(&file, own_path("tables"), &(struct export_options){ 0 }, &err) == 0, "%s",
              err.detail[0]);
    study_file_close(&file);
    return runs;
}

/* Rows of `point`, which come week by week: each week once more. */
static void see(int *seen, int64_t point, int row, int rows, int weeks, int week)
{
    cr_assert_eq(seen[point * rows + row], week, "point %d, row %d", (int)point, row);
    seen[point * rows + row] = week + 1;
    cr_assert(week < weeks);
}

static void check_sums(const struct fake_runs *runs, int64_t point, int row, int week, char *const *field)
{
    struct exact sum = { 0 };
    struct sketch sketch = { 0 };
    for (int64_t r = 0; r < runs->study->replications; r++) {
        float x = fake_fails(runs, point, r) ? NAN : fake_weekly(point, r, 0, row, 0, week);
        exact_add(&sum, x);
        cr_assert(sketch_add(&sketch, x) == 0);
    }
    cr_assert(strtol(field[5], NULL, 10) == (long)sum.count);
    cr_assert(strtol(field[6], NULL, 10) == runs->study->replications - (long)sum.count);
    cr_assert(same_number(number(field[7]), exact_mean(&sum)));
    cr_assert(same_number(number(field[8]), sqrt(exact_variance(&sum))));
    for (int q = 0; q < RESULTS_NUM_QUANTILES; q++)
        cr_assert(same_number((float)number(field[9 + q]), (float)sketch_quantile(&sketch, results_quantile[q])));
    sketch_free(&sketch);
}

Test(export_study, series_of_many_points)
{
    struct study study = study_of(many_points, NULL);
    struct fake_runs runs = exported(&study);
    FILE *file = table("tables/series.csv", "point,arm,clinic,week,series,count,missing,mean,sd,q05,q25,q50,q75,q95");
    int *seen = calloc(1300 * 2, sizeof *seen), fields, rows = 0;
    char line[512], *field[MOST_FIELDS];
    for (; (fields = next_row(file, line, field)) > 0; rows++) {
        int64_t point = strtol(field[0], NULL, 10);
        int row = strcmp(field[2], "clinic-b") == 0, week = (int)strtol(field[3], NULL, 10);
        cr_assert(fields == 9 + RESULTS_NUM_QUANTILES && point >= 0 && point < 1300);
        cr_assert(strcmp(field[1], "with-champion") == 0 && strcmp(field[4], "fidelity") == 0);
        see(seen, point, row, 2, 52, week);
        check_sums(&runs, point, row, week, field);
    }
    cr_assert_eq(rows, 1300 * 2 * 52);
    fclose(file);
    free(seen);
    fake_runs_free(&runs);
    study_free(&study);
}

/* The place among a table's columns of the study's series number k: they come in the order of series_table. */
static int column_of(const struct study *study, int k)
{
    int before = 0;
    for (int i = 0; i < study->outputs.num_series; i++)
        before += study->outputs.series[i] < study->outputs.series[k];
    return before;
}

/* Rows of the runs that are done; `values`: series in a row. */
static void check_kept(const struct study *study, const char *head)
{
    struct fake_runs runs = exported(study);
    FILE *file = table("tables/trajectories.csv", head);
    int kept = study->outputs.trajectories, places = runs.shape.rows, values = runs.shape.series, rows = 0, done = 0;
    int points = (int)study->design.count, *seen = calloc((size_t)(points * kept * places), sizeof *seen), fields;
    char line[512], *field[MOST_FIELDS];
    for (; (fields = next_row(file, line, field)) > 0; rows++) {
        int64_t point = strtol(field[0], NULL, 10), replication = strtol(field[1], NULL, 10);
        int row = strcmp(field[3], "clinic-b") == 0, week = (int)strtol(field[4], NULL, 10);
        cr_assert(fields == 5 + values && point < points && replication < kept);
        cr_assert(!fake_fails(&runs, point, replication) && strcmp(field[2], "with-champion") == 0);
        cr_assert(places > 1 || strcmp(field[3], "all") == 0);
        see(seen, point * kept + replication, row, places, 52, week);
        for (int k = 0; k < values; k++)
            cr_assert(same_number((float)number(field[5 + column_of(study, k)]),
                                  fake_weekly(point, replication, 0, row, k, week)));
    }
    for (int i = 0; i < points * kept; i++)
        done += !fake_fails(&runs, i / kept, i % kept);
    cr_assert(done > 0 && done < points * kept);
    cr_assert_eq(rows, done * places * 52);
    fclose(file);
    free(seen);
    fake_runs_free(&runs);
}

Test(export_study, trajectories_of_many_points)
{
    struct study study = study_of(many_points, NULL);
    check_kept(&study, "point,replication,arm,clinic,week,fidelity");
    study_free(&study);
}

Test(export_study, trajectories_of_many_replications)
{
    struct study study = study_of(many_replications, NULL);
    check_kept(&study, "point,replication,arm,clinic,week,ed_visits,fidelity");
    study_free(&study);
}
