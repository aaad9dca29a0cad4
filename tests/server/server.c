/*
 * Test server: sockets, threads, requests, log, control paths
 *
 * Copyright 2026 The wine-bits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#define MAX_HEAD (4 * 1024 * 1024)
#define MAX_CONTROL_BODY (16 * 1024 * 1024)
#define DATA_SHOWN 1024
#define LINGER_MS 2000

struct test_server
{
    /* fixed after start */
    ts_socket listener;
    ts_socket wake;                 /* readable when the server stops; every wait polls it too */
    unsigned short port;
    ts_u64 start;
    FILE *log_file;

    ts_mutex mutex;
    ts_cond changed;
    /* guarded by mutex */
    int stopping, quit;
    unsigned int threads;
    struct script *script;
    struct buf log;
    struct test_request *requests;
    unsigned int request_count, request_capacity;
    unsigned int reset_count;       /* records of requests from before a reset are gone */
    struct test_server_stats stats;
    unsigned int next_connection, next_upload;
    struct upload *uploads;
};

/*
 * Text
 */

void buf_add(struct buf *buf, const void *data, size_t size)
{
    if (buf->failed) return;
    if (buf->size + size + 1 > buf->capacity)
    {
        size_t capacity = (buf->size + size + 1) * 2;
        char *grown = realloc(buf->data, capacity);

        if (!grown)
        {
            buf->failed = 1;
            return;
        }
        buf->data = grown;
        buf->capacity = capacity;
    }
    if (size) memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = 0;
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

/* by hand, since the printf functions of the platforms disagree about 64 bits */
void buf_u64(struct buf *buf, ts_u64 value)
{
    char digits[24], *p = digits + sizeof(digits);

    do *--p = '0' + value % 10; while (value /= 10);
    buf_add(buf, p, digits + sizeof(digits) - p);
}

void buf_hex(struct buf *buf, ts_u64 value, unsigned int digits)
{
    while (digits--) buf_add(buf, &"0123456789abcdef"[(value >> (4 * digits)) % 16], 1);
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    memset(buf, 0, sizeof(*buf));
}

/* control bytes and backslashes as \xHH */
static void buf_escaped(struct buf *buf, const char *text, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
    {
        unsigned char c = text[i];

        if (c < 32 || c == 127 || c == '\\')
        {
            buf_text(buf, "\\x");
            buf_hex(buf, c, 2);
        }
        else buf_add(buf, text + i, 1);
    }
}

static void buf_field(struct buf *buf, const char *name, ts_u64 value)
{
    buf_text(buf, name);
    buf_u64(buf, value);
}

static char *copy_text(const char *text, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy) abort();
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

/*
 * The server's state
 */

ts_u64 server_now(struct test_server *server)
{
    return ts_time() - server->start;
}

unsigned short server_port(const struct test_server *server)
{
    return server->port;
}

void server_lock(struct test_server *server)
{
    ts_lock(&server->mutex);
}

void server_unlock(struct test_server *server)
{
    ts_unlock(&server->mutex);
}

struct upload **server_uploads(struct test_server *server)
{
    return &server->uploads;
}

unsigned int server_next_upload(struct test_server *server)
{
    return ++server->next_upload;
}

void server_count_body(struct test_server *server, ts_u64 sent)
{
    ts_lock(&server->mutex);
    server->stats.body_sent += sent;
    ts_unlock(&server->mutex);
}

static void log_locked(struct test_server *server, const struct buf *lines)
{
    buf_add(&server->log, lines->data, lines->size);
    if (!server->log_file) return;
    fwrite(lines->data, 1, lines->size, server->log_file);
    fflush(server->log_file);
}

void server_log(struct test_server *server, const struct buf *lines)
{
    ts_lock(&server->mutex);
    log_locked(server, lines);
    ts_unlock(&server->mutex);
}

static void release_script_locked(struct script *script)
{
    if (script && !--script->refs) script_free(script);
}

static void release_script(struct test_server *server, struct script *script)
{
    ts_lock(&server->mutex);
    release_script_locked(script);
    ts_unlock(&server->mutex);
}

void test_request_free(struct test_request *request)
{
    free(request->method);
    free(request->target);
    free(request->version);
    free(request->headers);
    memset(request, 0, sizeof(*request));
}

static void clear_records_locked(struct test_server *server)
{
    unsigned int i;

    for (i = 0; i < server->request_count; i++) test_request_free(&server->requests[i]);
    server->request_count = 0;
}

/*
 * Connections: bytes in and out. The socket does not block, so that every wait can end for the server's
 * stop as well.
 */

int conn_stopping(struct connection *conn)
{
    int ret;

    ts_lock(&conn->server->mutex);
    ret = conn->server->stopping;
    ts_unlock(&conn->server->mutex);
    return ret;
}

int conn_wait_two(struct connection *conn, ts_socket other, short events, short other_events,
                  short *revents, short *other_revents)
{
    ts_pollfd fds[3];

    memset(fds, 0, sizeof(fds));
    fds[0].fd = conn->server->wake;
    fds[0].events = POLLIN;
    /* a socket without events would still report its end for ever */
    fds[1].fd = events ? conn->fd : conn->server->wake;
    fds[1].events = events ? events : POLLIN;
    fds[2].fd = other_events ? other : conn->server->wake;
    fds[2].events = other_events ? other_events : POLLIN;
    if (ts_poll(fds, 3, -1) < 0) return 0;
    *revents = events ? fds[1].revents : 0;
    *other_revents = other_events ? fds[2].revents : 0;
    return !fds[0].revents;
}

/* Wait for an event of the connection. 1: it came, 0: ms milliseconds passed, -1: the server stops. */
static int conn_wait(struct connection *conn, short events, int ms)
{
    ts_pollfd fds[2];
    int ret;

    memset(fds, 0, sizeof(fds));
    fds[0].fd = conn->server->wake;
    fds[0].events = POLLIN;
    fds[1].fd = conn->fd;
    fds[1].events = events;
    ret = ts_poll(fds, 2, ms);
    if (ret < 0) return ts_would_block() ? 0 : -1;
    if (fds[0].revents) return -1;
    return ret > 0;
}

int conn_send(struct connection *conn, const void *data, size_t size, ts_u64 *count)
{
    const char *p = data;

    while (size)
    {
        int n = send(conn->fd, p, size < 0x40000000 ? (int)size : 0x40000000, TS_SEND_FLAGS);

        if (n > 0)
        {
            p += n;
            size -= n;
            if (count) *count += n;
        }
        else if (n == 0 || !ts_would_block()) return 0;
        else if (conn_wait(conn, POLLOUT, -1) < 0) return 0;
    }
    return 1;
}

/* Receive more into conn->in. 1: something came, 0: the peer closed or failed, -1: the server stops. */
static int conn_fill(struct connection *conn)
{
    int n;

    if (conn->in_pos == conn->in_size) conn->in_pos = conn->in_size = 0;
    if (conn->in_size == conn->in_capacity)
    {
        size_t capacity = conn->in_capacity ? conn->in_capacity * 2 : 65536;
        char *grown = realloc(conn->in, capacity);

        if (!grown) return 0;
        conn->in = grown;
        conn->in_capacity = capacity;
    }
    for (;;)
    {
        n = recv(conn->fd, conn->in + conn->in_size, (int)(conn->in_capacity - conn->in_size), 0);
        if (n > 0)
        {
            conn->in_size += n;
            return 1;
        }
        if (n == 0 || !ts_would_block()) return 0;
        if (conn_wait(conn, POLLIN, -1) < 0) return -1;
    }
}

int conn_pause(struct connection *conn, int ms)
{
    ts_u64 end = ts_time() + (ms < 0 ? 0 : ms), now;
    int watch = 1, n;
    char byte;

    for (;;)
    {
        now = ts_time();
        if (ms >= 0 && now >= end) return 1;
        n = conn_wait(conn, watch ? POLLIN : 0, ms < 0 ? -1 : (int)(end - now));
        if (n < 0) return 0;
        if (!n) continue;
        if (!watch) return 0;       /* an error or the end, which need no asking for */
        n = recv(conn->fd, &byte, 1, MSG_PEEK);
        if (n == 0 || (n < 0 && !ts_would_block())) return 0;
        /* early bytes of a next request: they stay there, so stop asking for them */
        if (n > 0) watch = 0;
    }
}

void conn_reset(struct connection *conn)
{
    struct linger linger;

    linger.l_onoff = 1;
    linger.l_linger = 0;
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, (const char *)&linger, sizeof(linger));
    ts_close(conn->fd);
    conn->fd = TS_NO_SOCKET;
}

