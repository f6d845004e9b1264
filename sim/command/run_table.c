#include <math.h>
#include <string.h>

#include "columns.h"
#include "run_report.h"

#define SHOWN_CLINICS 12  /* told one by one; of more, only all together */
#define ENOUGH_FOR_100 20 /* fewer stories are told as they are, "3 of 4", not "75 of 100" */

/* ---- cells ---- */

enum form {
    FORM_PLAIN,    /* the number */
    FORM_COUNT,    /* a yes or no: so many clinics of 100 */
    FORM_OF_100,   /* a share, as so many of 100 */
    FORM_PERCENT,  /* a relative change, in per cent */
    FORM_RATIO,    /* a ratio, as a change in per cent */
    FORM_THOUSANDS /* thousands of it */
};

struct column {
    int outcome;
    enum form form;
    int decimals;
    bool plus;
    enum word heading;
};

static const struct column programme_columns[] = {
    { OUTCOME_start_up_week, FORM_PLAIN, 0, false, WORD_COLUMN_START },
    { OUTCOME_full_implementation, FORM_COUNT, 0, false, WORD_COLUMN_FULL },
    { OUTCOME_discontinued, FORM_COUNT, 0, false, WORD_COLUMN_STOPPED },
    { OUTCOME_active_at_horizon, FORM_COUNT, 0, false, WORD_COLUMN_GOING },
};

static const struct column patient_columns[] = {
    { OUTCOME_reach, FORM_OF_100, 0, false, WORD_COLUMN_REACHED },
    { OUTCOME_care_integration_change_26w, FORM_PLAIN, 0, true, WORD_COLUMN_INTEGRATION },
    { OUTCOME_hours_per_patient, FORM_PLAIN, 0, false, WORD_COLUMN_HOURS },
    { OUTCOME_programme_cost, FORM_THOUSANDS, 0, false, WORD_COLUMN_COST },
};

static const struct column emergency_columns[] = {
    { OUTCOME_ed_change_naive, FORM_PERCENT, 0, true, WORD_COLUMN_NAIVE },
    { OUTCOME_ed_rate_ratio, FORM_RATIO, 0, true, WORD_COLUMN_PAIRED },
};

struct layout {
    const struct terminal *t;
    const struct run_report *report;
    bool few;     /* yes/no outcomes are told as "3 of 4", not as so many of 100 */
    double least; /* smallest share of runs behind a starred cell, 1 = none is starred */
};

static double told(enum form form, double value)
{
    switch (form) {
    case FORM_COUNT:
    case FORM_OF_100:
    case FORM_PERCENT:
        return 100 * value;
    case FORM_RATIO:
        return 100 * (value - 1);
    case FORM_THOUSANDS:
        return value / 1000;
    case FORM_PLAIN:
        break;
    }
    return value;
}

/* "3 of 4": runs, and clinics where the row is of all. */
static void count_cell(const struct layout *l, struct summary_row row, int clinic, char *cell)
{
    long long of = (long long)row.n * (clinic == SUMMARY_ALL ? l->report->scenario->num_clinics : 1);
    snprintf(cell, CELL_LENGTH, in_words(l->t, WORD_SO_MANY_OF), llround(row.mean * (double)of), of);
}

/* "30 (22 to 38)", "-27 % (-38 to +14)": the mean and its interval, which needs two runs. */
static void figure_cell(struct layout *l, const struct column *c, int arm, int clinic, char *cell)
{
    struct summary_row row = summary_get(l->report->summary, arm, clinic, c->outcome);
    char mean[NUMBER_LENGTH], low[NUMBER_LENGTH], high[NUMBER_LENGTH];
    const char *percent = c->form == FORM_PERCENT || c->form == FORM_RATIO ? in_words(l->t, WORD_PERCENT) : "";
    const char *star = row.n < l->report->done.runs ? "*" : "";
    if (row.n == 0) {
        snprintf(cell, CELL_LENGTH, "%s", in_words(l->t, WORD_NO_FIGURE));
        return;
    }
    if (*star != '\0')
        l->least = fmin(l->least, (double)row.n / (double)l->report->done.runs);
    text_number(mean, told(c->form, row.mean), c->decimals, c->plus, l->t->lang);
    text_number(low, told(c->form, row.low), c->decimals, c->plus, l->t->lang);
    text_number(high, told(c->form, row.high), c->decimals, c->plus, l->t->lang);
    if (c->form == FORM_COUNT && l->few)
        count_cell(l, row, clinic, cell);
    else if (row.n == 1)
        snprintf(cell, CELL_LENGTH, "%s%s%s", mean, percent, star);
    else
        snprintf(cell, CELL_LENGTH, in_words(l->t, WORD_INTERVAL), mean, percent, low, high, star);
}

