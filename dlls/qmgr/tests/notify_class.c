/*
 * Tests of notifications: classes, ranges, intervals, and what survives clients and the service
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
 * "notify_class server PID" is the local server of the class: it has an object of the class note its calls where the test with that process
 * id finds them.  "notify_class client PID ID" registers for a job and waits to be killed.
 */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "wingdi.h"
#include "winuser.h"
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"
#include "notify_test.h"

static const CLSID CLSID_test = { 0x6b1ff1f4, 0x2b3d, 0x4b7a, { 0x9d, 0x51, 0x0c, 0x6d, 0x8e, 0x02, 0x55, 0x17 } };
static const CLSID CLSID_nobody = { 0x6b1ff1f5, 0x2b3d, 0x4b7a, { 0x9d, 0x51, 0x0c, 0x6d, 0x8e, 0x02, 0x55, 0x17 } };

static const char script[] =
    "on * /one\n size 1000\n"
    "on * /two\n size 2000\n"
    "on * /gone\n status 404\n"
    "on * /large\n size 300000\n"
    "on HEAD /slow\n size 3000\n"
    "on * /slow\n size 3000\n rate 1000\n"
    "on HEAD /wait\n size 1000\n"
    "on * /wait\n size 1000\n delay 1500\n";

/* What the server of the class tells the test, and the other way round. */
struct shared
{
    LONG servers, objects, calls[CB_KINDS];
    DWORD pid;                      /* of the last server */
    HRESULT answer;
    WCHAR station[64], desktop[64];
};

static struct shared *shared;
static HANDLE called, quit;

static BOOL open_shared(DWORD pid)
{
    char name[64];
    HANDLE mapping;

    _snprintf(name, sizeof(name), "bits test %lx shared", pid);
    mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(*shared), name);
    shared = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    called = named_event(pid, "called");
    quit = named_event(pid, "quit");
    return shared != NULL;
}

/* The server. */

static HRESULT note(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    HRESULT answer = shared->answer;    /* as it is before anybody hears of the call */
    BG_JOB_STATE state;

    IBackgroundCopyJob_GetState(job, &state);
    InterlockedIncrement(&shared->calls[kind]);
    SetEvent(called);
    return answer;
}

static HRESULT WINAPI class_QueryInterface(IClassFactory *iface, REFIID iid, void **out)
{
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IClassFactory))
    {
        *out = NULL;
        return E_NOINTERFACE;
    }
    *out = iface;
    return S_OK;
}

static ULONG WINAPI class_AddRef(IClassFactory *iface)
{
    return 2;
}

static ULONG WINAPI class_Release(IClassFactory *iface)
{
    return 1;
}

static HRESULT WINAPI class_CreateInstance(IClassFactory *iface, IUnknown *outer, REFIID iid, void **out)
{
    struct callback *cb = cb_create(CB_ANSWERS_ALL);

    cb->hook = note;
    InterlockedIncrement(&shared->objects);
    return IUnknown_QueryInterface(cb_unknown(cb), iid, out);
}

static HRESULT WINAPI class_LockServer(IClassFactory *iface, BOOL lock)
{
    return S_OK;
}

static const IClassFactoryVtbl class_vtbl =
{
    class_QueryInterface, class_AddRef, class_Release, class_CreateInstance, class_LockServer
};

static void serve(DWORD pid)
{
    static IClassFactory factory = { (IClassFactoryVtbl *)&class_vtbl };
    DWORD cookie, needed;
    HRESULT hr;

    if (!open_shared(pid)) return;
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    shared->pid = GetCurrentProcessId();
    InterlockedIncrement(&shared->servers);
    GetUserObjectInformationW(GetProcessWindowStation(), UOI_NAME, shared->station, sizeof(shared->station), &needed);
    GetUserObjectInformationW(GetThreadDesktop(GetCurrentThreadId()), UOI_NAME, shared->desktop, sizeof(shared->desktop), &needed);
    hr = CoRegisterClassObject(&CLSID_test, (IUnknown *)&factory, CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, &cookie);
    if (SUCCEEDED(hr))
    {
        WaitForSingleObject(quit, 4 * BITS_TIMEOUT);
        CoRevokeClassObject(cookie);
    }
    ExitProcess(0);
}

/* The test. */

