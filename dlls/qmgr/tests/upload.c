/*
 * What an upload says to its server
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

/* What goes wrong, and how it goes on then, is in upload_run.c; replies are in upload_reply.c. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_5.h"
#include "bits10_1.h"

#include "wine/test.h"
#include "bits_test.h"
#include "upload_test.h"

static const char script[] =
    "on BITS_POST /up/*\n bits\n"
    "on BITS_POST /up?*\n bits\n"
    "on BITS_POST /take*\n bits\n bits-take 30000\n"
    "on BITS_POST /created\n where header BITS-Packet-Type Create-Session\n bits\n status 201\n"
    "on BITS_POST /created\n bits\n"
    "on BITS_POST /noping\n where header BITS-Packet-Type Ping\n status 400\n"
    "on BITS_POST /noping\n bits\n"
    "on BITS_POST /lower\n bits\n header-case lower\n"
    "on BITS_POST /upper\n bits\n header-case upper\n"
    "on BITS_POST /named\n bits\n bits-session any text, which is no GUID;=@%41\n"
    "on BITS_POST /strange\n bits\n header BITS-Error-Code: 0x80070005\n header BITS-Error-Context: 0x7\n"
    "on BITS_POST /package\n bits\n remove BITS-Packet-Type\n header BITS-Package-Type: Ack\n"
    "on BITS_POST /talks\n bits\n text <html>An answer that nobody has asked for</html>\n"
    "on BITS_POST /chunks\n bits\n text said in pieces\n chunked 3\n"
    "on BITS_POST /closes\n bits\n close\n"
    "on BITS_POST /leaves\n bits\n close-quietly\n"
    "on BITS_POST /old\n bits\n version HTTP/1.0\n"
    "on BITS_POST /until\n bits\n text said until the end\n close-delimited\n"
    "on BITS_POST /first\n bits\n informational 102 3\n"
    "on BITS_POST /many\n bits\n fill 100 200\n"
    "on BITS_POST /closed\n bits\n auth basic realm user secret\n"
    "on BITS_POST /fragment\n where header BITS-Packet-Type Fragment\n bits\n auth basic realm user secret\n"
    "on BITS_POST /fragment\n bits\n"
    "on BITS_POST /proxy*\n bits\n"
    "on BITS_POST /asks*\n bits\n proxy-auth basic realm user secret\n"
    "on BITS_POST /verb\n status 405\n"
    "on BITS_POST /moved\n redirect 302 /up/moved\n"
    "on SEND /method\n bits\n";

/* Header of a request, or an empty string. */
static const char *header(unsigned int number, const char *name)
{
    static char value[512];
    struct test_request request;

    value[0] = 0;
    if (!test_server_get_request(bits_server, number, &request)) return value;
    if (!test_request_header(&request, name, value, sizeof(value))) value[0] = 0;
    test_request_free(&request);
    return value;
}

static void check_transferred(IBackgroundCopyJob *job, ts_u64 size)
{
    IBackgroundCopyFile *file = bits_get_file(job, 0);
    BG_FILE_PROGRESS file_progress;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetProgress(file, &file_progress);
    ok(hr == S_OK && file_progress.Completed && file_progress.BytesTotal == size && file_progress.BytesTransferred == size,
       "[TYPE.FileProg.4] got %#lx, %d, %s of %s\n", hr, file_progress.Completed, wine_dbgstr_longlong(file_progress.BytesTransferred),
       wine_dbgstr_longlong(file_progress.BytesTotal));
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.BytesTotal == size && progress.BytesTransferred == size && progress.FilesTotal == 1
       && progress.FilesTransferred == 1, "[TYPE.JobProg.3] got %#lx, %s of %s, %lu files\n", hr, wine_dbgstr_longlong(progress.BytesTransferred),
       wine_dbgstr_longlong(progress.BytesTotal), progress.FilesTransferred);
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    ok(hr == S_OK && (times.TransferCompletionTime.dwLowDateTime || times.TransferCompletionTime.dwHighDateTime),
       "[TYPE.Times.3,BEH.STATE.31] got %#lx\n", hr);
    IBackgroundCopyFile_Release(file);
}

