/*
 * A client of BITS for scripts: makes jobs of a list of URLs, waits for them and says how long that took and how it ended
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

/*
 * Only COM and what every BITS has, so that it measures any of them; what is newer is asked for when an option needs it.  Output, a line each:
 *
 *   job INDEX STATE HRESULT CONTEXT BYTES      how that job ended
 *   judged N COUNT                               how often the certificate of a server was judged, and how many came with the last one
 *   time added|resumed|transferred|completed MICROSECONDS    since the first call, when all jobs were so far
 *   time ended MICROSECONDS                                  the same, of their TransferCompletionTime
 */

#define COBJMACROS
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "wincrypt.h"
#include "initguid.h"
#include "objbase.h"

#include "bits.h"
#include "bits1_5.h"
#include "bits2_5.h"
#include "bits10_3.h"

static const char usage[] =
    "Usage: bits_client [OPTION...] URL FILE [URL FILE...]\n"
    "\n"
    "  --list FILE          more pairs, a line each, separated by a tab\n"
    "  --each               a job for each pair, all at the same time; default is one job\n"
    "  --serial             with --each: one after the other\n"
    "  --repeat N           the whole again N times, each line of output N times\n"
    "  --upload             what is in FILE goes to URL; with several pairs: --each\n"
    "  --foreground         priority, default is normal\n"
    "  --flags N            SetSecurityFlags\n"
    "  --cert STORE SUBJECT SetClientCertificateByName, current user\n"
    "  --cert-id STORE HASH SetClientCertificateByID, current user, 40 hexadecimal digits\n"
    "  --judge N            SetServerCertificateValidationInterface, an object that answers this HRESULT; \"gone\" for\n"
    "                       one that is no longer there when it is asked\n"
    "  --first              with --judge: another object, which refuses, is set before\n"
    "  --again              with --judge: it is set again before --once-more\n"
    "  --once-more          a job that has failed is resumed once; one that was transferred gets its files once more\n"
    "  --credentials TARGET SCHEME USER PASSWORD   numbers for the first two\n"
    "  --proxy LIST         SetProxySettings, override; \"-\" for none at all\n"
    "  --transient          a transient error is an end too\n"
    "  --timeout SECONDS    default 300\n"
    "  --poll MS            how often the state is asked for, default 20\n"
    "  --notify             it is asked for at once when the service calls back, too\n"
    "  --keep               no Complete; what was received stays in its job, which is cancelled\n"
    "  --trust FILE         first make the certificate (DER) a trusted root of the user\n"
    "  --own FILE PASSWORD  first take the certificate and key (PKCS #12) into the user's store MY\n"
    "\n"
    "A FILE that begins with / is a Unix path. Exit code: 0 if all jobs were transferred, 1 if not, 2 for failures of calls.\n";

struct pair
{
    WCHAR *url, *file;
};

static struct
{
    struct pair *pairs;
    UINT32 count, size;
    BOOL each, serial, upload, foreground, transient, keep, has_flags;
    BOOL prepared;      /* there was something else to do than jobs */
    ULONG flags;
    WCHAR *cert_store, *cert_subject;
    const char *cert_hash;
    BOOL judge, judge_gone, first, again, once_more;
    HRESULT judgement;
    BG_AUTH_CREDENTIALS credentials[8];
    UINT32 credential_count;
    WCHAR *proxy;
    DWORD timeout, poll, repeat;
    HANDLE called;          /* auto-reset event; NULL: without --notify */
} options = { .timeout = 300, .poll = 20, .repeat = 1 };

static const char *const state_names[] =
{
    "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED"
};

static LONGLONG now_us(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return count.QuadPart / frequency.QuadPart * 1000000 + count.QuadPart % frequency.QuadPart * 1000000 / frequency.QuadPart;
}

static void check(HRESULT hr, const char *what)
{
    if (SUCCEEDED(hr)) return;
    printf("failed %s 0x%08lx\n", what, hr);
    fflush(stdout);
    exit(2);
}

static WCHAR *widen(const char *text, UINT code_page)
{
    int len = MultiByteToWideChar(code_page, 0, text, -1, NULL, 0);
    WCHAR *wide = malloc(len * sizeof(*wide));

    MultiByteToWideChar(code_page, 0, text, -1, wide, len);
    return wide;
}

