/*
 * Checks a record against the model and takes every piece of memory that its result needs
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

#include "core/model_private.h"
#include "core/str.h"

void model_free_change(struct model_change *change)
{
    UINT32 i;

    if (!change) return;
    if (change->made) job_free(change->made);
    for (i = 0; i < change->value_count; i++) prop_free(&change->values[i]);
    for (i = 0; i < change->file_count; i++) job_free_file(&change->files[i]);
    for (i = 0; i < change->string_count; i++) free(change->strings[i]);
    for (i = 0; i < change->received_count; i++)
    {
        ranges_free(&change->received[i]);
        free(change->texts[i]);
    }
    upload_session_free(&change->upload);
    free(change->buckets);
    free(change->values);
    free(change->files);
    free(change->file_array);
    free(change->strings);
    free(change->received);
    free(change->texts);
    free(change);
}

static HRESULT copy_string(const WCHAR *string, WCHAR **copy)
{
    *copy = NULL;
    if (!string) return S_OK;
    return (*copy = str_dup(string)) ? S_OK : E_OUTOFMEMORY;
}

static HRESULT copy_value(const struct prop_value *value, struct prop_value *copy)
{
    WCHAR *string;
    BYTE *blob;

    memset(copy, 0, sizeof(*copy));
    copy->prop = value->prop;
    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
    case PROP_TYPE_U64:
        copy->number = value->number;
        break;
    case PROP_TYPE_STRING:
        if (FAILED(copy_string(value->string, &string))) return E_OUTOFMEMORY;
        copy->string = string;
        break;
    case PROP_TYPE_GUID:
        copy->guid = value->guid;
        break;
    case PROP_TYPE_BLOB:
        if (!value->blob_size) break;
        if (!(blob = malloc(value->blob_size))) return E_OUTOFMEMORY;
        memcpy(blob, value->blob, value->blob_size);
        copy->blob = blob;
        copy->blob_size = value->blob_size;
        break;
    }
    return S_OK;
}

static HRESULT make_job(struct model *model, const struct record *record, struct model_change *change)
{
    struct job *job;
    WCHAR *string;
    UINT32 i;

    if (model_find(model, &record->job)) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    if (model->count >= model->bucket_count)
    {
        change->bucket_count = model->bucket_count * 2;
        if (!(change->buckets = calloc(change->bucket_count, sizeof(*change->buckets)))) return E_OUTOFMEMORY;
    }

    if (!(change->job = change->made = job = calloc(1, sizeof(*job)))) return E_OUTOFMEMORY;
    job->id = record->job;
    job->type = record->u.create.type;
    job->integrity = record->u.create.integrity;
    job->elevated = !!record->u.create.elevated;
    job->state = JOB_SUSPENDED;
    job->failure.file = NO_FILE;
    job->refs = 1;
    for (i = 0; i < PROP_COUNT; i++)
    {
        job->props[i].prop = i;
        job->props[i].number = prop_default_number(i);
    }
    for (i = 0; i < PROP_COUNT; i++)
    {
        if (i == PROP_DISPLAY_NAME) continue;
        if (FAILED(copy_string(prop_default_string(i), &string))) return E_OUTOFMEMORY;
        job->props[i].string = string;
    }
    if (FAILED(copy_string(record->u.create.display_name, &string))) return E_OUTOFMEMORY;
    job->props[PROP_DISPLAY_NAME].string = string;
    return copy_string(record->u.create.owner, &job->owner);
}

static HRESULT make_values(const struct record *record, struct model_change *change)
{
    UINT32 count = record->u.set.count;

    if (!count) return S_OK;
    if (!(change->values = calloc(count, sizeof(*change->values)))) return E_OUTOFMEMORY;
    while (change->value_count < count)
    {
        if (FAILED(copy_value(&record->u.set.values[change->value_count], &change->values[change->value_count])))
            return E_OUTOFMEMORY;
        change->value_count++;
    }
    return S_OK;
}

static HRESULT make_file(const struct record_file *from, struct job_file *file)
{
    HRESULT hr;

    memset(file, 0, sizeof(*file));
    ranges_init(&file->received);
    ranges_init(&file->requested);
    file->remote_size = SIZE_UNKNOWN;
    file->volume_serial = from->volume_serial;

    hr = copy_string(from->remote_name, &file->remote_name);
    if (SUCCEEDED(hr)) hr = copy_string(from->local_name, &file->local_name);
    if (SUCCEEDED(hr)) hr = copy_string(from->temp_name, &file->temp_name);
    if (SUCCEEDED(hr) && from->range_count)
    {
        if ((file->ranges = malloc(from->range_count * sizeof(*file->ranges))))
        {
            memcpy(file->ranges, from->ranges, from->range_count * sizeof(*file->ranges));
            file->range_count = from->range_count;
        }
        else hr = E_OUTOFMEMORY;
    }
    return hr;
}

static HRESULT make_files(const struct record_file *files, UINT32 count, struct model_change *change)
{
    const struct job *job = change->job;
    UINT32 needed, size;

    if (!count) return S_OK;
    if (count > NO_FILE - job->file_count) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    needed = job->file_count + count;
    if (needed > job->file_size)
    {
        /* Doubled, so that files added one at a time cost constant time each. */
        size = job->file_size > NO_FILE / 2 ? NO_FILE : job->file_size * 2;
        if (size < needed) size = needed;
        if (!(change->file_array = calloc(size, sizeof(*change->file_array)))) return E_OUTOFMEMORY;
        change->file_size = size;
    }

    if (!(change->files = calloc(count, sizeof(*change->files)))) return E_OUTOFMEMORY;
    while (change->file_count < count)
    {
        if (FAILED(make_file(&files[change->file_count], &change->files[change->file_count])))
        {
            change->file_count++; /* half made: released with the rest */
            return E_OUTOFMEMORY;
        }
        change->file_count++;
    }
    return S_OK;
}

