/*
 * Tests of bitsadmin /transfer
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

/* Whole transfers through the service that is there, on files and on a console, to their end and broken off. */

#include <stdarg.h>
#include <stdio.h>

#define COBJMACROS
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "wincon.h"
#include "objbase.h"
#include "iphlpapi.h"
#include "bits.h"

#include "wine/test.h"
#include "bitsadmin_test.h"
#include "web_server.h"

/* A path in the folder of the test. */
static const WCHAR *local_path(const WCHAR *name)
{
    static WCHAR paths[4][MAX_PATH];
    static unsigned int i;

    i = (i + 1) % ARRAY_SIZE(paths);
    _snwprintf(paths[i], ARRAY_SIZE(paths[i]), L"%ls%ls", work_dir, name);
    return paths[i];
}

static void test_download(void)
{
    const WCHAR *name = job_name(L"download"), *path = local_path(L"small");
    unsigned int count = count_jobs();
    DWORD code;

    code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/small \"%ls\"", name, server_port, path);
    ok(!code, "[BA.1.8.27,BA.12.9] got %#lx\n", code);
    ok(!strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.3.3,BA.12.9] got %s\n", wine_dbgstr_a(result.text));
    ok(!strchr(result.text, '\x1b'), "[BA.4.3.4] got %s\n", wine_dbgstr_a(result.text));
    check_file(path, SMALL_SIZE);

    /* nothing at all on success */
    code = run(L"/rawreturn /transfer \"%ls\" /download /priority foreground http://127.0.0.1:%u/small \"%ls\"", name, server_port,
               path);
    ok(!code && !result.text[0], "[BA.1.4.4] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    check_file(path, SMALL_SIZE);

    /* the copied mistake */
    code = run(L"/transfer /Download /priority foreground http://127.0.0.1:%u/small \"%ls\"", server_port, path);
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.1.1,BA.12.11] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    check_file(path, SMALL_SIZE);

    /* an empty file; two files; a file that comes without a server */
    code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/empty \"%ls\"", name, server_port, path);
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.12.12] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    check_file(path, 0);
    code = run(L"/transfer \"%ls\" /priority HIGH http://127.0.0.1:%u/small \"%ls\" http://127.0.0.1:%u/empty \"%ls\"", name,
               server_port, path, server_port, local_path(L"empty"));
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.1.3,BA.12.13] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    check_file(path, SMALL_SIZE);
    check_file(local_path(L"empty"), 0);
    code = run(L"/transfer \"%ls\" %%comspec%% \"%ls\"", name, path);
    ok(code == E_INVALIDARG, "[BA.1.8.4] got %#lx\n", code);
    {
        WCHAR comspec[MAX_PATH];

        GetSystemDirectoryW(comspec, MAX_PATH);
        wcscat(comspec, L"\\drivers\\etc\\hosts");
        if (file_exists(comspec))
        {
            code = run(L"/transfer \"%ls\" %ls \"%ls\"", name, comspec, path);
            ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.1.8] got %#lx, %s\n", code,
               wine_dbgstr_a(result.text));
            ok(DeleteFileW(path), "[BA.4.1.8] no file\n");
        }
        else skip("no file to copy\n");
    }

    /* local names as people write them */
    {
        WCHAR odd[MAX_PATH], *p;

        wcscpy(odd, path);
        for (p = odd; *p; p++) if (*p == '\\') *p = '/';
        code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/small \"%ls\"", name, server_port, odd);
        ok(!code, "[BA.4.1.7] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
        check_file(path, SMALL_SIZE);
        _snwprintf(odd, ARRAY_SIZE(odd), L"%ls\\/small", work_dir);
        code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/small \"%ls\"", name, server_port, odd);
        ok(!code, "[BA.4.1.7] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
        check_file(path, SMALL_SIZE);
    }

    /* names in other scripts */
    path = local_path(L"Gr\x00f6\x00dfe \x0416\x65e5.bin");
    code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/small \"%ls\"", job_name(L"\x0416\x65e5"), server_port, path);
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.1.1.9] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    check_file(path, SMALL_SIZE);
    ok(count_jobs() == count, "[BA.12.9] jobs were left\n");
}

