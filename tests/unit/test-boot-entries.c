/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-tree.h"
#include "hostfacts/boot-entries.h"
#include "unit-test.h"

#define ID "0123456789abcdef0123456789abcdef"
#define OLD "5.14.0-427.13.1.el9_4.x86_64"
#define NEW "5.14.0-427.37.1.el9_4.x86_64"
#define BLOCK "# GRUB Environment Block\n"

static HostFacts *read_path(const char *path) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(boot_entries_read(root, host), 0);
        return host;
}

static void add_entry(const HostTree *tree, const char *id, const char *release) {
        char path[256], text[512];

        snprintf(path, sizeof(path), "boot/loader/entries/%s.conf", id);
        snprintf(text, sizeof(text),
                 "title Linux (%s)\nversion %s\nlinux /vmlinuz-%s\ninitrd /initramfs-%s.img\n"
                 "options root=/dev/vda1 ro $unset\n",
                 release, release, release, release);
        host_tree_write(tree, path, text);
}

/* Three kernels and a rescue entry; the menu is NEW, OLD, 5.14.0-70, rescue. */
static void fill(const HostTree *tree, const char *block) {
        add_entry(tree, ID "-" OLD, OLD);
        add_entry(tree, ID "-" NEW, NEW);
        add_entry(tree, ID "-5.14.0-70.13.1.el9_0.x86_64", "5.14.0-70.13.1.el9_0.x86_64");
        add_entry(tree, ID "-0-rescue", "0-rescue-" ID);
        host_tree_write(tree, "boot/grub2/grubenv", block);
}

