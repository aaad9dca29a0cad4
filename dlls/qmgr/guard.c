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
#include <winternl.h>
#if __has_include(<rtlsupportapi.h>)    /* Wine 10 has them here, Wine 8 in winnt.h */
#include <rtlsupportapi.h>
#endif

#include "guard.h"
#include "child.h"
#include "log.h"
#include "security.h"
#include "watch.h"

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

struct shared
{
    LONG dismissed;             /* the service has said goodbye; interlocked */
    LONG sequence;              /* odd while the service writes classes; interlocked */
    struct classes classes;
};

/* How the guard process ends when it has nothing to heal; else, or when it was killed, another value. */
#define GUARD_EXIT_ORDERLY 0x6774

static struct shared *shared;   /* fixed from guard_start to guard_stop; in the guard: its view */

/* The service's side. Main thread, except where a comment names another one. */
static struct
{
    HANDLE section, service;    /* inherited by each guard; fixed from guard_start to guard_stop */
    HANDLE process;             /* of the guard; guarded by lock */
    struct watch *wait;         /* for its end; guarded by lock */
    UINT64 started;             /* monotonic ms; guarded by lock */
    UINT32 short_lives;         /* guards in a row that died within seconds; guarded by lock */
    BOOL stopping;              /* guarded by lock */
    SRWLOCK lock;
    struct classes classes;
} guard = {.lock = SRWLOCK_INIT};

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
    guard.classes = *classes;
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

static HRESULT start_guard_locked(void);

/* Thread pool: the first guard. Starting a process takes longer than all the rest of the service's start. */
static void CALLBACK start_guard(TP_CALLBACK_INSTANCE *instance, void *arg)
{
    HRESULT hr = S_FALSE;

    AcquireSRWLockExclusive(&guard.lock);
    if (!guard.stopping) hr = start_guard_locked();
    ReleaseSRWLockExclusive(&guard.lock);
    if (FAILED(hr)) log_write(LOG_WARNING, "no guard process, error %#lx", hr);
}

/* Thread pool: the guard has ended. Killed alone, it is replaced; two at once no one can heal before the next start of the prefix. */
static void guard_ended(void *arg)
{
    DWORD code = 0;
    HRESULT hr = S_FALSE;

    AcquireSRWLockExclusive(&guard.lock);
    if (!guard.stopping && guard.process)
    {
        GetExitCodeProcess(guard.process, &code);
        watch_close(guard.wait);
        CloseHandle(guard.process);
        guard.wait = NULL;
        guard.process = NULL;
        if (GetTickCount64() - guard.started > 10000) guard.short_lives = 0;
        else guard.short_lives++;
        /* Orderly: the prefix ends. */
        if (code != GUARD_EXIT_ORDERLY && guard.short_lives < 3) hr = start_guard_locked();
    }
    ReleaseSRWLockExclusive(&guard.lock);
    if (code != GUARD_EXIT_ORDERLY && hr != S_FALSE) log_write(LOG_WARNING, "the guard process was killed, a new one: %#lx", hr);
}

static HRESULT start_guard_locked(void)
{
    HANDLE handles[2] = {guard.service, guard.section};
    HRESULT hr;

    guard.started = GetTickCount64();
    if (FAILED(hr = child_run(L"GuardMain", handles, ARRAYSIZE(handles), &guard.process))) return hr;
    watch_create(WATCH_ONCE, guard.process, guard_ended, NULL, &guard.wait);
    return S_OK;
}

HRESULT guard_start(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};

    if (!security_on_wine()) return S_FALSE;

    guard.stopping = FALSE;
    guard.short_lives = 0;
    guard.service = OpenProcess(SYNCHRONIZE, TRUE, GetCurrentProcessId());
    guard.section = CreateFileMappingW(INVALID_HANDLE_VALUE, &inheritable, PAGE_READWRITE, 0, sizeof(*shared), NULL);
    if (guard.service && guard.section && (shared = MapViewOfFile(guard.section, FILE_MAP_WRITE, 0, 0, sizeof(*shared))))
    {
        if (TrySubmitThreadpoolCallback(start_guard, NULL, NULL)) return S_OK;
    }
    guard_stop();
    return E_OUTOFMEMORY;
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

    if (!guard.classes.count) return S_OK;
    if (!(status = irpcss_open(&binding)))
    {
        status = irpcss_next_cookie(binding, &cookie);
        RpcBindingFree(&binding);
    }
    if (!status && cookie == guard.classes.first + guard.classes.count + 1) return S_OK;
    guard_forget_classes();
    return status ? HRESULT_FROM_WIN32(status) : S_FALSE;
}

