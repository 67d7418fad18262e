/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A vendor's archive of all its documents: .tar, plain or as .zst, .xz, .bz2 or .gz. It is read from
 * its first byte to its last, nothing of it ever becomes a file, and one document is in memory at a
 * time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "digest/document-source.h"

enum {
        DOCUMENT_ARCHIVE_E_END = 1, /* no more documents, and the archive is whole */
        DOCUMENT_ARCHIVE_E_REFUSED, /* this document cannot be used; the reason says why; go on with the next */
        DOCUMENT_ARCHIVE_E_BROKEN, /* the archive cannot be relied upon, nor can what came of it; the reason says why */
};

/* What lies at a cap is accepted. */
typedef struct DocumentArchiveCaps {
        uint64_t n_packed_bytes; /* of the file */
        uint64_t n_bytes;        /* of all that it unpacks to */
        uint64_t n_members;      /* of every kind */
        uint64_t n_member_bytes; /* of one document */
        uint64_t ratio;          /* of what it unpacks to, to the file */
} DocumentArchiveCaps;

typedef struct DocumentArchive DocumentArchive;

/* True for a name that says tar archive. */
bool document_archive_is_name(const char *path);

/*
 * Reads from `fd`, an open file, which it owns from now on; `path` is its name in messages. `caps` NULL: those of
 * format/input-caps.h. 0, DOCUMENT_ARCHIVE_E_BROKEN, or -ENOMEM.
 */
int document_archive_new(DocumentArchive **ret, int fd, const char *path,
                         const DocumentArchiveCaps *caps,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
DocumentArchive *document_archive_free(DocumentArchive *archive);
DEFINE_CLEANUP(DocumentArchive, document_archive_free);

/*
 * The next document; members that are none by their name are passed over. Its names and its text are valid
 * until the next call. With _E_REFUSED only they are set.
 * 0, DOCUMENT_ARCHIVE_E_*, or -ENOMEM.
 */
int document_archive_next(DocumentArchive *archive, Document *ret,
                          char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
