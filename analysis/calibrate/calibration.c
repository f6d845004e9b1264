#include "calibration.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../sim/scenario/check.h"
#include "../../sim/scenario/parse.h"
#include "../../sim/scenario/plan.h"
#include "../../sim/scenario/source.h"
#include "../../sim/scenario/text.h"
#include "../../sim/study/study_reading.h"
#include "calibration_reading.h"

#define MOST_NAMED 100 /* clinics a pattern may name; of more, all together alone */

struct node *calibration_key(const struct node *group, int row)
{
    return node_find(group, key_table[row].id);
}

void *calibration_keep(struct calibration_reading *c, size_t size)
{
    return reading_memory(c->r, arena_alloc(c->r->keep, size));
}

struct node *calibration_items(const struct node *group, int row, int *count)
{
    const struct node *list = calibration_key(group, row);
    *count = list != NULL && list->kind == NODE_LIST ? list->count : 0;
    return *count > 0 ? list->first : NULL;
}

/* ---- a study that asks for the priors: what may be fitted in a scenario is for its reader to say ---- */

static void add_node(struct text *text, const struct node *node)
{
    if (node->kind == NODE_TEXT)
        text_add_quoted(text, node->is.text);
    else if (node->kind == NODE_WHOLE)
        text_add(text, "%lld", node->is.whole);
    else if (node->kind == NODE_REAL)
        text_add_real(text, node->is.real);
    else if (node->kind == NODE_LIST) {
        text_add(text, "(");
        for (const struct node *item = node->first; item != NULL; item = item->next) {
            text_add(text, "%s", item != node->first ? ", " : "");
            add_node(text, item);
        }
        text_add(text, ")");
    }
}

static void add_key(struct text *text, const struct node *group, int row, const char *as)
{
    const struct node *node = calibration_key(group, row);
    if (node == NULL)
        return;
    text_add(text, " %s = ", as);
    add_node(text, node);
    text_add(text, ";");
}

/* Each thing on the line it has in the calibration's file, so that complaints name it. */
static void add_fits(struct text *text, const struct calibration_reading *c, int line)
{
    int count;
    for (const struct node *fit = calibration_items(c->root, KEY_CALIBRATION_fit, &count); fit != NULL;
         fit = fit->next) {
        for (; line < fit->line; line++)
            text_add(text, "\n");
        text_add(text, "{");
        add_key(text, fit, KEY_FIT_path, "path");
        add_key(text, fit, KEY_FIT_name, "name");
        add_key(text, fit, KEY_FIT_prior, "distribution");
        text_add(text, " }%s", fit->next != NULL ? ", " : "");
    }
}

static char *probe_text(struct calibration_reading *c, const char *scenario, const char *arm)
{
    struct text text = { 0 };
    text_add(&text, "format = \"%s\"; scenario = ", key_table[KEY_STUDY_format].choices);
    text_add_quoted(&text, scenario);
    text_add(&text, "; arms = [");
    text_add_quoted(&text, arm);
    text_add(&text, "]; design: { method = \"sobol\"; n = 2; }; vary: ( ");
    add_fits(&text, c, 1);
    text_add(&text, " );\n");
    if (text.failed)
        c->r->no_memory = true;
    return text.text;
}

/* ---- trials ---- */

/* The trial's changes, as overrides, in the arena: what an earlier fit found is no prior. */
static struct scenario_override *changes(struct calibration_reading *c, const struct node *node, int *count)
{
    const struct node *set = calibration_key(node, KEY_TRIAL_set);
    const struct node *one = set != NULL && set->kind == NODE_LIST ? set->first : set;
    struct scenario_override *override;
    *count = 1 + (set == NULL ? 0 : set->kind == NODE_LIST ? set->count : 1);
    override = reading_memory(c->r, arena_alloc(c->r->arena, (size_t)*count * sizeof *override));
    if (override == NULL)
        return NULL;
    override[0].text = "runs.parameters=prior";
    for (int i = 1; i < *count; i++, one = one->next)
        override[i].text = one->kind == NODE_TEXT ? one->is.text : "";
    return override;
}

