#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "engine.h"
#include "write.h"

struct server_inside {
    struct server_options options;
    struct MHD_Daemon *daemon[2]; /* 127.0.0.1, ::1 */
    char host[3][32];             /* what Host may say */
    char token[SERVER_KEY_LENGTH + 1], key[SERVER_KEY_LENGTH + 1];
    char *page;
    size_t page_size;
    pthread_mutex_t lock; /* of what follows */
    bool token_spent;
    int answering; /* questions that are being answered */
    double last_asked;
    pthread_mutex_t computing; /* one question at a time */
};

struct request { /* one that is arriving */
    double begun;
    unsigned refused; /* an HTTP status; 0: not */
    char *body;
    size_t length, capacity;
};

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- answering ---- */

static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status, struct MHD_Response *response,
                                     const char *type)
{
    static const char *const header[][2] = {
        { "Cache-Control", "no-store" },
        { "Content-Security-Policy", "frame-ancestors 'none'" },
        { "X-Content-Type-Options", "nosniff" },
        { "X-Frame-Options", "DENY" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
    };
    enum MHD_Result ret;
    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        MHD_add_response_header(response, header[i][0], header[i][1]);
    MHD_add_response_header(response, "Content-Type", type);
    ret = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return ret;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status)
{
    char text[8];
    int length = snprintf(text, sizeof text, "%u\n", status);
    return send_response(connection, status,
                         MHD_create_response_from_buffer((size_t)length, text, MHD_RESPMEM_MUST_COPY), "text/plain");
}

/* `text` is malloc's, and freed when it was sent. */
static enum MHD_Result send_json(struct MHD_Connection *connection, char *text)
{
    struct MHD_Response *response;
    if (text == NULL)
        return refuse(connection, MHD_HTTP_INTERNAL_SERVER_ERROR);
    response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL)
        free(text);
    return send_response(connection, MHD_HTTP_OK, response, "application/json");
}

/* ---- who may ask ---- */

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool is_host(const struct server_inside *self, const char *text)
{
    for (int i = 0; i < 3; i++)
        if (*text != '\0' && strcmp(text, self->host[i]) == 0)
            return true;
    return false;
}

/* A page of another site reaches this server by a name of its own (Host), or from its own place (Origin). */
static bool is_ours(const struct server_inside *self, struct MHD_Connection *connection)
{
    const char *host = header_of(connection, "Host"), *origin = header_of(connection, "Origin");
    if (host == NULL || !is_host(self, host))
        return false;
    return origin == NULL || (strncmp(origin, "http://", 7) == 0 && strcmp(origin + 7, host) == 0);
}

/* Compares whole, however early the two differ. */
static bool is_key(const char *given, const char *key)
{
    unsigned char differs = 0;
    if (given == NULL || strlen(given) != SERVER_KEY_LENGTH)
        return false;
    for (int i = 0; i < SERVER_KEY_LENGTH; i++)
        differs |= (unsigned char)(given[i] ^ key[i]);
    return differs == 0;
}

/* ---- the three questions ---- */

/* Whoever has no key cannot keep the server from stopping: this is called for those who have one. */
static void note_asked(struct server_inside *self, int answering)
{
    pthread_mutex_lock(&self->lock);
    self->answering += answering;
    self->last_asked = now_seconds();
    pthread_mutex_unlock(&self->lock);
}

static enum MHD_Result begin(struct server_inside *self, struct MHD_Connection *connection)
{
    size_t size = strlen(self->options.data) + SERVER_KEY_LENGTH + 32;
    bool first, good;
    char *text;
    pthread_mutex_lock(&self->lock);
    first = !self->token_spent && is_key(header_of(connection, "X-Milieu-Token"), self->token);
    self->token_spent = self->token_spent || first;
    pthread_mutex_unlock(&self->lock);
    good = first || is_key(header_of(connection, "X-Milieu-Token"), self->key); /* a tab that was reloaded */
    if (!good)
        return refuse(connection, MHD_HTTP_FORBIDDEN);
    note_asked(self, 0);
    if ((text = malloc(size)) != NULL)
        snprintf(text, size, "{\"key\":\"%s\",\"data\":%s}", self->key, self->options.data);
    return send_json(connection, text);
}

