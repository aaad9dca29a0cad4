/*
 * A change as a value: what the journal holds and core/model applies
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
 * Pure room.  A record carries every input of the change (time, ids, names).  Strings and arrays in a record are borrowed: from the
 * caller when it is built, from the decode buffer (struct record_memory) when it was read back.
 *
 * Encoding: little-endian, self-describing enough that a newer reader skips nothing and an older one refuses: record type (u16),
 * version (u16), then the fields in the order below; strings are UTF-16 with a u32 length, NULL is 0xffffffff.  At most RECORD_MAX octets.
 */

#ifndef __QMGR_CORE_RECORD_H
#define __QMGR_CORE_RECORD_H

#include "core/model.h"
#include "core/str.h"

#define RECORD_MAX (128 * 1024 * 1024)     /* a call's files are one record: more than a hundred thousand of them */

enum record_type                /* numbers on disk: append only */
{
    RECORD_CREATE = 1,
    RECORD_SET,                 /* properties, all or none */
    RECORD_ADD_FILES,
    RECORD_STATE,
    RECORD_FILE_NAMES,          /* remote names replaced: SetRemoteName, ReplaceRemotePrefix, reported redirect */
    RECORD_FILE_BEGIN,          /* a file (re)starts from zero with the size and time the server gave */
    RECORD_FILE_PROGRESS,       /* these bytes are on disk */
    RECORD_FILE_DONE,           /* all bytes are on disk */
    RECORD_FILE_HEADERS,        /* last response head */
    RECORD_FILE_FLAGS,          /* validation */
    RECORD_COMPLETING,          /* intent: these files will be renamed */
    RECORD_PUBLISHED,           /* outcome: these files were renamed */
    RECORD_COMPLETED,           /* the job is ACKNOWLEDGED; what is left of its temporary files is being removed */
    RECORD_COMPLETE_FAILED,     /* the intent is given up; files of RECORD_PUBLISHED stay published [JOB.Complete.9] */
    RECORD_CANCELLED,           /* the job is CANCELLED; its temporary files are being removed */
    RECORD_CLEANED,             /* nothing of the job is left outside: forget it */
    RECORD_OWNER,               /* TakeOwnership; what was the old owner's own is dropped */
    RECORD_NOTIFIED,            /* the state's notification was delivered, or is owed anew */
    RECORD_JOB_FACTS,           /* snapshot only: counters and times that no other record can rebuild */
    RECORD_FILE_FACTS,          /* snapshot only: all that is known of files beyond their names */
    RECORD_FILE_REQUEST,        /* what of a file is wanted before the rest: RequestFileRanges, UpdateDownloadPosition */
    RECORD_UPLOAD,              /* the session of an upload and how much of the file its server has acknowledged */
    RECORD_REPLY_FILE,          /* where the reply of an upload-reply job is, and where it goes; again only before it begins */
    RECORD_TYPE_COUNT           /* not on disk */
};

struct record_file
{
    const WCHAR *remote_name, *local_name, *temp_name;
    const struct file_range *ranges;
    UINT32 range_count;
    UINT32 volume_serial;
};

struct record_name
{
    UINT32 file;
    const WCHAR *remote_name;
};

struct record_file_fact
{
    UINT32 file;
    UINT32 flags;
    UINT32 volume_serial;
    UINT32 restarts;
    UINT64 remote_size, remote_time;
    const UINT64 *received;     /* pairs offset, length, as ranges_encode writes them */
    UINT32 received_count;      /* pairs */
    const char *headers;        /* NULL: none */
    UINT32 headers_size;
};

struct record
{
    enum record_type type;
    GUID job;
    UINT64 seq;                 /* per job, 1 for RECORD_CREATE, filled in by the journal layer on append */
    UINT64 time;                /* FILETIME of the change; moves modification_time where TYPE.Times.2 says so */
    union
    {
        struct
        {
            enum job_type type;
            const WCHAR *owner, *display_name;
            UINT32 integrity;
            BOOL elevated;
        } create;
        struct
        {
            const struct prop_value *values;
            UINT32 count;
        } set;
        struct
        {
            const struct record_file *files;
            UINT32 count;
        } add_files;
        struct
        {
            enum job_state state;           /* a storable one */
            struct job_failure failure;     /* as it is from now on; hr S_OK clears it */
            UINT32 error_count;
            BOOL resumed;
            UINT64 completion_time;
            UINT64 no_progress_time;
            UINT64 download_msec;
        } state;
        struct
        {
            const struct record_name *names;
            UINT32 count;
        } names;
        struct
        {
            UINT32 file;
            UINT64 remote_size, remote_time;
            UINT32 volume_serial;
            UINT32 restarts;
        } begin;
        struct
        {
            UINT32 file;
            UINT64 offset, length;          /* in the temporary file */
            UINT64 no_progress_time;        /* 0: bytes ended the unproductive period */
            UINT64 download_msec;
        } progress;
        struct
        {
            UINT32 file;
            UINT64 size;                    /* of the temporary file; becomes remote_size where that was unknown */
        } done;
        struct
        {
            UINT32 file;
            const char *headers;            /* ends at the first NUL or after size octets; NULL forgets it */
            UINT32 size;
        } headers;
        struct
        {
            UINT32 file;
            UINT32 set, clear;              /* FILE_*; clearing FILE_TRANSFERRED forgets the received bytes */
        } flags;
        struct
        {
            const UINT32 *files;            /* completing: to be renamed; published: renamed */
            UINT32 count;
            const WCHAR *caller;            /* completing: SID string; published: NULL */
        } publish;
        struct
        {
            UINT32 file;
            UINT64 first;                   /* these two replace what was there */
            const UINT64 *ranges;           /* pairs offset, length, as ranges_encode writes them */
            UINT32 count;                   /* pairs */
        } request;
        struct
        {
            const char *id;                 /* octets, ends at the first NUL or after id_size of them; NULL: there is no session */
            UINT32 id_size;
            const WCHAR *host;
            UINT32 host_timeout;
            UINT64 host_failed;
            UINT64 acknowledged;            /* octets of the file, replaces what was known */
        } upload;
        struct record_file reply;
        struct
        {
            const WCHAR *owner;
            UINT32 integrity;
            BOOL elevated;
        } owner;
        struct
        {
            BOOL notified;
        } notified;
        struct
        {
            UINT64 creation_time, modification_time;
            struct job_failure failure;
            UINT32 error_count;
            BOOL resumed, notified, completing, cleaning;
            const WCHAR *completer;
        } facts;
        struct
        {
            const struct record_file_fact *files;
            UINT32 count;
        } file_facts;
    } u;
};

/* Memory that a decoded record points into. Zero-initialise once, reuse, free at the end. */
struct record_memory
{
    void *data;
    size_t size, used;
};

/*
 * Appends the encoding of the payload (all but job and seq, which the journal frames) to the buffer.  E_OUTOFMEMORY, E_INVALIDARG over
 * RECORD_MAX or for a value that record_decode would refuse (a number out of its enumeration, a missing name); then nothing was
 * appended and a buffer that was good stays good.
 */
HRESULT record_encode(const struct record *record, struct buffer *out);
/*
 * Leaves job and seq alone.  ERROR_INVALID_DATA as HRESULT for anything malformed, truncated, over-long, or of an unknown type or
 * version; E_OUTOFMEMORY.  The record points into the memory until the next call with it.
 */
HRESULT record_decode(const BYTE *data, size_t len, struct record *record, struct record_memory *memory);
void record_memory_free(struct record_memory *memory);
const char *record_name_of(enum record_type type);

#endif /* __QMGR_CORE_RECORD_H */
