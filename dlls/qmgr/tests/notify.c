/*
 * Tests of notifications by callback
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
#include "windef.h"
#include "winbase.h"
#include "winuser.h"
#include "winsvc.h"
#include "winreg.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"
#include "notify_test.h"

static const char script[] =
    "on * /one\n size 1000\n"
    "on * /two\n size 2000\n"
    "on * /three\n size 3000\n"
    "on * /gone\n status 404\n"
    "on * /busy\n status 503\n"
    "on HEAD /slow\n size 100000000\n"
    "on * /slow\n size 100000000\n rate 40000\n"
    "on HEAD /stall\n size 1000\n"
    "on * /stall\n size 1000\n stall 500\n"
    "on HEAD /late\n delay 3000\n status 404\n"
    "on * /late\n status 404\n";

static IBackgroundCopyJob *make_job(const WCHAR *name, const WCHAR *path)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (!job) return NULL;
    if (path) bits_add_file(job, bits_url(path), bits_path(name));
    hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    return job;
}

static IBackgroundCopyJob *make_transferred(const WCHAR *name)
{
    IBackgroundCopyJob *job = make_job(name, L"/one");

    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    return job;
}

static void complete_(unsigned int line, IBackgroundCopyJob *job, const WCHAR *name, unsigned int size)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok_(__FILE__, line)(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file_(line, bits_path(name), NULL, 0, size);
    IBackgroundCopyJob_Release(job);
}
#define complete(job, name, size) complete_(__LINE__, job, name, size)

static BOOL same_object(IUnknown *a, IUnknown *b)
{
    IUnknown *unknown_a, *unknown_b;
    BOOL ret;

    if (!a || !b) return FALSE;
    IUnknown_QueryInterface(a, &IID_IUnknown, (void **)&unknown_a);
    IUnknown_QueryInterface(b, &IID_IUnknown, (void **)&unknown_b);
    ret = unknown_a == unknown_b;
    IUnknown_Release(unknown_a);
    IUnknown_Release(unknown_b);
    return ret;
}

/* Setting, getting, removing. */
static void test_interface(void)
{
    static const unsigned int answers[] = { CB_ANSWERS_1, CB_ANSWERS_2, CB_ANSWERS_3, CB_ANSWERS_1 | CB_ANSWERS_2, CB_ANSWERS_ALL };
    struct callback *cb, *none = cb_create(0);
    IBackgroundCopyJob *job = make_job(L"interface", L"/one");
    IUnknown *unknown;
    unsigned int i;
    HRESULT hr;

    unknown = (IUnknown *)0xdeadbeef;
    hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
    ok(hr == S_OK && !unknown, "[JOB.GetNotifyInterface.A1] got %#lx, %p\n", hr, unknown);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == S_OK, "[JOB.SetNotifyInterface.2] got %#lx\n", hr);

    for (i = 0; i < ARRAY_SIZE(answers); i++)
    {
        winetest_push_context("answers %u", answers[i]);
        cb = cb_create(answers[i]);
        hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(cb));
        if (answers[i] & CB_ANSWERS_1) ok(hr == S_OK, "[JOB.SetNotifyInterface.1] got %#lx\n", hr);
        else ok_inferred("JOB.SetNotifyInterface.A1", hr == S_OK, "got %#lx\n", hr);
        ok(cb->refs > 1, "[JOB.SetNotifyInterface.8] no reference is held\n");
        hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
        ok(hr == S_OK, "[JOB.GetNotifyInterface.1] got %#lx\n", hr);
        ok(same_object(unknown, cb_unknown(cb)), "[JOB.GetNotifyInterface.1] another object\n");
        if (unknown) IUnknown_Release(unknown);

        hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(none));
        ok_inferred("JOB.SetNotifyInterface.A1", hr == E_NOINTERFACE, "got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
        ok_inferred("JOB.SetNotifyInterface.A1", hr == S_OK && same_object(unknown, cb_unknown(cb)), "the former one is gone, %#lx\n", hr);
        if (unknown) IUnknown_Release(unknown);

        if (i & 1)
        {
            hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
            ok(hr == S_OK, "[JOB.SetNotifyInterface.2] got %#lx\n", hr);
            cb_wait_released("JOB.SetNotifyInterface.9", cb);
            hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
            ok(hr == S_OK && !unknown, "[BEH.NOTIFY.10] got %#lx, %p\n", hr, unknown);
            cb_destroy(cb);
        }
        else
        {
            /* the next one takes its place */
            struct callback *other = cb_create(CB_ANSWERS_1);

            hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(other));
            ok(hr == S_OK, "[JOB.SetNotifyInterface.6] got %#lx\n", hr);
            cb_wait_released("JOB.SetNotifyInterface.6", cb);
            cb_destroy(cb);
            IBackgroundCopyJob_SetNotifyInterface(job, NULL);
            cb_destroy(other);
        }
        winetest_pop_context();
    }

    /* the end of the job is the end of it */
    cb = cb_create(CB_ANSWERS_1);
    cb_register(job, cb, FLAGS_END);
    hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "Cancel: got %#lx\n", hr);
    cb_wait_released("HABIT.2", cb);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(cb));
    ok(hr == BG_E_INVALID_STATE, "[JOB.SetNotifyInterface.3] got %#lx\n", hr);
    cb_wait_released("JOB.SetNotifyInterface.3", cb);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == BG_E_INVALID_STATE, "[OBS.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
    ok_inferred("JOB.GetNotifyInterface.A1", hr == S_OK && !unknown, "got %#lx, %p\n", hr, unknown);
    ok(!cb->count, "[BEH.NOTIFY.3] %u calls for a job that was cancelled\n", cb->count);
    IBackgroundCopyJob_Release(job);
    cb_destroy(cb);
    cb_destroy(none);
}

