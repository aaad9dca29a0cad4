/*
 * The steps of one file's download over HTTP
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
 * Pure room.  The transfer worker asks what to do next, does it (through the shim and the output) and reports what came of it.  All
 * rules about sizes, time stamps, ranges and statuses are here [BEH.CONSIST.*, BEH.HTTP.10 to 17, 30 to 38, 44, 50 to 55].
 *
 *     fetch_init(); while ((step = fetch_next()) is no end) { perform it; fetch_on_...(); }
 *
 * Offsets are of two kinds: remote ones, in the file on the server, and local ones, in the temporary file.  They differ only for
 * files with ranges, whose local file is the concatenation of the ranges in the order given [BEH.RANGE.4].
 *
 * What is missing is fetched in this order: ranges that the client asked for, from its position on, from the start.  Several ranges of
 * AddFileWithRanges go into one request; a server that cannot answer that is asked for one at a time [BEH.RANGE.10].
 */

#ifndef __QMGR_CORE_FETCH_H
#define __QMGR_CORE_FETCH_H

#include "core/headers.h"
#include "core/model.h"
#include "core/multipart.h"
#include "core/verdict.h"

#define FETCH_BLOCK_MIN       65536u            /* background block, octets [BEH.HTTP.81] */
#define FETCH_BLOCK_MAX       67108864u
#define FETCH_BLOCK_FAST_MSEC 2000u             /* a block quicker than this doubles the next one */
#define FETCH_BLOCK_SLOW_MSEC 8000u             /* slower than this halves it */
#define FETCH_BLOCK_GROW_MSEC 250u              /* quicker than this quadruples it: 64 MiB after five round trips of a long path */
#define FETCH_PIECES_MAX      32u               /* ranges in one request */
#define FETCH_WHOLE_LIMIT     0x80000000u       /* foreground: from here on ranges of this length [BEH.HTTP.14] */
#define FETCH_REDIRECT_LIMIT  10u

#define FETCH_REDIRECT_REPORT   0x0100u         /* SetSecurityFlags bits [BEH.HTTP.50] */
#define FETCH_REDIRECT_DISALLOW 0x0200u
#define FETCH_REDIRECT_MASK     0x0700u
#define FETCH_REDIRECT_TO_HTTP  0x0800u

enum fetch_step
{
    FETCH_HEAD,                 /* ask for size and time: send fetch->request */
    FETCH_GET,                  /* send fetch->request, deliver the body through fetch_on_data */
    FETCH_BEGIN,                /* the file starts from zero: forget received bytes, record size and time, open the output empty */
    FETCH_RENAME,               /* the remote name becomes fetch->url [BEH.HTTP.50, 54]; then go on */
    FETCH_DONE,                 /* everything is there */
    FETCH_PARTIAL,              /* on-demand: all that the client asked for is there, the file is not whole [BEH.STATE.53] */
    FETCH_FAILED                /* fetch->failure; a redirect that is disallowed also sets fetch->url, to be recorded [BEH.HTTP.50] */
};

struct fetch_request
{
    BOOL head;
    BOOL ranged;
    UINT64 first, last;         /* remote, inclusive; if ranged: the first piece */
    const struct content_range *pieces; /* if ranged: all of them, in the order of the local file */
    UINT32 piece_count;
    UINT64 unmodified_since;    /* FILETIME, 0: no such field [BEH.CONSIST.5] */
};

struct fetch_reply
{
    UINT32 status;
    UINT64 length;              /* of the body, SIZE_UNKNOWN if not announced */
    const struct header_list *headers;
};

struct fetch
{
    /* set by fetch_init */
    BOOL foreground;
    BOOL dynamic;               /* no HEAD, no length, no ranges [BEH.HTTP.60]; also for a custom method [BEH.HTTP.19] */
    UINT32 redirects;           /* SetSecurityFlags */
    const struct file_range *ranges;
    UINT32 range_count;
    UINT64 max_bytes;           /* left of the job's size cap, SIZE_UNKNOWN for none [BEH.HTTP.64] */
    BOOL on_demand;             /* fetch only what is requested [BEH.RANGE.9] */
    BOOL moved;                 /* the file began under another name: a server that cannot go on may begin anew [BEH.STATE.96] */
    UINT64 block_limit;         /* may be set at any time: longest background block, 0 for none [BEH.HTTP.81] */
    WCHAR *url;                 /* where the next request goes; owned */

