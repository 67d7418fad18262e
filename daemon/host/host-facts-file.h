/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The file or stream in which klpwatch-hostfacts left what it saw.
 */

#include "core/host-facts.h"

enum {
        HOST_FACTS_FILE_E_MISSING = 1, /* there is no such file */
        HOST_FACTS_FILE_E_REFUSED,     /* it cannot be read, is too large, or is not of the form */
};

#define HOST_FACTS_FILE_BYTES_MAX ((size_t) 8 * 1024 * 1024)

/*
 * Fills the second half of `host` from the file `path`: all of it or nothing. When it is not 0,
 * `ret_error` is a sentence in the pool of `host`. 0, HOST_FACTS_FILE_E_* or -ENOMEM.
 */
int host_facts_file_read(const char *path, HostFacts *host, const char **ret_error);

/*
 * The same from a descriptor's current place to its end, such as a pipe from klpwatch-hostfacts; it
 * blocks until then.
 */
int host_facts_file_read_fd(int fd, HostFacts *host, const char **ret_error);
