/* `milieu validate`: the model held against the published record, misses beside hits. */
#include <math.h>
#include <string.h>

#include "command.h"
#include "inputs.h"
#include "validate_report.h"
#include "watch.h"

#define SEED 7 /* unless --seed says another: its figures stand in sim/VALIDATION.md */

/* ---- JSON ---- */

void add_finding(cJSON *object, const char *simulated, const char *low, const char *high, const struct finding *finding)
{
    add_number_or_null(object, simulated, finding->simulated);
    add_number_or_null(object, low, finding->low);
    add_number_or_null(object, high, finding->high);
}

enum told { OBSERVED, SIMULATED, LOW, HIGH, NUM_TOLD };
static const char *const told_name[NUM_TOLD] = { "observed", "simulated", "low", "high" };

static double told_value(enum told which, int measure, const struct finding *finding)
{
    const double value[NUM_TOLD] = { measure_table[measure].observed, finding->simulated, finding->low, finding->high };
    return value[which];
}

static int count_measures(int pattern)
{
    int count = 0;
    for (int m = 0; m < NUM_MEASURES; m++)
        count += measure_table[m].pattern == (enum pattern)pattern;
    return count;
}

/* A number; of a pattern of several, an object with one by the name of each. */
static cJSON *told_json(enum told which, int pattern, const struct finding finding[NUM_MEASURES])
{
    cJSON *object = count_measures(pattern) > 1 ? cJSON_CreateObject() : NULL;
    for (int m = 0; m < NUM_MEASURES; m++) {
        if (measure_table[m].pattern != (enum pattern)pattern)
            continue;
        cJSON *number = number_or_null(told_value(which, m, &finding[m]));
        if (object == NULL)
            return number;
        cJSON_AddItemToObject(object, measure_table[m].id, number);
    }
    return object;
}

/* Of the measures that count cases: those that do not hold, each with its figure. */
static cJSON *exceptions_json(int pattern, const struct exceptions exceptions[NUM_MEASURES])
{
    cJSON *object = cJSON_CreateObject();
    for (int m = 0; m < NUM_MEASURES; m++) {
        if (measure_table[m].pattern != (enum pattern)pattern || exceptions[m].count == 0)
            continue;
        cJSON *measure = cJSON_AddObjectToObject(object, measure_table[m].id);
        for (int i = 0; i < exceptions[m].count; i++)
            cJSON_AddItemToObject(measure, exceptions[m].item[i].id, number_or_null(exceptions[m].item[i].figure));
    }
    return object;
}

static cJSON *pattern_json(int pattern, const struct validation *v)
{
    const struct finding *finding = v->finding;
    const struct pattern_info *info = &pattern_table[pattern];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "role", role_words[info->role]);
    cJSON_AddBoolToObject(object, "must", info->must);
    for (int i = 0; i < NUM_TOLD; i++)
        cJSON_AddItemToObject(object, told_name[i], told_json((enum told)i, pattern, finding));
    cJSON_AddBoolToObject(object, "held", pattern_holds((enum pattern)pattern, finding));
    cJSON_AddItemToObject(object, "except", exceptions_json(pattern, v->exceptions));
    cJSON_AddStringToObject(object, "source", info->source);
    return object;
}

static cJSON *swap_json(int swap, const struct finding *finding, int lang)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", swap_table[swap].id);
    cJSON_AddStringToObject(object, "words", swap_table[swap].words[lang]);
    cJSON_AddNumberToObject(object, "expected", swap_table[swap].least);
    add_finding(object, "simulated", "low", "high", finding);
    cJSON_AddBoolToObject(object, "held", swap_holds((enum swap_id)swap, finding));
    return object;
}

static int print_json(const struct terminal *t, const struct validation *v, const struct case_display *display,
                      struct error *err)
{
    cJSON *object = cJSON_CreateObject(), *patterns = cJSON_AddArrayToObject(object, "patterns");
    for (int p = 0; p < NUM_PATTERNS; p++)
        cJSON_AddItemToArray(patterns, pattern_json(p, v));
    cJSON *swaps = cJSON_AddArrayToObject(object, "swaps");
    for (int i = 0; i < NUM_SWAPS; i++)
        cJSON_AddItemToArray(swaps, swap_json(i, &v->swap[i], t->lang));
    cJSON_AddItemToObject(object, "cases", cases_json(display, v->cases, t->lang));
    cJSON_AddItemToObject(object, "statements", statements_json(v, t->lang));
    return say_json(t, object, err);
}

