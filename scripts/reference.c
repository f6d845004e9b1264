/* reference parameters|factors|outcomes|keys: one reference page in Markdown, from the model's tables. */
#include <stdio.h>
#include <string.h>

#include "../sim/model/tables.h"
#include "../sim/scenario/ensemble.h"
#include "../sim/scenario/keys.h"

static const char *const notice = "<!-- Made by `make docs` from the tables in sim/; a change here is lost. -->\n\n";

/* A cell of a Markdown table: a bar would end it. */
static void cell(const char *text)
{
    printf(" ");
    for (; *text != '\0'; text++)
        if (*text == '|')
            printf("\\|");
        else
            putchar(*text);
    printf(" |");
}

static void code_cell(const char *text)
{
    printf(" `%s` |", text);
}

static void range_cell(double low, double high)
{
    if (low == high)
        printf(" %.6g |", low);
    else
        printf(" %.6g … %.6g |", low, high);
}

static void header(const char *columns, int count)
{
    printf("%s\n|", columns);
    for (int i = 0; i < count; i++)
        printf("---|");
    printf("\n");
}

/* ---- parameters ---- */

static void parameter_row(int i)
{
    const struct param_info *p = &param_table[i];
    printf("|");
    code_cell(p->id);
    printf(" %.6g |", p->value);
    cell(p->unit);
    range_cell(p->low, p->high);
    range_cell(p->min, p->max);
    printf(p->spread > 0 ? " %.6g |" : " – |", p->spread);
    cell(evidence_name[p->evidence]);
    cell(p->source);
    cell(p->words[0]);
    cell(p->words[1]);
    printf("\n");
}

static void evidence_line(void)
{
    int count[4] = { 0 };
    for (int i = 0; i < NUM_PARAMS; i++)
        count[param_table[i].evidence]++;
    printf("\n");
    for (int e = 0; e < 4; e++)
        printf("%s%d %s", e > 0 ? ", " : "", count[e], evidence_name[e]);
    printf(".\n");
}

/* What a run takes in their place, unless the scenario states them. */
static void fitted(void)
{
    const struct ensemble *e = &ensemble_shipped;
    printf("\n## Fitted\n\nA run takes these from the members of [the shipped "
           "ensemble](../scenarios/ensembles/README.md), all of one "
           "member together, unless the\nscenario states them or says `runs.parameters = \"prior\"`.\n\n");
    header("| id | median | 90 % of the members |", 3);
    for (int k = 0; k < e->num_params; k++)
        printf("| `%s` | %.3g | %.3g … %.3g |\n", param_table[e->param[k]].id, ensemble_quantile(e, k, 0.5),
               ensemble_quantile(e, k, 0.05), ensemble_quantile(e, k, 0.95));
}

static void parameters(void)
{
    printf("# Parameters\n\n%s", notice);
    printf(
        "%d numbers. *Plausible* is what ratings from −2 to +2 may span, *allowed* what a scenario may write, *spread* "
        "the standard deviation,\non the parameter's own scale, of what is not known of the default. *Evidence*: "
        "measured (in the source documents),\npublished, elicited, assumed. The source is a row of the evidence "
        "notes, or a document [000] to [004].\n",
        (int)NUM_PARAMS);
    evidence_line();
    fitted();
    for (int section = 0; section < NUM_SECTIONS; section++) {
        printf("\n## `%s`\n\n", section_path[section]);
        header("| id | default | unit | plausible | allowed | spread | evidence | source | what | en français |", 10);
        for (int i = 0; i < NUM_PARAMS; i++)
            if ((int)param_table[i].section == section)
                parameter_row(i);
    }
}

/* ---- factors ---- */

static void links_cell(int factor)
{
    const char *between = " ";
    for (int i = 0; i < NUM_LINKS; i++)
        if ((int)link_table[i].factor == factor) {
            printf("%s`%s` %s", between, param_table[link_table[i].param].id, link_table[i].sign > 0 ? "↑" : "↓");
            between = ", ";
        }
    printf(" |");
}

static void factor_row(int i)
{
    const struct factor_info *f = &factor_table[i];
    printf("|");
    code_cell(f->id);
    cell(level_name[f->level]);
    links_cell(i);
    printf(" `%s` %s |", outcome_table[f->proximal].id, f->proximal_sign > 0 ? "↑" : "↓");
    printf(" `%s` %s |", outcome_table[f->distal].id, f->distal_sign > 0 ? "↑" : "↓");
    cell(f->cfir);
    cell(f->source);
    cell(f->words[0]);
    cell(f->words[1]);
    printf("\n");
}

