/*
 * A client of BITS that does what it reads from standard input, for the integration tests
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
 * One command a line, words separated by tabs. For each it writes "> " and the command when the call begins and "= HRESULT MICROSECONDS" and
 * results, separated by tabs, when it has returned; both are in the pipe before it goes on, so that after a kill the last lines tell what
 * was acknowledged and what was under way. "+" comes first, when it has begun. At the end of input it exits without releasing anything.
 *
 * JOB is a job's identifier, or the name under which this process created it.
 *
 *     connect [MS]                     the manager; tried again until it is there, MS milliseconds at most
 *     create NAME TYPE                 result: the identifier; TYPE is a number, a download without one
 *     reply JOB FILE                   SetReplyFileName
 *     add JOB URL FILE                 URL and FILE may contain one %: with a fourth word N they are added N times in one call,
 *                                      with 0, 1, 2 ... in its place
 *     name, description JOB TEXT
 *     priority, retry, timeout JOB NUMBER
 *     resume, suspend, complete, cancel JOB
 *     release JOB                      the reference this process holds
 *     state JOB                        result: the name of the state
 *     wait JOB STATE MS                until the job is in that state, or in ERROR
 *     error JOB                        results: code and context
 *     proxy JOB USAGE LIST BYPASS      SetProxySettings; a list that is - is NULL
 *     getproxy JOB                     results: usage and the lists
 *     credentials JOB TARGET SCHEME USER PASSWORD      SetCredentials, numbers for the first two; - for both is NULL
 *     header JOB TEXT                  SetCustomHeaders; | is the end of a line
 *     trust FILE                       the certificate of an authority, in the user's store from now on
 *     list                             a line "- ID STATE PRIORITY RETRY FILES NAME DESCRIPTION" for each job of all users
 *     files JOB                        a line "- TRANSFERRED TOTAL URL FILE" for each
 *     service                          results: process id of the service in Wine's terms, its start type
 *     fault                            makes the service execute its own header
 *     stop                             the service, by the service manager
 *     sleep MS
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COBJMACROS
#include <windows.h>
#include <winsvc.h>
#include <psapi.h>
#include <wincrypt.h>
#include <objbase.h>

#include "initguid.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_5.h"

#define WORD_COUNT 8
#define JOB_COUNT 4096

static const char *const state_names[] =
{
    "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED",
};

static IBackgroundCopyManager *manager;

static struct
{
    WCHAR *name;
    IBackgroundCopyJob *job;
}
known[JOB_COUNT];
static unsigned int known_count;

/* what the command adds to its line, and the lines in front of it */
static char *result;
static size_t result_len, result_size;

static void put(const char *text)
{
    size_t len = strlen(text);

    if (result_len + len + 1 > result_size)
    {
        result_size = 2 * (result_len + len + 1);
        if (!(result = realloc(result, result_size))) exit(3);
    }
    memcpy(result + result_len, text, len + 1);
    result_len += len;
}

static void put_wide(const WCHAR *text)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *utf8 = malloc(size), *p;

    if (!utf8) exit(3);
    WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, size, NULL, NULL);
    for (p = utf8; *p; p++)
        if (*p == '\t' || *p == '\n') *p = ' ';
    put(utf8);
    free(utf8);
}

static void put_number(UINT64 number)
{
    char text[32];

    sprintf(text, "%I64u", number);
    put(text);
}

/* One line, in one write, past every buffer. */
static void say(const char *text, size_t len)
{
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD done;

    while (len)
    {
        if (!WriteFile(out, text, len, &done, NULL) || !done) exit(2);
        text += done;
        len -= done;
    }
}

static WCHAR *wide(const char *text)
{
    int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    WCHAR *ret = malloc(size * sizeof(*ret));

    if (!ret) exit(3);
    MultiByteToWideChar(CP_UTF8, 0, text, -1, ret, size);
    return ret;
}

