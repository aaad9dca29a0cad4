/*
 * bitsadmin: /TRANSFER, the one-shot command
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
 * The job is polled: the tool never sets a notification on it, so that its owner can (BA.4.2.10).  The time between two looks
 * grows with the time that has passed, from 50 ms to a second (BA.4.2.5): a short transfer ends at once, a long one costs nothing.
 *
 * Ctrl+C sets an event; the main thread cancels the job at its next step, so a job is never left half made.  A second Ctrl+C ends
 * the tool the hard way, for the case that the service does not answer.
 */

#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"

#define POLL_MIN           50      /* ms */
#define POLL_MAX         1000
#define RECONNECT_TIME  60000      /* how long a service that has gone away may take to come back, ms */
#define CLOSE_TIME       5000      /* how long the end of a console or session waits for the job to be cancelled, ms */

#define EXIT_INTERRUPTED ((int)0xc000013a)  /* STATUS_CONTROL_C_EXIT, what the system's own handler ends a program with */

struct transfer
{
    const struct command *cmd;
    IBackgroundCopyManager *manager;   /* borrowed */
    IBackgroundCopyJob *job;
    GUID id;

    /* the command line */
    const WCHAR *name;
    BG_JOB_TYPE type;
    BG_JOB_PRIORITY priority;
    BOOL has_acl_flags;
    DWORD acl_flags;
    BOOL dynamic;
    WCHAR **files;                     /* remote and local names in turn */
    int file_count;
};

static HANDLE interrupted;             /* Ctrl+C: the job is to be cancelled */
static HANDLE finished;                /* the main thread needs the process no longer */

/* On a thread of the system. */
static BOOL WINAPI interrupt_handler(DWORD type)
{
    BOOL again = WaitForSingleObject(interrupted, 0) == WAIT_OBJECT_0;

    SetEvent(interrupted);
    if (type == CTRL_C_EVENT || type == CTRL_BREAK_EVENT) return !again;

    /* the process ends when this returns */
    WaitForSingleObject(finished, CLOSE_TIME);
    return TRUE;
}

static BOOL was_interrupted(void)
{
    return WaitForSingleObject(interrupted, 0) == WAIT_OBJECT_0;
}

/* FALSE if a keyword or the number of arguments is wrong; *ret is the exit code then.  Nothing has been made yet (BA.4.2.3). */
static BOOL parse_transfer(struct transfer *transfer, int argc, WCHAR **argv, int *ret)
{
    int i;

    /* the first word is the name, whatever it looks like (BA.4.1.1) */
    transfer->name = argv[0];
    transfer->type = BG_JOB_TYPE_DOWNLOAD;
    transfer->priority = BG_JOB_PRIORITY_NORMAL;
    for (i = 1; i < argc; i++)
    {
        if (parse_type(argv[i], FALSE, &transfer->type)) continue;
        if (word_is(argv[i], L"/DYNAMIC"))
        {
            transfer->dynamic = TRUE;
            continue;
        }
        if (word_is(argv[i], L"/PRIORITY"))
        {
            if (++i == argc) break;
            if (parse_priority(argv[i], &transfer->priority)) continue;
        }
        else if (word_is(argv[i], L"/ACLFLAGS"))
        {
            if (++i == argc) break;
            transfer->has_acl_flags = TRUE;
            if (parse_acl_flags(argv[i], &transfer->acl_flags)) continue;
        }
        else break;
        *ret = fail_argument(transfer->cmd, argv[i]);
        return FALSE;
    }
    transfer->files = argv + i;
    transfer->file_count = argc - i;
    if (transfer->file_count <= 0 || transfer->file_count % 2)
    {
        *ret = fail_count();
        return FALSE;
    }
    return TRUE;
}

static HRESULT set_options(struct transfer *transfer)
{
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    if (FAILED(hr = IBackgroundCopyJob_SetPriority(transfer->job, transfer->priority))) return hr;
    if (transfer->has_acl_flags)
    {
        if (FAILED(hr = job_interface(transfer->job, &IID_IBackgroundCopyJob3, (void **)&job3))) return hr;
        hr = IBackgroundCopyJob3_SetFileACLFlags(job3, transfer->acl_flags);
        IBackgroundCopyJob3_Release(job3);
        if (FAILED(hr)) return hr;
    }
    if (transfer->dynamic)
    {
        BITS_JOB_PROPERTY_VALUE value;

        memset(&value, 0, sizeof(value));
        value.Enable = TRUE;
        if (FAILED(hr = job_interface(transfer->job, &IID_IBackgroundCopyJob5, (void **)&job5))) return hr;
        hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, value);
        IBackgroundCopyJob5_Release(job5);
        if (FAILED(hr)) return hr;
    }
    return S_OK;
}

