/*
 * Calls that block and cannot be cancelled, run on a thread of their own
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
 * Name resolution, certificate checks, SSPI helpers and proxy detection block for as long as they please and no API ends them.
 * They run here on a thread of the system's pool, and the transfer that waits can go away at once; what it leaves behind is
 * cleaned up when the call returns.  Called by the other files of shim/, on a transfer's worker thread.
 *
 * The callee runs with the token that the caller impersonates, if any, and never without it.
 */

#ifndef __QMGR_SHIM_OFFLOAD_H
#define __QMGR_SHIM_OFFLOAD_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/*
 * Runs run(ctx) and waits for it, for the event `cancel` (may be NULL) or for `timeout` milliseconds.  S_OK: it has run and ctx is
 * the caller's again.  Any failure (E_ABORT after cancel, ERROR_WINHTTP_TIMEOUT, E_OUTOFMEMORY, that of taking the caller's token over): ctx
 * is not the caller's any more, destroy(ctx) is called sooner or later.
 */
HRESULT offload_run(void (*run)(void *ctx), void (*destroy)(void *ctx), void *ctx, HANDLE cancel, UINT32 timeout);

/*
 * Starts run(ctx) and does not wait.  The module stays loaded until it returns.  With a failure nothing was started.
 */
HRESULT offload_start(void (*run)(void *ctx), void *ctx);

/*
 * The token that this thread impersonates, for another one to do so; NULL if there is none. The caller closes it.  The same as
 * security_thread_token, which the shim cannot know.
 */
HRESULT offload_token(HANDLE *token);

#endif /* __QMGR_SHIM_OFFLOAD_H */
