/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What changes in the daemon's answer, as it changes.
 */

#include "connection/daemon-connection.h"

typedef enum DaemonChangeKind {
        DAEMON_CHANGE_PROPERTY,
        DAEMON_CHANGE_APPEARED, /* a kernel or live patch */
        DAEMON_CHANGE_WENT,
        DAEMON_CHANGE_DAEMON_WENT,
        DAEMON_CHANGE_DAEMON_BACK,
} DaemonChangeKind;

/* Valid during the call only. Values are texts: times RFC 3339, flags yes and no; NULL: none. */
typedef struct DaemonChange {
        DaemonChangeKind kind;
        const char *object;   /* "host", "kernel RELEASE", "livepatch NAME", "klpwatchd" */
        const char *property; /* NULL unless DAEMON_CHANGE_PROPERTY */
        const char *old_value, *new_value;
} DaemonChange;

/* 0 to go on, positive to end, or a negative errno. */
typedef int (*DaemonChangeFunction)(void *userdata, const DaemonChange *change);

/*
 * Calls `on_change` for each change until it ends that or nobody reads `reader_fd` any more. A daemon
 * that goes away is waited for. 0, DAEMON_CONNECTION_E_*, or a negative errno.
 */
int daemon_monitor_run(DaemonConnection *connection, int reader_fd, DaemonChangeFunction on_change,
                       void *userdata);
