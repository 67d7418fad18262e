/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/advice.h"
#include "assess-world.h"
#include "unit-test.h"

/* Covered to 2025-04-30, patch 1-1 active and the newest, loaded again at boot, the same kernel boots next. */
static World *world_in_order(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_patch(world, WORLD_PACKAGE, "1-1", WORLD_KERNEL, "rhel-9.4", "main", "2024-06-10",
                    "CVE-2024-1=important");
        world_install(world, WORLD_PACKAGE, "1-1.el9_4");
        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "1");
        world_has_installed(world, WORLD_KERNEL);
        world_boots(world, WORLD_KERNEL);
        return world;
}

static void check(World *world, const char *at, AdviceAction action, const char *part) {
        const Advice *advice = &world_assess(world, at)->advice;

        ck_assert_msg(advice->action == action, "%s instead of %s: %s",
                      advice_to_text(advice->action), advice_to_text(action), advice->text);
        ck_assert_msg(strstr(advice->text, part), "'%s' is not in: %s", part, advice->text);
}

static void add_next_kernels(World *world) {
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15",
                     SEVERITY_IMPORTANT, "CVE-2024-2=important");
        world_kernel(world, "5.14.0-427.37.1.el9_4", "rhel-9.4", "main", "2024-09-24",
                     SEVERITY_IMPORTANT, "CVE-2024-3=important");
        world_kernel(world, "5.14.0-427.40.1.el9_4", "rhel-9.4", "main", "2024-10-16",
                     SEVERITY_MODERATE, NULL);
}

START_TEST(the_first_rule_that_applies_speaks) {
        World *world = world_in_order();
        LoadedPatch *patch = &world->host->patches[0];

        add_next_kernels(world);
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-19",
                    "CVE-2024-2=important");
        world_boots(world, "5.14.0-427.37.1.el9_4");
        world->host->loader_state = "disabled";

        patch->transition = TRISTATE_YES;
        patch->since = world_time("2024-10-20T11:58:45Z");
        check(world, "2024-10-20T12:00:00Z", ADVICE_LOOK_AT_STALLED_TRANSITION,
              WORLD_MODULE "1 is being applied, but its transition hangs");
        check(world, "2024-10-20T11:59:59Z", ADVICE_WAIT_FOR_TRANSITION,
              "wait until its transition has finished");
        patch->transition = TRISTATE_NO;

        world_file(world, WORLD_MODULE "2");
        check(world, "2024-10-20", ADVICE_LOAD_LIVE_PATCH,
              "close 1 open CVE without a reboot; the kernel is covered until 2025-04-30");
        world->host->n_modules = 1;
        check(world, "2024-10-20", ADVICE_APPLY_LIVE_PATCH,
              "Install live patch 1-2 (" WORLD_PACKAGE ")");
        patch->name = WORLD_MODULE "2";
        world_file(world, WORLD_MODULE "2");

        check(world, "2025-04-01", ADVICE_REBOOT,
              "Live-patch coverage ends on 2025-04-30: reboot by 2025-04-30");
        check(world, "2025-05-01", ADVICE_REBOOT,
              "Live-patch coverage ended on 2025-04-30: reboot now into");
        check(world, "2025-04-30", ADVICE_REBOOT, "reboot by 2025-04-30, which is today, into");
        check(world, "2024-10-20", ADVICE_CHOOSE_ELIGIBLE_KERNEL,
              "is not eligible for live patches): make " WORLD_KERNEL
              ".x86_64 the default kernel, covered until 2025-04-30");
        world_boots(world, WORLD_KERNEL);
        check(world, "2024-10-20", ADVICE_ENABLE_AT_BOOT, "kpatch.service is disabled");
        world->host->loader_state = "enabled";

        world_channel(world, NULL);
        check(world, "2024-09-20", ADVICE_CONFIRM_ELIGIBILITY, "set Channel= in section [Host]");
        world_channel(world, "eus");
        world->facts->sources[0].complete_to = world_time("2024-10-30");
        check(world, "2024-12-20", ADVICE_REFRESH_FEEDS, "newest facts are of 2024-10-30");
        world->facts->sources[0].complete_to = world_time("2030-01-01");
        check(world, "2024-10-20", ADVICE_REBOOT,
              "Nothing is due today, the window lasts until 2025-04-30: reboot by 2025-03-31 into "
              "5.14.0-427.31.1.el9_4");
        world_free(world);
}
END_TEST

