/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/exposure.h"
#include "assess-world.h"
#include "unit-test.h"

/* 9.4 with one kernel erratum after the initial kernel, a patch of it, and the host's patch 1-1 installed. */
static World *world_with_patch(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     "CVE-2024-1000=low");
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main eus", "2024-08-15",
                     SEVERITY_IMPORTANT,
                     "CVE-2024-3100=important CVE-2024-3101=moderate CVE-2024-3102 "
                     "CVE-2024-3103=critical");
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-19",
                    "CVE-2024-3100=important");
        world_patch(world, WORLD_PACKAGE, "1-10", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-25",
                    "CVE-2024-3102");
        world_install(world, WORLD_PACKAGE, "1-1.el9_4");
        return world;
}

static const Exposure *find(World *world, const char *at, const char *cve) {
        return exposure_report_find(&world_assess(world, at)->exposure, cve);
}

static Verdict verdict(World *world, const char *at, const char *cve) {
        const Exposure *exposure = find(world, at, cve);

        ck_assert_msg(exposure, "%s is not listed", cve);
        return exposure->verdict;
}

START_TEST(every_state_of_the_patch_has_its_verdict) {
        static const struct {
                const char *module; /* NULL: not loaded */
                bool listed;
                Tristate enabled, transition;
                bool on_disk;
                Verdict verdict;
        } cases[] = {
                { NULL, false, TRISTATE_NO, TRISTATE_NO, false, VERDICT_LIVE_PATCH_AVAILABLE },
                { NULL, false, TRISTATE_NO, TRISTATE_NO, true, VERDICT_LIVE_PATCH_NOT_ACTIVE },
                { WORLD_MODULE "1", true, TRISTATE_YES, TRISTATE_NO, false,
                  VERDICT_LIVE_PATCH_AVAILABLE },
                { WORLD_MODULE "2", true, TRISTATE_YES, TRISTATE_NO, true, VERDICT_LIVE_PATCHED },
                { WORLD_MODULE "10", true, TRISTATE_YES, TRISTATE_NO, true, VERDICT_LIVE_PATCHED },
                { WORLD_MODULE "2", true, TRISTATE_YES, TRISTATE_YES, true,
                  VERDICT_LIVE_PATCH_PENDING },
                { WORLD_MODULE "2", true, TRISTATE_NO, TRISTATE_YES, false,
                  VERDICT_LIVE_PATCH_NOT_ACTIVE },
                { WORLD_MODULE "2", false, TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, false,
                  VERDICT_LIVE_PATCH_NOT_ACTIVE },
                { WORLD_MODULE "2", true, TRISTATE_UNKNOWN, TRISTATE_NO, true, VERDICT_UNKNOWN },
                { "klp_third_party", true, TRISTATE_YES, TRISTATE_NO, false,
                  VERDICT_LIVE_PATCH_AVAILABLE },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_patch();
                Verdict found;

                if (cases[i].module)
                        world_load(world, cases[i].module, cases[i].enabled, cases[i].transition)
                                        ->listed = cases[i].listed;
                if (cases[i].on_disk)
                        world_file(world, WORLD_MODULE "2");
                found = verdict(world, "2024-09-15", "CVE-2024-3100");
                ck_assert_msg(found == cases[i].verdict, "row %zu gave %s", i,
                              verdict_to_text(found));
                ck_assert_uint_eq(world->assessment->exposure.n_verdicts[found] > 0, true);
                world_free(world);
        }
}
END_TEST

