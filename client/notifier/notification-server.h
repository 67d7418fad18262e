/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The desktop's notification server: org.freedesktop.Notifications on the session bus, whichever program that is.
 */

#include <systemd/sd-bus.h>

#include "notifier/notice-book.h"

#define NOTIFICATION_ACTION_DETAILS "details"
#define NOTIFICATION_ACTION_SNOOZE "snooze"

typedef struct NotificationServer NotificationServer;

typedef struct NotificationServerEvents {
        /* A button, or the notification itself, which means details. */
        void (*on_action)(void *userdata, uint32_t notification, const char *action);
        void (*on_closed)(void *userdata, uint32_t notification);
        /* Another server is there than before, or none: it knows nothing of any notification. */
        void (*on_owner)(void *userdata, bool present);
        void *userdata;
} NotificationServerEvents;

enum {
        NOTIFICATION_SERVER_E_ABSENT =
                        1, /* nobody shows anything; on_owner tells when that changes */
};

/* `bus` and what `events` points to outlive it. 0 or a negative errno. */
int notification_server_new(sd_bus *bus, const NotificationServerEvents *events,
                            NotificationServer **ret);
NotificationServer *notification_server_free(NotificationServer *server);
DEFINE_CLEANUP(NotificationServer, notification_server_free);

/* Shows an alert, in the place of the notification `replaces` (0: none). 0, NOTIFICATION_SERVER_E_ABSENT or -ENOMEM. */
int notification_server_show(NotificationServer *server, uint32_t replaces,
                             const NoticeAlert *alert, uint32_t *ret_notification);

/* The same outcomes; that it is gone already is as good. */
int notification_server_withdraw(NotificationServer *server, uint32_t notification);
