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

static BOOL same_folder(const WCHAR *a, const WCHAR *b)
{
    size_t len = folder_len(a);

    return len == folder_len(b) && !str_nicmp(a, b, len);
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

/*
 * Flushes every folder of the first `count` files once, done[i] going from TRUE to FALSE where that failed.  Files of one folder
 * usually follow each other, so the look back is short.
 */
static HRESULT flush_folders(struct disk *disk, const struct publish_list *list, UINT32 count, BOOL local, BOOL *done)
{
    HRESULT hr, first = S_OK;
    UINT32 i, j;

    for (i = 0; i < count; i++)
    {
        const WCHAR *path = local ? list->files[i].local_name : list->files[i].temp_name;

        if (!done[i]) continue;
        for (j = i; j--;)
            if (same_folder(local ? list->files[j].local_name : list->files[j].temp_name, path)) break;
        if (j != (UINT32)-1) continue; /* its first file has seen to it */
        if (SUCCEEDED(hr = publish_flush_dir(disk, path))) continue;

        if (SUCCEEDED(first)) first = hr;
        for (j = i; j < count; j++)
            if (same_folder(local ? list->files[j].local_name : list->files[j].temp_name, path)) done[j] = FALSE;
    }
    return first;
}

HRESULT publish_files(struct disk *disk, const struct publish_list *list, struct publish_outcome *outcome)
{
    UINT32 i, renamed;
    BOOL *done;
    HRESULT hr;

    memset(outcome, 0, sizeof(*outcome));
    outcome->failed = NO_FILE;
    if (!list->count) return S_OK;
    outcome->files = malloc(list->count * sizeof(*outcome->files));
    done = malloc(list->count * sizeof(*done));
    if (!outcome->files || !done)
    {
        free(done);
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
        done[renamed] = TRUE;
    }

    hr = flush_folders(disk, list, renamed, TRUE, done);
    for (i = 0; i < renamed; i++)
    {
        if (done[i]) outcome->files[outcome->count++] = list->files[i].file;
        else if (SUCCEEDED(outcome->hr))
        {
            outcome->hr = hr;
            outcome->failed = list->files[i].file;
        }
    }
    free(done);
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
    BOOL *done;
    UINT32 i;

    *remain = 0;
    if (!list->count) return;
    if (!(done = malloc(list->count * sizeof(*done))))
    {
        *remain = list->count;
        return;
    }
    for (i = 0; i < list->count; i++) done[i] = SUCCEEDED(disk->remove(disk, list->files[i].temp_name));
    flush_folders(disk, list, list->count, FALSE, done);
    for (i = 0; i < list->count; i++)
        if (!done[i]) ++*remain;
    free(done);
}
