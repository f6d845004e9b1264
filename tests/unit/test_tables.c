/* The tables: every row whole, and what factors do to parameters. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model/error.h"
#include "sim/model/setting.h"
#include "sim/model/tables.h"

static bool said(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

Test(tables, every_parameter_is_whole)
{
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        cr_expect(said(p->id) && said(p->unit) && said(p->source) && said(p->words[0]) && said(p->words[1]), "%s",
                  p->id);
        cr_expect(p->section < NUM_SECTIONS && p->evidence <= EVIDENCE_ASSUMED, "%s", p->id);
        cr_expect(p->spread >= 0 && isfinite(p->spread), "%s: spread", p->id);
        cr_expect(param_find(p->id) == i, "%s stands twice", p->id);
    }
}

Test(tables, every_default_lies_in_its_ranges)
{
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        cr_expect(p->min <= p->low && p->low <= p->value && p->value <= p->high && p->high <= p->max,
                  "%s: min %g low %g default %g high %g max %g", p->id, p->min, p->low, p->value, p->high, p->max);
        cr_expect(p->low < p->high, "%s: no range", p->id);
    }
}

Test(tables, kinds_fit_their_ranges)
{
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        if (p->kind == KIND_EXP)
            cr_expect(p->min >= 0 && p->value > 0, "%s cannot be multiplied", p->id);
        if (p->kind == KIND_LOGIT)
            cr_expect(p->min >= 0 && p->low >= 0 && p->high <= 1, "%s is no share", p->id);
        if (p->kind == KIND_COUNT)
            cr_expect(p->value == floor(p->value) && p->min == floor(p->min) && p->spread == 0, "%s is no count",
                      p->id);
    }
}

Test(tables, parameters_are_reached_by_number_and_by_name)
{
    struct params p;
    cr_assert(sizeof(struct params) == NUM_PARAMS * sizeof(double));
    params_defaults(&p);
    for (int i = 0; i < NUM_PARAMS; i++)
        cr_expect(params_get(&p, i) == param_table[i].value, "%s", param_table[i].id);
    params_set(&p, PARAM_planned, 3);
    cr_expect(p.planned == 3);
}

Test(tables, every_factor_is_whole_and_acts_on_something)
{
    for (int f = 0; f < NUM_FACTORS; f++) {
        const struct factor_info *x = &factor_table[f];
        int links = 0;
        for (int i = 0; i < NUM_LINKS; i++)
            links += link_table[i].factor == (enum factor)f;
        cr_expect(links > 0, "%s acts on nothing", x->id);
        cr_expect(said(x->words[0]) && said(x->words[1]) && said(x->cfir) && said(x->source), "%s", x->id);
        cr_expect(x->proximal >= 0 && x->proximal < NUM_OUTCOMES && x->distal >= 0 && x->distal < NUM_OUTCOMES);
        cr_expect(abs(x->proximal_sign) == 1 && abs(x->distal_sign) == 1, "%s", x->id);
        cr_expect(x->proximal != x->distal, "%s: one outcome twice", x->id);
        cr_expect(x->category < NUM_CATEGORIES && x->level < NUM_LEVELS && x->section < NUM_SECTIONS);
        cr_expect(factor_find(x->id) == f, "%s stands twice", x->id);
    }
}

Test(tables, every_category_and_level_has_factors)
{
    int category[NUM_CATEGORIES] = { 0 }, level[NUM_LEVELS] = { 0 };
    for (int f = 0; f < NUM_FACTORS; f++) {
        category[factor_table[f].category]++;
        level[factor_table[f].level]++;
    }
    for (int i = 0; i < NUM_CATEGORIES; i++)
        cr_expect(category[i] > 0 && said(category_name[i]), "category %d", i);
    for (int i = 0; i < NUM_LEVELS; i++)
        cr_expect(level[i] > 0 && said(level_name[i]), "level %d", i);
}

Test(tables, outcomes_series_and_events_are_whole)
{
    for (int i = 0; i < NUM_OUTCOMES; i++) {
        const struct outcome_info *o = &outcome_table[i];
        cr_expect(said(o->unit) && said(o->words[0]) && said(o->words[1]) && said(o->definition), "%s", o->id);
        cr_expect(outcome_find(o->id) == i, "%s stands twice", o->id);
        cr_expect(o->type != OUTCOME_YESNO || strcmp(o->unit, "1") == 0, "%s: unit of a yes or no", o->id);
        cr_expect(said(outcome_level_name[o->level]));
    }
    for (int i = 0; i < NUM_SERIES; i++) {
        cr_expect(said(series_table[i].unit) && said(series_table[i].method) && said(series_table[i].words[0]) &&
                  said(series_table[i].words[1]));
        cr_expect(series_find(series_table[i].id) == i, "%s stands twice", series_table[i].id);
    }
    for (int i = 0; i < NUM_EVENT_KINDS; i++)
        cr_expect(said(event_table[i].id) && said(event_table[i].words[0]) && said(event_table[i].words[1]) &&
                  said(event_table[i].value));
}

Test(tables, unknown_names_are_not_found)
{
    cr_expect(param_find("no_such_name") == -1 && factor_find("") == -1);
    cr_expect(outcome_find("fidelitY") == -1 && series_find("reach ") == -1);
}

/* ---- links ------------------------------------------------------------------------------------------------------- */

