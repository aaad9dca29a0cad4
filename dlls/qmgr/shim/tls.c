/*
 * TLS by schannel over a connection of net.h
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

#define SECURITY_WIN32
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>
#include <winhttp.h>
#include <sspi.h>
#include <schannel.h>

#include "shim/cert.h"
#include "shim/own_key.h"
#include "shim/tls.h"

#ifndef SEC_I_INCOMPLETE_CREDENTIALS
#define SEC_I_INCOMPLETE_CREDENTIALS ((HRESULT)0x00090320)
#endif

#define RECORD_HEADER   5
#define RECORD_MAX      (RECORD_HEADER + 16384 + 2048)
#define IN_SIZE         (2097152 + RECORD_MAX)  /* ciphertext of one receive, each of which costs two calls to wineserver [WINE.NET.1] */
#define OUT_RECORDS    64                       /* records of one send at most */
#define MAX_HANDSHAKE_RECORDS 1000
#define RECORD_TIMEOUTS 4                       /* a handshake, or plain text, may take this many times the time-out altogether */

enum record_type
{
    RECORD_CHANGE_CIPHER_SPEC = 20,
    RECORD_ALERT              = 21,
    RECORD_HANDSHAKE          = 22,
    RECORD_DATA               = 23,
};

#define HANDSHAKE_CERTIFICATE_REQUEST 13

/* alerts that say something about our certificate (RFC 5246 7.2.2, RFC 8446 6.2) */
#define ALERT_HANDSHAKE_FAILURE     40
#define ALERT_BAD_CERTIFICATE       42
#define ALERT_CERTIFICATE_UNKNOWN   46
#define ALERT_UNKNOWN_CA            48
#define ALERT_ACCESS_DENIED         49
#define ALERT_CERTIFICATE_REQUIRED 116

struct tls_cred
{
    CredHandle handle;
    const CERT_CONTEXT *cert;   /* NULL without a client certificate */
};

struct tls
{
    struct net_conn *net;
    const struct tls_cred *cred;
    CtxtHandle context;
    BOOL has_context;
    WCHAR *host;                /* without the dot that may end it: neither server names nor certificates have one (RFC 6066 3) */
    WCHAR *target;              /* the same, as the server name to send; NULL for literals */

    BYTE *in;                   /* ciphertext; plain text not yet fetched lies in it at plain */
    UINT32 in_pos, in_len;      /* ciphertext not yet decrypted is in[in_pos..in_len) */
    BYTE *plain;
    UINT32 plain_len;
    HRESULT failure;            /* sticky, reported when the plain text before it was fetched; S_FALSE after close_notify */
    BOOL again;                 /* the server has asked for another handshake, behind that plain text */

    BYTE *out;                  /* out_records of them */
    UINT32 out_records;
    UINT32 header_size, message_size, trailer_size;

    /* what the server's first flights said in clear */
    BOOL encrypted;             /* it has changed its cipher: no more to be seen */
    BOOL cert_requested;
    BYTE alert;
    BYTE message[4];            /* header of a handshake message */
    UINT32 message_have;
    UINT32 message_skip;        /* octets of its body still to come */
};

/*
 * schannel of Wine 8 keeps the handles of all credentials and contexts in one table that moves when it grows, without a lock: whoever makes
 * one or gives one back does so alone, everything else may go on side by side [WINE.TLS.7].  Nothing is waited for under this lock.
 */
static SRWLOCK handles_lock = SRWLOCK_INIT;

/*
 * schannel of Wine allocates and frees 16 KiB on the process heap for every record.  When that block is the last one of the heap each
 * free gives the pages back and each malloc takes them again; a hole below a small block that stays keeps them [WINE.TLS.4].
 */
static BOOL CALLBACK plug_heap(INIT_ONCE *once, void *param, void **context)
{
    void *hole = HeapAlloc(GetProcessHeap(), 0, 131072);

    *context = HeapAlloc(GetProcessHeap(), 0, 64); /* never freed, on purpose */
    HeapFree(GetProcessHeap(), 0, hole);
    return TRUE;
}

