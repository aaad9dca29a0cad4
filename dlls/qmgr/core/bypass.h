/*
 * Proxy lists and bypass rules: which way to a URL
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
 * Pure room.  proxy.c asks it on the transfer's worker thread when a file with an http or https name is about to be connected
 * [JOB.SetProxySettings.A8]; files by SMB never come here [PX.G10, PX.R27].  It reads both lists of a job (OVERRIDE) and those of the
 * user (PRECONFIG), chooses for one URL, and reads the answer of a detection script.  It does not resolve, connect or detect.
 *
 *     steps = proxy_plan(usage, &user, order);
 *     for each step: PROXY_STEP_JOB_LISTS: proxy_lists_parse, proxy_lists_choose; PROXY_STEP_DETECT: WPAD, then proxy_answer_parse; ...
 *     the first step that gives a route ends it
 *
 * The result is what shim_request_params wants: hops tried in order, a hop without host is the direct way.
 */

#ifndef __QMGR_CORE_BYPASS_H
#define __QMGR_CORE_BYPASS_H

#include "core/url.h"

struct proxy_hop
{
    WCHAR *host;                /* name, IPv4 or IPv6 literal without brackets; NULL: direct */
    UINT16 port;
};

struct proxy_hops
{
    struct proxy_hop *hops;     /* owned, with their strings */
    UINT32 count;
};

void proxy_hops_free(struct proxy_hops *route);

enum proxy_grammar
{
    /* What SetProxySettings documents [PX.G1 to G11, PX.B1 to B9, PX.A1 to A14]. One bad entry condemns both lists
     * [JOB.SetProxySettings.A11]: BG_E_INVALID_PROXY_INFO [PX.R1 to R25]. */
    PROXY_GRAMMAR_JOB,
    /* What the Internet settings of a user hold: entries of other protocols and without server are passed over, an empty proxy list
     * means direct, wildcards of the bypass list may stand anywhere, bypass items that mean nothing are passed over.  A bad server
     * name or port is E_INVALIDARG, to be reported with context GENERAL_TRANSPORT [BEH.PROXY.15]. */
    PROXY_GRAMMAR_USER
};

struct proxy_entry;
struct bypass_item;

struct proxy_lists
{
    struct proxy_entry *entries;
    UINT32 entry_count;
    struct bypass_item *items;
    UINT32 item_count;
};

/* list and bypass may be NULL (a list that is NULL names no proxy: PX.R1). E_OUTOFMEMORY, or as the grammar says; then *lists is empty. */
HRESULT proxy_lists_parse(const WCHAR *list, const WCHAR *bypass, enum proxy_grammar grammar, struct proxy_lists *lists);
void proxy_lists_free(struct proxy_lists *lists);

/*
 * The way to a URL: direct if its host is bypassed; else the entries of its protocol in order; else those of no protocol, in order; else
 * direct [PX.G11, PX.A3, PX.A7].  Always at least one hop.  S_OK or E_OUTOFMEMORY.
 */
HRESULT proxy_lists_choose(const struct proxy_lists *lists, const struct url *url, struct proxy_hops *route);

/*
 * What FindProxyForURL answered: "PROXY a:8080; PROXY b; DIRECT".  Kinds that cannot be used (SOCKS, a proxy behind TLS) and malformed
 * entries are passed over, never taken for DIRECT.  An empty answer is DIRECT.  S_OK with at least one hop; S_FALSE with none when
 * nothing of it can be used; E_OUTOFMEMORY.
 */
HRESULT proxy_answer_parse(const WCHAR *answer, struct proxy_hops *route);

/* BG_JOB_PROXY_USAGE [BEH.PROXY.1] */
#define PROXY_USAGE_PRECONFIG 0
#define PROXY_USAGE_NO_PROXY 1
#define PROXY_USAGE_OVERRIDE 2
#define PROXY_USAGE_AUTODETECT 3

/* The Internet settings of the job's user; strings are borrowed, NULL or empty means not set. */
struct proxy_user_settings
{
    BOOL detect;
    const WCHAR *script_url;
    const WCHAR *list;          /* NULL also when the manual proxy is switched off */
    const WCHAR *bypass;
};

/*
 * The value DefaultConnectionSettings of the Internet settings, as WinINet lays it out (WINE.HTTP.9): the parts point into the data and are
 * ANSI.  FALSE: it is no such value, or cut off before the end of its parts; nothing is set then.
 */
struct proxy_text
{
    const char *text;
    UINT32 len;
};

struct proxy_settings_value
{
    UINT32 flags;               /* PROXY_SETTINGS_* */
    struct proxy_text list, bypass, script_url;
};

#define PROXY_SETTINGS_DIRECT 0x01
#define PROXY_SETTINGS_PROXY  0x02
#define PROXY_SETTINGS_SCRIPT 0x04
#define PROXY_SETTINGS_DETECT 0x08

BOOL proxy_settings_read(const void *data, size_t size, struct proxy_settings_value *value);

/* The Internet settings as the registry has them, in both forms. */
struct proxy_registry
{
    BOOL value;                 /* DefaultConnectionSettings is there */
    UINT32 flags;
    const WCHAR *value_list, *value_bypass, *value_script;
    const UINT32 *enable, *detect;              /* ProxyEnable, AutoDetect; NULL: not there */
    const WCHAR *server, *override, *config_url; /* ProxyServer, ProxyOverride, AutoConfigURL */
};

/*
 * What they mean together.  Whoever writes the binary value writes the plain ones beside it (inetcpl.cpl, bitsadmin /util, newer wininet), while
 * many write the plain ones alone (older wininet, regedit): so a plain value that is there is the newer word.  Detection has no
 * plain form but AutoDetect, which counts where there is no binary value.  Who has set nothing goes directly [PX.E36].
 */
void proxy_settings_merge(const struct proxy_registry *registry, struct proxy_user_settings *settings);

enum proxy_step
{
    PROXY_STEP_DIRECT,          /* always gives a route */
    PROXY_STEP_JOB_LISTS,       /* always gives a route or fails the job */
    PROXY_STEP_USER_LISTS,      /* the same, with PROXY_GRAMMAR_USER */
    PROXY_STEP_DETECT,          /* WPAD; on to the next step if nothing is found [BEH.PROXY.14] */
    PROXY_STEP_SCRIPT           /* the user's script URL; on to the next step if it cannot be had or fails; but if it answers, and only with
                                 * what cannot be used, the file fails: to go directly is not for us to decide */
};
#define PROXY_STEPS_MAX 3

/*
 * The order in which ways are looked for [BEH.PROXY.3 to 6, PX.E34 to E39]: for PRECONFIG that of WinHTTP's automatic mode, detection,
 * script, manual proxy.  Returns the number of steps, of which the last always decides.  user may be NULL but for PRECONFIG.
 */
UINT32 proxy_plan(UINT32 usage, const struct proxy_user_settings *user, enum proxy_step steps[PROXY_STEPS_MAX]);

#endif /* __QMGR_CORE_BYPASS_H */
