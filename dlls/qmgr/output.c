/*
 * Temporary files: reserve, write, publish, discard
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


#include "output.h"
#include "core/publish.h"
#include "core/str.h"

#define NAME_DIGITS 12  /* random 48 bits: a job of 10,000 files gets no name twice, and the name stays short */
#define NAME_TRIES 16

struct output
{
    struct disk *disk;
    struct disk_file *file;     /* NULL: it is not made yet, and its octets are below */
    WCHAR *name;
    BOOL unflushed;             /* the name of a file that was made here, until its folder is flushed */
    BYTE *held;                 /* `size` of at most `room` octets */
    UINT32 size, room;
};

HRESULT output_temp_name(struct disk *disk, const WCHAR *local_name, UINT64 (*random)(void *ctx), void *ctx, WCHAR **name)
{
    static const char prefix[] = "BIT", suffix[] = ".tmp", digits[] = "0123456789ABCDEF";
    size_t folder = str_len(local_name), pos;
    struct disk_stat stat;
    UINT32 tries, i;
    UINT64 value;

    while (folder && local_name[folder - 1] != '\\' && local_name[folder - 1] != '/') folder--;
    if (!(*name = malloc((folder + sizeof(prefix) + NAME_DIGITS + sizeof(suffix)) * sizeof(**name)))) return E_OUTOFMEMORY;
    memcpy(*name, local_name, folder * sizeof(**name));

    for (tries = 0; tries < NAME_TRIES; tries++)
    {
        value = random(ctx);
        pos = folder;
        for (i = 0; prefix[i]; i++) (*name)[pos++] = prefix[i];
        for (i = 0; i < NAME_DIGITS; i++, value >>= 4) (*name)[pos++] = digits[value & 15];
        for (i = 0; suffix[i]; i++) (*name)[pos++] = suffix[i];
        (*name)[pos] = 0;
        /* Whatever else goes wrong here will be told when the file is opened. */
        if (FAILED(disk->stat(disk, *name, DISK_EXACT, &stat))) return S_OK;
    }
    free(*name);
    *name = NULL;
    return HRESULT_FROM_WIN32(ERROR_FILE_EXISTS);
}

static void free_output(struct output *output)
{
    free(output->name);
    free(output->held);
    free(output);
}

static HRESULT open_file(struct disk *disk, const WCHAR *temp_name, UINT32 flags, struct output *output)
{
    flags |= DISK_READ | DISK_WRITE | DISK_SHARE_ALL;
    return disk->open(disk, temp_name, flags, &output->file);
}

HRESULT output_open(struct disk *disk, const WCHAR *temp_name, UINT64 offset, BOOL hidden, struct output **ret)
{
    UINT32 attributes = hidden ? DISK_HIDDEN | DISK_EXACT : 0;      /* a name of our own */
    struct output *output;
    UINT64 size;
    HRESULT hr;

    *ret = NULL;
    if (!(output = calloc(1, sizeof(*output)))) return E_OUTOFMEMORY;
    output->disk = disk;
    output->unflushed = TRUE;
    if (!(output->name = str_dup(temp_name)))
    {
        free(output);
        return E_OUTOFMEMORY;
    }

    if (!offset) hr = open_file(disk, temp_name, attributes | DISK_CREATE | DISK_TRUNCATE, output);
    else
    {
        hr = open_file(disk, temp_name, 0, output);
        if (SUCCEEDED(hr))
        {
            hr = disk->get_size(output->file, &size);
            if (SUCCEEDED(hr) && size < offset)
            {
                hr = disk->set_size(output->file, 0);
                if (SUCCEEDED(hr)) hr = S_FALSE;
            }
            if (FAILED(hr)) disk->close(output->file);
        }
        else if (hr == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND))
        {
            hr = open_file(disk, temp_name, attributes | DISK_CREATE | DISK_TRUNCATE, output);
            if (SUCCEEDED(hr)) hr = S_FALSE;
        }
    }
    if (SUCCEEDED(hr)) *ret = output;
    else free_output(output);
    return hr;
}

