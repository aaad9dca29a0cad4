/*
 * Tests of ownership, rights and limits
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
#include <stdio.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "shlobj.h"
#include "sddl.h"
#include "bits.h"
#include "qmgr.h"

#include "wine/test.h"
#include "bits_test.h"

/*
 * Who may do what: the owner, an administrator, other users, a token with restricting SIDs; and the limits, from which administrators are
 * free.  The administrator is the first process; the ordinary user is a child of it whose token has no administrators in it.  Another
 * user cannot be had in a Wine prefix: there a job is given to him in the service's journal, while the service is not running.
 */

#define POISON 0xdeadbeef

static BOOL on_wine(void)
{
    return !strcmp(winetest_platform, "wine");
}

/* What the first process tells its child: a verb and a GUID. */
static void run_child(const char *verb, const GUID *id)
{
    WCHAR wide[50];
    char text[100];

    StringFromGUID2(id, wide, ARRAY_SIZE(wide));
    sprintf(text, "%s%ls", verb, wide);
    bits_run_child("access", text, BITS_CHILD_USER);
}

static WCHAR *owner_of_(unsigned int line, IBackgroundCopyJob *job)
{
    static WCHAR buffer[200];
    WCHAR *owner = NULL;
    HRESULT hr = IBackgroundCopyJob_GetOwner(job, &owner);

    ok_(__FILE__, line)(hr == S_OK, "GetOwner: got %#lx\n", hr);
    lstrcpynW(buffer, owner ? owner : L"", ARRAY_SIZE(buffer));
    CoTaskMemFree(owner);
    return buffer;
}
#define owner_of(job) owner_of_(__LINE__, job)

/* The ordinary user */

