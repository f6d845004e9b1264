#include "engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/study/runner.h"

enum { MOST_OVERRIDES = 256, MOST_VALUES = 40000000 };

enum { EN, FR };

/* ---- the question ---- */

struct question {
    const cJSON *json;
    int lang;
    struct scenario_override override[MOST_OVERRIDES];
    int num_overrides;
};

static const char *text_of(const cJSON *json, const char *name, const char *fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, name);
    return cJSON_IsString(item) ? item->valuestring : fallback;
}

static int wrong_question(struct error *err, const char *what)
{
    return error_set(err, MILIEU_ERR_USAGE, "the question is not one: %s", "la question n'en est pas une : %s", what);
}

static int whole_of(const cJSON *item, int low, int high, int *out, struct error *err)
{
    double value = cJSON_IsNumber(item) ? item->valuedouble : NAN;
    if (!(value >= low && value <= high && value == floor(value)))
        return wrong_question(err, "a whole number in its range is missing");
    *out = (int)value;
    return 0;
}

static int take_overrides(struct question *self, const char *name, bool is_rate, struct error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(self->json, name), *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || self->num_overrides == MOST_OVERRIDES)
            return wrong_question(err, name);
        self->override[self->num_overrides++] = (struct scenario_override){ is_rate, item->valuestring };
    }
    return 0;
}

static int take_question(struct question *self, const cJSON *json, struct error *err)
{
    int ret;
    self->json = json;
    self->lang = strcmp(text_of(json, "lang", "en"), "fr") == 0 ? FR : EN;
    ret = take_overrides(self, "set", false, err);
    return ret == 0 ? take_overrides(self, "rate", true, err) : ret;
}

/* ---- reading ---- */

static void add_messages(cJSON *answer, const struct messages *messages)
{
    cJSON *list = cJSON_AddArrayToObject(answer, "messages");
    for (size_t i = 0; i < messages->count; i++) {
        const struct message *m = &messages->item[i];
        cJSON *object = cJSON_CreateObject();
        cJSON_AddBoolToObject(object, "warning", m->is_warning);
        cJSON_AddStringToObject(object, "file", m->file != NULL ? m->file : "");
        cJSON_AddNumberToObject(object, "line", m->line);
        cJSON_AddStringToObject(object, "text", m->text);
        cJSON_AddItemToArray(list, object);
    }
}

static int read_scenario(const struct question *question, struct scenario *scenario, cJSON *answer, struct error *err)
{
    const char *text = text_of(question->json, "text", NULL), *name = text_of(question->json, "name", "-");
    struct messages messages;
    int ret;
    if (text == NULL)
        return wrong_question(err, "text");
    messages_init(&messages, question->lang);
    ret = scenario_read_text(scenario, name, NULL, text, strlen(text), question->override, question->num_overrides,
                             &messages, err);
    add_messages(answer, &messages);
    messages_free(&messages);
    return ret;
}

static int answer_read(const struct question *question, cJSON *answer, struct error *err)
{
    struct scenario scenario = { 0 };
    int ret = read_scenario(question, &scenario, answer, err);
    if (ret == 0) {
        cJSON *object = engine_scenario(&scenario, err);
        if (object == NULL)
            ret = error_set_memory(err);
        else
            cJSON_AddItemToObject(answer, "scenario", object);
    }
    scenario_free(&scenario);
    return ret;
}

/* ---- running ---- */

/* All runs of a question in memory, as the page gets them. */
struct gathered {
    int num_arms, num_clinics, runs, replications, weeks, num_series;
    int series[NUM_SERIES];
    double *outcome;          /* [arm][run][clinic + 1][outcome] */
    float *value[NUM_SERIES]; /* each [arm][run][clinic][week] */
};

static size_t outcome_count(const struct gathered *self)
{
    return (size_t)self->num_arms * (size_t)self->runs * ((size_t)self->num_clinics + 1) * NUM_OUTCOMES;
}