void guard_forget_classes(void)
{
    struct classes none = {0};

    if (guard.classes.count) publish_classes(&none);
}

void guard_stop(void)
{
    struct watch *wait;

    guard_forget_classes();
    AcquireSRWLockExclusive(&guard.lock);
    guard.stopping = TRUE;
    wait = guard.wait;
    ReleaseSRWLockExclusive(&guard.lock);
    watch_close(wait);
    if (shared)
    {
        InterlockedExchange(&shared->dismissed, TRUE);
        UnmapViewOfFile(shared);
        shared = NULL;
    }
    if (guard.process) CloseHandle(guard.process);
    if (guard.section) CloseHandle(guard.section);
    if (guard.service) CloseHandle(guard.service);
    guard.process = guard.section = guard.service = NULL;
    guard.wait = NULL;
}

/* ---- faults ---- */

static struct
{
    void *handler;
    const BYTE *begin, *end;    /* our image */
    const BYTE *crt_begin, *crt_end;
    LONG entered;
} faults;

static void image_range(HMODULE module, const BYTE **begin, const BYTE **end)
{
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)module;
    const IMAGE_NT_HEADERS *nt;

    *begin = *end = NULL;
    if (!module) return;
    nt = (const IMAGE_NT_HEADERS *)((const BYTE *)dos + dos->e_lfanew);
    *begin = (const BYTE *)module;
    *end = *begin + nt->OptionalHeader.SizeOfImage;
}

static BOOL in_our_image(const void *address)
{
    return (const BYTE *)address >= faults.begin && (const BYTE *)address < faults.end;
}

/* Where the function that faulted returns to, if it can be known without walking a damaged stack. */
static const void *return_address(const CONTEXT *context)
{
#ifdef __x86_64__
    CONTEXT copy = *context;
    RUNTIME_FUNCTION *function;
    ULONG64 base, frame;
    void *data;

    if (!(function = RtlLookupFunctionEntry(copy.Rip, &base, NULL)))
    {
        NT_TIB *tib = (NT_TIB *)NtCurrentTeb();

        /* A leaf, or a jump to nowhere: the return address is on top of the stack. */
        if (copy.Rsp < (ULONG_PTR)tib->StackLimit || copy.Rsp + sizeof(void *) > (ULONG_PTR)tib->StackBase) return NULL;
        return *(void **)copy.Rsp;
    }
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, copy.Rip, function, &copy, &data, &frame, NULL);
    return (void *)copy.Rip;
#else
    return NULL;
#endif
}

/*
 * Is this fault ours?  In our code; in the C runtime or at no code's address, called by our code.  A fault elsewhere is left to those who
 * expect it: probing of pointers is done by faulting in Wine as in Windows.
 */
static BOOL is_our_fault(const EXCEPTION_RECORD *record, const CONTEXT *context)
{
    const BYTE *address = record->ExceptionAddress;
    HMODULE module;

    switch (record->ExceptionCode)
    {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION:
    case EXCEPTION_STACK_OVERFLOW:
    case EXCEPTION_IN_PAGE_ERROR:
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_BREAKPOINT:
        break;
    default:
        return FALSE;
    }
    if (in_our_image(address)) return TRUE;
    if ((address >= faults.crt_begin && address < faults.crt_end)
            || !GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                                   (const WCHAR *)address, &module))
        return in_our_image(return_address(context));
    return FALSE;
}

static DWORD CALLBACK revoke_thread(void *arg)
{
    revoke_classes(&guard.classes);
    return 0;
}

