/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The difference between two assessments, part by part. What only counts down (days left, the time of
 * the assessment itself) is no difference.
 */

#include "core/assessment.h"

/* Parts of the answer; each up to NextChangeAt is a property of the Manager object. */
typedef enum AssessmentPart {
        PART_KERNEL_RELEASE,
        PART_STREAM,
        PART_CHANNEL,
        PART_COVERAGE,
        PART_COVERAGE_START,
        PART_COVERAGE_END,
        PART_COVERAGE_BASIS,
        PART_COVERAGE_END_BASIS,
        PART_ELIGIBLE,
        PART_PATCH,
        PART_FRESHNESS,
        PART_ADVICE,
        PART_ADVICE_TEXT,
        PART_ADVICE_BY,
        PART_OPEN_CRITICAL,
        PART_OPEN_IMPORTANT,
        PART_LEVEL,
        PART_NEXT_CHANGE_AT,
        PART_EXPOSURES,
        PART_KERNELS,
        PART_NEXT_BOOT,
        PART_LIVE_PATCHES,
        PART_REBOOT,
        PART_FEEDS,
        PART_ALERTS,
        _PART_MAX,
        _PART_FIRST_LIST = PART_EXPOSURES,
} AssessmentPart;

/* A set of parts, a bit each. */
typedef uint32_t AssessmentChange;

/* The name on the bus: "Coverage", "Exposures", … */
const char *assessment_part_name(AssessmentPart part);

/* What differs; everything when `before` is NULL. */
AssessmentChange assessment_change(const Assessment *before, const Assessment *after);
