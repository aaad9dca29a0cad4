/*
 * bitsadmin: finding jobs, the queue and the life of a job
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

#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"

/* Jobs are fetched so many at a time: each call to the service takes about a millisecond, whatever it brings. */
#define BATCH 32

/* The jobs of an enumeration.  The objects stay ours until free_jobs. */
struct jobs
{
    IBackgroundCopyJob **items;
    ULONG count;
};

static void free_jobs(struct jobs *jobs)
{
    ULONG i;

    for (i = 0; i < jobs->count; i++) IBackgroundCopyJob_Release(jobs->items[i]);
    free(jobs->items);
}

static HRESULT enum_jobs(IBackgroundCopyManager *manager, BOOL all_users, struct jobs *jobs)
{
    IEnumBackgroundCopyJobs *enumerator;
    ULONG fetched;
    HRESULT hr;

    memset(jobs, 0, sizeof(*jobs));
    if (FAILED(hr = IBackgroundCopyManager_EnumJobs(manager, all_users ? BG_JOB_ENUM_ALL_USERS : 0, &enumerator))) return hr;
    do
    {
        jobs->items = xrealloc(jobs->items, (jobs->count + BATCH) * sizeof(*jobs->items));
        fetched = 0;
        hr = IEnumBackgroundCopyJobs_Next(enumerator, BATCH, jobs->items + jobs->count, &fetched);
        if (SUCCEEDED(hr)) jobs->count += fetched;
    } while (hr == S_OK);
    IEnumBackgroundCopyJobs_Release(enumerator);
    if (FAILED(hr)) free_jobs(jobs);
    return FAILED(hr) ? hr : S_OK;
}

/* Moves the jobs of that name to the front and answers how many there are.  A job that has vanished meanwhile has no name. */
static ULONG match_jobs(struct jobs *jobs, const WCHAR *name)
{
    ULONG i, exact = 0, similar = 0;
    BYTE *kinds = xrealloc(NULL, jobs->count);

    for (i = 0; i < jobs->count; i++)
    {
        WCHAR *display_name;

        kinds[i] = 0;
        if (FAILED(IBackgroundCopyJob_GetDisplayName(jobs->items[i], &display_name))) continue;
        if (!wcscmp(display_name, name)) kinds[i] = 2;
        else if (CompareStringOrdinal(display_name, -1, name, -1, TRUE) == CSTR_EQUAL) kinds[i] = 1;
        if (kinds[i] == 2) exact++;
        else if (kinds[i] == 1) similar++;
        CoTaskMemFree(display_name);
    }

    /* the exact name wins; only without one does the case not matter (BA.1.6.6) */
    for (i = similar = 0; i < jobs->count; i++)
    {
        IBackgroundCopyJob *job = jobs->items[i];

        if (kinds[i] != (exact ? 2 : 1)) continue;
        jobs->items[i] = jobs->items[similar];
        jobs->items[similar++] = job;
    }
    free(kinds);
    return similar;
}

/*
 * The job that a command line names: a GUID in braces, or a display name that fits one job (BA.1.6.1 to BA.1.6.6).  The caller's
 * own jobs come first, then those of all users where that is allowed.  On failure prints why and returns the exit code.
 */
int find_job(const struct command *cmd, const WCHAR *name, IBackgroundCopyJob **job)
{
    IBackgroundCopyManager *manager;
    BOOL all_users;
    HRESULT hr;
    GUID id;
    int ret;

    *job = NULL;
    if ((ret = reach_manager(&manager))) return ret;
    if (parse_guid(name, &id))
    {
        if (FAILED(hr = IBackgroundCopyManager_GetJob(manager, &id, job))) return fail(cmd, hr);
        return 0;
    }
    for (all_users = FALSE; all_users <= TRUE; all_users++)
    {
        struct jobs jobs;
        ULONG count;

        if (FAILED(hr = enum_jobs(manager, all_users, &jobs)))
        {
            if (all_users) break;
            return fail_action(L"enum jobs", hr);
        }
        if ((count = match_jobs(&jobs, name)) == 1)
        {
            *job = jobs.items[0];
            IBackgroundCopyJob_AddRef(*job);
        }
        free_jobs(&jobs);
        if (count == 1) return 0;
        if (count)
        {
            output(L"The display name '%ls' fits more than one job (%u).\n"
                   L"Use the job identifier instead of the job name.\n", name, (unsigned int)count);
            return EXIT_USAGE;
        }
    }
    output(L"No job named '%ls' was found.\n", name);
    return EXIT_USAGE;
}

