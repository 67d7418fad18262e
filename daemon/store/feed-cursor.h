/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is remembered of a feed over a restart, beside its digest: `digests/NAME.feed`. It is written after
 * the digest, so that after a crash between the two the feed is read once more than needed, and never
 * thought to be further than it is.
 */

#include "store/digest-store.h"

typedef struct FeedCursor {
        UtcTime last_attempt; /* UTC_TIME_NONE = not yet, as for the next one */
        UtcTime last_success;
        UtcTime not_before;  /* what its server asked for; UTC_TIME_NONE = nothing */
        unsigned n_failures; /* in a row */
        const char *error; /* of the last attempt; NULL = none */
        const char *host; /* whose records were kept of it: the digest is of no use to another; NULL = not known */
        const char *cursor; /* klpwatch-fetch's own; NULL = none */
} FeedCursor;

enum {
        FEED_CURSOR_E_MISSING = 1, /* nothing is remembered */
        FEED_CURSOR_E_REFUSED, /* what is there cannot be used, or nothing can be stored; the message says why */
};

/* Everything of `ret`, and `ret_message`, is in `pool`. 0, FEED_CURSOR_E_* or -ENOMEM. */
int feed_cursor_load(const DigestStore *store, const char *name, MemoryPool *pool, FeedCursor *ret,
                     const char **ret_message);
int feed_cursor_save(const DigestStore *store, const char *name, const FeedCursor *cursor,
                     MemoryPool *pool, const char **ret_message);
