/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json-read.h"
#include "unit-test.h"

#define MAX_KEYS 256

static int open_n(JsonText **ret, const char *text, size_t n_bytes, JsonProblem *problem) {
        /* A copy of the exact size: a read behind the end is a sanitizer's catch. */
        char *exact = malloc(n_bytes > 0 ? n_bytes : 1);
        int r;

        ck_assert_ptr_nonnull(exact);
        memcpy(exact, text, n_bytes);
        r = json_text_new(ret, exact, n_bytes, MAX_KEYS, problem);
        free(exact);
        return r;
}

static int open_text(JsonText **ret, const char *text, JsonProblem *problem) {
        return open_n(ret, text, strlen(text), problem);
}

START_TEST(sound_texts_are_taken) {
        static const char *const cases[] = {
                "{}",
                "[]",
                "null",
                "true",
                "0",
                "-0.5e+10",
                "\"\"",
                " {\t\"a\" : [ 1 , 2 ]\r\n} ",
                "123456789012345678901234567890",
                "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
                "\"\xC3\xA9\xF0\x9F\x98\x80\"",
                "{\"a\":{\"a\":{\"a\":1}}}",
                "1e999",
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                JsonProblem problem = {};
                JsonText *text = NULL;
                int r = open_text(&text, cases[i], &problem);

                ck_assert_msg(r == 0, "row '%s' gave %d: %s: %s", cases[i], r, problem.place,
                              problem.reason);
                ck_assert_uint_eq(json_text_n_doubled(text), 0);
                json_text_free(text);
        }
}
END_TEST

