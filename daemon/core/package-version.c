/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * rpm's version order, written from its rules (separators only separate; runs of digits and runs of
 * letters are compared in turn; digits beat letters; `~` sorts before the end, `^` right behind it).
 * The tests hold it against rpm itself over generated pairs. It refuses to know what a version means.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/package-version.h"

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_separator(char c) {
        return c != '\0' && !is_digit(c) && !is_letter(c) && c != '~' && c != '^';
}

static size_t run_length(const char *text, bool (*member)(char)) {
        size_t n = 0;

        while (member(text[n]))
                n++;
        return n;
}

static int sign(long difference) {
        return (difference > 0) - (difference < 0);
}

static int compare_runs(const char *a, size_t n_a, const char *b, size_t n_b) {
        size_t n = n_a < n_b ? n_a : n_b;
        int order;

        order = sign(memcmp(a, b, n));
        return order != 0 ? order : sign((long) n_a - (long) n_b);
}

static int compare_numbers(const char *a, size_t n_a, const char *b, size_t n_b) {
        for (; n_a > 0 && *a == '0'; a++)
                n_a--;
        for (; n_b > 0 && *b == '0'; b++)
                n_b--;
        if (n_a != n_b)
                return n_a > n_b ? 1 : -1;
        return sign(memcmp(a, b, n_a));
}

int package_version_compare(const char *a, const char *b) {
        for (;;) {
                bool (*member)(char);
                size_t n_a, n_b;
                int order;

                a += run_length(a, is_separator);
                b += run_length(b, is_separator);

                if (*a == '~' || *b == '~') {
                        if (*a != *b)
                                return *a == '~' ? -1 : 1;
                        a++, b++;
                        continue;
                }
                if (*a == '^' || *b == '^') {
                        if (*a != *b) {
                                if (*a == '\0')
                                        return -1;
                                if (*b == '\0')
                                        return 1;
                                return *a == '^' ? -1 : 1;
                        }
                        a++, b++;
                        continue;
                }
                if (*a == '\0' || *b == '\0')
                        return (*a != '\0') - (*b != '\0');

                member = is_digit(*a) ? is_digit : is_letter;
                n_a = run_length(a, member);
                n_b = run_length(b, member);
                if (n_b == 0) /* digits against letters */
                        return is_digit(*a) ? 1 : -1;

                order = is_digit(*a) ? compare_numbers(a, n_a, b, n_b)
                                     : compare_runs(a, n_a, b, n_b);
                if (order != 0)
                        return order;
                a += n_a;
                b += n_b;
        }
}

static const char *split_epoch(const char *evr, unsigned long *ret) {
        size_t n = run_length(evr, is_digit);

        *ret = 0;
        if (evr[n] != ':')
                return evr;
        *ret = strtoul(evr, NULL, 10);
        return evr + n + 1;
}

int package_evr_compare(const char *a, const char *b) {
        const char *release_a, *release_b;
        unsigned long epoch_a, epoch_b;
        char version_a[256], version_b[256];
        size_t n_a, n_b;
        int order;

        a = split_epoch(a, &epoch_a);
        b = split_epoch(b, &epoch_b);
        if (epoch_a != epoch_b)
                return epoch_a > epoch_b ? 1 : -1;

        release_a = strrchr(a, '-');
        release_b = strrchr(b, '-');
        n_a = release_a ? (size_t) (release_a - a) : strlen(a);
        n_b = release_b ? (size_t) (release_b - b) : strlen(b);
        if (n_a >= sizeof(version_a) || n_b >= sizeof(version_b))
                return package_version_compare(a, b);

        memcpy(version_a, a, n_a);
        version_a[n_a] = '\0';
        memcpy(version_b, b, n_b);
        version_b[n_b] = '\0';
        order = package_version_compare(version_a, version_b);
        if (order != 0 || !release_a || !release_b)
                return order;
        return package_version_compare(release_a + 1, release_b + 1);
}
