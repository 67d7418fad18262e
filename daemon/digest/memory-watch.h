/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Notices every allocation that failed anywhere in the process, also in libraries that do not tell.
 */

#include <stdbool.h>

/* From now on `flag` is set when one fails; it must outlive the process's work. */
void memory_watch_begin(volatile bool *flag);

/* True once an allocation failed, until memory_watch_forget(). Never in builds without a sandbox. */
bool memory_watch_failed(void);
void memory_watch_forget(void);
