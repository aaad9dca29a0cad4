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
#include "log.h"
#include "notify.h"
#include "queue.h"
#include "security.h"
#include "core/publish.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* Deletes what is left of a job that is final already, and lets the journal forget it. */
static HRESULT clean(struct queue_job *job)
{
    struct record record = { RECORD_CLEANED };
    struct publish_list list;
    UINT32 remain;
    HRESULT hr;

    queue_enter();
    hr = publish_list_rest(job->job, &list);
    queue_leave();
    if (FAILED(hr)) return BG_S_UNABLE_TO_DELETE_FILES;     /* the next start tries again */
    discard_files(disk_get(), &list, &remain);
    publish_list_free(&list);
    if (remain)
    {
        log_write(LOG_WARNING, "job %s: %u temporary files could not be deleted", debugstr_guid(&job->job->id), remain);
        return BG_S_UNABLE_TO_DELETE_FILES;
    }
    if (FAILED(hr = queue_append(job, &record)))
        WARN("job %s is not forgotten, hr %#lx\n", debugstr_guid(&job->job->id), hr);
    return S_OK;
}

/* The act and the outcome of a Complete whose intent is durable. */
static HRESULT carry_out(struct queue_job *job)
{
    struct record published = { RECORD_PUBLISHED }, done = { RECORD_COMPLETED }, failed = { RECORD_COMPLETE_FAILED };
    struct publish_outcome outcome;
    struct publish_list list;
    BOOL partial = FALSE;
    HRESULT hr, hr2;
    UINT32 i;

    queue_enter();
    hr = publish_list_intent(job->job, &list);
    for (i = 0; i < job->job->file_count; i++)
        if (!(job->job->files[i].flags & FILE_TRANSFERRED)) partial = TRUE;
    queue_leave();
    if (SUCCEEDED(hr))
    {
        if (SUCCEEDED(hr = publish_files(disk_get(), &list, &outcome)))
        {
            hr = outcome.hr;
            published.u.publish.files = outcome.files;
            published.u.publish.count = outcome.count;
            if (outcome.count && FAILED(hr2 = queue_append(job, &published)) && SUCCEEDED(hr)) hr = hr2;
            publish_outcome_free(&outcome);
        }
        publish_list_free(&list);
    }
    if (FAILED(hr))
    {
        log_write(LOG_WARNING, "job %s: cannot be completed, hr %#lx", debugstr_guid(&job->job->id), hr);
        if (FAILED(hr2 = queue_commit(job, &failed)))
            WARN("the failed completion is not recorded, hr %#lx\n", hr2);
        return hr;                                          /* JOB.Complete.9 */
    }
    if (FAILED(hr = queue_commit(job, &done))) return hr;   /* the intent is on disk: the next start goes on */

    hr = clean(job);
    return partial ? BG_S_PARTIAL_COMPLETE : hr;            /* BEH.STATE.80 */
}

/* RECORD_COMPLETING for every file that is whole and not yet handed over. */
static HRESULT record_intent(struct queue_job *job, const struct caller *caller)
{
    struct record record = { RECORD_COMPLETING };
    UINT32 i, *files;
    HRESULT hr;

    queue_enter();
    if ((files = malloc(max(job->job->file_count, 1) * sizeof(*files))))
    {
        for (i = 0; i < job->job->file_count; i++)
        {
            UINT32 flags = job->job->files[i].flags;

            if ((flags & FILE_TRANSFERRED) && !(flags & FILE_PUBLISHED)) files[record.u.publish.count++] = i;
        }
    }
    queue_leave();
    if (!files) return E_OUTOFMEMORY;
    record.u.publish.files = files;
    record.u.publish.caller = caller->sid;
    hr = queue_commit(job, &record);
    free(files);
    return hr;
}

HRESULT finish_complete(struct queue_job *job, const struct caller *caller)
{
    struct state_step step;
    HRESULT hr;

    if (FAILED(hr = queue_finish_begin(job, EVENT_COMPLETE, &step))) return hr;
    if (SUCCEEDED(hr = record_intent(job, caller)))
    {
        /* JOB.Complete.10, 14: the files become the caller's */
        if (SUCCEEDED(hr = security_impersonate(caller)))
        {
            hr = carry_out(job);
            security_revert();
        }
    }
    queue_finish_end(job);
    if (SUCCEEDED(hr))
    {
        notify_forget(job);
        log_write(LOG_INFO, "job %s completed, hr %#lx", debugstr_guid(&job->job->id), hr);
    }
    return hr;
}

static HRESULT cancel(struct queue_job *job, enum job_event event, const struct caller *caller)
{
    struct record record = { RECORD_CANCELLED };
    struct state_step step;
    HRESULT hr;

    if (FAILED(hr = queue_finish_begin(job, event, &step))) return hr;
    if (step.next != JOB_CANCELLED) return S_OK;            /* it ended before it could expire */
    if (SUCCEEDED(hr = queue_commit(job, &record)))
    {
        BOOL impersonated = caller && SUCCEEDED(security_impersonate(caller));

        hr = clean(job);
        if (impersonated) security_revert();
    }
    queue_finish_end(job);
    if (SUCCEEDED(hr))
    {
        notify_forget(job);
        log_write(LOG_INFO, "job %s cancelled%s", debugstr_guid(&job->job->id),
                  event == EVENT_INACTIVE ? ": nothing happened with it for too long" : "");
    }
    return hr;
}

HRESULT finish_cancel(struct queue_job *job, const struct caller *caller)
{
    return cancel(job, EVENT_CANCEL, caller);
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

struct unfinished
{
    struct queue_job **jobs;
    UINT32 count, size;
};

static void find_unfinished(void *ctx, struct queue_job *job)
{
    struct unfinished *found = ctx;

    if ((!job->job->completing && !job->job->cleaning) || found->count == found->size) return;
    queue_addref(job);
    found->jobs[found->count++] = job;
}

void finish_recover(void)
{
    struct unfinished found = { NULL };
    UINT32 i;

    queue_enter();
    found.size = queue_count_locked();
    if ((found.jobs = malloc(max(found.size, 1) * sizeof(*found.jobs)))) queue_for_each_locked(find_unfinished, &found);
    queue_leave();

    for (i = 0; i < found.count; i++)
    {
        if (found.jobs[i]->job->completing) carry_out(found.jobs[i]);
        else clean(found.jobs[i]);
        queue_release(found.jobs[i]);
    }
    free(found.jobs);
}
