/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Repository metadata. Absence is proven from what this reads, so a repository counts as a whole or
 * not at all, and only packages that the vendor built itself: rebuilds carry the same versions and
 * have no live patches; none that the vendor retracted. One repository holds the kernels of several minors, and only the newest is
 * still looked after there, so the record of the repository speaks of that stream alone.
 *
 * Of the packages' list come names, versions and base kernels; of the advisories, dates and CVEs; of
 * the changelogs, CVEs where no advisory has any, and whose is which where an advisory has those of live
 * patches of several kernels; where nobody tells that, the records say so. It refuses to follow a path out of the folder.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/livepatch-name.h"
#include "digest/repository-metadata.h"
#include "format/digest-record.h"

typedef enum FileKind { FILE_PRIMARY, FILE_UPDATEINFO, FILE_OTHER, _FILE_MAX } FileKind;

typedef struct ListedFile {
        const char *location, *checksum, *checksum_type;
} ListedFile;

/* A package of the list, while its element is open. */
typedef struct Package {
        const char *name, *arch, *version, *release, *vendor, *base;
} Package;

/* Where a thing of this name stands among the facts. */
typedef struct Named {
        const char *name, *version;
        size_t place;
} Named;

typedef struct NameIndex {
        Named *items; /* sorted */
        size_t n_items;
} NameIndex;

typedef struct Reading {
        const Opener *opener;
        MemoryPool *pool; /* of the facts */
        ChannelSet channels;
        Facts *found; /* put together apart: all or nothing */
        RepositoryMetadata result;
        ListedFile files[_FILE_MAX], file;
        FileKind kind;
        Package package;
        size_t n_packages, n_packages_stated;
        /* of the advisory that is open */
        const char *advisory;
        UtcTime released;
        Severity severity;
        CveFact *cves;
        size_t n_cves, first_kernel, first_patch;
        bool retracted;
        /* of all advisories */
        NameIndex taken_back; /* packages of those that were retracted; kernels by their release */
        TextList kernels;     /* of the packages' list */
        NameIndex bases;      /* patches of that list which tell their base */
        NameIndex named;      /* all patches, for the changelogs */
        bool *settled;        /* for each patch: of shared CVEs its changelog told its own */
} Reading;

static const char *keep(Reading *reading, const char *text) {
        return memory_pool_text(reading->pool, text);
}

static bool is_kernel(const char *name) {
        return strcmp(name, "kernel-core") == 0 || strcmp(name, "kernel") == 0 ||
               strcmp(name, "kernel-default") == 0; /* SUSE's */
}

static bool is_ours(const Package *package) {
        return package->name && package->arch && strcmp(package->arch, "src") != 0 &&
               strcmp(package->arch, "nosrc") != 0 &&
               (is_kernel(package->name) || livepatch_package_is_one(package->name));
}

/* --- repomd.xml */

static void repomd_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        static const char *const kinds[] = { "primary", "updateinfo", "other" };
        Reading *reading = data;

        (void) stream;
        if (strcmp(name, "data") == 0) {
                const char *type = xml_attribute(attributes, "type");

                reading->file = (ListedFile){};
                reading->kind = _FILE_MAX;
                for (size_t i = 0; type && i < ELEMENTS(kinds); i++)
                        if (strcmp(type, kinds[i]) == 0)
                                reading->kind = (FileKind) i;
        } else if (strcmp(name, "checksum") == 0)
                reading->file.checksum_type = keep(reading, xml_attribute(attributes, "type"));
        else if (strcmp(name, "location") == 0)
                reading->file.location = keep(reading, xml_attribute(attributes, "href"));
}

/* Seconds since 1970; a count of some other kind is no time. */
static bool read_seconds(const char *text, UtcTime *ret) {
        size_t n = strspn(text, "0123456789");

        if (n < 9 || n > 11 || text[n] != '\0')
                return false;
        *ret = atoll(text) * USEC_PER_SEC;
        return true;
}