HRESULT tls_cred_create(const BYTE *hash, DWORD location, const WCHAR *store, struct tls_cred **ret, DWORD *detail)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    const CERT_CONTEXT *certs[1], *lent = NULL;
    struct tls_cred *cred;
    SCHANNEL_CRED schannel;
    SECURITY_STATUS status;
    void *plug;
    HRESULT hr;

    *ret = NULL;
    *detail = 0;
    InitOnceExecuteOnce(&once, plug_heap, NULL, &plug);
    if (!(cred = calloc(1, sizeof(*cred)))) return E_OUTOFMEMORY;
    memset(&schannel, 0, sizeof(schannel));
    schannel.dwVersion = SCHANNEL_CRED_VERSION;
    schannel.dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_NO_SERVERNAME_CHECK;
    schannel.grbitEnabledProtocols = SP_PROT_TLS1_0_CLIENT | SP_PROT_TLS1_1_CLIENT | SP_PROT_TLS1_2_CLIENT;
    if (hash)
    {
        if (FAILED(hr = cert_find_client(hash, location, store, &cred->cert)))
        {
            free(cred);
            return hr;
        }
        if (FAILED(hr = own_key_lend(cred->cert, &lent)))
        {
            *detail = hr;
            CertFreeCertificateContext(cred->cert);
            free(cred);
            return HRESULT_FROM_WIN32(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY);
        }
        certs[0] = lent ? lent : cred->cert;
        schannel.cCreds = 1;
        schannel.paCred = certs;
    }
    AcquireSRWLockExclusive(&handles_lock);
    status = AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP_NAME_W, SECPKG_CRED_OUTBOUND, NULL, &schannel, NULL, NULL,
                                       &cred->handle, NULL);
    ReleaseSRWLockExclusive(&handles_lock);
    own_key_return(lent);
    if (status != SEC_E_OK)
    {
        *detail = status;
        if (cred->cert) CertFreeCertificateContext(cred->cert);
        free(cred);
        if (hash) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY);
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
    }
    *ret = cred;
    return S_OK;
}

void tls_cred_free(struct tls_cred *cred)
{
    if (!cred) return;
    AcquireSRWLockExclusive(&handles_lock);
    FreeCredentialsHandle(&cred->handle);
    ReleaseSRWLockExclusive(&handles_lock);
    if (cred->cert) CertFreeCertificateContext(cred->cert);
    free(cred);
}

/* Length of the complete record at in_pos + offset, 0 if it is not all there. A length or type that no record has: failure. */
static HRESULT next_record(const struct tls *tls, UINT32 offset, UINT32 *len)
{
    const BYTE *p = tls->in + tls->in_pos + offset;
    UINT32 have = tls->in_len - tls->in_pos - offset;

    *len = 0;
    if (have && (*p < RECORD_CHANGE_CIPHER_SPEC || *p > RECORD_DATA + 1)) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CHANNEL_ERROR);
    if (have < RECORD_HEADER) return S_OK;
    *len = RECORD_HEADER + (p[3] << 8 | p[4]);
    if (p[1] != 3 || *len > RECORD_MAX)
    {
        *len = 0;
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CHANNEL_ERROR);
    }
    if (*len > have) *len = 0;
    return S_OK;
}

/* Plain text that was not fetched must not be there. */
static void compact(struct tls *tls)
{
    if (!tls->in_pos) return;
    memmove(tls->in, tls->in + tls->in_pos, tls->in_len - tls->in_pos);
    tls->in_len -= tls->in_pos;
    tls->in_pos = 0;
}

/* Receives more ciphertext behind what is there.  *deadline is 0 at first: an octet now and then is no answer. */
static HRESULT receive(struct tls *tls, HANDLE cancel, UINT32 timeout, ULONGLONG *deadline)
{
    ULONGLONG now = GetTickCount64();
    UINT32 got;
    HRESULT hr;

    if (!*deadline) *deadline = now + (ULONGLONG)timeout * RECORD_TIMEOUTS;
    else if (now > *deadline) return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    compact(tls);
    hr = net_recv(tls->net, tls->in + tls->in_len, IN_SIZE - tls->in_len, NULL, 0, &got, cancel, timeout);
    if (hr == S_FALSE) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
    tls->in_len += got;
    return hr;
}

