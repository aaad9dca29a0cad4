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

#include "sync.h"
#include "writer.h"

#define NEVER (~(UINT32)0)

struct block
{
    BYTE *data;             /* WRITER_BLOCK_SIZE octets, made when first needed */
    UINT64 offset;
    UINT32 size;
};

struct writer
{
    /* fixed */
    struct writer_callbacks callbacks;

    /* of the caller's thread */
    UINT64 begun;           /* where the file began this time */
    UINT64 end;             /* where the next put belongs */
    UINT32 fill;            /* the block that is being filled */
    BOOL has_threads;
    BOOL refused;           /* no threads to be had: do without */
    struct sync_thread write_thread, flush_thread;

    /* guarded by mutex; blocks[first .. first + count) with what is in them belong to the write thread */
    struct sync_mutex mutex;
    struct sync_cond to_write, to_flush, settled;
    struct output *output;  /* NULL: no file */
    struct block blocks[WRITER_BLOCKS];
    UINT32 first, count;
    BOOL flushing;          /* one of the threads, or the caller's */
    BOOL held;              /* the output is in memory: nobody but the caller's thread, which is its owner's, writes it and makes its file; it sets this, too */
    BOOL stop;
    HRESULT hr;             /* of the file, sticky */
    UINT64 written, flushed;
    UINT64 flushed_at;      /* monotonic ms, of the last flush or of the first octet after it */
};

static void fail_locked(struct writer *writer, HRESULT hr)
{
    if (SUCCEEDED(writer->hr)) writer->hr = hr;
}

/* Outside the lock; nobody else writes. */
static HRESULT write_out(struct writer *writer, UINT64 offset, const BYTE *data, UINT32 size)
{
    HRESULT hr = output_write(writer->output, offset, data, size);

    if (SUCCEEDED(hr)) writer->callbacks.written(writer->callbacks.ctx, offset + size);
    return hr;
}

/* Flushes what is written by now; lets go of the lock meanwhile. */
static void flush_locked(struct writer *writer)
{
    UINT64 from = writer->flushed, to = writer->written;
    HRESULT hr;

    writer->flushing = TRUE;
    sync_unlock(&writer->mutex);
    if (SUCCEEDED(hr = output_flush(writer->output))) hr = writer->callbacks.flushed(writer->callbacks.ctx, from, to);
    sync_lock(&writer->mutex);
    writer->flushing = FALSE;
    if (FAILED(hr)) fail_locked(writer, hr);
    else writer->flushed = to;
    writer->flushed_at = sync_msec();
}

/* On the caller's thread, when the file may have been made: what has come is flushed in its time. */
static void made_locked(struct writer *writer)
{
    if (!writer->held || !output_is_made(writer->output)) return;
    writer->held = FALSE;
    if (writer->has_threads) sync_wake(&writer->to_flush);
}

/* How long, in ms, a flush has time; 0: it is due; NEVER: there is nothing to flush. */
static UINT32 flush_delay_locked(const struct writer *writer)
{
    UINT64 age;

    if (writer->held || writer->flushing || FAILED(writer->hr) || writer->written == writer->flushed) return NEVER;
    if (writer->written - writer->flushed >= writer->callbacks.ration_bytes) return 0;
    age = sync_msec() - writer->flushed_at;
    return age >= writer->callbacks.ration_msec ? 0 : writer->callbacks.ration_msec - (UINT32)age;
}

static void written_locked(struct writer *writer, UINT64 position, HRESULT hr)
{
    BOOL first = writer->written == writer->flushed;

    if (FAILED(hr))
    {
        fail_locked(writer, hr);
        return;
    }
    writer->written = position;
    if (first) writer->flushed_at = sync_msec(); /* the time of the ration runs */
    if (writer->has_threads && !writer->flushing && (first || !flush_delay_locked(writer))) sync_wake(&writer->to_flush);
}

static void run_writes(void *ctx)
{
    struct writer *writer = ctx;
    struct block *block;
    HRESULT hr;

    sync_lock(&writer->mutex);
    while (!writer->stop)
    {
        if (!writer->count)
        {
            sync_wait(&writer->to_write, &writer->mutex);
            continue;
        }
        block = &writer->blocks[writer->first];
        hr = writer->hr;
        if (SUCCEEDED(hr))
        {
            sync_unlock(&writer->mutex);
            hr = write_out(writer, block->offset, block->data, block->size);
            sync_lock(&writer->mutex);
            written_locked(writer, block->offset + block->size, hr);
        }
        writer->first = (writer->first + 1) % WRITER_BLOCKS;
        writer->count--;
        sync_wake_all(&writer->settled);
    }
    sync_unlock(&writer->mutex);
}

static void run_flushes(void *ctx)
{
    struct writer *writer = ctx;
    UINT32 delay;

    sync_lock(&writer->mutex);
    while (!writer->stop)
    {
        if (!(delay = flush_delay_locked(writer)))
        {
            flush_locked(writer);
            sync_wake_all(&writer->settled);
        }
        else if (delay == NEVER) sync_wait(&writer->to_flush, &writer->mutex);
        else sync_wait_msec(&writer->to_flush, &writer->mutex, delay);
    }
    sync_unlock(&writer->mutex);
}

static void stop_threads(struct writer *writer)
{
    if (!writer->has_threads) return;
    sync_lock(&writer->mutex);
    writer->stop = TRUE;
    sync_wake_all(&writer->to_write);
    sync_wake_all(&writer->to_flush);
    sync_unlock(&writer->mutex);
    sync_thread_join(&writer->write_thread);
    sync_thread_join(&writer->flush_thread);
    writer->has_threads = FALSE;
}

