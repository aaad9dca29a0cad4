/*
 * Authentication challenges, and the answer to a Digest one
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

#include "core/digest.h"
#include "core/str.h"

#define TEXT_MAX 0x100000 /* octets of anything that is hashed or written; names, passwords and nonces are far below */

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static BOOL same_text(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b))
    {
        a++;
        b++;
    }
    return !*a && !*b;
}

static BOOL is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static BOOL is_token_char(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return TRUE;
    return c && strchr("!#$%&'*+-.^_`|~", c);
}

static BOOL is_token68_char(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return TRUE;
    return c && strchr("-._~+/", c);
}

static const char *skip_blanks(const char *p)
{
    while (is_blank(*p)) p++;
    return p;
}

static char *copy_text(const char *p, size_t len)
{
    char *copy;

    if (!(copy = malloc(len + 1))) return NULL;
    memcpy(copy, p, len);
    copy[len] = 0;
    return copy;
}

static void challenge_free(struct challenge *challenge)
{
    UINT32 i;

    for (i = 0; i < challenge->param_count; i++)
    {
        free(challenge->params[i].name);
        free(challenge->params[i].value);
    }
    free(challenge->params);
    free(challenge->scheme);
    free(challenge->token);
    memset(challenge, 0, sizeof(*challenge));
}

void challenges_free(struct challenge_list *list)
{
    UINT32 i;

    for (i = 0; i < list->count; i++) challenge_free(&list->items[i]);
    free(list->items);
    memset(list, 0, sizeof(*list));
}

BOOL challenge_is(const struct challenge *challenge, const char *scheme)
{
    return same_text(challenge->scheme, scheme);
}

const char *challenge_param(const struct challenge *challenge, const char *name)
{
    UINT32 i;

    for (i = 0; i < challenge->param_count; i++)
        if (same_text(challenge->params[i].name, name)) return challenge->params[i].value;
    return NULL;
}

const struct challenge *challenges_find(const struct challenge_list *list, const char *scheme)
{
    UINT32 i;

    for (i = 0; i < list->count; i++)
        if (challenge_is(&list->items[i], scheme)) return &list->items[i];
    return NULL;
}

/* The end of a token that stands in front of '=': the text is name=value. NULL if it is not. */
static const char *find_param_name(const char *p)
{
    const char *end = p;

    while (is_token_char(*end)) end++;
    return end > p && *skip_blanks(end) == '=' ? end : NULL;
}

/* A quoted string or a bare word. Quotes and escapes are taken off. S_FALSE for a string without end. */
static HRESULT parse_value(const char **pos, char **value)
{
    const char *p = *pos, *start;
    char *out;

    *value = NULL;
    if (*p != '"')
    {
        /* more than a token: servers leave quotes away */
        for (start = p; *p && *p != ',' && *p != '"' && !is_blank(*p); p++) ;
        *pos = p;
        return (*value = copy_text(start, p - start)) ? S_OK : E_OUTOFMEMORY;
    }

    if (!(out = *value = malloc(strlen(p)))) return E_OUTOFMEMORY;
    for (p++; *p && *p != '"'; p++)
    {
        if (*p == '\\' && p[1]) p++;
        *out++ = *p;
    }
    *out = 0;
    if (*p != '"')
    {
        free(*value);
        *value = NULL;
        return S_FALSE;
    }
    *pos = p + 1;
    return S_OK;
}

/* name = value, up to the comma or the end. S_FALSE if it is malformed. */
static HRESULT parse_param(const char **pos, struct challenge *challenge)
{
    const char *p = *pos, *name_end = find_param_name(p);
    struct challenge_param *param;
    HRESULT hr;

    if (!name_end || challenge->param_count == CHALLENGE_PARAMS_MAX) return S_FALSE;
    if (!challenge->params && !(challenge->params = calloc(CHALLENGE_PARAMS_MAX, sizeof(*challenge->params)))) return E_OUTOFMEMORY;

    param = &challenge->params[challenge->param_count];
    if (!(param->name = copy_text(p, name_end - p))) return E_OUTOFMEMORY;
    p = skip_blanks(skip_blanks(name_end) + 1);
    if ((hr = parse_value(&p, &param->value)) != S_OK)
    {
        free(param->name);
        param->name = NULL;
        return hr;
    }
    challenge->param_count++;
    *pos = p = skip_blanks(p);
    return !*p || *p == ',' ? S_OK : S_FALSE;
}