/* All of a file; it is small. */
static BYTE *read_file(const char *path, DWORD *size)
{
    static BYTE data[65536];
    FILE *file = fopen(path, "rb");

    if (!file)
    {
        printf("failed to open %s\n", path);
        exit(2);
    }
    *size = (DWORD)fread(data, 1, sizeof(data), file);
    fclose(file);
    return data;
}

static void check_last(BOOL success, const char *what)
{
    check(success ? S_OK : HRESULT_FROM_WIN32(GetLastError()), what);
}

static void add_to_store(const WCHAR *name, const CERT_CONTEXT *cert)
{
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, name);

    check_last(store != NULL, "CertOpenStore");
    check_last(CertAddCertificateContextToStore(store, cert, CERT_STORE_ADD_REPLACE_EXISTING, NULL), "CertAddCertificateContextToStore");
    CertCloseStore(store, 0);
}

static void trust(const char *path)
{
    const CERT_CONTEXT *cert;
    DWORD size;
    BYTE *der = read_file(path, &size);

    check_last((cert = CertCreateCertificateContext(X509_ASN_ENCODING, der, size)) != NULL, "CertCreateCertificateContext");
    add_to_store(L"Root", cert);
    CertFreeCertificateContext(cert);
}

static void own(const char *path, const char *password)
{
    const CERT_CONTEXT *cert = NULL;
    CRYPT_DATA_BLOB blob;
    HCERTSTORE store;

    blob.pbData = read_file(path, &blob.cbData);
    check_last((store = PFXImportCertStore(&blob, widen(password, CP_ACP), CRYPT_USER_KEYSET)) != NULL, "PFXImportCertStore");
    while ((cert = CertEnumCertificatesInStore(store, cert))) add_to_store(L"MY", cert);
    CertCloseStore(store, 0);
}

static void add_pair(const char *url, const char *file, UINT code_page)
{
    struct pair *pair;
    WCHAR *name, *p;

    if (options.count == options.size)
    {
        options.size = options.size ? options.size * 2 : 64;
        options.pairs = realloc(options.pairs, options.size * sizeof(*options.pairs));
    }
    pair = &options.pairs[options.count++];
    pair->url = widen(url, code_page);
    name = widen(file, code_page);
    if (*name == '/')
    {
        pair->file = malloc((wcslen(name) + 3) * sizeof(WCHAR));
        wcscpy(pair->file, L"Z:");
        wcscat(pair->file, name);
        for (p = pair->file; *p; p++)
            if (*p == '/') *p = '\\';
        free(name);
    }
    else pair->file = name;
}

static void read_list(const char *path)
{
    static char line[16384];
    FILE *list = fopen(path, "rb");
    char *tab;

    if (!list)
    {
        printf("failed to open %s\n", path);
        exit(2);
    }
    while (fgets(line, sizeof(line), list))
    {
        line[strcspn(line, "\r\n")] = 0;
        if (!(tab = strchr(line, '\t'))) continue;
        *tab = 0;
        add_pair(line, tab + 1, CP_UTF8);
    }
    fclose(list);
}

static const char *next_argument(char **argv, int argc, int *i)
{
    if (++*i >= argc)
    {
        fputs(usage, stderr);
        exit(2);
    }
    return argv[*i];
}

