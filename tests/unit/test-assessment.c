/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <time.h>

#include "core/assessment-change.h"
#include "core/host-facts.h"
#include "assess-world.h"
#include "unit-test.h"

START_TEST(the_channel_is_the_widest_of_the_base_repositories) {
        static const struct {
                const char *repositories, *kernel;
                Channel subscribed, channel;
        } cases[] = {
                { "rhel-9-for-x86_64-baseos-rpms", WORLD_KERNEL, CHANNEL_MAIN, CHANNEL_MAIN },
                { "rhel-9-for-x86_64-baseos-rpms rhel-9-for-x86_64-baseos-eus-rpms", WORLD_KERNEL,
                  CHANNEL_EUS, CHANNEL_EUS },
                { "rhel-9-for-x86_64-baseos-e4s-rpms rhel-9-for-x86_64-baseos-eus-rpms",
                  WORLD_KERNEL, CHANNEL_E4S, CHANNEL_E4S },
                { "rhel-9-for-x86_64-baseos-tus-rpms rhel-9-for-x86_64-baseos-aus-rpms",
                  "4.18.0-372.9.1.el8", CHANNEL_TUS, CHANNEL_TUS },
                { "rhel-9-for-x86_64-baseos-aus-rpms", WORLD_KERNEL, CHANNEL_AUS,
                  CHANNEL_EUS }, /* 9.4 has no AUS */
                { "rhel-9-for-x86_64-baseos-eus-rpms", "5.14.0-503.14.1.el9_5", CHANNEL_EUS,
                  CHANNEL_MAIN },
                { "rhel-9-for-x86_64-baseos-eus-debug-rpms rhel-9-for-x86_64-baseos-rpms",
                  WORLD_KERNEL, CHANNEL_MAIN, CHANNEL_MAIN },
                { "rhel-9-for-x86_64-baseos-eus-source-rpms rhel-9-beta-for-x86_64-baseos-rpms",
                  WORLD_KERNEL, CHANNEL_UNKNOWN, CHANNEL_UNKNOWN },
                { "rhel-9-for-x86_64-appstream-eus-rpms epel", WORLD_KERNEL, CHANNEL_UNKNOWN,
                  CHANNEL_UNKNOWN },
                { "rhui-rhel-9-for-x86_64-baseos-rhui-rpms", WORLD_KERNEL, CHANNEL_MAIN,
                  CHANNEL_MAIN },
                { "rhel-7-server-eus-rpms", WORLD_KERNEL, CHANNEL_EUS, CHANNEL_EUS },
                { "", WORLD_KERNEL, CHANNEL_UNKNOWN, CHANNEL_UNKNOWN },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                const Situation *situation;

                world->host->repositories = text_words(world->host->pool, cases[i].repositories);
                world_set_kernel(world, cases[i].kernel);
                situation = &world_assess(world, "2024-12-15")->situation;
                ck_assert_msg(situation->subscribed == cases[i].subscribed &&
                                              situation->channel == cases[i].channel,
                              "row %zu gave %s, judged as %s", i,
                              channel_to_text(situation->subscribed),
                              channel_to_text(situation->channel));
                world_free(world);
        }
}
END_TEST

START_TEST(the_operator_may_set_the_channel) {
        World *world = world_new();

        world->policy.channel = CHANNEL_E4S;
        world->policy.channel_place = "klpwatch.conf:2";
        ck_assert_int_eq(world_assess(world, "2024-12-15")->situation.channel, CHANNEL_E4S);
        ck_assert(world_says(&world->assessment->running->because, "klpwatch.conf:2"));
        world->policy.channel = CHANNEL_UNKNOWN;
        world->host->repositories_unknown = "no permission";
        ck_assert_int_eq(world_assess(world, "2024-12-15")->situation.channel, CHANNEL_UNKNOWN);
        ck_assert(world_says(&world->assessment->running->because, "no permission"));
        /* LTSS is a channel of other vendors: here it comes down to main. */
        world->policy.channel = CHANNEL_LTSS;
        ck_assert_int_eq(world_assess(world, "2024-12-15")->situation.channel, CHANNEL_MAIN);
        world_free(world);
}
END_TEST

