/*
 * Calls that block and cannot be cancelled, run on a thread of their own
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
#include <stdlib.h>
#include <windef.h>
#include <winbase.h>
#include <winerror.h>
#include <winhttp.h>

#include "shim/offload.h"

enum offload_state
{
    OFFLOAD_RUNNING,
    OFFLOAD_DONE,        /* the call has returned first: the waiter keeps ctx */
    OFFLOAD_LEFT         /* the waiter has left first: the callee destroys ctx */
};

struct offload
{
    void (*run)(void *ctx);
    void (*destroy)(void *ctx);
    void *ctx;
    HANDLE token;        /* impersonated by the caller, or NULL */
    HANDLE done;
    LONG state;
    HRESULT hr;          /* S_OK: run was called; written before done is set */
};

struct start
{
    void (*run)(void *ctx);
    void *ctx;
    HMODULE module;
};

static void CALLBACK start_callback(TP_CALLBACK_INSTANCE *instance, void *arg)
{
    struct start *start = arg;
    HMODULE module = start->module;

    start->run(start->ctx);
    free(start);
    FreeLibraryWhenCallbackReturns(instance, module);
}

HRESULT offload_start(void (*run)(void *ctx), void *ctx)
{
    struct start *start;

    if (!(start = malloc(sizeof(*start)))) return E_OUTOFMEMORY;
    start->run = run;
    start->ctx = ctx;
    /* our code must not be unmapped below a call that nobody waits for */
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (const WCHAR *)(ULONG_PTR)start_callback, &start->module))
    {
        free(start);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    if (!TrySubmitThreadpoolCallback(start_callback, start, NULL))
    {
        FreeLibrary(start->module);
        free(start);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

HRESULT offload_token(HANDLE *token)
{
    if (OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE | TOKEN_QUERY, TRUE, token)) return S_OK;
    *token = NULL;
    return GetLastError() == ERROR_NO_TOKEN ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

static void free_offload(struct offload *offload)
{
    if (offload->token) CloseHandle(offload->token);
    if (offload->done) CloseHandle(offload->done);
    free(offload);
}

static void offload_thread(void *arg)
{
    struct offload *offload = arg;

    if (!offload->token || SetThreadToken(NULL, offload->token)) offload->run(offload->ctx);
    else offload->hr = HRESULT_FROM_WIN32(GetLastError());
    if (offload->token) SetThreadToken(NULL, NULL);

    if (InterlockedExchange(&offload->state, OFFLOAD_DONE) == OFFLOAD_LEFT)
    {
        offload->destroy(offload->ctx);
        free_offload(offload);
    }
    else SetEvent(offload->done); /* the waiter may free it from here on */
}

HRESULT offload_run(void (*run)(void *ctx), void (*destroy)(void *ctx), void *ctx, HANDLE cancel, UINT32 timeout)
{
    struct offload *offload;
    HANDLE handles[2];
    HRESULT hr;
    DWORD ret;

    if (!(offload = calloc(1, sizeof(*offload))))
    {
        destroy(ctx);
        return E_OUTOFMEMORY;
    }
    offload->run = run;
    offload->destroy = destroy;
    offload->ctx = ctx;
    if (!(offload->done = CreateEventW(NULL, TRUE, FALSE, NULL))) hr = E_OUTOFMEMORY;
    else if (SUCCEEDED(hr = offload_token(&offload->token)) && FAILED(offload_start(offload_thread, offload))) hr = E_OUTOFMEMORY;
    if (FAILED(hr))
    {
        free_offload(offload);
        destroy(ctx);
        return hr;
    }

    handles[0] = offload->done;
    handles[1] = cancel;
    ret = WaitForMultipleObjects(cancel ? 2 : 1, handles, FALSE, timeout);
    if (ret == WAIT_OBJECT_0)
    {
        hr = offload->hr;
        free_offload(offload);
        if (FAILED(hr)) destroy(ctx);
        return hr;
    }

    hr = ret == WAIT_TIMEOUT ? HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT) : E_ABORT;
    if (InterlockedExchange(&offload->state, OFFLOAD_LEFT) == OFFLOAD_DONE)
    {
        /* it returned at this very moment and is about to set the event, or has */
        WaitForSingleObject(offload->done, INFINITE);
        free_offload(offload);
        destroy(ctx);
    }
    return hr;
}