static HKEY classes_root(void)
{
    /* anybody may register a class for himself; Wine looks there for the machine's only */
    return !strcmp(winetest_platform, "wine") ? HKEY_LOCAL_MACHINE : HKEY_CURRENT_USER;
}

static const WCHAR *class_key(void)
{
    static WCHAR key[128];
    WCHAR id[64];

    StringFromGUID2(&CLSID_test, id, ARRAY_SIZE(id));
    _snwprintf(key, ARRAY_SIZE(key), L"Software\\Classes\\CLSID\\%ls", id);
    return key;
}

static void register_class(void)
{
    WCHAR path[MAX_PATH], line[MAX_PATH + 64], key[192];
    HKEY hkey;
    LONG ret;

    GetModuleFileNameW(NULL, path, ARRAY_SIZE(path));
    _snwprintf(line, ARRAY_SIZE(line), L"\"%ls\" notify_class server %x", path, (unsigned int)GetCurrentProcessId());
    _snwprintf(key, ARRAY_SIZE(key), L"%ls\\LocalServer32", class_key());
    ret = RegCreateKeyExW(classes_root(), key, 0, NULL, 0, KEY_WRITE, NULL, &hkey, NULL);
    ok(!ret, "cannot register the class, error %ld\n", ret);
    RegSetValueExW(hkey, NULL, 0, REG_SZ, (BYTE *)line, (lstrlenW(line) + 1) * sizeof(WCHAR));
    RegCloseKey(hkey);
}

static void unregister_class(void)
{
    WCHAR key[192];

    _snwprintf(key, ARRAY_SIZE(key), L"%ls\\LocalServer32", class_key());
    RegDeleteKeyW(classes_root(), key);
    RegDeleteKeyW(classes_root(), class_key());
}

static IBackgroundCopyJob *make_job(const WCHAR *name, const WCHAR *path)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);

    if (path) bits_add_file(job, bits_url(path), bits_path(name));
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    return job;
}

static void set_class_(unsigned int line, IBackgroundCopyJob *job, const CLSID *clsid)
{
    IBackgroundCopyJob5 *job5 = bits_query(job, IBackgroundCopyJob5);
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    value.ClsID = *clsid;
    hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value);
    ok_(__FILE__, line)(hr == S_OK, "[JPROP.3] got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job5);
}
#define set_class(job, clsid) set_class_(__LINE__, job, clsid)

static void set_number_(unsigned int line, IBackgroundCopyJob *job, BITS_JOB_PROPERTY_ID id, DWORD number)
{
    IBackgroundCopyJob5 *job5 = bits_query(job, IBackgroundCopyJob5);
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    HRESULT hr;

    value.Dword = number;
    hr = IBackgroundCopyJob5_SetProperty(job5, id, value);
    ok_(__FILE__, line)(hr == S_OK, "SetProperty %d: got %#lx\n", id, hr);
    IBackgroundCopyJob5_Release(job5);
}
#define set_number(job, id, number) set_number_(__LINE__, job, id, number)

static BOOL wait_class_(unsigned int line, enum cb_kind kind, LONG count)
{
    struct bits_clock clock = bits_clock_now();

    while (shared->calls[kind] < count && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        WaitForSingleObject(called, BITS_LOOK);
        ResetEvent(called);
    }
    ok_(__FILE__, line)(shared->calls[kind] == count, "the class was called %ld times, expected %ld\n", shared->calls[kind], count);
    return shared->calls[kind] == count;
}
#define wait_class(kind, count) wait_class_(__LINE__, kind, count)

static void end_server(void)
{
    HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, shared->pid);

    SetEvent(quit);
    ok(bits_wait_object(process, BITS_TIMEOUT) == WAIT_OBJECT_0, "the server does not end\n");
    CloseHandle(process);
    ResetEvent(quit);
}

