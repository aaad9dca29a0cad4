/*
 * Marshalling of the peer cache
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

/* marshal.h tells how these calls work.  The order is that of the vtables, newer interfaces behind the older. */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"

#include "marshal.h"

/*
 * The administration
 */

#define SELF IBitsPeerCacheAdministration

FAKE_UNKNOWN(IBitsPeerCacheAdministration)
FAKE_GET(IBitsPeerCacheAdministration, GetMaximumCacheSize, 3, DWORD, NUMBER(3, 0))
FAKE_SET(IBitsPeerCacheAdministration, SetMaximumCacheSize, 4, DWORD, NUMBER(4, 0))
FAKE_GET(IBitsPeerCacheAdministration, GetMaximumContentAge, 5, ULONG, NUMBER(5, 0))
FAKE_SET(IBitsPeerCacheAdministration, SetMaximumContentAge, 6, ULONG, NUMBER(6, 0))
FAKE_GET(IBitsPeerCacheAdministration, GetConfigurationFlags, 7, DWORD, NUMBER(7, 0))
FAKE_SET(IBitsPeerCacheAdministration, SetConfigurationFlags, 8, DWORD, NUMBER(8, 0))
FAKE_GET_OBJECT(IBitsPeerCacheAdministration, EnumRecords, 9, IEnumBitsPeerCacheRecords)

static HRESULT WINAPI fake_IBitsPeerCacheAdministration_GetRecord(SELF *iface, REFGUID id, IBitsPeerCacheRecord **record)
{
    called();
    ok(is_guid(id, 10, 0), "[VT.IBitsPeerCacheAdministration.10] got %s.\n", wine_dbgstr_guid(id));
    object_query(&IID_IBitsPeerCacheRecord, (void **)record);
    return RESULT(10);
}

FAKE_VOID(IBitsPeerCacheAdministration, ClearRecords, 11)

static HRESULT WINAPI fake_IBitsPeerCacheAdministration_DeleteRecord(SELF *iface, REFGUID id)
{
    called();
    ok(is_guid(id, 12, 0), "[VT.IBitsPeerCacheAdministration.12] got %s.\n", wine_dbgstr_guid(id));
    return RESULT(12);
}

FAKE_SET_TEXT(IBitsPeerCacheAdministration, DeleteUrl, 13)
FAKE_GET_OBJECT(IBitsPeerCacheAdministration, EnumPeers, 14, IEnumBitsPeers)
FAKE_VOID(IBitsPeerCacheAdministration, ClearPeers, 15)
FAKE_VOID(IBitsPeerCacheAdministration, DiscoverPeers, 16)

#undef SELF

static const IBitsPeerCacheAdministrationVtbl admin_vtbl =
{
    UNKNOWN_ENTRIES(IBitsPeerCacheAdministration),
    fake_IBitsPeerCacheAdministration_GetMaximumCacheSize,
    fake_IBitsPeerCacheAdministration_SetMaximumCacheSize,
    fake_IBitsPeerCacheAdministration_GetMaximumContentAge,
    fake_IBitsPeerCacheAdministration_SetMaximumContentAge,
    fake_IBitsPeerCacheAdministration_GetConfigurationFlags,
    fake_IBitsPeerCacheAdministration_SetConfigurationFlags,
    fake_IBitsPeerCacheAdministration_EnumRecords,
    fake_IBitsPeerCacheAdministration_GetRecord,
    fake_IBitsPeerCacheAdministration_ClearRecords,
    fake_IBitsPeerCacheAdministration_DeleteRecord,
    fake_IBitsPeerCacheAdministration_DeleteUrl,
    fake_IBitsPeerCacheAdministration_EnumPeers,
    fake_IBitsPeerCacheAdministration_ClearPeers,
    fake_IBitsPeerCacheAdministration_DiscoverPeers,
};

static IBitsPeerCacheAdministration fake_admin = { (IBitsPeerCacheAdministrationVtbl *)&admin_vtbl };

