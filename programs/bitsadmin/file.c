/*
 * bitsadmin: the files of a job
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

int cmd_add_file(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    HRESULT hr = IBackgroundCopyJob_AddFile(job, argv[0], argv[1]);

    if (FAILED(hr)) return fail_action(L"add file to job", hr);
    confirm(L"Added %ls -> %ls to job.", argv[0], argv[1]);
    return 0;
}

/* The whole of a text file, terminated: UTF-16 or UTF-8 where a mark says so, else the ANSI code page. */
static HRESULT read_text_file(const WCHAR *name, struct text *text)
{
    HRESULT hr = S_OK;
    DWORD size = 0, got;
    BYTE *data = NULL;
    HANDLE file;

    file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return HRESULT_FROM_WIN32(GetLastError());
    do
    {
        data = xrealloc(data, size + 65536);
        if (!ReadFile(file, data + size, 65536, &got, NULL)) hr = HRESULT_FROM_WIN32(GetLastError());
        else size += got;
    } while (SUCCEEDED(hr) && got);
    CloseHandle(file);

    if (SUCCEEDED(hr) && size >= 2 && data[0] == 0xff && data[1] == 0xfe)
        text_add_chars(text, (const WCHAR *)(data + 2), (size - 2) / sizeof(WCHAR));
    else if (SUCCEEDED(hr))
    {
        BOOL utf8 = size >= 3 && data[0] == 0xef && data[1] == 0xbb && data[2] == 0xbf;
        const char *bytes = (const char *)data + (utf8 ? 3 : 0);
        int len = size - (utf8 ? 3 : 0), count;
        WCHAR *chars;

        count = MultiByteToWideChar(utf8 ? CP_UTF8 : CP_ACP, 0, bytes, len, NULL, 0);
        chars = xrealloc(NULL, count * sizeof(*chars));
        MultiByteToWideChar(utf8 ? CP_UTF8 : CP_ACP, 0, bytes, len, chars, count);
        text_add_chars(text, chars, count);
        free(chars);
    }
    free(data);
    return hr;
}

static WCHAR *skip_blanks(WCHAR *p)
{
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

/*
 * Cuts a name off the front of a line, in place; *p is left behind it.  A name in quotes may hold anything; the last one of a line
 * may hold blanks without them, as a file name does.
 */
static WCHAR *take_name(WCHAR **p, BOOL last)
{
    WCHAR *start = skip_blanks(*p), *end;

    if (*start == '"')
    {
        end = ++start;
        while (*end && *end != '"') end++;
    }
    else if (last)
    {
        end = start + wcslen(start);
        while (end > start && (end[-1] == ' ' || end[-1] == '\t')) end--;
        *p = end;
        *end = 0;
        return start;
    }
    else
    {
        end = start;
        while (*end && *end != ' ' && *end != '\t') end++;
    }
    *p = *end ? end + 1 : end;
    *end = 0;
    return start;
}

/*
 * Finds the names in text, which it changes: a pair to a line, empty lines and comments left out (BA.CMD.ADDFILESET).  The names
 * point into text; *files is freed by the caller.  Returns the first line that holds no pair, or NULL.
 */
static WCHAR *parse_file_set(WCHAR *text, BG_FILE_INFO **files, ULONG *count)
{
    WCHAR *line, *next, *p, *remote, *local;
    ULONG size = 0;

    *files = NULL;
    *count = 0;
    for (line = text; *line; line = next)
    {
        next = line + wcscspn(line, L"\r\n");
        if (*next) *next++ = 0;
        p = skip_blanks(line);
        if (!*p || *p == '#') continue;
        remote = take_name(&p, FALSE);
        local = take_name(&p, TRUE);
        if (!*remote || !*local || *skip_blanks(p)) return remote;
        if (*count == size)
        {
            size = size ? size * 2 : 16;
            *files = xrealloc(*files, size * sizeof(**files));
        }
        (*files)[*count].RemoteName = remote;
        (*files)[*count].LocalName = local;
        (*count)++;
    }
    return NULL;
}

int cmd_add_file_set(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    struct text text = { 0 };
    BG_FILE_INFO *files = NULL;
    WCHAR *bad;
    ULONG count;
    HRESULT hr;
    int ret = 0;

    text_add(&text, L"");
    if (FAILED(hr = read_text_file(argv[0], &text))) ret = fail(cmd, hr);
    else if ((bad = parse_file_set(text.chars, &files, &count))) ret = fail_argument(cmd, bad);
    else if (count && FAILED(hr = IBackgroundCopyJob_AddFileSet(job, count, files))) ret = fail(cmd, hr);
    else confirm(L"Added %u file(s) to job.", (unsigned int)count);
    free(files);
    text_free(&text);
    return ret;
}

/* offset:length pairs with commas between them; a length may be eof.  The caller frees *ranges, also after a failure. */
static BOOL parse_ranges(const WCHAR *arg, BG_FILE_RANGE **ranges, DWORD *count)
{
    const WCHAR *colon, *end;

    *ranges = NULL;
    *count = 0;
    for (;;)
    {
        BG_FILE_RANGE range;

        end = arg + wcscspn(arg, L",");
        colon = arg + wcscspn(arg, L":");
        if (colon >= end || !parse_uint64(arg, colon - arg, &range.InitialOffset)) return FALSE;
        colon++;
        if (end - colon == 3 && !_wcsnicmp(colon, L"eof", 3)) range.Length = BG_LENGTH_TO_EOF;
        else if (!parse_uint64(colon, end - colon, &range.Length)) return FALSE;
        *ranges = xrealloc(*ranges, (*count + 1) * sizeof(**ranges));
        (*ranges)[(*count)++] = range;
        if (!*end) return TRUE;
        arg = end + 1;
    }
}

int cmd_add_file_with_ranges(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob3 *job3;
    BG_FILE_RANGE *ranges;
    DWORD count;
    HRESULT hr;
    int ret = 0;

    if (!parse_ranges(argv[2], &ranges, &count)) ret = fail_argument(cmd, argv[2]);
    else if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob3, (void **)&job3))) ret = fail(cmd, hr);
    else
    {
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, argv[0], argv[1], count, ranges);
        IBackgroundCopyJob3_Release(job3);
        if (FAILED(hr)) ret = fail_action(L"add file to job", hr);
        else confirm(L"Added %ls -> %ls to job.", argv[0], argv[1]);
    }
    free(ranges);
    return ret;
}

