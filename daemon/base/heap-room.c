/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Room on the heap. A page that is touched for the first time stops the program until the kernel has found
 * one. On a virtual machine a hundred such stops take as long as a third of what a start computes, and one
 * call for all of them a tenth of that: docs/decisions/0020-heap-room.md. It refuses to hold memory that
 * nobody will use: the caller says how much a start takes, and what grows beyond is given back.
 */

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/heap-room.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* since Linux 5.14; before, it is refused */
#endif

/* What malloc() maps apart from the heap when nothing else is said, and unmaps when it is freed. */
#define MAPPED_BYTES ((size_t) 128 * 1024)
#define ROOM_MAX_BYTES ((size_t) 4 * 1024 * 1024)

#define LARGE_PAGE_BYTES ((size_t) 2 * 1024 * 1024)
#define LARGE_BYTES (2 * LARGE_PAGE_BYTES) /* of which at most a third is for nothing */

size_t heap_room_take(size_t n_bytes) {
        uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE), begin, end;
        size_t n_taken = 0;
        void *block;

        if (n_bytes > ROOM_MAX_BYTES)
                n_bytes = ROOM_MAX_BYTES;
        /* What malloc() takes beyond what it is asked for is at the heap's end, too. */
        mallopt(M_TRIM_THRESHOLD, (int) (n_bytes + 2 * MAPPED_BYTES));
        mallopt(M_MMAP_THRESHOLD, (int) (n_bytes + MAPPED_BYTES));
        block = malloc(n_bytes);
        mallopt(M_MMAP_THRESHOLD, (int) MAPPED_BYTES);
        if (!block)
                return 0;
        /* With the pages that it shares with its neighbours on the heap. */
        begin = (uintptr_t) block & ~(page - 1);
        end = ((uintptr_t) block + n_bytes + page - 1) & ~(page - 1);
        if (madvise((void *) begin, end - begin, MADV_POPULATE_WRITE) == 0)
                n_taken = n_bytes;
        free(block);
        return n_taken;
}

void *heap_room_alloc(size_t n_bytes) {
        size_t n_rounded = (n_bytes + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
        void *block;

        if (n_bytes < LARGE_BYTES || n_rounded < n_bytes)
                return malloc(n_bytes);
        block = aligned_alloc(LARGE_PAGE_BYTES, n_rounded);
        if (block)
                (void) !madvise(block, n_rounded, MADV_HUGEPAGE);
        return block;
}
