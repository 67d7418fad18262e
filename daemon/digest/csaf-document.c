/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CSAF documents. More than 99 of 100 have nothing to do with kernels, so the bytes are searched for
 * names of ours before anything is parsed, and the parsed tree for a name beside a base product
 * before anything is held against a rule: until then whatever is wrong does not concern us. From
 * there on the whole document counts or none of it.
 *
 * A release is a relationship "component of base product" that some vulnerability lists as fixed; a
 * document without vulnerabilities releases what its relationships name. It refuses to read titles.
 */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "digest/csaf-bytes.h"
#include "digest/csaf-document.h"
#include "digest/csaf-mention.h"
#include "digest/csaf-offer.h"
#include "digest/csaf-product.h"
#include "digest/csaf-record.h"
#include "digest/csaf-relationship.h"
#include "digest/csaf-release.h"
#include "digest/csaf-whole.h"
#include "format/digest-record.h"
#include "format/json-read.h"

/* The product ids that stand for a release, sorted. */
typedef struct Listing {
        const char *id;
        size_t release, place;
} Listing;

typedef struct Reading {
        MemoryPool *scratch, *pool;
        CsafRelationships relationships;
        CsafReleases releases;
        Listing *listings;
        size_t n_listings;
        size_t n_vulnerabilities;
        TextList targets; /* kernels that the notes name as targets */
        Severity severity;
        CsafDocument document;
} Reading;

static Severity severity_of_word(MemoryPool *scratch, const char *word) {
        char *lower = memory_pool_alloc(scratch, strlen(word) + 1);
        Severity severity;

        if (!lower)
                return SEVERITY_UNKNOWN;
        for (size_t i = 0; word[i] != '\0'; i++)
                lower[i] = word[i] >= 'A' && word[i] <= 'Z' ? (char) (word[i] | 0x20) : word[i];
        return severity_from_text(lower, &severity) == 0 ? severity : SEVERITY_UNKNOWN;
}

static bool read_date(const JsonValue *object, const char *key, JsonPresence presence,
                      UtcTime *ret) {
        JsonValue value;

        if (!json_member(object, key, JSON_STRING, presence, &value))
                return false;
        *ret = UTC_TIME_NONE;
        if (value.cell && utc_time_parse(json_string(&value), ret) != 0)
                return json_refuse(&value, "not a date and time with a zone");
        return true;
}

static bool read_head(Reading *reading, const JsonValue *document) {
        JsonValue tracking, id, aggregate;
        const char *word = NULL;

        if (!json_member(document, "tracking", JSON_OBJECT, JSON_REQUIRED, &tracking) ||
            !json_member(&tracking, "id", JSON_STRING, JSON_REQUIRED, &id))
                return false;
        reading->document.vendor = csaf_advisory_id_vendor(json_string(&id));
        if (reading->document.vendor == CSAF_VENDOR_UNKNOWN)
                return json_refuse(&id, "not an advisory's id");
        if (!read_date(&tracking, "initial_release_date", JSON_REQUIRED,
                       &reading->document.released) ||
            !read_date(&tracking, "current_release_date", JSON_OPTIONAL,
                       &reading->document.revised) ||
            !json_member(document, "aggregate_severity", JSON_OBJECT, JSON_OPTIONAL, &aggregate) ||
            !json_member_string(&aggregate, "text", JSON_OPTIONAL, &word))
                return false;

        reading->document.id = memory_pool_text(reading->pool, json_string(&id));
        reading->severity = word ? severity_of_word(reading->scratch, word) : SEVERITY_UNKNOWN;
        return true;
}

/* `{"document":{"tracking":{"id":…,"status":"deleted"}}}`, whatever else is there or not. */
static bool is_withdrawn(const JsonValue *root) {
        JsonValue document, tracking, status;

        return json_find(root, "document", &document) &&
               json_find(&document, "tracking", &tracking) &&
               json_find(&tracking, "status", &status) && json_is(&status, JSON_STRING) &&
               strcmp(json_string(&status), "deleted") == 0;
}

