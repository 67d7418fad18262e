/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/cleanup.h"
#include "host/kernel-build-date.h"
#include "unit-test.h"

START_TEST(build_dates_are_found) {
        static const struct {
                const char *text, *date; /* NULL: none */
        } cases[] = {
                { "Linux version 5.14.0 (builder) (gcc 20231218) #1 SMP PREEMPT_DYNAMIC Wed Apr 10 "
                  "10:29:16 EDT 2024",
                  "2024-04-10T14:29:16Z" },
                { "#1 SMP Wed Dec 31 23:30:00 EST 2025", "2026-01-01T04:30:00Z" },
                { "#1 SMP Mon Jan 1 00:30:00 CET 2024", "2023-12-31T23:30:00Z" },
                { "#1 SMP PREEMPT_DYNAMIC Wed Apr 10 11:39:23 UTC 2024 (bc16efe/lp)",
                  "2024-04-10T11:39:23Z" },
                { "#47-Ubuntu SMP PREEMPT_DYNAMIC Fri Sep 27 21:40:26 UTC 2024",
                  "2024-09-27T21:40:26Z" },
                { "#1 SMP Wed Apr 10 10:29:16 PM EDT 2024", "2024-04-11T02:29:16Z" },
                { "#1 SMP Wed Apr 10 12:29:16 AM UTC 2024", "2024-04-10T00:29:16Z" },
                { "#1 SMP Wed Apr 10 12:29:16 PM UTC 2024", "2024-04-10T12:29:16Z" },
                { "#1 SMP Wed Apr 10 10:29:16 2024", "2024-04-10T10:29:16Z" },
                { "#1 SMP Wed Apr 10 10:29:16 XYZ 2024", "2024-04-10T10:29:16Z" },
                { "#1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1 (2024-05-03)\n", "2024-05-03T00:00:00Z" },
                { "Linux version 6.18.44 (builder) #1 SMP PREEMPT_DYNAMIC @0", NULL },
                { "Linux version 5.14.0 (builder) (gcc) Wed Apr 10 10:29:16 EDT 2024", NULL },
                { "#1 SMP Wed Apr 31 10:29:16 EDT 2024", NULL },
                { "#1 SMP Wed Apr 10 25:29:16 EDT 2024", NULL },
                { "#1 SMP Wed Apr 10 10:29:16 EDT", NULL },
                { "#1 SMP Wed Apr 10 10:29:16 EDT 24", NULL },
                { "#1 SMP Wed Apr 10 10:29", NULL },
                { "#1 SMP Apr", NULL },
                { "#", NULL },
                { "", NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char buffer[UTC_TIME_TEXT_BYTES];
                UtcTime time = 7;
                int r = kernel_build_date_parse(cases[i].text, &time);

                if (!cases[i].date) {
                        ck_assert_msg(r == KERNEL_BUILD_DATE_E_NONE && time == 7,
                                      "row '%s' gave %d, %s", cases[i].text, r,
                                      utc_time_format(time, buffer));
                        continue;
                }
                ck_assert_msg(r == 0, "row '%s' gave %d", cases[i].text, r);
                ck_assert_msg(strcmp(utc_time_format(time, buffer), cases[i].date) == 0,
                              "row '%s' gave %s", cases[i].text, buffer);
        }
}
END_TEST

UNIT_TEST(build_dates_are_found)