/* ---- words ---- */

/* What is asked, to the digit; a third is not. */
static char *bound(char *text, double value, int lang)
{
    for (int decimals = 2; decimals <= 4; decimals++) {
        double scaled = value * pow(10, decimals);
        if (isfinite(value) && value != floor(value) && fabs(scaled - round(scaled)) < 1e-6)
            return text_number(text, value, decimals, false, lang);
    }
    return text_figures(text, value, lang);
}

static void required(char *text, size_t size, const struct terminal *t, const struct measure_info *m)
{
    char least[NUMBER_LENGTH], most[NUMBER_LENGTH];
    bound(least, m->criterion == COVERS ? m->observed : m->least, t->lang);
    bound(most, m->most, t->lang);
    static const enum word one[] = {
        [AT_LEAST] = WORD_VALIDATE_AT_LEAST, [COVERS] = WORD_VALIDATE_COVERS, [ABOVE] = WORD_VALIDATE_ABOVE
    };
    if (m->criterion == WITHIN)
        snprintf(text, size, in_words(t, WORD_VALIDATE_WITHIN), least, most);
    else
        snprintf(text, size, in_words(t, one[m->criterion]), least);
}

void found(char *text, size_t size, const struct terminal *t, const struct finding *finding)
{
    char number[3][NUMBER_LENGTH];
    text_figures(number[0], finding->simulated, t->lang);
    text_figures(number[1], finding->low, t->lang);
    text_figures(number[2], finding->high, t->lang);
    if (finding->low < finding->high)
        snprintf(text, size, in_words(t, WORD_INTERVAL), number[0], "", number[1], number[2], "");
    else
        snprintf(text, size, "%s", number[0]);
}

static const char *verdict(const struct terminal *t, bool holds)
{
    return in_words(t, holds ? WORD_VALIDATE_INSIDE : WORD_VALIDATE_MISSED);
}

/* "except: competing_projects 2.1, proximity -0.4" */
static void print_exceptions(const struct terminal *t, const struct exceptions *exceptions)
{
    char list[NUM_FACTORS * 48] = "", number[NUMBER_LENGTH];
    size_t used = 0;
    for (int i = 0; i < exceptions->count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s %s", i > 0 ? ", " : "", exceptions->item[i].id,
                                 text_figures(number, exceptions->item[i].figure, t->lang));
    if (exceptions->count > 0)
        say_paragraph(t, 6, WORD_VALIDATE_EXCEPT, list);
}

static void print_measure(const struct columns *table, int measure, const struct finding *finding,
                          const struct exceptions *exceptions)
{
    const struct terminal *t = table->terminal;
    char cell[COLUMNS_MOST][CELL_LENGTH];
    found(cell[0], CELL_LENGTH, t, finding);
    required(cell[1], CELL_LENGTH, t, &measure_table[measure]);
    snprintf(cell[2], CELL_LENGTH, "%s", verdict(t, finding_holds((enum measure)measure, finding)));
    columns_print_row(table, 4, measure_table[measure].words[t->lang], cell);
    print_exceptions(t, exceptions);
}

static void print_pattern(const struct columns *table, int pattern, const struct validation *v)
{
    static const enum word role[NUM_ROLES] = { WORD_ROLE_FIT, WORD_ROLE_HELD_OUT, WORD_ROLE_VERIFICATION,
                                               WORD_ROLE_INPUT };
    const struct terminal *t = table->terminal;
    const struct pattern_info *info = &pattern_table[pattern];
    bool holds = pattern_holds((enum pattern)pattern, v->finding);
    fprintf(t->out, "\n%s%s%s  ", bold(t->color_out), info->id, plain(t->color_out));
    say(t, WORD_VALIDATE_PATTERN, info->words[t->lang], info->source, in_words(t, role[info->role]),
        in_words(t, holds ? WORD_VALIDATE_HELD : WORD_VALIDATE_NOT_HELD));
    for (int m = 0; m < NUM_MEASURES; m++)
        if (measure_table[m].pattern == (enum pattern)pattern)
            print_measure(table, m, &v->finding[m], &v->exceptions[m]);
}

