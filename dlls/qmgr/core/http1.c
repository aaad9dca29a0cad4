/*
 * HTTP/1.1 on the wire: requests written, replies read strictly
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

#include "core/http1.h"
#include "core/str.h"

/* What is awaited next, and where it leads. */
enum phase
{
    PHASE_STATUS,        /* the status line; PHASE_FIELD */
    PHASE_FIELD,         /* a field or the empty line; 1xx: PHASE_STATUS, else one of the phases below or HTTP1_DONE */
    PHASE_LENGTH,        /* `left` octets, then HTTP1_DONE */
    PHASE_CLOSE,         /* octets until http1_read_close */
    PHASE_CHUNK_FIRST,   /* the first digit of a chunk size; PHASE_CHUNK_SIZE */
    PHASE_CHUNK_SIZE,    /* more digits; PHASE_CHUNK_EXT, PHASE_CHUNK_LF */
    PHASE_CHUNK_EXT,     /* extensions, ignored, up to CR; PHASE_CHUNK_LF */
    PHASE_CHUNK_LF,      /* LF; PHASE_CHUNK_DATA, or PHASE_TRAILER after the last chunk */
    PHASE_CHUNK_DATA,    /* `left` octets; PHASE_CHUNK_END_CR */
    PHASE_CHUNK_END_CR,  /* CR; PHASE_CHUNK_END_LF */
    PHASE_CHUNK_END_LF,  /* LF; PHASE_CHUNK_FIRST */
    PHASE_TRAILER,       /* a trailer field or the empty line; HTTP1_DONE */
};

static BOOL is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static BOOL is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static BOOL equal_folded(const char *text, const char *word, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (fold(text[i]) != word[i]) return FALSE;
    return TRUE;
}

/* tchar of RFC 9110 5.6.2 */
static BOOL is_token_char(UINT32 c)
{
    static const char others[] = "!#$%&'*+-.^_`|~";

    if (c >= 0x80 || !c) return FALSE;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) return TRUE;
    return strchr(others, c) != NULL;
}

static HRESULT grow(char **data, UINT32 *size, UINT32 needed)
{
    UINT32 new_size = *size ? *size : 256;
    char *new_data;

    if (needed <= *size) return S_OK;
    while (new_size < needed) new_size *= 2; /* the limits keep `needed` below 2^30 */
    if (!(new_data = realloc(*data, new_size))) return E_OUTOFMEMORY;
    *data = new_data;
    *size = new_size;
    return S_OK;
}

void http1_reader_init(struct http1_reader *reader, const char *method)
{
    memset(reader, 0, sizeof(*reader));
    headers_init(&reader->headers);
    reader->length = SIZE_UNKNOWN;
    reader->head_request = !strcmp(method, "HEAD");
    reader->connect_request = !strcmp(method, "CONNECT");
    reader->state = HTTP1_HEAD;
    reader->phase = PHASE_STATUS;
}

void http1_reader_free(struct http1_reader *reader)
{
    headers_free(&reader->headers);
    free(reader->raw);
    free(reader->line);
    memset(reader, 0, sizeof(*reader));
    reader->state = HTTP1_FAILED;
    reader->hr = E_UNEXPECTED;
}

static HRESULT fail(struct http1_reader *reader, HRESULT hr)
{
    reader->state = HTTP1_FAILED;
    reader->keep_alive = FALSE;
    return reader->hr = hr;
}

static HRESULT append_raw(struct http1_reader *reader, const char *line, UINT32 len)
{
    HRESULT hr;

    if (FAILED(hr = grow(&reader->raw, &reader->raw_size, reader->raw_len + len + 3))) return hr;
    memcpy(reader->raw + reader->raw_len, line, len);
    reader->raw_len += len;
    memcpy(reader->raw + reader->raw_len, "\r\n", 3);
    reader->raw_len += 2;
    return S_OK;
}

