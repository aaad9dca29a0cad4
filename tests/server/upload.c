/*
 * BITS upload sessions of the test server
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
 * Follows BUP.SRV.1 to 12 and 21; what a script changes is said in server.h. A file that was put in
 * place is the record of its upload without an id: only that it is there, and where, is remembered.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#define PROTOCOL "{7df0354d-249b-430f-820d-3d2a9bef4931}"

static struct upload *find_upload(struct test_server *server, const char *id)
{
    struct upload *upload;

    for (upload = *server_uploads(server); upload; upload = upload->next)
        if (id && upload->id && !strcmp(upload->id, id)) break;
    return upload;
}

static struct upload *find_file(struct test_server *server, const char *path)
{
    struct upload *upload;

    for (upload = *server_uploads(server); upload; upload = upload->next)
        if (upload->file == FILE_PLACED && !strcmp(upload->path, path)) break;
    return upload;
}

static void free_upload(struct upload *upload)
{
    free(upload->id);
    free(upload->path);
    free(upload);
}

/* End a session; a file that is in place stays (BUP.SRV.9). */
static void remove_upload(struct test_server *server, struct upload *upload)
{
    struct upload **pos;

    if (!upload) return;
    free(upload->id);
    upload->id = NULL;
    if (upload->file == FILE_PLACED) return;
    for (pos = server_uploads(server); *pos != upload; pos = &(*pos)->next) ;
    *pos = upload->next;
    free_upload(upload);
}

void uploads_free(struct upload *upload)
{
    struct upload *next;

    for (; upload; upload = next)
    {
        next = upload->next;
        free_upload(upload);
    }
}

static int parse_digits(const char **text, ts_u64 *value)
{
    const char *p = *text;
    ts_u64 n = 0;

    if (*p < '0' || *p > '9') return 0;
    for (; *p >= '0' && *p <= '9'; p++)
    {
        if (n > (~0ull - 9) / 10) return 0;
        n = n * 10 + (*p - '0');
    }
    *text = p;
    *value = n;
    return 1;
}

/* "bytes first-last/total"; size gets last - first + 1. An empty file is "bytes STAR/0" (BUP.FRAG.22). */
static int parse_content_range(const char *text, ts_u64 *first, ts_u64 *size, ts_u64 *total)
{
    ts_u64 last;

    if (!text || find_nocase(text, "bytes") != text) return 0;
    for (text += 5; *text == ' '; text++) ;
    if (!strcmp(text, "*/0"))
    {
        *first = *size = *total = 0;
        return 1;
    }
    if (!parse_digits(&text, first) || *text++ != '-' || !parse_digits(&text, &last) || *text++ != '/' ||
        !parse_digits(&text, total) || *text) return 0;
    *size = last - *first + 1;
    return *first <= last && last < *total;
}

/* What stands against this fragment, as the status of its Ack; 200 if nothing does. *hr is 0 if there
 * is no code to send. With the lock held. */
static int check_fragment(struct exchange *ex, struct upload *upload, const char *range, unsigned int *hr)
{
    ts_u64 first, size, total;

    *hr = 0x80070057;
    if (!parse_content_range(range, &first, &size, &total)) return 400;
    if (ex->content_length != size) return 400;
    if (upload->total != NO_VALUE && upload->total != total) return 400;
    *hr = 0;
    if (size > ex->reply->bits_limit) return 413;
    *hr = 0x80200020;
    if (total > ex->reply->bits_maximum) return 500;
    *hr = 0;
    if (first > upload->received || (ex->reply->bits_strict && first != upload->received)) return 416;
    return 200;
}

/* The caller frees it. The other name is a slip of the specification (BUP.HDR.32). */
static char *packet_type(struct exchange *ex)
{
    char *packet = exchange_header(ex, "BITS-Packet-Type");

    return packet ? packet : exchange_header(ex, "BITS-Package-Type");
}

