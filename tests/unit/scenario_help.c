#include "scenario_help.h"

#include <criterion/criterion.h>
#include <string.h>

struct scenario read_with(const char *text, const struct scenario_override *overrides, int num_overrides)
{
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    int ret =
        scenario_read_text(&scenario, "made.cfg", NULL, text, strlen(text), overrides, num_overrides, &messages, &err);
    cr_assert(ret == 0 && messages.count == 0, "%s: %s", err.detail[0],
              messages.count > 0 ? messages.item[0].text : "");
    messages_free(&messages);
    return scenario;
}

struct setting draw_of(const struct scenario *scenario, uint32_t seed, int draw)
{
    struct setting setting;
    struct error err = { 0 };
    cr_assert(scenario_draw(scenario, seed, draw, &setting, &err) == 0, "%s", err.detail[0]);
    return setting;
}

/* The setting of draw 0 with seed 1. */
struct setting setting_of(const char *text)
{
    struct scenario scenario = read_with(text, NULL, 0);
    struct setting setting = draw_of(&scenario, 1, 0);
    scenario_free(&scenario);
    return setting;
}

bool same_clinic(const struct clinic_setting *a, const struct clinic_setting *b)
{
    return memcmp(a->rating, b->rating, sizeof a->rating) == 0 && memcmp(&a->base, &b->base, sizeof a->base) == 0 &&
           a->place_key == b->place_key && a->num_nurses == b->num_nurses;
}
