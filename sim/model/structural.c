#include "structural.h"

#include <math.h>

/* A centre is exposed to what its clinics say of their setting, on average. */
static void average_hazards(struct world *w)
{
    for (int h = 0; h < w->centre.num; h++)
        w->centre.hazard[h] = w->centre.length[h] = 0;
    for (int c = 0; c < w->clinic.num; c++) {
        int h = w->clinic.centre[c];
        w->centre.hazard[h] += w->clinic.now[c].reorganization_per_year / WEEKS_PER_YEAR / w->centre.num_clinics[h];
        w->centre.length[h] += w->clinic.now[c].reorganization_weeks / w->centre.num_clinics[h];
    }
}

static void begin_or_end_reorganization(struct world *w, int h)
{
    struct words u = random_words(w->luck, random_entity(w->setting->centre[h].place_key, 0), w->week, STREAM_SHOCK, 0);
    if (w->centre.reorganization_end[h] != NONE && w->week >= w->centre.reorganization_end[h]) {
        w->centre.reorganization_end[h] = NONE;
        world_event(w, NONE, EVENT_reorganization_end, h, 0, w->centre.reorganization_event[h]);
    } else if (w->centre.reorganization_end[h] == NONE && random_uniform_of(u.w[0]) < w->centre.hazard[h]) {
        double weeks = ceil(-log(random_uniform_of(u.w[1])) * w->centre.length[h]);
        w->centre.reorganization_end[h] = w->week + (int)clamp(weeks, 1, 1000);
        w->centre.reorganization_event[h] = world_event(w, NONE, EVENT_reorganization, h, weeks, NONE);
    }
}

static bool begins_now(const struct world *w, int h, const int32_t end_before)
{
    return end_before == NONE && w->centre.reorganization_end[h] != NONE;
}

static void break_ties(struct world *w, int c)
{
    double kept = 1 - w->clinic.now[c].ties_broken;
    FOR_EACH_NURSE (n, w, c)
        w->nurse.tie_manager[n] *= kept;
    FOR_EACH_PHYSICIAN (f, w, c)
        w->physician.tie_manager[f] *= kept;
}

static void ask_for_list(struct world *w, int c)
{
    const struct params *p = &w->clinic.now[c];
    uint64_t entity = clinic_entity(w, c, ENTITY_LIST + (uint32_t)w->clinic.lists_out[c]);
    double z = random_normal_of(random_uniform(w->luck, entity, 0, STREAM_LIST));
    w->clinic.list_left[c] =
        p->list_delay * exp(p->list_delay_spread * z - p->list_delay_spread * p->list_delay_spread / 2);
}

static void hand_over_list(struct world *w, int c)
{
    int number = w->clinic.lists_out[c]++, people = 0;
    for (int32_t i = w->clinic.first_patient[c]; i < w->clinic.first_patient[c] + w->clinic.num_patients[c]; i++)
        if (w->population->list[i] == number) {
            w->patient.stage[i] = PATIENT_LISTED;
            w->patient.list_week[i] = w->week;
            people++;
        }
    w->clinic.list_left[c] = NONE;
    w->clinic.list_event[c] = world_event(w, c, EVENT_list, number, people, clinic_shock(w, c));
    if (number == 0)
        tally_add(w, c, OUTCOME_list_delay, w->week, 1);
}

/* The next list is asked for when few names are left to review, not sooner after the last than lists can be made. */
static bool list_wanted(const struct world *w, int c)
{
    int32_t first = w->clinic.first_patient[c], size = w->population->stride[c], out = w->clinic.lists_out[c];
    int32_t next = first + out * size; /* first name on the next list */
    if (next >= first + w->clinic.num_patients[c] || w->clinic.list_left[c] >= 0)
        return false;
    return w->week >= w->setting->horizon - w->population->weeks[next] &&
           next - w->clinic.next_candidate[c] <= w->clinic.now[c].list_reserve;
}

static void work_on_lists(struct world *w, int c)
{
    if (clinic_runs(w, c) && list_wanted(w, c))
        ask_for_list(w, c);
    if (w->clinic.list_left[c] >= 0) {
        w->clinic.list_left[c] -= clinic_reorganizing(w, c) ? 1 - w->clinic.now[c].list_slowed : 1;
        if (w->clinic.list_left[c] < 0)
            hand_over_list(w, c);
    }
}

void structural_step(struct world *w)
{
    average_hazards(w);
    for (int h = 0; h < w->centre.num; h++) {
        int32_t before = w->centre.reorganization_end[h];
        begin_or_end_reorganization(w, h);
        if (begins_now(w, h, before))
            for (int c = 0; c < w->clinic.num; c++)
                if (w->clinic.centre[c] == h)
                    break_ties(w, c);
    }
    for (int c = 0; c < w->clinic.num; c++)
        work_on_lists(w, c);
}
