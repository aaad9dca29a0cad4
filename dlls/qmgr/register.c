/*
 * What must stand in the registry and on disk, and the service's start type
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
#include <string.h>

#define COBJMACROS
#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "sddl.h"
#include "shlobj.h"

#include "bits.h"
#include "qmgr.h"

#include "register.h"
#include "log.h"
#include "security.h"
#include "watch.h"

#ifndef REG_NOTIFY_THREAD_AGNOSTIC
#define REG_NOTIFY_THREAD_AGNOSTIC 0x10000000
#endif

/* ---- registration ---- */

/* COM starts the service for a class by this AppID (WINE.LDR.9); the same identifier as the class of 0.9. */
static const WCHAR app_id[] = L"{69AD4AEE-51BE-439B-A92C-86AE490E8B30}";
/* PSFactoryBuffer of qmgrprxy.dll (WINE.WIDL.1) */
static const WCHAR proxy_clsid[] = L"{5CE34C0D-0DC9-4C1F-897C-DAA1B78CEE7C}";

/* Written below the AppID when the rest was: the list of this version, a new one gets a new name. */
static const WCHAR repaired[] = L"RegisteredBITS10_3";

static const struct
{
    const CLSID *clsid;
    const WCHAR *name;
}
classes[] =
{
    {&CLSID_BackgroundCopyQMgr, L"BackgroundCopyQMgr"},
    {&CLSID_BackgroundCopyManager, L"BackgroundCopyManager"},
    {&CLSID_BackgroundCopyManager1_5, L"BackgroundCopyManager1_5"},
    {&CLSID_BackgroundCopyManager2_0, L"BackgroundCopyManager2_0"},
    {&CLSID_BackgroundCopyManager2_5, L"BackgroundCopyManager2_5"},
    {&CLSID_BackgroundCopyManager3_0, L"BackgroundCopyManager3_0"},
    {&CLSID_BackgroundCopyManager4_0, L"BackgroundCopyManager4_0"},
    {&CLSID_BackgroundCopyManager5_0, L"BackgroundCopyManager5_0"},
    {&CLSID_BackgroundCopyManager10_1, L"BackgroundCopyManager10_1"},
    {&CLSID_BackgroundCopyManager10_2, L"BackgroundCopyManager10_2"},
    {&CLSID_BackgroundCopyManager10_3, L"BackgroundCopyManager10_3"},
};

/* Sizes of the vtables as in guids.md, IUnknown's three included. */
static const struct
{
    const IID *iid;
    const WCHAR *name;
    UINT32 methods;
}
interfaces[] =
{
    {&IID_IBackgroundCopyManager, L"IBackgroundCopyManager", 7},
    {&IID_IBackgroundCopyJob, L"IBackgroundCopyJob", 35},
    {&IID_IBackgroundCopyJob2, L"IBackgroundCopyJob2", 43},
    {&IID_IBackgroundCopyJob3, L"IBackgroundCopyJob3", 47},
    {&IID_IBackgroundCopyJob4, L"IBackgroundCopyJob4", 53},
    {&IID_IBackgroundCopyJob5, L"IBackgroundCopyJob5", 55},
    {&IID_IBackgroundCopyJobHttpOptions, L"IBackgroundCopyJobHttpOptions", 11},
    {&IID_IBackgroundCopyJobHttpOptions2, L"IBackgroundCopyJobHttpOptions2", 13},
    {&IID_IBackgroundCopyJobHttpOptions3, L"IBackgroundCopyJobHttpOptions3", 15},
    {&IID_IBitsTokenOptions, L"IBitsTokenOptions", 8},
    {&IID_IBackgroundCopyFile, L"IBackgroundCopyFile", 6},
    {&IID_IBackgroundCopyFile2, L"IBackgroundCopyFile2", 8},
    {&IID_IBackgroundCopyFile3, L"IBackgroundCopyFile3", 12},
    {&IID_IBackgroundCopyFile4, L"IBackgroundCopyFile4", 13},
    {&IID_IBackgroundCopyFile5, L"IBackgroundCopyFile5", 15},
    {&IID_IBackgroundCopyFile6, L"IBackgroundCopyFile6", 18},
    {&IID_IBackgroundCopyError, L"IBackgroundCopyError", 8},
    {&IID_IEnumBackgroundCopyFiles, L"IEnumBackgroundCopyFiles", 8},
    {&IID_IEnumBackgroundCopyJobs, L"IEnumBackgroundCopyJobs", 8},
    {&IID_IBackgroundCopyCallback, L"IBackgroundCopyCallback", 6},
    {&IID_IBackgroundCopyCallback2, L"IBackgroundCopyCallback2", 7},
    {&IID_IBackgroundCopyCallback3, L"IBackgroundCopyCallback3", 8},
    {&IID_IBackgroundCopyServerCertificateValidationCallback, L"IBackgroundCopyServerCertificateValidationCallback", 4},
    {&IID_IBitsPeerCacheAdministration, L"IBitsPeerCacheAdministration", 17},
    {&IID_IBitsPeerCacheRecord, L"IBitsPeerCacheRecord", 10},
    {&IID_IEnumBitsPeerCacheRecords, L"IEnumBitsPeerCacheRecords", 8},
    {&IID_IBitsPeer, L"IBitsPeer", 6},
    {&IID_IEnumBitsPeers, L"IEnumBitsPeers", 8},
    {&IID_IBackgroundCopyQMgr, L"IBackgroundCopyQMgr", 6},
    {&IID_IBackgroundCopyGroup, L"IBackgroundCopyGroup", 18},
    {&IID_IBackgroundCopyJob1, L"IBackgroundCopyJob1", 11},
    {&IID_IEnumBackgroundCopyGroups, L"IEnumBackgroundCopyGroups", 8},
    {&IID_IEnumBackgroundCopyJobs1, L"IEnumBackgroundCopyJobs1", 8},
    {&IID_IBackgroundCopyCallback1, L"IBackgroundCopyCallback1", 6},
};

