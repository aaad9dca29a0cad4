/*
 * bitsadmin: proxies of a job, and the internet settings of the service accounts
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
#include <wchar.h>

#include "bitsadmin.h"
#include <winreg.h>

/* Any of the three values may be left out. */
static HRESULT get_proxy_settings(IBackgroundCopyJob *job, BG_JOB_PROXY_USAGE *usage, WCHAR **list, WCHAR **bypass)
{
    *list = *bypass = NULL;
    return IBackgroundCopyJob_GetProxySettings(job, usage, list, bypass);
}

HRESULT get_proxy_usage(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROXY_USAGE usage;
    WCHAR *list, *bypass;
    HRESULT hr = get_proxy_settings(job, &usage, &list, &bypass);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", proxy_usage_name(usage));
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
    return hr;
}

HRESULT get_proxy_list(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROXY_USAGE usage;
    WCHAR *list, *bypass;
    HRESULT hr = get_proxy_settings(job, &usage, &list, &bypass);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", list ? list : L"NULL");
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
    return hr;
}

HRESULT get_proxy_bypass_list(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROXY_USAGE usage;
    WCHAR *list, *bypass;
    HRESULT hr = get_proxy_settings(job, &usage, &list, &bypass);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", bypass ? bypass : L"NULL");
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
    return hr;
}

/* The lists go through as they are, whatever stands between their entries (BA.7.2.3). */
int cmd_set_proxy_settings(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    static const struct keyword usages[] =
    {
        { L"PRECONFIG", BG_JOB_PROXY_USAGE_PRECONFIG },
        { L"NO_PROXY", BG_JOB_PROXY_USAGE_NO_PROXY },
        { L"OVERRIDE", BG_JOB_PROXY_USAGE_OVERRIDE },
        { L"AUTODETECT", BG_JOB_PROXY_USAGE_AUTODETECT },
    };
    const WCHAR *list = NULL, *bypass = NULL;
    DWORD usage;
    HRESULT hr;

    if (!parse_keyword(argv[0], usages, ARRAY_SIZE(usages), &usage)) return fail_argument(cmd, argv[0]);
    if (argc != (usage == BG_JOB_PROXY_USAGE_OVERRIDE ? 3 : 1)) return fail_count();
    if (argc == 3)
    {
        list = null_word(argv[1]);
        bypass = argv[2][0] ? null_word(argv[2]) : NULL;
    }
    if (FAILED(hr = IBackgroundCopyJob_SetProxySettings(job, usage, list, bypass))) return fail(cmd, hr);
    confirm(L"Proxy usage set to %ls.", proxy_usage_name(usage));
    return 0;
}

/*
 * The internet settings of an account, as WinINET keeps them: one binary value for each connection, and for the default connection
 * plain values beside it, which older readers use.
 *
 *     DWORD version, revision, flags
 *     DWORD size, bytes          three times: proxy list, bypass list, address of the script; ANSI, no terminator
 *     32 bytes                   of automatic detection, zero until it has run; not everybody writes them
 */

#define SETTINGS_OLD         0x3c      /* versions; the layout is the same */
#define SETTINGS_VERSION     0x46
#define SETTINGS_DIRECT      0x01      /* always set: go there directly if all else fails */
#define SETTINGS_PROXY       0x02
#define SETTINGS_SCRIPT      0x04
#define SETTINGS_DETECT      0x08
#define SETTINGS_TAIL        32

#define INTERNET_SETTINGS L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define DEFAULT_CONNECTION L"DefaultConnectionSettings"

struct ie_settings
{
    DWORD revision;
    DWORD flags;
    struct text list, bypass, script;
};

static const struct
{
    const WCHAR *name;
    const WCHAR *sid;
}
accounts[] =
{
    { L"LOCALSYSTEM", L"S-1-5-18" },
    { L"LOCALSERVICE", L"S-1-5-19" },
    { L"NETWORKSERVICE", L"S-1-5-20" },
};

