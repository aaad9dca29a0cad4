/*
 * Fuzzes the decoding of records
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
 * Input: the payload of a record.  What is accepted encodes again, to octets that mean the same and are then always the same; a model takes
 * it or refuses it, and is whole afterwards.
 */

#include "core/model.h"
#include "core/record.h"

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

static HRESULT count(void *ctx, const struct record *record)
{
    struct buffer bytes;

    buffer_init(&bytes, RECORD_MAX);
    CHECK(SUCCEEDED(record_encode(record, &bytes)));
    buffer_free(&bytes);
    ++*(UINT32 *)ctx;
    return S_OK;
}

/* A job with two files, for records that need one. */
static void prepare(struct model *model, const GUID *id)
{
    static const struct file_range range = { 5, 10 };
    static const struct record_file files[] = { { L"http://a/b", L"C:\\b", L"C:\\t" }, { L"http://a/c", L"C:\\c", NULL, &range, 1 } };
    struct record record = { RECORD_CREATE };

    CHECK(SUCCEEDED(model_init(model)));
    record.job = *id;
    record.seq = 1;
    record.u.create.owner = L"S-1-5-18";
    record.u.create.display_name = L"x";
    CHECK(SUCCEEDED(model_apply(model, &record)));
    memset(&record.u, 0, sizeof(record.u));
    record.type = RECORD_ADD_FILES;
    record.seq = 2;
    record.u.add_files.files = files;
    record.u.add_files.count = 2;
    CHECK(SUCCEEDED(model_apply(model, &record)));
}

static void check_model(const struct model *model)
{
    const struct job *job;
    UINT32 i, untransferred, jobs = 0, records = 0;

    for (job = model->first; job; job = job->next)
    {
        jobs++;
        CHECK(model_find(model, &job->id) == job);
        for (i = 0, untransferred = 0; i < job->file_count; i++)
        {
            CHECK(job->files[i].remote_name && job->files[i].local_name);
            if (!(job->files[i].flags & FILE_TRANSFERRED)) untransferred++;
            file_total(&job->files[i]);
        }
        CHECK(untransferred == job->untransferred);
        CHECK(job_all_transferred(job) == (job->file_count && !untransferred));
        i = job_first_unfinished(job);
        CHECK(untransferred ? i < job->file_count && !(job->files[i].flags & FILE_TRANSFERRED) : i == NO_FILE);
        CHECK(job->state != JOB_CONNECTING && job->state != JOB_TRANSFERRING);
        CHECK(SUCCEEDED(model_snapshot(job, count, &records)) && records);
    }
    CHECK(jobs == model->count);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    struct record_memory memory = { 0 }, again_memory = { 0 };
    struct record record, again;
    struct buffer bytes, more;
    struct model model;
    GUID id = { 1 };
    HRESULT hr;

    memset(&record, 0, sizeof(record));
    hr = record_decode(data, size, &record, &memory);
    if (SUCCEEDED(hr))
    {
        buffer_init(&bytes, RECORD_MAX);
        buffer_init(&more, RECORD_MAX);
        CHECK(SUCCEEDED(record_encode(&record, &bytes)));
        memset(&again, 0, sizeof(again));
        CHECK(SUCCEEDED(record_decode(bytes.data, bytes.len, &again, &again_memory)));
        CHECK(again.type == record.type && again.time == record.time);
        CHECK(SUCCEEDED(record_encode(&again, &more)));
        CHECK(bytes.len == more.len && !memcmp(bytes.data, more.data, bytes.len));
        buffer_free(&bytes);
        buffer_free(&more);

        prepare(&model, &id);
        record.job = id;
        if (record.type == RECORD_CREATE) record.job.Data1 = 2;
        record.seq = 3;
        hr = model_apply(&model, &record);
        CHECK(SUCCEEDED(hr) || hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA) || hr == E_OUTOFMEMORY);
        check_model(&model);
        model_free(&model);
    }
    record_memory_free(&memory);
    record_memory_free(&again_memory);
    return 0;
}
