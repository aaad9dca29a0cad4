/*
 * A disk in memory that loses what was not flushed
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


#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "fakedisk.h"
#include "core/str.h"

#define SECTOR 512
#define HR_DEAD ((HRESULT)0x80070015)       /* ERROR_NOT_READY */
#define HR_FULL ((HRESULT)0x80070070)       /* ERROR_DISK_FULL */

struct content
{
    BYTE *data;
    size_t size;
};

struct change                               /* to a file, not flushed */
{
    UINT64 serial;                          /* among all that were made */
    BOOL is_size;                           /* else a write */
    UINT64 offset;                          /* or the new size */
    struct content content;
};

struct inode
{
    UINT32 refs;                            /* names, kinds of names and handles */
    struct content live, durable;
    struct change *changes;
    UINT32 change_count;
    UINT64 time;
    BOOL hidden, read_only;
};

struct name
{
    WCHAR *path;
    struct inode *inode;
};

struct names
{
    struct name *list;
    UINT32 count;
};

struct name_change                          /* not flushed */
{
    UINT64 serial;
    WCHAR *folder;                          /* whose flush makes it durable */
    WCHAR *gone;                            /* or NULL */
    WCHAR *come;                            /* or NULL */
    struct inode *inode;                    /* behind come */
};

struct failure
{
    UINT32 skip, times;
    HRESULT hr;
};

struct fakedisk
{
    struct disk disk;
    pthread_mutex_t mutex;
    struct names live, durable;
    struct name_change *changes;
    UINT32 change_count;
    UINT64 done, limit;
    BOOL dead;
    UINT32 epoch;                           /* reboots: handles of an earlier one are useless */
    UINT64 capacity;
    UINT32 flush_msec;
    UINT64 counts[FAKE_OP_COUNT];
    struct failure failures[FAKE_OP_COUNT];
    UINT32 open_files;
    UINT32 kept;                            /* files that were given back to be kept, and may be */
};

struct disk_file
{
    struct fakedisk *fake;
    struct inode *inode;
    UINT32 epoch;
    BOOL writable;
    BOOL keep;
};

static void *need(void *memory)
{
    if (!memory) abort();
    return memory;
}

static struct fakedisk *fake_of(struct disk *disk)
{
    return (struct fakedisk *)((char *)disk - offsetof(struct fakedisk, disk));
}

static UINT64 next_random(UINT64 *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed >> 11;
}

/* Contents */

static void copy_content(struct content *to, const struct content *from)
{
    free(to->data);
    to->size = from->size;
    to->data = NULL;
    if (!from->size) return;
    to->data = need(malloc(from->size));
    memcpy(to->data, from->data, from->size);
}

static void resize(struct content *content, size_t size)
{
    if (size > content->size)
    {
        content->data = need(realloc(content->data, size));
        memset(content->data + content->size, 0, size - content->size);
    }
    content->size = size;
}

static void write_at(struct content *content, UINT64 offset, const void *data, size_t size)
{
    if (!size) return;
    if (offset + size > content->size) resize(content, (size_t)offset + size);
    memcpy(content->data + offset, data, size);
}

static void drop_changes(struct inode *inode)
{
    UINT32 i;

    for (i = 0; i < inode->change_count; i++) free(inode->changes[i].content.data);
    free(inode->changes);
    inode->changes = NULL;
    inode->change_count = 0;
}

static void release_inode(struct inode *inode)
{
    if (--inode->refs) return;
    drop_changes(inode);
    free(inode->live.data);
    free(inode->durable.data);
    free(inode);
}

static UINT64 last_serial;                  /* of all disks; atomic */

static struct change *add_change(struct inode *inode)
{
    inode->changes = need(realloc(inode->changes, (inode->change_count + 1) * sizeof(*inode->changes)));
    memset(&inode->changes[inode->change_count], 0, sizeof(*inode->changes));
    inode->changes[inode->change_count].serial = __atomic_add_fetch(&last_serial, 1, __ATOMIC_RELAXED);
    return &inode->changes[inode->change_count++];
}

