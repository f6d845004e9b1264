/* Where results may go: what is refused stays as it was, and the output appears only whole. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "written_study.h"

static struct error err;
static const struct study small = {
    .clinics = 1, .arms = 1, .draws = 1, .replications = 1, .horizon = 26, .events = 3, .series = true
};

static bool holds(const char *path, const char *text)
{
    size_t length;
    char *bytes = bytes_of(path, &length);
    bool equal = length == strlen(text) && memcmp(bytes, text, length) == 0;
    free(bytes);
    return equal;
}

static bool leaves_no_part(const char *path)
{
    char part[600];
    snprintf(part, sizeof part, "%s.part", path);
    return !exists(part);
}

Test(output, refuses_what_is_no_regular_file)
{
    static const char *const bad[] = { "/dev/null", "/dev/full", "/proc/x.h5", "/", ".", "", "/nowhere/x.h5", "x.h5/" };
    struct stat before, after;
    stat("/dev/null", &before);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_eq(results_check_output(bad[i], NULL, 0, &err), MILIEU_ERR_OUTPUT, "%s", bad[i]);
        cr_assert_eq(write_study(bad[i], &small, &err), MILIEU_ERR_OUTPUT, "%s", bad[i]);
    }
    stat("/dev/null", &after);
    cr_assert(S_ISCHR(after.st_mode) && before.st_rdev == after.st_rdev && before.st_ino == after.st_ino);
}

Test(output, refuses_a_fifo_and_a_folder_in_the_place_of_its_temporary_file)
{
    char *path = path_of("fifo.h5"), *other = path_of("other.h5"), *part = path_of("other.h5.part");
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_eq(results_check_output(path, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(mkdir(part, 0700), 0);
    cr_assert_eq(results_check_output(other, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    cr_assert(exists(part) && !exists(other));
    rmdir(part);
    unlink(path);
    free(path);
    free(other);
    free(part);
}

Test(output, refuses_an_input_by_any_name)
{
    char *path = path_of("input.cfg"), *link_path = path_of("alias.h5"), *hard = path_of("hard.h5");
    const char *inputs[] = { "no-such-file", path };
    put(path, "text");
    cr_assert_eq(symlink("input.cfg", link_path), 0);
    cr_assert_eq(link(path, hard), 0);
    cr_assert_eq(results_check_output(path, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(results_check_output(link_path, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert_eq(results_check_output(hard, inputs, 2, &err), MILIEU_ERR_OUTPUT);
    cr_assert(holds(path, "text") && leaves_no_part(path));
    unlink(path);
    unlink(link_path);
    unlink(hard);
    free(path);
    free(link_path);
    free(hard);
}

Test(output, an_input_may_not_stand_where_the_temporary_file_goes)
{
    char *path = path_of("x.h5"), *part = path_of("x.h5.part");
    const char *inputs[] = { part };
    put(part, "scenario");
    cr_assert_eq(results_check_output(path, inputs, 1, &err), MILIEU_ERR_OUTPUT);
    cr_assert(holds(part, "scenario"));
    unlink(part);
    free(path);
    free(part);
}

Test(output, the_check_leaves_nothing)
{
    char *path = path_of("check.h5");
    cr_assert_eq(results_check_output(path, NULL, 0, &err), 0, "%s", err.detail[0]);
    cr_assert(!exists(path) && leaves_no_part(path));
    put(path, "old");
    cr_assert_eq(results_check_output(path, NULL, 0, &err), 0);
    cr_assert(holds(path, "old") && leaves_no_part(path));
    unlink(path);
    free(path);
}

Test(output, a_link_stays_and_its_target_is_replaced)
{
    char *path = path_of("target.h5"), *link_path = path_of("link.h5"), *second = path_of("second.h5");
    struct results_file file;
    struct stat st;
    put(path, "old");
    chmod(path, 0640);
    cr_assert_eq(symlink("target.h5", link_path), 0);
    cr_assert_eq(symlink(link_path, second), 0);
    cr_assert_eq(write_study(second, &small, &err), 0, "%s", err.detail[0]);
    cr_assert(lstat(second, &st) == 0 && S_ISLNK(st.st_mode));
    cr_assert(lstat(link_path, &st) == 0 && S_ISLNK(st.st_mode));
    cr_assert(lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640);
    cr_assert_eq(results_open(&file, path, &err), 0);
    results_close(&file);
    unlink(path);
    cr_assert_eq(write_study(link_path, &small, &err), 0, "a link to nothing yet: %s", err.detail[0]);
    cr_assert(exists(path));
    unlink(path);
    unlink(link_path);
    unlink(second);
    free(path);
    free(link_path);
    free(second);
}

Test(output, a_circle_of_links_is_an_error)
{
    char *a = path_of("circle-a"), *b = path_of("circle-b");
    cr_assert_eq(symlink("circle-b", a), 0);
    cr_assert_eq(symlink("circle-a", b), 0);
    cr_assert_eq(results_check_output(a, NULL, 0, &err), MILIEU_ERR_OUTPUT);
    unlink(a);
    unlink(b);
    free(a);
    free(b);
}

Test(output, what_was_there_stays_until_the_new_one_is_whole)
{
    char *path = path_of("keep.h5");
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    put(path, "old");
    fake_scenario_init(&scenario, 1, 1, 26);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert(holds(path, "old") && !leaves_no_part(path));
    results_abandon(&writer);
    results_abandon(&writer);
    cr_assert(holds(path, "old") && leaves_no_part(path));
    fake_scenario_free(&scenario);
    cr_assert_eq(write_study(path, &small, &err), 0);
    cr_assert(!holds(path, "old") && leaves_no_part(path));
    unlink(path);
    free(path);
}

Test(output, a_temporary_file_taken_away_is_an_error)
{
    char *path = path_of("taken.h5"), *part = path_of("taken.h5.part");
    struct scenario scenario;
    struct results_options options;
    struct results_writer writer;
    struct setting setting;
    struct record record;
    fake_scenario_init(&scenario, 1, 1, 26);
    fake_setting_init(&setting, &scenario, 0);
    fake_record_init(&record, &scenario, true);
    fake_record_fill(&record, 0, 0, 0, 1);
    results_options_defaults(&options, &scenario);
    cr_assert_eq(results_create(&writer, path, &scenario, &options, &err), 0);
    cr_assert_eq(results_take_draw(&writer, 0, &setting, &err), 0);
    cr_assert_eq(results_take(&writer, 0, 0, 0, &record, &err), 0);
    unlink(part);
    put(part, "another program's");
    cr_assert_eq(results_finish(&writer, &err), MILIEU_ERR_OUTPUT);
    cr_assert(!exists(path) && holds(part, "another program's"));
    fake_record_free(&record);
    fake_setting_free(&setting);
    fake_scenario_free(&scenario);
    unlink(part);
    free(path);
    free(part);
}
