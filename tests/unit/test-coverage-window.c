/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/coverage-window.h"
#include "assess-world.h"
#include "unit-test.h"

START_TEST(a_window_ends_at_the_end_of_its_last_day) {
        static const struct {
                const char *at;
                Coverage coverage;
        } cases[] = {
                { "2024-04-30", COVERAGE_COVERED },
                { "2025-03-30T23:59:59Z", COVERAGE_COVERED },
                { "2025-03-31", COVERAGE_ENDING },
                { "2025-04-30T23:59:59.999999Z", COVERAGE_ENDING },
                { "2025-05-01", COVERAGE_ENDED },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                const JudgedKernel *kernel;

                world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30",
                             SEVERITY_IMPORTANT, NULL);
                world_install(world, WORLD_PACKAGE, "1-1.el9_4");
                kernel = world_judge(world, cases[i].at);
                ck_assert_msg(kernel->coverage == cases[i].coverage, "%s gave %s", cases[i].at,
                              coverage_to_text(kernel->coverage));
                ck_assert_str_eq(world_day(kernel->start), "2024-04-30");
                ck_assert_str_eq(world_day(kernel->end), "2025-04-30");
                ck_assert_int_eq(kernel->end_basis, BASIS_POLICY);
                world_free(world);
        }
}
END_TEST

START_TEST(the_channel_cuts_the_window) {
        static const struct {
                const char *kernel, *stream, *released, *channel, *at, *end;
                Basis basis;
        } cases[] = {
                { WORLD_KERNEL, "rhel-9.4", "2024-04-30", "", "2024-09-15", "2024-11-12",
                  BASIS_POLICY },
                { WORLD_KERNEL, "rhel-9.4", "2024-04-30", "eus", "2024-09-15", "2025-04-30",
                  BASIS_POLICY },
                { WORLD_KERNEL, "rhel-9.4", "2024-04-30", "e4s", "2024-09-15", "2025-04-30",
                  BASIS_POLICY },
                { "5.14.0-284.11.1.el9_2", "rhel-9.2", "2023-05-09", "eus", "2023-09-15",
                  "2023-11-09", BASIS_POLICY },
                { "5.14.0-284.11.1.el9_2", "rhel-9.2", "2023-05-09", "", "2023-09-15", "2023-11-07",
                  BASIS_POLICY },
                /* No EUS in 9.3: brought down to main. */
                { "5.14.0-362.8.1.el9_3", "rhel-9.3", "2023-11-07", "e4s", "2023-12-01",
                  "2024-04-30", BASIS_POLICY },
                /* Calendar months clamp, also to a leap day. */
                { "5.14.0-284.25.1.el9_2", "rhel-9.2", "2023-08-31", "eus", "2023-09-15",
                  "2024-02-29", BASIS_POLICY },
                { "4.18.0-372.20.1.el8_6", "rhel-8.6", "2022-08-31", "eus", "2022-09-15",
                  "2023-02-28", BASIS_POLICY },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                const JudgedKernel *kernel;

                world_set_kernel(world, cases[i].kernel);
                world_channel(world, cases[i].channel);
                world_kernel(world, cases[i].kernel, cases[i].stream, "main eus", cases[i].released,
                             SEVERITY_IMPORTANT, NULL);
                kernel = world_judge(world, cases[i].at);
                ck_assert_msg(strcmp(world_day(kernel->end), cases[i].end) == 0, "row %zu ends %s",
                              i, world_day(kernel->end));
                ck_assert_int_eq(kernel->end_basis, cases[i].basis);
                world_free(world);
        }
}
END_TEST

START_TEST(a_kernel_of_the_next_minor_ends_main_earlier) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_channel(world, "");
        world_install(world, WORLD_PACKAGE, "1-1.el9_4");
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_kernel(world, "5.14.0-503.11.1.el9_5", "rhel-9.5", "main", "2024-10-01",
                     SEVERITY_IMPORTANT, NULL);
        kernel = world_judge(world, "2024-10-01T00:00:00Z");
        ck_assert_str_eq(world_day(kernel->end), "2024-10-01");
        ck_assert_int_eq(kernel->end_basis, BASIS_FEED);
        ck_assert_int_eq(kernel->coverage, COVERAGE_ENDING);
        /* The day before, that kernel was not known. */
        kernel = world_judge(world, "2024-09-30T23:59:59Z");
        ck_assert_str_eq(world_day(kernel->end), "2024-11-12");
        world_free(world);
}
END_TEST

