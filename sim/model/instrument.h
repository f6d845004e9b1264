/* Questionnaires at enrolment and 26 weeks later: round(true score + error), within the scale's ends.
 * Who does not answer: non_response, more among those with little trust, who dropped out, or whose clinic stopped.
 * Writes: tallies of the four *_change_26w outcomes. Sources: evidence 2.4, 2.5, 11.x. */
#ifndef MILIEU_INSTRUMENT_H
#define MILIEU_INSTRUMENT_H
#include "world.h"
#define INSTRUMENT_WEEKS 26
struct scores {
    double self_management, care_integration, distress, confidence;
};
/* Scores as the questionnaire reads true ones; `occasion` 0 at enrolment, 1 after 26 weeks. */
struct scores instrument_read(const struct world *w, int patient, const struct scores *truth, int occasion);
/* The patient answers at 26 weeks. */
bool instrument_answers(const struct world *w, int patient);
/* Patients of a clinic who are 26 weeks from enrolment this week. */
void instrument_week(struct world *w, int clinic);
#endif
