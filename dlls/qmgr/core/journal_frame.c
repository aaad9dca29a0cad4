/*
 * Frames of the journal, in memory
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


#include "core/journal.h"

#define FRAME_MAGIC 0x4a42b1d5u /* octets D5 B1 42 4A: no UTF-16 or ASCII text looks like it */
#define HEADER_CHECKED 44       /* octets of the frame header under its checksum */
#define FILE_HEADER_CHECKED 28

static const BYTE file_magic[8] = { 'w', 'b', 'j', 'o', 'b', 's', '\r', '\n' };

/* CRC-32C, reflected polynomial 0x82f63b78 */
static const UINT32 crc_table[256] =
{
    0x00000000, 0xf26b8303, 0xe13b70f7, 0x1350f3f4, 0xc79a971f, 0x35f1141c, 0x26a1e7e8, 0xd4ca64eb,
    0x8ad958cf, 0x78b2dbcc, 0x6be22838, 0x9989ab3b, 0x4d43cfd0, 0xbf284cd3, 0xac78bf27, 0x5e133c24,
    0x105ec76f, 0xe235446c, 0xf165b798, 0x030e349b, 0xd7c45070, 0x25afd373, 0x36ff2087, 0xc494a384,
    0x9a879fa0, 0x68ec1ca3, 0x7bbcef57, 0x89d76c54, 0x5d1d08bf, 0xaf768bbc, 0xbc267848, 0x4e4dfb4b,
    0x20bd8ede, 0xd2d60ddd, 0xc186fe29, 0x33ed7d2a, 0xe72719c1, 0x154c9ac2, 0x061c6936, 0xf477ea35,
    0xaa64d611, 0x580f5512, 0x4b5fa6e6, 0xb93425e5, 0x6dfe410e, 0x9f95c20d, 0x8cc531f9, 0x7eaeb2fa,
    0x30e349b1, 0xc288cab2, 0xd1d83946, 0x23b3ba45, 0xf779deae, 0x05125dad, 0x1642ae59, 0xe4292d5a,
    0xba3a117e, 0x4851927d, 0x5b016189, 0xa96ae28a, 0x7da08661, 0x8fcb0562, 0x9c9bf696, 0x6ef07595,
    0x417b1dbc, 0xb3109ebf, 0xa0406d4b, 0x522bee48, 0x86e18aa3, 0x748a09a0, 0x67dafa54, 0x95b17957,
    0xcba24573, 0x39c9c670, 0x2a993584, 0xd8f2b687, 0x0c38d26c, 0xfe53516f, 0xed03a29b, 0x1f682198,
    0x5125dad3, 0xa34e59d0, 0xb01eaa24, 0x42752927, 0x96bf4dcc, 0x64d4cecf, 0x77843d3b, 0x85efbe38,
    0xdbfc821c, 0x2997011f, 0x3ac7f2eb, 0xc8ac71e8, 0x1c661503, 0xee0d9600, 0xfd5d65f4, 0x0f36e6f7,
    0x61c69362, 0x93ad1061, 0x80fde395, 0x72966096, 0xa65c047d, 0x5437877e, 0x4767748a, 0xb50cf789,
    0xeb1fcbad, 0x197448ae, 0x0a24bb5a, 0xf84f3859, 0x2c855cb2, 0xdeeedfb1, 0xcdbe2c45, 0x3fd5af46,
    0x7198540d, 0x83f3d70e, 0x90a324fa, 0x62c8a7f9, 0xb602c312, 0x44694011, 0x5739b3e5, 0xa55230e6,
    0xfb410cc2, 0x092a8fc1, 0x1a7a7c35, 0xe811ff36, 0x3cdb9bdd, 0xceb018de, 0xdde0eb2a, 0x2f8b6829,
    0x82f63b78, 0x709db87b, 0x63cd4b8f, 0x91a6c88c, 0x456cac67, 0xb7072f64, 0xa457dc90, 0x563c5f93,
    0x082f63b7, 0xfa44e0b4, 0xe9141340, 0x1b7f9043, 0xcfb5f4a8, 0x3dde77ab, 0x2e8e845f, 0xdce5075c,
    0x92a8fc17, 0x60c37f14, 0x73938ce0, 0x81f80fe3, 0x55326b08, 0xa759e80b, 0xb4091bff, 0x466298fc,
    0x1871a4d8, 0xea1a27db, 0xf94ad42f, 0x0b21572c, 0xdfeb33c7, 0x2d80b0c4, 0x3ed04330, 0xccbbc033,
    0xa24bb5a6, 0x502036a5, 0x4370c551, 0xb11b4652, 0x65d122b9, 0x97baa1ba, 0x84ea524e, 0x7681d14d,
    0x2892ed69, 0xdaf96e6a, 0xc9a99d9e, 0x3bc21e9d, 0xef087a76, 0x1d63f975, 0x0e330a81, 0xfc588982,
    0xb21572c9, 0x407ef1ca, 0x532e023e, 0xa145813d, 0x758fe5d6, 0x87e466d5, 0x94b49521, 0x66df1622,
    0x38cc2a06, 0xcaa7a905, 0xd9f75af1, 0x2b9cd9f2, 0xff56bd19, 0x0d3d3e1a, 0x1e6dcdee, 0xec064eed,
    0xc38d26c4, 0x31e6a5c7, 0x22b65633, 0xd0ddd530, 0x0417b1db, 0xf67c32d8, 0xe52cc12c, 0x1747422f,
    0x49547e0b, 0xbb3ffd08, 0xa86f0efc, 0x5a048dff, 0x8ecee914, 0x7ca56a17, 0x6ff599e3, 0x9d9e1ae0,
    0xd3d3e1ab, 0x21b862a8, 0x32e8915c, 0xc083125f, 0x144976b4, 0xe622f5b7, 0xf5720643, 0x07198540,
    0x590ab964, 0xab613a67, 0xb831c993, 0x4a5a4a90, 0x9e902e7b, 0x6cfbad78, 0x7fab5e8c, 0x8dc0dd8f,
    0xe330a81a, 0x115b2b19, 0x020bd8ed, 0xf0605bee, 0x24aa3f05, 0xd6c1bc06, 0xc5914ff2, 0x37faccf1,
    0x69e9f0d5, 0x9b8273d6, 0x88d28022, 0x7ab90321, 0xae7367ca, 0x5c18e4c9, 0x4f48173d, 0xbd23943e,
    0xf36e6f75, 0x0105ec76, 0x12551f82, 0xe03e9c81, 0x34f4f86a, 0xc69f7b69, 0xd5cf889d, 0x27a40b9e,
    0x79b737ba, 0x8bdcb4b9, 0x988c474d, 0x6ae7c44e, 0xbe2da0a5, 0x4c4623a6, 0x5f16d052, 0xad7d5351,
};