/* One registry view while it is put right. */
struct view
{
    REGSAM sam;
    UINT32 written;
    HRESULT hr;
};

static void write_string(struct view *view, HKEY key, const WCHAR *name, const WCHAR *value, DWORD type)
{
    LSTATUS status = RegSetValueExW(key, name, 0, type, (const BYTE *)value, (lstrlenW(value) + 1) * sizeof(WCHAR));

    view->written++;
    if (status && SUCCEEDED(view->hr)) view->hr = HRESULT_FROM_WIN32(status);
}

/* Does the value exist, whatever it says? An administrator's or another product's word stands. */
static BOOL has_value(HKEY key, const WCHAR *name)
{
    return !RegQueryValueExW(key, name, NULL, NULL, NULL, NULL);
}

static HKEY open_key(struct view *view, HKEY parent, const WCHAR *name)
{
    LSTATUS status;
    HKEY key;

    if (!(status = RegCreateKeyExW(parent, name, 0, NULL, 0, KEY_READ | KEY_WRITE | view->sam, NULL, &key, NULL))) return key;
    if (SUCCEEDED(view->hr)) view->hr = HRESULT_FROM_WIN32(status);
    return NULL;
}

static void repair_string(struct view *view, HKEY parent, const WCHAR *path, const WCHAR *name, const WCHAR *value)
{
    HKEY key;

    if (!(key = open_key(view, parent, path))) return;
    if (!has_value(key, name)) write_string(view, key, name, value, REG_SZ);
    RegCloseKey(key);
}

static void repair_class(struct view *view, HKEY clsids, const CLSID *clsid, const WCHAR *name)
{
    WCHAR path[40];
    HKEY key;

    StringFromGUID2(clsid, path, ARRAYSIZE(path));
    if (!(key = open_key(view, clsids, path))) return;
    if (!has_value(key, NULL)) write_string(view, key, NULL, name, REG_SZ);
    if (!has_value(key, L"AppID")) write_string(view, key, L"AppID", app_id, REG_SZ);
    RegCloseKey(key);
}

static void repair_interface(struct view *view, HKEY interfaces_key, const IID *iid, const WCHAR *name, UINT32 methods)
{
    WCHAR path[40], number[16];
    HKEY key;

    StringFromGUID2(iid, path, ARRAYSIZE(path));
    if (!(key = open_key(view, interfaces_key, path))) return;
    if (!has_value(key, NULL)) write_string(view, key, NULL, name, REG_SZ);
    wsprintfW(number, L"%u", methods);
    repair_string(view, key, L"NumMethods", NULL, number);
    repair_string(view, key, L"ProxyStubClsid32", NULL, proxy_clsid);
    RegCloseKey(key);
}

