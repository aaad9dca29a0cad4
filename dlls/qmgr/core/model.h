/*
 * Jobs and files in memory, and the one function that changes them
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
 * Pure room.  The model holds every field of a job that survives a restart.  A change is a struct record (record.h): the queue builds
 * it, model_apply applies it, the store appends it; start-up applies the same records again.  Nothing else writes these
 * fields.  Volatile facts (CONNECTING and TRANSFERRING, live counters, callbacks) live beside the model, in queue.h.
 *
 * Lock: all of it is guarded by the caller (queue.cs).  Memory: malloc; strings belong to the model.
 */

#ifndef __QMGR_CORE_MODEL_H
#define __QMGR_CORE_MODEL_H

#include "core/ranges.h"

/* Values of BG_JOB_STATE [TYPE.State.1]. CONNECTING and TRANSFERRING are never stored: replay shows QUEUED [BEH.PERSIST.4]. */
enum job_state
{
    JOB_QUEUED,
    JOB_CONNECTING,
    JOB_TRANSFERRING,
    JOB_SUSPENDED,
    JOB_ERROR,
    JOB_TRANSIENT_ERROR,
    JOB_TRANSFERRED,
    JOB_ACKNOWLEDGED,
    JOB_CANCELLED,
    JOB_STATE_COUNT
};

enum job_type { JOB_DOWNLOAD, JOB_UPLOAD, JOB_UPLOAD_REPLY };                       /* BG_JOB_TYPE */
enum job_priority { JOB_FOREGROUND, JOB_HIGH, JOB_NORMAL, JOB_LOW };                /* BG_JOB_PRIORITY */

/* Everything that a setter stores. The number is the number on disk: append only. Types and defaults are one table in props.c. */
enum job_prop
{
    PROP_DISPLAY_NAME,          /* string */
    PROP_DESCRIPTION,           /* string, default empty [DEF.A1] */
    PROP_PRIORITY,              /* u32 */
    PROP_NOTIFY_FLAGS,          /* u32, default 3 */
    PROP_MINIMUM_RETRY_DELAY,   /* u32 seconds, default 600 */
    PROP_NO_PROGRESS_TIMEOUT,   /* u32 seconds, default 1209600 */
    PROP_MAX_DOWNLOAD_TIME,     /* u32 seconds, default 7776000; see PROP_MAX_DOWNLOAD_TIME_SET */
    PROP_MAX_DOWNLOAD_TIME_SET, /* u32: the client chose it, policy no longer does [BEH.RETRY.11] */
    PROP_PROXY_USAGE,           /* u32, default 0 PRECONFIG */
    PROP_PROXY_LIST,            /* string, default NULL */
    PROP_PROXY_BYPASS,          /* string, default NULL */
    PROP_NOTIFY_PROGRAM,        /* string, default NULL */
    PROP_NOTIFY_PARAMETERS,     /* string, default NULL */
    PROP_NOTIFY_CLSID,          /* guid, default GUID_NULL */
    PROP_MIN_NOTIFY_INTERVAL,   /* u32 ms, default 500 */
    PROP_REPLY_FILE,            /* string, default NULL */
    PROP_CUSTOM_HEADERS,        /* blob, sealed by security.c, default empty */
    PROP_HEADERS_WRITE_ONLY,    /* u32 */
    PROP_SECURITY_FLAGS,        /* u32, default 0 */
    PROP_CERT_LOCATION,         /* u32 */
    PROP_CERT_STORE,            /* string, default NULL */
    PROP_CERT_HASH,             /* blob of 20 bytes, default empty */
    PROP_CERT_SUBJECT,          /* string, default NULL */
    PROP_CERT_CALLBACK_WANTED,  /* u32 [BEH.PERSIST.15] */
    PROP_HTTP_METHOD,           /* string, default NULL: the job type's own */
    PROP_CREDENTIALS,           /* blob, sealed by security.c: all entries; default empty */
    PROP_USE_STORED_CREDENTIALS,/* u32 target, default 0 */
    PROP_PEER_FLAGS,            /* u32 */
    PROP_ACL_FLAGS,             /* u32 */
    PROP_TOKEN_FLAGS,           /* u32 */
    PROP_COST_FLAGS,            /* u32, default 0x800000FF */
    PROP_DYNAMIC_CONTENT,       /* u32 */
    PROP_HIGH_PERFORMANCE,      /* u32 */
    PROP_MAX_DOWNLOAD_SIZE,     /* u64, default SIZE_UNKNOWN */
    PROP_ON_DEMAND,             /* u32 */
    PROP_GROUP_ID,              /* guid: the job is a group of the queue manager 0.9 [QM.A3], else GUID_NULL */
    PROP_GROUP_JOB_ID,          /* guid of the group's job, GUID_NULL until it is created */
    PROP_GROUP_NOTIFY_FLAGS,    /* u32, QM_NOTIFY_*, default 0 [GPROP.A3] */
    PROP_GROUP_NOTIFY_CLSID,    /* string as given, default NULL */
    PROP_GROUP_SIZE_HINTS,      /* blob of u32, one for each file up to the last with a hint [JOB1.GetFile.A1] */
    PROP_COUNT
};