static void parse(int argc, char **argv)
{
    int i;

    for (i = 1; i < argc; i++)
    {
        const char *arg = argv[i];

        if (!strcmp(arg, "--help") || !strcmp(arg, "-h"))
        {
            fputs(usage, stdout);
            exit(0);
        }
        else if (!strcmp(arg, "--list")) read_list(next_argument(argv, argc, &i));
        else if (!strcmp(arg, "--trust"))
        {
            trust(next_argument(argv, argc, &i));
            options.prepared = TRUE;
        }
        else if (!strcmp(arg, "--own"))
        {
            const char *file = next_argument(argv, argc, &i);

            own(file, next_argument(argv, argc, &i));
            options.prepared = TRUE;
        }
        else if (!strcmp(arg, "--each")) options.each = TRUE;
        else if (!strcmp(arg, "--serial")) options.serial = TRUE;
        else if (!strcmp(arg, "--repeat")) options.repeat = strtoul(next_argument(argv, argc, &i), NULL, 0);
        else if (!strcmp(arg, "--upload")) options.upload = TRUE;
        else if (!strcmp(arg, "--foreground")) options.foreground = TRUE;
        else if (!strcmp(arg, "--transient")) options.transient = TRUE;
        else if (!strcmp(arg, "--keep")) options.keep = TRUE;
        else if (!strcmp(arg, "--timeout")) options.timeout = strtoul(next_argument(argv, argc, &i), NULL, 0);
        else if (!strcmp(arg, "--notify")) check_last((options.called = CreateEventW(NULL, FALSE, FALSE, NULL)) != NULL, "CreateEvent");
        else if (!strcmp(arg, "--poll")) options.poll = strtoul(next_argument(argv, argc, &i), NULL, 0);
        else if (!strcmp(arg, "--proxy")) options.proxy = widen(next_argument(argv, argc, &i), CP_ACP);
        else if (!strcmp(arg, "--judge"))
        {
            const char *judgement = next_argument(argv, argc, &i);

            options.judge = TRUE;
            if (!(options.judge_gone = !strcmp(judgement, "gone"))) options.judgement = (HRESULT)strtoul(judgement, NULL, 0);
        }
        else if (!strcmp(arg, "--first")) options.first = TRUE;
        else if (!strcmp(arg, "--again")) options.again = TRUE;
        else if (!strcmp(arg, "--once-more")) options.once_more = TRUE;
        else if (!strcmp(arg, "--flags"))
        {
            options.flags = strtoul(next_argument(argv, argc, &i), NULL, 0);
            options.has_flags = TRUE;
        }
        else if (!strcmp(arg, "--cert"))
        {
            options.cert_store = widen(next_argument(argv, argc, &i), CP_ACP);
            options.cert_subject = widen(next_argument(argv, argc, &i), CP_ACP);
        }
        else if (!strcmp(arg, "--cert-id"))
        {
            options.cert_store = widen(next_argument(argv, argc, &i), CP_ACP);
            options.cert_hash = next_argument(argv, argc, &i);
        }
        else if (!strcmp(arg, "--credentials") && options.credential_count < ARRAY_SIZE(options.credentials))
        {
            BG_AUTH_CREDENTIALS *credentials = &options.credentials[options.credential_count++];

            credentials->Target = atoi(next_argument(argv, argc, &i));
            credentials->Scheme = atoi(next_argument(argv, argc, &i));
            credentials->Credentials.Basic.UserName = widen(next_argument(argv, argc, &i), CP_ACP);
            credentials->Credentials.Basic.Password = widen(next_argument(argv, argc, &i), CP_ACP);
        }
        else if (*arg != '-' && i + 1 < argc)
        {
            add_pair(arg, argv[i + 1], CP_ACP);
            i++;
        }
        else
        {
            fputs(usage, stderr);
            exit(2);
        }
    }
    if (options.count) return;
    if (options.prepared) exit(0);
    fputs(usage, stderr);
    exit(2);
}

/* The judge of certificates: static, as long as the program. */

static LONG judged, chain_length;

static HRESULT WINAPI judge_QueryInterface(IBackgroundCopyServerCertificateValidationCallback *iface, REFIID riid, void **out)
{
    *out = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown) && !IsEqualIID(riid, &IID_IBackgroundCopyServerCertificateValidationCallback))
        return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI judge_AddRef(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return 2;
}

static ULONG WINAPI judge_Release(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return 1;
}

