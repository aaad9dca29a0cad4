/*
 * Complete and Cancel: the duties that touch files
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
#include "finish.h"
#include "helper.h"
#include "judge.h"
#include "log.h"
#include "notify.h"
#include "queue.h"
#include "reply.h"
#include "security.h"
#include "core/publish.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static void enter(void *ctx)
{
    queue_enter();
}

static void leave(void *ctx)
{
    queue_leave();
}

static HRESULT append(void *ctx, struct record *record)
{
    struct queue_job *job = ctx;
    HRESULT hr = queue_append(job, record);

    if (FAILED(hr)) WARN("job %s: %s is not recorded, hr %#lx\n", debugstr_guid(&job->job->id), record_name_of(record->type), hr);
    return hr;
}

static HRESULT commit(void *ctx, struct record *record)
{
    struct queue_job *job = ctx;
    HRESULT hr = queue_commit(job, record);

    if (FAILED(hr)) WARN("job %s: %s is not recorded, hr %#lx\n", debugstr_guid(&job->job->id), record_name_of(record->type), hr);
    return hr;
}

static void init_owner(struct publish_owner *owner, struct queue_job *job)
{
    owner->disk = disk_get();
    owner->job = job->job;
    owner->enter = enter;
    owner->leave = leave;
    owner->append = append;
    owner->commit = commit;
    owner->ctx = job;
}

static void report(const struct queue_job *job, const char *what, HRESULT hr)
{
    if (FAILED(hr)) log_write(LOG_WARNING, "job %s cannot be %s, hr %#lx", debugstr_guid(&job->job->id), what, hr);
    else if (hr == BG_S_UNABLE_TO_DELETE_FILES)
        log_write(LOG_WARNING, "job %s %s, but temporary files could not be deleted", debugstr_guid(&job->job->id), what);
    else log_write(LOG_INFO, "job %s %s, hr %#lx", debugstr_guid(&job->job->id), what, hr);
}

HRESULT finish_complete(struct queue_job *job, const struct caller *caller)
{
    struct publish_owner owner;
    struct state_step step;
    HRESULT hr;

    init_owner(&owner, job);
    if (FAILED(hr = queue_finish_begin(job, EVENT_COMPLETE, &step))) return hr;
    /* JOB.Complete.10, 14: the files become the caller's */
    if (SUCCEEDED(hr = publish_begin(&owner, caller->sid)) && SUCCEEDED(hr = security_impersonate(caller)))
    {
        reply_keep(job);
        hr = publish_complete(&owner);
        security_revert();
    }
    queue_finish_end(job);
    if (SUCCEEDED(hr))
    {
        judge_forget(job);
        helper_set(job, NULL);
        notify_forget(job);
    }
    report(job, "completed", hr);
    return hr;
}

static HRESULT cancel(struct queue_job *job, enum job_event event, const struct caller *caller)
{
    struct publish_owner owner;
    struct state_step step;
    BOOL impersonated;
    HRESULT hr;

    init_owner(&owner, job);
    if (FAILED(hr = queue_finish_begin(job, event, &step))) return hr;
    if (!(step.duties & DUTY_DISCARD)) return S_OK;         /* it ended before it could expire */
    impersonated = caller && SUCCEEDED(security_impersonate(caller));
    hr = publish_cancel(&owner);
    if (impersonated) security_revert();
    queue_finish_end(job);
    if (SUCCEEDED(hr))
    {
        judge_forget(job);
        helper_set(job, NULL);
        notify_forget(job);
    }
    report(job, event == EVENT_INACTIVE ? "given up: nothing happened with it for too long" : "cancelled", hr);
    return hr;
}

HRESULT finish_cancel(struct queue_job *job, const struct caller *caller)
{
    return cancel(job, EVENT_CANCEL, caller);
}

void finish_clean(struct queue_job *job)
{
    struct publish_owner owner;

    init_owner(&owner, job);
    publish_clean(&owner);
}

static DWORD CALLBACK expire(void *arg)
{
    struct queue_job *job = arg;

    cancel(job, EVENT_INACTIVE, NULL);
    queue_release(job);
    return 0;
}

void finish_expire(struct queue_job *job)
{
    queue_addref(job);
    if (!QueueUserWorkItem(expire, job, WT_EXECUTELONGFUNCTION)) expire(job);
}

/* A group whose files cannot be put in place is in error; its client may see to it and resume it. */
static void fail_group(struct queue_job *job, HRESULT hr, UINT32 file)
{
    struct failure failure;

    verdict_error(hr, CONTEXT_LOCAL_FILE, &failure);
    queue_reserve_lazy();
    queue_enter();
    queue_event_locked(job, EVENT_INVALIDATED, &failure, file);
    queue_leave();
}

static DWORD CALLBACK finish_group(void *arg)
{
    struct publish_owner owner;
    struct queue_job *job = arg;
    struct caller *caller = NULL;
    struct state_step step;
    UINT32 file = NO_FILE;
    BOOL wanted;
    HRESULT hr;

    init_owner(&owner, job);
    if (SUCCEEDED(queue_finish_begin(job, EVENT_COMPLETE, &step)))
    {
        queue_enter();
        wanted = job->live == JOB_TRANSFERRED && job_has_unpublished(job->job);
        queue_leave();
        if (wanted && security_owner(job->job->owner, &caller) == S_OK)
        {
            if (SUCCEEDED(hr = publish_begin(&owner, caller->sid)) && SUCCEEDED(hr = security_impersonate(caller)))
            {
                hr = publish_hand_over(&owner, &file);
                security_revert();
            }
            report(job, "a finished group", hr);
            if (FAILED(hr)) fail_group(job, hr, file);
        }
        caller_release(caller);
        queue_finish_end(job);
    }
    queue_release(job);
    return 0;
}

void finish_group_locked(struct queue_job *job)
{
    queue_addref(job);
    if (QueueUserWorkItem(finish_group, job, WT_EXECUTELONGFUNCTION)) return;
    ERR("job %s: no thread to put its files in place\n", debugstr_guid(&job->job->id));
    InterlockedDecrement(&job->refs);   /* not the last one: the lock is held */
}

struct unfinished
{
    struct queue_job **jobs;
    UINT32 count, size;
};

static void find_unfinished(void *ctx, struct queue_job *job)
{
    struct unfinished *found = ctx;

    if (job->live == JOB_TRANSFERRED && job_is_group(job->job) && !job->job->completing) finish_group_locked(job);
    if ((!job->job->completing && !job->job->cleaning) || found->count == found->size) return;
    queue_addref(job);
    found->jobs[found->count++] = job;
}

void finish_recover(void)
{
    struct unfinished found = { NULL };
    struct publish_owner owner;
    HRESULT hr;
    UINT32 i;

    queue_enter();
    found.size = queue_count_locked();
    if ((found.jobs = malloc(max(found.size, 1) * sizeof(*found.jobs)))) queue_for_each_locked(find_unfinished, &found);
    queue_leave();

    for (i = 0; i < found.count; i++)
    {
        init_owner(&owner, found.jobs[i]);
        hr = publish_recover(&owner);
        report(found.jobs[i], "finished, which a predecessor had begun", hr);
        if (FAILED(hr) && job_is_group(found.jobs[i]->job)) fail_group(found.jobs[i], hr, NO_FILE);
        queue_release(found.jobs[i]);
    }
    free(found.jobs);
}
