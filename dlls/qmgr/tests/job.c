/*
 * Tests of IBackgroundCopyJob
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
#include <stddef.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "sddl.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

/* IBackgroundCopyJob of BITS 1.0. Proxy settings have a unit of their own, callbacks too. */

#define POISON 0xdeadbeef

static const BG_JOB_STATE states[] =
{
    BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSFERRED,
    BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED
};

static BOOL is_final(BG_JOB_STATE state)
{
    return state == BG_JOB_STATE_ACKNOWLEDGED || state == BG_JOB_STATE_CANCELLED;
}

static BOOL exists(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static UINT64 modification_time(IBackgroundCopyJob *job)
{
    BG_JOB_TIMES times;
    HRESULT hr = IBackgroundCopyJob_GetTimes(job, &times);

    ok(hr == S_OK, "[JOB.GetTimes.1] got %#lx\n", hr);
    return ((UINT64)times.ModificationTime.dwHighDateTime << 32) | times.ModificationTime.dwLowDateTime;
}

static void wait_clock(void)
{
    FILETIME begin, now;

    for (GetSystemTimeAsFileTime(&begin), now = begin; !CompareFileTime(&begin, &now); GetSystemTimeAsFileTime(&now)) Sleep(1);
}

static WCHAR *token_sid(void)
{
    BYTE buffer[256];
    HANDLE token;
    WCHAR *sid;
    DWORD size;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size);
    CloseHandle(token);
    ConvertSidToStringSidW(((TOKEN_USER *)buffer)->User.Sid, &sid);
    return sid;
}

static void test_table(void)
{
    ok(offsetof(IBackgroundCopyJobVtbl, AddFileSet) == 3 * sizeof(void *)
       && offsetof(IBackgroundCopyJobVtbl, AddFile) == 4 * sizeof(void *), "[JOB.2] wrong order\n");
    ok(offsetof(IBackgroundCopyJobVtbl, SetProxySettings) == 32 * sizeof(void *)
       && offsetof(IBackgroundCopyJobVtbl, TakeOwnership) == 34 * sizeof(void *)
       && sizeof(IBackgroundCopyJobVtbl) == 35 * sizeof(void *), "[JOB.1] wrong table\n");
    ok(BG_JOB_STATE_QUEUED == 0 && BG_JOB_STATE_CONNECTING == 1 && BG_JOB_STATE_TRANSFERRING == 2 && BG_JOB_STATE_SUSPENDED == 3
       && BG_JOB_STATE_ERROR == 4 && BG_JOB_STATE_TRANSIENT_ERROR == 5 && BG_JOB_STATE_TRANSFERRED == 6
       && BG_JOB_STATE_ACKNOWLEDGED == 7 && BG_JOB_STATE_CANCELLED == 8, "[TYPE.State.1] wrong values\n");
    ok(BG_JOB_TYPE_DOWNLOAD == 0 && BG_JOB_TYPE_UPLOAD == 1 && BG_JOB_TYPE_UPLOAD_REPLY == 2, "[TYPE.Type.1] wrong values\n");
    ok(BG_JOB_PRIORITY_FOREGROUND == 0 && BG_JOB_PRIORITY_HIGH == 1 && BG_JOB_PRIORITY_NORMAL == 2 && BG_JOB_PRIORITY_LOW == 3,
       "[TYPE.Prio.1,BEH.SCHED.1] wrong values\n");
    ok(BG_JOB_PROXY_USAGE_PRECONFIG == 0 && BG_JOB_PROXY_USAGE_NO_PROXY == 1 && BG_JOB_PROXY_USAGE_OVERRIDE == 2
       && BG_JOB_PROXY_USAGE_AUTODETECT == 3, "[TYPE.Proxy.1,BEH.PROXY.1] wrong values\n");
    ok(offsetof(BG_FILE_INFO, RemoteName) == 0 && offsetof(BG_FILE_INFO, LocalName) == sizeof(void *), "[TYPE.FileInfo.1] wrong order\n");
    ok(sizeof(BG_JOB_TIMES) == 3 * sizeof(FILETIME), "[TYPE.Times.1] wrong size\n");
}

