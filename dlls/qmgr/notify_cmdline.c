/*
 * The command line of a job: starting it
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

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"

#include "notify_cmdline.h"
#include "security.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* CreateProcess wants memory that it may change; an empty string of parameters counts as none [JOB2.SetNotifyCmdLine.A2]. */
static WCHAR *make_command_line(const WCHAR *program, const WCHAR *parameters)
{
    WCHAR *line;

    if (parameters && *parameters)
    {
        if ((line = malloc((wcslen(parameters) + 1) * sizeof(WCHAR)))) wcscpy(line, parameters);
        return line;
    }
    if (!(line = malloc((wcslen(program) + 3) * sizeof(WCHAR)))) return NULL;
    wcscpy(line, L"\"");
    wcscat(line, program);
    wcscat(line, L"\"");
    return line;
}

/* The program's folder; the system's for a name without one. */
static WCHAR *make_directory(const WCHAR *program)
{
    const WCHAR *end = program, *p;
    WCHAR *directory;
    UINT size;

    for (p = program; *p; p++)
        if (*p == '\\' || *p == '/') end = p + 1;
    if (end == program)
    {
        size = GetSystemDirectoryW(NULL, 0);
        if ((directory = malloc(size * sizeof(WCHAR)))) GetSystemDirectoryW(directory, size);
        return directory;
    }
    if (!(directory = malloc((end - program + 1) * sizeof(WCHAR)))) return NULL;
    memcpy(directory, program, (end - program) * sizeof(WCHAR));
    directory[end - program] = 0;
    return directory;
}

/* Loaded when needed: other services of the host process load this DLL too (WINE.SVC.2). */
static HMODULE make_environment(HANDLE token, void **environment)
{
    BOOL (WINAPI *create_block)(void **block, HANDLE token, BOOL inherit);
    HMODULE userenv;

    *environment = NULL;
    if (!(userenv = LoadLibraryW(L"userenv.dll"))) return NULL;
    create_block = (void *)GetProcAddress(userenv, "CreateEnvironmentBlock");
    if (!create_block || !create_block(environment, token, FALSE)) *environment = NULL;
    return userenv;
}

static void free_environment(HMODULE userenv, void *environment)
{
    BOOL (WINAPI *destroy_block)(void *block);

    if (environment && (destroy_block = (void *)GetProcAddress(userenv, "DestroyEnvironmentBlock"))) destroy_block(environment);
    if (userenv) FreeLibrary(userenv);
}

HRESULT cmdline_start(const struct caller *caller, const WCHAR *program, const WCHAR *parameters, HANDLE *process)
{
    STARTUPINFOW startup = { sizeof(startup) };
    WCHAR *line = NULL, *directory = NULL;
    static WCHAR desktop[] = L"WinSta0\\Default";
    PROCESS_INFORMATION info;
    void *environment = NULL;
    HMODULE userenv = NULL;
    HANDLE token = NULL;
    HRESULT hr;

    *process = NULL;
    startup.lpDesktop = desktop;                    /* else it is on the service's, unseen (WINE.SVC.16) */
    if (!(line = make_command_line(program, parameters)) || !(directory = make_directory(program)))
    {
        free(line);
        return E_OUTOFMEMORY;
    }
    if (!DuplicateTokenEx(caller->token, MAXIMUM_ALLOWED, NULL, SecurityImpersonation, TokenPrimary, &token))
    {
        hr = HRESULT_FROM_WIN32(GetLastError());
        goto done;
    }
    userenv = make_environment(token, &environment);
    if (CreateProcessAsUserW(token, program, line, NULL, NULL, FALSE, CREATE_UNICODE_ENVIRONMENT, environment, directory,
                             &startup, &info))
    {
        TRACE("started %s as %04lx.\n", debugstr_w(program), info.dwProcessId);
        CloseHandle(info.hThread);
        *process = info.hProcess;
        hr = S_OK;
    }
    else hr = HRESULT_FROM_WIN32(GetLastError());
    free_environment(userenv, environment);
    CloseHandle(token);
done:
    free(directory);
    free(line);
    return hr;
}
