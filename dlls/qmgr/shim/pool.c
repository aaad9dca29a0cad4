/*
 * Connections to servers and proxies, kept for the next request
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

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#include "shim/pool.h"

static SRWLOCK pool_lock = SRWLOCK_INIT;
static struct conn *idle;        /* newest first; guarded by pool_lock */
static BOOL running;             /* guarded by pool_lock */
/* There only while something is kept: a thread pool of Wine with any object in it wakes up every five seconds. Guarded by pool_lock. */
static TP_TIMER *sweeper;

static BOOL same_text(const WCHAR *a, const WCHAR *b)
{
    if (!a || !b) return a == b;
    return !_wcsicmp(a, b);
}

static BOOL same_key(const struct conn_key *a, const struct conn_key *b)
{
    return a->session == b->session && a->secure == b->secure && a->port == b->port && same_text(a->host, b->host)
            && same_text(a->proxy_host, b->proxy_host) && (!a->proxy_host || a->proxy_port == b->proxy_port);
}

HRESULT conn_create(const struct conn_key *key, struct conn **ret)
{
    struct conn *conn;

    *ret = NULL;
    if (!(conn = malloc(sizeof(*conn)))) return E_OUTOFMEMORY;
    memset(conn, 0, offsetof(struct conn, buffer));
    conn->key = *key;
    conn->key.host = _wcsdup(key->host);
    conn->key.proxy_host = key->proxy_host ? _wcsdup(key->proxy_host) : NULL;
    if (!conn->key.host || (key->proxy_host && !conn->key.proxy_host))
    {
        conn_close(conn);
        return E_OUTOFMEMORY;
    }
    *ret = conn;
    return S_OK;
}

void conn_close(struct conn *conn)
{
    if (!conn) return;
    tls_close(conn->tls);
    net_close(conn->net);
    free(conn->key.host);
    free(conn->key.proxy_host);
    free(conn->out);
    while (conn->ahead) conn_pop_ahead(conn);
    free(conn);
}

BYTE *conn_out(struct conn *conn, UINT32 size)
{
    if (size <= conn->out_size) return conn->out;
    free(conn->out);
    conn->out = malloc(size);
    conn->out_size = conn->out ? size : 0;
    return conn->out;
}

HRESULT conn_add_ahead(struct conn *conn, const char *data, size_t len)
{
    struct conn_ahead *ahead, **entry;

    if (!(ahead = malloc(offsetof(struct conn_ahead, data[len])))) return E_OUTOFMEMORY;
    ahead->next = NULL;
    ahead->len = len;
    memcpy(ahead->data, data, len);
    for (entry = &conn->ahead; *entry; entry = &(*entry)->next) {}
    *entry = ahead;
    return S_OK;
}

void conn_pop_ahead(struct conn *conn)
{
    struct conn_ahead *ahead = conn->ahead;

    conn->ahead = ahead->next;
    free(ahead);
}

static void close_list(struct conn *list)
{
    struct conn *conn;

    while ((conn = list))
    {
        list = conn->next;
        conn_close(conn);
    }
}

static void CALLBACK sweep(TP_CALLBACK_INSTANCE *instance, void *context, TP_TIMER *timer);

/* Wakes when the oldest connection has had its time. Without a timer connections are kept until their session ends or they are asked for. */
static void set_sweeper_locked(ULONGLONG now)
{
    union { FILETIME ft; LARGE_INTEGER li; } due;
    ULONGLONG oldest = now;
    struct conn *conn;

    if (!idle)
    {
        /* A callback that is on its way finds nothing to do. */
        if (sweeper) CloseThreadpoolTimer(sweeper);
        sweeper = NULL;
        return;
    }
    if (!sweeper && !(sweeper = CreateThreadpoolTimer(sweep, NULL, NULL))) return;
    for (conn = idle; conn; conn = conn->next) oldest = min(oldest, conn->since);
    due.li.QuadPart = -(LONGLONG)(oldest + POOL_IDLE_LIMIT > now ? oldest + POOL_IDLE_LIMIT - now : 1) * 10000;
    SetThreadpoolTimer(sweeper, &due.ft, 0, 1000);
}

