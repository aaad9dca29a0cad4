/*
 * Tests of proxy lists and bypass rules
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

#include "core/bypass.h"
#include "core/str.h"
#include "wine/test.h"

#define INV BG_E_INVALID_PROXY_INFO

/* "p1:80 then [::1]:81", or "direct" */
static const char *route_text(const struct proxy_hops *route)
{
    static char text[512];
    size_t len = 0;
    UINT32 i;

    text[0] = 0;
    for (i = 0; i < route->count && len < sizeof(text) - 100; i++)
    {
        const WCHAR *host = route->hops[i].host;

        len += sprintf(text + len, "%s", i ? " then " : "");
        if (!host)
        {
            len += sprintf(text + len, "direct");
            continue;
        }
        if (str_chr(host, ':')) text[len++] = '[';
        for (; *host; host++) text[len++] = (char)*host;
        if (str_chr(route->hops[i].host, ':')) text[len++] = ']';
        len += sprintf(text + len, ":%u", route->hops[i].port);
    }
    return text;
}

static void check_choice_(int line, const char *fact, enum proxy_grammar grammar, const WCHAR *list, const WCHAR *bypass,
                          const WCHAR *name, const char *expected)
{
    struct proxy_hops route;
    struct proxy_lists lists;
    struct url url;
    HRESULT hr;

    memset(&lists, 0xcc, sizeof(lists));
    hr = proxy_lists_parse(list, bypass, grammar, &lists);
    ok_(__FILE__, line)(hr == S_OK, "[%s] got %#x\n", fact, hr);
    if (FAILED(hr)) return;
    hr = url_parse(name, &url);
    ok_(__FILE__, line)(hr == S_OK, "[%s] %s: got %#x\n", fact, wine_dbgstr_w(name), hr);
    memset(&route, 0xcc, sizeof(route));
    hr = proxy_lists_choose(&lists, &url, &route);
    ok_(__FILE__, line)(hr == S_OK, "[%s] got %#x\n", fact, hr);
    ok_(__FILE__, line)(!strcmp(route_text(&route), expected), "[%s] %s: got %s\n", fact, wine_dbgstr_w(name), route_text(&route));
    proxy_hops_free(&route);
    ok_(__FILE__, line)(!route.hops && !route.count, "not freed\n");
    url_free(&url);
    proxy_lists_free(&lists);
    ok_(__FILE__, line)(!lists.entries && !lists.items, "not freed\n");
}
#define check_choice(fact, list, bypass, name, expected) \
    check_choice_(__LINE__, fact, PROXY_GRAMMAR_JOB, list, bypass, name, expected)
#define check_user(fact, list, bypass, name, expected) \
    check_choice_(__LINE__, fact, PROXY_GRAMMAR_USER, list, bypass, name, expected)

