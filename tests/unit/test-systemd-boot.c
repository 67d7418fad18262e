/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "host-tree.h"
#include "hostfacts/systemd-boot.h"
#include "unit-test.h"

#define VARIABLE(name) "sys/firmware/efi/efivars/" name "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

static HostFacts *read_tree(const HostTree *tree) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(tree->path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(systemd_boot_read(root, host), 0);
        return host;
}

static void add(const HostTree *tree, const char *file, const char *keys) {
        char path[256];

        snprintf(path, sizeof(path), "efi/loader/entries/%s", file);
        host_tree_write(tree, path, keys);
}

static void set_variable(const HostTree *tree, const char *path, const char *text) {
        char bytes[256] = { 7 };
        size_t n = 4;

        for (; *text != '\0'; text++, n += 2)
                bytes[n] = *text;
        host_tree_write_bytes(tree, path, bytes, n + 2);
}

START_TEST(entries_are_sorted_as_the_loader_does) {
        static const struct {
                const char *files[3], *keys[3], *kernel;
        } cases[] = {
                /* By sort key, machine, version, newest first. */
                { { "a.conf", "b.conf", "c.conf" },
                  { "sort-key os\nversion 6.9.0\nlinux /l\n",
                    "sort-key os\nversion 6.10.0\nlinux /l\n", "version 7.0\nlinux /l\n" },
                  "6.10.0" },
                { { "a.conf", "b.conf", "c.conf" },
                  { "sort-key b\nversion 9\nlinux /l\n", "sort-key a\nversion 1\nlinux /l\n",
                    "sort-key a\nversion 1~rc1\nlinux /l\n" },
                  "1" },
                { { "a.conf", "b.conf", "c.conf" },
                  { "sort-key a\nmachine-id 2\nversion 9\nlinux /l\n",
                    "sort-key a\nmachine-id 1\nversion 1\nlinux /l\n",
                    "sort-key a\nmachine-id 1\nversion 0\nlinux /l\n" },
                  "1" },
                /* Without sort keys by file name, newest first. */
                { { "id-6.1.9.conf", "id-6.1.10.conf", "id-5.99.conf" },
                  { "version 6.1.9\nlinux /l\n", "version 6.1.10\nlinux /l\n",
                    "version 5.99\nlinux /l\n" },
                  "6.1.10" },
                /* Boot counting: what has no try left comes last. */
                { { "id-3+0-3.conf", "id-2+1-2.conf", "id-1.conf" },
                  { "version 3\nlinux /l\n", "version 2\nlinux /l\n", "version 1\nlinux /l\n" },
                  "2" },
                { { "id-3+0.conf", "id-2+x.conf", "id-1.conf" },
                  { "version 3\nlinux /l\n", "version 2\nlinux /l\n", "version 1\nlinux /l\n" },
                  "2" },
                /* The image's name says more than the version. */
                { { "a.conf", NULL, NULL },
                  { "# a remark\ntitle T\nversion one\nlinux /boot/vmlinuz-6.12.0-1-default\n" },
                  "6.12.0-1-default" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                host_tree_write(&tree, "efi/loader/loader.conf", "timeout 3\n");
                for (size_t j = 0; j < 3 && cases[i].files[j]; j++)
                        add(&tree, cases[i].files[j], cases[i].keys[j]);
                host = read_tree(&tree);
                ck_assert_msg(text_equal(host->default_kernel, cases[i].kernel), "row %zu: %s (%s)",
                              i, host->default_kernel, host->default_kernel_unknown);
                ck_assert_str_eq(host->default_kernel_from,
                                 "first boot entry, as loader.conf sets no default");
        }
}
END_TEST

START_TEST(settings_and_firmware_choose) {
        static const struct {
                const char *settings, *one_shot, *always, *kernel, *from;
        } cases[] = {
                { "default id-6.1.0.conf\n", NULL, NULL, "6.1.0", "loader.conf default" },
                { "#default x\ndefault   ID-6.1*\n", NULL, NULL, "6.1.0", "loader.conf default" },
                { "default id-6.1.0\n", NULL, NULL, "6.1.0", "loader.conf default" },
                { "default id-*\n", NULL, NULL, "6.2.0", "loader.conf default" },
                { "default gone\n", NULL, NULL, "6.2.0",
                  "first boot entry, as loader.conf default names none" },
                { "default id-6.2.0.conf\n", NULL, "id-6.1.0.conf", "6.1.0",
                  "firmware variable LoaderEntryDefault" },
                { "", "id-6.1.0", "id-6.2.0.conf", "6.1.0",
                  "firmware variable LoaderEntryOneShot" },
                { "", "id-*", NULL, "6.2.0",
                  "first boot entry, as firmware variable LoaderEntryOneShot names none" },
                { "default id-6.1.0.conf\n", "", NULL, "6.1.0", "loader.conf default" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                host_tree_write(&tree, "efi/loader/loader.conf", cases[i].settings);
                add(&tree, "id-6.1.0+3.conf", "version 6.1.0\nlinux /l\noptions a b\noptions c\n");
                add(&tree, "id-6.2.0.conf", "version 6.2.0\nlinux /l\n");
                add(&tree, "notes.txt", "version 9\nlinux /l\n");
                if (cases[i].one_shot)
                        set_variable(&tree, VARIABLE("LoaderEntryOneShot"), cases[i].one_shot);
                if (cases[i].always)
                        set_variable(&tree, VARIABLE("LoaderEntryDefault"), cases[i].always);
                host = read_tree(&tree);
                ck_assert_msg(text_equal(host->default_kernel, cases[i].kernel) &&
                                              text_equal(host->default_kernel_from, cases[i].from),
                              "row %zu: %s by %s (%s)", i, host->default_kernel,
                              host->default_kernel_from, host->default_kernel_unknown);
                if (strcmp(cases[i].kernel, "6.1.0") == 0)
                        ck_assert_uint_eq(host->default_options.n_items, 3);
        }
}
END_TEST

START_TEST(what_cannot_be_told_is_unknown) {
        static const struct {
                const char *path, *text, *why;
        } cases[] = {
                { "efi/loader/loader.conf", "default @saved\n",
                  "loader.conf default is @saved, which only the firmware knows" },
                { "efi/loader/loader.conf", "", "systemd-boot has no entries" },
                { "boot/EFI/Linux/arch.efi", "",
                  "unified kernel images are in the menu (/boot/EFI/Linux), whose versions are not "
                  "read" },
                { "efi/loader/entries/windows.conf",
                  "efi /EFI/Microsoft/bootmgfw.efi\nversion 11\n",
                  "the boot entry windows.conf names no kernel release" },
                { "efi/loader/entries/a.conf/x", "",
                  "/efi/loader/entries/a.conf cannot be read: Is a directory" },
                { VARIABLE("LoaderEntryDefault") "/x", "",
                  "/" VARIABLE("LoaderEntryDefault") " cannot be read: Is a directory" },
                { "efi/loader/loader.conf/x", "",
                  "/efi/loader/loader.conf cannot be read: Is a directory" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                host_tree_write(&tree, cases[i].path, cases[i].text);
                host = read_tree(&tree);
                ck_assert_msg(!host->default_kernel && text_equal(host->default_kernel_unknown,
                                                                  cases[i].why),
                              "row %zu: %s (%s)", i, host->default_kernel,
                              host->default_kernel_unknown);
        }
}
END_TEST

START_TEST(its_settings_show_that_it_is_there) {
        static const char *const files[] = { "efi/loader/loader.conf", "boot/loader/loader.conf",
                                             "boot/efi/loader/loader.conf", "loader/loader.conf" };

        for (size_t i = 0; i < ELEMENTS(files); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_root_freep) HostRoot *root = NULL;
                bool there = false;

                host_tree_write(&tree, files[i], "");
                ck_assert_int_eq(host_root_new(tree.path, &root), 0);
                ck_assert_int_eq(systemd_boot_is_there(root, &there), 0);
                ck_assert_msg(there == (i < 3), "%s", files[i]);
        }
}
END_TEST

UNIT_TEST(entries_are_sorted_as_the_loader_does, settings_and_firmware_choose,
          what_cannot_be_told_is_unknown, its_settings_show_that_it_is_there)
