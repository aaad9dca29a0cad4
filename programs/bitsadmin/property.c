/*
 * bitsadmin: plain properties of a job, and the forms that values are written in
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
#include <sddl.h>

static const WCHAR *const states[] =
{
    L"QUEUED", L"CONNECTING", L"TRANSFERRING", L"SUSPENDED", L"ERROR", L"TRANSIENT_ERROR", L"TRANSFERRED", L"ACKNOWLEDGED",
    L"CANCELLED",
};

static const WCHAR *const types[] = { L"DOWNLOAD", L"UPLOAD", L"UPLOAD-REPLY" };
static const WCHAR *const priorities[] = { L"FOREGROUND", L"HIGH", L"NORMAL", L"LOW" };
static const WCHAR *const proxy_usages[] = { L"PRECONFIG", L"NO_PROXY", L"OVERRIDE", L"AUTODETECT" };

static const WCHAR *name_of(const WCHAR *const *names, unsigned int count, unsigned int value)
{
    return value < count ? names[value] : L"UNKNOWN";
}

const WCHAR *state_name(BG_JOB_STATE state)
{
    return name_of(states, ARRAY_SIZE(states), state);
}

const WCHAR *type_name(BG_JOB_TYPE type)
{
    return name_of(types, ARRAY_SIZE(types), type);
}

const WCHAR *priority_name(BG_JOB_PRIORITY priority)
{
    return name_of(priorities, ARRAY_SIZE(priorities), priority);
}

const WCHAR *proxy_usage_name(BG_JOB_PROXY_USAGE usage)
{
    return name_of(proxy_usages, ARRAY_SIZE(proxy_usages), usage);
}

/* An option of /TRANSFER or /CREATE.  Leaves *type alone if it is none. */
BOOL parse_type(const WCHAR *arg, BOOL with_reply, BG_JOB_TYPE *type)
{
    static const struct keyword words[] =
    {
        { L"/DOWNLOAD", BG_JOB_TYPE_DOWNLOAD },
        { L"/UPLOAD", BG_JOB_TYPE_UPLOAD },
        { L"/UPLOAD-REPLY", BG_JOB_TYPE_UPLOAD_REPLY },
    };
    DWORD value;

    if (!parse_keyword(arg, words, with_reply ? 3 : 2, &value)) return FALSE;
    *type = value;
    return TRUE;
}

BOOL parse_priority(const WCHAR *arg, BG_JOB_PRIORITY *priority)
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(priorities); i++)
    {
        if (!word_is(arg, priorities[i])) continue;
        *priority = i;
        return TRUE;
    }
    return FALSE;
}

static const struct
{
    WCHAR letter;
    DWORD flag;
}
acl_letters[] =
{
    { 'O', BG_COPY_FILE_OWNER },
    { 'G', BG_COPY_FILE_GROUP },
    { 'D', BG_COPY_FILE_DACL },
    { 'S', BG_COPY_FILE_SACL },
};

/* Any mix of the letters, in any case (BA.1.7.12). */
BOOL parse_acl_flags(const WCHAR *arg, DWORD *flags)
{
    unsigned int i;

    if (!arg[0]) return FALSE;
    for (*flags = 0; *arg; arg++)
    {
        for (i = 0; i < ARRAY_SIZE(acl_letters); i++)
            if ((*arg & ~0x20) == acl_letters[i].letter) break;
        if (i == ARRAY_SIZE(acl_letters)) return FALSE;
        *flags |= acl_letters[i].flag;
    }
    return TRUE;
}

static void add_acl_flags(struct text *text, DWORD flags)
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(acl_letters); i++)
        if (flags & acl_letters[i].flag) text_add_chars(text, &acl_letters[i].letter, 1);
}

/* Upper case, in braces (BA.1.7.1). */
void add_guid(struct text *text, const GUID *guid)
{
    WCHAR buffer[39];

    StringFromGUID2(guid, buffer, ARRAY_SIZE(buffer));
    text_add(text, L"%ls", buffer);
}

