/*
 * The script of the test server, parsed
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
 * Called by server.c (parse, release, choice of a reply under the server's lock) and read by reply.c
 * and upload.c. A script never changes after parsing except for the counters of its rules; it is
 * counted, and freed with its last reference. Grammar: server.h.
 */

#ifndef WINE_BITS_TEST_SERVER_SCRIPT_H
#define WINE_BITS_TEST_SERVER_SCRIPT_H

#include "server.h"

#define NO_VALUE (~0ull)

enum accept_mode
{
    ACCEPT_NORMAL,
    ACCEPT_SILENT,
    ACCEPT_CLOSE,
    ACCEPT_RESET,
    ACCEPT_REFUSE
};

enum event_kind
{
    EVENT_DELAY,
    EVENT_STALL,
    EVENT_CUT,
    EVENT_RESET
};

enum answer_kind
{
    ANSWER_NORMAL,
    ANSWER_SILENT,
    ANSWER_DROP,
    ANSWER_REFUSE,
    ANSWER_TUNNEL
};

enum range_mode
{
    RANGES_ON,
    RANGES_OFF,
    RANGES_QUIET,
    RANGES_SINGLE,
    RANGES_MULTIPART,
    RANGES_UNSATISFIABLE
};

struct bytes
{
    char *data;                     /* zero-terminated for convenience; NULL if absent */
    size_t size;
};

struct bytes_list
{
    struct bytes *items;
    unsigned int count;
};

struct event
{
    enum event_kind kind;
    ts_u64 offset;
    unsigned int ms;
};

struct condition
{
    char *name;
    char *value;                    /* NULL: any */
    int absent;
};

struct reply
{
    unsigned int uses;
    enum answer_kind answer;
    int status;
    char *reason;
    ts_u64 size;
    char *pattern;
    struct bytes text;
    struct bytes_list headers;
    struct bytes_list removed;
    struct bytes_list trailers;
    char *modified;                 /* NULL: default; empty: none */
    char *etag;
    int no_conditions;
    ts_u64 claimed_length;          /* NO_VALUE: the true one */
    int no_length;

    enum range_mode ranges;
    ts_u64 range_shift, range_early, range_lie, range_short, range_long;
    ts_u64 range_total;             /* NO_VALUE: the true one */
    int range_total_unknown;
    char *boundary;

    unsigned int delay;
    ts_u64 rate;                    /* 0: unlimited */
    struct event *events;           /* by offset */
    unsigned int event_count;
    ts_u64 head_limit;              /* NO_VALUE: none */
    int head_reset;

    int info_status;
    unsigned int info_count;
    char *version;
    struct bytes status_line;
    struct bytes raw;
    unsigned int fill_count, fill_size;
    int header_case;                /* 0, 'l' or 'u' */
    int close, close_quietly, close_delimited;
    ts_u64 chunk_size;              /* 0: not chunked */
    struct bytes chunk_extension;
    struct bytes chunk_end;
    int auth_status;                /* 0, 401 or 407 */
    char *auth_realm;
    char *auth_token;               /* base64 of user:password */
    int early;
    ts_u64 body_limit;              /* NO_VALUE: none */
    int no_continue;

    int bits;
    char *bits_reply;
    ts_u64 bits_limit, bits_maximum;
    ts_u64 bits_take, bits_received;        /* NO_VALUE: as it comes */
    ts_u64 bits_timeout;
    unsigned int bits_hold;
    int bits_strict, bits_overwrite, bits_place_at_close;
    char *bits_host_id;
    ts_u64 bits_host_fallback;      /* NO_VALUE: do not say */
    int bits_error_status;
    char *bits_error, *bits_context;
    int bits_forget;
    char *bits_session;
};

struct rule
{
    char *method;
    char *path;
    int prefix, with_query;
    struct condition *conditions;
    unsigned int condition_count;
    struct reply *replies;
    unsigned int reply_count;
    unsigned int used;              /* requests answered; guarded by the server's lock */
};

struct script
{
    unsigned int refs;              /* guarded by the server's lock */
    enum accept_mode accept;
    struct rule *rules;
    unsigned int rule_count;
};

/* NULL with a message naming the line if the text is wrong. */
struct script *script_parse(const char *text, char *error, size_t size);
void script_free(struct script *script);

int equal_nocase(const char *a, const char *b);
/* strstr without regard to case */
const char *find_nocase(const char *text, const char *part);

#endif