/* Names */

static struct name *find_name(struct names *names, const WCHAR *path)
{
    UINT32 i;

    for (i = 0; i < names->count; i++)
        if (!str_icmp(names->list[i].path, path)) return &names->list[i];
    return NULL;
}

static void unset_name(struct names *names, const WCHAR *path)
{
    struct name *name = find_name(names, path);

    if (!name) return;
    release_inode(name->inode);
    free(name->path);
    *name = names->list[--names->count];
}

static void set_name(struct names *names, const WCHAR *path, struct inode *inode)
{
    inode->refs++;
    unset_name(names, path);
    names->list = need(realloc(names->list, (names->count + 1) * sizeof(*names->list)));
    names->list[names->count].path = need(str_dup(path));
    names->list[names->count++].inode = inode;
}

static void clear_names(struct names *names)
{
    while (names->count) unset_name(names, names->list[names->count - 1].path);
    free(names->list);
    names->list = NULL;
}

static WCHAR *folder_of(const WCHAR *path)
{
    size_t len = str_len(path);

    while (len && path[len - 1] != '\\') len--;
    if (len) len--;
    return need(str_ndup(path, len));
}

static void apply_name_change(struct names *names, const struct name_change *change)
{
    if (change->gone) unset_name(names, change->gone);
    if (change->come) set_name(names, change->come, change->inode);
}

static void free_name_change(struct name_change *change)
{
    free(change->folder);
    free(change->gone);
    free(change->come);
    if (change->inode) release_inode(change->inode);
}

static void change_name(struct fakedisk *fake, const WCHAR *gone, const WCHAR *come, struct inode *inode)
{
    struct name_change *change;

    fake->changes = need(realloc(fake->changes, (fake->change_count + 1) * sizeof(*fake->changes)));
    change = &fake->changes[fake->change_count++];
    change->serial = __atomic_add_fetch(&last_serial, 1, __ATOMIC_RELAXED);
    change->folder = folder_of(come ? come : gone);
    change->gone = gone ? need(str_dup(gone)) : NULL;
    change->come = come ? need(str_dup(come)) : NULL;
    change->inode = inode;
    if (inode) inode->refs++;
    apply_name_change(&fake->live, change);
}

/* Operations */

static HRESULT enter(struct fakedisk *fake, enum fake_op op, BOOL changes)
{
    struct failure *failure = &fake->failures[op];

    pthread_mutex_lock(&fake->mutex);
    if (changes && !fake->dead && fake->done >= fake->limit) fake->dead = TRUE;
    if (fake->dead) return HR_DEAD;
    fake->counts[op]++;
    if (changes) fake->done++;
    if (!failure->times) return S_OK;
    if (failure->skip)
    {
        failure->skip--;
        return S_OK;
    }
    failure->times--;
    return failure->hr;
}

static HRESULT enter_file(struct disk_file *file, enum fake_op op, BOOL changes)
{
    HRESULT hr = enter(file->fake, op, changes);

    if (SUCCEEDED(hr) && file->epoch != file->fake->epoch) hr = HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE);
    if (SUCCEEDED(hr) && changes && op != FAKE_FLUSH && !file->writable) hr = E_ACCESSDENIED;
    return hr;
}

static HRESULT leave(struct fakedisk *fake, HRESULT hr)
{
    pthread_mutex_unlock(&fake->mutex);
    return hr;
}

static BOOL has_space(struct fakedisk *fake, const struct inode *grown, UINT64 size)
{
    UINT64 total = size > grown->live.size ? size - grown->live.size : 0;
    UINT32 i;

    if (!total || fake->capacity == (UINT64)-1) return TRUE;
    for (i = 0; i < fake->live.count; i++) total += fake->live.list[i].inode->live.size;
    return total <= fake->capacity;
}

static void resize_file(struct inode *inode, UINT64 size)
{
    struct change *change = add_change(inode);

    change->is_size = TRUE;
    change->offset = size;
    resize(&inode->live, (size_t)size);
}

