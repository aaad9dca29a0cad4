/*
 * IBitsTokenOptions across the process boundary
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
#include "sddl.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

static const BG_JOB_TYPE types[] = { BG_JOB_TYPE_DOWNLOAD, BG_JOB_TYPE_UPLOAD, BG_JOB_TYPE_UPLOAD_REPLY };

/* The interface on a proxy that shows the token, for SetHelperToken [TOKEN.SetHelperToken.2]. */
static IBitsTokenOptions *get_options(IBackgroundCopyJob *job)
{
    IBitsTokenOptions *options = bits_query(job, IBitsTokenOptions);

    CoSetProxyBlanket((IUnknown *)options, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL, RPC_C_AUTHN_LEVEL_DEFAULT,
                      RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING);
    return options;
}

static WCHAR *own_sid(void)
{
    BYTE buffer[256];
    HANDLE token;
    WCHAR *text;
    DWORD size;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size);
    CloseHandle(token);
    return ConvertSidToStringSidW(((TOKEN_USER *)buffer)->User.Sid, &text) ? text : NULL;
}

static void check_sid_(unsigned int line, IBitsTokenOptions *options, const WCHAR *expect, const char *facts)
{
    WCHAR *sid = (WCHAR *)0xdeadbeef;
    HRESULT hr = IBitsTokenOptions_GetHelperTokenSid(options, &sid);

    bits_check_string_(line, facts, hr, sid, expect);
}
#define check_sid(options, expect, facts) check_sid_(__LINE__, options, expect, facts)

static void test_options(BG_JOB_TYPE type)
{
    static const DWORD bad[] = { 4, 8, 0x80000000, 7 };
    IBackgroundCopyJob *job = bits_create_job(L"token", type);
    IBitsTokenOptions *options;
    WCHAR *sid = own_sid();
    DWORD flags, got;
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    winetest_push_context("type %d", type);
    options = get_options(job);
    got = 77;
    hr = IBitsTokenOptions_GetHelperTokenFlags(options, &got);
    ok(hr == S_OK, "[TOKEN.GetHelperTokenFlags.2] got %#lx\n", hr);
    ok(!got, "[TOKEN.SetHelperTokenFlags.3] got %#lx\n", got);
    check_sid(options, NULL, "TOKEN.GetHelperTokenSid.1,TOKEN.GetHelperTokenSid.A1");
    for (flags = 3; (int)flags >= 0; flags--)
    {
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, flags);
        ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4,TOKEN.SetHelperTokenFlags.1,TOKEN.SetHelperTokenFlags.2,BEH.TOKEN.1] %#lx: got %#lx\n", flags, hr);
        hr = IBitsTokenOptions_GetHelperTokenFlags(options, &got);
        ok(hr == S_OK && got == flags, "[TOKEN.GetHelperTokenFlags.1] got %#lx, %#lx\n", hr, got);
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, bad[i]);
        ok_inferred("TOKEN.SetHelperTokenFlags.A1", hr == E_INVALIDARG, "%#lx: got %#lx\n", bad[i], hr);
    }
    hr = IBitsTokenOptions_ClearHelperToken(options);
    ok_inferred("TOKEN.ClearHelperToken.A1", hr == S_OK, "got %#lx\n", hr);

    hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK);
    ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4] got %#lx\n", hr);
    hr = IBitsTokenOptions_SetHelperToken(options);
    ok(hr == S_OK, "[TOKEN.SetHelperToken.3] got %#lx\n", hr);
    check_sid(options, sid, "TOKEN.GetHelperTokenSid.1,TOKEN.SetHelperToken.1,BEH.TOKEN.1");
    hr = IBitsTokenOptions_SetHelperToken(options);
    ok_inferred("TOKEN.SetHelperToken.A1", hr == S_OK, "got %#lx\n", hr);
    hr = IBitsTokenOptions_ClearHelperToken(options);
    ok(hr == S_OK, "[TOKEN.ClearHelperToken.2] got %#lx\n", hr);
    check_sid(options, NULL, "TOKEN.ClearHelperToken.1");
    hr = IBitsTokenOptions_GetHelperTokenFlags(options, &got);
    ok(hr == S_OK && got == BG_TOKEN_NETWORK, "[TOKEN.ClearHelperToken.1] got %#lx, %#lx\n", hr, got);

    hr = IBitsTokenOptions_GetHelperTokenFlags(options, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBitsTokenOptions_GetHelperTokenSid(options, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    LocalFree(sid);
    IBitsTokenOptions_Release(options);
    winetest_pop_context();
    bits_cancel(job);
}

static void test_states(void)
{
    WCHAR *sid = own_sid();
    unsigned int i;
    DWORD flags;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job = bits_job_in_state(bits_states[i]);
        IBitsTokenOptions *options = get_options(job);

        winetest_push_context("state %d", bits_states[i]);
        hr = IBitsTokenOptions_SetHelperToken(options);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[TOKEN.SetHelperToken.3] got %#lx\n", hr);
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_LOCAL_FILE);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4] got %#lx\n", hr);
        check_sid(options, final ? NULL : sid, "TOKEN.GetHelperTokenSid.2");
        hr = IBitsTokenOptions_GetHelperTokenFlags(options, &flags);
        ok(hr == S_OK && flags == (final ? 0 : BG_TOKEN_LOCAL_FILE), "[TOKEN.GetHelperTokenFlags.2] got %#lx, %#lx\n", hr, flags);
        hr = IBitsTokenOptions_ClearHelperToken(options);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[TOKEN.ClearHelperToken.2] got %#lx\n", hr);
        winetest_pop_context();
        IBitsTokenOptions_Release(options);
        bits_cancel(job);
    }
    LocalFree(sid);
}

