/*
 * Uploads: what clients do at the wrong moment
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

#define COBJMACROS

#include <stdio.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"

#include "wine/test.h"

#include "bits_test.h"
#include "upload_test.h"

#define REPLY_SIZE 70001

/* An upload-reply job of its own path, whose server is asked about the reply, or for it, as the lines say first. */
static IBackgroundCopyJob *start_with_reply(const char *head, const char *get, const WCHAR *name)
{
    char script[2048];
    IBackgroundCopyJob *job;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    upload_number++;
    _snprintf(script, sizeof(script), "on BITS_POST %s\n bits\n bits-reply /reply\non HEAD /reply\n%s size %u\non GET /reply\n%s size %u\n", upload_path(),
              head, REPLY_SIZE, get, REPLY_SIZE);
    upload_set_script(script);
    if (!(job = upload_job(L"run", UPLOAD_REPLY, upload_url(), 1000))) return NULL;
    job2 = bits_query(job, IBackgroundCopyJob2);
    hr = IBackgroundCopyJob2_SetReplyFileName(job2, bits_path(name));
    ok(hr == S_OK, "[JOB2.SetReplyFileName.6] got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
    bits_resume(job);
    return job;
}

static HRESULT set_reply_name(IBackgroundCopyJob *job, const WCHAR *name)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    HRESULT hr = IBackgroundCopyJob2_SetReplyFileName(job2, name);

    IBackgroundCopyJob2_Release(job2);
    return hr;
}

static WCHAR *get_reply_name(IBackgroundCopyJob *job)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    WCHAR *name = NULL;
    HRESULT hr = IBackgroundCopyJob2_GetReplyFileName(job2, &name);

    ok(hr == S_OK, "[JOB2.GetReplyFileName.3] got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
    return name;
}

