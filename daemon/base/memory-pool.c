/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A bump allocator. Facts and assessments are built once, read many times and thrown away whole;
 * giving each of their thousands of short texts its own malloc() and free() would be most of the
 * work and most of the mistakes. Memory that nobody has asked for yet is not touched: of many pools only
 * the first kilobyte is ever used, and a page that is written to for the first time costs more than
 * what is written. It refuses to free single items.
 */

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory-pool.h"
#include "base/text.h"

/* Chunks double from the first to the largest. */
#define FIRST_CHUNK_BYTES ((size_t) 1024)
#define CHUNK_BYTES ((size_t) 16 * 1024)

typedef struct Chunk Chunk;
struct Chunk {
        Chunk *next;
        size_t n_used;
        size_t n_bytes;
        alignas(max_align_t) char bytes[];
};

struct MemoryPool {
        Chunk *chunks;
        size_t n_next_bytes; /* of the next chunk */
        bool exhausted;
};

int memory_pool_new(MemoryPool **ret) {
        MemoryPool *pool;

        pool = calloc(1, sizeof(*pool));
        if (!pool)
                return error_origin(-ENOMEM);

        pool->n_next_bytes = FIRST_CHUNK_BYTES;
        *ret = pool;
        return 0;
}

MemoryPool *memory_pool_free(MemoryPool *pool) {
        Chunk *next;

        if (!pool)
                return NULL;

        for (Chunk *chunk = pool->chunks; chunk; chunk = next) {
                next = chunk->next;
                free(chunk);
        }
        free(pool);
        return NULL;
}

bool memory_pool_exhausted(const MemoryPool *pool) {
        return pool->exhausted;
}

void *memory_pool_fail(MemoryPool *pool) {
        pool->exhausted = true;
        return NULL;
}

static void *chunk_take(Chunk *chunk, size_t n_bytes, size_t alignment) {
        size_t start;

        if (!chunk)
                return NULL;

        start = (chunk->n_used + alignment - 1) & ~(alignment - 1);
        if (start > chunk->n_bytes || chunk->n_bytes - start < n_bytes)
                return NULL;

        chunk->n_used = start + n_bytes;
        return chunk->bytes + start;
}

/* The room of the next chunk, in which a block is not more than a quarter. */
static size_t next_room(MemoryPool *pool, size_t n_bytes) {
        size_t room = pool->n_next_bytes;

        while (room < CHUNK_BYTES && n_bytes > room / 4)
                room *= 2;
        pool->n_next_bytes = room < CHUNK_BYTES ? room * 2 : CHUNK_BYTES;
        return room;
}

static void *take(MemoryPool *pool, size_t n_bytes, size_t alignment) {
        bool large = n_bytes > CHUNK_BYTES / 4;
        size_t room;
        Chunk *chunk;
        void *block;

        if (pool->exhausted || n_bytes > SIZE_MAX / 2) {
                pool->exhausted = true;
                return NULL;
        }

        block = chunk_take(pool->chunks, n_bytes, alignment);
        if (block)
                return block;

        /* A large block gets a chunk of its own, put behind the current one so that its rest stays usable. */
        room = large ? n_bytes : next_room(pool, n_bytes);
        chunk = malloc(sizeof(*chunk) + room);
        if (!chunk) {
                pool->exhausted = true;
                return NULL;
        }
        *chunk = (Chunk){ .n_bytes = room };
        if (large && pool->chunks) {
                chunk->next = pool->chunks->next;
                pool->chunks->next = chunk;
        } else {
                chunk->next = pool->chunks;
                pool->chunks = chunk;
        }
        return chunk_take(chunk, n_bytes, alignment);
}

void *memory_pool_room(MemoryPool *pool, size_t n_bytes) {
        return take(pool, n_bytes, alignof(max_align_t));
}

void *memory_pool_alloc(MemoryPool *pool, size_t n_bytes) {
        void *block = memory_pool_room(pool, n_bytes);

        return block ? memset(block, 0, n_bytes) : NULL;
}