Test(tables, links_are_signed_shares_of_parameters_that_can_move)
{
    for (int i = 0; i < NUM_LINKS; i++) {
        const struct link *l = &link_table[i];
        cr_expect(abs(l->sign) == 1 && l->share > 0 && l->share <= 1, "link %d", i);
        cr_expect(param_table[l->param].kind != KIND_COUNT, "%s is a count", param_table[l->param].id);
        cr_expect(isfinite(link_beta(i)) && link_beta(i) * l->sign > 0, "link %d does not move its parameter", i);
        for (int k = 0; k < i; k++)
            cr_expect(link_table[k].factor != l->factor || link_table[k].param != l->param, "link %d stands twice", i);
    }
}

/* Closed form: a full link's ratings -2 and +2 are low and high apart, on the parameter's own scale. */
Test(tables, ratings_from_end_to_end_span_the_plausible_range)
{
    for (int i = 0; i < NUM_LINKS; i++) {
        const struct param_info *p = &param_table[link_table[i].param];
        double span = param_to_scale(p->kind, p->high) - param_to_scale(p->kind, p->low);
        cr_expect(fabs(fabs(4 * link_beta(i)) - span * link_table[i].share) < 1e-12 * fabs(span), "link %d", i);
    }
}

struct applied {
    struct params base, out;
    double rating[NUM_FACTORS], beta[NUM_LINKS];
};

static void prepare(struct applied *a)
{
    memset(a, 0, sizeof *a);
    params_defaults(&a->base);
    for (int i = 0; i < NUM_LINKS; i++)
        a->beta[i] = link_beta(i);
}

static void apply(struct applied *a)
{
    params_apply_factors(&a->out, &a->base, a->rating, a->beta);
}

Test(tables, neutral_ratings_leave_every_parameter_as_it_is)
{
    struct applied a;
    prepare(&a);
    for (int i = 0; i < NUM_PARAMS; i++)
        params_set(&a.base, i, param_table[i].max);
    apply(&a);
    cr_expect(memcmp(&a.out, &a.base, sizeof a.out) == 0);
}

Test(tables, a_rating_moves_what_its_factor_is_linked_to_and_nothing_else)
{
    for (int f = 0; f < NUM_FACTORS; f++) {
        struct applied a;
        bool linked[NUM_PARAMS] = { false };
        for (int i = 0; i < NUM_LINKS; i++)
            linked[link_table[i].param] |= link_table[i].factor == (enum factor)f;
        prepare(&a);
        a.rating[f] = 1;
        apply(&a);
        for (int i = 0; i < NUM_PARAMS; i++)
            cr_expect(linked[i] == (params_get(&a.out, i) != params_get(&a.base, i)), "%s on %s", factor_table[f].id,
                      param_table[i].id);
    }
}

