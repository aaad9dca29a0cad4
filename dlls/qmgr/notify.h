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

/*
 * Who uses it: job.c (register), queue_run.c (a state whose notification is owed, a modification).  The room owns the registered
 * interfaces and its threads; no lock of another room is held while a client is called.
 */

#ifndef __QMGR_NOTIFY_H
#define __QMGR_NOTIFY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct IUnknown;
struct client;
struct queue_job;

/* SetNotifyInterface: takes its own reference; NULL removes [JOB.SetNotifyInterface.2]. E_NOINTERFACE if it answers no callback interface [.A1].
 * BG_E_INVALID_STATE in a final state, when what was registered is dropped [HABIT.2]. */
HRESULT notify_set_interface(struct queue_job *job, struct client *client, struct IUnknown *callback);
/* With a reference for the caller, NULL if there is none. */
void notify_get_interface(struct queue_job *job, struct IUnknown **callback);
/* The job is final: the last reference to the client's object goes, promptly. No lock held. */
void notify_forget(struct queue_job *job);

#endif /* __QMGR_NOTIFY_H */
