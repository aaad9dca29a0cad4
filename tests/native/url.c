/*
 * Tests of the rules for remote and local names
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
#include "core/url.h"
#include "wine/test.h"

static WCHAR *repeat(const WCHAR *head, WCHAR c, size_t len, const WCHAR *tail)
{
    size_t head_len = str_len(head), tail_len = str_len(tail), i;
    WCHAR *text = malloc((head_len + len + tail_len + 1) * sizeof(*text));

    memcpy(text, head, head_len * sizeof(*text));
    for (i = 0; i < len; i++) text[head_len + i] = c;
    memcpy(text + head_len + len, tail, (tail_len + 1) * sizeof(*text));
    return text;
}

static BOOL equal(const WCHAR *a, const WCHAR *b)
{
    return a && b ? !str_cmp(a, b) : a == b;
}

static void test_local_names(void)
{
    static const struct { const WCHAR *name; BOOL good; const char *fact; } rows[] =
    {
        {L"C:\\dir\\file.txt", TRUE, "BEH.FILE.1"},
        {L"c:\\f", TRUE, "BEH.FILE.1"},
        {L"Z:\\a b\\c d.e f", TRUE, "BEH.FILE.1"},
        {L"C:\\\x4e2d\x6587\\\xd83d\xde00.bin", TRUE, "BEH.FILE.1"},
        {L"\\\\server\\share\\file", TRUE, "BEH.FILE.4"},
        {L"\\\\server\\share$\\dir\\file", TRUE, "BEH.FILE.4"},
        {L"\\\\10.0.0.1\\share\\file", TRUE, "BEH.FILE.4"},
        {L"C:/dir/file", TRUE, "BA.4.1.7"},
        {L"C:\\dir\\/file", TRUE, "BA.4.1.7"},
        {L"c:\\\\x.zip", TRUE, "BA.4.1.7"},
        {L"//server/share/file", TRUE, "BA.4.1.7"},
        {L"\\\\server\\\\share\\\\file", TRUE, "BA.4.1.7"},
        {L"C:\\dir\\..\\file", TRUE, "BEH.FILE.1"},
        {L"C:\\dir\\.hidden", TRUE, "BEH.FILE.1"},

        {NULL, FALSE, "JOB.AddFile.A1"},
        {L"", FALSE, "JOB.AddFileSet.5"},
        {L"file", FALSE, "BEH.FILE.1"},
        {L"dir\\file", FALSE, "BEH.FILE.1"},
        {L".\\file", FALSE, "BEH.FILE.1"},
        {L"..\\file", FALSE, "BEH.FILE.1"},
        {L"\\dir\\file", FALSE, "BEH.FILE.1"},
        {L"/dir/file", FALSE, "BEH.FILE.1"},
        {L"C:file", FALSE, "BEH.FILE.1"},
        {L"1:\\file", FALSE, "BEH.FILE.1"},
        {L"CC:\\file", FALSE, "BEH.FILE.1"},
        {L":\\file", FALSE, "BEH.FILE.1"},
        {L"\xe4:\\file", FALSE, "BEH.FILE.1"},
        {L"C:\\dir\\*", FALSE, "BEH.FILE.1"},
        {L"C:\\d?r\\file", FALSE, "BEH.FILE.1"},
        {L"C:\\dir\\fi\"le", FALSE, "JOB.AddFileSet.5"},
        {L"C:\\dir\\fi<le", FALSE, "JOB.AddFileSet.5"},
        {L"C:\\dir\\fi>le", FALSE, "JOB.AddFileSet.5"},
        {L"C:\\dir\\fi|le", FALSE, "JOB.AddFileSet.5"},
        {L"C:\\dir\\fi\x01le", FALSE, "JOB.AddFileSet.5"},
        {L"C:\\dir\\file:stream", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\file::$DATA", FALSE, "BEH.FILE.3"},
        {L"C:\\d:r\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\share\\file:stream", FALSE, "BEH.FILE.3"},
        {L"\\\\?\\C:\\dir\\file", FALSE, "BEH.FILE.3"},
        {L"//?/C:/dir/file", FALSE, "BEH.FILE.3"},
        {L"\\\\?\\UNC\\server\\share\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\.\\C:\\dir\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\.\\pipe\\name", FALSE, "BEH.FILE.3"},
        {L"\\\\.\\PhysicalDrive0", FALSE, "BEH.FILE.3"},
        {L"\\??\\C:\\dir\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\pipe\\name", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\PIPE\\dir\\name", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\mailslot\\name", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\IPC$\\name", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\NUL", FALSE, "BEH.FILE.3"},
        {L"C:\\nul\\file", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\con.txt", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\PRN .x", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\aux.tar.gz", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\CONIN$", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\conout$", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\clock$", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\com1", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\LPT9.x", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\COM\xb2", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\share\\nul", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\com", TRUE, "BEH.FILE.3"},
        {L"C:\\dir\\com0", TRUE, "BEH.FILE.3"},
        {L"C:\\dir\\com10", TRUE, "BEH.FILE.3"},
        {L"C:\\dir\\null", TRUE, "BEH.FILE.3"},
        {L"C:\\dir\\console.log", TRUE, "BEH.FILE.3"},
        {L"C:\\dir\\x.nul", TRUE, "BEH.FILE.3"},
        {L"C:\\", FALSE, "BEH.FILE.3"},
        {L"C:", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\", FALSE, "BEH.FILE.3"},
        {L"C:/dir/", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\.", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\..", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\...", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\ ", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\. .", FALSE, "BEH.FILE.3"},
        {L"C:\\dir\\a .", TRUE, "BEH.FILE.3"},
        {L"\\\\server", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\share", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\share\\", FALSE, "BEH.FILE.3"},
        {L"\\\\server\\..\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\\\share\\file", FALSE, "BEH.FILE.3"},
        {L"\\\\", FALSE, "BEH.FILE.3"},
        {L"\\\\ser ver\\share\\file", FALSE, "BEH.FILE.3"},
        {L"http://server/file", FALSE, "BEH.FILE.1"},
        {L"file://C:\\dir\\file", FALSE, "BEH.FILE.1"},
    };
    WCHAR *name;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        hr = local_name_check(rows[i].name);
        ok(hr == (rows[i].good ? S_OK : E_INVALIDARG), "[%s] %s: got %#x\n", rows[i].fact, wine_dbgstr_w(rows[i].name), hr);
    }

    name = repeat(L"C:\\", 'a', LOCAL_NAME_MAX - 3, L"");
    hr = local_name_check(name);
    ok(hr == S_OK, "[TYPE.FileInfo.A1] got %#x\n", hr);
    free(name);
    name = repeat(L"C:\\", 'a', LOCAL_NAME_MAX - 2, L"");
    hr = local_name_check(name);
    ok(hr == E_INVALIDARG, "[BEH.FILE.1] got %#x\n", hr);
    free(name);
    name = repeat(L"C:\\", '\\', 100000, L"x");
    hr = local_name_check(name);
    ok(hr == E_INVALIDARG, "[BEH.FILE.1] got %#x\n", hr);
    free(name);
}

static void test_remote_names(void)
{
    static const struct
    {
        const WCHAR *name;
        const char *fact;
        enum url_scheme scheme;
        const WCHAR *host;
        UINT16 port;
        BOOL given;
        const WCHAR *path, *user, *password;
    }
    rows[] =
    {
        {L"http://server/dir/file", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/dir/file"},
        {L"https://server/dir/file", "TYPE.FileInfo.5", URL_HTTPS, L"server", 443, FALSE, L"/dir/file"},
        {L"HttpS://Server/Dir", "TYPE.FileInfo.5", URL_HTTPS, L"Server", 443, FALSE, L"/Dir"},
        {L"http://server", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/"},
        {L"http://server?q=1", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/?q=1"},
        {L"http://server#x", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/"},
        {L"http://server/a?b#c?d", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/a?b"},
        {L"http://server:8080/x", "TYPE.FileInfo.5", URL_HTTP, L"server", 8080, TRUE, L"/x"},
        {L"http://server:80/x", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, TRUE, L"/x"},
        {L"http://server:/x", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, FALSE, L"/x"},
        {L"http://server:65535", "TYPE.FileInfo.5", URL_HTTP, L"server", 65535, TRUE, L"/"},
        {L"http://server:00080/x", "TYPE.FileInfo.5", URL_HTTP, L"server", 80, TRUE, L"/x"},
        {L"http://127.0.0.1:1/x", "TYPE.FileInfo.5", URL_HTTP, L"127.0.0.1", 1, TRUE, L"/x"},
        {L"http://[::1]/x", "TYPE.FileInfo.5", URL_HTTP, L"::1", 80, FALSE, L"/x"},
        {L"http://[::1]:81/x", "TYPE.FileInfo.5", URL_HTTP, L"::1", 81, TRUE, L"/x"},
        {L"http://[2001:DB8::192.0.2.1]/x", "TYPE.FileInfo.5", URL_HTTP, L"2001:DB8::192.0.2.1", 80, FALSE, L"/x"},
        {L"http://[1:2:3:4:5:6:7:8]/x", "TYPE.FileInfo.5", URL_HTTP, L"1:2:3:4:5:6:7:8", 80, FALSE, L"/x"},
        {L"http://[1:2:3:4:5:6:1.2.3.4]/", "TYPE.FileInfo.5", URL_HTTP, L"1:2:3:4:5:6:1.2.3.4", 80, FALSE, L"/"},
        {L"http://[::]/", "TYPE.FileInfo.5", URL_HTTP, L"::", 80, FALSE, L"/"},
        {L"http://[1::]/", "TYPE.FileInfo.5", URL_HTTP, L"1::", 80, FALSE, L"/"},
        {L"http://xn--nxasmq6b.example_1/x", "TYPE.FileInfo.13", URL_HTTP, L"xn--nxasmq6b.example_1", 80, FALSE, L"/x"},
        {L"http://h/a%20b?c=%zz", "BEH.HTTP.21", URL_HTTP, L"h", 80, FALSE, L"/a%20b?c=%zz"},
        {L"http://h/a//b/../c;d=e,f@g:h", "BEH.HTTP.21", URL_HTTP, L"h", 80, FALSE, L"/a//b/../c;d=e,f@g:h"},
        {L"http://h/\x4e2d?\xd83d\xde00", "TYPE.FileInfo.15", URL_HTTP, L"h", 80, FALSE, L"/\x4e2d?\xd83d\xde00"},
        {L"http://h/x?a=*&b=?", "TYPE.FileInfo.4", URL_HTTP, L"h", 80, FALSE, L"/x?a=*&b=?"},
        {L"http://h/{x}[1]^`|~!$'()+", "TYPE.FileInfo.4", URL_HTTP, L"h", 80, FALSE, L"/{x}[1]^`|~!$'()+"},
        {L"http://u:p@h/x", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/x", L"u", L"p"},
        {L"http://u@h/x", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/x", L"u", NULL},
        {L"http://u:@h/x", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/x", L"u", L""},
        {L"http://@h/x", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/x"},
        {L"http://:p@h/x", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/x"},
        {L"http://u:p:q@h:81/x@y", "BEH.HTTP.20", URL_HTTP, L"h", 81, TRUE, L"/x@y", L"u", L"p:q"},
        {L"http://a@b:p@q@h/", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/", L"a@b", L"p@q"},
        {L"http://%C3%A4%40:%3a%2F%zz%@[::1]:8/", "BEH.HTTP.20", URL_HTTP, L"::1", 8, TRUE, L"/", L"\xe4@", L":/%zz%"},
        {L"http://\xe4:\x20ac@h/", "BEH.HTTP.20", URL_HTTP, L"h", 80, FALSE, L"/", L"\xe4", L"\x20ac"},

        {L"\\\\server\\share\\dir\\file", "BEH.SMB.1", URL_FILE, NULL, 0, FALSE, L"\\\\server\\share\\dir\\file"},
        {L"//server/share//dir/file", "BEH.SMB.1", URL_FILE, NULL, 0, FALSE, L"\\\\server\\share\\dir\\file"},
        {L"C:\\dir\\name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"C:/dir\\\\name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"file://C:\\dir\\name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"FILE://C:/dir/name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"file:///C:/dir/name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"file://localhost/C:/dir/name", "BEH.SMB.8", URL_FILE, NULL, 0, FALSE, L"C:\\dir\\name"},
        {L"file://server/share/name", "BEH.SMB.1", URL_FILE, NULL, 0, FALSE, L"\\\\server\\share\\name"},
        {L"file:////server/share/name", "BEH.SMB.1", URL_FILE, NULL, 0, FALSE, L"\\\\server\\share\\name"},
        {L"file://\\\\server\\share\\name", "BEH.SMB.1", URL_FILE, NULL, 0, FALSE, L"\\\\server\\share\\name"},
        {L"file://C:\\a%20b", "BEH.HTTP.21", URL_FILE, NULL, 0, FALSE, L"C:\\a%20b"},
    };
    static const struct { const WCHAR *name; const char *fact; } bad[] =
    {
        {NULL, "JOB.AddFile.A1"},
        {L"", "FILE2.SetRemoteName.A1"},
        {L"server/file", "JOB.AddFileSet.5"},
        {L"/file", "JOB.AddFileSet.5"},
        {L"file", "JOB.AddFileSet.5"},
        {L"ftp://server/file", "JOB.AddFileSet.5"},
        {L"mailto:x", "JOB.AddFileSet.5"},
        {L"httpx://server/file", "JOB.AddFileSet.5"},
        {L"x-http://server/file", "JOB.AddFileSet.5"},
        {L"http:", "JOB.AddFileSet.5"},
        {L"http:/server/file", "JOB.AddFileSet.5"},
        {L"http:server/file", "JOB.AddFileSet.5"},
        {L"http:\\\\server\\file", "JOB.AddFileSet.5"},
        {L" http://server/file", "JOB.AddFileSet.5"},
        {L"http://", "JOB.AddFileSet.5"},
        {L"http:///file", "JOB.AddFileSet.5"},
        {L"http://?x", "JOB.AddFileSet.5"},
        {L"http://:80/x", "JOB.AddFileSet.5"},
        {L"http://u:p@/x", "JOB.AddFileSet.5"},
        {L"http://h:0/x", "JOB.AddFileSet.5"},
        {L"http://h:65536/x", "JOB.AddFileSet.5"},
        {L"http://h:99999999999999999999/x", "JOB.AddFileSet.5"},
        {L"http://h:8x/x", "JOB.AddFileSet.5"},
        {L"http://h:-1/x", "JOB.AddFileSet.5"},
        {L"http://h:80:81/x", "JOB.AddFileSet.5"},
        {L"http://[::1/x", "JOB.AddFileSet.5"},
        {L"http://::1/x", "JOB.AddFileSet.5"},
        {L"http://[]/x", "JOB.AddFileSet.5"},
        {L"http://[:]/x", "JOB.AddFileSet.5"},
        {L"http://[:::]/x", "JOB.AddFileSet.5"},
        {L"http://[1::2::3]/x", "JOB.AddFileSet.5"},
        {L"http://[12345::]/x", "JOB.AddFileSet.5"},
        {L"http://[1:2:3:4:5:6:7]/x", "JOB.AddFileSet.5"},
        {L"http://[1:2:3:4:5:6:7:8:9]/x", "JOB.AddFileSet.5"},
        {L"http://[1:2:3:4:5:6:7::8]/x", "JOB.AddFileSet.5"},
        {L"http://[::1.2.3]/x", "JOB.AddFileSet.5"},
        {L"http://[::1.2.3.256]/x", "JOB.AddFileSet.5"},
        {L"http://[1:]/x", "JOB.AddFileSet.5"},
        {L"http://[:1]/x", "JOB.AddFileSet.5"},
        {L"http://[::g]/x", "JOB.AddFileSet.5"},
        {L"http://[fe80::1%25eth0]/x", "JOB.AddFileSet.5"},
        {L"http://[::1]x/x", "JOB.AddFileSet.5"},
        {L"http://[::1]80/x", "JOB.AddFileSet.5"},
        {L"http://127.0.0.1]/x", "JOB.AddFileSet.5"},
        {L"http://h\xe4user.example/x", "TYPE.FileInfo.13"},
        {L"http://h%41/x", "JOB.AddFileSet.5"},
        {L"http://h x/x", "JOB.AddFileSet.5"},
        {L"http://h\\x/x", "JOB.AddFileSet.5"},
        {L"http://*/x", "TYPE.FileInfo.4"},
        {L"http://h/*", "TYPE.FileInfo.4"},
        {L"http://h/a*/b", "TYPE.FileInfo.4"},
        {L"http://h/a b", "TYPE.FileInfo.4"},
        {L"http://h/x ", "TYPE.FileInfo.4"},
        {L"http://h/x?a b", "TYPE.FileInfo.4"},
        {L"http://h/a\\b", "TYPE.FileInfo.4"},
        {L"http://h/a\"b", "TYPE.FileInfo.4"},
        {L"http://h/a<b", "TYPE.FileInfo.4"},
        {L"http://h/a>b", "TYPE.FileInfo.4"},
        {L"http://h/a\tb", "TYPE.FileInfo.4"},
        {L"http://h/a\r\nb: c", "TYPE.FileInfo.4"},
        {L"http://h/a\x7f", "TYPE.FileInfo.4"},
        {L"http://u v@h/x", "TYPE.FileInfo.4"},
        {L"http://u\\v@h/x", "TYPE.FileInfo.4"},
        {L"http://u%00v@h/x", "BEH.HTTP.20"},
        {L"http://u:p%00@h/x", "BEH.HTTP.20"},
        {L"file:", "JOB.AddFileSet.5"},
        {L"file:C:\\x", "JOB.AddFileSet.5"},
        {L"file:/C:/x", "JOB.AddFileSet.5"},
        {L"file://", "JOB.AddFileSet.5"},
        {L"file:///", "JOB.AddFileSet.5"},
        {L"file:///dir/file", "JOB.AddFileSet.5"},
        {L"file://C:file", "JOB.AddFileSet.5"},
        {L"file://C:\\", "JOB.AddFileSet.5"},
        {L"file://server/share", "JOB.AddFileSet.5"},
        {L"file://server", "JOB.AddFileSet.5"},
        {L"file://C:\\d*r\\x", "TYPE.FileInfo.4"},
        {L"file://C:\\dir\\x:s", "TYPE.FileInfo.7"},
        {L"C:\\dir\\?", "TYPE.FileInfo.4"},
        {L"\\\\server\\pipe\\x", "TYPE.FileInfo.7"},
        {L"file://server/pipe/x", "TYPE.FileInfo.7"},
        {L"\\\\server\\share\\com1", "TYPE.FileInfo.7"},
        {L"\\\\.\\pipe\\x", "TYPE.FileInfo.7"},
        {L"\\\\?\\C:\\x", "TYPE.FileInfo.7"},
        {L"file://./pipe/x", "TYPE.FileInfo.7"},
        {L"file://?/C:/x", "TYPE.FileInfo.7"},
        {L"C:relative", "JOB.AddFileSet.5"},
        {L"\\rooted", "JOB.AddFileSet.5"},
    };
    struct url url;
    WCHAR *name;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%s", wine_dbgstr_w(rows[i].name));
        memset(&url, 0xcc, sizeof(url));
        hr = url_parse(rows[i].name, &url);
        ok(hr == S_OK, "[%s] got %#x\n", rows[i].fact, hr);
        ok(url.scheme == rows[i].scheme, "[%s] scheme %d\n", rows[i].fact, url.scheme);
        ok(equal(url.host, rows[i].host), "[%s] host %s\n", rows[i].fact, wine_dbgstr_w(url.host));
        ok(url.port == rows[i].port && url.port_given == rows[i].given, "[%s] port %u\n", rows[i].fact, url.port);
        ok(equal(url.path, rows[i].path), "[%s] path %s\n", rows[i].fact, wine_dbgstr_w(url.path));
        ok(equal(url.user, rows[i].user), "[%s] user %s\n", rows[i].fact, wine_dbgstr_w(url.user));
        ok(equal(url.password, rows[i].password), "[%s] password %s\n", rows[i].fact, wine_dbgstr_w(url.password));
        url_free(&url);
        ok(!url.host && !url.path && !url.user && !url.password, "not freed\n");
        hr = url_parse(rows[i].name, NULL);
        ok(hr == S_OK, "[%s] check only: got %#x\n", rows[i].fact, hr);
        hr = url_split(rows[i].name, NULL);
        ok(hr == (rows[i].scheme == URL_FILE ? E_INVALIDARG : S_OK), "[%s] split: got %#x\n", rows[i].fact, hr);
        winetest_pop_context();
    }

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        memset(&url, 0xcc, sizeof(url));
        hr = url_parse(bad[i].name, &url);
        ok(hr == E_INVALIDARG, "[%s] %s: got %#x\n", bad[i].fact, wine_dbgstr_w(bad[i].name), hr);
        ok(!url.host && !url.path && !url.user && !url.password, "[%s] %s: something is left\n", bad[i].fact,
           wine_dbgstr_w(bad[i].name));
        hr = url_parse(bad[i].name, NULL);
        ok(hr == E_INVALIDARG, "[%s] %s: got %#x\n", bad[i].fact, wine_dbgstr_w(bad[i].name), hr);
    }

    /* lengths: 2200 in all, 260 for each part of the path and for the host */
    name = repeat(L"http://h/?", 'a', REMOTE_NAME_MAX - 10, L"");
    hr = url_parse(name, NULL);
    ok(hr == S_OK, "[TYPE.FileInfo.2] got %#x\n", hr);
    free(name);
    name = repeat(L"http://h/?", 'a', REMOTE_NAME_MAX - 9, L"");
    hr = url_parse(name, NULL);
    ok(hr == E_INVALIDARG, "[TYPE.FileInfo.2,TYPE.FileInfo.A2] got %#x\n", hr);
    hr = url_split(name, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    free(name);
    name = repeat(L"http://h/x/", 'a', MAX_PATH, L"/y");
    hr = url_parse(name, NULL);
    ok(hr == S_OK, "[TYPE.FileInfo.3] got %#x\n", hr);
    free(name);
    name = repeat(L"http://h/x/", 'a', MAX_PATH + 1, L"/y");
    hr = url_parse(name, NULL);
    ok(hr == E_INVALIDARG, "[TYPE.FileInfo.3,TYPE.FileInfo.A2] got %#x\n", hr);
    hr = url_split(name, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    free(name);
    name = repeat(L"http://", 'a', MAX_PATH, L"/y");
    hr = url_parse(name, NULL);
    ok(hr == S_OK, "[TYPE.FileInfo.A2] got %#x\n", hr);
    free(name);
    name = repeat(L"http://", 'a', MAX_PATH + 1, L"/y");
    hr = url_parse(name, NULL);
    ok(hr == E_INVALIDARG, "[TYPE.FileInfo.A2] got %#x\n", hr);
    free(name);
    name = repeat(L"\\\\s\\h\\", 'a', MAX_PATH + 1, L"\\y");
    hr = url_parse(name, NULL);
    ok(hr == E_INVALIDARG, "[TYPE.FileInfo.3] got %#x\n", hr);
    free(name);
    name = repeat(L"http://h/", 'a', URL_TARGET_MAX - 9, L"");
    hr = url_split(name, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    free(name);
    name = repeat(L"http://h/", 'a', URL_TARGET_MAX - 8, L"");
    hr = url_split(name, NULL);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    free(name);
    hr = url_split(L"http://h/a*b", NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = url_split(NULL, NULL);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
}

static void test_resolve(void)
{
    static const WCHAR rfc[] = L"http://a/b/c/d;p?q";
    static const struct { const WCHAR *base; const char *location; const WCHAR *target; } rows[] =
    {
        /* the examples of RFC 3986 5.4, without those that are no http URL */
        {rfc, "g", L"http://a/b/c/g"},
        {rfc, "./g", L"http://a/b/c/g"},
        {rfc, "g/", L"http://a/b/c/g/"},
        {rfc, "/g", L"http://a/g"},
        {rfc, "//g", L"http://g"},
        {rfc, "?y", L"http://a/b/c/d;p?y"},
        {rfc, "g?y", L"http://a/b/c/g?y"},
        {rfc, "#s", L"http://a/b/c/d;p?q"},
        {rfc, "g#s", L"http://a/b/c/g"},
        {rfc, "g?y#s", L"http://a/b/c/g?y"},
        {rfc, ";x", L"http://a/b/c/;x"},
        {rfc, "g;x?y#s", L"http://a/b/c/g;x?y"},
        {rfc, ".", L"http://a/b/c/"},
        {rfc, "./", L"http://a/b/c/"},
        {rfc, "..", L"http://a/b/"},
        {rfc, "../", L"http://a/b/"},
        {rfc, "../g", L"http://a/b/g"},
        {rfc, "../..", L"http://a/"},
        {rfc, "../../g", L"http://a/g"},
        {rfc, "../../../g", L"http://a/g"},
        {rfc, "../../../../g", L"http://a/g"},
        {rfc, "/./g", L"http://a/g"},
        {rfc, "/../g", L"http://a/g"},
        {rfc, "g.", L"http://a/b/c/g."},
        {rfc, ".g", L"http://a/b/c/.g"},
        {rfc, "g..", L"http://a/b/c/g.."},
        {rfc, "..g", L"http://a/b/c/..g"},
        {rfc, "./../g", L"http://a/b/g"},
        {rfc, "./g/.", L"http://a/b/c/g/"},
        {rfc, "g/./h", L"http://a/b/c/g/h"},
        {rfc, "g/../h", L"http://a/b/c/h"},
        {rfc, "g;x=1/./y", L"http://a/b/c/g;x=1/y"},
        {rfc, "g;x=1/../y", L"http://a/b/c/y"},
        {rfc, "g?y/./x", L"http://a/b/c/g?y/./x"},
        {rfc, "g?y/../x", L"http://a/b/c/g?y/../x"},
        {rfc, "g#s/../x", L"http://a/b/c/g"},

        {L"http://h", "x", L"http://h/x"},
        {L"http://h?q", "x", L"http://h/x"},
        {L"http://h?q", "?r", L"http://h/?r"},
        {L"http://h", "?r", L"http://h/?r"},
        {L"http://h", "#f", L"http://h/"},
        {L"http://h/a#b", "?r", L"http://h/a?r"},
        {L"https://u:p@h:1/a/b", "c", L"https://u:p@h:1/a/c"},
        {L"https://u:p@h:1/a/b", "//o/c", L"https://o/c"},
        {L"https://h/a", "http://o", L"http://o"},
        {L"http://h/a", "HTTPS://O/x/../y?z/../w", L"HTTPS://O/y?z/../w"},
        {L"http://h/a", "//[::1]:5/x", L"http://[::1]:5/x"},
        {L"http://h/a/b?x/y", "c", L"http://h/a/c"},
        {L"http://h/a/", " \tnext\t ", L"http://h/a/next"},
        {L"http://h/a", "b c\"<>\\^`{|}\x7f\x01", L"http://h/b%20c%22%3C%3E%5C%5E%60%7B%7C%7D%7F%01"},
        {L"http://h/a", "\xc3\xa4%20%zz*[1]", L"http://h/%C3%A4%20%zz*[1]"},
        {L"http://h/\x4e2d/x", "y", L"http://h/\x4e2d/y"},
        {L"http://h/a", "b:c/d", NULL},
        {L"http://h/a", "./b:c", L"http://h/b:c"},
        {L"http://h/a", "1b:c", L"http://h/1b:c"},

        {rfc, "", NULL},
        {rfc, " \t", NULL},
        {rfc, "g:h", NULL},
        {rfc, "http:g", NULL},
        {rfc, "http:", NULL},
        {rfc, "http://", NULL},
        {rfc, "//", NULL},
        {rfc, "///x", NULL},
        {rfc, "//h:0/", NULL},
        {rfc, "//h\xc3\xa4/", NULL},
        {rfc, "ftp://h/x", NULL},
        {rfc, "file://C:/x", NULL},
        {rfc, "file://server/share/x", NULL},
        {rfc, "javascript:x", NULL},
        {L"file://C:\\x", "http://h/", NULL},
        {L"nothing", "http://h/", NULL},
    };
    WCHAR *target;
    char *location;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        target = (WCHAR *)0xdead;
        hr = url_resolve(rows[i].base, rows[i].location, &target);
        ok(hr == (rows[i].target ? S_OK : E_INVALIDARG), "[BEH.HTTP.52] %s: got %#x\n", rows[i].location, hr);
        ok(equal(target, rows[i].target), "%s: got %s\n", rows[i].location, wine_dbgstr_w(target));
        free(target);
    }

    target = (WCHAR *)0xdead;
    hr = url_resolve(L"http://h/", NULL, &target);
    ok(hr == E_INVALIDARG && !target, "no Location: got %#x\n", hr);

    location = malloc(URL_TARGET_MAX + 2);
    memset(location, 'a', URL_TARGET_MAX + 1);
    location[URL_TARGET_MAX + 1] = 0;
    hr = url_resolve(L"http://h/", location, &target);
    ok(hr == E_INVALIDARG && !target, "got %#x\n", hr);
    location[URL_TARGET_MAX] = 0;
    hr = url_resolve(L"http://h/", location, &target);
    ok(hr == E_INVALIDARG && !target, "got %#x\n", hr); /* the whole is too long */
    location[URL_TARGET_MAX - 9] = 0;
    hr = url_resolve(L"http://h/", location, &target);
    ok(hr == S_OK && str_len(target) == URL_TARGET_MAX, "got %#x\n", hr);
    free(target);
    free(location);
}

static void test_origin(void)
{
    static const struct { const WCHAR *a, *b; BOOL same; } rows[] =
    {
        {L"http://h/x", L"http://H:80/y?z", TRUE},
        {L"https://h/x", L"https://h:443/", TRUE},
        {L"http://u:p@h/", L"http://h/", TRUE},
        {L"http://h/", L"https://h/", FALSE},
        {L"http://h:443/", L"https://h/", FALSE},
        {L"http://h:81/", L"http://h/", FALSE},
        {L"http://h/", L"http://g/", FALSE},
        {L"http://h/", L"http://h.x/", FALSE},
        {L"C:\\x", L"C:\\x", FALSE},
        {L"C:\\x", L"http://h/", FALSE},
    };
    struct url a, b;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        url_parse(rows[i].a, &a);
        url_parse(rows[i].b, &b);
        ok(url_same_origin(&a, &b) == rows[i].same && url_same_origin(&b, &a) == rows[i].same, "row %u\n", (unsigned int)i);
        url_free(&a);
        url_free(&b);
    }
}

static void test_loopback(void)
{
    static const struct { const WCHAR *remote; BOOL loopback; } rows[] =
    {
        {L"http://127.0.0.1/x", TRUE}, {L"https://127.1.2.3:8080/x", TRUE}, {L"http://user:pw@127.0.0.1/x", TRUE}, {L"http://localhost/x", TRUE},
        {L"HTTP://LocalHost:80/x", TRUE}, {L"http://a.localhost/x", TRUE}, {L"http://[::1]/x", TRUE}, {L"http://[::1]:81/x", TRUE},
        {L"http://127.0.0.1.example/x", FALSE}, {L"http://127.example/x", FALSE}, {L"http://localhost.example/x", FALSE},
        {L"http://notlocalhost/x", FALSE}, {L"http://0.0.0.0/x", FALSE}, {L"http://[::2]/x", FALSE}, {L"http://12.7.0.0/x", FALSE},
        {L"http://127.0.0.1@example/x", FALSE}, {L"\\\\localhost\\share\\x", FALSE}, {L"C:\\x", FALSE}, {L"x", FALSE}, {L"", FALSE},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        ok(url_is_loopback(rows[i].remote) == rows[i].loopback, "row %u\n", (unsigned int)i);
}

static void test_prefix(void)
{
    static const struct { const WCHAR *remote, *old_prefix, *new_prefix, *name; const char *fact; } rows[] =
    {
        {L"http://a/x", L"http://a/", L"http://b/", L"http://b/x", "JOB3.ReplaceRemotePrefix.1"},
        {L"http://a/x", L"http://a/x", L"http://b", L"http://b", "JOB3.ReplaceRemotePrefix.1"},
        {L"http://a/x", L"http://a/x", L"", L"", "JOB3.ReplaceRemotePrefix.1"},
        {L"http://a/x", L"http://a", L"\\\\s\\h", L"\\\\s\\h/x", "JOB3.ReplaceRemotePrefix.10"},
        {L"http://a/x", L"http://a/x/", L"http://b/", NULL, "JOB3.ReplaceRemotePrefix.4"},
        {L"http://a/x", L"http://A/", L"http://b/", NULL, "JOB3.ReplaceRemotePrefix.2"},
        {L"http://\xe4/x", L"http://\xc4/", L"http://b/", NULL, "JOB3.ReplaceRemotePrefix.2"},
        {L"http://a/http://a/", L"http://a/", L"http://b/", L"http://b/http://a/", "JOB3.ReplaceRemotePrefix.1"},
        {L"http://a/x", L"", L"http://b/", NULL, "JOB3.ReplaceRemotePrefix.5"},
        {L"", L"h", L"http://b/", NULL, "JOB3.ReplaceRemotePrefix.4"},
    };
    WCHAR *name;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        name = url_replace_prefix(rows[i].remote, rows[i].old_prefix, rows[i].new_prefix);
        ok(equal(name, rows[i].name), "[%s] %u: got %s\n", rows[i].fact, (unsigned int)i, wine_dbgstr_w(name));
        free(name);
    }
}

START_TEST(url)
{
    test_local_names();
    test_remote_names();
    test_resolve();
    test_origin();
    test_loopback();
    test_prefix();
}
