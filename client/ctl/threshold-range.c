/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Threshold ranges. Whoever writes one has written hundreds for other checks, so nothing is added to
 * the form and nothing left out: numbers are decimal, no exponent, no unit.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/threshold-range.h"

#define NUMBER_BYTES_MAX 32

/* Digits, with one point among them at most and a minus before them perhaps. */
static bool parse_number(const char *text, size_t n, double *ret) {
        char number[NUMBER_BYTES_MAX];
        size_t sign = n > 0 && text[0] == '-', whole, fraction = 0;

        if (n >= sizeof(number))
                return false;
        memcpy(number, text, n);
        number[n] = '\0';
        whole = strspn(number + sign, "0123456789");
        if (number[sign + whole] == '.')
                fraction = 1 + strspn(number + sign + whole + 1, "0123456789");
        if (whole == 0 || fraction == 1 || sign + whole + fraction != n)
                return false;
        *ret = strtod(number, NULL);
        return true;
}

int threshold_range_parse(const char *text, ThresholdRange *ret) {
        ThresholdRange range = { .text = text, .end = INFINITY, .bad_inside = text[0] == '@' };
        const char *start = text + range.bad_inside, *colon = strchr(start, ':'),
                   *end = colon ? colon + 1 : start;

        if (colon && colon - start == 1 && start[0] == '~')
                range.start = -INFINITY;
        else if (colon && !parse_number(start, (size_t) (colon - start), &range.start))
                return THRESHOLD_RANGE_E_MALFORMED;
        /* Only behind a colon may the end be missing. */
        if ((!colon || *end != '\0') && !parse_number(end, strlen(end), &range.end))
                return THRESHOLD_RANGE_E_MALFORMED;
        if (range.start > range.end)
                return THRESHOLD_RANGE_E_MALFORMED;

        *ret = range;
        return 0;
}

bool threshold_range_is_bad(const ThresholdRange *range, double value) {
        bool inside = value >= range->start && value <= range->end;

        return range->text && inside == range->bad_inside;
}
