/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/assessment-change.h"
#include "core/next-change.h"
#include "assess-world.h"
#include "unit-test.h"

static World *world_with_a_year(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30T08:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-1=low");
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15T05:34:56Z",
                     SEVERITY_IMPORTANT, "CVE-2024-2=important");
        world_kernel(world, "5.14.0-427.37.1.el9_4", "rhel-9.4", "main", "2024-09-24T10:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-3=important");
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main",
                    "2024-08-19T12:00:00Z", "CVE-2024-2=important");
        world_install(world, WORLD_PACKAGE, "1-2.el9_4");
        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        world_file(world, WORLD_MODULE "2");
        world_boots(world, WORLD_KERNEL);
        world->facts->sources[0].complete_to = world_time("2024-09-28T06:00:00Z");
        return world;
}

/* Outlives the assessments, which borrow it. */
static const SupportCalendar *calendars[1];

static UtcTime next_change(World *world, UtcTime at, Assessment **ret) {
        AssessInput input = { .host = world->host,
                              .facts = world->facts,
                              .calendars = calendars,
                              .n_calendars = 1,
                              .policy = &world->policy,
                              .now = at,
                              .clock = at };

        calendars[0] = world->calendar;
        ck_assert_int_eq(assess(&input, ret), 0);
        return (*ret)->next_change;
}

/* Walks from change to change over two years: between two of them nothing may change, at each something must. */
START_TEST(nothing_changes_between_two_changes) {
        World *world = world_with_a_year();
        UtcTime at = world_time("2024-05-02"), end = world_time("2026-06-01");
        unsigned n_changes = 0;

        world->policy.sla_days[SEVERITY_IMPORTANT] = 45;
        while (at < end) {
                _cleanup_(assessment_freep) Assessment *now = NULL;
                UtcTime next = next_change(world, at, &now);

                ck_assert(next > at || next == UTC_TIME_NONE);
                if (next == UTC_TIME_NONE)
                        break;
                for (UtcTime between = at + 7 * USEC_PER_HOUR; between <= next && between < end;
                     between += 29 * USEC_PER_HOUR) {
                        _cleanup_(assessment_freep) Assessment *then = NULL, *later = NULL;
                        AssessInput input = now->input;
                        char a[UTC_TIME_TEXT_BYTES], b[UTC_TIME_TEXT_BYTES];

                        input.now = input.clock = between < next ? between : next - 1;
                        input.alerts = &now->alerts;
                        ck_assert_int_eq(assess_moment(&input, &then), 0);
                        ck_assert_int_eq(assess_later(now, input.now, &later), 0);
                        ck_assert_uint_eq(assessment_change(then, later), 0);
                        ck_assert_msg((assessment_change(now, then) &
                                       ~(1u << PART_NEXT_CHANGE_AT)) == 0,
                                      "from %s on something changed before %s: %#x",
                                      utc_time_format(at, a), utc_time_format(input.now, b),
                                      assessment_change(now, then));
                }
                n_changes++;
                at = next;
        }
        ck_assert_uint_gt(n_changes, 12);
        world_free(world);
}
END_TEST

/* What a later answer borrows from an earlier one must not show: from each month to each later day. */
START_TEST(a_later_answer_is_the_same_as_a_new_one) {
        World *world = world_with_a_year();
        UtcTime end = world_time("2026-06-01");
        unsigned n_seen[_VERDICT_MAX] = {};

        /* Its fix is awaited until the coverage ends, which is before it is overdue. */
        world_kernel(world, "5.14.0-427.68.1.el9_4", "rhel-9.4", "main", "2024-10-20T10:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-4=important");
        world->policy.channel =
                        CHANNEL_MAIN; /* so that the initial kernel of 9.5 joins in its time */
        world->policy.channel_place = "here";
        for (UtcTime at = world_time("2024-05-02"); at < end; at += 30 * USEC_PER_DAY) {
                _cleanup_(assessment_freep) Assessment *earlier = NULL;

                next_change(world, at, &earlier);
                for (UtcTime moment = at; moment < end; moment += 67 * USEC_PER_HOUR) {
                        _cleanup_(assessment_freep) Assessment *later = NULL, *anew = NULL;
                        AssessInput input = earlier->input;

                        input.now = input.clock = moment;
                        input.alerts = &earlier->alerts;
                        ck_assert_int_eq(assess_moment(&input, &anew), 0);
                        ck_assert_int_eq(assess_later(earlier, moment, &later), 0);
                        ck_assert_uint_eq(assessment_change(anew, later), 0);
                        for (Verdict verdict = 0; verdict < _VERDICT_MAX; verdict++)
                                n_seen[verdict] += later->exposure.n_verdicts[verdict] > 0;
                }
        }
        ck_assert_uint_gt(n_seen[VERDICT_LIVE_PATCH_AWAITED], 0);
        ck_assert_uint_gt(n_seen[VERDICT_REBOOT_NEEDED], 0);
        world_free(world);
}
END_TEST

START_TEST(the_next_moments_are_the_ones_of_the_rules) {
        static const struct {
                const char *at, *next;
        } cases[] = {
                { "2024-08-15T05:34:55Z", "2024-08-15T05:34:56Z" }, /* a fact is released */
                { "2024-08-19T11:59:59Z", "2024-08-19T12:00:00Z" },
                { "2024-10-24T00:00:00Z",
                  "2024-11-02T06:00:00.000001Z" }, /* 35 days: the facts get stale */
                { "2025-04-30T12:00:00Z",
                  "2025-05-01T00:00:00Z" }, /* the day after the window's last */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(assessment_freep) Assessment *assessment = NULL;
                World *world = world_with_a_year();
                char buffer[UTC_TIME_TEXT_BYTES];

                utc_time_format(next_change(world, world_time(cases[i].at), &assessment), buffer);
                ck_assert_msg(strcmp(buffer, cases[i].next) == 0, "after %s comes %s", cases[i].at,
                              buffer);
                assessment = assessment_free(assessment);
                world_free(world);
        }
}
END_TEST

START_TEST(a_transition_will_stall) {
        _cleanup_(assessment_freep) Assessment *assessment = NULL;
        World *world = world_with_a_year();

        world->host->patches[0].transition = TRISTATE_YES;
        world->host->patches[0].since = world_time("2024-09-20T12:00:00Z");
        ck_assert(next_change(world, world_time("2024-09-20T12:00:10Z"), &assessment) ==
                  world_time("2024-09-20T12:01:15Z"));
        assessment = assessment_free(assessment);
        world_free(world);
}
END_TEST

START_TEST(an_answer_without_dates_never_changes) {
        _cleanup_(assessment_freep) Assessment *assessment = NULL;
        World *world = world_new();

        world->facts->n_sources = 0;
        world->host->os_id = "almalinux";
        ck_assert(next_change(world, world_time("2024-09-20"), &assessment) == UTC_TIME_NONE);
        assessment = assessment_free(assessment);
        world_free(world);
}
END_TEST

UNIT_TEST(nothing_changes_between_two_changes, a_later_answer_is_the_same_as_a_new_one,
          the_next_moments_are_the_ones_of_the_rules, a_transition_will_stall,
          an_answer_without_dates_never_changes)