/* The line of /LIST and of /INFO (BA.LIST.3). */
static HRESULT print_job_line(IBackgroundCopyJob *job)
{
    struct text line = { 0 };
    BG_JOB_PROGRESS progress;
    BG_JOB_STATE state;
    WCHAR *name = NULL;
    HRESULT hr;
    GUID id;

    if (FAILED(hr = IBackgroundCopyJob_GetId(job, &id))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetState(job, &state))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetProgress(job, &progress))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetDisplayName(job, &name))) return hr;
    add_guid(&line, &id);
    text_add(&line, L" '%ls' %ls %u / %u %I64u / ", name, state_name(state), (unsigned int)progress.FilesTransferred,
             (unsigned int)progress.FilesTotal, progress.BytesTransferred);
    add_size(&line, progress.BytesTotal);
    output(L"%ls\n", line.chars);
    text_free(&line);
    CoTaskMemFree(name);
    return S_OK;
}

/*
 * The three lines about the error of a job (BA.3.1.5).  Prints nothing and fails if there is no error; code, which may be NULL,
 * receives the error of the job.
 */
HRESULT print_error_lines(IBackgroundCopyJob *job, HRESULT *code)
{
    DWORD language = LANGIDFROMLCID(GetThreadLocale());
    WCHAR *remote = NULL, *local = NULL, *message = NULL;
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    BG_ERROR_CONTEXT context;
    struct text text = { 0 };
    HRESULT hr, job_error;

    if (FAILED(hr = IBackgroundCopyJob_GetError(job, &error))) return hr;
    if (FAILED(hr = IBackgroundCopyError_GetError(error, &context, &job_error)))
    {
        IBackgroundCopyError_Release(error);
        return hr;
    }
    if (code) *code = job_error;

    output_label(L"ERROR FILE:    ");
    if (SUCCEEDED(IBackgroundCopyError_GetFile(error, &file)) && file)
    {
        IBackgroundCopyFile_GetRemoteName(file, &remote);
        IBackgroundCopyFile_GetLocalName(file, &local);
        IBackgroundCopyFile_Release(file);
    }
    if (remote && local) output(L"%ls -> %ls\n", remote, local);
    else output(L"NULL\n");
    CoTaskMemFree(remote);
    CoTaskMemFree(local);

    output_label(L"ERROR CODE:    ");
    output(L"0x%08x", (unsigned int)job_error);
    if (SUCCEEDED(IBackgroundCopyError_GetErrorDescription(error, language, &message)) && message)
    {
        text_add(&text, L"%ls", message);
        text_trim(&text);
        CoTaskMemFree(message);
    }
    if (text.len || describe_error(job_error, &text)) output(L" - %ls", text.chars);
    output(L"\n");
    text_free(&text);

    output_label(L"ERROR CONTEXT: ");
    output(L"0x%08x", (unsigned int)context);
    message = NULL;
    if (SUCCEEDED(IBackgroundCopyError_GetErrorContextDescription(error, language, &message)) && message)
    {
        text_add(&text, L"%ls", message);
        text_trim(&text);
        if (text.len) output(L" - %ls", text.chars);
        CoTaskMemFree(message);
    }
    output(L"\n");
    text_free(&text);
    IBackgroundCopyError_Release(error);
    return S_OK;
}

