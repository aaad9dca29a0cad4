/*
 * Replies to requests for several ranges: multipart/byteranges
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

#include "core/multipart.h"

/* What is awaited next, and where it leads. */
enum phase
{
    PHASE_PREAMBLE,      /* an empty line, or the first boundary; PHASE_FIELDS */
    PHASE_FIELDS,        /* a field, or the empty line; PHASE_DATA */
    PHASE_DATA,          /* `left` octets; PHASE_DATA_END */
    PHASE_DATA_END,      /* the line break in front of a boundary; PHASE_BOUNDARY */
    PHASE_BOUNDARY,      /* a boundary; PHASE_FIELDS, or MULTIPART_DONE */
};

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static BOOL is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static BOOL starts_with(const char *text, const char *word, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (fold(text[i]) != word[i]) return FALSE; /* also at the end of text */
    return TRUE;
}

static const char byteranges[] = "multipart/byteranges";

BOOL multipart_is(const char *content_type)
{
    const char *end;

    if (!content_type || !starts_with(content_type, byteranges, sizeof(byteranges) - 1)) return FALSE;
    end = content_type + sizeof(byteranges) - 1;
    return !*end || *end == ';' || is_blank(*end);
}

/* bchars of RFC 2046 5.1.1 */
static BOOL is_boundary_char(char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return TRUE;
    return c && strchr("'()+_,-./:=? ", c);
}

/* Reads parameters up to the boundary. FALSE if there is none, or a bad one. */
static BOOL parse_boundary(struct multipart_reader *reader, const char *p)
{
    for (;;)
    {
        BOOL wanted, quoted;

        while (is_blank(*p) || *p == ';') p++;
        if (!*p) return FALSE;
        wanted = starts_with(p, "boundary", 8);
        if (wanted)
        {
            p += 8;
            while (is_blank(*p)) p++;
            wanted = *p == '=';
        }
        while (*p && *p != '=' && *p != ';') p++;
        if (*p != '=') continue;
        p++;
        while (is_blank(*p)) p++;
        quoted = *p == '"';
        if (quoted) p++;
        while (*p && (quoted ? *p != '"' : *p != ';' && !is_blank(*p)))
        {
            if (quoted && *p == '\\' && p[1]) p++;
            if (wanted)
            {
                if (!is_boundary_char(*p) || reader->boundary_len == MULTIPART_BOUNDARY_MAX) return FALSE;
                reader->boundary[reader->boundary_len++] = *p;
            }
            p++;
        }
        if (quoted && *p++ != '"') return FALSE;
        if (wanted) return reader->boundary_len && reader->boundary[reader->boundary_len - 1] != ' ';
    }
}

static HRESULT fail(struct multipart_reader *reader, HRESULT hr)
{
    reader->state = MULTIPART_FAILED;
    return reader->hr = hr;
}

HRESULT multipart_init(struct multipart_reader *reader, const char *content_type, const struct content_range *expected,
                       UINT32 expected_count)
{
    memset(reader, 0, sizeof(*reader));
    buffer_init(&reader->line, MULTIPART_MAX_LINE);
    reader->range.first = reader->range.last = reader->range.total = SIZE_UNKNOWN;
    reader->total = SIZE_UNKNOWN;
    reader->expected = expected;
    reader->expected_count = expected_count;
    if (!multipart_is(content_type) || !parse_boundary(reader, content_type + sizeof(byteranges) - 1))
        return fail(reader, BG_E_INVALID_SERVER_RESPONSE);
    return S_OK;
}

void multipart_free(struct multipart_reader *reader)
{
    buffer_free(&reader->line);
    memset(reader, 0, sizeof(*reader));
    fail(reader, E_UNEXPECTED);
}

static void set_phase(struct multipart_reader *reader, enum phase phase)
{
    reader->phase = phase;
    buffer_reset(&reader->line);
    reader->line.max = phase == PHASE_FIELDS ? MULTIPART_MAX_HEAD : MULTIPART_MAX_LINE;
    reader->line_start = 0;
}

