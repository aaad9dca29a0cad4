/*
 * One worker: a file from a local path or a share [BEH.SMB.*]
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
#include "file_security.h"
#include "local.h"
#include "transfer_private.h"
#include "core/publish.h"
#include "core/rate.h"
#include "core/url.h"

/* Which side is whose: contexts of what fails. */
struct sides
{
    UINT32 source, destination;
};

static const struct sides down = { CONTEXT_REMOTE_FILE, CONTEXT_LOCAL_FILE };
static const struct sides up = { CONTEXT_LOCAL_FILE, CONTEXT_REMOTE_FILE };

/* Reads and stores from `position` on; what goes over the network is paced [BEH.BW.3]. Whatever fails is in the failure. */
static HRESULT copy_blocks(struct transfer *transfer, struct local_source *source, UINT64 position, UINT64 size, const struct sides *sides,
                           BOOL paced, struct failure *failure)
{
    UINT32 priority = JOB_FOREGROUND, allowed, got;
    HRESULT hr;

    while (position < size)
    {
        if (transfer_stopped(transfer)) return E_ABORT;
        allowed = min(WRITER_BLOCK_SIZE, size - position);
        if (paced && !(allowed = transfer_pace_take(transfer, priority = transfer_priority(transfer), allowed))) return E_ABORT;
        hr = local_read(source, position, writer_buffer(transfer->writer), allowed, &got);
        if (transfer_pace_limit(priority) != RATE_UNLIMITED) transfer_pace_give_back(allowed - (hr == S_OK ? got : 0));
        if (FAILED(hr))
        {
            verdict_error(hr, sides->source, failure);
            return hr;
        }
        if (!got)
        {
            /* shorter than it was; that of a download is looked at again when the job is retried */
            verdict_error(sides == &up ? BG_E_LOCAL_FILE_CHANGED : HRESULT_FROM_WIN32(ERROR_HANDLE_EOF), sides->source, failure);
            return failure->hr;
        }
        if (FAILED(hr = transfer_put_octets(transfer, position, got, position)))
        {
            verdict_error(hr, sides->destination, failure);
            return hr;
        }
        position += got;
    }
    return S_OK;
}

HRESULT transfer_copy_file(struct transfer *transfer, struct file_plan *plan, struct failure *failure)
{
    struct local_source *source;
    UINT64 size, time, new_size, new_time, offset, length, position = 0;
    BOOL changed;
    HRESULT hr;

    if (FAILED(hr = local_open(plan->remote_name, &source, &size, &time)))
    {
        verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        return hr;
    }
    transfer_on_connected(transfer);
    if (size > plan->max_bytes)
    {
        verdict_error(hr = BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, CONTEXT_REMOTE_FILE, failure);
        local_close(source);
        return hr;
    }
    changed = plan->size != SIZE_UNKNOWN && (size != plan->size || time != plan->time);
    if (plan->size != SIZE_UNKNOWN && !changed && !plan->forgetful) hr = transfer_continue_file(transfer, plan, size);
    else
    {
        ranges_free(&plan->received);
        hr = transfer_begin_file(transfer, plan, size, time, plan->restarts + changed, size);
        if (SUCCEEDED(hr)) hr = S_FALSE;
    }
    if (hr == S_FALSE) hr = queue_transfer_attributes(transfer->job, plan->index, local_attributes(source));
    if (FAILED(hr)) transfer_fail_local(failure, hr);
    else
    {
        position = ranges_gap(&plan->received, 0, SIZE_UNKNOWN, &offset, &length) ? offset : 0;
        hr = copy_blocks(transfer, source, position, size, &down, local_is_on_share(source), failure);
        if (SUCCEEDED(hr) && (FAILED(local_stat(source, &new_size, &new_time)) || new_size != size || new_time != time))
        {
            /* written to meanwhile: the retry finds another size or time, and begins anew [BEH.CONSIST.2] */
            verdict_error(hr = BG_E_REMOTE_FILE_CHANGED, CONTEXT_REMOTE_FILE, failure);
            failure->class = FAILURE_TRANSIENT;
        }
    }
    /* with all octets there, and before that is recorded [BEH.ACL.3] */
    if (SUCCEEDED(hr) && FAILED(hr = local_give_security(source, plan->temp_name, plan->acl_flags))) transfer_fail_local(failure, hr);
    local_close(source);
    if (SUCCEEDED(hr) && FAILED(hr = transfer_finish_file(transfer, plan, size))) transfer_fail_local(failure, hr);
    transfer_save_output(transfer);
    return hr;
}

