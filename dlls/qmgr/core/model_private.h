/*
 * Jobs and files in memory: what model.c and model_apply.c share
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

#ifndef __QMGR_CORE_MODEL_PRIVATE_H
#define __QMGR_CORE_MODEL_PRIVATE_H

#include "core/record.h"

/* model.c */
void prop_free(struct prop_value *value);               /* what it owns; the value is nothing then */
void job_free_file(struct job_file *file);              /* what it owns */
void job_free(struct job *job);
void model_link(struct model *model, struct job *job);  /* last in the list */
/* Takes over a table of that many empty buckets, a power of two, in place of the one there is. */
void model_adopt_buckets(struct model *model, struct job **buckets, UINT32 count);

/*
 * A change is made in two halves.  The first (model_change.c) checks the record against the model and takes every piece of memory
 * that the result needs; the second (model_apply.c) only moves pointers and numbers.  What a half-made or thrown-away change holds
 * is released by model_free_change; commit leaves in it what the job no longer needs.
 */
struct model_change
{
    const struct record *record;        /* the caller's; when the change is thrown away it may be gone */
    struct job *job;                    /* the one it is for */
    struct job *made;                   /* CREATE: the same, owned until the commit */
    struct job **buckets;               /* CREATE: a bigger table, or NULL */
    UINT32 bucket_count;
    struct prop_value *values;          /* SET: with own strings and blobs */
    UINT32 value_count;
    struct job_file *files;             /* ADD_FILES: the new files */
    UINT32 file_count;
    struct job_file *file_array;        /* ADD_FILES: a bigger array, or NULL */
    UINT32 file_size;
    WCHAR **strings;                    /* FILE_NAMES: one each; else up to one */
    UINT32 string_count;
    struct range_set *received;         /* one for each file that gets a new set */
    char **texts;
    UINT32 received_count;              /* of received and of texts */
    struct upload_session upload;       /* UPLOAD */
};

/* model_change.c */
HRESULT model_make_change(struct model *model, const struct record *record, struct model_change **change);
void model_free_change(struct model_change *change);    /* or NULL */
UINT32 model_file_of(const struct record *record);      /* the file it is about, NO_FILE if it is about none or several */

#endif /* __QMGR_CORE_MODEL_PRIVATE_H */
