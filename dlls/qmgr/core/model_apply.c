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
    if (!job->upload.id || !change->upload.id || strcmp(job->upload.id, change->upload.id)) job->files[0].flags &= ~FILE_DELIVERED;
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
    UINT32 index = model_file_of(record);
    struct job_file *file = &job->files[index];

    switch (record->type)
    {
    case RECORD_FILE_BEGIN:
        file->remote_size = record->u.begin.remote_size;
        file->remote_time = record->u.begin.remote_time;
        file->volume_serial = record->u.begin.volume_serial;
        file->restarts = record->u.begin.restarts;
        swap_received(file, change, 0);
        set_flags(job, index, file->flags & ~(FILE_TRANSFERRED | FILE_VALIDATED | FILE_RENAMED | FILE_MOVED | FILE_ATTRIBUTES_MASK));
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
        set_flags(job, index, (file->flags & ~(FILE_ASKED | FILE_MOVED | FILE_DELIVERED)) | FILE_TRANSFERRED);
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
    return model_make_change(model, record, &model->prepared);
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
    if (!change && FAILED(hr = model_make_change(model, record, &change))) return hr;
    commit_change(model, change);
    model_free_change(change);
    return S_OK;
}