/* What came is whole: a certificate, a store with a certificate in it, a job and a file that answer. */
static BOOL is_whole(IBackgroundCopyJob *job, IBackgroundCopyFile *file, DWORD length, const BYTE *data, DWORD encoding, DWORD store_length,
                     const BYTE *store_data)
{
    const CERT_CONTEXT *cert = CertCreateCertificateContext(encoding, data, length), *first;
    CRYPT_DATA_BLOB blob = { store_length, (BYTE *)store_data };
    HCERTSTORE store = CertOpenStore(CERT_STORE_PROV_SERIALIZED, 0, 0, 0, &blob);
    BOOL whole = FALSE;
    WCHAR *name = NULL;
    GUID id;

    if (cert && store && (first = CertEnumCertificatesInStore(store, NULL)))
    {
        for (chain_length = 0; first; chain_length++) first = CertEnumCertificatesInStore(store, first);
        whole = SUCCEEDED(IBackgroundCopyJob_GetId(job, &id)) && SUCCEEDED(IBackgroundCopyFile_GetRemoteName(file, &name))
                && !wcsncmp(name, L"https://", 8);
        CoTaskMemFree(name);
    }
    if (cert) CertFreeCertificateContext(cert);
    if (store) CertCloseStore(store, 0);
    return whole;
}

static HRESULT WINAPI judge_ValidateServerCertificate(IBackgroundCopyServerCertificateValidationCallback *iface, IBackgroundCopyJob *job,
                                                      IBackgroundCopyFile *file, DWORD length, const BYTE *data, DWORD encoding,
                                                      DWORD store_length, const BYTE *store_data)
{
    InterlockedIncrement(&judged);
    return is_whole(job, file, length, data, encoding, store_length, store_data) ? options.judgement : E_UNEXPECTED;
}

static IBackgroundCopyServerCertificateValidationCallbackVtbl judge_vtbl =
{
    judge_QueryInterface,
    judge_AddRef,
    judge_Release,
    judge_ValidateServerCertificate,
};

static IBackgroundCopyServerCertificateValidationCallback judge = { &judge_vtbl };

/* Another one, whose answer is that it was asked at all. */

static HRESULT WINAPI other_ValidateServerCertificate(IBackgroundCopyServerCertificateValidationCallback *iface, IBackgroundCopyJob *job,
                                                      IBackgroundCopyFile *file, DWORD length, const BYTE *data, DWORD encoding,
                                                      DWORD store_length, const BYTE *store_data)
{
    return E_UNEXPECTED;
}

static IBackgroundCopyServerCertificateValidationCallbackVtbl other_vtbl =
{
    judge_QueryInterface,
    judge_AddRef,
    judge_Release,
    other_ValidateServerCertificate,
};

static IBackgroundCopyServerCertificateValidationCallback other_judge = { &other_vtbl };

static void set_judge(IBackgroundCopyJob *job, IBackgroundCopyServerCertificateValidationCallback *object)
{
    IBackgroundCopyJobHttpOptions3 *http3;

    check(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&http3), "IBackgroundCopyJobHttpOptions3");
    check(IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http3, (IUnknown *)object),
          "SetServerCertificateValidationInterface");
    IBackgroundCopyJobHttpOptions3_Release(http3);
}

