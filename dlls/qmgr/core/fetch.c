/*
 * The steps of one file's download over HTTP
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

#include "core/fetch.h"
#include "core/str.h"
#include "core/url.h"



enum phase
{
    PHASE_HEAD,
    PHASE_BEGIN,
    PHASE_GET,
    PHASE_RENAME,
    PHASE_DONE,
    PHASE_FAILED
};

static void fail(struct fetch *fetch, HRESULT hr)
{
    verdict_error(hr, CONTEXT_REMOTE_FILE, &fetch->failure);
    fetch->phase = PHASE_FAILED;
}

static void fail_status(struct fetch *fetch, UINT32 status)
{
    verdict_status(status, &fetch->failure);
    fetch->phase = PHASE_FAILED;
}

/* No ranges where they are needed. What was received before cannot be continued, so that a later foreground run starts from zero. */
static void fail_ranges(struct fetch *fetch)
{
    fetch->forget = fetch->position > 0;
    fail(fetch, BG_E_INSUFFICIENT_RANGE_SUPPORT);
}

static BOOL set_url(struct fetch *fetch, const WCHAR *url)
{
    WCHAR *copy;

    if (!(copy = str_dup(url)))
    {
        fail(fetch, E_OUTOFMEMORY);
        return FALSE;
    }
    free(fetch->url);
    fetch->url = copy;
    return TRUE;
}

HRESULT fetch_init(struct fetch *fetch, const struct fetch_params *params)
{
    memset(fetch, 0, sizeof(*fetch));
    fetch->foreground = params->foreground;
    fetch->dynamic = params->dynamic;
    fetch->redirects = params->security_flags & (FETCH_REDIRECT_MASK | FETCH_REDIRECT_TO_HTTP);
    fetch->ranges = params->ranges;
    fetch->range_count = params->range_count;
    fetch->max_bytes = params->max_bytes;
    fetch->size = params->size;
    fetch->time = params->time;
    fetch->restarts = params->restarts;
    fetch->position = params->position;
    fetch->recorded = params->size != SIZE_UNKNOWN;
    fetch->block = FETCH_BLOCK_MIN;
    fetch->phase = PHASE_HEAD;
    if (params->dynamic)
    {
        /* BEH.HTTP.61: always from zero */
        fetch->size = SIZE_UNKNOWN;
        fetch->position = 0;
        fetch->phase = PHASE_BEGIN;
    }
    if (!(fetch->original_url = str_dup(params->url)) || !(fetch->url = str_dup(params->url)))
    {
        fetch_free(fetch);
        return E_OUTOFMEMORY;
    }
    return S_OK;
}

void fetch_free(struct fetch *fetch)
{
    free(fetch->url);
    free(fetch->original_url);
    fetch->url = fetch->original_url = NULL;
}

UINT64 fetch_total(const struct fetch *fetch)
{
    UINT64 total = 0;
    UINT32 i;

    if (!fetch->range_count) return fetch->size;
    for (i = 0; i < fetch->range_count; i++)
    {
        if (fetch->ranges[i].length != LENGTH_TO_EOF) total += fetch->ranges[i].length;
        else if (fetch->size == SIZE_UNKNOWN) return SIZE_UNKNOWN;
        else total += fetch->size - fetch->ranges[i].offset;
    }
    return total;
}

/* The remote offset of a local one, and how many bytes from there on are contiguous in both. */
static void locate(const struct fetch *fetch, UINT64 local, UINT64 *remote, UINT64 *left)
{
    UINT64 start = 0, length;
    UINT32 i;

    for (i = 0; i < fetch->range_count; i++)
    {
        const struct file_range *range = &fetch->ranges[i];

        length = range->length == LENGTH_TO_EOF ? fetch->size - range->offset : range->length;
        if (local < start + length)
        {
            *remote = range->offset + (local - start);
            *left = start + length - local;
            return;
        }
        start += length;
    }
    *remote = local;
    *left = fetch->size - local;
}