/* A job of his own, made by himself as administrator: his all the same, unless elevation counts. */
static void user_own_job(const GUID *id)
{
    IBitsTokenOptions *token;
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    HRESULT hr;

    hr = IBackgroundCopyManager_EnumJobs(bits_manager, BG_JOB_ENUM_ALL_USERS, &jobs);
    ok(hr == E_ACCESSDENIED, "[MGR.EnumJobs.5] got %#lx\n", hr);
    if (hr == S_OK) IEnumBackgroundCopyJobs_Release(jobs);

    hr = IBackgroundCopyManager_GetJob(bits_manager, id, &job);
    /* Windows: it was made by an elevated token [api-2-later:GEN.10] */
    ok(hr == S_OK || broken(hr == E_ACCESSDENIED), "[BEH.OWN.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        ok(bits_is_listed(id, 0), "[MGR.EnumJobs.1] not listed\n");
        hr = IBackgroundCopyJob_SetDescription(job, L"by the owner");
        ok(hr == S_OK, "[SEC.5] got %#lx\n", hr);
        hr = IBackgroundCopyJob_TakeOwnership(job);
        ok(hr == E_ACCESSDENIED, "[JOB.TakeOwnership.6] got %#lx\n", hr);
        ok_inferred("JOB.TakeOwnership.A1", hr == E_ACCESSDENIED, "got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
    }
    else ok_inferred("MGR.EnumJobs.A2", !bits_is_listed(id, 0), "listed\n");

    job = bits_create_job(L"user", BG_JOB_TYPE_DOWNLOAD);
    if (!job) return;
    bits_add_file(job, L"http://127.0.0.1/file", bits_path(L"file"));
    hr = IBackgroundCopyJob_SetDescription(job, L"mine");
    ok(hr == S_OK, "[SEC.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob_TakeOwnership(job);
    ok(hr == E_ACCESSDENIED, "[BEH.OWN.7] got %#lx\n", hr);
    /* his own token may help him, since it is none of an administrator */
    if ((token = bits_query(job, IBitsTokenOptions)))
    {
        CoSetProxyBlanket((IUnknown *)token, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL, RPC_C_AUTHN_LEVEL_DEFAULT,
                          RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING);
        hr = IBitsTokenOptions_SetHelperToken(token);
        ok(hr == S_OK, "[BEH.TOKEN.2] got %#lx\n", hr);
        IBitsTokenOptions_Release(token);
    }
    bits_cancel(job);
}

/* A job and a group of somebody else's. */
static void user_other_job(const GUID *id)
{
    IBackgroundCopyJob *job = (IBackgroundCopyJob *)POISON;
    HRESULT hr;

    hr = IBackgroundCopyManager_GetJob(bits_manager, id, &job);
    ok(hr == E_ACCESSDENIED, "[MGR.GetJob.4,BA.1.8.14,BEH.OWN.6] got %#lx\n", hr);
    ok(hr == E_ACCESSDENIED, "[api-2-later:GEN.9] got %#lx\n", hr);
    ok(!job, "[api-1-core:GEN.4] got a job\n");
    ok(!bits_is_listed(id, 0), "[BEH.OWN.1] listed\n");
    ok(!bits_is_listed(id, 0), "[SEC.5] listed\n");
}

static void user_other_group(const GUID *id)
{
    IEnumBackgroundCopyGroups *groups;
    IBackgroundCopyGroup *group = (IBackgroundCopyGroup *)POISON;
    IBackgroundCopyQMgr *qmgr;
    ULONG fetched;
    HRESULT hr;
    GUID got;

    hr = CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr);
    ok(hr == S_OK, "[QM.3] got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, *id, &group);
    ok_inferred("QMGR.GetGroup.A1", hr == QM_E_ITEM_NOT_FOUND, "got %#lx\n", hr);
    ok(FAILED(hr) && !group, "[QMGR.GetGroup.1] got %#lx, %p\n", hr, group);
    hr = IBackgroundCopyQMgr_EnumGroups(qmgr, 0, &groups);
    ok(hr == S_OK, "[QMGR.EnumGroups.2] got %#lx\n", hr);
    while (IEnumBackgroundCopyGroups_Next(groups, 1, &got, &fetched) == S_OK)
        ok(!IsEqualGUID(&got, id), "[QMGR.EnumGroups.1] listed\n");
    IEnumBackgroundCopyGroups_Release(groups);
    /* the identifier is taken all the same */
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, *id, &group);
    ok(hr == E_INVALIDARG, "[QMGR.CreateGroup.3] got %#lx\n", hr);
    IBackgroundCopyQMgr_Release(qmgr);
}

static HRESULT add_set(IBackgroundCopyJob *job, ULONG count)
{
    BG_FILE_INFO *set = calloc(count, sizeof(*set));
    WCHAR local[MAX_PATH];
    HRESULT hr;
    ULONG i;

    wcscpy(local, bits_path(L"file"));
    for (i = 0; i < count; i++)
    {
        set[i].RemoteName = (WCHAR *)L"http://127.0.0.1/file";
        set[i].LocalName = local;
    }
    hr = IBackgroundCopyJob_AddFileSet(job, count, set);
    free(set);
    return hr;
}

static void user_file_limit(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"files", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_PROGRESS progress;
    static BG_FILE_RANGE ranges[501];
    IBackgroundCopyJob3 *job3;
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    hr = add_set(job, 201);
    ok(hr == BG_E_TOO_MANY_FILES_IN_JOB, "[JOB.AddFileSet.4,ERR.0x80200051,BEH.OBJ.9,api-2-later:VER.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && !progress.FilesTotal, "[JOB.AddFileSet.A1,BEH.OBJ.9] got %#lx, %lu files\n", hr, progress.FilesTotal);
    hr = add_set(job, 200);
    ok(hr == S_OK, "[BEH.POLICY.14] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/file", bits_path(L"file"));
    ok(hr == BG_E_TOO_MANY_FILES_IN_JOB, "[JOB.AddFile.2,ERR.0x80200051] got %#lx\n", hr);
    ok(hr == BG_E_TOO_MANY_FILES_IN_JOB, "[LIFE.7] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTotal == 200, "[JOB.AddFile.2] got %#lx, %lu files\n", hr, progress.FilesTotal);
    bits_cancel(job);

    job = bits_create_job(L"ranges", BG_JOB_TYPE_DOWNLOAD);
    if (!job || !(job3 = bits_query(job, IBackgroundCopyJob3))) return;
    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        ranges[i].InitialOffset = 10 * i;
        ranges[i].Length = 5;
    }
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/file", bits_path(L"file"), 501, ranges);
    ok(hr == BG_E_TOO_MANY_RANGES_IN_FILE, "[api-2-later:VER.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/file", bits_path(L"file"), 500, ranges);
    ok(hr == S_OK, "[api-2-later:VER.1] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_cancel(job);
}

/* Jobs until there are too many; then all away, and one more. */
static void user_job_limit(HRESULT expect, ULONG limit, const char *fact)
{
    IBackgroundCopyJob *jobs[400], *job;
    IEnumBackgroundCopyJobs *own;
    ULONG before = 0, count;
    HRESULT hr = S_OK;
    GUID id;

    if (IBackgroundCopyManager_EnumJobs(bits_manager, 0, &own) == S_OK)
    {
        IEnumBackgroundCopyJobs_GetCount(own, &before);
        IEnumBackgroundCopyJobs_Release(own);
    }
    for (count = 0; count < ARRAY_SIZE(jobs); count++)
    {
        jobs[count] = NULL;
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"many"), BG_JOB_TYPE_DOWNLOAD, &id, &jobs[count]);
        if (hr != S_OK) break;
    }
    ok(hr == expect, "[%s] got %#lx\n", fact, hr);
    if (hr == expect && on_wine()) ok(before + count == limit, "[LIFE.8] got %lu and %lu jobs\n", before, count);
    if (hr == expect)
    {
        ok(!jobs[count], "[api-1-core:GEN.4] got a job\n");
        if (on_wine() || expect == BG_E_TOO_MANY_JOBS_PER_USER)
            ok(before + count == limit, "[%s] got %lu and %lu jobs\n", fact, before, count);
        else trace("%lu jobs\n", count);
        if (count)
        {
            bits_cancel(jobs[--count]);
            hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"again"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
            ok(hr == S_OK, "[%s] got %#lx\n", fact, hr);
            if (hr == S_OK) bits_cancel(job);
        }
    }
    while (count--) bits_cancel(jobs[count]);
}

static void user_main(const char *argument)
{
    const char *brace = strchr(argument, '{');
    WCHAR wide[50];
    GUID id = { 0 };

    if (brace)
    {
        MultiByteToWideChar(CP_ACP, 0, brace, -1, wide, ARRAY_SIZE(wide));
        CLSIDFromString(wide, &id);
    }
    if (!strncmp(argument, "own", 3)) user_own_job(&id);
    else if (!strncmp(argument, "other", 5)) user_other_job(&id);
    else if (!strncmp(argument, "group", 5)) user_other_group(&id);
    else if (!strncmp(argument, "files", 5)) user_file_limit();
    else if (!strncmp(argument, "jobs", 4)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_USER, 60,
                                                             "MGR.CreateJob.8,ERR.0x80200049,BA.1.8.26,api-2-later:VER.1");
    else if (!strncmp(argument, "peruser", 7)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_USER, 3, "BEH.POLICY.13");
    else if (!strncmp(argument, "leave", 5)) IBackgroundCopyJob_Release(bits_create_job(L"left", BG_JOB_TYPE_DOWNLOAD));
    else if (!strncmp(argument, "adopted", 7)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_MACHINE, 5, "BEH.POLICY.31,JOB.TakeOwnership.1");
    else if (!strncmp(argument, "machine", 7)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_MACHINE, 4, "MGR.CreateJob.7,ERR.0x80200050");
    else if (!strncmp(argument, "default", 7)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_MACHINE, 300, "api-2-later:VER.1");
    else if (!strncmp(argument, "both", 4)) user_job_limit(BG_E_TOO_MANY_JOBS_PER_MACHINE, 2, "MGR.CreateJob.A5");
    else ok(0, "no such part: %s\n", argument);
}

/* The administrator */

static BOOL is_admin(void)
{
    static SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };
    BOOL ret = FALSE;
    PSID sid;

    AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid);
    CheckTokenMembership(NULL, sid, &ret);
    FreeSid(sid);
    return ret;
}