/*
 * The key with the settings of an account; fails for an unknown name with ERROR_INVALID_NAME.  An account without a hive of its
 * own works with that of the user who runs the services: in Wine all accounts are this one user (WINE.SVC.6).
 */
static LSTATUS open_settings(const WCHAR *account, REGSAM access, HKEY *key)
{
    unsigned int i;
    LSTATUS ret;
    HKEY hive;

    for (i = 0; i < ARRAY_SIZE(accounts); i++) if (word_is(account, accounts[i].name)) break;
    if (i == ARRAY_SIZE(accounts)) return ERROR_INVALID_NAME;
    ret = RegOpenKeyExW(HKEY_USERS, accounts[i].sid, 0, MAXIMUM_ALLOWED, &hive);
    if (ret == ERROR_FILE_NOT_FOUND) hive = HKEY_CURRENT_USER;
    else if (ret) return ret;
    ret = RegCreateKeyExW(hive, INTERNET_SETTINGS, 0, NULL, 0, access, NULL, key, NULL);
    if (hive != HKEY_CURRENT_USER) RegCloseKey(hive);
    return ret;
}

static void free_ie_settings(struct ie_settings *settings)
{
    text_free(&settings->list);
    text_free(&settings->bypass);
    text_free(&settings->script);
}

/* One DWORD off the front of the rest of a value. */
static BOOL take_dword(const BYTE **p, DWORD *left, DWORD *value)
{
    if (*left < sizeof(*value)) return FALSE;
    memcpy(value, *p, sizeof(*value));
    *p += sizeof(*value);
    *left -= sizeof(*value);
    return TRUE;
}

static BOOL take_string(const BYTE **p, DWORD *left, struct text *text)
{
    WCHAR *chars;
    DWORD len;
    int count;

    if (!take_dword(p, left, &len) || len > *left) return FALSE;
    count = MultiByteToWideChar(CP_ACP, 0, (const char *)*p, len, NULL, 0);
    chars = xrealloc(NULL, count * sizeof(*chars));
    MultiByteToWideChar(CP_ACP, 0, (const char *)*p, len, chars, count);
    text_add_chars(text, chars, count);
    free(chars);
    *p += len;
    *left -= len;
    return TRUE;
}

static void reset_ie_settings(struct ie_settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    text_add(&settings->list, L"");
    text_add(&settings->bypass, L"");
    text_add(&settings->script, L"");
    settings->flags = SETTINGS_DIRECT;
}

/* FALSE: it is cut off, or something else. */
static BOOL read_ie_settings(const BYTE *p, DWORD left, struct ie_settings *settings)
{
    DWORD version;

    return take_dword(&p, &left, &version) && (version == SETTINGS_OLD || version == SETTINGS_VERSION) &&
           take_dword(&p, &left, &settings->revision) && take_dword(&p, &left, &settings->flags) &&
           take_string(&p, &left, &settings->list) && take_string(&p, &left, &settings->bypass) &&
           take_string(&p, &left, &settings->script);
}

/* A value that is missing or damaged reads as one that goes directly, as it does for the service. */
static void load_ie_settings(HKEY key, const WCHAR *connection, struct ie_settings *settings)
{
    HKEY connections;
    DWORD size = 0;
    BYTE *data;

    reset_ie_settings(settings);
    if (RegOpenKeyExW(key, L"Connections", 0, KEY_READ, &connections)) return;
    if (!RegQueryValueExW(connections, connection, NULL, NULL, NULL, &size))
    {
        data = xrealloc(NULL, size);
        if (RegQueryValueExW(connections, connection, NULL, NULL, data, &size) || !read_ie_settings(data, size, settings))
        {
            free_ie_settings(settings);
            reset_ie_settings(settings);
        }
        free(data);
    }
    RegCloseKey(connections);
}

static void put_bytes(BYTE **data, DWORD *size, const void *bytes, DWORD count)
{
    *data = xrealloc(*data, *size + count);
    memcpy(*data + *size, bytes, count);
    *size += count;
}

