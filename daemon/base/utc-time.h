/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Dates and times, always UTC. Windows, life-cycle dates and selection days are whole days; what
 * comes from documents, clocks and sysfs are instants.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* Days since 1970-01-01. */
typedef int32_t UtcDay;
#define UTC_DAY_NONE ((UtcDay) INT32_MIN)

/* Microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t UtcTime;
#define UTC_TIME_NONE ((UtcTime) INT64_MIN)

#define USEC_PER_SEC ((int64_t) 1000000)
#define USEC_PER_HOUR (3600 * USEC_PER_SEC)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)

enum {
        UTC_TIME_E_MALFORMED =
                        1, /* not a date or time of the form asked for, or out of years 1970 to 9999 */
};

#define UTC_DAY_TEXT_BYTES 11
#define UTC_TIME_TEXT_BYTES 28

/* `YYYY-MM-DD`, nothing else. 0 or UTC_TIME_E_MALFORMED. */
int utc_day_parse(const char *text, UtcDay *ret);

/*
 * RFC 3339 with a zone (`Z`, `z`, `+01:00`), fraction of a second optional, `T` or space in the middle;
 * digits past the microsecond are dropped. 0 or UTC_TIME_E_MALFORMED.
 */
int utc_time_parse(const char *text, UtcTime *ret);

/* What an administrator types: a time as above, or a date, which means its first instant. */
int utc_time_parse_lenient(const char *text, UtcTime *ret);

/* Write into `buffer` and return it; "-" for NONE. A time is `YYYY-MM-DDTHH:MM:SSZ`, its fraction only when there is one. */
const char *utc_day_format(UtcDay day, char buffer[static UTC_DAY_TEXT_BYTES]);
const char *utc_time_format(UtcTime time, char buffer[static UTC_TIME_TEXT_BYTES]);

/* The day an instant lies in, and a day's first instant; NONE stays NONE. */
UtcDay utc_day_of(UtcTime time);
UtcTime utc_day_start(UtcDay day);

/* Any calendar date; `month` 1 to 12, `day` clamped to the month's last day. */
UtcDay utc_day_from_date(int year, int month, int day);
void utc_day_to_date(UtcDay day, int *ret_year, int *ret_month, int *ret_day);

/* Calendar months later, the day clamped to the target month's last day; NONE stays NONE. */
UtcDay utc_day_add_months(UtcDay day, int n_months);

/* The instant now on CLOCK_REALTIME. For programs' main files and daemon.c only: all else is handed `now`. */
UtcTime utc_time_now(void);
