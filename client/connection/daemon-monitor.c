/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Changes. A signal is taken for a hint only: everything is read anew and held against what was read
 * before. So a restarted daemon, a burst of signals and one that was missed all end in the same true
 * list of differences, with the old values at hand. It refuses to interpret them.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "connection/daemon-call.h"
#include "connection/daemon-monitor.h"
#include "connection/row-message.h"
#include "dbus/bus-names.h"

#define NAME_BYTES_MAX 256

typedef struct Object {
        const char *name;
        BusRow properties;
} Object;

typedef struct Snapshot {
        MemoryPool *pool;
        Object *items;
        size_t n_items;
} Snapshot;

typedef struct Monitor {
        DaemonConnection *connection;
        DaemonChangeFunction on_change;
        void *userdata;
        bool hinted; /* something may have changed since the last look */
        bool gone;   /* nobody owns the name */
} Monitor;

static void snapshot_done(Snapshot *snapshot) {
        memory_pool_free(snapshot->pool);
}

/* "kernel 5.14.0-…" for an object's path. */
static const char *object_name(MemoryPool *pool, const char *path) {
        static const char *const kinds[][2] = {
                { BUS_PATH_KERNELS, "kernel" },
                { BUS_PATH_LIVEPATCHES, "livepatch" },
                { BUS_PATH_FEEDS, "feed" },
                { BUS_PATH_ALERTS, "alert" },
        };

        for (size_t i = 0; i < ELEMENTS(kinds); i++) {
                _cleanup_free_ char *decoded = NULL;

                if (sd_bus_path_decode(path, kinds[i][0], &decoded) > 0)
                        return memory_pool_format(pool, "%s %s", kinds[i][1],
                                                  text_printable(pool, decoded, NAME_BYTES_MAX));
        }
        return text_printable(pool, path, NAME_BYTES_MAX);
}

static Object *add_object(Snapshot *snapshot, const char *name) {
        Object *object = memory_pool_append(snapshot->pool, snapshot->items, snapshot->n_items);

        if (object)
                object->name = name;
        return object;
}

/* The objects of one a{oa{sa{sv}}}. Each has one interface of ours; sd-bus's own have no properties. */
static int read_objects(sd_bus_message *reply, Snapshot *snapshot) {
        const char *path, *interface;
        Object *object;
        int r;

        r = sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}")) > 0) {
                r = sd_bus_message_read_basic(reply, 'o', &path);
                if (r >= 0)
                        r = sd_bus_message_enter_container(reply, 'a', "{sa{sv}}");
                while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sa{sv}")) > 0) {
                        r = sd_bus_message_read_basic(reply, 's', &interface);
                        if (r < 0)
                                break;
                        if (text_starts_with(interface, BUS_NAME ".") &&
                            strcmp(path, BUS_PATH) != 0) {
                                object = add_object(snapshot, object_name(snapshot->pool, path));
                                if (!object)
                                        return error_origin(-ENOMEM);
                                r = row_message_read(reply, snapshot->pool, &object->properties);
                                if (r != 0)
                                        return r;
                        } else
                                r = sd_bus_message_skip(reply, "a{sv}");
                        if (r >= 0)
                                r = sd_bus_message_exit_container(reply);
                }
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r == -ENOMEM ? error_origin(r) : r < 0 ? ROW_MESSAGE_E_MALFORMED : 0;
}

static int read_snapshot(DaemonConnection *connection, Snapshot *snapshot) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL, *call2 = NULL,
                                                        *reply2 = NULL;
        Object *host;
        int r;

        r = daemon_call_new(connection, BUS_PATH, "org.freedesktop.DBus.Properties", "GetAll",
                            &call);
        if (r == 0)
                r = sd_bus_message_append(call, "s", BUS_INTERFACE_MANAGER) < 0
                                    ? error_origin(-ENOMEM)
                                    : daemon_call_send(connection, call, &reply);
        if (r == 0)
                r = daemon_call_new(connection, BUS_PATH, "org.freedesktop.DBus.ObjectManager",
                                    "GetManagedObjects", &call2);
        if (r == 0)
                r = daemon_call_send(connection, call2, &reply2);
        if (r != 0)
                return r;

        host = add_object(snapshot, "host");
        if (!host)
                return error_origin(-ENOMEM);
        r = row_message_read(reply, snapshot->pool, &host->properties);
        if (r == 0)
                r = read_objects(reply2, snapshot);
        if (r < 0 || memory_pool_exhausted(snapshot->pool))
                return error_origin(r < 0 ? r : -ENOMEM);
        return r > 0 ? daemon_call_malformed(connection) : 0;
}

static const char *list_text(MemoryPool *pool, const TextList *list) {
        const char *text = NULL;

        for (size_t i = 0; i < list->n_items; i++)
                text = memory_pool_format(pool, "%s%s%s", text ? text : "", text ? "; " : "",
                                          list->items[i]);
        return text;
}

/* NULL for none. */
static const char *value_text(MemoryPool *pool, const BusField *field) {
        char text[UTC_TIME_TEXT_BYTES];

        switch (field->type) {
        case BUS_VALUE_TEXT:
                return field->text[0] == '\0' ? NULL : field->text;
        case BUS_VALUE_NUMBER:
                return memory_pool_format(pool, "%llu", (unsigned long long) field->number);
        case BUS_VALUE_TIME:
                return field->time == UTC_TIME_NONE
                                       ? NULL
                                       : memory_pool_text(pool, utc_time_format(field->time, text));
        case BUS_VALUE_FLAG:
                return field->flag ? "yes" : "no";
        case BUS_VALUE_TEXTS:
                return list_text(pool, &field->texts);
        default:
                return NULL;
        }
}

