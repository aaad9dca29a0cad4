/*
 * The one owner of all jobs: look-up, and what clients change
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

#include "disk.h"
#include "engine.h"
#include "finish.h"
#include "log.h"
#include "notify.h"
#include "policy.h"
#include "queue_private.h"
#include "register.h"
#include "reply.h"
#include "transfer.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct queue queue;

#define FILETIME_PER_MINUTE ((UINT64)600000000)
#define CLOCK_AT_BOOT       ((UINT64)20 * 365 * 24 * 3600 * MSEC_PER_SECOND)    /* what jobs remember is older than the machine's uptime */

UINT64 queue_now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (((UINT64)time.dwHighDateTime << 32) | time.dwLowDateTime) + policy_clock_ahead() * FILETIME_PER_MINUTE;
}

UINT64 queue_clock(void)
{
    return CLOCK_AT_BOOT + GetTickCount64();
}

void queue_enter(void)
{
    sync_lock(&queue.cs);
}

void queue_leave(void)
{
    sync_unlock(&queue.cs);
}

void queue_addref(struct queue_job *job)
{
    InterlockedIncrement(&job->refs);
}

void queue_release(struct queue_job *job)
{
    if (InterlockedDecrement(&job->refs)) return;
    queue_enter();
    notify_free_locked(job);
    job->job->user = NULL;
    job_release(job->job);
    queue_leave();
    reply_free(job->reply);
    free(job);
}

/* Monotonic time of a wall clock time in the past. One to come, or of another age, is that of a clock that was wrong, and counts as now. */
static UINT64 clock_of(UINT64 time)
{
    UINT64 now = queue_now(), clock = queue_clock(), age;

    if (time >= now) return clock;
    age = (now - time) / (TICKS_PER_SECOND / MSEC_PER_SECOND);
    return age < CLOCK_AT_BOOT ? clock - age : clock;
}

void queue_init_job_locked(struct queue_job *entry, struct job *job)
{
    struct failure failure;

    entry->refs = 1;
    entry->job = job;
    entry->live = job->state;
    entry->ordinary = !job->elevated;
    entry->listed = !job_is_final(job->state);
    entry->clocks.order = ++queue.next_order;
    entry->clocks.active_at = clock_of(job->modification_time);
    entry->clocks.unproductive_since = job->no_progress_time ? clock_of(job->no_progress_time) : 0;
    entry->planned_file = entry->live_file = NO_FILE;
    entry->live_total = SIZE_UNKNOWN;
    entry->names_told = TRUE;       /* perhaps by a predecessor */
    if (job->failure.hr)
    {
        verdict_recall(job->failure.hr, job->failure.context, job->state == JOB_TRANSIENT_ERROR, &failure);
        entry->class = failure.class;
    }
    job_addref(job);
    job->user = entry;
}

/* Records */

HRESULT queue_reserve_record(const struct record *record)
{
    struct buffer buffer;
    UINT32 size = 512;
    HRESULT hr;

    buffer_init(&buffer, RECORD_MAX);
    if (SUCCEEDED(hr = record_encode(record, &buffer))) size += buffer.len;
    buffer_free(&buffer);
    return FAILED(hr) ? hr : store_reserve(queue.store, size);
}

void queue_set_listed_locked(struct queue_job *job, BOOL listed)
{
    if (job->listed == listed) return;
    job->listed = listed;
    if (listed ? !queue.listed++ : !--queue.listed) autostart_queue_changed(!listed);
}

HRESULT queue_apply_locked(struct queue_job *job, struct record *record, UINT64 *ticket)
{
    enum job_state before = job->job->state;
    HRESULT hr;

    record->job = job->job->id;
    record->time = queue_now();
    if (FAILED(hr = model_prepare(&queue.model, record))) return hr;
    if (FAILED(hr = store_append(queue.store, record, &job->ticket))) return hr;
    if (ticket) *ticket = job->ticket;
    if (FAILED(hr = model_apply(&queue.model, record)))
    {
        /* model_prepare has taken all memory and made all checks */
        ERR("record %s does not apply, hr %#lx\n", record_name_of(record->type), hr);
        return hr;
    }
    if (job->job->state != before) job->live = job->job->state;
    if (job_is_final(job->live)) queue_set_listed_locked(job, FALSE);
    notify_applied_locked(job, record);
    if (record->type == RECORD_CLEANED) queue_release(job);
    return S_OK;
}

BOOL queue_is_crowded(HRESULT hr)
{
    return hr == HRESULT_FROM_WIN32(ERROR_RETRY);
}

static HRESULT append(struct queue_job *job, struct record *record, UINT64 *ticket)
{
    HRESULT hr;

    do
    {
        if (FAILED(hr = queue_reserve_record(record))) return hr;
        queue_enter();
        hr = queue_apply_locked(job, record, ticket);
        queue_leave();
    } while (queue_is_crowded(hr));
    return hr;
}

