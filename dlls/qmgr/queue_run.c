/*
 * The one owner of all jobs: what the engine and the transfers change
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

#include "engine.h"
#include "finish.h"
#include "log.h"
#include "notify.h"
#include "policy.h"
#include "queue_private.h"
#include "transfer.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define LAZY_RESERVE 65536 /* octets of journal kept ready for what nobody waits for */

void queue_facts_locked(const struct queue_job *job, struct state_facts *facts)
{
    facts->state = job->live;
    facts->type = job->job->type;
    facts->file_count = job->job->file_count;
    facts->all_transferred = job_all_transferred(job->job);
    facts->retry_delay = job_u32(job->job, PROP_MINIMUM_RETRY_DELAY);
    facts->no_progress_timeout = job_u32(job->job, PROP_NO_PROGRESS_TIMEOUT);
    facts->once = job_string(job->job, PROP_HTTP_METHOD) != NULL;
}

/* The state as the journal knows it. */
static enum job_state storable(enum job_state state)
{
    return state == JOB_CONNECTING || state == JOB_TRANSFERRING ? JOB_QUEUED : state;
}

/* From the engine before it enters the lock for queue_event_locked: what it finds has room in the journal. */
void queue_reserve_lazy(void)
{
    store_reserve(queue.store, LAZY_RESERVE);
}

void queue_limits_locked(const struct queue_job *job, const struct policy *policy, struct sched_limits *limits)
{
    limits->retry_delay = job_u32(job->job, PROP_MINIMUM_RETRY_DELAY);
    limits->retry_floor_msec = policy->retry_floor;
    limits->no_progress_timeout = job_u32(job->job, PROP_NO_PROGRESS_TIMEOUT);
    limits->max_download_time = job_u32(job->job, PROP_MAX_DOWNLOAD_TIME_SET) ? job_u32(job->job, PROP_MAX_DOWNLOAD_TIME)
                                                                              : policy->max_download_time;
    limits->inactivity_msec = policy->job_inactivity;
    limits->slice_msec = policy->time_slice;
}

HRESULT queue_step_locked(struct queue_job *job, enum job_event event, const struct state_step *step,
                          const struct failure *failure, UINT32 file, UINT64 *ticket)
{
    static const UINT32 recorded = DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_RESTART_CLOCKS | DUTY_START_CLOCK | DUTY_STAMP;
    enum job_state before = job->live;
    struct record record = { RECORD_STATE };
    struct job *model = job->job;
    struct sched_limits limits;
    struct policy policy;
    UINT64 now = queue_clock();
    HRESULT hr = S_OK;

    if (step->next == before && !step->duties) return S_OK;

    record.u.state.state = storable(step->next);
    record.u.state.failure = model->failure;
    record.u.state.error_count = model->error_count;
    record.u.state.resumed = model->resumed || event == EVENT_RESUME;
    record.u.state.completion_time = model->completion_time;
    record.u.state.no_progress_time = model->no_progress_time;
    record.u.state.download_msec = model->download_msec + sched_clocks_unrecorded(&job->clocks, now);
    if (step->duties & DUTY_SET_FAILURE)
    {
        record.u.state.failure.hr = failure->hr;
        record.u.state.failure.context = failure->context;
        record.u.state.failure.file = file;
    }
    if (step->duties & DUTY_CLEAR_FAILURE)
    {
        record.u.state.failure.hr = S_OK;
        record.u.state.failure.context = 0;
        record.u.state.failure.file = NO_FILE;
    }
    if (step->duties & DUTY_COUNT_ERROR) record.u.state.error_count++;
    if (step->duties & DUTY_RESTART_CLOCKS) record.u.state.no_progress_time = record.u.state.download_msec = 0;
    /* of a transfer that leaves no trace of its progress the journal may still have the time before it */
    if ((step->duties & DUTY_START_CLOCK) && (!model->no_progress_time || !job->clocks.unproductive_since))
        record.u.state.no_progress_time = queue_now();
    if (step->duties & DUTY_STAMP) record.u.state.completion_time = queue_now();

    if (storable(step->next) != model->state || (step->duties & recorded)
        || ((step->duties & DUTY_CLEAR_FAILURE) && model->failure.hr))
    {
        if (SUCCEEDED(hr = queue_apply_locked(job, &record, ticket))) sched_clocks_recorded(&job->clocks, now);
        else
        {
            if (event < EVENT_START) return hr;     /* a method: the client is told, nothing has changed */
            /* The engine's own finding holds all the same; a restart finds out again. */
            ERR("job %s: event %s is not recorded, hr %#lx\n", debugstr_guid(&model->id), state_event_name(event), hr);
        }
    }
    job->live = step->next;
    if (step->duties & DUTY_SET_FAILURE) job->class = failure->class;
    policy_get(&policy);
    queue_limits_locked(job, &policy, &limits);
    sched_clocks_step(&job->clocks, &limits, event, step, now, &queue.next_order);
    if (step->next != before) notify_entered_locked(job);
    if (step->duties & DUTY_MODIFIED) notify_modified_locked(job);
    TRACE("job %s: %s, %s to %s.\n", debugstr_guid(&model->id), state_event_name(event), state_name(before),
          state_name(job->live));

    if ((step->duties & DUTY_STOP) && job->transfer && !job->stopping)
    {
        job->stopping = TRUE;
        transfer_stop(job->transfer);
    }
    if (step->duties & DUTY_WAKE) engine_wake();
    if (job->live == JOB_TRANSFERRED && before != JOB_TRANSFERRED && job_is_group(model)) finish_group_locked(job);
    return S_OK;
}