/*
 * What comes next, `len` octets, goes on as a status line of HTTP/1.x does.  Anything else is no lack of form but of support
 * [BEH.HTTP.82], told at the first octet that differs, so that nothing of it is collected.
 */
static BOOL is_reply_start(const struct http1_reader *reader, const char *data, size_t len)
{
    static const char start[] = "HTTP/1.";
    size_t i;

    for (i = 0; i < len && reader->line_len + i < sizeof(start) - 1; i++)
        if (data[i] != start[reader->line_len + i]) return FALSE;
    return TRUE;
}

/* "HTTP/1.x SP 3DIGIT [SP reason]", of which the start is right. A missing reason is allowed with and without its blank. */
static HRESULT parse_status_line(struct http1_reader *reader, const char *line, UINT32 len)
{
    if (len < 8 || !is_digit(line[7])) return BG_E_INVALID_SERVER_RESPONSE;
    reader->minor = line[7] == '0' ? 0 : 1;

    if (len < 12 || line[8] != ' ') return BG_E_INVALID_SERVER_RESPONSE;
    if (line[9] < '1' || line[9] > '9' || !is_digit(line[10]) || !is_digit(line[11])) return BG_E_INVALID_SERVER_RESPONSE;
    if (len > 12 && line[12] != ' ') return BG_E_INVALID_SERVER_RESPONSE;
    reader->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return S_OK;
}

/* Adds the field at the start of `line`, or only checks its form. Blanks before the colon are dropped as RFC 9112 5.1 has proxies do. */
static HRESULT flush_field(struct http1_reader *reader, BOOL keep)
{
    const char *line = reader->line, *colon;
    UINT32 name_len, i, len = reader->pending;

    if (!len) return S_OK;
    reader->pending = 0;
    if (!(colon = memchr(line, ':', len))) return BG_E_INVALID_SERVER_RESPONSE;
    for (name_len = colon - line; name_len && is_blank(line[name_len - 1]); name_len--) ;
    if (!name_len) return BG_E_INVALID_SERVER_RESPONSE;
    for (i = 0; i < name_len; i++)
        if (!is_token_char((unsigned char)line[i])) return BG_E_INVALID_SERVER_RESPONSE;
    if (!keep) return S_OK;
    if (reader->headers.count >= HTTP1_MAX_FIELDS) return BG_E_INVALID_SERVER_RESPONSE;
    return headers_add(&reader->headers, line, name_len, colon + 1, line + len - colon - 1);
}

/* The codings of all Transfer-Encoding fields: whether they amount to chunked; a failure for any other. */
static HRESULT transfer_coding(const struct header_list *list, BOOL *chunked)
{
    const char *value, *end;
    UINT32 from = 0;

    *chunked = FALSE;
    while ((value = headers_find(list, "Transfer-Encoding", &from)))
    {
        while (*value)
        {
            size_t len;

            while (is_blank(*value) || *value == ',') value++;
            for (end = value; *end && *end != ','; end++) ;
            for (len = end - value; len && is_blank(value[len - 1]); len--) ;
            if (len == 7 && equal_folded(value, "chunked", 7))
            {
                if (*chunked) return BG_E_INVALID_SERVER_RESPONSE;
                *chunked = TRUE;
            }
            else if (len && !(len == 8 && equal_folded(value, "identity", 8)))
                return BG_E_INVALID_SERVER_RESPONSE; /* a coding that was not asked for (no TE is ever sent) */
            value = end;
        }
    }
    return S_OK;
}

