/*
 * Connectivity, cost and power
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
 * Network changes are not announced on Wine (WINE.SYS.4): the adapters are looked at every few seconds, but only while somebody waits for
 * a change or has a server elsewhere (network_watch); otherwise the room takes no CPU.  Cost is what INetworkCostManager would say there, unrestricted (WINE.SYS.3).
 * Who uses it: engine.c, service.c.  Any thread.
 */

#ifndef __QMGR_NETWORK_H
#define __QMGR_NETWORK_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct network
{
    BOOL up;            /* some adapter is up and has an address; loopback counts */
    BOOL external;      /* one that is not loopback */
    UINT32 cost;        /* one BITS_COST_STATE_* bit; 0x1 unrestricted */
    BOOL roaming;
    BOOL on_battery;
    BOOL battery_saver; /* the machine saves power */
};

/* changed(ctx) when an answer differs from the one before, on a thread-pool thread, no lock held. */
HRESULT network_init(void (*changed)(void *ctx), void *ctx);
void network_shutdown(void);

/* A fresh look if the last one is older than a second, else the last one. About 1 ms when fresh: not with queue.cs held. */
void network_get(struct network *network);

/* TRUE: look every policy.network_poll ms and tell of changes; FALSE: rest. interval in ms. Not counted: the engine says what holds now. */
void network_watch(BOOL wanted, UINT64 interval);

/* Facts forced by a test (policy.h); ends the forcing with adapters 0, cost 0, on_battery FALSE. */
#define NETWORK_FORCE_DOWN      1
#define NETWORK_FORCE_LOOPBACK  2   /* no other adapter is up */
#define NETWORK_FORCE_EXTERNAL  3   /* one is */
void network_force(UINT32 adapters, UINT32 cost, BOOL on_battery);

#endif /* __QMGR_NETWORK_H */
