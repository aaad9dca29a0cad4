/*
 * Fuzzes the upload of a file
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
 * Input: what was recorded before, then the Acks of a server, as octets that choose among statuses and fields, of which most are made of the
 * input's own text.  Whatever comes, no fragment goes beyond the file, nothing is sent that a field may not hold, what counts is recorded before
 * the next packet, and there is an end.
 */

#include <stdio.h>

#include "core/upload.h"
#include "core/url.h"

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)
#define STEPS 2000

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

/* Up to a zero octet. */
static size_t take_text(struct input *input, const char **text)
{
    size_t len = 0;

    *text = (const char *)input->data;
    while (len < input->size && input->data[len]) len++;
    input->data += len;
    input->size -= len;
    take(input, 1);
    return len;
}

static void add(struct header_list *headers, const char *name, const char *value, size_t len)
{
    CHECK(SUCCEEDED(headers_add(headers, name, strlen(name), value, len)));
}

static void add_field(struct input *input, struct header_list *headers, const char *name, const char *usual)
{
    const char *text;
    size_t len;

    switch (take(input, 4))
    {
    case 0:
        break;
    case 1:
        len = take_text(input, &text);
        add(headers, name, text, len);
        break;
    default:
        add(headers, name, usual, strlen(usual));
    }
}

/* About a number that means something here. */
static UINT64 near_number(struct input *input, const struct upload *upload)
{
    UINT64 numbers[] = { upload->request.first + upload->request.length, upload->acknowledged, upload->size, 0, upload->request.first, (UINT64)-2 };

    return numbers[take(input, ARRAY_SIZE(numbers))] + take(input, 3) - take(input, 3);
}

static UINT32 make_ack(struct input *input, const struct upload *upload, struct header_list *headers)
{
    static const UINT32 statuses[] = { 200, 200, 200, 201, 416, 413, 500, 400, 401, 404, 503, 302, 204, 100 };
    static const char * const codes[] = { "0x8020001F", "0x80070057", "x0", "8020001f", "0x80200020" };
    char number[30];
    UINT32 status;

    headers_init(headers);
    status = statuses[take(input, ARRAY_SIZE(statuses))];
    if (upload->request.packet == UPLOAD_CREATE)
    {
        add_field(input, headers, "BITS-Protocol", UPLOAD_PROTOCOL);
        add_field(input, headers, "BITS-Session-Id", "{1}");
        add_field(input, headers, "Accept-Encoding", "identity");
        add_field(input, headers, "BITS-Host-Id", "g");
        add_field(input, headers, "BITS-Host-Id-Fallback-Timeout", "10");
    }
    if (upload->request.packet == UPLOAD_FRAGMENT)
    {
        sprintf(number, "%llu", (unsigned long long)near_number(input, upload));
        add_field(input, headers, "BITS-Session-Id", upload->session.id);
        add_field(input, headers, "BITS-Received-Content-Range", number);
        add_field(input, headers, "BITS-Reply-URL", "/r");
    }
    if (status >= 300)
    {
        add_field(input, headers, take(input, 2) ? "BITS-Error-Code" : "BITS-Error", codes[take(input, ARRAY_SIZE(codes))]);
        add_field(input, headers, "BITS-Error-Context", "0x7");
    }
    return status;
}

static void check_request(const struct upload *upload)
{
    const struct upload_request *request = &upload->request;
    struct buffer lines;
    size_t i, count;

    CHECK(SUCCEEDED(url_split(request->url, NULL)));
    CHECK(request->length <= upload->size && request->first <= upload->size - request->length);
    CHECK(request->length <= UPLOAD_FOREGROUND_SIZE);
    if (request->packet == UPLOAD_FRAGMENT) CHECK(request->length || !upload->size);
    else CHECK(!request->first && !request->length && !request->last);
    if (request->packet >= UPLOAD_FRAGMENT) CHECK(upload->session.id);

    buffer_init(&lines, 4096);
    CHECK(SUCCEEDED(upload_lines(upload, &lines)));
    for (i = count = 0; i < lines.len; i++)
    {
        if (lines.data[i] == '\r') CHECK(i + 1 < lines.len && lines.data[++i] == '\n' && ++count);
        else CHECK((lines.data[i] >= ' ' || lines.data[i] == '\t') && lines.data[i] != 0x7f);
    }
    CHECK(count && count <= 4 && lines.data[lines.len - 1] == '\n');
    buffer_free(&lines);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    static const UINT64 sizes[] = { 3000, 0, 10, 5000000, (UINT64)-2 };
    struct input input = { data, size };
    struct upload_params params = { L"http://u:p@h:8/f?q", L"c:\\a\\f \xe4.x" };
    struct upload_session session = { 0 };
    struct header_list headers;
    struct upload upload;
    enum upload_step step;
    UINT64 recorded, time = 1000 * TICKS_PER_SECOND;
    UINT32 what, i, status;
    const char *text;
    size_t len;

    what = take(&input, 256);
    params.size = sizes[take(&input, ARRAY_SIZE(sizes))];
    params.wants_reply = what & 1;
    params.reply_done = what & 2;
    params.foreground = what & 4;
    params.cancel = (what & 0x18) == 0x18;
    if (what & 0x20) session.id = strdup("{0}");
    if (what & 0x40)
    {
        len = take_text(&input, &text);
        session.host = str_from_utf8_n(text, len);
        session.host_timeout = take(&input, 256);
        session.host_failed = take(&input, 2) * 990 * TICKS_PER_SECOND;
    }
    if (what & 0x80) params.acknowledged = take(&input, 256) * 20;
    if ((what & 0x90) == 0x90) params.reply_url = L"http://h/r";
    params.session = &session;
    CHECK(SUCCEEDED(upload_init(&upload, &params)));
    upload_session_free(&session);
    upload.block_limit = take(&input, 4) * 600;
    recorded = upload.acknowledged;

    for (i = 0; i < STEPS; i++)
    {
        step = upload_next(&upload, i * 100, time);
        if (step == UPLOAD_DONE || step == UPLOAD_FAILED) break;
        CHECK(upload.acknowledged <= upload.size);
        if (step == UPLOAD_RECORD)
        {
            recorded = upload.acknowledged;
            upload_on_recorded(&upload);
            continue;
        }
        if (step == UPLOAD_REPLY)
        {
            CHECK(params.wants_reply && SUCCEEDED(url_split(upload.reply_url, NULL)));
            upload_on_reply(&upload);
            continue;
        }
        CHECK(recorded <= upload.acknowledged);
        check_request(&upload);
        what = input.size ? take(&input, 8) : 0;
        if (what == 7) time += take(&input, 256) * TICKS_PER_SECOND;
        if (what == 6) upload_on_connected(&upload);
        if (what < 1) upload_on_error(&upload, HRESULT_FROM_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), CONTEXT_REMOTE_FILE, take(&input, 2) || upload.session.host, time);
        else
        {
            status = make_ack(&input, &upload, &headers);
            upload_on_ack(&upload, status, &headers, i * 100 + take(&input, 256) * 50);
            headers_free(&headers);
        }
        if (take(&input, 2)) recorded = max(recorded, upload.acknowledged);
    }
    CHECK(i < STEPS || size > STEPS / 4);
    if (step == UPLOAD_FAILED) CHECK(FAILED(upload.failure.hr) && upload.failure.context);
    upload_free(&upload);
    return 0;
}