static unsigned int index_of(const WCHAR *name)
{
    unsigned int i;

    for (i = 0; i < known_count; i++)
        if (known[i].job && !lstrcmpW(known[i].name, name)) break;
    return i;
}

static HRESULT find(const char *word, IBackgroundCopyJob **job)
{
    WCHAR *name = wide(word);
    unsigned int i = index_of(name);
    HRESULT hr = S_OK;
    GUID id;

    if (i < known_count) IBackgroundCopyJob_AddRef(*job = known[i].job);
    else if (FAILED(hr = CLSIDFromString(name, &id)) || !manager) hr = HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    else hr = IBackgroundCopyManager_GetJob(manager, &id, job);
    free(name);
    return hr;
}

static HRESULT connect_manager(DWORD msec)
{
    DWORD begun = GetTickCount();
    IBackgroundCopyManager *found;
    IEnumBackgroundCopyJobs *jobs;
    HRESULT hr;

    for (;;)
    {
        hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&found);
        if (SUCCEEDED(hr))
        {
            /* the class may be found and its server be dead */
            if (SUCCEEDED(hr = IBackgroundCopyManager_EnumJobs(found, 0, &jobs)))
            {
                IEnumBackgroundCopyJobs_Release(jobs);
                manager = found;
                return S_OK;
            }
            IBackgroundCopyManager_Release(found);
        }
        if (GetTickCount() - begun >= msec) return hr;
        Sleep(10);
    }
}

static HRESULT create(const char *word, BG_JOB_TYPE type)
{
    WCHAR *name = wide(word), text[40];
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    if (known_count == JOB_COUNT) exit(3);
    if (SUCCEEDED(hr = IBackgroundCopyManager_CreateJob(manager, name, type, &id, &job)))
    {
        known[known_count].name = name;
        known[known_count++].job = job;
        StringFromGUID2(&id, text, ARRAYSIZE(text));
        put("\t");
        put_wide(text);
    }
    return hr;
}

/* TEXT with NUMBER in place of its % */
static WCHAR *numbered(const char *text, unsigned int number)
{
    char *copy = malloc(strlen(text) + 16);
    const char *mark = strchr(text, '%');
    WCHAR *ret;

    if (!copy) exit(3);
    if (mark) sprintf(copy, "%.*s%u%s", (int)(mark - text), text, number, mark + 1);
    else strcpy(copy, text);
    ret = wide(copy);
    free(copy);
    return ret;
}

static HRESULT add(IBackgroundCopyJob *job, const char *url, const char *file, const char *count)
{
    unsigned int n = *count ? strtoul(count, NULL, 10) : 1, i;
    BG_FILE_INFO *files = malloc(n * sizeof(*files));
    HRESULT hr;

    if (!files) exit(3);
    for (i = 0; i < n; i++)
    {
        files[i].RemoteName = numbered(url, i);
        files[i].LocalName = numbered(file, i);
    }
    if (*count) hr = IBackgroundCopyJob_AddFileSet(job, n, files);
    else hr = IBackgroundCopyJob_AddFile(job, files->RemoteName, files->LocalName);
    for (i = 0; i < n; i++)
    {
        free(files[i].RemoteName);
        free(files[i].LocalName);
    }
    free(files);
    return hr;
}

static HRESULT get_state(IBackgroundCopyJob *job)
{
    BG_JOB_STATE state;
    HRESULT hr = IBackgroundCopyJob_GetState(job, &state);

    if (SUCCEEDED(hr))
    {
        put("\t");
        put(state < ARRAYSIZE(state_names) ? state_names[state] : "?");
    }
    return hr;
}

static HRESULT wait_state(IBackgroundCopyJob *job, const char *wanted, DWORD msec)
{
    DWORD begun = GetTickCount();
    size_t start = result_len;
    HRESULT hr;

    for (;;)
    {
        result_len = start;
        if (FAILED(hr = get_state(job)) || !strcmp(result + start + 1, wanted)) return hr;
        if (!strcmp(result + start + 1, "ERROR")) return E_FAIL;
        if (GetTickCount() - begun >= msec) return HRESULT_FROM_WIN32(ERROR_TIMEOUT);
        Sleep(20);
    }
}

