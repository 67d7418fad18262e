/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ctl/progress-line.h"
#include "unit-test.h"

START_TEST(a_line_tells_how_far_it_is_and_is_never_wider_than_the_terminal) {
        static const struct {
                const char *what;
                uint64_t done, total;
                bool utf8;
                unsigned n_columns;
                const char *line;
        } rows[] = {
                { "asks", 0, 0, true, 80, "a: asks" },
                { "asks", 1572864, 0, true, 80, "1.5 MiB  a: asks" },
                { "gets", 0, 8, true, 80, "[░░░░░░░░░░░░░░░░░░░░]   0 %  a: gets" },
                { "gets", 4, 8, true, 80, "[██████████░░░░░░░░░░]  50 %  a: gets" },
                { "gets", 4, 8, false, 80, "[##########----------]  50 %  a: gets" },
                { "gets", 9, 8, false, 80, "[####################] 100 %  a: gets" },
                { "gets", UINT64_MAX, UINT64_MAX, false, 80,
                  "[####################] 100 %  a: gets" },
                { "gets", 4, 8, true, 25, "[██████████░░░░░░░░░░]  5" },
                { "gets", 4, 8, true, 12, "[██████████░" },
                { "gets", 4, 8, true, 0, "" },
                { "\033[2Jx\n", 0, 0, true, 80, "a: ?[2Jx " },
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
                Terminal terminal = { .n_columns = 80, .utf8 = rows[i].utf8 };
                DaemonProgress progress = { .feed = "a",
                                            .what = rows[i].what,
                                            .n_done = rows[i].done,
                                            .n_total = rows[i].total };

                ck_assert_int_eq(memory_pool_new(&pool), 0);
                ck_assert_str_eq(progress_line_text(pool, &terminal, &progress, rows[i].n_columns),
                                 rows[i].line);
        }
}
END_TEST

UNIT_TEST(a_line_tells_how_far_it_is_and_is_never_wider_than_the_terminal)
