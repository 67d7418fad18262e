/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "core/change-event.h"
#include "assess-world.h"
#include "unit-test.h"

#define NOW "2024-09-30T12:00:00Z"

/* What a patch is in one of the two scans: listed, enabled, in transition; absent without a name. */
typedef struct Scan {
        bool there, unlisted;
        Tristate enabled, transition, awaited;
        int64_t since_sec, took_usec; /* seconds before NOW, 0 = not known */
        const char *replaced_by;
} Scan;

#define ABSENT \
        { .there = false }
#define ON \
        { .there = true, .enabled = TRISTATE_YES, .transition = TRISTATE_NO }
#define OFF \
        { .there = true, .enabled = TRISTATE_NO, .transition = TRISTATE_NO }
#define TO \
        { .there = true, .enabled = TRISTATE_YES, .transition = TRISTATE_YES, .since_sec = 1 }
#define AWAY \
        { .there = true, .enabled = TRISTATE_NO, .transition = TRISTATE_YES, .since_sec = 1 }
#define ARRIVING                                                                   \
        {                                                                          \
                .there = true, .enabled = TRISTATE_NO, .transition = TRISTATE_YES, \
                .awaited = TRISTATE_YES, .since_sec = 1                            \
        }
#define LEAVING                                                                     \
        {                                                                           \
                .there = true, .enabled = TRISTATE_YES, .transition = TRISTATE_YES, \
                .awaited = TRISTATE_NO, .since_sec = 1                              \
        }
#define HANGS \
        { .there = true, .enabled = TRISTATE_YES, .transition = TRISTATE_YES, .since_sec = 80 }
#define IDLE                                                                  \
        {                                                                     \
                .there = true, .unlisted = true, .enabled = TRISTATE_UNKNOWN, \
                .transition = TRISTATE_UNKNOWN                                \
        }

static World *world_with(const Scan *scan) {
        World *world = world_new();
        LoadedPatch *patch;

        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30T08:00:00Z",
                     SEVERITY_IMPORTANT, "CVE-2024-1=low");
        if (!scan->there)
                return world;
        patch = world_load(world, WORLD_MODULE "2", scan->enabled, scan->transition);
        patch->listed = !scan->unlisted;
        patch->awaited = scan->awaited;
        patch->transition_usec = scan->took_usec;
        patch->replaced_by = scan->replaced_by;
        if (scan->since_sec > 0)
                patch->since = world_time(NOW) - scan->since_sec * USEC_PER_SEC;
        return world;
}

static const char *events_text(MemoryPool *pool, const ChangeEvents *events) {
        const char *text = "";

        for (size_t i = 0; i < events->n_items; i++)
                text = memory_pool_format(pool, "%s%s%s%s", text, i == 0 ? "" : " ",
                                          change_event_kind_to_text(events->items[i].kind),
                                          events->items[i].removed ? "(away)" : "");
        return text;
}

static const struct {
        const char *name;
        Scan before, after;
        const char *expected;
} pairs[] = {
        { "nothing", ON, ON, "" },
        { "loaded, at rest at once", ABSENT, ON, "patch-loaded transition-finished" },
        { "loaded", ABSENT, TO, "patch-loaded" },
        { "finished", TO, ON, "transition-finished" },
        { "still", TO, TO, "" },
        { "disabled", ON, AWAY, "" },
        { "disabled and finished", AWAY, OFF, "transition-finished(away)" },
        { "disabled, finished, not listed", AWAY, IDLE, "transition-finished(away)" },
        { "disabled between two scans", ON, IDLE, "transition-finished(away)" },
        { "idle stays idle", IDLE, IDLE, "" },
        { "off to idle", OFF, IDLE, "" },
        { "reversed", TO, AWAY, "transition-reversed(away)" },
        { "reversed back", AWAY, TO, "transition-reversed" },
        { "on its way before it is enabled", ABSENT, ARRIVING, "patch-loaded" },
        { "enabled a moment later", ARRIVING, TO, "" },
        { "enabled, and finished", ARRIVING, ON, "transition-finished" },
        { "on its way away before it is not enabled", ON, LEAVING, "" },
        { "disabled a moment later", LEAVING, AWAY, "" },
        { "kept after all", LEAVING, ON, "transition-finished" },
        { "stalled", TO, HANGS, "transition-stalled" },
        { "stalled stays stalled", HANGS, HANGS, "" },
        { "stalled ends", HANGS, ON, "transition-finished" },
        { "gone", ON, ABSENT, "patch-gone" },
        { "gone from idle", IDLE, ABSENT, "patch-gone" },
        { "enabled again", OFF, ON, "transition-finished" },
        { "loaded and stalled", ABSENT, HANGS, "patch-loaded transition-stalled" },
};

