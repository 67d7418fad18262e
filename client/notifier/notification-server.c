/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Notifications. Servers differ in what they can: buttons are asked for where there are some, and text is escaped where
 * it would be read as markup. Calls are waited for, for a few seconds at most: then a notification's number is known
 * before anything is heard of it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory-pool.h"
#include "notifier/notification-server.h"

#define SERVER_NAME "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
#define CALL_USEC (5 * UINT64_C(1000000))
#define DESKTOP_ENTRY "klpwatch-notifier"
#define ICON "klpwatch"
#define EXPIRE_AS_THE_SERVER_LIKES (-1)

struct NotificationServer {
        sd_bus *bus;
        NotificationServerEvents events;
        sd_bus_slot *actions, *closings, *owners;
        bool asked; /* what it can is known */
        bool has_actions, has_markup;
};

static int call_new(const NotificationServer *server, const char *method, sd_bus_message **ret) {
        int r = sd_bus_message_new_method_call(server->bus, ret, SERVER_NAME, SERVER_PATH,
                                               SERVER_NAME, method);

        return r < 0 ? error_origin(r) : 0;
}

static int call_send(const NotificationServer *server, sd_bus_message *call, sd_bus_message **ret) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = sd_bus_call(server->bus, call, CALL_USEC, &error, ret);

        sd_bus_error_free(&error);
        return r == -ENOMEM ? error_origin(r) : r < 0 ? NOTIFICATION_SERVER_E_ABSENT : 0;
}

static int ask(NotificationServer *server) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        const char *word;
        int r;

        r = call_new(server, "GetCapabilities", &call);
        if (r == 0)
                r = call_send(server, call, &reply);
        if (r != 0)
                return r;

        server->has_actions = server->has_markup = false;
        r = sd_bus_message_enter_container(reply, 'a', "s");
        while (r > 0 && sd_bus_message_read_basic(reply, 's', &word) > 0) {
                server->has_actions = server->has_actions || strcmp(word, "actions") == 0;
                server->has_markup = server->has_markup || strcmp(word, "body-markup") == 0;
        }
        server->asked = true;
        return 0;
}

static int on_action(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        const NotificationServer *server = userdata;
        const char *action;
        uint32_t number;

        if (sd_bus_message_read(signal, "us", &number, &action) > 0)
                server->events.on_action(server->events.userdata, number,
                                         strcmp(action, "default") == 0
                                                         ? NOTIFICATION_ACTION_DETAILS
                                                         : action);
        return 0;
}

static int on_closed(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        const NotificationServer *server = userdata;
        uint32_t number, reason;

        if (sd_bus_message_read(signal, "uu", &number, &reason) > 0)
                server->events.on_closed(server->events.userdata, number);
        return 0;
}

static int on_owner(sd_bus_message *signal, void *userdata, _unused_ sd_bus_error *error) {
        const char *name, *before, *after;
        NotificationServer *server = userdata;

        if (sd_bus_message_read(signal, "sss", &name, &before, &after) < 0)
                return 0;
        server->asked = false;
        server->events.on_owner(server->events.userdata, after[0] != '\0');
        return 0;
}

int notification_server_new(sd_bus *bus, const NotificationServerEvents *events,
                            NotificationServer **ret) {
        _cleanup_(notification_server_freep) NotificationServer *server =
                        calloc(1, sizeof(*server));
        int r;

        if (!server)
                return error_origin(-ENOMEM);
        server->bus = bus;
        server->events = *events;

        r = sd_bus_match_signal(bus, &server->actions, SERVER_NAME, SERVER_PATH, SERVER_NAME,
                                "ActionInvoked", on_action, server);
        if (r >= 0)
                r = sd_bus_match_signal(bus, &server->closings, SERVER_NAME, SERVER_PATH,
                                        SERVER_NAME, "NotificationClosed", on_closed, server);
        if (r >= 0)
                r = sd_bus_add_match(bus, &server->owners,
                                     "type='signal',sender='org.freedesktop.DBus',"
                                     "interface='org.freedesktop.DBus',member='NameOwnerChanged',"
                                     "arg0='" SERVER_NAME "'",
                                     on_owner, server);
        if (r < 0)
                return error_origin(r);
        *ret = TAKE(server);
        return 0;
}