static void test_defaults(void)
{
    IBackgroundCopyFile *file;
    BG_JOB_PROXY_USAGE usage;
    BG_JOB_PROGRESS progress;
    BG_JOB_PRIORITY priority;
    WCHAR *text, *text2, *own;
    IBackgroundCopyError *error;
    IBackgroundCopyJob *job;
    BG_FILE_PROGRESS fp;
    BG_JOB_TIMES times;
    FILETIME now;
    BG_JOB_TYPE type;
    IUnknown *unknown;
    GUID id, got;
    ULONG value;
    HRESULT hr;

    if (!(job = bits_create_job_(__LINE__, L"defaults", BG_JOB_TYPE_DOWNLOAD, &id))) return;
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[DEF.1.state,BEH.OBJ.14,BEH.STATE.20] got %d\n", bits_state(job));
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[JOB.GetState.1] got %d\n", bits_state(job));
    hr = IBackgroundCopyJob_GetId(job, &got);
    ok(hr == S_OK && IsEqualGUID(&id, &got), "[JOB.GetId.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
    ok(hr == S_OK && IsEqualGUID(&id, &got), "[OBS.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
    type = (BG_JOB_TYPE)POISON;
    hr = IBackgroundCopyJob_GetType(job, &type);
    ok(hr == S_OK && type == BG_JOB_TYPE_DOWNLOAD, "[JOB.GetType.1] got %#lx, %d\n", hr, type);
    hr = IBackgroundCopyJob_GetDisplayName(job, &text);
    ok(hr == S_OK && !wcscmp(text, bits_job_name(L"defaults")), "[JOB.GetDisplayName.1] got %#lx, %s\n", hr, wine_dbgstr_w(text));
    CoTaskMemFree(text);
    hr = IBackgroundCopyJob_GetDescription(job, &text);
    ok(hr == S_OK, "[JOB.GetDescription.1] got %#lx\n", hr);
    ok_inferred("DEF.A1", text && !*text, "got %s\n", wine_dbgstr_w(text));
    ok_inferred("DEF.1.description", text && !*text, "got %s\n", wine_dbgstr_w(text));
    CoTaskMemFree(text);
    hr = IBackgroundCopyJob_GetPriority(job, &priority);
    ok(hr == S_OK && priority == BG_JOB_PRIORITY_NORMAL, "[DEF.1.priority,BEH.OBJ.14,BEH.SCHED.1] got %#lx, %d\n", hr, priority);
    ok(priority == BG_JOB_PRIORITY_NORMAL, "[JOB.SetPriority.2] got %d\n", priority);
    usage = (BG_JOB_PROXY_USAGE)POISON;
    text = text2 = (WCHAR *)POISON;
    hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &text, &text2);
    ok(hr == S_OK && usage == BG_JOB_PROXY_USAGE_PRECONFIG, "[DEF.1.proxy_usage,BEH.OBJ.14,BEH.PROXY.1] got %#lx, %d\n", hr, usage);
    ok_inferred("DEF.1.proxy_lists", !text && !text2, "got %s, %s\n", wine_dbgstr_w(text), wine_dbgstr_w(text2));
    hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &value);
    ok(hr == S_OK && value == 600, "[DEF.1.minimum_retry_delay,BEH.OBJ.14] got %#lx, %lu\n", hr, value);
    ok(value == 600, "[JOB.SetMinimumRetryDelay.1] got %lu\n", value);
    hr = IBackgroundCopyJob_GetNoProgressTimeout(job, &value);
    ok(hr == S_OK && value == 1209600, "[DEF.1.no_progress_timeout,BEH.OBJ.14] got %#lx, %lu\n", hr, value);
    ok(value == 1209600, "[JOB.SetNoProgressTimeout.1] got %lu\n", value);
    hr = IBackgroundCopyJob_GetNotifyFlags(job, &value);
    ok(hr == S_OK && value == (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR), "[DEF.1.notify_flags,BEH.OBJ.14] got %#lx, %#lx\n", hr, value);
    ok(value == 3, "[DEF.A2] got %#lx\n", value);
    unknown = (IUnknown *)POISON;
    hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
    ok(hr == S_OK && !unknown, "[DEF.1.notify_interface,BEH.OBJ.14] got %#lx, %p\n", hr, unknown);
    ok(hr == S_OK && !unknown, "[JOB.GetNotifyInterface.A1] got %#lx, %p\n", hr, unknown);
    hr = IBackgroundCopyJob_GetErrorCount(job, &value);
    ok(hr == S_OK, "[JOB.GetErrorCount.5] got %#lx\n", hr);
    ok_inferred("DEF.1.error_count", !value, "got %lu\n", value);
    own = token_sid();
    hr = IBackgroundCopyJob_GetOwner(job, &text);
    ok(hr == S_OK && !wcscmp(text, own), "[JOB.GetOwner.1] got %#lx, %s\n", hr, wine_dbgstr_w(text));
    ok(!wcscmp(text, own), "[DEF.1.owner] got %s\n", wine_dbgstr_w(text));
    ok(!wcscmp(text, own), "[MGR.CreateJob.12] got %s\n", wine_dbgstr_w(text));
    LocalFree(own);
    CoTaskMemFree(text);
    memset(&progress, 0xcc, sizeof(progress));
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK, "[JOB.GetProgress.1] got %#lx\n", hr);
    ok(!progress.BytesTotal && !progress.BytesTransferred && !progress.FilesTotal && !progress.FilesTransferred,
       "[DEF.1.progress] got %s of %s bytes, %lu of %lu files\n", wine_dbgstr_longlong(progress.BytesTransferred),
       wine_dbgstr_longlong(progress.BytesTotal), progress.FilesTransferred, progress.FilesTotal);
    ok(!progress.BytesTotal, "[TYPE.JobProg.A1] got %s\n", wine_dbgstr_longlong(progress.BytesTotal));
    ok(!progress.BytesTotal, "[TYPE.JobProg.4] got %s\n", wine_dbgstr_longlong(progress.BytesTotal));
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    GetSystemTimeAsFileTime(&now);
    ok(hr == S_OK, "[JOB.GetTimes.1] got %#lx\n", hr);
    ok_inferred("DEF.1.times", !CompareFileTime(&times.CreationTime, &times.ModificationTime), "not modified when created\n");
    ok(CompareFileTime(&times.CreationTime, &now) <= 0, "[TYPE.Times.1] created in the future\n");
    ok_inferred("TYPE.Times.A1", !times.TransferCompletionTime.dwLowDateTime && !times.TransferCompletionTime.dwHighDateTime,
                "a completion time\n");
    error = (IBackgroundCopyError *)POISON;
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[JOB.GetError.4,ERR.0x8020000F] got %#lx\n", hr);
    ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[OBS.8] got %#lx\n", hr);
    ok(!error, "[api-1-core:GEN.4] got %p\n", error);

    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"file"));
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.BytesTotal == BG_SIZE_UNKNOWN, "[TYPE.JobProg.1] got %#lx, %s\n", hr,
       wine_dbgstr_longlong(progress.BytesTotal));
    ok_inferred("TYPE.JobProg.A2", !progress.BytesTransferred, "got %s\n", wine_dbgstr_longlong(progress.BytesTransferred));
    ok(progress.FilesTotal == 1 && !progress.FilesTransferred, "[TYPE.JobProg.1] got %lu of %lu\n", progress.FilesTransferred,
       progress.FilesTotal);
    if ((file = bits_get_file(job, 0)))
    {
        hr = IBackgroundCopyFile_GetProgress(file, &fp);
        ok(hr == S_OK && fp.BytesTotal == BG_SIZE_UNKNOWN && !fp.BytesTransferred && !fp.Completed, "[OBS.4] got %#lx\n", hr);
        IBackgroundCopyFile_Release(file);
    }
    bits_cancel(job);
}

