/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Hears from NetworkManager or systemd-networkd that the network is back. klpwatchd has none of its own; this is a hint to
 * others, and without either of them nothing comes.
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"

typedef struct BusNetwork BusNetwork;

/* `on_back` is called each time; what it returns goes to the loop. 0 or negative. */
int bus_network_new(sd_bus *bus, int (*on_back)(void *userdata), void *userdata, BusNetwork **ret);
BusNetwork *bus_network_free(BusNetwork *network);
DEFINE_CLEANUP(BusNetwork, bus_network_free);
