/* The joint display: of each case of [003] its story, its ratings and the sentences they are read from, how it ended, what
 * the model makes of it. */
#include <stdlib.h>
#include <string.h>

#include "validate_report.h"

#define QUOTE_LENGTH 512

/* ---- reading ---- */

static int clinic_of(const struct scenario *scenario, const char *id)
{
    for (int c = 0; c < scenario->num_clinics; c++)
        if (strcmp(scenario->clinic_id[c], id) == 0)
            return c;
    return -1;
}

int case_display_read(struct case_display *self, const struct trial_machine *machine, struct error *err)
{
    memset(self, 0, sizeof *self);
    int ret = trial_scenario(&self->scenario, CASES_SCENARIO, NULL, 0, machine, err);
    for (int c = 0; c < NUM_CASES && ret == 0; c++) {
        int clinic = clinic_of(&self->scenario, case_table[c].clinic);
        if (clinic >= 0)
            ret = scenario_stated(&self->scenario, clinic, &self->ratings[c].item, &self->ratings[c].count, err);
    }
    return ret;
}

void case_display_free(struct case_display *self)
{
    for (int c = 0; c < NUM_CASES; c++)
        free(self->ratings[c].item);
    scenario_free(&self->scenario);
    memset(self, 0, sizeof *self);
}

/* ---- sentences ---- */

/* The next sentence quoted of the document of the cases, about this case or about none. */
static bool next_quote(const char **at, int which, char text[QUOTE_LENGTH], bool *own)
{
    struct quotation quotation;
    while (stated_quotation(at, &quotation)) {
        const char *document = document_table[CASES_DOCUMENT].id; /* "[003]" */
        size_t length = strlen(quotation.document);
        *own = quotation.part == case_table[which].id[0];
        if (strncmp(document + 1, quotation.document, length) != 0 || document[length + 1] != ']' ||
            (!*own && quotation.part != 0))
            continue;
        snprintf(text, QUOTE_LENGTH, "%.*s", quotation.length, quotation.text);
        return true;
    }
    return false;
}

/* Is it read from what is said of this case, and not of all four? */
static bool is_own(const struct stated_rating *rating, int which)
{
    char text[QUOTE_LENGTH];
    const char *at = rating->said;
    bool own;
    while (next_quote(&at, which, text, &own))
        if (own)
            return true;
    return false;
}

/* ---- JSON ---- */

static cJSON *rating_json(const struct stated_rating *rating, int which)
{
    char text[QUOTE_LENGTH];
    const char *at = rating->said;
    bool own;
    cJSON *object = cJSON_CreateObject(), *quotes;
    cJSON_AddStringToObject(object, "factor", factor_table[rating->factor].id);
    add_text_or_null(object, "who", rating->who);
    cJSON_AddNumberToObject(object, "rating", rating->middle);
    cJSON_AddNumberToObject(object, "low", rating->low);
    cJSON_AddNumberToObject(object, "high", rating->high);
    cJSON_AddBoolToObject(object, "own", is_own(rating, which));
    quotes = cJSON_AddArrayToObject(object, "quotes");
    while (next_quote(&at, which, text, &own))
        cJSON_AddItemToArray(quotes, cJSON_CreateString(text));
    return object;
}

static void add_case_finding(cJSON *object, const char *name, const struct finding *finding)
{
    add_finding(cJSON_AddObjectToObject(object, name), "simulated", "low", "high", finding);
}

static cJSON *case_json(int which, const struct case_ratings *ratings, const struct case_result *result, int lang)
{
    const struct case_info *info = &case_table[which];
    cJSON *object = cJSON_CreateObject(), *array, *simulated;
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "clinic", info->clinic);
    cJSON_AddStringToObject(object, "story", info->story[lang]);
    cJSON_AddStringToObject(object, "observed", info->ended[lang]);
    array = cJSON_AddArrayToObject(object, "ratings");
    for (int i = 0; i < ratings->count; i++)
        cJSON_AddItemToArray(array, rating_json(&ratings->item[i], which));
    simulated = cJSON_AddObjectToObject(object, "simulated");
    cJSON_AddNumberToObject(simulated, "week", CASES_WEEK);
    add_case_finding(simulated, "fully_implemented", &result->full);
    add_case_finding(simulated, "stopped", &result->stopped);
    add_case_finding(simulated, "start_up_week", &result->start_up);
    add_case_finding(simulated, "started", &result->started);
    return object;
}

