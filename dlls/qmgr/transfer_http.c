/*
 * One worker: a file by HTTP or HTTPS
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

#include "log.h"
#include "policy.h"
#include "security.h"
#include "transfer_private.h"
#include "core/rate.h"
#include "core/str.h"

#include "wine/debug.h"

#define CUT_MAX       1048576   /* octets of a file that is fetched from the start when its connection was shared and broke */

void transfer_on_connected(void *ctx)
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
static HRESULT request_headers(const struct fetch_request *request, struct buffer *lines)
{
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

HRESULT transfer_custom_headers(struct transfer *transfer, WCHAR **lines)
{
    struct queue_job *job = transfer->job;
    BYTE *blob = NULL;
    UINT32 size;
    HRESULT hr;
    void *data;

    queue_enter();
    size = job->job->props[PROP_CUSTOM_HEADERS].blob_size;
    if (size && (blob = malloc(size))) memcpy(blob, job->job->props[PROP_CUSTOM_HEADERS].blob, size);
    queue_leave();
    *lines = NULL;
    if (!size) return S_OK;
    if (!blob) return E_OUTOFMEMORY;
    if (SUCCEEDED(hr = security_unseal(blob, size, &data, &size)))
    {
        if (!(*lines = str_ndup(data, size / sizeof(WCHAR)))) hr = E_OUTOFMEMORY;
        security_free_secret(data, size);
    }
    free(blob);
    return hr;
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
        changed = transfer_is_wanted(file) || file->first_wanted != fetch->first_wanted;
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
        if (FAILED(hr = transfer_put_octets(transfer, offset, len, fetch->have.total - len))) return hr;
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
    if (!(allowed = transfer_pace_take(transfer, plan->priority, WRITER_BLOCK_SIZE))) return S_FALSE;
    hr = shim_read(request, buffer, allowed, &got, &error);
    if (transfer_pace_limit(plan->priority) != RATE_UNLIMITED) transfer_pace_give_back(allowed - (hr == S_OK ? got : 0));
    if (hr != S_OK)
    {
        if (hr == S_FALSE) fetch_on_end(fetch, queue_clock());
        else if (error.again && fetch_total(fetch) <= CUT_MAX && !plan->on_demand) fetch_on_cut(fetch);
        else fetch_on_error(fetch, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE);
        return S_FALSE;
    }
    if (fetch->in_multipart) hr = deliver_parts(transfer, fetch, got);
    else if ((len = fetch_on_data(fetch, got))) hr = transfer_put_octets(transfer, offset, len, fetch->have.total - len);
    if (FAILED(hr)) fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
    if (!fetch_wants_body(fetch)) return S_FALSE;
    if (!plan->dynamic && look_at_requests(transfer, fetch, plan))
    {
        fetch_on_interrupt(fetch);
        return S_FALSE;
    }
    return S_OK;
}

WCHAR *transfer_request_lines(const struct fetch_request *request)
{
    struct buffer headers;
    WCHAR *lines = NULL;

    if (SUCCEEDED(request_headers(request, &headers))) lines = str_from_latin1((char *)headers.data);
    buffer_free(&headers);
    return lines;
}

void transfer_tell_headers(struct transfer *transfer, const struct file_plan *plan, const WCHAR *raw)
{
    char *text;

    if (!(text = str_to_utf8(raw))) return;
    queue_transfer_headers(transfer->job, plan->index, text);       /* BEH.HTTP.22; a shortage here is no reason to fail */
    free(text);
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
    struct transfer_along along;
    WCHAR *lines, *custom = NULL;
    struct policy policy;
    HRESULT hr;

    policy_get(&policy);
    if (!(lines = transfer_request_lines(&fetch->request)))
    {
        fetch_on_error(fetch, E_OUTOFMEMORY, CONTEXT_REMOTE_FILE);
        return;
    }
    if (!fetch->cross_origin && FAILED(hr = transfer_custom_headers(transfer, &custom)))
    {
        free(lines);
        fetch_on_error(fetch, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
        return;
    }
    ahead_take(&transfer->ahead, plan->index, fetch->request.head);
    transfer_plan_ahead(transfer, fetch, plan, &along);

    params.method = fetch->request.head ? L"HEAD" : plan->method ? plan->method : L"GET";
    params.url = fetch->url;
    params.headers = lines;
    params.custom_headers = custom;
    params.foreign = fetch->cross_origin;
    params.ahead = along.requests;
    params.ahead_count = along.count;
    params.max_body = SIZE_UNKNOWN;
    params.connect_timeout = policy.connect_timeout;
    params.io_timeout = policy.io_timeout;
    params.cancel = transfer->cancel;
    params.connected = transfer_on_connected;
    params.connected_ctx = transfer;
    if (SUCCEEDED(hr = proxy_route_for(route, fetch->url, transfer->cancel, &params.hops, &params.hop_count,
                                       &params.first_hop, &error)))
        hr = shim_send(transfer->session, &params, &request, &head, &error);
    ahead_sent(&transfer->ahead, SUCCEEDED(hr) ? head.ahead : 0);
    transfer_free_along(&along);
    free(lines);
    if (FAILED(hr))
    {
        if (error.detail)
            log_write(LOG_INFO, "job %s, file %u: %s has no reply, hr %#lx, context %lu, and below it %#lx", debugstr_guid(&transfer->job->job->id),
                      plan->index, log_url(fetch->url), error.hr, error.context, error.detail);
        free(custom);
        fetch_on_error(fetch, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE);
        return;
    }
    proxy_route_worked(route, fetch->url, head.hop);
    if (head.auth_detail)
        log_write(LOG_WARNING, "job %s: the system cannot answer NTLM or Negotiate, error %#lx; in Wine it needs winbind's ntlm_auth, or GSSAPI",
                  debugstr_guid(&transfer->job->job->id), head.auth_detail);

    transfer_tell_headers(transfer, plan, head.raw_headers);
    reply.status = head.status;
    reply.length = head.length;
    reply.headers = head.headers;
    if (log_enabled(LOG_DEBUG))
        log_write(LOG_DEBUG, "job %s, file %u: %s %s%s from %I64u on: status %u, %I64u bytes", debugstr_guid(&transfer->job->job->id),
                  plan->index, fetch->request.head ? "HEAD" : "GET", log_url(fetch->url), fetch->request.ranged ? ", range" : "",
                  fetch->position, head.status, head.length);
    if (!fetch_on_reply(fetch, &reply)) shim_close(request);
    else
    {
        do
        {
            /* octets that are counted are in the temporary file as long as the server keeps others waiting [BEH.FILE.14] */
            if (transfer->output && !output_is_made(transfer->output) && !shim_is_there(request) && FAILED(hr = writer_make(transfer->writer)))
                fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
        }
        while (fetch_wants_body(fetch) && read_some(transfer, fetch, plan, request) == S_OK);
        shim_close(request);
        transfer_take_answers(transfer, &params);
    }
    free(custom);
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
        if (transfer_stopped(transfer)) return E_ABORT;
        if (!plan->dynamic) look_at_requests(transfer, fetch, plan);
        fetch->block_limit = rate_block(transfer_pace_limit(plan->priority));
        switch (fetch_next(fetch, queue_clock()))
        {
        case FETCH_HEAD:
            if (transfer_answer_head(transfer, fetch, plan)) break;
            /* fall through */
        case FETCH_GET:
            if (plan->method && FAILED(hr = queue_transfer_asks(transfer->job, plan->index)))
            {
                fetch_on_error(fetch, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
                break;
            }
            perform_request(transfer, fetch, plan, route);
            break;
        case FETCH_BEGIN:
            if (SUCCEEDED(hr = transfer_begin_file(transfer, plan, fetch->size, fetch->time, fetch->restarts, fetch_total(fetch))))
                fetch_on_begun(fetch);
            else
                fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        case FETCH_RENAME:
            if (SUCCEEDED(hr = queue_transfer_renamed(transfer->job, plan->index, fetch->original_url, fetch->url))) fetch_on_renamed(fetch);
            else fetch_on_error(fetch, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
            break;
        case FETCH_PARTIAL:
            return S_FALSE;
        case FETCH_DONE:
            if (SUCCEEDED(hr = transfer_finish_file(transfer, plan, fetch->position))) return S_OK;
            fetch_on_error(fetch, hr, CONTEXT_LOCAL_FILE);
            break;
        case FETCH_FAILED:
            return fetch->failure.hr;
        }
    }
}

/* Works on one file until it is whole (S_OK), there as far as asked (S_FALSE), has failed (failure is filled), or shall stop (any code). */
HRESULT transfer_fetch_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route,
                          struct failure *failure)
{
    struct fetch fetch;
    HRESULT hr = S_OK;

    if (plan->forgetful) ranges_free(&plan->received);
    else if (plan->size != SIZE_UNKNOWN) hr = transfer_continue_file(transfer, plan, SIZE_UNKNOWN);
    if (SUCCEEDED(hr)) hr = init_fetch(transfer, plan, &fetch);
    if (FAILED(hr))
    {
        transfer_close_output(transfer);
        transfer_fail_local(failure, hr);
        return hr;
    }
    transfer->total = fetch_total(&fetch);
    if (plan->forgetful) fetch.recorded = FALSE;            /* from the start every time */

    hr = fetch_steps(transfer, plan, &fetch, route);
    if (FAILED(hr) && !transfer_stopped(transfer))
    {
        *failure = fetch.failure;
        log_write(LOG_INFO, "job %s, file %u: %s stops at byte %I64u of %I64u, hr %#lx, context %u", debugstr_guid(&transfer->job->job->id),
                  plan->index, log_url(fetch.url), fetch.position, fetch_total(&fetch), failure->hr, failure->context);
        if (fetch.failure.class == FAILURE_FATAL && str_cmp(fetch.url, plan->remote_name)
            && (fetch.redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_DISALLOW)
            queue_transfer_renamed(transfer->job, plan->index, fetch.original_url, fetch.url);  /* BEH.HTTP.50 */
    }
    if (fetch.forget && !plan->dynamic)
    {
        transfer_close_output(transfer);
        queue_transfer_begin(transfer->job, plan->index, fetch.size, fetch.time, plan->volume_serial, fetch.restarts);
    }
    else transfer_save_output(transfer);
    fetch_free(&fetch);
    return hr;
}