/* From inside the call: what the job shows there. */
static HRESULT look_around(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    BG_FILE_PROGRESS progress;
    BG_ERROR_CONTEXT context;
    BG_JOB_STATE state;
    HRESULT hr, code;
    GUID id;

    hr = IBackgroundCopyJob_GetId(job, &id);
    ok(hr == S_OK && IsEqualGUID(&id, cb->ctx), "[CB.4] called for another job, %#lx\n", hr);
    hr = IBackgroundCopyJob_GetState(job, &state);
    ok(hr == S_OK, "GetState: got %#lx\n", hr);
    switch (kind)
    {
    case CB_TRANSFERRED:
        ok_inferred("BEH.NOTIFY.17", state == BG_JOB_STATE_TRANSFERRED, "got state %d\n", state);
        break;
    case CB_ERROR:
        ok_inferred("BEH.NOTIFY.17", state == BG_JOB_STATE_ERROR, "got state %d\n", state);
        hr = IBackgroundCopyError_GetError((IBackgroundCopyError *)other, &context, &code);
        ok(hr == S_OK, "[CB.JobError.1] got %#lx\n", hr);
        ok(context == BG_ERROR_CONTEXT_REMOTE_FILE && code == BG_E_HTTP_ERROR_404, "[CB.JobError.1] got context %d, %#lx\n", context, code);
        hr = IBackgroundCopyJob_GetError(job, &error);
        ok_inferred("BEH.NOTIFY.17", hr == S_OK, "GetError: got %#lx\n", hr);
        if (hr == S_OK) IBackgroundCopyError_Release(error);
        hr = IBackgroundCopyError_GetFile((IBackgroundCopyError *)other, &file);
        ok(hr == S_OK, "GetFile: got %#lx\n", hr);
        if (hr == S_OK) IBackgroundCopyFile_Release(file);
        break;
    case CB_FILE:
        hr = IBackgroundCopyFile_GetProgress((IBackgroundCopyFile *)other, &progress);
        ok(hr == S_OK && progress.BytesTransferred == progress.BytesTotal, "[CB2.FileTransferred.1] got %#lx, %u of %u\n", hr,
           (unsigned int)progress.BytesTransferred, (unsigned int)progress.BytesTotal);
        break;
    default:
        break;
    }
    return S_OK;
}