void upload_begin(struct exchange *ex)
{
    struct test_server *server = ex->conn->server;
    char *packet = packet_type(ex), *id = exchange_header(ex, "BITS-Session-Id");
    char *range = exchange_header(ex, "Content-Range");
    struct upload *upload;
    ts_u64 size, total;
    unsigned int hr;

    server_lock(server);
    if ((upload = find_upload(server, id)) &&
        (ex->reply->bits_forget || server_now(server) - upload->progress > ex->reply->bits_timeout))
        remove_upload(server, upload);
    if (packet && equal_nocase(packet, "Fragment") && !ex->reply->bits_error_status &&
        (upload = find_upload(server, id)) && check_fragment(ex, upload, range, &hr) == 200)
    {
        parse_content_range(range, &ex->upload_offset, &size, &total);
        upload->total = total;
        ex->upload_id = id;
        id = NULL;
    }
    server_unlock(server);
    free(packet);
    free(id);
    free(range);
}

void upload_data(struct exchange *ex, const char *data, size_t size)
{
    struct test_server *server = ex->conn->server;
    struct upload *upload;
    ts_u64 skip, new_size;

    if (!ex->upload_id) return;
    server_lock(server);
    /* only what is new counts, what is there is never overwritten (BUP.FRAG.7) */
    if ((upload = find_upload(server, ex->upload_id)) && ex->upload_offset <= upload->received &&
        ex->upload_offset + size > upload->received)
    {
        skip = upload->received - ex->upload_offset;
        new_size = size - skip;
        if (new_size > ex->reply->bits_take - ex->upload_taken) new_size = ex->reply->bits_take - ex->upload_taken;
        upload->hash = test_server_hash(upload->hash, data + skip, new_size);
        upload->received += new_size;
        ex->upload_taken += new_size;
        upload->progress = server_now(server);
    }
    ex->upload_offset += size;
    server_unlock(server);
}

static void add_header(struct buf *headers, const char *name, const char *value)
{
    buf_text(headers, name);
    buf_text(headers, ": ");
    buf_text(headers, value);
    buf_text(headers, "\r\n");
}

static void add_number_header(struct buf *headers, const char *name, ts_u64 value)
{
    buf_text(headers, name);
    buf_text(headers, ": ");
    buf_u64(headers, value);
    buf_text(headers, "\r\n");
}

static void add_expanded_header(struct exchange *ex, struct buf *headers, const char *name, const char *value)
{
    buf_text(headers, name);
    buf_text(headers, ": ");
    add_expanded(ex, headers, value, strlen(value));
    buf_text(headers, "\r\n");
}

static void fail_packet(struct exchange *ex, struct buf *headers, int status, unsigned int hr)
{
    char code[16];

    ex->status = status;
    if (status == 413) return;
    sprintf(code, hr ? "0x%08X" : "0x%x", hr);
    add_header(headers, "BITS-Error-Code", code);
    add_header(headers, "BITS-Error", code);
    add_header(headers, "BITS-Error-Context", "0x5");
}

static void log_upload(struct exchange *ex, const struct upload *upload, struct buf *lines)
{
    buf_text(lines, "BITS ");
    buf_u64(lines, ex->number);
    buf_text(lines, " session=");
    buf_text(lines, upload->id);
    buf_text(lines, " received=");
    buf_u64(lines, upload->received);
    buf_text(lines, " hash=");
    buf_hex(lines, upload->hash, 16);
    buf_text(lines, "\n");
}

/* The whole file goes where it belongs, over what is there (BUP.SRV.6). */
static void place_file(struct exchange *ex, struct upload *upload, struct buf *lines)
{
    struct test_server *server = ex->conn->server;
    struct upload *old = find_file(server, upload->path);

    if (upload->file != FILE_NONE) return;
    if (old)
    {
        old->file = FILE_REPLACED;
        if (!old->id) remove_upload(server, old);
    }
    upload->file = FILE_PLACED;
    buf_field(lines, "FILE ", ex->number);
    buf_text(lines, " ");
    buf_escaped(lines, upload->path, strlen(upload->path));
    buf_field(lines, " bytes=", upload->received);
    buf_text(lines, " hash=");
    buf_hex(lines, upload->hash, 16);
    buf_text(lines, "\n");
}

