/*
 * A job as the records that make it again
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

#include "core/model.h"
#include "core/record.h"
#include "core/str.h"

#define SNAPSHOT_CHUNK (1024 * 1024) /* octets that one snapshot record of many files aims at; a single file may exceed it */

struct emitter
{
    HRESULT (*emit)(void *ctx, const struct record *record); /* NULL: only count */
    void *ctx;
    UINT64 count;
    UINT64 seq;                 /* of the next record */
    struct record record;
};

static HRESULT emit_record(struct emitter *emitter, enum record_type type)
{
    emitter->count++;
    emitter->record.type = type;
    emitter->record.seq = emitter->seq++;
    return emitter->emit ? emitter->emit(emitter->ctx, &emitter->record) : S_OK;
}

static size_t string_size(const WCHAR *string)
{
    return string ? str_len(string) * sizeof(*string) : 0;
}

static HRESULT emit_values(struct emitter *emitter, const struct job *job)
{
    struct prop_value values[PROP_COUNT];
    UINT32 count = 0, i;
    size_t size = 0;
    HRESULT hr;

    for (i = 0; i < PROP_COUNT; i++)
    {
        const struct prop_value *value = &job->props[i];

        if (i != PROP_DISPLAY_NAME && !prop_is_default(value))
        {
            values[count++] = *value;
            size += 32 + string_size(value->string) + value->blob_size;
        }
        if (!count || (size < SNAPSHOT_CHUNK && i < PROP_COUNT - 1)) continue;

        emitter->record.u.set.values = values;
        emitter->record.u.set.count = count;
        if (FAILED(hr = emit_record(emitter, RECORD_SET))) return hr;
        count = 0;
        size = 0;
    }
    return S_OK;
}

static HRESULT emit_files(struct emitter *emitter, const struct job *job)
{
    struct record_file files[64];
    UINT32 count = 0, i;
    size_t size = 0;
    HRESULT hr;

    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = &job->files[i];

        files[count].remote_name = file->remote_name;
        files[count].local_name = file->local_name;
        files[count].temp_name = file->temp_name;
        files[count].ranges = file->ranges;
        files[count].range_count = file->range_count;
        files[count].volume_serial = file->volume_serial;
        count++;
        size += 32 + string_size(file->remote_name) + string_size(file->local_name) + string_size(file->temp_name)
                + file->range_count * sizeof(*file->ranges);
        if (size < SNAPSHOT_CHUNK && count < ARRAY_SIZE(files) && i < job->file_count - 1) continue;

        emitter->record.u.add_files.files = files;
        emitter->record.u.add_files.count = count;
        if (FAILED(hr = emit_record(emitter, RECORD_ADD_FILES))) return hr;
        count = 0;
        size = 0;
    }
    return S_OK;
}

static BOOL has_facts(const struct job_file *file)
{
    return file->flags || file->remote_size != SIZE_UNKNOWN || file->remote_time || file->restarts || file->received.count
           || file->response_headers;
}

/* Emits what has been gathered and lets go of the flat ranges. */
static HRESULT flush_file_facts(struct emitter *emitter, struct record_file_fact *facts, UINT32 count, HRESULT hr)
{
    UINT32 i;

    emitter->record.u.file_facts.files = facts;
    emitter->record.u.file_facts.count = count;
    if (SUCCEEDED(hr) && count) hr = emit_record(emitter, RECORD_FILE_FACTS);
    for (i = 0; i < count; i++) free((void *)facts[i].received);
    return hr;
}

static HRESULT emit_file_facts(struct emitter *emitter, const struct job *job)
{
    struct record_file_fact facts[64];
    UINT64 *flat;
    UINT32 count = 0, i;
    size_t size = 0;
    HRESULT hr = S_OK;

    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = &job->files[i];

        if (has_facts(file))
        {
            struct record_file_fact *fact;

            if (!(flat = malloc((file->received.count + 1) * 2 * sizeof(*flat))))
                return flush_file_facts(emitter, facts, count, E_OUTOFMEMORY);
            ranges_encode(&file->received, flat);
            fact = &facts[count++];
            fact->file = i;
            fact->flags = file->flags;
            fact->volume_serial = file->volume_serial;
            fact->restarts = file->restarts;
            fact->remote_size = file->remote_size;
            fact->remote_time = file->remote_time;
            fact->received = flat;
            fact->received_count = (UINT32)file->received.count;
            fact->headers = file->response_headers;
            fact->headers_size = file->response_headers ? (UINT32)strlen(file->response_headers) : 0;
            size += 48 + fact->headers_size + fact->received_count * 2 * sizeof(*fact->received);
        }
        if (!count || (size < SNAPSHOT_CHUNK && count < ARRAY_SIZE(facts) && i < job->file_count - 1)) continue;

        if (FAILED(hr = flush_file_facts(emitter, facts, count, S_OK))) return hr;
        count = 0;
        size = 0;
    }
    return S_OK;
}