/* What is left of a withdrawn advisory: its id, and a revision that is later than all without a date. */
static bool read_withdrawn(Reading *reading, const JsonValue *root) {
        JsonValue document, tracking, id;

        if (!json_member(root, "document", JSON_OBJECT, JSON_REQUIRED, &document) ||
            !json_member(&document, "tracking", JSON_OBJECT, JSON_REQUIRED, &tracking) ||
            !json_member(&tracking, "id", JSON_STRING, JSON_REQUIRED, &id) ||
            !read_date(&tracking, "current_release_date", JSON_OPTIONAL,
                       &reading->document.revised))
                return false;
        if (reading->document.revised == UTC_TIME_NONE)
                reading->document.revised = INT64_MAX;
        reading->document.released = UTC_TIME_NONE;
        reading->document.withdrawn = true;
        reading->document.vendor = csaf_advisory_id_vendor(json_string(&id));
        if (reading->document.vendor != CSAF_VENDOR_UNKNOWN)
                reading->document.id = memory_pool_text(reading->pool, json_string(&id));
        return true;
}

/* `targeted for kernel-5.14.0-427.13.1.el9_4.` in the notes of live-patch advisories since 2024. */
static bool read_targets(Reading *reading, const JsonValue *document) {
        static const char phrase[] = "targeted for kernel-";
        JsonValue notes, note;

        if (!json_member(document, "notes", JSON_ARRAY, JSON_OPTIONAL, &notes))
                return false;
        for (size_t i = 0; i < json_array_length(&notes); i++) {
                const char *at;

                if (!json_item(&notes, i, JSON_OBJECT, &note) ||
                    !json_member_string(&note, "text", JSON_OPTIONAL, &at))
                        return false;
                while (at && (at = strstr(at, phrase))) {
                        char text[KERNEL_RELEASE_BYTES];
                        KernelRelease kernel;
                        size_t n;

                        at += strlen(phrase);
                        n = strspn(at, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                       "XYZ._-");
                        while (n > 0 && at[n - 1] == '.')
                                n--;
                        if (n >= sizeof(text))
                                continue;
                        memcpy(text, at, n);
                        text[n] = '\0';
                        if (kernel_release_parse(text, &kernel) == 0)
                                text_list_add(&reading->targets, reading->scratch,
                                              memory_pool_text(reading->scratch, kernel.name));
                }
        }
        return true;
}

static bool read_releases(Reading *reading, const JsonValue *tree) {
        if (!csaf_relationships_read(tree, reading->scratch, &reading->relationships))
                return false;
        reading->releases = csaf_releases_empty(reading->scratch, reading->relationships.n_items);
        if (memory_pool_exhausted(reading->scratch))
                return true;

        for (size_t i = 0; i < reading->relationships.n_items; i++) {
                const CsafRelationship *relationship = &reading->relationships.items[i];
                CsafComponent component;
                CsafProduct product;
                Listing listed = { .id = relationship->id }, *listing;

                if (!csaf_product_parse(relationship->product, &product) ||
                    !csaf_component_parse(relationship->component, &component) ||
                    !csaf_component_counts(&component, &product))
                        continue;
                if (product.vendor != reading->document.vendor)
                        return json_refuse(tree, "'%.100s' is a product of another vendor",
                                           relationship->product);
                if (strlen(relationship->component) > DIGEST_MAX_ID_BYTES)
                        return json_refuse(tree, DIGEST_CAP_ID ": a name of more than %d bytes",
                                           DIGEST_MAX_ID_BYTES);
                if (component.malformed)
                        return json_refuse(tree, "'%.100s' has no sound version",
                                           relationship->component);
                if (component.kind == CSAF_COMPONENT_KERNEL)
                        component.kind = CSAF_COMPONENT_KERNEL_CORE; /* the same kernel */
                listing = memory_pool_append(reading->scratch, reading->listings,
                                             reading->n_listings);
                if (!csaf_releases_add(&reading->releases, &component, &product, &listed.release,
                                       &listed.place) ||
                    !listing)
                        return true; /* the pool remembers */
                *listing = listed;
        }
        return true;
}

