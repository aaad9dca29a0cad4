/*
 * The upload of one file to a BITS server: a state machine without a network
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
 * Pure room.  The transfer worker asks what to do next, does it (through the shim and the queue) and reports what came of it.  The packets,
 * their order, what an Ack means and how a session is taken up again are decided here [BUP.*].
 *
 *     upload_init(); while ((step = upload_next()) is no end) { perform it; upload_on_...(); }
 *
 * An upload is one attempt: it begins with a Ping, then goes on with the session that an earlier attempt has left, or makes one [BUP.PING.3].
 * A failure ends the attempt; the job's retry makes another one [BUP.ERR.8].  Suspend and the end of a time slice simply stop asking [BUP.STATE.10].
 */

#ifndef __QMGR_CORE_UPLOAD_H
#define __QMGR_CORE_UPLOAD_H

#include "core/headers.h"
#include "core/model.h"
#include "core/str.h"
#include "core/verdict.h"

#define UPLOAD_FOREGROUND_SIZE  (4u * 1024 * 1024)  /* octets of a fragment [BUP.FRAG.20] */
#define UPLOAD_BLOCK_MIN        65536u              /* of a background job's, to begin with */
#define UPLOAD_BLOCK_MAX        (1024u * 1024)
#define UPLOAD_BLOCK_FAST_MSEC  2000u               /* quicker than this doubles the next one [BEH.HTTP.81] */
#define UPLOAD_BLOCK_SLOW_MSEC  8000u               /* slower than this halves it */
#define UPLOAD_SMALLEST         1024u               /* the server refuses even less: given up [BUP.FRAG.6] */
#define UPLOAD_LAST_WAIT        360000u             /* ms: the server's application runs before the last Ack [BUP.FRAG.5] */
#define UPLOAD_SESSION_ID_MAX   100u                /* octets [BUP.HDR.13] */
#define UPLOAD_HOST_ID_MAX      300u                /* [BUP.HDR.14] */
#define UPLOAD_STALLED_ACKS     3u                  /* in a row without progress [BUP.RESUME.4] */
#define UPLOAD_SETBACKS         16u                 /* in one attempt: a server that takes and loses by turns would never come to an end */
#define UPLOAD_PROTOCOL         "{7df0354d-249b-430f-820d-3d2a9bef4931}"

enum upload_step
{
    UPLOAD_SEND,                /* send upload->request, deliver its Ack or the failure */
    UPLOAD_RECORD,              /* upload->session and upload->acknowledged have changed in a way that must be known before anything else is sent:
                                 * record them, then upload_on_recorded [BUP.CREATE.6, BUP.HOST.6] */
    UPLOAD_REPLY,               /* everything is sent: fetch upload->reply_url, which is absolute, then upload_on_reply; record it first [BUP.REPLY.5] */
    UPLOAD_DONE,                /* the server has the file, and the session is closed or given up [BUP.CLOSE.3 to 5, 10] */
    UPLOAD_FAILED               /* upload->failure */
};

enum upload_packet { UPLOAD_PING, UPLOAD_CREATE, UPLOAD_FRAGMENT, UPLOAD_CLOSE, UPLOAD_CANCEL };

struct upload_request
{
    enum upload_packet packet;
    const WCHAR *url;           /* the remote name, or that with the session's host in it [BUP.HOST.1] */
    UINT64 first;               /* UPLOAD_FRAGMENT: the body is these octets of the file; else there is none (Content-Length: 0) */
    UINT32 length;
    BOOL last;                  /* the fragment that makes the file whole: wait UPLOAD_LAST_WAIT for its Ack */
};

struct upload_params
{
    const WCHAR *url;           /* the remote name */
    const WCHAR *local_name;    /* its last component is the Content-Name */
    UINT64 size;
    UINT64 acknowledged;        /* as recorded */
    const struct upload_session *session; /* as recorded; copied */
    const WCHAR *reply_url;     /* as recorded, NULL if not known; copied */
    BOOL wants_reply;           /* an upload-reply job */
    BOOL delivered;             /* the server has said that it has all of it; of an empty file nothing else tells */
    BOOL reply_done;            /* and the reply is there already: what is left is to close */
    BOOL foreground;
    BOOL cancel;                /* the job is cancelled: nothing but Cancel-Session is to be sent. Needs a session. */
};

struct upload
{
    /* for the caller to read */
    struct upload_request request;
    struct upload_session session;      /* owned */
    UINT64 acknowledged;
    WCHAR *reply_url;                   /* owned */
    struct failure failure;
    UINT64 block_limit;                 /* may be set at any time: longest fragment in octets, 0 for none; at least UPLOAD_SMALLEST counts */

    /* private */
    WCHAR *url;
    char *content_name;
    WCHAR *host_url;
    UINT64 size;
    UINT32 phase;
    UINT32 record;                      /* of session and acknowledged: due, asked for */
    UINT32 block;
    UINT32 refused_block;               /* the server does not take fragments of this size, 0 if none was refused */
    UINT64 sent_at;
    UINT32 stalled;
    UINT32 setbacks;
    UINT32 lost;                        /* sessions that the server did not know, in this attempt */
    BOOL named;                         /* Content-Name was sent with a fragment of this attempt */
    BOOL foreground, delivered, wants_reply, reply_done;
};

HRESULT upload_init(struct upload *upload, const struct upload_params *params);
void upload_free(struct upload *upload);

/* now: monotonic ms, for the size of fragments; time: FILETIME, for the host's fallback. */
enum upload_step upload_next(struct upload *upload, UINT64 now, UINT64 time);

/*
 * The header lines of upload->request that are the protocol's (BITS-..., Content-Name, Content-Range), each ended by CRLF, in octets without a
 * terminator.  Accept, User-Agent, Host, Content-Length and Connection are not among them.
 */
HRESULT upload_lines(const struct upload *upload, struct buffer *lines);

/* The head of the reply to UPLOAD_SEND; its body means nothing [BUP.HDR.3]. now as above. */
void upload_on_ack(struct upload *upload, UINT32 status, const struct header_list *headers, UINT64 now);
/* There was none. unreachable: the server was not even connected to, which counts against a host of the session [BUP.HOST.4]. */
void upload_on_error(struct upload *upload, HRESULT hr, UINT32 context, BOOL unreachable, UINT64 time);
/* The server was connected to. */
void upload_on_connected(struct upload *upload);
void upload_on_recorded(struct upload *upload);
void upload_on_reply(struct upload *upload);
/* Anything on this side failed: the file has changed, the journal cannot be written ... */
void upload_on_failure(struct upload *upload, const struct failure *failure);

const char *upload_packet_name(enum upload_packet packet);     /* as the wire has it */

#endif /* __QMGR_CORE_UPLOAD_H */
