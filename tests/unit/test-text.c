/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "unit-test.h"

#define LAST_CODE_POINT 0x10FFFFu

/* An encoder that knows no rules: surrogates too come out in three bytes. */
static size_t encode(uint32_t code, char ret[static 5]) {
        static const uint32_t past[] = { 0x80, 0x800, 0x10000, 0x110000 };
        static const unsigned char lead[] = { 0, 0xC0, 0xE0, 0xF0 };
        size_t n = 1;

        while (code >= past[n - 1])
                n++;
        for (size_t i = n - 1; i > 0; i--, code >>= 6)
                ret[i] = (char) (0x80 | (code & 0x3F));
        ret[0] = (char) (lead[n - 1] | code);
        ret[n] = '\0';
        return n;
}

/* On the heap and without a NUL behind it, so that a byte read too many is seen. */
static bool is_utf8(const char *text, size_t n_bytes) {
        char *copy = malloc(n_bytes > 0 ? n_bytes : 1);
        bool answer;

        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, n_bytes);
        answer = text_is_utf8(copy, n_bytes);
        free(copy);
        return answer;
}

START_TEST(utf8_is_told_from_what_is_not) {
        static const struct {
                const char *what, *text;
                bool well_formed;
        } cases[] = {
                { "nothing", "", true },
                { "ASCII", "kernel-5.14.0", true },
                { "controls are characters too", "\001\033\177", true },
                { "U+0080, the first of two bytes", "\302\200", true },
                { "U+07FF, the last of two bytes", "\337\277", true },
                { "U+0800, the first of three bytes", "\340\240\200", true },
                { "U+D7FF, before the surrogates", "\355\237\277", true },
                { "U+E000, after the surrogates", "\356\200\200", true },
                { "U+FFFF, the last of three bytes", "\357\277\277", true },
                { "U+10000, the first of four bytes", "\360\220\200\200", true },
                { "U+10FFFF, the last of all", "\364\217\277\277", true },
                { "U+110000", "\364\220\200\200", false },
                { "a lead byte for nothing that exists", "\365\200\200\200", false },
                { "five bytes", "\370\210\200\200\200", false },
                { "no lead byte at all", "\377", false },
                { "a continuation alone", "\200", false },
                { "U+0000 in two bytes", "\300\200", false },
                { "U+007F in two bytes", "\301\277", false },
                { "U+07FF in three bytes", "\340\237\277", false },
                { "U+FFFF in four bytes", "\360\217\277\277", false },
                { "U+D800, the first surrogate", "\355\240\200", false },
                { "U+DFFF, the last surrogate", "\355\277\277", false },
                { "one byte of two", "\302", false },
                { "one byte of three", "\342", false },
                { "two bytes of three", "\342\202", false },
                { "three bytes of four", "\360\237\230", false },
                { "a letter instead of the second byte", "\302A", false },
                { "a letter instead of the third byte", "\342\202A", false },
                { "a letter instead of the fourth byte", "\360\237\230A", false },
                { "a lead byte instead of a continuation", "\342\202\302", false },
                { "a bad byte behind good ones", "good \342\202\254\377", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(is_utf8(cases[i].text, strlen(cases[i].text)) == cases[i].well_formed,
                              "row '%s' was %s", cases[i].what,
                              cases[i].well_formed ? "refused" : "taken");
}
END_TEST

/* ASCII is looked at in blocks and words: whatever is none is seen wherever it stands in them. */
START_TEST(one_byte_anywhere_counts) {
        for (size_t n_bytes = 1; n_bytes <= 200; n_bytes += n_bytes < 140 ? 1 : 7)
                for (size_t i = 0; i < n_bytes; i++) {
                        char text[200];

                        memset(text, 'a', n_bytes);
                        ck_assert(is_utf8(text, n_bytes));
                        text[i] = '\377';
                        ck_assert(!is_utf8(text, n_bytes));
                        text[i] = '\0';
                        ck_assert(!is_utf8(text, n_bytes));
                        text[i] = '\177';
                        ck_assert(is_utf8(text, n_bytes));
                        if (i + 1 == n_bytes)
                                continue;
                        memcpy(text + i, "\303\251", 2);
                        ck_assert(is_utf8(text, n_bytes));
                }
}
END_TEST

START_TEST(every_code_point_but_surrogates_is_utf8) {
        for (uint32_t code = 1; code <= LAST_CODE_POINT; code++) {
                bool surrogate = code >= 0xD800 && code <= 0xDFFF;
                char text[5];
                size_t n = encode(code, text);

                if (text_is_utf8(text, n) == surrogate)
                        ck_abort_msg("U+%04X was %s", code, surrogate ? "taken" : "refused");
        }
}
END_TEST

START_TEST(a_nul_byte_is_no_utf8_and_the_length_is_kept) {
        ck_assert(!is_utf8("a\0b", 3));
        ck_assert(!is_utf8("\0", 1));
        ck_assert(!is_utf8("a", 2));
        ck_assert(is_utf8("a\0b", 1));
        /* What completes the character lies outside of the text. */
        ck_assert(!is_utf8("\342\202\254", 2));
        ck_assert(!text_is_utf8("\342\202\254", 2));
        ck_assert(is_utf8("\342\202\254", 3));
        ck_assert(is_utf8("ab\377", 2));
}
END_TEST

START_TEST(what_could_deceive_a_terminal_is_replaced) {
        static const struct {
                const char *what, *text, *printed;
        } cases[] = {
                { "plain", "kpatch-patch 1-2", "kpatch-patch 1-2" },
                { "nothing", "", "" },
                { "other scripts", "K\303\244se \342\202\254 \360\237\230\200",
                  "K\303\244se \342\202\254 \360\237\230\200" },
                { "new-line and tab", "a\nb\tc", "a b c" },
                { "carriage return", "safe\rover", "safe?over" },
                { "bell and backspace", "\a\b", "??" },
                { "an escape sequence", "\033[31mred\033[0m", "?[31mred?[0m" },
                { "DEL", "a\177b", "a?b" },
                { "NEL, a C1 control", "a\302\205b", "a?b" },
                { "CSI, a C1 control", "\302\23331mred", "?31mred" },
                { "the first C1", "\302\200", "?" },
                { "the last C1", "\302\237", "?" },
                { "the first after C1", "\302\240", "\302\240" },
                { "CSI as a byte alone", "\23331m", "?31m" },
                { "an override", "ok\342\200\256gpj.exe", "ok?gpj.exe" },
                { "an isolate", "\342\201\246a\342\201\251", "?a?" },
                { "marks", "\342\200\216\342\200\217\330\234", "???" },
                { "line and paragraph separators", "a\342\200\250b\342\200\251c", "a?b?c" },
                { "a byte-order mark", "\357\273\277a", "?a" },
                { "half a character at the end", "a\342\202", "a??" },
                { "half a character before a letter", "\342\202A", "??A" },
                { "half a character before a whole one", "\342\202\303\244", "??\303\244" },
                { "an overlong slash", "\300\257", "??" },
                { "a surrogate", "\355\240\200", "???" },
                { "above U+10FFFF", "\364\220\200\200", "????" },
                { "Latin-1", "K\344se", "K?se" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *printed = text_printable(pool, cases[i].text, 4096);

                ck_assert_msg(strcmp(printed, cases[i].printed) == 0, "row '%s' gave '%s'",
                              cases[i].what, printed);
                ck_assert_msg(printed != cases[i].text, "row '%s' is no copy", cases[i].what);
        }
        ck_assert_ptr_null(text_printable(pool, NULL, 10));
}
END_TEST

START_TEST(a_text_is_cut_on_a_code_point) {
        static const struct {
                const char *text;
                size_t max_bytes;
                const char *printed;
        } cases[] = {
                { "abc", 4, "abc" },
                { "abc", 3, "abc" },
                { "abc", 2, "ab" },
                { "abc", 0, "" },
                { "", 0, "" },
                { "a\303\244b", 4, "a\303\244b" },
                { "a\303\244b", 3, "a\303\244" },
                { "a\303\244b", 2, "a" }, /* and no b in the room that is left */
                { "a\342\202\254b", 4, "a\342\202\254" },
                { "a\342\202\254b", 3, "a" },
                { "a\342\202\254b", 2, "a" },
                { "\360\237\230\200\360\237\230\200", 8, "\360\237\230\200\360\237\230\200" },
                { "\360\237\230\200\360\237\230\200", 7, "\360\237\230\200" },
                { "\360\237\230\200", 3, "" },
                { "\377\377\377", 2, "??" },
                { "a\033\033", 2, "a?" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *printed = text_printable(pool, cases[i].text, cases[i].max_bytes);

                ck_assert_msg(strcmp(printed, cases[i].printed) == 0,
                              "row %zu, '%s' to %zu bytes, gave '%s'", i, cases[i].text,
                              cases[i].max_bytes, printed);
        }
}
END_TEST

/* Unicode's categories Cc and property Bidi_Control, and the byte-order mark. */
static bool must_be_hidden(uint32_t code) {
        return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E ||
               code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
               (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

START_TEST(every_code_point_stays_or_is_hidden) {
        MemoryPool *pool = NULL;

        for (uint32_t code = 1; code <= LAST_CODE_POINT; code++) {
                const char *printed, *wanted;
                char text[5];

                if (code >= 0xD800 && code <= 0xDFFF)
                        continue;
                if (code == 0x2028 || code == 0x2029)
                        continue; /* said above */
                if (code % 0x4000 == 1) {
                        memory_pool_free(pool);
                        ck_assert_int_eq(memory_pool_new(&pool), 0);
                }
                encode(code, text);
                wanted = code == '\n' || code == '\t' ? " " : must_be_hidden(code) ? "?" : text;
                printed = text_printable(pool, text, 4);
                if (strcmp(printed, wanted) != 0)
                        ck_abort_msg("U+%04X became '%s'", code, printed);
        }
        memory_pool_free(pool);
}
END_TEST

START_TEST(any_bytes_become_a_text_that_is_fit_to_show) {
        uint32_t random = 20240430;

        for (unsigned round = 0; round < 5000; round++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
                char text[33];
                size_t max_bytes = round % 40;
                const char *printed;

                for (size_t i = 0; i < sizeof(text) - 1; i++) {
                        random = random * 1664525 + 1013904223;
                        text[i] = (char) (random >> 24 | 1);
                }
                text[sizeof(text) - 1] = '\0';
                ck_assert_int_eq(memory_pool_new(&pool), 0);
                printed = text_printable(pool, text, max_bytes);
                ck_assert_msg(strlen(printed) <= max_bytes, "round %u is too long", round);
                ck_assert_msg(text_is_utf8(printed, strlen(printed)), "round %u is no UTF-8",
                              round);
                ck_assert_msg(strcmp(text_printable(pool, printed, max_bytes), printed) == 0,
                              "round %u changes when it is made printable again", round);
        }
}
END_TEST

START_TEST(without_memory_a_text_is_empty) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_ptr_null(memory_pool_alloc(pool, SIZE_MAX));
        ck_assert_str_eq(text_printable(pool, "text", 100), "");
        ck_assert_ptr_null(text_printable(pool, NULL, 100));
        ck_assert_uint_eq(text_words(pool, "a b").n_items, 0);
}
END_TEST

START_TEST(words_are_what_white_space_leaves) {
        static const struct {
                const char *text, *words; /* each closed by | */
        } cases[] = {
                { NULL, "" },
                { "", "" },
                { " \t\r\n", "" },
                { "a", "a|" },
                { " a", "a|" },
                { "a ", "a|" },
                { "ro  quiet\tkpatch.enable=0\r\nrhgb\n", "ro|quiet|kpatch.enable=0|rhgb|" },
                { "a,b c\302\240d", "a,b|c\302\240d|" },
                { "1 2 3 4 5 6 7 8 9", "1|2|3|4|5|6|7|8|9|" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
                char copy[64] = "", joined[64] = "";
                TextList words;

                ck_assert_int_eq(memory_pool_new(&pool), 0);
                if (cases[i].text)
                        strcpy(copy, cases[i].text);
                words = text_words(pool, cases[i].text ? copy : NULL);
                memset(copy, 'x', sizeof(copy)); /* the words are copies */
                for (size_t k = 0; k < words.n_items; k++) {
                        strcat(joined, words.items[k]);
                        strcat(joined, "|");
                }
                ck_assert_msg(strcmp(joined, cases[i].words) == 0, "row %zu gave %s", i, joined);
        }
}
END_TEST

START_TEST(trimming_takes_white_space_from_both_ends) {
        static const struct {
                const char *text, *trimmed;
        } cases[] = {
                { "", "" },        { " ", "" },
                { "\r\n\t ", "" }, { "a", "a" },
                { "1\n", "1" },    { " \ta  b\r\n", "a  b" },
                { "\r\na", "a" },  { "\302\240a", "\302\240a" },
                { "a\v", "a\v" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char text[16], *trimmed;

                strcpy(text, cases[i].text);
                trimmed = text_trim(text);
                ck_assert_msg(strcmp(trimmed, cases[i].trimmed) == 0, "row %zu gave '%s'", i,
                              trimmed);
                ck_assert_msg(trimmed >= text && trimmed < text + sizeof(text),
                              "row %zu points elsewhere", i);
        }
}
END_TEST

START_TEST(texts_compare_whole_from_the_start_and_from_the_end) {
        static const struct {
                const char *text, *other;
                bool equal, starts, ends;
        } cases[] = {
                { "", "", true, true, true },
                { "a", "", false, true, true },
                { "", "a", false, false, false },
                { "name.digest", ".digest", false, false, true },
                { "name.digest", "name", false, true, false },
                { "name.digest", "name.digest", true, true, true },
                { "name.digest", "name.digest2", false, false, false },
                { "digest", ".digest", false, false, false },
                { "aab", "ab", false, false, true },
                { "Name", "name", false, false, false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                ck_assert_msg(text_equal(cases[i].text, cases[i].other) == cases[i].equal,
                              "row %zu, equal", i);
                ck_assert_msg(text_starts_with(cases[i].text, cases[i].other) == cases[i].starts,
                              "row %zu, start", i);
                ck_assert_msg(text_ends_with(cases[i].text, cases[i].other) == cases[i].ends,
                              "row %zu, end", i);
        }
        ck_assert(text_equal(NULL, NULL));
        ck_assert(!text_equal(NULL, ""));
        ck_assert(!text_equal("", NULL));
}
END_TEST

UNIT_TEST(utf8_is_told_from_what_is_not, one_byte_anywhere_counts,
          every_code_point_but_surrogates_is_utf8, a_nul_byte_is_no_utf8_and_the_length_is_kept,
          what_could_deceive_a_terminal_is_replaced, a_text_is_cut_on_a_code_point,
          every_code_point_stays_or_is_hidden, any_bytes_become_a_text_that_is_fit_to_show,
          without_memory_a_text_is_empty, words_are_what_white_space_leaves,
          trimming_takes_white_space_from_both_ends,
          texts_compare_whole_from_the_start_and_from_the_end)
