/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The store: a folder with one digest a feed, `digests/NAME.digest`. Each is replaced atomically, so
 * that after a crash or a power cut it is the old one or the new one.
 */

#include "core/facts.h"

enum {
        DIGEST_STORE_E_REFUSED =
                        1, /* the file system, or the digest itself, said no; the message says what and why */
};

typedef struct DigestStore DigestStore;

/* Opens the store in the folder `path`, making it when needed. On refusal `ret_message` is allocated, the caller's to free(). */
int digest_store_open(const char *path, DigestStore **ret, char **ret_message);
DigestStore *digest_store_free(DigestStore *store);
DEFINE_CLEANUP(DigestStore, digest_store_free);

/* The folder that the digests are in, for the other files of this layer. */
int digest_store_fd(const DigestStore *store);

/*
 * Reads the stored digest of feed `name` as it is: allocated, NUL-terminated, the caller's to free(). It is
 * not checked. 0, DIGEST_STORE_E_REFUSED when there is none or it cannot be read, or -ENOMEM.
 */
int digest_store_read(const DigestStore *store, const char *name, char **ret, size_t *ret_n_bytes);

/* Is there a stored digest of feed `name`? Whether it can be read is for digest_store_read() to say. */
bool digest_store_holds(const DigestStore *store, const char *name);

/*
 * Appends every stored digest to `facts`, but for those of the feeds named in `leave_out` (NULL = none). A broken one is set aside as NAME.digest.corrupt (one is
 * kept) and said in `messages`, in the pool of `facts`; one of a newer version is left alone and said.
 */
int digest_store_load(DigestStore *store, const TextList *leave_out, Facts *facts,
                      TextList *messages);

/*
 * Checks `data` and makes it the digest of feed `name` (letters, digits, '-', '_', '.'; not opening with
 * '.'). When refused the stored one stays, and `ret_message` is allocated, the caller's to free().
 */
int digest_store_replace(DigestStore *store, const char *name, const void *data, size_t n_bytes,
                         char **ret_message);