static void repair_proxy(struct view *view, HKEY clsids)
{
    WCHAR path[MAX_PATH + 16], key_path[64];
    HKEY key;
    UINT len;

    /* The same text in both views: file access of 32-bit programs is redirected. */
    if (!(len = GetSystemDirectoryW(path, MAX_PATH)) || len >= MAX_PATH) return;
    lstrcpyW(path + len, L"\\qmgrprxy.dll");
    lstrcpyW(key_path, proxy_clsid);
    repair_string(view, clsids, key_path, NULL, L"PSFactoryBuffer");
    lstrcatW(key_path, L"\\InprocServer32");
    if (!(key = open_key(view, clsids, key_path))) return;
    if (!has_value(key, NULL)) write_string(view, key, NULL, path, REG_SZ);
    if (!has_value(key, L"ThreadingModel")) write_string(view, key, L"ThreadingModel", L"Both", REG_SZ);
    RegCloseKey(key);
}

static void repair_mark(struct view *view, HKEY app_ids)
{
    const DWORD mark = 1;
    HKEY key;

    if (FAILED(view->hr) || !(key = open_key(view, app_ids, app_id))) return;
    if (!has_value(key, repaired)) RegSetValueExW(key, repaired, 0, REG_DWORD, (const BYTE *)&mark, sizeof(mark));
    RegCloseKey(key);
}

static HRESULT repair_view(REGSAM sam)
{
    struct view view = {sam, 0, S_OK};
    HKEY root, key;
    UINT32 i;

    if (!(root = open_key(&view, HKEY_LOCAL_MACHINE, L"Software\\Classes"))) return view.hr;
    if ((key = open_key(&view, root, L"CLSID")))
    {
        for (i = 0; i < ARRAYSIZE(classes); i++) repair_class(&view, key, classes[i].clsid, classes[i].name);
        repair_proxy(&view, key);
        RegCloseKey(key);
    }
    if ((key = open_key(&view, root, L"Interface")))
    {
        for (i = 0; i < ARRAYSIZE(interfaces); i++)
            repair_interface(&view, key, interfaces[i].iid, interfaces[i].name, interfaces[i].methods);
        RegCloseKey(key);
    }
    if ((key = open_key(&view, root, L"AppID")))
    {
        repair_string(&view, key, app_id, NULL, L"BITS");
        repair_string(&view, key, app_id, L"LocalService", L"BITS");
        repair_mark(&view, key);
        RegCloseKey(key);
    }
    RegCloseKey(root);
    if (view.written)
        log_write(LOG_INFO, "registration: %u values were missing in the %u-bit view", view.written, sam == KEY_WOW64_32KEY ? 32 : 64);
    if (FAILED(view.hr)) log_write(LOG_WARNING, "registration is not complete, error %#lx", view.hr);
    return view.hr;
}

static BOOL is_64bit_system(void)
{
    BOOL wow64 = FALSE;

    return sizeof(void *) == 8 || (IsWow64Process(GetCurrentProcess(), &wow64) && wow64);
}

/* The value that repair_view writes last. */
static BOOL view_is_written(REGSAM sam)
{
    HKEY root;
    BOOL ret;

    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Classes\\AppID", 0, KEY_READ | sam, &root)) return FALSE;
    ret = !RegGetValueW(root, app_id, repaired, RRF_RT_REG_DWORD, NULL, NULL, NULL);
    RegCloseKey(root);
    return ret;
}

static HRESULT repair(void)
{
    HRESULT hr;

    if (!is_64bit_system()) return repair_view(0);
    hr = repair_view(KEY_WOW64_64KEY);
    if (SUCCEEDED(hr)) hr = repair_view(KEY_WOW64_32KEY);
    return hr;
}

static void CALLBACK repair_work(TP_CALLBACK_INSTANCE *instance, void *ctx)
{
    repair();
}

HRESULT register_repair(void)
{
    BOOL written;

    if (is_64bit_system()) written = view_is_written(KEY_WOW64_64KEY) && view_is_written(KEY_WOW64_32KEY);
    else written = view_is_written(0);
    /* Some three hundred values: looked through beside the start of the service if they were complete once. */
    if (written && TrySubmitThreadpoolCallback(repair_work, NULL, NULL)) return S_OK;
    return repair();
}

