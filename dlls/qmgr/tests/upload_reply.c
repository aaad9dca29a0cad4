/*
 * Uploads that are answered
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
#include "bits3_0.h"
#include "bits4_0.h"

#include "wine/test.h"
#include "bits_test.h"
#include "upload_test.h"
#include "notify_test.h"

/* The upload is answered with the URL; what there is to fetch stands in more rules, whose paths begin with /reply. */
static void script_with_reply(const char *reply, const char *rules)
{
    char script[2048];

    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n bits\n%s%s%s"
              "on BITS_POST %s\n bits\n%s", upload_path(), *reply ? " bits-reply " : "", reply, *reply ? "\n" : "", upload_path(), rules);
    upload_set_script(script);
}

static IBackgroundCopyJob *make_job(unsigned int size)
{
    IBackgroundCopyJob *job = upload_job(L"run", UPLOAD_REPLY, upload_url(), size);
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (!job) return NULL;
    job2 = bits_query(job, IBackgroundCopyJob2);
    hr = IBackgroundCopyJob2_SetReplyFileName(job2, bits_path(L"reply"));
    ok(hr == S_OK, "[JOB2.SetReplyFileName.6] got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
    return job;
}

static BG_JOB_REPLY_PROGRESS reply_progress(IBackgroundCopyJob *job)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    BG_JOB_REPLY_PROGRESS progress = { 0, 0 };
    HRESULT hr = IBackgroundCopyJob2_GetReplyProgress(job2, &progress);

    ok(hr == S_OK, "[JOB2.GetReplyProgress.2] got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
    return progress;
}

/* The reply in memory is this stretch of a pattern; size 0: there is none. */
static void check_data_(unsigned int line, IBackgroundCopyJob *job, HRESULT expect, const char *pattern, ts_u64 size, const char *facts)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    BYTE *data = (BYTE *)0xdeadbeef;
    UINT64 length = 0xdeadbeef;
    HRESULT hr;

    hr = IBackgroundCopyJob2_GetReplyData(job2, &data, &length);
    ok_(__FILE__, line)(hr == expect, "[%s] got %#lx, expected %#lx\n", facts, hr, expect);
    if (expect == S_OK || expect == BG_E_TOO_LARGE)
        ok_(__FILE__, line)(length == size, "[%s] got %s octets, expected %s\n", facts, wine_dbgstr_longlong(length), wine_dbgstr_longlong(size));
    if (expect == S_OK && size)
        ok_(__FILE__, line)(data && test_server_hash(TEST_SERVER_HASH_INIT, data, (size_t)size) == test_server_pattern_hash(pattern, 0, size),
                            "[%s] wrong octets at %p\n", facts, data);
    else
        ok_(__FILE__, line)(!data, "[%s] got %p\n", facts, data);
    if (hr == S_OK) CoTaskMemFree(data);
    IBackgroundCopyJob2_Release(job2);
}
#define check_data(job, expect, pattern, size, facts) check_data_(__LINE__, job, expect, pattern, size, facts)

static HRESULT set_reply_name(IBackgroundCopyJob *job, const WCHAR *name)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    HRESULT hr = IBackgroundCopyJob2_SetReplyFileName(job2, name);

    IBackgroundCopyJob2_Release(job2);
    return hr;
}

/* The requests of the upload and for the reply, in one string; without the late word of a job before. */
static const char *all_kinds(void)
{
    static char kinds[UPLOAD_MAX + 1];
    const char *p;
    char *out;

    for (p = upload_kinds("/"), out = kinds; *p; p++) if (*p != 'K') *out++ = *p;
    *out = 0;
    return kinds;
}

