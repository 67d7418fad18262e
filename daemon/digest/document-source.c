/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The source of documents. Everything that is to be read is known before the first byte is: folders
 * are listed first, sorted by name. A folder of a CSAF provider holds more than documents: signatures
 * and hashes are passed over in silence, other files are named, so that nobody takes a list of
 * changes for the changes. It refuses to follow links to folders, to wait on a FIFO, and to unpack
 * more than one document may be large.
 */

#include <archive.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "digest/csaf-document.h"
#include "digest/document-archive.h"
#include "digest/document-room.h"
#include "digest/document-source.h"
#include "digest/document-stream.h"
#include "digest/worker.h"

#define STANDARD_INPUT "-"

#define UNPACKED_LEAST_BYTES ((size_t) 256 * 1024)
#define UNPACKED_MOST_BYTES \
        ((size_t) CSAF_DOCUMENT_MAX_BYTES + 1) /* one more tells what is too large */

typedef struct Input {
        const char *path;
        bool listed; /* found in a folder, not asked for by name */
} Input;

struct DocumentSource {
        MemoryPool *pool;
        Input *inputs;
        size_t n_inputs;
        size_t next;
        const Opener *opener;
        DocumentStream *archive; /* that is being read; NULL between two */
        DocumentRoom room;       /* of files */
};

static const Opener own_opener = { .socket = -1 };

static int refuse(char *reason, const char *format, ...) _printf_(2, 3);

static int refuse(char *reason, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(reason, DOCUMENT_SOURCE_REASON_BYTES, format, arguments);
        va_end(arguments);
        return DOCUMENT_SOURCE_E_REFUSED;
}

static bool is_document(const char *path) {
        return text_ends_with(path, ".json") || text_ends_with(path, ".json.xz") ||
               text_ends_with(path, ".json.zst") || text_ends_with(path, ".digest");
}

/* SUSE's lists of support ends; the table that they are made from has one name. */
static bool is_lifecycle_list(const char *path) {
        return text_ends_with(path, ".lifecycle") ||
               text_ends_with(path, "klp-build-supported.csv");
}

/* Belongs to a document: its signature or hash. */
static bool is_companion(const char *path) {
        return text_ends_with(path, ".asc") || text_ends_with(path, ".sha256") ||
               text_ends_with(path, ".sha512");
}

/* No document by its name. Who asks for a file by an unusual name gets it read all the same. */
static bool is_other(const Input *input) {
        if (is_lifecycle_list(input->path))
                return false;
        return text_ends_with(input->path, ".csv") || text_ends_with(input->path, ".txt") ||
               (input->listed && !is_document(input->path));
}

static void add_input(DocumentSource *source, const char *path, bool listed) {
        Input *input = memory_pool_append(source->pool, source->inputs, source->n_inputs);

        if (input)
                *input = (Input){ memory_pool_text(source->pool, path), listed };
}

static int compare_paths(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static int list_folder(DocumentSource *source, const char *path, unsigned depth, char *reason);

static int list_entry(DocumentSource *source, const char *path, unsigned depth, char *reason) {
        struct stat st;

        if (lstat(path, &st) < 0)
                return 0; /* gone since it was listed */
        if (S_ISDIR(st.st_mode))
                return list_folder(source, path, depth + 1, reason);
        if (!is_companion(path))
                add_input(source, path, true);
        return 0;
}

static int list_folder(DocumentSource *source, const char *path, unsigned depth, char *reason) {
        _cleanup_closedir_ DIR *folder = NULL;
        struct dirent *entry;
        TextList names = {};
        int r;

        if (depth > FOLDER_MAX_DEPTH) {
                refuse(reason, "%.300s: " FOLDER_CAP_DEPTH ": folders nested deeper than %d", path,
                       FOLDER_MAX_DEPTH);
                return DOCUMENT_SOURCE_E_MISSING;
        }
        folder = opendir(path);
        if (!folder) {
                refuse(reason, "%.300s: %s", path, strerror(errno));
                return DOCUMENT_SOURCE_E_MISSING;
        }
        while ((entry = readdir(folder)))
                if (entry->d_name[0] != '.')
                        text_list_format(&names, source->pool, "%s%s%s", path,
                                         text_ends_with(path, "/") ? "" : "/", entry->d_name);
        if (memory_pool_exhausted(source->pool))
                return error_origin(-ENOMEM);

        if (names.n_items > 1)
                qsort(names.items, names.n_items, sizeof(*names.items), compare_paths);
        for (size_t i = 0; i < names.n_items; i++) {
                r = list_entry(source, names.items[i], depth, reason);
                if (r)
                        return r;
        }
        return 0;
}

static int list_input(DocumentSource *source, const char *input, char *reason) {
        struct stat st;

        if (strcmp(input, STANDARD_INPUT) != 0) {
                if (stat(input, &st) < 0 || (!S_ISDIR(st.st_mode) && access(input, R_OK) < 0)) {
                        refuse(reason, "%.300s: %s", input, strerror(errno));
                        return DOCUMENT_SOURCE_E_MISSING;
                }
                if (S_ISDIR(st.st_mode))
                        return list_folder(source, input, 0, reason);
        }
        add_input(source, input, false);
        return 0;
}

int document_source_new(DocumentSource **ret, char *const *inputs, size_t n_inputs,
                        char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]) {
        _cleanup_(document_source_freep) DocumentSource *source = NULL;
        int r;

        source = calloc(1, sizeof(*source));
        if (!source)
                return error_origin(-ENOMEM);
        source->opener = &own_opener;
        r = memory_pool_new(&source->pool);
        if (r)
                return error_fold(r);

        for (size_t i = 0; i < n_inputs; i++) {
                r = list_input(source, inputs[i], ret_reason);
                if (r)
                        return r;
        }
        if (memory_pool_exhausted(source->pool))
                return error_origin(-ENOMEM);
        *ret = TAKE(source);
        return 0;
}