HRESULT queue_append(struct queue_job *job, struct record *record)
{
    return append(job, record, NULL);
}

HRESULT queue_commit(struct queue_job *job, struct record *record)
{
    UINT64 ticket = NO_TICKET;
    HRESULT hr = append(job, record, &ticket);

    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* Look-up */

HRESULT queue_find(const GUID *id, struct queue_job **ret)
{
    struct queue_job *entry;
    struct job *job;
    HRESULT hr = BG_E_NOT_FOUND;

    *ret = NULL;
    queue_enter();
    if ((job = model_find(&queue.model, id)) && (entry = job->user) && entry->listed)
    {
        queue_addref(entry);
        *ret = entry;
        hr = S_OK;
    }
    queue_leave();
    return hr;
}

HRESULT queue_list(BOOL (*want)(void *ctx, const struct job *job), void *ctx, struct queue_job ***ret, UINT32 *count)
{
    struct queue_job **list, *entry;
    struct job *job;
    UINT32 n = 0;

    *ret = NULL;
    *count = 0;
    queue_enter();
    if (!(list = malloc(max(queue.model.count, 1) * sizeof(*list))))
    {
        queue_leave();
        return E_OUTOFMEMORY;
    }
    for (job = queue.model.first; job; job = job->next)
    {
        if (!(entry = job->user) || !entry->listed || !want(ctx, job)) continue;
        queue_addref(entry);
        list[n++] = entry;
    }
    queue_leave();
    *ret = list;
    *count = n;
    return S_OK;
}

/* Complete and Cancel */

HRESULT queue_finish_begin(struct queue_job *job, enum job_event event, struct state_step *step)
{
    struct state_facts facts;

    queue_enter();
    for (;;)
    {
        while (job->finishing) sync_wait(&queue.changed, &queue.cs);
        queue_facts_locked(job, &facts);
        state_next(&facts, event, NULL, step);
        if (FAILED(step->hr) || step->next == job->live) break;
        job->finishing = TRUE;
        if (!job->transfer) break;
        job->stopping = TRUE;
        transfer_stop(job->transfer);
        while (job->transfer) sync_wait(&queue.changed, &queue.cs);
        /* what it had in hand may have been its last file: decide anew */
        job->finishing = FALSE;
    }
    queue_leave();
    return step->hr;
}

void queue_finish_end(struct queue_job *job)
{
    queue_enter();
    job->finishing = FALSE;
    queue_leave();
    sync_wake_all(&queue.changed);
    engine_wake();
}

/* Start and end */

static void want_snapshot(void *ctx)
{
    struct job *job;
    HRESULT hr;

    queue_enter();
    if (SUCCEEDED(hr = store_snapshot_begin(queue.store)))
    {
        for (job = queue.model.first; job && SUCCEEDED(hr); job = job->next)
            hr = model_snapshot(job, store_snapshot_add, queue.store);
        hr = store_snapshot_end(queue.store, hr);
    }
    queue_leave();
    if (FAILED(hr)) log_write(LOG_ERROR, "cannot write a new journal generation, hr %#lx", hr);
}

static void store_log(void *ctx, const char *text)
{
    log_write(LOG_WARNING, "%s", text);
}

HRESULT queue_init(const WCHAR *folder)
{
    static const struct store_callbacks callbacks = { want_snapshot, store_log, NULL };
    struct queue_job *entry;
    struct job *job;
    HRESULT hr;

    sync_mutex_init(&queue.cs, __FILE__ ": queue.cs");
    sync_cond_init(&queue.changed);
    if (FAILED(hr = model_init(&queue.model))) return hr;
    if (FAILED(hr = store_open(disk_get(), folder, &queue.model, &callbacks, &queue.store))) return hr;

    queue_reserve_lazy();
    queue_enter();
    for (job = queue.model.first; job; job = job->next)
    {
        if (!(entry = calloc(1, sizeof(*entry))))
        {
            hr = E_OUTOFMEMORY;
            break;
        }
        queue_init_job_locked(entry, job);
        if (entry->listed) queue.listed++;
    }
    for (job = queue.model.first; job; job = job->next)
        if (job->user) queue_check_asked_locked(job->user);
    autostart_queue_changed(!queue.listed);
    log_write(LOG_INFO, "%u jobs in the queue", queue.listed);
    queue_leave();
    if (SUCCEEDED(hr)) finish_recover();
    return hr;
}

void queue_shutdown(void)
{
    struct job *job, *next;

    if (queue.store) store_close(queue.store);
    queue_enter();
    for (job = queue.model.first; job; job = next)
    {
        next = job->next;
        if (job->user) queue_release(job->user);
    }
    model_free(&queue.model);
    queue_leave();
}
