/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Memory that lives and dies together: everything a set of facts or one assessment points to.
 *
 * A pool that cannot get memory remembers it (memory_pool_exhausted()) and hands out NULL for blocks
 * and "" for texts from then on, so a long computation may run to its end and check once. Whoever
 * owns the pool must check before it shows a result to anybody.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

typedef struct MemoryPool MemoryPool;

/* 0, or -ENOMEM. */
int memory_pool_new(MemoryPool **ret);
MemoryPool *memory_pool_free(MemoryPool *pool);
DEFINE_CLEANUP(MemoryPool, memory_pool_free);

/* True once any allocation failed. */
bool memory_pool_exhausted(const MemoryPool *pool);

/* Marks the pool as exhausted, for memory that was wanted elsewhere and not there. NULL. */
void *memory_pool_fail(MemoryPool *pool);

/* A zeroed block, aligned for any type; NULL when exhausted. */
void *memory_pool_alloc(MemoryPool *pool, size_t n_bytes);

/* The same, but whatever was there before: for those who write all that they read, or not all of it. */
void *memory_pool_room(MemoryPool *pool, size_t n_bytes);

/* Copies of texts; never NULL ("" when exhausted), but NULL for a NULL `text`. */
const char *memory_pool_text(MemoryPool *pool, const char *text);
const char *memory_pool_text_n(MemoryPool *pool, const char *text, size_t n_bytes);
const char *memory_pool_format(MemoryPool *pool, const char *format, ...) _printf_(2, 3);
const char *memory_pool_format_va(MemoryPool *pool, const char *format, va_list arguments)
                _printf_(2, 0);

/* Zeroed room for one more item behind `n_items`: in the array itself or a larger copy; NULL when exhausted. */
void *memory_pool_grow(MemoryPool *pool, void *items, size_t n_items, size_t item_bytes);

/* Appends a zeroed item to a growing array kept in the pool; a pointer to it, or NULL. */
#define memory_pool_append(pool, items, n_items)                                             \
        ({                                                                                   \
                typeof(items) _grown = memory_pool_grow((pool), (void *) (items), (n_items), \
                                                        sizeof(*(items)));                   \
                if (_grown)                                                                  \
                        (items) = _grown;                                                    \
                _grown ? &_grown[(n_items)++] : NULL;                                        \
        })

/* A growing list of texts. */
typedef struct TextList {
        const char **items;
        size_t n_items;
} TextList;

void text_list_add(TextList *list, MemoryPool *pool, const char *text);
void text_list_format(TextList *list, MemoryPool *pool, const char *format, ...) _printf_(3, 4);
bool text_list_has(const TextList *list, const char *text);
bool text_list_equal(const TextList *a, const TextList *b);  /* the same texts in the same order */
int text_list_compare(const TextList *a, const TextList *b); /* text by text; the shorter first */
void text_list_sort(TextList *list);                         /* in place; each text once */
