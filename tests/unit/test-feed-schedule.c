/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/cleanup.h"
#include "feed/feed-schedule.h"
#include "unit-test.h"

#define SECOND ((uint64_t) 1000000)
#define MINUTE (60 * SECOND)

#define HOUR (60 * MINUTE)
#define NOW ((UtcTime) 1750000000 * 1000000)
#define NEVER INT64_MIN /* in the rows: no such moment */
#define ENDED FEED_SCHEDULE_ENDED
#define START FEED_SCHEDULE_START
#define RESUMED FEED_SCHEDULE_RESUMED
#define NETWORK FEED_SCHEDULE_NETWORK

START_TEST(the_next_attempt_is_where_the_history_puts_it) {
        static const struct {
                const char *what;
                bool local;
                int64_t ago, wait; /* minutes since the last attempt, and until the server wants to be asked */
                unsigned n_failures;
                bool refused;
                FeedScheduleReason reason;
                int64_t least, most; /* minutes */
        } rows[] = {
                { "a success", false, 0, NEVER, 0, false, ENDED, 300, 420 },
                { "the first failure", false, 0, NEVER, 1, false, ENDED, 3, 7 },
                { "the second", false, 0, NEVER, 2, false, ENDED, 7, 13 },
                { "the seventh", false, 0, NEVER, 7, false, ENDED, 240, 400 },
                { "the eighth", false, 0, NEVER, 8, false, ENDED, 270, 450 },
                { "any later one", false, 0, NEVER, UINT32_MAX, false, ENDED, 270, 450 },
                { "the first refusal", false, 0, NEVER, 1, true, ENDED, 11, 19 },
                { "the third refusal", false, 0, NEVER, 3, true, ENDED, 45, 75 },
                { "the sixth refusal", false, 0, NEVER, 6, true, ENDED, 270, 450 },
                { "told to wait", false, 0, 100, 1, true, ENDED, 100, 125 },
                { "told to wait a little", false, 0, 1, 1, true, ENDED, 11, 19 },
                { "told to wait a year", false, 0, 525600, 1, true, ENDED, 11, 19 },
                { "the wait is over", false, 200, -10, 1, true, START, 1, 2 },
                { "never asked", false, NEVER, NEVER, 0, false, START, 1, 2 },
                { "overdue at the start", false, 1000, NEVER, 0, false, START, 1, 2 },
                { "not due at the start", false, 100, NEVER, 0, false, START, 200, 320 },
                { "started again and again", false, 5, NEVER, 0, false, START, 295, 415 },
                { "a failure before the start", false, 2, NEVER, 3, false, START, 13, 23 },
                { "asked in the future", false, -1000, NEVER, 0, false, START, 1, 2 },
                { "slept over it", false, 600, NEVER, 0, false, RESUMED, 1, 2 },
                { "slept a little", false, 100, NEVER, 0, false, RESUMED, 200, 320 },
                { "the network is back", false, 10, NEVER, 6, false, NETWORK, 1, 5 },
                { "back, but was refused", false, 10, NEVER, 6, true, NETWORK, 260, 440 },
                { "back, but told to wait", false, 10, 60, 6, false, NETWORK, 60, 75 },
                { "back, and nothing failed", false, 10, NEVER, 0, false, NETWORK, 290, 410 },
                { "local, at the start", true, 5, NEVER, 0, false, START, 0, 0 },
                { "local, a success", true, 0, NEVER, 0, false, ENDED, 360, 360 },
                { "local, a failure", true, 0, NEVER, 2, false, ENDED, 10, 10 },
                { "local, many failures", true, 0, NEVER, 20, false, ENDED, 360, 360 },
        };
        static const uint32_t randoms[] = { 0, 1, UINT32_MAX / 3, UINT32_MAX - 1, UINT32_MAX };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                FeedHistory history = {
                        .local = rows[i].local,
                        .last_attempt = rows[i].ago == NEVER ? UTC_TIME_NONE
                                                             : NOW - rows[i].ago * (int64_t) MINUTE,
                        .n_failures = rows[i].n_failures,
                        .refused = rows[i].refused,
                        .not_before = rows[i].wait == NEVER ? UTC_TIME_NONE
                                                            : NOW + rows[i].wait * (int64_t) MINUTE,
                };
                uint64_t least = UINT64_MAX, most = 0;

                for (size_t j = 0; j < ELEMENTS(randoms); j++) {
                        uint64_t next = feed_schedule_next(&history, rows[i].reason, NOW,
                                                           randoms[j]);

                        least = next < least ? next : least;
                        most = next > most ? next : most;
                }
                /* Both ends of what chance may do are reached, and nothing is beyond them. */
                ck_assert_msg(least / MINUTE == (uint64_t) rows[i].least &&
                                              (most + MINUTE - 1) / MINUTE ==
                                                              (uint64_t) rows[i].most,
                              "%s: %.2f to %.2f minutes", rows[i].what, (double) least / MINUTE,
                              (double) most / MINUTE);
        }
}
END_TEST

