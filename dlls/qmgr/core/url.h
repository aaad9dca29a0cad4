/*
 * Remote and local names: what BITS accepts and how it takes them apart
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

/* Pure room. Lengths are in UTF-16 code units without terminator. */

#ifndef __QMGR_CORE_URL_H
#define __QMGR_CORE_URL_H

#include "core/system.h"

#define REMOTE_NAME_MAX 2200        /* [TYPE.FileInfo.2] */
#define LOCAL_NAME_MAX MAX_PATH     /* [TYPE.FileInfo.8, A1] */

enum url_scheme
{
    URL_HTTP,
    URL_HTTPS,
    URL_FILE,            /* file: URLs, UNC names and full local paths [TYPE.FileInfo.5, OBS.3] */
};

/* A remote name taken apart. All strings are freshly allocated (url_free). */
struct url
{
    enum url_scheme scheme;
    WCHAR *host;         /* http(s): as given, IPv6 literals without brackets, user information removed */
    UINT16 port;         /* http(s): given or default */
    BOOL port_given;
    WCHAR *user;         /* from user:password@, percent-decoded, or NULL [BEH.HTTP.20] */
    WCHAR *password;
    WCHAR *path;         /* http(s): path and query as given, at least "/", no fragment; file: full Windows path */
};

/*
 * Checks a remote name given to AddFile and its kin, and takes it apart.  E_INVALIDARG for NULL, over-long names or segments,
 * unknown schemes, relative names, wildcards, pipes and devices, characters that no URL may hold [JOB.AddFileSet.5, TYPE.FileInfo.*,
 * BEH.SMB.2, BEH.HTTP.21].  `url` may be NULL to check only.
 */
HRESULT url_parse(const WCHAR *remote, struct url *url);
void url_free(struct url *url);

/*
 * Checks a local name: full path with drive letter or UNC, no stream, no \\?\ or \\.\ prefix, no wildcards, no reserved device name in any
 * component, not a bare directory or root, at most LOCAL_NAME_MAX.  E_INVALIDARG otherwise [BEH.FILE.1, 3].  Slashes of both
 * kinds, mixed and doubled, are accepted [BA.4.1.7].
 */
HRESULT local_name_check(const WCHAR *local);

/* The target of a Location field seen from base: absolute, scheme-relative, absolute path, relative path, query only; fragment dropped.
 * *target is malloc'ed. E_INVALIDARG if the result is no http or https URL. Percent-encodes octets that a URL may not hold. */
HRESULT url_resolve(const WCHAR *base, const char *location, WCHAR **target);

/* Same scheme, host (without case) and port: credentials and connections may be shared. */
BOOL url_same_origin(const struct url *a, const struct url *b);

/* ReplaceRemotePrefix: new name if remote begins with old (rules of JOB3.ReplaceRemotePrefix), else NULL; malloc'ed. */
WCHAR *url_replace_prefix(const WCHAR *remote, const WCHAR *old_prefix, const WCHAR *new_prefix);

#endif /* __QMGR_CORE_URL_H */