START_TEST(channels_include_what_the_narrower_support_got) {
        ck_assert_uint_eq(channel_set_of_host(CHANNEL_UNKNOWN), 1u << CHANNEL_MAIN);
        ck_assert_uint_eq(channel_set_of_host(CHANNEL_EUS), 1u << CHANNEL_MAIN | 1u << CHANNEL_EUS);
        ck_assert_uint_eq(channel_set_of_host(CHANNEL_TUS),
                          1u << CHANNEL_MAIN | 1u << CHANNEL_EUS | 1u << CHANNEL_TUS);
        ck_assert_uint_eq(channel_set_of_host(CHANNEL_LTSS),
                          1u << CHANNEL_MAIN | 1u << CHANNEL_LTSS);
}
END_TEST

START_TEST(the_minor_is_found_by_fact_tag_or_initial_kernel) {
        static const struct {
                const char *kernel, *stream;
        } cases[] = {
                { "5.14.0-427.99.1.el9_4", "rhel-9.4" },
                { "4.18.0-372.9.1.el8", "rhel-8.6" },
                { "4.18.0-372.11.1.el8", "rhel-8.6" },
                { "4.18.0-999.9.1.el8", NULL },
                { "5.14.0-503.14.1.el9", "rhel-9.5" },
                { "5.14.0-555.1.1.el9", "rhel-9.6" }, /* a fact says so */
                { "5.14.0-800.1.1.el9_9", "rhel-9.9" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();

                world_kernel(world, "5.14.0-555.1.1.el9", "rhel-9.6", "main", "2024-01-01",
                             SEVERITY_LOW, NULL);
                world_kernel(world, "5.14.0-503.14.1.el9", NULL, "main", "2024-01-01", SEVERITY_LOW,
                             NULL);
                world_kernel(world, "nonsense", NULL, "main", "2024-01-01", SEVERITY_LOW, NULL);
                world_set_kernel(world, cases[i].kernel);
                ck_assert_pstr_eq(world_assess(world, "2024-12-15")->situation.stream,
                                  cases[i].stream);
                world_free(world);
        }
}
END_TEST

START_TEST(live_patching_is_no_question_everywhere) {
        World *world = world_new();

#define NOT_APPLICABLE(part)                                                             \
        ck_assert_int_eq(world_assess(world, "2024-09-15")->running->coverage,           \
                         COVERAGE_NOT_APPLICABLE);                                       \
        ck_assert_int_eq(world->assessment->running->eligible, ELIGIBLE_NOT_APPLICABLE); \
        ck_assert_int_eq(world->assessment->running->start, UTC_DAY_NONE);               \
        ck_assert_int_eq(world->assessment->next_boot.leaves_stream, TRISTATE_UNKNOWN);  \
        ck_assert_int_eq(world->assessment->advice.action, ADVICE_NONE);                 \
        ck_assert_msg(strstr(world->assessment->advice.text, part), "%s",                \
                      world->assessment->advice.text)
        world_boots(world, "5.14.0-427.37.1.el9_4");
        world->host->container = "systemd says so";
        NOT_APPLICABLE("container");
        world->host->container = NULL;
        world->host->livepatch_support = TRISTATE_NO;
        NOT_APPLICABLE("no live-patch support");
        world->host->livepatch_support = TRISTATE_YES;
        world->host->os_id = "almalinux";
        NOT_APPLICABLE("almalinux");
        world->host->os_id = "rhel";
        world->host->kernel = "5.14.0-427.13.1.el9_4.aarch64";
        NOT_APPLICABLE("aarch64");
        world->host->kernel = "5.14.0-427.13.1.el9_4.x86_64+64k";
        NOT_APPLICABLE("64k");
        world->host->kernel = "6.6.0-custom";
        NOT_APPLICABLE("no vendor");
        world_set_kernel(world, "6.12.0-124.8.1.el10_1");
        NOT_APPLICABLE("rhel-10.1 gets no live patches");
#undef NOT_APPLICABLE
        world_free(world);
}
END_TEST

START_TEST(the_next_boot_leaves_the_stream_or_not) {
        static const struct {
                const char *boots;
                Tristate leaves;
                const char *part;
        } cases[] = {
                { WORLD_KERNEL, TRISTATE_NO, "is covered by live patches" },
                { "5.14.0-427.16.1.el9_4", TRISTATE_YES, "is not eligible" },
                { "5.14.0-427.31.1.el9_4", TRISTATE_UNKNOWN, "is not proven" },
                { "5.14.0-427.99.1.el9_4", TRISTATE_UNKNOWN, "is not proven" },
                { "5.14.0-503.14.1.el9_5", TRISTATE_YES,
                  "is of rhel-9.5, which this host's channel does not lead to" },
                { "5.14.0-284.11.1.el9_2", TRISTATE_YES, "is of rhel-9.2" },
                { "6.12.0-124.8.1.el10_1", TRISTATE_YES, "gets no live patches" },
                { "6.6.0-custom", TRISTATE_YES, "gets no live patches" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                const NextBoot *next;

                world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30",
                             SEVERITY_IMPORTANT, NULL);
                world_kernel(world, "5.14.0-427.16.1.el9_4", "rhel-9.4", "main", "2024-05-01",
                             SEVERITY_IMPORTANT, NULL);
                world_kernel(world, "5.14.0-427.18.1.el9_4", "rhel-9.4", "main", "2024-05-08",
                             SEVERITY_IMPORTANT, NULL);
                world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15",
                             SEVERITY_IMPORTANT, NULL);
                world_install(world, WORLD_PACKAGE, "0-0.el9_4");
                world_boots(world, cases[i].boots);
                world->host->default_kernel_from = "grubenv saved_entry";
                next = &world_assess(world, "2024-09-15")->next_boot;
                ck_assert_msg(next->leaves_stream == cases[i].leaves, "%s", cases[i].boots);
                ck_assert_msg(world_says(&next->because, cases[i].part), "%s: %s", cases[i].boots,
                              next->because.items[1]);
                world_free(world);
        }
}
END_TEST

