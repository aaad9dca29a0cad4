/*
 * Files from a share: what comes along with their octets
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
#include <wchar.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "accctrl.h"
#include "aclapi.h"
#include "sddl.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_0.h"
#include "bits3_0.h"

#include "wine/test.h"
#include "bits_test.h"

#define SIZE 30000

static const SYSTEMTIME source_date = { 2021, 6, 0, 18, 4, 5, 6 };

static WCHAR made_folders[3][MAX_PATH];     /* on Wine, innermost last */
static WCHAR share[MAX_PATH];               /* its name for the source file */

static BOOL write_source(const WCHAR *path)
{
    unsigned char data[SIZE];
    FILETIME time;
    DWORD written;
    HANDLE file;

    SystemTimeToFileTime(&source_date, &time);
    test_server_pattern("share", 0, data, SIZE);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    WriteFile(file, data, SIZE, &written, NULL);
    SetFileTime(file, NULL, NULL, &time);
    CloseHandle(file);
    return written == SIZE;
}

/* On Wine a share is a folder of its configuration; on Windows the drive's own share, for who may use it. */
static BOOL find_share(void)
{
    static const WCHAR *const names[] = { L"\\dosdevices\\unc", L"\\wine-bits-test", L"\\share" };
    WCHAR path[MAX_PATH], *p;
    unsigned int i;

    if (!winetest_platform_is_wine)
    {
        swprintf(share, ARRAY_SIZE(share), L"\\\\127.0.0.1\\%lc$%ls", bits_path(L"x")[0], bits_path(L"source") + 2);
        return write_source(share);
    }
    wcscpy(path, L"\\\\?\\unix");
    if (!GetEnvironmentVariableW(L"WINEPREFIX", path + wcslen(path), MAX_PATH - 100)) return FALSE;
    for (p = path; *p; p++) if (*p == '/') *p = '\\';
    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        wcscat(path, names[i]);
        if (CreateDirectoryW(path, NULL)) wcscpy(made_folders[i], path);
    }
    wcscpy(share, L"\\\\wine-bits-test\\share\\source");
    return write_source(share);
}

static void forget_share(void)
{
    unsigned int i;

    DeleteFileW(share);
    for (i = ARRAY_SIZE(made_folders); i--;) if (made_folders[i][0]) RemoveDirectoryW(made_folders[i]);
}

static BOOL set_access(const WCHAR *path, const WCHAR *text)
{
    PSECURITY_DESCRIPTOR sd;
    BOOL ret;

    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &sd, NULL)) return FALSE;
    ret = SetFileSecurityW(path, DACL_SECURITY_INFORMATION, sd);
    LocalFree(sd);
    return ret;
}

/* Access that the file itself, and no folder, gives to everyone. */
static DWORD given_to_everyone(const WCHAR *path)
{
    BYTE everyone[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof(everyone), i, mask = 0;
    PSECURITY_DESCRIPTOR sd;
    ACCESS_ALLOWED_ACE *ace;
    ACL *acl;

    CreateWellKnownSid(WinWorldSid, NULL, everyone, &size);
    if (GetNamedSecurityInfoW((WCHAR *)path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &acl, NULL, &sd)) return ~0u;
    for (i = 0; acl && i < acl->AceCount; i++)
    {
        if (!GetAce(acl, i, (void **)&ace) || ace->Header.AceType != ACCESS_ALLOWED_ACE_TYPE) continue;
        if (!(ace->Header.AceFlags & INHERITED_ACE) && EqualSid(&ace->SidStart, everyone)) mask |= ace->Mask;
    }
    LocalFree(sd);
    return mask;
}

static IBackgroundCopyJob *share_job(const WCHAR *name, DWORD flags)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job3 = bits_query(job, IBackgroundCopyJob3);
    HRESULT hr;

    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file(job, share, bits_path(name));
    hr = IBackgroundCopyJob3_SetFileACLFlags(job3, flags);
    ok(hr == S_OK, "[JOB3.SetFileACLFlags.2] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    return job;
}

static void check_access(const WCHAR *path, BOOL everyone, const char *facts)
{
    static const DWORD write = FILE_WRITE_DATA | FILE_APPEND_DATA;
    DWORD given = given_to_everyone(path);

    ok((given & write) == (everyone ? write : 0), "[%s] %s gives everyone %#lx\n", facts, wine_dbgstr_w(path), given);
}

static void complete(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);
}

static void check_copy(const WCHAR *name, BOOL everyone, const char *facts)
{
    WIN32_FILE_ATTRIBUTE_DATA data = { 0 };
    FILETIME time;

    SystemTimeToFileTime(&source_date, &time);
    ok(GetFileAttributesExW(bits_path(name), GetFileExInfoStandard, &data) && !(data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN),
       "[BEH.FILE.11] attributes %#lx\n", data.dwFileAttributes);
    ok(!CompareFileTime(&data.ftLastWriteTime, &time), "[JOB3.SetFileACLFlags.10,BEH.SMB.3] another time\n");
    check_access(bits_path(name), everyone, facts);
    bits_check_file(bits_path(name), "share", 0, SIZE);
}

