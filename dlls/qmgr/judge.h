/*
 * The client that judges the certificates of servers
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
 * The object of SetServerCertificateValidationInterface and what it has accepted, in memory only; that there should be one is a property
 * of the job, which outlives both [HTTP3.SetServerCertificateValidationInterface.6, 7].  job_http.c sets it, identity.c asks it on a transfer's
 * worker, finish.c lets go of it when the job is final, promptly [HABIT.2].
 *
 * The pointer is a member of struct queue_job, guarded by queue.cs, which is not held while the client is called.
 */

#ifndef __QMGR_JUDGE_H
#define __QMGR_JUDGE_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct IUnknown;
struct client;
struct queue_job;

/* Takes its own reference; NULL removes. Every call forgets what was accepted. For a job that is final meanwhile nothing is kept. */
HRESULT judge_set(struct queue_job *job, struct client *client, struct IUnknown *callback);
void judge_forget(struct queue_job *job);

/*
 * May the job go on with this server?  cert_context: a CERT_CONTEXT whose store holds what the server sent along.  S_OK, also for a
 * pair of server and certificate that was accepted before; what the client answered; BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED without a
 * client that answers; E_ABORT within 100 ms of the event.
 */
HRESULT judge_ask(struct queue_job *job, const WCHAR *host, UINT16 port, const void *cert_context, HANDLE cancel);

#endif /* __QMGR_JUDGE_H */