static BOOL ranges_fit(const struct fetch *fetch)
{
    UINT32 i;

    for (i = 0; i < fetch->range_count; i++)
    {
        const struct file_range *range = &fetch->ranges[i];

        if (range->offset >= fetch->size) return FALSE;
        if (range->length != LENGTH_TO_EOF && range->length > fetch->size - range->offset) return FALSE;
    }
    return TRUE;
}

enum fetch_step fetch_next(struct fetch *fetch, UINT64 now)
{
    struct fetch_request *request = &fetch->request;
    UINT64 left;

    switch (fetch->phase)
    {
    case PHASE_HEAD:
        memset(request, 0, sizeof(*request));
        request->head = TRUE;
        return FETCH_HEAD;
    case PHASE_BEGIN:
        return FETCH_BEGIN;
    case PHASE_RENAME:
        return FETCH_RENAME;
    case PHASE_DONE:
        return FETCH_DONE;
    case PHASE_FAILED:
        return FETCH_FAILED;
    }

    memset(request, 0, sizeof(*request));
    if (fetch->dynamic) return FETCH_GET;
    if (fetch->position >= fetch_total(fetch))
    {
        fetch->phase = PHASE_DONE;              /* also the empty file: no GET at all [BEH.HTTP.37] */
        return FETCH_DONE;
    }

    request->unmodified_since = fetch->time;
    locate(fetch, fetch->position, &request->first, &left);
    if (fetch->foreground && !fetch->range_count && !fetch->position && fetch->size < FETCH_WHOLE_LIMIT)
    {
        request->last = fetch->size - 1;        /* BEH.HTTP.14 */
    }
    else
    {
        UINT64 block = fetch->foreground ? FETCH_WHOLE_LIMIT : fetch->block;

        request->ranged = TRUE;
        request->last = request->first + min(left, block) - 1;
    }
    fetch->block_start = now;
    return FETCH_GET;
}

