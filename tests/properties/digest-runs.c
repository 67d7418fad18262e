/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The one file of this test that knows how a run is driven.
 */

#include <stdlib.h>

#include "digest-runs.h"
#include "format/digest-write.h"

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
            digest_run_new(&run, mode, UTC_TIME_NONE) != 0 || digest_run_read(run, source) != 0)
                return NULL;
        return finish(run);
}

char *digest_run_of_repository(const char *folder, const char *id) {
        _cleanup_(digest_run_freep) DigestRun *run = NULL;
        Opener opener = { .socket = -1 };

        if (digest_run_new(&run, DIGEST_MODE_DOCUMENTS, UTC_TIME_NONE) != 0 ||
            digest_run_read_repository(run, &opener, folder, id) != 0)
                return NULL;
        return finish(run);
}

char *digest_of_list(const RandomStream *stream, bool first) {
        UtcTime at = stream->complete - (first ? 10 * USEC_PER_DAY : 0);
        const DigestHeader header = { "redhat", "a list", at };
        _cleanup_(facts_freep) Facts *facts = NULL;
        TextList notes = {};
        FactSource *source;
        char *text = NULL;
        size_t n_bytes;

        if (facts_new(&facts) != 0)
                return NULL;
        source = memory_pool_append(facts->pool, facts->sources, facts->n_sources);
        if (!source)
                return NULL;
        *source = (FactSource){ .name = "list", .vendor = header.vendor };
        for (size_t i = 0; i < stream->n_kernels; i++) {
                const StreamKernel *kernel = &stream->kernels[i];
                WindowFact *window;

                if (kernel->end == UTC_DAY_NONE)
                        continue;
                window = memory_pool_append(facts->pool, facts->windows, facts->n_windows);
                if (!window)
                        return NULL;
                *window = (WindowFact){ .kernel = kernel->release,
                                        .package = kernel->package,
                                        .end = first ? kernel->first_end : kernel->end,
                                        .origin = "a list",
                                        .revised = at };
        }
        return digest_write(facts, &header, &notes, facts->pool, &text, &n_bytes) == 0 ? text
                                                                                       : NULL;
}
