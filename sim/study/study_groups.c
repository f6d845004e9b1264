/* The reading of `design`, `arms`, `respond`, `runs`, `stop` and `outputs`. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../model/tables.h"
#include "../scenario/plan.h"
#include "study_reading.h"

static struct node *root_key(const struct study_reading *s, int row)
{
    return node_find(s->root, key_table[row].id);
}

static int find_word(const char *const *words, int count, const char *text)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

/* ---- design ---- */

#define ON(method) (1U << METHOD_##method)
#define ON_SAMPLED (ON(LATIN_HYPERCUBE) | ON(SOBOL) | ON(MORRIS) | ON(SALTELLI))

static const struct {
    int row;
    unsigned methods;
} design_keys[] = {
    { KEY_DESIGN_n, ON_SAMPLED },
    { KEY_DESIGN_seed, ON_SAMPLED },
    { KEY_DESIGN_levels, ON(FACTORIAL) | ON(ONE_AT_A_TIME) | ON(MORRIS) },
    { KEY_DESIGN_second_order, ON(SALTELLI) },
    { KEY_DESIGN_maximin, ON(LATIN_HYPERCUBE) },
    { KEY_DESIGN_file, ON(LIST) },
};

/* "latin-hypercube, sobol" */
static const char *methods_shown(struct study_reading *s, unsigned methods)
{
    const char *text = "";
    for (int i = 0; i < NUM_METHODS && text != NULL; i++)
        if ((methods & (1U << i)) != 0)
            text = arena_print(s->r->arena, "%s%s%s", text, *text != '\0' ? ", " : "", design_method_name[i]);
    return text != NULL ? text : "";
}

static void check_belongs(struct study_reading *s, struct node *node, const char *name, unsigned methods)
{
    if (node != NULL && s->has_method && (methods & (1U << s->method)) == 0)
        complain(s->r, node, "%s does not go with method %s: it belongs to %s",
                 "%s ne va pas avec la méthode %s : sa place est dans %s", name, design_method_name[s->method],
                 methods_shown(s, methods));
}

void study_take_design(struct study_reading *self, struct design_plan *plan)
{
    struct node *group = root_key(self, KEY_STUDY_design);
    int method = find_word(design_method_name, NUM_METHODS, plan_text(group, KEY_DESIGN_method));
    self->has_method = method >= 0;
    self->method = method >= 0 ? (enum design_method)method : METHOD_LIST;
    for (size_t i = 0; i < sizeof design_keys / sizeof design_keys[0]; i++) {
        const char *id = key_table[design_keys[i].row].id;
        const char *name = arena_print(self->r->arena, "design.%s", id);
        check_belongs(self, node_find(group, id), name != NULL ? name : id, design_keys[i].methods);
    }
    check_belongs(self, root_key(self, KEY_STUDY_points), "points", ON(LIST));
    check_belongs(self, root_key(self, KEY_STUDY_where), "where", ON(LIST) | ON(FACTORIAL));
    if (self->has_method && design_is_sampled(self->method) && node_find(group, key_table[KEY_DESIGN_n].id) == NULL)
        complain(self->r, group, "design: method %s needs n, as in n = 64",
                 "design : la méthode %s demande n, comme n = 64", design_method_name[self->method]);
    plan->method = self->method;
    plan->n = (uint64_t)plan_number(group, KEY_DESIGN_n);
    plan->seed = (uint32_t)plan_number(group, KEY_DESIGN_seed);
    plan->levels = (int)plan_number(group, KEY_DESIGN_levels);
    if (plan->method == METHOD_MORRIS && plan->levels == 0)
        plan->levels = MORRIS_LEVELS;
    plan->second_order = plan_yesno(group, KEY_DESIGN_second_order);
    plan->maximin = plan_yesno(group, KEY_DESIGN_maximin);
}

/* ---- lists of ids ---- */

