/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "digest/lifecycle-list.h"
#include "unit-test.h"

#define TABLE "Update ID,Maintenance Project,Kernel version,Supported until,LTSS until\r\n"

static MemoryPool *pool;
static LifecycleList list;
static char reason[LIFECYCLE_LIST_REASON_BYTES];

static int read_text(const char *text) {
        if (pool)
                memory_pool_free(pool);
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        list = (LifecycleList){};
        reason[0] = '\0';
        return lifecycle_list_read("folder/x.lifecycle", text, strlen(text), pool, &list, reason);
}

START_TEST(names_are_inverted_to_kernels) {
        static const struct {
                const char *package, *kernel;
        } cases[] = {
                { "kernel-livepatch-5_14_21-150500_55_28-default", "5.14.21-150500.55.28" },
                { "kernel-livepatch-6_4_0-150700_7_3-rt", "6.4.0-150700.7.3" },
                { "kgraft-patch-3_12_32-33-default", "3.12.32-33" },
                { "kgraft-patch-3_12_43-52_6-xen", "3.12.43-52.6" },
        };
        char day[UTC_DAY_TEXT_BYTES];

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char line[200];

                snprintf(line, sizeof(line), "# a list\n%s,*,2026-02-28,successor",
                         cases[i].package);
                ck_assert_msg(read_text(line) == 0, "row %zu: %s", i, reason);
                ck_assert_msg(list.n_windows == 1, "row %zu", i);
                ck_assert_str_eq(list.windows[0].kernel, cases[i].kernel);
                ck_assert_str_eq(list.windows[0].package, cases[i].package);
                ck_assert_str_eq(list.windows[0].origin, "x.lifecycle");
                ck_assert_str_eq(utc_day_format(list.windows[0].end, day), "2026-02-28");
        }
}
END_TEST

START_TEST(other_products_are_noise) {
        ck_assert_int_eq(read_text("bash,*,some day,a,b,c\nkernel-livepatch-tools,*,2026-01-01\n"
                                   "kernel-livepatch-SLE15-SP5,*,never\nkernel-default\n\n"),
                         0);
        ck_assert_uint_eq(list.n_windows, 0);
        ck_assert_uint_eq(list.notes.n_items, 0);
}
END_TEST

START_TEST(text_for_a_date_and_single_versions_are_said) {
        ck_assert_int_eq(read_text("# Last updated: 2026-02-19T17:46:16+00:00\n"
                                   "kernel-livepatch-6_4_0-150600_23_30-default,*,only LTSS "
                                   "supported\n"
                                   "kernel-livepatch-6_4_0-150600_23_33-default,1-2,2026-01-01\n"),
                         0);
        ck_assert_uint_eq(list.n_windows, 0);
        ck_assert_uint_eq(list.notes.n_items, 2);
        ck_assert_ptr_nonnull(
                        strstr(list.notes.items[0], "2: kernel-livepatch-6_4_0-150600_23_30"));
        ck_assert_ptr_nonnull(strstr(list.notes.items[0], "'only LTSS supported'"));
        ck_assert_ptr_nonnull(strstr(list.notes.items[1], "'1-2'"));
        ck_assert_int_eq(utc_day_of(list.updated), utc_day_from_date(2026, 2, 19));
}
END_TEST

START_TEST(the_table_gives_a_date_with_and_one_without_ltss) {
        ck_assert_int_eq(read_text(TABLE
                                   "SLE15-SP6_Update_6,SUSE:Maintenance:36330,6.4.0-150600.23.30.1,"
                                   "2025-12-31,2026-01-13\r\n"
                                   "SLE15-SP4_Update_32,x,5.14.21-150400.24.136.1,"
                                   "only LTSS supported,2025-11-08\r\n"
                                   "SLE15-SP7-RT_Update_1,x,6.4.0-150700.7.3.1,2026-07-17,\r\n"
                                   "SLE15-SP1_Update_1,x,4.12.14-197.1.1,only LTSS supported,\r\n"),
                         0);
        ck_assert_uint_eq(list.n_windows, 4);
        ck_assert_int_eq(list.windows[0].end, utc_day_from_date(2025, 12, 31));
        ck_assert_int_eq(list.windows[0].channel, CHANNEL_UNKNOWN);
        ck_assert_str_eq(list.windows[0].kernel, "6.4.0-150600.23.30");
        ck_assert_int_eq(list.windows[1].end, utc_day_from_date(2026, 1, 13));
        ck_assert_int_eq(list.windows[1].channel, CHANNEL_LTSS);
        ck_assert_int_eq(list.windows[2].end, utc_day_from_date(2025, 11, 8));
        ck_assert_int_eq(list.windows[2].channel, CHANNEL_LTSS);
        ck_assert_str_eq(list.windows[3].package, "kernel-livepatch-6_4_0-150700_7_3-rt");
        ck_assert_str_eq(list.windows[3].kernel, "6.4.0-150700.7.3");
        ck_assert_uint_eq(list.notes.n_items, 1);
}
END_TEST