/* Files one after the other, then the job; then Complete. */
static void test_transferred(unsigned int answers)
{
    IBackgroundCopyJob *job = make_job(L"one", L"/one");
    struct callback *cb = cb_create(answers);
    unsigned int i, files;
    HRESULT hr;
    GUID id;

    winetest_push_context("answers %u", answers);
    IBackgroundCopyJob_GetId(job, &id);
    cb->hook = look_around;
    cb->ctx = &id;
    bits_add_file(job, bits_url(L"/two"), bits_path(L"two"));
    bits_add_file(job, bits_url(L"/three"), bits_path(L"three"));
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    files = answers == CB_ANSWERS_1 ? 0 : 3;
    ok(cb->counts[CB_FILE] == files, "[BEH.NOTIFY.9] told of %u files, expected %u\n", cb->counts[CB_FILE], files);
    ok(cb->count == files + 1, "[BEH.NOTIFY.3] %u calls\n", cb->count);
    for (i = 0; i < files && i < cb->count; i++)
    {
        static const WCHAR *const names[] = { L"one", L"two", L"three" };

        ok(cb->calls[i].kind == CB_FILE, "[CB2.FileTransferred.5] call %u is of kind %d\n", i, cb->calls[i].kind);
        ok(!lstrcmpW(cb->calls[i].file, names[i]), "[CB2.FileTransferred.4] call %u is for %s\n", i, wine_dbgstr_w(cb->calls[i].file));
    }
    ok(cb->max_inside == 1, "[CB2.FileTransferred.4] %u calls at once\n", cb->max_inside);

    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    cb_wait_released("HABIT.2", cb);
    ok(cb->count == files + 1, "[BEH.NOTIFY.5] %u calls\n", cb->count);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == BG_E_INVALID_STATE, "[HABIT.F12] got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);
    bits_check_file(bits_path(L"one"), "/one", 0, 1000);
    bits_check_file(bits_path(L"two"), "/two", 0, 2000);
    bits_check_file(bits_path(L"three"), "/three", 0, 3000);
    cb_destroy(cb);
    winetest_pop_context();
}

/* ERROR, and what does not count as one. */
static void test_error(void)
{
    IBackgroundCopyJob *job = make_job(L"gone", L"/gone"), *busy = make_job(L"busy", L"/busy");
    struct callback *cb = cb_create(CB_ANSWERS_ALL), *none = cb_create(CB_ANSWERS_ALL);
    HRESULT hr;
    GUID id;

    IBackgroundCopyJob_GetId(job, &id);
    cb->hook = look_around;
    cb->ctx = &id;
    cb_register(job, cb, FLAGS_END);
    cb_register(busy, none, FLAGS_END);
    bits_resume(busy);
    bits_resume(job);
    cb_wait(cb, CB_ERROR, 1);
    bits_wait_state(busy, BG_JOB_STATE_TRANSIENT_ERROR);
    /* the next time it fails it is told again */
    bits_resume(job);
    cb_wait(cb, CB_ERROR, 2);
    ok(cb->count == 2, "[CB.JobError.1] %u calls\n", cb->count);
    ok(!none->count, "[CB.JobError.1] told of a transient error\n");

    /* until the time without progress is over */
    hr = IBackgroundCopyJob_SetNoProgressTimeout(busy, 0);
    ok(hr == S_OK, "SetNoProgressTimeout: got %#lx\n", hr);
    cb_wait(none, CB_ERROR, 1);
    ok(bits_state(busy) == BG_JOB_STATE_ERROR, "[CB.JobError.6] got state %d\n", bits_state(busy));

    bits_cancel(job);
    bits_cancel(busy);
    cb_destroy(cb);
    cb_destroy(none);
}

/* Registered when it is over already; again for another object; flags that come later. */
static void test_late(void)
{
    IBackgroundCopyJob *job = make_transferred(L"late"), *failed = make_job(L"failed", L"/gone");
    struct callback *cb, *other = cb_create(CB_ANSWERS_ALL), *watch = cb_create(CB_ANSWERS_1);
    HRESULT hr;

    /* one that sees whether something happens that should not: it is told last, of a job made last */
    bits_resume(failed);
    bits_wait_state(failed, BG_JOB_STATE_ERROR);
    cb = cb_create(CB_ANSWERS_ALL);
    cb_register(failed, cb, FLAGS_END);
    cb_wait(cb, CB_ERROR, 1);
    bits_cancel(failed);
    cb_destroy(cb);

    cb = cb_create(CB_ANSWERS_ALL);
    cb_register(job, cb, FLAGS_END);
    cb_wait(cb, CB_TRANSFERRED, 1);
    /* the same object again: it knows */
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(cb));
    ok(hr == S_OK, "got %#lx\n", hr);
    /* another one does not */
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(other));
    ok(hr == S_OK, "got %#lx\n", hr);
    cb_wait(other, CB_TRANSFERRED, 1);
    cb_wait_released("BEH.NOTIFY.10", cb);
    ok(cb->count == 1, "[JOB.SetNotifyInterface.6] %u calls\n", cb->count);

    /* the flag was not set when it happened, nor when the object came */
    failed = make_transferred(L"flag");
    cb_register(failed, watch, BG_NOTIFY_JOB_ERROR);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(other));
    ok(hr == S_OK, "got %#lx\n", hr);
    cb_wait(other, CB_TRANSFERRED, 2);
    ok(!watch->count, "[BEH.NOTIFY.3] called without the flag\n");
    hr = IBackgroundCopyJob_SetNotifyFlags(failed, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_DISABLE);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(other));
    cb_wait(other, CB_TRANSFERRED, 3);
    ok(!watch->count, "[BEH.NOTIFY.1] called although disabled\n");
    hr = IBackgroundCopyJob_SetNotifyFlags(failed, BG_NOTIFY_JOB_TRANSFERRED);
    ok(hr == S_OK, "got %#lx\n", hr);
    cb_wait(watch, CB_TRANSFERRED, 1);

    complete(job, L"late", 1000);
    complete(failed, L"flag", 1000);
    cb_destroy(cb);
    cb_destroy(other);
    cb_destroy(watch);
}

