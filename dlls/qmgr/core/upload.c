/*
 * The upload of one file to a BITS server: a state machine without a network
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

#include "core/upload.h"
#include "core/url.h"

/* A phase is the packet to be sent, or one of these. */
enum phase
{
    PHASE_REPLY = UPLOAD_CANCEL + 1,
    PHASE_DONE,
    PHASE_FAILED
};

/* Of the record that is due before anything else happens. */
enum due
{
    DUE_NOTHING,
    DUE_OWED,
    DUE_ASKED
};

/* What an Ack says of its request, apart from the fields of one packet. */
struct ack
{
    UINT32 status;
    const struct header_list *headers;
    BOOL success;
    HRESULT code;               /* S_OK if the server names none */
    UINT32 context;
};

static const char * const packet_names[] = { "Ping", "Create-Session", "Fragment", "Close-Session", "Cancel-Session" };

const char *upload_packet_name(enum upload_packet packet)
{
    return packet_names[packet];
}

static void fail(struct upload *upload, HRESULT hr)
{
    verdict_error(hr, CONTEXT_REMOTE_FILE, &upload->failure);
    upload->phase = PHASE_FAILED;
}

/* The server has refused the request [BUP.ERR.6, 7]. */
static void fail_ack(struct upload *upload, const struct ack *ack)
{
    verdict_status(ack->status, &upload->failure);
    upload->failure.context = ack->context;
    upload->phase = PHASE_FAILED;
    if (!ack->code) return;
    upload->failure.hr = ack->code;
    switch (ack->code)
    {
    case BG_E_TOO_LARGE:
    case BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH:
    case BG_E_SERVER_EXECUTE_ENABLE:
    case E_INVALIDARG:
    case E_ACCESSDENIED:
        upload->failure.class = FAILURE_FATAL;
    }
}

/* The failure of looking at what the server has sent. */
static HRESULT server_fault(HRESULT hr)
{
    return hr == E_INVALIDARG ? BG_E_INVALID_SERVER_RESPONSE : hr;
}

/* The session */

static void drop_host(struct upload_session *session)
{
    free(session->host);
    session->host = NULL;
    session->host_timeout = 0;
    session->host_failed = 0;
}

static void set_host_url(struct upload *upload, WCHAR *url)
{
    free(upload->host_url);
    upload->host_url = url;
    upload->request.url = url ? url : upload->url;
}

/* From the next packet on the remote name's own host is asked [BUP.HOST.5]. */
static void forget_host(struct upload *upload)
{
    drop_host(&upload->session);
    set_host_url(upload, NULL);
    upload->record = DUE_OWED;
}

static BOOL host_expired(const struct upload *upload, UINT64 time)
{
    const struct upload_session *session = &upload->session;

    if (!session->host_failed || session->host_timeout == UPLOAD_NEVER || time < session->host_failed) return FALSE;
    return time - session->host_failed >= session->host_timeout * TICKS_PER_SECOND;
}

static size_t authority_len(const WCHAR *p)
{
    size_t len = 0;

    while (p[len] && p[len] != '/' && p[len] != '?' && p[len] != '#') len++;
    return len;
}

/* A character of a host or a port. What follows upon each other is for core/url to say. */
static BOOL is_host_char(WCHAR c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && c < 0x80 && strchr("-._~!$&'()+,;=:[]", c));
}

/* Length of ":port" at the end of s[0..len), 0 if there is none. A literal ends in its bracket. */
static size_t port_len(const WCHAR *s, size_t len)
{
    size_t i;

    for (i = len; i && s[i - 1] != ']'; i--)
        if (s[i - 1] == ':') return len - (i - 1);
    return 0;
}

