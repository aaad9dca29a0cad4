/*
 * The service: ServiceMain, the control handler, the rooms in order
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

#define COBJMACROS
#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"

#include "awake.h"
#include "clients.h"
#include "engine.h"
#include "factory.h"
#include "guard.h"
#include "log.h"
#include "network.h"
#include "notify.h"
#include "pac.h"
#include "policy.h"
#include "queue.h"
#include "register.h"
#include "security.h"
#include "stubs.h"
#include "transfer.h"
#include "shim/shim.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static SERVICE_STATUS_HANDLE status_handle;
static HANDLE stop_event;

static void report_status(DWORD state, DWORD exit_code)
{
    SERVICE_STATUS status;

    memset(&status, 0, sizeof(status));
    status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    status.dwCurrentState = state;
    if (state == SERVICE_RUNNING) status.dwControlsAccepted = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN;
    if (state == SERVICE_STOP_PENDING) status.dwWaitHint = 20000;
    status.dwWin32ExitCode = exit_code;
    SetServiceStatus(status_handle, &status);
}

static DWORD WINAPI control_handler(DWORD control, DWORD type, void *data, void *context)
{
    TRACE("control %lu.\n", control);

    switch (control)
    {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        report_status(SERVICE_STOP_PENDING, NO_ERROR);
        SetEvent(stop_event);
        return NO_ERROR;
    case SERVICE_CONTROL_INTERROGATE:
        return NO_ERROR;
    default:
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
}

static void awake_rules(struct awake_rules *rules, const struct policy *policy)
{
    rules->enabled = policy->keep_awake;
    rules->stall = policy->awake_stall;
    rules->alone = policy->awake_alone;
}

/* The facts of policy.h go to the rooms that may not look there. Thread pool. */
static void policy_changed(void *ctx)
{
    struct awake_rules rules;
    struct policy policy;

    policy_get(&policy);
    awake_rules(&rules, &policy);
    log_set_level(policy.log_level);
    awake_rules_changed(&rules);
    autostart_rules_changed(policy.auto_start, policy.autostart_idle);
    network_force(policy.test_network_down, policy.test_cost, policy.test_on_battery);
    engine_wake();
    notify_policy_changed();
}

static void clients_changed(void *ctx, UINT32 count)
{
    awake_clients_changed(count);
}

/* Rooms below the queue; what fails here is missed, and no reason not to serve. */
static void init_surroundings(const WCHAR *folder)
{
    struct awake_rules rules;
    struct policy policy;
    HRESULT hr;

    log_init(folder);
    if (FAILED(hr = policy_init(policy_changed, NULL))) log_write(LOG_WARNING, "policy changes are not seen, error %#lx", hr);
    policy_get(&policy);
    log_set_level(policy.log_level);
    log_write(LOG_INFO, "the service starts");
    guard_clean_up();
    if (policy.guarded) guard_start();
    register_repair();
    if (FAILED(hr = network_init(engine_network_changed, NULL))) log_write(LOG_WARNING, "network changes are not seen, error %#lx", hr);
    network_force(policy.test_network_down, policy.test_cost, policy.test_on_battery);
    awake_rules(&rules, &policy);
    if (FAILED(hr = awake_init(&rules))) log_write(LOG_WARNING, "the prefix cannot be kept alive, error %#lx", hr);
    if (FAILED(hr = autostart_init(policy.auto_start, policy.autostart_idle)))
        log_write(LOG_WARNING, "the service will not start by itself, error %#lx", hr);
}

static void shutdown_surroundings(void)
{
    autostart_shutdown();
    awake_shutdown();
    network_shutdown();
    guard_stop();
    policy_shutdown();
    log_write(LOG_INFO, "the service has stopped");
    log_shutdown();
}

/* Everything, in order, until the SCM wants it stopped; then everything in reverse. */
static HRESULT run(void)
{
    WCHAR *folder;
    HRESULT hr;

    if (FAILED(hr = register_downloader_folder(&folder))) return hr;
    init_surroundings(folder);
    if (FAILED(hr = security_init())) goto done;
    if (FAILED(hr = clients_init(clients_changed, NULL))) goto security;
    if (FAILED(hr = shim_init())) goto security;
    if (FAILED(hr = pac_init())) goto shim;
    if (FAILED(hr = transfer_init())) goto pac;
    if (FAILED(hr = queue_init(folder))) goto transfer;
    if (FAILED(hr = notify_init())) goto queue;
    if (FAILED(hr = engine_init())) goto notify;
    stubs_hold();
    if (FAILED(hr = factory_register())) goto engine;

    WaitForSingleObject(stop_event, INFINITE);

    factory_revoke();
engine:
    engine_shutdown();
notify:
    notify_shutdown();
queue:
    clients_shutdown();         /* there are none if it was not for the class */
    queue_shutdown();
transfer:
    transfer_shutdown();
pac:
    pac_shutdown();
shim:
    shim_shutdown();
security:
    security_shutdown();
done:
    if (FAILED(hr)) log_write(LOG_ERROR, "the service cannot run, error %#lx", hr);
    shutdown_surroundings();
    free(folder);
    return hr;
}

void WINAPI ServiceMain(DWORD argc, WCHAR **argv)
{
    HRESULT hr;

    TRACE("%lu, %p.\n", argc, argv);

    if (!(stop_event = CreateEventW(NULL, TRUE, FALSE, NULL))) return;
    if (!(status_handle = RegisterServiceCtrlHandlerExW(L"BITS", control_handler, NULL)))
    {
        CloseHandle(stop_event);
        return;
    }
    /* Early: whoever waits for the class polls rpcss, and the SCM gives up after ten seconds (WINE.SVC.3, WINE.COM.1). */
    report_status(SERVICE_RUNNING, NO_ERROR);
    guard_watch_faults();

    if (SUCCEEDED(hr = CoInitializeEx(NULL, COINIT_MULTITHREADED)))
    {
        hr = run();
        CoUninitialize();
    }

    guard_unwatch_faults();
    CloseHandle(stop_event);
    stop_event = NULL;
    /* The process may be gone at once (WINE.SVC.5). */
    report_status(SERVICE_STOPPED, FAILED(hr) ? ERROR_EXCEPTION_IN_SERVICE : NO_ERROR);
}
