/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What an assessment says of one kernel: is it eligible for live patches, for how long, and why.
 * eligibility.h fills the first half, coverage-window.h the second.
 */

#include "core/situation.h"

typedef enum Eligible {
        ELIGIBLE_NOT_APPLICABLE, /* null */
        ELIGIBLE_YES,
        ELIGIBLE_POSSIBLE, /* it may be selected, nothing proves it */
        ELIGIBLE_NO,
        ELIGIBLE_UNKNOWN,
        _ELIGIBLE_MAX,
} Eligible;

/* Why something is believed; ordered, a larger value is stronger. */
typedef enum Basis {
        BASIS_NONE, /* null */
        BASIS_BUILD_DATE,
        BASIS_POLICY,
        BASIS_FEED,
        BASIS_PACKAGE,
        BASIS_VENDOR,
        BASIS_OVERRIDE,
        _BASIS_MAX,
} Basis;

typedef enum Coverage {
        COVERAGE_UNKNOWN,
        COVERAGE_COVERED,
        COVERAGE_ENDING,
        COVERAGE_ENDED,
        COVERAGE_UNSUPPORTED,
        COVERAGE_UNCONFIRMED,
        COVERAGE_NOT_APPLICABLE,
        _COVERAGE_MAX,
} Coverage;

typedef struct JudgedKernel {
        const char *name;      /* VERSION-RELEASE */
        const char *full_name; /* as installed or running (`uname -r`); = name when only feeds name it */
        KernelRelease release;
        const char *stream; /* NULL when not known */
        int major, minor;   /* of the stream; -1 when not known */
        const CalendarStream *calendar_stream;
        const KnownKernel *known; /* NULL when no fact names it */
        bool running, installed, next_boot, advised;
        bool available; /* the host's channel gets it, or it is installed */
        bool in_lineage;

        Eligible eligible;
        Basis basis;
        UtcDay selection_day;           /* UTC_DAY_NONE when it has none */
        const KernelOverride *override; /* the operator's word on it, or NULL */
        const WindowFact *vendor_window;

        UtcDay start;
        Basis start_basis;
        UtcDay end;
        Basis end_basis;
        UtcDay ending_from; /* the first day inside the warning lead time; UTC_DAY_NONE without an end */
        bool end_expected; /* the end rests on an expected date of the next minor */
        UtcDay possible_until; /* start + months, cut by LivePatchesUntil: what an unproven end may still become */
        bool end_unproven; /* a passed end is no proof that coverage ended */
        Coverage coverage; /* as it is, or would be, when running this kernel */

        TextList because;
} JudgedKernel;

const char *eligible_to_text(Eligible eligible); /* NULL for not applicable */
const char *basis_to_text(Basis basis);          /* NULL for none */
const char *coverage_to_text(Coverage coverage);