static void repomd_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;
        ListedFile *file = &reading->file;

        if (strcmp(name, "revision") == 0)
                (void) read_seconds(text, &reading->result.complete_at);
        else if (strcmp(name, "checksum") == 0)
                file->checksum = keep(reading, text);
        if (strcmp(name, "data") != 0 || reading->kind == _FILE_MAX)
                return;
        if (!file->location || !file->checksum || !file->checksum_type)
                xml_stream_refuse(stream, "a file without location or checksum");
        else if (strcmp(file->checksum_type, "sha256") != 0)
                xml_stream_refuse(stream, "checksum of type '%.32s': only sha256 is taken",
                                  file->checksum_type);
        else if (reading->files[reading->kind].location)
                xml_stream_refuse(stream, "a second file of the same type");
        else
                reading->files[reading->kind] = *file;
}

/* --- records */

static const char *vendor_of_builder(const char *builder) {
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

static const char *vendor_of_advisory(const char *id) {
        if (text_starts_with(id, "RHSA-") || text_starts_with(id, "RHBA-") ||
            text_starts_with(id, "RHEA-"))
                return "redhat";
        if (text_starts_with(id, "ALAS"))
                return "amazon";
        return text_starts_with(id, "SUSE-") ? "suse" : NULL;
}

/* The stream that a kernel's dist tag names; NULL where it names none. */
static const char *stream_of(Reading *reading, const char *release) {
        KernelRelease kernel;

        if (!release || kernel_release_parse(release, &kernel) != 0 ||
            !text_starts_with(kernel.dist, "el") || kernel.dist_minor < 0)
                return NULL;
        return memory_pool_format(reading->pool, "rhel-%d.%d", kernel.dist_major,
                                  kernel.dist_minor);
}

/* --- finding among many: a repository has tens of thousands of packages, each once per architecture */

static int compare_named(const void *a, const void *b) {
        const Named *x = a, *y = b;
        int order = strcmp(x->name, y->name);

        if (order == 0)
                order = strcmp(x->version, y->version);
        return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static bool same_named(const Named *a, const Named *b) {
        return strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) == 0;
}

static NameIndex sort_names(NameIndex index) {
        if (index.n_items > 1)
                qsort(index.items, index.n_items, sizeof(*index.items), compare_named);
        return index;
}

/* The patches from `first` to before `end`, by package and version. Without memory it is empty. */
static NameIndex index_patches(Reading *reading, size_t first, size_t end) {
        NameIndex index = { memory_pool_alloc(reading->pool, (end - first + 1) * sizeof(Named)),
                            0 };

        for (size_t i = first; index.items && i < end; i++)
                index.items[index.n_items++] = (Named){ reading->found->patches[i].package,
                                                        reading->found->patches[i].version, i };
        return sort_names(index);
}

static NameIndex index_kernels(Reading *reading, size_t first, size_t end) {
        NameIndex index = { memory_pool_alloc(reading->pool, (end - first + 1) * sizeof(Named)),
                            0 };

        for (size_t i = first; index.items && i < end; i++)
                index.items[index.n_items++] = (Named){ reading->found->kernels[i].release, "", i };
        return sort_names(index);
}

/* The first of them with this name and version; where there is none, `n_items`. */
static size_t find_name(const NameIndex *index, const char *name, const char *version) {
        const Named wanted = { name, version, 0 };
        size_t low = 0, high = index->n_items;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (compare_named(&index->items[middle], &wanted) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < index->n_items && same_named(&index->items[low], &wanted) ? low
                                                                               : index->n_items;
}

/* What differs from the first of its name in architecture only is joined to it; the order stays. */
#define DEFINE_MERGE(kind, key)                                                                 \
        static void merge_##kind(Reading *reading, size_t first) {                              \
                Facts *found = reading->found;                                                  \
                NameIndex index = index_##kind(reading, first, found->n_##kind);                \
                size_t n_same, n = first;                                                       \
                                                                                                \
                for (size_t i = 0; i < index.n_items; i += n_same) {                            \
                        TextList *arch = &found->kind[index.items[i].place].arch;               \
                                                                                                \
                        for (n_same = 1; i + n_same < index.n_items &&                          \
                                         same_named(&index.items[i], &index.items[i + n_same]); \
                             n_same++) {                                                        \
                                typeof(found->kind) double_ =                                   \
                                                &found->kind[index.items[i + n_same].place];    \
                                                                                                \
                                text_list_add(arch, reading->pool, double_->arch.items[0]);     \
                                double_->key = NULL;                                            \
                        }                                                                       \
                        text_list_sort(arch);                                                   \
                }                                                                               \
                for (size_t i = first; index.n_items > 0 && i < found->n_##kind; i++)           \
                        if (found->kind[i].key)                                                 \
                                found->kind[n++] = found->kind[i];                              \
                found->n_##kind = n;                                                            \
        }

DEFINE_MERGE(kernels, release)
DEFINE_MERGE(patches, package)

static void add_kernel(Reading *reading, const char *release, const char *arch) {
        KernelFact *kernel = memory_pool_append(reading->pool, reading->found->kernels,
                                                reading->found->n_kernels);

        if (!kernel)
                return;
        *kernel = (KernelFact){ .release = release,
                                .stream = stream_of(reading, release),
                                .channels = reading->channels,
                                .released = reading->released,
                                .advisory = reading->advisory };
        text_list_add(&kernel->arch, reading->pool, keep(reading, arch));
}

static void add_patch(Reading *reading, const Package *package, const char *evr) {
        const char *version = livepatch_version_without_dist(reading->pool, evr), *stream;
        PatchFact *patch = memory_pool_append(reading->pool, reading->found->patches,
                                              reading->found->n_patches);

        if (!patch)
                return;
        /* Without a list of packages nobody tells the base; the patch's own dist tag still does the minor. */
        stream = stream_of(reading, package->base);
        *patch = (PatchFact){ .package = keep(reading, package->name),
                              .version = version,
                              .base = package->base,
                              .stream = stream ? stream : stream_of(reading, evr),
                              .channels = reading->channels,
                              .released = reading->released,
                              .advisory = reading->advisory };
        text_list_add(&patch->arch, reading->pool, keep(reading, package->arch));
}

/* VERSION-RELEASE, or NULL and a refusal. */
static const char *evr_of(Reading *reading, XmlStream *stream, const Package *package) {
        const char *evr;

        if (package->version && package->release && digest_is_id(package->name)) {
                evr = memory_pool_format(reading->pool, "%s-%s", package->version,
                                         package->release);
                if (is_kernel(package->name) ? digest_is_kernel(evr) : digest_is_id(evr))
                        return evr;
        }
        xml_stream_refuse(stream, "%.100s has no sound version", package->name);
        return NULL;
}

static bool take_vendor(Reading *reading, XmlStream *stream, const char *vendor) {
        if (!reading->result.vendor)
                reading->result.vendor = vendor;
        if (strcmp(reading->result.vendor, vendor) == 0)
                return true;
        xml_stream_refuse(stream, "kernels of %s beside those of %s", vendor,
                          reading->result.vendor);
        return false;
}

/* --- primary.xml */

static void primary_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        Package *package = &reading->package;
        const char *text;

        if (strcmp(name, "metadata") == 0) {
                text = xml_attribute(attributes, "packages");
                reading->n_packages_stated = text ? strtoul(text, NULL, 10) : 0;
        } else if (strcmp(name, "package") == 0) {
                *package = (Package){};
                reading->n_packages++;
        } else if (strcmp(name, "version") == 0 && is_ours(package)) {
                package->version = keep(reading, xml_attribute(attributes, "ver"));
                package->release = keep(reading, xml_attribute(attributes, "rel"));
        } else if (strcmp(name, "rpm:entry") == 0 && is_ours(package)) {
                KernelRelease kernel;

                /* Only what is required has flags and this name; a kernel provides it, too. */
                if (is_kernel(package->name) ||
                    !text_equal(xml_attribute(attributes, "flags"), "EQ") ||
                    !text_equal(xml_attribute(attributes, "name"), "kernel-uname-r") ||
                    !xml_attribute(attributes, "ver") || !xml_attribute(attributes, "rel"))
                        return;
                text = memory_pool_format(reading->pool, "%s-%s", xml_attribute(attributes, "ver"),
                                          xml_attribute(attributes, "rel"));
                if (kernel_release_parse(text, &kernel) == 0)
                        package->base = keep(reading, kernel.name);
                else
                        xml_stream_refuse(stream, "%.100s requires '%.100s', which is no kernel",
                                          package->name, text);
        }
}

static void primary_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;
        Package *package = &reading->package;
        const char *evr, *vendor;

        if (strcmp(name, "metadata") == 0 && reading->n_packages != reading->n_packages_stated)
                xml_stream_refuse(stream, "%zu packages, and its head says %zu",
                                  reading->n_packages, reading->n_packages_stated);
        /* Names are short-lived for all packages but ours: kept only for those. */
        if (strcmp(name, "name") == 0 && (is_kernel(text) || livepatch_package_is_one(text)))
                package->name = keep(reading, text);
        else if (!package->name)
                return;
        else if (strcmp(name, "arch") == 0)
                package->arch = keep(reading, text);
        else if (strcmp(name, "rpm:vendor") == 0)
                package->vendor = keep(reading, text);
        if (strcmp(name, "package") != 0 || !is_ours(package))
                return;
        vendor = vendor_of_builder(package->vendor);
        if (!vendor || !take_vendor(reading, stream, vendor))
                return;
        evr = evr_of(reading, stream, package);
        if (!evr)
                return;
        if (is_kernel(package->name))
                text_list_add(&reading->kernels, reading->pool, evr);
        else
                add_patch(reading, package, evr);
}

