/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where documents come from: files, folders with all below them, standard input (`-`); each plain or
 * as .xz; and the members of vendors' archives. One document is in memory at a time.
 */

#include <stddef.h>

#include "base/cleanup.h"

typedef struct DocumentSource DocumentSource;

enum {
        DOCUMENT_SOURCE_E_END = 1, /* no more documents */
        DOCUMENT_SOURCE_E_MISSING, /* an input cannot be opened at all; the reason says which */
        DOCUMENT_SOURCE_E_REFUSED, /* this one cannot be read; the reason says why; go on with the next */
        DOCUMENT_SOURCE_E_OTHER, /* this file is no document by its name (.csv, .txt); go on with the next */
        DOCUMENT_SOURCE_E_BROKEN, /* an archive is not whole: what came of it is not to be used; the reason says why */
};

#define DOCUMENT_SOURCE_REASON_BYTES 512

typedef struct Document {
        const char *name; /* for messages; valid as long as the source */
        const char *member; /* its name in an archive, where `name` is valid until the next; else NULL */
        char *text;         /* NUL-terminated behind its `n_bytes`; the caller's to free() */
        size_t n_bytes;
} Document;

/*
 * Looks all inputs up and lists the folders, in an order that does not depend on the file system.
 * 0, DOCUMENT_SOURCE_E_MISSING, or -ENOMEM.
 */
int document_source_new(DocumentSource **ret, char *const *inputs, size_t n_inputs,
                        char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
DocumentSource *document_source_free(DocumentSource *source);
DEFINE_CLEANUP(DocumentSource, document_source_free);

/*
 * The next document. With _E_REFUSED, _E_OTHER and _E_BROKEN only its name is set.
 * 0, DOCUMENT_SOURCE_E_END, _E_REFUSED, _E_OTHER, _E_BROKEN, or -ENOMEM.
 */
int document_source_next(DocumentSource *source, Document *ret,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
