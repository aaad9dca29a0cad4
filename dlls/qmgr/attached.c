/*
 * What clients attach to a job in memory only
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

#include "attached.h"
#include "queue.h"
#include "security.h"

void attached_set_callback(struct queue_job *job, IUnknown *callback)
{
    IUnknown *old = callback;

    if (callback) IUnknown_AddRef(callback);
    queue_enter();
    if (!callback || !job_is_final(job->live))
    {
        old = job->cert_callback;
        job->cert_callback = callback;
    }
    queue_leave();
    if (old) IUnknown_Release(old);
}

IUnknown *attached_get_callback(struct queue_job *job)
{
    IUnknown *callback;

    queue_enter();
    if ((callback = job->cert_callback)) IUnknown_AddRef(callback);
    queue_leave();
    return callback;
}

void attached_set_helper(struct queue_job *job, struct caller *helper)
{
    struct caller *old = helper;

    if (helper) caller_addref(helper);
    queue_enter();
    if (!helper || !job_is_final(job->live))
    {
        old = job->helper;
        job->helper = helper;
    }
    queue_leave();
    if (old) caller_release(old);
}

struct caller *attached_get_helper(struct queue_job *job)
{
    struct caller *helper;

    queue_enter();
    if ((helper = job->helper)) caller_addref(helper);
    queue_leave();
    return helper;
}

void attached_forget(struct queue_job *job)
{
    attached_set_callback(job, NULL);
    attached_set_helper(job, NULL);
}
