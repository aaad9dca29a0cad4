/*
 * Random histories of jobs
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


#include <stdio.h>

#include "histories.h"
#include "core/str.h"

void history_init(struct history *history, UINT64 seed, UINT32 max_jobs)
{
    memset(history, 0, sizeof(*history));
    history->seed = seed * 2 + 1;
    history->time = 0x01d9000000000000;
    history->max_jobs = max_jobs;
    history->max_text = 400;
}

UINT32 history_random(struct history *history, UINT32 limit)
{
    history->seed ^= history->seed << 13;
    history->seed ^= history->seed >> 7;
    history->seed ^= history->seed << 17;
    return (UINT32)(history->seed >> 16) % limit;
}

static BOOL one_in(struct history *history, UINT32 count)
{
    return !history_random(history, count);
}

static UINT64 random_u64(struct history *history)
{
    UINT64 value = (UINT64)history_random(history, 0xffffffff) << 32;

    return value | history_random(history, 0xffffffff);
}

static const WCHAR *random_string(struct history *history)
{
    WCHAR *text = history->text[history->texts++ % 16];
    UINT32 len, i;

    switch (history_random(history, 4))
    {
    case 0:  len = 0; break;
    case 1:  len = history_random(history, history->max_text); break;
    default: len = history_random(history, history->max_text < 20 ? history->max_text : 20); break;
    }
    for (i = 0; i < len; i++) text[i] = one_in(history, 8) ? 1 + history_random(history, 0xfffe) : 'a' + history_random(history, 26);
    text[len] = 0;
    return text;
}

static void random_value(struct history *history, struct prop_value *value)
{
    UINT32 i;

    memset(value, 0, sizeof(*value));
    value->prop = history_random(history, PROP_COUNT);
    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
        value->number = one_in(history, 2) ? history_random(history, 4) : history_random(history, 0xffffffff);
        break;
    case PROP_TYPE_U64:
        value->number = one_in(history, 2) ? SIZE_UNKNOWN : random_u64(history);
        break;
    case PROP_TYPE_STRING:
        if (value->prop > PROP_DESCRIPTION && one_in(history, 3)) break;
        value->string = random_string(history);
        break;
    case PROP_TYPE_GUID:
        if (one_in(history, 3)) break;
        value->guid.Data1 = history_random(history, 0xffffffff);
        value->guid.Data4[7] = history_random(history, 256);
        break;
    case PROP_TYPE_BLOB:
        if (one_in(history, 3)) break;
        value->blob_size = history_random(history, history->max_text);
        for (i = 0; i < value->blob_size; i++) history->blob[i] = (BYTE)history_random(history, 256);
        value->blob = value->blob_size ? history->blob : NULL;
        break;
    }
}

static void make_create(struct history *history, struct record *record)
{
    UINT32 i;

    record->type = RECORD_CREATE;
    record->seq = 1;
    record->job.Data1 = history_random(history, 0xffffffff);
    record->job.Data2 = history_random(history, 0xffff);
    for (i = 0; i < 8; i++) record->job.Data4[i] = history_random(history, 256);
    record->u.create.type = history_random(history, 3);
    record->u.create.owner = L"S-1-5-21-1-2-3-1000";
    record->u.create.display_name = random_string(history);
    record->u.create.integrity = 0x1000 * history_random(history, 5);
    record->u.create.elevated = history_random(history, 2);
}

static void make_set(struct history *history, struct record *record)
{
    UINT32 i;

    record->type = RECORD_SET;
    record->u.set.count = history_random(history, ARRAY_SIZE(history->values) + 1);
    record->u.set.values = history->values;
    for (i = 0; i < record->u.set.count; i++) random_value(history, &history->values[i]);
}

static void make_add(struct history *history, struct record *record)
{
    UINT32 i, j;

    record->type = RECORD_ADD_FILES;
    record->u.add_files.count = history_random(history, ARRAY_SIZE(history->files) + 1);
    record->u.add_files.files = history->files;
    for (i = 0; i < record->u.add_files.count; i++)
    {
        struct record_file *file = &history->files[i];

        file->remote_name = random_string(history);
        file->local_name = random_string(history);
        file->temp_name = one_in(history, 5) ? NULL : random_string(history);
        file->range_count = one_in(history, 2) ? 0 : history_random(history, 4);
        file->ranges = file->range_count ? history->ranges[i] : NULL;
        for (j = 0; j < file->range_count; j++)
        {
            history->ranges[i][j].offset = history_random(history, 100000);
            history->ranges[i][j].length = one_in(history, 3) ? LENGTH_TO_EOF : history_random(history, 5000);
        }
        file->volume_serial = history_random(history, 3);
    }
}

static void make_state(struct history *history, struct record *record, const struct job *job)
{
    static const enum job_state states[] = { JOB_QUEUED, JOB_SUSPENDED, JOB_ERROR, JOB_TRANSIENT_ERROR, JOB_TRANSFERRED };

    record->type = RECORD_STATE;
    record->u.state.state = states[history_random(history, ARRAY_SIZE(states))];
    record->u.state.failure.file = NO_FILE;
    if (one_in(history, 2))
    {
        record->u.state.failure.hr = BG_E_HTTP_ERROR_404;
        record->u.state.failure.context = 5;
        record->u.state.failure.file = history_random(history, 4);
    }
    record->u.state.error_count = job->error_count + history_random(history, 2);
    record->u.state.resumed = history_random(history, 2);
    record->u.state.completion_time = one_in(history, 2) ? 0 : history->time;
    record->u.state.no_progress_time = one_in(history, 2) ? 0 : history->time;
    record->u.state.download_msec = history_random(history, 100000);
}

static void make_names(struct history *history, struct record *record, const struct job *job)
{
    UINT32 i;

    record->type = RECORD_FILE_NAMES;
    record->u.names.count = job->file_count ? history_random(history, ARRAY_SIZE(history->names) + 1) : 0;
    record->u.names.names = history->names;
    for (i = 0; i < record->u.names.count; i++)
    {
        history->names[i].file = history_random(history, job->file_count);
        history->names[i].remote_name = random_string(history);
    }
}

static void make_file_change(struct history *history, struct record *record, const struct job *job, UINT32 file)
{
    UINT32 i;

    switch (history_random(history, 7))
    {
    case 0:
        if (job->files[file].flags & FILE_PUBLISHED) break;
        record->type = RECORD_FILE_BEGIN;
        record->u.begin.file = file;
        record->u.begin.remote_size = one_in(history, 3) ? SIZE_UNKNOWN : history_random(history, 1000000);
        record->u.begin.remote_time = one_in(history, 2) ? 0 : random_u64(history);
        record->u.begin.volume_serial = history_random(history, 3);
        record->u.begin.restarts = history_random(history, 3);
        return;
    case 1:
        record->type = RECORD_FILE_DONE;
        record->u.done.file = file;
        record->u.done.size = one_in(history, 5) ? 0 : history_random(history, 1000000);
        return;
    case 2:
        record->type = RECORD_FILE_HEADERS;
        record->u.headers.file = file;
        if (one_in(history, 4)) return;
        record->u.headers.size = history_random(history, history->max_text);
        for (i = 0; i < record->u.headers.size; i++) history->head[i] = (char)history_random(history, one_in(history, 20) ? 256 : 90);
        record->u.headers.headers = history->head;
        return;
    case 4:
        record->type = RECORD_FILE_REQUEST;
        record->u.request.file = file;
        record->u.request.first = one_in(history, 2) ? 0 : history_random(history, 500000);
        record->u.request.count = history_random(history, ARRAY_SIZE(history->pairs) / 2 + 1);
        record->u.request.ranges = history->pairs;
        for (i = 0; i < record->u.request.count; i++)
        {
            history->pairs[2 * i] = (UINT64)i * 10000 + history_random(history, 5000);
            history->pairs[2 * i + 1] = 1 + history_random(history, 4999);
        }
        return;
    case 3:
        record->type = RECORD_FILE_FLAGS;
        record->u.flags.file = file;
        record->u.flags.set = one_in(history, 2) ? FILE_VALIDATED : one_in(history, 2) ? FILE_NOTIFIED : 0;
        record->u.flags.clear = one_in(history, 3) ? FILE_TRANSFERRED : one_in(history, 2) ? FILE_VALIDATED : 0;
        return;
    default:
        break;
    }
    record->type = RECORD_FILE_PROGRESS;
    record->u.progress.file = file;
    record->u.progress.offset = one_in(history, 2) ? file_received(&job->files[file]) : history_random(history, 500000);
    record->u.progress.length = history_random(history, 20000);
    record->u.progress.no_progress_time = one_in(history, 2) ? 0 : history->time;
    record->u.progress.download_msec = history_random(history, 100000);
}

/* FALSE: the job has nothing to upload, or no more of it. */
static BOOL make_upload(struct history *history, struct record *record, const struct job *job)
{
    UINT32 i;

    if (job->type == JOB_DOWNLOAD || !job->file_count || job->files[0].flags & FILE_TRANSFERRED) return FALSE;
    if (job->type == JOB_UPLOAD_REPLY && one_in(history, 2)
        && (job->file_count == REPLY_FILE
            || (job->file_count == REPLY_FILE + 1 && job->files[REPLY_FILE].remote_size == SIZE_UNKNOWN && !job->files[REPLY_FILE].flags)))
    {
        record->type = RECORD_REPLY_FILE;
        record->u.reply.remote_name = random_string(history);
        record->u.reply.local_name = random_string(history);
        record->u.reply.temp_name = random_string(history);
        record->u.reply.volume_serial = history_random(history, 3);
        return TRUE;
    }
    record->type = RECORD_UPLOAD;
    record->u.upload.acknowledged = one_in(history, 3) ? 0 : history_random(history, 1000000);
    record->u.upload.host_timeout = one_in(history, 2) ? UPLOAD_NEVER : history_random(history, 100000);
    record->u.upload.host_failed = one_in(history, 2) ? 0 : history->time;
    if (one_in(history, 4)) return TRUE;
    record->u.upload.id_size = history_random(history, history->max_text);
    for (i = 0; i < record->u.upload.id_size; i++) history->head[i] = (char)history_random(history, one_in(history, 20) ? 256 : 90);
    record->u.upload.id = history->head;
    record->u.upload.host = one_in(history, 2) ? NULL : random_string(history);
    return TRUE;
}

