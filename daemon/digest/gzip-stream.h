/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a gzip file unpacks to, as a stream that holds each member against its checksum and length.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

enum {
        GZIP_STREAM_E_BROKEN =
                        1, /* cut off, damaged, or more behind its end; the reason says which */
};

typedef struct GzipStream GzipStream;

/* True for bytes that begin like gzip's. */
bool gzip_stream_is_one(const char *bytes, size_t n_bytes);

/* Reads the open file `fd`, or where that is negative `bytes`; both stay the caller's. 0, or -ENOMEM. */
int gzip_stream_new(GzipStream **ret, int fd, const char *bytes, size_t n_bytes);
GzipStream *gzip_stream_free(GzipStream *stream);
DEFINE_CLEANUP(GzipStream, gzip_stream_free);

/*
 * Fills `buffer` as far as it can: fewer bytes than `n_room` come only at the end. `ret_reason` is static.
 * 0, GZIP_STREAM_E_BROKEN, or -ENOMEM.
 */
int gzip_stream_read(GzipStream *stream, char *buffer, size_t n_room, size_t *ret_n_bytes,
                     const char **ret_reason);
