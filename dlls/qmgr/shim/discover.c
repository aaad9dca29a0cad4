/*
 * Proxy discovery: the user's settings, WPAD, and scripts
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
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winreg.h>
#include <winhttp.h>

#include "shim/discover.h"
#include "shim/net.h"
#include "shim/offload.h"
#include "core/str.h"

#define DETECT_TIMEOUT   30000      /* ms that detection may take */
#define SCRIPT_TIMEOUT   30000      /* ms that the fetching of a script may take altogether */
#define FETCH_TIMEOUT    10000      /* ms for connecting, and without a byte */
#define FETCH_REDIRECTS  10
#define SCRIPT_MAX       1048576    /* octets */
#define SETTING_MAX      65536      /* octets of one value of the registry */
#define TASKS_MAX        32         /* threads at work or left to themselves */

/* Threads that may block */

struct task
{
    LONG refs;                  /* of the thread and of whoever waits */
    HANDLE done;
    HANDLE token;               /* of the waiter, if he acts as somebody */
    HRESULT (*run)(struct task *task);
    /* set by run, read after done */
    WCHAR *text;
    HRESULT hr;
};

static LONG task_count;

static void task_release(struct task *task)
{
    if (!task || InterlockedDecrement(&task->refs)) return;
    if (task->done) CloseHandle(task->done);
    if (task->token) CloseHandle(task->token);
    free(task->text);
    free(task);
}

static struct task *task_create(HRESULT (*run)(struct task *task))
{
    struct task *task;

    if (!(task = calloc(1, sizeof(*task)))) return NULL;
    task->refs = 1;
    task->run = run;
    if (!(task->done = CreateEventW(NULL, TRUE, FALSE, NULL)) || FAILED(offload_token(&task->token)))
    {
        task_release(task);
        return NULL;
    }
    return task;
}

static DWORD CALLBACK task_thread(void *arg)
{
    struct task *task = arg;

    if (!task->token || SetThreadToken(NULL, task->token)) task->hr = task->run(task);
    else task->hr = HRESULT_FROM_WIN32(GetLastError());
    SetEvent(task->done);
    InterlockedDecrement(&task_count);
    task_release(task);
    return 0;
}

/* E_ABORT: cancelled; the thread goes on alone. */
static HRESULT task_run(struct task *task, HANDLE cancel, DWORD timeout)
{
    HANDLE handles[2] = { task->done, cancel };
    HANDLE thread;

    if (InterlockedIncrement(&task_count) > TASKS_MAX)
    {
        InterlockedDecrement(&task_count);
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR);
    }
    InterlockedIncrement(&task->refs);
    if (!(thread = CreateThread(NULL, 0, task_thread, task, 0, NULL)))
    {
        InterlockedDecrement(&task_count);
        InterlockedDecrement(&task->refs);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    CloseHandle(thread);
    switch (WaitForMultipleObjects(cancel ? 2 : 1, handles, FALSE, timeout))
    {
        case WAIT_OBJECT_0: return task->hr;
        case WAIT_OBJECT_0 + 1: return E_ABORT;
        default: return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    }
}

/* The registry */

/* A value of any type in a buffer with zeros behind it, a character even where its size is odd; NULL if there is none. */
static BYTE *read_value(HKEY key, const WCHAR *name, DWORD *type, DWORD *size, HRESULT *hr)
{
    BYTE *data = NULL;
    LSTATUS ret;

    *size = 0;
    ret = RegQueryValueExW(key, name, NULL, type, NULL, size);
    while (!ret && *size <= SETTING_MAX)
    {
        free(data);
        if (!(data = calloc(1, *size + 2 * sizeof(WCHAR))))
        {
            *hr = E_OUTOFMEMORY;
            return NULL;
        }
        if (!(ret = RegQueryValueExW(key, name, NULL, type, data, size))) return data;
        if (ret == ERROR_MORE_DATA) ret = 0;
    }
    free(data);
    return NULL;
}

static WCHAR *read_string(HKEY key, const WCHAR *name, HRESULT *hr)
{
    DWORD type, size;
    BYTE *data = read_value(key, name, &type, &size, hr);

    if (data && type == REG_SZ) return (WCHAR *)data;
    free(data);
    return NULL;
}

static const UINT32 *read_number(HKEY key, const WCHAR *name, UINT32 *number, HRESULT *hr)
{
    DWORD type, size;
    BYTE *data = read_value(key, name, &type, &size, hr);
    BOOL found = data && size == sizeof(*number) && (type == REG_DWORD || type == REG_BINARY);

    if (found) memcpy(number, data, sizeof(*number));
    free(data);
    return found ? number : NULL;
}

