/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Alert objects. An object is there as long as its cause is; acknowledging it does not take it away, it only
 * counts no more. The signals tell what deserves to be told; what merely changed is in the properties.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "bus/bus-alert.h"
#include "dbus/bus-names.h"

struct BusAlert {
        BusAuthorization *authorization;
        BusAlertOwner owner;
};

int bus_alert_new(BusAuthorization *authorization, const BusAlertOwner *owner, BusAlert **ret) {
        BusAlert *alert = calloc(1, sizeof(*alert));

        if (!alert)
                return error_origin(-ENOMEM);
        alert->authorization = authorization;
        alert->owner = *owner;
        *ret = alert;
        return 0;
}

BusAlert *bus_alert_free(BusAlert *alert) {
        free(alert);
        return NULL;
}

/* --- The calls */

static bool class_of(sd_bus_message *call, AlertClass *ret) {
        _cleanup_free_ char *name = NULL;

        return sd_bus_path_decode(sd_bus_message_get_path(call), BUS_PATH_ALERTS, &name) > 0 &&
               alert_class_from_text(name, ret) == 0;
}

static int reply(sd_bus_message *call, int outcome) {
        if (outcome < 0)
                return error_trace(outcome);
        if (outcome > 0)
                return sd_bus_reply_method_errorf(call, BUS_ERROR_NO_SUCH_ALERT,
                                                  "The alert is gone: its cause is no more");
        return sd_bus_reply_method_return(call, NULL);
}

static int acknowledge_allowed(void *userdata, sd_bus_message *call, _unused_ uid_t uid) {
        const BusAlert *alert = userdata;
        AlertClass kind;

        if (!class_of(call, &kind))
                return reply(call, 1);
        return reply(call, alert->owner.acknowledge(alert->owner.userdata, kind));
}

static int on_acknowledge(sd_bus_message *call, _unused_ void *userdata, sd_bus_error *error) {
        BusAlert *alert = bus_publish_context(call);

        return bus_authorization_check(alert->authorization, call, BUS_ACTION_ACKNOWLEDGE,
                                       acknowledge_allowed, alert, error);
}

static int read_until(sd_bus_message *call, UtcTime *ret) {
        uint64_t usec;
        int r;

        r = sd_bus_message_read(call, "t", &usec);
        if (r < 0)
                return r;
        *ret = usec == 0                                                          ? UTC_TIME_NONE
               : usec < (uint64_t) utc_day_start(utc_day_from_date(9999, 12, 31)) ? (UtcTime) usec
                                                                                  : INT64_MAX;
        return 0;
}

static int snooze_allowed(void *userdata, sd_bus_message *call, _unused_ uid_t uid) {
        const BusAlert *alert = userdata;
        AlertClass kind;
        UtcTime until;
        int r;

        r = sd_bus_message_rewind(call, true);
        if (r >= 0)
                r = read_until(call, &until);
        if (r < 0)
                return error_origin(r);
        if (!class_of(call, &kind))
                return reply(call, 1);
        return reply(call, alert->owner.snooze(alert->owner.userdata, kind, until));
}

static int on_snooze(sd_bus_message *call, _unused_ void *userdata, sd_bus_error *error) {
        BusAlert *alert = bus_publish_context(call);
        UtcTime until;
        int r;

        r = read_until(call, &until);
        if (r < 0)
                return r;
        if (until == INT64_MAX ||
            (until != UTC_TIME_NONE && until <= alert->owner.now(alert->owner.userdata)))
                return sd_bus_error_set(error, BUS_ERROR_INVALID_ARGUMENT,
                                        "The time must be microseconds since the epoch, ahead of "
                                        "now and before the last day of the year 9999; or 0");
        return bus_authorization_check(alert->authorization, call, BUS_ACTION_SNOOZE,
                                       snooze_allowed, alert, error);
}

/* --- The objects */

static size_t count(_unused_ const Assessment *assessment) {
        return _ALERT_CLASS_MAX;
}

static const void *record(const Assessment *assessment, size_t index, const char **ret_name) {
        const AlertEntry *entry = &assessment->alerts.entries[index];

        if (!entry->used || !entry->open)
                return NULL;
        *ret_name = alert_class_to_text(entry->kind);
        return entry;
}

static bool is_acknowledged(const AlertEntry *entry) {
        return entry->acknowledged_level != ALERT_LEVEL_OK;
}

static size_t changed(const void *before, const void *after, const char **ret_names) {
        const AlertEntry *a = before, *b = after;
        const BusPropertyChange properties[] = {
                { "Level", a->alert.level != b->alert.level },
                { "Text", !text_equal(a->alert.text, b->alert.text) },
                { "Action", !text_equal(a->alert.action, b->alert.action) },
                { "Kernel", !text_equal(a->alert.kernel, b->alert.kernel) },
                { "CoverageEnd", a->alert.coverage_end != b->alert.coverage_end },
                { "Cves", !text_list_equal(&a->alert.cves, &b->alert.cves) },
                { "Since", a->since != b->since },
                { "Acknowledged", is_acknowledged(a) != is_acknowledged(b) },
                { "SnoozedUntil", a->snoozed_until != b->snoozed_until },
        };

        return bus_publish_differing(properties, ELEMENTS(properties), ret_names);
}

