/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fetch/cache-search.h"
#include "host-tree.h"
#include "unit-test.h"

#define HASH "-0123456789abcdef"

/* Told after a folder was listed, so that something can happen before what was listed is looked into. */
static void (*after_list)(void);
static HostTree *listed;

int __real_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret);
int __wrap_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret);

int __wrap_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret) {
        int r = __real_host_root_list(root, path, pool, ret);

        if (after_list)
                after_list();
        return r;
}

int __real_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes);
int __wrap_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes);

int __wrap_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes) {
        return __real_host_root_read(root, path, max_bytes, ret, ret_n_bytes);
}

typedef struct Found {
        MemoryPool *pool;
        CacheFolders folders;
} Found;

static void found_clear(Found *found) {
        memory_pool_free(found->pool);
}

static Found search(const HostTree *tree, const char *location) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        Found found = {};

        ck_assert_int_eq(memory_pool_new(&found.pool), 0);
        ck_assert_int_eq(host_root_new(tree->path, &root), 0);
        ck_assert_int_eq(cache_search(root, location, found.pool, &found.folders), 0);
        return found;
}

START_TEST(folders_with_a_repomd_are_repositories) {
        static const struct {
                const char *path, *repository; /* NULL: it is none */
        } rows[] = {
                { "var/cache/dnf/rhel-9-baseos" HASH, "rhel-9-baseos" },
                { "var/cache/dnf/a" HASH HASH, "a" HASH },
                { "var/cache/libdnf5/fedora" HASH, "fedora" },
                { "var/cache/zypp/raw/SLES:Updates", "SLES:Updates" },
                { "var/cache/zypp/raw/odd" HASH, "odd" HASH },
                { "var/cache/dnf/without-a-hash", NULL },
                { "var/cache/dnf/short-0123456789abcde", NULL },
                { "var/cache/dnf/upper-0123456789ABCDEF", NULL },
                { "var/cache/dnf/" HASH, NULL },
                { "var/cache/zypp/solv/SLES:Updates", NULL },
                { "var/cache/yum/x86_64", NULL },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(found_clear) Found found = {};
                char path[256];

                snprintf(path, sizeof(path), "%s/repodata/repomd.xml", rows[i].path);
                host_tree_write(&tree, path, "<repomd/>");
                found = search(&tree, NULL);
                ck_assert_msg(found.folders.n_items == (rows[i].repository ? 1 : 0), "%s",
                              rows[i].path);
                if (!rows[i].repository)
                        continue;
                ck_assert_str_eq(found.folders.items[0].repository, rows[i].repository);
                ck_assert_str_eq(found.folders.items[0].path, rows[i].path);
                ck_assert(found.folders.items[0].fingerprint && !found.folders.items[0].problem);
        }
}
END_TEST

START_TEST(a_location_is_the_only_place) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(found_clear) Found found = {};

        host_tree_write(&tree, "var/cache/dnf/a" HASH "/repodata/repomd.xml", "");
        host_tree_write(&tree, "srv/b/repodata/repomd.xml", "");
        host_tree_write(&tree, "srv/c" HASH "/repodata/repomd.xml", "");
        found = search(&tree, "/srv");
        ck_assert_uint_eq(found.folders.n_items, 2);
        ck_assert_str_eq(found.folders.items[0].repository, "b");
        ck_assert_str_eq(found.folders.items[1].repository, "c");
}
END_TEST

START_TEST(the_fingerprint_changes_with_the_metadata_and_with_nothing_else) {
        static const struct {
                const char *what, *file, *text;
                bool changes;
        } rows[] = {
                { "nothing", NULL, NULL, false },
                { "a byte of repomd.xml", "repodata/repomd.xml", "<repomD/>", true },
                { "repomd.xml, to the same", "repodata/repomd.xml", "<repomd/>", false },
                { "a longer file", "repodata/primary.xml.gz", "longer", true },
                { "another file", "repodata/updateinfo.xml.gz", "", true },
                { "a hidden file", "repodata/.tmp", "x", false },
                { "a package", "packages/x.rpm", "x", false },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(found_clear) Found before = {}, after = {};
                const char *folder = "var/cache/dnf/a" HASH;
                char path[256];

                snprintf(path, sizeof(path), "%s/repodata/repomd.xml", folder);
                host_tree_write(&tree, path, "<repomd/>");
                snprintf(path, sizeof(path), "%s/repodata/primary.xml.gz", folder);
                host_tree_write(&tree, path, "x");
                before = search(&tree, NULL);
                if (rows[i].file) {
                        snprintf(path, sizeof(path), "%s/%s", folder, rows[i].file);
                        host_tree_write(&tree, path, rows[i].text);
                }
                after = search(&tree, NULL);
                ck_assert_uint_eq(after.folders.n_items, 1);
                ck_assert_msg((strcmp(before.folders.items[0].fingerprint,
                                      after.folders.items[0].fingerprint) != 0) == rows[i].changes,
                              "%s", rows[i].what);
        }
}
END_TEST

