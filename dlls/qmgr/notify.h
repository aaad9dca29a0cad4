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
 * Who uses it: job.c (register), queue.c, queue_run.c and finish.c (what has changed), service.c.  The room owns the registered interfaces,
 * the threads that call them, and the programs it has started.  What is owed and by which way is decided in core/notices.
 *
 * A client that hangs, crashes or never pumps holds up nobody else: each call has a thread of its own, at most four at a time for one client
 * process [BEH.NOTIFY.8], and no lock of any room is held while a client is called [BEH.NOTIFY.14] - not even while a reference to one of
 * his objects is dropped, which is a call too.  Nothing is sent before the record of what it announces is on disk.
 *
 * All of it is guarded by queue.cs: an object belongs to a job, a job's state decides what is owed.  Nothing polls: one thread sleeps until a
 * hook below wakes it or something is due.
 */

#ifndef __QMGR_NOTIFY_H
#define __QMGR_NOTIFY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct IUnknown;
struct caller;
struct client;
struct queue_job;
struct record;

/* After queue_init: what a former process left owed to a class or a command line is sent now [BEH.PERSIST.9, 10]. */
HRESULT notify_init(void);
/* Before clients_shutdown. Does not wait for a client that does not return. */
void notify_shutdown(void);

/*
 * SetNotifyInterface: takes its own reference; NULL removes [JOB.SetNotifyInterface.2]. E_NOINTERFACE if it answers no callback interface [.A1].
 * BG_E_INVALID_STATE in a final state, when what was registered is dropped [HABIT.2].
 */
HRESULT notify_set_interface(struct queue_job *job, struct client *client, struct IUnknown *callback);
/* With a reference for the caller, NULL if there is none. */
void notify_get_interface(struct queue_job *job, struct IUnknown **callback);
/* He is about to set a command line: it runs with his token [JOB2.SetNotifyCmdLine.A4]. */
HRESULT notify_set_program_caller(struct queue_job *job, struct caller *caller);
/* The job is final: the last reference to the client's object goes, promptly. No lock held. */
void notify_forget(struct queue_job *job);
/* The job itself goes. queue.cs held. */
void notify_free_locked(struct queue_job *job);

/* The policy is another one: what waits for a time of it is looked at again. Any thread. */
void notify_policy_changed(void);

/* Hooks of the queue; work in memory, queue.cs held. */

void notify_applied_locked(struct queue_job *job, const struct record *record);    /* a record was applied */
void notify_entered_locked(struct queue_job *job);                                 /* the live state is another one */
void notify_modified_locked(struct queue_job *job);                                /* something a client can see is another */
/* An on-demand job: these octets of a file are on disk, and the record that says so is written [CB3.FileRangesTransferred.1]. */
void notify_ranges_locked(struct queue_job *job, UINT32 file, UINT64 offset, UINT64 length);
/* ... and all that is not yet recorded of this file, which is about to be recorded as whole. */
void notify_rest_locked(struct queue_job *job, UINT32 file, UINT64 size);

#endif /* __QMGR_NOTIFY_H */