static void make_publish(struct history *history, struct record *record, const struct job *job)
{
    UINT32 i;

    record->type = job->completing ? RECORD_PUBLISHED : RECORD_COMPLETING;
    record->u.publish.count = job->file_count ? history_random(history, ARRAY_SIZE(history->indexes) + 1) : 0;
    record->u.publish.files = history->indexes;
    for (i = 0; i < record->u.publish.count; i++) history->indexes[i] = history_random(history, job->file_count);
    if (!job->completing) record->u.publish.caller = one_in(history, 4) ? NULL : random_string(history);
}

static const struct job *random_job(struct history *history, const struct model *model)
{
    UINT32 index = history_random(history, model->count);
    const struct job *job = model->first;

    while (index--) job = job->next;
    return job;
}

void history_next(struct history *history, const struct model *model, struct record *record)
{
    const struct job *job;

    memset(record, 0, sizeof(*record));
    record->time = one_in(history, 10) ? 0 : (history->time += history_random(history, 100000000));
    if (!model->count || (model->count < history->max_jobs && one_in(history, 8)))
    {
        make_create(history, record);
        return;
    }

    job = random_job(history, model);
    record->job = job->id;
    record->seq = job->seq + 1;
    if (job_is_final(job->state))
    {
        if (one_in(history, 3)) record->type = RECORD_CLEANED;
        else if (job->file_count && one_in(history, 2))
        {
            record->type = RECORD_FILE_FLAGS;
            record->u.flags.file = history_random(history, job->file_count);
            record->u.flags.set = FILE_PUBLISHED;
        }
        else
        {
            record->type = RECORD_NOTIFIED;
            record->u.notified.notified = TRUE;
        }
        return;
    }

    switch (history_random(history, 20))
    {
    case 0: case 1: case 2:
        make_set(history, record);
        break;
    case 3: case 4:
        make_add(history, record);
        break;
    case 5: case 6:
        make_state(history, record, job);
        break;
    case 7:
        make_names(history, record, job);
        break;
    case 8: case 9:
        make_publish(history, record, job);
        break;
    case 10:
        record->type = job->completing ? RECORD_COMPLETE_FAILED : RECORD_NOTIFIED;
        record->u.notified.notified = !job->completing && history_random(history, 2);
        break;
    case 11:
        record->type = RECORD_OWNER;
        record->u.owner.owner = random_string(history);
        record->u.owner.integrity = 0x2000;
        record->u.owner.elevated = history_random(history, 2);
        break;
    case 12:
        if (one_in(history, 3)) record->type = one_in(history, 2) ? RECORD_COMPLETED : RECORD_CANCELLED;
        else make_add(history, record);
        break;
    case 13:
        if (make_upload(history, record, job)) break;
        /* fall through */
    default:
        if (job->file_count) make_file_change(history, record, job, history_random(history, job->file_count));
        else make_add(history, record);
        break;
    }
}

