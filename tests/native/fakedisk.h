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


/*
 * For the native tests of what goes through core/disk.h.  Knows, for every file and folder, what a disk really holds and what only the
 * memory of the machine does, and can lose the latter:
 *
 *  - what was written (or resized) since the last flush of the file may be lost, whole or in sectors, and in any order;
 *  - a name made, renamed or removed since the last flush of its folder may be lost; a rename is lost as a whole.
 *
 * It can also die at a chosen operation (from then on every call fails until fakedisk_reboot), fail a chosen operation, run full, and
 * take its time.  A lock inside: usable from many threads.  Names compare without case, as in Wine.  Folders exist by being named.
 */

#ifndef __TESTS_FAKEDISK_H
#define __TESTS_FAKEDISK_H

#include "core/disk.h"

struct fakedisk;

enum fake_op                    /* what is counted and can be failed */
{
    FAKE_CREATE,                /* an open that makes or truncates a file */
    FAKE_OPEN,                  /* any other open */
    FAKE_READ,
    FAKE_WRITE,
    FAKE_SET_SIZE,
    FAKE_RESERVE,
    FAKE_FLUSH,
    FAKE_RENAME,
    FAKE_REMOVE,
    FAKE_FLUSH_DIR,
    FAKE_FINISH,
    FAKE_LIST,
    FAKE_EXACT,                 /* a FAKE_RENAME whose caller says that no other spelling is there; only counted */
    FAKE_OP_COUNT
};

enum fake_loss                  /* what a power failure does to what was not flushed */
{
    FAKE_LOSE_ALL,
    FAKE_LOSE_NOTHING,          /* only the processes died */
    FAKE_LOSE_DATA,             /* names are as they were meant to be */
    FAKE_LOSE_NAMES,            /* data is as it was meant to be */
    FAKE_LOSE_LATEST,           /* some first part of what was done to each file and of the names remains */
    FAKE_LOSE_SOME,             /* any operations */
    FAKE_TEAR,                  /* any sectors of writes, some first part of the names */
    FAKE_LOSS_COUNT,
    FAKE_KEEP_MASK              /* exactly the operations whose bit is set in the seed, in the order in which they were made */
};

struct fakedisk *fakedisk_create(void);
struct fakedisk *fakedisk_clone(struct fakedisk *fake); /* without open files; dead if the other is */
void fakedisk_free(struct fakedisk *fake);              /* files still open are forgotten */
struct disk *fakedisk_disk(struct fakedisk *fake);

void fakedisk_die_after(struct fakedisk *fake, UINT64 changes);  /* that many changing operations still work; ~0: never */
UINT32 fakedisk_unflushed(struct fakedisk *fake);                /* operations that a power failure may lose */
BOOL fakedisk_is_dead(struct fakedisk *fake);
void fakedisk_reboot(struct fakedisk *fake, enum fake_loss loss, UINT64 seed); /* alive again, never to die; files still open are useless */

void fakedisk_fail(struct fakedisk *fake, enum fake_op op, UINT32 skip, UINT32 times, HRESULT hr);
void fakedisk_set_capacity(struct fakedisk *fake, UINT64 octets); /* of all files together */
void fakedisk_set_flush_msec(struct fakedisk *fake, UINT32 msec);
UINT64 fakedisk_count(struct fakedisk *fake, enum fake_op op);

/* Behind the disk's back; everything put is durable at once. */
void fakedisk_put(struct fakedisk *fake, const WCHAR *path, const void *data, size_t size);
BOOL fakedisk_get(struct fakedisk *fake, const WCHAR *path, const BYTE **data, size_t *size); /* valid until the next operation */
void fakedisk_set_read_only(struct fakedisk *fake, const WCHAR *path, BOOL read_only);
BOOL fakedisk_is_hidden(struct fakedisk *fake, const WCHAR *path);
UINT64 fakedisk_time(struct fakedisk *fake, const WCHAR *path);
/* A copy of the index-th name, for the caller to free; NULL behind the last. Others may come and go meanwhile. */
WCHAR *fakedisk_name(struct fakedisk *fake, UINT32 index);
/* Names in use that are open. */
UINT32 fakedisk_open_files(struct fakedisk *fake);
UINT32 fakedisk_kept(struct fakedisk *fake);             /* times that a file was given back which the disk may keep open (DISK_KEEP) */

#endif /* __TESTS_FAKEDISK_H */
