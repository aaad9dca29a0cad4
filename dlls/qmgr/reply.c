/*
 * The octets that a server replied to an upload
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

#include "local.h"
#include "queue.h"
#include "reply.h"
#include "core/str.h"

struct reply
{
    UINT64 size;            /* of all of it */
    BYTE *data;             /* NULL if there is none, or too much */
};

static HRESULT read_file(const WCHAR *name, UINT64 size, BYTE **data)
{
    struct local_source *source;
    UINT64 real_size, time;
    UINT32 got, pos = 0;
    HRESULT hr;

    if (FAILED(hr = local_open(name, &source, &real_size, &time))) return hr;
    if (real_size != size) hr = HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
    else if (!(*data = malloc(size))) hr = E_OUTOFMEMORY;
    while (SUCCEEDED(hr) && pos < size)
    {
        hr = local_read(source, pos, *data + pos, (UINT32)size - pos, &got);
        if (SUCCEEDED(hr) && !got) hr = HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
        pos += got;
    }
    local_close(source);
    if (FAILED(hr))
    {
        free(*data);
        *data = NULL;
    }
    return hr;
}

/* What is in the temporary file. */
static HRESULT read_reply(struct queue_job *job, BYTE **data, UINT64 *size)
{
    const struct job_file *file;
    WCHAR *name = NULL;
    HRESULT hr = S_OK;

    *data = NULL;
    *size = 0;
    queue_enter();
    if (job->live != JOB_TRANSFERRED || job->job->file_count <= REPLY_FILE) hr = BG_E_INVALID_STATE;
    else
    {
        file = &job->job->files[REPLY_FILE];
        *size = file_received(file);
        if (!(name = str_dup(file->flags & FILE_PUBLISHED ? file->local_name : file->temp_name))) hr = E_OUTOFMEMORY;
    }
    queue_leave();
    if (SUCCEEDED(hr) && *size > REPLY_DATA_MAX) hr = BG_E_TOO_LARGE;
    if (SUCCEEDED(hr) && *size) hr = read_file(name, *size, data);
    if (FAILED(hr) && hr != BG_E_TOO_LARGE) *size = 0;
    free(name);
    return hr;
}

static HRESULT copy_kept_locked(const struct reply *reply, BYTE **data, UINT64 *size)
{
    *size = reply->size;
    if (!reply->data) return reply->size ? BG_E_TOO_LARGE : S_OK;
    if (!(*data = malloc(reply->size)))
    {
        *size = 0;
        return E_OUTOFMEMORY;
    }
    memcpy(*data, reply->data, reply->size);
    return S_OK;
}

HRESULT reply_read(struct queue_job *job, BYTE **data, UINT64 *size)
{
    HRESULT hr, kept;

    if ((hr = read_reply(job, data, size)) == S_OK || hr == BG_E_TOO_LARGE) return hr;
    /* Complete keeps it before it moves the file away */
    queue_enter();
    kept = job->reply && (job->live == JOB_TRANSFERRED || job->live == JOB_ACKNOWLEDGED) ? copy_kept_locked(job->reply, data, size) : hr;
    queue_leave();
    return kept;
}

void reply_keep(struct queue_job *job)
{
    struct reply *reply, *old;
    HRESULT hr;

    if (job->job->type != JOB_UPLOAD_REPLY || !(reply = calloc(1, sizeof(*reply)))) return;
    hr = read_reply(job, &reply->data, &reply->size);
    if (FAILED(hr) && hr != BG_E_TOO_LARGE)
    {
        reply_free(reply);
        return;
    }
    queue_enter();
    old = job->reply;
    job->reply = reply;
    queue_leave();
    reply_free(old);
}

void reply_free(struct reply *reply)
{
    if (!reply) return;
    free(reply->data);
    free(reply);
}
