/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The list of packages. What it lacks is proven to be absent, so it counts as a whole, by the number of packages in
 * its head, or not at all. Of the tens of thousands in it nothing is kept but what is ours.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/kernel-release.h"
#include "core/livepatch-name.h"
#include "digest/repository-primary.h"

typedef struct Reading {
        RepositoryRecords *records;
        RepositoryPackage package; /* while its element is open */
        size_t n_packages, n_packages_stated;
} Reading;

static const char *keep(Reading *reading, const char *text) {
        return memory_pool_text(reading->records->pool, text);
}

/* Only what is required has flags and this name; a kernel provides it, too. */
static void read_entry(Reading *reading, XmlStream *stream, const char **attributes) {
        RepositoryPackage *package = &reading->package;
        KernelRelease kernel;
        const char *text;

        if (repository_package_is_kernel(package->name) ||
            !text_equal(xml_attribute(attributes, "flags"), "EQ") ||
            !text_equal(xml_attribute(attributes, "name"), "kernel-uname-r") ||
            !xml_attribute(attributes, "ver") || !xml_attribute(attributes, "rel"))
                return;
        text = memory_pool_format(reading->records->pool, "%s-%s", xml_attribute(attributes, "ver"),
                                  xml_attribute(attributes, "rel"));
        if (kernel_release_parse(text, &kernel) == 0)
                package->base = keep(reading, kernel.name);
        else
                xml_stream_refuse(stream, "%.100s requires '%.100s', which is no kernel",
                                  package->name, text);
}

static void on_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        RepositoryPackage *package = &reading->package;

        if (strcmp(name, "metadata") == 0) {
                const char *text = xml_attribute(attributes, "packages");

                reading->n_packages_stated = text ? strtoul(text, NULL, 10) : 0;
        } else if (strcmp(name, "package") == 0) {
                *package = (RepositoryPackage){};
                reading->n_packages++;
        } else if (strcmp(name, "version") == 0 && repository_package_is_ours(package)) {
                package->version = keep(reading, xml_attribute(attributes, "ver"));
                package->release = keep(reading, xml_attribute(attributes, "rel"));
        } else if (strcmp(name, "rpm:entry") == 0 && repository_package_is_ours(package))
                read_entry(reading, stream, attributes);
}

static void add_package(Reading *reading, XmlStream *stream) {
        static const RepositoryAdvisory no_advisory = { NULL, UTC_TIME_NONE };
        RepositoryRecords *records = reading->records;
        const RepositoryPackage *package = &reading->package;
        const char *vendor = repository_package_vendor(package->vendor), *evr;

        if (!vendor || !repository_records_take_vendor(records, stream, vendor))
                return;
        evr = repository_package_evr(records->pool, stream, package);
        if (!evr)
                return;
        if (repository_package_is_kernel(package->name))
                text_list_add(&records->kernels, records->pool, evr);
        else
                repository_records_add_patch(records, package, evr, &no_advisory);
}

static void on_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;
        RepositoryPackage *package = &reading->package;

        if (strcmp(name, "metadata") == 0 && reading->n_packages != reading->n_packages_stated)
                xml_stream_refuse(stream, "%zu packages, and its head says %zu",
                                  reading->n_packages, reading->n_packages_stated);
        /* Names are short-lived for all packages but ours: kept only for those. */
        if (strcmp(name, "name") == 0 &&
            (repository_package_is_kernel(text) || livepatch_package_is_one(text)))
                package->name = keep(reading, text);
        else if (!package->name)
                return;
        else if (strcmp(name, "arch") == 0)
                package->arch = keep(reading, text);
        else if (strcmp(name, "rpm:vendor") == 0)
                package->vendor = keep(reading, text);
        if (strcmp(name, "package") == 0 && repository_package_is_ours(package))
                add_package(reading, stream);
}

int repository_primary_read(const Opener *opener, const char *path, const char *sha256,
                            RepositoryRecords *records,
                            char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        Reading reading = { .records = records };
        const XmlStreamReader reader = { on_open, on_close, &reading };
        int r;

        r = repository_file_read(opener, path, sha256, &reader, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        repository_records_merge_patches(records, 0);
        text_list_sort(&records->kernels);
        return 0;
}