/* 7.6, first table: both protocols */
static void test_examples(void)
{
    static const struct { const char *fact; const WCHAR *list, *bypass; const char *http, *https; } rows[] =
    {
        {"PX.E1,PX.G7,PX.A4", L"p1", NULL, "p1:80", "p1:80"},
        {"PX.E2,PX.G7,PX.G2", L"p1:3128", NULL, "p1:3128", "p1:3128"},
        {"PX.E3,PX.A3", L"http=http://hp:80", NULL, "hp:80", "direct"},
        {"PX.E4,PX.A4,PX.G2", L"http=http://hp sp", NULL, "hp:80", "sp:80"},
        {"PX.E5,PX.A4", L"http=hp https=sp", NULL, "hp:80", "sp:80"},
        {"PX.E6,PX.G6,PX.G2", L"http=hp:8080 https=sp:8443", NULL, "hp:8080", "sp:8443"},
        {"PX.E7,PX.G3,PX.A3,PX.G2", L"HTTPS=HTTPS://sp:8443", NULL, "direct", "sp:8443"},
        {"PX.E8,PX.G5,PX.A4,PX.G2", L"https=https://sp", NULL, "direct", "sp:443"},
        {"PX.E9,PX.G8", L"p1 p2:81", NULL, "p1:80 then p2:81", "p1:80 then p2:81"},
        {"PX.E10,PX.A2", L"http://p1 http://p2:81", NULL, "p1:80 then p2:81", "p1:80 then p2:81"},
        {"PX.E11,PX.A1", L"p1,p2,p3", NULL, "p1:80 then p2:80 then p3:80", "p1:80 then p2:80 then p3:80"},
        {"PX.E12,PX.G11,PX.A7", L"http=h1:1 http=h2:2 fb:3", NULL, "h1:1 then h2:2", "fb:3"},
        {"PX.E13,PX.A2", L"https://p1 123.24.21.23 p3", NULL, "p1:443 then 123.24.21.23:80 then p3:80",
            "p1:443 then 123.24.21.23:80 then p3:80"},
        {"PX.E14,PX.G4", L"[::1]:8080", NULL, "[::1]:8080", "[::1]:8080"},
        {"PX.E15,PX.G1", L"  p1:3128  ", NULL, "p1:3128", "p1:3128"},
        {"PX.E16,JOB.SetProxySettings.A5", L"p1:3128", L"", "p1:3128", "p1:3128"},
        {"PX.E17,PX.B3", L"p1:3128", L"*.example.com", "direct", "direct"},
        {"PX.E18,PX.B1,PX.B2", L"p1:3128", L"*.org www.example.com", "direct", "direct"},
        {"PX.E19,PX.B4", L"p1:3128", L"*.org <local>", "p1:3128", "p1:3128"},
        {"PX.E20,PX.B8", L"p1:3128", L"*", "direct", "direct"},
        {"PX.E21,PX.B1", L"p1:3128", L"<local>;*.example.com", "direct", "direct"},
        {"PX.E22", L"http=http://hpsp", NULL, "hpsp:80", "direct"},
        /* beyond the printed ones */
        {"PX.A1", L"\tp1;\r\n;p2, ,p3;", NULL, "p1:80 then p2:80 then p3:80", "p1:80 then p2:80 then p3:80"},
        {"PX.A4", L"https=http://sp http=https://hp", NULL, "hp:443", "sp:80"},
        {"PX.G8", L"fb:3 http=h1:1 fb2:4 https=s1:5 http=h2:2", NULL, "h1:1 then h2:2", "s1:5"},
        {"PX.G5", L"p1:65535 p2:1 p3:00080", NULL, "p1:65535 then p2:1 then p3:80", "p1:65535 then p2:1 then p3:80"},
        {"PX.G4", L"http://[2001:db8::1]/", NULL, "[2001:db8::1]:80", "[2001:db8::1]:80"},
        {"PX.A6", L"http=http://hp:8080/", NULL, "hp:8080", "direct"},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        check_choice(rows[i].fact, rows[i].list, rows[i].bypass, L"http://www.example.com/", rows[i].http);
        check_choice(rows[i].fact, rows[i].list, rows[i].bypass, L"https://www.example.com/", rows[i].https);
    }
}

