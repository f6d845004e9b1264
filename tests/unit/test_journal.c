/* A journal is read as it was written: torn ends, flipped bytes, other studies' records, scans that go on. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "journal_help.h"

Test(journal, what_was_written_is_read)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    struct origin us;
    folder_make(folder);
    made_journal(folder, 100, path);
    struct journal_position position = made_scan(path, found);
    cr_assert(found->openings == 1 && found->closings == 1 && found->batches == 100 && position.records == 102);
    cr_assert(position.tail == 0 && position.damaged == 0 && position.closed && position.offset == position.size);
    origin_of_this_process(&us);
    cr_assert(strcmp(found->opening.program, "milieu 0.1.0 abc") == 0 && found->opening.time_us == 4000000);
    cr_assert(found->opening.origin.pid == getpid() && strcmp(found->opening.origin.host, us.host) == 0);
    cr_assert(strcmp(found->opening.origin.boot, us.boot) == 0 && found->opening.origin.start == us.start);
    free(found);
    folder_remove(folder);
}

Test(journal, each_has_a_name_of_its_own)
{
    char folder[PATH_LENGTH], name[JOURNAL_NAME], missing[PATH_LENGTH + 8];
    struct journal a, b, c;
    struct origin origin;
    struct error err = { 0 };
    folder_make(folder);
    made_begin(&a, folder, no_sync);
    made_begin(&b, folder, no_sync);
    cr_assert(strcmp(a.name, b.name) != 0);
    journal_name(&a, name);
    cr_assert(strcmp(a.name, name) == 0 && strstr(name, JOURNAL_SUFFIX) != NULL);
    cr_assert(journal_close(&a, NULL, 0, NULL) == 0);
    journal_free(&b);
    journal_free(&b);
    cr_assert(journal_close(&a, NULL, 0, NULL) == 0);
    snprintf(missing, sizeof missing, "%s/none", folder);
    origin_of_this_process(&origin);
    cr_assert(journal_create(&c, missing, made_study, "p", &origin, no_sync, 0, &err) == MILIEU_ERR_OUTPUT);
    cr_assert(strstr(err.detail[0], "No such file") != NULL);
    journal_free(&c);
    folder_remove(folder);
}

Test(journal, a_scan_goes_on_where_the_last_one_ended)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct journal journal;
    struct found *found = calloc(1, sizeof *found);
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FULL, made_note, found };
    folder_make(folder);
    made_begin(&journal, folder, no_sync);
    path_join(path, folder, journal.name);
    for (int64_t b = 0; b < 300; b++) {
        cr_assert(made_append(&journal, b, NULL) == 0);
        if (b % 7 == 0)
            cr_assert(journal_scan(path, &position, &reader, NULL) == 0 && found->batches == b + 1);
    }
    cr_assert(journal_close(&journal, NULL, 0, NULL) == 0);
    cr_assert(journal_scan(path, &position, &reader, NULL) == 0 && journal_scan(path, &position, &reader, NULL) == 0);
    cr_assert(found->batches == 300 && found->openings == 1 && found->closings == 1 && position.closed);
    free(found);
    folder_remove(folder);
}

Test(journal, a_torn_end_costs_the_torn_record_alone)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH], cut[PATH_LENGTH + 8];
    struct found *found = malloc(sizeof *found);
    size_t length;
    folder_make(folder);
    made_journal(folder, 6, path);
    char *bytes = file_read(path, &length);
    made_scan(path, found);
    snprintf(cut, sizeof cut, "%s/cut", folder);
    int64_t offset[6];
    memcpy(offset, found->offset, sizeof offset);
    for (size_t n = 0; n < length; n++) {
        int64_t whole = 0, end = n;
        file_write(cut, bytes, n);
        struct journal_position position = made_scan(cut, found);
        for (int b = 0; b < 6; b++)
            whole += (b < 5 ? offset[b + 1] : offset[5] + JOURNAL_HEADER + 5 * 37 + 7) <= end;
        cr_assert(found->batches == whole && position.damaged == 0, "cut at %zu: %ld, not %ld", n, (long)found->batches,
                  (long)whole);
        cr_assert(position.tail == (int64_t)n - position.offset && !position.closed && !position.tail_damaged);
        for (int b = 0; b < whole; b++)
            cr_assert(found->seen[b] == 1);
    }
    free(bytes);
    free(found);
    folder_remove(folder);
}

Test(journal, zeros_or_rubbish_at_the_end_are_damage)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH], rubbish[5000];
    struct found *found = malloc(sizeof *found);
    folder_make(folder);
    for (int kind = 0; kind < 3; kind++) {
        made_journal(folder, 20, path);
        for (size_t i = 0; i < sizeof rubbish; i++)
            rubbish[i] = kind == 0 ? 0 : kind == 1 ? (char)(i * i * 31) : "MLJ1MLJ1"[i % 8];
        int fd = open(path, O_WRONLY | O_APPEND);
        cr_assert(write(fd, rubbish, sizeof rubbish) == (ssize_t)sizeof rubbish);
        close(fd);
        struct journal_position position = made_scan(path, found);
        cr_assert(found->batches == 20 && position.damaged == 0 && position.tail == (int64_t)sizeof rubbish);
        cr_assert(position.tail_damaged);
    }
    free(found);
    folder_remove(folder);
}

Test(journal, a_flipped_byte_anywhere_is_found_and_costs_its_record_alone)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH], bad[PATH_LENGTH + 8];
    struct found *found = malloc(sizeof *found);
    size_t length;
    folder_make(folder);
    made_journal(folder, 5, path);
    char *bytes = file_read(path, &length);
    made_scan(path, found);
    int64_t first = found->offset[0], closing = found->offset[4] + JOURNAL_HEADER + (4 * 37 + 7) / 8 * 8;
    snprintf(bad, sizeof bad, "%s/bad", folder);
    for (size_t at = 0; at < length; at++) {
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        file_write(bad, bytes, length);
        struct journal_position position = made_scan(bad, found);
        if ((int64_t)at >= closing)
            cr_assert(found->batches == 5 && found->closings == 0 && position.damaged == 0 && position.tail_damaged);
        else {
            cr_assert(position.damaged == 1 && position.tail == 0 && found->closings == 1, "byte %zu", at);
            cr_assert(found->batches == ((int64_t)at < first ? 5 : 4), "byte %zu", at);
            cr_assert((int64_t)at >= position.damage_at && (int64_t)at < position.damage_at + position.damage_bytes);
        }
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
    }
    free(bytes);
    free(found);
    folder_remove(folder);
}

Test(journal, headers_alone_are_a_quick_look)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct found *found = calloc(1, sizeof *found);
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_HEADERS, made_note, found };
    folder_make(folder);
    made_journal(folder, 50, path);
    cr_assert(journal_scan(path, &position, &reader, NULL) == 0);
    cr_assert(found->batches == 50 && found->openings == 1 && position.tail == 0);
    free(found);
    folder_remove(folder);
}

/* What a look at headers, and at the payloads of records with failed runs, finds. */
static struct journal_position look_at_failures(const char *path, struct found *found)
{
    struct journal_position position = { 0 };
    struct journal_reader reader = { made_study, JOURNAL_FAILURES, made_note, found };
    struct error err = { 0 };
    memset(found, 0, sizeof *found);
    cr_assert(journal_scan(path, &position, &reader, &err) == 0, "%s", err.detail[0]);
    return position;
}

