/* Scenarios made of a text, for tests. */
#ifndef MILIEU_TEST_SCENARIO_HELP_H
#define MILIEU_TEST_SCENARIO_HELP_H

#include "sim/scenario/scenario.h"

#define HEAD "format = \"milieu-scenario/1\"; id = \"made\";\n"
#define ONE HEAD "meso = ( { id = \"clinic-a\"; } );\n"

/* The scenario of a text, and its draw; any complaint fails the test. The caller frees. */
struct scenario read_with(const char *text, const struct scenario_override *overrides, int num_overrides);
struct setting draw_of(const struct scenario *scenario, uint32_t seed, int draw);

/* The setting of draw 0 with seed 1. */
struct setting setting_of(const char *text);

/* Everything of a clinic that is drawn is the same, to the bit. */
bool same_clinic(const struct clinic_setting *a, const struct clinic_setting *b);

#endif
