/*
 * Format, replay and rotation of the journal
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
 * Pure room: format, replay and rotation of the journal, on a struct disk; locks and threads are store.c's.  Also used by
 * tools/journal-dump and by the native tests.  Every function: any thread, one at a time for the same object.
 *
 * A generation is a file "jobs.<number>" in the store's folder:
 *
 *     header      magic "wbjobs\r\n", version, own size, number of the generation, checksum
 *     frames      SNAPSHOT ... SNAPSHOT: the records that build every job from nothing, and those that were made meanwhile
 *                 KEEP: older generations that are evidence of damage and must not be removed, if there are any
 *                 SNAPSHOT_END
 *                 LIVE ... LIVE: changes as they came
 *     zeros       space reserved for more frames
 *
 *     frame, all numbers little-endian:
 *       0  u32 magic            28  u64 sequence number in the job
 *       4  u16 kind, u16 0      36  u64 confirmed: octets of the file that were flushed when this frame was written
 *       8  u32 payload length   44  u32 checksum of the first 44 octets
 *      12  guid job             48  payload, then u32 checksum of the payload
 *
 * Checksums are CRC-32C that start from the number of the generation, so that a block left over from another generation is
 * never taken for a part of this one.  A frame's confirmed size tells apart, at replay, what a power failure does from real damage:
 * what is wrong in front of the largest one was once safely on disk; what is wrong behind it was never acknowledged (or is the very
 * last thing that was), and is a torn tail even when later writes reached the disk before earlier ones.
 *
 * Rules of replay
 *  - A generation is sound if its snapshot is whole (no damage before SNAPSHOT_END, which counts the frames) or if a LIVE frame follows.
 *    The newest sound one is used.  Without one, damage has hit what was whole: the oldest is used as far as it goes, since an older
 *    one is removed only after a newer one was whole.
 *  - Sequence numbers of a job follow each other, beginning with its RECORD_CREATE (at any number).
 *  - Torn tail: a job that misses a record there ends before it; all others are complete.
 *  - Damage in the confirmed part: a job that misses a record is set aside, which means that it is not loaded and that
 *    the whole file is renamed "damaged.<number>" instead of being removed.  All other jobs load.
 *  - A file of a newer format is renamed "newer.<number>" and otherwise left alone.
 *  - A new generation never takes a number that any of these names carries.
 */

#ifndef __QMGR_CORE_JOURNAL_H
#define __QMGR_CORE_JOURNAL_H

#include "core/disk.h"
#include "core/model.h"
#include "core/record.h"
#include "core/str.h"

#define JOURNAL_VERSION 1
#define JOURNAL_HEADER_SIZE 32
#define JOURNAL_FRAME_HEADER_SIZE 48
#define JOURNAL_FRAME_SIZE 52                   /* what a frame takes besides its payload */
#define JOURNAL_STEP (1024 * 1024)              /* the file grows in steps of this size, unless journal.step says otherwise */

enum journal_kind                               /* numbers on disk: append only */
{
    JOURNAL_LIVE = 1,
    JOURNAL_SNAPSHOT,
    JOURNAL_SNAPSHOT_END,                       /* payload: u64 number of SNAPSHOT frames */
    JOURNAL_KEEP                                /* payload: u64 number of a generation */
};

struct journal_log
{
    void (*write)(void *ctx, const char *text); /* one line, UTF-8; NULL: nobody listens */
    void *ctx;
};

/* Formats %u (UINT64), %x (HRESULT), %g (const GUID *), %s (const char *) and nothing else. */
void journal_say(const struct journal_log *log, const char *format, ...);

/* Writing, in memory: frames are gathered without checksums, and sealed when it is known where they go. */

/* Appends one unsealed frame. Failures are those of record_encode; then nothing was appended. */
HRESULT journal_frame(struct buffer *out, enum journal_kind kind, const struct record *record);
HRESULT journal_mark(struct buffer *out, enum journal_kind kind, UINT64 number); /* SNAPSHOT_END, KEEP */
/* Copies unsealed LIVE frames as SNAPSHOT frames; counts them into *count. */
HRESULT journal_copy(struct buffer *out, const BYTE *frames, size_t len, UINT64 *count);
void journal_seal(BYTE *frames, size_t len, UINT64 generation, UINT64 confirmed);
void journal_header(BYTE header[JOURNAL_HEADER_SIZE], UINT64 generation);

/* Reading, in memory */

enum journal_found
{
    JOURNAL_FRAME,              /* a good frame */
    JOURNAL_BAD_PAYLOAD,        /* the header is good, so it is known what is lost */
    JOURNAL_GARBAGE,            /* octets that are no frame, up to the next frame or the end */
    JOURNAL_END                 /* nothing more but zeros */
};

struct journal_item
{
    enum journal_found found;
    size_t offset, size;        /* in the file */
    /* JOURNAL_FRAME, JOURNAL_BAD_PAYLOAD */
    enum journal_kind kind;
    GUID job;
    UINT64 seq;
    UINT64 confirmed;
    const BYTE *payload;        /* into the data */
    UINT32 payload_size;
};

struct journal_scan
{
    const BYTE *data;
    size_t len, pos;
    UINT32 seed;
};

enum journal_format { JOURNAL_FORMAT_OURS, JOURNAL_FORMAT_NEWER, JOURNAL_FORMAT_DAMAGED };

/*
 * What the header at the start of the data says.  DAMAGED does not keep the frames from being read.  *generation goes in as the number
 * in the file's name and comes out as the one that the checksums start from: the header's, if that is readable.
 */
