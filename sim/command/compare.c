/* `milieu compare`: a reference arm and others, run by run. */
#include "../../analysis/compare.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "command.h"
#include "describe.h"
#include "inputs.h"
#include "nearest.h"

#define ARMS_MOST 32
#define SHOWN_CLINICS 12

/* What a manager asks first, in this order; other outcomes are told where they clearly differ. */
static const int first_outcomes[] = { OUTCOME_start_up_week,  OUTCOME_full_implementation,
                                      OUTCOME_discontinued,   OUTCOME_sustained,
                                      OUTCOME_reach,          OUTCOME_care_integration_change_26w,
                                      OUTCOME_ed_rate_ratio,  OUTCOME_hours_per_patient,
                                      OUTCOME_nurse_turnover, OUTCOME_programme_cost };
#define NUM_FIRST (int)(sizeof first_outcomes / sizeof *first_outcomes)

/* ---- which arms ---- */

struct arms {
    struct results_file file[2]; /* the second may be unused: both sides are of one file */
    int num_files;
    int reference;        /* arm of the first file */
    int other[ARMS_MOST]; /* arms of the last file */
    int num_others;
};

static int unknown_arm(const struct results_file *file, const char *name, struct error *err)
{
    char list[600] = "";
    size_t length = 0;
    for (int i = 0; i < file->num_arms && length + strlen(file->arm_id[i]) + 3 < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i > 0 ? ", " : "", file->arm_id[i]);
    const char *near = nearest_name(name, (const char *const *)file->arm_id, (size_t)file->num_arms);
    if (near != NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_ARM_UNKNOWN_NEAR, name, near, list);
    return error_set_word(err, MILIEU_ERR_USAGE, WORD_ARM_UNKNOWN, name, list);
}

/* --arms X,Y[,Z...]: X of the first file, the others of the last. */
static int named_arms(struct arms *arms, const char *names, struct error *err)
{
    const struct results_file *last = &arms->file[arms->num_files - 1];
    for (int i = 0;; i++) {
        char name[128];
        size_t length = strcspn(names, ",");
        const struct results_file *file = i == 0 ? &arms->file[0] : last;
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        int arm = results_find_arm(file, name);
        if (arm < 0)
            return unknown_arm(file, name, err);
        if (i == 0)
            arms->reference = arm;
        else if (arms->num_others < ARMS_MOST)
            arms->other[arms->num_others++] = arm;
        if (names[length] == '\0')
            break;
        names += length + 1;
    }
    return arms->num_others > 0 ? 0 : error_set_word(err, MILIEU_ERR_USAGE, WORD_ARMS_TWO);
}

/* Nobody named any: the reference against each other arm; of two files, their references. */
static int usual_arms(struct arms *arms, struct error *err)
{
    arms->reference = arms->file[0].reference_arm;
    if (arms->num_files == 2) {
        arms->other[arms->num_others++] = arms->file[1].reference_arm;
        return 0;
    }
    for (int i = 0; i < arms->file[0].num_arms && arms->num_others < ARMS_MOST; i++)
        if (i != arms->reference)
            arms->other[arms->num_others++] = i;
    return arms->num_others > 0 ? 0 : error_set_word(err, MILIEU_ERR_USAGE, WORD_ARMS_TWO);
}

static int open_arms(const struct call *call, struct arms *arms, struct error *err)
{
    int ret = 0;
    for (int i = 0; ret == 0 && i < call->num_operands; i++) {
        ret = input_results(&call->terminal, call->operand[i], &arms->file[i], err);
        arms->num_files = i + 1;
    }
    if (ret == 0 && call->options.arms != NULL)
        ret = named_arms(arms, call->options.arms, err);
    else if (ret == 0)
        ret = usual_arms(arms, err);
    return ret;
}

/* ---- JSON ---- */

static void add_number(cJSON *object, const char *name, double value)
{
    if (isnan(value))
        cJSON_AddNullToObject(object, name);
    else
        cJSON_AddNumberToObject(object, name, value);
}

static cJSON *row_json(const struct compare_row *row)
{
    cJSON *object = cJSON_CreateObject();
    add_number(object, "a", row->mean_a);
    add_number(object, "b", row->mean_b);
    add_number(object, "difference", row->difference);
    add_number(object, "low", row->low);
    add_number(object, "high", row->high);
    add_number(object, "run_low", row->run_low);
    add_number(object, "run_high", row->run_high);
    add_number(object, "higher", row->higher);
    add_number(object, "lower", row->lower);
    add_number(object, "better", row->better);
    cJSON_AddNumberToObject(object, "n", (double)row->n);
    return object;
}

static void add_side(cJSON *object, const char *name, const struct compare_side *side)
{
    cJSON *told = cJSON_AddObjectToObject(object, name);
    cJSON_AddStringToObject(told, "scenario", side->file->scenario_id);
    cJSON_AddStringToObject(told, "arm", side->file->arm_id[side->arm]);
}

