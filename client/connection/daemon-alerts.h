/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon's alerts: putting them aside, and hearing of them. Results as of daemon-connection.h.
 */

#include "connection/daemon-connection.h"

/* `id` is the alert's. polkit asks for a password where `may_ask`. */
int daemon_alerts_acknowledge(DaemonConnection *connection, const char *id, bool may_ask);
int daemon_alerts_snooze(DaemonConnection *connection, const char *id, uint64_t until_usec,
                         bool may_ask);

/* One that is told; valid during the call only, and fit to show. */
typedef struct DaemonAlert {
        const char *id, *news, *level, *text, *action;
} DaemonAlert;

/* 0 to go on, positive to end, or a negative errno. */
typedef int (*DaemonAlertFunction)(void *userdata, const DaemonAlert *alert);

/*
 * Calls `on_begin` once when nothing can be missed any more, and then `on_alert` for each alert that is told, until one
 * of them ends that or nobody reads `reader_fd` any more. A daemon that goes away is waited for.
 */
int daemon_alerts_follow(DaemonConnection *connection, int reader_fd,
                         int (*on_begin)(void *userdata), DaemonAlertFunction on_alert,
                         void *userdata);