void queue_event_locked(struct queue_job *job, enum job_event event, const struct failure *failure, UINT32 file)
{
    struct state_facts facts;
    struct state_step step;

    queue_facts_locked(job, &facts);
    state_next(&facts, event, failure, &step);
    if (SUCCEEDED(step.hr)) queue_step_locked(job, event, &step, failure, file, NULL);
}

void queue_for_each_locked(queue_visit visit, void *ctx)
{
    struct job *job, *next;

    for (job = queue.model.first; job; job = next)
    {
        next = job->next;
        if (job->user) visit(ctx, job->user);
    }
}

UINT32 queue_count_locked(void)
{
    return queue.model.count;
}

/* Transfers */

void queue_transfer_connected(struct queue_job *job, struct transfer *transfer)
{
    store_reserve(queue.store, LAZY_RESERVE);
    queue_enter();
    if (job->transfer == transfer && !job->stopping) queue_event_locked(job, EVENT_CONNECTED, NULL, NO_FILE);
    queue_leave();
}

void queue_transfer_leaves(struct queue_job *job, struct transfer *transfer)
{
    queue_enter();
    if (job->transfer == transfer && !job->stopping) queue_event_locked(job, EVENT_NEXT_SERVER, NULL, NO_FILE);
    queue_leave();
}

/* Octets came. After a change at the source they are none that the job has not had before: its time without progress runs on. */
static void bytes_came_locked(struct queue_job *job)
{
    if (job->changed) job->clocks.active_at = queue_clock();
    else sched_clocks_moved(&job->clocks, queue_clock());
}

HRESULT queue_transfer_names(struct queue_job *job)
{
    UINT64 ticket;

    queue_enter();
    ticket = job->files_ticket;
    queue_leave();
    return ticket == NO_TICKET ? S_OK : store_wait(queue.store, ticket);
}

HRESULT queue_transfer_begin(struct queue_job *job, UINT32 file, UINT64 size, UINT64 time, UINT32 volume_serial,
                             UINT32 restarts)
{
    struct record record = { RECORD_FILE_BEGIN };
    UINT64 ticket = NO_TICKET;
    BOOL again, changed;
    HRESULT hr;

    record.u.begin.file = file;
    record.u.begin.remote_size = size;
    record.u.begin.remote_time = time;
    record.u.begin.volume_serial = volume_serial;
    record.u.begin.restarts = restarts;
    do
    {
        if (FAILED(hr = queue_reserve_record(&record))) return hr;
        queue_enter();
        again = file_received(&job->job->files[file]) != 0;
        changed = restarts > job->job->files[file].restarts;
        hr = queue_reply_is_renamed_locked(job, file) ? QUEUE_E_RENAMED : queue_apply_locked(job, &record, &ticket);
        queue_leave();
    } while (queue_is_crowded(hr));
    /* What was there is about to be overwritten, or a file is about to be made: first the record. */
    if (SUCCEEDED(hr) && again) hr = store_wait(queue.store, ticket);
    if (FAILED(hr)) return hr;
    if (FAILED(hr = queue_transfer_names(job))) return hr;
    queue_enter();
    job->live_file = file;
    job->live_received = 0;
    job->live_total = size;
    if (!job->stopping) job->moved = FALSE;     /* else it may be the reason */
    if (changed)
    {
        job->changed = TRUE;
        if (!job->clocks.unproductive_since) job->clocks.unproductive_since = queue_clock();
    }
    queue_leave();
    return S_OK;
}

