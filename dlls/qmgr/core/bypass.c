/*
 * Proxy lists and bypass rules: which way to a URL
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

#include "core/bypass.h"
#include "core/str.h"

enum protocol { PROTOCOL_HTTP, PROTOCOL_HTTPS, PROTOCOL_OTHER, PROTOCOL_NONE };

struct proxy_entry
{
    enum protocol key;          /* PROTOCOL_NONE: for every protocol without an entry of its own [PX.G7] */
    WCHAR *host;
    UINT16 port;
};

struct bypass_item
{
    enum protocol scheme;       /* PROTOCOL_NONE: any */
    UINT16 port;                /* 0: any */
    BOOL local;                 /* <local> */
    WCHAR *pattern;             /* of the host, '*' for any text */
};

void proxy_hops_free(struct proxy_hops *route)
{
    UINT32 i;

    for (i = 0; i < route->count; i++) free(route->hops[i].host);
    free(route->hops);
    memset(route, 0, sizeof(*route));
}

void proxy_lists_free(struct proxy_lists *lists)
{
    UINT32 i;

    for (i = 0; i < lists->entry_count; i++) free(lists->entries[i].host);
    for (i = 0; i < lists->item_count; i++) free(lists->items[i].pattern);
    free(lists->entries);
    free(lists->items);
    memset(lists, 0, sizeof(*lists));
}

/* Blank [PX.G1, PX.B1], semicolon and comma [PX.A1]. */
static BOOL is_separator(WCHAR c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == ',';
}

static BOOL next_word(const WCHAR **pos, const WCHAR **word, size_t *len)
{
    const WCHAR *p = *pos;

    while (is_separator(*p)) p++;
    for (*word = p; *p && !is_separator(*p); p++) ;
    *len = p - *word;
    *pos = p;
    return *len != 0;
}

static BOOL equal_word(const WCHAR *word, size_t len, const WCHAR *text)
{
    return len == str_len(text) && !str_nicmp(word, text, len);
}

static enum protocol protocol_of(const WCHAR *word, size_t len)
{
    if (equal_word(word, len, L"http")) return PROTOCOL_HTTP;
    if (equal_word(word, len, L"https")) return PROTOCOL_HTTPS;
    return PROTOCOL_OTHER;
}

static BOOL is_host_char(WCHAR c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
            || c == '~';
}

/* 1 to 65535, decimal, all of the text [PX.G5] */
static BOOL parse_port(const WCHAR *p, size_t len, UINT16 *port)
{
    UINT32 value = 0;

    if (!len) return FALSE;
    for (; len; len--, p++)
    {
        if (*p < '0' || *p > '9') return FALSE;
        value = value * 10 + (*p - '0');
        if (value > 65535) return FALSE;
    }
    *port = value;
    return value != 0;
}

/*
 * host[:port] or [literal][:port], up to len.  With `wild` a '*' counts as a character of a name.  *port stays as it is if none is given.
 */
static BOOL parse_host(const WCHAR *p, size_t len, BOOL wild, const WCHAR **host, size_t *host_len, UINT16 *port)
{
    size_t i;

    if (len && *p == '[')
    {
        for (i = 1; i < len && p[i] != ']'; i++) ;
        if (i == len || !url_is_ipv6(p + 1, i - 1)) return FALSE;
        *host = p + 1;
        *host_len = i - 1;
        i++;
    }
    else
    {
        for (i = 0; i < len && (is_host_char(p[i]) || (wild && p[i] == '*')); i++) ;
        if (!i) return FALSE;
        *host = p;
        *host_len = i;
    }
    if (i == len) return TRUE;
    return p[i] == ':' && parse_port(p + i + 1, len - i - 1, port);
}

/* Cuts "scheme://" off. FALSE if there is none; an empty scheme counts as one of length 0. */
static BOOL cut_scheme(const WCHAR **p, size_t *len, const WCHAR **scheme, size_t *scheme_len)
{
    size_t i;

    for (i = 0; i + 3 <= *len; i++)
    {
        if ((*p)[i] != ':') continue;
        if ((*p)[i + 1] != '/' || (*p)[i + 2] != '/') return FALSE;
        *scheme = *p;
        *scheme_len = i;
        *p += i + 3;
        *len -= i + 3;
        return TRUE;
    }
    return FALSE;
}

