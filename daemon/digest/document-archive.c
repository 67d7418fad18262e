/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Archives of documents. libarchive is used twice: an outer handle only unpacks (but for gzip, of which
 * it does not check what came), an inner one knows tar and nothing else, and every byte between them passes
 * through here. So the end can be judged:
 * a tar archive that was cut between two members looks whole to libarchive, but it lacks the two
 * empty blocks that close it; and what stands behind them, or behind the packed data, was put there
 * by somebody. An archive that is not whole says nothing about what is missing, which is why it
 * counts for nothing at all.
 *
 * It refuses to start decompressors of the system, to follow or create anything that a member names,
 * and to read members of another kind or name than documents have.
 */

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "digest/document-archive.h"
#include "digest/document-name.h"
#include "digest/document-room.h"
#include "digest/gzip-stream.h"
#include "format/input-caps.h"

#define END_BYTES 1024 /* the two empty blocks */

struct DocumentArchive {
        DocumentArchiveCaps caps;
        int fd;
        uint64_t n_packed_bytes;
        struct archive *outer, *inner;
        GzipStream *gzip;      /* in the outer one's place */
        uint64_t n_bytes;      /* of tar, so far */
        uint64_t n_with_data;  /* up to and with the last of them that is not zero */
        uint64_t n_of_members; /* up to the end of the last member */
        uint64_t n_members, n_documents;
        bool too_large, too_dense;
        DocumentRoom room;
        char *name; /* of the file and of the member in it */
        size_t n_name, n_path;
        const char *block;       /* what was unpacked last */
        char buffer[128 * 1024]; /* of gzip */
};

static const DocumentArchiveCaps default_caps = {
        .n_packed_bytes = ARCHIVE_MAX_PACKED_BYTES,
        .n_bytes = ARCHIVE_MAX_BYTES,
        .n_members = ARCHIVE_MAX_MEMBERS,
        .n_member_bytes = CSAF_DOCUMENT_MAX_BYTES,
        .ratio = EXPANSION_MAX_RATIO,
};

bool document_archive_is_name(const char *path) {
        static const char *const endings[] = { ".tar",     ".tar.zst", ".tar.xz",
                                               ".tar.bz2", ".tar.gz",  ".tgz" };

        for (size_t i = 0; i < ELEMENTS(endings); i++)
                if (text_ends_with(path, endings[i]))
                        return true;
        return false;
}

static int broken(char *reason, const char *format, ...) _printf_(2, 3);

static int broken(char *reason, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(reason, DOCUMENT_SOURCE_REASON_BYTES, format, arguments);
        va_end(arguments);
        return DOCUMENT_ARCHIVE_E_BROKEN;
}

static const char *why(struct archive *archive) {
        return archive_error_string(archive) ?: "no archive";
}

DocumentArchive *document_archive_free(DocumentArchive *archive) {
        if (!archive)
                return NULL;

        archive_read_free(archive->inner);
        archive_read_free(archive->outer);
        gzip_stream_free(archive->gzip);
        closep(&archive->fd);
        document_room_clear(&archive->room);
        free(archive->name);
        free(archive);
        return NULL;
}

/* The next bytes that are unpacked, in `block`: their number, or negative with the error set. */
static ssize_t unpack(DocumentArchive *archive, struct archive *blame) {
        const char *reason;
        const void *block;
        la_int64_t offset;
        size_t n_bytes;
        int r;

        if (archive->gzip) {
                r = gzip_stream_read(archive->gzip, archive->buffer, sizeof(archive->buffer),
                                     &n_bytes, &reason);
                archive->block = archive->buffer;
                if (r == 0)
                        return (ssize_t) n_bytes;
                archive_set_error(blame, r < 0 ? ENOMEM : EIO, "%s", r < 0 ? "no memory" : reason);
                return ARCHIVE_FATAL;
        }
        /* Not copied: a block stays where the outer handle has it until the next one. */
        r = archive_read_data_block(archive->outer, &block, &n_bytes, &offset);
        if (r != ARCHIVE_OK && r != ARCHIVE_EOF) {
                archive_set_error(blame, EIO, "%s", why(archive->outer));
                return ARCHIVE_FATAL;
        }
        archive->block = block;
        return r == ARCHIVE_EOF ? 0 : (ssize_t) n_bytes;
}

