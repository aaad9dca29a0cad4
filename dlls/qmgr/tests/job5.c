/*
 * IBackgroundCopyJob5 across the process boundary
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

#define INVALID_TAG HRESULT_FROM_WIN32(RPC_S_INVALID_TAG)

static const GUID some_guid = { 0x12345678, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };

static BITS_JOB_PROPERTY_VALUE value_of(BITS_JOB_PROPERTY_ID id, UINT64 number)
{
    BITS_JOB_PROPERTY_VALUE value;

    memset(&value, 0, sizeof(value));
    switch (id)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        value.ClsID = some_guid;
        value.ClsID.Data1 = (ULONG)number;
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        value.Enable = (BOOL)number;
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        value.Uint64 = number;
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        value.Target = (BG_AUTH_TARGET)number;
        break;
    default:
        value.Dword = (DWORD)number;
        break;
    }
    return value;
}

static HRESULT set_property(IBackgroundCopyJob5 *job, int id, UINT64 number)
{
    return IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)id, value_of((BITS_JOB_PROPERTY_ID)id, number));
}

static void check_property_(unsigned int line, IBackgroundCopyJob5 *job, int id, UINT64 number, const char *facts)
{
    BITS_JOB_PROPERTY_VALUE value, expect = value_of((BITS_JOB_PROPERTY_ID)id, number);
    HRESULT hr;

    memset(&value, 0xcc, sizeof(value));
    hr = IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)id, &value);
    ok_(__FILE__, line)(hr == S_OK, "[JOB5.GetProperty.1] property %d: got %#lx\n", id, hr);
    switch (id)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        ok_(__FILE__, line)(IsEqualGUID(&value.ClsID, &expect.ClsID), "[%s] property %d: got %s\n", facts, id, wine_dbgstr_guid(&value.ClsID));
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        ok_(__FILE__, line)(value.Uint64 == expect.Uint64, "[%s] property %d: got %s\n", facts, id, wine_dbgstr_longlong(value.Uint64));
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        ok_(__FILE__, line)(value.Target == expect.Target, "[%s] property %d: got %d\n", facts, id, value.Target);
        break;
    default:
        ok_(__FILE__, line)(value.Dword == expect.Dword, "[%s] property %d: got %#lx\n", facts, id, value.Dword);
        break;
    }
}
#define check_property(job, id, number, facts) check_property_(__LINE__, job, id, number, facts)

static void check_no_clsid_(unsigned int line, IBackgroundCopyJob5 *job, const char *facts)
{
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    memset(&value, 0xcc, sizeof(value));
    hr = IBackgroundCopyJob5_GetProperty(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, &value);
    ok_(__FILE__, line)(hr == S_OK && IsEqualGUID(&value.ClsID, &GUID_NULL), "[%s] got %#lx, %s\n", facts, hr, wine_dbgstr_guid(&value.ClsID));
}
#define check_no_clsid(job, facts) check_no_clsid_(__LINE__, job, facts)

static void test_defaults(BG_JOB_TYPE type)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"defaults", type);
    IBackgroundCopyJob5 *job;
    HRESULT hr;

    if (!job1) return;
    winetest_push_context("type %d", type);
    job = bits_query(job1, IBackgroundCopyJob5);
    check_property(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x800000ff, "JPROP.A1,BEH.COST.30");
    check_no_clsid(job, "JPROP.P2");
    check_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE, "JPROP.P3");
    check_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE, "JPROP.P4");
    check_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, ~(UINT64)0, "JPROP.A5");
    check_property(job, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 0, "JPROP.A9");
    check_property(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 500, "JPROP.P9,JPROP.11");
    check_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE, "JPROP.P10");
    hr = IBackgroundCopyJob5_GetProperty(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job);
    winetest_pop_context();
    bits_cancel(job1);
}

static void test_unknown(void)
{
    static const int silent[] = { 6, 8 }, outside[] = { 0, 11, 100 };
    IBackgroundCopyJob *job1 = bits_create_job(L"unknown", BG_JOB_TYPE_DOWNLOAD);
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob5);
    memset(&value, 0, sizeof(value));
    for (i = 0; i < ARRAY_SIZE(silent); i++)
    {
        hr = IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)silent[i], value);
        ok_inferred("JOB5.SetProperty.A1,ERR.0x80200057", hr == BG_E_UNKNOWN_PROPERTY_ID, "%d: got %#lx\n", silent[i], hr);
        hr = IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)silent[i], &value);
        ok_inferred("JOB5.SetProperty.A1", hr == BG_E_UNKNOWN_PROPERTY_ID, "%d: got %#lx\n", silent[i], hr);
    }
    for (i = 0; i < ARRAY_SIZE(outside); i++)
    {
        hr = IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)outside[i], value);
        ok(hr == BG_E_UNKNOWN_PROPERTY_ID || hr == INVALID_TAG, "[JOB5.SetProperty.2,JOB5.4] %d: got %#lx\n", outside[i], hr);
        hr = IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)outside[i], &value);
        ok(hr == BG_E_UNKNOWN_PROPERTY_ID || hr == INVALID_TAG, "[JOB5.GetProperty.2,JOB5.4] %d: got %#lx\n", outside[i], hr);
    }
    IBackgroundCopyJob5_Release(job);
    bits_cancel(job1);
}

static void test_values(void)
{
    static const struct
    {
        int id;
        UINT64 number;
        HRESULT hr;
        const char *facts;
    }
    tests[] =
    {
        { BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x800000ff, S_OK, "OBS.15" },
        { BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x80000067, S_OK, "JPROP.P1" },
        { BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 1, S_OK, "JPROP.P2" },
        { BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 2, S_OK, "JPROP.3" },
        { BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE, S_OK, "JPROP.P3" },
        { BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE, S_OK, "JPROP.P3" },
        { BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE, S_OK, "JPROP.P4" },
        { BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE, S_OK, "JPROP.P4" },
        { BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 1, S_OK, "JPROP.P5" },
        { BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, "JOB5.SetProperty.7,ERR.0x80200063" },
        { BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0x123456789abcull, S_OK, "JPROP.P5" },
        { BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, ~(UINT64)0, S_OK, "JOB5.SetProperty.7" },
        { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_SERVER, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
          "JOB5.SetProperty.8,JPROP.10" },
        { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 0, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, "JOB5.SetProperty.8,ERR.0x80200066" },
        { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY, S_OK, "JPROP.P7,BEH.AUTH.9" },
        { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 3, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, "JOB5.SetProperty.8,ERR.0x80200066" },
        { BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 1000, S_OK, "JPROP.P9" },
        { BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE, S_OK, "JPROP.P10" },
        { BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE, S_OK, "JPROP.P10" },
    },
    free_values[] =
    {
        { BITS_JOB_PROPERTY_ID_COST_FLAGS, 0, S_OK, "JPROP.A2" },
        { BITS_JOB_PROPERTY_ID_COST_FLAGS, 0xffffffff, S_OK, "JPROP.A2" },
        { BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 0, S_OK, "JPROP.A10" },
        { BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 0xffffffff, S_OK, "JPROP.A10" },
    };
    IBackgroundCopyJob *job1 = bits_create_job(L"values", BG_JOB_TYPE_DOWNLOAD);
    UINT64 kept[11] = { 0 };
    IBackgroundCopyJob5 *job;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob5);
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        hr = set_property(job, tests[i].id, tests[i].number);
        ok(hr == tests[i].hr, "[%s] %u, property %d: got %#lx\n", tests[i].facts, i, tests[i].id, hr);
        if (hr == S_OK) kept[tests[i].id] = tests[i].number;
        /* what was refused has changed nothing */
        check_property(job, tests[i].id, kept[tests[i].id], tests[i].facts);
    }
    for (i = 0; i < ARRAY_SIZE(free_values); i++)
    {
        hr = set_property(job, free_values[i].id, free_values[i].number);
        ok_inferred(free_values[i].facts, hr == S_OK, "%u, property %d: got %#lx\n", i, free_values[i].id, hr);
        if (hr == S_OK) check_property(job, free_values[i].id, free_values[i].number, free_values[i].facts);
    }
    /* the last one wins, GUID_NULL clears */
    {
        BITS_JOB_PROPERTY_VALUE value;

        memset(&value, 0, sizeof(value));
        hr = IBackgroundCopyJob5_SetProperty(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value);
        ok(hr == S_OK, "[JPROP.3] got %#lx\n", hr);
        check_no_clsid(job, "JPROP.3");
    }
    hr = set_property(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 7);
    ok(hr == S_OK, "[JPROP.P2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_TakeOwnership(job1);
    if (hr == S_OK && !strcmp(winetest_platform, "wine")) check_no_clsid(job, "JPROP.A4");
    IBackgroundCopyJob5_Release(job);
    bits_cancel(job1);
}

