/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What another program prints.
 */

#include <stddef.h>

enum {
        PROGRAM_OUTPUT_E_MISSING = 1, /* there is no such program, or it may not be run */
        PROGRAM_OUTPUT_E_TOO_LARGE,   /* it printed more than the limit; it was ended */
        PROGRAM_OUTPUT_E_TOO_SLOW,    /* it was not done in time; it was ended */
        PROGRAM_OUTPUT_E_CRASHED,     /* a signal ended it, or its output could not be read */
};

/*
 * Runs the program `argv[0]`, an absolute path, with an environment of its own (LC_ALL=C, a plain
 * PATH) and nothing on its input, and waits until it ends. `ret` is allocated, NUL-terminated behind its
 * `n_bytes`, and the caller's to free(); its error stream is not kept. 0, PROGRAM_OUTPUT_E_* or -ENOMEM.
 */
int program_output(const char *const argv[], size_t max_bytes, int timeout_msec, char **ret,
                   size_t *ret_n_bytes, int *ret_exit_status);
