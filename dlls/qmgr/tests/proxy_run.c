/*
 * Proxy settings at work: what lists mean, and which way files go
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
 * The server of the unit is both, the origin and the proxy: a request that came by way of a proxy has the whole URL on its request line.  What
 * depends on the settings of the user or on the network is in tests/integration/proxy.
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

#define INV BG_E_INVALID_PROXY_INFO
#define W32(code) HRESULT_FROM_WIN32(code)
#define WINHTTP_NAME_NOT_RESOLVED 12007
#define WINHTTP_CANNOT_CONNECT 12029

#define ENDED (1 << BG_JOB_STATE_TRANSFERRED | 1 << BG_JOB_STATE_ERROR | 1 << BG_JOB_STATE_TRANSIENT_ERROR)

static WCHAR own_proxy[32];     /* the server as a proxy */
static WCHAR dead_proxy[32];    /* a port that refuses */
static SOCKET dead_socket;

static void init_proxies(void)
{
    struct sockaddr_in address = { AF_INET };
    int len = sizeof(address);

    _snwprintf(own_proxy, ARRAY_SIZE(own_proxy), L"127.0.0.1:%u", test_server_port(bits_server));
    /* bound, so that nobody else gets it, but not listening */
    dead_socket = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ok(!bind(dead_socket, (struct sockaddr *)&address, sizeof(address)), "cannot bind, error %d\n", WSAGetLastError());
    getsockname(dead_socket, (struct sockaddr *)&address, &len);
    _snwprintf(dead_proxy, ARRAY_SIZE(dead_proxy), L"127.0.0.1:%u", ntohs(address.sin_port));
}

/* L"%O" of a text is the server, L"%D" the dead port. */
static const WCHAR *fill_in(const WCHAR *text)
{
    WCHAR *buffer = bits_buffer(), *p = buffer;

    if (!text) return NULL;
    for (; *text; text++)
    {
        if (text[0] == '%' && (text[1] == 'O' || text[1] == 'D')) p += _snwprintf(p, 32, L"%ls", *++text == 'O' ? own_proxy : dead_proxy);
        else *p++ = *text;
    }
    *p = 0;
    return buffer;
}

static IBackgroundCopyJob *start_job_(unsigned int line, const WCHAR *list, const WCHAR *bypass, const WCHAR *url)
{
    IBackgroundCopyJob *job = bits_create_job_(line, L"run", BG_JOB_TYPE_DOWNLOAD, NULL);
    HRESULT hr;

    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file_(line, job, url, bits_path(L"file"));
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, list, bypass);
    ok_(__FILE__, line)(hr == S_OK, "[JOB.SetProxySettings.13] got %#lx\n", hr);
    bits_resume_(line, job);
    return job;
}
#define start_job(list, bypass, url) start_job_(__LINE__, list, bypass, url)

static HRESULT get_error(IBackgroundCopyJob *job, BG_ERROR_CONTEXT *context)
{
    IBackgroundCopyError *error;
    HRESULT code = S_OK;

    *context = BG_ERROR_CONTEXT_NONE;
    if (IBackgroundCopyJob_GetError(job, &error) != S_OK) return S_OK;
    IBackgroundCopyError_GetError(error, context, &code);
    IBackgroundCopyError_Release(error);
    return code;
}

