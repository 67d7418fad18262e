/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Files of repository metadata. The packed file is read whole and hashed before a byte of it is
 * unpacked, so no parser sees what its publisher did not mean; what it unpacks to passes in pieces.
 * It refuses to unpack without end, and to believe a cut file.
 */

#include <archive.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/sha256.h"
#include "digest/gzip-stream.h"
#include "digest/repository-file.h"
#include "digest/worker.h"

static int refuse(char *reason, const char *path, const char *format, ...) _printf_(3, 4);

static int refuse(char *reason, const char *path, const char *format, ...) {
        char text[600];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        snprintf(reason, REPOSITORY_FILE_REASON_BYTES, "%.400s:%s", path, text);
        return REPOSITORY_FILE_E_REFUSED;
}

static int feed(XmlStream *stream, const char *path, const char *bytes, size_t n_bytes, bool last,
                char *reason) {
        char why[XML_STREAM_REASON_BYTES];
        int r = xml_stream_feed(stream, bytes, n_bytes, last, why);

        if (r < 0)
                return error_trace(r);
        return r > 0 ? refuse(reason, path, "%s", why) : 0;
}

/* Where what is packed is unpacked: libarchive, but for gzip, of which it does not check what came. */
typedef struct Unpacking {
        struct archive *archive;
        GzipStream *gzip;
        const char *path;
        size_t n_packed;
} Unpacking;

/* The next bytes; none at the end. 0, REPOSITORY_FILE_E_REFUSED, or -ENOMEM. */
static int unpack_piece(const Unpacking *unpacking, char *piece, size_t n_room, size_t *ret_n,
                        char *reason) {
        const char *why;
        ssize_t n;
        int r;

        if (unpacking->gzip) {
                r = gzip_stream_read(unpacking->gzip, piece, n_room, ret_n, &why);
                if (r < 0)
                        return error_trace(r);
                return r > 0 ? refuse(reason, unpacking->path, " cannot be unpacked: %s", why) : 0;
        }
        n = archive_read_data(unpacking->archive, piece, n_room);
        if (n < 0)
                return refuse(reason, unpacking->path, " cannot be unpacked: %s",
                              archive_error_string(unpacking->archive) ?: "unknown reason");
        *ret_n = (size_t) n;
        return 0;
}

static int unpack(const Unpacking *unpacking, XmlStream *stream, char *reason) {
        const char *path = unpacking->path;
        char piece[65536];
        size_t n, n_bytes = 0;

        for (;;) {
                int r;

                r = unpack_piece(unpacking, piece, sizeof(piece), &n, reason);
                if (r)
                        return r < 0 ? error_trace(r) : r;
                n_bytes += n;
                if (n_bytes > REPOSITORY_FILE_MAX_UNPACKED_BYTES)
                        return refuse(reason, path,
                                      " " REPOSITORY_CAP_UNPACKED_BYTES
                                      ": unpacks to more than %d bytes",
                                      REPOSITORY_FILE_MAX_UNPACKED_BYTES);
                if (n_bytes > unpacking->n_packed * EXPANSION_MAX_RATIO)
                        return refuse(reason, path,
                                      " " EXPANSION_CAP_RATIO
                                      ": unpacks to more than %d bytes for each",
                                      EXPANSION_MAX_RATIO);
                r = feed(stream, path, piece, n, n == 0, reason);
                if (r || n == 0)
                        return r;
        }
}

static bool is_packed(const char *bytes, size_t n_bytes) {
        static const char xz[] = { '\xFD', '7', 'z', 'X' },
                          zstd[] = { '\x28', '\xB5', '\x2F', '\xFD' };

        return gzip_stream_is_one(bytes, n_bytes) ||
               (n_bytes >= sizeof(xz) &&
                (memcmp(bytes, xz, sizeof(xz)) == 0 || memcmp(bytes, zstd, sizeof(zstd)) == 0));
}

static bool open_archive(struct archive *archive, const char *bytes, size_t n_bytes) {
        struct archive_entry *entry;

        return archive_read_support_filter_xz(archive) == ARCHIVE_OK &&
               archive_read_support_filter_zstd(archive) == ARCHIVE_OK &&
               archive_read_support_format_raw(archive) == ARCHIVE_OK &&
               archive_read_open_memory(archive, bytes, n_bytes) == ARCHIVE_OK &&
               archive_read_next_header(archive, &entry) == ARCHIVE_OK;
}

static int unpack_all(XmlStream *stream, const char *path, const char *bytes, size_t n_bytes,
                      char *reason) {
        _cleanup_(gzip_stream_freep) GzipStream *gzip = NULL;
        Unpacking unpacking = { .path = path, .n_packed = n_bytes };
        int r;

        if (gzip_stream_is_one(bytes, n_bytes)) {
                r = gzip_stream_new(&gzip, -1, bytes, n_bytes);
                if (r)
                        return error_fold(r);
                unpacking.gzip = gzip;
                return unpack(&unpacking, stream, reason);
        }
        unpacking.archive = archive_read_new();
        if (!unpacking.archive)
                return error_origin(-ENOMEM);
        if (open_archive(unpacking.archive, bytes, n_bytes))
                r = unpack(&unpacking, stream, reason);
        else
                r = refuse(reason, path, " cannot be unpacked: %s",
                           archive_error_string(unpacking.archive) ?: "no data in it");
        archive_read_free(unpacking.archive);
        return r;
}

int repository_file_read(const Opener *opener, const char *path, const char *sha256,
                         const XmlStreamReader *reader,
                         char ret_reason[static REPOSITORY_FILE_REASON_BYTES]) {
        _cleanup_(xml_stream_freep) XmlStream *stream = NULL;
        _cleanup_free_ char *bytes = NULL;
        _cleanup_close_ int fd = -1;
        char found[SHA256_TEXT_BYTES];
        size_t n_bytes;
        int r;

        worker_note_document(path);
        r = opener_open(opener, path, &fd);
        if (r > 0) {
                bool missing = errno == ENOENT;

                refuse(ret_reason, path, " cannot be read: %s", strerror(errno));
                return missing ? REPOSITORY_FILE_E_MISSING : REPOSITORY_FILE_E_REFUSED;
        }
        if (r < 0)
                return error_trace(r);
        r = bounded_read_fd(fd, REPOSITORY_FILE_MAX_BYTES, &bytes, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_TOO_LARGE)
                return refuse(ret_reason, path, " " REPOSITORY_CAP_BYTES ": larger than %d bytes",
                              REPOSITORY_FILE_MAX_BYTES);
        if (r > 0)
                return refuse(ret_reason, path, " cannot be read: %s", strerror(errno));
        if (sha256 && strcasecmp(sha256_text(bytes, n_bytes, found), sha256) != 0)
                return refuse(ret_reason, path,
                              " its sha256 is %s, and repomd.xml says %.64s: cut or changed", found,
                              sha256);

        r = xml_stream_new(&stream, reader);
        if (r)
                return error_fold(r);
        return is_packed(bytes, n_bytes) ? unpack_all(stream, path, bytes, n_bytes, ret_reason)
                                         : feed(stream, path, bytes, n_bytes, true, ret_reason);
}
