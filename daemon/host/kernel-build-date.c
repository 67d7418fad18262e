/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Build dates. The kernel carries what `date` printed on the machine that built it, behind a number
 * and some flags that vary. So the text behind the last '#' is searched for a month's name with a day
 * and a time after it and a year soon after that. It refuses to read a number for a date: a kernel
 * built with a fixed time stamp (`@0`) has none.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "host/kernel-build-date.h"

#define WORDS_MAX 32
#define WORD_BYTES 32

typedef struct Words {
        char items[WORDS_MAX][WORD_BYTES];
        size_t n_items;
} Words;

static Words split(const char *text) {
        Words words = {};

        while (words.n_items < WORDS_MAX) {
                size_t n;

                text += strspn(text, " \t\r\n");
                n = strcspn(text, " \t\r\n");
                if (n == 0)
                        break;
                snprintf(words.items[words.n_items++], WORD_BYTES, "%.*s",
                         (int) (n < WORD_BYTES ? n : WORD_BYTES - 1), text);
                text += n;
        }
        return words;
}

/* 1 to 12, or 0. */
static int month_of(const char *word) {
        static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (strcmp(word, names[i]) == 0)
                        return (int) i + 1;
        return 0;
}

/* Hours east of Greenwich. */
static int zone_hours(const char *word) {
        static const struct {
                const char *name;
                int hours;
        } zones[] = {
                { "EDT", -4 }, { "EST", -5 }, { "CDT", -5 }, { "MDT", -6 }, { "MST", -7 },
                { "PDT", -7 }, { "PST", -8 }, { "CEST", 2 }, { "CET", 1 },  { "EEST", 3 },
                { "EET", 2 },  { "BST", 1 },  { "JST", 9 },  { "MSK", 3 },
        };

        for (size_t i = 0; i < ELEMENTS(zones); i++)
                if (strcmp(word, zones[i].name) == 0)
                        return zones[i].hours;
        return 0;
}

/* A number of one to `n_digits` digits and nothing else; -1 otherwise. */
static int number(const char *word, size_t n_digits) {
        size_t n = strspn(word, "0123456789");

        return n > 0 && n <= n_digits && word[n] == '\0' ? atoi(word) : -1;
}

/* A month at `words[i]` with day, time, maybe AM or PM, maybe a zone, and the year. */
static bool take_date(const Words *words, size_t i, UtcTime *ret) {
        int month = month_of(words->items[i]), day, hour, minute, second, year, half = 0, zone = 0;
        char text[64], rest;

        if (month == 0 || i + 3 >= words->n_items)
                return false;
        day = number(words->items[i + 1], 2);
        if (day < 1 ||
            sscanf(words->items[i + 2], "%2d:%2d:%2d%c", &hour, &minute, &second, &rest) != 3)
                return false;

        i += 3;
        if (strcmp(words->items[i], "AM") == 0 || strcmp(words->items[i], "PM") == 0) {
                half = words->items[i][0] == 'P' ? 12 : 0;
                hour %= 12;
                i++;
        }
        if (i < words->n_items && number(words->items[i], 4) < 0) {
                zone = zone_hours(words->items[i]);
                i++;
        }
        year = i < words->n_items ? number(words->items[i], 4) : -1;
        if (year < 0)
                return false;

        snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:00", year, month, day,
                 hour + half, minute, second, zone < 0 ? '-' : '+', abs(zone));
        return utc_time_parse(text, ret) == 0;
}

/* `(2024-05-03)`, as Debian has it. */
static bool take_day(const char *word, UtcTime *ret) {
        char text[UTC_DAY_TEXT_BYTES];
        UtcDay day;

        if (strlen(word) != strlen("(2024-05-03)") || word[0] != '(' ||
            word[strlen(word) - 1] != ')')
                return false;
        memcpy(text, word + 1, UTC_DAY_TEXT_BYTES - 1);
        text[UTC_DAY_TEXT_BYTES - 1] = '\0';
        if (utc_day_parse(text, &day) != 0)
                return false;
        *ret = utc_day_start(day);
        return true;
}

int kernel_build_date_parse(const char *text, UtcTime *ret) {
        const char *build = strrchr(text, '#');
        Words words;

        if (!build)
                return KERNEL_BUILD_DATE_E_NONE;

        words = split(build);
        for (size_t i = 0; i < words.n_items; i++)
                if (take_date(&words, i, ret) || take_day(words.items[i], ret))
                        return 0;
        return KERNEL_BUILD_DATE_E_NONE;
}