static void test_uploads(BG_JOB_TYPE type)
{
    static const int downloads_only[] =
    {
        BITS_JOB_PROPERTY_DYNAMIC_CONTENT, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE,
        BITS_JOB_PROPERTY_ON_DEMAND_MODE
    };
    IBackgroundCopyJob *job1 = bits_create_job(L"upload", type);
    IBackgroundCopyJob5 *job;
    unsigned int i;
    HRESULT hr;

    if (!job1) return;
    winetest_push_context("type %d", type);
    job = bits_query(job1, IBackgroundCopyJob5);
    for (i = 0; i < ARRAY_SIZE(downloads_only); i++)
    {
        hr = set_property(job, downloads_only[i], 1);
        ok(hr == BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, "[JOB5.SetProperty.4,ERR.0x80200060] property %d: got %#lx\n",
           downloads_only[i], hr);
        check_property(job, downloads_only[i], downloads_only[i] == BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE ? ~(UINT64)0 : FALSE,
                       "JOB5.GetProperty.A1");
    }
    hr = set_property(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x80000021);
    ok(hr == S_OK, "[JPROP.P1] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 1);
    ok(hr == S_OK, "[JPROP.P2] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY);
    ok(hr == S_OK, "[JPROP.P7] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 1);
    ok(hr == S_OK, "[JPROP.P9] got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job);
    winetest_pop_context();
    bits_cancel(job1);
}

static void test_time_of_setting(void)
{
    IBackgroundCopyJob *job1 = bits_create_job(L"late", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob5 *job;
    HRESULT hr;

    if (!job1) return;
    job = bits_query(job1, IBackgroundCopyJob5);
    bits_add_file(job1, bits_url(L"/state/stall"), bits_path(L"late"));
    hr = set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    ok(hr == BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, "[JOB5.SetProperty.5,JPROP.P4,ERR.0x80200061] got %#lx\n", hr);
    check_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE, "JOB5.SetProperty.5");
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == S_OK, "[JPROP.P3] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 1000000);
    ok(hr == S_OK, "[JPROP.P5] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE);
    ok(hr == S_OK, "[JPROP.P3] got %#lx\n", hr);

    bits_resume(job1);
    hr = IBackgroundCopyJob_Suspend(job1);
    ok(hr == S_OK, "Suspend: got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "[JOB5.SetProperty.6,JPROP.P3,ERR.0x80200062] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 5);
    ok(hr == BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "[JOB5.SetProperty.6,JPROP.P5,ERR.0x80200062] got %#lx\n", hr);
    check_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE, "JOB5.SetProperty.6");
    check_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 1000000, "JOB5.SetProperty.6");
    IBackgroundCopyJob5_Release(job);
    bits_cancel(job1);
}

/* What does not go together, in either order of setting. */
static void test_combinations(void)
{
    static const BG_FILE_RANGE one = { 0, 10 };
    IBackgroundCopyJobHttpOptions2 *http;
    IBackgroundCopyJob *job1;
    IBackgroundCopyJob5 *job;
    HRESULT hr;

    if (!(job1 = bits_create_job(L"combination", BG_JOB_TYPE_DOWNLOAD))) return;
    job = bits_query(job1, IBackgroundCopyJob5);
    http = bits_query(job1, IBackgroundCopyJobHttpOptions2);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == S_OK, "[JPROP.P3] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    ok_inferred("JPROP.A8,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE);
    ok(hr == S_OK, "[JPROP.P10] got %#lx\n", hr);
    hr = IBackgroundCopyJob5_AddFileWithRanges(job, L"http://127.0.0.1/a", bits_path(L"a"), 1, (BG_FILE_RANGE *)&one);
    ok_inferred("JOB3.AddFileWithRanges.A5,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(FAILED(hr), "[HTTP2.SetHttpMethod.6] got %#lx\n", hr);
    ok_inferred("HTTP2.SetHttpMethod.A1,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE);
    ok(hr == S_OK, "[JPROP.P3] got %#lx\n", hr);

    hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    ok(hr == S_OK, "[JPROP.P10] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok_inferred("JPROP.A8,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(FAILED(hr), "[HTTP2.SetHttpMethod.6] got %#lx\n", hr);
    ok_inferred("HTTP2.SetHttpMethod.A1,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE);
    ok(hr == S_OK, "[JPROP.P10] got %#lx\n", hr);

    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(hr == S_OK, "[HTTP2.SetHttpMethod.7] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok_inferred("JPROP.A8,ERR.0x80200071", hr == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    ok_inferred("HTTP2.SetHttpMethod.A1,ERR.0x80200071", hr == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions2_Release(http);
    IBackgroundCopyJob5_Release(job);
    bits_cancel(job1);

    if (!(job1 = bits_create_job(L"ranges", BG_JOB_TYPE_DOWNLOAD))) return;
    job = bits_query(job1, IBackgroundCopyJob5);
    hr = IBackgroundCopyJob5_AddFileWithRanges(job, L"http://127.0.0.1/a", bits_path(L"a"), 1, (BG_FILE_RANGE *)&one);
    ok(hr == S_OK, "[JOB3.AddFileWithRanges.4] got %#lx\n", hr);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok_inferred("JPROP.A8,ERR.0x80200072", hr == BG_E_UNSUPPORTED_JOB_CONFIGURATION, "got %#lx\n", hr);
    check_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, FALSE, "JPROP.P3");
    IBackgroundCopyJob5_Release(job);
    bits_cancel(job1);
}

static void test_states(void)
{
    static const struct
    {
        int id;
        UINT64 number;
    }
    any_time[] =
    {
        { BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x8000007f },
        { BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 5 },
        { BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY },
        { BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 20 },
    };
    unsigned int i, j;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        IBackgroundCopyJob *job1 = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJob5 *job = bits_query(job1, IBackgroundCopyJob5);

        winetest_push_context("state %d", bits_states[i]);
        for (j = 0; j < ARRAY_SIZE(any_time); j++)
        {
            hr = set_property(job, any_time[j].id, any_time[j].number);
            if (final) ok_inferred("JOB5.SetProperty.A2", hr == BG_E_INVALID_STATE, "property %d: got %#lx\n", any_time[j].id, hr);
            else
            {
                ok(hr == S_OK, "[%s] property %d: got %#lx\n", any_time[j].id == BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS
                   && bits_states[i] == BG_JOB_STATE_TRANSFERRING ? "JOB5.SetProperty.1,BEH.STATE.94" : "JOB5.SetProperty.1", any_time[j].id, hr);
                check_property(job, any_time[j].id, any_time[j].number, "JOB5.GetProperty.1");
            }
        }
        check_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, FALSE, "JOB5.GetProperty.1");
        hr = set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
        ok_inferred("JPROP.A11", hr == (final ? BG_E_INVALID_STATE : S_OK), "got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJob5_Release(job);
        bits_cancel(job1);
    }
}

START_TEST(job5)
{
    if (!bits_begin()) return;
    test_defaults(BG_JOB_TYPE_DOWNLOAD);
    test_defaults(BG_JOB_TYPE_UPLOAD);
    test_defaults(BG_JOB_TYPE_UPLOAD_REPLY);
    test_unknown();
    test_values();
    test_uploads(BG_JOB_TYPE_UPLOAD);
    test_uploads(BG_JOB_TYPE_UPLOAD_REPLY);
    test_combinations();
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_time_of_setting();
        test_states();
    }
    bits_end();
}
