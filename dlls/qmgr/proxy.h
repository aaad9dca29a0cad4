/*
 * Which way to a server: the proxy settings of a job, per URL
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
 * For transfer.c on its worker, which acts as the owner.  A route belongs to one transfer.  It chooses anew for every file
 * [JOB.SetProxySettings.19], and whenever the job's settings have changed [JOB.SetProxySettings.A7]; within a file a URL keeps its way.  It
 * asks core/bypass and shim/discover, and remembers the proxy that worked [BEH.PROXY.11].
 */

#ifndef __QMGR_PROXY_H
#define __QMGR_PROXY_H

#include "shim/shim.h"

struct queue_job;
struct proxy_route;

HRESULT proxy_route_create(struct queue_job *job, struct proxy_route **route);
void proxy_route_release(struct proxy_route *route);

/* Another file begins: what was found out for the last one is forgotten. */
void proxy_route_next_file(struct proxy_route *route);

/*
 * The hops for one URL, in the order to be tried; they belong to the route and live until the next call.  May wait for detection and
 * scripts, not longer than 100 ms after `cancel`.  A failure is in *error: BG_E_INVALID_PROXY_INFO for a bad list of the job
 * [JOB.SetProxySettings.14], E_INVALIDARG for one of the user [BEH.PROXY.15], ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT for a script that knows
 * no way which we can go, E_ABORT after cancel.
 */
HRESULT proxy_route_for(struct proxy_route *route, const WCHAR *url, HANDLE cancel, const struct shim_hop **hops,
                        ULONG *count, ULONG *first, struct shim_error *error);
/* The hop of the last proxy_route_for that the request went over. */
void proxy_route_worked(struct proxy_route *route, const WCHAR *url, ULONG hop);

#endif /* __QMGR_PROXY_H */
