/*
 * One worker: what goes along with a request, for files whose turn has not come
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

#include "transfer_private.h"
#include "core/rate.h"
#include "core/str.h"

#define TAIL_MAX 1048576u   /* octets of a file to come, up to which others are asked about and for in the same breath */

static const struct fetch_request head_request = { TRUE };

/* Files behind the present one of which nothing is known. */
static void ask_about_more(struct transfer *transfer, const struct file_plan *plan)
{
    const struct job *job = transfer->job->job;
    struct ahead *ahead = &transfer->ahead;
    UINT32 i;

    queue_enter();
    for (;;)
    {
        i = transfer_next_file(transfer, job, max(plan->index + 1, ahead->next));
        if (i == NO_FILE || job->files[i].remote_size != SIZE_UNKNOWN || job->files[i].range_count) break;
        if (ahead_ask(ahead, i, job->files[i].remote_name) != S_OK) break;
    }
    queue_leave();
}

/* The lines of the GET for a file that is known, as they will be in its turn; NULL: something else will be. */
static WCHAR *get_lines(const struct file_plan *plan, const struct ahead_file *file)
{
    struct fetch_params params = { 0 };
    struct fetch_request request;
    struct content_range piece;

    params.url = file->url;
    params.foreground = plan->foreground;
    params.security_flags = plan->security_flags;
    params.size = params.max_bytes = SIZE_UNKNOWN;
    if (ahead_get_request(&params, file, &request) != S_OK) return NULL;
    piece.first = request.first;
    piece.last = request.last;
    request.pieces = &piece;
    return transfer_request_lines(&request);
}

static void add(struct transfer_along *along, const WCHAR *method, const WCHAR *url, const WCHAR *headers)
{
    struct shim_ahead *request = &along->requests[along->count++];

    request->method = method;
    request->url = url;
    request->headers = headers;
}

void transfer_plan_ahead(struct transfer *transfer, const struct fetch *fetch, const struct file_plan *plan, struct transfer_along *along)
{
    UINT64 total = fetch_total(fetch), now = queue_clock();
    struct ahead *ahead = &transfer->ahead;
    const struct ahead_file *file;
    WCHAR *lines;
    UINT32 i;

    memset(along, 0, sizeof(*along));
    if (fetch->request.head || plan->dynamic || plan->on_demand || plan->method || fetch->cross_origin) return;
    if (total == SIZE_UNKNOWN || total - min(total, fetch->have.total) > TAIL_MAX || !ahead_is_low(ahead)) return;
    transfer->bodies_ahead = FALSE;
    i = ahead->wire_count;
    ask_about_more(transfer, plan);
    if (i < ahead->wire_count && !(along->head_lines = transfer_request_lines(&head_request))) ahead_sent(ahead, i);
    for (; i < ahead->wire_count; i++) add(along, L"HEAD", ahead_url(ahead, ahead->wire[i].file), along->head_lines);

    /* bodies are asked for only where nobody counts them beforehand */
    if (plan->max_bytes != SIZE_UNKNOWN || transfer_pace_limit(plan->priority) != RATE_UNLIMITED) return;
    transfer->bodies_ahead = !plan->straight;
    while ((file = ahead_want(ahead, now)))
    {
        if (!(lines = get_lines(plan, file)))
        {
            ahead_sent(ahead, ahead->wire_count - 1);
            break;
        }
        along->get_lines[along->get_count++] = lines;
        add(along, L"GET", file->url, lines);
    }
}

void transfer_free_along(struct transfer_along *along)
{
    UINT32 i;

    for (i = 0; i < along->get_count; i++) free(along->get_lines[i]);
    free(along->head_lines);
}

/* The replies to what was asked about other files, where they come next. base: the parameters of the request before them. */
void transfer_take_answers(struct transfer *transfer, const struct shim_request_params *base)
{
    struct shim_request_params params = *base;
    struct ahead *ahead = &transfer->ahead;
    const struct ahead_file *file;
    struct shim_request *request;
    struct fetch_reply reply;
    struct shim_error error;
    struct shim_reply head;
    WCHAR *lines = NULL;
    UINT32 index;

    params.method = L"HEAD";
    params.ahead_count = 0;
    params.only_ahead = TRUE;
    while ((file = ahead_answering(ahead)) && !transfer_stopped(transfer) && (lines || (lines = transfer_request_lines(&head_request))))
    {
        index = file->file;
        params.url = file->url;
        params.headers = lines;
        ahead_take(ahead, index, TRUE);
        if (FAILED(shim_send(transfer->session, &params, &request, &head, &error)))
        {
            ahead_answer(ahead, index, NULL, NULL, 0);
            ahead_sent(ahead, 0);
            break;
        }
        reply.status = head.status;
        reply.length = head.length;
        reply.headers = head.headers;
        ahead_answer(ahead, index, &reply, head.raw_headers, queue_clock());
        ahead_sent(ahead, head.ahead);
        shim_close(request);
    }
    free(lines);
}

/* Is the answer to the file's HEAD there already? It is good for once. */
BOOL transfer_answer_head(struct transfer *transfer, struct fetch *fetch, struct file_plan *plan)
{
    struct fetch_reply reply = { 200, SIZE_UNKNOWN };
    const struct ahead_file *file;

    if (str_cmp(fetch->url, plan->remote_name) || !(file = ahead_find(&transfer->ahead, plan->index, fetch->url, queue_clock()))) return FALSE;
    plan->later = transfer->bodies_ahead && ahead_is_small(&transfer->ahead, plan->index);
    transfer_tell_headers(transfer, plan, file->raw);
    reply.headers = &file->headers;
    fetch_on_reply(fetch, &reply);
    ahead_drop(&transfer->ahead, plan->index);
    return TRUE;
}
