/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Exposures. What each fact means for this host is settled once; then the mentions of each CVE are
 * gone through, and it gets its verdict. The order of fixes is only compared inside one minor: a CVE
 * that first shows up in a later minor counts as open. A CVE that a newer kernel of the same minor
 * lists again counts as open too, since a vendor repeats a CVE when the first fix was not enough. A
 * patch whose advisory does not tell its CVEs from those of other kernels' patches proves nothing.
 */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/exposure.h"
#include "core/package-version.h"

/* What a kernel fact means for a CVE that it fixes. */
typedef enum KernelSide {
        KERNEL_SIDE_NONE, /* it does not concern this host */
        KERNEL_SIDE_BELOW,
        KERNEL_SIDE_ABOVE,
        KERNEL_SIDE_LATER_MINOR,
        _KERNEL_SIDE_MAX,
} KernelSide;

typedef struct KernelPlace {
        KernelSide side;
        uint32_t rank; /* ascending by minor, version and advisory */
} KernelPlace;

typedef struct PatchPlace {
        bool counts;
        bool available;
        uint32_t rank; /* ascending by version, what the host can get first; only among those that count */
} PatchPlace;

/* One CVE's mentions, boiled down. */
typedef struct Mentions {
        const KernelFact *kernels[_KERNEL_SIDE_MAX]; /* the lowest of each side */
        const PatchFact *first, *available; /* the lowest patch, and the lowest within reach */
        const PatchFact *shared,
                        *shared_available; /* the same of those whose CVEs may be another kernel's */
        Severity severity, bound;
} Mentions;

typedef struct Gathering {
        const Situation *situation;
        KernelPlace *kernels; /* a place each of the facts' kernels */
        PatchPlace *patches;
} Gathering;

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

static int compare_advisories(const void *a, const void *b) {
        const KernelFact *const *x = a, *const *y = b;

        return strcmp((*x)->advisory ? (*x)->advisory : "", (*y)->advisory ? (*y)->advisory : "");
}

/* The known kernels are in the order of minors and versions already. */
static void place_kernels(const Gathering *gathering) {
        const Situation *situation = gathering->situation;
        uint32_t rank = 0;

        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];
                KernelSide side = !same_minor(situation, known)        ? KERNEL_SIDE_LATER_MINOR
                                  : is_up_to_running(situation, known) ? KERNEL_SIDE_BELOW
                                                                       : KERNEL_SIDE_ABOVE;

                if (known->n_facts > 1)
                        qsort((void *) known->facts, known->n_facts, sizeof(*known->facts),
                              compare_advisories);
                for (size_t j = 0; j < known->n_facts; j++)
                        if (kernel_fact_counts(situation, known, known->facts[j]))
                                gathering->kernels[known->facts[j] -
                                                   situation->input->facts->kernels] =
                                                (KernelPlace){ side, rank++ };
        }
}

typedef struct RankedPatch {
        const PatchFact *patch;
        bool available;
} RankedPatch;

static int compare_patches(const void *a, const void *b) {
        const RankedPatch *x = a, *y = b;
        int order = package_evr_compare(x->patch->version, y->patch->version);

        return order != 0 ? order : (int) y->available - (int) x->available;
}

static void place_patches(const Gathering *gathering, const JudgedKernel *running) {
        const Situation *situation = gathering->situation;
        RankedPatch *ranked = NULL;
        size_t n_ranked = 0;

        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];
                RankedPatch *slot;

                /* An empty package fixes nothing, whatever the advisory that brought it lists. */
                if (livepatch_version_is_empty(patch->version) ||
                    !situation_patch_is_for(situation, patch, &running->release, running->stream))
                        continue;
                slot = memory_pool_append(situation->pool, ranked, n_ranked);
                if (slot)
                        *slot = (RankedPatch){ patch, situation_can_get_patch(situation, patch,
                                                                              running->stream) };
        }
        if (n_ranked > 1)
                qsort(ranked, n_ranked, sizeof(*ranked), compare_patches);
        for (size_t i = 0; i < n_ranked; i++)
                gathering->patches[ranked[i].patch - situation->input->facts->patches] =
                                (PatchPlace){ .counts = true,
                                              .available = ranked[i].available,
                                              .rank = (uint32_t) i };
}

static void take_kernel(const Gathering *gathering, const CveMention *mention, Mentions *mentions) {
        const KernelFact *kernels = gathering->situation->input->facts->kernels,
                         *fact = &kernels[mention->fact];
        const KernelPlace *place = &gathering->kernels[mention->fact];
        const KernelFact **lowest = &mentions->kernels[place->side];

        if (!*lowest || gathering->kernels[*lowest - kernels].rank > place->rank)
                *lowest = fact;
        if (fact->severity > mentions->bound)
                mentions->bound = fact->severity;
}

