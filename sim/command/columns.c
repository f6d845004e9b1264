#include "columns.h"

#include <string.h>

#define LINES_MOST 4
#define GAP 2

void columns_init(struct columns *self, const struct terminal *terminal, size_t label_width, size_t width, int count)
{
    memset(self, 0, sizeof *self);
    self->terminal = terminal;
    self->label_width = label_width;
    self->count = count;
    for (int i = 0; i < count; i++)
        self->width[i] = width;
}

struct wrapped {
    char line[LINES_MOST][CELL_LENGTH];
    int num_lines;
};

/* Words fill lines of `width` characters; what is left over goes on the last line. */
static void wrap(struct wrapped *out, const char *text, size_t width)
{
    memset(out, 0, sizeof *out);
    out->num_lines = 1;
    while (*text != '\0') {
        char *line = out->line[out->num_lines - 1];
        char word[CELL_LENGTH];
        size_t length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (*line != '\0' && text_width(line) + 1 + text_width(word) > width && out->num_lines < LINES_MOST)
            line = out->line[out->num_lines++];
        if (strlen(line) + length + 2 < CELL_LENGTH) {
            if (*line != '\0')
                strcat(line, " ");
            strcat(line, word);
        }
        text += length + strspn(text + length, " ");
    }
}

void columns_print_heading(const struct columns *self)
{
    struct wrapped heading[COLUMNS_MOST];
    FILE *out = self->terminal->out;
    int most = 1;
    for (int i = 0; i < self->count; i++) {
        wrap(&heading[i], self->heading[i], self->width[i] - GAP);
        most = heading[i].num_lines > most ? heading[i].num_lines : most;
    }
    for (int line = 0; line < most; line++) {
        fputs(bold(self->terminal->color_out), out);
        size_t column = 0, edge = self->label_width;
        for (int i = 0; i < self->count; i++) {
            int own = line - (most - heading[i].num_lines);
            edge += self->width[i];
            if (own < 0)
                continue;
            text_cell(out, heading[i].line[own], edge - column, true);
            column = edge;
        }
        fprintf(out, "%s\n", plain(self->terminal->color_out));
    }
}

void columns_print_row(const struct columns *self, size_t indent, const char *label,
                       char cell[COLUMNS_MOST][CELL_LENGTH])
{
    FILE *out = self->terminal->out;
    fprintf(out, "%*s", (int)indent, "");
    if (text_width(label) + indent > self->label_width) {
        text_paragraph(out, label, indent, indent, TERMINAL_WIDTH);
        fprintf(out, "%*s", (int)self->label_width, "");
    } else {
        text_cell(out, label, self->label_width - indent, false);
    }
    size_t column = self->label_width, edge = column;
    for (int i = 0; i < self->count; i++) { /* a cell too long is not cut: the next one makes room */
        size_t wide = text_width(cell[i]);
        edge += self->width[i];
        size_t gap = column + wide < edge ? edge - column - wide : 1;
        fprintf(out, "%*s%s", (int)gap, "", cell[i]);
        column += gap + wide;
    }
    fputc('\n', out);
}
