/*
 * Proxy scripts, run in processes of their own
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
#include <string.h>

#include <windef.h>
#include <winbase.h>
#include <winuser.h>

#include "child.h"
#include "log.h"
#include "pac.h"
#include "watch.h"
#include "core/str.h"
#include "core/url.h"
#include "core/verdict.h"
#include "shim/offload.h"

#define START_MSEC  30000           /* for a process to come up, on a machine that has much to do */
#define RUN_MSEC    10000           /* for one question */
#define LOOK_MSEC   500             /* a machine that stands still for longer takes no more than that from either */
#define IDLE_MSEC   10000           /* a process without a question waits as long for the next one */
#define IDLE_MAX    4               /* such processes */
#define STUCK_MSEC  60000           /* for which a question that was not answered in time is not asked again */
#define STUCK_MAX   8
#define QUESTION_MAX (URL_TARGET_MAX * 4 + 1024)
#define ANSWER_MAX  65536           /* octets; a longer answer is none */

/*
 * What the service and the process share.  The service believes nothing of what it finds there: the script may have got hold of its process.
 */
struct exchange
{
    /* written by the service before the question */
    UINT64 token;                   /* valid in the process, which closes it; 0: none */
    UINT32 url_len, host_len;
    /* written by the process before the answer */
    HRESULT hr;
    UINT32 answer_len;
    char question[QUESTION_MAX];    /* url, NUL, host, NUL */
    char answer[ANSWER_MAX];
    char script[1];                 /* never changes; ends with NUL */
};

struct host
{
    struct host *next;              /* in the list of idle ones */
    UINT64 idle_since;              /* monotonic ms */
    char *script;
    HANDLE process, section;
    HANDLE ask, told;               /* auto reset */
    struct exchange *exchange;
};

/* A question that was not answered in time. */
struct stuck
{
    char *script, *host;
    UINT64 since;
};

static SRWLOCK pac_lock = SRWLOCK_INIT;

static struct
{
    struct watch *timer;            /* fixed between pac_init and pac_shutdown */
    /* guarded by pac_lock */
    struct host *idle;              /* the youngest first */
    struct stuck stuck[STUCK_MAX];
} pac;

static void host_end(struct host *host)
{
    if (!host) return;
    /* it has nothing that would need a goodbye */
    if (host->process)
    {
        TerminateProcess(host->process, 0);
        CloseHandle(host->process);
    }
    if (host->exchange) UnmapViewOfFile(host->exchange);
    if (host->section) CloseHandle(host->section);
    if (host->ask) CloseHandle(host->ask);
    if (host->told) CloseHandle(host->told);
    free(host->script);
    free(host);
}

/* ---- idle ones ---- */

/* A list of them, which is nobody's any more. */
static void end_hosts(struct host *host)
{
    struct host *next;

    for (; host; host = next)
    {
        next = host->next;
        host_end(host);
    }
}

static void idle_ended(void *ctx)
{
    UINT64 now = GetTickCount64(), wait = WATCH_NEVER;
    struct host **link, *old;

    AcquireSRWLockExclusive(&pac_lock);
    for (link = &pac.idle; *link && now - (*link)->idle_since < IDLE_MSEC; link = &(*link)->next)
        wait = (*link)->idle_since + IDLE_MSEC - now;
    old = *link;
    *link = NULL;
    if (wait != WATCH_NEVER) watch_set_timer(pac.timer, wait);
    ReleaseSRWLockExclusive(&pac_lock);
    end_hosts(old);
}

static struct host *take_idle(const char *script)
{
    struct host **link, *host;

    AcquireSRWLockExclusive(&pac_lock);
    for (link = &pac.idle; *link && strcmp((*link)->script, script); link = &(*link)->next) ;
    if ((host = *link)) *link = host->next;
    ReleaseSRWLockExclusive(&pac_lock);
    return host;
}

