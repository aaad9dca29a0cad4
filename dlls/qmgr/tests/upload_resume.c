/*
 * Uploads that are interrupted: suspended, cancelled, restarted, sent to another host
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
#include "bits3_0.h"
#include "bits4_0.h"

#include "wine/test.h"
#include "bits_test.h"
#include "upload_test.h"
#include "notify_test.h"

/* The first fragment is acknowledged in part, the second one gets no answer though it is taken. */
#define HANGS "bits\n bits-take 40000\n reply\n bits\n silent\n reply\n bits\n"
/* ... the second one is refused. */
#define BUSY  "bits\n bits-take 40000\n reply\n status 503\n reply\n bits\n"

static UINT64 transferred(IBackgroundCopyJob *job)
{
    BG_JOB_PROGRESS progress;
    HRESULT hr = IBackgroundCopyJob_GetProgress(job, &progress);

    ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
    return hr == S_OK ? progress.BytesTransferred : BG_SIZE_UNKNOWN;
}

/* What is acknowledged is not sent again. */
static void check_resumed_(unsigned int line, const char *facts)
{
    const char *kinds = upload_kinds(upload_path());

    ok_(__FILE__, line)(strchr(kinds, 'C') && strchr(kinds, 'C') == strrchr(kinds, 'C'), "[%s] more sessions than one: %s\n", facts, kinds);
    ok_(__FILE__, line)(!strcmp(upload_packet('F', 2).session, upload_packet('F', 0).session), "[%s] another session\n", facts);
    ok_(__FILE__, line)(upload_packet('F', 2).first == 40000, "[%s] went on at %u\n", facts, (unsigned int)upload_packet('F', 2).first);
}
#define check_resumed(facts) check_resumed_(__LINE__, facts)

static void test_suspend(void)
{
    IBackgroundCopyJob *job;
    HRESULT hr;

    upload_script_for("Fragment", HANGS);
    if (!(job = upload_start(100000))) return;
    if (upload_wait(upload_path(), 'F', 2, "BUP.FRAG.2"))
    {
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRING, "[BUP.STATE.3] got %d\n", bits_state(job));
        ok_inferred("BUP.STATE.11", transferred(job) == 40000, "got %s\n", wine_dbgstr_longlong(transferred(job)));
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == BG_E_INVALID_STATE, "[BEH.STATE.67,JOB.Complete.4] got %#lx\n", hr);
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK, "Suspend: got %#lx\n", hr);
        bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
        ok_inferred("BUP.STATE.11", transferred(job) == 40000, "got %s\n", wine_dbgstr_longlong(transferred(job)));
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == BG_E_INVALID_STATE, "[BEH.STATE.67,STM.M.Complete_upload] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[BEH.STATE.67] got %d\n", bits_state(job));
        bits_resume(job);
        /* the server has more than it has said: the rest of the file need not be sent once more */
        if (upload_wait_done(job))
        {
            check_resumed("BUP.RESUME.1");
            ok_inferred("BUP.STATE.8", !strcmp(upload_kinds(upload_path()), "PCFFPFE"), "got %s\n", upload_kinds(upload_path()));
            upload_check_fragments(upload_path(), "run", 100000);
            ok(upload_placed(upload_path(), "run", 100000) == 1, "[BUP.RESUME.1,BUP.FRAG.7] the server has no such file\n");
        }
    }
    upload_end(job, L"run");
}

