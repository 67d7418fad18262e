/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Exposures. Every mention of a CVE by a fact that concerns this host is gathered, sorted by CVE, and
 * each group gets its verdict. The order of fixes is only compared inside one minor: a CVE that first
 * shows up in a later minor counts as open. A CVE that a newer kernel of the same minor lists again
 * counts as open too, since a vendor repeats a CVE when the first fix was not enough.
 */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/exposure.h"
#include "core/package-version.h"

typedef struct Mention {
        const CveFact *cve;
        const KernelFact *kernel; /* one of these two */
        const PatchFact *patch;
        const KnownKernel *known; /* of the kernel fact */
        bool available;           /* of the patch fact */
} Mention;

typedef struct Mentions {
        Mention *items;
        size_t n_items;
} Mentions;

const char *verdict_to_text(Verdict verdict) {
        static const char *const words[_VERDICT_MAX] = {
                [VERDICT_UNKNOWN] = "unknown",
                [VERDICT_FIXED_IN_KERNEL] = "fixed-in-kernel",
                [VERDICT_LIVE_PATCHED] = "live-patched",
                [VERDICT_LIVE_PATCH_PENDING] = "live-patch-pending",
                [VERDICT_LIVE_PATCH_NOT_ACTIVE] = "live-patch-not-active",
                [VERDICT_LIVE_PATCH_AVAILABLE] = "live-patch-available",
                [VERDICT_LIVE_PATCH_AWAITED] = "live-patch-awaited",
                [VERDICT_REBOOT_NEEDED] = "reboot-needed",
                [VERDICT_BELOW_SCOPE] = "below-scope",
        };

        return words[verdict];
}

bool verdict_is_open(Verdict verdict) {
        return verdict != VERDICT_FIXED_IN_KERNEL && verdict != VERDICT_LIVE_PATCHED;
}

static bool same_minor(const Situation *situation, const KnownKernel *known) {
        return text_equal(known->stream, situation->stream);
}

static bool is_up_to_running(const Situation *situation, const KnownKernel *known) {
        return same_minor(situation, known) &&
               kernel_release_compare(&known->release, &situation->running) <= 0;
}

static bool kernel_fact_counts(const Situation *situation, const KnownKernel *known,
                               const KernelFact *fact) {
        if (!situation_in_lineage(situation, known->stream) ||
            !situation_has_architecture(situation, &fact->arch))
                return false;
        return fact->channels == 0 || is_up_to_running(situation, known) ||
               situation_available(situation, known->stream, fact->channels);
}

static void gather_kernels(const Situation *situation, Mentions *mentions) {
        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];

                for (size_t j = 0; j < known->n_facts; j++) {
                        const KernelFact *fact = known->facts[j];

                        if (!kernel_fact_counts(situation, known, fact))
                                continue;
                        for (size_t k = 0; k < fact->n_cves; k++) {
                                Mention *mention =
                                                memory_pool_append(situation->pool, mentions->items,
                                                                   mentions->n_items);

                                if (mention)
                                        *mention = (Mention){ .cve = &fact->cves[k],
                                                              .kernel = fact,
                                                              .known = known };
                        }
                }
        }
}

static void gather_patches(const Situation *situation, const JudgedKernel *running,
                           Mentions *mentions) {
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];

                if (!situation_patch_is_for(situation, patch, &running->release, running->stream))
                        continue;
                for (size_t k = 0; k < patch->n_cves; k++) {
                        Mention *mention = memory_pool_append(situation->pool, mentions->items,
                                                              mentions->n_items);

                        if (mention)
                                *mention = (Mention){ .cve = &patch->cves[k],
                                                      .patch = patch,
                                                      .available = situation_can_get_patch(
                                                                      situation, patch,
                                                                      running->stream) };
                }
        }
}

static int compare_mentions(const void *a, const void *b) {
        const Mention *x = a, *y = b;
        int order;

        order = strcmp(x->cve->id, y->cve->id);
        if (order != 0)
                return order;
        if (!x->kernel != !y->kernel)
                return x->kernel ? -1 : 1;
        if (x->kernel) /* the known kernels are in the order of minors and versions */
                return x->known != y->known
                                       ? (x->known > y->known) - (x->known < y->known)
                                       : strcmp(x->kernel->advisory ? x->kernel->advisory : "",
                                                y->kernel->advisory ? y->kernel->advisory : "");
        order = package_evr_compare(x->patch->version, y->patch->version);
        return order != 0 ? order : (int) y->available - (int) x->available;
}

static void rate(const Situation *situation, const Mention *group, size_t n, Exposure *exposure) {
        Severity judged_by;

        for (size_t i = 0; i < n; i++) {
                Severity of_advisory = group[i].kernel ? group[i].kernel->severity
                                                       : group[i].patch->severity;

                if (group[i].cve->severity > exposure->severity)
                        exposure->severity = group[i].cve->severity;
                if (of_advisory > exposure->bound)
                        exposure->bound = of_advisory;
        }
        judged_by = exposure->severity != SEVERITY_UNKNOWN ? exposure->severity : exposure->bound;
        exposure->in_scope = judged_by == SEVERITY_UNKNOWN ||
                             (situation->calendar->scope & (1u << judged_by)) != 0;
}

