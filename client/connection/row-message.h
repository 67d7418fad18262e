/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Rows out of D-Bus messages. Inside client/connection only: it shows sd-bus.
 */

#include <systemd/sd-bus.h>

#include "connection/bus-row.h"

enum {
        ROW_MESSAGE_E_MALFORMED = 1, /* the message does not hold what the interface promises */
};

/*
 * Reads an a{sv}, or an aa{sv}, at the message's present place into `pool`. Values of types that
 * rows do not have are skipped: a newer daemon may send them. 0, ROW_MESSAGE_E_MALFORMED, or -ENOMEM.
 */
int row_message_read(sd_bus_message *message, MemoryPool *pool, BusRow *ret);
int row_message_read_all(sd_bus_message *message, MemoryPool *pool, BusRows *ret);
