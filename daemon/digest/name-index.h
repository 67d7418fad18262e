/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Finding things among many by name and version: a repository has tens of thousands of packages, each once per
 * architecture.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

/* Where a thing of this name stands in a list of somebody else's. */
typedef struct Named {
        const char *name, *version; /* "" for what has none */
        size_t place;
} Named;

typedef struct NameIndex {
        Named *items; /* sorted by name, version and place, once that was asked for */
        size_t n_items;
} NameIndex;

/* Room for `n` things; the pool remembers when there is none. */
NameIndex name_index_empty(MemoryPool *pool, size_t n);

/* One more, within the room; without any it is left out. */
void name_index_put(NameIndex *index, const char *name, const char *version, size_t place);

/* In place; before anything is looked for. */
void name_index_sort(NameIndex *index);

/* The first with this name and version; where there is none, `n_items`. */
size_t name_index_find(const NameIndex *index, const char *name, const char *version);

bool name_index_has(const NameIndex *index, const char *name, const char *version);

bool named_is_same(const Named *a, const Named *b);
