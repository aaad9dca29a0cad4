/*
 * Proxy settings of a job: every cell of the decision matrix in every state
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

#include <stdarg.h>

#define COBJMACROS
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define FIT_MAX 4000            /* [JOB.SetProxySettings.2] */
#define BIG_MIN 16385           /* over 32 KB, however the terminator is counted [JOB.SetProxySettings.A1] */

/* The classes of a list argument [PX.M0]. */
enum class { CLASS_NULL, CLASS_EMPTY, CLASS_FIT, CLASS_MID, CLASS_BIG, CLASS_COUNT };

static const char *const class_names[] = { "NULL", "EMPTY", "FIT", "MID", "BIG" };
static WCHAR *class_lists[CLASS_COUNT], *class_bypasses[CLASS_COUNT];

/*
 * The tables as they are printed: code, mark, and in brackets the codes of what else is wrong.  d: documented; c: by a companion page; r: that it
 * fails is documented, not the code; i: inferred; o: two documented codes apply, only their order is inferred.
 */
struct matrix
{
    const char *id;
    int usages[4];              /* ended by -1 */
    const char *cells[CLASS_COUNT][CLASS_COUNT];    /* by list and bypass list */
};

static const struct matrix live_matrices[] =
{
    {
        "PX.M1", { BG_JOB_PROXY_USAGE_PRECONFIG, BG_JOB_PROXY_USAGE_NO_PROXY, BG_JOB_PROXY_USAGE_AUTODETECT, -1 },
        {
            { "OK d", "IA r", "IA r", "BL i", "BL d" },
            { "IA r", "IA r", "IA r", "BL i", "BL d" },
            { "IA r", "IA r", "IA r", "BL i", "BL d" },
            { "LL i", "LL i", "LL i", "LL i", "LL i (BL d)" },
            { "LL d", "LL d", "LL d", "LL d", "LL o (BL)" },
        }
    },
    {
        "PX.M2", { BG_JOB_PROXY_USAGE_OVERRIDE, -1 },
        {
            { "IA d", "IA d", "IA d", "BL i (IA d)", "BL o (IA)" },
            { "OK i", "OK i", "OK i", "BL i", "BL d" },
            { "OK d", "OK c", "OK d", "BL i", "BL d" },
            { "LL i", "LL i", "LL i", "LL i", "LL i (BL d)" },
            { "LL d", "LL d", "LL d", "LL d", "LL o (BL)" },
        }
    },
    {
        "PX.M3", { 4, 100, -1 },
        {
            { "NI d", "NI d", "NI d", "NI d", "NI o (BL)" },
            { "NI d", "NI d", "NI d", "NI d", "NI o (BL)" },
            { "NI d", "NI d", "NI d", "NI d", "NI o (BL)" },
            { "NI d", "NI d", "NI d", "NI d", "NI o (BL)" },
            { "NI o (LL)", "NI o (LL)", "NI o (LL)", "NI o (LL)", "NI o (LL, BL)" },
        }
    },
};

static const struct matrix final_matrices[] =
{
    {
        "PX.M4", { BG_JOB_PROXY_USAGE_PRECONFIG, BG_JOB_PROXY_USAGE_NO_PROXY, BG_JOB_PROXY_USAGE_AUTODETECT, -1 },
        {
            { "IS d", "IA i (IS d)", "IA i (IS d)", "BL i (IS d)", "BL o (IS)" },
            { "IA i (IS d)", "IA i (IS d)", "IA i (IS d)", "BL i (IS d)", "BL o (IS)" },
            { "IA i (IS d)", "IA i (IS d)", "IA i (IS d)", "BL i (IS d)", "BL o (IS)" },
            { "LL i (IS d)", "LL i (IS d)", "LL i (IS d)", "LL i (IS d)", "LL i (IS d, BL d)" },
            { "LL o (IS)", "LL o (IS)", "LL o (IS)", "LL o (IS)", "LL o (IS, BL)" },
        }
    },
    {
        "PX.M5", { BG_JOB_PROXY_USAGE_OVERRIDE, -1 },
        {
            { "IA o (IS)", "IA o (IS)", "IA o (IS)", "BL i (IA d, IS d)", "BL o (IA, IS)" },
            { "IS d", "IS d", "IS d", "BL i (IS d)", "BL o (IS)" },
            { "IS d", "IS d", "IS d", "BL i (IS d)", "BL o (IS)" },
            { "LL i (IS d)", "LL i (IS d)", "LL i (IS d)", "LL i (IS d)", "LL i (IS d, BL d)" },
            { "LL o (IS)", "LL o (IS)", "LL o (IS)", "LL o (IS)", "LL o (IS, BL)" },
        }
    },
    {
        "PX.M6", { 4, 100, -1 },
        {
            { "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS, BL)" },
            { "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS, BL)" },
            { "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS, BL)" },
            { "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS)", "NI o (IS, BL)" },
            { "NI o (IS, LL)", "NI o (IS, LL)", "NI o (IS, LL)", "NI o (IS, LL)", "NI o (IS, LL, BL)" },
        }
    },
};

