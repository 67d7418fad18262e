/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "host-tree.h"
#include "hostfacts/grub-menu.h"
#include "unit-test.h"

#define BLOCK "# GRUB Environment Block\n"
#define ENTRY(title, id, release)                                                          \
        "menuentry '" title "' --class os $menuentry_id_option '" id "' {\n\tload_video\n" \
        "\tlinux\t/boot/vmlinuz-" release " root=/dev/vda2 ro\n\tinitrd\t/boot/initrd\n}\n"
#define HEAD(set)                                                                          \
        "if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n   set " \
        "default=" set                                                                     \
        "\nfi\nfunction savedefault {\n  if [ -z \"x\" ]; then\n    save_env x\n  fi\n}\n"
#define MENU                                                                                   \
        ENTRY("Linux", "simple", "6.1.0-56-amd64")                                             \
        "submenu 'Advanced options' $menuentry_id_option 'advanced' {\n" ENTRY(                \
                        "Linux, with 6.1.0-56-amd64", "a-56", "6.1.0-56-amd64")                \
                        ENTRY("Linux, with 6.1.0-49-amd64", "a-49",                            \
                              "6.1.0-49-amd64") "}\n"                                          \
                                                "if [ \"$grub_platform\" = \"efi\" ]; then\n"  \
                                                "menuentry 'Firmware' --id 'fw' "              \
                                                "{\n\tfwsetup\n}\nfi\n" ENTRY("Other > \\\\x", \
                                                                              "other",         \
                                                                              "5.10.0-1-amd64")

static HostFacts *read_menu(const HostTree *tree) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(tree->path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(grub_menu_read(root, "boot/grub", host), 0);
        return host;
}

static HostFacts *read_texts(const char *script, const char *block) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();

        host_tree_write(&tree, "boot/grub/grub.cfg", script);
        if (block)
                host_tree_write(&tree, "boot/grub/grubenv", block);
        return read_menu(&tree);
}

