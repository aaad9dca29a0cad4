/*
 * Tests of the HTTP/1.1 reader and writer
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

#include "core/http1.h"
#include "core/str.h"
#include "wine/test.h"

#define INVALID BG_E_INVALID_SERVER_RESPONSE
#define NO_HTTP BG_E_INSUFFICIENT_HTTP_SUPPORT
#define CUT ((HRESULT)0x80070026) /* ERROR_HANDLE_EOF */

#define OK11 "HTTP/1.1 200 OK\r\n"

/* What came of one reply, fed in steps. */
struct outcome
{
    HRESULT hr;               /* of the failing call, S_OK if there was none */
    enum http1_state state;   /* after everything was fed and the peer closed */
    UINT32 status, minor;
    enum http1_framing framing;
    UINT64 length;
    BOOL keep_alive;          /* before the close */
    char *raw;
    UINT32 fields;
    char *body;
    size_t body_len;
    size_t used;              /* octets that belong to the reply */
    BOOL closed;              /* it took the close to end it */
};

/* Feeds data in steps: `first` octets, then `step` at a time. */
static void run(const char *method, const char *data, size_t len, size_t first, size_t step, struct outcome *out)
{
    size_t pos = 0, chunk = first ? first : step, used, body_len;
    struct http1_reader reader;
    const char *body;
    HRESULT hr = S_OK;

    memset(out, 0, sizeof(*out));
    out->body = malloc(len + 1);
    http1_reader_init(&reader, method);
    while (pos < len && SUCCEEDED(hr) && reader.state != HTTP1_DONE)
    {
        size_t end = pos + (chunk < len - pos ? chunk : len - pos);

        chunk = step;
        while (pos < end && SUCCEEDED(hr) && reader.state != HTTP1_DONE)
        {
            /* a copy of exact size: reading too far is seen */
            char *copy = malloc(end - pos);

            memcpy(copy, data + pos, end - pos);
            if (reader.state == HTTP1_HEAD)
            {
                hr = http1_read_head(&reader, copy, end - pos, &used);
                if (SUCCEEDED(hr)) ok((hr == S_OK) == (reader.state != HTTP1_HEAD), "got %#x in state %d\n", hr, reader.state);
                if (hr == S_FALSE) ok(used == end - pos, "%u octets were left\n", (unsigned int)(end - pos - used));
            }
            else
            {
                hr = http1_read_body(&reader, copy, end - pos, &used, &body, &body_len);
                ok(body >= copy && body + body_len <= copy + used, "body out of the data\n");
                memcpy(out->body + out->body_len, body, body_len);
                out->body_len += body_len;
                if (SUCCEEDED(hr) && reader.state == HTTP1_BODY) ok(used > 0, "no octet was used\n");
            }
            ok(used <= end - pos, "used %u\n", (unsigned int)used);
            ok(FAILED(hr) == (reader.state == HTTP1_FAILED), "got %#x in state %d\n", hr, reader.state);
            pos += used;
            free(copy);
        }
    }

    out->used = pos;
    out->keep_alive = reader.keep_alive;
    if (SUCCEEDED(hr))
    {
        out->closed = reader.state != HTTP1_DONE;
        hr = http1_read_close(&reader);
    }
    else ok(http1_read_close(&reader) == hr, "the failure did not stick\n");
    out->hr = hr;
    out->state = reader.state;
    out->status = reader.status;
    out->minor = reader.minor;
    out->framing = reader.framing;
    out->length = reader.length;
    out->raw = reader.raw ? strdup(reader.raw) : NULL;
    out->fields = reader.headers.count;
    ok(out->state == (FAILED(hr) ? HTTP1_FAILED : HTTP1_DONE), "state %d after %#x\n", out->state, hr);
    if (FAILED(hr)) ok(reader.hr == hr && !reader.keep_alive, "hr %#x, keep-alive %d\n", reader.hr, reader.keep_alive);
    http1_reader_free(&reader);
}

static void outcome_free(struct outcome *out)
{
    free(out->raw);
    free(out->body);
}

/* The steps make no difference. Octets and body seen before a failure may, by what was in the same step. */
static BOOL same_outcome(const struct outcome *a, const struct outcome *b)
{
    if (a->hr != b->hr || a->body_len != b->body_len || memcmp(a->body, b->body, a->body_len)) return FALSE;
    if (FAILED(a->hr)) return TRUE;
    return a->status == b->status && a->minor == b->minor && a->framing == b->framing && a->length == b->length
            && a->keep_alive == b->keep_alive && !strcmp(a->raw, b->raw) && a->fields == b->fields && a->used == b->used
            && a->closed == b->closed;
}

