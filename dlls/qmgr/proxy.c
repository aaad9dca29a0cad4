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

#include "proxy.h"
#include "queue.h"

struct proxy_route
{
    struct shim_hop direct;
};

HRESULT proxy_route_create(struct queue_job *job, struct proxy_route **route)
{
    return (*route = calloc(1, sizeof(**route))) ? S_OK : E_OUTOFMEMORY;
}

void proxy_route_release(struct proxy_route *route)
{
    free(route);
}

HRESULT proxy_route_for(struct proxy_route *route, const WCHAR *url, HANDLE cancel, const struct shim_hop **hops,
                        ULONG *count, ULONG *first, struct shim_error *error)
{
    *hops = &route->direct;
    *count = 1;
    *first = 0;
    return S_OK;
}

void proxy_route_worked(struct proxy_route *route, const WCHAR *url, ULONG hop)
{
}
