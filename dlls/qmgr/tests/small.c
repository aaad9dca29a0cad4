/*
 * Jobs of many small files, from servers that end connections when they like
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
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define FILES  60
#define OLD    5000             /* ms after which a reply that came before its turn is not worth having any more */

/*
 * One file spoils what is on its way behind it, or in front of it: every file is right all the same.  Here that is no error either, as long as the file
 * itself can be had; a BITS that asks for one at a time has nothing to lose and may see one.  `slow`: before there was an error the job was at work
 * for so long that a reply may have become old, and the trouble is the file's own then.
 */
static ULONG test_trouble(const char *what, BG_JOB_PRIORITY priority, BOOL *slow)
{
    IBackgroundCopyJob *job;
    char path[100], local[40];
    WCHAR url[100], name[40];
    ULONG errors = ~0u;
    unsigned int i;
    DWORD begin;
    HRESULT hr;

    *slow = FALSE;
    winetest_push_context("%s, priority %d", what, priority);
    test_server_reset(bits_server);
    if ((job = bits_download(L"small", NULL, priority)))
    {
        IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
        for (i = 0; i < FILES; i++)
        {
            sprintf(path, "/%s/%u", what, i);
            sprintf(local, "small%u", i);
            MultiByteToWideChar(CP_ACP, 0, path, -1, url, ARRAY_SIZE(url));
            MultiByteToWideChar(CP_ACP, 0, local, -1, name, ARRAY_SIZE(name));
            bits_add_file(job, bits_url(url), bits_path(name));
        }
        begin = GetTickCount();
        bits_resume(job);
        bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_TRANSIENT_ERROR);  /* where it stays for five seconds */
        *slow = GetTickCount() - begin >= OLD;
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_GetErrorCount(job, &errors);
        ok(hr == S_OK, "GetErrorCount: got %#lx\n", hr);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        for (i = 0; i < FILES; i++)
        {
            sprintf(path, "/%s/%u", what, i);
            sprintf(local, "small%u", i);
            MultiByteToWideChar(CP_ACP, 0, local, -1, name, ARRAY_SIZE(name));
            bits_check_file(bits_path(name), path, 0, 3000);
            DeleteFileW(bits_path(name));
        }
        bits_cancel(job);
    }
    winetest_pop_context();
    return errors;
}

/* Other names for files that are asked for already, or about: what comes is what is there by the name they have in their turn. */
static void test_renamed(BG_JOB_PRIORITY priority)
{
    static const unsigned int renamed[] = { 6, 7, 20, FILES - 1 };
    IBackgroundCopyJob *job;
    WCHAR url[100], name[40];
    char path[100];
    unsigned int i, j;
    HRESULT hr;

    winetest_push_context("priority %d", priority);
    test_server_reset(bits_server);
    job = bits_download(L"renamed", NULL, priority);
    for (i = 0; i < FILES; i++)
    {
        swprintf(url, ARRAY_SIZE(url), L"/halting/%u", i);
        swprintf(name, ARRAY_SIZE(name), L"small%u", i);
        bits_add_file(job, bits_url(url), bits_path(name));
    }
    bits_resume(job);
    /* the sixth one comes slowly, with others in its wake */
    ok(test_server_wait_for(bits_server, "GET", "/halting/4", 1, BITS_TIMEOUT), "no request\n");
    for (i = 0; i < ARRAY_SIZE(renamed); i++)
    {
        swprintf(url, ARRAY_SIZE(url), L"/other/%u", renamed[i]);
        hr = bits_set_remote_name(job, renamed[i], bits_url(url));
        ok(hr == S_OK, "[FILE2.SetRemoteName.2] got %#lx\n", hr);
    }
    ok(bits_state(job) != BG_JOB_STATE_TRANSFERRED, "all are there already\n");
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    for (i = 0; i < FILES; i++)
    {
        for (j = 0; j < ARRAY_SIZE(renamed) && renamed[j] != i; j++) ;
        sprintf(path, "/%s/%u", j < ARRAY_SIZE(renamed) ? "other" : "halting", i);
        swprintf(name, ARRAY_SIZE(name), L"small%u", i);
        winetest_push_context("file %u", i);
        bits_check_file(bits_path(name), path, 0, 3000);
        winetest_pop_context();
    }
    bits_cancel(job);
    winetest_pop_context();
}

