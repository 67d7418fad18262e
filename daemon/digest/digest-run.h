/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One run of klpwatch-digest: every input is looked at in turn, and one digest comes of it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "digest/document-source.h"

typedef enum DigestMode {
        DIGEST_MODE_DOCUMENTS, /* vendor documents → digest */
        DIGEST_MODE_MERGE,     /* digests → digest */
        DIGEST_MODE_CHECK,     /* both, and nothing is made of them */
} DigestMode;

enum {
        DIGEST_RUN_E_NOTHING = 1, /* there is no digest to write; it was said why */
        DIGEST_RUN_E_LOST, /* nor is there one here, but why is known to who started the readers */
};

/* What was read so far. */
typedef struct DigestRunCounts {
        size_t n_digests, n_documents, n_with_records, n_refused;
} DigestRunCounts;

typedef struct DigestRun DigestRun;

/* `as_of`: when lists were that do not tell; UTC_TIME_NONE when not known. 0, or -ENOMEM. */
int digest_run_new(DigestRun **ret, DigestMode mode, UtcTime as_of);
DigestRun *digest_run_free(DigestRun *run);
DEFINE_CLEANUP(DigestRun, digest_run_free);

/*
 * Reads everything that `source` has. What is refused is told on standard error, and skipped; but an
 * archive that is not whole ends the run, because nobody knows what it lacks, and so do documents of
 * a second vendor. A document for which there is no memory is refused alone, where the sandbox's limit is to blame.
 * 0, DIGEST_RUN_E_*, or a negative errno.
 */
int digest_run_read(DigestRun *run, DocumentSource *source);

/*
 * Reads the repository in a folder, or whose repomd.xml is named, by way of `opener`; `id` is the repository's. A refused
 * one is told on standard error. 0, DIGEST_RUN_E_NOTHING where documents of another vendor came before, or
 * a negative errno.
 */
int digest_run_read_repository(DigestRun *run, const Opener *opener, const char *path,
                               const char *id);

/* The digest of what was read, the caller's to free(). 0, DIGEST_RUN_E_NOTHING, or -ENOMEM. */
int digest_run_write(DigestRun *run, char **ret, size_t *ret_n_bytes);

DigestRunCounts digest_run_counts(const DigestRun *run);