/* Scheme and what belongs to it. S_FALSE if it is malformed. */
static HRESULT parse_challenge(const char **pos, struct challenge *challenge)
{
    const char *p = *pos, *end;
    HRESULT hr;

    memset(challenge, 0, sizeof(*challenge));
    for (end = p; is_token_char(*end); end++) ;
    if (end == p) return S_FALSE;
    if (!(challenge->scheme = copy_text(p, end - p))) return E_OUTOFMEMORY;
    p = skip_blanks(end);
    if (p == end && *p && *p != ',') return S_FALSE;

    /* token68: a word that ends in any number of '=' */
    for (end = p; is_token68_char(*end); end++) ;
    if (end > p)
    {
        while (*end == '=') end++;
        if (!*skip_blanks(end) || *skip_blanks(end) == ',')
        {
            if (!(challenge->token = copy_text(p, end - p))) return E_OUTOFMEMORY;
            *pos = skip_blanks(end);
            return S_OK;
        }
        if (FAILED(hr = parse_param(&p, challenge)) || hr == S_FALSE) return hr;
    }

    /* after a comma: a parameter of this one, or the next challenge */
    for (;;)
    {
        for (end = p; is_blank(*end) || *end == ','; end++) ;
        if (!*end || !find_param_name(end))
        {
            if (end == p && *end) return S_FALSE;
            *pos = end;
            return S_OK;
        }
        if (FAILED(hr = parse_param(&end, challenge)) || hr == S_FALSE) return hr;
        p = end;
    }
}

HRESULT challenges_parse(const struct header_list *headers, const char *field, struct challenge_list *list)
{
    struct challenge challenge;
    const char *value;
    UINT32 from = 0;
    HRESULT hr;

    memset(list, 0, sizeof(*list));
    while ((value = headers_find(headers, field, &from)))
    {
        for (;;)
        {
            while (is_blank(*value) || *value == ',') value++;
            if (!*value || list->count == CHALLENGES_MAX) break;
            if (!list->items && !(list->items = calloc(CHALLENGES_MAX, sizeof(*list->items)))) return E_OUTOFMEMORY;
            hr = parse_challenge(&value, &challenge);
            if (hr != S_OK) challenge_free(&challenge);
            if (FAILED(hr))
            {
                challenges_free(list);
                return hr;
            }
            if (hr == S_FALSE) break;
            list->items[list->count++] = challenge;
        }
    }
    return S_OK;
}

/* What a Digest challenge asks for. */
struct digest_kind
{
    enum digest_hash hash;
    BOOL session;               /* -sess */
    BOOL qop;                   /* auth; else the form of RFC 2069 */
};

static BOOL list_has(const char *list, const char *word)
{
    size_t len = strlen(word), i;

    while (*list)
    {
        while (is_blank(*list) || *list == ',') list++;
        for (i = 0; i < len && fold(list[i]) == word[i]; i++) ;
        if (i == len && (!list[i] || list[i] == ',' || is_blank(list[i]))) return TRUE;
        while (*list && *list != ',') list++;
    }
    return FALSE;
}

/* FALSE if it cannot be given. */
static BOOL get_kind(const struct challenge *challenge, struct digest_kind *kind)
{
    const char *algorithm = challenge_param(challenge, "algorithm"), *qop = challenge_param(challenge, "qop");

    if (!challenge_is(challenge, "Digest")) return FALSE;
    if (!challenge_param(challenge, "realm") || !challenge_param(challenge, "nonce")) return FALSE;
    kind->session = FALSE;
    if (!algorithm || same_text(algorithm, "MD5")) kind->hash = DIGEST_MD5;
    else if (same_text(algorithm, "SHA-256")) kind->hash = DIGEST_SHA256;
    else
    {
        kind->session = TRUE;
        if (same_text(algorithm, "MD5-sess")) kind->hash = DIGEST_MD5;
        else if (same_text(algorithm, "SHA-256-sess")) kind->hash = DIGEST_SHA256;
        else return FALSE;
    }
    kind->qop = qop && *qop;
    return !kind->qop || list_has(qop, "auth");
}