/* A patch that shares its CVEs with other kernels' patches proves nothing, whatever its state is. */
START_TEST(shared_cves_are_credited_to_nobody) {
        static const struct {
                const char *module, *channels;
                Tristate transition;
                bool on_disk, own, unreadable;
                Verdict verdict;
        } cases[] = {
                { WORLD_MODULE "2", "main", TRISTATE_NO, true, false, false, VERDICT_UNKNOWN },
                { WORLD_MODULE "2", "main", TRISTATE_YES, true, false, false, VERDICT_UNKNOWN },
                { NULL, "main", TRISTATE_NO, true, false, false, VERDICT_UNKNOWN },
                { NULL, "main", TRISTATE_NO, false, false, false, VERDICT_UNKNOWN },
                /* out of reach: what a kernel alone fixes */
                { NULL, "aus", TRISTATE_NO, false, false, false, VERDICT_REBOOT_NEEDED },
                { WORLD_MODULE "2", "aus", TRISTATE_UNKNOWN, true, false, true, VERDICT_UNKNOWN },
                { WORLD_MODULE "2", "main", TRISTATE_NO, true, true, false, VERDICT_LIVE_PATCHED },
                { NULL, "main", TRISTATE_NO, false, true, false, VERDICT_LIVE_PATCH_AVAILABLE },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_patch();
                PatchFact *shared = &world->facts->patches[0];
                const Exposure *exposure;

                shared->cves_shared = true;
                shared->advisory = "RHSA-7";
                shared->channels = world_channels(cases[i].channels);
                if (cases[i].own)
                        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main",
                                    "2024-08-19", "CVE-2024-3100=important");
                if (cases[i].module)
                        world_load(world, cases[i].module,
                                   cases[i].unreadable ? TRISTATE_UNKNOWN : TRISTATE_YES,
                                   cases[i].transition);
                if (cases[i].on_disk)
                        world_file(world, WORLD_MODULE "2");
                exposure = find(world, "2024-12-15", "CVE-2024-3100");
                ck_assert_ptr_nonnull(exposure);
                ck_assert_msg(exposure->verdict == cases[i].verdict, "row %zu gave %s", i,
                              verdict_to_text(exposure->verdict));
                if (cases[i].verdict == VERDICT_UNKNOWN)
                        ck_assert_str_eq(exposure->note,
                                         "RHSA-7 fixes it in live patches of several kernels and "
                                         "does not say in which");
                world_free(world);
        }
}
END_TEST

/* Where another record tells the same patch's own CVEs, only those count. */
START_TEST(a_patchs_own_cves_overrule_shared_ones) {
        World *world = world_with_patch();
        PatchFact *shared = &world->facts->patches[0], *own;

        shared->cves_shared = true;
        own = world_patch(world, WORLD_PACKAGE, "1-2", NULL, "rhel-9.4", "eus", "2024-08-19",
                          "CVE-2024-3101=moderate");
        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "2");
        ck_assert_int_eq(verdict(world, "2024-12-15", "CVE-2024-3101"), VERDICT_LIVE_PATCHED);
        ck_assert_int_eq(verdict(world, "2024-12-15", "CVE-2024-3100"), VERDICT_REBOOT_NEEDED);
        own->advisory = "RHSA-8"; /* another advisory's say nothing of these */
        ck_assert_int_eq(verdict(world, "2024-12-15", "CVE-2024-3100"), VERDICT_UNKNOWN);
        world_free(world);
}
END_TEST

START_TEST(patch_versions_order_as_rpm_orders_them) {
        World *world = world_with_patch();

        world_load(world, WORLD_MODULE "9", TRISTATE_YES, TRISTATE_NO);
        ck_assert_int_eq(verdict(world, "2024-09-15", "CVE-2024-3100"), VERDICT_LIVE_PATCHED);
        ck_assert_int_eq(verdict(world, "2024-09-15", "CVE-2024-3102"),
                         VERDICT_LIVE_PATCH_AVAILABLE); /* in 1-10 */
        world_free(world);
}
END_TEST

START_TEST(what_only_a_kernel_fixes_depends_on_severity_and_time) {
        static const struct {
                const char *at, *cve;
                Verdict verdict;
        } cases[] = {
                { "2024-08-20", "CVE-2024-3103", VERDICT_LIVE_PATCH_AWAITED },
                { "2024-09-13", "CVE-2024-3103", VERDICT_LIVE_PATCH_AWAITED }, /* 29 days */
                { "2024-09-14", "CVE-2024-3103", VERDICT_REBOOT_NEEDED },      /* 30 days */
                { "2024-08-20", "CVE-2024-3101", VERDICT_BELOW_SCOPE },
                { "2024-09-20", "CVE-2024-1000", VERDICT_FIXED_IN_KERNEL },
                { "2024-08-18", "CVE-2024-3100",
                  VERDICT_LIVE_PATCH_AWAITED }, /* the patch is not out yet */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_patch();
                Verdict found = verdict(world, cases[i].at, cases[i].cve);

                ck_assert_msg(found == cases[i].verdict, "%s on %s gave %s", cases[i].cve,
                              cases[i].at, verdict_to_text(found));
                world_free(world);
        }
}
END_TEST

START_TEST(nothing_is_awaited_for_an_unproven_kernel) {
        World *world = world_with_patch();

        world->host->n_packages = 0;
        world->facts->n_patches = 0;
        ck_assert_int_eq(verdict(world, "2024-08-20", "CVE-2024-3103"), VERDICT_REBOOT_NEEDED);
        world_free(world);
}
END_TEST

