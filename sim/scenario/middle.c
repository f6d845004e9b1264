/* What a scenario says of a factor or parameter, and the middle of it: for whoever shows a scenario to people. */
#include "plan.h"
#include "scenario.h"

static const struct value *said_here(const struct scenario_tree *tree, int clinic, bool is_factor, int index)
{
    const struct item_plan *item = &tree->item[tree->clinic[clinic].item];
    for (int i = 0; i < item->num_entries; i++)
        if (item->entry[i].is_factor == is_factor && item->entry[i].index == index)
            return item->entry[i].value;
    return NULL;
}

enum scenario_said scenario_rating(const struct scenario *self, int clinic, int factor, double *middle)
{
    const struct value *here = said_here(self->tree, clinic, true, factor), *all = self->tree->rating[factor];
    *middle = value_at(here != NULL ? here : all != NULL ? all : self->tree->unstated, 0.5);
    return here != NULL ? SAID_HERE : all != NULL ? SAID_FOR_ALL : SAID_NOT;
}

enum scenario_said scenario_parameter(const struct scenario *self, int clinic, int param, double *middle)
{
    const struct value *here = said_here(self->tree, clinic, false, param), *all = self->tree->param[param];
    const struct value *said = here != NULL ? here : all;
    *middle = said != NULL ? value_at(said, 0.5) : param_table[param].value;
    return here != NULL ? SAID_HERE : all != NULL ? SAID_FOR_ALL : SAID_NOT;
}
