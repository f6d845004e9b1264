/* What a broken scenario is told: every file of tests/data/broken/, and those too large to keep, which are made here.
 * The table is the contract: all errors of a file are in it, with their lines, and there are no others. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/scenario/look.h"
#include "sim/scenario/scenario.h"

#define FOLDER "tests/data/broken/"

static const struct {
    const char *file; /* read */
    const char *at;   /* complained of: itself, or one it extends */
    int line;
    const char *words;
} broken[] = {
    { "trailing-comma-list.cfg", "trailing-comma-list.cfg", 5, "remove the comma before ')'" },
    { "trailing-comma-array.cfg", "trailing-comma-array.cfg", 4, "remove the comma before ']'" },
    { "percent.cfg", "percent.cfg", 6, "write 5 % as 0.05" },
    { "percent-apart.cfg", "percent-apart.cfg", 6, "write 5 % as 0.05" },
    { "decimal-comma.cfg", "decimal-comma.cfg", 6, "a decimal comma? write 0.5" },
    { "comma-missing.cfg", "comma-missing.cfg", 4, "a comma is missing before '0.0'" },
    { "semicolon-in-list.cfg", "semicolon-in-list.cfg", 4, "a list is divided by commas" },
    { "no-quotes.cfg", "no-quotes.cfg", 4, "a text needs quotation marks: \"urban\"" },
    { "single-quotes.cfg", "single-quotes.cfg", 4, "plain quotation marks" },
    { "curly-quotes.cfg", "curly-quotes.cfg", 4, "plain quotation marks" },
    { "no-equals.cfg", "no-equals.cfg", 4, "the key 'draws' is not followed by =" },
    { "no-value.cfg", "no-value.cfg", 4, "the key 'draws' has no value" },
    { "no-value-then-key.cfg", "no-value-then-key.cfg", 5, "the key 'draws' has no value" },
    { "group-open.cfg", "group-open.cfg", 4, "the '{' opened here is never closed" },
    { "list-open.cfg", "list-open.cfg", 5, "a list is divided by commas" },
    { "list-open.cfg", "list-open.cfg", 4, "the '(' opened here is never closed" },
    { "wrong-closer.cfg", "wrong-closer.cfg", 6, "')' cannot close the '{' of line 4" },
    { "closer-alone.cfg", "closer-alone.cfg", 5, "'}' closes nothing" },
    { "two-semicolons.cfg", "two-semicolons.cfg", 4, "one ';' too many" },
    { "mixed-array.cfg", "mixed-array.cfg", 6, "as many weights as values, all of them numbers" },
    { "comment-open.cfg", "comment-open.cfg", 5, "never closed by */" },
    { "text-open.cfg", "text-open.cfg", 4, "begins with a \" here is never closed" },
    { "include.cfg", "include.cfg", 4, "use extends" },
    { "nan.cfg", "nan.cfg", 6, "nan is no number a value may be" },
    { "infinity.cfg", "infinity.cfg", 6, "inf is no number a value may be" },
    { "minus-infinity.cfg", "minus-infinity.cfg", 6, "-inf is no number a value may be" },
    { "no-number.cfg", "no-number.cfg", 6, "'8.6.1' is not a number" },
    { "integer-2-31.cfg", "integer-2-31.cfg", 4, "2147483648 is beyond 32 bits" },
    { "integer-2-32.cfg", "integer-2-32.cfg", 4, "4294967297 is beyond 32 bits" },
    { "integer-2-64.cfg", "integer-2-64.cfg", 6, "99999999999999999999 is beyond 32 bits" },
    { "integer-long.cfg", "integer-long.cfg", 4, "4294967297L is beyond 32 bits" },
    { "integer-hex.cfg", "integer-hex.cfg", 4, "0xFFFFFFFF is beyond 32 bits" },
    { "real-overflow.cfg", "real-overflow.cfg", 6, "1e999 is too large" },
    { "empty.cfg", "empty.cfg", 0, "the file is empty" },
    { "only-comments.cfg", "only-comments.cfg", 0, "the file is empty" },
    { "nul.cfg", "nul.cfg", 4, "a NUL byte" },
    { "binary.cfg", "binary.cfg", 3, "a NUL byte" },
    { "latin1-text.cfg", "latin1-text.cfg", 4, "the byte 0xE9 is not UTF-8" },
    { "latin1-comment.cfg", "latin1-comment.cfg", 4, "the byte 0xE9 is not UTF-8" },
    { "surrogate.cfg", "surrogate.cfg", 4, "the byte 0xED is not UTF-8" },
    { "control.cfg", "control.cfg", 4, "the control character 0x1B" },
    { "escape-not-utf8.cfg", "escape-not-utf8.cfg", 4, "that is no UTF-8 character" },
    { "repeated.cfg", "repeated.cfg", 7, "the key 'draws' is repeated: it stands in the same group in line 5" },
    { "repeated-at-root.cfg", "repeated-at-root.cfg", 5, "the key 'runs' is repeated" },
    { "star.cfg", "star.cfg", 4, "unknown key 'dr*ws'" },
    { "extends-missing.cfg", "extends-missing.cfg", 4, "there is no such file" },
    { "extends-itself.cfg", "extends-itself.cfg", 4, "goes round in a circle" },
    { "extends-circle-a.cfg", "extends-circle-b.cfg", 5, "goes round in a circle" },
    { "extends-outside.cfg", "extends-outside.cfg", 4, "must name a file in this file's folder" },
    { "extends-root.cfg", "extends-root.cfg", 4, "must name a file in this file's folder" },
    { "extends-number.cfg", "extends-number.cfg", 4, "extends must be a text" },
    { "extends-broken.cfg", "percent.cfg", 6, "write 5 % as 0.05" },
    { "unknown-key.cfg", "unknown-key.cfg", 6,
      "unknown key 'protected_shar' in every_clinic.organizational\n    protected_shar = 0.1;\n    ^^^^^^^^^^^^^^  did "
      "you mean 'protected_share'?" },
    { "unknown-key-elsewhere.cfg", "unknown-key-elsewhere.cfg", 6,
      "did you mean 'medical_leadership'? it stands at meso[].provider.medical_leadership" },
    { "unknown-root.cfg", "unknown-root.cfg", 4, "unknown key 'tme'" },
    { "unknown-in-clinic.cfg", "unknown-in-clinic.cfg", 4, "did you mean 'patients'?" },
    { "unknown-person.cfg", "unknown-person.cfg", 4, "unknown key 'ffe' in every_clinic.provider.nurses[nurse-1]" },
    { "unknown-in-rating.cfg", "unknown-in-rating.cfg", 4,
      "unknown key 'because' in every_clinic.provider.medical_leadership: it may hold rating, who, why" },
    { "unknown-factor.cfg", "unknown-factor.cfg", 4, "did you mean 'medical_leadership'?" },
    { "rule-in-clinic.cfg", "rule-in-clinic.cfg", 4, "unknown key 'stop_slope' in strategies[s].set" },
    { "nurse-fte-of-physician.cfg", "nurse-fte-of-physician.cfg", 4,
      "unknown key 'fte' in every_clinic.provider.physicians[physician-1]" },
    { "format-missing.cfg", "format-missing.cfg", 1,
      "format = \"milieu-scenario/1\" must stand in every scenario file" },
    { "format-other.cfg", "format-other.cfg", 1, "must be one of milieu-scenario/1" },
    { "id-missing.cfg", "id-missing.cfg", 0, "the key 'id' is missing" },
    { "meso-missing.cfg", "meso-missing.cfg", 0, "the key 'meso' is missing" },
    { "meso-empty.cfg", "meso-empty.cfg", 3, "meso has 0 items; allowed are 1 .. 20000" },
    { "rating-missing.cfg", "rating-missing.cfg", 4, "the key 'rating' is missing" },
    { "type-text-for-number.cfg", "type-text-for-number.cfg", 6, "must be a number, or a distribution" },
    { "type-number-for-text.cfg", "type-number-for-text.cfg", 4, "source must be a text in quotation marks" },
    { "type-number-for-yesno.cfg", "type-number-for-yesno.cfg", 4, "outputs.events must be true or false" },
    { "type-group-for-list.cfg", "type-group-for-list.cfg", 4, "strategies must be a list of groups" },
    { "type-list-for-group.cfg", "type-list-for-group.cfg", 4, "runs must be a group" },
    { "type-real-for-whole.cfg", "type-real-for-whole.cfg", 4, "time.horizon = 104 must be a whole number" },
    { "type-real-for-count.cfg", "type-real-for-count.cfg", 6,
      "every_clinic.organizational.roster = 15000.5 must be a whole number" },
    { "type-where.cfg", "type-where.cfg", 4, "strategies[s].where must be a list of ids" },
    { "type-item.cfg", "type-item.cfg", 4, "arms[number 1] must be a group" },
    { "type-title.cfg", "type-title.cfg", 4, "title must be a text, or { en" },
    { "range-whole.cfg", "range-whole.cfg", 4, "time.horizon = 25 is outside 26 .. 260" },
    { "range-seed.cfg", "range-seed.cfg", 4, "runs.seed = -1 is outside 0 .. 2147483647" },
    { "range-percentage.cfg", "range-percentage.cfg", 6, "written as a percentage? 7 % is 0.07" },
    { "range-share.cfg", "range-share.cfg", 6,
      "every_clinic.organizational.protected_share = 1.5 is outside 0 .. 1 (share of a nurse" },
    { "range-rating.cfg", "range-rating.cfg", 4, "every_clinic.provider.medical_leadership = -3 is outside -2 .. 2" },
    { "range-fte.cfg", "range-fte.cfg", 4, "nurses[nurse-1].fte = 1.2 is outside 0.01 .. 1" },
    { "range-people.cfg", "range-people.cfg", 4, "every_clinic.provider.nurses = 65 is outside 1 .. 64" },
    { "range-draws.cfg", "range-draws.cfg", 4, "runs.draws = 65536 is outside 1 .. 65535" },
    { "range-change.cfg", "range-change.cfg", 4, "strategies[s].add.trust = 5 is outside -4 .. 4" },
    { "date.cfg", "date.cfg", 4, "must be a date like \"2016-09-05\"" },
    { "word.cfg", "word.cfg", 4, "must be one of rural|sub-urban|urban" },
    { "id-letters.cfg", "id-letters.cfg", 4, "an id is made of a-z 0-9" },
    { "sd-negative.cfg", "sd-negative.cfg", 6, "(\"normal\", 8.6, -2): sd must be > 0" },
    { "sd-zero.cfg", "sd-zero.cfg", 6, "sd must be > 0" },
    { "beta-mean.cfg", "beta-mean.cfg", 6, "the mean must be between 0 and 1" },
    { "beta-sd.cfg", "beta-sd.cfg", 6, "sd is too large for that mean" },
    { "beta-zero.cfg", "beta-zero.cfg", 6, "a and b must be > 0" },
    { "reversed-uniform.cfg", "reversed-uniform.cfg", 6, "the range is reversed" },
    { "reversed-triangular.cfg", "reversed-triangular.cfg", 6, "must be min, mode, max in that order" },
    { "reversed-lognormal.cfg", "reversed-lognormal.cfg", 6, "the two must be > 0, the lower first" },
    { "reversed-q90.cfg", "reversed-q90.cfg", 6, "the range is reversed" },
    { "reversed-normal.cfg", "reversed-normal.cfg", 6, "min and max go together" },
    { "negbinomial-sd.cfg", "negbinomial-sd.cfg", 6, "sd above sqrt(mean)" },
    { "choice-weights.cfg", "choice-weights.cfg", 6, "needs as many weights as values" },
    { "choice-range.cfg", "choice-range.cfg", 6, "1 is outside 100 .. 1000000" },
    { "choice-negative.cfg", "choice-negative.cfg", 6, "weights must be >= 0" },
    { "distribution-unknown.cfg", "distribution-unknown.cfg", 6, "did you mean 'normal'?" },
    { "distribution-short.cfg", "distribution-short.cfg", 6, "must be (\"normal\", mean, sd [, min, max])" },
    { "distribution-nameless.cfg", "distribution-nameless.cfg", 6, "a distribution begins with its name" },
    { "distribution-outside.cfg", "distribution-outside.cfg", 6, "most of it lies outside 0 .. 0.9" },
    { "distribution-huge.cfg", "distribution-huge.cfg", 6, "must be (\"normal\"" },
    { "rating-of-parameter.cfg", "rating-of-parameter.cfg", 6, "only a factor is rated" },
    { "rating-beyond.cfg", "rating-beyond.cfg", 4, "a rating is -2 .. 2" },
    { "arm-unknown-strategy.cfg", "arm-unknown-strategy.cfg", 8,
      "arms[a].on names 'champoin', which is not a strategy\n    did you mean 'champion' (line 5)?" },
    { "where-unknown-clinic.cfg", "where-unknown-clinic.cfg", 4,
      "strategies[s].where names 'clinic-b', which is not a clinic\n    did you mean 'clinic-a'?" },
    { "where-beyond-count.cfg", "where-beyond-count.cfg", 4, "names 'clinic-a-00004', which is not a clinic" },
    { "centre-unknown.cfg", "centre-unknown.cfg", 4,
      "centre = \"centre-2\" is not one of macro.centres\n    did you mean 'centre-1'?" },
    { "centre-which.cfg", "centre-which.cfg", 3, "there are several health centres" },
    { "series-unknown.cfg", "series-unknown.cfg", 4, "did you mean 'nurse_fte'?" },
    { "id-twice.cfg", "id-twice.cfg", 5, "the id \"clinic-a\" is used twice in meso (line 4)" },
    { "person-twice.cfg", "person-twice.cfg", 4, "the id \"n\" is used twice in every_clinic.provider.nurses" },
    { "shared-luck.cfg", "shared-luck.cfg", 4, "would share their luck" },
    { "counted-and-alone.cfg", "counted-and-alone.cfg", 5, "would share their luck" },
    { "one-of-counted-count.cfg", "one-of-counted-count.cfg", 5, "it cannot have a count" },
    { "at-after-horizon.cfg", "at-after-horizon.cfg", 5,
      "strategies[s].at = 52 is after the end of the run (horizon = 52, line 4)" },
    { "from-after-horizon.cfg", "from-after-horizon.cfg", 4,
      "strategies[s].from = 126 is after the end of the run (horizon = 104)" },
    { "until-before.cfg", "until-before.cfg", 4, "strategies[s].until = 26 is not after from = 26" },
    { "two-dates.cfg", "two-dates.cfg", 4, "strategies[s] needs one of at, from and trigger" },
    { "no-date.cfg", "no-date.cfg", 4, "strategies[s] needs one of at, from and trigger" },
    { "trigger-both.cfg", "trigger-both.cfg", 4, "needs one of below and above" },
    { "every-without-date.cfg", "every-without-date.cfg", 4, "every_weeks needs a date" },
    { "training-after-horizon.cfg", "training-after-horizon.cfg", 4,
      "training_start = 104 is after the end of the run (horizon = 104)" },
    { "hours-case-manager.cfg", "hours-case-manager.cfg", 6, "case_manager_hours = 41 is outside 0 .. 40" },
    { "runs-beyond.cfg", "runs-beyond.cfg", 5, "first_draw = 65530 and draws = 10: together at most 65535" },
    { "hours-nurse.cfg", "hours-nurse.cfg", 4, "strategies[s].nurse_hours = 36 is outside 0 .. 35" },
    { "hours-of-centre.cfg", "hours-of-centre.cfg", 4,
      "ask for 90 hours a week of 2 case manager(s), who have 80: at least 3 needed" },
    { "hours-of-strategies.cfg", "hours-of-strategies.cfg", 6,
      "in week 10 its strategies take 36 hours a week from each nurse, who has 35" },
    { "list-beyond-roster.cfg", "list-beyond-roster.cfg", 3,
      "a list of 101 patients (per_clinic) from a roster of 100" },
    { "two-references.cfg", "two-references.cfg", 4, "arms[a] is the reference already" },
    { "two-leads.cfg", "two-leads.cfg", 4, "a second one leads" },
    { "spread-negative.cfg", "spread-negative.cfg", 4, "rules.stop_slope.spread = -0.1 is outside 0 .. 3" },
    { "spread-large.cfg", "spread-large.cfg", 4, "rules.stop_slope.spread = 3.5 is outside 0 .. 3" },
    { "spread-score.cfg", "spread-score.cfg", 4, "micro.patients.distress_mean.spread = 25 is outside 0 .. 24" },
    { "spread-drawn.cfg", "spread-drawn.cfg", 4, "rules.stop_slope.spread must be a number" },
    { "spread-alone.cfg", "spread-alone.cfg", 4, "rules.stop_slope: the key 'value' is missing" },
    { "spread-of-count.cfg", "spread-of-count.cfg", 4,
      "unknown key 'spread' in innovation.duration: it may hold value, why" },
    { "spread-of-rating.cfg", "spread-of-rating.cfg", 4,
      "unknown key 'spread' in every_clinic.provider.medical_leadership: it may hold rating, who, why" },
    { "spread-in-strategy.cfg", "spread-in-strategy.cfg", 4,
      "unknown key 'spread' in strategies[s].set.protected_share: it may hold value, why" },
    { "spread-slip.cfg", "spread-slip.cfg", 4,
      "unknown key 'spred' in rules.stop_slope: it may hold value, spread, why" },
    { "strategy-use.cfg", "strategy-use.cfg", 4,
      "strategies[s].set.admission_share: a strategy cannot change who is listed or what they use in usual care" },
    { "strategy-selection.cfg", "strategy-selection.cfg", 6,
      "strategies[s].add.select_visits: a strategy cannot change who is listed" },
    { "strategy-start.cfg", "strategy-start.cfg", 5,
      "strategies[s].add.professionals: a strategy cannot change what is read only before week 0: it would do "
      "nothing" },
    { "strategy-start.cfg", "strategy-start.cfg", 7,
      "strategies[t].set.missing_at_start: a strategy cannot change what is read only before week 0" },
    { "many.cfg", "many.cfg", 4, "runs.draws = 0" },
    { "many.cfg", "many.cfg", 4, "runs.seed = 1.5" },
    { "many.cfg", "many.cfg", 7, "medical_leadrship" },
    { "many.cfg", "many.cfg", 8, "sick_leave_share = 7" },
    { "many.cfg", "many.cfg", 9, "sd must be > 0" },
    { "many.cfg", "many.cfg", 10, "5%" },
    { "many.cfg", "many.cfg", 11, "'climate_start' is repeated" },
    { "many.cfg", "many.cfg", 13, "medical_leadership = 3" },
    { "many.cfg", "many.cfg", 13, "nan is no number" },
    { "many.cfg", "many.cfg", 16, "at = 126" },
    { "many.cfg", "many.cfg", 17, "remove the comma before ')'" },
    { "many.cfg", "many.cfg", 18, "did you mean 'champion'" },
};

