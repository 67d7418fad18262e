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

/* Less than what malloc() would map apart from the heap, and unmap when it is freed. */
#define BLOCK_BYTES ((size_t) 64 * 1024)
#define BLOCKS_MAX 64

#define LARGE_PAGE_BYTES ((size_t) 2 * 1024 * 1024)
#define LARGE_BYTES (2 * LARGE_PAGE_BYTES) /* of which at most a third is for nothing */

size_t heap_room_take(size_t n_bytes) {
        uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE);
        void *blocks[BLOCKS_MAX];
        size_t n_blocks = 0, n_taken = 0;

        mallopt(M_TRIM_THRESHOLD, (int) (n_bytes + BLOCK_BYTES));
        while (n_taken < n_bytes && n_blocks < BLOCKS_MAX) {
                void *block = malloc(BLOCK_BYTES);
                /* With the pages that it shares with its neighbours on the heap. */
                uintptr_t begin = (uintptr_t) block & ~(page - 1);
                uintptr_t end = ((uintptr_t) block + BLOCK_BYTES + page - 1) & ~(page - 1);

                if (!block)
                        break;
                blocks[n_blocks++] = block;
                if (madvise((void *) begin, end - begin, MADV_POPULATE_WRITE) < 0)
                        break;
                n_taken += BLOCK_BYTES;
        }
        while (n_blocks > 0)
                free(blocks[--n_blocks]);
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
