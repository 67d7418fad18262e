/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json-line.h"
#include "unit-test.h"

#define MAX_KEYS 64

static JsonLine *new_line(void) {
        JsonLine *line = NULL;

        ck_assert_int_eq(json_line_new(&line), 0);
        return line;
}

/* Of a copy of the exact size, which is gone before anything is asked. */
static int read_n(JsonLine *line, const char *text, size_t n_bytes, JsonField *ret) {
        char *exact = malloc(n_bytes > 0 ? n_bytes : 1);
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        r = json_line_read(line, exact, n_bytes, MAX_KEYS, ret);
        memset(exact, 'x', n_bytes);
        free(exact);
        return r;
}

static JsonField read_sound(JsonLine *line, const char *text) {
        JsonField root;
        int r = read_n(line, text, strlen(text), &root);

        ck_assert_msg(r == 0, "'%s' gave %d: %s: %s", text, r, json_line_problem(line)->place,
                      json_line_problem(line)->reason);
        return root;
}

static void assert_problem(const JsonLine *line, const char *text, const char *place,
                           const char *reason) {
        const JsonProblem *problem = json_line_problem(line);

        ck_assert_msg(strcmp(problem->place, place) == 0, "'%s' is wrong at '%s', not '%s'", text,
                      problem->place, place);
        ck_assert_msg(strcmp(problem->reason, reason) == 0, "'%s': '%s', not '%s'", text,
                      problem->reason, reason);
}

/* Both readers stand on one scan: what the one refuses the other refuses, for the same reason. */
START_TEST(it_takes_and_refuses_what_json_read_does) {
        static const char *const texts[] = {
                "{}",
                "[]",
                " {\"a\" : [ 1 , 2.5e3 , -0 ]\r\n} ",
                "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
                "123456789012345678901234567890",
                "{\"a\":{\"b\":[{\"c\":null},true,false]}}",
                "",
                "{",
                "{\"a\":1",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\" 1}",
                "{} {}",
                "[01]",
                "1.",
                "NaN",
                "\"a\nb\"",
                "\"\\x41\"",
                "\"\\u0000\"",
                "\"\\ud800\"",
                "\xEF\xBB\xBF{}",
                "\"\xC3\"",
                "[}",
        };
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        size_t n_refused = 0;

        for (size_t i = 0; i < ELEMENTS(texts); i++)
                for (size_t n = 0; n <= strlen(texts[i]); n++) {
                        JsonProblem problem = {};
                        JsonText *text = NULL;
                        JsonField root;
                        int expected = json_text_new(&text, texts[i], n, MAX_KEYS, &problem);
                        int r = read_n(line, texts[i], n, &root);

                        ck_assert_msg(r == expected, "%zu bytes of '%s': %d, not %d", n, texts[i],
                                      r, expected);
                        if (r)
                                assert_problem(line, texts[i], problem.place, problem.reason);
                        n_refused += r > 0;
                        json_text_free(text);
                }
        ck_assert_uint_gt(n_refused, 50);
}
END_TEST

START_TEST(strings_read_as_they_mean) {
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "{\"k\":\"\"}", "" },
                { "{\"k\":\"plain\",\"z\":1}", "plain" },
                { "{\"a\":[1,{\"k\":\"no\"}],\"k\":\"outer\"}", "outer" },
                { "{\"k\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t" },
                { "{\"k\":\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00!\"}",
                  "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80!" },
                { "{\"\\u006b\":\"by an escaped key\"}", "by an escaped key" },
                { "{\"\\u006b\\u006b\":0,\"kk2\":0,\"k\":\"the third\"}", "the third" },
        };
        _cleanup_(json_line_freep) JsonLine *line = new_line();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonField root = read_sound(line, cases[i].text);

                for (int again = 0; again < 2; again++) {
                        const char *string = NULL;

                        ck_assert(json_field_member_string(&root, "k", JSON_REQUIRED, &string));
                        ck_assert_msg(string && strcmp(string, cases[i].expected) == 0,
                                      "row '%s' reads '%s'", cases[i].text, string);
                }
        }
}
END_TEST