/* --- updateinfo.xml */

/* As RFC 3339 has it, or without a zone (then it is UTC), without seconds, or a date alone; or seconds (SUSE). */
static bool read_issued(Reading *reading, const char *text, UtcTime *ret) {
        if (utc_time_parse_lenient(text, ret) == 0 || read_seconds(text, ret))
                return true;
        return strlen(text) <= 32 &&
               (utc_time_parse(memory_pool_format(reading->pool, "%sZ", text), ret) == 0 ||
                utc_time_parse(memory_pool_format(reading->pool, "%s:00Z", text), ret) == 0);
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

/* Sorted, each once. */
static void add_cve(Reading *reading, XmlStream *stream, const char *id) {
        size_t low = 0, high = reading->n_cves;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(reading->cves[middle].id, id);

                if (order == 0)
                        return;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (reading->n_cves == DIGEST_MAX_CVES) {
                xml_stream_refuse(stream, DIGEST_CAP_CVES ": more than %d CVEs", DIGEST_MAX_CVES);
                return;
        }
        if (!memory_pool_append(reading->pool, reading->cves, reading->n_cves))
                return;
        memmove(&reading->cves[low + 1], &reading->cves[low],
                (reading->n_cves - 1 - low) * sizeof(*reading->cves));
        reading->cves[low] = (CveFact){ .id = keep(reading, id) };
}

/* The base kernels that the packages' list told, by the patches' names. */
static void index_bases(Reading *reading) {
        const Facts *found = reading->found;
        NameIndex *bases = &reading->bases;

        bases->items = memory_pool_alloc(reading->pool, (found->n_patches + 1) * sizeof(Named));
        for (size_t i = 0; bases->items && i < found->n_patches; i++)
                if (found->patches[i].base)
                        bases->items[bases->n_items++] =
                                        (Named){ found->patches[i].package, "", i };
        *bases = sort_names(*bases);
}

static const char *base_of(const Reading *reading, const char *name) {
        size_t i = find_name(&reading->bases, name, "");

        return i < reading->bases.n_items
                               ? reading->found->patches[reading->bases.items[i].place].base
                               : NULL;
}

static void update_package(Reading *reading, XmlStream *stream, const char **attributes) {
        Package package = { .name = xml_attribute(attributes, "name"),
                            .arch = xml_attribute(attributes, "arch"),
                            .version = xml_attribute(attributes, "version"),
                            .release = xml_attribute(attributes, "release") };
        const char *vendor, *evr;

        if (!is_ours(&package))
                return;
        if (!reading->advisory || !digest_is_id(reading->advisory)) {
                xml_stream_refuse(stream, "an advisory for %.100s without a sound id",
                                  package.name);
                return;
        }
        vendor = vendor_of_advisory(reading->advisory);
        if (!vendor || !take_vendor(reading, stream, vendor))
                return;
        if (reading->released == UTC_TIME_NONE) {
                xml_stream_refuse(stream, "%.100s has no sound date of issue", reading->advisory);
                return;
        }
        evr = evr_of(reading, stream, &package);
        if (!evr)
                return;
        if (is_kernel(package.name)) {
                add_kernel(reading, evr, package.arch);
                return;
        }
        package.base = base_of(reading, package.name);
        add_patch(reading, &package, evr);
}

static void update_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        const char *text;

        if (strcmp(name, "update") == 0) {
                reading->advisory = NULL;
                reading->released = UTC_TIME_NONE;
                reading->severity = SEVERITY_UNKNOWN;
                reading->cves = NULL;
                reading->n_cves = 0;
                reading->retracted = text_equal(xml_attribute(attributes, "status"), "retracted");
                reading->first_kernel = reading->found->n_kernels;
                reading->first_patch = reading->found->n_patches;
        } else if (strcmp(name, "issued") == 0) {
                text = xml_attribute(attributes, "date");
                if (!text || !read_issued(reading, text, &reading->released))
                        reading->released = UTC_TIME_NONE;
        } else if (strcmp(name, "reference") == 0) {
                text = xml_attribute(attributes, "id");
                if (text && text_equal(xml_attribute(attributes, "type"), "cve") &&
                    digest_is_cve(text))
                        add_cve(reading, stream, text);
        } else if (strcmp(name, "package") == 0)
                update_package(reading, stream, attributes);
}

