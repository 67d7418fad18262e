/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "host-tree.h"
#include "hostfacts/boot-pick.h"
#include "unit-test.h"

#define ENTRIES "title T\nversion 1.0-1-bls\nlinux /vmlinuz-1.0-1-bls\n"
#define MENU "menuentry 'M' {\n linux /vmlinuz-1.0-1-menu\n}\n"
#define BLOCK "# GRUB Environment Block\n"

START_TEST(each_host_has_one_menu) {
        static const struct {
                const char *files[4], *texts[4], *kernel, *why;
        } cases[] = {
                { { "boot/grub/grub.cfg", "boot/grub/grubenv" }, { MENU, BLOCK }, "1.0-1-menu" },
                { { "boot/grub2/grub.cfg", "boot/grub2/grubenv", "boot/loader/entries/a.conf" },
                  { MENU, BLOCK, ENTRIES },
                  "1.0-1-menu" },
                { { "boot/grub2/grub.cfg", "boot/grub2/grubenv", "boot/loader/entries/a.conf" },
                  { "blscfg\n" MENU, BLOCK, ENTRIES },
                  "1.0-1-bls" },
                { { "boot/grub2/grubenv", "boot/loader/entries/a.conf" },
                  { BLOCK, ENTRIES },
                  "1.0-1-bls" },
                { { "boot/loader/loader.conf", "boot/loader/entries/a.conf" },
                  { "", ENTRIES },
                  "1.0-1-bls" },
                /* A loader.conf beside grub is a leftover. */
                { { "boot/loader/loader.conf", "boot/grub2/grubenv", "boot/loader/entries/a.conf" },
                  { "default gone\n", "no block", ENTRIES },
                  NULL,
                  "/boot/grub2/grubenv is no environment block" },
                { { "boot/vmlinuz-1.0-1-menu" },
                  { "" },
                  NULL,
                  "there is no /boot/loader/entries, and no other boot menu is understood" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_root_freep) HostRoot *root = NULL;
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                for (size_t j = 0; j < 4 && cases[i].files[j]; j++)
                        host_tree_write(&tree, cases[i].files[j], cases[i].texts[j]);
                ck_assert_int_eq(host_root_new(tree.path, &root), 0);
                ck_assert_int_eq(host_facts_new(&host), 0);
                ck_assert_int_eq(boot_pick_read(root, host), 0);
                ck_assert_msg(text_equal(host->default_kernel, cases[i].kernel) &&
                                              text_equal(host->default_kernel_unknown,
                                                         cases[i].why),
                              "row %zu: %s (%s)", i, host->default_kernel,
                              host->default_kernel_unknown);
        }
}
END_TEST

UNIT_TEST(each_host_has_one_menu)
