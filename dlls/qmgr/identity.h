/*
 * Who a job is towards servers
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
 * Fills what shim.h wants to know of a job: flags for TLS, client certificate, credentials, who judges certificates.  For transfer.c on its
 * worker; holds no lock when it returns.
 */

#ifndef __QMGR_IDENTITY_H
#define __QMGR_IDENTITY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct identity;
struct queue_job;
struct shim_session_params;

/*
 * A failure is the job's: BG_E_TOKEN_REQUIRED if it wants a helper token and there is none [TOKEN.4, TOKEN.ClearHelperToken.A2];
 * ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY [TOKEN.SetHelperTokenFlags.5].
 */
HRESULT identity_open(struct queue_job *job, HANDLE cancel, struct identity **identity);
/* Valid as long as the identity, which outlives every session made with it. */
const struct shim_session_params *identity_params(const struct identity *identity);
/* The job has others now, which count from the next request on [BEH.STATE.97]. */
BOOL identity_is_stale(const struct identity *identity);
BOOL identity_lacks_judge(const struct identity *identity);
void identity_close(struct identity *identity);     /* NULL is nothing */

#endif /* __QMGR_IDENTITY_H */