/* 7.6, second table: the bypass list host by host */
static void test_bypass(void)
{
    static const struct { const char *fact; const WCHAR *bypass, *url; BOOL direct; } rows[] =
    {
        {"PX.E23,PX.B4", L"<local>", L"http://intranet/x", TRUE},
        {"PX.E24,PX.B4", L"<local>", L"http://intranet.corp/x", FALSE},
        {"PX.E25,PX.B4", L"<local>", L"http://localhost/x", TRUE},
        {"PX.E26,PX.A10", L"<local>", L"http://127.0.0.1/x", FALSE},
        {"PX.E27,PX.A10", NULL, L"http://localhost/x", FALSE},
        {"PX.E28,PX.B2", L"10.0.0.5", L"http://10.0.0.5/x", TRUE},
        {"PX.E29,PX.B6", L"10.0.0.5", L"http://name-of-10-0-0-5/x", FALSE},
        {"PX.E30,PX.B7", L"*.example.com", L"http://example.com/x", FALSE},
        {"PX.E31,PX.B6", L"*.example.com", L"http://A.B.EXAMPLE.COM/x", TRUE},
        {"PX.E32,PX.B3", L"*example.com", L"http://example.com/x", TRUE},
        {"PX.E32,PX.B3", L"*example.com", L"http://notexample.com/x", TRUE},
        {"PX.E33,PX.B6", L"www.example.com", L"https://www.example.com:8443/x", TRUE},
        /* beyond the printed ones */
        {"PX.A10", NULL, L"http://127.0.0.1/x", FALSE},
        {"PX.A10", NULL, L"http://[::1]/x", FALSE},
        {"PX.B6", L"WWW.Example.COM", L"http://www.example.com/", TRUE},
        {"PX.B6", L"www.example.com", L"http://www.example.com.au/", FALSE},
        {"PX.B6", L"www.example.com", L"http://xwww.example.com/", FALSE},
        {"PX.B6", L"10.0.0.5", L"http://010.0.0.5/x", FALSE},
        {"PX.B6", L"10.0.0.5", L"http://10.0.0.50/x", FALSE},
        {"PX.B8", L"*", L"http://[::1]/x", TRUE},
        {"PX.B8", L"*", L"http://intranet/x", TRUE},
        {"PX.B3", L"*com", L"http://example.com/x", TRUE},
        {"PX.B3", L"*.com", L"http://example.com.net/x", FALSE},
        {"PX.B3", L"*a.aab", L"http://a.aa.aab/", TRUE},
        {"PX.B3", L"*aab", L"http://aaab/", TRUE},
        {"PX.B2", L"[::1]", L"http://[::1]/x", TRUE},
        {"PX.B2", L"::1", L"http://[::1]/x", TRUE},
        {"PX.B2", L"[2001:DB8::1]", L"http://[2001:db8::1]:8080/x", TRUE},
        {"PX.B6", L"[::1]", L"http://[0::1]/x", FALSE},
        {"PX.A11", L"[::1]:80", L"http://[::1]/x", TRUE},
        {"PX.A11", L"[::1]:80", L"http://[::1]:81/x", FALSE},
        {"PX.A11", L"http://host", L"http://host/x", TRUE},
        {"PX.A11", L"http://host", L"https://host/x", FALSE},
        {"PX.A11", L"HTTPS://host/", L"https://HOST:1/x", TRUE},
        {"PX.A11", L"ftp://host", L"http://host/x", FALSE},
        {"PX.A11", L"host:8080", L"http://host:8080/x", TRUE},
        {"PX.A11", L"host:8080", L"https://host:8080/x", TRUE},
        {"PX.A11", L"host:8080", L"http://host/x", FALSE},
        {"PX.A11", L"host:443", L"https://host/x", TRUE},
        {"PX.A11", L"https://*.example.com:8443", L"https://a.example.com:8443/", TRUE},
        {"PX.A11", L"https://*.example.com:8443", L"https://a.example.com/", FALSE},
        {"PX.A12", L"<local>", L"http://[::1]/x", FALSE},
        {"PX.A12", L"<local>", L"http://[fe80::1]/x", FALSE},
        {"PX.B4", L"<local>", L"http://intranet./x", FALSE},
        {"PX.A13", L"<LOCAL>", L"http://intranet/x", TRUE},
        {"PX.A14", L"b a <local>", L"http://a/", TRUE},
        {"PX.B1", L"x.y z.w;www.example.com", L"http://www.example.com/", TRUE},
        {"PX.B1", L" ;, a.b\t\r\nc.d ", L"http://c.d/", TRUE},
        {"PX.G10", NULL, L"\\\\server\\share\\file", TRUE},
        {"PX.G10", NULL, L"file://C:\\dir\\file", TRUE},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        check_choice(rows[i].fact, L"p1:3128", rows[i].bypass, rows[i].url, rows[i].direct ? "direct" : "p1:3128");
}

/* 7.7 */
static void test_verdicts(void)
{
    static const struct { const char *fact; const WCHAR *list; HRESULT hr; } proxy[] =
    {
        {"PX.R1", NULL, INV}, {"PX.R1", L"", INV}, {"PX.R1", L" ", INV}, {"PX.R1", L" ;,\t\r\n", INV},
        {"PX.R2", L"http=", INV}, {"PX.R2", L"http://", INV}, {"PX.R2", L"http=http://", INV}, {"PX.R2", L"http:///", INV},
        {"PX.R2", L":80", INV}, {"PX.R2", L"http://:80", INV},
        {"PX.R3", L"=p1", INV}, {"PX.R3", L"://p1", INV}, {"PX.R3", L"http=://p1", INV},
        {"PX.R4", L"ftp=ftp://gw:21", INV}, {"PX.R4", L"ftp=gw", INV}, {"PX.R4", L"ftp://gw", INV}, {"PX.R4", L"http=ftp://gw", INV},
        {"PX.R5", L"socks=gw:1080", INV}, {"PX.R5", L"gopher://gw", INV}, {"PX.R5", L"xyz=gw", INV}, {"PX.R5", L"httpx=gw", INV},
        {"PX.R5", L"htt=gw", INV},
        {"PX.R6", L"http=http=p1", INV}, {"PX.R6", L"http://http://p1", INV}, {"PX.R6", L"http=http://http://p1", INV},
        {"PX.R6", L"http://http=p1", INV},
        {"PX.R7", L"p1:", INV}, {"PX.R7", L"p1:0", INV}, {"PX.R7", L"p1:65536", INV}, {"PX.R7", L"p1:-1", INV},
        {"PX.R7", L"p1:abc", INV}, {"PX.R7", L"p1:80:81", INV}, {"PX.R7", L"p1:4294967376", INV}, {"PX.R7", L"p1:+80", INV},
        {"PX.R7", L"http://p1:/", INV}, {"PX.R7", L"[::1]:", INV}, {"PX.R7", L"[::1]80", INV},
        {"PX.R8", L"http:/p1", INV}, {"PX.R8", L"http//p1", INV}, {"PX.R8", L"/p1", INV}, {"PX.R8", L"//p1", INV},
        {"PX.R9", L"user:pw@p1:80", INV}, {"PX.R9", L"user@p1", INV}, {"PX.R9", L"http://user:pw@p1:80", INV},
        {"PX.R10", L"p1:80/path", INV}, {"PX.R10", L"http://p1:80/path", INV}, {"PX.R10", L"p1?x", INV}, {"PX.R10", L"p1#x", INV},
        {"PX.R10", L"p1/", INV}, {"PX.R10", L"http=p1:80/", INV}, {"PX.R10", L"http://p1//", INV},
        {"PX.R11,PX.A6", L"http://p1:80/", S_OK}, {"PX.R11,PX.A6", L"https=https://p1/", S_OK},
        {"PX.R12", L"[::1", INV}, {"PX.R12", L"::1:80", INV}, {"PX.R12", L"[zz]:80", INV}, {"PX.R12", L"[]", INV},
        {"PX.R12", L"::1]", INV}, {"PX.R12", L"[::1]x", INV}, {"PX.R12", L"[1.2.3.4]", INV},
        {"PX.R13", L"*.example.com", INV}, {"PX.R13", L"<local>", INV}, {"PX.R13", L"*", INV},
        {"PX.R14", L"p\x01" L"1", INV}, {"PX.R14", L"p\"1", INV}, {"PX.R14", L"p\\1", INV}, {"PX.R14", L"p<1", INV},
        {"PX.R14", L"p>1", INV}, {"PX.R14", L"p|1", INV}, {"PX.R14", L"p^1", INV}, {"PX.R14", L"p`1", INV},
        {"PX.R14", L"p\x7f", INV}, {"PX.R14", L"p\xe4", INV}, {"PX.R14", L"p%31", INV},
        {"PX.R15,JOB.SetProxySettings.A11", L"http=p1 ftp=gw", INV}, {"PX.R15,JOB.SetProxySettings.A11", L"p1 p2 p3: p4", INV},
        {"PX.R16", L"no-such-host.invalid:80", S_OK},
        {"PX.R17", L"http_proxy:80", S_OK},
        {"PX.R18", L"http", S_OK}, {"PX.R18", L"https", S_OK}, {"PX.R18", L"http:8080", S_OK},
    };
    static const struct { const char *fact; const WCHAR *list; HRESULT hr; } bypass[] =
    {
        {"PX.R19,PX.A8", L"aaa.*", INV}, {"PX.R19", L"a*b", INV}, {"PX.R19,PX.A9", L"ms*", INV}, {"PX.R19,PX.A9", L"*int*", INV},
        {"PX.R20", L"**.com", INV}, {"PX.R20", L"**", INV},
        {"PX.R21", L"<intranet>", INV}, {"PX.R21", L"<-loopback>", INV}, {"PX.R21", L"<local", INV}, {"PX.R21", L"local>", INV},
        {"PX.R21", L"<>", INV},
        {"PX.R22,PX.A11", L"http://host", S_OK}, {"PX.R22,PX.A11", L"host:8080", S_OK},
        {"PX.R23", NULL, S_OK}, {"PX.R23", L"", S_OK}, {"PX.R23", L" ; ", S_OK},
        {"PX.R24", L"*", S_OK}, {"PX.R24", L"*.org", S_OK}, {"PX.R24", L"10.*", INV}, {"PX.R24", L"*.org 10.*", INV},
        {"PX.R25", L"a\x01", INV}, {"PX.R25", L"a\"b", INV}, {"PX.R25", L"a\\b", INV}, {"PX.R25", L"a|b", INV},
        {"PX.R25", L"a^b", INV}, {"PX.R25", L"a`b", INV},
        {"PX.A11", L"host:0", INV}, {"PX.A11", L"host:x", INV}, {"PX.A11", L"://host", INV}, {"PX.A11", L"http://", INV},
        {"PX.A11", L"h/path", INV}, {"PX.A11", L"http://h/path", INV},
    };
    struct proxy_lists lists;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(proxy); i++)
    {
        memset(&lists, 0xcc, sizeof(lists));
        hr = proxy_lists_parse(proxy[i].list, NULL, PROXY_GRAMMAR_JOB, &lists);
        ok(hr == proxy[i].hr, "[%s] %s: got %#x\n", proxy[i].fact, wine_dbgstr_w(proxy[i].list), hr);
        ok(SUCCEEDED(hr) == !!lists.entry_count && !lists.item_count, "%u entries\n", lists.entry_count);
        proxy_lists_free(&lists);
        /* no bypass list can mend or spoil it */
        hr = proxy_lists_parse(proxy[i].list, L"*", PROXY_GRAMMAR_JOB, &lists);
        ok(hr == proxy[i].hr, "[%s] %s: got %#x\n", proxy[i].fact, wine_dbgstr_w(proxy[i].list), hr);
        proxy_lists_free(&lists);
    }
    for (i = 0; i < ARRAY_SIZE(bypass); i++)
    {
        memset(&lists, 0xcc, sizeof(lists));
        hr = proxy_lists_parse(L"p1", bypass[i].list, PROXY_GRAMMAR_JOB, &lists);
        ok(hr == bypass[i].hr, "[%s] %s: got %#x\n", bypass[i].fact, wine_dbgstr_w(bypass[i].list), hr);
        ok(SUCCEEDED(hr) == !!lists.entry_count, "%u entries\n", lists.entry_count);
        proxy_lists_free(&lists);
    }
}