/* ---- tables ---- */

/* "2 years", "78 weeks" */
static const char *horizon_words(char *buffer, size_t size, const struct terminal *t, int weeks)
{
    if (weeks % 52 == 0)
        return count_words(buffer, size, t, WORD_ONE_YEAR, (size_t)weeks / 52);
    return count_words(buffer, size, t, WORD_ONE_WEEK, (size_t)weeks);
}

static void print_headings(struct layout *l, struct columns *table, const struct column *columns)
{
    char horizon[64], words[CELL_LENGTH];
    horizon_words(horizon, sizeof horizon, l->t, l->report->scenario->horizon);
    for (int i = 0; i < table->count; i++) {
        snprintf(words, sizeof words, in_words(l->t, columns[i].heading), horizon);
        snprintf(table->heading[i], CELL_LENGTH, "%.*s%s", CELL_LENGTH - 16, words,
                 columns[i].form == FORM_COUNT && !l->few ? in_words(l->t, WORD_OF_100) : "");
    }
    columns_print_heading(table);
}

static void print_row(struct layout *l, const struct columns *table, const struct column *columns, int arm, int clinic,
                      size_t indent, const char *label)
{
    char cell[COLUMNS_MOST][CELL_LENGTH];
    for (int i = 0; i < table->count; i++)
        figure_cell(l, &columns[i], arm, clinic, cell[i]);
    columns_print_row(table, indent, label, cell);
}

/* What a row is called: its title where that fits, else its id, which print_legend explains. */
static const char *label_of(const char *title, const char *id, size_t width)
{
    return text_width(title) < width ? title : id;
}

#define LABEL_WIDTH 16 /* of every table: ids of clinics and arms mostly fit */
#define INDENT 2

static void print_legend(const struct layout *l)
{
    const struct scenario *s = l->report->scenario;
    bool clinics = run_report_by_clinic(s);
    char *const *titles = clinics ? s->clinic_title[l->t->lang] : s->arm_title[l->t->lang];
    char *const *ids = clinics ? s->clinic_id : s->arm_id;
    for (int i = 0; i < (clinics ? s->num_clinics : s->num_arms); i++) {
        if (label_of(titles[i], NULL, LABEL_WIDTH - (clinics ? INDENT : 0)) != NULL)
            continue;
        fprintf(l->t->out, "  %s = ", ids[i]);
        text_paragraph(l->t->out, titles[i], text_width(ids[i]) + 5, 6, TERMINAL_WIDTH);
    }
}

/* One row an arm; with several clinics a block an arm, if they are not too many. */
static void print_table(struct layout *l, const struct column *columns, int count)
{
    const struct scenario *s = l->report->scenario;
    const struct terminal *t = l->t;
    struct columns table;
    columns_init(&table, t, LABEL_WIDTH, (TERMINAL_WIDTH - LABEL_WIDTH) / (size_t)count, count);
    print_headings(l, &table, columns);
    for (int arm = 0; arm < s->num_arms; arm++) {
        if (!run_report_by_clinic(s)) {
            print_row(l, &table, columns, arm, SUMMARY_ALL, 0,
                      label_of(s->arm_title[t->lang][arm], s->arm_id[arm], LABEL_WIDTH));
            continue;
        }
        fprintf(t->out, "%s%s%s\n", bold(t->color_out), s->arm_title[t->lang][arm], plain(t->color_out));
        for (int clinic = 0; clinic < s->num_clinics; clinic++)
            print_row(l, &table, columns, arm, clinic, INDENT,
                      label_of(s->clinic_title[t->lang][clinic], s->clinic_id[clinic], LABEL_WIDTH - INDENT));
        print_row(l, &table, columns, arm, SUMMARY_ALL, INDENT, in_words(t, WORD_ALL_CLINICS));
    }
    fputc('\n', t->out);
}

#define PRINT_TABLE(l, columns) print_table((l), (columns), (int)(sizeof(columns) / sizeof *(columns)))

/* ---- around them ---- */

