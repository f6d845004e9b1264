/* `milieu doctor`: is everything this program stands on as it should be? */
#include <cjson/cJSON.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_version.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../results/library.h"
#include "../results/results.h"
#include "../scenario/library.h"
#include "../scenario/scenario.h"
#include "../study/runner.h"
#include "build_info.h"
#include "command.h"
#include "inputs.h"

#define SPEED_SECONDS 0.5 /* at least so long a trial */

static const char trial_scenario[] = "format = \"milieu-scenario/1\"; id = \"doctor\"; meso: ( { id = \"clinic\"; } );";

/* ---- known answers ---- */

/* The three of Random123's kat_vectors for philox4x32-10. */
static bool random_numbers_right(void)
{
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } known[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct words words = random_philox(known[i].counter, known[i].key);
        if (memcmp(words.w, known[i].answer, sizeof words.w) != 0)
            return false;
    }
    return true;
}

static bool gsl_right(void)
{
    return fabs(gsl_cdf_ugaussian_Pinv(0.975) - 1.959963984540054) < 1e-12 &&
           fabs(gsl_sf_gamma(0.5) - 1.772453850905516) < 1e-12;
}

/* ---- a trial run ---- */

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int take_nothing(void *context, struct run_id id, const struct record *record, struct error *err)
{
    (void)context, (void)id, (void)record, (void)err;
    return 0;
}

/* Patient-weeks a second: batches of runs until they have lasted long enough. */
static int measure_speed(const struct scenario *scenario, int threads, double *speed, struct error *err)
{
    const struct runner_sink sink = { .take = take_nothing };
    struct runner_options options = { .threads = threads, .draws = 1, .replications = 4 * threads, .seed = 1 };
    double lasted = 0;
    while (lasted < SPEED_SECONDS && options.replications < 32768) {
        struct runner_report report = { 0 };
        double begin = seconds_now();
        int ret = runner_run(scenario, &options, &sink, &report, err);
        if (ret != 0)
            return ret;
        lasted = seconds_now() - begin;
        *speed = (double)report.patient_weeks / lasted;
        options.replications *= 2;
    }
    return 0;
}

struct trial {
    struct results_writer writer;
    double written; /* an outcome of its one run */
};

static int trial_draw(void *context, int draw, const struct setting *setting, struct error *err)
{
    struct trial *self = context;
    return results_take_draw(&self->writer, draw, setting, err);
}

static int trial_run(void *context, struct run_id id, const struct record *record, struct error *err)
{
    struct trial *self = context;
    self->written = record->outcome[OUTCOME_ed_visits_per_patient_year];
    return results_take(&self->writer, id.draw, id.replication, id.arm, record, err);
}

/* One run into a results file at `path`, and its outcome read back. */
static int write_and_read(const struct scenario *scenario, const char *path, struct error *err)
{
    struct trial trial = { .written = 0 };
    struct results_options options;
    struct results_file file = { 0 };
    const struct runner_options one = { .threads = 1, .draws = 1, .replications = 1, .seed = 1, .keep_series = true };
    const struct runner_sink sink = { trial_draw, trial_run, NULL, &trial };
    struct runner_report report;
    double read = NAN;
    results_options_defaults(&options, scenario);
    options.draws = options.replications = 1;
    options.seed = 1;
    options.version = MILIEU_VERSION;
    int ret = results_create(&trial.writer, path, scenario, &options, err);
    if (ret == 0)
        ret = runner_run(scenario, &one, &sink, &report, err);
    if (ret == 0)
        ret = results_finish(&trial.writer, err);
    results_abandon(&trial.writer);
    if (ret == 0)
        ret = results_open(&file, path, err);
    if (ret == 0)
        ret = results_read_outcome(&file, OUTCOME_ed_visits_per_patient_year, 0, &read, err);
    results_close(&file);
    if (ret == 0 && memcmp(&read, &trial.written, sizeof read) != 0)
        ret = error_set(err, MILIEU_ERR_RESULTS, "%.17g was written, %.17g read", "%.17g écrit, %.17g lu",
                        trial.written, read);
    return ret;
}

static int test_results_file(const struct scenario *scenario, struct error *err)
{
    const char *folder = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    char path[4096];
    if (snprintf(path, sizeof path, "%s/milieu-doctor-XXXXXX", folder) >= (int)sizeof path)
        return error_set(err, MILIEU_ERR_OUTPUT, "%s", "%s", "TMPDIR");
    int descriptor = mkstemp(path);
    if (descriptor < 0)
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s", path);
    close(descriptor);
    int ret = write_and_read(scenario, path, err);
    unlink(path);
    return ret;
}

/* ---- the command ---- */

static void print_versions(const struct terminal *t)
{
    char hdf5[32], folder[4096];
    results_library_version(hdf5, sizeof hdf5);
    say(t, WORD_DOCTOR_PROGRAM, MILIEU_VERSION, MILIEU_COMMIT, MILIEU_TREE, MILIEU_COMPILER);
    say(t, WORD_DOCTOR_LIBRARIES, gsl_version, hdf5, scenario_library_version(), cJSON_Version());
    if (input_shipped_folder(folder, sizeof folder))
        say(t, WORD_DOCTOR_SCENARIOS, folder);
    else
        say(t, WORD_DOCTOR_NO_SCENARIOS);
}

/* Says how a test went; returns what it was, for the count. */
static bool print_test(const struct terminal *t, enum word what, bool passed, const char *why)
{
    say(t, passed ? WORD_DOCTOR_RIGHT : WORD_DOCTOR_WRONG, in_words(t, what), passed ? "" : why);
    return passed;
}

int command_doctor(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    const int threads = call->options.threads > 0 ? call->options.threads : options_default_threads();
    struct scenario scenario = { 0 };
    struct messages messages;
    struct error trouble = { 0 };
    double speed = 0;
    char figure[NUMBER_LENGTH], used[64];
    bool sound;
    if (call->num_operands != 0)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_DOCTOR_OPERANDS);
    print_versions(t);
    sound = print_test(t, WORD_TEST_RANDOM, random_numbers_right(), "");
    sound = print_test(t, WORD_TEST_GSL, gsl_right(), "") && sound;
    messages_init(&messages, t->lang);
    int ret = scenario_read_text(&scenario, "doctor", NULL, trial_scenario, strlen(trial_scenario), NULL, 0, &messages,
                                 &trouble);
    input_print_messages(t, &messages);
    messages_free(&messages);
    sound = print_test(t, WORD_TEST_SCENARIO, ret == 0, trouble.detail[t->lang]) && sound;
    if (ret == 0)
        sound =
            print_test(t, WORD_TEST_RESULTS, test_results_file(&scenario, &trouble) == 0, trouble.detail[t->lang]) &&
            sound;
    if (ret == 0)
        ret = measure_speed(&scenario, threads, &speed, &trouble);
    if (ret == 0)
        say(t, WORD_DOCTOR_SPEED, count_words(used, sizeof used, t, WORD_ONE_THREAD, (size_t)threads),
            text_number(figure, speed / 1e6, 1, false, t->lang));
    else
        sound = print_test(t, WORD_TEST_RUN, false, trouble.detail[t->lang]);
    scenario_free(&scenario);
    say(t, sound ? WORD_DOCTOR_SOUND : WORD_DOCTOR_UNSOUND);
    return sound ? 0 : error_exit_status(MILIEU_ERR_RUN);
}
