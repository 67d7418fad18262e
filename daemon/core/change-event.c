/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Events. A scan sees states, so what happens between two scans is concluded: a patch that is at rest now
 * and was not before has finished its transition, however short that was. A list of patches that could
 * not be read is no proof of anything, and gives no event.
 */

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "core/change-event.h"

#define say(...) memory_pool_format(pool, __VA_ARGS__)

const char *change_event_kind_to_text(ChangeEventKind kind) {
        static const char *const words[_EVENT_MAX] = {
                [EVENT_PATCH_LOADED] = "patch-loaded",
                [EVENT_TRANSITION_FINISHED] = "transition-finished",
                [EVENT_TRANSITION_STALLED] = "transition-stalled",
                [EVENT_TRANSITION_REVERSED] = "transition-reversed",
                [EVENT_TRANSITION_FORCED] = "transition-forced",
                [EVENT_PATCH_GONE] = "patch-gone",
                [EVENT_PATCH_FAILED] = "patch-failed",
                [EVENT_COVERAGE_CHANGED] = "coverage-changed",
                [EVENT_ASSESSMENT_IMPOSSIBLE] = "assessment-impossible",
                [EVENT_FEED_FAILED] = "feed-failed",
                [EVENT_FEED_UNTRUSTED] = "feed-untrusted",
                [EVENT_FEED_RECOVERED] = "feed-recovered",
        };

        return words[kind];
}

void change_events_add(MemoryPool *pool, const ChangeEvent *event, ChangeEvents *ret) {
        ChangeEvent *item = memory_pool_append(pool, ret->items, ret->n_items);

        if (item)
                *item = *event;
}

static bool is_at_rest(const LoadedPatch *patch) {
        return patch->listed && patch->enabled == TRISTATE_YES && patch->transition == TRISTATE_NO;
}

/* Not listed any more, or listed and switched off: no process uses it. */
static bool is_off(const LoadedPatch *patch) {
        return !patch->listed ||
               (patch->enabled == TRISTATE_NO && patch->transition == TRISTATE_NO);
}

static bool is_stalled(const LoadedPatch *patch, UtcTime now) {
        return loaded_patch_in_transition(patch) && patch->since != UTC_TIME_NONE &&
               now - patch->since >= PATCH_STALLED_USEC;
}

static const char *took_text(MemoryPool *pool, int64_t usec) {
        return usec <= 0 ? ""
                         : say(" after %" PRId64 ".%" PRId64 " s", usec / USEC_PER_SEC,
                               usec % USEC_PER_SEC / (USEC_PER_SEC / 10));
}

static void find_finished(MemoryPool *pool, const LoadedPatch *before, const LoadedPatch *after,
                          ChangeEvents *ret) {
        ChangeEvent event = { .kind = EVENT_TRANSITION_FINISHED,
                              .patch = after->name,
                              .took_usec = after->transition_usec };

        /* Before 5.1 `enabled` follows at the end, and one that was at rest has been in transition since. */
        if (is_at_rest(after) && (!before || !is_at_rest(before)))
                event.text = say("Live patch %s is applied: its transition has finished%s.",
                                 after->name, took_text(pool, event.took_usec));
        else if (before && is_off(after) && !is_off(before)) {
                event.removed = true;
                event.replaced_by = after->replaced_by;
                event.text = event.replaced_by ? say("Live patch %s is no longer in use: %s has "
                                                     "replaced it.",
                                                     after->name, event.replaced_by)
                                               : say("Live patch %s is no longer in use: the "
                                                     "transition away from it has finished%s.",
                                                     after->name, took_text(pool, event.took_usec));
        } else
                return;
        change_events_add(pool, &event, ret);
}

static void find_transition(MemoryPool *pool, const LoadedPatch *before, const LoadedPatch *after,
                            bool stalled_before, UtcTime now, ChangeEvents *ret) {
        ChangeEvent event = { .patch = after->name, .removed = after->enabled == TRISTATE_NO };
        const char *direction = event.removed ? "away from it" : "to it";

        /* Before 5.1 it is the next transition, and the end of the one before it was not seen. */
        if (before && !after->enabled_last && loaded_patch_is_turned(before, after)) {
                event.kind = EVENT_TRANSITION_REVERSED;
                event.text = say("The transition of live patch %s was reversed: it goes %s now.",
                                 after->name, direction);
                change_events_add(pool, &event, ret);
        }
        if (is_stalled(after, now) && !stalled_before) {
                event.kind = EVENT_TRANSITION_STALLED;
                event.text = say("The transition of live patch %s hangs: it has not finished "
                                 "within %d seconds.",
                                 after->name, (int) (PATCH_STALLED_USEC / USEC_PER_SEC));
                change_events_add(pool, &event, ret);
        }
}