/* One file in one fragment, each packet octet by octet. */
static void test_packets(void)
{
    static const char kinds[] = "PCFE";
    static const char *const names[] = { "Ping", "Create-Session", "Fragment", "Close-Session" };
    IBackgroundCopyJob *job = upload_job(L"simple", UPLOAD, bits_url(L"/up?name=a%20b&c=1"), 30000);
    struct packet packets[UPLOAD_MAX];
    struct test_request request;
    unsigned int i, count;
    char expect[64];
    HRESULT hr;

    if (!job) return;
    test_server_reset(bits_server);
    bits_resume(job);
    if (!upload_wait_done(job)) goto done;
    upload_check_kinds("/up?", kinds, "BUP.GEN.2,BUP.GEN.7,BUP.FRAG.3,BUP.CLOSE.1,BUP.STATE.1,BUP.STATE.2,BUP.STATE.5");
    count = upload_packets("/up?", "BITS_POST", packets);
    for (i = 0; i < count && i < strlen(kinds); i++)
    {
        winetest_push_context("%s", names[i]);
        if (test_server_get_request(bits_server, packets[i].number, &request))
        {
            ok(!strcmp(request.method, "BITS_POST") && !strcmp(request.version, "HTTP/1.1"), "[BUP.GEN.1,HTTP2.SetHttpMethod.1] got %s, %s\n",
               request.method, request.version);
            ok(!strcmp(request.target, "/up?name=a%20b&c=1"), "[BUP.GEN.6] got %s\n", request.target);
            test_request_free(&request);
        }
        ok(!strcmp(header(packets[i].number, "BITS-Packet-Type"), names[i]), "[BUP.HDR.10] got %s\n", header(packets[i].number, "BITS-Packet-Type"));
        sprintf(expect, "%u", kinds[i] == 'F' ? 30000 : 0);
        ok(!strcmp(header(packets[i].number, "Content-Length"), expect), "[BUP.HDR.20,BUP.HDR.4] got %s\n", header(packets[i].number, "Content-Length"));
        ok(!strcmp(header(packets[i].number, "Accept"), "*/*"), "[BUP.HDR.5] got %s\n", header(packets[i].number, "Accept"));
        ok(!strncmp(header(packets[i].number, "User-Agent"), "Microsoft BITS/", 15), "[BUP.HDR.5] got %s\n", header(packets[i].number, "User-Agent"));
        sprintf(expect, "127.0.0.1:%u", test_server_port(bits_server));
        ok(!strcmp(header(packets[i].number, "Host"), expect), "[BUP.HDR.5] got %s\n", header(packets[i].number, "Host"));
        ok(!_stricmp(header(packets[i].number, "Connection"), "Keep-Alive"), "[BUP.HDR.5] got %s\n", header(packets[i].number, "Connection"));
        ok(!header(packets[i].number, "Content-Encoding")[0], "[BUP.HDR.19] got %s\n", header(packets[i].number, "Content-Encoding"));
        ok(!header(packets[i].number, "Transfer-Encoding")[0], "[BUP.HDR.20] got %s\n", header(packets[i].number, "Transfer-Encoding"));
        if (kinds[i] == 'C')
            ok(strstr(header(packets[i].number, "BITS-Supported-Protocols"), "{7df0354d-249b-430f-820d-3d2a9bef4931}") != NULL,
               "[BUP.HDR.11,BUP.CREATE.1] got %s\n", header(packets[i].number, "BITS-Supported-Protocols"));
        else
            ok(!header(packets[i].number, "BITS-Supported-Protocols")[0], "[BUP.PING.1] got %s\n", header(packets[i].number, "BITS-Supported-Protocols"));
        if (kinds[i] == 'P' || kinds[i] == 'C')
            ok(!packets[i].session[0], "[BUP.HDR.13,BUP.PING.1] got %s\n", packets[i].session);
        else
            ok(!strncmp(packets[i].session, "{00000000-0000-0000-0000-", 25) && !strcmp(packets[i].session, packets[2].session),
               "[BUP.HDR.13,BUP.CLOSE.1,BUP.FRAG.1] got %s\n", packets[i].session);
        if (kinds[i] == 'F')
        {
            ok(!strcmp(header(packets[i].number, "Content-Name"), "simple"), "[BUP.HDR.17] got %s\n", header(packets[i].number, "Content-Name"));
            ok(!strcmp(header(packets[i].number, "Content-Range"), "bytes 0-29999/30000"), "[BUP.HDR.18] got %s\n",
               header(packets[i].number, "Content-Range"));
        }
        else
            ok(!header(packets[i].number, "Content-Range")[0], "[BUP.HDR.18] got %s\n", header(packets[i].number, "Content-Range"));
        if (kinds[i] == 'C')
            ok_inferred("BUP.HDR.30", !strcmp(header(packets[i].number, "Content-Name"), "simple"), "got %s\n", header(packets[i].number, "Content-Name"));
        ok_inferred("BUP.AUTH.1", packets[i].connection == packets[0].connection, "on connection %u and %u\n", packets[0].connection,
                    packets[i].connection);
        winetest_pop_context();
    }
    ok(upload_check_fragments("/up?", "simple", 30000) == 1, "[BUP.GEN.4] more than one fragment\n");
    ok(upload_placed("/up", "simple", 30000) == 1, "[BUP.FRAG.4,BUP.STATUS.1] the server has no such file\n");
    check_transferred(job, 30000);

    /* nothing is left to say [JOB.Complete.13]: it works without the server */
    bits_server_stop();
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[BEH.STATE.71,JOB.Complete.13,BEH.STATE.50,ST.15] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[BEH.STATE.50] got %d\n", bits_state(job));
    ok(GetFileAttributesW(bits_path(L"simple")) != INVALID_FILE_ATTRIBUTES, "[JOB.Cancel.1] the source is gone\n");
done:
    upload_end(job, L"simple");
}

