/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Alert rules. Each reads one assessment and says at most one thing; what one cause explains, one class says. No
 * text counts days: it would be another one each day. They refuse to nag: a host to which live patching does
 * not apply, or that does not want it, has no alert but those that the operator asks for by name.
 */

#include <string.h>

#include "base/text.h"
#include "core/alert-rules.h"
#include "core/coverage-window.h"
#include "core/reboot-target.h"

/* A reminder when coverage has been over for so long; then each month. */
#define FIRST_REMINDER_DAYS 7

/* A clock is wrong when facts are so much newer. */
#define CLOCK_SLACK_USEC (24 * USEC_PER_HOUR)

/* One failure of a feed is bad luck. */
#define FAILURES_IN_A_ROW 2

typedef struct Finder {
        const Assessment *assessment;
        const AlertBook *before;
        const AlertPolicy *policy;
        AlertWants *wants;
        MemoryPool *pool;
        UtcTime next; /* of the rule that is asked */
} Finder;

typedef void (*Rule)(Finder *finder, Alert *alert);

#define say(finder, ...) memory_pool_format((finder)->pool, __VA_ARGS__)

static const char *day_text(const Finder *finder, UtcDay day) {
        return situation_day_text(&finder->assessment->situation, day);
}

static void ask_again(Finder *finder, UtcTime moment) {
        if (moment != UTC_TIME_NONE && moment > finder->assessment->input.now &&
            (finder->next == UTC_TIME_NONE || moment < finder->next))
                finder->next = moment;
}

static void ask_on(Finder *finder, UtcDay day) {
        if (day != UTC_DAY_NONE)
                ask_again(finder, utc_day_start(day));
}

static void about(const Finder *finder, Alert *alert, const char *object) {
        if (!text_list_has(&alert->objects, object))
                text_list_add(&alert->objects, finder->pool, object);
}

static const char *join(const Finder *finder, const TextList *list) {
        const char *text = "";

        for (size_t i = 0; i < list->n_items; i++) {
                if (i == 5)
                        return say(finder, "%s and %zu more", text, list->n_items - i);
                text = say(finder, "%s%s%s", text, i > 0 ? ", " : "", list->items[i]);
        }
        return text;
}

static const char *running_name(const Finder *finder) {
        return finder->assessment->running->full_name;
}

/* --- Coverage */

static const char *reboot_action(const Finder *finder) {
        const RebootPlan *plan = &finder->assessment->reboot;
        const JudgedKernel *target = plan->target;
        const char *until = "", *name;

        if (!target)
                return "No kernel to move to is known yet; klpctl plan tells what to wait for.";
        name = target->full_name;
        if (target->end != UTC_DAY_NONE)
                until = say(finder, "; it is %s until %s",
                            target->eligible == ELIGIBLE_POSSIBLE ? "perhaps covered" : "covered",
                            day_text(finder, target->end));
        if (plan->older)
                return say(finder,
                           "The way back is an older kernel: %s %s the default kernel and reboot"
                           "%s. klpctl plan tells what that opens.",
                           target->installed ? "make" : "install and make", name, until);
        if (target->next_boot)
                return say(finder, "Reboot into %s%s.", name, until);
        return say(finder, "%s %s%s the default kernel and reboot%s.",
                   target->installed ? "Make" : "Install", name,
                   target->installed ? "" : ", make it", until);
}

