/* What the documents say themselves, beside what the model says. */
#include <math.h>
#include <string.h>

#include "validate_report.h"

#define MOVED_LENGTH 512

/* ---- JSON ---- */

/* "medical_leadership, nursing_leadership: -1 to 1", or "none to as-delivered": of ids, the same in both languages. */
static void contrast_text(char *text, size_t size, enum contrast contrast)
{
    const struct contrast_info *info = &contrast_table[contrast];
    bool arms = info->role == ARMS;
    size_t used = 0;
    char id[64];
    for (int i = 0; contrast_moved(contrast, i, id, sizeof id) && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : arms ? " to " : ", ", id);
    if (!arms && used < size)
        snprintf(text + used, size - used, ": %g to %g", info->from, info->to);
}

static void add_effect(cJSON *object, const struct effect *effect)
{
    add_finding(object, "difference", "low", "high", &effect->mean);
    add_number_or_null(object, "draws_low", effect->draws.low);
    add_number_or_null(object, "draws_high", effect->draws.high);
    cJSON_AddNumberToObject(object, "pairs", effect->pairs);
}

static cJSON *ranking_json(const struct effect effect[NUM_CONTRASTS])
{
    cJSON *array = cJSON_CreateArray();
    char text[MOVED_LENGTH];
    for (int c = 0; c < NUM_CONTRASTS; c++) {
        if (effect[c].pairs == 0)
            continue;
        cJSON *object = cJSON_CreateObject();
        contrast_text(text, sizeof text, (enum contrast)c);
        cJSON_AddStringToObject(object, "contrast", text);
        cJSON_AddBoolToObject(object, "rival", contrast_table[c].role == RIVAL);
        add_effect(object, &effect[c]);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

static cJSON *statement_json(int statement, const struct validation *v, int lang)
{
    const struct statement_info *info = &statement_table[statement];
    const struct statement_result *result = &v->statement[statement];
    char text[MOVED_LENGTH];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "document", document_table[info->document].id);
    cJSON_AddStringToObject(object, "place", info->place[lang]);
    cJSON_AddStringToObject(object, "statement", info->words[lang]);
    cJSON_AddStringToObject(object, "scenario", contrast_table[info->contrast].scenario);
    contrast_text(text, sizeof text, info->contrast);
    cJSON_AddStringToObject(object, "contrast", text);
    cJSON_AddStringToObject(object, "outcome", outcome_table[info->outcome].id);
    cJSON_AddNumberToObject(object, "expected", info->sign);
    add_effect(object, &result->effect);
    cJSON_AddStringToObject(object, "agrees", agreement_words[statement_agrees((enum statement)statement, result)]);
    if (info->kind != MOVES) {
        if (result->rival >= 0)
            contrast_text(text, sizeof text, (enum contrast)result->rival);
        add_text_or_null(object, "rival", result->rival >= 0 ? text : NULL);
        cJSON_AddItemToObject(object, "ranking", ranking_json(v->ranked));
    }
    return object;
}

cJSON *statements_json(const struct validation *v, int lang)
{
    cJSON *array = cJSON_CreateArray();
    for (int s = 0; s < NUM_STATEMENTS; s++)
        cJSON_AddItemToArray(array, statement_json(s, v, lang));
    return array;
}

/* ---- words ---- */

/* The factors by their names, one after another. */
static void factor_names(char *text, size_t size, enum contrast contrast, int lang)
{
    size_t used = 0;
    char id[64];
    text[0] = '\0';
    for (int i = 0; contrast_moved(contrast, i, id, sizeof id) && used < size; i++) {
        int factor = factor_find(id);
        used += (size_t)snprintf(text + used, size - used, "%s%s", i == 0 ? "" : " + ",
                                 factor >= 0 ? factor_table[factor].words[lang] : id);
    }
}

static void print_contrast(const struct terminal *t, enum contrast contrast, int pairs)
{
    const struct contrast_info *info = &contrast_table[contrast];
    char names[MOVED_LENGTH], from[NUMBER_LENGTH], to[NUMBER_LENGTH];
    if (info->role == ARMS) {
        contrast_moved(contrast, 0, from, sizeof from);
        contrast_moved(contrast, 1, to, sizeof to);
        say_paragraph(t, 4, WORD_STATEMENT_ARMS, from, to, info->scenario, pairs);
        return;
    }
    factor_names(names, sizeof names, contrast, t->lang);
    say_paragraph(t, 4, WORD_STATEMENT_RATED, names, text_number(from, info->from, 0, true, t->lang),
                  text_number(to, info->to, 0, true, t->lang), info->scenario, pairs);
}

static void effect_cells(char cell[COLUMNS_MOST][CELL_LENGTH], const struct terminal *t, const struct effect *effect)
{
    char low[NUMBER_LENGTH], high[NUMBER_LENGTH];
    found(cell[0], CELL_LENGTH, t, &effect->mean);
    snprintf(cell[1], CELL_LENGTH, in_words(t, WORD_STATEMENT_DRAWS), text_figures(low, effect->draws.low, t->lang),
             text_figures(high, effect->draws.high, t->lang));
    cell[2][0] = '\0';
}

/* How far each moves the outcome of the ranking, the furthest first. */
static void print_ranking(const struct columns *table, const struct effect effect[NUM_CONTRASTS], enum outcome outcome)
{
    const struct terminal *t = table->terminal;
    struct columns narrow = *table;
    bool told[NUM_CONTRASTS] = { false };
    narrow.count = 2; /* nobody is judged here */
    say_paragraph(t, 4, WORD_STATEMENT_RANKING, outcome_table[outcome].words[t->lang]);
    for (;;) {
        int next = -1;
        for (int c = 0; c < NUM_CONTRASTS; c++)
            if (!told[c] && effect[c].pairs > 0 && (next < 0 || effect[c].mean.simulated > effect[next].mean.simulated))
                next = c;
        if (next < 0)
            return;
        char names[MOVED_LENGTH], cell[COLUMNS_MOST][CELL_LENGTH];
        told[next] = true;
        factor_names(names, sizeof names, (enum contrast)next, t->lang);
        effect_cells(cell, t, &effect[next]);
        columns_print_row(&narrow, 6, names, cell);
    }
}

static void print_lead(const struct terminal *t, const struct statement_info *info,
                       const struct statement_result *result)
{
    char names[MOVED_LENGTH] = "-";
    if (info->kind == MOVES)
        return;
    if (result->rival >= 0)
        factor_names(names, sizeof names, (enum contrast)result->rival, t->lang);
    say_paragraph(t, 4, info->kind == MAIN ? WORD_STATEMENT_MAIN : WORD_STATEMENT_MAIN_EACH, names);
}

static void print_statement(const struct columns *table, int statement, const struct validation *v)
{
    static const enum word judged[NUM_AGREEMENTS] = { WORD_STATEMENT_AGAINST, WORD_STATEMENT_UNCLEAR,
                                                      WORD_STATEMENT_AGREES };
    const struct terminal *t = table->terminal;
    const struct statement_info *info = &statement_table[statement];
    const struct statement_result *result = &v->statement[statement];
    char label[CELL_LENGTH * 2], cell[COLUMNS_MOST][CELL_LENGTH];
    say_paragraph(t, 2, WORD_STATEMENT_SAID, info->words[t->lang], info->place[t->lang]);
    print_contrast(t, info->contrast, result->effect.pairs);
    print_lead(t, info, result);
    snprintf(label, sizeof label, in_words(t, info->sign > 0 ? WORD_STATEMENT_MORE : WORD_STATEMENT_LESS),
             outcome_table[info->outcome].words[t->lang]);
    effect_cells(cell, t, &result->effect);
    snprintf(cell[2], CELL_LENGTH, "%s", in_words(t, judged[statement_agrees((enum statement)statement, result)]));
    columns_print_row(table, 6, label, cell);
    if (info->kind == MAIN)
        print_ranking(table, v->ranked, info->outcome);
}

void print_statements(const struct terminal *t, const struct validation *v)
{
    struct columns table;
    int count[NUM_AGREEMENTS] = { 0 };
    columns_init(&table, t, 26, 0, 3);
    table.width[0] = 25;
    table.width[1] = 19;
    table.width[2] = 10;
    fputc('\n', t->out);
    say_paragraph(t, 0, WORD_STATEMENTS_TITLE);
    for (int d = 0; d < NUM_DOCUMENTS; d++) {
        fprintf(t->out, "\n%s%s%s ", bold(t->color_out), document_table[d].id, plain(t->color_out));
        fprintf(t->out, "%s\n", document_table[d].words[t->lang]);
        for (int s = 0; s < NUM_STATEMENTS; s++)
            if (statement_table[s].document == (enum document)d) {
                print_statement(&table, s, v);
                count[statement_agrees((enum statement)s, &v->statement[s])]++;
            }
    }
    fputc('\n', t->out);
    say_paragraph(t, 0, WORD_STATEMENTS_COUNT, NUM_STATEMENTS, count[AGREES], count[UNCLEAR], count[DISAGREES]);
    say_paragraph(t, 0, WORD_STATEMENTS_NOTE);
}
