/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Every test is a process of its own, so each begins with a heap of its own.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/heap-room.h"
#include "unit-test.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#define N_BYTES ((size_t) 1024 * 1024)
#define BLOCK_BYTES ((size_t) 16 * 1024)
#define N_BLOCKS 48 /* three quarters of it */

/* How often the use of that many bytes stopped this process. */
static long count_faults_of_use(void) {
        static void *blocks[N_BLOCKS];
        struct rusage before, after;

        ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
        for (size_t i = 0; i < N_BLOCKS; i++) {
                blocks[i] = malloc(BLOCK_BYTES);
                ck_assert_ptr_nonnull(blocks[i]);
                memset(blocks[i], 1, BLOCK_BYTES);
        }
        ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
        for (size_t i = 0; i < N_BLOCKS; i++)
                free(blocks[i]);
        return after.ru_minflt - before.ru_minflt;
}

START_TEST(what_was_taken_is_there) {
        size_t n_taken = heap_room_take(N_BYTES);

        /* A kernel before 5.14 gives nothing, and nothing breaks. */
        ck_assert(n_taken == 0 || n_taken >= N_BYTES);
#if !defined(__SANITIZE_ADDRESS__) /* whose heap is its own */
        if (n_taken > 0)
                for (int again = 0; again < 3; again++) {
                        long n = count_faults_of_use();

                        ck_assert_msg(n < N_BLOCKS, "round %d stopped %ld times", again, n);
                }
#endif
}
END_TEST

START_TEST(more_than_it_may_take_is_no_harm) {
        size_t n_taken = heap_room_take((size_t) 1 << 30);

        ck_assert_uint_lt(n_taken, (size_t) 16 << 20);
        count_faults_of_use();
}
END_TEST

START_TEST(a_large_block_lies_for_large_pages_and_a_small_one_takes_no_more_than_it_is) {
        static const size_t sizes[] = { 1, 4095, 4u << 20, (4u << 20) + 1, 19445292 };

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                char *block = heap_room_alloc(sizes[i]);

                ck_assert_ptr_nonnull(block);
                memset(block, 1, sizes[i]);
                if (sizes[i] >= 4u << 20)
                        ck_assert_uint_eq((uintptr_t) block % (2u << 20), (uintptr_t) 0);
                free(block);
        }
#if !defined(__SANITIZE_ADDRESS__) /* who asks it for so much is ended */
        ck_assert_ptr_null(heap_room_alloc(SIZE_MAX));
        ck_assert_ptr_null(heap_room_alloc(SIZE_MAX / 2));
#endif
}
END_TEST

UNIT_TEST(what_was_taken_is_there, more_than_it_may_take_is_no_harm,
          a_large_block_lies_for_large_pages_and_a_small_one_takes_no_more_than_it_is)
