/*
 * A reply as it comes over a connection
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
 * Head, body, end.  What was received with a reply and belongs to the next one stays in the connection's buffer.  For request.c and
 * route.c, on a transfer's worker thread.
 */

#ifndef __QMGR_SHIM_REPLY_H
#define __QMGR_SHIM_REPLY_H

#include "shim/pool.h"
#include "shim/shim.h"
#include "core/http1.h"

#define AHEAD_TIMEOUT    5000   /* ms for the reply to a request sent ahead, before it is sent in its turn */

struct reply
{
    struct conn *conn;
    struct http1_reader reader;
    HANDLE cancel;          /* the caller's */
    UINT64 received;        /* octets of the body handed out */
    BOOL head_request;
    BOOL ended;             /* the body was read to its proper end, the end looked at */
    BOOL unwanted;          /* nobody reads the body but to get it out of the way */
    BOOL last;              /* no other one came behind it, although its request was sent ahead */
    struct shim_error failure; /* sticky */
};

static inline HRESULT error_set(struct shim_error *error, HRESULT hr, DWORD detail)
{
    error->hr = hr;
    error->context = SHIM_CONTEXT_REMOTE_FILE;
    error->detail = detail;
    return hr;
}

/* A reply that may come before all of its request is sent. */
struct hearing
{
    struct conn *conn;
    struct http1_reader *reader;
    BOOL any;               /* an octet of it has come */
    HRESULT hr;             /* it is none, or never will be */
};

/*
 * Sends all of it.  hearing may be NULL; S_FALSE: no more need be sent, as a final reply has come that is no success, or something that is no reply;
 * of the request some may have gone.
 */
HRESULT conn_send(struct conn *conn, const void *data, UINT32 size, struct hearing *hearing, HANDLE cancel, UINT32 timeout);
/* The same of what has come already; does not wait. */
HRESULT conn_hear(struct conn *conn, struct hearing *hearing, HANDLE cancel, UINT32 timeout);

/* Receives a head.  *any is set as soon as a byte of the reply has come. */
HRESULT reply_head(struct conn *conn, struct http1_reader *reader, BOOL *any, HANDLE cancel, UINT32 timeout);

/* Some of the body: S_OK with *got > 0; S_FALSE at its proper end; what is wrong with what follows is in reply->failure. */
HRESULT reply_body(struct reply *reply, void *buffer, UINT32 size, UINT32 *got, UINT32 timeout);
/* All of a body whose length is known can be read without a wait for the server; over TLS, all but a few octets. */
BOOL reply_is_there(const struct reply *reply);
/* Reads away what is left of a body, if that is little and quick, so that the connection can be kept: TRUE. */
BOOL reply_drain(struct reply *reply, UINT64 limit, UINT32 timeout);

#endif /* __QMGR_SHIM_REPLY_H */
