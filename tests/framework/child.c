/*
 * Test of the framework: child processes that pass, fail, crash and hang
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

#include "framework_test.h"

#ifdef _WIN32

static void run_child(const char *verb)
{
    STARTUPINFOA startup;
    PROCESS_INFORMATION info;
    char command[MAX_PATH + 40];
    char **argv;
    BOOL ret;

    memset(&startup, 0, sizeof(startup));
    startup.cb = sizeof(startup);
    winetest_get_mainargs(&argv);
    sprintf(command, "\"%s\" child %s", argv[0], verb);
    ret = CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    AT(1)(ret, "could not start the child, error %u\n", (unsigned int)GetLastError());
    if (!ret) return;
    wait_child_process_(__FILE__, 2)(info.hProcess);
    TerminateProcess(info.hProcess, 0);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
}

START_TEST(child)
{
    char **argv;
    int argc = winetest_get_mainargs(&argv);
    int i;

    if (argc >= 3)
    {
        AT(10)(1, "not printed\n");
        if (!strcmp(argv[2], "fail"))
            for (i = 0; i < 3; i++) AT(11)(0, "failure %d\n", i);
        if (!strcmp(argv[2], "crash")) *(volatile int *)(ULONG_PTR)(argc - 3) = 0;
        if (!strcmp(argv[2], "exit")) ExitProcess(0);
        if (!strcmp(argv[2], "hang")) Sleep(INFINITE);
        return;
    }

    run_child("pass");
    run_child("fail");
    ignore_exceptions_(__FILE__, 3)(1);
    run_child("crash");
    ignore_exceptions_(__FILE__, 3)(0);
    if (winetest_interactive) run_child("hang");    /* takes 30 s */
}

#else

START_TEST(child)
{
    skip("child processes are a matter of Windows\n");
}

#endif
