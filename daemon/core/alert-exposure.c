/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Open CVEs are alerts where the operator can do more than to wait for the next live patch: a deadline of the service
 * level has passed, or only a newer kernel closes them.
 */

#include "core/alert-exposure.h"

/* Most hosts have none, and this is asked at every moment of the search for the next change. */
static bool may_be_exposed(const AlertFinder *finder) {
        const OperatorPolicy *policy = finder->assessment->input.policy;
        bool deadlines = false;

        for (Severity severity = 0; severity < _SEVERITY_MAX; severity++)
                deadlines = deadlines || policy->sla_days[severity] > 0;
        return deadlines || finder->assessment->exposure.n_verdicts[VERDICT_REBOOT_NEEDED] > 0;
}

void alert_exposure_find(AlertFinder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const ExposureReport *report = &assessment->exposure;
        UtcDay today = assessment->situation.today;
        size_t n_of[_SEVERITY_MAX] = {}, n = 0, n_late = 0;
        bool reboot = false;

        if (!may_be_exposed(finder))
                return;
        for (Severity severity = SEVERITY_CRITICAL; severity > SEVERITY_UNKNOWN; severity--)
                for (size_t i = 0; i < report->n_exposures; i++) {
                        const Exposure *exposure = &report->exposures[i];
                        bool late = exposure->deadline != UTC_DAY_NONE &&
                                    today > exposure->deadline &&
                                    verdict_is_open(exposure->verdict);
                        bool needs = exposure->verdict == VERDICT_REBOOT_NEEDED;

                        if (exposure->severity != severity)
                                continue;
                        if (exposure->deadline != UTC_DAY_NONE &&
                            verdict_is_open(exposure->verdict))
                                alert_finder_ask_on(finder, exposure->deadline + 1);
                        if (!late && !needs)
                                continue;
                        n++;
                        n_of[severity]++;
                        n_late += late;
                        reboot = reboot || needs || exposure->verdict == VERDICT_BELOW_SCOPE;
                        alert_finder_add_cve(finder, alert, exposure->cve);
                        if (alert->objects.n_items >= ALERT_CVES_MAX)
                                continue;
                        if (severity == SEVERITY_CRITICAL)
                                alert_finder_about(finder, alert, exposure->cve);
                        /* A deadline more that has passed is news, whoever has seen the others. */
                        if (late)
                                alert_finder_about(finder, alert,
                                                   alert_say(finder, "%s late", exposure->cve));
                }
        if (n == 0)
                return;
        alert->level = n_late > 0 ? ALERT_LEVEL_CRITICAL : ALERT_LEVEL_WARNING;
        alert_finder_about(finder, alert, assessment->running->full_name);
        if (n_late > 0)
                alert->text = alert_say(
                                finder,
                                "%zu open CVE%s past the deadline of the service level: %s.",
                                n_late, n_late == 1 ? " is" : "s are",
                                alert_finder_join(finder, &alert->cves));
        else
                alert->text = alert_say(
                                finder,
                                "Only a newer kernel closes %zu open CVE%s (%zu critical, %zu "
                                "important).",
                                n, n == 1 ? "" : "s", n_of[SEVERITY_CRITICAL],
                                n_of[SEVERITY_IMPORTANT]);
        alert->action = reboot ? alert_finder_reboot_action(finder)
                               : "Apply the newest live patch; see klpctl plan.";
}