/* NULL where a pointer is wanted: the proxy or the service refuses [GEN.A1, GEN.A2]. */
static void test_null(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"null", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_PROXY_USAGE usage;
    WCHAR *text;
    HRESULT hr;

    if (!job) return;
#define NULL_TEST(id, call) do { hr = call; ok(hr == E_INVALIDARG || hr == NULL_REF, "[" id "] got %#lx\n", hr); } while (0)
    NULL_TEST("JOB.GetId.1", IBackgroundCopyJob_GetId(job, NULL));
    NULL_TEST("JOB.GetType.1", IBackgroundCopyJob_GetType(job, NULL));
    NULL_TEST("JOB.GetProgress.1", IBackgroundCopyJob_GetProgress(job, NULL));
    NULL_TEST("JOB.GetTimes.1", IBackgroundCopyJob_GetTimes(job, NULL));
    NULL_TEST("JOB.GetState.1", IBackgroundCopyJob_GetState(job, NULL));
    NULL_TEST("JOB.GetError.A3", IBackgroundCopyJob_GetError(job, NULL));
    NULL_TEST("JOB.GetOwner.1", IBackgroundCopyJob_GetOwner(job, NULL));
    NULL_TEST("JOB.SetDisplayName.3", IBackgroundCopyJob_SetDisplayName(job, NULL));
    NULL_TEST("JOB.GetDisplayName.1", IBackgroundCopyJob_GetDisplayName(job, NULL));
    NULL_TEST("JOB.SetDescription.2", IBackgroundCopyJob_SetDescription(job, NULL));
    NULL_TEST("JOB.GetDescription.1", IBackgroundCopyJob_GetDescription(job, NULL));
    NULL_TEST("JOB.GetPriority.1", IBackgroundCopyJob_GetPriority(job, NULL));
    NULL_TEST("JOB.GetNotifyFlags.1", IBackgroundCopyJob_GetNotifyFlags(job, NULL));
    NULL_TEST("JOB.GetNotifyInterface.1", IBackgroundCopyJob_GetNotifyInterface(job, NULL));
    NULL_TEST("JOB.GetMinimumRetryDelay.1", IBackgroundCopyJob_GetMinimumRetryDelay(job, NULL));
    NULL_TEST("JOB.GetNoProgressTimeout.1", IBackgroundCopyJob_GetNoProgressTimeout(job, NULL));
    NULL_TEST("JOB.GetErrorCount.5", IBackgroundCopyJob_GetErrorCount(job, NULL));
    NULL_TEST("JOB.EnumFiles.1", IBackgroundCopyJob_EnumFiles(job, NULL));
    NULL_TEST("JOB.AddFile.A1", IBackgroundCopyJob_AddFile(job, NULL, bits_path(L"file")));
    NULL_TEST("JOB.AddFile.A1", IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/file", NULL));
    NULL_TEST("JOB.AddFileSet.A2", IBackgroundCopyJob_AddFileSet(job, 1, NULL));
    NULL_TEST("api-1-core:GEN.A1", IBackgroundCopyJob_GetProxySettings(job, NULL, &text, &text));
    NULL_TEST("api-1-core:GEN.A1", IBackgroundCopyJob_GetProxySettings(job, &usage, NULL, &text));
    NULL_TEST("api-1-core:GEN.A1", IBackgroundCopyJob_GetProxySettings(job, &usage, &text, NULL));
#undef NULL_TEST
    bits_cancel(job);
}

static void test_names(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"names", BG_JOB_TYPE_DOWNLOAD);
    WCHAR *long_text = malloc(1100 * sizeof(WCHAR)), *text;
    HRESULT hr;
    UINT i;

    if (!job) return;
    for (i = 0; i < 1025; i++) long_text[i] = 0x3b1 + i % 20;
    long_text[1025] = 0;
    hr = IBackgroundCopyJob_SetDescription(job, long_text);
    ok(hr == BG_E_STRING_TOO_LONG, "[JOB.SetDescription.2,ERR.0x80200021] got %#lx\n", hr);
    long_text[1024] = 0;
    hr = IBackgroundCopyJob_SetDescription(job, long_text);
    ok(hr == S_OK, "[JOB.SetDescription.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetDescription(job, &text);
    ok(hr == S_OK && !wcscmp(text, long_text), "[JOB.GetDescription.1] got %#lx\n", hr);
    ok(text && text != long_text, "[api-1-core:GEN.1] not an own copy\n");
    CoTaskMemFree(text);
    hr = IBackgroundCopyJob_SetDescription(job, L"");
    ok(hr == S_OK, "[JOB.SetDescription.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetDescription(job, &text);
    ok_inferred("JOB.SetDescription.3", hr == S_OK && text && !*text, "got %#lx, %s\n", hr, wine_dbgstr_w(text));
    CoTaskMemFree(text);

    long_text[257] = 0;
    hr = IBackgroundCopyJob_SetDisplayName(job, long_text);
    ok(hr == BG_E_STRING_TOO_LONG || broken(hr == E_INVALIDARG), "[JOB.SetDisplayName.4] got %#lx\n", hr);
    ok_inferred("JOB.SetDisplayName.A1", hr == BG_E_STRING_TOO_LONG, "got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetDisplayName(job, &text);
    ok(hr == S_OK && !wcscmp(text, bits_job_name(L"names")), "[ERR.GEN.2] got %#lx, %s\n", hr, wine_dbgstr_w(text));
    CoTaskMemFree(text);
    long_text[256] = 0;
    hr = IBackgroundCopyJob_SetDisplayName(job, long_text);
    ok(hr == S_OK, "[JOB.SetDisplayName.1] got %#lx\n", hr);
    ok(hr == S_OK, "[JOB.SetDisplayName.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetDisplayName(job, &text);
    ok(hr == S_OK && !wcscmp(text, long_text), "[JOB.GetDisplayName.1] got %#lx\n", hr);
    CoTaskMemFree(text);
    free(long_text);
    bits_cancel(job);
}

static void test_numbers(void)
{
    static const ULONG flags[] = { 0, 1, 2, 4, 8, 0x10, 0x20, 0x3f, 7, 0x1b };
    IBackgroundCopyJob *job = bits_create_job(L"numbers", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_PRIORITY priority;
    ULONG value;
    HRESULT hr;
    UINT i;

    if (!job) return;
    for (i = BG_JOB_PRIORITY_FOREGROUND; i <= BG_JOB_PRIORITY_LOW; i++)
    {
        hr = IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)i);
        ok(hr == S_OK, "[JOB.SetPriority.1] priority %u: got %#lx\n", i, hr);
        hr = IBackgroundCopyJob_GetPriority(job, &priority);
        ok(hr == S_OK && priority == (BG_JOB_PRIORITY)i, "[JOB.GetPriority.1] got %#lx, %d\n", hr, priority);
    }
    for (i = 4; i < 7; i++)
    {
        hr = IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)i);
        ok(hr == E_NOTIMPL, "[JOB.SetPriority.1] priority %u: got %#lx\n", i, hr);
    }
    hr = IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)0x10000);
    ok(hr == E_NOTIMPL || hr == HRESULT_FROM_WIN32(RPC_X_ENUM_VALUE_OUT_OF_RANGE), "[api-1-core:GEN.A4] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetPriority(job, &priority);
    ok(hr == S_OK && priority == BG_JOB_PRIORITY_LOW, "[ERR.GEN.2] got %#lx, %d\n", hr, priority);

    for (i = 0; i < ARRAY_SIZE(flags); i++)
    {
        hr = IBackgroundCopyJob_SetNotifyFlags(job, flags[i]);
        ok(hr == S_OK, "[JOB.SetNotifyFlags.1] flags %#lx: got %#lx\n", flags[i], hr);
        hr = IBackgroundCopyJob_GetNotifyFlags(job, &value);
        ok(hr == S_OK && value == flags[i], "[JOB.GetNotifyFlags.1] got %#lx, %#lx\n", hr, value);
        if (flags[i] & BG_NOTIFY_DISABLE) ok_inferred("JOB.SetNotifyFlags.A2", value == flags[i], "got %#lx\n", value);
    }
    hr = IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR | BG_NOTIFY_DISABLE
                                           | BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_FILE_TRANSFERRED);
    ok(hr == S_OK, "[OBS.14] got %#lx\n", hr);
    for (i = 6; i < 32; i++)
    {
        hr = IBackgroundCopyJob_SetNotifyFlags(job, 1u << i);
        ok_inferred("JOB.SetNotifyFlags.A1", hr == E_NOTIMPL, "flag %#x: got %#lx\n", 1u << i, hr);
        ok(hr == E_NOTIMPL || broken(hr == E_INVALIDARG), "[JOB.SetNotifyFlags.4] flag %#x: got %#lx\n", 1u << i, hr);
    }

    for (i = 0; i < 8; i++)
    {
        hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, i);
        ok(hr == S_OK, "[JOB.SetMinimumRetryDelay.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &value);
        ok(hr == S_OK, "[JOB.GetMinimumRetryDelay.1] got %#lx\n", hr);
        ok_inferred("JOB.SetMinimumRetryDelay.A2", value == max(i, 5), "%u became %lu\n", i, value);
        ok(value >= 5, "[JOB.SetMinimumRetryDelay.1] %u became %lu\n", i, value);
    }
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 0xffffffff);
    ok(hr == S_OK, "[JOB.SetMinimumRetryDelay.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &value);
    ok(hr == S_OK && value == 0xffffffff, "[JOB.GetMinimumRetryDelay.1] got %#lx, %lu\n", hr, value);
    for (i = 0; i < 3; i++)
    {
        hr = IBackgroundCopyJob_SetNoProgressTimeout(job, i == 2 ? 0xffffffff : i);
        ok(hr == S_OK, "[JOB.SetNoProgressTimeout.6] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetNoProgressTimeout(job, &value);
        ok(hr == S_OK && value == (i == 2 ? 0xffffffff : i), "[JOB.GetNoProgressTimeout.1] got %#lx, %lu\n", hr, value);
    }
    bits_cancel(job);
}

/* TYPE.FileInfo.* and the codes of AddFile and AddFileSet. */
static void test_add_file(void)
{
    static const WCHAR good[] = L"http://127.0.0.1/file";
    IBackgroundCopyJob *job = bits_create_job(L"add", BG_JOB_TYPE_DOWNLOAD);
    WCHAR long_url[2400], long_segment[500], long_local[600], missing[MAX_PATH], stream[MAX_PATH], wild[MAX_PATH], verbatim[MAX_PATH];
    BG_FILE_INFO set[3];
    BG_JOB_PROGRESS progress;
    HRESULT hr;
    UINT i, j;

    const struct
    {
        const char *id;
        const WCHAR *remote, *local;
    }
    bad[] =
    {
        { "JOB.AddFileSet.5", L"ftp://127.0.0.1/file", NULL },
        { "JOB.AddFileSet.5", L"gopher://127.0.0.1/file", NULL },
        { "JOB.AddFileSet.5", L"http://", NULL },
        { "JOB.AddFileSet.5", L"", NULL },
        { "JOB.AddFileSet.5", L"file", NULL },
        { "TYPE.FileInfo.2", long_url, NULL },
        { "TYPE.FileInfo.3", long_segment, NULL },
        { "TYPE.FileInfo.4", L"http://127.0.0.1/*.exe", NULL },
        { "TYPE.FileInfo.7,BEH.SMB.2", L"\\\\127.0.0.1\\pipe\\name", NULL },
        { "TYPE.FileInfo.7,BEH.SMB.2", L"\\\\.\\COM1", NULL },
        { "JOB.AddFileSet.5", good, L"file" },
        { "JOB.AddFileSet.5", good, L"dir\\file" },
        { "JOB.AddFileSet.5", good, L"\\file" },
        { "JOB.AddFileSet.5", good, L"" },
        { "BEH.FILE.1", good, L"file" },
        { "TYPE.FileInfo.8", good, wild },
        { "TYPE.FileInfo.8", good, long_local },
        { "TYPE.FileInfo.9", good, stream },
        { "TYPE.FileInfo.9", good, verbatim },
        { "BEH.FILE.3", good, bits_folder },
        { "BEH.FILE.3", good, L"C:\\" },
    };

    if (!job) return;
    wcscpy(long_url, L"http://127.0.0.1/");
    for (i = wcslen(long_url); i < 2201; i++) long_url[i] = i % 100 ? 'a' : '/';
    long_url[i] = 0;
    wcscpy(long_segment, L"http://127.0.0.1/");
    for (i = wcslen(long_segment); i < 400; i++) long_segment[i] = 'a';
    long_segment[i] = 0;
    wcscpy(long_local, bits_path(L""));
    for (i = wcslen(long_local); i < 400; i++) long_local[i] = 'a';
    long_local[i] = 0;
    wcscpy(missing, bits_path(L"missing\\file"));
    wcscpy(stream, bits_path(L"file:stream"));
    wcscpy(wild, bits_path(L"*.txt"));
    _snwprintf(verbatim, ARRAY_SIZE(verbatim), L"\\\\?\\%ls", bits_path(L"file"));

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        const WCHAR *local = bad[i].local ? bad[i].local : bits_path(L"file");

        winetest_push_context("%u", i);
        hr = IBackgroundCopyJob_AddFile(job, bad[i].remote, local);
        ok(hr == E_INVALIDARG, "[%s] %s, %s: got %#lx\n", bad[i].id, wine_dbgstr_w(bad[i].remote), wine_dbgstr_w(local), hr);
        ok(hr == E_INVALIDARG, "[JOB.AddFile.2] got %#lx\n", hr);
        ok(hr == E_INVALIDARG, "[JOB.AddFile.1] got %#lx\n", hr);
        set[0].RemoteName = (WCHAR *)good;
        set[0].LocalName = (WCHAR *)bits_path(L"first");
        set[1].RemoteName = (WCHAR *)bad[i].remote;
        set[1].LocalName = (WCHAR *)local;
        hr = IBackgroundCopyJob_AddFileSet(job, 2, set);
        ok(hr == E_INVALIDARG, "[%s] set: got %#lx\n", bad[i].id, hr);
        winetest_pop_context();
    }
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok_inferred("JOB.AddFileSet.A1", hr == S_OK && !progress.FilesTotal, "got %#lx, %lu files\n", hr, progress.FilesTotal);

    hr = IBackgroundCopyJob_AddFile(job, good, missing);
    ok(hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND) || hr == E_INVALIDARG || hr == HRESULT_FROM_WIN32(ERROR_DIRECTORY),
       "[JOB.AddFileSet.A5] got %#lx\n", hr);
    ok_inferred("BEH.FILE.2", hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got %#lx\n", hr);
    ok(FAILED(hr), "[TYPE.FileInfo.8] got %#lx\n", hr);
    ok(hr == E_INVALIDARG || HRESULT_FACILITY(hr) == FACILITY_WIN32, "[CONST.2] got %#lx\n", hr);

    /* names that are right */
    long_url[2200] = 0;
    hr = IBackgroundCopyJob_AddFile(job, long_url, bits_path(L"long"));
    ok(hr == S_OK, "[TYPE.FileInfo.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, L"https://127.0.0.1/file", bits_path(L"https"));
    ok(hr == S_OK, "[TYPE.FileInfo.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, bits_path(L"source"), bits_path(L"local"));
    ok(hr == S_OK, "[TYPE.FileInfo.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, L"\\\\server\\share\\file", bits_path(L"unc"));
    ok(hr == S_OK, "[TYPE.FileInfo.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, L"file://server/share/file", bits_path(L"fileurl"));
    ok(hr == S_OK, "[TYPE.FileInfo.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTotal == 5, "[JOB.AddFile.2] got %#lx, %lu files\n", hr, progress.FilesTotal);
    for (i = 0; i < 3; i++)
    {
        set[i].RemoteName = (WCHAR *)good;
        set[i].LocalName = (WCHAR *)bits_path(i == 0 ? L"s0" : i == 1 ? L"s1" : L"s2");
    }
    hr = IBackgroundCopyJob_AddFileSet(job, 3, set);
    ok(hr == S_OK, "[JOB.AddFileSet.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTotal == 8, "[JOB.AddFileSet.1] got %#lx, %lu files\n", hr, progress.FilesTotal);
    hr = IBackgroundCopyJob_AddFileSet(job, 0, set);
    ok_inferred("JOB.AddFileSet.A2", hr == S_OK, "got %#lx\n", hr);
    /* members may be NULL, and are not names then */
    set[1].LocalName = NULL;
    hr = IBackgroundCopyJob_AddFileSet(job, 2, set);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[JOB.AddFileSet.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTotal == 8, "[ERR.GEN.2] got %#lx, %lu files\n", hr, progress.FilesTotal);
    bits_cancel(job);

    /* uploads have one file */
    for (i = BG_JOB_TYPE_UPLOAD; i <= BG_JOB_TYPE_UPLOAD_REPLY; i++)
    {
        if (!(job = bits_create_job(L"upload", (BG_JOB_TYPE)i))) continue;
        for (j = 0; j < 2; j++)
        {
            set[j].RemoteName = (WCHAR *)good;
            set[j].LocalName = (WCHAR *)bits_path(j ? L"up1" : L"up0");
        }
        hr = IBackgroundCopyJob_AddFileSet(job, 2, set);
        ok(hr == BG_E_TOO_MANY_FILES, "[JOB.AddFileSet.3,ERR.0x8020001C] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && !progress.FilesTotal, "[JOB.AddFileSet.3] got %#lx, %lu files\n", hr, progress.FilesTotal);
        hr = IBackgroundCopyJob_AddFile(job, good, bits_path(L"up0"));
        ok_inferred("JOB.AddFile.A2", hr == S_OK, "got %#lx\n", hr);
        if (hr == S_OK)
        {
            hr = IBackgroundCopyJob_AddFile(job, good, bits_path(L"up1"));
            ok(hr == BG_E_TOO_MANY_FILES, "[JOB.AddFile.2,ERR.0x8020001C] got %#lx\n", hr);
            hr = IBackgroundCopyJob_AddFileSet(job, 1, set);
            ok(hr == BG_E_TOO_MANY_FILES, "[BEH.OBJ.5] got %#lx\n", hr);
        }
        bits_cancel(job);
    }
}

/* Every method in every state that can be held: the table STM.M.*. */
static void test_states(void)
{
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    BG_JOB_PRIORITY priority;
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyError *error;
    BG_JOB_PROXY_USAGE usage;
    WCHAR *text, *text2;
    BG_JOB_TIMES times;
    IUnknown *unknown;
    BG_JOB_TYPE type;
    UINT64 before;
    ULONG value;
    HRESULT hr;
    GUID id;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        HRESULT expect = is_final(states[i]) ? BG_E_INVALID_STATE : S_OK;

        winetest_push_context("state %d", states[i]);
        if (!(job = bits_job_in_state(states[i])))
        {
            winetest_pop_context();
            continue;
        }
        before = modification_time(job);
        wait_clock();

#define SETTER(id, call) do { hr = call; ok(hr == expect, "[" id "] got %#lx\n", hr); \
                              ok(hr == expect, "[STM.M.setters] got %#lx\n", hr); } while (0)
        SETTER("JOB.SetDisplayName.5", IBackgroundCopyJob_SetDisplayName(job, bits_job_name(L"renamed")));
        SETTER("JOB.SetDescription.2", IBackgroundCopyJob_SetDescription(job, L"described"));
        SETTER("JOB.SetPriority.1", IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND));
        SETTER("JOB.SetNotifyFlags.4", IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_ERROR));
        SETTER("JOB.SetNotifyInterface.3", IBackgroundCopyJob_SetNotifyInterface(job, NULL));
        SETTER("JOB.SetMinimumRetryDelay.2", IBackgroundCopyJob_SetMinimumRetryDelay(job, 300));
        SETTER("JOB.SetNoProgressTimeout.6", IBackgroundCopyJob_SetNoProgressTimeout(job, 400));
        SETTER("PX.M7", IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL));
#undef SETTER
        ok(hr == expect, "[STM.1] got %#lx\n", hr);
        if (is_final(states[i]))
        {
            ok(modification_time(job) == before, "[TYPE.Times.A3] moved\n");
            hr = IBackgroundCopyJob_SetDisplayName(job, L"");
            ok(hr == BG_E_INVALID_STATE, "[BEH.STATE.60] got %#lx\n", hr);
        }
        else ok(modification_time(job) > before, "[TYPE.Times.2] not moved\n");

        /* what was set is seen */
        hr = IBackgroundCopyJob_GetDescription(job, &text);
        ok(hr == S_OK && !wcscmp(text, is_final(states[i]) ? L"" : L"described"), "[STM.M.getters] got %#lx, %s\n", hr, wine_dbgstr_w(text));
        CoTaskMemFree(text);

#define GETTER(call) do { hr = call; ok(hr == S_OK, "[STM.M.getters] " #call ": got %#lx\n", hr); } while (0)
        GETTER(IBackgroundCopyJob_GetId(job, &id));
        GETTER(IBackgroundCopyJob_GetType(job, &type));
        GETTER(IBackgroundCopyJob_GetProgress(job, &progress));
        GETTER(IBackgroundCopyJob_GetTimes(job, &times));
        GETTER(IBackgroundCopyJob_GetOwner(job, &text));
        CoTaskMemFree(text);
        GETTER(IBackgroundCopyJob_GetDisplayName(job, &text));
        CoTaskMemFree(text);
        GETTER(IBackgroundCopyJob_GetPriority(job, &priority));
        GETTER(IBackgroundCopyJob_GetNotifyFlags(job, &value));
        GETTER(IBackgroundCopyJob_GetNotifyInterface(job, &unknown));
        GETTER(IBackgroundCopyJob_GetMinimumRetryDelay(job, &value));
        GETTER(IBackgroundCopyJob_GetNoProgressTimeout(job, &value));
        GETTER(IBackgroundCopyJob_GetErrorCount(job, &value));
        GETTER(IBackgroundCopyJob_GetProxySettings(job, &usage, &text, &text2));
        CoTaskMemFree(text);
        CoTaskMemFree(text2);
#undef GETTER
        ok(bits_state(job) == states[i], "[STM.A1] got %d\n", bits_state(job));
        hr = IBackgroundCopyJob_EnumFiles(job, &files);
        ok(hr == S_OK, "[STM.M.EnumFiles] got %#lx\n", hr);
        if (hr == S_OK)
        {
            hr = IEnumBackgroundCopyFiles_GetCount(files, &value);
            ok(hr == S_OK && value == 1, "[HABIT.F8] got %#lx, %lu\n", hr, value);
            IEnumBackgroundCopyFiles_Release(files);
        }

        error = (IBackgroundCopyError *)POISON;
        hr = IBackgroundCopyJob_GetError(job, &error);
        if (states[i] == BG_JOB_STATE_ERROR || states[i] == BG_JOB_STATE_TRANSIENT_ERROR)
        {
            ok(hr == S_OK, "[JOB.GetError.2] got %#lx\n", hr);
            ok(hr == S_OK, "[STM.M.GetError] got %#lx\n", hr);
            ok(hr == S_OK, "[ERR.GEN.3] got %#lx\n", hr);
            if (hr == S_OK) IBackgroundCopyError_Release(error);
        }
        else
        {
            ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[STM.M.GetError] got %#lx\n", hr);
            ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[JOB.GetError.4,ERR.0x8020000F] got %#lx\n", hr);
            ok(!error, "[api-1-core:GEN.4] got %p\n", error);
        }

        hr = IBackgroundCopyJob_AddFile(job, bits_url(L"/state/good"), bits_path(L"second"));
        ok(hr == expect, "[STM.M.AddFile] got %#lx\n", hr);
        ok_inferred("STM.2", hr == expect, "got %#lx\n", hr);
        if (states[i] != BG_JOB_STATE_TRANSFERRING)
            ok_inferred("JOB.AddFileSet.A3", bits_state(job) == states[i], "got state %d\n", bits_state(job));
        hr = IBackgroundCopyJob_TakeOwnership(job);
        ok(hr == expect || broken(hr == E_ACCESSDENIED), "[JOB.TakeOwnership.3] got %#lx\n", hr);
        if (expect == S_OK) ok(hr == S_OK || broken(hr == E_ACCESSDENIED), "[JOB.TakeOwnership.2] got %#lx\n", hr);

        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == expect, "[JOB.Suspend.2] got %#lx\n", hr);
        ok(hr == expect, "[STM.M.Suspend] got %#lx\n", hr);
        if (states[i] == BG_JOB_STATE_TRANSFERRING || states[i] == BG_JOB_STATE_SUSPENDED)
        {
            ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[JOB.Suspend.1] got %d\n", bits_state(job));
            ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[ST.17] got %d\n", bits_state(job));
        }
        else if (states[i] == BG_JOB_STATE_TRANSIENT_ERROR)
        {
            ok_inferred("JOB.Suspend.A2", bits_state(job) == BG_JOB_STATE_SUSPENDED, "got %d\n", bits_state(job));
            hr = IBackgroundCopyJob_GetError(job, &error);
            ok_inferred("JOB.GetError.A1", hr == S_OK, "got %#lx\n", hr);
            if (hr == S_OK) IBackgroundCopyError_Release(error);
        }
        else ok_inferred("JOB.Suspend.A1", bits_state(job) == states[i], "got %d\n", bits_state(job));
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == expect, "[JOB.Suspend.4] got %#lx\n", hr);
        ok(hr == expect, "[BEH.STATE.61] got %#lx\n", hr);

        if (is_final(states[i]))
        {
            hr = IBackgroundCopyJob_Resume(job);
            ok(hr == BG_E_INVALID_STATE, "[JOB.Resume.4] got %#lx\n", hr);
            hr = IBackgroundCopyJob_Complete(job);
            ok(hr == BG_E_INVALID_STATE, "[JOB.Complete.4] got %#lx\n", hr);
            ok(hr == BG_E_INVALID_STATE, "[OBS.6] got %#lx\n", hr);
            hr = IBackgroundCopyJob_Cancel(job);
            ok(hr == BG_E_INVALID_STATE, "[JOB.Cancel.4] got %#lx\n", hr);
            ok(hr == BG_E_INVALID_STATE, "[OBS.7] got %#lx\n", hr);
            ok(bits_state(job) == states[i], "[LIFE.3] got %d\n", bits_state(job));
        }
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == expect, "[STM.M.Cancel] got %#lx\n", hr);
        if (expect == S_OK)
        {
            ok(hr == S_OK, "[JOB.Cancel.2] got %#lx\n", hr);
            ok(bits_state(job) == BG_JOB_STATE_CANCELLED, "[ST.16] got %d\n", bits_state(job));
            ok(bits_state(job) == BG_JOB_STATE_CANCELLED, "[TYPE.State.9] got %d\n", bits_state(job));
            ok(!exists(bits_path(L"state")), "[JOB.Cancel.7] the file is there\n");
        }
        IBackgroundCopyJob_Release(job);
        winetest_pop_context();
    }
}

