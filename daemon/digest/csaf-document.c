/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CSAF documents. More than 99 of 100 have nothing to do with kernels, so the bytes are searched for
 * names of ours before anything is parsed, and the parsed tree for a name beside a base product
 * before anything is held against a rule: until then whatever is wrong does not concern us. From
 * there on the whole document counts or none of it.
 *
 * A release is a relationship "component of base product" that some vulnerability lists as fixed; a
 * document without vulnerabilities releases what its relationships name. The same kernel for several
 * architectures and channels of one stream is one record, unless its CVEs are not the same for all of
 * them: then none is credited where it was not listed. It refuses to read titles, and to guess a
 * base kernel's dist tag where it is ambiguous: joining is the reader's work.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/csaf-bytes.h"
#include "digest/csaf-document.h"
#include "digest/csaf-mention.h"
#include "digest/csaf-product.h"
#include "digest/csaf-relationship.h"
#include "digest/csaf-whole.h"
#include "format/digest-record.h"
#include "format/json-read.h"

/* Where a release was offered, and the CVEs that were listed for it there. */
typedef struct Place {
        const char *arch; /* "" when not named */
        ChannelSet channels;
        bool channels_unknown; /* then a part of the truth is not the truth */
        CveFact *cves;         /* in the order of vulnerabilities; sorted when they are kept */
        size_t n_cves;
        bool fixed;
        size_t last_vulnerability; /* that listed it, from 1 */
        bool kept;
} Place;

/* A kernel or patch of one stream, while it is put together. */
typedef struct Release {
        CsafComponent component;
        const char *stream;
        CsafProduct product;
        Place *places;
        size_t n_places;
} Release;

/* Places of a release that have the same CVEs: what becomes a record. */
typedef struct Offer {
        ChannelSet channels;
        bool channels_unknown;
        TextList arch;
        const Place *like; /* the first of them */
} Offer;

/* The product ids that stand for a release, sorted. */
typedef struct Listing {
        const char *id;
        size_t release, place;
} Listing;

/* Finds one of many by its name: the place in a list for each hash, and behind it for those alike. */
typedef struct Finder {
        struct {
                size_t release, place; /* from 1; 0: free */
        } * slots;
        size_t n_slots;
} Finder;