START_TEST(a_next_boot_past_its_window_leaves_the_stream) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_install(world, WORLD_PACKAGE, "0-0.el9_4");
        world_boots(world, WORLD_KERNEL);
        ck_assert_int_eq(world_assess(world, "2025-04-30")->next_boot.leaves_stream, TRISTATE_NO);
        ck_assert_int_eq(world_assess(world, "2025-05-01")->next_boot.leaves_stream, TRISTATE_YES);
        ck_assert(world_says(&world->assessment->next_boot.because, "have ended"));
        world_free(world);
}
END_TEST

START_TEST(freshness_is_of_the_freshest_feed_of_the_stream) {
        static const struct {
                FeedKind kind;
                const char *complete_to, *at;
                Freshness freshness;
        } cases[] = {
                { FEED_KIND_FILE, "2024-01-01", "2024-02-05", FRESHNESS_FRESH },
                { FEED_KIND_FILE, "2024-01-01", "2024-02-05T00:00:01Z", FRESHNESS_STALE },
                { FEED_KIND_FILE, "2024-01-01", "2024-04-10", FRESHNESS_STALE },
                { FEED_KIND_FILE, "2024-01-01", "2024-04-10T00:00:01Z", FRESHNESS_EXPIRED },
                { FEED_KIND_CACHE, "2024-01-01", "2024-01-08", FRESHNESS_FRESH },
                { FEED_KIND_CACHE, "2024-01-01", "2024-01-31T00:00:01Z", FRESHNESS_EXPIRED },
                { FEED_KIND_NETWORK, "2024-01-01", "2024-01-03", FRESHNESS_FRESH },
                { FEED_KIND_NETWORK, "2024-01-01", "2024-01-08", FRESHNESS_STALE },
                { FEED_KIND_NETWORK, "2024-01-01", "2024-01-08T00:00:01Z", FRESHNESS_EXPIRED },
                { FEED_KIND_NETWORK, "2025-01-01", "2024-01-01", FRESHNESS_FRESH },
                { FEED_KIND_FILE, NULL, "2024-01-01", FRESHNESS_NEVER },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                FactSource *source = &world->facts->sources[0];

                source->kind = cases[i].kind;
                source->complete_to = world_time(cases[i].complete_to);
                world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2023-01-01",
                             SEVERITY_IMPORTANT, NULL);
                ck_assert_msg(world_assess(world, cases[i].at)->freshness.freshness ==
                                              cases[i].freshness,
                              "row %zu gave %s", i,
                              freshness_to_text(world->assessment->freshness.freshness));
                /* A fresher feed without records of this stream changes nothing, one with a record does. */
                world_source(world, FEED_KIND_FILE, "2029-01-01");
                world_kernel(world, "5.14.0-284.11.1.el9_2", "rhel-9.2", "main", "2023-01-01",
                             SEVERITY_IMPORTANT, NULL);
                ck_assert_int_eq(world_assess(world, cases[i].at)->freshness.freshness,
                                 cases[i].freshness);
                world->facts->sources[1].vendor = "redhat";
                world_patch(world, "x", "1-1", NULL, "rhel-9.4", "main", "2023-01-01", NULL);
                ck_assert_int_eq(world_assess(world, cases[i].at)->freshness.freshness,
                                 FRESHNESS_FRESH);
                world->facts->sources[1].vendor = "suse";
                ck_assert_int_eq(world_assess(world, cases[i].at)->freshness.freshness,
                                 cases[i].freshness);
                world_free(world);
        }
}
END_TEST