static void put_string(BYTE **data, DWORD *size, const struct text *text)
{
    DWORD len = WideCharToMultiByte(CP_ACP, 0, text->chars, text->len, NULL, 0, NULL, NULL);
    char *bytes = xrealloc(NULL, len);

    WideCharToMultiByte(CP_ACP, 0, text->chars, text->len, bytes, len, NULL, NULL);
    put_bytes(data, size, &len, sizeof(len));
    put_bytes(data, size, bytes, len);
    free(bytes);
}

static LSTATUS set_string(HKEY key, const WCHAR *name, const struct text *text, BOOL set)
{
    LSTATUS ret;

    if (set && text->len) return RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)text->chars, (text->len + 1) * sizeof(WCHAR));
    ret = RegDeleteValueW(key, name);
    return ret == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : ret;
}

static LSTATUS store_ie_settings(HKEY key, const WCHAR *connection, const struct ie_settings *settings)
{
    static const BYTE tail[SETTINGS_TAIL];
    DWORD header[3] = { SETTINGS_VERSION, settings->revision + 1, settings->flags };
    DWORD enable = !!(settings->flags & SETTINGS_PROXY);
    BYTE *data = NULL;
    HKEY connections;
    DWORD size = 0;
    LSTATUS ret;

    if ((ret = RegCreateKeyExW(key, L"Connections", 0, NULL, 0, KEY_SET_VALUE, NULL, &connections, NULL))) return ret;
    put_bytes(&data, &size, header, sizeof(header));
    put_string(&data, &size, &settings->list);
    put_string(&data, &size, &settings->bypass);
    put_string(&data, &size, &settings->script);
    put_bytes(&data, &size, tail, sizeof(tail));
    ret = RegSetValueExW(connections, connection, 0, REG_BINARY, data, size);
    free(data);
    RegCloseKey(connections);
    if (ret || wcscmp(connection, DEFAULT_CONNECTION)) return ret;

    if ((ret = RegSetValueExW(key, L"ProxyEnable", 0, REG_DWORD, (BYTE *)&enable, sizeof(enable)))) return ret;
    if ((ret = set_string(key, L"ProxyServer", &settings->list, TRUE))) return ret;
    if ((ret = set_string(key, L"ProxyOverride", &settings->bypass, TRUE))) return ret;
    return set_string(key, L"AutoConfigURL", &settings->script, settings->flags & SETTINGS_SCRIPT);
}

/* Takes `/CONN name` off the end of a command line. */
static const WCHAR *take_connection(int *argc, WCHAR **argv)
{
    if (*argc < 2 || !word_is(argv[*argc - 2], L"/CONN")) return NULL;
    *argc -= 2;
    return argv[*argc + 1];
}

static const WCHAR *or_empty(const struct text *text)
{
    return text->len ? text->chars : L"<empty>";
}

int cmd_util_get_ie_proxy(const struct command *cmd, int argc, WCHAR **argv)
{
    const WCHAR *connection = take_connection(&argc, argv);
    struct ie_settings settings;
    LSTATUS ret;
    HKEY key;

    if (argc != 1) return fail_count();
    ret = open_settings(argv[0], KEY_READ, &key);
    if (ret == ERROR_INVALID_NAME) return fail_argument(cmd, argv[0]);
    if (ret) return fail(cmd, HRESULT_FROM_WIN32(ret));
    load_ie_settings(key, connection ? connection : DEFAULT_CONNECTION, &settings);
    RegCloseKey(key);

    /* every method, not only the one in use */
    output(L"Internet proxy settings for account %ls\n"
           L"(connection = %ls)\n"
           L"\n", argv[0], connection ? connection : L"default");
    output(L"Automatic detection      %ls\n", settings.flags & SETTINGS_DETECT ? L"on" : L"off");
    output(L"Automatic script         %ls\n", settings.flags & SETTINGS_SCRIPT ? L"on" : L"off");
    output(L"Automatic script URL     %ls\n", or_empty(&settings.script));
    output(L"Manual proxy             %ls\n", settings.flags & SETTINGS_PROXY ? L"on" : L"off");
    output(L"Proxy list               %ls\n", or_empty(&settings.list));
    output(L"Proxy bypass list        %ls\n", or_empty(&settings.bypass));
    free_ie_settings(&settings);
    return 0;
}

