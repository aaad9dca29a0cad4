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

        if (!file->temp_name || !want(file)) continue;
        copy->file = i;
        copy->size = file_received(file);
        copy->time = file->remote_time;
        copy->temp_name = str_dup(file->temp_name);
        copy->local_name = str_dup(file->local_name);
        list->count++;
        if (copy->temp_name && copy->local_name) continue;
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
    return !(file->flags & FILE_PUBLISHED);
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

HRESULT publish_one(struct disk *disk, const WCHAR *temp_name, const WCHAR *local_name, UINT64 size, UINT64 time)
{
    struct disk_stat temp, local;
    HRESULT hr, local_hr;

    hr = disk->stat(disk, temp_name, &temp);
    local_hr = disk->stat(disk, local_name, &local);
    if (is_absent(hr) && SUCCEEDED(local_hr) && !local.directory && local.size == size)
    {
        /* The rename may have been the last thing before a crash. */
        disk->finish(disk, local_name, time);
        return S_OK;
    }
    if (FAILED(hr)) return hr;
    if (temp.size != size) return HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
    if (SUCCEEDED(local_hr) && (local.directory || local.read_only)) return HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
    if (FAILED(hr = disk->rename(disk, temp_name, local_name))) return hr;
    disk->finish(disk, local_name, time);
    return S_OK;
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
    steps = make_steps(list, TRUE);
    if (!outcome->files || !steps)
    {
        free(steps);
        publish_outcome_free(outcome);
        return E_OUTOFMEMORY;
    }

    for (renamed = 0; renamed < list->count; renamed++)
    {
        const struct publish_file *file = &list->files[renamed];

        if (FAILED(hr = publish_one(disk, file->temp_name, file->local_name, file->size, file->time)))
        {
            outcome->hr = hr;
            outcome->failed = file->file;
            break;
        }
        steps[renamed].done = TRUE;
    }

    hr = flush_folders(disk, steps, renamed);
    for (i = 0; i < renamed; i++)
    {
        if (steps[i].done) outcome->files[outcome->count++] = list->files[i].file;
        else if (SUCCEEDED(outcome->hr))
        {
            outcome->hr = hr;
            outcome->failed = list->files[i].file;
        }
    }
    free(steps);
    return S_OK;
}

void publish_outcome_free(struct publish_outcome *outcome)
{
    free(outcome->files);
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
