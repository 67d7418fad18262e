/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Feed objects: /org/klpwatch1/feed/NAME, documented in dbus/org.klpwatch1.Feed.xml, one for each feed
 * that klpwatch brings up to date itself; and the Refresh() calls that wait for one or for all of them.
 */

#include "bus/bus-authorization.h"
#include "bus/bus-publish.h"

/* Its methods' context is a BusFeed. */
extern const BusObjectKind bus_feed_kind;

typedef struct BusFeed BusFeed;

/* As in BusManagerOwner. */
typedef struct BusFeedOwner {
        int (*refresh)(void *userdata, const char *feed);
        const char *(*problem)(void *userdata, const char *feed, const char **ret_feed);
        void *userdata;
} BusFeedOwner;

/* `authorization` is borrowed. 0 or -ENOMEM. */
int bus_feed_new(BusAuthorization *authorization, const BusFeedOwner *owner, BusFeed **ret);
BusFeed *bus_feed_free(BusFeed *feed);
DEFINE_CLEANUP(BusFeed, bus_feed_free);

/*
 * Handles a Refresh() call, on a feed's object for that one, else for all. Returns what a method handler
 * has to return.
 */
int bus_feed_refresh(BusFeed *feed, sd_bus_message *call, sd_bus_error *error);

/*
 * Announces on the object of a feed what its attempt is doing: `n_done` of `n_total`, which is 0 when it is not known. What
 * comes too soon behind the last one is left out. 0 or negative.
 */
int bus_feed_progress(BusFeed *feed, sd_bus *bus, const char *name, const char *text,
                      uint64_t n_done, uint64_t n_total);

/* Answers all calls that wait. 0 or negative. */
int bus_feed_refreshed(BusFeed *feed);
