/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * May the sender of a call do this? Root and the service's own user may; for all others polkit
 * decides, asked without blocking (policy/org.klpwatch1.policy has the actions).
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "bus/bus-callers.h"

typedef struct BusAuthorization BusAuthorization;

/* What an allowed call of this user is for; answers the call itself. 0 or negative. */
typedef int (*BusAuthorized)(void *userdata, sd_bus_message *call, uid_t uid);

/* `callers` is borrowed. */
int bus_authorization_new(sd_bus *bus, BusCallers *callers, BusAuthorization **ret);
BusAuthorization *bus_authorization_free(BusAuthorization *authorization);
DEFINE_CLEANUP(BusAuthorization, bus_authorization_free);

/*
 * Asks, and then calls `on_allowed`, at once or later; otherwise answers the call with
 * org.klpwatch1.Error.NotAuthorized, .AuthorityUnavailable (polkit is not there, or silent) or
 * LimitsExceeded (too many questions are open, of this user or of all). For the end of a method handler: returns what that
 * has to return.
 */
int bus_authorization_check(BusAuthorization *authorization, sd_bus_message *call,
                            const char *action, BusAuthorized on_allowed, void *userdata,
                            sd_bus_error *error);