START_TEST(an_expected_end_is_no_proof) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_set_kernel(world, "5.14.0-503.14.1.el9_5");
        world_channel(world, "");
        world_install(world, "kpatch-patch-5_14_0-503_14_1", "0-0.el9_5");
        world_kernel(world, "5.14.0-503.14.1.el9_5", "rhel-9.5", "main", "2024-11-12",
                     SEVERITY_IMPORTANT, NULL);
        kernel = world_judge(world, "2025-05-12");
        ck_assert_str_eq(world_day(kernel->end), "2025-05-12");
        ck_assert(kernel->end_expected);
        ck_assert_int_eq(kernel->coverage, COVERAGE_ENDING);
        kernel = world_judge(world, "2025-05-13");
        ck_assert_int_eq(kernel->coverage, COVERAGE_UNCONFIRMED);
        ck_assert_int_eq(world->assessment->advice.action, ADVICE_CONFIRM_ELIGIBILITY);
        kernel = world_judge(world, "2025-11-12");
        ck_assert_int_eq(kernel->coverage, COVERAGE_UNCONFIRMED);
        kernel = world_judge(world, "2025-11-13");
        ck_assert_int_eq(kernel->coverage, COVERAGE_ENDED);
        world_free(world);
}
END_TEST

START_TEST(an_unknown_channel_ends_nothing_for_sure) {
        World *world = world_new();

        world_channel(world, NULL);
        world_install(world, WORLD_PACKAGE, "1-1.el9_4");
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        ck_assert_str_eq(world_day(world_judge(world, "2024-09-15")->end), "2024-11-12");
        ck_assert_int_eq(world->assessment->running->coverage, COVERAGE_COVERED);
        ck_assert_int_eq(world_judge(world, "2024-11-13")->coverage, COVERAGE_UNCONFIRMED);
        ck_assert_int_eq(world_judge(world, "2025-05-01")->coverage, COVERAGE_ENDED);
        world_free(world);
}
END_TEST

START_TEST(a_late_patch_moves_the_end) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_patch(world, WORLD_PACKAGE, "1-1", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-19",
                    NULL);
        world_patch(world, WORLD_PACKAGE, "1-9", WORLD_KERNEL, "rhel-9.4", "eus", "2025-06-10",
                    NULL);
        world_patch(world, WORLD_PACKAGE, "1-8", WORLD_KERNEL, "rhel-9.4", "e4s", "2025-07-10",
                    NULL);
        kernel = world_judge(world, "2025-06-10");
        ck_assert_str_eq(world_day(kernel->end), "2025-06-10");
        ck_assert_int_eq(kernel->end_basis, BASIS_FEED);
        ck_assert_int_eq(kernel->coverage, COVERAGE_ENDING);
        ck_assert(world_says(&kernel->because, "the end moves to that day"));
        /* What only a wider channel gets moves nothing. */
        kernel = world_judge(world, "2025-07-11");
        ck_assert_str_eq(world_day(kernel->end), "2025-06-10");
        ck_assert_int_eq(kernel->coverage, COVERAGE_ENDED);
        world_free(world);
}
END_TEST