/* Comparison */

static BOOL same_string(const WCHAR *a, const WCHAR *b)
{
    return a && b ? !str_cmp(a, b) : a == b;
}

static BOOL same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static BOOL same_ranges(const struct range_set *a, const struct range_set *b)
{
    UINT64 *flat_a, *flat_b;
    BOOL same;

    if (a->count != b->count || a->total != b->total) return FALSE;
    flat_a = calloc(a->count + 1, 2 * sizeof(*flat_a));
    flat_b = calloc(a->count + 1, 2 * sizeof(*flat_b));
    ranges_encode(a, flat_a);
    ranges_encode(b, flat_b);
    same = !memcmp(flat_a, flat_b, a->count * 2 * sizeof(*flat_a));
    free(flat_a);
    free(flat_b);
    return same;
}

static const char *file_difference(const struct job_file *a, const struct job_file *b)
{
    if (!same_string(a->remote_name, b->remote_name)) return "file remote_name";
    if (!same_string(a->local_name, b->local_name)) return "file local_name";
    if (!same_string(a->temp_name, b->temp_name)) return "file temp_name";
    if (a->range_count != b->range_count) return "file range_count";
    if (a->range_count && memcmp(a->ranges, b->ranges, a->range_count * sizeof(*a->ranges))) return "file ranges";
    if (a->flags != b->flags) return "file flags";
    if (a->remote_size != b->remote_size) return "file remote_size";
    if (a->remote_time != b->remote_time) return "file remote_time";
    if (a->volume_serial != b->volume_serial) return "file volume_serial";
    if (a->restarts != b->restarts) return "file restarts";
    if (!same_ranges(&a->received, &b->received)) return "file received";
    if (!same_ranges(&a->requested, &b->requested)) return "file requested";
    if (a->first_wanted != b->first_wanted) return "file first_wanted";
    if (!same_text(a->response_headers, b->response_headers)) return "file response_headers";
    return NULL;
}

