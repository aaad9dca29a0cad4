/*
 * Tests of the strings and buffers of the pure rooms
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

#include "core/str.h"
#include "wine/test.h"

static void test_strings(void)
{
    static const WCHAR abc[] = L"abc";
    WCHAR *copy;

    ok(str_len(L"") == 0 && str_len(abc) == 3, "wrong lengths\n");
    ok(str_nlen(abc, 2) == 2 && str_nlen(abc, 3) == 3 && str_nlen(abc, 9) == 3, "wrong bounded lengths\n");

    ok(!str_dup(NULL), "copy of NULL\n");
    copy = str_dup(abc);
    ok(copy && copy != abc && !str_cmp(copy, abc), "got %s\n", wine_dbgstr_w(copy));
    free(copy);
    copy = str_ndup(abc, 2);
    ok(copy && !str_cmp(copy, L"ab"), "got %s\n", wine_dbgstr_w(copy));
    free(copy);
    copy = str_ndup(abc, 0);
    ok(copy && !*copy, "got %s\n", wine_dbgstr_w(copy));
    free(copy);
    ok(!str_ndup(NULL, 5), "copy of NULL\n");
    ok(!str_ndup(abc, (size_t)-1), "copy of everything\n");

    ok(!str_cmp(L"", L"") && str_cmp(L"a", L"A") > 0 && str_cmp(L"a", L"ab") < 0 && str_cmp(L"ab", L"a") > 0, "wrong order\n");
    ok(str_cmp(L"\xffff", L"a") > 0, "units are not compared without sign\n");
    ok(!str_icmp(L"aZ[`{@", L"Az[`{@"), "letters differ by case\n");
    ok(str_icmp(L"[", L"{") && str_icmp(L"@", L"`") && str_icmp(L"\xc4", L"\xe4"), "more than letters were folded\n");
    ok(!str_nicmp(L"abX", L"ABy", 2) && str_nicmp(L"abX", L"ABy", 3) && !str_nicmp(L"a", L"a", 100), "wrong bounded order\n");
    ok(str_starts(abc, L"") && str_starts(abc, L"ab") && str_starts(abc, abc), "is no start\n");
    ok(!str_starts(abc, L"Ab") && !str_starts(abc, L"abcd") && !str_starts(L"", L"a"), "is a start\n");
    ok(str_istarts(abc, L"Ab") && !str_istarts(abc, L"ABCD"), "wrong start\n");
    ok(str_chr(abc, 'c') == abc + 2 && !str_chr(abc, 'd') && !str_chr(abc, 0), "wrong place\n");
}

static void test_utf8(void)
{
    static const struct { const char *utf8; const WCHAR *wide; } same[] =
    {
        {"", L""},
        {"a\x7f", L"a\x7f"},
        {"\xc2\x80\xdf\xbf", L"\x80\x7ff"},
        {"\xe0\xa0\x80\xef\xbf\xbf", L"\x800\xffff"},
        {"\xed\x9f\xbf\xee\x80\x80", L"\xd7ff\xe000"},
        {"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", L"\xd800\xdc00\xdbff\xdfff"},
    };
    static const struct { const char *utf8; const WCHAR *wide; } bad[] =
    {
        {"\x80", L"\xfffd"},
        {"\xc1\xbf", L"\xfffd\xfffd"},                 /* over-long */
        {"\xe0\x9f\xbf", L"\xfffd\xfffd\xfffd"},
        {"\xed\xa0\x80", L"\xfffd\xfffd\xfffd"},       /* a surrogate */
        {"\xf0\x8f\xbf\xbf", L"\xfffd\xfffd\xfffd\xfffd"},
        {"\xf4\x90\x80\x80", L"\xfffd\xfffd\xfffd\xfffd"},
        {"\xf5\x80", L"\xfffd\xfffd"},
        {"\xff" "a", L"\xfffd" L"a"},
        {"\xe2\x82", L"\xfffd\xfffd"},                 /* cut short */
        {"\xe2\x82" "a", L"\xfffd\xfffd" L"a"},
        {"\xf0\x9f\x98", L"\xfffd\xfffd\xfffd"},
        {"\xc3", L"\xfffd"},
    };
    static const struct { const WCHAR *wide; const char *utf8; } lone[] =
    {
        {L"\xd800", "\xef\xbf\xbd"},
        {L"\xdc00\xd800", "\xef\xbf\xbd\xef\xbf\xbd"},
        {L"\xd800" L"a", "\xef\xbf\xbd" "a"},
        {L"\xd800\xd800\xdc00", "\xef\xbf\xbd\xf0\x90\x80\x80"},
    };
    WCHAR *wide;
    char *utf8;
    UINT32 c;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(same); i++)
    {
        wide = str_from_utf8(same[i].utf8);
        ok(wide && !str_cmp(wide, same[i].wide), "%u: got %s\n", (unsigned int)i, wine_dbgstr_w(wide));
        free(wide);
        utf8 = str_to_utf8(same[i].wide);
        ok(utf8 && !strcmp(utf8, same[i].utf8), "%u: got %s\n", (unsigned int)i, wine_dbgstr_a(utf8));
        free(utf8);
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        wide = str_from_utf8(bad[i].utf8);
        ok(wide && !str_cmp(wide, bad[i].wide), "%u: got %s\n", (unsigned int)i, wine_dbgstr_w(wide));
        free(wide);
    }
    for (i = 0; i < ARRAY_SIZE(lone); i++)
    {
        utf8 = str_to_utf8(lone[i].wide);
        ok(utf8 && !strcmp(utf8, lone[i].utf8), "%u: got %s\n", (unsigned int)i, wine_dbgstr_a(utf8));
        free(utf8);
    }

    /* every character there and back */
    for (c = 1; c < 0x110000; c++)
    {
        WCHAR text[3] = {0};
        BOOL good;

        if (c >= 0xd800 && c < 0xe000) continue;
        if (c < 0x10000) text[0] = c;
        else
        {
            text[0] = 0xd800 + ((c - 0x10000) >> 10);
            text[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        utf8 = str_to_utf8(text);
        wide = str_from_utf8(utf8);
        good = wide && !str_cmp(wide, text);
        free(utf8);
        free(wide);
        if (!good) break;
    }
    ok(c == 0x110000, "U+%04x did not come back\n", c);

    wide = str_from_utf8_n("a\0b", 3);
    ok(wide && wide[0] == 'a' && !wide[1] && wide[2] == 'b' && !wide[3], "NUL was not kept\n");
    free(wide);
    wide = str_from_latin1("a\x80\xff");
    ok(wide && !str_cmp(wide, L"a\x80\xff"), "got %s\n", wine_dbgstr_w(wide));
    free(wide);
    ok(!str_from_utf8(NULL) && !str_to_utf8(NULL) && !str_from_latin1(NULL), "text from NULL\n");
}

static void test_buffer(void)
{
    struct buffer buffer;
    BYTE *data;
    size_t len;
    HRESULT hr;
    int i;

    buffer_init(&buffer, 1000);
    ok(!buffer.data && !buffer.len && buffer.hr == S_OK, "not empty\n");
    ok(!buffer_take(&buffer, &len) && !len, "took %u octets\n", (unsigned int)len);
    ok(buffer_append(&buffer, NULL, 0) == S_OK, "nothing was refused\n");
    for (i = 0; i < 1000; i++)
        if (buffer_append_byte(&buffer, (BYTE)i) != S_OK) break;
    ok(i == 1000 && buffer.len == 1000, "stopped at %d\n", i);
    ok(buffer.size <= 1000, "allocated %u\n", (unsigned int)buffer.size);
    hr = buffer_append_byte(&buffer, 1);
    ok(hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA) && buffer.hr == hr && buffer.len == 1000, "got %#x\n", hr);
    ok(!buffer_take(&buffer, &len) && !len, "took from a failed buffer\n");

    buffer_reset(&buffer);
    ok(buffer.hr == S_OK && !buffer.len, "not reset\n");
    hr = buffer_append_text(&buffer, "hello world");
    ok(hr == S_OK && buffer.len == 11, "got %#x\n", hr);
    buffer_consume(&buffer, 6);
    ok(buffer.len == 5 && !memcmp(buffer.data, "world", 5), "wrong rest\n");
    data = buffer_take(&buffer, &len);
    ok(data && len == 5 && !memcmp(data, "world", 5), "took %u\n", (unsigned int)len);
    free(data);
    ok(!buffer.data && !buffer.len && !buffer.size && buffer.max == 1000, "not empty after take\n");
    buffer_consume(&buffer, 1);
    ok(!buffer.len, "consumed from nothing\n");

    hr = buffer_append(&buffer, "x", (size_t)-1);
    ok(hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA) && !buffer.len, "got %#x\n", hr);
    hr = buffer_append_byte(&buffer, 1);
    ok(FAILED(hr) && !buffer.len, "the failure did not stick\n");
    buffer_free(&buffer);
    ok(buffer.hr == S_OK && !buffer.data, "not freed\n");

    hr = buffer_reserve(&buffer, 700);
    ok(hr == S_OK && !buffer.len && buffer.size >= 700 && buffer.size <= 1000, "got %#x, %u\n", hr, (unsigned int)buffer.size);
    data = buffer.data;
    for (i = 0; i < 700; i++) buffer_append_byte(&buffer, 1);
    ok(buffer.data == data && buffer.len == 700, "moved\n");
    hr = buffer_reserve(&buffer, 301);
    ok(hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA) && buffer.len == 700, "got %#x\n", hr);
    buffer_free(&buffer);

    buffer_init(&buffer, 0);
    hr = buffer_append_byte(&buffer, 1);
    ok(hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA), "got %#x\n", hr);
    buffer_free(&buffer);
}

START_TEST(str)
{
    test_strings();
    test_utf8();
    test_buffer();
}
