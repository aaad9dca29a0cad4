/*
 * Tests of IEnumBackgroundCopyFiles
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
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define POISON 0xdeadbeef
#define FILE_COUNT 3

static const WCHAR *const names[FILE_COUNT] = { L"one", L"two", L"three" };

static IEnumBackgroundCopyFiles *enum_files_(unsigned int line, IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *files = NULL;
    HRESULT hr = IBackgroundCopyJob_EnumFiles(job, &files);

    ok_(__FILE__, line)(hr == S_OK && files, "[JOB.EnumFiles.1] got %#lx\n", hr);
    return files;
}
#define enum_files(job) enum_files_(__LINE__, job)

static ULONG count_of_(unsigned int line, IEnumBackgroundCopyFiles *files)
{
    ULONG count = POISON;
    HRESULT hr = IEnumBackgroundCopyFiles_GetCount(files, &count);

    ok_(__FILE__, line)(hr == S_OK, "[ENUMFILES.GetCount.1] got %#lx\n", hr);
    return count;
}
#define count_of(files) count_of_(__LINE__, files)

static void check_name_(unsigned int line, IBackgroundCopyFile *file, UINT index, const char *id)
{
    WCHAR *name;
    HRESULT hr = IBackgroundCopyFile_GetLocalName(file, &name);

    ok_(__FILE__, line)(hr == S_OK && !wcscmp(name, bits_path(names[index])), "[%s] got %#lx, %s, expected file %u\n", id, hr,
                        wine_dbgstr_w(name), index);
    CoTaskMemFree(name);
}
#define check_name(file, index, id) check_name_(__LINE__, file, index, id)

static void test_next(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *files = enum_files(job);
    IBackgroundCopyFile *list[FILE_COUNT + 2], *file;
    ULONG fetched, i, refs;
    HRESULT hr;

    if (!files) return;
    ok(offsetof(IEnumBackgroundCopyFilesVtbl, Next) == 3 * sizeof(void *) && sizeof(IEnumBackgroundCopyFilesVtbl) == 8 * sizeof(void *),
       "[ENUMFILES.1] wrong table\n");
    ok(count_of(files) == FILE_COUNT, "[ENUMFILES.GetCount.1] got %lu\n", count_of(files));
    fetched = 0;
    hr = IEnumBackgroundCopyFiles_Next(files, FILE_COUNT, list, &fetched);
    ok(hr == S_OK && fetched == FILE_COUNT, "[ENUMFILES.Next.1] got %#lx, %lu\n", hr, fetched);
    for (i = 0; i < fetched; i++)
    {
        check_name(list[i], i, "ENUMFILES.Next.1");
        ok_inferred("JOB.EnumFiles.A1", hr == S_OK, "order of adding\n");
        IBackgroundCopyFile_Release(list[i]);
    }
    fetched = POISON;
    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
    ok(hr == S_FALSE && !fetched, "[OBS.10] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyFiles_Reset(files);
    ok(hr == S_OK, "[ENUMFILES.Reset.1] got %#lx\n", hr);
    fetched = POISON;
    hr = IEnumBackgroundCopyFiles_Next(files, FILE_COUNT + 2, list, &fetched);
    ok(hr == S_FALSE && fetched == FILE_COUNT, "[ENUMFILES.Next.1] got %#lx, %lu\n", hr, fetched);
    for (i = 0; i < fetched; i++) IBackgroundCopyFile_Release(list[i]);
    IEnumBackgroundCopyFiles_Reset(files);
    ok(count_of(files) == FILE_COUNT, "[ENUMFILES.GetCount.1] got %lu\n", count_of(files));

    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL);
    ok(hr == S_OK, "[ENUMFILES.Next.1] got %#lx\n", hr);
    if (hr == S_OK) IBackgroundCopyFile_Release(file);
    hr = IEnumBackgroundCopyFiles_Next(files, 2, list, NULL);
    ok(hr == E_INVALIDARG, "[OBS.10] got %#lx\n", hr);
    ok_inferred("ENUMFILES.Next.A1", hr == E_INVALIDARG, "got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
    ok(hr == S_OK, "[ENUMFILES.Next.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        check_name(file, 1, "ENUMFILES.Next.1");
        IBackgroundCopyFile_Release(file);
    }
    fetched = POISON;
    hr = IEnumBackgroundCopyFiles_Next(files, 0, list, &fetched);
    ok_inferred("ENUMFILES.Next.A1", hr == S_OK && !fetched, "got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyFiles_Next(files, 1, NULL, &fetched);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_GetCount(files, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_Clone(files, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
    refs = IEnumBackgroundCopyFiles_Release(files);
    ok(!refs, "[OBS.10] got %lu references\n", refs);
}

static void test_skip_clone(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *files = enum_files(job), *clone;
    IBackgroundCopyFile *file;
    ULONG fetched;
    HRESULT hr;

    if (!files) return;
    hr = IEnumBackgroundCopyFiles_Skip(files, 1);
    ok(hr == S_OK, "[ENUMFILES.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_Clone(files, &clone);
    ok(hr == S_OK, "[ENUMFILES.Clone.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IEnumBackgroundCopyFiles_Skip(files, 1);
        ok(hr == S_OK, "[ENUMFILES.Skip.1] got %#lx\n", hr);
        hr = IEnumBackgroundCopyFiles_Next(clone, 1, &file, &fetched);
        ok(hr == S_OK && fetched == 1, "[ENUMFILES.Clone.1] got %#lx\n", hr);
        check_name(file, 1, "ENUMFILES.Clone.1");
        IBackgroundCopyFile_Release(file);
        ok(count_of(clone) == FILE_COUNT, "[ENUMFILES.Clone.1] got %lu\n", count_of(clone));
        IEnumBackgroundCopyFiles_Release(clone);
        hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
        ok(hr == S_OK, "[ENUMFILES.Clone.1] got %#lx\n", hr);
        check_name(file, 2, "ENUMFILES.Skip.1");
        IBackgroundCopyFile_Release(file);
    }
    hr = IEnumBackgroundCopyFiles_Skip(files, 1);
    ok(hr == S_FALSE, "[OBS.10] got %#lx\n", hr);
    IEnumBackgroundCopyFiles_Reset(files);
    hr = IEnumBackgroundCopyFiles_Skip(files, FILE_COUNT);
    ok(hr == S_OK, "[OBS.10] got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
    ok(hr == S_FALSE && !fetched, "[ENUMFILES.Skip.1] got %#lx, %lu\n", hr, fetched);
    IEnumBackgroundCopyFiles_Reset(files);
    hr = IEnumBackgroundCopyFiles_Skip(files, FILE_COUNT + 1);
    ok(hr == S_FALSE, "[ENUMFILES.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
    ok(hr == S_FALSE && !fetched, "[ENUMFILES.Skip.1] got %#lx, %lu\n", hr, fetched);
    IEnumBackgroundCopyFiles_Release(files);
}

static void test_snapshot(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *before = enum_files(job), *after;

    if (!before) return;
    bits_add_file(job, L"http://127.0.0.1/more", bits_path(L"more"));
    ok(count_of(before) == FILE_COUNT, "[JOB.EnumFiles.2] got %lu\n", count_of(before));
    IEnumBackgroundCopyFiles_Reset(before);
    ok(count_of(before) == FILE_COUNT, "[ENUMFILES.Reset.1] got %lu\n", count_of(before));
    after = enum_files(job);
    ok(count_of(after) == FILE_COUNT + 1, "[JOB.EnumFiles.2] got %lu\n", count_of(after));
    IEnumBackgroundCopyFiles_Release(after);
    IEnumBackgroundCopyFiles_Release(before);
}

static void test_empty(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"empty", BG_JOB_TYPE_DOWNLOAD);
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file;
    ULONG fetched = POISON;
    HRESULT hr;

    if (!job) return;
    if ((files = enum_files(job)))
    {
        ok(!count_of(files), "[ENUMFILES.GetCount.1] got %lu\n", count_of(files));
        hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, &fetched);
        ok(hr == S_FALSE && !fetched, "[ENUMFILES.Next.1] got %#lx, %lu\n", hr, fetched);
        hr = IEnumBackgroundCopyFiles_Skip(files, 1);
        ok(hr == S_FALSE, "[ENUMFILES.Skip.1] got %#lx\n", hr);
        IEnumBackgroundCopyFiles_Release(files);
    }
    bits_cancel(job);
}

START_TEST(enum_files)
{
    IBackgroundCopyJob *job;
    UINT i;

    if (!bits_begin()) return;
    if ((job = bits_create_job(L"enum", BG_JOB_TYPE_DOWNLOAD)))
    {
        for (i = 0; i < FILE_COUNT; i++) bits_add_file(job, L"http://127.0.0.1/file", bits_path(names[i]));
        test_next(job);
        test_skip_clone(job);
        test_snapshot(job);
        bits_cancel(job);
    }
    test_empty();
    bits_end();
}
