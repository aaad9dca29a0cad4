/*
 * Identifiers, vtables, layouts and numbers of the public headers
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
 * Everything here is fixed by published headers, so the tables below were written from the contract, not from our IDL files: a
 * mistake in the IDL shows as a difference.  Only bits.h and qmgr.h are included; that everything newer is visible is [ID.2].
 *
 * Vtable slots and layouts are checked twice: when the program runs, and, for 32-bit code, when it is compiled, because the
 * machines that build the 32-bit program cannot all run it.
 */

#include <stdarg.h>
#include <stddef.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "initguid.h" /* here for all units of the program */
#include "bits.h"
#include "qmgr.h"
#include "winhttp.h"

#include "wine/test.h"

#ifdef _WIN64
#define WORD_SIZE(size32, size64) (size64)
#else
#define WORD_SIZE(size32, size64) (size32)
#endif

/* X(interface, identifier, methods with those of the bases) */
#define INTERFACES(X) \
    X(IBackgroundCopyManager, "{5ce34c0d-0dc9-4c1f-897c-daa1b78cee7c}", 7) \
    X(IBackgroundCopyJob, "{37668d37-507e-4160-9316-26306d150b12}", 35) \
    X(IBackgroundCopyJob2, "{54b50739-686f-45eb-9dff-d6a9a0faa9af}", 43) \
    X(IBackgroundCopyJob3, "{443c8934-90ff-48ed-bcde-26f5c7450042}", 47) \
    X(IBackgroundCopyJob4, "{659cdeae-489e-11d9-a9cd-000d56965251}", 53) \
    X(IBackgroundCopyJob5, "{e847030c-bbba-4657-af6d-484aa42bf1fe}", 55) \
    X(IBackgroundCopyJobHttpOptions, "{f1bd1079-9f01-4bdc-8036-f09b70095066}", 11) \
    X(IBackgroundCopyJobHttpOptions2, "{b591a192-a405-4fc3-8323-4c5c542578fc}", 13) \
    X(IBackgroundCopyJobHttpOptions3, "{8a9263d3-fd4c-4eda-9b28-30132a4d4e3c}", 15) \
    X(IBitsTokenOptions, "{9a2584c3-f7d2-457a-9a5e-22b67bffc7d2}", 8) \
    X(IBackgroundCopyFile, "{01b7bd23-fb88-4a77-8490-5891d3e4653a}", 6) \
    X(IBackgroundCopyFile2, "{83e81b93-0873-474d-8a8c-f2018b1a939c}", 8) \
    X(IBackgroundCopyFile3, "{659cdeaa-489e-11d9-a9cd-000d56965251}", 12) \
    X(IBackgroundCopyFile4, "{ef7e0655-7888-4960-b0e5-730846e03492}", 13) \
    X(IBackgroundCopyFile5, "{85c1657f-dafc-40e8-8834-df18ea25717e}", 15) \
    X(IBackgroundCopyFile6, "{cf6784f7-d677-49fd-9368-cb47aee9d1ad}", 18) \
    X(IBackgroundCopyError, "{19c613a0-fcb8-4f28-81ae-897c3d078f81}", 8) \
    X(IEnumBackgroundCopyFiles, "{ca51e165-c365-424c-8d41-24aaa4ff3c40}", 8) \
    X(IEnumBackgroundCopyJobs, "{1af4f612-3b71-466f-8f58-7b6f73ac57ad}", 8) \
    X(IBackgroundCopyCallback, "{97ea99c7-0186-4ad4-8df9-c5b4e0ed6b22}", 6) \
    X(IBackgroundCopyCallback2, "{659cdeac-489e-11d9-a9cd-000d56965251}", 7) \
    X(IBackgroundCopyCallback3, "{98c97bd2-e32b-4ad8-a528-95fd8b16bd42}", 8) \
    X(IBackgroundCopyServerCertificateValidationCallback, "{4cec0d02-def7-4158-813a-c32a46945ff7}", 4) \
    X(IBitsPeerCacheAdministration, "{659cdead-489e-11d9-a9cd-000d56965251}", 17) \
    X(IBitsPeerCacheRecord, "{659cdeaf-489e-11d9-a9cd-000d56965251}", 10) \
    X(IEnumBitsPeerCacheRecords, "{659cdea4-489e-11d9-a9cd-000d56965251}", 8) \
    X(IBitsPeer, "{659cdea2-489e-11d9-a9cd-000d56965251}", 6) \
    X(IEnumBitsPeers, "{659cdea5-489e-11d9-a9cd-000d56965251}", 8) \
    X(IBackgroundCopyQMgr, "{16f41c69-09f5-41d2-8cd8-3c08c47bc8a8}", 6) \
    X(IBackgroundCopyGroup, "{1ded80a7-53ea-424f-8a04-17fea9adc4f5}", 18) \
    X(IBackgroundCopyJob1, "{59f5553c-2031-4629-bb18-2645a6970947}", 11) \
    X(IEnumBackgroundCopyGroups, "{d993e603-4aa4-47c5-8665-c20d39c2ba4f}", 8) \
    X(IEnumBackgroundCopyJobs1, "{8baeba9d-8f1c-42c4-b82c-09ae79980d25}", 8) \
    X(IBackgroundCopyCallback1, "{084f6593-3800-4e08-9b59-99fa59addf82}", 6)

/* X(row of the table, class, identifier of the class, identifier of its library) */
#define CLASSES(X) \
    X("CLSID.0_9", BackgroundCopyQMgr, "{69ad4aee-51be-439b-a92c-86ae490e8b30}", \
      "{f5b26dcb-b37e-4d7c-ae7a-1cb3fbeb183e}") \
    X("CLSID.1_0", BackgroundCopyManager, "{4991d34b-80a1-4291-83b6-3328366b9097}", \
      "{1deeb74f-7915-4560-b558-918c83f176a6}") \
    X("CLSID.1_5", BackgroundCopyManager1_5, "{f087771f-d74f-4c1a-bb8a-e16aca9124ea}", \
      "{ea9319ea-c628-480f-8331-768fac397e4e}") \
    X("CLSID.2_0", BackgroundCopyManager2_0, "{6d18ad12-bde3-4393-b311-099c346e6df9}", \
      "{2289a9af-dc96-486e-b268-89c9e3397c3d}") \
    X("CLSID.2_5", BackgroundCopyManager2_5, "{03ca98d6-ff5d-49b8-abc6-03dd84127020}", \
      "{4974177c-3bb6-4c37-9ff0-6b7426f0aba9}") \
    X("CLSID.3_0", BackgroundCopyManager3_0, "{659cdea7-489e-11d9-a9cd-000d56965251}", \
      "{659cdea6-489e-11d9-a9cd-000d56965251}") \
    X("CLSID.4_0", BackgroundCopyManager4_0, "{bb6df56b-cace-11dc-9992-0019b93a3a84}", \
      "{bb6df56a-cace-11dc-9992-0019b93a3a84}") \
    X("CLSID.5_0", BackgroundCopyManager5_0, "{1ecca34c-e88a-44e3-8d6a-8921bde9e452}", \
      "{d548bc1b-6c12-432e-b176-a96e10681a31}") \
    X("CLSID.10_1", BackgroundCopyManager10_1, "{4bd3e4e1-7bd4-4a2b-9964-496400de5193}", \
      "{8a39e4b6-22c9-4b39-9e0c-b1cdf5f967fd}") \
    X("CLSID.10_2", BackgroundCopyManager10_2, "{4575438f-a6c8-4976-b0fe-2f26b80d959e}", \
      "{70cdc92e-4b95-49eb-8cda-ad39aa7cc4a0}") \
    X("CLSID.10_3", BackgroundCopyManager10_3, "{5fd42ad5-c04e-4d36-adc7-e08ff15737ad}", \
      "{9fd340e7-bb7e-46e6-b912-c6d0894f9ac9}")