/* Without them it works too, only one thing after the other. */
static void start_threads(struct writer *writer)
{
    if (writer->has_threads || writer->refused) return;
    writer->refused = TRUE;
    if (FAILED(sync_thread_start(&writer->write_thread, run_writes, writer))) return;
    if (SUCCEEDED(sync_thread_start(&writer->flush_thread, run_flushes, writer)))
    {
        writer->has_threads = TRUE;
        writer->refused = FALSE;
        return;
    }
    sync_lock(&writer->mutex);
    writer->stop = TRUE;
    sync_wake_all(&writer->to_write);
    sync_unlock(&writer->mutex);
    sync_thread_join(&writer->write_thread);
}

HRESULT writer_create(const struct writer_callbacks *callbacks, struct writer **ret)
{
    struct writer *writer;

    *ret = NULL;
    if (!(writer = calloc(1, sizeof(*writer)))) return E_OUTOFMEMORY;
    if (!(writer->blocks[0].data = malloc(WRITER_BLOCK_SIZE)))
    {
        free(writer);
        return E_OUTOFMEMORY;
    }
    writer->callbacks = *callbacks;
    sync_mutex_init(&writer->mutex, "writer.mutex");
    sync_cond_init(&writer->to_write);
    sync_cond_init(&writer->to_flush);
    sync_cond_init(&writer->settled);
    *ret = writer;
    return S_OK;
}

void writer_destroy(struct writer *writer)
{
    UINT32 i;

    if (!writer) return;
    stop_threads(writer);
    for (i = 0; i < WRITER_BLOCKS; i++) free(writer->blocks[i].data);
    sync_cond_free(&writer->settled);
    sync_cond_free(&writer->to_flush);
    sync_cond_free(&writer->to_write);
    sync_mutex_free(&writer->mutex);
    free(writer);
}

void writer_begin(struct writer *writer, struct output *output, UINT64 position)
{
    writer->begun = writer->end = position;
    sync_lock(&writer->mutex);
    writer->output = output;
    writer->written = writer->flushed = position;
    writer->held = !output_is_made(output);
    writer->hr = S_OK;
    sync_unlock(&writer->mutex);
}

BYTE *writer_buffer(struct writer *writer)
{
    return writer->blocks[writer->fill].data;
}

/* The block that was filled goes to the write thread, and the next one is filled from now on. */
static HRESULT queue_block(struct writer *writer, UINT32 size)
{
    struct block *block = &writer->blocks[writer->fill];
    HRESULT hr;

    block->offset = writer->end;
    block->size = size;
    writer->fill = (writer->fill + 1) % WRITER_BLOCKS;

    sync_lock(&writer->mutex);
    if (!writer->count++) sync_wake(&writer->to_write);
    while (writer->count == WRITER_BLOCKS) sync_wait(&writer->settled, &writer->mutex); /* one is always the caller's */
    hr = writer->hr;
    sync_unlock(&writer->mutex);
    return hr;
}

static HRESULT write_directly(struct writer *writer, UINT32 size)
{
    HRESULT hr = write_out(writer, writer->end, writer_buffer(writer), size);

    sync_lock(&writer->mutex);
    written_locked(writer, writer->end + size, hr);
    made_locked(writer);
    if (!writer->has_threads && !flush_delay_locked(writer)) flush_locked(writer);
    hr = writer->hr;
    sync_unlock(&writer->mutex);
    return hr;
}

HRESULT writer_put(struct writer *writer, UINT32 size)
{
    BOOL direct = TRUE;
    HRESULT hr;

    if (!size) return S_OK;
    if (writer->end - writer->begun + size > WRITER_BEHIND_AFTER) start_threads(writer);
    if (writer->has_threads)
    {
        struct block *next = &writer->blocks[(writer->fill + 1) % WRITER_BLOCKS];

        if (!next->data) next->data = malloc(WRITER_BLOCK_SIZE); /* nobody looks there before it was filled */
        sync_lock(&writer->mutex);
        while (writer->count && !next->data) sync_wait(&writer->settled, &writer->mutex); /* short of memory: one at a time */
        direct = writer->held || (!writer->count && (size < WRITER_DIRECT_SIZE || !next->data));
        hr = writer->hr;
        sync_unlock(&writer->mutex);
        if (FAILED(hr)) return hr;
    }
    hr = direct ? write_directly(writer, size) : queue_block(writer, size);
    writer->end += size;
    return hr;
}

HRESULT writer_drain(struct writer *writer)
{
    HRESULT hr;

    sync_lock(&writer->mutex);
    while (writer->count) sync_wait(&writer->settled, &writer->mutex);
    hr = writer->hr;
    sync_unlock(&writer->mutex);
    return hr;
}

HRESULT writer_flush(struct writer *writer)
{
    HRESULT hr;

    sync_lock(&writer->mutex);
    while (SUCCEEDED(writer->hr) && (writer->count || writer->flushing || writer->written != writer->flushed))
    {
        if (writer->count || writer->flushing) sync_wait(&writer->settled, &writer->mutex);
        else flush_locked(writer);
    }
    made_locked(writer);
    hr = writer->hr;
    sync_unlock(&writer->mutex);
    return hr;
}

HRESULT writer_make(struct writer *writer)
{
    HRESULT hr = S_OK;

    if (!writer->held) return S_OK;
    hr = output_make(writer->output);
    sync_lock(&writer->mutex);
    if (FAILED(hr)) fail_locked(writer, hr);
    made_locked(writer);
    sync_unlock(&writer->mutex);
    return hr;
}

void writer_end(struct writer *writer)
{
    sync_lock(&writer->mutex);
    fail_locked(writer, E_ABORT);
    while (writer->count || writer->flushing) sync_wait(&writer->settled, &writer->mutex);
    writer->output = NULL;
    sync_unlock(&writer->mutex);
}
