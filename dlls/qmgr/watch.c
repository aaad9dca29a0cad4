/*
 * Waits for objects and for times, without a thread pool
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

#include "watch.h"

#include "wine/list.h"

#define RETRY_MSEC 100      /* until the thread pool is asked again, if it had no memory */

/* A thread and what it waits for: as many objects as one call takes, the thread's own event among them. */
struct bucket
{
    HANDLE wake;            /* fixed */
    /* guarded by watch_lock */
    struct list entry;      /* in buckets */
    struct list watches;
    UINT32 objects;         /* watches that have one */
    UINT64 next;            /* when the thread wakes up by itself, monotonic ms */
};

struct watch
{
    /* fixed at creation */
    enum watch_kind kind;
    HANDLE object;
    void (*callback)(void *ctx);
    void *ctx;
    struct bucket *bucket;
    /* guarded by watch_lock */
    struct list entry;      /* in bucket->watches; only the bucket's thread takes it out */
    UINT64 due;             /* monotonic ms */
    BOOL signalled;         /* found signalled or due: the callback is to come */
    BOOL busy;              /* given to the thread pool: nobody waits for the object meanwhile */
    BOOL spent;             /* WATCH_ONCE has had its callback */
    DWORD thread;           /* in the callback now, 0 none */
    BOOL closed;
    BOOL forgotten;         /* closed from its callback: the bucket's thread frees it */
    BOOL removed;           /* out of the bucket: who closed it frees it */
};

static SRWLOCK watch_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE changed = CONDITION_VARIABLE_INIT;    /* a watch was removed */
static struct list buckets = LIST_INIT(buckets);                /* guarded by watch_lock */

static void CALLBACK run_callback(TP_CALLBACK_INSTANCE *instance, void *ctx)
{
    struct watch *watch = ctx;
    BOOL closed;

    AcquireSRWLockExclusive(&watch_lock);
    if (!(closed = watch->closed)) watch->thread = GetCurrentThreadId();
    ReleaseSRWLockExclusive(&watch_lock);
    if (!closed) watch->callback(watch->ctx);
    AcquireSRWLockExclusive(&watch_lock);
    watch->thread = 0;
    watch->busy = FALSE;
    /* The thread has it to wait for again, or to remove; it is alive as long as there is a watch. */
    SetEvent(watch->bucket->wake);
    ReleaseSRWLockExclusive(&watch_lock);
}

static void remove_locked(struct bucket *bucket, struct watch *watch)
{
    list_remove(&watch->entry);
    if (watch->object) bucket->objects--;
    if (watch->forgotten) free(watch);
    else
    {
        watch->removed = TRUE;
        WakeAllConditionVariable(&changed);
    }
}

/* Removes, calls back, and gathers what is left to wait for. */
static UINT32 look_locked(struct bucket *bucket, HANDLE *objects, struct watch **watches)
{
    struct watch *watch, *next;
    UINT64 now = GetTickCount64();
    UINT32 count = 1;

    objects[0] = bucket->wake;
    bucket->next = WATCH_NEVER;
    LIST_FOR_EACH_ENTRY_SAFE(watch, next, &bucket->watches, struct watch, entry)
    {
        if (watch->busy) continue;
        if (watch->closed)
        {
            remove_locked(bucket, watch);
            continue;
        }
        if (watch->due <= now)
        {
            watch->due = WATCH_NEVER;
            watch->signalled = TRUE;
        }
        if (watch->signalled)
        {
            if (TrySubmitThreadpoolCallback(run_callback, watch, NULL))
            {
                watch->signalled = FALSE;
                watch->busy = TRUE;
                if (watch->kind == WATCH_ONCE) watch->spent = TRUE;
            }
            else bucket->next = min(bucket->next, now + RETRY_MSEC);
            continue;
        }
        bucket->next = min(bucket->next, watch->due);
        if (!watch->object || watch->spent) continue;
        objects[count] = watch->object;
        watches[count++] = watch;
    }
    return count;
}