static void take_patch(const Gathering *gathering, const CveMention *mention, Mentions *mentions) {
        const PatchFact *patches = gathering->situation->input->facts->patches,
                        *fact = &patches[mention->fact];
        const PatchPlace *place = &gathering->patches[mention->fact];
        const PatchFact **first = fact->cves_shared ? &mentions->shared : &mentions->first,
                        **available = fact->cves_shared ? &mentions->shared_available
                                                        : &mentions->available;

        if (!*first || gathering->patches[*first - patches].rank > place->rank)
                *first = fact;
        if (place->available &&
            (!*available || gathering->patches[*available - patches].rank > place->rank))
                *available = fact;
        if (fact->severity > mentions->bound)
                mentions->bound = fact->severity;
}

/* False when no fact that concerns this host mentions the CVE. */
static bool gather(const Gathering *gathering, const CveIndex *index, const CveGroup *group,
                   Mentions *ret) {
        Mentions mentions = {};
        bool any = false;

        for (size_t i = group->first; i < group->first + group->n_mentions; i++) {
                const CveMention *mention = &index->mentions[i];

                if (mention->by_patch ? !gathering->patches[mention->fact].counts
                                      : gathering->kernels[mention->fact].side == KERNEL_SIDE_NONE)
                        continue;
                any = true;
                if (mention->severity > mentions.severity)
                        mentions.severity = mention->severity;
                if (mention->by_patch)
                        take_patch(gathering, mention, &mentions);
                else
                        take_kernel(gathering, mention, &mentions);
        }
        *ret = mentions;
        return any;
}

static void rate(const Situation *situation, const Mentions *mentions, Exposure *exposure) {
        Severity judged_by = mentions->severity != SEVERITY_UNKNOWN ? mentions->severity
                                                                    : mentions->bound;

        exposure->severity = mentions->severity;
        exposure->bound = mentions->bound;
        exposure->in_scope = judged_by == SEVERITY_UNKNOWN ||
                             (situation->calendar->scope & (1u << judged_by)) != 0;
}