static void test_own(void)
{
    IBackgroundCopyJob *job;
    GUID id;
    HRESULT hr;
    WCHAR *text;

    job = bits_create_job_(__LINE__, L"own", BG_JOB_TYPE_DOWNLOAD, &id);
    if (!job) return;
    run_child("own", &id);
    hr = IBackgroundCopyJob_GetDescription(job, &text);
    ok(hr == S_OK && (!wcscmp(text, L"by the owner") || broken(!*text)), "[SEC.5] got %#lx, %s\n", hr, wine_dbgstr_w(text));
    CoTaskMemFree(text);
    hr = IBackgroundCopyJob_TakeOwnership(job);
    ok(hr == S_OK, "[JOB.TakeOwnership.2] got %#lx\n", hr);
    bits_cancel(job);
}

/* An administrator is free of the limits [MGR.CreateJob.8, JOB.AddFileSet.4, BEH.POLICY.30]. */
static void test_exempt(void)
{
    IBackgroundCopyJob *jobs[70], *job;
    UINT i, count;
    HRESULT hr;
    GUID id;

    job = bits_create_job(L"files", BG_JOB_TYPE_DOWNLOAD);
    hr = add_set(job, 201);
    ok(hr == S_OK, "[BEH.POLICY.30] got %#lx\n", hr);
    ok(hr == S_OK, "[BEH.OBJ.13] got %#lx\n", hr);
    bits_cancel(job);
    for (count = 0; count < ARRAY_SIZE(jobs); count++)
    {
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"many"), BG_JOB_TYPE_DOWNLOAD, &id, &jobs[count]);
        if (hr != S_OK) break;
    }
    ok(hr == S_OK && count == ARRAY_SIZE(jobs), "[BEH.OBJ.12] got %#lx, %u jobs\n", hr, count);
    for (i = 0; i < count; i++) bits_cancel(jobs[i]);
}