DocumentSource *document_source_free(DocumentSource *source) {
        if (!source)
                return NULL;

        document_stream_free(source->archive);
        document_room_clear(&source->room);
        memory_pool_free(source->pool);
        free(source);
        return NULL;
}

void document_source_list(const DocumentSource *source, MemoryPool *pool, TextList *ret) {
        TextList paths = {};

        for (size_t i = 0; i < source->n_inputs; i++)
                text_list_add(&paths, pool, source->inputs[i].path);
        if (paths.n_items > 1)
                qsort(paths.items, paths.n_items, sizeof(*paths.items), compare_paths);
        *ret = paths;
}

void document_source_set_opener(DocumentSource *source, const Opener *opener) {
        source->opener = opener;
}

static const char *why_unreadable(void) {
        return errno == EINVAL ? "not a regular file" : strerror(errno);
}

/* The file's bytes, into the room. */
static int read_bytes(DocumentSource *source, const char *path, size_t *ret_n_bytes, char *reason) {
        _cleanup_close_ int fd = -1;
        int r;

        r = opener_open(source->opener, path, &fd);
        if (r < 0)
                return error_trace(r);
        if (r > 0)
                return refuse(reason, "cannot be read: %s", why_unreadable());
        r = bounded_read_into(fd, CSAF_DOCUMENT_MAX_BYTES, &source->room.bytes,
                              &source->room.n_bytes, ret_n_bytes);
        switch (r) {
        case BOUNDED_READ_E_TOO_LARGE:
                return refuse(reason, CSAF_CAP_BYTES ": larger than %d bytes",
                              CSAF_DOCUMENT_MAX_BYTES);
        case BOUNDED_READ_E_MISSING:
        case BOUNDED_READ_E_REFUSED:
                return refuse(reason, "cannot be read: %s", why_unreadable());
        default:
                return r < 0 ? error_trace(r) : 0;
        }
}

static bool is_packed(const char *bytes, size_t n_bytes) {
        static const char xz[] = { (char) 0xFD, '7', 'z', 'X', 'Z', '\0' };
        static const char zstd[] = { 0x28, (char) 0xB5, 0x2F, (char) 0xFD };

        return (n_bytes >= sizeof(xz) && memcmp(bytes, xz, sizeof(xz)) == 0) ||
               (n_bytes >= sizeof(zstd) && memcmp(bytes, zstd, sizeof(zstd)) == 0);
}

/* Room for twice as many bytes and a NUL, with what is there; for no more than are ever wanted. */
static int double_room(DocumentRoom *room) {
        size_t n_bytes = room->bytes ? 2 * (room->n_bytes - 1) : UNPACKED_LEAST_BYTES;
        char *larger;

        if (n_bytes > UNPACKED_MOST_BYTES)
                n_bytes = UNPACKED_MOST_BYTES;
        larger = realloc(room->bytes, n_bytes + 1);
        if (!larger)
                return error_origin(-ENOMEM);
        *room = (DocumentRoom){ larger, n_bytes + 1 };
        return 0;
}

/* All bytes that the opened archive's one entry unpacks to, and a NUL, into an empty room. */
static int unpack_entry(struct archive *archive, size_t n_packed, DocumentRoom *room,
                        size_t *ret_n_bytes, char *reason) {
        size_t n_bytes = 0;
        int r;

        for (;;) {
                ssize_t n;

                if (n_bytes + 1 >= room->n_bytes) {
                        r = double_room(room);
                        if (r)
                                return error_fold(r);
                }
                n = archive_read_data(archive, room->bytes + n_bytes, room->n_bytes - 1 - n_bytes);
                if (n < 0)
                        return refuse(reason, "cannot be unpacked: %s",
                                      archive_error_string(archive));
                if (n == 0)
                        break;
                n_bytes += (size_t) n;
                if (n_bytes > CSAF_DOCUMENT_MAX_BYTES)
                        return refuse(reason, CSAF_CAP_BYTES ": unpacks to more than %d bytes",
                                      CSAF_DOCUMENT_MAX_BYTES);
                if (n_bytes > n_packed * EXPANSION_MAX_RATIO)
                        return refuse(reason,
                                      EXPANSION_CAP_RATIO
                                      ": unpacks to more than %d bytes for each",
                                      EXPANSION_MAX_RATIO);
        }
        room->bytes[n_bytes] = '\0';
        *ret_n_bytes = n_bytes;
        return 0;
}

