/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/bounded-read.h"
#include "base/text.h"
#include "host-tree.h"
#include "hostfacts/module-file.h"
#include "unit-test.h"

#define KERNEL "5.14.0-427.13.1.el9_4.x86_64"
#define RECORDED "rhel-9.4-eus/var/lib/kpatch/" KERNEL "/kpatch-5_14_0-427_13_1-1-1.ko"
#define PLACE "var/lib/kpatch/" KERNEL "/"

static HostFacts *scan_path(const char *path) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(module_file_scan(root, host), 0);
        return host;
}

/* A real module's bytes, with one text in it overwritten by another of the same length. */
static char *module_with(const char *from, const char *to, size_t *ret_n_bytes) {
        char *bytes, *at;

        ck_assert_int_eq(
                        bounded_read(AT_FDCWD, recorded_host(RECORDED), 65536, &bytes, ret_n_bytes),
                        0);
        if (!from)
                return bytes;
        ck_assert_uint_eq(strlen(from), strlen(to));
        at = memmem(bytes, *ret_n_bytes, from, strlen(from));
        ck_assert_msg(at != NULL, "the recorded module has no '%s'", from);
        memcpy(at, to, strlen(to));
        return bytes;
}

START_TEST(a_recorded_module_is_read) {
        _cleanup_(host_facts_freep) HostFacts *host = scan_path(recorded_host("rhel-9.4-eus"));

        ck_assert_ptr_null(host->modules_unknown);
        ck_assert_uint_eq(host->n_modules, 2);
        ck_assert_str_eq(host->modules[0].path,
                         "/usr/lib/kpatch/" KERNEL "/kpatch-5_14_0-427_13_1-1-1.ko");
        ck_assert_str_eq(host->modules[1].path,
                         "/var/lib/kpatch/" KERNEL "/kpatch-5_14_0-427_13_1-1-1.ko");
        for (size_t i = 0; i < 2; i++) {
                const ModuleFile *module = &host->modules[i];

                ck_assert_str_eq(module->kernel, KERNEL);
                ck_assert_str_eq(module->name, "kpatch_5_14_0_427_13_1_1_1");
                ck_assert_str_eq(module->vermagic, KERNEL);
                ck_assert_str_eq(module->srcversion, "26267E1A18D306B2F9A063C");
                ck_assert_str_eq(module->signer, "Red Hat Enterprise Linux kpatch signing key");
                ck_assert(module->livepatch);
                ck_assert_ptr_null(module->unreadable);
        }
}
END_TEST

START_TEST(what_modinfo_says_is_what_counts) {
        static const struct {
                const char *from, *to, *name, *vermagic, *srcversion, *signer;
                bool livepatch;
        } cases[] = {
                { NULL, NULL, "kpatch_5_14_0_427_13_1_1_1", KERNEL, "26267E1A18D306B2F9A063C",
                  "Red Hat Enterprise Linux kpatch signing key", true },
                { "livepatch=Y", "livepatch=N", "kpatch_5_14_0_427_13_1_1_1", KERNEL,
                  "26267E1A18D306B2F9A063C", "Red Hat Enterprise Linux kpatch signing key", false },
                { "livepatch=Y", "notpatch_=Y", "kpatch_5_14_0_427_13_1_1_1", KERNEL,
                  "26267E1A18D306B2F9A063C", "Red Hat Enterprise Linux kpatch signing key", false },
                { "vermagic=5.14.0-427", "vermagic=5.14.0-999", "kpatch_5_14_0_427_13_1_1_1",
                  "5.14.0-999.13.1.el9_4.x86_64", "26267E1A18D306B2F9A063C",
                  "Red Hat Enterprise Linux kpatch signing key", true },
                { "vermagic=", "vermugic=", "kpatch_5_14_0_427_13_1_1_1", NULL,
                  "26267E1A18D306B2F9A063C", "Red Hat Enterprise Linux kpatch signing key", true },
                { "srcversion=", "srcfersion=", "kpatch_5_14_0_427_13_1_1_1", KERNEL, NULL,
                  "Red Hat Enterprise Linux kpatch signing key", true },
                /* Without a name of its own, the file's. */
                { "name=kpatch", "nome=kpatch", "my_own_file", KERNEL, "26267E1A18D306B2F9A063C",
                  "Red Hat Enterprise Linux kpatch signing key", true },
                { "~Module signature", "~Module sign-ture", "kpatch_5_14_0_427_13_1_1_1", KERNEL,
                  "26267E1A18D306B2F9A063C", NULL, true },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                _cleanup_free_ char *bytes = NULL;
                const ModuleFile *module;
                size_t n_bytes;

                bytes = module_with(cases[i].from, cases[i].to, &n_bytes);
                host_tree_write_bytes(&tree, PLACE "my-own-file.ko", bytes, n_bytes);
                host = scan_path(tree.path);
                ck_assert_uint_eq(host->n_modules, 1);
                module = &host->modules[0];
                ck_assert_msg(text_equal(module->name, cases[i].name), "row %zu: name %s", i,
                              module->name);
                ck_assert_msg(text_equal(module->vermagic, cases[i].vermagic), "row %zu: %s", i,
                              module->vermagic);
                ck_assert_msg(text_equal(module->srcversion, cases[i].srcversion), "row %zu: %s", i,
                              module->srcversion);
                ck_assert_msg(text_equal(module->signer, cases[i].signer), "row %zu: signer %s", i,
                              module->signer);
                ck_assert_msg(module->livepatch == cases[i].livepatch, "row %zu: livepatch", i);
                ck_assert_ptr_null(module->unreadable);
        }
}
END_TEST

