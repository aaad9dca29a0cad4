/*
 * Debug channels without Wine's import libraries
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

/* wine/debug.h calls four functions. Wine's ntdll exports them, Windows' does not, and an import would keep the module
 * from loading there. So they are looked up when first needed; without them every channel is off. Any thread may call. */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <windef.h>
#include <winbase.h>

#include "wine/debug.h"

/* strings that debugstr_*() returned and that stay valid: "for some time, but not indefinitely" */
#define KEPT_STRINGS 256

static unsigned char (__cdecl *p_get_channel_flags)( struct __wine_debug_channel *channel );
static const char * (__cdecl *p_strdup)( const char *str );
static int (__cdecl *p_output)( const char *str );
static int (__cdecl *p_header)( enum __wine_debug_class cls, struct __wine_debug_channel *channel, const char *function );

static char *volatile kept[KEPT_STRINGS];
static LONG kept_next;

/* Idempotent, so that it needs no lock: two threads store the same addresses. */
static void load_exports(void)
{
    static volatile LONG loaded;
    HMODULE ntdll;

    if (loaded) return;
    if ((ntdll = GetModuleHandleW( L"ntdll.dll" )))
    {
        p_get_channel_flags = (void *)GetProcAddress( ntdll, "__wine_dbg_get_channel_flags" );
        p_strdup = (void *)GetProcAddress( ntdll, "__wine_dbg_strdup" );
        p_output = (void *)GetProcAddress( ntdll, "__wine_dbg_output" );
        p_header = (void *)GetProcAddress( ntdll, "__wine_dbg_header" );
    }
    InterlockedExchange( (LONG *)&loaded, 1 );
}

unsigned char __cdecl __wine_dbg_get_channel_flags( struct __wine_debug_channel *channel )
{
    load_exports();
    if (p_get_channel_flags) return p_get_channel_flags( channel );
    channel->flags = 0; /* the macros ask no more */
    return 0;
}

const char * __cdecl __wine_dbg_strdup( const char *str )
{
    char *copy, *old;
    size_t size;

    load_exports();
    if (p_strdup) return p_strdup( str );

    size = strlen( str ) + 1;
    if (!(copy = malloc( size ))) return "(out of memory)";
    memcpy( copy, str, size );
    old = InterlockedExchangePointer( (void *volatile *)&kept[(ULONG)InterlockedIncrement( &kept_next ) % KEPT_STRINGS], copy );
    free( old );
    return copy;
}

int __cdecl __wine_dbg_output( const char *str )
{
    load_exports();
    return p_output ? p_output( str ) : 0;
}

int __cdecl __wine_dbg_header( enum __wine_debug_class cls, struct __wine_debug_channel *channel, const char *function )
{
    load_exports();
    return p_header ? p_header( cls, channel, function ) : -1;
}