static WCHAR *widen(const struct proxy_text *text, HRESULT *hr)
{
    WCHAR *wide;
    int len;

    if (!text->len) return NULL;
    len = MultiByteToWideChar(CP_ACP, 0, text->text, text->len, NULL, 0);
    if (!(wide = calloc(len + 1, sizeof(*wide)))) *hr = E_OUTOFMEMORY;
    else MultiByteToWideChar(CP_ACP, 0, text->text, text->len, wide, len);
    return wide;
}

void discover_settings_free(struct discover_settings *settings)
{
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(settings->strings); i++) free(settings->strings[i]);
    memset(settings, 0, sizeof(*settings));
}

HRESULT discover_settings_read(struct discover_settings *settings)
{
    struct proxy_registry registry = { 0 };
    struct proxy_settings_value value;
    WCHAR **strings = settings->strings;
    HKEY user, key, connections;
    UINT32 enable, detect;
    DWORD type, size;
    HRESULT hr = S_OK;
    BYTE *data;

    memset(settings, 0, sizeof(*settings));
    if (RegOpenCurrentUser(KEY_READ, &user)) return S_OK;
    if (!RegOpenKeyExW(user, L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings", 0, KEY_READ, &key))
    {
        registry.enable = read_number(key, L"ProxyEnable", &enable, &hr);
        registry.detect = read_number(key, L"AutoDetect", &detect, &hr);
        registry.server = strings[0] = read_string(key, L"ProxyServer", &hr);
        registry.override = strings[1] = read_string(key, L"ProxyOverride", &hr);
        registry.config_url = strings[2] = read_string(key, L"AutoConfigURL", &hr);
        if (!RegOpenKeyExW(key, L"Connections", 0, KEY_READ, &connections))
        {
            data = read_value(connections, L"DefaultConnectionSettings", &type, &size, &hr);
            if (data && (registry.value = proxy_settings_read(data, size, &value)))
            {
                registry.flags = value.flags;
                registry.value_list = strings[3] = widen(&value.list, &hr);
                registry.value_bypass = strings[4] = widen(&value.bypass, &hr);
                registry.value_script = strings[5] = widen(&value.script_url, &hr);
            }
            free(data);
            RegCloseKey(connections);
        }
        RegCloseKey(key);
    }
    RegCloseKey(user);
    if (FAILED(hr)) discover_settings_free(settings);
    else proxy_settings_merge(&registry, &settings->user);
    return hr;
}

/* WPAD */

/* "http://NAME/wpad.dat" if there is such a host, NULL otherwise. */
static WCHAR *url_of_host(const WCHAR *name)
{
    static const WCHAR scheme[] = L"http://", path[] = L"/wpad.dat";
    size_t len = wcslen(name);
    ADDRINFOW *addresses;
    WCHAR *url;

    if (GetAddrInfoW(name, NULL, NULL, &addresses)) return NULL;
    FreeAddrInfoW(addresses);
    if (!(url = malloc((ARRAY_SIZE(scheme) + len + ARRAY_SIZE(path)) * sizeof(*url)))) return NULL;
    memcpy(url, scheme, sizeof(scheme));
    memcpy(url + ARRAY_SIZE(scheme) - 1, name, len * sizeof(*url));
    memcpy(url + ARRAY_SIZE(scheme) - 1 + len, path, sizeof(path));
    return url;
}

/*
 * winhttp asks DHCP and, by name, DNS; in Wine 8.0 the latter finds nobody ever, since getaddrinfo refuses its AI_DNS_ONLY.  So the names are
 * asked for here: in the domain of the machine, not in those above it, which may be anybody's; and in those that the resolver searches.
 */
static HRESULT run_detect(struct task *task)
{
    BOOL (WINAPI *detect)(DWORD flags, WCHAR **url);
    WCHAR *url = NULL, name[5 + 256] = L"wpad.";
    DWORD size = ARRAY_SIZE(name) - 5;
    HMODULE winhttp;

    if ((winhttp = LoadLibraryW(L"winhttp.dll")) && (detect = (void *)GetProcAddress(winhttp, "WinHttpDetectAutoProxyConfigUrl"))
            && detect(WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A, &url) && url)
    {
        task->text = str_dup(url);
        GlobalFree(url);
        return task->text ? S_OK : E_OUTOFMEMORY;
    }
    if (GetComputerNameExW(ComputerNamePhysicalDnsDomain, name + 5, &size) && name[5]) task->text = url_of_host(name);
    if (!task->text) task->text = url_of_host(L"wpad");
    return task->text ? S_OK : S_FALSE;
}

HRESULT discover_detect(HANDLE cancel, WCHAR **script_url)
{
    struct task *task = task_create(run_detect);
    HRESULT hr;

    *script_url = NULL;
    if (!task) return E_OUTOFMEMORY;
    hr = task_run(task, cancel, DETECT_TIMEOUT);
    if (hr == S_OK)
    {
        *script_url = task->text;
        task->text = NULL;
    }
    else if (hr != E_ABORT && hr != E_OUTOFMEMORY) hr = S_FALSE; /* a detection that fails has found nothing [BEH.PROXY.14] */
    task_release(task);
    return hr;
}

/* Scripts */

static HRESULT read_script(struct shim_request *request, ULONGLONG deadline, char **script)
{
    struct shim_error error;
    struct buffer text;
    BYTE block[8192];
    HRESULT hr;
    size_t len;
    UINT32 got;

    buffer_init(&text, SCRIPT_MAX);
    while ((hr = shim_read(request, block, sizeof(block), &got, &error)) == S_OK && GetTickCount64() < deadline)
        if (FAILED(hr = buffer_append(&text, block, got))) break;
    if (hr == S_OK) hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    if (hr == S_FALSE) hr = buffer_append_byte(&text, 0);
    if (SUCCEEDED(hr)) *script = (char *)buffer_take(&text, &len);
    buffer_free(&text);
    return hr;
}

static BOOL is_redirect(UINT32 status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

HRESULT discover_fetch(const WCHAR *script_url, HANDLE cancel, char **script)
{
    static const struct shim_hop direct;
    static const struct shim_session_params nobody;
    struct shim_request_params params = { L"GET" };
    ULONGLONG deadline = GetTickCount64() + SCRIPT_TIMEOUT;
    struct shim_session *session;
    struct shim_request *request;
    struct shim_reply reply;
    struct shim_error error;
    WCHAR *url, *target;
    UINT32 redirects = 0;
    HRESULT hr;

    *script = NULL;
    if (FAILED(hr = shim_session_create(&nobody, &session))) return hr;
    params.hops = &direct;
    params.hop_count = 1;
    params.connect_timeout = params.io_timeout = FETCH_TIMEOUT;
    params.cancel = cancel;
    params.max_body = SCRIPT_MAX;
    hr = (url = str_dup(script_url)) ? S_OK : E_OUTOFMEMORY;
    while (SUCCEEDED(hr) && !*script)
    {
        params.url = url;
        if (FAILED(hr = shim_send(session, &params, &request, &reply, &error))) break;
        if (reply.status == 200) hr = read_script(request, deadline, script);
        else if (!is_redirect(reply.status) || ++redirects > FETCH_REDIRECTS || GetTickCount64() >= deadline)
            hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT);
        else if (SUCCEEDED(hr = url_resolve(url, headers_find(reply.headers, "Location", NULL), &target)))
        {
            free(url);
            url = target;
        }
        shim_close(request);
    }
    free(url);
    shim_session_release(session);
    return hr;
}

HRESULT discover_target(const struct url *url, char **text, char **host)
{
    BOOL literal = !!str_chr(url->host, ':');
    struct buffer buffer;
    WCHAR *ascii = NULL;
    char *path = NULL, digits[8];
    UINT32 port = url->port, i = sizeof(digits);
    HRESULT hr;
    size_t len;

    *text = *host = NULL;
    if (FAILED(hr = net_host_to_ascii(url->host, &ascii))) return hr;
    buffer_init(&buffer, URL_TARGET_MAX * 4);
    if ((*host = str_to_utf8(ascii)) && (path = str_to_utf8(url->scheme == URL_HTTPS ? L"/" : url->path)))
    {
        buffer_append_text(&buffer, url->scheme == URL_HTTPS ? "https://" : "http://");
        if (literal) buffer_append_byte(&buffer, '[');
        buffer_append_text(&buffer, *host);
        if (literal) buffer_append_byte(&buffer, ']');
        if (url->port_given)
        {
            do digits[--i] = '0' + port % 10; while ((port /= 10));
            digits[--i] = ':';
            buffer_append(&buffer, digits + i, sizeof(digits) - i);
        }
        buffer_append_text(&buffer, path);
        hr = buffer_append_byte(&buffer, 0);
    }
    else hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr)) *text = (char *)buffer_take(&buffer, &len);
    buffer_free(&buffer);
    free(ascii);
    free(path);
    return hr;
}