/* Monotone: every step of a rating moves the parameter its link's way, or it is at its cap. */
Test(tables, parameters_move_one_way_with_a_rating)
{
    for (int i = 0; i < NUM_LINKS; i++) {
        const struct link *l = &link_table[i];
        struct applied a;
        double before;
        prepare(&a);
        a.rating[l->factor] = -2;
        apply(&a);
        before = params_get(&a.out, l->param);
        for (double r = -1.5; r <= 2; r += 0.5) {
            double now;
            a.rating[l->factor] = r;
            apply(&a);
            now = params_get(&a.out, l->param);
            cr_expect((now - before) * l->sign >= 0, "%s on %s falls back at %g", factor_table[l->factor].id,
                      param_table[l->param].id, r);
            before = now;
        }
    }
}

Test(tables, parameters_stay_in_their_plausible_range)
{
    struct applied a;
    prepare(&a);
    for (int side = -1; side <= 1; side += 2) {
        for (int f = 0; f < NUM_FACTORS; f++)
            a.rating[f] = 2 * side;
        for (int i = 0; i < NUM_LINKS; i++)
            a.beta[i] = 10 * link_beta(i);
        apply(&a);
        for (int i = 0; i < NUM_PARAMS; i++)
            cr_expect(params_get(&a.out, i) >= param_table[i].low && params_get(&a.out, i) <= param_table[i].high, "%s",
                      param_table[i].id);
    }
}

Test(tables, a_base_outside_the_range_is_never_pulled_past_itself)
{
    struct applied a;
    prepare(&a);
    a.base.nurse_turnover_rate = 2; /* high is 0.40 */
    a.rating[FACTOR_staff_turnover] = -2;
    apply(&a);
    cr_expect(a.out.nurse_turnover_rate == 2, "already beyond: a barrier adds nothing");
    a.rating[FACTOR_staff_turnover] = 2;
    apply(&a);
    cr_expect(a.out.nurse_turnover_rate < 2, "a facilitator still helps");
}

Test(tables, closed_form_of_each_kind_of_link)
{
    struct applied a;
    const struct param_info *turnover = &param_table[PARAM_nurse_turnover_rate];
    const struct param_info *share = &param_table[PARAM_isp_quality], *value = &param_table[PARAM_nurse_value_start];
    double odds = log(share->high / (1 - share->high)) - log(share->low / (1 - share->low));
    double expected;
    prepare(&a);
    a.rating[FACTOR_staff_turnover] = a.rating[FACTOR_isp] = a.rating[FACTOR_perceived_value] = 1;
    apply(&a);
    expected = turnover->value * exp(-log(turnover->high / turnover->low) / 4);
    cr_expect(fabs(a.out.nurse_turnover_rate - expected) < 1e-12);
    expected = 1 / (1 + exp(-(log(share->value / (1 - share->value)) + odds / 4)));
    cr_expect(fabs(a.out.isp_quality - expected) < 1e-12);
    expected = value->value + (value->high - value->low) / 4;
    cr_expect(fabs(a.out.nurse_value_start - expected) < 1e-12);
}

Test(tables, two_factors_on_one_parameter_add_up_on_its_scale)
{
    struct applied a;
    double alone[2], neutral = log(param_table[PARAM_case_manager_hours].value);
    prepare(&a);
    a.rating[FACTOR_case_manager_budget] = 0.5;
    apply(&a);
    alone[0] = log(a.out.case_manager_hours) - neutral;
    a.rating[FACTOR_case_manager_budget] = 0;
    a.rating[FACTOR_case_manager_availability] = 0.5;
    apply(&a);
    alone[1] = log(a.out.case_manager_hours) - neutral;
    a.rating[FACTOR_case_manager_budget] = 0.5;
    apply(&a);
    cr_expect(fabs(log(a.out.case_manager_hours) - neutral - alone[0] - alone[1]) < 1e-12);
}