#define NUM_BROKEN (sizeof broken / sizeof broken[0])

static bool is_told(const struct messages *messages, size_t row)
{
    char file[256];
    snprintf(file, sizeof file, FOLDER "%s", broken[row].at);
    for (size_t i = 0; i < messages->count; i++) {
        const struct message *message = &messages->item[i];
        if (!message->is_warning && message->file != NULL && strcmp(message->file, file) == 0 &&
            message->line == broken[row].line && strstr(message->text, broken[row].words) != NULL)
            return true;
    }
    return false;
}

static void show(const struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        fprintf(stderr, "    %s:%d: %s\n", messages->item[i].file, messages->item[i].line, messages->item[i].text);
}

static int read_broken(const char *name, struct messages *messages, int lang)
{
    struct scenario scenario;
    struct error err = { 0 };
    char path[256];
    int ret;
    snprintf(path, sizeof path, FOLDER "%s", name);
    messages_init(messages, lang);
    ret = scenario_read(&scenario, path, NULL, 0, messages, &err);
    scenario_free(&scenario);
    return ret;
}

Test(scenario_errors, every_broken_file_is_told_all_that_is_wrong)
{
    for (size_t row = 0, next; row < NUM_BROKEN; row = next) {
        struct messages messages;
        int ret = read_broken(broken[row].file, &messages, 0);
        cr_expect(ret == MILIEU_ERR_SCENARIO, "%s: returned %d", broken[row].file, ret);
        for (next = row; next < NUM_BROKEN && strcmp(broken[next].file, broken[row].file) == 0; next++)
            cr_expect(is_told(&messages, next), "%s:%d: not told: %s", broken[next].at, broken[next].line,
                      broken[next].words);
        cr_expect(messages.num_errors == next - row, "%s: %zu errors, not %zu", broken[row].file, messages.num_errors,
                  next - row);
        if (messages.num_errors != next - row || !is_told(&messages, row))
            show(&messages);
        messages_free(&messages);
    }
}

