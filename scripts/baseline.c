/* baseline: scenarios/baseline.cfg on standard output, from the tables. The neutral clinic: every factor rated 0, every
 * key with its comment. A parameter whose value is not known exactly stands there with its spread, so that it is drawn. */
#include <stdio.h>
#include <string.h>

#include "../sim/scenario/ensemble.h"
#include "../sim/scenario/schema.h"

static const char *const preamble =
    "# The neutral clinic: every factor of context rated 0, every key with its default. Made by `make docs` from the\n"
    "# tables; `milieu new my-clinic.cfg` copies it. Leave out what you do not know: a factor left out is drawn (see\n"
    "# unstated), a parameter left out is its default. Those with a spread are known least: they are drawn around "
    "their\n"
    "# value, once a draw; the value alone, or a spread of 0, makes them exact. `milieu help KEY` says more of any "
    "key.\n\n";

enum { COMMENT_COLUMN = 46, BOUNDLESS = 1000000000 };

static const struct { /* what a file cannot do without, and no table tells */
    enum at at;
    const char *id, *text;
} written[] = {
    { AT_ROOT, "id", "\"baseline\"" },
    { AT_ROOT, "title",
      "{ en = \"The neutral clinic: every factor rated 0\"; fr = \"La clinique neutre : chaque facteur coté 0\"; }" },
    { AT_CENTRE, "id", "\"centre-1\"" },
    { AT_CLINIC, "id", "\"clinic-1\"" },
    { AT_CLINIC_BODY, "centre", "\"centre-1\"" },
    { AT_ARM, "id", "\"as-it-is\"" },
    { AT_ARM, "reference", "true" },
};

static const char *written_text(const struct key_row *row)
{
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
        if (written[i].at == row->at && strcmp(written[i].id, row->id) == 0)
            return written[i].text;
    return NULL;
}

/* ---- lines ---- */

struct page {
    int depth;
    bool commented; /* an example, not in force */
};

static int begin_line(const struct page *page, bool commented)
{
    return printf("%*s%s", 4 * page->depth, "", commented || page->commented ? "# " : "");
}

static void plain_line(const struct page *page, const char *text)
{
    begin_line(page, false);
    printf("%s\n", text);
}

static void opening(const struct page *page, const char *id, const char *bracket, const char *help)
{
    int width = begin_line(page, false);
    width += printf("%s: %s", id, bracket);
    printf("%*s# %s\n", width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 1, "", help);
}

struct remark {
    const char *help, *choices, *unit;
    bool has_range;
    double low, high;
    const char *more;
};

static void one_key(const struct page *page, bool commented, const char *id, const char *value, struct remark r)
{
    const char *between = " (", *unit = strcmp(r.unit, "1") == 0 ? "" : r.unit;
    int width = begin_line(page, commented);
    width += printf("%s = %s;", id, value);
    printf("%*s# %s", width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 1, "", r.help);
    if (r.has_range && r.high < BOUNDLESS) {
        printf("%s%.10g .. %.10g%s%s", between, r.low, r.high, unit[0] != '\0' ? " " : "", unit);
        between = "; ";
    }
    if (r.choices[0] != '\0') {
        printf("%s%s", between, r.choices);
        between = "; ";
    }
    if (r.more[0] != '\0') {
        printf("%s%s", between, r.more);
        between = "; ";
    }
    printf("%s\n", between[0] == ';' ? ")" : "");
}

/* ---- factors and parameters of a section ---- */

static void factors_of(const struct page *page, int section)
{
    for (int i = 0; i < NUM_FACTORS; i++) {
        const struct factor_info *f = &factor_table[i];
        if ((int)f->section == section)
            one_key(page, false, f->id, "0", (struct remark){ f->words[0], "", "1", true, -2, 2, f->source });
    }
}

static void parameters_of(const struct page *page, int section)
{
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        char value[64], more[160];
        if ((int)p->section != section)
            continue;
        snprintf(value, sizeof value, p->spread > 0 ? "{ value = %.10g; spread = %.10g; }" : "%.10g", p->value,
                 p->spread);
        bool fitted = ensemble_column(&ensemble_shipped, i) >= 0; /* stated, it would not be drawn from the ensemble */
        snprintf(more, sizeof more, "%s, %s%s", evidence_name[p->evidence], p->source,
                 fitted ? "; fitted: without this line, of the ensemble" : "");
        one_key(page, fitted, p->id, value, (struct remark){ p->words[0], "", p->unit, true, p->min, p->max, more });
    }
}

