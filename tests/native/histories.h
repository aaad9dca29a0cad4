/*
 * Random histories of jobs
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
 * For the native tests of the model, the journal and the store: random changes that make sense for the model they are meant
 * for, and the comparison of two models in every field that survives a restart.
 */

#ifndef __TESTS_HISTORIES_H
#define __TESTS_HISTORIES_H

#include "core/model.h"
#include "core/record.h"

struct history
{
    UINT64 seed;                /* not 0 */
    UINT64 time;
    UINT32 max_jobs;
    UINT32 max_text;            /* units of a string, octets of a blob or a head; 400 unless changed */
    /* what the last record points to */
    WCHAR text[16][400];
    UINT32 texts;
    BYTE blob[400];
    char head[400];
    struct prop_value values[6];
    struct record_file files[5];
    struct file_range ranges[5][3];
    struct record_name names[4];
    UINT32 indexes[8];
    UINT64 pairs[16];
};

void history_init(struct history *history, UINT64 seed, UINT32 max_jobs);
UINT32 history_random(struct history *history, UINT32 limit);
/* A record that model_apply accepts, seq filled in; valid until the next call. */
void history_next(struct history *history, const struct model *model, struct record *record);

/* NULL if they are equal, else what differs first. */
const char *model_difference(const struct model *a, const struct model *b);
const char *job_difference(const struct job *a, const struct job *b);

#endif /* __TESTS_HISTORIES_H */
