/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A made-up history in the forms in which vendors publish: CSAF documents as Red Hat writes them, and
 * the metadata of a package repository.
 */

#include "random-stream.h"

/* The CSAF document of an advisory; allocated, the caller's to free(). NULL without memory. */
char *spelled_stream_document(Random *random, const RandomStream *stream,
                              const StreamAdvisory *advisory);

/* The same with the advisory's first revision: what was taken back since is still in it. */
char *spelled_stream_first_revision(Random *random, const RandomStream *stream,
                                    const StreamAdvisory *advisory);

/* What is left of a document that was withdrawn. */
char *spelled_stream_withdrawal(const StreamAdvisory *advisory);

/* A document without a kernel, released at `stream->complete`. */
char *spelled_stream_noise(const RandomStream *stream);

/*
 * Writes repodata/ below `folder`, which holds a folder of that name already; without the list of
 * packages absence cannot be proven. False when it cannot be written.
 */
bool spelled_stream_write_repository(Random *random, const RandomStream *stream, const char *folder,
                                     bool list_of_packages);

/* The id of the repository of the host's channel: rhel-9-for-x86_64-baseos-eus-rpms. */
const char *spelled_stream_repository_id(const RandomStream *stream);

/* Writes a whole file; false when it cannot be written. */
bool spelled_stream_write_file(const char *path, const char *text, size_t n_bytes);