static void factors(void)
{
    printf("# Factors of context\n\n%s", notice);
    printf("%d factors, rated from −2 (strong barrier) to +2 (strong facilitator). A rating moves the parameters under "
           "*acts on* (↑ when it\nrises) and nothing else. *Shows in* is the outcome it must move, alone; *and in* the "
           "one it must not move the other way.\n",
           (int)NUM_FACTORS);
    for (int category = 0; category < NUM_CATEGORIES; category++) {
        printf("\n## %s\n\n", category_name[category]);
        header("| id | level | acts on | shows in | and in | CFIR | source | what | en français |", 9);
        for (int i = 0; i < NUM_FACTORS; i++)
            if ((int)factor_table[i].category == category)
                factor_row(i);
    }
}

/* ---- outcomes, series, events ---- */

static void outcome_rows(int level)
{
    header("| id | unit | what | en français | definition |", 5);
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        const struct outcome_info *o = &outcome_table[i];
        if ((int)o->level != level)
            continue;
        printf("|");
        code_cell(o->id);
        cell(o->type == OUTCOME_YESNO ? "yes or no" : o->unit);
        cell(o->words[0]);
        cell(o->words[1]);
        cell(o->definition);
        printf("\n");
    }
}

static void series_rows(void)
{
    header("| id | unit | over a week | what | en français |", 5);
    for (int i = 0; i < NUM_SERIES; i++) {
        printf("|");
        code_cell(series_table[i].id);
        cell(series_table[i].unit);
        cell(series_table[i].method);
        cell(series_table[i].words[0]);
        cell(series_table[i].words[1]);
        printf("\n");
    }
}

static void event_rows(void)
{
    header("| id | what | en français | its value |", 4);
    for (int i = 0; i < NUM_EVENT_KINDS; i++) {
        printf("|");
        code_cell(event_table[i].id);
        cell(event_table[i].words[0]);
        cell(event_table[i].words[1]);
        cell(event_table[i].value);
        printf("\n");
    }
}

static void outcomes(void)
{
    printf("# Outcomes, weekly series, events\n\n%s", notice);
    printf(
        "%d outcomes, one value a run and clinic (and one for all clinics together); %d series, one value a week; %d "
        "kinds of events.\n",
        (int)NUM_OUTCOMES, (int)NUM_SERIES, (int)NUM_EVENT_KINDS);
    for (int level = 0; level < 3; level++) {
        printf("\n## %s\n\n", outcome_level_name[level]);
        outcome_rows(level);
    }
    printf("\n## weekly series (`/series`)\n\n");
    series_rows();
    printf("\n## events (`/events`)\n\n");
    event_rows();
}

/* ---- keys ---- */

static void key_row(const struct key_info *k)
{
    printf("|");
    code_cell(k->path);
    cell(k->type[0]);
    if (k->has_range)
        range_cell(k->low, k->high);
    else
        cell(k->choices);
    cell(k->required ? "required" : k->fallback);
    cell(k->unit);
    cell(k->help[0]);
    cell(k->help[1]);
    printf("\n");
}

static void keys(void)
{
    static const char *const title[] = { "Structure", "Parameters", "Factors" };
    static const enum key_sort order[] = { KEY_STRUCTURE, KEY_FACTOR, KEY_PARAMETER };
    printf("# Keys of a scenario\n\n%s", notice);
    printf("Every key a scenario file may hold; `milieu help KEY` says the same of one. `[]` stands for the id of an "
           "item.\n");
    for (int part = 0; part < 3; part++) {
        printf("\n## %s\n\n", title[order[part]]);
        header("| key | type | allowed | otherwise | unit | what | en français |", 7);
        for (int i = 0; i < key_count(); i++) {
            struct key_info key;
            key_describe(i, &key);
            if (key.sort == order[part])
                key_row(&key);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } page[] = { { "parameters", parameters }, { "factors", factors }, { "outcomes", outcomes }, { "keys", keys } };
    for (size_t i = 0; i < sizeof page / sizeof page[0]; i++)
        if (argc == 2 && strcmp(argv[1], page[i].name) == 0) {
            page[i].print();
            return ferror(stdout) != 0;
        }
    fprintf(stderr, "usage: reference parameters|factors|outcomes|keys\n");
    return 2;
}
