/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The stream of documents. A message is a head of fixed size, the member's name and a text: the document,
 * or the reason why there is none. Most documents of an archive are noise, which their bytes tell
 * before anything is parsed: of those comes no more than vendor and date. The lengths are held
 * against the caps before any memory is taken for them.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/error.h"
#include "digest/csaf-document.h"
#include "digest/document-room.h"
#include "digest/document-stream.h"
#include "digest/lifecycle-list.h"
#include "digest/memory-watch.h"
#include "digest/worker.h"
#include "format/digest-read.h"
#include "format/input-caps.h"

#define MEMBER_MAX_BYTES 512

typedef enum MessageKind {
        MESSAGE_DOCUMENT,
        MESSAGE_NOISE,
        MESSAGE_REFUSED,
        MESSAGE_BROKEN,
        MESSAGE_END,
} MessageKind;

typedef struct Head {
        uint32_t kind;
        uint32_t n_member;
        uint64_t n_text;
        int64_t released;
        uint32_t vendor;
        uint32_t unused;
} Head;

struct DocumentStream {
        int fd;
        size_t n_path;
        DocumentRoom room;
        char *name; /* of the archive and of the member in it */
};

/* --- sending */

/* False when nobody reads any more. */
static bool write_all(int fd, struct iovec *parts, int n_parts) {
        while (n_parts > 0) {
                ssize_t n = writev(fd, parts, n_parts);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return false;
                for (; n_parts > 0 && (size_t) n >= parts->iov_len; parts++, n_parts--)
                        n -= (ssize_t) parts->iov_len;
                if (n_parts > 0) {
                        parts->iov_base = (char *) parts->iov_base + n;
                        parts->iov_len -= (size_t) n;
                }
        }
        return true;
}

/* Noise says little and is nearly all: many of its messages go out together, before whatever has a text. */
typedef struct Sender {
        int fd;
        size_t n_waiting;
        char waiting[16 * 1024];
} Sender;

static bool send_message(Sender *sender, Head head, const char *member, const char *text) {
        size_t n_small = sizeof(head) + head.n_member;
        struct iovec parts[] = {
                { sender->waiting, sender->n_waiting },
                { &head, sizeof(head) },
                { (char *) member, head.n_member },
                { (char *) text, head.n_text },
        };

        if (head.kind == MESSAGE_NOISE && n_small <= sizeof(sender->waiting) - sender->n_waiting) {
                memcpy(sender->waiting + sender->n_waiting, &head, sizeof(head));
                memcpy(sender->waiting + sender->n_waiting + sizeof(head), member, head.n_member);
                sender->n_waiting += n_small;
                return true;
        }
        sender->n_waiting = 0;
        return write_all(sender->fd, parts, ELEMENTS(parts));
}

static bool send_text(Sender *sender, MessageKind kind, const char *member, const char *text) {
        return send_message(sender,
                            (Head){ .kind = kind,
                                    .n_member = member ? (uint32_t) strlen(member) : 0,
                                    .n_text = strlen(text) },
                            member, text);
}

int document_stream_send_broken(int fd, const char *reason) {
        Sender sender = { .fd = fd };

        return send_text(&sender, MESSAGE_BROKEN, NULL, reason) ? 0 : error_origin(-errno);
}

static bool send_document(Sender *sender, const Document *document) {
        CsafDocument noise;
        Head head = { .kind = MESSAGE_DOCUMENT,
                      .n_member = (uint32_t) strlen(document->member),
                      .n_text = document->n_bytes };

        /* Digests and lists are told apart first where documents are read; so here. */
        if (!digest_looks_like_one(document->text, document->n_bytes) &&
            !lifecycle_list_looks_like_one(document->name, document->text, document->n_bytes) &&
            csaf_document_is_noise(document->text, document->n_bytes, &noise)) {
                head.kind = MESSAGE_NOISE;
                head.n_text = 0;
                head.vendor = noise.vendor;
                head.released = noise.released;
        }
        return send_message(sender, head, document->member, document->text);
}

int document_stream_send(DocumentArchive *archive, int fd) {
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        Sender sender = { .fd = fd };
        bool read_on = true;
        int r;

        while (read_on) {
                Document document = {};

                r = document_archive_next(archive, &document, reason);
                if (r < 0)
                        return error_trace(r);
                /* A library that had no memory may have left anything out. */
                if (memory_watch_failed())
                        return error_origin(-ENOMEM);
                switch (r) {
                case 0:
                        worker_note_document(document.name);
                        read_on = send_document(&sender, &document);
                        break;
                case DOCUMENT_ARCHIVE_E_REFUSED:
                        read_on = send_text(&sender, MESSAGE_REFUSED, document.member, reason);
                        break;
                case DOCUMENT_ARCHIVE_E_BROKEN:
                        send_text(&sender, MESSAGE_BROKEN, NULL, reason);
                        return 0;
                case DOCUMENT_ARCHIVE_E_END:
                        send_text(&sender, MESSAGE_END, NULL, "");
                        return 0;
                default:
                        return error_fold(r);
                }
        }
        return 0;
}