const char *memory_pool_text_n(MemoryPool *pool, const char *text, size_t n_bytes) {
        char *copy;

        if (!text)
                return NULL;

        copy = take(pool, n_bytes + 1, 1);
        if (!copy)
                return "";

        memcpy(copy, text, n_bytes);
        copy[n_bytes] = '\0';
        return copy;
}

const char *memory_pool_text(MemoryPool *pool, const char *text) {
        return text ? memory_pool_text_n(pool, text, strlen(text)) : NULL;
}

/* Most texts fit into the rest of the current chunk, and are formatted only once. */
const char *memory_pool_format_va(MemoryPool *pool, const char *format, va_list arguments) {
        Chunk *chunk = pool->exhausted ? NULL : pool->chunks;
        char *text = chunk ? chunk->bytes + chunk->n_used : NULL;
        size_t room = chunk ? chunk->n_bytes - chunk->n_used : 0;
        va_list again;
        int n;

        va_copy(again, arguments);
        n = vsnprintf(text, room, format, again);
        va_end(again);
        if (n >= 0 && (size_t) n < room) {
                chunk->n_used += (size_t) n + 1;
                return text;
        }
        text = n < 0 ? NULL : take(pool, (size_t) n + 1, 1);
        if (!text) {
                pool->exhausted = true;
                return "";
        }

        vsnprintf(text, (size_t) n + 1, format, arguments);
        return text;
}

const char *memory_pool_format(MemoryPool *pool, const char *format, ...) {
        const char *text;
        va_list arguments;

        va_start(arguments, format);
        text = memory_pool_format_va(pool, format, arguments);
        va_end(arguments);
        return text;
}

void *memory_pool_grow(MemoryPool *pool, void *items, size_t n_items, size_t item_bytes) {
        /* Arrays double: their capacity is n_items rounded up to a power of two, at least 4. */
        if (n_items == 0 || (n_items >= 4 && (n_items & (n_items - 1)) == 0)) {
                void *grown;

                if (n_items > SIZE_MAX / 4 / item_bytes)
                        return memory_pool_fail(pool);
                grown = memory_pool_room(pool, (n_items == 0 ? 4 : n_items * 2) * item_bytes);
                if (!grown)
                        return NULL;
                if (n_items > 0)
                        memcpy(grown, items, n_items * item_bytes);
                items = grown;
        }

        memset((char *) items + n_items * item_bytes, 0, item_bytes);
        return items;
}

void text_list_add(TextList *list, MemoryPool *pool, const char *text) {
        const char **item;

        item = memory_pool_append(pool, list->items, list->n_items);
        if (item)
                *item = text;
}

void text_list_format(TextList *list, MemoryPool *pool, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        text_list_add(list, pool, memory_pool_format_va(pool, format, arguments));
        va_end(arguments);
}

bool text_list_has(const TextList *list, const char *text) {
        for (size_t i = 0; i < list->n_items; i++)
                if (strcmp(list->items[i], text) == 0)
                        return true;
        return false;
}

bool text_list_equal(const TextList *a, const TextList *b) {
        if (a->n_items != b->n_items)
                return false;
        for (size_t i = 0; i < a->n_items; i++)
                if (!text_equal(a->items[i], b->items[i]))
                        return false;
        return true;
}

int text_list_compare(const TextList *a, const TextList *b) {
        for (size_t i = 0; i < a->n_items && i < b->n_items; i++) {
                int order = strcmp(a->items[i], b->items[i]);

                if (order != 0)
                        return order;
        }
        return (a->n_items > b->n_items) - (a->n_items < b->n_items);
}

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

void text_list_sort(TextList *list) {
        size_t n = 0;

        if (list->n_items < 2)
                return;
        qsort((void *) list->items, list->n_items, sizeof(*list->items), compare_texts);
        for (size_t i = 0; i < list->n_items; i++)
                if (n == 0 || strcmp(list->items[n - 1], list->items[i]) != 0)
                        list->items[n++] = list->items[i];
        list->n_items = n;
}
