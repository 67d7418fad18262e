/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Dates and times in UTC: strict text forms, which strptime() reads too generously, and calendar months.
 * There is no local time anywhere in klpwatch. The C library's timegm() and gmtime_r() would count the
 * days as well, but they look at the zone file and at TZ first, for an answer that hangs on neither: a
 * thousand instructions a date, of which a store of digests has thousands.
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utc-time.h"

static bool take_digits(const char **text, int n_digits, int *ret) {
        int value = 0;

        for (int i = 0; i < n_digits; i++) {
                char c = (*text)[i];

                if (c < '0' || c > '9')
                        return false;
                value = value * 10 + (c - '0');
        }
        *text += n_digits;
        *ret = value;
        return true;
}

static bool take_char(const char **text, const char *choices) {
        if (**text == '\0' || !strchr(choices, **text))
                return false;
        (*text)++;
        return true;
}

static int days_in_month(int year, int month) {
        static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t divide_down(int64_t number, int64_t by) {
        return number / by - (number % by < 0);
}

/* Days from 1970-01-01 to the first of January: each year 365, and one for every leap year before it. */
static int64_t day_of_year(int64_t year) {
        int64_t before = year - 1;

        return before * 365 + divide_down(before, 4) - divide_down(before, 100) +
               divide_down(before, 400) - 719162;
}

UtcDay utc_day_from_date(int year, int month, int day) {
        int last = days_in_month(year, month);
        int64_t days = day_of_year(year);

        for (int earlier = 1; earlier < month; earlier++)
                days += days_in_month(year, earlier);
        return (UtcDay) (days + (day > last ? last : day) - 1);
}

void utc_day_to_date(UtcDay day, int *ret_year, int *ret_month, int *ret_day) {
        /* 400 years have 146097 days, so this is the year or one of its neighbours. */
        int year = (int) (divide_down((int64_t) day * 400, 146097) + 1970), month = 1, rest;

        while (day_of_year(year) > day)
                year--;
        while (day_of_year(year + 1) <= day)
                year++;
        rest = (int) (day - day_of_year(year));
        for (; rest >= days_in_month(year, month); month++)
                rest -= days_in_month(year, month);
        *ret_year = year;
        *ret_month = month;
        *ret_day = rest + 1;
}

static bool take_date(const char **text, UtcDay *ret) {
        int year, month, day;

        if (!take_digits(text, 4, &year) || !take_char(text, "-") ||
            !take_digits(text, 2, &month) || !take_char(text, "-") || !take_digits(text, 2, &day))
                return false;
        if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
                return false;

        *ret = utc_day_from_date(year, month, day);
        return true;
}

int utc_day_parse(const char *text, UtcDay *ret) {
        UtcDay day;

        if (!take_date(&text, &day) || *text != '\0')
                return UTC_TIME_E_MALFORMED;

        *ret = day;
        return 0;
}

static bool take_fraction(const char **text, int *ret_usec) {
        int usec = 0, n = 0;

        *ret_usec = 0;
        if (**text != '.')
                return true;

        for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, n++)
                if (n < 6)
                        usec = usec * 10 + (**text - '0');
        if (n == 0)
                return false;
        for (; n < 6; n++)
                usec *= 10;

        *ret_usec = usec;
        return true;
}