START_TEST(an_unproven_kernel_is_to_be_confirmed) {
        World *world = world_in_order();

        world->host->n_packages = world->host->n_patches = world->host->n_modules = 0;
        world->facts->n_patches = 0;
        check(world, "2024-09-20", ADVICE_CONFIRM_ELIGIBILITY, "package " WORLD_PACKAGE " exists");
        check(world, "2025-04-15", ADVICE_REBOOT,
              "(not proven) ends on 2025-04-30, and no newer eligible kernel");
        check(world, "2025-05-15", ADVICE_REBOOT, "may have had ended on 2025-04-30");
        world_free(world);
}
END_TEST

START_TEST(a_foreign_patch_is_to_be_reviewed) {
        World *world = world_in_order();

        world->host->patches[0].name = "klp_687_22_1";
        world->facts->n_patches = 0;
        world->host->n_modules = 0;
        world->host->packages[0].version = "0-0.el9_4";
        check(world, "2024-09-20", ADVICE_REVIEW_FOREIGN_PATCH,
              "klp_687_22_1 is enabled, but neither feeds");
        ck_assert_int_eq(world->assessment->patch.state, PATCH_FOREIGN);
        world_free(world);
}
END_TEST

START_TEST(who_does_not_use_live_patching_is_left_alone) {
        World *world = world_in_order();

        world->policy.live_patching = LIVE_PATCHING_NO;
        world->host->patches[0].transition = TRISTATE_YES;
        check(world, "2025-05-01", ADVICE_NONE,
              "does not use live patching (LivePatching=no is set)");
        ck_assert_int_eq(world->assessment->running->coverage,
                         COVERAGE_ENDED); /* the same answers */

        world->policy.live_patching = LIVE_PATCHING_AUTO;
        world->host->n_patches = world->host->n_packages = world->host->n_modules = 0;
        world->host->loader_state = "disabled";
        check(world, "2025-05-01", ADVICE_NONE, "no live-patch package, module file, loaded patch");
        world->host->packages_unknown = "rpm failed";
        ck_assert(world_assess(world, "2025-05-01")->situation.uses_live_patching);
        ck_assert(strstr(world->assessment->situation.intent_because, "rpm failed"));
        world->host->packages_unknown = NULL;
        world->host->loader_unknown = "not readable";
        ck_assert(strstr(world_assess(world, "2025-05-01")->situation.intent_because,
                         "services could not be read"));
        world->host->loader_unknown = NULL;
        world->host->loader_state = "enabled";
        ck_assert(strstr(world_assess(world, "2025-05-01")->situation.intent_because,
                         "service that loads"));
        world_file(world, WORLD_MODULE "1");
        ck_assert(strstr(world_assess(world, "2025-05-01")->situation.intent_because,
                         "module file is on disk"));
        world_load(world, WORLD_MODULE "1", TRISTATE_YES, TRISTATE_NO);
        ck_assert(strstr(world_assess(world, "2025-05-01")->situation.intent_because,
                         "live patch is loaded"));
        world->policy.live_patching = LIVE_PATCHING_YES;
        ck_assert(strstr(world_assess(world, "2025-05-01")->situation.intent_because,
                         "LivePatching=yes"));
        world_free(world);
}
END_TEST

START_TEST(a_deadline_of_the_sla_comes_first) {
        World *world = world_in_order();

        add_next_kernels(world);
        world->policy.sla_days[SEVERITY_IMPORTANT] = 60;
        check(world, "2024-09-30", ADVICE_REBOOT,
              "The SLA sets a deadline for CVEs that only a newer kernel closes: reboot by "
              "2024-10-14 into");
        ck_assert_uint_eq(world->assessment->exposure.n_verdicts[VERDICT_REBOOT_NEEDED],
                          1); /* the other is awaited */
        check(world, "2024-10-14", ADVICE_REBOOT, "reboot by 2024-10-14, which is today, into");
        check(world, "2024-10-15", ADVICE_REBOOT,
              "only a newer kernel closes has passed: reboot now into 5.14.0-427.31.1.el9_4");
        world_free(world);
}
END_TEST

START_TEST(without_facts_it_asks_for_them) {
        World *world = world_in_order();

        world->facts->n_kernels = world->facts->n_patches = world->facts->n_sources = 0;
        check(world, "2024-09-20", ADVICE_REFRESH_FEEDS, "No facts about rhel-9.4");
        world->host->os_id = NULL;
        world->host->os_unknown = "/etc/os-release is missing";
        check(world, "2024-09-20", ADVICE_NONE, "/etc/os-release is missing");
        world->host->kernel = NULL;
        world->host->kernel_unknown = "unreadable";
        check(world, "2024-09-20", ADVICE_NONE, "the running kernel is not known");
        world_free(world);
}
END_TEST

