/*
 * One worker: performs the steps core/fetch asks for
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

#include "awake.h"
#include "disk.h"
#include "identity.h"
#include "lander.h"
#include "local.h"
#include "log.h"
#include "output.h"
#include "policy.h"
#include "proxy.h"
#include "queue.h"
#include "security.h"
#include "sync.h"
#include "transfer.h"
#include "writer.h"
#include "core/fetch.h"
#include "core/rate.h"
#include "core/str.h"
#include "shim/shim.h"

#include "wine/debug.h"
#include "wine/list.h"

#define RESERVE_MIN   65536     /* octets of a file, up to which its first write tells as early whether there is room */
#define DRAIN_MAX     65536     /* octets of an unwanted body read away to keep the connection */
#define SERIAL_MSEC   1000      /* for how long the serial number of a folder's volume holds */
#define KEPT_THREADS  64
#define THREAD_LINGER 30000     /* ms an idle thread waits for the next transfer */


/* What a transfer needs to know of its job and of one file, copied under queue.cs. */
struct file_plan
{
    UINT32 index;
    WCHAR *remote_name, *local_name;
    WCHAR *temp_name;           /* what is written to, the local name itself if `straight` */
    struct file_range *ranges;
    UINT32 range_count;
    UINT64 size, time;
    UINT32 restarts;
    UINT32 volume_serial;       /* of the destination, 0 unknown */
    struct range_set received;  /* recorded octets of the temporary file */
    UINT64 max_bytes;
    UINT32 priority;
    BOOL foreground, dynamic, on_demand, straight, moved;
    UINT32 security_flags;
    WCHAR *method;              /* the client's own, or NULL */
};

struct transfer
{
    struct list entry;          /* in pool.work */
    struct queue_job *job;
    HANDLE cancel;              /* manual-reset event */
    LONG stop;                  /* as the event, without a call to wineserver */
    struct shim_session *session;
    struct identity *identity;  /* of the session */
    struct output *output;
    struct writer *writer;
    struct lander *lander;
    BYTE *handed;               /* for each file: it is the lander's, or was; grows as files are added */
    UINT32 handed_count;
    WCHAR *folder;              /* the last one whose volume was asked for, with the answer and its time */
    UINT32 serial;
    UINT64 serial_at;
    BYTE *parts;                /* a stretch of a multipart body, WRITER_BLOCK_SIZE octets; made when first needed */
    BOOL connected;
    UINT32 requests;            /* job->requests when they were last looked at */
    /* for the writer's callbacks */
    UINT32 file;
    UINT64 total;               /* of the file, SIZE_UNKNOWN if not known */
    UINT64 run_start;           /* local offset where the present run of octets began */
    UINT64 run_end;             /* where the next octet belongs; not for the callbacks */
    UINT64 run_received;        /* octets of the file that were there before the run */
    BOOL forgetful;             /* progress is not recorded */
};

/* Threads that run transfers; kept for a while, so that many small jobs do not make many threads. */
static struct
{
    struct sync_mutex mutex;
    struct sync_cond work_came, thread_gone;
    /* guarded by mutex */
    struct list work;
    UINT32 threads, idle;
    BOOL stop;
} pool;

/* What background transfers share. A leaf lock. */
static struct
{
    struct sync_mutex mutex;
    /* guarded by mutex */
    UINT64 limits[JOB_LOW + 1];
    struct rate rate;
} pace;

#define PACE_WAIT 200u          /* ms after which a waiting transfer looks whether the limit has changed */

void transfer_set_rate(UINT32 priority, UINT64 limit)
{
    sync_lock(&pace.mutex);
    pace.limits[priority] = limit;
    sync_unlock(&pace.mutex);
}

static UINT64 pace_limit(UINT32 priority)
{
    UINT64 limit;

    sync_lock(&pace.mutex);
    limit = pace.limits[priority];
    sync_unlock(&pace.mutex);
    return limit;
}

static BOOL stopped(const struct transfer *transfer)
{
    return *(volatile const LONG *)&transfer->stop;
}

/* How many of `wanted` octets may be read now; waits for it. 0: the transfer shall stop. */
static UINT32 pace_take(struct transfer *transfer, UINT32 priority, UINT32 wanted)
{
    UINT32 allowed, wait;

    for (;;)
    {
        sync_lock(&pace.mutex);
        if (pace.limits[priority] == RATE_UNLIMITED)
        {
            sync_unlock(&pace.mutex);
            return wanted;
        }
        rate_set(&pace.rate, max(pace.limits[priority], 1), queue_clock());
        allowed = rate_take(&pace.rate, queue_clock(), wanted, &wait);
        sync_unlock(&pace.mutex);
        if (allowed) return allowed;
        if (WaitForSingleObject(transfer->cancel, min(wait, PACE_WAIT)) == WAIT_OBJECT_0) return 0;
    }
}

static void pace_give_back(UINT32 unused)
{
    sync_lock(&pace.mutex);
    rate_give_back(&pace.rate, unused);
    sync_unlock(&pace.mutex);
}

