/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The alerts that klpwatchd has now, for programs with a bus connection and a loop of their own.
 */

#include <systemd/sd-bus.h>

#include "connection/bus-row.h"

typedef struct AlertItem {
        const char *path; /* of the object */
        BusRow values;    /* the properties of org.klpwatch1.Alert, by their names */
} AlertItem;

typedef struct AlertList {
        AlertItem *items;
        size_t n_items;
} AlertList;

enum {
        ALERT_LIST_E_NO_DAEMON = 1, /* it does not run, and is not started for this */
        ALERT_LIST_E_FAILED,        /* no answer, or none that can be read */
};

/* All that is returned lives in `pool`. 0, ALERT_LIST_E_* or -ENOMEM. */
int alert_list_read(sd_bus *bus, MemoryPool *pool, AlertList *ret);