static HRESULT fake_open(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_file **ret)
{
    struct fakedisk *fake = fake_of(disk);
    struct name *name;
    struct inode *inode;
    struct disk_file *file;
    BOOL changes = !!(flags & (DISK_CREATE | DISK_CREATE_NEW | DISK_TRUNCATE));
    HRESULT hr;

    *ret = NULL;
    hr = enter(fake, changes ? FAKE_CREATE : FAKE_OPEN, changes);
    if (FAILED(hr)) return leave(fake, hr);

    name = find_name(&fake->live, path);
    if (name && flags & DISK_CREATE_NEW) return leave(fake, HRESULT_FROM_WIN32(ERROR_FILE_EXISTS));
    if (!name && !(flags & (DISK_CREATE | DISK_CREATE_NEW))) return leave(fake, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND));
    if (name)
    {
        inode = name->inode;
        if (inode->read_only && flags & DISK_WRITE) return leave(fake, E_ACCESSDENIED);
        if (flags & DISK_TRUNCATE) resize_file(inode, 0);
    }
    else
    {
        inode = need(calloc(1, sizeof(*inode)));
        inode->hidden = !!(flags & DISK_HIDDEN);
        change_name(fake, NULL, path, inode);
    }

    file = need(calloc(1, sizeof(*file)));
    file->fake = fake;
    file->inode = inode;
    file->epoch = fake->epoch;
    file->writable = !!(flags & DISK_WRITE);
    file->keep = !!(flags & DISK_KEEP);
    inode->refs++;
    fake->open_files++;
    *ret = file;
    return leave(fake, S_OK);
}

static void fake_close(struct disk_file *file)
{
    struct fakedisk *fake = file->fake;

    pthread_mutex_lock(&fake->mutex);
    if (file->epoch == fake->epoch) fake->open_files--;
    release_inode(file->inode);
    free(file);
    pthread_mutex_unlock(&fake->mutex);
}

static void fake_keep(struct disk_file *file, const WCHAR *path)
{
    struct fakedisk *fake = file->fake;

    pthread_mutex_lock(&fake->mutex);
    if (file->keep) fake->kept++;
    pthread_mutex_unlock(&fake->mutex);
    fake_close(file);
}

static void fake_let_go(struct disk *disk, const WCHAR *path)
{
}

static HRESULT fake_read(struct disk_file *file, UINT64 offset, void *buffer, UINT32 size, UINT32 *got)
{
    struct content *content = &file->inode->live;
    HRESULT hr = enter_file(file, FAKE_READ, FALSE);

    *got = 0;
    if (SUCCEEDED(hr) && offset < content->size)
    {
        *got = content->size - offset < size ? (UINT32)(content->size - offset) : size;
        memcpy(buffer, content->data + offset, *got);
    }
    return leave(file->fake, hr);
}

static HRESULT fake_write(struct disk_file *file, UINT64 offset, const void *buffer, UINT32 size)
{
    struct change *change;
    HRESULT hr = enter_file(file, FAKE_WRITE, TRUE);

    if (SUCCEEDED(hr) && !has_space(file->fake, file->inode, offset + size)) hr = HR_FULL;
    if (SUCCEEDED(hr) && size)
    {
        change = add_change(file->inode);
        change->offset = offset;
        change->content.size = size;
        change->content.data = need(malloc(size));
        memcpy(change->content.data, buffer, size);
        write_at(&file->inode->live, offset, buffer, size);
    }
    return leave(file->fake, hr);
}

static HRESULT fake_set_size(struct disk_file *file, UINT64 size)
{
    HRESULT hr = enter_file(file, FAKE_SET_SIZE, TRUE);

    if (SUCCEEDED(hr) && !has_space(file->fake, file->inode, size)) hr = HR_FULL;
    if (SUCCEEDED(hr)) resize_file(file->inode, size);
    return leave(file->fake, hr);
}