static void CALLBACK sweep(TP_CALLBACK_INSTANCE *instance, void *context, TP_TIMER *timer)
{
    struct conn **entry, *conn, *old = NULL;
    ULONGLONG now = GetTickCount64();

    AcquireSRWLockExclusive(&pool_lock);
    for (entry = &idle; (conn = *entry);)
    {
        if (now - conn->since < POOL_IDLE_LIMIT) entry = &conn->next;
        else
        {
            *entry = conn->next;
            conn->next = old;
            old = conn;
        }
    }
    if (running) set_sweeper_locked(now);
    ReleaseSRWLockExclusive(&pool_lock);
    close_list(old);
}

HRESULT pool_init(void)
{
    AcquireSRWLockExclusive(&pool_lock);
    running = TRUE;
    ReleaseSRWLockExclusive(&pool_lock);
    return S_OK;
}

void pool_shutdown(void)
{
    struct conn *list;
    TP_TIMER *timer;

    AcquireSRWLockExclusive(&pool_lock);
    running = FALSE;
    list = idle;
    idle = NULL;
    timer = sweeper;
    sweeper = NULL;
    ReleaseSRWLockExclusive(&pool_lock);
    close_list(list);
    if (!timer) return;
    SetThreadpoolTimer(timer, NULL, 0, 0);
    WaitForThreadpoolTimerCallbacks(timer, TRUE);
    CloseThreadpoolTimer(timer);
}

/* Asking whether it lives takes several calls to wineserver, asking what has come none. */
static BOOL is_good(struct conn *conn, BOOL certain)
{
    ULONGLONG age = GetTickCount64() - conn->since;

    if (conn->ahead) return age < POOL_AHEAD_TIME;
    if (age >= POOL_IDLE_LIMIT) return FALSE;
    if (!certain && age < POOL_TRUST_TIME) return conn->tls ? tls_is_silent(conn->tls) : net_is_silent(conn->net);
    return conn->tls ? tls_is_idle(conn->tls) : net_is_idle(conn->net);
}

struct conn *pool_take(const struct conn_key *key, BOOL certain, BOOL impersonal)
{
    struct conn **entry, **found, *conn;

    for (;;)
    {
        AcquireSRWLockExclusive(&pool_lock);
        for (entry = &idle, found = NULL, conn = NULL; *entry; entry = &(*entry)->next)
        {
            if (!same_key(&(*entry)->key, key) || (impersonal && (*entry)->personal)) continue;
            /* on one that is the job's own the server need not ask again */
            if (!found || ((*entry)->personal && !(*found)->personal)) found = entry;
        }
        if (found)
        {
            conn = *found;
            *found = conn->next;
        }
        ReleaseSRWLockExclusive(&pool_lock);
        if (!conn) return NULL;
        conn->next = NULL;
        if (is_good(conn, certain)) return conn;
        conn_close(conn);
    }
}

void pool_put(struct conn *conn)
{
    struct conn **entry, **oldest = NULL, *dropped = NULL;
    UINT32 count = 0;

    conn->kept = TRUE;
    if (!conn->ahead) conn->pos = conn->len = 0;
    conn->since = GetTickCount64();

    AcquireSRWLockExclusive(&pool_lock);
    if (!running) dropped = conn;
    else
    {
        conn->next = idle;
        idle = conn;
        for (entry = &idle; *entry; entry = &(*entry)->next)
        {
            if ((*entry)->key.session != conn->key.session) continue;
            oldest = entry; /* they are in the order of their time */
            count++;
        }
        if (count > POOL_SESSION_MAX)
        {
            dropped = *oldest;
            *oldest = dropped->next;
            dropped->next = NULL;
        }
        /* one that is set for connections which are no longer kept finds the right time when it comes: setting it wakes a thread */
        if (!sweeper) set_sweeper_locked(conn->since);
    }
    ReleaseSRWLockExclusive(&pool_lock);
    conn_close(dropped);
}

void pool_purge(UINT64 session)
{
    struct conn **entry, *conn, *list = NULL;

    AcquireSRWLockExclusive(&pool_lock);
    for (entry = &idle; (conn = *entry);)
    {
        if (conn->key.session != session) entry = &conn->next;
        else
        {
            *entry = conn->next;
            conn->next = list;
            list = conn;
        }
    }
    if (!idle && running) set_sweeper_locked(0);
    ReleaseSRWLockExclusive(&pool_lock);
    close_list(list);
}
