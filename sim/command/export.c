#include "../../analysis/export.h"

#include "command.h"
#include "inputs.h"

int command_export(struct call *call, struct error *err)
{
    const struct terminal *t = &call->terminal;
    const bool french = call->options.locale == LANG_FR;
    const struct export_options options = { .french = french, .bom = french };
    struct results_file file = { 0 };
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    if (call->options.csv == NULL || *call->options.csv == '\0')
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_EXPORT_WHERE);
    int ret = input_results(t, call->operand[0], &file, err);
    if (ret == 0)
        ret = export_csv(&file, call->options.csv, &options, err);
    if (ret == 0)
        say(t, WORD_EXPORT_DONE, call->options.csv, call->options.csv);
    results_close(&file);
    return ret;
}
