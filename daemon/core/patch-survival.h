/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Would a live patch be there again after a reboot? */

#include "core/patch-state.h"

/*
 * Fills in what `patch` says of a reboot. `has_file`: a module file of its version lies on disk for the
 * running kernel; it does not count where the next boot is of another one. Texts are in the situation's
 * pool, or borrowed from the host facts.
 */
void patch_survival_judge(const Situation *situation, bool has_file, JudgedPatch *patch);
