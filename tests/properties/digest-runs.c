/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The one file of this test that knows how a run is driven.
 */

#include <stdlib.h>

#include "digest-runs.h"

static char *finish(DigestRun *run) {
        char *text = NULL;
        size_t n_bytes;

        return digest_run_counts(run).n_refused == 0 && digest_run_write(run, &text, &n_bytes) == 0
                               ? text
                               : NULL;
}

char *digest_run_of_files(DigestMode mode, char *const *paths, size_t n_paths) {
        _cleanup_(document_source_freep) DocumentSource *source = NULL;
        _cleanup_(digest_run_freep) DigestRun *run = NULL;
        char reason[DOCUMENT_SOURCE_REASON_BYTES];

        if (document_source_new(&source, paths, n_paths, reason) != 0 ||
            digest_run_new(&run, mode) != 0 || digest_run_read(run, source) != 0)
                return NULL;
        return finish(run);
}

char *digest_run_of_repository(const char *folder, const char *id) {
        _cleanup_(digest_run_freep) DigestRun *run = NULL;
        Opener opener = { .socket = -1 };

        if (digest_run_new(&run, DIGEST_MODE_DOCUMENTS) != 0 ||
            digest_run_read_repository(run, &opener, folder, id) != 0)
                return NULL;
        return finish(run);
}