static void put_idle(struct host *host)
{
    struct host **link, *old;
    UINT32 count;

    host->idle_since = GetTickCount64();
    AcquireSRWLockExclusive(&pac_lock);
    host->next = pac.idle;
    pac.idle = host;
    for (link = &pac.idle, count = 0; *link && count < IDLE_MAX; link = &(*link)->next) count++;
    old = *link;
    *link = NULL;
    if (!host->next) watch_set_timer(pac.timer, IDLE_MSEC);
    ReleaseSRWLockExclusive(&pac_lock);
    end_hosts(old);
}

HRESULT pac_init(void)
{
    return watch_create(WATCH_TIME, NULL, idle_ended, NULL, &pac.timer);
}

static void forget_stuck(struct stuck *stuck)
{
    free(stuck->script);
    free(stuck->host);
    memset(stuck, 0, sizeof(*stuck));
}

void pac_shutdown(void)
{
    UINT32 i;

    watch_close(pac.timer);
    pac.timer = NULL;
    end_hosts(pac.idle);
    pac.idle = NULL;
    for (i = 0; i < STUCK_MAX; i++) forget_stuck(&pac.stuck[i]);
}

/* ---- questions without an answer ---- */

static BOOL is_stuck(const char *script, const char *host)
{
    UINT64 now = GetTickCount64();
    BOOL found = FALSE;
    UINT32 i;

    AcquireSRWLockExclusive(&pac_lock);
    for (i = 0; i < STUCK_MAX; i++)
    {
        if (!pac.stuck[i].script) continue;
        if (now - pac.stuck[i].since >= STUCK_MSEC) forget_stuck(&pac.stuck[i]);
        else if (!strcmp(pac.stuck[i].script, script) && !strcmp(pac.stuck[i].host, host)) found = TRUE;
    }
    ReleaseSRWLockExclusive(&pac_lock);
    return found;
}

static void note_stuck(const char *script, const char *host)
{
    struct stuck stuck = {_strdup(script), _strdup(host), GetTickCount64()};
    UINT32 i, oldest = 0;

    if (!stuck.script || !stuck.host)
    {
        forget_stuck(&stuck);
        return;
    }
    AcquireSRWLockExclusive(&pac_lock);
    for (i = 1; i < STUCK_MAX; i++) if (pac.stuck[i].since < pac.stuck[oldest].since) oldest = i;
    forget_stuck(&pac.stuck[oldest]);
    pac.stuck[oldest] = stuck;
    ReleaseSRWLockExclusive(&pac_lock);
}

/* ---- in the service ---- */

struct start
{
    struct host *host;
    HRESULT hr;
};

/* The process is the service's child, not its client's: no impersonation here. */
static void start_host(void *ctx)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    struct start *start = ctx;
    struct host *host = start->host;
    size_t len = strlen(host->script);
    HANDLE handles[4];

    SetThreadToken(NULL, NULL);
    start->hr = E_OUTOFMEMORY;
    host->section = CreateFileMappingW(INVALID_HANDLE_VALUE, &inheritable, PAGE_READWRITE, 0, (DWORD)(sizeof(struct exchange) + len), NULL);
    host->ask = CreateEventW(&inheritable, FALSE, FALSE, NULL);
    host->told = CreateEventW(&inheritable, FALSE, FALSE, NULL);
    if (!host->section || !host->ask || !host->told) return;
    if (!(host->exchange = MapViewOfFile(host->section, FILE_MAP_WRITE, 0, 0, 0))) return;
    memcpy(host->exchange->script, host->script, len + 1);

    if (!(handles[0] = OpenProcess(SYNCHRONIZE, TRUE, GetCurrentProcessId()))) return;
    handles[1] = host->section;
    handles[2] = host->ask;
    handles[3] = host->told;
    start->hr = child_run(L"ScriptMain", handles, ARRAYSIZE(handles), &host->process);
    CloseHandle(handles[0]);
}

static void forget_start(void *ctx)
{
    struct start *start = ctx;

    host_end(start->host);
    free(start);
}

/*
 * S_OK once the process has said something; E_ABORT after cancel; else why it has not.  The process gets its time in pieces: one that was stopped
 * together with us, as everything is while the machine sleeps, has had none of it.
 */
