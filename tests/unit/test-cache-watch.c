/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <poll.h>

#include "feed/cache-watch.h"
#include "host-tree.h"
#include "unit-test.h"

#define FOLDER "var/cache/dnf/a-0123456789abcdef"

/* Events of a change are there when the call that made it returns: nothing is to be waited for. */
static bool hears(CacheWatch *watch) {
        struct pollfd fd = { .fd = cache_watch_get_fd(watch), .events = POLLIN };
        bool changed = false;

        if (poll(&fd, 1, 0) > 0)
                ck_assert_int_eq(cache_watch_dispatch(watch, &changed), 0);
        return changed;
}

static void move(const HostTree *tree, const char *from, const char *to) {
        ck_assert_int_eq(rename(host_tree_path(tree, from), host_tree_path(tree, to)), 0);
}

static void rewrite_repomd(const HostTree *tree) {
        host_tree_write(tree, FOLDER "/repodata/repomd.xml", "new");
}

static void replace_repodata(const HostTree *tree) {
        move(tree, FOLDER "/repodata", "old");
        host_tree_write(tree, "new/repomd.xml", "");
        move(tree, "new", FOLDER "/repodata");
}

static void add_repository(const HostTree *tree) {
        host_tree_mkdir(tree, "var/cache/dnf/b-0123456789abcdef");
}

static void remove_repository(const HostTree *tree) {
        move(tree, FOLDER, "gone");
}

static void make_readable(const HostTree *tree) {
        ck_assert_int_eq(chmod(host_tree_path(tree, FOLDER), 0700), 0);
}

static void read_all(const HostTree *tree) {
        FILE *file = fopen(host_tree_path(tree, FOLDER "/repodata/repomd.xml"), "re");

        ck_assert_ptr_nonnull(file);
        (void) fgetc(file);
        fclose(file);
}

static void add_package(const HostTree *tree) {
        host_tree_write(tree, FOLDER "/packages/deep/x.rpm", "x");
}

static void change_something_else(const HostTree *tree) {
        host_tree_write(tree, "var/cache/other/file", "x");
        host_tree_write(tree, "var/log/file", "x");
}

START_TEST(changes_of_a_cache_are_heard_and_nothing_else) {
        static const struct {
                const char *what;
                void (*act)(const HostTree *tree);
                bool heard;
        } rows[] = {
                { "repomd.xml written", rewrite_repomd, true },
                { "repodata replaced", replace_repodata, true },
                { "a repository more", add_repository, true },
                { "a repository less", remove_repository, true },
                { "another mode", make_readable, true },
                { "reading", read_all, false },
                { "a package below a folder that is there", add_package, false },
                { "something else", change_something_else, false },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(cache_watch_freep) CacheWatch *watch = NULL;

                host_tree_write(&tree, FOLDER "/repodata/repomd.xml", "");
                host_tree_mkdir(&tree, FOLDER "/packages");
                host_tree_mkdir(&tree, FOLDER "/packages/deep");
                ck_assert_int_eq(cache_watch_new(tree.path, NULL, &watch), 0);
                ck_assert_msg(!hears(watch), "%s: before", rows[i].what);
                rows[i].act(&tree);
                ck_assert_msg(hears(watch) == rows[i].heard, "%s", rows[i].what);
                ck_assert_msg(!hears(watch), "%s: twice", rows[i].what);
        }
}
END_TEST

/* A cache that is not there yet is waited for a name at a time: each hint makes all watches anew. */
START_TEST(a_cache_that_is_not_there_is_waited_for) {
        static const char *const steps[] = { "var", "var/cache", "var/cache/dnf",
                                             "var/cache/dnf/a-0123456789abcdef",
                                             FOLDER "/repodata" };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(cache_watch_freep) CacheWatch *watch = NULL;

        ck_assert_int_eq(cache_watch_new(tree.path, NULL, &watch), 0);
        for (size_t i = 0; i < ELEMENTS(steps); i++) {
                host_tree_mkdir(&tree, "x");
                ck_assert_int_eq(rmdir(host_tree_path(&tree, "x")), 0);
                ck_assert_msg(!hears(watch), "%s: noise", steps[i]);
                host_tree_mkdir(&tree, steps[i]);
                ck_assert_msg(hears(watch), "%s", steps[i]);
                ck_assert_int_eq(cache_watch_renew(watch), 0);
                ck_assert(!hears(watch));
        }
        rewrite_repomd(&tree);
        ck_assert(hears(watch));
}
END_TEST

START_TEST(two_places_in_one_folder_are_both_waited_for) {
        static const char *const places[] = { "var/cache/dnf", "var/cache/libdnf5",
                                              "var/cache/zypp" };

        for (size_t i = 0; i < ELEMENTS(places); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(cache_watch_freep) CacheWatch *watch = NULL;

                host_tree_mkdir(&tree, "var/cache");
                ck_assert_int_eq(cache_watch_new(tree.path, NULL, &watch), 0);
                host_tree_mkdir(&tree, "var/cache/other");
                ck_assert(!hears(watch));
                host_tree_mkdir(&tree, places[i]);
                ck_assert_msg(hears(watch), "%s", places[i]);
        }
}
END_TEST

START_TEST(a_location_is_watched_alone) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(cache_watch_freep) CacheWatch *watch = NULL;

        host_tree_write(&tree, FOLDER "/repodata/repomd.xml", "");
        ck_assert_int_eq(cache_watch_new(tree.path, "/srv/mirror", &watch), 0);
        rewrite_repomd(&tree);
        ck_assert(!hears(watch));
        host_tree_mkdir(&tree, "srv");
        ck_assert(hears(watch));
}
END_TEST

UNIT_TEST(changes_of_a_cache_are_heard_and_nothing_else, a_cache_that_is_not_there_is_waited_for,
          two_places_in_one_folder_are_both_waited_for, a_location_is_watched_alone)