/* From the first packet to the file. */
static void test_reply(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_ALL);
    IBackgroundCopyJob *job;
    IBackgroundCopyJob2 *job2;
    BG_JOB_REPLY_PROGRESS reply;
    BG_JOB_PROGRESS progress;
    WCHAR *name;
    HRESULT hr;

    script_with_reply("http://$(host)/reply", "on HEAD /reply\n size 5000\non GET /reply\n size 5000\n");
    if (!(job = make_job(1000))) return;
    job2 = bits_query(job, IBackgroundCopyJob2);
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    reply = reply_progress(job);
    ok(reply.BytesTotal == BG_SIZE_UNKNOWN, "[JOB2.GetReplyProgress.5,BUP.REPLY.3] got %s\n", wine_dbgstr_longlong(reply.BytesTotal));
    check_data(job, BG_E_INVALID_STATE, NULL, 0, "JOB2.GetReplyData.5");
    bits_resume(job);
    if (upload_wait_done(job))
    {
        /* the reply is fetched before the session ends */
        ok(!strncmp(all_kinds(), "PCF", 3) && strchr(all_kinds(), 'g') && all_kinds()[strlen(all_kinds()) - 1] == 'E',
           "[BUP.GEN.5,BUP.GEN.7,BUP.REPLY.1,BUP.REPLY.6,BUP.CLOSE.1,JOB2.TYPES.8] got %s\n", all_kinds());
        ok_inferred("BUP.REPLY.1", !strcmp(all_kinds(), "PCFhgE"), "got %s\n", all_kinds());
        upload_check_fragments(upload_path(), "run", 1000);
        cb_wait(cb, CB_TRANSFERRED, 1);
        ok(cb->counts[CB_TRANSFERRED] == 1 && !cb->counts[CB_ERROR], "[CB.JobTransferred.1] %u and %u calls\n", cb->counts[CB_TRANSFERRED],
           cb->counts[CB_ERROR]);
        ok(cb->counts[CB_FILE] <= 1, "[CB2.FileTransferred.6] %u calls\n", cb->counts[CB_FILE]);
        ok_inferred("CB2.FileTransferred.6", cb->counts[CB_FILE] == 1 && cb->calls[0].kind == CB_FILE, "%u calls\n", cb->counts[CB_FILE]);

        reply = reply_progress(job);
        ok(reply.BytesTotal == 5000 && reply.BytesTransferred == 5000, "[JOB2.GetReplyProgress.1,BUP.REPLY.3] got %s of %s\n",
           wine_dbgstr_longlong(reply.BytesTransferred), wine_dbgstr_longlong(reply.BytesTotal));
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.BytesTotal == 1000 && progress.BytesTransferred == 1000 && progress.FilesTotal == 1 && progress.FilesTransferred == 1,
           "[TYPE.JobProg.3,BEH.PROGRESS.3] got %#lx, %s of %s\n", hr, wine_dbgstr_longlong(progress.BytesTransferred),
           wine_dbgstr_longlong(progress.BytesTotal));
        check_data(job, S_OK, "/reply", 5000, "JOB2.GetReplyData.1,JOB2.GetReplyData.3,JOB2.GetReplyData.7,BEH.FILE.41");
        check_data(job, S_OK, "/reply", 5000, "JOB2.GetReplyData.1");       /* another copy */
        ok(GetFileAttributesW(bits_path(L"reply")) == INVALID_FILE_ATTRIBUTES, "[BEH.FILE.41,BUP.REPLY.4] it is there before Complete\n");
        hr = set_reply_name(job, bits_path(L"late"));
        ok(hr == BG_E_INVALID_STATE, "[JOB2.SetReplyFileName.A2] got %#lx\n", hr);
        bits_server_stop();
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[BEH.STATE.50,JOB.Complete.13] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[BEH.STATE.50] got %d\n", bits_state(job));
        hr = IBackgroundCopyJob2_GetReplyFileName(job2, &name);
        bits_check_string("JOB2.GetReplyFileName.1,BEH.FILE.40", hr, name, bits_path(L"reply"));
        check_data(job, S_OK, "/reply", 5000, "JOB2.GetReplyData.7,BEH.FILE.41");
        bits_check_file(bits_path(L"reply"), "/reply", 0, 5000);
    }
    IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    IBackgroundCopyJob2_Release(job2);
    upload_end(job, L"run");
    cb_destroy(cb);
}

/* While it comes. */
static void test_progress(void)
{
    IBackgroundCopyJob *job;
    BG_JOB_REPLY_PROGRESS reply;
    struct bits_clock clock;
    HRESULT hr;

    script_with_reply("http://$(host)/reply", "on HEAD /reply\n size 5000\non GET /reply\n size 5000\n stall 2000\n reply\n size 5000\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_clock_start(&clock);
    do
    {
        reply = reply_progress(job);
        if (reply.BytesTotal != BG_SIZE_UNKNOWN) break;
        Sleep(5);
    } while (bits_clock_look(&clock) < BITS_TIMEOUT);
    /* it is known: the documented test for a reply that is under way */
    ok(reply.BytesTotal == 5000, "[JOB2.GetReplyProgress.5,JOB2.GetReplyProgress.6,BUP.REPLY.3] got %s\n", wine_dbgstr_longlong(reply.BytesTotal));
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRING, "[JOB2.GetReplyProgress.6,BUP.STATE.4] got %d\n", bits_state(job));
    hr = set_reply_name(job, bits_path(L"late"));
    ok(hr == BG_E_INVALID_STATE, "[JOB2.SetReplyFileName.7] got %#lx\n", hr);
    check_data(job, BG_E_INVALID_STATE, NULL, 0, "JOB2.GetReplyData.5");

    hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "Suspend: got %#lx\n", hr);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    bits_resume(job);
    if (upload_wait_done(job)) ok(strchr(all_kinds(), 'F') == strrchr(all_kinds(), 'F'), "[BUP.REPLY.1] got %s\n", all_kinds());
    if (upload_wait_done(job)) check_data(job, S_OK, "/reply", 5000, "JOB2.GetReplyData.1");
    /* given up: neither the file nor a temporary one is left, as bits_end sees */
    upload_end(job, L"run");
    ok(GetFileAttributesW(bits_path(L"reply")) == INVALID_FILE_ATTRIBUTES, "[BEH.STATE.65] the reply is there\n");
}