static HRESULT fake_reserve(struct disk_file *file, UINT64 size)
{
    HRESULT hr = enter_file(file, FAKE_RESERVE, TRUE);

    if (SUCCEEDED(hr) && !has_space(file->fake, file->inode, size)) hr = HR_FULL;
    if (SUCCEEDED(hr) && size > file->inode->live.size) resize_file(file->inode, size);
    return leave(file->fake, hr);
}

static HRESULT fake_get_size(struct disk_file *file, UINT64 *size)
{
    HRESULT hr = enter_file(file, FAKE_READ, FALSE);

    if (SUCCEEDED(hr)) *size = file->inode->live.size;
    return leave(file->fake, hr);
}

static void wait_msec(UINT32 msec)
{
    struct timespec time = { msec / 1000, msec % 1000 * 1000000 };

    nanosleep(&time, NULL);
}

static HRESULT fake_flush(struct disk_file *file)
{
    HRESULT hr = enter_file(file, FAKE_FLUSH, TRUE);
    UINT32 msec = file->fake->flush_msec;

    if (SUCCEEDED(hr))
    {
        copy_content(&file->inode->durable, &file->inode->live);
        drop_changes(file->inode);
    }
    leave(file->fake, hr);
    if (msec) wait_msec(msec);
    return hr;
}

static HRESULT fake_rename(struct disk *disk, const WCHAR *from, const WCHAR *to)
{
    struct fakedisk *fake = fake_of(disk);
    struct name *name;
    HRESULT hr = enter(fake, FAKE_RENAME, TRUE);

    if (SUCCEEDED(hr) && !(name = find_name(&fake->live, from))) hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    if (SUCCEEDED(hr)) change_name(fake, from, to, name->inode);
    return leave(fake, hr);
}

static HRESULT fake_remove(struct disk *disk, const WCHAR *path)
{
    struct fakedisk *fake = fake_of(disk);
    HRESULT hr = enter(fake, FAKE_REMOVE, TRUE);

    if (SUCCEEDED(hr) && find_name(&fake->live, path)) change_name(fake, path, NULL, NULL);
    return leave(fake, hr);
}

static HRESULT fake_stat(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_stat *stat)
{
    struct fakedisk *fake = fake_of(disk);
    struct name *name;
    HRESULT hr = enter(fake, FAKE_READ, FALSE);

    memset(stat, 0, sizeof(*stat));
    if (SUCCEEDED(hr) && !(name = find_name(&fake->live, path))) hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    if (SUCCEEDED(hr))
    {
        stat->size = name->inode->live.size;
        stat->write_time = name->inode->time;
        stat->read_only = name->inode->read_only;
    }
    return leave(fake, hr);
}

static HRESULT fake_flush_dir(struct disk *disk, const WCHAR *path)
{
    struct fakedisk *fake = fake_of(disk);
    UINT32 i, kept = 0;
    HRESULT hr = enter(fake, FAKE_FLUSH_DIR, TRUE);

    for (i = 0; SUCCEEDED(hr) && i < fake->change_count; i++)
    {
        if (str_icmp(fake->changes[i].folder, path))
        {
            fake->changes[kept++] = fake->changes[i];
            continue;
        }
        apply_name_change(&fake->durable, &fake->changes[i]);
        free_name_change(&fake->changes[i]);
    }
    if (SUCCEEDED(hr)) fake->change_count = kept;
    return leave(fake, hr);
}

static HRESULT fake_list(struct disk *disk, const WCHAR *dir, BOOL all, HRESULT (*found)(void *ctx, const WCHAR *name), void *ctx)
{
    struct fakedisk *fake = fake_of(disk);
    size_t len = str_len(dir);
    WCHAR **names = NULL;
    UINT32 i, count = 0;
    HRESULT hr;

    /* The callback may come back in, so the names are copied first. */
    hr = enter(fake, FAKE_LIST, FALSE);
    for (i = 0; SUCCEEDED(hr) && i < fake->live.count; i++)
    {
        const WCHAR *path = fake->live.list[i].path;

        if (str_nicmp(path, dir, len) || path[len] != '\\' || str_chr(path + len + 1, '\\')) continue;
        names = need(realloc(names, (count + 1) * sizeof(*names)));
        names[count++] = need(str_dup(path + len + 1));
    }
    leave(fake, hr);
    for (i = 0; i < count; i++)
    {
        if (SUCCEEDED(hr)) hr = found(ctx, names[i]);
        free(names[i]);
    }
    free(names);
    return hr;
}