/* Policy of the machine: in a prefix only. */
static void set_policy(const WCHAR *name, DWORD value)
{
    HKEY key;

    RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Policies\\Microsoft\\Windows\\BITS", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
    if (value != POISON) RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)&value, sizeof(value));
    else RegDeleteValueW(key, name);
    RegCloseKey(key);
}

/* A job that an ordinary user has left behind becomes an administrator's, and counts no more. */
static void test_adopted(void)
{
    static const GUID none;
    IBackgroundCopyJob *job, *left = NULL;
    IEnumBackgroundCopyJobs *jobs;
    WCHAR *name;
    HRESULT hr;

    run_child("leave", &none);
    hr = IBackgroundCopyManager_EnumJobs(bits_manager, BG_JOB_ENUM_ALL_USERS, &jobs);
    ok(hr == S_OK, "EnumJobs: got %#lx\n", hr);
    while (IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK)
    {
        IBackgroundCopyJob_GetDisplayName(job, &name);
        if (!left && wcslen(name) > 4 && !wcscmp(name + wcslen(name) - 4, L"left")) left = job;
        else IBackgroundCopyJob_Release(job);
        CoTaskMemFree(name);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    ok(left != NULL, "no job was left\n");
    if (!left) return;
    hr = IBackgroundCopyJob_TakeOwnership(left);
    ok(hr == S_OK, "[JOB.TakeOwnership.2] got %#lx\n", hr);
    run_child("adopted", &none);
    bits_cancel(left);
}

static void test_policy(void)
{
    static const GUID none;

    if (!on_wine())
    {
        skip("the policy of somebody's machine is not changed\n");
        return;
    }
    /* a restart is always enough [BEH.POLICY.32] */
    set_policy(L"MaxJobsPerUser", 3);
    if (bits_restart_service())
    {
        run_child("peruser", &none);
    }
    set_policy(L"MaxJobsPerUser", 60);
    set_policy(L"MaxJobsPerMachine", 4);
    if (bits_restart_service())
    {
        run_child("machine", &none);
        test_adopted();
    }
    set_policy(L"MaxJobsPerUser", 2);
    set_policy(L"MaxJobsPerMachine", 2);
    if (bits_restart_service()) run_child("both", &none);
    set_policy(L"MaxJobsPerUser", 1000);
    set_policy(L"MaxJobsPerMachine", POISON);
    if (bits_restart_service()) run_child("default", &none);
    set_policy(L"MaxJobsPerUser", POISON);
    bits_restart_service();
}

/* A token with restricting SIDs can do nothing with jobs (SEC.8). */
static void test_restricted(void)
{
    static SID_IDENTIFIER_AUTHORITY world = { SECURITY_WORLD_SID_AUTHORITY };
    SID_AND_ATTRIBUTES restricting = { NULL };
    HANDLE own, token;
    BOOL ret;

    AllocateAndInitializeSid(&world, 1, SECURITY_WORLD_RID, 0, 0, 0, 0, 0, 0, 0, &restricting.Sid);
    OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own);
    ret = CreateRestrictedToken(own, 0, 0, NULL, 0, NULL, 1, &restricting, &token);
    CloseHandle(own);
    FreeSid(restricting.Sid);
    if (!ret || !IsTokenRestricted(token))
    {
        /* Wine 8.0 and 10.0 leave the restricting SIDs out */
        skip("tokens cannot be restricted here\n");
        if (ret) CloseHandle(token);
        return;
    }
    ret = ImpersonateLoggedOnUser(token);
    ok(ret, "error %lu\n", GetLastError());
    if (ret && !on_wine())
    {
        IBackgroundCopyJob *job;
        HRESULT hr;
        GUID id;

        CoSetProxyBlanket((IUnknown *)bits_manager, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, NULL, RPC_C_AUTHN_LEVEL_DEFAULT,
                          RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING);
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"restricted"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
        ok(FAILED(hr), "a restricted token makes jobs\n");      /* excused where tokens cannot be restricted */
        RevertToSelf();
        if (hr == S_OK) bits_cancel(job);
    }
    else RevertToSelf();
    CloseHandle(token);
}

