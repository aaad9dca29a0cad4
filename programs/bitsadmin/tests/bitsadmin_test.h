/*
 * What the tests of bitsadmin share: running the program
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
 * The program is run as scripts run it, found by its name in the system directory, with its output in files.
 *
 * Jobs of the tests have names that begin with the test's process id, so that they do not mix with those of the person whose
 * machine this is; each test cancels its own.
 */

#ifndef __BITSADMIN_TEST_H
#define __BITSADMIN_TEST_H

/* Output of the last run: bytes as they came, terminated. */
struct run_result
{
    char text[65536];
    char errors[1024];
    DWORD code;
};

static struct run_result result;
static WCHAR work_dir[MAX_PATH];       /* of this test, ends in a backslash */

static void read_whole(HANDLE file, char *buffer, DWORD size)
{
    DWORD got = 0;

    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    if (!ReadFile(file, buffer, size - 1, &got, NULL)) got = 0;
    buffer[got] = 0;
}

static HANDLE create_inherited_file(void)
{
    SECURITY_ATTRIBUTES attributes = { sizeof(attributes), NULL, TRUE };
    WCHAR path[MAX_PATH];
    HANDLE file;

    GetTempFileNameW(work_dir, L"out", 0, path);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &attributes,
                       CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    ok(file != INVALID_HANDLE_VALUE, "CreateFile failed, error %lu.\n", GetLastError());
    return file;
}

/* For waits that only a failure reaches the end of: between two looks no more than PATIENCE_LOOK passes, however long the machine stood still. */
#define PATIENCE      30000
#define PATIENCE_LOOK 1000

struct patience
{
    ULONGLONG looked;
    DWORD passed;
};

static inline void patience_start(struct patience *patience)
{
    patience->looked = GetTickCount64();
    patience->passed = 0;
}

/* FALSE: that was long enough. */
static inline BOOL patience_left(struct patience *patience, DWORD msec)
{
    ULONGLONG now = GetTickCount64();

    patience->passed += (DWORD)min(now - patience->looked, PATIENCE_LOOK);
    patience->looked = now;
    return patience->passed < msec;
}

/* For an object; what WaitForSingleObject returns. */
static inline DWORD wait_object(HANDLE object, DWORD msec)
{
    struct patience patience;
    DWORD ret;

    patience_start(&patience);
    while ((ret = WaitForSingleObject(object, PATIENCE_LOOK)) == WAIT_TIMEOUT && patience_left(&patience, msec)) ;
    return ret;
}

/* Starts a command line; output goes to the two files. */
static HANDLE start_process(const WCHAR *command_line, HANDLE output_file, HANDLE error_file, DWORD flags, DWORD *pid)
{
    STARTUPINFOW startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    WCHAR *copy = _wcsdup(command_line);
    BOOL ret;

    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = INVALID_HANDLE_VALUE;
    startup.hStdOutput = output_file;
    startup.hStdError = error_file;
    ret = CreateProcessW(NULL, copy, NULL, NULL, TRUE, flags, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu.\n", wine_dbgstr_w(command_line), GetLastError());
    free(copy);
    if (!ret) return NULL;
    CloseHandle(info.hThread);
    if (pid) *pid = info.dwProcessId;
    return info.hProcess;
}

/* Waits for the end and closes the handle. */
static DWORD finish_process(HANDLE process)
{
    DWORD code = ~0u, wait;

    if (!process) return code;
    wait = wait_object(process, 2 * PATIENCE);
    ok(!wait, "the program does not end\n");
    if (wait) TerminateProcess(process, 99);
    GetExitCodeProcess(process, &code);
    CloseHandle(process);
    return code;
}

/* Runs a whole command line and keeps its output in result. */
static DWORD run_line(const WCHAR *command_line)
{
    HANDLE output_file = create_inherited_file(), error_file = create_inherited_file();

    result.code = finish_process(start_process(command_line, output_file, error_file, 0, NULL));
    read_whole(output_file, result.text, sizeof(result.text));
    read_whole(error_file, result.errors, sizeof(result.errors));
    CloseHandle(output_file);
    CloseHandle(error_file);
    return result.code;
}

/* Runs bitsadmin with arguments as wprintf writes them. */
static DWORD WINAPIV run(const WCHAR *format, ...)
{
    WCHAR line[8192] = L"bitsadmin.exe ";
    va_list args;

    va_start(args, format);
    _vsnwprintf(line + wcslen(line), ARRAY_SIZE(line) - wcslen(line) - 1, format, args);
    va_end(args);
    run_line(line);
    ok(!result.errors[0], "[BA.1.3.1] %s wrote errors: %s\n", wine_dbgstr_w(line), wine_dbgstr_a(result.errors));
    return result.code;
}

/* The text behind the banner, or "" if it does not begin with one. */
static inline const char *behind_banner(void)
{
    static const char start[] = "\r\nBITSADMIN version 3.0\r\n";
    const char *p = result.text;
    unsigned int i;

    if (strncmp(p, start, strlen(start))) return "";
    for (i = 0; p && i < 5; i++) if ((p = strstr(p, "\r\n"))) p += 2;
    return p ? p : "";
}

static BOOL begins_with(const char *text, const char *start)
{
    return !strncmp(text, start, strlen(start));
}

/* A name for a job that nobody else has. */
static const WCHAR *job_name(const WCHAR *suffix)
{
    static WCHAR names[4][128];
    static unsigned int i;

    i = (i + 1) % ARRAY_SIZE(names);
    _snwprintf(names[i], ARRAY_SIZE(names[i]) - 1, L"ba%x %ls", (unsigned int)GetCurrentProcessId(), suffix);
    return names[i];
}

/* Makes a job by the tool; its GUID in braces, which the next call overwrites. */
static inline const WCHAR *create_job(const WCHAR *name)
{
    static WCHAR ids[4][40];
    static unsigned int i;
    DWORD code = run(L"/rawreturn /create \"%ls\"", name);

    i = (i + 1) % ARRAY_SIZE(ids);
    ok(!code && strlen(result.text) == 38, "cannot make a job: %#lx, %s\n", code, wine_dbgstr_a(result.text));
    MultiByteToWideChar(CP_ACP, 0, result.text, -1, ids[i], ARRAY_SIZE(ids[i]));
    return ids[i];
}

static inline void cancel_job(const WCHAR *job)
{
    DWORD code = run(L"/rawreturn /cancel %ls", job);

    ok(!code, "cannot cancel %s: %#lx, %s\n", wine_dbgstr_w(job), code, wine_dbgstr_a(result.text));
}

/* Number of jobs of the user. */
static unsigned int count_jobs(void)
{
    const char *p;

    run(L"/list");
    p = strstr(result.text, "Listed ");
    ok(p != NULL, "got %s\n", wine_dbgstr_a(result.text));
    return p ? atoi(p + 7) : 0;
}

static void make_work_dir(void)
{
    WCHAR temp[MAX_PATH];

    GetTempPathW(ARRAY_SIZE(temp), temp);
    _snwprintf(work_dir, ARRAY_SIZE(work_dir), L"%lsbitsadmin test %x\\", temp, (unsigned int)GetCurrentProcessId());
    ok(CreateDirectoryW(work_dir, NULL), "cannot make %s, error %lu.\n", wine_dbgstr_w(work_dir), GetLastError());
}

/* Nothing may be left in it: neither files that a test forgot nor temporary ones of a transfer. */
static void remove_work_dir(void)
{
    ok(RemoveDirectoryW(work_dir), "%s is not empty, error %lu.\n", wine_dbgstr_w(work_dir), GetLastError());
}

#endif /* __BITSADMIN_TEST_H */
