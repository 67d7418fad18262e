/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The part of the host facts that any user can read: sysfs, procfs and os-release. Small files only;
 * it never blocks and never runs a program, so the daemon calls it itself, as often as it likes.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/*
 * Fills the first half of `host`, which must be as host_facts_new() left it in that half. What cannot
 * be read becomes unknown with its reason; patches may come and go meanwhile. 0 or -ENOMEM.
 */
int livepatch_scan(const HostRoot *root, HostFacts *host);