static void set_text(struct text *text, const WCHAR *chars)
{
    text->len = 0;
    text_add(text, L"%ls", chars);
}

/* The new usage replaces the old one; what other usages have stored stays, unless it is a RESET (BA.UTIL.3). */
int cmd_util_set_ie_proxy(const struct command *cmd, int argc, WCHAR **argv)
{
    enum { NO_PROXY, AUTODETECT, MANUAL_PROXY, AUTOSCRIPT, RESET };
    static const struct keyword usages[] =
    {
        { L"NO_PROXY", NO_PROXY },
        { L"AUTODETECT", AUTODETECT },
        { L"MANUAL_PROXY", MANUAL_PROXY },
        { L"AUTOSCRIPT", AUTOSCRIPT },
        { L"RESET", RESET },
    };
    const WCHAR *connection = take_connection(&argc, argv), *account = argv[0];
    struct ie_settings settings;
    int ret_code = 0;
    LSTATUS ret;
    DWORD usage;
    HKEY key;

    if (argc < 2) return fail_count();
    if (!parse_keyword(argv[1], usages, ARRAY_SIZE(usages), &usage)) return fail_argument(cmd, argv[1]);
    if (usage == MANUAL_PROXY ? argc < 3 || argc > 4 : argc != (usage == AUTOSCRIPT ? 3 : 2)) return fail_count();
    ret = open_settings(account, KEY_READ | KEY_WRITE, &key);
    if (ret == ERROR_INVALID_NAME) return fail_argument(cmd, account);
    if (ret) return fail(cmd, HRESULT_FROM_WIN32(ret));

    load_ie_settings(key, connection ? connection : DEFAULT_CONNECTION, &settings);
    settings.flags = SETTINGS_DIRECT;
    switch (usage)
    {
    case AUTODETECT:
        settings.flags |= SETTINGS_DETECT;
        break;
    case MANUAL_PROXY:
        settings.flags |= SETTINGS_PROXY;
        set_text(&settings.list, argv[2]);
        set_text(&settings.bypass, argc > 3 && null_word(argv[3]) ? argv[3] : L"");
        break;
    case AUTOSCRIPT:
        settings.flags |= SETTINGS_SCRIPT;
        set_text(&settings.script, argv[2]);
        break;
    case RESET:
        set_text(&settings.list, L"");
        set_text(&settings.bypass, L"");
        set_text(&settings.script, L"");
        break;
    }
    if ((ret = store_ie_settings(key, connection ? connection : DEFAULT_CONNECTION, &settings)))
        ret_code = fail(cmd, HRESULT_FROM_WIN32(ret));
    else if (!output_is_raw())
    {
        /* account and usage as they were typed (BA.UTIL.1, BA.UTIL.2) */
        if (usage == MANUAL_PROXY || usage == AUTOSCRIPT)
            output(L"Internet proxy settings for account %ls were set.\n", account);
        else
            output(L"Internet proxy settings for account %ls set to %ls.\n", account, argv[1]);
        output(L"(connection = %ls)\n", connection ? connection : L"default");
        if (usage == MANUAL_PROXY)
            output(L"\n"
                   L"Proxy usage set to       %ls\n"
                   L"Proxy list set to        %ls\n"
                   L"Proxy bypass list set to %ls\n", argv[1], or_empty(&settings.list), or_empty(&settings.bypass));
        else if (usage == AUTOSCRIPT)
            output(L"\n"
                   L"Proxy usage set to       %ls\n"
                   L"Script URL set to        %ls\n", argv[1], or_empty(&settings.script));
    }
    free_ie_settings(&settings);
    RegCloseKey(key);
    return ret_code;
}
