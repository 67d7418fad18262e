/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/cleanup.h"
#include "feed/feed-schedule.h"
#include "unit-test.h"

#define SECOND ((uint64_t) 1000000)
#define MINUTE (60 * SECOND)

START_TEST(failures_put_the_next_attempt_off) {
        static const struct {
                unsigned n_failures;
                uint64_t pause;
        } rows[] = {
                { 0, 360 * MINUTE }, { 1, 5 * MINUTE },
                { 2, 10 * MINUTE },  { 3, 20 * MINUTE },
                { 7, 320 * MINUTE }, { 8, 360 * MINUTE },
                { 9, 360 * MINUTE }, { UINT32_MAX, 360 * MINUTE },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                ck_assert_msg(feed_schedule_pause(rows[i].n_failures) == rows[i].pause,
                              "%u failures", rows[i].n_failures);
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

UNIT_TEST(failures_put_the_next_attempt_off, hints_are_given_time_to_end_and_cannot_hold_it_up)
