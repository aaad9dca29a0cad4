/*
 * What a failure means for the job
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

#include "core/verdict.h"

#define HTTP_BASE 0x80190000u

#define F FAILURE_FATAL
#define T FAILURE_TRANSIENT
#define E FAILURE_BLOCKED

#define ANY 0xff              /* row: for every context that no earlier row names */
#define GIVEN FALSE           /* the context that the caller gave, if it gave one */
#define FIXED TRUE            /* never mind what the caller thought */

#define BITS(name) ((UINT32)(name))
#define W32(code) (0x80070000u | (code))

/*
 * One row per fact, the first that fits counts.  `report` is the context of a code met without one, and also of one met with another if
 * that is fixed, since the code belongs there whatever its finder thought; report_hr replaces the code.
 */
static const struct row
{
    UINT32 hr;
    BYTE context;             /* only when met there */
    BYTE class;
    BYTE report;
    BYTE fixed;
    UINT32 report_hr;         /* 0: as given */
}
rows[] =
{
    /* The certificate callback of the client [ERR.CTX.8, BEH.CERT.3]; its code may be anything, see verdict_error. */
    {BITS(BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED), ANY, F, 8, FIXED, 0},  /* ERR.0x80200074 */

    /* BITS codes, by number */
    {BITS(BG_E_DESTINATION_LOCKED),           ANY, E, 4, FIXED, 0},               /* ERR.0x8020000D, BEH.FILE.30 */
    {BITS(BG_E_VOLUME_CHANGED),               ANY, F, 4, FIXED, 0},               /* ERR.0x8020000E, BEH.FILE.31 */
    {BITS(BG_E_NETWORK_DISCONNECTED),         ANY, E, 2, FIXED, 0},               /* ERR.0x80200010, ERR.CTX.22 */
    {BITS(BG_E_MISSING_FILE_SIZE),            ANY, F, 5, GIVEN, 0},           /* ERR.0x80200011 */
    {BITS(BG_E_INSUFFICIENT_HTTP_SUPPORT),    ANY, F, 5, GIVEN, 0},           /* ERR.0x80200012 */
    {BITS(BG_E_INSUFFICIENT_RANGE_SUPPORT),   ANY, F, 5, GIVEN, 0},           /* ERR.0x80200013 */
    {BITS(BG_E_INVALID_SERVER_RESPONSE),      ANY, F, 5, GIVEN, 0},           /* ERR.0x8020001B, ERR.GEN.21 */
    {BITS(BG_E_LOCAL_FILE_CHANGED),           ANY, F, 4, FIXED, 0},               /* ERR.0x8020001D, BEH.CONSIST.4 */
    {BITS(BG_E_SESSION_NOT_FOUND),            ANY, T, 5, GIVEN, 0},           /* ERR.0x8020001F: met twice */
    {BITS(BG_E_TOO_LARGE),                    ANY, F, 5, GIVEN, 0},           /* ERR.0x80200020 */
    {BITS(BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH), ANY, F, 5, GIVEN, 0},        /* ERR.0x80200022 */
    {BITS(BG_E_SERVER_EXECUTE_ENABLE),        ANY, F, 5, GIVEN, 0},           /* ERR.0x80200023 */
    {BITS(BG_E_INVALID_RANGE),                ANY, F, 5, GIVEN, 0},           /* ERR.0x8020002B */
    {BITS(BG_E_BLOCKED_BY_POLICY),            ANY, E, 2, FIXED, 0},               /* ERR.0x8020003E */
    {BITS(BG_E_INVALID_PROXY_INFO),           ANY, F, 6, FIXED, 0},               /* ERR.0x8020003F, BEH.PROXY.10 */
    {BITS(BG_E_INVALID_CREDENTIALS),          ANY, F, 5, GIVEN, 0},           /* ERR.0x80200040 */
    {BITS(BG_E_VALIDATION_FAILED),            ANY, F, 5, GIVEN, 0},           /* ERR.0x80200053 */
    {BITS(BG_E_MAXDOWNLOAD_TIMEOUT),          ANY, F, 2, FIXED, 0},               /* ERR.0x80200054 */
    {BITS(BG_E_TOKEN_REQUIRED),               ANY, F, 2, FIXED, 0},               /* ERR.0x80200056 */
    {BITS(BG_E_BLOCKED_BY_COST_TRANSFER_POLICY), ANY, E, 2, FIXED, 0},            /* ERR.0x80200059 */
    {BITS(BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED), ANY, F, 5, GIVEN, 0},        /* ERR.0x80200064 */
    {BITS(BG_E_STANDBY_MODE),                 ANY, E, 2, FIXED, 0},               /* ERR.0x80200065 */
    {BITS(BG_E_BLOCKED_BY_BATTERY_POLICY),    ANY, E, 2, FIXED, 0},               /* ERR.0x80200067 */
    {BITS(BG_E_BLOCKED_BY_BATTERY_SAVER),     ANY, E, 2, FIXED, 0},               /* ERR.0x80200068 */
    {BITS(BG_E_WATCHDOG_TIMEOUT),             ANY, T, 2, FIXED, 0},               /* ERR.0x80200069 */
    {BITS(BG_E_RANDOM_ACCESS_NOT_SUPPORTED),  ANY, F, 5, GIVEN, BITS(BG_E_INSUFFICIENT_RANGE_SUPPORT)}, /* ERR.0x8020006D */
    {BITS(BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY), ANY, E, 2, FIXED, 0},        /* ERR.0x8020006E */
    {BITS(BG_E_BLOCKED_BY_GAME_MODE),         ANY, E, 2, FIXED, 0},               /* ERR.0x8020006F */
    {BITS(BG_E_BLOCKED_BY_SYSTEM_POLICY),     ANY, E, 2, FIXED, 0},               /* ERR.0x80200070 */
    {BITS(BG_E_REMOTE_FILE_CHANGED),          ANY, F, 5, GIVEN, 0},           /* ERR.0x80200073 */

    /* Arguments and rights [ERR.0x80070057, ERR.0x80070005] */
    {BITS(E_INVALIDARG),                      6, T, 6, FIXED, 0},                 /* BEH.PROXY.15: the user's own proxy settings */
    {BITS(E_INVALIDARG),                      ANY, F, 5, GIVEN, 0},           /* ERR.0x80070057 */
    {BITS(E_ACCESSDENIED),                    ANY, F, 4, GIVEN, 0},           /* ERR.0x80070005 */
    {W32(1314), /* ERROR_PRIVILEGE_NOT_HELD */ANY, T, 4, GIVEN, BITS(E_ACCESSDENIED)}, /* BEH.ACL.5 */

    /* Resources: context 2 whatever was being done [ERR.GEN.11, ERR.0x8007000E] */
    {BITS(E_OUTOFMEMORY),                     ANY, T, 2, FIXED, 0},
    {W32(8),    /* ERROR_NOT_ENOUGH_MEMORY */ ANY, T, 2, FIXED, BITS(E_OUTOFMEMORY)},
    {W32(4),    /* ERROR_TOO_MANY_OPEN_FILES */ ANY, T, 2, FIXED, 0},
    {W32(1450), /* ERROR_NO_SYSTEM_RESOURCES */ ANY, T, 2, FIXED, 0},
    {W32(1455), /* ERROR_COMMITMENT_LIMIT */  ANY, T, 2, FIXED, 0},
    {W32(1816), /* ERROR_NOT_ENOUGH_QUOTA */  ANY, T, 2, FIXED, 0},
    {W32(10024), /* WSAEMFILE */              ANY, T, 2, FIXED, 0},
    {W32(10055), /* WSAENOBUFS */             ANY, T, 2, FIXED, 0},

    /* Local files, and files of SMB servers [ERR section 6, BEH.SMB.7] */
    {W32(2),    /* ERROR_FILE_NOT_FOUND */    ANY, F, 4, GIVEN, 0},           /* ERR.0x80070002 */
    {W32(3),    /* ERROR_PATH_NOT_FOUND */    ANY, F, 4, GIVEN, 0},           /* ERR.0x80070003 */
    {W32(32),   /* ERROR_SHARING_VIOLATION */ 5, F, 5, FIXED, 0},             /* ERR.0x80070020: the file at the SMB server */
    {W32(32),                                 ANY, T, 4, GIVEN, 0},           /* BEH.FILE.14: a client holds the temporary file */
    {W32(33),   /* ERROR_LOCK_VIOLATION */    5, F, 5, FIXED, 0},
    {W32(33),                                 ANY, T, 4, GIVEN, 0},           /* as 32, met when bytes are locked */
    {W32(34),   /* ERROR_WRONG_DISK */        4, F, 4, FIXED, BITS(BG_E_VOLUME_CHANGED)}, /* BEH.FILE.31 */
    {W32(38),   /* ERROR_HANDLE_EOF */        4, F, 4, FIXED, 0},
    {W32(38),                                 ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)}, /* BEH.HTTP.35 */
    {W32(39),   /* ERROR_HANDLE_DISK_FULL */  4, F, 4, FIXED, W32(112)},
    {W32(112),  /* ERROR_DISK_FULL */         ANY, F, 4, GIVEN, 0},           /* ERR.0x80070070, BEH.FILE.13 */
    {W32(80),   /* ERROR_FILE_EXISTS */       ANY, F, 5, GIVEN, 0},           /* ERR.0x80070050 */
    {W32(108),  /* ERROR_DRIVE_LOCKED */      ANY, E, 4, FIXED, BITS(BG_E_DESTINATION_LOCKED)}, /* BEH.FILE.30 */
    {W32(1110), /* ERROR_MEDIA_CHANGED */     4, F, 4, FIXED, BITS(BG_E_VOLUME_CHANGED)}, /* BEH.FILE.31 */

    /* The network below SMB: transient but for a share that is not there [BEH.SMB.7] */
    {W32(51),   /* ERROR_REM_NOT_LIST */      ANY, T, 5, GIVEN, 0},
    {W32(53),   /* ERROR_BAD_NETPATH */       ANY, T, 5, GIVEN, 0},           /* ERR.0x80070035 */
    {W32(54),   /* ERROR_NETWORK_BUSY */      ANY, T, 5, GIVEN, 0},
    {W32(55),   /* ERROR_DEV_NOT_EXIST */     ANY, T, 5, GIVEN, 0},
    {W32(58),   /* ERROR_BAD_NET_RESP */      ANY, T, 5, GIVEN, 0},
    {W32(59),   /* ERROR_UNEXP_NET_ERR */     ANY, T, 5, GIVEN, 0},           /* ERR.0x8007003B */
    {W32(64),   /* ERROR_NETNAME_DELETED */   ANY, T, 5, GIVEN, 0},           /* ERR.0x80070040 */
    {W32(67),   /* ERROR_BAD_NET_NAME */      ANY, F, 5, GIVEN, 0},           /* ERR.0x80070043 */
    {W32(71),   /* ERROR_REQ_NOT_ACCEP */     ANY, T, 5, GIVEN, 0},
    {W32(121),  /* ERROR_SEM_TIMEOUT */       ANY, T, 5, GIVEN, 0},           /* BEH.SMB.7 */
    {W32(240),  /* ERROR_VC_DISCONNECTED */   ANY, T, 5, GIVEN, 0},
    {W32(1225), /* ERROR_CONNECTION_REFUSED */ANY, T, 5, GIVEN, 0},
    {W32(1231), /* ERROR_NETWORK_UNREACHABLE */ ANY, T, 5, GIVEN, 0},
    {W32(1232), /* ERROR_HOST_UNREACHABLE */  ANY, T, 5, GIVEN, 0},
    {W32(1236), /* ERROR_CONNECTION_ABORTED */ANY, T, 5, GIVEN, 0},
    {W32(1326), /* ERROR_LOGON_FAILURE */     ANY, F, 5, GIVEN, 0},           /* BEH.SMB.7: access denied */
    {W32(1327), /* ERROR_ACCOUNT_RESTRICTION */ ANY, F, 5, GIVEN, 0},
    {W32(1330), /* ERROR_PASSWORD_EXPIRED */  ANY, F, 5, GIVEN, 0},
    {W32(1331), /* ERROR_ACCOUNT_DISABLED */  ANY, F, 5, GIVEN, 0},

    /* WinHTTP codes that no retry cures; any other is transport [ERR.GEN.10] */
    {W32(ERROR_WINHTTP_INVALID_URL),          ANY, F, 5, GIVEN, 0},           /* ERR.0x80072EE5 */
    {W32(ERROR_WINHTTP_UNRECOGNIZED_SCHEME),  ANY, F, 5, GIVEN, 0},           /* ERR.0x80072EE6 */
    {W32(ERROR_WINHTTP_LOGIN_FAILURE),        ANY, F, 5, GIVEN, 0},           /* ERR.0x80072EEF */
    {W32(ERROR_WINHTTP_SECURE_CERT_DATE_INVALID), ANY, F, 5, GIVEN, 0},       /* ERR.0x80072F05, ERR.GEN.31, BEH.CERT.6 */
    {W32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), ANY, F, 5, GIVEN, 0},         /* ERR.0x80072F06 */
    {W32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED), ANY, F, 5, GIVEN, 0},        /* ERR.0x80072F0C, BEH.CERT.5 */
    {W32(ERROR_WINHTTP_SECURE_INVALID_CA),    ANY, F, 5, GIVEN, 0},           /* ERR.0x80072F0D */
    {W32(ERROR_WINHTTP_SECURE_CERT_REV_FAILED), ANY, F, 5, GIVEN, 0},         /* ERR.0x80072F19, BEH.CERT.2 */
    {W32(ERROR_WINHTTP_REDIRECT_FAILED),      ANY, F, 5, GIVEN, 0},           /* ERR.0x80072F7C */
    {W32(ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT), ANY, T, 6, FIXED, 0},              /* ERR.0x80072F86 */
    {W32(ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT), ANY, T, 6, FIXED, 0},          /* ERR.0x80072F87 */
    {W32(ERROR_WINHTTP_SECURE_INVALID_CERT),  ANY, F, 5, GIVEN, 0},           /* ERR.0x80072F89 */
    {W32(ERROR_WINHTTP_SECURE_CERT_REVOKED),  ANY, F, 5, GIVEN, 0},           /* ERR.0x80072F8A, BEH.CERT.2 */
    {W32(ERROR_WINHTTP_SECURE_FAILURE),       ANY, F, 5, GIVEN, 0},           /* ERR.0x80072F8F */
    {W32(ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE), ANY, F, 5, GIVEN, 0},        /* ERR.0x80072F93 */
    {W32(ERROR_WINHTTP_AUTODETECTION_FAILED), ANY, T, 6, FIXED, 0},               /* ERR.0x80072F94: should have gone direct */
    {W32(ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY), ANY, F, 5, GIVEN, 0},     /* BEH.CERT.6 */
    {W32(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY), ANY, F, 5, GIVEN, 0}, /* ERR.0x80072F9A, BEH.CERT.4 */

    /* Winsock codes: clients meet the WinHTTP ones [ERR.0x80072EFD, 72EFE, 72EE2, 72EE7] */
    {W32(10049), /* WSAEADDRNOTAVAIL */       ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(10050), /* WSAENETDOWN */            ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(10051), /* WSAENETUNREACH */         ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(10052), /* WSAENETRESET */           ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)},
    {W32(10053), /* WSAECONNABORTED */        ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)},
    {W32(10054), /* WSAECONNRESET */          ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)},
    {W32(10057), /* WSAENOTCONN */            ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)},
    {W32(10058), /* WSAESHUTDOWN */           ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CONNECTION_ERROR)},
    {W32(10060), /* WSAETIMEDOUT */           ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_TIMEOUT)},
    {W32(10061), /* WSAECONNREFUSED */        ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(10064), /* WSAEHOSTDOWN */           ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(10065), /* WSAEHOSTUNREACH */        ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_CANNOT_CONNECT)},
    {W32(11001), /* WSAHOST_NOT_FOUND */      ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_NAME_NOT_RESOLVED)},
    {W32(11002), /* WSATRY_AGAIN */           ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_NAME_NOT_RESOLVED)},
    {W32(11003), /* WSANO_RECOVERY */         ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_NAME_NOT_RESOLVED)},
    {W32(11004), /* WSANO_DATA */             ANY, T, 5, GIVEN, W32(ERROR_WINHTTP_NAME_NOT_RESOLVED)},
};