START_TEST(suses_modules_lie_beside_their_kernels) {
        _cleanup_(host_facts_freep) HostFacts *recorded = scan_path(recorded_host("sle-15.5"));
        _cleanup_(host_facts_freep) HostFacts *linked = NULL;
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        ck_assert_uint_eq(recorded->n_modules, 1);
        ck_assert_str_eq(recorded->modules[0].path,
                         "/lib/modules/5.14.21-150500.55.28-default/livepatch/"
                         "livepatch-2-150500_2_1.ko");
        ck_assert_str_eq(recorded->modules[0].kernel, "5.14.21-150500.55.28-default");
        ck_assert_str_eq(recorded->modules[0].name, "livepatch_2_150500_2_1");
        ck_assert(recorded->modules[0].livepatch);

        /* Where lib is a link to usr/lib, a file is there once. */
        host_tree_write(&tree, "usr/lib/modules/1.0-1-default/livepatch/a.ko", "");
        host_tree_write(&tree, "usr/lib/modules/1.0-1-default/kernel/b.ko", "");
        host_tree_link(&tree, "lib", "usr/lib");
        linked = scan_path(tree.path);
        ck_assert_uint_eq(linked->n_modules, 1);
        ck_assert_str_eq(linked->modules[0].path, "/usr/lib/modules/1.0-1-default/livepatch/a.ko");
}
END_TEST

START_TEST(compressed_modules_are_read) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *bytes = NULL;
        char command[512];
        size_t n_bytes;

        bytes = module_with(NULL, NULL, &n_bytes);
        host_tree_write_bytes(&tree, PLACE "a.ko", bytes, n_bytes);
        snprintf(command, sizeof(command), "xz --check=crc32 '%s'",
                 host_tree_path(&tree, PLACE "a.ko"));
        ck_assert_int_eq(system(command), 0);
        host = scan_path(tree.path);
        ck_assert_uint_eq(host->n_modules, 1);
        ck_assert_str_eq(host->modules[0].path, "/" PLACE "a.ko.xz");
        ck_assert_str_eq(host->modules[0].name, "kpatch_5_14_0_427_13_1_1_1");
        ck_assert(host->modules[0].livepatch);
}
END_TEST

