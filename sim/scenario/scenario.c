#include "scenario.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "merge.h"
#include "override.h"
#include "parse.h"
#include "plan.h"
#include "source.h"
#include "text.h"

/* ---- reading ---- */

/* Each file says which language it is written in, whatever those it is built on say. */
static void check_format(struct reading *r, struct node *root)
{
    struct node *format = node_find(root, key_table[KEY_ROOT_format].id);
    if (format != NULL)
        return;
    complain_at(r, root->source, 1, "format = \"%s\" must stand in every scenario file",
                "format = \"%s\" doit figurer dans tout fichier de scénario", key_table[KEY_ROOT_format].choices);
    format = reading_memory(r, node_new(r->arena, NODE_BAD, key_table[KEY_ROOT_format].id, root->source, 1));
    if (format != NULL)
        node_append(root, format);
}

/* A file and the files it is built on, merged. NULL when one of them could not be read. */
static struct node *read_layers(struct reading *r, struct source *source)
{
    struct node *root = parse_source(r, source), *extends, *under;
    struct source *parent;
    if (root == NULL || r->no_memory)
        return NULL;
    check_format(r, root);
    extends = node_find(root, "extends");
    if (extends == NULL || extends->kind != NODE_TEXT)
        return root;
    parent = source_of_extends(r, extends);
    under = parent != NULL ? read_layers(r, parent) : NULL;
    if (under == NULL)
        return NULL;
    node_remove(under, "extends");
    node_remove(under, "id"); /* a scenario has its own name */
    merge_trees(r, under, root);
    return under;
}

static void check_and_plan(struct reading *r, struct scenario_tree *tree, struct node *root,
                           const struct scenario_override *overrides, int num_overrides)
{
    for (int i = 0; i < num_overrides && !r->no_memory; i++)
        override_apply(r, root, &overrides[i]);
    if (!r->no_memory)
        check_tree(r, root, AT_ROOT);
    if (!r->no_memory)
        plan_make(r, tree, root);
}

/* ---- what the caller sees ---- */

static char *copied(struct reading *r, const char *text)
{
    return reading_memory(r, strdup(text != NULL ? text : ""));
}

static void take_runs(struct scenario *self, const struct node *root)
{
    const struct node *runs = node_find(root, "runs"), *outputs = node_find(root, "outputs");
    self->runs = (struct scenario_run_options){
        .draws = (int)plan_number(runs, KEY_RUNS_draws),
        .replications = (int)plan_number(runs, KEY_RUNS_replications),
        .seed = (uint32_t)plan_number(runs, KEY_RUNS_seed),
        .first_draw = (int)plan_number(runs, KEY_RUNS_first_draw),
        .first_replication = (int)plan_number(runs, KEY_RUNS_first_replication),
        .uncertainty = (enum scenario_uncertainty)plan_word(runs, KEY_RUNS_uncertainty),
        .series = plan_yesno(outputs, KEY_OUTPUTS_series),
        .events = plan_yesno(outputs, KEY_OUTPUTS_events),
    };
}

/* Room for as many texts. */
static char **list_of(struct reading *r, int count)
{
    return reading_memory(r, calloc((size_t)count + 1, sizeof(char *)));
}

static void take_lists(struct reading *r, struct scenario *self)
{
    const struct scenario_tree *tree = self->tree;
    self->clinic_id = list_of(r, tree->num_clinics);
    self->strategy_id = list_of(r, tree->num_strategies);
    self->arm_id = list_of(r, tree->num_arms);
    for (int lang = 0; lang < 2; lang++) {
        self->clinic_title[lang] = list_of(r, tree->num_clinics);
        self->strategy_title[lang] = list_of(r, tree->num_strategies);
        self->arm_title[lang] = list_of(r, tree->num_arms);
    }
    if (r->no_memory)
        return;
    self->num_clinics = tree->num_clinics;
    self->num_centres = tree->num_centres;
    self->num_strategies = tree->num_strategies;
    self->num_arms = tree->num_arms;
    for (int i = 0; i < tree->num_clinics; i++)
        self->clinic_id[i] = copied(r, tree->clinic[i].id);
    for (int i = 0; i < tree->num_strategies; i++)
        self->strategy_id[i] = copied(r, tree->strategy[i].id);
    for (int i = 0; i < tree->num_arms; i++)
        self->arm_id[i] = copied(r, tree->arm[i].id);
    for (int lang = 0; lang < 2; lang++) {
        for (int i = 0; i < tree->num_clinics; i++)
            self->clinic_title[lang][i] = copied(r, tree->clinic[i].title[lang]);
        for (int i = 0; i < tree->num_strategies; i++)
            self->strategy_title[lang][i] = copied(r, tree->strategy[i].title[lang]);
        for (int i = 0; i < tree->num_arms; i++)
            self->arm_title[lang][i] = copied(r, tree->arm[i].title[lang]);
    }
}

/* The files read, so that none of them becomes an output. */
static void take_files(struct reading *r, struct scenario *self)
{
    int count = 0;
    for (const struct source *source = r->first_source; source != NULL; source = source->next)
        count += source->inode != 0;
    self->file = list_of(r, count);
    for (const struct source *source = r->first_source; source != NULL && self->file != NULL; source = source->next)
        if (source->inode != 0)
            self->file[self->num_files++] = copied(r, source->name);
}

