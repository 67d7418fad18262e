/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/alert-state.h"
#include "core/summary.h"
#include "assess-world.h"
#include "unit-test.h"

static World *world_with_patch(void) {
        World *world = world_new();

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30T08:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-1=low");
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15T05:34:56Z",
                     SEVERITY_IMPORTANT, "CVE-2024-2=important");
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main",
                    "2024-08-19T12:00:00Z", "CVE-2024-2=important");
        world_install(world, WORLD_PACKAGE, "1-2.el9_4");
        world_file(world, WORLD_MODULE "2");
        world_boots(world, WORLD_KERNEL);
        world->facts->sources[0].complete_to = world_time("2024-08-28T06:00:00Z");
        return world;
}

START_TEST(the_line_has_coverage_patch_and_advice) {
        World *world = world_with_patch();
        const char *line;

        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        line = summary_status(world->host->pool, world_assess(world, "2024-08-29"));
        ck_assert_ptr_eq(strchr(line, '\n'), NULL);
        ck_assert_msg(text_starts_with(line,
                                       "Coverage covered until 2025-04-30, live patch applied. "),
                      "%s", line);
        ck_assert_ptr_nonnull(strstr(line, world->assessment->advice.text));
        line = summary_status(world->host->pool, world_assess(world, "2025-06-01"));
        ck_assert_msg(text_starts_with(line, "Coverage ended on 2025-04-30, live patch "), "%s",
                      line);
        world_free(world);
}
END_TEST

START_TEST(whoever_logs_in_is_told_what_to_do_and_no_more) {
        static const struct {
                const char *at;
                Tristate enabled, transition; /* unknown: not loaded */
                int since_sec;
                bool must;
                AdviceAction action;
        } cases[] = {
                { "2024-08-29", TRISTATE_YES, TRISTATE_NO, 0, false, ADVICE_REBOOT },
                { "2024-08-29", TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, 0, true,
                  ADVICE_LOAD_LIVE_PATCH },
                { "2024-08-29", TRISTATE_YES, TRISTATE_YES, 10, false, ADVICE_WAIT_FOR_TRANSITION },
                { "2024-08-29", TRISTATE_YES, TRISTATE_YES, 100, true,
                  ADVICE_LOOK_AT_STALLED_TRANSITION },
                { "2025-04-20", TRISTATE_YES, TRISTATE_NO, 0, true, ADVICE_REBOOT },
                { "2025-06-01", TRISTATE_YES, TRISTATE_NO, 0, true, ADVICE_REBOOT },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_with_patch();
                const Assessment *assessment;
                const char *message, *end;

                if (cases[i].enabled != TRISTATE_UNKNOWN) {
                        LoadedPatch *patch = world_load(world, WORLD_MODULE "2", cases[i].enabled,
                                                        cases[i].transition);

                        if (cases[i].since_sec > 0)
                                patch->since = world_time(cases[i].at) -
                                               cases[i].since_sec * USEC_PER_SEC;
                }
                assessment = world_assess(world, cases[i].at);
                ck_assert_msg(assessment->advice.action == cases[i].action, "%zu: %s: %s", i,
                              advice_to_text(assessment->advice.action), assessment->advice.text);
                ck_assert_msg(summary_must_act(assessment) == cases[i].must, "%zu: %s", i,
                              assessment->advice.text);
                message = summary_login(world->host->pool, assessment);
                ck_assert(text_starts_with(message, "klpwatch: "));
                end = strchr(message, '\n');
                ck_assert_ptr_nonnull(end);
                ck_assert_ptr_eq(strchr(end + 1, '\n'), end + strlen(end) - 1);
                world_free(world);
        }
}
END_TEST

START_TEST(an_sla_is_told_in_the_last_week) {
        World *world = world_with_patch();

        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
        world_kernel(world, "5.14.0-427.33.1.el9_4", "rhel-9.4", "main", "2024-08-28T05:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-3=low");
        world->policy.sla_days[SEVERITY_LOW] = 45;
        world->facts->sources[0].complete_to = world_time("2024-10-06T06:00:00Z");
        for (int day = 1; day <= 14; day++) {
                char at[16];

                snprintf(at, sizeof(at), "2024-10-%02d", day);
                world_assess(world, at);
                ck_assert_msg(world->assessment->advice.action == ADVICE_REBOOT, "%s: %s", at,
                              world->assessment->advice.text);
                ck_assert_msg(summary_must_act(world->assessment) == (day >= 5), "%s: %s", at,
                              world->assessment->advice.text);
        }
        world_free(world);
}
END_TEST

/* Whoever has seen the alert, or wants to see it later, has seen its greeting, too. */
START_TEST(what_was_put_aside_greets_nobody) {
        static const struct {
                const char *at;
                bool loaded;
                AlertClass kind;
        } cases[] = {
                { "2025-06-01", true, ALERT_COVERAGE_ENDING },
                { "2024-08-29", false, ALERT_PATCH_NOT_APPLIED },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++)
                for (int snooze = 0; snooze <= 1; snooze++) {
                        World *world = world_with_patch();
                        MemoryPool *pool = NULL;
                        AlertBook book;
                        UtcTime now = world_time(cases[i].at);

                        if (cases[i].loaded)
                                world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO);
                        ck_assert_int_eq(memory_pool_new(&pool), 0);
                        book = alert_book_copy(pool, &world_assess(world, cases[i].at)->alerts);
                        ck_assert(book.entries[cases[i].kind].open);
                        ck_assert(summary_must_act(world->assessment));
                        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                                if (snooze)
                                        alert_state_snooze(&book, kind, now + USEC_PER_DAY);
                                else
                                        alert_state_acknowledge(&book, kind);
                        world->alerts = &book;
                        ck_assert_msg(!summary_must_act(world_assess(world, cases[i].at)),
                                      "%zu: %s", i, world->assessment->advice.text);
                        world_free(world);
                        memory_pool_free(pool);
                }
}
END_TEST

UNIT_TEST(the_line_has_coverage_patch_and_advice, whoever_logs_in_is_told_what_to_do_and_no_more,
          an_sla_is_told_in_the_last_week, what_was_put_aside_greets_nobody)