/* The last of the days on which an end that came is told again: the day itself, a week later, each month after. */
static UtcDay last_reminder(Finder *finder, UtcDay end) {
        UtcDay today = finder->assessment->situation.today, last = end;
        UtcDay week = end + FIRST_REMINDER_DAYS;

        if (today < end) {
                ask_on(finder, end);
                return UTC_DAY_NONE;
        }
        for (int months = 0;; months++) {
                UtcDay day = utc_day_add_months(week, months);

                if (day > today) {
                        ask_on(finder, day);
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
static bool ended_early(const Finder *finder) {
        const JudgedKernel *running = finder->assessment->running;
        const AlertBook *before = finder->before;
        bool over = running->coverage == COVERAGE_ENDED ||
                    running->coverage == COVERAGE_UNSUPPORTED;

        return over && before && before->told_end != UTC_DAY_NONE &&
               text_equal(before->kernel, running->full_name) &&
               finder->assessment->situation.today <= before->told_end;
}

static void find_coverage_ending(Finder *finder, Alert *alert) {
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
                ask_on(finder, day);
        }
        if (today > end)
                alert->level = ALERT_LEVEL_CRITICAL;
        ask_on(finder, end + 1);
        alert->reminder = last_reminder(finder, end);
        alert->coverage_end = end;
        about(finder, alert, running->full_name);
        alert->text = possible ? say(finder,
                                     "The live-patch coverage that %s may have (not proven) %s on "
                                     "%s.",
                                     running->full_name, today > end ? "ended" : "ends",
                                     day_text(finder, end))
                               : say(finder, "Live-patch coverage of %s %s on %s%s.",
                                     running->full_name, today > end ? "ended" : "ends",
                                     day_text(finder, end),
                                     running->end_expected && today <= end ? " (expected)" : "");
        alert->action = reboot_action(finder);
}

static void find_ended_early(Finder *finder, Alert *alert) {
        const JudgedKernel *running = finder->assessment->running;

        if (!ended_early(finder))
                return;
        ask_on(finder, finder->before->told_end + 1);
        alert->level = ALERT_LEVEL_WARNING;
        alert->coverage_end = running->end;
        about(finder, alert, running->full_name);
        alert->text = say(finder,
                          "Live-patch coverage of %s was to last until %s, but is over already.",
                          running->full_name, day_text(finder, finder->before->told_end));
        alert->action = reboot_action(finder);
}

static void find_unsupported(Finder *finder, Alert *alert) {
        const JudgedKernel *running = finder->assessment->running;

        if (running->coverage != COVERAGE_UNSUPPORTED || ended_early(finder))
                return;
        alert->level = ALERT_LEVEL_WARNING;
        about(finder, alert, running->full_name);
        alert->text = say(finder, "The running kernel %s gets no live patches.",
                          running->full_name);
        alert->action = reboot_action(finder);
}

static void find_unconfirmed(Finder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const JudgedKernel *running = assessment->running;
        const char *query = assessment->situation.calendar
                                            ? assessment->situation.calendar->package_query
                                            : NULL;

        if (running->coverage != COVERAGE_UNCONFIRMED)
                return;
        alert->level = ALERT_LEVEL_INFO;
        alert->coverage_end = running->end;
        about(finder, alert, running->full_name);
        alert->text = say(finder, "It is not proven that the running kernel %s gets live patches.",
                          running->full_name);
        alert->action = query && assessment->patch.package && running->eligible != ELIGIBLE_YES
                                        ? say(finder, "%s %s", query, assessment->patch.package)
                                        : "Look at its dates with klpctl kernels; an override in "
                                          "klpwatch.conf can settle them.";
}

static void find_next_boot(Finder *finder, Alert *alert) {
        const NextBoot *next = &finder->assessment->next_boot;
        const JudgedKernel *target;

        /* What the running kernel is has an alert of its own. */
        if (next->leaves_stream != TRISTATE_YES || (next->judged && next->judged->running))
                return;
        target = reboot_target_find(finder->assessment, true);
        alert->level = ALERT_LEVEL_WARNING;
        about(finder, alert, next->kernel);
        alert->text = say(finder, "The next boot would leave the live-patch stream: it picks %s.",
                          next->kernel);
        if (target)
                alert->action = say(finder, "%s %s the default kernel.",
                                    target->installed || target->running ? "Make"
                                                                         : "Install and make",
                                    target->full_name);
        else
                alert->action = "Make a covered kernel the default; klpctl kernels lists them.";
}

/* --- Live patches and CVEs */

static void add_cve(const Finder *finder, Alert *alert, const char *cve) {
        if (alert->cves.n_items < ALERT_CVES_MAX)
                text_list_add(&alert->cves, finder->pool, cve);
}

static bool is_applicable(const Exposure *exposure) {
        return exposure->verdict == VERDICT_LIVE_PATCH_AVAILABLE ||
               exposure->verdict == VERDICT_LIVE_PATCH_NOT_ACTIVE;
}

/* From when on it is too late that a patch which closes this severity is not applied. */
static UtcTime too_late(const Finder *finder, UtcTime released, Severity severity) {
        if (released == UTC_TIME_NONE || severity < SEVERITY_IMPORTANT)
                return UTC_TIME_NONE;
        return released +
               alert_policy_delay(finder->policy, severity == SEVERITY_CRITICAL
                                                                  ? ALERT_NOT_APPLIED_CRITICAL
                                                                  : ALERT_NOT_APPLIED_IMPORTANT);
}

static bool is_late(Finder *finder, UtcTime moment) {
        ask_again(finder, moment);
        return moment != UTC_TIME_NONE && moment <= finder->assessment->input.now;
}

static bool is_behind(const PatchReport *patch) {
        return !patch->unreadable &&
               (patch->state == PATCH_OUTDATED || patch->state == PATCH_MISSING ||
                patch->state == PATCH_DISABLED);
}

static void find_not_applied(Finder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const ExposureReport *report = &assessment->exposure;
        const PatchReport *patch = &assessment->patch;
        bool late = false;

        if (!is_behind(patch))
                return;
        if (patch->newest)
                late = is_late(finder,
                               too_late(finder, patch->newest->released, patch->newest->severity));
        for (Severity severity = SEVERITY_CRITICAL; severity >= SEVERITY_IMPORTANT; severity--)
                for (size_t i = 0; i < report->n_exposures; i++) {
                        const Exposure *exposure = &report->exposures[i];

                        if (exposure->severity != severity || !is_applicable(exposure) ||
                            !exposure->patch)
                                continue;
                        if (is_late(finder, too_late(finder, exposure->patch->released, severity)))
                                late = true;
                        add_cve(finder, alert, exposure->cve);
                        if (severity == SEVERITY_CRITICAL &&
                            alert->objects.n_items < ALERT_CVES_MAX)
                                about(finder, alert, exposure->cve);
                }
        if (!late)
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = say(finder, "%s-%s", patch->package ? patch->package : "live patch",
                           patch->newest_version ? patch->newest_version : patch->idle);
        about(finder, alert, running_name(finder));
        alert->text = say(finder, "Live patch %s was released on %s, but is not active.",
                          alert->patch,
                          patch->newest ? day_text(finder, utc_day_of(patch->newest->released))
                                        : "an unknown day");
        alert->action = assessment->advice.action == ADVICE_LOAD_LIVE_PATCH ||
                                                        assessment->advice.action ==
                                                                        ADVICE_APPLY_LIVE_PATCH
                                        ? assessment->advice.text
                                        : say(finder, "Install and load %s.", alert->patch);
}

/* Most hosts have none, and this is asked at every moment of the search for the next change. */
static bool may_be_exposed(const Finder *finder) {
        const OperatorPolicy *policy = finder->assessment->input.policy;
        bool deadlines = false;

        for (Severity severity = 0; severity < _SEVERITY_MAX; severity++)
                deadlines = deadlines || policy->sla_days[severity] > 0;
        return deadlines || finder->assessment->exposure.n_verdicts[VERDICT_REBOOT_NEEDED] > 0;
}

static void find_exposure(Finder *finder, Alert *alert) {
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
                                ask_on(finder, exposure->deadline + 1);
                        if (!late && !needs)
                                continue;
                        n++;
                        n_of[severity]++;
                        n_late += late;
                        reboot = reboot || needs || exposure->verdict == VERDICT_BELOW_SCOPE;
                        add_cve(finder, alert, exposure->cve);
                        if (alert->objects.n_items >= ALERT_CVES_MAX)
                                continue;
                        if (severity == SEVERITY_CRITICAL)
                                about(finder, alert, exposure->cve);
                        /* A deadline more that has passed is news, whoever has seen the others. */
                        if (late)
                                about(finder, alert, say(finder, "%s late", exposure->cve));
                }
        if (n == 0)
                return;
        alert->level = n_late > 0 ? ALERT_LEVEL_CRITICAL : ALERT_LEVEL_WARNING;
        about(finder, alert, running_name(finder));
        if (n_late > 0)
                alert->text = say(finder,
                                  "%zu open CVE%s past the deadline of the service level: %s.",
                                  n_late, n_late == 1 ? " is" : "s are",
                                  join(finder, &alert->cves));
        else
                alert->text = say(finder,
                                  "Only a newer kernel closes %zu open CVE%s (%zu critical, %zu "
                                  "important).",
                                  n, n == 1 ? "" : "s", n_of[SEVERITY_CRITICAL],
                                  n_of[SEVERITY_IMPORTANT]);
        alert->action = reboot ? reboot_action(finder)
                               : "Apply the newest live patch; see klpctl plan.";
}

static void find_stalled(Finder *finder, Alert *alert) {
        const Assessment *assessment = finder->assessment;
        const HostFacts *host = assessment->input.host;
        UtcTime first = UTC_TIME_NONE, now = assessment->input.now;

        if (assessment->patch.state != PATCH_STALLED)
                return;
        for (size_t i = 0; i < host->n_patches; i++) {
                const LoadedPatch *patch = &host->patches[i];

                if (!patch->listed || patch->transition != TRISTATE_YES ||
                    patch->since == UTC_TIME_NONE || now - patch->since < PATCH_STALLED_USEC)
                        continue;
                about(finder, alert, patch->name);
                if (first == UTC_TIME_NONE || patch->since < first)
                        first = patch->since;
        }
        if (first == UTC_TIME_NONE)
                return;
        alert->level = ALERT_LEVEL_INFO;
        if (is_late(finder, first + alert_policy_delay(finder->policy, ALERT_STALLED_WARNING)))
                alert->level = ALERT_LEVEL_WARNING;
        if (is_late(finder, first + alert_policy_delay(finder->policy, ALERT_STALLED_CRITICAL)))
                alert->level = ALERT_LEVEL_CRITICAL;
        alert->patch = alert->objects.items[0];
        alert->text = say(finder, "The transition of live patch %s hangs.",
                          join(finder, &alert->objects));
        alert->action = "klpctl patches --blocking";
}

static bool is_active(const HostFacts *host, const char *name) {
        const LoadedPatch *patch = host_facts_find_patch(host, name);

        return patch && patch->listed && patch->enabled == TRISTATE_YES &&
               patch->transition == TRISTATE_NO;
}

/* A failure counts until it is made good: the patch is active, or all that is needed is, or the host was booted anew. */
static void keep_failures(Finder *finder) {
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

static void find_failed(Finder *finder, Alert *alert) {
        const AlertWants *wants = finder->wants;
        const PatchFailure *last;

        if (wants->n_failures == 0)
                return;
        last = &wants->failures[wants->n_failures - 1];
        for (size_t i = 0; i < wants->n_failures; i++)
                about(finder, alert, wants->failures[i].patch);
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = last->patch;
        alert->text = say(finder, "The kernel could not enable live patch %s%s%s.",
                          join(finder, &alert->objects), last->reason ? ": " : "",
                          last->reason ? last->reason : "");
        alert->action = "journalctl -k -g livepatch";
}

static const char *make_it_survive(Finder *finder, const JudgedPatch *patch) {
        const char *service = finder->assessment->input.host->loader_service;
        const SupportCalendar *calendar = finder->assessment->situation.calendar;

        switch (patch->obstacle) {
        case SURVIVAL_OBSTACLE_FILE:
                return say(finder,
                           "Install package %s again: that puts the module file where boot looks "
                           "for it.",
                           patch->name.package);
        case SURVIVAL_OBSTACLE_OPTION:
                return say(finder, "Take %s off the kernel command line.",
                           calendar->loader_off_option);
        case SURVIVAL_OBSTACLE_SERVICE:
        case SURVIVAL_OBSTACLE_NONE:
        case _SURVIVAL_OBSTACLE_MAX:
                break;
        }
        return service ? say(finder, "systemctl enable %s", service)
                       : "Make sure that it is loaded at boot.";
}

static void find_not_surviving(Finder *finder, Alert *alert) {
        const PatchReport *report = &finder->assessment->patch;

        for (size_t i = 0; i < report->n_patches; i++) {
                const JudgedPatch *patch = &report->patches[i];

                if (!patch->known || !patch->active || patch->survives_reboot != TRISTATE_NO ||
                    patch->for_next_kernel || !text_equal(patch->name.version, report->active))
                        continue;
                alert->level = ALERT_LEVEL_WARNING;
                alert->patch = say(finder, "%s-%s", patch->name.package, patch->name.version);
                about(finder, alert, alert->patch);
                alert->text = say(finder, "Live patch %s would not come back after a reboot: %s.",
                                  alert->patch, patch->survives_because);
                alert->action = make_it_survive(finder, patch);
        }
}

static void find_foreign(Finder *finder, Alert *alert) {
        const PatchReport *report = &finder->assessment->patch;

        for (size_t i = 0; i < report->n_patches; i++)
                if (!report->patches[i].known && report->patches[i].loaded->listed &&
                    report->patches[i].loaded->enabled == TRISTATE_YES)
                        about(finder, alert, report->patches[i].loaded->name);
        if (alert->objects.n_items == 0)
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->patch = alert->objects.items[0];
        alert->text = say(finder,
                          "No feed and no naming rule knows live patch %s, which is active.",
                          join(finder, &alert->objects));
        alert->action = say(finder, "modinfo %s", alert->patch);
}

/* --- Feeds and the clock */

/* The feeds that are asked have been asked since this host is up and the facts are old: it is no use to wait. */
static bool was_asked(const Finder *finder, UtcTime old_since) {
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

static const char *get_facts_action(const Finder *finder) {
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

static void tell_age(Finder *finder, Alert *alert, Freshness state, AlertLevel level) {
        const FreshnessReport *report = &finder->assessment->freshness;
        const char *stream = finder->assessment->situation.stream;
        bool never = report->freshness == FRESHNESS_NEVER;

        if (finder->assessment->situation.unjudgeable ||
            (report->freshness != state && !(never && state == FRESHNESS_EXPIRED)) ||
            !was_asked(finder, old_since(report, false)))
                return;
        alert->level = level;
        alert->text = never ? say(finder, "No facts about %s are here.",
                                  stream ? stream : "this kernel")
                            : say(finder, "The newest facts about %s are of %s, which is %s.",
                                  stream ? stream : "this kernel",
                                  day_text(finder, utc_day_of(report->complete_to)),
                                  state == FRESHNESS_STALE ? "long ago" : "too long ago");
        alert->action = get_facts_action(finder);
}

static void find_stale(Finder *finder, Alert *alert) {
        tell_age(finder, alert, FRESHNESS_STALE, ALERT_LEVEL_INFO);
}

static void find_expired(Finder *finder, Alert *alert) {
        tell_age(finder, alert, FRESHNESS_EXPIRED, ALERT_LEVEL_WARNING);
}

static void find_failing(Finder *finder, Alert *alert) {
        const AssessInput *input = &finder->assessment->input;
        const char *error = NULL;

        for (size_t i = 0; i < input->n_feeds; i++) {
                const FeedStatus *status = &input->feeds[i];

                if (!status->failed || !status->error || status->standby ||
                    (status->n_failures < FAILURES_IN_A_ROW && !status->untrusted))
                        continue;
                about(finder, alert, memory_pool_text(finder->pool, status->name));
                if (!error)
                        error = status->error;
        }
        if (alert->objects.n_items == 0)
                return;
        alert->level = ALERT_LEVEL_INFO;
        alert->feed = alert->objects.items[0];
        alert->text = say(finder, "Feed %s cannot be read: %s.", join(finder, &alert->objects),
                          error);
        alert->action = "klpctl feeds";
}

static void find_clock(Finder *finder, Alert *alert) {
        const AssessInput *input = &finder->assessment->input;
        UtcTime built = input->host->kernel_built, newest = UTC_TIME_NONE;

        if (input->clock_given)
                return;
        for (size_t i = 0; i < input->facts->n_sources; i++)
                if (input->facts->sources[i].complete_to > newest)
                        newest = input->facts->sources[i].complete_to;
        if (built != UTC_TIME_NONE && input->clock < built) {
                ask_again(finder, built + (input->now - input->clock));
                alert->text = say(finder,
                                  "The clock is wrong: it shows a time before %s, when the running "
                                  "kernel was built.",
                                  day_text(finder, utc_day_of(built)));
        } else if (newest != UTC_TIME_NONE && input->clock < newest - CLOCK_SLACK_USEC) {
                ask_again(finder, newest - CLOCK_SLACK_USEC + (input->now - input->clock));
                alert->text = say(
                                finder,
                                "The clock is wrong: it shows a time before %s, up to which facts "
                                "are complete.",
                                day_text(finder, utc_day_of(newest)));
        } else
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->action = "timedatectl set-ntp true";
}

static const Rule rules[_ALERT_CLASS_MAX] = {
        [ALERT_COVERAGE_ENDING] = find_coverage_ending,
        [ALERT_COVERAGE_ENDED_EARLY] = find_ended_early,
        [ALERT_UNSUPPORTED_KERNEL] = find_unsupported,
        [ALERT_UNCONFIRMED_KERNEL] = find_unconfirmed,
        [ALERT_NEXT_BOOT_LEAVES_STREAM] = find_next_boot,
        [ALERT_PATCH_NOT_APPLIED] = find_not_applied,
        [ALERT_EXPOSURE] = find_exposure,
        [ALERT_TRANSITION_STALLED] = find_stalled,
        [ALERT_PATCH_FAILED] = find_failed,
        [ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT] = find_not_surviving,
        [ALERT_FOREIGN_PATCH] = find_foreign,
        [ALERT_FEED_STALE] = find_stale,
        [ALERT_FEED_EXPIRED] = find_expired,
        [ALERT_FEED_FAILING] = find_failing,
        [ALERT_CLOCK_IMPLAUSIBLE] = find_clock,
};

/* What the operator makes of it, and no more than info where live patching is not wanted. */
static AlertLevel set_level(const Finder *finder, AlertClass kind, AlertLevel level) {
        AlertSetting setting = finder->policy->settings[kind];
        bool wanted = finder->assessment->situation.uses_live_patching;

        if (level == ALERT_LEVEL_OK || setting == ALERT_SETTING_IGNORE ||
            (!wanted && setting == ALERT_SETTING_AUTO))
                return ALERT_LEVEL_OK;
        if (setting != ALERT_SETTING_AUTO)
                level = ALERT_LEVEL_INFO + (AlertLevel) (setting - ALERT_SETTING_INFO);
        return wanted ? level : ALERT_LEVEL_INFO;
}

static void ask_rule(Finder *finder, AlertClass kind) {
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
static void tell_end(Finder *finder) {
        const JudgedKernel *running = finder->assessment->running;
        AlertWants *wants = finder->wants;

        wants->kernel = running->full_name;
        if (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING)
                wants->told_end = running->end;
        else if (finder->before && text_equal(finder->before->kernel, running->full_name))
                wants->told_end = finder->before->told_end;
}

void alert_rules_find(const Assessment *assessment, const AlertBook *before, AlertWants *ret) {
        Finder finder = { .assessment = assessment,
                          .before = before,
                          .policy = &assessment->input.policy->alerts,
                          .wants = ret,
                          .pool = assessment->pool };

        *ret = (AlertWants){ .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                ret->alerts[kind].coverage_end = ret->alerts[kind].reminder = UTC_DAY_NONE;
        keep_failures(&finder);
        tell_end(&finder);
        if (assessment->situation.not_applicable ||
            assessment->running->coverage == COVERAGE_NOT_APPLICABLE)
                return;
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                ask_rule(&finder, kind);
}
