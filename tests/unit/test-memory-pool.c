/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The linker gives this test the pool's calloc() and malloc(): it counts the calls, lets one of them
 * fail, and what malloc() gives is never zero by chance.
 */

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/memory-pool.h"
#include "unit-test.h"

void *__real_calloc(size_t n_items, size_t item_bytes);
void *__wrap_calloc(size_t n_items, size_t item_bytes);
void *__real_malloc(size_t n_bytes);
void *__wrap_malloc(size_t n_bytes);

static size_t n_calls, n_largest_bytes;
static int n_until_failure = -1; /* calls that still succeed; -1: all of them */

static bool may_succeed(void) {
        n_calls++;
        if (n_until_failure == 0) {
                n_until_failure = -1;
                return false;
        }
        if (n_until_failure > 0)
                n_until_failure--;
        return true;
}

void *__wrap_calloc(size_t n_items, size_t item_bytes) {
        return may_succeed() ? __real_calloc(n_items, item_bytes) : NULL;
}

/* What is smaller than a chunk is the test's own. */
void *__wrap_malloc(size_t n_bytes) {
        void *block = n_bytes < 1024 || may_succeed() ? __real_malloc(n_bytes) : NULL;

        if (n_bytes > n_largest_bytes)
                n_largest_bytes = n_bytes;
        return block ? memset(block, 0xA5, n_bytes) : NULL;
}

static MemoryPool *new_pool(void) {
        MemoryPool *pool = NULL;

        n_until_failure = -1;
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert(!memory_pool_exhausted(pool));
        n_calls = n_largest_bytes = 0;
        return pool;
}

static bool is_filled(const unsigned char *block, size_t n_bytes, unsigned char with) {
        for (size_t i = 0; i < n_bytes; i++)
                if (block[i] != with)
                        return false;
        return true;
}

START_TEST(blocks_are_zeroed_aligned_and_apart) {
        static const size_t sizes[] = { 0,    1,    2,    7,    8,     15,    16,    17,    100,
                                        1000, 4095, 4096, 4097, 16383, 16384, 16385, 100000 };
        enum { N_BLOCKS = 500 };
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        unsigned char *blocks[N_BLOCKS];

        for (size_t i = 0; i < N_BLOCKS; i++) {
                size_t n_bytes = sizes[i % ELEMENTS(sizes)];

                /* Texts between them leave the pool at odd places. */
                ck_assert_uint_eq(strlen(memory_pool_text_n(pool, "odd places", i % 10)), i % 10);
                blocks[i] = memory_pool_alloc(pool, n_bytes);
                ck_assert_msg(blocks[i] != NULL, "block %zu", i);
                ck_assert_msg((uintptr_t) blocks[i] % alignof(max_align_t) == 0,
                              "block %zu of %zu bytes", i, n_bytes);
                ck_assert_msg(is_filled(blocks[i], n_bytes, 0),
                              "block %zu of %zu bytes is not zeroed", i, n_bytes);
                memset(blocks[i], (int) (i % 255 + 1), n_bytes);
        }
        for (size_t i = 0; i < N_BLOCKS; i++)
                ck_assert_msg(is_filled(blocks[i], sizes[i % ELEMENTS(sizes)],
                                        (unsigned char) (i % 255 + 1)),
                              "block %zu was written over", i);
        ck_assert(!memory_pool_exhausted(pool));
}
END_TEST

START_TEST(small_blocks_share_memory) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();

        for (size_t i = 0; i < 100000; i++)
                ck_assert_ptr_nonnull(memory_pool_alloc(pool, 16));
        /* 1.6 MB; anything near one call a block would be no pool. */
        ck_assert_msg(n_calls >= 1 && n_calls < 200, "%zu calls for memory", n_calls);
}
END_TEST

/* Of most pools little is used. */
START_TEST(the_first_chunks_are_small) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();

        ck_assert_ptr_nonnull(memory_pool_alloc(pool, 16));
        ck_assert_uint_eq(n_calls, 1);
        ck_assert_uint_lt(n_largest_bytes, 2048);
        for (size_t i = 0; i < 10000; i++)
                ck_assert_ptr_nonnull(memory_pool_room(pool, 16));
        ck_assert_uint_gt(n_largest_bytes, 16384);
        ck_assert_uint_lt(n_largest_bytes, 17000);

        /* A chunk has room for four blocks like the one that it was made for. */
        pool = memory_pool_free(pool);
        pool = new_pool();
        for (size_t i = 0; i < 4; i++)
                ck_assert_ptr_nonnull(memory_pool_room(pool, 2000));
        ck_assert_uint_eq(n_calls, 1);
}
END_TEST

