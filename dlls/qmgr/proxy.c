/*
 * Which way to a server: the proxy settings of a job, per URL
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

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "pac.h"
#include "proxy.h"
#include "queue.h"
#include "core/bypass.h"
#include "core/str.h"
#include "shim/discover.h"

#include "wine/debug.h"

#define WAYS_MAX     16       /* URLs of one file: its own, and where it is redirected to */
#define SCRIPT_AGE   60000    /* ms for which a script that is configured is not fetched again */
#define FAILURE_AGE  60000    /* ms for which what has failed is not tried again */

/* The way to one URL. */
struct way
{
    WCHAR *url;
    struct proxy_hops chosen;
    struct shim_hop *hops;    /* the same for the shim, borrowed from chosen */
};

/* Where a script comes from, and the script. */
struct script
{
    WCHAR *url;
    char *text;               /* NULL: it could not be had */
    BOOL known;               /* url and text are what was found */
    BOOL fresh;               /* found for the present file */
    UINT64 found_at;          /* monotonic ms */
};

#define USER_MSEC 1000      /* for how long the user's settings hold for the next file too */

struct proxy_route
{
    struct queue_job *job;
    /* the job's settings, as they were read last */
    UINT32 usage;
    WCHAR *list, *bypass;
    /* for the present file */
    BOOL user_read;
    UINT64 user_read_at;
    struct discover_settings settings;
    struct way ways[WAYS_MAX];
    UINT32 way_count, last_way;
    /* kept from file to file */
    struct script detected, configured;
    BOOL has_worked;
    WCHAR *worked_host;       /* NULL: direct */
    UINT16 worked_port;
};

static void clear_way(struct way *way)
{
    free(way->url);
    free(way->hops);
    proxy_hops_free(&way->chosen);
    memset(way, 0, sizeof(*way));
}

static void clear_script(struct script *script)
{
    free(script->url);
    free(script->text);
    memset(script, 0, sizeof(*script));
}

static void forget_user(struct proxy_route *route)
{
    if (route->user_read) discover_settings_free(&route->settings);
    route->user_read = FALSE;
}

void proxy_route_next_file(struct proxy_route *route)
{
    UINT32 i;

    for (i = 0; i < route->way_count; i++) clear_way(&route->ways[i]);
    route->way_count = route->last_way = 0;
    /* a dozen calls to wineserver, which many small files share */
    if (route->user_read && queue_clock() - route->user_read_at >= USER_MSEC) forget_user(route);
    route->detected.fresh = route->configured.fresh = FALSE;
}

HRESULT proxy_route_create(struct queue_job *job, struct proxy_route **ret)
{
    struct proxy_route *route;

    if (!(*ret = route = calloc(1, sizeof(*route)))) return E_OUTOFMEMORY;
    route->job = job;
    route->usage = ~0u;
    return S_OK;
}

void proxy_route_release(struct proxy_route *route)
{
    proxy_route_next_file(route);
    forget_user(route);
    clear_script(&route->detected);
    clear_script(&route->configured);
    free(route->list);
    free(route->bypass);
    free(route->worked_host);
    free(route);
}

static BOOL same_string(const WCHAR *a, const WCHAR *b)
{
    return a && b ? !str_cmp(a, b) : a == b;
}

/* Takes the job's settings over if they are not those at hand. */
static HRESULT read_job(struct proxy_route *route)
{
    const struct job *job = route->job->job;
    const WCHAR *list, *bypass;
    BOOL changed, complete = TRUE;

    queue_enter();
    list = job_string(job, PROP_PROXY_LIST);
    bypass = job_string(job, PROP_PROXY_BYPASS);
    changed = route->usage != job_u32(job, PROP_PROXY_USAGE) || !same_string(route->list, list)
            || !same_string(route->bypass, bypass);
    if (changed)
    {
        free(route->list);
        free(route->bypass);
        route->usage = job_u32(job, PROP_PROXY_USAGE);
        route->list = str_dup(list);
        route->bypass = str_dup(bypass);
        complete = !list == !route->list && !bypass == !route->bypass;
        if (!complete) route->usage = ~0u;
    }
    queue_leave();
    if (changed) proxy_route_next_file(route);
    return complete ? S_OK : E_OUTOFMEMORY;
}

