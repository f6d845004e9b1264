#include "value.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#define Z95 1.6448536269514722  /* 95th percentile of the standard normal */
#define Z975 1.9599639845400545 /* its 97.5th */
#define LARGEST 1e12            /* number of a distribution: beyond, its arithmetic overflows */
#define MOST_CHOICES 1000
#define MOST_COUNT 1000000.0 /* largest mean of a negative binomial */

/* ---- drawing ---- */

static double triangular_at(const struct value *v, double u)
{
    double width = v->c - v->a, left = (v->b - v->a) / width;
    if (u < left)
        return v->a + sqrt(u * width * (v->b - v->a));
    return v->c - sqrt((1 - u) * width * (v->c - v->b));
}

static double triangular_below(const struct value *v, double x)
{
    double width = v->c - v->a;
    if (x <= v->a)
        return 0;
    if (x >= v->c)
        return 1;
    return x < v->b ? (x - v->a) * (x - v->a) / (width * (v->b - v->a))
                    : 1 - (v->c - x) * (v->c - x) / (width * (v->c - v->b));
}

static double negbinomial_below(const struct value *v, double x)
{
    if (x < 0)
        return 0;
    return gsl_cdf_negative_binomial_P(x < 2e9 ? (unsigned int)x : 2000000000U, v->b, v->a);
}

/* The smallest count whose chance of being reached is u. */
static double negbinomial_at(const struct value *v, double u)
{
    double mean = v->a * (1 - v->b) / v->b, sd = sqrt(mean / v->b);
    double below = -1, enough = ceil(mean + 2 * sd + 1);
    while (negbinomial_below(v, enough) < u && enough < 1e9) {
        below = enough;
        enough *= 2;
    }
    while (enough - below > 1) {
        double middle = floor((below + enough) / 2);
        if (negbinomial_below(v, middle) < u)
            below = middle;
        else
            enough = middle;
    }
    return enough;
}

static double choice_at(const struct value *v, double u)
{
    int i = 0;
    while (i < v->num_choices - 1 && u > v->cumulated[i])
        i++;
    return v->choice[i];
}

static double choice_below(const struct value *v, double x)
{
    double chance = 0;
    for (int i = 0; i < v->num_choices; i++)
        chance += v->choice[i] <= x ? v->cumulated[i] - (i > 0 ? v->cumulated[i - 1] : 0) : 0;
    return chance;
}

