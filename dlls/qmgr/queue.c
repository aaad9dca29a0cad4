/*
 * The one owner of all jobs: look-up, and what clients change
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

#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "engine.h"
#include "finish.h"
#include "log.h"
#include "notify.h"
#include "output.h"
#include "policy.h"
#include "queue_private.h"
#include "register.h"
#include "security.h"
#include "transfer.h"
#include "disk.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct queue queue;

#define FILETIME_PER_MINUTE ((UINT64)600000000)

UINT64 queue_now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (((UINT64)time.dwHighDateTime << 32) | time.dwLowDateTime) + policy_clock_ahead() * FILETIME_PER_MINUTE;
}

UINT64 queue_clock(void)
{
    return GetTickCount64();
}

void queue_enter(void)
{
    sync_lock(&queue.cs);
}

void queue_leave(void)
{
    sync_unlock(&queue.cs);
}

void queue_addref(struct queue_job *job)
{
    InterlockedIncrement(&job->refs);
}

void queue_release(struct queue_job *job)
{
    if (InterlockedDecrement(&job->refs)) return;
    queue_enter();
    notify_free_locked(job);
    job->job->user = NULL;
    job_release(job->job);
    queue_leave();
    free(job);
}

/* Monotonic time of a wall clock time in the past. A clock that was set back counts as now. */
static UINT64 clock_of(UINT64 time)
{
    UINT64 now = queue_now(), clock = queue_clock(), age;

    if (time >= now) return clock;
    age = (now - time) / (TICKS_PER_SECOND / MSEC_PER_SECOND);
    return age < clock ? clock - age : 1;
}

/* The run-time half of a job the model has just got. Its one reference is the queue's own, dropped at RECORD_CLEANED. */
static void init_job(struct queue_job *entry, struct job *job)
{
    struct failure failure;

    entry->refs = 1;
    entry->job = job;
    entry->live = job->state;
    entry->ordinary = !job->elevated;
    entry->listed = !job_is_final(job->state);
    entry->clocks.order = ++queue.next_order;
    entry->clocks.active_at = clock_of(job->modification_time);
    entry->clocks.unproductive_since = job->no_progress_time ? clock_of(job->no_progress_time) : 0;
    entry->planned_file = entry->live_file = NO_FILE;
    entry->live_total = SIZE_UNKNOWN;
    if (job->failure.hr)
    {
        verdict_recall(job->failure.hr, job->failure.context, job->state == JOB_TRANSIENT_ERROR, &failure);
        entry->class = failure.class;
    }
    job_addref(job);
    job->user = entry;
}

HRESULT queue_reserve_record(const struct record *record)
{
    struct buffer buffer;
    UINT32 size = 512;
    HRESULT hr;

    buffer_init(&buffer, RECORD_MAX);
    if (SUCCEEDED(hr = record_encode(record, &buffer))) size += buffer.len;
    buffer_free(&buffer);
    return FAILED(hr) ? hr : store_reserve(queue.store, size);
}

static void set_listed_locked(struct queue_job *job, BOOL listed)
{
    if (job->listed == listed) return;
    job->listed = listed;
    if (listed ? !queue.listed++ : !--queue.listed) autostart_queue_changed(!listed);
}

HRESULT queue_apply_locked(struct queue_job *job, struct record *record, UINT64 *ticket)
{
    enum job_state before = job->job->state;
    HRESULT hr;

    record->job = job->job->id;
    record->time = queue_now();
    if (FAILED(hr = model_prepare(&queue.model, record))) return hr;
    if (FAILED(hr = store_append(queue.store, record, &job->ticket))) return hr;
    if (ticket) *ticket = job->ticket;
    if (FAILED(hr = model_apply(&queue.model, record)))
    {
        /* model_prepare has taken all memory and made all checks */
        ERR("record %s does not apply, hr %#lx\n", record_name_of(record->type), hr);
        return hr;
    }
    if (job->job->state != before) job->live = job->job->state;
    if (job_is_final(job->live)) set_listed_locked(job, FALSE);
    notify_applied_locked(job, record);
    if (record->type == RECORD_CLEANED) queue_release(job);
    return S_OK;
}

/* TRUE: others were quicker and took the room in the journal that was seen to. */
static BOOL is_crowded(HRESULT hr)
{
    return hr == HRESULT_FROM_WIN32(ERROR_RETRY);
}