NotificationServer *notification_server_free(NotificationServer *server) {
        if (!server)
                return NULL;

        sd_bus_slot_unref(server->actions);
        sd_bus_slot_unref(server->closings);
        sd_bus_slot_unref(server->owners);
        free(server);
        return NULL;
}

static const char *escaped(MemoryPool *pool, const char *text) {
        const char *all = "";

        while (*text != '\0') {
                size_t n = strcspn(text, "&<>");
                const char *end = text[n] == '&'   ? "&amp;"
                                  : text[n] == '<' ? "&lt;"
                                  : text[n] == '>' ? "&gt;"
                                                   : "";

                all = memory_pool_format(pool, "%s%.*s%s", all, (int) n, text, end);
                text += n + (text[n] != '\0');
        }
        return all;
}

static const char *body(const NotificationServer *server, MemoryPool *pool,
                        const NoticeAlert *alert) {
        const char *text = memory_pool_format(pool, "%s%s%s", alert->text,
                                              alert->action[0] != '\0' ? "\n" : "", alert->action);

        return server->has_markup ? escaped(pool, text) : text;
}

static int append_actions(const NotificationServer *server, sd_bus_message *call) {
        return server->has_actions ? sd_bus_message_append(call, "as", 6, "default", "Details",
                                                           NOTIFICATION_ACTION_DETAILS, "Details",
                                                           NOTIFICATION_ACTION_SNOOZE,
                                                           "Snooze for a week")
                                   : sd_bus_message_append(call, "as", 0);
}

/* The hints: 0, 1 and 2 are low, normal and critical. */
static int append_hints(sd_bus_message *call, NoticeLevel level) {
        static const uint8_t urgencies[] = {
                [NOTICE_LEVEL_INFO] = 0,
                [NOTICE_LEVEL_WARNING] = 1,
                [NOTICE_LEVEL_CRITICAL] = 2,
        };

        return sd_bus_message_append(call, "a{sv}", 2, "urgency", "y", urgencies[level],
                                     "desktop-entry", "s", DESKTOP_ENTRY);
}

int notification_server_show(NotificationServer *server, uint32_t replaces,
                             const NoticeAlert *alert, uint32_t *ret_notification) {
        static const char *const summaries[] = {
                [NOTICE_LEVEL_INFO] = "About this kernel's live patches",
                [NOTICE_LEVEL_WARNING] = "This kernel's live patches need attention",
                [NOTICE_LEVEL_CRITICAL] = "This kernel's live patches need you now",
        };
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        uint32_t number;
        int r;

        r = memory_pool_new(&pool);
        if (r == 0 && !server->asked)
                r = ask(server);
        if (r == 0)
                r = call_new(server, "Notify", &call);
        if (r != 0)
                return r;

        r = sd_bus_message_append(call, "susss", "klpwatch", replaces, ICON,
                                  summaries[alert->level], body(server, pool, alert));
        if (r >= 0)
                r = append_actions(server, call);
        if (r >= 0)
                r = append_hints(call, alert->level);
        if (r >= 0)
                r = sd_bus_message_append(call, "i", EXPIRE_AS_THE_SERVER_LIKES);
        if (r < 0 || memory_pool_exhausted(pool))
                return error_origin(r < 0 ? r : -ENOMEM);

        r = call_send(server, call, &reply);
        if (r != 0)
                return r;
        if (sd_bus_message_read(reply, "u", &number) < 0 || number == 0)
                return NOTIFICATION_SERVER_E_ABSENT;
        *ret_notification = number;
        return 0;
}

int notification_server_withdraw(NotificationServer *server, uint32_t notification) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r;

        r = call_new(server, "CloseNotification", &call);
        if (r != 0)
                return r;
        r = sd_bus_message_append(call, "u", notification);
        if (r >= 0)
                r = sd_bus_message_set_auto_start(call, 0);
        /* Nothing depends on the answer. */
        if (r >= 0)
                r = sd_bus_send(server->bus, call, NULL);
        return r == -ENOMEM ? error_origin(r) : r < 0 ? NOTIFICATION_SERVER_E_ABSENT : 0;
}