HRESULT register_downloader_folder(WCHAR **folder)
{
    static const WCHAR *const parts[] = {L"\\Microsoft", L"\\Network", L"\\Downloader"};
    SECURITY_ATTRIBUTES attributes = {sizeof(attributes), NULL, FALSE};
    WCHAR path[MAX_PATH];
    HRESULT hr;
    UINT32 i;

    *folder = NULL;
    /* Not the environment variable: it differs between versions (WINE.SVC.6). */
    if (FAILED(hr = SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA | CSIDL_FLAG_CREATE, NULL, SHGFP_TYPE_CURRENT, path))) return hr;
    if (lstrlenW(path) + 32 > ARRAYSIZE(path)) return HRESULT_FROM_WIN32(ERROR_FILENAME_EXCED_RANGE);
    /* SYSTEM alone would lock an ordinary user's service out (WINE.FS.16). */
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", SDDL_REVISION_1,
                                                             &attributes.lpSecurityDescriptor, NULL))
        return HRESULT_FROM_WIN32(GetLastError());
    for (i = 0, hr = S_OK; i < ARRAYSIZE(parts) && SUCCEEDED(hr); i++)
    {
        lstrcatW(path, parts[i]);
        if (!CreateDirectoryW(path, i + 1 == ARRAYSIZE(parts) ? &attributes : NULL) && GetLastError() != ERROR_ALREADY_EXISTS)
            hr = HRESULT_FROM_WIN32(GetLastError());
    }
    LocalFree(attributes.lpSecurityDescriptor);
    if (FAILED(hr)) return hr;
    if (!(*folder = malloc((lstrlenW(path) + 1) * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    lstrcpyW(*folder, path);
    return S_OK;
}

/* ---- automatic start ---- */

static const WCHAR service_key[] = L"System\\CurrentControlSet\\Services\\BITS";
static const WCHAR own_key[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS";
static const WCHAR start_set[] = L"StartSet";   /* the start type this room set last */

static SRWLOCK autostart_lock = SRWLOCK_INIT;   /* around the facts */
static SRWLOCK apply_lock = SRWLOCK_INIT;       /* one thread at a time looks at the registry and writes it */

static struct
{
    /* fixed between autostart_init and autostart_shutdown */
    HKEY service;
    HANDLE event;
    struct watch *wait, *timer, *work;

    /* guarded by autostart_lock */
    BOOL running;
    BOOL enabled;
    BOOL empty;
    BOOL first;             /* never started in this prefix before, and the queue not empty for long since */
    UINT64 empty_since;     /* monotonic ms */
    UINT64 idle;
} autostart;

static DWORD read_dword(HKEY key, const WCHAR *name)
{
    DWORD value, size = sizeof(value);

    return RegGetValueW(key, NULL, name, RRF_RT_REG_DWORD, NULL, &value, &size) ? 0 : value;
}

static DWORD load_start_set(void)
{
    DWORD value;
    HKEY key;

    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, own_key, 0, KEY_READ | KEY_WOW64_64KEY, &key)) return 0;
    value = read_dword(key, start_set);
    RegCloseKey(key);
    return value;
}

static void store_start_set(DWORD value)
{
    HKEY key;

    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, own_key, 0, NULL, 0, KEY_WRITE | KEY_WOW64_64KEY, NULL, &key, NULL)) return;
    RegSetValueExW(key, start_set, 0, REG_DWORD, (const BYTE *)&value, sizeof(value));
    RegCloseKey(key);
}

/* By the service manager, which keeps a copy of its own (WINE.SVC.15). */
static BOOL change_start(DWORD start)
{
    SC_HANDLE manager, service;
    BOOL ret = FALSE;

    if (!(manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT))) return FALSE;
    if ((service = OpenServiceW(manager, L"BITS", SERVICE_CHANGE_CONFIG)))
    {
        ret = ChangeServiceConfigW(service, SERVICE_NO_CHANGE, start, SERVICE_NO_CHANGE, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        CloseServiceHandle(service);
    }
    CloseServiceHandle(manager);
    return ret;
}

