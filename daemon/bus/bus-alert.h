/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Alert objects: /org/klpwatch1/alert/ID, documented in dbus/org.klpwatch1.Alert.xml, and the signals that tell of
 * them.
 */

#include "bus/bus-authorization.h"
#include "bus/bus-publish.h"

/* Its methods' context is a BusAlert. */
extern const BusObjectKind bus_alert_kind;

typedef struct BusAlert BusAlert;

/* What the objects ask of the owner; each publishes the answer that follows. 0, positive: no such alert, or negative. */
typedef struct BusAlertOwner {
        int (*acknowledge)(void *userdata, AlertClass kind);
        int (*snooze)(void *userdata, AlertClass kind, UtcTime until);
        UtcTime (*now)(void *userdata);
        void *userdata;
} BusAlertOwner;

/* `authorization` is borrowed. 0 or -ENOMEM. */
int bus_alert_new(BusAuthorization *authorization, const BusAlertOwner *owner, BusAlert **ret);
BusAlert *bus_alert_free(BusAlert *alert);
DEFINE_CLEANUP(BusAlert, bus_alert_free);

/* Sends AlertRaised or AlertCleared of the Manager for an entry with news. 0 or negative. */
int bus_alert_announce(sd_bus *bus, const AlertEntry *entry);