/* url with the host in it: scheme, user, path and query stay, the port if the host comes without one [BUP.HOST.1]. */
static HRESULT make_host_url(const WCHAR *url, const WCHAR *host, WCHAR **ret)
{
    size_t host_len = str_nlen(host, UPLOAD_HOST_ID_MAX + 1), before, port, end, i;
    BOOL literal = url_is_ipv6(host, host_len);
    WCHAR *result, *out;
    HRESULT hr;

    if (host_len > UPLOAD_HOST_ID_MAX) return BG_E_INVALID_SERVER_RESPONSE;     /* BUP.HDR.14 */
    for (i = 0; i < host_len; i++) if (!is_host_char(host[i])) return BG_E_INVALID_SERVER_RESPONSE;
    if (FAILED(hr = url_split(url, NULL))) return server_fault(hr);

    before = str_chr(url, ':') + 3 - url;
    end = before + authority_len(url + before);
    for (i = before; i < end; i++) if (url[i] == '@') before = i + 1;
    port = literal || !port_len(host, host_len) ? end - port_len(url + before, end - before) : end;

    if (!(result = out = malloc((str_len(url) + host_len + 3) * sizeof(*out)))) return E_OUTOFMEMORY;
    memcpy(out, url, before * sizeof(*out));
    out += before;
    if (literal) *out++ = '[';
    memcpy(out, host, host_len * sizeof(*out));
    out += host_len;
    if (literal) *out++ = ']';
    memcpy(out, url + port, (str_len(url + port) + 1) * sizeof(*out));
    if (SUCCEEDED(hr = url_split(result, NULL)))
    {
        *ret = result;
        return S_OK;
    }
    free(result);
    return server_fault(hr);
}

/* What is to be done when the server can be talked to. */
static UINT32 next_phase(const struct upload *upload)
{
    if (!upload->reply_done)
    {
        if (upload->reply_url) return PHASE_REPLY;                              /* BUP.REPLY.5 */
        if (!upload->session.id) return UPLOAD_CREATE;
        /* of an empty file the offset does not tell whether it has arrived [BUP.FRAG.22]; without the reply's URL the last Ack is missing */
        if (upload->acknowledged < upload->size || (!upload->size && !upload->delivered) || upload->wants_reply) return UPLOAD_FRAGMENT;
    }
    return upload->session.id ? UPLOAD_CLOSE : PHASE_DONE;
}

/* The server does not know the session [BUP.RESUME.5]. */
static void on_lost(struct upload *upload, const struct ack *ack)
{
    if (upload->session.id) upload->record = DUE_OWED;
    upload_session_free(&upload->session);
    set_host_url(upload, NULL);
    upload->acknowledged = 0;
    upload->stalled = 0;
    upload->named = FALSE;
    upload->phase = UPLOAD_CREATE;
    if (++upload->lost == 1) return;
    verdict_error(BG_E_SESSION_NOT_FOUND, ack->context, &upload->failure);
    upload->phase = PHASE_FAILED;
}

/* The Content-Name: the last component of a local name, with what no field may hold as percent-encoded UTF-8 [BUP.HDR.17, 35]. */
static char *make_content_name(const WCHAR *local)
{
    static const char hex[] = "0123456789ABCDEF";
    const WCHAR *name = local, *p, *end;
    char utf8[4], piece[12], *ret;
    struct buffer out;
    size_t count, len, i;

    for (p = local; *p; p++) if (*p == '\\' || *p == '/') name = p + 1;
    end = p;
    buffer_init(&out, MAX_PATH + 1);
    for (p = name; p < end;)
    {
        BOOL inner = p > name && p + 1 < end;           /* a blank at either end would be lost */

        count = str_next_utf8(&p, end, utf8);
        if (count == 1 && utf8[0] < 0x7f && (utf8[0] > ' ' || (utf8[0] == ' ' && inner)))
        {
            piece[0] = utf8[0];
            len = 1;
        }
        else for (i = len = 0; i < count; i++)
        {
            piece[len++] = '%';
            piece[len++] = hex[(BYTE)utf8[i] >> 4];
            piece[len++] = hex[utf8[i] & 15];
        }
        if (out.len + len > MAX_PATH) break;
        buffer_append(&out, piece, len);
    }
    buffer_append_byte(&out, 0);
    ret = (char *)buffer_take(&out, &len);
    buffer_free(&out);
    return ret;
}

