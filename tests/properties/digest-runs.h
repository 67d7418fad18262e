/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Runs of klpwatch-digest's own code inside a test: what the program does with the same arguments.
 * Whatever is refused or contradicts is a failed run. The digests are the caller's to free().
 */

#include "digest/digest-run.h"
#include "random-stream.h"

/* The digest of documents, or with DIGEST_MODE_MERGE of digests; NULL when the run failed. */
char *digest_run_of_files(DigestMode mode, char *const *paths, size_t n_paths);

/* The digest of the repository below `folder`; NULL when the run failed. */
char *digest_run_of_repository(const char *folder, const char *id);

/*
 * The digest of a list of support ends, as it was first or as it is now: no vendor of the histories publishes
 * one in a form of its own. NULL without memory.
 */
char *digest_of_list(const RandomStream *stream, bool first);