/* The fields of a part, complete. */
static HRESULT parse_fields(const char *p, size_t len, struct content_range *range)
{
    const char *end = p + len, *lf, *colon, *name_end;
    struct header_list list;
    HRESULT hr = S_OK;

    headers_init(&list);
    while (p < end && SUCCEEDED(hr))
    {
        /* a line goes on where the next one begins with a blank */
        for (lf = p; (lf = memchr(lf, '\n', end - lf)) && lf + 1 < end && is_blank(lf[1]); lf++) ;
        if (!lf) lf = end;
        if (is_blank(*p) || memchr(p, 0, lf - p) || !(colon = memchr(p, ':', lf - p))) hr = BG_E_INVALID_SERVER_RESPONSE;
        else
        {
            for (name_end = colon; name_end > p && is_blank(name_end[-1]); name_end--) ;
            if (name_end == p) hr = BG_E_INVALID_SERVER_RESPONSE;
            else hr = headers_add(&list, p, name_end - p, colon + 1, lf - colon - 1);
        }
        p = lf + 1;
    }
    if (SUCCEEDED(hr)) hr = headers_content_range(&list, range);
    if (hr == S_FALSE || (SUCCEEDED(hr) && range->first == SIZE_UNKNOWN)) hr = BG_E_INVALID_SERVER_RESPONSE;
    headers_free(&list);
    return hr;
}

/* The range of a part against what was asked for and against the parts before [BEH.HTTP.5]. */
static BOOL is_expected(struct multipart_reader *reader, const struct content_range *range)
{
    const struct content_range *wanted;
    UINT64 last;

    if (reader->part && range->total != reader->total) return FALSE;
    if (!reader->expected) return TRUE;
    if (reader->part >= reader->expected_count) return FALSE;
    wanted = &reader->expected[reader->part];
    if (wanted->total != SIZE_UNKNOWN && range->total != SIZE_UNKNOWN && range->total != wanted->total) return FALSE;
    last = wanted->last;
    if (range->total != SIZE_UNKNOWN && last >= range->total) last = range->total - 1;
    else if (wanted->total != SIZE_UNKNOWN && last >= wanted->total) last = wanted->total - 1;
    /* to the end of a file whose size nobody tells: any end will do */
    return range->first == wanted->first && (range->last == last || last == SIZE_UNKNOWN);
}

static HRESULT begin_part(struct multipart_reader *reader, size_t len)
{
    struct content_range range;
    HRESULT hr;

    if (FAILED(hr = parse_fields((const char *)reader->line.data, len, &range))) return hr;
    if (!is_expected(reader, &range)) return BG_E_INVALID_SERVER_RESPONSE;
    if (reader->part == (UINT32)-1) return BG_E_INVALID_SERVER_RESPONSE;
    reader->part++;
    reader->range = range;
    reader->total = range.total;
    reader->left = range.last - range.first + 1; /* last < total or below SIZE_UNKNOWN: no overflow */
    set_phase(reader, PHASE_DATA);
    reader->state = MULTIPART_DATA;
    return S_OK;
}

/*
 * The present line could be, or is, "--boundary" with blanks behind it, or "--boundary--".  S_FALSE: neither.  A line that is not yet
 * complete is only looked at for the closing form, which may come without a line break.
 */
static HRESULT match_boundary(const struct multipart_reader *reader, const char *line, size_t len, BOOL complete, BOOL *last)
{
    size_t i;

    *last = FALSE;
    if (len < reader->boundary_len + 2 || line[0] != '-' || line[1] != '-'
            || memcmp(line + 2, reader->boundary, reader->boundary_len))
        return S_FALSE;
    i = reader->boundary_len + 2;
    if (len >= i + 2 && line[i] == '-' && line[i + 1] == '-')
    {
        *last = TRUE;
        return S_OK;
    }
    if (!complete) return S_FALSE;
    while (i < len && is_blank(line[i])) i++;
    return i == len ? S_OK : S_FALSE;
}