/* FIN, then wait a moment for the peer's, since a close with unread bytes would be a reset. */
static void conn_finish(struct connection *conn)
{
    ts_u64 end = ts_time() + LINGER_MS;
    char buffer[4096];
    int n;

    if (conn->fd == TS_NO_SOCKET) return;
    shutdown(conn->fd, TS_WRITE);
    for (;;)
    {
        ts_u64 now = ts_time();

        if (now >= end || conn_wait(conn, POLLIN, (int)(end - now)) <= 0) break;
        n = recv(conn->fd, buffer, sizeof(buffer), 0);
        if (n == 0 || (n < 0 && !ts_would_block())) break;
    }
    ts_close(conn->fd);
    conn->fd = TS_NO_SOCKET;
}

/*
 * Requests
 */

static const char *find_header(const char *headers, const char *name, size_t *size)
{
    size_t len = strlen(name);
    const char *line, *end;

    for (line = headers; line && *line; line = end + 1)
    {
        if (!(end = strchr(line, '\n'))) end = line + strlen(line);
        if ((size_t)(end - line) > len && line[len] == ':' && find_nocase(line, name) == line)
        {
            for (line += len + 1; *line == ' ' || *line == '\t'; line++) ;
            *size = end > line ? end - line : 0;
            return line;
        }
        if (!*end) break;
    }
    return NULL;
}