static void test_class(void)
{
    IBackgroundCopyJob *job = make_job(L"class", L"/gone"), *other, *cleared;
    struct callback *cb = cb_create(CB_ANSWERS_1);
    LONG objects;

    /* nobody has registered */
    set_class(job, &CLSID_nobody);
    set_class(job, &CLSID_test);        /* the last one counts */
    bits_resume(job);
    if (!wait_class(CB_ERROR, 1)) return;
    ok(shared->servers == 1 && shared->objects == 1, "[JPROP.5] %ld servers, %ld objects\n", shared->servers, shared->objects);
    ok_inferred("BEH.CMD.14", !lstrcmpiW(shared->station, L"WinSta0"), "[WINE.SVC.16] got %s\n", wine_dbgstr_w(shared->station));
    ok_inferred("BEH.CMD.14", !lstrcmpiW(shared->desktop, L"Default"), "[WINE.SVC.16] got %s\n", wine_dbgstr_w(shared->desktop));

    /* the object serves on, also when it refuses */
    shared->answer = E_FAIL;
    bits_resume(job);
    wait_class(CB_ERROR, 2);
    shared->answer = S_OK;
    wait_class(CB_ERROR, 3);
    ok(shared->objects == 1, "[BEH.NOTIFY.11] %ld objects\n", shared->objects);

    /* until SetNotifyInterface replaces it */
    cb_register(job, cb, FLAGS_END);
    cb_wait(cb, CB_ERROR, 1);
    bits_resume(job);
    cb_wait(cb, CB_ERROR, 2);
    ok(shared->calls[CB_ERROR] == 3, "[CB.14] the class was called as well\n");

    /* a valid object wins from the start; without a class nobody is called */
    other = make_job(L"other", L"/one");
    set_class(other, &CLSID_test);
    cb_register(other, cb, FLAGS_END);
    cleared = make_job(L"cleared", L"/one");
    set_class(cleared, &CLSID_test);
    set_class(cleared, &GUID_NULL);
    bits_resume(cleared);
    bits_resume(other);
    cb_wait(cb, CB_TRANSFERRED, 1);
    bits_wait_state(cleared, BG_JOB_STATE_TRANSFERRED);
    ok(!shared->calls[CB_TRANSFERRED], "[JPROP.3] called\n");
    /* taken back, and the event comes again: the class */
    IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    bits_resume(job);
    wait_class(CB_ERROR, 4);

    /* its server ends: another one is started */
    objects = shared->objects;
    end_server();
    bits_resume(job);
    wait_class(CB_ERROR, 5);
    ok(shared->servers == 2 && shared->objects == objects + 1, "[BEH.NOTIFY.11] %ld servers, %ld objects\n", shared->servers,
       shared->objects);

    /* flags choose as always */
    IBackgroundCopyJob_SetNotifyFlags(cleared, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    set_class(cleared, &CLSID_test);
    wait_class(CB_FILE, 1);
    wait_class(CB_TRANSFERRED, 1);

    bits_cancel(job);
    bits_cancel(other);
    bits_cancel(cleared);
    cb_destroy(cb);
}

/* A client that registers and dies. */

static void be_client(char **argv)
{
    struct callback *cb;
    IBackgroundCopyJob *job;
    WCHAR text[64];
    HRESULT hr;
    GUID id;

    if (!bits_begin()) return;
    MultiByteToWideChar(CP_ACP, 0, argv[4], -1, text, ARRAY_SIZE(text));
    CLSIDFromString(text, &id);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "GetJob: got %#lx\n", hr);
    cb = cb_create(CB_ANSWERS_ALL);
    cb_register(job, cb, FLAGS_END);
    RemoveDirectoryW(bits_folder);
    SetEvent(named_event(strtoul(argv[3], NULL, 16), "registered"));
    WaitForSingleObject(GetCurrentProcess(), 2 * BITS_TIMEOUT);
}

/* A client that registers the object of another one, which it has got from a job, and dies. */
static void be_borrower(char **argv)
{
    IBackgroundCopyJob *jobs[2];
    IUnknown *unknown;
    WCHAR text[64];
    unsigned int i;
    HRESULT hr;
    GUID id;

    if (!bits_begin()) return;
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        MultiByteToWideChar(CP_ACP, 0, argv[4 + i], -1, text, ARRAY_SIZE(text));
        CLSIDFromString(text, &id);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &jobs[i]);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
    }
    hr = IBackgroundCopyJob_GetNotifyInterface(jobs[1], &unknown);
    ok(hr == S_OK && unknown, "[JOB.GetNotifyInterface.1] got %#lx, %p\n", hr, unknown);
    hr = IBackgroundCopyJob_SetNotifyInterface(jobs[0], unknown);
    ok(hr == S_OK, "[JOB.SetNotifyInterface.3] got %#lx\n", hr);
    IUnknown_Release(unknown);
    RemoveDirectoryW(bits_folder);
    SetEvent(named_event(strtoul(argv[3], NULL, 16), "registered"));
    WaitForSingleObject(GetCurrentProcess(), 2 * BITS_TIMEOUT);
}

