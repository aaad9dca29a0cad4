/*
 * One worker: a file to an HTTP or HTTPS server, by the protocol of BITS
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
#include "lander.h"
#include "local.h"
#include "log.h"
#include "policy.h"
#include "transfer_private.h"
#include "core/rate.h"
#include "core/str.h"
#include "core/upload.h"

#include "wine/debug.h"

/* The local file. */
struct source
{
    struct transfer *transfer;
    struct local_source *file;  /* NULL until there is something to be sent of it */
    const WCHAR *name;
    UINT64 size, time;          /* when the upload began */
    UINT64 first, position, end; /* of the present fragment */
    HRESULT hr;                 /* what failed here, and not on the way */
    BOOL reached;               /* the server was connected to for the present packet */
};

/* How it is with the upload, copied under queue.cs. */
struct progress
{
    struct upload_session session;
    UINT64 acknowledged;
    WCHAR *reply_url;
    BOOL delivered, wants_reply, reply_done;
};

static HRESULT get_progress(struct transfer *transfer, struct progress *progress)
{
    const struct job *job = transfer->job->job;
    const struct job_file *reply;
    HRESULT hr;

    memset(progress, 0, sizeof(*progress));
    queue_enter();
    hr = upload_session_copy(&job->upload, &progress->session);
    progress->acknowledged = file_received(&job->files[0]);
    progress->delivered = !!(job->files[0].flags & FILE_DELIVERED);
    progress->wants_reply = job->type == JOB_UPLOAD_REPLY;
    if (job->file_count > REPLY_FILE)
    {
        reply = &job->files[REPLY_FILE];
        if (SUCCEEDED(hr) && !(progress->reply_url = str_dup(reply->remote_name))) hr = E_OUTOFMEMORY;
        progress->reply_done = !!(reply->flags & FILE_TRANSFERRED);
    }
    queue_leave();
    return hr;
}

static void free_progress(struct progress *progress)
{
    upload_session_free(&progress->session);
    free(progress->reply_url);
}

/* The local file */

/* It is as it was when the upload began [BEH.CONSIST.4]. */
static HRESULT check_source(struct source *source)
{
    UINT64 size, time;
    HRESULT hr;

    if (source->file) hr = local_stat(source->file, &size, &time);
    else hr = local_open(source->name, &source->file, &size, &time);
    if (SUCCEEDED(hr) && (size != source->size || time != source->time)) hr = BG_E_LOCAL_FILE_CHANGED;
    return hr;
}

static HRESULT read_source(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    struct source *source = ctx;
    UINT32 priority = transfer_priority(source->transfer), allowed;

    *got = 0;
    if (!(allowed = transfer_pace_take(source->transfer, priority, size))) return E_ABORT;
    source->hr = local_read(source->file, source->position, buffer, allowed, got);
    if (SUCCEEDED(source->hr) && !*got) source->hr = BG_E_LOCAL_FILE_CHANGED;
    if (transfer_pace_limit(priority) != RATE_UNLIMITED) transfer_pace_give_back(allowed - *got);
    source->position += *got;
    /* written to while it was read: the server does not get the end */
    if (SUCCEEDED(source->hr) && source->position == source->end) source->hr = check_source(source);
    if (SUCCEEDED(source->hr)) awake_progress();
    return source->hr;
}

static HRESULT rewind_source(void *ctx)
{
    struct source *source = ctx;

    source->position = source->first;
    return S_OK;
}

static void on_reached(void *ctx)
{
    struct source *source = ctx;

    source->reached = TRUE;
}

/* Packets */

/* BUP.HDR.5: the fields that all packets have; Host, Content-Length and Connection belong to the shim. */
static WCHAR *packet_lines(const struct upload *upload)
{
    struct buffer buffer;
    WCHAR *lines = NULL;

    buffer_init(&buffer, 16384);
    buffer_append_text(&buffer, "Accept: */*\r\nUser-Agent: Microsoft BITS/7.8\r\n");
    if (SUCCEEDED(buffer.hr)) buffer.hr = upload_lines(upload, &buffer);
    buffer_append_byte(&buffer, 0);
    if (SUCCEEDED(buffer.hr)) lines = str_from_latin1((char *)buffer.data);
    buffer_free(&buffer);
    return lines;
}

