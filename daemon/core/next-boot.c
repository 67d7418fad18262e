/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The next boot. A plain update installs a newer kernel and makes it the default; the trap only closes
 * at the next boot, weeks later. So the kernel that would boot is judged like the running one. Not
 * judged where the running host has no live patching: there is no stream to leave.
 */

#include "base/text.h"
#include "core/next-boot.h"

static Tristate judge(const Situation *situation, const JudgedKernel *kernel, NextBoot *next) {
        const char *name = kernel ? kernel->name : next->kernel;

        if (!kernel || kernel->eligible == ELIGIBLE_NOT_APPLICABLE) {
                text_list_format(&next->because, situation->pool, "%s gets no live patches", name);
                return TRISTATE_YES;
        }
        if (kernel->eligible == ELIGIBLE_NO) {
                text_list_format(&next->because, situation->pool,
                                 "%s is not eligible for live patches", name);
                return TRISTATE_YES;
        }
        if (!situation_in_lineage(situation, kernel->stream)) {
                text_list_format(&next->because, situation->pool,
                                 "%s is of %s, which this host's channel does not lead to", name,
                                 kernel->stream ? kernel->stream : "an unknown minor");
                return TRISTATE_YES;
        }
        if (kernel->coverage == COVERAGE_ENDED) {
                text_list_format(&next->because, situation->pool,
                                 "the live patches of %s have ended", name);
                return TRISTATE_YES;
        }
        if (kernel->coverage == COVERAGE_COVERED || kernel->coverage == COVERAGE_ENDING) {
                text_list_format(&next->because, situation->pool, "%s is covered by live patches",
                                 name);
                return TRISTATE_NO;
        }
        text_list_format(&next->because, situation->pool,
                         "whether %s is covered by live patches is not proven", name);
        return TRISTATE_UNKNOWN;
}

void next_boot_judge(const Situation *situation, const JudgedKernel *judged, NextBoot *ret) {
        const HostFacts *host = situation->input->host;
        NextBoot next = { .kernel = host->default_kernel, .judged = judged };

        if (host->default_kernel_unknown || !host->default_kernel) {
                text_list_format(&next.because, situation->pool,
                                 "the kernel of the next boot is not known: %s",
                                 host->default_kernel_unknown ? host->default_kernel_unknown
                                                              : "no boot entry was found");
                next.kernel = NULL;
        } else {
                text_list_format(&next.because, situation->pool, "%s boots next (%s)",
                                 host->default_kernel,
                                 host->default_kernel_from ? host->default_kernel_from
                                                           : "boot entries");
                if (!situation->not_applicable && situation->calendar)
                        next.leaves_stream = judge(situation, judged, &next);
        }
        *ret = next;
}