static size_t series_count(const struct gathered *self)
{
    return (size_t)self->num_arms * (size_t)self->runs * (size_t)self->num_clinics * (size_t)self->weeks;
}

static int gathered_init(struct gathered *self, struct error *err)
{
    bool all = (self->outcome = malloc(outcome_count(self) * sizeof *self->outcome)) != NULL;
    for (size_t i = 0; all && i < outcome_count(self); i++)
        self->outcome[i] = NAN;
    for (int s = 0; all && s < self->num_series; s++) {
        all = (self->value[s] = malloc(series_count(self) * sizeof *self->value[s])) != NULL;
        for (size_t i = 0; all && i < series_count(self); i++)
            self->value[s][i] = NAN;
    }
    return all ? 0 : error_set_memory(err);
}

static void gathered_free(struct gathered *self)
{
    free(self->outcome);
    for (int s = 0; s < NUM_SERIES; s++)
        free(self->value[s]);
}

static void take_series(struct gathered *self, size_t row, const struct record *record)
{
    size_t clinics = (size_t)self->num_clinics, weeks = (size_t)self->weeks;
    for (int s = 0; s < self->num_series; s++) {
        float *to = self->value[s] + row * clinics * weeks;
        for (size_t i = 0; i < clinics * weeks; i++)
            to[i] = record->series[i * NUM_SERIES + (size_t)self->series[s]];
    }
}

static int take_run(void *context, struct run_id id, const struct record *record, struct error *err)
{
    struct gathered *self = context;
    size_t run = (size_t)id.draw * (size_t)self->replications + (size_t)id.replication;
    size_t row = (size_t)id.arm * (size_t)self->runs + run, width = ((size_t)self->num_clinics + 1) * NUM_OUTCOMES;
    (void)err;
    memcpy(self->outcome + row * width, record->outcome, width * sizeof *self->outcome);
    if (self->num_series > 0)
        take_series(self, row, record);
    return 0;
}

static int find_series(struct gathered *self, const cJSON *json, struct error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "series"), *item;
    cJSON_ArrayForEach(item, list)
    {
        int series = cJSON_IsString(item) ? series_find(item->valuestring) : -1;
        if (series < 0 || self->num_series == NUM_SERIES)
            return wrong_question(err, "series");
        self->series[self->num_series++] = series;
    }
    return 0;
}

static int plan_run(const struct question *question, const struct scenario *scenario, struct gathered *self,
                    struct runner_options *options, struct error *err)
{
    const cJSON *draws = cJSON_GetObjectItemCaseSensitive(question->json, "draws");
    int from = 0, to = 0, replications = 0, ret;
    if ((ret = whole_of(cJSON_GetArrayItem(draws, 0), 0, 65534, &from, err)) != 0 ||
        (ret = whole_of(cJSON_GetArrayItem(draws, 1), from + 1, 65535, &to, err)) != 0 ||
        (ret = whole_of(cJSON_GetObjectItemCaseSensitive(question->json, "replications"), 1, 65535, &replications,
                        err)) != 0 ||
        (ret = find_series(self, question->json, err)) != 0)
        return ret;
    if ((int64_t)(to - from) * replications * scenario->num_arms > ENGINE_MOST_RUNS)
        return error_set(err, MILIEU_ERR_USAGE, "more than %d runs at once", "plus de %d simulations à la fois",
                         ENGINE_MOST_RUNS);
    self->num_arms = scenario->num_arms;
    self->num_clinics = scenario->num_clinics;
    self->runs = (to - from) * replications;
    self->replications = replications;
    self->weeks = scenario->horizon;
    if (outcome_count(self) + series_count(self) * (size_t)self->num_series > MOST_VALUES)
        return error_set(err, MILIEU_ERR_USAGE, "too many clinics and runs for the page: use milieu run",
                         "trop de cliniques et de simulations pour la page : utilisez milieu run");
    options->draws = to - from;
    options->replications = replications;
    options->first_draw = scenario->runs.first_draw + from;
    options->first_replication = scenario->runs.first_replication;
    options->uncertainty = scenario->runs.uncertainty;
    options->seed = scenario->runs.seed;
    options->keep_series = self->num_series > 0;
    return 0;
}

