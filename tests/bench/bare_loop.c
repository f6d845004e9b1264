/* The runs of a study in a bare loop: every point's scenario read once, its replications simulated one after the other on
 * one thread, nothing kept. What a sweep costs beyond this is its own: design, journal, sums of series, claims.
 *
 *   bare_loop STUDY            prints the sum of an outcome, so that nothing can be left out */
#include <stdio.h>

#include "sim/model/simulation.h"
#include "sim/study/study.h"

static double sum_of_run(const struct study *study, const struct scenario *scenario, int r, struct record *record,
                         struct error *err)
{
    struct setting setting = { 0 };
    struct simulation sim = { 0 };
    int draw, chance;
    double sum = 0;
    study_luck(study, r, &draw, &chance);
    if (scenario_draw(scenario, study->seed, draw, &setting, err) == 0 &&
        simulation_init(&sim, &setting, simulation_luck(study->seed, draw, chance), NULL, err) == 0 &&
        simulation_usual_care(&sim, err) == 0) {
        for (int a = 0; a < study->num_arms; a++) {
            if (record[a].outcome == NULL && record_init(&record[a], &setting, study->outputs.num_series > 0, err) != 0)
                break;
            if (simulation_arm(&sim, study->arm[a], &record[a], err) != 0)
                break;
            sum += record[a].outcome[(size_t)record[a].num_clinics * NUM_OUTCOMES + OUTCOME_reach];
        }
    }
    simulation_free(&sim);
    setting_free(&setting);
    return sum;
}

int main(int argc, char **argv)
{
    struct study study = { 0 };
    struct record record[SETTING_MAX_ARMS] = { 0 };
    struct messages messages;
    struct error err = { 0 };
    double sum = 0;
    messages_init(&messages, 0);
    if (argc != 2 || study_read(&study, argv[1], &messages, &err) != 0) {
        fprintf(stderr, "bare_loop STUDY: %s\n", err.detail[0]);
        return 1;
    }
    for (uint64_t point = 0; point < study.design.count; point++) {
        struct scenario scenario = { 0 };
        if (study_read_point(&study, point, &scenario, NULL, &err) == 0)
            for (int r = 0; r < study.replications; r++)
                sum += sum_of_run(&study, &scenario, r, record, &err);
        scenario_free(&scenario);
    }
    printf("%.17g\n", sum);
    for (int a = 0; a < study.num_arms; a++)
        record_free(&record[a]);
    study_free(&study);
    messages_free(&messages);
    return 0;
}