/* `done / total WORKING remote -> local` and a line end.  A download says WORKING until Complete (BA.3.1.4). */
static void print_file_line(IBackgroundCopyFile *file)
{
    WCHAR *remote = NULL, *local = NULL;
    BG_FILE_PROGRESS progress;
    struct text total = { 0 };

    if (SUCCEEDED(IBackgroundCopyFile_GetProgress(file, &progress)) &&
        SUCCEEDED(IBackgroundCopyFile_GetRemoteName(file, &remote)) &&
        SUCCEEDED(IBackgroundCopyFile_GetLocalName(file, &local)))
    {
        add_size(&total, progress.BytesTotal);
        output(L"%I64u / %ls %ls %ls -> %ls\n", progress.BytesTransferred, total.chars,
               progress.Completed ? L"COMPLETED" : L"WORKING", remote, local);
    }
    text_free(&total);
    CoTaskMemFree(remote);
    CoTaskMemFree(local);
}

/* The colons stand in column 41 (BA.3.1.3). */
void print_peer_caching_flags(DWORD flags)
{
    output(L"Peercaching flags\n");
    output(L"\t Enable download from peers      :%ls\n", flags & BG_JOB_ENABLE_PEERCACHING_CLIENT ? L"true" : L"false");
    output(L"\t Enable serving to peers         :%ls\n", flags & BG_JOB_ENABLE_PEERCACHING_SERVER ? L"true" : L"false");
}

/* All files of a job, each line behind prefix. */
static HRESULT print_files(IBackgroundCopyJob *job, const WCHAR *prefix)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *batch[BATCH];
    ULONG i, fetched;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_EnumFiles(job, &files))) return hr;
    do
    {
        fetched = 0;
        hr = IEnumBackgroundCopyFiles_Next(files, BATCH, batch, &fetched);
        for (i = 0; SUCCEEDED(hr) && i < fetched; i++)
        {
            output(L"%ls", prefix);
            print_file_line(batch[i]);
            IBackgroundCopyFile_Release(batch[i]);
        }
    } while (hr == S_OK);
    IEnumBackgroundCopyFiles_Release(files);
    return FAILED(hr) ? hr : S_OK;
}

int cmd_list_files(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = print_files(job, L"");

    return FAILED(hr) ? fail(cmd, hr) : 0;
}

static const WCHAR *integrity_name(ULONG level)
{
    if (level < 0x1000) return L"UNTRUSTED";
    if (level < 0x2000) return L"LOW";
    if (level < 0x3000) return L"MEDIUM";
    if (level < 0x4000) return L"HIGH";
    return L"SYSTEM";
}

/* What the block shows of a job: all that every job can tell is read before the first line goes out. */
struct job_facts
{
    GUID id;
    WCHAR *name, *owner, *description, *proxy_list, *bypass_list;
    BG_JOB_TYPE type;
    BG_JOB_STATE state;
    BG_JOB_PRIORITY priority;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    BG_JOB_PROXY_USAGE proxy_usage;
    ULONG notify_flags, retry_delay, no_progress_timeout, error_count;
};

static void free_job_facts(struct job_facts *facts)
{
    CoTaskMemFree(facts->name);
    CoTaskMemFree(facts->owner);
    CoTaskMemFree(facts->description);
    CoTaskMemFree(facts->proxy_list);
    CoTaskMemFree(facts->bypass_list);
}

static HRESULT read_job_facts(IBackgroundCopyJob *job, struct job_facts *facts)
{
    HRESULT hr;

    memset(facts, 0, sizeof(*facts));
    if (FAILED(hr = IBackgroundCopyJob_GetId(job, &facts->id))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetDisplayName(job, &facts->name))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetType(job, &facts->type))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetState(job, &facts->state))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetOwner(job, &facts->owner))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetPriority(job, &facts->priority))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetProgress(job, &facts->progress))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetTimes(job, &facts->times))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetNotifyFlags(job, &facts->notify_flags))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &facts->retry_delay))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetNoProgressTimeout(job, &facts->no_progress_timeout))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetErrorCount(job, &facts->error_count))) return hr;
    if (FAILED(hr = IBackgroundCopyJob_GetProxySettings(job, &facts->proxy_usage, &facts->proxy_list, &facts->bypass_list)))
        return hr;
    return IBackgroundCopyJob_GetDescription(job, &facts->description);
}

