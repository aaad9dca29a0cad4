/*
 * The service as the system knows it
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
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define OWN_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS"

static WCHAR *lower(WCHAR *text)
{
    return CharLowerW(text);
}

static QUERY_SERVICE_CONFIGW *get_config(void)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = OpenServiceW(scm, L"BITS", SERVICE_QUERY_CONFIG);
    QUERY_SERVICE_CONFIGW *config;
    DWORD size = 0;

    ok(service != NULL, "[BEH.SERVICE.1] there is no service BITS, error %lu\n", GetLastError());
    QueryServiceConfigW(service, NULL, 0, &size);
    config = calloc(1, size + 1);
    ok(QueryServiceConfigW(service, config, size, &size), "no configuration, error %lu\n", GetLastError());
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    return config;
}

static DWORD start_type(void)
{
    QUERY_SERVICE_CONFIGW *config = get_config();
    DWORD type = config->dwStartType;

    free(config);
    return type;
}

static BOOL start_type_becomes(DWORD type)
{
    struct bits_clock clock = bits_clock_now();

    while (start_type() != type)
    {
        if (bits_clock_look(&clock) > BITS_TIMEOUT) return FALSE;
        Sleep(50);
    }
    return TRUE;
}

/* The value of a key, in small letters; empty if there is none. */
static const WCHAR *value_of(HKEY root, const WCHAR *path, const WCHAR *name)
{
    static WCHAR buffer[MAX_PATH];
    DWORD size = sizeof(buffer) - sizeof(WCHAR);

    memset(buffer, 0, sizeof(buffer));
    if (RegGetValueW(root, path, name, RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND, NULL, buffer, &size)) buffer[0] = 0;
    return lower(buffer);
}

static void test_configuration(void)
{
    QUERY_SERVICE_CONFIGW *config = get_config();
    const WCHAR *value;
    WCHAR path[120];

    ok(config->dwServiceType & SERVICE_WIN32, "[BEH.SERVICE.1] type %#lx\n", config->dwServiceType);
    ok(wcsstr(lower(config->lpBinaryPathName), L"svchost.exe -k netsvcs") != NULL, "[BEH.SERVICE.1] got %s\n",
       wine_dbgstr_w(config->lpBinaryPathName));
    ok(!wcscmp(lower(config->lpServiceStartName), L"localsystem"), "[BEH.SERVICE.1] got %s\n", wine_dbgstr_w(config->lpServiceStartName));
    free(config);
    value = value_of(HKEY_LOCAL_MACHINE, L"System\\CurrentControlSet\\Services\\BITS\\Parameters", L"ServiceDll");
    ok(wcsstr(value, L"\\qmgr.dll") != NULL, "[BEH.SERVICE.1] got %s\n", wine_dbgstr_w(value));

    /* who carries the interface of the manager from one process to another */
    wcscpy(path, L"Interface\\{5ce34c0d-0dc9-4c1f-897c-daa1b78cee7c}\\ProxyStubClsid32");
    value = value_of(HKEY_CLASSES_ROOT, path, NULL);
    ok(*value == '{', "[BEH.SERVICE.1] no class, %s\n", wine_dbgstr_w(value));
    _snwprintf(path, ARRAY_SIZE(path), L"CLSID\\%ls\\InprocServer32", value);
    value = value_of(HKEY_CLASSES_ROOT, path, NULL);
    ok(wcsstr(value, L"qmgrprxy.dll") || wcsstr(value, L"bitsprx"), "[BEH.SERVICE.1] got %s\n", wine_dbgstr_w(value));
}

static void set_interval(const DWORD *value)
{
    HKEY key;

    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, OWN_KEY L"\\Test", 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL)) return;
    if (value) RegSetValueExW(key, L"AutoStartIdle", 0, REG_DWORD, (const BYTE *)value, sizeof(*value));
    else RegDeleteValueW(key, L"AutoStartIdle");
    RegCloseKey(key);
}

/* By itself while there are jobs, when somebody calls otherwise. */
static void test_start(void)
{
    static const DWORD soon = 500;
    IBackgroundCopyJob *job = bits_create_job(L"start", BG_JOB_TYPE_DOWNLOAD);
    DWORD type;

    if (!job) return;
    ok(start_type_becomes(SERVICE_AUTO_START) || broken(start_type() == SERVICE_DEMAND_START), "[BEH.SERVICE.2] type %lu\n", start_type());
    bits_cancel(job);
    type = start_type();
    ok(type == SERVICE_AUTO_START || type == SERVICE_DEMAND_START, "[BEH.SERVICE.2] type %lu\n", type);
    if (strcmp(winetest_platform, "wine")) return;
    set_interval(&soon);
    ok(start_type_becomes(SERVICE_DEMAND_START), "[BEH.SERVICE.2] type %lu, and no job\n", start_type());
    set_interval(NULL);
    /* nobody has to start it */
    if (bits_restart_service() && (job = bits_create_job(L"again", BG_JOB_TYPE_DOWNLOAD)))
    {
        ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[BEH.SERVICE.2] got state %d\n", bits_state(job));
        bits_cancel(job);
    }
}

START_TEST(service)
{
    if (!bits_begin()) return;
    test_configuration();
    test_start();
    bits_end();
}
