/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/eligibility.h"
#include "assess-world.h"
#include "unit-test.h"

/* The kernels of 9.4's first year, as far as the tests need them. */
static void add_errata(World *world) {
        static const struct {
                const char *kernel, *released, *cve;
        } errata[] = {
                { WORLD_KERNEL, "2024-04-30", "CVE-2024-1000" },
                { "5.14.0-427.16.1.el9_4", "2024-05-08", NULL },
                { "5.14.0-427.18.1.el9_4", "2024-05-23", NULL },
                { "5.14.0-427.28.1.el9_4", "2024-07-31", NULL },
                { "5.14.0-427.31.1.el9_4", "2024-08-15", "CVE-2024-36971=important" },
                { "5.14.0-427.33.1.el9_4", "2024-08-28", "CVE-2024-2000=important" },
                { "5.14.0-427.35.1.el9_4", "2024-09-11", NULL },
                { "5.14.0-427.37.1.el9_4", "2024-09-24", "CVE-2024-3000=important" },
        };

        for (size_t i = 0; i < ELEMENTS(errata); i++)
                world_kernel(world, errata[i].kernel, "rhel-9.4", "main", errata[i].released,
                             SEVERITY_IMPORTANT, errata[i].cve);
}

static World *world_with_errata(const char *kernel) {
        World *world = world_new();

        add_errata(world);
        world_set_kernel(world, kernel);
        return world;
}

START_TEST(the_calendar_proves_nothing) {
        static const struct {
                const char *kernel, *at;
                Eligible eligible;
        } cases[] = {
                { WORLD_KERNEL, "2024-09-15", ELIGIBLE_POSSIBLE },      /* the initial kernel */
                { "5.14.0-427.16.1.el9_4", "2024-05-17", ELIGIBLE_NO }, /* 15 days before June 1 */
                { "5.14.0-427.16.1.el9_4", "2024-05-18", ELIGIBLE_POSSIBLE }, /* 14 days before */
                { "5.14.0-427.28.1.el9_4", "2024-08-14", ELIGIBLE_NO },
                { "5.14.0-427.28.1.el9_4", "2024-09-15", ELIGIBLE_NO }, /* reigned to August 15 */
                { "5.14.0-427.31.1.el9_4", "2024-09-15", ELIGIBLE_POSSIBLE },
                { "5.14.0-427.33.1.el9_4", "2024-09-15", ELIGIBLE_POSSIBLE },
                { "5.14.0-427.35.1.el9_4", "2024-09-15",
                  ELIGIBLE_POSSIBLE }, /* released within 14 days after */
                { "5.14.0-427.37.1.el9_4", "2024-09-30", ELIGIBLE_NO },
                { "5.14.0-427.37.1.el9_4", "2024-11-16", ELIGIBLE_NO },
                { "5.14.0-427.37.1.el9_4", "2024-11-17",
                  ELIGIBLE_POSSIBLE }, /* still the newest near December 1 */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_errata(cases[i].kernel);
                const JudgedKernel *kernel = world_judge(world, cases[i].at);

                ck_assert_msg(kernel->eligible == cases[i].eligible, "%s on %s gave %s",
                              cases[i].kernel, cases[i].at, eligible_to_text(kernel->eligible));
                ck_assert_int_eq(kernel->basis, BASIS_POLICY);
                ck_assert(kernel->coverage == COVERAGE_UNCONFIRMED ||
                          kernel->coverage == COVERAGE_UNSUPPORTED);
                ck_assert_uint_gt(kernel->because.n_items, 0);
                world_free(world);
        }
}
END_TEST

START_TEST(the_old_model_covers_every_erratum) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_set_kernel(world, "5.14.0-284.25.1.el9_2");
        world_kernel(world, "5.14.0-284.25.1.el9_2", "rhel-9.2", "main", "2023-08-01",
                     SEVERITY_IMPORTANT, NULL);
        kernel = world_judge(world, "2023-09-15");
        ck_assert_int_eq(kernel->eligible, ELIGIBLE_YES);
        ck_assert_int_eq(kernel->basis, BASIS_POLICY);
        ck_assert_int_eq(kernel->coverage, COVERAGE_COVERED);
        ck_assert_str_eq(world_day(kernel->end), "2024-02-01");
        ck_assert_int_eq(world->assessment->next_selection, UTC_DAY_NONE);
        world_free(world);
}
END_TEST

