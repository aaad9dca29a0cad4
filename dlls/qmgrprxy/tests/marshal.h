/*
 * Calls across a process boundary, for the units that test marshalling
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
 * A unit includes this header and is two programs.  The test process starts itself again as `<unit> server ...`; the server
 * process holds one fake object that answers for every interface of the service, and hands it over as a marshalled IUnknown.
 * The test process then calls every method of every interface through the proxies under test.  Callback interfaces go the other
 * way: the test process implements them, the server process calls them from within the method that got them.
 *
 * Both sides know what should arrive: slot numbers are turned into the numbers, strings and identifiers that a method of that
 * slot takes or gives, and each method returns RESULT(slot), a success code of its own.  So a call that ends in the wrong
 * method, argument or word size shows.  Who is called checks the arguments, who calls checks the results; failures of the
 * server process are added to those of the test process when it ends.
 *
 * Everything in both processes lives in the MTA.  The test thread makes one call at a time; what it asks of the next method
 * (struct shared) it writes before the call.
 */

#ifndef __QMGRPRXY_TESTS_MARSHAL_H
#define __QMGRPRXY_TESTS_MARSHAL_H

#include <wchar.h>

#include "bits.h"

#define MAX_RANGES 3 /* in each array of ranges */
#define HARNESS_TIMEOUT 60000 /* ms, for each thing one process waits for in the other */

#define NULL_REF_POINTER HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER)

/* What a method of that slot returns, takes and gives.  An index tells several arguments of one method apart. */
#define RESULT(slot) ((HRESULT)(0x00040200 + (slot)))
#define NUMBER(slot, index) (0xa1020000 + ((slot) << 8) + (index))
#define SHORT_NUMBER(slot, index) (0x1000 + ((slot) << 4) + (index)) /* enumerations travel as 16 bits */
#define WIDE_NUMBER(slot, index) ((UINT64)0xa102030405060000 + ((slot) << 4) + (index))

struct shared
{
    LONG calls;       /* methods entered, in both processes */
    HRESULT fail;     /* for the next method: clear the results and return this; it takes the value away */
    LONG expect_null; /* for the next method: the arguments that may be NULL are */
    LONG refs;        /* of the fake object, when the server process is done */
    DWORD size;       /* of objref */
    BYTE objref[4096];
};

static struct shared *shared;

/* The identity of the fake object: the object itself in the server process, its proxy in the test process. */
static IUnknown *root;

static HANDLE server_process, done_event;

/* A string with characters of one, two and four bytes of UTF-8; valid for several calls. */
static inline const WCHAR *text(unsigned int slot, unsigned int index)
{
    static WCHAR buffers[32][12];
    static LONG next;
    WCHAR *buffer = buffers[(ULONG)InterlockedIncrement(&next) % ARRAY_SIZE(buffers)], *p = buffer;

    *p++ = 0xe9;
    *p++ = '0' + slot / 10;
    *p++ = '0' + slot % 10;
    *p++ = '.';
    *p++ = '0' + index;
    *p++ = 0xd83d;
    *p++ = 0xde00;
    *p = 0;
    return buffer;
}

static inline WCHAR *alloc_text(unsigned int slot, unsigned int index)
{
    const WCHAR *str = text(slot, index);
    WCHAR *ret = CoTaskMemAlloc((wcslen(str) + 1) * sizeof(WCHAR));

    wcscpy(ret, str);
    return ret;
}

static inline BOOL is_text(const WCHAR *str, unsigned int slot, unsigned int index)
{
    return str && !wcscmp(str, text(slot, index));
}

static inline GUID guid_value(unsigned int slot, unsigned int index)
{
    GUID guid = { 0x9a3c0000, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };

    guid.Data1 += slot;
    guid.Data4[7] = index;
    return guid;
}

static inline BOOL is_guid(const GUID *guid, unsigned int slot, unsigned int index)
{
    GUID expect = guid_value(slot, index);

    return guid && IsEqualGUID(guid, &expect);
}