/* What the Internet settings of a user may hold. */
static void test_user(void)
{
    static const WCHAR per_protocol[] = L"http=hp:8080;https=sp:8443;ftp=fp:21;socks=xp:1080";
    static const struct { const WCHAR *list, *bypass; HRESULT hr; } rows[] =
    {
        {L"p1:x", NULL, E_INVALIDARG}, {L"p|1", NULL, E_INVALIDARG}, {L"http=p1:0", NULL, E_INVALIDARG},
        {L"p1 user@p2", NULL, E_INVALIDARG}, {L"=p1", NULL, E_INVALIDARG}, {L"://p1", NULL, E_INVALIDARG},
        {L"[::1", NULL, E_INVALIDARG},
        {L"p1", L"a|b <what> 10.* http://x/y :80", S_OK},
    };
    struct proxy_lists lists;
    HRESULT hr;
    size_t i;

    check_user("PX.E35,BEH.PROXY.3", L"p1:3128", L"<local>", L"http://www.example.com/", "p1:3128");
    check_user("PX.E35,BEH.PROXY.3", L"p1:3128", L"<local>", L"http://intranet/", "direct");
    check_user("PX.E35", per_protocol, NULL, L"http://www.example.com/", "hp:8080");
    check_user("PX.E35", per_protocol, NULL, L"https://www.example.com/", "sp:8443");
    check_user("PX.E35", L"ftp=fp:21", NULL, L"http://www.example.com/", "direct");
    check_user("PX.E35", L"http=;https=sp;socks://x;ftp://y", NULL, L"http://www.example.com/", "direct");
    check_user("PX.E35", L"http=;https=sp", NULL, L"https://www.example.com/", "sp:80");
    check_user("PX.E36", NULL, NULL, L"http://www.example.com/", "direct");
    check_user("PX.E36", L" ; ", L"*", L"http://www.example.com/", "direct");
    check_user("PX.E35", L"p1", L"10.*;192.168.*", L"http://10.1.2.3/", "direct");
    check_user("PX.E35", L"p1", L"10.*;192.168.*", L"http://110.1.2.3/", "p1:80");
    check_user("PX.E35", L"p1", L"*int*", L"http://my.intranet.x/", "direct");
    check_user("PX.E35", L"p1", L"a*b*c", L"http://axxbyybzzc/", "direct");
    check_user("PX.E35", L"p1", L"a*b*c", L"http://axxbyybzz/", "p1:80");
    check_user("PX.E35", L"p1", L"<-loopback>;x.y", L"http://127.0.0.1/", "p1:80");
    check_user("PX.E35", L"p1", L"<-loopback>;x.y", L"http://x.y/", "direct");

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        hr = proxy_lists_parse(rows[i].list, rows[i].bypass, PROXY_GRAMMAR_USER, &lists);
        ok(hr == rows[i].hr, "[BEH.PROXY.15,JOB.SetProxySettings.15] %u: got %#x\n", (unsigned int)i, hr);
        proxy_lists_free(&lists);
    }
}