static UINT32 checksum(UINT32 seed, const void *data, size_t len)
{
    const BYTE *bytes = data;
    UINT32 crc = ~seed;

    while (len--) crc = crc_table[(crc ^ *bytes++) & 0xff] ^ crc >> 8;
    return ~crc;
}

static void set_u16(BYTE *bytes, UINT32 value)
{
    bytes[0] = (BYTE)value;
    bytes[1] = (BYTE)(value >> 8);
}

static void set_u32(BYTE *bytes, UINT32 value)
{
    set_u16(bytes, value);
    set_u16(bytes + 2, value >> 16);
}

static void set_u64(BYTE *bytes, UINT64 value)
{
    set_u32(bytes, (UINT32)value);
    set_u32(bytes + 4, (UINT32)(value >> 32));
}

static UINT32 as_u16(const BYTE *bytes)
{
    return bytes[0] | (UINT32)bytes[1] << 8;
}

static UINT32 as_u32(const BYTE *bytes)
{
    return as_u16(bytes) | as_u16(bytes + 2) << 16;
}

static UINT64 as_u64(const BYTE *bytes)
{
    return as_u32(bytes) | (UINT64)as_u32(bytes + 4) << 32;
}

static UINT32 seed_of(UINT64 generation)
{
    BYTE bytes[8];

    set_u64(bytes, generation);
    return checksum(0, bytes, sizeof(bytes));
}

/* Writing, in memory */

static void fill_header(BYTE *frame, enum journal_kind kind, const GUID *job, UINT64 seq, size_t payload)
{
    memset(frame, 0, JOURNAL_FRAME_HEADER_SIZE);
    set_u32(frame, FRAME_MAGIC);
    set_u16(frame + 4, kind);
    set_u32(frame + 8, (UINT32)payload);
    if (job)
    {
        set_u32(frame + 12, job->Data1);
        set_u16(frame + 16, job->Data2);
        set_u16(frame + 18, job->Data3);
        memcpy(frame + 20, job->Data4, sizeof(job->Data4));
    }
    set_u64(frame + 28, seq);
}

/* Takes back what was added since `start`; a full buffer or no memory for one record must not spoil the next. */
static HRESULT give_up(struct buffer *out, size_t start, HRESULT hr)
{
    out->len = start;
    out->hr = S_OK;
    return hr;
}

