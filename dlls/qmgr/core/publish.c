/*
 * The outside half of Complete and Cancel
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


#include "core/publish.h"
#include "core/str.h"

static BOOL is_absent(HRESULT hr)
{
    return hr == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) || hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND);
}

static HRESULT make_list(const struct job *job, BOOL (*want)(const struct job_file *file), struct publish_list *list)
{
    UINT32 i;

    memset(list, 0, sizeof(*list));
    if (!job->file_count) return S_OK;
    if (!(list->files = calloc(job->file_count, sizeof(*list->files)))) return E_OUTOFMEMORY;
    for (i = 0; i < job->file_count; i++)
    {
        const struct job_file *file = &job->files[i];
        struct publish_file *copy = &list->files[list->count];

        if (!want(file)) continue;
        copy->file = i;
        copy->size = file_received(file);
        copy->time = file->remote_time;
        copy->attributes = file->flags & FILE_ATTRIBUTED ? DISK_ATTRIBUTES | (file->flags >> FILE_ATTRIBUTES_SHIFT & FILE_ATTRIBUTES_KEPT) : 0;
        copy->again = !!(file->flags & FILE_RENAMED);
        copy->temp_name = file->temp_name ? str_dup(file->temp_name) : NULL;
        copy->local_name = str_dup(file->local_name);
        list->count++;
        if ((copy->temp_name || !file->temp_name) && copy->local_name) continue;
        publish_list_free(list);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

static BOOL is_intended(const struct job_file *file)
{
    return (file->flags & (FILE_PUBLISHING | FILE_PUBLISHED)) == FILE_PUBLISHING;
}

static BOOL is_unpublished(const struct job_file *file)
{
    return !(file->flags & FILE_PUBLISHED) && file->temp_name;
}

HRESULT publish_list_intent(const struct job *job, struct publish_list *list)
{
    return make_list(job, is_intended, list);
}

HRESULT publish_list_rest(const struct job *job, struct publish_list *list)
{
    return make_list(job, is_unpublished, list);
}

void publish_list_free(struct publish_list *list)
{
    UINT32 i;

    for (i = 0; i < list->count; i++)
    {
        free(list->files[i].temp_name);
        free(list->files[i].local_name);
    }
    free(list->files);
    memset(list, 0, sizeof(*list));
}

/* Length of the folder's name in front of the file's; that of a root keeps its backslash. */
static size_t folder_len(const WCHAR *path)
{
    size_t len = str_len(path);

    while (len && path[len - 1] != '\\' && path[len - 1] != '/') len--;
    if (len > 1 && path[len - 2] != ':') len--;
    return len;
}

HRESULT publish_flush_dir(struct disk *disk, const WCHAR *path)
{
    size_t len = folder_len(path);
    WCHAR *folder;
    HRESULT hr;

    if (!len) return S_OK;
    if (!(folder = str_ndup(path, len))) return E_OUTOFMEMORY;
    hr = disk->flush_dir(disk, folder);
    free(folder);
    return hr;
}

HRESULT publish_one(struct disk *disk, const struct publish_file *file)
{
    struct disk_stat local;
    HRESULT hr;

    if (!file->temp_name)
    {
        /* it was written in its place [BEH.HTTP.65] */
        if (FAILED(hr = disk->stat(disk, file->local_name, &local))) return hr;
        if (local.directory) return HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        if (local.size != file->size) return HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
        disk->finish(disk, file->local_name, file->time, file->attributes);
        return S_OK;
    }
    hr = disk->publish(disk, file->temp_name, file->local_name, file->size, FALSE, file->time);
    if (hr == HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS))
    {
        if (FAILED(hr = disk->stat(disk, file->local_name, &local)) && !is_absent(hr)) return hr;
        if (SUCCEEDED(hr) && (local.directory || local.read_only)) return HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        hr = disk->publish(disk, file->temp_name, file->local_name, file->size, TRUE, file->time);
    }
    if (is_absent(hr) && file->again && SUCCEEDED(disk->stat(disk, file->local_name, &local)) && !local.directory && local.size == file->size)
    {
        /* The rename may have been the last thing before a crash. */
        disk->finish(disk, file->local_name, file->time, file->attributes);
        return S_OK;
    }
    if (SUCCEEDED(hr) && file->attributes) disk->finish(disk, file->local_name, file->time, file->attributes);
    return hr;
}

/* What was done to a file, and where. */
struct step
{
    const WCHAR *path;
    size_t folder_len;
    UINT32 folder_hash;         /* so that a job with thousands of folders is no matter */
    BOOL done;
};

static struct step *make_steps(const struct publish_list *list, BOOL local)
{
    struct step *steps;
    UINT32 i;
    size_t j;