/* Reads what a record of a handshake says in clear: a request for our certificate, an alert. */
static void watch_record(struct tls *tls, const BYTE *record, UINT32 len)
{
    const BYTE *p = record + RECORD_HEADER, *end = record + len;

    if (tls->encrypted) return;
    switch (record[0])
    {
    case RECORD_CHANGE_CIPHER_SPEC:
        tls->encrypted = TRUE;
        break;

    case RECORD_ALERT:
        if (end - p == 2) tls->alert = p[1];
        break;

    case RECORD_HANDSHAKE:
        while (p < end)
        {
            if (tls->message_skip)
            {
                UINT32 skip = min(tls->message_skip, (UINT32)(end - p));

                p += skip;
                tls->message_skip -= skip;
                continue;
            }
            tls->message[tls->message_have++] = *p++;
            if (tls->message_have < 4) continue;
            tls->message_have = 0;
            tls->message_skip = tls->message[1] << 16 | tls->message[2] << 8 | tls->message[3];
            if (tls->message[0] == HANDSHAKE_CERTIFICATE_REQUEST) tls->cert_requested = TRUE;
        }
        break;
    }
}

/* The code for a handshake that the server or schannel has ended. */
static HRESULT handshake_failure(const struct tls *tls)
{
    if (tls->cert_requested && tls->alert)
    {
        BOOL about_cert = (tls->alert >= ALERT_BAD_CERTIFICATE && tls->alert <= ALERT_CERTIFICATE_UNKNOWN)
                || tls->alert == ALERT_UNKNOWN_CA || tls->alert == ALERT_ACCESS_DENIED;

        if (!tls->cred->cert && (about_cert || tls->alert == ALERT_HANDSHAKE_FAILURE || tls->alert == ALERT_CERTIFICATE_REQUIRED))
            return HRESULT_FROM_WIN32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED); /* [BEH.CERT.5] */
        if (tls->cred->cert && about_cert) return BG_E_HTTP_ERROR_403; /* [BEH.CERT.4] */
    }
    return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
}