static void complete_(unsigned int line, IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok_(__FILE__, line)(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file_(line, bits_path(L"file"), "/good", 0, 1000);
    IBackgroundCopyJob_Release(job);
}
#define complete(job) complete_(__LINE__, job)

/* How the GET for a path came: 'd' directly, 'p' through a proxy, 0 not at all; the last one counts. */
static char way_of(const char *path)
{
    struct test_request request;
    unsigned int i;
    size_t len;
    char way = 0;

    for (i = 1; test_server_get_request(bits_server, i, &request); i++)
    {
        len = strlen(request.target);
        if (!strcmp(request.method, "GET") && len >= strlen(path) && !strcmp(request.target + len - strlen(path), path))
            way = request.target[0] == '/' ? 'd' : 'p';
        test_request_free(&request);
    }
    return way;
}

/* 7.7: what the lists say is judged when a file is about to be connected, before a byte goes to any proxy. */
static void test_verdicts(void)
{
    static const struct { const char *fact; const WCHAR *list; BOOL valid; } lists[] =
    {
        {"PX.R1", L"", FALSE}, {"PX.R1", L" ;,\t", FALSE},
        {"PX.R2", L"http=", FALSE}, {"PX.R2", L"http://", FALSE}, {"PX.R2", L"http=http://", FALSE},
        {"PX.R3", L"=p1", FALSE}, {"PX.R3", L"://p1", FALSE},
        {"PX.R4", L"ftp=ftp://gw:21", FALSE}, {"PX.R4", L"ftp=gw", FALSE}, {"PX.R4", L"ftp://gw", FALSE},
        {"PX.R5", L"socks=gw:1080", FALSE}, {"PX.R5", L"gopher://gw", FALSE}, {"PX.R5", L"xyz=gw", FALSE},
        {"PX.R6", L"http=http=p1", FALSE}, {"PX.R6", L"http://http://p1", FALSE},
        {"PX.R7", L"p1:", FALSE}, {"PX.R7", L"p1:0", FALSE}, {"PX.R7", L"p1:65536", FALSE}, {"PX.R7", L"p1:-1", FALSE},
        {"PX.R7", L"p1:abc", FALSE}, {"PX.R7", L"p1:80:81", FALSE},
        {"PX.R8", L"http:/p1", FALSE}, {"PX.R8", L"http//p1", FALSE},
        {"PX.R9", L"user:pw@p1:80", FALSE},
        {"PX.R10", L"p1:80/path", FALSE}, {"PX.R10", L"http://p1:80/path", FALSE}, {"PX.R10", L"p1?x", FALSE}, {"PX.R10", L"p1#x", FALSE},
        {"PX.R11", L"http://p1:80/", TRUE},
        {"PX.R12", L"[::1", FALSE}, {"PX.R12", L"::1:80", FALSE}, {"PX.R12", L"[zz]:80", FALSE},
        {"PX.R13", L"*.example.com", FALSE}, {"PX.R13", L"<local>", FALSE},
        {"PX.R14", L"p\x01", FALSE}, {"PX.R14", L"p\"1", FALSE}, {"PX.R14", L"p\\1", FALSE}, {"PX.R14", L"p<1>", FALSE},
        {"PX.R14", L"p|1", FALSE}, {"PX.R14", L"p^1", FALSE}, {"PX.R14", L"p`1", FALSE},
        {"PX.R15", L"http=%O ftp=gw", FALSE},
        {"PX.R16", L"no-such-host.invalid:80", TRUE},
        {"PX.R17", L"http_proxy:80", TRUE},
        {"PX.R18", L"http", TRUE}, {"PX.R18", L"https", TRUE},
    };
    static const struct { const char *fact; const WCHAR *bypass; BOOL valid; } bypasses[] =
    {
        {"PX.R19", L"aaa.*", FALSE}, {"PX.R19", L"a*b", FALSE}, {"PX.R19", L"ms*", FALSE}, {"PX.R19", L"*int*", FALSE},
        {"PX.R20", L"**.com", FALSE},
        {"PX.R21", L"<intranet>", FALSE}, {"PX.R21", L"<-loopback>", FALSE}, {"PX.R21", L"<local", FALSE},
        {"PX.R22", L"http://host", TRUE}, {"PX.R22", L"host:8080", TRUE},
        {"PX.R23", NULL, TRUE}, {"PX.R23", L"", TRUE}, {"PX.R23", L" ;", TRUE},
        {"PX.R24", L"*", TRUE}, {"PX.R24", L"*.org", TRUE}, {"PX.R24", L"10.*", FALSE},
        {"PX.R25", L"a\x01", FALSE}, {"PX.R25", L"a\"b", FALSE}, {"PX.R25", L"a\\b", FALSE}, {"PX.R25", L"a|b", FALSE},
        {"PX.R25", L"a^b", FALSE}, {"PX.R25", L"a`b", FALSE},
    };
    struct test_server_stats stats;
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    unsigned int i;
    HRESULT code;

    test_server_reset(bits_server);
    for (i = 0; i < ARRAY_SIZE(lists) + ARRAY_SIZE(bypasses); i++)
    {
        const char *fact = i < ARRAY_SIZE(lists) ? lists[i].fact : bypasses[i - ARRAY_SIZE(lists)].fact;
        BOOL valid = i < ARRAY_SIZE(lists) ? lists[i].valid : bypasses[i - ARRAY_SIZE(lists)].valid;
        ts_u64 before;

        test_server_get_stats(bits_server, &stats);
        before = stats.requests;
        /* where it does not matter whether the proxies of a list are there everything goes around them */
        if (i < ARRAY_SIZE(lists)) job = start_job(fill_in(lists[i].list), lists[i].valid ? L"*" : L"<local>", bits_url(L"/good"));
        else job = start_job(own_proxy, bypasses[i - ARRAY_SIZE(lists)].bypass, bits_url(L"/good"));
        bits_wait_states(job, ENDED);
        code = get_error(job, &context);
        if (valid)
        {
            ok_inferred(fact, bits_state(job) == BG_JOB_STATE_TRANSFERRED, "row %u: state %d, error %#lx\n", i, bits_state(job), code);
            if (bits_state(job) == BG_JOB_STATE_TRANSFERRED)
            {
                complete(job);
                continue;
            }
        }
        else
        {
            ok_inferred(fact, bits_state(job) == BG_JOB_STATE_ERROR && code == INV, "row %u: state %d, error %#lx\n", i, bits_state(job), code);
            test_server_get_stats(bits_server, &stats);
            ok_inferred("PX.R29", stats.requests == before, "row %u: a request was sent\n", i);
        }
        bits_cancel(job);
    }
}

/* A client's callback that counts. */
static LONG errors_seen, modifications_seen;

static HRESULT WINAPI callback_QueryInterface(IBackgroundCopyCallback *iface, REFIID iid, void **out)
{
    *out = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IBackgroundCopyCallback)) return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI callback_AddRef(IBackgroundCopyCallback *iface)
{
    return 2;
}

