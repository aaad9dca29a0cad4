/*
 * IBackgroundCopyJob3 across the process boundary
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
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

static void check_remote_name_(unsigned int line, IBackgroundCopyJob *job, ULONG index, const WCHAR *expect, const char *facts)
{
    IBackgroundCopyFile *file = bits_get_file_(line, job, index);
    WCHAR *name;
    HRESULT hr;

    if (!file) return;
    hr = IBackgroundCopyFile_GetRemoteName(file, &name);
    bits_check_string_(line, facts, hr, name, expect);
    IBackgroundCopyFile_Release(file);
}
#define check_remote_name(job, index, expect, facts) check_remote_name_(__LINE__, job, index, expect, facts)

static ULONG count_files(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *files;
    ULONG count = ~0u;

    if (SUCCEEDED(IBackgroundCopyJob_EnumFiles(job, &files)))
    {
        IEnumBackgroundCopyFiles_GetCount(files, &count);
        IEnumBackgroundCopyFiles_Release(files);
    }
    return count;
}

static void test_prefix(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"prefix", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job;
    WCHAR *longest;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://a/", L"http://b/");
    ok(hr == S_FALSE, "[JOB3.ReplaceRemotePrefix.4] no file: got %#lx\n", hr);

    bits_add_file(job1, L"http://server/one", bits_path(L"1"));
    bits_add_file(job1, L"http://server/two", bits_path(L"2"));
    bits_add_file(job1, L"http://Server/three", bits_path(L"3"));
    bits_add_file(job1, L"http://other/http://server/", bits_path(L"4"));

    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://nobody/", L"http://b/");
    ok(hr == S_FALSE, "[JOB3.ReplaceRemotePrefix.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://server", L"https://new.example:8080/dir");
    ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.3,JOB3.ReplaceRemotePrefix.10] got %#lx\n", hr);
    check_remote_name(job1, 0, L"https://new.example:8080/dir/one", "JOB3.ReplaceRemotePrefix.1");
    check_remote_name(job1, 1, L"https://new.example:8080/dir/two", "JOB3.ReplaceRemotePrefix.1");
    check_remote_name(job1, 2, L"http://Server/three", "JOB3.ReplaceRemotePrefix.2");
    check_remote_name(job1, 3, L"http://other/http://server/", "JOB3.ReplaceRemotePrefix.1");

    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"", L"http://b/");
    ok(hr == E_INVALIDARG, "[JOB3.ReplaceRemotePrefix.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://", L"");
    ok(hr == E_INVALIDARG, "[JOB3.ReplaceRemotePrefix.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, NULL, L"http://b/");
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://", NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    /* one of three would become invalid */
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http", L"gopher");
    ok(hr == E_INVALIDARG, "[JOB3.ReplaceRemotePrefix.5] got %#lx\n", hr);
    longest = bits_long_string(2300);
    memcpy(longest, L"http://b/", 9 * sizeof(WCHAR));
    for (i = 209; i < 2193; i += 200) longest[i] = '/';             /* segments have a limit of their own */
    longest[2193] = 0;                                              /* and 8 more characters for the second of two names */
    bits_add_file(job1, L"http://x", bits_path(L"5"));
    bits_add_file(job1, L"http://xlonger/l", bits_path(L"6"));
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://x", longest);
    ok(hr == E_INVALIDARG, "[JOB3.ReplaceRemotePrefix.5] got %#lx\n", hr);
    check_remote_name(job1, 4, L"http://x", "JOB3.ReplaceRemotePrefix.5");
    check_remote_name(job1, 5, L"http://xlonger/l", "JOB3.ReplaceRemotePrefix.5");
    longest[2192] = 0;
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://x", longest);
    ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.5] 2200 characters: got %#lx\n", hr);
    check_remote_name(job1, 4, longest, "JOB3.ReplaceRemotePrefix.1");
    free(longest);
    IBackgroundCopyJob3_Release(job);
    bits_cancel(job1);
}