START_TEST(what_is_no_plain_folder_or_file_is_named) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(found_clear) Found found = {};

        host_tree_write(&tree, "elsewhere/repodata/repomd.xml", "");
        host_tree_link(&tree, "var/cache/dnf/link" HASH, "/elsewhere");
        host_tree_link(&tree, "var/cache/dnf/loop" HASH "/repodata/repomd.xml", "repomd.xml");
        host_tree_mkdir(&tree, "var/cache/dnf/folder" HASH "/repodata/repomd.xml");
        host_tree_write(&tree, "var/cache/dnf/sp ace" HASH "/repodata/repomd.xml", "");
        found = search(&tree, NULL);
        ck_assert_uint_eq(found.folders.n_items, 4);
        for (size_t i = 0; i < 4; i++)
                ck_assert_msg(found.folders.items[i].problem && !found.folders.items[i].fingerprint,
                              "%s", found.folders.items[i].path);
        ck_assert_str_eq(found.folders.items[0].problem,
                         "/var/cache/dnf/folder" HASH
                         "/repodata/repomd.xml: it is no regular file");
        ck_assert_str_eq(found.folders.items[1].problem,
                         "/var/cache/dnf/link" HASH ": it is a link; package managers make none");
        ck_assert_str_eq(found.folders.items[2].problem,
                         "/var/cache/dnf/loop" HASH
                         "/repodata/repomd.xml: it is a link; package managers make none");
        ck_assert_str_eq(found.folders.items[3].problem,
                         "/var/cache/dnf/sp ace" HASH ": its name is no id of a repository");
}
END_TEST

static void remove_listed(void) {
        ck_assert_int_eq(rename(host_tree_path(listed, "var/cache/dnf/a" HASH),
                                host_tree_path(listed, "gone")),
                         0);
        after_list = NULL;
}

static void empty_listed(void) {
        ck_assert_int_eq(unlink(host_tree_path(listed,
                                               "var/cache/dnf/a" HASH "/repodata/repomd.xml")),
                         0);
        after_list = NULL;
}

static void replace_listed_by_a_file(void) {
        ck_assert_int_eq(rename(host_tree_path(listed, "var/cache/dnf/a" HASH),
                                host_tree_path(listed, "gone")),
                         0);
        host_tree_write(listed, "var/cache/dnf/a" HASH, "");
        after_list = NULL;
}

START_TEST(what_vanishes_meanwhile_was_never_there) {
        static void (*const events[])(void) = { remove_listed, empty_listed,
                                                replace_listed_by_a_file };

        for (size_t i = 0; i < ELEMENTS(events); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(found_clear) Found found = {};

                host_tree_write(&tree, "var/cache/dnf/a" HASH "/repodata/repomd.xml", "");
                host_tree_write(&tree, "var/cache/dnf/b" HASH "/repodata/repomd.xml", "");
                listed = &tree;
                after_list = events[i];
                found = search(&tree, NULL);
                ck_assert_msg(!after_list, "event %zu did not happen", i);
                ck_assert_uint_eq(found.folders.n_items, 1);
                ck_assert_str_eq(found.folders.items[0].repository, "b");
        }
}
END_TEST

START_TEST(more_than_256_folders_are_not_read) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(found_clear) Found found = {};
        char path[128];

        for (size_t i = 0; i < 300; i++) {
                snprintf(path, sizeof(path), "var/cache/dnf/%03zu" HASH "/repodata/repomd.xml", i);
                host_tree_write(&tree, path, "");
        }
        found = search(&tree, NULL);
        ck_assert_uint_eq(found.folders.n_items, 257);
        ck_assert(found.folders.items[255].fingerprint);
        ck_assert_str_eq(found.folders.items[256].problem,
                         "/var/cache/dnf/256" HASH ": more than 256 folders; the rest is not read");
}
END_TEST

UNIT_TEST(folders_with_a_repomd_are_repositories, a_location_is_the_only_place,
          the_fingerprint_changes_with_the_metadata_and_with_nothing_else,
          what_is_no_plain_folder_or_file_is_named, what_vanishes_meanwhile_was_never_there,
          more_than_256_folders_are_not_read)