/*
 * A clock for what may not take longer: its beats are a tenth of a second apart, or more while the machine or the service stands still, which
 * delays nothing else less.
 */

#define BEAT 100

static struct
{
    HANDLE thread, stop;
    IBackgroundCopyJob *job;
    DWORD times[8192];
    LONG count;
} heart;

static DWORD CALLBACK heart_thread(void *arg)
{
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    while (WaitForSingleObject(heart.stop, BEAT) == WAIT_TIMEOUT && heart.count < ARRAY_SIZE(heart.times))
    {
        bits_state(heart.job);
        heart.times[heart.count] = GetTickCount();
        InterlockedIncrement(&heart.count);
    }
    CoUninitialize();
    return 0;
}

static void heart_start(void)
{
    heart.count = 0;
    heart.job = bits_create_job(L"heart", BG_JOB_TYPE_DOWNLOAD);
    heart.stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    heart.thread = CreateThread(NULL, 0, heart_thread, NULL, 0, NULL);
}

static void heart_stop(void)
{
    SetEvent(heart.stop);
    WaitForSingleObject(heart.thread, INFINITE);
    ok(heart.count < ARRAY_SIZE(heart.times), "it ended too early\n");
    CloseHandle(heart.thread);
    CloseHandle(heart.stop);
    bits_cancel(heart.job);
}

static DWORD heart_between(DWORD begin, DWORD end)
{
    DWORD beats = 0;
    LONG i;

    for (i = 0; i < heart.count; i++) if (heart.times[i] - begin < end - begin) beats++;
    return beats * BEAT;
}

/* Answers other than S_OK. */

static HRESULT refuse_twice(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    return cb->counts[kind] <= 2 ? (HRESULT)(INT_PTR)cb->ctx : S_OK;
}

static HRESULT refuse_file(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    return kind == CB_FILE && cb->counts[CB_FILE] == 1 ? E_FAIL : S_OK;
}