static HRESULT WINAPI callback_QueryInterface(IBackgroundCopyCallback *iface, REFIID iid, void **ret)
{
    *ret = IsEqualGUID(iid, &IID_IUnknown) || IsEqualGUID(iid, &IID_IBackgroundCopyCallback) ? iface : NULL;
    return *ret ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI callback_AddRef(IBackgroundCopyCallback *iface)
{
    return 2;
}

static ULONG WINAPI callback_Release(IBackgroundCopyCallback *iface)
{
    return 1;
}

static HRESULT WINAPI callback_JobTransferred(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job)
{
    SetEvent(options.called);
    return S_OK;
}

static HRESULT WINAPI callback_JobError(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
    SetEvent(options.called);
    return S_OK;
}

static HRESULT WINAPI callback_JobModification(IBackgroundCopyCallback *iface, IBackgroundCopyJob *job, DWORD reserved)
{
    return S_OK;
}

static IBackgroundCopyCallbackVtbl callback_vtbl =
{
    callback_QueryInterface, callback_AddRef, callback_Release, callback_JobTransferred, callback_JobError, callback_JobModification
};

static IBackgroundCopyCallback callback = { &callback_vtbl };

static IBackgroundCopyJob *create_job(IBackgroundCopyManager *manager, UINT32 first, UINT32 count)
{
    BG_FILE_INFO *infos = malloc(count * sizeof(*infos));
    IBackgroundCopyJobHttpOptions *http;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    GUID id;
    UINT32 i;

    check(IBackgroundCopyManager_CreateJob(manager, L"bits_client", options.upload ? BG_JOB_TYPE_UPLOAD : BG_JOB_TYPE_DOWNLOAD, &id, &job),
          "CreateJob");
    if (options.foreground) check(IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND), "SetPriority");
    if (options.called)
    {
        check(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&callback), "SetNotifyInterface");
        check(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR), "SetNotifyFlags");
    }
    if (options.proxy)
    {
        if (wcscmp(options.proxy, L"-"))
            check(IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, options.proxy, NULL), "SetProxySettings");
        else check(IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL), "SetProxySettings");
    }
    if (options.credential_count)
    {
        check(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2), "IBackgroundCopyJob2");
        for (i = 0; i < options.credential_count; i++)
            check(IBackgroundCopyJob2_SetCredentials(job2, &options.credentials[i]), "SetCredentials");
        IBackgroundCopyJob2_Release(job2);
    }
    if (options.has_flags || options.cert_store)
    {
        check(IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJobHttpOptions, (void **)&http), "IBackgroundCopyJobHttpOptions");
        if (options.has_flags) check(IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, options.flags), "SetSecurityFlags");
        if (options.cert_hash)
        {
            BYTE hash[20] = {0};
            unsigned int octet;

            for (i = 0; i < ARRAY_SIZE(hash) && sscanf(options.cert_hash + 2 * i, "%2x", &octet) == 1; i++) hash[i] = octet;
            check(IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, options.cert_store, hash),
                  "SetClientCertificateByID");
        }
        else if (options.cert_store)
            check(IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER,
                                                                           options.cert_store, options.cert_subject),
                  "SetClientCertificateByName");
        IBackgroundCopyJobHttpOptions_Release(http);
    }
    if (options.judge)
    {
        if (options.first) set_judge(job, &other_judge);
        set_judge(job, &judge);
        if (options.judge_gone) CoDisconnectObject((IUnknown *)&judge, 0);
    }
    for (i = 0; i < count; i++)
    {
        infos[i].RemoteName = options.pairs[first + i].url;
        infos[i].LocalName = options.pairs[first + i].file;
    }
    check(IBackgroundCopyJob_AddFileSet(job, count, infos), "AddFileSet");
    free(infos);
    return job;
}

static BOOL is_end(BG_JOB_STATE state)
{
    return state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_CANCELLED
            || state == BG_JOB_STATE_ACKNOWLEDGED || (options.transient && state == BG_JOB_STATE_TRANSIENT_ERROR);
}

/* Waits for all of them, at most `timeout` seconds. */
static void wait_for(IBackgroundCopyJob **jobs, BG_JOB_STATE *states, UINT32 count)
{
    ULONGLONG deadline = GetTickCount64() + (ULONGLONG)options.timeout * 1000;
    UINT32 i, left;

    for (;;)
    {
        left = 0;
        for (i = 0; i < count; i++)
        {
            if (is_end(states[i])) continue;
            check(IBackgroundCopyJob_GetState(jobs[i], &states[i]), "GetState");
            if (!is_end(states[i])) left++;
        }
        if (!left || GetTickCount64() > deadline) return;
        if (options.called) WaitForSingleObject(options.called, options.poll);
        else Sleep(options.poll);
    }
}

/* What --once-more says, for a job that has come to its end; it has then not. */
static void once_more(IBackgroundCopyJob *job, UINT32 first, UINT32 count, BG_JOB_STATE *state)
{
    WCHAR name[1024];
    UINT32 i;

    if (options.again) set_judge(job, &judge);
    for (i = 0; *state == BG_JOB_STATE_TRANSFERRED && i < count; i++)
    {
        swprintf(name, ARRAYSIZE(name), L"%ls-more", options.pairs[first + i].file);
        check(IBackgroundCopyJob_AddFile(job, options.pairs[first + i].url, name), "AddFile");
    }
    check(IBackgroundCopyJob_Resume(job), "Resume");
    *state = BG_JOB_STATE_QUEUED;
}