#define N_HOSTS 1000000
#define BIN (10 * MINUTE)
#define WEEK (7 * 24 * HOUR)
#define OUTAGE_BEGIN (72 * HOUR)
#define OUTAGE_END (84 * HOUR)

static uint64_t seed = 88172645463325252u;

static uint32_t chance(void) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        return (uint32_t) (seed >> 16);
}

typedef struct Load {
        uint32_t served[WEEK / BIN], failed[WEEK / BIN];
} Load;

/* A host that starts at `moment` of the week, and asks a mirror that is away for twelve hours of it. */
static void live_a_week(uint64_t moment, Load *load) {
        FeedHistory history = { .last_attempt = UTC_TIME_NONE, .not_before = UTC_TIME_NONE };

        moment += feed_schedule_next(&history, START, NOW + (UtcTime) moment, chance());
        while (moment < WEEK) {
                bool away = moment >= OUTAGE_BEGIN && moment < OUTAGE_END;

                (away ? load->failed : load->served)[moment / BIN]++;
                history.n_failures = away ? history.n_failures + 1 : 0;
                history.last_attempt = NOW + (UtcTime) moment;
                moment += feed_schedule_next(&history, ENDED, history.last_attempt, chance());
        }
}

/* The highest of ten minutes, against what there would be on average. */
static double peak(const uint32_t *bins, uint64_t from, uint64_t until) {
        uint32_t most = 0;

        for (uint64_t i = from / BIN; i < until / BIN; i++)
                most = bins[i] > most ? bins[i] : most;
        return most / ((double) N_HOSTS * BIN / (6 * HOUR));
}

START_TEST(a_million_hosts_are_spread_and_stay_so_after_an_outage) {
        static Load load;
        double before, during, after;

        for (size_t i = 0; i < N_HOSTS; i++)
                live_a_week((uint64_t) (6.0 * HOUR * chance() / UINT32_MAX), &load);
        before = peak(load.served, 7 * HOUR, OUTAGE_BEGIN);
        during = peak(load.failed, OUTAGE_BEGIN, OUTAGE_END);
        after = peak(load.served, OUTAGE_END, WEEK);
        printf("# %d hosts, a week, the mirror away for 12 h: peak of the mean before %.2f, after "
               "%.2f "
               "(budget 1.20); of attempts meanwhile %.2f\n",
               N_HOSTS, before, after, during);
        ck_assert(before > 1 && before <= 1.2);
        ck_assert(after > 1 && after <= 1.2);
}
END_TEST

START_TEST(hints_are_given_time_to_end_and_cannot_hold_it_up) {
        static const struct {
                uint64_t first, hint, pause;
        } rows[] = {
                { 100, 100, 2 }, { 100, 101, 2 }, { 100, 128, 2 },
                { 100, 129, 1 }, { 100, 130, 0 }, { 100, 200, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                ck_assert_msg(feed_schedule_after_hint(rows[i].first * SECOND,
                                                       rows[i].hint * SECOND) ==
                                              rows[i].pause * SECOND,
                              "row %zu", i);
}
END_TEST

UNIT_TEST(the_next_attempt_is_where_the_history_puts_it,
          a_million_hosts_are_spread_and_stay_so_after_an_outage,
          hints_are_given_time_to_end_and_cannot_hold_it_up)