static void free_plan(struct file_plan *plan)
{
    free(plan->remote_name);
    free(plan->local_name);
    free(plan->temp_name);
    free(plan->ranges);
    free(plan->method);
    ranges_free(&plan->received);
}

/* On demand a file is worked on while its size is not known or something that was asked for is missing. */
static BOOL is_wanted(const struct job_file *file)
{
    UINT64 start = 0, length = 0, offset, left;

    if (file->flags & FILE_TRANSFERRED) return FALSE;
    if (file->remote_size == SIZE_UNKNOWN) return TRUE;
    while (ranges_next(&file->requested, start + length, &start, &length))
        if (ranges_gap(&file->received, start, min(start + length, file->remote_size), &offset, &left)) return TRUE;
    return FALSE;
}

static BOOL is_handed(const struct transfer *transfer, UINT32 file)
{
    return file < transfer->handed_count && transfer->handed[file];
}

static BOOL set_handed(struct transfer *transfer, UINT32 file)
{
    UINT32 count = max(64, transfer->handed_count);
    BYTE *handed;

    if (file >= transfer->handed_count)
    {
        while (count <= file) count *= 2;
        if (!(handed = realloc(transfer->handed, count))) return FALSE;
        memset(handed + transfer->handed_count, 0, count - transfer->handed_count);
        transfer->handed = handed;
        transfer->handed_count = count;
    }
    transfer->handed[file] = TRUE;
    return TRUE;
}

static UINT32 next_file(const struct transfer *transfer, const struct job *job)
{
    BOOL on_demand = job_u32(job, PROP_ON_DEMAND);
    UINT32 i;

    for (i = on_demand ? 0 : job_first_unfinished(job); i < job->file_count; i++)
        if (!is_handed(transfer, i) && (on_demand ? is_wanted(&job->files[i]) : !(job->files[i].flags & FILE_TRANSFERRED))) return i;
    return NO_FILE;
}

