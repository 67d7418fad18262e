/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feed objects. What a feed says is in the answer about the host; the object tells how it goes with
 * the feed itself. Refresh() returns when the attempt that it led to has ended and the answer is
 * published, so whoever reads after it sees what came of it.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/bus-feed.h"
#include "bus/waiting-calls.h"
#include "dbus/bus-names.h"

#define PROGRESS_PAUSE_USEC ((uint64_t) 250 * 1000)

struct BusFeed {
        uint64_t progress_usec; /* when progress was announced last (CLOCK_MONOTONIC) */
        BusAuthorization *authorization;
        BusFeedOwner owner;
        WaitingCalls waiting;
};

int bus_feed_new(BusAuthorization *authorization, const BusFeedOwner *owner, BusFeed **ret) {
        BusFeed *feed = calloc(1, sizeof(*feed));

        if (!feed)
                return error_origin(-ENOMEM);
        feed->authorization = authorization;
        feed->owner = *owner;
        *ret = feed;
        return 0;
}

BusFeed *bus_feed_free(BusFeed *feed) {
        if (!feed)
                return NULL;

        waiting_calls_clear(&feed->waiting);
        free(feed);
        return NULL;
}

/* Of the feed that is to be refreshed; NULL = all. */
static const char *name_in(sd_bus_message *call, char **ret) {
        const char *path = sd_bus_message_get_path(call);

        return sd_bus_path_decode(path, BUS_PATH_FEEDS, ret) > 0 ? *ret : NULL;
}

static int refresh_allowed(void *userdata, sd_bus_message *call, uid_t uid) {
        BusFeed *feed = userdata;
        _cleanup_free_ char *decoded = NULL;
        const char *name = name_in(call, &decoded);
        int r;

        r = waiting_calls_add(&feed->waiting, call, uid, "refreshes", "a refresh");
        if (r)
                return r < 0 ? error_trace(r) : 0;
        r = feed->owner.refresh(feed->owner.userdata, name);
        if (r) { /* whoever called this answers the call */
                waiting_calls_forget_last(&feed->waiting);
                return error_fold(r);
        }
        return 0;
}

int bus_feed_refresh(BusFeed *feed, sd_bus_message *call, sd_bus_error *error) {
        return bus_authorization_check(feed->authorization, call, BUS_ACTION_REFRESH,
                                       refresh_allowed, feed, error);
}

int bus_feed_progress(BusFeed *feed, sd_bus *bus, const char *name, const char *text,
                      uint64_t n_done, uint64_t n_total) {
        _cleanup_free_ char *path = NULL;
        uint64_t now;
        int r;

        r = sd_event_now(sd_bus_get_event(bus), CLOCK_MONOTONIC, &now);
        if (r < 0)
                return error_origin(r);
        if (feed->progress_usec > 0 && now - feed->progress_usec < PROGRESS_PAUSE_USEC)
                return 0;
        feed->progress_usec = now;
        r = sd_bus_path_encode(BUS_PATH_FEEDS, name, &path);
        if (r >= 0)
                r = sd_bus_emit_signal(bus, path, BUS_INTERFACE_FEED, "Progress", "stt", text,
                                       n_done, n_total);
        return r < 0 ? error_origin(r) : 0;
}

static void set_problem(const void *userdata, sd_bus_message *call, sd_bus_error *ret) {
        const BusFeed *feed = userdata;
        _cleanup_free_ char *decoded = NULL;
        const char *name, *problem = feed->owner.problem(feed->owner.userdata,
                                                         name_in(call, &decoded), &name);

        if (problem)
                sd_bus_error_setf(ret, BUS_ERROR_REFRESH_FAILED, "Feed %s: %s", name, problem);
}

int bus_feed_refreshed(BusFeed *feed) {
        int r;

        r = waiting_calls_answer(&feed->waiting, feed->waiting.n_items, set_problem, feed);
        return r ? error_fold(r) : 0;
}

/* --- The objects */

static size_t count(const Assessment *assessment) {
        return assessment->freshness.n_feeds;
}

static const void *record(const Assessment *assessment, size_t index, const char **ret_name) {
        const FeedFreshness *feed = &assessment->freshness.feeds[index];

        if (!feed->status)
                return NULL;
        *ret_name = feed->name;
        return feed;
}

static size_t changed(const void *before, const void *after, const char **ret_names) {
        const FeedFreshness *a = before, *b = after;
        const BusPropertyChange properties[] = {
                { "Type", !text_equal(a->status->type, b->status->type) },
                { "Location", !text_equal(a->status->location, b->status->location) },
                { "State", a->freshness != b->freshness },
                { "Standby", a->status->standby != b->status->standby },
                { "LastSuccessAt", a->status->last_success != b->status->last_success },
                { "Error", !text_equal(a->status->error, b->status->error) },
                { "Records", a->n_records != b->n_records },
        };

        return bus_publish_differing(properties, ELEMENTS(properties), ret_names);
}

BUS_PUBLISH_GETTER(on_get_text) {
        const FeedFreshness *feed = userdata;
        const BusPropertyText values[] = {
                { "Name", feed->name },
                { "Type", feed->status->type },
                { "Location", feed->status->location },
                { "State", freshness_to_text(feed->freshness) },
                { "Error", feed->status->error },
        };

        return bus_publish_text_of(reply, property, values, ELEMENTS(values));
}

BUS_PUBLISH_GETTER(on_get_time) {
        const FeedFreshness *feed = userdata;

        return bus_publish_time(reply, strcmp(property, "LastAttemptAt") == 0
                                                       ? feed->status->last_attempt
                                       : strcmp(property, "LastSuccessAt") == 0
                                                       ? feed->status->last_success
                                                       : feed->status->next_attempt);
}

BUS_PUBLISH_GETTER(on_get_standby) {
        const FeedFreshness *feed = userdata;

        return bus_publish_bool(reply, feed->status->standby);
}

BUS_PUBLISH_GETTER(on_get_records) {
        const FeedFreshness *feed = userdata;
        uint32_t n = (uint32_t) feed->n_records;

        return sd_bus_message_append_basic(reply, 'u', &n);
}

static int on_refresh(sd_bus_message *call, _unused_ void *userdata, sd_bus_error *error) {
        return bus_feed_refresh(bus_publish_context(call), call, error);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Refresh", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_refresh,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Name", "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        BUS_PUBLISH_PROPERTY("Type", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Location", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("State", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Standby", "b", on_get_standby),
        SD_BUS_PROPERTY("LastAttemptAt", "t", on_get_time, 0, 0),
        BUS_PUBLISH_PROPERTY("LastSuccessAt", "t", on_get_time),
        SD_BUS_PROPERTY("NextAttemptAt", "t", on_get_time, 0, 0),
        BUS_PUBLISH_PROPERTY("Error", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Records", "u", on_get_records),
        SD_BUS_SIGNAL_WITH_ARGS("Progress", SD_BUS_ARGS("s", what, "t", done, "t", total), 0),
        SD_BUS_VTABLE_END,
};

const BusObjectKind bus_feed_kind = {
        .prefix = BUS_PATH_FEEDS,
        .interface = BUS_INTERFACE_FEED,
        .vtable = vtable,
        .count = count,
        .record = record,
        .changed = changed,
};