char *exchange_header(const struct exchange *ex, const char *name)
{
    size_t size;
    const char *value = find_header(ex->headers, name, &size);

    return value ? copy_text(value, size) : NULL;
}

/* Take a request's head from the connection. 1: done, 0: the connection ended, -1: not HTTP. */
static int read_head(struct exchange *ex)
{
    struct connection *conn = ex->conn;
    size_t size = 0, scanned = 0;
    char *p, *q, *line, *out;

    for (;;)
    {
        char *start = conn->in + conn->in_pos;
        size_t i, have = conn->in_size - conn->in_pos;

        /* empty lines before a request are allowed */
        while (!scanned && have && (*start == '\r' || *start == '\n'))
        {
            conn->in_pos++;
            start++;
            have--;
        }
        for (i = scanned; i < have && !size; i++)
        {
            if (start[i] != '\n') continue;
            if (i >= 1 && start[i - 1] == '\n') size = i + 1;
            if (i >= 2 && start[i - 1] == '\r' && start[i - 2] == '\n') size = i + 1;
        }
        if (size) break;
        scanned = have;
        if (have > MAX_HEAD) return -1;
        if (conn_fill(conn) <= 0) return 0;
    }

    ex->head = copy_text(conn->in + conn->in_pos, size);
    conn->in_pos += size;
    for (p = ex->head; p < ex->head + size; p++) if (!*p) *p = '?';

    line = ex->head;
    p = line + strcspn(line, "\r\n");
    q = p + (*p == '\r' && p[1] == '\n' ? 2 : 1);
    *p = 0;
    ex->method = line;
    if (!(p = strchr(line, ' '))) return -1;
    *p++ = 0;
    ex->target = p;
    if (!(p = strrchr(p, ' '))) return -1;
    *p++ = 0;
    ex->version = p;
    if (strncmp(ex->version, "HTTP/", 5)) return -1;

    /* the header lines, ended by \n alone, without the last empty one */
    ex->headers = out = q;
    while (*q && *q != '\r' && *q != '\n')
    {
        size_t len = strcspn(q, "\r\n");

        memmove(out, q, len);
        out += len;
        q += len;
        if (*q == '\r') q++;
        if (*q == '\n') q++;
        *out++ = '\n';
    }
    *out = 0;

    p = ex->target;
    if ((q = strstr(p, "://")) && q < p + strcspn(p, "/?")  + 1)
    {
        p = q + 3;
        p += strcspn(p, "/?");
    }
    ex->path = *p == '/' || p == ex->target ? copy_text(p, strcspn(p, "?#")) : copy_text("/", 1);
    return 1;
}

static void choose_reply(struct exchange *ex)
{
    struct test_server *server = ex->conn->server;
    struct script *script;
    unsigned int i, j;

    ts_lock(&server->mutex);
    script = server->script;
    for (i = 0; i < script->rule_count; i++)
    {
        struct rule *rule = &script->rules[i];
        const char *subject = ex->path;
        unsigned int used;

        if (strcmp(rule->method, "*") && strcmp(rule->method, ex->method)) continue;
        if (rule->with_query) subject = ex->target + (strstr(ex->target, ex->path) ? strstr(ex->target, ex->path) - ex->target : 0);
        if (rule->prefix ? strncmp(subject, rule->path, strlen(rule->path)) : strcmp(subject, rule->path)) continue;
        for (j = 0; j < rule->condition_count; j++)
        {
            struct condition *condition = &rule->conditions[j];
            char *value = exchange_header(ex, condition->name);
            int good = condition->absent ? !value :
                       value && (!condition->value || strstr(value, condition->value));

            free(value);
            if (!good) break;
        }
        if (j < rule->condition_count) continue;

        used = rule->used++;
        for (j = 0; j + 1 < rule->reply_count && used >= rule->replies[j].uses; j++) used -= rule->replies[j].uses;
        ex->reply = &rule->replies[j];
        ex->script = script;
        script->refs++;
        break;
    }
    ts_unlock(&server->mutex);
}