/* X(interface, method, slot); the methods of the bases come first and are not repeated */
#define SLOTS(X) \
    X(IBackgroundCopyManager, CreateJob, 3) \
    X(IBackgroundCopyManager, GetJob, 4) \
    X(IBackgroundCopyManager, EnumJobs, 5) \
    X(IBackgroundCopyManager, GetErrorDescription, 6) \
    X(IBackgroundCopyJob, AddFileSet, 3) \
    X(IBackgroundCopyJob, AddFile, 4) \
    X(IBackgroundCopyJob, EnumFiles, 5) \
    X(IBackgroundCopyJob, Suspend, 6) \
    X(IBackgroundCopyJob, Resume, 7) \
    X(IBackgroundCopyJob, Cancel, 8) \
    X(IBackgroundCopyJob, Complete, 9) \
    X(IBackgroundCopyJob, GetId, 10) \
    X(IBackgroundCopyJob, GetType, 11) \
    X(IBackgroundCopyJob, GetProgress, 12) \
    X(IBackgroundCopyJob, GetTimes, 13) \
    X(IBackgroundCopyJob, GetState, 14) \
    X(IBackgroundCopyJob, GetError, 15) \
    X(IBackgroundCopyJob, GetOwner, 16) \
    X(IBackgroundCopyJob, SetDisplayName, 17) \
    X(IBackgroundCopyJob, GetDisplayName, 18) \
    X(IBackgroundCopyJob, SetDescription, 19) \
    X(IBackgroundCopyJob, GetDescription, 20) \
    X(IBackgroundCopyJob, SetPriority, 21) \
    X(IBackgroundCopyJob, GetPriority, 22) \
    X(IBackgroundCopyJob, SetNotifyFlags, 23) \
    X(IBackgroundCopyJob, GetNotifyFlags, 24) \
    X(IBackgroundCopyJob, SetNotifyInterface, 25) \
    X(IBackgroundCopyJob, GetNotifyInterface, 26) \
    X(IBackgroundCopyJob, SetMinimumRetryDelay, 27) \
    X(IBackgroundCopyJob, GetMinimumRetryDelay, 28) \
    X(IBackgroundCopyJob, SetNoProgressTimeout, 29) \
    X(IBackgroundCopyJob, GetNoProgressTimeout, 30) \
    X(IBackgroundCopyJob, GetErrorCount, 31) \
    X(IBackgroundCopyJob, SetProxySettings, 32) \
    X(IBackgroundCopyJob, GetProxySettings, 33) \
    X(IBackgroundCopyJob, TakeOwnership, 34) \
    X(IBackgroundCopyJob2, SetNotifyCmdLine, 35) \
    X(IBackgroundCopyJob2, GetNotifyCmdLine, 36) \
    X(IBackgroundCopyJob2, GetReplyProgress, 37) \
    X(IBackgroundCopyJob2, GetReplyData, 38) \
    X(IBackgroundCopyJob2, SetReplyFileName, 39) \
    X(IBackgroundCopyJob2, GetReplyFileName, 40) \
    X(IBackgroundCopyJob2, SetCredentials, 41) \
    X(IBackgroundCopyJob2, RemoveCredentials, 42) \
    X(IBackgroundCopyJob3, ReplaceRemotePrefix, 43) \
    X(IBackgroundCopyJob3, AddFileWithRanges, 44) \
    X(IBackgroundCopyJob3, SetFileACLFlags, 45) \
    X(IBackgroundCopyJob3, GetFileACLFlags, 46) \
    X(IBackgroundCopyJob4, SetPeerCachingFlags, 47) \
    X(IBackgroundCopyJob4, GetPeerCachingFlags, 48) \
    X(IBackgroundCopyJob4, GetOwnerIntegrityLevel, 49) \
    X(IBackgroundCopyJob4, GetOwnerElevationState, 50) \
    X(IBackgroundCopyJob4, SetMaximumDownloadTime, 51) \
    X(IBackgroundCopyJob4, GetMaximumDownloadTime, 52) \
    X(IBackgroundCopyJob5, SetProperty, 53) \
    X(IBackgroundCopyJob5, GetProperty, 54) \
    X(IBackgroundCopyJobHttpOptions, SetClientCertificateByID, 3) \
    X(IBackgroundCopyJobHttpOptions, SetClientCertificateByName, 4) \
    X(IBackgroundCopyJobHttpOptions, RemoveClientCertificate, 5) \
    X(IBackgroundCopyJobHttpOptions, GetClientCertificate, 6) \
    X(IBackgroundCopyJobHttpOptions, SetCustomHeaders, 7) \
    X(IBackgroundCopyJobHttpOptions, GetCustomHeaders, 8) \
    X(IBackgroundCopyJobHttpOptions, SetSecurityFlags, 9) \
    X(IBackgroundCopyJobHttpOptions, GetSecurityFlags, 10) \
    X(IBackgroundCopyJobHttpOptions2, SetHttpMethod, 11) \
    X(IBackgroundCopyJobHttpOptions2, GetHttpMethod, 12) \
    X(IBackgroundCopyJobHttpOptions3, SetServerCertificateValidationInterface, 13) \
    X(IBackgroundCopyJobHttpOptions3, MakeCustomHeadersWriteOnly, 14) \
    X(IBitsTokenOptions, SetHelperTokenFlags, 3) \
    X(IBitsTokenOptions, GetHelperTokenFlags, 4) \
    X(IBitsTokenOptions, SetHelperToken, 5) \
    X(IBitsTokenOptions, ClearHelperToken, 6) \
    X(IBitsTokenOptions, GetHelperTokenSid, 7) \
    X(IBackgroundCopyFile, GetRemoteName, 3) \
    X(IBackgroundCopyFile, GetLocalName, 4) \
    X(IBackgroundCopyFile, GetProgress, 5) \
    X(IBackgroundCopyFile2, GetFileRanges, 6) \
    X(IBackgroundCopyFile2, SetRemoteName, 7) \
    X(IBackgroundCopyFile3, GetTemporaryName, 8) \
    X(IBackgroundCopyFile3, SetValidationState, 9) \
    X(IBackgroundCopyFile3, GetValidationState, 10) \
    X(IBackgroundCopyFile3, IsDownloadedFromPeer, 11) \
    X(IBackgroundCopyFile4, GetPeerDownloadStats, 12) \
    X(IBackgroundCopyFile5, SetProperty, 13) \
    X(IBackgroundCopyFile5, GetProperty, 14) \
    X(IBackgroundCopyFile6, UpdateDownloadPosition, 15) \
    X(IBackgroundCopyFile6, RequestFileRanges, 16) \
    X(IBackgroundCopyFile6, GetFilledFileRanges, 17) \
    X(IBackgroundCopyError, GetError, 3) \
    X(IBackgroundCopyError, GetFile, 4) \
    X(IBackgroundCopyError, GetErrorDescription, 5) \
    X(IBackgroundCopyError, GetErrorContextDescription, 6) \
    X(IBackgroundCopyError, GetProtocol, 7) \
    X(IEnumBackgroundCopyFiles, Next, 3) \
    X(IEnumBackgroundCopyFiles, Skip, 4) \
    X(IEnumBackgroundCopyFiles, Reset, 5) \
    X(IEnumBackgroundCopyFiles, Clone, 6) \
    X(IEnumBackgroundCopyFiles, GetCount, 7) \
    X(IEnumBackgroundCopyJobs, Next, 3) \
    X(IEnumBackgroundCopyJobs, Skip, 4) \
    X(IEnumBackgroundCopyJobs, Reset, 5) \
    X(IEnumBackgroundCopyJobs, Clone, 6) \
    X(IEnumBackgroundCopyJobs, GetCount, 7) \
    X(IBackgroundCopyCallback, JobTransferred, 3) \
    X(IBackgroundCopyCallback, JobError, 4) \
    X(IBackgroundCopyCallback, JobModification, 5) \
    X(IBackgroundCopyCallback2, FileTransferred, 6) \
    X(IBackgroundCopyCallback3, FileRangesTransferred, 7) \
    X(IBackgroundCopyServerCertificateValidationCallback, ValidateServerCertificate, 3) \
    X(IBitsPeerCacheAdministration, GetMaximumCacheSize, 3) \
    X(IBitsPeerCacheAdministration, SetMaximumCacheSize, 4) \
    X(IBitsPeerCacheAdministration, GetMaximumContentAge, 5) \
    X(IBitsPeerCacheAdministration, SetMaximumContentAge, 6) \
    X(IBitsPeerCacheAdministration, GetConfigurationFlags, 7) \
    X(IBitsPeerCacheAdministration, SetConfigurationFlags, 8) \
    X(IBitsPeerCacheAdministration, EnumRecords, 9) \
    X(IBitsPeerCacheAdministration, GetRecord, 10) \
    X(IBitsPeerCacheAdministration, ClearRecords, 11) \
    X(IBitsPeerCacheAdministration, DeleteRecord, 12) \
    X(IBitsPeerCacheAdministration, DeleteUrl, 13) \
    X(IBitsPeerCacheAdministration, EnumPeers, 14) \
    X(IBitsPeerCacheAdministration, ClearPeers, 15) \
    X(IBitsPeerCacheAdministration, DiscoverPeers, 16) \
    X(IBitsPeerCacheRecord, GetId, 3) \
    X(IBitsPeerCacheRecord, GetOriginUrl, 4) \
    X(IBitsPeerCacheRecord, GetFileSize, 5) \
    X(IBitsPeerCacheRecord, GetFileModificationTime, 6) \
    X(IBitsPeerCacheRecord, GetLastAccessTime, 7) \
    X(IBitsPeerCacheRecord, IsFileValidated, 8) \
    X(IBitsPeerCacheRecord, GetFileRanges, 9) \
    X(IEnumBitsPeerCacheRecords, Next, 3) \
    X(IEnumBitsPeerCacheRecords, Skip, 4) \
    X(IEnumBitsPeerCacheRecords, Reset, 5) \
    X(IEnumBitsPeerCacheRecords, Clone, 6) \
    X(IEnumBitsPeerCacheRecords, GetCount, 7) \
    X(IBitsPeer, GetPeerName, 3) \
    X(IBitsPeer, IsAuthenticated, 4) \
    X(IBitsPeer, IsAvailable, 5) \
    X(IEnumBitsPeers, Next, 3) \
    X(IEnumBitsPeers, Skip, 4) \
    X(IEnumBitsPeers, Reset, 5) \
    X(IEnumBitsPeers, Clone, 6) \
    X(IEnumBitsPeers, GetCount, 7) \
    X(IBackgroundCopyQMgr, CreateGroup, 3) \
    X(IBackgroundCopyQMgr, GetGroup, 4) \
    X(IBackgroundCopyQMgr, EnumGroups, 5) \
    X(IBackgroundCopyGroup, GetProp, 3) \
    X(IBackgroundCopyGroup, SetProp, 4) \
    X(IBackgroundCopyGroup, GetProgress, 5) \
    X(IBackgroundCopyGroup, GetStatus, 6) \
    X(IBackgroundCopyGroup, GetJob, 7) \
    X(IBackgroundCopyGroup, SuspendGroup, 8) \
    X(IBackgroundCopyGroup, ResumeGroup, 9) \
    X(IBackgroundCopyGroup, CancelGroup, 10) \
    X(IBackgroundCopyGroup, get_Size, 11) \
    X(IBackgroundCopyGroup, get_GroupID, 12) \
    X(IBackgroundCopyGroup, CreateJob, 13) \
    X(IBackgroundCopyGroup, EnumJobs, 14) \
    X(IBackgroundCopyGroup, SwitchToForeground, 15) \
    X(IBackgroundCopyGroup, QueryNewJobInterface, 16) \
    X(IBackgroundCopyGroup, SetNotificationPointer, 17) \
    X(IBackgroundCopyJob1, CancelJob, 3) \
    X(IBackgroundCopyJob1, GetProgress, 4) \
    X(IBackgroundCopyJob1, GetStatus, 5) \
    X(IBackgroundCopyJob1, AddFiles, 6) \
    X(IBackgroundCopyJob1, GetFile, 7) \
    X(IBackgroundCopyJob1, GetFileCount, 8) \
    X(IBackgroundCopyJob1, SwitchToForeground, 9) \
    X(IBackgroundCopyJob1, get_JobID, 10) \
    X(IEnumBackgroundCopyGroups, Next, 3) \
    X(IEnumBackgroundCopyGroups, Skip, 4) \
    X(IEnumBackgroundCopyGroups, Reset, 5) \
    X(IEnumBackgroundCopyGroups, Clone, 6) \
    X(IEnumBackgroundCopyGroups, GetCount, 7) \
    X(IEnumBackgroundCopyJobs1, Next, 3) \
    X(IEnumBackgroundCopyJobs1, Skip, 4) \
    X(IEnumBackgroundCopyJobs1, Reset, 5) \
    X(IEnumBackgroundCopyJobs1, Clone, 6) \
    X(IEnumBackgroundCopyJobs1, GetCount, 7) \
    X(IBackgroundCopyCallback1, OnStatus, 3) \
    X(IBackgroundCopyCallback1, OnProgress, 4) \
    X(IBackgroundCopyCallback1, OnProgressEx, 5)

