/*
 * Remote and local names: what BITS accepts and how it takes them apart
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

#include "core/str.h"
#include "core/url.h"

#define SEGMENT_MAX MAX_PATH /* [TYPE.FileInfo.3, A2] */
#define HOST_MAX    300      /* of a host that a server names [BUP.LIMIT.6] */

static BOOL is_slash(WCHAR c)
{
    return c == '/' || c == '\\';
}

static BOOL is_letter(WCHAR c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static BOOL is_digit(WCHAR c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(WCHAR c)
{
    if (is_digit(c)) return c - '0';
    c = str_fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static BOOL one_of(WCHAR c, const char *set)
{
    return c && c < 0x80 && strchr(set, c);
}

/* Windows paths: local names, and remote names behind file:// and UNC */

/* Devices that Win32 finds in any directory, with any extension [BEH.FILE.3]. */
static BOOL is_device_name(const WCHAR *name, size_t len)
{
    static const WCHAR *const devices[] = {L"CON", L"PRN", L"AUX", L"NUL", L"CONIN$", L"CONOUT$", L"CLOCK$"};
    size_t i, base;

    for (base = 0; base < len && name[base] != '.'; base++) ;
    while (base && name[base - 1] == ' ') base--;
    for (i = 0; i < ARRAY_SIZE(devices); i++)
        if (base == str_len(devices[i]) && !str_nicmp(name, devices[i], base)) return TRUE;
    if (base != 4 || (str_nicmp(name, L"COM", 3) && str_nicmp(name, L"LPT", 3))) return FALSE;
    /* 1 to 9, and the superscript digits that Windows counts among them */
    return (name[3] >= '1' && name[3] <= '9') || name[3] == 0xb9 || name[3] == 0xb2 || name[3] == 0xb3;
}

static BOOL is_dots(const WCHAR *name, size_t len)
{
    return (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');
}

/* Win32 drops dots and blanks at the end of a path: of such a name nothing is left, and the path is that of its folder. */
static BOOL is_nothing(const WCHAR *name, size_t len)
{
    while (len && (name[len - 1] == '.' || name[len - 1] == ' ')) len--;
    return !len;
}

/* One component between separators. A colon would name a stream. */
static BOOL component_check(const WCHAR *name, size_t len)
{
    size_t i;

    if (!len || len > SEGMENT_MAX) return FALSE;
    for (i = 0; i < len; i++)
        if (name[i] < ' ' || one_of(name[i], "\"<>|:*?")) return FALSE;
    return !is_device_name(name, len);
}

static size_t component_len(const WCHAR *p)
{
    size_t len = 0;

    while (p[len] && !is_slash(p[len])) len++;
    return len;
}

/*
 * Writes the normal form of a full Windows path (backslashes, none doubled) to `out`, which has room for str_len(path) + 1.  FALSE for
 * whatever is no plain file below a drive or a share.
 */
static BOOL normalize_path(const WCHAR *path, WCHAR *out)
{
    BOOL unc = is_slash(path[0]) && is_slash(path[1]);
    size_t len, index = 0, min = 0;
    const WCHAR *p;

    if (unc)
    {
        /* "\\?\" and "\\.\" fall out here: '?' is no character of a name, "." no server */
        p = path + 2;
        len = component_len(p);
        if (len && is_dots(p, len)) return FALSE;
        if (is_slash(*p)) return FALSE;
        *out++ = '\\';
        min = 2; /* server and share come before the file */
    }
    else
    {
        if (!is_letter(path[0]) || path[1] != ':' || !is_slash(path[2])) return FALSE;
        *out++ = path[0];
        *out++ = ':';
        for (p = path + 2; is_slash(*p); p++) ;
    }

    for (;;)
    {
        len = component_len(p);
        if (!len) return FALSE; /* a directory or a root */
        if (unc && !index)
        {
            size_t i;

            if (len > SEGMENT_MAX) return FALSE;
            for (i = 0; i < len; i++)
                if (p[i] <= ' ' || one_of(p[i], "\"<>|:*?")) return FALSE;
        }
        else if (!component_check(p, len)) return FALSE;
        if (unc && index == 1)
        {
            /* [TYPE.FileInfo.7, BEH.SMB.2] */
            if ((len == 4 && !str_nicmp(p, L"pipe", 4)) || (len == 4 && !str_nicmp(p, L"ipc$", 4))
                    || (len == 8 && !str_nicmp(p, L"mailslot", 8)) || is_dots(p, len))
                return FALSE;
        }
        *out++ = '\\';
        memcpy(out, p, len * sizeof(*p));
        out += len;
        index++;
        p += len;
        if (!*p) break;
        while (is_slash(*p)) p++;
    }
    *out = 0;
    if (index <= min) return FALSE;
    return !is_nothing(out - len, len);
}

HRESULT local_name_check(const WCHAR *local)
{
    WCHAR buffer[LOCAL_NAME_MAX + 1];

    if (!local || str_nlen(local, LOCAL_NAME_MAX + 1) > LOCAL_NAME_MAX) return E_INVALIDARG;
    return normalize_path(local, buffer) ? S_OK : E_INVALIDARG;
}

/* http and https */

/* Four dotted decimal numbers, nothing else. */
static BOOL is_ipv4(const WCHAR *s, size_t len)
{
    size_t i = 0, parts;

    for (parts = 0; parts < 4; parts++)
    {
        UINT32 value = 0, digits = 0;

        if (parts && (i == len || s[i++] != '.')) return FALSE;
        while (i < len && is_digit(s[i]) && digits < 4)
        {
            value = value * 10 + (s[i++] - '0');
            digits++;
        }
        if (!digits || digits > 3 || value > 255) return FALSE;
    }
    return i == len;
}

BOOL url_is_ipv6(const WCHAR *s, size_t len)
{
    UINT32 groups = 0;
    BOOL gap = FALSE;
    size_t i = 0;

    if (len >= 2 && s[0] == ':' && s[1] == ':')
    {
        gap = TRUE;
        i = 2;
        if (i == len) return TRUE;
    }
    for (;;)
    {
        size_t digits = 0;

        if (is_ipv4(s + i, len - i))
        {
            groups += 2;
            break;
        }
        while (i < len && hex_digit(s[i]) >= 0 && digits < 5)
        {
            i++;
            digits++;
        }
        if (!digits || digits > 4) return FALSE;
        groups++;
        if (i == len) break;
        if (s[i++] != ':') return FALSE;
        if (i < len && s[i] == ':')
        {
            if (gap) return FALSE;
            gap = TRUE;
            if (++i == len) break;
        }
    }
    return gap ? groups < 8 : groups == 8;
}

/* Percent-decodes user information as UTF-8 [BEH.HTTP.20]. "%" without two digits stands for itself; a NUL is refused. */
static HRESULT decode_user(const WCHAR *s, size_t len, WCHAR **out)
{
    const WCHAR *end = s + len;
    struct buffer octets;
    char utf8[4];
    size_t count;
    HRESULT hr;

    buffer_init(&octets, URL_TARGET_MAX * 4);
    while (s < end)
    {
        if (end - s >= 3 && *s == '%' && hex_digit(s[1]) >= 0 && hex_digit(s[2]) >= 0)
        {
            BYTE octet = hex_digit(s[1]) << 4 | hex_digit(s[2]);

            s += 3;
            if (!octet)
            {
                buffer_free(&octets);
                return E_INVALIDARG;
            }
            buffer_append_byte(&octets, octet);
            continue;
        }
        count = str_next_utf8(&s, end, utf8);
        buffer_append(&octets, utf8, count);
    }
    hr = octets.hr;
    if (SUCCEEDED(hr) && !(*out = str_from_utf8_n(octets.len ? (const char *)octets.data : "", octets.len)))
        hr = E_OUTOFMEMORY;
    buffer_free(&octets);
    return hr;
}

static size_t authority_len(const WCHAR *p)
{
    size_t len = 0;

    while (p[len] && !one_of(p[len], "/?#")) len++;
    return len;
}

/* host[:port] up to `end`; given: by the client */
static HRESULT parse_host(const WCHAR *p, const WCHAR *end, BOOL given, struct url *url)
{
    const WCHAR *host = p, *q;
    UINT32 port = 0;

    if (p < end && *p == '[')
    {
        for (q = ++host; q < end && *q != ']'; q++) ;
        if (q == end || !url_is_ipv6(host, q - host)) return E_INVALIDARG;
        p = q + 1;
    }
    else
    {
        /* a non-ASCII name must come in its IDN form [TYPE.FileInfo.13] */
        for (q = host; q < end && *q != ':'; q++)
            if (!is_letter(*q) && !is_digit(*q) && !one_of(*q, "-._~!$&'()+,;=")) return E_INVALIDARG;
        if (q == host || q - host > (given ? SEGMENT_MAX : HOST_MAX)) return E_INVALIDARG;
        p = q;
    }
    if (!(url->host = str_ndup(host, q - host))) return E_OUTOFMEMORY;

    if (p == end) return S_OK;
    if (*p++ != ':') return E_INVALIDARG;
    if (p == end) return S_OK; /* the default, RFC 3986 6.2.3 */
    for (; p < end; p++)
    {
        if (!is_digit(*p)) return E_INVALIDARG;
        port = port * 10 + (*p - '0');
        if (port > 65535) return E_INVALIDARG;
    }
    if (!port) return E_INVALIDARG;
    url->port = port;
    url->port_given = TRUE;
    return S_OK;
}

/* Path and query, from '/', '?', '#' or the end. `given`: the rules for names that clients give. */
static HRESULT parse_path(const WCHAR *p, BOOL given, struct url *url)
{
    BOOL query = FALSE, root;
    size_t len, segment = 0;
    const WCHAR *q;

    for (q = p; *q && *q != '#'; q++)
    {
        if (*q <= ' ' || *q == 0x7f || one_of(*q, "\"<>\\")) return E_INVALIDARG;
        if (*q == '?') query = TRUE;
        if (!given || query) continue;
        if (*q == '*') return E_INVALIDARG; /* [TYPE.FileInfo.4] */
        segment = *q == '/' ? 0 : segment + 1;
        if (segment > SEGMENT_MAX) return E_INVALIDARG;
    }
    len = q - p;
    root = *p != '/';
    if (!(url->path = malloc((len + root + 1) * sizeof(*p)))) return E_OUTOFMEMORY;
    url->path[0] = '/';
    memcpy(url->path + root, p, len * sizeof(*p));
    url->path[len + root] = 0;
    return S_OK;
}

static HRESULT parse_http(const WCHAR *remote, BOOL given, struct url *url)
{
    const WCHAR *p, *end, *at, *colon;
    HRESULT hr;

    if (str_istarts(remote, L"http://"))
    {
        url->scheme = URL_HTTP;
        url->port = 80;
        p = remote + 7;
    }
    else
    {
        url->scheme = URL_HTTPS;
        url->port = 443;
        p = remote + 8;
    }

    end = p + authority_len(p);
    for (at = end; at > p && at[-1] != '@'; at--) ;
    if (at > p)
    {
        const WCHAR *user_end = at - 1;

        for (colon = p; colon < user_end; colon++)
            if (*colon <= ' ' || *colon == 0x7f || *colon == '\\') return E_INVALIDARG;
        for (colon = p; colon < user_end && *colon != ':'; colon++) ;
        if (colon > p && FAILED(hr = decode_user(p, colon - p, &url->user))) return hr;
        if (url->user && colon < user_end && FAILED(hr = decode_user(colon + 1, user_end - colon - 1, &url->password)))
            return hr;
    }
    if (FAILED(hr = parse_host(at, end, given, url))) return hr;
    return parse_path(end, given, url);
}

/* What follows "file:", or a bare path [TYPE.FileInfo.5, BEH.SMB.1, 8]. */
static HRESULT parse_file(const WCHAR *remote, struct url *url)
{
    size_t len = str_len(remote);
    WCHAR *full = NULL;
    HRESULT hr = S_OK;

    url->scheme = URL_FILE;
    if (!(url->path = malloc((len + 3) * sizeof(*remote)))) return E_OUTOFMEMORY;

    if (str_istarts(remote, L"file:"))
    {
        remote += 5;
        if (!is_slash(remote[0]) || !is_slash(remote[1])) return E_INVALIDARG;
        remote += 2;
        if (str_istarts(remote, L"localhost") && is_slash(remote[9]) && is_letter(remote[10]) && remote[11] == ':')
            remote += 10;
        else if (is_slash(remote[0]) && is_letter(remote[1]) && remote[2] == ':')
            remote++;
        else if (!is_slash(remote[0]) && !(is_letter(remote[0]) && remote[1] == ':'))
        {
            if (!(full = malloc((len + 3) * sizeof(*remote)))) return E_OUTOFMEMORY;
            full[0] = full[1] = '\\';
            memcpy(full + 2, remote, (str_len(remote) + 1) * sizeof(*remote));
            remote = full;
        }
    }
    if (!normalize_path(remote, url->path)) hr = E_INVALIDARG;
    free(full);
    return hr;
}

void url_free(struct url *url)
{
    free(url->host);
    free(url->user);
    free(url->password);
    free(url->path);
    memset(url, 0, sizeof(*url));
}

static HRESULT finish(HRESULT hr, struct url *result, struct url *url)
{
    if (url) memset(url, 0, sizeof(*url));
    if (FAILED(hr) || !url) url_free(result);
    else *url = *result;
    return hr;
}

HRESULT url_parse(const WCHAR *remote, struct url *url)
{
    struct url result = {0};
    HRESULT hr;

    if (!remote || !*remote || str_nlen(remote, REMOTE_NAME_MAX + 1) > REMOTE_NAME_MAX) hr = E_INVALIDARG;
    else if (str_istarts(remote, L"http://") || str_istarts(remote, L"https://")) hr = parse_http(remote, TRUE, &result);
    else hr = parse_file(remote, &result); /* other schemes and relative names are no full path */
    return finish(hr, &result, url);
}

HRESULT url_split(const WCHAR *target, struct url *url)
{
    struct url result = {0};
    HRESULT hr = E_INVALIDARG;

    if (target && str_nlen(target, URL_TARGET_MAX + 1) <= URL_TARGET_MAX
            && (str_istarts(target, L"http://") || str_istarts(target, L"https://")))
        hr = parse_http(target, FALSE, &result);
    return finish(hr, &result, url);
}

BOOL url_is_loopback(const WCHAR *remote)
{
    struct url url;
    size_t len;
    BOOL ret;

    if (FAILED(url_parse(remote, &url))) return FALSE;
    ret = FALSE;
    if (url.scheme != URL_FILE)
    {
        len = str_len(url.host);
        ret = !str_icmp(url.host, L"localhost") || (len > 10 && !str_icmp(url.host + len - 10, L".localhost")) || !str_icmp(url.host, L"::1");
        if (!ret && str_starts(url.host, L"127."))
        {
            while (len && (is_digit(url.host[len - 1]) || url.host[len - 1] == '.')) len--;
            ret = !len;
        }
    }
    url_free(&url);
    return ret;
}

BOOL url_same_origin(const struct url *a, const struct url *b)
{
    if (a->scheme != b->scheme || a->scheme == URL_FILE) return FALSE;
    return a->port == b->port && !str_icmp(a->host, b->host);
}

WCHAR *url_replace_prefix(const WCHAR *remote, const WCHAR *old_prefix, const WCHAR *new_prefix)
{
    size_t old_len = str_len(old_prefix), new_len = str_len(new_prefix), rest;
    WCHAR *name;

    if (!old_len || !str_starts(remote, old_prefix)) return NULL;
    remote += old_len;
    rest = str_len(remote);
    if (new_len >= (size_t)-1 / sizeof(*name) - rest || !(name = malloc((new_len + rest + 1) * sizeof(*name)))) return NULL;
    memcpy(name, new_prefix, new_len * sizeof(*name));
    memcpy(name + new_len, remote, (rest + 1) * sizeof(*name));
    return name;
}

/* Length of "scheme:" in front of a reference, 0 if it is relative (RFC 3986 3.1). */
static size_t scheme_len(const WCHAR *s)
{
    size_t len = 0;

    if (!is_letter(*s)) return 0;
    while (is_letter(s[len]) || is_digit(s[len]) || one_of(s[len], "+-.")) len++;
    return s[len] == ':' ? len + 1 : 0;
}

/* A Location value as UTF-16, without blanks at its ends and fragment, with what no URL may hold percent-encoded. */
static HRESULT location_text(const char *location, WCHAR **text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t len, i;
    WCHAR *out;

    while (*location == ' ' || *location == '\t') location++;
    len = strlen(location);
    while (len && (location[len - 1] == ' ' || location[len - 1] == '\t')) len--;
    if (!len || len > URL_TARGET_MAX) return E_INVALIDARG;

    if (!(out = *text = malloc((len * 3 + 1) * sizeof(*out)))) return E_OUTOFMEMORY;
    for (i = 0; i < len && location[i] != '#'; i++)
    {
        BYTE c = location[i];

        if (c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", c))
        {
            *out++ = c;
            continue;
        }
        *out++ = '%';
        *out++ = hex[c >> 4];
        *out++ = hex[c & 15];
    }
    *out = 0;
    return S_OK;
}

/* Takes "." and ".." out of the path that begins at p with '/', up to a query (RFC 3986 5.2.4). In place. */
static void remove_dot_segments(WCHAR *p)
{
    WCHAR *start = p, *out = p;
    size_t len;

    while (*p == '/')
    {
        for (len = 1; p[len] && p[len] != '/' && p[len] != '?'; len++) ;
        if (is_dots(p + 1, len - 1))
        {
            BOOL last = p[len] != '/';

            if (len == 3)
                while (out > start && *--out != '/') ;
            p += len;
            if (last) *out++ = '/';
            continue;
        }
        memmove(out, p, len * sizeof(*p));
        out += len;
        p += len;
    }
    memmove(out, p, (str_len(p) + 1) * sizeof(*p));
}

HRESULT url_resolve(const WCHAR *base, const char *location, WCHAR **target)
{
    const WCHAR *authority, *path;
    size_t keep, len, slash;
    WCHAR *text, *result;
    HRESULT hr;

    *target = NULL;
    if (!location) return E_INVALIDARG;
    if (FAILED(hr = url_split(base, NULL))) return hr;
    if (FAILED(hr = location_text(location, &text))) return hr;
    if (!(result = malloc((str_len(base) + str_len(text) + 2) * sizeof(*result))))
    {
        free(text);
        return E_OUTOFMEMORY;
    }

    authority = str_chr(base, ':') + 3;
    path = authority + authority_len(authority);
    slash = 0;
    if (scheme_len(text)) keep = 0;
    else if (text[0] == '/' && text[1] == '/') keep = authority - base - 2;
    else if (text[0] == '/') keep = path - base;
    else
    {
        for (len = 0; path[len] && path[len] != '?' && path[len] != '#'; len++) ;
        if (!text[0]) while (path[len] && path[len] != '#') len++;
        else if (text[0] != '?') while (len && path[len - 1] != '/') len--;
        keep = path - base + len;
        slash = !len; /* base has no path: RFC 3986 5.2.3 */
    }

    memcpy(result, base, keep * sizeof(*result));
    if (slash) result[keep] = '/';
    memcpy(result + keep + slash, text, (str_len(text) + 1) * sizeof(*result));
    free(text);

    if (SUCCEEDED(hr = url_split(result, NULL)))
    {
        WCHAR *host = result + (str_chr(result, ':') - result) + 3;

        remove_dot_segments(host + authority_len(host));
        *target = result;
        return S_OK;
    }
    free(result);
    return hr;
}
