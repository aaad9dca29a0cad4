/*
 * Tests of the reader of multipart/byteranges
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

#include "core/multipart.h"
#include "wine/test.h"

#define INVALID BG_E_INVALID_SERVER_RESPONSE
#define CUT ((HRESULT)0x80070026) /* ERROR_HANDLE_EOF */
#define TYPE "multipart/byteranges; boundary=THIS"

struct outcome
{
    HRESULT hr;
    UINT32 parts;
    char text[1024];          /* "offset:data " per run of one part */
    size_t len;
};

static void run(const char *type, const struct content_range *expected, UINT32 expected_count, const char *body, size_t len,
                size_t first, size_t step, struct outcome *out)
{
    size_t pos = 0, chunk = first ? first : step, used, data_len;
    struct multipart_reader reader;
    UINT32 part = 0;
    const char *data;
    UINT64 offset, next = SIZE_UNKNOWN;
    HRESULT hr;

    memset(out, 0, sizeof(*out));
    hr = multipart_init(&reader, type, expected, expected_count);
    ok(hr == S_OK, "got %#x\n", hr);
    while (pos < len && SUCCEEDED(hr))
    {
        size_t end = pos + (chunk < len - pos ? chunk : len - pos);

        chunk = step;
        while (pos < end && SUCCEEDED(hr))
        {
            char *copy = malloc(end - pos);

            memcpy(copy, body + pos, end - pos);
            hr = multipart_read(&reader, copy, end - pos, &used, &data, &data_len, &offset);
            ok(used <= end - pos && (used || FAILED(hr)), "used %u\n", (unsigned int)used);
            if (data_len)
            {
                ok(data >= copy && data + data_len <= copy + used, "data out of the body\n");
                ok(offset >= reader.range.first && offset + data_len - 1 <= reader.range.last, "data out of the range\n");
                if (part != reader.part || offset != next)
                {
                    part = reader.part;
                    out->len += sprintf(out->text + out->len, "%s%llu:", out->len ? " " : "", (unsigned long long)offset);
                }
                next = offset + data_len;
                memcpy(out->text + out->len, data, data_len);
                out->len += data_len;
            }
            ok(FAILED(hr) == (reader.state == MULTIPART_FAILED), "got %#x in state %d\n", hr, reader.state);
            pos += used;
            free(copy);
        }
    }
    out->parts = reader.part;
    if (SUCCEEDED(hr)) hr = multipart_end(&reader);
    else ok(multipart_end(&reader) == hr, "the failure did not stick\n");
    ok(reader.state == (FAILED(hr) ? MULTIPART_FAILED : MULTIPART_DONE), "state %d after %#x\n", reader.state, hr);
    out->hr = hr;
    multipart_free(&reader);
    ok(FAILED(multipart_read(&reader, "x", 1, &used, &data, &data_len, &offset)), "a freed reader reads\n");
}

static BOOL same_outcome(const struct outcome *a, const struct outcome *b)
{
    return a->hr == b->hr && a->len == b->len && a->parts == b->parts && !memcmp(a->text, b->text, a->len);
}