/* Without COM, and without a lock that the rest of the process could hold. */
static void revoke_now(void)
{
    HANDLE thread;

    if (guard.process && WaitForSingleObject(guard.process, 0) == WAIT_TIMEOUT) return; /* it does so, from a sound process */
    if (!guard.classes.count) return;
    /* A thread of its own, given up after a while: this one may hold the heap's lock. */
    if (!(thread = CreateThread(NULL, 0, revoke_thread, NULL, 0, NULL))) return;
    WaitForSingleObject(thread, 2000);
    CloseHandle(thread);
}

/*
 * RPC would catch the exception and go on with whatever locks the method held (WINE.COM.15), and a damaged memory might reach the disk.  So
 * the process ends here; replay is the repair, and the guard revokes the classes and starts the service again.
 */
static LONG CALLBACK fault_handler(EXCEPTION_POINTERS *exception)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    static char text[160];
    const BYTE *address = record->ExceptionAddress;

    if (!is_our_fault(record, exception->ContextRecord)) return EXCEPTION_CONTINUE_SEARCH;
    if (InterlockedExchange(&faults.entered, 1)) Sleep(INFINITE);   /* another thread is ending the process */

    sprintf(text, "fault %08lx at %s%p, accessing %p; the service ends, its journal is the repair", record->ExceptionCode,
            in_our_image(address) ? "qmgr+" : "", in_our_image(address) ? (void *)(address - faults.begin) : (void *)address,
            record->NumberParameters > 1 ? (void *)record->ExceptionInformation[1] : NULL);
    log_fault(text);
    revoke_now();
    TerminateProcess(GetCurrentProcess(), record->ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}

void guard_watch_faults(void)
{
    HMODULE self;

    if (faults.handler) return;
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                       (const WCHAR *)guard_watch_faults, &self);
    image_range(self, &faults.begin, &faults.end);
    if (!(self = GetModuleHandleW(L"ucrtbase.dll"))) self = GetModuleHandleW(L"msvcrt.dll");
    image_range(self, &faults.crt_begin, &faults.crt_end);
    faults.handler = AddVectoredExceptionHandler(TRUE, fault_handler);
}

void guard_unwatch_faults(void)
{
    if (faults.handler) RemoveVectoredExceptionHandler(faults.handler);
    faults.handler = NULL;
}

/* ---- in the guard ---- */

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

static BOOL run_guard(const WCHAR *line)
{
    HANDLE handles[2], waits[2], end_of_prefix;
    struct classes classes;
    LONG sequence;
    UINT32 delay, i;

    if (!child_handles(line, handles, ARRAYSIZE(handles))) return FALSE;
    if (!child_become_system(&end_of_prefix)) return FALSE;
    if (!(shared = MapViewOfFile(handles[1], FILE_MAP_READ, 0, 0, sizeof(*shared)))) return FALSE;
    CloseHandle(handles[1]);

    waits[0] = end_of_prefix;
    waits[1] = handles[0];
    if (WaitForMultipleObjects(ARRAYSIZE(waits), waits, FALSE, INFINITE) != WAIT_OBJECT_0 + 1) return TRUE;
    /* At the end of the prefix services.exe kills the service; the event is set before that. */
    if (prefix_ends(end_of_prefix, 0) || shared->dismissed) return TRUE;

    sequence = shared->sequence;
    classes = shared->classes;
    if (!(sequence & 1)) revoke_classes(&classes);
    /* else killed while writing: the volatile key has them, and the new instance reads it */

    if (prefix_ends(end_of_prefix, note_death())) return TRUE;
    for (i = 0, delay = 50; i < 8 && !start_service(); i++, delay *= 2)
        if (prefix_ends(end_of_prefix, delay)) break;
    return TRUE;
}

/* Entry point for rundll32: the guard process. Arguments: handles of the service's process and of the shared section. */
void WINAPI GuardMainW(HWND window, HINSTANCE instance, WCHAR *line, int show)
{
    if (window) DestroyWindow(window);      /* a window that nobody pumps would block broadcasts */
    ExitProcess(run_guard(line) ? GUARD_EXIT_ORDERLY : 0);
}
