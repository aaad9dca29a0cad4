/*
 * The credentials of a job on the wire
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

static const char script[] =
    "on * /basic\n size 1000\n auth basic realm user secret\n"
    "on * /open\n size 1000\n";

static HRESULT set_credentials(IBackgroundCopyJob *job1, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme, const WCHAR *user, const WCHAR *password)
{
    IBackgroundCopyJob2 *job = bits_query(job1, IBackgroundCopyJob2);
    BG_AUTH_CREDENTIALS credentials;
    HRESULT hr;

    memset(&credentials, 0, sizeof(credentials));
    credentials.Target = target;
    credentials.Scheme = scheme;
    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    hr = IBackgroundCopyJob2_SetCredentials(job, &credentials);
    IBackgroundCopyJob2_Release(job);
    return hr;
}

/* How many requests showed credentials. */
static unsigned int count_shown(void)
{
    struct test_server_stats stats;
    unsigned int i, count = 0;
    char value[128];

    test_server_get_stats(bits_server, &stats);
    for (i = 1; i <= stats.requests; i++)
    {
        struct test_request request;

        if (!test_server_get_request(bits_server, i, &request)) continue;
        if (test_request_header(&request, "Authorization", value, sizeof(value))) count++;
        test_request_free(&request);
    }
    return count;
}

static BOOL find_shown(const char *text)
{
    struct test_server_stats stats;
    struct test_request request;
    BOOL found = FALSE;
    unsigned int i;
    char value[128];

    test_server_get_stats(bits_server, &stats);
    for (i = 1; i <= stats.requests && !found; i++)
    {
        if (!test_server_get_request(bits_server, i, &request)) continue;
        found = test_request_header(&request, "Authorization", value, sizeof(value)) && !strcmp(value, text);
        test_request_free(&request);
    }
    return found;
}

static void test_basic(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"basic", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, bits_url(L"/basic"), bits_path(L"basic"));
    test_server_reset(bits_server);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error(job, BG_E_HTTP_ERROR_401, "JOB2.SetCredentials.11");
    ok(!count_shown(), "[BEH.AUTH.5] credentials out of nothing\n");

    /* for another target, of another scheme, wrong ones */
    hr = set_credentials(job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_BASIC, L"user", L"secret");
    ok(hr == S_OK, "[JOB2.SetCredentials.10] got %#lx\n", hr);
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST, L"user", L"secret");
    ok(hr == S_OK, "[JOB2.SetCredentials.10] got %#lx\n", hr);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error(job, BG_E_HTTP_ERROR_401, "JOB2.SetCredentials.11,JOB2.SetCredentials.1");
    ok(!count_shown(), "[JOB2.SetCredentials.1] another pair was shown\n");
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"wrong");
    ok(hr == S_OK, "[JOB2.SetCredentials.10] got %#lx\n", hr);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error(job, BG_E_HTTP_ERROR_401, "JOB2.SetCredentials.11");
    ok(count_shown(), "[JOB2.SetCredentials.11] nothing was shown\n");

    /* the documented recovery */
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"secret");
    ok(hr == S_OK, "[JOB2.SetCredentials.10] got %#lx\n", hr);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_TRANSFERRED))
    {
        /* user:secret in Base64: nothing hides it */
        ok(find_shown("Basic dXNlcjpzZWNyZXQ="), "[JOB2.SetCredentials.17] not in clear\n");
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[JOB2.SetCredentials.10,BEH.AUTH.2] got %#lx\n", hr);
        bits_check_file(bits_path(L"basic"), "/basic", 0, 1000);
    }
    bits_cancel(job);

    /* removed is removed */
    if (!(job = bits_create_job(L"removed", BG_JOB_TYPE_DOWNLOAD))) return;
    job2 = bits_query(job, IBackgroundCopyJob2);
    bits_add_file(job, bits_url(L"/basic"), bits_path(L"removed"));
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"secret");
    ok(hr == S_OK, "[JOB2.SetCredentials.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_RemoveCredentials(job2, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC);
    ok(hr == S_OK, "[JOB2.RemoveCredentials.2] got %#lx\n", hr);
    test_server_reset(bits_server);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error(job, BG_E_HTTP_ERROR_401, "JOB2.RemoveCredentials.1");
    ok(!count_shown(), "[JOB2.RemoveCredentials.1] removed credentials were shown\n");
    IBackgroundCopyJob2_Release(job2);
    bits_cancel(job);
}

/* Whoever does not ask is shown nothing. */
static void test_unasked(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"unasked", BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, bits_url(L"/open"), bits_path(L"open"));
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"secret");
    ok(hr == S_OK, "[JOB2.SetCredentials.2] got %#lx\n", hr);
    test_server_reset(bits_server);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(!count_shown(), "[JOB2.SetCredentials.11,BEH.AUTH.5] shown without being asked for\n");
    bits_cancel(job);
}

/* A file of the file system takes no credentials and is not asked for any. */
static void test_file(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"file", BG_JOB_TYPE_DOWNLOAD);
    HANDLE file;
    DWORD size;
    HRESULT hr;

    if (!job) return;
    file = CreateFileW(bits_path(L"source"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "source", 6, &size, NULL);
    CloseHandle(file);
    bits_add_file(job, bits_path(L"source"), bits_path(L"target"));
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"nobody", L"wrong");
    ok(hr == S_OK, "[JOB2.SetCredentials.2] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB2.SetCredentials.16] got state %d\n", bits_state(job));
    bits_cancel(job);
    DeleteFileW(bits_path(L"source"));
}

START_TEST(auth)
{
    if (!bits_begin()) return;
    if (bits_server_start(script))
    {
        test_basic();
        test_unasked();
    }
    test_file();
    bits_end();
}
