/* What the page has to know of the model: its tables, and one scenario in numbers. */
#include <math.h>
#include <stdlib.h>

#include "../../sim/command/describe.h"
#include "../../sim/scenario/keys.h"
#include "../compare.h"
#include "build_info.h"
#include "engine.h"

/* ---- the tables ---- */

static cJSON *outcome_json(int outcome)
{
    cJSON *object = describe_outcome_json(outcome);
    cJSON_AddNumberToObject(object, "better", compare_better(outcome));
    return object;
}

static cJSON *series_json(int series)
{
    const struct series_info *info = &series_table[series];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", info->id);
    cJSON_AddStringToObject(object, "unit", info->unit);
    describe_add_words(object, info->words);
    return object;
}

static void add_rows(cJSON *object, const char *name, int count, cJSON *(*row)(int))
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(array, row(i));
}

cJSON *engine_tables(void)
{
    cJSON *tables = cJSON_CreateObject();
    cJSON_AddStringToObject(tables, "version", MILIEU_VERSION);
    add_rows(tables, "factors", NUM_FACTORS, describe_factor_json);
    add_rows(tables, "parameters", NUM_PARAMS, describe_parameter_json);
    add_rows(tables, "outcomes", NUM_OUTCOMES, outcome_json);
    add_rows(tables, "series", NUM_SERIES, series_json);
    return tables;
}

/* ---- a scenario ---- */

static void add_titles(cJSON *object, const char *id, char *const title[2])
{
    cJSON_AddStringToObject(object, "id", id);
    describe_add_words(object, (const char *const[2]){ title[0], title[1] });
}

static const char *said_word(enum scenario_said said)
{
    return said == SAID_HERE ? "here" : said == SAID_FOR_ALL ? "all" : "not";
}

/* What is said of every factor in a clinic, in the order of the table: [said, middle]. */
static void add_ratings(cJSON *object, const struct scenario *scenario, int clinic)
{
    cJSON *array = cJSON_AddArrayToObject(object, "ratings");
    for (int i = 0; i < NUM_FACTORS; i++) {
        double middle;
        cJSON *pair = cJSON_CreateArray();
        cJSON_AddItemToArray(pair, cJSON_CreateString(said_word(scenario_rating(scenario, clinic, i, &middle))));
        cJSON_AddItemToArray(pair, cJSON_CreateNumber(middle));
        cJSON_AddItemToArray(array, pair);
    }
}

/* The parameters that the scenario gives a value of its own. */
static void add_parameters(cJSON *object, const struct scenario *scenario, int clinic)
{
    cJSON *values = cJSON_AddObjectToObject(object, "parameters");
    for (int i = 0; i < NUM_PARAMS; i++) {
        double middle;
        if (scenario_parameter(scenario, clinic, i, &middle) != SAID_NOT)
            cJSON_AddNumberToObject(values, param_table[i].id, middle);
    }
}

/* Those who are named: who they are, and the ratings that are theirs (of draw 0, to the nearest whole). */
static void add_people(cJSON *array, const char *role, const struct person_setting *people, int count)
{
    for (int i = 0; people != NULL && i < count; i++) {
        cJSON *person = cJSON_CreateObject(), *ratings = cJSON_AddObjectToObject(person, "ratings");
        cJSON_AddStringToObject(person, "role", role);
        cJSON_AddStringToObject(person, "id", people[i].id);
        cJSON_AddBoolToObject(person, "absent", people[i].absent);
        cJSON_AddBoolToObject(person, "lead", people[i].lead);
        for (int f = 0; f < NUM_FACTORS; f++)
            if (!isnan(people[i].rating[f]))
                cJSON_AddNumberToObject(ratings, factor_table[f].id, round(people[i].rating[f]));
        cJSON_AddItemToArray(array, person);
    }
}