static void test_answer(void)
{
    static const struct { const WCHAR *answer; HRESULT hr; const char *route; } rows[] =
    {
        {NULL, S_OK, "direct"}, {L"", S_OK, "direct"}, {L" ; ;", S_OK, "direct"}, {L"DIRECT", S_OK, "direct"}, {L" direct ;", S_OK, "direct"},
        {L"PROXY p1:8080", S_OK, "p1:8080"}, {L"PROXY p1", S_OK, "p1:80"}, {L"proxy\tp1:81 ; DIRECT", S_OK, "p1:81 then direct"},
        {L"PROXY pa:1; PROXY pb:2;DIRECT", S_OK, "pa:1 then pb:2 then direct"},
        {L"SOCKS s:1; PROXY x:2", S_OK, "x:2"}, {L"PROXY [::1]:3", S_OK, "[::1]:3"}, {L"HTTP p1:8080", S_OK, "p1:8080"},
        {L"DIRECT; PROXY p1", S_OK, "direct then p1:80"}, {L"PROXY p1:x; PROXY p2", S_OK, "p2:80"},
        {L"SOCKS s:1", S_FALSE, ""}, {L"HTTPS p:443", S_FALSE, ""}, {L"SOCKS5 s:1; HTTPS p", S_FALSE, ""}, {L"PROXY", S_FALSE, ""},
        {L"PROXY ;", S_FALSE, ""}, {L"p1:8080", S_FALSE, ""}, {L"PROXY a b", S_FALSE, ""}, {L"DIRECT x", S_FALSE, ""},
        {L"PROXY p1:0", S_FALSE, ""}, {L"PROXY http://p1", S_FALSE, ""}, {L"PROXYp1", S_FALSE, ""},
    };
    struct proxy_hops route;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&route, 0xcc, sizeof(route));
        hr = proxy_answer_parse(rows[i].answer, &route);
        ok(hr == rows[i].hr, "[BEH.PROXY.4,PX.E37] %s: got %#x\n", wine_dbgstr_w(rows[i].answer), hr);
        ok(!strcmp(route_text(&route), rows[i].route), "[BEH.PROXY.4,PX.E37] %s: got %s\n", wine_dbgstr_w(rows[i].answer),
           route_text(&route));
        proxy_hops_free(&route);
    }
}