/* A first handshake, or one that the server asked for later (begin is FALSE). */
static HRESULT handshake(struct tls *tls, BOOL begin, HANDLE cancel, UINT32 timeout, DWORD *detail)
{
    const DWORD flags = ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT | ISC_REQ_CONFIDENTIALITY | ISC_REQ_ALLOCATE_MEMORY
            | ISC_REQ_STREAM | ISC_REQ_MANUAL_CRED_VALIDATION | ISC_REQ_USE_SUPPLIED_CREDS;
    UINT32 feed = 0, len, records = 0;
    BOOL empty = !begin, later = !begin;   /* a later handshake starts with an empty token of ours */
    ULONGLONG deadline = 0;
    HRESULT hr;

    for (;;)
    {
        SecBufferDesc in_desc, out_desc;
        SecBuffer in[2], out;
        SECURITY_STATUS status;
        ULONG attrs;
        UINT32 extra;

        if (!begin && !empty)
        {
            /* one record more: most calls want just the next one, some the whole message */
            for (;;)
            {
                if (FAILED(hr = next_record(tls, feed, &len)))
                {
                    *detail = tls->in[tls->in_pos + feed];
                    return hr;
                }
                if (len) break;
                if (FAILED(hr = receive(tls, cancel, timeout, &deadline))) return hr;
            }
            if (++records > MAX_HANDSHAKE_RECORDS || feed + len > IN_SIZE - RECORD_MAX)
                return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
            watch_record(tls, tls->in + tls->in_pos + feed, len);
            feed += len;
        }

        in[0].BufferType = SECBUFFER_TOKEN;
        in[0].pvBuffer = tls->in + tls->in_pos;
        in[0].cbBuffer = feed;
        in[1].BufferType = SECBUFFER_EMPTY;
        in[1].pvBuffer = NULL;
        in[1].cbBuffer = 0;
        in_desc.ulVersion = SECBUFFER_VERSION;
        in_desc.cBuffers = 2;
        in_desc.pBuffers = in;
        out.BufferType = SECBUFFER_TOKEN;
        out.pvBuffer = NULL;
        out.cbBuffer = 0;
        out_desc.ulVersion = SECBUFFER_VERSION;
        out_desc.cBuffers = 1;
        out_desc.pBuffers = &out;

        if (tls->has_context) AcquireSRWLockShared(&handles_lock);
        else AcquireSRWLockExclusive(&handles_lock);
        status = InitializeSecurityContextW((CredHandle *)&tls->cred->handle, tls->has_context ? &tls->context : NULL, tls->target,
                                            flags, 0, 0, begin ? NULL : &in_desc, 0, tls->has_context ? NULL : &tls->context,
                                            &out_desc, &attrs, NULL);
        if (tls->has_context) ReleaseSRWLockShared(&handles_lock);
        else ReleaseSRWLockExclusive(&handles_lock);
        if (begin && SUCCEEDED(status)) tls->has_context = TRUE;
        extra = in[1].BufferType == SECBUFFER_EXTRA && !begin ? in[1].cbBuffer : 0;

        if (out.pvBuffer)
        {
            hr = out.cbBuffer ? net_send(tls->net, out.pvBuffer, out.cbBuffer, NULL, cancel, timeout) : S_OK;
            FreeContextBuffer(out.pvBuffer);
            if (FAILED(hr) && SUCCEEDED(status))
            {
                /* the alert that explains the close may still be there to read */
                if (hr == E_ABORT || begin) return hr;
            }
        }

        if (status == SEC_E_INCOMPLETE_MESSAGE && !begin && !empty) continue;
        if (status == SEC_I_INCOMPLETE_CREDENTIALS)
        {
            if (++records > MAX_HANDSHAKE_RECORDS) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
            tls->cert_requested = TRUE;
            tls->in_pos += feed - extra; /* go on without a certificate; a server that insists says so [BEH.CERT.5] */
            feed = 0;
            empty = TRUE;
            continue;
        }
        if (status == SEC_E_INCOMPLETE_MESSAGE && later && empty)
        {
            /* schannel of Wine begins none without a record of the server's, which waits for ours; what it wants is a certificate, mostly */
            *detail = SEC_I_RENEGOTIATE;
            return HRESULT_FROM_WIN32(tls->cred->cert ? ERROR_WINHTTP_SECURE_FAILURE : ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED);
        }
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
        {
            *detail = tls->alert ? tls->alert : (DWORD)status;
            return handshake_failure(tls);
        }
        begin = empty = FALSE;
        tls->in_pos += feed - extra;
        feed = 0;
        if (status == SEC_E_OK) return S_OK;
    }
}

static HRESULT verify(struct tls *tls, const struct tls_params *params, struct shim_error *error)
{
    const CERT_CONTEXT *cert;
    SECURITY_STATUS status;
    HRESULT hr;

    AcquireSRWLockShared(&handles_lock);
    status = QueryContextAttributesW(&tls->context, SECPKG_ATTR_REMOTE_CERT_CONTEXT, &cert);
    ReleaseSRWLockShared(&handles_lock);
    if (status != SEC_E_OK || !cert)
    {
        error->detail = status;
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_INVALID_CERT);
    }
    hr = cert_verify(cert, tls->host, params->flags, params->cancel, params->timeout, &error->detail);
    if (SUCCEEDED(hr) && params->validate && FAILED(hr = params->validate(params->validate_ctx, params->host, params->port, cert)))
        error->context = SHIM_CONTEXT_SERVER_CERTIFICATE_CALLBACK; /* [BEH.CERT.3] */
    CertFreeCertificateContext(cert);
    return hr;
}

