/*
 * IBackgroundCopyJob2 across the process boundary
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


#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

static void test_fresh_job(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"fresh", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_TYPE type;
    HRESULT hr;

    if (!job) return;
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[OBS.1] got state %d\n", bits_state(job));
    hr = IBackgroundCopyJob_GetType(job, &type);
    ok(hr == S_OK && type == BG_JOB_TYPE_DOWNLOAD, "[OBS.1] got %#lx, type %d\n", hr, type);
    hr = IBackgroundCopyJob_Resume(job);
    ok(hr == BG_E_EMPTY, "[OBS.2] got %#lx\n", hr);
    bits_cancel(job);
}

/* The states that the other tests rely on. */
static void test_states(void)
{
    static const BG_JOB_STATE states[] =
    {
        BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSFERRED,
        BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        IBackgroundCopyJob *job = bits_job_in_state(states[i]);

        if (!job) continue;
        ok(bits_state(job) == states[i], "got state %d, expected %d\n", bits_state(job), states[i]);
        bits_cancel(job);
    }
}

START_TEST(job2)
{
    if (!bits_begin()) return;
    test_fresh_job();
    if (bits_server_start(BITS_STATES_SCRIPT)) test_states();
    bits_end();
}
