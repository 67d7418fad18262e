/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reads pairs of versions, a pair a line, separated by a tab, and prints -1, 0 or 1 for each: the
 * program that is held against rpm.
 */

#include <stdio.h>
#include <string.h>

#include "core/package-version.h"

int main(void) {
        char line[4096];

        while (fgets(line, sizeof(line), stdin)) {
                char *tab = strchr(line, '\t');

                if (!tab)
                        return 1;
                *tab = '\0';
                tab[1 + strcspn(tab + 1, "\n")] = '\0';
                printf("%d\n", package_evr_compare(line, tab + 1));
        }
        return 0;
}