START_TEST(grub_picks_as_its_script_and_block_say) {
        static const struct {
                const char *script, *block, *kernel, *from;
        } cases[] = {
                { HEAD("\"0\"") MENU, BLOCK, "6.1.0-56-amd64", "grub.cfg default" },
                { HEAD("\"0\"") MENU, NULL, "6.1.0-56-amd64", "grub.cfg default" },
                { HEAD("0") MENU, BLOCK, "6.1.0-56-amd64", "grub.cfg default" },
                { HEAD("\"1>1\"") MENU, BLOCK, "6.1.0-49-amd64", "grub.cfg default" },
                { HEAD("\"advanced>a-49\"") MENU, BLOCK, "6.1.0-49-amd64", "grub.cfg default" },
                { HEAD("'Advanced options>Linux, with 6.1.0-49-amd64'") MENU, BLOCK,
                  "6.1.0-49-amd64", "grub.cfg default" },
                { HEAD("other") MENU, BLOCK, "5.10.0-1-amd64", "grub.cfg default" },
                { HEAD("'Other >> \\\\x'") MENU, BLOCK, "5.10.0-1-amd64", "grub.cfg default" },
                { HEAD("\"${saved_entry}\"") MENU, BLOCK "saved_entry=advanced>a-49\n###",
                  "6.1.0-49-amd64", "grubenv saved_entry" },
                { HEAD("\"${saved_entry}\"") MENU, BLOCK "###", "6.1.0-56-amd64",
                  "first menu entry, as grubenv saved_entry is empty" },
                { HEAD("\"${saved_entry}\"") MENU, BLOCK "saved_entry=gone\n", "6.1.0-56-amd64",
                  "first menu entry, as grubenv saved_entry names none" },
                { HEAD("\"99\"") "menuentry 'Only' {\n linux16 /vmlinuz-3.10.0-1160.el7.x86_64 "
                                 "ro\n}\n",
                  BLOCK, "3.10.0-1160.el7.x86_64",
                  "first menu entry, as grub.cfg default names none" },
                { HEAD("\"0\"") MENU, BLOCK "next_entry=advanced>1\nsaved_entry=simple\n",
                  "6.1.0-49-amd64", "grubenv next_entry" },
                { MENU, BLOCK, "6.1.0-56-amd64", "first menu entry, as grub.cfg default is empty" },
                { "if [ -s $prefix/grubenv ]; then load_env; fi\n" HEAD("0") MENU, BLOCK,
                  "6.1.0-56-amd64", "grub.cfg default" },
                { "menuentry \"It's \\\"it\\\"\" --id=x {\n linuxefi /vmlinuz-5.0.0-1-default\n}\n",
                  BLOCK, "5.0.0-1-default", "first menu entry, as grub.cfg default is empty" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                read_texts(cases[i].script, cases[i].block);

                ck_assert_msg(text_equal(host->default_kernel, cases[i].kernel) &&
                                              text_equal(host->default_kernel_from, cases[i].from),
                              "row %zu gave %s by %s (%s)", i, host->default_kernel,
                              host->default_kernel_from, host->default_kernel_unknown);
        }
}
END_TEST

START_TEST(what_the_script_decides_is_unknown) {
        static const struct {
                const char *script, *block, *why;
        } cases[] = {
                { HEAD("\"3\"") MENU, BLOCK, "a condition in grub.cfg decides which entry 3 is" },
                { HEAD("\"2\"") MENU, BLOCK, "a condition in grub.cfg decides which entry 2 is" },
                { HEAD("\"$wish\"") MENU, BLOCK, "grub.cfg computes its default: $wish" },
                { HEAD("\"1\"") MENU, BLOCK,
                  "grub.cfg default leads into a submenu, but to no entry of it" },
                { HEAD("\"advanced>gone\"") MENU, BLOCK,
                  "grub.cfg default leads into a submenu, but to no entry of it" },
                { HEAD("\"fw\"") MENU, BLOCK, "the menu entry 'Firmware' names no kernel release" },
                { HEAD("\"0\"") "menuentry 'Link' {\n linux /boot/vmlinuz root=x\n}\n", BLOCK,
                  "the menu entry 'Link' names no kernel release" },
                { "menuentry 'Cut' {\n linux /vmlinuz-1-1", BLOCK,
                  "grub.cfg is not understood: it is cut short" },
                { "menuentry {\n}\nmenuentry\t\n", BLOCK,
                  "the menu entry '{' names no kernel release" },
                { "{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n{\n", BLOCK,
                  "grub.cfg is not understood: its blocks are nested too deep" },
                { HEAD("\"0\"") MENU, "no block", "/boot/grub/grubenv is no environment block" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                read_texts(cases[i].script, cases[i].block);

                ck_assert_msg(!host->default_kernel, "row %zu gave %s", i, host->default_kernel);
                ck_assert_msg(text_equal(host->default_kernel_unknown, cases[i].why), "row %zu: %s",
                              i, host->default_kernel_unknown);
        }
}
END_TEST

START_TEST(the_command_line_is_the_entrys) {
        _cleanup_(host_facts_freep) HostFacts *host = read_texts(
                        HEAD("0") "menuentry 'A' {\n linux /vmlinuz-1.0-1-default 'a b' c\n"
                                  " linux /vmlinuz-2.0-1-default d\n}\n",
                        BLOCK);

        ck_assert_str_eq(host->default_kernel, "1.0-1-default");
        ck_assert_uint_eq(host->default_options.n_items, 2);
        ck_assert_str_eq(host->default_options.items[0], "a b");
        ck_assert_str_eq(host->default_options.items[1], "c");
}
END_TEST

START_TEST(menus_that_are_fetched_are_not_written) {
        static const struct {
                const char *script;
                bool written;
        } cases[] = {
                { HEAD("0") MENU, true },
                { HEAD("0") "blscfg\n" MENU, false },
                { HEAD("0"), false },
                { "", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_root_freep) HostRoot *root = NULL;
                bool written = !cases[i].written;

                host_tree_write(&tree, "boot/grub2/grub.cfg", cases[i].script);
                ck_assert_int_eq(host_root_new(tree.path, &root), 0);
                ck_assert_int_eq(grub_menu_is_written(root, "boot/grub2", &written), 0);
                ck_assert_msg(written == cases[i].written, "row %zu", i);
                ck_assert_int_eq(grub_menu_is_written(root, "boot/grub", &written), 0);
                ck_assert(!written);
        }
}
END_TEST

UNIT_TEST(grub_picks_as_its_script_and_block_say, what_the_script_decides_is_unknown,
          the_command_line_is_the_entrys, menus_that_are_fetched_are_not_written)
