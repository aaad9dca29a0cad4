/*
 * IBackgroundCopyJob4 across the process boundary
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

static void test_peer_flags(void)
{
    static const DWORD bad[] = { 8, 0xf, 0x80000000, 0x10001 };
    IBackgroundCopyJob *job1 = bits_create_job(L"peers", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob4 *job;
    DWORD flags, got = 77;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob4);
    hr = IBackgroundCopyJob4_GetPeerCachingFlags(job, &got);
    ok(hr == S_OK && !got, "[JOB4.SetPeerCachingFlags.1,JOB4.GetPeerCachingFlags.2] got %#lx, %#lx\n", hr, got);
    for (flags = 1; flags <= 7; flags++)
    {
        hr = IBackgroundCopyJob4_SetPeerCachingFlags(job, flags);
        ok(hr == S_OK, "[JOB4.SetPeerCachingFlags.5,JOB4.SetPeerCachingFlags.2] %#lx: got %#lx\n", flags, hr);
        hr = IBackgroundCopyJob4_GetPeerCachingFlags(job, &got);
        ok(hr == S_OK && (got & 3) == (flags & 3), "[JOB4.GetPeerCachingFlags.1,BEH.PEER.2] %#lx: got %#lx, %#lx\n", flags, hr, got);
        ok_inferred("JOB4.GetPeerCachingFlags.A1", got == flags, "%#lx: got %#lx\n", flags, got);
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = IBackgroundCopyJob4_SetPeerCachingFlags(job, bad[i]);
        ok(hr == E_NOTIMPL, "[JOB4.SetPeerCachingFlags.6] %#lx: got %#lx\n", bad[i], hr);
    }
    hr = IBackgroundCopyJob4_GetPeerCachingFlags(job, &got);
    ok(hr == S_OK && got == 7, "[JOB4.SetPeerCachingFlags.6] got %#lx, %#lx\n", hr, got);
    hr = IBackgroundCopyJob4_GetPeerCachingFlags(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyJob4_Release(job);
    bits_cancel(job1);
}

static void test_owner(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"owner", BG_JOB_TYPE_DOWNLOAD);
    TOKEN_MANDATORY_LABEL *label;
    TOKEN_ELEVATION elevation;
    IBackgroundCopyJob4 *job;
    BOOL elevated = 77;
    ULONG level = 77;
    BYTE buffer[256];
    HANDLE token;
    DWORD size;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob4);
    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    hr = IBackgroundCopyJob4_GetOwnerIntegrityLevel(job, &level);
    ok(hr == S_OK, "[JOB4.GetOwnerIntegrityLevel.2] got %#lx\n", hr);
    if (GetTokenInformation(token, TokenIntegrityLevel, buffer, sizeof(buffer), &size))
    {
        label = (TOKEN_MANDATORY_LABEL *)buffer;
        ok(level == *GetSidSubAuthority(label->Label.Sid, *GetSidSubAuthorityCount(label->Label.Sid) - 1),
           "[JOB4.GetOwnerIntegrityLevel.1] got %#lx\n", level);
    }
    hr = IBackgroundCopyJob4_GetOwnerElevationState(job, &elevated);
    ok(hr == S_OK, "[JOB4.GetOwnerElevationState.3] got %#lx\n", hr);
    if (GetTokenInformation(token, TokenElevation, &elevation, sizeof(elevation), &size))
        ok(elevated == (elevation.TokenIsElevated != 0), "[JOB4.GetOwnerElevationState.1] got %d\n", elevated);
    CloseHandle(token);
    hr = IBackgroundCopyJob4_GetOwnerIntegrityLevel(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob4_GetOwnerElevationState(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyJob4_Release(job);
    bits_cancel(job1);
}

static void test_download_time(void)
{
    static const ULONG values[] = { 1, 7776000, 0xffffffff, 60 };
    IBackgroundCopyJob *job1 = bits_create_job(L"time", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob4 *job;
    ULONG got = 77;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob4);
    hr = IBackgroundCopyJob4_GetMaximumDownloadTime(job, &got);
    ok(hr == S_OK, "[JOB4.GetMaximumDownloadTime.2] got %#lx\n", hr);
    ok(got == 7776000, "[JOB4.SetMaximumDownloadTime.1,BEH.POLICY.11] got %lu\n", got);
    for (i = 0; i < ARRAY_SIZE(values); i++)
    {
        hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job, values[i]);
        ok(hr == S_OK, "[JOB4.SetMaximumDownloadTime.4] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_GetMaximumDownloadTime(job, &got);
        ok(hr == S_OK && got == values[i], "[JOB4.GetMaximumDownloadTime.1] got %#lx, %lu\n", hr, got);
    }
    hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job, 0);
    ok_inferred("JOB4.SetMaximumDownloadTime.A1", hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob4_GetMaximumDownloadTime(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyJob4_Release(job);
    bits_cancel(job1);
}

/* More than a second of a transfer that stands still is too long for a limit of one second. */
static void test_time_out(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"time-out", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob4 *job;
    HRESULT hr, code = S_OK;
    BG_ERROR_CONTEXT context;
    IBackgroundCopyError *error;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob4);
    bits_add_file(job1, bits_url(L"/state/stall"), bits_path(L"slow"));
    hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job, 1);
    ok(hr == S_OK, "[JOB4.SetMaximumDownloadTime.4] got %#lx\n", hr);
    IBackgroundCopyJob_SetPriority(job1, BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job1);
    if (bits_wait_state(job1, BG_JOB_STATE_ERROR))
    {
        hr = IBackgroundCopyJob_GetError(job1, &error);
        ok(hr == S_OK, "GetError: got %#lx\n", hr);
        if (hr == S_OK)
        {
            IBackgroundCopyError_GetError(error, &context, &code);
            IBackgroundCopyError_Release(error);
        }
        ok(code == BG_E_MAXDOWNLOAD_TIMEOUT, "[JOB4.SetMaximumDownloadTime.3,BEH.STATE.43] got %#lx\n", code);
    }
    IBackgroundCopyJob4_Release(job);
    bits_cancel(job1);
}

static void test_states(void)
{
    unsigned int i;
    BOOL elevated;
    ULONG level;
    DWORD got;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job1 = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJob4 *job = bits_query(job1, IBackgroundCopyJob4);

        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJob4_SetPeerCachingFlags(job, BG_JOB_DISABLE_BRANCH_CACHE);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[JOB4.SetPeerCachingFlags.5] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_GetPeerCachingFlags(job, &got);
        ok(hr == S_OK, "[JOB4.GetPeerCachingFlags.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job, 600);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[JOB4.SetMaximumDownloadTime.4] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_GetMaximumDownloadTime(job, &got);
        ok(hr == S_OK, "[JOB4.GetMaximumDownloadTime.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_GetOwnerIntegrityLevel(job, &level);
        ok(hr == S_OK, "[JOB4.GetOwnerIntegrityLevel.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob4_GetOwnerElevationState(job, &elevated);
        ok(hr == S_OK, "[JOB4.GetOwnerElevationState.3] got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJob4_Release(job);
        bits_cancel(job1);
    }
}

START_TEST(job4)
{
    if (!bits_begin()) return;
    test_peer_flags();
    test_owner();
    test_download_time();
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_time_out();
        test_states();
    }
    bits_end();
}
