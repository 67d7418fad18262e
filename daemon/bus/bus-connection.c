/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The bus connection. By default sd-bus goes on quietly after the bus died, a service that nobody can
 * reach; here the process ends with an error, and whoever started it starts it again.
 */

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "bus/bus-connection.h"
#include "bus/bus-rest.h"
#include "dbus/bus-names.h"

static void sd_bus_closep(sd_bus **bus) {
        sd_bus_flush_close_unref(*bus);
}

int bus_connection_open(sd_event *loop, sd_bus **ret) {
        _cleanup_(sd_bus_closep) sd_bus *bus = NULL;
        int r;

        r = sd_bus_open_system_with_description(&bus, "klpwatchd");
        if (r == -ENOMEM)
                return error_origin(r);
        if (r < 0) {
                errno = -r;
                return BUS_CONNECTION_E_NO_BUS;
        }
        r = sd_bus_set_exit_on_disconnect(bus, true);
        if (r < 0)
                return error_origin(r);
        r = sd_bus_attach_event(bus, loop, BUS_PRIORITY);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(bus);
        return 0;
}

/* Whoever has the name now is asked by the clients; what we say nobody hears any more. */
static int on_name_lost(sd_bus_message *signal, _unused_ void *userdata,
                        _unused_ sd_bus_error *error) {
        const char *name;
        int r;

        r = sd_bus_message_read(signal, "s", &name);
        if (r < 0 || strcmp(name, BUS_NAME) != 0)
                return 0;
        return sd_event_exit(sd_bus_get_event(sd_bus_message_get_bus(signal)),
                             BUS_CONNECTION_E_NAME_LOST);
}

int bus_connection_take_name(sd_bus *bus) {
        int r;

        /* The bus takes what it is sent in order, so the answer to the match need not be waited for. */
        r = sd_bus_match_signal_async(bus, NULL, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                      "org.freedesktop.DBus", "NameLost", on_name_lost, NULL, NULL);
        if (r < 0)
                return error_origin(r);
        r = sd_bus_request_name(bus, BUS_NAME, 0);
        if (r == -EEXIST)
                return BUS_CONNECTION_E_NAME_TAKEN;
        if (r == -EACCES || r == -EPERM)
                return BUS_CONNECTION_E_NOT_ALLOWED;
        return r < 0 ? error_origin(r) : 0;
}