static ULONG WINAPI callback_Release(IBackgroundCopyCallback *iface)
{
    return 1;
}

static HRESULT WINAPI callback_JobTransferred(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job)
{
    return S_OK;
}

static HRESULT WINAPI callback_JobError(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
    BG_ERROR_CONTEXT context;
    HRESULT code;

    if (IBackgroundCopyError_GetError(error, &context, &code) == S_OK && code == INV) InterlockedIncrement(&errors_seen);
    return S_OK;
}

static HRESULT WINAPI callback_JobModification(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, DWORD reserved)
{
    InterlockedIncrement(&modifications_seen);
    return S_OK;
}

static const IBackgroundCopyCallbackVtbl callback_vtbl =
{
    callback_QueryInterface,
    callback_AddRef,
    callback_Release,
    callback_JobTransferred,
    callback_JobError,
    callback_JobModification,
};

static IBackgroundCopyCallback callback = { (IBackgroundCopyCallbackVtbl *)&callback_vtbl };

static BOOL wait_count(const LONG *count, LONG wanted)
{
    struct bits_clock clock = bits_clock_now();

    while (*(volatile const LONG *)count < wanted && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    return *count >= wanted;
}

static UINT64 modified(IBackgroundCopyJob *job)
{
    BG_JOB_TIMES times;
    HRESULT hr = IBackgroundCopyJob_GetTimes(job, &times);

    ok(hr == S_OK, "GetTimes: got %#lx\n", hr);
    return (UINT64)times.ModificationTime.dwHighDateTime << 32 | times.ModificationTime.dwLowDateTime;
}

/* ERROR at once, and the way out of it. */
static void test_invalid(void)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    BG_JOB_PROGRESS progress;
    WCHAR *protocol;
    ULONG count;
    UINT64 time;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_create_job(L"invalid", BG_JOB_TYPE_DOWNLOAD);
    hr = IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_MODIFICATION);
    ok(hr == S_OK, "SetNotifyFlags: got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&callback);
    ok(hr == S_OK, "SetNotifyInterface: got %#lx\n", hr);
    bits_add_file(job, bits_url(L"/good"), bits_path(L"file"));

    time = modified(job);
    Sleep(20); /* longer than the resolution of the clock */
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, NULL, NULL);
    ok(hr == E_INVALIDARG, "[JOB.SetProxySettings.12] got %#lx\n", hr);
    ok(modified(job) == time, "[JOB.SetProxySettings.26] the modification time has moved\n");
    modifications_seen = 0;
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, L"ftp://gw", NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.13] got %#lx\n", hr);
    ok(modified(job) > time, "[JOB.SetProxySettings.24] the modification time has not moved\n");
    ok(wait_count(&modifications_seen, 1), "[JOB.SetProxySettings.24] no JobModification\n");

    errors_seen = 0;
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[JOB.SetProxySettings.14] state %d\n", bits_state(job));
    ok(get_error(job, &context) == INV, "[JOB.SetProxySettings.14] got %#lx\n", get_error(job, &context));
    ok_inferred("JOB.SetProxySettings.A9", context == BG_ERROR_CONTEXT_GENERAL_TRANSPORT, "got context %d\n", context);
    ok(wait_count(&errors_seen, 1), "[PX.R26] no JobError\n");
    hr = IBackgroundCopyJob_GetErrorCount(job, &count);
    ok_inferred("JOB.SetProxySettings.A10", hr == S_OK && count == 1, "got %#lx, %lu\n", hr, count);
    if (IBackgroundCopyJob_GetError(job, &error) == S_OK)
    {
        hr = IBackgroundCopyError_GetFile(error, &file);
        ok_inferred("JOB.SetProxySettings.A9", hr == S_OK, "GetFile: got %#lx\n", hr);
        if (hr == S_OK) IBackgroundCopyFile_Release(file);
        hr = IBackgroundCopyError_GetProtocol(error, &protocol);
        ok_inferred("JOB.SetProxySettings.A9", hr == S_OK && !_wcsicmp(protocol, L"http"), "GetProtocol: got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(protocol);
        IBackgroundCopyError_Release(error);
    }

    /* another Resume finds the same; corrected settings alone start nothing [JOB.SetProxySettings.A7] */
    bits_resume(job);
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_ERROR && get_error(job, &context) == INV, "[JOB.SetProxySettings.14] state %d\n", bits_state(job));
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, own_proxy, NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.11] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[JOB.SetProxySettings.A7] state %d\n", bits_state(job));
    ok(!test_server_count(bits_server, NULL, "/good"), "[PX.R29] the server was asked\n");
    bits_resume(job);
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[PX.R26,BEH.PROXY.10] state %d\n", bits_state(job));
    ok(way_of("/good") == 'p', "[PX.R26] it came %c\n", way_of("/good"));
    IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    complete(job);

    /* with another usage there are no lists to be wrong [PX.R28] */
    job = start_job(L"ftp://gw", NULL, bits_url(L"/good"));
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[JOB.SetProxySettings.14] state %d\n", bits_state(job));
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.11] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[PX.R28] state %d\n", bits_state(job));
    complete(job);

    /* Complete keeps what was finished before [PX.R26] */
    job = start_job(own_proxy, NULL, bits_url(L"/good"));
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, own_proxy, L"10.*");
    bits_add_file(job, bits_url(L"/good"), bits_path(L"second"));
    bits_resume(job);
    bits_wait_states(job, 1 << BG_JOB_STATE_ERROR);
    ok(get_error(job, &context) == INV, "[BEH.PROXY.10] got %#lx\n", get_error(job, &context));
    IBackgroundCopyJob_GetProgress(job, &progress);
    ok(progress.FilesTransferred == 1, "[PX.R26] %lu files are transferred\n", progress.FilesTransferred);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == BG_S_PARTIAL_COMPLETE, "[PX.R26] got %#lx\n", hr);
    bits_check_file(bits_path(L"file"), "/good", 0, 1000);
    ok(GetFileAttributesW(bits_path(L"second")) == INVALID_FILE_ATTRIBUTES, "[PX.R26] the second file is there\n");
    IBackgroundCopyJob_Release(job);
}

