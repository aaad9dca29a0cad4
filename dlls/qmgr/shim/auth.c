/*
 * Challenges of servers and proxies, answered
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
#include <winnls.h>
#include <bcrypt.h>
#include <wincrypt.h>
#include <rpc.h>
#include <sspi.h>

#include "shim/auth.h"
#include "shim/offload.h"
#include "core/digest.h"

/* BG_AUTH_SCHEME */
#define SCHEME_BASIC     1
#define SCHEME_DIGEST    2
#define SCHEME_NTLM      3
#define SCHEME_NEGOTIATE 4

#define SCHEME_BIT(scheme) (1u << (scheme))
#define MAX_RENEWALS 2   /* of a nonce in one exchange */
#define MAX_TOKEN 131072 /* octets of an SSPI token */

static const char *const scheme_names[] = { "", "Basic", "Digest", "NTLM", "Negotiate" };

struct auth_credential
{
    DWORD target;            /* BG_AUTH_TARGET_* */
    DWORD scheme;
    WCHAR *user;             /* NULL: implicit */
    WCHAR *password;
};

/* A Digest challenge, shared by the requests that answer it. */
struct auth_digest
{
    LONG refs;
    LONG count;                          /* how often its nonce was used */
    struct challenge_list challenges;    /* fixed */
    const struct challenge *challenge;   /* the one in there */
};

/* A peer that was answered well. */
struct answered
{
    struct answered *next;
    enum auth_target target;
    WCHAR *host;
    UINT16 port;
    BOOL secure;
    UINT32 scheme;
    struct auth_digest *digest;
};

struct auth
{
    /* fixed */
    struct auth_credential *credentials;
    ULONG count;
    struct auth_credential implicit;  /* for those to whom the user's own may be shown */
    BOOL implicit_allowed[2];         /* by enum auth_target */
    CRITICAL_SECTION cs;
    /* guarded by cs */
    struct answered *answered;
};

struct auth_sspi
{
    CredHandle cred;
    CtxtHandle context;
    BOOL has_cred, has_context;
    const WCHAR *package;
    WCHAR *user, *domain, *password; /* NULL: implicit */
    WCHAR *spn;
    BYTE *in, *out;
    ULONG in_len, out_len;
    BOOL sent;               /* out went out */
    SECURITY_STATUS status;
};

static void wipe(WCHAR *text)
{
    if (!text) return;
    SecureZeroMemory(text, wcslen(text) * sizeof(WCHAR));
    free(text);
}

/* Digest ---------------------------------------------------------------------------------------------------------- */

static struct auth_digest *digest_grab(struct auth_digest *digest)
{
    if (digest) InterlockedIncrement(&digest->refs);
    return digest;
}

static void digest_release(struct auth_digest *digest)
{
    if (!digest || InterlockedDecrement(&digest->refs)) return;
    challenges_free(&digest->challenges);
    free(digest);
}

/* Takes the list over if there is a challenge in it that can be answered. */
static struct auth_digest *digest_take(struct challenge_list *list)
{
    const struct challenge *challenge = digest_find(list);
    struct auth_digest *digest;

    if (!challenge || !(digest = calloc(1, sizeof(*digest)))) return NULL;
    digest->refs = 1;
    digest->challenges = *list;
    digest->challenge = challenge;
    memset(list, 0, sizeof(*list));
    return digest;
}

static HRESULT hash_data(void *ctx, enum digest_hash kind, const void *data, size_t len, BYTE out[DIGEST_HASH_MAX])
{
    BCRYPT_HASH_HANDLE hash = NULL;
    BCRYPT_ALG_HANDLE alg = NULL;
    NTSTATUS status;

    status = BCryptOpenAlgorithmProvider(&alg, kind == DIGEST_SHA256 ? BCRYPT_SHA256_ALGORITHM : BCRYPT_MD5_ALGORITHM, NULL, 0);
    if (!status) status = BCryptCreateHash(alg, &hash, NULL, 0, NULL, 0, 0);
    if (!status) status = BCryptHashData(hash, (BYTE *)data, len, 0);
    if (!status) status = BCryptFinishHash(hash, out, kind == DIGEST_SHA256 ? 32 : 16, 0);
    if (hash) BCryptDestroyHash(hash);
    if (alg) BCryptCloseAlgorithmProvider(alg, 0);
    return status ? HRESULT_FROM_NT(status) : S_OK;
}

