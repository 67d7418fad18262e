/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Detached OpenPGP signatures, checked by gpgv against pinned keys.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"

#define SIGNATURE_MAX_BYTES 16384

/* So long before its end a pinned key is worth a word. */
#define SIGNATURE_KEY_WARNING_USEC (60 * 24 * USEC_PER_HOUR)

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

/*
 * A sentence about a pinned key of the keyring that expires within SIGNATURE_KEY_WARNING_USEC of `now`, in `pool`; NULL
 * when there is none. 0 or -ENOMEM.
 */
int signature_check_ends(const char *keyring, const TextList *fingerprints, UtcTime now,
                         MemoryPool *pool, const char **ret_warning);
