/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Advice. A list of rules in the order of their urgency; the first that applies speaks, the others
 * wait until it is done. The sentence names things and dates, never "in 12 days": it must stay true
 * until something changes. It refuses to advise a host that does not use live patching.
 */

#include "base/text.h"
#include "core/advice.h"
#include "core/package-version.h"
#include "core/reboot-target.h"

/* Fills the advice and answers true when the rule applies. */
typedef bool (*Rule)(Assessment *assessment, Advice *advice);

static const char *day_text(const Assessment *assessment, UtcDay day) {
        return situation_day_text(&assessment->situation, day);
}

static const char *plural(const Assessment *assessment, size_t n, const char *one) {
        return memory_pool_format(assessment->pool, "%zu %s%s", n, one, n == 1 ? "" : "s");
}

#define say(assessment, ...) memory_pool_format((assessment)->pool, __VA_ARGS__)

static const char *closes_text(const Assessment *assessment, size_t n) {
        return n == 0 ? "" : say(assessment, " and close %s", plural(assessment, n, "open CVE"));
}

static size_t count_patchable(const Assessment *assessment, const char *version) {
        size_t n = 0;

        for (size_t i = 0; i < assessment->exposure.n_exposures; i++) {
                const Exposure *exposure = &assessment->exposure.exposures[i];

                if (verdict_is_open(exposure->verdict) && exposure->patch &&
                    package_evr_compare(exposure->patch->version, version) <= 0)
                        n++;
        }
        return n;
}

static const LoadedPatch *patch_in_transition(const Assessment *assessment) {
        for (size_t i = 0; i + 1 < assessment->patch.n_patches; i++)
                if (assessment->patch.patches[i].loaded->transition == TRISTATE_YES)
                        return assessment->patch.patches[i].loaded;
        return assessment->patch.patches[assessment->patch.n_patches - 1].loaded;
}

/* Before 5.1 a patch that is being applied and one that is being reversed look alike. */
static const char *direction(const LoadedPatch *patch) {
        if (patch->enabled_last)
                return "applied or removed (this kernel does not tell which)";
        return patch->enabled == TRISTATE_NO ? "removed" : "applied";
}

static bool look_at_stalled_transition(Assessment *assessment, Advice *advice) {
        const LoadedPatch *patch;

        if (assessment->patch.state != PATCH_STALLED)
                return false;
        patch = patch_in_transition(assessment);
        advice->text = say(assessment,
                           "Live patch %s is being %s, but its transition hangs: find the task "
                           "that holds it "
                           "up, or reverse it.",
                           patch->name, direction(patch));
        return true;
}

static bool wait_for_transition(Assessment *assessment, Advice *advice) {
        const LoadedPatch *patch;

        if (assessment->patch.state != PATCH_TRANSITIONING)
                return false;
        patch = patch_in_transition(assessment);
        advice->text = say(assessment,
                           "Live patch %s is being %s: wait until its transition has finished.",
                           patch->name, direction(patch));
        return true;
}

static bool is_higher(const char *version, const char *than) {
        return version && (!than || package_evr_compare(version, than) > 0);
}

/* What patching gains: coverage lasts as long as the running kernel's. */
static void gain_by_patch(Assessment *assessment, Advice *advice, const char *version) {
        const JudgedKernel *running = assessment->running;

        advice->n_closes = count_patchable(assessment, version);
        if (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING)
                advice->coverage_until = running->end;
}

static const char *until_text(const Assessment *assessment, const Advice *advice) {
        return advice->coverage_until == UTC_DAY_NONE
                               ? ""
                               : say(assessment, "; the kernel is covered until %s",
                                     day_text(assessment, advice->coverage_until));
}

static bool load_live_patch(Assessment *assessment, Advice *advice) {
        const PatchReport *patch = &assessment->patch;

        if (patch->unreadable || !is_higher(patch->idle, patch->active) ||
            is_higher(patch->newest_version, patch->idle))
                return false;
        gain_by_patch(assessment, advice, patch->idle);
        advice->text = say(assessment,
                           "Load live patch %s (%s), which is %s, to patch the running kernel%s "
                           "without a reboot%s.",
                           patch->idle, patch->package,
                           patch->state == PATCH_DISABLED ? "loaded but disabled"
                                                          : "on disk but not active",
                           closes_text(assessment, advice->n_closes),
                           until_text(assessment, advice));
        return true;
}

static bool apply_live_patch(Assessment *assessment, Advice *advice) {
        const PatchReport *patch = &assessment->patch;

        if (patch->unreadable || !is_higher(patch->newest_version, patch->active))
                return false;
        /* Whoever says that the kernel is not eligible does not want a first patch on it. */
        if (assessment->running->eligible == ELIGIBLE_NO && !patch->active)
                return false;
        gain_by_patch(assessment, advice, patch->newest_version);
        advice->text = say(assessment,
                           "Install live patch %s (%s) to patch the running kernel%s without a "
                           "reboot%s.",
                           patch->newest_version, patch->package,
                           closes_text(assessment, advice->n_closes),
                           until_text(assessment, advice));
        return true;
}