static HRESULT digest_value(struct auth_digest *digest, const WCHAR *user, const WCHAR *password, const char *method,
                            const char *uri, char **value)
{
    static const struct digest_world world = { hash_data, NULL };
    static const char digits[] = "0123456789abcdef";
    struct digest_request request;
    char cnonce[33];
    BYTE random[16];
    UINT32 i;

    if (BCryptGenRandom(NULL, random, sizeof(random), BCRYPT_USE_SYSTEM_PREFERRED_RNG)) return E_UNEXPECTED;
    for (i = 0; i < sizeof(random); i++)
    {
        cnonce[2 * i] = digits[random[i] >> 4];
        cnonce[2 * i + 1] = digits[random[i] & 15];
    }
    cnonce[32] = 0;
    request.method = method;
    request.uri = uri;
    request.user = user;
    request.password = password ? password : L"";
    request.cnonce = cnonce;
    request.count = InterlockedIncrement(&digest->count);
    return digest_respond(digest->challenge, &request, &world, value);
}

/* Basic, and base64 --------------------------------------------------------------------------------------------- */

static HRESULT to_utf8(const WCHAR *text, char **utf8)
{
    int len = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);

    if (!len || !(*utf8 = malloc(len))) return E_OUTOFMEMORY;
    WideCharToMultiByte(CP_UTF8, 0, text, -1, *utf8, len, NULL, NULL);
    return S_OK;
}

/* "Name base64" */
static HRESULT base64_value(const char *name, const BYTE *data, ULONG len, char **value)
{
    size_t name_len = strlen(name);
    DWORD size = 0;

    if (!CryptBinaryToStringA(data, len, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, NULL, &size)) return E_OUTOFMEMORY;
    if (!(*value = malloc(name_len + 1 + size))) return E_OUTOFMEMORY;
    memcpy(*value, name, name_len);
    (*value)[name_len] = ' ';
    if (CryptBinaryToStringA(data, len, CRYPT_STRING_BASE64 | CRYPT_STRING_NOCRLF, *value + name_len + 1, &size)) return S_OK;
    free(*value);
    *value = NULL;
    return E_OUTOFMEMORY;
}

static HRESULT basic_value(const WCHAR *user_wide, const WCHAR *password_wide, char **value)
{
    char *user = NULL, *password = NULL, *pair;
    size_t user_len, password_len;
    HRESULT hr;

    if (SUCCEEDED(hr = to_utf8(user_wide, &user)) && SUCCEEDED(hr = to_utf8(password_wide ? password_wide : L"", &password)))
    {
        user_len = strlen(user);
        password_len = strlen(password);
        if (!(pair = malloc(user_len + 1 + password_len))) hr = E_OUTOFMEMORY;
        else
        {
            memcpy(pair, user, user_len);
            pair[user_len] = ':';
            memcpy(pair + user_len + 1, password, password_len);
            hr = base64_value("Basic", (BYTE *)pair, user_len + 1 + password_len, value);
            SecureZeroMemory(pair, user_len + 1 + password_len);
            free(pair);
        }
        SecureZeroMemory(password, password_len);
    }
    free(user);
    free(password);
    return hr;
}

/* NTLM and Negotiate -------------------------------------------------------------------------------------------- */

static void sspi_free(void *ctx)
{
    struct auth_sspi *sspi = ctx;

    if (!sspi) return;
    if (sspi->has_context) DeleteSecurityContext(&sspi->context);
    if (sspi->has_cred) FreeCredentialsHandle(&sspi->cred);
    free(sspi->user);
    free(sspi->domain);
    wipe(sspi->password);
    free(sspi->spn);
    free(sspi->in);
    free(sspi->out);
    free(sspi);
}

