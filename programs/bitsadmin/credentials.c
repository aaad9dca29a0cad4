/*
 * bitsadmin: on whose behalf a job transfers
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

#include <wchar.h>

#include "bitsadmin.h"

/* missing in Wine's headers */
#ifndef LOGON32_LOGON_INTERACTIVE
#define LOGON32_LOGON_INTERACTIVE 2
#define LOGON32_PROVIDER_DEFAULT  0
#endif

static const struct keyword targets[] =
{
    { L"SERVER", BG_AUTH_TARGET_SERVER },
    { L"PROXY", BG_AUTH_TARGET_PROXY },
};

static const struct keyword schemes[] =
{
    { L"BASIC", BG_AUTH_SCHEME_BASIC },
    { L"DIGEST", BG_AUTH_SCHEME_DIGEST },
    { L"NTLM", BG_AUTH_SCHEME_NTLM },
    { L"NEGOTIATE", BG_AUTH_SCHEME_NEGOTIATE },
    { L"PASSPORT", BG_AUTH_SCHEME_PASSPORT },
};

/* target scheme user password.  NULL NULL means those of the user who is logged on. */
int cmd_set_credentials(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    BG_AUTH_CREDENTIALS credentials;
    IBackgroundCopyJob2 *job2;
    DWORD target, scheme;
    HRESULT hr;

    if (!parse_keyword(argv[0], targets, ARRAY_SIZE(targets), &target)) return fail_argument(cmd, argv[0]);
    if (!parse_keyword(argv[1], schemes, ARRAY_SIZE(schemes), &scheme)) return fail_argument(cmd, argv[1]);
    memset(&credentials, 0, sizeof(credentials));
    credentials.Target = target;
    credentials.Scheme = scheme;
    credentials.Credentials.Basic.UserName = (WCHAR *)null_word(argv[2]);
    credentials.Credentials.Basic.Password = (WCHAR *)null_word(argv[3]);
    if (SUCCEEDED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2)))
    {
        hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
        IBackgroundCopyJob2_Release(job2);
    }
    SecureZeroMemory(argv[3], wcslen(argv[3]) * sizeof(WCHAR));
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Credentials set.");
    return 0;
}

int cmd_remove_credentials(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob2 *job2;
    DWORD target, scheme;
    HRESULT hr;

    if (!parse_keyword(argv[0], targets, ARRAY_SIZE(targets), &target)) return fail_argument(cmd, argv[0]);
    if (!parse_keyword(argv[1], schemes, ARRAY_SIZE(schemes), &scheme)) return fail_argument(cmd, argv[1]);
    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return fail(cmd, hr);
    hr = IBackgroundCopyJob2_RemoveCredentials(job2, target, scheme);
    IBackgroundCopyJob2_Release(job2);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(hr == S_OK ? L"Credentials removed." : L"The job has no such credentials.");
    return 0;
}

static HRESULT token_options(IBackgroundCopyJob *job, IBitsTokenOptions **options)
{
    return job_interface(job, &IID_IBitsTokenOptions, (void **)options);
}

HRESULT get_helper_token_flags(IBackgroundCopyJob *job, struct text *value)
{
    IBitsTokenOptions *options;
    DWORD flags;
    HRESULT hr;

    if (FAILED(hr = token_options(job, &options))) return hr;
    hr = IBitsTokenOptions_GetHelperTokenFlags(options, &flags);
    IBitsTokenOptions_Release(options);
    if (SUCCEEDED(hr)) text_add(value, L"%u", (unsigned int)flags);
    return hr;
}

HRESULT get_helper_token_sid(IBackgroundCopyJob *job, struct text *value)
{
    IBitsTokenOptions *options;
    WCHAR *sid = NULL;
    HRESULT hr;

    if (FAILED(hr = token_options(job, &options))) return hr;
    hr = IBitsTokenOptions_GetHelperTokenSid(options, &sid);
    IBitsTokenOptions_Release(options);
    if (FAILED(hr)) return hr;
    text_add(value, L"%ls", sid ? sid : L"NULL");
    CoTaskMemFree(sid);
    return hr;
}

/*
 * Without further arguments the token of the prompt, else that of the account: the service takes the token of the calling thread,
 * which cloaking shows to it (TOKEN.SetHelperToken.2).  The interface is asked for first, under the job owner's own token
 * (TOKEN.5).
 */
int cmd_set_helper_token(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBitsTokenOptions *options;
    HANDLE token = NULL;
    HRESULT hr;

    if (argc == 1) return fail_count();
    if (FAILED(hr = token_options(job, &options))) return fail(cmd, hr);
    if (argc)
    {
        BOOL ret = LogonUserW(argv[0], NULL, argv[1], LOGON32_LOGON_INTERACTIVE, LOGON32_PROVIDER_DEFAULT, &token) &&
                   ImpersonateLoggedOnUser(token);

        if (!ret) hr = HRESULT_FROM_WIN32(GetLastError());
        SecureZeroMemory(argv[1], wcslen(argv[1]) * sizeof(WCHAR));
    }
    if (SUCCEEDED(hr)) hr = IBitsTokenOptions_SetHelperToken(options);
    if (token)
    {
        RevertToSelf();
        CloseHandle(token);
    }
    IBitsTokenOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Helper token set.");
    return 0;
}

int cmd_set_helper_token_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBitsTokenOptions *options;
    DWORD flags;
    HRESULT hr;

    if (!parse_number(argv[0], &flags)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = token_options(job, &options))) return fail(cmd, hr);
    hr = IBitsTokenOptions_SetHelperTokenFlags(options, flags);
    IBitsTokenOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Helper token flags set to %u.", (unsigned int)flags);
    return 0;
}
