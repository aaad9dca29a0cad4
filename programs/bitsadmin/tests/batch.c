/*
 * Batch files that use bitsadmin as scripts do
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
 * Each script is written to a file and run by the system's command interpreter.  It may use %URL% and %URL404% of the test's server,
 * %JOB%, a name that nobody else has, and %OUT%, a path.  Expected are its exit code and the lines it wrote.
 *
 * The result of a pipe is asked for on the next line, by `if errorlevel`: Wine 8.0's interpreter does not see it in && and ||.
 */

#include <stdarg.h>
#include <stdio.h>

#define COBJMACROS
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bitsadmin_test.h"
#include "web_server.h"

static WCHAR out_path[MAX_PATH];

/* Runs the script; its output is in result. */
static DWORD run_script(const char *script)
{
    static const char head[] = "@echo off\r\n";
    WCHAR path[MAX_PATH], line[MAX_PATH + 40];
    HANDLE file;
    DWORD written;

    _snwprintf(path, ARRAY_SIZE(path), L"%lsscript.cmd", work_dir);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make %s, error %lu.\n", wine_dbgstr_w(path), GetLastError());
    WriteFile(file, head, sizeof(head) - 1, &written, NULL);
    for (; *script; script++)
    {
        if (*script == '\n') WriteFile(file, "\r", 1, &written, NULL);
        WriteFile(file, script, 1, &written, NULL);
    }
    CloseHandle(file);
    _snwprintf(line, ARRAY_SIZE(line), L"cmd.exe /d /c \"\"%ls\"\"", path);
    run_line(line);
    ok(DeleteFileW(path), "cannot delete %s, error %lu.\n", wine_dbgstr_w(path), GetLastError());
    return result.code;
}

#define WAIT_FOR_IT \
    "set n=0\n" \
    ":wait\n" \
    "set /a n+=1\n" \
    "if %n%==300 echo waited too long& exit /b 9\n"

