/*
 * The client processes: who is there, what objects he holds, and letting go when he dies
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

#define COBJMACROS
#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "clients.h"
#include "watch.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct client
{
    /* fixed at creation */
    struct caller *caller;
    /* guarded by clients_lock where it goes to 0; interlocked otherwise */
    LONG refs;
    /* guarded by clients_lock */
    struct list entry;          /* in `living`, then in `departed` until it is freed */
    struct list objects;        /* struct client_object */
    struct list watches;        /* struct client_watch, until gone */
    struct watch *wait;
    BOOL gone;
};

enum watch_state { WATCH_WAITING, WATCH_CALLING, WATCH_CALLED };

struct client_watch
{
    /* fixed at creation */
    struct client *client;      /* with a reference */
    void (*gone)(void *ctx);
    void *ctx;
    /* guarded by clients_lock */
    struct list entry;          /* in client->watches while WAITING */
    enum watch_state state;
    DWORD thread;               /* while CALLING */
    BOOL cancelled;             /* from inside gone(): freed when it returns */
};

static SRWLOCK clients_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;   /* a watch was called, or process_ended is over */

/* guarded by clients_lock */
static struct list living = LIST_INIT(living);
static struct list departed = LIST_INIT(departed);
static UINT32 ending_count;     /* process_ended at work */
static UINT32 living_count;
/* fixed between clients_init and clients_shutdown */
static void (*count_changed)(void *ctx, UINT32 count);
static void *count_changed_ctx;

HRESULT clients_init(void (*changed)(void *ctx, UINT32 count), void *ctx)
{
    count_changed = changed;
    count_changed_ctx = ctx;
    living_count = 0;
    return S_OK;
}

static void tell_count(void)
{
    UINT32 count;

    AcquireSRWLockExclusive(&clients_lock);
    count = living_count;
    ReleaseSRWLockExclusive(&clients_lock);
    if (count_changed) count_changed(count_changed_ctx, count);
}

static void depart_locked(struct client *client)
{
    client->gone = TRUE;
    list_remove(&client->entry);
    list_add_tail(&departed, &client->entry);
    living_count--;
}

/* Calls one watch's function. clients_lock is held at entry and exit, not during the call. */
static void call_watch_locked(struct client_watch *watch)
{
    watch->state = WATCH_CALLING;
    watch->thread = GetCurrentThreadId();
    ReleaseSRWLockExclusive(&clients_lock);
    watch->gone(watch->ctx);
    AcquireSRWLockExclusive(&clients_lock);
    watch->state = WATCH_CALLED;
    watch->thread = 0;
    if (!watch->cancelled)
    {
        WakeAllConditionVariable(&changed);
        return;
    }
    ReleaseSRWLockExclusive(&clients_lock);
    client_release(watch->client);
    free(watch);
    AcquireSRWLockExclusive(&clients_lock);
}

static void disconnect_all(struct client *client)
{
    struct client_object *object;
    struct list doomed = LIST_INIT(doomed);
    IUnknown **objects = NULL;
    UINT32 count, i;

    AcquireSRWLockExclusive(&clients_lock);
    count = list_count(&client->objects);
    if (count && (objects = malloc(count * sizeof(*objects))))
    {
        i = 0;
        LIST_FOR_EACH_ENTRY(object, &client->objects, struct client_object, entry)
        {
            /* Whatever is in the list has a count of 1 or more: the last Release happens under this lock. */
            InterlockedIncrement(&object->refs);
            objects[i++] = (IUnknown *)object->object;
        }
    }
    ReleaseSRWLockExclusive(&clients_lock);
    if (!objects) return;

    for (i = 0; i < count; i++)
    {
        CoDisconnectObject(objects[i], 0);      /* WINE.COM.22 */
        IUnknown_Release(objects[i]);
    }
    free(objects);
}

/*
 * An object that was on its way to a client when it died was made known to COM after disconnect_all: it is found here when the next client
 * dies.
 */
static void disconnect_departed(void)
{
    struct client *client, **clients = NULL;
    UINT32 count, i = 0;

    AcquireSRWLockExclusive(&clients_lock);
    if ((count = list_count(&departed)) && (clients = malloc(count * sizeof(*clients))))
        LIST_FOR_EACH_ENTRY(client, &departed, struct client, entry)
        {
            client_addref(client);
            clients[i++] = client;
        }
    ReleaseSRWLockExclusive(&clients_lock);
    while (i--)
    {
        disconnect_all(clients[i]);
        client_release(clients[i]);
    }
    free(clients);
}

/* Thread pool: the process has ended. */
static void process_ended(void *arg)
{
    struct client *client = arg;
    struct client_watch *watch;
    struct watch *wait;
    struct list *ptr;

    AcquireSRWLockExclusive(&clients_lock);
    if (!(wait = client->wait))     /* stored before the lock was free: see client_get */
    {
        ReleaseSRWLockExclusive(&clients_lock);
        return;                     /* clients_shutdown does it */
    }
    client->wait = NULL;
    depart_locked(client);
    ending_count++;
    ReleaseSRWLockExclusive(&clients_lock);

    TRACE("client %04lx has ended.\n", client->caller->pid);
    watch_close(wait);
    caller_forget(client->caller);
    disconnect_departed();

    AcquireSRWLockExclusive(&clients_lock);
    while ((ptr = list_head(&client->watches)))
    {
        watch = LIST_ENTRY(ptr, struct client_watch, entry);
        list_remove(&watch->entry);
        call_watch_locked(watch);
    }
    ReleaseSRWLockExclusive(&clients_lock);
    tell_count();
    client_release(client);         /* the list's */

    AcquireSRWLockExclusive(&clients_lock);
    ending_count--;
    WakeAllConditionVariable(&changed);
    ReleaseSRWLockExclusive(&clients_lock);
}