static void apply(void)
{
    DWORD wanted, start, mine;
    UINT64 now, since, rest;
    BOOL wait;

    AcquireSRWLockExclusive(&apply_lock);
    AcquireSRWLockExclusive(&autostart_lock);
    if (!autostart.running)
    {
        ReleaseSRWLockExclusive(&autostart_lock);
        ReleaseSRWLockExclusive(&apply_lock);
        return;
    }
    now = GetTickCount64();
    since = now - autostart.empty_since;
    wait = autostart.enabled && autostart.empty && since < autostart.idle;
    if (autostart.empty && since >= autostart.idle) autostart.first = FALSE;
    mine = load_start_set();
    if (!autostart.enabled) wanted = SERVICE_DEMAND_START;
    else if (!autostart.empty || autostart.first) wanted = SERVICE_AUTO_START;
    else if (wait) wanted = mine;   /* as it is, for the rest of the time */
    else wanted = SERVICE_DEMAND_START;
    rest = wait ? autostart.idle - since + 1 : WATCH_NEVER;
    ReleaseSRWLockExclusive(&autostart_lock);

    watch_set_timer(autostart.timer, rest);

    start = read_dword(autostart.service, L"Start");
    if (wanted == SERVICE_AUTO_START && start == SERVICE_DEMAND_START)
    {
        /* Never set before, or set back by wineboot -u. */
        if (change_start(SERVICE_AUTO_START)) store_start_set(SERVICE_AUTO_START);
        log_write(LOG_INFO, "the service starts with the prefix from now on");
    }
    else if (wanted == SERVICE_DEMAND_START && start == SERVICE_AUTO_START && mine == SERVICE_AUTO_START)
    {
        if (change_start(SERVICE_DEMAND_START)) store_start_set(SERVICE_DEMAND_START);
        log_write(LOG_INFO, "the service starts on demand from now on");
    }
    ReleaseSRWLockExclusive(&apply_lock);
}

static void apply_watch(void *ctx)
{
    apply();
}

static BOOL arm(void)
{
    return !RegNotifyChangeKeyValue(autostart.service, FALSE, REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_THREAD_AGNOSTIC,
                                    autostart.event, TRUE)
            || !RegNotifyChangeKeyValue(autostart.service, FALSE, REG_NOTIFY_CHANGE_LAST_SET, autostart.event, TRUE);
}

static void key_changed(void *ctx)
{
    arm();
    apply();
}

HRESULT autostart_init(BOOL enabled, UINT64 idle)
{
    LSTATUS status;

    /* Windows does this by itself [BEH.SERVICE.2] */
    if (!security_on_wine()) return S_FALSE;
    if ((status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, service_key, 0, KEY_READ, &autostart.service))) return HRESULT_FROM_WIN32(status);
    autostart.enabled = enabled;
    autostart.idle = idle;
    autostart.empty = TRUE;
    autostart.empty_since = GetTickCount64();
    autostart.first = !load_start_set();
    if (!(autostart.event = CreateEventW(NULL, FALSE, FALSE, NULL))
            || FAILED(watch_create(WATCH_TIME, NULL, apply_watch, NULL, &autostart.timer))
            || FAILED(watch_create(WATCH_TIME, NULL, apply_watch, NULL, &autostart.work)))
    {
        autostart_shutdown();
        return E_OUTOFMEMORY;
    }
    arm();
    watch_create(WATCH_EVENT, autostart.event, key_changed, NULL, &autostart.wait);
    AcquireSRWLockExclusive(&autostart_lock);
    autostart.running = TRUE;
    ReleaseSRWLockExclusive(&autostart_lock);
    watch_set_timer(autostart.work, 0);
    return S_OK;
}

void autostart_shutdown(void)
{
    AcquireSRWLockExclusive(&autostart_lock);
    autostart.running = FALSE;
    ReleaseSRWLockExclusive(&autostart_lock);
    watch_close(autostart.wait);
    watch_close(autostart.work);
    watch_close(autostart.timer);
    if (autostart.event) CloseHandle(autostart.event);
    if (autostart.service) RegCloseKey(autostart.service);
    memset(&autostart, 0, sizeof(autostart));
}

/* The facts have changed. autostart_lock is held and let go of. */
static void submit_and_leave(void)
{
    if (autostart.running) watch_set_timer(autostart.work, 0);
    ReleaseSRWLockExclusive(&autostart_lock);
}

void autostart_queue_changed(BOOL empty)
{
    AcquireSRWLockExclusive(&autostart_lock);
    if (empty == autostart.empty)
    {
        ReleaseSRWLockExclusive(&autostart_lock);
        return;
    }
    autostart.empty = empty;
    if (empty) autostart.empty_since = GetTickCount64();
    submit_and_leave();
}

void autostart_rules_changed(BOOL enabled, UINT64 idle)
{
    AcquireSRWLockExclusive(&autostart_lock);
    autostart.enabled = enabled;
    autostart.idle = idle;
    submit_and_leave();
}
