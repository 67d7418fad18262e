/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When a feed is asked next.
 */

#include <stdint.h>

/*
 * Microseconds from the end of an attempt to the next one, after `n_failures` failed ones in a row: 6 h
 * after none, else 5 min, doubled with each failure up to 6 h.
 */
uint64_t feed_schedule_pause(unsigned n_failures);

/*
 * How long after a hint that a source changed it is asked: `hint` and `first` are the times of this hint
 * and of the first one since the last attempt. Hints that keep coming put it off by 2 s each, but by no
 * more than 30 s altogether.
 */
uint64_t feed_schedule_after_hint(uint64_t first_usec, uint64_t hint_usec);
