/* `milieu report`, `milieu explorer`: pages for whoever has no milieu. */
#include <stdlib.h>
#include <string.h>

#include "inputs.h"
#include "page_command.h"

/* The language that was asked for; without --lang the page speaks its reader's. */
static int asked_language(const struct call *call)
{
    for (int i = 1; i < call->argc; i++)
        if (strncmp(call->argv[i], "--lang", 6) == 0)
            return call->terminal.lang;
    return PAGE_ANY_LANGUAGE;
}

static int check_page(const struct call *call, bool with_engine, struct error *err)
{
    if (call->options.output == NULL)
        return error_set_word(err, MILIEU_ERR_USAGE, WORD_PAGE_WHERE);
    return page_check(with_engine, err);
}

int command_report(struct call *call, struct error *err)
{
    struct results_file file = { 0 };
    cJSON *page = NULL;
    int ret;
    if (call->num_operands != 1)
        return wrong_operands(call, err);
    if ((ret = check_page(call, false, err)) != 0 ||
        (ret = input_results(&call->terminal, call->operand[0], &file, err)) != 0)
        return ret;
    page = page_report(&file, asked_language(call), err);
    ret = page == NULL ? (err->code != 0 ? err->code : error_set_memory(err))
                       : page_write(call->options.output, page, false, (const char *const *)call->operand, 1, err);
    if (ret == 0)
        say(&call->terminal, WORD_PAGE_DONE, call->options.output);
    results_close(&file);
    return ret;
}

int page_add_operand(const struct call *call, cJSON *page, const char *path, struct error *err)
{
    struct scenario scenario = { 0 };
    const char *slash = strrchr(path, '/');
    int ret = input_scenario(call, path, &scenario, err);
    if (ret == 0)
        ret = page_add_case(page, &scenario, slash != NULL ? slash + 1 : path, err);
    scenario_free(&scenario);
    return ret;
}

int command_explorer(struct call *call, struct error *err)
{
    cJSON *page;
    int ret;
    if (call->num_operands < 1)
        return wrong_operands(call, err);
    if ((ret = check_page(call, true, err)) != 0)
        return ret;
    page = page_explorer("explorer", asked_language(call));
    for (int i = 0; i < call->num_operands && ret == 0; i++)
        ret = page_add_operand(call, page, call->operand[i], err);
    if (ret == 0)
        ret = page_write(call->options.output, page, true, (const char *const *)call->operand, call->num_operands, err);
    else
        cJSON_Delete(page);
    if (ret == 0)
        say(&call->terminal, WORD_PAGE_DONE, call->options.output);
    return ret;
}
