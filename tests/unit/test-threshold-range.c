/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/cleanup.h"
#include "ctl/threshold-range.h"
#include "unit-test.h"

START_TEST(a_range_warns_outside_of_it_or_inside) {
        static const struct {
                const char *text;
                double value;
                bool bad;
        } cases[] = {
                { "30", 30, false },      { "30", 31, true },     { "30", 0, false },
                { "30", -1, true },       { "30:", 30, false },   { "30:", 29, true },
                { "30:", 100000, false }, { "~:30", -7, false },  { "~:30", 30.5, true },
                { "10:20", 10, false },   { "10:20", 20, false }, { "10:20", 9.9, true },
                { "10:20", 21, true },    { "@10:20", 10, true }, { "@10:20", 20, true },
                { "@10:20", 21, false },  { "@0:6", 7, false },   { "@~:0", -3, true },
                { "-5:-1", -3, false },   { "-5:-1", 0, true },   { "0.5:1.5", 1, false },
                { "@7", 7, true },        { "@7", 8, false },     { "5:5", 5, false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                ThresholdRange range;

                ck_assert_msg(threshold_range_parse(cases[i].text, &range) == 0, "'%s' was refused",
                              cases[i].text);
                ck_assert_msg(threshold_range_is_bad(&range, cases[i].value) == cases[i].bad,
                              "'%s' and %g", cases[i].text, cases[i].value);
        }
}
END_TEST

START_TEST(what_is_no_range_is_refused) {
        static const char *const cases[] = {
                "",    "@",     ":",   ":5",    "~",
                "5:4", "x",     "1e3", "5d",    "0x5",
                "inf", "nan",   "1.",  ".5",    "--5",
                "+5",  "1:2:3", "@@5", "5 ",    " 5",
                "~:~", "5:~",   "-",   "1.2.3", "1111111111111111111111111111111111111111",
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                ThresholdRange range;

                ck_assert_msg(threshold_range_parse(cases[i], &range) ==
                                              THRESHOLD_RANGE_E_MALFORMED,
                              "'%s' was taken", cases[i]);
        }
}
END_TEST

START_TEST(no_range_warns_of_nothing) {
        ck_assert(!threshold_range_is_bad(&(ThresholdRange){}, -1));
}
END_TEST

UNIT_TEST(a_range_warns_outside_of_it_or_inside, what_is_no_range_is_refused,
          no_range_warns_of_nothing)
