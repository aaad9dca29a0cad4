/*
 * Jobs and files in memory: the one function that changes them
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
#include "core/record.h"
#include "core/str.h"

/*
 * A change is made in two halves.  The first (make_change) checks the record against the model and takes every piece of memory
 * that the result needs; the second (commit_change) only moves pointers and numbers.  What a half-made or thrown-away change holds
 * is released by model_free_change; commit leaves in it what the job no longer needs.
 */
struct model_change
{
    const struct record *record;        /* the caller's; when the change is thrown away it may be gone */
    struct job *job;                    /* the one it is for */
    struct job *made;                   /* CREATE: the same, owned until the commit */
    struct job **buckets;               /* CREATE: a bigger table, or NULL */
    UINT32 bucket_count;
    struct prop_value *values;          /* SET: with own strings and blobs */
    UINT32 value_count;
    struct job_file *files;             /* ADD_FILES: the new files */
    UINT32 file_count;
    struct job_file *file_array;        /* ADD_FILES: a bigger array, or NULL */
    UINT32 file_size;
    WCHAR **strings;                    /* FILE_NAMES: one each; else up to one */
    UINT32 string_count;
    struct range_set *received;         /* one for each file that gets a new set */
    char **texts;
    UINT32 received_count;              /* of received and of texts */
    struct upload_session upload;       /* UPLOAD */
};

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

/* The first half */

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
static UINT32 file_of(const struct record *record)
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
    file = file_of(record);
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

static HRESULT make_change(struct model *model, const struct record *record, struct model_change **ret)
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

/* The second half: nothing here fails. */

static void swap_strings(WCHAR **a, WCHAR **b)
{
    WCHAR *string = *a;

    *a = *b;
    *b = string;
}

static void swap_received(struct job_file *file, struct model_change *change, UINT32 index)
{
    struct range_set received = file->received;

    file->received = change->received[index];
    change->received[index] = received;
}

static void swap_requested(struct job_file *file, struct model_change *change)
{
    struct range_set requested = file->requested;

    file->requested = change->received[0];
    change->received[0] = requested;
}

static void swap_text(struct job_file *file, struct model_change *change, UINT32 index)
{
    char *text = file->response_headers;

    file->response_headers = change->texts[index];
    change->texts[index] = text;
}

/* Sets the flags of a file and keeps the counts that make job_all_transferred and job_first_unfinished quick. */
static void set_flags(struct job *job, UINT32 index, UINT32 flags)
{
    struct job_file *file = &job->files[index];
    BOOL was = !!(file->flags & FILE_TRANSFERRED), is = !!(flags & FILE_TRANSFERRED);

    file->flags = is ? flags : flags & ~FILE_NOTIFIED;
    if (was == is) return;
    if (!is)
    {
        job->untransferred++;
        if (index < job->first_untransferred) job->first_untransferred = index;
        return;
    }
    job->untransferred--;
    while (job->first_untransferred < job->file_count && job->files[job->first_untransferred].flags & FILE_TRANSFERRED)
        job->first_untransferred++;
}

static void clear_publishing(struct job *job)
{
    UINT32 i;

    for (i = 0; i < job->file_count; i++) job->files[i].flags &= ~FILE_PUBLISHING;
    job->completing = FALSE;
}

static void set_state(struct job *job, enum job_state state)
{
    if (job->state != state) job->notified = FALSE;
    job->state = state;
}

static void commit_create(struct model *model, struct model_change *change)
{
    struct job *job = change->job;

    change->made = NULL;
    if (change->buckets)
    {
        model_adopt_buckets(model, change->buckets, change->bucket_count);
        change->buckets = NULL;
    }
    job->creation_time = change->record->time;
    model_link(model, job);
}

static void commit_values(struct job *job, struct model_change *change)
{
    UINT32 i;

    for (i = 0; i < change->value_count; i++)
    {
        struct prop_value *value = &job->props[change->values[i].prop], old = *value;

        *value = change->values[i];
        change->values[i] = old;
    }
}

static void commit_files(struct job *job, struct model_change *change)
{
    struct job_file *old;
    UINT32 count = change->file_count;

    if (change->file_array)
    {
        old = job->files;
        if (job->file_count) memcpy(change->file_array, old, job->file_count * sizeof(*old));
        job->files = change->file_array;
        job->file_size = change->file_size;
        change->file_array = old;
    }
    if (count) memcpy(job->files + job->file_count, change->files, count * sizeof(*job->files));
    job->file_count += count;
    job->untransferred += count;
    change->file_count = 0;
}

static void swap_uploads(struct job *job, struct model_change *change)
{
    struct upload_session upload = job->upload;

    job->upload = change->upload;
    change->upload = upload;
}