static HRESULT get_error(IBackgroundCopyJob *job)
{
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    HRESULT hr, code;
    char text[32];

    if (FAILED(hr = IBackgroundCopyJob_GetError(job, &error))) return hr;
    if (SUCCEEDED(hr = IBackgroundCopyError_GetError(error, &context, &code)))
    {
        sprintf(text, "\t%#lx\t%u", code, context);
        put(text);
    }
    IBackgroundCopyError_Release(error);
    return hr;
}

static HRESULT put_job(IBackgroundCopyJob *job)
{
    WCHAR *name = NULL, *description = NULL, text[40];
    BG_JOB_PRIORITY priority;
    BG_JOB_PROGRESS progress;
    ULONG retry;
    HRESULT hr;
    GUID id;

    if (FAILED(hr = IBackgroundCopyJob_GetId(job, &id))) return hr;
    StringFromGUID2(&id, text, ARRAYSIZE(text));
    put("- ");
    put_wide(text);
    if (SUCCEEDED(hr = get_state(job)) && SUCCEEDED(hr = IBackgroundCopyJob_GetPriority(job, &priority))
            && SUCCEEDED(hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &retry))
            && SUCCEEDED(hr = IBackgroundCopyJob_GetProgress(job, &progress))
            && SUCCEEDED(hr = IBackgroundCopyJob_GetDisplayName(job, &name))
            && SUCCEEDED(hr = IBackgroundCopyJob_GetDescription(job, &description)))
    {
        put("\t");
        put_number(priority);
        put("\t");
        put_number(retry);
        put("\t");
        put_number(progress.FilesTotal);
        put("\t");
        put_wide(name);
        put("\t");
        put_wide(description);
    }
    CoTaskMemFree(name);
    CoTaskMemFree(description);
    put("\n");
    return hr;
}

static HRESULT list(void)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyManager_EnumJobs(manager, BG_JOB_ENUM_ALL_USERS, &jobs))) return hr;
    while (SUCCEEDED(hr) && (hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL)) == S_OK)
    {
        hr = put_job(job);
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return hr == S_FALSE ? S_OK : hr;
}

static HRESULT put_file(IBackgroundCopyFile *file)
{
    WCHAR *remote = NULL, *local = NULL;
    BG_FILE_PROGRESS progress;
    HRESULT hr;

    if (SUCCEEDED(hr = IBackgroundCopyFile_GetProgress(file, &progress))
            && SUCCEEDED(hr = IBackgroundCopyFile_GetRemoteName(file, &remote))
            && SUCCEEDED(hr = IBackgroundCopyFile_GetLocalName(file, &local)))
    {
        put("- ");
        put_number(progress.BytesTransferred);
        put("\t");
        put_number(progress.BytesTotal);
        put("\t");
        put_wide(remote);
        put("\t");
        put_wide(local);
        put("\n");
    }
    CoTaskMemFree(remote);
    CoTaskMemFree(local);
    return hr;
}

static HRESULT files(IBackgroundCopyJob *job)
{
    IEnumBackgroundCopyFiles *enumerator;
    IBackgroundCopyFile *file;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_EnumFiles(job, &enumerator))) return hr;
    while (SUCCEEDED(hr) && (hr = IEnumBackgroundCopyFiles_Next(enumerator, 1, &file, NULL)) == S_OK)
    {
        hr = put_file(file);
        IBackgroundCopyFile_Release(file);
    }
    IEnumBackgroundCopyFiles_Release(enumerator);
    return hr == S_FALSE ? S_OK : hr;
}

static HRESULT last_error(void)
{
    return HRESULT_FROM_WIN32(GetLastError());
}