static int payloads_of_failures(void *context, const struct journal_record *record, struct error *err)
{
    (void)err;
    cr_assert(record->type != JOURNAL_OPENING || record->payload != NULL);
    if (record->type != JOURNAL_OPENING)
        cr_assert((record->payload != NULL) == (record->failed > 0));
    ++*(int *)context;
    return 0;
}

Test(journal, payloads_of_failures_alone)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct found *found = calloc(1, sizeof *found);
    struct journal_position position = { 0 };
    int records = 0;
    struct journal_reader reader = { made_study, JOURNAL_FAILURES, payloads_of_failures, &records };
    folder_make(folder);
    made_journal(folder, 50, path);
    cr_assert(journal_scan(path, &position, &reader, NULL) == 0 && records == 52 && position.closed);
    position = look_at_failures(path, found);
    cr_assert(found->batches == 50 && found->openings == 1 && found->closings == 1 && position.tail == 0);
    free(found);
    folder_remove(folder);
}

/* Every byte of a journal of one good and one failed batch turned, in turn. */
Test(journal, a_look_at_failures_sees_all_damage_but_in_payloads_it_passes_over)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH], bad[PATH_LENGTH + 8];
    struct found *found = calloc(1, sizeof *found);
    size_t length;
    folder_make(folder);
    made_journal(folder, 3, path); /* payloads of 0, 37 and 74 bytes; the second has failed */
    char *bytes = file_read(path, &length);
    made_scan(path, found);
    int64_t closing = found->offset[2] + JOURNAL_HEADER + 80, passed = found->offset[2] + JOURNAL_HEADER;
    snprintf(bad, sizeof bad, "%s/bad", folder);
    for (int64_t at = 0; at < closing; at++) {
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
        file_write(bad, bytes, length);
        struct journal_position position;
        struct journal_reader reader = { made_study, JOURNAL_FAILURES, NULL, NULL };
        position = (struct journal_position){ 0 };
        cr_assert(journal_scan(bad, &position, &reader, NULL) == 0);
        cr_assert(position.damaged == (at < passed), "byte %d", (int)at);
        cr_assert(position.records == (at < passed ? 4 : 5) && position.tail == 0 && position.closed);
        bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
    }
    free(bytes);
    free(found);
    folder_remove(folder);
}

