/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "digest/csaf-bytes.h"
#include "unit-test.h"

/* In memory of exactly its size, so that a read behind it is seen. */
static char *exact(const char *text, size_t n_bytes) {
        char *copy = malloc(n_bytes > 0 ? n_bytes : 1);

        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, n_bytes);
        return copy;
}

START_TEST(a_component_and_a_product_make_a_hit) {
        static const struct {
                const char *text;
                bool hit;
        } cases[] = {
                { "BaseOS-9.4.0.GA:kernel-core-0:5", true },
                { "BaseOS-9.4.0.GA:kpatch-patch-5", true },
                { "7Server-7.9.Z:kernel-0:3.10.0", true },
                { "7ComputeNode-7.9.Z kernel-3", true },
                { "7Workstation-7.9.Z kernel-3", true },
                { "7Client-7.9.Z kernel-3", true },
                { "kernel-0:5.14.0-1 of rhel-9.4.0.z.eus", true },
                { "SUSE Linux Enterprise Server 15 SP5:kernel-default-5", true },
                { "SUSE Linux Enterprise Live Patching 15 SP5:kernel-livepatch-5", true },
                { "SUSE Linux Enterprise Live Patching 12 SP5:kgraft-patch-4", true },
                { "{\"status\": \"deleted\"}", true },
                { "kernel\\u002dcore\\u002D0", true },
                { "\\u0042aseOS", true },
                { "SUSE\\u0020Linux", true },
                { "\\u00", true },
                { "\\u004", true },
                { "", false },
                { "BaseOS-9.4.0.GA:kernel-headers-5", false },
                { "BaseOS-9.4.0.GA:kernel-", false },
                { "BaseOS kernel-core-0:5", false },
                { "NFV-9.4.0.GA:kernel-core-0:5", false },
                { "caf\\u00e9 \\u003c \\u0026", false },
                { "was deleted", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                size_t n_bytes = strlen(cases[i].text);
                _cleanup_free_ char *text = exact(cases[i].text, n_bytes);

                ck_assert_msg(csaf_bytes_may_concern_us(text, n_bytes) == cases[i].hit, "'%s'",
                              cases[i].text);
        }
}
END_TEST

START_TEST(one_object_to_the_end_is_whole) {
        static const struct {
                const char *text;
                bool whole;
        } cases[] = {
                { "{}", true },
                { "{\"a\": [1, {\"b\": \"}\"}]}\r\n\t ", true },
                { "{\"a\\\"\": \"\\\\\"}", true },
                { "{\"\": \"\\\"}\\\\\\\"\"}", true },
                { "", false },
                { " {}", false },
                { "[]", false },
                { "}", false },
                { "{", false },
                { "{\"", false },
                { "{\"a", false },
                { "{\"a\\\"", false },
                { "{\"a\\\"}", false },
                { "{\"a\": \"\\\\\\\"}", false },
                { "{}}", false },
                { "{}{}", false },
                { "{} x", false },
                { "{[}", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                size_t n_bytes = strlen(cases[i].text);
                _cleanup_free_ char *text = exact(cases[i].text, n_bytes);

                ck_assert_msg(csaf_bytes_are_whole(text, n_bytes) == cases[i].whole, "'%s'",
                              cases[i].text);
        }
}
END_TEST

START_TEST(an_object_cut_anywhere_is_not_whole) {
        static const char text[] = "{\"a\\\\\": {\"b\\\"\": [\"}]\", [[]], {\"\": \"\\\\\\\"\"}]}}";

        for (size_t n = 0; n < strlen(text); n++) {
                _cleanup_free_ char *cut = exact(text, n);

                ck_assert_msg(!csaf_bytes_are_whole(cut, n), "%zu bytes", n);
        }
        ck_assert(csaf_bytes_are_whole(text, strlen(text)));
}
END_TEST

START_TEST(the_release_date_is_found) {
        static const struct {
                const char *text;
                bool found;
        } cases[] = {
                { "{\"initial_release_date\": \"2024-08-15T05:34:56+00:00\"}", true },
                { "\"initial_release_date\" :\n\t\"2024-08-15T05:34:56.123456Z\"", true },
                { "\"initial_release_date\": \"2024-08-15\"", false },
                { "\"initial_release_date\": \"2024-08-15T05:34:56", false },
                { "\"initial_release_date\": 7", false },
                { "\"initial_release_date\":", false },
                { "\"initial_release_date\"", false },
                { "", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                size_t n_bytes = strlen(cases[i].text);
                _cleanup_free_ char *text = exact(cases[i].text, n_bytes);
                UtcTime time = csaf_bytes_released(text, n_bytes);

                ck_assert_msg((time != UTC_TIME_NONE) == cases[i].found, "'%s'", cases[i].text);
        }
}
END_TEST

START_TEST(the_vendor_is_found) {
        static const struct {
                const char *text;
                CsafVendor vendor;
        } cases[] = {
                { "{\"tracking\":{\"id\":\"RHSA-2024:5363\"}}", CSAF_VENDOR_REDHAT },
                { "\"tracking\" {\"id\": 7, \"id\" : \"SUSE-SU-403\"", CSAF_VENDOR_SUSE },
                { "\"id\": \"RHSA-2024:5363\", \"tracking\": {\"id\": \"CVE-2024-1\"}",
                  CSAF_VENDOR_UNKNOWN },
                { "\"tracking\": {\"id\"", CSAF_VENDOR_UNKNOWN },
                { "\"tracking\": {\"id\": \"RHSA-2024:", CSAF_VENDOR_UNKNOWN },
                { "", CSAF_VENDOR_UNKNOWN },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                size_t n_bytes = strlen(cases[i].text);
                _cleanup_free_ char *text = exact(cases[i].text, n_bytes);

                ck_assert_msg(csaf_bytes_vendor(text, n_bytes) == cases[i].vendor, "'%s'",
                              cases[i].text);
        }
}
END_TEST

/* `word` at `place` among 300 bytes of something else, with `rest` before it. */
static char *placed(const char *word, size_t place, const char *rest) {
        char *text = malloc(300);

        memset(text, 'x', 300);
        memcpy(text, rest, strlen(rest));
        memcpy(text + place, word, strlen(word));
        return text;
}

START_TEST(a_name_is_found_wherever_it_stands) {
        static const char *const components[] = { "kernel-core-",  "kernel-default-",
                                                  "kpatch-patch-", "kernel-livepatch-",
                                                  "kgraft-patch-", "kernel-7" };
        static const char *const products[] = {
                "BaseOS-",  "7Server-", "7ComputeNode-",        "7Workstation-",
                "7Client-", "rhel-",    "SUSE Linux Enterprise"
        };
        static const char *const alone[] = { "\"deleted\"", "\\u006b", "\\u002D" };

        for (size_t place = 30; place < 300; place++) {
                for (size_t i = 0; i < ELEMENTS(components); i++) {
                        size_t n = strlen(components[i]);
                        _cleanup_free_ char *hit = placed(components[i], place - n, "rhel-");
                        _cleanup_free_ char *miss = placed(components[i], place - n, "rhel");

                        ck_assert_msg(csaf_bytes_may_concern_us(hit, place), "%s", components[i]);
                        ck_assert_msg(!csaf_bytes_may_concern_us(hit, place - 1), "%s",
                                      components[i]);
                        ck_assert_msg(!csaf_bytes_may_concern_us(miss, place), "%s", components[i]);
                }
                for (size_t i = 0; i < ELEMENTS(products); i++) {
                        size_t n = strlen(products[i]);
                        _cleanup_free_ char *hit = placed(products[i], place - n, "kernel-7");

                        ck_assert_msg(place < n + 8 || csaf_bytes_may_concern_us(hit, place),
                                      "%s at %zu", products[i], place);
                        ck_assert_msg(!csaf_bytes_may_concern_us(hit, place - 1), "%s",
                                      products[i]);
                }
                for (size_t i = 0; i < ELEMENTS(alone); i++) {
                        _cleanup_free_ char *hit = placed(alone[i], place - strlen(alone[i]), "");

                        ck_assert_msg(csaf_bytes_may_concern_us(hit, place), "%s", alone[i]);
                }
        }
}
END_TEST

/* A byte at a time. */
static bool is_whole(const char *text, size_t n_bytes) {
        size_t depth = 0, i = 0;
        bool in_string = false;

        if (n_bytes == 0 || text[0] != '{')
                return false;
        do {
                if (in_string && text[i] == '\\')
                        i++;
                else if (i < n_bytes && text[i] == '"')
                        in_string = !in_string;
                else if (!in_string && strchr("{[", text[i]))
                        depth++;
                else if (!in_string && strchr("}]", text[i]))
                        depth--;
        } while (++i < n_bytes && (depth > 0 || in_string));
        while (i < n_bytes && strchr(" \t\r\n", text[i]))
                i++;
        return depth == 0 && !in_string && i == n_bytes;
}

START_TEST(many_bytes_at_once_give_what_one_at_a_time_gives) {
        static const char letters[] = "{}[]\"\"\\  \nabcdefgh:,";
        size_t n_whole = 0;

        srandom(20261127);
        for (unsigned round = 0; round < 40000; round++) {
                char text[400] = "{";
                size_t n = 1, depth = 1, n_wanted = (size_t) random() % 320 + 1;
                _cleanup_free_ char *copy = NULL;
                bool in_string = false;

                while (n < n_wanted) {
                        char c = letters[(size_t) random() % (sizeof(letters) - 1)];

                        if (!in_string && (c == '\\' || ((c == '}' || c == ']') && depth == 1)))
                                continue;
                        if (!in_string)
                                depth += (c == '{' || c == '[') - (size_t) (c == '}' || c == ']');
                        if (in_string && c == '\\')
                                text[n++] = c;
                        else if (c == '"')
                                in_string = !in_string;
                        text[n++] = c;
                }
                if (in_string)
                        text[n++] = '"';
                while (depth > 0 && random() % 64 != 0 && n < sizeof(text) - 1) {
                        text[n++] = '}';
                        depth--;
                }
                copy = exact(text, n);
                n_whole += is_whole(copy, n);
                ck_assert_msg(csaf_bytes_are_whole(copy, n) == is_whole(copy, n), "%.*s", (int) n,
                              copy);
        }
        ck_assert_uint_gt(n_whole, 5000);
        ck_assert_uint_lt(n_whole, 39000);
}
END_TEST

UNIT_TEST(a_component_and_a_product_make_a_hit, one_object_to_the_end_is_whole,
          an_object_cut_anywhere_is_not_whole, a_name_is_found_wherever_it_stands,
          many_bytes_at_once_give_what_one_at_a_time_gives, the_release_date_is_found,
          the_vendor_is_found)