/*
 * The journal of a service at rest, from one owner to another of the same length.  Frames begin with the magic D5 B1 42 4A; behind 48 octets of
 * head comes the payload and its CRC-32C, which starts from that of the generation's number (core/journal.h).
 */
static UINT32 crc32c(UINT32 seed, const BYTE *data, size_t len)
{
    UINT32 crc = ~seed;
    int bit;

    while (len--)
        for (crc ^= *data++, bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    return ~crc;
}

static UINT forge_owner(BYTE *data, size_t size, UINT64 generation, const WCHAR *from, const WCHAR *to)
{
    size_t len = wcslen(from) * sizeof(WCHAR), pos, i;
    UINT32 seed = crc32c(0, (const BYTE *)&generation, sizeof(generation)), crc, payload;
    UINT changed = 0, here;

    for (pos = 0; pos + 52 <= size; pos++)
    {
        if (memcmp(data + pos, "\xd5\xb1\x42\x4a", 4)) continue;
        memcpy(&payload, data + pos + 8, 4);
        if (payload > size - pos - 52) continue;
        for (i = 0, here = 0; i + len <= payload; i++)
        {
            if (memcmp(data + pos + 48 + i, from, len)) continue;
            memcpy(data + pos + 48 + i, to, len);
            here++;
        }
        changed += here;
        crc = crc32c(seed, data + pos + 48, payload);
        if (here) memcpy(data + pos + 48 + payload, &crc, 4);
    }
    return changed;
}

/*
 * A job's owner becomes the service itself, whose name is shorter: in the record of its creation the name of the job, which comes next,
 * gets the characters that are left over.
 */
static UINT forge_service(BYTE *data, size_t size, UINT64 generation, const WCHAR *from, const WCHAR *name)
{
    static const WCHAR system[] = L"S-1-5-18";
    UINT32 seed = crc32c(0, (const BYTE *)&generation, sizeof(generation)), crc, payload, rest;
    UINT32 from_len = wcslen(from), name_len = wcslen(name), len = wcslen(system);
    BYTE pattern[1000], *found;
    size_t pos, i, n = 0;
    UINT changed = 0;

    memcpy(pattern, &from_len, 4);
    memcpy(pattern + 4, from, from_len * sizeof(WCHAR));
    n = 4 + from_len * sizeof(WCHAR);
    memcpy(pattern + n, &name_len, 4);
    memcpy(pattern + n + 4, name, name_len * sizeof(WCHAR));
    n += 4 + name_len * sizeof(WCHAR);
    for (pos = 0; pos + 52 <= size; pos++)
    {
        if (memcmp(data + pos, "\xd5\xb1\x42\x4a", 4)) continue;
        memcpy(&payload, data + pos + 8, 4);
        if (payload > size - pos - 52) continue;
        for (i = 0; i + n <= payload; i++)
        {
            if (memcmp(data + pos + 48 + i, pattern, n)) continue;
            found = data + pos + 48 + i;
            memcpy(found, &len, 4);
            memcpy(found + 4, system, len * sizeof(WCHAR));
            found += 4 + len * sizeof(WCHAR);
            rest = name_len + from_len - len;
            memcpy(found, &rest, 4);
            memcpy(found + 4, name, name_len * sizeof(WCHAR));
            for (found += 4 + name_len * sizeof(WCHAR), rest -= name_len; rest; rest--, found += sizeof(WCHAR))
                memcpy(found, L"+", sizeof(WCHAR));
            crc = crc32c(seed, data + pos + 48, payload);
            memcpy(data + pos + 48 + payload, &crc, 4);
            changed++;
        }
    }
    return changed;
}

/* `name` NULL: all that is from's becomes to's; else that job becomes the service's. */
static UINT forge_journal(const WCHAR *from, const WCHAR *to, const WCHAR *name)
{
    WCHAR folder[MAX_PATH], path[MAX_PATH];
    WIN32_FIND_DATAW found;
    HANDLE search, file;
    UINT changed = 0;
    DWORD size, n;
    BYTE *data;

    SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, 0, folder);
    wcscat(folder, L"\\Microsoft\\Network\\Downloader\\");
    wcscpy(path, folder);
    wcscat(path, L"jobs.*");
    search = FindFirstFileW(path, &found);
    ok(search != INVALID_HANDLE_VALUE, "no journal\n");
    if (search == INVALID_HANDLE_VALUE) return 0;
    do
    {
        wcscpy(path, folder);
        wcscat(path, found.cFileName);
        file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        ok(file != INVALID_HANDLE_VALUE, "cannot open %s, error %lu\n", wine_dbgstr_w(path), GetLastError());
        size = GetFileSize(file, NULL);
        data = malloc(size + 1);
        ReadFile(file, data, size, &n, NULL);
        if (name) changed += forge_service(data, n, wcstoul(found.cFileName + 5, NULL, 10), from, name);
        else changed += forge_owner(data, n, wcstoul(found.cFileName + 5, NULL, 10), from, to);
        SetFilePointer(file, 0, NULL, FILE_BEGIN);
        WriteFile(file, data, n, &n, NULL);
        CloseHandle(file);
        free(data);
    } while (FindNextFileW(search, &found));
    FindClose(search);
    return changed;
}