static void test_types(void)
{
    static const struct { const char *type; const char *boundary; BOOL is; } rows[] =
    {
        {"multipart/byteranges; boundary=THIS", "THIS", TRUE},
        {"Multipart/ByteRanges ;x=y; Boundary = \"a b\\=c\" ; z", "a b=c", TRUE},
        {"multipart/byteranges;boundary=x;charset=y", "x", TRUE},
        {"multipart/byteranges; charset=\"a;boundary=b\"; boundary=c", "c", TRUE},
        {"multipart/byteranges; xboundary=b; boundaryx=d; boundary=c", "c", TRUE},
        {"multipart/byteranges; boundary='()+_,-./:=?", "'()+_,-./:=?", TRUE},
        {"multipart/byteranges; boundary=0123456789012345678901234567890123456789012345678901234567890123456789",
            "0123456789012345678901234567890123456789012345678901234567890123456789", TRUE},
        {"multipart/byteranges; boundary=01234567890123456789012345678901234567890123456789012345678901234567890", NULL, TRUE},
        {NULL, NULL, FALSE},
        {"", NULL, FALSE},
        {"multipart/byterange; boundary=x", NULL, FALSE},
        {"multipart/byterangesx; boundary=x", NULL, FALSE},
        {"multipart/x-byteranges; boundary=x", NULL, FALSE},
        {"text/plain; boundary=x", NULL, FALSE},
        {"multipart/byteranges", NULL, TRUE},
        {"multipart/byteranges;", NULL, TRUE},
        {"multipart/byteranges; boundary", NULL, TRUE},
        {"multipart/byteranges; boundary=", NULL, TRUE},
        {"multipart/byteranges; boundary=\"\"", NULL, TRUE},
        {"multipart/byteranges; boundary=\"x", NULL, TRUE},
        {"multipart/byteranges; boundary=\"x \"", NULL, TRUE},
        {"multipart/byteranges; boundary=\"x\x01\"", NULL, TRUE},
        {"multipart/byteranges; boundary=x*y", NULL, TRUE},
        {"multipart/byteranges; boundary=x\xe4", NULL, TRUE},
        {"multipart/byteranges; charset=\"boundary=b", NULL, TRUE},
    };
    struct multipart_reader reader;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&reader, 0xcc, sizeof(reader));
        ok(multipart_is(rows[i].type) == rows[i].is, "%s: wrong type\n", wine_dbgstr_a(rows[i].type));
        hr = multipart_init(&reader, rows[i].type, NULL, 0);
        ok(hr == (rows[i].boundary ? S_OK : INVALID), "[ERR.0x8020001B] %s: got %#x\n", wine_dbgstr_a(rows[i].type), hr);
        if (rows[i].boundary) ok(!strcmp(reader.boundary, rows[i].boundary), "got %s\n", wine_dbgstr_a(reader.boundary));
        else ok(reader.state == MULTIPART_FAILED, "state %d\n", reader.state);
        multipart_free(&reader);
    }
}

#define PART(range, data) "--THIS\r\nContent-Type: text/plain\r\nContent-Range: bytes " range "\r\n\r\n" data "\r\n"
#define END "--THIS--\r\n"