static HRESULT fake_finish(struct disk *disk, const WCHAR *path, UINT64 time, UINT32 attributes)
{
    struct fakedisk *fake = fake_of(disk);
    struct name *name;
    HRESULT hr = enter(fake, FAKE_FINISH, TRUE);

    if (SUCCEEDED(hr) && !(name = find_name(&fake->live, path))) hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    if (SUCCEEDED(hr))
    {
        name->inode->hidden = FALSE;
        if (time) name->inode->time = time;
    }
    return leave(fake, hr);
}

struct disk_ahead
{
    const WCHAR *const *names;
    UINT32 count, taken;
};

static struct disk_ahead *fake_begin_ahead(struct disk *disk, const WCHAR *const *names, UINT32 count)
{
    struct disk_ahead *ahead = need(calloc(1, sizeof(*ahead)));

    ahead->names = names;
    ahead->count = count;
    return ahead;
}

static void fake_end_ahead(struct disk_ahead *ahead)
{
    free(ahead);
}

/* Each name once and in its turn, or once more. */
static BOOL is_promised(struct disk_ahead *ahead, const WCHAR *name)
{
    if (ahead->taken < ahead->count && ahead->names[ahead->taken] == name)
    {
        ahead->taken++;
        return TRUE;
    }
    return ahead->taken && ahead->names[ahead->taken - 1] == name;
}

static HRESULT fake_publish(struct disk *disk, struct disk_ahead *ahead, const WCHAR *from, const WCHAR *to, UINT64 size, UINT32 flags, UINT64 time, UINT32 attributes)
{
    struct fakedisk *fake = fake_of(disk);
    struct name *name = NULL, *there;
    HRESULT hr = enter(fake, FAKE_RENAME, TRUE);

    if (ahead && !is_promised(ahead, from)) hr = E_UNEXPECTED;
    if (flags & DISK_EXACT)
    {
        fake->counts[FAKE_EXACT]++;
        if ((there = find_name(&fake->live, to)) && str_cmp(there->path, to)) hr = E_UNEXPECTED; /* Wine would have two files */
    }
    if (SUCCEEDED(hr) && !(name = find_name(&fake->live, from))) hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    if (SUCCEEDED(hr) && name->inode->live.size != size) hr = HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
    if (SUCCEEDED(hr) && !(flags & DISK_REPLACE) && find_name(&fake->live, to)) hr = HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS);
    if (SUCCEEDED(hr)) change_name(fake, from, to, name->inode);
    hr = leave(fake, hr);
    if (SUCCEEDED(hr)) fake_finish(disk, to, time, attributes);
    return hr;
}

/* Life */

struct fakedisk *fakedisk_create(void)
{
    static const struct disk operations =
    {
        fake_open, fake_close, fake_keep, fake_let_go, fake_read, fake_write, fake_set_size, fake_reserve, fake_get_size, fake_flush, fake_rename,
        fake_publish, fake_begin_ahead, fake_end_ahead, fake_remove, fake_stat, fake_flush_dir, fake_list, str_fold, fake_finish
    };
    struct fakedisk *fake = need(calloc(1, sizeof(*fake)));

    fake->disk = operations;
    pthread_mutex_init(&fake->mutex, NULL);
    fake->limit = fake->capacity = (UINT64)-1;
    return fake;
}

static void clear(struct fakedisk *fake)
{
    UINT32 i;

    for (i = 0; i < fake->change_count; i++) free_name_change(&fake->changes[i]);
    free(fake->changes);
    fake->changes = NULL;
    fake->change_count = 0;
    clear_names(&fake->live);
    clear_names(&fake->durable);
}

void fakedisk_free(struct fakedisk *fake)
{
    clear(fake);
    pthread_mutex_destroy(&fake->mutex);
    free(fake);
}

