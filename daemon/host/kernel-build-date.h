/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The day a kernel was built, as its own version text tells.
 */

#include "base/utc-time.h"

enum {
        KERNEL_BUILD_DATE_E_NONE = 1, /* no date in it that is understood */
};

/*
 * Finds the date in the text of /proc/version: `… #1 SMP PREEMPT_DYNAMIC Wed Apr 10 10:29:16 EDT 2024`,
 * or a day in parentheses. A zone that is not known counts as UTC: off by hours, never by more than
 * a day. 0 or KERNEL_BUILD_DATE_E_NONE.
 */
int kernel_build_date_parse(const char *text, UtcTime *ret);
