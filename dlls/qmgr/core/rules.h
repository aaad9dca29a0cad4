/*
 * Bandwidth limits and their schedules
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
 * Pure room.  What the policies of behaviour.md 22 and 24 say together: how fast a background job of a priority may go at an hour of the
 * week, and when that changes next.  policy.c reads the values, engine.c asks, transfer.c obeys.  Foreground jobs are free of all of it
 * [BEH.SCHED.7, BEH.BW.3].
 */

#ifndef __QMGR_CORE_RULES_H
#define __QMGR_CORE_RULES_H

#include "core/model.h"

#define RULES_UNLIMITED (~(UINT32)0)    /* in place of kbit/s */
#define RULES_FLOOR     2u              /* kbit/s; less, but more than nothing, is taken for it [BEH.BW.3] */

#define MINUTES_PER_HOUR 60u
#define MINUTES_PER_DAY  (24 * MINUTES_PER_HOUR)
#define MINUTES_PER_WEEK (7 * MINUTES_PER_DAY)

/* From an hour to an hour on the days from one to another; both wrap around. Equal hours: the whole day. Sunday is 0. */
struct rules_window
{
    UINT32 first_day, last_day;         /* inclusive */
    UINT32 from, to;                    /* hours, `to` exclusive; beyond midnight it belongs to the day it began on */
};

struct rules_limits
{
    UINT32 high, normal, low;           /* kbit/s, 0 blocks */
};

struct rules
{
    /* BITS 2.0: a window every day [BEH.POLICY.16 to 21, BEH.BW.4] */
    BOOL window_limited;
    UINT32 from, to;                    /* hours */
    UINT32 inside, outside;             /* kbit/s */
    /* BITS 4.0: by day, hour and priority; takes the place of the former [BEH.POLICY.23, BEH.BW.5] */
    BOOL work_limited;
    struct rules_window work;
    struct rules_limits work_limits, other_limits;
    /* maintenance days override both */
    BOOL maintenance_limited;
    struct rules_window maintenance;
    struct rules_limits maintenance_limits;
};

/* kbit/s for that priority at that minute of the week (Sunday 00:00 is 0), RULES_UNLIMITED, or 0: blocked. */
UINT32 rules_limit(const struct rules *rules, enum job_priority priority, UINT32 minute);

/* Minutes from there until the limit of some priority is another one; 0: it never is. */
UINT32 rules_next_change(const struct rules *rules, UINT32 minute);

/* Octets a second. */
UINT64 rules_octets(UINT32 kilobits);

#endif /* __QMGR_CORE_RULES_H */