/* Many fragments: in order, without gaps, one at a time. */
static void test_fragments(void)
{
    IBackgroundCopyJob *job = upload_job(L"long", UPLOAD, bits_url(L"/up/long"), 1000001);
    struct packet packets[UPLOAD_MAX];
    BG_JOB_PROGRESS progress;
    unsigned int i, count, fragments;
    UINT64 before = 0;
    ts_u64 next = 0;
    DWORD open = 0;
    char *log, *line;
    HRESULT hr;

    if (!job) return;
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_NORMAL);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
    ok_inferred("BEH.PROGRESS.2", progress.BytesTotal == 1000001 && !progress.BytesTransferred, "got %s\n",
                wine_dbgstr_longlong(progress.BytesTotal));
    bits_resume(job);
    while (bits_state(job) != BG_JOB_STATE_TRANSFERRED && bits_state(job) != BG_JOB_STATE_ERROR && bits_state(job) != BG_JOB_STATE_TRANSIENT_ERROR)
    {
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.BytesTotal == 1000001 && progress.BytesTransferred >= before,
           "[TYPE.JobProg.3] got %#lx, %s after %s\n", hr, wine_dbgstr_longlong(progress.BytesTransferred), wine_dbgstr_longlong(before));
        before = progress.BytesTransferred;
        Sleep(2);
    }
    if (!upload_wait_done(job)) goto done;
    fragments = upload_check_fragments("/up/long", "long", 1000001);
    ok_inferred("BUP.FRAG.20", fragments > 1, "%u fragments\n", fragments);
    count = upload_packets("/up/long", "BITS_POST", packets);
    ok(count == fragments + 3 && packets[0].kind == 'P' && packets[1].kind == 'C' && packets[count - 1].kind == 'E',
       "[BUP.GEN.4,BUP.GEN.7] got %s\n", upload_kinds("/up/long"));
    for (i = 0; i < count; i++)
    {
        if (packets[i].kind != 'F') continue;
        ok(packets[i].first == next, "[BUP.FRAG.2,BUP.HDR.21] packet %u begins at %u, not %u\n", i, (unsigned int)packets[i].first, (unsigned int)next);
        ok(packets[i].has_name == !next, "[BUP.HDR.17] Content-Name in packet %u\n", i);
        next = packets[i].last + 1;
        if (packets[i].kind == 'F') ok_inferred("BUP.FRAG.20", packets[i].size <= 1024 * 1024, "%u octets\n", (unsigned int)packets[i].size);
    }
    ok(next == 1000001, "[BUP.FRAG.3] got %u octets\n", (unsigned int)next);
    ok(upload_placed("/up/long", "long", 1000001) == 1, "[BUP.FRAG.3] the server has no such file\n");
    check_transferred(job, 1000001);

    /* between two requests there is the answer to the first one */
    log = test_server_get_log(bits_server);
    for (line = log; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
    {
        if (!strncmp(line, "REQ ", 4))
        {
            ok(!open, "[BUP.GEN.3] a request before the answer to the last one\n");
            open++;
        }
        else if (!strncmp(line, "END ", 4)) open--;
    }
    test_server_free(log);
done:
    upload_end(job, L"long");
}

