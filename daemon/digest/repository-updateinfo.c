/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Advisories. Vendors write dates in several ways, and CVEs and severity before or behind the packages, so these are
 * handed out when an advisory closes. Where one tells of the live patches of several kernels, nobody says whose a CVE
 * is: the records are marked for that. A retracted advisory takes its packages with it.
 */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/text.h"
#include "digest/repository-cves.h"
#include "digest/repository-listing.h"
#include "digest/repository-updateinfo.h"
#include "format/digest-record.h"

typedef struct Reading {
        RepositoryRecords *records;
        UtcTime complete_at;
        NameIndex bases; /* patches of the packages' list which tell their base */
        /* of the advisory that is open */
        RepositoryAdvisory advisory;
        Severity severity;
        RepositoryCves cves;
        size_t first_kernel, first_patch;
        bool retracted;
} Reading;

/* As RFC 3339 has it, or without a zone (then it is UTC), without seconds, or a date alone; or seconds (SUSE). */
static bool read_issued(MemoryPool *pool, const char *text, UtcTime *ret) {
        if (utc_time_parse_lenient(text, ret) == 0 || repository_listing_parse_seconds(text, ret))
                return true;
        return strlen(text) <= 32 &&
               (utc_time_parse(memory_pool_format(pool, "%sZ", text), ret) == 0 ||
                utc_time_parse(memory_pool_format(pool, "%s:00Z", text), ret) == 0);
}

static Severity severity_of(const char *text) {
        static const char *const words[] = { "low", "moderate", "important", "critical" };
        Severity severity;

        if (strcasecmp(text, "medium") == 0)
                return SEVERITY_MODERATE;
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcasecmp(text, words[i]) == 0 && severity_from_text(words[i], &severity) == 0)
                        return severity;
        return SEVERITY_UNKNOWN;
}

/* The base kernels that the packages' list told, by the patches' names. */
static NameIndex index_bases(const RepositoryRecords *records) {
        const Facts *found = &records->found;
        NameIndex bases = name_index_empty(records->pool, found->n_patches);

        for (size_t i = 0; i < found->n_patches; i++)
                if (found->patches[i].base)
                        name_index_put(&bases, found->patches[i].package, "", i);
        name_index_sort(&bases);
        return bases;
}

static const char *base_of(const Reading *reading, const char *name) {
        size_t i = name_index_find(&reading->bases, name, "");

        return i < reading->bases.n_items
                               ? reading->records->found.patches[reading->bases.items[i].place].base
                               : NULL;
}

static void add_package(Reading *reading, XmlStream *stream, const char **attributes) {
        RepositoryPackage package = { .name = xml_attribute(attributes, "name"),
                                      .arch = xml_attribute(attributes, "arch"),
                                      .version = xml_attribute(attributes, "version"),
                                      .release = xml_attribute(attributes, "release") };
        const RepositoryAdvisory *advisory = &reading->advisory;
        RepositoryRecords *records = reading->records;
        const char *vendor, *evr;

        if (!repository_package_is_ours(&package))
                return;
        if (!advisory->id || !digest_is_id(advisory->id)) {
                xml_stream_refuse(stream, "an advisory for %.100s without a sound id",
                                  package.name);
                return;
        }
        vendor = repository_advisory_vendor(advisory->id);
        if (!vendor || !repository_records_take_vendor(records, stream, vendor))
                return;
        if (advisory->released == UTC_TIME_NONE) {
                xml_stream_refuse(stream, "%.100s has no sound date of issue", advisory->id);
                return;
        }
        evr = repository_package_evr(records->pool, stream, &package);
        if (!evr)
                return;
        if (repository_package_is_kernel(package.name)) {
                repository_records_add_kernel(records, &package, evr, advisory);
                return;
        }
        package.base = base_of(reading, package.name);
        repository_records_add_patch(records, &package, evr, advisory);
}