enum prop_type { PROP_TYPE_U32, PROP_TYPE_U64, PROP_TYPE_STRING, PROP_TYPE_GUID, PROP_TYPE_BLOB };

/* One value; which member counts follows from prop_type_of. In the model strings and blobs are owned, in a record borrowed. */
struct prop_value
{
    enum job_prop prop;
    UINT64 number;              /* u32 and u64 */
    const WCHAR *string;        /* or NULL */
    GUID guid;
    const BYTE *blob;
    UINT32 blob_size;
};

struct job_failure              /* what IBackgroundCopyError shows */
{
    HRESULT hr;                 /* S_OK: none */
    UINT32 context;             /* BG_ERROR_CONTEXT_* */
    UINT32 file;                /* index, or NO_FILE */
};
#define NO_FILE ((UINT32)-1)

struct file_range
{
    UINT64 offset;
    UINT64 length;              /* or LENGTH_TO_EOF */
};

#define FILE_TRANSFERRED 0x01   /* every byte is on disk in the temporary file */
#define FILE_PUBLISHED   0x02   /* renamed to its local name: Completed is TRUE [TYPE.FileProg.3] */
#define FILE_VALIDATED   0x04   /* SetValidationState(TRUE), or Complete */
#define FILE_PUBLISHING  0x08   /* the intent of a running Complete covers it */
#define FILE_RENAMED     0x10   /* a Complete that failed had renamed it, but could not make sure that this lasts */
#define FILE_NOTIFIED    0x20   /* FileTransferred was delivered; goes with FILE_TRANSFERRED [CB2.FileTransferred.7] */
#define FILE_ATTRIBUTED  0x40   /* it came from a file system, with the attributes in the bits from here on [BEH.SMB.3] */
#define FILE_ASKED       0x80   /* a request by the client's own method may be out, and not be repeated by itself [BEH.HTTP.19] */
#define FILE_ATTRIBUTES_SHIFT 8
#define FILE_ATTRIBUTES_KEPT  0x27u /* read-only, hidden, system, archive */
#define FILE_SETTLED     0x10000 /* of an upload: remote_size and remote_time are those it began with [BEH.CONSIST.4] */
#define FILE_MOVED       0x20000 /* what has been received came by another remote name [BEH.STATE.96] */
#define FILE_DELIVERED   0x40000 /* of an upload: its server has said that it has all of it, be that nothing [BUP.FRAG.22]; goes with the session */
#define FILE_ATTRIBUTES_MASK  (FILE_ATTRIBUTED | FILE_ATTRIBUTES_KEPT << FILE_ATTRIBUTES_SHIFT)

