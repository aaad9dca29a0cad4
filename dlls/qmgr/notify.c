/*
 * Calling clients back: what is registered, and when to call
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

#define COBJMACROS

#include <stdarg.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "log.h"
#include "notify.h"
#include "notify_private.h"
#include "notify_threads.h"
#include "policy.h"
#include "qmgr.h"
#include "security.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define SHUTDOWN_MSEC 1000      /* for references that can be given back to clients */

static const GUID no_class;     /* GUID_NULL, which the libraries of Wine have only together with what main.c defines */

static struct
{
    /* guarded by queue.cs */
    struct list lanes;          /* struct notify_lane */
    struct list dead;           /* lanes nobody holds: for the thread to free */
    struct list pending;        /* struct notify_job that may have something due, now or later */
    BOOL stop;
    /* fixed between init and shutdown */
    HANDLE thread, wake;
} notify = { LIST_INIT(notify.lanes), LIST_INIT(notify.dead), LIST_INIT(notify.pending) };

/* What a round of the thread has decided, to be done without the lock. */
struct round
{
    struct policy policy;
    UINT64 now, next;
    struct list begun;          /* struct notify_call */
    struct list dead;           /* struct notify_lane */
};

static void wake(void)
{
    if (notify.wake) SetEvent(notify.wake);
}

/* Lanes */

static struct notify_lane *find_lane_locked(struct client *client, const GUID *class, const WCHAR *owner)
{
    struct notify_lane *lane;

    LIST_FOR_EACH_ENTRY(lane, &notify.lanes, struct notify_lane, entry)
    {
        if (lane->client != client || !IsEqualGUID(&lane->class, class) || !lane->owner != !owner) continue;
        if (!owner || !wcscmp(lane->owner, owner)) return lane;
    }
    return NULL;
}

/* With a reference; a new one for a client has no watch yet. */
static struct notify_lane *get_lane_locked(struct client *client, const GUID *class, const WCHAR *owner, BOOL *is_new)
{
    struct notify_lane *lane;

    *is_new = FALSE;
    if ((lane = find_lane_locked(client, class, owner)))
    {
        lane->refs++;
        return lane;
    }
    if (!(lane = calloc(1, sizeof(*lane)))) return NULL;
    if (owner && !(lane->owner = wcsdup(owner)))
    {
        free(lane);
        return NULL;
    }
    lane->refs = 1;
    lane->class = *class;
    if ((lane->client = client)) client_addref(client);
    list_init(&lane->objects);
    list_init(&lane->doomed);
    list_init(&lane->calls);
    list_add_tail(&notify.lanes, &lane->entry);
    *is_new = TRUE;
    return lane;
}

static void release_lane_locked(struct notify_lane *lane)
{
    if (--lane->refs) return;
    list_remove(&lane->entry);
    list_add_tail(&notify.dead, &lane->entry);
    wake();
}

void notify_lane_release(struct notify_lane *lane)
{
    queue_enter();
    release_lane_locked(lane);
    queue_leave();
}

static void free_lane(struct notify_lane *lane)
{
    if (lane->watch) client_on_gone_cancel(lane->watch);
    if (lane->client) client_release(lane->client);
    free(lane->owner);
    free(lane);
}

/* Objects */

static void release_object_locked(struct notify_object *object)
{
    if (--object->refs) return;
    list_add_tail(&object->lane->doomed, &object->entry);
    wake();
}

void notify_object_release(struct notify_object *object)
{
    queue_enter();
    release_object_locked(object);
    queue_leave();
}

static void attach_locked(struct notify_job *notify_job, struct notify_object *object)
{
    object->job = notify_job;
    notify_job->object = object;
    list_add_tail(&object->lane->objects, &object->entry);
}

static void detach_locked(struct notify_object *object)
{
    object->job->object = NULL;
    object->job = NULL;
    list_remove(&object->entry);
    release_object_locked(object);
}