/* A server that takes nothing: whoever has enough of it is not held up. */
static void test_stuck(void)
{
    struct test_server_options options = { "accept silent\n" };
    struct test_server *deaf;
    IBackgroundCopyJob *job;
    WCHAR url[64];
    char error[256];
    HRESULT hr;

    if (!(deaf = test_server_start(&options, error, sizeof(error)))) return;
    _snwprintf(url, ARRAY_SIZE(url), L"http://127.0.0.1:%u/up", test_server_port(deaf));
    if ((job = upload_job(L"run", UPLOAD, url, 1000)))
    {
        bits_resume(job);
        bits_wait_states(job, (1u << BG_JOB_STATE_CONNECTING) | (1u << BG_JOB_STATE_TRANSFERRING));
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK && bits_wait_state(job, BG_JOB_STATE_SUSPENDED), "[BUP.STATE.10] got %#lx, state %d\n", hr, bits_state(job));
        upload_end(job, L"run");
    }
    test_server_stop(deaf);

    /* in the middle of a fragment that is longer than what the connection holds by itself */
    upload_script_for("Fragment", "bits\n early\n silent\n reply\n bits\n");
    if (!(job = upload_start(20000000))) return;
    if (upload_wait(upload_path(), 'F', 1, "BUP.FRAG.1"))
    {
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK && bits_wait_state(job, BG_JOB_STATE_SUSPENDED), "[BUP.STATE.10] got %#lx, state %d\n", hr, bits_state(job));
        ok(!transferred(job), "[BUP.STATE.11] got %s\n", wine_dbgstr_longlong(transferred(job)));
        bits_resume(job);
        if (upload_wait_done(job)) ok(upload_placed(upload_path(), "run", 20000000) == 1, "[BUP.RESUME.1] the server has no such file\n");
    }
    upload_end(job, L"run");
}

/* Somebody else has the file, or has taken it away. */
static void test_taken(void)
{
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    HRESULT code;
    HANDLE file;

    upload_script_for("Ping", "bits\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    file = CreateFileW(bits_path(L"run"), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot open, error %lu\n", GetLastError());
    bits_resume(job);
    bits_wait_states(job, FATAL | AGAIN);
    if (bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
        ok(context == BG_ERROR_CONTEXT_LOCAL_FILE && code == HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), "[TYPE.Ctx.1] got %#lx, context %d\n", code, context);
    CloseHandle(file);
    bits_resume(job);
    upload_check_sent(job, NULL, 1000, "BEH.STATE.40");
    upload_end(job, L"run");

    upload_script_for("Fragment", BUSY);
    if (!(job = upload_start(100000))) return;
    if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR))
    {
        ok(DeleteFileW(bits_path(L"run")), "cannot delete, error %lu\n", GetLastError());
        bits_resume(job);
        if (bits_wait_state(job, BG_JOB_STATE_ERROR) && bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
            ok(context == BG_ERROR_CONTEXT_LOCAL_FILE, "[TYPE.Ctx.1] got %#lx, context %d\n", code, context);
    }
    bits_cancel(job);
}

/* The file is no longer what it was: of another size, of another time. */
static void test_changed(void)
{
    static const char *const what[] = { "size", "time", "less" };
    IBackgroundCopyJob *job;
    unsigned int i, fragments;
    FILETIME time;
    HANDLE file;
    DWORD n;

    for (i = 0; i < ARRAY_SIZE(what); i++)
    {
        winetest_push_context("%s", what[i]);
        upload_script_for("Fragment", BUSY);
        if (!(job = upload_start(100000))) break;
        if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR))
        {
            file = CreateFileW(bits_path(L"run"), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
            ok(file != INVALID_HANDLE_VALUE, "cannot open, error %lu\n", GetLastError());
            GetFileTime(file, NULL, NULL, &time);
            if (i == 0)
            {
                SetFilePointer(file, 0, NULL, FILE_END);
                WriteFile(file, "x", 1, &n, NULL);
            }
            else if (i == 2)
            {
                SetFilePointer(file, 50000, NULL, FILE_BEGIN);
                SetEndOfFile(file);
            }
            if (i == 1) time.dwLowDateTime ^= 1u << 28;         /* half a minute or so */
            SetFileTime(file, NULL, NULL, &time);
            CloseHandle(file);
            bits_resume(job);
            if (bits_wait_state(job, BG_JOB_STATE_ERROR))
                bits_check_error_in(job, BG_E_LOCAL_FILE_CHANGED, LOCAL_FILE,
                                    "BEH.CONSIST.4,BEH.STATE.91,BUP.FRAG.12,JOB.AddFileSet.8");
            for (fragments = n = 0; upload_kinds(upload_path())[n]; n++) fragments += upload_kinds(upload_path())[n] == 'F';
            ok(fragments == 2, "[BUP.FRAG.12] got %s\n", upload_kinds(upload_path()));
            ok(!upload_placed(upload_path(), "run", 100000), "[BUP.FRAG.12] a mixture of two files is there\n");
        }
        upload_end(job, L"run");
        winetest_pop_context();
    }

    /* before it begins it may be what it likes */
    upload_script_for("Fragment", "bits\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    upload_write(L"run", 2000);
    bits_resume(job);
    upload_check_sent(job, "PCFE", 2000, "BEH.CONSIST.4");
    upload_end(job, L"run");

    /* or not be there at all */
    upload_script_for("Fragment", "bits\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    ok(DeleteFileW(bits_path(L"run")), "cannot delete, error %lu\n", GetLastError());
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), LOCAL_FILE, "TYPE.Ctx.1");
    bits_cancel(job);
}