static void test_admin(void *proxy)
{
    IBitsPeerCacheAdministration *admin = proxy;
    IBitsPeerCacheRecord *record;
    GUID guid;

    TEST_GET(IBitsPeerCacheAdministration, GetMaximumCacheSize, 3, admin, DWORD, NUMBER(3, 0));
    TEST_SET(IBitsPeerCacheAdministration, SetMaximumCacheSize, 4, admin, NUMBER(4, 0));
    TEST_GET(IBitsPeerCacheAdministration, GetMaximumContentAge, 5, admin, ULONG, NUMBER(5, 0));
    TEST_SET(IBitsPeerCacheAdministration, SetMaximumContentAge, 6, admin, NUMBER(6, 0));
    TEST_GET(IBitsPeerCacheAdministration, GetConfigurationFlags, 7, admin, DWORD, NUMBER(7, 0));
    TEST_SET(IBitsPeerCacheAdministration, SetConfigurationFlags, 8, admin, NUMBER(8, 0));
    TEST_GET_OBJECT(IBitsPeerCacheAdministration, EnumRecords, 9, admin, IEnumBitsPeerCacheRecords);

    guid = guid_value(10, 0);
    CALL(IBitsPeerCacheAdministration, 10, IBitsPeerCacheAdministration_GetRecord(admin, &guid, &record));
    check_object("VT.IBitsPeerCacheAdministration.10", record, &IID_IBitsPeerCacheRecord);
    NULL_REFUSED(IBitsPeerCacheAdministration, 10, IBitsPeerCacheAdministration_GetRecord(admin, NULL, &record));
    NULL_REFUSED(IBitsPeerCacheAdministration, 10, IBitsPeerCacheAdministration_GetRecord(admin, &guid, NULL));

    TEST_VOID(IBitsPeerCacheAdministration, ClearRecords, 11, admin);

    guid = guid_value(12, 0);
    CALL(IBitsPeerCacheAdministration, 12, IBitsPeerCacheAdministration_DeleteRecord(admin, &guid));
    NULL_REFUSED(IBitsPeerCacheAdministration, 12, IBitsPeerCacheAdministration_DeleteRecord(admin, NULL));

    TEST_SET_TEXT(IBitsPeerCacheAdministration, DeleteUrl, 13, admin);
    TEST_GET_OBJECT(IBitsPeerCacheAdministration, EnumPeers, 14, admin, IEnumBitsPeers);
    TEST_VOID(IBitsPeerCacheAdministration, ClearPeers, 15, admin);
    TEST_VOID(IBitsPeerCacheAdministration, DiscoverPeers, 16, admin);
}

/*
 * Records and peers
 */

#define SELF IBitsPeerCacheRecord

FAKE_UNKNOWN(IBitsPeerCacheRecord)

static HRESULT WINAPI fake_IBitsPeerCacheRecord_GetId(SELF *iface, GUID *id)
{
    called();
    *id = guid_value(3, 0);
    return RESULT(3);
}

FAKE_GET_TEXT(IBitsPeerCacheRecord, GetOriginUrl, 4)
FAKE_GET(IBitsPeerCacheRecord, GetFileSize, 5, UINT64, WIDE_NUMBER(5, 0))

static HRESULT WINAPI fake_IBitsPeerCacheRecord_GetFileModificationTime(SELF *iface, FILETIME *time)
{
    called();
    *time = filetime_value(6, 0);
    return RESULT(6);
}

static HRESULT WINAPI fake_IBitsPeerCacheRecord_GetLastAccessTime(SELF *iface, FILETIME *time)
{
    called();
    *time = filetime_value(7, 0);
    return RESULT(7);
}

FAKE_VOID(IBitsPeerCacheRecord, IsFileValidated, 8)

static HRESULT WINAPI fake_IBitsPeerCacheRecord_GetFileRanges(SELF *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    called();
    *count = MAX_RANGES;
    *ranges = alloc_ranges(9);
    return RESULT(9);
}

#undef SELF

static const IBitsPeerCacheRecordVtbl record_vtbl =
{
    UNKNOWN_ENTRIES(IBitsPeerCacheRecord),
    fake_IBitsPeerCacheRecord_GetId,
    fake_IBitsPeerCacheRecord_GetOriginUrl,
    fake_IBitsPeerCacheRecord_GetFileSize,
    fake_IBitsPeerCacheRecord_GetFileModificationTime,
    fake_IBitsPeerCacheRecord_GetLastAccessTime,
    fake_IBitsPeerCacheRecord_IsFileValidated,
    fake_IBitsPeerCacheRecord_GetFileRanges,
};