static HRESULT code_of(const char *name)
{
    static const struct { char name[3]; HRESULT hr; } codes[] =
    {
        { "OK", S_OK }, { "IA", E_INVALIDARG }, { "LL", BG_E_PROXY_LIST_TOO_LARGE }, { "BL", BG_E_PROXY_BYPASS_LIST_TOO_LARGE },
        { "NI", E_NOTIMPL }, { "IS", BG_E_INVALID_STATE },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(codes); i++) if (!memcmp(name, codes[i].name, 2)) return codes[i].hr;
    ok(0, "bad cell %s\n", name);
    return E_FAIL;
}

/* Is it one of the codes in the brackets? */
static BOOL is_other_code(const char *cell, HRESULT hr)
{
    const char *p = strpbrk(cell, "(,");

    for (; p; p = strpbrk(p + 1, ",")) if (code_of(p + 1 + (p[1] == ' ')) == hr) return TRUE;
    return FALSE;
}

static WCHAR *repeat(const WCHAR *text, unsigned int len)
{
    WCHAR *list = malloc((len + 1) * sizeof(*list));
    unsigned int i;

    for (i = 0; i < len; i++) list[i] = text[i % wcslen(text)];
    list[len] = 0;
    return list;
}

static void init_classes(void)
{
    class_lists[CLASS_EMPTY] = class_bypasses[CLASS_EMPTY] = repeat(L" ", 0);
    class_lists[CLASS_FIT] = repeat(L"http=http://127.0.0.1:9 ", FIT_MAX);
    class_lists[CLASS_MID] = repeat(L"p1:9 ", FIT_MAX + 1);
    class_lists[CLASS_BIG] = repeat(L"p1:9 ", BIG_MIN);
    class_bypasses[CLASS_FIT] = repeat(L"*.example.com ", FIT_MAX);
    class_bypasses[CLASS_MID] = repeat(L"b ", BIG_MIN - 1);
    class_bypasses[CLASS_BIG] = repeat(L"b ", 2 * BIG_MIN);
}

static void free_classes(void)
{
    unsigned int i;

    free(class_lists[CLASS_EMPTY]);
    for (i = CLASS_FIT; i < CLASS_COUNT; i++)
    {
        free(class_lists[i]);
        free(class_bypasses[i]);
    }
}

/* What the job should say of itself. */
struct settings
{
    BG_JOB_PROXY_USAGE usage;
    const WCHAR *list, *bypass;
};

static BOOL same_string(const WCHAR *a, const WCHAR *b)
{
    return a && b ? !wcscmp(a, b) : a == b;
}

/* NULL and empty are accepted for each other off Wine [JOB.GetProxySettings.A1, A2]. */
static BOOL same_setting(const WCHAR *a, const WCHAR *b)
{
    return same_string(a && *a ? a : NULL, b && *b ? b : NULL);
}