START_TEST(a_large_block_leaves_the_rest_of_the_current_chunk_usable) {
        static const size_t sizes[] = { 16384, 16385, 1000000 };

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
                char *before, *large, *after;

                before = memory_pool_alloc(pool, 32);
                ck_assert_uint_eq(n_calls, 1);
                large = memory_pool_alloc(pool, sizes[i]);
                ck_assert_ptr_nonnull(large);
                ck_assert_uint_eq(n_calls, 2);
                memset(large, 'x', sizes[i]);
                after = memory_pool_alloc(pool, 32);
                ck_assert_msg(n_calls == 2, "row %zu took a new chunk for a small block", i);
                ck_assert_msg(after == before + 32, "row %zu", i);
                ck_assert(is_filled((unsigned char *) after, 32, 0));
        }
}
END_TEST

START_TEST(a_large_block_may_be_the_first) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        char *large = memory_pool_alloc(pool, 50000);

        ck_assert_ptr_nonnull(large);
        memset(large, 'x', 50000);
        ck_assert_str_eq(memory_pool_text(pool, "behind"), "behind");
        ck_assert(is_filled((unsigned char *) large, 50000, 'x'));
}
END_TEST

START_TEST(texts_are_copies) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        char source[] = "5.14.0-427.13.1.el9_4";
        const char *whole, *part, *none;

        whole = memory_pool_text(pool, source);
        part = memory_pool_text_n(pool, source, 6);
        none = memory_pool_text_n(pool, source, 0);
        memset(source, 'x', sizeof(source) - 1);
        ck_assert_str_eq(whole, "5.14.0-427.13.1.el9_4");
        ck_assert_str_eq(part, "5.14.0");
        ck_assert_str_eq(none, "");
        ck_assert_ptr_null(memory_pool_text(pool, NULL));
        ck_assert_ptr_null(memory_pool_text_n(pool, NULL, 5));
        ck_assert(!memory_pool_exhausted(pool));
}
END_TEST

START_TEST(formats_of_any_length_are_whole) {
        static const int widths[] = { 0, 1, 100, 4095, 4096, 16382, 16383, 16384, 200000 };
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();

        ck_assert_str_eq(memory_pool_format(pool, "%s-%u.%c%%", "rhel", 9u, 'x'), "rhel-9.x%");
        ck_assert_str_eq(memory_pool_format(pool, "%s", ""), "");
        for (size_t i = 0; i < ELEMENTS(widths); i++) {
                const char *text = memory_pool_format(pool, "%*s|", widths[i], "");

                ck_assert_msg(strlen(text) == (size_t) widths[i] + 1, "width %d gave %zu",
                              widths[i], strlen(text));
                ck_assert_msg(text[widths[i]] == '|', "width %d is cut", widths[i]);
        }
}
END_TEST

START_TEST(what_cannot_be_formatted_counts_as_exhausted) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        const wchar_t no_character[] = { (wchar_t) 0x7FFFFFFF, 0 };

        ck_assert_str_eq(memory_pool_format(pool, "%ls", no_character), "");
        ck_assert(memory_pool_exhausted(pool));
}
END_TEST

START_TEST(an_absurd_size_exhausts_the_pool) {
        static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 64, SIZE_MAX / 2 + 1 };

        for (size_t i = 0; i < ELEMENTS(sizes); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();

                ck_assert_msg(!memory_pool_alloc(pool, sizes[i]), "row %zu gave a block", i);
                ck_assert_msg(memory_pool_exhausted(pool), "row %zu was not remembered", i);
        }
}
END_TEST

START_TEST(an_array_that_no_memory_holds_exhausts_the_pool) {
        static const struct {
                size_t n_items, item_bytes;
        } cases[] = {
                { (size_t) 1 << (sizeof(size_t) * 8 - 1), 1 },
                { (size_t) 1 << (sizeof(size_t) * 8 - 2), 4 },
                { (size_t) 1 << (sizeof(size_t) * 8 - 4), 16 }, /* times 32 it would be 0 */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
                uint64_t item = 0;

                ck_assert_msg(!memory_pool_grow(pool, &item, cases[i].n_items, cases[i].item_bytes),
                              "row %zu", i);
                ck_assert_msg(memory_pool_exhausted(pool), "row %zu was not remembered", i);
        }
}
END_TEST

START_TEST(a_pool_without_memory_for_itself_is_none) {
        MemoryPool *pool = (MemoryPool *) &n_calls;

        n_until_failure = 0;
        ck_assert_int_eq(memory_pool_new(&pool), -ENOMEM);
        ck_assert_ptr_eq(pool, &n_calls);
        ck_assert_ptr_null(memory_pool_free(NULL));
}
END_TEST