/* Files without a server look at no list [PX.R27, PX.G10]. */
static void test_local_file(void)
{
    static const char data[10] = "local data";
    IBackgroundCopyJob *job;
    DWORD written;
    HANDLE file;

    file = CreateFileW(bits_path(L"source"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, data, sizeof(data), &written, NULL);
    CloseHandle(file);
    job = start_job(L"ftp://gw", L"*int*", bits_path(L"source"));
    bits_wait_states(job, ENDED);
    ok_inferred("PX.R27", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "state %d\n", bits_state(job));
    bits_cancel(job);
    DeleteFileW(bits_path(L"source"));
}

static void test_routes(void)
{
    static const struct
    {
        const char *fact;
        const WCHAR *list, *bypass, *url;
        char way;
    }
    rows[] =
    {
        {"PX.E2,PX.G9", L"%O", NULL, L"/good", 'p'},
        {"PX.E6,PX.G6", L"http=%O https=%D", NULL, L"/good", 'p'},
        {"PX.E4,PX.G7", L"https=%D %O", NULL, L"/good", 'p'},
        {"PX.E3,PX.A3", L"https=%D", NULL, L"/good", 'd'},
        {"PX.E10,PX.A2", L"http://%O", NULL, L"/good", 'p'},
        {"PX.E7,PX.G3", L"HTTP=HTTP://%O/", NULL, L"/good", 'p'},
        {"PX.E15,PX.G1", L"  %O  ", NULL, L"/good", 'p'},
        {"PX.E9,PX.G8,BEH.PROXY.11", L"%D %O", NULL, L"/good", 'p'},
        {"PX.E11,PX.A1", L"%D,%D;%O", NULL, L"/good", 'p'},
        {"PX.E12,PX.A7", L"http=%D http=%O %D", NULL, L"/good", 'p'},
        {"PX.E16,JOB.SetProxySettings.A5", L"%O", L"", L"/good", 'p'},
        {"PX.E20,PX.B8", L"%D", L"*", L"/good", 'd'},
        {"PX.E26,PX.A10", L"%O", L"<local>", L"/good", 'p'},
        {"PX.E28,PX.B2", L"%D", L"127.0.0.1", L"/good", 'd'},
        {"PX.E28,PX.B3", L"%D", L"x.y *.0.0.1", L"/good", 'd'},
        {"PX.B6", L"%O", L"*.0.1.1 localhost", L"/good", 'p'},
    };
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        test_server_reset(bits_server);
        job = start_job(fill_in(rows[i].list), rows[i].bypass, bits_url(rows[i].url));
        bits_wait_states(job, ENDED);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[%s] state %d, error %#lx\n", rows[i].fact, bits_state(job),
           get_error(job, &context));
        ok(way_of("/good") == rows[i].way, "[%s] it came %c\n", rows[i].fact, way_of("/good"));
        if (bits_state(job) == BG_JOB_STATE_TRANSFERRED) complete(job);
        else bits_cancel(job);
    }
}

