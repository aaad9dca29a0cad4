/*
 * The guard: heals a prefix whose service was killed
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

/*
 * The service and its guard share a section: the guard reads from it which cookies to revoke and whether the service has said goodbye.
 * The same facts stand in a volatile registry key, which lives exactly as long as the prefix (and so as rpcss, whose cookies they
 * are), for the new instance that finds service and guard both dead.
 *
 * irpcss is called without a generated stub: two calls with one integer to and fro, and I_RpcSendReceive reports a failure as a status where
 * a stub would raise an exception, for which plain mingw gcc has no handler.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winsvc.h>
#include <winuser.h>
#include <rpc.h>
#include <rpcdcep.h>

#include "guard.h"
#include "log.h"
#include "security.h"

#define PROCESS_WINE_MAKE_PROCESS_SYSTEM 1000   /* WINE.SVC.9; the answer is an event set when the last user process ends */

/* Deaths remembered, and the age at which one no longer counts. */
#define DEATH_COUNT 16
#define DEATH_AGE (10 * 60 * 1000)
#define DEATHS_AT_ONCE 8        /* restarted without delay; from there on 1 s, 2 s, 4 s ... */

static const WCHAR service_name[] = L"BITS";
static const WCHAR guard_key[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS\\Guard";
static const WCHAR value_classes[] = L"Classes";
static const WCHAR value_deaths[] = L"Deaths";

/* Cookies first + 1 to first + count in the rpcss that ran as this process; count 0: none. */
struct classes
{
    UINT32 first;
    UINT32 count;
    UINT32 rpcss_pid;
    UINT32 reserved;
    UINT64 rpcss_time;
};

enum guard_state
{
    GUARD_ARMED,
    GUARD_DISMISSED,
};

struct shared
{
    LONG state;                 /* enum guard_state; interlocked */
    LONG sequence;              /* odd while the service writes classes; interlocked */
    struct classes classes;
};

static struct shared *shared;   /* in the service; fixed from guard_start to guard_stop */
static HANDLE guard_process;
static struct classes own_classes;

/* ---- rpcss ---- */

/* 85da4974-edc7-40ff-bad4-9c4525a8d044 version 0.0: server_register, server_revoke, get_class_object, get_thread_seq_id (WINE.COM.20) */
static const RPC_CLIENT_INTERFACE irpcss_interface =
{
    sizeof(irpcss_interface),
    {{0x85da4974, 0xedc7, 0x40ff, {0xba, 0xd4, 0x9c, 0x45, 0x25, 0xa8, 0xd0, 0x44}}, {0, 0}},
    {{0x8a885d04, 0x1ceb, 0x11c9, {0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60}}, {2, 0}},
};

enum irpcss_proc
{
    IRPCSS_SERVER_REGISTER,
    IRPCSS_SERVER_REVOKE,
};

static RPC_STATUS irpcss_open(RPC_BINDING_HANDLE *binding)
{
    static WCHAR protseq[] = L"ncalrpc", endpoint[] = L"irpcss";
    WCHAR *string;
    RPC_STATUS status;

    if ((status = RpcStringBindingComposeW(NULL, protseq, NULL, endpoint, NULL, &string))) return status;
    status = RpcBindingFromStringBindingW(string, binding);
    RpcStringFreeW(&string);
    return status;
}

/* One call: sends `size` bytes of NDR, receives `reply_size` of it. */
static RPC_STATUS irpcss_call(RPC_BINDING_HANDLE binding, enum irpcss_proc proc, const void *data, UINT32 size,
                              void *reply, UINT32 reply_size)
{
    RPC_MESSAGE message;
    RPC_STATUS status;

    memset(&message, 0, sizeof(message));
    message.Handle = binding;
    message.DataRepresentation = 0x10; /* NDR_LOCAL_DATA_REPRESENTATION: little endian, ASCII, IEEE */
    message.BufferLength = size;
    message.ProcNum = proc;
    message.RpcInterfaceInformation = (void *)&irpcss_interface;

    if ((status = I_RpcGetBuffer(&message))) return status;
    memcpy(message.Buffer, data, size);
    message.BufferLength = size;
    if ((status = I_RpcSendReceive(&message))) return status;
    if (message.BufferLength < reply_size) status = RPC_X_BAD_STUB_DATA;
    else memcpy(reply, message.Buffer, reply_size);
    I_RpcFreeBuffer(&message);
    return status;
}

static RPC_STATUS irpcss_server_revoke(RPC_BINDING_HANDLE binding, UINT32 cookie)
{
    HRESULT hr;
    RPC_STATUS status;

    if ((status = irpcss_call(binding, IRPCSS_SERVER_REVOKE, &cookie, sizeof(cookie), &hr, sizeof(hr)))) return status;
    return FAILED(hr) ? RPC_S_CALL_FAILED : RPC_S_OK;
}

/* The number that rpcss has arrived at: registers a class nobody knows, and revokes it. */
static RPC_STATUS irpcss_next_cookie(RPC_BINDING_HANDLE binding, UINT32 *cookie)
{
    struct
    {
        GUID clsid;
        UINT32 flags;
        UINT32 referent;        /* unique pointer to an interface pointer: conformance, length, bytes */
        UINT32 max_count;
        UINT32 length;
        UINT32 data;
    } request;
    struct
    {
        UINT32 cookie;
        HRESULT hr;
    } reply;
    RPC_STATUS status;

    memset(&request, 0, sizeof(request));
    UuidCreate(&request.clsid);
    request.referent = 1;
    request.max_count = request.length = sizeof(request.data);
    if ((status = irpcss_call(binding, IRPCSS_SERVER_REGISTER, &request, sizeof(request), &reply, sizeof(reply)))) return status;
    if (FAILED(reply.hr)) return RPC_S_CALL_FAILED;
    *cookie = reply.cookie;
    return irpcss_server_revoke(binding, reply.cookie);
}

/* Which process rpcss is: cookies start again with a new one. */
static BOOL rpcss_identity(UINT32 *pid, UINT64 *time)
{
    SERVICE_STATUS_PROCESS status;
    FILETIME creation, dummy;
    SC_HANDLE manager, service;
    HANDLE process;
    DWORD needed;
    BOOL ret = FALSE;

    if (!(manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT))) return FALSE;
    if ((service = OpenServiceW(manager, L"RpcSs", SERVICE_QUERY_STATUS)))
    {
        if (QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &needed) && status.dwProcessId
                && (process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, status.dwProcessId)))
        {
            if (GetProcessTimes(process, &creation, &dummy, &dummy, &dummy))
            {
                *pid = status.dwProcessId;
                *time = ((UINT64)creation.dwHighDateTime << 32) | creation.dwLowDateTime;
                ret = TRUE;
            }
            CloseHandle(process);
        }
        CloseServiceHandle(service);
    }
    CloseServiceHandle(manager);
    return ret;
}

