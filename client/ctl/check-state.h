/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The state that a monitoring system is told, with every reason for it.
 */

#include "ctl/description.h"
#include "ctl/threshold-range.h"

/* The exit codes. */
typedef enum CheckState {
        CHECK_STATE_OK,
        CHECK_STATE_WARNING,
        CHECK_STATE_CRITICAL,
        CHECK_STATE_UNKNOWN,
} CheckState;

typedef struct CheckReason {
        CheckState state;
        const char *text;
        const char *command; /* NULL: none */
} CheckReason;

typedef struct CheckJudgement {
        CheckState state;
        CheckReason *reasons; /* the worst first; those that are OK are worth knowing only */
        size_t n_reasons;
        size_t n_aside;    /* alerts that somebody acknowledged or put off */
        bool calm;         /* live patching does not apply, or is not wanted */
        bool has_end;      /* else `days_left` means nothing */
        int64_t days_left; /* the last day is 0 */
} CheckJudgement;

/*
 * Without ranges the state is the level of the worst open alert. A daemon that gives none is judged by coverage, live
 * patch, next boot, open CVEs and the age of the facts. With ranges the days left alone count, and where there are
 * none, coverage.
 */
CheckJudgement check_state_judge(const Description *description, MemoryPool *pool, UtcTime now,
                                 const ThresholdRange *warning, const ThresholdRange *critical);

/*
 * Does the host need a reboot? WARNING: by a date within 30 days, or to close CVEs that are in scope and that no live
 * patch fixes. CRITICAL: now. One reason, which says so.
 */
CheckJudgement check_state_judge_reboot(const Description *description, MemoryPool *pool,
                                        UtcTime now);