HRESULT queue_transfer_asks(struct queue_job *job, UINT32 file)
{
    struct record record = { RECORD_FILE_FLAGS };
    BOOL asked;

    queue_enter();
    asked = job->job->files[file].flags & FILE_ASKED;
    queue_leave();
    if (asked) return S_OK;
    record.u.flags.file = file;
    record.u.flags.set = FILE_ASKED;
    return queue_commit(job, &record);
}

/* What became of the request is known: whoever makes it again was told to. */
static void forget_asked_locked(struct queue_job *job)
{
    struct record record = { RECORD_FILE_FLAGS };
    UINT32 i;

    record.u.flags.clear = FILE_ASKED;
    for (i = job->job->first_untransferred; i < job->job->file_count; i++)
    {
        if (!(job->job->files[i].flags & FILE_ASKED)) continue;
        record.u.flags.file = i;
        queue_apply_locked(job, &record, NULL);
    }
}

void queue_check_asked_locked(struct queue_job *job)
{
    struct failure failure;
    UINT32 i;

    if (job->live != JOB_QUEUED || !job_string(job->job, PROP_HTTP_METHOD)) return;
    for (i = job->job->first_untransferred; i < job->job->file_count && !(job->job->files[i].flags & FILE_ASKED); i++) ;
    if (i == job->job->file_count) return;
    verdict_error(HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), CONTEXT_REMOTE_FILE, &failure);
    queue_event_locked(job, EVENT_FAILED, &failure, i);
    forget_asked_locked(job);
    log_write(LOG_WARNING, "job %s: the service ended while its request was out, which is not repeated", debugstr_guid(&job->job->id));
}

void queue_transfer_moved(struct queue_job *job, UINT32 file, UINT64 received, UINT64 total)
{
    queue_enter();
    if (received > job->live_received || job->live_file != file) bytes_came_locked(job);
    job->live_file = file;
    job->live_received = received;
    job->live_total = total;
    notify_modified_locked(job);
    queue_leave();
}

HRESULT queue_transfer_progress(struct queue_job *job, UINT32 file, UINT64 offset, UINT64 length)
{
    struct record record = { RECORD_FILE_PROGRESS };
    UINT64 now;
    HRESULT hr;

    record.u.progress.file = file;
    record.u.progress.offset = offset;
    record.u.progress.length = length;
    do
    {
        if (FAILED(hr = queue_reserve_record(&record))) return hr;
        queue_enter();
        now = queue_clock();
        record.u.progress.no_progress_time = job->changed ? job->job->no_progress_time : 0;
        record.u.progress.download_msec = job->job->download_msec + sched_clocks_unrecorded(&job->clocks, now);
        if (SUCCEEDED(hr = queue_apply_locked(job, &record, NULL)))
        {
            sched_clocks_recorded(&job->clocks, now);
            notify_ranges_locked(job, file, offset, length);
        }
        queue_leave();
    } while (queue_is_crowded(hr));
    return hr;
}

BOOL queue_transfer_keeps(const struct queue_job *job)
{
    BOOL ret;

    queue_enter();
    ret = !job->names_told;
    queue_leave();
    return ret;
}

BOOL queue_transfer_landing(struct queue_job *job, UINT32 file, UINT64 size)
{
    BOOL ret;

    queue_enter();
    if ((ret = job->landing_count < QUEUE_LANDING_MAX))
    {
        job->landing[job->landing_count].file = file;
        job->landing[job->landing_count++].size = size;
    }
    queue_leave();
    return ret;
}

