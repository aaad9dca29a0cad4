/*
 * Test of the framework: what the macros must leave alone, debug strings, arguments
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

#ifdef _WIN32
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <oaidl.h>
#endif
#include "framework_test.h"

#define CHECK_KEPT(what) \
    do { \
        unsigned int kept = get_error(); \
        ok_(__FILE__, 1)(kept == 4321, "%s changed the last error to %u\n", what, kept); \
        set_error(4321); \
    } while (0)

static void first_use(void)
{
    set_error(4321);
    ok(get_error() == 4321, "the first check of a thread changed the last error to %u\n", (unsigned int)get_error());
}

static void test_last_error(void)
{
    int debug = winetest_debug;
    char **argv;

    run_threads(first_use, 1);
    set_error(4321);
    ok(1, "%u\n", (unsigned int)get_error());
    CHECK_KEPT("ok");
    winetest_debug = 2;
    ok(get_error() == 4321, "seen %u in the arguments\n", (unsigned int)get_error());
    trace("printed\n");
    CHECK_KEPT("trace");
    skip("printed\n");
    CHECK_KEPT("skip");
    todo_if(1) ok(0, "printed\n");
    CHECK_KEPT("todo");
    flaky ok(0, "printed\n");
    CHECK_KEPT("flaky");
    winetest_push_context("context %d", 1);
    CHECK_KEPT("winetest_push_context");
    winetest_pop_context();
    CHECK_KEPT("winetest_pop_context");
    wine_dbgstr_a("string");
    CHECK_KEPT("wine_dbgstr_a");
    subtest("kept");
    CHECK_KEPT("subtest");
    ignore_exceptions(0);
    CHECK_KEPT("ignore_exceptions");
    ok_inferred("KEPT.1", 1, "printed\n");
    CHECK_KEPT("ok_inferred");
    winetest_get_mainargs(&argv);
    CHECK_KEPT("winetest_get_mainargs");
    winetest_debug = debug;
}

#define CHECK_STRING(expr, expected) \
    do { \
        const char *string = expr; \
        ok_(__FILE__, 2)(!strcmp(string, expected), "%s: %s\n", #expr, string); \
    } while (0)

static void test_debug_strings(void)
{
    static const unsigned short wide[] = { 'a', '\n', 0x1234, '"', '\\', 0x7f, 0, 'z', 0 };
    const char *strings[20], *text;
    char long_text[1000];
    unsigned int i;

    CHECK_STRING(wine_dbgstr_a(NULL), "(null)");
    CHECK_STRING(wine_dbgstr_a((const char *)0x12), "#0012");
    CHECK_STRING(wine_dbgstr_a(""), "\"\"");
    CHECK_STRING(wine_dbgstr_a("a\r\n\t\"\\\x01\x7f\xff"), "\"a\\r\\n\\t\\\"\\\\\\x01\\x7f\\xff\"");
    CHECK_STRING(wine_dbgstr_an("abc", 2), "\"ab\"");
    CHECK_STRING(wine_dbgstr_an("a\0b", 3), "\"a\\x00b\"");
    CHECK_STRING(wine_dbgstr_an("abc", 0), "\"\"");
    CHECK_STRING(wine_dbgstr_w(NULL), "(null)");
    CHECK_STRING(wine_dbgstr_w((const void *)0x1234), "#1234");
    CHECK_STRING(wine_dbgstr_w((const void *)wide), "L\"a\\n\\1234\\\"\\\\\\007f\"");
    CHECK_STRING(wine_dbgstr_wn((const void *)wide, 8), "L\"a\\n\\1234\\\"\\\\\\007f\\0000z\"");
    CHECK_STRING(wine_dbgstr_longlong(0), "0");
    CHECK_STRING(wine_dbgstr_longlong(0x123456789abcdef0ull), "123456789abcdef0");
    CHECK_STRING(wine_dbgstr_longlong(0x100000002ull), "100000002");
    CHECK_STRING(wine_dbg_sprintf("%d-%s", 1, "x"), "1-x");
    CHECK_STRING(wine_dbgstr_guid(NULL), "(null)");
    {
        static const struct { unsigned int a; unsigned short b, c; unsigned char d[8]; } guid =
                { 0x1a2b3c4d, 0x5e6f, 0x7081, { 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8, 0x09 } };
        CHECK_STRING(wine_dbgstr_guid((const void *)&guid), "{1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809}");
    }

    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = 0;
    text = wine_dbgstr_a(long_text);
    ok(strlen(text) > 250 && strlen(text) < 310 && !strcmp(text + strlen(text) - 5, "x\"..."),
       "long text: %s\n", text);
    memset(long_text, 1, sizeof(long_text) - 1);
    text = wine_dbgstr_an(long_text, -1);
    ok(strlen(text) > 250 && strlen(text) < 310 && !strcmp(text + strlen(text) - 4, "\"..."),
       "long text: %s\n", text);

    memset(long_text, 'y', sizeof(long_text) - 1);
    for (i = 0; i < ARRAY_SIZE(strings); i++)
    {
        long_text[0] = 'a' + i;
        strings[i] = wine_dbgstr_a(long_text);
    }
    for (i = 0; i < ARRAY_SIZE(strings); i++) ok(strings[i][1] == (char)('a' + i), "%u overwritten\n", i);

#ifdef _WIN32
    {
        POINT point = { 1, -2 };
        RECT rect = { 1, 2, 3, -4 };
        VARIANT v;
        char expected[64];

        CHECK_STRING(wine_dbgstr_point(&point), "(1,-2)");
        CHECK_STRING(wine_dbgstr_rect(&rect), "(1,2)-(3,-4)");
        CHECK_STRING(wine_dbgstr_rect(NULL), "(null)");
        CHECK_STRING(wine_dbgstr_vt(VT_BSTR), "VT_BSTR");
        CHECK_STRING(wine_dbgstr_vt(VT_ARRAY | VT_UI1), "VT_UI1|VT_ARRAY");
        CHECK_STRING(wine_dbgstr_vt(0x0fe), "vt(invalid fe)");
        CHECK_STRING(wine_dbgstr_variant(NULL), "(null)");
        V_VT(&v) = VT_I4;
        V_I4(&v) = -5;
        sprintf(expected, "%p {VT_I4: -5}", (void *)&v);
        CHECK_STRING(wine_dbgstr_variant(&v), expected);
    }
#endif
}

static void test_arguments(void)
{
    char **argv;
    int argc = winetest_get_mainargs(&argv);

    ok(argc >= 2, "argc %d\n", argc);
    ok(!strncmp(argv[1], "misc", 4) || strstr(argv[1], "/misc"), "argv[1] %s\n", argv[1]);
    if (argc > 2) ok(argc == 4 && !strcmp(argv[2], "verb") && !strcmp(argv[3], "a b"), "argc %d, %s\n", argc, argv[2]);
}

START_TEST(misc)
{
    test_last_error();
    test_debug_strings();
    test_arguments();

    /* the location is known before the arguments are evaluated */
    ok(winetest_get_thread_data()->line == __LINE__, "line %d\n", winetest_get_thread_data()->line);
    ok(!strcmp(winetest_get_thread_data()->file, "misc.c"), "file %s\n", winetest_get_thread_data()->file);
    ok(winetest_platform_is_wine == !strcmp(winetest_platform, "wine"), "platform %s\n", winetest_platform);
}