START_TEST(repositories_and_windows_are_records_of_a_stream_too) {
        World *world = world_new();
        RepositoryFact *repository;
        WindowFact *window;

        ck_assert_int_eq(world_assess(world, "2024-09-15")->freshness.freshness, FRESHNESS_NEVER);
        window = memory_pool_append(world->facts->pool, world->facts->windows,
                                    world->facts->n_windows);
        *window = (WindowFact){ .kernel = "nonsense", .end = 30000 };
        ck_assert_int_eq(world_assess(world, "2024-09-15")->freshness.freshness, FRESHNESS_NEVER);
        window->kernel = "5.14.0-427.99.1.el9_4";
        ck_assert_int_eq(world_assess(world, "2024-09-15")->freshness.freshness, FRESHNESS_FRESH);
        world->facts->n_windows = 0;
        repository = memory_pool_append(world->facts->pool, world->facts->repositories,
                                        world->facts->n_repositories);
        *repository = (RepositoryFact){
                .repository = "r", .stream = "rhel-9.4", .channel = CHANNEL_MAIN, .complete_at = 0
        };
        ck_assert_int_eq(world_assess(world, "2024-09-15")->freshness.freshness, FRESHNESS_FRESH);
        world_free(world);
}
END_TEST

START_TEST(what_if_questions_keep_the_clock) {
        World *world = world_new();
        const SupportCalendar *calendars[] = { world->calendar };
        AssessInput input = { .host = world->host,
                              .facts = world->facts,
                              .calendars = calendars,
                              .n_calendars = 1,
                              .policy = &world->policy,
                              .now = world_time("2026-09-15"),
                              .clock = world_time("2024-09-15") };
        _cleanup_(assessment_freep) Assessment *assessment = NULL;

        world->facts->sources[0].complete_to = world_time("2024-09-14");
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        ck_assert_int_eq(assess(&input, &assessment), 0);
        ck_assert_int_eq(assessment->freshness.freshness, FRESHNESS_FRESH);
        ck_assert_int_eq(assessment->running->coverage, COVERAGE_ENDED);
        assessment = assessment_free(assessment);
        world_free(world);
}
END_TEST

static AssessmentChange changed(World *world, Assessment **before) {
        AssessmentChange change;

        world_assess(world, "2024-09-15");
        change = assessment_change(*before, world->assessment);
        *before = assessment_free(*before);
        *before = TAKE(world->assessment);
        return change & ~(1u << PART_NEXT_CHANGE_AT);
}

