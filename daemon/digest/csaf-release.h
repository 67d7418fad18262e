/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What one document releases: kernels and live patches, each once a stream, with the places where it was offered
 * and the CVEs that were listed for it there.
 */

#include "digest/csaf-product.h"

/* Where a release was offered, and the CVEs that were listed for it there. */
typedef struct CsafPlace {
        const char *arch; /* "" when not named */
        ChannelSet channels;
        bool channels_unknown; /* then a part of the truth is not the truth */
        CveFact *cves; /* in the order of vulnerabilities until they are settled; then sorted */
        size_t n_cves;
        bool fixed;
        size_t last_vulnerability; /* that listed it, from 1 */
        bool offered;              /* it is in an offer already */
} CsafPlace;

/* A kernel or patch of one stream. */
typedef struct CsafRelease {
        CsafComponent component;
        const char *stream; /* NULL when not known */
        CsafProduct product;
        CsafPlace *places;
        size_t n_places;
} CsafRelease;

/* Finds one of many by its name: the place in a list for each hash, and behind it for those alike. */
typedef struct CsafReleaseFinder {
        struct {
                size_t release, place; /* from 1; 0: free */
        } * slots;
        size_t n_slots;
} CsafReleaseFinder;

/* All of a document; nothing in it outlives the pool. */
typedef struct CsafReleases {
        MemoryPool *pool;
        CsafRelease *items;
        size_t n_items;
        CsafReleaseFinder of_items, of_places;
} CsafReleases;

/* No release yet; room for finding as many as come of `n_pairs` of a component and a product. The pool remembers. */
CsafReleases csaf_releases_empty(MemoryPool *pool, size_t n_pairs);

/*
 * The release of this component in this product's stream and its place in this product, new if need be; as
 * indexes, which last when more is added. False when memory is out.
 */
bool csaf_releases_add(CsafReleases *releases, const CsafComponent *component,
                       const CsafProduct *product, size_t *ret_release, size_t *ret_place);

/* Lists a CVE for the place as fixed; of one vulnerability (`number`, from 1) once. */
void csaf_place_add_cve(MemoryPool *pool, CsafPlace *place, const char *cve, Severity severity,
                        size_t number);

/* Sorts the CVEs of a place, each once with its highest severity. */
void csaf_place_settle(CsafPlace *place);

/* The same CVEs, as severe; both places are settled. */
bool csaf_place_has_same_cves(const CsafPlace *a, const CsafPlace *b);