/* The prefix of what runs and of what is done. */
static void test_prefix_in_states(void)
{
    WCHAR old_prefix[64], new_prefix[64];
    unsigned int i;
    HRESULT hr;

    _snwprintf(old_prefix, ARRAY_SIZE(old_prefix), L"http://127.0.0.1:%u/state", test_server_port(bits_server));
    _snwprintf(new_prefix, ARRAY_SIZE(new_prefix), L"http://127.0.0.1:%u/moved", test_server_port(bits_server));
    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job1 = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJob3 *job = bits_query(job1, IBackgroundCopyJob3);
        IBackgroundCopyFile *file = bits_get_file(job1, 0);
        WCHAR *name;

        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, old_prefix, new_prefix);
        ok(hr == (final ? BG_E_INVALID_STATE : S_OK), "[JOB3.ReplaceRemotePrefix.7] got %#lx\n", hr);
        hr = IBackgroundCopyFile_GetRemoteName(file, &name);
        ok(hr == S_OK, "GetRemoteName: got %#lx\n", hr);
        ok(!wcsncmp(name, final ? old_prefix : new_prefix, wcslen(old_prefix)), "[JOB3.ReplaceRemotePrefix.A2] got %s\n",
           wine_dbgstr_w(name));
        CoTaskMemFree(name);
        if (bits_states[i] == BG_JOB_STATE_TRANSFERRED)
            ok(bits_state(job1) == BG_JOB_STATE_TRANSFERRED, "[JOB3.ReplaceRemotePrefix.9] got state %d\n", bits_state(job1));
        winetest_pop_context();
        IBackgroundCopyFile_Release(file);
        IBackgroundCopyJob3_Release(job);
        bits_cancel(job1);
    }
}

static HRESULT add_ranges(IBackgroundCopyJob3 *job, const WCHAR *remote, const WCHAR *local, const BG_FILE_RANGE *ranges, DWORD count)
{
    return IBackgroundCopyJob3_AddFileWithRanges(job, remote, local, count, (BG_FILE_RANGE *)ranges);
}