struct disk *fakedisk_disk(struct fakedisk *fake)
{
    return &fake->disk;
}

/* Pairs of an inode and its copy. */
struct copies
{
    struct inode **from, **to;
    UINT32 count;
};

static struct inode *copy_inode(struct copies *copies, const struct inode *from)
{
    struct inode *to;
    UINT32 i;

    if (!from) return NULL;
    for (i = 0; i < copies->count; i++)
        if (copies->from[i] == from) return copies->to[i];

    to = need(calloc(1, sizeof(*to)));
    copy_content(&to->live, &from->live);
    copy_content(&to->durable, &from->durable);
    for (i = 0; i < from->change_count; i++)
    {
        struct change *change = add_change(to);

        change->serial = from->changes[i].serial;
        change->is_size = from->changes[i].is_size;
        change->offset = from->changes[i].offset;
        copy_content(&change->content, &from->changes[i].content);
    }
    to->time = from->time;
    to->hidden = from->hidden;
    to->read_only = from->read_only;

    copies->from = need(realloc(copies->from, (copies->count + 1) * sizeof(*copies->from)));
    copies->to = need(realloc(copies->to, (copies->count + 1) * sizeof(*copies->to)));
    copies->from[copies->count] = (struct inode *)from;
    copies->to[copies->count++] = to;
    return to;
}

struct fakedisk *fakedisk_clone(struct fakedisk *fake)
{
    struct fakedisk *clone = fakedisk_create();
    struct copies copies = {0};
    UINT32 i;

    pthread_mutex_lock(&fake->mutex);
    for (i = 0; i < fake->live.count; i++)
        set_name(&clone->live, fake->live.list[i].path, copy_inode(&copies, fake->live.list[i].inode));
    for (i = 0; i < fake->durable.count; i++)
        set_name(&clone->durable, fake->durable.list[i].path, copy_inode(&copies, fake->durable.list[i].inode));
    clone->changes = need(calloc(fake->change_count + 1, sizeof(*clone->changes)));
    for (i = 0; i < fake->change_count; i++)
    {
        struct name_change *to = &clone->changes[i], *from = &fake->changes[i];

        to->serial = from->serial;
        to->folder = need(str_dup(from->folder));
        to->gone = from->gone ? need(str_dup(from->gone)) : NULL;
        to->come = from->come ? need(str_dup(from->come)) : NULL;
        if ((to->inode = copy_inode(&copies, from->inode))) to->inode->refs++;
    }
    clone->change_count = fake->change_count;
    clone->dead = fake->dead;
    clone->capacity = fake->capacity;
    clone->done = fake->done;
    pthread_mutex_unlock(&fake->mutex);
    free(copies.from);
    free(copies.to);
    return clone;
}

void fakedisk_die_after(struct fakedisk *fake, UINT64 changes)
{
    pthread_mutex_lock(&fake->mutex);
    fake->limit = changes == (UINT64)-1 ? changes : fake->done + changes;
    pthread_mutex_unlock(&fake->mutex);
}

BOOL fakedisk_is_dead(struct fakedisk *fake)
{
    BOOL dead;

    pthread_mutex_lock(&fake->mutex);
    dead = fake->dead;
    pthread_mutex_unlock(&fake->mutex);
    return dead;
}

static void tear(struct content *content, const struct change *change, UINT64 *seed)
{
    UINT64 offset = change->offset, end = change->offset + change->content.size, next;

    for (; offset < end; offset = next)
    {
        next = (offset / SECTOR + 1) * SECTOR;
        if (next > end) next = end;
        if (next_random(seed) & 1)
            write_at(content, offset, change->content.data + (offset - change->offset), (size_t)(next - offset));
    }
}

/* What is not flushed, as serial numbers, in order. */
struct serials
{
    UINT64 *list;
    UINT32 count;
};