/* What there is to wait for when no kernel is known to move to. */
static const char *wait_text(const Assessment *assessment) {
        UtcDay day = assessment->reboot.wait_for_selection;

        if (day == UTC_DAY_NONE && assessment->situation.calendar &&
            assessment->situation.calendar->minors_stay)
                return "wait for the vendor's next kernel, or move to its next release";
        return day == UTC_DAY_NONE ? "wait for the next minor release"
                                   : say(assessment, "the next is to be selected around %s",
                                         day_text(assessment, day));
}

static void set_target(Advice *advice, const JudgedKernel *target, size_t n_closes) {
        if (!target)
                return;
        advice->kernel = target->full_name;
        advice->coverage_until = target->end;
        advice->n_closes = n_closes;
}

/* Fixes of one minor are not counted in another, so across minors the number is a lower bound. */
static const char *target_closes_text(const Assessment *assessment, const RebootPlan *plan) {
        bool same_minor = plan->target->minor == assessment->running->minor;

        return plan->n_closes == 0
                               ? ""
                               : say(assessment, " and close %s%s", same_minor ? "" : "at least ",
                                     plural(assessment, plan->n_closes, "open CVE"));
}

static const char *target_text(const Assessment *assessment, const RebootPlan *plan) {
        const JudgedKernel *target = plan->target;
        const char *first = target->next_boot   ? ""
                            : target->installed ? " (make it the default first)"
                                                : " (install it and make it the default first)";

        if (target->eligible == ELIGIBLE_POSSIBLE)
                return say(assessment, "%s%s to be covered perhaps until %s (not proven)%s",
                           target->full_name, first, day_text(assessment, target->end),
                           target_closes_text(assessment, plan));
        return say(assessment, "%s%s to be covered until %s%s", target->full_name, first,
                   day_text(assessment, target->end), target_closes_text(assessment, plan));
}

static bool possible_inside_lead(const Assessment *assessment) {
        const JudgedKernel *running = assessment->running;
        UtcDay today = assessment->situation.today;

        return running->coverage == COVERAGE_UNCONFIRMED &&
               running->eligible == ELIGIBLE_POSSIBLE && running->end != UTC_DAY_NONE &&
               today <= running->end && today >= running->ending_from;
}

static const char *reason_for_no(const JudgedKernel *running) {
        return running->basis == BASIS_OVERRIDE ? "by the operator's override"
               : running->basis == BASIS_FEED   ? "proven by the feeds"
                                                : "by the support calendar";
}

static const char *reboot_reason(const Assessment *assessment) {
        const JudgedKernel *running = assessment->running;
        bool possible = running->eligible == ELIGIBLE_POSSIBLE;

        switch (running->coverage) {
        case COVERAGE_ENDED:
                return possible ? say(assessment,
                                      "The window that this kernel may have had ended on %s",
                                      day_text(assessment, running->end))
                                : say(assessment, "Live-patch coverage ended on %s",
                                      day_text(assessment, running->end));
        case COVERAGE_UNSUPPORTED:
                return say(assessment, "The running kernel is not eligible for live patches (%s)",
                           reason_for_no(running));
        default:
                return say(assessment, "Live-patch coverage %s on %s",
                           possible ? "(not proven) ends" : "ends",
                           day_text(assessment, running->end));
        }
}

/* Other minors fix other CVEs, so across minors the numbers are lower bounds. */
static const char *opens_text(const Assessment *assessment, const RebootPlan *plan) {
        bool same_minor = plan->target->minor == assessment->running->minor;

        if (plan->n_opens == 0)
                return same_minor ? "" : "; CVEs closed now may be open there";
        return say(assessment, "; %s%s closed now %s open there, %s rated important or critical",
                   same_minor ? "" : "at least ", plural(assessment, plan->n_opens, "CVE"),
                   plan->n_opens == 1 ? "is" : "are",
                   plan->n_opens_severe == 0
                                   ? "none"
                                   : say(assessment, "%zu of them", plan->n_opens_severe));
}

/* What it costs to go back is said with it, so that whoever reads it can choose; nobody is told to. */
static const char *older_text(const Assessment *assessment, const RebootPlan *plan,
                              const char *reason) {
        return say(assessment,
                   "%s, and no newer eligible kernel is known yet (%s): the way back is to "
                   "reboot into an older one, %s%s.",
                   reason, wait_text(assessment), target_text(assessment, plan),
                   opens_text(assessment, plan));
}

