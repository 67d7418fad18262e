/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Logging. Best effort by design: a journal that is full or gone never stops the daemon and never
 * makes it wait. What an operator may act on gets its own record with an id where it is raised; these
 * are the plain lines around it.
 */

#include <stdarg.h>
#include <systemd/sd-journal.h>

#include "base/journal-log.h"

void journal_log(int priority, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        if (getenv("JOURNAL_STREAM"))
                sd_journal_printv(priority, format, arguments);
        else if (priority < LOG_DEBUG) {
                fputs("klpwatchd: ", stderr);
                vfprintf(stderr, format, arguments);
                fputc('\n', stderr);
        }
        va_end(arguments);
}