static void commit_upload(struct job *job, struct model_change *change)
{
    swap_received(&job->files[0], change, 0);
    swap_uploads(job, change);
}

static void commit_reply(struct job *job, struct model_change *change)
{
    struct job_file file;

    if (job->file_count <= REPLY_FILE)
    {
        commit_files(job, change);
        return;
    }
    file = job->files[REPLY_FILE];
    job->files[REPLY_FILE] = change->files[0];
    change->files[0] = file;
}

static void commit_state(struct job *job, const struct record *record)
{
    set_state(job, record->u.state.state);
    job->failure = record->u.state.failure;
    job->error_count = record->u.state.error_count;
    job->resumed = !!record->u.state.resumed;
    job->completion_time = record->u.state.completion_time;
    job->no_progress_time = record->u.state.no_progress_time;
    job->download_msec = record->u.state.download_msec;
}

static void commit_file(struct job *job, struct model_change *change)
{
    const struct record *record = change->record;
    UINT32 index = file_of(record);
    struct job_file *file = &job->files[index];

    switch (record->type)
    {
    case RECORD_FILE_BEGIN:
        file->remote_size = record->u.begin.remote_size;
        file->remote_time = record->u.begin.remote_time;
        file->volume_serial = record->u.begin.volume_serial;
        file->restarts = record->u.begin.restarts;
        swap_received(file, change, 0);
        set_flags(job, index, file->flags & ~(FILE_TRANSFERRED | FILE_VALIDATED | FILE_RENAMED | FILE_ATTRIBUTES_MASK));
        break;
    case RECORD_FILE_PROGRESS:
        swap_received(file, change, 0);
        job->no_progress_time = record->u.progress.no_progress_time;
        job->download_msec = record->u.progress.download_msec;
        break;
    case RECORD_FILE_DONE:
        if (file->remote_size == SIZE_UNKNOWN && !file->range_count) file->remote_size = record->u.done.size;
        job->no_progress_time = 0;
        swap_received(file, change, 0);
        set_flags(job, index, (file->flags & ~FILE_ASKED) | FILE_TRANSFERRED);
        if (job->type == JOB_DOWNLOAD || index >= REPLY_FILE) break;
        file->flags |= FILE_PUBLISHED;
        swap_uploads(job, change);
        break;
    case RECORD_FILE_HEADERS:
        swap_text(file, change, 0);
        break;
    case RECORD_FILE_FLAGS:
        if (record->u.flags.clear & FILE_TRANSFERRED) swap_received(file, change, 0);
        set_flags(job, index, (file->flags & ~record->u.flags.clear) | record->u.flags.set);
        break;
    case RECORD_FILE_REQUEST:
        file->first_wanted = record->u.request.first;
        swap_requested(file, change);
        break;
    default:
        break;
    }
}

static void commit_completing(struct job *job, struct model_change *change)
{
    const struct record *record = change->record;
    UINT32 i;

    job->completing = TRUE;
    swap_strings(&job->completer, &change->strings[0]);
    for (i = 0; i < record->u.publish.count; i++) job->files[record->u.publish.files[i]].flags |= FILE_PUBLISHING;
}

static void commit_published(struct job *job, const struct record *record)
{
    UINT32 i, index;

    for (i = 0; i < record->u.publish.count; i++)
    {
        index = record->u.publish.files[i];
        set_flags(job, index, (job->files[index].flags & ~(FILE_PUBLISHING | FILE_RENAMED)) | FILE_PUBLISHED | FILE_VALIDATED);
    }
}

static void commit_job_facts(struct job *job, struct model_change *change)
{
    const struct record *record = change->record;

    job->creation_time = record->u.facts.creation_time;
    job->modification_time = record->u.facts.modification_time;
    job->failure = record->u.facts.failure;
    job->error_count = record->u.facts.error_count;
    job->resumed = !!record->u.facts.resumed;
    job->notified = !!record->u.facts.notified;
    job->completing = !!record->u.facts.completing;
    job->cleaning = !!record->u.facts.cleaning;
    swap_strings(&job->completer, &change->strings[0]);
}

static void commit_file_facts(struct job *job, struct model_change *change)
{
    const struct record *record = change->record;
    UINT32 i;

    for (i = 0; i < record->u.file_facts.count; i++)
    {
        const struct record_file_fact *fact = &record->u.file_facts.files[i];
        struct job_file *file = &job->files[fact->file];

        file->remote_size = fact->remote_size;
        file->remote_time = fact->remote_time;
        file->volume_serial = fact->volume_serial;
        file->restarts = fact->restarts;
        swap_received(file, change, i);
        swap_text(file, change, i);
        set_flags(job, fact->file, fact->flags);
    }
}