static void find_patch(MemoryPool *pool, const Assessment *before, const Assessment *after,
                       const LoadedPatch *patch, ChangeEvents *ret) {
        const LoadedPatch *old = host_facts_find_patch(before->input.host, patch->name);

        if (!old) {
                ChangeEvent event = { .kind = EVENT_PATCH_LOADED,
                                      .patch = patch->name,
                                      .text = say("Live patch %s was loaded.", patch->name) };

                change_events_add(pool, &event, ret);
        }
        find_finished(pool, old, patch, ret);
        find_transition(pool, old, patch, old && is_stalled(old, before->input.now),
                        after->input.now, ret);
}

static void find_gone(MemoryPool *pool, const Assessment *before, const Assessment *after,
                      ChangeEvents *ret) {
        for (size_t i = 0; i < before->input.host->n_patches; i++) {
                const LoadedPatch *old = &before->input.host->patches[i];
                ChangeEvent event = { .kind = EVENT_PATCH_GONE,
                                      .patch = old->name,
                                      .replaced_by = old->replaced_by };

                if (host_facts_find_patch(after->input.host, old->name))
                        continue;
                event.text = say("Live patch %s is gone from the kernel%s%s.", old->name,
                                 old->replaced_by ? "; it was replaced by " : "",
                                 old->replaced_by ? old->replaced_by : "");
                change_events_add(pool, &event, ret);
        }
}

static const char *coverage_words(MemoryPool *pool, const Assessment *assessment) {
        const JudgedKernel *running = assessment->running;
        const char *word = coverage_to_text(running->coverage);

        return running->end == UTC_DAY_NONE
                               ? word
                               : say("%s, end %s", word,
                                     situation_day_text(&assessment->situation, running->end));
}

static void find_coverage(MemoryPool *pool, const Assessment *before, const Assessment *after,
                          ChangeEvents *ret) {
        ChangeEvent event = { .kind = EVENT_COVERAGE_CHANGED };

        if (before->running->coverage == after->running->coverage &&
            before->running->end == after->running->end)
                return;
        event.before = coverage_words(pool, before);
        event.after = coverage_words(pool, after);
        event.text = say("The coverage of %s by live patches is another: %s (before: %s).",
                         after->running->full_name, event.after, event.before);
        change_events_add(pool, &event, ret);
}

static const FeedStatus *find_status(const Assessment *assessment, const char *name) {
        for (size_t i = 0; i < assessment->freshness.n_feeds; i++) {
                const FeedStatus *status = assessment->freshness.feeds[i].status;

                if (status && strcmp(status->name, name) == 0)
                        return status;
        }
        return NULL;
}

static void find_feed(MemoryPool *pool, const FeedStatus *before, const FeedStatus *after,
                      ChangeEvents *ret) {
        static const char stays[] = "what was held before stays";
        const char *error_before = before ? before->error : NULL;
        ChangeEvent event = { .feed = after->name, .reason = after->error };
        bool says = after->failed && after->error && !text_ends_with(after->error, stays);

        if (text_equal(error_before, after->error))
                return;
        event.kind = !after->error      ? EVENT_FEED_RECOVERED
                     : after->untrusted ? EVENT_FEED_UNTRUSTED
                                        : EVENT_FEED_FAILED;
        event.text = after->error ? say("Feed %s: %s%s%s.", after->name, after->error,
                                        says ? "; " : "", says ? stays : "")
                                  : say("Feed %s can be read again.", after->name);
        change_events_add(pool, &event, ret);
}

static void find_feeds(MemoryPool *pool, const Assessment *before, const Assessment *after,
                       ChangeEvents *ret) {
        for (size_t i = 0; i < after->freshness.n_feeds; i++) {
                const FeedStatus *status = after->freshness.feeds[i].status;

                if (status)
                        find_feed(pool, find_status(before, status->name), status, ret);
        }
}

void change_events_find(MemoryPool *pool, const Assessment *before, const Assessment *after,
                        ChangeEvents *ret) {
        const char *reason = after->situation.unjudgeable;

        if (before && !before->input.host->livepatch_unknown &&
            !after->input.host->livepatch_unknown) {
                for (size_t i = 0; i < after->input.host->n_patches; i++)
                        find_patch(pool, before, after, &after->input.host->patches[i], ret);
                find_gone(pool, before, after, ret);
        }
        if (before) {
                find_coverage(pool, before, after, ret);
                find_feeds(pool, before, after, ret);
        }
        if (reason && (!before || !text_equal(reason, before->situation.unjudgeable))) {
                ChangeEvent event = { .kind = EVENT_ASSESSMENT_IMPOSSIBLE,
                                      .reason = reason,
                                      .text = say("Nothing can be told of this host: %s.",
                                                  reason) };

                change_events_add(pool, &event, ret);
        }
}
