/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "core/livepatch-name.h"
#include "unit-test.h"

static KernelRelease parse(const char *text) {
        KernelRelease kernel;

        ck_assert_int_eq(kernel_release_parse(text, &kernel), 0);
        return kernel;
}

/* All of the names are real, but for the ones that must not decode. */
START_TEST(module_names_decode_against_the_running_kernel) {
        static const struct {
                const char *module, *kernel, *version; /* NULL: not this kernel's */
        } cases[] = {
                { "kpatch_5_14_0_284_11_1_1_1", "5.14.0-284.11.1.el9_2.x86_64", "1-1" },
                { "kpatch_5_14_0_427_100_1_1_4", "5.14.0-427.100.1.el9_4.x86_64", "1-4" },
                { "kpatch_5_14_0_570_17_1_1_10", "5.14.0-570.17.1.el9_6.x86_64", "1-10" },
                { "kpatch_4_18_0_348_12_2_1_2", "4.18.0-348.12.2.el8_5.x86_64", "1-2" },
                { "kpatch_4_18_0_193_1_2", "4.18.0-193.el8.x86_64", "1-2" },
                { "kpatch_4_18_0_147_1_4", "4.18.0-147.el8.x86_64", "1-4" },
                { "kpatch_3_10_0_1062_1_1_1_4", "3.10.0-1062.1.1.el7.x86_64", "1-4" },
                { "kpatch_3_10_0_1062_1_5", "3.10.0-1062.el7.x86_64", "1-5" },
                { "kpatch_5_14_0_427_13_1_1_1_1", "5.14.0-427.13.1.el9_4.x86_64",
                  "1-1.1" }, /* a dotted release */
                { "kpatch_4_18_0_193_1_2", "4.18.0-193.1.2.el8_2.x86_64", NULL },
                { "kpatch_4_18_0_193_1_2_1_5", "4.18.0-193.el8.x86_64",
                  NULL }, /* of base 193.1.2 */
                { "kpatch_5_14_0_427_100_1_1_4", "5.14.0-427.93.1.el9_4.x86_64",
                  NULL }, /* a neighbour's */
                { "kpatch_5_14_0_427_13_10_1_1", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "klp_687_22_1_el9_8_to_687_23_1", "5.14.0-687.22.1.el9_8.x86_64", NULL },
                { "livepatch_1_5_3_2", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "livepatch_1_5_3_2", "5.3.18-24.34-default", "1-5.3.2" },
                { "livepatch_14_150500_2_1", "5.14.21-150500.55.28-default", "14-150500.2.1" },
                { "livepatch_14", "5.14.21-150500.55.28-default", NULL },
                { "livepatch_14__2", "5.14.21-150500.55.28-default", NULL },
                { "livepatch_hotfix", "5.14.21-150500.55.28-default", NULL },
                { "livepatch_CVE_2022_36946", "6.1.12-19.43.amzn2023.x86_64", "" },
                { "livepatch_", "6.1.12-19.43.amzn2023.x86_64", NULL },
                { "kpatch_6_1_12_19_43_1_1", "6.1.12-19.43.amzn2023.x86_64", NULL },
                { "lkp_Ubuntu_5_15_0_25_25_generic_86", "5.15.0-25-generic", "86" },
                { "lkp_Ubuntu_5_15_0_25_25_generic_86", "5.15.0-27-generic", NULL },
                { "lkp_Ubuntu_5_15_0_25_25_generic_86", "5.15.0-25-lowlatency", NULL },
                { "lkp_Ubuntu_5_15_0_25_25_generic_", "5.15.0-25-generic", NULL },
                { "lkp_Ubuntu_5_15_0_25_25_generic_86x", "5.15.0-25-generic", NULL },
                { "lkp_Ubuntu_5_15_0_25__generic_86", "5.15.0-25-generic", NULL },
                { "kpatch_5_14_0_427_13_1", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1_1", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1__1", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1_1_", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1_1__2", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1_1_a", "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_5_14_0_427_13_1_1_222222222222222222222222222222222222",
                  "5.14.0-427.13.1.el9_4.x86_64", NULL },
                { "kpatch_6_6_0_custom_1_1", "6.6.0-custom", NULL },
                { "", "5.14.0-427.13.1.el9_4.x86_64", NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelRelease kernel = parse(cases[i].kernel);
                LivepatchName name = {};
                int r = livepatch_name_decode(cases[i].module, &kernel, &name);

                ck_assert_msg((r == 0) == (cases[i].version != NULL), "%s on %s gave %d",
                              cases[i].module, cases[i].kernel, r);
                if (cases[i].version)
                        ck_assert_str_eq(name.version, cases[i].version);
        }
}
END_TEST

START_TEST(packages_and_kernels_name_each_other) {
        static const struct {
                const char *kernel, *package, *base;
        } cases[] = {
                { "5.14.0-427.13.1.el9_4.x86_64", "kpatch-patch-5_14_0-427_13_1",
                  "5.14.0-427.13.1" },
                { "4.18.0-193.el8", "kpatch-patch-4_18_0-193", "4.18.0-193" },
                { "4.18.0-348.12.2.el8_5", "kpatch-patch-4_18_0-348_12_2", "4.18.0-348.12.2" },
                { "5.14.21-150500.55.28-default", "kernel-livepatch-5_14_21-150500_55_28-default",
                  "5.14.21-150500.55.28" },
                { "5.14.21-150500.55.28.1", "kernel-livepatch-5_14_21-150500_55_28-default",
                  "5.14.21-150500.55.28" },
                { "5.14.21-150500.13.27-rt", "kernel-livepatch-5_14_21-150500_13_27-rt",
                  "5.14.21-150500.13.27" },
                { "6.1.12-19.43.amzn2023.x86_64", "kernel-livepatch-6.1.12-19.43", "6.1.12-19.43" },
        };
        char text[LIVEPATCH_NAME_BYTES];
        KernelRelease custom = parse("6.6.0-custom"), ubuntu = parse("6.8.0-47-generic");

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                KernelRelease kernel = parse(cases[i].kernel);

                ck_assert_int_eq(livepatch_package_name(&kernel, text), 0);
                ck_assert_str_eq(text, cases[i].package);
                ck_assert_int_eq(livepatch_package_base(cases[i].package, text), 0);
                ck_assert_str_eq(text, cases[i].base);
        }
        ck_assert_int_eq(livepatch_package_name(&custom, text), LIVEPATCH_NAME_E_OTHER);
        ck_assert_int_eq(livepatch_package_name(&ubuntu, text), LIVEPATCH_NAME_E_OTHER);
}
END_TEST

