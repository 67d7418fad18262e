/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Live patches on this host: one that is not applied is no alert while there is still time for it, and one that the
 * kernel could not enable stays one until that is made good.
 */

#include "base/text.h"
#include "core/alert-patches.h"

static bool is_applicable(const Exposure *exposure) {
        return exposure->verdict == VERDICT_LIVE_PATCH_AVAILABLE ||
               exposure->verdict == VERDICT_LIVE_PATCH_NOT_ACTIVE;
}

/* From when on it is too late that a patch which closes this severity is not applied. */
static UtcTime too_late(const AlertFinder *finder, UtcTime released, Severity severity) {
        if (released == UTC_TIME_NONE || severity < SEVERITY_IMPORTANT)
                return UTC_TIME_NONE;
        return released +
               alert_policy_delay(finder->policy, severity == SEVERITY_CRITICAL
                                                                  ? ALERT_NOT_APPLIED_CRITICAL
                                                                  : ALERT_NOT_APPLIED_IMPORTANT);
}

static bool is_behind(const PatchReport *patch) {
        return !patch->unreadable &&
               (patch->state == PATCH_OUTDATED || patch->state == PATCH_MISSING ||
                patch->state == PATCH_DISABLED);
}

void alert_patches_find_not_applied(AlertFinder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const ExposureReport *report = &assessment->exposure;
        const PatchReport *patch = &assessment->patch;
        bool late = false;

        if (!is_behind(patch))
                return;
        if (patch->newest)
                late = alert_finder_is_late(finder, too_late(finder, patch->newest->released,
                                                             patch->newest->severity));
        for (Severity severity = SEVERITY_CRITICAL; severity >= SEVERITY_IMPORTANT; severity--)
                for (size_t i = 0; i < report->n_exposures; i++) {
                        const Exposure *exposure = &report->exposures[i];

                        if (exposure->severity != severity || !is_applicable(exposure) ||
                            !exposure->patch)
                                continue;
                        if (alert_finder_is_late(finder, too_late(finder, exposure->patch->released,
                                                                  severity)))
                                late = true;
                        alert_finder_add_cve(finder, alert, exposure->cve);
                        if (severity == SEVERITY_CRITICAL &&
                            alert->objects.n_items < ALERT_CVES_MAX)
                                alert_finder_about(finder, alert, exposure->cve);
                }
        if (!late)
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = alert_say(finder, "%s-%s", patch->package ? patch->package : "live patch",
                                 patch->newest_version ? patch->newest_version : patch->idle);
        alert_finder_about(finder, alert, assessment->running->full_name);
        alert->text = alert_say(
                        finder, "Live patch %s was released on %s, but is not active.",
                        alert->patch,
                        patch->newest ? alert_finder_day(finder,
                                                         utc_day_of(patch->newest->released))
                                      : "an unknown day");
        alert->action = assessment->advice.action == ADVICE_LOAD_LIVE_PATCH ||
                                                        assessment->advice.action ==
                                                                        ADVICE_APPLY_LIVE_PATCH
                                        ? assessment->advice.text
                                        : alert_say(finder, "Install and load %s.", alert->patch);
}

void alert_patches_find_stalled(AlertFinder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const HostFacts *host = assessment->input.host;
        UtcTime first = UTC_TIME_NONE, now = assessment->input.now;

        if (assessment->patch.state != PATCH_STALLED)
                return;
        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *patch = &host->patches[i];

                if (!loaded_patch_in_transition(patch) || patch->since == UTC_TIME_NONE ||
                    now - patch->since < PATCH_STALLED_USEC)
                        continue;
                alert_finder_about(finder, alert, patch->name);
                if (first == UTC_TIME_NONE || patch->since < first)
                        first = patch->since;
        }
        if (first == UTC_TIME_NONE)
                return;
        alert->level = ALERT_LEVEL_INFO;
        if (alert_finder_is_late(finder,
                                 first + alert_policy_delay(finder->policy, ALERT_STALLED_WARNING)))
                alert->level = ALERT_LEVEL_WARNING;
        if (alert_finder_is_late(finder, first + alert_policy_delay(finder->policy,
                                                                    ALERT_STALLED_CRITICAL)))
                alert->level = ALERT_LEVEL_CRITICAL;
        alert->patch = alert->objects.items[0];
        alert->text = alert_say(finder, "The transition of live patch %s hangs.",
                                alert_finder_join(finder, &alert->objects));
        alert->action = "klpctl patches --blocking";
}

