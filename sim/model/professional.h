/* Other professionals of a clinic: social worker, pharmacist, kinesiologist ... They see the programme through the team, come
 * to ISP meetings as far as they are engaged and tied to it, and lend nurses what they know of services.
 *
 *   part         tie with the team * (engagement less the neutral clinic's), mean over them: the better known, the more it
 *                matters whether they are for it. What is added to ISP meetings and to coordination  (2.21, [002])
 *   none         a clinic without them does as one whose have no engagement at all and the tie of the start
 *   leave        with professional_turnover_rate; somebody else comes at once, with newcomer_team_tie of the tie
 *
 * What they think, how engaged they are and how their ties grow stands with the nurses' in provider.c.
 * Writes: professional.* of who comes. */
#ifndef MILIEU_PROFESSIONAL_H
#define MILIEU_PROFESSIONAL_H
#include "world.h"

/* Somebody new in place q, who stays from `week` on; the tie of a newcomer. */
void professional_comes(struct world *w, int clinic, int professional, int week);
/* Replaces those who leave this week. */
void professional_turnover(struct world *w, int clinic);
/* The part they take now beyond that of people engaged as in the neutral clinic, -1..1; below 0 where they take less, or are
 * none. It stands in clinic.team_part through the week. */
double professional_part(const struct world *w, int clinic);

#endif
