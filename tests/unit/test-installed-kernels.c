/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-tree.h"
#include "hostfacts/installed-kernels.h"
#include "unit-test.h"

static HostFacts *read_path(const char *path) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(installed_kernels_read(root, host), 0);
        return host;
}

static void check_list(const HostFacts *host, const char *const *wanted, size_t n_wanted) {
        ck_assert_ptr_null(host->installed_kernels_unknown);
        ck_assert_uint_eq(host->installed_kernels.n_items, n_wanted);
        for (size_t i = 0; i < n_wanted; i++)
                ck_assert_str_eq(host->installed_kernels.items[i], wanted[i]);
}

START_TEST(folders_with_an_image_are_kernels_newest_first) {
        static const char *const wanted[] = {
                "6.1.0-1.x86_64",
                "5.14.0-427.37.1.el9_4.x86_64",
                "5.14.0-427.9.1.el9_4.x86_64",
                "5.14.0-427.9.1.el9_4.x86_64+rt",
                "5.14.0-427.el9.x86_64",
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        for (size_t i = 0; i < ELEMENTS(wanted); i++) {
                char path[256];

                snprintf(path, sizeof(path), "usr/lib/modules/%s/vmlinuz",
                         wanted[(i * 3) % ELEMENTS(wanted)]);
                host_tree_write(&tree, path, "");
        }
        host_tree_write(&tree, "usr/lib/modules/7.0.0-1.x86_64/modules.dep", "");
        host_tree_write(&tree, "usr/lib/modules/a-file", "");
        host_tree_write(&tree, "boot/vmlinuz-8.0.0-1.x86_64", "");
        host = read_path(tree.path);
        check_list(host, wanted, ELEMENTS(wanted));
}
END_TEST

START_TEST(images_in_boot_alone_count_where_there_are_no_others) {
        static const char *const wanted[] = { "6.1.0-26-amd64", "6.1.0-9-amd64" };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        host_tree_write(&tree, "usr/lib/modules/6.1.0-26-amd64/modules.dep", "");
        host_tree_write(&tree, "boot/vmlinuz-6.1.0-9-amd64", "");
        host_tree_write(&tree, "boot/vmlinuz-6.1.0-26-amd64", "");
        host_tree_write(&tree, "boot/vmlinuz-0-rescue-0123", "");
        host_tree_write(&tree, "boot/initrd.img-6.1.0-26-amd64", "");
        host = read_path(tree.path);
        check_list(host, wanted, ELEMENTS(wanted));
}
END_TEST

START_TEST(no_folder_is_unknown_and_an_empty_one_is_none) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *missing = read_path(tree.path), *none = NULL,
                                              *loop = NULL;

        ck_assert_str_eq(missing->installed_kernels_unknown, "there is no /usr/lib/modules");

        host_tree_mkdir(&tree, "usr/lib/modules");
        none = read_path(tree.path);
        check_list(none, NULL, 0);

        host_tree_link(&tree, "boot", "boot");
        loop = read_path(tree.path);
        ck_assert_str_eq(loop->installed_kernels_unknown,
                         "/boot cannot be read: Too many levels of symbolic links");
}
END_TEST

START_TEST(a_recorded_host_has_its_kernels) {
        static const char *const wanted[] = { "5.14.0-427.37.1.el9_4.x86_64",
                                              "5.14.0-427.13.1.el9_4.x86_64" };
        _cleanup_(host_facts_freep) HostFacts *host = read_path(recorded_host("rhel-9.4-eus"));

        check_list(host, wanted, ELEMENTS(wanted));
}
END_TEST

UNIT_TEST(folders_with_an_image_are_kernels_newest_first,
          images_in_boot_alone_count_where_there_are_no_others,
          no_folder_is_unknown_and_an_empty_one_is_none, a_recorded_host_has_its_kernels)