static HRESULT make_string(const WCHAR *string, struct model_change *change)
{
    if (!(change->strings = calloc(1, sizeof(*change->strings)))) return E_OUTOFMEMORY;
    change->string_count = 1;
    return copy_string(string, &change->strings[0]);
}

static HRESULT make_names(const struct record *record, struct model_change *change)
{
    UINT32 count = record->u.names.count, i;

    for (i = 0; i < count; i++)
        if (record->u.names.names[i].file >= change->job->file_count) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    if (!count) return S_OK;
    if (!(change->strings = calloc(count, sizeof(*change->strings)))) return E_OUTOFMEMORY;
    change->string_count = count;
    for (i = 0; i < count; i++)
        if (FAILED(copy_string(record->u.names.names[i].remote_name, &change->strings[i]))) return E_OUTOFMEMORY;
    return S_OK;
}

static HRESULT make_received(struct model_change *change, UINT32 count)
{
    UINT32 i;

    if (!(change->received = malloc(count * sizeof(*change->received)))) return E_OUTOFMEMORY;
    if (!(change->texts = calloc(count, sizeof(*change->texts)))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++) ranges_init(&change->received[i]);
    change->received_count = count;
    return S_OK;
}

static HRESULT make_progress(const struct record *record, struct model_change *change)
{
    const struct job_file *file = &change->job->files[record->u.progress.file];
    HRESULT hr = make_received(change, 1);

    if (SUCCEEDED(hr)) hr = ranges_copy(&change->received[0], &file->received);
    if (SUCCEEDED(hr)) hr = ranges_add(&change->received[0], record->u.progress.offset, record->u.progress.length);
    return hr;
}

static HRESULT make_text(const char *text, UINT32 size, char **copy)
{
    const char *end;

    *copy = NULL;
    if (!text) return S_OK;
    if ((end = memchr(text, 0, size))) size = (UINT32)(end - text);
    if (!(*copy = malloc(size + (size_t)1))) return E_OUTOFMEMORY;
    memcpy(*copy, text, size);
    (*copy)[size] = 0;
    return S_OK;
}

static HRESULT make_file_facts(const struct record *record, struct model_change *change)
{
    UINT32 count = record->u.file_facts.count, i;
    HRESULT hr;

    for (i = 0; i < count; i++)
        if (record->u.file_facts.files[i].file >= change->job->file_count) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    if (!count) return S_OK;
    if (FAILED(hr = make_received(change, count))) return hr;
    for (i = 0; i < count; i++)
    {
        const struct record_file_fact *fact = &record->u.file_facts.files[i];

        if (FAILED(hr = ranges_decode(&change->received[i], fact->received, fact->received_count))) return hr;
        if (FAILED(hr = make_text(fact->headers, fact->headers_size, &change->texts[i]))) return hr;
    }
    return S_OK;
}

/* The file it is about is not with the server yet. */
static BOOL has_upload(const struct job *job)
{
    return job->type != JOB_DOWNLOAD && job->file_count && !(job->files[0].flags & FILE_TRANSFERRED);
}

static HRESULT make_upload(const struct record *record, struct model_change *change)
{
    HRESULT hr;

    if (!has_upload(change->job)) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    if (FAILED(hr = make_received(change, 1))) return hr;
    if (record->u.upload.acknowledged && FAILED(hr = ranges_add(&change->received[0], 0, record->u.upload.acknowledged))) return hr;
    change->upload.host_timeout = record->u.upload.host_timeout;
    change->upload.host_failed = record->u.upload.host_failed;
    if (FAILED(hr = make_text(record->u.upload.id, record->u.upload.id_size, &change->upload.id))) return hr;
    return copy_string(record->u.upload.host, &change->upload.host);
}

static HRESULT make_reply(const struct record *record, struct model_change *change)
{
    const struct job *job = change->job;
    const struct job_file *file = job->files + REPLY_FILE;

    if (job->type != JOB_UPLOAD_REPLY || !has_upload(job)) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    if (job->file_count > REPLY_FILE && (job->file_count > REPLY_FILE + 1 || file->remote_size != SIZE_UNKNOWN || file->flags))
        return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    return make_files(&record->u.reply, 1, change);
}