START_TEST(differences_name_the_parts) {
        World *world = world_new();
        Assessment *before = NULL;

        for (AssessmentPart part = 0; part < _PART_MAX; part++)
                ck_assert_ptr_nonnull(assessment_part_name(part));
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        ck_assert_uint_eq(changed(world, &before) | 1u << PART_NEXT_CHANGE_AT,
                          (1u << _PART_MAX) - 1);
        ck_assert_uint_eq(changed(world, &before), 0);

        world_install(world, WORLD_PACKAGE, "0-0.el9_4");
        ck_assert_uint_eq(changed(world, &before) & (1u << PART_ELIGIBLE | 1u << PART_COVERAGE |
                                                     1u << PART_COVERAGE_BASIS | 1u << PART_PATCH),
                          1u << PART_ELIGIBLE | 1u << PART_COVERAGE | 1u << PART_COVERAGE_BASIS |
                                          1u << PART_PATCH);
        world_load(world, "klp_other", TRISTATE_YES, TRISTATE_NO);
        ck_assert(changed(world, &before) & 1u << PART_LIVE_PATCHES);
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15",
                     SEVERITY_IMPORTANT, "CVE-2024-1=critical CVE-2024-2=important");
        ck_assert_uint_eq(changed(world, &before) &
                                          (1u << PART_OPEN_CRITICAL | 1u << PART_OPEN_IMPORTANT |
                                           1u << PART_EXPOSURES | 1u << PART_KERNELS |
                                           1u << PART_REBOOT),
                          1u << PART_OPEN_CRITICAL | 1u << PART_OPEN_IMPORTANT |
                                          1u << PART_EXPOSURES | 1u << PART_KERNELS |
                                          1u << PART_REBOOT);
        world->facts->kernels[1].cves[0].severity = SEVERITY_IMPORTANT;
        ck_assert(changed(world, &before) & 1u << PART_EXPOSURES);
        world_boots(world, WORLD_KERNEL);
        ck_assert(changed(world, &before) & 1u << PART_NEXT_BOOT);
        world_channel(world, "");
        ck_assert(changed(world, &before) & 1u << PART_CHANNEL);
        world_patch(world, WORLD_PACKAGE, "1-1", WORLD_KERNEL, "rhel-9.4", "main", "2024-09-01",
                    "CVE-2024-1");
        ck_assert(changed(world, &before) & 1u << PART_LIVE_PATCHES);
        world->facts->sources[0].complete_to = world_time("2024-09-14");
        ck_assert_uint_eq(changed(world, &before), 1u << PART_FRESHNESS);
        world->host->loader_state = "disabled";
        changed(world, &before);
        text_list_add(&world->host->installed_kernels, world->host->pool,
                      "5.14.0-427.31.1.el9_4.x86_64");
        ck_assert(changed(world, &before) & 1u << PART_KERNELS);
        world_set_kernel(world, "5.14.0-503.14.1.el9_5");
        ck_assert_uint_eq(changed(world, &before) & (1u << PART_STREAM | 1u << PART_COVERAGE_START),
                          1u << PART_STREAM | 1u << PART_COVERAGE_START);
        assessment_free(before);
        world_free(world);
}
END_TEST

START_TEST(a_kernel_that_does_not_parse_is_judged_too) {
        World *world = world_new();

        world->host->kernel = "linux";
        ck_assert_int_eq(world_assess(world, "2024-09-15")->running->coverage,
                         COVERAGE_NOT_APPLICABLE);
        ck_assert_str_eq(world->assessment->running->name, "linux");
        text_list_add(&world->host->installed_kernels, world->host->pool, "rubbish");
        world->host->default_kernel = "rubbish";
        world->host->default_kernel_unknown = NULL;
        ck_assert_uint_eq(world_assess(world, "2024-09-15")->n_kernels, 1);
        world->host->kernel = NULL;
        world->host->kernel_unknown = "gone";
        ck_assert_int_eq(world_assess(world, "2024-09-15")->running->coverage, COVERAGE_UNKNOWN);
        world_free(world);
}
END_TEST

