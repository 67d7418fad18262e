/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Alert rules. Each reads one assessment and says at most one thing; what one cause explains, one class says. No
 * text counts days: it would be another one each day. They refuse to nag: a host to which live patching does
 * not apply, or that does not want it, has no alert but those that the operator asks for by name.
 */

#include "base/text.h"
#include "core/alert-clock.h"
#include "core/alert-coverage.h"
#include "core/alert-exposure.h"
#include "core/alert-feeds.h"
#include "core/alert-finder.h"
#include "core/alert-patches.h"
#include "core/alert-rules.h"

typedef void (*Rule)(AlertFinder *finder, Alert *alert);

static const Rule rules[_ALERT_CLASS_MAX] = {
        [ALERT_COVERAGE_ENDING] = alert_coverage_find_ending,
        [ALERT_COVERAGE_ENDED_EARLY] = alert_coverage_find_ended_early,
        [ALERT_UNSUPPORTED_KERNEL] = alert_coverage_find_unsupported,
        [ALERT_UNCONFIRMED_KERNEL] = alert_coverage_find_unconfirmed,
        [ALERT_NEXT_BOOT_LEAVES_STREAM] = alert_coverage_find_next_boot,
        [ALERT_PATCH_NOT_APPLIED] = alert_patches_find_not_applied,
        [ALERT_EXPOSURE] = alert_exposure_find,
        [ALERT_TRANSITION_STALLED] = alert_patches_find_stalled,
        [ALERT_PATCH_FAILED] = alert_patches_find_failed,
        [ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT] = alert_patches_find_not_surviving,
        [ALERT_FOREIGN_PATCH] = alert_patches_find_foreign,
        [ALERT_FEED_STALE] = alert_feeds_find_stale,
        [ALERT_FEED_EXPIRED] = alert_feeds_find_expired,
        [ALERT_FEED_FAILING] = alert_feeds_find_failing,
        [ALERT_CLOCK_IMPLAUSIBLE] = alert_clock_find,
};

/* What the operator makes of it, and no more than info where live patching is not wanted. */
static AlertLevel set_level(const AlertFinder *finder, AlertClass kind, AlertLevel level) {
        AlertSetting setting = finder->policy->settings[kind];
        bool wanted = finder->assessment->situation.uses_live_patching;

        if (level == ALERT_LEVEL_OK || setting == ALERT_SETTING_IGNORE ||
            (!wanted && setting == ALERT_SETTING_AUTO))
                return ALERT_LEVEL_OK;
        if (setting != ALERT_SETTING_AUTO)
                level = ALERT_LEVEL_INFO + (AlertLevel) (setting - ALERT_SETTING_INFO);
        return wanted ? level : ALERT_LEVEL_INFO;
}

static void ask_rule(AlertFinder *finder, AlertClass kind) {
        Alert *alert = &finder->wants->alerts[kind];
        bool silent = !finder->assessment->situation.uses_live_patching &&
                      finder->policy->settings[kind] == ALERT_SETTING_AUTO;

        if (silent || finder->policy->settings[kind] == ALERT_SETTING_IGNORE)
                return;
        finder->next = UTC_TIME_NONE;
        rules[kind](finder, alert);
        alert->level = set_level(finder, kind, alert->level);
        alert->kernel = finder->assessment->input.host->kernel;
        if (finder->next != UTC_TIME_NONE &&
            (finder->wants->next == UTC_TIME_NONE || finder->next < finder->wants->next))
                finder->wants->next = finder->next;
}

/* The end that people count on, until it has come or another one is told. */
static void tell_end(AlertFinder *finder) {
        const JudgedKernel *running = finder->assessment->running;
        AlertWants *wants = finder->wants;

        wants->kernel = running->full_name;
        if (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING)
                wants->told_end = running->end;
        else if (finder->before && text_equal(finder->before->kernel, running->full_name))
                wants->told_end = finder->before->told_end;
}

void alert_rules_find(const Assessment *assessment, const AlertBook *before, AlertWants *ret) {
        AlertFinder finder = { .assessment = assessment,
                               .before = before,
                               .policy = &assessment->input.policy->alerts,
                               .wants = ret,
                               .pool = assessment->pool };

        *ret = (AlertWants){ .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                ret->alerts[kind].coverage_end = ret->alerts[kind].reminder = UTC_DAY_NONE;
        alert_patches_keep_failures(&finder);
        tell_end(&finder);
        if (assessment->situation.not_applicable ||
            assessment->running->coverage == COVERAGE_NOT_APPLICABLE)
                return;
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                ask_rule(&finder, kind);
}