HRESULT journal_frame(struct buffer *out, enum journal_kind kind, const struct record *record)
{
    static const BYTE no_octets[JOURNAL_FRAME_HEADER_SIZE];
    size_t start = out->len;
    HRESULT hr;

    if (FAILED(out->hr)) return out->hr;
    if (FAILED(hr = buffer_append(out, no_octets, JOURNAL_FRAME_HEADER_SIZE))) return give_up(out, start, hr);
    if (FAILED(hr = record_encode(record, out))) return give_up(out, start, hr);
    fill_header(out->data + start, kind, &record->job, record->seq, out->len - start - JOURNAL_FRAME_HEADER_SIZE);
    if (FAILED(hr = buffer_append(out, no_octets, 4))) return give_up(out, start, hr);
    return S_OK;
}

HRESULT journal_mark(struct buffer *out, enum journal_kind kind, UINT64 number)
{
    BYTE frame[JOURNAL_FRAME_SIZE + 8];
    size_t start = out->len;
    HRESULT hr;

    if (FAILED(out->hr)) return out->hr;
    memset(frame, 0, sizeof(frame));
    fill_header(frame, kind, NULL, 0, 8);
    set_u64(frame + JOURNAL_FRAME_HEADER_SIZE, number);
    if (FAILED(hr = buffer_append(out, frame, sizeof(frame)))) return give_up(out, start, hr);
    return S_OK;
}

HRESULT journal_copy(struct buffer *out, const BYTE *frames, size_t len, UINT64 *count)
{
    size_t start = out->len, pos;
    HRESULT hr;

    if (FAILED(out->hr)) return out->hr;
    if (!len) return S_OK;
    if (FAILED(hr = buffer_append(out, frames, len))) return give_up(out, start, hr);
    for (pos = start; pos < out->len; pos += JOURNAL_FRAME_SIZE + as_u32(out->data + pos + 8))
    {
        set_u16(out->data + pos + 4, JOURNAL_SNAPSHOT);
        ++*count;
    }
    return S_OK;
}

void journal_seal(BYTE *frames, size_t len, UINT64 generation, UINT64 confirmed)
{
    UINT32 seed = seed_of(generation), payload;
    size_t pos;

    for (pos = 0; pos < len; pos += JOURNAL_FRAME_SIZE + payload)
    {
        BYTE *frame = frames + pos;

        payload = as_u32(frame + 8);
        set_u64(frame + 36, confirmed);
        set_u32(frame + HEADER_CHECKED, checksum(seed, frame, HEADER_CHECKED));
        set_u32(frame + JOURNAL_FRAME_HEADER_SIZE + payload,
                checksum(seed, frame + JOURNAL_FRAME_HEADER_SIZE, payload));
    }
}

void journal_header(BYTE header[JOURNAL_HEADER_SIZE], UINT64 generation)
{
    memset(header, 0, JOURNAL_HEADER_SIZE);
    memcpy(header, file_magic, sizeof(file_magic));
    set_u32(header + 8, JOURNAL_VERSION);
    set_u32(header + 12, JOURNAL_HEADER_SIZE);
    set_u64(header + 16, generation);
    set_u32(header + FILE_HEADER_CHECKED, checksum(0, header, FILE_HEADER_CHECKED));
}

/* Reading, in memory */

enum journal_format journal_format_of(const BYTE *data, size_t len, UINT32 *version, UINT64 *generation)
{
    *version = 0;
    if (len < JOURNAL_HEADER_SIZE || memcmp(data, file_magic, sizeof(file_magic))) return JOURNAL_FORMAT_DAMAGED;
    if (as_u32(data + FILE_HEADER_CHECKED) != checksum(0, data, FILE_HEADER_CHECKED)) return JOURNAL_FORMAT_DAMAGED;
    *version = as_u32(data + 8);
    if (*version > JOURNAL_VERSION) return JOURNAL_FORMAT_NEWER;
    if (*version != JOURNAL_VERSION || as_u32(data + 12) != JOURNAL_HEADER_SIZE) return JOURNAL_FORMAT_DAMAGED;
    *generation = as_u64(data + 16);
    return JOURNAL_FORMAT_OURS;
}

void journal_scan_init(struct journal_scan *scan, const BYTE *data, size_t len, UINT64 generation)
{
    scan->data = data;
    scan->len = len;
    scan->pos = len < JOURNAL_HEADER_SIZE ? len : JOURNAL_HEADER_SIZE;
    scan->seed = seed_of(generation);
}