/* Chooses the kernel that is said to fix it; true when the running kernel does. */
static bool find_fixing_kernel(const Situation *situation, const Mention *group, size_t n,
                               Exposure *exposure) {
        const KernelFact *below = NULL, *above = NULL, *later_minor = NULL;

        for (size_t i = n; i > 0; i--) { /* downwards, so that the lowest of each kind stays */
                const Mention *mention = &group[i - 1];

                if (!mention->kernel)
                        continue;
                if (!same_minor(situation, mention->known))
                        later_minor = mention->kernel;
                else if (is_up_to_running(situation, mention->known))
                        below = mention->kernel;
                else
                        above = mention->kernel;
        }

        if (below && !above) {
                exposure->kernel = below;
                return true;
        }
        exposure->kernel = above ? above : later_minor;
        if (below)
                exposure->note = memory_pool_format(
                                situation->pool,
                                "listed again after the fix in %s: counted as open",
                                below->release);
        else if (!above && later_minor)
                exposure->note = memory_pool_format(
                                situation->pool,
                                "first listed in a later minor (%s): counted as open",
                                later_minor->stream);
        return false;
}

static const PatchFact *first_patch(const Mention *group, size_t n, bool only_available) {
        for (size_t i = 0; i < n; i++)
                if (group[i].patch && (group[i].available || !only_available))
                        return group[i].patch;
        return NULL;
}

static bool reaches(const char *version, const PatchFact *patch) {
        return version && patch && package_evr_compare(version, patch->version) >= 0;
}

/* The verdict that live patches give, or VERDICT_UNKNOWN when none does. */
static Verdict judge_by_patches(const Mention *group, size_t n, const PatchReport *patches,
                                Exposure *exposure) {
        const PatchFact *first = first_patch(group, n, false),
                        *available = first_patch(group, n, true);

        exposure->patch = first;
        if (reaches(patches->active, first))
                return VERDICT_LIVE_PATCHED;
        if (reaches(patches->pending, first))
                return VERDICT_LIVE_PATCH_PENDING;
        if (reaches(patches->idle, first))
                return VERDICT_LIVE_PATCH_NOT_ACTIVE;
        if (available) {
                exposure->patch = available;
                return VERDICT_LIVE_PATCH_AVAILABLE;
        }
        return VERDICT_UNKNOWN;
}

static bool patch_is_awaited(const Situation *situation, const JudgedKernel *running,
                             const Exposure *exposure) {
        return exposure->in_scope && running->eligible == ELIGIBLE_YES &&
               (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING) &&
               exposure->kernel->released != UTC_TIME_NONE &&
               situation->today - utc_day_of(exposure->kernel->released) <
                               situation->calendar->patch_lag_days;
}

static void judge(const Situation *situation, const JudgedKernel *running,
                  const PatchReport *patches, const Mention *group, size_t n, Exposure *exposure) {
        rate(situation, group, n, exposure);
        if (find_fixing_kernel(situation, group, n, exposure)) {
                exposure->verdict = VERDICT_FIXED_IN_KERNEL;
                return;
        }

        exposure->verdict = judge_by_patches(group, n, patches, exposure);
        if (exposure->verdict == VERDICT_LIVE_PATCHED)
                return;
        if (patches->unreadable && exposure->patch) {
                exposure->verdict = VERDICT_UNKNOWN;
                exposure->note = "whether the patch that fixes it is active could not be read";
                return;
        }
        if (exposure->verdict != VERDICT_UNKNOWN || !exposure->kernel)
                return;
        if (patch_is_awaited(situation, running, exposure))
                exposure->verdict = VERDICT_LIVE_PATCH_AWAITED;
        else
                exposure->verdict =
                                exposure->in_scope ? VERDICT_REBOOT_NEEDED : VERDICT_BELOW_SCOPE;
}

static void set_deadline(const Situation *situation, Exposure *exposure) {
        Severity severity = exposure->severity != SEVERITY_UNKNOWN ? exposure->severity
                                                                   : exposure->bound;
        int days = situation->input->policy->sla_days[severity];

        exposure->deadline = UTC_DAY_NONE;
        if (days > 0 && verdict_is_open(exposure->verdict) && exposure->kernel &&
            exposure->kernel->released != UTC_TIME_NONE)
                exposure->deadline = utc_day_of(exposure->kernel->released) + days;
}

void exposure_report(const Situation *situation, const JudgedKernel *running,
                     const PatchReport *patches, ExposureReport *ret) {
        ExposureReport report = {};
        Mentions mentions = {};

        if (situation->exposures_apply) {
                gather_kernels(situation, &mentions);
                if (running->coverage != COVERAGE_NOT_APPLICABLE)
                        gather_patches(situation, running, &mentions);
        }
        if (mentions.n_items > 1)
                qsort(mentions.items, mentions.n_items, sizeof(Mention), compare_mentions);

        for (size_t i = 0, n; i < mentions.n_items; i += n) {
                Exposure *exposure;

                for (n = 1; i + n < mentions.n_items; n++)
                        if (strcmp(mentions.items[i].cve->id, mentions.items[i + n].cve->id) != 0)
                                break;
                exposure = memory_pool_append(situation->pool, report.exposures,
                                              report.n_exposures);
                if (!exposure)
                        break;
                exposure->cve = mentions.items[i].cve->id;
                judge(situation, running, patches, &mentions.items[i], n, exposure);
                set_deadline(situation, exposure);
                report.n_verdicts[exposure->verdict]++;
                if (verdict_is_open(exposure->verdict))
                        report.n_open[exposure->severity]++;
        }
        *ret = report;
}

const Exposure *exposure_report_find(const ExposureReport *report, const char *cve) {
        size_t low = 0, high = report->n_exposures;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(report->exposures[middle].cve, cve);

                if (order == 0)
                        return &report->exposures[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}
