/*
 * The small file interface under store and output
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

/*
 * Everything durable goes through these few operations, so that a fake disk can drop unflushed writes and unsynced renames in
 * the native tests.  disk.c implements them on the Windows file API (one call each, no decision); tests/native/fakedisk.c in memory.
 * Results are HRESULTs of the Win32 error.  Any thread; one file object from one thread at a time.
 */

#ifndef __QMGR_CORE_DISK_H
#define __QMGR_CORE_DISK_H

#include "core/system.h"

struct disk_file;               /* opaque, per implementation */
struct disk_ahead;

#define DISK_READ          0x01
#define DISK_WRITE         0x02
#define DISK_CREATE        0x04 /* make it if absent */
#define DISK_CREATE_NEW    0x08 /* fail if present (ERROR_FILE_EXISTS) */
#define DISK_TRUNCATE      0x10
#define DISK_HIDDEN        0x20 /* hidden attribute on creation [BEH.FILE.11] */
#define DISK_ATTRIBUTES    0x80000000u /* for finish: attributes are given */
#define DISK_SHARE_ALL     0x40 /* others may read, write and delete (clients read temporary files [BEH.FILE.14]) */
#define DISK_EXACT         0x80 /* no other spelling of the last part of the name is there, or meant: nobody has to look through the folder for one */
#define DISK_KEEP          0x200 /* `keep` may follow; who would not let others delete the file cannot open it meanwhile */
#define DISK_REPLACE       0x100 /* publish: what is there */

struct disk_stat
{
    UINT64 size;
    UINT64 write_time;          /* FILETIME */
    BOOL directory;
    BOOL read_only;
};

struct disk
{
    HRESULT (*open)(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_file **file);
    void (*close)(struct disk_file *file);
    /* The same, but what is open may be kept for a publish of that name that comes soon (DISK_KEEP). let_go: it is not any more; NULL: of all files. */
    void (*keep)(struct disk_file *file, const WCHAR *path);
    void (*let_go)(struct disk *disk, const WCHAR *path);
    /* Reads up to size octets; *got may be less at the end of the file (S_OK, *got == 0 at the end). */
    HRESULT (*read)(struct disk_file *file, UINT64 offset, void *buffer, UINT32 size, UINT32 *got);
    /* Writes all or fails; a short write is ERROR_DISK_FULL (WINE.FS.5). */
    HRESULT (*write)(struct disk_file *file, UINT64 offset, const void *buffer, UINT32 size);
    HRESULT (*set_size)(struct disk_file *file, UINT64 size);
    /* Makes blocks for `size` octets without changing what is readable below the present size; ERROR_DISK_FULL early [BEH.FILE.13]. */
    HRESULT (*reserve)(struct disk_file *file, UINT64 size);
    HRESULT (*get_size)(struct disk_file *file, UINT64 *size);
    HRESULT (*flush)(struct disk_file *file);
    /* Replaces an existing target atomically. Durable after flush_dir of the target's folder. */
    HRESULT (*rename)(struct disk *disk, const WCHAR *from, const WCHAR *to);
    /* The same for a file that must have `size` octets (ERROR_FILE_CORRUPT), and `finish`. flags: DISK_REPLACE, else ERROR_ALREADY_EXISTS if
     * there is one; DISK_EXACT. ahead: of begin_ahead, or NULL. */
    HRESULT (*publish)(struct disk *disk, struct disk_ahead *ahead, const WCHAR *from, const WCHAR *to, UINT64 size, UINT32 flags, UINT64 time, UINT32 attributes);
    /* The same thread will publish these files, one after the other: what changes nothing may be done for the next ones meanwhile. The names, which
     * are then given to publish as they are, stay until end_ahead. NULL: there is nothing to gain. */
    struct disk_ahead *(*begin_ahead)(struct disk *disk, const WCHAR *const *names, UINT32 count);
    void (*end_ahead)(struct disk_ahead *ahead);    /* NULL is allowed */
    HRESULT (*remove)(struct disk *disk, const WCHAR *path);                       /* S_OK also if it was not there */
    HRESULT (*stat)(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_stat *stat); /* DISK_EXACT or 0; ERROR_FILE_NOT_FOUND ... */
    HRESULT (*flush_dir)(struct disk *disk, const WCHAR *path);
    /* Names of files; or, with `all`, everything by which something there can be opened, also folders, and short names: what is not shown, and
     * no failure, is not there. */
    HRESULT (*list)(struct disk *disk, const WCHAR *dir, BOOL all, HRESULT (*found)(void *ctx, const WCHAR *name), void *ctx);
    WCHAR (*fold)(WCHAR c);     /* names that are equal so folded are one */
    /* After publishing: write and creation time, hidden cleared [BEH.HTTP.70, BEH.FILE.20]. time 0: leave the times. Or, with
     * DISK_ATTRIBUTES, the attributes of the source as Windows numbers them [BEH.SMB.3]. */
    HRESULT (*finish)(struct disk *disk, const WCHAR *path, UINT64 time, UINT32 attributes);
};

#endif /* __QMGR_CORE_DISK_H */
