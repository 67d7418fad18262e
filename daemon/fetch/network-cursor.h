/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The cursor of a feed over the network: what was read the last time. klpwatchd keeps it without looking
 * into it.
 */

#include <stddef.h>

#include "base/memory-pool.h"

typedef struct NetworkCursor {
        const char *type, *url; /* whose it is */
        const char *tool;   /* the version of klpwatch that wrote it: another one may read more */
        const char *vendor; /* of the host, as it was asked for; NULL = not known */
        const char *etag, *modified; /* of the one file that tells of news; NULL = not stated */
        const char *content;         /* the hash of that file, or of the index; NULL = none */
        const char *text;            /* what went with the answer; NULL = nothing */
} NetworkCursor;

enum {
        NETWORK_CURSOR_E_REFUSED = 1, /* it is none that this program wrote */
};

/* 0, NETWORK_CURSOR_E_REFUSED or -ENOMEM; all in `pool`. */
int network_cursor_read(const char *text, size_t n_bytes, MemoryPool *pool, NetworkCursor *ret);

/* 0 or -ENOMEM. */
int network_cursor_write(const NetworkCursor *cursor, MemoryPool *pool, const char **ret);