static void check_settings_(unsigned int line, IBackgroundCopyJob *job, const char *fact, const struct settings *expected)
{
    BG_JOB_PROXY_USAGE usage = 0xbad;
    WCHAR *list = (WCHAR *)0xdead, *bypass = (WCHAR *)0xdead;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &list, &bypass);
    ok_(__FILE__, line)(hr == S_OK, "[JOB.GetProxySettings.2] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(usage == expected->usage && same_setting(list, expected->list) && same_setting(bypass, expected->bypass),
                        "[%s] got %d, %.40ls, %.40ls\n", fact, usage, list ? list : L"NULL", bypass ? bypass : L"NULL");
    ok_inferred_(__FILE__, line)("JOB.GetProxySettings.A2", same_string(list, expected->list) && same_string(bypass, expected->bypass),
                                 "got %.40ls, %.40ls\n", list ? list : L"NULL", bypass ? bypass : L"NULL");
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
}
#define check_settings(job, fact, expected) check_settings_(__LINE__, job, fact, expected)

static void test_cell(IBackgroundCopyJob *job, const struct matrix *matrix, int usage, enum class l, enum class b, struct settings *settings)
{
    const char *cell = matrix->cells[l][b];
    HRESULT hr, expected = code_of(cell);
    char id[40], ids[160];

    _snprintf(id, sizeof(id), "%s[L=%s,B=%s]", matrix->id, class_names[l], class_names[b]);
    /* with the documented cells goes the table, and the sentence that a code or a way comes from */
    _snprintf(ids, sizeof(ids), "%s,%s%s%s", id, matrix->id,
              expected == E_NOTIMPL ? ",JOB.SetProxySettings.8" : expected == BG_E_PROXY_LIST_TOO_LARGE ? ",JOB.SetProxySettings.9"
              : expected == BG_E_PROXY_BYPASS_LIST_TOO_LARGE ? ",JOB.SetProxySettings.10" : "",
              l == CLASS_NULL && b == CLASS_FIT && expected == E_INVALIDARG ? ",PX.B9"
              : l == CLASS_FIT && b == CLASS_FIT && expected == S_OK ? ",JOB.SetProxySettings.3,PX.B9" : "");
    hr = IBackgroundCopyJob_SetProxySettings(job, (BG_JOB_PROXY_USAGE)usage, class_lists[l], class_bypasses[b]);
    switch (cell[3])
    {
    case 'd':
    case 'c':
        ok(hr == expected, "[%s] usage %d: got %#lx\n", ids, usage, hr);
        break;
    case 'r':
        ok(FAILED(hr), "[%s,JOB.SetProxySettings.4] usage %d: got %#lx\n", ids, usage, hr);
        ok_inferred("JOB.SetProxySettings.A2", hr == expected, "%s, usage %d: got %#lx\n", id, usage, hr);
        break;
    case 'o':
        ok(hr == expected || is_other_code(cell, hr), "[%s,%s] usage %d: got %#lx\n", id, matrix->id, usage, hr);
        ok_inferred("JOB.SetProxySettings.A6", hr == expected, "%s, usage %d: got %#lx\n", id, usage, hr);
        break;
    default:
        ok_inferred(id, hr == expected, "usage %d: got %#lx\n", usage, hr);
        break;
    }
    if (SUCCEEDED(hr))
    {
        settings->usage = (BG_JOB_PROXY_USAGE)usage;
        settings->list = class_lists[l];
        settings->bypass = class_bypasses[b];
    }
    check_settings(job, SUCCEEDED(hr) ? "JOB.SetProxySettings.27" : "JOB.GetProxySettings.T5,JOB.SetProxySettings.26", settings);
}

static const char *const state_names[] =
{
    "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED"
};

