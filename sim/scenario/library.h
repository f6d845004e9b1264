/* The libconfig the program was built with: for the results file and `milieu doctor`. */
#ifndef MILIEU_SCENARIO_LIBRARY_H
#define MILIEU_SCENARIO_LIBRARY_H

/* "1.5.0". Static storage. */
const char *scenario_library_version(void);

#endif
