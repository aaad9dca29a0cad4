/*
 * Tests of header fields and what BITS reads out of them
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

#include "core/headers.h"
#include "wine/test.h"

static void add(struct header_list *list, const char *name, const char *value)
{
    HRESULT hr = headers_add(list, name, strlen(name), value, strlen(value));

    ok(hr == S_OK, "got %#x\n", hr);
}

static void test_list(void)
{
    struct header_list list, copy;
    const char *value;
    char name[16];
    UINT32 from, i;
    HRESULT hr;

    headers_init(&list);
    ok(!headers_find(&list, "A", NULL) && !headers_count(&list, "A"), "found in an empty list\n");
    add(&list, "Content-Type", " \ttext/plain \t");
    add(&list, "X", "1");
    add(&list, "x", "");
    add(&list, "Folded", "a \r\n\t b\n c\r\n");
    add(&list, "Early", "\r\n  a");
    add(&list, "X", "\xe4");

    value = headers_find(&list, "CONTENT-type", NULL);
    ok(value && !strcmp(value, "text/plain"), "[BEH.HTTP.6] got %s\n", wine_dbgstr_a(value));
    ok(!headers_find(&list, "Content", NULL) && !headers_find(&list, "Content-Types", NULL), "found by a part\n");
    ok(headers_count(&list, "x") == 3, "got %u\n", headers_count(&list, "x"));
    from = 0;
    value = headers_find(&list, "X", &from);
    ok(value && !strcmp(value, "1") && from == 2, "got %s, %u\n", wine_dbgstr_a(value), from);
    value = headers_find(&list, "X", &from);
    ok(value && !*value && from == 3, "got %s, %u\n", wine_dbgstr_a(value), from);
    value = headers_find(&list, "X", &from);
    ok(value && !strcmp(value, "\xe4") && from == 6, "got %s, %u\n", wine_dbgstr_a(value), from);
    value = headers_find(&list, "X", &from);
    ok(!value && from == 6, "got %s, %u\n", wine_dbgstr_a(value), from);
    value = headers_find(&list, "folded", NULL);
    ok(value && !strcmp(value, "a b c"), "got %s\n", wine_dbgstr_a(value));
    value = headers_find(&list, "early", NULL);
    ok(value && !strcmp(value, "a"), "got %s\n", wine_dbgstr_a(value));

    hr = headers_copy(&copy, &list);
    ok(hr == S_OK && copy.count == list.count, "got %#x\n", hr);
    for (i = 0; i < list.count; i++)
        ok(!strcmp(copy.fields[i].name, list.fields[i].name) && !strcmp(copy.fields[i].value, list.fields[i].value)
           && copy.fields[i].value != list.fields[i].value, "field %u differs\n", i);
    headers_free(&copy);
    headers_free(&list);
    ok(!list.count && !list.fields, "not empty\n");

    for (i = 0; i < 1000; i++)
    {
        sprintf(name, "n%u", i);
        add(&list, name, name);
    }
    value = headers_find(&list, "n999", NULL);
    ok(list.count == 1000 && value && !strcmp(value, "n999"), "got %s\n", wine_dbgstr_a(value));
    headers_free(&list);
}

static void test_token(void)
{
    static const struct { const char *value; BOOL found; } rows[] =
    {
        {"close", TRUE}, {"CLOSE", TRUE}, {" close ", TRUE}, {"a,close", TRUE}, {"a , close\t, b", TRUE}, {",,close,", TRUE},
        {"closed", FALSE}, {"clos", FALSE}, {"", FALSE}, {",", FALSE}, {"a close", FALSE}, {"\"close\"", FALSE},
        {"a=\"x, close\"", FALSE}, {"a=\"\\\", close", FALSE}, {"a=\"\\\"\", close", TRUE}, {"close;q=1", FALSE},
    };
    struct header_list list;
    size_t i;

    headers_init(&list);
    ok(!headers_has_token(&list, "Connection", "close"), "found in an empty list\n");
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        add(&list, "Connection", rows[i].value);
        ok(headers_has_token(&list, "connection", "Close") == rows[i].found, "%s\n", rows[i].value);
        add(&list, "Connection", "Close");
        ok(headers_has_token(&list, "connection", "close"), "%s: the second field was not read\n", rows[i].value);
        headers_free(&list);
    }
}

static void test_content_length(void)
{
    static const struct { const char *first, *second; HRESULT hr; UINT64 length; } rows[] =
    {
        {NULL, NULL, S_FALSE},
        {"0", NULL, S_OK, 0},
        {"5", NULL, S_OK, 5},
        {"  5\t", NULL, S_OK, 5},
        {"005", NULL, S_OK, 5},
        {"00000000000000000000000000000000000000005", NULL, S_OK, 5},
        {"4294967296", NULL, S_OK, 4294967296ull},
        {"18446744073709551614", NULL, S_OK, SIZE_UNKNOWN - 1},
        {"5", "5", S_OK, 5},
        {"5, 5,5", NULL, S_OK, 5},
        {"5", "05", S_OK, 5},
        {"18446744073709551615", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"18446744073709551616", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"99999999999999999999", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"184467440737095516150", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"-1", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"+5", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5x", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5 5", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"0x5", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5.0", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"1e3", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5,", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {",5", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5,6", NULL, BG_E_INVALID_SERVER_RESPONSE},
        {"5", "6", BG_E_INVALID_SERVER_RESPONSE},
        {"5", "", BG_E_INVALID_SERVER_RESPONSE},
        {"x", "5", BG_E_INVALID_SERVER_RESPONSE},
    };
    struct header_list list;
    UINT64 length;
    HRESULT hr;
    size_t i;

    headers_init(&list);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        add(&list, "Date", "5");
        if (rows[i].first) add(&list, "content-length", rows[i].first);
        if (rows[i].second) add(&list, "CONTENT-LENGTH", rows[i].second);
        length = 77;
        hr = headers_content_length(&list, &length);
        ok(hr == rows[i].hr, "[BEH.HTTP.6,ERR.0x8020001B] %u: got %#x\n", (unsigned int)i, hr);
        ok(length == (hr == S_OK ? rows[i].length : SIZE_UNKNOWN), "%u: got %llu\n", (unsigned int)i, (unsigned long long)length);
        headers_free(&list);
    }
}

static void test_content_range(void)
{
    static const struct { const char *value; HRESULT hr; UINT64 first, last, total; } rows[] =
    {
        {"bytes 0-4/10", S_OK, 0, 4, 10},
        {"Bytes 0-0/1", S_OK, 0, 0, 1},
        {"bytes  \t 5-9/10", S_OK, 5, 9, 10},
        {"bytes 0-4/*", S_OK, 0, 4, SIZE_UNKNOWN},
        {"bytes */10", S_OK, SIZE_UNKNOWN, SIZE_UNKNOWN, 10},
        {"bytes */0", S_OK, SIZE_UNKNOWN, SIZE_UNKNOWN, 0},
        {"bytes 4294967296-8589934591/8589934592", S_OK, 4294967296ull, 8589934591ull, 8589934592ull},
        {"bytes 18446744073709551612-18446744073709551613/18446744073709551614", S_OK, SIZE_UNKNOWN - 3, SIZE_UNKNOWN - 2,
            SIZE_UNKNOWN - 1},
        {NULL, S_FALSE},
        {"", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes ", BG_E_INVALID_SERVER_RESPONSE},
        {"byte 0-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytess 0-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"items 0-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes=0-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"0-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes -4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0 - 4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4 /10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/10x", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/*x", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/10, bytes 5-9/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes */*", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes *", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 5-4/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 5-4/*", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 5-10/10", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/0", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-18446744073709551615/*", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-18446744073709551616/*", BG_E_INVALID_SERVER_RESPONSE},
        {"bytes 0-4/18446744073709551615", BG_E_INVALID_SERVER_RESPONSE},
    };
    struct content_range range;
    struct header_list list;
    HRESULT hr;
    size_t i;

    headers_init(&list);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        if (rows[i].value) add(&list, "Content-Range", rows[i].value);
        memset(&range, 0xcc, sizeof(range));
        hr = headers_content_range(&list, &range);
        ok(hr == rows[i].hr, "[BEH.HTTP.31,BEH.HTTP.32] %s: got %#x\n", wine_dbgstr_a(rows[i].value), hr);
        if (hr == S_OK)
            ok(range.first == rows[i].first && range.last == rows[i].last && range.total == rows[i].total, "%s: got %llu %llu %llu\n",
               rows[i].value, (unsigned long long)range.first, (unsigned long long)range.last, (unsigned long long)range.total);
        else
            ok(range.first == SIZE_UNKNOWN && range.last == SIZE_UNKNOWN && range.total == SIZE_UNKNOWN, "%s: a value is left\n",
               wine_dbgstr_a(rows[i].value));
        headers_free(&list);
    }

    add(&list, "Content-Range", "bytes 0-4/10");
    add(&list, "content-range", "bytes 0-4/10");
    hr = headers_content_range(&list, &range);
    ok(hr == BG_E_INVALID_SERVER_RESPONSE, "[BEH.HTTP.32] got %#x\n", hr);
    headers_free(&list);
}

#define YEAR_1994 124285853770000000ull /* Sun, 06 Nov 1994 08:49:37 GMT */

static void test_dates(void)
{
    static const struct { const char *text; UINT64 time; } rows[] =
    {
        {"Sun, 06 Nov 1994 08:49:37 GMT", YEAR_1994},
        {"sun, 06 nov 1994 08:49:37 gmt", YEAR_1994},
        {"Sunday, 06-Nov-94 08:49:37 GMT", YEAR_1994},
        {"Sun, 06-Nov-1994 08:49:37 GMT", YEAR_1994},
        {"Sun Nov  6 08:49:37 1994", YEAR_1994},
        {"Sun Nov 06 08:49:37 1994", YEAR_1994},
        {"Mon, 06 Nov 1994 08:49:37 GMT", YEAR_1994},       /* the day of the week says nothing */
        {"Mon, 01 Jan 1601 00:00:00 GMT", 0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 116444736000000000ull},
        {"Tue, 19 Jan 2038 03:14:08 GMT", 116444736000000000ull + 2147483648ull * TICKS_PER_SECOND},
        {"Tue, 29 Feb 2000 12:00:00 GMT", 125962992000000000ull},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 2650467743990000000ull},
        {"Sat, 31 Dec 2016 23:59:60 GMT", 131277024000000000ull},
        {"Saturday, 01-Jan-00 00:00:00 GMT", 125911584000000000ull},
        {"Tuesday, 31-Dec-69 00:00:00 GMT", 148001472000000000ull},
        {"Thursday, 01-Jan-70 00:00:00 GMT", 116444736000000000ull},
    };
    static const char * const bad[] =
    {
        "", "x", "Sun", "Sun,", "Su, 06 Nov 1994 08:49:37 GMT", "Sund, 06 Nov 1994 08:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 ", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1900 08:49:37 GMT",
        "Sun, 29 Feb 1995 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1600 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun,  06 Nov 1994 08:49:37 GMT",
        "Sun,06 Nov 1994 08:49:37 GMT", "Sun, 06-Nov 1994 08:49:37 GMT", "Sun, 06 Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 19945 08:49:37 GMT", "Sun, 06-Nov-199 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT", "Sunday Nov  6 08:49:37 1994",
        "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 -8:49:37 GMT", "784111777",
    };
    struct header_list list;
    char text[30], copy[40];
    UINT64 time;
    HRESULT hr;
    size_t i, len;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        time = 77;
        hr = http_date_parse(rows[i].text, &time);
        ok(hr == S_OK && time == rows[i].time, "[BEH.CONSIST.5] %s: got %#x, %llu\n", rows[i].text, hr, (unsigned long long)time);
        /* cut anywhere it is no date */
        for (len = 0; len < strlen(rows[i].text); len++)
        {
            memcpy(copy, rows[i].text, len);
            copy[len] = 0;
            hr = http_date_parse(copy, &time);
            ok(hr == S_FALSE && !time, "[BEH.CONSIST.21] %s: got %#x\n", copy, hr);
        }
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        time = 77;
        hr = http_date_parse(bad[i], &time);
        ok(hr == S_FALSE && !time, "[BEH.CONSIST.21] %s: got %#x, %llu\n", bad[i], hr, (unsigned long long)time);
    }

    headers_init(&list);
    hr = headers_date(&list, "Last-Modified", &time);
    ok(hr == S_FALSE && !time, "[BEH.CONSIST.21] got %#x\n", hr);
    add(&list, "last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
    hr = headers_date(&list, "Last-Modified", &time);
    ok(hr == S_OK && time == YEAR_1994, "[BEH.CONSIST.5] got %#x\n", hr);
    headers_free(&list);
    add(&list, "Last-Modified", "0");
    hr = headers_date(&list, "Last-Modified", &time);
    ok(hr == S_FALSE && !time, "[BEH.CONSIST.21] got %#x\n", hr);
    headers_free(&list);

    http_date_format(YEAR_1994 + 9999999, text);
    ok(!strcmp(text, "Sun, 06 Nov 1994 08:49:37 GMT"), "[BEH.CONSIST.5] got %s\n", text);
    http_date_format(0, text);
    ok(!strcmp(text, "Mon, 01 Jan 1601 00:00:00 GMT"), "got %s\n", text);
    http_date_format((UINT64)-1, text);
    ok(!strcmp(text, "Fri, 31 Dec 9999 23:59:59 GMT"), "got %s\n", text);

    /* every day of 8400 years, at a time of day that walks, there and back */
    for (i = 0; i < 3067671; i++)
    {
        UINT64 when = (i * 86400ull + i * 7919 % 86400) * TICKS_PER_SECOND;

        http_date_format(when, text);
        if (http_date_parse(text, &time) != S_OK || time != when) break;
    }
    ok(i == 3067671, "day %u came back as %s\n", (unsigned int)i, text);
}

START_TEST(headers)
{
    test_list();
    test_token();
    test_content_length();
    test_content_range();
    test_dates();
}