/* What the room's bytes unpack to, in their place. */
static int unpack(DocumentRoom *room, size_t n_packed, size_t *ret_n_bytes, char *reason) {
        DocumentRoom unpacked = {};
        struct archive_entry *entry;
        struct archive *archive;
        int r;

        archive = archive_read_new();
        if (!archive)
                return error_origin(-ENOMEM);
        if (archive_read_support_filter_xz(archive) != ARCHIVE_OK ||
            archive_read_support_filter_zstd(archive) != ARCHIVE_OK ||
            archive_read_support_format_raw(archive) != ARCHIVE_OK ||
            archive_read_open_memory(archive, room->bytes, n_packed) != ARCHIVE_OK ||
            archive_read_next_header(archive, &entry) != ARCHIVE_OK)
                r = refuse(reason, "cannot be unpacked: %s",
                           archive_error_string(archive) ? archive_error_string(archive)
                                                         : "no data in it");
        else
                r = unpack_entry(archive, n_packed, &unpacked, ret_n_bytes, reason);
        archive_read_free(archive);
        if (r) {
                document_room_clear(&unpacked);
                return r < 0 ? error_trace(r) : r;
        }
        document_room_take(room, unpacked.bytes, unpacked.n_bytes);
        return 0;
}

static int open_archive(DocumentSource *source, const char *path, char *reason) {
        int r, fd;

        r = opener_open(source->opener, path, &fd);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                refuse(reason, "cannot be read: %s", why_unreadable());
                return DOCUMENT_SOURCE_E_BROKEN;
        }
        r = document_stream_new(&source->archive, fd, path);
        return r ? error_fold(r) : 0;
}

/* The next of the open archive, which ends with its last. */
static int next_of_archive(DocumentSource *source, Document *ret, char *reason) {
        int r;

        r = document_stream_next(source->archive, ret, reason);
        switch (r) {
        case 0:
                return 0;
        case DOCUMENT_STREAM_E_NOISE:
                return DOCUMENT_SOURCE_E_NOISE;
        case DOCUMENT_STREAM_E_REFUSED:
                return DOCUMENT_SOURCE_E_REFUSED;
        case DOCUMENT_STREAM_E_BROKEN:
                *ret = (Document){ .name = source->inputs[source->next - 1].path };
                source->archive = document_stream_free(source->archive);
                return DOCUMENT_SOURCE_E_BROKEN;
        case DOCUMENT_STREAM_E_END:
                source->archive = document_stream_free(source->archive);
                return DOCUMENT_SOURCE_E_END;
        case DOCUMENT_STREAM_E_LOST:
                return DOCUMENT_SOURCE_E_LOST;
        default:
                return error_fold(r);
        }
}

/* An input that is no archive. */
static int read_plain(DocumentSource *source, const char *path, Document *document, char *reason) {
        size_t n_bytes = 0;
        int r;

        r = read_bytes(source, path, &n_bytes, reason);
        if (r)
                return r;

        if (is_packed(source->room.bytes, n_bytes)) {
                r = unpack(&source->room, n_bytes, &n_bytes, reason);
                if (r)
                        return r;
        } else if (text_ends_with(path, ".xz")) {
                return refuse(reason, "not xz data");
        }
        document->text = source->room.bytes;
        document->n_bytes = n_bytes;
        return 0;
}

int document_source_next(DocumentSource *source, Document *ret,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]) {
        Document document = {};
        const Input *input;
        const char *path;
        int r;

        document_room_trim(&source->room);
        for (;;) {
                if (source->archive) {
                        r = next_of_archive(source, ret, ret_reason);
                        if (r != DOCUMENT_SOURCE_E_END)
                                return r;
                }
                if (source->next == source->n_inputs)
                        return DOCUMENT_SOURCE_E_END;
                input = &source->inputs[source->next++];
                path = input->path;
                document.name = strcmp(path, STANDARD_INPUT) == 0 ? "standard input" : path;
                *ret = document;
                worker_note_document(document.name);
                if (is_other(input))
                        return DOCUMENT_SOURCE_E_OTHER;
                if (!document_archive_is_name(path))
                        break;
                r = open_archive(source, path, ret_reason);
                if (r < 0) {
                        *ret = (Document){};
                        return error_trace(r);
                }
                if (r > 0)
                        return r;
        }

        r = read_plain(source, path, &document, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        *ret = document;
        return 0;
}
