/*
 * Test server: one request, what the log says of it, and the control paths
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

#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#define MAX_HEAD (4 * 1024 * 1024)
#define MAX_CONTROL_BODY (16 * 1024 * 1024)
#define DATA_SHOWN 1024

const char *find_header(const char *headers, const char *name, size_t *size)
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

int run_exchange(struct connection *conn, int *counted)
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