static void add_serial(struct serials *serials, UINT64 serial)
{
    UINT32 i;

    for (i = serials->count; i && serials->list[i - 1] >= serial; i--)
        if (serials->list[i - 1] == serial) return;
    serials->list = need(realloc(serials->list, (serials->count + 1) * sizeof(*serials->list)));
    memmove(serials->list + i + 1, serials->list + i, (serials->count++ - i) * sizeof(*serials->list));
    serials->list[i] = serial;
}

static void add_serials(struct serials *serials, const struct inode *inode)
{
    UINT32 i;

    for (i = 0; inode && i < inode->change_count; i++) add_serial(serials, inode->changes[i].serial);
}

static void list_serials(const struct fakedisk *fake, struct serials *serials)
{
    UINT32 i;

    memset(serials, 0, sizeof(*serials));
    for (i = 0; i < fake->live.count; i++) add_serials(serials, fake->live.list[i].inode);
    for (i = 0; i < fake->durable.count; i++) add_serials(serials, fake->durable.list[i].inode);
    for (i = 0; i < fake->change_count; i++)
    {
        add_serial(serials, fake->changes[i].serial);
        add_serials(serials, fake->changes[i].inode);
    }
}

static BOOL is_kept(const struct serials *serials, UINT64 mask, UINT64 serial)
{
    UINT32 i;

    for (i = 0; i < serials->count && i < 64; i++)
        if (serials->list[i] == serial) return !!(mask >> i & 1);
    return FALSE;
}

UINT32 fakedisk_unflushed(struct fakedisk *fake)
{
    struct serials serials;

    pthread_mutex_lock(&fake->mutex);
    list_serials(fake, &serials);
    pthread_mutex_unlock(&fake->mutex);
    free(serials.list);
    return serials.count;
}

static void lose_data(struct inode *inode, enum fake_loss loss, UINT64 *seed, const struct serials *serials)
{
    struct content survivor = {0};
    UINT32 i, keep = inode->change_count;

    if (!inode->change_count) return;
    copy_content(&survivor, &inode->durable);
    if (loss == FAKE_LOSE_ALL || loss == FAKE_LOSE_DATA) keep = 0;
    if (loss == FAKE_LOSE_LATEST) keep = next_random(seed) % (inode->change_count + 1);
    for (i = 0; i < keep; i++)
    {
        const struct change *change = &inode->changes[i];
        BOOL some = loss == FAKE_LOSE_SOME || loss == FAKE_TEAR;

        if (loss == FAKE_KEEP_MASK && !is_kept(serials, *seed, change->serial)) continue;
        if (change->is_size)
        {
            if (!some || next_random(seed) & 1) resize(&survivor, (size_t)change->offset);
        }
        else if (loss == FAKE_TEAR) tear(&survivor, change, seed);
        else if (!some || next_random(seed) & 1)
            write_at(&survivor, change->offset, change->content.data, change->content.size);
    }
    drop_changes(inode);
    free(inode->live.data);
    inode->live = survivor;
    copy_content(&inode->durable, &survivor);
}

void fakedisk_reboot(struct fakedisk *fake, enum fake_loss loss, UINT64 seed)
{
    UINT32 i, keep = fake->change_count;
    struct serials serials;

    pthread_mutex_lock(&fake->mutex);
    list_serials(fake, &serials);
    if (loss != FAKE_KEEP_MASK) seed = seed * 2 + 1;
    for (i = 0; i < 8 && loss != FAKE_KEEP_MASK; i++) next_random(&seed);

    if (loss == FAKE_LOSE_ALL || loss == FAKE_LOSE_NAMES) keep = 0;
    if (loss == FAKE_LOSE_LATEST || loss == FAKE_TEAR) keep = next_random(&seed) % (fake->change_count + 1);
    for (i = 0; i < fake->change_count; i++)
    {
        if (loss == FAKE_KEEP_MASK && !is_kept(&serials, seed, fake->changes[i].serial)) {}
        else if (i < keep && (loss != FAKE_LOSE_SOME || next_random(&seed) & 1)) apply_name_change(&fake->durable, &fake->changes[i]);
        free_name_change(&fake->changes[i]);
    }
    fake->change_count = 0;

    clear_names(&fake->live);
    for (i = 0; i < fake->durable.count; i++)
    {
        lose_data(fake->durable.list[i].inode, loss, &seed, &serials);
        set_name(&fake->live, fake->durable.list[i].path, fake->durable.list[i].inode);
    }
    fake->dead = FALSE;
    fake->limit = (UINT64)-1;
    fake->epoch++;
    fake->open_files = 0;
    memset(fake->failures, 0, sizeof(fake->failures));
    pthread_mutex_unlock(&fake->mutex);
    free(serials.list);
}