/* Every outcome both files hold: rows[outcome * (clinics + 1) + clinic], those of an absent outcome with runs = 0. */
static cJSON *comparison_json(const struct compare *compare, const struct compare_row *rows, char **words,
                              int num_words)
{
    cJSON *object = cJSON_CreateObject(), *clinics, *all;
    size_t stride = (size_t)compare->num_clinics + 1;
    add_side(object, "a", &compare->a);
    add_side(object, "b", &compare->b);
    cJSON_AddNumberToObject(object, "runs", (double)compare->runs);
    cJSON_AddBoolToObject(object, "same_luck", compare->same_luck);
    cJSON_AddItemToObject(object, "what_differs", cJSON_CreateStringArray((const char *const *)words, num_words));
    clinics = cJSON_AddArrayToObject(object, "clinics");
    for (int c = 0; c <= compare->num_clinics; c++) {
        cJSON *place = c < compare->num_clinics ? cJSON_CreateObject() : object;
        if (c < compare->num_clinics) {
            cJSON_AddStringToObject(place, "id", compare->a.file->clinic_id[compare->clinic_a[c]]);
            cJSON_AddItemToArray(clinics, place);
        }
        all = cJSON_AddObjectToObject(place, c < compare->num_clinics ? "outcomes" : "all");
        for (int i = 0; i < NUM_OUTCOMES; i++)
            if (rows[(size_t)i * stride + (size_t)c].runs > 0)
                cJSON_AddItemToObject(all, outcome_table[i].id, row_json(&rows[(size_t)i * stride + (size_t)c]));
    }
    return object;
}

/* ---- words ---- */

/* How an outcome is told: a yes or no and a share as so many of 100, others with as many decimals as they need. */
static double scale_of(int outcome)
{
    return outcome_table[outcome].type == OUTCOME_YESNO ? 100 : 1;
}

static int decimals_of(int outcome, const struct compare_row *row)
{
    double most = fmax(fabs(row->mean_a), fabs(row->mean_b)) * scale_of(outcome);
    return outcome_table[outcome].type == OUTCOME_YESNO || most >= 100 ? 0 : most >= 10 ? 1 : 2;
}

/* Does the difference show with the decimals it is told with? */
static bool shows(int outcome, const struct compare_row *row)
{
    double unit = pow(10, decimals_of(outcome, row)), scale = scale_of(outcome);
    return row->n > 0 && fabs(scale * row->difference) * unit >= 0.5;
}

static void print_outcome(const struct terminal *t, const struct columns *table, int outcome,
                          const struct compare_row *row)
{
    char cell[COLUMNS_MOST][CELL_LENGTH], number[3][NUMBER_LENGTH], label[256];
    const struct outcome_info *info = &outcome_table[outcome];
    double scale = scale_of(outcome);
    int decimals = decimals_of(outcome, row);
    text_number(cell[0], scale * row->mean_a, decimals, false, t->lang);
    text_number(cell[1], scale * row->mean_b, decimals, false, t->lang);
    text_number(number[0], scale * row->difference, decimals, true, t->lang);
    text_number(number[1], scale * row->low, decimals, true, t->lang);
    text_number(number[2], scale * row->high, decimals, true, t->lang);
    if (row->n > 1)
        snprintf(cell[2], CELL_LENGTH, in_words(t, WORD_INTERVAL), number[0], "", number[1], number[2], "");
    else
        snprintf(cell[2], CELL_LENGTH, "%s", number[0]);
    if (isnan(row->better))
        *cell[3] = '\0';
    else
        text_number(cell[3], 100 * row->better, 0, false, t->lang);
    snprintf(label, sizeof label, "%s%s", info->words[t->lang],
             info->type == OUTCOME_YESNO ? in_words(t, WORD_OF_100) : "");
    columns_print_row(table, 2, label, cell);
}

static bool is_first(int outcome)
{
    for (int i = 0; i < NUM_FIRST; i++)
        if (first_outcomes[i] == outcome)
            return true;
    return false;
}

/* One clinic's block, or that of all: which of the first outcomes differ; of all, then what else clearly does. */
static void print_place(const struct terminal *t, const struct compare *compare, const struct compare_row *rows,
                        int clinic, const char *name, const struct columns *table)
{
    size_t stride = (size_t)compare->num_clinics + 1;
    bool any = false, others = false;
    fprintf(t->out, "%s\n", name);
    for (int i = 0; i < NUM_FIRST; i++) {
        const struct compare_row *row = &rows[(size_t)first_outcomes[i] * stride + (size_t)clinic];
        if (row->n == 0 || (row->n > 1 && !shows(first_outcomes[i], row)))
            continue;
        print_outcome(t, table, first_outcomes[i], row);
        any = true;
    }
    if (!any)
        say(t, WORD_COMPARE_SAME);
    for (int i = 0; clinic == compare->num_clinics && i < NUM_OUTCOMES; i++) {
        const struct compare_row *row = &rows[(size_t)i * stride + (size_t)clinic];
        if (is_first(i) || !shows(i, row) || !(row->low > 0 || row->high < 0))
            continue;
        if (!others)
            say(t, WORD_COMPARE_OTHERS);
        others = true;
        print_outcome(t, table, i, row);
    }
}