/* Revoking a cookie that is gone already does nothing. */
static void revoke_classes(const struct classes *classes)
{
    RPC_BINDING_HANDLE binding;
    UINT32 pid, i;
    UINT64 time;

    if (!classes->count) return;
    if (!rpcss_identity(&pid, &time) || pid != classes->rpcss_pid || time != classes->rpcss_time) return;
    if (irpcss_open(&binding)) return;
    for (i = 1; i <= classes->count; i++)
        if (irpcss_server_revoke(binding, classes->first + i)) break;
    RpcBindingFree(&binding);
}

/* ---- the volatile key ---- */

static HKEY open_guard_key(void)
{
    HKEY key;

    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, guard_key, 0, NULL, REG_OPTION_VOLATILE, KEY_READ | KEY_WRITE, NULL, &key, NULL))
        return NULL;
    return key;
}

static void store_value(const WCHAR *name, const void *data, UINT32 size)
{
    HKEY key;

    if (!(key = open_guard_key())) return;
    if (data) RegSetValueExW(key, name, 0, REG_BINARY, data, size);
    else RegDeleteValueW(key, name);
    RegCloseKey(key);
}

static UINT32 load_value(const WCHAR *name, void *data, UINT32 size)
{
    DWORD type, len = size;
    HKEY key;

    if (!(key = open_guard_key())) return 0;
    if (RegQueryValueExW(key, name, NULL, &type, data, &len) || type != REG_BINARY) len = 0;
    RegCloseKey(key);
    return len;
}

/* Adds this death to those remembered; returns how long to wait before the next start, ms. */
static UINT32 note_death(void)
{
    UINT64 deaths[DEATH_COUNT], now = GetTickCount64();
    UINT32 count, kept = 0, i;

    count = load_value(value_deaths, deaths, sizeof(deaths)) / sizeof(*deaths);
    for (i = 0; i < count; i++)
        if (now - deaths[i] < DEATH_AGE) deaths[kept++] = deaths[i];
    if (kept == DEATH_COUNT) memmove(deaths, deaths + 1, --kept * sizeof(*deaths));
    deaths[kept++] = now;
    store_value(value_deaths, deaths, kept * sizeof(*deaths));

    if (kept <= DEATHS_AT_ONCE) return 0;
    return 1000u << (kept - DEATHS_AT_ONCE - 1);
}

/* ---- in the service ---- */

static void publish_classes(const struct classes *classes)
{
    own_classes = *classes;
    if (classes->count) store_value(value_classes, classes, sizeof(*classes));
    else store_value(value_classes, NULL, 0);
    if (!shared) return;
    InterlockedIncrement(&shared->sequence);
    shared->classes = *classes;
    InterlockedIncrement(&shared->sequence);
}

