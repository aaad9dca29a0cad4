/*
 * Handles of files that are about to be published
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

#include "windef.h"
#include "winbase.h"

#include "crew.h"
#include "disk_ahead.h"
#include "security.h"
#include "sync.h"

#define HELPERS   1
#define AHEAD_MIN 16    /* files, below which threads cost more than they save */
#define AHEAD_MAX 32    /* handles that nobody has taken yet */
#define CLOSE_MIN 8     /* handles to be closed, for which it is worth while to wake a helper */

struct disk_ahead
{
    /* fixed */
    HANDLE (*open)(const WCHAR *name);
    const WCHAR *const *names;
    UINT32 count;
    HANDLE token;                   /* of the thread that has begun; NULL: it acts as the process */
    /* guarded by mutex */
    struct sync_mutex mutex;
    struct sync_cond to_do, done;
    UINT32 taken, begun;            /* of the names, from the first one on */
    HANDLE handles[AHEAD_MAX];      /* of name i in i % AHEAD_MAX, from `taken` to `begun`; NULL while it is being opened */
    HANDLE closing[AHEAD_MAX];
    UINT32 closing_count;
    UINT32 helpers;
    BOOL end;
};

static void close_locked(struct disk_ahead *ahead)
{
    HANDLE handles[AHEAD_MAX];
    UINT32 i, count = ahead->closing_count;

    memcpy(handles, ahead->closing, count * sizeof(*handles));
    ahead->closing_count = 0;
    sync_unlock(&ahead->mutex);
    for (i = 0; i < count; i++) CloseHandle(handles[i]);
    sync_lock(&ahead->mutex);
}

static void open_next_locked(struct disk_ahead *ahead)
{
    UINT32 i = ahead->begun++;
    HANDLE handle;

    ahead->handles[i % AHEAD_MAX] = NULL;
    sync_unlock(&ahead->mutex);
    handle = ahead->open(ahead->names[i]);
    sync_lock(&ahead->mutex);
    ahead->handles[i % AHEAD_MAX] = handle;
    if (i == ahead->taken) sync_wake_all(&ahead->done);
}

static void help(void *ctx)
{
    struct disk_ahead *ahead = ctx;
    BOOL same = !ahead->token || SetThreadToken(NULL, ahead->token);

    sync_lock(&ahead->mutex);
    while (!ahead->end && same)
    {
        if (ahead->begun < ahead->count && ahead->begun - ahead->taken < AHEAD_MAX) open_next_locked(ahead);
        else if (ahead->closing_count >= CLOSE_MIN) close_locked(ahead);
        else if (ahead->begun == ahead->count && ahead->taken == ahead->count) break;
        else sync_wait(&ahead->to_do, &ahead->mutex);
    }
    sync_unlock(&ahead->mutex);
    if (ahead->token) SetThreadToken(NULL, NULL);

    sync_lock(&ahead->mutex);
    ahead->helpers--;
    sync_wake_all(&ahead->done);
    sync_unlock(&ahead->mutex);
}

struct disk_ahead *disk_ahead_begin(HANDLE (*open)(const WCHAR *name), const WCHAR *const *names, UINT32 count)
{
    struct disk_ahead *ahead;

    if (count < AHEAD_MIN || !(ahead = calloc(1, sizeof(*ahead)))) return NULL;
    ahead->open = open;
    ahead->names = names;
    ahead->count = count;
    if (FAILED(security_thread_token(&ahead->token)))
    {
        free(ahead);
        return NULL;
    }
    sync_mutex_init(&ahead->mutex, "disk_ahead.mutex");
    sync_cond_init(&ahead->to_do);
    sync_cond_init(&ahead->done);
    sync_lock(&ahead->mutex);
    while (ahead->helpers < HELPERS && SUCCEEDED(crew_start(help, ahead))) ahead->helpers++;
    sync_unlock(&ahead->mutex);
    return ahead;
}

void disk_ahead_end(struct disk_ahead *ahead)
{
    if (!ahead) return;
    sync_lock(&ahead->mutex);
    ahead->end = TRUE;
    sync_wake_all(&ahead->to_do);
    while (ahead->helpers) sync_wait(&ahead->done, &ahead->mutex);
    close_locked(ahead);
    sync_unlock(&ahead->mutex);
    for (; ahead->taken < ahead->begun; ahead->taken++)
        if (ahead->handles[ahead->taken % AHEAD_MAX] != INVALID_HANDLE_VALUE) CloseHandle(ahead->handles[ahead->taken % AHEAD_MAX]);
    if (ahead->token) CloseHandle(ahead->token);
    sync_cond_free(&ahead->done);
    sync_cond_free(&ahead->to_do);
    sync_mutex_free(&ahead->mutex);
    free(ahead);
}

HANDLE disk_ahead_take(struct disk_ahead *ahead, const WCHAR *name)
{
    HANDLE handle = INVALID_HANDLE_VALUE;
    UINT32 i;

    if (!ahead) return handle;
    sync_lock(&ahead->mutex);
    i = ahead->taken;
    if (i < ahead->count && ahead->names[i] == name)
    {
        if (i == ahead->begun) ahead->begun++;      /* the caller is faster */
        else
        {
            while (!ahead->handles[i % AHEAD_MAX]) sync_wait(&ahead->done, &ahead->mutex);
            handle = ahead->handles[i % AHEAD_MAX];
        }
        ahead->taken++;
        if (ahead->begun - ahead->taken == AHEAD_MAX / 2 || ahead->taken == ahead->count) sync_wake_all(&ahead->to_do);
    }
    sync_unlock(&ahead->mutex);
    return handle;
}

void disk_ahead_give_back(struct disk_ahead *ahead, HANDLE handle)
{
    if (!ahead)
    {
        CloseHandle(handle);
        return;
    }
    sync_lock(&ahead->mutex);
    if (ahead->closing_count == AHEAD_MAX) close_locked(ahead);
    ahead->closing[ahead->closing_count++] = handle;
    if (ahead->closing_count == CLOSE_MIN) sync_wake(&ahead->to_do);
    sync_unlock(&ahead->mutex);
}