static enum MHD_Result ask(struct server_inside *self, struct MHD_Connection *connection, const struct request *request)
{
    const struct engine_limits limits = { self->options.threads, self->options.stop };
    char *answer;
    pthread_mutex_lock(&self->computing);
    answer = engine_answer(request->body != NULL ? request->body : "", &limits);
    pthread_mutex_unlock(&self->computing);
    return send_json(connection, answer);
}

static enum MHD_Result read_results(struct server_inside *self, struct MHD_Connection *connection,
                                    const struct request *request)
{
    char *answer;
    pthread_mutex_lock(&self->computing); /* HDF5 is called by one thread at a time */
    answer = page_report_bytes(request->body != NULL ? request->body : "", request->length);
    pthread_mutex_unlock(&self->computing);
    return send_json(connection, answer);
}

/* ---- a request arrives ---- */

static size_t most_body(const char *url)
{
    return strcmp(url, "/results") == 0 ? SERVER_MOST_FILE : SERVER_MOST_BODY;
}

/* What can be said from the first line and the headers. */
static unsigned judge(const struct server_inside *self, struct MHD_Connection *connection, const char *url,
                      const char *method)
{
    const char *length = header_of(connection, "Content-Length");
    bool page = strcmp(url, "/") == 0, begins = strcmp(url, "/begin") == 0;
    bool question = strcmp(url, "/ask") == 0 || strcmp(url, "/results") == 0;
    if (!is_ours(self, connection))
        return MHD_HTTP_FORBIDDEN;
    if (!page && !begins && !question)
        return MHD_HTTP_NOT_FOUND;
    if (strcmp(method, page ? "GET" : "POST") != 0)
        return MHD_HTTP_METHOD_NOT_ALLOWED;
    if (length != NULL && strtod(length, NULL) > (double)most_body(url))
        return MHD_HTTP_CONTENT_TOO_LARGE;
    if (question && !is_key(header_of(connection, "X-Milieu-Token"), self->key))
        return MHD_HTTP_FORBIDDEN;
    return 0;
}

static void take_body(struct request *self, const char *data, size_t size, size_t most)
{
    if (self->length + size > most) {
        self->refused = MHD_HTTP_CONTENT_TOO_LARGE;
        return;
    }
    if (self->length + size + 1 > self->capacity) {
        size_t capacity = 2 * (self->length + size) + 4096;
        char *grown = realloc(self->body, capacity);
        if (grown == NULL) {
            self->refused = MHD_HTTP_INTERNAL_SERVER_ERROR;
            return;
        }
        self->body = grown;
        self->capacity = capacity;
    }
    memcpy(self->body + self->length, data, size);
    self->length += size;
    self->body[self->length] = '\0';
}

static enum MHD_Result answer_whole(struct server_inside *self, struct MHD_Connection *connection, const char *url,
                                    const struct request *request)
{
    enum MHD_Result ret;
    if (strcmp(url, "/begin") == 0)
        return begin(self, connection);
    if (strcmp(url, "/") != 0) {
        note_asked(self, 1);
        ret = strcmp(url, "/ask") == 0 ? ask(self, connection, request) : read_results(self, connection, request);
        note_asked(self, -1);
        return ret;
    }
    return send_response(connection, MHD_HTTP_OK,
                         MHD_create_response_from_buffer(self->page_size, self->page, MHD_RESPMEM_PERSISTENT),
                         "text/html; charset=utf-8");
}

/* Called once for the headers, once for each piece of the body, once at its end (libmicrohttpd's access handler). */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **state)
{
    struct server_inside *self = context;
    struct request *request = *state;
    (void)version;
    if (request == NULL) {
        if ((request = calloc(1, sizeof *request)) == NULL)
            return MHD_NO;
        request->begun = now_seconds();
        *state = request;
        request->refused = judge(self, connection, url, method);
        return request->refused != 0 ? refuse(connection, request->refused) : MHD_YES;
    }
    if (now_seconds() - request->begun > SERVER_SLOWEST)
        return MHD_NO;
    if (*size > 0) {
        if (request->refused == 0)
            take_body(request, data, *size, most_body(url));
        *size = 0;
        return request->refused == 0 ? MHD_YES : MHD_NO;
    }
    return request->refused != 0 ? refuse(connection, request->refused) : answer_whole(self, connection, url, request);
}