void guard_clean_up(void)
{
    struct classes classes;

    if (!security_on_wine()) return;
    if (load_value(value_classes, &classes, sizeof(classes)) != sizeof(classes)) return;
    log_write(LOG_WARNING, "revoking %u classes of a service that ended without a word", classes.count);
    revoke_classes(&classes);
    store_value(value_classes, NULL, 0);
}

HRESULT guard_run_helper(const WCHAR *entry, const HANDLE *inherit, UINT32 count, HANDLE *process)
{
    struct _PROC_THREAD_ATTRIBUTE_LIST *attributes = NULL;
    WCHAR system[MAX_PATH], module[MAX_PATH], *command = NULL, *p;
    PROCESS_INFORMATION info;
    STARTUPINFOEXW startup;
    HMODULE self;
    SIZE_T size = 0;
    UINT32 i, len;
    HRESULT hr;

    *process = NULL;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                            (const WCHAR *)guard_run_helper, &self)
            || !(len = GetModuleFileNameW(self, module, ARRAYSIZE(module))) || len == ARRAYSIZE(module)
            || !(len = GetSystemDirectoryW(system, ARRAYSIZE(system))) || len >= ARRAYSIZE(system))
        return E_UNEXPECTED;

    len = lstrlenW(system) + lstrlenW(module) + lstrlenW(entry) + 17 * count + 32;
    if (!(command = malloc(len * sizeof(*command)))) return E_OUTOFMEMORY;
    p = command + wsprintfW(command, L"\"%s\\rundll32.exe\" ", system);
    p += wsprintfW(p, L"%s,%s", module, entry);
    for (i = 0; i < count; i++) p += wsprintfW(p, L" %x", (UINT32)(ULONG_PTR)inherit[i]);

    /* Only the handles of the list: sockets are inheritable by default and would stay open in the child. */
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    if (!(attributes = malloc(size)))
    {
        free(command);
        return E_OUTOFMEMORY;
    }
    memset(&startup, 0, sizeof(startup));
    startup.StartupInfo.cb = sizeof(startup);
    startup.lpAttributeList = attributes;
    if (!InitializeProcThreadAttributeList(attributes, 1, 0, &size)) hr = HRESULT_FROM_WIN32(GetLastError());
    else
    {
        if (UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, (void *)inherit,
                                      count * sizeof(*inherit), NULL, NULL)
                && CreateProcessW(NULL, command, NULL, NULL, TRUE, EXTENDED_STARTUPINFO_PRESENT | DETACHED_PROCESS, NULL, system,
                                  &startup.StartupInfo, &info))
        {
            CloseHandle(info.hThread);
            *process = info.hProcess;
            hr = S_OK;
        }
        else hr = HRESULT_FROM_WIN32(GetLastError());
        DeleteProcThreadAttributeList(attributes);
    }
    free(attributes);
    free(command);
    return hr;
}

HRESULT guard_start(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    HANDLE handles[2] = {0};
    HRESULT hr = E_OUTOFMEMORY;

    if (!security_on_wine()) return S_FALSE;

    handles[0] = OpenProcess(SYNCHRONIZE, TRUE, GetCurrentProcessId());
    handles[1] = CreateFileMappingW(INVALID_HANDLE_VALUE, &inheritable, PAGE_READWRITE, 0, sizeof(*shared), NULL);
    if (handles[0] && handles[1] && (shared = MapViewOfFile(handles[1], FILE_MAP_WRITE, 0, 0, sizeof(*shared))))
        hr = guard_run_helper(L"GuardMain", handles, ARRAYSIZE(handles), &guard_process);
    if (handles[0]) CloseHandle(handles[0]);
    if (handles[1]) CloseHandle(handles[1]);
    if (FAILED(hr) && shared)
    {
        UnmapViewOfFile(shared);
        shared = NULL;
    }
    if (FAILED(hr)) log_write(LOG_WARNING, "no guard process, error %#lx", hr);
    return hr;
}

HRESULT guard_begin_register(UINT32 count)
{
    struct classes classes = {0};
    RPC_BINDING_HANDLE binding;
    RPC_STATUS status;

    if (!security_on_wine()) return S_OK;
    if (!rpcss_identity(&classes.rpcss_pid, &classes.rpcss_time)) return E_FAIL;
    if (!(status = irpcss_open(&binding)))
    {
        status = irpcss_next_cookie(binding, &classes.first);
        RpcBindingFree(&binding);
    }
    if (status) return HRESULT_FROM_WIN32(status);
    /* Told before they exist: a kill in the middle leaves nothing unknown. */
    classes.count = count;
    publish_classes(&classes);
    return S_OK;
}