int cmd_replace_remote_prefix(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJob3 *job3;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJob3, (void **)&job3))) return fail(cmd, hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, argv[0], argv[1]);
    IBackgroundCopyJob3_Release(job3);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Remote prefix replaced.");
    return 0;
}

/*
 * The file whose index, from 0, an argument gives, as one of its newer interfaces.  Returns 0, or an exit code after printing
 * what was wrong: an index that is no number or that no file has is a wrong value (BA.6.2).
 */
static int find_file(const struct command *cmd, IBackgroundCopyJob *job, const WCHAR *arg, REFIID iid, void **obj)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file = NULL;
    DWORD index;
    HRESULT hr;

    if (!parse_number(arg, &index)) return fail_argument(cmd, arg);
    if (FAILED(hr = IBackgroundCopyJob_EnumFiles(job, &files))) return fail(cmd, hr);
    hr = index ? IEnumBackgroundCopyFiles_Skip(files, index) : S_OK;
    if (hr == S_OK) hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL);
    IEnumBackgroundCopyFiles_Release(files);
    if (FAILED(hr)) return fail(cmd, hr);
    if (hr != S_OK) return fail_argument(cmd, arg);
    *obj = NULL;
    hr = IBackgroundCopyFile_QueryInterface(file, iid, obj);
    IBackgroundCopyFile_Release(file);
    return FAILED(hr) ? fail(cmd, hr) : 0;
}

int cmd_get_validation_state(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyFile3 *file;
    struct text value = { 0 };
    BOOL valid;
    HRESULT hr;
    int ret;

    if ((ret = find_file(cmd, job, argv[0], &IID_IBackgroundCopyFile3, (void **)&file))) return ret;
    hr = IBackgroundCopyFile3_GetValidationState(file, &valid);
    IBackgroundCopyFile3_Release(file);
    if (FAILED(hr)) return fail(cmd, hr);
    text_add(&value, valid ? L"true" : L"false");
    output_value(&value);
    text_free(&value);
    return 0;
}

int cmd_set_validation_state(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyFile3 *file;
    BOOL valid;
    HRESULT hr;
    int ret;

    if (!parse_bool(argv[1], &valid)) return fail_argument(cmd, argv[1]);
    if ((ret = find_file(cmd, job, argv[0], &IID_IBackgroundCopyFile3, (void **)&file))) return ret;
    hr = IBackgroundCopyFile3_SetValidationState(file, valid);
    IBackgroundCopyFile3_Release(file);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Validation state set to %ls.", valid ? L"true" : L"false");
    return 0;
}

int cmd_get_temporary_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyFile3 *file;
    struct text value = { 0 };
    WCHAR *name = NULL;
    HRESULT hr;
    int ret;

    if ((ret = find_file(cmd, job, argv[0], &IID_IBackgroundCopyFile3, (void **)&file))) return ret;
    hr = IBackgroundCopyFile3_GetTemporaryName(file, &name);
    IBackgroundCopyFile3_Release(file);
    if (FAILED(hr)) return fail(cmd, hr);
    text_add(&value, L"%ls", name ? name : L"NULL");
    output_value(&value);
    text_free(&value);
    CoTaskMemFree(name);
    return 0;
}

int cmd_get_peer_stats(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyFile4 *file;
    struct text value = { 0 };
    UINT64 origin, peers;
    HRESULT hr;
    int ret;

    if ((ret = find_file(cmd, job, argv[0], &IID_IBackgroundCopyFile4, (void **)&file))) return ret;
    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file, &origin, &peers);
    IBackgroundCopyFile4_Release(file);
    if (FAILED(hr)) return fail(cmd, hr);
    text_add(&value, L"Bytes from origin: %I64u\nBytes from peers: %I64u", origin, peers);
    output_value(&value);
    text_free(&value);
    return 0;
}
