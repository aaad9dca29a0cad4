/*
 * bitsadmin: the peer cache of BITS 3.0
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
 * Thin wrappers: since BITS 4.0 every method answers S_FALSE, and the tool then says that peer caching is not available (BA.PEER.1).
 * A service of the old kind would be administered as well.
 */

#include <wchar.h>

#include "bitsadmin.h"

/* What a call answered, as the exit code; prints the error. */
static int check(const struct command *cmd, HRESULT hr)
{
    if (hr == S_FALSE || hr == E_NOINTERFACE || hr == BG_E_PEERCACHING_DISABLED)
    {
        output(L"Peer caching is not available.\n");
        return BG_E_PEERCACHING_DISABLED;
    }
    return FAILED(hr) ? fail(cmd, hr) : 0;
}

/* On success the caller releases *cache. */
static int reach_cache(const struct command *cmd, IBitsPeerCacheAdministration **cache)
{
    IBackgroundCopyManager *manager;
    int ret;

    *cache = NULL;
    if ((ret = reach_manager(&manager))) return ret;
    return check(cmd, IBackgroundCopyManager_QueryInterface(manager, &IID_IBitsPeerCacheAdministration, (void **)cache));
}

/* Prints a number that a getter of the cache answers. */
static int show_number(const struct command *cmd, HRESULT (WINAPI *get)(IBitsPeerCacheAdministration *, DWORD *),
                       IBitsPeerCacheAdministration *cache)
{
    struct text value = { 0 };
    DWORD number = 0;
    int ret;

    if (!(ret = check(cmd, get(cache, &number))))
    {
        text_add(&value, L"%u", (unsigned int)number);
        output_value(&value);
        text_free(&value);
    }
    IBitsPeerCacheAdministration_Release(cache);
    return ret;
}

/* Finishes a command that changes something. */
static int changed(const struct command *cmd, IBitsPeerCacheAdministration *cache, HRESULT hr, const WCHAR *done)
{
    int ret = check(cmd, hr);

    IBitsPeerCacheAdministration_Release(cache);
    if (!ret) confirm(L"%ls", done);
    return ret;
}

/* A job in front, as some documentation shows it, is ignored: the setting is the computer's (BA.PEER.2). */
int cmd_peercaching_get_flags(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return show_number(cmd, cache->lpVtbl->GetConfigurationFlags, cache);
}

int cmd_peercaching_set_flags(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    DWORD flags;
    int ret;

    if (!parse_number(argv[argc - 1], &flags)) return fail_argument(cmd, argv[argc - 1]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_SetConfigurationFlags(cache, flags), L"Configuration flags set.");
}

/* A line for a record; four more of them in the long form. */
static HRESULT print_record(IBitsPeerCacheRecord *record, BOOL verbose)
{
    FILETIME modified = { 0 }, accessed = { 0 };
    struct text text = { 0 };
    BG_FILE_RANGE *ranges = NULL;
    DWORD i, count = 0;
    WCHAR *url = NULL;
    UINT64 size;
    HRESULT hr;
    GUID id;

    if ((hr = IBitsPeerCacheRecord_GetId(record, &id)) != S_OK) return hr;
    if ((hr = IBitsPeerCacheRecord_GetFileSize(record, &size)) != S_OK) return hr;
    if ((hr = IBitsPeerCacheRecord_GetOriginUrl(record, &url)) != S_OK) return hr;
    add_guid(&text, &id);
    output(L"%ls %I64u %ls\n", text.chars, size, url);
    CoTaskMemFree(url);
    text_free(&text);
    if (!verbose) return S_OK;

    IBitsPeerCacheRecord_GetFileModificationTime(record, &modified);
    IBitsPeerCacheRecord_GetLastAccessTime(record, &accessed);
    add_time(&text, &modified);
    output(L"MODIFICATION TIME: %ls\n", text.chars);
    text_free(&text);
    add_time(&text, &accessed);
    output(L"LAST ACCESS TIME: %ls\n", text.chars);
    text_free(&text);
    output(L"VALIDATED: %ls\n", IBitsPeerCacheRecord_IsFileValidated(record) == S_OK ? L"true" : L"false");
    if (SUCCEEDED(IBitsPeerCacheRecord_GetFileRanges(record, &count, &ranges)))
    {
        output(L"RANGES:");
        for (i = 0; i < count; i++)
        {
            output(L"%ls%I64u:", i ? L"," : L" ", ranges[i].InitialOffset);
            if (ranges[i].Length == BG_LENGTH_TO_EOF) output(L"eof");
            else output(L"%I64u", ranges[i].Length);
        }
        output(L"\n");
        CoTaskMemFree(ranges);
    }
    return S_OK;
}