static void forget(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode reason)
{
    struct request *request = *state;
    (void)context;
    (void)connection;
    (void)reason;
    if (request != NULL)
        free(request->body);
    free(request);
    *state = NULL;
}

/* ---- starting and ending ---- */

static struct MHD_Daemon *listen_on(struct server_inside *self, const struct sockaddr *address, bool six)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | (six ? MHD_USE_IPv6 : 0);
    return MHD_start_daemon(flags, 0, NULL, NULL, handle, self, MHD_OPTION_SOCK_ADDR, address,
                            MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_MOST_CONNECTIONS,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SERVER_IDLE, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)32768, MHD_OPTION_THREAD_STACK_SIZE, (size_t)(1 << 20), MHD_OPTION_NOTIFY_COMPLETED,
                            forget, NULL, MHD_OPTION_END);
}

static bool make_key(char *key)
{
    unsigned char bytes[SERVER_KEY_LENGTH / 2];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(key + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool make_page(struct server_inside *self)
{
    FILE *stream = open_memstream(&self->page, &self->page_size);
    if (stream == NULL)
        return false;
    page_put(stream, "{\"kind\":\"serve\"}", false, true);
    return fclose(stream) == 0;
}

static bool start_daemons(struct server *self)
{
    struct server_inside *inside = self->inside;
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_port = htons(inside->options.port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    const union MHD_DaemonInfo *info;
    if ((inside->daemon[0] = listen_on(inside, (const struct sockaddr *)&four, false)) == NULL)
        return false;
    info = MHD_get_daemon_info(inside->daemon[0], MHD_DAEMON_INFO_BIND_PORT);
    self->port = info != NULL ? info->port : inside->options.port;
    snprintf(inside->host[0], sizeof inside->host[0], "127.0.0.1:%u", (unsigned)self->port);
    snprintf(inside->host[1], sizeof inside->host[1], "localhost:%u", (unsigned)self->port);
    snprintf(inside->host[2], sizeof inside->host[2], "[::1]:%u", (unsigned)self->port);
    six.sin6_port = htons(self->port);
    inside->daemon[1] = listen_on(inside, (const struct sockaddr *)&six, true); /* a machine without ::1 does without */
    return true;
}

int server_start(struct server *self, const struct server_options *options, struct error *err)
{
    struct server_inside *inside = calloc(1, sizeof *inside);
    *self = (struct server){ .inside = inside };
    if (inside == NULL)
        return error_set_memory(err);
    inside->options = *options;
    inside->last_asked = now_seconds();
    pthread_mutex_init(&inside->lock, NULL);
    pthread_mutex_init(&inside->computing, NULL);
    errno = 0;
    if (!make_key(inside->token) || !make_key(inside->key) || !make_page(inside) || !start_daemons(self)) {
        int reason = errno;
        server_end(self);
        return error_set_system(err, MILIEU_ERR_OUTPUT, reason, "cannot listen on port %u of 127.0.0.1",
                                "impossible d'écouter au port %u de 127.0.0.1", (unsigned)options->port);
    }
    memcpy(self->token, inside->token, sizeof self->token);
    return 0;
}

double server_idle_seconds(const struct server *self)
{
    double last;
    pthread_mutex_lock(&self->inside->lock);
    last = self->inside->answering > 0 ? now_seconds() : self->inside->last_asked;
    pthread_mutex_unlock(&self->inside->lock);
    return now_seconds() - last;
}

void server_end(struct server *self)
{
    struct server_inside *inside = self->inside;
    if (inside == NULL)
        return;
    for (int i = 0; i < 2; i++)
        if (inside->daemon[i] != NULL)
            MHD_stop_daemon(inside->daemon[i]);
    pthread_mutex_destroy(&inside->lock);
    pthread_mutex_destroy(&inside->computing);
    free(inside->page);
    free(inside);
    self->inside = NULL;
}