HRESULT tls_connect(struct net_conn *net, const struct tls_params *params, struct tls **ret, struct shim_error *error)
{
    SecPkgContext_StreamSizes sizes;
    SECURITY_STATUS status;
    BYTE address[16];
    struct tls *tls;
    HRESULT hr;
    size_t len;

    *ret = NULL;
    error->context = SHIM_CONTEXT_REMOTE_FILE;
    error->detail = 0;
    if (!(tls = calloc(1, sizeof(*tls))) || !(tls->in = malloc(IN_SIZE)))
    {
        hr = E_OUTOFMEMORY;
        goto done;
    }
    tls->net = net;
    tls->cred = params->cred;
    if (!(tls->host = _wcsdup(params->host)))
    {
        hr = E_OUTOFMEMORY;
        goto done;
    }
    if ((len = wcslen(tls->host)) && tls->host[len - 1] == '.') tls->host[len - 1] = 0;
    if (!net_parse_literal(tls->host, address)) tls->target = tls->host; /* no server name for addresses */

    if (FAILED(hr = handshake(tls, TRUE, params->cancel, params->timeout, &error->detail))) goto done;
    AcquireSRWLockShared(&handles_lock);
    status = QueryContextAttributesW(&tls->context, SECPKG_ATTR_STREAM_SIZES, &sizes);
    ReleaseSRWLockShared(&handles_lock);
    if (status != SEC_E_OK)
    {
        error->detail = status;
        hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
        goto done;
    }
    tls->header_size = sizes.cbHeader;
    tls->message_size = min(sizes.cbMaximumMessage, 16384);
    tls->trailer_size = sizes.cbTrailer;
    hr = verify(tls, params, error);

done:
    if (FAILED(hr))
    {
        tls_close(tls);
        tls = NULL;
    }
    error->hr = hr;
    *ret = tls;
    return hr;
}

void tls_close(struct tls *tls)
{
    if (!tls) return;
    if (tls->has_context)
    {
        AcquireSRWLockExclusive(&handles_lock);
        DeleteSecurityContext(&tls->context);
        ReleaseSRWLockExclusive(&handles_lock);
    }
    free(tls->host);
    free(tls->in);
    free(tls->out);
    free(tls);
}

/*
 * Decrypts the record at in_pos in place.  S_OK: *data and *len are its plain text, maybe empty; S_FALSE: the peer has said goodbye;
 * SEC_I_RENEGOTIATE: it wants another handshake.
 */
static HRESULT decrypt(struct tls *tls, UINT32 record_len, BYTE **data, UINT32 *len)
{
    BYTE type = tls->in[tls->in_pos];
    SecBufferDesc desc;
    SecBuffer bufs[4];
    SECURITY_STATUS status;
    UINT32 i, extra = 0;

    memset(bufs, 0, sizeof(bufs));
    bufs[0].BufferType = SECBUFFER_DATA;
    bufs[0].pvBuffer = tls->in + tls->in_pos;
    bufs[0].cbBuffer = record_len;
    for (i = 1; i < ARRAY_SIZE(bufs); i++) bufs[i].BufferType = SECBUFFER_EMPTY;
    desc.ulVersion = SECBUFFER_VERSION;
    desc.cBuffers = ARRAY_SIZE(bufs);
    desc.pBuffers = bufs;

    *data = NULL;
    *len = 0;
    AcquireSRWLockShared(&handles_lock);
    status = DecryptMessage(&tls->context, &desc, 0, NULL);
    ReleaseSRWLockShared(&handles_lock);
    for (i = 0; i < ARRAY_SIZE(bufs); i++)
    {
        if (bufs[i].BufferType == SECBUFFER_DATA && !*data && status == SEC_E_OK)
        {
            *data = bufs[i].pvBuffer;
            *len = bufs[i].cbBuffer;
        }
        else if (bufs[i].BufferType == SECBUFFER_EXTRA && status == SEC_I_RENEGOTIATE) extra = bufs[i].cbBuffer;
    }
    tls->in_pos += record_len - extra;
    if (status == SEC_I_CONTEXT_EXPIRED || (status == SEC_E_OK && type == RECORD_ALERT)) return S_FALSE;
    if (status == SEC_E_OK || status == SEC_I_RENEGOTIATE) return status;
    return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CHANNEL_ERROR);
}

