/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A package repository's metadata: which kernels and live patches it holds, and what its advisories
 * say of them.
 */

#include "core/facts.h"
#include "digest/repository-file.h"

enum {
        REPOSITORY_METADATA_E_REFUSED = 1, /* the reason names file, line and why */
};

typedef struct RepositoryMetadata {
        const char *vendor; /* redhat, amazon, suse; NULL when it holds no kernel of theirs: noise */
        UtcTime complete_at; /* repomd.xml's revision; UTC_TIME_NONE when that is no time */
        TextList notes;
} RepositoryMetadata;

/* The folder with the files of the repository in `path`, a folder that has repodata/ or its repomd.xml. */
const char *repository_metadata_folder(MemoryPool *pool, const char *path);

/*
 * Reads, by way of `opener`, the repository in a folder that has repodata/, or whose repomd.xml is named, and appends its
 * records with source 0 to `facts`. `id` is the repository's, as package managers know it: the channel
 * is taken from it, the stream from its newest kernel. A record of the repository itself, which proves
 * absence, comes only of a whole list of packages with a time. All or nothing.
 * 0, REPOSITORY_METADATA_E_REFUSED, or a negative errno.
 */
int repository_metadata_read(const Opener *opener, const char *path, const char *id, Facts *facts,
                             RepositoryMetadata *ret,
                             char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
