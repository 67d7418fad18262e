/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <locale.h>
#include <string.h>

#include "ctl/terminal.h"
#include "ctl/text-wrap.h"
#include "unit-test.h"

START_TEST(lines_hold_as_many_words_as_fit) {
        static const struct {
                const char *text;
                unsigned n_columns;
                const char *lines; /* with '/' between them */
        } cases[] = {
                { "one two three", 7, "one two/three" },
                { "one two three", 6, "one/two/three" },
                { "one two three", 80, "one two three" },
                { "  one \t two\n", 80, "one two" },
                { "one 5.14.0-427.13.1.el9_4.x86_64 two", 8,
                  "one/5.14.0-427.13.1.el9_4.x86_64/two" },
                { "a → b → c", 5, "a → b/→ c" },
                { "a" TEXT_WRAP_GLUE "b c" TEXT_WRAP_GLUE "d", 3, "a b/c d" },
                { "a" TEXT_WRAP_GLUE "b c", 5, "a b c" },
                { "", 5, "" },
                { "   ", 5, "" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                TextList lines = text_wrap(pool, cases[i].text, cases[i].n_columns);
                const char *joined = "";

                for (size_t j = 0; j < lines.n_items; j++)
                        joined = memory_pool_format(pool, "%s%s%s", joined, j > 0 ? "/" : "",
                                                    lines.items[j]);
                ck_assert_msg(strcmp(joined, cases[i].lines) == 0, "row %zu gave '%s'", i, joined);
        }
}
END_TEST

START_TEST(width_counts_columns_not_bytes) {
        ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
        ck_assert_uint_eq(terminal_width(""), 0);
        ck_assert_uint_eq(terminal_width("abc"), 3);
        ck_assert_uint_eq(terminal_width("≤ é"), 3);
        ck_assert_uint_eq(terminal_width("日本"), 4);
        ck_assert_uint_eq(terminal_width("e\xcc\x81"), 1);
}
END_TEST

UNIT_TEST(lines_hold_as_many_words_as_fit, width_counts_columns_not_bytes)
