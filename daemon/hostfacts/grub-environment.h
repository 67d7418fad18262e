/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * grub's environment block: what it remembers from one boot to the next.
 */

#include "host/host-root.h"

typedef struct GrubEnvironment {
        char *text; /* lines cut by NUL bytes; NULL = empty */
        size_t n_bytes;
} GrubEnvironment;

/*
 * Reads the block at `path`. When it is not there, cannot be read or is none, `ret_why` says so, in
 * words for an administrator, and HOST_ROOT_E_* or 0 tells which. 0, HOST_ROOT_E_* or -ENOMEM.
 */
int grub_environment_read(const HostRoot *root, MemoryPool *pool, const char *path,
                          GrubEnvironment *ret, const char **ret_why);
void grub_environment_clear(GrubEnvironment *environment);

/* A value; "" when it is not set. The key has `n_key` bytes. */
const char *grub_environment_value(const GrubEnvironment *environment, const char *key,
                                   size_t n_key);