/* TRUE if the reply was a redirect and is dealt with: followed, or refused by policy. */
static BOOL on_redirect(struct fetch *fetch, const struct fetch_reply *reply)
{
    const char *location = headers_find(reply->headers, "Location", NULL);
    struct url from, to;
    BOOL downgrade;
    WCHAR *target;
    HRESULT hr;

    if (reply->status != 301 && reply->status != 302 && reply->status != 303 && reply->status != 307 && reply->status != 308)
        return FALSE;
    /* BEH.HTTP.52: only http and https come out of url_resolve */
    if (!location || FAILED(url_resolve(fetch->url, location, &target))) return FALSE;

    if (FAILED(hr = url_parse(fetch->url, &from)))
    {
        free(target);
        fail(fetch, hr);
        return TRUE;
    }
    if (FAILED(hr = url_parse(target, &to)))
    {
        url_free(&from);
        free(target);
        return FALSE;
    }
    downgrade = from.scheme == URL_HTTPS && to.scheme == URL_HTTP && !(fetch->redirects & FETCH_REDIRECT_TO_HTTP);
    url_free(&from);

    if ((fetch->redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_DISALLOW)
    {
        /* BEH.HTTP.50, 55: fatal, and the client learns where it would have gone */
        if (set_url(fetch, target))
        {
            fail_status(fetch, reply->status);
            fetch->failure.class = FAILURE_FATAL;
        }
    }
    else if (downgrade || ++fetch->hops > FETCH_REDIRECT_LIMIT)
    {
        fail_status(fetch, reply->status);      /* BEH.HTTP.51 */
        fetch->failure.class = FAILURE_FATAL;
    }
    else if (set_url(fetch, target))
    {
        struct url origin;

        if (SUCCEEDED(url_parse(fetch->original_url, &origin)))
        {
            fetch->cross_origin = !url_same_origin(&origin, &to);
            url_free(&origin);
        }
        if ((fetch->redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_REPORT) fetch->phase = PHASE_RENAME;
    }
    url_free(&to);
    free(target);
    return TRUE;
}

/* Size or time of the remote file are no longer those of the bytes we have: this file starts again [BEH.CONSIST.2]. */
static void restart(struct fetch *fetch)
{
    fetch->restarts++;
    if (fetch->run_restarts++)
    {
        /* BEH.CONSIST.22: a file that keeps changing waits for the retry delay between two beginnings */
        fail(fetch, BG_E_REMOTE_FILE_CHANGED);
        fetch->failure.class = FAILURE_TRANSIENT;
        fetch->forget = TRUE;
        return;
    }
    fetch->position = 0;
    fetch->phase = PHASE_BEGIN;
}

/* A GET contradicted what HEAD had said: look again. */
static void look_again(struct fetch *fetch, UINT32 status)
{
    if (fetch->refused)
    {
        if (status) fail_status(fetch, status);
        else restart(fetch);
        return;
    }
    fetch->refused = status ? status : 1;
    fetch->phase = PHASE_HEAD;
}

static void on_head(struct fetch *fetch, const struct fetch_reply *reply)
{
    UINT64 size, time = 0;
    BOOL changed;
    HRESULT hr;

    if (reply->status != 200)
    {
        fail_status(fetch, reply->status);      /* BEH.HTTP.45 */
        return;
    }
    if (FAILED(hr = headers_content_length(reply->headers, &size)))
    {
        fail(fetch, hr);
        return;
    }
    if (hr == S_FALSE)
    {
        fail(fetch, BG_E_MISSING_FILE_SIZE);    /* BEH.HTTP.2 */
        return;
    }
    if (headers_date(reply->headers, "Last-Modified", &time) != S_OK) time = 0;

    /* BEH.CONSIST.21: without a date on either side the size alone decides */
    changed = size != fetch->size || (time && fetch->time && time != fetch->time);
    fetch->size = size;
    if (time || changed || !fetch->recorded) fetch->time = time;

    if (!ranges_fit(fetch))
    {
        fail(fetch, BG_E_INVALID_RANGE);        /* BEH.RANGE.5 */
        return;
    }
    if (fetch_total(fetch) > fetch->max_bytes)
    {
        fail(fetch, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
        return;
    }

    if (!fetch->recorded)
    {
        fetch->position = 0;
        fetch->phase = PHASE_BEGIN;
    }
    else if (changed || fetch->position > fetch_total(fetch))
        restart(fetch);
    else if (fetch->refused == 416)
    {
        /* BEH.HTTP.44 */
        if (fetch->range_count) fail(fetch, BG_E_INVALID_RANGE);
        else fail_ranges(fetch);
    }
    else
        fetch->phase = PHASE_GET;
}

/* Sets the end of the body that is about to come, in local offsets. TRUE: it is wanted. */
static BOOL want_body(struct fetch *fetch, UINT64 length)
{
    fetch->body_end = length == SIZE_UNKNOWN ? SIZE_UNKNOWN : fetch->position + length;
    return TRUE;
}

static BOOL on_get(struct fetch *fetch, const struct fetch_reply *reply)
{
    const struct fetch_request *request = &fetch->request;
    struct content_range range;
    UINT64 length;

    if (fetch->dynamic)
    {
        if (reply->status != 200)
        {
            fail_status(fetch, reply->status);
            return FALSE;
        }
        if (reply->length != SIZE_UNKNOWN && reply->length > fetch->max_bytes)
        {
            fail(fetch, BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
            return FALSE;
        }
        return want_body(fetch, reply->length);
    }

    switch (reply->status)
    {
    case 200:
        if (request->ranged && (request->first || request->last != fetch->size - 1 || fetch->range_count > 1))
        {
            fail_ranges(fetch);                 /* BEH.HTTP.34 */
            return FALSE;
        }
        if (reply->length != SIZE_UNKNOWN && reply->length != fetch->size)
        {
            look_again(fetch, 0);               /* BEH.CONSIST.7 */
            return FALSE;
        }
        return want_body(fetch, fetch->size);   /* BEH.HTTP.30, 33 */

    case 206:
        if (!request->ranged) break;
        /* BEH.HTTP.31, 32: what begins elsewhere or goes beyond is wrong, a shorter piece is taken as it is */
        if (headers_content_range(reply->headers, &range) != S_OK || range.first != request->first
            || range.last > request->last)
        {
            fail_ranges(fetch);
            return FALSE;
        }
        if (range.total != SIZE_UNKNOWN && range.total != fetch->size)
        {
            look_again(fetch, 0);
            return FALSE;
        }
        length = range.last - range.first + 1;
        if (reply->length != SIZE_UNKNOWN && reply->length != length)
        {
            fail(fetch, BG_E_INVALID_SERVER_RESPONSE);
            return FALSE;
        }
        return want_body(fetch, length);

    case 412:                                   /* BEH.CONSIST.6 */
        look_again(fetch, 412);
        return FALSE;

    case 416:                                   /* BEH.HTTP.44 */
        if (!request->ranged) break;
        look_again(fetch, 416);
        return FALSE;
    }
    fail_status(fetch, reply->status);
    return FALSE;
}

BOOL fetch_on_reply(struct fetch *fetch, const struct fetch_reply *reply)
{
    if (on_redirect(fetch, reply)) return FALSE;
    if (fetch->phase == PHASE_HEAD)
    {
        on_head(fetch, reply);
        fetch->hops = 0;
        if (fetch->phase != PHASE_FAILED) set_url(fetch, fetch->original_url); /* BEH.HTTP.54 */
        return FALSE;
    }
    return on_get(fetch, reply);
}

UINT32 fetch_on_data(struct fetch *fetch, UINT32 len)
{
    UINT64 limit = fetch->body_end;
    HRESULT hr = BG_E_INVALID_SERVER_RESPONSE;  /* BEH.HTTP.36 */

    if (fetch->dynamic && fetch->max_bytes < limit)
    {
        limit = fetch->max_bytes;
        hr = BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED;
    }
    if (limit != SIZE_UNKNOWN && len > limit - fetch->position)
    {
        len = (UINT32)(limit - fetch->position);
        fail(fetch, hr);
    }
    fetch->position += len;
    return len;
}

void fetch_on_end(struct fetch *fetch, UINT64 now)
{
    UINT64 took = now - fetch->block_start;

    if (fetch->phase == PHASE_FAILED) return;
    if (fetch->body_end != SIZE_UNKNOWN && fetch->position < fetch->body_end)
    {
        fail(fetch, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR)); /* BEH.HTTP.35 */
        return;
    }
    if (fetch->dynamic)
    {
        fetch->size = fetch->position;
        fetch->phase = PHASE_DONE;
        return;
    }
    if (took < FETCH_BLOCK_FAST_MSEC) fetch->block = min(fetch->block * 2, FETCH_BLOCK_MAX);
    else if (took > FETCH_BLOCK_SLOW_MSEC) fetch->block = max(fetch->block / 2, FETCH_BLOCK_MIN);
    fetch->hops = 0;
    fetch->refused = 0;
    set_url(fetch, fetch->original_url);
}

void fetch_on_error(struct fetch *fetch, HRESULT hr, UINT32 context)
{
    verdict_error(hr, context, &fetch->failure);
    fetch->phase = PHASE_FAILED;
}

void fetch_on_begun(struct fetch *fetch)
{
    fetch->recorded = TRUE;
    fetch->phase = PHASE_GET;
}

void fetch_on_renamed(struct fetch *fetch)
{
    WCHAR *name;

    if (!(name = str_dup(fetch->url)))
    {
        fail(fetch, E_OUTOFMEMORY);
        return;
    }
    free(fetch->original_url);
    fetch->original_url = name;
    /* the request that was redirected is made again at the new name */
    fetch->phase = fetch->request.head ? PHASE_HEAD : PHASE_GET;
}