/* The highest impact that a vulnerability states. */
static bool read_impact(Reading *reading, const JsonValue *vulnerability, Severity *ret) {
        Severity highest = SEVERITY_UNKNOWN;
        JsonValue threats, threat;

        if (!json_member(vulnerability, "threats", JSON_ARRAY, JSON_OPTIONAL, &threats))
                return false;
        for (size_t i = 0; i < json_array_length(&threats); i++) {
                const char *category, *details;
                Severity severity;

                if (!json_item(&threats, i, JSON_OBJECT, &threat) ||
                    !json_member_string(&threat, "category", JSON_REQUIRED, &category))
                        return false;
                if (strcmp(category, "impact") != 0)
                        continue;
                if (!json_member_string(&threat, "details", JSON_REQUIRED, &details))
                        return false;
                severity = severity_of_word(reading->scratch, details);
                if (severity > highest)
                        highest = severity;
        }
        *ret = highest;
        return true;
}

static int compare_listing(const void *id, const void *listing) {
        return strcmp(id, ((const Listing *) listing)->id);
}

/* A kernel of ours that is listed as fixed, but that no relationship defines? */
static bool is_undefined(const Reading *reading, const char *id) {
        CsafComponent component;
        CsafProduct product;

        return csaf_pair_parse(id, &product, &component) &&
               csaf_component_counts(&component, &product) &&
               !csaf_relationships_find(&reading->relationships, id);
}

/* What a list of products says to be fixed by this document. */
static bool read_fixed(Reading *reading, const JsonValue *fixed, const char *cve, Severity severity,
                       size_t number) {
        for (size_t i = 0; i < json_array_length(fixed); i++) {
                const Listing *listing;
                const char *id;

                if (!json_item_string(fixed, i, &id))
                        return false;
                listing = reading->n_listings == 0
                                          ? NULL
                                          : bsearch(id, reading->listings, reading->n_listings,
                                                    sizeof(*reading->listings), compare_listing);
                if (!listing) {
                        if (is_undefined(reading, id))
                                return json_refuse(
                                                fixed,
                                                "[%zu] is a product that the tree does not define",
                                                i);
                        continue;
                }
                csaf_place_add_cve(
                                reading->scratch,
                                &reading->releases.items[listing->release].places[listing->place],
                                cve, severity, number);
        }
        return true;
}

/* SUSE calls what fixes a vulnerability `recommended`. */
static bool read_vulnerability(Reading *reading, const JsonValue *vulnerability) {
        JsonValue cve, status, list;
        Severity severity;

        if (!json_member(vulnerability, "cve", JSON_STRING, JSON_REQUIRED, &cve))
                return false;
        if (!digest_is_cve(json_string(&cve)))
                return json_refuse(&cve, "not a CVE id");
        if (!read_impact(reading, vulnerability, &severity) ||
            !json_member(vulnerability, "product_status", JSON_OBJECT, JSON_OPTIONAL, &status) ||
            !json_member(&status, "fixed", JSON_ARRAY, JSON_OPTIONAL, &list) ||
            !read_fixed(reading, &list, json_string(&cve), severity, vulnerability->index + 1))
                return false;
        return reading->document.vendor != CSAF_VENDOR_SUSE ||
               (json_member(&status, "recommended", JSON_ARRAY, JSON_OPTIONAL, &list) &&
                read_fixed(reading, &list, json_string(&cve), severity, vulnerability->index + 1));
}

static bool read_vulnerabilities(Reading *reading, const JsonValue *root) {
        JsonValue list, vulnerability = {};

        if (!json_member(root, "vulnerabilities", JSON_ARRAY, JSON_OPTIONAL, &list))
                return false;
        reading->n_vulnerabilities = json_size(&list);
        if (reading->n_vulnerabilities > CSAF_DOCUMENT_MAX_CVES)
                return json_refuse(&list, CSAF_CAP_CVES ": more than %d vulnerabilities",
                                   CSAF_DOCUMENT_MAX_CVES);
        while (json_next(&list, &vulnerability))
                if (!json_check(&vulnerability, JSON_OBJECT) ||
                    !read_vulnerability(reading, &vulnerability))
                        return false;
        return true;
}