static bool read_scenario(struct calibration_reading *c, struct node *node, struct scenario *scenario)
{
    struct node *name = calibration_key(node, KEY_TRIAL_scenario);
    const char *path;
    int count, ret;
    if (name == NULL || name->kind != NODE_TEXT)
        return false;
    path = study_find_scenario(c->r, c->folder, name->is.text);
    if (path == NULL) {
        complain(c->r, name, "scenario = \"%s\": there is no such file, neither beside the calibration nor shipped",
                 "scenario = « %s » : ce fichier n'existe pas, ni à côté du calage ni parmi les scénarios livrés",
                 reading_show(c->r, name->is.text, strlen(name->is.text), 200));
        return false;
    }
    struct scenario_override *override = changes(c, node, &count);
    ret = override != NULL ? scenario_read(scenario, path, override, count, c->r->messages, NULL) : MILIEU_ERR_MEMORY;
    c->r->no_memory |= ret == MILIEU_ERR_MEMORY;
    name->wrong |= ret != 0;
    return ret == 0;
}

static const char *arm_of(struct calibration_reading *c, const struct node *node, const struct scenario *scenario)
{
    struct node *arm = calibration_key(node, KEY_TRIAL_arm);
    if (arm == NULL || arm->kind != NODE_TEXT)
        return scenario->arm_id[scenario->reference_arm];
    for (int i = 0; i < scenario->num_arms; i++)
        if (strcmp(scenario->arm_id[i], arm->is.text) == 0)
            return scenario->arm_id[i];
    complain(c->r, arm, "arm = \"%s\" is not an arm of the scenario", "arm = « %s » n'est pas un bras du scénario",
             arm->is.text);
    return NULL;
}

static void read_probe(struct calibration_reading *c, struct calibration_trial *trial, const struct scenario *scenario)
{
    char *text = probe_text(c, trial->id, trial->arm);
    const struct study_texts texts = { .name = c->name,
                                       .study = text,
                                       .study_length = text != NULL ? strlen(text) : 0,
                                       .scenario = scenario->text,
                                       .scenario_length = strlen(scenario->text) };
    int ret = text != NULL && !c->r->no_memory ? study_read_texts(&trial->probe, &texts, c->r->messages, NULL)
                                               : MILIEU_ERR_MEMORY;
    c->r->no_memory |= ret == MILIEU_ERR_MEMORY;
    free(text);
}

static void take_trial(struct calibration_reading *c, struct node *node, struct calibration_trial *trial)
{
    struct scenario scenario = { 0 };
    trial->id = node_id(node) != NULL ? arena_copy(c->r->keep, node_id(node), strlen(node_id(node))) : "";
    trial->replications = (int)plan_number(node, KEY_TRIAL_replications);
    if (!reading_has_errors(c->r) && read_scenario(c, node, &scenario)) {
        const char *arm = arm_of(c, node, &scenario);
        trial->arm = arm != NULL ? arena_copy(c->r->keep, arm, strlen(arm)) : NULL;
        trial->clinics = scenario.num_clinics <= MOST_NAMED;
        if (trial->arm != NULL)
            read_probe(c, trial, &scenario);
    }
    scenario_free(&scenario);
}

/* ---- targets ---- */

static int find_trial(struct calibration_reading *c, const struct node *target)
{
    struct node *node = calibration_key(target, KEY_TARGET_trial);
    if (node == NULL || node->kind != NODE_TEXT)
        return 0;
    for (int i = 0; i < c->self->num_trials; i++)
        if (strcmp(c->self->trial[i].id, node->is.text) == 0)
            return i;
    complain(c->r, node, "trial = \"%s\" is none of the trials", "trial = « %s » n'est aucun des essais",
             node->is.text);
    return 0;
}

/* Of what a pattern may speak. */
static struct vary *names_of(struct calibration_reading *c, const struct calibration_trial *trial)
{
    const struct scenario *scenario = &trial->probe.scenario;
    int count = calibration_num_names(trial);
    struct vary *name = calibration_keep(c, (size_t)count * sizeof *name);
    for (int i = 0; name != NULL && i < count; i++) {
        int place = i / NUM_OUTCOMES;
        bool all = !trial->clinics || place == scenario->num_clinics;
        name[i].name = reading_memory(c->r, arena_print(c->r->keep, "%s.%s", all ? "all" : scenario->clinic_id[place],
                                                        outcome_table[i % NUM_OUTCOMES].id));
        if (name[i].name == NULL)
            return NULL;
    }
    return name;
}