BUS_PUBLISH_GETTER(on_get_text) {
        const AlertEntry *entry = userdata;
        const BusPropertyText values[] = {
                { "Id", alert_class_to_text(entry->kind) },
                { "Class", alert_class_to_text(entry->kind) },
                { "Level", alert_level_to_text(entry->alert.level) },
                { "Text", entry->alert.text },
                { "Action", entry->alert.action },
                { "Kernel", entry->alert.kernel },
        };

        return bus_publish_text_of(reply, property, values, ELEMENTS(values));
}

BUS_PUBLISH_GETTER(on_get_time) {
        const AlertEntry *entry = userdata;

        return bus_publish_time(reply, strcmp(property, "Since") == 0 ? entry->since
                                       : strcmp(property, "CoverageEnd") == 0
                                                       ? utc_day_start(entry->alert.coverage_end)
                                                       : entry->snoozed_until);
}

BUS_PUBLISH_GETTER(on_get_acknowledged) {
        return bus_publish_bool(reply, is_acknowledged(userdata));
}

static int append_cves(sd_bus_message *message, const TextList *cves) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = sd_bus_message_open_container(message, 'a', "s");
        for (size_t i = 0; i < cves->n_items && r >= 0; i++)
                r = sd_bus_message_append_basic(message, 's',
                                                text_printable(pool, cves->items[i], 64));
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        return r < 0 ? error_origin(r) : 0;
}

BUS_PUBLISH_GETTER(on_get_cves) {
        const AlertEntry *entry = userdata;

        return append_cves(reply, &entry->alert.cves);
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Acknowledge", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, on_acknowledge,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Snooze", SD_BUS_ARGS("t", until), SD_BUS_NO_RESULT, on_snooze,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("Id", "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Class", "s", on_get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        BUS_PUBLISH_PROPERTY("Level", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Text", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Action", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("Kernel", "s", on_get_text),
        BUS_PUBLISH_PROPERTY("CoverageEnd", "t", on_get_time),
        BUS_PUBLISH_PROPERTY("Cves", "as", on_get_cves),
        BUS_PUBLISH_PROPERTY("Since", "t", on_get_time),
        BUS_PUBLISH_PROPERTY("Acknowledged", "b", on_get_acknowledged),
        BUS_PUBLISH_PROPERTY("SnoozedUntil", "t", on_get_time),
        SD_BUS_VTABLE_END,
};

const BusObjectKind bus_alert_kind = {
        .prefix = BUS_PATH_ALERTS,
        .interface = BUS_INTERFACE_ALERT,
        .vtable = vtable,
        .count = count,
        .record = record,
        .changed = changed,
};

/* --- The signals */

static void unref_message(sd_bus_message **message) {
        sd_bus_message_unref(*message);
}

static int append_cves_entry(sd_bus_message *signal, const TextList *cves) {
        int r;

        r = sd_bus_message_open_container(signal, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append_basic(signal, 's', "Cves");
        if (r >= 0)
                r = sd_bus_message_open_container(signal, 'v', "as");
        if (r >= 0)
                r = append_cves(signal, cves);
        if (r >= 0)
                r = sd_bus_message_close_container(signal);
        if (r >= 0)
                r = sd_bus_message_close_container(signal);
        return r;
}

int bus_alert_announce(sd_bus *bus, const AlertEntry *entry) {
        _cleanup_(unref_message) sd_bus_message *signal = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *id = alert_class_to_text(entry->kind);
        UtcTime end = utc_day_start(entry->alert.coverage_end);
        _cleanup_free_ char *path = NULL;
        int r;

        if (entry->news == ALERT_NEWS_NONE)
                return 0;
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = sd_bus_path_encode(BUS_PATH_ALERTS, id, &path);
        if (r >= 0)
                r = sd_bus_message_new_signal(bus, &signal, BUS_PATH, BUS_INTERFACE_MANAGER,
                                              entry->news == ALERT_NEWS_CLEARED ? "AlertCleared"
                                                                                : "AlertRaised");
        if (r >= 0)
                r = sd_bus_message_append_basic(signal, 'o', path);
        if (r >= 0)
                r = sd_bus_message_open_container(signal, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(
                                signal, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}", "Id", "s", id, "News",
                                "s", alert_news_to_text(entry->news), "Level", "s",
                                alert_level_to_text(entry->alert.level), "Text", "s",
                                text_printable(pool, entry->alert.text, 4096), "Action", "s",
                                text_printable(pool, entry->alert.action, 4096), "Kernel", "s",
                                entry->alert.kernel ? text_printable(pool, entry->alert.kernel, 256)
                                                    : "",
                                "CoverageEnd", "t", end < 0 ? (uint64_t) 0 : (uint64_t) end,
                                "Since", "t",
                                entry->since < 0 ? (uint64_t) 0 : (uint64_t) entry->since);
        if (r >= 0)
                r = append_cves_entry(signal, &entry->alert.cves);
        if (r >= 0)
                r = sd_bus_message_close_container(signal);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        if (r >= 0)
                r = sd_bus_send(bus, signal, NULL);
        return r < 0 ? error_origin(r) : 0;
}