/* French says the same things at the same places, in other words, and no argument is out of order. */
Test(scenario_errors, french_says_as_much)
{
    for (size_t row = 0; row < NUM_BROKEN; row++) {
        struct messages en, fr;
        read_broken(broken[row].file, &en, 0);
        read_broken(broken[row].file, &fr, 1);
        cr_expect(en.count == fr.count && en.num_errors == fr.num_errors, "%s", broken[row].file);
        for (size_t i = 0; i < en.count && i < fr.count; i++) {
            cr_expect(en.item[i].line == fr.item[i].line, "%s: line %d and %d", broken[row].file, en.item[i].line,
                      fr.item[i].line);
            cr_expect(strcmp(en.item[i].text, fr.item[i].text) != 0, "%s: %s", broken[row].file, fr.item[i].text);
            cr_expect(strstr(fr.item[i].text, "(null)") == NULL && strstr(en.item[i].text, "(null)") == NULL);
            cr_expect(look_utf8(fr.item[i].text, strlen(fr.item[i].text)) > 0);
        }
        messages_free(&en);
        messages_free(&fr);
    }
}

/* Messages come in the order of the lines, file by file. */
Test(scenario_errors, messages_are_in_order)
{
    struct messages messages;
    read_broken("many.cfg", &messages, 0);
    cr_assert(messages.count > 5);
    for (size_t i = 1; i < messages.count; i++)
        cr_expect(messages.item[i - 1].line <= messages.item[i].line);
    messages_free(&messages);
}

