/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which kernel the next boot picks: boot loader entries and grub's environment block.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* Fills `default_kernel` and what belongs to it. 0 or -ENOMEM. */
int boot_entries_read(const HostRoot *root, HostFacts *host);
