/* link: -Wl,--wrap=realloc */
/* Journals that vanish, come back, or lose their ends while they are watched: what counts is what is there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder_help.h"
#include "merge_help.h"
#include "sim/study/ledger.h"
#include "sim/study/looks.h"
#include "study_help.h"

static bool no_memory;

void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size)
{
    return no_memory ? NULL : __real_realloc(block, size);
}

static struct study study;
static struct fake_runs runs;
static struct looks looks;
static struct ledger_rule rule;
static bool sequential;

static void begin(const char *text)
{
    char log[700];
    study = study_of(text, NULL);
    fake_runs_init(&runs, &study, (struct geometry_sizes){ 4, 1, 2 }, true);
    sequential = looks_init(&looks, &study, runs.folder.geometry.num_stages, &rule);
    snprintf(log, sizeof log, "%s/log", runs.folder.path);
    cr_assert(mkdir(log, 0777) == 0);
}

static void end(void)
{
    folder_remove(runs.folder.path);
    fake_runs_free(&runs);
    study_free(&study);
}

static void open_ledger(struct ledger *ledger)
{
    cr_assert(ledger_init(ledger, &runs.folder, sequential ? &rule : NULL, JOURNAL_FULL, NULL) == 0);
}

static void update(struct ledger *ledger)
{
    struct error err = { 0 };
    cr_assert(ledger_update(ledger, &err) == 0, "%s", err.detail[0]);
}

/* The same in all as one who looks for the first time. */
static void expect_fresh(const struct ledger *ledger)
{
    struct ledger fresh;
    int64_t batches = geometry_batches(&runs.folder.geometry);
    open_ledger(&fresh);
    update(&fresh);
    cr_assert(memcmp(&fresh.counts, &ledger->counts, sizeof fresh.counts) == 0, "%d done, not %d",
              (int)ledger->counts.runs_done, (int)fresh.counts.runs_done);
    cr_assert(memcmp(fresh.open, ledger->open, sizeof fresh.open) == 0);
    for (int64_t b = 0; b < batches; b++) {
        cr_assert(ledger_is_done(ledger, b) == ledger_is_done(&fresh, b));
        cr_assert(ledger_is_to_do(ledger, b) == ledger_is_to_do(&fresh, b) &&
                  ledger_next(ledger, b) == ledger_next(&fresh, b));
    }
    for (int64_t point = 0; point < runs.folder.geometry.plan.points; point++) {
        struct exact here = { 0 }, there = { 0 };
        cr_assert(ledger_replications(ledger, point) == ledger_replications(&fresh, point));
        for (int s = 0; s < runs.folder.geometry.num_stages; s++) {
            if (ledger->sum[s] != NULL)
                exact_merge(&here, &ledger->sum[s][point]);
            if (fresh.sum[s] != NULL)
                exact_merge(&there, &fresh.sum[s][point]);
        }
        cr_assert(memcmp(&here, &there, sizeof here) == 0);
    }
    ledger_free(&fresh);
}

/* All there is to do, in turn in `count` journals. */
static void make_all(char path[][PATH_LENGTH], int count)
{
    for (int j = 0; j < count; j++) {
        int64_t batch[512], num = 0;
        for (int64_t b = j; b < geometry_batches(&runs.folder.geometry); b += count) {
            struct geometry_span span = geometry_span(&runs.folder.geometry, b);
            if (span.replication < fake_end(&runs, span.point))
                batch[num++] = b;
        }
        snprintf(path[j], PATH_LENGTH, "%s", fake_journal(&runs, batch, num));
    }
}

static void lose_each(const char *text)
{
    char path[3][PATH_LENGTH], away[4 * PATH_LENGTH];
    struct ledger ledger;
    begin(text);
    make_all(path, 3);
    open_ledger(&ledger);
    for (int j = 0; j < 3; j++) {
        update(&ledger);
        cr_assert(ledger_complete(&ledger));
        snprintf(away, sizeof away, "%s.away", path[j]);
        cr_assert(rename(path[j], away) == 0);
        update(&ledger);
        cr_assert(!ledger_complete(&ledger) && ledger_next(&ledger, 0) >= 0);
        expect_fresh(&ledger);
        ledger_mark(&ledger, ledger_next(&ledger, 0));
        update(&ledger); /* is not forgotten twice */
        cr_assert(!ledger_is_to_do(&ledger, ledger_next(&ledger, 0) - 1) && ledger.journal[j].lost);
        cr_assert(rename(away, path[j]) == 0);
        update(&ledger);
        cr_assert(ledger_complete(&ledger) && ledger_next(&ledger, 0) == -1 && !ledger.journal[j].lost);
        expect_fresh(&ledger);
    }
    for (int j = 0; j < 3; j++)
        unlink(path[j]);
    update(&ledger);
    cr_assert(ledger.counts.runs_done == 0 && ledger.counts.cpu_us == 0 && ledger_next(&ledger, 0) == 0);
    expect_fresh(&ledger);
    ledger_free(&ledger);
    end();
}

