/*
 * Jobs and files in memory: what they own, and the list of them
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

#define FIRST_BUCKETS 64

/* Memory */

void prop_free(struct prop_value *value)
{
    free((void *)value->string);
    free((void *)value->blob);
    value->string = NULL;
    value->blob = NULL;
}

void job_free_file(struct job_file *file)
{
    free(file->remote_name);
    free(file->local_name);
    free(file->temp_name);
    free(file->ranges);
    free(file->response_headers);
    ranges_free(&file->received);
    ranges_free(&file->requested);
}

void upload_session_free(struct upload_session *session)
{
    free(session->id);
    free(session->host);
    memset(session, 0, sizeof(*session));
}

HRESULT upload_session_copy(const struct upload_session *from, struct upload_session *to)
{
    *to = *from;
    to->id = NULL;
    to->host = NULL;
    if (from->id && !(to->id = malloc(strlen(from->id) + 1))) return E_OUTOFMEMORY;
    if (from->id) strcpy(to->id, from->id);
    if (!from->host || (to->host = str_dup(from->host))) return S_OK;
    upload_session_free(to);
    return E_OUTOFMEMORY;
}

void job_free(struct job *job)
{
    UINT32 i;

    for (i = 0; i < PROP_COUNT; i++) prop_free(&job->props[i]);
    for (i = 0; i < job->file_count; i++) job_free_file(&job->files[i]);
    free(job->files);
    upload_session_free(&job->upload);
    free(job->owner);
    free(job->completer);
    free(job);
}

void job_addref(struct job *job)
{
    job->refs++;
}

void job_release(struct job *job)
{
    if (!--job->refs) job_free(job);
}

/* Lists and hash */

static UINT32 hash_guid(const GUID *id)
{
    UINT32 tail;

    /* Ids of version 1 differ in Data1, of version 4 everywhere; ids made by hand may share Data1. */
    memcpy(&tail, id->Data4 + 4, sizeof(tail));
    return (id->Data1 ^ tail ^ ((UINT32)id->Data2 << 16 | id->Data3)) * 0x9e3779b1u;
}

static struct job **find_bucket(struct job **buckets, UINT32 count, const GUID *id)
{
    return &buckets[(hash_guid(id) >> 8) & (count - 1)];
}

static void unlink_job(struct model *model, struct job *job)
{
    struct job **link = find_bucket(model->buckets, model->bucket_count, &job->id);

    while (*link != job) link = &(*link)->hash_next;
    *link = job->hash_next;
    if (job->prev) job->prev->next = job->next;
    else model->first = job->next;
    if (job->next) job->next->prev = job->prev;
    else model->last = job->prev;
    job->hash_next = job->prev = job->next = NULL;
    model->count--;
}

void model_link(struct model *model, struct job *job)
{
    struct job **link = find_bucket(model->buckets, model->bucket_count, &job->id);

    job->hash_next = *link;
    *link = job;
    job->prev = model->last;
    if (model->last) model->last->next = job;
    else model->first = job;
    model->last = job;
    model->count++;
}

void model_adopt_buckets(struct model *model, struct job **buckets, UINT32 count)
{
    struct job *job, **link;

    for (job = model->first; job; job = job->next)
    {
        link = find_bucket(buckets, count, &job->id);
        job->hash_next = *link;
        *link = job;
    }
    free(model->buckets);
    model->buckets = buckets;
    model->bucket_count = count;
}

HRESULT model_init(struct model *model)
{
    memset(model, 0, sizeof(*model));
    if (!(model->buckets = calloc(FIRST_BUCKETS, sizeof(*model->buckets)))) return E_OUTOFMEMORY;
    model->bucket_count = FIRST_BUCKETS;
    return S_OK;
}

void model_free(struct model *model)
{
    model_free_change(model->prepared);
    while (model->first) model_forget(model, model->first);
    free(model->buckets);
    memset(model, 0, sizeof(*model));
}

struct job *model_find(const struct model *model, const GUID *id)
{
    struct job *job = *find_bucket(model->buckets, model->bucket_count, id);

    while (job && memcmp(&job->id, id, sizeof(*id))) job = job->hash_next;
    return job;
}

void model_forget(struct model *model, struct job *job)
{
    unlink_job(model, job);
    job_release(job);
}

/* Derived facts */

UINT64 file_total(const struct job_file *file)
{
    UINT64 total = 0;
    UINT32 i;

    if (!file->range_count) return file->remote_size;
    for (i = 0; i < file->range_count; i++)
    {
        const struct file_range *range = &file->ranges[i];

        if (range->length != LENGTH_TO_EOF) total += range->length;
        else if (file->remote_size == SIZE_UNKNOWN) return SIZE_UNKNOWN;
        else if (file->remote_size > range->offset) total += file->remote_size - range->offset;
    }
    return total;
}

UINT64 file_received(const struct job_file *file)
{
    return file->received.total;
}

BOOL job_all_transferred(const struct job *job)
{
    return job->file_count && !job->untransferred;
}

UINT32 job_first_unfinished(const struct job *job)
{
    return job->first_untransferred < job->file_count ? job->first_untransferred : NO_FILE;
}

BOOL job_allows_parts(const struct job *job, UINT32 index)
{
    const struct job_file *file = &job->files[index];

    return job->type == JOB_DOWNLOAD && !job_u32(job, PROP_DYNAMIC_CONTENT) && !job_string(job, PROP_HTTP_METHOD) && !file->range_count
           && (str_istarts(file->remote_name, L"http:") || str_istarts(file->remote_name, L"https:"));
}

BOOL job_is_group(const struct job *job)
{
    static const GUID none;

    return !!memcmp(&job->props[PROP_GROUP_ID].guid, &none, sizeof(none));
}

UINT32 job_visible_files(const struct job *job)
{
    return job->type == JOB_DOWNLOAD ? job->file_count : min(job->file_count, REPLY_FILE);
}

BOOL job_has_unpublished(const struct job *job)
{
    UINT32 i;

    for (i = 0; i < job->file_count; i++)
        if (!(job->files[i].flags & FILE_PUBLISHED)) return TRUE;
    return FALSE;
}