void add_size(struct text *text, UINT64 size)
{
    if (size == BG_SIZE_UNKNOWN) text_add(text, L"UNKNOWN");
    else text_add(text, L"%I64u", size);
}

/* Local time in the user's short date and long time (BA.1.7.7). */
void add_time(struct text *text, const FILETIME *time)
{
    WCHAR date[128], clock[128];
    SYSTEMTIME utc, local;

    if ((!time->dwLowDateTime && !time->dwHighDateTime) || !FileTimeToSystemTime(time, &utc) ||
        !SystemTimeToTzSpecificLocalTime(NULL, &utc, &local) ||
        !GetDateFormatW(LOCALE_USER_DEFAULT, DATE_SHORTDATE, &local, NULL, date, ARRAY_SIZE(date)) ||
        !GetTimeFormatW(LOCALE_USER_DEFAULT, 0, &local, NULL, clock, ARRAY_SIZE(clock)))
        text_add(text, L"UNKNOWN");
    else
        text_add(text, L"%ls %ls", date, clock);
}

/* DOMAIN\user, or the SID where nobody knows the account (BA.1.7.9). */
void add_owner(struct text *text, const WCHAR *sid_string)
{
    DWORD name_len = 0, domain_len = 0;
    WCHAR *name, *domain;
    SID_NAME_USE use;
    PSID sid;

    if (!ConvertStringSidToSidW(sid_string, &sid))
    {
        text_add(text, L"%ls", sid_string);
        return;
    }
    LookupAccountSidW(NULL, sid, NULL, &name_len, NULL, &domain_len, &use);
    name = xrealloc(NULL, (name_len + 1) * sizeof(*name));
    domain = xrealloc(NULL, (domain_len + 1) * sizeof(*domain));
    if (name_len && LookupAccountSidW(NULL, sid, name, &name_len, domain, &domain_len, &use))
        text_add(text, L"%ls%ls%ls", domain, domain[0] ? L"\\" : L"", name);
    else
        text_add(text, L"%ls", sid_string);
    free(name);
    free(domain);
    LocalFree(sid);
}

/* Takes the string over; NULL is written as the word (BA.1.7.10). */
static HRESULT add_task_string(struct text *text, HRESULT hr, WCHAR *string)
{
    if (FAILED(hr)) return hr;
    text_add(text, L"%ls", string ? string : L"NULL");
    CoTaskMemFree(string);
    return hr;
}

HRESULT get_type(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_TYPE type;
    HRESULT hr = IBackgroundCopyJob_GetType(job, &type);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", type_name(type));
    return hr;
}

HRESULT get_state(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_STATE state;
    HRESULT hr = IBackgroundCopyJob_GetState(job, &state);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", state_name(state));
    return hr;
}

HRESULT get_priority(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PRIORITY priority;
    HRESULT hr = IBackgroundCopyJob_GetPriority(job, &priority);

    if (SUCCEEDED(hr)) text_add(value, L"%ls", priority_name(priority));
    return hr;
}

HRESULT get_acl_flags(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJob3 *job3;
    DWORD flags;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob3, (void **)&job3))) return hr;
    if (SUCCEEDED(hr = IBackgroundCopyJob3_GetFileACLFlags(job3, &flags))) add_acl_flags(value, flags);
    IBackgroundCopyJob3_Release(job3);
    return hr;
}

HRESULT get_bytes_total(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROGRESS progress;
    HRESULT hr = IBackgroundCopyJob_GetProgress(job, &progress);

    if (SUCCEEDED(hr)) add_size(value, progress.BytesTotal);
    return hr;
}

HRESULT get_bytes_transferred(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROGRESS progress;
    HRESULT hr = IBackgroundCopyJob_GetProgress(job, &progress);

    if (SUCCEEDED(hr)) add_size(value, progress.BytesTransferred);
    return hr;
}

