/*
 * One worker: performs the steps core/fetch asks for
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

#include "crew.h"
#include "identity.h"
#include "lander.h"
#include "log.h"
#include "network.h"
#include "policy.h"
#include "security.h"
#include "sync.h"
#include "transfer_private.h"
#include "core/rate.h"
#include "core/str.h"

#include "wine/debug.h"

/* What background transfers share. A leaf lock. */
static struct
{
    struct sync_mutex mutex;
    /* guarded by mutex */
    UINT64 limits[JOB_LOW + 1];
    struct rate rate;
} pace;

#define PACE_WAIT 200u          /* ms after which a waiting transfer looks whether the limit has changed */

void transfer_set_rate(UINT32 priority, UINT64 limit)
{
    sync_lock(&pace.mutex);
    pace.limits[priority] = limit;
    sync_unlock(&pace.mutex);
}

UINT64 transfer_pace_limit(UINT32 priority)
{
    UINT64 limit;

    sync_lock(&pace.mutex);
    limit = pace.limits[priority];
    sync_unlock(&pace.mutex);
    return limit;
}

BOOL transfer_stopped(const struct transfer *transfer)
{
    return *(volatile const LONG *)&transfer->stop;
}

UINT32 transfer_priority(const struct transfer *transfer)
{
    UINT32 priority;

    queue_enter();
    priority = job_u32(transfer->job->job, PROP_PRIORITY);
    queue_leave();
    return priority;
}

/* How many of `wanted` octets may be read now; waits for it. 0: the transfer shall stop. */
UINT32 transfer_pace_take(struct transfer *transfer, UINT32 priority, UINT32 wanted)
{
    UINT32 allowed, wait;

    for (;;)
    {
        sync_lock(&pace.mutex);
        if (pace.limits[priority] == RATE_UNLIMITED)
        {
            sync_unlock(&pace.mutex);
            return wanted;
        }
        rate_set(&pace.rate, max(pace.limits[priority], 1), queue_clock());
        allowed = rate_take(&pace.rate, queue_clock(), wanted, &wait);
        sync_unlock(&pace.mutex);
        if (allowed) return allowed;
        if (WaitForSingleObject(transfer->cancel, min(wait, PACE_WAIT)) == WAIT_OBJECT_0) return 0;
    }
}

void transfer_pace_give_back(UINT32 unused)
{
    sync_lock(&pace.mutex);
    rate_give_back(&pace.rate, unused);
    sync_unlock(&pace.mutex);
}

void transfer_free_plan(struct file_plan *plan)
{
    free(plan->remote_name);
    free(plan->local_name);
    free(plan->temp_name);
    free(plan->ranges);
    free(plan->method);
    ranges_free(&plan->received);
}

/* On demand a file is worked on while its size is not known or something that was asked for is missing. */
BOOL transfer_is_wanted(const struct job_file *file)
{
    UINT64 start = 0, length = 0, offset, left;

    if (file->flags & FILE_TRANSFERRED) return FALSE;
    if (file->remote_size == SIZE_UNKNOWN) return TRUE;
    while (ranges_next(&file->requested, start + length, &start, &length))
        if (ranges_gap(&file->received, start, min(start + length, file->remote_size), &offset, &left)) return TRUE;
    return FALSE;
}

/* What cannot be asked for in parts comes whole. */
static BOOL is_on_demand(const struct job *job, UINT32 file)
{
    return job_u32(job, PROP_ON_DEMAND) && job_allows_parts(job, file);
}

static BOOL is_handed(const struct transfer *transfer, UINT32 file)
{
    return file < transfer->handed_count && transfer->handed[file];
}

BOOL transfer_set_handed(struct transfer *transfer, UINT32 file)
{
    UINT32 count = max(64, transfer->handed_count);
    BYTE *handed;

    if (file >= transfer->handed_count)
    {
        while (count <= file) count *= 2;
        if (!(handed = realloc(transfer->handed, count))) return FALSE;
        memset(handed + transfer->handed_count, 0, count - transfer->handed_count);
        transfer->handed = handed;
        transfer->handed_count = count;
    }
    transfer->handed[file] = TRUE;
    return TRUE;
}