static void log_request(struct exchange *ex)
{
    struct test_server *server = ex->conn->server;
    struct buf lines = { NULL, 0, 0, 0 };
    struct test_request *request;
    const char *line, *end;

    ts_lock(&server->mutex);
    if (server->request_count == server->request_capacity)
    {
        unsigned int capacity = server->request_capacity ? server->request_capacity * 2 : 64;
        struct test_request *grown = realloc(server->requests, capacity * sizeof(*grown));

        if (!grown) abort();
        server->requests = grown;
        server->request_capacity = capacity;
    }
    request = &server->requests[server->request_count++];
    memset(request, 0, sizeof(*request));
    request->number = ex->number = server->request_count;
    request->connection = ex->conn->id;
    request->time = (unsigned int)server_now(server);
    request->method = copy_text(ex->method, strlen(ex->method));
    request->target = copy_text(ex->target, strlen(ex->target));
    request->version = copy_text(ex->version, strlen(ex->version));
    request->headers = copy_text(ex->headers, strlen(ex->headers));
    server->stats.requests++;

    buf_field(&lines, "REQ ", ex->number);
    buf_field(&lines, " conn=", ex->conn->id);
    buf_field(&lines, " ms=", request->time);
    buf_text(&lines, " ");
    buf_escaped(&lines, ex->method, strlen(ex->method));
    buf_text(&lines, " ");
    buf_escaped(&lines, ex->target, strlen(ex->target));
    buf_text(&lines, " ");
    buf_escaped(&lines, ex->version, strlen(ex->version));
    buf_text(&lines, "\n");
    for (line = ex->headers; *line; line = end + 1)
    {
        end = strchr(line, '\n');
        buf_field(&lines, "HDR ", ex->number);
        buf_text(&lines, " ");
        buf_escaped(&lines, line, end - line);
        buf_text(&lines, "\n");
    }
    log_locked(server, &lines);
    ts_signal(&server->changed);
    ts_unlock(&server->mutex);
    buf_free(&lines);
}

/* the record of a request; NULL if it was forgotten meanwhile; lock held */
static struct test_request *find_record_locked(struct test_server *server, struct exchange *ex, unsigned int reset_count)
{
    if (server->reset_count != reset_count || ex->number > server->request_count) return NULL;
    return &server->requests[ex->number - 1];
}

static void log_body(struct exchange *ex, unsigned int reset_count)
{
    struct test_server *server = ex->conn->server;
    struct buf lines = { NULL, 0, 0, 0 };
    struct test_request *request;

    ts_lock(&server->mutex);
    server->stats.body_received += ex->body_size;
    if ((request = find_record_locked(server, ex, reset_count)))
    {
        request->body_size = ex->body_size;
        request->body_hash = ex->body_hash;
        buf_field(&lines, "BODY ", ex->number);
        buf_field(&lines, " bytes=", ex->body_size);
        buf_text(&lines, " hash=");
        buf_hex(&lines, ex->body_hash, 16);
        if (ex->kept.size)
        {
            buf_field(&lines, "\nDATA ", ex->number);
            buf_text(&lines, " ");
            buf_escaped(&lines, ex->kept.data, ex->kept.size);
        }
        buf_text(&lines, "\n");
        log_locked(server, &lines);
    }
    ts_unlock(&server->mutex);
    buf_free(&lines);
}

static void log_end(struct exchange *ex, unsigned int reset_count)
{
    struct test_server *server = ex->conn->server;
    struct buf lines = { NULL, 0, 0, 0 };
    struct test_request *request;

    ts_lock(&server->mutex);
    if ((request = find_record_locked(server, ex, reset_count)))
    {
        request->status = ex->status;
        request->sent = ex->sent;
        request->planned = ex->planned;
        request->result = ex->result;
        server->stats.finished++;
        buf_field(&lines, "END ", ex->number);
        buf_field(&lines, " status=", ex->status);
        buf_field(&lines, " sent=", ex->sent);
        buf_field(&lines, " of=", ex->planned);
        buf_text(&lines, " result=");
        buf_text(&lines, ex->result);
        buf_field(&lines, " ms=", server_now(server));
        buf_text(&lines, "\n");
        log_locked(server, &lines);
        ts_signal(&server->changed);
    }
    ts_unlock(&server->mutex);
    buf_free(&lines);
}

