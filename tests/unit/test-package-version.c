/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/package-version.h"
#include "unit-test.h"

START_TEST(versions_compare_by_the_rules) {
        static const struct {
                const char *a, *b;
                int order;
        } cases[] = {
                { "1.0", "1.0", 0 },
                { "1.0", "2.0", -1 },
                { "2.0.1", "2.0", 1 },
                { "1-10", "1-9", 1 },
                { "10.0001", "10.1", 0 },
                { "1.0aa", "1.0a", 1 },
                { "1.0aa", "1.0aaa", -1 },
                { "427.el9", "427.13.1.el9_4", -1 },
                { "193.el8", "193.1.2.el8_2", -1 },
                { "67.109.amzn2023", "67.114.amzn2023", -1 },
                { "2_0", "2.0", 0 },
                { "2.0", "2-0", 0 },
                { "a", "1", -1 },
                { "1.0~rc1", "1.0", -1 },
                { "1.0~rc1", "1.0~rc2", -1 },
                { "1.0~rc1~git", "1.0~rc1", -1 },
                { "1.0^", "1.0", 1 },
                { "1.0^git1", "1.0.1", -1 },
                { "1.0^a", "1.0^", 1 },
                { "1.0~rc1^git1", "1.0~rc1", 1 },
                { "1.0^git1~pre", "1.0^git1", -1 },
                { "", "", 0 },
                { "", "1", -1 },
                { "~", "", -1 },
                { "^", "", 1 },
                { "^", "1", -1 },
                { "~", "^", -1 },
                { "007", "7", 0 },
                { "0", "", 1 },
                { "123456789012345678901234567890", "2", 1 },
                { "1.é2", "1.2", 0 },
                { "...", "", 0 },
                { "1.", "1", 0 },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                int order = package_version_compare(cases[i].a, cases[i].b);
                int mirrored = package_version_compare(cases[i].b, cases[i].a);

                ck_assert_msg(order == cases[i].order, "'%s' against '%s' gave %d", cases[i].a,
                              cases[i].b, order);
                ck_assert_msg(mirrored == -order, "'%s' against '%s' mirrored gave %d", cases[i].a,
                              cases[i].b, mirrored);
        }
}
END_TEST

START_TEST(epoch_version_and_release_compare_in_turn) {
        static const struct {
                const char *a, *b;
                int order;
        } cases[] = {
                { "1-2", "1-10", -1 },     { "1:1-1", "2-1", 1 },
                { "0:1-1", "1-1", 0 },     { "1-1", "1", 0 },
                { "1-1.el9_4", "1-1", 1 }, { "2-1", "10-1", -1 },
                { "1-0", "0-1", 1 },       { "5.14.0-427.13.1.el9_4", "5.14.0-427.31.1.el9_4", -1 },
                { "00:1", "1", 0 },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                ck_assert_msg(package_evr_compare(cases[i].a, cases[i].b) == cases[i].order &&
                                              package_evr_compare(cases[i].b, cases[i].a) ==
                                                              -cases[i].order,
                              "'%s' against '%s'", cases[i].a, cases[i].b);
}
END_TEST

UNIT_TEST(versions_compare_by_the_rules, epoch_version_and_release_compare_in_turn)
