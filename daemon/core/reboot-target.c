/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The reboot's target and date. The newest kernel that gains something, but one that is installed
 * already wins over a newer one that brings no longer coverage. A kernel that only may be eligible is
 * named when no proven one is there, and never mixed with them. The way back, to a kernel that is older than
 * the running one, is for hosts that have no coverage to lose, and for those only when there is no other.
 */

#include "base/text.h"
#include "core/eligibility.h"
#include "core/reboot-target.h"

static bool is_as_sure(const JudgedKernel *running, Eligible wanted) {
        return running->eligible == ELIGIBLE_YES || running->eligible == wanted;
}

static bool is_candidate(const Assessment *assessment, const JudgedKernel *kernel, bool or_running,
                         bool older, Eligible wanted) {
        const JudgedKernel *running = assessment->running;

        if (kernel->eligible != wanted || !kernel->in_lineage || !kernel->available ||
            kernel->end == UTC_DAY_NONE)
                return false;
        if (wanted == ELIGIBLE_YES) {
                if (kernel->coverage != COVERAGE_COVERED && kernel->coverage != COVERAGE_ENDING)
                        return false;
        } else if (kernel->coverage != COVERAGE_UNCONFIRMED ||
                   assessment->situation.today > kernel->end)
                return false;

        if (kernel == running)
                return or_running;
        if ((kernel < running) != older) /* both in one array, ascending */
                return false;
        return !is_as_sure(running, wanted) || running->end == UTC_DAY_NONE ||
               kernel->end > running->end;
}

static JudgedKernel *find(const Assessment *assessment, bool or_running, bool older,
                          Eligible wanted) {
        JudgedKernel *newest = NULL;

        for (size_t i = assessment->n_kernels; i > 0; i--) {
                JudgedKernel *kernel = &assessment->kernels[i - 1];

                if (!is_candidate(assessment, kernel, or_running, older, wanted))
                        continue;
                if (!newest)
                        newest = kernel;
                if ((kernel->installed || kernel->running) && kernel->end >= newest->end)
                        return kernel;
        }
        return newest;
}

/* The running kernel gets no live patches any more, or never did. */
static bool has_nothing_to_lose(const Assessment *assessment) {
        Coverage coverage = assessment->running->coverage;

        return coverage == COVERAGE_UNSUPPORTED || coverage == COVERAGE_ENDED;
}

JudgedKernel *reboot_target_find(const Assessment *assessment, bool or_running) {
        JudgedKernel *kernel = find(assessment, or_running, false, ELIGIBLE_YES);

        if (!kernel)
                kernel = find(assessment, or_running, false, ELIGIBLE_POSSIBLE);
        if (!kernel && has_nothing_to_lose(assessment))
                kernel = find(assessment, false, true, ELIGIBLE_YES);
        return kernel;
}

/* What booting one kernel would bring, a flag a fact. */
typedef struct Gain {
        bool *has_kernel;   /* this kernel fact's fixes are in it */
        bool *lacks_kernel; /* this one is newer, in the same minor */
        bool *has_patch;    /* the host can get this patch for it */
} Gain;

static bool find_gain(const Assessment *assessment, const JudgedKernel *kernel, Gain *ret) {
        const Situation *situation = &assessment->situation;
        const Facts *facts = assessment->input.facts;
        Gain gain = {
                .has_kernel = memory_pool_alloc(assessment->pool, facts->n_kernels + 1),
                .lacks_kernel = memory_pool_alloc(assessment->pool, facts->n_kernels + 1),
                .has_patch = memory_pool_alloc(assessment->pool, facts->n_patches + 1),
        };

        if (!gain.has_kernel || !gain.lacks_kernel || !gain.has_patch)
                return false; /* whoever owns the pool finds out */
        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];
                bool newer;

                if (!text_equal(known->stream, kernel->stream))
                        continue;
                newer = kernel_release_compare(&known->release, &kernel->release) > 0;
                for (size_t j = 0; j < known->n_facts; j++) {
                        size_t fact = (size_t) (known->facts[j] - facts->kernels);

                        gain.has_kernel[fact] = !newer;
                        gain.lacks_kernel[fact] = newer;
                }
        }
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];

                gain.has_patch[patch - facts->patches] =
                                !patch->cves_shared &&
                                situation_patch_is_for(situation, patch, &kernel->release,
                                                       kernel->stream) &&
                                situation_can_get_patch(situation, patch, kernel->stream);
        }
        *ret = gain;
        return true;
}