cJSON *cases_json(const struct case_display *display, const struct case_result cases[NUM_CASES], int lang)
{
    cJSON *array = cJSON_CreateArray();
    for (int c = 0; c < NUM_CASES; c++)
        cJSON_AddItemToArray(array, case_json(c, &display->ratings[c], &cases[c], lang));
    return array;
}

/* ---- words ---- */

static void print_row(const struct columns *table, const char *label, const struct finding *finding)
{
    char cell[COLUMNS_MOST][CELL_LENGTH];
    found(cell[0], CELL_LENGTH, table->terminal, finding);
    columns_print_row(table, 6, label, cell);
}

/* "support of managers (nurse-1)     +2 (1.66 to 2)", and under it the sentences. */
static void print_rating(const struct columns *table, const struct stated_rating *rating, int which)
{
    const struct terminal *t = table->terminal;
    const struct finding finding = { rating->middle, rating->low, rating->high };
    char label[CELL_LENGTH * 2], text[QUOTE_LENGTH];
    const char *at = rating->said;
    bool own;
    snprintf(label, sizeof label, rating->who[0] != '\0' ? "%s (%s)" : "%s",
             factor_table[rating->factor].words[t->lang], rating->who);
    print_row(table, label, &finding);
    while (next_quote(&at, which, text, &own))
        say_paragraph(t, 8, WORD_QUOTED, text);
}

static void print_ratings(const struct columns *table, const struct case_ratings *ratings, int which, bool own)
{
    for (int i = 0; i < ratings->count; i++)
        if (is_own(&ratings->item[i], which) == own)
            print_rating(table, &ratings->item[i], which);
}

static void print_case(const struct columns *table, int which, const struct case_ratings *ratings,
                       const struct case_result *result)
{
    const struct terminal *t = table->terminal;
    const struct case_info *info = &case_table[which];
    char label[CELL_LENGTH];
    fprintf(t->out, "\n%s%s%s ", bold(t->color_out), info->id, plain(t->color_out));
    text_paragraph(t->out, info->story[t->lang], strlen(info->id) + 1, 4, TERMINAL_WIDTH);
    say_paragraph(t, 4, WORD_CASES_ENDED, info->ended[t->lang]);
    say_paragraph(t, 4, WORD_CASES_SIMULATED);
    snprintf(label, sizeof label, in_words(t, WORD_CASES_FULL), CASES_WEEK);
    print_row(table, label, &result->full);
    snprintf(label, sizeof label, in_words(t, WORD_CASES_STOPPED), CASES_WEEK);
    print_row(table, label, &result->stopped);
    print_row(table, in_words(t, WORD_CASES_STARTED), &result->started);
    print_row(table, in_words(t, WORD_CASES_START_UP), &result->start_up);
    say_paragraph(t, 4, WORD_CASES_RATED);
    print_ratings(table, ratings, which, true);
}

void print_cases(const struct terminal *t, const struct case_display *display,
                 const struct case_result cases[NUM_CASES])
{
    struct columns table;
    columns_init(&table, t, 56, 24, 1);
    fputc('\n', t->out);
    say_paragraph(t, 0, WORD_CASES_TITLE, document_table[CASES_DOCUMENT].id);
    for (int c = 0; c < NUM_CASES; c++)
        print_case(&table, c, &display->ratings[c], &cases[c]);
    fputc('\n', t->out);
    say_paragraph(t, 4, WORD_CASES_COMMON);
    print_ratings(&table, &display->ratings[0], 0, false);
}
