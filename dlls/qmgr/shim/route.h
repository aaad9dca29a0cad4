/*
 * Connections over one hop: direct, to a proxy, through a tunnel
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

/* For request.c, on a transfer's worker thread. */

#ifndef __QMGR_SHIM_ROUTE_H
#define __QMGR_SHIM_ROUTE_H

#include "shim/head.h"
#include "shim/pool.h"
#include "shim/session.h"

#define AUTH_ROUNDS         10      /* challenges answered for one request */
#define AUTH_DRAIN_MAX 1048576      /* octets of a challenge's body that are read away */

/*
 * A connection for the request: a kept one, unless it must be `fresh`, or a new one with tunnel and handshake.  *unreachable after a failure:
 * another hop may do better.
 */
HRESULT route_conn(struct shim_session *session, const struct shim_request_params *params, const struct target *target,
                   const struct shim_hop *hop, BOOL fresh, BOOL *unreachable, struct conn **conn, struct shim_error *error);

#endif /* __QMGR_SHIM_ROUTE_H */
