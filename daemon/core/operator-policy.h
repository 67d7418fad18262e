/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the operator of this host decided, as read from the settings: plain values, const once built.
 */

#include "core/alert.h"
#include "core/facts.h"

typedef enum LivePatchingIntent {
        LIVE_PATCHING_AUTO,
        LIVE_PATCHING_YES,
        LIVE_PATCHING_NO,
} LivePatchingIntent;

/* The operator's word on one kernel. */
typedef struct KernelOverride {
        const char *kernel; /* full release: 5.14.0-427.13.1.el9_4, with or without architecture */
        bool has_eligible, eligible;
        UtcDay start, end; /* UTC_DAY_NONE = not said */
        /* file:line of each, for the because lines; NULL where it is not said */
        const char *eligible_place, *start_place, *end_place;
} KernelOverride;

typedef struct OperatorPolicy {
        LivePatchingIntent live_patching;
        Channel channel;             /* CHANNEL_UNKNOWN = as the host's repositories say */
        const char *channel_place;   /* file:line of that setting; NULL when not set */
        int sla_days[_SEVERITY_MAX]; /* within so many days a CVE must be closed; 0 = no such rule */
        AlertPolicy alerts;
        KernelOverride *overrides;
        size_t n_overrides;
} OperatorPolicy;