const struct challenge *digest_find(const struct challenge_list *list)
{
    struct digest_kind kind;
    UINT32 i;

    for (i = 0; i < list->count; i++)
        if (get_kind(&list->items[i], &kind)) return &list->items[i];
    return NULL;
}

BOOL digest_is_stale(const struct challenge *challenge)
{
    const char *stale = challenge_param(challenge, "stale");

    return stale && same_text(stale, "true");
}

static BOOL is_ascii(const WCHAR *text)
{
    for (; *text; text++)
        if (*text > 0x7e) return FALSE;
    return TRUE;
}

static BOOL is_latin1(const WCHAR *text)
{
    for (; *text; text++)
        if (*text > 0xff) return FALSE;
    return TRUE;
}

static HRESULT append_wide(struct buffer *buffer, const WCHAR *text, BOOL utf8)
{
    const WCHAR *end = text + str_len(text);
    char octets[4];
    size_t len;

    while (text < end)
    {
        if (utf8)
        {
            len = str_next_utf8(&text, end, octets);
            buffer_append(buffer, octets, len);
        }
        else buffer_append_byte(buffer, (BYTE)*text++);
    }
    return buffer->hr;
}

/* Scratch that held a password. */
static void wipe(struct buffer *buffer)
{
    volatile BYTE *p = buffer->data;
    size_t i;

    for (i = 0; i < buffer->size; i++) p[i] = 0;
    buffer_free(buffer);
}

/* Takes the hash of the buffer as hexadecimal text and empties the buffer. */
static HRESULT hash_text(const struct digest_world *world, enum digest_hash hash, struct buffer *buffer,
                         char text[2 * DIGEST_HASH_MAX + 1])
{
    static const char hex[] = "0123456789abcdef";
    size_t i, len = hash == DIGEST_MD5 ? 16 : 32;
    BYTE result[DIGEST_HASH_MAX];
    HRESULT hr = buffer->hr;

    if (SUCCEEDED(hr)) hr = world->hash(world->ctx, hash, buffer->len ? (const void *)buffer->data : "", buffer->len, result);
    wipe(buffer);
    if (FAILED(hr)) return hr;
    for (i = 0; i < len; i++)
    {
        text[2 * i] = hex[result[i] >> 4];
        text[2 * i + 1] = hex[result[i] & 15];
    }
    text[2 * len] = 0;
    return S_OK;
}

static BOOL has_control(const char *text)
{
    for (; *text; text++)
        if ((BYTE)*text < ' ' || *text == 0x7f) return TRUE;
    return FALSE;
}

/* name="text", with escapes */
static void append_quoted(struct buffer *out, const char *name, const char *text)
{
    buffer_append_text(out, name);
    buffer_append_text(out, "=\"");
    for (; *text; text++)
    {
        if (*text == '"' || *text == '\\') buffer_append_byte(out, '\\');
        buffer_append_byte(out, *text);
    }
    buffer_append_byte(out, '"');
}

/* username="...", or for text that a quoted string should not hold username*=UTF-8''... (RFC 7616 3.4) */
static HRESULT append_user(struct buffer *out, const WCHAR *user, BOOL utf8, BOOL extended)
{
    static const char hex[] = "0123456789ABCDEF";
    struct buffer name;
    HRESULT hr;
    size_t i;

    buffer_init(&name, TEXT_MAX);
    append_wide(&name, user, utf8);
    buffer_append_byte(&name, 0);
    if (FAILED(hr = name.hr))
    {
        buffer_free(&name);
        return hr;
    }
    if (has_control((const char *)name.data))
    {
        buffer_free(&name);
        return E_INVALIDARG;
    }

    if (!extended) append_quoted(out, "username", (const char *)name.data);
    else
    {
        buffer_append_text(out, "username*=UTF-8''");
        for (i = 0; i + 1 < name.len; i++)
        {
            BYTE c = name.data[i];

            if (is_token_char((char)c) && !strchr("*'%", c)) buffer_append_byte(out, c);
            else
            {
                char escape[3] = {'%', hex[c >> 4], hex[c & 15]};

                buffer_append(out, escape, 3);
            }
        }
    }
    buffer_free(&name);
    return out->hr;
}

