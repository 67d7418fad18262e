/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/alert-rules.h"
#include "assess-world.h"
#include "unit-test.h"

#define NEWER "5.14.0-427.31.1.el9_4"
#define NOT_SELECTED \
        "5.14.0-427.37.1.el9_4" /* long after one selection day, long before the next */

/* A covered host that is fine: initial kernel, its newest patch active, everything comes back. */
static World *world_that_is_fine(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30T08:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-1=low");
        world_kernel(world, NEWER, "rhel-9.4", "main", "2024-08-15T05:34:56Z", SEVERITY_IMPORTANT,
                     "CVE-2024-2=important");
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main",
                    "2024-08-19T12:00:00Z", "CVE-2024-2=important");
        world_install(world, WORLD_PACKAGE, "1-2.el9_4");
        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "2");
        world_boots(world, WORLD_KERNEL);
        return world;
}

static AlertLevel level_at(World *world, AlertClass kind, const char *at) {
        const AlertEntry *entry = &world_assess(world, at)->alerts.entries[kind];

        if (!entry->used || !entry->open)
                return ALERT_LEVEL_OK;
        /* What holds of every alert. */
        ck_assert_ptr_nonnull(entry->alert.text);
        ck_assert_msg(entry->alert.action && entry->alert.action[0], "no action: %s",
                      entry->alert.text);
        ck_assert(entry->since == world->assessment->input.now);
        return entry->alert.level;
}

static size_t n_open(const Assessment *assessment) {
        const AlertEntry *entries[_ALERT_CLASS_MAX];

        return alert_book_list(&assessment->alerts, assessment->input.now, entries);
}

typedef struct Edge {
        const char *at;
        AlertLevel level;
} Edge;

/* At each moment the level, and between two of them the moment of the change is the one that was foretold. */
static void walk(World *world, AlertClass kind, const Edge *edges, size_t n_edges) {
        for (size_t i = 0; i < n_edges; i++) {
                AlertLevel level = level_at(world, kind, edges[i].at);
                UtcTime next = world->assessment->alerts.next;

                ck_assert_msg(level == edges[i].level, "%s at %s: %s", alert_class_to_text(kind),
                              edges[i].at, alert_level_to_text(level));
                if (i + 1 < n_edges && edges[i + 1].level != level)
                        ck_assert_msg(next != UTC_TIME_NONE && next <= world_time(edges[i + 1].at),
                                      "%s: the change after %s is not foretold",
                                      alert_class_to_text(kind), edges[i].at);
        }
}

