/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Data handed over as a descriptor: a memfd that nobody can change any more.
 */

#include <stddef.h>

enum {
        SEALED_FILE_E_REFUSED = 1, /* the reason says why; where there is none, errno */
};

/*
 * A sealed memfd with `n_bytes` of `data`; `name` is seen in /proc only. The descriptor is the
 * caller's. 0 or SEALED_FILE_E_REFUSED.
 */
int sealed_file_new(const char *name, const void *data, size_t n_bytes, int *ret_fd);

/* Sets all seals on a memfd that was made with MFD_ALLOW_SEALING. 0 or SEALED_FILE_E_REFUSED. */
int sealed_file_seal(int fd);

/*
 * Reads all of `fd`, which must be a memfd sealed against writing, growing, shrinking and further
 * seals, of at most `max_bytes`. Anything else is refused unread: a FIFO would block, a file could
 * change under us. The result is allocated, NUL-terminated and the caller's to free(); `ret_reason` a
 * constant. 0, SEALED_FILE_E_REFUSED or -ENOMEM.
 */
int sealed_file_read(int fd, size_t max_bytes, char **ret, size_t *ret_n_bytes,
                     const char **ret_reason);
