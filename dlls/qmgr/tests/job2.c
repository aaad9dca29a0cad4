/*
 * IBackgroundCopyJob2 across the process boundary
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
#include "wincred.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

/* One object with many interfaces. */
static void test_identity(void)
{
    static const struct
    {
        const IID *iid;
        const char *name;
    }
    interfaces[] =
    {
        { &IID_IBackgroundCopyJob, "IBackgroundCopyJob" },
        { &IID_IBackgroundCopyJob2, "IBackgroundCopyJob2" },
        { &IID_IBackgroundCopyJob3, "IBackgroundCopyJob3" },
        { &IID_IBackgroundCopyJob4, "IBackgroundCopyJob4" },
        { &IID_IBackgroundCopyJob5, "IBackgroundCopyJob5" },
        { &IID_IBackgroundCopyJobHttpOptions, "IBackgroundCopyJobHttpOptions" },
        { &IID_IBackgroundCopyJobHttpOptions2, "IBackgroundCopyJobHttpOptions2" },
        { &IID_IBackgroundCopyJobHttpOptions3, "IBackgroundCopyJobHttpOptions3" },
        { &IID_IBitsTokenOptions, "IBitsTokenOptions" },
    };
    IBackgroundCopyJob *job = bits_create_job(L"identity", BG_JOB_TYPE_DOWNLOAD);
    IUnknown *unknown, *iface, *same, *back;
    unsigned int i, j;
    HRESULT hr;

    if (!job) return;
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "got %#lx\n", hr);
    for (i = 0; i < ARRAY_SIZE(interfaces); i++)
    {
        hr = IBackgroundCopyJob_QueryInterface(job, interfaces[i].iid, (void **)&iface);
        ok(hr == S_OK, "[api-2-later:GEN.1] no %s: %#lx\n", interfaces[i].name, hr);
        if (hr != S_OK) continue;
        hr = IUnknown_QueryInterface(iface, &IID_IUnknown, (void **)&same);
        ok(hr == S_OK && same == unknown, "[api-2-later:GEN.2] %s is another object: %#lx\n", interfaces[i].name, hr);
        IUnknown_Release(same);
        for (j = 0; j < ARRAY_SIZE(interfaces); j++)
        {
            hr = IUnknown_QueryInterface(iface, interfaces[j].iid, (void **)&back);
            ok(hr == S_OK, "[api-2-later:GEN.2] no way from %s to %s: %#lx\n", interfaces[i].name, interfaces[j].name, hr);
            if (hr == S_OK) IUnknown_Release(back);
        }
        IUnknown_Release(iface);
    }
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyFile, (void **)&iface);
    ok(hr == E_NOINTERFACE && !iface, "[api-2-later:GEN.1] got %#lx\n", hr);
    IUnknown_Release(unknown);
    bits_cancel(job);
}

static void check_command_line_(unsigned int line, IBackgroundCopyJob2 *job, const WCHAR *program, const WCHAR *parameters, const char *facts)
{
    WCHAR *got_program = (WCHAR *)0xdeadbeef, *got_parameters = (WCHAR *)0xdeadbeef;
    HRESULT hr = IBackgroundCopyJob2_GetNotifyCmdLine(job, &got_program, &got_parameters);

    ok_(__FILE__, line)(hr == S_OK, "[JOB2.GetNotifyCmdLine.3] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(got_program && !wcscmp(got_program, program), "[%s] program %s, expected %s\n", facts,
                        wine_dbgstr_w(got_program), wine_dbgstr_w(program));
    ok_(__FILE__, line)(got_parameters && !wcscmp(got_parameters, parameters), "[%s] parameters %s, expected %s\n", facts,
                        wine_dbgstr_w(got_parameters), wine_dbgstr_w(parameters));
    CoTaskMemFree(got_program);
    CoTaskMemFree(got_parameters);
}
#define check_command_line(job, program, parameters, facts) check_command_line_(__LINE__, job, program, parameters, facts)

