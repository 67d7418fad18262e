/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A run of klpwatch-digest in processes that may do nothing but read what they are given.
 */

#include "digest/digest-run.h"

typedef struct ConfinedJob {
        DigestMode mode;
        UtcTime as_of;          /* of lists that tell no date; UTC_TIME_NONE: not stated */
        DocumentSource *source; /* what is read; NULL for a repository */
        const char *repository; /* its folder or repomd.xml */
        const char *id;         /* its id */
} ConfinedJob;

typedef struct ConfinedResult {
        DigestRunCounts counts;
        bool complete; /* the inputs were read to their end */
        bool written;  /* there is a digest */
        bool died;     /* a worker did not come to its end; the last line told names its document */
        int digest;    /* an open file with it; the caller's to close; -1: none */
} ConfinedResult;

/*
 * Reads all, and makes the digest. This process opens files and reads none of them: a worker parses, and
 * for each archive another one unpacks. What is refused is told on standard error, also how a worker ended that did not
 * come to its end: then nothing is complete.
 * 0, or a negative errno.
 */
int confined_run(const ConfinedJob *job, ConfinedResult *ret);