static void fail(struct upload *upload, HRESULT hr, UINT32 context)
{
    struct failure failure;

    verdict_error(hr, context, &failure);
    upload_on_failure(upload, &failure);
}

/* Sends upload->request and delivers what comes of it. */
static void send_packet(struct transfer *transfer, struct upload *upload, const struct file_plan *plan, struct source *source,
                        struct proxy_route *route)
{
    const struct upload_request *packet = &upload->request;
    struct shim_body body = { packet->length, read_source, source, rewind_source };
    struct shim_request_params params = { 0 };
    struct shim_request *request;
    struct shim_reply head;
    struct shim_error error = { 0 };
    WCHAR *lines, *custom = NULL;
    struct policy policy;
    HRESULT hr;

    policy_get(&policy);
    if (!(lines = packet_lines(upload)))
    {
        fail(upload, E_OUTOFMEMORY, CONTEXT_REMOTE_FILE);
        return;
    }
    if (FAILED(hr = transfer_open_session(transfer)) || FAILED(hr = transfer_custom_headers(transfer, &custom)))
    {
        free(lines);
        fail(upload, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
        return;
    }
    source->first = source->position = packet->first;
    source->end = packet->first + packet->length;
    source->hr = S_OK;
    source->reached = FALSE;
    params.method = plan->method ? plan->method : L"BITS_POST";
    params.url = packet->url;
    params.headers = lines;
    params.custom_headers = custom;
    if (packet->packet == UPLOAD_FRAGMENT && packet->length) params.body = &body;
    params.max_body = SIZE_UNKNOWN;
    params.connect_timeout = policy.connect_timeout;
    params.io_timeout = policy.io_timeout;
    params.reply_timeout = packet->last ? max(policy.io_timeout, UPLOAD_LAST_WAIT) : policy.io_timeout;
    params.cancel = transfer->cancel;
    params.connected = on_reached;
    params.connected_ctx = source;
    if (SUCCEEDED(hr = proxy_route_for(route, packet->url, transfer->cancel, &params.hops, &params.hop_count, &params.first_hop, &error)))
        hr = shim_send(transfer->session, &params, &request, &head, &error);
    free(lines);
    free(custom);
    if (source->reached && !error.unreached) upload_on_connected(upload);
    if (FAILED(hr))
    {
        if (error.detail)
            log_write(LOG_INFO, "job %s: %s to %s has no reply, hr %#lx, context %lu, and below it %#lx", debugstr_guid(&transfer->job->job->id),
                      upload_packet_name(packet->packet), log_url(packet->url), error.hr, error.context, error.detail);
        if (FAILED(source->hr)) fail(upload, source->hr, CONTEXT_LOCAL_FILE);
        else if (transfer_stopped(transfer)) fail(upload, E_ABORT, CONTEXT_GENERAL_QUEUE_MANAGER);  /* no fault of the host [BUP.HOST.4] */
        else upload_on_error(upload, error.hr ? error.hr : hr, error.context ? error.context : CONTEXT_REMOTE_FILE,
                             !source->reached || error.unreached, queue_now());
        return;
    }
    proxy_route_worked(route, packet->url, head.hop);
    if (head.auth_detail)
        log_write(LOG_WARNING, "job %s: the system cannot answer NTLM or Negotiate, error %#lx; in Wine it needs winbind's ntlm_auth, or GSSAPI",
                  debugstr_guid(&transfer->job->job->id), head.auth_detail);
    if (log_enabled(LOG_DEBUG))
        log_write(LOG_DEBUG, "job %s: %s to %s, %u octets from %I64u on: status %u", debugstr_guid(&transfer->job->job->id),
                  upload_packet_name(packet->packet), log_url(packet->url), packet->length, packet->first, head.status);
    if (packet->packet != UPLOAD_CANCEL) transfer_tell_headers(transfer, plan, head.raw_headers);
    upload_on_ack(upload, head.status, head.headers, queue_clock());
    shim_close(request);
}

/* What came of the packet is known to clients and to a successor of this service. */
static void record_progress(struct transfer *transfer, struct upload *upload, UINT64 before, UINT64 size)
{
    HRESULT hr;

    if (upload->acknowledged <= before) return;
    if (FAILED(hr = queue_transfer_progress(transfer->job, 0, before, upload->acknowledged - before)))
    {
        fail(upload, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
        return;
    }
    queue_transfer_moved(transfer->job, 0, upload->acknowledged, size);
    awake_progress();
}

static HRESULT send_step(struct transfer *transfer, struct upload *upload, const struct file_plan *plan, struct source *source,
                         struct proxy_route *route)
{
    UINT64 before = upload->acknowledged;
    HRESULT hr;

    if (upload->request.packet == UPLOAD_FRAGMENT && FAILED(hr = check_source(source)))
    {
        fail(upload, hr, CONTEXT_LOCAL_FILE);
        return hr;
    }
    if (upload->request.packet >= UPLOAD_FRAGMENT) transfer_on_connected(transfer);     /* BUP.STATE.1 to 5 */
    /* with the session the server forgets how much it has got, and the reply: we must not [BUP.CLOSE.1] */
    if (upload->request.packet == UPLOAD_CLOSE
        && FAILED(hr = source->size ? queue_wait(transfer->job) : queue_transfer_delivered(transfer->job)))
    {
        fail(upload, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
        return hr;
    }
    if (plan->method && FAILED(hr = queue_transfer_asks(transfer->job, 0)))
    {
        fail(upload, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
        return hr;
    }
    send_packet(transfer, upload, plan, source, route);
    record_progress(transfer, upload, before, source->size);
    return S_OK;
}

static HRESULT record_session(struct transfer *transfer, struct upload *upload)
{
    HRESULT hr;

    if (FAILED(hr = queue_transfer_session(transfer->job, &upload->session, upload->acknowledged))) return hr;
    upload_on_recorded(upload);
    return S_OK;
}

/* A download by the ordinary rules, within the job [BUP.REPLY.1]. */
static HRESULT fetch_reply(struct transfer *transfer, const WCHAR *url, struct proxy_route *route, struct failure *failure, UINT32 *index)
{
    struct file_plan plan;
    HRESULT hr;
    UINT32 i;

    do
    {
        if (FAILED(hr = queue_transfer_reply(transfer->job, url)) || FAILED(hr = transfer_open_session(transfer))
            || FAILED(hr = transfer_make_plan(transfer, REPLY_FILE, &plan)))
        {
            verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
            return hr;
        }
        *index = REPLY_FILE;
        proxy_route_next_file(route);
        hr = transfer_fetch_file(transfer, &plan, route, failure);
        transfer_free_plan(&plan);
    } while (hr == QUEUE_E_RENAMED && !transfer_stopped(transfer));     /* the client has chosen another name while the server was asked about it */
    /* the session is closed, and the reply gone from the server, only when it is on disk [BUP.REPLY.6] */
    if (SUCCEEDED(hr) && transfer->lander && FAILED(hr = lander_wait(transfer->lander, &i))) transfer_fail_local(failure, hr);
    if (SUCCEEDED(hr)) *index = 0;
    return hr;
}

static HRESULT upload_steps(struct transfer *transfer, struct upload *upload, const struct file_plan *plan, struct source *source,
                            struct proxy_route *route, struct failure *failure, UINT32 *index)
{
    enum upload_step step;
    HRESULT hr;

    for (;;)
    {
        upload->block_limit = rate_block(transfer_pace_limit(transfer_priority(transfer)));
        step = upload_next(upload, queue_clock(), queue_now());
        /* what the server has said is recorded all the same: of a session that nobody knows it could not be told that the job is cancelled */
        if (transfer_stopped(transfer) && step != UPLOAD_RECORD && step != UPLOAD_DONE) return E_ABORT;
        switch (step)
        {
        case UPLOAD_SEND:
            send_step(transfer, upload, plan, source, route);
            break;
        case UPLOAD_RECORD:
            if (FAILED(hr = record_session(transfer, upload))) fail(upload, hr, CONTEXT_GENERAL_QUEUE_MANAGER);
            break;
        case UPLOAD_REPLY:
            if (FAILED(hr = fetch_reply(transfer, upload->reply_url, route, failure, index))) return hr;
            upload_on_reply(upload);
            break;
        case UPLOAD_DONE:
            if (SUCCEEDED(hr = queue_transfer_file_done(transfer->job, 0, source->size))) return S_OK;
            verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
            return hr;
        case UPLOAD_FAILED:
            *failure = upload->failure;
            return failure->hr;
        }
    }
}

static HRESULT init_upload(const struct file_plan *plan, const struct progress *progress, BOOL cancel, struct upload *upload)
{
    struct upload_params params = { 0 };

    params.url = plan->remote_name;
    params.local_name = plan->local_name;
    params.size = plan->size;
    params.acknowledged = progress->acknowledged;
    params.session = &progress->session;
    params.reply_url = progress->reply_url;
    params.delivered = progress->delivered;
    params.wants_reply = progress->wants_reply;
    params.reply_done = progress->reply_done;
    params.foreground = plan->foreground;
    params.cancel = cancel;
    return upload_init(upload, &params);
}

/* What is to be sent is settled when it begins [BEH.CONSIST.4]. */
static HRESULT begin_source(struct transfer *transfer, struct file_plan *plan, struct source *source, struct failure *failure)
{
    UINT64 size, time;
    HRESULT hr;

    if (plan->settled) return S_OK;
    if (FAILED(hr = local_open(plan->local_name, &source->file, &size, &time)))
    {
        verdict_error(hr, CONTEXT_LOCAL_FILE, failure);
        return hr;
    }
    if (FAILED(hr = queue_transfer_settles(transfer->job, size, time)))
    {
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
        return hr;
    }
    plan->size = size;
    plan->time = time;
    return S_OK;
}

HRESULT transfer_upload_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route, struct failure *failure,
                             UINT32 *index)
{
    struct source source = { transfer };
    struct progress progress;
    struct upload upload;
    HRESULT hr;

    if (SUCCEEDED(hr = get_progress(transfer, &progress)) && plan->method)
    {
        /* the client's own method begins anew each time [BEH.HTTP.19] */
        upload_session_free(&progress.session);
        progress.acknowledged = 0;
    }
    if (FAILED(hr)) verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, failure);
    else if (SUCCEEDED(hr = begin_source(transfer, plan, &source, failure)))
    {
        source.name = plan->local_name;
        source.size = plan->size;
        source.time = plan->time;
        if (SUCCEEDED(hr = init_upload(plan, &progress, FALSE, &upload)))
        {
            hr = upload_steps(transfer, &upload, plan, &source, route, failure, index);
            upload_free(&upload);
        }
        else verdict_error(hr, CONTEXT_REMOTE_FILE, failure);
    }
    if (source.file) local_close(source.file);
    free_progress(&progress);
    return hr;
}

BOOL transfer_say_farewell(struct transfer *transfer, struct proxy_route *route)
{
    struct source source = { transfer };
    enum upload_step step = UPLOAD_FAILED;
    struct progress progress;
    struct file_plan plan;
    struct upload upload;

    if (FAILED(get_progress(transfer, &progress))) return FALSE;
    if (SUCCEEDED(transfer_make_plan(transfer, 0, &plan)))
    {
        if (SUCCEEDED(init_upload(&plan, &progress, TRUE, &upload)))
        {
            while ((step = upload_next(&upload, queue_clock(), queue_now())) == UPLOAD_SEND || step == UPLOAD_RECORD)
            {
                if (transfer_stopped(transfer)) break;
                if (step == UPLOAD_SEND) send_packet(transfer, &upload, &plan, &source, route);
                else if (FAILED(record_session(transfer, &upload))) break;
            }
            upload_free(&upload);
        }
        transfer_free_plan(&plan);
    }
    free_progress(&progress);
    return step == UPLOAD_DONE;
}
