/*
 * Fuzz target: the HTTP/1.1 reader and writer
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
 * Input: an octet that chooses method and steps, then what the peer sends.  Fed whole and in steps the outcome must be the same; every
 * body octet delivered must be one that was fed, in order; limits hold.  The same octets go through the writer as custom headers.
 */

#include "core/http1.h"
#include "core/str.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

struct outcome
{
    HRESULT hr;
    struct http1_reader reader;
    char *body;
    size_t body_len;
    size_t used;
};

static void run(const char *method, const BYTE *data, size_t len, size_t step, struct outcome *out)
{
    size_t pos = 0, used, body_len;
    const char *body;
    HRESULT hr = S_OK;

    memset(out, 0, sizeof(*out));
    out->body = malloc(len + 1);
    http1_reader_init(&out->reader, method);
    while (pos < len && SUCCEEDED(hr) && out->reader.state != HTTP1_DONE)
    {
        size_t count = step < len - pos ? step : len - pos;
        const char *part = (const char *)data + pos;

        if (out->reader.state == HTTP1_HEAD) hr = http1_read_head(&out->reader, part, count, &used);
        else
        {
            hr = http1_read_body(&out->reader, part, count, &used, &body, &body_len);
            CHECK(body >= part && body + body_len <= part + used);
            memcpy(out->body + out->body_len, body, body_len);
            out->body_len += body_len;
        }
        CHECK(used <= count && (used || FAILED(hr) || out->reader.state != HTTP1_BODY));
        pos += used;
    }
    out->used = pos;
    if (SUCCEEDED(hr)) hr = http1_read_close(&out->reader);
    out->hr = hr;
    CHECK(out->reader.state == (FAILED(hr) ? HTTP1_FAILED : HTTP1_DONE));
    CHECK(out->reader.headers.count <= HTTP1_MAX_FIELDS && out->reader.interim <= HTTP1_MAX_INTERIM + 1);
    CHECK(out->reader.raw_len <= 2 * HTTP1_MAX_HEADER_BLOCK + HTTP1_MAX_STATUS_LINE);
    if (SUCCEEDED(hr))
    {
        CHECK(out->reader.status >= 100 && out->reader.status <= 999 && out->reader.raw);
        CHECK(out->reader.framing != HTTP1_LENGTH || out->reader.length == out->body_len);
        CHECK(out->reader.framing != HTTP1_NO_BODY || (!out->body_len && !out->reader.length));
        CHECK(strlen(out->reader.raw) == out->reader.raw_len);
    }
}

static void outcome_free(struct outcome *out)
{
    http1_reader_free(&out->reader);
    free(out->body);
}

static void write_custom(const BYTE *data, size_t size)
{
    struct http1_writer writer;
    struct http1_reader reader;
    size_t i, used;
    WCHAR *lines;

    if (!(lines = malloc((size + 1) * sizeof(*lines)))) return;
    for (i = 0; i < size; i++) lines[i] = data[i];
    lines[size] = 0;

    http1_writer_init(&writer);
    http1_write_lines(&writer, lines);
    http1_write_end(&writer);
    CHECK(writer.hr == S_OK || writer.hr == E_INVALIDARG);
    if (writer.hr == S_OK && writer.len < HTTP1_MAX_HEADER_BLOCK)
    {
        /* what was let through is a block of fields to a strict reader, neither more nor less */
        http1_reader_init(&reader, "HEAD");
        CHECK(http1_read_head(&reader, "HTTP/1.1 200\r\n", 14, &used) == S_FALSE);
        if (SUCCEEDED(http1_read_head(&reader, writer.data, writer.len, &used)))
            CHECK(used == writer.len && reader.state == HTTP1_DONE);
        else
            CHECK(reader.headers.count == HTTP1_MAX_FIELDS);
        http1_reader_free(&reader);
    }
    http1_writer_free(&writer);

    http1_write_request_line(&writer, L"GET", lines);
    for (i = 0; i < writer.len; i++)
        CHECK((BYTE)writer.data[i] < 0x7f && ((BYTE)writer.data[i] > ' ' || i == 3 || i >= writer.len - 11));
    http1_writer_free(&writer);
    free(lines);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    static const char *const methods[] = {"GET", "HEAD", "CONNECT", "BITS_POST"};
    struct outcome whole, part;
    const char *method;
    size_t step;

    if (!size) return 0;
    method = methods[data[0] & 3];
    step = 1 + (data[0] >> 2) % 13;
    data++;
    size--;

    run(method, data, size, size + 1, &whole);
    run(method, data, size, step, &part);
    CHECK(whole.hr == part.hr && whole.body_len == part.body_len && !memcmp(whole.body, part.body, whole.body_len));
    if (SUCCEEDED(whole.hr))
    {
        CHECK(whole.used == part.used && whole.reader.status == part.reader.status);
        CHECK(whole.reader.framing == part.reader.framing && whole.reader.length == part.reader.length);
        CHECK(!strcmp(whole.reader.raw, part.reader.raw) && whole.reader.headers.count == part.reader.headers.count);
    }
    outcome_free(&whole);
    outcome_free(&part);
    write_custom(data, size);
    return 0;
}
