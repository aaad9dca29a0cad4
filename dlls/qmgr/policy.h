/*
 * Registry and group policy, and the values that shorten intervals for tests
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
 * Reads HKLM\Software\Policies\Microsoft\Windows\BITS and HKLM\Software\Microsoft\Windows\CurrentVersion\BITS at start and again whenever
 * they change (RegNotifyChangeKeyValue, no polling) [BEH.POLICY.1, 32, 33].  An absent or impossible value is the default.
 * Who uses it: engine.c and service.c, the doors and the queue (limits), the rooms that have a time of it.  Any thread; policy_get copies a snapshot under a leaf lock, no registry access.
 */

#ifndef __QMGR_POLICY_H
#define __QMGR_POLICY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#include "core/rules.h"

struct policy
{
    /* limits; they bind ordinary users only [BEH.POLICY.30] */
    UINT32 max_jobs_per_machine;      /* 300 [BEH.POLICY.12] */
    UINT32 max_jobs_per_user;         /* 60 [BEH.POLICY.13] */
    UINT32 max_files_per_job;         /* 200 [BEH.POLICY.14] */
    UINT32 max_ranges_per_file;       /* 500 [BEH.POLICY.15] */
    UINT32 max_download_time;         /* s, 7776000 [BEH.POLICY.11] */

    struct rules bandwidth;           /* of background jobs [BEH.POLICY.16 to 21, 23] */

    /* transfer policy per priority, BG_JOB_PRIORITY order; 0: not configured [BEH.POLICY.25] */
    UINT32 cost_flags[4];

    BOOL implicit_logon;              /* the user's own credentials go to whoever asks: UseLMCompat [BEH.AUTH.7] */

    /* this project's own, non-policy key */
    UINT32 log_level;                 /* LogLevel, 3 */
    BOOL keep_awake;                  /* KeepAwake, TRUE: hold the prefix while bytes flow */
    BOOL auto_start;                  /* AutoStart, TRUE: Start=2 while there are jobs */
    BOOL guarded;                     /* Guard, TRUE: a guard process heals a killed service */

    /*
     * Intervals in ms.  Each is a value of its name (REG_DWORD, ms) below the key's subkey Test, so that tests need not wait for
     * hours; absent in normal life.
     */
    UINT64 job_inactivity;            /* JobInactivityTimeout in days, 90 [BEH.POLICY.10, 40]; Test\JobInactivity */
    UINT64 retry_floor;               /* 5 s [BEH.RETRY.20]; Test\RetryFloor */
    UINT64 time_slice;                /* 300 s [BEH.SCHED.20]; Test\TimeSlice */
    UINT64 notify_retry_floor;        /* 5 s, below which a refused notification is not repeated [BEH.NOTIFY.5]; Test\NotifyRetryFloor */
    UINT64 notify_timeout;            /* 60 s until an unanswered notification no longer counts; Test\NotifyTimeout */
    UINT64 awake_stall;               /* 60 s without a byte; Test\AwakeStall */
    UINT64 awake_alone;               /* KeepAwakeHours in hours, 4: without any client; Test\AwakeAlone */
    UINT64 autostart_idle;            /* 1 h of empty queue until Start=3; Test\AutoStartIdle */
    UINT64 network_poll;              /* 5 s between two looks at the adapters; Test\NetworkPoll */
    UINT64 connect_timeout;           /* 30 s [BEH.HTTP.80]; Test\ConnectTimeout */
    UINT64 io_timeout;                /* 60 s without a byte on a connection; Test\IoTimeout */

    /* Facts that cannot be had otherwise in a test: Test\NetworkDown, Test\Cost (BITS_COST_STATE_*), Test\OnBattery (with the battery
     * saver on), Test\WeekMinute (local time when the service started, RULES_UNLIMITED: the real one) */
    UINT32 test_week_minute;
    UINT32 test_clock_ahead;          /* Test\ClockAhead: minutes by which the wall clock is put forward */
    UINT32 test_network_down;   /* NETWORK_FORCE_* */
    UINT32 test_cost;                 /* 0: none */
    BOOL test_on_battery;
};

/* changed(ctx) after every new snapshot, on a thread-pool thread, no lock held. */
HRESULT policy_init(void (*changed)(void *ctx), void *ctx);
void policy_shutdown(void);
void policy_get(struct policy *policy);
UINT32 policy_clock_ahead(void);        /* test_clock_ahead, without a lock */

#endif /* __QMGR_POLICY_H */
