/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the loaded live patches amount to, against what was released for this kernel.
 */

#include "core/freshness.h"
#include "core/judged-kernel.h"
#include "core/livepatch-name.h"

typedef enum PatchState {
        PATCH_UNKNOWN,
        PATCH_NOT_APPLICABLE,
        PATCH_STALLED,
        PATCH_TRANSITIONING,
        PATCH_APPLIED,
        PATCH_OUTDATED,
        PATCH_DISABLED,
        PATCH_FOREIGN,
        PATCH_MISSING,
        PATCH_NONE_NEEDED,
        _PATCH_STATE_MAX,
} PatchState;

const char *patch_state_to_text(PatchState state);

/* A transition that takes this long hangs on some task. */
#define PATCH_STALLED_USEC (75 * USEC_PER_SEC)

/* What keeps a live patch from coming back after a reboot. */
typedef enum SurvivalObstacle {
        SURVIVAL_OBSTACLE_NONE,
        SURVIVAL_OBSTACLE_FILE,    /* none that boot would find */
        SURVIVAL_OBSTACLE_OPTION,  /* of the kernel's command line */
        SURVIVAL_OBSTACLE_SERVICE, /* that loads it: not enabled, or not there */
        _SURVIVAL_OBSTACLE_MAX,
} SurvivalObstacle;

/* NULL for SURVIVAL_OBSTACLE_NONE. */
const char *survival_obstacle_to_text(SurvivalObstacle obstacle);

typedef struct JudgedPatch {
        const LoadedPatch *loaded;
        bool known;              /* by the naming rule, for the running kernel */
        LivepatchName name;      /* package and version when known */
        bool active;             /* enabled and transition finished */
        const char *base_kernel; /* VERSION-RELEASE when known; else NULL */
        const char *module_path; /* its file for the running kernel; NULL when there is none */
        Tristate survives_reboot;
        const char *survives_because;
        SurvivalObstacle obstacle; /* what says no */
        bool for_next_kernel; /* that says what is on disk for another kernel, which boots next */
} JudgedPatch;

typedef struct PatchReport {
        PatchState state;
        JudgedPatch *patches; /* as in the host facts */
        size_t n_patches;
        const char *active;  /* highest active known version; NULL = none */
        const char *pending; /* highest known version in transition to enabled; NULL = none */
        const char *idle; /* highest known version on disk, or loaded and not active; NULL = none */
        const char *on_disk; /* highest version with a module file for this kernel (a package where files are unreadable); NULL = none */
        const PatchFact *
                        newest; /* newest non-empty release that the host can get; NULL = none known */
        const char *newest_version; /* the same or a newer one that is installed here; NULL = none */
        const char *package;        /* package name for this kernel; NULL when it has none */
        bool partial;               /* some, not all, of the modules of one package are active */
        bool unreadable;            /* whether a patch is active could not be read */
        TextList because;
} PatchReport;

void patch_report(const Situation *situation, const JudgedKernel *running, Freshness freshness,
                  PatchReport *ret);