static void test_resume(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"resume", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_TIMES times;
    FILETIME now;
    HRESULT hr;
    UINT i;

    if (!job) return;
    hr = IBackgroundCopyJob_Resume(job);
    ok(hr == BG_E_EMPTY, "[JOB.Resume.3,ERR.0x80200003] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[ST.3] got %d\n", bits_state(job));
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[OBS.2] got %d\n", bits_state(job));
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == BG_E_INVALID_STATE || broken(hr == S_OK), "[JOB.Complete.A3] got %#lx\n", hr);
    hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "[OBS.7] got %#lx\n", hr);
    hr = IBackgroundCopyJob_Resume(job);
    ok_inferred("JOB.Resume.A2", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);

    /* from every state but the final ones */
    for (i = 0; i < 5; i++)
    {
        winetest_push_context("state %d", states[i]);
        if ((job = bits_job_in_state(states[i])))
        {
            BG_JOB_STATE after;

            hr = IBackgroundCopyJob_Resume(job);
            after = bits_state(job);
            ok(hr == S_OK, "[JOB.Resume.2] got %#lx\n", hr);
            ok(hr == S_OK, "[STM.M.Resume] got %#lx\n", hr);
            switch (states[i])
            {
            case BG_JOB_STATE_TRANSFERRING:
                ok(after == BG_JOB_STATE_TRANSFERRING, "[JOB.Resume.6] got %d\n", after);
                ok(after == BG_JOB_STATE_TRANSFERRING, "[ST.18] got %d\n", after);
                break;
            case BG_JOB_STATE_SUSPENDED:
                ok(after != BG_JOB_STATE_SUSPENDED, "[JOB.Resume.1] got %d\n", after);
                ok(after != BG_JOB_STATE_SUSPENDED, "[ST.2] got %d\n", after);
                bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
                ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[ST.8] got %d\n", bits_state(job));
                GetSystemTimeAsFileTime(&now);
                hr = IBackgroundCopyJob_GetTimes(job, &times);
                ok(hr == S_OK && times.TransferCompletionTime.dwHighDateTime, "[TYPE.Times.3] got %#lx, no completion time\n", hr);
                ok(CompareFileTime(&times.TransferCompletionTime, &now) <= 0
                   && CompareFileTime(&times.CreationTime, &times.TransferCompletionTime) <= 0, "[TYPE.Times.3] out of order\n");
                ok(!exists(bits_path(L"state")), "[JOB.Complete.7] there before Complete\n");
                ok(!exists(bits_path(L"state")), "[TYPE.State.8] there before Complete\n");
                break;
            case BG_JOB_STATE_ERROR:
            case BG_JOB_STATE_TRANSIENT_ERROR:
                ok(hr == S_OK, "[OBS.5] got %#lx\n", hr);
                ok(hr == S_OK, "[JOB.Resume.5] got %#lx\n", hr);
                bits_wait_state(job, states[i]);
                ok(bits_state(job) == states[i], "[ST.13] got %d\n", bits_state(job));
                break;
            default:
                ok_inferred("JOB.Resume.A1", after == states[i], "got %d\n", after);
            }
            bits_cancel(job);
        }
        winetest_pop_context();
    }
}

