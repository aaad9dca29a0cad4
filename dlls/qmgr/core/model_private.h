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

#include "core/model.h"

/* model.c */
void prop_free(struct prop_value *value);               /* what it owns; the value is nothing then */
void job_free_file(struct job_file *file);              /* what it owns */
void job_free(struct job *job);
void model_link(struct model *model, struct job *job);  /* last in the list */
/* Takes over a table of that many empty buckets, a power of two, in place of the one there is. */
void model_adopt_buckets(struct model *model, struct job **buckets, UINT32 count);

/* model_apply.c */
void model_free_change(struct model_change *change);    /* or NULL */

#endif /* __QMGR_CORE_MODEL_PRIVATE_H */
