/*
 * Tests of the peer cache interfaces
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

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

/* Since BITS 4.0 every method answers S_FALSE [PC.2, BEH.PEER.4]; what the outputs hold then is a choice [PC.A1, BEH.PEER.10]. */

#define POISON 0xdeadbeef

static void test_settings(IBitsPeerCacheAdministration *admin)
{
    DWORD value;
    HRESULT hr;

    value = POISON;
    hr = IBitsPeerCacheAdministration_GetMaximumCacheSize(admin, &value);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", !value, "got %lu\n", value);
    value = POISON;
    hr = IBitsPeerCacheAdministration_GetMaximumContentAge(admin, &value);
    ok(hr == S_FALSE, "[BEH.PEER.4] got %#lx\n", hr);
    ok_inferred("BEH.PEER.10", !value, "got %lu\n", value);
    value = POISON;
    hr = IBitsPeerCacheAdministration_GetConfigurationFlags(admin, &value);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", !value, "got %#lx\n", value);

    hr = IBitsPeerCacheAdministration_SetMaximumCacheSize(admin, 10);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_SetMaximumContentAge(admin, 86400);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_SetConfigurationFlags(admin, BG_ENABLE_PEERCACHING_CLIENT | BG_ENABLE_PEERCACHING_SERVER);
    ok(hr == S_FALSE, "[PC.2,ERR.0x00200055] got %#lx\n", hr);

    /* nothing was switched on by that */
    value = POISON;
    hr = IBitsPeerCacheAdministration_GetConfigurationFlags(admin, &value);
    ok(hr == S_FALSE, "[BEH.PEER.1,ERR.0x80200047] got %#lx\n", hr);
    ok_inferred("PC.A1", !value, "got %#lx\n", value);

    hr = IBitsPeerCacheAdministration_GetMaximumCacheSize(admin, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_GetMaximumContentAge(admin, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_GetConfigurationFlags(admin, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
}

static void test_records(IBitsPeerCacheAdministration *admin)
{
    static const GUID id = { 0x6c7a8b11, 0x1234, 0x4321, { 1, 2, 3, 4, 5, 6, 7, 8 } };
    IEnumBitsPeerCacheRecords *records, *clone;
    IBitsPeerCacheRecord *record[2];
    ULONG count;
    HRESULT hr;

    record[0] = (IBitsPeerCacheRecord *)(ULONG_PTR)POISON;
    hr = IBitsPeerCacheAdministration_GetRecord(admin, &id, &record[0]);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", !record[0], "got a record\n");
    hr = IBitsPeerCacheAdministration_GetRecord(admin, &id, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_ClearRecords(admin);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_DeleteRecord(admin, &id);
    ok(hr == S_FALSE, "[PC.2,ERR.0x80200048] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_DeleteUrl(admin, L"http://127.0.0.1/not-there");
    ok(hr == S_FALSE, "[PCADM.DeleteUrl.3] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_DeleteUrl(admin, NULL);
    ok(hr == S_FALSE || hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    records = NULL;
    hr = IBitsPeerCacheAdministration_EnumRecords(admin, &records);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", records != NULL, "no enumerator\n");
    hr = IBitsPeerCacheAdministration_EnumRecords(admin, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    if (!records) return;

    count = POISON;
    record[0] = record[1] = NULL;
    hr = IEnumBitsPeerCacheRecords_Next(records, 2, record, &count);
    ok(hr == S_FALSE && !count, "[EPCREC.Next.4] got %#lx, %lu records\n", hr, count);
    hr = IEnumBitsPeerCacheRecords_Next(records, 1, record, NULL);
    ok(hr == S_FALSE, "[EPCREC.Next.2] got %#lx\n", hr);
    hr = IEnumBitsPeerCacheRecords_Next(records, 2, record, NULL);
    ok(FAILED(hr), "[EPCREC.Next.A1] got %#lx\n", hr);
    hr = IEnumBitsPeerCacheRecords_Skip(records, 1);
    ok(hr == S_FALSE, "[EPCREC.Skip.3] got %#lx\n", hr);
    hr = IEnumBitsPeerCacheRecords_Reset(records);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    count = POISON;
    hr = IEnumBitsPeerCacheRecords_GetCount(records, &count);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok(!count, "[EPCREC.GetCount.1] got %lu\n", count);
    clone = NULL;
    hr = IEnumBitsPeerCacheRecords_Clone(records, &clone);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", clone != NULL, "no clone\n");
    ok(clone != records, "[EPCREC.Clone.1] the clone is the original\n");
    if (clone)
    {
        count = POISON;
        hr = IEnumBitsPeerCacheRecords_Next(clone, 1, record, &count);
        ok(hr == S_FALSE && !count, "[EPCREC.Clone.1] got %#lx, %lu records\n", hr, count);
        IEnumBitsPeerCacheRecords_Release(clone);
    }
    count = IEnumBitsPeerCacheRecords_Release(records);
    ok(!count, "[OBS.10] got %lu references\n", count);
}

static void test_peers(IBitsPeerCacheAdministration *admin)
{
    IEnumBitsPeers *peers, *clone;
    IBitsPeer *peer[2];
    ULONG count;
    HRESULT hr;

    hr = IBitsPeerCacheAdministration_ClearPeers(admin);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    hr = IBitsPeerCacheAdministration_DiscoverPeers(admin);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);

    peers = NULL;
    hr = IBitsPeerCacheAdministration_EnumPeers(admin, &peers);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", peers != NULL, "no enumerator\n");
    hr = IBitsPeerCacheAdministration_EnumPeers(admin, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    if (!peers) return;

    count = POISON;
    peer[0] = peer[1] = NULL;
    hr = IEnumBitsPeers_Next(peers, 2, peer, &count);
    ok(hr == S_FALSE && !count, "[EPCREC.Next.4] got %#lx, %lu peers\n", hr, count);
    hr = IEnumBitsPeers_Next(peers, 1, peer, NULL);
    ok(hr == S_FALSE, "[EPCREC.Next.2] got %#lx\n", hr);
    hr = IEnumBitsPeers_Next(peers, 2, peer, NULL);
    ok(FAILED(hr), "[EPCREC.Next.A1] got %#lx\n", hr);
    hr = IEnumBitsPeers_Skip(peers, 1);
    ok(hr == S_FALSE, "[EPCREC.Skip.3] got %#lx\n", hr);
    hr = IEnumBitsPeers_Reset(peers);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    count = POISON;
    hr = IEnumBitsPeers_GetCount(peers, &count);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok(!count, "[EPCREC.GetCount.1] got %lu\n", count);
    clone = NULL;
    hr = IEnumBitsPeers_Clone(peers, &clone);
    ok(hr == S_FALSE, "[PC.2] got %#lx\n", hr);
    ok_inferred("PC.A1", clone != NULL, "no clone\n");
    if (clone) IEnumBitsPeers_Release(clone);
    count = IEnumBitsPeers_Release(peers);
    ok(!count, "[OBS.10] got %lu references\n", count);
}

/* The administration is the manager under another name [ID.9, api-2-later:GEN.1]. */
static void test_identity(IBitsPeerCacheAdministration *admin)
{
    IBackgroundCopyManager *manager;
    IUnknown *unknown, *other;
    HRESULT hr;

    hr = IBitsPeerCacheAdministration_QueryInterface(admin, &IID_IBackgroundCopyManager, (void **)&manager);
    ok(hr == S_OK, "[ID.9] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok(manager == bits_manager, "[ID.9] another manager\n");
    hr = IBitsPeerCacheAdministration_QueryInterface(admin, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[ID.8] got %#lx\n", hr);
    hr = IBackgroundCopyManager_QueryInterface(bits_manager, &IID_IUnknown, (void **)&other);
    ok(hr == S_OK, "[ID.8] got %#lx\n", hr);
    ok(unknown == other, "[api-2-later:GEN.2] two identities\n");
    IUnknown_Release(other);
    IUnknown_Release(unknown);
    IBackgroundCopyManager_Release(manager);
    hr = IBitsPeerCacheAdministration_QueryInterface(admin, &IID_IBackgroundCopyJob, (void **)&unknown);
    ok(hr == E_NOINTERFACE && !unknown, "[ERR.0x80004002] got %#lx\n", hr);
}

START_TEST(peercache)
{
    IBitsPeerCacheAdministration *admin;

    if (!bits_begin()) return;
    admin = bits_query(bits_manager, IBitsPeerCacheAdministration);
    ok(admin != NULL, "[PC.1] not obtainable\n");
    if (admin)
    {
        test_identity(admin);
        test_settings(admin);
        test_records(admin);
        test_peers(admin);
        IBitsPeerCacheAdministration_Release(admin);
    }
    bits_end();
}