/* What belongs to the old owner goes with him [JOB.TakeOwnership.7, JPROP.A4, HTTP3.SetServerCertificateValidationInterface.A3]. */
static void commit_owner(struct job *job, struct model_change *change)
{
    static const enum job_prop owned[] =
    {
        PROP_NOTIFY_PROGRAM, PROP_NOTIFY_PARAMETERS, PROP_NOTIFY_CLSID, PROP_CUSTOM_HEADERS, PROP_CERT_LOCATION, PROP_CERT_STORE,
        PROP_CERT_HASH, PROP_CERT_SUBJECT, PROP_CERT_CALLBACK_WANTED, PROP_CREDENTIALS
    };
    const struct record *record = change->record;
    UINT32 i;

    swap_strings(&job->owner, &change->strings[0]);
    job->integrity = record->u.owner.integrity;
    job->elevated = !!record->u.owner.elevated;
    for (i = 0; i < ARRAY_SIZE(owned); i++)
    {
        struct prop_value *value = &job->props[owned[i]];

        /* all of these are nothing by default */
        prop_free(value);
        memset(value, 0, sizeof(*value));
        value->prop = owned[i];
    }
}

/* ModificationTime moves by what a client does to the job, by its state and by bytes [TYPE.Times.2]. */
static BOOL moves_modification_time(enum record_type type)
{
    switch (type)
    {
    case RECORD_CREATE:
    case RECORD_SET:
    case RECORD_ADD_FILES:
    case RECORD_STATE:
    case RECORD_FILE_NAMES:
    case RECORD_FILE_PROGRESS:
    case RECORD_FILE_DONE:
    case RECORD_FILE_REQUEST:
    case RECORD_COMPLETING:
    case RECORD_COMPLETED:
    case RECORD_CANCELLED:
        return TRUE;
    default:
        return FALSE;
    }
}

static void commit_change(struct model *model, struct model_change *change)
{
    const struct record *record = change->record;
    struct job *job = change->job;
    UINT32 i;

    job->seq = record->seq;
    if (record->time && moves_modification_time(record->type)) job->modification_time = record->time;

    switch (record->type)
    {
    case RECORD_CREATE:
        commit_create(model, change);
        break;
    case RECORD_SET:
        commit_values(job, change);
        break;
    case RECORD_ADD_FILES:
        commit_files(job, change);
        break;
    case RECORD_STATE:
        commit_state(job, record);
        break;
    case RECORD_FILE_NAMES:
        for (i = 0; i < record->u.names.count; i++)
            swap_strings(&job->files[record->u.names.names[i].file].remote_name, &change->strings[i]);
        break;
    case RECORD_FILE_BEGIN:
    case RECORD_FILE_PROGRESS:
    case RECORD_FILE_DONE:
    case RECORD_FILE_HEADERS:
    case RECORD_FILE_FLAGS:
    case RECORD_FILE_REQUEST:
        commit_file(job, change);
        break;
    case RECORD_UPLOAD:
        commit_upload(job, change);
        break;
    case RECORD_REPLY_FILE:
        commit_reply(job, change);
        break;
    case RECORD_COMPLETING:
        commit_completing(job, change);
        break;
    case RECORD_PUBLISHED:
        commit_published(job, record);
        break;
    case RECORD_COMPLETED:
        clear_publishing(job);
        set_state(job, JOB_ACKNOWLEDGED);
        job->cleaning = TRUE;
        break;
    case RECORD_COMPLETE_FAILED:
        clear_publishing(job);
        break;
    case RECORD_CANCELLED:
        clear_publishing(job);
        set_state(job, JOB_CANCELLED);
        job->cleaning = TRUE;
        break;
    case RECORD_CLEANED:
        job->cleaning = FALSE;
        model_forget(model, job);
        break;
    case RECORD_OWNER:
        commit_owner(job, change);
        break;
    case RECORD_NOTIFIED:
        job->notified = !!record->u.notified.notified;
        break;
    case RECORD_JOB_FACTS:
        commit_job_facts(job, change);
        break;
    case RECORD_FILE_FACTS:
        commit_file_facts(job, change);
        break;
    case RECORD_TYPE_COUNT:
        break;
    }
}

HRESULT model_prepare(struct model *model, const struct record *record)
{
    model_free_change(model->prepared);
    model->prepared = NULL;
    return make_change(model, record, &model->prepared);
}

HRESULT model_apply(struct model *model, const struct record *record)
{
    struct model_change *change = model->prepared;
    HRESULT hr;

    model->prepared = NULL;
    if (change && change->record != record)
    {
        model_free_change(change);
        change = NULL;
    }
    if (!change && FAILED(hr = make_change(model, record, &change))) return hr;
    commit_change(model, change);
    model_free_change(change);
    return S_OK;
}
