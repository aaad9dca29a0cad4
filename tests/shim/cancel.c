/*
 * Calls of the shim that are interrupted
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
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"
#include "shim/offload.h"

struct identity
{
    LONG runs, as_caller;
};

static void look_who(void *ctx)
{
    struct identity *identity = ctx;
    HANDLE token;

    InterlockedIncrement(&identity->runs);
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) return;
    InterlockedIncrement(&identity->as_caller);
    CloseHandle(token);
}

static void keep(void *ctx)
{
}

/* Makes the thread act by a token to which its ACL gives only these rights. */
static BOOL act_by_token(DWORD rights)
{
    char buffer[256];
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes) };
    SID_IDENTIFIER_AUTHORITY world = { SECURITY_WORLD_SID_AUTHORITY };
    SECURITY_DESCRIPTOR descriptor;
    HANDLE process, token;
    ACL *acl = (ACL *)buffer;
    PSID everyone;
    BOOL ret;

    if (!AllocateAndInitializeSid(&world, 1, SECURITY_WORLD_RID, 0, 0, 0, 0, 0, 0, 0, &everyone)) return FALSE;
    InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    InitializeAcl(acl, sizeof(buffer), ACL_REVISION);
    if (rights) AddAccessAllowedAce(acl, ACL_REVISION, rights, everyone);
    SetSecurityDescriptorDacl(&descriptor, TRUE, acl, FALSE);
    attributes.lpSecurityDescriptor = &descriptor;
    FreeSid(everyone);
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE, &process)) return FALSE;
    ret = DuplicateTokenEx(process, TOKEN_IMPERSONATE | TOKEN_QUERY, &attributes, SecurityImpersonation, TokenImpersonation, &token);
    CloseHandle(process);
    if (!ret) return FALSE;
    ret = SetThreadToken(NULL, token);
    CloseHandle(token);
    return ret;
}

/* What is done on another thread is done as the one for whom it is, or not at all. */
void test_offload(void)
{
    struct identity identity = { 0 };
    HRESULT hr;
    BOOL ret;

    hr = offload_run(look_who, keep, &identity, NULL, 10000);
    ok(hr == S_OK && identity.runs == 1 && !identity.as_caller, "got %#lx, %ld, %ld\n", hr, identity.runs, identity.as_caller);
    ret = act_by_token(TOKEN_ALL_ACCESS);
    ok(ret, "got %lu\n", GetLastError());
    hr = offload_run(look_who, keep, &identity, NULL, 10000);
    ok(hr == S_OK && identity.runs == 2 && identity.as_caller == 1, "got %#lx, %ld, %ld\n", hr, identity.runs, identity.as_caller);
    ret = act_by_token(TOKEN_QUERY);
    ok(ret, "got %lu\n", GetLastError());
    hr = offload_run(look_who, keep, &identity, NULL, 10000);
    ok(hr == E_ACCESSDENIED && identity.runs == 2, "got %#lx, %ld\n", hr, identity.runs);
    SetThreadToken(NULL, NULL);
    hr = offload_run(look_who, keep, &identity, NULL, 10000);
    ok(hr == S_OK && identity.runs == 3 && identity.as_caller == 1, "got %#lx, %ld, %ld\n", hr, identity.runs, identity.as_caller);
}

#define CANCEL_LIMIT 100   /* ms, what the header promises */

void test_cancel(void)
{
    static const struct
    {
        const char *scheme, *peer, *path;
        BOOL in_body;
        const char *host;     /* NULL: this machine */
    }
    tests[] =
    {
        { "http", "PLAIN", "/len/10", FALSE, "never.hang.test" },
        { "https", "TLS_GOOD", "/len/10", FALSE, "never.hang.test" },
        { "http", "FULL", "/" },
        { "http", "SILENT", "/" },
        { "http", "PLAIN", "/stall" },
        { "http", "PLAIN", "/drip" },
        { "http", "PLAIN", "/stall/1000000", TRUE },
        { "http", "PLAIN", "/len/100000000000", TRUE },
        { "https", "SILENT", "/" },
        { "https", "TLS_GOOD", "/stall" },
        { "https", "TLS_GOOD", "/stall/1000000", TRUE },
        { "https", "TLS_GOOD", "/len/100000000000", TRUE },
    };
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct canceller canceller;
    struct shim_body body = {0};
    LONGLONG latency, worst = 0;
    UINT64 offset = 0;
    UINT32 i;

    for (i = 0; i <= ARRAY_SIZE(tests); i++)
    {
        BOOL upload = i == ARRAY_SIZE(tests);

        if (!upload && tests[i].host && !port("RESOLVER"))
        {
            skip("no resolver of our own\n");
            continue;
        }
        winetest_push_context(upload ? "upload" : "%s %s%s", tests[upload ? 0 : i].scheme, tests[upload ? 0 : i].peer,
                              tests[upload ? 0 : i].path);
        canceller_init(&canceller, 150);
        if (upload)
        {
            /* a server that does not read */
            init_params(&params, url("http", "127.0.0.1", "SILENT", "/"));
            params.method = L"BITS_POST";
            body.length = SIZE_UNKNOWN - 1;
            body.read = read_pattern;
            body.ctx = &offset;
            params.body = &body;
        }
        else init_params(&params, url(tests[i].scheme, tests[i].host ? tests[i].host : tests[i].scheme[4] ? "localhost" : "127.0.0.1",
                                      tests[i].peer, tests[i].path));
        params.connect_timeout = params.io_timeout = 20000;
        params.cancel = canceller.event;
        if (!upload && tests[i].in_body) body_begins = canceller.start;
        else SetEvent(canceller.start);
        run_request(session, &params, BUFFER_SIZE, &result);
        body_begins = NULL;
        latency = now_us() - canceller.set_at;
        WaitForSingleObject(canceller.thread, INFINITE);
        ok(result.hr == E_ABORT, "got %#lx\n", result.hr);
        ok(result.in_body == (upload ? FALSE : tests[i].in_body), "got %d\n", result.in_body);
        ok(latency >= 0 && latency < CANCEL_LIMIT * 1000, "took %I64d us\n", latency);
        if (latency > worst) worst = latency;
        /* set before the call */
        latency = now_us();
        run_request(session, &params, BUFFER_SIZE, &result);
        latency = now_us() - latency;
        ok(result.hr == E_ABORT && latency < CANCEL_LIMIT * 1000, "got %#lx after %I64d us\n", result.hr, latency);
        canceller_free(&canceller);
        winetest_pop_context();
    }
    trace("longest wait after a cancel: %I64d us\n", worst);
    shim_session_release(session);
}
