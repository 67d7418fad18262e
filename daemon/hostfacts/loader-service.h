/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The unit that loads live patches at boot, and whether it will.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/*
 * Fills `loader_service` and `loader_state`: from klpwatch/services on a recorded host, else from
 * its unit files; `loader_result` from the third word there, else as systemctl shows it; and
 * `patches_follow` from the settings of dnf's kpatch plug-in. 0 or -ENOMEM.
 */
int loader_service_read(const HostRoot *root, HostFacts *host);

/* The same from unit files alone, whatever the root is. */
int loader_service_read_units(const HostRoot *root, HostFacts *host);

/* Only `patches_follow`. */
int loader_service_read_plugin(const HostRoot *root, HostFacts *host);

/* `loader_result` by what `systemctl show` printed: ActiveState, ConditionResult, ConditionTimestampMonotonic. */
const char *loader_service_judge(const char *shown);
