/*
 * Scripted HTTP server for tests
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
 * A server that answers as its script says, rightly or wrongly, and keeps a log of what arrived. It
 * runs as threads of a conformance test (this header) or as a process (main.c) in integration tests.
 * Portable C on BSD sockets or Winsock, IPv4, one thread a connection; it binds port 0 of 127.0.0.1
 * unless told otherwise. Every function may be called on any thread.
 *
 * Body bytes are a function of a name and an offset, so both sides can compute them, bodies of any
 * 64-bit size are never stored, and bytes that end up at a wrong offset are noticed.
 *
 * THE SCRIPT
 *
 * Text, one directive a line; blank lines and lines that start with # are ignored, so are blanks at
 * both ends of a line. NUMBER takes a suffix K, M or G (powers of 1024). TEXT takes the escapes
 * \r \n \t \0 \\ \xHH, and the variables $(host) (address and port of this server), $(port),
 * $(path) and $(target) (of the request). Without a script every path answers 404.
 *
 * accept MODE                  before the first rule; MODE is one of
 *                                normal, silent (never read, never answer), close, reset, and
 *                                refuse (the port is bound, nobody listens: connections are refused;
 *                                only in the script a server is started with)
 *
 * on METHOD PATH               starts a rule. METHOD is a name or *. PATH is compared without query
 *                              and without scheme and host; with a trailing * it is a prefix. With a
 *                              query in PATH the whole target is compared. The first rule that fits
 *                              answers.
 * where header NAME [TEXT]     the rule fits only if the header is there, and contains TEXT
 * where no-header NAME         ... only if it is not
 * reply [NUMBER]               starts a reply that serves NUMBER requests (1); the last reply of a
 *                              rule serves all others. May be left out for a rule's first reply.
 *
 * What a reply says:
 *
 * status CODE [TEXT]           200 OK; ranges and conditions change only 200
 * size NUMBER                  body of that many pattern bytes (default: 0)
 * pattern TEXT                 name of the pattern (default: the path)
 * text TEXT                    body of these bytes
 * header TEXT                  a header line, bytes as they are; may repeat
 * remove NAME                  leave out a header the server would send by itself (Content-Type,
 *                              Content-Length, Last-Modified, Accept-Ranges, Content-Range, ...)
 * modified TEXT                Last-Modified: an HTTP date, or seconds since 1970, or none
 *                              (default: 1698796800, Wed, 01 Nov 2023 00:00:00 GMT)
 * etag TEXT                    ETag, quotes included (default: none)
 * conditions off               ignore If-Unmodified-Since, If-Modified-Since, If-Match,
 *                              If-None-Match and If-Range
 * length NUMBER|none           claim this Content-Length, or none, whatever the body has
 *
 * ranges on                    206, multipart/byteranges for several ranges, 416 beyond the end
 * ranges off                   ignore Range, announce Accept-Ranges: none
 * ranges quiet                 ignore Range, announce nothing
 * ranges single                several ranges get the whole body
 * ranges multipart             even one range is sent as multipart/byteranges
 * ranges unsatisfiable         416 for every range
 * ranges shift NUMBER          start that much later than asked, and say so
 * ranges early NUMBER          start that much earlier than asked, and say so
 * ranges lie NUMBER            say what was asked, send bytes from that much later
 * ranges short NUMBER          end that much earlier than asked
 * ranges long NUMBER           end that much later than asked
 * ranges total NUMBER|*        claim this total in Content-Range
 * ranges boundary TEXT         of multipart/byteranges
 *
 * delay NUMBER                 milliseconds before the status line
 * delay-at OFFSET NUMBER       milliseconds before the body byte at OFFSET
 * rate NUMBER                  body bytes a second
 * stall OFFSET                 stop before the body byte at OFFSET, for ever, connection open
 * cut OFFSET                   FIN before the body byte at OFFSET
 * reset OFFSET                 RST before the body byte at OFFSET
 * cut-head NUMBER              FIN after that many bytes of status line and headers
 * reset-head NUMBER            RST after that many
 * silent                       read the request, never answer
 * drop                         read the request, close
 * refuse                       read the request, RST
 *
 * informational CODE NUMBER    that many 1xx replies first
 * version TEXT                 of the status line, default HTTP/1.1; HTTP/1.0 implies close
 * status-line TEXT             a whole status line instead
 * raw TEXT                     these bytes are the whole answer
 * fill NUMBER NUMBER           count and length of header lines to add
 * header-case lower|upper      the letters of the names of all headers
 * close                        Connection: close, and FIN after the reply
 * close-quietly                FIN after the reply without saying so
 * close-delimited              no length: FIN ends the body
 * chunked [NUMBER]             chunks of at most that size (64K)
 * chunk-extension TEXT         behind each chunk size
 * trailer TEXT                 after the last chunk; may repeat
 * chunk-end TEXT               instead of the last chunk and trailers
 * redirect CODE TEXT           status and Location
 * auth basic REALM USER PASS   401 unless the request has these credentials
 * proxy-auth basic REALM USER PASS   the same with 407
 * early                        answer without reading the request's body
 * body-cut NUMBER              close after that many bytes of the request's body
 * no-continue                  do not answer Expect: 100-continue
 * tunnel                       for CONNECT: connect to the target and relay both ways
 *
 * bits                         answer as a BITS upload server (BITS_POST); all of the above applies,
 *                              except that size and pattern make no body, and a status only replaces 200.
 *                              "where header BITS-Packet-Type NAME" chooses a kind of packet, "remove"
 *                              and "header" leave out or replace a header of an Ack, "body-cut", "drop"
 *                              and "cut-head" break the connection with the data taken
 * bits-session TEXT            id of the sessions it makes (default: a GUID that counts)
 * bits-reply TEXT              upload-reply: this BITS-Reply-URL in the Ack of the last fragment; the
 *                              file is not put in place
 * bits-limit NUMBER            413 for larger fragments
 * bits-maximum NUMBER          0x80200020 for larger files
 * bits-strict                  416 for a fragment that does not start where the last one ended
 * bits-take NUMBER             take no more new bytes than that of a fragment, and say so
 * bits-received NUMBER         from this fragment on the session stands there, whatever came
 * bits-overwrite               do not refuse a session for a path where a file was put before
 * bits-place-at-close          put the file in place with Close-Session, not with the last fragment
 * bits-host-id TEXT            BITS-Host-Id
 * bits-host-fallback NUMBER    BITS-Host-Id-Fallback-Timeout
 * bits-error CODE HRESULT CONTEXT   fail this packet so, without effect on the session
 * bits-forget                  forget the session first
 * bits-timeout NUMBER          ... if so many milliseconds have passed without a new byte
 * bits-hold NUMBER             milliseconds between what the packet does and its Ack
 *
 * THE LOG
 *
 * Lines, in order of arrival; N counts requests from 1. Control bytes in them are written \xHH.
 *
 *     REQ N conn=C ms=T METHOD TARGET VERSION
 *     HDR N NAME: VALUE
 *     BODY N bytes=B hash=H            if the request had a body; H: test_server_hash, 16 digits
 *     DATA N BYTES                     the first 1024 bytes of it
 *     END N status=S sent=B of=B result=R ms=T     R: complete, cut, reset, stalled, silent, dropped,
 *                                      peer (the client went away), stopped
 *     BITS N session=ID received=B hash=H          state of an upload after this packet; H: of the new
 *                                                  bytes in the order they came
 *     FILE N PATH bytes=B hash=H                   an upload is put in place
 *
 * CONTROL PATHS, never logged or counted
 *
 *     /__log  /__stats  /__reset (forget log, statistics, uploads, counts of replies)
 *     /__script (POST a new script)  /__wait?requests=N&ms=T (until N requests have ended; 200 or 408)
 *     /__quit (end the process)
 */