/* Every place to cut the data in two, and octet by octet, give the outcome that the whole gives. */
static void check_steps(const char *method, const char *data, size_t len, const struct outcome *whole)
{
    struct outcome part;
    size_t i;

    for (i = 0; i <= len && i < 600; i++)
    {
        run(method, data, len, i, i ? len : 1, &part);
        ok(same_outcome(whole, &part), "cut at %u: got %#x, body %u, not %#x, %u\n", (unsigned int)i, part.hr,
           (unsigned int)part.body_len, whole->hr, (unsigned int)whole->body_len);
        outcome_free(&part);
    }
}

struct reply_row
{
    const char *method;
    const char *data;
    HRESULT hr;
    UINT32 status;
    enum http1_framing framing;
    UINT64 length;
    const char *body;
    BOOL keep_alive;
    const char *rest;         /* behind the reply; NULL: it takes the close */
};

static const struct reply_row replies[] =
{
    {"GET", OK11 "Content-Length: 5\r\n\r\nhello", S_OK, 200, HTTP1_LENGTH, 5, "hello", TRUE, ""},
    {"GET", OK11 "Content-Length: 5\r\n\r\nhelloHTTP/1.1", S_OK, 200, HTTP1_LENGTH, 5, "hello", TRUE, "HTTP/1.1"},
    {"GET", OK11 "content-length:5\r\n\r\nhello", S_OK, 200, HTTP1_LENGTH, 5, "hello", TRUE, ""},
    {"GET", OK11 "Content-Length: 5, 5\r\nContent-Length: 5\r\n\r\nhello", S_OK, 200, HTTP1_LENGTH, 5, "hello", TRUE, ""},
    {"GET", OK11 "Content-Length: 0\r\n\r\nx", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "x"},
    {"GET", OK11 "Content-Length: 5\r\n\r\nhell", CUT, 0, 0, 0, "hell"},
    {"GET", OK11 "Content-Length: 18446744073709551614\r\n\r\nx", CUT, 0, 0, 0, "x"},
    {"GET", OK11 "\r\nhello", S_OK, 200, HTTP1_UNTIL_CLOSE, SIZE_UNKNOWN, "hello", FALSE, NULL},
    {"GET", OK11 "\r\n", S_OK, 200, HTTP1_UNTIL_CLOSE, SIZE_UNKNOWN, "", FALSE, NULL},
    {"GET", OK11 "Connection: keep-alive\r\n\r\nx", S_OK, 200, HTTP1_UNTIL_CLOSE, SIZE_UNKNOWN, "x", FALSE, NULL},

    /* no body, whatever the fields say */
    {"HEAD", OK11 "Content-Length: 5\r\n\r\nx", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "x"},
    {"HEAD", OK11 "Transfer-Encoding: chunked\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"HEAD", OK11 "\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nx", S_OK, 204, HTTP1_NO_BODY, 0, "", TRUE, "x"},
    {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", S_OK, 304, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", S_OK, 404, HTTP1_LENGTH, 2, "no", TRUE, ""},

    /* CONNECT */
    {"CONNECT", "HTTP/1.1 200 Connection established\r\n\r\nTLS", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "TLS"},
    {"CONNECT", "HTTP/1.0 200 Connection established\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"CONNECT", OK11 "Content-Length: 5\r\n\r\nTLS", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "TLS"},
    {"CONNECT", OK11 "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nTLS", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "TLS"},
    {"CONNECT", "HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno", S_OK, 407, HTTP1_LENGTH, 2, "no", TRUE, ""},
    {"CONNECT", "HTTP/1.1 502 Bad\r\n\r\nno", S_OK, 502, HTTP1_UNTIL_CLOSE, SIZE_UNKNOWN, "no", FALSE, NULL},

    /* persistence */
    {"GET", OK11 "Connection: close\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", OK11 "Connection: foo, CLOSE\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", OK11 "Connection: keep-alive\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", OK11 "Proxy-Connection: close\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", "HTTP/1.0 200 OK\r\nProxy-Connection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", "HTTP/1.0 200 OK\r\n\r\nx", S_OK, 200, HTTP1_UNTIL_CLOSE, SIZE_UNKNOWN, "x", FALSE, NULL},

    /* the status line */
    {"GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 200 \xe4\xf6\xfc \t:\r\nContent-Length: 0\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n", S_OK, 999, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1 600 ?\r\nContent-Length: 0\r\n\r\n", S_OK, 600, HTTP1_NO_BODY, 0, "", TRUE, ""},
    {"GET", "HTTP/1.1  200 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1\t200 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 20 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 2000 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 200OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 099 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 2x0 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 -20 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1\r\n\r\n", INVALID},
    {"GET", "HTTP/1.\r\n\r\n", INVALID},
    {"GET", "HTTP/1.x 200 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.10 200 OK\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 200 OK\rX\r\n\r\n", INVALID},
    {"GET", "HTTP/1.1 200 OK\r\r\n\r\n", INVALID},
    {"GET", "HTTP/1 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "HTTP/2.0 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "HTTP/2 200\r\n\r\n", NO_HTTP},
    {"GET", "HTTP/0.9 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "http/1.1 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "ICY 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "SSH-2.0-OpenSSH_9.2\r\n", NO_HTTP},
    {"GET", "220 ftp ready\r\n", NO_HTTP},
    {"GET", "<html>\r\n", NO_HTTP},
    {"GET", "\r\nHTTP/1.1 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "\n", NO_HTTP},
    {"GET", " HTTP/1.1 200 OK\r\n\r\n", NO_HTTP},
    {"GET", "\x15\x03\x01", NO_HTTP},
    {"GET", "", CUT},
    {"GET", "HTTP/1.1 200 O", CUT},
    {"GET", OK11 "Content-Le", CUT},
    {"GET", OK11 "Content-Length: 0\r\n", CUT},

    /* fields */
    {"GET", OK11 "Content-Length : 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "Content-Length:\r\n 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "A: b\r\n\tc\r\n   d\r\n \r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "A:\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "A: \x80\xff\x01\x7f\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "A: b\n c\nContent-Length: 1\r\n\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", OK11 "X\r\n\r\n", INVALID},
    {"GET", OK11 ": x\r\n\r\n", INVALID},
    {"GET", OK11 " : x\r\n\r\n", INVALID},
    {"GET", OK11 " A: x\r\n\r\n", INVALID},
    {"GET", OK11 "A b: x\r\n\r\n", INVALID},
    {"GET", OK11 "A(b: x\r\n\r\n", INVALID},
    {"GET", OK11 "\xe4: x\r\n\r\n", INVALID},
    {"GET", OK11 "A: b\rc\r\n\r\n", INVALID},
    {"GET", OK11 "A: b\r\r\n\r\n", INVALID},
    {"GET", OK11 "A: b\r\n\r\r\n", INVALID},

    /* lengths */
    {"GET", OK11 "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", INVALID},
    {"GET", OK11 "Content-Length: 5, 6\r\n\r\nhello", INVALID},
    {"GET", OK11 "Content-Length: -5\r\n\r\nhello", INVALID},
    {"GET", OK11 "Content-Length: 5x\r\n\r\nhello", INVALID},
    {"GET", OK11 "Content-Length:\r\n\r\nhello", INVALID},
    {"GET", OK11 "Content-Length: 18446744073709551615\r\n\r\nx", INVALID},
    {"GET", OK11 "Content-Length: 99999999999999999999\r\n\r\nx", INVALID},

    /* chunks */
#define CHUNKED OK11 "Transfer-Encoding: chunked\r\n\r\n"
    {"GET", CHUNKED "5\r\nhello\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "hello", TRUE, ""},
    {"GET", CHUNKED "0\r\n\r\nrest", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "", TRUE, "rest"},
    {"GET", CHUNKED "1\r\na\r\n1\r\nb\r\n000\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "ab", TRUE, ""},
    {"GET", CHUNKED "A\r\n0123456789\r\n0b\r\n0123456789a\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN,
        "01234567890123456789a", TRUE, ""},
    {"GET", CHUNKED "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "hello", TRUE, ""},
    {"GET", CHUNKED "5  \t\r\nhello\r\n0 ; x\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "hello", TRUE, ""},
    {"GET", CHUNKED "2\r\n\r\n\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "\r\n", TRUE, ""},
    {"GET", CHUNKED "1\r\nx\r\n0\r\nT: u\r\n v\r\nContent-Length: 7\r\n\r\nrest", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "x", TRUE,
        "rest"},
    {"GET", CHUNKED "1\r\nx\r\n0\r\nT: u\n\nrest", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "x", TRUE, "rest"},
    {"GET", CHUNKED "00000000000000000000000000001\r\nx\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "x", TRUE, ""},
    {"GET", OK11 "Transfer-Encoding: identity, Chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED,
        SIZE_UNKNOWN, "x", FALSE, ""},
    {"GET", OK11 "Transfer-Encoding: , chunked ,\r\n\r\n1\r\nx\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN, "x", TRUE, ""},
    {"GET", OK11 "Transfer-Encoding: chunked\r\nContent-Length: 99\r\n\r\n1\r\nx\r\n0\r\n\r\n", S_OK, 200, HTTP1_CHUNKED, SIZE_UNKNOWN,
        "x", FALSE, ""},
    {"GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n1\r\nx\r\n0\r\n\r\n", S_OK, 200,
        HTTP1_CHUNKED, SIZE_UNKNOWN, "x", FALSE, ""},
    {"GET", OK11 "Transfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"GET", CHUNKED "5\r\nhel", CUT, 0, 0, 0, "hel"},
    {"GET", CHUNKED "5\r\nhello\r\n", CUT, 0, 0, 0, "hello"},
    {"GET", CHUNKED "5\r\nhello\r\n0\r\n", CUT, 0, 0, 0, "hello"},
    {"GET", CHUNKED "5\r\nhello\r\n0\r\nT: u\r\n", CUT, 0, 0, 0, "hello"},
    {"GET", CHUNKED "FFFFFFFFFFFFFFFE\r\nx", CUT, 0, 0, 0, "x"},
    {"GET", CHUNKED "FFFFFFFFFFFFFFFF\r\nx", INVALID},
    {"GET", CHUNKED "10000000000000000\r\nx", INVALID},
    {"GET", CHUNKED "1\r\nx\r\nFFFFFFFFFFFFFFFE\r\nx", INVALID, 0, 0, 0, "x"},
    {"GET", CHUNKED "\r\n", INVALID},
    {"GET", CHUNKED ";x\r\n", INVALID},
    {"GET", CHUNKED " 1\r\nx\r\n", INVALID},
    {"GET", CHUNKED "-1\r\n", INVALID},
    {"GET", CHUNKED "0x1\r\nx\r\n", INVALID},
    {"GET", CHUNKED "1\nx\r\n0\r\n\r\n", INVALID},
    {"GET", CHUNKED "1;x\nx\r\n", INVALID},
    {"GET", CHUNKED "1\rx\r\n", INVALID},
    {"GET", CHUNKED "1;a\rb\r\n", INVALID},
    {"GET", CHUNKED "1g\r\nx\r\n", INVALID},
    {"GET", CHUNKED "1\r\nxy\r\n", INVALID, 0, 0, 0, "x"},
    {"GET", CHUNKED "1\r\nx\n", INVALID, 0, 0, 0, "x"},
    {"GET", CHUNKED "1\r\nx\rx", INVALID, 0, 0, 0, "x"},
    {"GET", CHUNKED "1\r\nx0\r\n\r\n", INVALID, 0, 0, 0, "x"},
    {"GET", CHUNKED "0\r\nno field\r\n\r\n", INVALID},
    {"GET", CHUNKED "0\r\n folded\r\n\r\n", INVALID},
    {"GET", CHUNKED "0\r\nT: \rx\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: gzip\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: chunked, gzip\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", INVALID},
    {"GET", OK11 "Transfer-Encoding: chunked;x=y\r\n\r\n0\r\n\r\n", INVALID},

    /* interim replies */
    {"GET", "HTTP/1.1 100 Continue\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", "HTTP/1.1 103 Early Hints\r\nLink: a\r\nContent-Length: 9\r\n\r\nHTTP/1.1 199 ?\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nx",
        S_OK, 200, HTTP1_LENGTH, 1, "x", TRUE, ""},
    {"GET", "HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n" OK11 "Content-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1,
        "x", TRUE, ""},
    {"GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", S_OK, 200, HTTP1_LENGTH, 1, "x", FALSE, ""},
    {"CONNECT", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nTLS", S_OK, 200, HTTP1_NO_BODY, 0, "", TRUE, "TLS"},
    {"GET", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nabc", S_OK, 101, HTTP1_NO_BODY, 0, "", FALSE, "abc"},
    {"GET", "HTTP/1.1 100 Continue\r\n\r\n", CUT},
    {"GET", "HTTP/1.1 100 Continue\r\n\r\nx", NO_HTTP},
};

static void test_replies(void)
{
    struct outcome out;
    size_t i, len;

    for (i = 0; i < ARRAY_SIZE(replies); i++)
    {
        const struct reply_row *row = &replies[i];

        len = strlen(row->data);
        winetest_push_context("%u %.60s", (unsigned int)i, wine_dbgstr_a(row->data));
        run(row->method, row->data, len, 0, len ? len : 1, &out);
        ok(out.hr == row->hr, "[ERR.0x80200012,ERR.0x8020001B,BEH.HTTP.82] got %#x\n", out.hr);
        ok(out.body_len == (row->body ? strlen(row->body) : 0) && !memcmp(out.body, row->body ? row->body : "", out.body_len),
           "body of %u octets\n", (unsigned int)out.body_len);
        if (SUCCEEDED(row->hr) && SUCCEEDED(out.hr))
        {
            ok(out.status == row->status, "status %u\n", out.status);
            ok(out.framing == row->framing, "framing %d\n", out.framing);
            ok(out.length == row->length, "length %llu\n", (unsigned long long)out.length);
            ok(out.keep_alive == row->keep_alive, "keep-alive %d\n", out.keep_alive);
            ok(out.closed == !row->rest, "closed %d\n", out.closed);
            if (row->rest) ok(!strcmp(row->data + out.used, row->rest), "rest %s\n", wine_dbgstr_a(row->data + out.used));
        }
        check_steps(row->method, row->data, len, &out);
        outcome_free(&out);
        winetest_pop_context();
    }
}

/* NUL is no octet of any line. */
static void test_nul(void)
{
    static const char data[] = OK11 "A: b\r\nTransfer-Encoding: chunked\r\n\r\n1;x\r\nx\r\n0\r\nT: u\r\n\r\n";
    struct outcome out;
    char copy[sizeof(data)];
    size_t i, body = strstr(data, "\r\nx\r\n0") + 2 - data;

    for (i = 0; i < sizeof(data) - 1; i++)
    {
        memcpy(copy, data, sizeof(data));
        copy[i] = 0;
        run("GET", copy, sizeof(data) - 1, 0, sizeof(data), &out);
        if (i == body) ok(out.hr == S_OK && out.body_len == 1 && !out.body[0], "got %#x\n", out.hr);
        else ok(out.hr == (i < 7 ? NO_HTTP : INVALID), "%u: got %#x\n", (unsigned int)i, out.hr);
        check_steps("GET", copy, sizeof(data) - 1, &out);
        outcome_free(&out);
    }
}

/* Every octet of every good reply is turned into others: whatever comes out, the steps make no difference. */
static void test_flipped(void)
{
    static const BYTE masks[] = {0x01, 0x20, 0x80, 0xff, 0x0a};
    struct outcome whole, part;
    size_t i, j, k, len;
    char data[512];

    for (i = 0; i < ARRAY_SIZE(replies); i++)
    {
        const char *method = replies[i].method;

        len = strlen(replies[i].data);
        memcpy(data, replies[i].data, len);
        for (j = 0; j < len; j++)
        {
            for (k = 0; k < ARRAY_SIZE(masks); k++)
            {
                data[j] ^= masks[k];
                run(method, data, len, 0, len, &whole);
                run(method, data, len, 0, 1, &part);
                ok(same_outcome(&whole, &part), "%u: octet %u by %#x\n", (unsigned int)i, (unsigned int)j, masks[k]);
                outcome_free(&part);
                run(method, data, len, j, 7, &part);
                ok(same_outcome(&whole, &part), "%u: octet %u by %#x\n", (unsigned int)i, (unsigned int)j, masks[k]);
                outcome_free(&part);
                outcome_free(&whole);
                data[j] ^= masks[k];
            }
        }
    }
}

static void test_results(void)
{
    static const char data[] = "HTTP/1.1 103 Early\r\nA: early\r\n\r\nHTTP/1.1 206 Partial \xe4\nA:  one \r\nB: two\n  more\r\n"
            "a: three\r\nContent-Length: 1\r\n\r\n";
    struct http1_reader reader;
    const char *value, *body;
    size_t used, body_len;
    HRESULT hr;

    http1_reader_init(&reader, "GET");
    hr = http1_read_body(&reader, "x", 1, &used, &body, &body_len);
    ok(hr == E_UNEXPECTED && !used && !body_len, "got %#x\n", hr);
    ok(reader.state == HTTP1_HEAD, "state %d\n", reader.state);
    hr = http1_read_head(&reader, data, 0, &used);
    ok(hr == S_FALSE && !used, "got %#x\n", hr);
    hr = http1_read_head(&reader, data, sizeof(data) - 1, &used);
    ok(hr == S_OK && used == sizeof(data) - 1, "got %#x\n", hr);
    ok(reader.state == HTTP1_BODY && reader.status == 206 && reader.minor == 1, "state %d\n", reader.state);
    ok(!strcmp(reader.raw, "HTTP/1.1 206 Partial \xe4\r\nA:  one \r\nB: two\r\n  more\r\na: three\r\nContent-Length: 1\r\n"),
       "[BEH.HTTP.22] got %s\n", wine_dbgstr_a(reader.raw));
    ok(reader.headers.count == 4, "%u fields\n", reader.headers.count);
    value = headers_find(&reader.headers, "A", NULL);
    ok(value && !strcmp(value, "one"), "[BEH.HTTP.6] got %s\n", wine_dbgstr_a(value));
    value = headers_find(&reader.headers, "b", NULL);
    ok(value && !strcmp(value, "two more"), "got %s\n", wine_dbgstr_a(value));
    hr = http1_read_head(&reader, "x", 1, &used);
    ok(hr == S_OK && !used, "got %#x\n", hr);
    hr = http1_read_body(&reader, "yz", 2, &used, &body, &body_len);
    ok(hr == S_OK && used == 1 && body_len == 1 && *body == 'y' && reader.state == HTTP1_DONE, "got %#x\n", hr);
    hr = http1_read_body(&reader, "z", 1, &used, &body, &body_len);
    ok(hr == S_OK && !used && !body_len, "got %#x\n", hr);
    hr = http1_read_head(&reader, "z", 1, &used);
    ok(hr == S_OK && !used, "got %#x\n", hr);
    ok(reader.keep_alive, "not kept\n");
    hr = http1_read_close(&reader);
    ok(hr == S_OK && !reader.keep_alive, "got %#x\n", hr);
    http1_reader_free(&reader);
    ok(!reader.raw && !reader.headers.count, "not freed\n");
    hr = http1_read_head(&reader, "z", 1, &used);
    ok(FAILED(hr), "a freed reader reads\n");
}

/* head + count times `unit` + tail */
static char *build(const char *head, const char *unit, size_t count, const char *tail, size_t *len)
{
    size_t head_len = strlen(head), unit_len = strlen(unit), i;
    char *data = malloc(head_len + unit_len * count + strlen(tail) + 1);

    memcpy(data, head, head_len);
    for (i = 0; i < count; i++) memcpy(data + head_len + i * unit_len, unit, unit_len);
    strcpy(data + head_len + unit_len * count, tail);
    *len = head_len + unit_len * count + strlen(tail);
    return data;
}

static void test_limits(void)
{
    static const char end[] = "Content-Length: 0\r\n\r\n";
    static const struct { const char *head, *unit; size_t count; const char *tail; HRESULT hr; } rows[] =
    {
        {"HTTP/1.1 200 ", "x", HTTP1_MAX_STATUS_LINE - 15, "\r\nContent-Length: 0\r\n\r\n", S_OK},
        {"HTTP/1.1 200 ", "x", HTTP1_MAX_STATUS_LINE - 14, "\r\nContent-Length: 0\r\n\r\n", INVALID},
        {"HTTP/1.1 200 ", "x", 1000000, "", INVALID},
        {OK11, "A: b\r\n", HTTP1_MAX_FIELDS - 1, end, S_OK},
        {OK11, "A: b\r\n", HTTP1_MAX_FIELDS, end, INVALID},
        {OK11, "A: b\r\n", 100000, end, INVALID},
        {OK11 "A: ", "x", HTTP1_MAX_HEADER_BLOCK - 17 - 3 - 2 - 21, "\r\nContent-Length: 0\r\n\r\n", S_OK},
        {OK11 "A: ", "x", HTTP1_MAX_HEADER_BLOCK - 17 - 3 - 2 - 20, "\r\nContent-Length: 0\r\n\r\n", INVALID},
        {OK11 "A: ", "x", 1000000, "", INVALID},
        {OK11 "A: b\r\n", " x\r\n", 1000000, "", INVALID},
        {OK11 "A", "x", 1000000, "", INVALID},
        {"", "HTTP/1.1 100 C\r\n\r\n", HTTP1_MAX_INTERIM, OK11 "Content-Length: 0\r\n\r\n", S_OK},
        {"", "HTTP/1.1 100 C\r\n\r\n", HTTP1_MAX_INTERIM + 1, OK11 "Content-Length: 0\r\n\r\n", INVALID},
        {CHUNKED, "0", HTTP1_MAX_CHUNK_LINE - 1, "\r\n\r\n", S_OK},
        {CHUNKED, "0", HTTP1_MAX_CHUNK_LINE, "\r\n\r\n", INVALID},
        {CHUNKED "0;", "x", HTTP1_MAX_CHUNK_LINE - 3, "\r\n\r\n", S_OK},
        {CHUNKED "0;", "x", HTTP1_MAX_CHUNK_LINE - 2, "\r\n\r\n", INVALID},
        {CHUNKED, "1;xxxxx\r\ny\r\n", 10000, "0\r\n\r\n", S_OK},
        {CHUNKED "0\r\nT: ", "x", HTTP1_MAX_HEADER_BLOCK - 7, "\r\n\r\n", S_OK},
        {CHUNKED "0\r\nT: ", "x", HTTP1_MAX_HEADER_BLOCK - 6, "\r\n\r\n", INVALID},
        {CHUNKED "0\r\n", "T: u\r\n", 1000000, "\r\n", INVALID},
    };
    struct outcome out;
    size_t i, len;
    char *data;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        data = build(rows[i].head, rows[i].unit, rows[i].count, rows[i].tail, &len);
        winetest_push_context("%u", (unsigned int)i);
        run("GET", data, len, 0, len, &out);
        ok(out.hr == rows[i].hr, "got %#x\n", out.hr);
        outcome_free(&out);
        run("GET", data, len, 1, 1000, &out);
        ok(out.hr == rows[i].hr, "got %#x\n", out.hr);
        outcome_free(&out);
        winetest_pop_context();
        free(data);
    }
}

static void check_written_(int line, struct http1_writer *writer, HRESULT hr, const char *text)
{
    ok_(__FILE__, line)(writer->hr == hr, "got %#x\n", writer->hr);
    if (SUCCEEDED(hr))
        ok_(__FILE__, line)(writer->len == strlen(text) && (!writer->len || !memcmp(writer->data, text, writer->len)), "got %s\n",
                            wine_dbgstr_an(writer->data, (int)writer->len));
    http1_writer_free(writer);
    ok_(__FILE__, line)(writer->hr == S_OK && !writer->data && !writer->len, "not freed\n");
}
#define check_written(writer, hr, text) check_written_(__LINE__, writer, hr, text)

static void test_writer(void)
{
    static const struct { const WCHAR *method, *target; HRESULT hr; const char *line; } lines[] =
    {
        {L"GET", L"/a/b?c=d", S_OK, "GET /a/b?c=d HTTP/1.1\r\n"},
        {L"BITS_POST", L"/", S_OK, "BITS_POST / HTTP/1.1\r\n"},
        {L"CONNECT", L"h:443", S_OK, "CONNECT h:443 HTTP/1.1\r\n"},
        {L"GET", L"http://h/%20%zz", S_OK, "GET http://h/%20%zz HTTP/1.1\r\n"},
        {L"GET", L"/a b\tc\r\nX: y\x7f", S_OK, "GET /a%20b%09c%0D%0AX:%20y%7F HTTP/1.1\r\n"},
        {L"GET", L"/\xe4\x20ac\xd83d\xde00", S_OK, "GET /%C3%A4%E2%82%AC%F0%9F%98%80 HTTP/1.1\r\n"},
        {L"GET", L"/\xd83d", S_OK, "GET /%EF%BF%BD HTTP/1.1\r\n"},
        {L"", L"/", E_INVALIDARG},
        {L"G T", L"/", E_INVALIDARG},
        {L"GET\r\n", L"/", E_INVALIDARG},
        {L"G\xc4T", L"/", E_INVALIDARG},
        {L"G:T", L"/", E_INVALIDARG},
        {L"GET", L"", E_INVALIDARG},
    };
    static const struct { const char *name; const WCHAR *value; HRESULT hr; const char *line; } fields[] =
    {
        {"Host", L"h:80", S_OK, "Host: h:80\r\n"},
        {"X-Y_z!", L"", S_OK, "X-Y_z!: \r\n"},
        {"X", L"a\tb \xe4\x20ac", S_OK, "X: a\tb \xc3\xa4\xe2\x82\xac\r\n"},
        {"X", L"a\r\nB: c", E_INVALIDARG},
        {"X", L"a\n", E_INVALIDARG},
        {"X", L"\ra", E_INVALIDARG},
        {"", L"a", E_INVALIDARG},
        {"X Y", L"a", E_INVALIDARG},
        {"X:", L"a", E_INVALIDARG},
        {"X\r\nY", L"a", E_INVALIDARG},
        {"\xe4", L"a", E_INVALIDARG},
    };
    static const struct { const WCHAR *lines; HRESULT hr; const char *text; } blocks[] =
    {
        {NULL, S_OK, ""},
        {L"", S_OK, ""},
        {L"\r\n\r\n", S_OK, ""},
        {L"A: b\r\n", S_OK, "A: b\r\n"},
        {L"A: b", S_OK, "A: b\r\n"},
        {L"A: b\n", S_OK, "A: b\r\n"},
        {L"A: b\nC: d\nE: f", S_OK, "A: b\r\nC: d\r\nE: f\r\n"},
        {L"A:b\r\n\r\nC :  d e \t\r\n \r\n\r\n", S_OK, "A: b\r\nC: d e\r\n"},
        {L"A: b\r", S_OK, "A: b\r\n"},
        {L"A:\r\nB: :", S_OK, "A: \r\nB: :\r\n"},
        {L"Cookie: a=b; c=\x20ac\r\n", S_OK, "Cookie: a=b; c=\xe2\x82\xac\r\n"},
        {L"Host: other\r\n", S_OK, "Host: other\r\n"},
        {L"A: b\rC: d", E_INVALIDARG},
        {L"no field\r\n", E_INVALIDARG},
        {L"A: b\r\nno field", E_INVALIDARG},
        {L": b", E_INVALIDARG},
        {L" : b", E_INVALIDARG},
        {L"A: b\r\n folded", E_INVALIDARG},
        {L"A: b\r\n C: d", E_INVALIDARG},
        {L"A B: c", E_INVALIDARG},
        {L"\xe4: c", E_INVALIDARG},
        {L"A: b\r\nContent-Length: 5", E_INVALIDARG},
        {L"transfer-encoding : chunked", E_INVALIDARG},
    };
    struct http1_writer writer;
    WCHAR *lines_text;
    size_t i;

    http1_writer_init(&writer);
    for (i = 0; i < ARRAY_SIZE(lines); i++)
    {
        winetest_push_context("line %u", (unsigned int)i);
        http1_write_request_line(&writer, lines[i].method, lines[i].target);
        check_written(&writer, lines[i].hr, lines[i].line);
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE(fields); i++)
    {
        winetest_push_context("field %u", (unsigned int)i);
        http1_write_field(&writer, fields[i].name, fields[i].value);
        check_written(&writer, fields[i].hr, fields[i].line);
        winetest_pop_context();
    }
    http1_write_field_octets(&writer, "X", "a\xe4\t\x01");
    check_written(&writer, S_OK, "X: a\xe4\t\x01\r\n");
    http1_write_field_octets(&writer, "X", "a\r\nB: c");
    check_written(&writer, E_INVALIDARG, NULL);
    http1_write_field_octets(&writer, "X", "a\n");
    check_written(&writer, E_INVALIDARG, NULL);
    http1_write_field_octets(&writer, "X Y", "a");
    check_written(&writer, E_INVALIDARG, NULL);
    for (i = 0; i < ARRAY_SIZE(blocks); i++)
    {
        winetest_push_context("block %u", (unsigned int)i);
        http1_write_lines(&writer, blocks[i].lines);
        if (SUCCEEDED(writer.hr)) ok(writer.hr == S_OK, "[HTTP.SetCustomHeaders.A2] got %#x\n", writer.hr);
        check_written(&writer, blocks[i].hr, blocks[i].text);
        winetest_pop_context();
    }

    http1_write_octet_lines(&writer, L"A: \x00ff\x0080\r\nB: c\r\n");
    ok(writer.hr == S_OK && writer.len == 13 && !memcmp(writer.data, "A: \xff\x80\r\nB: c\r\n", 13), "[BUP.HDR.13] got %.*s\n", (int)writer.len,
       (char *)writer.data);
    http1_writer_free(&writer);
    http1_writer_init(&writer);
    http1_write_request_line(&writer, L"HEAD", L"/x");
    http1_write_field(&writer, "Host", L"h");
    http1_write_lines(&writer, L"A: b\nC: d");
    http1_write_end(&writer);
    check_written(&writer, S_OK, "HEAD /x HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n");

    /* the first failure sticks */
    http1_write_request_line(&writer, L"HEAD", L"/x");
    http1_write_field(&writer, "A", L"\r\n");
    http1_write_field(&writer, "B", L"c");
    http1_write_end(&writer);
    ok(writer.hr == E_INVALIDARG && writer.len == strlen("HEAD /x HTTP/1.1\r\n"), "got %#x\n", writer.hr);
    http1_writer_free(&writer);

    /* the largest set of custom headers, growing each octet threefold */
    lines_text = malloc(20000 * sizeof(*lines_text));
    lines_text[0] = 'A';
    lines_text[1] = ':';
    for (i = 2; i < 16383; i++) lines_text[i] = 0x20ac;
    lines_text[i] = 0;
    http1_write_lines(&writer, lines_text);
    ok(writer.hr == S_OK && writer.len == 3 + 3 * 16381 + 2, "[HTTP.SetCustomHeaders.1] got %#x, %u\n", writer.hr,
       (unsigned int)writer.len);
    http1_writer_free(&writer);
    free(lines_text);

    ok(http1_lines_have(L"A: b\r\nHost: c", "host") && http1_lines_have(L"A : b", "a"), "not found\n");
    ok(!http1_lines_have(L"A: Host: c", "host") && !http1_lines_have(L"Hosts: c", "host") && !http1_lines_have(L"Hos: c", "host"),
       "found\n");
    ok(!http1_lines_have(NULL, "host") && !http1_lines_have(L"", "host") && !http1_lines_have(L"Host", "host"), "found\n");
}

START_TEST(http1)
{
    test_replies();
    test_nul();
    test_flipped();
    test_results();
    test_limits();
    test_writer();
}