START_TEST(a_host_that_is_fine_is_silent) {
        World *world = world_that_is_fine();

        ck_assert_uint_eq(n_open(world_assess(world, "2024-08-29")), 0);
        ck_assert(alert_book_level(&world->assessment->alerts, world->assessment->input.now) ==
                  ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

/* A window of a year: 90, 30 and 22 days would be its shares; 90 and 7 are less than those. */
START_TEST(coverage_ends_in_steps) {
        static const Edge edges[] = {
                { "2025-01-29T23:59:59Z", ALERT_LEVEL_OK },
                { "2025-01-30T00:00:00Z", ALERT_LEVEL_INFO },
                { "2025-03-30T23:59:59Z", ALERT_LEVEL_INFO },
                { "2025-03-31T00:00:00Z", ALERT_LEVEL_WARNING },
                { "2025-04-22T23:59:59Z", ALERT_LEVEL_WARNING },
                { "2025-04-23T00:00:00Z", ALERT_LEVEL_CRITICAL },
                { "2025-04-30T12:00:00Z", ALERT_LEVEL_CRITICAL },
                { "2025-05-01T00:00:00Z", ALERT_LEVEL_CRITICAL },
                { "2027-01-01T00:00:00Z", ALERT_LEVEL_CRITICAL },
        };
        World *world = world_that_is_fine();

        walk(world, ALERT_COVERAGE_ENDING, edges, ELEMENTS(edges));
        ck_assert_ptr_nonnull(
                        strstr(world->assessment->alerts.entries[ALERT_COVERAGE_ENDING].alert.text,
                               "ended on 2025-04-30"));
        world_free(world);
}
END_TEST

START_TEST(lead_times_can_be_set) {
        static const Edge edges[] = {
                { "2025-03-01T00:00:00Z", ALERT_LEVEL_OK },
                { "2025-03-02T00:00:00Z", ALERT_LEVEL_WARNING },
                { "2025-04-28T23:59:59Z", ALERT_LEVEL_WARNING },
                { "2025-04-29T00:00:00Z", ALERT_LEVEL_CRITICAL },
        };
        static const struct {
                AlertDelay delay;
                int days;
        } delays[] = { { ALERT_LEAD_INFO, 10 },
                       { ALERT_LEAD_WARNING, 59 },
                       { ALERT_LEAD_CRITICAL, 1 } };
        World *world = world_that_is_fine();

        for (size_t i = 0; i < ELEMENTS(delays); i++) {
                world->policy.alerts.delays[delays[i].delay].set = true;
                world->policy.alerts.delays[delays[i].delay].usec = delays[i].days * USEC_PER_DAY;
        }
        walk(world, ALERT_COVERAGE_ENDING, edges, ELEMENTS(edges));
        world_free(world);
}
END_TEST

/* The day itself, a week later, then each month. */
START_TEST(an_end_that_came_is_due_again) {
        static const struct {
                const char *at, *reminder;
        } cases[] = {
                { "2025-04-29", "-" },          { "2025-04-30", "2025-04-30" },
                { "2025-05-06", "2025-04-30" }, { "2025-05-07", "2025-05-07" },
                { "2025-06-06", "2025-05-07" }, { "2025-06-07", "2025-06-07" },
                { "2026-01-08", "2026-01-07" },
        };
        World *world = world_that_is_fine();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const AlertEntry *entry = &world_assess(world, cases[i].at)
                                                           ->alerts.entries[ALERT_COVERAGE_ENDING];

                ck_assert_str_eq(world_day(entry->alert.reminder), cases[i].reminder);
        }
        world_free(world);
}
END_TEST

START_TEST(an_end_that_moved_into_the_past_is_told_as_such) {
        World *world = world_that_is_fine();
        AlertBook before = alert_book_empty();
        KernelOverride override = { .kernel = WORLD_KERNEL ".x86_64",
                                    .start = UTC_DAY_NONE,
                                    .end = UTC_DAY_NONE };

        world_assess(world, "2024-10-01");
        ck_assert_str_eq(world_day(world->assessment->alerts.told_end), "2025-04-30");
        before = alert_book_copy(world->host->pool, &world->assessment->alerts);
        world->alerts = &before;
        ck_assert_int_eq(utc_day_parse("2024-09-20", &override.end), 0);
        world->policy.overrides = &override;
        world->policy.n_overrides = 1;
        ck_assert(level_at(world, ALERT_COVERAGE_ENDED_EARLY, "2024-10-02") == ALERT_LEVEL_WARNING);
        ck_assert(!world->assessment->alerts.entries[ALERT_COVERAGE_ENDING].used);
        /* Once that day has come it is an end like any other. */
        ck_assert(level_at(world, ALERT_COVERAGE_ENDED_EARLY, "2025-05-01") == ALERT_LEVEL_OK);
        ck_assert(level_at(world, ALERT_COVERAGE_ENDING, "2025-05-01") == ALERT_LEVEL_CRITICAL);
        /* Another kernel was told nothing. */
        before.kernel = "5.14.0-427.99.1.el9_4.x86_64";
        ck_assert(level_at(world, ALERT_COVERAGE_ENDED_EARLY, "2024-10-02") == ALERT_LEVEL_OK);
        ck_assert(level_at(world, ALERT_COVERAGE_ENDING, "2024-10-02") == ALERT_LEVEL_CRITICAL);
        world_free(world);
}
END_TEST

START_TEST(kernels_outside_the_stream_are_told) {
        World *world = world_that_is_fine();

        world_kernel(world, NOT_SELECTED, "rhel-9.4", "main", "2024-09-24T10:00:00Z",
                     SEVERITY_IMPORTANT, "");
        world_boots(world, NOT_SELECTED);
        ck_assert(level_at(world, ALERT_NEXT_BOOT_LEAVES_STREAM, "2024-10-01") ==
                  ALERT_LEVEL_WARNING);
        ck_assert_ptr_nonnull(strstr(
                        world->assessment->alerts.entries[ALERT_NEXT_BOOT_LEAVES_STREAM].alert.text,
                        NOT_SELECTED));
        /* Once it runs, that is the one thing to say. */
        world_set_kernel(world, NOT_SELECTED);
        ck_assert(level_at(world, ALERT_UNSUPPORTED_KERNEL, "2024-10-01") == ALERT_LEVEL_WARNING);
        ck_assert(level_at(world, ALERT_NEXT_BOOT_LEAVES_STREAM, "2024-10-01") == ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

START_TEST(what_is_not_proven_is_an_info) {
        World *world = world_that_is_fine();

        world->host->packages = NULL;
        world->host->n_packages = 0;
        world->facts->n_patches = 0;
        world->host->n_patches = 0;
        world->policy.live_patching = LIVE_PATCHING_YES;
        ck_assert(level_at(world, ALERT_UNCONFIRMED_KERNEL, "2024-06-01") == ALERT_LEVEL_INFO);
        world_free(world);
}
END_TEST

START_TEST(a_released_patch_may_wait_a_while) {
        static const Edge important[] = {
                { "2024-08-19T12:00:00Z", ALERT_LEVEL_OK },
                { "2024-08-26T11:59:59Z", ALERT_LEVEL_OK },
                { "2024-08-26T12:00:00Z", ALERT_LEVEL_WARNING },
        };
        static const Edge critical[] = {
                { "2024-08-21T11:59:59Z", ALERT_LEVEL_OK },
                { "2024-08-21T12:00:00Z", ALERT_LEVEL_WARNING },
        };
        World *world = world_that_is_fine();

        world->host->n_patches = 0;
        walk(world, ALERT_PATCH_NOT_APPLIED, important, ELEMENTS(important));
        world->facts->kernels[1].cves[0].severity = world->facts->patches[0].cves[0].severity =
                        SEVERITY_CRITICAL;
        walk(world, ALERT_PATCH_NOT_APPLIED, critical, ELEMENTS(critical));
        /* Neither so urgent: nothing. */
        world->facts->kernels[1].cves[0].severity = world->facts->patches[0].cves[0].severity =
                        SEVERITY_MODERATE;
        world->facts->patches[0].severity = SEVERITY_MODERATE;
        ck_assert(level_at(world, ALERT_PATCH_NOT_APPLIED, "2025-01-01") == ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

START_TEST(only_a_newer_kernel_and_deadlines) {
        static const Edge edges[] = {
                { "2024-10-29T23:59:59Z", ALERT_LEVEL_OK }, /* its live patch may still come */
                { "2024-10-30T00:00:00Z", ALERT_LEVEL_WARNING },
                { "2024-11-14T23:59:59Z", ALERT_LEVEL_WARNING },
                { "2024-11-15T00:00:00Z", ALERT_LEVEL_CRITICAL },
        };
        World *world = world_that_is_fine();

        world_kernel(world, "5.14.0-427.40.1.el9_4", "rhel-9.4", "main", "2024-09-30T10:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-7=important CVE-2024-8=moderate CVE-2024-9");
        world->policy.sla_days[SEVERITY_IMPORTANT] = 45;
        for (size_t i = 0; i < ELEMENTS(edges); i++)
                ck_assert_msg(level_at(world, ALERT_EXPOSURE, edges[i].at) == edges[i].level, "%s",
                              edges[i].at);
        ck_assert_uint_eq(world->assessment->alerts.entries[ALERT_EXPOSURE].alert.cves.n_items, 1);
        /* Without a deadline a moderate one is none; with one that passed it is. */
        world->policy.sla_days[SEVERITY_IMPORTANT] = 0;
        ck_assert(level_at(world, ALERT_EXPOSURE, "2024-12-01") == ALERT_LEVEL_WARNING);
        world->policy.sla_days[SEVERITY_MODERATE] = 30;
        ck_assert(level_at(world, ALERT_EXPOSURE, "2024-12-01") == ALERT_LEVEL_CRITICAL);
        world_free(world);
}
END_TEST

/* Whoever has seen that one deadline has passed hears of the next one all the same. */
START_TEST(each_deadline_that_passes_is_news) {
        World *world = world_that_is_fine();
        MemoryPool *pool = NULL;
        AlertBook book;
        AlertEntry *entry = &book.entries[ALERT_EXPOSURE];

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        world_kernel(world, "5.14.0-427.40.1.el9_4", "rhel-9.4", "main", "2024-09-30T10:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-7=important CVE-2024-8=critical");
        world_kernel(world, "5.14.0-427.42.1.el9_4", "rhel-9.4", "main", "2024-10-10T10:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-9=important");
        world->policy.sla_days[SEVERITY_IMPORTANT] = 45;
        world->policy.sla_days[SEVERITY_CRITICAL] = 50;
        book = alert_book_copy(pool, &world_assess(world, "2024-11-15")->alerts);
        ck_assert_int_eq(entry->news, ALERT_NEWS_RAISED);
        entry->news = ALERT_NEWS_NONE;
        ck_assert(alert_state_acknowledge(&book, ALERT_EXPOSURE));
        world->alerts = &book;

        static const struct {
                const char *at;
                AlertNews news;
        } days[] = {
                { "2024-11-19", ALERT_NEWS_NONE },
                { "2024-11-20", ALERT_NEWS_WORSENED }, /* CVE-2024-8 */
                { "2024-11-24", ALERT_NEWS_NONE },
                { "2024-11-25", ALERT_NEWS_WORSENED }, /* CVE-2024-9 */
                { "2024-11-26", ALERT_NEWS_NONE },
        };

        for (size_t i = 0; i < ELEMENTS(days); i++) {
                book = alert_book_copy(pool, &world_assess(world, days[i].at)->alerts);
                ck_assert_msg(entry->news == days[i].news, "%s at %s",
                              alert_news_to_text(entry->news), days[i].at);
                ck_assert_int_eq(entry->alert.level, ALERT_LEVEL_CRITICAL);
                entry->news = ALERT_NEWS_NONE;
                ck_assert(alert_state_acknowledge(&book, ALERT_EXPOSURE));
        }
        memory_pool_free(pool);
        world_free(world);
}
END_TEST

START_TEST(a_transition_gets_worse) {
        static const Edge edges[] = {
                { "2024-08-29T12:01:14Z", ALERT_LEVEL_OK },
                { "2024-08-29T12:01:15Z", ALERT_LEVEL_INFO },
                { "2024-08-29T12:04:59Z", ALERT_LEVEL_INFO },
                { "2024-08-29T12:05:00Z", ALERT_LEVEL_WARNING },
                { "2024-08-29T12:29:59Z", ALERT_LEVEL_WARNING },
                { "2024-08-29T12:30:00Z", ALERT_LEVEL_CRITICAL },
        };
        World *world = world_that_is_fine();

        world->host->patches[0].transition = TRISTATE_YES;
        world->host->patches[0].since = world_time("2024-08-29T12:00:00Z");
        for (size_t i = 0; i < ELEMENTS(edges); i++)
                ck_assert_msg(level_at(world, ALERT_TRANSITION_STALLED, edges[i].at) ==
                                              edges[i].level,
                              "%s", edges[i].at);
        walk(world, ALERT_TRANSITION_STALLED, edges + 1, ELEMENTS(edges) - 1);
        world_free(world);
}
END_TEST

START_TEST(a_failure_counts_until_it_is_made_good) {
        World *world = world_that_is_fine();
        AlertBook before = alert_book_empty();
        PatchFailure failure = { .patch = WORLD_MODULE "3",
                                 .reason = "because",
                                 .at = world_time("2024-08-28") };

        alert_state_add_failure(&before, &failure);
        world->alerts = &before;
        world->host->n_patches = 0;
        ck_assert(level_at(world, ALERT_PATCH_FAILED, "2024-08-29") == ALERT_LEVEL_WARNING);
        ck_assert_uint_eq(world->assessment->alerts.n_failures, 1);
        world->host->booted = world_time("2024-08-28T01:00:00Z");
        ck_assert(level_at(world, ALERT_PATCH_FAILED, "2024-08-29") == ALERT_LEVEL_OK);
        world->host->booted = UTC_TIME_NONE;
        world_load(world, WORLD_MODULE "3", TRISTATE_YES, TRISTATE_NO);
        ck_assert(level_at(world, ALERT_PATCH_FAILED, "2024-08-29") == ALERT_LEVEL_OK);
        ck_assert_uint_eq(world->assessment->alerts.n_failures, 0);
        world_free(world);
}
END_TEST

START_TEST(what_is_active_is_known_and_comes_back) {
        World *world = world_that_is_fine();

        world->host->loader_state = "disabled";
        ck_assert(level_at(world, ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT, "2024-08-29") ==
                  ALERT_LEVEL_WARNING);
        world->host->loader_state = "enabled";
        ck_assert(level_at(world, ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT, "2024-08-29") ==
                  ALERT_LEVEL_OK);
        world_load(world, "klp_other", TRISTATE_NO, TRISTATE_NO);
        ck_assert(level_at(world, ALERT_FOREIGN_PATCH, "2024-08-29") == ALERT_LEVEL_OK);
        world->host->patches[1].enabled = TRISTATE_YES;
        ck_assert(level_at(world, ALERT_FOREIGN_PATCH, "2024-08-29") == ALERT_LEVEL_WARNING);
        world_free(world);
}
END_TEST

START_TEST(old_facts_are_told_once_their_feeds_were_asked) {
        World *world = world_that_is_fine();
        FeedStatus feed = { .name = "test",
                            .type = "csaf",
                            .last_attempt = UTC_TIME_NONE,
                            .last_success = UTC_TIME_NONE,
                            .next_attempt = UTC_TIME_NONE };

        world->facts->sources[0].complete_to = world_time("2024-08-20");
        world->facts->sources[0].kind = FEED_KIND_NETWORK;
        ck_assert(level_at(world, ALERT_FEED_STALE, "2024-08-22T00:00:00Z") == ALERT_LEVEL_OK);
        ck_assert(level_at(world, ALERT_FEED_STALE, "2024-08-22T00:00:01Z") == ALERT_LEVEL_INFO);
        ck_assert(level_at(world, ALERT_FEED_STALE, "2024-08-27T00:00:01Z") == ALERT_LEVEL_OK);
        ck_assert(level_at(world, ALERT_FEED_EXPIRED, "2024-08-27T00:00:01Z") ==
                  ALERT_LEVEL_WARNING);
        world->feeds = &feed;
        world->n_feeds = 1;
        ck_assert(level_at(world, ALERT_FEED_EXPIRED, "2024-08-29") == ALERT_LEVEL_OK);
        /* The last attempt was before they were old: the host may have slept since. */
        feed.last_attempt = world_time("2024-08-21");
        ck_assert(level_at(world, ALERT_FEED_EXPIRED, "2024-08-29") == ALERT_LEVEL_OK);
        feed.last_attempt = world_time("2024-08-28");
        ck_assert(level_at(world, ALERT_FEED_EXPIRED, "2024-08-29") == ALERT_LEVEL_WARNING);
        world->host->booted = world_time("2024-08-28T12:00:00Z");
        ck_assert(level_at(world, ALERT_FEED_EXPIRED, "2024-08-29") == ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

START_TEST(one_failure_of_a_feed_is_bad_luck) {
        World *world = world_that_is_fine();
        FeedStatus feed = { .name = "test",
                            .type = "csaf",
                            .error = "no answer",
                            .failed = true,
                            .n_failures = 1 };

        world->feeds = &feed;
        world->n_feeds = 1;
        ck_assert(level_at(world, ALERT_FEED_FAILING, "2024-08-29") == ALERT_LEVEL_OK);
        feed.n_failures = 2;
        ck_assert(level_at(world, ALERT_FEED_FAILING, "2024-08-29") == ALERT_LEVEL_INFO);
        feed.n_failures = 1;
        feed.untrusted = true;
        ck_assert(level_at(world, ALERT_FEED_FAILING, "2024-08-29") == ALERT_LEVEL_INFO);
        feed.standby = true;
        ck_assert(level_at(world, ALERT_FEED_FAILING, "2024-08-29") == ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

START_TEST(a_clock_that_cannot_be_right_is_told) {
        static const Edge edges[] = {
                { "2024-08-01", ALERT_LEVEL_WARNING },
                { "2024-08-27T05:59:59Z", ALERT_LEVEL_WARNING },
                { "2024-08-27T06:00:00Z", ALERT_LEVEL_OK },
        };
        World *world = world_that_is_fine();

        world->facts->sources[0].complete_to = world_time("2024-08-28T06:00:00Z");
        world->clock_runs = true;
        walk(world, ALERT_CLOCK_IMPLAUSIBLE, edges, ELEMENTS(edges));
        world->host->kernel_built = world_time("2024-09-01");
        ck_assert(level_at(world, ALERT_CLOCK_IMPLAUSIBLE, "2024-08-30") == ALERT_LEVEL_WARNING);
        world->clock_runs = false; /* whoever gives a time knows what it is */
        ck_assert(level_at(world, ALERT_CLOCK_IMPLAUSIBLE, "2024-08-01") == ALERT_LEVEL_OK);
        world_free(world);
}
END_TEST

START_TEST(levels_can_be_set) {
        World *world = world_that_is_fine();

        world_kernel(world, NOT_SELECTED, "rhel-9.4", "main", "2024-09-24T10:00:00Z",
                     SEVERITY_IMPORTANT, "");
        world_boots(world, NOT_SELECTED);
        for (AlertSetting setting = 0; setting < _ALERT_SETTING_MAX; setting++) {
                static const AlertLevel expected[_ALERT_SETTING_MAX] = {
                        [ALERT_SETTING_AUTO] = ALERT_LEVEL_WARNING,
                        [ALERT_SETTING_IGNORE] = ALERT_LEVEL_OK,
                        [ALERT_SETTING_INFO] = ALERT_LEVEL_INFO,
                        [ALERT_SETTING_WARNING] = ALERT_LEVEL_WARNING,
                        [ALERT_SETTING_CRITICAL] = ALERT_LEVEL_CRITICAL,
                };

                world->policy.alerts.settings[ALERT_NEXT_BOOT_LEAVES_STREAM] = setting;
                ck_assert_msg(level_at(world, ALERT_NEXT_BOOT_LEAVES_STREAM, "2024-10-01") ==
                                              expected[setting],
                              "%s", alert_setting_to_text(setting));
        }
        /* Live patching is not wanted: silent, but for what is asked for, and no more than an info. */
        world->policy.live_patching = LIVE_PATCHING_NO;
        ck_assert(level_at(world, ALERT_NEXT_BOOT_LEAVES_STREAM, "2024-10-01") == ALERT_LEVEL_INFO);
        world->policy.alerts = (AlertPolicy){};
        ck_assert_uint_eq(n_open(world_assess(world, "2025-06-01")), 0);
        world_free(world);
}
END_TEST

START_TEST(where_live_patching_does_not_apply_nothing_is_told) {
        World *world = world_that_is_fine();

        world->host->container = "a file says so";
        world_load(world, "klp_other", TRISTATE_YES, TRISTATE_NO);
        world->policy.alerts.settings[ALERT_FOREIGN_PATCH] = ALERT_SETTING_CRITICAL;
        ck_assert_uint_eq(n_open(world_assess(world, "2025-06-01")), 0);
        world_free(world);
}
END_TEST

UNIT_TEST(a_host_that_is_fine_is_silent, coverage_ends_in_steps, lead_times_can_be_set,
          an_end_that_came_is_due_again, an_end_that_moved_into_the_past_is_told_as_such,
          kernels_outside_the_stream_are_told, what_is_not_proven_is_an_info,
          a_released_patch_may_wait_a_while, only_a_newer_kernel_and_deadlines,
          each_deadline_that_passes_is_news, a_transition_gets_worse,
          a_failure_counts_until_it_is_made_good, what_is_active_is_known_and_comes_back,
          old_facts_are_told_once_their_feeds_were_asked, one_failure_of_a_feed_is_bad_luck,
          a_clock_that_cannot_be_right_is_told, levels_can_be_set,
          where_live_patching_does_not_apply_nothing_is_told)