static void stop_service(void)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = OpenServiceW(scm, L"BITS", SERVICE_STOP | SERVICE_QUERY_STATUS);
    struct bits_clock clock = bits_clock_now();
    SERVICE_STATUS status;
    BOOL ret;

    ret = ControlService(service, SERVICE_CONTROL_STOP, &status);
    ok(ret, "cannot stop the service, error %lu\n", GetLastError());
    while (QueryServiceStatus(service, &status) && status.dwCurrentState != SERVICE_STOPPED && bits_clock_look(&clock) < BITS_TIMEOUT)
        Sleep(5);
    ok(status.dwCurrentState == SERVICE_STOPPED, "the service does not stop\n");
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
}

static void test_other_owner(void)
{
    IBackgroundCopyJobHttpOptions *options;
    WCHAR own[100], other[100], *text, *text2;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job1;
    IBackgroundCopyQMgr *qmgr;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    GUID id, group_id, job1_id;
    HRESULT hr;
    UINT forged;

    if (!on_wine())
    {
        skip("there is nobody else to own a job\n");
        return;
    }
    job = bits_create_job_(__LINE__, L"other", BG_JOB_TYPE_DOWNLOAD, &id);
    if (!job) return;
    wcscpy(own, owner_of(job));
    wcscpy(other, own);
    other[wcslen(other) - 1] ^= 1;
    bits_add_file(job, L"http://127.0.0.1/file", bits_path(L"file"));
    /* things that go with the old owner */
    if ((job2 = bits_query(job, IBackgroundCopyJob2)))
    {
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job2, L"C:\\windows\\system32\\rundll32.exe", L"rundll32.exe");
        ok(hr == S_OK, "SetNotifyCmdLine: got %#lx\n", hr);
        IBackgroundCopyJob2_Release(job2);
    }
    if ((options = bits_query(job, IBackgroundCopyJobHttpOptions)))
    {
        hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(options, L"X-Secret: 1");
        ok(hr == S_OK, "SetCustomHeaders: got %#lx\n", hr);
        IBackgroundCopyJobHttpOptions_Release(options);
    }
    hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy:80", NULL);
    ok(hr == S_OK, "SetProxySettings: got %#lx\n", hr);
    hr = CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr);
    ok(hr == S_OK, "[QM.3] got %#lx\n", hr);
    CoCreateGuid(&group_id);
    CoCreateGuid(&job1_id);
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, group_id, &group);
    ok(hr == S_OK, "[QMGR.CreateGroup.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_CreateJob(group, job1_id, &job1);
    ok(hr == S_OK, "[GROUP.CreateJob.2] got %#lx\n", hr);
    IBackgroundCopyJob1_Release(job1);
    IBackgroundCopyGroup_Release(group);
    IBackgroundCopyQMgr_Release(qmgr);
    IBackgroundCopyJob_Release(job);

    IBackgroundCopyManager_Release(bits_manager);
    stop_service();
    forged = forge_journal(own, other, NULL);
    ok(forged >= 2, "changed %u records\n", forged);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    ok(hr == S_OK, "there is no manager any more: %#lx\n", hr);
    if (hr != S_OK) return;

    run_child("other", &id);
    run_child("group", &group_id);

    /* an administrator sees it among all, not among his own */
    ok(!bits_is_listed(&id, 0), "[MGR.EnumJobs.1] listed\n");
    ok(bits_is_listed(&id, BG_JOB_ENUM_ALL_USERS), "[MGR.EnumJobs.2] not listed\n");
    ok(bits_is_listed(&id, BG_JOB_ENUM_ALL_USERS), "[BEH.OBJ.11] not listed\n");
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "[BEH.OWN.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob_GetDisplayName(job, &text);
        ok(hr == S_OK && !wcscmp(text, bits_job_name(L"other")), "[SEC.13] got %#lx, %s\n", hr, wine_dbgstr_w(text));
        CoTaskMemFree(text);
        ok(!wcscmp(owner_of(job), other), "[JOB.GetOwner.1] got %s\n", wine_dbgstr_w(owner_of(job)));
        if ((job2 = bits_query(job, IBackgroundCopyJob2)))
        {
            BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, { { (WCHAR *)L"user", (WCHAR *)L"password" } } };

            hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
            ok(hr == E_ACCESSDENIED, "[JOB2.SetCredentials.9] got %#lx\n", hr);
            IBackgroundCopyJob2_Release(job2);
        }
        /* and changes it without taking it */
        hr = IBackgroundCopyJob_SetDescription(job, L"by an administrator");
        ok(hr == S_OK, "[BEH.OWN.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/file", bits_path(L"file2"));
        ok(hr == S_OK, "[JOB.TakeOwnership.10] got %#lx\n", hr);
        ok(hr == S_OK, "[MGR.CreateJob.11] got %#lx\n", hr);
        if ((job2 = bits_query(job, IBackgroundCopyJob2)))
        {
            BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_NTLM };

            /* but gives it no credentials */
            hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
            ok(hr == E_ACCESSDENIED, "[BEH.OWN.9] got %#lx\n", hr);
            IBackgroundCopyJob2_Release(job2);
        }
        ok(!wcscmp(owner_of(job), other), "[BEH.OWN.2] got %s\n", wine_dbgstr_w(owner_of(job)));

        hr = IBackgroundCopyJob_TakeOwnership(job);
        ok(hr == S_OK, "[JOB.TakeOwnership.2] got %#lx\n", hr);
        ok(!wcscmp(owner_of(job), own), "[JOB.TakeOwnership.1] got %s\n", wine_dbgstr_w(owner_of(job)));
        ok(!wcscmp(owner_of(job), own), "[JOB.GetOwner.2] got %s\n", wine_dbgstr_w(owner_of(job)));
        ok(bits_is_listed(&id, 0), "[JOB.TakeOwnership.1] not listed\n");
        if ((job2 = bits_query(job, IBackgroundCopyJob2)))
        {
            hr = IBackgroundCopyJob2_GetNotifyCmdLine(job2, &text, &text2);
            ok(hr == S_OK && (!text || !*text) && (!text2 || !*text2), "[JOB.TakeOwnership.7] got %#lx, %s\n", hr, wine_dbgstr_w(text));
            CoTaskMemFree(text);
            CoTaskMemFree(text2);
            IBackgroundCopyJob2_Release(job2);
        }
        if ((options = bits_query(job, IBackgroundCopyJobHttpOptions)))
        {
            hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(options, &text);
            ok(hr == S_FALSE && !text, "[BEH.OWN.8] got %#lx, %s\n", hr, wine_dbgstr_w(text));
            IBackgroundCopyJobHttpOptions_Release(options);
        }
        {
            BG_JOB_PROXY_USAGE usage;

            hr = IBackgroundCopyJob_GetProxySettings(job, &usage, &text, &text2);
            ok_inferred("JOB.TakeOwnership.11", hr == S_OK && usage == BG_JOB_PROXY_USAGE_OVERRIDE && !wcscmp(text, L"proxy:80"),
                        "got %#lx, %d, %s\n", hr, usage, wine_dbgstr_w(text));
            CoTaskMemFree(text);
            CoTaskMemFree(text2);
        }
        bits_cancel(job);
    }

    /* whoever gets a group owns it */
    hr = CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr);
    ok(hr == S_OK, "[QM.3] got %#lx\n", hr);
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, group_id, &group);
    ok(hr == S_OK, "[QMGR.GetGroup.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob, (IUnknown **)&job);
        ok(hr == S_OK, "[QM.A1] got %#lx\n", hr);
        if (hr == S_OK)
        {
            ok(!wcscmp(owner_of(job), own), "[QMGR.GetGroup.2] got %s\n", wine_dbgstr_w(owner_of(job)));
            IBackgroundCopyJob_Release(job);
        }
        hr = IBackgroundCopyGroup_CancelGroup(group);
        ok(hr == S_OK, "[GROUP.CancelGroup.2] got %#lx\n", hr);
        IBackgroundCopyGroup_Release(group);
    }
    IBackgroundCopyQMgr_Release(qmgr);
}

