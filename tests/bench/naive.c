/* A yardstick, not the model: what a modeller would write in an afternoon in C with GSL. Clinics of patients and two
 * nurses, structures in arrays, one Mersenne Twister, GSL's samplers, a text table. Much smaller than milieu's week:
 * its cost per patient-week says what plain C costs on this machine today.
 *
 *   naive CLINICS PATIENTS WEEKS SEED OUTPUT.csv
 *
 * A clinic's climate follows its nurses; a nurse learns, may leave, is replaced after a while; free nurses take on the
 * patients who used most; patients in follow-up gain in two scores, the others drift back to where they were; emergency
 * visits are Poisson, fewer as one score rises. The same load is in vectorised.py. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NURSES = 2, CASELOAD = 30 };

struct nurse {
    double skill;
    int weeks_vacant; /* 0: the post is filled */
    int caseload;
};

struct patient {
    double visit_rate; /* a year */
    double management, integration;
    double management_at_first, integration_at_first;
    int nurse; /* -1: none */
    int visits;
};

struct clinic {
    double leadership, climate;
    int bad_weeks;
    int stopped;
    struct nurse nurse[NURSES];
    struct patient *patient; /* most frequent users first */
};

static double between(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static int by_rate(const void *a, const void *b)
{
    const struct patient *x = a, *y = b;
    return (x->visit_rate < y->visit_rate) - (x->visit_rate > y->visit_rate);
}

static void start(struct clinic *c, int patients, gsl_rng *rng)
{
    c->leadership = between(0.6 + gsl_ran_gaussian_ziggurat(rng, 0.15), 0, 1);
    c->climate = between(0.6 + gsl_ran_gaussian_ziggurat(rng, 0.15), 0, 1);
    for (int j = 0; j < NURSES; j++)
        c->nurse[j].skill = gsl_ran_flat(rng, 0.2, 0.6);
    c->patient = calloc((size_t)patients, sizeof *c->patient);
    if (c->patient == NULL)
        exit(1);
    for (int i = 0; i < patients; i++) {
        struct patient *p = &c->patient[i];
        p->visit_rate = gsl_ran_gamma(rng, 2, 4);
        p->management = p->management_at_first = between(48 + gsl_ran_gaussian_ziggurat(rng, 12), 0, 96);
        p->integration = p->integration_at_first = between(40 + gsl_ran_gaussian_ziggurat(rng, 10), 0, 100);
        p->nurse = -1;
    }
    qsort(c->patient, (size_t)patients, sizeof *c->patient, by_rate);
}

static void release(struct clinic *c, int patients, int nurse)
{
    for (int i = 0; i < patients; i++)
        if (nurse < 0 || c->patient[i].nurse == nurse)
            c->patient[i].nurse = -1;
    for (int j = 0; j < NURSES; j++)
        if (nurse < 0 || nurse == j)
            c->nurse[j].caseload = 0;
}

static void staff(struct clinic *c, int patients, gsl_rng *rng)
{
    const double leaves = 1 - pow(0.8, 1.0 / 52);
    for (int j = 0; j < NURSES; j++) {
        struct nurse *n = &c->nurse[j];
        if (n->weeks_vacant > 0) {
            if (--n->weeks_vacant == 0)
                n->skill = 0.2;
        } else if (gsl_rng_uniform(rng) < leaves) {
            release(c, patients, j);
            n->weeks_vacant = 8 + (int)gsl_rng_uniform_int(rng, 9);
        } else {
            n->skill += 0.06 * n->skill * (1 - n->skill);
        }
    }
}

static void mood(struct clinic *c, int patients, gsl_rng *rng)
{
    double filled = 0;
    for (int j = 0; j < NURSES; j++)
        filled += c->nurse[j].weeks_vacant == 0;
    filled = c->stopped ? 0 : filled / NURSES;
    c->climate += 0.1 * (0.1 + 0.6 * c->leadership + 0.15 * filled - c->climate) + gsl_ran_gaussian_ziggurat(rng, 0.04);
    c->climate = between(c->climate, 0, 1);
    if (c->stopped)
        return;
    c->bad_weeks = c->climate < 0.48 ? c->bad_weeks + 1 : 0;
    if (c->bad_weeks == 12) {
        c->stopped = 1;
        release(c, patients, -1);
    }
}

static void enrol(struct clinic *c, int patients)
{
    int next = 0;
    for (int j = 0; j < NURSES; j++) {
        struct nurse *n = &c->nurse[j];
        while (n->weeks_vacant == 0 && n->caseload < CASELOAD) {
            while (next < patients && c->patient[next].nurse >= 0)
                next++;
            if (next == patients)
                return;
            c->patient[next].nurse = j;
            n->caseload++;
        }
    }
}

static void live(struct clinic *c, struct patient *p, gsl_rng *rng)
{
    if (p->nurse >= 0) {
        double skill = c->nurse[p->nurse].skill;
        p->management += 0.8 * skill * (1 - p->management / 96) + gsl_ran_gaussian_ziggurat(rng, 1);
        p->integration += 1.2 * skill * c->leadership * (1 - p->integration / 100) + gsl_ran_gaussian_ziggurat(rng, 1);
        p->management = between(p->management, 0, 96);
        p->integration = between(p->integration, 0, 100);
    } else {
        p->management = p->management_at_first + 0.98 * (p->management - p->management_at_first);
        p->integration = p->integration_at_first + 0.98 * (p->integration - p->integration_at_first);
    }
}

static void week(struct clinic *c, int patients, gsl_rng *rng, int id, int now, FILE *out)
{
    int visits = 0, enrolled = 0;
    double management = 0, integration = 0;
    c->leadership += 0.05 * (0.6 + 0.2 * (c->climate - 0.5) - c->leadership) + gsl_ran_gaussian_ziggurat(rng, 0.03);
    c->leadership = between(c->leadership, 0, 1);
    if (!c->stopped)
        staff(c, patients, rng);
    mood(c, patients, rng);
    if (!c->stopped)
        enrol(c, patients);
    for (int i = 0; i < patients; i++) {
        struct patient *p = &c->patient[i];
        live(c, p, rng);
        double mean = p->visit_rate / 52 * exp(-0.012 * (p->integration - p->integration_at_first));
        int now_visits = (int)gsl_ran_poisson(rng, mean);
        p->visits += now_visits;
        visits += now_visits;
        enrolled += p->nurse >= 0;
        management += p->management;
        integration += p->integration;
    }
    fprintf(out, "%d,%d,%d,%d,%.4f,%.4f,%.4f,%.4f,%d\n", id, now, visits, enrolled, management / patients,
            integration / patients, c->leadership, c->climate, !c->stopped);
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    int clinics = atoi(argv[1]), patients = atoi(argv[2]), weeks = atoi(argv[3]);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    struct clinic *clinic = calloc((size_t)clinics, sizeof *clinic);
    FILE *out = fopen(argv[5], "w");
    if (rng == NULL || clinic == NULL || out == NULL)
        return 1;
    gsl_rng_set(rng, (unsigned long)atol(argv[4]));
    fprintf(out, "clinic,week,visits,enrolled,management,integration,leadership,climate,active\n");
    double visits = 0;
    for (int c = 0; c < clinics; c++) {
        start(&clinic[c], patients, rng);
        for (int w = 0; w < weeks; w++)
            week(&clinic[c], patients, rng, c, w, out);
        for (int i = 0; i < patients; i++)
            visits += clinic[c].patient[i].visits;
        free(clinic[c].patient);
    }
    printf("visits per patient-year %.3f\n", visits / clinics / patients / weeks * 52);
    int failed = fclose(out) != 0;
    free(clinic);
    gsl_rng_free(rng);
    return failed;
}
