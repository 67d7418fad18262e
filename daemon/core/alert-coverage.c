/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Coverage ends on a day that is known long before, so its alert becomes louder as that day comes near, and comes
 * back when that day has passed: after a week, then each month. What it says names the day and never counts.
 */

#include "base/text.h"
#include "core/alert-coverage.h"
#include "core/coverage-window.h"
#include "core/reboot-target.h"

/* A reminder when coverage has been over for so long; then each month. */
#define FIRST_REMINDER_DAYS 7

/* The last of the days on which an end that came is told again: the day itself, a week later, each month after. */
static UtcDay last_reminder(AlertFinder *finder, UtcDay end) {
        UtcDay today = finder->assessment->situation.today, last = end;
        UtcDay week = end + FIRST_REMINDER_DAYS;

        if (today < end) {
                alert_finder_ask_on(finder, end);
                return UTC_DAY_NONE;
        }
        for (int months = 0;; months++) {
                UtcDay day = utc_day_add_months(week, months);

                if (day > today) {
                        alert_finder_ask_on(finder, day);
                        return last;
                }
                last = day;
        }
}

static bool has_end(const JudgedKernel *running) {
        return running->end != UTC_DAY_NONE &&
               (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING ||
                running->coverage == COVERAGE_ENDED ||
                (running->coverage == COVERAGE_UNCONFIRMED && !running->end_unproven &&
                 running->eligible == ELIGIBLE_POSSIBLE));
}

/* The end that was told lies ahead, and yet coverage is over. */
static bool ended_early(const AlertFinder *finder) {
        const JudgedKernel *running = finder->assessment->running;
        const AlertBook *before = finder->before;
        bool over = running->coverage == COVERAGE_ENDED ||
                    running->coverage == COVERAGE_UNSUPPORTED;

        return over && before && before->told_end != UTC_DAY_NONE &&
               text_equal(before->kernel, running->full_name) &&
               finder->assessment->situation.today <= before->told_end;
}

void alert_coverage_find_ending(AlertFinder *finder, Alert *alert) {
        const JudgedKernel *running = finder->assessment->running;
        UtcDay today = finder->assessment->situation.today, end = running->end;
        bool possible = running->eligible == ELIGIBLE_POSSIBLE;

        if (!has_end(running) || ended_early(finder))
                return;
        for (LeadTime lead = LEAD_TIME_INFO; lead <= LEAD_TIME_CRITICAL; lead++) {
                UtcDay day = end -
                             coverage_window_lead_days(finder->policy, lead, running->start, end);

                if (today >= day)
                        alert->level = ALERT_LEVEL_INFO + (AlertLevel) lead;
                alert_finder_ask_on(finder, day);
        }
        if (today > end)
                alert->level = ALERT_LEVEL_CRITICAL;
        alert_finder_ask_on(finder, end + 1);
        alert->reminder = last_reminder(finder, end);
        alert->coverage_end = end;
        alert_finder_about(finder, alert, running->full_name);
        alert->text = possible ? alert_say(finder,
                                           "The live-patch coverage that %s may have (not proven) "
                                           "%s on %s.",
                                           running->full_name, today > end ? "ended" : "ends",
                                           alert_finder_day(finder, end))
                               : alert_say(finder, "Live-patch coverage of %s %s on %s%s.",
                                           running->full_name, today > end ? "ended" : "ends",
                                           alert_finder_day(finder, end),
                                           running->end_expected && today <= end ? " (expected)"
                                                                                 : "");
        alert->action = alert_finder_reboot_action(finder);
}

void alert_coverage_find_ended_early(AlertFinder *finder, Alert *alert) {
        const JudgedKernel *running = finder->assessment->running;

        if (!ended_early(finder))
                return;
        alert_finder_ask_on(finder, finder->before->told_end + 1);
        alert->level = ALERT_LEVEL_WARNING;
        alert->coverage_end = running->end;
        alert_finder_about(finder, alert, running->full_name);
        alert->text = alert_say(
                        finder,
                        "Live-patch coverage of %s was to last until %s, but is over already.",
                        running->full_name, alert_finder_day(finder, finder->before->told_end));
        alert->action = alert_finder_reboot_action(finder);
}

void alert_coverage_find_unsupported(AlertFinder *finder, Alert *alert) {
        const JudgedKernel *running = finder->assessment->running;

        if (running->coverage != COVERAGE_UNSUPPORTED || ended_early(finder))
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert_finder_about(finder, alert, running->full_name);
        alert->text = alert_say(finder, "The running kernel %s gets no live patches.",
                                running->full_name);
        alert->action = alert_finder_reboot_action(finder);
}

void alert_coverage_find_unconfirmed(AlertFinder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const JudgedKernel *running = assessment->running;
        const char *query = assessment->situation.calendar
                                            ? assessment->situation.calendar->package_query
                                            : NULL;

        if (running->coverage != COVERAGE_UNCONFIRMED)
                return;
        alert->level = ALERT_LEVEL_INFO;
        alert->coverage_end = running->end;
        alert_finder_about(finder, alert, running->full_name);
        alert->text = alert_say(finder,
                                "It is not proven that the running kernel %s gets live patches.",
                                running->full_name);
        alert->action = query && assessment->patch.package && running->eligible != ELIGIBLE_YES
                                        ? alert_say(finder, "%s %s", query,
                                                    assessment->patch.package)
                                        : "Look at its dates with klpctl kernels; an override in "
                                          "klpwatch.conf can settle them.";
}

void alert_coverage_find_next_boot(AlertFinder *finder, Alert *alert) {
        const NextBoot *next = &finder->assessment->next_boot;
        const JudgedKernel *target;

        /* What the running kernel is has an alert of its own. */
        if (next->leaves_stream != TRISTATE_YES || (next->judged && next->judged->running))
                return;
        target = reboot_target_find(finder->assessment, true);
        alert->level = ALERT_LEVEL_WARNING;
        alert_finder_about(finder, alert, next->kernel);
        alert->text = alert_say(finder,
                                "The next boot would leave the live-patch stream: it picks %s.",
                                next->kernel);
        if (target)
                alert->action = alert_say(finder, "%s %s the default kernel.",
                                          target->installed || target->running ? "Make"
                                                                               : "Install and make",
                                          target->full_name);
        else
                alert->action = "Make a covered kernel the default; klpctl kernels lists them.";
}