/* Makes the job and starts it.  On failure the caller cancels what there is; the error is printed. */
static int start_transfer(struct transfer *transfer)
{
    HRESULT hr;
    int i;

    hr = IBackgroundCopyManager_CreateJob(transfer->manager, transfer->name, transfer->type, &transfer->id, &transfer->job);
    if (FAILED(hr)) return fail(transfer->cmd, hr);
    for (i = 0; i < transfer->file_count; i += 2)
    {
        if (was_interrupted()) return EXIT_INTERRUPTED;
        hr = IBackgroundCopyJob_AddFile(transfer->job, transfer->files[i], transfer->files[i + 1]);
        if (FAILED(hr)) return fail_action(L"add file", hr);
    }
    if (FAILED(hr = set_options(transfer)) || FAILED(hr = IBackgroundCopyJob_Resume(transfer->job)))
        return fail(transfer->cmd, hr);
    return 0;
}

/* The service went away during a call, as it does when it is restarted: the job is still in its queue. */
static BOOL is_lost_connection(HRESULT hr)
{
    return hr == HRESULT_FROM_WIN32(RPC_S_SERVER_UNAVAILABLE) || hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED) ||
           hr == HRESULT_FROM_WIN32(RPC_S_CALL_FAILED_DNE) || hr == RPC_E_DISCONNECTED || hr == RPC_E_SERVER_DIED ||
           hr == RPC_E_SERVER_DIED_DNE || hr == CO_E_OBJNOTCONNECTED;
}

/* Finds the job again in a new instance of the service.  BG_E_NOT_FOUND: it was completed or cancelled before the end. */
static HRESULT find_again(struct transfer *transfer)
{
    ULONGLONG deadline = GetTickCount64() + RECONNECT_TIME;
    IBackgroundCopyJob *job;
    HRESULT hr;

    for (;;)
    {
        if (SUCCEEDED(hr = reconnect_manager(&transfer->manager)))
            hr = IBackgroundCopyManager_GetJob(transfer->manager, &transfer->id, &job);
        if (SUCCEEDED(hr))
        {
            IBackgroundCopyJob_Release(transfer->job);
            transfer->job = job;
            return S_OK;
        }
        if (hr == BG_E_NOT_FOUND || GetTickCount64() >= deadline) return hr;
        if (WaitForSingleObject(interrupted, POLL_MAX) == WAIT_OBJECT_0) return hr;
    }
}

/* The two lines that a console shows, in place of the last ones (BA.4.3.1). */
static void show_progress(const struct transfer *transfer, BG_JOB_STATE state)
{
    struct text lines[2] = { { 0 } };
    BG_JOB_PRIORITY priority = transfer->priority;
    BG_JOB_PROGRESS progress;
    unsigned int percent = 0;
    WCHAR *name;

    if (!output_is_console() || output_is_raw()) return;

    /* name and priority may be changed from another console (BA.4.2.10) */
    if (FAILED(IBackgroundCopyJob_GetProgress(transfer->job, &progress)) ||
        FAILED(IBackgroundCopyJob_GetDisplayName(transfer->job, &name))) return;
    IBackgroundCopyJob_GetPriority(transfer->job, &priority);
    if (progress.BytesTotal && progress.BytesTotal != BG_SIZE_UNKNOWN)
        percent = progress.BytesTransferred * 100.0 / progress.BytesTotal;
    text_add(&lines[0], L"DISPLAY: '%ls' TYPE: %ls STATE: %ls", name, type_name(transfer->type), state_name(state));
    text_add(&lines[1], L"PRIORITY: %ls FILES: %u / %u BYTES: %I64u / ", priority_name(priority),
             (unsigned int)progress.FilesTransferred, (unsigned int)progress.FilesTotal, progress.BytesTransferred);
    add_size(&lines[1], progress.BytesTotal);
    text_add(&lines[1], L" (%u%%)", percent);
    output_rewrite(lines, ARRAY_SIZE(lines));
    text_free(&lines[0]);
    text_free(&lines[1]);
    CoTaskMemFree(name);
}