HRESULT output_open_later(struct disk *disk, const WCHAR *temp_name, UINT32 room, struct output **ret)
{
    struct output *output;

    *ret = NULL;
    if (!(output = calloc(1, sizeof(*output)))) return E_OUTOFMEMORY;
    output->disk = disk;
    output->room = room;
    output->unflushed = TRUE;
    if (!(output->name = str_dup(temp_name)) || !(output->held = malloc(max(room, 1))))
    {
        output_close(output);
        return E_OUTOFMEMORY;
    }
    *ret = output;
    return S_OK;
}

HRESULT output_make(struct output *output)
{
    UINT32 flags = DISK_HIDDEN | DISK_EXACT | DISK_KEEP;
    HRESULT hr;

    if (output->file) return S_OK;
    hr = open_file(output->disk, output->name, flags | DISK_CREATE_NEW, output);
    if (hr == HRESULT_FROM_WIN32(ERROR_FILE_EXISTS)) hr = open_file(output->disk, output->name, flags | DISK_CREATE | DISK_TRUNCATE, output);
    if (FAILED(hr)) return hr;
    if (output->size && FAILED(hr = output->disk->write(output->file, 0, output->held, output->size)))
    {
        output->disk->close(output->file);
        output->file = NULL;
        return hr;
    }
    free(output->held);
    output->held = NULL;
    return S_OK;
}

BOOL output_is_made(const struct output *output)
{
    return output->file != NULL;
}

HRESULT output_reserve(struct output *output, UINT64 size)
{
    HRESULT hr = output_make(output);

    return FAILED(hr) ? hr : output->disk->reserve(output->file, size);
}

HRESULT output_write(struct output *output, UINT64 offset, const void *data, UINT32 size)
{
    HRESULT hr;

    if (!output->file && offset <= output->size && size <= output->room - offset)
    {
        memcpy(output->held + offset, data, size);
        output->size = max(output->size, (UINT32)offset + size);
        return S_OK;
    }
    if (FAILED(hr = output_make(output))) return hr;
    return output->disk->write(output->file, offset, data, size);
}

HRESULT output_flush_data(struct output *output)
{
    HRESULT hr = output_make(output);

    return FAILED(hr) ? hr : output->disk->flush(output->file);
}

HRESULT output_flush(struct output *output)
{
    UINT32 failed;
    HRESULT hr;

    if (FAILED(hr = output_flush_data(output))) return hr;
    return output_flush_names(&output, 1, &failed);
}

static BOOL has_separator(const WCHAR *path)
{
    return str_chr(path, '\\') || str_chr(path, '/');
}

static BOOL same_folder(const WCHAR *a, const WCHAR *b)
{
    for (; *a && *a == *b; a++, b++) {}
    return !has_separator(a) && !has_separator(b);
}

HRESULT output_flush_names(struct output **outputs, UINT32 count, UINT32 *failed)
{
    UINT32 i, j;
    HRESULT hr;

    for (i = 0; i < count; i++)
    {
        if (!outputs[i]->unflushed) continue;
        if (FAILED(hr = publish_flush_dir(outputs[i]->disk, outputs[i]->name)))
        {
            *failed = i;
            return hr;
        }
        for (j = count; j-- > i;)
        {
            if (same_folder(outputs[i]->name, outputs[j]->name)) outputs[j]->unflushed = FALSE;
        }
    }
    return S_OK;
}

HRESULT output_set_size(struct output *output, UINT64 size)
{
    UINT64 present;
    HRESULT hr;

    if (!output->file && output->size == size) return S_OK;
    if (FAILED(hr = output_make(output))) return hr;
    hr = output->disk->get_size(output->file, &present);
    if (FAILED(hr) || present == size) return hr;
    hr = output->disk->set_size(output->file, size);
    return SUCCEEDED(hr) ? S_FALSE : hr;
}

void output_close(struct output *output)
{
    if (output->file) output->disk->close(output->file);
    free_output(output);
}

void output_keep(struct output *output)
{
    if (output->file) output->disk->keep(output->file, output->name);
    free_output(output);
}
