/* Other professionals of a clinic: social worker, pharmacist, kinesiologist ... They see the programme through the team, come
 * to ISP meetings as far as they are engaged and tied to it, and lend nurses what they know of services.
 *
 *   part         engagement * tie with the team, mean over them; 0 where there are none. What it adds to ISP meetings and to
 *                coordination counts from the neutral clinic's at the start                           (2.21, [002])
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
/* The part they take now, 0..1. */
double professional_part(const struct world *w, int clinic);
/* What their part is above the neutral clinic's at the start; below 0 where they take less, or are none. */
double professional_help(const struct world *w, int clinic);

#endif