/* Has registered, for `job`, when it returns; with the object of another job if there is one. */
static HANDLE start_registered(IBackgroundCopyJob *job, IBackgroundCopyJob *lender)
{
    HANDLE process, registered = named_event(GetCurrentProcessId(), "registered");
    WCHAR text[64], lender_text[64] = L"";
    char argument[192];
    GUID id;

    IBackgroundCopyJob_GetId(job, &id);
    StringFromGUID2(&id, text, ARRAY_SIZE(text));
    if (lender)
    {
        IBackgroundCopyJob_GetId(lender, &id);
        StringFromGUID2(&id, lender_text, ARRAY_SIZE(lender_text));
    }
    _snprintf(argument, sizeof(argument), "%s %lx %ls %ls", lender ? "borrower" : "client", GetCurrentProcessId(), text, lender_text);
    process = start_client("notify_class", argument);
    wait_event(registered, "the registration");
    ResetEvent(registered);
    CloseHandle(registered);
    return process;
}

static void kill_client(HANDLE process)
{
    TerminateProcess(process, 0);
    ok(bits_wait_object(process, BITS_TIMEOUT) == WAIT_OBJECT_0, "the client does not die\n");
    CloseHandle(process);
}

/* Who dies gives back what he borrowed. */
static void test_borrower(void)
{
    IBackgroundCopyJob *own = make_job(L"lender", L"/wait"), *other = make_job(L"borrower", L"/wait");
    struct callback *cb = cb_create(CB_ANSWERS_ALL);

    cb_register(own, cb, FLAGS_END);
    kill_client(start_registered(other, own));
    bits_cancel(other);
    IBackgroundCopyJob_SetNotifyInterface(own, NULL);
    cb_wait_released("JOB.SetNotifyInterface.8", cb);
    bits_cancel(own);
    cb_destroy(cb);
}

