/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/caller-limit.h"
#include "unit-test.h"

#define PAUSE 10000000u

START_TEST(a_user_has_to_pause_between_two_turns) {
        CallerLimit limit = {};
        uint64_t wait = 0;

        ck_assert(caller_limit_take(&limit, 1000, 5000000, PAUSE, &wait));
        ck_assert(!caller_limit_take(&limit, 1000, 5000001, PAUSE, &wait));
        ck_assert_uint_eq(wait, PAUSE - 1);
        ck_assert(!caller_limit_take(&limit, 1000, 5000000 + PAUSE - 1, PAUSE, &wait));
        ck_assert_uint_eq(wait, 1);
        ck_assert(caller_limit_take(&limit, 1000, 5000000 + PAUSE, PAUSE, &wait));
        ck_assert(!caller_limit_take(&limit, 1000, 5000000 + PAUSE, PAUSE, &wait));
}
END_TEST

START_TEST(users_do_not_wait_for_each_other) {
        CallerLimit limit = {};
        uint64_t wait = 0;

        for (uid_t uid = 0; uid < CALLER_LIMIT_USERS; uid++)
                ck_assert(caller_limit_take(&limit, uid, 1 + uid, PAUSE, &wait));
        for (uid_t uid = 0; uid < CALLER_LIMIT_USERS; uid++)
                ck_assert(!caller_limit_take(&limit, uid, 100, PAUSE, &wait));
}
END_TEST

START_TEST(the_user_that_waited_longest_is_forgotten_first) {
        CallerLimit limit = {};
        uint64_t wait = 0;

        for (uid_t uid = 0; uid <= CALLER_LIMIT_USERS; uid++)
                ck_assert(caller_limit_take(&limit, uid, 1 + uid, PAUSE, &wait));
        ck_assert(!caller_limit_take(&limit, 1, 100, PAUSE, &wait));
        ck_assert(caller_limit_take(&limit, 0, 100, PAUSE, &wait));
}
END_TEST

START_TEST(so_many_turns_fit_into_a_second) {
        CallerLimit limit = {};

        for (unsigned i = 0; i < 3; i++)
                ck_assert(caller_limit_spend(&limit, 1000, 5000000 + i, 3));
        ck_assert(!caller_limit_spend(&limit, 1000, 5000003, 3));
        ck_assert(!caller_limit_spend(&limit, 1000, 5999999, 3));
        ck_assert(caller_limit_spend(&limit, 0, 5999999, 3));
        ck_assert(caller_limit_spend(&limit, 1000, 6000000, 3));
        ck_assert(!caller_limit_spend(&limit, 1000, 6000000, 1));
}
END_TEST

UNIT_TEST(so_many_turns_fit_into_a_second, a_user_has_to_pause_between_two_turns,
          users_do_not_wait_for_each_other, the_user_that_waited_longest_is_forgotten_first)
