/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * assess(): the whole answer for one host at one moment, as a pure function of host facts, facts,
 * support calendars, the operator's policy and the time. The result is const once it is returned and
 * borrows texts from its inputs, which must outlive it.
 */

#include "core/exposure.h"
#include "core/freshness.h"
#include "core/next-boot.h"
#include "core/patch-state.h"
#include "core/situation.h"

typedef enum AdviceAction {
        ADVICE_LOOK_AT_STALLED_TRANSITION,
        ADVICE_WAIT_FOR_TRANSITION,
        ADVICE_LOAD_LIVE_PATCH,
        ADVICE_APPLY_LIVE_PATCH,
        ADVICE_REBOOT,
        ADVICE_CHOOSE_ELIGIBLE_KERNEL,
        ADVICE_ENABLE_AT_BOOT,
        ADVICE_CONFIRM_ELIGIBILITY,
        ADVICE_REVIEW_FOREIGN_PATCH,
        ADVICE_REFRESH_FEEDS,
        ADVICE_NONE,
        _ADVICE_MAX,
} AdviceAction;

const char *advice_to_text(AdviceAction action);

typedef struct Advice {
        AdviceAction action;
        UtcDay by;             /* for reboot; UTC_DAY_NONE = now, or no date */
        const char *kernel;    /* the kernel to boot or to choose; NULL = none, or another action */
        UtcDay coverage_until; /* what the action gains; UTC_DAY_NONE = not known */
        size_t n_closes;       /* open CVEs that the action closes */
        const char *text;      /* one sentence */
} Advice;

/* The next reboot: needed sooner or later on every host, whatever the first thing to do is. */
typedef struct RebootPlan {
        bool now;                   /* the date has passed, or there is no coverage to lose */
        bool by_sla;                /* the date is an SLA deadline */
        UtcDay by;                  /* UTC_DAY_NONE = now, or no date is known */
        const JudgedKernel *target; /* NULL = none is known yet */
        bool older;      /* the target is older than the running kernel: there is no other */
        size_t n_closes; /* open CVEs that the target with its newest live patch closes */
        size_t n_opens, n_opens_severe; /* closed ones that are open there; rated important or more */
        UtcDay wait_for_selection; /* without a newer target: the selection day to wait for; UTC_DAY_NONE = the next minor */
} RebootPlan;

typedef struct Assessment {
        MemoryPool *pool;
        AssessInput input;
        Situation situation;
        FreshnessReport freshness;
        JudgedKernel *kernels; /* ascending by minor and version; running, installed, next boot, and all of the lineage */
        size_t n_kernels;
        const JudgedKernel *gathered; /* the same kernels as they were before they were judged */
        UtcDay gathered_until; /* the first day on which there are more of them without more facts; UTC_DAY_NONE = none */
        JudgedKernel *running; /* among them; always there */
        PatchReport patch;
        ExposureReport exposure;
        NextBoot next_boot;
        UtcDay next_selection; /* UTC_DAY_NONE when the model in force does not select */
        RebootPlan reboot;
        Advice advice;
        AlertBook alerts; /* after input.alerts; what is news in it is to be told by the owner */
        UtcTime next_change; /* when time alone changes the answer; UTC_TIME_NONE = never, as far as is known */
} Assessment;

/* 0 or -ENOMEM. */
int assess(const AssessInput *input, Assessment **ret);

/* The same without next_change, which stays UTC_TIME_NONE. */
int assess_moment(const AssessInput *input, Assessment **ret);

/*
 * What assess_moment() says of the same inputs at `moment`, which is not before the assessment's own;
 * the real time moves along, and the alerts are those that become of the earlier ones. Quicker, as it borrows from `earlier` what time did not change; `earlier`
 * must outlive it. 0 or -ENOMEM.
 */
int assess_later(const Assessment *earlier, UtcTime moment, Assessment **ret);

Assessment *assessment_free(Assessment *assessment);
DEFINE_CLEANUP(Assessment, assessment_free);

/* The entry of a kernel by `uname -r` or VERSION-RELEASE, or NULL. */
const JudgedKernel *assessment_find_kernel(const Assessment *assessment, const char *name);