static void make_file(const WCHAR *path, unsigned int size)
{
    unsigned char *data = malloc(size + 1);
    DWORD written;
    HANDLE file;
    unsigned int i;

    for (i = 0; i < size; i++) data[i] = i * 7 % 251;
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot create %s, error %lu.\n", wine_dbgstr_w(path), GetLastError());
    WriteFile(file, data, size, &written, NULL);
    CloseHandle(file);
    free(data);
}

static void check_uploaded(unsigned int size)
{
    unsigned int i;

    ok(uploaded_size == size, "[BA.4.1.4] got %u bytes, expected %u\n", uploaded_size, size);
    for (i = 0; i < uploaded_size; i++) if ((unsigned char)uploaded[i] != i * 7 % 251) break;
    ok(i == uploaded_size, "[BA.4.1.4] wrong byte at %u\n", i);
    ok(uploads_closed == 1, "[BUP.CLOSE.1] %u sessions were closed\n", uploads_closed);
    uploaded_size = uploads_closed = 0;
}

/* The states that a job can have at the end of a wait. */
static BOOL wait_for_state(const WCHAR *job, const char *state)
{
    struct patience patience;

    patience_start(&patience);
    do
    {
        run(L"/rawreturn /getstate %ls", job);
        if (!strcmp(result.text, state)) return TRUE;
    } while (strcmp(result.text, "ERROR") && patience_left(&patience, 2 * PATIENCE));
    return FALSE;
}

static void test_upload(void)
{
    const WCHAR *name = job_name(L"upload"), *path = local_path(L"up"), *copy = local_path(L"copy"), *reply = local_path(L"reply");
    unsigned int count = count_jobs();
    WCHAR job[64];
    DWORD code;

    make_file(path, 50000);
    code = run(L"/transfer \"%ls\" /upload /priority foreground http://127.0.0.1:%u/up \"%ls\"", name, server_port, path);
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.1.4,BUP.GEN.1] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    check_uploaded(50000);

    /* to a path: no server is asked */
    code = run(L"/transfer \"%ls\" /UPLOAD \"%ls\" \"%ls\"", name, copy, path);
    ok(!code && !strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.1.8,BEH.SMB.1] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    check_file(copy, 50000);

    code = run(L"/transfer \"%ls\" /upload /priority foreground http://127.0.0.1:%u/nothing \"%ls\"", name, server_port, path);
    ok((int)code == -2145844844, "[BUP.STATUS.4] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Transfer failed.\r\n"), "[BUP.STATUS.4] got %s\n", wine_dbgstr_a(result.text));

    /* with a reply, by single commands */
    code = run(L"/rawreturn /create /upload-reply \"%ls\"", name);
    MultiByteToWideChar(CP_ACP, 0, result.text, -1, job, ARRAY_SIZE(job));
    ok(!code && job[0] == '{', "[BA.CMD.CREATE] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    run(L"/addfile %ls http://127.0.0.1:%u/up-reply \"%ls\"", job, server_port, path);
    run(L"/setreplyfilename %ls \"%ls\"", job, reply);
    run(L"/setpriority %ls foreground", job);
    run(L"/resume %ls", job);
    ok(wait_for_state(job, "TRANSFERRED"), "[BEH.STATE.31] got %s\n", wine_dbgstr_a(result.text));
    check_uploaded(50000);
    run(L"/rawreturn /getfilestotal %ls", job);
    ok(!strcmp(result.text, "1"), "[BUP.GEN.4] got %s\n", wine_dbgstr_a(result.text));
    run(L"/rawreturn /getreplyprogress %ls", job);
    ok(!!strstr(result.text, "8192"), "[BUP.REPLY.3] got %s\n", wine_dbgstr_a(result.text));
    ok(!file_exists(reply), "[BEH.FILE.41] the reply is there before Complete\n");
    code = run(L"/complete %ls", job);
    ok(!code, "[BEH.STATE.50] got %#lx\n", code);
    check_file(reply, SMALL_SIZE);

    check_file(path, 50000);
    ok(count_jobs() == count, "jobs were left\n");
}