static HRESULT check_publish(const struct job *job, const struct record *record)
{
    UINT32 i;

    for (i = 0; i < record->u.publish.count; i++)
        if (record->u.publish.files[i] >= job->file_count) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    return S_OK;
}

static BOOL is_about_file(enum record_type type)
{
    return type == RECORD_FILE_BEGIN || type == RECORD_FILE_PROGRESS || type == RECORD_FILE_DONE || type == RECORD_FILE_HEADERS
           || type == RECORD_FILE_FLAGS || type == RECORD_FILE_REQUEST;
}

/* The file a record is about, for those that are about one. */
UINT32 model_file_of(const struct record *record)
{
    switch (record->type)
    {
    case RECORD_FILE_BEGIN:    return record->u.begin.file;
    case RECORD_FILE_PROGRESS: return record->u.progress.file;
    case RECORD_FILE_DONE:     return record->u.done.file;
    case RECORD_FILE_HEADERS:  return record->u.headers.file;
    case RECORD_FILE_FLAGS:    return record->u.flags.file;
    case RECORD_FILE_REQUEST:  return record->u.request.file;
    default:                   return NO_FILE;
    }
}

/* What may still be recorded of a job that is in a final state. */
static BOOL is_epilogue(enum record_type type)
{
    return type == RECORD_CLEANED || type == RECORD_PUBLISHED || type == RECORD_FILE_FLAGS || type == RECORD_NOTIFIED
           || type == RECORD_JOB_FACTS || type == RECORD_UPLOAD;
}

static HRESULT make_contents(struct model *model, const struct record *record, struct model_change *change)
{
    struct job *job;
    UINT32 file;
    HRESULT hr;

    if (record->type == RECORD_CREATE) return make_job(model, record, change);

    if (!(change->job = job = model_find(model, &record->job))) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    if (job_is_final(job->state) && !is_epilogue(record->type)) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    file = model_file_of(record);
    if (is_about_file(record->type) && file >= job->file_count) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    switch (record->type)
    {
    case RECORD_SET:
        return make_values(record, change);
    case RECORD_ADD_FILES:
        return make_files(record->u.add_files.files, record->u.add_files.count, change);
    case RECORD_STATE:
        if ((UINT32)record->u.state.state >= JOB_STATE_COUNT || record->u.state.state == JOB_CONNECTING
            || record->u.state.state == JOB_TRANSFERRING)
            return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
        return S_OK;
    case RECORD_FILE_NAMES:
        return make_names(record, change);
    case RECORD_FILE_BEGIN:
        /* Its temporary name is not looked after any more once it is published. */
        if (job->files[file].flags & FILE_PUBLISHED) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
        return make_received(change, 1);
    case RECORD_FILE_PROGRESS:
        return make_progress(record, change);
    case RECORD_FILE_DONE:
        if (FAILED(hr = make_received(change, 1))) return hr;
        return record->u.done.size ? ranges_add(&change->received[0], 0, record->u.done.size) : S_OK;
    case RECORD_FILE_HEADERS:
        if (FAILED(hr = make_received(change, 1))) return hr;
        return make_text(record->u.headers.headers, record->u.headers.size, &change->texts[0]);
    case RECORD_FILE_FLAGS:
        return make_received(change, 1);
    case RECORD_FILE_REQUEST:
        if (FAILED(hr = make_received(change, 1))) return hr;
        return ranges_decode(&change->received[0], record->u.request.ranges, record->u.request.count);
    case RECORD_UPLOAD:
        return make_upload(record, change);
    case RECORD_REPLY_FILE:
        return make_reply(record, change);
    case RECORD_COMPLETING:
        if (job->completing) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
        if (FAILED(hr = check_publish(job, record))) return hr;
        return make_string(record->u.publish.caller, change);
    case RECORD_PUBLISHED:
        return check_publish(job, record);
    case RECORD_OWNER:
        return make_string(record->u.owner.owner, change);
    case RECORD_JOB_FACTS:
        return make_string(record->u.facts.completer, change);
    case RECORD_FILE_FACTS:
        return make_file_facts(record, change);
    case RECORD_COMPLETED:
    case RECORD_COMPLETE_FAILED:
    case RECORD_CANCELLED:
    case RECORD_CLEANED:
    case RECORD_NOTIFIED:
        return S_OK;
    default:
        return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    }
}

HRESULT model_make_change(struct model *model, const struct record *record, struct model_change **ret)
{
    struct model_change *change;
    HRESULT hr;

    if (!(change = calloc(1, sizeof(*change)))) return E_OUTOFMEMORY;
    change->record = record;
    hr = make_contents(model, record, change);
    if (hr == E_INVALIDARG) hr = HRESULT_FROM_WIN32(ERROR_INVALID_DATA); /* a range that does not exist */
    if (SUCCEEDED(hr)) *ret = change;
    else model_free_change(change);
    return hr;
}