/* One leg.  In Wine it starts and asks a helper program, on Windows it may ask a domain controller: neither can be cancelled. */
static void sspi_step(void *ctx)
{
    struct auth_sspi *sspi = ctx;
    SecBufferDesc in_desc, out_desc;
    SecBuffer in, out;
    ULONG attrs;

    free(sspi->out);
    sspi->out = NULL;
    sspi->out_len = 0;
    sspi->sent = FALSE;
    if (!sspi->has_cred)
    {
        SEC_WINNT_AUTH_IDENTITY_W identity;

        memset(&identity, 0, sizeof(identity));
        identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
        if (sspi->user)
        {
            identity.User = (unsigned short *)sspi->user;
            identity.UserLength = wcslen(sspi->user);
            identity.Domain = (unsigned short *)(sspi->domain ? sspi->domain : L"");
            identity.DomainLength = sspi->domain ? wcslen(sspi->domain) : 0;
            identity.Password = (unsigned short *)sspi->password;
            identity.PasswordLength = wcslen(sspi->password);
        }
        sspi->status = AcquireCredentialsHandleW(NULL, (WCHAR *)sspi->package, SECPKG_CRED_OUTBOUND, NULL,
                                                 sspi->user ? &identity : NULL, NULL, NULL, &sspi->cred, NULL);
        if (sspi->status != SEC_E_OK) return;
        sspi->has_cred = TRUE;
    }

    in.BufferType = SECBUFFER_TOKEN;
    in.pvBuffer = sspi->in;
    in.cbBuffer = sspi->in_len;
    in_desc.ulVersion = SECBUFFER_VERSION;
    in_desc.cBuffers = 1;
    in_desc.pBuffers = &in;
    if (!(sspi->out = malloc(MAX_TOKEN)))
    {
        sspi->status = SEC_E_INSUFFICIENT_MEMORY;
        return;
    }
    out.BufferType = SECBUFFER_TOKEN;
    out.pvBuffer = sspi->out;
    out.cbBuffer = MAX_TOKEN;
    out_desc.ulVersion = SECBUFFER_VERSION;
    out_desc.cBuffers = 1;
    out_desc.pBuffers = &out;
    sspi->status = InitializeSecurityContextW(&sspi->cred, sspi->has_context ? &sspi->context : NULL, sspi->spn, 0, 0,
                                              SECURITY_NETWORK_DREP, sspi->in ? &in_desc : NULL, 0, &sspi->context, &out_desc,
                                              &attrs, NULL);
    if (FAILED(sspi->status)) return;
    sspi->has_context = TRUE;
    if (sspi->status == SEC_I_COMPLETE_NEEDED || sspi->status == SEC_I_COMPLETE_AND_CONTINUE)
    {
        SECURITY_STATUS status = CompleteAuthToken(&sspi->context, &out_desc);

        if (FAILED(status)) sspi->status = status;
        else sspi->status = sspi->status == SEC_I_COMPLETE_AND_CONTINUE ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
    }
    sspi->out_len = out.cbBuffer;
}

static BOOL is_sspi(UINT32 scheme)
{
    return scheme == SCHEME_NTLM || scheme == SCHEME_NEGOTIATE;
}

/* A leg with the server's token (or none). S_FALSE: the system cannot do it, the reason is in exchange->detail. */
static HRESULT sspi_leg(struct auth_exchange *exchange, BYTE *token, ULONG len, HANDLE cancel, UINT32 timeout)
{
    struct auth_sspi *sspi = exchange->sspi;
    HRESULT hr;

    free(sspi->in);
    sspi->in = token;
    sspi->in_len = len;
    hr = offload_run(sspi_step, sspi_free, sspi, cancel, timeout);
    if (FAILED(hr))
    {
        exchange->sspi = NULL; /* it is the call's now */
        return hr == E_ABORT || hr == E_OUTOFMEMORY ? hr : S_FALSE;
    }
    if (sspi->status == SEC_E_OK || sspi->status == SEC_I_CONTINUE_NEEDED) return S_OK;
    exchange->detail = sspi->status;
    return S_FALSE;
}

