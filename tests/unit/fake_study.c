#include "fake_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *copied(const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    return copy == NULL ? NULL : strcpy(copy, text);
}

static char **names(const char *format, int count)
{
    char **list = calloc((size_t)count, sizeof *list);
    for (int i = 0; i < count; i++) {
        char text[64];
        snprintf(text, sizeof text, format, i);
        list[i] = copied(text);
    }
    return list;
}

static void free_names(char **list, int count)
{
    for (int i = 0; list != NULL && i < count; i++)
        free(list[i]);
    free(list);
}

void fake_scenario_init(struct scenario *self, int num_clinics, int num_arms, int horizon)
{
    *self = (struct scenario){ .horizon = horizon,
                               .num_clinics = num_clinics,
                               .num_centres = 1,
                               .num_strategies = 2,
                               .num_arms = num_arms,
                               .runs = { .draws = 1, .replications = 1, .seed = 7, .series = true, .events = true } };
    self->id = copied("fake");
    self->title[0] = copied("A made-up scenario");
    self->title[1] = copied("Un scénario inventé");
    self->source = copied("none");
    self->start = copied("2016-09-05");
    self->text = copied("format = \"milieu-scenario/1\";\nid = \"fake\"; # scénario\n");
    self->text_as_given = copied("id = \"fake\";\n");
    self->clinic_id = names("clinic-%d", num_clinics);
    self->clinic_title[0] = names("Clinic %d", num_clinics);
    self->clinic_title[1] = names("Clinique « %d »", num_clinics);
    self->arm_id = names("arm-%d", num_arms);
    self->arm_title[0] = names("Arm %d", num_arms);
    self->arm_title[1] = names("Bras n° %d", num_arms);
    self->strategy_id = names("strategy-%d", 2);
    self->strategy_title[0] = names("Strategy %d", 2);
    self->strategy_title[1] = names("Stratégie %d", 2);
}

void fake_scenario_free(struct scenario *self)
{
    free(self->id);
    free(self->source);
    free(self->start);
    free(self->text);
    free(self->text_as_given);
    free_names(self->clinic_id, self->num_clinics);
    free_names(self->arm_id, self->num_arms);
    free_names(self->strategy_id, self->num_strategies);
    for (int i = 0; i < 2; i++) {
        free(self->title[i]);
        free_names(self->clinic_title[i], self->num_clinics);
        free_names(self->arm_title[i], self->num_arms);
        free_names(self->strategy_title[i], self->num_strategies);
    }
    *self = (struct scenario){ 0 };
}

double fake_parameter(int draw, int clinic, int param)
{
    return param % 3 == 0 ? 1.5 + draw : param + 0.25 * clinic + 10 * draw; /* a third is the same everywhere */
}

double fake_rating(int draw, int clinic, int factor)
{
    return (draw + clinic + factor) % 17 / 4.0 - 2;
}

void fake_setting_init(struct setting *self, const struct scenario *scenario, int draw)
{
    *self = (struct setting){ .horizon = scenario->horizon,
                              .num_clinics = scenario->num_clinics,
                              .num_centres = 1,
                              .num_strategies = scenario->num_strategies,
                              .num_arms = scenario->num_arms,
                              .events = true };
    self->clinic = calloc((size_t)self->num_clinics, sizeof *self->clinic);
    self->centre = calloc(1, sizeof *self->centre);
    self->strategy = calloc((size_t)self->num_strategies, sizeof *self->strategy);
    self->arm = calloc((size_t)self->num_arms, sizeof *self->arm);
    self->centre[0].id = copied("centre-0");
    for (int i = 0; i < self->num_clinics; i++) {
        self->clinic[i].place = (enum place)(i % 3);
        self->clinic[i].teaching = i % 2 == 0;
        for (int p = 0; p < NUM_PARAMS; p++)
            params_set(&self->clinic[i].base, p, fake_parameter(draw, i, p));
        for (int f = 0; f < NUM_FACTORS; f++)
            self->clinic[i].rating[f] = fake_rating(draw, i, f);
    }
    for (int i = 0; i < NUM_LINKS; i++)
        self->beta[i] = link_beta(i) + draw;
    for (int a = 0; a < self->num_arms; a++)
        for (int s = 0; s < self->num_strategies; s++)
            self->arm[a].on[s] = a >> s & 1;
}