START_TEST(an_unrated_cve_is_judged_by_its_advisory) {
        World *world = world_with_patch();
        const Exposure *exposure;

        world->facts->n_patches = 1;
        exposure = find(world, "2024-09-20", "CVE-2024-3102");
        ck_assert_int_eq(exposure->severity, SEVERITY_UNKNOWN);
        ck_assert_int_eq(exposure->bound, SEVERITY_IMPORTANT);
        ck_assert_int_eq(exposure->verdict, VERDICT_REBOOT_NEEDED);
        ck_assert_uint_eq(world->assessment->exposure.n_open[SEVERITY_UNKNOWN], 1);
        ck_assert_uint_eq(world->assessment->exposure.n_open[SEVERITY_IMPORTANT], 1);

        world->facts->kernels[1].severity = SEVERITY_MODERATE;
        ck_assert_int_eq(verdict(world, "2024-09-20", "CVE-2024-3102"), VERDICT_BELOW_SCOPE);
        world->facts->kernels[1].severity = SEVERITY_UNKNOWN; /* nobody rates it: in scope */
        ck_assert_int_eq(verdict(world, "2024-09-20", "CVE-2024-3102"), VERDICT_REBOOT_NEEDED);
        world_free(world);
}
END_TEST

START_TEST(the_highest_severity_of_any_mention_counts) {
        World *world = world_with_patch();

        world_patch(world, WORLD_PACKAGE, "1-11", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-26",
                    "CVE-2024-3101=critical");
        ck_assert_int_eq(find(world, "2024-09-20", "CVE-2024-3101")->severity, SEVERITY_CRITICAL);
        world_free(world);
}
END_TEST

START_TEST(the_lineage_follows_the_channel) {
        World *world = world_with_patch();

        world_kernel(world, "5.14.0-503.14.1.el9_5", "rhel-9.5", "main", "2024-11-12",
                     SEVERITY_IMPORTANT, "CVE-2024-9500=important");
        world_kernel(world, "5.14.0-427.61.1.el9_4", "rhel-9.4", "eus", "2024-12-01",
                     SEVERITY_IMPORTANT, "CVE-2024-9400=important");
        world_kernel(world, "5.14.0-362.8.1.el9_3", "rhel-9.3", "main", "2023-11-07",
                     SEVERITY_IMPORTANT, "CVE-2023-9300=important");

        ck_assert_ptr_null(find(world, "2025-01-01", "CVE-2024-9500"));
        ck_assert_int_eq(verdict(world, "2025-01-01", "CVE-2024-9400"), VERDICT_REBOOT_NEEDED);
        ck_assert_ptr_null(find(world, "2025-01-01", "CVE-2023-9300"));

        world_channel(world, "");
        ck_assert_int_eq(verdict(world, "2025-01-01", "CVE-2024-9500"), VERDICT_REBOOT_NEEDED);
        ck_assert(strstr(find(world, "2025-01-01", "CVE-2024-9500")->note,
                         "first listed in a later minor"));
        ck_assert_ptr_null(find(world, "2025-01-01", "CVE-2024-9400"));

        /* A kernel that runs counts whatever channel it came from. */
        world_set_kernel(world, "5.14.0-427.61.1.el9_4");
        ck_assert_int_eq(verdict(world, "2025-01-01", "CVE-2024-9400"), VERDICT_FIXED_IN_KERNEL);
        world_free(world);
}
END_TEST

START_TEST(a_cve_that_is_listed_again_is_open) {
        World *world = world_with_patch();
        const Exposure *exposure;

        world_kernel(world, "5.14.0-427.40.1.el9_4", "rhel-9.4", "main", "2024-10-01",
                     SEVERITY_IMPORTANT, "CVE-2024-1000=important");
        ck_assert_int_eq(verdict(world, "2024-09-30", "CVE-2024-1000"), VERDICT_FIXED_IN_KERNEL);
        exposure = find(world, "2024-11-15", "CVE-2024-1000");
        ck_assert_int_eq(exposure->verdict, VERDICT_REBOOT_NEEDED);
        ck_assert_str_eq(exposure->kernel->release, "5.14.0-427.40.1.el9_4");
        ck_assert(strstr(exposure->note, "listed again"));
        world_set_kernel(world, "5.14.0-427.40.1.el9_4");
        ck_assert_int_eq(verdict(world, "2024-11-15", "CVE-2024-1000"), VERDICT_FIXED_IN_KERNEL);
        world_free(world);
}
END_TEST

