/*
 * The rooms of the test server, among themselves
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
 * server.c      its state, its threads, and what tests call; owns struct test_server
 * connection.c  bytes in and out of a connection
 * exchange.c    one request, what the log says of it, and the control paths
 * reply.c       one answer from its part of the script
 * upload.c      BITS upload sessions
 * script.c      the script     pattern.c  body bytes     text.c  text that grows
 *
 * Locks: server->lock guards everything in struct test_server that changes; no socket call is made
 * with it held. A connection and its exchange belong to the connection's thread.
 */

#ifndef WINE_BITS_TEST_SERVER_PRIVATE_H
#define WINE_BITS_TEST_SERVER_PRIVATE_H

#include <stdio.h>

#include "server.h"
#include "sock.h"
#include "script.h"

/* growing text; after a failed allocation nothing more is added */
struct buf
{
    char *data;                     /* zero-terminated once anything was added */
    size_t size, capacity;
    int failed;
};

void buf_add(struct buf *buf, const void *data, size_t size);
void buf_text(struct buf *buf, const char *text);
void buf_u64(struct buf *buf, ts_u64 value);
void buf_hex(struct buf *buf, ts_u64 value, unsigned int digits);
void buf_escaped(struct buf *buf, const char *text, size_t size);       /* control bytes and backslashes as \xHH */
void buf_field(struct buf *buf, const char *name, ts_u64 value);
void buf_free(struct buf *buf);
char *copy_text(const char *text, size_t size);                         /* with a zero behind it; the caller frees it */

struct upload
{
    struct upload *next;
    char *id;                       /* NULL: the session has ended, but not the file */
    char *path;
    enum { FILE_NONE, FILE_PLACED, FILE_REPLACED } file;     /* at its path */
    ts_u64 received, hash;          /* the first bytes of the file */
    ts_u64 total;                   /* NO_VALUE until the first fragment */
    ts_u64 progress;                /* time of the last new byte */
};

struct test_server
{
    /* fixed after start */
    ts_socket listener;
    ts_socket wake;                 /* readable when the server stops; every wait polls it too */
    unsigned short port;
    ts_u64 start;
    FILE *log_file;

    ts_mutex mutex;
    ts_cond changed;
    /* guarded by mutex */
    int stopping, quit;
    unsigned int threads;
    struct script *script;
    struct buf log;
    struct test_request *requests;
    unsigned int request_count, request_capacity;
    unsigned int reset_count;       /* records of requests from before a reset are gone */
    struct test_server_stats stats;
    unsigned int next_connection, next_upload;
    struct upload *uploads;
};

struct connection
{
    struct test_server *server;
    ts_socket fd;
    unsigned int id;
    char *in;                       /* bytes received and not used yet */
    size_t in_pos, in_size, in_capacity;
};

/* one request and its answer */
struct exchange
{
    struct connection *conn;
    unsigned int number;            /* in the log; 0 for control paths */
    char *head;                     /* the parts point into this copy of the request's head */
    char *method, *target, *version;
    char *headers;                  /* lines ended by \n */
    char *path;                     /* without scheme, host and query; allocated */
    int has_body, chunked;
    ts_u64 content_length;

    struct script *script;          /* a reference; NULL: no rule fits */
    const struct reply *reply;

    struct buf kept;                /* the head of the body, or all of it for control paths */
    ts_u64 body_size, body_hash;

    char *upload_id;                /* BITS fragments: where the body goes; NULL: nowhere */
    ts_u64 upload_offset;           /* of the next body byte in the file */
    ts_u64 upload_taken;            /* new ones of this body */

    int status;
    ts_u64 sent, planned;
    const char *result;
    int keep;                       /* the connection stays open */
};

/* server.c */
ts_u64 server_now(struct test_server *server);
unsigned short server_port(const struct test_server *server);
void server_lock(struct test_server *server);
void server_unlock(struct test_server *server);
struct upload **server_uploads(struct test_server *server);             /* lock held */
unsigned int server_next_upload(struct test_server *server);            /* lock held */
void server_count_body(struct test_server *server, ts_u64 sent);
void server_log(struct test_server *server, const struct buf *lines);   /* takes the lock */
void log_locked(struct test_server *server, const struct buf *lines);
void release_script(struct test_server *server, struct script *script); /* takes the lock */

/* exchange.c */
/* Read a request and answer it; *counted: it stands in the log. 0: the connection is over. */
int run_exchange(struct connection *conn, int *counted);
/* value of a header in lines ended by \n, without blanks around it; NULL if absent */
const char *find_header(const char *headers, const char *name, size_t *size);
/* value of a header, copied; the caller frees it; NULL if absent */
char *exchange_header(const struct exchange *ex, const char *name);

/* connection.c */
/* Receive more behind what conn->in holds. 1: something came, 0: the peer has ended, -1: the server stops. */
int conn_fill(struct connection *conn);
void conn_finish(struct connection *conn);
/* Send all; adds what the system took to *count unless NULL. 0: the peer is gone or the server stops. */
int conn_send(struct connection *conn, const void *data, size_t size, ts_u64 *count);
/* Let time pass, for ever if ms < 0. 0: the peer is gone or the server stops. */
int conn_pause(struct connection *conn, int ms);
/* Wait for either socket; see poll. 0: the server stops. */
int conn_wait_two(struct connection *conn, ts_socket other, short events, short other_events,
                  short *revents, short *other_revents);
/* Make the close of the connection a reset. */
void conn_reset(struct connection *conn);
int conn_stopping(struct connection *conn);

/* reply.c */
void reply_send(struct exchange *ex);
/* add text with its variables replaced */
void add_expanded(struct exchange *ex, struct buf *buf, const char *text, size_t size);
const char *status_reason(int status);

/* upload.c */
void upload_begin(struct exchange *ex);                     /* before the body is read */
void upload_data(struct exchange *ex, const char *data, size_t size);
/* Decide the status and add the headers of the Ack, each ended by CRLF. */
void upload_answer(struct exchange *ex, struct buf *headers);
void uploads_free(struct upload *upload);

/* pattern.c */
ts_u64 pattern_shift(const char *name);
/* the bytes from offset on, as many as *available says */
const char *pattern_at(ts_u64 shift, ts_u64 offset, size_t *available);

#endif
