/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The time line. Dates side by side in a table do not show what a picture shows at once: which
 * kernel's window ends first, and how far off that is from today. Rows are arrays of one sign a
 * column and become text last, so that signs of several bytes cost no arithmetic. It refuses to know
 * kernels; it draws days.
 */

#include <stdio.h>
#include <string.h>

#include "ctl/time-line.h"

/* A scale of one day would divide by nothing. */
#define DAYS_MIN 30

static const char *const signs[][2] = {
        { "#", "█" }, /* certain */
        { "-", "▒" }, /* possible */
        { "|", "│" }, /* today */
        { "-", "─" }, /* axis */
        { "+", "┬" }, /* tick */
};

const char *time_line_certain(const TimeLine *line) {
        return signs[0][line->utf8];
}

const char *time_line_possible(const TimeLine *line) {
        return signs[1][line->utf8];
}

const char *time_line_today(const TimeLine *line) {
        return signs[2][line->utf8];
}

void time_line_init(TimeLine *ret, UtcDay today, unsigned n_columns, bool utf8) {
        *ret = (TimeLine){
                .from = today,
                .to = today,
                .today = today,
                .n_columns = n_columns < 2 ? 2 : n_columns,
                .utf8 = utf8,
        };
}

void time_line_include(TimeLine *line, UtcDay day) {
        if (day == UTC_DAY_NONE)
                return;
        if (day < line->from)
                line->from = day;
        if (day > line->to)
                line->to = day;
}

/* The column of a day, from 0; days off the scale count as its ends. */
static unsigned column_of(const TimeLine *line, UtcDay day) {
        int64_t n_days = (int64_t) line->to - line->from, n = line->n_columns - 1;

        if (n_days < DAYS_MIN)
                n_days = DAYS_MIN;
        if (day <= line->from)
                return 0;
        if (day - (int64_t) line->from >= n_days)
                return (unsigned) n;
        return (unsigned) (((day - (int64_t) line->from) * n + n_days / 2) / n_days);
}

/* The signs of a row as one text, without the blanks at its end. */
static const char *row_text(MemoryPool *pool, const char *const *row, unsigned n_columns) {
        size_t n_out = 0;
        char *out;

        while (n_columns > 0 && strcmp(row[n_columns - 1], " ") == 0)
                n_columns--;

        out = memory_pool_alloc(pool, (size_t) n_columns * strlen("█") + 1);
        if (!out)
                return "";
        for (unsigned i = 0; i < n_columns; i++)
                n_out += (size_t) (stpcpy(out + n_out, row[i]) - (out + n_out));
        return out;
}

static const char **row_new(MemoryPool *pool, unsigned n_columns, const char *sign) {
        const char **row = memory_pool_alloc(pool, n_columns * sizeof(*row));

        for (unsigned i = 0; row && i < n_columns; i++)
                row[i] = sign;
        return row;
}

const char *time_line_bar(const TimeLine *line, MemoryPool *pool, UtcDay start, UtcDay end,
                          bool certain) {
        const char **row = row_new(pool, line->n_columns, " ");

        if (!row)
                return "";

        if (end != UTC_DAY_NONE && (start == UTC_DAY_NONE || start <= end)) {
                unsigned last = column_of(line, end);

                for (unsigned i = start == UTC_DAY_NONE ? 0 : column_of(line, start); i <= last;
                     i++)
                        row[i] = signs[certain ? 0 : 1][line->utf8];
        }
        row[column_of(line, line->today)] = time_line_today(line);
        return row_text(pool, row, line->n_columns);
}

/* Writes `label` into a row of blanks with its first letter in `column`, as far as it fits. */
static void put_label(char *row, unsigned n_columns, unsigned column, const char *label) {
        size_t n = strlen(label);

        if (n > n_columns - column)
                n = n_columns - column;
        memcpy(row + column, label, n);
}

static const char *finish_labels(char *row, unsigned n_columns) {
        while (n_columns > 0 && row[n_columns - 1] == ' ')
                n_columns--;
        row[n_columns] = '\0';
        return row;
}

static char *labels_new(const TimeLine *line, MemoryPool *pool) {
        char *row = memory_pool_alloc(pool, line->n_columns + 1);

        return row ? memset(row, ' ', line->n_columns) : NULL;
}

const char *time_line_head(const TimeLine *line, MemoryPool *pool) {
        char day[UTC_DAY_TEXT_BYTES], label[32], *row = labels_new(line, pool);
        unsigned column = column_of(line, line->today), n;

        if (!row)
                return "";

        n = (unsigned) snprintf(label, sizeof(label), "today %s", utc_day_format(line->today, day));
        /* Centred over today where there is room, else moved along. */
        column = column > n / 2 ? column - n / 2 : 0;
        if (column + n > line->n_columns)
                column = n < line->n_columns ? line->n_columns - n : 0;
        put_label(row, line->n_columns, column, label);
        return finish_labels(row, line->n_columns);
}

/* How many months apart ticks stand: the fewest that leave room for their labels. */
static int tick_months(const TimeLine *line) {
        static const int steps[] = { 1, 2, 3, 4, 6, 12, 24, 60, 120 };
        int64_t n_days = (int64_t) line->to - line->from;

        if (n_days < DAYS_MIN)
                n_days = DAYS_MIN;
        for (size_t i = 0; i < ELEMENTS(steps); i++)
                if (steps[i] * 28 * (int64_t) (line->n_columns - 1) / n_days >=
                    (int64_t) strlen("YYYY-MM "))
                        return steps[i];
        return 1200;
}

/* The next tick behind `day` whose label has room too; UTC_DAY_NONE behind the last. */
static UtcDay tick_next(const TimeLine *line, UtcDay day) {
        int year, month, day_of_month, n_months = tick_months(line), next;

        utc_day_to_date(day, &year, &month, &day_of_month);
        next = ((year * 12 + month - 1) / n_months + 1) * n_months;
        day = utc_day_from_date(next / 12, next % 12 + 1, 1);
        return day <= line->to && column_of(line, day) + strlen("YYYY-MM") <= line->n_columns
                               ? day
                               : UTC_DAY_NONE;
}

const char *time_line_ticks(const TimeLine *line, MemoryPool *pool) {
        const char **row = row_new(pool, line->n_columns, signs[3][line->utf8]);

        if (!row)
                return "";

        for (UtcDay day = tick_next(line, line->from - 1); day != UTC_DAY_NONE;
             day = tick_next(line, day))
                row[column_of(line, day)] = signs[4][line->utf8];
        return row_text(pool, row, line->n_columns);
}

const char *time_line_months(const TimeLine *line, MemoryPool *pool) {
        char *row = labels_new(line, pool);

        if (!row)
                return "";

        for (UtcDay day = tick_next(line, line->from - 1); day != UTC_DAY_NONE;
             day = tick_next(line, day)) {
                char text[UTC_DAY_TEXT_BYTES];

                utc_day_format(day, text);
                text[strlen("YYYY-MM")] = '\0';
                put_label(row, line->n_columns, column_of(line, day), text);
        }
        return finish_labels(row, line->n_columns);
}
