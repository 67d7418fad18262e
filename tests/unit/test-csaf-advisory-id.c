/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stddef.h>

#include "base/cleanup.h"
#include "digest/csaf-advisory-id.h"
#include "unit-test.h"

START_TEST(an_id_tells_its_vendor) {
        static const struct {
                const char *id;
                CsafVendor vendor;
        } cases[] = {
                { "RHSA-2024:5363", CSAF_VENDOR_REDHAT },
                { "RHBA-2024:1", CSAF_VENDOR_REDHAT },
                { "RHEA-2019:123456789", CSAF_VENDOR_REDHAT },
                { "SUSE-SU-2024:2883-1", CSAF_VENDOR_SUSE },
                { "SUSE-RU-2024:2883-1", CSAF_VENDOR_SUSE },
                { "openSUSE-SU-2016:1623-1", CSAF_VENDOR_SUSE },
                { "SUSE-SU-403", CSAF_VENDOR_SUSE },
                { "", CSAF_VENDOR_UNKNOWN },
                { "RHSA-", CSAF_VENDOR_UNKNOWN },
                { "RHSA-2024", CSAF_VENDOR_UNKNOWN },
                { "RHSA-2024:", CSAF_VENDOR_UNKNOWN },
                { "RHSA-2024:1x", CSAF_VENDOR_UNKNOWN },
                { "RHSA-2024:1234567890", CSAF_VENDOR_UNKNOWN },
                { "rhsa-2024:5363", CSAF_VENDOR_UNKNOWN },
                { "SUSE-", CSAF_VENDOR_UNKNOWN },
                { "SUSE-SU-", CSAF_VENDOR_UNKNOWN },
                { "SUSE-SU--1", CSAF_VENDOR_UNKNOWN },
                { "SUSE-SU-2024:1 ", CSAF_VENDOR_UNKNOWN },
                { "SUSE-SU-123456789012345678901234567890123", CSAF_VENDOR_UNKNOWN },
                { "CVE-2024-36971", CSAF_VENDOR_UNKNOWN },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(csaf_advisory_id_vendor(cases[i].id) == cases[i].vendor, "'%s'",
                              cases[i].id);
        ck_assert_str_eq(csaf_vendor_to_text(CSAF_VENDOR_REDHAT), "redhat");
        ck_assert_str_eq(csaf_vendor_to_text(CSAF_VENDOR_SUSE), "suse");
        ck_assert_ptr_null(csaf_vendor_to_text(CSAF_VENDOR_UNKNOWN));
}
END_TEST

UNIT_TEST(an_id_tells_its_vendor)