static UINT32 find_landing_locked(const struct queue_job *job, UINT32 file)
{
    UINT32 i;

    for (i = 0; i < job->landing_count && job->landing[i].file != file; i++) ;
    return i;
}

HRESULT queue_transfer_file_done(struct queue_job *job, UINT32 file, UINT64 size)
{
    struct record record = { RECORD_FILE_DONE };
    BOOL told = FALSE;
    HRESULT hr;
    UINT32 i;

    record.u.done.file = file;
    record.u.done.size = size;
    do
    {
        if (FAILED(hr = queue_reserve_record(&record))) return hr;
        queue_enter();
        if (!told) notify_rest_locked(job, file, size);
        told = TRUE;
        if (SUCCEEDED(hr = queue_apply_locked(job, &record, NULL)))
        {
            job->changed = FALSE;
            sched_clocks_moved(&job->clocks, queue_clock());
            if (job->live_file == file) job->live_file = NO_FILE;
            if ((i = find_landing_locked(job, file)) < job->landing_count) job->landing[i] = job->landing[--job->landing_count];
            job->moved = FALSE;
        }
        queue_leave();
    } while (queue_is_crowded(hr));
    return hr;
}

HRESULT queue_transfer_headers(struct queue_job *job, UINT32 file, const char *headers)
{
    struct record record = { RECORD_FILE_HEADERS };

    record.u.headers.file = file;
    record.u.headers.headers = headers;
    record.u.headers.size = strlen(headers);
    return queue_append(job, &record);
}

HRESULT queue_transfer_attributes(struct queue_job *job, UINT32 file, UINT32 attributes)
{
    struct record record = { RECORD_FILE_FLAGS };

    record.u.flags.file = file;
    record.u.flags.set = FILE_ATTRIBUTED | (attributes & FILE_ATTRIBUTES_KEPT) << FILE_ATTRIBUTES_SHIFT;
    record.u.flags.clear = FILE_ATTRIBUTES_MASK & ~record.u.flags.set;
    return queue_append(job, &record);
}

HRESULT queue_transfer_renamed(struct queue_job *job, UINT32 file, const WCHAR *from, const WCHAR *to)
{
    struct record record = { RECORD_FILE_NAMES };
    struct record_name name = { file, to };
    HRESULT hr;

    record.u.names.names = &name;
    record.u.names.count = 1;
    do
    {
        if (FAILED(hr = queue_reserve_record(&record))) return hr;
        queue_enter();
        if (!str_cmp(job->job->files[file].remote_name, from)) hr = queue_apply_locked(job, &record, NULL);
        queue_leave();
    } while (queue_is_crowded(hr));
    return hr;
}

/* Something that the client has asked for of a file with known size is not there, or one that comes whole is not. */
static BOOL is_asked_for(const struct job *job)
{
    UINT64 start, length, offset, left;
    UINT32 i;

    for (i = job->first_untransferred; i < job->file_count; i++)
    {
        const struct job_file *file = &job->files[i];

        if (file->flags & FILE_TRANSFERRED) continue;
        if (!job_allows_parts(job, i)) return TRUE;
        for (start = length = 0; ranges_next(&file->requested, start + length, &start, &length);)
            if (ranges_gap(&file->received, start, min(start + length, file->remote_size), &offset, &left)) return TRUE;
    }
    return FALSE;
}

void queue_transfer_ended(struct queue_job *job, struct transfer *transfer, const struct failure *failure, UINT32 file, BOOL through)
{
    struct state_facts facts;
    BOOL report = FALSE, afresh, known = TRUE;

    store_reserve(queue.store, LAZY_RESERVE);
    queue_enter();
    job->transfer = NULL;
    sched_clocks_halt(&job->clocks, queue_clock());
    job->planned_file = job->live_file = NO_FILE;
    job->landing_count = 0;
    queue_facts_locked(job, &facts);
    if (facts.all_transferred)
        queue_event_locked(job, EVENT_FINISHED, NULL, NO_FILE);     /* also if it was told to stop a moment too late */
    else if (failure && !job->stopping)
    {
        queue_event_locked(job, EVENT_FAILED, failure, file);
        report = TRUE;
    }
    else if (through && !job->stopping && job_u32(job->job, PROP_ON_DEMAND) && !is_asked_for(job->job))
        queue_event_locked(job, EVENT_RANGES_DONE, NULL, NO_FILE);  /* BEH.STATE.53 */
    else if (job->live == JOB_CONNECTING || job->live == JOB_TRANSFERRING)
    {
        queue_event_locked(job, EVENT_PREEMPTED, NULL, NO_FILE);
        known = FALSE;      /* the service ends */
    }
    if (facts.once && known) forget_asked_locked(job);
    job->stopping = FALSE;
    afresh = job->afresh;
    job->afresh = FALSE;
    queue_leave();
    if (afresh) queue_start_afresh(job);
    sync_wake_all(&queue.changed);
    engine_wake();
    if (report)
        log_write(failure->class == FAILURE_BLOCKED ? LOG_INFO : LOG_WARNING, "job %s: %s, hr %#lx, context %u, file %u",
                  debugstr_guid(&job->job->id), failure->class == FAILURE_FATAL ? "failed" : "interrupted",
                  failure->hr, failure->context, file);
}

