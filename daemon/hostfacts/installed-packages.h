/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The live-patch packages that are installed, for whatever kernel.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/*
 * Fills `packages`: from klpwatch/packages on a recorded host, else by asking each package database
 * that this host has. 0 or -ENOMEM.
 */
int installed_packages_read(const HostRoot *root, HostFacts *host);

/* A package database and the program that reads it; the last of a table has no name. */
typedef struct PackageDatabase {
        const char *name;
        const char *const *
                        paths; /* files, one of which is there when the database is; NULL-terminated */
        const char *const *query; /* prints `NAME VERSION-RELEASE ARCH` lines; NULL-terminated */
        int exit_status_none;     /* besides 0: how the query ends when no package matches */
        int timeout_msec;         /* a query that takes longer is ended; 0 = 30 s */
} PackageDatabase;

/* The same from databases of the caller's, whatever the root is. */
int installed_packages_query(const HostRoot *root, const PackageDatabase *databases,
                             HostFacts *host);
