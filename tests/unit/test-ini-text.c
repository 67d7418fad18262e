/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/ini-text.h"
#include "unit-test.h"

/* What is read, a line each: `N [section]`, `N section/key=value`, `N malformed`. */
static void read_all(const char *text, char *ret, size_t n_room) {
        char copy[512];
        size_t n = 0;
        IniReader reader;
        IniLine line;

        ck_assert_uint_lt(strlen(text), sizeof(copy));
        strcpy(copy, text);
        ret[0] = '\0';
        ini_reader_init(&reader, copy);
        while (ini_reader_next(&reader, &line)) {
                if (line.malformed) {
                        ck_assert_ptr_null(line.key);
                        n += (size_t) snprintf(ret + n, n_room - n, "%u malformed\n", line.line);
                } else if (!line.key)
                        n += (size_t) snprintf(ret + n, n_room - n, "%u [%s]\n", line.line,
                                               line.section);
                else
                        n += (size_t) snprintf(ret + n, n_room - n, "%u %s/%s=%s\n", line.line,
                                               line.section, line.key, line.value);
                ck_assert_uint_lt(n, n_room);
        }
        ck_assert_msg(!ini_reader_next(&reader, &line), "a line came after the end");
}

START_TEST(lines_are_split_and_numbered) {
        static const struct {
                const char *what, *text, *lines;
        } cases[] = {
                { "nothing", "", "" },
                { "nothing but new-lines", "\n\n\n", "" },
                { "one section", "[Host]\nChannel=eus\n", "1 [Host]\n2 Host/Channel=eus\n" },
                { "no final new-line", "[Host]\nChannel=eus", "1 [Host]\n2 Host/Channel=eus\n" },
                { "a section without a final new-line", "[Host]", "1 [Host]\n" },
                { "CRLF", "[Host]\r\n\r\nChannel=eus\r\n", "1 [Host]\n3 Host/Channel=eus\n" },
                { "CRLF without a final new-line", "[Host]\r\nChannel=eus\r",
                  "1 [Host]\n2 Host/Channel=eus\n" },
                { "comments", "# a\n; b\n  # c\n\t; d=e\n#[f]\n[Host]\n", "6 [Host]\n" },
                { "a comment behind a value belongs to it", "[a]\nb=c # d ; e\n",
                  "1 [a]\n2 a/b=c # d ; e\n" },
                { "a comment behind a section", "[a] # b\n", "1 malformed\n" },
                { "white space around all of it", "  [ a b ]\t\n \tkey \t= \tvalue with words \n",
                  "1 [a b]\n2 a b/key=value with words\n" },
                { "a key before the first section", "a=b\n[c]\nd=e\n", "1 /a=b\n2 [c]\n3 c/d=e\n" },
                { "an empty value", "[a]\nb=\nc= \t\nd=\r\n", "1 [a]\n2 a/b=\n3 a/c=\n4 a/d=\n" },
                { "an equals sign in the value", "a==b\nc=d=e\n", "1 /a==b\n2 /c=d=e\n" },
                { "brackets in keys and values", "a[0]=[b]\nc=[\n", "1 /a[0]=[b]\n2 /c=[\n" },
                { "quotes stay", "a=\"b\"\n", "1 /a=\"b\"\n" },
                { "no continuation", "a=b\\\n", "1 /a=b\\\n" },
                { "no key", "=b\n = c\n=\n", "1 malformed\n2 malformed\n3 malformed\n" },
                { "no equals sign", "word\nkey: value\n]\n",
                  "1 malformed\n2 malformed\n3 malformed\n" },
                { "a section without its end", "[\n[a\n[]\n[a]b\n",
                  "1 malformed\n2 malformed\n3 malformed\n4 malformed\n" },
                { "a malformed line is counted, and only it is lost", "[a]\nword\n\nb=c\n",
                  "1 [a]\n2 malformed\n4 a/b=c\n" },
                { "sections again and others", "[a]\nx=1\n[b]\nx=2\n[a]\nx=3\n",
                  "1 [a]\n2 a/x=1\n3 [b]\n4 b/x=2\n5 [a]\n6 a/x=3\n" },
                { "other scripts", "[\303\244]\n\303\266=\342\202\254\n",
                  "1 [\303\244]\n2 \303\244/\303\266=\342\202\254\n" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char lines[512];

                read_all(cases[i].text, lines, sizeof(lines));
                ck_assert_msg(strcmp(lines, cases[i].lines) == 0, "row '%s' gave\n%s",
                              cases[i].what, lines);
        }
}
END_TEST

/* Whoever forgets a ] did not mean the section before. */
START_TEST(what_follows_a_broken_section_line_is_not_of_the_section_before) {
        static const char *const breaks[] = { "[second", "[", "[]", "[second] x" };

        for (size_t i = 0; i < ELEMENTS(breaks); i++) {
                char text[64];
                IniReader reader;
                IniLine line;

                snprintf(text, sizeof(text), "[first]\n%s\nkey=value\n[third]\nkey=value\n",
                         breaks[i]);
                ini_reader_init(&reader, text);
                ck_assert(ini_reader_next(&reader, &line));
                ck_assert_str_eq(line.section, "first");
                ck_assert(ini_reader_next(&reader, &line));
                ck_assert(line.malformed);
                ck_assert(ini_reader_next(&reader, &line));
                ck_assert_msg(strcmp(line.section, "first") != 0,
                              "row '%s': its keys are read into [first]", breaks[i]);
                ck_assert(ini_reader_next(&reader, &line));
                ck_assert(ini_reader_next(&reader, &line));
                ck_assert_str_eq(line.section, "third");
        }
}
END_TEST

START_TEST(lines_stay_good_while_reading_goes_on) {
        char text[] = "[Host]\nLivePatching = yes\n[Sla]\nLow=180d";
        IniReader reader;
        IniLine lines[4];

        ini_reader_init(&reader, text);
        for (size_t i = 0; i < ELEMENTS(lines); i++)
                ck_assert(ini_reader_next(&reader, &lines[i]));
        ck_assert_str_eq(lines[1].section, "Host");
        ck_assert_str_eq(lines[1].key, "LivePatching");
        ck_assert_str_eq(lines[1].value, "yes");
        ck_assert_str_eq(lines[3].section, "Sla");
        ck_assert_str_eq(lines[3].key, "Low");
        ck_assert_str_eq(lines[3].value, "180d");
        ck_assert_uint_eq(lines[3].line, 4);
}
END_TEST

UNIT_TEST(lines_are_split_and_numbered,
          what_follows_a_broken_section_line_is_not_of_the_section_before,
          lines_stay_good_while_reading_goes_on)
