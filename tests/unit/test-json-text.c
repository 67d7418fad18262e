/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json-read.h"
#include "unit-test.h"

#define MAX_KEYS 64

static JsonText *new_line(void) {
        JsonText *line = NULL;

        ck_assert_int_eq(json_text_new_empty(&line), 0);
        return line;
}

/* Of a copy of the exact size, which is gone before anything is asked. */
static int read_n(JsonText *line, const char *text, size_t n_bytes) {
        char *exact = malloc(n_bytes > 0 ? n_bytes : 1);
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        r = json_text_read(line, exact, n_bytes, MAX_KEYS);
        memset(exact, 'x', n_bytes);
        free(exact);
        return r;
}

static JsonKind kind_of(char c) {
        switch (c) {
        case '{':
                return JSON_OBJECT;
        case '[':
                return JSON_ARRAY;
        case '"':
                return JSON_STRING;
        default:
                return JSON_INTEGER;
        }
}

static JsonValue read_sound(JsonText *line, const char *text) {
        JsonValue root;
        int r = read_n(line, text, strlen(text));

        ck_assert_msg(r == 0, "'%s' gave %d: %s: %s", text, r, json_text_problem(line)->place,
                      json_text_problem(line)->reason);
        ck_assert(json_root(line, kind_of(text[0]), &root));
        return root;
}

static void assert_problem(const JsonText *line, const char *text, const char *place,
                           const char *reason) {
        const JsonProblem *problem = json_text_problem(line);

        ck_assert_msg(strcmp(problem->place, place) == 0, "'%s' is wrong at '%s', not '%s'", text,
                      problem->place, place);
        ck_assert_msg(strcmp(problem->reason, reason) == 0, "'%s': '%s', not '%s'", text,
                      problem->reason, reason);
}

/* Value by value what json-c's tree says. */
static void assert_same(const JsonValue *value, json_object *expected) {
        json_object *other = NULL;
        JsonValue part = {};
        size_t n = 0;

        switch (json_object_get_type(expected)) {
        case json_type_object:
                ck_assert(json_is(value, JSON_OBJECT));
                for (; json_next(value, &part); n++) {
                        ck_assert(json_object_object_get_ex(expected, part.key, &other));
                        assert_same(&part, other);
                }
                ck_assert_uint_eq(n, (size_t) json_object_object_length(expected));
                break;
        case json_type_array:
                ck_assert_uint_eq(json_array_length(value), json_object_array_length(expected));
                for (; json_next(value, &part); n++)
                        assert_same(&part, json_object_array_get_idx(expected, n));
                ck_assert_uint_eq(n, json_object_array_length(expected));
                break;
        case json_type_string:
                ck_assert(json_is(value, JSON_STRING));
                ck_assert_str_eq(json_string(value), json_object_get_string(expected));
                break;
        case json_type_int:
                ck_assert(json_is(value, JSON_INTEGER));
                ck_assert_int_eq(json_integer(value), json_object_get_int64(expected));
                break;
        case json_type_boolean:
                ck_assert(json_is(value, JSON_BOOLEAN));
                ck_assert_int_eq(json_boolean(value), json_object_get_boolean(expected));
                break;
        case json_type_null:
                ck_assert(json_is_null(value));
                break;
        default: /* a number with a point */
                for (JsonKind kind = JSON_OBJECT; kind <= JSON_BOOLEAN; kind++)
                        ck_assert(!json_is(value, kind));
        }
}