static void test_not_found(void)
{
    const WCHAR *name = job_name(L"404"), *path = local_path(L"nothing");
    unsigned int count = count_jobs();
    char file_line[1024];
    const char *text;
    DWORD code;

    code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/nothing \"%ls\"", name, server_port, path);
    ok((int)code == -2145844844, "[BA.1.8.17,BA.1.8.30,BA.12.10] got %#lx\n", code);
    text = behind_banner();
    snprintf(file_line, sizeof(file_line), "Transfer failed.\r\nERROR FILE:    http://127.0.0.1:%u/nothing -> %ls\r\n"
             "ERROR CODE:    0x80190194", server_port, path);
    ok(begins_with(text, file_line), "[BA.4.2.7,BA.3.1.5] got %s\n", wine_dbgstr_a(text));
    ok(!!strstr(text, "\r\nERROR CONTEXT: 0x00000005"), "[BA.4.2.7,BA.3.1.5] got %s\n", wine_dbgstr_a(text));
    if (PRIMARYLANGID(GetUserDefaultLangID()) == LANG_ENGLISH)
        ok(!!strstr(text, "ERROR CODE:    0x80190194 - HTTP status 404: The requested URL does not exist on the server.\r\n"),
           "[BA.1.8.17] got %s\n", wine_dbgstr_a(text));
    ok(!file_exists(path), "[BA.12.10] there is a file\n");

    code = run(L"/rawreturn /transfer \"%ls\" http://127.0.0.1:%u/nothing \"%ls\"", name, server_port, path);
    ok((int)code == -2145844844 && begins_with(result.text, "Transfer failed.\r\n"), "[BA.1.4.4] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    ok(count_jobs() == count, "[BA.4.2.7,BA.12.10] a job was left\n");
}

/* One that leads away from the machine; without one nothing is known of names, and another error is shown. */
static BOOL has_adapter(void)
{
    MIB_IFTABLE *table = NULL;
    BOOL found = FALSE;
    ULONG size = 0;
    DWORD i;

    GetIfTable(NULL, &size, FALSE);
    size += 4096;
    table = malloc(size);
    if (GetIfTable(table, &size, FALSE)) found = TRUE;
    else for (i = 0; i < table->dwNumEntries; i++)
        if (table->table[i].dwOperStatus >= MIB_IF_OPER_STATUS_CONNECTED && table->table[i].dwType != MIB_IF_TYPE_LOOPBACK) found = TRUE;
    free(table);
    return found;
}

