/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which kernel to boot next, and by when.
 */

#include "core/assessment.h"

/*
 * The kernel to move to: a proven one, else the newest that may be eligible, else, when the running one is not
 * covered, a proven one that is older; else NULL. With `or_running` the running kernel is good enough (which
 * kernel to make the default), else it must be covered longer.
 */
JudgedKernel *reboot_target_find(const Assessment *assessment, bool or_running);

/* Fills assessment->reboot and marks its target as advised. */
void reboot_target_plan(Assessment *assessment);

/* Open CVEs that running `kernel` with its newest live patch would close. */
size_t reboot_target_count_closed(const Assessment *assessment, const JudgedKernel *kernel);
