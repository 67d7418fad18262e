/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Releases, while a document is read. It names the same kernel again for each architecture and each channel, tens of
 * thousands of times in the largest, so what was seen before is found by its hash. Which places become one record is
 * not decided here, as CVEs come after all products.
 */

#include <string.h>

#include "base/text.h"
#include "digest/csaf-release.h"

/* The minor by the product's id, else by the kernel's dist tag, else not known. */
static const char *stream_of(MemoryPool *pool, const CsafComponent *component,
                             const CsafProduct *product) {
        KernelRelease kernel;

        if (product->vendor == CSAF_VENDOR_SUSE)
                return memory_pool_format(pool, "sle-%d.%d", product->major, product->minor);
        if (product->minor >= 0)
                return memory_pool_format(pool, "rhel-%d.%d", product->major, product->minor);
        if (component->kind != CSAF_COMPONENT_PATCH &&
            kernel_release_parse(component->version, &kernel) == 0 &&
            kernel.dist_major == product->major && kernel.dist_minor >= 0)
                return memory_pool_format(pool, "rhel-%d.%d", kernel.dist_major, kernel.dist_minor);
        return NULL;
}

/* Twice as many slots as things, so that a free one is near. */
static CsafReleaseFinder new_finder(MemoryPool *pool, size_t n_things) {
        CsafReleaseFinder finder = { NULL, 2 * n_things + 1 };

        finder.slots = memory_pool_alloc(pool, finder.n_slots * sizeof(*finder.slots));
        return finder;
}

static size_t hash_text(size_t hash, const char *text) {
        for (; text && *text != '\0'; text++)
                hash = (hash ^ (unsigned char) *text) * 0x100000001B3;
        return (hash ^ 0xFF) * 0x100000001B3;
}

/* The release of this component in this stream, new if need be; NULL when memory is out. */
static CsafRelease *release_of(CsafReleases *releases, const CsafComponent *component,
                               const CsafProduct *product) {
        const char *stream = stream_of(releases->pool, component, product);
        const CsafReleaseFinder *finder = &releases->of_items;
        size_t slot = hash_text(hash_text(hash_text(component->kind, component->name),
                                          component->version),
                                stream) %
                      finder->n_slots;
        CsafRelease *release;

        for (; finder->slots[slot].release > 0; slot = (slot + 1) % finder->n_slots) {
                release = &releases->items[finder->slots[slot].release - 1];
                if (release->component.kind == component->kind &&
                    text_equal(release->stream, stream) &&
                    strcmp(release->component.name, component->name) == 0 &&
                    strcmp(release->component.version, component->version) == 0)
                        return release;
        }
        release = memory_pool_append(releases->pool, releases->items, releases->n_items);
        if (!release)
                return NULL;
        finder->slots[slot].release = releases->n_items;
        *release = (CsafRelease){ .component = *component, .stream = stream, .product = *product };
        return release;
}

/* The place of this component in this product, new if need be; NULL when memory is out. */
static CsafPlace *place_of(CsafReleases *releases, CsafRelease *release,
                           const CsafComponent *component, const CsafProduct *product) {
        /* Most of SUSE's products say nothing of channels beside others that do. */
        bool unknown = product->channels == 0 && product->vendor == CSAF_VENDOR_REDHAT;
        const CsafReleaseFinder *finder = &releases->of_places;
        size_t number = (size_t) (release - releases->items) + 1;
        size_t slot = hash_text(number * 64 + product->channels, component->arch) % finder->n_slots;
        CsafPlace *place;

        for (; finder->slots[slot].place > 0; slot = (slot + 1) % finder->n_slots) {
                if (finder->slots[slot].release != number)
                        continue;
                place = &release->places[finder->slots[slot].place - 1];
                if (place->channels == product->channels && place->channels_unknown == unknown &&
                    strcmp(place->arch, component->arch) == 0)
                        return place;
        }
        place = memory_pool_append(releases->pool, release->places, release->n_places);
        if (!place)
                return NULL;
        finder->slots[slot].release = number;
        finder->slots[slot].place = release->n_places;
        *place = (CsafPlace){ .arch = memory_pool_text(releases->pool, component->arch),
                              .channels = product->channels,
                              .channels_unknown = unknown };
        return place;
}

CsafReleases csaf_releases_empty(MemoryPool *pool, size_t n_pairs) {
        return (CsafReleases){ .pool = pool,
                               .of_items = new_finder(pool, n_pairs),
                               .of_places = new_finder(pool, n_pairs) };
}

bool csaf_releases_add(CsafReleases *releases, const CsafComponent *component,
                       const CsafProduct *product, size_t *ret_release, size_t *ret_place) {
        CsafRelease *release;
        CsafPlace *place;

        if (!releases->of_items.slots || !releases->of_places.slots)
                return false;
        release = release_of(releases, component, product);
        place = release ? place_of(releases, release, component, product) : NULL;
        if (!place)
                return false;
        *ret_release = (size_t) (release - releases->items);
        *ret_place = (size_t) (place - release->places);
        return true;
}

void csaf_place_add_cve(MemoryPool *pool, CsafPlace *place, const char *cve, Severity severity,
                        size_t number) {
        CveFact *fact;

        if (place->last_vulnerability == number)
                return;
        place->last_vulnerability = number;
        place->fixed = true;
        fact = memory_pool_append(pool, place->cves, place->n_cves);
        if (fact)
                *fact = (CveFact){ cve, severity };
}

void csaf_place_settle(CsafPlace *place) {
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

bool csaf_place_has_same_cves(const CsafPlace *a, const CsafPlace *b) {
        if (a->n_cves != b->n_cves)
                return false;
        for (size_t i = 0; i < a->n_cves; i++)
                if (strcmp(a->cves[i].id, b->cves[i].id) != 0 ||
                    a->cves[i].severity != b->cves[i].severity)
                        return false;
        return true;
}