static void complete(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok(hr == S_OK, "[JOB.Complete.1] got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);
    ok(DeleteFileW(bits_path(L"run")), "[JOB.Complete.13] the local file is gone, error %lu\n", GetLastError());
}

static BOOL exists(const WCHAR *name)
{
    return GetFileAttributesW(bits_path(name)) != INVALID_FILE_ATTRIBUTES;
}

/* The name that was accepted is the one that counts, though the server is being asked about the reply for the one before. */
static void test_rename(void)
{
    IBackgroundCopyJob *job;
    WCHAR *name;
    HRESULT hr;

    if (!(job = start_with_reply(" delay 1000\n", "", L"first"))) return;
    ok(test_server_wait_for(bits_server, "HEAD", "/reply", 1, BITS_TIMEOUT), "[BUP.REPLY.1] nobody asks about the reply\n");
    hr = set_reply_name(job, bits_path(L"second"));
    ok(hr == S_OK, "[JOB2.SetReplyFileName.A2] got %#lx\n", hr);
    if (upload_wait_done(job))
    {
        name = get_reply_name(job);
        ok(name && !lstrcmpW(name, bits_path(L"second")), "[JOB2.GetReplyFileName.1] got %s\n", wine_dbgstr_w(name));
        CoTaskMemFree(name);
        hr = set_reply_name(job, bits_path(L"first"));
        ok(hr == BG_E_INVALID_STATE, "[JOB2.SetReplyFileName.A2] got %#lx\n", hr);
        complete(job);
        bits_check_file(bits_path(L"second"), "/reply", 0, REPLY_SIZE);
        ok(!exists(L"first"), "[JOB2.SetReplyFileName.6] the reply is under its former name\n");
    }
    else upload_end(job, L"run");

    /* taken back */
    if (!(job = start_with_reply(" delay 1000\n", "", L"first"))) return;
    ok(test_server_wait_for(bits_server, "HEAD", "/reply", 1, BITS_TIMEOUT), "[BUP.REPLY.1] nobody asks about the reply\n");
    hr = set_reply_name(job, NULL);
    ok(hr == S_OK, "[JOB2.SetReplyFileName.2] got %#lx\n", hr);
    if (upload_wait_done(job))
    {
        name = get_reply_name(job);
        ok(name && lstrcmpW(name, bits_path(L"first")) && !wcsncmp(name, bits_folder, lstrlenW(bits_folder)), "[JOB2.SetReplyFileName.3] got %s\n",
           wine_dbgstr_w(name));
        complete(job);
        bits_check_file(name, "/reply", 0, REPLY_SIZE);
        ok(!exists(L"first"), "[JOB2.SetReplyFileName.2] the reply is under the name that was taken back\n");
        CoTaskMemFree(name);
    }
    else upload_end(job, L"run");

    /* too late */
    if (!(job = start_with_reply("", " delay 1000\n", L"first"))) return;
    ok(test_server_wait_for(bits_server, "GET", "/reply", 1, BITS_TIMEOUT), "[BUP.REPLY.1] nobody asks for the reply\n");
    hr = set_reply_name(job, bits_path(L"second"));
    ok(hr == BG_E_INVALID_STATE, "[JOB2.SetReplyFileName.7] got %#lx\n", hr);
    if (upload_wait_done(job))
    {
        complete(job);
        bits_check_file(bits_path(L"first"), "/reply", 0, REPLY_SIZE);
    }
    else upload_end(job, L"run");
}

struct reader
{
    IBackgroundCopyJob *job;
    HANDLE begun;
    LONG stop;
    unsigned int count, wrong;
    HRESULT hr;                 /* of the first one that was wrong */
};

static DWORD CALLBACK read_replies(void *arg)
{
    ts_u64 hash = test_server_pattern_hash("/reply", 0, REPLY_SIZE);
    struct reader *reader = arg;
    IBackgroundCopyJob2 *job2;
    UINT64 length;
    BOOL good;
    HRESULT hr;
    BYTE *data;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    job2 = bits_query(reader->job, IBackgroundCopyJob2);
    do
    {
        hr = IBackgroundCopyJob2_GetReplyData(job2, &data, &length);
        good = hr == S_OK && length == REPLY_SIZE && test_server_hash(TEST_SERVER_HASH_INIT, data, REPLY_SIZE) == hash;
        if (!good && !reader->wrong++) reader->hr = hr;
        if (hr == S_OK) CoTaskMemFree(data);
        reader->count++;
        SetEvent(reader->begun);
    }
    while (!reader->stop);
    IBackgroundCopyJob2_Release(job2);
    CoUninitialize();
    return 0;
}

/* The reply is there before, during and after Complete, which moves its file away. */
static void test_reply_data(void)
{
    struct reader reader;
    HANDLE threads[3];
    unsigned int i, j;
    HRESULT hr;

    for (i = 0; i < 5; i++)
    {
        memset(&reader, 0, sizeof(reader));
        if (!(reader.job = start_with_reply("", "", L"reply"))) return;
        if (!upload_wait_done(reader.job))
        {
            upload_end(reader.job, L"run");
            return;
        }
        reader.begun = CreateEventW(NULL, TRUE, FALSE, NULL);
        for (j = 0; j < ARRAY_SIZE(threads); j++) threads[j] = CreateThread(NULL, 0, read_replies, &reader, 0, NULL);
        WaitForSingleObject(reader.begun, BITS_TIMEOUT);
        hr = IBackgroundCopyJob_Complete(reader.job);
        ok(hr == S_OK, "[JOB.Complete.1] got %#lx\n", hr);
        bits_check_file(bits_path(L"reply"), "/reply", 0, REPLY_SIZE);
        InterlockedExchange(&reader.stop, 1);
        WaitForMultipleObjects(ARRAY_SIZE(threads), threads, TRUE, BITS_TIMEOUT);
        for (j = 0; j < ARRAY_SIZE(threads); j++) CloseHandle(threads[j]);
        CloseHandle(reader.begun);
        ok(!reader.wrong, "[JOB2.GetReplyData.7,JOB2.GetReplyData.A1] %u of %u are wrong, the first one is %#lx\n", reader.wrong, reader.count, reader.hr);
        IBackgroundCopyJob_Release(reader.job);
        DeleteFileW(bits_path(L"run"));
    }
}

/* Credentials that come while a file is on its way go with the next packet. */
static void test_credentials(void)
{
    IBackgroundCopyJob *job;
    char script[1024];

    upload_number++;
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n bits\n bits-hold 1000\n reply\n bits\n"
              " auth basic realm user secret\non BITS_POST %s\n bits\n", upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start_background(500000))) return;
    if (upload_wait(upload_path(), 'F', 1, "BUP.FRAG.1"))
    {
        upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"user", L"secret");
        if (upload_wait_done(job))
            ok(upload_placed(upload_path(), "run", 500000) == 1, "[BEH.STATE.97,BUP.AUTH.1] the server has no such file\n");
    }
    upload_end(job, L"run");
}

