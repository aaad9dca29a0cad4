/*
 * Calling clients back: what is registered for a job, and what is owed to it
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

#include "notify.h"
#include "notify_private.h"
#include "notify_threads.h"
#include "policy.h"
#include "qmgr.h"
#include "security.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define SHUTDOWN_MSEC 1000      /* for references that can be given back to clients */

/* What is owed */

static struct notify_job *need_locked(struct queue_job *job)
{
    if (job->notify) return job->notify;
    if ((job->notify = calloc(1, sizeof(*job->notify)))) job->notify->job = job;
    else ERR("no memory for the notifications of job %s\n", debugstr_guid(&job->job->id));
    return job->notify;
}

UINT32 notify_owed_file_locked(struct notify_job *notify_job)
{
    const struct job *job = notify_job->job->job;
    UINT32 i;

    /* of an upload there is something to tell only of the reply [CB2.FileTransferred.6] */
    if (job->type != JOB_DOWNLOAD) notify_job->first_unnotified = max(notify_job->first_unnotified, REPLY_FILE);
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

void notify_get_class(const struct job *job, GUID *class)
{
    if (!job_string(job, PROP_GROUP_NOTIFY_CLSID) || FAILED(IIDFromString(job_string(job, PROP_GROUP_NOTIFY_CLSID), class)))
        *class = job->props[PROP_NOTIFY_CLSID].guid;
}

static BOOL has_class(const struct job *job)
{
    GUID class;

    notify_get_class(job, &class);
    return !IsEqualGUID(&class, &notify_no_class);
}

UINT32 notify_get_flags(const struct job *job)
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

void notify_gather_locked(struct notify_job *notify_job, const struct policy *policy, struct notice_facts *facts)
{
    const struct notify_object *object = notify_job->object;
    const struct job *job = notify_job->job->job;
    UINT64 delay = job_u32(job, PROP_MINIMUM_RETRY_DELAY) * MSEC_PER_SECOND;

    facts->state = is_being_published(notify_job->job) ? JOB_QUEUED : notify_job->job->live;
    facts->type = job->type;
    facts->flags = notify_get_flags(job);
    facts->notified = job->notified;
    facts->object = object != NULL;
    facts->no_files = object && object->no_files;
    facts->no_ranges = object && object->no_ranges;
    facts->class = has_class(job);
    facts->program = has_program(job);
    facts->service_owner = security_is_service_account(job->owner);
    facts->file_owed = (facts->flags & NOTIFY_FLAG_FILE) && notify_owed_file_locked(notify_job) != NO_FILE;
    facts->ranges_owed = notify_job->report_count != 0;
    facts->interval = job_u32(job, PROP_MIN_NOTIFY_INTERVAL);
    facts->retry_delay = max(delay, policy->notify_retry_floor);
    facts->busy_delay = policy->notify_retry_floor;
    facts->timeout = policy->notify_timeout;
}

struct notify_report *notify_get_report_locked(struct notify_job *notify_job, UINT32 file)
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

/* Registration */

/* The object goes; what is owed and what the record says of it are as they were. */
static void drop_object_locked(struct notify_job *notify_job)
{
    if (notify_job->object) notify_object_detach_locked(notify_job->object);
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
                drop_object_locked(notify_job);
                if (object)
                {
                    object->refs++;
                    notify_object_attach_locked(notify_job, object);
                    notices_renewed(&notify_job->notices, TRUE);
                }
                notify_mark_locked(notify_job);
            }
        }
    }
    if (object) notify_object_release_locked(object);
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
        drop_object_locked(job->notify);
        notify_unmark_locked(job->notify);
    }
    queue_leave();
}

void notify_free_locked(struct queue_job *job)
{
    struct notify_job *notify_job = job->notify;

    if (!notify_job) return;
    job->notify = NULL;
    drop_object_locked(notify_job);
    notify_unmark_locked(notify_job);
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
            notify_mark_locked(notify_job);
            break;
        case PROP_NOTIFY_FLAGS:
        case PROP_GROUP_NOTIFY_FLAGS:
        case PROP_MIN_NOTIFY_INTERVAL:
            if (job->notify) notify_mark_locked(job->notify);      /* CB.A2: evaluated when it is sent */
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
    if (record->type == RECORD_PUBLISHED || (record->type == RECORD_FILE_DONE && notify_get_flags(job->job) & NOTIFY_FLAG_FILE))
        notify_mark_locked(job->notify);
    if (is_visible(record)) notify_modified_locked(job);
}

void notify_entered_locked(struct queue_job *job)
{
    if (!job->notify) return;
    notices_entered(&job->notify->notices);
    notify_mark_locked(job->notify);
}

void notify_modified_locked(struct queue_job *job)
{
    struct notify_job *notify_job = job->notify;
    struct notice_facts facts;

    if (!notify_job || (notify_job->pending && notify_job->notices.modified)) return;
    facts.state = job->live;
    facts.flags = notify_get_flags(job->job);
    facts.object = notify_job->object != NULL;
    facts.class = has_class(job->job);
    if (notices_modified(&notify_job->notices, &facts)) notify_mark_locked(notify_job);
}

void notify_ranges_locked(struct queue_job *job, UINT32 file, UINT64 offset, UINT64 length)
{
    struct notify_report *report;

    /* CB3.FileRangesTransferred.5: some may be dropped */
    if (!job->notify || !job_u32(job->job, PROP_ON_DEMAND) || !(report = notify_get_report_locked(job->notify, file))) return;
    ranges_add(&report->ranges, offset, length);
    notify_mark_locked(job->notify);
}

void notify_rest_locked(struct queue_job *job, UINT32 file, UINT64 size)
{
    const struct range_set *received = &job->job->files[file].received;
    UINT64 offset, length, from;

    if (!job->notify || !job_u32(job->job, PROP_ON_DEMAND)) return;
    for (from = 0; ranges_gap(received, from, size, &offset, &length); from = offset + length)
        notify_ranges_locked(job, file, offset, length);
}

void notify_policy_changed(void)
{
    queue_enter();
    notify_wake();
    queue_leave();
}

/* Start and end */

static void find_owed(void *ctx, struct queue_job *job)
{
    if (!job->listed || (!has_program(job->job) && !has_class(job->job))) return;
    if (need_locked(job)) notify_mark_locked(job->notify);
}

HRESULT notify_init(void)
{
    queue_enter();
    queue_for_each_locked(find_owed, NULL);
    queue_leave();
    return notify_rounds_begin();
}

static void forget_object(void *ctx, struct queue_job *job)
{
    if (job->notify) drop_object_locked(job->notify);
}

void notify_shutdown(void)
{
    queue_enter();
    notify_rounds_stop_locked();
    queue_for_each_locked(forget_object, NULL);
    queue_leave();
    notify_rounds_end();
    notify_programs_shutdown();
    notify_threads_shutdown(SHUTDOWN_MSEC);
}
