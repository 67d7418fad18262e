/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The Manager object: /org/klpwatch1, documented in dbus/org.klpwatch1.Manager.xml.
 */

#include <systemd/sd-bus.h>

#include "bus/bus-callers.h"
#include "core/assessment-change.h"
#include "core/setting-row.h"

typedef struct BusManager BusManager;

/* What the object asks of its owner. */
typedef struct BusManagerOwner {
        /* A what-if assessment at `time`, the caller's to free. 0 or negative. */
        int (*assess_at)(void *userdata, UtcTime time, Assessment **ret);
        /* Looks at the host again; bus_manager_rescanned() tells the end, however many callers wait. 0 or negative. */
        int (*rescan)(void *userdata);
        /* A look runs, whoever began it. */
        bool (*is_looking)(void *userdata);
        /* Asks a feed, or all (NULL), for what is new; bus_manager_refreshed() tells the end. 0 or negative. */
        int (*refresh)(void *userdata, const char *feed);
        /* Why the last attempt of a feed, or of any (NULL), failed, and of which; NULL when it did not. */
        const char *(*refresh_problem)(void *userdata, const char *feed, const char **ret_feed);
        /* Takes a digest and publishes the answer it gives. 0, positive when it was refused (then with an
         * allocated message, the bus manager's to free()), or negative. */
        int (*import)(void *userdata, const char *data, size_t n_bytes, char **ret_message);
        /* All facts that are held as one digest, allocated. 0, positive when there is none (it has logged why), or
         * negative. */
        int (*export)(void *userdata, char **ret, size_t *ret_n_bytes);
        /* As in BusAlertOwner. */
        int (*acknowledge)(void *userdata, AlertClass kind);
        int (*snooze)(void *userdata, AlertClass kind, UtcTime until);
        UtcTime (*now)(void *userdata);
        /* The settings in force, sorted, in `pool`. 0 or negative. */
        int (*list_settings)(void *userdata, MemoryPool *pool, SettingRow **ret, size_t *ret_n);
        void *userdata;
} BusManagerOwner;

/* Registers the object on `bus`. Before the first publication every call but Rescan is refused with NotAssessed. 0 or negative. */
int bus_manager_new(sd_bus *bus, BusCallers *callers, const BusManagerOwner *owner,
                    BusManager **ret);
BusManager *bus_manager_free(BusManager *manager);
DEFINE_CLEANUP(BusManager, bus_manager_free);

/*
 * Shows `assessment` from now on and announces what changed: one PropertiesChanged, one Changed, none
 * for an empty change. The assessment is borrowed until the next publication. 0 or negative.
 */
int bus_manager_publish(BusManager *manager, const Assessment *assessment, AssessmentChange change);

/* Signals the news of an alert, which is published. 0 or negative. */
int bus_manager_announce(BusManager *manager, const AlertEntry *entry);

/*
 * Answers the Rescan() calls for which the look that ended was begun: `problem` is NULL for success. For those
 * that came while it ran, another one is begun.
 */
int bus_manager_rescanned(BusManager *manager, const char *problem);

/* Announces what the attempt of a feed is doing; see bus-feed.h. 0 or negative. */
int bus_manager_progress(BusManager *manager, const char *feed, const char *text, uint64_t n_done,
                         uint64_t n_total);

/* Answers all Refresh() calls: no feed is being asked any more, and the answer that they led to is published. */
int bus_manager_refreshed(BusManager *manager);
