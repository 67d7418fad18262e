/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Would a live patch be there again after a reboot? */

#include "core/patch-state.h"

/* Where a module file of a live patch's version lies for the running kernel. */
typedef enum PatchFile {
        PATCH_FILE_NONE,
        PATCH_FILE_PACKAGED, /* on disk, but not where boot looks */
        PATCH_FILE_FOR_BOOT,
} PatchFile;

/*
 * Fills in what `patch` says of a reboot. `file` does not count where the next boot is of another kernel. Texts
 * are in the situation's pool, or borrowed from the host facts.
 */
void patch_survival_judge(const Situation *situation, PatchFile file, JudgedPatch *patch);