/* By halving, where GSL's own inverse does not settle. */
static double by_halving(const struct value *v, double u, double low, double high)
{
    for (int i = 0; i < 200 && value_chance_below(v, high) < u; i++)
        high *= 2;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (value_chance_below(v, middle) < u)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static double uncut(const struct value *v, double u)
{
    double x;
    switch (v->kind) {
    case VALUE_EXACT:
        break;
    case VALUE_NORMAL:
        return v->a + v->b * gsl_cdf_ugaussian_Pinv(v->from + u * (v->to - v->from));
    case VALUE_BETA:
        x = gsl_cdf_beta_Pinv(u, v->a, v->b);
        return isfinite(x) ? x : by_halving(v, u, 0, 1);
    case VALUE_GAMMA:
        x = gsl_cdf_gamma_Pinv(u, v->a, v->b);
        return isfinite(x) ? x : by_halving(v, u, 0, v->a * v->b);
    case VALUE_NEGBINOMIAL:
        return negbinomial_at(v, u);
    case VALUE_LOGNORMAL:
        return exp(v->a + v->b * gsl_cdf_ugaussian_Pinv(u));
    case VALUE_TRIANGULAR:
        return triangular_at(v, u);
    case VALUE_UNIFORM:
        return v->a + u * (v->b - v->a);
    case VALUE_CHOICE:
        return choice_at(v, u);
    }
    return v->a;
}

double value_at(const struct value *self, double u)
{
    double x = uncut(self, u);
    if (self->whole)
        x = floor(x + 0.5);
    return x < self->low ? self->low : x > self->high ? self->high : x;
}

static double untruncated_below(const struct value *v, double x)
{
    switch (v->kind) {
    case VALUE_EXACT:
        break;
    case VALUE_NORMAL:
        return gsl_cdf_ugaussian_P((x - v->a) / v->b);
    case VALUE_BETA:
        return x <= 0 ? 0 : x >= 1 ? 1 : gsl_cdf_beta_P(x, v->a, v->b);
    case VALUE_GAMMA:
        return x <= 0 ? 0 : gsl_cdf_gamma_P(x, v->a, v->b);
    case VALUE_NEGBINOMIAL:
        return negbinomial_below(v, x);
    case VALUE_LOGNORMAL:
        return x <= 0 ? 0 : gsl_cdf_ugaussian_P((log(x) - v->a) / v->b);
    case VALUE_TRIANGULAR:
        return triangular_below(v, x);
    case VALUE_UNIFORM:
        return x <= v->a ? 0 : x >= v->b ? 1 : (x - v->a) / (v->b - v->a);
    case VALUE_CHOICE:
        return choice_below(v, x);
    }
    return x >= v->a;
}

double value_chance_below(const struct value *self, double x)
{
    double chance = (untruncated_below(self, x) - self->from) / (self->to - self->from);
    return chance < 0 ? 0 : chance > 1 ? 1 : chance;
}

/* ---- reading ---- */

struct distribution {
    struct reading *reading;
    struct node *node;
    const struct value_rule *rule;
    const struct path *place;
    double x[4];
    int n;
    struct value *value;
};

/* ("normal", 1, 2) as it is shown in a message. */
static const char *show_list(struct reading *reading, const struct node *list)
{
    const char *text = "";
    int shown = 0;
    for (const struct node *node = list->first; node != NULL; node = node->next) {
        const char *comma = shown > 0 ? ", " : "";
        if (shown++ == 6)
            text = arena_print(reading->arena, "%s, ...", text);
        else if (node->kind == NODE_TEXT)
            text = arena_print(reading->arena, "%s%s\"%s\"", text, comma,
                               reading_show(reading, node->is.text, strlen(node->is.text), 30));
        else if (node_is_number(node))
            text = arena_print(reading->arena, "%s%s%.10g", text, comma, node_number(node));
        else
            text = arena_print(reading->arena, "%s%s%s", text, comma, node->kind == NODE_LIST ? "[...]" : "...");
        if (text == NULL || shown > 6)
            break;
    }
    text = text != NULL ? arena_print(reading->arena, "(%s)", text) : NULL;
    return text != NULL ? text : "";
}

static const char *path_of(const struct distribution *d)
{
    return path_show(d->reading, d->place);
}

static const char *text_of(const struct distribution *d)
{
    return show_list(d->reading, d->node);
}

#define REFUSE(d, en, fr) complain((d)->reading, (d)->node, "%s = %s: " en, "%s = %s : " fr, path_of(d), text_of(d))

static bool make_normal(struct distribution *d)
{
    struct value *v = d->value;
    v->kind = VALUE_NORMAL;
    v->a = d->x[0];
    v->b = d->x[1];
    if (!(d->x[1] > 0)) {
        REFUSE(d, "sd must be > 0", "l'écart-type (sd) doit être > 0");
        return false;
    }
    if (d->n == 2)
        return true;
    if (d->n == 3 || d->x[2] >= d->x[3]) {
        REFUSE(d, "min and max go together, min below max", "min et max vont ensemble, min sous max");
        return false;
    }
    v->from = gsl_cdf_ugaussian_P((d->x[2] - v->a) / v->b);
    v->to = gsl_cdf_ugaussian_P((d->x[3] - v->a) / v->b);
    if (!(v->to - v->from > 1e-9)) {
        REFUSE(d, "min and max leave nothing of it", "min et max n'en laissent rien");
        return false;
    }
    return true;
}

static bool make_beta(struct distribution *d)
{
    d->value->kind = VALUE_BETA;
    d->value->a = d->x[0];
    d->value->b = d->x[1];
    if (!(d->x[0] >= 1e-3 && d->x[1] >= 1e-3 && d->x[0] <= 1e6 && d->x[1] <= 1e6)) {
        REFUSE(d, "a and b must be > 0 (0.001 .. 1000000)", "a et b doivent être > 0 (0.001 .. 1000000)");
        return false;
    }
    return true;
}

static bool needs_sd(struct distribution *d)
{
    if (d->x[1] > 0)
        return true;
    REFUSE(d, "sd must be > 0", "l'écart-type (sd) doit être > 0");
    return false;
}

static bool make_beta_ms(struct distribution *d)
{
    double mean = d->x[0], sd = d->x[1], size;
    if (!needs_sd(d))
        return false;
    if (!(mean > 0 && mean < 1)) {
        REFUSE(d, "the mean must be between 0 and 1", "la moyenne doit être entre 0 et 1");
        return false;
    }
    size = mean * (1 - mean) / (sd * sd) - 1;
    if (!(size * mean >= 1e-3 && size * (1 - mean) >= 1e-3)) {
        REFUSE(d, "sd is too large for that mean: it must be below sqrt(mean (1 - mean))",
               "sd est trop grand pour cette moyenne : il doit être sous sqrt(moyenne (1 - moyenne))");
        return false;
    }
    d->x[0] = size * mean;
    d->x[1] = size * (1 - mean);
    return make_beta(d);
}

static bool make_gamma_ms(struct distribution *d)
{
    double mean = d->x[0], sd = d->x[1];
    if (!needs_sd(d))
        return false;
    d->value->kind = VALUE_GAMMA;
    d->value->a = mean / sd * (mean / sd);
    d->value->b = sd / mean * sd;
    if (!(mean > 0 && d->value->a >= 1e-3 && d->value->a <= 1e6)) {
        REFUSE(d, "the mean must be > 0, and sd between 0.001 and 30 times the mean",
               "la moyenne doit être > 0, et sd entre 0.001 et 30 fois la moyenne");
        return false;
    }
    return true;
}

static bool make_negbinomial_ms(struct distribution *d)
{
    double mean = d->x[0], variance = d->x[1] * d->x[1];
    if (!needs_sd(d))
        return false;
    d->value->kind = VALUE_NEGBINOMIAL;
    d->value->b = mean / variance;
    d->value->a = mean * mean / (variance - mean);
    if (!(mean > 0 && mean <= MOST_COUNT && variance > mean * 1.000001 && d->value->a >= 1e-3)) {
        REFUSE(d, "the mean must be > 0, and sd above sqrt(mean)",
               "la moyenne doit être > 0, et sd au-dessus de sqrt(moyenne)");
        return false;
    }
    return true;
}

static bool make_lognormal(struct distribution *d, double z)
{
    if (!(d->x[0] > 0 && d->x[0] < d->x[1])) {
        REFUSE(d, "the two must be > 0, the lower first", "les deux doivent être > 0, le plus petit d'abord");
        return false;
    }
    d->value->kind = VALUE_LOGNORMAL;
    d->value->a = (log(d->x[0]) + log(d->x[1])) / 2;
    d->value->b = (log(d->x[1]) - log(d->x[0])) / (2 * z);
    return true;
}

static bool make_lognormal_q(struct distribution *d)
{
    return make_lognormal(d, Z95);
}

static bool make_lognormal_ci95(struct distribution *d)
{
    return make_lognormal(d, Z975);
}

static bool make_q90(struct distribution *d)
{
    double low = d->x[0], high = d->x[1];
    if (low > 0)
        return make_lognormal(d, Z95);
    if (!(low < high)) {
        REFUSE(d, "the range is reversed: the lower bound goes first",
               "l'intervalle est à l'envers : la borne basse va d'abord");
        return false;
    }
    d->x[0] = (low + high) / 2;
    d->x[1] = (high - low) / (2 * Z95);
    return make_normal(d);
}

static bool make_triangular(struct distribution *d)
{
    struct value *v = d->value;
    v->kind = VALUE_TRIANGULAR;
    v->a = d->x[0];
    v->b = d->x[1];
    v->c = d->x[2];
    if (!(v->a <= v->b && v->b <= v->c && v->a < v->c)) {
        REFUSE(d, "must be min, mode, max in that order", "il faut min, mode, max dans cet ordre");
        return false;
    }
    return true;
}

static bool make_uniform(struct distribution *d)
{
    d->value->kind = VALUE_UNIFORM;
    d->value->a = d->x[0];
    d->value->b = d->x[1];
    if (!(d->x[0] < d->x[1])) {
        REFUSE(d, "the range is reversed: the lower bound goes first",
               "l'intervalle est à l'envers : la borne basse va d'abord");
        return false;
    }
    return true;
}

static bool make_rating(struct distribution *d)
{
    double r = d->x[0];
    if (!d->rule->rating) {
        REFUSE(d, "only a factor is rated", "seul un facteur se cote");
        return false;
    }
    if (!(r >= -2 && r <= 2)) {
        REFUSE(d, "a rating is -2 .. 2", "une cote va de -2 à 2");
        return false;
    }
    d->x[0] = r - 0.5;
    d->x[1] = r;
    d->x[2] = r + 0.5;
    return make_triangular(d);
}

/* The numbers of one list of a choice, or NULL. */
static double *read_numbers(struct distribution *d, const struct node *list, int *count)
{
    double *x;
    int n = 0;
    if (list->kind != NODE_LIST || list->count < 1 || list->count > MOST_CHOICES)
        return NULL;
    x = reading_memory(d->reading, arena_alloc(d->reading->keep, (size_t)list->count * sizeof *x));
    for (const struct node *node = list->first; node != NULL && x != NULL; node = node->next) {
        if (!node_is_number(node))
            return NULL;
        x[n++] = node_number(node);
    }
    *count = n;
    return x;
}

static bool take_weights(struct distribution *d, double *weight, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        if (!(weight[i] >= 0))
            return false;
        sum += weight[i];
        weight[i] = sum;
    }
    if (!(sum > 0 && isfinite(sum)))
        return false;
    for (int i = 0; i < n; i++)
        weight[i] /= sum;
    d->value->cumulated = weight;
    return true;
}