/* Cancel is told to the server, in the background. */
static void test_cancel(void)
{
    static const struct
    {
        const char *name, *cancel;
        unsigned int packets;
        const char *facts;
    }
    tests[] =
    {
        { "good", "bits\n", 1, "BUP.CANCEL.1,BUP.CANCEL.2,BEH.STATE.65,JOB.Cancel.6,JOB.Cancel.1" },
        { "busy", "bits\n bits-error 500 0x80004005 0x5\n reply\n bits\n", 2, "BUP.CANCEL.3,BEH.STATE.65,JOB.Cancel.5" },
        { "away", "drop\n reply\n bits\n", 2, "BUP.CANCEL.3,BEH.STATE.65,JOB.Cancel.5" },
        { "gone", "bits\n bits-forget\n", 1, "BUP.CANCEL.3" },
        { "refused", "status 404\n", 1, "BUP.CANCEL.3,BUP.CLOSE.3" },
        { "short", "status 503\n", 1, "BUP.CANCEL.3,BEH.STATE.65,JOB.Cancel.5" },      /* its time without progress is over before the delay is */
    };
    IBackgroundCopyJob *jobs[ARRAY_SIZE(tests)];
    char script[2048], *pos = script, path[32];
    struct packet packets[UPLOAD_MAX];
    unsigned int i, j, count, got;
    WCHAR name[16], url[16];
    GUID id;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
        pos += sprintf(pos, "on BITS_POST /%s\n where header BITS-Packet-Type Cancel-Session\n%s"
                       "on BITS_POST /%s\n where header BITS-Packet-Type Fragment\n" HANGS "on BITS_POST /%s\n bits\n", tests[i].name, tests[i].cancel,
                       tests[i].name, tests[i].name);
    upload_set_script(script);
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        sprintf(path, "/%s", tests[i].name);
        _snwprintf(name, ARRAY_SIZE(name), L"%hs", tests[i].name);
        _snwprintf(url, ARRAY_SIZE(url), L"/%hs", tests[i].name);
        if (!(jobs[i] = upload_job(name, UPLOAD, bits_url(url), 100000))) return;
        IBackgroundCopyJob_SetMinimumRetryDelay(jobs[i], 5);
        if (!strcmp(tests[i].name, "short")) IBackgroundCopyJob_SetNoProgressTimeout(jobs[i], 1);
        bits_resume(jobs[i]);
        upload_wait(path, 'F', 2, "BUP.FRAG.2");
    }
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        IBackgroundCopyJob_GetId(jobs[i], &id);
        hr = IBackgroundCopyJob_Cancel(jobs[i]);
        ok(hr == S_OK, "[JOB.Cancel.1] got %#lx\n", hr);
        ok(bits_state(jobs[i]) == BG_JOB_STATE_CANCELLED, "[BUP.STATE.6] got %d\n", bits_state(jobs[i]));
        ok(!bits_is_listed(&id, 0), "[BUP.CANCEL.4] %s is listed\n", tests[i].name);
        hr = IBackgroundCopyJob_Resume(jobs[i]);
        ok(hr == BG_E_INVALID_STATE, "[JOB.Cancel.1] got %#lx\n", hr);
    }
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        sprintf(path, "/%s", tests[i].name);
        upload_wait(path, 'K', tests[i].packets, tests[i].facts);
    }
    /* whoever has been answered twice has waited for 5 s: one that were repeated at that delay would have been, so what else comes is too much */
    Sleep(1500);
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        sprintf(path, "/%s", tests[i].name);
        winetest_push_context("%s", path);
        count = upload_packets(path, "BITS_POST", packets);
        for (j = got = 0; j < count; j++)
        {
            if (packets[j].kind != 'K') continue;
            got++;
            ok(!strcmp(packets[j].session, packets[2].session) && packets[j].session[0], "[BUP.CANCEL.1] session %s\n", packets[j].session);
            if (got == 2) ok_inferred("BUP.CANCEL.4", packets[j].time - packets[j - 1].time >= 4900, "again after %u ms\n", packets[j].time - packets[j - 1].time);
        }
        ok(got == tests[i].packets, "[%s] got %s\n", tests[i].facts, upload_kinds(path));
        ok(packets[count - 1].kind == 'K', "[BUP.CANCEL.3] got %s\n", upload_kinds(path));
        ok(!upload_placed(path, tests[i].name, 100000), "[JOB.Cancel.6,BUP.CANCEL.2] the file is there\n");
        IBackgroundCopyJob_Release(jobs[i]);
        _snwprintf(name, ARRAY_SIZE(name), L"%hs", tests[i].name);
        ok(DeleteFileW(bits_path(name)), "[JOB.Cancel.1] cannot delete, error %lu\n", GetLastError());
        winetest_pop_context();
    }
}

