/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who calls: the user behind a connection, as org.freedesktop.DBus.GetConnectionUnixUser() tells. The bus is
 * asked without waiting, since whoever waits takes in without bound what others send meanwhile.
 */

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "bus/caller-limit.h"

#define BUS_CALLERS_MAX 256       /* calls that wait to be told */
#define BUS_CALLERS_MAX_OF_ONE 64 /* of one connection, about which the bus is asked once */

enum {
        BUS_CALLERS_E_FULL = 1, /* too many calls wait, of this connection or of all */
};

typedef struct BusCallers BusCallers;

/*
 * Told once who it is: (uid_t) -1, which is nobody's, when the bus cannot tell (any more). `userdata` is
 * then its own. 0 or negative.
 */
typedef int (*BusCallerKnown)(void *userdata, uid_t uid);

int bus_callers_new(sd_bus *bus, BusCallers **ret);
BusCallers *bus_callers_free(BusCallers *callers);
DEFINE_CLEANUP(BusCallers, bus_callers_free);

/*
 * Finds out who sent `call`, which is not kept: `on_known` is called at once or later, or `forget` when
 * that cannot be. 0, BUS_CALLERS_E_FULL (then neither is called), or negative.
 */
int bus_callers_ask(BusCallers *callers, sd_bus_message *call, BusCallerKnown on_known,
                    void (*forget)(void *userdata), void *userdata);

/* Root, or the service's own user. */
bool bus_callers_trusted(uid_t uid);

/* What is missing, in microseconds, until this user's next turn; 0 when it is, and is taken, or when he is trusted. */
uint64_t bus_callers_take_turn(CallerLimit *limit, sd_bus *bus, uid_t uid, uint64_t pause_usec);
