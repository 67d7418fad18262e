/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The documents of an archive on their way from the process that unpacks it to the one that parses them.
 */

#include "digest/document-archive.h"

enum {
        DOCUMENT_STREAM_E_END = 1, /* no more documents, and the archive is whole */
        DOCUMENT_STREAM_E_NOISE,   /* this one is whole, and noise by its bytes */
        DOCUMENT_STREAM_E_REFUSED, /* this document cannot be used; the reason says why; go on with the next */
        DOCUMENT_STREAM_E_BROKEN, /* the archive cannot be relied upon, nor can what came of it; the reason says why */
        DOCUMENT_STREAM_E_LOST, /* the stream ended before the archive: how, knows who started its sender */
};

/*
 * Sends all that an archive has, to its end or to where it is broken, into the pipe `fd`. 0 also when nobody
 * reads any more; or -ENOMEM.
 */
int document_stream_send(DocumentArchive *archive, int fd);

/* Says in place of an archive that it cannot be opened, with document_archive_new()'s reason. 0, or a negative errno. */
int document_stream_send_broken(int fd, const char *reason);

typedef struct DocumentStream DocumentStream;

/* Reads from `fd`, which it owns; `path` is the archive's. 0, or -ENOMEM. */
int document_stream_new(DocumentStream **ret, int fd, const char *path);
DocumentStream *document_stream_free(DocumentStream *stream);
DEFINE_CLEANUP(DocumentStream, document_stream_free);

/*
 * The next document, as document_archive_next() gives it. Of noise there is no text. Whoever sends is
 * believed in nothing: what is no sound message ends the stream.
 * 0, DOCUMENT_STREAM_E_*, or -ENOMEM.
 */
int document_stream_next(DocumentStream *stream, Document *ret,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]);