/* Nothing is there to be cancelled, or nothing any more. */
static void test_cancel_nothing(void)
{
    IBackgroundCopyJob *job;
    unsigned int number;
    HRESULT hr;

    upload_script_for("Ping", "status 503\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    upload_end(job, L"run");
    number = upload_number;

    upload_script_for("Ping", "bits\n");
    if (!(job = upload_start(1000))) return;
    if (upload_wait_done(job))
    {
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "[JOB.Cancel.6] got %#lx\n", hr);
        ok(upload_placed(upload_path(), "run", 1000) == 1, "[JOB.Cancel.6,BEH.STATE.65] the server has no such file\n");
    }
    upload_end(job, L"run");

    /* that one is told, and meanwhile the other ones would have been */
    upload_script_for("Fragment", HANGS);
    if (!(job = upload_start(100000))) return;
    if (upload_wait(upload_path(), 'F', 2, "BUP.FRAG.2"))
    {
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "Cancel: got %#lx\n", hr);
        upload_wait(upload_path(), 'K', 1, "BUP.CANCEL.1");
        Sleep(500);
        upload_number = number;
        ok_inferred("BUP.CANCEL.5", !strchr(upload_kinds(upload_path()), 'K'), "got %s\n", upload_kinds(upload_path()));
        upload_number++;
        ok(!strchr(upload_kinds(upload_path()), 'K'), "[BUP.CANCEL.2] got %s\n", upload_kinds(upload_path()));
        upload_number++;
    }
    upload_end(job, L"run");
}

/* Host of the n'th packet of that kind. */
static const char *get_host(char kind, unsigned int n)
{
    static char host[400];
    struct test_request request;

    host[0] = 0;
    if (test_server_get_request(bits_server, upload_packet(kind, n).number, &request))
    {
        test_request_header(&request, "Host", host, sizeof(host));
        test_request_free(&request);
    }
    return host;
}

