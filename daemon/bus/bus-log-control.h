/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * org.freedesktop.LogControl1, as `systemctl service-log-level` and `service-log-target` use it: which
 * log lines there are and where they go. Specified in systemd's org.freedesktop.LogControl1(5).
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"
#include "bus/bus-callers.h"

typedef struct BusLogControl BusLogControl;

/* What there is to set; the words are those of the specification. */
typedef struct BusLogControlOwner {
        const char *(*level)(void);
        bool (*set_level)(const char *level); /* false: no such level */
        const char *(*target)(void);
        bool (*set_target)(const char *target);
        const char *identifier;
} BusLogControlOwner;

/* Registers the object on `bus`; `callers` and `owner` are borrowed. 0 or negative. */
int bus_log_control_new(sd_bus *bus, BusCallers *callers, const BusLogControlOwner *owner,
                        BusLogControl **ret);
BusLogControl *bus_log_control_free(BusLogControl *control);
DEFINE_CLEANUP(BusLogControl, bus_log_control_free);