/* Records longer than what is read at once, in turn with short ones. */
Test(journal, long_payloads_are_passed_over_or_read)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    static unsigned char payload[300000];
    struct journal_position position = { 0 };
    struct journal journal;
    int records = 0;
    struct journal_reader reader = { made_study, JOURNAL_FAILURES, payloads_of_failures, &records };
    folder_make(folder);
    made_begin(&journal, folder, no_sync);
    path_join(path, folder, journal.name);
    for (int i = 0; i < 40; i++) {
        struct journal_record record = { .type = JOURNAL_BATCH, .batch = i, .runs = 1, .payload = payload };
        record.failed = i % 3 == 0;
        record.length = i % 2 == 0 ? sizeof payload - (size_t)i : (size_t)(100 * i);
        cr_assert(journal_append(&journal, &record, NULL) == 0);
    }
    journal_free(&journal);
    cr_assert(journal_scan(path, &position, &reader, NULL) == 0);
    cr_assert(records == 41 && position.damaged == 0 && position.tail == 0 && !position.closed);
    folder_remove(folder);
}

Test(journal, another_studys_records_are_an_error_that_names_both)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH], ours[STUDY_ID_TEXT], theirs[STUDY_ID_TEXT], two[PATH_LENGTH + 8];
    struct journal journal;
    struct origin origin;
    struct error err = { 0 };
    size_t length, more;
    folder_make(folder);
    origin_of_this_process(&origin);
    cr_assert(journal_create(&journal, folder, other_study, "p", &origin, no_sync, 1, &err) == 0);
    path_join(path, folder, journal.name);
    cr_assert(made_append(&journal, 1, &err) == 0 && journal_close(&journal, NULL, 2, &err) == 0);
    study_id_text(made_study, ours);
    study_id_text(other_study, theirs);
    cr_assert(made_scan_code(path, &err) == MILIEU_ERR_FOLDER);
    cr_assert(strstr(err.detail[0], ours) != NULL && strstr(err.detail[0], theirs) != NULL, "%s", err.detail[0]);

    /* the same behind records of ours */
    char *rest = file_read(path, &more);
    made_journal(folder, 3, path);
    char *bytes = file_read(path, &length);
    snprintf(two, sizeof two, "%s/two", folder);
    bytes = realloc(bytes, length + more);
    memcpy(bytes + length, rest, more);
    file_write(two, bytes, length + more);
    cr_assert(made_scan_code(two, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], theirs) != NULL);

    /* and without its opening: what is left of the id */
    size_t opening = 8;
    while (memcmp(rest + opening, "MLJ1", 4) != 0)
        opening += 8;
    file_write(two, rest + opening, more - opening);
    cr_assert(made_scan_code(two, &err) == MILIEU_ERR_FOLDER);
    theirs[16] = '\0';
    cr_assert(strstr(err.detail[0], theirs) != NULL && strstr(err.detail[0], "...") != NULL, "%s", err.detail[0]);
    free(bytes);
    free(rest);
    folder_remove(folder);
}

Test(journal, another_byte_order_is_told)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct error err = { 0 };
    size_t length;
    folder_make(folder);
    made_journal(folder, 2, path);
    char *bytes = file_read(path, &length);
    memcpy(bytes, "1JLM", 4);
    file_write(path, bytes, length);
    cr_assert(made_scan_code(path, &err) == MILIEU_ERR_FOLDER && strstr(err.detail[0], "byte order") != NULL);
    free(bytes);
    folder_remove(folder);
}

Test(journal, a_record_is_read_again_by_its_offset)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH];
    struct found *found = malloc(sizeof *found);
    struct journal_record record;
    struct error err = { 0 };
    void *buffer = NULL;
    size_t capacity = 0;
    unsigned char payload[512];
    folder_make(folder);
    made_journal(folder, 100, path);
    made_scan(path, found);
    int fd = open(path, O_RDWR);
    for (int64_t b = 99; b >= 0; b--) {
        cr_assert(journal_read(fd, path, found->offset[b], &record, &buffer, &capacity, &err) == 0, "%s",
                  err.detail[0]);
        cr_assert(record.batch == b && record.length == made_payload(b, payload));
        cr_assert(memcmp(record.payload, payload, record.length) == 0);
    }
    cr_assert(journal_read(fd, path, found->offset[9] + 8, &record, &buffer, &capacity, &err) == MILIEU_ERR_INPUT);
    cr_assert(strstr(err.detail[0], "no record at byte") != NULL);
    cr_assert(pwrite(fd, "!", 1, found->offset[9] + 70) == 1);
    cr_assert(journal_read(fd, path, found->offset[9], &record, &buffer, &capacity, &err) == MILIEU_ERR_INPUT);
    cr_assert(strstr(err.detail[0], "not as it was written") != NULL);
    cr_assert(ftruncate(fd, found->offset[99] + 66) == 0);
    cr_assert(journal_read(fd, path, found->offset[99], &record, &buffer, &capacity, &err) == MILIEU_ERR_INPUT);
    cr_assert(strstr(err.detail[0], "ends at byte") != NULL);
    close(fd);
    free(buffer);
    free(found);
    folder_remove(folder);
}
