/*
 * The heads of requests
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
 * Where a request goes and what its head says: the lines that are ours, the caller's, the job's, and the answers to challenges.  For request.c
 * and route.c.
 */

#ifndef __QMGR_SHIM_HEAD_H
#define __QMGR_SHIM_HEAD_H

#include "shim/auth.h"
#include "shim/shim.h"
#include "core/http1.h"

#define USER_AGENT L"Microsoft BITS/7.8"    /* [BEH.HTTP.12] */

/* Where a request goes, taken apart. */
struct target
{
    struct url url;
    WCHAR *host;            /* ASCII form of url.host */
};

HRESULT target_parse(const WCHAR *url, struct target *target);
void target_free(struct target *target);
/* "host:port" for CONNECT, "host[:port]" for Host; IPv6 literals in brackets without their zone. *authority is malloc'ed. */
HRESULT target_authority(const struct target *target, BOOL with_port, WCHAR **authority);

/* The head of a request for the origin, directly, through a tunnel, or in absolute form for a proxy [BEH.HTTP.11]. */
HRESULT head_write(struct http1_writer *writer, const struct shim_request_params *params, const struct target *target,
                   BOOL absolute, BOOL with_body, struct auth_exchange *server, struct auth_exchange *proxy);
/* Answers a challenge, unless the caller does it himself; params may be NULL. target is what the asking party sees on its request line. */
HRESULT head_write_auth(struct http1_writer *writer, struct auth_exchange *exchange, const struct shim_request_params *params,
                        const WCHAR *method, const WCHAR *target, const char *name);

#endif /* __QMGR_SHIM_HEAD_H */