static HRESULT take_up_session(struct upload *upload, const struct upload_session *session)
{
    HRESULT hr;

    if (FAILED(hr = upload_session_copy(session, &upload->session)) || !session->host) return hr;
    hr = make_host_url(upload->url, session->host, &upload->host_url);
    if (hr != BG_E_INVALID_SERVER_RESPONSE) return hr;
    drop_host(&upload->session);        /* the remote name has become another one, with which it does not go */
    return S_OK;
}

HRESULT upload_init(struct upload *upload, const struct upload_params *params)
{
    HRESULT hr = S_OK;

    memset(upload, 0, sizeof(*upload));
    upload->size = params->size;
    upload->foreground = params->foreground;
    upload->delivered = params->delivered;
    upload->wants_reply = params->wants_reply;
    upload->reply_done = params->wants_reply && params->reply_done;
    upload->block = params->foreground ? UPLOAD_FOREGROUND_SIZE : UPLOAD_BLOCK_MIN;
    if (!(upload->url = str_dup(params->url))) hr = E_OUTOFMEMORY;
    else if (params->session && params->session->id) hr = take_up_session(upload, params->session);
    if (SUCCEEDED(hr) && !(upload->content_name = make_content_name(params->local_name))) hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr) && params->wants_reply && params->reply_url && !(upload->reply_url = str_dup(params->reply_url))) hr = E_OUTOFMEMORY;
    if (FAILED(hr))
    {
        upload_free(upload);
        return hr;
    }
    /* the session counts from what the server has said; if that is no offset of this file, it says so again */
    if (upload->session.id && params->acknowledged <= params->size) upload->acknowledged = params->acknowledged;
    upload->phase = !params->cancel ? UPLOAD_PING : upload->session.id ? UPLOAD_CANCEL : PHASE_DONE;    /* BUP.PING.3, BUP.CANCEL.5 */
    return S_OK;
}

void upload_free(struct upload *upload)
{
    upload_session_free(&upload->session);
    free(upload->reply_url);
    free(upload->url);
    free(upload->content_name);
    free(upload->host_url);
    upload->reply_url = upload->url = upload->host_url = NULL;
    upload->content_name = NULL;
}

/* Requests */

static void make_request(struct upload *upload, UINT64 now)
{
    struct upload_request *request = &upload->request;
    UINT64 limit = upload->block;

    memset(request, 0, sizeof(*request));
    request->packet = upload->phase;
    request->url = upload->host_url ? upload->host_url : upload->url;
    if (request->packet != UPLOAD_FRAGMENT) return;

    if (upload->block_limit) limit = min(limit, max(upload->block_limit, UPLOAD_SMALLEST));
    request->first = upload->acknowledged;
    /* everything is there but the Ack that tells where the reply is: its last octet brings that once more [BUP.RESUME.7] */
    if (upload->size && request->first == upload->size) request->first--;
    request->length = (UINT32)min(limit, upload->size - request->first);
    request->last = request->first + request->length == upload->size;
    upload->sent_at = now;
}

enum upload_step upload_next(struct upload *upload, UINT64 now, UINT64 time)
{
    if (upload->phase < PHASE_REPLY && host_expired(upload, time)) forget_host(upload);
    if (upload->record)
    {
        upload->record = DUE_ASKED;
        return UPLOAD_RECORD;
    }
    switch (upload->phase)
    {
    case PHASE_REPLY:
        return UPLOAD_REPLY;
    case PHASE_DONE:
        return UPLOAD_DONE;
    case PHASE_FAILED:
        return UPLOAD_FAILED;
    }
    make_request(upload, now);
    return UPLOAD_SEND;
}

static void add_line(struct buffer *lines, const char *name, const char *value)
{
    buffer_append_text(lines, name);
    buffer_append_text(lines, ": ");
    buffer_append_text(lines, value);
    buffer_append_text(lines, "\r\n");
}

static void add_number(struct buffer *lines, UINT64 value)
{
    if (value >= 10) add_number(lines, value / 10);
    buffer_append_byte(lines, '0' + value % 10);
}