static void report(IBackgroundCopyJob *job, UINT32 index, BG_JOB_STATE state)
{
    BG_ERROR_CONTEXT context = BG_ERROR_CONTEXT_NONE;
    IBackgroundCopyError *error;
    BG_JOB_PROGRESS progress;
    HRESULT hr = S_OK;

    check(IBackgroundCopyJob_GetProgress(job, &progress), "GetProgress");
    if (SUCCEEDED(IBackgroundCopyJob_GetError(job, &error)))
    {
        IBackgroundCopyError_GetError(error, &context, &hr);
        IBackgroundCopyError_Release(error);
    }
    printf("job %u %s 0x%08lx %u %I64u\n", index, state <= BG_JOB_STATE_CANCELLED ? state_names[state] : "UNKNOWN", hr, context,
           progress.BytesTransferred);
}

static void say_time(const char *what, LONGLONG start)
{
    printf("time %s %I64d\n", what, now_us() - start);
}

static LONGLONG system_us(const FILETIME *time)
{
    return ((LONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime) / 10;
}

/* When the last job was transferred by what it says itself, which is before its client hears of it. */
static void say_ended(IBackgroundCopyJob **jobs, UINT32 count, const FILETIME *start)
{
    LONGLONG ended = 0;
    BG_JOB_TIMES times;
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        if (IBackgroundCopyJob_GetTimes(jobs[i], &times) != S_OK || !times.TransferCompletionTime.dwHighDateTime) return;
        ended = max(ended, system_us(&times.TransferCompletionTime));
    }
    printf("time ended %I64d\n", ended - system_us(start));
}

static BOOL run(IBackgroundCopyManager *manager)
{
    UINT32 per_job = options.each ? 1 : options.count, count = options.count / per_job, i, done;
    IBackgroundCopyJob **jobs = calloc(count, sizeof(*jobs));
    BG_JOB_STATE *states = calloc(count, sizeof(*states));
    UINT32 step = options.serial ? 1 : count;
    LONGLONG start = now_us();
    FILETIME begun;
    BOOL good = TRUE;

    GetSystemTimeAsFileTime(&begun);
    for (done = 0; done < count; done += step)
    {
        for (i = done; i < done + step; i++) jobs[i] = create_job(manager, i * per_job, per_job);
        if (!options.serial) say_time("added", start);
        for (i = done; i < done + step; i++) check(IBackgroundCopyJob_Resume(jobs[i]), "Resume");
        if (!options.serial) say_time("resumed", start);
        wait_for(jobs + done, states + done, step);
        if (options.once_more)
        {
            for (i = done; i < done + step; i++) once_more(jobs[i], i * per_job, per_job, &states[i]);
            wait_for(jobs + done, states + done, step);
        }
        if (!options.serial) say_time("transferred", start);
        for (i = done; i < done + step; i++)
        {
            if (states[i] != BG_JOB_STATE_TRANSFERRED) good = FALSE;
            if (states[i] == BG_JOB_STATE_TRANSFERRED && !options.keep) check(IBackgroundCopyJob_Complete(jobs[i]), "Complete");
        }
    }
    say_time("completed", start);
    say_ended(jobs, count, &begun);
    for (i = 0; i < count; i++)
    {
        report(jobs[i], i, states[i]);
        if (states[i] != BG_JOB_STATE_TRANSFERRED || options.keep) IBackgroundCopyJob_Cancel(jobs[i]);
        IBackgroundCopyJob_Release(jobs[i]);
    }
    if (options.judge) printf("judged %ld %ld\n", judged, chain_length);
    fflush(stdout);
    free(jobs);
    free(states);
    return good;
}

int main(int argc, char **argv)
{
    IBackgroundCopyManager *manager;
    BOOL good = TRUE;
    DWORD i;

    parse(argc, argv);
    check(CoInitializeEx(NULL, COINIT_MULTITHREADED), "CoInitializeEx");
    check(CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager),
          "CoCreateInstance");
    for (i = 0; i < options.repeat; i++)
        if (!run(manager)) good = FALSE;
    IBackgroundCopyManager_Release(manager);
    CoUninitialize();
    return good ? 0 : 1;
}