static void test_bodies(void)
{
    static const struct { const char *fact, *body; HRESULT hr; UINT32 parts; const char *text; } rows[] =
    {
        {"BEH.HTTP.4", "\r\n" PART("0-1/10", "ab") PART("4-7/10", "efgh") END, S_OK, 2, "0:ab 4:efgh"},
        {"BEH.HTTP.4", PART("0-1/10", "ab") END, S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", "\r\n\r\n" PART("0-1/10", "ab") END, S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", "\n\n" PART("0-1/10", "ab") END, S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" PART("0-1/10", "ab") END, S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", PART("0-1/10", "ab") "--THIS--", S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", PART("0-1/10", "ab") "--THIS--  \r\nepilogue\r\n--THIS\r\n", S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", PART("0-1/*", "ab") PART("4-4/*", "e") END, S_OK, 2, "0:ab 4:e"},
        {"BEH.HTTP.4", PART("0-9/10", "\r\n--THIS--") END, S_OK, 1, "0:\r\n--THIS--"},
        {"BEH.HTTP.4", "--THIS \t\r\ncontent-range : bytes\r\n  0-1/10\r\n\r\nab\r\n" END, S_OK, 1, "0:ab"},
        {"BEH.HTTP.4", "--THIS\nContent-Range: bytes 0-1/10\n\nab\r\n--THIS--\n", S_OK, 1, "0:ab"},
        {"ERR.0x8020001B", "--THIS\nContent-Range: bytes 0-1/10\n\nab\n--THIS--\n", INVALID, 1, "0:ab"},
        {"BEH.HTTP.6", "--THIS\r\nX: y\r\nCONTENT-RANGE: bytes 0-1/10\r\nZ:\r\n\r\nab\r\n" END, S_OK, 1, "0:ab"},
        {"BEH.RANGE.5", "--THIS\r\n\r\nab\r\n" END, INVALID, 0, ""},
        {"BEH.RANGE.5", "--THIS\r\nX: y\r\n\r\nab\r\n" END, INVALID, 0, ""},
        {"BEH.RANGE.5", PART("*/10", "") END, INVALID, 0, ""},
        {"BEH.RANGE.5", PART("0-1", "ab") END, INVALID, 0, ""},
        {"BEH.RANGE.5", PART("1-0/10", "ab") END, INVALID, 0, ""},
        {"BEH.RANGE.5", PART("8-10/10", "abc") END, INVALID, 0, ""},
        {"BEH.RANGE.5", "--THIS\r\nContent-Range: bytes 0-1/10\r\nContent-Range: bytes 0-1/10\r\n\r\nab\r\n" END, INVALID, 0, ""},
        {"BEH.RANGE.5", PART("0-1/10", "ab") PART("4-5/11", "ef") END, INVALID, 1, "0:ab"},
        {"BEH.RANGE.5", PART("0-1/10", "ab") PART("4-5/*", "ef") END, INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "abc") END, INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-2/10", "ab") END, INVALID, 1, "0:ab\r"},
        {"ERR.0x8020001B", "--THIS\r\nContent-Range: bytes 0-1/10\r\n\r\nab--THIS--\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", "--THIS\r\nContent-Range: bytes 0-1/10\r\n\r\nab\r\r\n--THIS--\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "ab") "\r\n" END, INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "ab") "--THAT\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "ab") "--THIS-\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "ab") "--THISX\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", PART("0-1/10", "ab") "THIS\r\n", INVALID, 1, "0:ab"},
        {"ERR.0x8020001B", END, INVALID, 0, ""},
        {"ERR.0x8020001B", "preamble\r\n" PART("0-1/10", "ab") END, INVALID, 0, ""},
        {"ERR.0x8020001B", "--this\r\nContent-Range: bytes 0-1/10\r\n\r\nab\r\n--this--", INVALID, 0, ""},
        {"ERR.0x8020001B", "\n\n\n\n\n\n\n\n\n" PART("0-1/10", "ab") END, INVALID, 0, ""},
        {"ERR.0x8020001B", "--THIS\r\nnothing\r\n\r\n", INVALID, 0, ""},
        {"ERR.0x8020001B", "--THIS\r\n: x\r\n\r\n", INVALID, 0, ""},
        {"ERR.0x8020001B", "--THIS\r\n folded\r\n\r\n", INVALID, 0, ""},
        {"ERR.0x8020001B", "--THIS\r\nX: y\rz\r\n\r\n", INVALID, 0, ""},
        {"BEH.HTTP.35", "", CUT, 0, ""},
        {"BEH.HTTP.35", PART("0-1/10", "ab"), CUT, 1, "0:ab"},
        {"BEH.HTTP.35", PART("0-1/10", "ab") "--THIS", CUT, 1, "0:ab"},
        {"BEH.HTTP.35", PART("0-1/10", "ab") "--THIS-", CUT, 1, "0:ab"},
        {"BEH.HTTP.35", "--THIS\r\nContent-Range: bytes 5-9/10\r\n\r\nabc", CUT, 1, "5:abc"},
    };
    static const BYTE masks[] = {0x01, 0x20, 0x80, 0x0d, 0xff};
    struct outcome whole, part;
    size_t i, j, k, len;
    char copy[512];

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", (unsigned int)i);
        len = strlen(rows[i].body);
        run(TYPE, NULL, 0, rows[i].body, len, 0, len ? len : 1, &whole);
        ok(whole.hr == rows[i].hr, "[%s] got %#x\n", rows[i].fact, whole.hr);
        ok(whole.parts == rows[i].parts && !strcmp(whole.text, rows[i].text), "[%s] got %u parts %s\n", rows[i].fact, whole.parts,
           wine_dbgstr_a(whole.text));
        for (j = 0; j <= len; j++)
        {
            run(TYPE, NULL, 0, rows[i].body, len, j, j ? len : 1, &part);
            ok(same_outcome(&whole, &part), "cut at %u: got %#x %s\n", (unsigned int)j, part.hr, wine_dbgstr_a(part.text));
        }
        memcpy(copy, rows[i].body, len);
        for (j = 0; j < len; j++)
        {
            for (k = 0; k < ARRAY_SIZE(masks); k++)
            {
                copy[j] ^= masks[k];
                run(TYPE, NULL, 0, copy, len, 0, len, &whole);
                run(TYPE, NULL, 0, copy, len, 0, 1, &part);
                ok(same_outcome(&whole, &part), "octet %u by %#x\n", (unsigned int)j, masks[k]);
                copy[j] ^= masks[k];
            }
        }
        winetest_pop_context();
    }
}