HRESULT get_files_total(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROGRESS progress;
    HRESULT hr = IBackgroundCopyJob_GetProgress(job, &progress);

    if (SUCCEEDED(hr)) text_add(value, L"%u", (unsigned int)progress.FilesTotal);
    return hr;
}

HRESULT get_files_transferred(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_PROGRESS progress;
    HRESULT hr = IBackgroundCopyJob_GetProgress(job, &progress);

    if (SUCCEEDED(hr)) text_add(value, L"%u", (unsigned int)progress.FilesTransferred);
    return hr;
}

HRESULT get_creation_time(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_TIMES times;
    HRESULT hr = IBackgroundCopyJob_GetTimes(job, &times);

    if (SUCCEEDED(hr)) add_time(value, &times.CreationTime);
    return hr;
}

HRESULT get_modification_time(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_TIMES times;
    HRESULT hr = IBackgroundCopyJob_GetTimes(job, &times);

    if (SUCCEEDED(hr)) add_time(value, &times.ModificationTime);
    return hr;
}

HRESULT get_completion_time(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_TIMES times;
    HRESULT hr = IBackgroundCopyJob_GetTimes(job, &times);

    if (SUCCEEDED(hr)) add_time(value, &times.TransferCompletionTime);
    return hr;
}

HRESULT get_owner(IBackgroundCopyJob *job, struct text *value)
{
    WCHAR *sid;
    HRESULT hr = IBackgroundCopyJob_GetOwner(job, &sid);

    if (FAILED(hr)) return hr;
    add_owner(value, sid);
    CoTaskMemFree(sid);
    return hr;
}

HRESULT get_display_name(IBackgroundCopyJob *job, struct text *value)
{
    WCHAR *name = NULL;
    HRESULT hr = IBackgroundCopyJob_GetDisplayName(job, &name);

    return add_task_string(value, hr, name);
}

HRESULT get_description(IBackgroundCopyJob *job, struct text *value)
{
    WCHAR *description = NULL;
    HRESULT hr = IBackgroundCopyJob_GetDescription(job, &description);

    return add_task_string(value, hr, description);
}

/* Adds a number that came with hr. */
static HRESULT add_number(struct text *value, HRESULT hr, ULONG number)
{
    if (SUCCEEDED(hr)) text_add(value, L"%u", (unsigned int)number);
    return hr;
}

HRESULT get_error_count(IBackgroundCopyJob *job, struct text *value)
{
    ULONG count = 0;
    HRESULT hr = IBackgroundCopyJob_GetErrorCount(job, &count);

    return add_number(value, hr, count);
}

HRESULT get_notify_flags(IBackgroundCopyJob *job, struct text *value)
{
    ULONG flags = 0;
    HRESULT hr = IBackgroundCopyJob_GetNotifyFlags(job, &flags);

    return add_number(value, hr, flags);
}

HRESULT get_min_retry_delay(IBackgroundCopyJob *job, struct text *value)
{
    ULONG seconds = 0;
    HRESULT hr = IBackgroundCopyJob_GetMinimumRetryDelay(job, &seconds);

    return add_number(value, hr, seconds);
}

HRESULT get_no_progress_timeout(IBackgroundCopyJob *job, struct text *value)
{
    ULONG seconds = 0;
    HRESULT hr = IBackgroundCopyJob_GetNoProgressTimeout(job, &seconds);

    return add_number(value, hr, seconds);
}

HRESULT get_max_download_time(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJob4 *job4;
    ULONG seconds = 0;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob4, (void **)&job4))) return hr;
    hr = IBackgroundCopyJob4_GetMaximumDownloadTime(job4, &seconds);
    IBackgroundCopyJob4_Release(job4);
    return add_number(value, hr, seconds);
}

HRESULT get_notify_interface(IBackgroundCopyJob *job, struct text *value)
{
    IUnknown *callback = NULL;
    HRESULT hr = IBackgroundCopyJob_GetNotifyInterface(job, &callback);

    if (FAILED(hr)) return hr;
    text_add(value, callback ? L"REGISTERED" : L"UNREGISTERED");
    if (callback) IUnknown_Release(callback);
    return hr;
}