static HRESULT wait_for(struct host *host, HANDLE cancel, UINT32 timeout)
{
    HANDLE handles[3] = {host->told, host->process, cancel};
    UINT32 passed;

    for (passed = 0; passed < timeout; passed += LOOK_MSEC)
    {
        switch (WaitForMultipleObjects(cancel ? 3 : 2, handles, FALSE, LOOK_MSEC))
        {
        case WAIT_OBJECT_0:
            return S_OK;
        case WAIT_OBJECT_0 + 1:
            return E_UNEXPECTED;
        case WAIT_OBJECT_0 + 2:
            return E_ABORT;
        }
    }
    return HRESULT_FROM_WIN32(ERROR_TIMEOUT);
}

static HRESULT get_host(const char *script, HANDLE cancel, struct host **ret)
{
    struct start *start;
    struct host *host;
    HRESULT hr;

    while ((host = take_idle(script)))
    {
        if (WaitForSingleObject(host->process, 0) == WAIT_TIMEOUT)
        {
            *ret = host;
            return S_OK;
        }
        host_end(host);
    }

    *ret = NULL;
    if (!(start = calloc(1, sizeof(*start)))) return E_OUTOFMEMORY;
    if (!(start->host = host = calloc(1, sizeof(*host))) || !(host->script = _strdup(script)))
    {
        forget_start(start);
        return E_OUTOFMEMORY;
    }
    if (FAILED(hr = offload_run(start_host, forget_start, start, cancel, START_MSEC))) return hr;
    hr = start->hr;
    free(start);
    if (SUCCEEDED(hr)) hr = wait_for(host, cancel, START_MSEC);
    if (SUCCEEDED(hr)) *ret = host;
    else host_end(host);
    return hr;
}

static HRESULT ask(struct host *host, const char *url, const char *name, HANDLE cancel, WCHAR **answer)
{
    size_t url_len = strlen(url), name_len = strlen(name);
    struct exchange *exchange = host->exchange;
    HANDLE token, remote = NULL;
    char *text;
    UINT32 len;
    HRESULT hr;

    if (url_len + name_len + 2 > QUESTION_MAX) return E_INVALIDARG;
    if (FAILED(hr = offload_token(&token))) return hr;
    if (token)
    {
        if (!DuplicateHandle(GetCurrentProcess(), token, host->process, &remote, 0, FALSE, DUPLICATE_SAME_ACCESS))
            hr = HRESULT_FROM_WIN32(GetLastError());
        else hr = S_OK;
        CloseHandle(token);
        if (FAILED(hr)) return hr;
    }
    exchange->token = (ULONG_PTR)remote;
    exchange->url_len = (UINT32)url_len;
    exchange->host_len = (UINT32)name_len;
    memcpy(exchange->question, url, url_len + 1);
    memcpy(exchange->question + url_len + 1, name, name_len + 1);
    SetEvent(host->ask);

    if (FAILED(hr = wait_for(host, cancel, RUN_MSEC))) return hr;
    hr = exchange->hr;
    len = *(volatile UINT32 *)&exchange->answer_len;    /* once: it may be another one the next time */
    len = min(len, ANSWER_MAX);
    if (hr != S_OK) return hr == E_OUTOFMEMORY ? hr : S_FALSE;
    if (!(text = malloc(len + 1))) return E_OUTOFMEMORY;
    memcpy(text, exchange->answer, len);
    text[len] = 0;
    *answer = str_from_latin1(text);
    free(text);
    return *answer ? S_OK : E_OUTOFMEMORY;
}

HRESULT pac_run(const char *script, const char *url, const char *name, HANDLE cancel, WCHAR **answer)
{
    struct host *host;
    HRESULT hr;

    *answer = NULL;
    if (is_stuck(script, name)) return HRESULT_FROM_WIN32(ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT);
    if (SUCCEEDED(hr = get_host(script, cancel, &host)))
    {
        hr = ask(host, url, name, cancel, answer);
        if (SUCCEEDED(hr)) put_idle(host);
        else host_end(host);
        if (hr == HRESULT_FROM_WIN32(ERROR_TIMEOUT)) note_stuck(script, name);
    }
    if (SUCCEEDED(hr) || hr == E_ABORT || hr == E_OUTOFMEMORY) return hr;
    log_write(LOG_WARNING, "a proxy script gives no answer, error %#lx", hr);
    return HRESULT_FROM_WIN32(ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT);
}

