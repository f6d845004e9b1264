/* The page on loopback, answered by the native engine (milieu serve). libmicrohttpd is known in server.c and nowhere else.
 *
 *   GET /           the page; it holds nothing of anybody's
 *   POST /begin     X-Milieu-Token: the token of the address, once, or the key. -> {"key", "data"}: the key of all that follows
 *   POST /ask       X-Milieu-Token: that key; body: a question of engine.h -> its answer
 *   POST /results   X-Milieu-Token: that key; body: a results file -> the data of its report, or {"error": [en, fr]}
 *
 * Everything else is refused, and so is a request whose Host is not this server, or whose Origin is another; a body over
 * SERVER_MOST_BODY (SERVER_MOST_FILE); one that takes longer than SERVER_SLOWEST seconds to arrive. One question is computed at a time, on
 * all threads; the others wait. */
#ifndef MILIEU_PAGE_SERVER_H
#define MILIEU_PAGE_SERVER_H

#include <signal.h>
#include <stdint.h>

#include "../../sim/model/error.h"

enum {
    SERVER_MOST_BODY = 8 << 20,
    SERVER_MOST_FILE = 256 << 20,
    SERVER_SLOWEST = 20,
    SERVER_IDLE = 10, /* seconds without a byte */
    SERVER_MOST_CONNECTIONS = 300,
    SERVER_KEY_LENGTH = 32 /* hexadecimal digits */
};

struct server_options {
    uint16_t port;    /* 0: any that is free */
    int threads;      /* of a run */
    const char *data; /* JSON, what /begin gives: borrowed */
    const volatile sig_atomic_t *stop;
};

struct server {
    struct server_inside *inside; /* private */
    uint16_t port;
    char token[SERVER_KEY_LENGTH + 1]; /* for the address: http://127.0.0.1:PORT/#token=... */
};

/* Listens on 127.0.0.1, and on ::1 where there is one. MILIEU_ERR_OUTPUT when it cannot. */
int server_start(struct server *self, const struct server_options *options, struct error *err);

/* Seconds since somebody who may ask was answered; 0 while a question is being answered. */
double server_idle_seconds(const struct server *self);

/* Waits for the answers that are under way (a raised `stop` ends their runs). Safe after a failed start, and twice. */
void server_end(struct server *self);

#endif
