/* P13: days from enrolment to the written plan, patient by patient; who left without one counts to the end. */
#include <math.h>
#include <stdlib.h>

#include "../../sim/model/population.h"
#include "../../sim/model/world.h"
#include "measure.h"

#define SHARE 0.02 /* of the draws: each has a thousand clinics */

struct days {
    double *item;
    size_t count, room;
};

static int keep(struct days *days, const struct care *care, int horizon, struct error *err)
{
    int end = care->isp_week != NONE ? care->isp_week : care->exit_week != NONE ? care->exit_week : horizon;
    if (days->count == days->room) {
        size_t room = days->room == 0 ? 4096 : 2 * days->room;
        double *item = realloc(days->item, room * sizeof *item);
        if (item == NULL)
            return error_set_memory(err);
        days->item = item;
        days->room = room;
    }
    days->item[days->count++] = 7.0 * (end - care->enrol_week);
    return 0;
}

static int keep_enrolled(struct days *days, const struct simulation *sim, struct error *err)
{
    int ret = 0;
    for (int i = 0; i < sim->world->patient.num && ret == 0; i++) {
        const struct care *care = care_of(sim->world, i);
        if (care->enrol_week != NONE)
            ret = keep(days, care, sim->setting->horizon, err);
    }
    return ret;
}

/* One draw of a scenario, its first arm. */
static int run_draw(struct days *days, const struct scenario *scenario, const struct validate_options *options,
                    int draw, struct error *err)
{
    struct setting setting = { 0 };
    struct simulation sim = { 0 };
    struct record record = { 0 };
    int ret = scenario_draw(scenario, options->seed, draw, &setting, err);
    if (ret == 0)
        ret = record_init(&record, &setting, false, err);
    if (ret == 0)
        ret = simulation_init(&sim, &setting, simulation_luck(options->seed, draw, 0), options->machine.stop, err);
    if (ret == 0)
        ret = simulation_usual_care(&sim, err);
    if (ret == 0)
        ret = simulation_arm(&sim, 0, &record, err);
    if (ret == 0)
        ret = keep_enrolled(days, &sim, err);
    simulation_free(&sim);
    record_free(&record);
    setting_free(&setting);
    return ret;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int measure_plans(const struct validate_options *options, struct validation *out, struct error *err)
{
    struct finding *finding = out->finding;
    static const struct scenario_override override[] = { { false, "time.horizon=104" },
                                                         { false, "meso[clinic].count=100" },
                                                         { false, "macro.centres[centre].count=25" },
                                                         { false, "unstated=(\"triangular\", -1.0, 0.0, 1.0)" } };
    struct scenario scenario = { 0 };
    struct days days = { 0 };
    int ret = trial_scenario(&scenario, "region.cfg", override, 4, &options->machine, err);
    for (int draw = 0, draws = measure_draws(options, SHARE); ret == 0 && draw < draws; draw++)
        ret = run_draw(&days, &scenario, options, draw, err);
    if (ret == 0 && days.count > 0) {
        qsort(days.item, days.count, sizeof *days.item, ascending);
        double median = summary_quantile(days.item, days.count, 0.5),
               slow = summary_quantile(days.item, days.count, 0.9);
        finding[MEASURE_P13_tail] = finding_exactly(slow / median);
        finding[MEASURE_P13_mean] = finding_mean(days.item, (int)days.count);
    }
    free(days.item);
    scenario_free(&scenario);
    return ret;
}