static void *grow(void *array, UINT32 count, size_t size)
{
    /* doubles at powers of two */
    if (count & (count - 1)) return array;
    if (count > 0x1000000) return NULL;
    return realloc(array, (count ? count * 2 : 1) * size);
}

/*
 * One entry: [key=][scheme://]server[:port][/].  S_FALSE: nothing to use, passed over (user's grammar only).
 */
static HRESULT parse_entry(const WCHAR *word, size_t len, enum proxy_grammar grammar, struct proxy_entry *entry)
{
    HRESULT bad = grammar == PROXY_GRAMMAR_JOB ? BG_E_INVALID_PROXY_INFO : E_INVALIDARG;
    const WCHAR *p = word, *scheme, *host;
    enum protocol protocol;
    size_t i, scheme_len, host_len;

    entry->key = PROTOCOL_NONE;
    entry->port = 80; /* a CERN proxy without port or scheme [PX.A4] */

    for (i = 0; i < len && p[i] != '='; i++) ;
    if (i < len)
    {
        entry->key = protocol_of(p, i);
        if (entry->key == PROTOCOL_OTHER) return grammar == PROXY_GRAMMAR_USER && i ? S_FALSE : bad; /* [PX.G3] */
        p += i + 1;
        len -= i + 1;
    }
    if (cut_scheme(&p, &len, &scheme, &scheme_len))
    {
        protocol = protocol_of(scheme, scheme_len);
        if (protocol == PROTOCOL_OTHER) return grammar == PROXY_GRAMMAR_USER && scheme_len ? S_FALSE : bad;
        if (protocol == PROTOCOL_HTTPS) entry->port = 443; /* only the port: the proxy is spoken to in the clear [PX.A5] */
        if (len && p[len - 1] == '/') len--;               /* [PX.A6] */
    }
    if (!len && grammar == PROXY_GRAMMAR_USER) return S_FALSE;
    if (!parse_host(p, len, FALSE, &host, &host_len, &entry->port)) return bad;
    return (entry->host = str_ndup(host, host_len)) ? S_OK : E_OUTOFMEMORY;
}

/* One item of the bypass list. S_FALSE: means nothing, passed over (user's grammar only). */
static HRESULT parse_item(const WCHAR *word, size_t len, enum proxy_grammar grammar, struct bypass_item *item)
{
    HRESULT bad = grammar == PROXY_GRAMMAR_JOB ? BG_E_INVALID_PROXY_INFO : S_FALSE;
    const WCHAR *scheme, *host;
    size_t i, scheme_len, host_len;

    memset(item, 0, sizeof(*item));
    item->scheme = PROTOCOL_NONE;
    if (equal_word(word, len, L"<local>"))
    {
        item->local = TRUE;
        return S_OK;
    }

    if (cut_scheme(&word, &len, &scheme, &scheme_len))
    {
        if (!scheme_len) return bad;
        for (i = 0; i < scheme_len; i++)
            if (!is_host_char(scheme[i])) return bad;
        item->scheme = protocol_of(scheme, scheme_len); /* of another protocol it matches nothing here [PX.A11] */
        if (len && word[len - 1] == '/') len--;
    }
    if (url_is_ipv6(word, len))
    {
        host = word;
        host_len = len;
    }
    else if (!parse_host(word, len, TRUE, &host, &host_len, &item->port)) return bad;

    for (i = 1; i < host_len && grammar == PROXY_GRAMMAR_JOB; i++)
        if (host[i] == '*') return bad; /* [PX.B3, PX.A8, PX.A9, PX.R20] */
    return (item->pattern = str_ndup(host, host_len)) ? S_OK : E_OUTOFMEMORY;
}

