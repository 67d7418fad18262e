/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/*
 * Questions whose answers take milliseconds: what-if answers, lists of exposures, whole digests. Each waits until nothing quicker
 * is to be done, and no user may fill the daemon's time with them.
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "base/utc-time.h"
#include "bus/assessment-rows.h"
#include "bus/bus-callers.h"

typedef struct BusDearCalls BusDearCalls;

/*
 * One of them. It has what it was asked, and both replies as they will be sent but for the answer itself: the call, which may be
 * large and hold descriptors, is gone.
 */
typedef struct DearCall {
        sd_bus_message *reply, *refusal; /* made by bus_dear_calls_put_off() */
        sd_bus_message *unable; /* what is said when there is no answer; NULL where there always is */
        int (*answer)(const struct DearCall *dear, void *userdata);
        UtcTime time;
        ExposureFilter filter;
} DearCall;

/* `callers` is borrowed; `userdata` is what each answer() gets. 0 or negative. */
int bus_dear_calls_new(sd_bus *bus, BusCallers *callers, void *userdata, BusDearCalls **ret);
BusDearCalls *bus_dear_calls_free(BusDearCalls *dear_calls);
DEFINE_CLEANUP(BusDearCalls, bus_dear_calls_free);

/* For a method's handler, whose result is this one's: `wanted` is answered later, or refused. What it refers to is taken over,
 * also when that fails. */
int bus_dear_calls_put_off(BusDearCalls *dear_calls, sd_bus_message *call, const DearCall *wanted,
                           sd_bus_error *error);

/* Sends a reply. A caller that has left is no error of ours. 0 or -ENOMEM. */
int bus_dear_calls_send(sd_bus_message *reply);