static void test_plan(void)
{
    static const struct
    {
        const char *fact;
        UINT32 usage;
        struct proxy_user_settings user;
        UINT32 count;
        enum proxy_step steps[PROXY_STEPS_MAX];
    }
    rows[] =
    {
        {"PX.E34", PROXY_USAGE_NO_PROXY, {TRUE, L"http://x/", L"p1", L"b"}, 1, {PROXY_STEP_DIRECT}},
        {"PX.E35", PROXY_USAGE_PRECONFIG, {FALSE, NULL, L"p1", L"b"}, 1, {PROXY_STEP_USER_LISTS}},
        {"PX.E35", PROXY_USAGE_PRECONFIG, {FALSE, L"", L"p1", NULL}, 1, {PROXY_STEP_USER_LISTS}},
        {"PX.E36", PROXY_USAGE_PRECONFIG, {FALSE, NULL, NULL, NULL}, 1, {PROXY_STEP_DIRECT}},
        {"PX.E36", PROXY_USAGE_PRECONFIG, {FALSE, NULL, L"", L"b"}, 1, {PROXY_STEP_DIRECT}},
        {"PX.E37,BEH.PROXY.5", PROXY_USAGE_PRECONFIG, {TRUE, L"http://x/", L"p1", NULL}, 3,
            {PROXY_STEP_DETECT, PROXY_STEP_SCRIPT, PROXY_STEP_USER_LISTS}},
        {"PX.E37,BEH.PROXY.14", PROXY_USAGE_PRECONFIG, {TRUE, NULL, NULL, NULL}, 2, {PROXY_STEP_DETECT, PROXY_STEP_DIRECT}},
        {"PX.E37,BEH.PROXY.14", PROXY_USAGE_PRECONFIG, {FALSE, L"http://x/", NULL, NULL}, 2, {PROXY_STEP_SCRIPT, PROXY_STEP_DIRECT}},
        {"PX.E38,PX.E39,BEH.PROXY.6", PROXY_USAGE_AUTODETECT, {FALSE, L"http://x/", L"p1", NULL}, 2,
            {PROXY_STEP_DETECT, PROXY_STEP_DIRECT}},
        {"BEH.PROXY.8", PROXY_USAGE_OVERRIDE, {TRUE, L"http://x/", L"p1", NULL}, 1, {PROXY_STEP_JOB_LISTS}},
    };
    enum proxy_step steps[PROXY_STEPS_MAX];
    UINT32 count;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        count = proxy_plan(rows[i].usage, &rows[i].user, steps);
        ok(count == rows[i].count && !memcmp(steps, rows[i].steps, count * sizeof(*steps)), "[%s] %u: %u steps\n", rows[i].fact,
           (unsigned int)i, count);
    }
    count = proxy_plan(PROXY_USAGE_AUTODETECT, NULL, steps);
    ok(count == 2, "[PX.E38] %u steps\n", count);
}

