#include "study.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../scenario/check.h"
#include "../scenario/parse.h"
#include "../scenario/plan.h"
#include "../scenario/source.h"
#include "study_reading.h"

#define MOST_BYTES ((size_t)1024 * 1024 * 1024) /* of a file of points */

void *study_keep(struct study_reading *self, size_t size)
{
    return reading_memory(self->r, arena_alloc(self->r->keep, size));
}

static struct node *root_key(const struct study_reading *s, int row)
{
    return node_find(s->root, key_table[row].id);
}

/* ---- files beside the study ---- */

static char *join(struct reading *r, const char *folder, const char *name)
{
    size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] != '/' ? "/" : "";
    return reading_memory(
        r, arena_print(r->arena, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' ? "" : slash, name));
}

static bool is_file(const char *path)
{
    struct stat status;
    return path != NULL && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

const char *study_find_scenario(struct reading *r, const char *folder, const char *name)
{
    const char *path = folder != NULL ? join(r, folder, name) : NULL, *shipped = getenv("MILIEU_SCENARIOS");
    if (is_file(path))
        return path;
    while (strncmp(name, "../", 3) == 0 || strncmp(name, "./", 2) == 0)
        name = strchr(name, '/') + 1;
    path = shipped != NULL && shipped[0] != '\0' && name[0] != '/' ? join(r, shipped, name) : NULL;
    return is_file(path) ? path : NULL;
}

/* ---- the scenario ---- */

static void read_scenario(struct study_reading *s, const struct study_texts *texts)
{
    struct study *study = s->study;
    struct node *node = root_key(s, KEY_STUDY_scenario);
    const char *path;
    int ret;
    if (node == NULL || node->kind != NODE_TEXT)
        return;
    study->has_scenario = true;
    if (texts->scenario != NULL) {
        ret = scenario_read_text(&study->scenario, node->is.text, NULL, texts->scenario, texts->scenario_length, NULL,
                                 0, s->r->messages, NULL);
    } else {
        path = study_find_scenario(s->r, texts->folder, node->is.text);
        if (path == NULL) {
            complain(s->r, node, "scenario = \"%s\": there is no such file, neither beside the study nor shipped",
                     "scenario = « %s » : ce fichier n'existe pas, ni à côté de l'étude ni parmi les scénarios livrés",
                     reading_show(s->r, node->is.text, strlen(node->is.text), 200));
            return;
        }
        ret = scenario_read(&study->scenario, path, NULL, 0, s->r->messages, NULL);
        if (ret == MILIEU_ERR_INPUT)
            complain(s->r, node, "scenario = \"%s\" cannot be read", "scenario = « %s » ne peut être lu", path);
    }
    s->r->no_memory = s->r->no_memory || ret == MILIEU_ERR_MEMORY;
    node->wrong = node->wrong || ret != 0;
}

/* ---- points and conditions ---- */

/* The text of a file of points; NULL: errno says why, 0 that it is too large or memory ran out. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL, *grown;
    size_t capacity = 1 << 16, got = 1;
    *length = 0;
    if (file == NULL)
        return NULL;
    errno = 0;
    text = malloc(capacity);
    while (text != NULL && got > 0 && *length < MOST_BYTES) {
        if (*length + 1 == capacity) {
            grown = realloc(text, capacity *= 2);
            if (grown == NULL)
                break;
            text = grown;
        }
        got = fread(text + *length, 1, capacity - *length - 1, file);
        *length += got;
    }
    if (text != NULL && (got > 0 || ferror(file))) {
        free(text);
        text = NULL;
    }
    fclose(file);
    if (text != NULL)
        text[*length] = '\0';
    return text;
}

static void read_points_file(struct study_reading *s, struct node *node, const struct study_texts *texts)
{
    struct study *study = s->study;
    const char *name = node->is.text, *path = texts->folder != NULL ? join(s->r, texts->folder, name) : NULL;
    struct source *source;
    if (texts->points != NULL) {
        study->points_length = texts->points_length;
        study->points_text = reading_memory(s->r, malloc(texts->points_length + 1));
        if (study->points_text == NULL)
            return;
        memcpy(study->points_text, texts->points, texts->points_length);
        study->points_text[texts->points_length] = '\0';
        path = name;
    } else if (!is_file(path) || (study->points_text = read_file(path, &study->points_length)) == NULL) {
        complain(s->r, node, "design.file = \"%s\": there is no such file, or it cannot be read",
                 "design.file = « %s » : ce fichier n'existe pas, ou ne peut être lu", name);
        return;
    }
    source = source_of_text(s->r, path, NULL, NULL, study->points_text, study->points_length);
    if (source != NULL)
        points_of_csv(&s->points, s->r, source);
}

static void take_points(struct study_reading *s, const struct study_texts *texts)
{
    struct node *points = root_key(s, KEY_STUDY_points), *design = root_key(s, KEY_STUDY_design);
    struct node *file = node_find(design, key_table[KEY_DESIGN_file].id);
    if (!s->has_method || s->method != METHOD_LIST)
        return;
    s->points.num_vary = s->study->num_vary;
    s->points.vary = s->vary;
    if (points != NULL && file != NULL)
        complain(s->r, points, "points and design.file: one of the two", "points et design.file : l'un des deux");
    else if (points != NULL)
        points_of_list(&s->points, s->r, points);
    else if (file != NULL && file->kind == NODE_TEXT)
        read_points_file(s, file, texts);
    else if (file == NULL && design != NULL)
        complain(s->r, design, "design: method list needs points = ( ... ) or design.file = \"points.csv\"",
                 "design : la méthode list demande points = ( ... ) ou design.file = \"points.csv\"");
    s->study->row = s->points.row;
}

static void take_conditions(struct study_reading *s, struct design_plan *plan)
{
    struct node *node = root_key(s, KEY_STUDY_where);
    bool list = node != NULL && node->kind == NODE_LIST;
    int count = list ? node->count : 1, n = 0;
    struct condition *condition;
    if (node == NULL || node->wrong)
        return;
    condition = study_keep(s, (size_t)(count + 1) * sizeof *condition);
    for (struct node *one = list ? node->first : node; one != NULL && condition != NULL; one = list ? one->next : NULL)
        if (one->kind == NODE_TEXT && condition_read(&condition[n], s->r, one, s->vary, s->study->num_vary))
            n++;
    plan->condition = condition;
    plan->num_conditions = n;
}

/* ---- the design ---- */

static struct node *node_at_fault(struct study_reading *s, enum sampler_fault fault)
{
    struct node *design = root_key(s, KEY_STUDY_design), *node = NULL;
    if (fault == SAMPLER_FAULT_VARY)
        node = root_key(s, KEY_STUDY_vary);
    else if (fault == SAMPLER_FAULT_LEVELS)
        node = node_find(design, key_table[KEY_DESIGN_levels].id);
    else if (fault == SAMPLER_FAULT_MAXIMIN)
        node = node_find(design, key_table[KEY_DESIGN_maximin].id);
    if (node == NULL)
        node = node_find(design, key_table[KEY_DESIGN_n].id);
    return node != NULL ? node : design;
}

/* What a design cannot be, at the key that asks for it. */
static bool check_design(struct study_reading *s, const struct design_plan *plan)
{
    struct node *design = root_key(s, KEY_STUDY_design);
    char text[256];
    struct sample_plan sample;
    enum sampler_fault fault;
    if (!design_is_sampled(plan->method)) {
        double size = design_grid_size(plan), most = plan->num_conditions > 0 ? DESIGN_MAX_SIEVED : DESIGN_MAX_POINTS;
        if (size > most)
            complain(s->r, design, "design: %.4g points are too many; at most %.4g%s",
                     "design : %.4g points, c'est trop ; au plus %.4g%s", size, most,
                     plan->num_conditions == 0 ? ""
                     : STUDY_LANG(s) == 1      ? " avec where"
                                               : " with where");
        return size <= most;
    }
    design_sample_plan(plan, &sample);
    fault = sampler_check(&sample, STUDY_LANG(s), text, sizeof text);
    if (fault != SAMPLER_FINE)
        complain(s->r, node_at_fault(s, fault), "design: %s", "design : %s", text);
    return fault == SAMPLER_FINE;
}

static void make_design(struct study_reading *s, struct design_plan *plan)
{
    struct node *where = root_key(s, KEY_STUDY_where);
    struct error err = { 0 };
    int ret;
    plan->num_vary = s->study->num_vary;
    plan->vary = s->vary;
    plan->num_rows = s->points.num_rows;
    plan->row = s->study->row;
    if (!check_design(s, plan))
        return;
    ret = design_init(&s->study->design, plan, &err);
    if (ret == MILIEU_ERR_MEMORY)
        s->r->no_memory = true;
    else if (ret != 0)
        complain(s->r, root_key(s, KEY_STUDY_design), "design: %s", "design : %s", err.detail[s->r->messages->lang]);
    else if (s->study->design.count == 0 && where != NULL)
        complain(s->r, where, "where keeps none of the %.0f points", "where ne garde aucun des %.0f points",
                 (double)s->study->design.asked);
}

/* ---- the whole way ---- */

static void take_study(struct study_reading *s, const struct study_texts *texts)
{
    struct study *study = s->study;
    struct design_plan plan = { 0 };
    bool fine;
    plan_title(s->root, study->title);
    study->id = plan_text(s->root, KEY_STUDY_id);
    read_scenario(s, texts);
    study_take_design(s, &plan);
    fine = study_take_vary(s);
    if (fine && !s->r->no_memory)
        take_points(s, texts);
    if (fine && !s->r->no_memory)
        take_conditions(s, &plan);
    if (fine && s->has_method && !reading_has_errors(s->r) && !s->r->no_memory)
        make_design(s, &plan);
    if (study->has_scenario && root_key(s, KEY_STUDY_scenario)->wrong)
        return;
    if (study->has_scenario && study->num_vary > 0)
        study_try_values(s);
    study_take_arms(s);
    study_take_runs(s);
}

static void check_format(struct study_reading *s)
{
    struct node *format = root_key(s, KEY_STUDY_format);
    if (format != NULL)
        return;
    complain_at(s->r, s->root->source, 1, "format = \"%s\" must stand in every study file",
                "format = \"%s\" doit figurer dans tout fichier d'étude", key_table[KEY_STUDY_format].choices);
    format = reading_memory(
        s->r, node_new(s->r->arena, NODE_BAD, key_table[KEY_STUDY_format].id, s->root->source, 1)); /* said once */
    if (format != NULL)
        node_append(s->root, format);
}

/* A file that says it is a scenario is not complained of key by key. */
static bool is_scenario(struct study_reading *s)
{
    struct node *format = root_key(s, KEY_STUDY_format);
    if (format == NULL || format->kind != NODE_TEXT || strcmp(format->is.text, key_table[KEY_ROOT_format].choices) != 0)
        return false;
    complain(s->r, format, "format = \"%s\": this is a scenario, not a study (\"%s\")",
             "format = « %s » : c'est un scénario, non une étude (« %s »)", format->is.text,
             key_table[KEY_STUDY_format].choices);
    return true;
}

static void keep_text(struct study_reading *s, const struct source *source)
{
    s->study->text = reading_memory(s->r, malloc(source->length + 1));
    if (s->study->text == NULL)
        return;
    memcpy(s->study->text, source->text, source->length);
    s->study->text[source->length] = '\0';
    s->study->text_length = source->length;
}

static void read_source(struct study_reading *s, struct source *source, const struct study_texts *texts)
{
    s->root = parse_source(s->r, source);
    if (s->root == NULL || s->r->no_memory || is_scenario(s))
        return;
    keep_text(s, source);
    check_format(s);
    check_tree(s->r, s->root, AT_STUDY);
    if (!s->r->no_memory)
        take_study(s, texts);
}

static bool begin(struct study_reading *s, struct reading *r, struct schema *schema, struct arena *arena,
                  struct study *study, struct messages *messages)
{
    *study = (struct study){ .id = "", .keep = calloc(1, sizeof(struct arena)) };
    *schema = (struct schema){ 0 };
    *arena = (struct arena){ 0 };
    *r = (struct reading){ .messages = messages,
                           .arena = arena,
                           .keep = study->keep,
                           .schema = schema,
                           .errors_before = messages->num_errors,
                           .count_before = messages->count };
    *s = (struct study_reading){ .r = r, .study = study };
    gsl_set_error_handler_off(); /* as scenario_read does */
    r->no_memory = study->keep == NULL || !schema_init(schema);
    return !r->no_memory;
}

static int finish(struct study_reading *s, const char *name, struct error *err)
{
    struct reading *r = s->r;
    int ret = 0;
    reading_sort_messages(r);
    if (r->no_memory)
        ret = error_set_memory(err);
    else if (reading_has_errors(r) || s->root == NULL)
        ret = error_set(err, MILIEU_ERR_SCENARIO, "%s: %zu error(s)", "%s : %zu erreur(s)", name,
                        r->messages->num_errors - r->errors_before);
    schema_free(r->schema);
    arena_free(r->arena);
    if (ret != 0)
        study_free(s->study);
    return ret;
}

int study_read(struct study *self, const char *path, struct messages *messages, struct error *err)
{
    struct study_reading s;
    struct reading r;
    struct schema schema;
    struct arena arena;
    bool missing = false;
    if (begin(&s, &r, &schema, &arena, self, messages)) {
        struct source *source = source_of_file(&r, path, &missing);
        struct study_texts texts = { .name = path, .folder = source != NULL ? source->folder : NULL };
        if (source != NULL)
            read_source(&s, source, &texts);
    }
    if (missing && !r.no_memory && !reading_has_errors(&r)) {
        finish(&s, path, NULL);
        return error_set(err, MILIEU_ERR_INPUT, "%s cannot be read", "%s ne peut être lu", path);
    }
    return finish(&s, path, err);
}

int study_read_texts(struct study *self, const struct study_texts *texts, struct messages *messages, struct error *err)
{
    struct study_reading s;
    struct reading r;
    struct schema schema;
    struct arena arena;
    if (begin(&s, &r, &schema, &arena, self, messages)) {
        struct source *source = source_of_text(&r, texts->name, NULL, texts->folder, texts->study, texts->study_length);
        if (source != NULL)
            read_source(&s, source, texts);
    }
    return finish(&s, texts->name, err);
}

const char *study_title(const struct study *self, int lang)
{
    if (self->title[lang] != NULL && *self->title[lang] != '\0')
        return self->title[lang];
    return *self->id != '\0' ? self->id : "study";
}

void study_free(struct study *self)
{
    free(self->row);
    design_free(&self->design);
    scenario_free(&self->scenario);
    free(self->text);
    free(self->points_text);
    if (self->keep != NULL)
        arena_free(self->keep);
    free(self->keep);
    *self = (struct study){ .id = "" };
}