/* X(structure, size in 32-bit code, size in 64-bit code) */
#define STRUCTURES(X) \
    X(BG_FILE_PROGRESS, 24, 24) \
    X(BG_FILE_INFO, 8, 16) \
    X(BG_JOB_PROGRESS, 24, 24) \
    X(BG_JOB_TIMES, 24, 24) \
    X(BG_JOB_REPLY_PROGRESS, 16, 16) \
    X(BG_BASIC_CREDENTIALS, 8, 16) \
    X(BG_AUTH_CREDENTIALS_UNION, 8, 16) \
    X(BG_AUTH_CREDENTIALS, 16, 24) \
    X(BG_FILE_RANGE, 16, 16) \
    X(BITS_JOB_PROPERTY_VALUE, 16, 16) \
    X(BITS_FILE_PROPERTY_VALUE, 4, 8) \
    X(FILESETINFO, 12, 24)

/* X(structure, member, offset in 32-bit code, offset in 64-bit code) */
#define MEMBERS(X) \
    X(BG_FILE_PROGRESS, BytesTotal, 0, 0) \
    X(BG_FILE_PROGRESS, BytesTransferred, 8, 8) \
    X(BG_FILE_PROGRESS, Completed, 16, 16) \
    X(BG_FILE_INFO, RemoteName, 0, 0) \
    X(BG_FILE_INFO, LocalName, 4, 8) \
    X(BG_JOB_PROGRESS, BytesTotal, 0, 0) \
    X(BG_JOB_PROGRESS, BytesTransferred, 8, 8) \
    X(BG_JOB_PROGRESS, FilesTotal, 16, 16) \
    X(BG_JOB_PROGRESS, FilesTransferred, 20, 20) \
    X(BG_JOB_TIMES, CreationTime, 0, 0) \
    X(BG_JOB_TIMES, ModificationTime, 8, 8) \
    X(BG_JOB_TIMES, TransferCompletionTime, 16, 16) \
    X(BG_JOB_REPLY_PROGRESS, BytesTotal, 0, 0) \
    X(BG_JOB_REPLY_PROGRESS, BytesTransferred, 8, 8) \
    X(BG_BASIC_CREDENTIALS, UserName, 0, 0) \
    X(BG_BASIC_CREDENTIALS, Password, 4, 8) \
    X(BG_AUTH_CREDENTIALS_UNION, Basic, 0, 0) \
    X(BG_AUTH_CREDENTIALS, Target, 0, 0) \
    X(BG_AUTH_CREDENTIALS, Scheme, 4, 4) \
    X(BG_AUTH_CREDENTIALS, Credentials, 8, 8) \
    X(BG_FILE_RANGE, InitialOffset, 0, 0) \
    X(BG_FILE_RANGE, Length, 8, 8) \
    X(BITS_JOB_PROPERTY_VALUE, Dword, 0, 0) \
    X(BITS_JOB_PROPERTY_VALUE, ClsID, 0, 0) \
    X(BITS_JOB_PROPERTY_VALUE, Enable, 0, 0) \
    X(BITS_JOB_PROPERTY_VALUE, Uint64, 0, 0) \
    X(BITS_JOB_PROPERTY_VALUE, Target, 0, 0) \
    X(BITS_FILE_PROPERTY_VALUE, String, 0, 0) \
    X(FILESETINFO, bstrRemoteFile, 0, 0) \
    X(FILESETINFO, bstrLocalFile, 4, 8) \
    X(FILESETINFO, dwSizeHint, 8, 16)

