/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The sign rule. A function that can fail returns an int:
 *   0         done
 *   negative  fatal, a negated errno: out of memory, an I/O error nobody can act on, a bug. It is
 *             forwarded unchanged to the top and never matched on.
 *   positive  an expected outcome of this one function, named in its enum. The caller handles it; it
 *             is never forwarded, because the number means something else one level up.
 *
 * error_origin() raises a fatal error, error_trace() forwards one, error_fold() turns a positive
 * outcome that cannot happen here into a fatal -ENOTRECOVERABLE. Each notes its place on the
 * error stream when KLPWATCH_ERROR_TRACE is set in the environment.
 */

#include <errno.h>

int error_note(const char *verb, int error, const char *file, int line, const char *function);

/* Raises the negative errno value `r`; returns it. */
#define error_origin(r) error_note("origin", (r), __FILE__, __LINE__, __func__)

/* Forwards a fatal `r` unchanged. Must not be called with a positive value. */
#define error_trace(r) error_note("trace", (r), __FILE__, __LINE__, __func__)

/* Forwards a fatal `r`; an unhandled positive value becomes -ENOTRECOVERABLE. */
#define error_fold(r)                                                                        \
        ({                                                                                   \
                int _fold = (r);                                                             \
                error_note("fold", _fold > 0 ? -ENOTRECOVERABLE : _fold, __FILE__, __LINE__, \
                           __func__);                                                        \
        })