/* A server that does not answer to the farewell of a job keeps nobody from his turn. */
static void test_farewell(void)
{
    IBackgroundCopyJob *job, *other;
    char script[1024];
    HRESULT hr;

    upload_number++;
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Fragment\n silent\n"
              "on BITS_POST %s\n where header BITS-Packet-Type Cancel-Session\n silent\non BITS_POST %s\n bits\non * /other\n size 1000\n",
              upload_path(), upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start_background(100000))) return;
    hr = IBackgroundCopyJob_SetNoProgressTimeout(job, 1);       /* the first failure is the last one [JOB.Cancel.5] */
    ok(hr == S_OK, "SetNoProgressTimeout: got %#lx\n", hr);
    if (upload_wait(upload_path(), 'F', 1, "BUP.FRAG.1"))
    {
        upload_end(job, L"run");
        upload_wait(upload_path(), 'K', 1, "BUP.CANCEL.1");
        if ((other = bits_download(L"other", L"/other", BG_JOB_PRIORITY_LOW)))
        {
            bits_resume(other);
            bits_wait_state(other, BG_JOB_STATE_TRANSFERRED);
            bits_cancel(other);
        }
    }
    else upload_end(job, L"run");
}

/* An empty file is sent once, though nobody hears that its session is closed. */
static void test_empty(void)
{
    IBackgroundCopyJob *job;

    upload_script_for("Close-Session", " bits\n cut-head 9\n reply\n bits\n");
    if (!(job = upload_start(0))) return;
    if (bits_wait_states(job, AGAIN | FATAL | DONE))
    {
        ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[BUP.CLOSE.3] the job is in state %d\n", bits_state(job));
        bits_resume(job);
        upload_check_sent(job, "PCFEPE", 0, "BUP.FRAG.22,BUP.CLOSE.4");
    }
    upload_end(job, L"run");
}

/* What a server calls a session comes back as it was, octet for octet, also from the journal. */
static void test_session_id(void)
{
    IBackgroundCopyJob *job;
    char script[512];

    upload_number++;
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type Close-Session\n reply\n bits\n status 503\n reply\n bits\n"
              "on BITS_POST %s\n bits\n bits-session {\\xff\"\\x80%%25|;,\\xc3\n", upload_path(), upload_path());
    upload_set_script(script);
    if (!(job = upload_start(1000))) return;
    if (upload_wait(upload_path(), 'E', 1, "BUP.CLOSE.1") && bits_wait_states(job, AGAIN | FATAL | DONE))
    {
        bits_resume(job);
        upload_check_sent(job, NULL, 1000, "BUP.HDR.13");
        ok(!strncmp(upload_kinds(upload_path()), "PCFE", 4), "[BUP.HDR.13] got %s\n", upload_kinds(upload_path()));
    }
    upload_end(job, L"run");
}

/* Nothing but the first file of a job is there for a client, and it is his alone. */
static void test_hidden(void)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    ULONG count = 0;
    HRESULT hr;

    if (!(job = start_with_reply("", "", L"reply"))) return;
    if (upload_wait_done(job))
    {
        hr = IBackgroundCopyJob_AddFile(job, bits_url(L"/more"), bits_path(L"run"));
        ok(hr == BG_E_TOO_MANY_FILES, "[JOB.AddFile.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob_EnumFiles(job, &files);
        ok(hr == S_OK, "EnumFiles: got %#lx\n", hr);
        IEnumBackgroundCopyFiles_GetCount(files, &count);
        ok(count == 1, "[JOB.EnumFiles.1] got %lu\n", count);
        IEnumBackgroundCopyFiles_Release(files);
        IBackgroundCopyJob_GetProgress(job, &progress);
        ok(progress.FilesTotal == 1 && progress.FilesTransferred == 1 && progress.BytesTotal == 1000 && progress.BytesTransferred == 1000,
           "[BEH.PROGRESS.3] %lu of %lu files, %s of %s octets\n", progress.FilesTransferred, progress.FilesTotal,
           wine_dbgstr_longlong(progress.BytesTransferred), wine_dbgstr_longlong(progress.BytesTotal));
    }
    upload_end(job, L"run");
    ok(!exists(L"reply"), "[JOB.Cancel.7] there is a reply\n");
}

START_TEST(upload_attack)
{
    if (!bits_begin()) return;
    if (bits_server_start(NULL))
    {
        test_rename();
        test_reply_data();
        test_credentials();
        test_farewell();
        test_empty();
        test_session_id();
        test_hidden();
    }
    bits_end();
}
