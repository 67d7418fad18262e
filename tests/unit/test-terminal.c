/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/text.h"
#include "ctl/terminal.h"
#include "unit-test.h"

START_TEST(colours_follow_the_environment) {
        static const struct {
                const char *systemd_colors, *no_color, *term;
                bool is_terminal, colours;
        } cases[] = {
                { NULL, NULL, "xterm", true, true },      { NULL, NULL, "xterm", false, false },
                { NULL, NULL, "dumb", true, false },      { NULL, NULL, NULL, true, false },
                { NULL, "1", "xterm", true, false },      { NULL, "", "xterm", true, true },
                { "1", NULL, "dumb", false, true },       { "256", "1", NULL, false, true },
                { "0", NULL, "xterm", true, false },      { "no", NULL, "xterm", true, false },
                { "Yes", NULL, NULL, false, true },       { "auto-16", NULL, "xterm", true, true },
                { "auto-16", "1", "xterm", true, false }, { "", NULL, "xterm", false, false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(terminal_wants_colours(cases[i].systemd_colors, cases[i].no_color,
                                                     cases[i].term,
                                                     cases[i].is_terminal) == cases[i].colours,
                              "row %zu", i);
}
END_TEST

START_TEST(every_mark_differs_without_colours) {
        for (int utf8 = 0; utf8 < 2; utf8++) {
                Terminal terminal = { .n_columns = 80, .utf8 = utf8 };

                for (Mark a = MARK_NONE; a <= MARK_BAD; a++) {
                        ck_assert_uint_eq(terminal_width(terminal_mark(&terminal, a)), 1);
                        for (Mark b = MARK_NONE; b < a; b++)
                                ck_assert_str_ne(terminal_mark(&terminal, a),
                                                 terminal_mark(&terminal, b));
                }
        }
}
END_TEST

START_TEST(without_utf8_texts_become_ascii) {
        static const struct {
                const char *text, *ascii;
        } cases[] = {
                { "plain", "plain" },
                { "≤ important → “now”…", "<= important -> \"now\"..." },
                { "é日\xf0\x9f\x98\x80", "???" },
                { "……………", "..............." },
                { "", "" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                Terminal ascii = { .n_columns = 80 }, utf8 = { .n_columns = 80, .utf8 = true };

                ck_assert_str_eq(terminal_text(&ascii, pool, cases[i].text), cases[i].ascii);
                ck_assert_str_eq(terminal_text(&utf8, pool, cases[i].text), cases[i].text);
        }
}
END_TEST

START_TEST(paint_is_nothing_without_colours) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Terminal plain = { .n_columns = 80 }, coloured = { .n_columns = 80, .colours = true };

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (Style style = STYLE_PLAIN; style <= STYLE_STRONG; style++) {
                const char *painted = terminal_paint(&coloured, pool, style, "x");

                ck_assert_str_eq(terminal_paint(&plain, pool, style, "x"), "x");
                ck_assert(style == STYLE_PLAIN
                                          ? strcmp(painted, "x") == 0
                                          : painted[0] == '\033' &&
                                                            text_ends_with(painted, "x\033[0m"));
        }
}
END_TEST

UNIT_TEST(colours_follow_the_environment, every_mark_differs_without_colours,
          without_utf8_texts_become_ascii, paint_is_nothing_without_colours)