static SC_HANDLE open_service(DWORD access)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service;

    if (!scm) return NULL;
    service = OpenServiceW(scm, L"BITS", access);
    CloseServiceHandle(scm);
    return service;
}

static HRESULT service_process(DWORD *pid)
{
    SC_HANDLE service = open_service(SERVICE_QUERY_STATUS);
    SERVICE_STATUS_PROCESS status;
    HRESULT hr = S_OK;
    DWORD size;

    if (!service) return last_error();
    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &size)) hr = last_error();
    *pid = status.dwProcessId;
    CloseServiceHandle(service);
    return hr;
}

static HRESULT put_service(void)
{
    union { QUERY_SERVICE_CONFIGW config; BYTE space[4096]; } buffer;
    SC_HANDLE service;
    DWORD pid, size;
    HRESULT hr;

    if (FAILED(hr = service_process(&pid))) return hr;
    if (!(service = open_service(SERVICE_QUERY_CONFIG))) return last_error();
    if (!QueryServiceConfigW(service, &buffer.config, sizeof(buffer), &size)) hr = last_error();
    CloseServiceHandle(service);
    if (FAILED(hr)) return hr;
    put("\t");
    put_number(pid);
    put("\t");
    put_number(buffer.config.dwStartType);
    return S_OK;
}

static HRESULT stop_service(void)
{
    SC_HANDLE service = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS);
    SERVICE_STATUS status;
    HRESULT hr = S_OK;

    if (!service) return last_error();
    if (!ControlService(service, SERVICE_CONTROL_STOP, &status)) hr = last_error();
    while (SUCCEEDED(hr) && status.dwCurrentState != SERVICE_STOPPED)
    {
        Sleep(10);
        if (!QueryServiceStatus(service, &status)) hr = last_error();
    }
    CloseServiceHandle(service);
    return hr;
}

/* A fault inside the service's module without any help from it: a thread that starts where its image begins, in a page of data. */
static HRESULT fault(void)
{
    HMODULE modules[256];
    HANDLE process, thread;
    WCHAR name[MAX_PATH];
    HRESULT hr;
    DWORD pid, size, i;

    if (FAILED(hr = service_process(&pid))) return hr;
    if (!(process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, pid))) return last_error();
    if (!EnumProcessModules(process, modules, sizeof(modules), &size)) hr = last_error();
    else hr = HRESULT_FROM_WIN32(ERROR_MOD_NOT_FOUND);
    for (i = 0; i < size / sizeof(*modules); i++)
    {
        if (!GetModuleBaseNameW(process, modules[i], name, ARRAYSIZE(name)) || lstrcmpiW(name, L"qmgr.dll")) continue;
        if (!(thread = CreateRemoteThread(process, NULL, 0, (LPTHREAD_START_ROUTINE)modules[i], NULL, 0, NULL))) hr = last_error();
        else
        {
            CloseHandle(thread);
            hr = WaitForSingleObject(process, 10000) == WAIT_OBJECT_0 ? S_OK : HRESULT_FROM_WIN32(ERROR_TIMEOUT);
        }
        break;
    }
    CloseHandle(process);
    return hr;
}

