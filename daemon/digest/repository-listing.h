/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * repomd.xml: which files make up the metadata of a repository, and its revision.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"
#include "digest/repository-file.h"

typedef enum RepositoryFileKind {
        REPOSITORY_FILE_PRIMARY,
        REPOSITORY_FILE_UPDATEINFO,
        REPOSITORY_FILE_OTHER,
        _REPOSITORY_FILE_MAX,
} RepositoryFileKind;

typedef struct RepositoryListed {
        const char *location; /* NULL = not listed */
        const char *checksum; /* SHA-256 */
} RepositoryListed;

typedef struct RepositoryListing {
        RepositoryListed files[_REPOSITORY_FILE_MAX];
        UtcTime complete_at; /* the revision; UTC_TIME_NONE when that is no time */
} RepositoryListing;

/* Seconds since 1970; false for a count of some other kind. */
bool repository_listing_parse_seconds(const char *text, UtcTime *ret);

/* Reads the file at `path`. 0, REPOSITORY_FILE_E_*, or a negative errno. */
int repository_listing_read(const Opener *opener, const char *path, MemoryPool *pool,
                            RepositoryListing *ret,
                            char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