static void section_of(const struct page *page, int names)
{
    if (names < 0 || names >= NUM_SECTIONS)
        return;
    factors_of(page, names);
    parameters_of(page, names);
}

/* ---- the structure ---- */

static void place(const struct page *page, enum at at);

static void leaf(const struct page *page, const struct key_row *row)
{
    static const enum key_type quoted[] = { TYPE_TEXT, TYPE_ID, TYPE_WORD, TYPE_DATE };
    bool quotes = false, known = written_text(row) != NULL || row->fallback[0] != '\0';
    const char *text = written_text(row) != NULL ? written_text(row) : row->fallback;
    bool only_choice = !known && row->required && row->choices[0] != '\0' && strchr(row->choices, '|') == NULL;
    char value[400];
    for (size_t i = 0; i < sizeof quoted / sizeof quoted[0]; i++)
        quotes = quotes || row->type == quoted[i];
    quotes = quotes && written_text(row) == NULL;
    if (only_choice && !page->commented)
        text = row->choices;
    else if (!known)
        text = "...", quotes = false;
    snprintf(value, sizeof value, quotes ? "\"%s\"" : "%s", text);
    one_key(page, text[0] == '.' && text[1] == '.', row->id, value,
            (struct remark){ row->help[0], only_choice ? "" : row->choices, row->unit, row->low < row->high, row->low,
                             row->high, "" });
}

/* Examples of what a list holds, as comments: strategies, persons. */
static void example(const struct page *page, const char *id, const char *help, enum at inner)
{
    struct page inside = { page->depth, true };
    opening(&inside, id, "( {", help);
    inside.depth++;
    place(&inside, inner);
    inside.depth--;
    plain_line(&inside, "} );");
}

static void list_of_one(const struct page *page, const struct key_row *row)
{
    struct page inside = { page->depth + 1, page->commented };
    opening(page, row->id, "( {", row->help[0]);
    place(&inside, row->inner);
    plain_line(page, "} );");
}

static void group(const struct page *page, const struct key_row *row)
{
    struct page inside = { page->depth + 1, page->commented };
    opening(page, row->id, "{", row->help[0]);
    place(&inside, row->inner);
    plain_line(page, "};");
}

/* What stands elsewhere in the file, or would repeat every name. */
static bool is_only_named(const struct key_row *row)
{
    return row->inner == AT_EVERY_CLINIC || row->inner == AT_CHANGE_SET || row->inner == AT_CHANGE_ADD ||
           (row->at == AT_CLINIC_BODY && row->inner != AT_ORGANIZATIONAL && row->inner != AT_PROVIDER &&
            row->inner != AT_NOWHERE);
}

static void key(const struct page *page, const struct key_row *row)
{
    struct page comment = { page->depth, true };
    if (is_only_named(row))
        opening(&comment, row->id, "{ ... };", row->help[0]);
    else if (row->type == TYPE_GROUP)
        group(page, row);
    else if (row->type == TYPE_ITEMS && row->inner == AT_STRATEGY)
        example(page, row->id, row->help[0], row->inner);
    else if (row->type == TYPE_ITEMS)
        list_of_one(page, row);
    else {
        leaf(page, row);
        if (row->type == TYPE_PEOPLE)
            example(page, row->id, "or the persons, each with any of these and of the factors of provider", row->inner);
    }
    if (page->depth == 0 && row->inner != AT_NOWHERE)
        printf("\n");
}

static void place(const struct page *page, enum at at)
{
    for (int i = 0; i < NUM_KEY_ROWS; i++)
        if (key_table[i].at == at)
            key(page, &key_table[i]);
    if (at_table[at].also != AT_NOWHERE)
        place(page, at_table[at].also);
    section_of(page, at_table[at].names);
}

int main(void)
{
    struct page page = { 0, false };
    fputs(preamble, stdout);
    place(&page, AT_ROOT);
    return ferror(stdout) != 0;
}