/* The server takes less than was sent: it goes on where the server is. */
static void test_partial(void)
{
    IBackgroundCopyJob *job = upload_job(L"partial", UPLOAD, bits_url(L"/take"), 100000);
    struct packet packets[UPLOAD_MAX];
    unsigned int i, count;
    ts_u64 next = 0;

    if (!job) return;
    bits_resume(job);
    if (upload_wait_done(job))
    {
        upload_check_kinds("/take", "PCFFFFE", "BUP.HDR.21");
        upload_check_fragments("/take", "partial", 100000);
        count = upload_packets("/take", "BITS_POST", packets);
        for (i = 0; i < count; i++)
        {
            if (packets[i].kind != 'F') continue;
            ok(packets[i].first == next, "[BUP.HDR.21] packet %u begins at %u, not %u\n", i, (unsigned int)packets[i].first, (unsigned int)next);
            next += 30000;
        }
        ok(upload_placed("/take", "partial", 100000) == 1, "[BUP.RESUME.4] the server has no such file\n");
    }
    upload_end(job, L"partial");
}

static void test_empty(void)
{
    IBackgroundCopyJob *job = upload_job(L"empty", UPLOAD, bits_url(L"/up/empty"), 0);
    struct packet packets[UPLOAD_MAX];
    char value[64] = "";
    unsigned int i, count;

    if (!job) return;
    bits_resume(job);
    bits_wait_states(job, (1u << BG_JOB_STATE_TRANSFERRED) | (1u << BG_JOB_STATE_ERROR));
    ok_inferred("BUP.FRAG.22", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
    ok_inferred("BUP.FRAG.22", !strcmp(upload_kinds("/up/empty"), "PCFE"), "got %s\n", upload_kinds("/up/empty"));
    count = upload_packets("/up/empty", "BITS_POST", packets);
    for (i = 0; i < count; i++)
        if (packets[i].kind == 'F')
        {
            strcpy(value, header(packets[i].number, "Content-Range"));
            ok(!packets[i].size && !strcmp(header(packets[i].number, "Content-Length"), "0"), "[BUP.HDR.20] got %s\n",
               header(packets[i].number, "Content-Length"));
        }
    ok_inferred("BUP.FRAG.22", !strcmp(value, "bytes */0"), "got %s\n", value);
    if (bits_state(job) == BG_JOB_STATE_TRANSFERRED) check_transferred(job, 0);
    upload_end(job, L"empty");
}

/* Servers that say the same in other words. */
static void test_servers(void)
{
    static const struct
    {
        const WCHAR *path;
        const char *kinds, *facts;
    }
    tests[] =
    {
        { L"/created", "PCFE", "BUP.CREATE.2,BUP.CREATE.3,BUP.STATUS.1" },
        { L"/lower", "PCFE", "BUP.HDR.1" },
        { L"/upper", "PCFE", "BUP.HDR.1" },
        { L"/named", "PCFE", "BUP.HDR.13" },
        { L"/talks", "PCFE", "BUP.HDR.3" },
        { L"/chunks", "PCFE", "BUP.HDR.3" },
        { L"/closes", "PCFE", "BUP.GEN.3" },
        { L"/leaves", NULL, "BUP.GEN.3" },                                  /* what was said into the void is said again */
        { L"/old", "PCFE", "BUP.GEN.3" },
        { L"/until", "PCFE", "BUP.HDR.3" },
        { L"/first", "PCFE", "BUP.GEN.3" },
        { L"/many", "PCFE", "BUP.GEN.3" },
        { L"/strange", "PCFE", "BUP.STATUS.20,BUP.HDR.23,BUP.HDR.24" },     /* what is said with 200 is no error */
    };
    IBackgroundCopyJob *job;
    unsigned int i;
    char path[32];

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        sprintf(path, "%ls", tests[i].path);
        winetest_push_context("%s", path);
        if ((job = upload_job(L"server", UPLOAD, bits_url(tests[i].path), 1000)))
        {
            bits_resume(job);
            if (upload_wait_done(job))
            {
                if (tests[i].kinds) upload_check_kinds(path, tests[i].kinds, tests[i].facts);
                ok(upload_placed(path, "server", 1000) == 1, "[%s] the server has no such file\n", tests[i].facts);
            }
            upload_end(job, L"server");
        }
        winetest_pop_context();
    }

    /* choices of this service */
    if ((job = upload_job(L"server", UPLOAD, bits_url(L"/noping"), 1000)))
    {
        bits_resume(job);
        bits_wait_states(job, (1u << BG_JOB_STATE_TRANSFERRED) | (1u << BG_JOB_STATE_ERROR));
        ok_inferred("BUP.PING.4", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
        upload_end(job, L"server");
    }
    if ((job = upload_job(L"server", UPLOAD, bits_url(L"/package"), 1000)))
    {
        bits_resume(job);
        bits_wait_states(job, (1u << BG_JOB_STATE_TRANSFERRED) | (1u << BG_JOB_STATE_ERROR));
        ok_inferred("BUP.HDR.32", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
        upload_end(job, L"server");
    }
}

/* Names of files and of places. */
static void test_names(void)
{
    static const WCHAR name[] = L"a b\xe9.bin";
    IBackgroundCopyJob *job = upload_job(name, UPLOAD, bits_url(L"/up/names"), 1000);
    struct packet packets[UPLOAD_MAX];
    const char *value;
    unsigned int i;
    WCHAR *url;
    HRESULT hr;

    if (!job) return;
    bits_resume(job);
    if (upload_wait_done(job) && upload_packets("/up/names", "BITS_POST", packets) >= 3)
    {
        value = header(packets[2].number, "Content-Name");
        /* no path of this machine goes over the wire */
        ok(value[0] && !strchr(value, '\\') && !strchr(value, '/') && !strchr(value, ':'), "[BUP.HDR.17] got %s\n", value);
        ok_inferred("BUP.HDR.35", !strcmp(value, "a b%C3%A9.bin") || !strcmp(value, "a%20b%C3%A9.bin"), "got %s\n", value);
    }
    upload_end(job, name);

    /* the server makes nothing of letters that it does not know */
    if (!(job = upload_job(L"letters", UPLOAD, bits_url(L"/unknown/\x0416"), 1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_404, REMOTE_FILE, "TYPE.FileInfo.14,BUP.STATUS.4");
    upload_end(job, L"letters");

    job = bits_create_job(L"url", BG_JOB_TYPE_UPLOAD);
    url = bits_long_string(2201);
    memcpy(url, L"http://a/", 9 * sizeof(*url));
    for (i = 100; i < 2200; i += 100) url[i] = '/';
    hr = IBackgroundCopyJob_AddFile(job, url, bits_path(L"url"));
    ok(hr == E_INVALIDARG, "[BUP.LIMIT.1] got %#lx\n", hr);
    url[2200] = 0;
    hr = IBackgroundCopyJob_AddFile(job, url, bits_path(L"url"));
    ok(hr == S_OK, "[BUP.LIMIT.1] got %#lx\n", hr);
    free(url);
    bits_cancel(job);
}

/* What the client adds: header lines, another method. */
static void test_options(void)
{
    IBackgroundCopyJob *job = upload_job(L"custom", UPLOAD, bits_url(L"/up/custom"), 1000);
    IBackgroundCopyJobHttpOptions2 *http;
    struct packet packets[UPLOAD_MAX];
    unsigned int i, count;
    HRESULT hr;

    if (!job) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    hr = IBackgroundCopyJobHttpOptions2_SetCustomHeaders(http, L"X-Custom: yes\r\nX-More: 2\r\n");
    ok(hr == S_OK, "SetCustomHeaders: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        count = upload_packets("/up/custom", "BITS_POST", packets);
        for (i = 0; i < count; i++)
        {
            ok(!strcmp(header(packets[i].number, "X-Custom"), "yes"), "[BUP.HDR.5,HTTP.SetCustomHeaders.5] packet %u: %s\n", i,
               header(packets[i].number, "X-Custom"));
            ok(!strcmp(header(packets[i].number, "X-More"), "2"), "[BUP.HDR.5] packet %u: %s\n", i, header(packets[i].number, "X-More"));
        }
    }
    upload_end(job, L"custom");

    if (!(job = upload_job(L"method", UPLOAD, bits_url(L"/method"), 1000))) return;
    bits_set_method(job, L"SEND");
    bits_resume(job);
    bits_wait_states(job, (1u << BG_JOB_STATE_TRANSFERRED) | (1u << BG_JOB_STATE_ERROR));
    count = upload_packets("/method", "SEND", packets);
    ok_inferred("BUP.GEN.1", count == 4 && packets[0].kind == 'P' && packets[1].kind == 'C' && packets[2].kind == 'F' && packets[3].kind == 'E',
                "%u packets, state %d\n", count, bits_state(job));
    upload_end(job, L"method");
}

/* How often there is a request of this kind with credentials, and without. */
static void count_shown(const char *path, char kind, const char *name, unsigned int *with, unsigned int *without)
{
    struct packet packets[UPLOAD_MAX];
    unsigned int i, count = upload_packets(path, "BITS_POST", packets);

    *with = *without = 0;
    for (i = 0; i < count; i++)
    {
        if (packets[i].kind != kind) continue;
        if (header(packets[i].number, name)[0]) ++*with;
        else ++*without;
    }
}

static void test_auth(void)
{
    static const char answer[] = "Basic dXNlcjpzZWNyZXQ=";      /* user:secret */
    unsigned int with, without, i, count;
    struct packet packets[UPLOAD_MAX];
    IBackgroundCopyJob *job;

    /* without an answer */
    if (!(job = upload_job(L"auth", UPLOAD, bits_url(L"/closed"), 1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_401, REMOTE_FILE, "BUP.ERR.2,BUP.AUTH.1");
    upload_check_kinds("/closed", "P", "BUP.PING.1");

    /* a wrong one */
    upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"user", L"wrong");
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_401, REMOTE_FILE, "BUP.ERR.2");

    /* the right one: Ping finds out, so that no data goes astray */
    upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"user", L"secret");
    test_server_reset(bits_server);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        ok(upload_placed("/closed", "auth", 1000) == 1, "[BUP.AUTH.1] the server has no such file\n");
        count_shown("/closed", 'P', "Authorization", &with, &without);
        ok(with == 1, "[BUP.AUTH.1,BUP.PING.1,BUP.ERR.2] %u packets with credentials, %u without\n", with, without);
        count_shown("/closed", 'F', "Authorization", &with, &without);
        ok(with == 1, "[BUP.AUTH.1] %u fragments with credentials, %u without\n", with, without);
        ok_inferred("BUP.AUTH.2", !without, "%u fragments in vain\n", without);
        count = upload_packets("/closed", "BITS_POST", packets);
        for (i = 0; i < count; i++)
            ok(!header(packets[i].number, "Authorization")[0] || !strcmp(header(packets[i].number, "Authorization"), answer),
               "[BUP.AUTH.1] packet %u: %s\n", i, header(packets[i].number, "Authorization"));
    }
    upload_end(job, L"auth");

    /* asked with a fragment: the same one again */
    if (!(job = upload_job(L"asked", UPLOAD, bits_url(L"/fragment"), 200000))) return;
    upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"user", L"secret");
    bits_resume(job);
    if (upload_wait_done(job))
    {
        upload_check_fragments("/fragment", "asked", 200000);
        ok(upload_placed("/fragment", "asked", 200000) == 1, "[BUP.ERR.2] the server has no such file\n");
        count = upload_packets("/fragment", "BITS_POST", packets);
        ok_inferred("BUP.AUTH.2", count == 5 && packets[3].kind == 'F' && packets[2].hash == packets[3].hash && packets[2].first == packets[3].first,
                    "got %s\n", upload_kinds("/fragment"));
    }
    upload_end(job, L"asked");
}

static void test_proxy(void)
{
    struct packet packets[UPLOAD_MAX];
    struct test_request request;
    unsigned int i, count, with, without;
    IBackgroundCopyJob *job;
    WCHAR proxy[32];
    HRESULT hr;

    /* this server is the proxy; who it is for does not exist */
    _snwprintf(proxy, ARRAY_SIZE(proxy), L"127.0.0.1:%u", test_server_port(bits_server));
    if (!(job = upload_job(L"proxy", UPLOAD, L"http://192.0.2.1/proxy?a=1", 100000))) return;
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, proxy, NULL);
    ok(hr == S_OK, "SetProxySettings: got %#lx\n", hr);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        upload_check_kinds("/proxy?", "PCFE", "BUP.GEN.6");
        upload_check_fragments("/proxy?", "proxy", 100000);
        count = upload_packets("/proxy?", "BITS_POST", packets);
        for (i = 0; i < count; i++)
            if (test_server_get_request(bits_server, packets[i].number, &request))
            {
                ok(!strcmp(request.target, "http://192.0.2.1/proxy?a=1"), "[BUP.GEN.6] got %s\n", request.target);
                test_request_free(&request);
            }
    }
    upload_end(job, L"proxy");

    if (!(job = upload_job(L"asks", UPLOAD, L"http://192.0.2.1/asks", 1000))) return;
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, proxy, NULL);
    ok(hr == S_OK, "SetProxySettings: got %#lx\n", hr);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_407, REMOTE_FILE, "BUP.ERR.2");
    upload_check_kinds("/asks", "P", "BUP.PING.1");
    upload_set_credentials(job, BG_AUTH_TARGET_PROXY, L"user", L"secret");
    test_server_reset(bits_server);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        count_shown("/asks", 'P', "Proxy-Authorization", &with, &without);
        ok(with == 1, "[BUP.AUTH.1,BUP.PING.1] %u packets with credentials, %u without\n", with, without);
        ok(upload_placed("/asks", "asks", 1000) == 1, "[BUP.AUTH.1] the server has no such file\n");
    }
    upload_end(job, L"asks");
}