static void mark_locked(struct notify_job *notify_job)
{
    if (job_is_final(notify_job->job->live)) return;
    if (!notify_job->pending) list_add_tail(&notify.pending, &notify_job->entry);
    notify_job->pending = TRUE;
    wake();
}

static void unmark_locked(struct notify_job *notify_job)
{
    if (notify_job->pending) list_remove(&notify_job->entry);
    notify_job->pending = FALSE;
}

/* The process of the client has ended; on a thread of the pool. */
static void client_gone(void *ctx)
{
    struct notify_lane *lane = ctx;
    struct notify_object *object;
    struct notify_job *notify_job;
    struct list *ptr;

    queue_enter();
    while ((ptr = list_head(&lane->objects)))
    {
        object = LIST_ENTRY(ptr, struct notify_object, entry);
        notify_job = object->job;
        detach_locked(object);
        mark_locked(notify_job);                            /* BEH.NOTIFY.15: to the class, or the command line */
    }
    queue_leave();
}

HRESULT notify_lane_of_client(struct client *client, struct notify_lane **ret)
{
    struct notify_lane *lane;
    BOOL is_new;
    HRESULT hr;

    queue_enter();
    lane = get_lane_locked(client, &no_class, NULL, &is_new);
    queue_leave();
    *ret = lane;
    if (!lane) return E_OUTOFMEMORY;
    if (is_new && FAILED(hr = client_on_gone(client, client_gone, lane, &lane->watch)))
    {
        notify_lane_release(lane);
        return hr;
    }
    return S_OK;
}

/* What is owed */

static struct notify_job *need_locked(struct queue_job *job)
{
    if (job->notify) return job->notify;
    if ((job->notify = calloc(1, sizeof(*job->notify)))) job->notify->job = job;
    else ERR("no memory for the notifications of job %s\n", debugstr_guid(&job->job->id));
    return job->notify;
}

/* The first file that is whole and not told of, or NO_FILE. */
static UINT32 owed_file_locked(struct notify_job *notify_job)
{
    const struct job *job = notify_job->job->job;
    UINT32 i;

    for (i = notify_job->first_unnotified; i < job->file_count; i++)
    {
        UINT32 flags = job->files[i].flags;

        if (!(flags & FILE_TRANSFERRED))
        {
            /* files come one after the other: as a rule none behind it is whole */
            if (job->untransferred == job->file_count - job->first_untransferred) return NO_FILE;
            continue;
        }
        if (!(flags & FILE_NOTIFIED)) return i;
        if (i == notify_job->first_unnotified) notify_job->first_unnotified++;
    }
    return NO_FILE;
}

/* GUID_NULL: none. A group of the queue manager 0.9 has a class of its own kind [CB1.1]. */
static void get_class(const struct job *job, GUID *class)
{
    if (!job_string(job, PROP_GROUP_NOTIFY_CLSID) || FAILED(IIDFromString(job_string(job, PROP_GROUP_NOTIFY_CLSID), class)))
        *class = job->props[PROP_NOTIFY_CLSID].guid;
}

static BOOL has_class(const struct job *job)
{
    GUID class;

    get_class(job, &class);
    return !IsEqualGUID(&class, &no_class);
}

/* What is to be told; a group tells its client in its own words [GPROP.1, 2]. */
static UINT32 get_flags(const struct job *job)
{
    UINT32 group = job_u32(job, PROP_GROUP_NOTIFY_FLAGS), flags = NOTIFY_FLAG_ERROR;

    if (!job_string(job, PROP_GROUP_NOTIFY_CLSID)) return job_u32(job, PROP_NOTIFY_FLAGS);
    if (group & QM_NOTIFY_GROUP_DONE) flags |= NOTIFY_FLAG_TRANSFERRED;
    if (group & QM_NOTIFY_DISABLE_NOTIFY) flags |= NOTIFY_FLAG_DISABLE;
    return flags;
}

/* A group is complete when its files are in place [GROUP.CancelGroup.A1]. */
static BOOL is_being_published(const struct queue_job *job)
{
    return job->live == JOB_TRANSFERRED && job_is_group(job->job) && job_has_unpublished(job->job);
}

