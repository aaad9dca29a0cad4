/*
 * Calling clients back: the thread that sees to it that what is owed is sent, when it may be
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
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"

#include "notify.h"
#include "notify_private.h"
#include "notify_threads.h"
#include "policy.h"

static struct
{
    /* guarded by queue.cs */
    struct list pending;        /* struct notify_job that may have something due, now or later */
    BOOL stop;
    /* fixed between begin and end */
    HANDLE thread, wake;
} rounds = { LIST_INIT(rounds.pending) };

/* What a round of the thread has decided, to be done without the lock. */
struct round
{
    struct policy policy;
    UINT64 now, next;
    struct list begun;          /* struct notify_call */
};

void notify_wake(void)
{
    if (rounds.wake) SetEvent(rounds.wake);
}

void notify_mark_locked(struct notify_job *notify_job)
{
    if (job_is_final(notify_job->job->live)) return;
    if (!notify_job->pending) list_add_tail(&rounds.pending, &notify_job->entry);
    notify_job->pending = TRUE;
    notify_wake();
}

void notify_unmark_locked(struct notify_job *notify_job)
{
    if (notify_job->pending) list_remove(&notify_job->entry);
    notify_job->pending = FALSE;
}

/* Beginning */

/* With a reference. */
static struct notify_lane *lane_of_step_locked(struct notify_job *notify_job, const struct notice_step *step)
{
    const struct job *job = notify_job->job->job;
    GUID class;
    BOOL is_new;

    switch (step->way)
    {
    case WAY_OBJECT:
        notify_job->object->lane->refs++;
        return notify_job->object->lane;
    case WAY_CLASS:
        notify_get_class(job, &class);
        return notify_lane_get_locked(NULL, &class, NULL, &is_new);
    default:
        return notify_lane_get_locked(NULL, &notify_no_class, job->owner, &is_new);
    }
}

static BOOL may_begin_locked(const struct notify_lane *lane, const struct round *round, UINT64 *when)
{
    UINT64 since[NOTICES_AT_ONCE];
    struct notify_call *call;
    UINT32 count = 0;

    /* in order of their beginning: if one of the youngest does not count any more, no older one does */
    LIST_FOR_EACH_ENTRY_REV(call, &lane->calls, struct notify_call, entry)
    {
        since[count++] = call->since;
        if (count == NOTICES_AT_ONCE) break;
    }
    return notices_may_begin(since, count, round->now, round->policy.notify_timeout, when);
}

/* Takes over the reference to the lane. */
static BOOL begin_locked(struct notify_job *notify_job, struct notify_lane *lane, const struct notice_step *step,
                         struct round *round)
{
    struct notify_call *call;
    struct notify_report *report;

    if (!(call = calloc(1, sizeof(*call))))
    {
        notify_lane_release_locked(lane);
        return FALSE;
    }
    call->lane = lane;
    queue_addref(call->job = notify_job->job);
    call->step = *step;
    call->since = round->now;
    call->file = NO_FILE;
    ranges_init(&call->ranges);
    if (step->way == WAY_OBJECT)
    {
        call->object = notify_job->object;
        call->object->refs++;
    }
    if (step->notice == NOTICE_FILE) call->file = notify_owed_file_locked(notify_job);
    if (step->notice == NOTICE_RANGES)
    {
        report = &notify_job->reports[--notify_job->report_count];
        call->file = report->file;
        call->ranges = report->ranges;
    }
    notices_begin(&notify_job->notices, &call->step, round->now);
    list_add_tail(&lane->calls, &call->entry);
    list_add_tail(&round->begun, &call->begun);
    return TRUE;
}

static BOOL is_minor(enum notice notice)
{
    return notice == NOTICE_RANGES || notice == NOTICE_MODIFICATION;
}

/* Begins what is due of a job; without `minor` only what matters. Returns when to look again. */
static UINT64 consider_locked(struct notify_job *notify_job, struct round *round, BOOL minor)
{
    struct notice_facts facts;
    struct notify_lane *lane;
    struct notice_step step;
    UINT64 when, free_at;

    for (;;)
    {
        notify_gather_locked(notify_job, &round->policy, &facts);
        if (notices_next(&notify_job->notices, &facts, round->now, &step, &when) == NOTICE_NONE)
        {
            if (when == NOTICES_NEVER) notify_unmark_locked(notify_job);
            return when;
        }
        if (is_minor(step.notice) && !minor) return NOTICES_NEVER;
        if (!(lane = lane_of_step_locked(notify_job, &step))) return round->now + MSEC_PER_SECOND;
        if (!may_begin_locked(lane, round, &free_at))
        {
            notify_lane_release_locked(lane);
            return free_at;
        }
        if (!begin_locked(notify_job, lane, &step, round)) return round->now + MSEC_PER_SECOND;
    }
}

/* Rounds */