static HRESULT end_last(struct multipart_reader *reader)
{
    if (!reader->part || (reader->expected && reader->part != reader->expected_count)) return BG_E_INVALID_SERVER_RESPONSE;
    reader->state = MULTIPART_DONE;
    buffer_free(&reader->line);
    return S_OK;
}

/* Takes one octet of what lies between the parts. */
static HRESULT take_octet(struct multipart_reader *reader, char c)
{
    const char *line;
    BOOL complete = c == '\n', last;
    size_t len;
    HRESULT hr;

    if (FAILED(hr = buffer_append_byte(&reader->line, (BYTE)c)))
        return hr == E_OUTOFMEMORY ? hr : BG_E_INVALID_SERVER_RESPONSE;
    line = (const char *)reader->line.data + reader->line_start;
    len = reader->line.len - reader->line_start;
    if (complete)
    {
        len--;
        if (len && line[len - 1] == '\r') len--;
    }

    switch ((enum phase)reader->phase)
    {
        case PHASE_PREAMBLE:
            if (complete && !len)
            {
                if (++reader->blank > MULTIPART_MAX_BLANK) return BG_E_INVALID_SERVER_RESPONSE;
                set_phase(reader, PHASE_PREAMBLE);
                return S_OK;
            }
            /* fall through */
        case PHASE_BOUNDARY:
            hr = match_boundary(reader, line, len, complete, &last);
            if (hr == S_FALSE) return complete ? BG_E_INVALID_SERVER_RESPONSE : S_OK;
            if (last) return end_last(reader);
            set_phase(reader, PHASE_FIELDS);
            return S_OK;

        case PHASE_FIELDS:
            if (!complete) return S_OK;
            if (!len) return begin_part(reader, reader->line_start);
            if (memchr(line, '\r', len)) return BG_E_INVALID_SERVER_RESPONSE;
            reader->line_start = reader->line.len;
            return S_OK;

        case PHASE_DATA_END:
            /* no bare LF here: of a part that is one octet short the CR would pass for data */
            if (c != (reader->line.len == 1 ? '\r' : '\n')) return BG_E_INVALID_SERVER_RESPONSE;
            if (!complete) return S_OK;
            set_phase(reader, PHASE_BOUNDARY);
            return S_OK;

        default:
            return E_UNEXPECTED;
    }
}

HRESULT multipart_read(struct multipart_reader *reader, const char *body, size_t len, size_t *used, const char **data,
                       size_t *data_len, UINT64 *offset)
{
    HRESULT hr;

    *used = 0;
    *data = body;
    *data_len = 0;
    *offset = 0;
    if (reader->state == MULTIPART_FAILED) return reader->hr;

    while (*used < len && reader->state == MULTIPART_BETWEEN)
    {
        hr = take_octet(reader, body[*used]);
        (*used)++;
        if (FAILED(hr)) return fail(reader, hr);
    }
    if (reader->state == MULTIPART_DATA && *used < len)
    {
        size_t count = len - *used;

        if (count > reader->left) count = (size_t)reader->left;
        *data = body + *used;
        *data_len = count;
        *offset = reader->range.last + 1 - reader->left;
        *used += count;
        reader->left -= count;
        if (!reader->left)
        {
            set_phase(reader, PHASE_DATA_END);
            reader->state = MULTIPART_BETWEEN;
        }
    }
    else if (reader->state == MULTIPART_DONE) *used = len;
    return S_OK;
}

HRESULT multipart_end(struct multipart_reader *reader)
{
    if (reader->state == MULTIPART_FAILED) return reader->hr;
    if (reader->state == MULTIPART_DONE) return S_OK;
    return fail(reader, HRESULT_FROM_WIN32(ERROR_HANDLE_EOF));
}