static void take_scenario(struct reading *r, struct scenario *self, const struct node *root,
                          const struct source *source)
{
    const char *title[2];
    plan_title(root, title);
    self->id = copied(r, plan_text(root, KEY_ROOT_id));
    for (int lang = 0; lang < 2; lang++)
        self->title[lang] = copied(r, title[lang] != NULL ? title[lang] : self->id);
    self->source = copied(r, plan_text(root, KEY_ROOT_source));
    self->start = copied(r, plan_text(node_find(root, "time"), KEY_TIME_start));
    self->horizon = self->tree->horizon;
    self->reference_arm = self->tree->reference_arm;
    take_runs(self, root);
    take_lists(r, self);
    take_files(r, self);
    self->text = reading_memory(r, text_of_tree(root));
    self->text_as_given = reading_memory(r, malloc(source->length + 1));
    if (self->text_as_given != NULL) {
        memcpy(self->text_as_given, source->text, source->length);
        self->text_as_given[source->length] = '\0';
    }
}

/* ---- the whole way ---- */

static bool begin(struct reading *r, struct scenario *self, struct schema *schema, struct arena *arena,
                  struct messages *messages)
{
    memset(self, 0, sizeof *self);
    gsl_set_error_handler_off(); /* GSL's own handler ends the program; what fails comes back as NaN */
    *schema = (struct schema){ 0 };
    *arena = (struct arena){ 0 };
    self->tree = calloc(1, sizeof *self->tree);
    *r = (struct reading){ .messages = messages,
                           .arena = arena,
                           .schema = schema,
                           .errors_before = messages->num_errors,
                           .count_before = messages->count };
    r->no_memory = self->tree == NULL || !schema_init(schema);
    r->keep = self->tree != NULL ? &self->tree->keep : NULL;
    return !r->no_memory;
}

static int finish(struct reading *r, struct scenario *self, const char *name, struct error *err)
{
    int ret = 0;
    reading_sort_messages(r);
    if (r->no_memory)
        ret = error_set(err, MILIEU_ERR_MEMORY, "no memory to read %s", "pas de mémoire pour lire %s", name);
    else if (reading_has_errors(r))
        ret = error_set(err, MILIEU_ERR_SCENARIO, "%s: %zu error(s)", "%s : %zu erreur(s)", name,
                        r->messages->num_errors - r->errors_before);
    if (ret != 0)
        scenario_free(self);
    schema_free(r->schema);
    arena_free(r->arena);
    return ret;
}

static void read_source(struct reading *r, struct scenario *self, struct source *source,
                        const struct scenario_override *overrides, int num_overrides)
{
    struct node *root = read_layers(r, source);
    if (root != NULL && !r->no_memory)
        check_and_plan(r, self->tree, root, overrides, num_overrides);
    if (root != NULL && !r->no_memory && !reading_has_errors(r))
        take_scenario(r, self, root, source);
}

int scenario_read(struct scenario *self, const char *path, const struct scenario_override *overrides, int num_overrides,
                  struct messages *messages, struct error *err)
{
    struct reading r;
    struct schema schema;
    struct arena arena;
    bool missing = false;
    if (begin(&r, self, &schema, &arena, messages)) {
        struct source *source = source_of_file(&r, path, &missing);
        if (source != NULL)
            read_source(&r, self, source, overrides, num_overrides);
    }
    if (missing && !r.no_memory && !reading_has_errors(&r)) {
        finish(&r, self, path, err);
        scenario_free(self);
        return error_set(err, MILIEU_ERR_INPUT, "%s cannot be read", "%s ne peut être lu", path);
    }
    return finish(&r, self, path, err);
}

int scenario_read_text(struct scenario *self, const char *name, const char *folder, const char *text, size_t length,
                       const struct scenario_override *overrides, int num_overrides, struct messages *messages,
                       struct error *err)
{
    struct reading r;
    struct schema schema;
    struct arena arena;
    if (begin(&r, self, &schema, &arena, messages)) {
        struct source *source = source_of_text(&r, name, NULL, folder, text, length);
        if (source != NULL)
            read_source(&r, self, source, overrides, num_overrides);
    }
    return finish(&r, self, name, err);
}

static void free_list(char **list, int count)
{
    for (int i = 0; list != NULL && i < count; i++)
        free(list[i]);
    free(list);
}

void scenario_free(struct scenario *self)
{
    free(self->id);
    free(self->title[0]);
    free(self->title[1]);
    free(self->source);
    free(self->start);
    free(self->text);
    free(self->text_as_given);
    free_list(self->file, self->num_files);
    free_list(self->clinic_id, self->num_clinics);
    free_list(self->strategy_id, self->num_strategies);
    free_list(self->arm_id, self->num_arms);
    for (int lang = 0; lang < 2; lang++) {
        free_list(self->clinic_title[lang], self->num_clinics);
        free_list(self->strategy_title[lang], self->num_strategies);
        free_list(self->arm_title[lang], self->num_arms);
    }
    if (self->tree != NULL) {
        struct arena keep = self->tree->keep;
        arena_free(&keep);
        free(self->tree);
    }
    memset(self, 0, sizeof *self);
}
