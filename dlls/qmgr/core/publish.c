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

#define LOOK_FROM 64            /* files in one folder: from there on a look through it beforehand costs less than what it saves */

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

HRESULT publish_one(struct disk *disk, struct disk_ahead *ahead, const struct publish_file *file, BOOL is_new)
{
    struct disk_stat local;
    HRESULT hr;

    if (!file->temp_name)
    {
        /* it was written in its place [BEH.HTTP.65] */
        if (FAILED(hr = disk->stat(disk, file->local_name, 0, &local))) return hr;
        if (local.directory) return HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        if (local.size != file->size) return HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
        disk->finish(disk, file->local_name, file->time, file->attributes);
        return S_OK;
    }
    hr = disk->publish(disk, ahead, file->temp_name, file->local_name, file->size, is_new ? DISK_EXACT : 0, file->time, file->attributes);
    if (hr == HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS))
    {
        if (FAILED(hr = disk->stat(disk, file->local_name, 0, &local)) && !is_absent(hr)) return hr;
        if (SUCCEEDED(hr) && (local.directory || local.read_only)) return HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        hr = disk->publish(disk, ahead, file->temp_name, file->local_name, file->size, DISK_REPLACE, file->time, file->attributes);
    }
    if (is_absent(hr) && file->again && SUCCEEDED(disk->stat(disk, file->local_name, 0, &local)) && !local.directory && local.size == file->size)
    {
        /* The rename may have been the last thing before a crash. */
        disk->finish(disk, file->local_name, file->time, file->attributes);
        return S_OK;
    }
    return hr;
}

/* What is done to a file, and where. */
struct step
{
    const WCHAR *path;
    WCHAR *folded;              /* the same, as names compare */
    size_t folder_len;
    BOOL is_new;                /* nothing of that name is there, in no spelling */
    BOOL done;
    HRESULT hr;                 /* why not */
};

struct steps
{
    struct step *all;           /* in the order they are taken */
    struct step **sorted;       /* by folder, then by name, then as in `all` */
    WCHAR *text;
    UINT32 count;
};

static int compare_folders(const struct step *a, const struct step *b)
{
    if (a->folder_len != b->folder_len) return a->folder_len < b->folder_len ? -1 : 1;
    return memcmp(a->folded, b->folded, a->folder_len * sizeof(*a->folded));
}

static const WCHAR *name_of(const struct step *step)
{
    const WCHAR *name = step->folded + step->folder_len;

    return *name == '\\' || *name == '/' ? name + 1 : name;
}

static int compare_steps(const void *ptr_a, const void *ptr_b)
{
    const struct step *a = *(struct step *const *)ptr_a, *b = *(struct step *const *)ptr_b;
    int diff;

    if (!(diff = compare_folders(a, b)) && !(diff = str_cmp(name_of(a), name_of(b)))) diff = a < b ? -1 : 1;
    return diff;
}

static void free_steps(struct steps *steps)
{
    free(steps->all);
    free(steps->sorted);
    free(steps->text);
}

static BOOL make_steps(struct disk *disk, const struct publish_list *list, BOOL local, struct steps *steps)
{
    size_t size = 0;
    WCHAR *text;
    UINT32 i;

    for (i = 0; i < list->count; i++) size += str_len(local ? list->files[i].local_name : list->files[i].temp_name) + 1;
    steps->count = list->count;
    steps->all = calloc(list->count, sizeof(*steps->all));
    steps->sorted = malloc(list->count * sizeof(*steps->sorted));
    steps->text = text = malloc(size * sizeof(*text));
    if (!steps->all || !steps->sorted || !text)
    {
        free_steps(steps);
        return FALSE;
    }
    for (i = 0; i < list->count; i++)
    {
        struct step *step = steps->sorted[i] = &steps->all[i];
        const WCHAR *p = step->path = local ? list->files[i].local_name : list->files[i].temp_name;

        step->folded = text;
        step->folder_len = folder_len(p);
        do *text++ = disk->fold(*p);
        while (*p++);
    }
    qsort(steps->sorted, steps->count, sizeof(*steps->sorted), compare_steps);
    return TRUE;
}

/* Behind the last one of the folder that `first` is in. */
static UINT32 folder_end(const struct steps *steps, UINT32 first)
{
    UINT32 end = first + 1;

    while (end < steps->count && !compare_folders(steps->sorted[first], steps->sorted[end])) end++;
    return end;
}

/* Flushes the folder of every step that is done, each folder once. Where that fails they are not done. */
static void flush_folders(struct disk *disk, struct steps *steps)
{
    UINT32 first, end, i;
    HRESULT hr;

    for (first = 0; first < steps->count; first = end)
    {
        end = folder_end(steps, first);
        for (i = first; i < end && !steps->sorted[i]->done; i++) {}
        if (i == end) continue;
        hr = publish_flush_dir(disk, steps->sorted[i]->path);
        if (SUCCEEDED(hr) || is_absent(hr)) continue; /* without the folder there is no file either */
        for (; i < end; i++)
        {
            if (!steps->sorted[i]->done) continue;
            steps->sorted[i]->done = FALSE;
            steps->sorted[i]->hr = hr;
        }
    }
}