START_TEST(unsound_texts_are_refused_with_their_place) {
        static const struct {
                const char *text, *place, *reason;
        } cases[] = {
                { "", "byte 0", "cut off" },
                { "{", "byte 1", "cut off" },
                { "{\"a\":", "byte 5", "cut off" },
                { "{\"a\":1", "byte 6", "cut off" },
                { "\"abc", "byte 4", "cut off" },
                { "[1,]", "byte 3", "not a JSON value" },
                { "{\"a\":1,}", "byte 7", "a key expected" },
                { "{a:1}", "byte 1", "a key expected" },
                { "{\"a\" 1}", "byte 5", "without ':'" },
                { "[1 2]", "byte 3", "expected" },
                { "{} {}", "byte 3", "more behind the end" },
                { "[01]", "byte 2", "expected" },
                { "-", "byte 0", "malformed number" },
                { "1.", "byte 0", "malformed number" },
                { "1e+", "byte 0", "malformed number" },
                { "+1", "byte 0", "not a JSON value" },
                { "NaN", "byte 0", "not a JSON value" },
                { "Infinity", "byte 0", "not a JSON value" },
                { "tru", "byte 0", "not a JSON value" },
                { "'a'", "byte 0", "not a JSON value" },
                { "[] // note", "byte 3", "more behind the end" },
                { "\"a\nb\"", "byte 2", "control character" },
                { "\"\\x41\"", "byte 1", "escape" },
                { "\"\\u12g4\"", "byte 1", "hexadecimal" },
                { "\"\\u0000\"", "byte 1", "NUL" },
                { "\"\\ud800\"", "byte 1", "lone surrogate" },
                { "\"\\udc00\"", "byte 1", "lone surrogate" },
                { "\"\\ud800\\u0041\"", "byte 1", "lone surrogate" },
                { "\"\\ud800\\ud800\"", "byte 1", "lone surrogate" },
                { "{\"\\udfff\":1}", "byte 2", "lone surrogate" },
                { "\xEF\xBB\xBF{}", "byte 0", "byte-order mark" },
                { "\"\xC3\"", "byte 0", "UTF-8" },
                { "\"\xED\xA0\x80\"", "byte 0", "UTF-8" },
                { "\"\xC0\xAF\"", "byte 0", "UTF-8" },
                { "{}}", "byte 2", "more behind the end" },
                { "[}", "byte 1", "not a JSON value" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                JsonProblem problem = {};
                JsonText *text = NULL;
                int r = open_text(&text, cases[i].text, &problem);

                ck_assert_msg(r == JSON_READ_E_REFUSED, "row '%s' gave %d", cases[i].text, r);
                ck_assert_msg(!text, "row '%s' touched its result", cases[i].text);
                ck_assert_msg(strcmp(problem.place, cases[i].place) == 0,
                              "row '%s' is wrong at '%s'", cases[i].text, problem.place);
                ck_assert_msg(strstr(problem.reason, cases[i].reason), "row '%s': %s",
                              cases[i].text, problem.reason);
        }
}
END_TEST

START_TEST(a_nul_byte_is_refused_as_that) {
        static const struct {
                const char *text;
                size_t n_bytes;
                const char *place, *reason;
        } cases[] = {
                { "\"a\0b\"", 5, "byte 2", "a NUL character (U+0000)" },
                { "{}\0", 3, "byte 2", "a NUL character (U+0000)" },
                { "\"a\0\xFF\"", 5, "byte 2", "a NUL character (U+0000)" },
                { "\"\xFF\0\"", 4, "byte 0", "not well-formed UTF-8" },
                { "\"\xC3\0\"", 4, "byte 0", "not well-formed UTF-8" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                JsonProblem problem = {};
                JsonText *text = NULL;

                ck_assert_int_eq(open_n(&text, cases[i].text, cases[i].n_bytes, &problem),
                                 JSON_READ_E_REFUSED);
                ck_assert_msg(strcmp(problem.place, cases[i].place) == 0 &&
                                              strstr(problem.reason, cases[i].reason),
                              "row %zu: %s: %s", i, problem.place, problem.reason);
        }
}
END_TEST

/* `n` times `part` between `head` and `tail`. */
static char *repeat(const char *head, const char *part, size_t n, const char *tail) {
        size_t n_part = strlen(part);
        char *text = malloc(strlen(head) + n * n_part + strlen(tail) + 1), *at;

        ck_assert_ptr_nonnull(text);
        at = stpcpy(text, head);
        for (size_t i = 0; i < n; i++)
                at = mempcpy(at, part, n_part);
        strcpy(at, tail);
        return text;
}

START_TEST(limits_hold_to_the_last_one_allowed) {
        const struct {
                const char *what, *head, *part;
                size_t n_allowed;
                const char *tail;
        } cases[] = {
                { "string", "\"", "a", JSON_MAX_STRING_BYTES, "\"" },
                { "array", "[0", ",0", JSON_MAX_ARRAY_ITEMS - 1, "]" },
                { "number", "", "1", JSON_MAX_STRING_BYTES, "" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                for (size_t more = 0; more < 2; more++) {
                        char *input = repeat(cases[i].head, cases[i].part,
                                             cases[i].n_allowed + more, cases[i].tail);
                        JsonProblem problem = {};
                        JsonText *text = NULL;
                        int r = open_text(&text, input, &problem);

                        ck_assert_msg(r == (more ? JSON_READ_E_REFUSED : 0), "%s, %zu more: %d, %s",
                                      cases[i].what, more, r, problem.reason);
                        json_text_free(text);
                        free(input);
                }
}
END_TEST

START_TEST(nesting_ends_at_the_depth_allowed) {
        for (size_t depth = JSON_MAX_DEPTH; depth <= JSON_MAX_DEPTH + 1; depth++) {
                char input[2 * JSON_MAX_DEPTH + 3] = "";
                JsonProblem problem = {};
                JsonText *text = NULL;

                memset(input, '[', depth);
                memset(input + depth, ']', depth);
                ck_assert_int_eq(open_text(&text, input, &problem),
                                 depth > JSON_MAX_DEPTH ? JSON_READ_E_REFUSED : 0);
                json_text_free(text);
        }
}
END_TEST

START_TEST(values_and_keys_are_counted) {
        char *input = repeat("[[0", "],[0", 65000, "]]"), *keys;
        JsonProblem problem = {};
        JsonText *text = NULL;
        size_t n = 0;

        ck_assert_int_eq(open_text(&text, input, &problem), 0);
        text = json_text_free(text);
        free(input);

        /* 16 arrays of 65,000 items each are more than a million values. */
        input = repeat("", ",0", 64999, "]");
        memmove(input, input + 1, strlen(input));
        keys = malloc(20 * strlen(input));
        ck_assert_ptr_nonnull(keys);
        strcpy(keys, "[");
        n = 1;
        for (size_t i = 0; i < 16; i++)
                n += (size_t) sprintf(keys + n, "%s[%s", i > 0 ? "," : "", input);
        strcpy(keys + n, "]");
        ck_assert_int_eq(open_text(&text, keys, &problem), JSON_READ_E_REFUSED);
        ck_assert_msg(strstr(problem.reason, "values"), "%s", problem.reason);
        free(keys);
        free(input);

        for (size_t n_keys = MAX_KEYS; n_keys <= MAX_KEYS + 1; n_keys++) {
                char object[16 * (MAX_KEYS + 2)] = "{";

                n = 1;
                for (size_t i = 0; i < n_keys; i++)
                        n += (size_t) sprintf(object + n, "%s\"k%zu\":0", i > 0 ? "," : "", i);
                strcpy(object + n, "}");
                ck_assert_int_eq(open_text(&text, object, &problem),
                                 n_keys > MAX_KEYS ? JSON_READ_E_REFUSED : 0);
                text = json_text_free(text);
        }
}
END_TEST

START_TEST(getters_name_the_place_that_is_wrong) {
        static const char input[] = "{\"a\":{\"b\":[{\"c\":7},null]},\"n\":null}";
        JsonValue root, a, b, item, value;
        JsonProblem problem = {};
        const char *string = "untouched";
        JsonText *text;

        ck_assert_int_eq(open_text(&text, input, &problem), 0);
        ck_assert(json_root(text, JSON_OBJECT, &root));
        ck_assert(json_member(&root, "a", JSON_OBJECT, JSON_REQUIRED, &a));
        ck_assert(json_member(&a, "b", JSON_ARRAY, JSON_REQUIRED, &b));
        ck_assert_uint_eq(json_array_length(&b), 2);
        ck_assert(json_item(&b, 0, JSON_OBJECT, &item));
        ck_assert(json_member(&item, "c", JSON_INTEGER, JSON_REQUIRED, &value));
        ck_assert_int_eq(json_integer(&value), 7);

        /* Absent and null are as the caller allows. */
        ck_assert(json_member_string(&root, "absent", JSON_OPTIONAL, &string) && !string);
        ck_assert(json_member_string(&root, "n", JSON_NULLABLE, &string) && !string);
        ck_assert_str_eq(json_text_problem(text)->reason, "");

        ck_assert(!json_member_string(&item, "c", JSON_REQUIRED, &string));
        ck_assert_str_eq(json_text_problem(text)->place, "a.b[0].c");
        ck_assert_str_eq(json_text_problem(text)->reason, "a string expected, int found");
        /* The first problem stays. */
        ck_assert(!json_member_string(&root, "n", JSON_OPTIONAL, &string));
        ck_assert_str_eq(json_text_problem(text)->place, "a.b[0].c");
        json_text_free(text);

        ck_assert_int_eq(open_text(&text, input, &problem), 0);
        ck_assert(json_root(text, JSON_OBJECT, &root));
        ck_assert(!json_member_string(&root, "missing", JSON_REQUIRED, &string));
        ck_assert_str_eq(json_text_problem(text)->place, "missing");
        json_text_free(text);
}
END_TEST

START_TEST(a_doubled_key_is_refused_where_it_is_read) {
        static const struct {
                const char *text;
                size_t n_doubled;
                const char *place; /* NULL: the key that is read is not the doubled one */
        } cases[] = {
                { "{\"a\":[{\"k\":\"x\"}]}", 0, NULL },
                { "{\"a\":[{\"k\":\"x\",\"k\":\"y\"}]}", 1, "a[0].k" },
                { "{\"a\":[{\"\\u006b\":\"x\",\"k\":\"y\"}]}", 1, "a[0].k" },
                { "{\"a\":[{\"k\":\"x\",\"other\":1,\"other\":2}]}", 1, NULL },
                { "{\"a\":[{\"k\":\"x\"},{\"k\":\"x\",\"k\":\"y\"}]}", 1, NULL },
                { "{\"a\":[],\"z\":{\"k\":1,\"k\":1},\"a\":[{\"k\":\"x\"}]}", 2, "a" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                JsonValue root, array, item;
                JsonProblem problem = {};
                const char *string;
                JsonText *text;
                bool sound;

                ck_assert_int_eq(open_text(&text, cases[i].text, &problem), 0);
                ck_assert_msg(json_text_n_doubled(text) == cases[i].n_doubled, "row '%s'",
                              cases[i].text);
                sound = json_root(text, JSON_OBJECT, &root) &&
                        json_member(&root, "a", JSON_ARRAY, JSON_REQUIRED, &array) &&
                        json_item(&array, 0, JSON_OBJECT, &item) &&
                        json_member_string(&item, "k", JSON_REQUIRED, &string);
                ck_assert_msg(sound == !cases[i].place, "row '%s'", cases[i].text);
                if (cases[i].place)
                        ck_assert_str_eq(json_text_problem(text)->place, cases[i].place);
                json_text_free(text);
        }
}
END_TEST

/* Four keys of strangers, each longer than a place may be, above one that is given twice. */
START_TEST(a_key_given_twice_far_below_is_noted_in_short) {
        enum { N_LEVELS = 4, KEY_BYTES = 5000 };
        static char input[N_LEVELS * (KEY_BYTES + 16) + 64];
        JsonDoubledKeys doubled = {};
        JsonProblem problem = {};
        JsonValue values[N_LEVELS + 1] = {};
        const char *string;
        char *at = input;
        JsonText *text;

        for (int i = 0; i < N_LEVELS; i++)
                at += sprintf(at, "{\"%0*d\":", KEY_BYTES, i);
        at += sprintf(at, "{\"k\":\"x\",\"k\":\"y\"}");
        for (int i = 0; i < N_LEVELS; i++)
                *at++ = '}';

        ck_assert_int_eq(json_scan(input, (size_t) (at - input), MAX_KEYS, &doubled, &problem), 0);
        ck_assert_uint_eq(doubled.n_paths, 1);
        ck_assert_uint_eq(strlen(doubled.paths[0]), JSON_PATH_BYTES - 1);
        json_doubled_keys_clear(&doubled);

        /* It is refused all the same. */
        ck_assert_int_eq(open_n(&text, input, (size_t) (at - input), &problem), 0);
        ck_assert(json_root(text, JSON_OBJECT, &values[0]));
        for (int i = 0; i < N_LEVELS; i++)
                ck_assert(json_next(&values[i], &values[i + 1]));
        ck_assert(!json_member_string(&values[N_LEVELS], "k", JSON_REQUIRED, &string));
        ck_assert_str_eq(json_text_problem(text)->reason, "given twice");
        json_text_free(text);
}
END_TEST

START_TEST(a_text_cut_anywhere_is_refused) {
        static const char input[] =
                        "{\"a\":[1,-2.5e3,\"\\ud83d\\ude00\",{\"b\":null},true],\"c\":{}}";

        for (size_t n = 0; n < strlen(input); n++) {
                JsonProblem problem = {};
                JsonText *text = NULL;

                ck_assert_msg(open_n(&text, input, n, &problem) == JSON_READ_E_REFUSED,
                              "%zu bytes were taken", n);
        }
}
END_TEST

/* The next text is read as ever, whether its memory was kept or not. */
START_TEST(a_trimmed_text_reads_the_next) {
        static const size_t kept[] = { 0, 1, 1024 * 1024 };

        for (size_t i = 0; i < ELEMENTS(kept); i++) {
                _cleanup_(json_text_freep) JsonText *text = NULL;
                char in_place[] = "[1,\"a\"]";
                JsonValue root;

                ck_assert_int_eq(json_text_new_empty(&text), 0);
                json_text_trim(text, kept[i]);
                for (size_t n = 0; n < 3; n++) {
                        ck_assert_int_eq(json_text_read(text, "{\"a\":[1,2]}", 11, 10), 0);
                        ck_assert(json_root(text, JSON_OBJECT, &root));
                        json_text_trim(text, kept[i]);
                        ck_assert_int_eq(json_text_read_in_place(text, in_place,
                                                                 sizeof(in_place) - 1, 10),
                                         0);
                        ck_assert(json_root(text, JSON_ARRAY, &root));
                        json_text_trim(text, kept[i]);
                }
        }
}
END_TEST

UNIT_TEST(sound_texts_are_taken, unsound_texts_are_refused_with_their_place,
          a_nul_byte_is_refused_as_that, limits_hold_to_the_last_one_allowed,
          nesting_ends_at_the_depth_allowed, values_and_keys_are_counted,
          getters_name_the_place_that_is_wrong, a_doubled_key_is_refused_where_it_is_read,
          a_key_given_twice_far_below_is_noted_in_short, a_text_cut_anywhere_is_refused,
          a_trimmed_text_reads_the_next)