static bool is_active(const HostFacts *host, const char *name) {
        const LoadedPatch *patch = host_facts_find_patch(host, name);

        return patch && patch->listed && patch->enabled == TRISTATE_YES &&
               patch->transition == TRISTATE_NO;
}

/* A failure counts until it is made good: the patch is active, or all that is needed is, or the host was booted anew. */
void alert_patches_keep_failures(AlertFinder *finder) {
        const Assessment *assessment = finder->assessment;
        const HostFacts *host = assessment->input.host;
        AlertWants *wants = finder->wants;

        for (size_t i = 0; finder->before && i < finder->before->n_failures; i++) {
                const PatchFailure *failure = &finder->before->failures[i];

                if (is_active(host, failure->patch) || assessment->patch.state == PATCH_APPLIED ||
                    (host->booted != UTC_TIME_NONE && failure->at < host->booted))
                        continue;
                wants->failures[wants->n_failures++] = *failure;
        }
}

void alert_patches_find_failed(AlertFinder *finder, Alert *alert) {
        const AlertWants *wants = finder->wants;
        const PatchFailure *last;

        if (wants->n_failures == 0)
                return;
        last = &wants->failures[wants->n_failures - 1];
        for (size_t i = 0; i < wants->n_failures; i++)
                alert_finder_about(finder, alert, wants->failures[i].patch);
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = last->patch;
        alert->text = alert_say(finder, "The kernel could not enable live patch %s%s%s.",
                                alert_finder_join(finder, &alert->objects),
                                last->reason ? ": " : "", last->reason ? last->reason : "");
        alert->action = "journalctl -k -g livepatch";
}

static const char *make_it_survive(AlertFinder *finder, const JudgedPatch *patch) {
        const char *service = finder->assessment->input.host->loader_service;
        const SupportCalendar *calendar = finder->assessment->situation.calendar;

        switch (patch->obstacle) {
        case SURVIVAL_OBSTACLE_FILE:
                return alert_say(finder,
                                 "Install package %s again: that puts the module file where boot "
                                 "looks for it.",
                                 patch->name.package);
        case SURVIVAL_OBSTACLE_OPTION:
                return alert_say(finder, "Take %s off the kernel command line.",
                                 calendar->loader_off_option);
        case SURVIVAL_OBSTACLE_SERVICE:
        case SURVIVAL_OBSTACLE_NONE:
        case _SURVIVAL_OBSTACLE_MAX:
                break;
        }
        return service ? alert_say(finder, "systemctl enable %s", service)
                       : "Make sure that it is loaded at boot.";
}

void alert_patches_find_not_surviving(AlertFinder *finder, Alert *alert) {
        const PatchReport *report = &finder->assessment->patch;

        for (size_t i = 0; i < report->n_patches; i++) {
                const JudgedPatch *patch = &report->patches[i];

                if (!patch->known || !patch->active || patch->survives_reboot != TRISTATE_NO ||
                    patch->for_next_kernel || !text_equal(patch->name.version, report->active))
                        continue;
                alert->level = ALERT_LEVEL_WARNING;
                alert->patch = alert_say(finder, "%s-%s", patch->name.package, patch->name.version);
                alert_finder_about(finder, alert, alert->patch);
                alert->text = alert_say(finder,
                                        "Live patch %s would not come back after a reboot: %s.",
                                        alert->patch, patch->survives_because);
                alert->action = make_it_survive(finder, patch);
        }
}

void alert_patches_find_foreign(AlertFinder *finder, Alert *alert) {
        const PatchReport *report = &finder->assessment->patch;

        for (size_t i = 0; i < report->n_patches; i++)
                if (!report->patches[i].known && report->patches[i].loaded->listed &&
                    report->patches[i].loaded->enabled == TRISTATE_YES)
                        alert_finder_about(finder, alert, report->patches[i].loaded->name);
        if (alert->objects.n_items == 0)
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = alert->objects.items[0];
        alert->text = alert_say(finder,
                                "No feed and no naming rule knows live patch %s, which is active.",
                                alert_finder_join(finder, &alert->objects));
        alert->action = alert_say(finder, "modinfo %s", alert->patch);
}
