/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Old facts and feeds that fail. A host that was off for a month has old facts until its feeds were asked, and one
 * failure is bad luck: nobody is told of either.
 */

#include "core/alert-feeds.h"

/* One failure of a feed is bad luck. */
#define FAILURES_IN_A_ROW 2

/* The feeds that are asked have been asked since this host is up and the facts are old: it is no use to wait. */
static bool was_asked(const AlertFinder *finder, UtcTime old_since) {
        const Assessment *assessment = finder->assessment;
        UtcTime booted = assessment->input.host->booted;

        for (size_t i = 0; i < assessment->input.n_feeds; i++) {
                const FeedStatus *status = &assessment->input.feeds[i];

                if (status->standby)
                        continue;
                if (status->last_attempt == UTC_TIME_NONE || status->last_attempt < booted ||
                    (old_since != UTC_TIME_NONE && status->last_attempt < old_since))
                        return false;
        }
        return true;
}

static const char *get_facts_action(const AlertFinder *finder) {
        for (size_t i = 0; i < finder->assessment->input.n_feeds; i++)
                if (!finder->assessment->input.feeds[i].standby)
                        return "klpctl refresh";
        return "klpctl import FILE";
}

static UtcTime old_since(const FreshnessReport *report, bool expired) {
        for (size_t i = 0; i < report->n_feeds; i++) {
                const FactSource *source = report->feeds[i].source;
                int64_t stale_usec, expired_usec;

                if (!source || source->complete_to != report->complete_to ||
                    report->complete_to == UTC_TIME_NONE)
                        continue;
                freshness_limits(source->kind, &stale_usec, &expired_usec);
                return report->complete_to + (expired ? expired_usec : stale_usec);
        }
        return UTC_TIME_NONE;
}

static void tell_age(AlertFinder *finder, Alert *alert, Freshness state, AlertLevel level) {
        const FreshnessReport *report = &finder->assessment->freshness;
        const char *stream = finder->assessment->situation.stream;
        bool never = report->freshness == FRESHNESS_NEVER;

        if (finder->assessment->situation.unjudgeable ||
            (report->freshness != state && !(never && state == FRESHNESS_EXPIRED)) ||
            !was_asked(finder, old_since(report, false)))
                return;
        alert->level = level;
        alert->text = never ? alert_say(finder, "No facts about %s are here.",
                                        stream ? stream : "this kernel")
                            : alert_say(finder, "The newest facts about %s are of %s, which is %s.",
                                        stream ? stream : "this kernel",
                                        alert_finder_day(finder, utc_day_of(report->complete_to)),
                                        state == FRESHNESS_STALE ? "long ago" : "too long ago");
        alert->action = get_facts_action(finder);
}

void alert_feeds_find_stale(AlertFinder *finder, Alert *alert) {
        tell_age(finder, alert, FRESHNESS_STALE, ALERT_LEVEL_INFO);
}

void alert_feeds_find_expired(AlertFinder *finder, Alert *alert) {
        tell_age(finder, alert, FRESHNESS_EXPIRED, ALERT_LEVEL_WARNING);
}

void alert_feeds_find_failing(AlertFinder *finder, Alert *alert) {
        const AssessInput *input = &finder->assessment->input;
        const char *error = NULL;

        for (size_t i = 0; i < input->n_feeds; i++) {
                const FeedStatus *status = &input->feeds[i];

                if (!status->failed || !status->error || status->standby ||
                    (status->n_failures < FAILURES_IN_A_ROW && !status->untrusted))
                        continue;
                alert_finder_about(finder, alert, memory_pool_text(finder->pool, status->name));
                if (!error)
                        error = status->error;
        }
        if (alert->objects.n_items == 0)
                return;
        alert->level = ALERT_LEVEL_INFO;
        alert->feed = alert->objects.items[0];
        alert->text = alert_say(finder, "Feed %s cannot be read: %s.",
                                alert_finder_join(finder, &alert->objects), error);
        alert->action = "klpctl feeds";
}