/* All cells of the group of the job's state, which none of them changes. */
static void test_matrices(IBackgroundCopyJob *job, BG_JOB_STATE state)
{
    BOOL final = state == BG_JOB_STATE_ACKNOWLEDGED || state == BG_JOB_STATE_CANCELLED;
    const struct matrix *matrices = final ? final_matrices : live_matrices;
    struct settings settings = { BG_JOB_PROXY_USAGE_PRECONFIG };
    winetest_count failed = winetest_failures;
    unsigned int m, l, b, count = 0;
    const int *usage;
    HRESULT hr;

    winetest_push_context("%s", state_names[state]);
    if (!final)
    {
        /* from lists, so that what erases them is seen */
        settings.usage = BG_JOB_PROXY_USAGE_OVERRIDE;
        settings.list = class_lists[CLASS_FIT];
        settings.bypass = class_bypasses[CLASS_FIT];
        hr = IBackgroundCopyJob_SetProxySettings(job, settings.usage, settings.list, settings.bypass);
        ok(hr == S_OK, "[PX.M2[L=FIT,B=FIT]] got %#lx\n", hr);
    }
    check_settings(job, "JOB.GetProxySettings.6", &settings);
    for (m = 0; m < 3; m++)
        for (usage = matrices[m].usages; *usage != -1; usage++)
            for (l = 0; l < CLASS_COUNT; l++)
                for (b = 0; b < CLASS_COUNT; b++, count++) test_cell(job, &matrices[m], *usage, l, b, &settings);

    /* as a number it may not fit what goes over the wire [GEN.A4] */
    hr = IBackgroundCopyJob_SetProxySettings(job, (BG_JOB_PROXY_USAGE)-1, NULL, NULL);
    ok(hr == E_NOTIMPL || hr == HRESULT_FROM_WIN32(RPC_X_ENUM_VALUE_OUT_OF_RANGE) || (final && hr == BG_E_INVALID_STATE),
       "[api-1-core:GEN.A4,BEH.PROXY.1] got %#lx\n", hr);
    check_settings(job, "JOB.SetProxySettings.26", &settings);

    ok(bits_state(job) == state, "[JOB.SetProxySettings.11,JOB.SetProxySettings.A7] the state has become %s, error %#lx\n",
       state_names[bits_state(job)], bits_error_code(job));
    trace("matrix: %s, %u cells, %ld failures\n", state_names[state], count, (long)(winetest_failures - failed));
    winetest_pop_context();
}

/* A low job waits while a high one moves bytes [TYPE.Prio.3]. */
static void test_queued(void)
{
    IBackgroundCopyJob *high = bits_create_job(L"high", BG_JOB_TYPE_DOWNLOAD), *low = bits_create_job(L"low", BG_JOB_TYPE_DOWNLOAD);

    bits_add_file(high, bits_url(L"/state/stall"), bits_path(L"high"));
    IBackgroundCopyJob_SetPriority(high, BG_JOB_PRIORITY_HIGH);
    bits_resume(high);
    if (bits_wait_state(high, BG_JOB_STATE_TRANSFERRING))
    {
        bits_add_file(low, bits_url(L"/state/good"), bits_path(L"low"));
        IBackgroundCopyJob_SetPriority(low, BG_JOB_PRIORITY_LOW);
        bits_resume(low);
        if (bits_wait_state(low, BG_JOB_STATE_QUEUED)) test_matrices(low, BG_JOB_STATE_QUEUED);
    }
    bits_cancel(low);
    bits_cancel(high);
}

/* A port whose connections neither succeed nor fail for some seconds: its queue is full.  Windows refuses there. */
static SOCKET full_port(SOCKET clients[2], unsigned short *port)
{
    struct sockaddr_in address = { AF_INET };
    int i, len = sizeof(address);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    u_long nonblocking = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ok(!bind(s, (struct sockaddr *)&address, sizeof(address)), "cannot bind, error %d\n", WSAGetLastError());
    ok(!listen(s, 1), "cannot listen, error %d\n", WSAGetLastError());
    getsockname(s, (struct sockaddr *)&address, &len);
    *port = ntohs(address.sin_port);
    for (i = 0; i < 2; i++)
    {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        ioctlsocket(clients[i], FIONBIO, &nonblocking);
        connect(clients[i], (struct sockaddr *)&address, sizeof(address));
    }
    return s;
}