/* ---- in the process ---- */

struct script_buffer    /* AUTO_PROXY_SCRIPT_BUFFER of wininet.h */
{
    DWORD size;
    char *script;
    DWORD script_size;
};

struct jsproxy
{
    BOOL (WINAPI *load)(DWORD version, char *file, char *mime, void *callbacks, struct script_buffer *buffer);
    BOOL (WINAPI *get)(const char *url, DWORD url_len, char *host, DWORD host_len, char **answer, DWORD *len);
    BOOL loaded;
};

static struct
{
    struct exchange *exchange;
    HANDLE ask, told;
} server;

static void load_script(struct jsproxy *jsproxy)
{
    char *script = server.exchange->script;
    struct script_buffer buffer = {sizeof(buffer), script, (DWORD)strlen(script) + 1};
    HMODULE module;

    if (!(module = LoadLibraryW(L"jsproxy.dll"))) return;
    jsproxy->load = (void *)GetProcAddress(module, "InternetInitializeAutoProxyDll");
    jsproxy->get = (void *)GetProcAddress(module, "InternetGetProxyInfo");
    jsproxy->loaded = jsproxy->load && jsproxy->get && jsproxy->load(0, NULL, NULL, NULL, &buffer);
}

static void answer_question(const struct jsproxy *jsproxy)
{
    struct exchange *exchange = server.exchange;
    char *url = exchange->question, *name = url + exchange->url_len + 1, *answer = NULL;
    HANDLE token = (HANDLE)(ULONG_PTR)exchange->token;
    DWORD len = 0;

    exchange->hr = E_FAIL;
    exchange->answer_len = 0;
    if (jsproxy->loaded && (!token || SetThreadToken(NULL, token))
            && jsproxy->get(url, exchange->url_len, name, exchange->host_len, &answer, &len) && answer)
    {
        if ((len = (DWORD)strlen(answer)) <= ANSWER_MAX)
        {
            memcpy(exchange->answer, answer, len);
            exchange->answer_len = len;
            exchange->hr = S_OK;
        }
        /* GlobalAlloc's by contract, the C runtime's in Wine: the same heap, if it is what it should be (WINE.HTTP.12) */
        if (HeapValidate(GetProcessHeap(), 0, answer)) HeapFree(GetProcessHeap(), 0, answer);
    }
    SetThreadToken(NULL, NULL);
    if (token) CloseHandle(token);
}

/* Not the first thread, which must be able to end this one. */
static DWORD CALLBACK server_thread(void *arg)
{
    struct jsproxy jsproxy = {NULL};

    SetEvent(server.told);
    while (!WaitForSingleObject(server.ask, INFINITE))
    {
        if (!jsproxy.loaded) load_script(&jsproxy);
        answer_question(&jsproxy);
        SetEvent(server.told);
    }
    return 0;
}

/*
 * Entry point for rundll32: a process for one script.  Arguments: handles of the service's process, of the section, of the event for a question
 * and of that for an answer.  It ends with the service, with the prefix, or by the service's hand.
 */
void WINAPI ScriptMainW(HWND window, HINSTANCE instance, WCHAR *line, int show)
{
    HANDLE handles[4], waits[2], thread;
    UINT32 count = 1;

    if (window) DestroyWindow(window);
    if (!child_handles(line, handles, ARRAYSIZE(handles))) return;
    waits[0] = handles[0];
    if (child_become_system(&waits[1])) count++;
    server.ask = handles[2];
    server.told = handles[3];
    if (!(server.exchange = MapViewOfFile(handles[1], FILE_MAP_WRITE, 0, 0, 0))) return;
    if (!(thread = CreateThread(NULL, 0, server_thread, NULL, 0, NULL))) return;
    CloseHandle(thread);
    WaitForMultipleObjects(count, waits, FALSE, INFINITE);
    TerminateProcess(GetCurrentProcess(), 0);
}