static const struct { const char *what; unsigned int size; } storm_kinds[] =
{
    { "good", 3000 }, { "large", 400000 }, { "unsteady", 300000 }, { "empty", 0 }, { "chunked", 3000 }
};

static void add_to_storm(IBackgroundCopyJob *job, unsigned int number, unsigned int kind)
{
    WCHAR url[100], name[40];

    swprintf(url, ARRAY_SIZE(url), L"/%hs/%u-%u", storm_kinds[kind].what, number, kind);
    swprintf(name, ARRAY_SIZE(name), L"storm%u-%u", number, kind);
    bits_add_file(job, bits_url(url), bits_path(name));
}

/* The same file by another name. */
static void rename_in_storm(IBackgroundCopyJob *job, unsigned int index)
{
    IBackgroundCopyFile *file = bits_get_file(job, index);
    WCHAR *old, *query, name[200];
    HRESULT hr;

    hr = IBackgroundCopyFile_GetRemoteName(file, &old);
    ok(hr == S_OK, "GetRemoteName: got %#lx\n", hr);
    swprintf(name, ARRAY_SIZE(name), L"%ls?again", old);
    CoTaskMemFree(old);
    IBackgroundCopyFile_Release(file);
    if ((query = wcschr(name, '?')) && wcschr(query + 1, '?')) *query = 0;
    hr = bits_set_remote_name(job, index, name);
    ok(hr == S_OK, "[FILE2.SetRemoteName.2] got %#lx\n", hr);
}

static void check_storm(unsigned int count)
{
    unsigned int number, kind, found = 0;
    WIN32_FIND_DATAW data;
    char path[100];
    HANDLE find;

    find = FindFirstFileW(bits_path(L"storm*"), &data);
    ok(find != INVALID_HANDLE_VALUE, "no files, error %lu\n", GetLastError());
    if (find == INVALID_HANDLE_VALUE) return;
    do
    {
        if (swscanf(data.cFileName, L"storm%u-%u", &number, &kind) != 2) continue;
        winetest_push_context("file %u, %s", number, storm_kinds[kind].what);
        sprintf(path, "/%s/%u-%u", storm_kinds[kind].what, number, kind);
        bits_check_file(bits_path(data.cFileName), path, 0, storm_kinds[kind].size);
        winetest_pop_context();
        found++;
    }
    while (FindNextFileW(find, &data));
    FindClose(find);
    ok(found == count, "%u files, expected %u\n", found, count);
}

/*
 * Everything that a client may do meanwhile, in any order, on a server that fails every now and then: in the end each file is what it should be,
 * and at no moment is there more of the job than there can be.
 */
static void test_storm(unsigned int seed)
{
    IBackgroundCopyJob *job = bits_download(L"storm", NULL, BG_JOB_PRIORITY_FOREGROUND);
    unsigned int count = 0, deeds, what;
    BG_JOB_PROGRESS progress;
    struct bits_clock clock;
    UINT64 total = 0;
    HRESULT hr;

    winetest_push_context("seed %u", seed);
    test_server_reset(bits_server);
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    bits_clock_start(&clock);
    for (deeds = 0; bits_clock_look(&clock) < 3000 || count < 30; deeds++)
    {
        seed = seed * 1103515245 + 12345;
        what = seed >> 20;
        switch ((seed >> 16) % 16)
        {
        case 0: case 1: case 2: case 3: case 4:
            if (count == 90) break;
            what %= ARRAY_SIZE(storm_kinds);
            add_to_storm(job, count++, what);
            total += storm_kinds[what].size;
            break;
        case 5: case 6:
            hr = IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)(what % 4));
            ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
            break;
        case 7:
            hr = IBackgroundCopyJob_Suspend(job);
            ok(hr == S_OK, "Suspend: got %#lx\n", hr);
            break;
        case 8:
            if (count) rename_in_storm(job, what % count);
            break;
        case 9:
            Sleep(what % 40);
            break;
        default:
            if (count) bits_resume(job);
            break;
        }
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.FilesTotal == count && progress.FilesTransferred <= count, "got %#lx, %lu files of %lu\n", hr,
           progress.FilesTransferred, progress.FilesTotal);
        ok(progress.BytesTransferred <= total && (progress.BytesTotal == BG_SIZE_UNKNOWN || progress.BytesTotal == total),
           "[TYPE.JobProg.1] %I64u bytes of %I64u, which are %I64u\n", progress.BytesTransferred, progress.BytesTotal, total);
        if (bits_state(job) == BG_JOB_STATE_ERROR) break;
    }
    ok(bits_state(job) != BG_JOB_STATE_ERROR, "an error after %u deeds with %u files\n", deeds, count);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.BytesTransferred == total && progress.BytesTotal == total, "[TYPE.JobProg.1] got %#lx, %I64u of %I64u bytes\n", hr,
       progress.BytesTransferred, progress.BytesTotal);
    ok_inferred("BEH.PROGRESS.5", progress.FilesTransferred == count, "%lu of %lu files\n", progress.FilesTransferred, progress.FilesTotal);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    check_storm(count);
    bits_cancel(job);
    winetest_pop_context();
}

