/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Offers. The same kernel for several architectures and channels of one stream is one record, unless its CVEs are not
 * the same for all of them: then there are as many as it takes, so that none is credited where it was not listed.
 */

#include <string.h>

#include "base/text.h"
#include "digest/csaf-offer.h"

/* SUSE's version 1 comes with its kernel, whose fixes it is listed for: it has none of its own. */
static bool is_initial(const CsafRelease *release) {
        return release->product.vendor == CSAF_VENDOR_SUSE &&
               text_starts_with(release->component.version, "1-");
}

/* Without an architecture it stands for all that the tree names; the source of a kernel is listed so. */
static void add_place(MemoryPool *pool, const CsafRelease *release, CsafOffer *offer,
                      CsafPlace *place) {
        offer->channels |= place->channels;
        offer->channels_unknown |= place->channels_unknown;
        place->offered = true;
        for (size_t i = 0; i < release->n_places; i++) {
                const char *arch = place->arch[0] != '\0' ? place->arch : release->places[i].arch;

                if (arch[0] != '\0' && !text_list_has(&offer->arch, arch))
                        text_list_add(&offer->arch, pool, arch);
                if (place->arch[0] != '\0')
                        break;
        }
}

/* The places of this architecture with the same CVEs as `like`. */
static CsafOffer offer_of(MemoryPool *pool, const CsafRelease *release, const char *arch,
                          const CsafPlace *like) {
        CsafOffer offer = { .like = like };

        for (size_t i = 0; i < release->n_places; i++) {
                CsafPlace *place = &release->places[i];

                if (place->fixed && strcmp(place->arch, arch) == 0 &&
                    csaf_place_has_same_cves(place, like))
                        add_place(pool, release, &offer, place);
        }
        return offer;
}

/* One offer holds architectures only if the same channels were offered the same CVEs on each. */
static CsafOffers split(MemoryPool *pool, const CsafRelease *release) {
        CsafOffers offers = {};

        for (size_t i = 0; i < release->n_places; i++) {
                const CsafPlace *place = &release->places[i];
                CsafOffer offer, *same = NULL, *slot;

                if (!place->fixed || place->offered)
                        continue;
                offer = offer_of(pool, release, place->arch, place);
                for (size_t j = 0; j < offers.n_items && !same && place->arch[0] != '\0'; j++)
                        if (offers.items[j].like->arch[0] != '\0' &&
                            offers.items[j].channels == offer.channels &&
                            offers.items[j].channels_unknown == offer.channels_unknown &&
                            csaf_place_has_same_cves(offers.items[j].like, place))
                                same = &offers.items[j];
                if (same) {
                        text_list_add(&same->arch, pool, place->arch);
                        continue;
                }
                slot = memory_pool_append(pool, offers.items, offers.n_items);
                if (slot)
                        *slot = offer;
        }
        return offers;
}

CsafOffers csaf_offers_make(MemoryPool *pool, CsafRelease *release, bool all_fixed) {
        const CsafPlace *first = NULL;
        CsafOffers offers = {};
        CsafOffer *whole;
        bool same = true;

        for (size_t i = 0; i < release->n_places; i++) {
                CsafPlace *place = &release->places[i];

                if (is_initial(release))
                        place->n_cves = 0;
                csaf_place_settle(place);
                place->fixed |= all_fixed;
                if (!place->fixed)
                        continue;
                if (!first)
                        first = place;
                same = same && csaf_place_has_same_cves(first, place);
        }
        if (!first)
                return offers;
        if (!same)
                return split(pool, release);
        whole = memory_pool_append(pool, offers.items, offers.n_items);
        if (!whole)
                return offers;
        whole->like = first;
        for (size_t i = 0; i < release->n_places; i++)
                if (release->places[i].fixed)
                        add_place(pool, release, whole, &release->places[i]);
        return offers;
}
