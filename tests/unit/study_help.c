#include "study_help.h"

#include <criterion/criterion.h>
#include <string.h>

const char study_scenario[] = "format = \"milieu-scenario/1\"; id = \"two\";\n"
                              "time: { horizon = 52; };\n"
                              "every_clinic: { patients: { per_clinic = 12; }; provider: { nurses = 2; }; };\n"
                              "meso: ( { id = \"clinic-a\"; }, { id = \"clinic-b\"; place = \"rural\"; } );\n"
                              "strategies: ( { id = \"champion\"; at = 4; add: { medical_leadership = 1; }; } );\n"
                              "arms: ( { id = \"as-it-is\"; }, { id = \"with-champion\"; on = [\"champion\"]; } );\n";

int read_study(struct study *study, const char *text, const char *points, int lang, struct messages *messages)
{
    struct error err = { 0 };
    struct study_texts texts = { .name = "study.cfg",
                                 .study = text,
                                 .study_length = strlen(text),
                                 .scenario = study_scenario,
                                 .scenario_length = strlen(study_scenario),
                                 .points = points,
                                 .points_length = points != NULL ? strlen(points) : 0 };
    messages_init(messages, lang);
    return study_read_texts(study, &texts, messages, &err);
}

struct study study_of(const char *text, const char *points)
{
    struct study study;
    struct messages messages;
    int ret = read_study(&study, text, points, 0, &messages);
    cr_assert(ret == 0 && messages.count == 0, "%d: %s:%d %s", ret,
              messages.count > 0 && messages.item[0].file != NULL ? messages.item[0].file : "",
              messages.count > 0 ? messages.item[0].line : 0, messages.count > 0 ? messages.item[0].text : "");
    messages_free(&messages);
    return study;
}

bool study_is_told(const struct messages *messages, const char *file, int line, const char *words)
{
    for (size_t i = 0; i < messages->count; i++) {
        const struct message *message = &messages->item[i];
        if (!message->is_warning && message->file != NULL && strcmp(message->file, file) == 0 &&
            message->line == line && strstr(message->text, words) != NULL)
            return true;
    }
    return false;
}
