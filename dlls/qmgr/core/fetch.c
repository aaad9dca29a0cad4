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
    fetch->forget = fetch->have.total > 0;
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

/* The next request starts at the remote name again [BEH.HTTP.54]. */
static BOOL start_over(struct fetch *fetch)
{
    fetch->hops = 0;
    fetch->cross_origin = FALSE;
    return set_url(fetch, fetch->original_url);
}

static void end_multipart(struct fetch *fetch)
{
    if (fetch->in_multipart) multipart_free(&fetch->multipart);
    fetch->in_multipart = FALSE;
}

/* Local end of all that is there. */
static UINT64 have_end(const struct fetch *fetch)
{
    UINT64 offset, length, end = 0;

    while (ranges_next(&fetch->have, end, &offset, &length)) end = offset + length;
    return end;
}

HRESULT fetch_want(struct fetch *fetch, const struct range_set *requested, UINT64 first_wanted)
{
    struct range_set copy;
    HRESULT hr;

    ranges_init(&copy);
    if (requested && FAILED(hr = ranges_copy(&copy, requested))) return hr;
    ranges_free(&fetch->requested);
    fetch->requested = copy;
    fetch->first_wanted = first_wanted;
    return S_OK;
}

HRESULT fetch_init(struct fetch *fetch, const struct fetch_params *params)
{
    HRESULT hr = S_OK;

    memset(fetch, 0, sizeof(*fetch));
    ranges_init(&fetch->have);
    ranges_init(&fetch->requested);
    fetch->on_demand = params->on_demand;
    fetch->moved = params->moved;
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
    else
    {
        if (params->received) hr = ranges_copy(&fetch->have, params->received);
        else if (params->position) hr = ranges_add(&fetch->have, 0, params->position);
        if (SUCCEEDED(hr)) hr = fetch_want(fetch, params->requested, params->first_wanted);
    }
    if (!(fetch->original_url = str_dup(params->url)) || !(fetch->url = str_dup(params->url))) hr = E_OUTOFMEMORY;
    if (FAILED(hr)) fetch_free(fetch);
    return hr;
}

