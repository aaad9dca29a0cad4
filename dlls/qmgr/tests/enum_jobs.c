/*
 * Tests of IEnumBackgroundCopyJobs
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
#define JOB_COUNT 3

static IEnumBackgroundCopyJobs *enum_jobs_(unsigned int line)
{
    IEnumBackgroundCopyJobs *jobs = NULL;
    HRESULT hr = IBackgroundCopyManager_EnumJobs(bits_manager, 0, &jobs);

    ok_(__FILE__, line)(hr == S_OK && jobs, "[MGR.EnumJobs.3] got %#lx\n", hr);
    return jobs;
}
#define enum_jobs() enum_jobs_(__LINE__)

static ULONG count_of_(unsigned int line, IEnumBackgroundCopyJobs *jobs)
{
    ULONG count = POISON;
    HRESULT hr = IEnumBackgroundCopyJobs_GetCount(jobs, &count);

    ok_(__FILE__, line)(hr == S_OK, "[ENUMJOBS.GetCount.1] got %#lx\n", hr);
    return count;
}
#define count_of(jobs) count_of_(__LINE__, jobs)

static BOOL has_id(IBackgroundCopyJob *job, const GUID *id)
{
    GUID got;

    return IBackgroundCopyJob_GetId(job, &got) == S_OK && IsEqualGUID(&got, id);
}

/* Where the job is, up to the present position of nothing: a walk of its own. */
static int index_of(const GUID *id)
{
    IEnumBackgroundCopyJobs *jobs = enum_jobs();
    IBackgroundCopyJob *job;
    int i, found = -1;

    for (i = 0; found < 0 && IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK; i++)
    {
        if (has_id(job, id)) found = i;
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return found;
}

static void test_next(const GUID *ids)
{
    IEnumBackgroundCopyJobs *jobs = enum_jobs();
    ULONG count, fetched, i, refs;
    IBackgroundCopyJob **list, *job;
    int found = 0;
    HRESULT hr;

    if (!jobs) return;
    count = count_of(jobs);
    ok(count >= JOB_COUNT, "[ENUMJOBS.GetCount.1] got %lu\n", count);
    list = malloc((count + 2) * sizeof(*list));

    /* all of them, and more than there are */
    memset(list, 0xcc, (count + 2) * sizeof(*list));
    fetched = 0;
    hr = IEnumBackgroundCopyJobs_Next(jobs, count, list, &fetched);
    ok(hr == S_OK && fetched == count, "[ENUMJOBS.Next.1] got %#lx, %lu of %lu\n", hr, fetched, count);
    for (i = 0; i < fetched; i++)
    {
        found += has_id(list[i], &ids[0]) || has_id(list[i], &ids[1]) || has_id(list[i], &ids[2]);
        IBackgroundCopyJob_Release(list[i]);
    }
    ok(found == JOB_COUNT, "[MGR.EnumJobs.1] found %d\n", found);
    fetched = POISON;
    job = (IBackgroundCopyJob *)POISON;
    hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, &fetched);
    ok(hr == S_FALSE && !fetched, "[OBS.10] got %#lx, %lu\n", hr, fetched);
    ok(hr == S_FALSE, "[ENUMJOBS.Next.3] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Reset(jobs);
    ok(hr == S_OK, "[ENUMJOBS.Reset.1] got %#lx\n", hr);
    ok(count_of(jobs) == count, "[ENUMJOBS.GetCount.A1] got %lu\n", count_of(jobs));

    fetched = POISON;                       /* not checked on entry */
    hr = IEnumBackgroundCopyJobs_Next(jobs, count + 2, list, &fetched);
    ok(hr == S_FALSE && fetched == count, "[ENUMJOBS.Next.3] got %#lx, %lu of %lu\n", hr, fetched, count);
    ok(hr == S_FALSE && fetched == count, "[ENUMJOBS.Next.2] got %#lx, %lu of %lu\n", hr, fetched, count);
    for (i = 0; i < fetched; i++) IBackgroundCopyJob_Release(list[i]);
    IEnumBackgroundCopyJobs_Reset(jobs);

    /* NULL for the number */
    hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL);
    ok(hr == S_OK, "[ENUMJOBS.Next.2] got %#lx\n", hr);
    if (hr == S_OK) IBackgroundCopyJob_Release(job);
    hr = IEnumBackgroundCopyJobs_Next(jobs, 2, list, NULL);
    ok(FAILED(hr), "[ENUMJOBS.Next.A1] got %#lx\n", hr);
    ok(FAILED(hr), "[OBS.10] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Next(jobs, count, list, &fetched);
    ok(hr == S_FALSE && fetched == count - 1, "[ENUMJOBS.Next.A1] got %#lx, %lu: moved\n", hr, fetched);
    for (i = 0; i < fetched; i++) IBackgroundCopyJob_Release(list[i]);
    IEnumBackgroundCopyJobs_Reset(jobs);

    fetched = POISON;
    hr = IEnumBackgroundCopyJobs_Next(jobs, 0, list, &fetched);
    ok_inferred("ENUMJOBS.Next.A2", hr == S_OK && !fetched, "got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyJobs_Next(jobs, 1, NULL, &fetched);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_GetCount(jobs, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Clone(jobs, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
    refs = IEnumBackgroundCopyJobs_Release(jobs);
    ok(!refs, "[OBS.10] got %lu references\n", refs);
    free(list);
}

static void test_skip_clone(const GUID *ids)
{
    IEnumBackgroundCopyJobs *jobs = enum_jobs(), *clone = NULL;
    IBackgroundCopyJob *job, *other;
    IUnknown *unknown;
    ULONG count, fetched;
    HRESULT hr;
    int index;

    if (!jobs) return;
    hr = IEnumBackgroundCopyJobs_QueryInterface(jobs, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[ENUMJOBS.1] got %#lx\n", hr);
    IUnknown_Release(unknown);
    ok(offsetof(IEnumBackgroundCopyJobsVtbl, Next) == 3 * sizeof(void *) && sizeof(IEnumBackgroundCopyJobsVtbl) == 8 * sizeof(void *),
       "[ENUMJOBS.1] wrong table\n");
    count = count_of(jobs);
    index = index_of(&ids[1]);
    ok(index >= 0, "[MGR.EnumJobs.1] not found\n");
    hr = IEnumBackgroundCopyJobs_Skip(jobs, index);
    ok(hr == S_OK, "[ENUMJOBS.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Clone(jobs, &clone);
    ok(hr == S_OK && clone && clone != jobs, "[ENUMJOBS.Clone.1] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok(count_of(clone) == count, "[ENUMJOBS.Clone.1] got %lu\n", count_of(clone));
    hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL);
    ok(hr == S_OK && has_id(job, &ids[1]), "[ENUMJOBS.Skip.1] got %#lx\n", hr);
    /* the clone stands where the original stood */
    hr = IEnumBackgroundCopyJobs_Next(clone, 1, &other, &fetched);
    ok(hr == S_OK && fetched == 1 && has_id(other, &ids[1]), "[ENUMJOBS.Clone.1] got %#lx\n", hr);
    IBackgroundCopyJob_Release(other);
    IBackgroundCopyJob_Release(job);
    hr = IEnumBackgroundCopyJobs_Skip(clone, 0xffffffff);
    ok(hr == S_FALSE, "[ENUMJOBS.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Next(clone, 1, &other, &fetched);
    ok(hr == S_FALSE && !fetched, "[ENUMJOBS.Skip.1] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyJobs_Reset(clone);
    ok(hr == S_OK, "[ENUMJOBS.Reset.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Skip(clone, count);
    ok(hr == S_OK, "[OBS.10] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Skip(clone, 1);
    ok(hr == S_FALSE, "[OBS.10] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Skip(clone, 0);
    ok(hr == S_OK, "[ENUMJOBS.Skip.1] got %#lx\n", hr);
    IEnumBackgroundCopyJobs_Release(clone);
    /* the original did not move with it */
    hr = IEnumBackgroundCopyJobs_Skip(jobs, count - index - 1);
    ok(hr == S_OK, "[ENUMJOBS.Clone.1] got %#lx\n", hr);
    IEnumBackgroundCopyJobs_Release(jobs);
}

/* A snapshot of which jobs there are, with live values. */
static void test_snapshot(IBackgroundCopyJob **jobs, const GUID *ids)
{
    IEnumBackgroundCopyJobs *before = enum_jobs(), *after;
    IBackgroundCopyJob *job, *late;
    ULONG count;
    WCHAR *text;
    HRESULT hr;
    int index;

    if (!before) return;
    count = count_of(before);
    late = bits_create_job(L"late", BG_JOB_TYPE_DOWNLOAD);
    ok(count_of(before) == count, "[OBS.11] got %lu, expected %lu\n", count_of(before), count);
    ok(count_of(before) == count, "[MGR.EnumJobs.7] got %lu, expected %lu\n", count_of(before), count);
    after = enum_jobs();
    ok(count_of(after) == count + 1, "[OBS.11] got %lu, expected %lu\n", count_of(after), count + 1);
    IEnumBackgroundCopyJobs_Release(after);
    IEnumBackgroundCopyJobs_Reset(before);
    ok_inferred("ENUMJOBS.Reset.1", count_of(before) == count, "got %lu, expected %lu\n", count_of(before), count);
    bits_cancel(late);

    index = index_of(&ids[2]);
    hr = IBackgroundCopyJob_SetDescription(jobs[2], L"later");
    ok(hr == S_OK, "SetDescription: got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Skip(before, index);
    ok(hr == S_OK, "[ENUMJOBS.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs_Next(before, 1, &job, NULL);
    ok(hr == S_OK, "[ENUMJOBS.Next.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob_GetDescription(job, &text);
        ok(hr == S_OK && !wcscmp(text, L"later"), "[BEH.OBJ.10] got %#lx, %s\n", hr, wine_dbgstr_w(text));
        CoTaskMemFree(text);
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(before);
}

START_TEST(enum_jobs)
{
    IBackgroundCopyJob *jobs[JOB_COUNT];
    GUID ids[JOB_COUNT];
    UINT i;

    if (!bits_begin()) return;
    for (i = 0; i < JOB_COUNT; i++)
        if (!(jobs[i] = bits_create_job_(__LINE__, L"enum", BG_JOB_TYPE_DOWNLOAD, &ids[i]))) return;
    test_next(ids);
    test_skip_clone(ids);
    test_snapshot(jobs, ids);
    for (i = 0; i < JOB_COUNT; i++) bits_cancel(jobs[i]);
    bits_end();
}
