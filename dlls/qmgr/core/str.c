/*
 * Bounded UTF-16 strings and growable buffers
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

size_t str_len(const WCHAR *s)
{
    size_t len = 0;

    while (s[len]) len++;
    return len;
}

size_t str_nlen(const WCHAR *s, size_t max)
{
    size_t len = 0;

    while (len < max && s[len]) len++;
    return len;
}

WCHAR *str_ndup(const WCHAR *s, size_t len)
{
    WCHAR *copy;

    if (!s || len >= (size_t)-1 / sizeof(*copy)) return NULL;
    if (!(copy = malloc((len + 1) * sizeof(*copy)))) return NULL;
    memcpy(copy, s, len * sizeof(*copy));
    copy[len] = 0;
    return copy;
}

WCHAR *str_dup(const WCHAR *s)
{
    return s ? str_ndup(s, str_len(s)) : NULL;
}

WCHAR str_fold(WCHAR c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int str_cmp(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b)
    {
        a++;
        b++;
    }
    return (int)*a - (int)*b;
}

int str_nicmp(const WCHAR *a, const WCHAR *b, size_t len)
{
    for (; len; len--, a++, b++)
    {
        int diff = (int)str_fold(*a) - (int)str_fold(*b);

        if (diff || !*a) return diff;
    }
    return 0;
}

int str_icmp(const WCHAR *a, const WCHAR *b)
{
    return str_nicmp(a, b, (size_t)-1);
}

BOOL str_starts(const WCHAR *s, const WCHAR *prefix)
{
    while (*prefix)
        if (*s++ != *prefix++) return FALSE;
    return TRUE;
}

BOOL str_istarts(const WCHAR *s, const WCHAR *prefix)
{
    return !str_nicmp(s, prefix, str_len(prefix));
}

const WCHAR *str_chr(const WCHAR *s, WCHAR c)
{
    for (; *s; s++)
        if (*s == c) return s;
    return NULL;
}

size_t str_next_utf8(const WCHAR **pos, const WCHAR *end, char out[4])
{
    const WCHAR *p = *pos;
    UINT32 c = *p++;

    if (c >= 0xd800 && c < 0xe000)
    {
        if (c < 0xdc00 && p < end && *p >= 0xdc00 && *p < 0xe000)
            c = 0x10000 + ((c - 0xd800) << 10) + (*p++ - 0xdc00);
        else
            c = 0xfffd;
    }
    *pos = p;

    if (c < 0x80)
    {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800)
    {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000)
    {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

char *str_to_utf8(const WCHAR *s)
{
    const WCHAR *end;
    char *text;
    size_t len;

    if (!s) return NULL;
    end = s + str_len(s);
    if ((size_t)(end - s) > ((size_t)-1 - 1) / 3) return NULL;
    if (!(text = malloc((end - s) * 3 + 4))) return NULL; /* a surrogate pair needs 4 for 2 */
    for (len = 0; s < end;) len += str_next_utf8(&s, end, text + len);
    text[len] = 0;
    return text;
}

/* One character of at most len octets; invalid ones count one octet each and give U+FFFD. Returns the octets used. */
static size_t decode_utf8(const BYTE *p, size_t len, UINT32 *c)
{
    UINT32 min, value;
    size_t count, i;

    if (*p < 0x80)
    {
        *c = *p;
        return 1;
    }
    *c = 0xfffd;
    if (*p >= 0xc2 && *p < 0xe0) count = 2, min = 0x80, value = *p & 0x1f;
    else if (*p >= 0xe0 && *p < 0xf0) count = 3, min = 0x800, value = *p & 0x0f;
    else if (*p >= 0xf0 && *p < 0xf5) count = 4, min = 0x10000, value = *p & 0x07;
    else return 1;

    if (count > len) return 1;
    for (i = 1; i < count; i++)
    {
        if ((p[i] & 0xc0) != 0x80) return 1;
        value = value << 6 | (p[i] & 0x3f);
    }
    if (value < min || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 1;
    *c = value;
    return count;
}

WCHAR *str_from_utf8_n(const char *s, size_t len)
{
    const BYTE *p = (const BYTE *)s;
    WCHAR *text, *out;
    UINT32 c;

    if (!s || len >= (size_t)-1 / sizeof(*text)) return NULL;
    if (!(text = malloc((len + 1) * sizeof(*text)))) return NULL;
    for (out = text; len;)
    {
        size_t used = decode_utf8(p, len, &c);

        p += used;
        len -= used;
        if (c >= 0x10000)
        {
            *out++ = 0xd800 + ((c - 0x10000) >> 10);
            *out++ = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        else *out++ = c;
    }
    *out = 0;
    return text;
}

WCHAR *str_from_utf8(const char *s)
{
    return s ? str_from_utf8_n(s, strlen(s)) : NULL;
}

WCHAR *str_from_latin1(const char *s)
{
    size_t i, len;
    WCHAR *text;

    if (!s) return NULL;
    len = strlen(s);
    if (len >= (size_t)-1 / sizeof(*text) || !(text = malloc((len + 1) * sizeof(*text)))) return NULL;
    for (i = 0; i <= len; i++) text[i] = (BYTE)s[i];
    return text;
}

void buffer_init(struct buffer *buffer, size_t max)
{
    memset(buffer, 0, sizeof(*buffer));
    buffer->max = max;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->max);
}

void buffer_reset(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->hr = S_OK;
}

HRESULT buffer_reserve(struct buffer *buffer, size_t len)
{
    size_t size;
    BYTE *grown;

    if (FAILED(buffer->hr)) return buffer->hr;
    if (len > buffer->max - buffer->len) return buffer->hr = HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    if (len <= buffer->size - buffer->len) return S_OK;
    size = buffer->size ? buffer->size : 64;
    while (size < buffer->len + len) size = size > buffer->max / 2 ? buffer->max : size * 2;
    if (!(grown = realloc(buffer->data, size))) return buffer->hr = E_OUTOFMEMORY;
    buffer->data = grown;
    buffer->size = size;
    return S_OK;
}

HRESULT buffer_append(struct buffer *buffer, const void *data, size_t len)
{
    HRESULT hr;

    if (FAILED(hr = buffer_reserve(buffer, len))) return hr;
    if (len) memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
    return S_OK;
}

HRESULT buffer_append_byte(struct buffer *buffer, BYTE byte)
{
    return buffer_append(buffer, &byte, 1);
}

HRESULT buffer_append_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

void buffer_consume(struct buffer *buffer, size_t len)
{
    if (len > buffer->len) len = buffer->len;
    if (!len) return;
    buffer->len -= len;
    memmove(buffer->data, buffer->data + len, buffer->len);
}

BYTE *buffer_take(struct buffer *buffer, size_t *len)
{
    BYTE *data;

    *len = 0;
    if (FAILED(buffer->hr) || !buffer->len) return NULL;
    data = buffer->data;
    *len = buffer->len;
    buffer_init(buffer, buffer->max);
    return data;
}
