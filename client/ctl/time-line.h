/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Windows drawn to one scale of days, a row each, with today marked in every row.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"

typedef struct TimeLine {
        UtcDay from, to;
        UtcDay today;
        unsigned n_columns; /* at least 2 */
        bool utf8;
} TimeLine;

/* A scale that holds today and nothing else yet. */
void time_line_init(TimeLine *ret, UtcDay today, unsigned n_columns, bool utf8);

/* Widens the scale so that `day` is on it; UTC_DAY_NONE changes nothing. */
void time_line_include(TimeLine *line, UtcDay day);

/*
 * One window, both days inclusive: `certain` draws it solid, else shaded. Without a start it begins at
 * the scale's left end; without an end nothing but today is drawn. No blanks at its end.
 */
const char *time_line_bar(const TimeLine *line, MemoryPool *pool, UtcDay start, UtcDay end,
                          bool certain);

/* The row above the bars: "today" and its date over today's column. */
const char *time_line_head(const TimeLine *line, MemoryPool *pool);

/* The two rows below the bars: ticks at the first day of months, and what they stand for. */
const char *time_line_ticks(const TimeLine *line, MemoryPool *pool);
const char *time_line_months(const TimeLine *line, MemoryPool *pool);

/* The signs that the bars are drawn with, for a legend. */
const char *time_line_certain(const TimeLine *line);
const char *time_line_possible(const TimeLine *line);
const char *time_line_today(const TimeLine *line);