static void test_refused(void)
{
    static const HRESULT answers[] = { E_FAIL, S_FALSE, E_NOTIMPL };
    struct callback *cb[ARRAY_SIZE(answers)], *file = cb_create(CB_ANSWERS_2);
    IBackgroundCopyJob *jobs[ARRAY_SIZE(answers)], *file_job;
    unsigned int i, j;

    heart_start();
    for (i = 0; i < ARRAY_SIZE(answers); i++)
    {
        static const WCHAR *const names[] = { L"r0", L"r1", L"r2" };

        jobs[i] = make_job(names[i], i == 1 ? L"/gone" : L"/one");
        cb[i] = cb_create(CB_ANSWERS_ALL);
        cb[i]->hook = refuse_twice;
        cb[i]->ctx = (void *)(INT_PTR)answers[i];
        cb_register(jobs[i], cb[i], FLAGS_END);
        bits_resume(jobs[i]);
    }
    file_job = make_job(L"file", L"/one");
    file->hook = refuse_file;
    bits_add_file(file_job, bits_url(L"/two"), bits_path(L"file2"));
    cb_register(file_job, file, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    bits_resume(file_job);

    for (i = 0; i < ARRAY_SIZE(answers); i++)
    {
        winetest_push_context("answer %#lx", answers[i]);
        cb_wait(cb[i], CB_KINDS, 3);
        for (j = 1; j < 3 && j < cb[i]->count; j++)
        {
            DWORD end = cb[i]->calls[j - 1].end, begin = cb[i]->calls[j].begin;

            ok_inferred("CB.JobTransferred.A2", begin - end >= 4900 && heart_between(end, begin) < 6500, "again after %lu ms, of which %lu count\n",
                        begin - end, heart_between(end, begin));
        }
        if (answers[i] == S_FALSE) ok_inferred("CB.JobTransferred.A1", cb[i]->count == 3, "%u calls\n", cb[i]->count);
        else ok(cb[i]->count == 3, "[CB.JobTransferred.2] %u calls\n", cb[i]->count);
        winetest_pop_context();
    }
    /* the transfer did not wait, the end did */
    cb_wait(file, CB_TRANSFERRED, 1);
    ok(file->count == 4, "[CB2.FileTransferred.3] %u calls\n", file->count);
    if (file->count == 4)
    {
        DWORD end = file->calls[0].end, begin = file->calls[1].begin;

        ok(!lstrcmpW(file->calls[1].file, L"file"), "[CB2.FileTransferred.3] then came %s\n", wine_dbgstr_w(file->calls[1].file));
        ok(!lstrcmpW(file->calls[2].file, L"file2"), "[CB2.FileTransferred.4] then came %s\n", wine_dbgstr_w(file->calls[2].file));
        ok_inferred("CB2.FileTransferred.A2", begin - end >= 4900 && heart_between(end, begin) < 6500, "again after %lu ms, of which %lu count\n",
                    begin - end, heart_between(end, begin));
    }
    heart_stop();
    bits_cancel(file_job);
    cb_destroy(file);
    for (i = 0; i < ARRAY_SIZE(answers); i++)
    {
        ok(cb[i]->count == 3, "[CB.JobTransferred.2] %u calls\n", cb[i]->count);
        bits_cancel(jobs[i]);
        cb_destroy(cb[i]);
    }
}

/* Four at a time. */
static void test_four(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_1), *modified = cb_create(CB_ANSWERS_1);
    IBackgroundCopyJob *jobs[7], *last;
    WCHAR name[8] = L"four 0";
    unsigned int i;

    cb->hold = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        name[5] = '0' + i;
        jobs[i] = make_transferred(name);
        cb_register(jobs[i], cb, FLAGS_END);
    }
    cb_wait_inside(cb, 4);
    /* another call to the service goes through meanwhile, and the fifth would have come by now */
    last = make_transferred(L"last");
    cb_register(last, modified, FLAGS_END | BG_NOTIFY_JOB_MODIFICATION);
    cb_expect_no_call("CB.8,CB3.FileRangesTransferred.6", modified, 0, 500);
    ok(cb->inside == 4, "[BEH.NOTIFY.8,CB3.FileRangesTransferred.6] %u calls at once\n", cb->inside);
    SetEvent(cb->hold);
    cb_wait(cb, CB_TRANSFERRED, ARRAY_SIZE(jobs));
    cb_wait(modified, CB_TRANSFERRED, 1);
    ok(cb->max_inside == 4, "[BEH.NOTIFY.8] %u calls at once\n", cb->max_inside);
    for (i = 0; i < ARRAY_SIZE(jobs); i++) bits_cancel(jobs[i]);
    bits_cancel(last);
    CloseHandle(cb->hold);
    cb_destroy(cb);
    cb_destroy(modified);
}

/* Values that shorten what tests would have to wait for, in the service of a prefix; 0 removes one. */
static void set_test_value(const WCHAR *name, DWORD value)
{
    HKEY key;

    ok(!RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS\\Test", 0, NULL, 0,
                        KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL), "no key\n");
    if (value) RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof(value));
    else RegDeleteValueW(key, name);
    RegCloseKey(key);
}