START_TEST(kernels_are_found_by_either_name) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_assess(world, "2024-09-15");
        ck_assert_ptr_eq(assessment_find_kernel(world->assessment, WORLD_KERNEL),
                         world->assessment->running);
        ck_assert_ptr_eq(assessment_find_kernel(world->assessment, WORLD_KERNEL ".x86_64"),
                         world->assessment->running);
        ck_assert_ptr_null(assessment_find_kernel(world->assessment, "5.14.0-1.el9_4"));
        ck_assert_ptr_null(exposure_report_find(&world->assessment->exposure, "CVE-2024-1"));
        world_free(world);
}
END_TEST

START_TEST(fresh_host_facts_know_nothing) {
        HostFacts *host = NULL;

        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert(host->kernel_unknown && host->os_unknown && host->livepatch_unknown &&
                  host->installed_kernels_unknown && host->default_kernel_unknown &&
                  host->packages_unknown && host->modules_unknown && host->loader_unknown &&
                  host->repositories_unknown);
        ck_assert_ptr_null(host_facts_find_patch(host, "x"));
        host->patches = &(LoadedPatch){ .name = "x" };
        host->n_patches = 1;
        ck_assert_ptr_eq(host_facts_find_patch(host, "x"), host->patches);
        ck_assert_ptr_null(host_facts_free(host));
        ck_assert_ptr_null(host_facts_free(NULL));
        ck_assert_ptr_null(assessment_free(NULL));
        ck_assert_ptr_null(facts_free(NULL));
        ck_assert_ptr_null(support_calendar_free(NULL));
}
END_TEST

/* Seconds of processor time for an assessment with `n` kernels of another minor, newest first. */
static double time_of_kernels(int n) {
        World *world = world_new();
        struct timespec before, after;

        for (int i = n; i > 0; i--)
                world_kernel(world,
                             memory_pool_format(world->facts->pool, "5.14.0-284.%d.1.el9_2", i),
                             "rhel-9.2", "eus", "2024-08-15", SEVERITY_LOW, NULL);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        world_assess(world, "2024-09-15");
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        ck_assert_uint_eq(world->assessment->situation.n_kernels, (size_t) n);
        world_free(world);
        return (double) (after.tv_sec - before.tv_sec) +
               (double) (after.tv_nsec - before.tv_nsec) / 1e9;
}

START_TEST(ten_times_the_kernels_take_ten_times_as_long) {
        double few = time_of_kernels(3000), many = time_of_kernels(30000);

        ck_assert_msg(many < 30 * few, "%.3f s for 3,000 and %.3f s for 30,000", few, many);
}
END_TEST

START_TEST(words_are_read_back) {
        Severity severity;
        Channel channel;

        for (Severity s = SEVERITY_LOW; s < _SEVERITY_MAX; s++) {
                ck_assert_int_eq(severity_from_text(severity_to_text(s), &severity), 0);
                ck_assert_int_eq(severity, s);
        }
        for (Channel c = CHANNEL_MAIN; c < _CHANNEL_MAX; c++) {
                ck_assert_int_eq(channel_from_text(channel_to_text(c), &channel), 0);
                ck_assert_int_eq(channel, c);
        }
        ck_assert_int_eq(severity_from_text("Important", &severity), FACTS_E_UNKNOWN_WORD);
        ck_assert_int_eq(channel_from_text("els", &channel), FACTS_E_UNKNOWN_WORD);
        ck_assert_ptr_null(severity_to_text(SEVERITY_UNKNOWN));
        ck_assert_ptr_null(channel_to_text(CHANNEL_UNKNOWN));
}
END_TEST

UNIT_TEST(ten_times_the_kernels_take_ten_times_as_long,
          the_channel_is_the_widest_of_the_base_repositories, the_operator_may_set_the_channel,
          channels_include_what_the_narrower_support_got,
          the_minor_is_found_by_fact_tag_or_initial_kernel, live_patching_is_no_question_everywhere,
          the_next_boot_leaves_the_stream_or_not, a_next_boot_past_its_window_leaves_the_stream,
          freshness_is_of_the_freshest_feed_of_the_stream,
          repositories_and_windows_are_records_of_a_stream_too, what_if_questions_keep_the_clock,
          differences_name_the_parts, a_kernel_that_does_not_parse_is_judged_too,
          kernels_are_found_by_either_name, fresh_host_facts_know_nothing, words_are_read_back)