static void print_swaps(const struct columns *table, const struct finding swap[NUM_SWAPS])
{
    const struct terminal *t = table->terminal;
    fputc('\n', t->out);
    say_paragraph(t, 0, WORD_VALIDATE_SWAPS);
    for (int i = 0; i < NUM_SWAPS; i++) {
        char cell[COLUMNS_MOST][CELL_LENGTH], number[NUMBER_LENGTH];
        found(cell[0], CELL_LENGTH, t, &swap[i]);
        snprintf(cell[1], CELL_LENGTH, in_words(t, WORD_VALIDATE_ABOVE),
                 text_figures(number, swap_table[i].least, t->lang));
        snprintf(cell[2], CELL_LENGTH, "%s", verdict(t, swap_holds((enum swap_id)i, &swap[i])));
        columns_print_row(table, 4, swap_table[i].words[t->lang], cell);
    }
}

static void print_words(const struct terminal *t, const struct validation *v, const struct case_display *display)
{
    struct columns table;
    int held = 0, must = 0, must_held = 0;
    columns_init(&table, t, 36, 17, 2);
    table.count = 3;
    table.width[0] = 22;
    table.width[1] = 15;
    table.width[2] = 7;
    for (int p = 0; p < NUM_PATTERNS; p++) {
        bool holds = pattern_holds((enum pattern)p, v->finding);
        held += holds;
        must += pattern_table[p].must;
        must_held += pattern_table[p].must && holds;
        print_pattern(&table, p, v);
    }
    print_swaps(&table, v->swap);
    print_cases(t, display, v->cases);
    print_statements(t, v);
    fputc('\n', t->out);
    say_paragraph(t, 0, WORD_VALIDATE_COUNT, held, NUM_PATTERNS, must_held, must);
    say_paragraph(t, 0, WORD_VALIDATE_NOTE);
}

/* ---- the command ---- */

static int validate(const struct call *call, const char *scenarios, struct watch *watch, struct validation *out,
                    struct case_display *display, struct error *err)
{
    const struct options *o = &call->options;
    const struct validate_options options = {
        .machine = { .threads = o->threads > 0 ? o->threads : options_default_threads(),
                     .scenarios = scenarios,
                     .override = o->overrides,
                     .num_overrides = o->num_overrides,
                     .stop = &watch->stop },
        .draws = o->draws > 0 ? o->draws : VALIDATE_DRAWS,
        .seed = (uint32_t)(o->seed >= 0 ? o->seed : SEED),
        .progress = watch_progress,
        .progress_context = watch,
    };
    int ret = case_display_read(display, &options.machine, err);
    if (ret == 0)
        ret = validate_run(&options, out, err);
    if (ret == 0 && watch->stop != 0)
        ret = error_set(err, MILIEU_ERR_INTERRUPTED, "%s", "%s", "");
    return ret;
}

int command_validate(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct validation validation;
    struct case_display display;
    struct watch watch;
    char scenarios[4096];
    int ret;
    if (call->num_operands > 0)
        return wrong_operands(call, err);
    if (!input_shipped_folder(scenarios, sizeof scenarios))
        return error_set_word(err, MILIEU_ERR_INPUT, WORD_VALIDATE_NO_SCENARIOS);
    if ((ret = watch_start(&watch, t, call->options.progress, "", err)) != 0)
        return ret;
    ret = validate(call, scenarios, &watch, &validation, &display, err);
    watch_end(&watch);
    if (ret == 0 && call->options.json)
        ret = print_json(t, &validation, &display, err);
    else if (ret == 0)
        print_words(t, &validation, &display);
    case_display_free(&display);
    return ret != 0 ? ret : validate_passes(&validation) ? 0 : 1;
}