/* Calls that never come back stand for nobody's: after a time, a minute in normal life, others go past them. */
static void test_hung(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_1), *other = cb_create(CB_ANSWERS_1);
    IBackgroundCopyJob *jobs[4], *job;
    WCHAR name[8] = L"hung 0";
    DWORD begin, passed;
    unsigned int i;

    if (strcmp(winetest_platform, "wine"))
    {
        skip("it takes minutes where the time cannot be shortened\n");
        cb_destroy(cb);
        cb_destroy(other);
        return;
    }
    cb->hold = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        name[5] = '0' + i;
        jobs[i] = make_transferred(name);
        cb_register(jobs[i], cb, FLAGS_END);
    }
    cb_wait_inside(cb, 4);
    job = make_transferred(L"past");
    cb_register(job, other, FLAGS_END);
    cb_expect_no_call("BEH.NOTIFY.8", other, 0, 1000);
    /* the service sees the value by itself and finds that they have been out for that long */
    heart_start();
    begin = GetTickCount();
    set_test_value(L"NotifyTimeout", 3000);
    cb_wait(other, CB_TRANSFERRED, 1);
    heart_stop();
    passed = other->calls[0].begin - cb->calls[0].begin;
    ok(passed >= 2900, "[BEH.NOTIFY.8] called %lu ms after the first that hangs\n", passed);
    passed = heart_between(begin, GetTickCount());
    ok(passed < 10000, "[BEH.NOTIFY.8] called %lu ms later\n", passed);
    ok(cb->inside == 4 && cb->count == 4, "[BEH.NOTIFY.8] %u calls, %u of them under way\n", cb->count, cb->inside);
    set_test_value(L"NotifyTimeout", 0);
    SetEvent(cb->hold);
    cb_wait(cb, CB_TRANSFERRED, 4);
    for (i = 0; i < ARRAY_SIZE(jobs); i++) bits_cancel(jobs[i]);
    bits_cancel(job);
    CloseHandle(cb->hold);
    cb_destroy(cb);
    cb_destroy(other);
}

/*
 * A call is sent an interval after the one before was, and when that has returned.  On a machine that stands still calls arrive late, so that two
 * can follow each other closely; but n intervals lie between the end of a call, or the registration, and the call n + 1 places behind it.
 */
static void check_intervals(struct callback *cb, DWORD registered)
{
    unsigned int i, j;

    for (i = 1; i < cb->count && i < CB_MAX_CALLS; i++)
        for (j = 0; j <= i; j++)
        {
            DWORD pause = cb->calls[i].begin - (j ? cb->calls[j - 1].end : registered);

            ok(pause >= (i - j) * 450, "[BEH.NOTIFY.6] call %u begins %lu ms after call %d has ended\n", i, pause, (int)j - 1);
        }
}

/* Modifications: merged, and for no change to ERROR. */
static void test_modification(void)
{
    IBackgroundCopyJob *job = make_job(L"modification", L"/slow"), *late = make_job(L"late", L"/late");
    struct callback *cb = cb_create(CB_ANSWERS_1), *end = cb_create(CB_ANSWERS_1);
    unsigned int i, before, tries = 0, last;
    struct bits_clock clock;
    DWORD begin, since;
    HRESULT hr;

    begin = GetTickCount();
    cb_register(job, cb, BG_NOTIFY_JOB_MODIFICATION | FLAGS_END);
    for (i = 0; i < 50; i++)
    {
        hr = IBackgroundCopyJob_SetDescription(job, i & 1 ? L"odd" : L"even");
        ok(hr == S_OK, "SetDescription: got %#lx\n", hr);
    }
    since = GetTickCount() - begin;
    cb_wait(cb, CB_MODIFICATION, 2);
    ok(cb->count <= 2 + since / 450, "[JPROP.11] %u calls for 50 changes in %lu ms\n", cb->count, since);
    ok_inferred("CB.JobModification.A2", cb->count < 50, "%u calls for 50 changes\n", cb->count);

    /* bytes that move are modifications too: there are more calls than there are changes of the state */
    before = cb->count;
    bits_resume(job);
    cb_wait(cb, CB_MODIFICATION, before + 8);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRING, "[CB.JobModification.1] got state %d\n", bits_state(job));
    bits_cancel(job);
    cb_wait_released("HABIT.2", cb);
    check_intervals(cb, begin);

    /* all that there is to tell of QUEUED, CONNECTING and TRANSFERRING has been told when the answer comes that makes it fail */
    cb_register(late, end, BG_NOTIFY_JOB_MODIFICATION | FLAGS_END);
    do
    {
        bits_resume(late);
        tries++;
        bits_wait_states(late, 1u << BG_JOB_STATE_TRANSFERRING | 1u << BG_JOB_STATE_ERROR);
        last = end->count;
        for (bits_clock_start(&clock); bits_clock_look(&clock) < 1000; Sleep(10))
        {
            if (last == end->count) continue;
            last = end->count;
            bits_clock_start(&clock);
        }
        before = end->counts[CB_MODIFICATION];
        i = bits_state(late);
        cb_wait(end, CB_ERROR, tries);
    }
    while (i != BG_JOB_STATE_TRANSFERRING && tries < 10);       /* the machine has stood still for too long */
    ok(i == BG_JOB_STATE_TRANSFERRING, "it fails too early\n");
    cb_expect_no_call("CB.JobModification.2", end, end->count, 800);
    ok(before && end->counts[CB_MODIFICATION] == before, "[CB.JobModification.2] %u calls, then %u\n", before, end->counts[CB_MODIFICATION]);
    bits_add_file(late, bits_url(L"/one"), bits_path(L"more"));
    cb_wait(end, CB_MODIFICATION, before + 1);

    bits_cancel(late);
    cb_destroy(cb);
    cb_destroy(end);
}

