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
 * its unit files. 0 or -ENOMEM.
 */
int loader_service_read(const HostRoot *root, HostFacts *host);

/* The same from unit files alone, whatever the root is. */
int loader_service_read_units(const HostRoot *root, HostFacts *host);