static void on_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        MemoryPool *pool = reading->records->pool;
        const char *text;

        if (strcmp(name, "update") == 0) {
                reading->advisory = (RepositoryAdvisory){ NULL, UTC_TIME_NONE };
                reading->severity = SEVERITY_UNKNOWN;
                reading->cves = (RepositoryCves){};
                reading->retracted = text_equal(xml_attribute(attributes, "status"), "retracted");
                reading->first_kernel = reading->records->found.n_kernels;
                reading->first_patch = reading->records->found.n_patches;
        } else if (strcmp(name, "issued") == 0) {
                text = xml_attribute(attributes, "date");
                if (!text || !read_issued(pool, text, &reading->advisory.released))
                        reading->advisory.released = UTC_TIME_NONE;
        } else if (strcmp(name, "reference") == 0) {
                text = xml_attribute(attributes, "id");
                if (text && text_equal(xml_attribute(attributes, "type"), "cve") &&
                    digest_is_cve(text))
                        repository_cves_add(&reading->cves, pool, stream, text);
        } else if (strcmp(name, "package") == 0)
                add_package(reading, stream, attributes);
}

/* Its packages may still lie there, but package managers offer them to nobody. */
static void retract(Reading *reading) {
        Facts *found = &reading->records->found;
        bool ours = found->n_kernels > reading->first_kernel ||
                    found->n_patches > reading->first_patch;
        WithdrawnFact *withdrawn;

        repository_records_retract(reading->records, reading->first_kernel, reading->first_patch);
        /* Without a time it would be withdrawn for good, whatever this repository says later. */
        if (!ours || reading->complete_at <= 0)
                return;
        withdrawn = memory_pool_append(reading->records->pool, found->withdrawn,
                                       found->n_withdrawn);
        if (withdrawn)
                withdrawn->advisory = reading->advisory.id;
}

static void finish_advisory(Reading *reading) {
        RepositoryRecords *records = reading->records;

        repository_records_merge_kernels(records, reading->first_kernel);
        repository_records_merge_patches(records, reading->first_patch);
        for (size_t i = reading->first_kernel; i < records->found.n_kernels; i++) {
                KernelFact *kernel = &records->found.kernels[i];

                kernel->severity = reading->severity;
                kernel->cves = reading->cves.items;
                kernel->n_cves = reading->cves.n_items;
        }
        for (size_t i = reading->first_patch; i < records->found.n_patches; i++) {
                PatchFact *patch = &records->found.patches[i];

                patch->severity = reading->severity;
                patch->cves = reading->cves.items;
                patch->n_cves = reading->cves.n_items;
        }
}

static void on_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;

        (void) stream;
        if (strcmp(name, "id") == 0 && !reading->advisory.id)
                reading->advisory.id = memory_pool_text(reading->records->pool, text);
        else if (strcmp(name, "severity") == 0)
                reading->severity = severity_of(text);
        else if (strcmp(name, "update") == 0 && reading->retracted)
                retract(reading);
        else if (strcmp(name, "update") == 0)
                finish_advisory(reading);
}

static int compare_advisories(const void *a, const void *b) {
        const PatchFact *const *x = a, *const *y = b;
        int order = strcmp((*x)->advisory, (*y)->advisory);

        return order != 0 ? order : strcmp((*x)->package, (*y)->package);
}

/*
 * Each base kernel has a package with a name of its own. Where an advisory, in however many pieces, has
 * several, its CVEs may be any one's.
 */
static void mark_shared(RepositoryRecords *records, size_t n_listed) {
        size_t n = records->found.n_patches - n_listed, n_same;
        PatchFact **told = memory_pool_alloc(records->pool, (n + 1) * sizeof(PatchFact *));

        if (!told)
                return;
        for (size_t i = 0; i < n; i++)
                told[i] = &records->found.patches[n_listed + i];
        if (n > 1)
                qsort((void *) told, n, sizeof(*told), compare_advisories);
        for (size_t i = 0; i < n; i += n_same) {
                for (n_same = 1;
                     i + n_same < n && strcmp(told[i + n_same]->advisory, told[i]->advisory) == 0;)
                        n_same++;
                if (strcmp(told[i]->package, told[i + n_same - 1]->package) == 0)
                        continue;
                for (size_t j = i; j < i + n_same; j++)
                        told[j]->cves_shared = told[j]->n_cves > 0;
        }
}

int repository_updateinfo_read(const Opener *opener, const char *path, const char *sha256,
                               UtcTime complete_at, RepositoryRecords *records,
                               char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        Reading reading = { .records = records,
                            .complete_at = complete_at,
                            .bases = index_bases(records),
                            .advisory.released = UTC_TIME_NONE };
        const XmlStreamReader reader = { on_open, on_close, &reading };
        size_t n_listed = records->found.n_patches;
        int r;

        r = repository_file_read(opener, path, sha256, &reader, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        mark_shared(records, n_listed);
        return 0;
}