/* Sizes around the limit, and none at all; named by the service. */
static void test_sizes(void)
{
    static const struct
    {
        unsigned int size;
        HRESULT hr;
        const char *facts;
    }
    tests[] =
    {
        { 0, S_OK, "JOB2.GetReplyData.2,JOB2.GetReplyData.3,JOB2.GetReplyData.A4,BUP.REPLY.10" },
        { 1, S_OK, "JOB2.GetReplyData.1" },
        { 1048576, S_OK, "JOB2.GetReplyData.A2" },
        { 1048577, BG_E_TOO_LARGE, "JOB2.GetReplyData.A2" },
        { 3000000, BG_E_TOO_LARGE, "JOB2.GetReplyData.4,BEH.FILE.41,BUP.REPLY.4" },
    };
    IBackgroundCopyJob *job;
    IBackgroundCopyJob2 *job2;
    char rules[256];
    unsigned int i;
    WCHAR *name;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%u octets", tests[i].size);
        _snprintf(rules, sizeof(rules), "on * /reply\n size %u\n", tests[i].size);
        script_with_reply("http://$(host)/reply", rules);
        if (!(job = make_job(1000))) break;
        hr = set_reply_name(job, NULL);
        ok(hr == S_OK, "[JOB2.SetReplyFileName.2] got %#lx\n", hr);
        bits_resume(job);
        if (upload_wait_done(job))
        {
            check_data(job, tests[i].hr, "/reply", tests[i].size, tests[i].facts);
            hr = IBackgroundCopyJob_Complete(job);
            ok(hr == S_OK, "[BEH.STATE.50] got %#lx\n", hr);
            check_data(job, tests[i].hr, "/reply", tests[i].size, tests[i].facts);
            job2 = bits_query(job, IBackgroundCopyJob2);
            hr = IBackgroundCopyJob2_GetReplyFileName(job2, &name);
            ok(hr == S_OK && name && !wcsncmp(name, bits_folder, wcslen(bits_folder)), "[JOB2.SetReplyFileName.3,BEH.FILE.40] got %#lx, %s\n", hr,
               wine_dbgstr_w(name));
            if (hr == S_OK && name)
            {
                /* an empty one too */
                ok(GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES, "[JOB2.SetReplyFileName.10,JOB2.GetReplyFileName.5] no file, error %lu\n",
                   GetLastError());
                bits_check_file(name, "/reply", 0, tests[i].size);
            }
            CoTaskMemFree(name);
            IBackgroundCopyJob2_Release(job2);
        }
        upload_end(job, L"run");
        winetest_pop_context();
    }
}

/* Nothing is sent, and answered. */
static void test_empty(void)
{
    IBackgroundCopyJob *job;

    script_with_reply("http://$(host)/reply", "on HEAD /reply\n size 100\non GET /reply\n status 503\n reply\n size 100\n");
    if (!(job = make_job(0))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR)) bits_resume(job);
    if (upload_wait_done(job))
    {
        ok_inferred("BUP.FRAG.22", strchr(all_kinds(), 'F') && strchr(all_kinds(), 'F') == strrchr(all_kinds(), 'F'), "got %s\n", all_kinds());
        check_data(job, S_OK, "/reply", 100, "JOB2.GetReplyData.1");
    }
    upload_end(job, L"run");
}

/* The host that was asked for the reply. */
static const char *reply_host(void)
{
    struct test_server_stats stats;
    struct test_request request;
    static char host[64];
    unsigned int i;

    host[0] = 0;
    test_server_get_stats(bits_server, &stats);
    for (i = 1; i <= stats.requests; i++)
    {
        if (!test_server_get_request(bits_server, i, &request)) continue;
        if (!strcmp(request.method, "GET") && !test_request_header(&request, "Host", host, sizeof(host))) host[0] = 0;
        test_request_free(&request);
    }
    return host;
}