/* The next bytes of tar: their number, 0 at the end, or negative with the error set. */
static ssize_t read_tar(DocumentArchive *archive, struct archive *blame) {
        ssize_t n = unpack(archive, blame);

        if (n < 0)
                return ARCHIVE_FATAL;
        for (size_t i = (size_t) n; i > 0; i--)
                if (archive->block[i - 1] != '\0') {
                        archive->n_with_data = archive->n_bytes + i;
                        break;
                }
        archive->n_bytes += (uint64_t) n;
        if (archive->n_bytes > archive->caps.n_bytes) {
                archive->too_large = true;
                archive_set_error(blame, EFBIG, "too large");
                return ARCHIVE_FATAL;
        }
        if (archive->n_bytes > archive->n_packed_bytes * archive->caps.ratio) {
                archive->too_dense = true;
                archive_set_error(blame, EFBIG, "too dense");
                return ARCHIVE_FATAL;
        }
        return n;
}

static la_ssize_t on_read(struct archive *inner, void *userdata, const void **ret) {
        DocumentArchive *archive = userdata;

        ssize_t n = read_tar(archive, inner);

        *ret = archive->block;
        return n;
}

/* The reason why tar cannot be read on. */
static int broken_tar(DocumentArchive *archive, char *reason) {
        if (archive->too_large)
                return broken(reason, ARCHIVE_CAP_BYTES ": unpacks to more than %llu bytes",
                              (unsigned long long) archive->caps.n_bytes);
        if (archive->too_dense)
                return broken(reason,
                              EXPANSION_CAP_RATIO ": unpacks to more than %llu bytes for each",
                              (unsigned long long) archive->caps.ratio);
        return broken(reason, "cut off or damaged: %s", why(archive->inner));
}

/* A filter that answers ARCHIVE_WARN would start a program. */
static bool take_filters(struct archive *outer) {
        return archive_read_support_filter_zstd(outer) == ARCHIVE_OK &&
               archive_read_support_filter_xz(outer) == ARCHIVE_OK &&
               archive_read_support_filter_bzip2(outer) == ARCHIVE_OK;
}

static int look_at_file(DocumentArchive *archive, char *reason) {
        struct stat st;

        if (fstat(archive->fd, &st) < 0)
                return broken(reason, "cannot be read: %s", strerror(errno));
        if (!S_ISREG(st.st_mode))
                return broken(reason, "cannot be read: not a regular file");
        archive->n_packed_bytes = (uint64_t) st.st_size;
        if (archive->n_packed_bytes > archive->caps.n_packed_bytes)
                return broken(reason, ARCHIVE_CAP_PACKED_BYTES ": larger than %llu bytes",
                              (unsigned long long) archive->caps.n_packed_bytes);
        return 0;
}

static int open_outer(DocumentArchive *archive, char *reason) {
        struct archive_entry *entry;

        archive->outer = archive_read_new();
        if (!archive->outer)
                return error_origin(-ENOMEM);
        if (!take_filters(archive->outer))
                return broken(reason, "libarchive was built without zstd, xz or bzip2");
        if (archive_read_support_format_raw(archive->outer) != ARCHIVE_OK ||
            archive_read_open_fd(archive->outer, archive->fd, sizeof(archive->buffer)) !=
                            ARCHIVE_OK ||
            archive_read_next_header(archive->outer, &entry) != ARCHIVE_OK)
                return broken(reason, "cannot be unpacked: %s", why(archive->outer));
        if (archive_filter_count(archive->outer) > 2)
                return broken(reason, "packed more than once");
        return 0;
}