static void test_death(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job = make_job(L"death", L"/wait"), *told = make_job(L"told", L"/one"), *class = make_job(L"death class", L"/wait");
    struct callback *cb = cb_create(CB_ANSWERS_1);
    IUnknown *unknown;
    HANDLE client;
    HRESULT hr;
    LONG calls;

    /* before the event: nobody is told, and then whoever comes */
    client = start_registered(job, NULL);
    kill_client(client);
    hr = S_OK;
    for (bits_clock_start(&clock), unknown = (IUnknown *)1; unknown && hr == S_OK && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(5))
    {
        hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
        if (hr == S_OK && unknown) IUnknown_Release(unknown);
    }
    ok(hr == S_OK && !unknown, "[BEH.NOTIFY.10] the dead one is still there, %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    cb_register(job, cb, FLAGS_END);
    cb_wait(cb, CB_TRANSFERRED, 1);

    /* after the event, of which it was told */
    bits_resume(told);
    bits_wait_state(told, BG_JOB_STATE_TRANSFERRED);
    client = start_registered(told, NULL);
    kill_client(client);
    cb_register(told, cb, FLAGS_END);
    cb_wait(cb, CB_TRANSFERRED, 2);
    ok(cb->counts[CB_TRANSFERRED] == 2, "[CB.3,CB.5,JOB.SetNotifyInterface.4] %u calls\n", cb->counts[CB_TRANSFERRED]);

    /* with a class behind it */
    calls = shared->calls[CB_TRANSFERRED];
    set_class(class, &CLSID_test);
    client = start_registered(class, NULL);
    kill_client(client);
    bits_resume(class);
    wait_class(CB_TRANSFERRED, calls + 1);

    bits_cancel(job);
    bits_cancel(told);
    bits_cancel(class);
    cb_destroy(cb);
}

/* The service ends and comes back. */
static void test_restart(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_ALL), *again = cb_create(CB_ANSWERS_ALL);
    IBackgroundCopyJob *job = make_job(L"r1", L"/one"), *class = make_job(L"r2", L"/slow"), *class_told = make_job(L"r3", L"/one");
    LONG calls = shared->calls[CB_TRANSFERRED];
    GUID ids[3];
    IUnknown *unknown;
    unsigned int i;
    HRESULT hr;

    IBackgroundCopyJob_GetId(job, &ids[0]);
    IBackgroundCopyJob_GetId(class, &ids[1]);
    IBackgroundCopyJob_GetId(class_told, &ids[2]);
    bits_add_file(job, bits_url(L"/two"), bits_path(L"r1b"));
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_TRANSFERRED);
    set_class(class, &CLSID_test);
    set_class(class_told, &CLSID_test);
    bits_resume(job);
    bits_resume(class_told);
    cb_wait(cb, CB_TRANSFERRED, 1);
    wait_class(CB_TRANSFERRED, calls + 1);
    bits_resume(class);
    bits_wait_state(class, BG_JOB_STATE_TRANSFERRING);
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyJob_Release(class);
    IBackgroundCopyJob_Release(class_told);
    if (bits_restart_service())
    {
        wait_class(CB_TRANSFERRED, calls + 2);      /* JPROP.4: the one that was under way; the other has been told of */
        hr = IBackgroundCopyManager_GetJob(bits_manager, &ids[0], &job);
        ok(hr == S_OK, "[BEH.PERSIST.1] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetNotifyInterface(job, &unknown);
        ok(hr == S_OK && !unknown, "[BEH.PERSIST.8,LIFE.2] got %#lx, %p\n", hr, unknown);
        hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(again));
        ok(hr == S_OK, "[HABIT.11] got %#lx\n", hr);
        cb_wait(again, CB_TRANSFERRED, 1);
        /* of the files it had been told: at least once is done */
        ok_inferred("BEH.PERSIST.11", !again->counts[CB_FILE], "told of %u files again\n", again->counts[CB_FILE]);
        IBackgroundCopyJob_Release(job);
        ok(shared->calls[CB_TRANSFERRED] == calls + 2, "[BEH.PERSIST.11] %ld calls\n", shared->calls[CB_TRANSFERRED] - calls);
    }
    for (i = 0; i < ARRAY_SIZE(ids); i++)
    {
        hr = IBackgroundCopyManager_GetJob(bits_manager, &ids[i], &job);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr == S_OK) bits_cancel(job);
    }
    /* what the former process of the service held it cannot give back when it did not have the time */
    if (cb->refs == 1) cb_destroy(cb);
    cb_destroy(again);
}

/* The interval of the job. */
static void test_interval(void)
{
    static const struct { DWORD interval; unsigned int least, most; } rows[] = { { 0, 8, 30 }, { 100, 6, 14 }, { 2000, 1, 2 } };
    IBackgroundCopyJob *job;
    struct callback *cb;
    unsigned int i, j;
    DWORD begin;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("interval %lu", rows[i].interval);
        job = make_job(L"interval", L"/one");
        cb = cb_create(CB_ANSWERS_1);
        set_number(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, rows[i].interval);
        cb_register(job, cb, BG_NOTIFY_JOB_MODIFICATION);
        /* one change every 100 ms for a second */
        begin = GetTickCount();
        for (j = 0; j < 10; j++)
        {
            IBackgroundCopyJob_SetDescription(job, j & 1 ? L"odd" : L"even");
            while (GetTickCount() - begin < (j + 1) * 100) WaitForSingleObject(cb->called, (j + 1) * 100 - (GetTickCount() - begin));
        }
        ok(cb->count <= rows[i].most, "[JPROP.11] %u calls\n", cb->count);
        ok_inferred("JPROP.A10", cb->count >= rows[i].least, "%u calls\n", cb->count);
        /* on a busy machine one call arrives late and the next in time: over two of them that evens out */
        for (j = 2; j < cb->count && rows[i].interval; j++)
            ok(cb->calls[j].begin - cb->calls[j - 2].begin + 20 >= rows[i].interval, "[BEH.NOTIFY.6] %lu ms between three\n",
               cb->calls[j].begin - cb->calls[j - 2].begin);
        bits_cancel(job);
        cb_destroy(cb);
        winetest_pop_context();
    }
}