Test(ledger_loss, what_a_lost_journal_told_is_not_done)
{
    lose_each(made_up_plain);
}

Test(ledger_loss, what_a_lost_journal_told_is_no_ground_to_stop)
{
    lose_each(made_up_sequential);
}

Test(ledger_loss, what_was_marked_is_to_do_again)
{
    char path[2][PATH_LENGTH];
    struct ledger ledger;
    begin(made_up_plain);
    make_all(path, 2);
    open_ledger(&ledger);
    update(&ledger);
    for (int64_t b = 0; b < geometry_batches(&runs.folder.geometry); b++)
        ledger_mark(&ledger, b);
    unlink(path[0]);
    update(&ledger);
    cr_assert(ledger_is_to_do(&ledger, 0) && !ledger_is_to_do(&ledger, 1));
    ledger_free(&ledger);
    end();
}

/* Cut under our eyes, as by a failing disk: what was behind the cut does not count. */
Test(ledger_loss, a_journal_that_becomes_shorter)
{
    char path[1][PATH_LENGTH];
    struct ledger ledger;
    struct stat st;
    begin(made_up_plain);
    make_all(path, 1);
    cr_assert(stat(path[0], &st) == 0 && truncate(path[0], st.st_size - JOURNAL_HEADER) == 0); /* no closing */
    open_ledger(&ledger);
    update(&ledger);
    cr_assert(ledger_complete(&ledger));
    for (int64_t size = st.st_size - JOURNAL_HEADER - 1; size > 0; size -= st.st_size / 13) {
        cr_assert(truncate(path[0], size) == 0);
        update(&ledger);
        expect_fresh(&ledger);
    }
    cr_assert(ledger.counts.runs_done < 10);
    ledger_free(&ledger);
    end();
}

/* Zeros first, then what was written, on a disk that tells of the length before: the file has the same size. */
Test(ledger_loss, a_damaged_end_is_looked_at_again)
{
    char path[1][PATH_LENGTH];
    struct ledger ledger;
    struct error err = { 0 };
    size_t length;
    begin(made_up_plain);
    make_all(path, 1);
    char *bytes = file_read(path[0], &length), *part = malloc(length);
    length -= JOURNAL_HEADER;
    memcpy(part, bytes, length);
    memset(part + length - 100, 0, 100);
    file_write(path[0], part, length);
    open_ledger(&ledger);
    update(&ledger);
    cr_assert(ledger.counts.damaged == 1 && ledger.counts.torn == 0 && !ledger_complete(&ledger));
    file_write(path[0], bytes, length);
    update(&ledger);
    cr_assert(ledger.counts.damaged == 0 && ledger_complete(&ledger) && !ledger_damage(&ledger, &err));
    file_write(path[0], part, length);
    ledger_free(&ledger);
    open_ledger(&ledger);
    update(&ledger);
    cr_assert(ledger_damage(&ledger, &err) && strstr(err.detail[0], "milieu sweep -o") != NULL);
    free(bytes);
    free(part);
    ledger_free(&ledger);
    end();
}

static void add_file(const char *folder, const char *name)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s/%s", runs.folder.path, folder, name);
    file_write(path, "", 0);
}

Test(ledger_loss, names_are_told_in_order_and_of_those_that_are_not_there)
{
    char text[60], name[80];
    struct ledger ledger;
    struct ledger_names names;
    begin(made_up_plain);
    open_ledger(&ledger);
    update(&ledger);
    cr_assert(ledger_missing(&ledger, &names, NULL) == 0 && names.count == 0);
    ledger_names_text(&names, text, sizeof text);
    cr_assert_str_eq(text, "");
    add_file("log", "late-1-0.log"); /* of a worker that has begun since */
    add_file("journal", "late-1-0.journal");
    add_file("log", "notes.txt");
    add_file("log", ".log");
    for (int i = 9; i >= 0; i--) {
        snprintf(name, sizeof name, "gone-%d-0.log", i);
        add_file("log", name);
    }
    cr_assert(ledger_missing(&ledger, &names, NULL) == 0 && names.count == 10);
    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "gone-%d-0.journal", i);
        cr_assert_str_eq(names.name[i], name);
    }
    ledger_names_text(&names, text, sizeof text);
    cr_assert_str_eq(text, "gone-0-0.journal, gone-1-0.journal, gone-2-0.journal, ...");
    ledger_names_free(&names);
    ledger_names_free(&names);
    no_memory = true;
    cr_assert(ledger_missing(&ledger, &names, NULL) == MILIEU_ERR_MEMORY && names.count == 0);
    no_memory = false;
    ledger_free(&ledger);
    end();
}