START_TEST(evidence_wins_in_its_order) {
        KernelOverride no = { .kernel = "5.14.0-427.31.1.el9_4",
                              .has_eligible = true,
                              .start = UTC_DAY_NONE,
                              .end = UTC_DAY_NONE,
                              .eligible_place = "klpwatch.conf:7" };
        World *world = world_with_errata("5.14.0-427.31.1.el9_4");
        WindowFact *window;

        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "0-0", NULL, "rhel-9.4", "eus",
                    "2024-09-01", NULL);
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_YES);
        ck_assert_int_eq(world->assessment->running->basis, BASIS_FEED);
        ck_assert(world_says(&world->assessment->running->because, "nothing to apply yet"));
        ck_assert_int_eq(world->assessment->running->coverage, COVERAGE_COVERED);
        /* Not yet released on that day. */
        ck_assert_int_eq(world_judge(world, "2024-08-31")->eligible, ELIGIBLE_POSSIBLE);

        world_install(world, "kpatch-patch-5_14_0-427_31_1", "0-0.el9_4");
        ck_assert_int_eq(world_judge(world, "2024-09-15")->basis, BASIS_PACKAGE);

        window = memory_pool_append(world->facts->pool, world->facts->windows,
                                    world->facts->n_windows);
        *window = (WindowFact){ .kernel = "5.14.0-427.31.1.el9_4",
                                .end = utc_day_from_date(2025, 8, 1) };
        ck_assert_int_eq(world_judge(world, "2030-01-02")->basis, BASIS_VENDOR);
        /* A date for hosts of another channel is none for this one. */
        window->channel = CHANNEL_LTSS;
        ck_assert_int_eq(world_judge(world, "2030-01-02")->basis, BASIS_PACKAGE);
        window->channel = CHANNEL_UNKNOWN;

        world->policy.overrides = &no;
        world->policy.n_overrides = 1;
        ck_assert_int_eq(world_judge(world, "2030-01-02")->basis, BASIS_OVERRIDE);
        ck_assert_int_eq(world->assessment->running->eligible, ELIGIBLE_NO);

        /* An override that only sets an end says nothing of eligibility. */
        no.has_eligible = false;
        no.end = utc_day_from_date(2031, 1, 1);
        ck_assert_int_eq(world_judge(world, "2030-01-02")->basis, BASIS_VENDOR);
        ck_assert_str_eq(world_day(world->assessment->running->end), "2031-01-01");
        world_free(world);
}
END_TEST

START_TEST(a_package_for_another_channel_proves_nothing) {
        World *world = world_with_errata("5.14.0-427.31.1.el9_4");
        const JudgedKernel *kernel;

        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", "5.14.0-427.31.1.el9_4",
                    "rhel-9.4", "e4s", "2024-09-01", NULL);
        kernel = world_judge(world, "2024-09-15");
        ck_assert_int_eq(kernel->eligible, ELIGIBLE_POSSIBLE);
        ck_assert(world_says(&kernel->because, "no proof for this host's channel"));
        world->facts->patches[0].channels = 0;
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_POSSIBLE);
        ck_assert(world_says(&world->assessment->running->because, "no stated channel"));
        world_free(world);
}
END_TEST

START_TEST(a_loaded_module_by_its_name_proves_nothing) {
        World *world = world_with_errata("5.14.0-427.28.1.el9_4");

        world_load(world, "kpatch_5_14_0_427_28_1_1_1", TRISTATE_YES, TRISTATE_NO);
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_NO);
        ck_assert(world_says(&world->assessment->running->because,
                             "by its name alone proves nothing"));
        world_free(world);
}
END_TEST