static int take_body(struct exchange *ex, const char *data, size_t size)
{
    size_t limit = ex->number ? DATA_SHOWN : MAX_CONTROL_BODY;

    if (ex->number) ex->body_hash = test_server_hash(ex->body_hash, data, size);
    ex->body_size += size;
    if (ex->kept.size < limit) buf_add(&ex->kept, data, size < limit - ex->kept.size ? size : limit - ex->kept.size);
    upload_data(ex, data, size);
    return 1;
}

/* Take `size` body bytes, at most as many as the reply allows. 0: no more of this request. */
static int read_bytes(struct exchange *ex, ts_u64 size)
{
    struct connection *conn = ex->conn;

    while (size)
    {
        size_t have = conn->in_size - conn->in_pos;

        if (!have)
        {
            int ret = conn_fill(conn);

            if (ret <= 0)
            {
                ex->result = ret < 0 ? "stopped" : "peer";
                return 0;
            }
            continue;
        }
        if (have > size) have = size;
        if (ex->reply && have > ex->reply->body_limit - ex->body_size) have = ex->reply->body_limit - ex->body_size;
        take_body(ex, conn->in + conn->in_pos, have);
        conn->in_pos += have;
        size -= have;
        if (ex->reply && ex->body_size >= ex->reply->body_limit)
        {
            ex->result = "cut";
            return 0;
        }
    }
    return 1;
}

/* Take a line from the connection, without its end; 0 if there is none. */
static int read_line(struct connection *conn, char *line, size_t size)
{
    size_t len = 0;

    for (;;)
    {
        while (conn->in_pos < conn->in_size)
        {
            char c = conn->in[conn->in_pos++];

            if (c == '\n')
            {
                if (len && line[len - 1] == '\r') len--;
                line[len] = 0;
                return 1;
            }
            if (len + 1 < size) line[len++] = c;
        }
        if (conn_fill(conn) <= 0) return 0;
    }
}

static int read_body(struct exchange *ex)
{
    char line[256];
    ts_u64 size;

    if (!ex->has_body) return 1;
    if (!ex->chunked) return read_bytes(ex, ex->content_length);
    for (;;)
    {
        if (!read_line(ex->conn, line, sizeof(line))) break;
        if (!(size = strtoull(line, NULL, 16)))
        {
            while (read_line(ex->conn, line, sizeof(line))) if (!*line) return 1;
            break;
        }
        if (!read_bytes(ex, size)) return 0;
        if (!read_line(ex->conn, line, sizeof(line))) break;
    }
    ex->result = "peer";
    return 0;
}

/*
 * Control paths
 */

static ts_u64 query_value(const char *target, const char *name)
{
    const char *p = strchr(target, '?');
    size_t len = strlen(name);

    for (; p; p = strchr(p + 1, '&'))
        if (!strncmp(p + 1, name, len) && p[len + 1] == '=') return strtoull(p + len + 2, NULL, 10);
    return 0;
}

static void add_stats(struct buf *buf, const struct test_server_stats *stats)
{
    buf_field(buf, "requests ", stats->requests);
    buf_field(buf, "\nfinished ", stats->finished);
    buf_field(buf, "\nconnections ", stats->connections);
    buf_field(buf, "\nopen ", stats->open);
    buf_field(buf, "\nmax_open ", stats->max_open);
    buf_field(buf, "\nbody_sent ", stats->body_sent);
    buf_field(buf, "\nbody_received ", stats->body_received);
    buf_text(buf, "\n");
}