/* Who does not know the method, and who sends on to elsewhere. */
static void test_refused(void)
{
    IBackgroundCopyJob *job = upload_job(L"verb", UPLOAD, bits_url(L"/verb"), 1000);

    if (!job) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_405, REMOTE_FILE, "BUP.GEN.9");
    upload_end(job, L"verb");

    if (!(job = upload_job(L"moved", UPLOAD, bits_url(L"/moved"), 1000))) return;
    bits_resume(job);
    bits_wait_states(job, (1u << BG_JOB_STATE_ERROR) | (1u << BG_JOB_STATE_TRANSFERRED));
    ok(!*upload_kinds("/up/moved"), "[BUP.GEN.10,HTTP.SetSecurityFlags.6] went to %s\n", upload_kinds("/up/moved"));
    ok_inferred("BUP.GEN.10", bits_error_code(job) == BG_E_HTTP_ERROR_302, "got %#lx\n", bits_error_code(job));
    upload_end(job, L"moved");
}

START_TEST(upload)
{
    if (!bits_begin()) return;
    if (bits_server_start(script)) test_packets();
    bits_server_stop();
    if (bits_server_start(script))
    {
        test_fragments();
        test_partial();
        test_empty();
        test_servers();
        test_names();
        test_options();
        test_auth();
        test_proxy();
        test_refused();
    }
    bits_end();
}
