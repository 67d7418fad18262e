/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pace of feeds. Thousands of hosts may ask one mirror, and were perhaps started by one switch, so
 * whatever they do is spread, and those that failed together do not come back together. A package manager
 * writes its cache file by file: it is given time to finish, but something that never stops writing cannot
 * keep a feed from being read.
 */

#include "feed/feed-schedule.h"

#define SECOND ((uint64_t) 1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define POLL (6 * HOUR)
#define JITTER HOUR
#define FLOOR HOUR
#define RETRY (5 * MINUTE)
#define RETRY_REFUSED (15 * MINUTE)
#define RETRY_MAX POLL
#define WAIT_BELIEVED (24 * HOUR)
#define SETTLE (2 * SECOND)
#define SETTLE_AT_MOST (30 * SECOND)

/* From `least` to `most`, evenly. */
static uint64_t between(uint64_t least, uint64_t most, uint32_t random) {
        return least + (uint64_t) ((double) (most - least) * ((double) random / UINT32_MAX));
}

/* From the end of the last attempt to the next one. */
static uint64_t pause_after(const FeedHistory *history, uint32_t random) {
        uint64_t pause = history->refused ? RETRY_REFUSED : RETRY;

        if (history->n_failures == 0)
                return history->local ? POLL : between(POLL - JITTER, POLL + JITTER, random);
        for (unsigned i = 1; i < history->n_failures && pause < RETRY_MAX; i++)
                pause *= 2;
        if (pause > RETRY_MAX)
                pause = RETRY_MAX;
        return history->local ? pause : between(pause - pause / 4, pause + pause / 4, random);
}

static uint64_t later(uint64_t a, uint64_t b) {
        return a > b ? a : b;
}

/* How long `moment` is away; 0 when it is past, or further in the future than anybody could have meant. */
static uint64_t left_until(UtcTime moment, UtcTime now, uint64_t believed) {
        if (moment == UTC_TIME_NONE || moment <= now || (uint64_t) (moment - now) > believed)
                return 0;
        return (uint64_t) (moment - now);
}

static uint64_t early(FeedScheduleReason reason, uint32_t random) {
        return between(MINUTE, reason == FEED_SCHEDULE_NETWORK ? 5 * MINUTE : 2 * MINUTE, random);
}

uint64_t feed_schedule_next(const FeedHistory *history, FeedScheduleReason reason, UtcTime now,
                            uint32_t random) {
        bool asked = history->last_attempt != UTC_TIME_NONE && history->last_attempt <= now;
        uint64_t since = asked ? (uint64_t) (now - history->last_attempt) : 0;
        uint64_t pause = pause_after(history, random), next, wait;

        if (history->local && reason == FEED_SCHEDULE_START)
                return 0;
        /* An attempt that the clock puts into the future says nothing of when it was. */
        next = asked && since < pause ? pause - since : 0;
        if (reason == FEED_SCHEDULE_ENDED)
                next = pause;
        else if (next == 0 ||
                 (reason == FEED_SCHEDULE_NETWORK && history->n_failures > 0 && !history->refused))
                next = history->local ? 0 : early(reason, random);
        if (asked && history->n_failures == 0 && !history->local && since < FLOOR)
                next = later(next, FLOOR - since);
        wait = left_until(history->not_before, now, WAIT_BELIEVED);
        /* Whoever was told the same moment as others does not come at the same moment. */
        return wait > 0 ? later(next, wait + between(0, wait / 4, random)) : next;
}

uint64_t feed_schedule_after_hint(uint64_t first_usec, uint64_t hint_usec) {
        uint64_t latest = first_usec + SETTLE_AT_MOST;

        if (hint_usec >= latest)
                return 0;
        return latest - hint_usec < SETTLE ? latest - hint_usec : SETTLE;
}