/* Flags without a token, and the cure. */
static void test_transfer(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"no token", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    IBitsTokenOptions *options;
    HRESULT hr, code = S_OK;

    if (!job) return;
    options = get_options(job);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"helped"));
    hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK | BG_TOKEN_LOCAL_FILE);
    ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4] got %#lx\n", hr);
    if (!strcmp(winetest_platform, "wine"))
    {
        bits_resume(job);
        if (bits_wait_state(job, BG_JOB_STATE_ERROR))
        {
            hr = IBackgroundCopyJob_GetError(job, &error);
            ok(hr == S_OK, "GetError: got %#lx\n", hr);
            if (hr == S_OK)
            {
                IBackgroundCopyError_GetError(error, &context, &code);
                IBackgroundCopyError_Release(error);
            }
            ok(code == BG_E_TOKEN_REQUIRED, "[TOKEN.ClearHelperToken.A2] got %#lx\n", code);
        }
        /* without flags nobody asks for a token */
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, 0);
        ok(hr == S_OK, "[BEH.TOKEN.4] got %#lx\n", hr);
        bits_resume(job);
        ok(bits_wait_state(job, BG_JOB_STATE_TRANSFERRED), "[BEH.TOKEN.4,BEH.TOKEN.1] got state %d\n", bits_state(job));
        IBitsTokenOptions_Release(options);
        bits_cancel(job);

        if (!(job = bits_create_job(L"token", BG_JOB_TYPE_DOWNLOAD))) return;
        options = get_options(job);
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"helped"));
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK | BG_TOKEN_LOCAL_FILE);
        ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4] got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
    }
    hr = IBitsTokenOptions_SetHelperToken(options);
    ok(hr == S_OK, "[TOKEN.SetHelperToken.3] got %#lx\n", hr);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_TRANSFERRED))
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[TOKEN.4,BEH.TOKEN.4] got %#lx\n", hr);
        bits_check_file(bits_path(L"helped"), "/state/good", 0, 1000);
    }
    check_sid(options, NULL, "TOKEN.3");
    IBitsTokenOptions_Release(options);
    bits_cancel(job);
}

/* An owner who is no administrator. */
static void child_owner(const char *argument)
{
    IBackgroundCopyJob *job;
    IBitsTokenOptions *options;
    WCHAR *sid = own_sid(), id_text[50];
    DWORD flags;
    HRESULT hr;
    GUID id;

    /* of a job of his own he may use all five methods, and be the helper himself */
    job = bits_create_job(L"own", BG_JOB_TYPE_DOWNLOAD);
    if (!job) return;
    options = get_options(job);
    hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK);
    ok(hr == S_OK, "[TOKEN.5] SetHelperTokenFlags: got %#lx\n", hr);
    hr = IBitsTokenOptions_GetHelperTokenFlags(options, &flags);
    ok(hr == S_OK && flags == BG_TOKEN_NETWORK, "[TOKEN.5] GetHelperTokenFlags: got %#lx\n", hr);
    hr = IBitsTokenOptions_SetHelperToken(options);
    ok(hr == S_OK, "[TOKEN.5,TOKEN.SetHelperToken.6] SetHelperToken: got %#lx\n", hr);
    check_sid(options, sid, "TOKEN.5,TOKEN.SetHelperToken.6");
    hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_LOCAL_FILE);
    ok(hr == S_OK, "[TOKEN.5] SetHelperTokenFlags: got %#lx\n", hr);
    hr = IBitsTokenOptions_ClearHelperToken(options);
    ok(hr == S_OK, "[TOKEN.5] ClearHelperToken: got %#lx\n", hr);
    IBitsTokenOptions_Release(options);
    bits_cancel(job);

    /* where an administrator helps, he may not say with what */
    MultiByteToWideChar(CP_ACP, 0, argument, -1, id_text, ARRAY_SIZE(id_text));
    CLSIDFromString(id_text, &id);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    /* Windows: it was made by an elevated token */
    ok(hr == S_OK || broken(hr == E_ACCESSDENIED), "GetJob: got %#lx\n", hr);
    if (hr == S_OK)
    {
        options = get_options(job);
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK);
        ok(hr == E_ACCESSDENIED, "[TOKEN.SetHelperTokenFlags.6] got %#lx\n", hr);
        IBitsTokenOptions_Release(options);
        IBackgroundCopyJob_Release(job);
    }
    LocalFree(sid);
}

static void test_user(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"administrator's", BG_JOB_TYPE_DOWNLOAD);
    IBitsTokenOptions *options;
    WCHAR id_text[50];
    char text[50];
    HRESULT hr;
    GUID id;

    if (!job) return;
    options = get_options(job);
    hr = IBitsTokenOptions_SetHelperToken(options);
    ok(hr == S_OK, "[TOKEN.SetHelperToken.2,TOKEN.SetHelperToken.3] got %#lx\n", hr);
    IBackgroundCopyJob_GetId(job, &id);
    StringFromGUID2(&id, id_text, ARRAY_SIZE(id_text));
    WideCharToMultiByte(CP_ACP, 0, id_text, -1, text, sizeof(text), NULL, NULL);
    bits_run_child("token", text, BITS_CHILD_USER);
    IBitsTokenOptions_Release(options);
    bits_cancel(job);
}

START_TEST(token)
{
    unsigned int i;

    if (!bits_begin()) return;
    if (bits_child_argument())
    {
        child_owner(bits_child_argument());
        bits_end();
        return;
    }
    test_user();
    for (i = 0; i < ARRAY_SIZE(types); i++) test_options(types[i]);
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_states();
        test_transfer();
    }
    bits_end();
}