/* What clients do from inside a call. */

struct deed
{
    enum cb_kind kind;
    void (*act)(IBackgroundCopyJob *job);
    BG_JOB_STATE expect;            /* seen by whoever waits outside */
};

static void act_complete(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK || hr == BG_S_PARTIAL_COMPLETE, "[HABIT.F5] Complete: got %#lx\n", hr);
}

static void act_cancel(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "[CB.12] Cancel: got %#lx\n", hr);
}

static void act_suspend(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "[BEH.NOTIFY.14] Suspend: got %#lx\n", hr);
}

static void act_foreground(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "[JOB.SetPriority.3] SetPriority: got %#lx\n", hr);
    hr = IBackgroundCopyJob_Resume(job);
    ok(hr == S_OK, "[JOB.SetPriority.3] Resume: got %#lx\n", hr);
}

static void act_add(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_AddFile(job, bits_url(L"/stall"), bits_path(L"added"));
    ok(hr == S_OK, "[BEH.NOTIFY.14] AddFile: got %#lx\n", hr);
    hr = IBackgroundCopyJob_Resume(job);
    ok(hr == S_OK, "[CB.12] Resume: got %#lx\n", hr);
}

static void act_priority(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_HIGH);
    ok(hr == S_OK, "[CB.12] SetPriority: got %#lx\n", hr);
}

static void act_unregister(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == S_OK, "[HABIT.F12] SetNotifyInterface: got %#lx\n", hr);
}

static HRESULT do_deed(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    const struct deed *deed = cb->ctx;

    if (kind == deed->kind && cb->counts[kind] == 1) deed->act(job);
    return S_OK;
}

static void test_inside(void)
{
    static const struct deed deeds[] =
    {
        { CB_TRANSFERRED, act_complete, BG_JOB_STATE_ACKNOWLEDGED },
        { CB_TRANSFERRED, act_cancel, BG_JOB_STATE_CANCELLED },
        { CB_TRANSFERRED, act_suspend, BG_JOB_STATE_TRANSFERRED },
        { CB_TRANSFERRED, act_add, BG_JOB_STATE_TRANSFERRING },
        { CB_TRANSFERRED, act_priority, BG_JOB_STATE_TRANSFERRED },
        { CB_TRANSFERRED, act_unregister, BG_JOB_STATE_TRANSFERRED },
        { CB_ERROR, act_cancel, BG_JOB_STATE_CANCELLED },
        { CB_ERROR, act_complete, BG_JOB_STATE_ACKNOWLEDGED },
        { CB_ERROR, act_add, BG_JOB_STATE_ERROR },
        { CB_ERROR, act_foreground, BG_JOB_STATE_ERROR },
        { CB_FILE, act_complete, BG_JOB_STATE_ACKNOWLEDGED },
        { CB_FILE, act_cancel, BG_JOB_STATE_CANCELLED },
        { CB_MODIFICATION, act_cancel, BG_JOB_STATE_CANCELLED },
    };
    IBackgroundCopyJob *job;
    struct callback *cb;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(deeds); i++)
    {
        winetest_push_context("deed %u", i);
        job = make_job(L"inside", deeds[i].kind == CB_ERROR ? L"/gone" : L"/one");
        cb = cb_create(CB_ANSWERS_ALL);
        cb->hook = do_deed;
        cb->ctx = (void *)&deeds[i];
        cb_register(job, cb, FLAGS_END | (deeds[i].kind == CB_FILE ? BG_NOTIFY_FILE_TRANSFERRED : 0)
                             | (deeds[i].kind == CB_MODIFICATION ? BG_NOTIFY_JOB_MODIFICATION : 0));
        /* for a modification the setter was enough */
        if (deeds[i].kind != CB_MODIFICATION) bits_resume(job);
        else IBackgroundCopyJob_SetDescription(job, L"modified");
        cb_wait(cb, deeds[i].kind, 1);
        if (deeds[i].kind == CB_ERROR && deeds[i].expect == BG_JOB_STATE_ERROR) cb_wait(cb, CB_ERROR, 2);
        bits_wait_state(job, deeds[i].expect);
        if (deeds[i].kind == CB_ERROR) ok(bits_state(job) == deeds[i].expect, "[CB.JobError.3] got state %d\n", bits_state(job));
        ok(cb->counts[CB_TRANSFERRED] <= 1, "[CB.JobTransferred.2] %u calls\n", cb->counts[CB_TRANSFERRED]);
        bits_cancel(job);
        cb_wait_released("HABIT.2", cb);
        cb_destroy(cb);
        DeleteFileW(bits_path(L"inside"));
        winetest_pop_context();
    }
}