enum journal_format journal_format_of(const BYTE *data, size_t len, UINT32 *version, UINT64 *generation);
/* Walks a file in memory: every octet behind the header belongs to exactly one item, in order; then JOURNAL_END for ever. */
void journal_scan_init(struct journal_scan *scan, const BYTE *data, size_t len, UINT64 generation);
void journal_scan_next(struct journal_scan *scan, struct journal_item *item);
UINT64 journal_mark_number(const struct journal_item *item);    /* of a good SNAPSHOT_END or KEEP */

struct journal_survey           /* what a first pass tells */
{
    BOOL sound;
    UINT64 confirmed;           /* damage in front of it is real damage */
    UINT64 frames;
    UINT64 snapshot_frames;
    UINT64 snapshot_end;        /* behind SNAPSHOT_END, 0 if there is none */
    UINT64 end;                 /* behind the last good frame */
};

void journal_survey(const BYTE *data, size_t len, UINT64 generation, struct journal_survey *survey);

struct journal_loss
{
    GUID job;
    UINT64 seq;                 /* the first record that is missing, 0 if not known */
    BOOL aside;                 /* TRUE: not loaded; FALSE: loaded as it was before that record */
    BOOL contradiction;         /* nothing is missing but a record makes no sense */
};

struct journal_replay
{
    struct journal_survey survey;
    UINT64 applied;             /* records */
    UINT64 damaged, torn;       /* octets that are no good frame, before and behind survey.confirmed */
    struct journal_loss *losses;
    UINT32 loss_count;
    UINT32 aside_count;
    UINT64 *keep;               /* numbers from KEEP frames */
    UINT32 keep_count;
};

/*
 * Applies a file in memory to an empty model.  Fails only with E_OUTOFMEMORY, whatever the octets are.  The replay is filled in from
 * any contents; release it with journal_replay_free.
 */
HRESULT journal_replay(const BYTE *data, size_t len, UINT64 generation, struct model *model, struct journal_replay *replay);
void journal_replay_free(struct journal_replay *replay);

/* On disk */

struct journal                  /* the generation that is being written */
{
    struct disk *disk;
    WCHAR *dir;
    struct journal_log log;
    struct disk_file *file;     /* NULL: none */
    UINT64 generation;
    UINT64 last_number;         /* highest that was ever seen or tried */
    UINT64 step;                /* JOURNAL_STEP */
    UINT64 end;                 /* octets written */
    UINT64 reserved;            /* octets that have blocks */
    UINT64 confirmed;           /* octets flushed */
    UINT64 snapshot_end;        /* where the live part begins */
    UINT64 *keep;               /* generations still to be renamed "damaged" */
    UINT32 keep_count;
    UINT32 aside_count;         /* jobs set aside by journal_load */
    BOOL spoiled;               /* the file must not be written any more: a turn failed at a point where it may have come true */
};

/* Remembers disk (borrowed) and folder (copied). */
HRESULT journal_init(struct journal *journal, struct disk *disk, const WCHAR *dir, const struct journal_log *log);
void journal_free(struct journal *journal);     /* closes the file as it is */

/*
 * Start-up: reads the folder, renames files of a newer format, replays the generation to use into the empty model.  No file open
 * afterwards.  Fails, with nothing changed, when a file is there that cannot be opened: starting empty would throw it away.
 */
HRESULT journal_load(struct journal *journal, struct model *model);

/*
 * Makes the next generation beside the present one, which stays as it is until journal_turn_end.
 *
 *     journal_turn_begin(); journal_turn_write()...; journal_turn_end();  or journal_turn_abort() after a failure
 *
 * begin: HRESULT_FROM_WIN32(ERROR_FILE_EXISTS) means that another process has made that number: this one is fenced off and must not write any
 * more.  write: unsealed SNAPSHOT frames, sealed in place; flushes nothing.  end: reserves room for `room` octets of live frames, adds
 * the marks, flushes file and folder, makes it the present one and removes (or keeps as damaged) the older ones.  abort: takes the
 * new file away; when even that fails after the marks were written, the present one is spoiled, and only another turn helps.
 */
struct journal_turn
{
    struct disk_file *file;
    WCHAR *path;
    UINT64 generation, end, reserved, frames;
    BOOL marked;                /* SNAPSHOT_END may be on the disk */
};

HRESULT journal_turn_begin(struct journal *journal, struct journal_turn *turn);
HRESULT journal_turn_write(struct journal *journal, struct journal_turn *turn, BYTE *frames, size_t len, UINT64 count);
HRESULT journal_turn_flush(struct journal *journal, struct journal_turn *turn); /* early, so that end has less to do */
HRESULT journal_turn_end(struct journal *journal, struct journal_turn *turn, UINT64 room);
void journal_turn_abort(struct journal *journal, struct journal_turn *turn);

/* Grows the file in steps until `size` more octets fit behind end. ERROR_DISK_FULL and the like leave everything as it was. */
HRESULT journal_reserve(struct journal *journal, UINT64 size);
/* Seals unsealed LIVE frames in place and writes them at the end. They must fit what is reserved. */
HRESULT journal_write(struct journal *journal, BYTE *frames, size_t len);
HRESULT journal_flush(struct journal *journal);

/* Names: "jobs.", "damaged.", "newer." and a number. NULL without memory. */
WCHAR *journal_path(const WCHAR *dir, const char *prefix, UINT64 generation);
/* TRUE if the name is the prefix and a canonical decimal number. */
BOOL journal_parse_name(const WCHAR *name, const char *prefix, UINT64 *generation);

#endif /* __QMGR_CORE_JOURNAL_H */