static void add_ids(cJSON *answer, const char *name, char *const *id, int count)
{
    cJSON *list = cJSON_AddArrayToObject(answer, name);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(id[i]));
}

static int add_runs(cJSON *answer, const struct scenario *scenario, const struct gathered *self,
                    const struct runner_report *report, struct error *err)
{
    cJSON *series = cJSON_AddObjectToObject(answer, "series");
    bool all;
    add_ids(answer, "arms", scenario->arm_id, scenario->num_arms);
    add_ids(answer, "clinics", scenario->clinic_id, scenario->num_clinics);
    cJSON_AddNumberToObject(answer, "runs", self->runs);
    cJSON_AddNumberToObject(answer, "weeks", self->weeks);
    cJSON_AddNumberToObject(answer, "failed", (double)report->failed);
    cJSON_AddNumberToObject(answer, "patient_weeks", (double)report->patient_weeks);
    all = engine_add_bytes(answer, "outcomes", self->outcome, outcome_count(self) * sizeof *self->outcome);
    for (int s = 0; all && s < self->num_series; s++)
        all = engine_add_bytes(series, series_table[self->series[s]].id, self->value[s],
                               series_count(self) * sizeof *self->value[s]);
    return all ? 0 : error_set_memory(err);
}

static int answer_run(const struct question *question, const struct engine_limits *limits, cJSON *answer,
                      struct error *err)
{
    struct scenario scenario = { 0 };
    struct gathered gathered = { 0 };
    struct runner_options options = { .threads = limits->threads, .stop = limits->stop };
    const struct runner_sink sink = { .take = take_run, .context = &gathered };
    struct runner_report report = { 0 };
    int ret = read_scenario(question, &scenario, answer, err);
    if (ret != 0 || (ret = plan_run(question, &scenario, &gathered, &options, err)) != 0 ||
        (ret = gathered_init(&gathered, err)) != 0 || (ret = runner_run(&scenario, &options, &sink, &report, err)) != 0)
        goto out;
    ret = add_runs(answer, &scenario, &gathered, &report, err);
out:
    gathered_free(&gathered);
    scenario_free(&scenario);
    return ret;
}

/* ---- the answer ---- */

static int answer_tables(cJSON *answer, struct error *err)
{
    cJSON *tables = engine_tables();
    if (tables == NULL)
        return error_set_memory(err);
    cJSON_AddItemToObject(answer, "tables", tables);
    return 0;
}

static int answer(struct question *question, const cJSON *json, const struct engine_limits *limits, cJSON *out,
                  struct error *err)
{
    const char *ask = text_of(json, "ask", "");
    int ret = take_question(question, json, err);
    if (ret != 0)
        return ret;
    if (strcmp(ask, "tables") == 0)
        return answer_tables(out, err);
    if (strcmp(ask, "read") == 0)
        return answer_read(question, out, err);
    if (strcmp(ask, "run") == 0)
        return answer_run(question, limits, out, err);
    return wrong_question(err, "ask");
}

char *engine_answer(const char *text, const struct engine_limits *limits)
{
    struct question question = { .lang = EN };
    struct error err = { 0 };
    cJSON *json = cJSON_Parse(text), *out = cJSON_CreateObject();
    int ret = json != NULL ? answer(&question, json, limits, out, &err) : wrong_question(&err, "JSON");
    char *printed;
    if (ret != 0) {
        const char *detail = err.detail[question.lang];
        cJSON_AddStringToObject(out, "error", *detail != '\0' ? detail : error_words(ret, question.lang));
    }
    printed = cJSON_PrintUnformatted(out);
    cJSON_Delete(json);
    cJSON_Delete(out);
    return printed;
}
