/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whose menu decides. A grub.cfg with entries of its own is grub's menu; without them grub fetches boot
 * loader entries; a loader.conf without any grub is systemd-boot's. It refuses to guess where none of
 * these is there: the answer is unknown, with the reason of boot loader entries, the last resort.
 */

#include "base/error.h"
#include "hostfacts/boot-entries.h"
#include "hostfacts/boot-pick.h"
#include "hostfacts/grub-menu.h"
#include "hostfacts/systemd-boot.h"

int boot_pick_read(const HostRoot *root, HostFacts *host) {
        static const char *const folders[] = { "boot/grub2", "boot/grub" };
        bool grub = false, is = false;
        int r;

        for (size_t i = 0; i < ELEMENTS(folders); i++) {
                grub = grub || host_root_look(root, folders[i]) == 0;
                r = grub_menu_is_written(root, folders[i], &is);
                if (r)
                        return error_trace(r);
                if (is) {
                        r = grub_menu_read(root, folders[i], host);
                        return r ? error_trace(r) : 0;
                }
        }

        if (!grub) {
                r = systemd_boot_is_there(root, &is);
                if (r)
                        return error_trace(r);
        }
        r = is ? systemd_boot_read(root, host) : boot_entries_read(root, host);
        return r ? error_trace(r) : 0;
}