/* The next file that there is something to do for. S_FALSE: there is none. */
static HRESULT make_plan(struct transfer *transfer, struct file_plan *plan)
{
    struct queue_job *job = transfer->job;
    const struct job_file *file;
    HRESULT hr;
    UINT32 i;

    memset(plan, 0, sizeof(*plan));
    ranges_init(&plan->received);
    queue_enter();
    transfer->requests = job->requests;
    if ((plan->index = next_file(transfer, job->job)) == NO_FILE)
    {
        queue_leave();
        return S_FALSE;
    }
    file = &job->job->files[plan->index];
    plan->remote_name = str_dup(file->remote_name);
    plan->local_name = str_dup(file->local_name);
    plan->temp_name = str_dup(file->temp_name ? file->temp_name : file->local_name);
    plan->method = str_dup(job_string(job->job, PROP_HTTP_METHOD));
    if (file->range_count && (plan->ranges = malloc(file->range_count * sizeof(*plan->ranges))))
    {
        memcpy(plan->ranges, file->ranges, file->range_count * sizeof(*plan->ranges));
        plan->range_count = file->range_count;
    }
    plan->size = file->remote_size;
    plan->time = file->remote_time;
    plan->restarts = file->restarts;
    plan->volume_serial = file->volume_serial;
    hr = ranges_copy(&plan->received, &file->received);
    plan->on_demand = job_u32(job->job, PROP_ON_DEMAND);
    plan->straight = !file->temp_name;
    plan->moved = job->moved;
    plan->priority = job_u32(job->job, PROP_PRIORITY);
    plan->foreground = plan->priority == JOB_FOREGROUND;
    plan->dynamic = plan->foreground && (job_u32(job->job, PROP_DYNAMIC_CONTENT) || plan->method);
    plan->security_flags = job_u32(job->job, PROP_SECURITY_FLAGS);
    plan->max_bytes = job_u64(job->job, PROP_MAX_DOWNLOAD_SIZE);
    if (plan->max_bytes != SIZE_UNKNOWN)
    {
        for (i = 0; i < job->job->file_count; i++)
        {
            if (i == plan->index) continue;
            plan->max_bytes -= min(plan->max_bytes, file_received(&job->job->files[i]));
        }
    }
    i = file->range_count;
    queue_leave();
    if (FAILED(hr) || !plan->remote_name || !plan->local_name || !plan->temp_name || plan->range_count != i)
    {
        free_plan(plan);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

/* Output, counters, records: the same for every kind of source. */

static void fail_local(struct failure *failure, HRESULT hr)
{
    verdict_error(hr, CONTEXT_LOCAL_FILE, failure);
}

/* Of the folder of the file; asking costs as much as a small file, so for the next one in the same folder it holds a moment. */
static UINT32 volume_serial(struct transfer *transfer, const WCHAR *name)
{
    size_t len = str_len(name);
    UINT64 now = queue_clock();

    while (len && name[len - 1] != '\\' && name[len - 1] != '/') len--;
    if (transfer->folder && now - transfer->serial_at < SERIAL_MSEC && str_len(transfer->folder) == len
        && !memcmp(transfer->folder, name, len * sizeof(WCHAR))) return transfer->serial;
    free(transfer->folder);
    transfer->folder = str_ndup(name, len);
    transfer->serial = local_volume_serial(name);
    transfer->serial_at = now;
    return transfer->serial;
}

/* The volume that the file began on is still there [BEH.FILE.31, 32]. */
static HRESULT check_volume(struct transfer *transfer, const struct file_plan *plan, UINT32 *serial)
{
    *serial = volume_serial(transfer, plan->local_name);
    if (plan->volume_serial && *serial && *serial != plan->volume_serial) return BG_E_VOLUME_CHANGED;
    return S_OK;
}

static void on_written(void *ctx, UINT64 position)
{
    struct transfer *transfer = ctx;

    queue_transfer_moved(transfer->job, transfer->file, transfer->run_received + position - transfer->run_start, transfer->total);
    awake_progress();
}

/* Bytes on disk, then the record that claims them. */
static HRESULT on_flushed(void *ctx, UINT64 from, UINT64 to)
{
    struct transfer *transfer = ctx;

    if (transfer->forgetful) return S_OK;
    return queue_transfer_progress(transfer->job, transfer->file, from, to - from);
}

static HRESULT open_writer(struct transfer *transfer)
{
    struct writer_callbacks callbacks = { on_written, on_flushed, transfer, TRANSFER_RATION_BYTES, TRANSFER_RATION_MSEC };

    return writer_create(&callbacks, &transfer->writer);
}

static void close_output(struct transfer *transfer)
{
    if (!transfer->output) return;
    writer_end(transfer->writer);
    output_close(transfer->output);
    transfer->output = NULL;
}

/* What was received before it ended is worth a record, if it can be had. */
static void save_output(struct transfer *transfer)
{
    if (!transfer->output) return;
    writer_flush(transfer->writer);
    close_output(transfer);
}

/* The next octets belong at `offset`; `received` octets are there. What came before is on disk and recorded. */
static HRESULT begin_run(struct transfer *transfer, UINT64 offset, UINT64 received)
{
    HRESULT hr;

    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    transfer->run_start = transfer->run_end = offset;
    transfer->run_received = received;
    writer_begin(transfer->writer, transfer->output, offset);
    return S_OK;
}

/* Opens the temporary file to go on at `offset`, as output_open does. */
static HRESULT open_output(struct transfer *transfer, const struct file_plan *plan, UINT64 offset, UINT64 total)
{
    HRESULT hr;

    if (FAILED(hr = output_open(disk_get(), plan->temp_name, offset, !plan->straight, &transfer->output))) return hr;
    transfer->file = plan->index;
    transfer->total = total;
    transfer->forgetful = plan->straight || plan->dynamic;  /* BEH.HTTP.61, 65 */
    transfer->run_start = transfer->run_end = transfer->run_received = 0;
    writer_begin(transfer->writer, transfer->output, 0);
    return hr;
}

/* Forgets what was received and starts an empty temporary file. */
static HRESULT begin_file(struct transfer *transfer, struct file_plan *plan, UINT64 size, UINT64 time,
                          UINT32 restarts, UINT64 total)
{
    UINT32 serial;
    HRESULT hr;

    close_output(transfer);
    if (FAILED(hr = check_volume(transfer, plan, &serial))) return hr;
    if (serial) plan->volume_serial = serial;
    if (FAILED(hr = queue_transfer_begin(transfer->job, plan->index, size, time, plan->volume_serial, restarts))) return hr;
    if (FAILED(hr = open_output(transfer, plan, 0, total))) return hr;
    if (total != SIZE_UNKNOWN && total > RESERVE_MIN) hr = output_reserve(transfer->output, total);
    if (restarts > plan->restarts)
        log_write(LOG_INFO, "job %s, file %u: %s has changed at its source, from the start again (%u times by now)",
                  debugstr_guid(&transfer->job->job->id), plan->index, log_url(plan->remote_name), restarts);
    return hr;
}

/* Takes the temporary file up where it was left. S_FALSE: what is no longer there is fetched again [BEH.FILE.16]. */
static HRESULT continue_file(struct transfer *transfer, struct file_plan *plan, UINT64 total)
{
    UINT64 offset, length, end = 0;
    UINT32 serial;
    HRESULT hr;

    if (FAILED(hr = check_volume(transfer, plan, &serial))) return hr;
    while (ranges_next(&plan->received, end, &offset, &length)) end = offset + length;
    if ((hr = open_output(transfer, plan, end, total)) == S_FALSE) ranges_free(&plan->received);
    return hr;
}

/* Takes octets at the start of the writer's buffer. received: those of the file that were there before. */
static HRESULT put_octets(struct transfer *transfer, UINT64 offset, UINT32 size, UINT64 received)
{
    HRESULT hr;

    if (offset != transfer->run_end && FAILED(hr = begin_run(transfer, offset, received))) return hr;
    transfer->run_end += size;
    return writer_put(transfer->writer, size);
}

static HRESULT on_landed(void *ctx, UINT32 file, UINT64 size)
{
    struct transfer *transfer = ctx;

    return queue_transfer_file_done(transfer->job, file, size);
}

/* Leaves the file to the lander; S_FALSE: it is not for it. */
static HRESULT hand_over(struct transfer *transfer, const struct file_plan *plan, UINT64 total)
{
    struct lander_callbacks callbacks = { on_landed, transfer };
    struct output *output = transfer->output;
    HRESULT hr;

    /* what depends on all octets being recorded waits for its own file */
    if (transfer->forgetful || plan->on_demand || plan->max_bytes != SIZE_UNKNOWN) return S_FALSE;
    if (!transfer->lander && FAILED(lander_create(&callbacks, &transfer->lander))) return S_FALSE;
    if (FAILED(hr = writer_drain(transfer->writer))) return hr;
    if (FAILED(hr = output_set_size(output, total))) return hr;
    if (!set_handed(transfer, plan->index)) return S_FALSE;
    queue_transfer_landing(transfer->job, plan->index, total);
    writer_end(transfer->writer);
    transfer->output = NULL;
    return lander_add(transfer->lander, output, plan->index, total);
}

static HRESULT finish_file(struct transfer *transfer, const struct file_plan *plan, UINT64 total)
{
    HRESULT hr;

    if ((hr = hand_over(transfer, plan, total)) != S_FALSE) return hr;
    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    if ((hr = output_set_size(transfer->output, total)) == S_FALSE) hr = output_flush(transfer->output);
    if (FAILED(hr)) return hr;
    close_output(transfer);
    return queue_transfer_file_done(transfer->job, plan->index, total);
}

/* HTTP and HTTPS */

static void on_connected(void *ctx)
{
    struct transfer *transfer = ctx;

    if (transfer->connected) return;
    transfer->connected = TRUE;
    queue_transfer_connected(transfer->job, transfer);
}

static void append_number(struct buffer *lines, UINT64 number)
{
    char digits[20];
    UINT32 pos = sizeof(digits);

    do digits[--pos] = '0' + number % 10;
    while (number /= 10);
    buffer_append(lines, digits + pos, sizeof(digits) - pos);
}

/* BEH.HTTP.11: the fields of HEAD and GET that are ours; Host and Connection belong to the shim. */
static HRESULT request_headers(const struct fetch *fetch, struct buffer *lines)
{
    const struct fetch_request *request = &fetch->request;
    char date[30];
    UINT32 i;

    buffer_init(lines, 4096);
    buffer_append_text(lines, "Accept: */*\r\nAccept-Encoding: identity\r\n");
    if (!request->head && request->unmodified_since)
    {
        http_date_format(request->unmodified_since, date);
        buffer_append_text(lines, "If-Unmodified-Since: ");
        buffer_append_text(lines, date);
        buffer_append_text(lines, "\r\n");
    }
    if (request->ranged)
    {
        buffer_append_text(lines, "Range: bytes=");
        for (i = 0; i < request->piece_count; i++)
        {
            if (i) buffer_append_byte(lines, ',');
            append_number(lines, request->pieces[i].first);
            buffer_append_byte(lines, '-');
            append_number(lines, request->pieces[i].last);
        }
        buffer_append_text(lines, "\r\n");
    }
    buffer_append_text(lines, "User-Agent: Microsoft BITS/7.8\r\n");
    buffer_append_byte(lines, 0);
    return lines->hr;
}

static WCHAR *custom_headers(struct queue_job *job)
{
    WCHAR *lines = NULL;
    BYTE *blob = NULL;
    UINT32 size;
    void *data;

    queue_enter();
    size = job->job->props[PROP_CUSTOM_HEADERS].blob_size;
    if (size && (blob = malloc(size))) memcpy(blob, job->job->props[PROP_CUSTOM_HEADERS].blob, size);
    queue_leave();
    if (!blob) return NULL;
    if (SUCCEEDED(security_unseal(blob, size, &data, &size)))
    {
        lines = str_ndup(data, size / sizeof(WCHAR));
        security_free_secret(data, size);
    }
    free(blob);
    return lines;
}

/* Reads a small unwanted body away, so that the connection can be used again. */
static void drain(struct transfer *transfer, struct shim_request *request, const struct shim_reply *reply)
{
    struct shim_error error;
    UINT32 got, total = 0;

    if (reply->length == SIZE_UNKNOWN || reply->length > DRAIN_MAX) return;
    while (total <= DRAIN_MAX && shim_read(request, writer_buffer(transfer->writer), WRITER_BLOCK_SIZE, &got, &error) == S_OK) total += got;
}

/* Ranges that the client has asked for since the last look, and the priority. TRUE: something else comes first now. */
static BOOL look_at_requests(struct transfer *transfer, struct fetch *fetch, struct file_plan *plan)
{
    const struct job *job = transfer->job->job;
    BOOL changed = FALSE;

    queue_enter();
    if (transfer->requests != transfer->job->requests)
    {
        const struct job_file *file = &job->files[plan->index];

        transfer->requests = transfer->job->requests;
        plan->priority = job_u32(job, PROP_PRIORITY);
        fetch->foreground = plan->priority == JOB_FOREGROUND;
        changed = is_wanted(file) || file->first_wanted != fetch->first_wanted;
        fetch_want(fetch, &file->requested, file->first_wanted);
    }
    queue_leave();
    return changed;
}

/* Octets of a multipart body: those of the file are taken out of it. */
static HRESULT deliver_parts(struct transfer *transfer, struct fetch *fetch, UINT32 got)
{
    UINT32 pos = 0, len;
    const void *data;
    UINT64 offset;
    HRESULT hr;

    while (pos < got && fetch_wants_body(fetch))
    {
        offset = fetch->position;
        pos += fetch_on_body(fetch, transfer->parts + pos, got - pos, &data, &len);
        if (!len) continue;
        memcpy(writer_buffer(transfer->writer), data, len);
        if (FAILED(hr = put_octets(transfer, offset, len, fetch->have.total - len))) return hr;
    }
    return S_OK;
}

/* Reads some of the body. S_FALSE: it has ended, the fetch has failed, or the client wants something else first. */
static HRESULT read_some(struct transfer *transfer, struct fetch *fetch, struct file_plan *plan, struct shim_request *request)
{
    struct shim_error error = { 0 };
    BYTE *buffer;
    UINT64 offset = fetch->position;
    UINT32 allowed, got, len;
    HRESULT hr = S_OK;

    if (fetch->in_multipart && !transfer->parts && !(transfer->parts = malloc(WRITER_BLOCK_SIZE)))
    {
        fetch_on_error(fetch, E_OUTOFMEMORY, CONTEXT_REMOTE_FILE);
        return S_FALSE;
    }
    buffer = fetch->in_multipart ? transfer->parts : writer_buffer(transfer->writer);
    if (!(allowed = pace_take(transfer, plan->priority, WRITER_BLOCK_SIZE))) return S_FALSE;
    hr = shim_read(request, buffer, allowed, &got, &error);
    if (allowed < WRITER_BLOCK_SIZE) pace_give_back(allowed - (hr == S_OK ? got : 0));
    if (hr != S_OK)
    {
        if (hr == S_FALSE) fetch_on_end(fetch, queue_clock());
        else fetch_on_error(fetch, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE);
        return S_FALSE;
    }
    if (fetch->in_multipart) hr = deliver_parts(transfer, fetch, got);
    else if ((len = fetch_on_data(fetch, got))) hr = put_octets(transfer, offset, len, fetch->have.total - len);
    if (FAILED(hr)) fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
    if (!fetch_wants_body(fetch)) return S_FALSE;
    if (!plan->dynamic && look_at_requests(transfer, fetch, plan))
    {
        fetch_on_interrupt(fetch);
        return S_FALSE;
    }
    return S_OK;
}

/* Sends what fetch->request says and delivers the reply. A failure is in the fetch. */
static void perform_request(struct transfer *transfer, struct fetch *fetch, struct file_plan *plan,
                            struct proxy_route *route)
{
    struct shim_request_params params = { 0 };
    struct shim_request *request;
    struct fetch_reply reply;
    struct shim_reply head;
    struct shim_error error = { 0 };
    WCHAR *lines = NULL, *custom = NULL;
    struct buffer headers;
    struct policy policy;
    char *raw;
    HRESULT hr;

    policy_get(&policy);
    if (FAILED(hr = request_headers(fetch, &headers)) || !(lines = str_from_latin1((char *)headers.data)))
    {
        buffer_free(&headers);
        fetch_on_error(fetch, E_OUTOFMEMORY, CONTEXT_REMOTE_FILE);
        return;
    }
    buffer_free(&headers);
    if (!fetch->cross_origin) custom = custom_headers(transfer->job);

    params.method = fetch->request.head ? L"HEAD" : plan->method ? plan->method : L"GET";
    params.url = fetch->url;
    params.headers = lines;
    params.custom_headers = custom;
    params.foreign = fetch->cross_origin;
    params.max_body = SIZE_UNKNOWN;
    params.connect_timeout = policy.connect_timeout;
    params.io_timeout = policy.io_timeout;
    params.cancel = transfer->cancel;
    params.connected = on_connected;
    params.connected_ctx = transfer;
    if (SUCCEEDED(hr = proxy_route_for(route, fetch->url, transfer->cancel, &params.hops, &params.hop_count,
                                       &params.first_hop, &error)))
        hr = shim_send(transfer->session, &params, &request, &head, &error);
    free(lines);
    free(custom);
    if (FAILED(hr))
    {
        fetch_on_error(fetch, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE);
        return;
    }
    proxy_route_worked(route, fetch->url, head.hop);

    if ((raw = str_to_utf8(head.raw_headers)))
    {
        queue_transfer_headers(transfer->job, plan->index, raw);    /* BEH.HTTP.22; a shortage here is no reason to fail */
        free(raw);
    }
    reply.status = head.status;
    reply.length = head.length;
    reply.headers = head.headers;
    if (log_enabled(LOG_DEBUG))
        log_write(LOG_DEBUG, "job %s, file %u: %s %s%s from %I64u on: status %u, %I64u bytes", debugstr_guid(&transfer->job->job->id),
                  plan->index, fetch->request.head ? "HEAD" : "GET", log_url(fetch->url), fetch->request.ranged ? ", range" : "",
                  fetch->position, head.status, head.length);
    if (!fetch_on_reply(fetch, &reply))
    {
        drain(transfer, request, &head);
        shim_close(request);
        return;
    }

    while (read_some(transfer, fetch, plan, request) == S_OK) {}
    shim_close(request);
}

static HRESULT init_fetch(struct transfer *transfer, struct file_plan *plan, struct fetch *fetch)
{
    struct fetch_params params = { 0 };
    const struct job_file *file;
    HRESULT hr;

    params.url = plan->remote_name;
    params.foreground = plan->foreground;
    params.dynamic = plan->dynamic;
    params.security_flags = plan->security_flags;
    params.ranges = plan->ranges;
    params.range_count = plan->range_count;
    params.size = plan->size;
    params.time = plan->time;
    params.restarts = plan->restarts;
    params.max_bytes = plan->max_bytes;
    params.received = &plan->received;
    params.on_demand = plan->on_demand;
    params.moved = plan->moved;
    if (FAILED(hr = fetch_init(fetch, &params)) || plan->dynamic) return hr;

    queue_enter();
    file = &transfer->job->job->files[plan->index];
    transfer->requests = transfer->job->requests;
    hr = fetch_want(fetch, &file->requested, file->first_wanted);
    queue_leave();
    if (FAILED(hr)) fetch_free(fetch);
    return hr;
}

/* Steps until the file is whole (S_OK), on demand is there as far as it was asked for (S_FALSE), has failed, or the transfer shall stop. */
static HRESULT fetch_steps(struct transfer *transfer, struct file_plan *plan, struct fetch *fetch, struct proxy_route *route)
{
    HRESULT hr;

    for (;;)
    {
        if (stopped(transfer)) return E_ABORT;
        if (!plan->dynamic) look_at_requests(transfer, fetch, plan);
        fetch->block_limit = rate_block(pace_limit(plan->priority));
        switch (fetch_next(fetch, queue_clock()))
        {
        case FETCH_HEAD:
        case FETCH_GET:
            perform_request(transfer, fetch, plan, route);
            break;
        case FETCH_BEGIN:
            if (SUCCEEDED(hr = begin_file(transfer, plan, fetch->size, fetch->time, fetch->restarts, fetch_total(fetch))))
                fetch_on_begun(fetch);
            else
                fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        case FETCH_RENAME:
            if (SUCCEEDED(hr = queue_transfer_renamed(transfer->job, plan->index, fetch->url))) fetch_on_renamed(fetch);
            else fetch_on_error(fetch, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
            break;
        case FETCH_PARTIAL:
            return S_FALSE;
        case FETCH_DONE:
            if (SUCCEEDED(hr = finish_file(transfer, plan, fetch->position))) return S_OK;
            fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        case FETCH_FAILED:
            return stopped(transfer) ? E_ABORT : fetch->failure.hr;
        }
    }
}

/* Works on one file until it is whole (S_OK), there as far as asked (S_FALSE), has failed (failure is filled), or shall stop (E_ABORT). */
static HRESULT fetch_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route,
                          struct failure *failure)
{
    struct fetch fetch;
    HRESULT hr = S_OK;

    if (plan->straight) ranges_free(&plan->received);
    else if (plan->size != SIZE_UNKNOWN && !plan->dynamic) hr = continue_file(transfer, plan, SIZE_UNKNOWN);
    if (SUCCEEDED(hr)) hr = init_fetch(transfer, plan, &fetch);
    if (FAILED(hr))
    {
        close_output(transfer);
        fail_local(failure, hr);
        return hr;
    }
    transfer->total = fetch_total(&fetch);
    if (plan->straight) fetch.recorded = FALSE;             /* BEH.HTTP.65: from the start every time */

    hr = fetch_steps(transfer, plan, &fetch, route);
    if (FAILED(hr) && hr != E_ABORT)
    {
        *failure = fetch.failure;
        log_write(LOG_INFO, "job %s, file %u: %s stops at byte %I64u of %I64u, hr %#lx, context %u", debugstr_guid(&transfer->job->job->id),
                  plan->index, log_url(fetch.url), fetch.position, fetch_total(&fetch), failure->hr, failure->context);
        if (plan->method) failure->class = FAILURE_FATAL;   /* BEH.HTTP.19 */
        if (fetch.failure.class == FAILURE_FATAL && str_cmp(fetch.url, plan->remote_name)
            && (fetch.redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_DISALLOW)
            queue_transfer_renamed(transfer->job, plan->index, fetch.url);  /* BEH.HTTP.50 */
    }
    if (fetch.forget && !plan->dynamic)
    {
        close_output(transfer);
        queue_transfer_begin(transfer->job, plan->index, fetch.size, fetch.time, plan->volume_serial, fetch.restarts);
    }
    else save_output(transfer);
    fetch_free(&fetch);
    return hr;
}

/* Local and UNC sources [BEH.SMB.*] */

/* Reads and stores from `position` on. Whatever fails is in the failure. */
static HRESULT copy_blocks(struct transfer *transfer, struct local_source *source, UINT64 position, UINT64 size,
                           struct failure *failure)
{
    UINT32 got;
    HRESULT hr;

    while (position < size)
    {
        if (stopped(transfer)) return E_ABORT;
        if (FAILED(hr = local_read(source, position, writer_buffer(transfer->writer), min(WRITER_BLOCK_SIZE, size - position), &got)))
        {
            verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
            return hr;
        }
        if (!got)
        {
            /* shorter than it was: looked at again when the job is retried */
            verdict_error(HRESULT_FROM_WIN32(ERROR_HANDLE_EOF), CONTEXT_REMOTE_FILE, failure);
            return failure->hr;
        }
        if (FAILED(hr = put_octets(transfer, position, got, position)))
        {
            fail_local(failure, hr);
            return hr;
        }
        position += got;
    }
    return S_OK;
}

static HRESULT copy_file(struct transfer *transfer, struct file_plan *plan, struct failure *failure)
{
    struct local_source *source;
    UINT64 size, time, new_size, new_time, offset, length, position = 0;
    HRESULT hr;

    if (FAILED(hr = local_open(plan->remote_name, &source, &size, &time)))
    {
        verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        return hr;
    }
    on_connected(transfer);
    if (size > plan->max_bytes)
    {
        verdict_error(hr = BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, CONTEXT_REMOTE_FILE, failure);
        local_close(source);
        return hr;
    }
    if (size == plan->size && time == plan->time && !plan->straight) hr = continue_file(transfer, plan, size);
    else
    {
        ranges_free(&plan->received);
        hr = begin_file(transfer, plan, size, time, plan->restarts + (plan->size != SIZE_UNKNOWN), size);
    }
    if (FAILED(hr)) fail_local(failure, hr);
    else
    {
        position = ranges_gap(&plan->received, 0, SIZE_UNKNOWN, &offset, &length) ? offset : 0;
        hr = copy_blocks(transfer, source, position, size, failure);
        if (SUCCEEDED(hr) && (FAILED(local_stat(source, &new_size, &new_time)) || new_size != size || new_time != time))
        {
            /* written to meanwhile: the retry finds another size or time, and begins anew [BEH.CONSIST.2] */
            verdict_error(hr = BG_E_REMOTE_FILE_CHANGED, CONTEXT_REMOTE_FILE, failure);
            failure->class = FAILURE_TRANSIENT;
        }
    }
    local_close(source);
    if (SUCCEEDED(hr) && FAILED(hr = finish_file(transfer, plan, size))) fail_local(failure, hr);
    save_output(transfer);
    return hr;
}

static void close_session(struct transfer *transfer)
{
    if (transfer->session) shim_session_release(transfer->session);
    transfer->session = NULL;
    identity_close(transfer->identity);
    transfer->identity = NULL;
}

/* A new one if there is none or the job has become another towards servers [BEH.STATE.97]. */
static HRESULT open_session(struct transfer *transfer)
{
    HRESULT hr;

    if (transfer->session && !identity_is_stale(transfer->identity)) return S_OK;
    close_session(transfer);
    if (FAILED(hr = identity_open(transfer->job, transfer->cancel, &transfer->identity))) return hr;
    return shim_session_create(identity_params(transfer->identity), &transfer->session);
}

static HRESULT run_files(struct transfer *transfer, struct failure *failure, UINT32 *index)
{
    struct proxy_route *route;
    struct file_plan plan;
    struct url url;
    HRESULT hr, landed;
    UINT32 i;

    *index = NO_FILE;
    if (FAILED(hr = proxy_route_create(transfer->job, &route)))
    {
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
        return hr;
    }
    while ((hr = make_plan(transfer, &plan)) == S_OK)
    {
        *index = plan.index;
        proxy_route_next_file(route);
        if (FAILED(hr = url_parse(plan.remote_name, &url)))
            verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        else
        {
            if (url.scheme == URL_FILE) hr = copy_file(transfer, &plan, failure);
            else if (SUCCEEDED(hr = open_session(transfer))) hr = fetch_file(transfer, &plan, route, failure);
            else verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
            url_free(&url);
        }
        free_plan(&plan);
        if (FAILED(hr)) break;
        *index = NO_FILE;
    }
    if (transfer->lander && FAILED(landed = lander_wait(transfer->lander, &i)) && (SUCCEEDED(hr) || *index == i || hr == landed))
    {
        fail_local(failure, hr = landed);
        *index = i;
    }
    if (hr == E_OUTOFMEMORY && *index == NO_FILE) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
    proxy_route_release(route);
    return hr;
}

static void run(struct transfer *transfer)
{
    struct queue_job *job = transfer->job;
    struct failure failure = { S_OK };
    struct caller *owner = NULL;
    UINT32 index = NO_FILE;
    BOOL worked = FALSE;
    WCHAR *sid;
    HRESULT hr;

    queue_enter();
    sid = str_dup(job->job->owner);
    queue_leave();

    /* BEH.USER.4, BEH.FILE.6: everything is done as the owner; not logged on: back to the queue [BEH.STATE.85] */
    hr = sid ? security_owner(sid, &owner) : E_OUTOFMEMORY;
    free(sid);
    if (hr == S_OK && SUCCEEDED(hr = security_impersonate(owner)))
    {
        if (SUCCEEDED(hr = open_writer(transfer))) hr = open_session(transfer);
        if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
        else hr = run_files(transfer, &failure, &index);
        worked = TRUE;
        security_revert();
    }
    else if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
    if (owner) caller_release(owner);
    close_session(transfer);

    queue_transfer_ended(job, transfer, FAILED(hr) && hr != E_ABORT ? &failure : NULL, index, worked && SUCCEEDED(hr));
    transfer_destroy(transfer);
}

static DWORD CALLBACK pool_thread(void *arg)
{
    struct transfer *transfer;
    struct list *head;
    UINT64 start;

    sync_lock(&pool.mutex);
    while (!pool.stop)
    {
        if ((head = list_head(&pool.work)))
        {
            list_remove(head);
            transfer = LIST_ENTRY(head, struct transfer, entry);
            sync_unlock(&pool.mutex);
            run(transfer);
            sync_lock(&pool.mutex);
            continue;
        }
        if (pool.idle >= KEPT_THREADS) break;
        pool.idle++;
        start = queue_clock();
        sync_wait_msec(&pool.work_came, &pool.mutex, THREAD_LINGER);
        pool.idle--;
        /* the wait may end a little before the clock says so */
        if (list_empty(&pool.work) && queue_clock() - start >= THREAD_LINGER - 1000) break;
    }
    pool.threads--;
    sync_unlock(&pool.mutex);
    sync_wake_all(&pool.thread_gone);
    return 0;
}

HRESULT transfer_init(void)
{
    UINT32 i;

    sync_mutex_init(&pace.mutex, __FILE__ ": pace.mutex");
    for (i = 0; i < ARRAYSIZE(pace.limits); i++) pace.limits[i] = RATE_UNLIMITED;
    rate_init(&pace.rate, queue_clock());
    sync_mutex_init(&pool.mutex, __FILE__ ": pool.mutex");
    sync_cond_init(&pool.work_came);
    sync_cond_init(&pool.thread_gone);
    list_init(&pool.work);
    pool.stop = FALSE;
    return S_OK;
}

static void stop_one(void *ctx, struct queue_job *job)
{
    if (!job->transfer) return;
    job->stopping = TRUE;
    transfer_stop(job->transfer);
}

void transfer_shutdown(void)
{
    queue_enter();
    queue_for_each_locked(stop_one, NULL);
    queue_leave();
    sync_lock(&pool.mutex);
    pool.stop = TRUE;
    sync_wake_all(&pool.work_came);
    while (pool.threads) sync_wait(&pool.thread_gone, &pool.mutex);
    sync_unlock(&pool.mutex);
}

HRESULT transfer_create(struct queue_job *job, struct transfer **ret)
{
    struct transfer *transfer;

    if (!(transfer = calloc(1, sizeof(*transfer)))) return E_OUTOFMEMORY;
    if (!(transfer->cancel = CreateEventW(NULL, TRUE, FALSE, NULL)))
    {
        free(transfer);
        return HRESULT_FROM_WIN32(GetLastError());
    }
    transfer->job = job;
    queue_addref(job);
    *ret = transfer;
    return S_OK;
}

HRESULT transfer_start(struct transfer *transfer)
{
    HRESULT hr = S_OK;
    HANDLE thread;

    sync_lock(&pool.mutex);
    list_add_tail(&pool.work, &transfer->entry);
    if (pool.idle > list_count(&pool.work) - 1)
        sync_wake(&pool.work_came);
    else if ((thread = CreateThread(NULL, 0, pool_thread, NULL, 0, NULL)))
    {
        pool.threads++;
        CloseHandle(thread);
    }
    else
    {
        hr = HRESULT_FROM_WIN32(GetLastError());
        list_remove(&transfer->entry);
    }
    sync_unlock(&pool.mutex);
    return hr;
}

void transfer_stop(struct transfer *transfer)
{
    InterlockedExchange(&transfer->stop, TRUE);
    SetEvent(transfer->cancel);
}

void transfer_destroy(struct transfer *transfer)
{
    free(transfer->parts);
    writer_destroy(transfer->writer);
    lander_destroy(transfer->lander);
    free(transfer->handed);
    free(transfer->folder);
    CloseHandle(transfer->cancel);
    queue_release(transfer->job);
    free(transfer);
}