/* Plain text as far as it is there. */
static void take_plain(struct tls *tls, BYTE *buffer, UINT32 size, UINT32 *got)
{
    UINT32 len, record_len;
    BYTE *data;
    HRESULT hr;

    *got = 0;
    for (;;)
    {
        if (tls->plain_len)
        {
            len = min(tls->plain_len, size - *got);
            memcpy(buffer + *got, tls->plain, len);
            tls->plain += len;
            tls->plain_len -= len;
            *got += len;
        }
        if (*got == size || tls->failure != S_OK || tls->again) return;

        if (FAILED(hr = next_record(tls, 0, &record_len))) tls->failure = hr;
        else if (!record_len) return;
        else if ((hr = decrypt(tls, record_len, &data, &len)) == S_OK)
        {
            tls->plain = data;
            tls->plain_len = len;
        }
        else if (hr == SEC_I_RENEGOTIATE) tls->again = TRUE;
        else tls->failure = hr;
    }
}

/* The handshake that the server has asked for; it takes its input from the same buffer. */
static HRESULT handshake_again(struct tls *tls, HANDLE cancel, UINT32 timeout)
{
    DWORD detail;
    HRESULT hr;

    tls->again = FALSE;
    tls->encrypted = TRUE;
    if (FAILED(hr = handshake(tls, FALSE, cancel, timeout, &detail))) tls->failure = hr;
    return hr;
}

HRESULT tls_recv(struct tls *tls, void *buffer, UINT32 size, UINT32 *got, HANDLE cancel, UINT32 timeout)
{
    ULONGLONG deadline = 0;
    HRESULT hr;

    for (;;)
    {
        take_plain(tls, buffer, size, got);
        if (*got) return S_OK;
        if (tls->failure != S_OK) return tls->failure;
        if (tls->again) handshake_again(tls, cancel, timeout);
        else if (FAILED(hr = receive(tls, cancel, timeout, &deadline))) tls->failure = hr;
    }
}

BOOL tls_has_more(struct tls *tls)
{
    UINT32 record_len, len;
    BYTE *data;
    HRESULT hr;

    while (!tls->plain_len && tls->failure == S_OK)
    {
        if (SUCCEEDED(hr = next_record(tls, 0, &record_len)) && !record_len) break;
        if (SUCCEEDED(hr) && (hr = decrypt(tls, record_len, &data, &len)) == S_OK)
        {
            tls->plain = data;
            tls->plain_len = len;
        }
        else tls->failure = hr == SEC_I_RENEGOTIATE ? HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CHANNEL_ERROR) : hr;
    }
    return tls->plain_len != 0;
}

/* A listener to the plain text, and how it is told of it. */
struct tls_listener
{
    struct tls *tls;
    const struct net_listener *inner;
};

static void *place_cipher(void *ctx, UINT32 *size)
{
    struct tls_listener *listener = ctx;
    struct tls *tls = listener->tls;

    if (tls->plain_len || tls->failure != S_OK || tls->again || !listener->inner->place(listener->inner->ctx, size)) return NULL;
    compact(tls);
    *size = IN_SIZE - tls->in_len;
    return *size ? tls->in + tls->in_len : NULL;
}

/* FALSE: enough.  What nobody wants to hear now stays where it is. */
static BOOL hear_plain(struct tls *tls, const struct net_listener *listener)
{
    UINT32 size, got;
    void *buffer;

    while ((buffer = listener->place(listener->ctx, &size)))
    {
        take_plain(tls, buffer, size, &got);
        if (!got) return tls->failure == S_OK || listener->heard(listener->ctx, 0);
        if (!listener->heard(listener->ctx, got)) return FALSE;
    }
    return TRUE;
}

static BOOL heard_cipher(void *ctx, UINT32 got)
{
    struct tls_listener *listener = ctx;
    struct tls *tls = listener->tls;

    tls->in_len += got;
    if (!got) tls->failure = HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
    return hear_plain(tls, listener->inner) && got;
}

