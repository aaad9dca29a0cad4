/*
 * Test server: its state, its threads, and what tests call
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

void log_locked(struct test_server *server, const struct buf *lines)
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

void release_script(struct test_server *server, struct script *script)
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
 * Threads
 */

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

#define LOOK_MSEC 100

/* How long a wait goes on. A machine that stands still takes no more than a look of it. */
struct patience
{
    ts_u64 looked;
    ts_u64 left;
};

/* Until something has changed, or for one look; 0: that was long enough. */
static int wait_on_locked(struct test_server *server, struct patience *patience)
{
    ts_u64 now = ts_time(), passed = now - patience->looked < LOOK_MSEC ? now - patience->looked : LOOK_MSEC;

    patience->looked = now;
    if (patience->left <= passed) return 0;
    patience->left -= passed;
    ts_wait(&server->changed, &server->mutex, LOOK_MSEC);
    return 1;
}

int test_server_wait(struct test_server *server, unsigned int count, unsigned int timeout_ms)
{
    struct patience patience = { ts_time(), timeout_ms };
    int ret;

    ts_lock(&server->mutex);
    while (server->stats.finished < count && !server->stopping && wait_on_locked(server, &patience)) ;
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

static unsigned int count_locked(const struct test_server *server, const char *method, const char *path)
{
    unsigned int i, count = 0;

    for (i = 0; i < server->request_count; i++)
    {
        const struct test_request *request = &server->requests[i];
        const char *target = strstr(request->target, "://");

        target = target ? target + 3 + strcspn(target + 3, "/") : request->target;
        if (method && strcmp(request->method, method)) continue;
        if (path && (strncmp(target, path, strlen(path)) || (target[strlen(path)] && target[strlen(path)] != '?'))) continue;
        count++;
    }
    return count;
}

unsigned int test_server_count(struct test_server *server, const char *method, const char *path)
{
    unsigned int count;

    ts_lock(&server->mutex);
    count = count_locked(server, method, path);
    ts_unlock(&server->mutex);
    return count;
}

int test_server_wait_for(struct test_server *server, const char *method, const char *path, unsigned int count, unsigned int timeout_ms)
{
    struct patience patience = { ts_time(), timeout_ms };
    int ret;

    ts_lock(&server->mutex);
    while (!(ret = count_locked(server, method, path) >= count) && !server->stopping && wait_on_locked(server, &patience)) ;
    ts_unlock(&server->mutex);
    return ret;
}

void test_server_free(void *ptr)
{
    free(ptr);
}