typedef struct Reading {
        MemoryPool *scratch, *pool;
        Finder of_releases, of_places;
        CsafRelationships relationships;
        Release *releases;
        size_t n_releases;
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

/* The minor by the product's id, else by the kernel's dist tag, else not known. */
static const char *stream_of(MemoryPool *scratch, const CsafComponent *component,
                             const CsafProduct *product) {
        KernelRelease kernel;

        if (product->vendor == CSAF_VENDOR_SUSE)
                return memory_pool_format(scratch, "sle-%d.%d", product->major, product->minor);
        if (product->minor >= 0)
                return memory_pool_format(scratch, "rhel-%d.%d", product->major, product->minor);
        if (component->kind != CSAF_COMPONENT_PATCH &&
            kernel_release_parse(component->version, &kernel) == 0 &&
            kernel.dist_major == product->major && kernel.dist_minor >= 0)
                return memory_pool_format(scratch, "rhel-%d.%d", kernel.dist_major,
                                          kernel.dist_minor);
        return NULL;
}

/* Twice as many slots as things, so that a free one is near. */
static Finder new_finder(MemoryPool *scratch, size_t n_things) {
        Finder finder = { NULL, 2 * n_things + 1 };

        finder.slots = memory_pool_alloc(scratch, finder.n_slots * sizeof(*finder.slots));
        return finder;
}

static size_t hash_text(size_t hash, const char *text) {
        for (; text && *text != '\0'; text++)
                hash = (hash ^ (unsigned char) *text) * 0x100000001B3;
        return (hash ^ 0xFF) * 0x100000001B3;
}

/* The release of this component in this stream, new if need be; NULL when memory is out. */
static Release *release_of(Reading *reading, const CsafComponent *component,
                           const CsafProduct *product) {
        const char *stream = stream_of(reading->scratch, component, product);
        const Finder *finder = &reading->of_releases;
        size_t slot = hash_text(hash_text(hash_text(component->kind, component->name),
                                          component->version),
                                stream) %
                      finder->n_slots;
        Release *release;

        for (; finder->slots[slot].release > 0; slot = (slot + 1) % finder->n_slots) {
                release = &reading->releases[finder->slots[slot].release - 1];
                if (release->component.kind == component->kind &&
                    text_equal(release->stream, stream) &&
                    strcmp(release->component.name, component->name) == 0 &&
                    strcmp(release->component.version, component->version) == 0)
                        return release;
        }
        release = memory_pool_append(reading->scratch, reading->releases, reading->n_releases);
        if (!release)
                return NULL;
        finder->slots[slot].release = reading->n_releases;
        *release = (Release){ .component = *component, .stream = stream, .product = *product };
        return release;
}

/* The place of this component in this product, new if need be; NULL when memory is out. */
static Place *place_of(Reading *reading, Release *release, const CsafComponent *component,
                       const CsafProduct *product) {
        /* Most of SUSE's products say nothing of channels beside others that do. */
        bool unknown = product->channels == 0 && product->vendor == CSAF_VENDOR_REDHAT;
        const Finder *finder = &reading->of_places;
        size_t number = (size_t) (release - reading->releases) + 1;
        size_t slot = hash_text(number * 64 + product->channels, component->arch) % finder->n_slots;
        Place *place;

        for (; finder->slots[slot].place > 0; slot = (slot + 1) % finder->n_slots) {
                if (finder->slots[slot].release != number)
                        continue;
                place = &release->places[finder->slots[slot].place - 1];
                if (place->channels == product->channels && place->channels_unknown == unknown &&
                    strcmp(place->arch, component->arch) == 0)
                        return place;
        }
        place = memory_pool_append(reading->scratch, release->places, release->n_places);
        if (!place)
                return NULL;
        finder->slots[slot].release = number;
        finder->slots[slot].place = release->n_places;
        *place = (Place){ .arch = memory_pool_text(reading->scratch, component->arch),
                          .channels = product->channels,
                          .channels_unknown = unknown };
        return place;
}

static bool read_releases(Reading *reading, const JsonValue *tree) {
        if (!csaf_relationships_read(tree, reading->scratch, &reading->relationships))
                return false;
        reading->of_releases = new_finder(reading->scratch, reading->relationships.n_items);
        reading->of_places = new_finder(reading->scratch, reading->relationships.n_items);
        if (!reading->of_releases.slots || !reading->of_places.slots)
                return true; /* the pool remembers */

        for (size_t i = 0; i < reading->relationships.n_items; i++) {
                const CsafRelationship *relationship = &reading->relationships.items[i];
                CsafComponent component;
                CsafProduct product;
                Release *release;
                Place *place;
                Listing *listing;

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
                release = release_of(reading, &component, &product);
                place = release ? place_of(reading, release, &component, &product) : NULL;
                listing = memory_pool_append(reading->scratch, reading->listings,
                                             reading->n_listings);
                if (!place || !listing)
                        return true; /* the pool remembers */
                *listing = (Listing){ relationship->id, (size_t) (release - reading->releases),
                                      (size_t) (place - release->places) };
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
                Place *place;
                CveFact *fact;
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
                place = &reading->releases[listing->release].places[listing->place];
                if (place->last_vulnerability == number)
                        continue;
                place->last_vulnerability = number;
                place->fixed = true;
                fact = memory_pool_append(reading->scratch, place->cves, place->n_cves);
                if (fact)
                        *fact = (CveFact){ cve, severity };
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

/* Sorts the CVEs of a place, each once with its highest severity. */
static void settle_cves(Place *place) {
        size_t n = 0;

        cve_facts_sort(place->cves, place->n_cves);
        for (size_t i = 0; i < place->n_cves; i++) {
                const CveFact *cve = &place->cves[i];

                if (n == 0 || strcmp(place->cves[n - 1].id, cve->id) != 0)
                        place->cves[n++] = *cve;
                else if (cve->severity > place->cves[n - 1].severity)
                        place->cves[n - 1].severity = cve->severity;
        }
        place->n_cves = n;
}

static bool same_cves(const Place *a, const Place *b) {
        if (a->n_cves != b->n_cves)
                return false;
        for (size_t i = 0; i < a->n_cves; i++)
                if (strcmp(a->cves[i].id, b->cves[i].id) != 0 ||
                    a->cves[i].severity != b->cves[i].severity)
                        return false;
        return true;
}

static void keep_cves(MemoryPool *pool, const Place *place, CveFact **ret, size_t *ret_n,
                      Severity *ret_highest) {
        CveFact *cves = NULL;

        *ret = NULL;
        *ret_n = 0;
        *ret_highest = SEVERITY_UNKNOWN;
        if (place->n_cves > 0)
                cves = memory_pool_alloc(pool, place->n_cves * sizeof(*cves));
        if (!cves)
                return;
        for (size_t i = 0; i < place->n_cves; i++) {
                const CveFact *cve = &place->cves[i];

                if (cve->severity > *ret_highest)
                        *ret_highest = cve->severity;
                cves[i] = (CveFact){ memory_pool_text(pool, cve->id), cve->severity };
        }
        *ret = cves;
        *ret_n = place->n_cves;
}

static TextList keep_texts(MemoryPool *pool, const TextList *list) {
        TextList kept = {};

        for (size_t i = 0; i < list->n_items; i++)
                text_list_add(&kept, pool, memory_pool_text(pool, list->items[i]));
        return kept;
}

/*
 * The base kernel of a patch: as the notes name it, if that fits the package's name. Else the name
 * and the stream's dist tag, where the stream has one form only: RHEL 8 has `.el8` and `.el8_N`.
 */
static const char *base_of(Reading *reading, const Release *release) {
        char name[LIVEPATCH_NAME_BYTES];

        if (livepatch_package_base(release->component.name, name) != 0)
                return NULL;
        for (size_t i = 0; i < reading->targets.n_items; i++) {
                const char *target = reading->targets.items[i];

                if (text_starts_with(target, name) &&
                    text_starts_with(target + strlen(name), ".el"))
                        return memory_pool_text(reading->pool, target);
        }
        if (release->product.major == 7)
                return memory_pool_format(reading->pool, "%s.el7", name);
        if (release->product.major >= 9 && release->product.minor >= 0)
                return memory_pool_format(reading->pool, "%s.el%d_%d", name, release->product.major,
                                          release->product.minor);
        return NULL;
}

/* SUSE's names tell it all; the kernel itself has a number more, of the package's rebuilds. */
static const char *suse_base_of(Reading *reading, const Release *release) {
        const char *name = release->component.name;
        char base[LIVEPATCH_NAME_BYTES];

        if (text_starts_with(name, CSAF_PATCH_PREFIX_KGRAFT))
                name = memory_pool_format(reading->scratch, LIVEPATCH_PACKAGE_PREFIX_KERNEL "%s",
                                          name + strlen(CSAF_PATCH_PREFIX_KGRAFT));
        return livepatch_package_base(name, base) == 0 && digest_is_kernel(base)
                               ? memory_pool_text(reading->pool, base)
                               : NULL;
}

static UtcTime revised_of(const Reading *reading) {
        return reading->document.revised > 0 ? reading->document.revised : 0;
}

static void keep_kernel(Reading *reading, const Release *release, const Offer *offer) {
        KernelFact *kernel = memory_pool_append(reading->pool, reading->document.kernels,
                                                reading->document.n_kernels);
        Severity highest;

        if (!kernel)
                return;
        kernel->release = memory_pool_text(reading->pool, release->component.version);
        kernel->stream = memory_pool_text(reading->pool, release->stream);
        kernel->channels = offer->channels_unknown ? 0 : offer->channels;
        kernel->arch = keep_texts(reading->pool, &offer->arch);
        kernel->released = reading->document.released;
        kernel->advisory = reading->document.id;
        kernel->word.revised = revised_of(reading);
        keep_cves(reading->pool, offer->like, &kernel->cves, &kernel->n_cves, &highest);
        kernel->severity = reading->severity != SEVERITY_UNKNOWN ? reading->severity : highest;
}

/* SUSE's version 1 comes with its kernel, whose fixes it is listed for: it has none of its own. */
static bool is_initial(const Release *release) {
        return release->product.vendor == CSAF_VENDOR_SUSE &&
               text_starts_with(release->component.version, "1-");
}

static void keep_patch(Reading *reading, const Release *release, const Offer *offer) {
        PatchFact *patch = memory_pool_append(reading->pool, reading->document.patches,
                                              reading->document.n_patches);
        Severity highest;

        if (!patch)
                return;
        patch->package = memory_pool_text(reading->pool, release->component.name);
        patch->version = livepatch_version_without_dist(reading->pool, release->component.version);
        patch->base = release->product.vendor == CSAF_VENDOR_SUSE ? suse_base_of(reading, release)
                                                                  : base_of(reading, release);
        patch->stream = memory_pool_text(reading->pool, release->stream);
        patch->channels = offer->channels_unknown ? 0 : offer->channels;
        patch->arch = keep_texts(reading->pool, &offer->arch);
        patch->released = reading->document.released;
        patch->advisory = reading->document.id;
        patch->word.revised = revised_of(reading);
        keep_cves(reading->pool, offer->like, &patch->cves, &patch->n_cves, &highest);
        patch->severity = reading->severity != SEVERITY_UNKNOWN ? reading->severity : highest;
}

static void keep_offer(Reading *reading, const Release *release, const Offer *offer) {
        if (release->component.kind == CSAF_COMPONENT_PATCH)
                keep_patch(reading, release, offer);
        else
                keep_kernel(reading, release, offer);
}

/* Without an architecture it stands for all that the tree names; the source of a kernel is listed so. */
static void add_place(Reading *reading, const Release *release, Offer *offer, Place *place) {
        offer->channels |= place->channels;
        offer->channels_unknown |= place->channels_unknown;
        place->kept = true;
        for (size_t i = 0; i < release->n_places; i++) {
                const char *arch = place->arch[0] != '\0' ? place->arch : release->places[i].arch;

                if (arch[0] != '\0' && !text_list_has(&offer->arch, arch))
                        text_list_add(&offer->arch, reading->scratch, arch);
                if (place->arch[0] != '\0')
                        break;
        }
}

/* The places of this architecture with the same CVEs as `like`. */
static Offer offer_of(Reading *reading, const Release *release, const char *arch,
                      const Place *like) {
        Offer offer = { .like = like };

        for (size_t i = 0; i < release->n_places; i++) {
                Place *place = &release->places[i];

                if (place->fixed && strcmp(place->arch, arch) == 0 && same_cves(place, like))
                        add_place(reading, release, &offer, place);
        }
        return offer;
}

/* One record holds architectures only if the same channels were offered the same CVEs on each. */
static void keep_split(Reading *reading, const Release *release) {
        Offer *offers = NULL;
        size_t n_offers = 0;

        for (size_t i = 0; i < release->n_places; i++) {
                const Place *place = &release->places[i];
                Offer offer, *same = NULL, *slot;

                if (!place->fixed || place->kept)
                        continue;
                offer = offer_of(reading, release, place->arch, place);
                for (size_t j = 0; j < n_offers && !same && place->arch[0] != '\0'; j++)
                        if (offers[j].like->arch[0] != '\0' &&
                            offers[j].channels == offer.channels &&
                            offers[j].channels_unknown == offer.channels_unknown &&
                            same_cves(offers[j].like, place))
                                same = &offers[j];
                if (same) {
                        text_list_add(&same->arch, reading->scratch, place->arch);
                        continue;
                }
                slot = memory_pool_append(reading->scratch, offers, n_offers);
                if (slot)
                        *slot = offer;
        }
        for (size_t i = 0; i < n_offers; i++)
                keep_offer(reading, release, &offers[i]);
}

/* One record, where all places have the same CVEs; none, where no place was fixed. */
static void keep_release(Reading *reading, const Release *release) {
        const Place *first = NULL;
        bool same = true;
        Offer whole = {};

        for (size_t i = 0; i < release->n_places; i++) {
                Place *place = &release->places[i];

                if (is_initial(release))
                        place->n_cves = 0;
                settle_cves(place);
                place->fixed |= reading->n_vulnerabilities == 0;
                if (!place->fixed)
                        continue;
                if (!first)
                        first = place;
                same = same && same_cves(first, place);
        }
        if (!first)
                return;
        if (!same) {
                keep_split(reading, release);
                return;
        }
        whole.like = first;
        for (size_t i = 0; i < release->n_places; i++)
                if (release->places[i].fixed)
                        add_place(reading, release, &whole, &release->places[i]);
        keep_offer(reading, release, &whole);
}

/* True if the document releases anything. */
static bool keep_releases(Reading *reading) {
        for (size_t i = 0; i < reading->n_releases; i++)
                keep_release(reading, &reading->releases[i]);
        return reading->document.n_kernels + reading->document.n_patches > 0;
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