static UINT64 run_round(void)
{
    struct notify_job *notify_job, *next;
    struct notify_call *call, *next_call;
    struct round round;
    BOOL minor, stop;
    UINT64 when;

    policy_get(&round.policy);
    round.next = NOTICES_NEVER;
    list_init(&round.begun);

    queue_enter();
    ResetEvent(rounds.wake);
    round.now = queue_clock();
    stop = rounds.stop;
    for (minor = FALSE; minor <= TRUE && !stop; minor++)
    {
        LIST_FOR_EACH_ENTRY_SAFE(notify_job, next, &rounds.pending, struct notify_job, entry)
        {
            when = consider_locked(notify_job, &round, minor);
            round.next = min(round.next, when);
        }
    }
    queue_leave();

    LIST_FOR_EACH_ENTRY_SAFE(call, next_call, &round.begun, struct notify_call, begun)
        if (FAILED(notify_thread_run(notify_call_run, call))) notify_call_done(call, RESULT_BUSY);
    notify_lanes_clean();
    return stop ? 0 : round.next;
}

static DWORD CALLBACK rounds_thread(void *arg)
{
    UINT64 next, now;
    DWORD timeout;

    while ((next = run_round()))
    {
        now = queue_clock();
        if (next == NOTICES_NEVER) timeout = INFINITE;
        else if (next <= now) timeout = 1;
        else timeout = next - now > 0x7fffffff ? 0x7fffffff : next - now;
        WaitForSingleObject(rounds.wake, timeout);
    }
    return 0;
}

/* Of a call that has begun */

BOOL notify_call_valid_locked(struct notify_call *call)
{
    const struct queue_job *job = call->job;
    const struct notify_job *notify_job = job->notify;

    if (job_is_final(job->live) || (notify_get_flags(job->job) & NOTIFY_FLAG_DISABLE)) return FALSE;
    if (call->step.serial != notify_job->notices.serial) return FALSE;
    if (call->step.way != WAY_PROGRAM && call->object && call->object->job != notify_job) return FALSE;
    if (call->step.notice == NOTICE_STATE && call->step.episode != notify_job->notices.episode) return FALSE;
    if (call->step.notice == NOTICE_FILE
        && (job->job->files[call->file].flags & (FILE_TRANSFERRED | FILE_NOTIFIED)) != FILE_TRANSFERRED)
        return FALSE;
    return TRUE;
}

void notify_call_made(struct notify_call *call, struct notify_object *object)
{
    struct notify_job *notify_job;

    queue_enter();
    notify_job = call->job->notify;
    if (!notify_job->object && !job_is_final(call->job->live))
    {
        object->refs++;
        notify_object_attach_locked(notify_job, object);
    }
    call->object = object;
    queue_leave();
}

/* Ranges that could not be reported go with the next report. */
static void keep_ranges_locked(struct notify_job *notify_job, struct notify_call *call)
{
    struct notify_report *report;
    UINT64 offset, length, from;

    if (!call->ranges.count || !(report = notify_get_report_locked(notify_job, call->file))) return;
    for (from = 0; ranges_next(&call->ranges, from, &offset, &length); from = offset + length)
        ranges_add(&report->ranges, offset, length);
}

void notify_call_done(struct notify_call *call, enum notice_result result)
{
    struct queue_job *job = call->job;
    struct notify_job *notify_job;
    struct notice_facts facts;
    struct policy policy;
    UINT32 duties;
    UINT64 now;

    policy_get(&policy);
    queue_reserve_lazy();
    queue_enter();
    now = queue_clock();
    notify_job = job->notify;
    notify_gather_locked(notify_job, &policy, &facts);
    duties = notices_done(&notify_job->notices, &facts, &call->step, result, now);
    if ((duties & NOTICE_DROP_OBJECT) && call->object && call->object->job) notify_object_detach_locked(call->object);
    if (duties & NOTICE_KEEP_RANGES) keep_ranges_locked(notify_job, call);
    /* Not recorded: then it is owed to nobody in this life, and again in the next. */
    if (duties & NOTICE_MARK_STATE) queue_mark_notified_locked(job, NO_FILE, TRUE);
    if ((duties & NOTICE_MARK_FILE) && FAILED(queue_mark_notified_locked(job, call->file, TRUE)))
        notices_hold_files(&notify_job->notices, now + policy.notify_retry_floor);
    list_remove(&call->entry);
    if (call->object) notify_object_release_locked(call->object);
    notify_lane_release_locked(call->lane);
    notify_mark_locked(notify_job);
    queue_leave();

    ranges_free(&call->ranges);
    queue_release(job);
    free(call);
}

/* Start and end */

HRESULT notify_rounds_begin(void)
{
    rounds.stop = FALSE;
    if (!(rounds.wake = CreateEventW(NULL, TRUE, TRUE, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    if (!(rounds.thread = CreateThread(NULL, 0, rounds_thread, NULL, 0, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

void notify_rounds_stop_locked(void)
{
    rounds.stop = TRUE;
    notify_wake();
}

void notify_rounds_end(void)
{
    WaitForSingleObject(rounds.thread, INFINITE);
    CloseHandle(rounds.thread);
    rounds.thread = NULL;
}