/* Ranges of a job on demand. */

static BG_FILE_RANGE told[256];
static unsigned int told_count;

static HRESULT take_ranges(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    DWORD i;

    if (kind != CB_RANGES) return S_OK;
    if (cb->counts[CB_RANGES] == 1) return E_FAIL;      /* these come again with the next ones */
    for (i = 0; i < cb_range_count && told_count < ARRAY_SIZE(told); i++) told[told_count++] = cb_ranges[i];
    return S_OK;
}

/* How many of the bytes [from, to) were told of; twice counts twice. */
static UINT64 told_bytes(UINT64 from, UINT64 to)
{
    UINT64 sum = 0, begin, end;
    unsigned int i;

    for (i = 0; i < told_count; i++)
    {
        begin = max(told[i].InitialOffset, from);
        end = min(told[i].InitialOffset + told[i].Length, to);
        if (begin < end) sum += end - begin;
    }
    return sum;
}

static void test_ranges(void)
{
    static BG_FILE_RANGE first[] = { { 1000, 500 }, { 5000, 1000 } }, rest[] = { { 100000, 50000 } };
    struct bits_clock clock;
    IBackgroundCopyJob *job = make_job(L"demand", L"/large"), *plain = make_job(L"plain", L"/large");
    struct callback *cb = cb_create(CB_ANSWERS_ALL), *no = cb_create(CB_ANSWERS_1 | CB_ANSWERS_2), *none = cb_create(CB_ANSWERS_ALL);
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyFile *file;
    HRESULT hr;

    set_number(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    cb->hook = take_ranges;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    cb_register(plain, none, FLAGS_END | BG_NOTIFY_FILE_RANGES_TRANSFERRED);
    file = bits_get_file(job, 0);
    file6 = bits_query(file, IBackgroundCopyFile6);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, ARRAY_SIZE(first), first);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_resume(plain);
    cb_wait(cb, CB_RANGES, 1);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, ARRAY_SIZE(rest), rest);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    for (bits_clock_start(&clock); told_bytes(100000, 150000) < 50000 && bits_clock_look(&clock) < BITS_TIMEOUT;) cb_pump(cb, BITS_LOOK);
    ok(told_bytes(100000, 150000) == 50000, "[CB3.FileRangesTransferred.2] told of %u bytes\n", (unsigned int)told_bytes(100000, 150000));
    ok_inferred("CB3.FileRangesTransferred.A1", told_bytes(1000, 1500) == 500 && told_bytes(5000, 6000) == 1000, "told of %u and %u bytes\n",
                (unsigned int)told_bytes(1000, 1500), (unsigned int)told_bytes(5000, 6000));
    cb_wait(none, CB_TRANSFERRED, 1);
    ok(!none->counts[CB_RANGES], "[JOB.SetNotifyFlags.3] told of ranges that nobody asked for\n");

    /* one that does not take such calls */
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(no));
    ok(hr == S_OK, "got %#lx\n", hr);
    rest[0].InitialOffset = 0;
    rest[0].Length = 300000;
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, ARRAY_SIZE(rest), rest);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    cb_wait(no, CB_TRANSFERRED, 1);
    ok(no->count == 1, "[CB3.FileRangesTransferred.7] %u calls\n", no->count);

    IBackgroundCopyFile6_Release(file6);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
    bits_cancel(plain);
    cb_destroy(cb);
    cb_destroy(no);
    cb_destroy(none);
}

START_TEST(notify_class)
{
    char **argv;
    int argc;

    argc = winetest_get_mainargs(&argv);
    if (argc > 3 && !strcmp(argv[2], "server"))
    {
        serve(strtoul(argv[3], NULL, 16));
        return;
    }
    if (argc > 4 && !strcmp(argv[2], "client"))
    {
        be_client(argv);
        return;
    }
    if (argc > 5 && !strcmp(argv[2], "borrower"))
    {
        be_borrower(argv);
        return;
    }
    if (!bits_begin()) return;
    if (open_shared(GetCurrentProcessId()) && bits_server_start(script))
    {
        register_class();
        test_interval();
        test_ranges();
        test_class();
        test_death();
        test_borrower();
        test_restart();
        if (shared->servers) end_server();
        unregister_class();
    }
    bits_end();
}
