#include "written_study.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int write_study(const char *path, const struct study *study, struct error *err)
{
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct record record;
    int ret;
    fake_scenario_init(&scenario, study->clinics, study->arms, study->horizon);
    fake_record_init(&record, &scenario, study->series);
    results_options_defaults(&options, &scenario);
    options.draws = study->draws;
    options.replications = study->replications;
    options.compress = study->compress;
    options.series = study->series;
    options.version = "9.9.9";
    options.command_line = "milieu run fake.cfg";
    ret = results_create(&writer, path, &scenario, &options, err);
    for (int draw = 0; draw < study->draws && ret == 0; draw++) {
        struct setting setting;
        fake_setting_init(&setting, &scenario, draw);
        ret = results_take_draw(&writer, draw, &setting, err);
        for (int replication = 0; replication < study->replications && ret == 0; replication++) {
            for (int arm = 0; arm < study->arms && ret == 0; arm++) {
                fake_record_fill(&record, draw, replication, arm, study->events);
                ret = results_take(&writer, draw, replication, arm, &record, err);
            }
        }
        fake_setting_free(&setting);
    }
    if (ret == 0)
        ret = results_finish(&writer, err);
    else
        results_abandon(&writer);
    fake_record_free(&record);
    fake_scenario_free(&scenario);
    return ret;
}

bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

char *path_of(const char *name)
{
    return strdup(fake_path(name));
}

char *bytes_of(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;
    cr_assert_not_null(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(*length);
    cr_assert_eq(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* A second apart, with memory that was used before in between: nothing of time or of stale memory may be in the file.
 */

void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}