/* Where it is. */
static void test_urls(void)
{
    static const char rules[] = "on * /reply\n size 100\non * /dir/reply\n size 100\n";
    IBackgroundCopyJob *job;
    char there[32], script[1024];

    sprintf(there, "localhost:%u", test_server_port(bits_server));
    script_with_reply("/reply", rules);
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.REPLY.2", bits_state(job) == BG_JOB_STATE_TRANSFERRED && test_server_count(bits_server, "GET", "/reply") == 1,
                "got state %d\n", bits_state(job));
    upload_end(job, L"run");

    script_with_reply("dir/reply", rules);
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.REPLY.2", bits_state(job) == BG_JOB_STATE_TRANSFERRED && test_server_count(bits_server, "GET", "/dir/reply") == 1,
                "got state %d\n", bits_state(job));
    upload_end(job, L"run");

    /* on another host */
    script_with_reply("http://localhost:$(port)/reply", rules);
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (upload_wait_done(job))
    {
        ok(!strcmp(reply_host(), there), "[BUP.REPLY.1,BUP.HDR.22] got %s\n", reply_host());
        check_data(job, S_OK, "/reply", 100, "BUP.REPLY.1");
    }
    upload_end(job, L"run");

    /* beside the host of the session */
    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n bits\n bits-reply /reply\non BITS_POST %s\n"
              " where header BITS-Packet-Type Create-Session\n bits\n bits-host-id localhost:$(port)\non BITS_POST %s\n bits\n%s", upload_path(),
              upload_path(), upload_path(), rules);
    upload_set_script(script);
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (upload_wait_done(job))
        ok_inferred("BUP.REPLY.2", !strcmp(reply_host(), there), "got %s\n", reply_host());
    upload_end(job, L"run");

    /* nowhere */
    script_with_reply("", rules);
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.REPLY.10", bits_state(job) == BG_JOB_STATE_ERROR && bits_error_code(job) == BG_E_INVALID_SERVER_RESPONSE, "got state %d, %#lx\n",
                bits_state(job), bits_error_code(job));
    upload_end(job, L"run");

    /* an upload that has asked for no reply fetches none */
    script_with_reply("/reply", rules);
    if (!(job = upload_start(1000))) return;
    if (upload_wait_done(job)) ok(!strcmp(all_kinds(), "PCFE"), "[BUP.HDR.22,BUP.GEN.5] got %s\n", all_kinds());
    upload_end(job, L"run");

    /* no shares */
    job = bits_create_job(L"share", BG_JOB_TYPE_UPLOAD_REPLY);
    ok(IBackgroundCopyJob_AddFile(job, L"\\\\server\\share\\file", bits_path(L"run")) == E_INVALIDARG, "[BUP.REPLY.8,TYPE.FileInfo.6,BEH.SMB.1] taken\n");
    bits_cancel(job);
}

/* What the job has set goes for the reply, too. */
static void test_settings(void)
{
    IBackgroundCopyJobHttpOptions *http;
    struct test_server_stats stats;
    struct test_request request;
    IBackgroundCopyJob *job;
    unsigned int i, shown = 0;
    char value[64];
    HRESULT hr;

    script_with_reply("/reply", "on * /reply\n size 100\n auth basic realm user secret\n");
    if (!(job = make_job(1000))) return;
    upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"user", L"secret");
    http = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"X-Custom: yes\r\n");
    ok(hr == S_OK, "SetCustomHeaders: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions_Release(http);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        test_server_get_stats(bits_server, &stats);
        for (i = 1; i <= stats.requests; i++)
        {
            if (!test_server_get_request(bits_server, i, &request)) continue;
            ok(test_request_header(&request, "X-Custom", value, sizeof(value)) && !strcmp(value, "yes"), "[HTTP.SetCustomHeaders.5] %s without it\n",
               request.method);
            if (!strcmp(request.method, "GET") && test_request_header(&request, "Authorization", value, sizeof(value))) shown++;
            test_request_free(&request);
        }
        ok_inferred("BUP.REPLY.1", shown == 1, "shown %u times\n", shown);
    }
    upload_end(job, L"run");
}

