/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * gzip as a stream. libarchive unpacks it too, but passes over the checksum and the length that end
 * each member, so of a file whose bytes changed on the way it would hand out what nobody packed. zlib,
 * which it does it by, holds them against what came. It refuses anything behind the last member.
 */

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "digest/gzip-stream.h"

#define WINDOW_BITS_GZIP (15 + 16) /* the largest window, and gzip's frame alone */

struct GzipStream {
        z_stream z;
        int fd;
        const char *bytes; /* that are still to come where there is no file */
        size_t n_bytes;
        bool between, at_end; /* members; of the packed bytes */
        char piece[64 * 1024];
};

bool gzip_stream_is_one(const char *bytes, size_t n_bytes) {
        return n_bytes >= 2 && bytes[0] == '\x1F' && bytes[1] == '\x8B';
}

int gzip_stream_new(GzipStream **ret, int fd, const char *bytes, size_t n_bytes) {
        GzipStream *stream = calloc(1, sizeof(*stream));

        if (!stream)
                return error_origin(-ENOMEM);
        if (inflateInit2(&stream->z, WINDOW_BITS_GZIP) != Z_OK) {
                free(stream);
                return error_origin(-ENOMEM);
        }
        stream->fd = fd;
        stream->bytes = bytes;
        stream->n_bytes = n_bytes;
        *ret = stream;
        return 0;
}

GzipStream *gzip_stream_free(GzipStream *stream) {
        if (!stream)
                return NULL;

        inflateEnd(&stream->z);
        free(stream);
        return NULL;
}

/* The next packed bytes; false when they cannot be read. */
static bool refill(GzipStream *stream) {
        size_t n = stream->n_bytes < INT_MAX ? stream->n_bytes : INT_MAX;
        ssize_t n_read;

        if (stream->fd < 0) {
                stream->z.next_in = (Bytef *) stream->bytes;
                stream->z.avail_in = (uInt) n;
                stream->bytes += n;
                stream->n_bytes -= n;
                stream->at_end = n == 0;
                return true;
        }
        do
                n_read = read(stream->fd, stream->piece, sizeof(stream->piece));
        while (n_read < 0 && errno == EINTR);
        if (n_read < 0)
                return false;
        stream->z.next_in = (Bytef *) stream->piece;
        stream->z.avail_in = (uInt) n_read;
        stream->at_end = n_read == 0;
        return true;
}

static int broken(const char **ret_reason, const char *reason) {
        *ret_reason = reason;
        return GZIP_STREAM_E_BROKEN;
}

int gzip_stream_read(GzipStream *stream, char *buffer, size_t n_room, size_t *ret_n_bytes,
                     const char **ret_reason) {
        z_stream *z = &stream->z;

        z->next_out = (Bytef *) buffer;
        z->avail_out = (uInt) (n_room < INT_MAX ? n_room : INT_MAX);
        while (z->avail_out > 0) {
                int r;

                if (z->avail_in == 0 && !stream->at_end && !refill(stream))
                        return broken(ret_reason, strerror(errno));
                if (stream->at_end && z->avail_in == 0) {
                        if (!stream->between)
                                return broken(ret_reason, "truncated gzip input");
                        break;
                }
                if (stream->between) {
                        /* Members may follow each other; nothing else may. */
                        if ((unsigned char) *z->next_in != 0x1F)
                                return broken(ret_reason, "more behind the end of the gzip data");
                        inflateReset(z);
                        stream->between = false;
                }
                r = inflate(z, Z_NO_FLUSH);
                if (r == Z_MEM_ERROR)
                        return error_origin(-ENOMEM);
                if (r == Z_STREAM_END)
                        stream->between = true;
                else if (r != Z_OK && r != Z_BUF_ERROR)
                        return broken(ret_reason, z->msg ?: "damaged gzip data");
        }
        *ret_n_bytes = (size_t) ((char *) z->next_out - buffer);
        return 0;
}
