/*
 * The helper token of a job
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

#include "helper.h"
#include "queue.h"
#include "security.h"

void helper_set(struct queue_job *job, struct caller *caller)
{
    struct caller *old = caller;

    if (caller) caller_addref(caller);
    queue_enter();
    if (!caller || !job_is_final(job->live))
    {
        old = job->helper;
        job->helper = caller;
    }
    queue_leave();
    if (caller) queue_tell_names(job, NO_FILE);      /* its files are the helper's business from now on, not that of the handles of the owner */
    if (old) caller_release(old);
}

struct caller *helper_get(struct queue_job *job)
{
    struct caller *caller;

    queue_enter();
    if ((caller = job->helper)) caller_addref(caller);
    queue_leave();
    return caller;
}