START_TEST(what_is_no_live_patch_package_is_refused) {
        static const char *const cases[] = {
                "kernel-core",
                "kpatch-patch-",
                "kpatch-patch-5_14_0",
                "kpatch-patch-5_14_0-",
                "kpatch-patch--427",
                "kpatch-patch-5_14_0-427-1",
                "kpatch-patch-5_14_0-427_13_1-debuginfo",
                "kpatch-patch-5_14_0-427_13_1-debugsource",
                "kpatch-patch-x-y",
                "kernel-livepatch-tools",
                "kernel-livepatch-6.1.12",
                "kernel-livepatch-6.1.12-",
                "kernel-livepatch-6.1.12-19.43x",
                "kernel-livepatch-6_1_12-19_43",
                "kernel-livepatch-5_14_21-150500_55_28-",
                "kernel-livepatch-5_14_21--default",
                "kernel-livepatch-5.14.21-150500.55.28-default",
                "kpatch",
        };
        char text[LIVEPATCH_NAME_BYTES];

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                ck_assert_msg(livepatch_package_base(cases[i], text) == LIVEPATCH_NAME_E_OTHER,
                              "%s was taken", cases[i]);
        ck_assert(livepatch_package_is_one("kernel-livepatch-5_14_21-150500_55_28-default"));
        ck_assert(livepatch_package_is_one("kernel-livepatch-6.1.12-19.43"));
        ck_assert(!livepatch_package_is_one("kernel-livepatch-tools"));
        ck_assert(!livepatch_package_is_one("kernel-livepatch-SLE15-SP5"));
        ck_assert(!livepatch_package_is_one("kernel-livepatch-6.1.12-19.43-debuginfo"));
        ck_assert(livepatch_package_is_one("kpatch-patch-5_14_0-427_13_1"));
        ck_assert(!livepatch_package_is_one("kpatch-patch-5_14_0-427_13_1-debuginfo"));
}
END_TEST

START_TEST(version_zero_is_the_empty_package) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert(livepatch_version_is_empty("0-0.el9_4"));
        ck_assert(livepatch_version_is_empty("0-1"));
        ck_assert(livepatch_version_is_empty("0"));
        ck_assert(livepatch_version_is_empty("1.0-0"));
        ck_assert(livepatch_version_is_empty("1.0-0.amzn2023"));
        ck_assert(!livepatch_version_is_empty("1.0-01.amzn2023"));
        ck_assert_str_eq(livepatch_version_without_dist(pool, "1.0-3.amzn2023"), "1.0-3");
        ck_assert(!livepatch_version_is_empty("1-0"));
        ck_assert(!livepatch_version_is_empty("01-0"));
        ck_assert(!livepatch_version_is_empty(""));
        ck_assert_str_eq(livepatch_version_without_dist(pool, "1-2.el9_4"), "1-2");
        ck_assert_str_eq(livepatch_version_without_dist(pool, "1-2"), "1-2");
}
END_TEST

UNIT_TEST(module_names_decode_against_the_running_kernel, packages_and_kernels_name_each_other,
          what_is_no_live_patch_package_is_refused, version_zero_is_the_empty_package)