/* DefaultConnectionSettings, byte by byte */
static void test_settings_value(void)
{
    static const BYTE whole[] =
    {
        0x46, 0, 0, 0, 7, 0, 0, 0, 0x0e, 0, 0, 0, 4, 0, 0, 0, 'p', '1', ':', '8', 3, 0, 0, 0, '*', '.', 'x',
        5, 0, 0, 0, 'h', 't', 't', 'p', ':', 0, 0, 0, 0, 0, 0, 0, 0
    };
    struct proxy_settings_value value;
    BYTE data[sizeof(whole)];
    size_t size;

    for (size = 0; size <= sizeof(whole); size++)
    {
        /* a copy of its own, so that no read beyond the end goes unseen */
        BYTE *copy = malloc(size ? size : 1);

        memcpy(copy, whole, size);
        memset(&value, 0xcc, sizeof(value));
        ok(proxy_settings_read(copy, size, &value) == (size >= 36), "[WINE.HTTP.9] %u octets\n", (unsigned int)size);
        ok(value.flags == (size >= 36 ? 0x0e : 0), "[WINE.HTTP.9] %u octets: flags %#x\n", (unsigned int)size, value.flags);
        ok(value.list.len == (size >= 36 ? 4 : 0) && (!value.list.len || !memcmp(value.list.text, "p1:8", 4)), "[WINE.HTTP.9] %u octets\n",
           (unsigned int)size);
        ok(value.bypass.len == (size >= 36 ? 3 : 0) && (!value.bypass.len || !memcmp(value.bypass.text, "*.x", 3)), "[WINE.HTTP.9] %u octets\n",
           (unsigned int)size);
        ok(value.script_url.len == (size >= 36 ? 5 : 0) && (!value.script_url.len || !memcmp(value.script_url.text, "http:", 5)),
           "[WINE.HTTP.9] %u octets\n", (unsigned int)size);
        free(copy);
    }

    memcpy(data, whole, sizeof(data));
    data[0] = 0x3c;
    ok(proxy_settings_read(data, sizeof(data), &value) && value.script_url.len == 5, "an older version is refused\n");
    data[0] = 0x18; /* the machine's settings of WinHTTP have the same layout [JOB.SetProxySettings.18] */
    ok(!proxy_settings_read(data, sizeof(data), &value) && !value.flags && !value.list.len, "another value is accepted\n");
    data[0] = 0x46;
    data[15] = 0xff;
    ok(!proxy_settings_read(data, sizeof(data), &value) && !value.flags, "a text beyond the end is accepted\n");
    ok(!value.list.len && !value.bypass.len && !value.script_url.len, "texts beyond the end\n");
}

/* Both forms of the settings together. */
static void test_settings_merge(void)
{
    static const UINT32 on = 1, off = 0;
    static const struct
    {
        const char *fact;
        struct proxy_registry registry;
        struct proxy_user_settings user;
    }
    rows[] =
    {
        /* binary value and its flags, list, bypass list, script; ProxyEnable, AutoDetect, ProxyServer, ProxyOverride, AutoConfigURL */
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E36", {TRUE, 0x01, L"p1", L"b1", L"s1", NULL, NULL, NULL, NULL, NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E35", {TRUE, 0x03, L"p1", L"b1", L"s1", NULL, NULL, NULL, NULL, NULL}, {FALSE, NULL, L"p1", L"b1"}},
        {"PX.E35", {TRUE, 0x03, L"p1", NULL, NULL, NULL, NULL, NULL, NULL, NULL}, {FALSE, NULL, L"p1", NULL}},
        {"PX.E37", {TRUE, 0x05, L"p1", L"b1", L"s1", NULL, NULL, NULL, NULL, NULL}, {FALSE, L"s1", NULL, NULL}},
        {"PX.E37", {TRUE, 0x09, L"p1", L"b1", L"s1", NULL, NULL, NULL, NULL, NULL}, {TRUE, NULL, NULL, NULL}},
        {"PX.E37", {TRUE, 0x0f, L"p1", L"b1", L"s1", NULL, NULL, NULL, NULL, NULL}, {TRUE, L"s1", L"p1", L"b1"}},
        {"PX.E36", {TRUE, 0x03, NULL, L"b1", NULL, NULL, NULL, NULL, NULL, NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E35", {FALSE, 0, NULL, NULL, NULL, &on, NULL, L"p2", L"b2", NULL}, {FALSE, NULL, L"p2", L"b2"}},
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, &off, NULL, L"p2", L"b2", NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, NULL, NULL, L"p2", L"b2", NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, &on, NULL, L"", L"b2", NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E37", {FALSE, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, L"s2"}, {FALSE, L"s2", NULL, NULL}},
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, L""}, {FALSE, NULL, NULL, NULL}},
        {"PX.E37", {FALSE, 0, NULL, NULL, NULL, NULL, &on, NULL, NULL, NULL}, {TRUE, NULL, NULL, NULL}},
        {"PX.E36", {FALSE, 0, NULL, NULL, NULL, NULL, &off, NULL, NULL, NULL}, {FALSE, NULL, NULL, NULL}},
        /* both forms: the plain values are the newer word */
        {"PX.E35", {TRUE, 0x01, L"p1", L"b1", NULL, &on, NULL, L"p2", L"b2", NULL}, {FALSE, NULL, L"p2", L"b2"}},
        {"PX.E35", {TRUE, 0x03, L"p1", L"b1", NULL, &on, NULL, L"p2", NULL, NULL}, {FALSE, NULL, L"p2", NULL}},
        {"PX.E35", {TRUE, 0x03, L"p1", L"b1", NULL, &on, NULL, NULL, L"b2", NULL}, {FALSE, NULL, L"p1", L"b1"}},
        {"PX.E36", {TRUE, 0x03, L"p1", L"b1", NULL, &off, NULL, L"p2", L"b2", NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E37", {TRUE, 0x05, NULL, NULL, L"s1", NULL, NULL, NULL, NULL, L"s2"}, {FALSE, L"s2", NULL, NULL}},
        {"PX.E37", {TRUE, 0x01, NULL, NULL, L"s1", NULL, NULL, NULL, NULL, L"s2"}, {FALSE, L"s2", NULL, NULL}},
        {"PX.E36", {TRUE, 0x01, NULL, NULL, NULL, NULL, &on, NULL, NULL, NULL}, {FALSE, NULL, NULL, NULL}},
        {"PX.E37", {TRUE, 0x09, NULL, NULL, NULL, NULL, &off, NULL, NULL, NULL}, {TRUE, NULL, NULL, NULL}},
    };
    struct proxy_user_settings user;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&user, 0xcc, sizeof(user));
        proxy_settings_merge(&rows[i].registry, &user);
        ok(user.detect == rows[i].user.detect, "[%s] row %u: detect %d\n", rows[i].fact, (unsigned int)i, user.detect);
#define same(a, b) ((a) && (b) ? !str_cmp(a, b) : !(a) && !(b))
        ok(same(user.script_url, rows[i].user.script_url), "[%s] row %u: script %s\n", rows[i].fact, (unsigned int)i,
           wine_dbgstr_w(user.script_url));
        ok(same(user.list, rows[i].user.list), "[%s] row %u: list %s\n", rows[i].fact, (unsigned int)i, wine_dbgstr_w(user.list));
        ok(same(user.bypass, rows[i].user.bypass), "[%s] row %u: bypass list %s\n", rows[i].fact, (unsigned int)i,
           wine_dbgstr_w(user.bypass));
#undef same
    }
}