static inline FILETIME filetime_value(unsigned int slot, unsigned int index)
{
    FILETIME time = { NUMBER(slot, index), NUMBER(slot, index) + 1 };

    return time;
}

static inline BOOL is_filetime(const FILETIME *time, unsigned int slot, unsigned int index)
{
    FILETIME expect = filetime_value(slot, index);

    return !memcmp(time, &expect, sizeof(expect));
}

/* Three ranges; the last one is open. */
static inline BG_FILE_RANGE range_value(unsigned int slot, unsigned int index)
{
    BG_FILE_RANGE range = { WIDE_NUMBER(slot, index), WIDE_NUMBER(slot, index + 8) };

    if (index == MAX_RANGES - 1) range.Length = BG_LENGTH_TO_EOF;
    return range;
}

static inline BOOL are_ranges(const BG_FILE_RANGE *ranges, unsigned int slot)
{
    BG_FILE_RANGE expect;
    unsigned int i;

    for (i = 0; i < MAX_RANGES; i++)
    {
        expect = range_value(slot, i);
        if (memcmp(&ranges[i], &expect, sizeof(expect))) return FALSE;
    }
    return TRUE;
}

static inline void fill_ranges(BG_FILE_RANGE *ranges, unsigned int slot)
{
    unsigned int i;

    for (i = 0; i < MAX_RANGES; i++) ranges[i] = range_value(slot, i);
}

static inline BG_FILE_RANGE *alloc_ranges(unsigned int slot)
{
    BG_FILE_RANGE *ranges = CoTaskMemAlloc(MAX_RANGES * sizeof(*ranges));

    fill_ranges(ranges, slot);
    return ranges;
}

/* Bytes that depend on their place and on the slot. */
static inline BYTE byte_value(unsigned int slot, unsigned int i)
{
    return i ^ (i >> 8) ^ (i >> 16) ^ slot;
}

static inline void fill_bytes(BYTE *bytes, unsigned int size, unsigned int slot)
{
    unsigned int i;

    for (i = 0; i < size; i++) bytes[i] = byte_value(slot, i);
}

static inline BOOL are_bytes(const BYTE *bytes, unsigned int size, unsigned int slot)
{
    unsigned int i;

    for (i = 0; i < size; i++) if (bytes[i] != byte_value(slot, i)) return FALSE;
    return TRUE;
}

/* Whether an interface pointer, which may be NULL, is one of the fake object. */
static inline BOOL is_root(void *iface)
{
    IUnknown *unk;
    HRESULT hr;

    if (!iface) return FALSE;
    hr = IUnknown_QueryInterface((IUnknown *)iface, &IID_IUnknown, (void **)&unk);
    ok(hr == S_OK, "QueryInterface returned %#lx.\n", hr);
    if (FAILED(hr)) return FALSE;
    IUnknown_Release(unk);
    return unk == root;
}

/* At the start of every method.  Nonzero: the method shall clear its results and return that. */
static inline HRESULT called(void)
{
    InterlockedIncrement(&shared->calls);
    return InterlockedExchange(&shared->fail, S_OK);
}