/* `none`, or program and parameters (BA.3.1.6).  The service answers empty strings for none. */
HRESULT get_notify_cmdline(IBackgroundCopyJob *job, struct text *value)
{
    WCHAR *program = NULL, *parameters = NULL;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return hr;
    hr = IBackgroundCopyJob2_GetNotifyCmdLine(job2, &program, &parameters);
    IBackgroundCopyJob2_Release(job2);
    if (FAILED(hr)) return hr;
    if (!program || !program[0]) text_add(value, L"none");
    else if (!parameters || !parameters[0]) text_add(value, L"'%ls' NULL", program);
    else text_add(value, L"'%ls' '%ls'", program, parameters);
    CoTaskMemFree(program);
    CoTaskMemFree(parameters);
    return hr;
}

HRESULT get_reply_file_name(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJob2 *job2;
    WCHAR *name = NULL;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return hr;
    hr = IBackgroundCopyJob2_GetReplyFileName(job2, &name);
    IBackgroundCopyJob2_Release(job2);
    return add_task_string(value, hr, name);
}

HRESULT get_reply_progress(IBackgroundCopyJob *job, struct text *value)
{
    BG_JOB_REPLY_PROGRESS progress;
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return hr;
    hr = IBackgroundCopyJob2_GetReplyProgress(job2, &progress);
    IBackgroundCopyJob2_Release(job2);
    if (FAILED(hr)) return hr;
    text_add(value, L"%I64u / ", progress.BytesTransferred);
    add_size(value, progress.BytesTotal);
    return hr;
}

/* 16 bytes a line: offset, bytes, and the characters among them. */
static void add_hex_dump(struct text *text, const BYTE *data, UINT64 size)
{
    UINT64 offset;
    unsigned int i, count;

    for (offset = 0; offset < size; offset += 16)
    {
        count = min(size - offset, 16);
        text_add(text, L"%ls%08x ", offset ? L"\n" : L"", (unsigned int)offset);
        for (i = 0; i < 16; i++)
        {
            if (i < count) text_add(text, L" %02x", data[offset + i]);
            else text_add(text, L"   ");
        }
        text_add(text, L"  ");
        for (i = 0; i < count; i++)
        {
            WCHAR ch = data[offset + i];

            if (ch < 0x20 || ch > 0x7e) ch = '.';
            text_add_chars(text, &ch, 1);
        }
    }
}

HRESULT get_reply_data(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJob2 *job2;
    BYTE *data = NULL;
    UINT64 size = 0;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return hr;
    hr = IBackgroundCopyJob2_GetReplyData(job2, &data, &size);
    IBackgroundCopyJob2_Release(job2);
    if (FAILED(hr)) return hr;
    if (data) add_hex_dump(value, data, size);
    CoTaskMemFree(data);
    return hr;
}

/* The same three lines with and without /RAWRETURN. */
int cmd_get_error(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = print_error_lines(job, NULL);

    return FAILED(hr) ? fail(cmd, hr) : 0;
}

int cmd_get_peer_caching_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob4 *job4;
    DWORD flags;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob4, (void **)&job4))) return fail(cmd, hr);
    hr = IBackgroundCopyJob4_GetPeerCachingFlags(job4, &flags);
    IBackgroundCopyJob4_Release(job4);
    if (FAILED(hr)) return fail(cmd, hr);
    if (output_is_raw()) output(L"%u", (unsigned int)flags);
    else print_peer_caching_flags(flags);
    return 0;
}

int cmd_set_display_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_SetDisplayName(job, argv[0]);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Display name set to '%ls'.", argv[0]);
    return 0;
}

int cmd_set_description(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_SetDescription(job, argv[0]);

    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Description set to '%ls'.", argv[0]);
    return 0;
}