HRESULT upload_lines(const struct upload *upload, struct buffer *lines)
{
    const struct upload_request *request = &upload->request;

    add_line(lines, "BITS-Packet-Type", packet_names[request->packet]);
    if (request->packet == UPLOAD_CREATE) add_line(lines, "BITS-Supported-Protocols", UPLOAD_PROTOCOL);
    else if (request->packet != UPLOAD_PING) add_line(lines, "BITS-Session-Id", upload->session.id);
    if (request->packet == UPLOAD_CREATE || (request->packet == UPLOAD_FRAGMENT && !upload->named))
        add_line(lines, "Content-Name", upload->content_name);                  /* BUP.HDR.30, BUP.FRAG.23 */
    if (request->packet != UPLOAD_FRAGMENT) return lines->hr;

    buffer_append_text(lines, "Content-Range: bytes ");
    if (request->length)
    {
        add_number(lines, request->first);
        buffer_append_byte(lines, '-');
        add_number(lines, request->first + request->length - 1);
    }
    else buffer_append_byte(lines, '*');                                        /* BUP.FRAG.22 */
    buffer_append_byte(lines, '/');
    add_number(lines, upload->size);
    return buffer_append_text(lines, "\r\n");
}

/* Acks */

/* A decimal number and nothing else. What is beyond any file may be refused. */
static BOOL parse_number(const char *text, UINT64 *value)
{
    *value = 0;
    do
    {
        if (*text < '0' || *text > '9' || *value >> 60) return FALSE;
        *value = *value * 10 + (*text - '0');
    }
    while (*++text);
    return TRUE;
}

/* Hexadecimal with 0x, x or nothing in front [BUP.HDR.33]; 0 if it is no such number. */
static UINT32 parse_hex(const char *text)
{
    UINT32 value = 0, digit;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) text += 2;
    else if (text[0] == 'x' || text[0] == 'X') text++;
    for (; *text; text++)
    {
        if (*text >= '0' && *text <= '9') digit = *text - '0';
        else if (*text >= 'a' && *text <= 'f') digit = *text - 'a' + 10;
        else if (*text >= 'A' && *text <= 'F') digit = *text - 'A' + 10;
        else return 0;
        if (value >> 28) return 0;
        value = value << 4 | digit;
    }
    return value;
}

static void read_ack(struct ack *ack, UINT32 status, const struct header_list *headers)
{
    static const char * const names[] = { "BITS-Error-Code", "BITS-Error" };   /* BUP.HDR.31 */
    const char *text;
    UINT32 i;

    ack->status = status;
    ack->headers = headers;
    ack->success = status == 200 || status == 201;
    ack->code = S_OK;
    ack->context = CONTEXT_REMOTE_FILE;
    if (ack->success) return;                                                   /* BUP.STATUS.20 */
    if ((text = headers_find(headers, "BITS-Error-Context", NULL)) && parse_hex(text) == CONTEXT_REMOTE_APPLICATION)
        ack->context = CONTEXT_REMOTE_APPLICATION;
    if (status == 401 || status == 407) return;                                 /* BUP.ERR.2 */
    for (i = 0; i < ARRAY_SIZE(names) && !ack->code; i++)
    {
        if (!(text = headers_find(headers, names[i], NULL))) continue;
        ack->code = (HRESULT)parse_hex(text);
        if (SUCCEEDED(ack->code)) ack->code = S_OK;                             /* what is no failure explains none */
    }
}

/* A session id is echoed as it is, so it has to be what a field may hold. */
static BOOL session_id_check(const char *id)
{
    size_t len = strlen(id), i;

    if (!len || len > UPLOAD_SESSION_ID_MAX) return FALSE;
    for (i = 0; i < len; i++) if (((BYTE)id[i] < ' ' && id[i] != '\t') || id[i] == 0x7f) return FALSE;
    return TRUE;
}