HRESULT proxy_lists_parse(const WCHAR *list, const WCHAR *bypass, enum proxy_grammar grammar, struct proxy_lists *lists)
{
    const WCHAR *word;
    HRESULT hr = S_OK;
    size_t len;

    memset(lists, 0, sizeof(*lists));
    while (list && next_word(&list, &word, &len))
    {
        struct proxy_entry *entries = grow(lists->entries, lists->entry_count, sizeof(*entries));

        if (!entries)
        {
            hr = E_OUTOFMEMORY;
            goto failed;
        }
        lists->entries = entries;
        if (FAILED(hr = parse_entry(word, len, grammar, &entries[lists->entry_count]))) goto failed;
        if (hr == S_OK) lists->entry_count++;
    }
    if (!lists->entry_count && grammar == PROXY_GRAMMAR_JOB)
    {
        hr = BG_E_INVALID_PROXY_INFO; /* [PX.R1] */
        goto failed;
    }

    while (bypass && next_word(&bypass, &word, &len))
    {
        struct bypass_item *items = grow(lists->items, lists->item_count, sizeof(*items));

        if (!items)
        {
            hr = E_OUTOFMEMORY;
            goto failed;
        }
        lists->items = items;
        if (FAILED(hr = parse_item(word, len, grammar, &items[lists->item_count]))) goto failed;
        if (hr == S_OK) lists->item_count++;
    }
    return S_OK;

failed:
    proxy_lists_free(lists);
    return hr;
}