static void print_title(const struct layout *l)
{
    const struct terminal *t = l->t;
    const struct scenario *s = l->report->scenario;
    char horizon[64], runs[64], clinics[64], draws[64];
    fputs(bold(t->color_out), t->out);
    text_paragraph(t->out, s->title[t->lang], 0, 0, TERMINAL_WIDTH);
    fputs(plain(t->color_out), t->out);
    horizon_words(horizon, sizeof horizon, t, s->horizon);
    count_words(clinics, sizeof clinics, t, WORD_ONE_CLINIC, (size_t)s->num_clinics);
    count_words(draws, sizeof draws, t, WORD_ONE_DRAW, (size_t)s->runs.draws);
    count_words(runs, sizeof runs, t, WORD_ONE_RUN, (size_t)l->report->done.runs);
    say_paragraph(t, 0, WORD_RUN_HEAD, clinics, horizon, runs, draws, s->runs.replications, (unsigned)s->runs.seed);
}

/* What a before-after comparison would have said of the first arm, beside the paired effect. */
static void print_naive(const struct layout *l)
{
    const struct terminal *t = l->t;
    struct summary_row naive = summary_get(l->report->summary, 0, SUMMARY_ALL, OUTCOME_ed_change_naive);
    struct summary_row ratio = summary_get(l->report->summary, 0, SUMMARY_ALL, OUTCOME_ed_rate_ratio);
    char before_after[NUMBER_LENGTH], paired[NUMBER_LENGTH];
    if (naive.n == 0 || ratio.n == 0) {
        say_paragraph(t, 0, WORD_NOBODY_ENROLLED);
        return;
    }
    text_number(before_after, 100 * naive.mean, 0, true, t->lang);
    text_number(paired, 100 * (ratio.mean - 1), 0, true, t->lang);
    say_paragraph(t, 0, WORD_NAIVE, before_after, paired);
}

/* What is not known and chance, told apart. */
static void print_parts(const struct layout *l)
{
    const struct summary *s = l->report->summary;
    double stops = summary_unknown_share(s, 0, SUMMARY_ALL, OUTCOME_discontinued);
    double reach = summary_unknown_share(s, 0, SUMMARY_ALL, OUTCOME_reach);
    if (l->few || l->report->scenario->runs.uncertainty != UNCERTAIN_BOTH || isnan(stops) || isnan(reach))
        return;
    say_paragraph(l->t, 0, WORD_NOTE_PARTS, (int)lround(100 * stops), (int)lround(100 * reach));
}

static void print_notes(const struct layout *l)
{
    const struct terminal *t = l->t;
    if (l->report->done.runs > 1)
        say_paragraph(t, 0, WORD_NOTE_INTERVAL);
    print_parts(l);
    say_paragraph(t, 0, WORD_NOTE_GOING);
    if (l->least < 1)
        say_paragraph(t, 0, WORD_NOTE_STAR, (int)floor(100 * l->least));
    if (l->report->scenario->num_clinics > SHOWN_CLINICS)
        say_paragraph(t, 0, WORD_NOTE_MANY);
    fputc('\n', t->out);
}

static void print_next(const struct layout *l)
{
    const struct terminal *t = l->t;
    const struct scenario *s = l->report->scenario;
    say(t, WORD_NEXT);
    if (l->report->done.runs < ENOUGH_FOR_100)
        say(t, WORD_NEXT_MORE_RUNS);
    if (l->report->output != NULL && s->num_arms > 1)
        say(t, WORD_NEXT_COMPARE, l->report->output, s->arm_id[0], s->arm_id[s->num_arms - 1]);
    if (l->report->output != NULL)
        say(t, WORD_NEXT_EXPORT, l->report->output);
    else if (l->report->wants_output)
        say(t, WORD_NEXT_KEEP, s->id);
    if (s->num_arms == 1)
        say(t, WORD_NEXT_RATE, factor_table[FACTOR_managers_support].id);
}

bool run_report_by_clinic(const struct scenario *scenario)
{
    return scenario->num_clinics > 1 && scenario->num_clinics <= SHOWN_CLINICS;
}

void run_report_table(const struct terminal *t, const struct run_report *report)
{
    const struct scenario *s = report->scenario;
    int64_t stories = report->done.runs * (s->num_clinics > SHOWN_CLINICS ? s->num_clinics : 1);
    struct layout l = { t, report, stories < ENOUGH_FOR_100, 1 };
    print_title(&l);
    print_legend(&l);
    fputc('\n', t->out);
    PRINT_TABLE(&l, programme_columns);
    PRINT_TABLE(&l, patient_columns);
    say(t, WORD_EMERGENCY_TITLE);
    PRINT_TABLE(&l, emergency_columns);
    print_naive(&l);
    fputc('\n', t->out);
    print_notes(&l);
    print_next(&l);
}
