/*
 * Octets of a file on their way to the disk, while the next ones arrive
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
 * A transfer receives into writer_buffer() and hands what came over with writer_put().  For a small or slow file that writes at once, on the
 * caller's thread.  When much comes quickly two threads of the writer take it on: one writes block after block, one flushes what was
 * written once in a ration of octets or time, so that neither the network nor the disk waits for the other.  Memory is WRITER_BLOCKS blocks
 * and a caller who is ahead by as much waits.
 *
 * The order of the callbacks is that of the spine: `written` when the octets are in the file, `flushed` when they are on disk, and only then
 * does writer_flush() return.  They come on any of the threads, never two of a kind at a time, with no lock held.  The first
 * failure stops both threads' work on the file, and is what writer_put and writer_flush return from then on.
 *
 * One file at a time: writer_begin, puts in ascending order without gaps, writer_flush, writer_end.  All but the callbacks are for one
 * thread.  The output stays the caller's and must outlive writer_end.  Builds natively, see sync.h.
 */

#ifndef __QMGR_WRITER_H
#define __QMGR_WRITER_H

#include "output.h"

#define WRITER_BLOCK_SIZE     1048576u  /* octets received at once, and handed from thread to thread; decides the rate (WINE.NET.1) */
#define WRITER_BLOCKS         4
#define WRITER_DIRECT_SIZE    65536u    /* less than that in one put is written at once when nothing is ahead of it */
#define WRITER_BEHIND_AFTER   1048576u  /* octets of a file after which the threads are worth their start */

struct writer_callbacks
{
    void (*written)(void *ctx, UINT64 position);
    HRESULT (*flushed)(void *ctx, UINT64 from, UINT64 to);  /* its failure is the writer's */
    void *ctx;
    UINT64 ration_bytes;    /* at most so much is not flushed, and for so long */
    UINT32 ration_msec;
};

struct writer;

HRESULT writer_create(const struct writer_callbacks *callbacks, struct writer **writer);
void writer_destroy(struct writer *writer);         /* after writer_end */

void writer_begin(struct writer *writer, struct output *output, UINT64 position);

/* WRITER_BLOCK_SIZE octets to fill; the same ones until writer_put. */
BYTE *writer_buffer(struct writer *writer);

/* Takes `size` octets at the start of the buffer, which belong at the place where the last put ended. */
HRESULT writer_put(struct writer *writer, UINT32 size);

/* S_OK: all that was put is written. */
HRESULT writer_drain(struct writer *writer);

/* S_OK: all that was put is on disk and was told to `flushed`. */
HRESULT writer_flush(struct writer *writer);

/*
 * Of an output that is held in memory (output.h): its file is made.  Until then no thread but the caller's writes or flushes it, at once, and only
 * writer_flush does the latter: a file is made by its owner.
 */
HRESULT writer_make(struct writer *writer);

/* Lets go of the output; what was put and not flushed may or may not be written. */
void writer_end(struct writer *writer);

#endif /* __QMGR_WRITER_H */
