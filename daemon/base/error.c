/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Error notes. A fatal error travels to main() as a bare errno; what is lost on the way is where it
 * came from. With KLPWATCH_ERROR_TRACE set each raise and each forward prints its place, which
 * together read as a stack trace. It refuses to do more: no error objects, no message strings.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int error_note(const char *verb, int error, const char *file, int line, const char *function) {
        if (getenv("KLPWATCH_ERROR_TRACE"))
                fprintf(stderr, "error %s: %s:%d %s(): %s\n", verb, file, line, function,
                        strerror(error < 0 ? -error : error));
        return error;
}
