/*
 * Requests for small files before their turn
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
 * Pure room.  A job of many small files would spend its time on round trips.  So the worker asks about the next files, and for those that are
 * small, while the answers to earlier requests still come over the same connection; this room says which ones, and keeps what was answered
 * until the file has its turn.  All of it is a guess: when something else comes first, or the connection ends, the file is asked about and for
 * in its turn as if nothing had been.
 *
 * The requests on their way ("wire") are made again in the same order, which is what takes their replies:
 *
 *     the turn of file 1      GET 1   and behind it   HEAD 2 HEAD 3 HEAD 4
 *     its body is there       HEAD 2 HEAD 3 HEAD 4 are taken, each is known now
 *     the turn of file 2      GET 2   and behind it   HEAD 5 HEAD 6 HEAD 7  GET 3 GET 4
 *     its body is there       HEAD 5 HEAD 6 HEAD 7 are taken
 *     the turn of file 3      GET 3 is taken
 */

#ifndef __QMGR_CORE_AHEAD_H
#define __QMGR_CORE_AHEAD_H

#include "core/fetch.h"

#define AHEAD_FILES   48u           /* looked after before their turn */
#define AHEAD_GETS    24u           /* of those, asked for */
#define AHEAD_SMALL   65536u        /* octets of a file that is asked for before its turn */
#define AHEAD_BODIES  1048576u      /* octets of bodies on their way */
#define AHEAD_FRESH   5000u         /* ms for which the answer to a HEAD is worth having */

enum ahead_stage
{
    AHEAD_ASKED,                /* its HEAD is on the wire */
    AHEAD_KNOWN,                /* the answer is there */
    AHEAD_WANTED                /* so is its GET on the wire */
};

struct ahead_file
{
    UINT32 file;
    enum ahead_stage stage;
    WCHAR *url;
    /* from AHEAD_KNOWN on */
    UINT64 size;
    UINT64 answered;            /* when, ms */
    struct header_list headers;
    WCHAR *raw;                 /* as they came */
};

struct ahead_request
{
    UINT32 file;
    BOOL head;
};

struct ahead
{
    struct ahead_file files[AHEAD_FILES];   /* in the order of the job */
    UINT32 count;
    struct ahead_request wire[2 * AHEAD_FILES];
    UINT32 wire_count;
    UINT32 next;                /* file from which on nothing was asked about */
};

void ahead_init(struct ahead *ahead);
void ahead_free(struct ahead *ahead);       /* back to the state after ahead_init */

/* Little enough is on the wire for more to be worth a call, and nothing that would still tell what more there is. */
BOOL ahead_is_low(const struct ahead *ahead);

/* A file behind all others that nothing is known of: its HEAD goes onto the wire. S_FALSE: there are enough. */
HRESULT ahead_ask(struct ahead *ahead, UINT32 file, const WCHAR *url);

/* The next known file whose GET goes onto the wire now; NULL: none, or there is enough. now: ms, as below. */
const struct ahead_file *ahead_want(struct ahead *ahead, UINT64 now);

/* The GET that `params` will lead to when that is the answer to its HEAD. S_FALSE: to something else. */
HRESULT ahead_get_request(const struct fetch_params *params, const struct ahead_file *file, struct fetch_request *request);

/* So many of the wire's requests are really on their way; the others are not, nor were they. */
void ahead_sent(struct ahead *ahead, UINT32 count);

/* This request is about to be made. Unless it is what the wire has first, all that is on the wire is lost. */
void ahead_take(struct ahead *ahead, UINT32 file, BOOL head);

/* Of a file that is looked after. */
const WCHAR *ahead_url(const struct ahead *ahead, UINT32 file);

/* The file whose HEAD's reply comes next, NULL if it is something else. */
const struct ahead_file *ahead_answering(const struct ahead *ahead);
/* The reply that was taken. Anything but a plain success leaves the file to its turn, as does a shortage of memory. raw: copied. */
void ahead_answer(struct ahead *ahead, UINT32 file, const struct fetch_reply *reply, const WCHAR *raw, UINT64 now);

/* It is known, and asked for before its turn if it can be. */
BOOL ahead_is_small(const struct ahead *ahead, UINT32 file);

/* The turn of the file has come: what is known of it, or NULL. */
const struct ahead_file *ahead_find(const struct ahead *ahead, UINT32 file, const WCHAR *url, UINT64 now);
/* It is over. */
void ahead_drop(struct ahead *ahead, UINT32 file);

#endif /* __QMGR_CORE_AHEAD_H */