START_TEST(it_waits_where_no_kernel_is_known) {
        World *world = world_in_order();

        check(world, "2025-04-20", ADVICE_REBOOT, "the next is to be selected around 2025-06-01");
        ck_assert_ptr_null(world->assessment->advice.kernel);
        world_channel(world, "");
        check(world, "2024-11-01", ADVICE_REBOOT, "wait for the next minor release");
        world->host->packages[0].name = "kpatch-patch-other";
        world_boots(world, "5.14.0-427.37.1.el9_4");
        world_free(world);
}
END_TEST

START_TEST(the_target_gains_something) {
        World *world = world_in_order();
        const RebootPlan *plan;

        add_next_kernels(world);
        /* Proven, and longer than the running one. */
        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", "5.14.0-427.31.1.el9_4",
                    "rhel-9.4", "main", "2024-10-01", "CVE-2024-3=important");
        plan = &world_assess(world, "2024-10-20")->reboot;
        ck_assert_str_eq(plan->target->name, "5.14.0-427.31.1.el9_4");
        ck_assert_int_eq(plan->target->eligible, ELIGIBLE_YES);
        ck_assert_uint_eq(plan->n_closes, 2); /* one by the kernel, one by its patch */
        ck_assert(plan->target->advised);

        /* An installed one with as long a window comes before a newer one. */
        world_patch(world, "kpatch-patch-5_14_0-427_37_1", "0-0", "5.14.0-427.37.1.el9_4",
                    "rhel-9.4", "main", "2024-10-02", NULL);
        ck_assert_str_eq(world_assess(world, "2024-10-20")->reboot.target->name,
                         "5.14.0-427.37.1.el9_4");
        world_has_installed(world, "5.14.0-427.31.1.el9_4");
        ck_assert_str_eq(world_assess(world, "2024-10-20")->reboot.target->name,
                         "5.14.0-427.37.1.el9_4"); /* ends later */
        world->policy.n_overrides = 1;
        world->policy.overrides = &(KernelOverride){ .kernel = "5.14.0-427.31.1.el9_4",
                                                     .start = UTC_DAY_NONE,
                                                     .end = utc_day_from_date(2025, 9, 24),
                                                     .end_place = "x:1" };
        ck_assert_str_eq(world_assess(world, "2024-10-20")->reboot.target->name,
                         "5.14.0-427.31.1.el9_4");
        world_free(world);
}
END_TEST

/* Runs a kernel that was never selected; the one before it is covered to 2025-04-30. */
static World *world_that_fell_out(const char *cves) {
        World *world = world_in_order();

        world_kernel(world, "5.14.0-427.37.1.el9_4", "rhel-9.4", "main", "2024-09-24",
                     SEVERITY_IMPORTANT, cves);
        world->host->n_patches = world->host->n_modules = world->host->n_packages = 0;
        world->policy.live_patching = LIVE_PATCHING_YES;
        world_set_kernel(world, "5.14.0-427.37.1.el9_4");
        world_boots(world, "5.14.0-427.37.1.el9_4");
        return world;
}

/* An older kernel is the last that is named, as a way back, and with what it costs. */
START_TEST(the_way_back_has_its_price) {
        static const struct {
                const char *cves, *part;
                size_t n_opens, n_opens_severe;
        } cases[] = {
                { NULL, "(make it the default first) to be covered until 2025-04-30.", 0, 0 },
                { "CVE-2024-3=moderate",
                  "; 1 CVE closed now is open there, none rated important or critical.", 1, 0 },
                { "CVE-2024-3=moderate CVE-2024-4=important CVE-2024-5=critical",
                  "; 3 CVEs closed now are open there, 2 of them rated important or critical.", 3,
                  2 },
                /* The live patch for the older one has it, too. */
                { "CVE-2024-1=important CVE-2024-3=low",
                  "; 1 CVE closed now is open there, none rated important or critical.", 1, 0 },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_that_fell_out(cases[i].cves);
                const RebootPlan *plan = &world_assess(world, "2024-10-20")->reboot;

                ck_assert_ptr_nonnull(plan->target);
                ck_assert(plan->now && plan->older);
                ck_assert_str_eq(plan->target->name, WORLD_KERNEL);
                ck_assert_uint_eq(plan->n_opens, cases[i].n_opens);
                ck_assert_uint_eq(plan->n_opens_severe, cases[i].n_opens_severe);
                check(world, "2024-10-20", ADVICE_REBOOT, cases[i].part);
                check(world, "2024-10-20", ADVICE_REBOOT,
                      "no newer eligible kernel is known yet (the next is to be selected around "
                      "2024-12-01): the way back is to reboot into an older one, " WORLD_KERNEL);
                world_free(world);
        }
}
END_TEST

