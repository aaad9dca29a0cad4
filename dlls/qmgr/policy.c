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

#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "winreg.h"

#include "policy.h"
#include "watch.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#ifndef REG_NOTIFY_THREAD_AGNOSTIC
#define REG_NOTIFY_THREAD_AGNOSTIC 0x10000000
#endif

#define HOUR_MSEC ((UINT64)60 * 60 * 1000)
#define DAY_MSEC  (24 * HOUR_MSEC)

static const WCHAR policy_key[] = L"Software\\Policies\\Microsoft\\Windows\\BITS";
static const WCHAR own_key[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS";

/* One watched key. */
struct policy_source
{
    HKEY key;
    HANDLE event;
    struct watch *watch;
};

/* From reading to storing: the two keys are told of by different threads, and who has read last stores last. Taken before policy_lock. */
static SRWLOCK load_lock = SRWLOCK_INIT;

static SRWLOCK policy_lock = SRWLOCK_INIT;
static struct policy current;           /* guarded by policy_lock */

/* fixed between policy_init and policy_shutdown */
static struct policy_source policy_source, own_source;
static void (*policy_changed)(void *ctx);
static void *policy_changed_ctx;

static UINT32 read_dword(HKEY key, const WCHAR *subkey, const WCHAR *name, UINT32 low, UINT32 high, UINT32 absent)
{
    DWORD value, size = sizeof(value);

    if (!key || RegGetValueW(key, subkey, name, RRF_RT_REG_DWORD, NULL, &value, &size)) return absent;
    return value < low || value > high ? absent : value;
}

static UINT64 read_interval(const WCHAR *name, UINT64 absent)
{
    UINT32 value = read_dword(own_source.key, L"Test", name, 0, ~0u - 1, ~0u);

    return value == ~0u ? absent : value;
}

/* A limit with its unit: 1 kbit/s, 2 Mbit/s, 3 none [BEH.POLICY.23]. */
static UINT32 read_limit(HKEY key, const WCHAR *subkey, const WCHAR *value, const WCHAR *type)
{
    UINT32 limit = read_dword(key, subkey, value, 0, ~0u - 1, RULES_UNLIMITED);

    switch (read_dword(key, subkey, type, 1, 3, 1))
    {
    case 1:  return limit;
    case 2:  return limit > ~0u / 1000 ? RULES_UNLIMITED : limit * 1000;
    default: return RULES_UNLIMITED;
    }
}

static void read_limits(HKEY key, const WCHAR *subkey, struct rules_limits *limits)
{
    limits->high = read_limit(key, subkey, L"HighBandwidthLimit", L"HighBandwidthType");
    limits->normal = read_limit(key, subkey, L"NormalBandwidthLimit", L"NormalBandwidthType");
    limits->low = read_limit(key, subkey, L"LowBandwidthLimit", L"LowBandwidthType");
}

static void read_window(HKEY key, const WCHAR *subkey, UINT32 from, UINT32 to, struct rules_window *window)
{
    window->first_day = read_dword(key, subkey, L"StartDay", 0, 6, 1);
    window->last_day = read_dword(key, subkey, L"EndDay", 0, 6, 5);
    window->from = read_dword(key, subkey, L"StartHour", 0, 23, from);
    window->to = read_dword(key, subkey, L"EndHour", 0, 23, to);
}

static void load_rules(HKEY key, struct rules *rules)
{
    static const WCHAR work[] = L"Throttling\\WorkSchedule", other[] = L"Throttling\\NonWorkSchedule";
    static const WCHAR maintenance[] = L"Throttling\\MaintenanceSchedule";

    rules->window_limited = read_dword(key, NULL, L"EnableBITSMaxBandwidth", 0, 1, 0);
    rules->from = read_dword(key, NULL, L"MaxBandwidthValidFrom", 0, 23, 8);
    rules->to = read_dword(key, NULL, L"MaxBandwidthValidTo", 0, 23, 17);
    rules->inside = read_dword(key, NULL, L"MaxTransferRateOnSchedule", 0, ~0u, 10);
    rules->outside = read_dword(key, NULL, L"UseSystemMaximum", 0, 1, 1) ? RULES_UNLIMITED
            : read_dword(key, NULL, L"MaxTransferRateOffSchedule", 0, ~0u, RULES_UNLIMITED);

    rules->work_limited = read_dword(key, L"Throttling", L"EnableBandwidthLimits", 0, 1, 0);
    read_window(key, work, 8, 17, &rules->work);
    read_limits(key, work, &rules->work_limits);
    read_limits(key, other, &rules->other_limits);
    rules->maintenance_limited = read_dword(key, L"Throttling", L"EnableMaintenanceLimits", 0, 1, 0);
    read_window(key, maintenance, 0, 0, &rules->maintenance);
    read_limits(key, maintenance, &rules->maintenance_limits);
}

/* 0: always, 1: if the machine's level of NTLM is 2 or more, 2: only for jobs that were told to [BEH.AUTH.7, 20] */
static BOOL read_implicit_logon(HKEY key)
{
    UINT32 rule = read_dword(key, NULL, L"UseLMCompat", 0, 2, 2);
    DWORD level, size = sizeof(level);

    if (rule != 1) return !rule;
    return !RegGetValueW(HKEY_LOCAL_MACHINE, L"System\\CurrentControlSet\\Control\\Lsa", L"LmCompatibilityLevel", RRF_RT_REG_DWORD, NULL,
                         &level, &size) && level >= 2;
}

static void load(struct policy *policy)
{
    static const WCHAR *const transfer_values[] =
    {
        L"ForegroundTransferPolicy", L"HighTransferPolicy", L"NormalTransferPolicy", L"LowTransferPolicy",
    };
    HKEY key = policy_source.key;
    UINT32 i;

    memset(policy, 0, sizeof(*policy));
    policy->max_jobs_per_machine = read_dword(key, NULL, L"MaxJobsPerMachine", 0, ~0u, 300);
    policy->max_jobs_per_user = read_dword(key, NULL, L"MaxJobsPerUser", 0, ~0u, 60);
    policy->max_files_per_job = read_dword(key, NULL, L"MaxFilesPerJob", 0, ~0u, 200);
    policy->max_ranges_per_file = read_dword(key, NULL, L"MaxRangesPerFile", 0, ~0u, 500);
    policy->max_download_time = read_dword(key, NULL, L"MaxDownloadTime", 0, ~0u, 7776000);

    load_rules(key, &policy->bandwidth);
    for (i = 0; i < ARRAYSIZE(policy->cost_flags); i++)
        policy->cost_flags[i] = read_dword(key, L"TransferPolicy", transfer_values[i], 0, ~0u, 0);

    key = own_source.key;
    policy->implicit_logon = read_implicit_logon(key);
    policy->log_level = read_dword(key, NULL, L"LogLevel", 0, 4, 3);
    policy->keep_awake = read_dword(key, NULL, L"KeepAwake", 0, 1, 1);
    policy->auto_start = read_dword(key, NULL, L"AutoStart", 0, 1, 1);
    policy->guarded = read_dword(key, NULL, L"Guard", 0, 1, 1);

    policy->job_inactivity = read_interval(L"JobInactivity",
                                           read_dword(policy_source.key, NULL, L"JobInactivityTimeout", 1, 999, 90) * read_interval(L"Day", DAY_MSEC));
    policy->retry_floor = read_interval(L"RetryFloor", 5000);
    policy->time_slice = read_interval(L"TimeSlice", 300 * 1000);
    policy->notify_retry_floor = read_interval(L"NotifyRetryFloor", 5000);
    policy->notify_timeout = read_interval(L"NotifyTimeout", 60 * 1000);
    policy->awake_stall = read_interval(L"AwakeStall", 60 * 1000);
    policy->awake_alone = read_interval(L"AwakeAlone", read_dword(key, NULL, L"KeepAwakeHours", 0, 24 * 365, 4) * HOUR_MSEC);
    policy->autostart_idle = read_interval(L"AutoStartIdle", HOUR_MSEC);
    policy->network_poll = read_interval(L"NetworkPoll", 5000);
    policy->connect_timeout = read_interval(L"ConnectTimeout", 30 * 1000);
    policy->io_timeout = read_interval(L"IoTimeout", 60 * 1000);

    policy->test_week_minute = read_dword(key, L"Test", L"WeekMinute", 0, MINUTES_PER_WEEK - 1, RULES_UNLIMITED);
    policy->test_clock_ahead = read_dword(key, L"Test", L"ClockAhead", 0, ~0u - 1, 0);
    policy->test_network_down = read_dword(key, L"Test", L"NetworkDown", 0, 3, 0);
    policy->test_cost = read_dword(key, L"Test", L"Cost", 0, ~0u, 0);
    policy->test_on_battery = read_dword(key, L"Test", L"OnBattery", 0, 1, 0);
}

/* Asks to be told of the next change; one request covers one change. */
static BOOL arm(struct policy_source *source)
{
    const DWORD filter = REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET;

    /* Agnostic: else Windows gives the request up when the thread of the pool that made it ends. */
    return !RegNotifyChangeKeyValue(source->key, TRUE, filter | REG_NOTIFY_THREAD_AGNOSTIC, source->event, TRUE)
            || !RegNotifyChangeKeyValue(source->key, TRUE, filter, source->event, TRUE);
}

static void key_changed(void *arg)
{
    struct policy policy;
    BOOL changed;

    if (!arm(arg)) WARN("policy changes are no longer seen\n");    /* before reading, so that no change is missed */
    AcquireSRWLockExclusive(&load_lock);
    load(&policy);
    AcquireSRWLockExclusive(&policy_lock);
    if ((changed = memcmp(&current, &policy, sizeof(policy)) != 0)) current = policy;
    ReleaseSRWLockExclusive(&policy_lock);
    ReleaseSRWLockExclusive(&load_lock);
    if (!changed) return;
    TRACE("policy has changed.\n");
    policy_changed(policy_changed_ctx);
}

static HRESULT source_open(struct policy_source *source, const WCHAR *name)
{
    LSTATUS status;

    /* Made when absent: there is nothing to watch otherwise. The 64-bit view is the one that administrators see. */
    status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, name, 0, NULL, 0, KEY_READ | KEY_WOW64_64KEY, NULL, &source->key, NULL);
    if (status) return HRESULT_FROM_WIN32(status);
    if (!(source->event = CreateEventW(NULL, FALSE, FALSE, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

static HRESULT source_watch(struct policy_source *source)
{
    if (!arm(source)) return E_FAIL;
    return watch_create(WATCH_EVENT, source->event, key_changed, source, &source->watch);
}

static void source_close(struct policy_source *source)
{
    watch_close(source->watch);
    if (source->event) CloseHandle(source->event);
    if (source->key) RegCloseKey(source->key);
    memset(source, 0, sizeof(*source));
}

HRESULT policy_init(void (*changed)(void *ctx), void *ctx)
{
    HRESULT hr;

    policy_changed = changed;
    policy_changed_ctx = ctx;
    if (SUCCEEDED(hr = source_open(&policy_source, policy_key)) && SUCCEEDED(hr = source_open(&own_source, own_key))
            && SUCCEEDED(hr = source_watch(&policy_source)))
        hr = source_watch(&own_source);
    AcquireSRWLockExclusive(&load_lock);
    AcquireSRWLockExclusive(&policy_lock);
    load(&current);         /* defaults, where a key cannot be opened */
    ReleaseSRWLockExclusive(&policy_lock);
    ReleaseSRWLockExclusive(&load_lock);
    return hr;
}

void policy_shutdown(void)
{
    source_close(&own_source);
    source_close(&policy_source);
}

UINT32 policy_clock_ahead(void)
{
    return *(volatile const UINT32 *)&current.test_clock_ahead;
}

void policy_get(struct policy *policy)
{
    AcquireSRWLockShared(&policy_lock);
    *policy = current;
    ReleaseSRWLockShared(&policy_lock);
}