void fakedisk_fail(struct fakedisk *fake, enum fake_op op, UINT32 skip, UINT32 times, HRESULT hr)
{
    pthread_mutex_lock(&fake->mutex);
    fake->failures[op].skip = skip;
    fake->failures[op].times = times;
    fake->failures[op].hr = hr;
    pthread_mutex_unlock(&fake->mutex);
}

void fakedisk_set_capacity(struct fakedisk *fake, UINT64 octets)
{
    pthread_mutex_lock(&fake->mutex);
    fake->capacity = octets;
    pthread_mutex_unlock(&fake->mutex);
}

void fakedisk_set_flush_msec(struct fakedisk *fake, UINT32 msec)
{
    pthread_mutex_lock(&fake->mutex);
    fake->flush_msec = msec;
    pthread_mutex_unlock(&fake->mutex);
}

UINT64 fakedisk_count(struct fakedisk *fake, enum fake_op op)
{
    UINT64 count;

    pthread_mutex_lock(&fake->mutex);
    count = fake->counts[op];
    pthread_mutex_unlock(&fake->mutex);
    return count;
}

void fakedisk_put(struct fakedisk *fake, const WCHAR *path, const void *data, size_t size)
{
    struct inode *inode = need(calloc(1, sizeof(*inode)));

    write_at(&inode->live, 0, data, size);
    copy_content(&inode->durable, &inode->live);
    pthread_mutex_lock(&fake->mutex);
    set_name(&fake->live, path, inode);
    set_name(&fake->durable, path, inode);
    pthread_mutex_unlock(&fake->mutex);
}

static struct inode *find_inode(struct fakedisk *fake, const WCHAR *path)
{
    struct name *name;
    struct inode *inode;

    pthread_mutex_lock(&fake->mutex);
    name = find_name(&fake->live, path);
    inode = name ? name->inode : NULL;
    pthread_mutex_unlock(&fake->mutex);
    return inode;
}

BOOL fakedisk_get(struct fakedisk *fake, const WCHAR *path, const BYTE **data, size_t *size)
{
    struct inode *inode = find_inode(fake, path);

    *data = inode ? inode->live.data : NULL;
    *size = inode ? inode->live.size : 0;
    return inode != NULL;
}

void fakedisk_set_read_only(struct fakedisk *fake, const WCHAR *path, BOOL read_only)
{
    struct inode *inode = find_inode(fake, path);

    if (inode) inode->read_only = read_only;
}

BOOL fakedisk_is_hidden(struct fakedisk *fake, const WCHAR *path)
{
    struct inode *inode = find_inode(fake, path);

    return inode && inode->hidden;
}

UINT64 fakedisk_time(struct fakedisk *fake, const WCHAR *path)
{
    struct inode *inode = find_inode(fake, path);

    return inode ? inode->time : 0;
}

WCHAR *fakedisk_name(struct fakedisk *fake, UINT32 index)
{
    WCHAR *path;

    pthread_mutex_lock(&fake->mutex);
    path = index < fake->live.count ? need(str_dup(fake->live.list[index].path)) : NULL;
    pthread_mutex_unlock(&fake->mutex);
    return path;
}

UINT32 fakedisk_kept(struct fakedisk *fake)
{
    return fake->kept;
}

UINT32 fakedisk_open_files(struct fakedisk *fake)
{
    UINT32 count;

    pthread_mutex_lock(&fake->mutex);
    count = fake->open_files;
    pthread_mutex_unlock(&fake->mutex);
    return count;
}