static void put_count(char text[9], UINT32 count)
{
    static const char hex[] = "0123456789abcdef";
    int i;

    for (i = 0; i < 8; i++) text[i] = hex[count >> (28 - 4 * i) & 15];
    text[8] = 0;
}

HRESULT digest_respond(const struct challenge *challenge, const struct digest_request *request, const struct digest_world *world,
                       char **value)
{
    const char *realm, *nonce, *opaque, *algorithm, *charset;
    char a1[2 * DIGEST_HASH_MAX + 1], a2[2 * DIGEST_HASH_MAX + 1], response[2 * DIGEST_HASH_MAX + 1], count[9];
    struct digest_kind kind;
    struct buffer text, out;
    BOOL utf8, declared;
    HRESULT hr;
    size_t len;

    *value = NULL;
    if (!get_kind(challenge, &kind)) return S_FALSE;
    if (has_control(request->uri) || has_control(request->cnonce)) return E_INVALIDARG;
    realm = challenge_param(challenge, "realm");
    nonce = challenge_param(challenge, "nonce");
    opaque = challenge_param(challenge, "opaque");
    algorithm = challenge_param(challenge, "algorithm");
    charset = challenge_param(challenge, "charset");
    declared = charset && same_text(charset, "UTF-8");
    utf8 = declared || !is_latin1(request->user) || !is_latin1(request->password);
    put_count(count, request->count);

    buffer_init(&text, TEXT_MAX);
    buffer_init(&out, TEXT_MAX);

    /* at once, so that no smaller buffer with a part of the password is left behind */
    buffer_reserve(&text, 3 * (str_len(request->user) + str_len(request->password)) + strlen(realm) + 2);
    append_wide(&text, request->user, utf8);
    buffer_append_byte(&text, ':');
    buffer_append_text(&text, realm);
    buffer_append_byte(&text, ':');
    append_wide(&text, request->password, utf8);
    if (FAILED(hr = hash_text(world, kind.hash, &text, a1))) goto done;
    if (kind.session)
    {
        buffer_append_text(&text, a1);
        buffer_append_byte(&text, ':');
        buffer_append_text(&text, nonce);
        buffer_append_byte(&text, ':');
        buffer_append_text(&text, request->cnonce);
        if (FAILED(hr = hash_text(world, kind.hash, &text, a1))) goto done;
    }

    buffer_append_text(&text, request->method);
    buffer_append_byte(&text, ':');
    buffer_append_text(&text, request->uri);
    if (FAILED(hr = hash_text(world, kind.hash, &text, a2))) goto done;

    buffer_append_text(&text, a1);
    buffer_append_byte(&text, ':');
    buffer_append_text(&text, nonce);
    buffer_append_byte(&text, ':');
    if (kind.qop)
    {
        buffer_append_text(&text, count);
        buffer_append_byte(&text, ':');
        buffer_append_text(&text, request->cnonce);
        buffer_append_text(&text, ":auth:");
    }
    buffer_append_text(&text, a2);
    if (FAILED(hr = hash_text(world, kind.hash, &text, response))) goto done;

    buffer_append_text(&out, "Digest ");
    if (FAILED(hr = append_user(&out, request->user, utf8, declared && !is_ascii(request->user)))) goto done;
    append_quoted(&out, ", realm", realm);
    append_quoted(&out, ", nonce", nonce);
    append_quoted(&out, ", uri", request->uri);
    append_quoted(&out, ", response", response);
    if (algorithm)
    {
        buffer_append_text(&out, ", algorithm=");
        buffer_append_text(&out, algorithm);
    }
    if (opaque) append_quoted(&out, ", opaque", opaque);
    if (kind.qop)
    {
        buffer_append_text(&out, ", qop=auth, nc=");
        buffer_append_text(&out, count);
    }
    if (kind.qop || kind.session) append_quoted(&out, ", cnonce", request->cnonce);
    buffer_append_byte(&out, 0);
    if (FAILED(hr = out.hr)) goto done;
    *value = (char *)buffer_take(&out, &len);

done:
    wipe(&text);
    buffer_free(&out);
    return hr;
}