/* It does not come, or not at once. The upload is not sent again. */
static void test_failures(void)
{
    BG_JOB_REPLY_PROGRESS reply;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    /* gone: known to be the reply by its size only when that was known */
    script_with_reply("/reply", "on * /reply\n status 404\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, BG_E_HTTP_ERROR_404, REMOTE_FILE, "BUP.REPLY.7,JOB2.TYPES.8");
    ok(!strchr(all_kinds(), 'E'), "[BUP.REPLY.6,BUP.CLOSE.1] got %s\n", all_kinds());
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == BG_E_INVALID_STATE, "[BEH.STATE.67,JOB.Complete.4] got %#lx\n", hr);
    upload_end(job, L"run");

    /* interrupted: it goes on where it was */
    script_with_reply("/reply", "on HEAD /reply\n size 5000\non GET /reply\n size 5000\n cut 2000\n reply\n size 5000\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL | AGAIN);
    if (bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR)
    {
        reply = reply_progress(job);
        ok(reply.BytesTotal == 5000, "[JOB.GetError.8,ERR.GEN.6,CB.JobError.5] got %s\n", wine_dbgstr_longlong(reply.BytesTotal));
        bits_resume(job);
    }
    if (upload_wait_done(job))
    {
        ok(strchr(all_kinds(), 'F') && strchr(all_kinds(), 'F') == strrchr(all_kinds(), 'F'), "[BUP.REPLY.5,BUP.REPLY.7] got %s\n", all_kinds());
        check_data(job, S_OK, "/reply", 5000, "BUP.REPLY.1");
    }
    upload_end(job, L"run");

    /* fatal with a known size: that is the reply; with an unknown one it is the upload */
    script_with_reply("/reply", "on HEAD /reply\n size 5000\non GET /reply\n status 403\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR))
    {
        bits_check_error_in(job, BG_E_HTTP_ERROR_403, REMOTE_FILE, "JOB.GetError.8,ERR.GEN.6,CB.JobError.5");
        reply = reply_progress(job);
        ok(reply.BytesTotal == 5000, "[JOB.GetError.8,ERR.GEN.6,CB.JobError.5] got %s\n", wine_dbgstr_longlong(reply.BytesTotal));
    }
    upload_end(job, L"run");
    upload_script_for("Fragment", "bits\n bits-error 403 0x80070005 0x5\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR))
    {
        bits_check_error_in(job, E_ACCESSDENIED, REMOTE_FILE, "JOB.GetError.8,ERR.GEN.6,CB.JobError.5");
        reply = reply_progress(job);
        ok(reply.BytesTotal == BG_SIZE_UNKNOWN, "[JOB.GetError.8,ERR.GEN.6,BEH.PROGRESS.3] got %s\n", wine_dbgstr_longlong(reply.BytesTotal));
    }
    upload_end(job, L"run");
    upload_script_for("Fragment", "bits\n bits-error 403 0x80070005 0x7\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR))
        bits_check_error_in(job, E_ACCESSDENIED, REMOTE_APPLICATION, "JOB.GetError.8,ERR.GEN.6,CB.JobError.5,ERR.CTX.7");
    upload_end(job, L"run");

    /* given up while it comes: the server hears of it, nothing is left here */
    script_with_reply("/reply", "on HEAD /reply\n size 5000\non GET /reply\n size 5000\n stall 2000\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    if (upload_wait("/reply", 'g', 1, "BUP.REPLY.1"))
    {
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "[BEH.STATE.65,JOB.Cancel.6] got %#lx\n", hr);
        upload_wait(upload_path(), 'K', 1, "BEH.STATE.65,JOB.Cancel.6,BUP.CANCEL.2,CB.JobError.3");
    }
    upload_end(job, L"run");

    /* over a restart: the upload is done, the reply is not */
    script_with_reply("/reply", "on HEAD /reply\n size 5000\non GET /reply\n status 503\n reply\n size 5000\n");
    if (!(job = make_job(1000))) return;
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    IBackgroundCopyJob_GetId(job, &id);
    IBackgroundCopyJob_Release(job);
    bits_restart_service();
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "[BEH.PERSIST.18] GetJob: got %#lx\n", hr);
    if (hr != S_OK) return;
    bits_resume(job);
    if (upload_wait_done(job))
    {
        ok_inferred("BUP.REPLY.5", strchr(all_kinds(), 'F') == strrchr(all_kinds(), 'F'), "got %s\n", all_kinds());
        check_data(job, S_OK, "/reply", 5000, "BUP.REPLY.1");
    }
    upload_end(job, L"run");
}

START_TEST(upload_reply)
{
    if (!bits_begin()) return;
    if (bits_server_start("")) test_reply();
    bits_server_stop();
    if (bits_server_start(""))
    {
        test_progress();
        test_sizes();
        test_empty();
        test_urls();
        test_settings();
        test_failures();
    }
    bits_end();
}