HRESULT tls_hear(struct tls *tls, const struct net_listener *listener, HANDLE cancel, UINT32 timeout)
{
    ULONGLONG deadline = 0;
    UINT32 size;
    HRESULT hr;

    for (;;)
    {
        if (!hear_plain(tls, listener)) return S_FALSE;
        if (tls->plain_len || tls->failure != S_OK || tls->again || !net_available(tls->net)) return S_OK;
        if (!listener->place(listener->ctx, &size)) return S_OK;
        if (FAILED(hr = receive(tls, cancel, timeout, &deadline)))
        {
            if (hr == E_ABORT) return hr;
            tls->failure = hr;
        }
    }
}

/* Encrypts into out as much as goes into one send. */
static HRESULT encrypt(struct tls *tls, const BYTE **data, UINT32 *size, UINT32 *total)
{
    UINT32 records = min((*size + tls->message_size - 1) / tls->message_size, OUT_RECORDS), i;
    SecBufferDesc desc;
    SecBuffer bufs[4];
    SECURITY_STATUS status;
    BYTE *record;

    *total = 0;
    if (records > tls->out_records)
    {
        free(tls->out);
        tls->out_records = 0;
        if (!(tls->out = malloc((size_t)(tls->header_size + tls->message_size + tls->trailer_size) * records))) return E_OUTOFMEMORY;
        tls->out_records = records;
    }
    desc.ulVersion = SECBUFFER_VERSION;
    desc.cBuffers = ARRAY_SIZE(bufs);
    desc.pBuffers = bufs;
    for (i = 0; i < records; i++)
    {
        UINT32 len = min(*size, tls->message_size);

        record = tls->out + *total;
        memcpy(record + tls->header_size, *data, len);
        bufs[0].BufferType = SECBUFFER_STREAM_HEADER;
        bufs[0].pvBuffer = record;
        bufs[0].cbBuffer = tls->header_size;
        bufs[1].BufferType = SECBUFFER_DATA;
        bufs[1].pvBuffer = record + tls->header_size;
        bufs[1].cbBuffer = len;
        bufs[2].BufferType = SECBUFFER_STREAM_TRAILER;
        bufs[2].pvBuffer = record + tls->header_size + len;
        bufs[2].cbBuffer = tls->trailer_size;
        bufs[3].BufferType = SECBUFFER_EMPTY;
        bufs[3].pvBuffer = NULL;
        bufs[3].cbBuffer = 0;
        AcquireSRWLockShared(&handles_lock);
        status = EncryptMessage(&tls->context, 0, &desc, 0);
        ReleaseSRWLockShared(&handles_lock);
        if (status != SEC_E_OK) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CHANNEL_ERROR);
        *total += bufs[0].cbBuffer + bufs[1].cbBuffer + bufs[2].cbBuffer;
        *data += len;
        *size -= len;
    }
    return S_OK;
}

HRESULT tls_send(struct tls *tls, const void *data, UINT32 size, const struct net_listener *listener, HANDLE cancel, UINT32 timeout)
{
    struct tls_listener own = { tls, listener };
    struct net_listener outer = { place_cipher, heard_cipher, &own };
    const BYTE *p = data;
    UINT32 total;
    HRESULT hr;

    while (size)
    {
        if (tls->again && FAILED(hr = handshake_again(tls, cancel, timeout))) return hr;
        if (FAILED(hr = encrypt(tls, &p, &size, &total))) return hr;
        if ((hr = net_send(tls->net, tls->out, total, listener ? &outer : NULL, cancel, timeout)) != S_OK) return hr;
    }
    return S_OK;
}

static BOOL nothing_left(const struct tls *tls)
{
    return tls->failure == S_OK && !tls->again && !tls->plain_len && tls->in_pos == tls->in_len;
}

UINT32 tls_available(struct tls *tls)
{
    return tls->plain_len + (tls->in_len - tls->in_pos) + net_available(tls->net);
}

BOOL tls_is_silent(struct tls *tls)
{
    return nothing_left(tls) && net_is_silent(tls->net);
}

BOOL tls_is_idle(struct tls *tls)
{
    return nothing_left(tls) && net_is_idle(tls->net);
}