START_TEST(the_start_falls_back_to_build_date_and_general_availability) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_install(world, WORLD_PACKAGE, "1-1.el9_4");
        world->host->kernel_built = world_time("2024-04-10T14:29:16Z");
        kernel = world_judge(world, "2024-09-15");
        ck_assert_str_eq(world_day(kernel->start), "2024-04-10");
        ck_assert_int_eq(kernel->start_basis, BASIS_BUILD_DATE);
        ck_assert_str_eq(world_day(kernel->end), "2025-04-10");
        ck_assert_int_eq(kernel->end_basis, BASIS_BUILD_DATE);

        world->host->kernel_built = UTC_TIME_NONE;
        kernel = world_judge(world, "2024-09-15");
        ck_assert_str_eq(world_day(kernel->start), "2024-04-30");
        ck_assert_int_eq(kernel->end_basis, BASIS_POLICY);

        /* Neither: eligible by its package, but nobody can tell until when. */
        world_set_kernel(world, "5.14.0-427.31.1.el9_4");
        world_install(world, "kpatch-patch-5_14_0-427_31_1", "1-1.el9_4");
        kernel = world_judge(world, "2024-09-15");
        ck_assert_int_eq(kernel->eligible, ELIGIBLE_YES);
        ck_assert_int_eq(kernel->end, UTC_DAY_NONE);
        ck_assert_int_eq(kernel->coverage, COVERAGE_UNKNOWN);
        world_free(world);
}
END_TEST

START_TEST(an_override_and_a_vendors_date_are_taken_uncut) {
        World *world = world_new();
        KernelOverride override = { .kernel = WORLD_KERNEL ".x86_64",
                                    .has_eligible = true,
                                    .eligible = true,
                                    .start = UTC_DAY_NONE,
                                    .end = UTC_DAY_NONE,
                                    .eligible_place = "klpwatch.conf:3",
                                    .start_place = "klpwatch.conf:4",
                                    .end_place = "klpwatch.conf:5" };
        WindowFact *window;
        const JudgedKernel *kernel;

        world_channel(world, "");
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        window = memory_pool_append(world->facts->pool, world->facts->windows,
                                    world->facts->n_windows);
        *window = (WindowFact){ .kernel = WORLD_KERNEL,
                                .end = utc_day_from_date(2026, 1, 31),
                                .origin = "a list" };
        kernel = world_judge(world, "2030-01-01");
        ck_assert_str_eq(world_day(kernel->end), "2026-01-31");
        ck_assert_int_eq(kernel->end_basis, BASIS_VENDOR);
        ck_assert_int_eq(kernel->basis, BASIS_VENDOR);

        override.end = utc_day_from_date(2031, 6, 30);
        override.start = utc_day_from_date(2024, 5, 15);
        world->policy.overrides = &override;
        world->policy.n_overrides = 1;
        kernel = world_judge(world, "2030-01-01");
        ck_assert_str_eq(world_day(kernel->start), "2024-05-15");
        ck_assert_str_eq(world_day(kernel->end), "2031-06-30");
        ck_assert_int_eq(kernel->end_basis, BASIS_OVERRIDE);
        ck_assert_int_eq(kernel->coverage, COVERAGE_COVERED);
        ck_assert(world_says(&kernel->because,
                             "eligible by the operator's override (klpwatch.conf:3)"));
        ck_assert(world_says(&kernel->because,
                             "begins on 2024-05-15 by the operator's override (klpwatch.conf:4)"));
        ck_assert(world_says(&kernel->because,
                             "ends on 2031-06-30 by the operator's override (klpwatch.conf:5)"));

        /* A window that has not begun covers nothing. */
        override.start = utc_day_from_date(2030, 2, 1);
        ck_assert_int_eq(world_judge(world, "2030-01-01")->coverage, COVERAGE_UNCONFIRMED);

        override.eligible = false;
        kernel = world_judge(world, "2030-01-01");
        ck_assert_int_eq(kernel->coverage, COVERAGE_UNSUPPORTED);
        ck_assert_int_eq(kernel->end, UTC_DAY_NONE);
        world_free(world);
}
END_TEST

