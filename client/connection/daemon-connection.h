/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The way to klpwatchd: method calls over the system bus (DBUS_SYSTEM_BUS_ADDRESS is honoured),
 * answers as plain values. Everything an answer points to lives in the pool handed in.
 */

#include "base/cleanup.h"
#include "base/utc-time.h"
#include "connection/bus-row.h"

/* What the attempt of a feed is doing; the texts live for the time of the call. */
typedef struct DaemonProgress {
        const char *feed, *what;
        uint64_t n_done, n_total; /* bytes or documents; a total of 0 is not known */
} DaemonProgress;

typedef void (*DaemonProgressFunction)(const DaemonProgress *progress, void *userdata);

typedef struct DaemonConnection DaemonConnection;

/* Why a call has no answer. daemon_connection_problem() says it in words. */
enum {
        DAEMON_CONNECTION_E_NO_BUS = 1,   /* the bus cannot be reached, or went away */
        DAEMON_CONNECTION_E_NO_DAEMON,    /* nobody owns the name */
        DAEMON_CONNECTION_E_NOT_ASSESSED, /* the daemon runs, but has no answer yet */
        DAEMON_CONNECTION_E_NO_SUCH_CVE,
        DAEMON_CONNECTION_E_REFUSED, /* not allowed */
        DAEMON_CONNECTION_E_FAILED,  /* any other error, or an answer that cannot be read */
};

/* What was asked for and did not come: one sentence, and the command to run next (NULL: none). */
typedef struct DaemonProblem {
        const char *sentence;
        const char *command;
} DaemonProblem;

/* Where the daemon is: on another host, in a container, or (both NULL) here. */
typedef struct DaemonPlace {
        const char *host;    /* [USER@]HOST, reached with ssh */
        const char *machine; /* as machinectl(1) names it */
} DaemonPlace;

/* Connects with the first call. `pool` and what `place` points to outlive the connection. 0 or -ENOMEM. */
int daemon_connection_new(MemoryPool *pool, const DaemonPlace *place, DaemonConnection **ret);
DaemonConnection *daemon_connection_free(DaemonConnection *connection);
DEFINE_CLEANUP(DaemonConnection, daemon_connection_free);

/* What the last call that returned DAEMON_CONNECTION_E_* met. */
DaemonProblem daemon_connection_problem(const DaemonConnection *connection);

/* A filter for exposures. */
typedef struct ExposureFilter {
        bool closed_too;      /* else the open ones only */
        const char *severity; /* NULL: any */
        const char *verdict;  /* NULL: any */
} ExposureFilter;

/*
 * Describe(), or DescribeAt() when `at` is not UTC_TIME_NONE: JSON as the daemon wrote it, its texts
 * not yet made printable. 0, DAEMON_CONNECTION_E_*, or a negative errno; so do all that follow.
 */
int daemon_connection_describe(DaemonConnection *connection, MemoryPool *pool, UtcTime at,
                               const char **ret_json);

/* ListExposures(), page after page until all are there. */
int daemon_connection_list_exposures(DaemonConnection *connection, MemoryPool *pool,
                                     const ExposureFilter *filter, BusRows *ret);

int daemon_connection_explain(DaemonConnection *connection, MemoryPool *pool, const char *cve,
                              BusRow *ret);
int daemon_connection_list_kernels(DaemonConnection *connection, MemoryPool *pool, BusRows *ret);

int daemon_connection_list_settings(DaemonConnection *connection, MemoryPool *pool, BusRows *ret);

/* Hands over a digest: `fd` is a memfd, sealed, and stays the caller's. polkit asks for a password where `may_ask`. */
int daemon_connection_import(DaemonConnection *connection, int fd, bool may_ask);

/* What the daemon knows, as a digest in a sealed memfd, which is the caller's. */
int daemon_connection_export(DaemonConnection *connection, int *ret_fd);

/* Returns when the daemon has asked all its feeds. polkit asks for a password where `may_ask`. */
int daemon_connection_refresh(DaemonConnection *connection, bool may_ask,
                              DaemonProgressFunction on_progress, void *userdata);

/* Returns when the daemon has looked at the host again. polkit asks for a password where `may_ask`. */
int daemon_connection_rescan(DaemonConnection *connection, bool may_ask);
