/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which kernel the next boot picks where systemd-boot is the boot loader.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* True in `ret` when one of systemd-boot's places has its loader.conf. 0 or -ENOMEM. */
int systemd_boot_is_there(const HostRoot *root, bool *ret);

/* Fills `default_kernel` and what belongs to it. 0 or -ENOMEM. */
int systemd_boot_read(const HostRoot *root, HostFacts *host);
