/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Calls in the raw. Inside client/connection only: it shows sd-bus. Results as of daemon-connection.h.
 */

#include <systemd/sd-bus.h>

#include "connection/daemon-connection.h"

/* The bus, which stays the connection's; connects first where that is not done. */
int daemon_call_connect(DaemonConnection *connection, sd_bus **ret);

/* A message for a method, its arguments still to be appended. Connects, too. */
int daemon_call_new(DaemonConnection *connection, const char *path, const char *interface,
                    const char *method, sd_bus_message **ret);
int daemon_call_send(DaemonConnection *connection, sd_bus_message *call,
                     sd_bus_message **ret_reply);

enum {
        DAEMON_CALL_E_NO_READER = 1, /* nobody reads what is written there any more */
};

/* Waits until the bus has something to process. 0, DAEMON_CALL_E_NO_READER or negative. */
int daemon_call_wait(sd_bus *bus, int reader_fd);

/* DAEMON_CONNECTION_E_* with its problem for an answer that cannot be read, and for a bus that went away. */
int daemon_call_malformed(DaemonConnection *connection);
int daemon_call_no_bus(DaemonConnection *connection, int error);