/* A batch file that leaves a mark of its name, as the program of a job. */
static IBackgroundCopyJob *make_marking_job(const WCHAR *name, GUID *id)
{
    static const char batch[] = "@echo ran>\"%~dpn0.mark\"\r\n";
    IBackgroundCopyJob *job = bits_create_job_(__LINE__, name, BG_JOB_TYPE_DOWNLOAD, id);
    IBackgroundCopyJob2 *job2;
    WCHAR path[MAX_PATH];
    HANDLE file;
    DWORD got;
    HRESULT hr;

    if (!job) return NULL;
    _snwprintf(path, ARRAY_SIZE(path), L"%ls.bat", bits_path(name));
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, batch, sizeof(batch) - 1, &got, NULL);
    CloseHandle(file);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(name));
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    if ((job2 = bits_query(job, IBackgroundCopyJob2)))
    {
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job2, path, NULL);
        ok(hr == S_OK, "SetNotifyCmdLine: got %#lx\n", hr);
        IBackgroundCopyJob2_Release(job2);
    }
    return job;
}

static BOOL wait_mark(const WCHAR *name, DWORD msec)
{
    struct bits_clock clock = bits_clock_now();
    WCHAR path[MAX_PATH];
    BOOL there;

    _snwprintf(path, ARRAY_SIZE(path), L"%ls.mark", bits_path(name));
    while (!(there = GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES) && bits_clock_look(&clock) < msec) Sleep(20);
    return there;
}