static cJSON *clinic_json(const struct scenario *scenario, const struct setting *setting, int clinic)
{
    static const char *const place[] = { "rural", "sub-urban", "urban" };
    const struct clinic_setting *from = &setting->clinic[clinic];
    cJSON *object = cJSON_CreateObject(), *people;
    add_titles(object, from->id, from->title);
    cJSON_AddStringToObject(object, "place", place[from->place]);
    cJSON_AddBoolToObject(object, "teaching", from->teaching);
    cJSON_AddNumberToObject(object, "nurses", from->num_nurses);
    cJSON_AddNumberToObject(object, "physicians", from->num_physicians);
    add_ratings(object, scenario, clinic);
    add_parameters(object, scenario, clinic);
    people = cJSON_AddArrayToObject(object, "people");
    add_people(people, "nurse", from->nurse, from->num_nurses);
    add_people(people, "physician", from->physician, from->num_physicians);
    return object;
}

static cJSON *strategy_json(const struct strategy_setting *from, int num_clinics)
{
    cJSON *object = cJSON_CreateObject(), *changes, *where;
    add_titles(object, from->id, from->title);
    cJSON_AddStringToObject(object, "eric", from->eric);
    cJSON_AddNumberToObject(object, "at", from->at);
    cJSON_AddNumberToObject(object, "until", from->until);
    if (from->watch >= 0) {
        cJSON_AddStringToObject(object, "watch", series_table[from->watch].id);
        cJSON_AddBoolToObject(object, "below", from->watch_below);
        cJSON_AddNumberToObject(object, "threshold", from->threshold);
        cJSON_AddNumberToObject(object, "for_weeks", from->for_weeks);
    }
    changes = cJSON_AddArrayToObject(object, "changes");
    for (int i = 0; i < from->num_changes; i++) {
        const struct change *change = &from->change[i];
        cJSON_AddItemToArray(changes, cJSON_CreateString(change->is_factor ? factor_table[change->index].id
                                                                           : param_table[change->index].id));
    }
    where = cJSON_AddArrayToObject(object, "where");
    for (int i = 0; i < num_clinics; i++)
        if (from->where[i])
            cJSON_AddItemToArray(where, cJSON_CreateNumber(i));
    return object;
}

static cJSON *arm_json(const struct arm_setting *from, int num_strategies)
{
    cJSON *object = cJSON_CreateObject(), *on;
    add_titles(object, from->id, from->title);
    on = cJSON_AddArrayToObject(object, "on");
    for (int i = 0; i < num_strategies; i++)
        if (from->on[i])
            cJSON_AddItemToArray(on, cJSON_CreateNumber(i));
    return object;
}

static cJSON *setting_json(const struct scenario *scenario, const struct setting *setting)
{
    cJSON *object = cJSON_CreateObject(), *list;
    add_titles(object, scenario->id, scenario->title);
    cJSON_AddStringToObject(object, "source", scenario->source != NULL ? scenario->source : "");
    cJSON_AddStringToObject(object, "start", scenario->start);
    cJSON_AddNumberToObject(object, "horizon", scenario->horizon);
    cJSON_AddNumberToObject(object, "seed", scenario->runs.seed);
    cJSON_AddNumberToObject(object, "draws", scenario->runs.draws);
    cJSON_AddNumberToObject(object, "replications", scenario->runs.replications);
    cJSON_AddNumberToObject(object, "reference", scenario->reference_arm);
    cJSON_AddStringToObject(object, "text", scenario->text);
    list = cJSON_AddArrayToObject(object, "clinics");
    for (int i = 0; i < setting->num_clinics; i++)
        cJSON_AddItemToArray(list, clinic_json(scenario, setting, i));
    list = cJSON_AddArrayToObject(object, "strategies");
    for (int i = 0; i < setting->num_strategies; i++)
        cJSON_AddItemToArray(list, strategy_json(&setting->strategy[i], setting->num_clinics));
    list = cJSON_AddArrayToObject(object, "arms");
    for (int i = 0; i < setting->num_arms; i++)
        cJSON_AddItemToArray(list, arm_json(&setting->arm[i], setting->num_strategies));
    return object;
}

cJSON *engine_scenario(const struct scenario *scenario, struct error *err)
{
    struct setting setting = { 0 };
    cJSON *object = NULL;
    if (scenario_draw(scenario, scenario->runs.seed, 0, &setting, err) == 0)
        object = setting_json(scenario, &setting);
    setting_free(&setting);
    return object;
}