static const char *value_difference(const struct prop_value *a, const struct prop_value *b)
{
    static char text[40];

    if (a->prop == b->prop && a->number == b->number && same_string(a->string, b->string)
        && !memcmp(&a->guid, &b->guid, sizeof(a->guid)) && a->blob_size == b->blob_size
        && (!a->blob_size || !memcmp(a->blob, b->blob, a->blob_size)))
        return NULL;
    sprintf(text, "property %u", a->prop);
    return text;
}

const char *job_difference(const struct job *a, const struct job *b)
{
    const char *text;
    UINT32 i;

    if (memcmp(&a->id, &b->id, sizeof(a->id))) return "id";
    if (a->type != b->type) return "type";
    if (!same_string(a->owner, b->owner)) return "owner";
    if (a->integrity != b->integrity) return "integrity";
    if (a->elevated != b->elevated) return "elevated";
    for (i = 0; i < PROP_COUNT; i++)
        if ((text = value_difference(&a->props[i], &b->props[i]))) return text;
    if (a->state != b->state) return "state";
    if (a->failure.hr != b->failure.hr || a->failure.context != b->failure.context || a->failure.file != b->failure.file)
        return "failure";
    if (a->error_count != b->error_count) return "error_count";
    if (a->resumed != b->resumed) return "resumed";
    if (a->notified != b->notified) return "notified";
    if (a->creation_time != b->creation_time) return "creation_time";
    if (a->modification_time != b->modification_time) return "modification_time";
    if (a->completion_time != b->completion_time) return "completion_time";
    if (a->no_progress_time != b->no_progress_time) return "no_progress_time";
    if (a->download_msec != b->download_msec) return "download_msec";
    if (a->completing != b->completing) return "completing";
    if (!same_string(a->completer, b->completer)) return "completer";
    if (a->cleaning != b->cleaning) return "cleaning";
    if (a->file_count != b->file_count) return "file_count";
    if (a->untransferred != b->untransferred) return "untransferred";
    if (job_first_unfinished(a) != job_first_unfinished(b)) return "first unfinished file";
    for (i = 0; i < a->file_count; i++)
        if ((text = file_difference(&a->files[i], &b->files[i]))) return text;
    if (!same_text(a->upload.id, b->upload.id)) return "upload session";
    if (!same_string(a->upload.host, b->upload.host)) return "upload host";
    if (a->upload.host_timeout != b->upload.host_timeout || a->upload.host_failed != b->upload.host_failed) return "upload host's fallback";
    if (a->seq != b->seq) return "seq";
    return NULL;
}

const char *model_difference(const struct model *a, const struct model *b)
{
    const struct job *job_a = a->first, *job_b = b->first;
    const char *text;

    if (a->count != b->count) return "number of jobs";
    for (; job_a && job_b; job_a = job_a->next, job_b = job_b->next)
    {
        if ((text = job_difference(job_a, job_b))) return text;
        if (model_find(a, &job_a->id) != job_a || model_find(b, &job_b->id) != job_b) return "hash";
    }
    return job_a || job_b ? "list" : NULL;
}