struct kind_of_id { /* what a list of ids speaks of */
    const char *(*name)(const void *context, int i);
    const void *context;
    int count;
    const char *en, *fr; /* "'%s' is no ..." */
};

static const char *outcome_name(const void *context, int i)
{
    (void)context;
    return outcome_table[i].id;
}

static const char *series_name(const void *context, int i)
{
    (void)context;
    return series_table[i].id;
}

static const char *text_name(const void *context, int i)
{
    char *const *text = context;
    return text[i];
}

static const struct kind_of_id outcomes = { outcome_name, NULL, NUM_OUTCOMES,
                                            "is not an outcome (milieu describe outcomes)",
                                            "n'est pas un résultat (milieu describe outcomes)" };
static const struct kind_of_id series = { series_name, NULL, NUM_SERIES, "is not a series (milieu describe series)",
                                          "n'est pas une série (milieu describe series)" };

static struct kind_of_id arms_of(const struct study *study)
{
    return (struct kind_of_id){ text_name, study->scenario.arm_id, study->scenario.num_arms,
                                "is not an arm of the scenario", "n'est pas un bras du scénario" };
}

const char *study_nearest(const char *wanted, const char *(*name)(const void *context, int i), const void *context,
                          int count)
{
    const char *nearest = NULL;
    int least = 0;
    for (int i = 0; i < count; i++) {
        int distance = key_distance(wanted, name(context, i));
        if (key_is_near(wanted, distance) && (nearest == NULL || distance < least)) {
            nearest = name(context, i);
            least = distance;
        }
    }
    return nearest;
}

/* The number of an id, -1 when it is none: complained of. */
static int find_id(struct study_reading *s, struct node *node, const char *place, const struct kind_of_id *kind)
{
    for (int i = 0; i < kind->count; i++)
        if (strcmp(kind->name(kind->context, i), node->is.text) == 0)
            return i;
    complain(s->r, node, "%s: \"%s\" %s%s", "%s : « %s » %s%s", place,
             reading_show(s->r, node->is.text, strlen(node->is.text), 60), STUDY_LANG(s) == 1 ? kind->fr : kind->en,
             reading_did_you_mean(s->r, study_nearest(node->is.text, kind->name, kind->context, kind->count)));
    return -1;
}

/* The numbers of a list of ids in the order written; absent: none, and *count = -1. Complains of what is there twice,
 * and of a list that holds nothing. */
static int *take_ids(struct study_reading *s, struct node *list, const char *place, const struct kind_of_id *kind,
                     int *count)
{
    int *number = NULL, n = 0;
    *count = -1;
    if (list == NULL || list->kind != NODE_LIST || list->wrong)
        return NULL;
    if (list->count == 0)
        complain(s->r, list, "%s holds nothing: leave the key out, or name some",
                 "%s ne contient rien : enlevez la clé, ou nommez-en", place);
    number = study_keep(s, (size_t)(list->count + 1) * sizeof *number);
    for (struct node *node = list->first; node != NULL && number != NULL; node = node->next) {
        int found = node->kind == NODE_TEXT ? find_id(s, node, place, kind) : -1;
        bool twice = false;
        for (int i = 0; i < n; i++)
            twice = twice || number[i] == found;
        if (twice)
            complain(s->r, node, "%s: \"%s\" stands twice", "%s : « %s » figure deux fois", place, node->is.text);
        else if (found >= 0)
            number[n++] = found;
    }
    *count = n;
    return number;
}

static int by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The same in ascending order; absent: all of them. */
static const int *take_set(struct study_reading *s, struct node *list, const char *place, const struct kind_of_id *kind,
                           int *count)
{
    int *number = take_ids(s, list, place, kind, count);
    if (*count < 0) {
        *count = kind->count;
        number = study_keep(s, (size_t)(kind->count + 1) * sizeof *number);
        for (int i = 0; number != NULL && i < kind->count; i++)
            number[i] = i;
    } else if (number != NULL) {
        qsort(number, (size_t)*count, sizeof *number, by_number);
    }
    return number;
}

