/*
 * What IBackgroundCopyFile6 asks of the queue: parts of a file before the rest
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

#include "queue_private.h"

static HRESULT check_random_access(const struct job *job, UINT32 file)
{
    return job_allows_parts(job, file) ? S_OK : BG_E_RANDOM_ACCESS_NOT_SUPPORTED;     /* FILE6.4 */
}

/* The parts of what was asked for that are not there yet, and the new ranges. */
static HRESULT merge_requests(const struct job_file *file, const struct file_range *ranges, UINT32 count, struct range_set *set)
{
    UINT64 offset, length;
    HRESULT hr = S_OK;
    UINT32 i;

    ranges_init(set);
    for (offset = length = 0; SUCCEEDED(hr) && ranges_next(&file->requested, offset + length, &offset, &length);)
        if (!ranges_contains(&file->received, offset, length)) hr = ranges_add(set, offset, length);
    for (i = 0; i < count && SUCCEEDED(hr); i++)
    {
        UINT64 limit = file->remote_size;               /* SIZE_UNKNOWN: to the end, wherever that is [FILE6.RequestFileRanges.A3] */

        offset = ranges[i].offset;
        length = ranges[i].length == LENGTH_TO_EOF ? limit - min(offset, limit) : ranges[i].length;
        if (!ranges[i].length) hr = E_INVALIDARG;
        else if (!length || offset >= limit || length > limit - offset) hr = BG_E_INVALID_RANGE;
        else hr = ranges_add(set, offset, length);
    }
    if (FAILED(hr)) ranges_free(set);
    return hr;
}

static HRESULT try_request(struct queue_job *job, UINT32 index, const struct file_range *ranges, UINT32 count)
{
    struct record record = { RECORD_FILE_REQUEST };
    const struct job_file *file;
    UINT64 ticket = NO_TICKET, *flat = NULL;
    struct range_set set;
    UINT32 size;
    HRESULT hr;

    queue_enter();
    size = 4096 + (job->job->files[index].requested.count + count) * 16;
    queue_leave();
    if (FAILED(hr = store_reserve(queue.store, size))) return hr;

    queue_enter();
    file = &job->job->files[index];
    ranges_init(&set);
    if (SUCCEEDED(hr = state_may_change(job->live)) && SUCCEEDED(hr = check_random_access(job->job, index))
        && SUCCEEDED(hr = merge_requests(file, ranges, count, &set)))
    {
        if (!(flat = malloc((set.count + 1) * 2 * sizeof(*flat)))) hr = E_OUTOFMEMORY;
        else
        {
            ranges_encode(&set, flat);
            record.u.request.file = index;
            record.u.request.first = file->first_wanted;
            record.u.request.ranges = flat;
            record.u.request.count = set.count;
            hr = queue_apply_locked(job, &record, &ticket);
        }
    }
    if (SUCCEEDED(hr))
    {
        job->clocks.active_at = queue_clock();
        job->requests++;
    }
    queue_leave();
    ranges_free(&set);
    free(flat);
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

HRESULT queue_request_ranges(struct queue_job *job, UINT32 index, const struct file_range *ranges, UINT32 count)
{
    HRESULT hr;

    if (!count) return E_INVALIDARG;                    /* FILE6.RequestFileRanges.A4 */
    do hr = try_request(job, index, ranges, count);
    while (queue_is_crowded(hr));
    return hr;
}

static HRESULT try_position(struct queue_job *job, UINT32 index, UINT64 offset)
{
    struct record record = { RECORD_FILE_REQUEST };
    const struct job_file *file;
    UINT64 ticket = NO_TICKET, *flat = NULL;
    UINT32 size;
    HRESULT hr;

    queue_enter();
    size = 4096 + job->job->files[index].requested.count * 16;
    queue_leave();
    if (FAILED(hr = store_reserve(queue.store, size))) return hr;

    queue_enter();
    file = &job->job->files[index];
    if (FAILED(hr = state_may_change(job->live)) || FAILED(hr = check_random_access(job->job, index)))
        ;
    else if (file->remote_size != SIZE_UNKNOWN && offset >= file->remote_size)
        hr = BG_E_INVALID_RANGE;                        /* FILE6.UpdateDownloadPosition.A1 */
    else if (!(flat = malloc((file->requested.count + 1) * 2 * sizeof(*flat))))
        hr = E_OUTOFMEMORY;
    else
    {
        ranges_encode(&file->requested, flat);
        record.u.request.file = index;
        record.u.request.first = offset;
        record.u.request.ranges = flat;
        record.u.request.count = file->requested.count;
        if (SUCCEEDED(hr = queue_apply_locked(job, &record, &ticket)))
        {
            job->clocks.active_at = queue_clock();
            job->requests++;
        }
    }
    queue_leave();
    free(flat);
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

HRESULT queue_update_position(struct queue_job *job, UINT32 index, UINT64 offset)
{
    HRESULT hr;

    do hr = try_position(job, index, offset);
    while (queue_is_crowded(hr));
    return hr;
}

HRESULT queue_filled_ranges(struct queue_job *job, UINT32 index, struct file_range **ranges, UINT32 *count)
{
    const struct job_file *file;
    UINT64 offset = 0, length = 0;
    HRESULT hr;

    *ranges = NULL;
    *count = 0;
    queue_enter();
    file = &job->job->files[index];
    if (SUCCEEDED(hr = check_random_access(job->job, index)) && file->received.count)
    {
        if (!(*ranges = malloc(file->received.count * sizeof(**ranges)))) hr = E_OUTOFMEMORY;
        else
        {
            while (ranges_next(&file->received, offset + length, &offset, &length))
            {
                (*ranges)[*count].offset = offset;
                (*ranges)[(*count)++].length = length;
            }
        }
    }
    queue_leave();
    return hr;
}
