/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>
#include <time.h>

#include "base/utc-time.h"
#include "unit-test.h"

START_TEST(days_parse_and_print) {
        static const struct {
                const char *text;
                int days; /* since the epoch; -1: refused */
        } cases[] = {
                { "1970-01-01", 0 },           { "2024-02-29", 19782 },
                { "2024-04-30", 19843 },       { "2023-02-29", -1 },
                { "2024-13-01", -1 },          { "2024-00-10", -1 },
                { "2024-1-01", -1 },           { "2024-01-01 ", -1 },
                { "only LTSS supported", -1 }, { "", -1 },
                { "1969-12-31", -1 },          { "2024-04-31", -1 },
                { "9999-12-31", 2932896 },     { "+024-01-01", -1 },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char buffer[UTC_DAY_TEXT_BYTES];
                UtcDay day = 12345;
                int r = utc_day_parse(cases[i].text, &day);

                if (cases[i].days < 0) {
                        ck_assert_msg(r == UTC_TIME_E_MALFORMED, "row '%s' was taken",
                                      cases[i].text);
                        ck_assert_msg(day == 12345, "row '%s' touched its result", cases[i].text);
                        continue;
                }
                ck_assert_msg(r == 0 && day == cases[i].days, "row '%s' gave %d", cases[i].text,
                              (int) day);
                ck_assert_str_eq(utc_day_format(day, buffer), cases[i].text);
        }
}
END_TEST

START_TEST(times_parse_and_print) {
        static const struct {
                const char *text, *printed; /* NULL: refused */
        } cases[] = {
                { "2024-08-15T05:34:56+00:00", "2024-08-15T05:34:56Z" },
                { "2023-08-01T09:00:00Z", "2023-08-01T09:00:00Z" },
                { "2025-03-12T14:42:59.644000+00:00", "2025-03-12T14:42:59.644000Z" },
                { "2024-08-15T00:30:00+02:00", "2024-08-14T22:30:00Z" },
                { "2024-12-31T23:59:60Z", "2025-01-01T00:00:00Z" },
                { "2024-01-01T00:00:00.1234567Z", "2024-01-01T00:00:00.123456Z" },
                { "2024-08-15T05:34:56", NULL },
                { "2024-08-15", NULL },
                { "2024-08-15T24:00:00Z", NULL },
                { "2024-08-15T05:34:56.Z", NULL },
                { "2024-08-15T05:34:56+00:00x", NULL },
                { "2024-08-15T05:34:56+0000", NULL },
                { "1970-01-01T00:00:00+01:00", NULL },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char buffer[UTC_TIME_TEXT_BYTES];
                UtcTime time;
                int r = utc_time_parse(cases[i].text, &time);

                ck_assert_msg((r == 0) == (cases[i].printed != NULL), "row '%s' gave %d",
                              cases[i].text, r);
                if (cases[i].printed)
                        ck_assert_str_eq(utc_time_format(time, buffer), cases[i].printed);
        }
}
END_TEST

/* Each day of four centuries, and the turns of all years that a date can be written of. */
START_TEST(days_are_those_of_the_c_library) {
        for (int64_t day = -135140; day <= 2932896; day += day < 60000 ? 1 : 58) {
                time_t seconds = (time_t) day * 24 * 3600;
                int year, month, mday;
                struct tm tm;

                ck_assert_ptr_nonnull(gmtime_r(&seconds, &tm));
                utc_day_to_date((UtcDay) day, &year, &month, &mday);
                ck_assert_msg(year == tm.tm_year + 1900 && month == tm.tm_mon + 1 &&
                                              mday == tm.tm_mday,
                              "day %lld is %d-%d-%d", (long long) day, year, month, mday);
                ck_assert_msg(utc_day_from_date(year, month, mday) == day, "%d-%d-%d", year, month,
                              mday);
        }
        for (int year = 1; year <= 9999; year++) {
                struct tm tm = { .tm_year = year - 1900, .tm_mon = 1, .tm_mday = 29 };
                UtcDay first = utc_day_from_date(year, 1, 1);
                bool leap;

                ck_assert_int_eq(utc_day_from_date(year - 1, 12, 31), first - 1);
                timegm(&tm); /* the first of March where February has no such day */
                leap = tm.tm_mon == 1;
                ck_assert_msg(utc_day_from_date(year, 3, 1) - first == 59 + leap, "year %d", year);
                ck_assert_msg(utc_day_from_date(year, 2, 31) - first == 58 + leap, "year %d", year);
        }
}
END_TEST

START_TEST(months_clamp_to_the_last_day) {
        static const struct {
                const char *from;
                int n_months;
                const char *to;
        } cases[] = {
                { "2024-04-30", 12, "2025-04-30" }, { "2023-05-09", 6, "2023-11-09" },
                { "2023-08-31", 6, "2024-02-29" },  { "2022-08-31", 6, "2023-02-28" },
                { "2024-02-29", 12, "2025-02-28" }, { "2024-12-31", 2, "2025-02-28" },
                { "2024-12-01", 1, "2025-01-01" },  { "2024-01-31", 0, "2024-01-31" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char buffer[UTC_DAY_TEXT_BYTES];
                UtcDay day;

                ck_assert_int_eq(utc_day_parse(cases[i].from, &day), 0);
                utc_day_format(utc_day_add_months(day, cases[i].n_months), buffer);
                ck_assert_msg(strcmp(buffer, cases[i].to) == 0, "%s + %d months gave %s",
                              cases[i].from, cases[i].n_months, buffer);
        }
}
END_TEST

START_TEST(an_instant_lies_in_its_day) {
        ck_assert_int_eq(utc_day_of(0), 0);
        ck_assert_int_eq(utc_day_of(USEC_PER_DAY - 1), 0);
        ck_assert_int_eq(utc_day_of(USEC_PER_DAY), 1);
        ck_assert_int_eq(utc_day_of(-1), -1);
        ck_assert_int_eq(utc_day_of(UTC_TIME_NONE), UTC_DAY_NONE);
        ck_assert(utc_day_start(UTC_DAY_NONE) == UTC_TIME_NONE);
        ck_assert(utc_day_start(2) == 2 * USEC_PER_DAY);
        ck_assert_int_eq(utc_day_add_months(UTC_DAY_NONE, 6), UTC_DAY_NONE);
}
END_TEST

UNIT_TEST(days_parse_and_print, times_parse_and_print, days_are_those_of_the_c_library,
          months_clamp_to_the_last_day, an_instant_lies_in_its_day)