static void test_connecting(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"connecting", BG_JOB_TYPE_DOWNLOAD);
    SOCKET s, clients[2];
    unsigned short port;
    WCHAR url[64];

    s = full_port(clients, &port);
    _snwprintf(url, ARRAY_SIZE(url), L"http://127.0.0.1:%u/file", port);
    bits_add_file(job, url, bits_path(L"connecting"));
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_states(job, 1 << BG_JOB_STATE_CONNECTING | 1 << BG_JOB_STATE_TRANSIENT_ERROR);
    if (bits_state(job) == BG_JOB_STATE_CONNECTING) test_matrices(job, BG_JOB_STATE_CONNECTING);
    else if (!strcmp(winetest_platform, "wine")) ok(0, "not CONNECTING, but %s\n", state_names[bits_state(job)]);
    else win_skip("the job cannot be held in CONNECTING here\n");
    bits_cancel(job);
    closesocket(clients[0]);
    closesocket(clients[1]);
    closesocket(s);
}

static void test_states(void)
{
    static const BG_JOB_STATE states[] =
    {
        BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSFERRED,
        BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED
    };
    IBackgroundCopyJob *job;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        if (!(job = bits_job_in_state(states[i]))) continue;
        /* a request that is still to come would go the new way [JOB.SetProxySettings.A7] */
        if (states[i] == BG_JOB_STATE_TRANSFERRING) ok(test_server_wait_for(bits_server, "GET", "/state/stall", 1, BITS_TIMEOUT), "no request\n");
        test_matrices(job, states[i]);
        bits_cancel(job);
    }
    test_queued();
    test_connecting();
}

/* The call judges length, never content [JOB.SetProxySettings.13]. */
static void test_content(void)
{
    static const WCHAR *const contents[] =
    {
        L"p", L" ", L"\t", L"p1 p2;p3,p4", L"ftp://gw:21", L"http=", L"=p1", L"p1:99999", L"[::1", L"<local>", L"aaa.*", L"*int*", L"a\"b\\c|d",
        L"\x01\x1f", L"\xe4\x4e2d\xd83d\xde00", L"http=http://hpsp",
    };
    IBackgroundCopyJob *job = bits_create_job(L"content", BG_JOB_TYPE_DOWNLOAD);
    struct settings settings = { BG_JOB_PROXY_USAGE_OVERRIDE };
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(contents); i++)
    {
        hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, contents[i], contents[ARRAY_SIZE(contents) - 1 - i]);
        ok(hr == S_OK, "[JOB.SetProxySettings.13] %s: got %#lx\n", wine_dbgstr_w(contents[i]), hr);
        settings.list = contents[i];
        settings.bypass = contents[ARRAY_SIZE(contents) - 1 - i];
        check_settings(job, "JOB.GetProxySettings.T3", &settings);
    }
    bits_cancel(job);
}