static IBitsPeerCacheRecord fake_record = { (IBitsPeerCacheRecordVtbl *)&record_vtbl };

static void test_record(void *proxy)
{
    IBitsPeerCacheRecord *record = proxy;
    BG_FILE_RANGE *ranges = NULL;
    DWORD count = 0;
    FILETIME time;
    GUID guid;

    CALL(IBitsPeerCacheRecord, 3, IBitsPeerCacheRecord_GetId(record, &guid));
    ok(is_guid(&guid, 3, 0), "[VT.IBitsPeerCacheRecord.3] got %s.\n", wine_dbgstr_guid(&guid));
    NULL_REFUSED(IBitsPeerCacheRecord, 3, IBitsPeerCacheRecord_GetId(record, NULL));

    TEST_GET_TEXT(IBitsPeerCacheRecord, GetOriginUrl, 4, record);
    TEST_GET(IBitsPeerCacheRecord, GetFileSize, 5, record, UINT64, WIDE_NUMBER(5, 0));

    CALL(IBitsPeerCacheRecord, 6, IBitsPeerCacheRecord_GetFileModificationTime(record, &time));
    ok(is_filetime(&time, 6, 0), "[VT.IBitsPeerCacheRecord.6] got %#lx.\n", time.dwLowDateTime);
    NULL_REFUSED(IBitsPeerCacheRecord, 6, IBitsPeerCacheRecord_GetFileModificationTime(record, NULL));

    CALL(IBitsPeerCacheRecord, 7, IBitsPeerCacheRecord_GetLastAccessTime(record, &time));
    ok(is_filetime(&time, 7, 0), "[VT.IBitsPeerCacheRecord.7] got %#lx.\n", time.dwLowDateTime);
    NULL_REFUSED(IBitsPeerCacheRecord, 7, IBitsPeerCacheRecord_GetLastAccessTime(record, NULL));

    TEST_VOID(IBitsPeerCacheRecord, IsFileValidated, 8, record);

    CALL(IBitsPeerCacheRecord, 9, IBitsPeerCacheRecord_GetFileRanges(record, &count, &ranges));
    ok(count == MAX_RANGES, "[VT.IBitsPeerCacheRecord.9] got %lu.\n", count);
    ok(ranges && are_ranges(ranges, 9), "[VT.IBitsPeerCacheRecord.9] got other ranges.\n");
    CoTaskMemFree(ranges);
    NULL_REFUSED(IBitsPeerCacheRecord, 9, IBitsPeerCacheRecord_GetFileRanges(record, NULL, &ranges));
    NULL_ANSWERED(IBitsPeerCacheRecord, 9, IBitsPeerCacheRecord_GetFileRanges(record, &count, NULL));
}

#define SELF IBitsPeer

FAKE_UNKNOWN(IBitsPeer)
FAKE_GET_TEXT(IBitsPeer, GetPeerName, 3)
FAKE_GET(IBitsPeer, IsAuthenticated, 4, BOOL, NUMBER(4, 0))
FAKE_GET(IBitsPeer, IsAvailable, 5, BOOL, NUMBER(5, 0))

#undef SELF

static const IBitsPeerVtbl peer_vtbl =
{
    UNKNOWN_ENTRIES(IBitsPeer),
    fake_IBitsPeer_GetPeerName,
    fake_IBitsPeer_IsAuthenticated,
    fake_IBitsPeer_IsAvailable,
};

static IBitsPeer fake_peer = { (IBitsPeerVtbl *)&peer_vtbl };

static void test_peer(void *peer)
{
    TEST_GET_TEXT(IBitsPeer, GetPeerName, 3, peer);
    TEST_GET(IBitsPeer, IsAuthenticated, 4, peer, BOOL, NUMBER(4, 0));
    TEST_GET(IBitsPeer, IsAvailable, 5, peer, BOOL, NUMBER(5, 0));
}

/*
 * The enumerators
 */

#define SELF IEnumBitsPeerCacheRecords

