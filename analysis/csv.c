#include "csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int csv_begin_text(struct csv *self, const char *folder, const char *name, const struct csv_form *form,
                   struct error *err)
{
    size_t length = strlen(folder) + strlen(name) + 2;
    char *path = malloc(length);
    int ret, fd;
    *self = (struct csv){ .target = { .fd = -1 },
                          .separator = form->french ? ';' : ',',
                          .french = form->french,
                          .name = name,
                          .form = form };
    if (path == NULL)
        return error_set_memory(err);
    snprintf(path, length, "%s/%s", folder, name);
    ret = target_begin(&self->target, path, &form->input, 1, err);
    free(path);
    if (ret != 0)
        return ret;
    fd = dup(self->target.fd);
    self->stream = fd < 0 ? NULL : fdopen(fd, "w");
    if (self->stream == NULL) {
        if (fd >= 0)
            close(fd);
        target_drop(&self->target);
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno, "cannot write %s", "impossible d'écrire %s", name);
    }
    return 0;
}

int csv_begin(struct csv *self, const char *folder, const char *name, const struct csv_form *form, struct error *err)
{
    int ret = csv_begin_text(self, folder, name, form, err);
    if (ret == 0 && form->bom)
        fputs("\xef\xbb\xbf", self->stream);
    return ret;
}

int csv_end(struct csv *self, int ret, struct error *err)
{
    int failed = ferror(self->stream), reason = errno;
    if (fclose(self->stream) != 0 && !failed) {
        failed = 1;
        reason = errno;
    }
    if (ret == 0 && failed)
        ret = error_set_system(err, MILIEU_ERR_OUTPUT, reason, "cannot write %s", "impossible d'écrire %s",
                               self->target.path);
    if (ret == 0)
        ret = target_commit(&self->target, err);
    if (ret == 0 && self->form->written != NULL)
        self->form->written(self->form->context, self->name);
    target_drop(&self->target);
    return ret;
}

static void begin_field(struct csv *self)
{
    if (self->begun)
        putc(self->separator, self->stream);
    self->begun = true;
}

void csv_end_row(struct csv *self)
{
    putc('\n', self->stream);
    self->begun = false;
}

void csv_put_text(struct csv *self, const char *text)
{
    begin_field(self);
    if (strpbrk(text, ",;\"\n\r") == NULL) {
        fputs(text, self->stream);
        return;
    }
    putc('"', self->stream);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', self->stream);
        putc(*text, self->stream);
    }
    putc('"', self->stream);
}

void csv_put_texts(struct csv *self, const char *const *text)
{
    while (*text != NULL)
        csv_put_text(self, *text++);
}

void csv_put_whole(struct csv *self, long long number)
{
    begin_field(self);
    fprintf(self->stream, "%lld", number);
}

static void put_formatted(struct csv *self, char *number)
{
    char *point = self->french ? strchr(number, '.') : NULL;
    if (point != NULL)
        *point = ',';
    fputs(number, self->stream);
}

void csv_put_double(struct csv *self, double value)
{
    char number[40];
    begin_field(self);
    if (isnan(value))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, value);
        if (strtod(number, NULL) == value)
            break;
    }
    put_formatted(self, number);
}

void csv_put_float(struct csv *self, float value)
{
    char number[40];
    begin_field(self);
    if (isnan(value))
        return;
    if (value == rintf(value) && fabsf(value) < 1e6F) { /* most are counts */
        snprintf(number, sizeof number, "%d", (int)value);
        fputs(number, self->stream);
        return;
    }
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(number, sizeof number, "%.*g", digits, (double)value);
        if (strtof(number, NULL) == value)
            break;
    }
    put_formatted(self, number);
}

int csv_folder(const char *folder, struct error *err)
{
    struct stat st;
    if (mkdir(folder, 0777) == 0)
        return 0;
    if (errno != EEXIST || stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return error_set_system(err, MILIEU_ERR_OUTPUT, errno == EEXIST ? ENOTDIR : errno, "cannot write into %s",
                                "impossible d'écrire dans %s", folder);
    return 0;
}
