/*
 * The client that judges the certificates of servers
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


#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"
#include "objbase.h"

#include "judge.h"
#include "notify_threads.h"
#include "orphans.h"
#include "policy.h"
#include "qmgr_private.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define HASH_SIZE 20

struct accepted
{
    struct list entry;
    UINT16 port;
    BYTE hash[HASH_SIZE];
    WCHAR host[1];
};

struct judge
{
    LONG refs;                      /* interlocked */
    /* fixed at creation */
    IUnknown *callback;
    struct client *client;          /* whose it is: what it is shown are doors of his */
    /* guarded by queue.cs */
    struct list accepted;
};

/* A call into the client, which may never return. */
static void destroy_judge(void *ctx)
{
    struct accepted *accepted, *next;
    struct judge *judge = ctx;
    UINT64 apartment = 0;

    LIST_FOR_EACH_ENTRY_SAFE(accepted, next, &judge->accepted, struct accepted, entry) free(accepted);
    if (client_is_gone(judge->client) && (apartment = orphan_apartment(judge->callback)) >> 32 != client_pid(judge->client)) apartment = 0;
    if (apartment)
    {
        orphan_disown(judge->callback, &IID_IUnknown);
        orphan_disown(judge->callback, &IID_IBackgroundCopyServerCertificateValidationCallback);
    }
    IUnknown_Release(judge->callback);
    if (apartment) orphan_close_connections(apartment);
    client_release(judge->client);
    free(judge);
}

/* Whoever drops the last reference, a transfer or a client that cancels another's job, does not wait for the client whose judge it was. */
static void judge_release(struct judge *judge)
{
    if (!judge || InterlockedDecrement(&judge->refs)) return;
    if (FAILED(notify_thread_run(destroy_judge, judge))) destroy_judge(judge);
}

HRESULT judge_set(struct queue_job *job, struct client *client, IUnknown *callback)
{
    struct judge *judge = NULL, *old;

    if (callback)
    {
        if (!(judge = malloc(sizeof(*judge)))) return E_OUTOFMEMORY;
        judge->refs = 1;
        judge->callback = callback;
        IUnknown_AddRef(callback);
        judge->client = client;
        client_addref(client);
        list_init(&judge->accepted);
    }
    queue_enter();
    if (judge && job_is_final(job->live)) old = judge;
    else
    {
        old = job->judge;
        job->judge = judge;
    }
    queue_leave();
    judge_release(old);
    return S_OK;
}

void judge_forget(struct queue_job *job)
{
    judge_set(job, NULL, NULL);
}

static struct accepted *find_accepted_locked(struct judge *judge, const WCHAR *host, UINT16 port, const BYTE *hash)
{
    struct accepted *accepted;

    LIST_FOR_EACH_ENTRY(accepted, &judge->accepted, struct accepted, entry)
        if (accepted->port == port && !memcmp(accepted->hash, hash, HASH_SIZE) && !str_icmp(accepted->host, host)) return accepted;
    return NULL;
}

/* CERTCB.ValidateServerCertificate.3 */
static void remember(struct judge *judge, const WCHAR *host, UINT16 port, const BYTE *hash)
{
    size_t size = (str_len(host) + 1) * sizeof(WCHAR);
    struct accepted *accepted;

    if (!(accepted = malloc(sizeof(*accepted) + size))) return;     /* then it is asked again */
    accepted->port = port;
    memcpy(accepted->hash, hash, HASH_SIZE);
    memcpy(accepted->host, host, size);
    queue_enter();
    if (find_accepted_locked(judge, host, port, hash)) free(accepted);
    else list_add_head(&judge->accepted, &accepted->entry);
    queue_leave();
}

/* One call of the client, on a thread of its own: whoever waits for the answer may have to go. */
struct question
{
    LONG refs;                      /* interlocked */
    struct judge *judge;
    IBackgroundCopyJob *job;
    IBackgroundCopyFile *file;
    DWORD encoding;
    DATA_BLOB cert, store;
    HANDLE answered;
    HRESULT hr;                     /* valid once it is answered */
};

static void question_release(struct question *question)
{
    if (InterlockedDecrement(&question->refs)) return;
    if (question->job) IBackgroundCopyJob_Release(question->job);
    if (question->file) IBackgroundCopyFile_Release(question->file);
    if (question->answered) CloseHandle(question->answered);
    free(question->cert.pbData);
    free(question->store.pbData);
    judge_release(question->judge);
    free(question);
}

static void put_question(void *ctx)
{
    IBackgroundCopyServerCertificateValidationCallback *callback;
    struct question *question = ctx;
    HRESULT hr;

    hr = IUnknown_QueryInterface(question->judge->callback, &IID_IBackgroundCopyServerCertificateValidationCallback, (void **)&callback);
    if (SUCCEEDED(hr))
    {
        hr = IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(callback, question->job, question->file,
                question->cert.cbData, question->cert.pbData, question->encoding, question->store.cbData, question->store.pbData);
        IBackgroundCopyServerCertificateValidationCallback_Release(callback);
    }
    question->hr = hr;
    SetEvent(question->answered);
    question_release(question);
}

/* The file that is being fetched. */
static UINT32 current_file(struct queue_job *job)
{
    UINT32 file;

    queue_enter();
    file = job->planned_file;
    queue_leave();
    return file == NO_FILE ? 0 : file;
}