static void check_case(const char *name, const Scan *first, const Scan *second,
                       const char *expected) {
        World *before = world_with(first), *after = world_with(second);
        ChangeEvents events = {};
        const char *text;

        change_events_find(after->host->pool, world_assess(before, NOW), world_assess(after, NOW),
                           &events);
        text = events_text(after->host->pool, &events);
        ck_assert_msg(strcmp(text, expected) == 0, "%s: '%s' instead of '%s'", name, text,
                      expected);
        for (size_t i = 0; i < events.n_items; i++) {
                ck_assert_str_eq(events.items[i].patch, WORLD_MODULE "2");
                ck_assert_ptr_nonnull(strstr(events.items[i].text, WORLD_MODULE "2"));
        }
        world_free(before);
        world_free(after);
}

START_TEST(patches_give_events_once) {
        for (size_t i = 0; i < ELEMENTS(pairs); i++)
                check_case(pairs[i].name, &pairs[i].before, &pairs[i].after, pairs[i].expected);
}
END_TEST

START_TEST(a_finished_transition_says_how_long_it_took) {
        Scan during = TO, at_rest = ON;
        World *before, *after;
        ChangeEvents events = {};

        at_rest.took_usec = 12340000;
        before = world_with(&during);
        after = world_with(&at_rest);
        change_events_find(after->host->pool, world_assess(before, NOW), world_assess(after, NOW),
                           &events);
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_int_eq(events.items[0].took_usec, 12340000);
        ck_assert_ptr_nonnull(strstr(events.items[0].text, "after 12.3 s"));
        world_free(before);
        world_free(after);
}
END_TEST

START_TEST(what_was_replaced_names_its_successor) {
        Scan at_rest = ON, idle = IDLE;
        World *before, *after;
        ChangeEvents events = {};

        idle.replaced_by = "kpatch_newer";
        before = world_with(&at_rest);
        after = world_with(&idle);
        change_events_find(after->host->pool, world_assess(before, NOW), world_assess(after, NOW),
                           &events);
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_str_eq(events.items[0].replaced_by, "kpatch_newer");
        ck_assert_ptr_nonnull(strstr(events.items[0].text, "kpatch_newer has replaced it"));
        world_free(before);
        world_free(after);
}
END_TEST

START_TEST(a_list_that_cannot_be_read_proves_nothing) {
        Scan at_rest = ON, absent = ABSENT;
        World *before = world_with(&at_rest), *after = world_with(&absent);
        ChangeEvents events = {};

        after->host->livepatch_unknown = "no right to read";
        change_events_find(after->host->pool, world_assess(before, NOW), world_assess(after, NOW),
                           &events);
        ck_assert_uint_eq(events.n_items, 0);
        change_events_find(after->host->pool, after->assessment, before->assessment, &events);
        ck_assert_uint_eq(events.n_items, 0);
        world_free(before);
        world_free(after);
}
END_TEST

START_TEST(coverage_that_changes_is_told_with_both_answers) {
        Scan at_rest = ON;
        World *before = world_with(&at_rest), *after = world_with(&at_rest);
        ChangeEvents events = {};

        after->policy.channel = CHANNEL_E4S;
        change_events_find(after->host->pool, world_assess(before, NOW),
                           world_assess(after, "2026-09-30T12:00:00Z"), &events);
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_int_eq(events.items[0].kind, EVENT_COVERAGE_CHANGED);
        ck_assert_str_ne(events.items[0].before, events.items[0].after);
        ck_assert_ptr_nonnull(strstr(events.items[0].text, events.items[0].before));
        ck_assert_ptr_nonnull(strstr(events.items[0].text, WORLD_KERNEL));
        world_free(before);
        world_free(after);
}
END_TEST