static void delete_mark(const WCHAR *name, const WCHAR *extension)
{
    struct bits_clock clock = bits_clock_now();
    WCHAR path[MAX_PATH];

    _snwprintf(path, ARRAY_SIZE(path), L"%ls%ls", bits_path(name), extension);
    while (!DeleteFileW(path) && GetLastError() != ERROR_FILE_NOT_FOUND && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
}

/* A job of the service's own account runs no program; another one, in the same moment, does. */
static void test_service_owner(void)
{
    IBackgroundCopyJob *jobs[2];
    GUID ids[2];
    WCHAR own[100], name[200];
    unsigned int i;
    HRESULT hr;

    if (!on_wine())
    {
        skip("jobs cannot be given to the service\n");
        return;
    }
    if (!bits_server_start(BITS_STATES_SCRIPT)) return;
    jobs[0] = make_marking_job(L"service", &ids[0]);
    jobs[1] = make_marking_job(L"mine", &ids[1]);
    wcscpy(own, owner_of(jobs[0]));
    wcscpy(name, bits_job_name(L"service"));
    for (i = 0; i < 2; i++) IBackgroundCopyJob_Release(jobs[i]);
    IBackgroundCopyManager_Release(bits_manager);
    stop_service();
    ok(forge_journal(own, NULL, name) == 1, "the journal has not got it\n");
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    ok(hr == S_OK, "there is no manager any more: %#lx\n", hr);
    if (hr != S_OK) return;
    for (i = 0; i < 2; i++)
    {
        hr = IBackgroundCopyManager_GetJob(bits_manager, &ids[i], &jobs[i]);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr != S_OK) return;
    }
    ok(!wcscmp(owner_of(jobs[0]), L"S-1-5-18"), "got %s\n", wine_dbgstr_w(owner_of(jobs[0])));
    ok(!wcscmp(owner_of(jobs[1]), own), "got %s\n", wine_dbgstr_w(owner_of(jobs[1])));
    for (i = 0; i < 2; i++)
    {
        bits_resume(jobs[i]);
        bits_wait_state(jobs[i], BG_JOB_STATE_TRANSFERRED);
    }
    ok(wait_mark(L"mine", BITS_TIMEOUT), "[JOB2.SetNotifyCmdLine.1] it has not run\n");
    /* nor again, after the retry delay */
    ok(!wait_mark(L"service", 6000), "[BEH.CMD.10,JOB2.SetNotifyCmdLine.16,BEH.SVC.6] it has run\n");
    for (i = 0; i < 2; i++)
    {
        bits_cancel(jobs[i]);
        delete_mark(i ? L"mine" : L"service", L".bat");
        delete_mark(i ? L"mine" : L"service", L".mark");
    }
    bits_server_stop();
}

START_TEST(access)
{
    static const GUID none;
    const char *argument;

    if (!bits_begin()) return;
    if ((argument = bits_child_argument()))
    {
        ok(!is_admin(), "the child is an administrator\n");
        user_main(argument);
    }
    else if (!is_admin()) skip("only an administrator can test what others may not\n");
    else
    {
        test_own();
        test_exempt();
        run_child("files", &none);
        run_child("jobs", &none);
        test_policy();
        test_restricted();
        test_other_owner();
        test_service_owner();
    }
    bits_end();
}