#ifndef WINE_BITS_TEST_SERVER_H
#define WINE_BITS_TEST_SERVER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long long ts_u64;

struct test_server;

struct test_server_options
{
    const char *script;             /* may be NULL */
    const char *address;            /* dotted; NULL for 127.0.0.1 */
    unsigned short port;            /* 0 for any */
    const char *log_file;           /* appended to as well; may be NULL */
};

struct test_server_stats
{
    ts_u64 requests;                /* that arrived whole, control paths apart */
    ts_u64 finished;                /* of these, answered or given up */
    ts_u64 connections;             /* accepted */
    ts_u64 open;                    /* of these, open now */
    ts_u64 max_open;
    ts_u64 body_sent;               /* bytes of bodies, without chunk framing */
    ts_u64 body_received;
};

struct test_request
{
    unsigned int number;            /* from 1 */
    unsigned int connection;        /* from 1 */
    unsigned int time;              /* arrival, milliseconds since the start of the server */
    char *method, *target, *version;
    char *headers;                  /* lines, each ended by \n */
    ts_u64 body_size, body_hash;
    int status;                     /* of the answer; 0: none */
    ts_u64 sent, planned;           /* body bytes of the answer */
    const char *result;             /* as in the log; NULL while it is being answered */
};

/* Start a server. Returns NULL with a message in error (size bytes) if the script is wrong or there is
 * no socket. On Windows it starts Winsock itself. */