void fetch_free(struct fetch *fetch)
{
    end_multipart(fetch);
    ranges_free(&fetch->have);
    ranges_free(&fetch->requested);
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

/*
 * The run of missing local octets that comes next.  S_FALSE: the file is whole, or on demand all that was asked for is there; BG_E_INVALID_RANGE:
 * the client asked for what lies outside the file [FILE6.RequestFileRanges.A3].
 */
static HRESULT next_gap(const struct fetch *fetch, UINT64 total, UINT64 *offset, UINT64 *length)
{
    UINT64 start = 0, len = 0, end;

    while (!fetch->range_count && ranges_next(&fetch->requested, start + len, &start, &len))
    {
        end = start + len;
        if (start >= total || (end > total && end != SIZE_UNKNOWN)) return BG_E_INVALID_RANGE;
        if (ranges_gap(&fetch->have, start, min(end, total), offset, length)) return S_OK;
        if (end >= total) break;
    }
    if (fetch->on_demand) return S_FALSE;
    if (fetch->first_wanted < total && ranges_gap(&fetch->have, fetch->first_wanted, total, offset, length)) return S_OK;
    return ranges_gap(&fetch->have, 0, total, offset, length) ? S_OK : S_FALSE;
}

/* Takes further pieces into the request while they follow each other in the local file and the block has room. */
static void add_pieces(struct fetch *fetch, UINT64 local, UINT64 gap_end, UINT64 block)
{
    struct fetch_request *request = &fetch->request;
    UINT64 remote, left;

    while (local < gap_end && block)
    {
        struct content_range *piece = request->piece_count ? &fetch->pieces[request->piece_count - 1] : NULL;

        locate(fetch, local, &remote, &left);
        left = min(min(left, gap_end - local), block);
        if (piece && piece->last + 1 == remote) piece->last += left;        /* nothing for a server to consolidate */
        else
        {
            if (request->piece_count == (fetch->single ? 1 : FETCH_PIECES_MAX)) break;
            piece = &fetch->pieces[request->piece_count++];
            piece->first = remote;
            piece->last = remote + left - 1;
            piece->total = SIZE_UNKNOWN;        /* another one is no fault of the server, see fetch_on_body */
        }
        local += left;
        block -= left;
    }
    request->pieces = fetch->pieces;
    fetch->asked_pieces = request->piece_count;
    request->first = fetch->pieces[0].first;
    request->last = fetch->pieces[0].last;
}

enum fetch_step fetch_next(struct fetch *fetch, UINT64 now)
{
    struct fetch_request *request = &fetch->request;
    UINT64 total, offset, length;
    HRESULT hr;

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
    total = fetch_total(fetch);
    if (FAILED(hr = next_gap(fetch, total, &offset, &length)))
    {
        fail(fetch, hr);
        return FETCH_FAILED;
    }
    if (hr == S_FALSE)
    {
        if (fetch->have.total < total) return FETCH_PARTIAL;
        fetch->position = total;
        fetch->phase = PHASE_DONE;              /* also the empty file: no GET at all [BEH.HTTP.37] */
        return FETCH_DONE;
    }

    fetch->position = offset;
    request->unmodified_since = fetch->time;
    fetch->block_start = now;
    if (fetch->foreground && !fetch->range_count && length == fetch->size && fetch->size < FETCH_WHOLE_LIMIT)
    {
        request->last = fetch->size - 1;        /* BEH.HTTP.14 */
        return FETCH_GET;
    }
    request->ranged = TRUE;
    if (fetch->foreground) add_pieces(fetch, offset, offset + length, FETCH_WHOLE_LIMIT);
    else add_pieces(fetch, offset, offset + length, fetch->block_limit ? min(fetch->block, fetch->block_limit) : fetch->block);
    return FETCH_GET;
}

/* The scheme of an absolute reference is none that is ever followed [BEH.HTTP.52]. */
static BOOL has_foreign_scheme(const char *location)
{
    WCHAR scheme[8];
    UINT32 len = 0;
    char c;

    while (*location == ' ' || *location == '\t') location++;
    for (; (c = location[len]) != ':'; len++)
    {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) continue;
        if (!len || ((c < '0' || c > '9') && c != '+' && c != '-' && c != '.')) return FALSE;
    }
    if (len < 4 || len > 5) return len > 0;
    for (c = 0; (UINT32)c < len; c++) scheme[(int)c] = (BYTE)location[(int)c];
    scheme[len] = 0;
    return str_icmp(scheme, L"http") && str_icmp(scheme, L"https");
}

