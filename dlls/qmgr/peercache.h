/*
 * The peer cache: present, off
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
 * The peer cache of BITS 3.0 is gone since 4.0, its interfaces are not: every method answers S_FALSE [PC.2], with outputs that a caller
 * who only tests for success can live with [PC.A1].  IBitsPeerCacheAdministration is a second interface of the manager (manager.c), which
 * embeds this and is its identity.  There are no records and no peers, so there are no objects for them, only empty enumerators.
 */

#ifndef __QMGR_PEERCACHE_H
#define __QMGR_PEERCACHE_H

#include "qmgr_private.h"

struct peercache
{
    IBitsPeerCacheAdministration IBitsPeerCacheAdministration_iface;
    IUnknown *outer;                /* the manager: not counted */
    struct client *client;
};

void peercache_init(struct peercache *peercache, IUnknown *outer, struct client *client);

#endif /* __QMGR_PEERCACHE_H */
