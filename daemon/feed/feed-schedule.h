/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When a feed is asked next: pure functions of what is remembered of it, the time and a random number.
 * Durations are in microseconds.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/utc-time.h"

typedef enum FeedScheduleReason {
        FEED_SCHEDULE_START,   /* the daemon starts, or the feed is new */
        FEED_SCHEDULE_ENDED,   /* an attempt has just ended */
        FEED_SCHEDULE_RESUMED, /* the host slept, or its clock was set */
        FEED_SCHEDULE_NETWORK, /* the network is back */
} FeedScheduleReason;

/* What is remembered of a feed, over a restart, too. */
typedef struct FeedHistory {
        bool local; /* nobody else is asked: no jitter, no floor, and at once at the start */
        UtcTime last_attempt; /* its end; UTC_TIME_NONE = none yet */
        unsigned n_failures;  /* in a row */
        bool refused; /* the last one was refused (HTTP 403, 429): not a matter of the network */
        UtcTime not_before; /* what the server asked for (Retry-After); UTC_TIME_NONE = nothing */
} FeedHistory;

/*
 * How long from `now` until the feed is asked. After a success 6 h ± 1 h; after the n-th failure in a row
 * 5 min × 2ⁿ⁻¹ up to 6 h, after a refusal 15 min × 2ⁿ⁻¹ up to 6 h, each ± a quarter; never before what the server asked for,
 * of which 24 h are believed. At the start, and after sleep, what is overdue is asked within 1 to 2 min; with the
 * network back what failed without it within 1 to 5 min; but what was asked with success never within an hour of that.
 */
uint64_t feed_schedule_next(const FeedHistory *history, FeedScheduleReason reason, UtcTime now,
                            uint32_t random);

/*
 * How long after a hint that a local source changed it is asked: `hint` and `first` are the times of this hint
 * and of the first one since the last attempt. Hints that keep coming put it off by 2 s each, but by no
 * more than 30 s altogether.
 */
uint64_t feed_schedule_after_hint(uint64_t first_usec, uint64_t hint_usec);