/* What goes over the wire to a proxy. */
static void test_wire(void)
{
    struct test_request request;
    IBackgroundCopyJob *job;
    char value[64], host[32];

    test_server_reset(bits_server);
    job = start_job(own_proxy, NULL, bits_url(L"/good?x=1"));
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    _snprintf(host, sizeof(host), "127.0.0.1:%u", test_server_port(bits_server));
    if (test_server_get_request(bits_server, 1, &request))
    {
        _snprintf(value, sizeof(value), "http://%s/good?x=1", host);
        ok(!strcmp(request.method, "HEAD") && !strcmp(request.target, value), "[PX.G9] got %s %s\n", request.method, request.target);
        ok(test_request_header(&request, "Host", value, sizeof(value)) && !strcmp(value, host), "[PX.G9] got host %s\n", value);
        ok(test_request_header(&request, "Proxy-Connection", value, sizeof(value)) && !_stricmp(value, "keep-alive"),
           "[BEH.HTTP.11] no Proxy-Connection\n");
        ok(!test_request_header(&request, "Proxy-Authorization", value, sizeof(value)), "[BEH.AUTH.5] got %s\n", value);
        test_request_free(&request);
    }
    else ok(0, "no request\n");
    complete(job);
}

/* Each URL goes its own way, also one that a redirect leads to. */
static void test_redirect(void)
{
    IBackgroundCopyJob *job;

    test_server_reset(bits_server);
    job = start_job(own_proxy, L"<local>", bits_url(L"/redirect"));
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[PX.E25] state %d\n", bits_state(job));
    ok_inferred("PX.E25", way_of("/redirect") == 'p' && way_of("/good") == 'd', "they came %c and %c\n", way_of("/redirect"), way_of("/good"));
    complete(job);
}