/* From a pair of lists. */
static HRESULT choose(const WCHAR *list, const WCHAR *bypass, enum proxy_grammar grammar, const struct url *url,
                      struct proxy_hops *hops)
{
    struct proxy_lists lists;
    HRESULT hr;

    if (FAILED(hr = proxy_lists_parse(list, bypass, grammar, &lists))) return hr;
    hr = proxy_lists_choose(&lists, url, hops);
    proxy_lists_free(&lists);
    return hr;
}

/* What is at hand will do. */
static BOOL is_current(const struct script *script, BOOL every_file)
{
    if (!script->known) return FALSE;
    if (script->fresh) return TRUE;
    if (script->text) return !every_file && queue_clock() - script->found_at < SCRIPT_AGE;
    return queue_clock() - script->found_at < FAILURE_AGE;
}

/* Fetches the script of `url`, which it takes over; NULL: there is none.  Only shortage and cancel are failures. */
static HRESULT get_script(struct script *script, WCHAR *url, HANDLE cancel)
{
    HRESULT hr = S_OK;

    clear_script(script);
    script->url = url;
    if (url && FAILED(hr = discover_fetch(url, cancel, &script->text)))
    {
        if (hr == E_ABORT || hr == E_OUTOFMEMORY) return hr;
        log_write(LOG_WARNING, "The proxy script %s could not be had: %#lx.", log_url(url), hr);
    }
    script->known = script->fresh = TRUE;
    script->found_at = queue_clock();
    return S_OK;
}

/* WPAD, for every file [JOB.SetProxySettings.19]. */
static HRESULT detect(struct proxy_route *route, HANDLE cancel)
{
    WCHAR *url;
    HRESULT hr;

    if (is_current(&route->detected, TRUE)) return S_OK;
    hr = discover_detect(cancel, &url);
    if (hr == E_ABORT || hr == E_OUTOFMEMORY) return hr;
    return get_script(&route->detected, url, cancel);
}

static HRESULT configure(struct proxy_route *route, HANDLE cancel)
{
    const WCHAR *script_url = route->settings.user.script_url;
    WCHAR *url;

    if (is_current(&route->configured, FALSE) && same_string(route->configured.url, script_url)) return S_OK;
    if (!(url = str_dup(script_url))) return E_OUTOFMEMORY;
    return get_script(&route->configured, url, cancel);
}

/* S_FALSE: nothing came of it, on to the next step [BEH.PROXY.14]. */
static HRESULT ask_script(const struct script *script, const struct url *url, HANDLE cancel, struct proxy_hops *hops)
{
    char *text, *host;
    WCHAR *answer = NULL;
    HRESULT hr;

    if (!script->text) return S_FALSE;
    if (SUCCEEDED(hr = discover_target(url, &text, &host))) hr = pac_run(script->text, text, host, cancel, &answer);
    free(text);
    free(host);
    if (hr == S_FALSE) log_write(LOG_WARNING, "The proxy script %s is broken.", log_url(script->url));
    if (hr != S_OK) return hr;
    if ((hr = proxy_answer_parse(answer, hops)) == S_FALSE)
    {
        log_write(LOG_WARNING, "The proxy script %s answers with nothing that can be used: %s.", log_url(script->url),
                  debugstr_w(answer));
        hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT);
    }
    free(answer);
    return hr;
}