static const struct
{
    const char *facts;
    const char *script;
    DWORD code;
    const char *output;
    int size;               /* of the file at %OUT% afterwards, -1 for none */
}
scripts[] =
{
    {
        "BA.4.2.6,BA.1.8.27",
        "bitsadmin /transfer \"%JOB%\" %URL% \"%OUT%\" >nul\n"
        "if errorlevel 1 echo failed %ERRORLEVEL%& exit /b 1\n"
        "if exist \"%OUT%\" echo here\n"
        "exit /b 0\n",
        0, "here\r\n", SMALL_SIZE
    },
    {
        "BA.4.1.2,BA.1.8.30",
        "bitsadmin.exe /transfer \"%JOB%\" /download /priority foreground %URL404% \"%OUT%\" >nul || goto fail\n"
        "echo no failure\n"
        "exit /b 1\n"
        ":fail\n"
        "echo %ERRORLEVEL%\n"
        "exit /b 0\n",
        0, "-2145844844\r\n", -1
    },
    {
        "BA.1.4.4,BA.0.3.1",
        "%SystemRoot%\\System32\\bitsadmin.exe /rawreturn /transfer \"%JOB%\" %URL% \"%OUT%\" && echo next\n",
        0, "next\r\n", SMALL_SIZE
    },
    {   /* the classic: a raw identifier, then step by step */
        "BA.CMD.CREATE,BA.CMD.ADDFILE,BA.CMD.RESUME,BA.CMD.COMPLETE,BA.12.3",
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "for /f %%G in ('bitsadmin /rawreturn /create \"%JOB%\"') do set \"id=%%G\"\n"
        "bitsadmin /addfile %id% \"%URL%\" \"%OUT%\" | find \"Added\" >nul\n"
        "if errorlevel 1 echo not added\n"
        "bitsadmin /SetPriority %id% \"FOREGROUND\" > NUL\n"
        "bitsadmin /setMinRetryDelay %id% 1 > nul\n"
        "bitsadmin /setnoprogresstimeout \"%id%\" 30 > nul\n"
        "bitsadmin /resume %id% > nul\n"
        WAIT_FOR_IT
        "for /f \"delims=\" %%s in ('bitsadmin /RawReturn /GetState %id%') do set st=%%s\n"
        "if not \"%st%\"==\"TRANSFERRED\" goto wait\n"
        "for /f %%b in ('bitsadmin /rawreturn /getbytestransferred \"%id%\"') do set done=%%b\n"
        "bitsadmin /complete %id% >nul\n"
        "echo %st% %done% %ERRORLEVEL%\n"
        "bitsadmin /list | find \"%id%\" >nul 2>&1\n"
        "if not errorlevel 1 echo still there\n"
        "exit /b 0\n",
        0, "TRANSFERRED 8192 0\r\n", SMALL_SIZE
    },
    {   /* the lines are an interface: the value is the sixth, the identifier its third word */
        "BA.1.2.2,BA.12.2,BA.CMD.GETSTATE",
        "for /f \"skip=4 tokens=3\" %%G in ('bitsadmin /create /download \"%JOB%\"') do set id=%%G\n"
        "set id=%id:~0,38%\n"
        "for /f \"skip=4\" %%s in ('bitsadmin /getstate %id%') do echo [%%s]\n"
        "for /f \"skip=4\" %%s in ('bitsadmin /getpriority %id%') do echo [%%s]\n"
        "bitsadmin /cancel %id% >nul\n"
        "exit /b %ERRORLEVEL%\n",
        0, "[SUSPENDED]\r\n[NORMAL]\r\n", -1
    },
    {
        "BA.CMD.RESUME,BA.1.8.9,BA.12.8",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "bitsadmin /resume \"%JOB%\" | findstr /c:\"0x80200003\" >nul\n"
        "if not errorlevel 1 echo empty\n"
        "bitsadmin /resume \"%JOB%\" >nul\n"
        "echo %ERRORLEVEL%\n"
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "exit /b %ERRORLEVEL%\n",
        1, "empty\r\n-2145386493\r\n", -1
    },
    {   /* polling by /info, whole lines through a pipe, cut by position */
        "BA.INFO.1,BA.1.5.2,BA.12.15,BA.12.16",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "bitsadmin /addfile \"%JOB%\" \"%URL%?a-long-query=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" \"%OUT%\" >nul\n"
        "bitsadmin /resume \"%JOB%\" >nul\n"
        WAIT_FOR_IT
        "bitsadmin /info \"%JOB%\" /verbose | find \"STATE: ERROR\" >nul\n"
        "if not errorlevel 1 goto over\n"
        "bitsadmin /info \"%JOB%\" /verbose | find \"STATE: TRANSFERRED\" >nul\n"
        "if not errorlevel 1 goto over\n"
        "goto wait\n"
        ":over\n"
        "for /F \"tokens=*\" %%i in ('bitsadmin /rawreturn /Info \"%JOB%\"') do set line=%%i\n"
        "echo %line:~38,2%\n"
        "bitsadmin /info \"%JOB%\" | findstr ERROR >nul\n"
        "if not errorlevel 1 echo error\n"
        "bitsadmin /geterror \"%JOB%\" | findstr /C:\"0x80190194\" >nul\n"
        "if not errorlevel 1 echo not found\n"
        "bitsadmin /rawreturn /geterrorcount \"%JOB%\"\n"
        "echo.\n"
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "exit /b %ERRORLEVEL%\n",
        0, " '\r\nerror\r\nnot found\r\n1\r\n", -1
    },
    {   /* a home-made display of progress */
        "BA.1.4.3,BA.12.18,BA.CMD.GETBYTESTOTAL,BA.CMD.GETBYTESTRANSFERRED",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "bitsadmin /addfile \"%JOB%\" %URL% \"%OUT%\" >nul\n"
        "bitsadmin /resume \"%JOB%\" >nul\n"
        WAIT_FOR_IT
        "bitsadmin /info \"%JOB%\" | findstr TRANSFERRED >nul\n"
        "if errorlevel 1 goto wait\n"
        "call bitsadmin /RawReturn /GetBytesTransferred \"%JOB%\"\n"
        "call bitsadmin /RawReturn /GetBytesTotal \"%JOB%\"\n"
        "echo  bytes\n"
        "bitsadmin /complete \"%JOB%\" >nul\n"
        "exit /b %ERRORLEVEL%\n",
        0, "81928192 bytes\r\n", SMALL_SIZE
    },
    {
        "BA.LIST.2,BA.CMD.CANCEL",
        "bitsadmin /create \"%JOB%\" > nul\n"
        "bitsadmin /list | find \"%JOB%\" >nul\n"
        "if not errorlevel 1 bitsadmin /cancel \"%JOB%\" >nul 2>&1\n"
        "bitsadmin /list | find \"%JOB%\" >nul\n"
        "if errorlevel 1 echo gone\n"
        "exit /b 0\n",
        0, "gone\r\n", -1
    },
    {
        "BA.CMD.SETNOTIFYCMDLINE,BA.7.1.9,BA.7.1.1",
        "for /f %%G in ('bitsadmin /rawreturn /create \"%JOB%\"') do set id=%%G\n"
        "set BA=C:\\x y\\bitsadmin.exe\n"
        "bitsadmin /SetNotifyCmdLine %id% \"%BA%\" \"%BA% /complete %id%\" >nul\n"
        "echo %ERRORLEVEL%\n"
        "bitsadmin /rawreturn /getnotifycmdline %id% | find \"'C:\\x y\\bitsadmin.exe /complete {\" >nul\n"
        "if not errorlevel 1 echo set\n"
        "bitsadmin /setnotifycmdline %id% C:\\tools\\after.exe NULL >nul\n"
        "echo %ERRORLEVEL%\n"
        "bitsadmin /cancel %id% >nul\n"
        "exit /b %ERRORLEVEL%\n",
        0, "0\r\nset\r\n0\r\n", -1
    },
    {   /* from a second console while it runs */
        "BA.4.2.10,BA.CMD.SETPRIORITY,BA.CMD.SUSPEND",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "bitsadmin /addfile \"%JOB%\" %URL% \"%OUT%\" >nul\n"
        "bitsadmin /setpriority \"%JOB%\" high >nul\n"
        "echo %ERRORLEVEL%\n"
        "bitsadmin /setpriority \"%JOB%\" highest >nul\n"
        "echo %ERRORLEVEL%\n"
        "bitsadmin /suspend \"%JOB%\" >nul\n"
        "bitsadmin /rawreturn /getpriority \"%JOB%\"\n"
        "echo.\n"
        "bitsadmin /complete \"%JOB%\" >nul\n"
        "exit /b 0\n",
        0, "0\r\n1\r\nHIGH\r\n", -1
    },
    {
        "BA.CMD.SETPROXYSETTINGS,BA.CMD.GETPROXYUSAGE,BA.CMD.GETPROXYLIST,BA.CMD.GETPROXYBYPASSLIST",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "for %%u in (AUTODETECT NO_PROXY PRECONFIG) do call :usage %%u\n"
        "bitsadmin /setproxysettings \"%JOB%\" OVERRIDE http=proxy:3128 \"<local>\" >nul\n"
        "for /f \"skip=4\" %%p in ('bitsadmin /getproxyusage \"%JOB%\"') do echo %%p\n"
        "for /f \"skip=4\" %%p in ('bitsadmin /getproxylist \"%JOB%\"') do echo %%p\n"
        "bitsadmin /rawreturn /getproxybypasslist \"%JOB%\"\n"
        "echo.\n"
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "exit /b %ERRORLEVEL%\n"
        ":usage\n"
        "bitsadmin /setproxysettings \"%JOB%\" %1 >nul\n"
        "bitsadmin /rawreturn /getproxyusage \"%JOB%\"\n"
        "bitsadmin /rawreturn /getproxylist \"%JOB%\"\n"
        "echo.\n"
        "goto :eof\n",
        0, "AUTODETECTNULL\r\nNO_PROXYNULL\r\nPRECONFIGNULL\r\nOVERRIDE\r\nhttp=proxy:3128\r\n<local>\r\n", -1
    },
    {
        "BA.CMD.SETSECURITYFLAGS,BA.CMD.SETCUSTOMHEADERS,BA.CMD.GETCUSTOMHEADERS",
        "bitsadmin /create \"%JOB%\" >nul\n"
        "bitsadmin /setsecurityflags \"%JOB%\" 2305 >nul\n"
        "bitsadmin /rawreturn /getsecurityflags \"%JOB%\"\n"
        "echo.\n"
        "bitsadmin /setcustomheaders \"%JOB%\" User-Agent:wget >nul\n"
        "bitsadmin /rawreturn /getcustomheaders \"%JOB%\"\n"
        "echo.\n"
        "bitsadmin /cancel \"%JOB%\" >nul\n"
        "exit /b %ERRORLEVEL%\n",
        0, "0x00000901\r\nUser-Agent:wget\r\n", -1
    },
    {   /* two pairs, and a misspelt command that a script survives */
        "BA.1.1.5,BA.4.1.3,BA.PEER.1",
        "bitsadmin /setnoprogresstimout x 30 | find \"Invalid command\" >nul\n"
        "if not errorlevel 1 echo invalid\n"
        "bitsadmin /cache /clear >nul 2>&1\n"
        "bitsadmin /transfer \"%JOB%\" %URL% \"%OUT%\" %URL% \"%OUT%2\" >nul\n"
        "if exist \"%OUT%2\" echo two\n"
        "del \"%OUT%2\"\n"
        "exit /b %ERRORLEVEL%\n",
        0, "invalid\r\ntwo\r\n", SMALL_SIZE
    },
};