static void test_command_line(void)
{
    static const WCHAR program[] = L"C:\\no such\\%TEMP%\\program.exe", parameters[] = L"\"C:\\no such\\program.exe\" /a %TEMP% \"b c\"";
    IBackgroundCopyJob *job1 = bits_create_job(L"command line", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob2 *job;
    WCHAR *longest, *string = NULL;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob2);

    check_command_line(job, L"", L"", "JOB2.GetNotifyCmdLine.2,JOB2.SetNotifyCmdLine.1");
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, program, parameters);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.8] got %#lx\n", hr);
    check_command_line(job, program, parameters, "JOB2.GetNotifyCmdLine.1,JOB2.SetNotifyCmdLine.5");

    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, NULL, parameters);
    ok(FAILED(hr), "[JOB2.SetNotifyCmdLine.7] got %#lx\n", hr);
    ok_inferred("JOB2.SetNotifyCmdLine.A1", hr == E_INVALIDARG, "got %#lx\n", hr);
    check_command_line(job, program, parameters, "JOB2.SetNotifyCmdLine.7");

    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, program, NULL);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.4] got %#lx\n", hr);
    check_command_line(job, program, L"", "JOB2.SetNotifyCmdLine.4");

    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, NULL, NULL);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.6] got %#lx\n", hr);
    check_command_line(job, L"", L"", "JOB2.SetNotifyCmdLine.6");

    longest = bits_long_string(4001);
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, program, longest);
    ok(hr == BG_E_STRING_TOO_LONG, "[JOB2.SetNotifyCmdLine.10,ERR.0x80200021] got %#lx\n", hr);
    check_command_line(job, L"", L"", "JOB2.SetNotifyCmdLine.10");
    longest[4000] = 0;
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, program, longest);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.2] got %#lx\n", hr);
    check_command_line(job, program, longest, "JOB2.SetNotifyCmdLine.2");
    longest[261] = 0;
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, longest, NULL);
    ok(hr == BG_E_STRING_TOO_LONG, "[JOB2.SetNotifyCmdLine.10] got %#lx\n", hr);
    longest[260] = 0;
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, longest, NULL);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.2] got %#lx\n", hr);
    check_command_line(job, longest, L"", "JOB2.SetNotifyCmdLine.2");
    free(longest);

    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, L"", L"");
    ok_inferred("JOB2.SetNotifyCmdLine.A2", hr == S_OK, "got %#lx\n", hr);
    if (hr == S_OK) check_command_line(job, L"", L"", "JOB2.GetNotifyCmdLine.1");

    hr = IBackgroundCopyJob2_GetNotifyCmdLine(job, NULL, &string);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetNotifyCmdLine(job, &string, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    IBackgroundCopyJob2_Release(job);
    bits_cancel(job1);
}

static void test_command_line_in_states(void)
{
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job1 = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJob2 *job = bits_query(job1, IBackgroundCopyJob2);

        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, L"C:\\x.exe", L"C:\\x.exe 1");
        ok(hr == (final ? BG_E_INVALID_STATE : S_OK), "[JOB2.SetNotifyCmdLine.9] got %#lx\n", hr);
        check_command_line(job, final ? L"" : L"C:\\x.exe", final ? L"" : L"C:\\x.exe 1", "api-2-later:GEN.A3");
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, NULL, NULL);
        ok(hr == (final ? BG_E_INVALID_STATE : S_OK), "[JOB2.SetNotifyCmdLine.9] got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJob2_Release(job);
        bits_cancel(job1);
    }
}

