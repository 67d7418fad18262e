/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Ranges as monitoring systems write thresholds: `[@]START:END`. A value outside of it is bad; with "@" one
 * inside. "30:" is 30 and more, "30" is 0 to 30, "~:30" is 30 and less. Both ends belong to the range.
 */

#include <stdbool.h>

typedef struct ThresholdRange {
        const char *text; /* as it was typed; NULL: no range */
        double start, end;
        bool bad_inside;
} ThresholdRange;

enum {
        THRESHOLD_RANGE_E_MALFORMED = 1,
};

/* `text` outlives the range. 0 or THRESHOLD_RANGE_E_MALFORMED. */
int threshold_range_parse(const char *text, ThresholdRange *ret);

/* True when `value` is what the range warns of; never without a range. */
bool threshold_range_is_bad(const ThresholdRange *range, double value);