START_TEST(batch)
{
    unsigned int i, count;
    char buffer[64];
    DWORD code;

    make_work_dir();
    start_server();
    sprintf(buffer, "http://127.0.0.1:%u/small", server_port);
    SetEnvironmentVariableA("URL", buffer);
    sprintf(buffer, "http://127.0.0.1:%u/nothing", server_port);
    SetEnvironmentVariableA("URL404", buffer);
    SetEnvironmentVariableW(L"JOB", job_name(L"a batch's job"));
    _snwprintf(out_path, ARRAY_SIZE(out_path), L"%lsthe file", work_dir);
    SetEnvironmentVariableW(L"OUT", out_path);
    count = count_jobs();
    for (i = 0; i < ARRAY_SIZE(scripts); i++)
    {
        winetest_push_context("script %u", i);
        code = run_script(scripts[i].script);
        ok(code == scripts[i].code, "[%s] got %ld, %s\n", scripts[i].facts, code, wine_dbgstr_a(result.text));
        ok(!strcmp(result.text, scripts[i].output), "[%s] got %s, expected %s\n", scripts[i].facts, wine_dbgstr_a(result.text),
           wine_dbgstr_a(scripts[i].output));
        if (scripts[i].size >= 0) check_file(out_path, scripts[i].size);
        else ok(!file_exists(out_path), "[%s] there is a file\n", scripts[i].facts);
        ok(count_jobs() == count, "[%s] a job was left\n", scripts[i].facts);
        winetest_pop_context();
    }
    stop_server();
    remove_work_dir();
}
