/* `milieu serve`: the page on this computer, answered by this program. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../analysis/page/server.h"
#include "inputs.h"
#include "page_command.h"
#include "watch.h"

static bool is_results(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".h5") == 0;
}

/* The data of the page as JSON, which the caller frees with cJSON_free. */
static int read_data(const struct call *call, char **data, struct error *err)
{
    cJSON *page = NULL;
    int ret = 0;
    if (call->num_operands == 1 && is_results(call->operand[0])) {
        struct results_file file = { 0 };
        if ((ret = input_results(&call->terminal, call->operand[0], &file, err)) == 0 &&
            (page = page_report(&file, call->terminal.lang, err)) == NULL)
            ret = err->code != 0 ? err->code : error_set_memory(err);
        results_close(&file);
    } else {
        page = page_explorer("serve", call->terminal.lang);
        for (int i = 0; i < call->num_operands && ret == 0; i++)
            ret = page_add_operand(call, page, call->operand[i], err);
    }
    if (ret == 0 && (*data = cJSON_PrintUnformatted(page)) == NULL)
        ret = error_set_memory(err);
    cJSON_Delete(page);
    return ret;
}

static void wait_for_end(const struct server *server, const struct watch *watch, double idle)
{
    const struct timespec pause = { .tv_nsec = 100000000 };
    while (watch->stop == 0 && server_idle_seconds(server) < idle)
        nanosleep(&pause, NULL);
}

static int serve(const struct call *call, const char *data, struct watch *watch, struct error *err)
{
    const struct terminal *t = &call->terminal;
    const struct options *o = &call->options;
    const struct server_options options = { .port = (uint16_t)o->port,
                                            .threads = o->threads > 0 ? o->threads : options_default_threads(),
                                            .data = data,
                                            .stop = &watch->stop };
    struct server server = { 0 };
    int ret = server_start(&server, &options, err);
    if (ret != 0)
        return ret;
    say(t, WORD_SERVE_ADDRESS, (unsigned)server.port, server.token);
    fflush(t->out);
    wait_for_end(&server, watch, 60.0 * (o->idle > 0 ? o->idle : 30));
    server_end(&server);
    say(t, watch->stop != 0 ? WORD_SERVE_STOPPED : WORD_SERVE_IDLE);
    return 0;
}

int command_serve(struct call *call, struct error *err)
{
    struct watch watch;
    char *data = NULL;
    int ret = page_check(false, err);
    if (ret == 0)
        ret = read_data(call, &data, err);
    if (ret == 0 && (ret = watch_start(&watch, &call->terminal, PROGRESS_NONE, "", err)) == 0) {
        signal(SIGPIPE, SIG_IGN);
        ret = serve(call, data, &watch, err);
        watch_end(&watch);
    }
    cJSON_free(data);
    return ret;
}