static void answer_control(struct exchange *ex)
{
    struct test_server *server = ex->conn->server;
    struct buf head = { NULL, 0, 0, 0 }, body = { NULL, 0, 0, 0 };
    struct test_server_stats stats;
    char error[256], *text;
    int status = 200;

    if (!strcmp(ex->path, "/__log"))
    {
        if ((text = test_server_get_log(server))) buf_text(&body, text);
        free(text);
    }
    else if (!strcmp(ex->path, "/__stats"))
    {
        test_server_get_stats(server, &stats);
        add_stats(&body, &stats);
    }
    else if (!strcmp(ex->path, "/__reset")) test_server_reset(server);
    else if (!strcmp(ex->path, "/__script"))
    {
        buf_add(&ex->kept, "", 0);
        if (!test_server_set_script(server, ex->kept.data, error, sizeof(error)))
        {
            status = 400;
            buf_text(&body, error);
            buf_text(&body, "\n");
        }
    }
    else if (!strcmp(ex->path, "/__wait"))
    {
        if (!test_server_wait(server, query_value(ex->target, "requests"), query_value(ex->target, "ms"))) status = 408;
    }
    else if (!strcmp(ex->path, "/__quit"))
    {
        ts_lock(&server->mutex);
        server->quit = 1;
        ts_signal(&server->changed);
        ts_unlock(&server->mutex);
    }
    else status = 404;

    buf_text(&head, "HTTP/1.1 ");
    buf_u64(&head, status);
    buf_text(&head, " ");
    buf_text(&head, status_reason(status));
    buf_text(&head, "\r\nContent-Type: text/plain\r\nContent-Length: ");
    buf_u64(&head, body.size);
    buf_text(&head, "\r\n\r\n");
    buf_add(&head, body.data, body.size);
    if (!conn_send(ex->conn, head.data, head.size, NULL)) ex->keep = 0;
    buf_free(&head);
    buf_free(&body);
}

/*
 * Threads
 */

/* Answer one request. 0: the connection is over. */
static int run_exchange(struct connection *conn, int *counted)
{
    static const char bad[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static const char missing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    static const char proceed[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct test_server *server = conn->server;
    unsigned int reset_count = 0;
    struct exchange ex;
    char *header;
    int ret;

    memset(&ex, 0, sizeof(ex));
    ex.conn = conn;
    ex.body_hash = TEST_SERVER_HASH_INIT;
    if ((ret = read_head(&ex)) <= 0)
    {
        if (ret < 0) conn_send(conn, bad, sizeof(bad) - 1, NULL);
        free(ex.head);
        free(ex.path);
        return 0;
    }
    ex.keep = strcmp(ex.version, "HTTP/1.0") != 0;
    if ((header = exchange_header(&ex, "Connection")) || (header = exchange_header(&ex, "Proxy-Connection")))
    {
        if (find_nocase(header, "close")) ex.keep = 0;
        if (find_nocase(header, "keep-alive")) ex.keep = 1;
        free(header);
    }
    if ((header = exchange_header(&ex, "Transfer-Encoding")))
    {
        ex.has_body = ex.chunked = find_nocase(header, "chunked") != NULL;
        free(header);
    }
    if (!ex.chunked && (header = exchange_header(&ex, "Content-Length")))
    {
        ex.content_length = strtoull(header, NULL, 10);
        ex.has_body = ex.content_length != 0;
        free(header);
    }

    ts_lock(&server->mutex);
    if (!strncmp(ex.path, "/__", 3))
    {
        /* a connection that only asks for the log is not one under test */
        if (!*counted) server->stats.connections--;
    }
    *counted = 1;
    reset_count = server->reset_count;
    ts_unlock(&server->mutex);

    if (!strncmp(ex.path, "/__", 3))
    {
        if (read_body(&ex)) answer_control(&ex);
        else ex.keep = 0;
    }
    else
    {
        log_request(&ex);
        choose_reply(&ex);
        if (ex.reply && ex.reply->bits) upload_begin(&ex);
        ret = 1;
        if (!ex.reply || !ex.reply->early)
        {
            if (ex.has_body && (!ex.reply || !ex.reply->no_continue) && (header = exchange_header(&ex, "Expect")))
            {
                if (find_nocase(header, "100-continue")) conn_send(conn, proceed, sizeof(proceed) - 1, NULL);
                free(header);
            }
            ret = read_body(&ex);
            if (ex.has_body) log_body(&ex, reset_count);
        }
        else if (ex.has_body) ex.keep = 0;

        if (!ret) ex.keep = 0;
        else if (ex.reply) reply_send(&ex);
        else
        {
            ex.status = 404;
            ex.result = conn_send(conn, missing, sizeof(missing) - 1, NULL) ? "complete" : "peer";
        }
        log_end(&ex, reset_count);
    }

    if (ex.script) release_script(server, ex.script);
    buf_free(&ex.kept);
    free(ex.upload_id);
    free(ex.head);
    free(ex.path);
    return ex.keep && conn->fd != TS_NO_SOCKET;
}

TS_THREAD_FUNC connection_thread(void *arg)
{
    struct connection *conn = arg;
    struct test_server *server = conn->server;
    enum accept_mode mode;
    int counted = 0;

    ts_lock(&server->mutex);
    mode = server->script->accept;
    ts_unlock(&server->mutex);
    switch (mode)
    {
    case ACCEPT_RESET:
        conn_reset(conn);
        break;
    case ACCEPT_CLOSE:
        break;
    case ACCEPT_SILENT:
        conn_pause(conn, -1);
        break;
    default:
        while (run_exchange(conn, &counted)) ;
        break;
    }
    conn_finish(conn);
    free(conn->in);
    free(conn);

    ts_lock(&server->mutex);
    server->stats.open--;
    server->threads--;
    ts_signal(&server->changed);
    ts_unlock(&server->mutex);
    return TS_THREAD_RETURN;
}

TS_THREAD_FUNC listener_thread(void *arg)
{
    struct test_server *server = arg;
    ts_pollfd fds[2];

    for (;;)
    {
        struct connection *conn;
        ts_socket fd;
        int on = 1;

        memset(fds, 0, sizeof(fds));
        fds[0].fd = server->wake;
        fds[0].events = POLLIN;
        fds[1].fd = server->listener;
        fds[1].events = POLLIN;
        if (ts_poll(fds, 2, -1) < 0 && !ts_would_block()) break;
        if (fds[0].revents) break;
        if ((fd = accept(server->listener, NULL, NULL)) == TS_NO_SOCKET) continue;
        ts_unblock(fd);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, (const char *)&on, sizeof(on));
        if (!(conn = calloc(1, sizeof(*conn)))) abort();
        conn->server = server;
        conn->fd = fd;
        ts_lock(&server->mutex);
        conn->id = ++server->next_connection;
        server->threads++;
        server->stats.connections++;
        if (++server->stats.open > server->stats.max_open) server->stats.max_open = server->stats.open;
        ts_unlock(&server->mutex);
        if (!ts_thread(connection_thread, conn)) abort();
    }
    ts_lock(&server->mutex);
    server->threads--;
    ts_signal(&server->changed);
    ts_unlock(&server->mutex);
    return TS_THREAD_RETURN;
}

/*
 * What tests call
 */

static int bind_any(ts_socket fd, const char *address, unsigned short *port)
{
    struct sockaddr_in name;
    socklen_t size = sizeof(name);

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(*port);
    name.sin_addr.s_addr = address ? inet_addr(address) : htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&name, sizeof(name)) || getsockname(fd, (struct sockaddr *)&name, &size)) return 0;
    *port = ntohs(name.sin_port);
    return 1;
}

