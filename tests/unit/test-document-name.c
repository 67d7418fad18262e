/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdbool.h>

#include "base/cleanup.h"
#include "digest/document-name.h"
#include "unit-test.h"

START_TEST(only_the_vendors_whole_names_are_members) {
        static const struct {
                const char *name;
                bool is;
        } cases[] = {
                { "2024/rhsa-2024_5363.json", true },
                { "2024/rhba-2024_1.json", true },
                { "2019/rhea-2019_123456789.json", true },
                { "csaf/suse-su-2024_2883-1.json", true },
                { "csaf/suse-su-403.json", true },
                { "csaf/opensuse-su-2016_1623-1.json", true },
                { "suse-su-2024_2883-1.json", true },
                { "opensuse-su-2016_1623-1.json", true },
                { "", false },
                { "2024", false },
                { "2024/", false },
                { "2024/rhsa-", false },
                { "2024/rhsa-2024", false },
                { "2024/rhsa-2024_.json", false },
                { "2024/rhsa-2024_1234567890.json", false },
                { "2024/rhsa-2024-5363.json", false },
                { "2023/rhsa-2024_5363.json", false },
                { "2024/rhza-2024_5363.json", false },
                { "2024/rhsa-2024_5363.json.asc", false },
                { "/2024/rhsa-2024_5363.json", false },
                { "../2024/rhsa-2024_5363.json", false },
                { "rhsa-2024_5363.json", false },
                { "csaf/", false },
                { "csaf/.json", false },
                { "csaf/../suse-su-1.json", false },
                { "csaf/csaf/suse-su-1.json", false },
                { "csaf/SUSE-SU-1.json", false },
                { "csaf/suse-su-1.json.sha256", false },
                { "suse.json", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(document_name_is_member(cases[i].name) == cases[i].is, "%s",
                              cases[i].name);
}
END_TEST

START_TEST(a_name_comes_of_an_id_as_the_standard_says) {
        static const struct {
                const char *name, *id;
                bool is;
        } cases[] = {
                { "2024/rhsa-2024_5363.json", "RHSA-2024:5363", true },
                { "rhsa-2024_5363.json", "RHSA-2024:5363", true },
                { "csaf/suse-su-2024_2883-1.json", "SUSE-SU-2024:2883-1", true },
                { "csaf/suse-su-403.json", "SUSE-SU-403", true },
                { "a_b+c.json", "A: .b+C", true },
                { "a_.json", "a::", true },
                { "a_b.json", "a_b", true },
                { "rhsa-2024_5363.json", "RHSA-2024:536", false },
                { "rhsa-2024_536.json", "RHSA-2024:5363", false },
                { "rhsa-2024_5363", "RHSA-2024:5363", false },
                { "rhsa-2024:5363.json", "RHSA-2024:5363", false },
                { "RHSA-2024_5363.json", "RHSA-2024:5363", false },
                { "a__b.json", "a::b", false },
                { "", "a", false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(document_name_is_of(cases[i].name, cases[i].id) == cases[i].is,
                              "%s, %s", cases[i].name, cases[i].id);
}
END_TEST

UNIT_TEST(only_the_vendors_whole_names_are_members, a_name_comes_of_an_id_as_the_standard_says)
