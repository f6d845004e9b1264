/* How long a large study takes to merge, or to look through before a sweep goes on with it, and how much memory: journals
 * are made up, not simulated.
 *
 *   study_speed scan|merge FOLDER POINTS REPLICATIONS PER_BATCH    FOLDER is new; prints seconds and the peak of memory */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "sim/study/batch.h"
#include "sim/study/harvest.h"
#include "sim/study/merge.h"

static const char scenario[] = "format = \"milieu-scenario/1\"; id = \"one\";\n"
                               "time: { horizon = 52; };\n"
                               "meso: ( { id = \"clinic-a\"; } );\n"
                               "arms: ( { id = \"as-it-is\"; } );\n";

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fail(const struct error *err)
{
    fprintf(stderr, "study_speed: %s\n", err->detail[0]);
    exit(1);
}

/* A study of 20 responses; points: a multiple of 10, at least 20. */
static void make_study(struct study *study, int points, int replications)
{
    struct messages messages;
    struct error err = { 0 };
    char text[2000];
    int at =
        snprintf(text, sizeof text,
                 "format = \"milieu-study/1\"; scenario = \"one.cfg\"; design: { method = \"factorial\"; };\n"
                 "vary: ( { path = \"meso[clinic-a].organizational.nurse_turnover_rate\"; name = \"turnover\"; "
                 "range = [0.0, 1.0]; levels = %d; }, { rate = \"proximity\"; range = [-2.0, 2.0]; levels = 10; } );\n"
                 "runs: { replications = %d; }; outputs: { clinics = false; };\nrespond = [",
                 points / 10, replications);
    for (int i = 0; i < 20; i++)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s\"%s\"", i > 0 ? ", " : "", outcome_table[i].id);
    snprintf(text + at, sizeof text - (size_t)at, "];\n");
    const struct study_texts texts = { .name = "study",
                                       .study = text,
                                       .study_length = strlen(text),
                                       .scenario = scenario,
                                       .scenario_length = strlen(scenario) };
    messages_init(&messages, 0);
    if (study_read_texts(study, &texts, &messages, &err) != 0) {
        fprintf(stderr, "%s\n", messages.count > 0 ? messages.item[0].text : "");
        fail(&err);
    }
    messages_free(&messages);
}

static void make_payload(const struct study_shape *shape, const struct geometry_span *span, struct bytes *payload)
{
    struct part_head head = { .point = (uint64_t)span->point,
                              .first = (uint32_t)span->replication,
                              .count = (uint32_t)span->num_replications };
    int32_t word[2] = { 0, -1 };
    payload->length = 0;
    bytes_append(payload, &head, sizeof head, NULL);
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < (head.count + 1) / 2 * 2; i++)
            bytes_append(payload, &word[k], sizeof word[k], NULL);
    for (uint32_t i = 0; i < head.count; i++)
        for (size_t v = 0; v < shape->values; v++) {
            double x = (double)(head.point * 1009 + (head.first + i) * 31 + v) / 7;
            bytes_append(payload, &x, sizeof x, NULL);
        }
}

/* Two journals, batches in turn by tens, as two workers leave them. */
static void make_journals(const struct folder *folder, const struct study_shape *shape)
{
    const struct origin origin = { .host = "bench", .pid = 1 };
    struct journal journal[2];
    struct bytes payload = { 0 };
    struct error err = { 0 };
    char path[600];
    snprintf(path, sizeof path, "%s/journal", folder->path);
    for (int j = 0; j < 2; j++)
        if (journal_create(&journal[j], path, folder->id, "bench", &origin,
                           (struct journal_sync){ JOURNAL_SYNC_NONE, 0 }, 1, &err) != 0)
            fail(&err);
    for (int64_t b = 0; b < geometry_batches(&folder->geometry); b++) {
        struct geometry_span span = geometry_span(&folder->geometry, b);
        make_payload(shape, &span, &payload);
        struct journal_record record = { .type = JOURNAL_BATCH,
                                         .batch = b,
                                         .runs = (uint32_t)geometry_span_runs(&span),
                                         .payload = payload.at,
                                         .length = payload.length };
        if (journal_append(&journal[b / 10 % 2], &record, &err) != 0)
            fail(&err);
    }
    for (int j = 0; j < 2; j++)
        journal_close(&journal[j], NULL, 2, NULL);
    bytes_free(&payload);
}

static void merge(const struct study *study, const struct folder *folder)
{
    struct merge_options options = { 0 };
    struct merge_report report;
    struct error err = { 0 };
    if (study_merge(study, folder, &options, &report, &err) != 0)
        fail(&err);
}

/* What a sweep reads before it goes on: every record, its checksum too. */
static void scan(const struct folder *folder)
{
    struct ledger ledger;
    struct error err = { 0 };
    if (ledger_init(&ledger, folder, NULL, JOURNAL_FULL, &err) != 0 || ledger_update(&ledger, &err) != 0)
        fail(&err);
    if (!ledger_complete(&ledger)) {
        fprintf(stderr, "study_speed: %lld runs are missing\n",
                (long long)(ledger.counts.runs - ledger.counts.runs_done));
        exit(1);
    }
    ledger_free(&ledger);
}

static int make_folder(const struct folder *folder)
{
    char path[600];
    snprintf(path, sizeof path, "%s/journal", folder->path);
    if (mkdir(folder->path, 0777) == 0 && mkdir(path, 0777) == 0)
        return 0;
    perror(path);
    return 1;
}

int main(int argc, char **argv)
{
    struct study study = { 0 };
    struct study_shape shape;
    struct error err = { 0 };
    struct rusage usage;
    if (argc != 6) {
        fprintf(stderr, "study_speed scan|merge FOLDER POINTS REPLICATIONS PER_BATCH\n");
        return 2;
    }
    struct folder folder = { .path = argv[2], .program = (char[]){ "bench" } };
    struct geometry_sizes sizes = { atoll(argv[5]), 1, 100 };
    make_study(&study, atoi(argv[3]), atoi(argv[4]));
    struct geometry_plan plan = looks_plan(&study);
    if (geometry_init(&folder.geometry, &plan, &sizes, &err) != 0)
        fail(&err);
    study_shape(&study, &shape);
    study_id_text(folder.id, folder.id_text);
    if (make_folder(&folder) != 0)
        return 1;
    double start = now();
    make_journals(&folder, &shape);
    printf("runs %lld\njournals %.2f s\n", (long long)geometry_runs(&folder.geometry), now() - start);
    start = now();
    if (strcmp(argv[1], "merge") == 0)
        merge(&study, &folder);
    else
        scan(&folder);
    getrusage(RUSAGE_SELF, &usage);
    printf("%s %.2f s\nmemory %.0f MB\n", argv[1], now() - start, (double)usage.ru_maxrss / 1024);
    study_free(&study);
    return 0;
}
