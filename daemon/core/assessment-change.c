/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Differences. The bus announces them, alert rules will read them, and next-change uses them as the
 * definition of "the answer is another one". So everything that an answer consists of is compared
 * here, and nothing that merely counts with the clock.
 */

#include <string.h>

#include "base/text.h"
#include "core/assessment-change.h"

const char *assessment_part_name(AssessmentPart part) {
        static const char *const names[_PART_MAX] = {
                [PART_KERNEL_RELEASE] = "KernelRelease",
                [PART_STREAM] = "Stream",
                [PART_CHANNEL] = "Channel",
                [PART_COVERAGE] = "Coverage",
                [PART_COVERAGE_START] = "CoverageStart",
                [PART_COVERAGE_END] = "CoverageEnd",
                [PART_COVERAGE_BASIS] = "CoverageBasis",
                [PART_COVERAGE_END_BASIS] = "CoverageEndBasis",
                [PART_ELIGIBLE] = "Eligible",
                [PART_PATCH] = "Patch",
                [PART_FRESHNESS] = "Freshness",
                [PART_ADVICE] = "Advice",
                [PART_ADVICE_TEXT] = "AdviceText",
                [PART_ADVICE_BY] = "AdviceBy",
                [PART_OPEN_CRITICAL] = "OpenCritical",
                [PART_OPEN_IMPORTANT] = "OpenImportant",
                [PART_NEXT_CHANGE_AT] = "NextChangeAt",
                [PART_EXPOSURES] = "Exposures",
                [PART_KERNELS] = "Kernels",
                [PART_NEXT_BOOT] = "NextBoot",
                [PART_LIVE_PATCHES] = "LivePatches",
                [PART_REBOOT] = "Reboot",
                [PART_FEEDS] = "Feeds",
                [PART_LEVEL] = "Level",
                [PART_ALERTS] = "Alerts",
        };

        return names[part];
}

static bool same_kernel(const JudgedKernel *a, const JudgedKernel *b) {
        return text_equal(a->full_name, b->full_name) && text_equal(a->stream, b->stream) &&
               a->running == b->running && a->installed == b->installed &&
               a->next_boot == b->next_boot && a->advised == b->advised &&
               a->available == b->available && a->eligible == b->eligible && a->basis == b->basis &&
               a->start == b->start && a->start_basis == b->start_basis && a->end == b->end &&
               a->end_basis == b->end_basis && a->end_expected == b->end_expected &&
               a->coverage == b->coverage && text_list_equal(&a->because, &b->because);
}

static bool same_kernels(const Assessment *a, const Assessment *b) {
        if (a->n_kernels != b->n_kernels || a->next_selection != b->next_selection)
                return false;
        for (size_t i = 0; i < a->n_kernels; i++)
                if (!same_kernel(&a->kernels[i], &b->kernels[i]))
                        return false;
        return true;
}

static bool same_exposure(const Exposure *a, const Exposure *b) {
        return text_equal(a->cve, b->cve) && a->verdict == b->verdict &&
               a->severity == b->severity && a->bound == b->bound && a->deadline == b->deadline &&
               text_equal(a->note, b->note) &&
               text_equal(a->kernel ? a->kernel->release : NULL,
                          b->kernel ? b->kernel->release : NULL) &&
               text_equal(a->kernel ? a->kernel->advisory : NULL,
                          b->kernel ? b->kernel->advisory : NULL) &&
               text_equal(a->patch ? a->patch->version : NULL,
                          b->patch ? b->patch->version : NULL) &&
               text_equal(a->patch ? a->patch->advisory : NULL,
                          b->patch ? b->patch->advisory : NULL);
}

static bool same_exposures(const ExposureReport *a, const ExposureReport *b) {
        if (a->exposures == b->exposures)
                return a->n_exposures == b->n_exposures;
        if (a->n_exposures != b->n_exposures)
                return false;
        for (size_t i = 0; i < a->n_exposures; i++)
                if (!same_exposure(&a->exposures[i], &b->exposures[i]))
                        return false;
        return true;
}

static bool same_patch(const JudgedPatch *a, const JudgedPatch *b) {
        return text_equal(a->loaded->name, b->loaded->name) &&
               a->loaded->listed == b->loaded->listed && a->loaded->enabled == b->loaded->enabled &&
               a->loaded->transition == b->loaded->transition &&
               a->loaded->since == b->loaded->since &&
               a->loaded->loaded_since == b->loaded->loaded_since &&
               a->loaded->enabled_since == b->loaded->enabled_since &&
               a->loaded->transition_usec == b->loaded->transition_usec &&
               text_equal(a->loaded->replaced_by, b->loaded->replaced_by) && a->known == b->known &&
               text_equal(a->module_path, b->module_path) &&
               a->survives_reboot == b->survives_reboot &&
               text_equal(a->survives_because, b->survives_because);
}

