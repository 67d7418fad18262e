/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/*
 * Manager.Rescan(): a call is answered when a look at the host has ended that began after it came, so it sees what was changed
 * before it. A look that runs already is not joined: the call gets the next one. All that wait share that.
 */

#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "bus/bus-authorization.h"

typedef struct BusRescan BusRescan;

/* As in BusManagerOwner. */
typedef struct BusRescanOwner {
        bool (*is_looking)(void *userdata);
        int (*rescan)(void *userdata);
        void *userdata;
} BusRescanOwner;

/* `authorization` is borrowed. 0 or -ENOMEM. */
int bus_rescan_new(BusAuthorization *authorization, const BusRescanOwner *owner, BusRescan **ret);
BusRescan *bus_rescan_free(BusRescan *rescan);
DEFINE_CLEANUP(BusRescan, bus_rescan_free);

/* For the method's handler, whose result is this one's. */
int bus_rescan_ask(BusRescan *rescan, sd_bus_message *call, sd_bus_error *error);

/* A look has ended, and its answer is published; or it failed (`problem`). Begins another when calls have come since. 0 or
 * negative. */
int bus_rescan_done(BusRescan *rescan, const char *problem);
