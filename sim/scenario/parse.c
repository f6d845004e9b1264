#include "parse.h"

#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "look.h"

static bool is_plain_text(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        size_t n = look_utf8(text + i, length - i);
        unsigned char c = (unsigned char)text[i];
        if (n == 0 || (c < 0x20 && strchr("\t\n\r", c) == NULL) || c == 0x7F)
            return false;
        i += n;
    }
    return true;
}

static void take_text(struct reading *reading, struct node *node, const char *text)
{
    text = text != NULL ? text : "";
    if (strcmp(text, LOOK_BAD) == 0) {
        node->kind = NODE_BAD;
        node->wrong = true;
    } else if (!is_plain_text(text)) {
        complain(
            reading, node, "a text holds an escape \\x.. that is no UTF-8 character or a control character",
            "un texte contient un échappement \\x.. qui n'est pas un caractère UTF-8, ou un caractère de contrôle");
        node->kind = NODE_BAD;
    } else {
        node->is.text =
            reading_memory(reading, arena_copy(reading->keep, text, strlen(text))); /* the plan points to it */
    }
}

static void take_scalar(struct reading *reading, struct node *node, const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
        node->kind = NODE_WHOLE;
        node->is.whole = config_setting_get_int(setting);
        break;
    case CONFIG_TYPE_INT64:
        node->kind = NODE_WHOLE;
        node->is.whole = config_setting_get_int64(setting);
        break;
    case CONFIG_TYPE_FLOAT:
        node->kind = NODE_REAL;
        node->is.real = config_setting_get_float(setting);
        break;
    case CONFIG_TYPE_BOOL:
        node->kind = NODE_YESNO;
        node->is.yesno = config_setting_get_bool(setting) != 0;
        break;
    default:
        node->kind = NODE_TEXT;
        take_text(reading, node, config_setting_get_string(setting));
    }
}

/* Recursion is no deeper than the look-through allows. */
static struct node *convert(struct reading *reading, struct source *source, const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    struct node *node = NULL;
    if (name != NULL)
        name = reading_memory(reading, arena_copy(reading->arena, name, strlen(name)));
    if (!reading->no_memory)
        node = reading_memory(
            reading, node_new(reading->arena, NODE_GROUP, name, source, (int)config_setting_source_line(setting)));
    if (node == NULL)
        return NULL;
    if (config_setting_type(setting) == CONFIG_TYPE_LIST)
        node->kind = NODE_LIST;
    else if (!config_setting_is_group(setting))
        take_scalar(reading, node, setting);
    if (!config_setting_is_aggregate(setting))
        return node;
    for (unsigned int i = 0; i < (unsigned int)config_setting_length(setting) && !reading->no_memory; i++) {
        const config_setting_t *element = config_setting_get_elem(setting, i);
        const char *key = config_setting_name(element);
        struct node *child = key != NULL && key[0] == '*' ? NULL : convert(reading, source, element);
        if (child != NULL)
            node_append(node, child);
    }
    return node;
}

struct node *parse_source(struct reading *reading, struct source *source)
{
    struct node *root = NULL;
    char *text;
    config_t config;
    look_through(reading, source, &text);
    if (text == NULL)
        return NULL;
    config_init(&config);
    if (config_read_string(&config, text) == CONFIG_TRUE)
        root = convert(reading, source, config_root_setting(&config));
    else
        complain_at(reading, source, config_error_line(&config), "%s", "%s",
                    config_error_text(&config) != NULL ? config_error_text(&config) : "syntax error");
    config_destroy(&config);
    free(text);
    return root;
}
