/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How old the facts are, measured from the time up to which their source is complete, not from the
 * newest fact: weeks can pass without a kernel erratum.
 */

#include "core/situation.h"

typedef enum Freshness {
        FRESHNESS_NEVER, /* no facts for this stream */
        FRESHNESS_EXPIRED,
        FRESHNESS_STALE,
        FRESHNESS_FRESH,
        _FRESHNESS_MAX,
} Freshness;

const char *freshness_to_text(Freshness freshness);

typedef struct FeedFreshness {
        const char *name;
        const FactSource *source; /* NULL when nothing was ever got from it */
        const FeedStatus *status; /* NULL when it is none that klpwatch asks itself */
        Freshness freshness;
        bool carries_stream; /* has records of the host's stream */
        size_t n_records;
} FeedFreshness;

typedef struct FreshnessReport {
        Freshness freshness; /* of the freshest feed that carries records of the host's stream */
        UtcTime complete_to; /* of that feed; UTC_TIME_NONE for never */
        FeedFreshness *feeds;
        size_t n_feeds;
} FreshnessReport;

void freshness_report(const Situation *situation, FreshnessReport *ret);

/*
 * Does a package manager's cache tell enough: fresh, and with live patches, or their absence, of the host's stream? Then
 * nothing need be asked over the network.
 */
bool freshness_cache_suffices(const Situation *situation, const FreshnessReport *report);

/* Age limits of a kind of feed: fresh up to the first, stale up to the second, then expired. */
void freshness_limits(FeedKind kind, int64_t *ret_stale_usec, int64_t *ret_expired_usec);