static void test_ranges(void)
{
    static const struct
    {
        BG_FILE_RANGE ranges[3];
        DWORD count;
        HRESULT hr;
        const char *facts;
    }
    bad[] =
    {
        { {{ BG_LENGTH_TO_EOF, 1 }}, 1, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.8,BEH.RANGE.2" },
        { {{ BG_LENGTH_TO_EOF, BG_LENGTH_TO_EOF }}, 1, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.8" },
        { {{ 0, 10 }, { BG_LENGTH_TO_EOF, 1 }}, 2, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.8" },
        { {{ 0, 10 }, { 0, 10 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.9,ERR.0x8020002C" },
        { {{ 0, 10 }, { 9, 1 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.9,ERR.0x8020002C" },
        { {{ 9, 1 }, { 0, 10 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.9,ERR.0x8020002C" },
        { {{ 100, 5 }, { 100, 6 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.9,ERR.0x8020002C" },
        { {{ 0, 10 }, { 20, 10 }, { 5, 1 }}, 3, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.9,ERR.0x8020002C" },
    },
    inferred[] =
    {
        { {{ 0, 0 }}, 1, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.A1" },
        { {{ 0, 5 }, { 7, 0 }}, 2, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.A1" },
        { {{ 2, BG_LENGTH_TO_EOF - 1 }}, 1, BG_E_INVALID_RANGE, "JOB3.AddFileWithRanges.A2" },
        { {{ 10, BG_LENGTH_TO_EOF }, { 20, 1 }}, 2, BG_E_OVERLAPPING_RANGES, "BEH.RANGE.3" },
        { {{ 20, 1 }, { 10, BG_LENGTH_TO_EOF }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.A3" },
        { {{ 10, BG_LENGTH_TO_EOF }, { 20, BG_LENGTH_TO_EOF }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.A3" },
    },
    same_offset[] =
    {
        { {{ 100, 5 }, { 100, 0 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.A1" },
        { {{ 100, 0 }, { 100, 5 }}, 2, BG_E_OVERLAPPING_RANGES, "JOB3.AddFileWithRanges.A1" },
    },
    good[] =
    {
        { {{ 0, 1 }}, 1, S_OK, "JOB3.AddFileWithRanges.4" },
        { {{ 0, BG_LENGTH_TO_EOF }}, 1, S_OK, "JOB3.AddFileWithRanges.3" },
        { {{ 0, 10 }, { 10, 10 }}, 2, S_OK, "JOB3.AddFileWithRanges.4" },
        { {{ 100, 100 }, { 900, BG_LENGTH_TO_EOF }, { 400, 100 }}, 3, S_OK, "JOB3.AddFileWithRanges.3,JOB3.AddFileWithRanges.A3,BEH.RANGE.3" },
        { {{ 0x123456789abcull, 0x1000000000ull }}, 1, S_OK, "JOB3.AddFileWithRanges.4" },
    };
    static const BG_FILE_RANGE one = { 0, 10 };
    static const WCHAR *const bad_remote[] = { L"", L"file", L"gopher://a/b", L"http://", L"ftp://a/b", L"http://a/b*" };
    static const WCHAR *const bad_local[] = { L"", L"local", L".\\local", L"C:local", L"C:\\a*", L"\\\\?\\C:\\a", L"C:\\a:stream" };
    IBackgroundCopyJob *job1 = bits_create_job(L"ranges", BG_JOB_TYPE_DOWNLOAD), *upload1;
    IBackgroundCopyJob3 *job, *upload;
    BG_FILE_RANGE *many;
    BG_JOB_TYPE type;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob3);
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), bad[i].ranges, bad[i].count);
        ok(hr == bad[i].hr, "[%s] %u: got %#lx\n", bad[i].facts, i, hr);
    }
    for (i = 0; i < ARRAY_SIZE(inferred); i++)
    {
        hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), inferred[i].ranges, inferred[i].count);
        ok_inferred(inferred[i].facts, hr == inferred[i].hr, "%u: got %#lx\n", i, hr);
        if (!inferred[i].ranges[inferred[i].count - 1].Length) ok(FAILED(hr), "[BEH.RANGE.7] %u: got %#lx\n", i, hr);
    }
    /* two pages say the opposite of each other: nothing to ask Windows */
    for (i = 0; i < ARRAY_SIZE(same_offset) && !strcmp(winetest_platform, "wine"); i++)
    {
        hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), same_offset[i].ranges, same_offset[i].count);
        ok(FAILED(hr), "[BEH.RANGE.7] %u: got %#lx\n", i, hr);
        ok(hr == same_offset[i].hr, "[%s] %u: got %#lx\n", same_offset[i].facts, i, hr);
    }
    for (i = 0; i < ARRAY_SIZE(bad_remote); i++)
    {
        hr = add_ranges(job, bad_remote[i], bits_path(L"a"), &one, 1);
        ok(hr == E_INVALIDARG, "[JOB3.AddFileWithRanges.5] %s: got %#lx\n", wine_dbgstr_w(bad_remote[i]), hr);
    }
    for (i = 0; i < ARRAY_SIZE(bad_local); i++)
    {
        hr = add_ranges(job, L"http://127.0.0.1/a", bad_local[i], &one, 1);
        ok(hr == E_INVALIDARG, "[JOB3.AddFileWithRanges.5] %s: got %#lx\n", wine_dbgstr_w(bad_local[i]), hr);
    }
    hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), &one, 0);
    ok(hr == E_INVALIDARG, "[JOB3.AddFileWithRanges.5] got %#lx\n", hr);
    hr = add_ranges(job, L"\\\\server\\share\\a", bits_path(L"a"), &one, 1);
    ok(FAILED(hr), "[JOB3.AddFileWithRanges.13,BEH.RANGE.6] got %#lx\n", hr);
    ok_inferred("JOB3.AddFileWithRanges.A4", hr == E_INVALIDARG, "got %#lx\n", hr);
    hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"missing\\a"), &one, 1);
    ok_inferred("JOB.AddFileSet.A5", hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got %#lx\n", hr);
    hr = add_ranges(job, NULL, bits_path(L"a"), &one, 1);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = add_ranges(job, L"http://127.0.0.1/a", NULL, &one, 1);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), NULL, 1);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    ok(!count_files(job1), "something was added: %lu\n", count_files(job1));

    for (i = 0; i < ARRAY_SIZE(good); i++)
    {
        IBackgroundCopyFile2 *file;
        IBackgroundCopyFile *file1;
        BG_FILE_RANGE *ranges;
        DWORD count = 77;

        winetest_push_context("good %u", i);
        hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), good[i].ranges, good[i].count);
        ok(hr == S_OK, "[%s] got %#lx\n", good[i].facts, hr);
        if (hr == S_OK && (file1 = bits_get_file(job1, i)))
        {
            file = bits_query(file1, IBackgroundCopyFile2);
            hr = IBackgroundCopyFile2_GetFileRanges(file, &count, &ranges);
            ok(hr == S_OK && count == good[i].count, "[FILE2.GetFileRanges.2] got %#lx, %lu ranges\n", hr, count);
            if (hr == S_OK)
            {
                ok(!memcmp(ranges, good[i].ranges, count * sizeof(*ranges)), "[FILE2.GetFileRanges.1,FILE2.GetFileRanges.A2] other ranges\n");
                CoTaskMemFree(ranges);
            }
            IBackgroundCopyFile2_Release(file);
            IBackgroundCopyFile_Release(file1);
        }
        winetest_pop_context();
    }

    /* the limit does not bind administrators [JOB3.AddFileWithRanges.12]; access.c asks as somebody else */
    many = malloc(501 * sizeof(*many));
    for (i = 0; i < 501; i++)
    {
        many[i].InitialOffset = (501 - i) * 10;
        many[i].Length = 10;
    }
    if (!strcmp(winetest_platform, "wine"))
    {
        hr = add_ranges(job, L"http://127.0.0.1/a", bits_path(L"a"), many, 501);
        ok(hr == S_OK, "[JOB3.AddFileWithRanges.12] got %#lx\n", hr);
    }
    free(many);

    /* a file with ranges stays with HTTP */
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job, L"http://127.0.0.1/", L"\\\\server\\share\\");
    ok_inferred("JOB3.AddFileWithRanges.A4", hr == E_INVALIDARG, "got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job);
    bits_cancel(job1);

    for (type = BG_JOB_TYPE_UPLOAD; type <= BG_JOB_TYPE_UPLOAD_REPLY; type++)
    {
        upload1 = bits_create_job(L"upload", type);
        upload = bits_query(upload1, IBackgroundCopyJob3);
        hr = add_ranges(upload, L"http://127.0.0.1/a", bits_path(L"a"), &one, 1);
        ok(hr == E_NOTIMPL, "[JOB3.AddFileWithRanges.6,BEH.RANGE.1] type %d: got %#lx\n", type, hr);
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(upload, L"http://a/", L"http://b/");
        ok(hr == E_NOTIMPL, "[JOB3.ReplaceRemotePrefix.6] type %d: got %#lx\n", type, hr);
        IBackgroundCopyJob3_Release(upload);
        bits_cancel(upload1);
    }
}

static void test_ranges_in_states(void)
{
    static const BG_FILE_RANGE one = { 0, 10 };
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job1 = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJob3 *job = bits_query(job1, IBackgroundCopyJob3);

        hr = add_ranges(job, bits_url(L"/state/good"), bits_path(L"part"), &one, 1);
        ok(hr == (final ? BG_E_INVALID_STATE : S_OK), "[JOB3.AddFileWithRanges.11] state %d: got %#lx\n", bits_states[i], hr);
        IBackgroundCopyJob3_Release(job);
        bits_cancel(job1);
    }
}

/* The bytes of the ranges come one behind the other. */
static void test_transfer_ranges(void)
{
    static const BG_FILE_RANGE ranges[] = { { 100, 100 }, { 900, BG_LENGTH_TO_EOF }, { 400, 100 } };
    IBackgroundCopyJob *job1 = bits_create_job(L"transfer ranges", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job;
    IBackgroundCopyFile *file;
    BG_FILE_PROGRESS progress;
    unsigned char expect[300], got[301];
    HANDLE handle;
    DWORD size = 0;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob3);
    hr = add_ranges(job, bits_url(L"/state/good"), bits_path(L"parts"), ranges, ARRAY_SIZE(ranges));
    ok(hr == S_OK, "[JOB3.AddFileWithRanges.4] got %#lx\n", hr);
    bits_resume(job1);
    if (bits_wait_state(job1, BG_JOB_STATE_TRANSFERRED))
    {
        file = bits_get_file(job1, 0);
        hr = IBackgroundCopyFile_GetProgress(file, &progress);
        ok(hr == S_OK && progress.BytesTotal == 300 && progress.BytesTransferred == 300, "[BEH.RANGE.8] got %#lx, %s of %s\n", hr,
           wine_dbgstr_longlong(progress.BytesTransferred), wine_dbgstr_longlong(progress.BytesTotal));
        IBackgroundCopyFile_Release(file);
        hr = IBackgroundCopyJob_Complete(job1);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        test_server_pattern("/state/good", 100, expect, 100);
        test_server_pattern("/state/good", 900, expect + 100, 100);
        test_server_pattern("/state/good", 400, expect + 200, 100);
        handle = CreateFileW(bits_path(L"parts"), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
        ReadFile(handle, got, sizeof(got), &size, NULL);
        CloseHandle(handle);
        ok(size == 300 && !memcmp(got, expect, 300), "[JOB3.AddFileWithRanges.2,BEH.RANGE.4,BEH.RANGE.3] wrong bytes, %lu of them\n", size);
        DeleteFileW(bits_path(L"parts"));
    }
    IBackgroundCopyJob3_Release(job);
    bits_cancel(job1);
}

static void test_acl_flags(void)
{
    static const DWORD bad[] = { 16, 0x1f, 0x80000000, 0x10000 };
    IBackgroundCopyJob *job1 = bits_create_job(L"acl", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job;
    DWORD flags, got;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob3);
    got = 77;
    hr = IBackgroundCopyJob3_GetFileACLFlags(job, &got);
    ok(hr == S_OK && !got, "[JOB3.GetFileACLFlags.1,JOB3.GetFileACLFlags.2,JOB3.SetFileACLFlags.1] got %#lx, %#lx\n", hr, got);
    for (flags = BG_COPY_FILE_ALL; (int)flags >= 0; flags--)
    {
        hr = IBackgroundCopyJob3_SetFileACLFlags(job, flags);
        ok(hr == S_OK, "[JOB3.SetFileACLFlags.2] %#lx: got %#lx\n", flags, hr);
        hr = IBackgroundCopyJob3_GetFileACLFlags(job, &got);
        ok(hr == S_OK && got == flags, "[JOB3.SetFileACLFlags.1,JOB3.GetFileACLFlags.1,BEH.ACL.1] %#lx: got %#lx, %#lx\n", flags, hr, got);
    }
    IBackgroundCopyJob3_SetFileACLFlags(job, BG_COPY_FILE_DACL);
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = IBackgroundCopyJob3_SetFileACLFlags(job, bad[i]);
        ok(hr == E_INVALIDARG, "[JOB3.SetFileACLFlags.4,BEH.ACL.1] %#lx: got %#lx\n", bad[i], hr);
    }
    hr = IBackgroundCopyJob3_GetFileACLFlags(job, &got);
    ok(hr == S_OK && got == BG_COPY_FILE_DACL, "[JOB3.SetFileACLFlags.4] got %#lx, %#lx\n", hr, got);
    hr = IBackgroundCopyJob3_GetFileACLFlags(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job);
    bits_cancel(job1);

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL transferred = bits_states[i] == BG_JOB_STATE_TRANSFERRED, final = bits_is_final(bits_states[i]);

        job1 = bits_job_in_state(bits_states[i]);
        job = bits_query(job1, IBackgroundCopyJob3);
        hr = IBackgroundCopyJob3_SetFileACLFlags(job, BG_COPY_FILE_OWNER);
        if (transferred) ok(hr == BG_E_INVALID_STATE, "[JOB3.SetFileACLFlags.3,BEH.ACL.2] got %#lx\n", hr);
        else if (final || bits_states[i] == BG_JOB_STATE_ERROR)
            ok_inferred("JOB3.SetFileACLFlags.A2", hr == (final ? BG_E_INVALID_STATE : S_OK), "state %d: got %#lx\n", bits_states[i], hr);
        else ok(hr == S_OK, "[JOB3.SetFileACLFlags.2,BEH.ACL.2] state %d: got %#lx\n", bits_states[i], hr);
        hr = IBackgroundCopyJob3_GetFileACLFlags(job, &got);
        ok(hr == S_OK && got == (transferred || final ? 0 : BG_COPY_FILE_OWNER), "[JOB3.GetFileACLFlags.2] state %d: got %#lx, %#lx\n",
           bits_states[i], hr, got);
        IBackgroundCopyJob3_Release(job);
        bits_cancel(job1);
    }
}

/* They say nothing of a file that comes by HTTP. */
static void test_acl_flags_http(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"acl", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_SetFileACLFlags(job, BG_COPY_FILE_ALL);
    ok(hr == S_OK, "[JOB3.SetFileACLFlags.2] got %#lx\n", hr);
    bits_add_file(job1, bits_url(L"/state/good"), bits_path(L"acl"));
    bits_resume(job1);
    bits_wait_states(job1, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    ok(bits_state(job1) == BG_JOB_STATE_TRANSFERRED, "[JOB3.SetFileACLFlags.5] got state %d\n", bits_state(job1));
    hr = IBackgroundCopyJob_Complete(job1);
    ok(hr == S_OK, "[JOB3.SetFileACLFlags.5] got %#lx\n", hr);
    bits_check_file(bits_path(L"acl"), "/state/good", 0, 1000);
    IBackgroundCopyJob3_Release(job);
    bits_cancel(job1);
}

/* There is no limit to what one call adds, or renames, for those whom no policy limits: tens of megabytes of names. */
static void test_many_files(void)
{
    enum { COUNT = 25000, LENGTH = 320 };
    IBackgroundCopyJob *job = bits_create_job(L"many", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job3 = bits_query(job, IBackgroundCopyJob3);
    WCHAR remote[LENGTH + 1], *names = malloc(COUNT * MAX_PATH * sizeof(*names));
    BG_FILE_INFO *set = malloc(COUNT * sizeof(*set));
    BG_JOB_PROGRESS progress;
    unsigned int i;
    HRESULT hr;

    lstrcpyW(remote, L"http://127.0.0.1/");
    for (i = lstrlenW(remote); i < LENGTH; i++) remote[i] = i % 50 ? 'a' : '/';
    remote[i] = 0;
    for (i = 0; i < COUNT; i++)
    {
        set[i].RemoteName = remote;
        set[i].LocalName = names + i * MAX_PATH;
        _snwprintf(set[i].LocalName, MAX_PATH, L"%lsfile%u", bits_folder, i);
    }
    hr = IBackgroundCopyJob_AddFileSet(job, COUNT, set);
    if (hr == BG_E_TOO_MANY_FILES_IN_JOB) win_skip("a policy limits the files of a job\n");
    else
    {
        ok(hr == S_OK, "[JOB.AddFileSet.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.FilesTotal == COUNT, "[JOB.AddFileSet.2] got %#lx, %lu files\n", hr, progress.FilesTotal);
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, L"http://127.0.0.1/", L"http://127.0.0.2/");
        ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.3] got %#lx\n", hr);
        remote[15] = '2';
        check_remote_name(job, COUNT - 1, remote, "JOB3.ReplaceRemotePrefix.1");
    }
    free(set);
    free(names);
    IBackgroundCopyJob3_Release(job3);
    bits_cancel(job);
}

START_TEST(job3)
{
    if (!bits_begin()) return;
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_prefix();
        test_prefix_in_states();
        test_ranges();
        test_ranges_in_states();
        test_transfer_ranges();
        test_acl_flags();
        test_acl_flags_http();
        test_many_files();
    }
    bits_end();
}