static bool may_be_chosen(struct distribution *d, double x)
{
    if (d->rule->whole && floor(x) != x) {
        complain(d->reading, d->node, "%s = %s: %.10g is not a whole number",
                 "%s = %s : %.10g n'est pas un nombre entier", path_of(d), text_of(d), x);
        return false;
    }
    if (x >= d->rule->low && x <= d->rule->high)
        return true;
    complain(d->reading, d->node, "%s = %s: %.10g is outside %.10g .. %.10g",
             "%s = %s : %.10g est hors de %.10g .. %.10g", path_of(d), text_of(d), x, d->rule->low, d->rule->high);
    return false;
}

static bool make_choice(struct distribution *d, const struct node *values)
{
    const struct node *weights = values != NULL ? values->next : NULL;
    int n = 0, m = 0;
    double *x = values != NULL ? read_numbers(d, values, &n) : NULL;
    double *weight = weights != NULL && weights->next == NULL ? read_numbers(d, weights, &m) : NULL;
    if (x == NULL || weight == NULL || n != m) {
        REFUSE(d, "needs as many weights as values, all of them numbers: (\"choice\", [1, 2], [0.5, 0.5])",
               "il faut autant de poids que de valeurs, tous des nombres : (\"choice\", [1, 2], [0.5, 0.5])");
        return false;
    }
    for (int i = 0; i < n; i++)
        if (!may_be_chosen(d, x[i]))
            return false;
    if (!take_weights(d, weight, n)) {
        REFUSE(d, "weights must be >= 0, and not all 0", "les poids doivent être >= 0, et non tous 0");
        return false;
    }
    d->value->kind = VALUE_CHOICE;
    d->value->choice = x;
    d->value->num_choices = n;
    return true;
}

