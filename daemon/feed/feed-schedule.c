/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pace of feeds. A package manager writes its cache file by file: it is given time to finish, but
 * something that never stops writing cannot keep a feed from being read.
 */

#include "feed/feed-schedule.h"

#define SECOND ((uint64_t) 1000000)
#define POLL (6 * 3600 * SECOND)
#define FIRST_RETRY (5 * 60 * SECOND)
#define SETTLE (2 * SECOND)
#define SETTLE_AT_MOST (30 * SECOND)

uint64_t feed_schedule_pause(unsigned n_failures) {
        uint64_t pause = FIRST_RETRY;

        if (n_failures == 0)
                return POLL;
        for (unsigned i = 1; i < n_failures && pause < POLL; i++)
                pause *= 2;
        return pause < POLL ? pause : POLL;
}

uint64_t feed_schedule_after_hint(uint64_t first_usec, uint64_t hint_usec) {
        uint64_t latest = first_usec + SETTLE_AT_MOST;

        if (hint_usec >= latest)
                return 0;
        return latest - hint_usec < SETTLE ? latest - hint_usec : SETTLE;
}