/* True if the document releases anything. */
static bool keep_releases(Reading *reading) {
        const CsafRecordContext context = { .pool = reading->pool,
                                            .targets = &reading->targets,
                                            .severity = reading->severity };
        CsafDocument *document = &reading->document;

        for (size_t i = 0; i < reading->releases.n_items; i++) {
                CsafRelease *release = &reading->releases.items[i];
                CsafOffers offers = csaf_offers_make(reading->scratch, release,
                                                     reading->n_vulnerabilities == 0);

                for (size_t j = 0; j < offers.n_items; j++)
                        csaf_record_add(&context, document, release, &offers.items[j]);
        }
        return document->n_kernels + document->n_patches > 0;
}

static bool read_document(Reading *reading, const JsonValue *root) {
        JsonValue document, tree;

        return json_member(root, "document", JSON_OBJECT, JSON_REQUIRED, &document) &&
               read_head(reading, &document) && read_targets(reading, &document) &&
               json_member(root, "product_tree", JSON_OBJECT, JSON_REQUIRED, &tree) &&
               read_releases(reading, &tree) && read_vulnerabilities(reading, root);
}

/* Noise that does not look whole: it may be a document that was cut before it came to our names. */
static int scan(const char *text, size_t n_bytes, JsonProblem *ret_problem) {
        JsonDoubledKeys doubled = {};
        int r;

        r = json_scan(text, n_bytes, JSON_MAX_KEYS, &doubled, ret_problem);
        json_doubled_keys_clear(&doubled);
        return r < 0 ? error_trace(r) : r;
}

static CsafDocument noise_of(const char *text, size_t n_bytes) {
        return (CsafDocument){ .vendor = csaf_bytes_vendor(text, n_bytes),
                               .released = csaf_bytes_released(text, n_bytes),
                               .revised = UTC_TIME_NONE };
}

bool csaf_document_is_noise(const char *text, size_t n_bytes, CsafDocument *ret) {
        bool withdrawn;

        if (csaf_bytes_may_concern_us(text, n_bytes) || !csaf_whole(text, n_bytes, &withdrawn) ||
            withdrawn)
                return false;
        *ret = noise_of(text, n_bytes);
        return true;
}

int csaf_document_read(JsonText *json, char *text, size_t n_bytes, MemoryPool *pool,
                       CsafDocument *ret, JsonProblem *ret_problem) {
        _cleanup_(memory_pool_freep) MemoryPool *scratch = NULL;
        CsafDocument noise = noise_of(text, n_bytes);
        Reading reading = { .pool = pool };
        JsonValue root;
        bool withdrawn;
        int r;

        if (!csaf_bytes_may_concern_us(text, n_bytes)) {
                bool whole = csaf_whole(text, n_bytes, &withdrawn);

                r = whole || withdrawn ? 0 : scan(text, n_bytes, ret_problem);
                if (r)
                        return r < 0 ? error_trace(r) : CSAF_DOCUMENT_E_REFUSED;
                if (!withdrawn) {
                        *ret = noise;
                        return CSAF_DOCUMENT_E_NOISE;
                }
        }

        r = json_text_read_in_place(json, text, n_bytes, JSON_MAX_KEYS);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_problem = *json_text_problem(json);
                return CSAF_DOCUMENT_E_REFUSED;
        }
        withdrawn = json_root(json, JSON_OBJECT, &root) && is_withdrawn(&root);
        if (!withdrawn && (!json_is(&root, JSON_OBJECT) || !csaf_mention_concerns_us(&root))) {
                *ret = noise;
                return CSAF_DOCUMENT_E_NOISE;
        }

        r = memory_pool_new(&scratch);
        if (r)
                return error_fold(r);
        reading.scratch = scratch;
        if (!(withdrawn ? read_withdrawn : read_document)(&reading, &root)) {
                *ret_problem = *json_text_problem(json);
                return CSAF_DOCUMENT_E_REFUSED;
        }
        if (!keep_releases(&reading) && !(withdrawn && reading.document.id)) {
                *ret = noise;
                r = CSAF_DOCUMENT_E_NOISE;
        } else {
                *ret = reading.document;
        }
        return memory_pool_exhausted(scratch) || memory_pool_exhausted(pool) ? error_origin(-ENOMEM)
                                                                             : r;
}
