/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon's connection to the system bus, or to the one that DBUS_SYSTEM_BUS_ADDRESS names.
 */

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

enum {
        BUS_CONNECTION_E_NO_BUS = 1,  /* there is no bus to connect to; errno says why */
        BUS_CONNECTION_E_NAME_TAKEN,  /* another instance has the name */
        BUS_CONNECTION_E_NOT_ALLOWED, /* the bus's policy refuses the name */
        BUS_CONNECTION_E_NAME_LOST,   /* how the loop ends when the bus gave the name to another */
};

/* Connects and attaches to `loop`; losing the bus, or later the name, ends the loop with an error. 0, BUS_CONNECTION_E_NO_BUS or negative. */
int bus_connection_open(sd_event *loop, sd_bus **ret);

/* Takes the service's name, never queueing for it. Call it once everything that the name promises is there. */
int bus_connection_take_name(sd_bus *bus);