static const struct {
    const char *name;
    int least, most; /* numbers that follow */
    bool (*make)(struct distribution *d);
    const char *form;
} distribution_table[] = {
    { "normal", 2, 4, make_normal, "(\"normal\", mean, sd [, min, max])" },
    { "beta", 2, 2, make_beta, "(\"beta\", a, b)" },
    { "beta_ms", 2, 2, make_beta_ms, "(\"beta_ms\", mean, sd)" },
    { "gamma_ms", 2, 2, make_gamma_ms, "(\"gamma_ms\", mean, sd)" },
    { "negbinomial_ms", 2, 2, make_negbinomial_ms, "(\"negbinomial_ms\", mean, sd)" },
    { "lognormal_q", 2, 2, make_lognormal_q, "(\"lognormal_q\", q05, q95)" },
    { "lognormal_ci95", 2, 2, make_lognormal_ci95, "(\"lognormal_ci95\", low, high)" },
    { "q90", 2, 2, make_q90, "(\"q90\", low, high)" },
    { "triangular", 3, 3, make_triangular, "(\"triangular\", min, mode, max)" },
    { "uniform", 2, 2, make_uniform, "(\"uniform\", low, high)" },
    { "choice", 0, 0, NULL, "(\"choice\", [values], [weights])" },
    { "rating", 1, 1, make_rating, "(\"rating\", r)" },
};

#define NUM_DISTRIBUTIONS (sizeof distribution_table / sizeof distribution_table[0])

static const char *nearest_distribution(const char *name)
{
    const char *nearest = NULL;
    int least = 0;
    for (size_t i = 0; i < NUM_DISTRIBUTIONS; i++) {
        int distance = key_distance(name, distribution_table[i].name);
        if (key_is_near(name, distance) && (nearest == NULL || distance < least)) {
            nearest = distribution_table[i].name;
            least = distance;
        }
    }
    return nearest;
}

static bool take_numbers(struct distribution *d, const struct node *node, int most)
{
    for (; node != NULL; node = node->next) {
        if (!node_is_number(node) || d->n >= most || fabs(node_number(node)) > LARGEST)
            return false;
        d->x[d->n++] = node_number(node);
    }
    return true;
}