/* The host that goes with a new session. */
static HRESULT read_host(const struct upload *upload, const struct header_list *headers, struct upload_session *session, WCHAR **url)
{
    const char *host = headers_find(headers, "BITS-Host-Id", NULL), *timeout = headers_find(headers, "BITS-Host-Id-Fallback-Timeout", NULL);
    UINT64 seconds;
    HRESULT hr;

    if (!host) return S_OK;
    if (!(session->host = str_from_latin1(host))) return E_OUTOFMEMORY;
    if (FAILED(hr = make_host_url(upload->url, session->host, url))) return hr;
    session->host_timeout = UPLOAD_NEVER;
    if (timeout && parse_number(timeout, &seconds)) session->host_timeout = (UINT32)min(seconds, UPLOAD_NEVER);
    return S_OK;
}

/* A session is made [BUP.CREATE.5]. */
static void on_created(struct upload *upload, const struct ack *ack)
{
    const char *id = headers_find(ack->headers, "BITS-Session-Id", NULL);
    struct upload_session session = {0};
    WCHAR *host_url = NULL;
    HRESULT hr;

    if (!id || !session_id_check(id)) hr = BG_E_INVALID_SERVER_RESPONSE;
    else if (!headers_has_token(ack->headers, "BITS-Protocol", UPLOAD_PROTOCOL)) hr = BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH;
    else if (headers_find(ack->headers, "Accept-Encoding", NULL) && !headers_has_token(ack->headers, "Accept-Encoding", "identity"))
        hr = BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH;
    else if (SUCCEEDED(hr = read_host(upload, ack->headers, &session, &host_url)) && !(session.id = malloc(strlen(id) + 1)))
        hr = E_OUTOFMEMORY;
    if (FAILED(hr))
    {
        upload_session_free(&session);
        free(host_url);
        fail(upload, hr);
        return;
    }
    strcpy(session.id, id);
    upload->session = session;          /* there was none, and nothing was acknowledged */
    set_host_url(upload, host_url);
    upload->record = DUE_OWED;                                               /* BUP.CREATE.6 */
    upload->phase = UPLOAD_FRAGMENT;
}

/* The next fragment of a background job [BEH.HTTP.81, BUP.FRAG.20]. */
static void adapt_block(struct upload *upload, UINT64 now)
{
    UINT64 took = now - upload->sent_at;
    UINT32 block = upload->block;

    if (upload->foreground) return;
    if (took < UPLOAD_BLOCK_FAST_MSEC) block = min(block * 2, UPLOAD_BLOCK_MAX);
    else if (took > UPLOAD_BLOCK_SLOW_MSEC) block = max(block / 2, min(block, UPLOAD_BLOCK_MIN));
    if (!upload->refused_block || block < upload->refused_block) upload->block = block;
}

/* The server has everything. */
static void on_complete(struct upload *upload, const struct ack *ack)
{
    const char *location = headers_find(ack->headers, "BITS-Reply-URL", NULL);
    WCHAR *url = NULL;
    HRESULT hr;

    if (!upload->wants_reply)
    {
        upload->phase = UPLOAD_CLOSE;
        return;
    }
    /* an Ack before this one was lost: the last fragment is sent for the sake of its own */
    if (!location && !upload->request.last) return;
    hr = location ? url_resolve(upload->request.url, location, &url) : E_INVALIDARG;    /* BUP.REPLY.2 */
    if (SUCCEEDED(hr) && str_len(url) > REMOTE_NAME_MAX) hr = E_INVALIDARG;             /* BUP.LIMIT.1 */
    if (FAILED(hr))
    {
        free(url);
        fail(upload, server_fault(hr));                                                 /* BUP.REPLY.10 */
        return;
    }
    upload->reply_url = url;
    upload->phase = PHASE_REPLY;
}

/* What the server has got of the file [BUP.FRAG.9, BUP.RESUME.4]. */
static void on_received(struct upload *upload, const struct ack *ack, UINT64 now)
{
    const char *id = headers_find(ack->headers, "BITS-Session-Id", NULL);
    const char *text = headers_find(ack->headers, "BITS-Received-Content-Range", NULL);
    UINT64 received, before = upload->acknowledged;

    /* an error needs no id, but another session's offset is none of ours */
    if (id ? strcmp(id, upload->session.id) : ack->success) text = NULL;
    if (!text || !parse_number(text, &received) || received > upload->size)
    {
        fail(upload, BG_E_INVALID_SERVER_RESPONSE);
        return;
    }
    upload->named = TRUE;
    if (ack->success) adapt_block(upload, now);
    upload->acknowledged = received;
    if (received < before)
    {
        upload->record = DUE_OWED;
        upload->setbacks++;
    }
    if (received == upload->size)
    {
        on_complete(upload, ack);
        return;
    }
    if (received > before) upload->stalled = 0;
    else if (++upload->stalled == UPLOAD_STALLED_ACKS || upload->setbacks == UPLOAD_SETBACKS) fail(upload, BG_E_INVALID_SERVER_RESPONSE);
}