#ifndef _WIN64
#define X(iface, method, slot) C_ASSERT(offsetof(iface##Vtbl, method) == (slot) * sizeof(void *));
SLOTS(X)
#undef X
#define X(iface, iid, count) C_ASSERT(sizeof(iface##Vtbl) == (count) * sizeof(void *));
INTERFACES(X)
#undef X
#define X(type, size32, size64) C_ASSERT(sizeof(type) == (size32));
STRUCTURES(X)
#undef X
#define X(type, member, offset32, offset64) C_ASSERT(offsetof(type, member) == (offset32));
MEMBERS(X)
#undef X
#endif

static GUID guid_from_string(const char *str)
{
    WCHAR buffer[39];
    unsigned int i;
    HRESULT hr;
    GUID guid;

    for (i = 0; i < 38; i++) buffer[i] = str[i];
    buffer[38] = 0;
    hr = CLSIDFromString(buffer, &guid);
    ok(hr == S_OK, "%s does not parse: %#lx.\n", str, hr);
    return guid;
}

static void test_interfaces(void)
{
    static const struct
    {
        const char *name;
        const GUID *iid;
        const char *expect;
        unsigned int size, count;
    }
    tests[] =
    {
#define X(iface, iid, count) { #iface, &IID_##iface, iid, sizeof(iface##Vtbl), count },
        INTERFACES(X)
#undef X
    };
    unsigned int i;
    GUID guid;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        guid = guid_from_string(tests[i].expect);
        ok(IsEqualGUID(tests[i].iid, &guid), "[IID.%s] got %s.\n", tests[i].name, wine_dbgstr_guid(tests[i].iid));
        ok(tests[i].size == tests[i].count * sizeof(void *), "[IID.%s] got %u methods.\n", tests[i].name,
           (unsigned int)(tests[i].size / sizeof(void *)));
    }

    guid = guid_from_string("{00000000-0000-0000-c000-000000000046}");
    ok(IsEqualGUID(&IID_IUnknown, &guid), "[ID.8] got %s.\n", wine_dbgstr_guid(&IID_IUnknown));
}

static void test_classes(void)
{
    static const struct
    {
        const char *id, *name;
        const GUID *clsid, *libid;
        const char *expect_clsid, *expect_libid;
    }
    tests[] =
    {
#define X(id, name, clsid, libid) { id, #name, &CLSID_##name, &LIBID_##name, clsid, libid },
        CLASSES(X)
#undef X
    };
    unsigned int i;
    GUID guid;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        guid = guid_from_string(tests[i].expect_clsid);
        ok(IsEqualGUID(tests[i].clsid, &guid), "[%s] %s: got class %s.\n", tests[i].id, tests[i].name,
           wine_dbgstr_guid(tests[i].clsid));
        guid = guid_from_string(tests[i].expect_libid);
        ok(IsEqualGUID(tests[i].libid, &guid), "[%s] %s: got library %s.\n", tests[i].id, tests[i].name,
           wine_dbgstr_guid(tests[i].libid));
    }
}

static void test_slots(void)
{
    static const struct
    {
        const char *iface, *method;
        unsigned int slot, offset, release_offset;
    }
    tests[] =
    {
#define X(iface, method, slot) { #iface, #method, slot, offsetof(iface##Vtbl, method), offsetof(iface##Vtbl, Release) },
        SLOTS(X)
#undef X
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        ok(tests[i].offset == tests[i].slot * sizeof(void *), "[VT.%s.%u] %s is in slot %u.\n", tests[i].iface,
           tests[i].slot, tests[i].method, (unsigned int)(tests[i].offset / sizeof(void *)));
        ok(tests[i].release_offset == 2 * sizeof(void *), "[ID.8] %s: Release is in slot %u.\n", tests[i].iface,
           (unsigned int)(tests[i].release_offset / sizeof(void *)));
    }
}