START_TEST(feeds_are_told_when_their_error_is_another_one) {
        static const struct {
                const char *before, *after;
                bool failed, untrusted;
                const char *kind, *text;
        } cases[] = {
                { NULL, NULL, false, false, NULL, NULL },
                { NULL, "a", true, false, "feed-failed", "Feed f: a; what was held before stays." },
                { NULL, "part", false, false, "feed-failed", "Feed f: part." },
                { NULL, "a: what was held before stays", true, false, "feed-failed",
                  "Feed f: a: what was held before stays." },
                { "a", "a", true, false, NULL, NULL },
                { "a", "b", true, false, "feed-failed", "Feed f: b; what was held before stays." },
                { NULL, "s", true, true, "feed-untrusted",
                  "Feed f: s; what was held before stays." },
                { "a", NULL, false, false, "feed-recovered", "Feed f can be read again." },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                FeedStatus first = { .name = "f", .error = cases[i].before };
                FeedStatus second = { .name = "f",
                                      .error = cases[i].after,
                                      .failed = cases[i].failed,
                                      .untrusted = cases[i].untrusted };
                Scan at_rest = ON;
                World *before = world_with(&at_rest), *after = world_with(&at_rest);
                ChangeEvents events = {};

                before->feeds = &first;
                after->feeds = &second;
                before->n_feeds = after->n_feeds = 1;
                change_events_find(after->host->pool, world_assess(before, NOW),
                                   world_assess(after, NOW), &events);
                ck_assert_uint_eq(events.n_items, cases[i].kind ? 1 : 0);
                if (cases[i].kind) {
                        ck_assert_str_eq(change_event_kind_to_text(events.items[0].kind),
                                         cases[i].kind);
                        ck_assert_str_eq(events.items[0].text, cases[i].text);
                        ck_assert_str_eq(events.items[0].feed, "f");
                        ck_assert_pstr_eq(events.items[0].reason, cases[i].after);
                }
                world_free(before);
                world_free(after);
        }
}
END_TEST

START_TEST(a_host_that_cannot_be_judged_is_told_once) {
        Scan at_rest = ON;
        World *before = world_with(&at_rest), *after = world_with(&at_rest);
        ChangeEvents events = {};

        after->host->kernel = NULL;
        after->host->kernel_unknown = "proc is not there";
        change_events_find(after->host->pool, NULL, world_assess(after, NOW), &events);
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_int_eq(events.items[0].kind, EVENT_ASSESSMENT_IMPOSSIBLE);
        ck_assert_ptr_nonnull(strstr(events.items[0].reason, "proc is not there"));
        before->host->kernel = NULL;
        before->host->kernel_unknown = "proc is not there";
        change_events_find(after->host->pool, world_assess(before, NOW), after->assessment,
                           &events);
        ck_assert_uint_eq(events.n_items, 1);
        world_free(before);
        world_free(after);
}
END_TEST

START_TEST(a_first_answer_is_no_change) {
        Scan at_rest = ON;
        World *world = world_with(&at_rest);
        ChangeEvents events = {};

        change_events_find(world->host->pool, NULL, world_assess(world, NOW), &events);
        ck_assert_uint_eq(events.n_items, 0);
        world_free(world);
}
END_TEST

UNIT_TEST(feeds_are_told_when_their_error_is_another_one, patches_give_events_once,
          a_finished_transition_says_how_long_it_took, what_was_replaced_names_its_successor,
          a_list_that_cannot_be_read_proves_nothing,
          coverage_that_changes_is_told_with_both_answers,
          a_host_that_cannot_be_judged_is_told_once, a_first_answer_is_no_change)