static void on_fragment(struct upload *upload, const struct ack *ack, UINT64 now)
{
    UINT32 length = upload->request.length;

    if (ack->success || ack->status == 416) on_received(upload, ack, now);
    else if (ack->status != 413) fail_ack(upload, ack);
    else if (length > UPLOAD_SMALLEST)                                          /* BUP.FRAG.6 */
    {
        upload->refused_block = length;
        upload->block = max(length / 2, UPLOAD_SMALLEST);
    }
    else fail(upload, BG_E_HTTP_ERROR_413);
}

void upload_on_ack(struct upload *upload, UINT32 status, const struct header_list *headers, UINT64 now)
{
    struct ack ack;
    BOOL lost;

    read_ack(&ack, status, headers);
    lost = ack.code == BG_E_SESSION_NOT_FOUND;
    switch (upload->phase)
    {
    case UPLOAD_PING:
        /* BUP.PING.4; a session from which only the reply or the end is wanted is asked itself whether it is there */
        if (ack.success || status == 400 || (lost && next_phase(upload) > UPLOAD_FRAGMENT)) upload->phase = next_phase(upload);
        else if (lost) on_lost(upload, &ack);
        else fail_ack(upload, &ack);
        break;
    case UPLOAD_CREATE:
        if (ack.success) on_created(upload, &ack);
        else if (lost) on_lost(upload, &ack);
        else fail_ack(upload, &ack);
        break;
    case UPLOAD_FRAGMENT:
        if (lost) on_lost(upload, &ack);
        else on_fragment(upload, &ack, now);
        break;
    case UPLOAD_CLOSE:
    case UPLOAD_CANCEL:
        if (status < 500 || lost)                                               /* BUP.CLOSE.3 to 5, BUP.CANCEL.3 */
        {
            upload->phase = PHASE_DONE;
            break;
        }
        fail_ack(upload, &ack);
        upload->failure.class = FAILURE_TRANSIENT;
        break;
    }
}

void upload_on_error(struct upload *upload, HRESULT hr, UINT32 context, BOOL unreachable, UINT64 time)
{
    struct upload_session *session = &upload->session;
    BOOL cancel = upload->phase == UPLOAD_CANCEL;

    if (unreachable && session->host && session->host_timeout != UPLOAD_NEVER)
    {
        if (!session->host_failed || session->host_failed > time)               /* BUP.HOST.4, and a clock that was set back */
        {
            session->host_failed = time;
            upload->record = DUE_OWED;
        }
        if (host_expired(upload, time))
        {
            forget_host(upload);
            return;
        }
    }
    verdict_error(hr, context, &upload->failure);
    if (cancel && upload->failure.class == FAILURE_FATAL) upload->failure.class = FAILURE_TRANSIENT;    /* BUP.CANCEL.3 */
    upload->phase = PHASE_FAILED;
}

void upload_on_connected(struct upload *upload)
{
    if (!upload->session.host_failed) return;
    upload->session.host_failed = 0;
    upload->record = DUE_OWED;
}

void upload_on_recorded(struct upload *upload)
{
    upload->record = DUE_NOTHING;
}

void upload_on_reply(struct upload *upload)
{
    upload->reply_done = TRUE;
    upload->phase = next_phase(upload);
}

void upload_on_failure(struct upload *upload, const struct failure *failure)
{
    if (upload->record == DUE_ASKED) upload->record = DUE_NOTHING;        /* it is the record that has failed */
    upload->failure = *failure;
    upload->phase = PHASE_FAILED;
}
