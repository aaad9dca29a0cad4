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
 *                 model_prepare();            fails without effect
 *                 store_append(&ticket);      memory only; fails without effect
 *                 model_apply();
 *                 leave queue.cs;
 *                 store_wait(ticket);         awaited changes only: returns when the record is on disk
 *
 * Group commit: the first thread that waits takes everything appended so far to the disk with one flush; threads that come while it
 * is at it wait, and one of them takes all of theirs together.
 *
 * A failed write or flush: the file is given up and a fresh generation is asked for at once (want_snapshot).  Those who wait go on
 * waiting until that has succeeded (then their record is on disk with everything else) or failed (then they get its HRESULT, although memory
 * has the change: the next generation will have it too).  While the failure lasts store_append fails; each store_reserve starts or
 * joins another attempt, and without any call it is tried again after one second, two, four, up to 64.
 *
 * Fenced: another process has made our next generation, because this one is an orphan that outlived its wineserver.  Every changing
 * call fails from then on.
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

/*
 * size: octets of the encoded record or records.  Fails with the disk's error when there is no room; but as long as some is left of what was
 * reserved before, a record that fits is let in, so that a Cancel works on a full disk.
 */
HRESULT store_reserve(struct store *store, UINT32 size);
/*
 * Fills record->seq from the job's.  Without effect fails with the failure of the store; with E_OUTOFMEMORY or E_INVALIDARG (record_encode);
 * or with HRESULT_FROM_WIN32(ERROR_RETRY) when other threads have used up what store_reserve found, or an attempt to get over a failure
 * is under way: leave the lock, reserve again.
 */
HRESULT store_append(struct store *store, struct record *record, UINT64 *ticket);
HRESULT store_wait(struct store *store, UINT64 ticket); /* failure: nothing that was not durable may be announced */
BOOL store_is_durable(struct store *store, UINT64 ticket);

HRESULT store_snapshot_begin(struct store *store);
HRESULT store_snapshot_add(void *store, const struct record *record); /* fits model_snapshot's emit */
HRESULT store_snapshot_end(struct store *store, HRESULT hr);          /* hr of the emission; the rest happens on the store's thread */

void store_get_stats(struct store *store, struct store_stats *stats);

#endif /* __QMGR_STORE_H */