START_TEST(grub_picks_as_the_block_says) {
        static const struct {
                const char *block, *kernel, *from;
        } cases[] = {
                { BLOCK "saved_entry=" ID "-" OLD "\n####", OLD, "grubenv saved_entry" },
                { BLOCK "kernelopts=x\nsaved_entry=" ID "-" NEW "\nboot_success=1\n", NEW,
                  "grubenv saved_entry" },
                { BLOCK "saved_entry=Linux (" OLD ")\n", OLD, "grubenv saved_entry" },
                { BLOCK "saved_entry=0\n", NEW, "grubenv saved_entry" },
                { BLOCK "saved_entry=2\n", "5.14.0-70.13.1.el9_0.x86_64", "grubenv saved_entry" },
                { BLOCK "saved_entry=7\n", NEW,
                  "first boot entry, as grubenv saved_entry names none" },
                { BLOCK "saved_entry=" ID "-gone\n", NEW,
                  "first boot entry, as grubenv saved_entry names none" },
                { BLOCK "saved_entry=\n", NEW, "first boot entry, as grubenv has no saved_entry" },
                { BLOCK "#########", NEW, "first boot entry, as grubenv has no saved_entry" },
                { BLOCK "not_saved_entry=1\nsaved_entry_old=1\n", NEW,
                  "first boot entry, as grubenv has no saved_entry" },
                { BLOCK "saved_entry=" ID "-" NEW "\nnext_entry=" ID "-" OLD "\n", OLD,
                  "grubenv next_entry" },
                { BLOCK "next_entry=1\nsaved_entry=" ID "-" NEW "\n", OLD, "grubenv next_entry" },
                { BLOCK "next_entry=\nsaved_entry=" ID "-" OLD "\n", OLD, "grubenv saved_entry" },
                /* A dangling next_entry does not fall back on saved_entry. */
                { BLOCK "next_entry=gone\nsaved_entry=" ID "-" OLD "\n", NEW,
                  "first boot entry, as grubenv next_entry names none" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                fill(&tree, cases[i].block);
                host = read_path(tree.path);
                ck_assert_msg(host->default_kernel &&
                                              strcmp(host->default_kernel, cases[i].kernel) == 0,
                              "row %zu gave %s (%s)", i, host->default_kernel,
                              host->default_kernel_unknown);
                ck_assert_str_eq(host->default_kernel_from, cases[i].from);
                ck_assert_ptr_null(host->default_kernel_unknown);
                ck_assert_uint_eq(host->default_options.n_items, 2);
                ck_assert_str_eq(host->default_options.items[1], "ro");
        }
}
END_TEST

START_TEST(entries_are_sorted_as_grub_does) {
        static const struct {
                const char *a, *b, *first; /* ids and the one that is first in the menu */
        } cases[] = {
                { ID "-5.14.0-427.9.1.el9_4.x86_64", ID "-5.14.0-427.13.1.el9_4.x86_64",
                  ID "-5.14.0-427.13.1.el9_4.x86_64" },
                { ID "-4.18.0-553.el8_10.x86_64", ID "-4.18.0-553.5.1.el8_10.x86_64",
                  ID "-4.18.0-553.5.1.el8_10.x86_64" },
                { ID "-6.1.0-1.x86_64", ID "-5.14.0-427.x86_64", ID "-6.1.0-1.x86_64" },
                { ID "-5.14.0-1.x86_64", ID "-5.14.0-1.x86_64+rt", ID "-5.14.0-1.x86_64+rt" },
                /* Another token outranks a newer version. */
                { "ffffffffffffffffffffffffffffffff-5.14.0-1.x86_64",
                  "aaaaffffffffffffffffffffffffffff-6.1.0-1.x86_64",
                  "ffffffffffffffffffffffffffffffff-5.14.0-1.x86_64" },
                { "zz", "yy", "zz" },
                { "token-6", "token-5", "token-6" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                add_entry(&tree, cases[i].a, cases[i].a);
                add_entry(&tree, cases[i].b, cases[i].b);
                host_tree_write(&tree, "boot/grub2/grubenv", BLOCK);
                host = read_path(tree.path);
                ck_assert_msg(strcmp(host->default_kernel, cases[i].first) == 0, "row %zu gave %s",
                              i, host->default_kernel);
        }
}
END_TEST

START_TEST(what_grub_would_see_and_we_cannot_is_unknown) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *none = read_path(tree.path), *no_block = NULL,
                                              *bad_block = NULL, *bad_entry = NULL, *bad_cfg = NULL;

        ck_assert_str_eq(none->default_kernel_unknown,
                         "there is no /boot/loader/entries, and no other boot menu is understood");

        add_entry(&tree, ID "-" OLD, OLD);
        no_block = read_path(tree.path);
        ck_assert_str_eq(no_block->default_kernel_unknown, "there is no /boot/grub2/grubenv");

        host_tree_write(&tree, "boot/grub2/grubenv", "saved_entry=0\n");
        bad_block = read_path(tree.path);
        ck_assert_str_eq(bad_block->default_kernel_unknown,
                         "/boot/grub2/grubenv is no environment block");

        host_tree_write(&tree, "boot/grub2/grubenv", BLOCK);
        host_tree_mkdir(&tree, "boot/grub2/grub.cfg"); /* unreadable for whoever runs the test */
        bad_cfg = read_path(tree.path);
        ck_assert_str_eq(bad_cfg->default_kernel_unknown,
                         "/boot/grub2/grub.cfg cannot be read: Is a directory");

        host_tree_mkdir(&tree, "boot/loader/entries/other.conf");
        bad_entry = read_path(tree.path);
        ck_assert_str_eq(bad_entry->default_kernel_unknown,
                         "/boot/loader/entries/other.conf cannot be read: Is a directory");
        ck_assert_ptr_null(bad_entry->default_kernel);
}
END_TEST

START_TEST(entries_that_boot_no_kernel) {
        static const struct {
                const char *block, *unknown;
        } cases[] = {
                { BLOCK, "all boot entries are rescue entries" },
                { BLOCK "saved_entry=" ID "-0-rescue\n",
                  "the boot entry " ID "-0-rescue names no kernel release" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *empty = NULL, *host = NULL;

                host_tree_write(&tree, "boot/grub2/grubenv", cases[i].block);
                host_tree_write(&tree, "boot/loader/entries/notes.txt", "linux /vmlinuz-1-1\n");
                host_tree_write(&tree, "boot/loader/entries/efi.conf",
                                "title Firmware\nefi /x.efi\n");
                empty = read_path(tree.path);
                ck_assert_str_eq(empty->default_kernel_unknown,
                                 "/boot/loader/entries has no entry with a kernel");

                add_entry(&tree, ID "-0-rescue", "0-rescue-" ID);
                host = read_path(tree.path);
                ck_assert_str_eq(host->default_kernel_unknown, cases[i].unknown);
                ck_assert_ptr_null(host->default_kernel);
        }
}
END_TEST

START_TEST(the_menu_default_may_be_fixed_in_grub_cfg) {
        static const struct {
                const char *cfg, *kernel, *from;
        } cases[] = {
                { "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n"
                  "   set default=\"${saved_entry}\"\nfi\n",
                  OLD, "grubenv saved_entry" },
                { "   set default=\"${next_entry}\"\nelse\n   set default=\"0\"\nfi\n", NEW,
                  "grub.cfg default" },
                { "# nothing\n", OLD, "grubenv saved_entry" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                fill(&tree, BLOCK "saved_entry=" ID "-" OLD "\n");
                host_tree_write(&tree, "boot/grub2/grub.cfg", cases[i].cfg);
                host = read_path(tree.path);
                ck_assert_str_eq(host->default_kernel, cases[i].kernel);
                ck_assert_str_eq(host->default_kernel_from, cases[i].from);
        }
}
END_TEST

START_TEST(a_next_entry_wins_over_a_fixed_default) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        fill(&tree, BLOCK "next_entry=" ID "-" OLD "\n");
        host_tree_write(&tree, "boot/grub2/grub.cfg", "set default=\"0\"\n");
        host = read_path(tree.path);
        ck_assert_str_eq(host->default_kernel, OLD);
}
END_TEST

START_TEST(options_are_expanded_from_the_block) {
        static const struct {
                const char *entry, *words;
        } cases[] = {
                { "linux /vmlinuz-1-1\noptions $kernelopts quiet $tuned_params\n",
                  "root=/dev/a kpatch.enable=0 quiet " },
                { "linux /vmlinuz-1-1\noptions ${kernelopts}\n", "root=/dev/a kpatch.enable=0 " },
                { "linux /vmlinuz-1-1\n", "root=/dev/a kpatch.enable=0 " },
                { "linux /vmlinuz-1-1\noptions a b\noptions c\n", "a b c " },
                { "linux\t/vmlinuz-1-1\n  options   a\t b \n# options d\n", "a b " },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char words[256] = "";

                host_tree_write(&tree, "boot/loader/entries/x-1-1.conf", cases[i].entry);
                host_tree_write(&tree, "boot/grub2/grubenv",
                                BLOCK "kernelopts=root=/dev/a kpatch.enable=0\n####");
                host = read_path(tree.path);
                for (size_t j = 0; j < host->default_options.n_items; j++) {
                        strcat(words, host->default_options.items[j]);
                        strcat(words, " ");
                }
                ck_assert_msg(strcmp(words, cases[i].words) == 0, "row %zu gave '%s'", i, words);
                ck_assert_str_eq(host->default_kernel, "1-1");
        }
}
END_TEST

START_TEST(an_image_without_a_release_in_its_name) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *with_version = NULL, *without = NULL;

        host_tree_write(&tree, "boot/grub2/grubenv", BLOCK);
        host_tree_write(&tree, "boot/loader/entries/x.conf",
                        "version " OLD "\nlinux /token/" OLD "/linux\n");
        with_version = read_path(tree.path);
        ck_assert_str_eq(with_version->default_kernel, OLD);

        host_tree_write(&tree, "boot/loader/entries/x.conf", "linux /token/linux\n");
        without = read_path(tree.path);
        ck_assert_str_eq(without->default_kernel_unknown,
                         "the boot entry x names no kernel release");
}
END_TEST

START_TEST(recorded_hosts_pick_their_kernels) {
        static const struct {
                const char *name, *kernel, *from;
        } cases[] = {
                { "rhel-9.4-eus", NEW, "grubenv saved_entry" },
                { "next-boot-unchanged", OLD, "grubenv saved_entry" },
                { "next-boot-dangling", NEW,
                  "first boot entry, as grubenv saved_entry names none" },
                { "rhel-8.6-two-patches", "4.18.0-372.9.1.el8.x86_64", "grubenv saved_entry" },
                { "kernel-rt", OLD "+rt", "grubenv saved_entry" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                read_path(recorded_host(cases[i].name));

                ck_assert_str_eq(host->default_kernel, cases[i].kernel);
                ck_assert_str_eq(host->default_kernel_from, cases[i].from);
                ck_assert(text_list_has(&host->default_options, "ro"));
        }
}
END_TEST

UNIT_TEST(grub_picks_as_the_block_says, entries_are_sorted_as_grub_does,
          what_grub_would_see_and_we_cannot_is_unknown, entries_that_boot_no_kernel,
          the_menu_default_may_be_fixed_in_grub_cfg, a_next_entry_wins_over_a_fixed_default,
          options_are_expanded_from_the_block, an_image_without_a_release_in_its_name,
          recorded_hosts_pick_their_kernels)
