/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which kernel the next boot picks from a menu that is written out in grub.cfg (SUSE, Ubuntu, Debian).
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/*
 * True in `ret` when grub.cfg in `folder` (boot/grub2, boot/grub) has menu entries of its own and does
 * not fetch them from boot loader entries. 0 or -ENOMEM.
 */
int grub_menu_is_written(const HostRoot *root, const char *folder, bool *ret);

/* Fills `default_kernel` and what belongs to it. 0 or -ENOMEM. */
int grub_menu_read(const HostRoot *root, const char *folder, HostFacts *host);
