/*
 * DllRegisterServer and DllUnregisterServer from WINE_REGISTRY resources
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

/* What a module wants in the registry is a script in a WINE_REGISTRY resource, in the language of the ATL registrar. Wine's
 * winecrt0 offers these entry points for modules linked with it; this is for the others. The registrar is taken from
 * atl.dll itself, so that it works before that DLL is registered. regsvr32 calls, on its own thread. */

#define COBJMACROS
#include <stdarg.h>
#include <stdlib.h>

#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <objbase.h>

/* The ATL registrar as atliface.idl documents it. */
typedef struct registrar registrar;

struct registrar_vtbl
{
    /* IUnknown */
    HRESULT (WINAPI *QueryInterface)( registrar *iface, REFIID riid, void **obj );
    ULONG (WINAPI *AddRef)( registrar *iface );
    ULONG (WINAPI *Release)( registrar *iface );
    /* IRegistrarBase */
    HRESULT (WINAPI *AddReplacement)( registrar *iface, LPCOLESTR key, LPCOLESTR item );
    HRESULT (WINAPI *ClearReplacements)( registrar *iface );
    /* IRegistrar */
    HRESULT (WINAPI *ResourceRegisterSz)( registrar *iface, LPCOLESTR file, LPCOLESTR id, LPCOLESTR type );
    HRESULT (WINAPI *ResourceUnregisterSz)( registrar *iface, LPCOLESTR file, LPCOLESTR id, LPCOLESTR type );
    HRESULT (WINAPI *FileRegister)( registrar *iface, LPCOLESTR file );
    HRESULT (WINAPI *FileUnregister)( registrar *iface, LPCOLESTR file );
    HRESULT (WINAPI *StringRegister)( registrar *iface, LPCOLESTR data );
    HRESULT (WINAPI *StringUnregister)( registrar *iface, LPCOLESTR data );
    HRESULT (WINAPI *ResourceRegister)( registrar *iface, LPCOLESTR file, UINT id, LPCOLESTR type );
    HRESULT (WINAPI *ResourceUnregister)( registrar *iface, LPCOLESTR file, UINT id, LPCOLESTR type );
};

struct registrar
{
    const struct registrar_vtbl *lpVtbl;
};

static const GUID clsid_registrar =
    { 0x44ec053a, 0x400f, 0x11d0, { 0x9d, 0xcd, 0x00, 0xa0, 0xc9, 0x03, 0x91, 0xd3 } };
static const GUID iid_registrar =
    { 0x44ec053b, 0x400f, 0x11d0, { 0x9d, 0xcd, 0x00, 0xa0, 0xc9, 0x03, 0x91, 0xd3 } };
static const GUID iid_class_factory =
    { 0x00000001, 0x0000, 0x0000, { 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 } };

extern IMAGE_DOS_HEADER __ImageBase;

struct pass
{
    registrar *registrar;
    BOOL install;
    HRESULT hr;
};

/* The script of one resource as a string; UTF-8 in the file. The caller frees it. */
static HRESULT load_script( HMODULE module, const WCHAR *type, WCHAR *name, WCHAR **script )
{
    HGLOBAL handle;
    HRSRC resource;
    DWORD size;
    void *data;
    int len;

    *script = NULL;
    if (!(resource = FindResourceW( module, name, type )) || !(handle = LoadResource( module, resource ))
        || !(data = LockResource( handle )))
        return HRESULT_FROM_WIN32( GetLastError() );

    size = SizeofResource( module, resource );
    len = MultiByteToWideChar( CP_UTF8, 0, data, size, NULL, 0 );
    if (!(*script = malloc( (len + 1) * sizeof(**script) ))) return E_OUTOFMEMORY;
    MultiByteToWideChar( CP_UTF8, 0, data, size, *script, len );
    (*script)[len] = 0;
    return S_OK;
}

static BOOL CALLBACK apply_script( HMODULE module, const WCHAR *type, WCHAR *name, LONG_PTR param )
{
    struct pass *pass = (struct pass *)param;
    WCHAR *script;

    pass->hr = load_script( module, type, name, &script );
    if (SUCCEEDED(pass->hr))
        pass->hr = pass->install ? pass->registrar->lpVtbl->StringRegister( pass->registrar, script )
                                 : pass->registrar->lpVtbl->StringUnregister( pass->registrar, script );
    free( script );
    return SUCCEEDED(pass->hr);
}

/* Our own path, however long. The caller frees it. */
static HRESULT own_path( HMODULE module, WCHAR **path )
{
    DWORD size = MAX_PATH, len;
    WCHAR *buffer;

    for (;;)
    {
        if (!(buffer = malloc( size * sizeof(*buffer) ))) return E_OUTOFMEMORY;
        len = GetModuleFileNameW( module, buffer, size );
        if (len && len < size) break;
        free( buffer );
        if (!len) return HRESULT_FROM_WIN32( GetLastError() );
        size *= 2;
    }
    *path = buffer;
    return S_OK;
}

static HRESULT create_registrar( HMODULE atl, registrar **out )
{
    HRESULT (WINAPI *get_class)( REFCLSID clsid, REFIID riid, void **obj );
    IClassFactory *factory;
    HRESULT hr;

    if (!(get_class = (void *)GetProcAddress( atl, "DllGetClassObject" ))) return HRESULT_FROM_WIN32( GetLastError() );
    if (FAILED(hr = get_class( &clsid_registrar, &iid_class_factory, (void **)&factory ))) return hr;
    hr = IClassFactory_CreateInstance( factory, NULL, &iid_registrar, (void **)out );
    IClassFactory_Release( factory );
    return hr;
}

static HRESULT apply_resources( BOOL install )
{
    HMODULE module = (HMODULE)&__ImageBase, atl;
    struct pass pass = { NULL, install, S_OK };
    WCHAR *path = NULL;
    HRESULT hr;

    if (!(atl = LoadLibraryW( L"atl.dll" ))) return HRESULT_FROM_WIN32( GetLastError() );
    if (FAILED(hr = create_registrar( atl, &pass.registrar ))) goto done;
    if (FAILED(hr = own_path( module, &path ))) goto done;
    if (FAILED(hr = pass.registrar->lpVtbl->AddReplacement( pass.registrar, L"MODULE", path ))) goto done;
    if (!EnumResourceNamesW( module, L"WINE_REGISTRY", apply_script, (LONG_PTR)&pass ) && SUCCEEDED(pass.hr))
        pass.hr = HRESULT_FROM_WIN32( GetLastError() );
    hr = pass.hr;

done:
    if (pass.registrar) pass.registrar->lpVtbl->Release( pass.registrar );
    free( path );
    FreeLibrary( atl );
    return hr;
}

HRESULT WINAPI DllRegisterServer(void)
{
    return apply_resources( TRUE );
}

HRESULT WINAPI DllUnregisterServer(void)
{
    return apply_resources( FALSE );
}