static int open_handles(DocumentArchive *archive, char *reason) {
        char start[2];
        ssize_t n = read(archive->fd, start, sizeof(start));
        int r;

        if (n < 0 || lseek(archive->fd, 0, SEEK_SET) < 0)
                return broken(reason, "cannot be read: %s", strerror(errno));
        r = gzip_stream_is_one(start, (size_t) n)
                            ? gzip_stream_new(&archive->gzip, archive->fd, NULL, 0)
                            : open_outer(archive, reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        archive->inner = archive_read_new();
        if (!archive->inner)
                return error_origin(-ENOMEM);
        if (archive_read_support_format_tar(archive->inner) != ARCHIVE_OK ||
            archive_read_open(archive->inner, archive, NULL, on_read, NULL) != ARCHIVE_OK)
                return broken_tar(archive, reason);
        return 0;
}

int document_archive_new(DocumentArchive **ret, int fd, const char *path,
                         const DocumentArchiveCaps *caps,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]) {
        _cleanup_(document_archive_freep) DocumentArchive *archive = NULL;
        int r;

        archive = calloc(1, sizeof(*archive));
        if (!archive) {
                close(fd);
                return error_origin(-ENOMEM);
        }
        archive->fd = fd;
        archive->caps = caps ? *caps : default_caps;
        archive->n_path = strlen(path);
        archive->n_name = archive->n_path + 512;
        archive->name = malloc(archive->n_name);
        if (!archive->name)
                return error_origin(-ENOMEM);
        strcpy(archive->name, path);

        r = look_at_file(archive, ret_reason);
        if (r == 0)
                r = open_handles(archive, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        *ret = TAKE(archive);
        return 0;
}

/* At the end of tar: is it closed, does nothing follow, was there anything for us? */
static int judge_end(DocumentArchive *archive, char *reason) {
        ssize_t n;

        do {
                n = read_tar(archive, archive->inner);
                if (n < 0)
                        return broken_tar(archive, reason);
        } while (n > 0);

        if (archive->n_with_data > archive->n_of_members)
                return broken(reason, "more behind the end of the archive");
        if (archive->n_bytes - archive->n_of_members < END_BYTES)
                return broken(reason, "cut off: the archive's end is missing");
        /* Of gzip that was said on the way. */
        if (!archive->gzip &&
            (uint64_t) archive_filter_bytes(archive->outer, -1) != archive->n_packed_bytes)
                return broken(reason, "more behind the end of the packed data");
        if (archive->n_documents == 0)
                return broken(reason, "no document in it has a name such as "
                                      "2024/rhsa-2024_5363.json or csaf/suse-su-2024_2883-1.json");
        return DOCUMENT_ARCHIVE_E_END;
}

/* Goes to the next member that is a document by its name. */
static int next_member(DocumentArchive *archive, struct archive_entry **ret, char *reason) {
        for (;;) {
                struct archive_entry *entry;
                const char *name;
                int r;

                r = archive_read_next_header(archive->inner, &entry);
                if (r == ARCHIVE_EOF)
                        return judge_end(archive, reason);
                if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
                        return broken_tar(archive, reason);
                if (archive->n_members == archive->caps.n_members)
                        return broken(reason, ARCHIVE_CAP_MEMBERS ": more than %llu members",
                                      (unsigned long long) archive->caps.n_members);
                archive->n_members++;

                name = archive_entry_pathname(entry);
                if (name && document_name_is_member(name)) {
                        *ret = entry;
                        return 0;
                }
                if (archive_read_data_skip(archive->inner) != ARCHIVE_OK)
                        return broken_tar(archive, reason);
                archive->n_of_members = (uint64_t) archive_filter_bytes(archive->inner, 0);
        }
}

/* Else the reason says what keeps a member from being read. */
static bool is_readable(DocumentArchive *archive, struct archive_entry *entry, char *reason) {
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
            archive_entry_symlink(entry) || archive_entry_sparse_count(entry) > 0) {
                broken(reason, "not a plain file");
                return false;
        }
        if ((uint64_t) archive_entry_size(entry) > archive->caps.n_member_bytes) {
                broken(reason, CSAF_CAP_BYTES ": larger than %llu bytes",
                       (unsigned long long) archive->caps.n_member_bytes);
                return false;
        }
        return true;
}

static int read_member(DocumentArchive *archive, struct archive_entry *entry, Document *document,
                       char *reason) {
        size_t n_wanted = (size_t) archive_entry_size(entry), n_bytes = 0;
        int r;

        r = document_room_make(&archive->room, n_wanted);
        if (r)
                return error_fold(r);
        while (n_bytes < n_wanted) {
                ssize_t n = archive_read_data(archive->inner, archive->room.bytes + n_bytes,
                                              n_wanted - n_bytes);

                if (n <= 0)
                        return broken_tar(archive, reason);
                n_bytes += (size_t) n;
        }
        archive->room.bytes[n_bytes] = '\0';
        document->text = archive->room.bytes;
        document->n_bytes = n_bytes;
        return 0;
}

int document_archive_next(DocumentArchive *archive, Document *ret,
                          char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]) {
        struct archive_entry *entry;
        Document document = {};
        bool readable;
        int r;

        r = next_member(archive, &entry, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        archive->n_documents++;
        snprintf(archive->name + archive->n_path, archive->n_name - archive->n_path, ": %s",
                 archive_entry_pathname(entry));
        document.name = archive->name;
        document.member = archive->name + archive->n_path + 2;

        readable = is_readable(archive, entry, ret_reason);
        if (readable) {
                r = read_member(archive, entry, &document, ret_reason);
                if (r)
                        return r < 0 ? error_trace(r) : r;
        }
        if (archive_read_data_skip(archive->inner) != ARCHIVE_OK)
                return broken_tar(archive, ret_reason);
        archive->n_of_members = (uint64_t) archive_filter_bytes(archive->inner, 0);
        *ret = document;
        return readable ? 0 : DOCUMENT_ARCHIVE_E_REFUSED;
}