static void advise_reboot(Assessment *assessment, Advice *advice, const char *reason) {
        const RebootPlan *plan = &assessment->reboot;

        advice->by = plan->by;
        set_target(advice, plan->target, plan->n_closes);
        if (!plan->target)
                advice->text = say(assessment, "%s, and no newer eligible kernel is known yet: %s.",
                                   reason, wait_text(assessment));
        else if (plan->older)
                advice->text = older_text(assessment, plan, reason);
        else if (plan->by == UTC_DAY_NONE)
                advice->text = say(assessment, "%s: reboot now into %s.", reason,
                                   target_text(assessment, plan));
        else
                advice->text = say(assessment, "%s: reboot by %s%s into %s.", reason,
                                   day_text(assessment, plan->by),
                                   plan->by == assessment->situation.today ? ", which is today,"
                                                                           : "",
                                   target_text(assessment, plan));
}

static bool reboot_soon(Assessment *assessment, Advice *advice) {
        Coverage coverage = assessment->running->coverage;

        if (coverage != COVERAGE_ENDING && coverage != COVERAGE_ENDED &&
            coverage != COVERAGE_UNSUPPORTED && !possible_inside_lead(assessment))
                return false;
        advise_reboot(assessment, advice, reboot_reason(assessment));
        return true;
}

static bool choose_eligible_kernel(Assessment *assessment, Advice *advice) {
        const NextBoot *next = &assessment->next_boot;
        JudgedKernel *target;

        if (next->leaves_stream != TRISTATE_YES)
                return false;

        target = reboot_target_find(assessment, true);
        if (target) {
                target->advised = true;
                set_target(advice, target,
                           target->running ? 0 : reboot_target_count_closed(assessment, target));
        }
        if (!target)
                advice->text = say(assessment,
                                   "The next boot would leave the live-patch stream (%s), and no "
                                   "kernel to choose "
                                   "instead is known: %s.",
                                   next->because.items[next->because.n_items - 1],
                                   wait_text(assessment));
        else
                advice->text = say(assessment,
                                   "The next boot would leave the live-patch stream (%s): %s %s "
                                   "the default kernel, %s %s.",
                                   next->because.items[next->because.n_items - 1],
                                   target->installed || target->running ? "make"
                                                                        : "install and make",
                                   target->full_name,
                                   target->eligible == ELIGIBLE_YES ? "covered until"
                                                                    : "perhaps covered until",
                                   day_text(assessment, target->end));
        return true;
}

static bool enable_at_boot(Assessment *assessment, Advice *advice) {
        for (size_t i = 0; i < assessment->patch.n_patches; i++) {
                const JudgedPatch *patch = &assessment->patch.patches[i];

                /* Where another kernel boots, what there is to do is said of the next boot. */
                if (!patch->known || !patch->active || patch->survives_reboot != TRISTATE_NO ||
                    patch->for_next_kernel ||
                    !text_equal(patch->name.version, assessment->patch.active))
                        continue;
                advice->text = say(assessment,
                                   "Live patch %s-%s would not come back after a reboot (%s): make "
                                   "sure that it is "
                                   "loaded at boot.",
                                   patch->name.package, patch->name.version,
                                   patch->survives_because);
                return true;
        }
        return false;
}

static bool ask_for_package(Assessment *assessment, Advice *advice) {
        const char *query = assessment->situation.calendar
                                            ? assessment->situation.calendar->package_query
                                            : NULL;

        advice->text = say(assessment,
                           "It is not proven that %s gets live patches: ask the repository whether "
                           "package %s "
                           "exists%s.",
                           assessment->running->full_name,
                           assessment->patch.package ? assessment->patch.package
                                                     : "for this kernel",
                           query && assessment->patch.package ? say(assessment, " (%s %s)", query,
                                                                    assessment->patch.package)
                                                              : "");
        return true;
}

static bool confirm_eligibility(Assessment *assessment, Advice *advice) {
        const JudgedKernel *running = assessment->running;
        bool fresh = assessment->freshness.freshness == FRESHNESS_FRESH;

        if ((running->coverage == COVERAGE_UNCONFIRMED && running->eligible != ELIGIBLE_YES) ||
            (running->eligible == ELIGIBLE_UNKNOWN && fresh))
                return ask_for_package(assessment, advice);
        if (assessment->situation.calendar && assessment->situation.subscribed == CHANNEL_UNKNOWN) {
                advice->text = "The support channel of this host is not known, and dates are "
                               "judged as if it were main: "
                               "set Channel= in section [Host] of /etc/klpwatch.conf.";
                return true;
        }
        /* Eligible for certain; what is not proven is that today lies inside the window. */
        if (running->coverage == COVERAGE_UNCONFIRMED) {
                advice->text = running->start != UTC_DAY_NONE && assessment->situation.today <
                                                                                 running->start
                                               ? say(assessment,
                                                     "The window of %s begins only on %s: check "
                                                     "its dates.",
                                                     running->full_name,
                                                     day_text(assessment, running->start))
                                               : say(assessment,
                                                     "Live patches for %s were expected to end on "
                                                     "%s, which is not "
                                                     "confirmed: look whether the next minor "
                                                     "release is out.",
                                                     running->full_name,
                                                     day_text(assessment, running->end));
                return true;
        }
        return false;
}