/* What is there is put in its place at once, so that Complete needs no server any more [BEH.SMB.6, BEH.STATE.71]. */
static HRESULT put_in_place(struct transfer *transfer, struct local_source *source, const struct file_plan *plan, UINT64 size)
{
    struct publish_file file = { 0 };
    struct publish_list list = { &file, 1 };
    struct publish_outcome outcome;
    HRESULT hr;

    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    if ((hr = output_set_size(transfer->output, size)) == S_FALSE || (hr == S_OK && !size)) hr = output_flush(transfer->output);
    if (FAILED(hr)) return hr;
    transfer_close_output(transfer);
    if (plan->acl_flags && local_is_share(plan->local_name)
        && FAILED(hr = file_security_copy(plan->remote_name, plan->temp_name, plan->acl_flags))) return hr;

    file.temp_name = plan->temp_name;
    file.local_name = plan->local_name;
    file.size = size;
    file.time = plan->time;
    file.attributes = DISK_ATTRIBUTES | (local_attributes(source) & FILE_ATTRIBUTES_KEPT);
    if (FAILED(hr = publish_files(disk_get(), &list, &outcome))) return hr;
    hr = outcome.hr;
    publish_outcome_free(&outcome);
    return hr;
}

/* plan: its names have changed sides. */
static HRESULT copy_source(struct transfer *transfer, struct local_source *source, struct file_plan *plan, UINT64 size,
                           struct failure *failure)
{
    UINT64 position = 0, offset, length;
    HRESULT hr;

    if (plan->received.count) hr = transfer_continue_file(transfer, plan, size);
    else hr = transfer_begin_file(transfer, plan, size, plan->time, plan->restarts, size);
    if (FAILED(hr))
    {
        verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        return hr;
    }
    if (ranges_gap(&plan->received, 0, SIZE_UNKNOWN, &offset, &length)) position = offset;
    if (FAILED(hr = copy_blocks(transfer, source, position, size, &up, local_is_share(plan->local_name), failure))) return hr;
    if (FAILED(hr = local_stat(source, &size, &offset)) || size != plan->size || offset != plan->time)
    {
        verdict_error(FAILED(hr) ? hr : BG_E_LOCAL_FILE_CHANGED, CONTEXT_LOCAL_FILE, failure);
        return failure->hr;
    }
    if (FAILED(hr = put_in_place(transfer, source, plan, size))) verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
    else if (FAILED(hr = queue_transfer_file_done(transfer->job, plan->index, size))) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
    return hr;
}

/* Takes the plan apart: what is read is its local name, what is written its remote one. */
HRESULT transfer_copy_up(struct transfer *transfer, struct file_plan *plan, struct failure *failure)
{
    struct local_source *source;
    UINT64 size, time;
    struct url url;
    HRESULT hr;

    if (FAILED(hr = local_open(plan->local_name, &source, &size, &time)))
    {
        verdict_error(hr, CONTEXT_LOCAL_FILE, failure);
        return hr;
    }
    if (plan->settled && (size != plan->size || time != plan->time))
    {
        verdict_error(hr = BG_E_LOCAL_FILE_CHANGED, CONTEXT_LOCAL_FILE, failure);   /* BEH.CONSIST.4 */
        local_close(source);
        return hr;
    }
    if (!plan->settled && FAILED(hr = queue_transfer_settles(transfer->job, size, time)))
    {
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
        local_close(source);
        return hr;
    }
    if (FAILED(hr = url_parse(plan->remote_name, &url))) verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
    else
    {
        free(plan->remote_name);
        plan->remote_name = plan->local_name;
        plan->local_name = url.path;
        url.path = NULL;
        url_free(&url);
        plan->size = size;
        plan->time = time;
        plan->volume_serial = 0;        /* a volume that changes is none of ours */
        transfer_on_connected(transfer);
        hr = copy_source(transfer, source, plan, size, failure);
    }
    local_close(source);
    transfer_save_output(transfer);
    return hr;
}