struct job_file
{
    WCHAR *remote_name;
    WCHAR *local_name;
    WCHAR *temp_name;           /* full path, fixed when the file is added, so durable before the file is made [BEH.FILE.50]; NULL: there
                                 * is none, the data goes straight to local_name [BEH.HTTP.65] */
    struct file_range *ranges;  /* as given, NULL for the whole file */
    UINT32 range_count;
    UINT32 flags;               /* FILE_* */
    UINT64 remote_size;         /* of the remote file, SIZE_UNKNOWN until the server was asked */
    UINT64 remote_time;         /* Last-Modified, FILETIME, 0 if none [BEH.CONSIST.2, 21] */
    UINT32 volume_serial;       /* of the destination, 0 unknown [BEH.FILE.32] */
    UINT32 restarts;            /* how often CONSIST.2 made it start again */
    struct range_set received;  /* offsets in the temporary file that are on disk */
    struct range_set requested; /* RequestFileRanges: wanted before the rest, received or not; to-EOF ends at SIZE_UNKNOWN */
    UINT64 first_wanted;        /* UpdateDownloadPosition: what is missing from here on comes first */
    char *response_headers;     /* last head received, octets [BEH.HTTP.22], or NULL */
};

/* The server's side of an upload. All zero: there is none [BEH.PERSIST.18]. */
struct upload_session
{
    char *id;                   /* octets, to be echoed as they are [BUP.HDR.13] */
    WCHAR *host;                /* BITS-Host-Id, perhaps with a port, or NULL */
    UINT32 host_timeout;        /* seconds, UPLOAD_NEVER [BUP.HDR.15] */
    UINT64 host_failed;         /* FILETIME since when the host cannot be reached, 0: it can [BUP.HOST.4, 6] */
};
#define UPLOAD_NEVER ((UINT32)-1)

/*
 * An upload has one file; `received` of it are the octets that the server has acknowledged, remote_size and remote_time those of the local
 * file [BEH.CONSIST.4].  When it is transferred it is published too, since the server has put it in place.  temp_name is on a share, NULL for
 * an HTTP server.  The reply of an upload-reply job is a second file as soon as its URL is known, like one of a download in all
 * ways except that clients do not meet it among the files of the job.
 */
#define REPLY_FILE 1u

struct job
{
    GUID id;
    enum job_type type;
    WCHAR *owner;               /* SID string */
    UINT32 integrity;           /* RID of the creator's integrity level */
    BOOL elevated;              /* of the creator's token */

    struct prop_value props[PROP_COUNT];

    enum job_state state;       /* QUEUED, SUSPENDED, ERROR, TRANSIENT_ERROR, TRANSFERRED, ACKNOWLEDGED, CANCELLED */
    struct job_failure failure;
    UINT32 error_count;
    BOOL resumed;               /* Resume was called at least once */
    BOOL notified;              /* the state's notification was delivered [BEH.PERSIST.11]; FALSE again when the state changes */
    UINT64 creation_time;       /* FILETIMEs */
    UINT64 modification_time;
    UINT64 completion_time;     /* 0 until TRANSFERRED [TYPE.Times.A1] */
    UINT64 no_progress_time;    /* start of the unproductive period, 0 if none [BEH.RETRY.10] */
    UINT64 download_msec;       /* time spent moving since the last Resume [BEH.RETRY.11] */

    BOOL completing;            /* RECORD_COMPLETING seen, neither RECORD_COMPLETED nor failure yet */
    WCHAR *completer;           /* SID string of the caller of Complete */
    BOOL cleaning;              /* final, temporary files may still lie about */

    struct job_file *files;
    UINT32 file_count;
    UINT32 file_size;           /* allocated */
    UINT32 untransferred;       /* files without FILE_TRANSFERRED */
    UINT32 first_untransferred; /* no file below this index lacks FILE_TRANSFERRED */
    struct upload_session upload;

    UINT64 seq;                 /* sequence number of the last record applied to this job */
    LONG refs;                  /* the model holds one while the job is listed */
    void *user;                 /* the queue's run-time data; never looked at here */
    struct job *hash_next;
    struct job *prev, *next;    /* in order of creation */
};

