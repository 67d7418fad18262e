/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "digest/csaf-product.h"
#include "unit-test.h"

#define SLE "SUSE Linux Enterprise "

START_TEST(products_of_suse_tell_their_service_pack) {
        static const struct {
                const char *id;
                int major, minor;
                ChannelSet channels;
        } cases[] = {
                { SLE "Module for Basesystem 15 SP5", 15, 5, 1u << CHANNEL_MAIN },
                { SLE "Server 12 SP5", 12, 5, 1u << CHANNEL_MAIN },
                { SLE "Server 12", 12, 0, 1u << CHANNEL_MAIN },
                { SLE "Server 16.0", 16, 0, 1u << CHANNEL_MAIN },
                { SLE "Server 16.1", 16, 1, 1u << CHANNEL_MAIN },
                { SLE "Server 15 SP4-LTSS", 15, 4, 1u << CHANNEL_LTSS },
                { SLE "Server 15-LTSS", 15, 0, 1u << CHANNEL_LTSS },
                { SLE "Server 12 SP5-LTSS Extended Security", 12, 5, 1u << CHANNEL_LTSS },
                { SLE "High Performance Computing 15 SP4-ESPOS", 15, 4, 0 },
                { SLE "Server for SAP Applications 15 SP4", 15, 4, 0 },
                { SLE "Live Patching 15 SP5", 15, 5, 0 },
                { SLE "Real Time 15 SP5", 15, 5, 0 },
                { SLE "Micro 5.5", -1, -1, 0 },
                { SLE "Micro for Rancher 5.2", -1, -1, 0 },
                { SLE "", -1, -1, 0 },
                { SLE "Server", -1, -1, 0 },
                { SLE "Server 123", -1, -1, 0 },
                { SLE "Server 15x", -1, -1, 0 },
                { "openSUSE Leap 15.5", -1, -1, 0 },
                { "SUSE Package Hub 12", -1, -1, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                CsafProduct product;
                bool is = csaf_product_parse(cases[i].id, &product);

                ck_assert_msg(is == (cases[i].major >= 0), "%s", cases[i].id);
                if (!is)
                        continue;
                ck_assert_msg(product.major == cases[i].major && product.minor == cases[i].minor &&
                                              product.channels == cases[i].channels &&
                                              product.vendor == CSAF_VENDOR_SUSE,
                              "%s: %d.%d, %x", cases[i].id, product.major, product.minor,
                              product.channels);
        }
}
END_TEST

START_TEST(components_of_suse_are_taken_by_their_exact_names) {
        static const struct {
                const char *id, *name, *version, *arch;
        } cases[] = {
                { "kernel-default-5.14.21-150500.55.28.1.x86_64", "", "5.14.21-150500.55.28.1",
                  "x86_64" },
                { "kernel-default-4.12.14-122.179.1.s390x", "", "4.12.14-122.179.1", "s390x" },
                { "kernel-livepatch-5_14_21-150500_55_28-default-14-150500.2.1.x86_64",
                  "kernel-livepatch-5_14_21-150500_55_28-default", "14-150500.2.1", "x86_64" },
                { "kgraft-patch-3_12_51-60_25-default-3-2.1.x86_64",
                  "kgraft-patch-3_12_51-60_25-default", "3-2.1", "x86_64" },
                { "kernel-default-5.14.21-150500.55.28.1.nosrc", NULL, NULL, NULL },
                { "kernel-default-base-5.14.21-150500.55.28.1.x86_64", NULL, NULL, NULL },
                { "kernel-default-livepatch-5.14.21-150500.55.28.1.x86_64", NULL, NULL, NULL },
                { "kernel-rt-5.14.21-150500.13.21.1.x86_64", NULL, NULL, NULL },
                { "kernel-livepatch-5_14_21-150500_13_21-rt-2-150500.2.1.x86_64", NULL, NULL,
                  NULL },
                { "kernel-livepatch-5_14_21-150500_55_28-default-debuginfo-2-1.1.x86_64", NULL,
                  NULL, NULL },
                { "kernel-livepatch-SLE15-SP5_Update_6-2-150500.2.1.src", NULL, NULL, NULL },
                { "kernel-livepatch-tools-1.2-1.1.x86_64", NULL, NULL, NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                CsafComponent component;
                bool is = csaf_component_parse(cases[i].id, &component);

                ck_assert_msg(is == (cases[i].name != NULL), "%s", cases[i].id);
                if (!is)
                        continue;
                ck_assert_msg(component.vendor == CSAF_VENDOR_SUSE && !component.malformed, "%s",
                              cases[i].id);
                ck_assert_str_eq(component.name, cases[i].name);
                ck_assert_str_eq(component.version, cases[i].version);
                ck_assert_str_eq(component.arch, cases[i].arch);
        }
}
END_TEST

START_TEST(pairs_are_taken_apart) {
        static const struct {
                const char *id;
                bool is, counts;
        } cases[] = {
                { "BaseOS-9.4.0.GA:kernel-core-0:5.14.0-427.13.1.el9_4.x86_64", true, true },
                { "rhel-9.7.z::appstream:kernel-0:5.14.0-611.5.1.el9_7", true, true },
                { "rhel-9.7.z::baseos:kernel-0:5.14.0-611.5.1.el9_7.x86_64", true, false },
                { SLE "Live Patching 15 SP5:kernel-livepatch-5_14_21-150500_55_28-default-1-1.1",
                  true, true },
                { SLE "Server 15:kernel-core-0:5.14.0-427.13.1.el9_4.x86_64", true, false },
                { "BaseOS-9.4.0.GA:kernel-default-5.14.21-150500.55.28.1.x86_64", true, false },
                { "rhel-9.7.z::appstream", false, false },
                { "rhel-9.7.z::", false, false },
                { "BaseOS-9.4.0.GA", false, false },
                { ":", false, false },
                { "::", false, false },
                { ":::", false, false },
                { "", false, false },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                CsafComponent component;
                CsafProduct product;
                bool is = csaf_pair_parse(cases[i].id, &product, &component);

                ck_assert_msg(is == cases[i].is, "%s", cases[i].id);
                ck_assert_msg(!is || csaf_component_counts(&component, &product) == cases[i].counts,
                              "%s", cases[i].id);
        }
}
END_TEST

UNIT_TEST(products_of_suse_tell_their_service_pack,
          components_of_suse_are_taken_by_their_exact_names, pairs_are_taken_apart)
