/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Room for documents. An archive holds fifty thousand, and to get memory for each and give it back would have
 * the kernel clear every page anew: the small ones then never leave the processor's cache. It refuses to keep what
 * only a document far larger than a vendor's needed: the next one must find as much memory as the first did, or whether it
 * counts would hang on what was read before it.
 */

#include <stdlib.h>

#include "base/error.h"
#include "base/heap-room.h"
#include "digest/document-room.h"
#include "format/input-caps.h"

/*
 * Nearly all documents are smaller. What is not used of it takes address space; memory too where the kernel gives pages
 * of 2 MiB: the rest of the last that was touched.
 */
#define LEAST_BYTES ((size_t) 4 * 1024 * 1024)

int document_room_make(DocumentRoom *room, size_t n_bytes) {
        size_t n_wanted;

        if (n_bytes < room->n_bytes)
                return 0;
        n_wanted = 2 * room->n_bytes;
        if (n_wanted < LEAST_BYTES)
                n_wanted = LEAST_BYTES;
        if (n_wanted > CSAF_DOCUMENT_MAX_BYTES)
                n_wanted = CSAF_DOCUMENT_MAX_BYTES;
        if (n_wanted < n_bytes + 1)
                n_wanted = n_bytes + 1;
        document_room_clear(room);
        room->bytes = heap_room_alloc(n_wanted);
        if (!room->bytes)
                return error_origin(-ENOMEM);
        room->n_bytes = n_wanted;
        return 0;
}

void document_room_take(DocumentRoom *room, char *bytes, size_t n_bytes) {
        free(room->bytes);
        *room = (DocumentRoom){ bytes, n_bytes };
}

void document_room_trim(DocumentRoom *room) {
        if (room->n_bytes > DOCUMENT_ROOM_KEPT_BYTES)
                document_room_clear(room);
}

void document_room_clear(DocumentRoom *room) {
        document_room_take(room, NULL, 0);
}