/* RFC 9112 6.3: what follows the head. */
static HRESULT frame_body(struct http1_reader *reader)
{
    const struct header_list *list = &reader->headers;
    BOOL chunked, has_coding;
    UINT64 length;
    HRESULT hr;

    if (headers_has_token(list, "Connection", "close") || headers_has_token(list, "Proxy-Connection", "close"))
        reader->keep_alive = FALSE;
    else if (reader->minor)
        reader->keep_alive = TRUE;
    else
        reader->keep_alive = headers_has_token(list, "Connection", "keep-alive")
                || headers_has_token(list, "Proxy-Connection", "keep-alive");

    reader->framing = HTTP1_NO_BODY;
    reader->length = 0;

    if (reader->connect_request && reader->status / 100 == 2)
    {
        reader->keep_alive = TRUE; /* the tunnel stands, also behind an HTTP/1.0 proxy */
        reader->state = HTTP1_DONE;
        return S_OK;
    }
    if (reader->status == 101)
    {
        reader->keep_alive = FALSE; /* nobody asked for it; what follows is not HTTP */
        reader->state = HTTP1_DONE;
        return S_OK;
    }
    if (reader->head_request || reader->status == 204 || reader->status == 304)
    {
        reader->state = HTTP1_DONE;
        return S_OK;
    }

    if (FAILED(hr = transfer_coding(list, &chunked))) return hr;
    has_coding = headers_count(list, "Transfer-Encoding") != 0;
    if (chunked)
    {
        /* both framings, or chunks from a 1.0 server: usable, but nothing behind it can be trusted (RFC 9112 6.1, 6.3) */
        if (!reader->minor || headers_count(list, "Content-Length")) reader->keep_alive = FALSE;
        reader->framing = HTTP1_CHUNKED;
        reader->length = SIZE_UNKNOWN;
        reader->phase = PHASE_CHUNK_FIRST;
        reader->block_len = 0;
        reader->state = HTTP1_BODY;
        return S_OK;
    }
    if (has_coding) reader->keep_alive = FALSE;

    if (FAILED(hr = headers_content_length(list, &length))) return hr;
    if (hr == S_FALSE)
    {
        reader->keep_alive = FALSE;
        reader->framing = HTTP1_UNTIL_CLOSE;
        reader->length = SIZE_UNKNOWN;
        reader->phase = PHASE_CLOSE;
        reader->state = HTTP1_BODY;
        return S_OK;
    }
    if (!length)
    {
        reader->state = HTTP1_DONE;
        return S_OK;
    }
    reader->framing = HTTP1_LENGTH;
    reader->length = reader->left = length;
    reader->phase = PHASE_LENGTH;
    reader->state = HTTP1_BODY;
    return S_OK;
}

/* The empty line: a 1xx reply is forgotten, any other decides the framing. */
static HRESULT end_head(struct http1_reader *reader)
{
    if (reader->status < 200 && reader->status != 101)
    {
        if (++reader->interim > HTTP1_MAX_INTERIM) return BG_E_INVALID_SERVER_RESPONSE;
        headers_free(&reader->headers);
        reader->raw_len = 0;
        reader->block_len = 0;
        reader->phase = PHASE_STATUS;
        return S_OK;
    }
    return frame_body(reader);
}

/*
 * Takes octets up to and including LF into `line` behind the pending field.  S_OK when the line is complete, without its end, at
 * line[pending..line_len); S_FALSE when more is needed.  A CR is only good right before the LF.
 */
static HRESULT take_line(struct http1_reader *reader, const char *data, size_t len, size_t *used, UINT32 limit)
{
    const char *lf = memchr(data, '\n', len);
    size_t count = lf ? (size_t)(lf - data) + 1 : len;
    UINT32 i;
    HRESULT hr;

    *used = 0;
    if (count > limit - reader->block_len) return BG_E_INVALID_SERVER_RESPONSE;
    if (FAILED(hr = grow(&reader->line, &reader->line_size, reader->line_len + (UINT32)count))) return hr;
    memcpy(reader->line + reader->line_len, data, count);
    *used = count;
    reader->block_len += count;

    for (i = reader->line_len; i < reader->line_len + count; i++)
    {
        if (!reader->line[i]) return BG_E_INVALID_SERVER_RESPONSE;
        if (i > reader->pending && reader->line[i - 1] == '\r' && reader->line[i] != '\n')
            return BG_E_INVALID_SERVER_RESPONSE;
    }
    reader->line_len += count;
    if (!lf) return S_FALSE;

    reader->line_len--;
    if (reader->line_len > reader->pending && reader->line[reader->line_len - 1] == '\r') reader->line_len--;
    return S_OK;
}