static BOOL has_program(const struct job *job)
{
    const WCHAR *program = job_string(job, PROP_NOTIFY_PROGRAM);

    return program && *program;
}

static void gather_locked(struct notify_job *notify_job, const struct policy *policy, struct notice_facts *facts)
{
    const struct notify_object *object = notify_job->object;
    const struct job *job = notify_job->job->job;
    UINT64 delay = job_u32(job, PROP_MINIMUM_RETRY_DELAY) * MSEC_PER_SECOND;

    facts->state = is_being_published(notify_job->job) ? JOB_QUEUED : notify_job->job->live;
    facts->type = job->type;
    facts->flags = get_flags(job);
    facts->notified = job->notified;
    facts->object = object != NULL;
    facts->no_files = object && object->no_files;
    facts->no_ranges = object && object->no_ranges;
    facts->class = has_class(job);
    facts->program = has_program(job);
    facts->service_owner = security_is_service_account(job->owner);
    facts->file_owed = (facts->flags & NOTIFY_FLAG_FILE) && owed_file_locked(notify_job) != NO_FILE;
    facts->ranges_owed = notify_job->report_count != 0;
    facts->interval = job_u32(job, PROP_MIN_NOTIFY_INTERVAL);
    facts->retry_delay = max(delay, policy->notify_retry_floor);
    facts->busy_delay = policy->notify_retry_floor;
    facts->timeout = policy->notify_timeout;
}

/* Calls */

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
        get_class(job, &class);
        return get_lane_locked(NULL, &class, NULL, &is_new);
    default:
        return get_lane_locked(NULL, &no_class, job->owner, &is_new);
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
        release_lane_locked(lane);
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
    if (step->notice == NOTICE_FILE) call->file = owed_file_locked(notify_job);
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
        gather_locked(notify_job, &round->policy, &facts);
        if (notices_next(&notify_job->notices, &facts, round->now, &step, &when) == NOTICE_NONE)
        {
            if (when == NOTICES_NEVER) unmark_locked(notify_job);
            return when;
        }
        if (is_minor(step.notice) && !minor) return NOTICES_NEVER;
        if (!(lane = lane_of_step_locked(notify_job, &step))) return round->now + MSEC_PER_SECOND;
        if (!may_begin_locked(lane, round, &free_at))
        {
            release_lane_locked(lane);
            return free_at;
        }
        if (!begin_locked(notify_job, lane, &step, round)) return round->now + MSEC_PER_SECOND;
    }
}

static void release_doomed(void *ctx)
{
    struct notify_lane *lane = ctx;
    struct notify_object *object;
    struct list *ptr;

    queue_enter();
    while ((ptr = list_head(&lane->doomed)))
    {
        list_remove(ptr);
        queue_leave();
        object = LIST_ENTRY(ptr, struct notify_object, entry);
        notify_object_destroy(object);
        queue_enter();
        release_lane_locked(lane);      /* the object's */
    }
    lane->releasing = FALSE;
    release_lane_locked(lane);          /* this function's */
    queue_leave();
}

/* One thread for each client whose objects are no longer needed: it may take him a while to answer even this. */
static void begin_releases(void)
{
    struct notify_lane *lane;
    HRESULT hr = S_OK;

    for (;;)
    {
        queue_enter();
        LIST_FOR_EACH_ENTRY(lane, &notify.lanes, struct notify_lane, entry)
            if (!lane->releasing && !list_empty(&lane->doomed)) break;
        if (&lane->entry == &notify.lanes)
        {
            queue_leave();
            return;
        }
        lane->releasing = TRUE;
        lane->refs++;
        queue_leave();
        if (FAILED(hr = notify_thread_run(release_doomed, lane))) break;
    }
    /* no thread: with the next round */
    queue_enter();
    lane->releasing = FALSE;
    release_lane_locked(lane);
    queue_leave();
}

