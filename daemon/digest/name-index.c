/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An index is filled, sorted once and then only asked. What has the same name and version stays in the order of its
 * list, so that the first of them is the first there.
 */

#include <stdlib.h>
#include <string.h>

#include "digest/name-index.h"

static int compare_named(const void *a, const void *b) {
        const Named *x = a, *y = b;
        int order = strcmp(x->name, y->name);

        if (order == 0)
                order = strcmp(x->version, y->version);
        return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

NameIndex name_index_empty(MemoryPool *pool, size_t n) {
        return (NameIndex){ memory_pool_alloc(pool, (n + 1) * sizeof(Named)), 0 };
}

void name_index_put(NameIndex *index, const char *name, const char *version, size_t place) {
        if (index->items)
                index->items[index->n_items++] = (Named){ name, version, place };
}

void name_index_sort(NameIndex *index) {
        if (index->n_items > 1)
                qsort(index->items, index->n_items, sizeof(*index->items), compare_named);
}

bool named_is_same(const Named *a, const Named *b) {
        return strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) == 0;
}

size_t name_index_find(const NameIndex *index, const char *name, const char *version) {
        const Named wanted = { name, version, 0 };
        size_t low = 0, high = index->n_items;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare_named(&index->items[middle], &wanted) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < index->n_items && named_is_same(&index->items[low], &wanted) ? low
                                                                                  : index->n_items;
}

bool name_index_has(const NameIndex *index, const char *name, const char *version) {
        return name_index_find(index, name, version) < index->n_items;
}