/* The content is wrong: said from inside FileTransferred. */

static HRESULT reject_first(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    IBackgroundCopyFile3 *file3;
    HRESULT hr;

    if (kind != CB_FILE || cb->counts[kind] > 1) return S_OK;
    file3 = bits_query(other, IBackgroundCopyFile3);
    hr = IBackgroundCopyFile3_SetValidationState(file3, FALSE);
    ok(hr == S_OK, "SetValidationState: got %#lx\n", hr);
    IBackgroundCopyFile3_Release(file3);
    return S_OK;
}

static void test_validation(void)
{
    IBackgroundCopyJob *job = make_job(L"validation", L"/one");
    struct callback *cb = cb_create(CB_ANSWERS_2);

    cb->hook = reject_first;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    bits_resume(job);
    cb_wait(cb, CB_ERROR, 1);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[CB.JobTransferred.5] got state %d\n", bits_state(job));
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    ok(cb->counts[CB_FILE] == 2, "[CB2.FileTransferred.1] told of the file %u times\n", cb->counts[CB_FILE]);
    bits_cancel(job);
    cb_destroy(cb);
}

/* A new owner; a job and an error that the client keeps beyond the call. */

static HRESULT keep(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    if (kind != CB_TRANSFERRED) return S_OK;
    IBackgroundCopyJob_AddRef(job);
    cb->ctx = job;
    return S_OK;
}

static void test_owner(void)
{
    IBackgroundCopyJob *job = make_job(L"owner", L"/one");
    struct callback *cb = cb_create(CB_ANSWERS_ALL);
    HRESULT hr;

    cb->hook = keep;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    hr = IBackgroundCopyJob_TakeOwnership(job);
    if (hr == E_ACCESSDENIED) skip("not an administrator\n");
    else ok(hr == S_OK, "TakeOwnership: got %#lx\n", hr);
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    ok(cb->counts[CB_TRANSFERRED] == 1, "[CB.9,BEH.NOTIFY.13,JOB.SetNotifyInterface.7,JOB.TakeOwnership.8] %u calls\n", cb->counts[CB_TRANSFERRED]);
    ok(cb->count == 2, "[CB.2,CB.JobTransferred.1] %u calls\n", cb->count);
    if (cb->ctx)
    {
        ok_inferred("CB.11", bits_state(cb->ctx) == BG_JOB_STATE_TRANSFERRED, "the job is not there any more\n");
        /* only what was added is taken away: the pointer of the call was the service's */
        IBackgroundCopyJob_Release((IBackgroundCopyJob *)cb->ctx);
    }
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[CB2.FileTransferred.2] got state %d\n", bits_state(job));
    complete(job, L"owner", 1000);
    cb_destroy(cb);
}

START_TEST(notify)
{
    if (!bits_begin()) return;
    if (bits_server_start(script))
    {
        test_interface();
        test_transferred(CB_ANSWERS_1);
        test_transferred(CB_ANSWERS_2);
        test_transferred(CB_ANSWERS_ALL);
        test_error();
        test_late();
        test_refused();
        test_four();
        test_hung();
        test_modification();
        test_inside();
        test_validation();
        test_owner();
    }
    bits_end();
}