struct test_server *test_server_start(const struct test_server_options *options, char *error, size_t size);
/* End all connections, wait for their threads, free everything. */
void test_server_stop(struct test_server *server);
unsigned short test_server_port(const struct test_server *server);

/* Replace the script; running replies go on as they began. Returns 0 and a message if it is wrong. */
int test_server_set_script(struct test_server *server, const char *script, char *error, size_t size);
/* Forget log, statistics, uploads, and start every sequence of replies again. */
void test_server_reset(struct test_server *server);

/* Wait until `count` requests have been answered or given up; 0 if that took longer. */
int test_server_wait(struct test_server *server, unsigned int count, unsigned int timeout_ms);
/* Wait until /__quit was asked for. */
void test_server_wait_quit(struct test_server *server);

void test_server_get_stats(struct test_server *server, struct test_server_stats *stats);
/* The log so far; the caller frees it with test_server_free(). */
char *test_server_get_log(struct test_server *server);
/* A copy of request `number`, 0 if there is none yet; freed with test_request_free(). */
int test_server_get_request(struct test_server *server, unsigned int number, struct test_request *request);
void test_request_free(struct test_request *request);
/* Value of the first header of that name, copied to buffer; NULL if absent. */
const char *test_request_header(const struct test_request *request, const char *name, char *buffer, size_t size);
/* How many requests of this method (NULL: any) and path (NULL: any; without query) have arrived. */
unsigned int test_server_count(struct test_server *server, const char *method, const char *path);
/* Wait until that many have arrived, answered or not; 0 if that took longer. */
int test_server_wait_for(struct test_server *server, const char *method, const char *path, unsigned int count, unsigned int timeout_ms);
void test_server_free(void *ptr);

/* The body bytes of `name` from `offset`. Byte o is block[(o + h) % 1048583], h the FNV-1a hash (64
 * bits, modulo 1048583) of the name, block the low bytes of successive states of
 * x ^= x << 13; x ^= x >> 7; x ^= x << 17 (64 bits) from x = 88172645463325252. */
void test_server_pattern(const char *name, ts_u64 offset, void *buffer, size_t size);
/* FNV-1a, 64 bits; start with TEST_SERVER_HASH_INIT. */
#define TEST_SERVER_HASH_INIT 0xcbf29ce484222325ull
ts_u64 test_server_hash(ts_u64 hash, const void *data, size_t size);
/* The hash of a stretch of a pattern. */
ts_u64 test_server_pattern_hash(const char *name, ts_u64 offset, ts_u64 size);

#ifdef __cplusplus
}
#endif

#endif