/* One awaited change by a client. check may be NULL. */
static HRESULT change(struct queue_job *job, struct record *record, HRESULT (*check)(const struct queue_job *job))
{
    UINT64 ticket = NO_TICKET;
    HRESULT hr;

    do
    {
        if (FAILED(hr = queue_reserve_record(record))) return hr;
        queue_enter();
        if (SUCCEEDED(hr = state_may_change(job->live)) && (!check || SUCCEEDED(hr = check(job))))
        {
            if (SUCCEEDED(hr = queue_apply_locked(job, record, &ticket))) job->clocks.active_at = queue_clock();
        }
        queue_leave();
    } while (is_crowded(hr));
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* Look-up */

HRESULT queue_find(const GUID *id, struct queue_job **ret)
{
    struct queue_job *entry;
    struct job *job;
    HRESULT hr = BG_E_NOT_FOUND;

    *ret = NULL;
    queue_enter();
    if ((job = model_find(&queue.model, id)) && (entry = job->user) && entry->listed)
    {
        queue_addref(entry);
        *ret = entry;
        hr = S_OK;
    }
    queue_leave();
    return hr;
}

HRESULT queue_list(BOOL (*want)(void *ctx, const struct job *job), void *ctx, struct queue_job ***ret, UINT32 *count)
{
    struct queue_job **list, *entry;
    struct job *job;
    UINT32 n = 0;

    *ret = NULL;
    *count = 0;
    queue_enter();
    if (!(list = malloc(max(queue.model.count, 1) * sizeof(*list))))
    {
        queue_leave();
        return E_OUTOFMEMORY;
    }
    for (job = queue.model.first; job; job = job->next)
    {
        if (!(entry = job->user) || !entry->listed || !want(ctx, job)) continue;
        queue_addref(entry);
        list[n++] = entry;
    }
    queue_leave();
    *ret = list;
    *count = n;
    return S_OK;
}

/* Changes by clients */

static HRESULT check_limits_locked(const struct caller *caller, const struct policy *policy)
{
    UINT32 machine = 0, user = 0;
    struct job *job;

    /* BEH.POLICY.30: administrators and service accounts are free of both; BEH.POLICY.31: only the others' jobs count */
    if (caller->admin || caller->service_account) return S_OK;
    for (job = queue.model.first; job; job = job->next)
    {
        const struct queue_job *entry = job->user;

        if (!entry || !entry->listed) continue;
        if (entry->ordinary) machine++;
        if (!str_icmp(job->owner, caller->sid)) user++;
    }
    if (machine >= policy->max_jobs_per_machine) return BG_E_TOO_MANY_JOBS_PER_MACHINE; /* MGR.CreateJob.A5 */
    if (user >= policy->max_jobs_per_user) return BG_E_TOO_MANY_JOBS_PER_USER;
    return S_OK;
}

static BOOL group_exists_locked(const GUID *group)
{
    struct job *job;

    for (job = queue.model.first; job; job = job->next)
    {
        const struct queue_job *entry = job->user;

        if (entry && entry->listed && !memcmp(&job->props[PROP_GROUP_ID].guid, group, sizeof(*group))) return TRUE;
    }
    return FALSE;
}

/* Unmakes a job that its client will not hear of. What cannot be recorded now is at least seen by nobody until the next start. */
static void take_back_locked(struct queue_job *entry)
{
    struct record cancelled = { RECORD_CANCELLED }, cleaned = { RECORD_CLEANED };

    if (SUCCEEDED(queue_apply_locked(entry, &cancelled, NULL))) queue_apply_locked(entry, &cleaned, NULL);
    else set_listed_locked(entry, FALSE);
}

/*
 * The second record of a group, in the same stay under the lock, so that both are on their way to the disk together.  A kill between them
 * leaves an empty job that nobody was told of.
 */
static HRESULT make_group_locked(struct queue_job *entry, const GUID *group, UINT64 *ticket)
{
    struct prop_value value = { PROP_GROUP_ID };
    struct record set = { RECORD_SET };
    HRESULT hr;

    value.guid = *group;
    set.u.set.values = &value;
    set.u.set.count = 1;
    if (FAILED(hr = queue_apply_locked(entry, &set, ticket))) take_back_locked(entry);
    return hr;
}

static HRESULT create(const struct caller *caller, const WCHAR *display_name, enum job_type type, const GUID *group,
                      struct queue_job **ret)
{
    struct record record = { RECORD_CREATE };
    struct queue_job *entry;
    struct policy policy;
    UINT64 ticket = NO_TICKET;
    HRESULT hr;

    *ret = NULL;
    if (FAILED(hr = CoCreateGuid(&record.job))) return hr;
    record.u.create.type = type;
    record.u.create.owner = caller->sid;
    record.u.create.display_name = display_name;
    record.u.create.integrity = caller->integrity;
    record.u.create.elevated = caller->elevated && caller->admin;   /* on Wine every token says it is elevated */
    policy_get(&policy);
    if (FAILED(hr = queue_reserve_record(&record))) return hr;
    if (group && FAILED(hr = store_reserve(queue.store, 4096))) return hr;
    if (!(entry = calloc(1, sizeof(*entry)))) return E_OUTOFMEMORY;

    queue_enter();
    record.time = queue_now();
    if (group && group_exists_locked(group)) hr = E_INVALIDARG;
    else if (SUCCEEDED(hr = check_limits_locked(caller, &policy))
        && SUCCEEDED(hr = model_prepare(&queue.model, &record))
        && SUCCEEDED(hr = store_append(queue.store, &record, &ticket))
        && SUCCEEDED(hr = model_apply(&queue.model, &record)))
    {
        init_job(entry, model_find(&queue.model, &record.job));
        entry->ordinary = !caller->admin && !caller->service_account;
        entry->listed = FALSE;
        set_listed_locked(entry, TRUE);
        queue_addref(entry);
        if (group && FAILED(hr = make_group_locked(entry, group, &ticket)))
        {
            queue_leave();
            queue_release(entry);
            return hr;
        }
    }
    queue_leave();
    if (FAILED(hr))
    {
        free(entry);
        return hr;
    }
    if (FAILED(hr = store_wait(queue.store, ticket)))
    {
        queue_enter();
        take_back_locked(entry);
        queue_leave();
        queue_release(entry);
        return hr;
    }
    log_write(LOG_INFO, "job %s created, owner %s", debugstr_guid(&record.job), debugstr_w(caller->sid));
    *ret = entry;
    return S_OK;
}

HRESULT queue_create(const struct caller *caller, const WCHAR *display_name, enum job_type type, struct queue_job **job)
{
    return create(caller, display_name, type, NULL, job);
}

HRESULT queue_create_group(const struct caller *caller, const GUID *group, struct queue_job **job)
{
    return create(caller, L"", JOB_DOWNLOAD, group, job);
}

/* Part of what identity.c reads. */
static BOOL shows_to_servers(enum job_prop prop)
{
    switch (prop)
    {
    case PROP_SECURITY_FLAGS:
    case PROP_CERT_HASH:
    case PROP_CERT_CALLBACK_WANTED:
    case PROP_CREDENTIALS:
    case PROP_USE_STORED_CREDENTIALS:
    case PROP_TOKEN_FLAGS:
        return TRUE;
    default:
        return FALSE;
    }
}

HRESULT queue_set(struct queue_job *job, const struct prop_value *values, UINT32 count,
                  HRESULT (*check)(const struct queue_job *job))
{
    struct record record = { RECORD_SET };
    HRESULT hr;
    UINT32 i;

    record.u.set.values = values;
    record.u.set.count = count;
    if (FAILED(hr = change(job, &record, check))) return hr;
    queue_enter();
    for (i = 0; i < count; i++)
    {
        if (values[i].prop == PROP_PRIORITY) job->requests++;   /* BEH.STATE.95 */
        if (shows_to_servers(values[i].prop)) job->options++;   /* BEH.STATE.97 */
    }
    queue_leave();
    engine_wake();
    return S_OK;
}

static UINT64 random_name(void *ctx)
{
    GUID guid;
    UINT64 value;

    CoCreateGuid(&guid);
    memcpy(&value, guid.Data4, sizeof(value));
    return value ^ ((UINT64)guid.Data1 << 32);
}

static HRESULT check_add_locked(const struct queue_job *entry, BOOL ranged, UINT32 count, UINT32 limit)
{
    const struct job *job = entry->job;
    HRESULT hr;

    if (FAILED(hr = state_may_change(entry->live))) return hr;
    if (ranged && job_u32(job, PROP_DYNAMIC_CONTENT)) return BG_E_UNSUPPORTED_JOB_CONFIGURATION; /* JOB3.AddFileWithRanges.A5 */
    /* JOB.AddFileSet.3: none is added */
    if (job->type != JOB_DOWNLOAD && job->file_count + (UINT64)count > 1) return BG_E_TOO_MANY_FILES;
    if (limit && job->file_count + (UINT64)count > limit) return BG_E_TOO_MANY_FILES_IN_JOB;
    return S_OK;
}

HRESULT queue_add_files(struct queue_job *job, const struct new_file *files, UINT32 count, UINT32 file_limit)
{
    struct record record = { RECORD_ADD_FILES };
    struct record_file *add;
    UINT64 ticket = NO_TICKET;
    BOOL ranged = FALSE, straight;
    HRESULT hr = S_OK;
    UINT32 i;

    queue_enter();
    straight = job_u32(job->job, PROP_HIGH_PERFORMANCE);        /* nobody can change it any more once there is a file [BEH.HTTP.65] */
    queue_leave();
    if (!(add = calloc(max(count, 1), sizeof(*add)))) return E_OUTOFMEMORY;
    for (i = 0; i < count && SUCCEEDED(hr); i++)
    {
        WCHAR *temp = NULL;

        if (files[i].range_count) ranged = TRUE;
        if (!straight) hr = output_temp_name(disk_get(), files[i].local_name, random_name, NULL, &temp);
        add[i].remote_name = files[i].remote_name;
        add[i].local_name = files[i].local_name;
        add[i].temp_name = temp;
        add[i].ranges = files[i].ranges;
        add[i].range_count = files[i].range_count;
    }
    record.u.add_files.files = add;
    record.u.add_files.count = count;

    while (SUCCEEDED(hr) && SUCCEEDED(hr = queue_reserve_record(&record)))
    {
        queue_enter();
        if (SUCCEEDED(hr = check_add_locked(job, ranged, count, file_limit)) && count
            && SUCCEEDED(hr = queue_apply_locked(job, &record, &ticket)))
        {
            job->files_ticket = ticket;
            job->clocks.active_at = queue_clock();
        }
        queue_leave();
        if (!is_crowded(hr)) break;
        hr = S_OK;
    }
    if (SUCCEEDED(hr) && count) hr = store_wait(queue.store, ticket);
    for (i = 0; i < count; i++) free((void *)add[i].temp_name);
    free(add);
    return hr;
}

/* The methods Resume and Suspend: one event, awaited. */
static HRESULT method(struct queue_job *job, enum job_event event)
{
    struct state_facts facts;
    struct state_step step;
    UINT64 ticket = NO_TICKET;
    HRESULT hr;

    do
    {
        if (FAILED(hr = store_reserve(queue.store, 4096))) return hr;
        queue_enter();
        queue_facts_locked(job, &facts);
        state_next(&facts, event, NULL, &step);
        if (SUCCEEDED(hr = step.hr)) hr = queue_step_locked(job, event, &step, NULL, NO_FILE, &ticket);
        queue_leave();
    } while (is_crowded(hr));
    if (SUCCEEDED(hr) && ticket != NO_TICKET) hr = store_wait(queue.store, ticket);
    return hr;
}

HRESULT queue_resume(struct queue_job *job)
{
    HRESULT hr = method(job, EVENT_RESUME);

    if (SUCCEEDED(hr)) log_write(LOG_INFO, "job %s resumed", debugstr_guid(&job->job->id));
    return hr;
}

HRESULT queue_suspend(struct queue_job *job)
{
    HRESULT hr = method(job, EVENT_SUSPEND);

    if (FAILED(hr)) return hr;
    queue_enter();
    while (job->transfer && job->stopping) sync_wait(&queue.changed, &queue.cs);
    queue_leave();
    log_write(LOG_INFO, "job %s suspended", debugstr_guid(&job->job->id));
    return S_OK;
}

HRESULT queue_set_remote_names(struct queue_job *job, const struct record_name *names, UINT32 count)
{
    struct record record = { RECORD_FILE_NAMES };
    HRESULT hr;
    UINT32 i;

    record.u.names.names = names;
    record.u.names.count = count;
    if (FAILED(hr = change(job, &record, NULL))) return hr;

    /* BEH.STATE.96: the file in progress is taken up again under its new name */
    queue_enter();
    for (i = 0; i < count; i++)
        if (names[i].file == job_first_unfinished(job->job)) job->moved = TRUE;
    for (i = 0; i < count; i++)
        if (job->transfer && names[i].file == job->planned_file) break;
    if (i < count) queue_event_locked(job, EVENT_PREEMPTED, NULL, NO_FILE);
    queue_leave();
    return S_OK;
}

HRESULT queue_start_afresh(struct queue_job *job)
{
    struct record record = { RECORD_FILE_FLAGS };
    UINT64 ticket = NO_TICKET;
    HRESULT hr;
    UINT32 i;

    record.u.flags.clear = FILE_TRANSFERRED;
    do
    {
        if (FAILED(hr = store_reserve(queue.store, 4096))) return hr;
        queue_enter();
        for (i = job_first_unfinished(job->job); i < job->job->file_count; i++)
            if (!(job->job->files[i].flags & FILE_TRANSFERRED) && file_received(&job->job->files[i])) break;
        if (job->transfer)
        {
            /* it is writing: queue_transfer_ended comes back here */
            job->afresh = TRUE;
            queue_event_locked(job, EVENT_PREEMPTED, NULL, NO_FILE);
            i = job->job->file_count;
        }
        else if (i < job->job->file_count)
        {
            record.u.flags.file = i;
            hr = queue_apply_locked(job, &record, &ticket);
        }
        if (i >= job->job->file_count) i = NO_FILE;
        queue_leave();
    } while (is_crowded(hr) || (SUCCEEDED(hr) && i != NO_FILE));
    if (SUCCEEDED(hr) && ticket != NO_TICKET) hr = store_wait(queue.store, ticket);
    return hr;
}

HRESULT queue_take_ownership(struct queue_job *job, const struct caller *caller)
{
    struct record record = { RECORD_OWNER };
    HRESULT hr;

    record.u.owner.owner = caller->sid;
    record.u.owner.integrity = caller->integrity;
    record.u.owner.elevated = caller->elevated;
    if (FAILED(hr = change(job, &record, NULL))) return hr;
    queue_enter();
    job->options++;
    queue_leave();
    engine_wake();
    return S_OK;
}

HRESULT queue_validate(struct queue_job *job, UINT32 file, BOOL valid)
{
    struct record record = { RECORD_FILE_FLAGS };
    UINT64 ticket = NO_TICKET;
    struct failure failure;
    HRESULT hr;

    record.u.flags.file = file;
    if (valid) record.u.flags.set = FILE_VALIDATED;
    else record.u.flags.clear = FILE_VALIDATED | FILE_TRANSFERRED;
    if (FAILED(hr = store_reserve(queue.store, 8192))) return hr;

    queue_enter();
    if (FAILED(hr = state_may_change(job->live)))
        ;
    else if (file >= job->job->file_count || !(job->job->files[file].flags & FILE_TRANSFERRED))
        hr = E_PENDING;                                 /* BEH.CONSIST.9 */
    else if (SUCCEEDED(hr = queue_apply_locked(job, &record, &ticket)) && !valid)
    {
        verdict_error(BG_E_VALIDATION_FAILED, CONTEXT_REMOTE_FILE, &failure);
        queue_event_locked(job, EVENT_INVALIDATED, &failure, file);
    }
    queue_leave();
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* IBackgroundCopyFile6 */

static HRESULT check_random_access(const struct job *job, const struct job_file *file)
{
    if (job->type != JOB_DOWNLOAD || job_u32(job, PROP_DYNAMIC_CONTENT) || job_string(job, PROP_HTTP_METHOD)
        || file->range_count || (!str_istarts(file->remote_name, L"http:") && !str_istarts(file->remote_name, L"https:")))
        return BG_E_RANDOM_ACCESS_NOT_SUPPORTED;        /* FILE6.3, 4 */
    return S_OK;
}

/* The parts of what was asked for that are not there yet, and the new ranges. */
static HRESULT merge_requests(const struct job_file *file, const struct file_range *ranges, UINT32 count, struct range_set *set)
{
    UINT64 offset, length;
    HRESULT hr = S_OK;
    UINT32 i;

    ranges_init(set);
    for (offset = length = 0; SUCCEEDED(hr) && ranges_next(&file->requested, offset + length, &offset, &length);)
        if (!ranges_contains(&file->received, offset, length)) hr = ranges_add(set, offset, length);
    for (i = 0; i < count && SUCCEEDED(hr); i++)
    {
        UINT64 limit = file->remote_size;               /* SIZE_UNKNOWN: to the end, wherever that is [FILE6.RequestFileRanges.A3] */

        offset = ranges[i].offset;
        length = ranges[i].length == LENGTH_TO_EOF ? limit - min(offset, limit) : ranges[i].length;
        if (!ranges[i].length) hr = E_INVALIDARG;
        else if (!length || offset >= limit || length > limit - offset) hr = BG_E_INVALID_RANGE;
        else hr = ranges_add(set, offset, length);
    }
    if (FAILED(hr)) ranges_free(set);
    return hr;
}

HRESULT queue_request_ranges(struct queue_job *job, UINT32 index, const struct file_range *ranges, UINT32 count)
{
    struct record record = { RECORD_FILE_REQUEST };
    const struct job_file *file;
    UINT64 ticket = NO_TICKET, *flat = NULL;
    struct range_set set;
    UINT32 size;
    HRESULT hr;

    if (!count) return E_INVALIDARG;                    /* FILE6.RequestFileRanges.A4 */
    queue_enter();
    size = 4096 + (job->job->files[index].requested.count + count) * 16;
    queue_leave();
    if (FAILED(hr = store_reserve(queue.store, size))) return hr;

    queue_enter();
    file = &job->job->files[index];
    ranges_init(&set);
    if (SUCCEEDED(hr = state_may_change(job->live)) && SUCCEEDED(hr = check_random_access(job->job, file))
        && SUCCEEDED(hr = merge_requests(file, ranges, count, &set)))
    {
        if (!(flat = malloc((set.count + 1) * 2 * sizeof(*flat)))) hr = E_OUTOFMEMORY;
        else
        {
            ranges_encode(&set, flat);
            record.u.request.file = index;
            record.u.request.first = file->first_wanted;
            record.u.request.ranges = flat;
            record.u.request.count = set.count;
            hr = queue_apply_locked(job, &record, &ticket);
        }
    }
    if (SUCCEEDED(hr))
    {
        job->clocks.active_at = queue_clock();
        job->requests++;
    }
    queue_leave();
    ranges_free(&set);
    free(flat);
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

HRESULT queue_update_position(struct queue_job *job, UINT32 index, UINT64 offset)
{
    struct record record = { RECORD_FILE_REQUEST };
    const struct job_file *file;
    UINT64 ticket = NO_TICKET, *flat = NULL;
    UINT32 size;
    HRESULT hr;

    queue_enter();
    size = 4096 + job->job->files[index].requested.count * 16;
    queue_leave();
    if (FAILED(hr = store_reserve(queue.store, size))) return hr;

    queue_enter();
    file = &job->job->files[index];
    if (FAILED(hr = state_may_change(job->live)) || FAILED(hr = check_random_access(job->job, file)))
        ;
    else if (file->remote_size != SIZE_UNKNOWN && offset >= file->remote_size)
        hr = BG_E_INVALID_RANGE;                        /* FILE6.UpdateDownloadPosition.A1 */
    else if (!(flat = malloc((file->requested.count + 1) * 2 * sizeof(*flat))))
        hr = E_OUTOFMEMORY;
    else
    {
        ranges_encode(&file->requested, flat);
        record.u.request.file = index;
        record.u.request.first = offset;
        record.u.request.ranges = flat;
        record.u.request.count = file->requested.count;
        if (SUCCEEDED(hr = queue_apply_locked(job, &record, &ticket)))
        {
            job->clocks.active_at = queue_clock();
            job->requests++;
        }
    }
    queue_leave();
    free(flat);
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

HRESULT queue_filled_ranges(struct queue_job *job, UINT32 index, struct file_range **ranges, UINT32 *count)
{
    const struct job_file *file;
    UINT64 offset = 0, length = 0;
    HRESULT hr;

    *ranges = NULL;
    *count = 0;
    queue_enter();
    file = &job->job->files[index];
    if (SUCCEEDED(hr = check_random_access(job->job, file)) && file->received.count)
    {
        if (!(*ranges = malloc(file->received.count * sizeof(**ranges)))) hr = E_OUTOFMEMORY;
        else
        {
            while (ranges_next(&file->received, offset + length, &offset, &length))
            {
                (*ranges)[*count].offset = offset;
                (*ranges)[(*count)++].length = length;
            }
        }
    }
    queue_leave();
    return hr;
}

/* finish.c */

HRESULT queue_finish_begin(struct queue_job *job, enum job_event event, struct state_step *step)
{
    struct state_facts facts;

    queue_enter();
    for (;;)
    {
        while (job->finishing) sync_wait(&queue.changed, &queue.cs);
        queue_facts_locked(job, &facts);
        state_next(&facts, event, NULL, step);
        if (FAILED(step->hr) || step->next == job->live) break;
        job->finishing = TRUE;
        if (!job->transfer) break;
        job->stopping = TRUE;
        transfer_stop(job->transfer);
        while (job->transfer) sync_wait(&queue.changed, &queue.cs);
        /* what it had in hand may have been its last file: decide anew */
        job->finishing = FALSE;
    }
    queue_leave();
    return step->hr;
}

void queue_finish_end(struct queue_job *job)
{
    queue_enter();
    job->finishing = FALSE;
    queue_leave();
    sync_wake_all(&queue.changed);
    engine_wake();
}

static HRESULT append(struct queue_job *job, struct record *record, UINT64 *ticket)
{
    HRESULT hr;

    do
    {
        if (FAILED(hr = queue_reserve_record(record))) return hr;
        queue_enter();
        hr = queue_apply_locked(job, record, ticket);
        queue_leave();
    } while (is_crowded(hr));
    return hr;
}

HRESULT queue_append(struct queue_job *job, struct record *record)
{
    return append(job, record, NULL);
}

HRESULT queue_commit(struct queue_job *job, struct record *record)
{
    UINT64 ticket = NO_TICKET;
    HRESULT hr = append(job, record, &ticket);

    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* Start and end */

static void want_snapshot(void *ctx)
{
    struct job *job;
    HRESULT hr;

    queue_enter();
    if (SUCCEEDED(hr = store_snapshot_begin(queue.store)))
    {
        for (job = queue.model.first; job && SUCCEEDED(hr); job = job->next)
            hr = model_snapshot(job, store_snapshot_add, queue.store);
        hr = store_snapshot_end(queue.store, hr);
    }
    queue_leave();
    if (FAILED(hr)) log_write(LOG_ERROR, "cannot write a new journal generation, hr %#lx", hr);
}

static void store_log(void *ctx, const char *text)
{
    log_write(LOG_WARNING, "%s", text);
}

HRESULT queue_init(const WCHAR *folder)
{
    static const struct store_callbacks callbacks = { want_snapshot, store_log, NULL };
    struct queue_job *entry;
    struct job *job;
    HRESULT hr;

    sync_mutex_init(&queue.cs, __FILE__ ": queue.cs");
    sync_cond_init(&queue.changed);
    if (FAILED(hr = model_init(&queue.model))) return hr;
    if (FAILED(hr = store_open(disk_get(), folder, &queue.model, &callbacks, &queue.store))) return hr;

    queue_enter();
    for (job = queue.model.first; job; job = job->next)
    {
        if (!(entry = calloc(1, sizeof(*entry))))
        {
            hr = E_OUTOFMEMORY;
            break;
        }
        init_job(entry, job);
        if (entry->listed) queue.listed++;
    }
    autostart_queue_changed(!queue.listed);
    log_write(LOG_INFO, "%u jobs in the queue", queue.listed);
    queue_leave();
    if (SUCCEEDED(hr)) finish_recover();
    return hr;
}

void queue_shutdown(void)
{
    struct job *job, *next;

    if (queue.store) store_close(queue.store);
    queue_enter();
    for (job = queue.model.first; job; job = next)
    {
        next = job->next;
        if (job->user) queue_release(job->user);
    }
    model_free(&queue.model);
    queue_leave();
}
