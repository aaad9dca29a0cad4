/*
 * bitsadmin: the rest of the /UTIL family
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

#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"
#include <winsvc.h>
#include <winver.h>

/* The classes of all versions, the newest first: the first that can be had tells the version (HABIT.8). */
static const struct
{
    const CLSID *clsid;
    const WCHAR *version;
}
versions[] =
{
    { &CLSID_BackgroundCopyManager10_3, L"10.3" },
    { &CLSID_BackgroundCopyManager10_2, L"10.2" },
    { &CLSID_BackgroundCopyManager10_1, L"10.1" },
    { &CLSID_BackgroundCopyManager5_0, L"5.0" },
    { &CLSID_BackgroundCopyManager4_0, L"4.0" },
    { &CLSID_BackgroundCopyManager3_0, L"3.0" },
    { &CLSID_BackgroundCopyManager2_5, L"2.5" },
    { &CLSID_BackgroundCopyManager2_0, L"2.0" },
    { &CLSID_BackgroundCopyManager1_5, L"1.5" },
    { &CLSID_BackgroundCopyManager, L"1.0" },
};

static const WCHAR *find_version(void)
{
    IBackgroundCopyManager *manager;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(versions) - 1; i++)
    {
        if (FAILED(CoCreateInstance(versions[i].clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                                    (void **)&manager))) continue;
        IBackgroundCopyManager_Release(manager);
        break;
    }
    return versions[i].version;
}

static void print_file_version(const WCHAR *file)
{
    VS_FIXEDFILEINFO *info;
    void *data = NULL;
    DWORD size, handle;
    UINT len;

    size = GetFileVersionInfoSizeW(file, &handle);
    data = xrealloc(NULL, size);
    if (size && GetFileVersionInfoW(file, 0, size, data) && VerQueryValueW(data, L"\\", (void **)&info, &len))
        output(L"%ls: %u.%u.%u.%u\n", file, HIWORD(info->dwFileVersionMS), LOWORD(info->dwFileVersionMS),
               HIWORD(info->dwFileVersionLS), LOWORD(info->dwFileVersionLS));
    else
        output(L"%ls: no version\n", file);
    free(data);
}

/* How the service is registered, in words; *disabled if it cannot start. */
static DWORD query_service(const WCHAR **start)
{
    QUERY_SERVICE_CONFIGW *config;
    SC_HANDLE scm, service;
    DWORD size = 0, ret = ERROR_SUCCESS;

    *start = L"unknown";
    if (!(scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT))) return GetLastError();
    if (!(service = OpenServiceW(scm, L"BITS", SERVICE_QUERY_CONFIG)))
    {
        ret = GetLastError();
        CloseServiceHandle(scm);
        return ret;
    }
    QueryServiceConfigW(service, NULL, 0, &size);
    config = xrealloc(NULL, size);
    if (QueryServiceConfigW(service, config, size, &size))
    {
        switch (config->dwStartType)
        {
        case SERVICE_AUTO_START: *start = L"automatic"; break;
        case SERVICE_DEMAND_START: *start = L"on demand"; break;
        case SERVICE_DISABLED:
            *start = L"disabled";
            ret = ERROR_SERVICE_DISABLED;
            break;
        }
    }
    else ret = GetLastError();
    free(config);
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    return ret;
}

int cmd_util_version(const struct command *cmd, int argc, WCHAR **argv)
{
    static const WCHAR *const files[] = { L"qmgr.dll", L"qmgrprxy.dll" };
    IBackgroundCopyManager *manager;
    struct text value = { 0 };
    const WCHAR *start;
    unsigned int i;
    DWORD error;
    int ret;

    if (argc && !word_is(argv[0], L"/VERBOSE")) return fail_argument(cmd, argv[0]);
    if ((ret = reach_manager(&manager))) return ret;
    text_add(&value, L"%ls", find_version());
    output_value(&value);
    text_free(&value);
    if (!argc) return 0;

    if (output_is_raw()) output(L"\n");
    for (i = 0; i < ARRAY_SIZE(files); i++) print_file_version(files[i]);
    error = query_service(&start);
    output(L"Service BITS: start %ls, %ls\n", start, error ? L"cannot start" : L"can start");
    return 0;
}

/*
 * The service repairs its own registration whenever it starts, and a first registration is the installer's: this only looks, and
 * starts it.  /FORCE, which on old systems made the service anew, changes nothing.
 */
int cmd_util_repair_service(const struct command *cmd, int argc, WCHAR **argv)
{
    IBackgroundCopyManager *manager;
    const WCHAR *start;
    DWORD error;
    int ret;

    if (argc && !word_is(argv[0], L"/FORCE")) return fail_argument(cmd, argv[0]);
    if ((error = query_service(&start))) return fail(cmd, HRESULT_FROM_WIN32(error));
    if ((ret = reach_manager(&manager))) return ret;
    confirm(L"The BITS service is registered and running.");
    return 0;
}

int cmd_util_enable_analytic_channel(const struct command *cmd, int argc, WCHAR **argv)
{
    BOOL enable;

    if (!parse_bool(argv[0], &enable)) return fail_argument(cmd, argv[0]);
    confirm(L"There is no analytic channel; nothing was changed.");
    return 0;
}