START_TEST(a_complete_repository_proves_absence) {
        static const struct {
                const char *complete_at, *channel;
                Basis basis;
        } cases[] = {
                { "2024-10-14", "eus",
                  BASIS_POLICY }, /* September 1 + 14 + 30 days is October 15 */
                { "2024-10-15", "eus", BASIS_FEED },
                { "2024-10-15", NULL, BASIS_POLICY }, /* never with an unknown channel */
                { "2024-10-15", "", BASIS_POLICY },   /* main does not include eus */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_errata("5.14.0-427.31.1.el9_4");
                RepositoryFact *repository;
                const JudgedKernel *kernel;

                world_channel(world, cases[i].channel);
                repository = memory_pool_append(world->facts->pool, world->facts->repositories,
                                                world->facts->n_repositories);
                *repository = (RepositoryFact){ .repository = "baseos-eus",
                                                .stream = "rhel-9.4",
                                                .channel = CHANNEL_EUS,
                                                .complete_at = world_time(cases[i].complete_at) };
                text_list_add(&repository->kernels, world->facts->pool, "5.14.0-427.31.1.el9_4");
                kernel = world_judge(world, "2024-11-01");
                ck_assert_msg(kernel->basis == cases[i].basis, "row %zu gave %s", i,
                              basis_to_text(kernel->basis));
                ck_assert_int_eq(kernel->eligible,
                                 cases[i].basis == BASIS_FEED ? ELIGIBLE_NO : ELIGIBLE_POSSIBLE);
                if (cases[i].basis == BASIS_FEED) {
                        /* A record of the future proves nothing yet, a package for another kernel changes nothing. */
                        ck_assert_int_eq(world_judge(world, "2024-10-14T23:59:59Z")->eligible,
                                         ELIGIBLE_POSSIBLE);
                        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1",
                                    "5.14.0-427.31.1.el9_4", "rhel-9.4", "e4s", "2024-09-01", NULL);
                        ck_assert_int_eq(world_judge(world, "2024-11-01")->eligible,
                                         ELIGIBLE_POSSIBLE);
                }
                world_free(world);
        }
}
END_TEST

START_TEST(advisories_for_other_bases_prove_absence) {
        static const struct {
                const char *released, *cve;
                Eligible eligible;
        } cases[] = {
                { "2024-12-14", "CVE-2024-3000",
                  ELIGIBLE_POSSIBLE }, /* September 1 + 14 + 90 days is December 14 */
                { "2024-12-15", "CVE-2024-3000", ELIGIBLE_NO },
                { "2024-12-15", "CVE-2024-36971",
                  ELIGIBLE_POSSIBLE }, /* this kernel has that fix itself */
                { "2024-12-15", "CVE-2024-9999",
                  ELIGIBLE_POSSIBLE },                          /* no newer kernel fixes that */
                { "2025-08-15", "CVE-2024-3000", ELIGIBLE_NO }, /* the last day of its months */
                { "2025-08-16", "CVE-2024-3000", ELIGIBLE_POSSIBLE },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_errata("5.14.0-427.31.1.el9_4");

                world_patch(world, WORLD_PACKAGE, "1-5", WORLD_KERNEL, "rhel-9.4", "main",
                            cases[i].released, cases[i].cve);
                ck_assert_msg(world_judge(world, "2025-09-01")->eligible == cases[i].eligible,
                              "row %zu gave %s", i,
                              eligible_to_text(world->assessment->running->eligible));
                ck_assert_int_eq(world->assessment->running->basis,
                                 cases[i].eligible == ELIGIBLE_NO ? BASIS_FEED : BASIS_POLICY);
                /* An undated or unsigned record is no advisory. */
                world->facts->patches[0].advisory = NULL;
                ck_assert_int_eq(world_judge(world, "2025-09-01")->eligible, ELIGIBLE_POSSIBLE);
                world_free(world);
        }
}
END_TEST

START_TEST(limits_of_the_stream_exclude) {
        World *world = world_with_errata("5.14.0-427.61.1.el9_4");

        world_kernel(world, "5.14.0-427.61.1.el9_4", "rhel-9.4", "eus", "2025-03-01",
                     SEVERITY_IMPORTANT, NULL);
        world_channel(world, "");
        ck_assert_int_eq(world_judge(world, "2025-03-05")->eligible, ELIGIBLE_NO);
        ck_assert(world_says(&world->assessment->running->because,
                             "released on 2025-03-01, after 2024-11-12"));
        world_channel(world, "eus");
        ck_assert_int_eq(world_judge(world, "2025-03-05")->eligible, ELIGIBLE_POSSIBLE);
        world_channel(world, NULL); /* not with an unknown channel */
        ck_assert_int_eq(world_judge(world, "2025-03-05")->eligible, ELIGIBLE_POSSIBLE);

        world_kernel(world, "6.12.0-211.7.1.el10_2", "rhel-10.2", "main", "2026-05-19",
                     SEVERITY_IMPORTANT, NULL);
        world_set_kernel(world, "6.12.0-211.7.1.el10_2");
        ck_assert_int_eq(world_judge(world, "2026-06-05")->eligible, ELIGIBLE_NO);
        ck_assert(world_says(&world->assessment->running->because,
                             "begin with 6.12.0-211.16.1.el10_2"));
        world_free(world);
}
END_TEST