START_TEST(numbers_and_booleans_read_as_they_mean) {
        static const struct {
                const char *text;
                int64_t expected;
        } cases[] = {
                { "0", 0 },
                { "-0", 0 },
                { "-17", -17 },
                { "9223372036854775807", INT64_MAX },
                { "9223372036854775808", INT64_MAX },
                { "-99999999999999999999999", INT64_MIN },
        };
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        JsonField root, field;

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char text[64];

                root = read_sound(line, cases[i].text);
                ck_assert(json_field_check(&root, JSON_INTEGER));
                ck_assert_int_eq(json_field_integer(&root), cases[i].expected);
                snprintf(text, sizeof(text), "{\"n\":%s,\"m\":1}", cases[i].text);
                root = read_sound(line, text);
                ck_assert(json_field_member(&root, "n", JSON_INTEGER, JSON_REQUIRED, &field));
                ck_assert_int_eq(json_field_integer(&field), cases[i].expected);
                ck_assert(json_field_member(&root, "m", JSON_INTEGER, JSON_REQUIRED, &field));
                ck_assert_int_eq(json_field_integer(&field), 1);
        }
        root = read_sound(line, "{\"t\":true,\"f\":false}");
        ck_assert(json_field_member(&root, "f", JSON_BOOLEAN, JSON_REQUIRED, &field));
        ck_assert(!json_field_boolean(&field));
        ck_assert(json_field_member(&root, "t", JSON_BOOLEAN, JSON_REQUIRED, &field));
        ck_assert(json_field_boolean(&field));
}
END_TEST

START_TEST(members_are_found_in_any_order) {
        static const char *const keys[] = { "a", "b", "c", "d" };
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        JsonField root = read_sound(line, "{\"a\":0,\"b\":[1,{\"x\":{}}],\"c\":{\"a\":9},\"d\":3}");

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                for (size_t j = 0; j < ELEMENTS(keys); j++) {
                        JsonField field;

                        ck_assert(json_field_member(&root, keys[i],
                                                    i == 1   ? JSON_ARRAY
                                                    : i == 2 ? JSON_OBJECT
                                                             : JSON_INTEGER,
                                                    JSON_REQUIRED, &field));
                        ck_assert(json_field_member(&root, keys[j],
                                                    j == 1   ? JSON_ARRAY
                                                    : j == 2 ? JSON_OBJECT
                                                             : JSON_INTEGER,
                                                    JSON_REQUIRED, &field));
                        if (j == 3)
                                ck_assert_int_eq(json_field_integer(&field), 3);
                        ck_assert(json_field_member(&root, "x", JSON_OBJECT, JSON_OPTIONAL,
                                                    &field) &&
                                  !field.cell);
                }
}
END_TEST

START_TEST(members_and_items_come_one_after_the_other) {
        static const char *const keys[] = { "x", "y\n", "z" };
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        JsonField root, list, field = {};
        size_t n = 0;

        root = read_sound(line, "{\"o\":{\"x\":[1,2],\"y\\n\":{\"q\":1},\"z\":0},\"l\":[[],\"s\",{}"
                                "],\"e\":[]}");
        ck_assert(json_field_member(&root, "o", JSON_OBJECT, JSON_REQUIRED, &list));
        ck_assert_uint_eq(json_field_size(&list), 3);
        for (n = 0; json_field_next(&list, &field); n++)
                ck_assert_str_eq(field.key, keys[n]);
        ck_assert_uint_eq(n, 3);

        ck_assert(json_field_member(&root, "l", JSON_ARRAY, JSON_REQUIRED, &list));
        field = (JsonField){};
        for (n = 0; json_field_next(&list, &field); n++) {
                ck_assert_uint_eq(field.index, n);
                ck_assert(json_field_is_string(&field) == (n == 1));
        }
        ck_assert_uint_eq(n, 3);

        ck_assert(json_field_member(&root, "e", JSON_ARRAY, JSON_REQUIRED, &list));
        ck_assert_uint_eq(json_field_size(&list), 0);
        ck_assert(json_field_member(&root, "absent", JSON_ARRAY, JSON_NULLABLE, &list));
        ck_assert_uint_eq(json_field_size(&list), 0);
}
END_TEST

