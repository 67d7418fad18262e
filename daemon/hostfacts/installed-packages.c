/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Installed live-patch packages. Their names come from the package databases themselves; a database
 * counts as there when its file is, since an rpm program without a database answers "nothing" and
 * that would be a lie. If one of them does not answer, nothing is known. It refuses to keep other
 * packages: the rest of a host's software is nobody's business here.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/livepatch-name.h"
#include "hostfacts/installed-packages.h"
#include "hostfacts/program-output.h"

#define FIELD_BYTES_MAX 256
#define OUTPUT_BYTES_MAX ((size_t) 4 * 1024 * 1024)
#define QUERY_TIMEOUT_MSEC (30 * 1000)

static const char *const rpm_paths[] = {
        "var/lib/rpm/rpmdb.sqlite",         "var/lib/rpm/Packages",
        "var/lib/rpm/Packages.db",          "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages.db", NULL,
};
static const char *const rpm_query[] = {
        "/usr/bin/rpm",
        "-qa",
        "--qf",
        "%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\\n",
        LIVEPATCH_PACKAGE_PREFIX "*",
        LIVEPATCH_PACKAGE_PREFIX_KERNEL "*",
        NULL,
};
static const char *const dpkg_paths[] = { "var/lib/dpkg/status", NULL };
static const char *const dpkg_query[] = {
        "/usr/bin/dpkg-query",
        "-W",
        "-f",
        "${Package} ${Version} ${Architecture} ${db:Status-Status}\\n",
        LIVEPATCH_PACKAGE_PREFIX "*",
        LIVEPATCH_PACKAGE_PREFIX_KERNEL "*",
        NULL,
};
static const PackageDatabase this_host[] = {
        { "rpm", rpm_paths, rpm_query, 0, 0 },
        { "dpkg", dpkg_paths, dpkg_query, 1, 0 },
        {},
};

/* One line: three fields, and a fourth that must be `installed` where there is one. Others are skipped. */
static int add_line(HostFacts *host, char *line) {
        const char *name = strsep(&line, " "), *version = strsep(&line, " "),
                   *arch = strsep(&line, " ");
        InstalledPackage *package;

        if (!arch || !livepatch_package_is_one(name) || version[0] == '\0' || arch[0] == '\0' ||
            (line && strcmp(line, "installed") != 0))
                return 0;
        package = memory_pool_append(host->pool, host->packages, host->n_packages);
        if (!package)
                return error_origin(-ENOMEM);

        package->name = text_printable(host->pool, name, FIELD_BYTES_MAX);
        package->version = text_printable(host->pool, version, FIELD_BYTES_MAX);
        package->arch = text_printable(host->pool, arch, FIELD_BYTES_MAX);
        return 0;
}

static int add_lines(HostFacts *host, char *text) {
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n"))) {
                int r = add_line(host, text_trim(line));

                if (r)
                        return error_trace(r);
        }
        return 0;
}

static int compare_packages(const void *a, const void *b) {
        const InstalledPackage *package_a = a, *package_b = b;
        int order = strcmp(package_a->name, package_b->name);

        return order != 0 ? order : strcmp(package_a->version, package_b->version);
}

static int finish(HostFacts *host, const char *why) {
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);
        if (why)
                host->n_packages = 0;
        else if (host->n_packages > 1)
                qsort(host->packages, host->n_packages, sizeof(host->packages[0]),
                      compare_packages);
        host->packages_unknown = why;
        return 0;
}

static bool is_there(const HostRoot *root, const PackageDatabase *database) {
        for (const char *const *path = database->paths; *path; path++)
                if (host_root_look(root, *path) == 0)
                        return true;
        return false;
}

static const char *explain(MemoryPool *pool, const char *program, int outcome) {
        switch (outcome) {
        case PROGRAM_OUTPUT_E_MISSING:
                return memory_pool_format(pool, "%s cannot be run", program);
        case PROGRAM_OUTPUT_E_TOO_LARGE:
                return memory_pool_format(pool, "%s printed too much", program);
        case PROGRAM_OUTPUT_E_TOO_SLOW:
                return memory_pool_format(pool, "%s did not answer in time", program);
        default:
                return memory_pool_format(pool, "%s crashed", program);
        }
}

/* Asks one database; a reason in `ret_why` when it did not answer. */
static int ask(HostFacts *host, const PackageDatabase *database, const char **ret_why) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int status, r;

        r = program_output(database->query, OUTPUT_BYTES_MAX,
                           database->timeout_msec > 0 ? database->timeout_msec : QUERY_TIMEOUT_MSEC,
                           &text, &n_bytes, &status);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_why = explain(host->pool, database->query[0], r);
                return 0;
        }
        if (status != 0 && (status != database->exit_status_none || n_bytes > 0)) {
                *ret_why = memory_pool_format(host->pool, "%s failed with exit code %d",
                                              database->query[0], status);
                return 0;
        }

        r = add_lines(host, text);
        return r ? error_trace(r) : 0;
}

int installed_packages_query(const HostRoot *root, const PackageDatabase *databases,
                             HostFacts *host) {
        const char *why = NULL;
        size_t n_databases = 0;

        for (const PackageDatabase *database = databases; database->name && !why; database++) {
                int r;

                if (!is_there(root, database))
                        continue;
                n_databases++;
                r = ask(host, database, &why);
                if (r)
                        return error_trace(r);
        }
        return finish(host, n_databases > 0 ? why : "there is no package database of rpm or dpkg");
}

static int read_list(const HostRoot *root, HostFacts *host) {
        static const char path[] = "klpwatch/packages";
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        r = host_root_read(root, path, OUTPUT_BYTES_MAX, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return finish(host, host_root_explain(host->pool, r, path));

        r = add_lines(host, text);
        return r ? error_trace(r) : finish(host, NULL);
}

int installed_packages_read(const HostRoot *root, HostFacts *host) {
        int r;

        r = host_root_is_recorded(root) ? read_list(root, host)
                                        : installed_packages_query(root, this_host, host);
        return r ? error_trace(r) : 0;
}
