/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-tree.h"
#include "store/feed-cursor.h"
#include "unit-test.h"

typedef struct World {
        HostTree tree;
        MemoryPool *pool;
        DigestStore *store;
} World;

static World world_new(void) {
        World world = { .tree = host_tree_new() };
        char *message = NULL;

        ck_assert_int_eq(memory_pool_new(&world.pool), 0);
        ck_assert_int_eq(digest_store_open(world.tree.path, &world.store, &message), 0);
        return world;
}

static void world_clear(World *world) {
        digest_store_free(world->store);
        memory_pool_free(world->pool);
        host_tree_freep(&world->tree);
}

START_TEST(what_is_saved_is_loaded) {
        static const FeedCursor rows[] = {
                { UTC_TIME_NONE, UTC_TIME_NONE, UTC_TIME_NONE, 0, NULL, NULL, NULL },
                { 1758801600 * USEC_PER_SEC, UTC_TIME_NONE, 1758801700 * USEC_PER_SEC, 3,
                  "a \"reason\"", "redhat 9", NULL },
                { 1758801600 * USEC_PER_SEC + 1, 5, UTC_TIME_NONE, 7, NULL, "- -1",
                  "{\"a\":\"\\u00e4\"}\n" },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(world_clear) World world = world_new();
                const char *message = NULL;
                FeedCursor back = {};

                ck_assert_int_eq(feed_cursor_load(world.store, "a", world.pool, &back, &message),
                                 FEED_CURSOR_E_MISSING);
                ck_assert_int_eq(feed_cursor_save(world.store, "a", &rows[i], world.pool, &message),
                                 0);
                ck_assert_int_eq(feed_cursor_load(world.store, "a", world.pool, &back, &message),
                                 0);
                ck_assert(back.last_attempt == rows[i].last_attempt &&
                          back.last_success == rows[i].last_success &&
                          back.not_before == rows[i].not_before &&
                          back.n_failures == rows[i].n_failures);
                ck_assert_pstr_eq(back.error, rows[i].error);
                ck_assert_pstr_eq(back.host, rows[i].host);
                ck_assert_pstr_eq(back.cursor, rows[i].cursor);
        }
}
END_TEST

START_TEST(what_cannot_be_used_is_said) {
        static const char *const texts[] = {
                "",
                "rubbish",
                "[]",
                "{}",
                "{\"feed\":2,\"last_attempt\":null,\"last_success\":null,\"error\":null,\"host\":"
                "null,"
                "\"cursor\":null}",
                "{\"feed\":1,\"last_attempt\":\"yesterday\",\"last_success\":null,\"error\":null,"
                "\"host\":null,\"cursor\":null}",
                "{\"feed\":1,\"last_attempt\":null,\"last_success\":null,\"error\":null,\"host\":"
                "null,"
                "\"cursor\":{}}",
        };

        for (size_t i = 0; i < ELEMENTS(texts); i++) {
                _cleanup_(world_clear) World world = world_new();
                const char *message = NULL;
                FeedCursor back = { .host = "untouched" };

                host_tree_write(&world.tree, "digests/a.feed", texts[i]);
                ck_assert_msg(feed_cursor_load(world.store, "a", world.pool, &back, &message) ==
                                              FEED_CURSOR_E_REFUSED,
                              "%s", texts[i]);
                ck_assert(message && strncmp(message, "a.feed: ", 8) == 0);
                ck_assert_str_eq(back.host, "untouched");
        }
}
END_TEST

START_TEST(a_reason_is_made_printable) {
        _cleanup_(world_clear) World world = world_new();
        const char *message = NULL;
        FeedCursor back = {};

        host_tree_write(&world.tree, "digests/a.feed",
                        "{\"feed\":1,\"last_attempt\":null,\"last_success\":null,\"error\":"
                        "\"a\\u001bb\","
                        "\"host\":null,\"cursor\":null}");
        ck_assert_int_eq(feed_cursor_load(world.store, "a", world.pool, &back, &message), 0);
        ck_assert_str_eq(back.error, "a?b");
}
END_TEST

/* The store's digests and the feeds' files lie beside each other, and neither is taken for the other. */
START_TEST(a_feeds_file_is_no_digest) {
        _cleanup_(world_clear) World world = world_new();
        _cleanup_(facts_freep) Facts *facts = NULL;
        const FeedCursor cursor = { .last_attempt = UTC_TIME_NONE,
                                    .last_success = UTC_TIME_NONE,
                                    .not_before = UTC_TIME_NONE };
        const char *message = NULL;
        TextList messages = {};
        size_t n_bytes;
        char *data;

        ck_assert_int_eq(feed_cursor_save(world.store, "a", &cursor, world.pool, &message), 0);
        ck_assert_int_eq(facts_new(&facts), 0);
        ck_assert_int_eq(digest_store_load(world.store, NULL, facts, &messages), 0);
        ck_assert_uint_eq(facts->n_sources + messages.n_items, 0);
        ck_assert_int_eq(digest_store_read(world.store, "a", &data, &n_bytes),
                         DIGEST_STORE_E_REFUSED);
        ck_assert_int_eq(digest_store_read(world.store, "../a", &data, &n_bytes),
                         DIGEST_STORE_E_REFUSED);
        ck_assert(!digest_store_holds(world.store, "a"));
        ck_assert(!digest_store_holds(world.store, "../a"));
        ck_assert_int_eq(mkdirat(digest_store_fd(world.store), "b.digest", 0755), 0);
        ck_assert(!digest_store_holds(world.store, "b"));
        ck_assert_int_eq(close(openat(digest_store_fd(world.store), "a.digest",
                                      O_WRONLY | O_CREAT | O_CLOEXEC, 0644)),
                         0);
        ck_assert(digest_store_holds(world.store, "a"));
}
END_TEST

UNIT_TEST(what_is_saved_is_loaded, what_cannot_be_used_is_said, a_reason_is_made_printable,
          a_feeds_file_is_no_digest)
