/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon as a whole: gathers the inputs, assesses, publishes.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"

enum {
        DAEMON_E_REFUSED = 1, /* it cannot run like this; the reason was logged */
};

typedef struct DaemonOptions {
        const char *root;     /* host root: "/" or a recorded host */
        const char *settings; /* settings file; NULL = etc/klpwatch.conf below the root */
        TextList digests;     /* digest files given by the caller */
        const char *state;    /* folder of the store; NULL = none */
        bool service;         /* run by its unit: the service manager starts the other programs */
        UtcTime at;           /* a fixed time; UTC_TIME_NONE = the real one */
} DaemonOptions;

typedef struct Daemon Daemon;

/* Reads settings, calendars and digests. `options` are borrowed. 0, DAEMON_E_REFUSED or negative. */
int daemon_new(const DaemonOptions *options, Daemon **ret);
Daemon *daemon_free(Daemon *daemon);
DEFINE_CLEANUP(Daemon, daemon_free);

/* Serves the bus until a signal or the loss of the bus ends it. 0, DAEMON_E_REFUSED or negative. */
int daemon_serve(Daemon *daemon);

/* One assessment, printed as JSON. 0, DAEMON_E_REFUSED or negative. */
int daemon_print_assessment(Daemon *daemon);
