/*
 * Entry points of this DLL in processes of their own
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
 * CreateProcess makes a process suspended and then lets it run.  If the service is killed in between, the child waits for ever: the guard heals
 * nothing, and the prefix never ends.  So this is NtCreateUserProcess, of which a process comes that nobody has to let go.
 */

#include <stdarg.h>
#include <stdlib.h>

#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windef.h>
#include <winbase.h>
#include <winuser.h>
#include <winternl.h>

#include "child.h"

#define PROCESS_WINE_MAKE_PROCESS_SYSTEM 1000   /* WINE.SVC.9; the answer is an event set when the last user process ends */

/* What mingw-w64's headers do not have. */
#define PARAMETERS_NORMALIZED 1             /* PROCESS_PARAMS_FLAG_NORMALIZED */
#define INHERIT_HANDLES 4                   /* PROCESS_CREATE_FLAGS_INHERIT_HANDLES */
#define ATTRIBUTE_IMAGE_NAME 0x20005        /* PS_ATTRIBUTE_IMAGE_NAME */
#define ATTRIBUTE_HANDLE_LIST 0x2000b       /* PS_ATTRIBUTE_HANDLE_LIST */

struct attribute        /* PS_ATTRIBUTE */
{
    ULONG_PTR attribute;
    SIZE_T size;
    const void *value;
    SIZE_T *return_length;
};

struct attributes       /* PS_ATTRIBUTE_LIST */
{
    SIZE_T size;
    struct attribute image, handles;
};

struct create_info      /* PS_CREATE_INFO: room for what nobody here reads */
{
    SIZE_T size;
    UINT64 state[10];
};

/* Taken from ntdll at run time: importing it would take its memcpy too, in place of the C runtime's. */
struct ntdll
{
    LONG (WINAPI *create_parameters)(void **params, const UNICODE_STRING *image, const UNICODE_STRING *dll_path,
                                     const UNICODE_STRING *folder, const UNICODE_STRING *command, WCHAR *environment,
                                     const UNICODE_STRING *title, const UNICODE_STRING *desktop, const UNICODE_STRING *shell,
                                     const UNICODE_STRING *runtime, ULONG flags);
    void (WINAPI *destroy_parameters)(void *params);
    LONG (WINAPI *create_process)(HANDLE *process, HANDLE *thread, ACCESS_MASK process_access, ACCESS_MASK thread_access,
                                  OBJECT_ATTRIBUTES *process_attr, OBJECT_ATTRIBUTES *thread_attr, ULONG process_flags, ULONG thread_flags,
                                  void *params, struct create_info *info, struct attributes *attributes);
    LONG (WINAPI *set_information)(HANDLE process, int class, void *info, ULONG size);
};

static BOOL load_ntdll(struct ntdll *ntdll)
{
    HMODULE module = GetModuleHandleW(L"ntdll.dll");

    ntdll->create_parameters = (void *)GetProcAddress(module, "RtlCreateProcessParametersEx");
    ntdll->destroy_parameters = (void *)GetProcAddress(module, "RtlDestroyProcessParameters");
    ntdll->create_process = (void *)GetProcAddress(module, "NtCreateUserProcess");
    ntdll->set_information = (void *)GetProcAddress(module, "NtSetInformationProcess");
    return ntdll->create_parameters && ntdll->destroy_parameters && ntdll->create_process && ntdll->set_information;
}

static void init_string(UNICODE_STRING *string, WCHAR *text)
{
    string->Buffer = text;
    string->Length = lstrlenW(text) * sizeof(*text);
    string->MaximumLength = string->Length + sizeof(*text);
}

static HRESULT create_process(WCHAR *folder, WCHAR *image, WCHAR *command, const HANDLE *inherit, UINT32 count, HANDLE *process)
{
    struct attributes attributes =
    {
        .size = sizeof(attributes),
        .image.attribute = ATTRIBUTE_IMAGE_NAME,
        /* Only these: sockets are inheritable by default and would stay open in the child. */
        .handles = {ATTRIBUTE_HANDLE_LIST, count * sizeof(*inherit), inherit},
    };
    UNICODE_STRING nt_name, image_name, folder_name, command_line;
    struct create_info info = {sizeof(info)};
    void *params;
    struct ntdll ntdll;
    HANDLE thread;
    LONG status;

    if (!load_ntdll(&ntdll)) return HRESULT_FROM_WIN32(ERROR_PROC_NOT_FOUND);
    init_string(&nt_name, image);
    init_string(&image_name, image + 4);    /* without \??\ */
    init_string(&folder_name, folder);
    init_string(&command_line, command);
    if ((status = ntdll.create_parameters(&params, &image_name, NULL, &folder_name, &command_line, NULL, NULL, NULL, NULL, NULL,
                                          PARAMETERS_NORMALIZED)))
        return HRESULT_FROM_NT(status);

    attributes.image.size = nt_name.Length;
    attributes.image.value = nt_name.Buffer;
    status = ntdll.create_process(process, &thread, PROCESS_ALL_ACCESS, THREAD_ALL_ACCESS, NULL, NULL, INHERIT_HANDLES, 0, params,
                                  &info, &attributes);
    ntdll.destroy_parameters(params);
    if (status)
    {
        *process = NULL;
        return HRESULT_FROM_NT(status);
    }
    CloseHandle(thread);
    return S_OK;
}

HRESULT child_run(const WCHAR *entry, const HANDLE *inherit, UINT32 count, HANDLE *process)
{
    static const WCHAR program[] = L"\\rundll32.exe";
    WCHAR system[MAX_PATH], module[MAX_PATH], image[4 + MAX_PATH + ARRAYSIZE(program)], *command, *p;
    HMODULE self;
    UINT32 i, len;
    HRESULT hr;

    *process = NULL;
    if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, (const WCHAR *)child_run,
                            &self)
            || !(len = GetModuleFileNameW(self, module, ARRAYSIZE(module))) || len == ARRAYSIZE(module)
            || !(len = GetSystemDirectoryW(system, ARRAYSIZE(system))) || len >= ARRAYSIZE(system))
        return E_UNEXPECTED;
    lstrcpyW(image, L"\\??\\");
    lstrcatW(image, system);
    lstrcatW(image, program);

    len = lstrlenW(image) + lstrlenW(module) + lstrlenW(entry) + 17 * count + 8;
    if (!(command = malloc(len * sizeof(*command)))) return E_OUTOFMEMORY;
    p = command + wsprintfW(command, L"\"%s\" ", image + 4);
    p += wsprintfW(p, L"%s,%s", module, entry);
    for (i = 0; i < count; i++) p += wsprintfW(p, L" %x", (UINT32)(ULONG_PTR)inherit[i]);

    hr = create_process(system, image, command, inherit, count, process);
    free(command);
    return hr;
}

BOOL child_handles(const WCHAR *line, HANDLE *handles, UINT32 count)
{
    WCHAR *end;
    UINT32 i;

    for (i = 0; i < count; i++, line = end)
    {
        handles[i] = (HANDLE)(ULONG_PTR)wcstoul(line, &end, 16);
        if (end == line) return FALSE;
    }
    return TRUE;
}

BOOL child_become_system(HANDLE *end_of_prefix)
{
    struct ntdll ntdll;

    return load_ntdll(&ntdll) && !ntdll.set_information(GetCurrentProcess(), PROCESS_WINE_MAKE_PROCESS_SYSTEM, end_of_prefix,
                                                        sizeof(*end_of_prefix));
}