/* '*' is any text, also none; letters without case [PX.B6]. Linear but for the last '*', so a hostile pattern costs little. */
static BOOL matches(const WCHAR *pattern, const WCHAR *host)
{
    const WCHAR *star = NULL, *retry = NULL;

    while (*host)
    {
        if (*pattern == '*')
        {
            star = pattern++;
            retry = host;
        }
        else if (str_fold(*pattern) == str_fold(*host))
        {
            pattern++;
            host++;
        }
        else if (star)
        {
            pattern = star + 1;
            host = ++retry;
        }
        else return FALSE;
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

static BOOL is_bypassed(const struct proxy_lists *lists, const struct url *url, enum protocol protocol)
{
    UINT32 i;

    for (i = 0; i < lists->item_count; i++)
    {
        const struct bypass_item *item = &lists->items[i];

        if (item->scheme != PROTOCOL_NONE && item->scheme != protocol) continue;
        if (item->port && item->port != url->port) continue;
        if (item->local)
        {
            /* a literal is no name, with or without a period [PX.B4, PX.A12] */
            if (!str_chr(url->host, '.') && !str_chr(url->host, ':')) return TRUE;
        }
        else if (matches(item->pattern, url->host)) return TRUE;
    }
    return FALSE;
}

static HRESULT add_hop(struct proxy_hops *route, const WCHAR *host, size_t len, UINT16 port)
{
    struct proxy_hop *hops = grow(route->hops, route->count, sizeof(*hops));

    if (!hops) return E_OUTOFMEMORY;
    route->hops = hops;
    hops[route->count].host = NULL;
    hops[route->count].port = port;
    if (host && !(hops[route->count].host = str_ndup(host, len))) return E_OUTOFMEMORY;
    route->count++;
    return S_OK;
}

HRESULT proxy_lists_choose(const struct proxy_lists *lists, const struct url *url, struct proxy_hops *route)
{
    enum protocol protocol = url->scheme == URL_HTTPS ? PROTOCOL_HTTPS : PROTOCOL_HTTP, key;
    HRESULT hr = S_OK;
    UINT32 i, own = 0;

    memset(route, 0, sizeof(*route));
    if (url->scheme != URL_FILE && !is_bypassed(lists, url, protocol))
    {
        for (i = 0; i < lists->entry_count; i++) own += lists->entries[i].key == protocol;
        key = own ? protocol : PROTOCOL_NONE;
        for (i = 0; i < lists->entry_count && SUCCEEDED(hr); i++)
        {
            const struct proxy_entry *entry = &lists->entries[i];

            if (entry->key == key) hr = add_hop(route, entry->host, str_len(entry->host), entry->port);
        }
    }
    if (SUCCEEDED(hr) && !route->count) hr = add_hop(route, NULL, 0, 0);
    if (FAILED(hr)) proxy_hops_free(route);
    return hr;
}

static BOOL is_space(WCHAR c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

HRESULT proxy_answer_parse(const WCHAR *answer, struct proxy_hops *route)
{
    const WCHAR *p = answer, *end, *kind, *host;
    BOOL empty = TRUE;
    HRESULT hr = S_OK;
    size_t kind_len, host_len;
    UINT16 port;

    memset(route, 0, sizeof(*route));
    while (p && *p && SUCCEEDED(hr))
    {
        for (; is_space(*p) || *p == ';'; p++) ;
        for (end = p; *end && *end != ';'; end++) ;
        for (kind = p; p < end && !is_space(*p); p++) ;
        kind_len = p - kind;
        p = end;
        if (!kind_len) continue;
        empty = FALSE;
        while (is_space(end[-1])) end--;
        if (equal_word(kind, kind_len, L"DIRECT"))
        {
            if (kind + kind_len == end) hr = add_hop(route, NULL, 0, 0);
            continue;
        }
        if (!equal_word(kind, kind_len, L"PROXY") && !equal_word(kind, kind_len, L"HTTP")) continue;
        for (kind += kind_len; kind < end && is_space(*kind); kind++) ;
        port = 80;
        if (parse_host(kind, end - kind, FALSE, &host, &host_len, &port)) hr = add_hop(route, host, host_len, port);
    }
    if (SUCCEEDED(hr) && empty) hr = add_hop(route, NULL, 0, 0);
    if (FAILED(hr)) proxy_hops_free(route);
    else if (!route->count) hr = S_FALSE;
    return hr;
}

#define SETTINGS_OLD 0x3c       /* versions of the value; the layout is the same */
#define SETTINGS_NEW 0x46

static BOOL take_number(const BYTE **data, size_t *size, UINT32 *number)
{
    if (*size < 4) return FALSE;
    *number = (*data)[0] | (*data)[1] << 8 | (*data)[2] << 16 | (UINT32)(*data)[3] << 24;
    *data += 4;
    *size -= 4;
    return TRUE;
}

static BOOL take_text(const BYTE **data, size_t *size, struct proxy_text *text)
{
    UINT32 len;

    if (!take_number(data, size, &len) || len > *size) return FALSE;
    text->text = (const char *)*data;
    text->len = len;
    *data += len;
    *size -= len;
    return TRUE;
}

BOOL proxy_settings_read(const void *data, size_t size, struct proxy_settings_value *value)
{
    UINT32 version, revision;
    const BYTE *p = data;

    memset(value, 0, sizeof(*value));
    if (take_number(&p, &size, &version) && (version == SETTINGS_OLD || version == SETTINGS_NEW)
            && take_number(&p, &size, &revision) && take_number(&p, &size, &value->flags)
            && take_text(&p, &size, &value->list) && take_text(&p, &size, &value->bypass) && take_text(&p, &size, &value->script_url))
        return TRUE;
    memset(value, 0, sizeof(*value)); /* a list without its exceptions is not what was meant */
    return FALSE;
}

static const WCHAR *given(const WCHAR *text)
{
    return text && *text ? text : NULL;
}

void proxy_settings_merge(const struct proxy_registry *registry, struct proxy_user_settings *settings)
{
    UINT32 flags = registry->value ? registry->flags : registry->detect && *registry->detect ? PROXY_SETTINGS_DETECT : 0;

    memset(settings, 0, sizeof(*settings));
    settings->detect = !!(flags & PROXY_SETTINGS_DETECT);
    settings->script_url = given(registry->config_url);
    if (!settings->script_url && (flags & PROXY_SETTINGS_SCRIPT)) settings->script_url = given(registry->value_script);
    if (!(registry->enable ? *registry->enable : flags & PROXY_SETTINGS_PROXY)) return;
    if ((settings->list = given(registry->server))) settings->bypass = given(registry->override);
    else if ((settings->list = given(registry->value_list))) settings->bypass = given(registry->value_bypass);
}

UINT32 proxy_plan(UINT32 usage, const struct proxy_user_settings *user, enum proxy_step steps[PROXY_STEPS_MAX])
{
    UINT32 count = 0;

    switch (usage)
    {
        case PROXY_USAGE_PRECONFIG:
            if (user->detect) steps[count++] = PROXY_STEP_DETECT;
            if (user->script_url && *user->script_url) steps[count++] = PROXY_STEP_SCRIPT;
            steps[count++] = user->list && *user->list ? PROXY_STEP_USER_LISTS : PROXY_STEP_DIRECT;
            break;

        case PROXY_USAGE_OVERRIDE:
            steps[count++] = PROXY_STEP_JOB_LISTS;
            break;

        case PROXY_USAGE_AUTODETECT:
            steps[count++] = PROXY_STEP_DETECT;
            steps[count++] = PROXY_STEP_DIRECT;
            break;

        default:
            steps[count++] = PROXY_STEP_DIRECT;
            break;
    }
    return count;
}