FAKE_UNKNOWN(IEnumBitsPeerCacheRecords)
FAKE_NEXT(IEnumBitsPeerCacheRecords, IBitsPeerCacheRecord)
FAKE_SET(IEnumBitsPeerCacheRecords, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBitsPeerCacheRecords, Reset, 5)
FAKE_GET_OBJECT(IEnumBitsPeerCacheRecords, Clone, 6, IEnumBitsPeerCacheRecords)
FAKE_GET(IEnumBitsPeerCacheRecords, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBitsPeerCacheRecordsVtbl enum_records_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBitsPeerCacheRecords),
    fake_IEnumBitsPeerCacheRecords_Next,
    fake_IEnumBitsPeerCacheRecords_Skip,
    fake_IEnumBitsPeerCacheRecords_Reset,
    fake_IEnumBitsPeerCacheRecords_Clone,
    fake_IEnumBitsPeerCacheRecords_GetCount,
};

static IEnumBitsPeerCacheRecords fake_enum_records = { (IEnumBitsPeerCacheRecordsVtbl *)&enum_records_vtbl };

static void test_enum_records(void *proxy)
{
    TEST_NEXT(IEnumBitsPeerCacheRecords, IBitsPeerCacheRecord, proxy);
    TEST_SET(IEnumBitsPeerCacheRecords, Skip, 4, proxy, NUMBER(4, 0));
    TEST_VOID(IEnumBitsPeerCacheRecords, Reset, 5, proxy);
    TEST_GET_OBJECT(IEnumBitsPeerCacheRecords, Clone, 6, proxy, IEnumBitsPeerCacheRecords);
    TEST_GET(IEnumBitsPeerCacheRecords, GetCount, 7, proxy, ULONG, NUMBER(7, 0));
}

#define SELF IEnumBitsPeers

FAKE_UNKNOWN(IEnumBitsPeers)
FAKE_NEXT(IEnumBitsPeers, IBitsPeer)
FAKE_SET(IEnumBitsPeers, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBitsPeers, Reset, 5)
FAKE_GET_OBJECT(IEnumBitsPeers, Clone, 6, IEnumBitsPeers)
FAKE_GET(IEnumBitsPeers, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBitsPeersVtbl enum_peers_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBitsPeers),
    fake_IEnumBitsPeers_Next,
    fake_IEnumBitsPeers_Skip,
    fake_IEnumBitsPeers_Reset,
    fake_IEnumBitsPeers_Clone,
    fake_IEnumBitsPeers_GetCount,
};

static IEnumBitsPeers fake_enum_peers = { (IEnumBitsPeersVtbl *)&enum_peers_vtbl };

static void test_enum_peers(void *proxy)
{
    TEST_NEXT(IEnumBitsPeers, IBitsPeer, proxy);
    TEST_SET(IEnumBitsPeers, Skip, 4, proxy, NUMBER(4, 0));
    TEST_VOID(IEnumBitsPeers, Reset, 5, proxy);
    TEST_GET_OBJECT(IEnumBitsPeers, Clone, 6, proxy, IEnumBitsPeers);
    TEST_GET(IEnumBitsPeers, GetCount, 7, proxy, ULONG, NUMBER(7, 0));
}

static const struct interface_entry service_interfaces[] =
{
    { &IID_IBitsPeerCacheAdministration, &fake_admin },
    { &IID_IBitsPeerCacheRecord, &fake_record },
    { &IID_IBitsPeer, &fake_peer },
    { &IID_IEnumBitsPeerCacheRecords, &fake_enum_records },
    { &IID_IEnumBitsPeers, &fake_enum_peers },
    { NULL, NULL }
};

static void test_all(void)
{
    test_interface("IBitsPeerCacheAdministration", &IID_IBitsPeerCacheAdministration, test_admin, NULL);
    test_interface("IBitsPeerCacheRecord", &IID_IBitsPeerCacheRecord, test_record, NULL);
    test_interface("IBitsPeer", &IID_IBitsPeer, test_peer, NULL);
    test_interface("IEnumBitsPeerCacheRecords", &IID_IEnumBitsPeerCacheRecords, test_enum_records, NULL);
    test_interface("IEnumBitsPeers", &IID_IEnumBitsPeers, test_enum_peers, NULL);
}

START_TEST(marshal_peers)
{
    run_unit("marshal_peers", service_interfaces, service_interfaces, test_all);
}
