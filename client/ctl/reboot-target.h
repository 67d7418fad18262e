/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The next kernel: which, by when, and what it brings.
 */

#include "ctl/description.h"

typedef struct RebootTarget {
        const char *kernel; /* without architecture; NULL when none is known */
        bool now;           /* it is due at once */
        bool proven;        /* it gets live patches, not only may get them */
        bool installed;
        UtcDay by;            /* UTC_DAY_NONE: no date */
        UtcDay covered_until; /* UTC_DAY_NONE when not known */
        UtcDay wait_for;      /* without a kernel: the day about which the vendor selects one */
        bool older;           /* than the running one: there is no newer one to move to */
        int64_t n_closes;     /* open CVEs that it closes */
        int64_t n_opens, n_opens_severe; /* closed ones that it opens; rated important or more */
} RebootTarget;

/* From the description's "reboot". */
RebootTarget reboot_target_read(const Description *description, MemoryPool *pool);

/* "covered until 2025-12-01; closes 8 CVEs; opens 2 CVEs", a clause each as far as known; NULL for nothing. */
const char *reboot_target_gain(const RebootTarget *target, MemoryPool *pool);
