/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where documents come from: files, folders with all below them, standard input (`-`); each plain or
 * as .xz; and the members of vendors' archives. One document is in memory at a time. Listing is one
 * thing and reading another, which is done by whoever the files are opened for.
 */

#include <stddef.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"
#include "digest/csaf-advisory-id.h"
#include "digest/opener.h"

typedef struct DocumentSource DocumentSource;

enum {
        DOCUMENT_SOURCE_E_END = 1, /* no more documents */
        DOCUMENT_SOURCE_E_MISSING, /* an input cannot be opened at all; the reason says which */
        DOCUMENT_SOURCE_E_NOISE, /* a member of an archive is noise by its bytes: it has no text, but vendor and date */
        DOCUMENT_SOURCE_E_REFUSED, /* this one cannot be read; the reason says why; go on with the next */
        DOCUMENT_SOURCE_E_OTHER, /* this file is no document by its name (.csv, .txt); go on with the next */
        DOCUMENT_SOURCE_E_BROKEN, /* an archive is not whole: what came of it is not to be used; the reason says why */
        DOCUMENT_SOURCE_E_LOST, /* whoever reads the archive is gone: nothing is to be used */
};

#define DOCUMENT_SOURCE_REASON_BYTES 512

typedef struct Document {
        const char *name; /* for messages; valid as long as the source */
        const char *member; /* its name in an archive, where `name` is valid until the next; else NULL */
        char *text; /* NUL-terminated behind its `n_bytes`; the caller's to change; valid until the next */
        size_t n_bytes;
        CsafVendor vendor; /* of noise */
        UtcTime released;  /* of noise */
} Document;

/*
 * Looks all inputs up and lists the folders, in an order that does not depend on the file system.
 * 0, DOCUMENT_SOURCE_E_MISSING, or -ENOMEM.
 */
int document_source_new(DocumentSource **ret, char *const *inputs, size_t n_inputs,
                        char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
DocumentSource *document_source_free(DocumentSource *source);
DEFINE_CLEANUP(DocumentSource, document_source_free);

/* All paths that it will open, sorted, in `pool`; standard input is called `-`. */
void document_source_list(const DocumentSource *source, MemoryPool *pool, TextList *ret);

/* Who opens the files from now on; it must outlive the source. This process does without it. */
void document_source_set_opener(DocumentSource *source, const Opener *opener);

/*
 * The next document. With _E_REFUSED, _E_OTHER and _E_BROKEN only its name is set, and so it is with a negative
 * errno if it was this one's alone: others can still be read.
 * 0, DOCUMENT_SOURCE_E_* but _E_MISSING, or a negative errno.
 */
int document_source_next(DocumentSource *source, Document *ret,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