static UINT64 run_round(void)
{
    struct notify_job *notify_job, *next;
    struct notify_call *call, *next_call;
    struct notify_lane *lane, *next_lane;
    struct round round;
    BOOL minor, stop;
    UINT64 when;

    policy_get(&round.policy);
    round.next = NOTICES_NEVER;
    list_init(&round.begun);
    list_init(&round.dead);

    queue_enter();
    ResetEvent(notify.wake);
    round.now = queue_clock();
    stop = notify.stop;
    for (minor = FALSE; minor <= TRUE && !stop; minor++)
    {
        LIST_FOR_EACH_ENTRY_SAFE(notify_job, next, &notify.pending, struct notify_job, entry)
        {
            when = consider_locked(notify_job, &round, minor);
            round.next = min(round.next, when);
        }
    }
    list_move_tail(&round.dead, &notify.dead);
    queue_leave();

    LIST_FOR_EACH_ENTRY_SAFE(call, next_call, &round.begun, struct notify_call, begun)
        if (FAILED(notify_thread_run(notify_call_run, call))) notify_call_done(call, RESULT_BUSY);
    begin_releases();
    LIST_FOR_EACH_ENTRY_SAFE(lane, next_lane, &round.dead, struct notify_lane, entry) free_lane(lane);
    return stop ? 0 : round.next;
}

static DWORD CALLBACK notify_thread(void *arg)
{
    UINT64 next, now;
    DWORD timeout;

    while ((next = run_round()))
    {
        now = queue_clock();
        if (next == NOTICES_NEVER) timeout = INFINITE;
        else if (next <= now) timeout = 1;
        else timeout = next - now > 0x7fffffff ? 0x7fffffff : next - now;
        WaitForSingleObject(notify.wake, timeout);
    }
    return 0;
}

BOOL notify_call_valid_locked(struct notify_call *call)
{
    const struct queue_job *job = call->job;
    const struct notify_job *notify_job = job->notify;

    if (job_is_final(job->live) || (get_flags(job->job) & NOTIFY_FLAG_DISABLE)) return FALSE;
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
        attach_locked(notify_job, object);
    }
    call->object = object;
    queue_leave();
}

static struct notify_report *get_report_locked(struct notify_job *notify_job, UINT32 file)
{
    struct notify_report *reports;
    UINT32 i;

    for (i = 0; i < notify_job->report_count; i++)
        if (notify_job->reports[i].file == file) return &notify_job->reports[i];
    if (!(reports = realloc(notify_job->reports, (i + 1) * sizeof(*reports)))) return NULL;
    notify_job->reports = reports;
    reports[i].file = file;
    ranges_init(&reports[i].ranges);
    notify_job->report_count++;
    return &reports[i];
}

/* Ranges that could not be reported go with the next report. */
static void keep_ranges_locked(struct notify_job *notify_job, struct notify_call *call)
{
    struct notify_report *report;
    UINT64 offset, length, from;

    if (!call->ranges.count || !(report = get_report_locked(notify_job, call->file))) return;
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
    gather_locked(notify_job, &policy, &facts);
    duties = notices_done(&notify_job->notices, &facts, &call->step, result, now);
    if ((duties & NOTICE_DROP_OBJECT) && call->object && call->object->job) detach_locked(call->object);
    if (duties & NOTICE_KEEP_RANGES) keep_ranges_locked(notify_job, call);
    /* Not recorded: then it is owed to nobody in this life, and again in the next. */
    if (duties & NOTICE_MARK_STATE) queue_mark_notified_locked(job, NO_FILE, TRUE);
    if ((duties & NOTICE_MARK_FILE) && FAILED(queue_mark_notified_locked(job, call->file, TRUE)))
        notices_hold_files(&notify_job->notices, now + policy.notify_retry_floor);
    list_remove(&call->entry);
    if (call->object) release_object_locked(call->object);
    release_lane_locked(call->lane);
    mark_locked(notify_job);
    queue_leave();

    ranges_free(&call->ranges);
    queue_release(job);
    free(call);
}