static void print_field(const WCHAR *label, const WCHAR *value, const WCHAR *end)
{
    output_label(label);
    output(L"%ls%ls", value ? value : L"NULL", end);
}

/* A field whose value one of the getters writes; empty if it fails. */
static void print_property(const WCHAR *label, IBackgroundCopyJob *job, HRESULT (*get)(IBackgroundCopyJob *, struct text *),
                           const WCHAR *end)
{
    struct text value = { 0 };

    text_add(&value, L"");
    if (FAILED(get(job, &value))) value.chars[0] = 0;
    print_field(label, value.chars, end);
    text_free(&value);
}

static void print_time(const WCHAR *label, const FILETIME *time, const WCHAR *end)
{
    struct text value = { 0 };

    add_time(&value, time);
    print_field(label, value.chars, end);
    text_free(&value);
}

static void print_number(const WCHAR *label, ULONG number, const WCHAR *end)
{
    output_label(label);
    output(L"%u%ls", (unsigned int)number, end);
}

/* The reply of an upload-reply job (BA.3.1.9). */
static void print_reply(IBackgroundCopyJob *job)
{
    struct text name = { 0 }, progress = { 0 };

    if (SUCCEEDED(get_reply_file_name(job, &name)) && SUCCEEDED(get_reply_progress(job, &progress)))
    {
        output_label(L"REPLY FILE: ");
        output(L"'%ls' ", name.chars);
        print_field(L"PROGRESS: ", progress.chars, L"\n");
    }
    text_free(&name);
    text_free(&progress);
}

/* The lines that need newer interfaces, each left out where its interface is missing (BA.3.1.10). */
static void print_newer_facts(IBackgroundCopyJob *job)
{
    IBackgroundCopyJob4 *job4;
    struct text text = { 0 };
    HRESULT hr;

    hr = get_notify_cmdline(job, &text);
    if (SUCCEEDED(hr)) print_field(L"NOTIFICATION COMMAND LINE: ", text.chars, L"\n");
    text_free(&text);

    if (SUCCEEDED(job_interface(job, &IID_IBackgroundCopyJob4, (void **)&job4)))
    {
        BOOL elevated = FALSE;
        DWORD flags = 0;
        ULONG level;

        if (SUCCEEDED(IBackgroundCopyJob4_GetOwnerIntegrityLevel(job4, &level)))
            print_field(L"owner MIC integrity level: ", integrity_name(level), L"\n");
        if (SUCCEEDED(IBackgroundCopyJob4_GetOwnerElevationState(job4, &elevated)))
            print_field(L"owner elevated ?           ", elevated ? L"true" : L"false", L"\n");
        if (SUCCEEDED(IBackgroundCopyJob4_GetPeerCachingFlags(job4, &flags)))
        {
            output(L"\n");
            print_peer_caching_flags(flags);
        }
        IBackgroundCopyJob4_Release(job4);
    }

    hr = get_custom_headers(job, &text);
    if (hr != E_NOINTERFACE)
    {
        output(L"\n");
        print_field(L"CUSTOM HEADERS: ", SUCCEEDED(hr) ? text.chars : NULL, L"\n");
    }
    text_free(&text);
}

