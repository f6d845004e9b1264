/* Runs and draws that could not be made: /failures, and what is missing elsewhere. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "written_study.h"

static struct error err;

Test(results, tells_of_runs_that_failed)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct results_file file;
    struct setting setting;
    struct record record;
    double value[2];
    int draw, replication, week;
    char *message, *path = path_of("failed.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    fake_setting_init(&setting, &scenario, 0);
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.replications = 2;
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_draw(&writer, 0, &setting, &err), 0);
    fake_record_fill(&record, 0, 0, 0, 1);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), 0);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), MILIEU_ERR_RUN, "the same run twice");
    cr_assert_eq(results_take_failure(&writer, 0, 1, 17, "a rate went beyond « 1 »", &err), 0);
    cr_assert_eq(results_finish(&writer, &err), 0);
    cr_assert_eq(results_open(&file, path, &err), 0);
    cr_assert_eq(file.num_failures, 1);
    cr_assert_eq(results_read_failure(&file, 0, &draw, &replication, &week, &message, &err), 0);
    cr_assert(draw == 0 && replication == 1 && week == 17);
    cr_assert_str_eq(message, "a rate went beyond « 1 »");
    cr_assert_eq(results_read_outcome(&file, 2, 0, value, &err), 0);
    cr_assert(!isnan(value[0]) && isnan(value[1]));
    results_close(&file);
    free(message);
    fake_record_free(&record);
    fake_setting_free(&setting);
    fake_scenario_free(&scenario);
    unlink(path);
    free(path);
}

/* Draw 0 cannot be made, then a run of draw 1 fails, then draw 3 cannot be made either. */
Test(results, tells_of_draws_that_could_not_be_made)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct results_file file;
    struct setting setting;
    struct record record;
    double value[4 * 2], parameter[NUM_PARAMS];
    float rating[NUM_FACTORS];
    char *path = path_of("failed-draws.h5");
    fake_scenario_init(&scenario, 1, 2, 26);
    fake_record_init(&record, &scenario, true);
    results_options_defaults(&options, &scenario);
    options.draws = 4;
    options.replications = 2;
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    for (int draw = 0; draw < 4; draw++) {
        bool made = draw == 1 || draw == 2;
        fake_setting_init(&setting, &scenario, draw);
        cr_assert(!made || results_take_draw(&writer, draw, &setting, &err) == 0);
        fake_setting_free(&setting);
        for (int replication = 0; replication < 2; replication++) {
            bool fails = !made || (draw == 1 && replication == 1);
            cr_assert(!fails || results_take_failure(&writer, draw, replication, -1, "nobody", &err) == 0);
            for (int arm = 0; arm < 2 && !fails; arm++) {
                fake_record_fill(&record, draw, replication, arm, 1);
                cr_assert_eq(results_take(&writer, draw, replication, arm, &record, &err), 0, "%s", err.detail[0]);
            }
        }
    }
    cr_assert_eq(results_finish(&writer, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(results_open(&file, path, &err), 0, "%s", err.detail[0]);
    cr_assert_eq(file.num_failures, 5);
    for (int arm = 0; arm < 2; arm++) {
        cr_assert_eq(results_read_outcome_all(&file, 2, arm, value, &err), 0);
        for (int run = 0; run < 8; run++) {
            if (run == 2 || run == 4 || run == 5)
                cr_assert_eq(value[run], fake_outcome(arm, run / 2, run % 2, 1, 2));
            else
                cr_assert(isnan(value[run]), "run %d of arm %d", run, arm);
        }
    }
    for (int draw = 0; draw < 4; draw++) {
        cr_assert_eq(results_read_parameters(&file, draw, parameter, &err), 0);
        cr_assert_eq(results_read_ratings(&file, draw, rating, &err), 0);
        cr_assert_eq(isnan(parameter[0]) != 0, draw == 0 || draw == 3);
        cr_assert_eq(isnan(rating[3]) != 0, draw == 0 || draw == 3);
    }
    results_close(&file);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
    unlink(path);
    free(path);
}

Test(results, keeps_nothing_when_no_draw_could_be_made)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    char *path = path_of("no-draw.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_failure(&writer, 0, 0, -1, "nobody", &err), 0);
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path));
    fake_scenario_free(&scenario);
    free(path);
}

Test(results, misses_no_run)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    char *path = path_of("missing.h5");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path));
    results_abandon(&writer);
    fake_scenario_free(&scenario);
    free(path);
}