/* Registration */

/* The object and what is behind it goes; the job's and the model's mark are as they were. */
static struct notify_object *take_object_locked(struct notify_job *notify_job)
{
    struct notify_object *object = notify_job->object;

    if (object) detach_locked(object);
    return object;
}

HRESULT notify_set_interface(struct queue_job *job, struct client *client, IUnknown *callback)
{
    struct notify_object *object = NULL;
    struct notify_job *notify_job;
    struct notify_lane *lane;
    HRESULT hr;

    if (callback)
    {
        if (FAILED(hr = notify_lane_of_client(client, &lane))) return hr;
        hr = notify_object_create(lane, callback, FALSE, &object);
        notify_lane_release(lane);
        if (FAILED(hr)) return hr;
        queue_reserve_lazy();
    }

    queue_enter();
    if (SUCCEEDED(hr = state_may_change(job->live)) && (object || job->notify))
    {
        if (!(notify_job = need_locked(job))) hr = E_OUTOFMEMORY;
        else if (object && notify_job->object && notify_job->object->unknown == callback)
            ;                                               /* the same one again: nothing is owed anew */
        else
        {
            /* BEH.NOTIFY.4, BEH.PERSIST.11 */
            if (object && job->job->notified) hr = queue_mark_notified_locked(job, NO_FILE, FALSE);
            if (SUCCEEDED(hr))
            {
                take_object_locked(notify_job);
                if (object)
                {
                    object->refs++;
                    attach_locked(notify_job, object);
                    notices_renewed(&notify_job->notices, TRUE);
                }
                mark_locked(notify_job);
            }
        }
    }
    if (object) release_object_locked(object);
    queue_leave();
    return hr;
}

void notify_get_interface(struct queue_job *job, IUnknown **callback)
{
    struct notify_object *object;

    queue_enter();
    object = job->notify ? job->notify->object : NULL;
    *callback = object && !object->made ? object->unknown : NULL;
    if (*callback) IUnknown_AddRef(*callback);
    queue_leave();
}

HRESULT notify_set_program_caller(struct queue_job *job, struct caller *caller)
{
    struct notify_job *notify_job;
    struct caller *old = NULL;

    queue_enter();
    if ((notify_job = need_locked(job)))
    {
        old = notify_job->program_caller;
        caller_addref(notify_job->program_caller = caller);
    }
    queue_leave();
    caller_release(old);
    return notify_job ? S_OK : E_OUTOFMEMORY;
}

void notify_forget(struct queue_job *job)
{
    queue_enter();
    if (job->notify)
    {
        take_object_locked(job->notify);
        unmark_locked(job->notify);
    }
    queue_leave();
}

void notify_free_locked(struct queue_job *job)
{
    struct notify_job *notify_job = job->notify;

    if (!notify_job) return;
    job->notify = NULL;
    take_object_locked(notify_job);
    unmark_locked(notify_job);
    while (notify_job->report_count) ranges_free(&notify_job->reports[--notify_job->report_count].ranges);
    free(notify_job->reports);
    caller_release(notify_job->program_caller);
    free(notify_job);
}

/* Hooks */

static BOOL is_visible(const struct record *record)
{
    switch (record->type)
    {
    case RECORD_SET:
    case RECORD_ADD_FILES:
    case RECORD_FILE_NAMES:
    case RECORD_FILE_BEGIN:
    case RECORD_FILE_PROGRESS:
    case RECORD_FILE_DONE:
    case RECORD_PUBLISHED:
    case RECORD_OWNER:
        return TRUE;
    case RECORD_FILE_FLAGS:
        return ((record->u.flags.set | record->u.flags.clear) & ~FILE_NOTIFIED) != 0;
    default:
        return FALSE;   /* the state has a hook of its own */
    }
}

