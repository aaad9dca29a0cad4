/*
 * One worker: octets on their way to the disk, and the records that claim them
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

#include "windef.h"
#include "winbase.h"

#include "awake.h"
#include "disk.h"
#include "lander.h"
#include "local.h"
#include "log.h"
#include "security.h"
#include "transfer_private.h"
#include "core/str.h"

#include "wine/debug.h"

#define RESERVE_MIN   65536     /* octets of a file, up to which its first write tells as early whether there is room */
#define SERIAL_MSEC   1000      /* for how long the serial number of a folder's volume holds */

void transfer_fail_local(struct failure *failure, HRESULT hr)
{
    verdict_error(hr, CONTEXT_LOCAL_FILE, failure);
}

/* Of the folder of the file; asking costs as much as a small file, so for the next one in the same folder it holds a moment. */
static UINT32 volume_serial(struct transfer *transfer, const WCHAR *name)
{
    size_t len = str_len(name);
    UINT64 now = queue_clock();

    while (len && name[len - 1] != '\\' && name[len - 1] != '/') len--;
    if (transfer->folder && now - transfer->serial_at < SERIAL_MSEC && str_len(transfer->folder) == len
        && !memcmp(transfer->folder, name, len * sizeof(WCHAR))) return transfer->serial;
    free(transfer->folder);
    transfer->folder = str_ndup(name, len);
    transfer->serial = local_volume_serial(name);
    transfer->serial_at = now;
    return transfer->serial;
}

/* The volume that the file began on is still there [BEH.FILE.31, 32]. */
static HRESULT check_volume(struct transfer *transfer, const struct file_plan *plan, UINT32 *serial)
{
    *serial = volume_serial(transfer, plan->local_name);
    if (plan->volume_serial && *serial && *serial != plan->volume_serial) return BG_E_VOLUME_CHANGED;
    return S_OK;
}

static void on_written(void *ctx, UINT64 position)
{
    struct transfer *transfer = ctx;

    queue_transfer_moved(transfer->job, transfer->file, transfer->run_received + position - transfer->run_start, transfer->total);
    awake_progress();
}

/* Bytes on disk, then the record that claims them. */
static HRESULT on_flushed(void *ctx, UINT64 from, UINT64 to)
{
    struct transfer *transfer = ctx;

    if (transfer->forgetful) return S_OK;
    return queue_transfer_progress(transfer->job, transfer->file, from, to - from);
}

HRESULT transfer_open_writer(struct transfer *transfer)
{
    struct writer_callbacks callbacks = { on_written, on_flushed, transfer, TRANSFER_RATION_BYTES, TRANSFER_RATION_MSEC };

    return writer_create(&callbacks, &transfer->writer);
}

void transfer_close_output(struct transfer *transfer)
{
    if (!transfer->output) return;
    writer_end(transfer->writer);
    output_close(transfer->output);
    transfer->output = NULL;
}

/* What was received before it ended is worth a record, if it can be had. */
void transfer_save_output(struct transfer *transfer)
{
    if (!transfer->output) return;
    writer_flush(transfer->writer);
    transfer_close_output(transfer);
}

/* The next octets belong at `offset`; `received` octets are there. What came before is on disk and recorded. */
static HRESULT begin_run(struct transfer *transfer, UINT64 offset, UINT64 received)
{
    HRESULT hr;

    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    transfer->run_start = transfer->run_end = offset;
    transfer->run_received = received;
    writer_begin(transfer->writer, transfer->output, offset);
    return S_OK;
}

static HRESULT become_owner(void *ctx)
{
    struct transfer *transfer = ctx;

    return security_impersonate(transfer->owner);
}

static void stop_being_owner(void)
{
    security_revert();
}

/* What depends on all octets being recorded waits for its own file. */
static BOOL is_for_lander(const struct file_plan *plan)
{
    return !plan->forgetful && !plan->on_demand && plan->max_bytes == SIZE_UNKNOWN;
}

/* Opens the temporary file to go on at `offset`, as output_open does. */
static HRESULT open_output(struct transfer *transfer, const struct file_plan *plan, UINT64 offset, UINT64 total)
{
    HRESULT hr;

    /* who knows the name may look at the file at any time [BEH.FILE.14] */
    if (!offset && plan->later && total <= AHEAD_SMALL && is_for_lander(plan) && queue_transfer_keeps(transfer->job))
        hr = output_open_later(disk_get(), plan->temp_name, total, &transfer->output);
    else hr = output_open(disk_get(), plan->temp_name, offset, !plan->straight, &transfer->output);
    if (FAILED(hr)) return hr;
    transfer->file = plan->index;
    transfer->total = total;
    transfer->forgetful = plan->forgetful;
    transfer->run_start = transfer->run_end = transfer->run_received = 0;
    writer_begin(transfer->writer, transfer->output, 0);
    return hr;
}

