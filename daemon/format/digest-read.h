/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reading digests: the one way in which data from outside enters the daemon.
 *
 * A digest is JSON Lines: a header, records sorted bytewise, an end line with their number and the
 * SHA-256 of everything before it. The key that opens a line says what it is. Unknown keys and
 * unknown kinds of record are passed over; an unknown word for a severity or channel is not.
 */

#include "core/facts.h"
#include "format/digest-record.h"

enum {
        DIGEST_READ_E_REFUSED = 1, /* the reason says which line and why */
};

#define DIGEST_READ_REASON_BYTES 1024

/* True if a text begins as a digest of any version does: cheap, and no promise that it is one. */
bool digest_looks_like_one(const char *text, size_t n_bytes);

/*
 * Appends what the digest in `text` (`n_bytes`, not kept) says to `facts`: one source with this
 * `name` and `kind`, and its records. All or nothing: when it is refused, `facts` holds what it held
 * before (its pool may have grown). `ret_reason` is then `NAME:LINE: what is wrong`, printable.
 * 0, DIGEST_READ_E_REFUSED, or -ENOMEM.
 */
int digest_read(Facts *facts, const char *name, FeedKind kind, const char *text, size_t n_bytes,
                char ret_reason[static DIGEST_READ_REASON_BYTES]);
