/*
 * Fuzzes the reading of journals
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
 * Input: an octet that chooses, then a file "jobs.3" (or the frames of one, whose checksums are then made right, so that what is behind
 * them is reached as well).  Every octet belongs to one item of the scan; what a replay makes of it is the same each time, and can be
 * written as a snapshot and read again.
 */

#include "core/journal.h"

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)
#define GENERATION 3

static UINT32 get_u32(const BYTE *bytes)
{
    return bytes[0] | (UINT32)bytes[1] << 8 | (UINT32)bytes[2] << 16 | (UINT32)bytes[3] << 24;
}

/* Makes good frames of the input: a length in front of each, cut to what is there. */
static void make_frames(const BYTE *data, size_t size, struct buffer *file)
{
    BYTE header[JOURNAL_HEADER_SIZE], frame[JOURNAL_FRAME_HEADER_SIZE];
    struct record record = { RECORD_CLEANED };
    struct buffer pattern;
    size_t start, len;

    journal_header(header, GENERATION);
    buffer_append(file, header, sizeof(header));
    buffer_init(&pattern, 1024);
    CHECK(SUCCEEDED(journal_frame(&pattern, JOURNAL_LIVE, &record)));
    while (size >= 4)
    {
        len = data[1] | (size_t)data[2] << 8;
        if (len > size - 4) len = size - 4;
        memcpy(frame, pattern.data, sizeof(frame));
        frame[4] = data[0] & 7;                     /* kind */
        frame[8] = (BYTE)len;
        frame[9] = (BYTE)(len >> 8);
        frame[12] = data[3] & 3;                    /* job */
        frame[28] = data[3] >> 2;                   /* sequence number */
        start = file->len;
        buffer_append(file, frame, sizeof(frame));
        buffer_append(file, data + 4, len);
        buffer_append(file, "\0\0\0", 4);
        if (FAILED(file->hr)) break;
        journal_seal(file->data + start, file->len - start, GENERATION, data[0] & 0x80 ? start : 0);
        data += 4 + len;
        size -= 4 + len;
    }
    buffer_free(&pattern);
}

static void check_scan(const BYTE *data, size_t len)
{
    struct journal_scan scan;
    struct journal_item item;
    size_t pos = len < JOURNAL_HEADER_SIZE ? len : JOURNAL_HEADER_SIZE;

    journal_scan_init(&scan, data, len, GENERATION);
    for (journal_scan_next(&scan, &item); item.found != JOURNAL_END; journal_scan_next(&scan, &item))
    {
        CHECK(item.offset == pos && item.size && item.size <= len - pos);
        pos += item.size;
        if (item.found == JOURNAL_FRAME)
            CHECK(item.payload >= data && item.payload + item.payload_size <= data + pos
                  && item.payload_size == get_u32(data + item.offset + 8));
    }
    for (; pos < len; pos++) CHECK(!data[pos]);
    journal_scan_next(&scan, &item);
    CHECK(item.found == JOURNAL_END);
}

static HRESULT add(void *ctx, const struct record *record)
{
    return journal_frame(ctx, JOURNAL_SNAPSHOT, record);
}

/* The same jobs from a snapshot of them. */
static void check_snapshot(const struct model *model)
{
    BYTE header[JOURNAL_HEADER_SIZE];
    struct journal_replay replay;
    const struct job *job, *other;
    struct buffer file;
    struct model copy;
    UINT64 frames = 0;
    size_t pos;

    buffer_init(&file, 1 << 28);
    journal_header(header, GENERATION);
    buffer_append(&file, header, sizeof(header));
    for (job = model->first; job; job = job->next) CHECK(SUCCEEDED(model_snapshot(job, add, &file)));
    for (pos = sizeof(header); pos < file.len; pos += JOURNAL_FRAME_SIZE + get_u32(file.data + pos + 8)) frames++;
    CHECK(SUCCEEDED(journal_mark(&file, JOURNAL_SNAPSHOT_END, frames)));
    journal_seal(file.data + sizeof(header), file.len - sizeof(header), GENERATION, 0);

    CHECK(SUCCEEDED(model_init(&copy)));
    CHECK(SUCCEEDED(journal_replay(file.data, file.len, GENERATION, &copy, &replay)));
    CHECK(replay.survey.sound && !replay.damaged && !replay.torn && !replay.loss_count && copy.count == model->count);
    for (job = model->first, other = copy.first; job; job = job->next, other = other->next)
    {
        CHECK(!memcmp(&job->id, &other->id, sizeof(job->id)) && job->state == other->state && job->file_count == other->file_count);
        CHECK(job->seq == other->seq && job->error_count == other->error_count && job->untransferred == other->untransferred);
        CHECK(job->modification_time == other->modification_time && job->completing == other->completing);
    }
    journal_replay_free(&replay);
    model_free(&copy);
    buffer_free(&file);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    UINT64 generation = GENERATION;
    struct journal_replay first, second;
    struct model model, again;
    struct buffer file;
    UINT32 version;

    if (size < 1) return 0;
    buffer_init(&file, 1 << 28);
    if (data[0] & 1) make_frames(data + 1, size - 1, &file);
    else buffer_append(&file, data + 1, size - 1);
    if (SUCCEEDED(file.hr) && file.len)
    {
        journal_format_of(file.data, file.len, &version, &generation);
        check_scan(file.data, file.len);
        CHECK(SUCCEEDED(model_init(&model)) && SUCCEEDED(model_init(&again)));
        CHECK(SUCCEEDED(journal_replay(file.data, file.len, generation, &model, &first)));
        CHECK(SUCCEEDED(journal_replay(file.data, file.len, generation, &again, &second)));
        CHECK(model.count == again.count && first.applied == second.applied && first.damaged == second.damaged
              && first.torn == second.torn && first.loss_count == second.loss_count && first.aside_count == second.aside_count);
        CHECK(first.aside_count <= first.loss_count && first.damaged + first.torn <= file.len);
        check_snapshot(&model);
        journal_replay_free(&first);
        journal_replay_free(&second);
        model_free(&model);
        model_free(&again);
    }
    buffer_free(&file);
    return 0;
}
