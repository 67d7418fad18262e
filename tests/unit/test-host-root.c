/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "host-tree.h"
#include "host/host-root.h"
#include "unit-test.h"

static HostRoot *open_tree(const HostTree *tree) {
        HostRoot *root;

        ck_assert_int_eq(host_root_new(tree->path, &root), 0);
        return root;
}

/* From here on one system call of this process fails. Each test is a process of its own. */
static void fail_call(unsigned number, int error) {
        struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned) error),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = ELEMENTS(filter), .filter = filter };

        ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void fill(const HostTree *tree) {
        host_tree_write(tree, "usr/lib/os-release", "ID=recorded\n");
        host_tree_link(tree, "etc/os-release", "/usr/lib/os-release");
        host_tree_link(tree, "etc/relative", "../usr/lib/os-release");
        host_tree_link(tree, "etc/escape", "../../../../../../../../../../etc/passwd");
        host_tree_link(tree, "etc/absolute", "/etc/passwd");
        host_tree_link(tree, "etc/loop", "loop");
        host_tree_link(tree, "lib", "usr/lib");
        host_tree_link(tree, "up", "/");
        host_tree_link(tree, "chain", "/etc//os-release");
}

static void check_links(void) {
        static const struct {
                const char *path;
                int outcome;
        } cases[] = {
                { "usr/lib/os-release", 0 },
                { "etc/os-release", 0 },
                { "etc/relative", 0 },
                { "lib/os-release", 0 },
                { "chain", 0 },
                { "etc/../usr/lib/../lib//os-release", 0 },
                { "../../usr/lib/os-release", 0 },
                { "/usr/lib/os-release", 0 },
                { "up/usr/lib/os-release", 0 },
                { "etc/escape", HOST_ROOT_E_MISSING },
                { "etc/absolute", HOST_ROOT_E_MISSING },
                { "../../../../../../etc/passwd", HOST_ROOT_E_MISSING },
                { "etc/loop", HOST_ROOT_E_REFUSED },
                { "etc/loop/below", HOST_ROOT_E_REFUSED },
                { "usr", HOST_ROOT_E_REFUSED },
                { "lib", HOST_ROOT_E_REFUSED },
                { "up", HOST_ROOT_E_REFUSED },
                { "etc/none", HOST_ROOT_E_MISSING },
                { "none/os-release", HOST_ROOT_E_MISSING },
                { "usr/lib/os-release/below", HOST_ROOT_E_MISSING },
        };
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree);

        fill(&tree);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_free_ char *text = NULL;
                int r = host_root_read_line(root, cases[i].path, 4096, &text);

                ck_assert_msg(r == cases[i].outcome, "row '%s' gave %d", cases[i].path, r);
                if (r == 0)
                        ck_assert_str_eq(text, "ID=recorded");
        }
        ck_assert_int_eq(host_root_look(root, "etc/loop"), 0);
        ck_assert_int_eq(host_root_look(root, "etc/escape"), 0);
        ck_assert_int_eq(host_root_look(root, "lib/none"), HOST_ROOT_E_MISSING);
}

START_TEST(links_stay_inside_a_recorded_host) {
        check_links();
}
END_TEST

START_TEST(links_stay_inside_on_an_old_kernel) {
        fail_call(SYS_openat2, ENOSYS);
        check_links();
}
END_TEST

START_TEST(links_stay_inside_under_a_filter) {
        fail_call(SYS_openat2, EPERM);
        check_links();
}
END_TEST

START_TEST(only_the_root_folder_is_this_host) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *recorded = open_tree(&tree), *inner = NULL,
                                            *host = NULL, *none = NULL;

        host_tree_mkdir(&tree, "proc");
        ck_assert(host_root_is_recorded(recorded));
        ck_assert_int_eq(host_root_enter(recorded, "proc", &inner), 0);
        ck_assert(host_root_is_recorded(inner));
        ck_assert_int_eq(host_root_new("//", &host), 0);
        ck_assert(!host_root_is_recorded(host));
        ck_assert_int_eq(host_root_new(host_tree_path(&tree, "none"), &none), HOST_ROOT_E_MISSING);
        ck_assert_ptr_null(none);
}
END_TEST

START_TEST(only_regular_files_within_the_limit_are_read) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree);
        _cleanup_free_ char *text = NULL;
        size_t n_bytes = 99;

        host_tree_write(&tree, "ten", "123456789\n");
        host_tree_mkdir(&tree, "folder");
        ck_assert_int_eq(mkfifo(host_tree_path(&tree, "pipe"), 0644), 0);

        ck_assert_int_eq(host_root_read(root, "ten", 9, &text, &n_bytes), HOST_ROOT_E_TOO_LARGE);
        ck_assert_int_eq(host_root_read(root, "folder", 9, &text, &n_bytes), HOST_ROOT_E_REFUSED);
        ck_assert_int_eq(errno, EISDIR);
        ck_assert_int_eq(host_root_read(root, "pipe", 9, &text, &n_bytes), HOST_ROOT_E_REFUSED);
        ck_assert_uint_eq(n_bytes, 99);
        ck_assert_ptr_null(text);
        ck_assert_int_eq(host_root_read(root, "ten", 10, &text, &n_bytes), 0);
        ck_assert_uint_eq(n_bytes, 10);
}
END_TEST