static void create_session(struct exchange *ex, struct buf *headers, struct buf *lines)
{
    struct test_server *server = ex->conn->server;
    char *protocols = exchange_header(ex, "BITS-Supported-Protocols"), number[64];
    const char *id = number;
    struct upload *upload;

    if (!protocols || !find_nocase(protocols, PROTOCOL))
    {
        fail_packet(ex, headers, 400, 0x80070057);
        free(protocols);
        return;
    }
    free(protocols);
    if (!ex->reply->bits_overwrite && find_file(server, ex->path))
    {
        fail_packet(ex, headers, 403, 0x80070005);
        return;
    }
    if (!(upload = calloc(1, sizeof(*upload)))) abort();
    sprintf(number, "{00000000-0000-0000-0000-%012x}", server_next_upload(server));
    if (ex->reply->bits_session) id = ex->reply->bits_session;
    upload->id = copy_text(id, strlen(id));
    upload->path = copy_text(ex->path, strlen(ex->path));
    upload->progress = server_now(server);
    upload->hash = TEST_SERVER_HASH_INIT;
    upload->total = NO_VALUE;
    upload->next = *server_uploads(server);
    *server_uploads(server) = upload;

    add_header(headers, "BITS-Protocol", PROTOCOL);
    add_header(headers, "BITS-Session-Id", id);
    add_header(headers, "Accept-Encoding", "Identity");
    if (ex->reply->bits_host_id) add_expanded_header(ex, headers, "BITS-Host-Id", ex->reply->bits_host_id);
    if (ex->reply->bits_host_fallback != NO_VALUE)
        add_number_header(headers, "BITS-Host-Id-Fallback-Timeout", ex->reply->bits_host_fallback);
    log_upload(ex, upload, lines);
}

void upload_answer(struct exchange *ex, struct buf *headers)
{
    struct test_server *server = ex->conn->server;
    char *packet = packet_type(ex), *id = exchange_header(ex, "BITS-Session-Id");
    char *range = exchange_header(ex, "Content-Range");
    struct buf lines = { NULL, 0, 0, 0 };
    struct upload *upload;
    unsigned int hr;
    int status;

    server_lock(server);
    ex->status = 200;
    upload = find_upload(server, id);
    add_header(headers, "BITS-Packet-Type", "Ack");
    if (ex->reply->bits_error_status)
    {
        if (id) add_header(headers, "BITS-Session-Id", id);
        ex->status = ex->reply->bits_error_status;
        add_header(headers, "BITS-Error-Code", ex->reply->bits_error);
        add_header(headers, "BITS-Error", ex->reply->bits_error);
        if (*ex->reply->bits_context) add_header(headers, "BITS-Error-Context", ex->reply->bits_context);
    }
    else if (packet && equal_nocase(packet, "Ping")) ;
    else if (packet && equal_nocase(packet, "Create-Session")) create_session(ex, headers, &lines);
    else
    {
        int is_fragment = packet && equal_nocase(packet, "Fragment");

        if (id) add_header(headers, "BITS-Session-Id", id);
        if (!packet || !id || (!is_fragment && !equal_nocase(packet, "Close-Session") &&
                               !equal_nocase(packet, "Cancel-Session")))
            fail_packet(ex, headers, 400, 0x80070057);
        else if (!upload) fail_packet(ex, headers, 500, 0x8020001f);
        else if (is_fragment)
        {
            /* a fragment whose data was taken passed before, though it may now start below the offset */
            if (ex->upload_id) status = 200;
            else status = check_fragment(ex, upload, range, &hr);
            if (ex->reply->bits_received != NO_VALUE) upload->received = ex->reply->bits_received;
            if (status == 200 || status == 416)
                add_number_header(headers, "BITS-Received-Content-Range", upload->received);
            log_upload(ex, upload, &lines);
            if (status != 200) fail_packet(ex, headers, status, hr);
            else if (upload->received == upload->total)
            {
                if (ex->reply->bits_reply) add_expanded_header(ex, headers, "BITS-Reply-URL", ex->reply->bits_reply);
                else if (!ex->reply->bits_place_at_close) place_file(ex, upload, &lines);
            }
        }
        else
        {
            log_upload(ex, upload, &lines);
            if (equal_nocase(packet, "Close-Session") && upload->received == upload->total && !ex->reply->bits_reply)
                place_file(ex, upload, &lines);
            remove_upload(server, upload);
        }
    }
    if (ex->status == 200) ex->status = ex->reply->status;
    server_unlock(server);
    if (lines.size) server_log(server, &lines);
    buf_free(&lines);
    free(packet);
    free(id);
    free(range);
}