/* One call that arrives. */
#define CALL(owner, slot, call) \
    do \
    { \
        LONG calls_ = shared->calls; \
        HRESULT hr_ = (call); \
        ok(hr_ == RESULT(slot), "[VT." #owner "." #slot "] got %#lx.\n", hr_); \
        ok(shared->calls > calls_, "[VT." #owner "." #slot "] did not arrive.\n"); \
    } while (0)

/* One call that arrives, with NULL in all arguments that may be NULL. */
#define CALL_WITH_NULL(id, owner, slot, call) \
    do \
    { \
        HRESULT hr_; \
        LONG calls_ = shared->calls; \
        shared->expect_null = 1; \
        hr_ = (call); \
        shared->expect_null = 0; \
        ok(hr_ == RESULT(slot), "[" id ",VT." #owner "." #slot "] got %#lx.\n", hr_); \
        ok(shared->calls > calls_, "[" id ",VT." #owner "." #slot "] did not arrive.\n"); \
    } while (0)

/* One call that the other side answers with a failure, which the proxy shall hand on. */
#define CALL_FAILING(owner, slot, code, call) \
    do \
    { \
        HRESULT hr_; \
        shared->fail = (code); \
        hr_ = (call); \
        ok(hr_ == (code), "[VT." #owner "." #slot "] got %#lx.\n", hr_); \
        ok(!shared->fail, "[VT." #owner "." #slot "] did not arrive.\n"); \
        shared->fail = S_OK; \
    } while (0)

/* One call that the proxy answers itself. */
#define CALL_REFUSED(id, owner, slot, code, call) \
    do \
    { \
        LONG calls_ = shared->calls; \
        HRESULT hr_ = (call); \
        ok(hr_ == (HRESULT)(code), "[" id ",VT." #owner "." #slot "] got %#lx.\n", hr_); \
        ok(shared->calls == calls_, "[" id ",VT." #owner "." #slot "] arrived.\n"); \
    } while (0)

#define NULL_REFUSED(owner, slot, call) CALL_REFUSED("GEN.6", owner, slot, NULL_REF_POINTER, call)

/*
 * The same for [out] enumerations and [out] arrays.  Wine's rpcrt4 notices these NULLs when it wants to store the result: the
 * caller sees the right answer, but the method was called.  All of them are getters, so nothing has happened.
 */
#define NULL_ANSWERED(owner, slot, call) \
    do \
    { \
        LONG calls_ = shared->calls; \
        HRESULT hr_ = (call); \
        ok(hr_ == NULL_REF_POINTER, "[GEN.6,VT." #owner "." #slot "] got %#lx.\n", hr_); \
        ok(shared->calls == calls_ || !strcmp(winetest_platform, "wine"), "[GEN.6,VT." #owner "." #slot "] arrived.\n"); \
    } while (0)

/*
 * The object that this process implements: the fake service in the server process, the callbacks in the test process.
 */

struct interface_entry
{
    const IID *iid;
    void *iface;
};

static const struct interface_entry *object_interfaces; /* the first one is the identity; ends with a NULL */
static LONG object_refs = 1;

static inline HRESULT object_query(REFIID iid, void **out)
{
    const struct interface_entry *entry;

    *out = NULL;
    if (IsEqualGUID(iid, &IID_IUnknown)) *out = object_interfaces->iface;
    for (entry = object_interfaces; !*out && entry->iid; entry++)
        if (IsEqualGUID(iid, entry->iid)) *out = entry->iface;
    if (!*out) return E_NOINTERFACE;
    InterlockedIncrement(&object_refs);
    return S_OK;
}

/* The three methods of IUnknown for a vtable of that type, and their entries in the vtable. */
#define FAKE_UNKNOWN(type) \
    static HRESULT WINAPI fake_##type##_QueryInterface(type *iface, REFIID iid, void **out) \
    { \
        return object_query(iid, out); \
    } \
    static ULONG WINAPI fake_##type##_AddRef(type *iface) \
    { \
        return InterlockedIncrement(&object_refs); \
    } \
    static ULONG WINAPI fake_##type##_Release(type *iface) \
    { \
        return InterlockedDecrement(&object_refs); \
    }

#define UNKNOWN_ENTRIES(type) fake_##type##_QueryInterface, fake_##type##_AddRef, fake_##type##_Release

/*
 * Methods of the usual shapes: FAKE_* on the side that is called, TEST_* on the side that calls.  FAKE_* use the macro SELF, the
 * interface whose vtable the method goes into; TEST_* take a pointer whose vtable begins with that of the owner.
 */

#define FAKE_VOID(owner, method, slot) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface) \
    { \
        called(); \
        return RESULT(slot); \
    }

#define TEST_VOID(owner, method, slot, ptr) CALL(owner, slot, owner##_##method((owner *)(ptr)))

/* [in] number */
#define FAKE_SET(owner, method, slot, type, value) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface, type val) \
    { \
        called(); \
        ok(val == (type)(value), "[VT." #owner "." #slot "] got %#I64x.\n", (UINT64)val); \
        return RESULT(slot); \
    }

#define TEST_SET(owner, method, slot, ptr, value) CALL(owner, slot, owner##_##method((owner *)(ptr), value))

/* [out] number */
#define FAKE_GET(owner, method, slot, type, value) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface, type *val) \
    { \
        called(); \
        *val = (type)(value); \
        return RESULT(slot); \
    }

#define TEST_GET(owner, method, slot, ptr, type, value) \
    do \
    { \
        type val_ = 0; \
        CALL(owner, slot, owner##_##method((owner *)(ptr), &val_)); \
        ok(val_ == (type)(value), "[VT." #owner "." #slot "] got %#I64x.\n", (UINT64)val_); \
        NULL_REFUSED(owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

/* [out] enumeration; FAKE_GET is the other side */
#define TEST_GET_ENUM(owner, method, slot, ptr, type, value) \
    do \
    { \
        type val_ = 0; \
        CALL(owner, slot, owner##_##method((owner *)(ptr), &val_)); \
        ok(val_ == (type)(value), "[VT." #owner "." #slot "] got %#x.\n", val_); \
        NULL_ANSWERED(owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

/* [in] LPCWSTR, or with [unique] */
#define FAKE_SET_TEXT(owner, method, slot) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface, LPCWSTR val) \
    { \
        called(); \
        if (shared->expect_null) ok(!val, "[VT." #owner "." #slot "] got %s.\n", wine_dbgstr_w(val)); \
        else ok(is_text(val, slot, 0), "[VT." #owner "." #slot "] got %s.\n", wine_dbgstr_w(val)); \
        return RESULT(slot); \
    }

#define TEST_SET_TEXT(owner, method, slot, ptr) \
    do \
    { \
        CALL(owner, slot, owner##_##method((owner *)(ptr), text(slot, 0))); \
        NULL_REFUSED(owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

#define TEST_SET_OPTIONAL_TEXT(owner, method, slot, ptr) \
    do \
    { \
        CALL(owner, slot, owner##_##method((owner *)(ptr), text(slot, 0))); \
        CALL_WITH_NULL("GEN.7", owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

/* [out] LPWSTR * */
#define FAKE_GET_TEXT(owner, method, slot) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface, LPWSTR *val) \
    { \
        HRESULT hr = called(); \
        *val = FAILED(hr) ? NULL : alloc_text(slot, 0); \
        return FAILED(hr) ? hr : RESULT(slot); \
    }

#define TEST_GET_TEXT(owner, method, slot, ptr) \
    do \
    { \
        WCHAR *val_ = (WCHAR *)0xdeadbeef; \
        CALL(owner, slot, owner##_##method((owner *)(ptr), &val_)); \
        ok(is_text(val_, slot, 0), "[VT." #owner "." #slot "] got %s.\n", wine_dbgstr_w(val_)); \
        CoTaskMemFree(val_); \
        val_ = (WCHAR *)0xdeadbeef; \
        CALL_FAILING(owner, slot, BG_E_INVALID_STATE, owner##_##method((owner *)(ptr), &val_)); \
        ok(!val_, "[VT." #owner "." #slot "] got %p.\n", val_); \
        NULL_REFUSED(owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

/* [out] interface */
#define FAKE_GET_OBJECT(owner, method, slot, type) \
    static HRESULT WINAPI fake_##owner##_##method(SELF *iface, type **val) \
    { \
        HRESULT hr = called(); \
        *val = NULL; \
        if (FAILED(hr)) return hr; \
        if (!shared->expect_null) object_query(&IID_##type, (void **)val); \
        return RESULT(slot); \
    }

#define TEST_GET_OBJECT(owner, method, slot, ptr, type) \
    do \
    { \
        type *val_ = (type *)0xdeadbeef; \
        CALL(owner, slot, owner##_##method((owner *)(ptr), &val_)); \
        check_object("VT." #owner "." #slot, val_, &IID_##type); \
        val_ = (type *)0xdeadbeef; \
        CALL_FAILING(owner, slot, BG_E_NOT_FOUND, owner##_##method((owner *)(ptr), &val_)); \
        ok(!val_, "[VT." #owner "." #slot "] got %p.\n", val_); \
        NULL_REFUSED(owner, slot, owner##_##method((owner *)(ptr), NULL)); \
    } while (0)

/* IEnum*::Next, which has two objects left if it is asked for more. */
#define FAKE_NEXT(owner, type) \
    static HRESULT WINAPI fake_##owner##_Next(SELF *iface, ULONG count, type **objects, ULONG *fetched) \
    { \
        HRESULT hr = called(); \
        ULONG i, have = FAILED(hr) ? 0 : min(count, 2); \
        ok(shared->expect_null ? !fetched : !!fetched, "[GEN.7] got %p.\n", fetched); \
        for (i = 0; i < count; i++) objects[i] = NULL; \
        for (i = 0; i < have; i++) object_query(&IID_##type, (void **)&objects[i]); \
        if (fetched) *fetched = have; \
        return FAILED(hr) ? hr : RESULT(3); \
    }

#define TEST_NEXT(owner, type, ptr) \
    do \
    { \
        owner *proxy_ = (owner *)(ptr); \
        ULONG fetched_; \
        type *objects_[3]; \
        fetched_ = 0xdeadbeef; \
        CALL(owner, 3, owner##_Next(proxy_, 1, objects_, &fetched_)); \
        ok(fetched_ == 1, "[VT." #owner ".3] got %lu.\n", fetched_); \
        check_object("VT." #owner ".3", objects_[0], &IID_##type); \
        CALL(owner, 3, owner##_Next(proxy_, 3, objects_, &fetched_)); \
        ok(fetched_ == 2, "[VT." #owner ".3] got %lu.\n", fetched_); \
        check_object("VT." #owner ".3", objects_[0], &IID_##type); \
        check_object("VT." #owner ".3", objects_[1], &IID_##type); \
        CALL_WITH_NULL("GEN.7", owner, 3, owner##_Next(proxy_, 1, objects_, NULL)); \
        check_object("VT." #owner ".3", objects_[0], &IID_##type); \
        CALL(owner, 3, owner##_Next(proxy_, 0, objects_, &fetched_)); \
        ok(!fetched_, "[VT." #owner ".3] got %lu.\n", fetched_); \
        fetched_ = 3; \
        CALL_FAILING(owner, 3, BG_E_INVALID_STATE, owner##_Next(proxy_, 3, objects_, &fetched_)); \
        ok(!fetched_, "[VT." #owner ".3] got %lu.\n", fetched_); \
        objects_[0] = objects_[1] = (type *)0xdeadbeef; \
        shared->expect_null = 1; \
        CALL_FAILING(owner, 3, E_INVALIDARG, owner##_Next(proxy_, 2, objects_, NULL)); \
        shared->expect_null = 0; \
        ok(!objects_[0], "[VT." #owner ".3] got %p.\n", objects_[0]); \
        ok(!objects_[1], "[VT." #owner ".3] got %p.\n", objects_[1]); \
        NULL_REFUSED(owner, 3, owner##_Next(proxy_, 1, NULL, &fetched_)); \
    } while (0)

/* A proxy that a method handed out: of the right object, and of the right interface.  Releases it. */
static inline void check_object(const char *id, void *iface, REFIID iid)
{
    void *same;
    HRESULT hr;

    ok(is_root(iface), "[%s] got %p.\n", id, iface);
    if (!iface) return;
    hr = IUnknown_QueryInterface(root, iid, &same);
    ok(hr == S_OK, "[%s] QueryInterface returned %#lx.\n", id, hr);
    if (SUCCEEDED(hr))
    {
        ok(same == iface, "[%s] got another interface.\n", id);
        IUnknown_Release((IUnknown *)same);
    }
    IUnknown_Release((IUnknown *)iface);
}

/* The proxy for an interface of an object; NULL and a message if none is registered. */
static inline void *get_proxy(IUnknown *unk, const char *name, REFIID iid)
{
    void *proxy = NULL;
    HRESULT hr;

    hr = IUnknown_QueryInterface(unk, iid, &proxy);
    if (hr == E_NOINTERFACE) win_skip("%s has no proxy here.\n", name);
    else ok(hr == S_OK, "[IID.%s] got %#lx.\n", name, hr);
    return SUCCEEDED(hr) ? proxy : NULL;
}

/*
 * Call every method of one interface of the service: the functions, ended by a NULL, each test the methods that one interface
 * of the family added.  Inherited methods are tested through every interface, since each has its own proxies and stubs for them.
 */
static inline void test_interface(const char *name, REFIID iid, ...)
{
    void (*test)(void *);
    IUnknown *proxy;
    va_list args;

    winetest_push_context("%s", name);
    if ((proxy = get_proxy(root, name, iid)))
    {
        va_start(args, iid);
        while ((test = va_arg(args, void *))) test(proxy);
        va_end(args);
        IUnknown_Release(proxy);
    }
    winetest_pop_context();
}

/*
 * The two processes
 */

/* In the server process: hand the fake object over and wait until the test process is done with it. */
static inline void serve(char **argv)
{
    HANDLE mapping = ULongToHandle(strtoul(argv[3], NULL, 16));
    HANDLE ready = ULongToHandle(strtoul(argv[4], NULL, 16));
    HANDLE done = ULongToHandle(strtoul(argv[5], NULL, 16));
    HANDLE parent = ULongToHandle(strtoul(argv[6], NULL, 16));
    HANDLE handles[2];
    IStream *stream;
    HGLOBAL global;
    HRESULT hr;
    DWORD ret;

    shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, sizeof(*shared));
    ok(!!shared, "MapViewOfFile failed, error %lu.\n", GetLastError());
    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    ok(hr == S_OK, "CoInitializeEx returned %#lx.\n", hr);
    root = object_interfaces->iface;

    hr = CreateStreamOnHGlobal(NULL, TRUE, &stream);
    ok(hr == S_OK, "CreateStreamOnHGlobal returned %#lx.\n", hr);
    hr = CoMarshalInterface(stream, &IID_IUnknown, root, MSHCTX_LOCAL, NULL, MSHLFLAGS_NORMAL);
    ok(hr == S_OK, "CoMarshalInterface returned %#lx.\n", hr);
    hr = GetHGlobalFromStream(stream, &global);
    ok(hr == S_OK, "GetHGlobalFromStream returned %#lx.\n", hr);
    shared->size = min(GlobalSize(global), sizeof(shared->objref));
    memcpy(shared->objref, GlobalLock(global), shared->size);
    GlobalUnlock(global);
    IStream_Release(stream);
    SetEvent(ready);

    handles[0] = done;
    handles[1] = parent;
    ret = WaitForMultipleObjects(2, handles, FALSE, 4 * HARNESS_TIMEOUT);
    ok(ret == WAIT_OBJECT_0, "The test process did not end the test: %lu.\n", ret);
    shared->refs = object_refs;
    CoDisconnectObject(root, 0);
    CoUninitialize();
    UnmapViewOfFile(shared);
}

/* In the test process: start the server process and get the proxy of its object. */
static inline BOOL start_server(const char *unit)
{
    SECURITY_ATTRIBUTES sa = { sizeof(sa), NULL, TRUE };
    HANDLE mapping, ready, parent, handles[2];
    STARTUPINFOA startup;
    PROCESS_INFORMATION info;
    char **argv, *cmdline;
    LARGE_INTEGER zero;
    IStream *stream;
    HRESULT hr;
    DWORD ret;
    BOOL b;

    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    ok(hr == S_OK, "CoInitializeEx returned %#lx.\n", hr);
    mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, &sa, PAGE_READWRITE, 0, sizeof(*shared), NULL);
    ok(!!mapping, "CreateFileMapping failed, error %lu.\n", GetLastError());
    shared = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, sizeof(*shared));
    ok(!!shared, "MapViewOfFile failed, error %lu.\n", GetLastError());
    ready = CreateEventA(&sa, TRUE, FALSE, NULL);
    done_event = CreateEventA(&sa, TRUE, FALSE, NULL);
    b = DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &parent, SYNCHRONIZE, TRUE, 0);
    ok(b, "DuplicateHandle failed, error %lu.\n", GetLastError());

    memset(&startup, 0, sizeof(startup));
    startup.cb = sizeof(startup);
    winetest_get_mainargs(&argv);
    cmdline = malloc(strlen(argv[0]) + strlen(unit) + 100);
    sprintf(cmdline, "\"%s\" %s server %lx %lx %lx %lx", argv[0], unit, HandleToUlong(mapping), HandleToUlong(ready),
            HandleToUlong(done_event), HandleToUlong(parent));
    b = CreateProcessA(NULL, cmdline, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info);
    ok(b, "CreateProcess of %s failed, error %lu.\n", cmdline, GetLastError());
    free(cmdline);
    CloseHandle(parent);
    CloseHandle(mapping);
    if (!b) return FALSE;
    CloseHandle(info.hThread);
    server_process = info.hProcess;

    handles[0] = ready;
    handles[1] = server_process;
    ret = WaitForMultipleObjects(2, handles, FALSE, HARNESS_TIMEOUT);
    ok(ret == WAIT_OBJECT_0, "The server process is not ready: %lu.\n", ret);
    CloseHandle(ready);
    if (ret != WAIT_OBJECT_0) return FALSE;

    hr = CreateStreamOnHGlobal(NULL, TRUE, &stream);
    ok(hr == S_OK, "CreateStreamOnHGlobal returned %#lx.\n", hr);
    IStream_Write(stream, shared->objref, shared->size, NULL);
    zero.QuadPart = 0;
    IStream_Seek(stream, zero, STREAM_SEEK_SET, NULL);
    hr = CoUnmarshalInterface(stream, &IID_IUnknown, (void **)&root);
    ok(hr == S_OK, "CoUnmarshalInterface returned %#lx.\n", hr);
    IStream_Release(stream);
    return SUCCEEDED(hr);
}

/* In the test process: let go of everything, take over the failures of the server process. */
static inline void stop_server(void)
{
    ULONG refs;

    if (root)
    {
        refs = IUnknown_Release(root);
        ok(!refs, "The proxy has %lu references left.\n", refs);
    }
    ok(object_refs == 1, "The callback object has %ld references left.\n", object_refs - 1);
    SetEvent(done_event);
    if (server_process)
    {
        wait_child_process(server_process);
        CloseHandle(server_process);
        ok(shared->refs == 1, "The fake object has %ld references left.\n", shared->refs - 1);
    }
    CloseHandle(done_event);
    UnmapViewOfFile(shared);
    CoUninitialize();
}

/* The whole of a unit: service and callbacks are what the two processes implement, test calls the methods of the service. */
static inline void run_unit(const char *unit, const struct interface_entry *service,
                            const struct interface_entry *callbacks, void (*test)(void))
{
    char **argv;

    if (winetest_get_mainargs(&argv) >= 7 && !strcmp(argv[2], "server"))
    {
        object_interfaces = service;
        serve(argv);
        return;
    }
    object_interfaces = callbacks;
    if (start_server(unit)) test();
    stop_server();
}

#endif /* __QMGRPRXY_TESTS_MARSHAL_H */
