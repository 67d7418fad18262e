/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "ctl/time-line.h"
#include "unit-test.h"

static UtcDay day(const char *text) {
        UtcDay day = UTC_DAY_NONE;

        if (text)
                ck_assert_int_eq(utc_day_parse(text, &day), 0);
        return day;
}

START_TEST(bars_are_drawn_to_one_scale) {
        static const struct {
                const char *start, *end;
                bool certain;
                const char *ascii, *utf8;
        } cases[] = {
                { "2024-01-01", "2024-02-10", true, "##########|", "██████████│" },
                { "2024-01-21", "2024-03-01", true, "     #####|#####", "     █████│█████" },
                { "2024-01-21", "2024-03-01", false, "     -----|-----", "     ▒▒▒▒▒│▒▒▒▒▒" },
                { "2024-02-22", "2024-04-10", true, "          |  #############",
                  "          │  █████████████" },
                { NULL, "2024-01-09", true, "###       |", "███       │" },
                { NULL, NULL, true, "          |", "          │" },
                { "2024-01-05", NULL, true, "          |", "          │" },
                { "2024-03-01", "2024-02-01", true, "          |", "          │" },
                { "2020-01-01", "2030-01-01", true, "##########|##############",
                  "██████████│██████████████" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++)
                for (int utf8 = 0; utf8 < 2; utf8++) {
                        TimeLine line;
                        const char *bar;

                        /* 100 days in 26 columns: four days a column. */
                        time_line_init(&line, day("2024-02-10"), 26, utf8);
                        time_line_include(&line, day("2024-01-01"));
                        time_line_include(&line, day("2024-04-10"));
                        time_line_include(&line, UTC_DAY_NONE);
                        bar = time_line_bar(&line, pool, day(cases[i].start), day(cases[i].end),
                                            cases[i].certain);
                        if (i == 8)
                                bar = memory_pool_text_n(
                                                pool, bar,
                                                strlen(utf8 ? cases[i].utf8 : cases[i].ascii));
                        ck_assert_msg(strcmp(bar, utf8 ? cases[i].utf8 : cases[i].ascii) == 0,
                                      "row %zu gave '%s'", i, bar);
                }
        ck_assert(!memory_pool_exhausted(pool));
}
END_TEST

START_TEST(a_bar_never_leaves_its_columns) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (unsigned n = 0; n < 100; n++) {
                TimeLine line;

                time_line_init(&line, day("2024-02-10"), n, false);
                time_line_include(&line, day("1970-01-01"));
                time_line_include(&line, day("9999-12-31"));
                ck_assert_uint_eq(strlen(time_line_bar(&line, pool, day("1970-01-01"),
                                                       day("9999-12-31"), true)),
                                  n < 2 ? 2 : n);
                ck_assert_uint_le(strlen(time_line_head(&line, pool)), n < 2 ? 2 : n);
                ck_assert_uint_eq(strlen(time_line_ticks(&line, pool)), n < 2 ? 2 : n);
                ck_assert_uint_le(strlen(time_line_months(&line, pool)), n < 2 ? 2 : n);
        }
}
END_TEST

START_TEST(a_scale_of_one_day_is_drawn) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        TimeLine line;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        time_line_init(&line, day("2024-02-10"), 40, false);
        ck_assert_str_eq(time_line_bar(&line, pool, day("2024-02-10"), day("2024-02-10"), true),
                         "|");
        ck_assert_str_eq(time_line_months(&line, pool), "");
}
END_TEST

START_TEST(today_stands_over_its_column_where_there_is_room) {
        static const struct {
                const char *today, *head;
        } cases[] = {
                { "2024-01-01", "today 2024-01-01" },
                { "2024-02-20", "      today 2024-02-20" },
                { "2024-04-10", "                        today 2024-04-10" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                TimeLine line;

                time_line_init(&line, day(cases[i].today), i == 1 ? 28 : 40, false);
                time_line_include(&line, day("2024-01-01"));
                time_line_include(&line, day("2024-04-10"));
                ck_assert_str_eq(time_line_head(&line, pool), cases[i].head);
        }
}
END_TEST

START_TEST(ticks_stand_at_even_months_over_their_labels) {
        static const struct {
                const char *from, *to;
                unsigned n_columns;
                const char *ticks, *months;
        } cases[] = {
                { "2024-01-01", "2024-04-10", 51,
                  "+---------------+-------------+--------------------",
                  "2024-01         2024-02       2024-03" },
                { "2024-04-30", "2025-08-28", 50,
                  "------+---------+--------+--------+--------+------",
                  "      2024-07   2024-10  2025-01  2025-04  2025-07" },
                { "2020-01-01", "2040-01-01", 41, "+---------+---------+---------+----------",
                  "2020-01   2025-01   2030-01   2035-01" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *ticks, *months;
                TimeLine line;

                time_line_init(&line, day(cases[i].from), cases[i].n_columns, false);
                time_line_include(&line, day(cases[i].to));
                ticks = time_line_ticks(&line, pool);
                months = time_line_months(&line, pool);
                ck_assert_msg(strcmp(ticks, cases[i].ticks) == 0 &&
                                              strcmp(months, cases[i].months) == 0,
                              "row %zu gave '%s' and '%s'", i, ticks, months);
        }
}
END_TEST

UNIT_TEST(bars_are_drawn_to_one_scale, a_bar_never_leaves_its_columns, a_scale_of_one_day_is_drawn,
          today_stands_over_its_column_where_there_is_room,
          ticks_stand_at_even_months_over_their_labels)
