/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * run/klpwatch/host-facts, in which klpwatch-hostfacts leaves what it saw since boot.
 */

#include "host/host-root.h"

enum {
        HOST_FACTS_FILE_E_MISSING = 1, /* there is no such file */
        HOST_FACTS_FILE_E_REFUSED,     /* it cannot be read, is too large, or is not of the form */
};

#define HOST_FACTS_FILE "run/klpwatch/host-facts"
#define HOST_FACTS_FILE_BYTES_MAX ((size_t) 8 * 1024 * 1024)

/*
 * Reads the file and checks that it is of the form. The text is allocated, the caller's to free(). With
 * HOST_FACTS_FILE_E_REFUSED, `ret_reason` is a sentence in `pool`. 0, HOST_FACTS_FILE_E_* or -ENOMEM.
 */
int host_facts_file_read(const HostRoot *root, MemoryPool *pool, char **ret, size_t *ret_n_bytes,
                         const char **ret_reason);
