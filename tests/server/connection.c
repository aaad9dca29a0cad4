/*
 * Test server: bytes in and out of a connection
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

/* The socket does not block, so that every wait can end for the server's stop as well. */

#define LINGER_MS 2000

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
int conn_fill(struct connection *conn)
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
void conn_finish(struct connection *conn)
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