/* ---- what is made here ---- */

#define FRAME "format = \"milieu-scenario/1\";\nid = \"made\";\nmeso = ( { id = \"clinic-a\"; } );\n"

struct outcome_of_text {
    int ret;
    int line;
    size_t num_errors;
    char text[512];
    double seconds;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct outcome_of_text read_text(const char *text, size_t length)
{
    struct outcome_of_text outcome = { 0 };
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    double begun = now();
    messages_init(&messages, 0);
    outcome.ret = scenario_read_text(&scenario, "made.cfg", NULL, text, length, NULL, 0, &messages, &err);
    outcome.seconds = now() - begun;
    outcome.num_errors = messages.num_errors;
    if (messages.count > 0) {
        outcome.line = messages.item[0].line;
        snprintf(outcome.text, sizeof outcome.text, "%s", messages.item[0].text);
    }
    scenario_free(&scenario);
    messages_free(&messages);
    return outcome;
}

#define EXPECT_REFUSED(outcome, at_line, words)                                                                        \
    do {                                                                                                               \
        cr_expect((outcome).ret == MILIEU_ERR_SCENARIO, "returned %d", (outcome).ret);                                 \
        cr_expect((outcome).line == (at_line) && strstr((outcome).text, (words)) != NULL, "line %d: %s",               \
                  (outcome).line, (outcome).text);                                                                     \
        cr_expect((outcome).num_errors == 1, "%zu errors", (outcome).num_errors);                                      \
    } while (0)

/* FRAME, then `before`, `piece` so many times, `after`. The caller frees. */
static char *repeated(const char *before, const char *piece, size_t times, const char *after)
{
    size_t n = strlen(piece), length = strlen(FRAME) + strlen(before) + n * times + strlen(after) + 1;
    char *text = malloc(length), *p;
    cr_assert(text != NULL);
    p = text + sprintf(text, FRAME "%s", before);
    for (size_t i = 0; i < times; i++, p += n)
        memcpy(p, piece, n);
    strcpy(p, after);
    return text;
}

static struct outcome_of_text read_repeated(const char *before, const char *piece, size_t times, const char *after)
{
    char *text = repeated(before, piece, times, after);
    struct outcome_of_text outcome = read_text(text, strlen(text));
    free(text);
    return outcome;
}

Test(scenario_errors, nesting_10000_deep)
{
    struct outcome_of_text groups = read_repeated("", "a = {", 10000, ""),
                           lists = read_repeated("a = ", "(", 10000, "");
    EXPECT_REFUSED(groups, 4, "more than 64 deep");
    EXPECT_REFUSED(lists, 4, "more than 64 deep");
    cr_expect(groups.seconds < 0.5 && lists.seconds < 0.5);
}

Test(scenario_errors, nesting_at_the_limit_is_left_to_the_schema)
{
    char *text = repeated("a = ", "(", 64, ""), *whole = malloc(strlen(text) + 80);
    char closing[66];
    struct outcome_of_text outcome;
    memset(closing, ')', 64);
    closing[64] = ';';
    closing[65] = '\0';
    sprintf(whole, "%s%s", text, closing);
    outcome = read_text(whole, strlen(whole));
    EXPECT_REFUSED(outcome, 4, "unknown key 'a'");
    free(text);
    free(whole);
}

Test(scenario_errors, text_over_64_kb)
{
    struct outcome_of_text long_text = read_repeated("source = \"", "x", 65537, "\";"),
                           joined = read_repeated("source = ", "\"xxxxxxxxxxxxxxxx\" ", 4097, ";"),
                           allowed = read_repeated("source = \"", "x", 65536, "\";");
    EXPECT_REFUSED(long_text, 4, "a text is longer than 64 kB");
    EXPECT_REFUSED(joined, 4, "a text is longer than 64 kB");
    cr_expect(allowed.ret == 0, "%s", allowed.text);
}

Test(scenario_errors, keys_by_the_thousand_in_one_group)
{
    char *text = malloc(20000 * 16 + 200), *p = text + sprintf(text, FRAME "runs: {\n");
    struct outcome_of_text outcome;
    for (int i = 0; i < 20000; i++)
        p += sprintf(p, "k%d = 1;\n", i);
    strcpy(p, "};\n");
    outcome = read_text(text, strlen(text));
    EXPECT_REFUSED(outcome, 4 + LOOK_MAX_KEYS + 1, "more than 256 keys in one group");
    cr_expect(outcome.seconds < 0.5);
    free(text);
}

Test(scenario_errors, elements_by_the_hundred_thousand)
{
    struct outcome_of_text outcome = read_repeated("unstated = (1", ", 1", LOOK_MAX_ELEMENTS, ");");
    EXPECT_REFUSED(outcome, 4, "more than 100000 values here");
}

/* Unknown keys in every clinic of a long list: counted all, kept in part, in a time that does not run away. */
Test(scenario_errors, errors_by_the_thousand)
{
    size_t n = 20000;
    char *text = malloc(n * 64 + 200),
         *p = text + sprintf(text, "format = \"milieu-scenario/1\"; id = \"made\";\nmeso = (\n");
    struct outcome_of_text outcome;
    for (size_t i = 0; i < n; i++)
        p += sprintf(p, "%s{ id = \"c-%zu\"; placee = \"urban\"; }", i > 0 ? ",\n" : "", i);
    strcpy(p, ");\n");
    outcome = read_text(text, strlen(text));
    cr_expect(outcome.ret == MILIEU_ERR_SCENARIO);
    cr_expect(outcome.num_errors >= 500);
    cr_expect(outcome.line == 0 && strstr(outcome.text, "more than 500 messages: the rest is not shown") != NULL);
    cr_expect(outcome.seconds < 3, "%g s", outcome.seconds);
    free(text);
}

static void write_sparse(const char *path, long long bytes)
{
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL);
    cr_assert(fseek(file, (long)bytes - 1, SEEK_SET) == 0 && fputc('\n', file) == '\n' && fclose(file) == 0);
}

