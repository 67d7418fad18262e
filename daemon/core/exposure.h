/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Exposures: one verdict per CVE that some kernel of the host's lineage, or a patch for its kernel, fixes.
 */

#include "core/cve-index.h"
#include "core/patch-state.h"

typedef enum Verdict {
        VERDICT_UNKNOWN,
        VERDICT_FIXED_IN_KERNEL,
        VERDICT_LIVE_PATCHED,
        VERDICT_LIVE_PATCH_PENDING,
        VERDICT_LIVE_PATCH_NOT_ACTIVE,
        VERDICT_LIVE_PATCH_AVAILABLE,
        VERDICT_LIVE_PATCH_AWAITED,
        VERDICT_REBOOT_NEEDED,
        VERDICT_BELOW_SCOPE,
        _VERDICT_MAX,
} Verdict;

const char *verdict_to_text(Verdict verdict);

/* All but fixed-in-kernel and live-patched. */
bool verdict_is_open(Verdict verdict);

typedef struct Exposure {
        const char *cve;
        Severity severity; /* the highest that a fact states for the CVE itself */
        Severity bound;    /* the advisories' highest: an upper bound where severity is unknown */
        bool in_scope;     /* severe enough for the vendor's live patches */
        Verdict verdict;
        const KernelFact *kernel; /* the kernel that fixes it; NULL when only a patch is known to */
        const PatchFact *
                        patch; /* the first patch for this kernel that fixes it; NULL when none is known */
        UtcDay deadline;  /* by the organisation's SLA, for open ones; UTC_DAY_NONE = none */
        const char *note; /* NULL, or what is special */
} Exposure;

typedef struct ExposureReport {
        const CveIndex *index; /* who mentions what; NULL without exposures */
        Exposure *exposures;   /* sorted by CVE id */
        size_t n_exposures;
        size_t n_verdicts[_VERDICT_MAX];
        size_t n_open[_SEVERITY_MAX]; /* by severity; unknown = unrated */
        UtcDay awaited_until; /* the first day on which an awaited patch is not awaited any more; UTC_DAY_NONE = none is */
} ExposureReport;

void exposure_report(const Situation *situation, const JudgedKernel *running,
                     const PatchReport *patches, ExposureReport *ret);

/* What an exposure report is made from. */
typedef struct ExposureGround {
        const Situation *situation;
        const JudgedKernel *running;
        const PatchReport *patches;
} ExposureGround;

/*
 * Is `report`, made from the ground `before`, the one that would be made from `after` too? Both grounds
 * are of the same inputs, `after` at a later moment. False only costs making it again.
 */
bool exposure_report_holds(const ExposureReport *report, const ExposureGround *before,
                           const ExposureGround *after);

/* The exposure of this CVE, or NULL. */
const Exposure *exposure_report_find(const ExposureReport *report, const char *cve);