static HRESULT trust(const char *path)
{
    BYTE data[8192];
    HCERTSTORE store;
    WCHAR *name = wide(path);
    DWORD size = 0;
    HANDLE file;
    HRESULT hr;

    file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    free(name);
    if (file == INVALID_HANDLE_VALUE || !ReadFile(file, data, sizeof(data), &size, NULL)) return last_error();
    CloseHandle(file);
    if (!(store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root"))) return last_error();
    hr = CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, data, size, CERT_STORE_ADD_REPLACE_EXISTING, NULL) ? S_OK : last_error();
    if (!CertCloseStore(store, 0) && SUCCEEDED(hr)) hr = last_error();
    return hr;
}

/* The word as a string, - as NULL. */
static WCHAR *wide_or_null(const char *word)
{
    return strcmp(word, "-") ? wide(word) : NULL;
}

static HRESULT set_proxy(IBackgroundCopyJob *job, char **words)
{
    WCHAR *list = wide_or_null(words[3]), *bypass = wide_or_null(words[4]);
    HRESULT hr = IBackgroundCopyJob_SetProxySettings(job, (BG_JOB_PROXY_USAGE)strtoul(words[2], NULL, 10), list, bypass);

    free(list);
    free(bypass);
    return hr;
}

static HRESULT get_proxy(IBackgroundCopyJob *job)
{
    WCHAR *list = NULL, *bypass = NULL;
    BG_JOB_PROXY_USAGE usage;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &list, &bypass))) return hr;
    put("\t");
    put_number(usage);
    put("\t");
    put_wide(list ? list : L"-");
    put("\t");
    put_wide(bypass ? bypass : L"-");
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
    return S_OK;
}

static HRESULT set_credentials(IBackgroundCopyJob *job, char **words)
{
    BG_AUTH_CREDENTIALS credentials;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return hr;
    credentials.Target = (BG_AUTH_TARGET)strtoul(words[2], NULL, 10);
    credentials.Scheme = (BG_AUTH_SCHEME)strtoul(words[3], NULL, 10);
    credentials.Credentials.Basic.UserName = wide_or_null(words[4]);
    credentials.Credentials.Basic.Password = wide_or_null(words[5]);
    hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    free(credentials.Credentials.Basic.UserName);
    free(credentials.Credentials.Basic.Password);
    IBackgroundCopyJob2_Release(job2);
    return hr;
}

static HRESULT set_reply(IBackgroundCopyJob *job, const char *file)
{
    IBackgroundCopyJob2 *job2;
    WCHAR *name = wide(file);
    HRESULT hr;

    if (SUCCEEDED(hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJob2, (void **)&job2)))
    {
        hr = IBackgroundCopyJob2_SetReplyFileName(job2, name);
        IBackgroundCopyJob2_Release(job2);
    }
    free(name);
    return hr;
}

static HRESULT set_header(IBackgroundCopyJob *job, const char *line)
{
    IBackgroundCopyJobHttpOptions *http;
    WCHAR *text = calloc(2 * strlen(line) + 1, sizeof(*text)), *p = text;
    HRESULT hr;

    if (!text) exit(3);
    for (; *line; line++)
    {
        *p++ = *line == '|' ? '\r' : *line;
        if (*line == '|') *p++ = '\n';
    }
    if (SUCCEEDED(hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJobHttpOptions, (void **)&http)))
    {
        hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, text);
        IBackgroundCopyJobHttpOptions_Release(http);
    }
    free(text);
    return hr;
}

static HRESULT on_job(char **words, IBackgroundCopyJob *job)
{
    const char *command = words[0];
    DWORD number = strtoul(words[2], NULL, 10);
    WCHAR *text;
    HRESULT hr = E_INVALIDARG;

    if (!strcmp(command, "add")) return add(job, words[2], words[3], words[4]);
    if (!strcmp(command, "priority")) return IBackgroundCopyJob_SetPriority(job, number);
    if (!strcmp(command, "retry")) return IBackgroundCopyJob_SetMinimumRetryDelay(job, number);
    if (!strcmp(command, "timeout")) return IBackgroundCopyJob_SetNoProgressTimeout(job, number);
    if (!strcmp(command, "resume")) return IBackgroundCopyJob_Resume(job);
    if (!strcmp(command, "suspend")) return IBackgroundCopyJob_Suspend(job);
    if (!strcmp(command, "complete")) return IBackgroundCopyJob_Complete(job);
    if (!strcmp(command, "cancel")) return IBackgroundCopyJob_Cancel(job);
    if (!strcmp(command, "state")) return get_state(job);
    if (!strcmp(command, "wait")) return wait_state(job, words[2], strtoul(words[3], NULL, 10));
    if (!strcmp(command, "error")) return get_error(job);
    if (!strcmp(command, "files")) return files(job);
    if (!strcmp(command, "proxy")) return set_proxy(job, words);
    if (!strcmp(command, "getproxy")) return get_proxy(job);
    if (!strcmp(command, "credentials")) return set_credentials(job, words);
    if (!strcmp(command, "reply")) return set_reply(job, words[2]);
    if (!strcmp(command, "header")) return set_header(job, words[2]);

    text = wide(words[2]);
    if (!strcmp(command, "name")) hr = IBackgroundCopyJob_SetDisplayName(job, text);
    else if (!strcmp(command, "description")) hr = IBackgroundCopyJob_SetDescription(job, text);
    free(text);
    return hr;
}

