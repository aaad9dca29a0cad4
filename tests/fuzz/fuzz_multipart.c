/*
 * Fuzz target: the reader of multipart/byteranges
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
 * Input: an octet that chooses the steps, a line with the Content-Type, then the body.  Whole and in steps the outcome is the same; a
 * run of data lies in the range of its part, follows the one before it, and is made of octets that were fed.
 */

#include "core/multipart.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

struct outcome
{
    HRESULT hr;
    UINT32 parts;
    UINT64 sum;
    size_t data_len;
};

static void run(const char *type, const char *body, size_t len, size_t step, const struct content_range *expected, UINT32 count,
                struct outcome *out)
{
    struct multipart_reader reader;
    size_t pos = 0, used, data_len, i;
    UINT64 offset, next = 0;
    const char *data;
    UINT32 part = 0;
    HRESULT hr;

    memset(out, 0, sizeof(*out));
    hr = multipart_init(&reader, type, expected, count);
    while (pos < len && SUCCEEDED(hr))
    {
        size_t chunk = step < len - pos ? step : len - pos;

        hr = multipart_read(&reader, body + pos, chunk, &used, &data, &data_len, &offset);
        CHECK(used <= chunk && (used || FAILED(hr)));
        if (data_len)
        {
            CHECK(data >= body + pos && data + data_len <= body + pos + used);
            if (reader.part != part)
            {
                CHECK(offset == reader.range.first);
                part = reader.part;
            }
            else CHECK(offset == next);
            next = offset + data_len;
            CHECK(next - 1 <= reader.range.last);
            for (i = 0; i < data_len; i++) out->sum = out->sum * 31 + (BYTE)data[i] + offset + i;
            out->data_len += data_len;
        }
        pos += used;
    }
    out->parts = reader.part;
    if (SUCCEEDED(hr)) hr = multipart_end(&reader);
    out->hr = hr;
    if (SUCCEEDED(hr)) CHECK(out->parts && (!expected || out->parts == count));
    multipart_free(&reader);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    static const struct content_range expected[] = {{0, 1, 10}, {4, SIZE_UNKNOWN, SIZE_UNKNOWN}};
    struct outcome whole, part;
    const BYTE *lf;
    size_t len;
    char *type;

    if (size < 1 || !(lf = memchr(data + 1, '\n', size - 1))) return 0;
    len = lf - data - 1;
    if (!(type = malloc(len + 1))) return 0;
    memcpy(type, data + 1, len);
    type[len] = 0;
    len = data + size - lf - 1;

    run(type, (const char *)lf + 1, len, len + 1, data[0] & 0x80 ? expected : NULL, 2, &whole);
    run(type, (const char *)lf + 1, len, 1 + (data[0] & 0x0f), data[0] & 0x80 ? expected : NULL, 2, &part);
    CHECK(whole.hr == part.hr && whole.parts == part.parts && whole.data_len == part.data_len && whole.sum == part.sum);
    free(type);
    return 0;
}