START_TEST(what_nothing_names_is_unknown) {
        World *world = world_with_errata("5.14.0-427.99.1.el9_4");

        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_UNKNOWN);
        ck_assert(world_says(&world->assessment->running->because, "newer than the facts"));
        ck_assert_int_eq(world->assessment->running->coverage, COVERAGE_UNKNOWN);

        world_set_kernel(world, "5.14.0-427.30.1.el9_4"); /* by RHBA, perhaps */
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_UNKNOWN);
        ck_assert(!world_says(&world->assessment->running->because, "newer than the facts"));

        world_set_kernel(world, "5.14.0-800.1.1.el9_9");
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_UNKNOWN);
        ck_assert(world_says(&world->assessment->running->because, "does not name rhel-9.9"));

        world_set_kernel(world, "5.14.0-583.el9");
        ck_assert_int_eq(world_judge(world, "2024-09-15")->eligible, ELIGIBLE_UNKNOWN);
        ck_assert(world_says(&world->assessment->running->because, "minor release is not known"));
        world_free(world);
}
END_TEST

START_TEST(age_takes_only_what_was_concluded_from_silence) {
        static const struct {
                const char *kernel;
                Eligible fresh, expired;
        } cases[] = {
                { "5.14.0-427.31.1.el9_4", ELIGIBLE_POSSIBLE, ELIGIBLE_UNKNOWN },
                { "5.14.0-427.28.1.el9_4", ELIGIBLE_NO, ELIGIBLE_UNKNOWN },
                { WORLD_KERNEL, ELIGIBLE_YES, ELIGIBLE_YES }, /* its package is published */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_errata(cases[i].kernel);

                world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main",
                            "2024-08-19", NULL);
                world->facts->sources[0].complete_to = world_time("2024-09-28");
                ck_assert_int_eq(world_judge(world, "2025-01-06")->eligible,
                                 cases[i].fresh); /* 100 days */
                ck_assert_int_eq(world->assessment->freshness.freshness, FRESHNESS_STALE);
                ck_assert_int_eq(world_judge(world, "2025-01-07")->eligible, cases[i].expired);
                ck_assert_int_eq(world->assessment->freshness.freshness, FRESHNESS_EXPIRED);
                if (cases[i].expired == ELIGIBLE_UNKNOWN)
                        ck_assert_int_eq(world->assessment->running->basis, BASIS_NONE);
                world_free(world);
        }
}
END_TEST

START_TEST(policys_yes_outlives_the_facts) {
        World *world = world_new();

        world_set_kernel(world, "5.14.0-284.25.1.el9_2");
        world_kernel(world, "5.14.0-284.25.1.el9_2", "rhel-9.2", "main", "2023-08-01",
                     SEVERITY_IMPORTANT, NULL);
        world->facts->sources[0].complete_to = world_time("2023-08-15");
        ck_assert_int_eq(world_judge(world, "2024-01-01")->eligible, ELIGIBLE_YES);
        ck_assert_int_eq(world->assessment->freshness.freshness, FRESHNESS_EXPIRED);
        ck_assert_int_eq(world->assessment->running->coverage, COVERAGE_COVERED);
        world_free(world);
}
END_TEST

START_TEST(an_undated_fact_counts_from_its_sources_completeness) {
        World *world = world_with_errata("5.14.0-427.31.1.el9_4");

        world->facts->sources[0].complete_to = world_time("2024-10-01");
        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", NULL, "rhel-9.4", "main", NULL,
                    NULL);
        ck_assert_int_eq(world_judge(world, "2024-09-30T23:59:59Z")->eligible, ELIGIBLE_POSSIBLE);
        ck_assert_int_eq(world_judge(world, "2024-10-01")->eligible, ELIGIBLE_YES);
        world->facts->sources[0].complete_to = UTC_TIME_NONE;
        ck_assert_int_ne(world_judge(world, "2024-10-01")->eligible, ELIGIBLE_YES);
        world_free(world);
}
END_TEST

UNIT_TEST(the_calendar_proves_nothing, the_old_model_covers_every_erratum,
          evidence_wins_in_its_order, a_package_for_another_channel_proves_nothing,
          a_loaded_module_by_its_name_proves_nothing, a_complete_repository_proves_absence,
          advisories_for_other_bases_prove_absence, limits_of_the_stream_exclude,
          what_nothing_names_is_unknown, age_takes_only_what_was_concluded_from_silence,
          policys_yes_outlives_the_facts, an_undated_fact_counts_from_its_sources_completeness)