    /* what is known of the remote file */
    UINT64 size;                /* SIZE_UNKNOWN until asked */
    UINT64 time;                /* FILETIME, 0 for none */
    UINT32 restarts;            /* in the life of the file */

    UINT64 position;            /* local offset reached; where the next octet belongs */
    struct range_set have;      /* local octets that are there */
    struct fetch_request request;
    struct failure failure;
    BOOL forget;                /* FETCH_FAILED: what was received is of no use to a later run [BEH.HTTP.16] */
    BOOL cross_origin;          /* url has another origin than the remote name: nothing secret goes there */

    /* private */
    WCHAR *original_url;
    UINT32 phase;
    UINT32 hops;                /* redirects followed for the present request */
    UINT32 run_restarts;
    UINT32 refused;             /* status 412 or 416 that made us look again, 0 if none */
    BOOL recorded;              /* size and time are those that the temporary file was begun with */
    struct range_set requested;
    UINT64 first_wanted;
    UINT64 block;
    UINT64 block_start;
    UINT32 asked_pieces;        /* of the last ranged GET */
    BOOL single;                /* the server does not answer several ranges at once */
    BOOL in_multipart;          /* the present body is one */
    struct multipart_reader multipart;
    struct content_range pieces[FETCH_PIECES_MAX];
    UINT64 body_end;            /* local offset at which it ends, SIZE_UNKNOWN if not announced */
};

struct fetch_params
{
    const WCHAR *url;
    BOOL foreground, dynamic;
    UINT32 security_flags;
    const struct file_range *ranges; /* borrowed for the life of the fetch */
    UINT32 range_count;
    UINT64 size, time;          /* as recorded, SIZE_UNKNOWN if the file never began */
    UINT32 restarts;
    UINT64 position;            /* local bytes that are really on disk, counted from 0 */
    const struct range_set *received; /* all of them, or NULL: those below position */
    const struct range_set *requested; /* as model.h has it, or NULL; not for files with ranges */
    UINT64 first_wanted;
    BOOL on_demand, moved;
    UINT64 max_bytes;
};

HRESULT fetch_init(struct fetch *fetch, const struct fetch_params *params);
void fetch_free(struct fetch *fetch);

/* The client asked for something else meanwhile; counts from the next request on. E_OUTOFMEMORY: as before. */
HRESULT fetch_want(struct fetch *fetch, const struct range_set *requested, UINT64 first_wanted);
/* The present body is given up; fetch_next says how to go on from the octets that are there. */
void fetch_on_interrupt(struct fetch *fetch);
/* The present body broke off for no fault of the file: it is asked for again, from its first octet if it has come in part. */
void fetch_on_cut(struct fetch *fetch);

/* now: monotonic ms, for the block length. */
enum fetch_step fetch_next(struct fetch *fetch, UINT64 now);

/* The head of a reply to FETCH_HEAD or FETCH_GET. TRUE: the body is wanted, read it; FALSE: drop it and ask fetch_next. */
BOOL fetch_on_reply(struct fetch *fetch, const struct fetch_reply *reply);
/*
 * Octets of the wanted body, as they come: how many of len were used, and at most one run of them that belongs into the file at the local
 * offset that fetch->position had before.  Call again with the rest while fetch_wants_body and not all are used.
 */
BOOL fetch_wants_body(const struct fetch *fetch);
UINT32 fetch_on_body(struct fetch *fetch, const void *body, UINT32 len, const void **data, UINT32 *data_len);
/* The same for a body that is no multipart: `len` octets of the wanted body were written at local offset fetch->position. Called before writing: how many of len may be
 * written; less than len means that the body is too long, and the fetch has failed. */
UINT32 fetch_on_data(struct fetch *fetch, UINT32 len);
/* The body ended properly, or the request or the body failed with this fact. */
void fetch_on_end(struct fetch *fetch, UINT64 now);
void fetch_on_error(struct fetch *fetch, HRESULT hr, UINT32 context);
/* FETCH_BEGIN was carried out; FETCH_RENAME was carried out. */
void fetch_on_begun(struct fetch *fetch);
void fetch_on_renamed(struct fetch *fetch);

/* Local length of everything asked for; SIZE_UNKNOWN if it depends on an unknown size. */
UINT64 fetch_total(const struct fetch *fetch);

#endif /* __QMGR_CORE_FETCH_H */
