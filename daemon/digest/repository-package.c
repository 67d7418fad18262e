/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Packages by their exact names, vendors by how their own words begin: rebuilds carry the same versions and have no
 * live patches, so whatever is not plainly the vendor's is nobody's.
 */

#include <string.h>

#include "base/text.h"
#include "core/kernel-release.h"
#include "core/livepatch-name.h"
#include "digest/repository-package.h"
#include "format/digest-record.h"

bool repository_package_is_kernel(const char *name) {
        return strcmp(name, "kernel-core") == 0 || strcmp(name, "kernel") == 0 ||
               strcmp(name, "kernel-default") == 0; /* SUSE's */
}

bool repository_package_is_ours(const RepositoryPackage *package) {
        return package->name && package->arch && strcmp(package->arch, "src") != 0 &&
               strcmp(package->arch, "nosrc") != 0 &&
               (repository_package_is_kernel(package->name) ||
                livepatch_package_is_one(package->name));
}

const char *repository_package_evr(MemoryPool *pool, XmlStream *stream,
                                   const RepositoryPackage *package) {
        const char *evr;

        if (package->arch && !digest_is_id(package->arch)) {
                xml_stream_refuse(stream, "%.100s has no sound architecture", package->name);
                return NULL;
        }
        if (package->version && package->release && digest_is_id(package->name)) {
                evr = memory_pool_format(pool, "%s-%s", package->version, package->release);
                if (repository_package_is_kernel(package->name) ? digest_is_kernel(evr)
                                                                : digest_is_id(evr))
                        return evr;
        }
        xml_stream_refuse(stream, "%.100s has no sound version", package->name);
        return NULL;
}

const char *repository_package_stream(MemoryPool *pool, const char *release) {
        KernelRelease kernel;

        if (!release || kernel_release_parse(release, &kernel) != 0 ||
            !text_starts_with(kernel.dist, "el") || kernel.dist_minor < 0)
                return NULL;
        return memory_pool_format(pool, "rhel-%d.%d", kernel.dist_major, kernel.dist_minor);
}

const char *repository_package_vendor(const char *builder) {
        static const struct {
                const char *prefix, *vendor;
        } known[] = {
                { "Red Hat, Inc.", "redhat" },
                { "Amazon", "amazon" },
                { "SUSE", "suse" },
        };

        for (size_t i = 0; builder && i < ELEMENTS(known); i++)
                if (text_starts_with(builder, known[i].prefix))
                        return known[i].vendor;
        return NULL;
}

const char *repository_advisory_vendor(const char *id) {
        if (text_starts_with(id, "RHSA-") || text_starts_with(id, "RHBA-") ||
            text_starts_with(id, "RHEA-"))
                return "redhat";
        if (text_starts_with(id, "ALAS"))
                return "amazon";
        return text_starts_with(id, "SUSE-") ? "suse" : NULL;
}