static void take_pattern(struct calibration_reading *c, struct node *node, struct node *pattern,
                         struct calibration_target *target)
{
    const struct calibration_trial *trial = &c->self->trial[target->trial];
    struct vary *name = names_of(c, trial);
    target->is_pattern = true;
    target->observed = plan_number(node, KEY_TARGET_at_least);
    target->error = plan_number(node, KEY_TARGET_tolerance);
    if (name != NULL && pattern->kind == NODE_TEXT)
        condition_read(&target->pattern, c->r, pattern, name, calibration_num_names(trial));
}

static void take_output(struct calibration_reading *c, struct node *node, struct node *output,
                        struct calibration_target *target)
{
    const struct scenario *scenario = &c->self->trial[target->trial].probe.scenario;
    struct node *named = calibration_key(node, KEY_TARGET_clinic);
    const char *clinic = named != NULL && named->kind == NODE_TEXT ? named->is.text : "all";
    target->outcome = output->kind == NODE_TEXT ? outcome_find(output->is.text) : -1;
    if (target->outcome < 0)
        complain(c->r, output, "output: it is not an outcome (milieu describe outcomes)",
                 "output : ce n'est pas un résultat (milieu describe outcomes)");
    for (target->place = 0; target->place < scenario->num_clinics; target->place++)
        if (strcmp(clinic, scenario->clinic_id[target->place]) == 0)
            break;
    if (target->place == scenario->num_clinics && strcmp(clinic, "all") != 0)
        complain(c->r, named, "clinic = \"%s\" is not a clinic of the trial, nor \"all\"",
                 "clinic = « %s » n'est pas une clinique de l'essai, ni « all »", clinic);
    if (!c->self->trial[target->trial].clinics)
        target->place = 0;
    if (calibration_key(node, KEY_TARGET_mean) == NULL || calibration_key(node, KEY_TARGET_se) == NULL)
        complain(c->r, node, "targets[%s]: output needs mean and se", "targets[%s] : output demande mean et se",
                 target->id);
    target->observed = plan_number(node, KEY_TARGET_mean);
    target->error = plan_number(node, KEY_TARGET_se);
}

static void take_target(struct calibration_reading *c, struct node *node, struct calibration_target *target)
{
    struct node *output = calibration_key(node, KEY_TARGET_output),
                *pattern = calibration_key(node, KEY_TARGET_pattern);
    const char *note = plan_text(node, KEY_TARGET_note), *id = node_id(node) != NULL ? node_id(node) : "";
    target->id = arena_copy(c->r->keep, id, strlen(id));
    target->note = arena_copy(c->r->keep, note, strlen(note));
    target->trial = find_trial(c, node);
    if ((output == NULL) == (pattern == NULL))
        complain(c->r, node, "targets[%s]: output, or pattern: one of the two",
                 "targets[%s] : output, ou pattern : l'un "
                 "des deux",
                 id);
    else if (pattern != NULL)
        take_pattern(c, node, pattern, target);
    else
        take_output(c, node, output, target);
}

static void take_hold_out(struct calibration_reading *c)
{
    struct node *list = calibration_key(c->root, KEY_CALIBRATION_hold_out);
    for (struct node *node = list != NULL ? list->first : NULL; node != NULL; node = node->next) {
        int j = calibration_target_named(c, node, KEY_CALIBRATION_hold_out);
        if (j >= 0)
            c->self->target[j].held_out = true;
    }
}

/* ---- the whole way ---- */

static void take_method(struct calibration_reading *c)
{
    const struct node *method = calibration_key(c->root, KEY_CALIBRATION_method);
    struct node *bank = calibration_key(method, KEY_METHOD_bank);
    c->self->particles = (int)plan_number(method, KEY_METHOD_particles);
    c->self->history = (int)plan_number(method, KEY_METHOD_history);
    c->self->bank = bank != NULL ? (int)plan_number(method, KEY_METHOD_bank) : c->self->particles;
    if (c->self->bank != c->self->particles && c->self->history == 0)
        complain(c->r, bank, "method.bank: without history the first wave is a generation, of `particles` points",
                 "method.bank : sans history, la première vague est une génération, de `particles` points");
    c->self->generations = (int)plan_number(method, KEY_METHOD_generations);
    c->self->keep = plan_number(method, KEY_METHOD_keep);
    c->self->stop_share = plan_number(method, KEY_METHOD_stop_share);
    c->self->seed = (uint32_t)plan_number(method, KEY_METHOD_seed);
}