static DWORD CALLBACK wait_thread(void *arg)
{
    struct bucket *bucket = arg;
    struct watch *watches[MAXIMUM_WAIT_OBJECTS];
    HANDLE objects[MAXIMUM_WAIT_OBJECTS];
    DWORD timeout, ret;
    UINT32 count;
    UINT64 now;

    AcquireSRWLockExclusive(&watch_lock);
    for (;;)
    {
        count = look_locked(bucket, objects, watches);
        if (list_empty(&bucket->watches)) break;
        now = GetTickCount64();
        if (bucket->next == WATCH_NEVER) timeout = INFINITE;
        else timeout = bucket->next > now ? min(bucket->next - now, 0x7fffffff) : 0;
        ReleaseSRWLockExclusive(&watch_lock);
        ret = WaitForMultipleObjects(count, objects, FALSE, timeout);
        AcquireSRWLockExclusive(&watch_lock);
        /* None of these was removed meanwhile: only this thread does that. */
        if (ret > WAIT_OBJECT_0 && ret < WAIT_OBJECT_0 + count) watches[ret - WAIT_OBJECT_0]->signalled = TRUE;
    }
    list_remove(&bucket->entry);
    ReleaseSRWLockExclusive(&watch_lock);
    CloseHandle(bucket->wake);
    free(bucket);
    return 0;
}

static HRESULT create_bucket_locked(struct bucket **ret)
{
    struct bucket *bucket;
    HANDLE thread;

    if (!(bucket = calloc(1, sizeof(*bucket)))) return E_OUTOFMEMORY;
    list_init(&bucket->watches);
    bucket->next = WATCH_NEVER;
    if (!(bucket->wake = CreateEventW(NULL, FALSE, FALSE, NULL)))
    {
        free(bucket);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    /* It begins by waiting for the lock. */
    if (!(thread = CreateThread(NULL, 65536, wait_thread, bucket, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL)))
    {
        CloseHandle(bucket->wake);
        free(bucket);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    CloseHandle(thread);
    list_add_tail(&buckets, &bucket->entry);
    *ret = bucket;
    return S_OK;
}

HRESULT watch_create(enum watch_kind kind, HANDLE object, void (*callback)(void *ctx), void *ctx, struct watch **ret)
{
    struct bucket *bucket, *found = NULL;
    struct watch *watch;
    HRESULT hr = S_OK;

    *ret = NULL;
    if (!(watch = calloc(1, sizeof(*watch)))) return E_OUTOFMEMORY;
    watch->kind = kind;
    watch->object = object;
    watch->callback = callback;
    watch->ctx = ctx;
    watch->due = WATCH_NEVER;

    AcquireSRWLockExclusive(&watch_lock);
    LIST_FOR_EACH_ENTRY(bucket, &buckets, struct bucket, entry)
    {
        if (object && bucket->objects == MAXIMUM_WAIT_OBJECTS - 1) continue;
        found = bucket;
        break;
    }
    if (!found) hr = create_bucket_locked(&found);
    if (SUCCEEDED(hr))
    {
        watch->bucket = found;
        list_add_tail(&found->watches, &watch->entry);
        if (object) found->objects++;
        SetEvent(found->wake);
        *ret = watch;
    }
    ReleaseSRWLockExclusive(&watch_lock);
    if (FAILED(hr)) free(watch);
    return hr;
}

void watch_set_timer(struct watch *watch, UINT64 msec)
{
    UINT64 now = GetTickCount64();

    AcquireSRWLockExclusive(&watch_lock);
    watch->due = now + msec < now ? WATCH_NEVER : now + msec;
    /* A time that was put off is found out when the thread wakes up. */
    if (watch->due < watch->bucket->next) SetEvent(watch->bucket->wake);
    ReleaseSRWLockExclusive(&watch_lock);
}

void watch_close(struct watch *watch)
{
    BOOL own;

    if (!watch) return;
    AcquireSRWLockExclusive(&watch_lock);
    watch->closed = TRUE;
    if ((own = watch->thread == GetCurrentThreadId())) watch->forgotten = TRUE;
    else
    {
        SetEvent(watch->bucket->wake);
        while (!watch->removed) SleepConditionVariableSRW(&changed, &watch_lock, INFINITE, 0);
    }
    ReleaseSRWLockExclusive(&watch_lock);
    if (!own) free(watch);
}