/* sysfs says ENODEV when a node goes between open() and read(), or even before. */
static void check_gone(unsigned call) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree);
        _cleanup_free_ char *text = NULL;

        host_tree_write(&tree, "enabled", "1\n");
        fail_call(call, ENODEV);
        ck_assert_int_eq(host_root_read_line(root, "enabled", 64, &text), HOST_ROOT_E_MISSING);
        ck_assert_ptr_null(text);
}

START_TEST(a_node_that_goes_before_it_is_read_is_missing) {
        check_gone(SYS_read);
}
END_TEST

START_TEST(a_node_that_goes_before_it_is_open_is_missing) {
        check_gone(SYS_openat2);
}
END_TEST

START_TEST(names_are_listed_in_order) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree);
        TextList names = {};

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        host_tree_write(&tree, "list/b", "");
        host_tree_write(&tree, "list/.keep", "");
        host_tree_write(&tree, "list/a-10", "");
        host_tree_write(&tree, "list/a-9", "");
        host_tree_mkdir(&tree, "list/Z");

        ck_assert_int_eq(host_root_list(root, "list", pool, &names), 0);
        ck_assert_uint_eq(names.n_items, 4);
        ck_assert_str_eq(names.items[0], "Z");
        ck_assert_str_eq(names.items[1], "a-10");
        ck_assert_str_eq(names.items[2], "a-9");
        ck_assert_str_eq(names.items[3], "b");
        ck_assert_int_eq(host_root_list(root, "list/b", pool, &names), HOST_ROOT_E_MISSING);
        ck_assert_int_eq(host_root_list(root, "none", pool, &names), HOST_ROOT_E_MISSING);
        ck_assert_uint_eq(names.n_items, 4);
}
END_TEST

START_TEST(an_entered_folder_stays_the_same) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree), *folder = NULL;
        _cleanup_free_ char *text = NULL, *none = NULL;

        host_tree_write(&tree, "patch/enabled", "first");
        ck_assert_int_eq(host_root_enter(root, "patch", &folder), 0);
        ck_assert_int_eq(rename(host_tree_path(&tree, "patch"), host_tree_path(&tree, "away")), 0);
        host_tree_write(&tree, "patch/enabled", "second");

        ck_assert_int_eq(host_root_read_line(folder, "enabled", 64, &text), 0);
        ck_assert_str_eq(text, "first");

        ck_assert_int_eq(unlink(host_tree_path(&tree, "away/enabled")), 0);
        ck_assert_int_eq(rmdir(host_tree_path(&tree, "away")), 0);
        ck_assert_int_eq(host_root_read_line(folder, "enabled", 64, &none), HOST_ROOT_E_MISSING);
}
END_TEST

START_TEST(outcomes_are_explained) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_str_eq(host_root_explain(pool, HOST_ROOT_E_MISSING, "boot/x"),
                         "there is no /boot/x");
        ck_assert_str_eq(host_root_explain(pool, HOST_ROOT_E_TOO_LARGE, "boot/x"),
                         "/boot/x is too large");
        errno = EACCES;
        ck_assert_str_eq(host_root_explain(pool, HOST_ROOT_E_REFUSED, "boot/x"),
                         "/boot/x cannot be read: Permission denied");
}
END_TEST

START_TEST(looking_follows_no_last_link) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = open_tree(&tree);

        host_tree_link(&tree, "wants/unit", "/nowhere");
        ck_assert_int_eq(host_root_look(root, "wants/unit"), 0);
        ck_assert_int_eq(host_root_look(root, "wants/other"), HOST_ROOT_E_MISSING);
        ck_assert_int_eq(host_root_look(root, "wants/unit/below"), HOST_ROOT_E_MISSING);
}
END_TEST

UNIT_TEST(links_stay_inside_a_recorded_host, links_stay_inside_on_an_old_kernel,
          links_stay_inside_under_a_filter, only_the_root_folder_is_this_host,
          only_regular_files_within_the_limit_are_read,
          a_node_that_goes_before_it_is_read_is_missing,
          a_node_that_goes_before_it_is_open_is_missing, names_are_listed_in_order,
          an_entered_folder_stays_the_same, outcomes_are_explained, looking_follows_no_last_link)