START_TEST(an_exhausted_pool_stays_so_and_hands_out_nothing) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        const char *kept = memory_pool_text(pool, "kept");
        TextList list = {};
        int *numbers = NULL;
        size_t n_numbers = 0;

        text_list_add(&list, pool, "one");
        n_until_failure = 0;
        ck_assert_ptr_null(memory_pool_alloc(pool, 20000));
        ck_assert(memory_pool_exhausted(pool));

        /* The current chunk has room and there is memory again: that changes nothing. */
        ck_assert_ptr_null(memory_pool_alloc(pool, 1));
        ck_assert_str_eq(memory_pool_text(pool, "text"), "");
        ck_assert_str_eq(memory_pool_text_n(pool, "text", 2), "");
        ck_assert_str_eq(memory_pool_format(pool, "%s", "text"), "");
        ck_assert_ptr_null(memory_pool_text(pool, NULL));
        ck_assert_ptr_null(memory_pool_append(pool, numbers, n_numbers));
        ck_assert_uint_eq(n_numbers, 0);
        ck_assert_ptr_null(numbers);
        ck_assert(memory_pool_exhausted(pool));

        /* What was handed out before is whole. */
        ck_assert_str_eq(kept, "kept");
        ck_assert_uint_eq(list.n_items, 1);
        ck_assert_str_eq(list.items[0], "one");
}
END_TEST

/* Every place at which memory can run out, one after the other. */
START_TEST(a_list_is_whole_wherever_memory_runs_out) {
        enum { N_ITEMS = 3000 };
        int n_calls_needed;

        for (n_calls_needed = 0;; n_calls_needed++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
                TextList list = {};

                n_until_failure = n_calls_needed;
                for (size_t i = 0; i < N_ITEMS; i++)
                        text_list_format(&list, pool, "item %zu", i);
                n_until_failure = -1;
                ck_assert_uint_le(list.n_items, N_ITEMS);
                ck_assert_msg(list.n_items == N_ITEMS || memory_pool_exhausted(pool),
                              "%d calls: an item was lost in silence", n_calls_needed);
                for (size_t i = 0; i < list.n_items; i++) {
                        char wanted[32];

                        snprintf(wanted, sizeof(wanted), "item %zu", i);
                        ck_assert_msg(strcmp(list.items[i], wanted) == 0 ||
                                                      list.items[i][0] == '\0',
                                      "%d calls: item %zu is '%s'", n_calls_needed, i,
                                      list.items[i]);
                }
                if (!memory_pool_exhausted(pool))
                        break;
        }
        ck_assert_int_gt(n_calls_needed, 3);
}
END_TEST

START_TEST(arrays_grow_and_keep_their_items) {
        typedef struct Item {
                const char *name;
                int number;
        } Item;
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        Item *items = NULL, *before = NULL;
        size_t n_items = 0, n_moves = 0;

        for (int i = 0; i < 5000; i++) {
                Item *item = memory_pool_append(pool, items, n_items);

                ck_assert_ptr_eq(item, &items[i]);
                ck_assert_msg(!item->name && item->number == 0, "item %d is not zeroed", i);
                *item = (Item){ .name = "x", .number = i };
                n_moves += items != before;
                before = items;
                if (i % 7 == 0) /* others use the pool meanwhile */
                        memory_pool_text(pool, "meanwhile");
        }
        ck_assert_uint_eq(n_items, 5000);
        for (int i = 0; i < 5000; i++)
                ck_assert_msg(items[i].number == i && items[i].name[0] == 'x', "item %d holds %d",
                              i, items[i].number);
        ck_assert_msg(n_moves < 20, "moved %zu times", n_moves);
}
END_TEST

START_TEST(lists_find_what_they_hold) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = new_pool();
        TextList list = {};

        ck_assert(!text_list_has(&list, ""));
        text_list_add(&list, pool, "rhel-9");
        text_list_format(&list, pool, "%s-%d", "rhel", 8);
        ck_assert_uint_eq(list.n_items, 2);
        ck_assert_str_eq(list.items[0], "rhel-9");
        ck_assert_str_eq(list.items[1], "rhel-8");
        ck_assert(text_list_has(&list, "rhel-9"));
        ck_assert(text_list_has(&list, "rhel-8"));
        ck_assert(!text_list_has(&list, "rhel"));
        ck_assert(!text_list_has(&list, "rhel-80"));
        ck_assert(!text_list_has(&list, ""));
}
END_TEST

UNIT_TEST(blocks_are_zeroed_aligned_and_apart, small_blocks_share_memory,
          the_first_chunks_are_small, a_large_block_leaves_the_rest_of_the_current_chunk_usable,
          a_large_block_may_be_the_first, texts_are_copies, formats_of_any_length_are_whole,
          what_cannot_be_formatted_counts_as_exhausted, an_absurd_size_exhausts_the_pool,
          an_array_that_no_memory_holds_exhausts_the_pool, a_pool_without_memory_for_itself_is_none,
          an_exhausted_pool_stays_so_and_hands_out_nothing,
          a_list_is_whole_wherever_memory_runs_out, arrays_grow_and_keep_their_items,
          lists_find_what_they_hold)