/* Steps in one folder, sorted. */
struct in_folder
{
    struct disk *disk;
    struct step **steps;
    UINT32 count;
};

static HRESULT found_name(void *ctx, const WCHAR *found)
{
    const struct in_folder *in = ctx;
    UINT32 low = 0, high = in->count, mid;

    while (low < high)
    {
        struct step *step = in->steps[mid = low + (high - low) / 2];
        const WCHAR *name = name_of(step), *p = found;

        while (*p && *name == in->disk->fold(*p))
        {
            name++;
            p++;
        }
        if (!*name && !*p) step->is_new = FALSE;
        if (*name < in->disk->fold(*p)) low = mid + 1;
        else high = mid;
    }
    return S_OK;
}

/*
 * Looks through the folders for the names of many files at once, where the system would do so for each of them (WINE.FS.6).  What comes to be
 * there afterwards in the same spelling is found all the same, and in another one as it is when it comes between that look and a rename.
 */
static void find_new(struct disk *disk, struct steps *steps)
{
    UINT32 first, end, i;

    for (first = 0; first < steps->count; first = end)
    {
        struct in_folder in = { disk, steps->sorted + first };
        WCHAR *folder;
        HRESULT hr;

        end = folder_end(steps, first);
        if ((in.count = end - first) < LOOK_FROM) continue;
        if (!in.steps[0]->folder_len || !(folder = str_ndup(in.steps[0]->path, in.steps[0]->folder_len))) continue;
        /* of two names of ours that are one, the later one is not new */
        for (i = 0; i < in.count; i++) in.steps[i]->is_new = !i || str_cmp(name_of(in.steps[i - 1]), name_of(in.steps[i]));
        hr = disk->list(disk, folder, TRUE, found_name, &in);
        for (i = 0; FAILED(hr) && i < in.count; i++) in.steps[i]->is_new = FALSE;
        free(folder);
    }
}

HRESULT publish_files(struct disk *disk, const struct publish_list *list, struct publish_outcome *outcome)
{
    struct disk_ahead *ahead;
    const WCHAR **names;
    struct steps steps;
    UINT32 i, count, renamed;
    HRESULT hr;

    memset(outcome, 0, sizeof(*outcome));
    outcome->failed = NO_FILE;
    if (!list->count) return S_OK;
    outcome->files = malloc(list->count * sizeof(*outcome->files));
    outcome->unsure = malloc(list->count * sizeof(*outcome->unsure));
    names = malloc(list->count * sizeof(*names));
    if (!outcome->files || !outcome->unsure || !names || !make_steps(disk, list, TRUE, &steps))
    {
        free(names);
        publish_outcome_free(outcome);
        return E_OUTOFMEMORY;
    }

    find_new(disk, &steps);
    for (i = count = 0; i < list->count; i++)
        if (list->files[i].temp_name) names[count++] = list->files[i].temp_name;
    ahead = disk->begin_ahead(disk, names, count);
    for (renamed = 0; renamed < list->count; renamed++)
    {
        if (FAILED(hr = publish_one(disk, ahead, &list->files[renamed], steps.all[renamed].is_new)))
        {
            outcome->hr = hr;
            outcome->failed = list->files[renamed].file;
            break;
        }
        steps.all[renamed].done = TRUE;
    }
    disk->end_ahead(ahead);
    free(names);

    flush_folders(disk, &steps);
    for (i = 0; i < renamed; i++)
    {
        if (steps.all[i].done)
        {
            outcome->files[outcome->count++] = list->files[i].file;
            continue;
        }
        outcome->unsure[outcome->unsure_count++] = list->files[i].file;
        if (FAILED(outcome->hr)) continue;
        outcome->hr = steps.all[i].hr;
        outcome->failed = list->files[i].file;
    }
    free_steps(&steps);
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
    struct steps steps;
    UINT32 i;

    *remain = 0;
    if (!list->count) return;
    if (!make_steps(disk, list, FALSE, &steps))
    {
        *remain = list->count;
        return;
    }
    find_new(disk, &steps);
    for (i = 0; i < list->count; i++)
        steps.all[i].done = steps.all[i].is_new || SUCCEEDED(disk->remove(disk, list->files[i].temp_name)); /* is new: was never made */
    flush_folders(disk, &steps);
    for (i = 0; i < list->count; i++)
        if (!steps.all[i].done) ++*remain;
    free_steps(&steps);
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
    BOOL owed;
    HRESULT hr;

    owner->enter(owner->ctx);
    hr = publish_list_rest(owner->job, &list);
    owner->leave(owner->ctx);
    if (FAILED(hr)) return BG_S_UNABLE_TO_DELETE_FILES;     /* the next start tries again */
    discard_files(owner->disk, &list, &remain);
    publish_list_free(&list);
    if (remain) return BG_S_UNABLE_TO_DELETE_FILES;
    owner->enter(owner->ctx);
    owed = owner->job->upload.id != NULL;
    owner->leave(owner->ctx);
    if (owed) return S_OK;                                  /* who tells the server comes back [BUP.CANCEL.4] */
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
