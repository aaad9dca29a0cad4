/*
 * The journal on disk: append, flush together, rotate, load
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
 * Thin room over core/journal (format, replay, rotation, all decided there on a struct disk) that adds the lock and the group commit.
 * The caller holds queue.cs for store_append, store_snapshot_* and nothing else; everything that touches the file happens
 * outside it.  store.cs is a leaf lock.  One writer thread takes lazy records to the file; a waiting thread may do it itself.
 *
 * A change is:    store_reserve();            outside queue.cs, may extend the file
 *                 enter queue.cs; check; build the record;
 *                 store_append(&ticket);      memory only; fails without effect
 *                 model_apply();
 *                 leave queue.cs;
 *                 store_wait(ticket);         awaited changes only: returns when the record is on disk
 */

#ifndef __QMGR_STORE_H
#define __QMGR_STORE_H

#include "core/disk.h"
#include "core/record.h"

struct store;

struct store_callbacks
{
    /* The store wants a fresh generation (compaction due, or a flush failed): on a thread of the store, no lock held.  The owner enters its
     * lock, calls store_snapshot_begin, emits model_snapshot of every job through store_snapshot_add, store_snapshot_end, leaves. */
    void (*want_snapshot)(void *ctx);
    /* Something for the log: what happened, on which file, what was done. */
    void (*log)(void *ctx, const char *text);
    void *ctx;
};

struct store_stats
{
    UINT64 appends, flushes, generations, bytes;   /* since start; a test counts flushes per acknowledged call */
    UINT32 jobs_set_aside;
};

/*
 * Opens the folder (which must exist), replays the newest usable generation into the model, writes a snapshot of it as a new
 * generation, flushes file and folder, removes older ones.  Files of a newer format and jobs with a gap are set aside under
 * names that the log gives.  A predecessor that is still writing writes into a file that is no longer read.
 */
HRESULT store_open(struct disk *disk, const WCHAR *dir, struct model *model, const struct store_callbacks *callbacks,
                   struct store **store);
void store_close(struct store *store);                 /* flushes what is there, ends the threads */

HRESULT store_reserve(struct store *store, UINT32 size);
HRESULT store_append(struct store *store, struct record *record, UINT64 *ticket); /* fills record->seq from the job's */
HRESULT store_wait(struct store *store, UINT64 ticket); /* failure: nothing that was not durable may be announced */
BOOL store_is_durable(struct store *store, UINT64 ticket);

HRESULT store_snapshot_begin(struct store *store);
HRESULT store_snapshot_add(void *store, const struct record *record); /* fits model_snapshot's emit */
HRESULT store_snapshot_end(struct store *store, HRESULT hr);          /* hr of the emission; the rest happens on the store's thread */

void store_get_stats(struct store *store, struct store_stats *stats);

#endif /* __QMGR_STORE_H */