static BOOL is_header(const struct journal_scan *scan, size_t pos)
{
    const BYTE *frame = scan->data + pos;

    return scan->len - pos >= JOURNAL_FRAME_HEADER_SIZE && as_u32(frame) == FRAME_MAGIC && as_u32(frame + 8) <= RECORD_MAX
           && as_u32(frame + HEADER_CHECKED) == checksum(scan->seed, frame, HEADER_CHECKED);
}

/* The next frame header at pos or behind it, scan->len if there is none. */
static size_t find_header(const struct journal_scan *scan, size_t pos)
{
    const BYTE *found;

    while (scan->len - pos >= JOURNAL_FRAME_HEADER_SIZE)
    {
        if (!(found = memchr(scan->data + pos, FRAME_MAGIC & 0xff, scan->len - pos))) break;
        pos = found - scan->data;
        if (is_header(scan, pos)) return pos;
        pos++;
    }
    return scan->len;
}

static size_t skip_zeros_backwards(const BYTE *data, size_t start, size_t end)
{
    while (end > start && !data[end - 1]) end--;
    return end;
}

static void take_header(const BYTE *frame, struct journal_item *item)
{
    item->kind = as_u16(frame + 4);
    item->payload_size = as_u32(frame + 8);
    item->job.Data1 = as_u32(frame + 12);
    item->job.Data2 = (UINT16)as_u16(frame + 16);
    item->job.Data3 = (UINT16)as_u16(frame + 18);
    memcpy(item->job.Data4, frame + 20, sizeof(item->job.Data4));
    item->seq = as_u64(frame + 28);
    item->confirmed = as_u64(frame + 36);
    item->payload = frame + JOURNAL_FRAME_HEADER_SIZE;
}

static void scan_frame(struct journal_scan *scan, struct journal_item *item)
{
    size_t rest = scan->len - scan->pos, size, next;

    take_header(scan->data + scan->pos, item);
    size = JOURNAL_FRAME_SIZE + item->payload_size;
    if (size <= rest
        && as_u32(item->payload + item->payload_size) == checksum(scan->seed, item->payload, item->payload_size))
    {
        item->found = JOURNAL_FRAME;
        item->size = size;
        return;
    }

    /* The length was under the checksum of the header; but octets may be missing from or added to what follows. */
    item->found = JOURNAL_BAD_PAYLOAD;
    if (size < rest && is_header(scan, scan->pos + size)) item->size = size;
    else
    {
        next = find_header(scan, scan->pos + JOURNAL_FRAME_HEADER_SIZE);
        item->size = next - scan->pos;
        if (next == scan->len && size < rest) item->size = size;
    }
    item->payload = NULL;
    item->payload_size = 0;
}

void journal_scan_next(struct journal_scan *scan, struct journal_item *item)
{
    size_t next;

    memset(item, 0, sizeof(*item));
    item->offset = scan->pos;
    if (scan->pos < scan->len && is_header(scan, scan->pos)) scan_frame(scan, item);
    else
    {
        next = scan->pos < scan->len ? find_header(scan, scan->pos) : scan->len;
        if (next == scan->len) next = skip_zeros_backwards(scan->data, scan->pos, next);
        item->size = next - scan->pos;
        item->found = item->size ? JOURNAL_GARBAGE : JOURNAL_END;
    }
    scan->pos += item->size;
}

void journal_survey(const BYTE *data, size_t len, UINT64 generation, struct journal_survey *survey)
{
    struct journal_scan scan;
    struct journal_item item;
    BOOL damage = FALSE;

    memset(survey, 0, sizeof(*survey));
    journal_scan_init(&scan, data, len, generation);
    for (journal_scan_next(&scan, &item); item.found != JOURNAL_END; journal_scan_next(&scan, &item))
    {
        if (item.found != JOURNAL_FRAME)
        {
            damage = TRUE;
            continue;
        }
        survey->frames++;
        survey->end = item.offset + item.size;
        if (item.confirmed > survey->confirmed && item.confirmed <= len) survey->confirmed = item.confirmed;
        switch (item.kind)
        {
        case JOURNAL_LIVE:
            survey->sound = TRUE;
            break;
        case JOURNAL_SNAPSHOT:
            survey->snapshot_frames++;
            break;
        case JOURNAL_SNAPSHOT_END:
            survey->snapshot_end = survey->end;
            if (damage || item.payload_size != 8 || as_u64(item.payload) != survey->snapshot_frames) break;
            survey->sound = TRUE;
            if (survey->confirmed < survey->end) survey->confirmed = survey->end;
            break;
        default:
            break;
        }
    }
}

UINT64 journal_mark_number(const struct journal_item *item)
{
    return as_u64(item->payload);
}
