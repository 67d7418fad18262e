/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Nearest by edits: insert, drop, change, or swap two neighbours. A beginning counts as meant too
 * ("exp" for "exposures"). Near enough is one edit for every three letters and one more; a wild
 * guess would only send the reader the wrong way.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/nearest-word.h"

#define WORD_BYTES_MAX 32u

static unsigned smallest(unsigned a, unsigned b, unsigned c) {
        unsigned ab = a < b ? a : b;

        return ab < c ? ab : c;
}

/* Both at most WORD_BYTES_MAX long. */
static unsigned n_edits(const char *a, const char *b) {
        unsigned rows[3][WORD_BYTES_MAX + 1];
        size_t n_a = strlen(a), n_b = strlen(b);

        for (size_t j = 0; j <= n_b; j++)
                rows[0][j] = (unsigned) j;
        for (size_t i = 1; i <= n_a; i++) {
                unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3],
                         *above2 = rows[(i + 1) % 3];

                row[0] = (unsigned) i;
                for (size_t j = 1; j <= n_b; j++) {
                        row[j] = smallest(above[j] + 1, row[j - 1] + 1,
                                          above[j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = smallest(row[j], above2[j - 2] + 1, row[j]);
                }
        }
        return rows[n_a % 3][n_b];
}

const char *nearest_word(const char *typed, const TextList *words) {
        size_t n_typed = strlen(typed);
        const char *best = NULL;
        unsigned n_best = (unsigned) n_typed / 3 + 2;

        if (n_typed == 0 || n_typed > WORD_BYTES_MAX)
                return NULL;

        for (size_t i = 0; i < words->n_items; i++) {
                unsigned n;

                if (strlen(words->items[i]) > WORD_BYTES_MAX)
                        continue;
                n = n_typed > 1 && text_starts_with(words->items[i], typed)
                                    ? 0
                                    : n_edits(typed, words->items[i]);
                if (n < n_best) {
                        n_best = n;
                        best = words->items[i];
                }
        }
        return best;
}
