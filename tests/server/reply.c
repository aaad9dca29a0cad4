/*
 * One answer of the test server, as its part of the script says
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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#define DEFAULT_MODIFIED 1698796800
#define DEFAULT_BOUNDARY "next-part-7d5f0c1b"

/* a stretch of body: bytes of the pattern, or of data */
struct segment
{
    const char *data;
    char *owned;
    ts_u64 offset, size;
};

struct plan
{
    struct segment *segments;
    unsigned int count;
    ts_u64 size;                    /* of all segments */
    int status;
    struct buf content_range;       /* of a single range, or of 416 */
    int multipart;
};

struct range
{
    ts_u64 first, last;
};

const char *status_reason(int status)
{
    static const struct { int status; const char *reason; } reasons[] =
    {
        { 100, "Continue" }, { 102, "Processing" }, { 103, "Early Hints" }, { 200, "OK" }, { 201, "Created" },
        { 204, "No Content" }, { 206, "Partial Content" }, { 301, "Moved Permanently" }, { 302, "Found" },
        { 303, "See Other" }, { 304, "Not Modified" }, { 307, "Temporary Redirect" },
        { 308, "Permanent Redirect" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" },
        { 404, "Not Found" }, { 407, "Proxy Authentication Required" }, { 408, "Request Timeout" },
        { 409, "Conflict" }, { 412, "Precondition Failed" }, { 413, "Payload Too Large" },
        { 416, "Range Not Satisfiable" }, { 429, "Too Many Requests" }, { 500, "Internal Server Error" },
        { 501, "Not Implemented" }, { 502, "Bad Gateway" }, { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" }
    };
    unsigned int i;

    for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "Other";
}

void add_expanded(struct exchange *ex, struct buf *buf, const char *text, size_t size)
{
    size_t i, start = 0;
    char *host;

    for (i = 0; i < size; i++)
    {
        if (text[i] != '$' || i + 1 == size || text[i + 1] != '(') continue;
        buf_add(buf, text + start, i - start);
        start = i;
        if (size - i >= 7 && !memcmp(text + i, "$(host)", 7))
        {
            if ((host = exchange_header(ex, "Host"))) buf_text(buf, host);
            else
            {
                buf_text(buf, "127.0.0.1:");
                buf_u64(buf, server_port(ex->conn->server));
            }
            free(host);
            start = i + 7;
        }
        else if (size - i >= 7 && !memcmp(text + i, "$(port)", 7))
        {
            buf_u64(buf, server_port(ex->conn->server));
            start = i + 7;
        }
        else if (size - i >= 7 && !memcmp(text + i, "$(path)", 7))
        {
            buf_text(buf, ex->path);
            start = i + 7;
        }
        else if (size - i >= 9 && !memcmp(text + i, "$(target)", 9))
        {
            buf_text(buf, ex->target);
            start = i + 9;
        }
    }
    buf_add(buf, text + start, size - start);
}

/*
 * Dates
 */

static const char * const month_names[] =
    { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char * const day_names[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

static int is_leap(long year)
{
    return (year % 4 == 0 && year % 100) || year % 400 == 0;
}

static void format_date(char *buffer, ts_u64 seconds)
{
    long days = (long)(seconds / 86400), rest = (long)(seconds % 86400), year = 1970, month = 0, week = days % 7;

    for (; days >= 365 + is_leap(year); year++) days -= 365 + is_leap(year);
    for (; days >= month_days[month] + (month == 1 && is_leap(year)); month++)
        days -= month_days[month] + (month == 1 && is_leap(year));
    sprintf(buffer, "%s, %02ld %s %04ld %02ld:%02ld:%02ld GMT", day_names[week], days + 1, month_names[month],
            year, rest / 3600, rest / 60 % 60, rest % 60);
}

/* Seconds of "Wed, 01 Nov 2023 00:00:00 GMT"; 0 if it is no such date. */
static ts_u64 parse_date(const char *text)
{
    int day, year, hour, minute, second, month, y;
    char name[8];
    ts_u64 days = 0;

    if (!text || strlen(text) < 5) return 0;
    if (sscanf(text + 4, "%d %3s %d %d:%d:%d GMT", &day, name, &year, &hour, &minute, &second) != 6) return 0;
    for (month = 0; month < 12 && strcmp(name, month_names[month]); month++) ;
    if (month == 12 || year < 1970 || year > 9999 || day < 1 || day > 31) return 0;
    for (y = 1970; y < year; y++) days += 365 + is_leap(y);
    for (y = 0; y < month; y++) days += month_days[y] + (y == 1 && is_leap(year));
    return ((days + day - 1) * 24 + hour) * 3600 + minute * 60 + second;
}

/* The Last-Modified text; 0 if there is none. */
static int get_modified(const struct reply *reply, char *buffer, size_t size)
{
    if (!reply->modified) format_date(buffer, DEFAULT_MODIFIED);
    else if (!*reply->modified) return 0;
    else if (reply->modified[strspn(reply->modified, "0123456789")]) snprintf(buffer, size, "%s", reply->modified);
    else format_date(buffer, strtoull(reply->modified, NULL, 10));
    return 1;
}

/*
 * What the answer is made of
 */

static void add_segment(struct plan *plan, const char *data, char *owned, ts_u64 offset, ts_u64 size)
{
    struct segment *segments = realloc(plan->segments, (plan->count + 1) * sizeof(*segments)), *segment;

    if (!segments) abort();
    plan->segments = segments;
    segment = &segments[plan->count++];
    segment->data = owned ? owned : data;
    segment->owned = owned;
    segment->offset = offset;
    segment->size = size;
    plan->size += size;
}

/* bytes of the resource itself */
static void add_content(struct exchange *ex, struct plan *plan, struct buf *text, ts_u64 offset, ts_u64 size)
{
    char *copy;

    if (!ex->reply->text.data) add_segment(plan, NULL, NULL, offset, size);
    else if (offset <= text->size && size <= text->size - offset && size)
    {
        if (!(copy = malloc(size))) abort();
        memcpy(copy, text->data + offset, size);
        add_segment(plan, NULL, copy, 0, size);
    }
}

/* The satisfiable ranges of a Range header of a resource of that size; *count 0 if there are none.
 * Returns 0 if the header is not one to obey. */
static int parse_range_header(const char *text, ts_u64 total, struct range **ranges, unsigned int *count)
{
    struct range range, *list = NULL, *grown;

    *ranges = NULL;
    *count = 0;
    if (find_nocase(text, "bytes=") != text) return 0;
    text += 6;
    for (;;)
    {
        char *end;
        int good;

        while (*text == ' ' || *text == ',') text++;
        if (!*text) break;
        if (*text == '-')
        {
            ts_u64 suffix = strtoull(text + 1, &end, 10);

            if (end == text + 1) goto bad;
            range.first = suffix < total ? total - suffix : 0;
            range.last = total - 1;
            good = suffix && total;
        }
        else
        {
            range.first = strtoull(text, &end, 10);
            if (end == text || *end != '-') goto bad;
            text = end + 1;
            range.last = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : NO_VALUE;
            if (range.last == NO_VALUE) end = (char *)text;
            if (range.last < range.first) goto bad;
            good = range.first < total;
            if (good && range.last >= total) range.last = total - 1;
        }
        text = end;
        while (*text == ' ') text++;
        if (*text && *text != ',') goto bad;
        if (!good) continue;
        if (!(grown = realloc(list, (*count + 1) * sizeof(*list)))) abort();
        list = grown;
        list[(*count)++] = range;
    }
    *ranges = list;
    return 1;

bad:
    free(list);
    *count = 0;
    return 0;
}

static void add_content_range(const struct reply *reply, struct buf *buf, const struct range *range, ts_u64 total)
{
    buf_text(buf, "bytes ");
    if (range)
    {
        buf_u64(buf, range->first);
        buf_text(buf, "-");
        buf_u64(buf, range->last);
    }
    else buf_text(buf, "*");
    buf_text(buf, "/");
    if (reply->range_total_unknown) buf_text(buf, "*");
    else buf_u64(buf, reply->range_total != NO_VALUE ? reply->range_total : total);
}

static void bend_range(const struct reply *reply, struct range *range, ts_u64 total)
{
    range->first += reply->range_shift;
    range->first -= reply->range_early < range->first ? reply->range_early : range->first;
    if (range->first >= total) range->first = total - 1;
    range->last += reply->range_long;
    if (range->last >= total) range->last = total - 1;
    range->last -= reply->range_short < range->last ? reply->range_short : range->last;
    if (range->last < range->first) range->last = range->first;
}

static void plan_ranges(struct exchange *ex, struct plan *plan, struct buf *text, ts_u64 total,
                        struct range *ranges, unsigned int count)
{
    const struct reply *reply = ex->reply;
    const char *boundary = reply->boundary ? reply->boundary : DEFAULT_BOUNDARY;
    unsigned int i;

    for (i = 0; i < count; i++) bend_range(reply, &ranges[i], total);
    plan->status = 206;
    if (count == 1 && reply->ranges != RANGES_MULTIPART)
    {
        add_content_range(reply, &plan->content_range, &ranges[0], total);
        add_content(ex, plan, text, ranges[0].first + reply->range_lie, ranges[0].last - ranges[0].first + 1);
        return;
    }
    plan->multipart = 1;
    for (i = 0; i <= count; i++)
    {
        struct buf part = { NULL, 0, 0, 0 };

        buf_text(&part, i ? "\r\n--" : "--");
        buf_text(&part, boundary);
        if (i == count) buf_text(&part, "--\r\n");
        else
        {
            buf_text(&part, "\r\nContent-Type: application/octet-stream\r\nContent-Range: ");
            add_content_range(reply, &part, &ranges[i], total);
            buf_text(&part, "\r\n\r\n");
        }
        add_segment(plan, NULL, part.data, 0, part.size);
        if (i < count) add_content(ex, plan, text, ranges[i].first + reply->range_lie,
                                   ranges[i].last - ranges[i].first + 1);
    }
}

/* The status that the request's conditions lead to; 200 if they hold. */
static int check_conditions(struct exchange *ex, int *ignore_range)
{
    char *since = exchange_header(ex, "If-Unmodified-Since"), *match = exchange_header(ex, "If-Match");
    char *newer = exchange_header(ex, "If-Modified-Since"), *none = exchange_header(ex, "If-None-Match");
    char *if_range = exchange_header(ex, "If-Range"), buffer[128] = "";
    const char *etag = ex->reply->etag;
    int status = 200;
    ts_u64 modified;

    get_modified(ex->reply, buffer, sizeof(buffer));
    modified = parse_date(buffer);
    if (match)
    {
        if (!etag || (strcmp(match, "*") && !strstr(match, etag))) status = 412;
    }
    else if (since && modified && parse_date(since) && modified > parse_date(since)) status = 412;
    if (status == 200 && none)
    {
        if (etag && (!strcmp(none, "*") || strstr(none, etag))) status = 304;
    }
    else if (status == 200 && newer && modified && modified <= parse_date(newer)) status = 304;
    if (if_range && (!etag || strcmp(if_range, etag)) && strcmp(if_range, buffer)) *ignore_range = 1;
    free(since);
    free(match);
    free(newer);
    free(none);
    free(if_range);
    return status;
}

static void plan_body(struct exchange *ex, struct plan *plan)
{
    const struct reply *reply = ex->reply;
    struct buf text = { NULL, 0, 0, 0 };
    struct range *ranges = NULL;
    unsigned int count = 0;
    int ignore_range = 0;
    ts_u64 total = reply->size;
    char *header;

    plan->status = reply->status;
    if (reply->text.data)
    {
        add_expanded(ex, &text, reply->text.data, reply->text.size);
        total = text.size;
    }
    if (plan->status == 200 && !reply->no_conditions) plan->status = check_conditions(ex, &ignore_range);
    if (plan->status != reply->status)
    {
        buf_free(&text);
        return;
    }
    if (plan->status == 200 && !ignore_range && reply->ranges != RANGES_OFF && reply->ranges != RANGES_QUIET &&
        !strcmp(ex->method, "GET") && (header = exchange_header(ex, "Range")))
    {
        int obey = parse_range_header(header, total, &ranges, &count);

        free(header);
        if (obey && (!count || reply->ranges == RANGES_UNSATISFIABLE))
        {
            plan->status = 416;
            add_content_range(reply, &plan->content_range, NULL, total);
        }
        else if (obey && (count == 1 || reply->ranges != RANGES_SINGLE))
            plan_ranges(ex, plan, &text, total, ranges, count);
        free(ranges);
        if (plan->status != 200)
        {
            buf_free(&text);
            return;
        }
    }
    add_content(ex, plan, &text, 0, total);
    buf_free(&text);
}

/*
 * The head
 */

/* Whether the script leaves this header to the server. */
static int is_automatic(const struct reply *reply, const char *name)
{
    size_t len = strlen(name);
    unsigned int i;

    for (i = 0; i < reply->removed.count; i++) if (equal_nocase(reply->removed.items[i].data, name)) return 0;
    for (i = 0; i < reply->headers.count; i++)
        if (find_nocase(reply->headers.items[i].data, name) == reply->headers.items[i].data &&
            reply->headers.items[i].data[len] == ':') return 0;
    return 1;
}

static void add_auto(const struct reply *reply, struct buf *head, const char *name, const char *value)
{
    if (!is_automatic(reply, name)) return;
    buf_text(head, name);
    buf_text(head, ": ");
    buf_text(head, value);
    buf_text(head, "\r\n");
}

/* lines of a block, each ended by CRLF, that the script did not remove */
static void add_auto_block(const struct reply *reply, struct buf *head, const struct buf *block)
{
    const char *line, *end, *colon;
    char name[64];

    for (line = block->data; line && *line; line = end + 2)
    {
        end = strstr(line, "\r\n");
        colon = strchr(line, ':');
        snprintf(name, sizeof(name), "%.*s", (int)(colon - line), line);
        if (is_automatic(reply, name)) buf_add(head, line, end + 2 - line);
    }
}

static int is_authorized(struct exchange *ex)
{
    const struct reply *reply = ex->reply;
    char *header;
    int ret;

    if (!reply->auth_status) return 1;
    header = exchange_header(ex, reply->auth_status == 401 ? "Authorization" : "Proxy-Authorization");
    ret = header && find_nocase(header, "Basic ") == header && !strcmp(header + 6, reply->auth_token);
    free(header);
    return ret;
}

/* Write the names of all headers in small or capital letters. */
static void change_names(struct buf *head, int lower)
{
    char *line, *p;

    for (line = strstr(head->data, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
        for (p = line + 2; *p && *p != ':' && *p != '\r'; p++)
        {
            if (lower && *p >= 'A' && *p <= 'Z') *p += 'a' - 'A';
            else if (!lower && *p >= 'a' && *p <= 'z') *p -= 'a' - 'A';
        }
}

static void build_head(struct exchange *ex, struct plan *plan, struct buf *head, const struct buf *block,
                       int refused)
{
    const struct reply *reply = ex->reply;
    const char *version = reply->version ? reply->version : "HTTP/1.1";
    int bodyless = plan->status < 200 || plan->status == 204 || plan->status == 304;
    struct buf number = { NULL, 0, 0, 0 };
    unsigned int i, j;
    char line[256];

    if (reply->status_line.data && !refused)
        add_expanded(ex, head, reply->status_line.data, reply->status_line.size);
    else
    {
        sprintf(line, "%.100s %03d ", version, plan->status);
        buf_text(head, line);
        buf_text(head, reply->reason && plan->status == reply->status ? reply->reason : status_reason(plan->status));
    }
    buf_text(head, "\r\n");

    if (refused)
    {
        buf_text(head, plan->status == 401 ? "WWW-Authenticate" : "Proxy-Authenticate");
        buf_text(head, ": Basic realm=\"");
        buf_text(head, reply->auth_realm);
        buf_text(head, "\"\r\n");
    }
    add_auto_block(reply, head, block);
    if (plan->multipart)
    {
        snprintf(line, sizeof(line), "multipart/byteranges; boundary=%s",
                 reply->boundary ? reply->boundary : DEFAULT_BOUNDARY);
        add_auto(reply, head, "Content-Type", line);
    }
    else if (plan->size) add_auto(reply, head, "Content-Type", "application/octet-stream");
    if (!refused && plan->status < 400 && !reply->bits)
    {
        if (get_modified(reply, line, sizeof(line))) add_auto(reply, head, "Last-Modified", line);
        if (reply->etag) add_auto(reply, head, "ETag", reply->etag);
        if (reply->ranges != RANGES_QUIET)
            add_auto(reply, head, "Accept-Ranges", reply->ranges == RANGES_OFF ? "none" : "bytes");
    }
    if (plan->content_range.size) add_auto(reply, head, "Content-Range", plan->content_range.data);
    if (reply->chunk_size && !refused) add_auto(reply, head, "Transfer-Encoding", "chunked");
    else if (!reply->close_delimited && !reply->no_length && !bodyless)
    {
        buf_u64(&number, reply->claimed_length != NO_VALUE && !refused ? reply->claimed_length : plan->size);
        add_auto(reply, head, "Content-Length", number.data);
        buf_free(&number);
    }
    if (!ex->keep && !reply->close_quietly && strcmp(version, "HTTP/1.0"))
        add_auto(reply, head, "Connection", "close");

    for (i = 0; i < reply->headers.count; i++)
    {
        add_expanded(ex, head, reply->headers.items[i].data, reply->headers.items[i].size);
        buf_text(head, "\r\n");
    }
    for (i = 0; i < reply->fill_count; i++)
    {
        sprintf(line, "X-Fill-%u: ", i);
        buf_text(head, line);
        for (j = strlen(line); j < reply->fill_size; j++) buf_add(head, &"abcdefghijklmnopqrstuvwxyz"[(i + j) % 26], 1);
        buf_text(head, "\r\n");
    }
    if (reply->header_case) change_names(head, reply->header_case == 'l');
    buf_text(head, "\r\n");
}

/*
 * Sending
 */

static int gone(struct exchange *ex)
{
    ex->result = conn_stopping(ex->conn) ? "stopped" : "peer";
    ex->keep = 0;
    return 0;
}

/* state of a body being sent */
struct sender
{
    struct exchange *ex;
    unsigned int next_event;
    ts_u64 start;                   /* for the rate */
    ts_u64 left;                    /* of the whole body */
    ts_u64 chunk_left;
};

/* Carry out what the script has for this offset; 0: the answer ends here. */
static int run_events(struct sender *sender)
{
    struct exchange *ex = sender->ex;
    const struct reply *reply = ex->reply;

    for (; sender->next_event < reply->event_count; sender->next_event++)
    {
        const struct event *event = &reply->events[sender->next_event];

        if (event->offset > ex->sent) break;
        switch (event->kind)
        {
        case EVENT_DELAY:
            if (!conn_pause(ex->conn, event->ms)) return gone(ex);
            break;
        case EVENT_STALL:
            ex->result = "stalled";
            ex->keep = 0;
            conn_pause(ex->conn, -1);
            return 0;
        case EVENT_RESET:
            conn_reset(ex->conn);
            /* fall through */
        case EVENT_CUT:
            ex->result = event->kind == EVENT_RESET ? "reset" : "cut";
            ex->keep = 0;
            return 0;
        }
    }
    return 1;
}

/* Send at most `size` body bytes of data; *done tells how many. */
static int send_piece(struct sender *sender, const char *data, ts_u64 size, size_t *done)
{
    struct exchange *ex = sender->ex;
    const struct reply *reply = ex->reply;
    ts_u64 before = ex->sent, due, now;
    char line[32];

    *done = 0;
    if (!run_events(sender)) return 0;
    if (reply->chunk_size && !sender->chunk_left)
    {
        struct buf head = { NULL, 0, 0, 0 };
        int ret;

        sender->chunk_left = sender->left < reply->chunk_size ? sender->left : reply->chunk_size;
        sprintf(line, "%x", (unsigned int)sender->chunk_left);
        buf_text(&head, line);
        if (reply->chunk_extension.data) buf_add(&head, reply->chunk_extension.data, reply->chunk_extension.size);
        buf_text(&head, "\r\n");
        ret = conn_send(ex->conn, head.data, head.size, NULL);
        buf_free(&head);
        if (!ret) return gone(ex);
    }

    if (size > 1024 * 1024) size = 1024 * 1024;
    if (reply->chunk_size && size > sender->chunk_left) size = sender->chunk_left;
    if (sender->next_event < reply->event_count && size > reply->events[sender->next_event].offset - ex->sent)
        size = reply->events[sender->next_event].offset - ex->sent;
    if (reply->rate && size > reply->rate / 20 + 1) size = reply->rate / 20 + 1;

    if (!conn_send(ex->conn, data, size, &ex->sent))
    {
        server_count_body(ex->conn->server, ex->sent - before);
        return gone(ex);
    }
    server_count_body(ex->conn->server, size);
    *done = size;
    sender->left -= size;
    if (reply->chunk_size && !(sender->chunk_left -= size) && !conn_send(ex->conn, "\r\n", 2, NULL)) return gone(ex);
    if (reply->rate)
    {
        due = sender->start + ex->sent * 1000 / reply->rate;
        now = server_now(ex->conn->server);
        if (due > now && !conn_pause(ex->conn, due - now)) return gone(ex);
    }
    return 1;
}

static int send_body(struct exchange *ex, struct plan *plan)
{
    const struct reply *reply = ex->reply;
    ts_u64 shift = pattern_shift(reply->pattern ? reply->pattern : ex->path);
    struct sender sender;
    unsigned int i;
    size_t n, done;

    memset(&sender, 0, sizeof(sender));
    sender.ex = ex;
    sender.start = server_now(ex->conn->server);
    sender.left = plan->size;
    for (i = 0; i < plan->count; i++)
    {
        struct segment *segment = &plan->segments[i];

        while (segment->size)
        {
            const char *data = segment->data;

            n = segment->size < 0x40000000 ? segment->size : 0x40000000;
            if (!data)
            {
                size_t available;

                data = pattern_at(shift, segment->offset, &available);
                if (n > available) n = available;
            }
            if (!send_piece(&sender, data, n, &done)) return 0;
            if (segment->data) segment->data += done;
            segment->offset += done;
            segment->size -= done;
        }
    }
    /* events at the very end: a stall instead of the end, a cut instead of the last chunk */
    return run_events(&sender);
}

static int send_chunk_end(struct exchange *ex)
{
    const struct reply *reply = ex->reply;
    struct buf end = { NULL, 0, 0, 0 };
    unsigned int i;
    int ret;

    if (reply->chunk_end.data) buf_add(&end, reply->chunk_end.data, reply->chunk_end.size);
    else
    {
        buf_text(&end, "0");
        if (reply->chunk_extension.data) buf_add(&end, reply->chunk_extension.data, reply->chunk_extension.size);
        buf_text(&end, "\r\n");
        for (i = 0; i < reply->trailers.count; i++)
        {
            add_expanded(ex, &end, reply->trailers.items[i].data, reply->trailers.items[i].size);
            buf_text(&end, "\r\n");
        }
        buf_text(&end, "\r\n");
    }
    ret = !end.size || conn_send(ex->conn, end.data, end.size, NULL);
    buf_free(&end);
    return ret || gone(ex);
}

/* Relay between the client and the target of a CONNECT. */
static void run_tunnel(struct exchange *ex)
{
    static const char reply[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    static const char failure[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct connection *conn = ex->conn;
    int open_in = 1, open_out = 1;
    struct addrinfo hints, *info = NULL;
    ts_socket fd = TS_NO_SOCKET;
    char *host, *port, *buffer;

    ex->keep = 0;
    if ((host = malloc(strlen(ex->target) + 1)))
    {
        strcpy(host, ex->target);
        memset(&hints, 0, sizeof(hints));
        hints.ai_family = AF_INET;
        hints.ai_socktype = SOCK_STREAM;
        if ((port = strrchr(host, ':'))) *port++ = 0;
        if (port && !getaddrinfo(host, port, &hints, &info))
        {
            fd = socket(AF_INET, SOCK_STREAM, 0);
            if (fd != TS_NO_SOCKET && connect(fd, info->ai_addr, (int)info->ai_addrlen))
            {
                ts_close(fd);
                fd = TS_NO_SOCKET;
            }
            freeaddrinfo(info);
        }
        free(host);
    }
    if (fd == TS_NO_SOCKET || !(buffer = malloc(65536)))
    {
        ex->status = 502;
        conn_send(conn, failure, sizeof(failure) - 1, NULL);
        return;
    }
    ex->status = 200;
    ts_unblock(fd);
    if (conn_send(conn, reply, sizeof(reply) - 1, NULL))
    {
        struct connection other = *conn;

        other.fd = fd;
        /* what the client sent early */
        if (conn->in_size > conn->in_pos) conn_send(&other, conn->in + conn->in_pos, conn->in_size - conn->in_pos, NULL);
        conn->in_pos = conn->in_size;
        while (open_in || open_out)
        {
            short from_client = 0, from_target = 0;
            int n;

            if (!conn_wait_two(conn, fd, open_in ? POLLIN : 0, open_out ? POLLIN : 0, &from_client, &from_target)) break;
            if (from_client)
            {
                n = recv(conn->fd, buffer, 65536, 0);
                if (n < 0 && ts_would_block()) continue;
                if (n <= 0)
                {
                    open_in = 0;
                    shutdown(fd, TS_WRITE);
                }
                else if (!conn_send(&other, buffer, n, NULL)) break;
            }
            if (from_target)
            {
                n = recv(fd, buffer, 65536, 0);
                if (n < 0 && ts_would_block()) continue;
                if (n <= 0)
                {
                    open_out = 0;
                    shutdown(conn->fd, TS_WRITE);
                }
                else if (!conn_send(conn, buffer, n, &ex->sent)) break;
            }
        }
    }
    free(buffer);
    ts_close(fd);
}

void reply_send(struct exchange *ex)
{
    static const struct buf no_block = { NULL, 0, 0, 0 };
    struct connection *conn = ex->conn;
    const struct reply *reply = ex->reply;
    struct buf head = { NULL, 0, 0, 0 }, text = { NULL, 0, 0, 0 }, block = no_block;
    struct plan plan;
    unsigned int i;
    int refused;

    memset(&plan, 0, sizeof(plan));
    ex->result = "complete";
    if (reply->answer != ANSWER_NORMAL && reply->answer != ANSWER_TUNNEL)
    {
        ex->keep = 0;
        ex->result = "dropped";
        if (reply->delay && !conn_pause(conn, reply->delay)) gone(ex);
        else if (reply->answer == ANSWER_SILENT)
        {
            ex->result = "silent";
            conn_pause(conn, -1);
        }
        else if (reply->answer == ANSWER_REFUSE)
        {
            ex->result = "reset";
            conn_reset(conn);
        }
        return;
    }
    if (reply->delay && !conn_pause(conn, reply->delay))
    {
        gone(ex);
        return;
    }
    for (i = 0; i < reply->info_count; i++)
    {
        char line[64];

        sprintf(line, "HTTP/1.1 %d %s\r\nX-Number: %u\r\n\r\n", reply->info_status, status_reason(reply->info_status), i);
        if (!conn_send(conn, line, strlen(line), NULL))
        {
            gone(ex);
            return;
        }
    }

    refused = !is_authorized(ex);
    if (reply->answer == ANSWER_TUNNEL && !refused)
    {
        run_tunnel(ex);
        return;
    }
    if (reply->raw.data && !refused)
    {
        add_expanded(ex, &head, reply->raw.data, reply->raw.size);
        if (reply->close || reply->close_quietly || reply->close_delimited) ex->keep = 0;
        if (head.size && !conn_send(conn, head.data, head.size, NULL)) gone(ex);
        buf_free(&head);
        return;
    }

    if (refused) plan.status = reply->auth_status;
    else if (reply->bits)
    {
        upload_answer(ex, &block);
        plan.status = ex->status;
        if (reply->bits_hold && !conn_pause(conn, reply->bits_hold))
        {
            buf_free(&block);
            gone(ex);
            return;
        }
        add_expanded(ex, &text, reply->text.data, reply->text.size);
        if (text.size) add_content(ex, &plan, &text, 0, text.size);
    }
    else plan_body(ex, &plan);
    ex->status = plan.status;
    if (reply->close || reply->close_quietly || reply->close_delimited ||
        (reply->version && !strcmp(reply->version, "HTTP/1.0"))) ex->keep = 0;
    if (!refused && !reply->chunk_size && strcmp(ex->method, "HEAD") &&
        (reply->no_length || (reply->claimed_length != NO_VALUE && reply->claimed_length != plan.size))) ex->keep = 0;
    if (plan.status == 204 || plan.status == 304)
        for (i = 0, plan.size = 0; i < plan.count; i++) plan.segments[i].size = 0;

    build_head(ex, &plan, &head, &block, refused);
    buf_free(&block);
    if (head.failed) abort();
    if (reply->head_limit < head.size)
    {
        ex->keep = 0;
        ex->result = reply->head_reset ? "reset" : "cut";
        if (reply->head_limit && !conn_send(conn, head.data, reply->head_limit, NULL)) gone(ex);
        else if (reply->head_reset) conn_reset(conn);
    }
    else if (!conn_send(conn, head.data, head.size, NULL)) gone(ex);
    else if (strcmp(ex->method, "HEAD"))
    {
        ex->planned = plan.size;
        if (send_body(ex, &plan) && reply->chunk_size && !refused) send_chunk_end(ex);
    }
    buf_free(&head);
    buf_free(&text);
    buf_free(&plan.content_range);
    for (i = 0; i < plan.count; i++) free(plan.segments[i].owned);
    free(plan.segments);
}
