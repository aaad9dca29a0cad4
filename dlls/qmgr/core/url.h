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

/*
 * Pure room, any thread.  Lengths are in UTF-16 code units without terminator.  The doors ask url_parse and local_name_check before
 * they store a name; the transfer and the shim take stored names and redirect targets apart with url_split and url_resolve.
 * Nothing is escaped or unescaped on the way [BEH.HTTP.21], user information excepted.  Failures: E_INVALIDARG, E_OUTOFMEMORY; the
 * outputs are then empty.
 */

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

/*
 * Takes the target of a request apart: http or https only, without the limits on length, segments and wildcards, which hold for names
 * that clients give, not for where servers redirect to.  At most URL_TARGET_MAX.  Same results as url_parse otherwise.
 */
#define URL_TARGET_MAX 65535
HRESULT url_split(const WCHAR *target, struct url *url);
void url_free(struct url *url);

/*
 * Checks a local name: full path with drive letter or UNC, no stream, no \\?\ or \\.\ prefix, no wildcards, no reserved device name in any
 * component, not a bare directory or root, at most LOCAL_NAME_MAX.  E_INVALIDARG otherwise [BEH.FILE.1, 3].  Slashes of both
 * kinds, mixed and doubled, are accepted [BA.4.1.7].
 */
HRESULT local_name_check(const WCHAR *local);

/*
 * The target of a Location field seen from base (an http or https URL): absolute, scheme-relative, absolute path, relative path, query
 * only; dot segments removed, fragment dropped (RFC 3986 5.2).  *target is malloc'ed.  E_INVALIDARG if the field is not there (NULL) or
 * blank, or the result is no http or https URL.  Percent-encodes octets that a URL may not hold.  User information of base stays only with a relative reference.
 */
HRESULT url_resolve(const WCHAR *base, const char *location, WCHAR **target);

/* The whole of s[0..len) is an IPv6 literal, without brackets and zone. */
BOOL url_is_ipv6(const WCHAR *s, size_t len);

/* An http or https name of this machine itself, for which no adapter is needed. */
BOOL url_is_loopback(const WCHAR *remote);
/* Same scheme, host (without case) and port: credentials and connections may be shared. */
BOOL url_same_origin(const struct url *a, const struct url *b);

/*
 * ReplaceRemotePrefix: the new name, malloc'ed, if remote begins with old_prefix, compared by code unit [JOB3.ReplaceRemotePrefix.1, 2]; NULL
 * if it does not, if old_prefix is empty, or without memory (str_starts tells which).  The caller checks the result with url_parse.
 */
WCHAR *url_replace_prefix(const WCHAR *remote, const WCHAR *old_prefix, const WCHAR *new_prefix);

#endif /* __QMGR_CORE_URL_H */