int cmd_set_priority(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    BG_JOB_PRIORITY priority;
    HRESULT hr;

    if (!parse_priority(argv[0], &priority)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = IBackgroundCopyJob_SetPriority(job, priority))) return fail(cmd, hr);
    confirm(L"Priority set to %ls.", priority_name(priority));
    return 0;
}

int cmd_set_acl_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob3 *job3;
    struct text text = { 0 };
    DWORD flags;
    HRESULT hr;

    if (!parse_acl_flags(argv[0], &flags)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob3, (void **)&job3))) return fail(cmd, hr);
    hr = IBackgroundCopyJob3_SetFileACLFlags(job3, flags);
    IBackgroundCopyJob3_Release(job3);
    if (FAILED(hr)) return fail(cmd, hr);
    add_acl_flags(&text, flags);
    confirm(L"ACL flags set to %ls.", text.chars);
    text_free(&text);
    return 0;
}

int cmd_set_notify_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    DWORD flags;
    HRESULT hr;

    if (!parse_number(argv[0], &flags)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = IBackgroundCopyJob_SetNotifyFlags(job, flags))) return fail(cmd, hr);
    confirm(L"Notification flags set to %u.", (unsigned int)flags);
    return 0;
}

/* The parameters are one argument, or several that were not quoted (BA.7.1.4); missing, NULL or empty means none (BA.7.1.5). */
int cmd_set_notify_cmdline(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    const WCHAR *program = null_word(argv[0]), *parameters = NULL;
    struct text joined = { 0 };
    IBackgroundCopyJob2 *job2;
    HRESULT hr;
    int i;

    for (i = 1; i < argc; i++) text_add(&joined, L"%ls%ls", i > 1 ? L" " : L"", argv[i]);
    if (joined.len) parameters = argc == 2 ? null_word(joined.chars) : joined.chars;

    if (SUCCEEDED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2)))
    {
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job2, program, parameters);
        IBackgroundCopyJob2_Release(job2);
    }
    if (SUCCEEDED(hr)) confirm(program ? L"Notification command line set." : L"Notification command line removed.");
    text_free(&joined);
    return FAILED(hr) ? fail(cmd, hr) : 0;
}

int cmd_set_min_retry_delay(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    DWORD seconds;
    HRESULT hr;

    if (!parse_number(argv[0], &seconds)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, seconds))) return fail(cmd, hr);
    confirm(L"Minimum retry delay set to %u.", (unsigned int)seconds);
    return 0;
}

int cmd_set_no_progress_timeout(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    DWORD seconds;
    HRESULT hr;

    if (!parse_number(argv[0], &seconds)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = IBackgroundCopyJob_SetNoProgressTimeout(job, seconds))) return fail(cmd, hr);
    confirm(L"No progress timeout set to %u.", (unsigned int)seconds);
    return 0;
}

int cmd_set_max_download_time(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob4 *job4;
    DWORD seconds;
    HRESULT hr;

    if (!parse_number(argv[0], &seconds)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob4, (void **)&job4))) return fail(cmd, hr);
    hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job4, seconds);
    IBackgroundCopyJob4_Release(job4);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Maximum download time set to %u.", (unsigned int)seconds);
    return 0;
}

int cmd_set_peer_caching_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob4 *job4;
    DWORD flags;
    HRESULT hr;

    if (!parse_number(argv[0], &flags)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob4, (void **)&job4))) return fail(cmd, hr);
    hr = IBackgroundCopyJob4_SetPeerCachingFlags(job4, flags);
    IBackgroundCopyJob4_Release(job4);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Peer caching flags set to %u.", (unsigned int)flags);
    return 0;
}

int cmd_set_reply_file_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob2 *job2;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob2, (void **)&job2))) return fail(cmd, hr);
    hr = IBackgroundCopyJob2_SetReplyFileName(job2, argv[0]);
    IBackgroundCopyJob2_Release(job2);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Reply file name set to '%ls'.", argv[0]);
    return 0;
}
