/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Changelogs name CVEs in braces. They are asked only where an advisory leaves something open: what no advisory tells
 * is taken from them, and of what an advisory tells of several kernels together, what this one's changelog names, too.
 */

#include <string.h>

#include "base/error.h"
#include "core/livepatch-name.h"
#include "digest/repository-changelog.h"
#include "digest/repository-cves.h"
#include "format/digest-record.h"

typedef struct Reading {
        RepositoryRecords *records;
        NameIndex named;           /* all patches */
        bool *settled;             /* for each: of shared CVEs its changelog told its own */
        RepositoryPackage package; /* while its element is open; nameless unless it is a patch */
        RepositoryCves cves;       /* of it */
} Reading;

static void on_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        RepositoryPackage *package = &reading->package;
        MemoryPool *pool = reading->records->pool;

        (void) stream;
        if (strcmp(name, "package") == 0) {
                const char *text = xml_attribute(attributes, "name");

                *package = (RepositoryPackage){};
                if (text && livepatch_package_is_one(text))
                        package->name = memory_pool_text(pool, text);
                reading->cves = (RepositoryCves){};
        } else if (strcmp(name, "version") == 0 && package->name) {
                package->version = memory_pool_text(pool, xml_attribute(attributes, "ver"));
                package->release = memory_pool_text(pool, xml_attribute(attributes, "rel"));
        }
}

static void read_entry(Reading *reading, XmlStream *stream, const char *text) {
        for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
                const char *end = strchr(at, '}');

                for (const char *cve = at + 1; end && cve < end;) {
                        size_t n = strspn(cve, "CVE-0123456789");
                        char id[32];

                        if (n > 0 && n < sizeof(id)) {
                                memcpy(id, cve, n);
                                id[n] = '\0';
                                if (digest_is_cve(id))
                                        repository_cves_add(&reading->cves, reading->records->pool,
                                                            stream, id);
                        }
                        cve += n > 0 ? n : 1;
                }
        }
}

/* What both the advisory and the changelog name. A second changelog, of another architecture, leaves less. */
static void settle_shared(Reading *reading, size_t index) {
        PatchFact *patch = &reading->records->found.patches[index];
        CveFact *own = memory_pool_alloc(reading->records->pool,
                                         (patch->n_cves + 1) * sizeof(*own));
        size_t n = 0;

        for (size_t i = 0; own && i < patch->n_cves; i++)
                if (cve_facts_find(reading->cves.items, reading->cves.n_items, patch->cves[i].id))
                        own[n++] = patch->cves[i];
        patch->cves = own;
        patch->n_cves = n;
        patch->cves_shared = false;
        reading->settled[index] = true;
}

/* Hands out the CVEs of the package's changelog to the patches that it is. */
static void finish_package(Reading *reading, XmlStream *stream) {
        MemoryPool *pool = reading->records->pool;
        Named own = { .name = reading->package.name };
        const char *evr = repository_package_evr(pool, stream, &reading->package);

        if (!evr)
                return;
        own.version = livepatch_version_without_dist(pool, evr);
        for (size_t i = name_index_find(&reading->named, own.name, own.version);
             i < reading->named.n_items && named_is_same(&reading->named.items[i], &own); i++) {
                size_t place = reading->named.items[i].place;
                PatchFact *patch = &reading->records->found.patches[place];

                if (patch->cves_shared || reading->settled[place]) {
                        settle_shared(reading, place);
                } else if (patch->n_cves == 0) {
                        patch->cves = reading->cves.items;
                        patch->n_cves = reading->cves.n_items;
                }
        }
}

static void on_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;

        if (!reading->package.name)
                return;
        if (strcmp(name, "changelog") == 0)
                read_entry(reading, stream, text);
        else if (strcmp(name, "package") == 0 && reading->cves.n_items > 0)
                finish_package(reading, stream);
}

int repository_changelog_read(const Opener *opener, const char *path, const char *sha256,
                              RepositoryRecords *records,
                              char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        size_t n_patches = records->found.n_patches;
        Reading reading = { .records = records,
                            .named = repository_records_index_patches(records, 0, n_patches),
                            .settled = memory_pool_alloc(records->pool, n_patches + 1) };
        const XmlStreamReader reader = { on_open, on_close, &reading };
        int r;

        if (!reading.settled)
                return error_origin(-ENOMEM);
        r = repository_file_read(opener, path, sha256, &reader, ret_reason);
        return r < 0 ? error_trace(r) : r;
}