START_TEST(the_way_back_is_the_last_one) {
        World *world = world_that_fell_out(NULL);
        const Assessment *assessment;

        /* Its window is over as well. */
        assessment = world_assess(world, "2025-05-01");
        ck_assert_ptr_null(assessment->reboot.target);
        ck_assert(!assessment->reboot.older);
        /* A newer one is here that may get live patches: a kernel of a selection day. */
        world_kernel(world, "5.14.0-427.44.1.el9_4", "rhel-9.4", "main", "2024-11-25",
                     SEVERITY_MODERATE, NULL);
        assessment = world_assess(world, "2024-12-02");
        ck_assert_str_eq(assessment->reboot.target->name, "5.14.0-427.44.1.el9_4");
        ck_assert(!assessment->reboot.older);
        world_free(world);

        /* What is not proven to get live patches is no kernel to go back to. */
        world = world_that_fell_out(NULL);
        world->facts->n_patches = 0;
        ck_assert_ptr_null(world_assess(world, "2024-10-20")->reboot.target);
        world_free(world);

        /* Neither is one that the channel does not get, unless it is installed. */
        world = world_that_fell_out(NULL);
        world->host->installed_kernels.n_items = 0;
        world->facts->kernels[0].channels = 1u << CHANNEL_TUS;
        ck_assert_ptr_null(world_assess(world, "2024-10-20")->reboot.target);
        world_free(world);

        /* Who is covered does not go back, not even to a kernel that is covered longer. */
        world = world_in_order();
        add_next_kernels(world);
        world_set_kernel(world, "5.14.0-427.31.1.el9_4");
        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "1-1", "5.14.0-427.31.1.el9_4",
                    "rhel-9.4", "main", "2024-09-10", NULL);
        world->policy.overrides = memory_pool_alloc(world->host->pool, sizeof(KernelOverride));
        world->policy.overrides[0] = (KernelOverride){ .kernel = WORLD_KERNEL,
                                                       .start = UTC_DAY_NONE,
                                                       .end = utc_day_from_date(2029, 1, 1),
                                                       .end_place = "klpwatch.conf:1" };
        world->policy.n_overrides = 1;
        assessment = world_assess(world, "2024-10-20");
        ck_assert(assessment->running->coverage == COVERAGE_COVERED);
        ck_assert_ptr_null(assessment->reboot.target);
        world_free(world);
}
END_TEST

START_TEST(a_kernel_to_choose_may_have_to_be_installed) {
        World *world = world_in_order();

        add_next_kernels(world);
        world_patch(world, "kpatch-patch-5_14_0-427_31_1", "0-0", "5.14.0-427.31.1.el9_4",
                    "rhel-9.4", "main", "2024-10-01", NULL);
        world_boots(world, "5.14.0-427.37.1.el9_4");
        world->host->installed_kernels = (TextList){};
        check(world, "2024-10-20", ADVICE_CHOOSE_ELIGIBLE_KERNEL,
              "install and make 5.14.0-427.31.1.el9_4 the default kernel, covered until "
              "2025-08-15");
        world_has_installed(world, "5.14.0-427.37.1.el9_4");

        /* Nothing to choose: the running one is not known to be eligible either. */
        world->facts->n_kernels = 0;
        world->facts->n_patches = 0;
        world->host->n_packages = 0;
        world->host->default_kernel = "6.6.0-custom";
        world_set_kernel(world, "5.14.0-427.99.1.el9_4");
        world->host->n_patches = world->host->n_modules = 0;
        check(world, "2024-10-20", ADVICE_CHOOSE_ELIGIBLE_KERNEL,
              "6.6.0-custom gets no live patches), and no kernel to choose instead is known");
        world_free(world);
}
END_TEST

START_TEST(actions_have_their_words) {
        for (AdviceAction action = 0; action < _ADVICE_MAX; action++)
                ck_assert_ptr_nonnull(advice_to_text(action));
        ck_assert_str_eq(advice_to_text(ADVICE_REBOOT), "reboot");
}
END_TEST

UNIT_TEST(the_first_rule_that_applies_speaks, an_unproven_kernel_is_to_be_confirmed,
          a_foreign_patch_is_to_be_reviewed, who_does_not_use_live_patching_is_left_alone,
          a_deadline_of_the_sla_comes_first, without_facts_it_asks_for_them,
          it_waits_where_no_kernel_is_known, the_target_gains_something,
          a_kernel_to_choose_may_have_to_be_installed, the_way_back_has_its_price,
          the_way_back_is_the_last_one, actions_have_their_words)