/* A CVE that was listed again is closed only by the kernel that lists it then. */
static bool closes(const Assessment *assessment, const Gain *gain, const CveGroup *group,
                   const Exposure *exposure) {
        const CveMention *mentions = assessment->exposure.index->mentions + group->first;
        bool needs_newer = exposure->kernel &&
                           gain->lacks_kernel[exposure->kernel - assessment->input.facts->kernels];

        for (size_t i = 0; i < group->n_mentions; i++)
                if (mentions[i].by_patch ? gain->has_patch[mentions[i].fact]
                                         : !needs_newer && gain->has_kernel[mentions[i].fact])
                        return true;
        return false;
}

/* A kernel of its minor that is newer than it fixes that CVE. */
static bool is_fixed_later(const Assessment *assessment, const Gain *gain, const CveGroup *group) {
        const CveMention *mentions = assessment->exposure.index->mentions + group->first;

        for (size_t i = 0; i < group->n_mentions; i++)
                if (!mentions[i].by_patch && gain->lacks_kernel[mentions[i].fact])
                        return true;
        return false;
}

/* What a reboot into the target closes, and what it opens. */
static void count_changes(const Assessment *assessment, const JudgedKernel *target,
                          RebootPlan *plan) {
        const ExposureReport *report = &assessment->exposure;
        const CveGroup *group = report->index ? report->index->groups : NULL;
        Gain gain;

        if (report->n_exposures == 0 || !find_gain(assessment, target, &gain))
                return;
        for (size_t i = 0; i < report->n_exposures; i++) {
                const Exposure *exposure = &report->exposures[i];

                /* Both ascend by id, and every exposure has its group. */
                while (group->id != exposure->cve)
                        group++;
                if (verdict_is_open(exposure->verdict))
                        plan->n_closes += closes(assessment, &gain, group, exposure);
                else if (is_fixed_later(assessment, &gain, group) &&
                         !closes(assessment, &gain, group, exposure)) {
                        plan->n_opens++;
                        plan->n_opens_severe += exposure->severity >= SEVERITY_IMPORTANT;
                }
        }
}

size_t reboot_target_count_closed(const Assessment *assessment, const JudgedKernel *kernel) {
        RebootPlan plan = {};

        count_changes(assessment, kernel, &plan);
        return plan.n_closes;
}

static void earlier(UtcDay *earliest, UtcDay day) {
        if (day != UTC_DAY_NONE && (*earliest == UTC_DAY_NONE || day < *earliest))
                *earliest = day;
}

/* By when; UTC_DAY_NONE with `ret_now` set = at once, without = no date is known. */
static UtcDay find_deadline(const Assessment *assessment, bool *ret_now, bool *ret_by_sla) {
        const JudgedKernel *running = assessment->running;
        UtcDay today = assessment->situation.today, by = UTC_DAY_NONE, of_window;

        *ret_by_sla = false;
        *ret_now = true;
        if (running->coverage == COVERAGE_UNSUPPORTED || running->coverage == COVERAGE_ENDED)
                return UTC_DAY_NONE;

        if (running->end != UTC_DAY_NONE && today <= running->end) {
                UtcDay warning = running->ending_from;

                earlier(&by, today < warning ? warning : running->end);
        }
        of_window = by;
        for (size_t i = 0; i < assessment->exposure.n_exposures; i++) {
                const Exposure *exposure = &assessment->exposure.exposures[i];

                if (exposure->verdict == VERDICT_REBOOT_NEEDED ||
                    exposure->verdict == VERDICT_BELOW_SCOPE)
                        earlier(&by, exposure->deadline);
        }
        *ret_by_sla = by != of_window;
        if (by != UTC_DAY_NONE && by < today)
                return UTC_DAY_NONE;
        *ret_now = false;
        return by;
}

/* What to wait for while no kernel is known: a selection day that this minor still sees, else the next minor. */
static UtcDay find_wait(const Assessment *assessment) {
        const Situation *situation = &assessment->situation;
        UtcDay end = UTC_DAY_NONE;
        const char *why;
        bool expected;
        Basis basis;

        if (situation->calendar_stream)
                end = eligibility_stream_end(situation, situation->calendar_stream,
                                             situation->channel, &basis, &expected, &why);
        if (end != UTC_DAY_NONE && assessment->next_selection > end)
                return UTC_DAY_NONE;
        return assessment->next_selection;
}

void reboot_target_plan(Assessment *assessment) {
        RebootPlan plan = { .by = UTC_DAY_NONE, .wait_for_selection = UTC_DAY_NONE };
        JudgedKernel *target;

        if (!assessment->situation.not_applicable && assessment->situation.calendar) {
                plan.by = find_deadline(assessment, &plan.now, &plan.by_sla);
                target = reboot_target_find(assessment, false);
                if (target) {
                        target->advised = true;
                        plan.target = target;
                        plan.older = target < assessment->running;
                        count_changes(assessment, target, &plan);
                }
                if (!target || plan.older)
                        plan.wait_for_selection = find_wait(assessment);
        }
        assessment->reboot = plan;
}
