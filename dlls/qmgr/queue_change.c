/*
 * What clients change in the queue
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
#include "objbase.h"

#include "disk.h"
#include "engine.h"
#include "log.h"
#include "output.h"
#include "policy.h"
#include "queue_private.h"
#include "security.h"
#include "core/str.h"
#include "core/url.h"

#include "wine/debug.h"

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
    } while (queue_is_crowded(hr));
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* Creating */

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
    else queue_set_listed_locked(entry, FALSE);
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

static HRESULT try_create(const struct caller *caller, const WCHAR *display_name, enum job_type type, const GUID *group,
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
        queue_init_job_locked(entry, model_find(&queue.model, &record.job));
        entry->ordinary = !caller->admin && !caller->service_account;
        entry->names_told = FALSE;
        entry->listed = FALSE;
        queue_set_listed_locked(entry, TRUE);
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

static HRESULT create(const struct caller *caller, const WCHAR *display_name, enum job_type type, const GUID *group,
                      struct queue_job **ret)
{
    HRESULT hr;

    do hr = try_create(caller, display_name, type, group, ret);
    while (queue_is_crowded(hr));
    return hr;
}

HRESULT queue_create(const struct caller *caller, const WCHAR *display_name, enum job_type type, struct queue_job **job)
{
    return create(caller, display_name, type, NULL, job);
}

HRESULT queue_create_group(const struct caller *caller, const GUID *group, struct queue_job **job)
{
    return create(caller, L"", JOB_DOWNLOAD, group, job);
}

/* Properties */

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

/*
 * Dynamic content is never throttled, so that it comes in the foreground only: what is lowered meanwhile starts again by the rules of the
 * background [BEH.HTTP.61, 62, 66].  What is raised before its size is known need not wait for an answer that those rules ask for.
 */
static void check_dynamic_locked(struct queue_job *job)
{
    const struct job *model = job->job;
    BOOL foreground = job_u32(model, PROP_PRIORITY) == JOB_FOREGROUND;

    if (!job_u32(model, PROP_DYNAMIC_CONTENT) || !job->transfer || job->planned_file == NO_FILE) return;
    if (job->planned_dynamic == foreground) return;
    if (foreground && model->files[job->planned_file].remote_size != SIZE_UNKNOWN) return;
    queue_event_locked(job, EVENT_PREEMPTED, NULL, NO_FILE);
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
        if (values[i].prop == PROP_PRIORITY)
        {
            job->requests++;                                    /* BEH.STATE.95 */
            check_dynamic_locked(job);
        }
        if (shows_to_servers(values[i].prop)) job->options++;   /* BEH.STATE.97 */
    }
    queue_leave();
    engine_wake();
    return S_OK;
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
    job->ordinary = !caller->admin && !caller->service_account;
    queue_leave();
    queue_tell_names(job, NO_FILE);     /* what the former owner opened is nothing to publish by for another one */
    engine_wake();
    return S_OK;
}

/* Files */

static UINT64 random_name(void *ctx)
{
    GUID guid;
    UINT64 value;

    CoCreateGuid(&guid);
    memcpy(&value, guid.Data4, sizeof(value));
    return value ^ ((UINT64)guid.Data1 << 32);
}

HRESULT queue_temp_name(const WCHAR *local_name, WCHAR **name)
{
    return output_temp_name(disk_get(), local_name, random_name, NULL, name);
}

/*
 * Where a file's octets go first: beside where they belong.  An upload has that on a share only, and the server of any other has its own
 * [BEH.SMB.6].
 */