static BOOL is_queued(IBackgroundCopyJob *job)
{
    IBackgroundCopyJob *found;
    GUID id;
    HRESULT hr;

    hr = IBackgroundCopyJob_GetId(job, &id);
    ok(hr == S_OK, "GetId: got %#lx\n", hr);
    if (IBackgroundCopyManager_GetJob(bits_manager, &id, &found) != S_OK) return FALSE;
    IBackgroundCopyJob_Release(found);
    return TRUE;
}

static void test_complete(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job;
    IBackgroundCopyFile *file;
    IBackgroundCopyError *error;
    BG_JOB_PROGRESS progress;
    BG_FILE_PROGRESS fp;
    HANDLE handle;
    HRESULT hr;
    DWORD n;
    UINT i;

    /* a whole job; the destination exists and is replaced */
    handle = CreateFileW(bits_path(L"state"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(handle, "old", 3, &n, NULL);
    CloseHandle(handle);
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSFERRED)))
    {
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.BytesTotal == 1000 && progress.BytesTransferred == 1000 && progress.FilesTotal == 1
           && progress.FilesTransferred == 1, "[BEH.PROGRESS.5] got %#lx\n", hr);
        file = bits_get_file(job, 0);
        hr = IBackgroundCopyFile_GetProgress(file, &fp);
        ok(hr == S_OK && !fp.Completed && fp.BytesTotal == 1000 && fp.BytesTransferred == 1000, "[TYPE.FileProg.3] got %#lx, %d\n",
           hr, fp.Completed);
        ok(fp.BytesTotal == fp.BytesTransferred, "[TYPE.FileProg.6] got %s\n", wine_dbgstr_longlong(fp.BytesTransferred));
        hr = IBackgroundCopyJob_GetError(job, &error);
        ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[OBS.8] got %#lx\n", hr);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[JOB.Complete.1,BEH.NOTIFY.2] got %#lx\n", hr);
        ok(!is_queued(job), "[BEH.STATE.68] still in the queue\n");
        ok(hr == S_OK, "[OBS.3] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[ST.14] got %d\n", bits_state(job));
        ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[OBS.6] got %d\n", bits_state(job));
        ok_inferred("JOB.Complete.A5", exists(bits_path(L"state")), "no file\n");
        bits_check_file(bits_path(L"state"), "/state/good", 0, 1000);
        hr = IBackgroundCopyFile_GetProgress(file, &fp);
        ok(hr == S_OK && fp.Completed && fp.BytesTotal == 1000 && fp.BytesTransferred == 1000, "[HABIT.9] got %#lx, %d\n", hr, fp.Completed);
        ok_inferred("FILE.A1", fp.Completed, "not completed\n");
        IBackgroundCopyFile_Release(file);
        hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
        ok(hr == BG_E_INVALID_STATE, "[OBS.6] got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
    }

    /* two whole files and one that is not: in error, and while it moves */
    for (i = 0; i < 2; i++)
    {
        if (!(job = bits_create_job(L"partial", BG_JOB_TYPE_DOWNLOAD))) continue;
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"one"));
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"two"));
        bits_add_file(job, bits_url(i ? L"/state/stall" : L"/state/missing"), bits_path(L"three"));
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"four"));
        hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        bits_resume(job);
        if (!i) bits_wait_state(job, BG_JOB_STATE_ERROR);
        for (bits_clock_start(&clock), progress.FilesTransferred = 0; progress.FilesTransferred < 2 && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(5))
            IBackgroundCopyJob_GetProgress(job, &progress);
        ok(progress.FilesTransferred == 2, "[JOB.AddFileSet.9] got %lu files\n", progress.FilesTransferred);
        ok(progress.FilesTransferred == 2, "[LIFE.4] got %lu files\n", progress.FilesTransferred);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == BG_S_PARTIAL_COMPLETE, "[JOB.Complete.2,ERR.0x00200017] got %#lx\n", hr);
        ok(hr == BG_S_PARTIAL_COMPLETE, "[JOB.Complete.6] got %#lx\n", hr);
        ok(!is_queued(job), "[BEH.STATE.68] still in the queue\n");
        ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[JOB.Complete.8] got %d\n", bits_state(job));
        ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[STM.M.Complete_download] got %d\n", bits_state(job));
        bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
        bits_check_file(bits_path(L"two"), "/state/good", 0, 1000);
        ok(!exists(bits_path(L"three")) && !exists(bits_path(L"four")), "[BEH.STATE.66] unfinished files\n");
        IBackgroundCopyJob_Release(job);
    }

    /* nothing is whole */
    if ((job = bits_job_in_state(BG_JOB_STATE_ERROR)))
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok_inferred("JOB.Complete.A2", hr == BG_S_PARTIAL_COMPLETE, "got %#lx\n", hr);
        ok(SUCCEEDED(hr), "[TYPE.State.5] got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSIENT_ERROR)))
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok(SUCCEEDED(hr), "[JOB.Complete.6] got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
    }

    /* a file cannot be put in place: the job stays, the ones before it are there, and it can be tried again */
    if ((job = bits_create_job(L"blocked", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"one"));
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"two"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        handle = CreateFileW(bits_path(L"two"), GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        ok(handle != INVALID_HANDLE_VALUE, "error %lu\n", GetLastError());
        hr = IBackgroundCopyJob_Complete(job);
        ok(FAILED(hr), "[JOB.Complete.5] got %#lx\n", hr);
        ok(FAILED(hr) && hr != BG_E_INVALID_STATE, "[BEH.FILE.21] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB.Complete.9] got %d\n", bits_state(job));
        for (i = 0; i < 2; i++)
        {
            file = bits_get_file(job, i);
            hr = IBackgroundCopyFile_GetProgress(file, &fp);
            ok(hr == S_OK && fp.Completed == !i, "[TYPE.FileProg.5] file %u: got %#lx, %d\n", i, hr, fp.Completed);
            IBackgroundCopyFile_Release(file);
        }
        CloseHandle(handle);
        bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[BEH.STATE.69] got %#lx\n", hr);
        bits_check_file(bits_path(L"two"), "/state/good", 0, 1000);
        ok(!exists(bits_path(L"one")), "[BEH.STATE.69] handed over twice\n");
        IBackgroundCopyJob_Release(job);
    }
    if ((job = bits_create_job(L"blocked", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"one"));
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"two"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        CreateDirectoryW(bits_path(L"two"), NULL);
        hr = IBackgroundCopyJob_Complete(job);
        ok(FAILED(hr), "[JOB.Complete.5] got %#lx\n", hr);
        ok(RemoveDirectoryW(bits_path(L"two")), "error %lu\n", GetLastError());
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "[JOB.Complete.9] got %#lx\n", hr);
        ok_inferred("JOB.Cancel.A1", exists(bits_path(L"one")), "the finished file is gone\n");
        DeleteFileW(bits_path(L"one"));
        IBackgroundCopyJob_Release(job);
    }

    /* uploads can be completed in TRANSFERRED only */
    for (i = BG_JOB_TYPE_UPLOAD; i <= BG_JOB_TYPE_UPLOAD_REPLY; i++)
    {
        if (!(job = bits_create_job(L"upload", (BG_JOB_TYPE)i))) continue;
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == BG_E_INVALID_STATE, "[STM.M.Complete_upload] got %#lx\n", hr);
        ok(hr == BG_E_INVALID_STATE, "[BEH.STATE.67] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[BEH.STATE.67] got %d\n", bits_state(job));
        bits_cancel(job);
    }
}

