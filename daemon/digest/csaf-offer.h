/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Offers: places of a release that have the same CVEs. Each becomes a record.
 */

#include "digest/csaf-release.h"

typedef struct CsafOffer {
        ChannelSet channels;
        bool channels_unknown;
        TextList arch;
        const CsafPlace *like; /* the first of its places */
} CsafOffer;

typedef struct CsafOffers {
        CsafOffer *items;
        size_t n_items;
} CsafOffers;

/*
 * The offers of a release whose CVEs are all listed; its places are settled by that. None, where no place was
 * fixed; `all_fixed`: each was, as in a document without vulnerabilities. They are in `pool`, which remembers.
 */
CsafOffers csaf_offers_make(MemoryPool *pool, CsafRelease *release, bool all_fixed);