static void test_host_id(void)
{
    char here[32], there[32], replies[512], script[1024], long_id[301];
    IBackgroundCopyJob *job;
    HRESULT hr;
    unsigned int i;
    DWORD failed;

    sprintf(here, "127.0.0.1:%u", test_server_port(bits_server));
    sprintf(there, "localhost:%u", test_server_port(bits_server));

    upload_script_for("Create-Session", "bits\n bits-host-id localhost:$(port)\n");
    if (!(job = upload_start(1000))) return;
    upload_check_sent(job, "PCFE", 1000, "BUP.HOST.1,BUP.HDR.14");
    ok(!strcmp(get_host('P', 0), here) && !strcmp(get_host('C', 0), here), "[BUP.HOST.1] got %s\n", get_host('C', 0));
    ok(!strcmp(get_host('F', 0), there) && !strcmp(get_host('E', 0), there), "[BUP.HOST.1,BUP.GEN.6] got %s\n", get_host('F', 0));
    upload_end(job, L"run");

    /* all packets of the session, the last word too */
    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n" HANGS "on BITS_POST %s\n"
              " where header BITS-Packet-Type Create-Session\n bits\n bits-host-id localhost:$(port)\non BITS_POST %s\n bits\n",
              upload_path(), upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start(100000))) return;
    if (upload_wait(upload_path(), 'F', 2, "BUP.FRAG.2"))
    {
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK && bits_wait_state(job, BG_JOB_STATE_SUSPENDED), "Suspend: got %#lx\n", hr);
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "Cancel: got %#lx\n", hr);
        if (upload_wait(upload_path(), 'K', 1, "BUP.CANCEL.1")) ok(!strcmp(get_host('K', 0), there), "[BUP.HOST.1] got %s\n", get_host('K', 0));
    }
    upload_end(job, L"run");

    /* a session that is lost takes its host along */
    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n bits\n bits-forget\n reply\n bits\n"
              "on BITS_POST %s\n where header BITS-Packet-Type Create-Session\n bits\n bits-host-id localhost:$(port)\n reply\n bits\n"
              "on BITS_POST %s\n bits\n", upload_path(), upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start(1000))) return;
    upload_check_sent(job, "PCFCFE", 1000, "BUP.RESUME.5");
    ok(!strcmp(get_host('F', 0), there), "[BUP.HOST.1] got %s\n", get_host('F', 0));
    ok_inferred("BUP.HOST.7", !strcmp(get_host('C', 1), here) && !strcmp(get_host('F', 1), here), "got %s, then %s\n", get_host('C', 1), get_host('F', 1));
    upload_end(job, L"run");

    /* without a port: that of the remote name */
    upload_script_for("Create-Session", "bits\n bits-host-id localhost\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.HOST.1", bits_state(job) == BG_JOB_STATE_TRANSFERRED && !strcmp(get_host('F', 0), there), "got state %d\n", bits_state(job));
    upload_end(job, L"run");

    /* a host that nobody reaches: the first one again, when the time is over since the first failure */
    upload_script_for("Create-Session", "bits\n bits-host-id 127.0.0.2\n bits-host-fallback 3\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR))
    {
        failed = GetTickCount();
        upload_check_kinds(upload_path(), "PC", "BUP.HOST.1");
        Sleep(1500);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
        /* too early, unless the machine has stood still */
        if (GetTickCount() - failed < 2900) upload_check_kinds(upload_path(), "PC", "BUP.HOST.4,BUP.HDR.15");
        while (GetTickCount() - failed < 3200) Sleep(20);
        bits_resume(job);
        if (upload_wait_done(job))
        {
            upload_check_fragments(upload_path(), "run", 1000);
            ok(upload_placed(upload_path(), "run", 1000) == 1, "[BUP.HOST.5] the server has no such file\n");
            ok(!strcmp(get_host('F', 0), here), "[BUP.HOST.5,BUP.HOST.6] got %s\n", get_host('F', 0));
        }
    }
    upload_end(job, L"run");

    /* ... and never without such a time */
    upload_script_for("Create-Session", "bits\n bits-host-id 127.0.0.2\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR))
    {
        Sleep(1500);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
        upload_check_kinds(upload_path(), "PC", "BUP.TIMER.4,BUP.HDR.15,BUP.HOST.4");
    }
    upload_end(job, L"run");

    /* as long as a name may be; that there is no such host is another matter */
    for (i = 0; i < 300; i++) long_id[i] = i % 50 == 49 && i != 299 ? '.' : 'x';
    long_id[300] = 0;
    sprintf(replies, "bits\n bits-host-id %s\n", long_id);
    upload_script_for("Create-Session", replies);
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok(bits_state(job) != BG_JOB_STATE_TRANSFERRED && bits_error_code(job) != BG_E_INVALID_SERVER_RESPONSE, "[BUP.LIMIT.6] got state %d, %#lx\n",
       bits_state(job), bits_error_code(job));
    upload_end(job, L"run");
}

/* Over a restart of the service: the session, and what is owed to the server. */
static void test_restart(void)
{
    IBackgroundCopyJob *job;
    char script[1024];
    HRESULT hr;
    GUID id;

    upload_script_for("Fragment", BUSY);
    if (!(job = upload_start(100000))) return;
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    IBackgroundCopyJob_GetId(job, &id);
    IBackgroundCopyJob_Release(job);
    if (!bits_restart_service())
    {
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr == S_OK) upload_end(job, L"run");
        return;
    }
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "[BEH.PERSIST.18] GetJob: got %#lx\n", hr);
    if (hr != S_OK) return;
    /* it need not wait for this [BEH.PERSIST.5] */
    bits_resume(job);
    if (upload_wait_done(job))
    {
        check_resumed("BUP.RESUME.1");
        ok_inferred("BEH.PERSIST.18", !strcmp(upload_kinds(upload_path()), "PCFFPFE"), "got %s\n", upload_kinds(upload_path()));
        ok(upload_placed(upload_path(), "run", 100000) == 1, "[BUP.RESUME.1] the server has no such file\n");
    }
    upload_end(job, L"run");

    /* a cancelled job that the server has not heard of */
    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Cancel-Session\n status 503\n reply\n bits\n"
              "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n" HANGS "on BITS_POST %s\n bits\n", upload_path(), upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start(100000))) return;
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 600);
    IBackgroundCopyJob_GetId(job, &id);
    if (upload_wait(upload_path(), 'F', 2, "BUP.FRAG.2"))
    {
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "Cancel: got %#lx\n", hr);
        upload_wait(upload_path(), 'K', 1, "BUP.CANCEL.1");
        IBackgroundCopyJob_Release(job);
        if (bits_restart_service())
        {
            upload_wait(upload_path(), 'K', 2, "BUP.CANCEL.3");
            ok_inferred("BUP.CANCEL.4", !strcmp(upload_packet('K', 1).session, upload_packet('F', 0).session), "session %s\n", upload_packet('K', 1).session);
            ok(!bits_is_listed(&id, 0), "[BUP.CANCEL.4] the job is back\n");
        }
        ok(DeleteFileW(bits_path(L"run")), "cannot delete, error %lu\n", GetLastError());
    }
    else upload_end(job, L"run");
}

