/* /people: those whom the scenario names, and the ratings it gives them. There is no such group when it names nobody. */
#ifndef MILIEU_PEOPLE_H
#define MILIEU_PEOPLE_H

#include "../model/setting.h"
#include "store.h"

struct people {
    hid_t rating; /* (draw, person, factor), < 0: nobody is named */
    size_t count;
};

/* Words from the first draw's setting; everybody's own ratings from people_take_draw (`setting` NULL: missing). */
void people_begin(struct people *self, struct store *store, int num_draws, const struct setting *setting);
void people_take_draw(struct people *self, struct store *store, int draw, const struct setting *setting);
void people_end(struct people *self, struct store *store);

#endif
