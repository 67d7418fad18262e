/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Log lines of the daemon: to the journal when it runs under a service manager, else to the error stream.
 */

#include <syslog.h>

#include "base/cleanup.h"

/* `priority` is LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG; a debug line only shows in the journal. */
void journal_log(int priority, const char *format, ...) _printf_(2, 3);
