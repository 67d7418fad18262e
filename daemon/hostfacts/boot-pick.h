/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which kernel the next boot picks, whatever boot loader the host has.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* Fills `default_kernel` and what belongs to it. 0 or -ENOMEM. */
int boot_pick_read(const HostRoot *root, HostFacts *host);
