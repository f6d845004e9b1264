/* What the runs were made from: /scenario, /arms, /clinics, /people, /parameters, /ratings and the attributes of the root. */
#ifndef MILIEU_SETUP_H
#define MILIEU_SETUP_H

#include "people.h"
#include "results.h"
#include "store.h"

/* The arrays that grow by a row a draw. */
struct setup {
    hid_t mean, lowest, highest, strength, rating;
    size_t num_clinics;
    struct people people;
};

/* An attribute of a text cut to what an attribute holds, between two characters. */
void setup_write_long_text(struct store *store, hid_t object, const char *name, const char *text);

/* Of the libraries; compiler and its flags as the options say. */
void setup_write_versions(struct store *store, const struct results_options *options);

void setup_write_root(struct store *store, const struct scenario *scenario, const struct results_options *options);
void setup_write_stamp(struct store *store, const struct results_stamp *stamp);
void setup_write_scenario(struct store *store, const struct scenario *scenario);

/* Groups whose words come from the first draw's setting; their numbers from setup_take_draw. */
void setup_begin(struct setup *self, struct store *store, const struct scenario *scenario, int num_draws,
                 const struct setting *setting);

/* `setting` NULL: the draw could not be made, its row is missing. */
void setup_take_draw(struct setup *self, struct store *store, int draw, const struct setting *setting);
void setup_end(struct setup *self, struct store *store);

#endif
