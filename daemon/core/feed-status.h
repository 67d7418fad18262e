/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How it goes with a feed that klpwatch brings up to date itself: not what it says, but whether it could
 * be asked.
 */

#include <stdbool.h>

#include "base/utc-time.h"

typedef struct FeedStatus {
        const char *name;
        const char *type;     /* "package-cache", "csaf", … */
        const char *location; /* a path or URL; NULL = wherever this type is found */
        bool standby;         /* it is on only where it is needed, and now it is not */
        UtcTime last_attempt; /* UTC_TIME_NONE = not yet, as for the next two */
        UtcTime last_success;
        UtcTime next_attempt;
        const char *error;   /* what did not work at the last attempt; NULL = nothing */
        bool failed;         /* nothing of that attempt counts */
        unsigned n_failures; /* so many attempts in a row */
        bool untrusted;      /* what did not work is a signature */
} FeedStatus;
