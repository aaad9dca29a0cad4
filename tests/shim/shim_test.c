/*
 * Contract test of the shim against real peers
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
 * Run by tests/shim/check, which starts the peers (peer.py, nginx ...) and hands their ports over in SHIM_<NAME>.  The program adds the
 * test CA to the user's Root store and takes it out again.
 */

#define STANDALONE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"

/* shim_test.exe shim_test NAME... runs only these */
START_TEST(shim_test)
{
    static const struct
    {
        const char *name;
        void (*func)(void);
    }
    tests[] =
    {
        { "bodies", test_bodies_plain },
        { "bodies-tls", test_bodies_tls },
        { "close", test_close_delimited },
        { "requests", test_requests_plain },
        { "requests-tls", test_requests_tls },
        { "pool", test_pool_plain },
        { "pool-tls", test_pool_tls },
        { "ahead", test_ahead_plain },
        { "ahead-tls", test_ahead_tls },
        { "deep", test_deep_plain },
        { "deep-tls", test_deep_tls },
        { "uploads", test_uploads_plain },
        { "uploads-tls", test_uploads_tls },
        { "blocked", test_uploads_blocked },
        { "ways", test_uploads_ways },
        { "failures", test_failures },
        { "auth", test_auth },
        { "auth-conn", test_auth_conn },
        { "proxy", test_proxy },
        { "tls", test_tls },
        { "names", test_names },
        { "dot", test_dot },
        { "idn", test_idn },
        { "implicit", test_implicit },
        { "cert-names", test_cert_names },
        { "tls-again", test_tls_again },
        { "client-cert", test_client_cert },
        { "client-key", test_client_key },
        { "tls-threads", test_tls_threads },
        { "cancel", test_cancel },
        { "offload", test_offload },
        { "small", test_small },
        { "rate", test_rate },
        { "rate-up", test_rate_up_plain },
        { "rate-up-tls", test_rate_up_tls },
    };
    char **argv;
    int argc, j;
    UINT32 i;
    HRESULT hr;

    if (!port("PLAIN"))
    {
        skip("run by tests/shim/check\n");
        return;
    }
    argc = winetest_get_mainargs(&argv);
    hr = shim_init();
    ok(hr == S_OK, "got %#lx\n", hr);
    add_ca();
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        for (j = 2; j < argc && strcmp(argv[j], tests[i].name); j++) ;
        if (argc <= 2 || j < argc) tests[i].func();
    }
    remove_ca();
    shim_shutdown();
}