UINT32 transfer_next_file(const struct transfer *transfer, const struct job *job, UINT32 from)
{
    UINT32 i;

    for (i = max(from, job->first_untransferred); i < job->file_count; i++)
    {
        if (is_handed(transfer, i)) continue;
        if (is_on_demand(job, i) ? transfer_is_wanted(&job->files[i]) : !(job->files[i].flags & FILE_TRANSFERRED)) return i;
    }
    return NO_FILE;
}

BOOL transfer_is_upload(const struct transfer *transfer)
{
    return transfer->job->job->type != JOB_DOWNLOAD;
}

/* file: NO_FILE for the next one that there is something to do for. S_FALSE: there is none. */
static HRESULT make_plan(struct transfer *transfer, UINT32 index, struct file_plan *plan)
{
    struct queue_job *job = transfer->job;
    const struct job_file *file;
    HRESULT hr;
    UINT32 i;

    memset(plan, 0, sizeof(*plan));
    ranges_init(&plan->received);
    queue_enter();
    transfer->requests = job->requests;
    if (index == NO_FILE) index = transfer_next_file(transfer, job->job, 0);
    if ((job->planned_file = plan->index = index) == NO_FILE)
    {
        queue_leave();
        return S_FALSE;
    }
    file = &job->job->files[plan->index];
    plan->remote_name = str_dup(file->remote_name);
    plan->local_name = str_dup(file->local_name);
    plan->temp_name = str_dup(file->temp_name ? file->temp_name : file->local_name);
    /* for an upload it is that of its packets, not of the reply */
    if (job->job->type == JOB_DOWNLOAD || index < REPLY_FILE) plan->method = str_dup(job_string(job->job, PROP_HTTP_METHOD));
    if (file->range_count && (plan->ranges = malloc(file->range_count * sizeof(*plan->ranges))))
    {
        memcpy(plan->ranges, file->ranges, file->range_count * sizeof(*plan->ranges));
        plan->range_count = file->range_count;
    }
    plan->size = file->remote_size;
    plan->time = file->remote_time;
    plan->restarts = file->restarts;
    plan->volume_serial = file->volume_serial;
    plan->settled = !!(file->flags & FILE_SETTLED);
    hr = ranges_copy(&plan->received, &file->received);
    plan->on_demand = is_on_demand(job->job, plan->index);
    plan->straight = !file->temp_name;
    plan->moved = job->moved || (file->flags & FILE_MOVED);
    plan->priority = job_u32(job->job, PROP_PRIORITY);
    plan->foreground = plan->priority == JOB_FOREGROUND;
    plan->dynamic = job->planned_dynamic = plan->foreground && (job_u32(job->job, PROP_DYNAMIC_CONTENT) || plan->method);
    /* BEH.HTTP.61, 65; on demand the client is told which parts are there, and counts on them */
    plan->forgetful = plan->dynamic || (plan->straight && !plan->on_demand);
    plan->security_flags = job_u32(job->job, PROP_SECURITY_FLAGS);
    plan->acl_flags = job_u32(job->job, PROP_ACL_FLAGS);
    plan->max_bytes = job_u64(job->job, PROP_MAX_DOWNLOAD_SIZE);
    if (plan->max_bytes != SIZE_UNKNOWN)
    {
        for (i = 0; i < job->job->file_count; i++)
        {
            if (i == plan->index) continue;
            plan->max_bytes -= min(plan->max_bytes, file_received(&job->job->files[i]));
        }
    }
    i = file->range_count;
    queue_leave();
    if (FAILED(hr) || !plan->remote_name || !plan->local_name || !plan->temp_name || plan->range_count != i)
    {
        transfer_free_plan(plan);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

HRESULT transfer_make_plan(struct transfer *transfer, UINT32 file, struct file_plan *plan)
{
    return make_plan(transfer, file, plan);
}

static void close_session(struct transfer *transfer)
{
    if (transfer->session) shim_session_release(transfer->session);
    transfer->session = NULL;
    identity_close(transfer->identity);
    transfer->identity = NULL;
}

/* A new one if there is none or the job has become another towards servers [BEH.STATE.97]. */
HRESULT transfer_open_session(struct transfer *transfer)
{
    HRESULT hr;

    if (transfer->session && !identity_is_stale(transfer->identity)) return S_OK;
    close_session(transfer);
    if (FAILED(hr = identity_open(transfer->job, transfer->cancel, &transfer->identity))) return hr;
    return shim_session_create(identity_params(transfer->identity), &transfer->session);
}

/* What needs no connection is no other server either. */
static BOOL is_same_server(const struct url *a, const struct url *b)
{
    if (a->scheme == URL_FILE || b->scheme == URL_FILE) return b->scheme == URL_FILE;
    return url_same_origin(a, b);
}

static HRESULT run_files(struct transfer *transfer, struct failure *failure, UINT32 *index)
{
    struct url url, previous = { URL_FILE };
    struct proxy_route *route;
    struct file_plan plan;
    HRESULT hr, landed;
    UINT32 i;

    *index = NO_FILE;
    if (FAILED(hr = proxy_route_create(transfer->job, &route)))
    {
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
        return hr;
    }
    while ((hr = make_plan(transfer, NO_FILE, &plan)) == S_OK)
    {
        *index = plan.index;
        proxy_route_next_file(route);
        if (FAILED(hr = url_parse(plan.remote_name, &url)))
            verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        else
        {
            if (transfer->connected && !is_same_server(&previous, &url))
            {
                transfer->connected = FALSE;
                queue_transfer_leaves(transfer->job, transfer);
            }
            if (url.scheme == URL_FILE) hr = transfer_is_upload(transfer) ? transfer_copy_up(transfer, &plan, failure)
                                                                          : transfer_copy_file(transfer, &plan, failure);
            else if (SUCCEEDED(hr = transfer_open_session(transfer)) && url.scheme == URL_HTTPS && identity_lacks_judge(transfer->identity))
                verdict_error(hr = BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, CONTEXT_SERVER_CERTIFICATE_CALLBACK, failure); /* BEH.PERSIST.15 */
            else if (SUCCEEDED(hr)) hr = transfer_is_upload(transfer) ? transfer_upload_file(transfer, &plan, route, failure, index)
                                                                      : transfer_fetch_file(transfer, &plan, route, failure);
            else verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
            url_free(&previous);
            previous = url;
        }
        ahead_drop(&transfer->ahead, plan.index);
        transfer_free_plan(&plan);
        if (FAILED(hr)) break;
        *index = NO_FILE;
    }
    if (transfer->lander && FAILED(landed = lander_wait(transfer->lander, &i)) && (SUCCEEDED(hr) || *index == i || hr == landed))
    {
        transfer_fail_local(failure, hr = landed);
        *index = i;
    }
    if (hr == E_OUTOFMEMORY && *index == NO_FILE) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
    url_free(&previous);
    proxy_route_release(route);
    return hr;
}

/* Without an adapter that is up nobody is to be reached but the machine itself: that is no fault of the job or the server [BEH.STATE.34]. */
static void blame_network(struct queue_job *job, UINT32 index, struct failure *failure)
{
    struct network network;
    BOOL loopback;

    if (index == NO_FILE || !verdict_may_be_network(failure->hr)) return;
    network_get(&network);
    if (network.external) return;
    queue_enter();
    loopback = url_is_loopback(job->job->files[index].remote_name);
    queue_leave();
    if (!loopback) verdict_error(BG_E_NETWORK_DISCONNECTED, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
}

/* BEH.USER.4, BEH.FILE.6: everything is done as the owner; S_OK: the thread is, and the caller reverts. *owner is set for S_OK alone. */
static HRESULT act_as_owner(struct queue_job *job, struct caller **owner)
{
    HRESULT hr;
    WCHAR *sid;

    *owner = NULL;
    queue_enter();
    sid = str_dup(job->job->owner);
    queue_leave();
    hr = sid ? security_owner(sid, owner) : E_OUTOFMEMORY;
    free(sid);
    if (hr == S_OK && FAILED(hr = security_impersonate(*owner)))
    {
        caller_release(*owner);
        *owner = NULL;
    }
    return hr;
}

static void run(void *arg)
{
    struct transfer *transfer = arg;
    struct queue_job *job = transfer->job;
    struct failure failure = { S_OK };
    UINT32 index = NO_FILE;
    struct caller *owner;
    BOOL worked = FALSE;
    HRESULT hr;

    /* not logged on: back to the queue [BEH.STATE.85] */
    if ((hr = act_as_owner(job, &owner)) == S_OK)
    {
        if (SUCCEEDED(hr = transfer_open_writer(transfer))) hr = transfer_open_session(transfer);
        if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
        else
        {
            transfer->owner = owner;
            hr = run_files(transfer, &failure, &index);
        }
        worked = TRUE;
        security_revert();
    }
    else if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
    if (owner) caller_release(owner);
    close_session(transfer);
    if (FAILED(hr) && !transfer_stopped(transfer)) blame_network(job, index, &failure);

    /* not by the code: a client that judges certificates may refuse one with E_ABORT */
    queue_transfer_ended(job, transfer, FAILED(hr) && !transfer_stopped(transfer) ? &failure : NULL, index, worked && SUCCEEDED(hr));
    transfer_destroy(transfer);
}

static void run_farewell(void *arg)
{
    struct transfer *transfer = arg;
    struct queue_job *job = transfer->job;
    struct proxy_route *route;
    struct caller *owner;
    struct policy policy;
    BOOL over = FALSE;
    HRESULT hr;

    if ((hr = act_as_owner(job, &owner)) == S_OK)
    {
        if (SUCCEEDED(hr = transfer_open_session(transfer)) && SUCCEEDED(hr = proxy_route_create(job, &route)))
        {
            /* whose judge went with the job, or whose helper did, has nobody to say it for him */
            over = identity_lacks_judge(transfer->identity) || transfer_say_farewell(transfer, route);
            proxy_route_release(route);
        }
        security_revert();
    }
    if (owner) caller_release(owner);
    close_session(transfer);
    policy_get(&policy);
    if (hr == BG_E_TOKEN_REQUIRED) over = TRUE;
    if (!transfer_stopped(transfer) && !over && queue_farewell_expired(job))
    {
        log_write(LOG_WARNING, "job %s: its server cannot be told that it is cancelled, and will find out", debugstr_guid(&job->job->id));
        over = TRUE;
    }
    queue_farewell_ended(job, transfer, &policy, over);
    transfer_destroy(transfer);
}

HRESULT transfer_init(void)
{
    UINT32 i;

    crew_init();
    sync_mutex_init(&pace.mutex, __FILE__ ": pace.mutex");
    for (i = 0; i < ARRAYSIZE(pace.limits); i++) pace.limits[i] = RATE_UNLIMITED;
    rate_init(&pace.rate, queue_clock());
    return S_OK;
}

static void stop_one(void *ctx, struct queue_job *job)
{
    if (!job->transfer) return;
    job->stopping = TRUE;
    transfer_stop(job->transfer);
}

void transfer_shutdown(void)
{
    queue_enter();
    queue_for_each_locked(stop_one, NULL);
    queue_leave();
    crew_shutdown();
}

HRESULT transfer_create(struct queue_job *job, struct transfer **ret)
{
    struct transfer *transfer;

    if (!(transfer = calloc(1, sizeof(*transfer)))) return E_OUTOFMEMORY;
    if (!(transfer->cancel = CreateEventW(NULL, TRUE, FALSE, NULL)))
    {
        free(transfer);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    transfer->job = job;
    ahead_init(&transfer->ahead);
    queue_addref(job);
    *ret = transfer;
    return S_OK;
}

HRESULT transfer_start(struct transfer *transfer)
{
    return crew_start(run, transfer);
}

HRESULT transfer_start_farewell(struct transfer *transfer)
{
    return crew_start(run_farewell, transfer);
}

void transfer_stop(struct transfer *transfer)
{
    InterlockedExchange(&transfer->stop, TRUE);
    SetEvent(transfer->cancel);
}

void transfer_destroy(struct transfer *transfer)
{
    ahead_free(&transfer->ahead);
    free(transfer->parts);
    writer_destroy(transfer->writer);
    lander_destroy(transfer->lander);
    free(transfer->handed);
    free(transfer->folder);
    CloseHandle(transfer->cancel);
    queue_release(transfer->job);
    free(transfer);
}