/* What is taken reads as json-c reads it, wherever the text is cut. */
START_TEST(json_c_reads_the_same) {
        static const char *const texts[] = {
                "{}",
                "[]",
                " {\"a\" : [ 1 , 2.5e3 , -0 ]\r\n} ",
                "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
                "123456789012345678901234567890",
                "{\"a\":{\"b\":[{\"c\":null},true,false]}}",
                "[[],[[]],{},{\"\":{}},\"\",0]",
                ("{\"k\":\"\\\"\\\\\",\"\\\"k\":-9223372036854775808,\"z\":[\"a\",\"b\\u0041\","
                 "\"\\n\"]}"),
                "",
                "{",
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
        _cleanup_(json_text_freep) JsonText *line = new_line();
        size_t n_refused = 0, n_taken = 0;

        for (size_t i = 0; i < ELEMENTS(texts); i++)
                for (size_t n = 0; n <= strlen(texts[i]); n++) {
                        char *cut = strndup(texts[i], n);
                        json_object *tree;
                        JsonValue root;

                        ck_assert_ptr_nonnull(cut);
                        if (read_n(line, cut, n) == 0) {
                                enum json_tokener_error error;

                                tree = json_tokener_parse_verbose(cut, &error);
                                ck_assert_msg(error == json_tokener_success, "'%s'", cut);
                                if (json_root(line, kind_of(cut[strspn(cut, " ")]), &root)) {
                                        assert_same(&root, tree);
                                        n_taken++;
                                }
                                json_object_put(tree);
                        } else {
                                n_refused++;
                        }
                        free(cut);
                }
        ck_assert_uint_gt(n_refused, 50);
        ck_assert_uint_gt(n_taken, 20);
}
END_TEST

/* Arrays in each other, and more of them at a time than are remembered. */
START_TEST(items_are_found_by_number_in_any_order) {
        enum { DEPTH = 12, ITEMS = 5 };
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue arrays[DEPTH], absent;
        char text[1024] = "";

        for (int i = 0; i < DEPTH; i++)
                strcat(text, i + 1 < DEPTH ? "[0,1,2,3," : "[0,1,2,3,4]");
        for (int i = 1; i < DEPTH; i++)
                strcat(text, "]");
        arrays[0] = read_sound(line, text);
        for (int i = 1; i < DEPTH; i++)
                ck_assert(json_item(&arrays[i - 1], ITEMS - 1, JSON_ARRAY, &arrays[i]));
        for (unsigned round = 0; round < 2000; round++) {
                const JsonValue *array = &arrays[round * 7 % DEPTH];
                size_t index = round * 5 % 3;
                JsonValue item;

                ck_assert_uint_eq(json_array_length(array), ITEMS);
                ck_assert(json_item(array, index, JSON_INTEGER, &item));
                ck_assert_int_eq(json_integer(&item), (int64_t) index);
                ck_assert_uint_eq(item.index, index);
        }
        ck_assert(!json_item(&arrays[3], ITEMS, JSON_INTEGER, &absent));
        assert_problem(line, text, "[4][4][4][5]", "an integer expected, nothing found");
}
END_TEST

START_TEST(who_looks_around_refuses_nothing) {
        static const char *const strings[] = { "x", "y", "z", "last" };
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue root = read_sound(
                        line,
                        "{\"a\":[1,\"x\",{\"k\":\"y\"},[[\"\\u007a\"]],null],\"a\":\"last\"}");
        JsonValue found = {}, string = {};
        size_t n = 0;

        while (json_next_string(&root, &string))
                ck_assert_str_eq(json_string(&string), strings[n++]);
        ck_assert_uint_eq(n, ELEMENTS(strings));
        ck_assert(json_find(&root, "a", &found));
        ck_assert_str_eq(json_string(&found), "last");
        string = (JsonValue){};
        ck_assert(json_next_string(&found, &string) && !json_next_string(&found, &string));
        ck_assert(!json_find(&root, "b", &found) && !json_find(&found, "b", &found));
        assert_problem(line, "nothing", "", "");
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
        _cleanup_(json_text_freep) JsonText *line = new_line();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonValue root = read_sound(line, cases[i].text);

                for (int again = 0; again < 2; again++) {
                        const char *string = NULL;

                        ck_assert(json_member_string(&root, "k", JSON_REQUIRED, &string));
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
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue root, field;

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                char text[64];

                root = read_sound(line, cases[i].text);
                ck_assert(json_check(&root, JSON_INTEGER));
                ck_assert_int_eq(json_integer(&root), cases[i].expected);
                snprintf(text, sizeof(text), "{\"n\":%s,\"m\":1}", cases[i].text);
                root = read_sound(line, text);
                ck_assert(json_member(&root, "n", JSON_INTEGER, JSON_REQUIRED, &field));
                ck_assert_int_eq(json_integer(&field), cases[i].expected);
                ck_assert(json_member(&root, "m", JSON_INTEGER, JSON_REQUIRED, &field));
                ck_assert_int_eq(json_integer(&field), 1);
        }
        root = read_sound(line, "{\"t\":true,\"f\":false}");
        ck_assert(json_member(&root, "f", JSON_BOOLEAN, JSON_REQUIRED, &field));
        ck_assert(!json_boolean(&field));
        ck_assert(json_member(&root, "t", JSON_BOOLEAN, JSON_REQUIRED, &field));
        ck_assert(json_boolean(&field));
}
END_TEST

START_TEST(members_are_found_in_any_order) {
        static const char *const keys[] = { "a", "b", "c", "d" };
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue root = read_sound(line, "{\"a\":0,\"b\":[1,{\"x\":{}}],\"c\":{\"a\":9},\"d\":3}");

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                for (size_t j = 0; j < ELEMENTS(keys); j++) {
                        JsonValue field;

                        ck_assert(json_member(&root, keys[i],
                                              i == 1   ? JSON_ARRAY
                                              : i == 2 ? JSON_OBJECT
                                                       : JSON_INTEGER,
                                              JSON_REQUIRED, &field));
                        ck_assert(json_member(&root, keys[j],
                                              j == 1   ? JSON_ARRAY
                                              : j == 2 ? JSON_OBJECT
                                                       : JSON_INTEGER,
                                              JSON_REQUIRED, &field));
                        if (j == 3)
                                ck_assert_int_eq(json_integer(&field), 3);
                        ck_assert(json_member(&root, "x", JSON_OBJECT, JSON_OPTIONAL, &field) &&
                                  !field.cell);
                }
}
END_TEST

START_TEST(members_and_items_come_one_after_the_other) {
        static const char *const keys[] = { "x", "y\n", "z" };
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue root, list, field = {};
        size_t n = 0;

        root = read_sound(line, "{\"o\":{\"x\":[1,2],\"y\\n\":{\"q\":1},\"z\":0},\"l\":[[],\"s\",{}"
                                "],\"e\":[]}");
        ck_assert(json_member(&root, "o", JSON_OBJECT, JSON_REQUIRED, &list));
        ck_assert_uint_eq(json_size(&list), 3);
        for (n = 0; json_next(&list, &field); n++)
                ck_assert_str_eq(field.key, keys[n]);
        ck_assert_uint_eq(n, 3);

        ck_assert(json_member(&root, "l", JSON_ARRAY, JSON_REQUIRED, &list));
        field = (JsonValue){};
        for (n = 0; json_next(&list, &field); n++) {
                ck_assert_uint_eq(field.index, n);
                ck_assert(json_is(&field, JSON_STRING) == (n == 1));
        }
        ck_assert_uint_eq(n, 3);

        ck_assert(json_member(&root, "e", JSON_ARRAY, JSON_REQUIRED, &list));
        ck_assert_uint_eq(json_size(&list), 0);
        ck_assert(json_member(&root, "absent", JSON_ARRAY, JSON_NULLABLE, &list));
        ck_assert_uint_eq(json_size(&list), 0);
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
        _cleanup_(json_text_freep) JsonText *line = new_line();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonValue root = read_sound(line, cases[i].text), field;
                bool taken = json_member(&root, cases[i].key, cases[i].kind, cases[i].presence,
                                         &field);

                ck_assert_msg(taken == !cases[i].reason, "row %zu, '%s'", i, cases[i].text);
                assert_problem(line, cases[i].text, taken ? "" : "k", taken ? "" : cases[i].reason);
        }
}
END_TEST