/* The asynchronous twin of the callback is declared, nothing more: no proxy, nobody implements it. */
static void test_async_callback(void)
{
    GUID guid = guid_from_string("{ca29d251-b4bb-4679-a3d9-ae8006119d54}");
    unsigned int i;
    static const struct
    {
        const char *method;
        unsigned int slot, offset;
    }
    tests[] =
    {
#define X(method, slot) { #method, slot, offsetof(AsyncIBackgroundCopyCallbackVtbl, method) }
        X(Begin_JobTransferred, 3),
        X(Finish_JobTransferred, 4),
        X(Begin_JobError, 5),
        X(Finish_JobError, 6),
        X(Begin_JobModification, 7),
        X(Finish_JobModification, 8),
#undef X
    };

    ok(IsEqualGUID(&IID_AsyncIBackgroundCopyCallback, &guid), "[ID.7] got %s.\n",
       wine_dbgstr_guid(&IID_AsyncIBackgroundCopyCallback));
    for (i = 0; i < ARRAY_SIZE(tests); i++)
        ok(tests[i].offset == tests[i].slot * sizeof(void *), "[ID.7] %s is in slot %u.\n", tests[i].method,
           (unsigned int)(tests[i].offset / sizeof(void *)));
}

static void test_layout(void)
{
    static const struct
    {
        const char *type;
        unsigned int size, expect;
    }
    sizes[] =
    {
#define X(type, size32, size64) { #type, sizeof(type), WORD_SIZE(size32, size64) },
        STRUCTURES(X)
#undef X
    };
    static const struct
    {
        const char *type, *member;
        unsigned int offset, expect;
    }
    members[] =
    {
#define X(type, member, offset32, offset64) \
        { #type, #member, offsetof(type, member), WORD_SIZE(offset32, offset64) },
        MEMBERS(X)
#undef X
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(sizes); i++)
        ok(sizes[i].size == sizes[i].expect, "[STRUCT.%s] size %u.\n", sizes[i].type, sizes[i].size);
    for (i = 0; i < ARRAY_SIZE(members); i++)
        ok(members[i].offset == members[i].expect, "[STRUCT.%s] %s at %u.\n", members[i].type, members[i].member,
           members[i].offset);
}

static void test_values(void)
{
    static const struct
    {
        const char *name;
        DWORD value, expect;
    }
    tests[] =
    {
#define X(name, expect) { #name, (DWORD)name, expect }
        X(BG_JOB_STATE_QUEUED, 0),
        X(BG_JOB_STATE_CONNECTING, 1),
        X(BG_JOB_STATE_TRANSFERRING, 2),
        X(BG_JOB_STATE_SUSPENDED, 3),
        X(BG_JOB_STATE_ERROR, 4),
        X(BG_JOB_STATE_TRANSIENT_ERROR, 5),
        X(BG_JOB_STATE_TRANSFERRED, 6),
        X(BG_JOB_STATE_ACKNOWLEDGED, 7),
        X(BG_JOB_STATE_CANCELLED, 8),
        X(BG_JOB_TYPE_DOWNLOAD, 0),
        X(BG_JOB_TYPE_UPLOAD, 1),
        X(BG_JOB_TYPE_UPLOAD_REPLY, 2),
        X(BG_JOB_PRIORITY_FOREGROUND, 0),
        X(BG_JOB_PRIORITY_HIGH, 1),
        X(BG_JOB_PRIORITY_NORMAL, 2),
        X(BG_JOB_PRIORITY_LOW, 3),
        X(BG_JOB_PROXY_USAGE_PRECONFIG, 0),
        X(BG_JOB_PROXY_USAGE_NO_PROXY, 1),
        X(BG_JOB_PROXY_USAGE_OVERRIDE, 2),
        X(BG_JOB_PROXY_USAGE_AUTODETECT, 3),
        X(BG_ERROR_CONTEXT_NONE, 0),
        X(BG_ERROR_CONTEXT_UNKNOWN, 1),
        X(BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, 2),
        X(BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, 3),
        X(BG_ERROR_CONTEXT_LOCAL_FILE, 4),
        X(BG_ERROR_CONTEXT_REMOTE_FILE, 5),
        X(BG_ERROR_CONTEXT_GENERAL_TRANSPORT, 6),
        X(BG_ERROR_CONTEXT_REMOTE_APPLICATION, 7),
        X(BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, 8),
        X(BG_AUTH_TARGET_SERVER, 1),
        X(BG_AUTH_TARGET_PROXY, 2),
        X(BG_AUTH_SCHEME_BASIC, 1),
        X(BG_AUTH_SCHEME_DIGEST, 2),
        X(BG_AUTH_SCHEME_NTLM, 3),
        X(BG_AUTH_SCHEME_NEGOTIATE, 4),
        X(BG_AUTH_SCHEME_PASSPORT, 5),
        X(BG_CERT_STORE_LOCATION_CURRENT_USER, 0),
        X(BG_CERT_STORE_LOCATION_LOCAL_MACHINE, 1),
        X(BG_CERT_STORE_LOCATION_CURRENT_SERVICE, 2),
        X(BG_CERT_STORE_LOCATION_SERVICES, 3),
        X(BG_CERT_STORE_LOCATION_USERS, 4),
        X(BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY, 5),
        X(BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY, 6),
        X(BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE, 7),
        X(BITS_JOB_PROPERTY_ID_COST_FLAGS, 1),
        X(BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 2),
        X(BITS_JOB_PROPERTY_DYNAMIC_CONTENT, 3),
        X(BITS_JOB_PROPERTY_HIGH_PERFORMANCE, 4),
        X(BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 5),
        X(BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, 7),
        X(BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 9),
        X(BITS_JOB_PROPERTY_ON_DEMAND_MODE, 10),
        X(BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, 1),
        X(BITS_JOB_TRANSFER_POLICY_ALWAYS, 0x800000FF),
        X(BITS_JOB_TRANSFER_POLICY_NOT_ROAMING, 0x8000007F),
        X(BITS_JOB_TRANSFER_POLICY_NO_SURCHARGE, 0x8000006F),
        X(BITS_JOB_TRANSFER_POLICY_STANDARD, 0x80000067),
        X(BITS_JOB_TRANSFER_POLICY_UNRESTRICTED, 0x80000021),
        X(GROUPPROP_PRIORITY, 0),
        X(GROUPPROP_REMOTEUSERID, 1),
        X(GROUPPROP_REMOTEUSERPWD, 2),
        X(GROUPPROP_LOCALUSERID, 3),
        X(GROUPPROP_LOCALUSERPWD, 4),
        X(GROUPPROP_PROTOCOLFLAGS, 5),
        X(GROUPPROP_NOTIFYFLAGS, 6),
        X(GROUPPROP_NOTIFYCLSID, 7),
        X(GROUPPROP_PROGRESSSIZE, 8),
        X(GROUPPROP_PROGRESSPERCENT, 9),
        X(GROUPPROP_PROGRESSTIME, 10),
        X(GROUPPROP_DISPLAYNAME, 11),
        X(GROUPPROP_DESCRIPTION, 12),
        X(BG_JOB_ENUM_ALL_USERS, 0x0001),
        X(BG_NOTIFY_JOB_TRANSFERRED, 0x0001),
        X(BG_NOTIFY_JOB_ERROR, 0x0002),
        X(BG_NOTIFY_DISABLE, 0x0004),
        X(BG_NOTIFY_JOB_MODIFICATION, 0x0008),
        X(BG_NOTIFY_FILE_TRANSFERRED, 0x0010),
        X(BG_NOTIFY_FILE_RANGES_TRANSFERRED, 0x0020),
        X(BG_COPY_FILE_OWNER, 1),
        X(BG_COPY_FILE_GROUP, 2),
        X(BG_COPY_FILE_DACL, 4),
        X(BG_COPY_FILE_SACL, 8),
        X(BG_COPY_FILE_ALL, 15),
        X(BG_SSL_ENABLE_CRL_CHECK, 0x0001),
        X(BG_SSL_IGNORE_CERT_CN_INVALID, 0x0002),
        X(BG_SSL_IGNORE_CERT_DATE_INVALID, 0x0004),
        X(BG_SSL_IGNORE_UNKNOWN_CA, 0x0008),
        X(BG_SSL_IGNORE_CERT_WRONG_USAGE, 0x0010),
        X(BG_HTTP_REDIRECT_POLICY_MASK, 0x0700),
        X(BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT, 0x0000),
        X(BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, 0x0100),
        X(BG_HTTP_REDIRECT_POLICY_DISALLOW, 0x0200),
        X(BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, 0x0800),
        X(BG_ENABLE_PEERCACHING_CLIENT, 0x0001),
        X(BG_ENABLE_PEERCACHING_SERVER, 0x0002),
        X(BG_DISABLE_BRANCH_CACHE, 0x0004),
        X(BG_JOB_ENABLE_PEERCACHING_CLIENT, 0x0001),
        X(BG_JOB_ENABLE_PEERCACHING_SERVER, 0x0002),
        X(BG_JOB_DISABLE_BRANCH_CACHE, 0x0004),
        X(BG_TOKEN_LOCAL_FILE, 0x0001),
        X(BG_TOKEN_NETWORK, 0x0002),
        X(BITS_COST_STATE_UNRESTRICTED, 0x00000001),
        X(BITS_COST_STATE_CAPPED_USAGE_UNKNOWN, 0x00000002),
        X(BITS_COST_STATE_BELOW_CAP, 0x00000004),
        X(BITS_COST_STATE_NEAR_CAP, 0x00000008),
        X(BITS_COST_STATE_OVERCAP_CHARGED, 0x00000010),
        X(BITS_COST_STATE_OVERCAP_THROTTLED, 0x00000020),
        X(BITS_COST_STATE_USAGE_BASED, 0x00000040),
        X(BITS_COST_STATE_ROAMING, 0x00000080),
        X(BITS_COST_STATE_RESERVED, 0x40000000),
        X(BITS_COST_OPTION_IGNORE_CONGESTION, 0x80000000),
        X(BITS_COST_STATE_TRANSFER_ALWAYS, 0x800000FF),
        X(BITS_COST_STATE_TRANSFER_NOT_ROAMING, 0x8000007F),
        X(BITS_COST_STATE_TRANSFER_NO_SURCHARGE, 0x8000006F),
        X(BITS_COST_STATE_TRANSFER_STANDARD, 0x80000067),
        X(BITS_COST_STATE_TRANSFER_UNRESTRICTED, 0x80000021),
        X(QM_NOTIFY_FILE_DONE, 0x01),
        X(QM_NOTIFY_JOB_DONE, 0x02),
        X(QM_NOTIFY_GROUP_DONE, 0x04),
        X(QM_NOTIFY_DISABLE_NOTIFY, 0x40),
        X(QM_NOTIFY_USE_PROGRESSEX, 0x80),
        X(QM_STATUS_FILE_COMPLETE, 0x001),
        X(QM_STATUS_FILE_INCOMPLETE, 0x002),
        X(QM_STATUS_JOB_COMPLETE, 0x004),
        X(QM_STATUS_JOB_INCOMPLETE, 0x008),
        X(QM_STATUS_JOB_ERROR, 0x010),
        X(QM_STATUS_JOB_FOREGROUND, 0x020),
        X(QM_STATUS_GROUP_COMPLETE, 0x040),
        X(QM_STATUS_GROUP_INCOMPLETE, 0x080),
        X(QM_STATUS_GROUP_SUSPENDED, 0x100),
        X(QM_STATUS_GROUP_ERROR, 0x200),
        X(QM_STATUS_GROUP_FOREGROUND, 0x400),
        X(QM_PROTOCOL_HTTP, 1),
        X(QM_PROTOCOL_FTP, 2),
        X(QM_PROTOCOL_SMB, 3),
        X(QM_PROTOCOL_CUSTOM, 4),
        X(QM_PROGRESS_PERCENT_DONE, 1),
        X(QM_PROGRESS_TIME_DONE, 2),
        X(QM_PROGRESS_SIZE_DONE, 3),
#undef X
    };
    static const struct
    {
        const char *fact;
        DWORD value, expect;
    }
    costs[] =
    {
        { "BEH.COST.1", BITS_COST_STATE_UNRESTRICTED, 0x1 },
        { "BEH.COST.2", BITS_COST_STATE_CAPPED_USAGE_UNKNOWN, 0x2 },
        { "BEH.COST.3", BITS_COST_STATE_BELOW_CAP, 0x4 },
        { "BEH.COST.4", BITS_COST_STATE_NEAR_CAP, 0x8 },
        { "BEH.COST.5", BITS_COST_STATE_OVERCAP_CHARGED, 0x10 },
        { "BEH.COST.6", BITS_COST_STATE_OVERCAP_THROTTLED, 0x20 },
        { "BEH.COST.7", BITS_COST_STATE_USAGE_BASED, 0x40 },
        { "BEH.COST.8", BITS_COST_STATE_ROAMING, 0x80 },
        { "BEH.COST.9", BITS_COST_STATE_RESERVED, 0x40000000 },
        { "BEH.COST.10", BITS_COST_OPTION_IGNORE_CONGESTION, 0x80000000 },
        { "BEH.COST.11", BITS_COST_STATE_TRANSFER_ALWAYS, 0x800000FF },
        { "BEH.COST.12", BITS_COST_STATE_TRANSFER_NOT_ROAMING, 0x8000007F },
        { "BEH.COST.13", BITS_COST_STATE_TRANSFER_NO_SURCHARGE, 0x8000006F },
        { "BEH.COST.14", BITS_COST_STATE_TRANSFER_STANDARD, 0x80000067 },
        { "BEH.COST.15", BITS_COST_STATE_TRANSFER_UNRESTRICTED, 0x80000021 },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
        ok(tests[i].value == tests[i].expect, "[VAL.%s] got %#lx.\n", tests[i].name, tests[i].value);
    for (i = 0; i < ARRAY_SIZE(costs); i++)
        ok(costs[i].value == costs[i].expect, "[%s] got %#lx.\n", costs[i].fact, costs[i].value);

    ok(BG_SIZE_UNKNOWN == ~(UINT64)0, "[VAL.BG_SIZE_UNKNOWN] got %I64x.\n", BG_SIZE_UNKNOWN);
    ok(BG_LENGTH_TO_EOF == ~(UINT64)0, "[VAL.BG_LENGTH_TO_EOF] got %I64x.\n", BG_LENGTH_TO_EOF);
}

static void test_results(void)
{
    static const struct
    {
        const char *name;
        HRESULT value;
        DWORD expect;
    }
    tests[] =
    {
#define X(name, expect) { #name, name, expect }
        X(BG_E_NOT_FOUND, 0x80200001),
        X(BG_E_INVALID_STATE, 0x80200002),
        X(BG_E_EMPTY, 0x80200003),
        X(BG_E_FILE_NOT_AVAILABLE, 0x80200004),
        X(BG_E_PROTOCOL_NOT_AVAILABLE, 0x80200005),
        X(BG_S_ERROR_CONTEXT_NONE, 0x00200006),
        X(BG_E_ERROR_CONTEXT_UNKNOWN, 0x80200007),
        X(BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, 0x80200008),
        X(BG_E_ERROR_CONTEXT_LOCAL_FILE, 0x80200009),
        X(BG_E_ERROR_CONTEXT_REMOTE_FILE, 0x8020000A),
        X(BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT, 0x8020000B),
        X(BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, 0x8020000C),
        X(BG_E_DESTINATION_LOCKED, 0x8020000D),
        X(BG_E_VOLUME_CHANGED, 0x8020000E),
        X(BG_E_ERROR_INFORMATION_UNAVAILABLE, 0x8020000F),
        X(BG_E_NETWORK_DISCONNECTED, 0x80200010),
        X(BG_E_MISSING_FILE_SIZE, 0x80200011),
        X(BG_E_INSUFFICIENT_HTTP_SUPPORT, 0x80200012),
        X(BG_E_INSUFFICIENT_RANGE_SUPPORT, 0x80200013),
        X(BG_E_REMOTE_NOT_SUPPORTED, 0x80200014),
        X(BG_E_NEW_OWNER_DIFF_MAPPING, 0x80200015),
        X(BG_E_NEW_OWNER_NO_FILE_ACCESS, 0x80200016),
        X(BG_S_PARTIAL_COMPLETE, 0x00200017),
        X(BG_E_PROXY_LIST_TOO_LARGE, 0x80200018),
        X(BG_E_PROXY_BYPASS_LIST_TOO_LARGE, 0x80200019),
        X(BG_S_UNABLE_TO_DELETE_FILES, 0x0020001A),
        X(BG_E_INVALID_SERVER_RESPONSE, 0x8020001B),
        X(BG_E_TOO_MANY_FILES, 0x8020001C),
        X(BG_E_LOCAL_FILE_CHANGED, 0x8020001D),
        X(BG_E_ERROR_CONTEXT_REMOTE_APPLICATION, 0x8020001E),
        X(BG_E_SESSION_NOT_FOUND, 0x8020001F),
        X(BG_E_TOO_LARGE, 0x80200020),
        X(BG_E_STRING_TOO_LONG, 0x80200021),
        X(BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, 0x80200022),
        X(BG_E_SERVER_EXECUTE_ENABLE, 0x80200023),
        X(BG_E_NO_PROGRESS, 0x80200024),
        X(BG_E_USERNAME_TOO_LARGE, 0x80200025),
        X(BG_E_PASSWORD_TOO_LARGE, 0x80200026),
        X(BG_E_INVALID_AUTH_TARGET, 0x80200027),
        X(BG_E_INVALID_AUTH_SCHEME, 0x80200028),
        X(BG_E_FILE_NOT_FOUND, 0x80200029),
        X(BG_S_PROXY_CHANGED, 0x0020002A),
        X(BG_E_INVALID_RANGE, 0x8020002B),
        X(BG_E_OVERLAPPING_RANGES, 0x8020002C),
        X(BG_E_CONNECT_FAILURE, 0x8020002D),
        X(BG_E_CONNECTION_CLOSED, 0x8020002E),
        X(BG_E_KEEP_ALIVE_FAILURE, 0x8020002F),
        X(BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED, 0x80200030),
        X(BG_E_NAME_RESOLUTION_FAILURE, 0x80200031),
        X(BG_E_PENDING, 0x80200032),
        X(BG_E_PIPELINE_FAILURE, 0x80200033),
        X(BG_E_PROTOCOL_ERROR, 0x80200034),
        X(BG_E_PROXY_NAME_RESOLUTION_FAILURE, 0x80200035),
        X(BG_E_RECEIVE_FAILURE, 0x80200036),
        X(BG_E_REQUEST_CANCELED, 0x80200037),
        X(BG_E_SECURE_CHANNEL_FAILURE, 0x80200038),
        X(BG_E_SEND_FAILURE, 0x80200039),
        X(BG_E_SERVER_PROTOCOL_VIOLATION, 0x8020003A),
        X(BG_E_TIMEOUT, 0x8020003B),
        X(BG_E_TRUST_FAILURE, 0x8020003C),
        X(BG_E_UNKNOWN_ERROR, 0x8020003D),
        X(BG_E_BLOCKED_BY_POLICY, 0x8020003E),
        X(BG_E_INVALID_PROXY_INFO, 0x8020003F),
        X(BG_E_INVALID_CREDENTIALS, 0x80200040),
        X(BG_E_INVALID_HASH_ALGORITHM, 0x80200041),
        X(BG_E_RECORD_DELETED, 0x80200042),
        X(BG_E_COMMIT_IN_PROGRESS, 0x80200043),
        X(BG_E_DISCOVERY_IN_PROGRESS, 0x80200044),
        X(BG_E_UPNP_ERROR, 0x80200045),
        X(BG_E_TEST_OPTION_BLOCKED_DOWNLOAD, 0x80200046),
        X(BG_E_PEERCACHING_DISABLED, 0x80200047),
        X(BG_E_BUSYCACHERECORD, 0x80200048),
        X(BG_E_TOO_MANY_JOBS_PER_USER, 0x80200049),
        X(BG_E_TOO_MANY_JOBS_PER_MACHINE, 0x80200050),
        X(BG_E_TOO_MANY_FILES_IN_JOB, 0x80200051),
        X(BG_E_TOO_MANY_RANGES_IN_FILE, 0x80200052),
        X(BG_E_VALIDATION_FAILED, 0x80200053),
        X(BG_E_MAXDOWNLOAD_TIMEOUT, 0x80200054),
        X(BG_S_OVERRIDDEN_BY_POLICY, 0x00200055),
        X(BG_E_TOKEN_REQUIRED, 0x80200056),
        X(BG_E_UNKNOWN_PROPERTY_ID, 0x80200057),
        X(BG_E_READ_ONLY_PROPERTY, 0x80200058),
        X(BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, 0x80200059),
        X(BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY, 0x80200060),
        X(BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, 0x80200061),
        X(BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, 0x80200062),
        X(BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE, 0x80200063),
        X(BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, 0x80200064),
        X(BG_E_STANDBY_MODE, 0x80200065),
        X(BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED, 0x80200066),
        X(BG_E_BLOCKED_BY_BATTERY_POLICY, 0x80200067),
        X(BG_E_BLOCKED_BY_BATTERY_SAVER, 0x80200068),
        X(BG_E_WATCHDOG_TIMEOUT, 0x80200069),
        X(BG_E_APP_PACKAGE_NOT_FOUND, 0x8020006A),
        X(BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED, 0x8020006B),
        X(BG_E_DATABASE_CORRUPT, 0x8020006C),
        X(BG_E_RANDOM_ACCESS_NOT_SUPPORTED, 0x8020006D),
        X(BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY, 0x8020006E),
        X(BG_E_BLOCKED_BY_GAME_MODE, 0x8020006F),
        X(BG_E_BLOCKED_BY_SYSTEM_POLICY, 0x80200070),
        X(BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, 0x80200071),
        X(BG_E_UNSUPPORTED_JOB_CONFIGURATION, 0x80200072),
        X(BG_E_REMOTE_FILE_CHANGED, 0x80200073),
        X(BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, 0x80200074),
        X(BG_E_READ_ONLY_WHEN_JOB_ACTIVE, 0x80200075),
        X(BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, 0x80200076),
        X(QM_E_INVALID_STATE, 0x81001001),
        X(QM_E_SERVICE_UNAVAILABLE, 0x81001002),
        X(QM_E_DOWNLOADER_UNAVAILABLE, 0x81001003),
        X(QM_E_ITEM_NOT_FOUND, 0x81001004),
        X(BITS_MC_JOB_CANCELLED, 0x80194000),
        X(BITS_MC_FILE_DELETION_FAILED, 0x80194001),
        X(BITS_MC_FILE_DELETION_FAILED_MORE, 0x80194002),
        X(BITS_MC_JOB_PROPERTY_CHANGE, 0x80194003),
        X(BITS_MC_JOB_TAKE_OWNERSHIP, 0x80194004),
        X(BITS_MC_JOB_SCAVENGED, 0x80194005),
        X(BITS_MC_JOB_NOTIFICATION_FAILURE, 0x80194006),
        X(BITS_MC_STATE_FILE_CORRUPT, 0x80194007),
        X(BITS_MC_FAILED_TO_START, 0x80194008),
        X(BITS_MC_FATAL_IGD_ERROR, 0x80194009),
        X(BITS_MC_PEERCACHING_PORT, 0x8019400A),
        X(BITS_MC_WSD_PORT, 0x8019400B),
        /* of the system */
        X(S_FALSE, 0x00000001),
        X(E_NOTIMPL, 0x80004001),
        X(E_NOINTERFACE, 0x80004002),
        X(E_PENDING, 0x8000000A),
        X(E_INVALIDARG, 0x80070057),
        X(E_ACCESSDENIED, 0x80070005),
        X(E_OUTOFMEMORY, 0x8007000E),
        X(REGDB_E_CLASSNOTREG, 0x80040154),
        X(CRYPT_E_NOT_FOUND, 0x80092004),
#undef X
#define X(name, expect) { #name, (HRESULT)(0x80070000 | name), expect }
        X(ERROR_FILE_NOT_FOUND, 0x80070002),
        X(ERROR_PATH_NOT_FOUND, 0x80070003),
        X(RPC_X_NULL_REF_POINTER, 0x800706F4),
        X(RPC_X_BAD_STUB_DATA, 0x800706F7),
        X(RPC_S_INVALID_TAG, 0x800706C5),
        X(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, 0x80072F0C),
        X(ERROR_WINHTTP_SECURE_CERT_REV_FAILED, 0x80072F19),
        X(ERROR_WINHTTP_SECURE_CERT_REVOKED, 0x80072F8A),
        X(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY, 0x80072F9A),
#undef X
    };
    static const struct
    {
        unsigned int status;
        HRESULT value;
    }
    statuses[] =
    {
#define X(status) { status, BG_E_HTTP_ERROR_##status }
        X(100), X(101), X(200), X(201), X(202), X(203), X(204), X(205), X(206),
        X(300), X(301), X(302), X(303), X(304), X(305), X(307), X(400), X(401),
        X(402), X(403), X(404), X(405), X(406), X(407), X(408), X(409), X(410),
        X(411), X(412), X(413), X(414), X(415), X(416), X(417), X(449), X(500),
        X(501), X(502), X(503), X(504), X(505),
#undef X
    };
    /* the system log knows the messages by their low 16 bits */
    static const struct
    {
        HRESULT value;
        unsigned int id;
        const char *fact;
    }
    events[] =
    {
        { BITS_MC_JOB_CANCELLED, 16384, "BEH.EVENT.10" },
        { BITS_MC_FILE_DELETION_FAILED, 16385, "BEH.EVENT.11" },
        { BITS_MC_FILE_DELETION_FAILED_MORE, 16386, "BEH.EVENT.12" },
        { BITS_MC_JOB_PROPERTY_CHANGE, 16387, "BEH.EVENT.13" },
        { BITS_MC_JOB_TAKE_OWNERSHIP, 16388, "BEH.EVENT.14" },
        { BITS_MC_JOB_SCAVENGED, 16389, "BEH.EVENT.15" },
        { BITS_MC_JOB_NOTIFICATION_FAILURE, 16390, "BEH.EVENT.16" },
        { BITS_MC_STATE_FILE_CORRUPT, 16391, "BEH.EVENT.17" },
        { BITS_MC_FAILED_TO_START, 16392, "BEH.EVENT.18" },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
        ok(tests[i].value == (HRESULT)tests[i].expect, "[ERR.%s] got %#lx.\n", tests[i].name, tests[i].value);
    for (i = 0; i < ARRAY_SIZE(events); i++)
        ok(LOWORD(events[i].value) == events[i].id, "[BEH.EVENT.9,%s] got %u.\n", events[i].fact, LOWORD(events[i].value));
    for (i = 0; i < ARRAY_SIZE(statuses); i++)
        ok(statuses[i].value == (HRESULT)(0x80190000 + statuses[i].status), "[ERR.BG_E_HTTP_ERROR_nnn] %u: got %#lx.\n",
           statuses[i].status, statuses[i].value);
    ok(BG_E_SERVER_EXECUTE_ENABLED == BG_E_SERVER_EXECUTE_ENABLE, "[ERR.HDR.1] the two spellings differ.\n");
}

/* Which module serves an interface is nobody's business, but each has one. */
static void test_modules(void)
{
    static const struct
    {
        const char *name;
        const GUID *iid;
    }
    tests[] =
    {
#define X(iface, iid, count) { #iface, &IID_##iface },
        INTERFACES(X)
#undef X
    };
    IPSFactoryBuffer *factory;
    unsigned int i;
    CLSID clsid;
    HRESULT hr;

    CoInitialize(NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        hr = CoGetPSClsid(tests[i].iid, &clsid);
        ok(hr == S_OK, "[ID.6] %s: got %#lx.\n", tests[i].name, hr);
        if (hr != S_OK) continue;
        hr = CoGetClassObject(&clsid, CLSCTX_INPROC_SERVER, NULL, &IID_IPSFactoryBuffer, (void **)&factory);
        ok(hr == S_OK, "[ID.6] %s: got %#lx.\n", tests[i].name, hr);
        if (hr == S_OK) IPSFactoryBuffer_Release(factory);
    }
    CoUninitialize();
}

START_TEST(guids)
{
    test_interfaces();
    test_modules();
    test_classes();
    test_slots();
    test_async_callback();
    test_layout();
    test_values();
    test_results();
}