    if (!(steps = calloc(list->count, sizeof(*steps)))) return NULL;
    for (i = 0; i < list->count; i++)
    {
        steps[i].path = local ? list->files[i].local_name : list->files[i].temp_name;
        steps[i].folder_len = folder_len(steps[i].path);
        for (j = 0; j < steps[i].folder_len; j++)
            steps[i].folder_hash = steps[i].folder_hash * 31 + str_fold(steps[i].path[j]);
    }
    return steps;
}

static BOOL same_folder(const struct step *a, const struct step *b)
{
    return a->folder_hash == b->folder_hash && a->folder_len == b->folder_len
           && !str_nicmp(a->path, b->path, a->folder_len);
}

/* Flushes the folder of every step that is done, each folder once. Where that fails they are not done. */
static HRESULT flush_folders(struct disk *disk, struct step *steps, UINT32 count)
{
    HRESULT hr, first = S_OK;
    UINT32 i, j;

    for (i = 0; i < count; i++)
    {
        if (!steps[i].done) continue;
        for (j = i; j && !(steps[j - 1].done && same_folder(&steps[j - 1], &steps[i])); j--) {}
        if (j) continue; /* flushed already */

        hr = publish_flush_dir(disk, steps[i].path);
        if (SUCCEEDED(hr) || is_absent(hr)) continue; /* without the folder there is no file either */
        if (SUCCEEDED(first)) first = hr;
        for (j = count; j-- > i;)
            if (same_folder(&steps[j], &steps[i])) steps[j].done = FALSE;
    }
    return first;
}

HRESULT publish_files(struct disk *disk, const struct publish_list *list, struct publish_outcome *outcome)
{
    struct step *steps;
    UINT32 i, renamed;
    HRESULT hr;

    memset(outcome, 0, sizeof(*outcome));
    outcome->failed = NO_FILE;
    if (!list->count) return S_OK;
    outcome->files = malloc(list->count * sizeof(*outcome->files));
    outcome->unsure = malloc(list->count * sizeof(*outcome->unsure));
    steps = make_steps(list, TRUE);
    if (!outcome->files || !outcome->unsure || !steps)
    {
        free(steps);
        publish_outcome_free(outcome);
        return E_OUTOFMEMORY;
    }

    for (renamed = 0; renamed < list->count; renamed++)
    {
        if (FAILED(hr = publish_one(disk, &list->files[renamed])))
        {
            outcome->hr = hr;
            outcome->failed = list->files[renamed].file;
            break;
        }
        steps[renamed].done = TRUE;
    }

    hr = flush_folders(disk, steps, renamed);
    for (i = 0; i < renamed; i++)
    {
        if (steps[i].done)
        {
            outcome->files[outcome->count++] = list->files[i].file;
            continue;
        }
        outcome->unsure[outcome->unsure_count++] = list->files[i].file;
        if (FAILED(outcome->hr)) continue;
        outcome->hr = hr;
        outcome->failed = list->files[i].file;
    }
    free(steps);
    return S_OK;
}

void publish_outcome_free(struct publish_outcome *outcome)
{
    free(outcome->files);
    free(outcome->unsure);
    memset(outcome, 0, sizeof(*outcome));
    outcome->failed = NO_FILE;
}

void discard_files(struct disk *disk, const struct publish_list *list, UINT32 *remain)
{
    struct step *steps;
    UINT32 i;

    *remain = 0;
    if (!list->count) return;
    if (!(steps = make_steps(list, FALSE)))
    {
        *remain = list->count;
        return;
    }
    for (i = 0; i < list->count; i++) steps[i].done = SUCCEEDED(disk->remove(disk, list->files[i].temp_name));
    flush_folders(disk, steps, list->count);
    for (i = 0; i < list->count; i++)
        if (!steps[i].done) ++*remain;
    free(steps);
}

/* Intent, act, outcome */

HRESULT publish_begin(const struct publish_owner *owner, const WCHAR *caller)
{
    struct record record = { RECORD_COMPLETING }, failed = { RECORD_COMPLETE_FAILED };
    UINT32 i, *files;
    BOOL completing;
    HRESULT hr;

    owner->enter(owner->ctx);
    completing = owner->job->completing;
    owner->leave(owner->ctx);
    /* An earlier one failed when the journal could not be written. */
    if (completing && FAILED(hr = owner->commit(owner->ctx, &failed))) return hr;

    owner->enter(owner->ctx);
    if ((files = malloc((owner->job->file_count + (size_t)1) * sizeof(*files))))
    {
        for (i = 0; i < owner->job->file_count; i++)
        {
            UINT32 flags = owner->job->files[i].flags;

            if ((flags & FILE_TRANSFERRED) && !(flags & FILE_PUBLISHED)) files[record.u.publish.count++] = i;
        }
    }
    owner->leave(owner->ctx);
    if (!files) return E_OUTOFMEMORY;
    record.u.publish.files = files;
    record.u.publish.caller = caller;
    hr = owner->commit(owner->ctx, &record);
    free(files);
    return hr;
}