static int read_path(const char *path, struct messages *messages, struct error *err)
{
    struct scenario scenario;
    int ret;
    messages_init(messages, 0);
    ret = scenario_read(&scenario, path, NULL, 0, messages, err);
    scenario_free(&scenario);
    return ret;
}

Test(scenario_errors, file_of_100_mb)
{
    char path[] = "/tmp/milieu-large-XXXXXX";
    int file = mkstemp(path);
    struct messages messages;
    struct error err = { 0 };
    double begun;
    cr_assert(file >= 0);
    close(file);
    write_sparse(path, 100LL * 1024 * 1024);
    begun = now();
    cr_expect(read_path(path, &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(now() - begun < 0.5);
    cr_assert(messages.count == 1);
    cr_expect(strcmp(messages.item[0].file, path) == 0 && messages.item[0].line == 0);
    cr_expect(strstr(messages.item[0].text, "larger than 32 MB") != NULL);
    messages_free(&messages);
    unlink(path);
}

Test(scenario_errors, text_of_100_mb)
{
    size_t length = 100U * 1024 * 1024;
    char *text = calloc(length, 1);
    struct outcome_of_text outcome;
    cr_assert(text != NULL);
    outcome = read_text(text, length);
    EXPECT_REFUSED(outcome, 0, "larger than 32 MB");
    free(text);
}

Test(scenario_errors, folder)
{
    struct messages messages;
    struct error err = { 0 };
    cr_expect(read_path(FOLDER, &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_assert(messages.count == 1);
    cr_expect(strstr(messages.item[0].text, "this is a folder") != NULL);
    messages_free(&messages);
}

Test(scenario_errors, missing_file_is_another_error)
{
    struct messages messages;
    struct error err = { 0 };
    cr_expect(read_path(FOLDER "no-such-file.cfg", &messages, &err) == MILIEU_ERR_INPUT);
    cr_expect(err.code == MILIEU_ERR_INPUT && strstr(err.detail[0], "no-such-file.cfg") != NULL);
    cr_expect(messages.count == 0);
    messages_free(&messages);
}

/* ---- what is accepted ---- */

Test(scenario_errors, byte_order_mark_and_windows_lines_and_an_open_last_line)
{
    static const char marked[] = "\xEF\xBB\xBF" FRAME "# the last line has no end";
    static const char windows[] = "format = \"milieu-scenario/1\";\r\nid = \"made\";\r\nmeso = ( { id = \"clinic-a\"; "
                                  "} );\r\nruns: { draw = 1; };\r\n";
    struct outcome_of_text outcome = read_text(marked, sizeof marked - 1);
    cr_expect(outcome.ret == 0, "%s", outcome.text);
    outcome = read_text(windows, sizeof windows - 1);
    EXPECT_REFUSED(outcome, 4, "did you mean 'draws'?");
}

Test(scenario_errors, int_for_float_is_accepted)
{
    static const char text[] = FRAME "every_clinic: { organizational: { sick_leave_weeks = 8; roster = 12000; }; "
                                     "provider: { medical_leadership = -1.5; guidance = .5; }; };\n";
    struct outcome_of_text outcome = read_text(text, sizeof text - 1);
    cr_expect(outcome.ret == 0, "%s", outcome.text);
}

/* ---- warnings are no errors ---- */

Test(scenario_errors, unknown_eric_name_is_a_warning)
{
    static const char text[] = FRAME
        "strategies = ( { id = \"s\"; at = 1; eric = \"Identify and prepare champion\"; set: { trust = 1; }; } );\n";
    struct scenario scenario;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_expect(scenario_read_text(&scenario, "made.cfg", NULL, text, sizeof text - 1, NULL, 0, &messages, &err) == 0);
    cr_assert(messages.num_warnings == 1 && messages.num_errors == 0 && messages.count == 1);
    cr_expect(messages.item[0].is_warning);
    cr_expect(strstr(messages.item[0].text, "did you mean 'Identify and prepare champions'?") != NULL);
    scenario_free(&scenario);
    messages_free(&messages);
}

/* ---- options of the command line ---- */

static const struct {
    bool is_rate;
    const char *text, *words; /* NULL words: accepted */
} options[] = {
    { false, "runs.draws=10", NULL },
    { false, "meso[clinic-a].place=urban", NULL },
    { false, "meso[clinic-a].provider.medical_leadership.rating=-2", NULL },
    { false, "macro.structural.visit_notice_share=(\"beta\", 2.0, 5.0)", NULL },
    { true, "medical_leadership=-2", NULL },
    { true, "clinic-a/medical_leadership=(\"rating\", 1)", NULL },
    { false, "rules.stop_slope.value=6", NULL },
    { false, "rules.stop_slope={ value = 6; spread = 0.1; }", NULL },
    { false, "rules.stop_slope.spread=0.1", "rules.stop_slope: the key 'value' is missing" },
    { false, "rules.stop_slope={ value = 6; spread = 9; }", "rules.stop_slope.spread = 9 is outside 0 .. 3" },
    { false, "runs.draws", "must be PATH=VALUE" },
    { false, "runs.draws=", "must be PATH=VALUE" },
    { false, "=3", "must be PATH=VALUE" },
    { false, "runs..draws=3", "no path" },
    { false, "meso[clinic-a=3", "no path" },
    { false, "runs.draws=0", "runs.draws = 0 is outside 1 .. 65535" },
    { false, "runs.draws=1; seed = 3", "one value is wanted" },
    { false, "runs.drows=3", "did you mean 'draws'?" },
    { false, "runs.seed=4294967297", "beyond 32 bits" },
    { false, "meso[clinic-b].place=urban", "there is no meso[clinic-b]" },
    { false, "strategies[x].at=3", "there is no strategies[x]" },
    { false, "id.x=3", "holds no keys" },
    { true, "medical_leadership=3", "outside -2 .. 2" },
    { true, "medical_leadershop=1", "did you mean 'medical_leadership'?" },
    { true, "clinic-b/medical_leadership=1", "there is no meso[clinic-b]" },
};

Test(scenario_errors, options_are_checked_like_the_file)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct scenario_override override = { options[i].is_rate, options[i].text };
        struct scenario scenario;
        struct messages messages;
        struct error err = { 0 };
        int ret;
        messages_init(&messages, 0);
        ret = scenario_read_text(&scenario, "made.cfg", NULL, FRAME, strlen(FRAME), &override, 1, &messages, &err);
        if (options[i].words == NULL) {
            cr_expect(ret == 0 && messages.count == 0, "%s: %s", options[i].text,
                      messages.count > 0 ? messages.item[0].text : "");
        } else {
            cr_expect(ret == MILIEU_ERR_SCENARIO, "%s", options[i].text);
            cr_assert(messages.count == 1, "%s: %zu messages", options[i].text, messages.count);
            cr_expect(messages.item[0].file == NULL && messages.item[0].line == 0);
            cr_expect(strstr(messages.item[0].text, options[i].text) != NULL &&
                          strstr(messages.item[0].text, options[i].words) != NULL,
                      "%s: %s", options[i].text, messages.item[0].text);
        }
        scenario_free(&scenario);
        messages_free(&messages);
    }
}