START_TEST(bad_rows_refuse_the_list_with_their_line) {
        static const struct {
                const char *text, *reason;
        } cases[] = {
                { "\nkernel-livepatch-6_4_0-1_2-default,*,2026-02-30", "2: " },
                { "kernel-livepatch-6_4_0-1_2-default,*", "1: " },
                { "kernel-livepatch-6_4_0-1_2-default,*,2026-02-01,a,b", "1: " },
                { "# \xC3\x28\n", "1: not UTF-8" },
                { TABLE "a,b,nothing,2026-01-01,\n", "2: 'nothing' is not a kernel" },
                { TABLE "a,b,6.4.0-10.1\n", "2: 3 columns" },
                { TABLE "a,b,6.4.0-10.1,2026-01-01,2026-13-01\n", "2: " },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                ck_assert_msg(read_text(cases[i].text) == LIFECYCLE_LIST_E_REFUSED, "row %zu", i);
                ck_assert_msg(text_starts_with(reason, cases[i].reason), "row %zu: %s", i, reason);
        }
}
END_TEST

START_TEST(at_their_caps_lists_are_read_and_one_more_refuses_them) {
        const char *row = "kernel-livepatch-6_4_0-1_1-default,*,2026-01-13";
        char *text, line[LIST_MAX_LINE_BYTES + 2];

        for (int more = 0; more < 2; more++) {
                int n = LIST_MAX_LINE_BYTES + more;

                snprintf(line, sizeof(line), "#%*s", n - 1, "");
                ck_assert_int_ge(asprintf(&text, "%s\n%s", line, row), n);
                ck_assert_int_eq(read_text(text), more ? LIFECYCLE_LIST_E_REFUSED : 0);
                ck_assert_str_eq(reason, more ? "1: list-line: longer than 4096 bytes" : "");
                free(text);
        }
        /* Of 16,384 rows each is held against all: much for valgrind. */
        for (int more = getenv("KLPWATCH_TEST_EVERY") ? 2 : 0; more < 2; more++) {
                size_t n_bytes;
                FILE *out = open_memstream(&text, &n_bytes);

                ck_assert_ptr_nonnull(out);
                /* The last once more: it is no other date. */
                for (int i = 0; i < LIST_MAX_ROWS + more + 1; i++)
                        fprintf(out, "kernel-livepatch-6_4_0-%d_1-default,*,2026-01-13\n",
                                i < LIST_MAX_ROWS + more ? i : 0);
                fclose(out);
                ck_assert_int_eq(read_text(text), more ? LIFECYCLE_LIST_E_REFUSED : 0);
                ck_assert_str_eq(reason, more ? "16385: list-rows: more than 16384 dates" : "");
                free(text);
        }
}
END_TEST

START_TEST(lists_are_known_by_name_or_form) {
        static const struct {
                const char *name, *text;
                bool is_one;
        } cases[] = {
                { "a.lifecycle", "", true },
                { "a", "# c\n\nbash,*,2026-01-01\n", true },
                { "a", TABLE, true },
                { "a", "bash,*,soon\n", false },
                { "a", "{\"document\":{}}", false },
                { "a", "", false },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                ck_assert_msg(lifecycle_list_looks_like_one(cases[i].name, cases[i].text,
                                                            strlen(cases[i].text)) ==
                                              cases[i].is_one,
                              "row %zu", i);
}
END_TEST

UNIT_TEST(at_their_caps_lists_are_read_and_one_more_refuses_them, names_are_inverted_to_kernels,
          other_products_are_noise, text_for_a_date_and_single_versions_are_said,
          the_table_gives_a_date_with_and_one_without_ltss,
          bad_rows_refuse_the_list_with_their_line, lists_are_known_by_name_or_form)