static void set_locked(struct queue_job *job, const struct record *record)
{
    struct notify_job *notify_job;
    UINT32 i;

    for (i = 0; i < record->u.set.count; i++)
    {
        switch (record->u.set.values[i].prop)
        {
        case PROP_NOTIFY_PROGRAM:
        case PROP_NOTIFY_CLSID:
        case PROP_GROUP_NOTIFY_CLSID:
            if (!(notify_job = need_locked(job))) return;
            notices_renewed(&notify_job->notices, FALSE);
            mark_locked(notify_job);
            break;
        case PROP_NOTIFY_FLAGS:
        case PROP_GROUP_NOTIFY_FLAGS:
        case PROP_MIN_NOTIFY_INTERVAL:
            if (job->notify) mark_locked(job->notify);      /* CB.A2: evaluated when it is sent */
            break;
        default:
            break;
        }
    }
}

void notify_applied_locked(struct queue_job *job, const struct record *record)
{
    if (record->type == RECORD_SET) set_locked(job, record);
    if (!job->notify) return;
    job->notify->first_unnotified = min(job->notify->first_unnotified, job->job->first_untransferred);
    if (record->type == RECORD_PUBLISHED || (record->type == RECORD_FILE_DONE && get_flags(job->job) & BG_NOTIFY_FILE_TRANSFERRED))
        mark_locked(job->notify);
    if (is_visible(record)) notify_modified_locked(job);
}

void notify_entered_locked(struct queue_job *job)
{
    if (!job->notify) return;
    notices_entered(&job->notify->notices);
    mark_locked(job->notify);
}

void notify_modified_locked(struct queue_job *job)
{
    struct notify_job *notify_job = job->notify;
    struct notice_facts facts;

    if (!notify_job || (notify_job->pending && notify_job->notices.modified)) return;
    facts.state = job->live;
    facts.flags = get_flags(job->job);
    facts.object = notify_job->object != NULL;
    facts.class = has_class(job->job);
    if (notices_modified(&notify_job->notices, &facts)) mark_locked(notify_job);
}

void notify_ranges_locked(struct queue_job *job, UINT32 file, UINT64 offset, UINT64 length)
{
    struct notify_report *report;

    /* CB3.FileRangesTransferred.5: some may be dropped */
    if (!job->notify || !job_u32(job->job, PROP_ON_DEMAND) || !(report = get_report_locked(job->notify, file))) return;
    ranges_add(&report->ranges, offset, length);
    mark_locked(job->notify);
}

void notify_rest_locked(struct queue_job *job, UINT32 file, UINT64 size)
{
    const struct range_set *received = &job->job->files[file].received;
    UINT64 offset, length, from;

    if (!job->notify || !job_u32(job->job, PROP_ON_DEMAND)) return;
    for (from = 0; ranges_gap(received, from, size, &offset, &length); from = offset + length)
        notify_ranges_locked(job, file, offset, length);
}

/* Start and end */

static void find_owed(void *ctx, struct queue_job *job)
{
    if (!job->listed || (!has_program(job->job) && !has_class(job->job))) return;
    if (need_locked(job)) mark_locked(job->notify);
}

void notify_policy_changed(void)
{
    queue_enter();
    wake();
    queue_leave();
}

HRESULT notify_init(void)
{
    notify.stop = FALSE;
    if (!(notify.wake = CreateEventW(NULL, TRUE, TRUE, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    queue_enter();
    queue_for_each_locked(find_owed, NULL);
    queue_leave();
    if (!(notify.thread = CreateThread(NULL, 0, notify_thread, NULL, 0, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

static void forget_object(void *ctx, struct queue_job *job)
{
    if (job->notify) take_object_locked(job->notify);
}

void notify_shutdown(void)
{
    if (!notify.thread) return;
    queue_enter();
    notify.stop = TRUE;
    queue_for_each_locked(forget_object, NULL);
    wake();
    queue_leave();
    WaitForSingleObject(notify.thread, INFINITE);
    CloseHandle(notify.thread);
    notify.thread = NULL;
    notify_programs_shutdown();
    notify_threads_shutdown(SHUTDOWN_MSEC);
}