HRESULT guard_end_register(void)
{
    RPC_BINDING_HANDLE binding;
    UINT32 cookie;
    RPC_STATUS status;

    if (!own_classes.count) return S_OK;
    if (!(status = irpcss_open(&binding)))
    {
        status = irpcss_next_cookie(binding, &cookie);
        RpcBindingFree(&binding);
    }
    if (!status && cookie == own_classes.first + own_classes.count + 1) return S_OK;
    guard_forget_classes();
    return status ? HRESULT_FROM_WIN32(status) : S_FALSE;
}

void guard_forget_classes(void)
{
    struct classes none = {0};

    if (own_classes.count) publish_classes(&none);
}

void guard_stop(void)
{
    guard_forget_classes();
    if (!shared) return;
    InterlockedExchange(&shared->state, GUARD_DISMISSED);
    UnmapViewOfFile(shared);
    shared = NULL;
    CloseHandle(guard_process);
    guard_process = NULL;
}

static DWORD CALLBACK revoke_thread(void *arg)
{
    revoke_classes(&own_classes);
    return 0;
}

void guard_revoke_now(void)
{
    HANDLE thread;

    if (guard_process && WaitForSingleObject(guard_process, 0) == WAIT_TIMEOUT) return; /* it does so, from a sound process */
    if (!own_classes.count) return;
    /* A thread of its own, given up after a while: this one may hold the heap's lock. */
    if (!(thread = CreateThread(NULL, 0, revoke_thread, NULL, 0, NULL))) return;
    WaitForSingleObject(thread, 2000);
    CloseHandle(thread);
}

/* ---- in the guard ---- */

BOOL guard_helper_handles(const WCHAR *line, HANDLE *handles, UINT32 count)
{
    WCHAR *end;
    UINT32 i;

    for (i = 0; i < count; i++, line = end)
    {
        handles[i] = (HANDLE)(ULONG_PTR)wcstoul(line, &end, 16);
        if (end == line) return FALSE;
    }
    return TRUE;
}

static BOOL start_service(void)
{
    SC_HANDLE manager, service;
    BOOL ret = FALSE;

    if (!(manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT))) return FALSE;
    if ((service = OpenServiceW(manager, service_name, SERVICE_START)))
    {
        ret = StartServiceW(service, 0, NULL) || GetLastError() == ERROR_SERVICE_ALREADY_RUNNING
                || GetLastError() == ERROR_SERVICE_DISABLED;
        CloseServiceHandle(service);
    }
    CloseServiceHandle(manager);
    return ret;
}

/* TRUE: the event of the prefix's end was set within the time. */
static BOOL prefix_ends(HANDLE event, DWORD timeout)
{
    return WaitForSingleObject(event, timeout) != WAIT_TIMEOUT;
}

BOOL guard_become_system(HANDLE *end_of_prefix)
{
    LONG (WINAPI *set_information)(HANDLE process, int class, void *info, ULONG size);

    set_information = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtSetInformationProcess");
    return set_information && !set_information(GetCurrentProcess(), PROCESS_WINE_MAKE_PROCESS_SYSTEM, end_of_prefix,
                                               sizeof(*end_of_prefix));
}

/* Entry point for rundll32: the guard process. Arguments: handles of the service's process and of the shared section. */
void WINAPI GuardMainW(HWND window, HINSTANCE instance, WCHAR *line, int show)
{
    HANDLE handles[2], waits[2], end_of_prefix;
    struct classes classes;
    LONG sequence;
    UINT32 delay, i;

    if (window) DestroyWindow(window);      /* a window that nobody pumps would block broadcasts */
    if (!guard_helper_handles(line, handles, ARRAYSIZE(handles))) return;
    if (!guard_become_system(&end_of_prefix)) return;
    if (!(shared = MapViewOfFile(handles[1], FILE_MAP_READ, 0, 0, sizeof(*shared)))) return;
    CloseHandle(handles[1]);

    waits[0] = end_of_prefix;
    waits[1] = handles[0];
    if (WaitForMultipleObjects(ARRAYSIZE(waits), waits, FALSE, INFINITE) != WAIT_OBJECT_0 + 1) return;
    /* At the end of the prefix services.exe kills the service; the event is set before that. */
    if (prefix_ends(end_of_prefix, 0) || shared->state == GUARD_DISMISSED) return;

    sequence = shared->sequence;
    classes = shared->classes;
    if (!(sequence & 1)) revoke_classes(&classes);
    /* else killed while writing: the volatile key has them, and the new instance reads it */

    if (prefix_ends(end_of_prefix, note_death())) return;
    for (i = 0, delay = 50; i < 8 && !start_service(); i++, delay *= 2)
        if (prefix_ends(end_of_prefix, delay)) return;
}