/* One complete line of fields: a folded one joins the pending field, any other pushes it out. *end is set by the empty line. */
static HRESULT take_field_line(struct http1_reader *reader, BOOL keep, BOOL *end)
{
    UINT32 len = reader->line_len - reader->pending;
    char *line = reader->line + reader->pending;
    HRESULT hr;

    *end = !len;
    if (len && is_blank(*line))
    {
        UINT32 skip = 0;

        if (!reader->pending) return BG_E_INVALID_SERVER_RESPONSE; /* nothing to fold onto */
        while (reader->pending && is_blank(reader->line[reader->pending - 1])) reader->pending--;
        while (skip < len && is_blank(line[skip])) skip++;
        reader->line[reader->pending++] = ' '; /* there was at least the blank that begins the line */
        memmove(reader->line + reader->pending, line + skip, len - skip);
        reader->pending += len - skip;
        reader->line_len = reader->pending;
        return S_OK;
    }

    if (FAILED(hr = flush_field(reader, keep))) return hr;
    memmove(reader->line, line, len);
    reader->line_len = reader->pending = len;
    return S_OK;
}

HRESULT http1_read_head(struct http1_reader *reader, const char *data, size_t len, size_t *used)
{
    HRESULT hr;
    size_t count;
    BOOL end;

    *used = 0;
    if (reader->state == HTTP1_FAILED) return reader->hr;

    while (reader->state == HTTP1_HEAD)
    {
        if (*used == len) return S_FALSE;
        if (reader->phase == PHASE_STATUS && !is_reply_start(reader, data + *used, len - *used))
            return fail(reader, BG_E_INSUFFICIENT_HTTP_SUPPORT);
        hr = take_line(reader, data + *used, len - *used, &count,
                       reader->phase == PHASE_STATUS ? HTTP1_MAX_STATUS_LINE : HTTP1_MAX_HEADER_BLOCK);
        *used += count;
        if (FAILED(hr)) return fail(reader, hr);
        if (hr == S_FALSE) continue;

        if (FAILED(hr = append_raw(reader, reader->line + reader->pending, reader->line_len - reader->pending)))
            return fail(reader, hr);

        if (reader->phase == PHASE_STATUS)
        {
            if (FAILED(hr = parse_status_line(reader, reader->line, reader->line_len))) return fail(reader, hr);
            reader->line_len = reader->pending = 0;
            reader->phase = PHASE_FIELD;
            continue;
        }

        if (FAILED(hr = take_field_line(reader, TRUE, &end))) return fail(reader, hr);
        if (!end) continue;
        reader->raw_len -= 2;
        reader->raw[reader->raw_len] = 0;
        if (FAILED(hr = end_head(reader))) return fail(reader, hr);
    }
    return S_OK;
}