/* A datagram socket connected to itself: one byte sent makes it readable for every poll. */
static ts_socket create_wake(void)
{
    ts_socket fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in name;
    unsigned short port = 0;

    if (fd == TS_NO_SOCKET) return fd;
    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind_any(fd, NULL, &port))
    {
        name.sin_port = htons(port);
        if (!connect(fd, (struct sockaddr *)&name, sizeof(name))) return fd;
    }
    ts_close(fd);
    return TS_NO_SOCKET;
}

static void free_server(struct test_server *server)
{
    if (server->listener != TS_NO_SOCKET) ts_close(server->listener);
    if (server->wake != TS_NO_SOCKET) ts_close(server->wake);
    if (server->log_file) fclose(server->log_file);
    release_script_locked(server->script);
    clear_records_locked(server);
    free(server->requests);
    uploads_free(server->uploads);
    buf_free(&server->log);
    ts_cond_free(&server->changed);
    ts_mutex_free(&server->mutex);
    free(server);
    ts_cleanup();
}

struct test_server *test_server_start(const struct test_server_options *options, char *error, size_t size)
{
    struct test_server *server;

    if (!(server = calloc(1, sizeof(*server))) || !ts_startup())
    {
        snprintf(error, size, "no memory or no sockets");
        free(server);
        return NULL;
    }
    ts_mutex_init(&server->mutex);
    ts_cond_init(&server->changed);
    server->start = ts_time();
    server->port = options->port;
    server->wake = create_wake();
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (server->wake == TS_NO_SOCKET || server->listener == TS_NO_SOCKET)
    {
        snprintf(error, size, "no sockets");
        goto failed;
    }
#ifndef _WIN32
    {
        int on = 1;

        setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    }
#endif
    if (!(server->script = script_parse(options->script ? options->script : "", error, size))) goto failed;
    if (!bind_any(server->listener, options->address, &server->port))
    {
        snprintf(error, size, "could not bind port %u", server->port);
        goto failed;
    }
    if (options->log_file && !(server->log_file = fopen(options->log_file, "ab")))
    {
        snprintf(error, size, "could not open the log file");
        goto failed;
    }
    if (server->script->accept != ACCEPT_REFUSE)
    {
        ts_unblock(server->listener);
        server->threads = 1;
        if (listen(server->listener, 512) || !ts_thread(listener_thread, server))
        {
            snprintf(error, size, "could not listen");
            goto failed;
        }
    }
    return server;

failed:
    free_server(server);
    return NULL;
}