Test(tables, scales_go_there_and_back)
{
    for (int i = 0; i < NUM_PARAMS; i++) {
        const struct param_info *p = &param_table[i];
        double back = param_from_scale(p->kind, param_to_scale(p->kind, p->value));
        cr_expect(fabs(back - p->value) <= 1e-9 * fabs(p->value) + 1e-12, "%s: %g", p->id, back);
    }
    cr_expect(isfinite(param_to_scale(KIND_LOGIT, 0)) && isfinite(param_to_scale(KIND_LOGIT, 1)));
    cr_expect(isfinite(param_to_scale(KIND_EXP, 0)));
}

/* ---- setting, errors --------------------------------------------------------------------------------------------- */

Test(tables, a_new_setting_is_neutral)
{
    struct setting s;
    cr_assert(setting_init(&s, 3, 2, 1, 2, NULL) == 0);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < NUM_PARAMS; i++)
            cr_expect(params_get(&s.clinic[c].base, i) == param_table[i].value);
    for (int f = 0; f < NUM_FACTORS; f++)
        cr_expect(s.clinic[2].rating[f] == 0);
    for (int i = 0; i < NUM_LINKS; i++)
        cr_expect(s.beta[i] == link_beta(i));
    setting_free(&s);
    setting_free(&s);
}

Test(tables, every_error_has_words_and_an_exit_status)
{
    for (int code = -1; code >= -NUM_ERRORS; code--) {
        for (int lang = 0; lang < 2; lang++)
            cr_expect(said(error_words(code, lang)) && strcmp(error_words(code, lang), error_words(1, lang)) != 0,
                      "code %d", code);
        cr_expect(error_exit_status(code) > 0, "code %d", code);
    }
    cr_expect(strcmp(error_words(-NUM_ERRORS - 1, 0), "unknown error") == 0 && error_exit_status(0) == 0);
    cr_expect(error_exit_status(1) == 1);
}

Test(tables, an_error_speaks_both_languages)
{
    struct error err = { 0 };
    struct reason why = { { "it is full", "elle est pleine" } };
    cr_expect(error_set(&err, MILIEU_ERR_RUN, "clinic %d", "clinique %d", 7) == MILIEU_ERR_RUN);
    cr_expect(err.code == MILIEU_ERR_RUN && err.line > 0);
    cr_expect_str_eq(err.detail[0], "clinic 7");
    cr_expect_str_eq(err.detail[1], "clinique 7");
    cr_expect(error_set_because(&err, MILIEU_ERR_OUTPUT, why, "disk %s", "disque %s", "C") == MILIEU_ERR_OUTPUT);
    cr_expect_str_eq(err.detail[0], "disk C: it is full");
    cr_expect_str_eq(err.detail[1], "disque C\u00a0: elle est pleine");
    error_set_system(&err, MILIEU_ERR_OUTPUT, ENOSPC, "%s", "%s", "a");
    cr_expect_str_eq(err.detail[0], "a: No space left on device");
    cr_expect_str_eq(err.detail[1], "a\u00a0: plus de place sur le disque");
    error_set_system(&err, MILIEU_ERR_OUTPUT, 9999, "%s", "%s", "a");
    cr_expect(strlen(err.detail[1]) > strlen("a : "), "an unknown reason is told as the system does");
    error_set_memory(&err);
    cr_expect(err.code == MILIEU_ERR_MEMORY && err.detail[0][0] == '\0');
    error_set_because(&err, MILIEU_ERR_RUN, why, "%2000d", "%2000d", 1);
    cr_expect(strlen(err.detail[0]) < sizeof err.detail[0], "cut, not overrun");
    cr_expect(error_set(NULL, MILIEU_ERR_RUN, "nobody listens", "personne n'écoute") == MILIEU_ERR_RUN);
}