void study_take_arms(struct study_reading *self)
{
    struct study *study = self->study;
    struct node *arms = root_key(self, KEY_STUDY_arms);
    struct kind_of_id kind = arms_of(study);
    if (study->has_scenario)
        study->arm = take_set(self, arms, "arms", &kind, &study->num_arms);
    else if (arms != NULL)
        complain(self->r, arms, "arms are those of a scenario, and there is none",
                 "arms sont les bras d'un scénario, et il n'y en a pas");
}

/* ---- stop ---- */

static void default_contrast(struct study_reading *s, struct node *stop)
{
    struct study *study = s->study;
    study->stop.num_arms = study->num_arms;
    if (study->num_arms == 2) {
        bool second = study->arm[1] == study->scenario.reference_arm;
        study->stop.arm[0] = study->arm[second ? 0 : 1];
        study->stop.arm[1] = study->arm[second ? 1 : 0];
    } else if (study->num_arms == 1) {
        study->stop.arm[0] = study->arm[0];
    } else if (study->num_arms > 2) {
        complain(s->r, stop, "stop: with %d arms, say which are compared: arms = [\"%s\", \"%s\"]",
                 "stop : avec %d bras, dites lesquels se comparent : arms = [\"%s\", \"%s\"]", study->num_arms,
                 study->scenario.arm_id[study->arm[1]], study->scenario.arm_id[study->arm[0]]);
    }
}

static void take_contrast(struct study_reading *s, struct node *stop)
{
    struct study *study = s->study;
    struct node *arms = node_find(stop, key_table[KEY_STOP_arms].id);
    struct kind_of_id kind = arms_of(study);
    int count, *arm;
    if (arms == NULL) {
        default_contrast(s, stop);
        return;
    }
    arm = take_ids(s, arms, "stop.arms", &kind, &count);
    if (arms->kind == NODE_LIST && arms->count > 2)
        complain(s->r, arms, "stop.arms: one arm, or two that are compared",
                 "stop.arms : un bras, ou deux que l'on compare");
    for (int i = 0; arm != NULL && i < count && i < 2; i++) {
        const void *run =
            study->arm != NULL ? bsearch(&arm[i], study->arm, (size_t)study->num_arms, sizeof(int), by_number) : NULL;
        if (run == NULL)
            complain(s->r, arms, "stop.arms: \"%s\" is not among the arms that are run",
                     "stop.arms : « %s » n'est pas parmi les bras exécutés", study->scenario.arm_id[arm[i]]);
        study->stop.arm[i] = arm[i];
        study->stop.num_arms = i + 1;
    }
}

static void take_looks(struct study_reading *s, struct node *stop)
{
    struct study_stop *out = &s->study->stop;
    struct node *about = node_find(stop, key_table[KEY_STOP_most].id);
    int n = out->first, below = 0;
    if (about == NULL)
        about = node_find(stop, key_table[KEY_STOP_first].id);
    if (about == NULL || about->wrong)
        return;
    for (; n < out->most; n *= 2)
        below = n;
    if (n != out->most)
        complain(s->r, about, "stop: most = %d must be first = %d doubled so and so often: %d or %d",
                 "stop : most = %d doit être first = %d doublé tant de fois : %d ou %d", out->most, out->first,
                 below > 0 ? below : n,
                 below > 0 && n <= 65535 ? n
                 : below > 0             ? below
                                         : 2 * n);
}

static void take_clinic(struct study_reading *s, struct node *stop)
{
    struct study *study = s->study;
    struct node *node = node_find(stop, key_table[KEY_STOP_clinic].id);
    const struct kind_of_id kind = { text_name, study->scenario.clinic_id, study->scenario.num_clinics,
                                     "is not a clinic of the scenario, nor \"all\"",
                                     "n'est pas une clinique du scénario, ni « all »" };
    study->stop.clinic = -1;
    if (node != NULL && node->kind == NODE_TEXT && strcmp(node->is.text, "all") != 0)
        study->stop.clinic = find_id(s, node, "stop.clinic", &kind);
}