void upload_session_free(struct upload_session *session);  /* there is none then */
HRESULT upload_session_copy(const struct upload_session *from, struct upload_session *to);

struct record;
struct model_change;

struct model
{
    struct job *first, *last;
    struct job **buckets;
    UINT32 bucket_count;
    UINT32 count;
    struct model_change *prepared; /* by model_prepare, for the next model_apply */
};

HRESULT model_init(struct model *model);
void model_free(struct model *model);                  /* releases every job it lists */
struct job *model_find(const struct model *model, const GUID *id);

/*
 * Applies one record: asks no clock and no system.  Fails (E_OUTOFMEMORY, or ERROR_INVALID_DATA as HRESULT for a record that contradicts
 * the model) without having changed anything.  RECORD_CLEANED takes the job out of the lists and drops the model's reference.
 * Pointers into job->files and to its strings do not outlive the lock: an apply may move them.
 *
 * A live change, all under one hold of the lock:
 *
 *     hr = model_prepare(model, &record);          checks, and takes all memory
 *     if (SUCCEEDED(hr)) hr = store_append(store, &record, &ticket);
 *     if (SUCCEEDED(hr)) model_apply(model, &record);       cannot fail now
 *
 * What was prepared and not applied (the append failed) is thrown away by the next model_prepare or model_apply of another
 * record, at the latest by model_free; the record itself need not be there any more.  Between the two calls only record->seq may change.
 */
HRESULT model_prepare(struct model *model, const struct record *record);
HRESULT model_apply(struct model *model, const struct record *record);

/* Takes a job out without a record: the journal sets it aside. Drops the model's reference. */
void model_forget(struct model *model, struct job *job);

/*
 * Emits the records that build this job from nothing, in order (compaction).  Their sequence numbers are filled in, the last one has
 * job->seq, so that the model rebuilt from them has it too and live records go on from there (counted modulo 2^64, since a young job may
 * need more of them than it has lived).
 */
HRESULT model_snapshot(const struct job *job, HRESULT (*emit)(void *ctx, const struct record *record), void *ctx);

void job_addref(struct job *job);
void job_release(struct job *job);

/* props.c; strings are static */
enum prop_type prop_type_of(enum job_prop prop);
UINT64 prop_default_number(enum job_prop prop);
const WCHAR *prop_default_string(enum job_prop prop);
BOOL prop_is_default(const struct prop_value *value);

static inline UINT32 job_u32(const struct job *job, enum job_prop prop) { return (UINT32)job->props[prop].number; }
static inline UINT64 job_u64(const struct job *job, enum job_prop prop) { return job->props[prop].number; }
static inline const WCHAR *job_string(const struct job *job, enum job_prop prop) { return job->props[prop].string; }

/* Numbers that the interfaces show, derived, never stored. */
UINT64 file_total(const struct job_file *file);        /* BytesTotal: sum of ranges, or size; SIZE_UNKNOWN [TYPE.FileProg.1, 2] */
UINT64 file_received(const struct job_file *file);     /* BytesTransferred as recorded */
BOOL job_all_transferred(const struct job *job);       /* at least one file and every one FILE_TRANSFERRED; constant time */
UINT32 job_first_unfinished(const struct job *job);    /* index, or NO_FILE */
BOOL job_allows_parts(const struct job *job, UINT32 file);  /* a client may ask for parts of the file [FILE6.3, 4] */
BOOL job_is_group(const struct job *job);              /* of the queue manager 0.9 */
BOOL job_has_unpublished(const struct job *job);       /* a file that is not yet under its local name */
UINT32 job_visible_files(const struct job *job);       /* how many a client meets: not the reply [TYPE.JobProg.3] */
static inline BOOL job_is_final(enum job_state state) { return state == JOB_ACKNOWLEDGED || state == JOB_CANCELLED; }

#endif /* __QMGR_CORE_MODEL_H */