/* Servers that downloads need more of, and one that is not there. */
static void test_bad_servers(void)
{
    const BOOL connected = has_adapter();
    const WCHAR *path = local_path(L"nothing"), *job;
    struct patience patience;
    DWORD code;

    code = run(L"/transfer \"%ls\" http://127.0.0.1:%u/unsized \"%ls\"", job_name(L"unsized"), server_port, path);
    ok(code == BG_E_MISSING_FILE_SIZE && strstr(result.text, "\r\nERROR CODE:    0x80200011 - "), "[BA.1.8.21] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));

    job = create_job(job_name(L"whole"));
    code = run(L"/addfilewithranges %ls http://127.0.0.1:%u/whole \"%ls\" 100:100,1000:100", job, server_port, path);
    ok(!code, "got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    run(L"/setpriority %ls foreground", job);
    run(L"/resume %ls", job);
    patience_start(&patience);
    do run(L"/rawreturn /getstate %ls", job);
    while (strcmp(result.text, "ERROR") && patience_left(&patience, PATIENCE));
    code = run(L"/rawreturn /geterror %ls", job);
    ok(!code && strstr(result.text, "0x80200013"), "[BA.1.8.21] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    cancel_job(job);

    /* it waits, for the name may come */
    job = create_job(job_name(L"nowhere"));
    code = run(L"/addfile %ls http://no-such-host.invalid/f \"%ls\"", job, path);
    ok(!code, "got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    run(L"/setproxysettings %ls NO_PROXY", job);
    run(L"/setpriority %ls foreground", job);
    run(L"/resume %ls", job);
    patience_start(&patience);
    do run(L"/rawreturn /getstate %ls", job);
    while (strcmp(result.text, "TRANSIENT_ERROR") && patience_left(&patience, PATIENCE));
    ok(!strcmp(result.text, "TRANSIENT_ERROR"), "[BA.1.8.16] got %s\n", wine_dbgstr_a(result.text));
    code = run(L"/info %ls /verbose", job);
    ok(!code && strstr(result.text, connected ? "\r\nERROR CODE:    0x80072ee7 - " : "\r\nERROR CODE:    0x80200010 - "),
       "[BA.1.8.16] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    if (connected && PRIMARYLANGID(GetUserDefaultLangID()) == LANG_ENGLISH)
        ok(!!strstr(result.text, "ERROR CODE:    0x80072ee7 - The server name or address could not be resolved"), "[BA.1.8.16] got %s\n",
           wine_dbgstr_a(result.text));
    cancel_job(job);
    ok(!file_exists(path), "there is a file\n");
}

static HANDLE start_transfer_(unsigned int line, const WCHAR *name, const WCHAR *path, HANDLE output_file, HANDLE error_file,
                              DWORD flags, DWORD *pid)
{
    WCHAR command_line[1024];
    HANDLE process;

    ResetEvent(slow_started);
    ResetEvent(slow_released);
    _snwprintf(command_line, ARRAY_SIZE(command_line),
               L"bitsadmin.exe /transfer \"%ls\" /priority foreground http://127.0.0.1:%u/slow \"%ls\"", name, server_port, path);
    process = start_process(command_line, output_file, error_file, flags, pid);
    ok_(__FILE__, line)(!wait_object(slow_started, PATIENCE), "the transfer does not start\n");
    return process;
}

#define start_transfer(name, path, output_file, error_file, flags, pid) \
    start_transfer_(__LINE__, name, path, output_file, error_file, flags, pid)

/* While a transfer runs, others see its job and change it by its name. */
static void test_second_console(void)
{
    const WCHAR *name = job_name(L"bigdl"), *path = local_path(L"slow");
    HANDLE output_file = create_inherited_file(), error_file = create_inherited_file(), process;
    unsigned int count = count_jobs();
    DWORD code;

    process = start_transfer(name, path, output_file, error_file, 0, NULL);
    code = run(L"/rawreturn /setpriority \"%ls\" high", name);
    ok(!code, "[BA.4.2.10] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getpriority \"%ls\"", name);
    ok(!code && !strcmp(result.text, "HIGH"), "[BA.4.2.10] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getnotifyflags \"%ls\"", name);
    ok(!code && !strcmp(result.text, "3"), "[BA.4.2.10] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getbytestotal \"%ls\"", name);
    ok(!code && !strcmp(result.text, "1048576"), "[BA.CMD.GETBYTESTOTAL] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/info \"%ls\"", name);
    ok(!code && strstr(result.text, "' TRANSFERRING 0 / 1 "), "[BA.INFO.1] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    SetEvent(slow_released);
    code = finish_process(process);
    ok(!code, "[BA.4.2.6] got %#lx\n", code);
    read_whole(output_file, result.text, sizeof(result.text));
    ok(!strcmp(behind_banner(), "Transfer complete.\r\n"), "[BA.4.3.3] got %s\n", wine_dbgstr_a(result.text));
    check_file(path, SLOW_SIZE);

    /* somebody else cancels the job */
    process = start_transfer(name, path, output_file, error_file, 0, NULL);
    code = run(L"/rawreturn /cancel \"%ls\"", name);
    ok(!code, "got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = finish_process(process);
    ok(code && code != ~0u, "[BA.4.2.9] got %#lx\n", code);
    SetEvent(slow_released);
    ok(!file_exists(path), "there is a file\n");

    CloseHandle(output_file);
    CloseHandle(error_file);
    ok(count_jobs() == count, "jobs were left\n");
}

/* Ctrl+C ends the tool and the job.  The console is the test's own, so that nobody else is interrupted. */
static void test_interrupt(void)
{
    const WCHAR *name = job_name(L"interrupt"), *path = local_path(L"slow");
    HANDLE output_file = create_inherited_file(), error_file = create_inherited_file(), process;
    unsigned int count = count_jobs(), i;
    ULONGLONG start;
    DWORD code;

    for (i = 0; i < 3; i++)
    {
        process = start_transfer(name, path, output_file, error_file, 0, NULL);
        ok(count_jobs() == count + 1, "[BA.4.4.1] the job is not there\n");
        start = GetTickCount64();
        SetConsoleCtrlHandler(NULL, TRUE);
        ok(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0), "cannot interrupt, error %lu.\n", GetLastError());
        code = finish_process(process);
        SetConsoleCtrlHandler(NULL, FALSE);
        ok(code == STATUS_CONTROL_C_EXIT, "[BA.4.4.1] got %#lx\n", code);
        ok(GetTickCount64() - start < 10000, "[BA.4.4.1] took %u ms\n", (unsigned int)(GetTickCount64() - start));
        ok(count_jobs() == count, "[BA.4.4.1] the job is still there\n");
        ok(!file_exists(path), "[BA.4.4.1] there is a file\n");
        SetEvent(slow_released);
    }

    CloseHandle(output_file);
    CloseHandle(error_file);
}

/* A screen that the program writes to as its standard output, 60 columns wide. */
static HANDLE create_screen(void)
{
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes), NULL, TRUE };
    SMALL_RECT window = { 0, 0, 59, 9 };
    COORD size = { 60, 40 };
    HANDLE screen;

    screen = CreateConsoleScreenBuffer(GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &attributes,
                                       CONSOLE_TEXTMODE_BUFFER, NULL);
    if (screen == INVALID_HANDLE_VALUE) return NULL;
    SetConsoleWindowInfo(screen, TRUE, &window);
    SetConsoleScreenBufferSize(screen, size);
    return screen;
}

static unsigned int screen_width(HANDLE screen)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    return GetConsoleScreenBufferInfo(screen, &info) ? info.dwSize.X : 0;
}

/* One row, without the blanks at its end. */
static const char *screen_row(HANDLE screen, unsigned int row)
{
    static char rows[4][512];
    static unsigned int i;
    COORD pos = { 0, row };
    WCHAR chars[256];
    DWORD count = 0;
    unsigned int len;

    i = (i + 1) % ARRAY_SIZE(rows);
    ReadConsoleOutputCharacterW(screen, chars, min(screen_width(screen), ARRAY_SIZE(chars)), pos, &count);
    while (count && chars[count - 1] == ' ') count--;
    len = WideCharToMultiByte(CP_ACP, 0, chars, count, rows[i], sizeof(rows[i]) - 1, NULL, NULL);
    rows[i][len] = 0;
    return rows[i];
}

/* Is that column of the row drawn bright? */
static BOOL is_bright(HANDLE screen, unsigned int row, unsigned int column)
{
    COORD pos = { column, row };
    WORD attributes = 0;
    DWORD count;

    return ReadConsoleOutputAttribute(screen, &attributes, 1, pos, &count) && (attributes & FOREGROUND_INTENSITY);
}

/* The row where the last DISPLAY line begins, or -1. */
static int find_row(HANDLE screen, const char *start)
{
    int row;

    for (row = 39; row >= 0; row--) if (begins_with(screen_row(screen, row), start)) return row;
    return -1;
}

static void test_console(void)
{
    const WCHAR *name = job_name(L"c"), *path = local_path(L"slow");
    char expected[256];
    struct patience patience;
    HANDLE screen, process;
    int row, first;
    DWORD code;
    const WCHAR *job;

    if (!(screen = create_screen()))
    {
        skip("no console\n");
        return;
    }

    /* two lines, the same two again and again, then a third */
    process = start_transfer(name, path, screen, screen, 0, NULL);
    snprintf(expected, sizeof(expected), "DISPLAY: '%ls' TYPE: DOWNLOAD STATE: TRANSFERRING", name);
    patience_start(&patience);
    while ((first = find_row(screen, expected)) < 0 && patience_left(&patience, PATIENCE))
        if (!WaitForSingleObject(process, 20)) break;
    ok(first >= 0, "[BA.4.3.1] got %s\n", screen_row(screen, 5));
    ok(begins_with(screen_row(screen, first + 1), "PRIORITY: FOREGROUND FILES: 0 / 1 BYTES: "), "[BA.4.3.1] got %s\n",
       screen_row(screen, first + 1));
    SetEvent(slow_released);
    code = finish_process(process);
    ok(!code, "[BA.4.2.6] got %#lx\n", code);
    snprintf(expected, sizeof(expected), "DISPLAY: '%ls' TYPE: DOWNLOAD STATE: TRANSFERRED", name);
    row = find_row(screen, "DISPLAY:");
    ok(row == first, "[BA.4.3.1] row %d, then %d\n", first, row);
    ok(!strcmp(screen_row(screen, row), expected), "[BA.4.3.1] got %s\n", screen_row(screen, row));
    /* cut before the last column, where the cursor would go to the next row */
    snprintf(expected, min(sizeof(expected), screen_width(screen)), "PRIORITY: FOREGROUND FILES: 1 / 1 BYTES: 1048576 / 1048576 (100%%)");
    ok(begins_with(expected, screen_row(screen, row + 1)) && strlen(expected) - strlen(screen_row(screen, row + 1)) < 2,
       "[BA.4.3.1,BA.4.3.2] got %s, not %s\n", screen_row(screen, row + 1), expected);
    ok(!strcmp(screen_row(screen, row + 2), "Transfer complete."), "[BA.4.3.1] got %s\n", screen_row(screen, row + 2));
    check_file(path, SLOW_SIZE);
    CloseHandle(screen);

    /* an empty file has no percents */
    screen = create_screen();
    {
        WCHAR line[1024];

        _snwprintf(line, ARRAY_SIZE(line), L"bitsadmin.exe /transfer \"%ls\" http://127.0.0.1:%u/empty \"%ls\"", name, server_port,
                   path);
        code = finish_process(start_process(line, screen, screen, 0, NULL));
        ok(!code, "got %#lx\n", code);
        row = find_row(screen, "PRIORITY:");
        ok(!strcmp(screen_row(screen, row), "PRIORITY: NORMAL FILES: 1 / 1 BYTES: 0 / 0 (0%)"), "[BA.4.3.2,BA.12.12] got %s\n",
           screen_row(screen, row));
        check_file(path, 0);
    }
    CloseHandle(screen);

    /* raw: a clean screen */
    screen = create_screen();
    {
        WCHAR line[1024];

        _snwprintf(line, ARRAY_SIZE(line), L"bitsadmin.exe /rawreturn /transfer \"%ls\" http://127.0.0.1:%u/empty \"%ls\"", name,
                   server_port, path);
        code = finish_process(start_process(line, screen, screen, 0, NULL));
        ok(!code, "got %#lx\n", code);
        ok(!screen_row(screen, 0)[0] && !screen_row(screen, 1)[0], "[BA.1.4.4] got %s\n", screen_row(screen, 0));
        check_file(path, 0);
    }
    CloseHandle(screen);

    /* long lines: wrapped, or cut at the edge */
    job = create_job(job_name(L"a name that is longer than the console is wide, so that lines do not fit"));
    screen = create_screen();
    {
        WCHAR line[1024];

        _snwprintf(line, ARRAY_SIZE(line), L"bitsadmin.exe /info %ls", job);
        code = finish_process(start_process(line, screen, screen, 0, NULL));
        ok(!code, "got %#lx\n", code);
        row = find_row(screen, "{");
        snprintf(expected, sizeof(expected), "%ls '", job);
        ok(row >= 0 && begins_with(screen_row(screen, row), expected), "[BA.1.5.1] got %s\n", screen_row(screen, row));
        ok(strlen(screen_row(screen, row)) >= screen_width(screen) - 1 && screen_row(screen, row + 1)[0],
           "[BA.1.5.1] got %s\n", screen_row(screen, row + 1));
        ok(find_row(screen, "Use") < 0, "got %s\n", screen_row(screen, row));
    }
    CloseHandle(screen);
    screen = create_screen();
    {
        WCHAR line[1024];

        _snwprintf(line, ARRAY_SIZE(line), L"bitsadmin.exe /nowrap /info %ls", job);
        code = finish_process(start_process(line, screen, screen, 0, NULL));
        ok(!code, "got %#lx\n", code);
        row = find_row(screen, "{");
        ok(row >= 0 && strlen(screen_row(screen, row)) >= screen_width(screen) - 2, "[BA.1.5.1] got %s\n", screen_row(screen, row));
        ok(!screen_row(screen, row + 1)[0], "[BA.1.5.1] got %s\n", screen_row(screen, row + 1));
    }
    CloseHandle(screen);

    /* labels are bright, values are not */
    screen = create_screen();
    {
        WCHAR line[1024];

        _snwprintf(line, ARRAY_SIZE(line), L"bitsadmin.exe /info %ls /verbose", job);
        code = finish_process(start_process(line, screen, screen, 0, NULL));
        ok(!code, "got %#lx\n", code);
        row = find_row(screen, "TYPE: DOWNLOAD STATE: SUSPENDED");
        ok(row >= 0, "[BA.3.1.11] got %s\n", screen_row(screen, 3));
        if (row >= 0)
        {
            ok(is_bright(screen, row, 0) && is_bright(screen, row, 4), "[BA.3.1.11] TYPE is not bright\n");
            ok(!is_bright(screen, row, 6) && !is_bright(screen, row, 13), "[BA.3.1.11] DOWNLOAD is bright\n");
            ok(is_bright(screen, row, 15) && is_bright(screen, row, 19), "[BA.3.1.11] STATE is not bright\n");
            ok(!is_bright(screen, row, 22), "[BA.3.1.11] SUSPENDED is bright\n");
        }
    }
    CloseHandle(screen);
    cancel_job(job);
}

/* The whole unit once more in a process with a console of its own, which needs no window; FALSE if this is that process. */
static BOOL run_in_console(void)
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    char command[MAX_PATH + 40];
    char **argv;
    BOOL ret;

    if (winetest_get_mainargs(&argv) >= 3) return FALSE;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    snprintf(command, sizeof(command), "\"%s\" transfer console", argv[0]);
    ret = CreateProcessA(NULL, command, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu.\n", command, GetLastError());
    if (!ret) return TRUE;
    ok(!wait_object(info.hProcess, 8 * PATIENCE), "the child does not end\n");
    wait_child_process(info.hProcess);
    TerminateProcess(info.hProcess, 0);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
    return TRUE;
}

START_TEST(transfer)
{
    if (run_in_console()) return;
    make_work_dir();
    start_server();
    test_download();
    test_upload();
    test_not_found();
    test_bad_servers();
    test_second_console();
    test_interrupt();
    test_console();
    stop_server();
    remove_work_dir();
}