/* What clients are told */

HRESULT queue_wait(struct queue_job *job)
{
    UINT64 ticket;

    queue_enter();
    ticket = job->ticket;
    queue_leave();
    return store_wait(queue.store, ticket);
}

HRESULT queue_mark_notified_locked(struct queue_job *job, UINT32 file, BOOL notified)
{
    struct record record = { RECORD_NOTIFIED };
    HRESULT hr;

    if (file == NO_FILE) record.u.notified.notified = notified;
    else
    {
        record.type = RECORD_FILE_FLAGS;
        record.u.flags.file = file;
        record.u.flags.set = notified ? FILE_NOTIFIED : 0;
        record.u.flags.clear = notified ? 0 : FILE_NOTIFIED;
    }
    if (FAILED(hr = queue_apply_locked(job, &record, NULL)))
        WARN("job %s: the notification is not recorded, hr %#lx\n", debugstr_guid(&job->job->id), hr);
    return hr;
}

/* What a client sees */

void queue_file_progress_locked(const struct queue_job *job, UINT32 index, UINT64 *total, UINT64 *transferred,
                                BOOL *completed)
{
    const struct job_file *file = &job->job->files[index];
    UINT32 i;

    *total = file_total(file);
    *transferred = file_received(file);
    *completed = !!(file->flags & FILE_PUBLISHED);
    /* what the server replies to it has */
    if (index < REPLY_FILE && job->job->type != JOB_DOWNLOAD && job->job->file_count > REPLY_FILE) *completed = TRUE;
    if (!(file->flags & FILE_TRANSFERRED) && (i = find_landing_locked(job, index)) < job->landing_count)
        *transferred = job->landing[i].size;
    else if (job->live_file == index && !(file->flags & FILE_TRANSFERRED))
    {
        *transferred = job->live_received;
        if (*total == SIZE_UNKNOWN && job->live_total != SIZE_UNKNOWN) *total = job->live_total;
    }
}

void queue_job_progress_locked(const struct queue_job *job, struct job_progress *progress)
{
    UINT64 total, transferred;
    BOOL completed;
    UINT32 i;

    memset(progress, 0, sizeof(*progress));
    progress->files_total = job_visible_files(job->job);
    for (i = 0; i < progress->files_total; i++)
    {
        queue_file_progress_locked(job, i, &total, &transferred, &completed);
        progress->bytes_transferred += transferred;
        if (progress->bytes_total == SIZE_UNKNOWN || total == SIZE_UNKNOWN) progress->bytes_total = SIZE_UNKNOWN;
        else progress->bytes_total += total;
        if ((job->job->files[i].flags & FILE_TRANSFERRED) || find_landing_locked(job, i) < job->landing_count
            || (completed && job->job->type != JOB_DOWNLOAD)) progress->files_transferred++;
    }
}

HRESULT queue_failure_locked(const struct queue_job *job, struct job_failure *failure)
{
    /* JOB.GetError.3, 4, A1: handed out until data moves again */
    if (FAILED(job->job->failure.hr) && job->live != JOB_TRANSFERRING && job->live != JOB_TRANSFERRED
        && !job_is_final(job->live))
    {
        *failure = job->job->failure;
        return S_OK;
    }
    return BG_E_ERROR_INFORMATION_UNAVAILABLE;
}
