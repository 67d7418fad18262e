/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Logging. Best effort by design: a journal that is full or gone never stops the daemon and never
 * makes it wait. What an operator may act on gets its own record with an id where it is raised; these
 * are the plain lines around it.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>

#include "base/journal-log.h"

/* JOURNAL_STREAM is inherited by whatever a service starts; it counts only for the stream it names. */
static bool error_stream_is_journal(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat st;

        return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

void journal_log(int priority, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        if (error_stream_is_journal())
                sd_journal_printv(priority, format, arguments);
        else if (priority < LOG_DEBUG) {
                fputs("klpwatchd: ", stderr);
                vfprintf(stderr, format, arguments);
                fputc('\n', stderr);
        }
        va_end(arguments);
}