static void test_unreachable(void)
{
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    HRESULT code;

    test_server_reset(bits_server);
    job = start_job(dead_proxy, NULL, bits_url(L"/good"));
    bits_wait_states(job, ENDED);
    code = get_error(job, &context);
    ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[JOB.SetProxySettings.28,BEH.PROXY.16] state %d\n", bits_state(job));
    ok_inferred("BEH.PROXY.16", code == W32(WINHTTP_CANNOT_CONNECT) && context == BG_ERROR_CONTEXT_GENERAL_TRANSPORT, "got %#lx, context %d\n",
                code, context);
    ok(!test_server_count(bits_server, NULL, "/good"), "[PX.G8] it went directly\n");

    /* the next connection goes as the new settings say [JOB.SetProxySettings.A7] */
    IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, own_proxy, NULL);
    bits_resume(job);
    bits_wait_states(job, 1 << BG_JOB_STATE_TRANSFERRED);
    ok(way_of("/good") == 'p', "[JOB.SetProxySettings.A7] it came %c\n", way_of("/good"));
    complete(job);

    job = start_job(L"no-such-host.invalid:80", NULL, bits_url(L"/good"));
    bits_wait_states(job, ENDED);
    code = get_error(job, &context);
    ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[JOB.SetProxySettings.28] state %d\n", bits_state(job));
    ok(code == W32(WINHTTP_NAME_NOT_RESOLVED), "[JOB.SetProxySettings.28] got %#lx\n", code);
    bits_cancel(job);
}

/* While bytes move: the request under way is left alone, the next connection goes the new way. */
static void test_change(void)
{
    IBackgroundCopyJob *job;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_create_job(L"change", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL);
    ok(hr == S_OK, "[TYPE.Proxy.3] got %#lx\n", hr);
    bits_add_file(job, bits_url(L"/slow"), bits_path(L"slow"));
    bits_add_file(job, bits_url(L"/good"), bits_path(L"file"));
    bits_resume(job);
    ok(test_server_wait_for(bits_server, "GET", "/slow", 1, BITS_TIMEOUT), "no request\n");
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, own_proxy, NULL);
    ok(hr == S_OK, "[JOB.SetProxySettings.11] got %#lx\n", hr);
    bits_wait_states(job, ENDED);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB.SetProxySettings.A7] state %d\n", bits_state(job));
    ok(test_server_count(bits_server, "GET", "/slow") == 1, "[JOB.SetProxySettings.A7] %u requests\n",
       test_server_count(bits_server, "GET", "/slow"));
    ok(way_of("/slow") == 'd' && way_of("/good") == 'p', "[JOB.SetProxySettings.A7,BEH.STATE.97] they came %c and %c\n", way_of("/slow"),
       way_of("/good"));
    complete(job);
    bits_check_file(bits_path(L"slow"), "/slow", 0, 3000);
}

/* A proxy that asks who is there, and gets no answer. */
static void test_challenge(void)
{
    struct test_request request;
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    unsigned int i;
    HRESULT code;
    char value[64];

    test_server_reset(bits_server);
    job = start_job(own_proxy, NULL, bits_url(L"/closed"));
    bits_wait_states(job, ENDED);
    code = get_error(job, &context);
    ok(bits_state(job) == BG_JOB_STATE_ERROR && code == BG_E_HTTP_ERROR_407, "[BEH.PROXY.12,JOB.SetProxySettings.23] state %d, error %#lx\n",
       bits_state(job), code);
    for (i = 1; test_server_get_request(bits_server, i, &request); i++)
    {
        ok(!test_request_header(&request, "Proxy-Authorization", value, sizeof(value)), "[BEH.AUTH.7] got %s\n", value);
        test_request_free(&request);
    }
    bits_cancel(job);
}

START_TEST(proxy_run)
{
    static const char script[] =
        "on * /good\n size 1000\n"
        "on * /slow\n size 3000\n rate 3000\n"
        "on * /closed\n proxy-auth basic realm user password\n"
        "on * /redirect\n redirect 302 http://localhost:$(port)/good\n";
    WSADATA data;

    if (!bits_begin()) return;
    WSAStartup(MAKEWORD(2, 2), &data);
    if (bits_server_start(script))
    {
        init_proxies();
        test_verdicts();
        test_invalid();
        test_local_file();
        test_routes();
        test_wire();
        test_redirect();
        test_unreachable();
        test_change();
        test_challenge();
        closesocket(dead_socket);
    }
    WSACleanup();
    bits_end();
}