static HRESULT make_temp_name(enum job_type type, const struct new_file *file, WCHAR **name)
{
    struct url url;
    HRESULT hr;

    *name = NULL;
    if (type == JOB_DOWNLOAD) return queue_temp_name(file->local_name, name);
    if (FAILED(hr = url_parse(file->remote_name, &url))) return hr;
    if (url.scheme == URL_FILE) hr = queue_temp_name(url.path, name);
    url_free(&url);
    return hr;
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

void queue_tell_names(struct queue_job *job, UINT32 file)
{
    WCHAR *name = NULL;

    queue_enter();
    /* all of them the first time; who set it may not have come to that yet */
    if (job->names_told && file != NO_FILE) name = str_dup(job->job->files[file].temp_name);
    job->names_told = TRUE;
    queue_leave();
    disk_get()->let_go(disk_get(), name);
    free(name);
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
        if (!straight) hr = make_temp_name(job->job->type, &files[i], &temp);
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
        if (!queue_is_crowded(hr)) break;
        hr = S_OK;
    }
    if (SUCCEEDED(hr) && count) hr = store_wait(queue.store, ticket);
    for (i = 0; i < count; i++) free((void *)add[i].temp_name);
    free(add);
    return hr;
}

/* What is there of these files came by another name, also after a restart; a file that gets its new name later is none the worse for it. */
static HRESULT mark_moved(struct queue_job *job, const struct record_name *names, UINT32 count)
{
    struct record record = { RECORD_FILE_FLAGS };
    const struct job_file *file;
    HRESULT hr = S_OK;
    BOOL partly;
    UINT32 i;

    record.u.flags.set = FILE_MOVED;
    for (i = 0; i < count && SUCCEEDED(hr); i++)
    {
        queue_enter();
        partly = FALSE;
        if (SUCCEEDED(state_may_change(job->live)) && names[i].file < job->job->file_count)
        {
            file = &job->job->files[names[i].file];
            partly = file_received(file) && !(file->flags & (FILE_TRANSFERRED | FILE_MOVED));
        }
        queue_leave();
        record.u.flags.file = names[i].file;
        if (partly) hr = queue_append(job, &record);
    }
    return hr;
}

HRESULT queue_set_remote_names(struct queue_job *job, const struct record_name *names, UINT32 count)
{
    struct record record = { RECORD_FILE_NAMES };
    HRESULT hr;
    UINT32 i;

    record.u.names.names = names;
    record.u.names.count = count;
    if (FAILED(hr = mark_moved(job, names, count)) || FAILED(hr = change(job, &record, NULL))) return hr;

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
    } while (queue_is_crowded(hr) || (SUCCEEDED(hr) && i != NO_FILE));
    if (SUCCEEDED(hr) && ticket != NO_TICKET) hr = store_wait(queue.store, ticket);
    return hr;
}

HRESULT queue_validate(struct queue_job *job, UINT32 file, BOOL valid)
{
    struct record record = { RECORD_FILE_FLAGS };
    UINT64 ticket = NO_TICKET;
    struct failure failure;
    HRESULT hr;

    record.u.flags.file = file;
    if (valid) record.u.flags.set = FILE_VALIDATED;
    else record.u.flags.clear = FILE_VALIDATED | FILE_TRANSFERRED | FILE_PUBLISHED;  /* in its place or not, it comes again */
    do
    {
        if (FAILED(hr = store_reserve(queue.store, 8192))) return hr;
        queue_enter();
        if (FAILED(hr = state_may_change(job->live)))
            ;
        else if (file >= job->job->file_count || !(job->job->files[file].flags & FILE_TRANSFERRED))
            hr = E_PENDING;                             /* BEH.CONSIST.9 */
        else if (SUCCEEDED(hr = queue_apply_locked(job, &record, &ticket)) && !valid)
        {
            verdict_error(BG_E_VALIDATION_FAILED, CONTEXT_REMOTE_FILE, &failure);
            queue_event_locked(job, EVENT_INVALIDATED, &failure, file);
        }
        queue_leave();
    } while (queue_is_crowded(hr));
    return FAILED(hr) ? hr : store_wait(queue.store, ticket);
}

/* State */

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
    } while (queue_is_crowded(hr));
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