static enum failure_class status_class(UINT32 status)
{
    switch (status / 100)
    {
        case 3:
            return status <= 305 || status == 307 ? F : T;
        case 4:
            return status == 408 || status == 409 ? T : F;
        case 5:
            return status == 501 || status == 505 ? F : T;
        default:
            return T;
    }
}

void verdict_status(UINT32 status, struct failure *failure)
{
    failure->hr = (HRESULT)(HTTP_BASE | (status & 0xffff));
    failure->context = CONTEXT_REMOTE_FILE;
    failure->class = status_class(status);
}

/* Facts without a row [ERR.GEN.10]. */
static enum failure_class default_class(UINT32 hr, UINT32 context)
{
    UINT32 code = hr & 0xffff;

    if (hr == W32(code))
    {
        if (code >= 10000 && code < 13000) return T; /* Winsock, WinHTTP */
        return context == CONTEXT_LOCAL_FILE ? F : T;
    }
    switch (hr & 0xffff0000)
    {
        case 0x80200000: /* a code of ours that says what the client did wrong */
        case 0x80090000: /* SSPI: refused, not interrupted */
        case 0x800b0000: /* certificates [BEH.CERT.6] */
            return F;
    }
    return context == CONTEXT_LOCAL_FILE ? F : T;
}

void verdict_error(HRESULT hr, UINT32 context, struct failure *failure)
{
    UINT32 fact = (UINT32)hr, i;

    if (context == CONTEXT_SERVER_CERTIFICATE_CALLBACK && hr != BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED)
    {
        failure->hr = hr;
        failure->context = context;
        failure->class = T;
        return;
    }
    if ((fact & 0xffff0000) == HTTP_BASE)
    {
        verdict_status(fact & 0xffff, failure);
        if (context == CONTEXT_REMOTE_APPLICATION) failure->context = context;
        return;
    }

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        const struct row *row = &rows[i];

        if (row->hr != fact || (row->context != ANY && row->context != context)) continue;
        failure->hr = row->report_hr ? (HRESULT)row->report_hr : hr;
        failure->context = row->fixed || !context ? row->report : context;
        failure->class = row->class;
        return;
    }

    failure->hr = hr;
    failure->context = context ? context : CONTEXT_GENERAL_QUEUE_MANAGER;
    failure->class = default_class(fact, context);
    if (!context && fact >= W32(10000) && fact < W32(13000)) failure->context = CONTEXT_REMOTE_FILE;
}

BOOL verdict_may_be_network(HRESULT hr)
{
    switch ((UINT32)hr)
    {
    case W32(ERROR_WINHTTP_TIMEOUT):
    case W32(ERROR_WINHTTP_NAME_NOT_RESOLVED):
    case W32(ERROR_WINHTTP_CANNOT_CONNECT):
    case W32(ERROR_WINHTTP_CONNECTION_ERROR):
        return TRUE;
    default:
        return FALSE;
    }
}

void verdict_recall(HRESULT hr, UINT32 context, BOOL transient, struct failure *failure)
{
    verdict_error(hr, context, failure);
    failure->hr = hr;
    failure->context = context;
    if (!transient) failure->class = F;
    else if (failure->class == F) failure->class = T;
}

BOOL verdict_counts(const struct failure *failure)
{
    return failure->class != FAILURE_BLOCKED;
}