static bool same_patches(const PatchReport *a, const PatchReport *b) {
        if (a->n_patches != b->n_patches || !text_equal(a->newest_version, b->newest_version) ||
            !text_equal(a->on_disk, b->on_disk) || !text_list_equal(&a->because, &b->because))
                return false;
        for (size_t i = 0; i < a->n_patches; i++)
                if (!same_patch(&a->patches[i], &b->patches[i]))
                        return false;
        return true;
}

static bool same_freshness(const FreshnessReport *a, const FreshnessReport *b) {
        if (a->freshness != b->freshness || a->complete_to != b->complete_to ||
            a->n_feeds != b->n_feeds)
                return false;
        for (size_t i = 0; i < a->n_feeds; i++)
                if (a->feeds[i].freshness != b->feeds[i].freshness ||
                    !text_equal(a->feeds[i].name, b->feeds[i].name))
                        return false;
        return true;
}

/* When the next attempt is due is no part of the answer: it moves with each one. */
static bool same_feeds(const FreshnessReport *a, const FreshnessReport *b) {
        if (a->n_feeds != b->n_feeds)
                return false;
        for (size_t i = 0; i < a->n_feeds; i++) {
                const FeedFreshness *x = &a->feeds[i], *y = &b->feeds[i];

                if (!text_equal(x->name, y->name) || x->freshness != y->freshness ||
                    x->n_records != y->n_records || !x->status != !y->status)
                        return false;
                if (x->status && (!text_equal(x->status->type, y->status->type) ||
                                  !text_equal(x->status->location, y->status->location) ||
                                  !text_equal(x->status->error, y->status->error) ||
                                  x->status->last_success != y->status->last_success))
                        return false;
        }
        return true;
}

static bool same_next_boot(const NextBoot *a, const NextBoot *b) {
        return text_equal(a->kernel, b->kernel) && a->leaves_stream == b->leaves_stream &&
               text_list_equal(&a->because, &b->because);
}

static bool same_advice_text(const Advice *a, const Advice *b) {
        return text_equal(a->text, b->text) && text_equal(a->kernel, b->kernel) &&
               a->coverage_until == b->coverage_until && a->n_closes == b->n_closes;
}

static bool same_reboot(const RebootPlan *a, const RebootPlan *b) {
        return a->now == b->now && a->by == b->by && a->n_closes == b->n_closes &&
               a->wait_for_selection == b->wait_for_selection &&
               text_equal(a->target ? a->target->full_name : NULL,
                          b->target ? b->target->full_name : NULL);
}

AssessmentChange assessment_change(const Assessment *before, const Assessment *after) {
        AssessmentChange change = 0;

        if (!before)
                return (1u << _PART_MAX) - 1;

#define PART(part, same) \
        if (!(same))     \
        change |= 1u << (part)
        PART(PART_KERNEL_RELEASE,
             text_equal(before->input.host->kernel, after->input.host->kernel));
        PART(PART_STREAM, text_equal(before->situation.stream, after->situation.stream));
        PART(PART_CHANNEL, before->situation.channel == after->situation.channel);
        PART(PART_COVERAGE, before->running->coverage == after->running->coverage);
        PART(PART_COVERAGE_START, before->running->start == after->running->start);
        PART(PART_COVERAGE_END, before->running->end == after->running->end);
        PART(PART_COVERAGE_BASIS, before->running->basis == after->running->basis);
        PART(PART_COVERAGE_END_BASIS, before->running->end_basis == after->running->end_basis);
        PART(PART_ELIGIBLE, before->running->eligible == after->running->eligible);
        PART(PART_PATCH, before->patch.state == after->patch.state);
        PART(PART_FRESHNESS, same_freshness(&before->freshness, &after->freshness));
        PART(PART_ADVICE, before->advice.action == after->advice.action);
        PART(PART_ADVICE_TEXT, same_advice_text(&before->advice, &after->advice));
        PART(PART_REBOOT, same_reboot(&before->reboot, &after->reboot));
        PART(PART_ADVICE_BY, before->advice.by == after->advice.by);
        PART(PART_OPEN_CRITICAL, before->exposure.n_open[SEVERITY_CRITICAL] ==
                                                 after->exposure.n_open[SEVERITY_CRITICAL]);
        PART(PART_OPEN_IMPORTANT, before->exposure.n_open[SEVERITY_IMPORTANT] ==
                                                  after->exposure.n_open[SEVERITY_IMPORTANT]);
        PART(PART_NEXT_CHANGE_AT, before->next_change == after->next_change);
        PART(PART_EXPOSURES, same_exposures(&before->exposure, &after->exposure));
        PART(PART_KERNELS, same_kernels(before, after));
        PART(PART_NEXT_BOOT, same_next_boot(&before->next_boot, &after->next_boot));
        PART(PART_LIVE_PATCHES, same_patches(&before->patch, &after->patch));
        PART(PART_FEEDS, same_feeds(&before->freshness, &after->freshness));
        PART(PART_LEVEL, alert_book_level(&before->alerts, before->input.now) ==
                                         alert_book_level(&after->alerts, after->input.now));
        PART(PART_ALERTS, alert_books_equal(&before->alerts, &after->alerts));
#undef PART
        return change;
}