START_TEST(the_calendars_own_limits_cut) {
        World *world = world_new();
        const JudgedKernel *kernel;

        world_set_kernel(world, "6.12.0-211.16.1.el10_2");
        world->host->repositories = (TextList){};
        text_list_add(&world->host->repositories, world->host->pool,
                      "rhel-10-for-x86_64-baseos-eus-rpms");
        world_kernel(world, "6.12.0-211.16.1.el10_2", "rhel-10.2", "main", "2026-06-01",
                     SEVERITY_IMPORTANT, NULL);
        world_install(world, "kpatch-patch-6_12_0-211_16_1", "0-0.el10_2");
        kernel = world_judge(world, "2026-07-01");
        ck_assert_str_eq(world_day(kernel->end), "2027-01-31");
        ck_assert_int_eq(kernel->coverage, COVERAGE_COVERED);
        world_free(world);
}
END_TEST

START_TEST(lead_times_shrink_with_short_windows) {
        static const struct {
                int length, info, warning, critical;
        } cases[] = {
                { 365, 90, 30, 7 }, { 184, 46, 23, 7 }, { 100, 25, 12, 6 },
                { 15, 3, 1, 0 },    { 0, 0, 0, 0 },     { -5, 0, 0, 0 },
        };
        AlertPolicy none = {};

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_INFO, 1000,
                                                           1000 + cases[i].length),
                                 cases[i].info);
                ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_WARNING, 1000,
                                                           1000 + cases[i].length),
                                 cases[i].warning);
                ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_CRITICAL, 1000,
                                                           1000 + cases[i].length),
                                 cases[i].critical);
        }
        ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_INFO, UTC_DAY_NONE, 1000), 90);
        ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_WARNING, UTC_DAY_NONE, 1000),
                         30);
        ck_assert_int_eq(coverage_window_lead_days(&none, LEAD_TIME_CRITICAL, UTC_DAY_NONE, 1000),
                         7);
}
END_TEST

/* The operator's lead time is one for the word "ending", the day of the advice and the alert. */
START_TEST(a_set_lead_time_is_taken_as_it_is) {
        static const struct {
                int days; /* -1: not set */
                const char *at;
                Coverage coverage;
                const char *by;
        } cases[] = {
                { -1, "2025-03-30", COVERAGE_COVERED, "2025-03-31" },
                { -1, "2025-03-31", COVERAGE_ENDING, "2025-04-30" },
                { 60, "2025-02-28", COVERAGE_COVERED, "2025-03-01" },
                { 60, "2025-03-01", COVERAGE_ENDING, "2025-04-30" },
                { 5, "2025-04-24", COVERAGE_COVERED, "2025-04-25" },
                { 5, "2025-04-25", COVERAGE_ENDING, "2025-04-30" },
                { 0, "2025-04-29", COVERAGE_COVERED, "2025-04-30" },
                { 0, "2025-04-30", COVERAGE_ENDING, "2025-04-30" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                const Assessment *assessment;

                world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30T08:00:00Z",
                             SEVERITY_IMPORTANT, "CVE-2024-1=low");
                world_install(world, WORLD_PACKAGE, "1-2.el9_4");
                world->policy.alerts.delays[ALERT_LEAD_WARNING].set = cases[i].days >= 0;
                world->policy.alerts.delays[ALERT_LEAD_WARNING].usec = cases[i].days * USEC_PER_DAY;
                assessment = world_assess(world, cases[i].at);
                ck_assert_msg(assessment->running->coverage == cases[i].coverage, "%d at %s: %s",
                              cases[i].days, cases[i].at,
                              coverage_to_text(assessment->running->coverage));
                ck_assert_msg(text_equal(world_day(assessment->reboot.by), cases[i].by),
                              "%d at %s: by %s", cases[i].days, cases[i].at,
                              world_day(assessment->reboot.by));
                world_free(world);
        }
}
END_TEST

UNIT_TEST(a_window_ends_at_the_end_of_its_last_day, the_channel_cuts_the_window,
          a_kernel_of_the_next_minor_ends_main_earlier, an_expected_end_is_no_proof,
          an_unknown_channel_ends_nothing_for_sure, a_late_patch_moves_the_end,
          the_start_falls_back_to_build_date_and_general_availability,
          an_override_and_a_vendors_date_are_taken_uncut, the_calendars_own_limits_cut,
          lead_times_shrink_with_short_windows, a_set_lead_time_is_taken_as_it_is)