START_TEST(the_first_problem_of_a_line_stays_and_is_gone_with_it) {
        _cleanup_(json_text_freep) JsonText *line = new_line();
        JsonValue root, list, item = {}, field;

        root = read_sound(line, "{\"a\":{\"l\":[0,\"s\"]}}");
        ck_assert(json_member(&root, "a", JSON_OBJECT, JSON_REQUIRED, &field));
        ck_assert(json_member(&field, "l", JSON_ARRAY, JSON_REQUIRED, &list));
        ck_assert(json_next(&list, &item) && json_next(&list, &item));
        ck_assert(!json_refuse(&item, "not %s", "this"));
        assert_problem(line, "a list", "a.l[1]", "not this");
        ck_assert(!json_refuse(&root, "something else"));
        assert_problem(line, "a list", "a.l[1]", "not this");

        root = read_sound(line, "[]");
        assert_problem(line, "the next line", "", "");
        ck_assert(!json_check(&root, JSON_OBJECT));
        assert_problem(line, "[]", "text", "an object expected, array found");
}
END_TEST

/* However many keys there are and in whatever order: few are compared in another way than many. */
START_TEST(a_key_given_twice_is_noticed_wherever_it_is) {
        enum { MOST = 40 };
        _cleanup_(json_text_freep) JsonText *line = new_line();

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
                                ck_assert_msg((json_text_n_doubled(line) > 0) == (again >= 0), "%s",
                                              text);
                        }
        read_sound(line, "{\"a\":{\"a\":{\"a\":0},\"aa\":0},\"b\":{\"a\":0}}");
        ck_assert(!(json_text_n_doubled(line) > 0));
}
END_TEST

