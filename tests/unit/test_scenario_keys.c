/* The list of all keys, the nearest of them, and the strategies of ERIC. */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/scenario/look.h"
#include "sim/scenario/schema.h"

Test(scenario_keys, a_group_holds_no_more_keys_than_a_file_may)
{
    for (int at = 0; at < NUM_AT; at++) {
        struct schema schema;
        cr_assert(schema_init(&schema));
        for (int i = 1; i < schema.count[at]; i++)
            cr_expect(strcmp(schema.entry[at][i - 1].key, schema.entry[at][i].key) != 0, "%s twice",
                      schema.entry[at][i].key);
        cr_expect(schema.count[at] <= LOOK_MAX_KEYS);
        schema_free(&schema);
    }
}

Test(scenario_keys, every_key_can_be_asked_for)
{
    for (int i = 0; i < key_count(); i++) {
        struct key_info info;
        key_describe(i, &info);
        cr_expect(key_find(info.id, 0) >= 0 && key_find(info.id, 0) <= i);
        cr_expect(key_find(info.path, 0) >= 0, "%s", info.path);
        cr_expect(info.help[0][0] != '\0' && info.help[1][0] != '\0' && info.type[0][0] != '\0', "%s", info.path);
    }
    cr_expect(key_find("every_clinic.provider.medical_leadership", 0) ==
              key_find("meso[clinic-c].provider.medical_leadership", 0));
    cr_expect(key_find("every_clinic.provider.medical_leadership", 0) >= 0);
    cr_expect(key_find("meso[x].patients.trust", 0) == key_find("micro.patients.trust", 0));
    cr_expect(key_find("no_such_key", 0) == -1);
    cr_expect_str_eq(key_nearest("medical_leadrship"), "medical_leadership");
    cr_expect(key_nearest("xyzxyzxyz") == NULL);
}

Test(scenario_keys, distance_of_damerau_and_levenshtein)
{
    static const struct {
        const char *a, *b;
        int distance;
    } known[] = { { "", "", 0 },      { "abc", "", 3 },        { "kitten", "sitting", 3 }, { "trust", "trsut", 1 },
                  { "ca", "abc", 3 }, { "draws", "drows", 1 }, { "draws", "draw", 1 },     { "at", "ta", 1 } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        cr_expect(key_distance(known[i].a, known[i].b) == known[i].distance, "%s %s", known[i].a, known[i].b);
        cr_expect(key_distance(known[i].b, known[i].a) == known[i].distance, "%s %s", known[i].b, known[i].a);
    }
}

Test(scenario_keys, seventy_three_strategies)
{
    int in_cluster[NUM_CLUSTERS] = { 0 };
    static const int expected[NUM_CLUSTERS] = { 10, 4, 4, 17, 11, 5, 5, 9, 8 }; /* Waltz et al. 2015 */
    cr_expect(NUM_ERIC == 73);
    for (int i = 0; i < NUM_ERIC; i++) {
        in_cluster[eric_table[i].cluster]++;
        cr_expect(eric_find(eric_table[i].words[0]) == i);
    }
    for (int i = 0; i < NUM_CLUSTERS; i++)
        cr_expect(in_cluster[i] == expected[i]);
    cr_expect(eric_find("identify and prepare CHAMPIONS") >= 0 && eric_find("Do nothing") == -1);
}