/* --- receiving */

int document_stream_new(DocumentStream **ret, int fd, const char *path) {
        _cleanup_(document_stream_freep) DocumentStream *stream = calloc(1, sizeof(*stream));

        if (!stream) {
                close(fd);
                return error_origin(-ENOMEM);
        }
        stream->fd = fd;
        stream->n_path = strlen(path);
        stream->name = malloc(stream->n_path + 2 + MEMBER_MAX_BYTES + 1);
        if (!stream->name)
                return error_origin(-ENOMEM);
        memcpy(stream->name, path, stream->n_path);
        memcpy(stream->name + stream->n_path, ": ", 3);
        *ret = TAKE(stream);
        return 0;
}

DocumentStream *document_stream_free(DocumentStream *stream) {
        if (!stream)
                return NULL;

        closep(&stream->fd);
        document_room_clear(&stream->room);
        free(stream->name);
        free(stream);
        return NULL;
}

static bool read_bytes(DocumentStream *stream, void *ret, size_t n_bytes) {
        for (char *at = ret; n_bytes > 0;) {
                ssize_t n = read(stream->fd, at, n_bytes);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                at += n;
                n_bytes -= (size_t) n;
        }
        return true;
}

static bool is_sound(const Head *head) {
        bool named = head->kind == MESSAGE_DOCUMENT || head->kind == MESSAGE_NOISE ||
                     head->kind == MESSAGE_REFUSED;
        size_t n_most = head->kind == MESSAGE_DOCUMENT ? CSAF_DOCUMENT_MAX_BYTES
                        : head->kind == MESSAGE_REFUSED || head->kind == MESSAGE_BROKEN
                                        ? DOCUMENT_SOURCE_REASON_BYTES - 1
                                        : 0;

        return head->kind <= MESSAGE_END && head->n_text <= n_most &&
               head->n_member <= MEMBER_MAX_BYTES && (head->n_member > 0) == named &&
               head->vendor < _CSAF_VENDOR_MAX;
}

/* What a message says beside its head. 0, DOCUMENT_STREAM_E_LOST, or -ENOMEM. */
static int read_rest(DocumentStream *stream, const Head *head, char **ret, char *reason) {
        char *member = stream->name + stream->n_path + 2;
        int r;

        if (!read_bytes(stream, member, head->n_member))
                return DOCUMENT_STREAM_E_LOST;
        member[head->n_member] = '\0';
        if (head->kind != MESSAGE_DOCUMENT) {
                if (!read_bytes(stream, reason, head->n_text))
                        return DOCUMENT_STREAM_E_LOST;
                reason[head->n_text] = '\0';
                return 0;
        }
        r = document_room_make(&stream->room, head->n_text);
        if (r)
                return error_fold(r);
        if (!read_bytes(stream, stream->room.bytes, head->n_text))
                return DOCUMENT_STREAM_E_LOST;
        stream->room.bytes[head->n_text] = '\0';
        *ret = stream->room.bytes;
        return 0;
}

int document_stream_next(DocumentStream *stream, Document *ret,
                         char ret_reason[static DOCUMENT_SOURCE_REASON_BYTES]) {
        static const int outcomes[] = {
                [MESSAGE_DOCUMENT] = 0,
                [MESSAGE_NOISE] = DOCUMENT_STREAM_E_NOISE,
                [MESSAGE_REFUSED] = DOCUMENT_STREAM_E_REFUSED,
                [MESSAGE_BROKEN] = DOCUMENT_STREAM_E_BROKEN,
                [MESSAGE_END] = DOCUMENT_STREAM_E_END,
        };
        Document document = { .name = stream->name, .member = stream->name + stream->n_path + 2 };
        Head head;
        int r;

        document_room_trim(&stream->room);
        if (!read_bytes(stream, &head, sizeof(head)) || !is_sound(&head))
                return DOCUMENT_STREAM_E_LOST;
        r = read_rest(stream, &head, &document.text, ret_reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        document.n_bytes = document.text ? head.n_text : 0;
        document.vendor = head.vendor;
        document.released = head.released;
        *ret = document;
        return outcomes[head.kind];
}