/* As long as SetProxySettings lets through, and with patterns made to be slow. */
static void test_long(void)
{
    WCHAR *list, *bypass, *name;
    struct proxy_lists lists;
    struct proxy_hops route;
    struct url url;
    HRESULT hr;
    size_t i;

    list = malloc(4001 * sizeof(*list));
    for (i = 0; i < 4000; i += 2)
    {
        list[i] = 'p';
        list[i + 1] = ' ';
    }
    list[4000] = 0;
    hr = proxy_lists_parse(list, NULL, PROXY_GRAMMAR_JOB, &lists);
    ok(hr == S_OK && lists.entry_count == 2000, "[JOB.SetProxySettings.2] got %#x, %u entries\n", hr, lists.entry_count);
    url_parse(L"http://h/", &url);
    hr = proxy_lists_choose(&lists, &url, &route);
    ok(hr == S_OK && route.count == 2000, "[PX.G8] got %#x, %u hops\n", hr, route.count);
    proxy_hops_free(&route);
    url_free(&url);
    proxy_lists_free(&lists);

    bypass = malloc(4001 * sizeof(*bypass));
    for (i = 0; i < 4000; i++) bypass[i] = i & 1 ? 'a' : '*';
    bypass[3999] = 'b';
    bypass[4000] = 0;
    name = malloc(300 * sizeof(*name));
    memcpy(name, L"http://", 7 * sizeof(*name));
    for (i = 7; i < 260; i++) name[i] = 'a';
    name[260] = '/';
    name[261] = 0;
    hr = proxy_lists_parse(L"p", bypass, PROXY_GRAMMAR_USER, &lists);
    ok(hr == S_OK && lists.item_count == 1, "got %#x, %u items\n", hr, lists.item_count);
    url_parse(name, &url);
    hr = proxy_lists_choose(&lists, &url, &route);
    ok(hr == S_OK && route.count == 1 && route.hops[0].host, "got %#x, %u hops\n", hr, route.count);
    proxy_hops_free(&route);
    url_free(&url);
    proxy_lists_free(&lists);
    free(name);
    free(bypass);
    free(list);
}

START_TEST(bypass)
{
    test_examples();
    test_bypass();
    test_verdicts();
    test_user();
    test_answer();
    test_plan();
    test_settings_value();
    test_settings_merge();
    test_long();
}