static const Object *find_object(const Snapshot *snapshot, const char *name) {
        for (size_t i = 0; i < snapshot->n_items; i++)
                if (strcmp(snapshot->items[i].name, name) == 0)
                        return &snapshot->items[i];
        return NULL;
}

static const char *old_value(const Snapshot *snapshot, const Object *object, const char *key) {
        for (size_t i = 0; i < object->properties.n_fields; i++)
                if (strcmp(object->properties.fields[i].key, key) == 0)
                        return value_text(snapshot->pool, &object->properties.fields[i]);
        return NULL;
}

static int tell(const Monitor *monitor, DaemonChangeKind kind, const char *object) {
        return monitor->on_change(monitor->userdata,
                                  &(DaemonChange){ kind, object, NULL, NULL, NULL });
}

/* The moments of a look, and of the attempts that a feed makes even where nothing comes of them. */
static bool is_no_news(const char *property) {
        static const char *const moments[] = { "AssessedAt", "LastAttemptAt", "NextAttemptAt" };

        for (size_t i = 0; i < ELEMENTS(moments); i++)
                if (strcmp(property, moments[i]) == 0)
                        return true;
        return false;
}

static int tell_properties(const Monitor *monitor, const Snapshot *from, const Object *was,
                           const Snapshot *to, const Object *is) {
        int r = 0;

        for (size_t i = 0; i < is->properties.n_fields && r == 0; i++) {
                const BusField *field = &is->properties.fields[i];
                DaemonChange change = {
                        .kind = DAEMON_CHANGE_PROPERTY,
                        .object = is->name,
                        .property = field->key,
                        .old_value = old_value(from, was, field->key),
                        .new_value = value_text(to->pool, field),
                };

                if (!is_no_news(field->key) && !text_equal(change.old_value, change.new_value))
                        r = monitor->on_change(monitor->userdata, &change);
        }
        return r;
}

static int tell_differences(const Monitor *monitor, const Snapshot *from, const Snapshot *to) {
        int r = 0;

        for (size_t i = 0; i < from->n_items && r == 0; i++)
                if (!find_object(to, from->items[i].name))
                        r = tell(monitor, DAEMON_CHANGE_WENT, from->items[i].name);
        for (size_t i = 0; i < to->n_items && r == 0; i++) {
                const Object *was = find_object(from, to->items[i].name);

                r = was ? tell_properties(monitor, from, was, to, &to->items[i])
                        : tell(monitor, DAEMON_CHANGE_APPEARED, to->items[i].name);
        }
        return r;
}

static int on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        Monitor *monitor = userdata;

        (void) message;
        (void) error;
        monitor->hinted = true;
        return 0;
}

static int on_owner(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        const char *name, *before, *after;
        Monitor *monitor = userdata;
        int r;

        (void) error;
        if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0)
                return 0;
        monitor->hinted = after[0] != '\0';
        if (monitor->gone == (after[0] == '\0'))
                return 0;
        monitor->gone = after[0] == '\0';
        r = tell(monitor, monitor->gone ? DAEMON_CHANGE_DAEMON_WENT : DAEMON_CHANGE_DAEMON_BACK,
                 "klpwatchd");
        return r > 0 ? -ECANCELED : r;
}

static int look_again(Monitor *monitor, Snapshot *held) {
        Snapshot now = {};
        int r;

        monitor->hinted = false;
        r = memory_pool_new(&now.pool);
        if (r < 0)
                return error_trace(r);
        r = read_snapshot(monitor->connection, &now);
        if (r == 0 && held->pool) {
                r = tell_differences(monitor, held, &now);
                r = r > 0 ? -ECANCELED : r;
        } else if (r > 0 && held->pool) {
                /* It ends or is just starting: its next signal brings us here again. */
                snapshot_done(&now);
                return r == DAEMON_CONNECTION_E_NO_BUS ? r : 0;
        }
        if (r == 0 || r == -ECANCELED) {
                snapshot_done(held);
                *held = now;
        } else
                snapshot_done(&now);
        return r;
}

static int add_matches(Monitor *monitor, sd_bus *bus) {
        int r;

        r = sd_bus_add_match(bus, NULL,
                             "type='signal',sender='" BUS_NAME "',path_namespace='" BUS_PATH "'",
                             on_signal, monitor);
        if (r >= 0)
                r = sd_bus_add_match(bus, NULL,
                                     "type='signal',sender='org.freedesktop.DBus',"
                                     "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                     "arg0='" BUS_NAME "'",
                                     on_owner, monitor);
        return r < 0 ? daemon_call_no_bus(monitor->connection, -r) : 0;
}

int daemon_monitor_run(DaemonConnection *connection, int reader_fd, DaemonChangeFunction on_change,
                       void *userdata) {
        Monitor monitor = { .connection = connection,
                            .on_change = on_change,
                            .userdata = userdata };
        _cleanup_(snapshot_done) Snapshot held = {};
        sd_bus *bus;
        int r;

        r = daemon_call_connect(connection, &bus);
        if (r != 0)
                return r;
        /* What was missed before the first look is in it. */
        r = add_matches(&monitor, bus);
        if (r == 0)
                r = look_again(&monitor, &held);
        while (r == 0) {
                r = sd_bus_process(bus, NULL);
                if (r < 0 && r != -ECANCELED)
                        return r == -ENOMEM ? error_origin(r) : daemon_call_no_bus(connection, -r);
                if (r > 0)
                        r = 0;
                else if (r == 0 && monitor.hinted && !monitor.gone)
                        r = look_again(&monitor, &held);
                else if (r == 0) {
                        r = daemon_call_wait(bus, reader_fd);
                        r = r == DAEMON_CALL_E_NO_READER ? -ECANCELED : r;
                }
        }
        return r == -ECANCELED ? 0 : r;
}