static void take_back(Reading *reading, const char *name, const char *version) {
        NameIndex *index = &reading->taken_back;
        Named *named = memory_pool_append(reading->pool, index->items, index->n_items);

        if (named)
                *named = (Named){ name, version, 0 };
}

/* Its packages may still lie there, but package managers offer them to nobody. */
static void retract(Reading *reading) {
        Facts *found = reading->found;
        bool ours = found->n_kernels > reading->first_kernel ||
                    found->n_patches > reading->first_patch;
        WithdrawnFact *withdrawn;

        for (size_t i = reading->first_kernel; i < found->n_kernels; i++)
                take_back(reading, found->kernels[i].release, "");
        for (size_t i = reading->first_patch; i < found->n_patches; i++)
                take_back(reading, found->patches[i].package, found->patches[i].version);
        found->n_kernels = reading->first_kernel;
        found->n_patches = reading->first_patch;
        /* Without a time it would be withdrawn for good, whatever this repository says later. */
        if (!ours || reading->result.complete_at <= 0)
                return;
        withdrawn = memory_pool_append(reading->pool, found->withdrawn, found->n_withdrawn);
        if (withdrawn)
                withdrawn->advisory = reading->advisory;
}

/* CVEs and severity may stand behind the packages: they are handed out when the advisory closes. */
static void update_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;

        (void) stream;
        if (strcmp(name, "id") == 0 && !reading->advisory)
                reading->advisory = keep(reading, text);
        else if (strcmp(name, "severity") == 0)
                reading->severity = severity_of(text);
        if (strcmp(name, "update") != 0)
                return;
        if (reading->retracted) {
                retract(reading);
                return;
        }
        merge_kernels(reading, reading->first_kernel);
        merge_patches(reading, reading->first_patch);
        for (size_t i = reading->first_kernel; i < reading->found->n_kernels; i++) {
                KernelFact *kernel = &reading->found->kernels[i];

                kernel->severity = reading->severity;
                kernel->cves = reading->cves;
                kernel->n_cves = reading->n_cves;
        }
        for (size_t i = reading->first_patch; i < reading->found->n_patches; i++) {
                PatchFact *patch = &reading->found->patches[i];

                patch->severity = reading->severity;
                patch->cves = reading->cves;
                patch->n_cves = reading->n_cves;
        }
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
static void mark_shared(Reading *reading, size_t n_listed) {
        size_t n = reading->found->n_patches - n_listed, n_same;
        PatchFact **told = memory_pool_alloc(reading->pool, (n + 1) * sizeof(PatchFact *));

        if (!told)
                return;
        for (size_t i = 0; i < n; i++)
                told[i] = &reading->found->patches[n_listed + i];
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

/* --- other.xml: changelogs, for patches whose advisories name no CVE, or those of several kernels */

static void other_open(void *data, XmlStream *stream, const char *name, const char **attributes) {
        Reading *reading = data;
        Package *package = &reading->package;

        (void) stream;
        if (strcmp(name, "package") == 0) {
                const char *text = xml_attribute(attributes, "name");

                *package = (Package){};
                if (text && livepatch_package_is_one(text))
                        package->name = keep(reading, text);
                reading->cves = NULL;
                reading->n_cves = 0;
        } else if (strcmp(name, "version") == 0 && package->name) {
                package->version = keep(reading, xml_attribute(attributes, "ver"));
                package->release = keep(reading, xml_attribute(attributes, "rel"));
        }
}

static void read_changelog(Reading *reading, XmlStream *stream, const char *text) {
        for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{')) {
                const char *end = strchr(at, '}');

                for (const char *cve = at + 1; end && cve < end;) {
                        size_t n = strspn(cve, "CVE-0123456789");
                        char id[32];

                        if (n > 0 && n < sizeof(id)) {
                                memcpy(id, cve, n);
                                id[n] = '\0';
                                if (digest_is_cve(id))
                                        add_cve(reading, stream, id);
                        }
                        cve += n > 0 ? n : 1;
                }
        }
}

/* What both the advisory and the changelog name. A second changelog, of another architecture, leaves less. */
static void settle_shared(Reading *reading, size_t index) {
        PatchFact *patch = &reading->found->patches[index];
        CveFact *own = memory_pool_alloc(reading->pool, (patch->n_cves + 1) * sizeof(*own));
        size_t n = 0;

        for (size_t i = 0; own && i < patch->n_cves; i++)
                if (cve_facts_find(reading->cves, reading->n_cves, patch->cves[i].id))
                        own[n++] = patch->cves[i];
        patch->cves = own;
        patch->n_cves = n;
        patch->cves_shared = false;
        reading->settled[index] = true;
}

static void other_close(void *data, XmlStream *stream, const char *name, const char *text) {
        Reading *reading = data;
        const char *evr;

        if (!reading->package.name)
                return;
        if (strcmp(name, "changelog") == 0)
                read_changelog(reading, stream, text);
        if (strcmp(name, "package") != 0 || reading->n_cves == 0)
                return;
        evr = evr_of(reading, stream, &reading->package);
        if (!evr)
                return;
        evr = livepatch_version_without_dist(reading->pool, evr);
        for (size_t i = find_name(&reading->named, reading->package.name, evr);
             i < reading->named.n_items; i++) {
                const Named *named = &reading->named.items[i];
                PatchFact *patch = &reading->found->patches[named->place];

                if (!same_named(named, &(Named){ reading->package.name, evr, 0 }))
                        break;
                if (patch->cves_shared || reading->settled[named->place]) {
                        settle_shared(reading, named->place);
                        continue;
                }
                if (patch->n_cves > 0)
                        continue;
                patch->cves = reading->cves;
                patch->n_cves = reading->n_cves;
        }
}

/* --- all together */

static ChannelSet channels_of_id(const char *id, Channel *ret) {
        static const Channel widest_last[] = { CHANNEL_EUS, CHANNEL_E4S, CHANNEL_AUS, CHANNEL_TUS,
                                               CHANNEL_LTSS };
        static const char *const others[] = { "-beta-", "-htb-", "-els-", "-long-" };
        Channel found = CHANNEL_UNKNOWN;

        *ret = CHANNEL_UNKNOWN;
        /* Channels that nothing is known of: what is in them is offered to nobody here. */
        for (size_t i = 0; i < ELEMENTS(others); i++)
                if (strcasestr(id, others[i]))
                        return 0;
        /* Only an id of the vendor's own form says that nothing in it means main. */
        if (text_starts_with(id, "rhel-") || strstr(id, "SLE-") || strstr(id, "SLES"))
                found = CHANNEL_MAIN;
        for (size_t i = 0; i < ELEMENTS(widest_last); i++) {
                char token[8];

                snprintf(token, sizeof(token), "-%s-", channel_to_text(widest_last[i]));
                if (strcasestr(id, token))
                        found = widest_last[i];
        }
        *ret = found;
        return found == CHANNEL_UNKNOWN ? 0 : 1u << found;
}

/* What was retracted, and no other advisory released. */
static void drop_retracted(Reading *reading) {
        const NameIndex back = sort_names(reading->taken_back);
        Facts *found = reading->found;
        NameIndex told = index_kernels(reading, 0, found->n_kernels);
        TextList *kernels = &reading->kernels;
        size_t n = 0;

        for (size_t i = 0; i < found->n_patches; i++)
                if (found->patches[i].advisory ||
                    find_name(&back, found->patches[i].package, found->patches[i].version) ==
                                    back.n_items)
                        found->patches[n++] = found->patches[i];
        found->n_patches = n;
        n = 0;
        for (size_t i = 0; i < kernels->n_items; i++)
                if (find_name(&told, kernels->items[i], "") < told.n_items ||
                    find_name(&back, kernels->items[i], "") == back.n_items)
                        kernels->items[n++] = kernels->items[i];
        kernels->n_items = n;
}

/* A patch that has a record from an advisory needs none from the packages' list. */
static void drop_doubles(Reading *reading, size_t n_listed) {
        Facts *found = reading->found;
        NameIndex told = index_patches(reading, n_listed, found->n_patches);
        size_t n = 0;

        for (size_t i = 0; i < found->n_patches; i++)
                if (i >= n_listed || find_name(&told, found->patches[i].package,
                                               found->patches[i].version) == told.n_items)
                        found->patches[n++] = found->patches[i];
        found->n_patches = n;
}

/* The kernels of the newest one's stream, and what channel they are in. */
static void add_repository(Reading *reading, const char *id, Channel channel) {
        const char *newest = NULL;
        RepositoryFact *fact;

        for (size_t i = 0; i < reading->kernels.n_items; i++)
                if (!newest || kernel_release_compare_texts(reading->kernels.items[i], newest) > 0)
                        newest = reading->kernels.items[i];
        fact = memory_pool_append(reading->pool, reading->found->repositories,
                                  reading->found->n_repositories);
        if (!fact)
                return;
        *fact = (RepositoryFact){ .repository = keep(reading, id),
                                  .stream = stream_of(reading, newest),
                                  .channel = channel,
                                  .complete_at = reading->result.complete_at };
        for (size_t i = 0; i < reading->kernels.n_items; i++)
                if (text_equal(stream_of(reading, reading->kernels.items[i]), fact->stream))
                        text_list_add(&fact->kernels, reading->pool, reading->kernels.items[i]);
}

static int read_listed(Reading *reading, const char *folder, FileKind kind, char *reason) {
        static const XmlStreamReader readers[] = {
                [FILE_PRIMARY] = { primary_open, primary_close, NULL },
                [FILE_UPDATEINFO] = { update_open, update_close, NULL },
                [FILE_OTHER] = { other_open, other_close, NULL },
        };
        const ListedFile *file = &reading->files[kind];
        XmlStreamReader reader = readers[kind];
        const char *slash, *path;
        int r;

        if (!file->location)
                return 0;
        /* The last part alone: what is listed lies beside repomd.xml, and nowhere else. */
        slash = strrchr(file->location, '/');
        path = memory_pool_format(reading->pool, "%s/%s", folder,
                                  slash ? slash + 1 : file->location);
        reader.data = reading;
        r = repository_file_read(reading->opener, path, file->checksum, &reader, reason);
        if (r < 0)
                return error_trace(r);
        /* Package managers fetch changelogs only when somebody asks for them; they prove nothing alone. */
        if (r == REPOSITORY_FILE_E_MISSING && kind == FILE_OTHER)
                return 0;
        return r ? REPOSITORY_METADATA_E_REFUSED : 0;
}

const char *repository_metadata_folder(MemoryPool *pool, const char *path) {
        const char *slash = strrchr(path, '/');

        if (strcmp(slash ? slash + 1 : path, "repomd.xml") != 0)
                return memory_pool_format(pool, "%s%srepodata", path,
                                          text_ends_with(path, "/") ? "" : "/");
        return slash ? memory_pool_text_n(pool, path, (size_t) (slash - path)) : ".";
}

static int read_all(Reading *reading, const char *path, char *reason) {
        const XmlStreamReader reader = { repomd_open, repomd_close, reading };
        const char *folder = repository_metadata_folder(reading->pool, path);
        size_t n_listed;
        int r;

        r = repository_file_read(reading->opener,
                                 memory_pool_format(reading->pool, "%s/repomd.xml", folder), NULL,
                                 &reader, reason);
        if (r == 0)
                r = read_listed(reading, folder, FILE_PRIMARY, reason);
        merge_patches(reading, 0);
        text_list_sort(&reading->kernels);
        index_bases(reading);
        n_listed = reading->found->n_patches;
        if (r == 0)
                r = read_listed(reading, folder, FILE_UPDATEINFO, reason);
        if (r == 0) {
                mark_shared(reading, n_listed);
                reading->named = index_patches(reading, 0, reading->found->n_patches);
                reading->settled = memory_pool_alloc(reading->pool, reading->found->n_patches + 1);
                if (!reading->settled)
                        return error_origin(-ENOMEM);
                r = read_listed(reading, folder, FILE_OTHER, reason);
        }
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return REPOSITORY_METADATA_E_REFUSED;
        drop_doubles(reading, n_listed);
        drop_retracted(reading);
        return 0;
}

/* Each record is the repository's word, of the time of its revision. */
static void say_whose(Reading *reading, const char *id) {
        Facts *found = reading->found;
        UtcTime at = reading->result.complete_at;
        Word word = { id, at > 0 ? at : 0 };

        for (size_t i = 0; i < found->n_kernels; i++)
                found->kernels[i].word = word;
        for (size_t i = 0; i < found->n_patches; i++)
                found->patches[i].word = word;
        for (size_t i = 0; i < found->n_withdrawn; i++)
                found->withdrawn[i].word = word;
}

#define MOVE(from, to, kind, pool)                                                               \
        for (size_t _i = 0; _i < (from)->n_##kind; _i++) {                                       \
                typeof((to)->kind) _fact = memory_pool_append(pool, (to)->kind, (to)->n_##kind); \
                if (_fact)                                                                       \
                        *_fact = (from)->kind[_i];                                               \
        }

int repository_metadata_read(const Opener *opener, const char *path, const char *id, Facts *facts,
                             RepositoryMetadata *ret,
                             char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        Facts found = {};
        Reading reading = { .opener = opener,
                            .pool = facts->pool,
                            .found = &found,
                            .released = UTC_TIME_NONE,
                            .result.complete_at = UTC_TIME_NONE };
        Channel channel;
        int r;

        reading.channels = channels_of_id(id, &channel);
        r = read_all(&reading, path, ret_reason);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return REPOSITORY_METADATA_E_REFUSED;
        if (!reading.files[FILE_PRIMARY].location)
                text_list_add(&reading.result.notes, facts->pool,
                              "no list of packages (primary) in it: absence cannot be proven");
        else if (reading.result.complete_at == UTC_TIME_NONE)
                text_list_add(&reading.result.notes, facts->pool,
                              "its revision is no time: absence cannot be proven");
        else if (reading.result.vendor && reading.kernels.n_items > 0)
                add_repository(&reading, id, channel);

        say_whose(&reading, keep(&reading, id));
        MOVE(&found, facts, kernels, facts->pool)
        MOVE(&found, facts, patches, facts->pool)
        MOVE(&found, facts, repositories, facts->pool)
        MOVE(&found, facts, withdrawn, facts->pool)
        if (memory_pool_exhausted(facts->pool))
                return error_origin(-ENOMEM);
        *ret = reading.result;
        return 0;
}
