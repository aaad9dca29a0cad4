/*
 * What a failure means for the job
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
 * Pure room, no state.  The one place that decides whether a failure ends the job, is retried by time, or waits for its cause to end.
 * Whoever meets a failure below a transfer (shim, output, local, policy, scheduler) passes the bare fact on; core/fetch,
 * core/upload and the engine ask here and hand the struct to core/state.  Any thread.
 */

#ifndef __QMGR_CORE_VERDICT_H
#define __QMGR_CORE_VERDICT_H

#include "core/system.h"

/* Values of BG_ERROR_CONTEXT [ERR.CTX.0 to 8], under names that do not collide with the interface headers. */
#define CONTEXT_NONE 0
#define CONTEXT_UNKNOWN 1
#define CONTEXT_GENERAL_QUEUE_MANAGER 2
#define CONTEXT_QUEUE_MANAGER_NOTIFICATION 3
#define CONTEXT_LOCAL_FILE 4
#define CONTEXT_REMOTE_FILE 5
#define CONTEXT_GENERAL_TRANSPORT 6
#define CONTEXT_REMOTE_APPLICATION 7
#define CONTEXT_SERVER_CERTIFICATE_CALLBACK 8

enum failure_class
{
    FAILURE_FATAL,       /* class F of spec/errors.md: the job goes to ERROR */
    FAILURE_TRANSIENT,   /* T: TRANSIENT_ERROR, tried again after the minimum retry delay */
    FAILURE_BLOCKED      /* E: TRANSIENT_ERROR, tried again only when its cause ends; no error in the count */
};

/* A failure as the job shows it. The no-progress rules [ERR.GEN.9] are core/state's. */
struct failure
{
    HRESULT hr;
    UINT32 context;
    enum failure_class class;
};

/*
 * A final HTTP status that is no success where it was met: after redirects, authentication and the special meanings of 412, 413 and 416
 * were dealt with [ERR.HTTP.1, 2, 3, 5, BEH.HTTP.40, 41, 46].  hr is 0x80190000 + status, context REMOTE_FILE.
 */
void verdict_status(UINT32 status, struct failure *failure);

/*
 * A fact of the system or of the shim.  hr: HRESULT_FROM_WIN32 of WinHTTP, Winsock and Win32 file codes, or a BG_E_ code (also
 * 0x8019nnnn).  context says where it was met; CONTEXT_NONE: what the code itself implies.  For some codes the verdict reports another
 * code (10054 becomes ERROR_WINHTTP_CONNECTION_ERROR) or another context (out of memory is GENERAL_QUEUE_MANAGER) than given.
 */
void verdict_error(HRESULT hr, UINT32 context, struct failure *failure);

/* Such a fact may have no other reason than that there is no network [BEH.STATE.34]. */
BOOL verdict_may_be_network(HRESULT hr);

/*
 * A failure as the journal kept it: code and context of an earlier verdict, and whether the job is in TRANSIENT_ERROR or in ERROR.  They
 * stay as they are; a verdict on them alone could differ from the one that was made knowing more.
 */
void verdict_recall(HRESULT hr, UINT32 context, BOOL transient, struct failure *failure);

/* The failure raises GetErrorCount by one [BEH.RETRY.8, ERR.GEN.8]. */
BOOL verdict_counts(const struct failure *failure);

/* Codes that the shim hands up, for rooms that must not include winhttp.h or winsock2.h. */
#ifndef ERROR_WINHTTP_TIMEOUT
#define ERROR_WINHTTP_TIMEOUT 12002
#define ERROR_WINHTTP_INVALID_URL 12005
#define ERROR_WINHTTP_UNRECOGNIZED_SCHEME 12006
#define ERROR_WINHTTP_NAME_NOT_RESOLVED 12007
#define ERROR_WINHTTP_LOGIN_FAILURE 12015
#define ERROR_WINHTTP_CANNOT_CONNECT 12029
#define ERROR_WINHTTP_CONNECTION_ERROR 12030
#define ERROR_WINHTTP_SECURE_CERT_DATE_INVALID 12037
#define ERROR_WINHTTP_SECURE_CERT_CN_INVALID 12038
#define ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED 12044
#define ERROR_WINHTTP_SECURE_INVALID_CA 12045
#define ERROR_WINHTTP_SECURE_CERT_REV_FAILED 12057
#define ERROR_WINHTTP_INVALID_SERVER_RESPONSE 12152
#define ERROR_WINHTTP_REDIRECT_FAILED 12156
#define ERROR_WINHTTP_SECURE_CHANNEL_ERROR 12157
#define ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT 12166
#define ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT 12167
#define ERROR_WINHTTP_SECURE_INVALID_CERT 12169
#define ERROR_WINHTTP_SECURE_CERT_REVOKED 12170
#define ERROR_WINHTTP_SECURE_FAILURE 12175
#define ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE 12179
#define ERROR_WINHTTP_AUTODETECTION_FAILED 12180
#define ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY 12185
#define ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY 12186
#endif

#endif /* __QMGR_CORE_VERDICT_H */
