/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The host that is looked at: this one ("/"), or a recorded one, which is a folder with the paths of
 * a real host. Paths are always given without a leading slash and are meant below the root.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/memory-pool.h"

enum {
        HOST_ROOT_E_MISSING = 1, /* it is not there, or went while we read */
        HOST_ROOT_E_TOO_LARGE,   /* more than the limit asked for */
        HOST_ROOT_E_REFUSED,     /* any other error; errno says which */
};

typedef struct HostRoot HostRoot;

/*
 * Opens the folder `path`; "/" is this host, anything else a recorded one. 0, HOST_ROOT_E_* or
 * -ENOMEM.
 */
int host_root_new(const char *path, HostRoot **ret);

/*
 * A folder below `root` as a root of its own, which stays the same folder even if another takes its
 * name.
 */
int host_root_enter(const HostRoot *root, const char *path, HostRoot **ret);
HostRoot *host_root_free(HostRoot *root);
DEFINE_CLEANUP(HostRoot, host_root_free);

/* False for this host and for folders entered from it. */
bool host_root_is_recorded(const HostRoot *root);

/*
 * Opens `path` for reading and never waits for it; `flags` may add O_DIRECTORY, O_PATH and O_NOFOLLOW. On a
 * recorded host no symbolic link leads out of it. The descriptor is the caller's.
 */
int host_root_open(const HostRoot *root, const char *path, int flags, int *ret_fd);

/*
 * Reads the whole of a regular file of at most `max_bytes`. The result is allocated, NUL-terminated
 * behind its `n_bytes`, and the caller's to free().
 */
int host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                   size_t *ret_n_bytes);

/* The same, without white space at its ends. */
int host_root_read_line(const HostRoot *root, const char *path, size_t max_bytes, char **ret);

/* The names in a folder, sorted bytewise, without those that begin with a dot. At most 65536 of them. */
int host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret);

/* 0 when something is at `path`; a symbolic link in its last part is not followed. */
int host_root_look(const HostRoot *root, const char *path);

/* True for what stands in the place of a file to switch it off: a link to /dev/null, or an empty file. */
bool host_root_is_masked(const HostRoot *root, const char *path);

/* Why `path` gave this outcome, in words for an administrator. Uses errno: call it at once. */
const char *host_root_explain(MemoryPool *pool, int outcome, const char *path);

#define HOST_ROOT_BOOT_ID_BYTES 64

/* Which boot this is; "-" where that is not told: a recorded host boots once. 0 or -ENOMEM. */
int host_root_read_boot_id(const HostRoot *root, char ret[static HOST_ROOT_BOOT_ID_BYTES]);