/* Looks at the job until it is over.  Errors that pass, whatever they are, are waited out (BA.4.2.8). */
static HRESULT wait_for_end(struct transfer *transfer, BG_JOB_STATE *state)
{
    ULONGLONG start = GetTickCount64(), pause;
    HRESULT hr;

    for (;;)
    {
        hr = IBackgroundCopyJob_GetState(transfer->job, state);
        if (is_lost_connection(hr) && SUCCEEDED(hr = find_again(transfer))) continue;
        if (FAILED(hr)) return hr;
        show_progress(transfer, *state);
        if (*state == BG_JOB_STATE_TRANSFERRED || *state == BG_JOB_STATE_ERROR || *state == BG_JOB_STATE_ACKNOWLEDGED ||
            *state == BG_JOB_STATE_CANCELLED) return S_OK;
        pause = (GetTickCount64() - start) / 8;
        if (WaitForSingleObject(interrupted, max(POLL_MIN, min(pause, POLL_MAX))) == WAIT_OBJECT_0) return S_FALSE;
    }
}

/* A service that goes away while it completes the job has either done so or will know nothing of it: the answer is in the queue. */
static HRESULT complete_transfer(struct transfer *transfer)
{
    HRESULT hr = IBackgroundCopyJob_Complete(transfer->job);

    while (is_lost_connection(hr))
    {
        if (FAILED(hr = find_again(transfer))) return hr == BG_E_NOT_FOUND ? S_OK : hr;
        hr = IBackgroundCopyJob_Complete(transfer->job);
    }
    return hr;
}

/* One more try in a new instance of the service: whoever gives up wants the job gone. */
static void cancel_transfer(struct transfer *transfer)
{
    if (!is_lost_connection(IBackgroundCopyJob_Cancel(transfer->job))) return;
    if (SUCCEEDED(find_again(transfer))) IBackgroundCopyJob_Cancel(transfer->job);
}

/* *over is set when there is no job left to cancel. */
static int finish_transfer(struct transfer *transfer, BOOL *over)
{
    HRESULT hr, error = E_FAIL;
    BG_JOB_STATE state;

    hr = wait_for_end(transfer, &state);
    if (FAILED(hr))
    {
        *over = hr == BG_E_NOT_FOUND;
        return fail(transfer->cmd, hr);
    }
    if (hr == S_FALSE) return EXIT_INTERRUPTED;
    switch (state)
    {
    case BG_JOB_STATE_TRANSFERRED:
        if (FAILED(hr = complete_transfer(transfer))) return fail_action(L"complete job", hr);
        *over = TRUE;
        confirm(L"Transfer complete.");
        return 0;
    case BG_JOB_STATE_ERROR:
        output(L"Transfer failed.\n");
        print_error_lines(transfer->job, &error);
        return FAILED(error) ? error : E_FAIL;
    default:
        /* somebody else has ended it (BA.4.2.9) */
        *over = TRUE;
        output(L"The job was %ls by somebody else.\n",
               state == BG_JOB_STATE_ACKNOWLEDGED ? L"completed" : L"canceled");
        return EXIT_USAGE;
    }
}

int cmd_transfer(const struct command *cmd, int argc, WCHAR **argv)
{
    struct transfer transfer = { cmd };
    BOOL over = FALSE;
    int ret;

    if (!parse_transfer(&transfer, argc, argv, &ret)) return ret;
    if ((ret = reach_manager(&transfer.manager))) return ret;

    interrupted = CreateEventW(NULL, TRUE, FALSE, NULL);
    finished = CreateEventW(NULL, TRUE, FALSE, NULL);
    SetConsoleCtrlHandler(interrupt_handler, TRUE);

    if (!(ret = start_transfer(&transfer))) ret = finish_transfer(&transfer, &over);
    if (transfer.job)
    {
        if (!over) cancel_transfer(&transfer);
        IBackgroundCopyJob_Release(transfer.job);
    }
    output_flush();
    SetEvent(finished);
    SetConsoleCtrlHandler(interrupt_handler, FALSE);
    return ret;
}