START_TEST(a_cve_of_a_patch_alone_needs_the_channel) {
        World *world = world_with_patch();

        world_patch(world, WORLD_PACKAGE, "1-3", WORLD_KERNEL, "rhel-9.4", "e4s", "2024-08-26",
                    "CVE-2024-7000=important");
        world_patch(world, WORLD_PACKAGE, "1-4", WORLD_KERNEL, "rhel-9.4", "eus", "2024-08-27",
                    "CVE-2024-7001=important");
        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", "5.14.0-427.31.1.el9_4",
                    "rhel-9.4", "eus", "2024-08-27", "CVE-2024-7002=important");
        ck_assert_int_eq(verdict(world, "2024-09-15", "CVE-2024-7000"), VERDICT_UNKNOWN);
        ck_assert_int_eq(verdict(world, "2024-09-15", "CVE-2024-7001"),
                         VERDICT_LIVE_PATCH_AVAILABLE);
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-7002"));
        world_free(world);
}
END_TEST

/* Somebody else's package for this base, and an empty one of our own, are no proof that anything is fixed. */
START_TEST(only_a_filled_package_of_its_own_name_fixes) {
        World *world = world_with_patch();

        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", WORLD_KERNEL, "rhel-9.4", "eus",
                    "2024-08-27", "CVE-2024-7003=important");
        world_patch(world, WORLD_PACKAGE, "0-1", WORLD_KERNEL, "rhel-9.4", "eus", "2024-08-27",
                    "CVE-2024-7004=important");
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-7003"));
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-7004"));
        world_free(world);
}
END_TEST

START_TEST(deadlines_follow_the_sla) {
        World *world = world_with_patch();

        world->policy.sla_days[SEVERITY_IMPORTANT] = 30;
        world->policy.sla_days[SEVERITY_CRITICAL] = 7;
        ck_assert_str_eq(world_day(find(world, "2024-09-15", "CVE-2024-3103")->deadline),
                         "2024-08-22");
        ck_assert_str_eq(world_day(find(world, "2024-09-15", "CVE-2024-3102")->deadline),
                         "2024-09-14"); /* by its bound */
        ck_assert_int_eq(find(world, "2024-09-15", "CVE-2024-3101")->deadline, UTC_DAY_NONE);
        ck_assert_int_eq(find(world, "2024-09-15", "CVE-2024-1000")->deadline,
                         UTC_DAY_NONE); /* closed */
        world_free(world);
}
END_TEST

START_TEST(where_live_patching_is_no_question_kernels_still_are) {
        World *world = world_with_patch();

        world->host->kernel = "5.14.0-427.13.1.el9_4.x86_64+rt";
        ck_assert_int_eq(verdict(world, "2024-09-15", "CVE-2024-3100"), VERDICT_REBOOT_NEEDED);
        ck_assert_int_eq(world->assessment->running->coverage, COVERAGE_NOT_APPLICABLE);
        world->host->kernel = "5.14.0-284.25.1.rt14.310.el9_2.x86_64"; /* versions of its own */
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-3100"));
        world->host->kernel = "5.14.0-427.13.1.el9_4.x86_64";
        world->host->os_id = "almalinux";
        ck_assert_uint_eq(world_assess(world, "2024-09-15")->exposure.n_exposures, 0);
        world_free(world);
}
END_TEST

START_TEST(other_architectures_have_other_facts) {
        World *world = world_with_patch();

        text_list_add(&world->facts->kernels[1].arch, world->facts->pool, "s390x");
        text_list_add(&world->facts->patches[0].arch, world->facts->pool, "ppc64le");
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-3103"));
        ck_assert_ptr_null(find(world, "2024-09-15", "CVE-2024-3100"));
        world_free(world);
}
END_TEST

UNIT_TEST(every_state_of_the_patch_has_its_verdict, shared_cves_are_credited_to_nobody,
          a_patchs_own_cves_overrule_shared_ones, patch_versions_order_as_rpm_orders_them,
          what_only_a_kernel_fixes_depends_on_severity_and_time,
          nothing_is_awaited_for_an_unproven_kernel, an_unrated_cve_is_judged_by_its_advisory,
          the_highest_severity_of_any_mention_counts, the_lineage_follows_the_channel,
          a_cve_that_is_listed_again_is_open, a_cve_of_a_patch_alone_needs_the_channel,
          only_a_filled_package_of_its_own_name_fixes, deadlines_follow_the_sla,
          where_live_patching_is_no_question_kernels_still_are,
          other_architectures_have_other_facts)
