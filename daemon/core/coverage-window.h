/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The window of a base kernel: the days it is supported with live patches, what each end of it rests
 * on, and the state that follows for today.
 */

#include "core/judged-kernel.h"

/* Fills start, end, their bases and coverage of a kernel whose eligibility is judged. */
void coverage_window_judge(const Situation *situation, JudgedKernel *kernel);

/* Lead times before the end, each with its default. */
typedef enum LeadTime {
        LEAD_TIME_INFO,     /* min(90, length / 4) */
        LEAD_TIME_WARNING,  /* min(30, length / 8) */
        LEAD_TIME_CRITICAL, /* min(7, length / 16) */
} LeadTime;

/*
 * In days: what the operator set, taken as it is; else the default, which shrinks with a short window. UTC_DAY_NONE
 * start = nothing is known that it could shrink with.
 */
int coverage_window_lead_days(const AlertPolicy *policy, LeadTime lead, UtcDay start, UtcDay end);