static void take_stop(struct study_reading *s, struct node *stop, const struct node *runs)
{
    struct study_stop *out = &s->study->stop;
    struct node *response = node_find(stop, key_table[KEY_STOP_response].id);
    struct node *replications = node_find(runs, key_table[KEY_STUDY_RUNS_replications].id);
    if (!s->study->has_scenario) {
        complain(s->r, stop, "stop looks at the runs of a scenario, and there is none",
                 "stop examine les exécutions d'un scénario, et il n'y en a pas");
        return;
    }
    if (replications != NULL)
        complain(s->r, replications, "runs.replications and stop: one of the two (stop goes on until %d replications)",
                 "runs.replications et stop : l'un des deux (stop va jusqu'à %d répétitions)",
                 (int)plan_number(stop, KEY_STOP_most));
    out->given = true;
    out->half_width = plan_number(stop, KEY_STOP_half_width);
    out->level = plan_number(stop, KEY_STOP_level);
    out->first = (int)plan_number(stop, KEY_STOP_first);
    out->most = (int)plan_number(stop, KEY_STOP_most);
    if (response != NULL && response->kind == NODE_TEXT)
        out->response = find_id(s, response, "stop.response", &outcomes);
    take_contrast(s, stop);
    take_clinic(s, stop);
    take_looks(s, stop);
}

/* ---- runs, outputs ---- */

static void take_outputs(struct study_reading *s)
{
    struct study *study = s->study;
    struct node *outputs = root_key(s, KEY_STUDY_outputs);
    struct node *about = node_find(outputs, key_table[KEY_STUDY_OUTPUTS_trajectories].id);
    study->outputs.clinics = plan_yesno(outputs, KEY_STUDY_OUTPUTS_clinics);
    study->outputs.series = take_ids(s, node_find(outputs, key_table[KEY_STUDY_OUTPUTS_series].id), "outputs.series",
                                     &series, &study->outputs.num_series);
    if (study->outputs.num_series < 0)
        study->outputs.num_series = 0;
    study->outputs.every_weeks = (int)plan_number(outputs, KEY_STUDY_OUTPUTS_every_weeks);
    study->outputs.trajectories = (int)plan_number(outputs, KEY_STUDY_OUTPUTS_trajectories);
    if (about != NULL && study->outputs.trajectories > (study->stop.given ? study->stop.first : study->replications))
        complain(s->r, about, "outputs.trajectories = %d is more than the %d replications that every point has",
                 "outputs.trajectories = %d dépasse les %d répétitions qu'a tout point", study->outputs.trajectories,
                 study->stop.given ? study->stop.first : study->replications);
}

void study_take_runs(struct study_reading *self)
{
    static const char *const words[] = { "both", "parameters", "chance" };
    struct study *study = self->study;
    struct node *runs = root_key(self, KEY_STUDY_runs), *stop = root_key(self, KEY_STUDY_stop);
    int word = find_word(words, 3, plan_text(runs, KEY_STUDY_RUNS_uncertainty));
    study->respond = take_set(self, root_key(self, KEY_STUDY_respond), "respond", &outcomes, &study->num_respond);
    study->replications = (int)plan_number(runs, KEY_STUDY_RUNS_replications);
    study->seed = (uint32_t)plan_number(runs, KEY_STUDY_RUNS_seed);
    study->own_luck = plan_yesno(runs, KEY_STUDY_RUNS_own_luck);
    study->uncertainty = word >= 0 ? (enum scenario_uncertainty)word : study->scenario.runs.uncertainty;
    if (stop != NULL && stop->kind == NODE_GROUP)
        take_stop(self, stop, runs);
    if (study->stop.given)
        study->replications = study->stop.most;
    take_outputs(self);
}