/* Forgets what was received and starts an empty temporary file. */
HRESULT transfer_begin_file(struct transfer *transfer, struct file_plan *plan, UINT64 size, UINT64 time,
                          UINT32 restarts, UINT64 total)
{
    UINT32 serial;
    HRESULT hr;

    transfer_close_output(transfer);
    if (FAILED(hr = check_volume(transfer, plan, &serial))) return hr;
    if (serial) plan->volume_serial = serial;
    if (FAILED(hr = queue_transfer_begin(transfer->job, plan->index, size, time, plan->volume_serial, restarts))) return hr;
    if (FAILED(hr = open_output(transfer, plan, 0, total))) return hr;
    if (total != SIZE_UNKNOWN && total > RESERVE_MIN) hr = output_reserve(transfer->output, total);
    if (restarts > plan->restarts)
        log_write(LOG_INFO, "job %s, file %u: %s has changed at its source, from the start again (%u times by now)",
                  debugstr_guid(&transfer->job->job->id), plan->index, log_url(plan->remote_name), restarts);
    return hr;
}

/* Takes the temporary file up where it was left. S_FALSE: what was received is gone with it and forgotten, it is empty [BEH.FILE.16]. */
HRESULT transfer_continue_file(struct transfer *transfer, struct file_plan *plan, UINT64 total)
{
    UINT64 offset, length, end = 0;
    UINT32 serial;
    HRESULT hr;

    if (FAILED(hr = check_volume(transfer, plan, &serial))) return hr;
    while (ranges_next(&plan->received, end, &offset, &length)) end = offset + length;
    if ((hr = open_output(transfer, plan, end, total)) != S_FALSE) return hr;
    /* before the first octet is written: a file that has grown again in another place would pass for one that has all of them */
    ranges_free(&plan->received);
    log_write(LOG_WARNING, "job %s, file %u: its temporary file is gone or shorter than it was, from the start again",
              debugstr_guid(&transfer->job->job->id), plan->index);
    hr = queue_transfer_begin(transfer->job, plan->index, plan->size, plan->time, plan->volume_serial, plan->restarts);
    return FAILED(hr) ? hr : S_FALSE;
}

/* Takes octets at the start of the writer's buffer. received: those of the file that were there before. */
HRESULT transfer_put_octets(struct transfer *transfer, UINT64 offset, UINT32 size, UINT64 received)
{
    HRESULT hr;

    if (offset != transfer->run_end && FAILED(hr = begin_run(transfer, offset, received))) return hr;
    transfer->run_end += size;
    return writer_put(transfer->writer, size);
}

/* A client may be told the name just now: whoever comes second sees what the other one has done. */
static void close_landed(void *ctx, struct output *output)
{
    struct transfer *transfer = ctx;

    if (!queue_transfer_keeps(transfer->job))
    {
        output_close(output);
        return;
    }
    output_keep(output);
    if (!queue_transfer_keeps(transfer->job)) disk_get()->let_go(disk_get(), NULL);
}

static HRESULT on_landed(void *ctx, UINT32 file, UINT64 size)
{
    struct transfer *transfer = ctx;

    return queue_transfer_file_done(transfer->job, file, size);
}

/* Leaves the file to the lander; S_FALSE: it is not for it. */
static HRESULT hand_over(struct transfer *transfer, const struct file_plan *plan, UINT64 total)
{
    struct lander_callbacks callbacks = { close_landed, on_landed, become_owner, stop_being_owner, transfer };
    struct output *output = transfer->output;
    HRESULT hr;

    if (!is_for_lander(plan)) return S_FALSE;
    if (!transfer->lander && FAILED(lander_create(&callbacks, &transfer->lander))) return S_FALSE;
    if (FAILED(hr = writer_drain(transfer->writer))) return hr;
    if (FAILED(hr = output_set_size(output, total))) return hr;
    if (!transfer_set_handed(transfer, plan->index)) return S_FALSE;
    queue_transfer_landing(transfer->job, plan->index, total);
    writer_end(transfer->writer);
    transfer->output = NULL;
    return lander_add(transfer->lander, output, plan->index, total);
}

HRESULT transfer_finish_file(struct transfer *transfer, const struct file_plan *plan, UINT64 total)
{
    HRESULT hr;

    if ((hr = hand_over(transfer, plan, total)) != S_FALSE) return hr;
    if (FAILED(hr = writer_flush(transfer->writer))) return hr;
    /* the writer did not see to the name of a file without octets */
    if ((hr = output_set_size(transfer->output, total)) == S_FALSE || (hr == S_OK && !total)) hr = output_flush(transfer->output);
    if (FAILED(hr)) return hr;
    transfer_close_output(transfer);
    return queue_transfer_file_done(transfer->job, plan->index, total);
}
