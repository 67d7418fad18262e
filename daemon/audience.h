/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Who is told of each answer: the journal, clients on the bus, and bystanders.
 */

#include <systemd/sd-event.h>

#include "alerts.h"
#include "bus/bus-manager.h"
#include "feed/feed-fetch.h"
#include "host/host-root.h"

enum {
        AUDIENCE_E_NO_BUS = 1, /* the reason was logged */
};

typedef struct Audience Audience;

typedef struct AudienceOwner {
        const BusManagerOwner *manager;         /* copied */
        int (*network_is_back)(void *userdata); /* what it returns goes to the loop */
        void *userdata;                         /* of network_is_back() */
} AudienceOwner;

/*
 * Connects to the bus, whose loss ends `loop`. `root` and `alerts` are borrowed; with `service` those who log in are told as well.
 * 0, AUDIENCE_E_NO_BUS or negative.
 */
int audience_new(sd_event *loop, const HostRoot *root, bool service, Alerts *alerts,
                 const AudienceOwner *owner, Audience **ret);
Audience *audience_free(Audience *audience);
DEFINE_CLEANUP(Audience, audience_free);

/* The name on the bus is ours, so the first answer has been told. */
bool audience_is_open(const Audience *audience);

/*
 * Tells an answer, which is borrowed until the next, and what differs from the one before (NULL = none). After the first one the
 * name on the bus is taken; when that is refused, which is logged, the loop ends. 0 or negative.
 */
int audience_tell(Audience *audience, const Assessment *before, const Assessment *assessment,
                  AssessmentChange change);

/* An alert is told twice: to whoever reads the journal, and to whoever listens on the bus. 0 or negative. */
int audience_announce(Audience *audience, const AlertEntry *entry);

/* Tells what the attempt of a feed is doing. 0 or negative. */
int audience_progress(Audience *audience, const char *feed, const FeedProgress *progress);

/* As bus_manager_refreshed(). */
int audience_refreshed(Audience *audience);

/* As bus_manager_rescanned(); the service manager hears of it as well. */
int audience_rescanned(Audience *audience, const char *problem);

/* The loop has ended, with `outcome`: says why when it was not asked to. Nobody would keep true what bystanders were told. */
void audience_leave(Audience *audience, int outcome);
