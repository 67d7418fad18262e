/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Detached OpenPGP signatures, checked by gpgv against pinned keys.
 */

#include "base/memory-pool.h"

#define SIGNATURE_MAX_BYTES 16384

enum {
        SIGNATURE_CHECK_E_REFUSED = 1, /* not signed by a pinned key; the reason says why */
        SIGNATURE_CHECK_E_CANCELLED,   /* the socket was closed */
};

/*
 * Sees that `signature_fd` is a good signature of all of `data_fd` by a key in the file `keyring` (as
 * OpenPGP has it, or in ASCII armour) whose primary key's fingerprint is one of `fingerprints`. Both
 * descriptors are read from their beginning. 0, SIGNATURE_CHECK_E_*, or -ENOMEM.
 */
int signature_check(int data_fd, int signature_fd, const char *keyring,
                    const TextList *fingerprints, int cancel_fd, MemoryPool *pool,
                    const char **ret_reason);
