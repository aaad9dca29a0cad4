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
#include "core/str.h"
#include "shim/shim.h"

#include "wine/list.h"

#define RESERVE_MIN   65536     /* octets of a file, up to which its first write tells as early whether there is room */
#define DRAIN_MAX     65536     /* octets of an unwanted body read away to keep the connection */
#define KEPT_THREADS  64
#define THREAD_LINGER 30000     /* ms an idle thread waits for the next transfer */


/* What a transfer needs to know of its job and of one file, copied under queue.cs. */
struct file_plan
{
    UINT32 index;
    WCHAR *remote_name, *local_name, *temp_name;
    struct file_range *ranges;
    UINT32 range_count;
    UINT64 size, time;
    UINT32 restarts;
    UINT64 position;            /* recorded octets from the start of the temporary file */
    UINT64 max_bytes;
    BOOL foreground, dynamic;
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
    struct output *output;
    struct writer *writer;
    BOOL connected;
    /* for the writer's callbacks */
    UINT32 file;
    UINT64 total;
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

static BOOL stopped(const struct transfer *transfer)
{
    return *(volatile const LONG *)&transfer->stop;
}

static void free_plan(struct file_plan *plan)
{
    free(plan->remote_name);
    free(plan->local_name);
    free(plan->temp_name);
    free(plan->ranges);
    free(plan->method);
}

/* The first file that is not whole. S_FALSE: there is none. */
static HRESULT make_plan(struct queue_job *job, struct file_plan *plan)
{
    const struct job_file *file;
    UINT64 offset, length;
    UINT32 i;

    memset(plan, 0, sizeof(*plan));
    queue_enter();
    if ((plan->index = job_first_unfinished(job->job)) == NO_FILE)
    {
        queue_leave();
        return S_FALSE;
    }
    file = &job->job->files[plan->index];
    plan->remote_name = str_dup(file->remote_name);
    plan->local_name = str_dup(file->local_name);
    plan->temp_name = str_dup(file->temp_name);
    plan->method = str_dup(job_string(job->job, PROP_HTTP_METHOD));
    if (file->range_count && (plan->ranges = malloc(file->range_count * sizeof(*plan->ranges))))
    {
        memcpy(plan->ranges, file->ranges, file->range_count * sizeof(*plan->ranges));
        plan->range_count = file->range_count;
    }
    plan->size = file->remote_size;
    plan->time = file->remote_time;
    plan->restarts = file->restarts;
    plan->position = ranges_gap(&file->received, 0, SIZE_UNKNOWN, &offset, &length) ? offset : 0;
    plan->foreground = job_u32(job->job, PROP_PRIORITY) == JOB_FOREGROUND;
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
    if (!plan->remote_name || !plan->local_name || !plan->temp_name || plan->range_count != i)
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

static void on_written(void *ctx, UINT64 position)
{
    struct transfer *transfer = ctx;

    queue_transfer_moved(transfer->job, transfer->file, position, transfer->total);
    awake_progress();
}

/* Bytes on disk, then the record that claims them. */
static HRESULT on_flushed(void *ctx, UINT64 from, UINT64 to)
{
    struct transfer *transfer = ctx;

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

/* Opens the temporary file to go on at `position`, as output_open does. */
static HRESULT open_output(struct transfer *transfer, const struct file_plan *plan, UINT64 position, UINT64 total)
{
    HRESULT hr;

    if (FAILED(hr = output_open(disk_get(), plan->temp_name, position, &transfer->output))) return hr;
    transfer->file = plan->index;
    transfer->total = total;
    writer_begin(transfer->writer, transfer->output, hr == S_OK ? position : 0);
    return hr;
}

/* Forgets what was received and starts an empty temporary file. */
static HRESULT begin_file(struct transfer *transfer, const struct file_plan *plan, UINT64 size, UINT64 time,
                          UINT32 restarts, UINT64 total)
{
    HRESULT hr;

    close_output(transfer);
    if (FAILED(hr = queue_transfer_begin(transfer->job, plan->index, size, time, 0, restarts))) return hr;
    if (FAILED(hr = open_output(transfer, plan, 0, total))) return hr;
    if (total != SIZE_UNKNOWN && total > RESERVE_MIN) hr = output_reserve(transfer->output, total);
    return hr;
}

static HRESULT finish_file(struct transfer *transfer, const struct file_plan *plan, UINT64 total)
{
    HRESULT hr;

    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    if ((hr = output_set_size(transfer->output, total)) == S_FALSE) hr = output_flush(transfer->output);
    if (FAILED(hr)) return hr;
    close_output(transfer);
    return queue_transfer_file_done(transfer->job, plan->index, total);
}

/* What was received before it ended is worth a record, if it can be had. */
static void save_output(struct transfer *transfer)
{
    if (!transfer->output) return;
    writer_flush(transfer->writer);
    close_output(transfer);
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
        append_number(lines, request->first);
        buffer_append_byte(lines, '-');
        append_number(lines, request->last);
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

/* Sends what fetch->request says and delivers the reply. A failure is in the fetch. */
static void perform_request(struct transfer *transfer, struct fetch *fetch, const struct file_plan *plan,
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
    UINT32 got, take;
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
    if (!fetch_on_reply(fetch, &reply))
    {
        drain(transfer, request, &head);
        shim_close(request);
        return;
    }

    for (;;)
    {
        if ((hr = shim_read(request, writer_buffer(transfer->writer), WRITER_BLOCK_SIZE, &got, &error)) != S_OK) break;
        take = fetch_on_data(fetch, got);
        if (FAILED(hr = writer_put(transfer->writer, take)))
        {
            fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        }
        if (take < got) break;
    }
    if (hr == S_FALSE) fetch_on_end(fetch, queue_clock());
    else if (FAILED(hr) && fetch_next(fetch, 0) != FETCH_FAILED)
        fetch_on_error(fetch, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE);
    shim_close(request);
}

/* Works on one file until it is whole (S_OK), has failed (failure is filled), or the transfer is told to stop (E_ABORT). */
static HRESULT fetch_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route,
                          struct failure *failure)
{
    struct fetch_params params = { 0 };
    struct fetch fetch;
    BOOL done = FALSE;
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
    if (plan->size != SIZE_UNKNOWN && !plan->dynamic)
    {
        if (FAILED(hr = open_output(transfer, plan, plan->position, plan->size)))
        {
            fail_local(failure, hr);
            return hr;
        }
        /* BEH.FILE.16: what is no longer there is fetched again */
        params.position = hr == S_OK ? plan->position : 0;
        if (!params.position && plan->position) params.size = SIZE_UNKNOWN;
    }
    if (FAILED(hr = fetch_init(&fetch, &params)))
    {
        fail_local(failure, hr);
        close_output(transfer);
        return hr;
    }
    if (transfer->output) transfer->total = fetch_total(&fetch);

    while (!done)
    {
        if (stopped(transfer))
        {
            hr = E_ABORT;
            break;
        }
        switch (fetch_next(&fetch, queue_clock()))
        {
        case FETCH_HEAD:
        case FETCH_GET:
            perform_request(transfer, &fetch, plan, route);
            break;
        case FETCH_BEGIN:
            if (SUCCEEDED(hr = begin_file(transfer, plan, fetch.size, fetch.time, fetch.restarts, fetch_total(&fetch))))
                fetch_on_begun(&fetch);
            else
                fetch_on_error(&fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        case FETCH_RENAME:
            if (SUCCEEDED(hr = queue_transfer_renamed(transfer->job, plan->index, fetch.url))) fetch_on_renamed(&fetch);
            else fetch_on_error(&fetch, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
            break;
        case FETCH_DONE:
            if (FAILED(hr = finish_file(transfer, plan, fetch.position)))
            {
                fetch_on_error(&fetch, hr, CONTEXT_LOCAL_FILE);
                break;
            }
            done = TRUE;
            break;
        case FETCH_FAILED:
            *failure = fetch.failure;
            hr = fetch.failure.hr;
            if (stopped(transfer)) hr = E_ABORT;
            else if (fetch.failure.class == FAILURE_FATAL && str_cmp(fetch.url, plan->remote_name)
                     && (fetch.redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_DISALLOW)
                queue_transfer_renamed(transfer->job, plan->index, fetch.url);  /* BEH.HTTP.50 */
            done = TRUE;
            break;
        }
    }
    if (fetch.forget && transfer->output)
    {
        close_output(transfer);
        queue_transfer_begin(transfer->job, plan->index, fetch.size, fetch.time, 0, fetch.restarts);
    }
    else if (!plan->dynamic) save_output(transfer);
    close_output(transfer);
    fetch_free(&fetch);
    return hr;
}

/* Local and UNC sources [BEH.SMB.*] */

static HRESULT copy_file(struct transfer *transfer, struct file_plan *plan, struct failure *failure)
{
    struct local_source *source;
    UINT64 size, time, position = 0;
    UINT32 got;
    HRESULT hr;

    if (FAILED(hr = local_open(plan->remote_name, &source, &size, &time)))
    {
        verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        return hr;
    }
    on_connected(transfer);
    if (size == plan->size && time == plan->time)
    {
        if (SUCCEEDED(hr = open_output(transfer, plan, plan->position, size))) position = hr == S_OK ? plan->position : 0;
    }
    else hr = begin_file(transfer, plan, size, time, plan->restarts + (plan->size != SIZE_UNKNOWN), size);
    if (FAILED(hr)) fail_local(failure, hr);

    while (SUCCEEDED(hr) && position < size)
    {
        if (stopped(transfer))
        {
            hr = E_ABORT;
            break;
        }
        if (FAILED(hr = local_read(source, position, writer_buffer(transfer->writer),
                                  min(WRITER_BLOCK_SIZE, size - position), &got)))
            verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        else if (!got)
            verdict_error(hr = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF), CONTEXT_REMOTE_FILE, failure);
        else if (FAILED(hr = writer_put(transfer->writer, got)))
            fail_local(failure, hr);
        else
            position += got;
    }
    local_close(source);
    if (SUCCEEDED(hr) && FAILED(hr = finish_file(transfer, plan, size))) fail_local(failure, hr);
    save_output(transfer);
    return hr;
}

static HRESULT run_files(struct transfer *transfer, struct failure *failure, UINT32 *index)
{
    struct proxy_route *route;
    struct file_plan plan;
    struct url url;
    HRESULT hr;

    *index = NO_FILE;
    if (FAILED(hr = proxy_route_create(transfer->job, &route)))
    {
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
        return hr;
    }
    while ((hr = make_plan(transfer->job, &plan)) == S_OK)
    {
        *index = plan.index;
        proxy_route_next_file(route);
        if (FAILED(hr = url_parse(plan.remote_name, &url)))
            verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
        else
        {
            hr = url.scheme == URL_FILE ? copy_file(transfer, &plan, failure) : fetch_file(transfer, &plan, route, failure);
            url_free(&url);
        }
        free_plan(&plan);
        if (FAILED(hr)) break;
        *index = NO_FILE;
    }
    if (hr == E_OUTOFMEMORY && *index == NO_FILE) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
    proxy_route_release(route);
    return hr;
}

static HRESULT open_session(struct transfer *transfer)
{
    struct shim_session_params params = { 0 };

    queue_enter();
    params.tls_flags = job_u32(transfer->job->job, PROP_SECURITY_FLAGS) & 0x1f;
    queue_leave();
    return shim_session_create(&params, &transfer->session);
}

static void run(struct transfer *transfer)
{
    struct queue_job *job = transfer->job;
    struct failure failure = { S_OK };
    struct caller *owner = NULL;
    UINT32 index = NO_FILE;
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
        security_revert();
    }
    else if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
    if (owner) caller_release(owner);
    if (transfer->session) shim_session_release(transfer->session);

    queue_transfer_ended(job, transfer, FAILED(hr) && hr != E_ABORT ? &failure : NULL, index);
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
        if (list_empty(&pool.work) && queue_clock() - start >= THREAD_LINGER) break;
    }
    pool.threads--;
    sync_unlock(&pool.mutex);
    sync_wake_all(&pool.thread_gone);
    return 0;
}

HRESULT transfer_init(void)
{
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
    writer_destroy(transfer->writer);
    CloseHandle(transfer->cancel);
    queue_release(transfer->job);
    free(transfer);
}