static void take_trials(struct calibration_reading *c)
{
    struct calibration *self = c->self;
    int count, i = 0;
    struct node *node = calibration_items(c->root, KEY_CALIBRATION_trials, &count);
    self->trial = calibration_keep(c, (size_t)(count + 1) * sizeof *self->trial);
    self->num_trials = self->trial != NULL ? count : 0;
    for (; i < self->num_trials && node != NULL; node = node->next)
        take_trial(c, node, &self->trial[i++]);
}

static void take_targets(struct calibration_reading *c)
{
    struct calibration *self = c->self;
    int count, i = 0;
    struct node *node = calibration_items(c->root, KEY_CALIBRATION_targets, &count);
    self->target = calibration_keep(c, (size_t)(count + 1) * sizeof *self->target);
    self->num_targets = self->target != NULL ? count : 0;
    for (; i < self->num_targets && node != NULL; node = node->next)
        take_target(c, node, &self->target[i++]);
}

static void take_all(struct calibration_reading *c)
{
    struct calibration *self = c->self;
    const char *id = plan_text(c->root, KEY_CALIBRATION_id);
    self->id = arena_copy(c->r->keep, id, strlen(id));
    plan_title(c->root, self->title);
    take_method(c);
    take_trials(c);
    if (self->num_trials == 0 || reading_has_errors(c->r) || c->r->no_memory)
        return;
    self->num_fits = self->trial[0].probe.num_vary;
    take_targets(c);
    take_hold_out(c);
    calibration_take_checks(c);
}

static void keep_text(struct calibration_reading *c, const struct source *source)
{
    c->self->text = reading_memory(c->r, malloc(source->length + 1));
    if (c->self->text == NULL)
        return;
    memcpy(c->self->text, source->text, source->length);
    c->self->text[source->length] = '\0';
    c->self->text_length = source->length;
}

static void read_source(struct calibration_reading *c, struct source *source)
{
    c->root = parse_source(c->r, source);
    if (c->root == NULL || c->r->no_memory)
        return;
    c->folder = source->folder;
    keep_text(c, source);
    check_tree(c->r, c->root, AT_CALIBRATION);
    if (!c->r->no_memory && !reading_has_errors(c->r))
        take_all(c);
}

int calibration_read(struct calibration *self, const char *path, struct messages *messages, struct error *err)
{
    struct arena arena = { 0 };
    struct schema schema = { 0 };
    bool missing = false;
    *self = (struct calibration){ .id = "", .keep_memory = calloc(1, sizeof(struct arena)) };
    struct reading r = { .messages = messages,
                         .arena = &arena,
                         .keep = self->keep_memory,
                         .schema = &schema,
                         .errors_before = messages->num_errors,
                         .count_before = messages->count };
    struct calibration_reading c = { .self = self, .r = &r, .name = path };
    gsl_set_error_handler_off();
    r.no_memory = self->keep_memory == NULL || !schema_init(&schema);
    struct source *source = !r.no_memory ? source_of_file(&r, path, &missing) : NULL;
    if (source != NULL)
        read_source(&c, source);
    reading_sort_messages(&r);
    int ret = 0;
    if (r.no_memory)
        ret = error_set_memory(err);
    else if (missing && !reading_has_errors(&r))
        ret = error_set(err, MILIEU_ERR_INPUT, "%s cannot be read", "%s ne peut être lu", path);
    else if (reading_has_errors(&r) || c.root == NULL)
        ret = error_set(err, MILIEU_ERR_SCENARIO, "%s: %zu error(s)", "%s : %zu erreur(s)", path,
                        messages->num_errors - r.errors_before);
    schema_free(&schema);
    arena_free(&arena);
    if (ret != 0)
        calibration_free(self);
    return ret;
}

void calibration_free(struct calibration *self)
{
    for (int i = 0; i < self->num_trials; i++)
        study_free(&self->trial[i].probe);
    free(self->text);
    if (self->keep_memory != NULL)
        arena_free(self->keep_memory);
    free(self->keep_memory);
    *self = (struct calibration){ .id = "" };
}

int calibration_num_names(const struct calibration_trial *trial)
{
    return trial->clinics ? (trial->probe.scenario.num_clinics + 1) * NUM_OUTCOMES : NUM_OUTCOMES;
}

double calibration_value(const struct calibration *self, int fit, double z)
{
    return vary_at(&self->trial[0].probe.vary[fit], gsl_cdf_ugaussian_P(z));
}

const char *calibration_fit_name(const struct calibration *self, int fit)
{
    return self->trial[0].probe.vary[fit].name;
}
