/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The memory watch. With a limit on its memory a process must take it for an ordinary thing that there is
 * none, and not every library does: json-c up to 0.16 leaves out the member of an object for which
 * it had no memory, and calls the document sound. So the allocator itself is asked: these functions
 * stand before the C library's, do what they do, and keep in mind what failed. It refuses to do
 * more: nothing is counted, nothing ends here.
 */

#include <stddef.h>

#include "digest/memory-watch.h"

static volatile bool unwatched;
static volatile bool *failed = &unwatched;

void memory_watch_begin(volatile bool *flag) {
        failed = flag;
}

bool memory_watch_failed(void) {
        return *failed;
}

void memory_watch_forget(void) {
        *failed = false;
}

/* Sanitizers and valgrind bring an allocator of their own; valgrind replaces these, too. */
#if KLPWATCH_SANDBOX

#define _exported_ __attribute__((__visibility__("default")))

extern void *__libc_malloc(size_t n_bytes);
extern void *__libc_calloc(size_t n_items, size_t item_bytes);
extern void *__libc_realloc(void *memory, size_t n_bytes);
extern void *__libc_memalign(size_t alignment, size_t n_bytes);

_exported_ void *malloc(size_t n_bytes);
_exported_ void *calloc(size_t n_items, size_t item_bytes);
_exported_ void *realloc(void *memory, size_t n_bytes);
_exported_ void *aligned_alloc(size_t alignment, size_t n_bytes);

static inline void *watch(void *memory) {
        if (__builtin_expect(!memory, 0))
                *failed = true;
        return memory;
}

void *malloc(size_t n_bytes) {
        return watch(__libc_malloc(n_bytes));
}

void *calloc(size_t n_items, size_t item_bytes) {
        return watch(__libc_calloc(n_items, item_bytes));
}

void *realloc(void *memory, size_t n_bytes) {
        /* With a size of 0 it frees, and NULL is no failure. */
        return n_bytes == 0 ? __libc_realloc(memory, 0) : watch(__libc_realloc(memory, n_bytes));
}

void *aligned_alloc(size_t alignment, size_t n_bytes) {
        return watch(__libc_memalign(alignment, n_bytes));
}

#endif