/* Most of it must lie where the value may be. */
static bool check_bulk(struct distribution *d)
{
    const struct value *v = d->value;
    double below = value_chance_below(v, v->kind == VALUE_NEGBINOMIAL ? v->low - 1 : v->low);
    double outside = below + 1 - value_chance_below(v, v->high);
    if (v->kind == VALUE_CHOICE || outside <= 0.5 + 1e-9)
        return true;
    complain(d->reading, d->node, "%s = %s: most of it lies outside %.10g .. %.10g",
             "%s = %s : l'essentiel est hors de %.10g .. %.10g", path_of(d), text_of(d), v->low, v->high);
    return false;
}

static bool make_distribution(struct distribution *d)
{
    const struct node *first = d->node->first;
    size_t i = 0;
    for (const struct node *node = first; node != NULL; node = node->next)
        if (node->kind == NODE_BAD)
            return false;
    if (first == NULL || first->kind != NODE_TEXT) {
        REFUSE(d, "a distribution begins with its name: (\"normal\", 1.0, 0.5)",
               "une distribution commence par son nom : (\"normal\", 1.0, 0.5)");
        return false;
    }
    while (i < NUM_DISTRIBUTIONS && strcmp(distribution_table[i].name, first->is.text) != 0)
        i++;
    if (i == NUM_DISTRIBUTIONS) {
        const char *hint = reading_did_you_mean(d->reading, nearest_distribution(first->is.text));
        complain(d->reading, d->node, "%s = %s: unknown distribution%s", "%s = %s : distribution inconnue%s",
                 path_of(d), text_of(d), hint);
        return false;
    }
    if (distribution_table[i].make == NULL)
        return make_choice(d, first->next);
    if (!take_numbers(d, first->next, distribution_table[i].most) || d->n < distribution_table[i].least) {
        complain(d->reading, d->node, "%s = %s: must be %s", "%s = %s : la forme est %s", path_of(d), text_of(d),
                 distribution_table[i].form);
        return false;
    }
    return distribution_table[i].make(d);
}

static bool check_number(struct reading *reading, struct node *node, const struct value_rule *rule,
                         const struct path *place, const char *note)
{
    double x = node_number(node);
    const char *hint = "", *path;
    if (x >= rule->low && x <= rule->high && !(rule->whole && node->kind == NODE_REAL))
        return true;
    path = path_show(reading, place);
    if (rule->whole && node->kind == NODE_REAL) {
        complain(reading, node, "%s = %.10g must be a whole number", "%s = %.10g doit être un nombre entier", path, x);
        return false;
    }
    if (rule->low >= 0 && rule->high <= 1 && x > 1 && x <= 100)
        hint = reading->messages->lang == 1
                   ? arena_print(reading->arena, "\n    écrit en pourcentage ? %.10g %% s'écrit %.10g", x, x / 100)
                   : arena_print(reading->arena, "\n    written as a percentage? %.10g %% is %.10g", x, x / 100);
    complain(reading, node, "%s = %.10g is outside %.10g .. %.10g%s%s", "%s = %.10g est hors de %.10g .. %.10g%s%s",
             path, x, rule->low, rule->high, note, hint != NULL ? hint : "");
    return false;
}

const struct value *value_read(struct reading *reading, struct node *node, const struct value_rule *rule,
                               const struct path *path, const char *note)
{
    struct value *value;
    if (node->kind == NODE_BAD)
        return NULL;
    if (!node_is_number(node) && node->kind != NODE_LIST) {
        complain(reading, node, "%s must be a number, or a distribution like (\"normal\", 1.0, 0.5)",
                 "%s doit être un nombre, ou une distribution comme (\"normal\", 1.0, 0.5)", path_show(reading, path));
        return NULL;
    }
    if (node_is_number(node) && !check_number(reading, node, rule, path, note))
        return NULL;
    value = reading_memory(reading, arena_alloc(reading->keep, sizeof *value));
    if (value == NULL)
        return NULL;
    *value = (struct value){ .kind = VALUE_EXACT,
                             .whole = rule->whole,
                             .from = 0,
                             .to = 1,
                             .low = rule->low,
                             .high = rule->high,
                             .spread = rule->spread };
    if (node->kind == NODE_LIST) {
        struct distribution d = { .reading = reading, .node = node, .rule = rule, .place = path, .value = value };
        if (!make_distribution(&d) || !check_bulk(&d))
            return NULL;
    } else {
        value->a = node_number(node);
    }
    return value;
}
