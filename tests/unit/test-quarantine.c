/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fetch/file-hash.h"
#include "fetch/quarantine.h"
#include "host-tree.h"
#include "unit-test.h"

#define NOTES "deaths"

typedef struct Place {
        HostTree tree;
        MemoryPool *pool;
        int folder, one, other; /* two files of different content */
        char hash[FILE_HASH_TEXT_BYTES];
} Place;

static Place place_new(void) {
        Place place = { .tree = host_tree_new() };

        ck_assert_int_eq(memory_pool_new(&place.pool), 0);
        host_tree_write_bytes(&place.tree, "one", "1", 1);
        host_tree_write_bytes(&place.tree, "other", "2", 1);
        place.folder = open(host_tree_path(&place.tree, "."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        place.one = openat(place.folder, "one", O_RDONLY | O_CLOEXEC);
        place.other = openat(place.folder, "other", O_RDONLY | O_CLOEXEC);
        ck_assert(place.one >= 0 && place.other >= 0);
        ck_assert(file_hash(place.one, FILE_HASH_SHA256, place.hash));
        return place;
}

static void place_clear(Place *place) {
        close(place->one);
        close(place->other);
        close(place->folder);
        memory_pool_freep(&place->pool);
        host_tree_freep(&place->tree);
}

static unsigned deaths_of(Place *place, size_t *ret_n_items) {
        Quarantine quarantine;

        ck_assert_int_eq(quarantine_read(place->folder, place->pool, &quarantine), 0);
        if (ret_n_items)
                *ret_n_items = quarantine.n_items;
        return quarantine_count(&quarantine, place->hash);
}

START_TEST(deaths_are_counted_by_content) {
        __attribute__((cleanup(place_clear))) Place place = place_new();
        size_t n_items;

        ck_assert_uint_eq(deaths_of(&place, &n_items), 0);
        ck_assert_uint_eq(n_items, 0);
        for (unsigned i = 1; i <= QUARANTINE_AFTER; i++) {
                quarantine_add(place.folder, place.one, i == 2 ? "2024/b.json" : "2024/a.json");
                quarantine_add(place.folder, place.other, "2024/c.json");
                ck_assert_uint_eq(deaths_of(&place, &n_items), i);
                ck_assert_uint_eq(n_items, 2);
        }
}
END_TEST

START_TEST(what_is_forgotten_is_forgotten_by_name) {
        __attribute__((cleanup(place_clear))) Place place = place_new();
        size_t n_items;

        quarantine_add(place.folder, place.one, "2024/a.json");
        quarantine_add(place.folder, place.other, "2024/c.json");
        quarantine_add(place.folder, place.one, "2024/a.json");
        quarantine_forget(place.folder, place.pool, "2024/x.json");
        ck_assert_uint_eq(deaths_of(&place, &n_items), 2);
        quarantine_forget(place.folder, place.pool, "2024/a.json");
        ck_assert_uint_eq(deaths_of(&place, &n_items), 0);
        ck_assert_uint_eq(n_items, 1);
}
END_TEST

/* Another version may read what ended the one before. */
START_TEST(deaths_of_another_version_do_not_count) {
        __attribute__((cleanup(place_clear))) Place place = place_new();
        char *text = NULL;

        ck_assert_int_ge(asprintf(&text,
                                  "0.0.0 %s a\n0.0.0 %s a\n0.0.0 %s a\nrubbish\n\n" KLPWATCH_VERSION
                                  " %s a\n",
                                  place.hash, place.hash, place.hash, place.hash),
                         0);
        host_tree_write_bytes(&place.tree, NOTES, text, strlen(text));
        free(text);
        ck_assert_uint_eq(deaths_of(&place, NULL), 1);
}
END_TEST

START_TEST(notes_that_have_no_end_are_begun_anew) {
        __attribute__((cleanup(place_clear))) Place place = place_new();
        size_t n_bytes = 300 * 1024;
        char *text = calloc(1, n_bytes);

        ck_assert_ptr_nonnull(text);
        memset(text, 'x', n_bytes);
        host_tree_write_bytes(&place.tree, NOTES, text, n_bytes);
        free(text);
        ck_assert_uint_eq(deaths_of(&place, NULL), 0);
        quarantine_add(place.folder, place.one, "a");
        ck_assert_uint_eq(deaths_of(&place, NULL), 1);
}
END_TEST

UNIT_TEST(deaths_are_counted_by_content, what_is_forgotten_is_forgotten_by_name,
          deaths_of_another_version_do_not_count, notes_that_have_no_end_are_begun_anew)
