/*
 * Fuzzes the steps of a download
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
 * Input: what was known before, then the answers of a server, as octets that choose among statuses, lengths, ranges, dates, ways to elsewhere
 * and bodies.  Whatever comes, no octet goes beyond the file and there is an end.
 */

#include <stdio.h>

#include "core/fetch.h"
#include "core/str.h"

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)
#define STEPS 300

struct input
{
    const BYTE *data;
    size_t size;
};

static UINT32 take(struct input *input, UINT32 limit)
{
    UINT32 value;

    if (!input->size) return 0;
    value = *input->data++;
    input->size--;
    return value % limit;
}

static void add(struct header_list *headers, const char *name, const char *value)
{
    CHECK(SUCCEEDED(headers_add(headers, name, strlen(name), value, strlen(value))));
}

/* About a number that means something here. */
static UINT64 near_number(struct input *input, const struct fetch *fetch)
{
    UINT64 numbers[] = { 0, fetch->request.first, fetch->request.last, fetch->size, fetch->position, 1000, 100, (UINT64)-3 };

    return numbers[take(input, ARRAY_SIZE(numbers))] + take(input, 3) - take(input, 3);
}

static void make_reply(struct input *input, const struct fetch *fetch, struct fetch_reply *reply, struct header_list *headers)
{
    static const UINT32 statuses[] = { 200, 206, 200, 206, 302, 412, 416, 404, 503, 301, 308, 204 };
    static const char * const ways[] = { "/b", "http://g/c", "https://h/a", "file://x/y", "ht!tp:", "http://h/a" };
    static const char * const dates[] = { "Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT", "no date" };
    UINT32 what = take(input, 256);
    char text[100];

    headers_init(headers);
    reply->status = statuses[take(input, ARRAY_SIZE(statuses))];
    reply->headers = headers;
    reply->length = SIZE_UNKNOWN;
    if (what & 1)
    {
        reply->length = near_number(input, fetch);
        sprintf(text, "%llu", (unsigned long long)reply->length);
        add(headers, "Content-Length", text);
    }
    if (what & 2)
    {
        UINT64 first = what & 0x40 ? fetch->request.first : near_number(input, fetch);
        UINT64 last = what & 0x80 ? fetch->request.last : near_number(input, fetch);

        if (take(input, 4)) sprintf(text, "bytes %llu-%llu/%llu", (unsigned long long)first, (unsigned long long)last, (unsigned long long)fetch->size);
        else sprintf(text, "bytes %llu-%llu/*", (unsigned long long)first, (unsigned long long)last);
        add(headers, "Content-Range", text);
    }
    if (what & 4) add(headers, "Location", ways[take(input, ARRAY_SIZE(ways))]);
    if (what & 8) add(headers, "Last-Modified", dates[take(input, ARRAY_SIZE(dates))]);
    if (what & 16) add(headers, "Content-Type", "multipart/byteranges; boundary=B");
}

static void feed_body(struct input *input, struct fetch *fetch)
{
    static BYTE body[4096];
    UINT32 left = take(input, 256) * 16, i, len, used, data_len;
    const void *data;
    UINT64 offset;

    if (fetch->in_multipart)
    {
        len = (UINT32)min(input->size, sizeof(body));
        memcpy(body, input->data, len);
        input->data += len;
        input->size -= len;
        left = len;
    }
    for (i = 0; i < left && fetch_wants_body(fetch); i += used)
    {
        offset = fetch->position;
        len = min(left - i, 1 + take(input, 200));
        used = fetch_on_body(fetch, body + i % sizeof(body), min(len, (UINT32)(sizeof(body) - i % sizeof(body))), &data, &data_len);
        CHECK(used <= len && data_len <= used);
        if (data_len && !fetch->dynamic && fetch->failure.hr != E_OUTOFMEMORY)
        {
            CHECK(offset + data_len <= fetch_total(fetch));
        }
        if (!used) break;
    }
    if (!fetch_wants_body(fetch)) return;
    if (take(input, 4)) fetch_on_end(fetch, take(input, 256) * 50);
    else fetch_on_interrupt(fetch);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    static const struct file_range ranges[] = { { 500, 20 }, { 10, 30 }, { 40, 5 }, { 600, LENGTH_TO_EOF } };
    static const UINT32 flags[] = { 0, 0x100, 0x200, 0x800 };
    struct input input = { data, size };
    struct fetch_params params = { 0 };
    struct fetch_reply reply;
    struct header_list headers;
    struct range_set requested;
    struct fetch fetch;
    enum fetch_step step;
    UINT32 what, i;

    what = take(&input, 256);
    params.url = L"http://h/a";
    params.foreground = what & 1;
    params.dynamic = (what & 0x0e) == 0x0e;
    params.security_flags = flags[take(&input, ARRAY_SIZE(flags))];
    params.ranges = ranges;
    params.range_count = what & 2 && !params.dynamic ? take(&input, ARRAY_SIZE(ranges) + 1) : 0;
    params.size = what & 4 ? 1000 : SIZE_UNKNOWN;
    params.position = what & 4 && !params.range_count ? take(&input, 256) * 4 % 1001 : 0;
    params.max_bytes = what & 8 ? 900 : SIZE_UNKNOWN;
    params.on_demand = (what & 0x30) == 0x30 && !params.range_count && !params.dynamic;
    ranges_init(&requested);
    if (what & 0x40 && !params.range_count) ranges_add(&requested, take(&input, 256) * 4, 1 + take(&input, 100));
    params.requested = &requested;
    params.first_wanted = what & 0x80 ? 300 : 0;

    CHECK(SUCCEEDED(fetch_init(&fetch, &params)));
    for (i = 0; i < STEPS; i++)
    {
        step = fetch_next(&fetch, i * 100);
        if (step == FETCH_DONE || step == FETCH_PARTIAL || step == FETCH_FAILED) break;
        if (step == FETCH_BEGIN) fetch_on_begun(&fetch);
        else if (step == FETCH_RENAME) fetch_on_renamed(&fetch);
        else
        {
            CHECK(fetch.request.head == (step == FETCH_HEAD));
            if (fetch.request.ranged)
            {
                UINT32 j;

                CHECK(fetch.request.piece_count && fetch.request.piece_count <= FETCH_PIECES_MAX);
                for (j = 0; j < fetch.request.piece_count; j++)
                    CHECK(fetch.request.pieces[j].first <= fetch.request.pieces[j].last && fetch.request.pieces[j].last < fetch.size);
            }
            if (!input.size)
            {
                fetch_on_error(&fetch, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), CONTEXT_REMOTE_FILE);
                continue;
            }
            make_reply(&input, &fetch, &reply, &headers);
            if (fetch_on_reply(&fetch, &reply)) feed_body(&input, &fetch);
            headers_free(&headers);
        }
    }
    if (step == FETCH_DONE && !fetch.dynamic) CHECK(fetch.have.total == fetch_total(&fetch) && fetch.have.count <= 1);
    if (step == FETCH_FAILED) CHECK(FAILED(fetch.failure.hr) && fetch.failure.context);
    fetch_free(&fetch);
    ranges_free(&requested);
    return 0;
}
