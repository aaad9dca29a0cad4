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

/*
 * Pure room.  The reader is fed octets as they come and never blocks, allocates within the limits below and keeps no reference to
 * the caller's buffer.  Strict: what it does not understand is an error, never a guess [BEH.HTTP.40 ff, ERR.0x80200012].
 */

#ifndef __QMGR_CORE_HTTP1_H
#define __QMGR_CORE_HTTP1_H

#include "core/headers.h"

#define HTTP1_MAX_STATUS_LINE   8192    /* octets */
#define HTTP1_MAX_HEADER_BLOCK  262144  /* octets of one reply's head, all fields */
#define HTTP1_MAX_FIELDS        1000
#define HTTP1_MAX_INTERIM       32      /* 1xx replies before the final one */
#define HTTP1_MAX_CHUNK_LINE    4096    /* octets of a chunk-size line with extensions */

enum http1_state
{
    HTTP1_HEAD,          /* status line and fields; 1xx replies are consumed here */
    HTTP1_BODY,          /* octets of the body follow */
    HTTP1_DONE,          /* the reply is complete; what follows belongs to the next one */
    HTTP1_FAILED
};

enum http1_framing
{
    HTTP1_NO_BODY,       /* HEAD, 204, 304, or Content-Length 0 */
    HTTP1_LENGTH,
    HTTP1_CHUNKED,
    HTTP1_UNTIL_CLOSE
};

struct http1_reader
{
    /* results, valid from HTTP1_BODY on */
    UINT32 status;
    UINT32 minor;                  /* 0 or 1: the version of the reply */
    enum http1_framing framing;
    UINT64 length;                 /* HTTP1_LENGTH: of the whole body; HTTP1_NO_BODY: 0; else SIZE_UNKNOWN */
    struct header_list headers;
    char *raw;                     /* status line and fields of the final reply, CRLF each, NUL terminated */
    BOOL keep_alive;               /* the connection may serve another request after HTTP1_DONE */

    enum http1_state state;
    HRESULT hr;                    /* HTTP1_FAILED: BG_E_INSUFFICIENT_HTTP_SUPPORT or BG_E_INVALID_SERVER_RESPONSE */

    /* private */
    BOOL head_request;
    BOOL connect_request;          /* CONNECT: a 2xx has no body, whatever its fields say */
    char *line;
    UINT32 line_len, line_size;
    UINT32 pending;                /* octets at the start of line that hold a field which may still be folded */
    UINT32 block_len;              /* octets of this head, of this trailer, or of this chunk-size line */
    UINT32 raw_len, raw_size;
    UINT32 interim;
    UINT32 phase;
    UINT64 left;                   /* of the body or of the chunk */
    UINT64 received;               /* body octets delivered so far */
};

void http1_reader_init(struct http1_reader *reader, const char *method);
void http1_reader_free(struct http1_reader *reader);

/*
 * Consumes octets of the head.  *used says how many of `len` were taken.  Returns S_OK when the state has become HTTP1_BODY or HTTP1_DONE,
 * S_FALSE when more is needed, a failure (also in reader->hr) otherwise.
 */
HRESULT http1_read_head(struct http1_reader *reader, const char *data, size_t len, size_t *used);

/*
 * Takes body framing off.  From data[0..len) at most one run of body octets is found: *body points into data, *body_len is its length
 * (may be 0), *used is how much of data was consumed including framing.  Call again with the rest while *used < len and the
 * state is HTTP1_BODY.
 */
HRESULT http1_read_body(struct http1_reader *reader, const char *data, size_t len, size_t *used,
                        const char **body, size_t *body_len);

/* The peer closed. S_OK if that was the proper end (state becomes HTTP1_DONE), else HRESULT_FROM_WIN32(ERROR_HANDLE_EOF). */
HRESULT http1_read_close(struct http1_reader *reader);

/* A growing request head, octets. */
struct http1_writer
{
    char *data;
    size_t len, size;
    HRESULT hr;          /* first failure; later calls do nothing */
};

void http1_writer_init(struct http1_writer *writer);
void http1_writer_free(struct http1_writer *writer);
/* target: origin form, absolute form or authority, as UTF-16; characters above 0x7f, controls and blanks are percent-encoded as UTF-8. */
void http1_write_request_line(struct http1_writer *writer, const WCHAR *method, const WCHAR *target);
/* Refuses (E_INVALIDARG) names that are no tokens and values with CR or LF. Values go out as UTF-8, those of _octets as they are. */
void http1_write_field(struct http1_writer *writer, const char *name, const WCHAR *value);
void http1_write_field_octets(struct http1_writer *writer, const char *name, const char *value);
/*
 * Header lines as a client gave them to SetCustomHeaders: "Name: value\r\n..." or with \n, the last end may be missing, blank lines are
 * skipped [HTTP.SetCustomHeaders.A2].  E_INVALIDARG for what would break the framing: lines that are no field, folded ones, a CR
 * alone, Content-Length and Transfer-Encoding.  NULL writes nothing.
 */
void http1_write_lines(struct http1_writer *writer, const WCHAR *lines);
/* The same of lines in which each character is an octet, which a server has sent and wants to see again [BUP.HDR.13]. */
void http1_write_octet_lines(struct http1_writer *writer, const WCHAR *lines);
BOOL http1_lines_have(const WCHAR *lines, const char *name);
void http1_write_end(struct http1_writer *writer);
void http1_write_behind(struct http1_writer *writer, const struct http1_writer *next); /* another whole head, behind the end */

#endif /* __QMGR_CORE_HTTP1_H */
