/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Telling answers. Nobody on the bus sees the service before it has one, so the name is taken with the first answer
 * and not before; alerts are told once somebody can hear them. It refuses to make an answer, and to keep one.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alert/alert-journal.h"
#include "alert/alert-record.h"
#include "audience.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "bus/bus-connection.h"
#include "bus/bus-log-control.h"
#include "bus/bus-network.h"
#include "bus/bus-rest.h"
#include "bystanders.h"
#include "core/change-event.h"
#include "dbus/bus-names.h"
#include "service-notice.h"

struct Audience {
        sd_event *loop;
        Alerts *alerts;
        AudienceOwner owner;
        Bystanders *bystanders;
        sd_bus *bus;
        BusRest *rest;
        BusCallers *callers;
        BusManager *manager;
        BusLogControl *log_control;
        BusNetwork *network;
        bool named; /* the bus name is ours */
};

static const BusLogControlOwner log_control_owner = {
        .level = journal_log_level,
        .set_level = journal_log_set_level,
        .target = journal_log_target,
        .set_target = journal_log_set_target,
        .identifier = "klpwatchd",
};

static int connect_bus(Audience *audience) {
        const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        int r;

        r = bus_connection_open(audience->loop, &audience->bus);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "cannot connect to the system bus%s%s: %s",
                            address ? " at " : "", address ? address : "", strerror(errno));
                return AUDIENCE_E_NO_BUS;
        }
        return 0;
}

int audience_new(sd_event *loop, const HostRoot *root, bool service, Alerts *alerts,
                 const AudienceOwner *owner, Audience **ret) {
        _cleanup_(audience_freep) Audience *audience = NULL;
        int r;

        audience = calloc(1, sizeof(*audience));
        if (!audience)
                return error_origin(-ENOMEM);
        audience->loop = sd_event_ref(loop);
        audience->alerts = alerts;
        audience->owner = *owner;
        r = bystanders_new(root, service, &audience->bystanders);
        if (r)
                return error_fold(r);
        r = connect_bus(audience);
        if (r)
                return r > 0 ? AUDIENCE_E_NO_BUS : error_trace(r);
        r = bus_rest_new(audience->bus, &audience->rest);
        if (r == 0)
                r = bus_callers_new(audience->bus, &audience->callers);
        if (r == 0)
                r = bus_manager_new(audience->bus, audience->callers, owner->manager,
                                    &audience->manager);
        if (r == 0)
                r = bus_log_control_new(audience->bus, audience->callers, &log_control_owner,
                                        &audience->log_control);
        if (r)
                return error_fold(r);

        *ret = TAKE(audience);
        return 0;
}

Audience *audience_free(Audience *audience) {
        if (!audience)
                return NULL;

        bus_network_free(audience->network);
        bus_rest_free(audience->rest);
        bus_callers_free(audience->callers); /* its questions belong to those below */
        bus_log_control_free(audience->log_control);
        bus_manager_free(audience->manager);
        sd_bus_flush_close_unref(audience->bus);
        bystanders_free(audience->bystanders);
        sd_event_unref(audience->loop);
        free(audience);
        return NULL;
}

bool audience_is_open(const Audience *audience) {
        return audience->named;
}

static int take_name(Audience *audience) {
        int r;

        r = bus_connection_take_name(audience->bus);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR,
                            r == BUS_CONNECTION_E_NAME_TAKEN
                                            ? "another klpwatchd already serves " BUS_NAME
                                              "; this one ends"
                                            : "the bus does not allow this user to own " BUS_NAME
                                              "; see its policy file");
                r = sd_event_exit(audience->loop, r);
                return r < 0 ? error_origin(r) : 0;
        }
        audience->named = true;
        service_notice_ready();
        r = bus_network_new(audience->bus, audience->owner.network_is_back,
                            audience->owner.userdata, &audience->network);
        return r ? error_fold(r) : 0;
}

/* What happened from one answer to the next goes into the journal. */
static int record_events(const Assessment *before, const Assessment *after) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        ChangeEvents events = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        change_events_find(pool, before, after, &events);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        r = alert_journal_write(&events, after->input.host->kernel, journal_log_record);
        return r ? error_fold(r) : 0;
}

int audience_tell(Audience *audience, const Assessment *before, const Assessment *assessment,
                  AssessmentChange change) {
        int r;

        r = record_events(before, assessment);
        if (r == 0)
                r = alerts_take(audience->alerts, &assessment->alerts);
        if (r == 0)
                r = bus_manager_publish(audience->manager, assessment,
                                        audience->named ? change : 0);
        if (r == 0)
                r = bystanders_tell(audience->bystanders, assessment);
        if (r == 0 && !audience->named)
                r = take_name(audience);
        if (r == 0 && audience->named)
                r = alerts_tell(audience->alerts);
        return r ? error_fold(r) : 0;
}

int audience_announce(Audience *audience, const AlertEntry *entry) {
        int r;

        r = alert_record_write(entry, journal_log_record);
        if (r == 0)
                r = bus_manager_announce(audience->manager, entry);
        return r ? error_fold(r) : 0;
}

int audience_progress(Audience *audience, const char *feed, const FeedProgress *progress) {
        int r;

        if (!audience->named)
                return 0;
        r = bus_manager_progress(audience->manager, feed, progress->text, progress->n_done,
                                 progress->n_total);
        return r ? error_fold(r) : 0;
}

int audience_refreshed(Audience *audience) {
        int r;

        r = bus_manager_refreshed(audience->manager);
        return r ? error_fold(r) : 0;
}

int audience_rescanned(Audience *audience, const char *problem) {
        int r;

        if (audience->named)
                service_notice_ready();
        r = bus_manager_rescanned(audience->manager, problem);
        return r ? error_fold(r) : 0;
}

void audience_leave(Audience *audience, int outcome) {
        bystanders_leave(audience->bystanders);
        /* With the name taken, only the loss of it or of the bus ends the loop with a failure. */
        if (outcome > 0 && audience->named)
                journal_log(LOG_ERR, "%s; klpwatchd ends, to be started again",
                            outcome == BUS_CONNECTION_E_NAME_LOST ? "the bus has taken " BUS_NAME
                                                                    " away"
                                                                  : "the bus is gone");
}
