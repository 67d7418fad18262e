/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The sandbox of the processes that read what comes from outside: limits and a list of system calls.
 */

#include <stdbool.h>

#include "base/cleanup.h"

#define SANDBOX_MEMORY_BYTES ((size_t) 256 * 1024 * 1024)
#define SANDBOX_OUTPUT_BYTES ((size_t) 64 * 1024 * 1024)
#define SANDBOX_MAX_DESCRIPTORS 16

/*
 * False where nothing is confined: in builds with sanitizers or coverage or with -Dsandbox=false, and under
 * valgrind, where that was known when it was built. They make calls of their own that no list could know. Nothing
 * that is set around the program decides.
 */
bool sandbox_is_on(void);

/* Lets the libraries open and ask for all that they will want later. Before sandbox_enter(), once. */
void sandbox_prime(void);

/*
 * Confines the calling process for good: it reads and writes the descriptors that it has or is sent, and
 * gets memory. Everything else fails with ENOSYS. `cpu_seconds` is the soft limit of its processor time from its
 * start, which another process may move. Limits that are lower already stay.
 * 0, or a negative errno: nothing foreign may be read then.
 */
int sandbox_enter(unsigned cpu_seconds);