START_TEST(what_is_of_the_wrong_kind_is_refused_with_its_place) {
        static const struct {
                const char *text, *key;
                JsonKind kind;
                JsonPresence presence;
                const char *reason; /* NULL: it is taken */
        } cases[] = {
                { "{\"k\":{}}", "k", JSON_OBJECT, JSON_REQUIRED, NULL },
                { "{\"k\":[]}", "k", JSON_ARRAY, JSON_NULLABLE, NULL },
                { "{\"k\":null}", "k", JSON_STRING, JSON_NULLABLE, NULL },
                { "{}", "k", JSON_STRING, JSON_NULLABLE, NULL },
                { "{}", "k", JSON_STRING, JSON_OPTIONAL, NULL },
                { "{}", "k", JSON_STRING, JSON_REQUIRED, "missing" },
                { "{\"K\":\"\"}", "k", JSON_STRING, JSON_REQUIRED, "missing" },
                { "{\"k\":null}", "k", JSON_STRING, JSON_REQUIRED,
                  "a string expected, null found" },
                { "{\"k\":null}", "k", JSON_ARRAY, JSON_OPTIONAL, "an array expected, null found" },
                { "{\"k\":7}", "k", JSON_STRING, JSON_NULLABLE, "a string expected, int found" },
                { "{\"k\":\"7\"}", "k", JSON_INTEGER, JSON_REQUIRED,
                  "an integer expected, string found" },
                { "{\"k\":7.0}", "k", JSON_INTEGER, JSON_REQUIRED,
                  "an integer expected, double found" },
                { "{\"k\":7e2}", "k", JSON_INTEGER, JSON_REQUIRED,
                  "an integer expected, double found" },
                { "{\"k\":7E2}", "k", JSON_INTEGER, JSON_REQUIRED,
                  "an integer expected, double found" },
                { "{\"k\":[]}", "k", JSON_OBJECT, JSON_NULLABLE,
                  "an object expected, array found" },
                { "{\"k\":{}}", "k", JSON_ARRAY, JSON_NULLABLE, "an array expected, object found" },
                { "{\"k\":true}", "k", JSON_STRING, JSON_NULLABLE,
                  "a string expected, boolean found" },
                { "{\"k\":false}", "k", JSON_INTEGER, JSON_REQUIRED,
                  "an integer expected, boolean found" },
                { "{\"k\":0}", "k", JSON_BOOLEAN, JSON_OPTIONAL, "a boolean expected, int found" },
                { "{\"k\":null}", "k", JSON_BOOLEAN, JSON_OPTIONAL,
                  "a boolean expected, null found" },
        };
        _cleanup_(json_line_freep) JsonLine *line = new_line();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonField root = read_sound(line, cases[i].text), field;
                bool taken = json_field_member(&root, cases[i].key, cases[i].kind,
                                               cases[i].presence, &field);

                ck_assert_msg(taken == !cases[i].reason, "row %zu, '%s'", i, cases[i].text);
                assert_problem(line, cases[i].text, taken ? "" : "k", taken ? "" : cases[i].reason);
        }
}
END_TEST

START_TEST(the_first_problem_of_a_line_stays_and_is_gone_with_it) {
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        JsonField root, list, item = {}, field;

        root = read_sound(line, "{\"a\":{\"l\":[0,\"s\"]}}");
        ck_assert(json_field_member(&root, "a", JSON_OBJECT, JSON_REQUIRED, &field));
        ck_assert(json_field_member(&field, "l", JSON_ARRAY, JSON_REQUIRED, &list));
        ck_assert(json_field_next(&list, &item) && json_field_next(&list, &item));
        ck_assert(!json_field_refuse(&item, "not %s", "this"));
        assert_problem(line, "a list", "a.l[1]", "not this");
        ck_assert(!json_field_refuse(&root, "something else"));
        assert_problem(line, "a list", "a.l[1]", "not this");

        root = read_sound(line, "[]");
        assert_problem(line, "the next line", "", "");
        ck_assert(!json_field_check(&root, JSON_OBJECT));
        assert_problem(line, "[]", "text", "an object expected, array found");
}
END_TEST

