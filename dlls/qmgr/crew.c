/*
 * Threads that are kept for a while
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


#include "crew.h"
#include "sync.h"

#define KEPT_THREADS  64
#define THREAD_LINGER 30000     /* ms an idle thread waits for the next task */

struct task
{
    struct task *next;
    void (*run)(void *ctx);
    void *ctx;
};

static struct
{
    struct sync_mutex mutex;
    struct sync_cond work_came, thread_gone;
    /* guarded by mutex */
    struct task *first, **end;
    UINT32 waiting;             /* tasks that nobody has begun */
    UINT32 threads, idle;
    BOOL stop;
} crew;

static void crew_thread(void *arg)
{
    struct task *task;
    UINT64 start;

    sync_lock(&crew.mutex);
    while (crew.first || !crew.stop)
    {
        if ((task = crew.first))
        {
            if (!(crew.first = task->next)) crew.end = &crew.first;
            crew.waiting--;
            sync_unlock(&crew.mutex);
            task->run(task->ctx);
            free(task);
            sync_lock(&crew.mutex);
            continue;
        }
        if (crew.idle >= KEPT_THREADS) break;
        crew.idle++;
        start = sync_msec();
        sync_wait_msec(&crew.work_came, &crew.mutex, THREAD_LINGER);
        crew.idle--;
        /* the wait may end a little before the clock says so */
        if (!crew.first && sync_msec() - start >= THREAD_LINGER - 1000) break;
    }
    crew.threads--;
    sync_wake_all(&crew.thread_gone);
    sync_unlock(&crew.mutex);
}

void crew_init(void)
{
    sync_mutex_init(&crew.mutex, "crew.mutex");
    sync_cond_init(&crew.work_came);
    sync_cond_init(&crew.thread_gone);
    crew.first = NULL;
    crew.end = &crew.first;
    crew.waiting = 0;
    crew.stop = FALSE;
}

void crew_shutdown(void)
{
    sync_lock(&crew.mutex);
    crew.stop = TRUE;
    sync_wake_all(&crew.work_came);
    while (crew.threads) sync_wait(&crew.thread_gone, &crew.mutex);
    sync_unlock(&crew.mutex);
}

HRESULT crew_start(void (*run)(void *ctx), void *ctx)
{
    struct task *task, **entry;
    HRESULT hr = S_OK;

    if (!(task = malloc(sizeof(*task)))) return E_OUTOFMEMORY;
    task->next = NULL;
    task->run = run;
    task->ctx = ctx;
    sync_lock(&crew.mutex);
    if (crew.stop)
    {
        sync_unlock(&crew.mutex);
        free(task);
        return HRESULT_FROM_WIN32(ERROR_SHUTDOWN_IN_PROGRESS);
    }
    *crew.end = task;
    crew.end = &task->next;
    if (crew.idle > crew.waiting++) sync_wake(&crew.work_came);
    else if (SUCCEEDED(hr = sync_thread_spawn(crew_thread, NULL))) crew.threads++;
    else
    {
        for (entry = &crew.first; *entry != task; entry = &(*entry)->next) {}
        *(crew.end = entry) = NULL;
        crew.waiting--;
        free(task);
    }
    sync_unlock(&crew.mutex);
    return hr;
}