/* TRUE if the reply was a redirect and is dealt with: followed, or refused by policy. */
static BOOL on_redirect(struct fetch *fetch, const struct fetch_reply *reply)
{
    const char *location = headers_find(reply->headers, "Location", NULL);
    struct url from, to;
    BOOL downgrade;
    WCHAR *target;
    HRESULT hr;

    if (reply->status != 301 && reply->status != 302 && reply->status != 303 && reply->status != 307 && reply->status != 308
        /* a choice, which is nobody's here to make; but whoever wants no redirect is told where it leads [HTTP.SetSecurityFlags.8] */
        && (reply->status != 300 || (fetch->redirects & FETCH_REDIRECT_MASK) != FETCH_REDIRECT_DISALLOW))
        return FALSE;
    if (!location) return FALSE;
    /* only http and https come out of url_resolve [BEH.HTTP.52] */
    if (FAILED(url_resolve(fetch->url, location, &target)))
    {
        if ((fetch->redirects & FETCH_REDIRECT_MASK) == FETCH_REDIRECT_DISALLOW || !has_foreign_scheme(location)) return FALSE;
        fail(fetch, HRESULT_FROM_WIN32(ERROR_WINHTTP_UNRECOGNIZED_SCHEME)); /* ERR.0x80072EE6 */
        return TRUE;
    }

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
    else if (downgrade)
    {
        fail_status(fetch, reply->status);      /* BEH.HTTP.51 */
        fetch->failure.class = FAILURE_FATAL;
    }
    else if (++fetch->hops > FETCH_REDIRECT_LIMIT)
        fail(fetch, HRESULT_FROM_WIN32(ERROR_WINHTTP_REDIRECT_FAILED)); /* ERR.0x80072F7C */
    else if (set_url(fetch, target))
    {
        struct url origin;

        fetch->cross_origin = TRUE;     /* also when nobody can tell */
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
    if (fetch->on_demand && fetch->have.total)
    {
        /* ERR.0x80200073: what the client has read is of another file */
        fail(fetch, BG_E_REMOTE_FILE_CHANGED);
        fetch->forget = TRUE;
        return;
    }
    if (fetch->run_restarts++)
    {
        /* BEH.CONSIST.22: a file that keeps changing waits for the retry delay between two beginnings */
        fail(fetch, BG_E_REMOTE_FILE_CHANGED);
        fetch->failure.class = FAILURE_TRANSIENT;
        fetch->forget = TRUE;
        return;
    }
    fetch->position = 0;
    ranges_free(&fetch->have);
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
    if (start_over(fetch)) fetch->phase = PHASE_HEAD;
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
        ranges_free(&fetch->have);
        fetch->phase = PHASE_BEGIN;
    }
    else if (changed || have_end(fetch) > fetch_total(fetch))
        restart(fetch);
    else if (fetch->refused == 416 && fetch->asked_pieces > 1)
    {
        fetch->single = TRUE;                   /* it may not like several at once */
        fetch->refused = 0;
        fetch->phase = PHASE_GET;
    }
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

/* Another date than HEAD gave, whatever the server made of If-Unmodified-Since [BEH.CONSIST.2]. */
static BOOL has_other_time(const struct fetch *fetch, const struct fetch_reply *reply)
{
    UINT64 time;

    return fetch->time && headers_date(reply->headers, "Last-Modified", &time) == S_OK && time != fetch->time;
}

/* The one range of a reply covers more than one of those asked for: the server has put them together. */
static BOOL is_merged(const struct fetch_request *request, const struct content_range *range)
{
    UINT32 i, count = 0;

    for (i = 0; i < request->piece_count; i++)
        if (range->first <= request->pieces[i].first && range->last >= request->pieces[i].last) count++;
    return count > 1;
}

static BOOL on_partial(struct fetch *fetch, const struct fetch_reply *reply)
{
    const struct fetch_request *request = &fetch->request;
    const char *type = headers_find(reply->headers, "Content-Type", NULL);
    struct content_range range;
    UINT64 length;
    HRESULT hr;

    if (headers_content_range(reply->headers, &range) != S_OK && type && multipart_is(type))
    {
        if (FAILED(hr = multipart_init(&fetch->multipart, type, request->pieces, request->piece_count)))
        {
            fail(fetch, hr);                    /* BEH.RANGE.5 */
            return FALSE;
        }
        fetch->in_multipart = TRUE;
        fetch->body_end = SIZE_UNKNOWN;
        return TRUE;
    }
    /* BEH.HTTP.31, 32: what begins elsewhere or goes beyond is wrong, a shorter piece is taken as it is */
    if (headers_content_range(reply->headers, &range) != S_OK || range.first != request->first || range.last > request->last)
    {
        if (request->piece_count > 1 && is_merged(request, &range)) fail(fetch, BG_E_INVALID_SERVER_RESPONSE); /* BEH.HTTP.5 */
        else fail_ranges(fetch);
        return FALSE;
    }
    if (request->piece_count > 1) fetch->single = TRUE;
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
}

static BOOL on_get(struct fetch *fetch, const struct fetch_reply *reply)
{
    const struct fetch_request *request = &fetch->request;

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

    if ((reply->status == 200 || reply->status == 206) && has_other_time(fetch, reply))
    {
        look_again(fetch, 0);
        return FALSE;
    }
    switch (reply->status)
    {
    case 200:
        if (request->piece_count > 1)
        {
            fetch->single = TRUE;               /* a server may answer several ranges with everything: one at a time then */
            fetch_on_interrupt(fetch);
            return FALSE;
        }
        if (request->ranged && (request->first || request->last != fetch->size - 1 || fetch->range_count > 1))
        {
            if (fetch->moved && fetch->have.total) restart(fetch);      /* FILE2.SetRemoteName.7 */
            else fail_ranges(fetch);            /* BEH.HTTP.34 */
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
        return on_partial(fetch, reply);

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
        if (fetch->phase != PHASE_FAILED) start_over(fetch);
        return FALSE;
    }
    return on_get(fetch, reply);
}

/* Octets of the file at the present position. */
static void advance(struct fetch *fetch, UINT32 len)
{
    HRESULT hr;

    if (FAILED(hr = ranges_add(&fetch->have, fetch->position, len)))
    {
        fail(fetch, hr);
        return;
    }
    fetch->position += len;
}

UINT32 fetch_on_body(struct fetch *fetch, const void *body, UINT32 len, const void **data, UINT32 *data_len)
{
    UINT64 offset;
    const char *found;
    size_t used, run;
    HRESULT hr;

    *data = body;
    if (!fetch->in_multipart)
    {
        *data_len = fetch_on_data(fetch, len);
        return len;
    }
    *data_len = 0;
    if (FAILED(hr = multipart_read(&fetch->multipart, body, len, &used, &found, &run, &offset)))
    {
        fail(fetch, hr);
        return len;
    }
    if (!run) return (UINT32)used;
    if (fetch->multipart.range.total != SIZE_UNKNOWN && fetch->multipart.range.total != fetch->size)
    {
        look_again(fetch, 0);                           /* BEH.CONSIST.7 */
        end_multipart(fetch);
        return len;
    }
    /* the reader takes no other ranges than those asked for, in order: what comes belongs at the present position */
    *data = found;
    *data_len = (UINT32)run;
    advance(fetch, (UINT32)run);
    return (UINT32)used;
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
    advance(fetch, len);
    return len;
}

BOOL fetch_wants_body(const struct fetch *fetch)
{
    return fetch->phase == PHASE_GET;
}

void fetch_on_interrupt(struct fetch *fetch)
{
    end_multipart(fetch);
    if (fetch->phase == PHASE_GET) start_over(fetch);
}

void fetch_on_cut(struct fetch *fetch)
{
    fetch_on_interrupt(fetch);
    if (fetch->phase != PHASE_GET || !fetch->have.total) return;
    ranges_free(&fetch->have);
    fetch->position = 0;
    fetch->phase = PHASE_BEGIN;
}

void fetch_on_end(struct fetch *fetch, UINT64 now)
{
    UINT64 took = now - fetch->block_start;

    HRESULT hr;

    if (fetch->phase == PHASE_FAILED) return;
    if (fetch->in_multipart)
    {
        hr = multipart_end(&fetch->multipart);
        end_multipart(fetch);
        if (hr == HRESULT_FROM_WIN32(ERROR_HANDLE_EOF)) hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
        if (FAILED(hr))
        {
            fail(fetch, hr);
            return;
        }
    }
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
    if (took < FETCH_BLOCK_GROW_MSEC) fetch->block = min(fetch->block * 4, FETCH_BLOCK_MAX);
    else if (took < FETCH_BLOCK_FAST_MSEC) fetch->block = min(fetch->block * 2, FETCH_BLOCK_MAX);
    else if (took > FETCH_BLOCK_SLOW_MSEC) fetch->block = max(fetch->block / 2, FETCH_BLOCK_MIN);
    fetch->refused = 0;
    start_over(fetch);
}

void fetch_on_error(struct fetch *fetch, HRESULT hr, UINT32 context)
{
    verdict_error(hr, context, &fetch->failure);
    fetch->phase = PHASE_FAILED;
}

void fetch_on_begun(struct fetch *fetch)
{
    ranges_free(&fetch->have);
    fetch->position = 0;
    fetch->moved = FALSE;
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
    fetch->cross_origin = FALSE;
    /* the request that was redirected is made again at the new name */
    fetch->phase = fetch->request.head ? PHASE_HEAD : PHASE_GET;
}
