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

#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "iphlpapi.h"

#include "network.h"
#include "watch.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define COST_UNRESTRICTED 0x1   /* BITS_COST_STATE_UNRESTRICTED */
#define FRESH_MSEC 1000

static SRWLOCK network_lock = SRWLOCK_INIT;
/* guarded by network_lock */
static struct network current;
static UINT64 looked_at;        /* monotonic ms, 0 never */
static BOOL watching;
static DWORD watch_interval;
static struct
{
    UINT32 adapters, cost;
    BOOL on_battery;
} force;

/* fixed between network_init and network_shutdown */
static struct watch *timer;
static void (*network_changed)(void *ctx);
static void *network_changed_ctx;

/*
 * The interface table says which adapters work, without the addresses: it has IPv4 and IPv6 adapters alike.  If it cannot be had the
 * network counts as up, and a transfer finds out.
 */
static void look(struct network *network)
{
    SYSTEM_POWER_STATUS power;
    MIB_IFTABLE *table = NULL;
    ULONG size = 0, ret;
    DWORD i;

    memset(network, 0, sizeof(*network));
    network->cost = COST_UNRESTRICTED;
    while ((ret = GetIfTable(table, &size, FALSE)) == ERROR_INSUFFICIENT_BUFFER)
    {
        free(table);
        if (!(table = malloc(size))) break;
    }
    if (ret) network->up = network->external = TRUE;
    else
    {
        for (i = 0; i < table->dwNumEntries; i++)
        {
            if (table->table[i].dwOperStatus < MIB_IF_OPER_STATUS_CONNECTED) continue;
            network->up = TRUE;
            if (table->table[i].dwType != IF_TYPE_SOFTWARE_LOOPBACK) network->external = TRUE;
        }
    }
    free(table);
    if (GetSystemPowerStatus(&power))
    {
        network->on_battery = !power.ACLineStatus;
        network->battery_saver = ((const BYTE *)&power)[3] == 1; /* SystemStatusFlag; older headers have Reserved1 there */
    }
}

static void apply_force_locked(struct network *network)
{
    if (force.adapters)
    {
        network->up = force.adapters != NETWORK_FORCE_DOWN;
        network->external = force.adapters == NETWORK_FORCE_EXTERNAL;
    }
    if (force.cost) network->cost = force.cost;
    if (force.on_battery) network->on_battery = network->battery_saver = TRUE;
}

/* TRUE: the answer differs from the one before. */
static BOOL refresh(struct network *network)
{
    BOOL changed;

    look(network);
    AcquireSRWLockExclusive(&network_lock);
    apply_force_locked(network);
    changed = looked_at && memcmp(&current, network, sizeof(*network));
    current = *network;
    looked_at = GetTickCount64();
    ReleaseSRWLockExclusive(&network_lock);
    if (changed) TRACE("up %d, external %d, cost %#x, battery %d.\n", network->up, network->external, network->cost, network->on_battery);
    return changed;
}

static void schedule_locked(void)
{
    watch_set_timer(timer, watching ? watch_interval : WATCH_NEVER);
}

static void poll(void *ctx)
{
    struct network network;

    AcquireSRWLockExclusive(&network_lock);
    schedule_locked();
    ReleaseSRWLockExclusive(&network_lock);

    if (refresh(&network)) network_changed(network_changed_ctx);
}

HRESULT network_init(void (*changed)(void *ctx), void *ctx)
{
    network_changed = changed;
    network_changed_ctx = ctx;
    looked_at = 0;
    watching = FALSE;
    memset(&force, 0, sizeof(force));
    return watch_create(WATCH_TIME, NULL, poll, NULL, &timer);
}

void network_shutdown(void)
{
    watch_close(timer);
    timer = NULL;
}

void network_get(struct network *network)
{
    BOOL fresh;

    AcquireSRWLockShared(&network_lock);
    if ((fresh = looked_at && GetTickCount64() - looked_at < FRESH_MSEC)) *network = current;
    ReleaseSRWLockShared(&network_lock);
    if (!fresh) refresh(network);
}

void network_watch(BOOL wanted, UINT64 interval)
{
    if (interval < 100) interval = 100;
    if (interval > 3600 * 1000) interval = 3600 * 1000;
    AcquireSRWLockExclusive(&network_lock);
    if (wanted != watching || (wanted && interval != watch_interval))
    {
        watching = wanted;
        watch_interval = interval;
        if (timer) schedule_locked();
    }
    ReleaseSRWLockExclusive(&network_lock);
}

void network_force(UINT32 adapters, UINT32 cost, BOOL on_battery)
{
    struct network network;

    AcquireSRWLockExclusive(&network_lock);
    force.adapters = adapters;
    force.cost = cost;
    force.on_battery = on_battery;
    ReleaseSRWLockExclusive(&network_lock);
    if (refresh(&network)) network_changed(network_changed_ctx);
}