/* Chooses the kernel that is said to fix it; true when the running kernel does. */
static bool find_fixing_kernel(const Situation *situation, const Mentions *mentions,
                               Exposure *exposure) {
        const KernelFact *below = mentions->kernels[KERNEL_SIDE_BELOW],
                         *above = mentions->kernels[KERNEL_SIDE_ABOVE],
                         *later_minor = mentions->kernels[KERNEL_SIDE_LATER_MINOR];

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

static bool reaches(const char *version, const PatchFact *patch) {
        return version && patch && package_evr_compare(version, patch->version) >= 0;
}

/* A module that is this one fix is active, whatever the rest of its package is. */
static bool has_active_fix(const PatchReport *patches, const char *cve) {
        for (size_t i = 0; i < patches->n_patches; i++)
                if (patches->patches[i].known && patches->patches[i].active &&
                    strcmp(patches->patches[i].name.cve, cve) == 0)
                        return true;
        return false;
}

/* The verdict that live patches give, or VERDICT_UNKNOWN when none does. */
static Verdict judge_by_patches(const Mentions *mentions, const PatchReport *patches,
                                Exposure *exposure) {
        const PatchFact *first = mentions->first, *available = mentions->available;

        exposure->patch = first;
        if (reaches(patches->active, first) || (first && has_active_fix(patches, exposure->cve)))
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

/* The patch that would give a verdict if its CVEs were surely its own, or NULL. */
static const PatchFact *find_shared(const Mentions *mentions, const PatchReport *patches) {
        const PatchFact *shared = mentions->shared;

        if (shared && (patches->unreadable || reaches(patches->active, shared) ||
                       reaches(patches->pending, shared) || reaches(patches->idle, shared)))
                return shared;
        return mentions->shared_available;
}

/* The day on which the vendor's patch for an exposure is overdue. */
static UtcDay overdue_day(const Situation *situation, const Exposure *exposure) {
        return utc_day_of(exposure->kernel->released) + situation->calendar->patch_lag_days;
}

static bool patch_is_awaited(const Situation *situation, const JudgedKernel *running,
                             const Exposure *exposure) {
        return exposure->in_scope && running->eligible == ELIGIBLE_YES &&
               (running->coverage == COVERAGE_COVERED || running->coverage == COVERAGE_ENDING) &&
               exposure->kernel->released != UTC_TIME_NONE &&
               situation->today < overdue_day(situation, exposure);
}

static void judge(const Situation *situation, const JudgedKernel *running,
                  const PatchReport *patches, const Mentions *mentions, Exposure *exposure) {
        const PatchFact *shared;

        rate(situation, mentions, exposure);
        if (find_fixing_kernel(situation, mentions, exposure)) {
                exposure->verdict = VERDICT_FIXED_IN_KERNEL;
                return;
        }

        exposure->verdict = judge_by_patches(mentions, patches, exposure);
        if (exposure->verdict == VERDICT_LIVE_PATCHED)
                return;
        if (patches->unreadable && exposure->patch) {
                exposure->verdict = VERDICT_UNKNOWN;
                exposure->note = "whether the patch that fixes it is active could not be read";
                return;
        }
        if (exposure->verdict != VERDICT_UNKNOWN)
                return;
        shared = find_shared(mentions, patches);
        if (shared) {
                exposure->note = memory_pool_format(situation->pool,
                                                    "%s fixes it in live patches of several "
                                                    "kernels and does not say in which",
                                                    shared->advisory);
                return;
        }
        if (!exposure->kernel)
                return;
        if (situation->calendar->patches_unlisted && patches->active && exposure->in_scope) {
                exposure->note = "the vendor does not publish what its live patches fix";
                return;
        }
        if (patch_is_awaited(situation, running, exposure))
                exposure->verdict = VERDICT_LIVE_PATCH_AWAITED;
        else
                exposure->verdict =
                                exposure->in_scope ? VERDICT_REBOOT_NEEDED : VERDICT_BELOW_SCOPE;
}

static void note_awaited(const Situation *situation, const Exposure *exposure,
                         ExposureReport *report) {
        UtcDay day = overdue_day(situation, exposure);

        if (report->awaited_until == UTC_DAY_NONE || day < report->awaited_until)
                report->awaited_until = day;
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
        const Facts *facts = situation->input->facts;
        ExposureReport report = { .awaited_until = UTC_DAY_NONE };
        Gathering gathering = { .situation = situation };
        const CveIndex *index;

        *ret = report;
        if (!situation->exposures_apply)
                return;
        index = facts->cve_index ? facts->cve_index : cve_index_build(situation->pool, facts);
        gathering.kernels = memory_pool_alloc(situation->pool,
                                              (facts->n_kernels + 1) * sizeof(KernelPlace));
        gathering.patches = memory_pool_alloc(situation->pool,
                                              (facts->n_patches + 1) * sizeof(PatchPlace));
        if (index)
                report.exposures = memory_pool_room(situation->pool,
                                                    (index->n_groups + 1) * sizeof(Exposure));
        report.index = index;
        if (!gathering.kernels || !gathering.patches || !report.exposures)
                return; /* the pool is exhausted, and whoever owns it finds out */
        place_kernels(&gathering);
        if (running->coverage != COVERAGE_NOT_APPLICABLE)
                place_patches(&gathering, running);

        for (size_t i = 0; i < index->n_groups; i++) {
                Exposure *exposure = &report.exposures[report.n_exposures];
                Mentions mentions;

                if (!gather(&gathering, index, &index->groups[i], &mentions))
                        continue;
                report.n_exposures++;
                *exposure = (Exposure){ .cve = index->groups[i].id };
                judge(situation, running, patches, &mentions, exposure);
                set_deadline(situation, exposure);
                if (exposure->verdict == VERDICT_LIVE_PATCH_AWAITED)
                        note_awaited(situation, exposure, &report);
                report.n_verdicts[exposure->verdict]++;
                if (verdict_is_open(exposure->verdict))
                        report.n_open[exposure->severity]++;
        }
        *ret = report;
}

static bool same_fixes_active(const PatchReport *a, const PatchReport *b) {
        if (a->n_patches != b->n_patches)
                return false;
        for (size_t i = 0; i < a->n_patches; i++)
                if (a->patches[i].known != b->patches[i].known ||
                    a->patches[i].active != b->patches[i].active)
                        return false;
        return true;
}

/* Facts become known with time and stay so: as many are the same ones. */
static bool same_known_facts(const Situation *a, const Situation *b) {
        return a->n_kernel_facts == b->n_kernel_facts && a->n_patches == b->n_patches;
}

bool exposure_report_holds(const ExposureReport *report, const ExposureGround *before,
                           const ExposureGround *after) {
        const PatchReport *a = before->patches, *b = after->patches;

        return before->situation->exposures_apply == after->situation->exposures_apply &&
               same_known_facts(before->situation, after->situation) &&
               before->running->eligible == after->running->eligible &&
               before->running->coverage == after->running->coverage &&
               text_equal(a->active, b->active) && text_equal(a->pending, b->pending) &&
               text_equal(a->idle, b->idle) && a->unreadable == b->unreadable &&
               same_fixes_active(a, b) &&
               (report->awaited_until == UTC_DAY_NONE ||
                after->situation->today < report->awaited_until);
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