int cmd_cache_list(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    IEnumBitsPeerCacheRecords *records = NULL;
    IBitsPeerCacheRecord *record;
    unsigned int count = 0;
    HRESULT hr;
    int ret;

    if (argc && !word_is(argv[0], L"/VERBOSE")) return fail_argument(cmd, argv[0]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    hr = IBitsPeerCacheAdministration_EnumRecords(cache, &records);
    if (!(ret = check(cmd, hr)))
    {
        while ((hr = IEnumBitsPeerCacheRecords_Next(records, 1, &record, NULL)) == S_OK)
        {
            if (print_record(record, argc) == S_OK) count++;
            if (argc) output(L"\n");
            IBitsPeerCacheRecord_Release(record);
        }
        if (FAILED(hr)) ret = fail(cmd, hr);
        else output(L"%lsListed %u record(s).\n", count && !argc ? L"\n" : L"", count);
    }
    if (records) IEnumBitsPeerCacheRecords_Release(records);
    IBitsPeerCacheAdministration_Release(cache);
    return ret;
}

int cmd_cache_info(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    IBitsPeerCacheRecord *record = NULL;
    HRESULT hr;
    GUID id;
    int ret;

    if (!parse_guid(argv[0], &id)) return fail_argument(cmd, argv[0]);
    if (argc > 1 && !word_is(argv[1], L"/VERBOSE")) return fail_argument(cmd, argv[1]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    hr = IBitsPeerCacheAdministration_GetRecord(cache, &id, &record);
    if (hr == S_OK) hr = print_record(record, argc > 1);
    ret = check(cmd, hr);
    if (record) IBitsPeerCacheRecord_Release(record);
    IBitsPeerCacheAdministration_Release(cache);
    return ret;
}

int cmd_cache_delete(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    GUID id;
    int ret;

    if (!parse_guid(argv[0], &id)) return fail_argument(cmd, argv[0]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_DeleteRecord(cache, &id), L"Record deleted.");
}

int cmd_cache_delete_url(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_DeleteUrl(cache, argv[0]), L"Records deleted.");
}

int cmd_cache_clear(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_ClearRecords(cache), L"Cache cleared.");
}

int cmd_cache_get_limit(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return show_number(cmd, cache->lpVtbl->GetMaximumCacheSize, cache);
}

int cmd_cache_set_limit(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    DWORD percent;
    int ret;

    if (!parse_number(argv[0], &percent)) return fail_argument(cmd, argv[0]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_SetMaximumCacheSize(cache, percent), L"Cache limit set.");
}

int cmd_cache_get_expiration_time(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return show_number(cmd, cache->lpVtbl->GetMaximumContentAge, cache);
}

int cmd_cache_set_expiration_time(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    DWORD seconds;
    int ret;

    if (!parse_number(argv[0], &seconds)) return fail_argument(cmd, argv[0]);
    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_SetMaximumContentAge(cache, seconds), L"Expiration time set.");
}

int cmd_peers_list(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    IEnumBitsPeers *peers = NULL;
    unsigned int count = 0;
    IBitsPeer *peer;
    HRESULT hr;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    hr = IBitsPeerCacheAdministration_EnumPeers(cache, &peers);
    if (!(ret = check(cmd, hr)))
    {
        while ((hr = IEnumBitsPeers_Next(peers, 1, &peer, NULL)) == S_OK)
        {
            BOOL authenticated = FALSE, available = FALSE;
            WCHAR *name = NULL;

            IBitsPeer_IsAuthenticated(peer, &authenticated);
            IBitsPeer_IsAvailable(peer, &available);
            if (IBitsPeer_GetPeerName(peer, &name) == S_OK)
            {
                output(L"%ls AUTHENTICATED: %ls AVAILABLE: %ls\n", name, authenticated ? L"true" : L"false",
                       available ? L"true" : L"false");
                CoTaskMemFree(name);
                count++;
            }
            IBitsPeer_Release(peer);
        }
        if (FAILED(hr)) ret = fail(cmd, hr);
        else output(L"%lsListed %u peer(s).\n", count ? L"\n" : L"", count);
    }
    if (peers) IEnumBitsPeers_Release(peers);
    IBitsPeerCacheAdministration_Release(cache);
    return ret;
}

int cmd_peers_clear(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_ClearPeers(cache), L"Peers cleared.");
}

int cmd_peers_discover(const struct command *cmd, int argc, WCHAR **argv)
{
    IBitsPeerCacheAdministration *cache;
    int ret;

    if ((ret = reach_cache(cmd, &cache))) return ret;
    return changed(cmd, cache, IBitsPeerCacheAdministration_DiscoverPeers(cache), L"Peers are being looked for.");
}