static void test_reply_of_others(BG_JOB_TYPE type)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"no reply", type);
    IBackgroundCopyJob2 *job;
    BG_JOB_REPLY_PROGRESS progress = { 1, 2 };
    byte *buffer = (byte *)0xdeadbeef;
    UINT64 length = 3;
    WCHAR *name = (WCHAR *)0xdeadbeef;
    HRESULT hr;

    if (!job1) return;
    winetest_push_context("type %d", type);
    job = bits_query(job1, IBackgroundCopyJob2);
    hr = IBackgroundCopyJob2_GetReplyProgress(job, &progress);
    ok(hr == E_NOTIMPL, "[JOB2.GetReplyProgress.3] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyData(job, &buffer, &length);
    ok(hr == E_NOTIMPL, "[JOB2.GetReplyData.6] got %#lx\n", hr);
    ok_inferred("api-1-core:GEN.4", !buffer && !length, "got %p, %s\n", buffer, wine_dbgstr_longlong(length));
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    ok(hr == E_NOTIMPL, "[JOB2.GetReplyFileName.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_SetReplyFileName(job, bits_path(L"reply"));
    ok(FAILED(hr), "[JOB2.SetReplyFileName.1] got %#lx\n", hr);
    ok_inferred("JOB2.SetReplyFileName.A1", hr == E_NOTIMPL, "got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job);
    winetest_pop_context();
    bits_cancel(job1);
}

static void test_reply(void)
{
    static const WCHAR *const bad_names[] =
    {
        L"reply", L".\\reply", L"C:reply", L"C:\\a*b", L"C:\\a?b", L"\\\\?\\C:\\reply", L"C:\\reply:stream", L"C:\\"
    };
    IBackgroundCopyJob *job1 = bits_create_job(L"reply", BG_JOB_TYPE_UPLOAD_REPLY);
    WCHAR *longest, *name = (WCHAR *)0xdeadbeef, *again;
    BG_JOB_REPLY_PROGRESS progress = { 1, 2 };
    IBackgroundCopyJob2 *job;
    byte *buffer = (byte *)0xdeadbeef;
    BG_JOB_PROGRESS whole;
    UINT64 length = 3;
    unsigned int i;
    DWORD written;
    HANDLE file;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob2);

    hr = IBackgroundCopyJob2_GetReplyProgress(job, &progress);
    ok(hr == S_OK, "[JOB2.GetReplyProgress.2] got %#lx\n", hr);
    ok(progress.BytesTotal == BG_SIZE_UNKNOWN && !progress.BytesTransferred, "[JOB2.GetReplyProgress.5,BEH.PROGRESS.3] got %s of %s\n",
       wine_dbgstr_longlong(progress.BytesTransferred), wine_dbgstr_longlong(progress.BytesTotal));
    hr = IBackgroundCopyJob2_GetReplyProgress(job, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[JOB2.GetReplyProgress.4,JOB2.GetReplyProgress.A2] got %#lx\n", hr);

    hr = IBackgroundCopyJob2_GetReplyData(job, &buffer, &length);
    ok(hr == BG_E_INVALID_STATE, "[JOB2.GetReplyData.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyData(job, &buffer, NULL);
    ok_inferred("JOB2.GetReplyData.A3", hr == E_INVALIDARG || hr == NULL_REF, "got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyData(job, NULL, &length);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    ok(hr == S_OK && !name, "[JOB2.GetReplyFileName.2,JOB2.GetReplyFileName.3] got %#lx, %s\n", hr, wine_dbgstr_w(name));
    hr = IBackgroundCopyJob2_GetReplyFileName(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    for (i = 0; i < ARRAY_SIZE(bad_names); i++)
    {
        hr = IBackgroundCopyJob2_SetReplyFileName(job, bad_names[i]);
        ok(hr == E_INVALIDARG, "[JOB2.SetReplyFileName.9,JOB2.SetReplyFileName.4] %s: got %#lx\n", wine_dbgstr_w(bad_names[i]), hr);
    }
    longest = bits_long_string(400);
    wcscpy(longest, bits_folder);
    longest[wcslen(bits_folder)] = 'x';
    longest[261] = 0;
    hr = IBackgroundCopyJob2_SetReplyFileName(job, longest);
    ok(hr == E_INVALIDARG, "[JOB2.SetReplyFileName.9] got %#lx\n", hr);
    free(longest);
    hr = IBackgroundCopyJob2_SetReplyFileName(job, bits_path(L"missing\\reply"));
    ok(FAILED(hr), "[JOB2.SetReplyFileName.4] got %#lx\n", hr);
    ok_inferred("JOB2.SetReplyFileName.A3", hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    ok(hr == S_OK && !name, "[JOB2.SetReplyFileName.9] a refused name was kept: %#lx, %s\n", hr, wine_dbgstr_w(name));

    hr = IBackgroundCopyJob2_SetReplyFileName(job, bits_path(L"reply"));
    ok(hr == S_OK, "[JOB2.SetReplyFileName.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    bits_check_string("JOB2.GetReplyFileName.1,BEH.FILE.40", hr, name, bits_path(L"reply"));
    ok(GetFileAttributesW(bits_path(L"reply")) == INVALID_FILE_ATTRIBUTES, "[JOB2.SetReplyFileName.10] there is a file already\n");

    hr = IBackgroundCopyJob2_SetReplyFileName(job, L"");
    ok(hr == S_OK, "[JOB2.SetReplyFileName.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    ok(hr == S_OK && !name, "[JOB2.GetReplyFileName.2] got %#lx, %s\n", hr, wine_dbgstr_w(name));

    /* a generated name, once there is a file to put it beside */
    file = CreateFileW(bits_path(L"upload"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "12345", 5, &written, NULL);
    CloseHandle(file);
    bits_add_file(job1, bits_url(L"/upload"), bits_path(L"upload"));
    hr = IBackgroundCopyJob_GetProgress(job1, &whole);
    ok(hr == S_OK && whole.BytesTotal == 5 && whole.FilesTotal == 1, "[BEH.PROGRESS.3] got %#lx, %s bytes\n", hr,
       wine_dbgstr_longlong(whole.BytesTotal));
    hr = IBackgroundCopyJob2_GetReplyProgress(job, &progress);
    ok(hr == S_OK && progress.BytesTotal == BG_SIZE_UNKNOWN, "[BEH.PROGRESS.3] got %#lx, %s\n", hr, wine_dbgstr_longlong(progress.BytesTotal));
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    ok(hr == S_OK && name, "[JOB2.SetReplyFileName.2] got %#lx, %s\n", hr, wine_dbgstr_w(name));
    if (hr == S_OK && name)
    {
        ok(!wcsncmp(name, bits_folder, wcslen(bits_folder)) && !wcschr(name + wcslen(bits_folder), '\\'),
           "[JOB2.SetReplyFileName.3,BEH.FILE.40] got %s\n", wine_dbgstr_w(name));
        /* as long as a temporary name of ours, and with its end */
        if (!strcmp(winetest_platform, "wine"))
            ok(wcslen(name) == wcslen(bits_folder) + 19 && !wcscmp(name + wcslen(name) - 4, L".tmp"), "got %s\n", wine_dbgstr_w(name));
        hr = IBackgroundCopyJob2_GetReplyFileName(job, &again);
        ok_inferred("JOB2.GetReplyFileName.A1", hr == S_OK && !wcscmp(name, again), "got %#lx, %s then %s\n", hr, wine_dbgstr_w(name),
                    wine_dbgstr_w(again));
        CoTaskMemFree(again);
        CoTaskMemFree(name);
    }
    hr = IBackgroundCopyJob2_SetReplyFileName(job, bits_path(L"mine"));
    ok(hr == S_OK, "[JOB2.SetReplyFileName.6] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyFileName(job, &name);
    bits_check_string("JOB2.GetReplyFileName.1", hr, name, bits_path(L"mine"));
    hr = IBackgroundCopyJob2_SetReplyFileName(job, NULL);
    ok(hr == S_OK, "[JOB2.SetReplyFileName.2] got %#lx\n", hr);

    hr = IBackgroundCopyJob_Cancel(job1);
    ok(hr == S_OK, "Cancel: got %#lx\n", hr);
    hr = IBackgroundCopyJob2_SetReplyFileName(job, bits_path(L"late"));
    ok_inferred("JOB2.SetReplyFileName.A2", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
    hr = IBackgroundCopyJob2_GetReplyData(job, &buffer, &length);
    ok(hr == BG_E_INVALID_STATE, "[JOB2.GetReplyData.5] got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job);
    IBackgroundCopyJob_Release(job1);
    ok(DeleteFileW(bits_path(L"upload")), "the source of an upload is gone, error %lu\n", GetLastError());
}

static HRESULT set_credentials(IBackgroundCopyJob2 *job, int target, int scheme, const WCHAR *user, const WCHAR *password)
{
    BG_AUTH_CREDENTIALS credentials;

    memset(&credentials, 0, sizeof(credentials));
    credentials.Target = (BG_AUTH_TARGET)target;
    credentials.Scheme = (BG_AUTH_SCHEME)scheme;
    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    return IBackgroundCopyJob2_SetCredentials(job, &credentials);
}

static HRESULT remove_credentials(IBackgroundCopyJob2 *job, int target, int scheme)
{
    return IBackgroundCopyJob2_RemoveCredentials(job, (BG_AUTH_TARGET)target, (BG_AUTH_SCHEME)scheme);
}

static void test_credentials(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"credentials", BG_JOB_TYPE_DOWNLOAD);
    int target, scheme, last;
    IBackgroundCopyJob2 *job;
    WCHAR *longest;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob2);

    /* the order of the page: target, scheme, user, password, NULL */
    for (target = 0; target <= 3; target += 3)
    {
        hr = set_credentials(job, target, BG_AUTH_SCHEME_BASIC, L"user", L"password");
        ok(hr == BG_E_INVALID_AUTH_TARGET, "[JOB2.SetCredentials.3,JOB2.TYPES.1,ERR.0x80200027,BEH.AUTH.1] %d: got %#lx\n", target, hr);
        hr = remove_credentials(job, target, BG_AUTH_SCHEME_BASIC);
        ok_inferred("JOB2.RemoveCredentials.A1,ERR.0x80200027", hr == BG_E_INVALID_AUTH_TARGET, "%d: got %#lx\n", target, hr);
    }
    for (scheme = 0; scheme <= 6; scheme += 6)
    {
        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, scheme, L"user", L"password");
        ok(hr == BG_E_INVALID_AUTH_SCHEME, "[JOB2.SetCredentials.4,JOB2.TYPES.2,ERR.0x80200028,BEH.AUTH.1] %d: got %#lx\n", scheme, hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, scheme);
        ok_inferred("JOB2.RemoveCredentials.A1,ERR.0x80200028", hr == BG_E_INVALID_AUTH_SCHEME, "%d: got %#lx\n", scheme, hr);
    }

    for (scheme = BG_AUTH_SCHEME_BASIC; scheme <= BG_AUTH_SCHEME_PASSPORT; scheme++)
    {
        BOOL implicit = scheme == BG_AUTH_SCHEME_NTLM || scheme == BG_AUTH_SCHEME_NEGOTIATE;
        BOOL documented = scheme == BG_AUTH_SCHEME_BASIC || scheme == BG_AUTH_SCHEME_DIGEST;

        winetest_push_context("scheme %d", scheme);
        hr = set_credentials(job, BG_AUTH_TARGET_PROXY, scheme, NULL, NULL);
        if (implicit) ok(hr == S_OK, "[JOB2.SetCredentials.12,BEH.AUTH.3] got %#lx\n", hr);
        else if (documented) ok(hr == E_INVALIDARG, "[JOB2.SetCredentials.7,BEH.AUTH.3] got %#lx\n", hr);
        else ok_inferred("JOB2.SetCredentials.A3", hr == E_INVALIDARG, "got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_PROXY, scheme);
        ok(hr == (implicit ? S_OK : S_FALSE), "[JOB2.RemoveCredentials.3] got %#lx\n", hr);

        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, scheme, NULL, L"password");
        if (documented) ok(hr == E_INVALIDARG, "[JOB2.SetCredentials.7] got %#lx\n", hr);
        else ok_inferred("JOB2.SetCredentials.A2", hr == E_INVALIDARG, "got %#lx\n", hr);
        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, scheme, L"user", NULL);
        if (documented) ok(hr == E_INVALIDARG, "[JOB2.SetCredentials.7] got %#lx\n", hr);
        else ok_inferred("JOB2.SetCredentials.A2", hr == E_INVALIDARG, "got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, scheme);
        ok(hr == S_FALSE, "[JOB2.RemoveCredentials.3] something was kept: %#lx\n", hr);

        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, scheme, L"user", L"");
        ok(hr == S_OK, "[JOB2.SetCredentials.15] got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, scheme);
        ok(hr == S_OK, "[JOB2.RemoveCredentials.2] got %#lx\n", hr);
        winetest_pop_context();
    }

    /* encoded names, and what looks like one */
    {
        USERNAME_TARGET_CREDENTIAL_INFO info = { (WCHAR *)L"domain\\user" };
        WCHAR *encoded = NULL;

        ok(CredMarshalCredentialW(UsernameTargetCredential, &info, &encoded), "CredMarshalCredential: error %lu\n", GetLastError());
        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE, encoded, L"password");
        ok(hr == S_OK, "[BEH.AUTH.8] %s: got %#lx\n", wine_dbgstr_w(encoded), hr);
        CredFree(encoded);
        hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE, L"@@9!", L"password");
        ok_inferred("BEH.AUTH.8", hr == BG_E_INVALID_CREDENTIALS, "got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NEGOTIATE);
        ok(hr == S_OK, "[JOB2.RemoveCredentials.2] got %#lx\n", hr);
    }

    /* limits */
    longest = bits_long_string(65537);
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", longest);
    ok(hr == BG_E_PASSWORD_TOO_LARGE, "[JOB2.SetCredentials.6,ERR.0x80200026,BEH.AUTH.4] got %#lx\n", hr);
    longest[65536] = 0;
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", longest);
    ok_inferred("JOB2.SetCredentials.A1", hr == S_OK, "got %#lx\n", hr);
    longest[301] = 0;
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, longest, L"password");
    ok(hr == BG_E_USERNAME_TOO_LARGE, "[JOB2.SetCredentials.5,ERR.0x80200025,BEH.AUTH.4] got %#lx\n", hr);
    longest[300] = 0;
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, longest, L"password");
    ok(hr == S_OK, "[JOB2.SetCredentials.5,JOB2.SetCredentials.1,BEH.AUTH.4] got %#lx\n", hr);
    free(longest);
    hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC);
    ok(hr == S_OK, "[JOB2.RemoveCredentials.2] got %#lx\n", hr);
    hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC);
    ok(hr == S_FALSE, "[JOB2.SetCredentials.1,BEH.AUTH.2] one pair had two entries: %#lx\n", hr);

    /* one entry for each pair, and each is removed alone */
    for (target = BG_AUTH_TARGET_SERVER; target <= BG_AUTH_TARGET_PROXY; target++)
        for (scheme = BG_AUTH_SCHEME_BASIC; scheme <= BG_AUTH_SCHEME_PASSPORT; scheme++)
        {
            hr = set_credentials(job, target, scheme, L"domain\\user", L"password");
            ok(hr == S_OK, "[JOB2.SetCredentials.2,JOB2.SetCredentials.19] %d, %d: got %#lx\n", target, scheme, hr);
        }
    for (target = BG_AUTH_TARGET_SERVER; target <= BG_AUTH_TARGET_PROXY; target++)
        for (scheme = BG_AUTH_SCHEME_PASSPORT; scheme >= BG_AUTH_SCHEME_BASIC; scheme--)
        {
            hr = remove_credentials(job, target, scheme);
            ok(hr == S_OK, "[JOB2.RemoveCredentials.1,JOB2.RemoveCredentials.2,BEH.AUTH.2] %d, %d: got %#lx\n", target, scheme, hr);
            hr = remove_credentials(job, target, scheme);
            ok(hr == S_FALSE, "[JOB2.RemoveCredentials.3] %d, %d: got %#lx\n", target, scheme, hr);
        }

    hr = IBackgroundCopyJob2_SetCredentials(job, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    /* a new owner gets none of it, even if he is the old one */
    hr = set_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"password");
    ok(hr == S_OK, "[JOB2.SetCredentials.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, L"C:\\x.exe", NULL);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.8] got %#lx\n", hr);
    hr = IBackgroundCopyJob_TakeOwnership(job1);
    if (hr == E_ACCESSDENIED) skip("TakeOwnership needs an administrator\n");
    else
    {
        ok(hr == S_OK, "[JOB.TakeOwnership.2] got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC);
        ok(hr == S_FALSE, "[JOB2.SetCredentials.8,api-2-later:GEN.15] got %#lx\n", hr);
        check_command_line(job, L"", L"", "JOB2.SetNotifyCmdLine.19,api-2-later:GEN.15");
    }
    IBackgroundCopyJob2_Release(job);
    bits_cancel(job1);

    for (last = 0; last < (int)ARRAY_SIZE(bits_states); last++)
    {
        BOOL final = bits_is_final(bits_states[last]);

        job1 = bits_job_in_state(bits_states[last]);
        job = bits_query(job1, IBackgroundCopyJob2);
        winetest_push_context("state %d", bits_states[last]);
        hr = set_credentials(job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM, NULL, NULL);
        if (final) ok_inferred("JOB2.SetCredentials.A5", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[JOB2.SetCredentials.2,JOB2.SetCredentials.10] got %#lx\n", hr);
        hr = remove_credentials(job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[JOB2.RemoveCredentials.2] got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJob2_Release(job);
        bits_cancel(job1);
    }
}

START_TEST(job2)
{
    if (!bits_begin()) return;
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_identity();
        test_command_line();
        test_command_line_in_states();
        test_reply_of_others(BG_JOB_TYPE_DOWNLOAD);
        test_reply_of_others(BG_JOB_TYPE_UPLOAD);
        test_reply();
        test_credentials();
    }
    bits_end();
}