HRESULT publish_clean(const struct publish_owner *owner)
{
    struct record record = { RECORD_CLEANED };
    struct publish_list list;
    UINT32 remain;
    HRESULT hr;

    owner->enter(owner->ctx);
    hr = publish_list_rest(owner->job, &list);
    owner->leave(owner->ctx);
    if (FAILED(hr)) return BG_S_UNABLE_TO_DELETE_FILES;     /* the next start tries again */
    discard_files(owner->disk, &list, &remain);
    publish_list_free(&list);
    if (remain) return BG_S_UNABLE_TO_DELETE_FILES;
    owner->append(owner->ctx, &record);                     /* what cannot be forgotten now is at the next start */
    return S_OK;
}

/* Renames what the intent covers and records what came of it. *file: the one that failed, NO_FILE if it was none of them. */
static HRESULT act(const struct publish_owner *owner, BOOL again, UINT32 *file)
{
    struct record published = { RECORD_PUBLISHED }, renamed = { RECORD_FILE_FLAGS };
    struct publish_outcome outcome;
    struct publish_list list;
    HRESULT hr, hr2;
    UINT32 i;

    *file = NO_FILE;
    owner->enter(owner->ctx);
    hr = publish_list_intent(owner->job, &list);
    owner->leave(owner->ctx);
    if (FAILED(hr)) return hr;
    for (i = 0; again && i < list.count; i++) list.files[i].again = TRUE;
    if (SUCCEEDED(hr = publish_files(owner->disk, &list, &outcome)))
    {
        hr = outcome.hr;
        *file = outcome.failed;
        published.u.publish.files = outcome.files;
        published.u.publish.count = outcome.count;
        if (outcome.count && FAILED(hr2 = owner->append(owner->ctx, &published)) && SUCCEEDED(hr)) hr = hr2;
        renamed.u.flags.set = FILE_RENAMED;
        for (i = 0; i < outcome.unsure_count; i++)
        {
            renamed.u.flags.file = outcome.unsure[i];
            owner->append(owner->ctx, &renamed);
        }
        publish_outcome_free(&outcome);
    }
    publish_list_free(&list);
    return hr;
}

static HRESULT carry_out(const struct publish_owner *owner, BOOL again)
{
    struct record done = { RECORD_COMPLETED }, failed = { RECORD_COMPLETE_FAILED };
    BOOL partial = FALSE;
    HRESULT hr;
    UINT32 i;

    owner->enter(owner->ctx);
    for (i = 0; i < owner->job->file_count; i++)
        if (!(owner->job->files[i].flags & FILE_TRANSFERRED)) partial = TRUE;
    owner->leave(owner->ctx);

    if (FAILED(hr = act(owner, again, &i)))
    {
        owner->commit(owner->ctx, &failed);                 /* JOB.Complete.9; unrecorded, publish_begin does it */
        return hr;
    }
    if (FAILED(hr = owner->commit(owner->ctx, &done))) return hr;   /* the intent is on disk: the next start goes on */
    hr = publish_clean(owner);
    return partial ? BG_S_PARTIAL_COMPLETE : hr;            /* BEH.STATE.80 */
}

HRESULT publish_complete(const struct publish_owner *owner)
{
    return carry_out(owner, FALSE);
}

HRESULT publish_cancel(const struct publish_owner *owner)
{
    struct record record = { RECORD_CANCELLED };
    HRESULT hr;

    if (FAILED(hr = owner->commit(owner->ctx, &record))) return hr;
    return publish_clean(owner);
}

static HRESULT hand_over(const struct publish_owner *owner, BOOL again, UINT32 *file)
{
    struct record over = { RECORD_COMPLETE_FAILED };
    HRESULT hr = act(owner, again, file);

    /* in the words of the journal: the intent is over, what was published stays so; unrecorded, publish_begin does it */
    owner->commit(owner->ctx, &over);
    return hr;
}

HRESULT publish_hand_over(const struct publish_owner *owner, UINT32 *file)
{
    return hand_over(owner, FALSE, file);
}

HRESULT publish_recover(const struct publish_owner *owner)
{
    UINT32 file;

    if (owner->job->completing && job_is_group(owner->job)) return hand_over(owner, TRUE, &file);
    return owner->job->completing ? carry_out(owner, TRUE) : publish_clean(owner);
}
