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


#include "core/rate.h"
#include "core/rules.h"

static BOOL is_day(const struct rules_window *window, UINT32 day)
{
    if (window->first_day <= window->last_day) return day >= window->first_day && day <= window->last_day;
    return day >= window->first_day || day <= window->last_day;
}

static BOOL is_inside(const struct rules_window *window, UINT32 minute)
{
    UINT32 day = minute / MINUTES_PER_DAY, hour = minute % MINUTES_PER_DAY / MINUTES_PER_HOUR;

    if (window->from == window->to) return is_day(window, day);
    if (window->from < window->to) return is_day(window, day) && hour >= window->from && hour < window->to;
    return hour >= window->from ? is_day(window, day) : hour < window->to && is_day(window, (day + 6) % 7);
}

static UINT32 of_priority(const struct rules_limits *limits, enum job_priority priority)
{
    if (priority == JOB_HIGH) return limits->high;
    return priority == JOB_NORMAL ? limits->normal : limits->low;
}

UINT32 rules_limit(const struct rules *rules, enum job_priority priority, UINT32 minute)
{
    struct rules_window daily = {0, 6, rules->from, rules->to};
    UINT32 limit = RULES_UNLIMITED;

    if (priority == JOB_FOREGROUND) return RULES_UNLIMITED;
    minute %= MINUTES_PER_WEEK;
    if (rules->maintenance_limited && is_inside(&rules->maintenance, minute))
        limit = of_priority(&rules->maintenance_limits, priority);
    else if (rules->work_limited)
        limit = of_priority(is_inside(&rules->work, minute) ? &rules->work_limits : &rules->other_limits, priority);
    else if (rules->window_limited)
        limit = is_inside(&daily, minute) ? rules->inside : rules->outside;
    return limit && limit < RULES_FLOOR ? RULES_FLOOR : limit;
}

UINT32 rules_next_change(const struct rules *rules, UINT32 minute)
{
    UINT32 wait, priority;

    minute %= MINUTES_PER_WEEK;
    /* borders are full hours */
    for (wait = MINUTES_PER_HOUR - minute % MINUTES_PER_HOUR; wait <= MINUTES_PER_WEEK; wait += MINUTES_PER_HOUR)
    {
        for (priority = JOB_HIGH; priority <= JOB_LOW; priority++)
            if (rules_limit(rules, priority, minute + wait) != rules_limit(rules, priority, minute)) return wait;
    }
    return 0;
}

UINT64 rules_octets(UINT32 kilobits)
{
    return kilobits == RULES_UNLIMITED ? RATE_UNLIMITED : (UINT64)kilobits * 125;
}
