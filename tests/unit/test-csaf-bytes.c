/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "digest/csaf-bytes.h"
#include "digest/csaf-whole.h"
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
                { "\"BaseOS-9.4.0.GA:kernel-core-0:5\"", true },
                { "\"BaseOS-9.4.0.GA:kpatch-patch-5", true },
                { "\"7Server-7.9.Z:kernel-0:3.10.0", true },
                { "\"7ComputeNode-7.9.Z\" \"kernel-3\"", true },
                { "\"7Workstation-7.9.Z\" \"kernel-3\"", true },
                { "\"kernel-3\", \"7Client-7.9.Z\"", true },
                { "\"kernel-0:5.14.0-1\": \"rhel-9.4.0.z.eus\"", true },
                { "\"SUSE Linux Enterprise Server 15 SP5:kernel-default-5", true },
                { "\"SUSE Linux Enterprise Live Patching 15 SP5:kernel-livepatch-5", true },
                { "\"SUSE Linux Enterprise Live Patching 12 SP5:kgraft-patch-4", true },
                { "\"SUSE Linux Enterprise 12 kernel 5 kernel-kpatch-patch-4", true },
                { "\"SUSE Linux Enterprise 15 kkernel-core-5", true },
                { "\"BaseOS-9.4.0.GA:kernel-core", false },
                { "\"BaseOS-9.4.0.GA:kpatch-patch", false },
                { "\"BaseOS-9.4.0.GA:k", false },
                { "\\n\\u0020", true },
                { "\\\\u0041", true },
                { "kernel\\u002dcore\\u002D0", true },
                { "\\u0042aseOS", true },
                { "SUSE\\u0020Linux", true },
                { "\\u00", true },
                { "\\u004", true },
                { "", false },
                { "\"BaseOS-9.4.0.GA:kernel-headers-5", false },
                { "\"BaseOS-9.4.0.GA:kernel-", false },
                { "\"BaseOS kernel-core-0:5", false },
                { "\"NFV-9.4.0.GA:kernel-core-0:5", false },
                { "\"of BaseOS-9.4.0.GA:kernel-core-0:5\"", false },
                { "kernel-core-0:5\"", false },
                { "kernel-core-0:5\"B", false },
                { "caf\\u00e9 \\u003c \\u0026", false },
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
                bool whole, deleted;
        } cases[] = {
                { "{\"status\": \"deleted\"}", true, true },
                { "{\"status\": \"deleted\"", false, true },
                { "{\"deleted\"", false, true },
                { "{\"deleted", false },
                { "{\"a\": \"was deleted\", \"b\": \"deleted \", \"c\": \"\\\"deleted\\\"\"}",
                  true },
                { "{}\"deleted\"", false },
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
                /* Outside of a string a backslash takes no quote's meaning: this is no JSON. */
                { "{\\\"}", false },
                { "{\\\"a\"}", false },
                { "{\\}", false },
                { "{\"deleted\" \\ \"deleted\"}", false, true },
                { "{\\ \"deleted\"}", false, false },
                { "{}\\", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                size_t n_bytes = strlen(cases[i].text);
                _cleanup_free_ char *text = exact(cases[i].text, n_bytes);
                bool deleted;

                for (CsafWholeWay way = CSAF_WHOLE_BYTES; way <= csaf_whole_best_way(); way++)
                        ck_assert_msg(csaf_whole_by(way, text, n_bytes, &deleted) ==
                                                                      cases[i].whole &&
                                                      deleted == cases[i].deleted,
                                      "'%s', way %d", cases[i].text, (int) way);
        }
}
END_TEST

START_TEST(an_object_cut_anywhere_is_not_whole) {
        bool deleted;
        static const char text[] = "{\"a\\\\\": {\"b\\\"\": [\"}]\", [[]], {\"\": \"\\\\\\\"\"}]}}";

        for (size_t n = 0; n < strlen(text); n++) {
                _cleanup_free_ char *cut = exact(text, n);

                ck_assert_msg(!csaf_whole(cut, n, &deleted), "%zu bytes", n);
        }
        ck_assert(csaf_whole(text, strlen(text), &deleted));
}
END_TEST

static uint32_t random_state = 1;

static uint32_t pick(uint32_t n) {
        random_state = random_state * 1664525 + 1013904223;
        return (random_state >> 8) % n;
}

/* Pieces of JSON in any order; now and then a backslash stands outside of a string. */
static size_t make_text(char *text, size_t n_most) {
        static const char *const pieces[] = {
                "{",
                "}",
                "[",
                "]",
                " ",
                "\"deleted\"",
                "\"\"",
                "\"}\"",
                "\"\\\"[\"",
                "\"\\\\\"",
                "\"dd{\"",
                "1,",
                "\"deleted\\\\\"",
                "\"\\\\\\\"]\"",
        };
        size_t n = 1, n_deep = pick(2) ? 1 : pick(80);

        text[0] = '{';
        for (; n < n_deep; n++)
                text[n] = "[{"[pick(2)];
        while (n < n_most - 8) {
                const char *piece = pick(200) == 0 ? "\\" : pieces[pick(ELEMENTS(pieces))];

                memcpy(text + n, piece, strlen(piece));
                n += strlen(piece);
        }
        n = pick((uint32_t) n) + 1;
        /* Whole texts end with a bracket. */
        while (pick(8) > 0 && text[n - 1] != '}' && n > 1)
                n--;
        return n;
}

START_TEST(blocks_and_single_bytes_say_the_same) {
        unsigned n_whole = 0, n_deleted = 0;

        for (unsigned i = 0; i < 200000; i++) {
                char made[400];
                size_t n_bytes = make_text(made, 16 + pick(sizeof(made) - 40));
                _cleanup_free_ char *text = exact(made, n_bytes);
                bool deleted, deleted_by;
                bool whole = csaf_whole(text, n_bytes, &deleted);

                for (CsafWholeWay way = CSAF_WHOLE_BYTES; way < csaf_whole_best_way(); way++)
                        ck_assert_msg(csaf_whole_by(way, text, n_bytes, &deleted_by) == whole &&
                                                      deleted == deleted_by,
                                      "%zu bytes, way %d: %.*s", n_bytes, (int) way, (int) n_bytes,
                                      text);
                n_whole += whole;
                n_deleted += whole && deleted;
        }
        ck_assert_uint_gt(n_whole, 100);
        ck_assert_uint_gt(n_deleted, 10);
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

UNIT_TEST(a_component_and_a_product_make_a_hit, one_object_to_the_end_is_whole,
          an_object_cut_anywhere_is_not_whole, blocks_and_single_bytes_say_the_same,
          the_release_date_is_found, the_vendor_is_found)