void clients_shutdown(void)
{
    struct client *client;
    struct list *ptr;
    struct watch *wait;

    AcquireSRWLockExclusive(&clients_lock);
    while ((ptr = list_head(&living)))
    {
        client = LIST_ENTRY(ptr, struct client, entry);
        wait = client->wait;
        client->wait = NULL;
        depart_locked(client);
        ReleaseSRWLockExclusive(&clients_lock);
        /* Not under the lock: waits for a callback that takes it, finds no client->wait and returns. */
        watch_close(wait);
        disconnect_all(client);
        client_release(client);     /* the list's */
        AcquireSRWLockExclusive(&clients_lock);
    }
    while (ending_count) SleepConditionVariableSRW(&changed, &clients_lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&clients_lock);
    count_changed = NULL;
}

static struct client *find_locked(DWORD pid)
{
    struct client *client;

    LIST_FOR_EACH_ENTRY(client, &living, struct client, entry)
        if (client->caller->pid == pid) return client;
    return NULL;
}

HRESULT client_get(struct caller *caller, struct client **ret)
{
    struct client *client;
    HRESULT hr = S_OK;

    AcquireSRWLockExclusive(&clients_lock);
    if ((client = find_locked(caller->pid)))
    {
        client_addref(client);
        ReleaseSRWLockExclusive(&clients_lock);
        *ret = client;
        return S_OK;
    }
    *ret = NULL;
    if (!(client = calloc(1, sizeof(*client))))
    {
        ReleaseSRWLockExclusive(&clients_lock);
        return E_OUTOFMEMORY;
    }
    client->refs = 2;           /* the list's and the caller's */
    caller_addref(client->caller = caller);
    list_init(&client->objects);
    list_init(&client->watches);
    /* Under the lock, so that the callback of a process that has ended already finds client->wait. */
    if (caller->process && !caller->own)
        hr = watch_create(WATCH_ONCE, caller->process, process_ended, client, &client->wait);
    if (SUCCEEDED(hr))
    {
        list_add_tail(&living, &client->entry);
        living_count++;
    }
    ReleaseSRWLockExclusive(&clients_lock);
    if (FAILED(hr))
    {
        caller_release(caller);
        free(client);
        return hr;
    }
    TRACE("client %04lx.\n", caller->pid);
    tell_count();
    *ret = client;
    return S_OK;
}

void client_addref(struct client *client)
{
    InterlockedIncrement(&client->refs);
}

void client_release(struct client *client)
{
    LONG refs = client->refs, seen;

    for (; refs > 1; refs = seen)
        if ((seen = InterlockedCompareExchange(&client->refs, refs - 1, refs)) == refs) return;

    AcquireSRWLockExclusive(&clients_lock);
    if (!(refs = InterlockedDecrement(&client->refs))) list_remove(&client->entry);
    ReleaseSRWLockExclusive(&clients_lock);
    if (refs) return;
    caller_release(client->caller);
    free(client);
}

DWORD client_pid(const struct client *client)
{
    return client->caller->pid;
}

struct caller *client_caller(const struct client *client)
{
    return client->caller;
}

BOOL client_is_gone(const struct client *client)
{
    HANDLE process = client->caller->process;
    BOOL gone;

    AcquireSRWLockExclusive(&clients_lock);
    gone = client->gone;
    ReleaseSRWLockExclusive(&clients_lock);
    /* the pool may not have come to it yet */
    return gone || (process && WaitForSingleObject(process, 0) == WAIT_OBJECT_0);
}

void client_object_init(struct client_object *base, struct client *client, struct IUnknown *object)
{
    base->client = client;
    base->object = object;
    base->refs = 1;
    client_addref(client);
    AcquireSRWLockExclusive(&clients_lock);
    list_add_tail(&client->objects, &base->entry);
    ReleaseSRWLockExclusive(&clients_lock);
}

ULONG client_object_addref(struct client_object *base)
{
    return InterlockedIncrement(&base->refs);
}

ULONG client_object_release(struct client_object *base)
{
    LONG refs = base->refs, seen;

    for (; refs > 1; refs = seen)
        if ((seen = InterlockedCompareExchange(&base->refs, refs - 1, refs)) == refs) return refs - 1;

    AcquireSRWLockExclusive(&clients_lock);
    if (!(refs = InterlockedDecrement(&base->refs))) list_remove(&base->entry);
    ReleaseSRWLockExclusive(&clients_lock);
    if (!refs) client_release(base->client);
    return refs;
}

HRESULT client_on_gone(struct client *client, void (*gone)(void *ctx), void *ctx, struct client_watch **ret)
{
    struct client_watch *watch;

    if (!(watch = *ret = calloc(1, sizeof(*watch)))) return E_OUTOFMEMORY;
    watch->client = client;
    watch->gone = gone;
    watch->ctx = ctx;
    client_addref(client);

    AcquireSRWLockExclusive(&clients_lock);
    if (client->gone) call_watch_locked(watch);
    else list_add_tail(&client->watches, &watch->entry);
    ReleaseSRWLockExclusive(&clients_lock);
    return S_OK;
}

void client_on_gone_cancel(struct client_watch *watch)
{
    AcquireSRWLockExclusive(&clients_lock);
    if (watch->state == WATCH_CALLING && watch->thread == GetCurrentThreadId())
    {
        watch->cancelled = TRUE;
        ReleaseSRWLockExclusive(&clients_lock);
        return;
    }
    while (watch->state == WATCH_CALLING) SleepConditionVariableSRW(&changed, &clients_lock, INFINITE, 0);
    if (watch->state == WATCH_WAITING) list_remove(&watch->entry);
    ReleaseSRWLockExclusive(&clients_lock);
    client_release(watch->client);
    free(watch);
}
