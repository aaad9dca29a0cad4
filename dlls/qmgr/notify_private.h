/*
 * Calling clients back: what notify.c, notify_lane.c, notify_round.c and notify_call.c share
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

#ifndef __QMGR_NOTIFY_PRIVATE_H
#define __QMGR_NOTIFY_PRIVATE_H

#include "clients.h"
#include "queue.h"
#include "qmgr_private.h"
#include "qmgr.h"
#include "core/notices.h"

struct policy;

/* Everything here is guarded by queue.cs unless it says otherwise. */

/* Calls that share a limit: those to one client process, those that make objects of one class, the programs of one owner. */
struct notify_lane
{
    struct list entry;              /* in lanes or dead of notify_lane.c */
    UINT32 refs;                    /* objects, calls, and whoever is about to add one */
    /* fixed at creation; which one it is */
    struct client *client;          /* counted, or NULL */
    GUID class;                     /* or GUID_NULL */
    WCHAR *owner;                   /* SID, or NULL */
    struct client_watch *watch;     /* with a client; set by the thread that made the lane */
    struct list objects;            /* struct notify_object, of jobs */
    struct list doomed;             /* struct notify_object nobody needs any more: their references are to be dropped */
    BOOL releasing;                 /* a thread is at that */
    struct list calls;              /* struct notify_call, outstanding, in order of their beginning */
};

/* A callback object as registered for a job, or made of its class. */
struct notify_object
{
    /* fixed at creation */
    struct notify_lane *lane;       /* counted */
    IUnknown *unknown;
    IBackgroundCopyCallback *callback;  /* whatever of the three it answers */
    BOOL made;                      /* of the class, by us */
    IBackgroundCopyCallback1 *callback1; /* of the queue manager 0.9; only if made, and then perhaps instead of the others */
    /* written by the thread of a call, once */
    IBackgroundCopyCallback2 *callback2;
    IBackgroundCopyCallback3 *callback3;
    /* guarded by queue.cs */
    BOOL no_files, no_ranges;
    struct notify_job *job;         /* NULL: replaced, removed, or its process has ended */
    struct list entry;              /* in lane->objects while it has a job, in lane->doomed without references */
    UINT32 refs;                    /* the job's and those of calls */
};

struct notify_report                /* ranges of a file that are to be reported [CB3.FileRangesTransferred.2] */
{
    UINT32 file;
    struct range_set ranges;
};

/* What is known of a job that a client wants to hear of. */
struct notify_job
{
    struct queue_job *job;          /* not counted: it goes with the job */
    struct list entry;              /* in rounds.pending */
    BOOL pending;
    struct notices notices;
    struct notify_object *object;
    struct caller *program_caller;  /* who set the command line, NULL after a restart */
    UINT32 first_unnotified;        /* every file below it is FILE_NOTIFIED */
    struct notify_report *reports;
    UINT32 report_count;
};

/* One call, from the decision to the answer. */
struct notify_call
{
    struct list entry;              /* in lane->calls */
    struct list begun;              /* in a list of the round, until it has a thread of its own */
    struct notify_lane *lane;       /* counted */
    struct queue_job *job;          /* counted */
    struct notify_object *object;   /* counted; NULL for WAY_CLASS until it is made, and for WAY_PROGRAM */
    struct notice_step step;
    UINT32 file;                    /* FILE and RANGES */
    struct range_set ranges;        /* RANGES */
    UINT64 since;
    /* WAY_PROGRAM, guarded by programs_lock */
    struct list running;            /* in programs */
    HANDLE process, wait;
};

/* notify.c: what is owed */

/* The first file that is whole and not told of, or NO_FILE. */
UINT32 notify_owed_file_locked(struct notify_job *notify_job);
/* GUID_NULL: none. A group of the queue manager 0.9 has a class of its own kind [CB1.1]. */
void notify_get_class(const struct job *job, GUID *class);
/* NOTIFY_FLAG_*, what is to be told; a group tells its client in its own words [GPROP.1, 2]. */
UINT32 notify_get_flags(const struct job *job);
void notify_gather_locked(struct notify_job *notify_job, const struct policy *policy, struct notice_facts *facts);
/* What is to be reported of the file, an empty report if there was none; NULL without memory. */
struct notify_report *notify_get_report_locked(struct notify_job *notify_job, UINT32 file);

/* notify_lane.c: who is called */

extern const GUID notify_no_class;  /* GUID_NULL, which the libraries of Wine have only together with what main.c defines */

/* With a reference, NULL without memory; a new one for a client has no watch yet. */
struct notify_lane *notify_lane_get_locked(struct client *client, const GUID *class, const WCHAR *owner, BOOL *is_new);
HRESULT notify_lane_of_client(struct client *client, struct notify_lane **lane);    /* counted; no lock held */
void notify_lane_release_locked(struct notify_lane *lane);
void notify_lane_release(struct notify_lane *lane);
/* The job has the object from now on, with a reference of the caller's; it had none. */
void notify_object_attach_locked(struct notify_job *notify_job, struct notify_object *object);
/* It has it no longer; that reference goes. */
void notify_object_detach_locked(struct notify_object *object);
void notify_object_release_locked(struct notify_object *object);
/* Frees lanes nobody holds and begins to drop the references of objects nobody needs. No lock held; does not wait for clients. */
void notify_lanes_clean(void);

/* notify_round.c: when they are called */

HRESULT notify_rounds_begin(void);
void notify_rounds_stop_locked(void);   /* no call begins any more */
void notify_rounds_end(void);           /* after that: waits for the thread. No lock held. */
void notify_wake(void);                 /* the thread looks at everything that is pending. Any thread, with or without the lock */
/* Something may be due of the job, now or later; of a final one there is not. */
void notify_mark_locked(struct notify_job *notify_job);
void notify_unmark_locked(struct notify_job *notify_job);
/* Is this still what the job owes, to this object? */
BOOL notify_call_valid_locked(struct notify_call *call);
/* The class has made an object for the call: the job has it from now on, unless it has got another one meanwhile. Takes over the reference. */
void notify_call_made(struct notify_call *call, struct notify_object *object);
void notify_call_done(struct notify_call *call, enum notice_result result);

/* notify_call.c: the calls */

/* For a client's object: takes its own references, and one to the lane. E_NOINTERFACE if it answers no callback interface. No lock held. */
HRESULT notify_object_create(struct notify_lane *lane, IUnknown *unknown, BOOL made, struct notify_object **object);
/*
 * Drops the references of an object that has neither job nor calls any more.  If its process has ended, returns the apartment whose connections
 * are then to be closed, else 0.  No lock held; may hang.
 */
UINT64 notify_object_destroy(struct notify_object *object);
/* On a thread of its own, no lock held. Ends with notify_call_done, sooner or later. */
void notify_call_run(void *call);
/* Programs go on; nobody waits for them any more. */
void notify_programs_shutdown(void);

#endif /* __QMGR_NOTIFY_PRIVATE_H */