void fake_setting_free(struct setting *self)
{
    if (self->centre != NULL)
        free(self->centre[0].id);
    free(self->clinic);
    free(self->centre);
    free(self->strategy);
    free(self->arm);
    *self = (struct setting){ 0 };
}

void fake_record_init(struct record *self, const struct scenario *scenario, bool series)
{
    size_t clinics = (size_t)scenario->num_clinics, weeks = (size_t)scenario->horizon;
    *self = (struct record){ .num_clinics = scenario->num_clinics, .horizon = scenario->horizon };
    self->outcome = calloc((clinics + 1) * NUM_OUTCOMES, sizeof *self->outcome);
    if (series)
        self->series = calloc(clinics * weeks * NUM_SERIES, sizeof *self->series);
}

double fake_outcome(int arm, int draw, int replication, int clinic, int outcome)
{
    if (outcome == 1 && (draw + replication) % 2 == 1)
        return NAN;
    if (outcome_table[outcome].type == OUTCOME_YESNO)
        return (arm + draw + replication + clinic) % 2;
    return outcome + 0.1 * arm + 100 * draw + 10 * replication + 0.001 * clinic;
}

float fake_series(int arm, int draw, int replication, int clinic, int week, int series)
{
    return (float)(((week * 7 + clinic * 3 + replication * 5 + draw * 11 + arm) % 101) + series);
}

static void fill_events(struct record *self, int draw, int replication, int arm, int events)
{
    int64_t count = (int64_t)events * self->num_clinics, n = 0;
    if (count > self->max_events) {
        self->event = realloc(self->event, (size_t)count * sizeof *self->event);
        self->max_events = count;
    }
    for (int i = 0; i < events; i++)
        for (int c = 0; c < self->num_clinics; c++, n++)
            self->event[n] = (struct event){ .clinic = c,
                                             .week = i,
                                             .kind = (i + c) % NUM_EVENT_KINDS,
                                             .subject = i % 4 - 1,
                                             .value = 1000 * draw + 100 * replication + 10 * arm + c + i / 16.0,
                                             .cause = i == 0 ? -1 : n - self->num_clinics };
    self->num_events = count;
}

void fake_record_fill(struct record *self, int draw, int replication, int arm, int events)
{
    size_t i = 0;
    for (int clinic = 0; clinic <= self->num_clinics; clinic++)
        for (int outcome = 0; outcome < NUM_OUTCOMES; outcome++)
            self->outcome[i++] = fake_outcome(arm, draw, replication, clinic, outcome);
    i = 0;
    for (int clinic = 0; self->series != NULL && clinic < self->num_clinics; clinic++)
        for (int week = 0; week < self->horizon; week++)
            for (int s = 0; s < NUM_SERIES; s++)
                self->series[i++] = fake_series(arm, draw, replication, clinic, week, s);
    fill_events(self, draw, replication, arm, events);
    self->patient_weeks = (uint64_t)(1 + draw + replication + arm);
}

void fake_record_free(struct record *self)
{
    free(self->outcome);
    free(self->series);
    free(self->event);
    *self = (struct record){ 0 };
}

const char *fake_folder(void)
{
    static char folder[256];
    if (folder[0] == '\0') {
        const char *temporary = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/milieu-test-XXXXXX", temporary != NULL ? temporary : "/tmp");
        if (mkdtemp(folder) == NULL)
            folder[0] = '\0';
    }
    return folder;
}

const char *fake_path(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", fake_folder(), name);
    return path;
}