static int hex_digit(char c)
{
    if (is_digit(c)) return c - '0';
    c = fold(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One octet of chunk framing. */
static HRESULT take_framing(struct http1_reader *reader, char c)
{
    int digit;

    switch ((enum phase)reader->phase)
    {
        case PHASE_CHUNK_FIRST:
            if ((digit = hex_digit(c)) < 0) return BG_E_INVALID_SERVER_RESPONSE;
            reader->left = digit;
            reader->block_len = 1;
            reader->phase = PHASE_CHUNK_SIZE;
            return S_OK;

        case PHASE_CHUNK_SIZE:
            if (++reader->block_len > HTTP1_MAX_CHUNK_LINE) return BG_E_INVALID_SERVER_RESPONSE;
            if ((digit = hex_digit(c)) >= 0)
            {
                if (reader->left >> 60) return BG_E_INVALID_SERVER_RESPONSE;
                reader->left = reader->left << 4 | digit;
                return S_OK;
            }
            if (c == '\r') reader->phase = PHASE_CHUNK_LF;
            else if (c == ';' || is_blank(c)) reader->phase = PHASE_CHUNK_EXT;
            else return BG_E_INVALID_SERVER_RESPONSE;
            return S_OK;

        case PHASE_CHUNK_EXT:
            if (++reader->block_len > HTTP1_MAX_CHUNK_LINE) return BG_E_INVALID_SERVER_RESPONSE;
            if (c == '\r') reader->phase = PHASE_CHUNK_LF;
            else if (!c || c == '\n') return BG_E_INVALID_SERVER_RESPONSE;
            return S_OK;

        case PHASE_CHUNK_LF:
            if (c != '\n') return BG_E_INVALID_SERVER_RESPONSE;
            if (reader->left)
            {
                /* the sum of all chunks stays below SIZE_UNKNOWN */
                if (reader->left >= SIZE_UNKNOWN - reader->received) return BG_E_INVALID_SERVER_RESPONSE;
                reader->phase = PHASE_CHUNK_DATA;
                return S_OK;
            }
            reader->line_len = reader->pending = reader->block_len = 0;
            reader->phase = PHASE_TRAILER;
            return S_OK;

        case PHASE_CHUNK_END_CR:
            if (c != '\r') return BG_E_INVALID_SERVER_RESPONSE;
            reader->phase = PHASE_CHUNK_END_LF;
            return S_OK;

        case PHASE_CHUNK_END_LF:
            if (c != '\n') return BG_E_INVALID_SERVER_RESPONSE;
            reader->phase = PHASE_CHUNK_FIRST;
            return S_OK;

        default:
            return E_UNEXPECTED;
    }
}

/* Trailer fields are checked for form and dropped: none of them means anything to BITS. */
static HRESULT take_trailer(struct http1_reader *reader, const char *data, size_t len, size_t *used)
{
    BOOL end;
    HRESULT hr;

    hr = take_line(reader, data, len, used, HTTP1_MAX_HEADER_BLOCK);
    if (hr != S_OK) return hr;
    if (FAILED(hr = take_field_line(reader, FALSE, &end))) return hr;
    if (end) reader->state = HTTP1_DONE;
    return S_OK;
}

HRESULT http1_read_body(struct http1_reader *reader, const char *data, size_t len, size_t *used,
                        const char **body, size_t *body_len)
{
    HRESULT hr;

    *used = 0;
    *body = data;
    *body_len = 0;
    if (reader->state == HTTP1_FAILED) return reader->hr;
    if (reader->state == HTTP1_HEAD) return E_UNEXPECTED;

    while (reader->state == HTTP1_BODY && *used < len)
    {
        size_t count = len - *used;

        switch ((enum phase)reader->phase)
        {
            case PHASE_LENGTH:
            case PHASE_CHUNK_DATA:
                if (count > reader->left) count = (size_t)reader->left;
                reader->left -= count;
                if (!reader->left && reader->phase == PHASE_LENGTH) reader->state = HTTP1_DONE;
                else if (!reader->left) reader->phase = PHASE_CHUNK_END_CR;
                *body = data + *used;
                *body_len = count;
                *used += count;
                reader->received += count;
                return S_OK;

            case PHASE_CLOSE:
                *body = data + *used;
                *body_len = count;
                *used += count;
                reader->received += count;
                return S_OK;

            case PHASE_TRAILER:
                hr = take_trailer(reader, data + *used, count, &count);
                *used += count;
                if (FAILED(hr)) return fail(reader, hr);
                break;

            default:
                hr = take_framing(reader, data[*used]);
                (*used)++;
                if (FAILED(hr)) return fail(reader, hr);
                break;
        }
    }
    return S_OK;
}

HRESULT http1_read_close(struct http1_reader *reader)
{
    if (reader->state == HTTP1_FAILED) return reader->hr;
    if (reader->state == HTTP1_BODY && reader->phase == PHASE_CLOSE) reader->state = HTTP1_DONE;
    if (reader->state == HTTP1_DONE)
    {
        reader->keep_alive = FALSE;
        return S_OK;
    }
    return fail(reader, HRESULT_FROM_WIN32(ERROR_HANDLE_EOF));
}

#define WRITER_MAX 0x1000000 /* octets; a request head is bounded by the limits on names and custom headers, far below */

void http1_writer_init(struct http1_writer *writer)
{
    memset(writer, 0, sizeof(*writer));
    writer->hr = S_OK;
}

void http1_writer_free(struct http1_writer *writer)
{
    free(writer->data);
    http1_writer_init(writer);
}

static void put(struct http1_writer *writer, const char *text, size_t len)
{
    size_t size = writer->size ? writer->size : 512;
    char *data;

    if (FAILED(writer->hr)) return;
    if (len > WRITER_MAX - writer->len)
    {
        writer->hr = E_OUTOFMEMORY;
        return;
    }
    if (writer->len + len > writer->size)
    {
        while (size < writer->len + len) size *= 2;
        if (!(data = realloc(writer->data, size)))
        {
            writer->hr = E_OUTOFMEMORY;
            return;
        }
        writer->data = data;
        writer->size = size;
    }
    if (len) memcpy(writer->data + writer->len, text, len);
    writer->len += len;
}

void http1_write_request_line(struct http1_writer *writer, const WCHAR *method, const WCHAR *target)
{
    static const char hex[] = "0123456789ABCDEF";
    char utf8[4], escape[3] = "%";
    const WCHAR *p, *end;
    size_t i, len;

    if (FAILED(writer->hr)) return;
    for (p = method; *p; p++)
        if (!is_token_char(*p)) break;
    if (!*method || *p || !*target)
    {
        writer->hr = E_INVALIDARG;
        return;
    }

    for (p = method; *p;)
    {
        len = str_next_utf8(&p, p + 1, utf8);
        put(writer, utf8, len);
    }
    put(writer, " ", 1);
    end = target + str_len(target);
    for (p = target; p < end;)
    {
        len = str_next_utf8(&p, end, utf8);
        if (len == 1 && utf8[0] > ' ' && utf8[0] < 0x7f)
        {
            put(writer, utf8, 1);
            continue;
        }
        for (i = 0; i < len; i++)
        {
            escape[1] = hex[(BYTE)utf8[i] >> 4];
            escape[2] = hex[(BYTE)utf8[i] & 15];
            put(writer, escape, 3);
        }
    }
    put(writer, " HTTP/1.1\r\n", 11);
}

static BOOL is_wide_blank(WCHAR c)
{
    return c == ' ' || c == '\t';
}

/* value[0..len) as UTF-8 and the end of the line; the caller has looked for CR and LF */
static void put_value(struct http1_writer *writer, const WCHAR *value, size_t len)
{
    const WCHAR *end = value + len;
    char utf8[4];
    size_t count;

    while (value < end)
    {
        count = str_next_utf8(&value, end, utf8);
        put(writer, utf8, count);
    }
    put(writer, "\r\n", 2);
}

/* "name: ", or the failure */
static void put_name(struct http1_writer *writer, const char *name)
{
    const char *n;

    if (FAILED(writer->hr)) return;
    for (n = name; *n; n++)
        if (!is_token_char((BYTE)*n)) break;
    if (!*name || *n)
    {
        writer->hr = E_INVALIDARG;
        return;
    }
    put(writer, name, n - name);
    put(writer, ": ", 2);
}

void http1_write_field(struct http1_writer *writer, const char *name, const WCHAR *value)
{
    if (SUCCEEDED(writer->hr) && (str_chr(value, '\r') || str_chr(value, '\n'))) writer->hr = E_INVALIDARG;
    put_name(writer, name);
    put_value(writer, value, str_len(value));
}

void http1_write_field_octets(struct http1_writer *writer, const char *name, const char *value)
{
    if (SUCCEEDED(writer->hr) && strpbrk(value, "\r\n")) writer->hr = E_INVALIDARG;
    put_name(writer, name);
    put(writer, value, strlen(value));
    put(writer, "\r\n", 2);
}

/* One header line of a client. */
struct custom_line
{
    const WCHAR *name;
    size_t name_len;
    const WCHAR *value;
    size_t value_len;
};

/* Takes the next line apart, blank ones skipped. S_FALSE at the end, E_INVALIDARG for a line that is no field. */
static HRESULT next_custom_line(const WCHAR **pos, struct custom_line *line)
{
    const WCHAR *p = *pos, *end, *colon;
    size_t i;

    for (;;)
    {
        while (*p == '\r' || *p == '\n') p++;
        for (end = p; is_wide_blank(*end); end++) ;
        if (!*end) return S_FALSE;
        if (*end != '\r' && *end != '\n') break;
        p = end;
    }

    for (end = p; *end && *end != '\n'; end++)
        if (*end == '\r' && end[1] && end[1] != '\n') return E_INVALIDARG;
    *pos = end;
    while (end > p && (end[-1] == '\r' || is_wide_blank(end[-1]))) end--;

    for (colon = p; colon < end && *colon != ':'; colon++) ;
    if (colon == end) return E_INVALIDARG;
    line->name = p;
    for (line->name_len = colon - p; line->name_len && is_wide_blank(p[line->name_len - 1]); line->name_len--) ;
    if (!line->name_len) return E_INVALIDARG;
    for (i = 0; i < line->name_len; i++)
        if (!is_token_char(p[i])) return E_INVALIDARG; /* also a folded line, which begins with a blank */
    for (p = colon + 1; p < end && is_wide_blank(*p); p++) ;
    line->value = p;
    line->value_len = end - p;
    return S_OK;
}

static BOOL is_named(const struct custom_line *line, const char *name)
{
    size_t i;

    for (i = 0; i < line->name_len; i++)
        if (!name[i] || fold((char)line->name[i]) != fold(name[i])) return FALSE;
    return !name[i];
}

static void put_octets(struct http1_writer *writer, const WCHAR *value, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
    {
        char c = (char)value[i];

        put(writer, &c, 1);
    }
}

static void write_lines(struct http1_writer *writer, const WCHAR *lines, BOOL octets)
{
    struct custom_line line;
    HRESULT hr;

    if (FAILED(writer->hr) || !lines) return;
    while ((hr = next_custom_line(&lines, &line)) == S_OK)
    {
        /* the length of the body is decided below us, a second word about it would split the request */
        if (is_named(&line, "Content-Length") || is_named(&line, "Transfer-Encoding"))
        {
            hr = E_INVALIDARG;
            break;
        }
        put_octets(writer, line.name, line.name_len);
        put(writer, ": ", 2);
        if (octets)
        {
            put_octets(writer, line.value, line.value_len);
            put(writer, "\r\n", 2);
        }
        else put_value(writer, line.value, line.value_len);
    }
    if (FAILED(hr) && SUCCEEDED(writer->hr)) writer->hr = hr;
}

void http1_write_lines(struct http1_writer *writer, const WCHAR *lines)
{
    write_lines(writer, lines, FALSE);
}

void http1_write_octet_lines(struct http1_writer *writer, const WCHAR *lines)
{
    write_lines(writer, lines, TRUE);
}

BOOL http1_lines_have(const WCHAR *lines, const char *name)
{
    struct custom_line line;

    while (lines && next_custom_line(&lines, &line) == S_OK)
        if (is_named(&line, name)) return TRUE;
    return FALSE;
}

void http1_write_end(struct http1_writer *writer)
{
    put(writer, "\r\n", 2);
}

void http1_write_behind(struct http1_writer *writer, const struct http1_writer *next)
{
    put(writer, next->data, next->len);
}
