/*
 * The scheduler's thread
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
 * One thread: wakes on an event or at the next deadline, gathers facts (queue, policy, network), asks core/sched, starts and stops
 * transfers.  It never polls and sleeps for ever when nothing is to come.
 */

#ifndef __QMGR_ENGINE_H
#define __QMGR_ENGINE_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

HRESULT engine_init(void);
void engine_shutdown(void);     /* stops every transfer and waits for them */
void engine_wake(void);         /* any thread, any lock: one SetEvent */
void engine_network_changed(void *ctx); /* fits network_init and policy_init */

#endif /* __QMGR_ENGINE_H */