static void test_expected(void)
{
    static const struct content_range two[] = {{0, 1, 10}, {4, 7, 10}};
    static const struct content_range unknown[] = {{0, 1, SIZE_UNKNOWN}, {4, SIZE_UNKNOWN, SIZE_UNKNOWN}};
    static const struct content_range beyond[] = {{8, 99, 10}, {0, 0, 10}};
    static const struct content_range known[] = {{8, 99, 10}};
    static const struct { const struct content_range *expected; UINT32 count; const char *body; HRESULT hr; } rows[] =
    {
        {two, 2, PART("0-1/10", "ab") PART("4-7/10", "efgh") END, S_OK},
        {two, 2, PART("0-1/*", "ab") PART("4-7/*", "efgh") END, S_OK},
        {two, 2, PART("4-7/10", "efgh") PART("0-1/10", "ab") END, INVALID},
        {two, 2, PART("0-7/10", "abcdefgh") END, INVALID},
        {two, 2, PART("0-1/10", "ab") END, INVALID},
        {two, 2, PART("0-1/10", "ab") PART("4-7/10", "efgh") PART("8-8/10", "i") END, INVALID},
        {two, 2, PART("0-1/10", "ab") PART("4-6/10", "efg") END, INVALID},
        {two, 2, PART("0-1/10", "ab") PART("0-1/10", "ab") END, INVALID},
        {two, 2, PART("0-1/11", "ab") PART("4-7/11", "efgh") END, INVALID},
        {two, 1, PART("0-1/10", "ab") END, S_OK},
        {two, 1, PART("0-0/10", "a") END, INVALID},
        {unknown, 2, PART("0-1/6", "ab") PART("4-5/6", "ef") END, S_OK},
        {unknown, 2, PART("0-1/6", "ab") PART("4-4/6", "e") END, INVALID},
        {unknown, 2, PART("0-1/*", "ab") PART("4-4/*", "e") END, S_OK},
        {beyond, 2, PART("8-9/10", "ij") PART("0-0/10", "a") END, S_OK},
        {beyond, 2, PART("8-8/10", "i") PART("0-0/10", "a") END, INVALID},
        {known, 1, PART("8-9/*", "ij") END, S_OK},
        {known, 1, PART("8-10/*", "ijk") END, INVALID},
    };
    struct outcome out;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        run(TYPE, rows[i].expected, rows[i].count, rows[i].body, strlen(rows[i].body), 0, 1000, &out);
        ok(out.hr == rows[i].hr, "[BEH.HTTP.5,BEH.RANGE.5] %u: got %#x\n", (unsigned int)i, out.hr);
    }
}

static void test_limits(void)
{
    static const char tail[] = "\r\nContent-Range: bytes 0-0/1\r\n\r\na\r\n--THIS--";
    struct outcome out;
    char *body;
    size_t i, len;

    /* 180 octets beside Content-Range and Content-Type must be taken, and more are; at some point it ends */
    for (i = 100; i < 20000; i += i < 200 ? 80 : 7700)
    {
        body = malloc(i + 200);
        len = sprintf(body, "--THIS\r\nContent-Type: text/plain\r\nX: ");
        memset(body + len, 'x', i);
        strcpy(body + len + i, tail);
        len += i + sizeof(tail) - 1;
        run(TYPE, NULL, 0, body, len, 0, len, &out);
        ok(out.hr == (i < MULTIPART_MAX_HEAD ? S_OK : INVALID), "[BEH.HTTP.4] %u octets: got %#x\n", (unsigned int)i, out.hr);
        free(body);
    }

    len = 100000;
    body = malloc(len);
    memset(body, ' ', len);
    memcpy(body, "--THIS", 6);
    run(TYPE, NULL, 0, body, len, 0, len, &out);
    ok(out.hr == INVALID, "got %#x\n", out.hr);
    free(body);

    /* ranges of any size */
    {
        static const char huge[] = "--THIS\r\nContent-Range: bytes 0-18446744073709551613/18446744073709551614\r\n\r\nabc";
        static const char far[] = "--THIS\r\nContent-Range: bytes 18446744073709551612-18446744073709551613/18446744073709551614\r\n\r\nab\r\n" END;

        run(TYPE, NULL, 0, huge, sizeof(huge) - 1, 0, 1000, &out);
        ok(out.hr == CUT && !strcmp(out.text, "0:abc"), "got %#x %s\n", out.hr, out.text);
        run(TYPE, NULL, 0, far, sizeof(far) - 1, 0, 1, &out);
        ok(out.hr == S_OK && !strcmp(out.text, "18446744073709551612:ab"), "got %#x %s\n", out.hr, out.text);
    }
}

START_TEST(multipart)
{
    test_types();
    test_bodies();
    test_expected();
    test_limits();
}