START_TEST(files_that_are_no_modules_have_a_reason) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *bytes = NULL;
        size_t n_bytes;

        bytes = module_with(NULL, NULL, &n_bytes);
        host_tree_write(&tree, PLACE "a-text.ko", "no module\n");
        host_tree_write(&tree, PLACE "an-empty.ko", "");
        host_tree_write_bytes(&tree, PLACE "cut.ko", bytes, 100);
        host_tree_mkdir(&tree, PLACE "folder.ko");
        ck_assert_int_eq(mkfifo(host_tree_path(&tree, PLACE "pipe.ko"), 0644), 0);
        host_tree_link(&tree, PLACE "loop.ko", "loop.ko");
        host_tree_link(&tree, PLACE "outside.ko", "/proc/version");
        host_tree_write(&tree, PLACE "notes.txt", "not listed\n");
        host_tree_write(&tree, PLACE "x.ko.debug", "not listed\n");

        host = scan_path(tree.path);
        ck_assert_ptr_null(host->modules_unknown);
        ck_assert_uint_eq(host->n_modules, 6);
        for (size_t i = 0; i < host->n_modules; i++) {
                ck_assert_msg(host->modules[i].unreadable != NULL, "%s was read",
                              host->modules[i].path);
                ck_assert(!host->modules[i].livepatch && !host->modules[i].vermagic);
        }
        ck_assert_str_eq(host->modules[0].name, "a_text");
        ck_assert_str_eq(host->modules[4].path, "/" PLACE "loop.ko");
        ck_assert_str_eq(host->modules[4].unreadable,
                         "/" PLACE "loop.ko cannot be read: Too many levels of symbolic links");
}
END_TEST

START_TEST(modules_are_sorted_by_path) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *bytes = NULL;
        size_t n_bytes;

        bytes = module_with(NULL, NULL, &n_bytes);
        host_tree_write_bytes(&tree, PLACE "b.ko", bytes, n_bytes);
        host_tree_write_bytes(&tree, PLACE "a.ko", bytes, n_bytes);
        host_tree_write_bytes(&tree, "var/lib/kpatch/" KERNEL "+rt/c.ko", bytes, n_bytes);
        host = scan_path(tree.path);
        ck_assert_uint_eq(host->n_modules, 3);
        ck_assert_str_eq(host->modules[0].path, "/var/lib/kpatch/" KERNEL "+rt/c.ko");
        ck_assert_str_eq(host->modules[0].kernel, KERNEL "+rt");
        ck_assert_str_eq(host->modules[1].path, "/" PLACE "a.ko");
        ck_assert_str_eq(host->modules[2].path, "/" PLACE "b.ko");
}
END_TEST

START_TEST(a_link_inside_the_host_is_followed) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        _cleanup_free_ char *bytes = NULL;
        size_t n_bytes;

        bytes = module_with(NULL, NULL, &n_bytes);
        host_tree_write_bytes(&tree, "opt/a.ko", bytes, n_bytes);
        host_tree_link(&tree, PLACE "linked.ko", "/opt/a.ko");
        host = scan_path(tree.path);
        ck_assert_uint_eq(host->n_modules, 1);
        ck_assert(host->modules[0].livepatch);
}
END_TEST

START_TEST(no_folders_are_no_modules_and_unreadable_ones_unknown) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *none = scan_path(tree.path), *loop = NULL;
        _cleanup_free_ char *bytes = NULL;
        size_t n_bytes;

        ck_assert_ptr_null(none->modules_unknown);
        ck_assert_uint_eq(none->n_modules, 0);

        bytes = module_with(NULL, NULL, &n_bytes);
        host_tree_write_bytes(&tree, "usr/lib/kpatch/" KERNEL "/a.ko", bytes, n_bytes);
        host_tree_link(&tree, "var/lib/kpatch", "kpatch");
        loop = scan_path(tree.path);
        ck_assert_str_eq(loop->modules_unknown,
                         "/var/lib/kpatch cannot be read: Too many levels of symbolic links");
        ck_assert_uint_eq(loop->n_modules, 0);
}
END_TEST

UNIT_TEST(suses_modules_lie_beside_their_kernels, a_recorded_module_is_read,
          what_modinfo_says_is_what_counts, compressed_modules_are_read,
          files_that_are_no_modules_have_a_reason, modules_are_sorted_by_path,
          a_link_inside_the_host_is_followed, no_folders_are_no_modules_and_unreadable_ones_unknown)