/* The block of /LIST /VERBOSE and /INFO /VERBOSE (BA.3.1.1). */
static HRESULT print_job_block(IBackgroundCopyJob *job)
{
    struct job_facts facts;
    struct text text = { 0 };
    HRESULT hr;

    if (FAILED(hr = read_job_facts(job, &facts)))
    {
        free_job_facts(&facts);
        return hr;
    }

    add_guid(&text, &facts.id);
    print_field(L"GUID: ", text.chars, L" ");
    output_label(L"DISPLAY: ");
    output(L"'%ls'\n", facts.name);
    text_free(&text);

    print_field(L"TYPE: ", type_name(facts.type), L" ");
    print_field(L"STATE: ", state_name(facts.state), L" ");
    add_owner(&text, facts.owner);
    print_field(L"OWNER: ", text.chars, L"\n");
    text_free(&text);

    print_field(L"PRIORITY: ", priority_name(facts.priority), L" ");
    output_label(L"FILES: ");
    output(L"%u / %u ", (unsigned int)facts.progress.FilesTransferred, (unsigned int)facts.progress.FilesTotal);
    add_size(&text, facts.progress.BytesTotal);
    output_label(L"BYTES: ");
    output(L"%I64u / %ls\n", facts.progress.BytesTransferred, text.chars);
    text_free(&text);

    print_time(L"CREATION TIME: ", &facts.times.CreationTime, L" ");
    print_time(L"MODIFICATION TIME: ", &facts.times.ModificationTime, L"\n");
    print_time(L"COMPLETION TIME: ", &facts.times.TransferCompletionTime, L" ");
    print_property(L"ACL FLAGS: ", job, get_acl_flags, L"\n");
    print_property(L"NOTIFY INTERFACE: ", job, get_notify_interface, L" ");
    print_number(L"NOTIFICATION FLAGS: ", facts.notify_flags, L"\n");
    print_number(L"RETRY DELAY: ", facts.retry_delay, L" ");
    print_number(L"NO PROGRESS TIMEOUT: ", facts.no_progress_timeout, L" ");
    print_number(L"ERROR COUNT: ", facts.error_count, L"\n");
    print_field(L"PROXY USAGE: ", proxy_usage_name(facts.proxy_usage), L" ");
    print_field(L"PROXY LIST: ", facts.proxy_list, L" ");
    print_field(L"PROXY BYPASS LIST: ", facts.bypass_list, L"\n");
    print_error_lines(job, NULL);
    print_field(L"DESCRIPTION: ", facts.description, L"\n");
    print_field(L"JOB FILES: ", L"", L"\n");
    print_files(job, L"\t");
    if (facts.type == BG_JOB_TYPE_UPLOAD_REPLY) print_reply(job);
    print_newer_facts(job);
    free_job_facts(&facts);
    return S_OK;
}

/* Lists the jobs; a job that vanishes meanwhile is left out (BA.LIST.7).  *listed counts those shown. */
static HRESULT print_jobs(IBackgroundCopyManager *manager, BOOL all_users, BOOL verbose, ULONG *listed)
{
    struct jobs jobs;
    HRESULT hr;
    ULONG i;

    *listed = 0;
    if (FAILED(hr = enum_jobs(manager, all_users, &jobs))) return hr;
    for (i = 0; i < jobs.count; i++)
    {
        if (FAILED(verbose ? print_job_block(jobs.items[i]) : print_job_line(jobs.items[i]))) continue;
        if (verbose) output(L"\n");
        (*listed)++;
    }
    free_jobs(&jobs);
    return S_OK;
}

int cmd_list(const struct command *cmd, int argc, WCHAR **argv)
{
    BOOL all_users = FALSE, verbose = FALSE;
    IBackgroundCopyManager *manager;
    ULONG count;
    HRESULT hr;
    int i, ret;

    for (i = 0; i < argc; i++)
    {
        if (word_is(argv[i], L"/ALLUSERS")) all_users = TRUE;
        else if (word_is(argv[i], L"/VERBOSE")) verbose = TRUE;
        else return fail_argument(cmd, argv[i]);
    }
    if ((ret = reach_manager(&manager))) return ret;
    if (FAILED(hr = print_jobs(manager, all_users, verbose, &count))) return fail_action(L"enum jobs", hr);
    output(L"%lsListed %u job(s).\n", count && !verbose ? L"\n" : L"", (unsigned int)count);
    return 0;
}