static HRESULT sspi_begin(struct auth_exchange *exchange, HANDLE cancel, UINT32 timeout)
{
    const struct auth_credential *credential = exchange->credential;
    static const WCHAR service[] = L"HTTP/";
    struct auth_sspi *sspi;
    const WCHAR *slash;
    size_t len;

    if (!(sspi = exchange->sspi = calloc(1, sizeof(*sspi)))) return E_OUTOFMEMORY;
    sspi->package = exchange->scheme == SCHEME_NTLM ? L"NTLM" : L"Negotiate";
    len = wcslen(exchange->host);
    if (!(sspi->spn = malloc(sizeof(service) + len * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    memcpy(sspi->spn, service, sizeof(service));
    memcpy(sspi->spn + ARRAY_SIZE(service) - 1, exchange->host, (len + 1) * sizeof(WCHAR));
    if (credential->user)
    {
        /* DOMAIN\user; anything else as it is [JOB2.SetCredentials.19] */
        if ((slash = wcschr(credential->user, '\\')))
        {
            if (!(sspi->domain = calloc(slash - credential->user + 1, sizeof(WCHAR)))) return E_OUTOFMEMORY;
            memcpy(sspi->domain, credential->user, (slash - credential->user) * sizeof(WCHAR));
        }
        sspi->user = _wcsdup(slash ? slash + 1 : credential->user);
        sspi->password = _wcsdup(credential->password ? credential->password : L"");
        if (!sspi->user || !sspi->password) return E_OUTOFMEMORY;
    }
    return sspi_leg(exchange, NULL, 0, cancel, timeout);
}

/* The token of the challenge, malloc'ed; NULL if there is none or it is no base64. */
static BYTE *decode_token(const struct challenge *challenge, ULONG *len)
{
    BYTE *token;
    DWORD size = 0;

    if (!challenge || !challenge->token || !CryptStringToBinaryA(challenge->token, 0, CRYPT_STRING_BASE64, NULL, &size, NULL, NULL))
        return NULL;
    if (!size || size > MAX_TOKEN || !(token = malloc(size))) return NULL;
    if (CryptStringToBinaryA(challenge->token, 0, CRYPT_STRING_BASE64, token, &size, NULL, NULL))
    {
        *len = size;
        return token;
    }
    free(token);
    return NULL;
}

/* Sessions ---------------------------------------------------------------------------------------------------------- */

HRESULT auth_create(const struct shim_session_params *params, struct auth **ret)
{
    struct auth *auth;
    ULONG i;

    *ret = NULL;
    if (!(auth = calloc(1, sizeof(*auth)))) return E_OUTOFMEMORY;
    InitializeCriticalSection(&auth->cs);
    auth->implicit_allowed[AUTH_SERVER] = params->implicit_server;
    auth->implicit_allowed[AUTH_PROXY] = params->implicit_proxy;
    if (params->credential_count && !(auth->credentials = calloc(params->credential_count, sizeof(*auth->credentials)))) goto failed;
    for (i = 0; i < params->credential_count; i++)
    {
        struct auth_credential *credential = &auth->credentials[i];

        auth->count++;
        credential->target = params->credentials[i].target;
        credential->scheme = params->credentials[i].scheme;
        if (params->credentials[i].user && !(credential->user = _wcsdup(params->credentials[i].user))) goto failed;
        if (params->credentials[i].password && !(credential->password = _wcsdup(params->credentials[i].password))) goto failed;
    }
    *ret = auth;
    return S_OK;

failed:
    auth_free(auth);
    return E_OUTOFMEMORY;
}

static void free_answered(struct answered *answered)
{
    digest_release(answered->digest);
    free(answered->host);
    free(answered);
}

void auth_free(struct auth *auth)
{
    struct answered *answered;
    ULONG i;

    if (!auth) return;
    while ((answered = auth->answered))
    {
        auth->answered = answered->next;
        free_answered(answered);
    }
    for (i = 0; i < auth->count; i++)
    {
        free(auth->credentials[i].user);
        wipe(auth->credentials[i].password);
    }
    free(auth->credentials);
    DeleteCriticalSection(&auth->cs);
    free(auth);
}

/* Whom to be for a scheme: the job's entry for it; implicit, by an entry for the proxy [BEH.AUTH.6] or by the rule of the machine. */
static const struct auth_credential *find_credential(const struct auth_exchange *exchange, UINT32 scheme)
{
    const struct auth *auth = exchange->auth;
    DWORD target = exchange->target == AUTH_PROXY ? 2 : 1;
    BOOL explicit_server = FALSE, implicit_proxy = FALSE;
    ULONG i;

    for (i = 0; i < auth->count; i++)
    {
        const struct auth_credential *credential = &auth->credentials[i];

        if (credential->target == target && credential->scheme == scheme && (credential->user || is_sspi(scheme)))
            return credential;
        if (credential->target == 1 && credential->user) explicit_server = TRUE;
        if (credential->target == 2 && !credential->user && is_sspi(credential->scheme)) implicit_proxy = TRUE;
    }
    if (!is_sspi(scheme)) return NULL;
    if (exchange->target == AUTH_SERVER && implicit_proxy && !explicit_server) return &auth->implicit;
    if (exchange->target == AUTH_SERVER && explicit_server) return NULL;
    return auth->implicit_allowed[exchange->target] ? &auth->implicit : NULL;
}

static BOOL same_peer(const struct answered *answered, const struct auth_exchange *exchange)
{
    return answered->target == exchange->target && answered->port == exchange->port && answered->secure == exchange->secure
            && !_wcsicmp(answered->host, exchange->host);
}

/* Name and password for Basic and Digest: the job's entry, or else what the URL says [BEH.HTTP.20]. */
static BOOL get_login(const struct auth_exchange *exchange, UINT32 scheme, const WCHAR **user, const WCHAR **password)
{
    const struct auth_credential *credential = find_credential(exchange, scheme);

    *user = credential ? credential->user : exchange->url_user;
    *password = credential ? credential->password : exchange->url_password;
    return *user != NULL;
}

void auth_begin(struct auth_exchange *exchange, struct auth *auth, enum auth_target target, const WCHAR *host, UINT16 port,
                BOOL secure, const WCHAR *url_user, const WCHAR *url_password)
{
    const struct answered *answered;

    memset(exchange, 0, sizeof(*exchange));
    exchange->auth = auth;
    exchange->target = target;
    exchange->host = host;
    exchange->port = port;
    exchange->secure = secure;
    exchange->url_user = url_user;
    exchange->url_password = url_password;

    EnterCriticalSection(&auth->cs);
    for (answered = auth->answered; answered; answered = answered->next)
        if (same_peer(answered, exchange)) break;
    if (answered)
    {
        exchange->scheme = answered->scheme;
        exchange->digest = digest_grab(answered->digest);
        exchange->preset = TRUE;
    }
    LeaveCriticalSection(&auth->cs);
}

static void forget_scheme(struct auth_exchange *exchange)
{
    digest_release(exchange->digest);
    exchange->digest = NULL;
    sspi_free(exchange->sspi);
    exchange->sspi = NULL;
    exchange->scheme = 0;
    exchange->preset = FALSE;
}

/* Puts what this exchange has found out in the place of what was known of the peer. */
static void remember(struct auth_exchange *exchange, BOOL accepted)
{
    struct auth *auth = exchange->auth;
    struct answered **entry, *answered, *added = NULL;

    if (accepted && (exchange->scheme == SCHEME_BASIC || exchange->scheme == SCHEME_DIGEST) && (added = calloc(1, sizeof(*added))))
    {
        added->target = exchange->target;
        added->host = _wcsdup(exchange->host);
        added->port = exchange->port;
        added->secure = exchange->secure;
        added->scheme = exchange->scheme;
        added->digest = digest_grab(exchange->digest);
        if (!added->host)
        {
            free_answered(added);
            added = NULL;
        }
    }
    EnterCriticalSection(&auth->cs);
    for (entry = &auth->answered; (answered = *entry);)
    {
        if (!same_peer(answered, exchange)) entry = &answered->next;
        else
        {
            *entry = answered->next;
            free_answered(answered);
        }
    }
    if (added)
    {
        added->next = auth->answered;
        auth->answered = added;
    }
    LeaveCriticalSection(&auth->cs);
}

void auth_end(struct auth_exchange *exchange, BOOL accepted)
{
    if (!exchange->auth) return;
    if ((accepted && exchange->scheme && !exchange->preset) || exchange->refused) remember(exchange, accepted);
    forget_scheme(exchange);
    exchange->auth = NULL;
}

HRESULT auth_value(struct auth_exchange *exchange, const char *method, const char *uri, char **value)
{
    const WCHAR *user, *password;
    HRESULT hr;

    *value = NULL;
    if (!exchange->auth) return S_OK;
    switch (exchange->scheme)
    {
    case SCHEME_BASIC:
        if (!get_login(exchange, SCHEME_BASIC, &user, &password)) return S_OK;
        return basic_value(user, password, value);

    case SCHEME_DIGEST:
        if (!get_login(exchange, SCHEME_DIGEST, &user, &password)) return S_OK;
        return digest_value(exchange->digest, user, password, method, uri, value);

    case SCHEME_NTLM:
    case SCHEME_NEGOTIATE:
        if (!exchange->sspi || exchange->sspi->sent || !exchange->sspi->out_len) return S_OK;
        hr = base64_value(scheme_names[exchange->scheme], exchange->sspi->out, exchange->sspi->out_len, value);
        exchange->sspi->sent = SUCCEEDED(hr);
        return hr;
    }
    return S_OK;
}

/* The scheme in use was answered by another challenge. S_OK: that is part of it; S_FALSE: it was refused. */
static HRESULT go_on(struct auth_exchange *exchange, struct challenge_list *list, BOOL keep_alive, HANDLE cancel, UINT32 timeout)
{
    const struct challenge *challenge;
    struct auth_digest *digest;
    ULONG len;
    BYTE *token;

    switch (exchange->scheme)
    {
    case SCHEME_DIGEST:
        if (!(challenge = digest_find(list)) || !(exchange->preset || digest_is_stale(challenge))) return S_FALSE;
        if (exchange->renewals++ >= MAX_RENEWALS || !(digest = digest_take(list))) return S_FALSE;
        digest_release(exchange->digest);
        exchange->digest = digest;
        exchange->preset = FALSE;
        return S_OK;

    case SCHEME_NTLM:
    case SCHEME_NEGOTIATE:
        if (!exchange->sspi || exchange->sspi->status != SEC_I_CONTINUE_NEEDED || !keep_alive) return S_FALSE;
        if (!(token = decode_token(challenges_find(list, scheme_names[exchange->scheme]), &len))) return S_FALSE;
        return sspi_leg(exchange, token, len, cancel, timeout);
    }
    return S_FALSE;
}

HRESULT auth_challenged(struct auth_exchange *exchange, const struct header_list *headers, BOOL keep_alive, HANDLE cancel,
                        UINT32 timeout)
{
    static const UINT32 order[] = { SCHEME_NEGOTIATE, SCHEME_NTLM, SCHEME_DIGEST, SCHEME_BASIC };
    const WCHAR *user, *password;
    struct challenge_list list;
    HRESULT hr;
    UINT32 i;

    if (!exchange->auth) return S_FALSE;
    hr = challenges_parse(headers, exchange->target == AUTH_PROXY ? "Proxy-Authenticate" : "WWW-Authenticate", &list);
    if (FAILED(hr)) return hr;
    if (exchange->scheme)
    {
        if ((hr = go_on(exchange, &list, keep_alive, cancel, timeout)) != S_FALSE) goto done;
        exchange->refused |= SCHEME_BIT(exchange->scheme);
        forget_scheme(exchange);
    }

    hr = S_FALSE;
    for (i = 0; i < ARRAY_SIZE(order) && hr == S_FALSE; i++)
    {
        UINT32 scheme = order[i];

        if ((exchange->refused & SCHEME_BIT(scheme)) || !challenges_find(&list, scheme_names[scheme])) continue;
        if (is_sspi(scheme))
        {
            if (!(exchange->credential = find_credential(exchange, scheme))) continue;
            exchange->scheme = scheme;
            hr = sspi_begin(exchange, cancel, timeout);
        }
        else
        {
            if (!get_login(exchange, scheme, &user, &password)) continue;
            exchange->scheme = scheme;
            if (scheme == SCHEME_BASIC || (exchange->digest = digest_take(&list))) hr = S_OK;
        }
        if (hr == S_OK) break;
        forget_scheme(exchange);
        exchange->refused |= SCHEME_BIT(scheme);
    }

done:
    challenges_free(&list);
    return hr;
}

void auth_lost(struct auth_exchange *exchange)
{
    if (exchange->sspi && !exchange->sspi->in) exchange->sspi->sent = FALSE;
}

BOOL auth_is_bound(const struct auth_exchange *exchange)
{
    return exchange->auth && exchange->sspi && exchange->sspi->in && !exchange->sspi->sent;
}

BOOL auth_is_personal(const struct auth_exchange *exchange)
{
    return exchange->auth && exchange->sspi;
}

BOOL auth_is_preliminary(const struct auth_exchange *exchange)
{
    return exchange->auth && exchange->sspi && !exchange->sspi->sent && exchange->sspi->status == SEC_I_CONTINUE_NEEDED;
}