static HRESULT find_way(struct proxy_route *route, const struct url *url, HANDLE cancel, struct proxy_hops *hops)
{
    enum proxy_step steps[PROXY_STEPS_MAX];
    HRESULT hr = S_FALSE;
    UINT32 count, i;

    if (route->usage == PROXY_USAGE_PRECONFIG && !route->user_read)
    {
        if (FAILED(hr = discover_settings_read(&route->settings))) return hr;
        route->user_read = TRUE;
        route->user_read_at = queue_clock();
        hr = S_FALSE;
    }
    count = proxy_plan(route->usage, &route->settings.user, steps);
    for (i = 0; i < count && hr == S_FALSE; i++)
    {
        switch (steps[i])
        {
            case PROXY_STEP_DIRECT:
                hr = choose(NULL, NULL, PROXY_GRAMMAR_USER, url, hops);
                break;

            case PROXY_STEP_JOB_LISTS:
                hr = choose(route->list, route->bypass, PROXY_GRAMMAR_JOB, url, hops);
                break;

            case PROXY_STEP_USER_LISTS:
                hr = choose(route->settings.user.list, route->settings.user.bypass, PROXY_GRAMMAR_USER, url, hops);
                break;

            case PROXY_STEP_DETECT:
                if (SUCCEEDED(hr = detect(route, cancel))) hr = ask_script(&route->detected, url, cancel, hops);
                break;

            case PROXY_STEP_SCRIPT:
                if (SUCCEEDED(hr = configure(route, cancel))) hr = ask_script(&route->configured, url, cancel, hops);
                break;
        }
    }
    return hr;
}

static HRESULT add_way(struct proxy_route *route, const WCHAR *name, HANDLE cancel)
{
    struct way *way;
    struct url url;
    HRESULT hr;
    UINT32 i;

    if (route->way_count == WAYS_MAX)
    {
        clear_way(&route->ways[0]);
        memmove(route->ways, route->ways + 1, (WAYS_MAX - 1) * sizeof(*route->ways));
        memset(&route->ways[--route->way_count], 0, sizeof(*route->ways));
    }
    way = &route->ways[route->way_count];
    if (FAILED(hr = url_split(name, &url))) return hr;
    if (SUCCEEDED(hr = find_way(route, &url, cancel, &way->chosen)))
    {
        if (!(way->url = str_dup(name)) || !(way->hops = calloc(way->chosen.count, sizeof(*way->hops)))) hr = E_OUTOFMEMORY;
        else for (i = 0; i < way->chosen.count; i++)
        {
            way->hops[i].proxy_host = way->chosen.hops[i].host;
            way->hops[i].proxy_port = way->chosen.hops[i].port;
        }
    }
    url_free(&url);
    if (FAILED(hr)) clear_way(way);
    else route->last_way = route->way_count++;
    return hr;
}

static ULONG first_hop(const struct proxy_route *route, const struct way *way)
{
    UINT32 i;

    for (i = 0; i < way->chosen.count && route->has_worked; i++)
        if (same_string(way->chosen.hops[i].host, route->worked_host) && way->chosen.hops[i].port == route->worked_port) return i;
    return 0;
}

HRESULT proxy_route_for(struct proxy_route *route, const WCHAR *url, HANDLE cancel, const struct shim_hop **hops,
                        ULONG *count, ULONG *first, struct shim_error *error)
{
    const struct way *way;
    HRESULT hr;
    UINT32 i;

    if (SUCCEEDED(hr = read_job(route)))
    {
        for (i = 0; i < route->way_count; i++) if (!str_cmp(route->ways[i].url, url)) break;
        if (i < route->way_count) route->last_way = i;
        else hr = add_way(route, url, cancel);
    }
    if (FAILED(hr))
    {
        error->hr = hr;
        error->context = SHIM_CONTEXT_GENERAL_TRANSPORT; /* [JOB.SetProxySettings.A9] */
        error->detail = 0;
        return hr;
    }
    way = &route->ways[route->last_way];
    *hops = way->hops;
    *count = way->chosen.count;
    *first = first_hop(route, way);
    return S_OK;
}

void proxy_route_worked(struct proxy_route *route, const WCHAR *url, ULONG hop)
{
    const struct way *way = &route->ways[route->last_way];
    const struct shim_hop *used;

    if (!route->way_count || hop >= way->chosen.count || way->chosen.count == 1) return;
    used = &way->hops[hop];
    if (route->has_worked && same_string(used->proxy_host, route->worked_host) && used->proxy_port == route->worked_port) return;
    free(route->worked_host);
    route->worked_host = str_dup(used->proxy_host);
    route->worked_port = used->proxy_port;
    route->has_worked = !used->proxy_host == !route->worked_host;
}
