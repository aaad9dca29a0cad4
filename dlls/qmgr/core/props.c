/*
 * The properties of a job: their types and defaults
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

#include "core/model.h"
#include "core/str.h"

static const WCHAR empty_string[] = {0};

static const struct
{
    enum prop_type type;
    UINT64 number;
    const WCHAR *string;
}
props[PROP_COUNT] =
{
    [PROP_DISPLAY_NAME]           = { PROP_TYPE_STRING, 0, empty_string },
    [PROP_DESCRIPTION]            = { PROP_TYPE_STRING, 0, empty_string },
    [PROP_PRIORITY]               = { PROP_TYPE_U32, JOB_NORMAL, NULL },
    [PROP_NOTIFY_FLAGS]           = { PROP_TYPE_U32, 3, NULL },
    [PROP_MINIMUM_RETRY_DELAY]    = { PROP_TYPE_U32, 600, NULL },
    [PROP_NO_PROGRESS_TIMEOUT]    = { PROP_TYPE_U32, 1209600, NULL },
    [PROP_MAX_DOWNLOAD_TIME]      = { PROP_TYPE_U32, 7776000, NULL },
    [PROP_MAX_DOWNLOAD_TIME_SET]  = { PROP_TYPE_U32, 0, NULL },
    [PROP_PROXY_USAGE]            = { PROP_TYPE_U32, 0, NULL },
    [PROP_PROXY_LIST]             = { PROP_TYPE_STRING, 0, NULL },
    [PROP_PROXY_BYPASS]           = { PROP_TYPE_STRING, 0, NULL },
    [PROP_NOTIFY_PROGRAM]         = { PROP_TYPE_STRING, 0, NULL },
    [PROP_NOTIFY_PARAMETERS]      = { PROP_TYPE_STRING, 0, NULL },
    [PROP_NOTIFY_CLSID]           = { PROP_TYPE_GUID, 0, NULL },
    [PROP_MIN_NOTIFY_INTERVAL]    = { PROP_TYPE_U32, 500, NULL },
    [PROP_REPLY_FILE]             = { PROP_TYPE_STRING, 0, NULL },
    [PROP_CUSTOM_HEADERS]         = { PROP_TYPE_BLOB, 0, NULL },
    [PROP_HEADERS_WRITE_ONLY]     = { PROP_TYPE_U32, 0, NULL },
    [PROP_SECURITY_FLAGS]         = { PROP_TYPE_U32, 0, NULL },
    [PROP_CERT_LOCATION]          = { PROP_TYPE_U32, 0, NULL },
    [PROP_CERT_STORE]             = { PROP_TYPE_STRING, 0, NULL },
    [PROP_CERT_HASH]              = { PROP_TYPE_BLOB, 0, NULL },
    [PROP_CERT_SUBJECT]           = { PROP_TYPE_STRING, 0, NULL },
    [PROP_CERT_CALLBACK_WANTED]   = { PROP_TYPE_U32, 0, NULL },
    [PROP_HTTP_METHOD]            = { PROP_TYPE_STRING, 0, NULL },
    [PROP_CREDENTIALS]            = { PROP_TYPE_BLOB, 0, NULL },
    [PROP_USE_STORED_CREDENTIALS] = { PROP_TYPE_U32, 0, NULL },
    [PROP_PEER_FLAGS]             = { PROP_TYPE_U32, 0, NULL },
    [PROP_ACL_FLAGS]              = { PROP_TYPE_U32, 0, NULL },
    [PROP_TOKEN_FLAGS]            = { PROP_TYPE_U32, 0, NULL },
    [PROP_COST_FLAGS]             = { PROP_TYPE_U32, 0x800000ff, NULL },
    [PROP_DYNAMIC_CONTENT]        = { PROP_TYPE_U32, 0, NULL },
    [PROP_HIGH_PERFORMANCE]       = { PROP_TYPE_U32, 0, NULL },
    [PROP_MAX_DOWNLOAD_SIZE]      = { PROP_TYPE_U64, SIZE_UNKNOWN, NULL },
    [PROP_ON_DEMAND]              = { PROP_TYPE_U32, 0, NULL },
    [PROP_GROUP_ID]               = { PROP_TYPE_GUID, 0, NULL },
    [PROP_GROUP_JOB_ID]           = { PROP_TYPE_GUID, 0, NULL },
    [PROP_GROUP_NOTIFY_FLAGS]     = { PROP_TYPE_U32, 0, NULL },
    [PROP_GROUP_NOTIFY_CLSID]     = { PROP_TYPE_STRING, 0, NULL },
    [PROP_GROUP_SIZE_HINTS]       = { PROP_TYPE_BLOB, 0, NULL },
};

enum prop_type prop_type_of(enum job_prop prop)
{
    return props[prop].type;
}

UINT64 prop_default_number(enum job_prop prop)
{
    return props[prop].number;
}

const WCHAR *prop_default_string(enum job_prop prop)
{
    return props[prop].string;
}

BOOL prop_is_default(const struct prop_value *value)
{
    static const GUID no_guid;

    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
    case PROP_TYPE_U64:
        return value->number == props[value->prop].number;
    case PROP_TYPE_STRING:
        if (!value->string || !props[value->prop].string) return value->string == props[value->prop].string;
        return !str_cmp(value->string, props[value->prop].string);
    case PROP_TYPE_GUID:
        return !memcmp(&value->guid, &no_guid, sizeof(no_guid));
    case PROP_TYPE_BLOB:
        return !value->blob_size;
    }
    return FALSE;
}
