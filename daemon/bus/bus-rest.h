/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Short rests from a bus that never falls silent, in which the rest of the loop is served.
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"

#define BUS_PRIORITY (SD_EVENT_PRIORITY_NORMAL - 10)
#define BUS_PRIORITY_RESTING (SD_EVENT_PRIORITY_NORMAL + 20)

typedef struct BusRest BusRest;

/*
 * Once messages have kept the sources before SD_EVENT_PRIORITY_NORMAL + 15 waiting for 100 ms, those
 * that are pending are served before the next message. `bus` is attached with BUS_PRIORITY. 0 or
 * negative.
 */
int bus_rest_new(sd_bus *bus, BusRest **ret);
BusRest *bus_rest_free(BusRest *rest);
DEFINE_CLEANUP(BusRest, bus_rest_free);