/* However many keys there are and in whatever order: few are compared in another way than many. */
START_TEST(a_key_given_twice_is_noticed_wherever_it_is) {
        enum { MOST = 40 };
        _cleanup_(json_line_freep) JsonLine *line = new_line();

        for (int ascending = 0; ascending < 2; ascending++)
                for (int n = 1; n <= MOST; n++)
                        for (int again = -1; again < n; again++) {
                                char text[16 * (MOST + 2)] = "{\"outer\":[{",
                                                       *at = text + strlen(text);

                                for (int i = 0; i < n; i++)
                                        at += sprintf(at, "%s\"k%02d\":0", i > 0 ? "," : "",
                                                      ascending ? i : i * 7 % 41);
                                if (again >= 0)
                                        at += sprintf(at, ",\"\\u006b%02d\":0",
                                                      ascending ? again : again * 7 % 41);
                                strcpy(at, "}]}");
                                read_sound(line, text);
                                ck_assert_msg(json_line_has_doubled(line) == (again >= 0), "%s",
                                              text);
                        }
        read_sound(line, "{\"a\":{\"a\":{\"a\":0},\"aa\":0},\"b\":{\"a\":0}}");
        ck_assert(!json_line_has_doubled(line));
}
END_TEST

START_TEST(lines_of_any_length_follow_each_other) {
        static const size_t lengths[] = { 0, 1, 5000, 4083, 4084, 4085, 4095, 4096, 100000, 3 };
        _cleanup_(json_line_freep) JsonLine *line = new_line();

        for (size_t i = 0; i < ELEMENTS(lengths); i++) {
                const char *string = NULL;
                JsonField root;
                char *text;

                ck_assert_int_ge(asprintf(&text, "{\"k\":\"%0*d\",\"n\":[1,2]}",
                                          (int) lengths[i] + 1, 0),
                                 0);
                root = read_sound(line, text);
                ck_assert(json_field_member_string(&root, "k", JSON_REQUIRED, &string));
                ck_assert_uint_eq(strlen(string), lengths[i] + 1);
                free(text);
        }
}
END_TEST

/* The NUL behind a number that ends the text needs room, also where the text just fits. */
START_TEST(a_number_may_be_the_last_byte_there_is_room_for) {
        _cleanup_(json_line_freep) JsonLine *line = new_line();
        char text[5000];

        memset(text, '9', sizeof(text));
        for (size_t n = 4094; n <= 4097; n++) {
                JsonField root;

                line = json_line_free(line);
                line = new_line();
                read_sound(line, "1");
                ck_assert_int_eq(read_n(line, text, n, &root), 0);
                ck_assert_int_eq(json_field_integer(&root), INT64_MAX);
        }
}
END_TEST

START_TEST(an_object_has_no_more_keys_than_allowed) {
        _cleanup_(json_line_freep) JsonLine *line = new_line();

        for (int n = MAX_KEYS; n <= MAX_KEYS + 1; n++) {
                char text[16 * (MAX_KEYS + 2)] = "{", *at = text + 1;
                JsonField root;

                for (int i = 0; i < n; i++)
                        at += sprintf(at, "%s\"k%d\":0", i > 0 ? "," : "", i);
                strcpy(at, "}");
                ck_assert_int_eq(read_n(line, text, strlen(text), &root),
                                 n > MAX_KEYS ? JSON_LINE_E_REFUSED : 0);
                if (n > MAX_KEYS)
                        ck_assert_msg(strstr(json_line_problem(line)->reason, JSON_CAP_KEYS), "%s",
                                      json_line_problem(line)->reason);
        }
}
END_TEST

UNIT_TEST(it_takes_and_refuses_what_json_read_does, strings_read_as_they_mean,
          numbers_and_booleans_read_as_they_mean, members_are_found_in_any_order,
          members_and_items_come_one_after_the_other,
          what_is_of_the_wrong_kind_is_refused_with_its_place,
          the_first_problem_of_a_line_stays_and_is_gone_with_it,
          a_key_given_twice_is_noticed_wherever_it_is, lines_of_any_length_follow_each_other,
          a_number_may_be_the_last_byte_there_is_room_for, an_object_has_no_more_keys_than_allowed)
