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


/*
 * Pure room.  What Complete and Cancel do to files, on a struct disk, and what they record meanwhile: intent, act, outcome.  finish.c calls
 * it for a client, as the caller's identity; start-up calls it again for what was cut off.
 *
 *     Complete:  RECORD_COMPLETING, durable      the intent; its files carry FILE_PUBLISHING
 *                rename, flush the folders
 *                RECORD_PUBLISHED                what was renamed for good
 *                failure: RECORD_COMPLETE_FAILED, durable; the job stays                    [JOB.Complete.9]
 *                success: RECORD_COMPLETED, durable; the client has its answer from here on
 *                delete the rest; nothing remains: RECORD_CLEANED
 *     Cancel:    RECORD_CANCELLED, durable
 *                delete; nothing remains: RECORD_CLEANED
 *                not for an upload while its server has a session of it; without one, as at the start-up
 *     Group:     as Complete, but the last record is RECORD_COMPLETE_FAILED in any case: the files are there, the job stays
 *     Start-up:  job->completing: as Complete, from the renaming on; a group's as Group, for whoever was about to cancel it did not see
 *                the result and finds it again
 *                job->cleaning:   delete; RECORD_CLEANED when nothing remains
 *
 * Doing any of it twice is harmless.  A transfer of the job has ended before, and none begins meanwhile.
 */

#ifndef __QMGR_CORE_PUBLISH_H
#define __QMGR_CORE_PUBLISH_H

#include "core/disk.h"
#include "core/record.h"

/* Who has the job: between enter and leave it does not change.  The records are applied when append and commit return; commit waits. */
struct publish_owner
{
    struct disk *disk;
    const struct job *job;
    void (*enter)(void *ctx);
    void (*leave)(void *ctx);
    HRESULT (*append)(void *ctx, struct record *record);
    HRESULT (*commit)(void *ctx, struct record *record);
    void *ctx;
};

/* Complete. begin: the intent, by `caller`; then, perhaps as another identity, complete: S_OK, BG_S_PARTIAL_COMPLETE,
 * BG_S_UNABLE_TO_DELETE_FILES, or the code of the first rename that failed, or of the journal [BEH.STATE.80]. */
HRESULT publish_begin(const struct publish_owner *owner, const WCHAR *caller);
HRESULT publish_complete(const struct publish_owner *owner);
/* Cancel: S_OK, BG_S_UNABLE_TO_DELETE_FILES, or the journal's failure: then nothing was deleted. The act by itself: publish_clean. */
HRESULT publish_cancel(const struct publish_owner *owner);
HRESULT publish_clean(const struct publish_owner *owner);
/* Group, behind publish_begin: S_OK, or the code of the first rename that failed and its file [GROUP.CancelGroup.A1]. */
HRESULT publish_hand_over(const struct publish_owner *owner, UINT32 *file);
/* At start-up, for a job that is completing or cleaning. */
HRESULT publish_recover(const struct publish_owner *owner);

/* The steps by themselves. Lists are copies, so that no lock is held meanwhile. */

struct publish_file
{
    UINT32 file;                /* index in the job */
    WCHAR *temp_name;           /* NULL: written in its place, nothing to rename */
    WCHAR *local_name;
    UINT64 size;                /* of the whole temporary file */
    UINT64 time;                /* Last-Modified, 0 if none [BEH.HTTP.70] */
    UINT32 attributes;          /* of the source, for finish of the disk; 0 if it had none */
    BOOL again;                 /* it may have been renamed before */
};

struct publish_list
{
    struct publish_file *files;
    UINT32 count;
};

HRESULT publish_list_intent(const struct job *job, struct publish_list *list); /* FILE_PUBLISHING and not yet FILE_PUBLISHED */
HRESULT publish_list_rest(const struct job *job, struct publish_list *list);   /* temporary files that are not published */
void publish_list_free(struct publish_list *list);

struct publish_outcome
{
    UINT32 *files;              /* indexes of the published files, for RECORD_PUBLISHED; publish_outcome_free */
    UINT32 count;
    UINT32 *unsure;             /* of those that were renamed, but in a folder that could not be flushed */
    UINT32 unsure_count;
    HRESULT hr;                 /* of the first file that failed, S_OK if none did */
    UINT32 failed;              /* its index in the job, or NO_FILE */
};

/*
 * Renames the files one after the other up to the first failure [TYPE.FileProg.5], then flushes each folder once; a file whose folder
 * could not be flushed counts as not published, and trying again is harmless.  A folder with many of them is looked through once, for what is
 * there already.  Returns E_OUTOFMEMORY before anything was done, else S_OK; what happened is in the outcome.
 */
HRESULT publish_files(struct disk *disk, const struct publish_list *list, struct publish_outcome *outcome);
void publish_outcome_free(struct publish_outcome *outcome);

/*
 * Removes the files and flushes each folder once.  *remain counts those that may still be there: BG_S_UNABLE_TO_DELETE_FILES, and no
 * RECORD_CLEANED, so that the next start tries again.  A file that never was made counts as removed.
 */
void discard_files(struct disk *disk, const struct publish_list *list, UINT32 *remain);

/*
 * One file: rename, times, attributes; no flush.  Replaces an existing file, but not a read-only one or a folder: ERROR_ACCESS_DENIED, as
 * Windows does and Wine 8 does not (WINE.FS.2) [BEH.FILE.21].  If the temporary file is gone, the destination has its size, and
 * it may have been renamed before, it was; otherwise what stands there is somebody else's.  A temporary file of another size is not what
 * was received: ERROR_FILE_CORRUPT.  Times and attributes that cannot be set are no failure.  is_new: no other spelling of the destination is there.
 */
HRESULT publish_one(struct disk *disk, struct disk_ahead *ahead, const struct publish_file *file, BOOL is_new);
HRESULT publish_flush_dir(struct disk *disk, const WCHAR *path); /* the folder that holds path */

#endif /* __QMGR_CORE_PUBLISH_H */