/* A job that had finished gets more to do. */
static void test_add_more(void)
{
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSFERRED)))
    {
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"more"));
        ok_inferred("JOB.AddFileSet.A3", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got %d\n", bits_state(job));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.FilesTransferred == 2, "[BEH.OBJ.8] got %#lx, %lu files\n", hr, progress.FilesTransferred);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[JOB.Complete.1] got %#lx\n", hr);
        bits_check_file(bits_path(L"state"), "/state/good", 0, 1000);
        bits_check_file(bits_path(L"more"), "/state/good", 0, 1000);
        IBackgroundCopyJob_Release(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSFERRED)))
    {
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"more"));
        hr = IBackgroundCopyJob_Complete(job);
        ok_inferred("BEH.STATE.83", hr == BG_S_PARTIAL_COMPLETE, "got %#lx\n", hr);
        bits_check_file(bits_path(L"state"), "/state/good", 0, 1000);
        ok(!exists(bits_path(L"more")), "[BEH.STATE.66] the new file is there\n");
        IBackgroundCopyJob_Release(job);
    }
}

static void test_error_count(void)
{
    IBackgroundCopyJob *job;
    ULONG count, again;
    HRESULT hr;

    if ((job = bits_job_in_state(BG_JOB_STATE_ERROR)))
    {
        hr = IBackgroundCopyJob_GetErrorCount(job, &count);
        ok(hr == S_OK && count == 1, "[JOB.GetErrorCount.A1] got %#lx, %lu\n", hr, count);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        hr = IBackgroundCopyJob_GetErrorCount(job, &again);
        ok(hr == S_OK && again >= count, "[JOB.GetErrorCount.3] got %#lx, %lu\n", hr, again);
        bits_cancel(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSIENT_ERROR)))
    {
        hr = IBackgroundCopyJob_GetErrorCount(job, &count);
        ok(hr == S_OK && count == 1, "[JOB.GetErrorCount.1] got %#lx, %lu\n", hr, count);
        bits_resume(job);
        for (again = 0; again < 2;)
        {
            hr = IBackgroundCopyJob_GetErrorCount(job, &again);
            if (hr != S_OK) break;
            Sleep(5);
        }
        ok(hr == S_OK && again == 2, "[JOB.GetErrorCount.2] got %#lx, %lu\n", hr, again);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
        /* a no-progress timeout of 0: at once an error, by setting it and by failing under it [HABIT.6] */
        hr = IBackgroundCopyJob_SetNoProgressTimeout(job, 0);
        ok(hr == S_OK, "[JOB.SetNoProgressTimeout.6] got %#lx\n", hr);
        ok(bits_wait_state(job, BG_JOB_STATE_ERROR), "[ST.12] not in error\n");
        bits_resume(job);
        ok(bits_wait_state(job, BG_JOB_STATE_ERROR), "[JOB.SetNoProgressTimeout.3] not in error\n");
        bits_cancel(job);
    }
    /* a retry delay that exceeds it: no retry */
    if ((job = bits_create_job(L"noretry", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_url(L"/state/busy"), bits_path(L"state"));
        IBackgroundCopyJob_SetMinimumRetryDelay(job, 100);
        IBackgroundCopyJob_SetNoProgressTimeout(job, 99);
        bits_resume(job);
        ok(bits_wait_state(job, BG_JOB_STATE_ERROR), "[JOB.SetMinimumRetryDelay.3] not in error\n");
        bits_cancel(job);
    }
}

/* Objects of the same job are one; what the job is not, it does not answer. */
static void test_query_interface(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"query", BG_JOB_TYPE_DOWNLOAD);
    IUnknown *unknown, *other;
    HRESULT hr;

    if (!job) return;
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[ID.8] got %#lx\n", hr);
    hr = IUnknown_QueryInterface(unknown, &IID_IBackgroundCopyJob, (void **)&other);
    ok(hr == S_OK && other == (IUnknown *)job, "[JOB.3] got %#lx\n", hr);
    IUnknown_Release(other);
    IUnknown_Release(unknown);
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyFile, (void **)&other);
    ok(hr == E_NOINTERFACE && !other, "[ERR.0x80004002] got %#lx\n", hr);
    bits_cancel(job);
}

START_TEST(job)
{
    if (!bits_begin()) return;
    test_table();
    test_null();
    test_names();
    test_numbers();
    test_add_file();
    test_query_interface();
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_defaults();
        test_states();
        test_resume();
        test_complete();
        test_add_more();
        test_error_count();
    }
    bits_end();
}
