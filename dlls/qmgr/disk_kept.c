/*
 * Handles of files that are whole, until they are published
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

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "disk_kept.h"
#include "core/str.h"

#define KEPT_MAX     256
#define KEPT_BUCKETS 64
#define KEPT_MSEC    3000

struct kept
{
    struct kept *next;
    HANDLE handle;
    UINT64 since;
    WCHAR name[];
};

static SRWLOCK kept_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE closed = CONDITION_VARIABLE_INIT;
/* guarded by kept_lock */
static struct kept *buckets[KEPT_BUCKETS];
static UINT32 kept_count;
static UINT32 closing;          /* threads that close what was taken out */
static PTP_TIMER timer;         /* set while something is kept */

static struct kept **bucket_of(const WCHAR *name)
{
    UINT32 hash = 0;

    while (*name) hash = hash * 31 + *name++;
    return &buckets[hash % KEPT_BUCKETS];
}

/* Lets go of the lock meanwhile. */
static void close_list_locked(struct kept *list)
{
    struct kept *kept;

    if (!list) return;
    closing++;
    ReleaseSRWLockExclusive(&kept_lock);
    while ((kept = list))
    {
        list = kept->next;
        CloseHandle(kept->handle);
        free(kept);
    }
    AcquireSRWLockExclusive(&kept_lock);
    if (!--closing) WakeAllConditionVariable(&closed);
}

/* Takes out of the table those of the name, or, without one, those that are so old. NULL, 0: all of them. */
static struct kept *remove_locked(const WCHAR *name, UINT64 age)
{
    struct kept **entry, **end, *kept, *list = NULL;
    UINT64 now = GetTickCount64();

    entry = name ? bucket_of(name) : buckets;
    end = name ? entry + 1 : buckets + KEPT_BUCKETS;
    for (; entry < end && kept_count; entry++)
    {
        struct kept **link = entry;

        while ((kept = *link))
        {
            if (name ? str_cmp(kept->name, name) : now - kept->since < age)
            {
                link = &kept->next;
                continue;
            }
            *link = kept->next;
            kept->next = list;
            list = kept;
            kept_count--;
        }
    }
    return list;
}

static void set_timer_locked(UINT64 msec)
{
    ULARGE_INTEGER due;
    FILETIME time;

    due.QuadPart = -(LONGLONG)msec * 10000;
    time.dwLowDateTime = due.u.LowPart;
    time.dwHighDateTime = due.u.HighPart;
    SetThreadpoolTimer(timer, &time, 0, KEPT_MSEC / 10);
}

static void CALLBACK expire(TP_CALLBACK_INSTANCE *instance, void *ctx, TP_TIMER *unused)
{
    UINT64 now, age = 0;
    struct kept *list, *kept;
    UINT32 i;

    AcquireSRWLockExclusive(&kept_lock);
    list = remove_locked(NULL, KEPT_MSEC);
    now = GetTickCount64();
    for (i = 0; i < KEPT_BUCKETS; i++)
        for (kept = buckets[i]; kept; kept = kept->next) age = max(age, now - kept->since);
    if (kept_count) set_timer_locked(KEPT_MSEC - min(age, KEPT_MSEC - 1));
    close_list_locked(list);
    ReleaseSRWLockExclusive(&kept_lock);
}

void disk_kept_put(const WCHAR *name, HANDLE handle)
{
    size_t len = str_len(name) + 1;
    struct kept *kept = malloc(offsetof(struct kept, name[len])), *old = NULL, **bucket = bucket_of(name);

    AcquireSRWLockExclusive(&kept_lock);
    if (kept && kept_count < KEPT_MAX && (timer || (timer = CreateThreadpoolTimer(expire, NULL, NULL))))
    {
        old = remove_locked(name, 0);
        kept->handle = handle;
        kept->since = GetTickCount64();
        memcpy(kept->name, name, len * sizeof(*name));
        kept->next = *bucket;
        *bucket = kept;
        if (!kept_count++) set_timer_locked(KEPT_MSEC);
        kept = NULL;
        handle = NULL;
    }
    close_list_locked(old);
    ReleaseSRWLockExclusive(&kept_lock);
    free(kept);
    if (handle) CloseHandle(handle);
}

HANDLE disk_kept_take(const WCHAR *name)
{
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct kept *kept;

    AcquireSRWLockExclusive(&kept_lock);
    if ((kept = remove_locked(name, 0))) handle = kept->handle;
    ReleaseSRWLockExclusive(&kept_lock);
    free(kept);
    return handle;
}

void disk_kept_close(const WCHAR *name)
{
    struct kept *list;

    AcquireSRWLockExclusive(&kept_lock);
    list = remove_locked(name, 0);
    close_list_locked(list);
    /* perhaps another thread has it */
    while (closing && !(name && list)) SleepConditionVariableSRW(&closed, &kept_lock, INFINITE, 0);
    ReleaseSRWLockExclusive(&kept_lock);
}