static void print_places(const struct terminal *t, const struct compare *compare, const struct compare_row *rows)
{
    static const enum word headings[] = { WORD_COMPARE_A, WORD_COMPARE_B, WORD_COMPARE_DIFFERENCE,
                                          WORD_COMPARE_BETTER };
    static const size_t widths[] = { 9, 9, 24, 10 };
    struct columns table;
    columns_init(&table, t, 28, 0, 4);
    for (int i = 0; i < 4; i++) {
        table.width[i] = widths[i];
        snprintf(table.heading[i], CELL_LENGTH, "%s", in_words(t, headings[i]));
    }
    fputc('\n', t->out);
    columns_print_heading(&table);
    for (int c = 0; compare->num_clinics > 1 && compare->num_clinics <= SHOWN_CLINICS && c < compare->num_clinics; c++)
        print_place(t, compare, rows, c, compare->a.file->clinic_title[t->lang][compare->clinic_a[c]], &table);
    const char *last = compare->num_clinics > 1 ? in_words(t, WORD_ALL_CLINICS)
                                                : compare->a.file->clinic_title[t->lang][compare->clinic_a[0]];
    print_place(t, compare, rows, compare->num_clinics, last, &table);
    fputc('\n', t->out);
}

static void print_comparison(const struct terminal *t, const struct compare *compare, const struct compare_row *rows,
                             char **words, int num_words)
{
    char runs[64];
    const struct results_file *file = compare->a.file;
    const char *a = file->arm_title[t->lang][compare->a.arm];
    const char *b = compare->b.file->arm_title[t->lang][compare->b.arm];
    count_words(runs, sizeof runs, t, WORD_ONE_RUN, (size_t)compare->runs);
    fputs(bold(t->color_out), t->out);
    say(t, WORD_COMPARE_HEAD, b, a, runs);
    fputs(plain(t->color_out), t->out);
    if (!compare->same_luck)
        say(t, WORD_COMPARE_OTHER_LUCK);
    say(t, num_words > 0 ? WORD_COMPARE_WHAT : WORD_COMPARE_NOTHING);
    for (int i = 0; i < num_words; i++) {
        fputs("  ", t->out);
        text_paragraph(t->out, words[i], 2, 4, TERMINAL_WIDTH);
    }
    print_places(t, compare, rows);
}

/* ---- the command ---- */

/* Every outcome of one pair of arms; those a file does not hold keep runs = 0. */
static int compare_all(struct compare *compare, struct compare_row *rows, struct error *err)
{
    size_t stride = (size_t)compare->num_clinics + 1;
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        if (!results_has_outcome(compare->a.file, i) || !results_has_outcome(compare->b.file, i))
            continue;
        int ret = compare_outcome(compare, i, &rows[(size_t)i * stride], err);
        if (ret != 0)
            return ret;
    }
    return 0;
}

static int compare_pair(const struct call *call, struct arms *arms, int other, cJSON *array, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct compare compare = { 0 };
    struct compare_row *rows = NULL;
    char **words = NULL;
    int num_words = 0;
    int ret = compare_init(&compare, (struct compare_side){ &arms->file[0], arms->reference },
                           (struct compare_side){ &arms->file[arms->num_files - 1], arms->other[other] }, err);
    if (ret == 0)
        ret = compare_words(&compare, t->lang, &words, &num_words, err);
    if (ret == 0) {
        rows = calloc(NUM_OUTCOMES * ((size_t)compare.num_clinics + 1), sizeof *rows);
        ret = rows != NULL ? compare_all(&compare, rows, err) : error_set_memory(err);
    }
    if (ret == 0 && rows != NULL && array != NULL)
        cJSON_AddItemToArray(array, comparison_json(&compare, rows, words, num_words));
    else if (ret == 0 && rows != NULL)
        print_comparison(t, &compare, rows, words, num_words);
    free(rows);
    compare_free_words(words, num_words);
    compare_free(&compare);
    return ret;
}

int command_compare(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    struct arms arms = { .num_files = 0 };
    cJSON *json = NULL, *array = NULL;
    if (call->num_operands < 1 || call->num_operands > 2)
        return wrong_operands(call, err);
    int ret = open_arms(call, &arms, err);
    if (ret == 0 && call->options.json) {
        json = cJSON_CreateObject();
        array = cJSON_AddArrayToObject(json, "comparisons");
    }
    for (int i = 0; ret == 0 && i < arms.num_others; i++)
        ret = compare_pair(call, &arms, i, array, err);
    if (ret == 0 && json != NULL) {
        ret = json_print(t, json, err);
        json = NULL;
    } else if (ret == 0) {
        say_paragraph(t, 0, WORD_COMPARE_NOTE);
    }
    cJSON_Delete(json);
    for (int i = 0; i < arms.num_files; i++)
        results_close(&arms.file[i]);
    return ret;
}