/* What the source lets everyone do is a right of the copy if the flag says so, and of no other. */
static void test_access(void)
{
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    HRESULT hr;

    ok(set_access(share, L"D:P(A;;FA;;;WD)"), "cannot set the access, error %lu\n", GetLastError());
    check_access(share, TRUE, "WINE.FS.12");

    job = share_job(L"plain", 0);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_SetFileACLFlags(job3, BG_COPY_FILE_DACL);
    ok(hr == BG_E_INVALID_STATE, "[BEH.ACL.2,JOB3.SetFileACLFlags.3] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    complete(job);
    check_copy(L"plain", FALSE, "TYPE.FileInfo.12,BEH.ACL.4");

    job = share_job(L"kept", BG_COPY_FILE_DACL);
    ok(GetFileAttributesW(bits_temporary_name(job)) == INVALID_FILE_ATTRIBUTES, "[BEH.FILE.50] it is there already\n");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    check_access(bits_temporary_name(job), TRUE, "BEH.ACL.3,JOB3.SetFileACLFlags.8");
    complete(job);
    check_copy(L"kept", TRUE, "BEH.ACL.4,JOB3.SetFileACLFlags.7");

    /* from a local path it is no matter of a share */
    ok(write_source(bits_path(L"here")), "cannot write\n");
    ok(set_access(bits_path(L"here"), L"D:P(A;;FA;;;WD)"), "cannot set the access, error %lu\n", GetLastError());
    job = bits_create_job(L"local", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, bits_path(L"here"), bits_path(L"local"));
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_SetFileACLFlags(job3, BG_COPY_FILE_DACL);
    ok(hr == S_OK, "[JOB3.SetFileACLFlags.2] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    complete(job);
    check_copy(L"local", FALSE, "JOB3.SetFileACLFlags.5");
    DeleteFileW(bits_path(L"here"));
}

/* Everything at once, when some files are there already: those stay as they are. Without the privileges it waits for them. */
static void test_all(void)
{
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    WCHAR late[MAX_PATH];
    BG_JOB_STATE state;
    HRESULT hr;

    job = share_job(L"first", 0);
    swprintf(late, ARRAY_SIZE(late), L"%ls-late", share);
    bits_add_file(job, late, bits_path(L"second"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    ok(write_source(late), "cannot write, error %lu\n", GetLastError());
    ok(set_access(late, L"D:P(A;;FA;;;WD)"), "cannot set the access, error %lu\n", GetLastError());
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_SetFileACLFlags(job3, BG_COPY_FILE_ALL);
    ok(hr == S_OK, "[JOB3.SetFileACLFlags.1] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_TRANSIENT_ERROR | 1u << BG_JOB_STATE_ERROR);
    state = bits_state(job);
    ok(state == BG_JOB_STATE_TRANSFERRED || state == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.ACL.5] got state %d\n", state);
    if (state == BG_JOB_STATE_TRANSFERRED)
    {
        complete(job);
        check_copy(L"first", FALSE, "JOB3.SetFileACLFlags.9");
        check_copy(L"second", TRUE, "BEH.ACL.2,JOB3.SetFileACLFlags.7");
    }
    else
    {
        bits_check_error(job, E_ACCESSDENIED, "BEH.ACL.5,JOB3.SetFileACLFlags.12");
        bits_cancel(job);
    }
    DeleteFileW(late);
}

/* The other way round. */
static void test_uploads(void)
{
    static const DWORD flags[] = { 0, BG_COPY_FILE_DACL };
    WIN32_FILE_ATTRIBUTE_DATA data = { 0 };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    WCHAR there[MAX_PATH];
    unsigned int i;
    FILETIME time;
    HRESULT hr;

    SystemTimeToFileTime(&source_date, &time);
    swprintf(there, ARRAY_SIZE(there), L"%ls-there", share);
    ok(write_source(bits_path(L"here")), "cannot write\n");
    ok(set_access(bits_path(L"here"), L"D:P(A;;FA;;;WD)"), "cannot set the access, error %lu\n", GetLastError());
    for (i = 0; i < ARRAY_SIZE(flags); i++)
    {
        job = bits_create_job(L"upload", BG_JOB_TYPE_UPLOAD);
        IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, there, bits_path(L"here"));
        job3 = bits_query(job, IBackgroundCopyJob3);
        hr = IBackgroundCopyJob3_SetFileACLFlags(job3, flags[i]);
        ok(hr == S_OK, "[JOB3.SetFileACLFlags.2] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
        bits_resume(job);
        bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_TRANSIENT_ERROR | 1u << BG_JOB_STATE_ERROR);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.SMB.1] got state %d, %#lx\n", bits_state(job), bits_error_code(job));
        /* in place already */
        ok(GetFileAttributesExW(there, GetFileExInfoStandard, &data), "[BEH.STATE.71] no file, error %lu\n", GetLastError());
        ok(!CompareFileTime(&data.ftLastWriteTime, &time), "[JOB3.SetFileACLFlags.10,BEH.SMB.3] another time\n");
        check_access(there, flags[i] != 0, flags[i] ? "JOB3.SetFileACLFlags.5,JOB3.SetFileACLFlags.7" : "JOB3.SetFileACLFlags.5");
        complete(job);
        bits_check_file(there, "share", 0, SIZE);
    }
    DeleteFileW(bits_path(L"here"));
}

START_TEST(share)
{
    if (!bits_begin()) return;
    if (find_share())
    {
        test_access();
        test_all();
        test_uploads();
    }
    else skip("there is no share to be had, error %lu\n", GetLastError());
    forget_share();
    bits_end();
}