static void test_get(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"get", BG_JOB_TYPE_DOWNLOAD);
    struct settings settings = { BG_JOB_PROXY_USAGE_PRECONFIG };
    WCHAR list[32] = L"p1:3128 p2", bypass[32] = L"<local> host.example 10.0.0.1";
    BG_JOB_PROXY_USAGE usage;
    IMalloc *allocator;
    WCHAR *p, *q;
    HRESULT hr;

    check_settings(job, "JOB.GetProxySettings.T1,JOB.SetProxySettings.1", &settings);

    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, list, bypass);
    ok(hr == S_OK, "[JOB.SetProxySettings.7] got %#lx\n", hr);
    /* the strings are the caller's again [JOB.SetProxySettings.6] */
    list[0] = bypass[1] = 'x';
    settings.usage = BG_JOB_PROXY_USAGE_OVERRIDE;
    settings.list = L"p1:3128 p2";
    settings.bypass = L"<local> host.example 10.0.0.1";
    check_settings(job, "JOB.GetProxySettings.T3,JOB.GetProxySettings.4", &settings);

    hr = CoGetMalloc(1, &allocator);
    ok(hr == S_OK, "CoGetMalloc: got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &p, &q);
    ok(hr == S_OK, "[JOB.GetProxySettings.2] got %#lx\n", hr);
    ok(IMalloc_DidAlloc(allocator, p) == 1 && IMalloc_DidAlloc(allocator, q) == 1, "[JOB.GetProxySettings.3] not of the task's memory\n");
    CoTaskMemFree(p);
    CoTaskMemFree(q);
    IMalloc_Release(allocator);

    p = (WCHAR *)0xdead;
    hr = IBackgroundCopyJob_GetProxySettings(job, NULL, &p, &q);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[JOB.GetProxySettings.1] got %#lx\n", hr);
    if (hr == E_INVALIDARG) ok_inferred("JOB.GetProxySettings.A4", !p, "got %p\n", p);
    hr = IBackgroundCopyJob_GetProxySettings(job, &usage, NULL, &q);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[JOB.GetProxySettings.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &p, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[JOB.GetProxySettings.1] got %#lx\n", hr);

    hr = IBackgroundCopyJob_TakeOwnership(job);
    ok(hr == S_OK || hr == E_ACCESSDENIED, "[JOB.TakeOwnership.6] got %#lx\n", hr);
    check_settings(job, "JOB.GetProxySettings.T6", &settings);

    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, L"p3", NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.5] got %#lx\n", hr);
    settings.list = L"p3";
    settings.bypass = NULL;
    check_settings(job, "JOB.GetProxySettings.T2", &settings);

    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.7] got %#lx\n", hr);
    settings.usage = BG_JOB_PROXY_USAGE_NO_PROXY;
    settings.list = NULL;
    check_settings(job, "JOB.GetProxySettings.T4", &settings);
    bits_cancel(job);
}

/* Settings belong to one job [TYPE.Proxy.7], and are there after the service was started again [JOB.SetProxySettings.25]. */
static void test_persistence(void)
{
    static const struct settings settings[] =
    {
        { BG_JOB_PROXY_USAGE_PRECONFIG }, { BG_JOB_PROXY_USAGE_NO_PROXY }, { BG_JOB_PROXY_USAGE_OVERRIDE, L"p1:3128 \xe4", L"<local>" },
        { BG_JOB_PROXY_USAGE_OVERRIDE, L"", L"" }, { BG_JOB_PROXY_USAGE_OVERRIDE, L"p2" }, { BG_JOB_PROXY_USAGE_AUTODETECT },
    };
    IBackgroundCopyJob *jobs[ARRAY_SIZE(settings)] = { NULL };
    GUID ids[ARRAY_SIZE(settings)];
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(settings); i++)
    {
        if (!(jobs[i] = bits_create_job_(__LINE__, L"persistent", BG_JOB_TYPE_DOWNLOAD, &ids[i]))) break;
        hr = IBackgroundCopyJob_SetProxySettings(jobs[i], settings[i].usage, settings[i].list, settings[i].bypass);
        ok(hr == S_OK, "[JOB.SetProxySettings.7] got %#lx\n", hr);
    }
    for (i = 0; i < ARRAY_SIZE(settings) && jobs[i]; i++) check_settings(jobs[i], "TYPE.Proxy.7", &settings[i]);
    if (i == ARRAY_SIZE(settings) && bits_restart_service())
    {
        for (i = 0; i < ARRAY_SIZE(settings); i++)
        {
            IBackgroundCopyJob_Release(jobs[i]);
            jobs[i] = NULL;
            hr = IBackgroundCopyManager_GetJob(bits_manager, &ids[i], &jobs[i]);
            ok(hr == S_OK, "[JOB.SetProxySettings.25] the job is gone: %#lx\n", hr);
            if (hr == S_OK) check_settings(jobs[i], "JOB.SetProxySettings.25", &settings[i]);
        }
    }
    for (i = 0; i < ARRAY_SIZE(settings); i++) if (jobs[i]) bits_cancel(jobs[i]);
}

START_TEST(proxy)
{
    WSADATA data;

    if (!bits_begin()) return;
    WSAStartup(MAKEWORD(2, 2), &data);
    init_classes();
    test_get();
    test_content();
    if (bits_server_start(BITS_STATES_SCRIPT)) test_states();
    test_persistence();
    free_classes();
    WSACleanup();
    bits_end();
}