static bool take_zone(const char **text, int *ret_minutes) {
        int hours, minutes, sign;

        if (take_char(text, "Zz")) {
                *ret_minutes = 0;
                return true;
        }
        if (**text != '+' && **text != '-')
                return false;

        sign = **text == '-' ? -1 : 1;
        (*text)++;
        if (!take_digits(text, 2, &hours) || !take_char(text, ":") ||
            !take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
                return false;

        *ret_minutes = sign * (hours * 60 + minutes);
        return true;
}

int utc_time_parse(const char *text, UtcTime *ret) {
        int hour, minute, second, usec, zone;
        UtcTime time;
        UtcDay day;

        if (!take_date(&text, &day) || !take_char(&text, "Tt ") || !take_digits(&text, 2, &hour) ||
            !take_char(&text, ":") || !take_digits(&text, 2, &minute) || !take_char(&text, ":") ||
            !take_digits(&text, 2, &second) || !take_fraction(&text, &usec) ||
            !take_zone(&text, &zone) || *text != '\0')
                return UTC_TIME_E_MALFORMED;
        /* RFC 3339 allows second 60 for a leap second, which POSIX time does not have: it is the next minute. */
        if (hour > 23 || minute > 59 || second > 60)
                return UTC_TIME_E_MALFORMED;

        time = utc_day_start(day) +
               ((int64_t) hour * 3600 + (minute - zone) * 60 + second) * USEC_PER_SEC + usec;
        if (time < 0)
                return UTC_TIME_E_MALFORMED;

        *ret = time;
        return 0;
}

int utc_time_parse_lenient(const char *text, UtcTime *ret) {
        UtcDay day;

        if (utc_day_parse(text, &day) == 0) {
                *ret = utc_day_start(day);
                return 0;
        }
        return utc_time_parse(text, ret);
}

static void write_digits(char *to, unsigned value, unsigned n_digits) {
        for (; n_digits > 0; value /= 10)
                to[--n_digits] = (char) ('0' + value % 10);
}

/* An assessment writes hundreds of days: without snprintf(). */
const char *utc_day_format(UtcDay day, char buffer[static UTC_DAY_TEXT_BYTES]) {
        int year, month, mday;

        if (day == UTC_DAY_NONE)
                return strcpy(buffer, "-");

        utc_day_to_date(day, &year, &month, &mday);
        strcpy(buffer, "yyyy-mm-dd");
        write_digits(buffer, (unsigned) year, 4);
        write_digits(buffer + 5, (unsigned) month, 2);
        write_digits(buffer + 8, (unsigned) mday, 2);
        return buffer;
}

const char *utc_time_format(UtcTime time, char buffer[static UTC_TIME_TEXT_BYTES]) {
        char date[UTC_DAY_TEXT_BYTES];
        unsigned seconds, usec;
        UtcDay day;

        if (time == UTC_TIME_NONE)
                return strcpy(buffer, "-");

        day = utc_day_of(time);
        seconds = (unsigned) ((time - utc_day_start(day)) / USEC_PER_SEC) % 86400;
        usec = (unsigned) ((time - utc_day_start(day)) % USEC_PER_SEC) % 1000000;
        utc_day_format(day, date);
        if (usec != 0)
                snprintf(buffer, UTC_TIME_TEXT_BYTES, "%sT%02u:%02u:%02u.%06uZ", date,
                         seconds / 3600, seconds / 60 % 60, seconds % 60, usec);
        else
                snprintf(buffer, UTC_TIME_TEXT_BYTES, "%sT%02u:%02u:%02uZ", date, seconds / 3600,
                         seconds / 60 % 60, seconds % 60);
        return buffer;
}

UtcDay utc_day_of(UtcTime time) {
        int64_t day;

        if (time == UTC_TIME_NONE)
                return UTC_DAY_NONE;

        day = time / USEC_PER_DAY;
        if (time % USEC_PER_DAY < 0)
                day--;
        return (UtcDay) day;
}

UtcTime utc_day_start(UtcDay day) {
        return day == UTC_DAY_NONE ? UTC_TIME_NONE : (UtcTime) day * USEC_PER_DAY;
}

UtcDay utc_day_add_months(UtcDay day, int n_months) {
        int year, month, mday, n;

        if (day == UTC_DAY_NONE)
                return UTC_DAY_NONE;

        utc_day_to_date(day, &year, &month, &mday);
        n = year * 12 + (month - 1) + n_months;
        return utc_day_from_date(n / 12, n % 12 + 1, mday);
}

UtcTime utc_time_now(void) {
        struct timespec ts;

        clock_gettime(CLOCK_REALTIME, &ts);
        return (UtcTime) ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000;
}
