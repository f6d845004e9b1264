/* `milieu study export FOLDER --csv TO`: the merged file as tidy tables. */
#include <stdlib.h>

#include "../../analysis/export_study.h"
#include "study_command.h"

int study_export(const struct call *call, const struct folder *folder, const struct study *study, struct error *err)
{
    const bool french = call->options.locale == LANG_FR;
    const struct export_options options = { .french = french, .bom = french };
    struct study_file file = { 0 };
    (void)study;
    if (call->options.csv == NULL || *call->options.csv == '\0')
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_EXPORT_WHERE);
    char *path = folder_path(folder, ".", "study.h5");
    int ret = path != NULL ? study_file_open(&file, path, err) : error_set_memory(err);
    if (ret == 0)
        ret = export_study_csv(&file, call->options.csv, &options, err);
    if (ret == 0)
        say(&call->terminal, WORD_EXPORT_DONE, call->options.csv, call->options.csv);
    study_file_close(&file);
    free(path);
    return ret;
}