/*
 * The store of a certificate for CERT_STORE_PROV_SERIALIZED: its certificates and nothing else, since properties that others hang on them
 * need not mean anything in the client's process.
 */
static HRESULT serialize_store(HCERTSTORE from, DATA_BLOB *blob)
{
    const CERT_CONTEXT *cert = NULL;
    HCERTSTORE store;
    HRESULT hr = E_OUTOFMEMORY;

    if (!(store = CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL))) return E_OUTOFMEMORY;
    while ((cert = CertEnumCertificatesInStore(from, cert)))
        CertAddEncodedCertificateToStore(store, cert->dwCertEncodingType, cert->pbCertEncoded, cert->cbCertEncoded,
                                         CERT_STORE_ADD_ALWAYS, NULL);
    if (CertSaveStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE, CERT_STORE_SAVE_TO_MEMORY, blob, 0)
        && (blob->pbData = malloc(blob->cbData))
        && CertSaveStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE, CERT_STORE_SAVE_TO_MEMORY, blob, 0))
        hr = S_OK;
    CertCloseStore(store, 0);
    return hr;
}

static HRESULT make_question(struct queue_job *job, struct judge *judge, const CERT_CONTEXT *cert, struct question **ret)
{
    struct question *question;
    HRESULT hr = E_OUTOFMEMORY;

    if (!(question = calloc(1, sizeof(*question)))) return E_OUTOFMEMORY;
    question->refs = 1;
    question->judge = judge;
    InterlockedIncrement(&judge->refs);
    question->encoding = cert->dwCertEncodingType;
    if ((question->cert.pbData = malloc(cert->cbCertEncoded)))
    {
        question->cert.cbData = cert->cbCertEncoded;
        memcpy(question->cert.pbData, cert->pbCertEncoded, cert->cbCertEncoded);
        hr = serialize_store(cert->hCertStore, &question->store);
    }
    if (SUCCEEDED(hr)) hr = job_door_get(judge->client, job, &question->job);
    if (SUCCEEDED(hr)) hr = file_door_create(judge->client, job, current_file(job), &question->file);
    if (SUCCEEDED(hr) && !(question->answered = CreateEventW(NULL, TRUE, FALSE, NULL))) hr = HRESULT_FROM_WIN32(GetLastError());
    if (FAILED(hr))
    {
        question_release(question);
        return hr;
    }
    *ret = question;
    return S_OK;
}

/* The client is not there any more, or never gets to it. */
static BOOL is_gone(HRESULT hr)
{
    switch (hr)
    {
    case E_NOINTERFACE:
    case RPC_E_DISCONNECTED:
    case RPC_E_SERVER_DIED:
    case RPC_E_SERVER_DIED_DNE:
    case CO_E_OBJNOTCONNECTED:
        return TRUE;
    default:
        return hr == HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) || hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED)
               || hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED_DNE) || hr == HRESULT_FROM_WIN32(RPC_S_UNKNOWN_IF);
    }
}

static HRESULT ask(struct queue_job *job, struct judge *judge, const CERT_CONTEXT *cert, HANDLE cancel)
{
    struct question *question;
    struct policy policy;
    HANDLE handles[2];
    HRESULT hr;
    DWORD wait;

    if (FAILED(hr = make_question(job, judge, cert, &question))) return hr;
    handles[0] = question->answered;
    handles[1] = cancel;
    policy_get(&policy);
    InterlockedIncrement(&question->refs);
    if (FAILED(hr = notify_thread_run(put_question, question)))
    {
        question_release(question);
        question_release(question);
        return hr;
    }
    wait = WaitForMultipleObjects(ARRAY_SIZE(handles), handles, FALSE, (DWORD)min(policy.notify_timeout, 0x7fffffff));
    if (wait == WAIT_OBJECT_0)
    {
        hr = question->hr;
        if (is_gone(hr)) hr = BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
        else if (SUCCEEDED(hr) && hr != S_OK) hr = E_FAIL;          /* CERTCB.ValidateServerCertificate.A1 */
    }
    else hr = wait == WAIT_OBJECT_0 + 1 ? E_ABORT : BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    question_release(question);
    return hr;
}

HRESULT judge_ask(struct queue_job *job, const WCHAR *host, UINT16 port, const void *cert_context, HANDLE cancel)
{
    const CERT_CONTEXT *cert = cert_context;
    BYTE hash[HASH_SIZE];
    DWORD size = sizeof(hash);
    struct judge *judge;
    BOOL known = FALSE;
    HRESULT hr = S_OK;

    if (!CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size)) return HRESULT_FROM_WIN32(GetLastError());
    queue_enter();
    if ((judge = job->judge))
    {
        InterlockedIncrement(&judge->refs);
        known = find_accepted_locked(judge, host, port, hash) != NULL;
    }
    queue_leave();
    if (!judge) return BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
    if (!known && (hr = ask(job, judge, cert, cancel)) == S_OK) remember(judge, host, port, hash);
    TRACE("job %s, %s:%u, known %d, hr %#lx.\n", debugstr_guid(&job->job->id), debugstr_w(host), port, known, hr);
    judge_release(judge);
    return hr;
}
