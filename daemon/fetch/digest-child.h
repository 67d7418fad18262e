/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One run of klpwatch-digest: whatever came from outside is read by it, and by nobody else.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

enum {
        DIGEST_CHILD_E_REFUSED =
                        1, /* it refused its input, or could not run; the reason says which */
        DIGEST_CHILD_E_CANCELLED, /* the socket was closed; the child has ended */
        DIGEST_CHILD_E_DIED, /* its input ended the process that read it; the reason begins with the document */
};

typedef struct DigestChild {
        const char *program;
        const char *option; /* "--repository=ID", "--merge"; NULL = none */
        const char *input;  /* a name in the folder, no dash in front; "." = the folder itself */
        int folder_fd;
        int cancel_fd;       /* a socket from which nothing more is to come */
        bool some_is_enough; /* refused documents only cost themselves */
} DigestChild;

/*
 * Runs it in the folder `folder_fd`, and ends it when `cancel_fd` becomes readable. `ret` is the digest,
 * allocated, NUL-terminated and the caller's to free(). `ret_reason`, in `pool`, is why it was refused,
 * or with 0 what was left out, NULL = nothing. 0, DIGEST_CHILD_E_*, or -ENOMEM.
 */
int digest_child_run(const DigestChild *job, MemoryPool *pool, char **ret, size_t *ret_n_bytes,
                     const char **ret_reason);
