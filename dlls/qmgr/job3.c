/*
 * IBackgroundCopyJob3: ranges, remote prefix, access control lists
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

#include "job_door.h"
#include "local.h"
#include "log.h"
#include "policy.h"
#include "core/range_list.h"
#include "core/str.h"
#include "core/url.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static void free_names(struct record_name *names, UINT32 count)
{
    UINT32 i;

    for (i = 0; i < count; i++) free((void *)names[i].remote_name);
    free(names);
}

/* The new names of all files that have the prefix, checked; none is changed yet [JOB3.ReplaceRemotePrefix.A1]. */
static HRESULT replaced_names_locked(const struct job *job, const WCHAR *old_prefix, const WCHAR *new_prefix,
                                     struct record_name **ret, UINT32 *count)
{
    struct record_name *names;
    HRESULT hr = S_OK;
    UINT32 i, n = 0;

    *ret = NULL;
    *count = 0;
    if (!(names = calloc(max(job->file_count, 1), sizeof(*names)))) return E_OUTOFMEMORY;
    for (i = 0; i < job->file_count && SUCCEEDED(hr); i++)
    {
        WCHAR *name;

        if (!str_starts(job->files[i].remote_name, old_prefix)) continue;
        if (!(name = url_replace_prefix(job->files[i].remote_name, old_prefix, new_prefix)))
        {
            hr = E_OUTOFMEMORY;
            break;
        }
        names[n].file = i;
        names[n++].remote_name = name;
        hr = check_remote_name(name, job->files[i].range_count != 0);
    }
    if (FAILED(hr))
    {
        free_names(names, n);
        return hr;
    }
    *ret = names;
    *count = n;
    return S_OK;
}

HRESULT WINAPI job_ReplaceRemotePrefix(IBackgroundCopyJob5 *iface, LPCWSTR old_prefix, LPCWSTR new_prefix)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct record_name *names;
    UINT32 count;
    HRESULT hr;

    TRACE("%p, %s, %s.\n", iface, log_url(old_prefix), log_url(new_prefix));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!old_prefix || !new_prefix) return E_INVALIDARG;
    if (door->job->job->type != JOB_DOWNLOAD) return E_NOTIMPL;  /* JOB3.ReplaceRemotePrefix.6 */
    if (!*old_prefix || !*new_prefix) return E_INVALIDARG;

    queue_enter();
    hr = replaced_names_locked(door->job->job, old_prefix, new_prefix, &names, &count);
    if (SUCCEEDED(hr) && FAILED(hr = state_may_change(door->job->live))) free_names(names, count);
    queue_leave();
    if (FAILED(hr)) return hr;
    hr = count ? queue_set_remote_names(door->job, names, count) : S_FALSE;
    free_names(names, count);
    return hr;
}

HRESULT WINAPI job_AddFileWithRanges(IBackgroundCopyJob5 *iface, LPCWSTR remote, LPCWSTR local, DWORD count, BG_FILE_RANGE *ranges)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct caller *caller = job_door_caller(door);
    struct new_file file = { remote, local };
    struct file_range *list;
    struct policy policy;
    HRESULT hr;
    DWORD i;

    TRACE("%p, %s, %s, %lu, %p.\n", iface, log_url(remote), debugstr_w(local), count, ranges);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!remote || !local || !ranges) return E_INVALIDARG;
    if (door->job->job->type != JOB_DOWNLOAD) return E_NOTIMPL;  /* JOB3.AddFileWithRanges.6 */
    if (!count) return E_INVALIDARG;
    if (FAILED(hr = check_remote_name(remote, TRUE))) return hr;
    if (FAILED(hr = local_name_check(local))) return hr;

    if (!(list = malloc(count * sizeof(*list)))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++)
    {
        list[i].offset = ranges[i].InitialOffset;
        list[i].length = ranges[i].Length;
    }
    file.ranges = list;
    file.range_count = count;
    if (SUCCEEDED(hr = range_list_check(list, count)) && SUCCEEDED(hr = job_check_state(door, NULL))
        && SUCCEEDED(hr = security_impersonate(caller)))
    {
        hr = local_check_folder(local);
        security_revert();
    }
    policy_get(&policy);
    if (SUCCEEDED(hr) && !caller->admin && !caller->service_account && count > policy.max_ranges_per_file)
        hr = BG_E_TOO_MANY_RANGES_IN_FILE;                          /* JOB3.AddFileWithRanges.12 */
    if (SUCCEEDED(hr)) hr = queue_add_files(door->job, &file, 1, job_file_limit(door));
    free(list);
    return hr;
}

/* JOB3.SetFileACLFlags.3 */
static HRESULT check_untransferred(const struct queue_job *job)
{
    return job->live == JOB_TRANSFERRED ? BG_E_INVALID_STATE : S_OK;
}

HRESULT WINAPI job_SetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD flags)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value value = { PROP_ACL_FLAGS };
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (flags & ~BG_COPY_FILE_ALL) return E_INVALIDARG;
    value.number = flags;
    return queue_set(door->job, &value, 1, check_untransferred);
}

HRESULT WINAPI job_GetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_ACL_FLAGS);
    return S_OK;
}