static bool review_foreign_patch(Assessment *assessment, Advice *advice) {
        if (assessment->patch.state != PATCH_FOREIGN)
                return false;
        for (size_t i = 0; i < assessment->patch.n_patches; i++)
                if (!assessment->patch.patches[i].known &&
                    assessment->patch.patches[i].loaded->enabled == TRISTATE_YES)
                        advice->text = say(assessment,
                                           "Live patch %s is enabled, but neither feeds nor naming "
                                           "rules know it: "
                                           "find out where it comes from.",
                                           assessment->patch.patches[i].loaded->name);
        return true;
}

static bool refresh_feeds(Assessment *assessment, Advice *advice) {
        if (assessment->freshness.freshness == FRESHNESS_FRESH)
                return false;
        if (assessment->freshness.freshness == FRESHNESS_NEVER)
                advice->text = say(assessment,
                                   "No facts about %s are here: give klpwatch a digest of its "
                                   "advisories.",
                                   assessment->situation.stream ? assessment->situation.stream
                                                                : "this kernel");
        else
                advice->text = say(assessment, "The newest facts are of %s: get newer ones.",
                                   day_text(assessment,
                                            utc_day_of(assessment->freshness.complete_to)));
        return true;
}

static bool reboot_later(Assessment *assessment, Advice *advice) {
        const RebootPlan *plan = &assessment->reboot;

        if (plan->by == UTC_DAY_NONE && !plan->now)
                return false;
        advise_reboot(assessment, advice,
                      plan->now ? "The SLA's deadline for CVEs that only a newer kernel closes has "
                                  "passed"
                      : plan->by_sla ? "The SLA sets a deadline for CVEs that only a newer kernel "
                                       "closes"
                      : assessment->running->end != UTC_DAY_NONE
                                      ? say(assessment,
                                            "Nothing is due today, the window lasts until %s",
                                            day_text(assessment, assessment->running->end))
                                      : "Nothing is due today");
        return true;
}

static const struct {
        AdviceAction action;
        Rule applies;
} rules[] = {
        { ADVICE_LOOK_AT_STALLED_TRANSITION, look_at_stalled_transition },
        { ADVICE_WAIT_FOR_TRANSITION, wait_for_transition },
        { ADVICE_LOAD_LIVE_PATCH, load_live_patch },
        { ADVICE_APPLY_LIVE_PATCH, apply_live_patch },
        { ADVICE_REBOOT, reboot_soon },
        { ADVICE_CHOOSE_ELIGIBLE_KERNEL, choose_eligible_kernel },
        { ADVICE_ENABLE_AT_BOOT, enable_at_boot },
        { ADVICE_CONFIRM_ELIGIBILITY, confirm_eligibility },
        { ADVICE_REVIEW_FOREIGN_PATCH, review_foreign_patch },
        { ADVICE_REFRESH_FEEDS, refresh_feeds },
        { ADVICE_REBOOT, reboot_later },
};

/* Why nothing is advised at all; NULL when the rules shall speak. */
static const char *reason_for_silence(const Assessment *assessment) {
        const Situation *situation = &assessment->situation;

        if (situation->not_applicable)
                return say(assessment, "Live patching does not apply to this host: %s.",
                           situation->not_applicable);
        if (!situation->uses_live_patching)
                return say(assessment, "Nothing to do: this host does not use live patching (%s).",
                           situation->intent_because);
        if (situation->unjudgeable)
                return say(assessment, "Nothing can be told: %s.", situation->unjudgeable);
        return NULL;
}

void advice_judge(Assessment *assessment) {
        Advice advice = { .action = ADVICE_NONE,
                          .by = UTC_DAY_NONE,
                          .coverage_until = UTC_DAY_NONE };

        advice.text = reason_for_silence(assessment);
        for (size_t i = 0; !advice.text && i < ELEMENTS(rules); i++)
                if (rules[i].applies(assessment, &advice)) {
                        advice.action = rules[i].action;
                        break;
                }
        if (!advice.text)
                advice.text = assessment->running->end == UTC_DAY_NONE
                                              ? "Nothing is due; until when live patches cover "
                                                "this kernel is not known."
                                              : "Nothing to do.";
        assessment->advice = advice;
}
