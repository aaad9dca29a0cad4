/*
 * Calling clients back
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

#include "clients.h"
#include "notify.h"
#include "queue.h"
#include "qmgr_private.h"

/* What a client registered for a job. */
struct notify_job
{
    IUnknown *callback;
    struct client *client;
};

static BOOL is_callback(IUnknown *unknown)
{
    static const IID * const iids[] = { &IID_IBackgroundCopyCallback, &IID_IBackgroundCopyCallback2, &IID_IBackgroundCopyCallback3 };
    IUnknown *callback;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(iids); i++)
    {
        if (FAILED(IUnknown_QueryInterface(unknown, iids[i], (void **)&callback))) continue;
        IUnknown_Release(callback);
        return TRUE;
    }
    return FALSE;
}

static void free_notify(struct notify_job *notify)
{
    if (!notify) return;
    IUnknown_Release(notify->callback);
    client_release(notify->client);
    free(notify);
}

HRESULT notify_set_interface(struct queue_job *job, struct client *client, IUnknown *callback)
{
    struct notify_job *notify = NULL, *old = NULL;
    HRESULT hr;

    if (callback)
    {
        if (!is_callback(callback)) return E_NOINTERFACE;
        if (!(notify = malloc(sizeof(*notify)))) return E_OUTOFMEMORY;
        notify->callback = callback;
        IUnknown_AddRef(callback);
        notify->client = client;
        client_addref(client);
    }
    queue_enter();
    if (SUCCEEDED(hr = state_may_change(job->live)))
    {
        old = job->notify;
        job->notify = notify;
        notify = NULL;
    }
    queue_leave();
    free_notify(old);       /* calls into the client: not under the lock */
    free_notify(notify);
    return hr;
}

void notify_get_interface(struct queue_job *job, IUnknown **callback)
{
    queue_enter();
    *callback = job->notify ? job->notify->callback : NULL;
    if (*callback) IUnknown_AddRef(*callback);
    queue_leave();
}

void notify_forget(struct queue_job *job)
{
    struct notify_job *notify;

    queue_enter();
    notify = job->notify;
    job->notify = NULL;
    queue_leave();
    free_notify(notify);
}