void test_server_stop(struct test_server *server)
{
    if (!server) return;
    ts_lock(&server->mutex);
    server->stopping = 1;
    ts_signal(&server->changed);
    ts_unlock(&server->mutex);
    send(server->wake, "", 1, TS_SEND_FLAGS);
    ts_lock(&server->mutex);
    while (server->threads) ts_wait(&server->changed, &server->mutex, -1);
    ts_unlock(&server->mutex);
    free_server(server);
}

unsigned short test_server_port(const struct test_server *server)
{
    return server->port;
}

int test_server_set_script(struct test_server *server, const char *text, char *error, size_t size)
{
    struct script *script = script_parse(text, error, size);

    if (!script) return 0;
    ts_lock(&server->mutex);
    release_script_locked(server->script);
    server->script = script;
    ts_unlock(&server->mutex);
    return 1;
}

void test_server_reset(struct test_server *server)
{
    ts_u64 open;
    unsigned int i;

    ts_lock(&server->mutex);
    clear_records_locked(server);
    server->reset_count++;
    buf_free(&server->log);
    open = server->stats.open;
    memset(&server->stats, 0, sizeof(server->stats));
    server->stats.open = server->stats.max_open = open;
    uploads_free(server->uploads);
    server->uploads = NULL;
    for (i = 0; i < server->script->rule_count; i++) server->script->rules[i].used = 0;
    ts_unlock(&server->mutex);
}

int test_server_wait(struct test_server *server, unsigned int count, unsigned int timeout_ms)
{
    ts_u64 end = ts_time() + timeout_ms, now;
    int ret;

    ts_lock(&server->mutex);
    while (server->stats.finished < count && !server->stopping && (now = ts_time()) < end)
        ts_wait(&server->changed, &server->mutex, (int)(end - now));
    ret = server->stats.finished >= count;
    ts_unlock(&server->mutex);
    return ret;
}

void test_server_wait_quit(struct test_server *server)
{
    ts_lock(&server->mutex);
    while (!server->quit) ts_wait(&server->changed, &server->mutex, -1);
    ts_unlock(&server->mutex);
}

void test_server_get_stats(struct test_server *server, struct test_server_stats *stats)
{
    ts_lock(&server->mutex);
    *stats = server->stats;
    ts_unlock(&server->mutex);
}

char *test_server_get_log(struct test_server *server)
{
    char *ret;

    ts_lock(&server->mutex);
    ret = copy_text(server->log.data ? server->log.data : "", server->log.size);
    ts_unlock(&server->mutex);
    return ret;
}

int test_server_get_request(struct test_server *server, unsigned int number, struct test_request *request)
{
    int found;

    ts_lock(&server->mutex);
    found = number && number <= server->request_count;
    if (found)
    {
        *request = server->requests[number - 1];
        request->method = copy_text(request->method, strlen(request->method));
        request->target = copy_text(request->target, strlen(request->target));
        request->version = copy_text(request->version, strlen(request->version));
        request->headers = copy_text(request->headers, strlen(request->headers));
    }
    else memset(request, 0, sizeof(*request));
    ts_unlock(&server->mutex);
    return found;
}

const char *test_request_header(const struct test_request *request, const char *name, char *buffer, size_t size)
{
    size_t len;
    const char *value = find_header(request->headers, name, &len);

    if (!value) return NULL;
    if (len >= size) len = size - 1;
    memcpy(buffer, value, len);
    buffer[len] = 0;
    return buffer;
}

unsigned int test_server_count(struct test_server *server, const char *method, const char *path)
{
    unsigned int i, count = 0;

    ts_lock(&server->mutex);
    for (i = 0; i < server->request_count; i++)
    {
        const struct test_request *request = &server->requests[i];
        const char *target = strstr(request->target, "://");

        target = target ? target + 3 + strcspn(target + 3, "/") : request->target;
        if (method && strcmp(request->method, method)) continue;
        if (path && (strncmp(target, path, strlen(path)) || (target[strlen(path)] && target[strlen(path)] != '?'))) continue;
        count++;
    }
    ts_unlock(&server->mutex);
    return count;
}

void test_server_free(void *ptr)
{
    free(ptr);
}