static HRESULT emit_requests(struct emitter *emitter, const struct job *job)
{
    UINT64 *flat;
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = &job->files[i];

        if (!file->requested.count && !file->first_wanted) continue;
        if (!(flat = malloc((file->requested.count + 1) * 2 * sizeof(*flat)))) return E_OUTOFMEMORY;
        ranges_encode(&file->requested, flat);
        emitter->record.u.request.file = i;
        emitter->record.u.request.first = file->first_wanted;
        emitter->record.u.request.ranges = flat;
        emitter->record.u.request.count = (UINT32)file->requested.count;
        hr = emit_record(emitter, RECORD_FILE_REQUEST);
        free(flat);
        if (FAILED(hr)) return hr;
    }
    return S_OK;
}

/* Before the facts of files, which have what is acknowledged. */
static HRESULT emit_upload(struct emitter *emitter, const struct job *job)
{
    const struct upload_session *upload = &job->upload;
    struct record *record = &emitter->record;

    if (!upload->id && !upload->host_timeout && !upload->host_failed) return S_OK;
    memset(&record->u, 0, sizeof(record->u));
    record->u.upload.id = upload->id;
    record->u.upload.id_size = upload->id ? (UINT32)strlen(upload->id) : 0;
    record->u.upload.host = upload->host;
    record->u.upload.host_timeout = upload->host_timeout;
    record->u.upload.host_failed = upload->host_failed;
    return emit_record(emitter, RECORD_UPLOAD);
}

static HRESULT emit_job(struct emitter *emitter, const struct job *job)
{
    struct record *record = &emitter->record;
    HRESULT hr;

    memset(record, 0, sizeof(*record));
    record->job = job->id;
    record->time = job->modification_time;

    record->u.create.type = job->type;
    record->u.create.owner = job->owner;
    record->u.create.display_name = job_string(job, PROP_DISPLAY_NAME);
    record->u.create.integrity = job->integrity;
    record->u.create.elevated = job->elevated;
    if (FAILED(hr = emit_record(emitter, RECORD_CREATE))) return hr;

    if (FAILED(hr = emit_values(emitter, job))) return hr;
    if (FAILED(hr = emit_files(emitter, job))) return hr;
    if (FAILED(hr = emit_upload(emitter, job))) return hr;
    if (FAILED(hr = emit_file_facts(emitter, job))) return hr;
    if (FAILED(hr = emit_requests(emitter, job))) return hr;

    memset(&record->u, 0, sizeof(record->u));
    record->u.state.state = job->state;
    record->u.state.failure = job->failure;
    record->u.state.error_count = job->error_count;
    record->u.state.resumed = job->resumed;
    record->u.state.completion_time = job->completion_time;
    record->u.state.no_progress_time = job->no_progress_time;
    record->u.state.download_msec = job->download_msec;
    if (FAILED(hr = emit_record(emitter, RECORD_STATE))) return hr;

    memset(&record->u, 0, sizeof(record->u));
    record->u.facts.creation_time = job->creation_time;
    record->u.facts.modification_time = job->modification_time;
    record->u.facts.failure = job->failure;
    record->u.facts.error_count = job->error_count;
    record->u.facts.resumed = job->resumed;
    record->u.facts.notified = job->notified;
    record->u.facts.completing = job->completing;
    record->u.facts.cleaning = job->cleaning;
    record->u.facts.completer = job->completer;
    return emit_record(emitter, RECORD_JOB_FACTS);
}

HRESULT model_snapshot(const struct job *job, HRESULT (*emit)(void *ctx, const struct record *record), void *ctx)
{
    struct emitter emitter;
    HRESULT hr;

    memset(&emitter, 0, sizeof(emitter));
    if (FAILED(hr = emit_job(&emitter, job))) return hr;

    emitter.emit = emit;
    emitter.ctx = ctx;
    emitter.seq = job->seq - emitter.count + 1;
    return emit_job(&emitter, job);
}