/* Ends by Ctrl+C, which needs no handler: the tool leaves nothing behind. */
int cmd_monitor(const struct command *cmd, int argc, WCHAR **argv)
{
    IBackgroundCopyManager *manager;
    BOOL all_users = FALSE;
    DWORD seconds = 5;
    ULONG count;
    HRESULT hr;
    int i, ret;

    for (i = 0; i < argc; i++)
    {
        if (word_is(argv[i], L"/ALLUSERS")) all_users = TRUE;
        else if (word_is(argv[i], L"/REFRESH"))
        {
            if (++i == argc) return fail_count();
            if (!parse_number(argv[i], &seconds) || !seconds || seconds > MAXDWORD / 1000) return fail_argument(cmd, argv[i]);
        }
        else return fail_argument(cmd, argv[i]);
    }
    if ((ret = reach_manager(&manager))) return ret;
    output_default_nowrap();
    for (;;)
    {
        output_clear_screen();
        output(L"MONITORING BACKGROUND COPY MANAGER(%u second refresh)\n", (unsigned int)seconds);
        if (FAILED(hr = print_jobs(manager, all_users, FALSE, &count)) && FAILED(reconnect_manager(&manager)))
            return fail_action(L"enum jobs", hr);
        output_flush();
        Sleep(seconds * 1000);
    }
}

int cmd_reset(const struct command *cmd, int argc, WCHAR **argv)
{
    IBackgroundCopyManager *manager;
    BOOL all_users = FALSE;
    ULONG i, canceled = 0;
    struct jobs jobs;
    HRESULT hr;
    int ret;

    for (i = 0; i < argc; i++)
    {
        if (!word_is(argv[i], L"/ALLUSERS")) return fail_argument(cmd, argv[i]);
        all_users = TRUE;
    }
    if ((ret = reach_manager(&manager))) return ret;
    if (FAILED(hr = enum_jobs(manager, all_users, &jobs))) return fail_action(L"enum jobs", hr);
    for (i = 0; i < jobs.count; i++)
    {
        struct text id = { 0 };
        GUID guid;

        if (FAILED(hr = IBackgroundCopyJob_GetId(jobs.items[i], &guid))) continue;
        add_guid(&id, &guid);
        if (SUCCEEDED(hr = IBackgroundCopyJob_Cancel(jobs.items[i])))
        {
            canceled++;
            confirm(L"%ls canceled.", id.chars);
        }
        else output(L"Unable to perform /RESET on %ls - 0x%08x\n", id.chars, (unsigned int)hr);
        text_free(&id);
    }
    confirm(L"%u out of %u jobs canceled.", (unsigned int)canceled, (unsigned int)jobs.count);
    free_jobs(&jobs);
    return 0;
}

/* The name may look like an option or a GUID: the last word is the name (BA.1.6.7). */
int cmd_create(const struct command *cmd, int argc, WCHAR **argv)
{
    BG_JOB_TYPE type = BG_JOB_TYPE_DOWNLOAD;
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    struct text id = { 0 };
    HRESULT hr;
    GUID guid;
    int ret;

    if (argc == 2 && !parse_type(argv[0], TRUE, &type)) return fail_argument(cmd, argv[0]);
    if ((ret = reach_manager(&manager))) return ret;
    if (FAILED(hr = IBackgroundCopyManager_CreateJob(manager, argv[argc - 1], type, &guid, &job))) return fail(cmd, hr);
    IBackgroundCopyJob_Release(job);
    if (!output_is_raw()) text_add(&id, L"Created job ");
    add_guid(&id, &guid);
    if (!output_is_raw()) text_add(&id, L".");
    output_value(&id);
    text_free(&id);
    return 0;
}

int cmd_info(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr;

    if (argc && !word_is(argv[0], L"/VERBOSE")) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = argc ? print_job_block(job) : print_job_line(job))) return fail(cmd, hr);
    return 0;
}

int cmd_suspend(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_Suspend(job);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Job suspended.");
    return 0;
}

int cmd_resume(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_Resume(job);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Job resumed.");
    return 0;
}

int cmd_cancel(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_Cancel(job);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Job canceled.");
    return 0;
}

/* A part of the files completed, or a leftover temporary file, is success as well (BA.1.8.31). */
int cmd_complete(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    if (FAILED(hr)) return fail_action(L"complete job", hr);
    confirm(L"Job completed.");
    return 0;
}

int cmd_take_ownership(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_TakeOwnership(job);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"You now own this job.");
    return 0;
}