START_TEST(lines_of_any_length_follow_each_other) {
        static const size_t lengths[] = { 0, 1, 5000, 4083, 4084, 4085, 4095, 4096, 100000, 3 };
        _cleanup_(json_text_freep) JsonText *line = new_line();

        for (size_t i = 0; i < ELEMENTS(lengths); i++) {
                const char *string = NULL;
                JsonValue root;
                char *text;

                ck_assert_int_ge(asprintf(&text, "{\"k\":\"%0*d\",\"n\":[1,2]}",
                                          (int) lengths[i] + 1, 0),
                                 0);
                root = read_sound(line, text);
                ck_assert(json_member_string(&root, "k", JSON_REQUIRED, &string));
                ck_assert_uint_eq(strlen(string), lengths[i] + 1);
                free(text);
        }
}
END_TEST

/* The NUL behind a number that ends the text needs room, also where the text just fits. */
START_TEST(a_number_may_be_the_last_byte_there_is_room_for) {
        _cleanup_(json_text_freep) JsonText *line = new_line();
        char text[5000];

        memset(text, '9', sizeof(text));
        for (size_t n = 4094; n <= 4097; n++) {
                JsonValue root;

                line = json_text_free(line);
                line = new_line();
                read_sound(line, "1");
                ck_assert_int_eq(read_n(line, text, n), 0);
                ck_assert(json_root(line, JSON_INTEGER, &root));
                ck_assert_int_eq(json_integer(&root), INT64_MAX);
        }
}
END_TEST

START_TEST(an_object_has_no_more_keys_than_allowed) {
        _cleanup_(json_text_freep) JsonText *line = new_line();

        for (int n = MAX_KEYS; n <= MAX_KEYS + 1; n++) {
                char text[16 * (MAX_KEYS + 2)] = "{", *at = text + 1;

                for (int i = 0; i < n; i++)
                        at += sprintf(at, "%s\"k%d\":0", i > 0 ? "," : "", i);
                strcpy(at, "}");
                ck_assert_int_eq(read_n(line, text, strlen(text)),
                                 n > MAX_KEYS ? JSON_READ_E_REFUSED : 0);
                if (n > MAX_KEYS)
                        ck_assert_msg(strstr(json_text_problem(line)->reason, JSON_CAP_KEYS), "%s",
                                      json_text_problem(line)->reason);
        }
}
END_TEST

UNIT_TEST(json_c_reads_the_same, items_are_found_by_number_in_any_order,
          who_looks_around_refuses_nothing, strings_read_as_they_mean,
          numbers_and_booleans_read_as_they_mean, members_are_found_in_any_order,
          members_and_items_come_one_after_the_other,
          what_is_of_the_wrong_kind_is_refused_with_its_place,
          the_first_problem_of_a_line_stays_and_is_gone_with_it,
          a_key_given_twice_is_noticed_wherever_it_is, lines_of_any_length_follow_each_other,
          a_number_may_be_the_last_byte_there_is_room_for, an_object_has_no_more_keys_than_allowed)
