/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What there is to do on a host, in the order to do it.
 */

#include "ctl/description.h"

typedef enum PlanWhen {
        PLAN_WHEN_NOW,
        PLAN_WHEN_BY,    /* at the latest on the date */
        PLAN_WHEN_ABOUT, /* on or after the date */
} PlanWhen;

typedef struct PlanStep {
        const char *what; /* one sentence */
        PlanWhen when;
        UtcDay date;      /* UTC_DAY_NONE with PLAN_WHEN_NOW */
        const char *gain; /* one sentence; NULL when it only keeps things as they are */
        TextList commands;
} PlanStep;

typedef struct PlanSteps {
        PlanStep *items;
        size_t n_items;
} PlanSteps;

/* In `pool`; no steps on a host that does not want live patches, or where all is well and nothing will change. */
PlanSteps plan_steps(const Description *description, MemoryPool *pool);
