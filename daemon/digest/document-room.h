/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Memory for one document after the other.
 */

#include <stddef.h>

#define DOCUMENT_ROOM_KEPT_BYTES ((size_t) 24 * 1024 * 1024) /* the largest real document fits */

/* Begins as `{}`. */
typedef struct DocumentRoom {
        char *bytes; /* whoever owns the room owns them */
        size_t n_bytes;
} DocumentRoom;

/* Makes it large enough for `n_bytes` and a NUL behind them; what it held is lost. 0, or -ENOMEM. */
int document_room_make(DocumentRoom *room, size_t n_bytes);

/* Frees what it held, and owns from now on the `n_bytes` at `bytes`, which malloc() gave. */
void document_room_take(DocumentRoom *room, char *bytes, size_t n_bytes);

/* Between two documents: frees what is larger than DOCUMENT_ROOM_KEPT_BYTES. */
void document_room_trim(DocumentRoom *room);

void document_room_clear(DocumentRoom *room);