/* Whom it is told: the job, not its file. */
static void test_notifications(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_ALL);
    IBackgroundCopyJob *job;

    upload_script_for("Fragment", BUSY);
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 100000))) return;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR)) bits_resume(job);
    if (upload_wait_done(job)) cb_wait(cb, CB_TRANSFERRED, 1);
    ok(cb->counts[CB_TRANSFERRED] == 1 && !cb->counts[CB_ERROR], "[CB.JobTransferred.1] %u and %u calls\n", cb->counts[CB_TRANSFERRED], cb->counts[CB_ERROR]);
    ok(!cb->counts[CB_FILE], "[CB2.FileTransferred.6] %u calls\n", cb->counts[CB_FILE]);
    IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    upload_end(job, L"run");
    cb_destroy(cb);

    cb = cb_create(CB_ANSWERS_ALL);
    upload_script_for("Fragment", "bits\n bits-error 403 0x80070005 0x7\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) cb_wait(cb, CB_ERROR, 1);
    ok(!cb->counts[CB_TRANSFERRED] && cb->counts[CB_ERROR] == 1, "[CB.JobError.3] %u and %u calls\n", cb->counts[CB_TRANSFERRED], cb->counts[CB_ERROR]);
    IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    upload_end(job, L"run");
    cb_destroy(cb);
}

START_TEST(upload_resume)
{
    if (!bits_begin()) return;
    if (bits_server_start(""))
    {
        test_suspend();
        test_stuck();
        test_taken();
        test_changed();
        test_cancel();
        test_cancel_nothing();
        test_host_id();
        test_notifications();
        test_restart();
    }
    bits_end();
}
