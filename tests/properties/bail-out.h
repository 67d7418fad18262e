/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The end of a test that cannot go on: no memory, no disk.
 */

#include <stdio.h>
#include <stdlib.h>

static inline __attribute__((noreturn)) void give_up(const char *what) {
        printf("Bail out! %s\n", what);
        exit(EXIT_FAILURE);
}
