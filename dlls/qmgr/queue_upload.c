/*
 * The queue: what uploads have that downloads have not
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
#include "objbase.h"

#include "engine.h"
#include "finish.h"
#include "notify.h"
#include "policy.h"
#include "queue_private.h"
#include "core/str.h"

/* Each change here is on disk when it returns: the packet that comes next relies on it. */

HRESULT queue_transfer_session(struct queue_job *job, const struct upload_session *session, UINT64 acknowledged)
{
    struct record record = { RECORD_UPLOAD };
    HRESULT hr;

    record.u.upload.id = session->id;
    record.u.upload.id_size = session->id ? (UINT32)strlen(session->id) : 0;
    record.u.upload.host = session->id ? session->host : NULL;
    record.u.upload.host_timeout = session->host_timeout;
    record.u.upload.host_failed = session->host_failed;
    record.u.upload.acknowledged = acknowledged;
    if (FAILED(hr = queue_commit(job, &record))) return hr;
    /* no octets have come by that, the time without progress runs on [BUP.STATE.11] */
    queue_enter();
    job->live_file = 0;
    job->live_received = acknowledged;
    job->live_total = job->job->files[0].remote_size;
    notify_modified_locked(job);
    queue_leave();
    return S_OK;
}

HRESULT queue_transfer_settles(struct queue_job *job, UINT64 size, UINT64 time)
{
    struct record begin = { RECORD_FILE_BEGIN }, settled = { RECORD_FILE_FLAGS };
    HRESULT hr;

    begin.u.begin.remote_size = size;
    begin.u.begin.remote_time = time;
    settled.u.flags.set = FILE_SETTLED;
    if (FAILED(hr = queue_append(job, &begin))) return hr;
    return queue_commit(job, &settled);
}

HRESULT queue_transfer_delivered(struct queue_job *job)
{
    struct record record = { RECORD_FILE_FLAGS };

    record.u.flags.set = FILE_DELIVERED;
    return queue_commit(job, &record);
}

/* Where no name was set it is one in the folder of the local file [JOB2.SetReplyFileName.3]. Under the lock of queue_set a name that was set meanwhile stays. */
static HRESULT check_unnamed(const struct queue_job *job)
{
    return job_string(job->job, PROP_REPLY_FILE) ? BG_E_INVALID_STATE : queue_check_reply_name(job);
}

HRESULT queue_name_reply(struct queue_job *job)
{
    struct prop_value value = { PROP_REPLY_FILE };
    WCHAR *local = NULL, *name;
    HRESULT hr = S_OK;

    if (job->job->type != JOB_UPLOAD_REPLY) return S_OK;
    queue_enter();
    if (job->job->file_count && !job_string(job->job, PROP_REPLY_FILE) && SUCCEEDED(state_may_change(job->live))
        && SUCCEEDED(queue_check_reply_name(job)) && !(local = str_dup(job->job->files[0].local_name)))
        hr = E_OUTOFMEMORY;
    queue_leave();
    if (!local) return hr;
    hr = queue_temp_name(local, &name);
    free(local);
    if (FAILED(hr)) return hr;
    value.string = name;
    hr = queue_set(job, &value, 1, check_unnamed);
    free(name);
    return hr == BG_E_INVALID_STATE ? S_OK : hr;
}

/* The client may choose another name until it begins, or take his own back [JOB2.SetReplyFileName.2, A2]. */
BOOL queue_reply_is_renamed_locked(const struct queue_job *job, UINT32 index)
{
    const WCHAR *name = job_string(job->job, PROP_REPLY_FILE);
    const struct job_file *file = &job->job->files[index];

    if (job->job->type != JOB_UPLOAD_REPLY || index != REPLY_FILE || file->remote_size != SIZE_UNKNOWN || file->flags) return FALSE;
    return !name || str_cmp(file->local_name, name);
}

HRESULT queue_transfer_reply(struct queue_job *job, const WCHAR *url)
{
    struct record record = { RECORD_REPLY_FILE };
    WCHAR *local = NULL, *temp;
    const WCHAR *name;
    BOOL known = FALSE;
    HRESULT hr;

    do
    {
        if (FAILED(hr = queue_name_reply(job))) return hr;  /* a client may have taken the name back, and may do so again now */
        queue_enter();
        known = job->job->file_count > REPLY_FILE && !queue_reply_is_renamed_locked(job, REPLY_FILE);
        if (!known && (name = job_string(job->job, PROP_REPLY_FILE)) && !(local = str_dup(name))) hr = E_OUTOFMEMORY;
        if (!known && !name && FAILED(state_may_change(job->live))) hr = BG_E_INVALID_STATE;
        queue_leave();
    } while (SUCCEEDED(hr) && !known && !local);
    if (known || FAILED(hr)) return hr;
    if (SUCCEEDED(hr = queue_temp_name(local, &temp)))
    {
        record.u.reply.remote_name = url;
        record.u.reply.local_name = local;
        record.u.reply.temp_name = temp;
        hr = queue_commit(job, &record);
        free(temp);
    }
    free(local);
    return hr;
}

/* What a client sees of the reply */

void queue_reply_progress_locked(const struct queue_job *job, UINT64 *total, UINT64 *transferred)
{
    BOOL completed;

    *total = SIZE_UNKNOWN;
    *transferred = 0;
    if (job->job->file_count > REPLY_FILE) queue_file_progress_locked(job, REPLY_FILE, total, transferred, &completed);
}

HRESULT queue_check_reply_name(const struct queue_job *job)
{
    UINT64 total, transferred;

    queue_reply_progress_locked(job, &total, &transferred);
    return job->live == JOB_TRANSFERRED || total != SIZE_UNKNOWN ? BG_E_INVALID_STATE : S_OK;
}

/* Cancelled jobs whose server has not been told yet */

BOOL queue_owes_farewell_locked(const struct queue_job *job)
{
    return job->job->state == JOB_CANCELLED && job->job->cleaning && job->job->upload.id;
}

BOOL queue_farewell_expired(struct queue_job *job)
{
    UINT64 limit, delay, now = queue_now();
    BOOL ret;

    queue_enter();
    limit = min(job_u32(job->job, PROP_NO_PROGRESS_TIMEOUT), FAREWELL_SECONDS);
    delay = job_u32(job->job, PROP_MINIMUM_RETRY_DELAY);
    /* nothing moves this time any more since the job was cancelled; another attempt would be too late [BEH.RETRY.5] */
    ret = now < job->job->modification_time || (now - job->job->modification_time) / TICKS_PER_SECOND + delay > limit;
    queue_leave();
    return ret;
}

void queue_farewell_ended(struct queue_job *job, struct transfer *transfer, const struct policy *policy, BOOL over)
{
    static const struct upload_session none;

    queue_enter();
    job->transfer = NULL;
    if (!job->stopping)
        job->farewell_at = queue_clock() + max((UINT64)job_u32(job->job, PROP_MINIMUM_RETRY_DELAY) * MSEC_PER_SECOND, policy->retry_floor);
    job->stopping = FALSE;
    queue_leave();
    /* what cannot be recorded now is found again at the next start */
    if (over && SUCCEEDED(queue_transfer_session(job, &none, 0))) finish_clean(job);
    sync_wake_all(&queue.changed);
    engine_wake();
}