static HRESULT release(const char *word)
{
    WCHAR *name = wide(word);
    unsigned int i = index_of(name);

    free(name);
    if (i == known_count) return HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
    IBackgroundCopyJob_Release(known[i].job);
    known[i].job = NULL;
    return S_OK;
}

static HRESULT run(char **words)
{
    const char *command = words[0];
    IBackgroundCopyJob *job;
    HRESULT hr;

    if (!strcmp(command, "connect")) return connect_manager(strtoul(words[1], NULL, 10));
    if (!strcmp(command, "service")) return put_service();
    if (!strcmp(command, "fault")) return fault();
    if (!strcmp(command, "stop")) return stop_service();
    if (!strcmp(command, "trust")) return trust(words[1]);
    if (!strcmp(command, "sleep"))
    {
        Sleep(strtoul(words[1], NULL, 10));
        return S_OK;
    }
    if (!manager) return RPC_E_DISCONNECTED;
    if (!strcmp(command, "create")) return create(words[1], (BG_JOB_TYPE)strtoul(words[2], NULL, 10));
    if (!strcmp(command, "list")) return list();
    if (!strcmp(command, "release")) return release(words[1]);
    if (FAILED(hr = find(words[1], &job))) return hr;
    hr = on_job(words, job);
    IBackgroundCopyJob_Release(job);
    return hr;
}

/* A line of standard input without its end, or NULL. */
static char *read_line(void)
{
    static char line[65536];
    size_t len;

    if (!fgets(line, sizeof(line), stdin)) return NULL;
    len = strcspn(line, "\r\n");
    line[len] = 0;
    return line;
}

int main(void)
{
    LARGE_INTEGER frequency, begun, ended;
    char *words[WORD_COUNT], *line, *p, head[64];
    unsigned int count;
    HRESULT hr;
    int len;

    if (FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED))) return 3;
    QueryPerformanceFrequency(&frequency);
    say("+\n", 2);
    while ((line = read_line()))
    {
        if (!*line) continue;
        result_len = 0;
        put("> ");
        put(line);
        put("\n");
        say(result, result_len);

        for (count = 0, p = line; count < WORD_COUNT; count++)
        {
            words[count] = p;
            p += strcspn(p, "\t");
            if (*p) *p++ = 0;
        }
        result_len = 0;
        put("");
        QueryPerformanceCounter(&begun);
        hr = run(words);
        QueryPerformanceCounter(&ended);
        len = sprintf(head, "= %08lx\t%I64d", hr, (ended.QuadPart - begun.QuadPart) * 1000000 / frequency.QuadPart);
        if (*result == '-')
        {
            put(head);
            put("\n");
            say(result, result_len);
        }
        else
        {
            size_t size = result_len;

            put("\n");
            if (!(p = malloc(len + size + 2))) return 3;
            memcpy(p, head, len);
            memcpy(p + len, result, size + 1);
            say(p, len + size + 1);
            free(p);
        }
    }
    /* No release, no CoUninitialize: to the service every end of a client looks like this. */
    TerminateProcess(GetCurrentProcess(), 0);
    return 0;
}
