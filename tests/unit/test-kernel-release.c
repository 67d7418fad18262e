/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "core/kernel-release.h"
#include "unit-test.h"

START_TEST(releases_come_apart) {
        static const struct {
                const char *text, *name, *version, *release, *arch, *variant, *dist;
                int major, minor;
        } cases[] = {
                { "5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.13.1.el9_4", "5.14.0",
                  "427.13.1.el9_4", "x86_64", "", "el9_4", 9, 4 },
                { "5.14.0-427.13.1.el9_4", "5.14.0-427.13.1.el9_4", "5.14.0", "427.13.1.el9_4", "",
                  "", "el9_4", 9, 4 },
                { "4.18.0-553.el8_10.x86_64", "4.18.0-553.el8_10", "4.18.0", "553.el8_10", "x86_64",
                  "", "el8_10", 8, 10 },
                { "4.18.0-372.9.1.el8.ppc64le", "4.18.0-372.9.1.el8", "4.18.0", "372.9.1.el8",
                  "ppc64le", "", "el8", 8, -1 },
                { "6.12.0-55.9.1.el10_0.aarch64", "6.12.0-55.9.1.el10_0", "6.12.0", "55.9.1.el10_0",
                  "aarch64", "", "el10_0", 10, 0 },
                { "5.14.0-427.13.1.el9_4.x86_64+rt", "5.14.0-427.13.1.el9_4", "5.14.0",
                  "427.13.1.el9_4", "x86_64", "rt", "el9_4", 9, 4 },
                { "5.14.0-427.13.1.el9_4.aarch64+64k-debug", "5.14.0-427.13.1.el9_4", "5.14.0",
                  "427.13.1.el9_4", "aarch64", "64k-debug", "el9_4", 9, 4 },
                { "5.14.0-284.11.1.rt14.296.el9_2.x86_64", "5.14.0-284.11.1.rt14.296.el9_2",
                  "5.14.0", "284.11.1.rt14.296.el9_2", "x86_64", "rt", "el9_2", 9, 2 },
                { "5.14.0-583.el9.x86_64", "5.14.0-583.el9", "5.14.0", "583.el9", "x86_64", "",
                  "el9", 9, -1 },
                { "5.15.0-100.96.32.el9uek.x86_64", "5.15.0-100.96.32.el9uek", "5.15.0",
                  "100.96.32.el9uek", "x86_64", "", "el9uek", -1, -1 },
                { "6.12.0-211.6.el10nv.x86_64", "6.12.0-211.6.el10nv", "6.12.0", "211.6.el10nv",
                  "x86_64", "", "el10nv", -1, -1 },
                { "6.8.0-47-generic", "6.8.0-47", "6.8.0", "47", "", "", "", -1, -1 },
                { "6.1.66-91.160.amzn2023.x86_64", "6.1.66-91.160.amzn2023", "6.1.66",
                  "91.160.amzn2023", "x86_64", "", "amzn2023", 2023, -1 },
                { "5.14.21-150500.55.28-default", "5.14.21-150500.55.28", "5.14.21", "150500.55.28",
                  "", "", "", -1, -1 },
                { "5.14.21-150500.55.28.1", "5.14.21-150500.55.28.1", "5.14.21", "150500.55.28.1",
                  "", "", "", -1, -1 },
                { "6.1.0-56-cloud-amd64", "6.1.0-56", "6.1.0", "56", "", "", "", -1, -1 },
                { "6.12.48+deb13-amd64", "6.12.48+deb13-amd64", "6.12.48+deb13", "amd64", "", "",
                  "", -1, -1 },
                { "6.6.0-custom", "6.6.0-custom", "6.6.0", "custom", "", "", "", -1, -1 },
                { "3.10.0-1160.118.1.el7.x86_64", "3.10.0-1160.118.1.el7", "3.10.0",
                  "1160.118.1.el7", "x86_64", "", "el7", 7, -1 },
                { "5.14.0-1.rt.el9_4.x86_64", "5.14.0-1.rt.el9_4", "5.14.0", "1.rt.el9_4", "x86_64",
                  "", "el9_4", 9, 4 },
                { "5.14.0-1.el9_99999.x86_64", "5.14.0-1.el9_99999", "5.14.0", "1.el9_99999",
                  "x86_64", "", "el9_99999", 9, -1 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelRelease kernel;

                ck_assert_msg(kernel_release_parse(cases[i].text, &kernel) == 0, "%s was refused",
                              cases[i].text);
                ck_assert_str_eq(kernel.name, cases[i].name);
                ck_assert_str_eq(kernel.version, cases[i].version);
                ck_assert_str_eq(kernel.release, cases[i].release);
                ck_assert_str_eq(kernel.arch, cases[i].arch);
                ck_assert_str_eq(kernel.variant, cases[i].variant);
                ck_assert_str_eq(kernel.dist, cases[i].dist);
                ck_assert_msg(kernel.dist_major == cases[i].major &&
                                              kernel.dist_minor == cases[i].minor,
                              "%s is of %d.%d", cases[i].text, kernel.dist_major,
                              kernel.dist_minor);
        }
}
END_TEST

START_TEST(what_is_no_release_is_refused) {
        static const char long_release[] =
                        "5.14.0-"
                        "00000000000000000000000000000000000000000000000000000000000000000000000000"
                        "0000000000000000"
                        "00000000000000000000000000000000000000000000000000000000";
        static const char *const cases[] = {
                "",           "6.6.0",
                "-1.el9",     "6.6.0-",
                "el9",        "5.14.0-427 .el9",
                "5.14.0-\n",  "5.14.0-1/../2",
                "v5.14.0-1",  "5.14.0-1\xc3\xa9",
                long_release,
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelRelease kernel = { .version = "untouched" };

                ck_assert_msg(kernel_release_parse(cases[i], &kernel) == KERNEL_RELEASE_E_MALFORMED,
                              "'%s' was taken", cases[i]);
                ck_assert_str_eq(kernel.version, "untouched");
        }
}
END_TEST

START_TEST(releases_compare_by_version_then_release) {
        static const struct {
                const char *a, *b;
                int order;
        } cases[] = {
                { "5.14.0-427.el9", "5.14.0-427.13.1.el9_4", -1 },
                { "5.14.0-427.13.1.el9_4", "5.14.0-427.13.1.el9_4.x86_64+rt", 0 },
                { "4.18.0-553.el8_10", "5.14.0-70.el9_0", -1 },
                { "5.14.0-427.100.1.el9_4", "5.14.0-427.99.1.el9_4", 1 },
                { "not a kernel", "not a kernel", 0 },
                { "5.14.0-1", "nonsense", 1 },
                { "5.14.21-150500.55.28-default", "5.14.21-150500.55.28.1", 0 },
                { "5.14.21-150500.55.31.1", "5.14.21-150500.55.28-default", 1 },
                { "6.8.0-45.45", "6.8.0-47-generic", -1 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(kernel_release_compare_texts(cases[i].a, cases[i].b) ==
                                              cases[i].order,
                              "'%s' against '%s'", cases[i].a, cases[i].b);
}
END_TEST

START_TEST(both_forms_of_a_kernel_with_a_flavour_are_the_same) {
        static const struct {
                const char *a, *b;
                bool same;
        } cases[] = {
                { "5.14.21-150500.55.28-default", "5.14.21-150500.55.28.1", true },
                { "5.14.21-150500.55.28.2", "5.14.21-150500.55.28-default", true },
                { "6.8.0-47-generic", "6.8.0-47.47", true },
                { "5.14.21-150500.55.28.1", "5.14.21-150500.55.28.2", false },
                { "5.14.21-150500.55.2-default", "5.14.21-150500.55.28", false },
                { "5.14.21-150500.55-default", "5.14.21-150500.55.28.1", false },
                { "5.14.21-150500.55.28-default", "5.14.21-150500.55.28.", false },
                { "5.14.21-150500.55.28-default", "5.14.21-150500.55.28.x", false },
                { "5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.13.1.el9_4", true },
                { "5.14.0-427", "5.14.0-427.1", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelRelease a, b;

                ck_assert_int_eq(kernel_release_parse(cases[i].a, &a), 0);
                ck_assert_int_eq(kernel_release_parse(cases[i].b, &b), 0);
                ck_assert_msg(kernel_release_is_same(&a, &b) == cases[i].same, "%s and %s",
                              cases[i].a, cases[i].b);
        }
}
END_TEST

START_TEST(the_first_number_opens_the_release) {
        KernelRelease kernel;

        ck_assert_int_eq(kernel_release_parse("4.18.0-372.9.1.el8", &kernel), 0);
        ck_assert_int_eq(kernel_release_first_number(&kernel), 372);
        ck_assert_int_eq(kernel_release_parse("6.6.0-custom", &kernel), 0);
        ck_assert_int_eq(kernel_release_first_number(&kernel), -1);
}
END_TEST

UNIT_TEST(releases_come_apart, both_forms_of_a_kernel_with_a_flavour_are_the_same,
          what_is_no_release_is_refused, releases_compare_by_version_then_release,
          the_first_number_opens_the_release)