START_TEST(small)
{
    static const char *const kinds[] =
    {
        "good", "close", "quiet", "cut", "reset", "drop", "refuse", "half-head", "busy", "head-busy", "head-drop", "chunked", "every"
    };
    static const BG_JOB_PRIORITY priorities[] = { BG_JOB_PRIORITY_FOREGROUND, BG_JOB_PRIORITY_NORMAL };
    unsigned int i, j, tries;
    ULONG errors;
    BOOL slow;

    if (!bits_begin()) return;
    if (bits_server_start("on GET /close/30\n size 3000\n close\n"
                          "on GET /quiet/30\n size 3000\n close-quietly\n"
                          "on GET /cut/30\n reply 1\n size 3000\n cut 1000\n reply\n size 3000\n"
                          "on GET /reset/30\n reply 1\n size 3000\n reset 1000\n reply\n size 3000\n"
                          "on GET /drop/30\n reply 1\n drop\n reply\n size 3000\n"
                          "on GET /refuse/30\n reply 1\n refuse\n reply\n size 3000\n"
                          "on GET /half-head/30\n reply 1\n size 3000\n cut-head 20\n reply\n size 3000\n"
                          "on GET /busy/30\n reply 1\n status 503\n reply\n size 3000\n"
                          "on HEAD /head-busy/30\n reply 1\n status 503\n reply\n size 3000\n"
                          "on HEAD /head-drop/30\n reply 1\n drop\n reply\n size 3000\n"
                          "on GET /chunked/30\n size 3000\n chunked 100\n"
                          "on GET /halting/5\n size 3000\n rate 1000\n"
                          "on * /large/*\n size 400000\n"
                          "on HEAD /unsteady/*\n size 300000\n"
                          "on GET /unsteady/*\n reply 1\n size 300000\n cut 100000\n reply 2\n size 300000\n reply 1\n size 300000\n reset 200\n"
                          " reply 1\n size 300000\n"
                          "on * /empty/*\n size 0\n"
                          "on GET /chunked/*\n size 3000\n chunked 500\n"
                          "on * /every/*\n size 3000\n close\n"
                          "on * /*\n size 3000\n"))
    {
        for (i = 0; i < ARRAY_SIZE(kinds); i++)
        {
            for (j = 0; j < ARRAY_SIZE(priorities); j++)
            {
                /* an error counts, unless the machine stood still for as long as it takes to excuse one */
                for (tries = 0, errors = 1, slow = TRUE; errors && slow && tries < 3; tries++) errors = test_trouble(kinds[i], priorities[j], &slow);
                ok(!errors || strcmp(winetest_platform, "wine"), "%s, priority %d: %lu errors, slow %d\n", kinds[i], priorities[j], errors, slow);
            }
        }
        for (j = 0; j < ARRAY_SIZE(priorities); j++) test_renamed(priorities[j]);
        for (i = 1; i <= 3; i++) test_storm(i);
    }
    bits_end();
}
