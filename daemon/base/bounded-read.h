/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Reading whole files with a limit.
 */

#include <stddef.h>

enum {
        BOUNDED_READ_E_MISSING =
                        1, /* ENOENT, ENOTDIR, or ENODEV: it is not there, or went while we read */
        BOUNDED_READ_E_TOO_LARGE, /* more than `max_bytes` */
        BOUNDED_READ_E_REFUSED,   /* any other error; errno says which */
};

/*
 * Reads `path` below the directory `dir_fd` (or AT_FDCWD), at most `max_bytes` of it. The result is
 * allocated, NUL-terminated behind its `n_bytes`, and the caller's to free(). Never blocks on a FIFO:
 * what is no regular file, or sysfs or procfs node, is refused (EINVAL, EISDIR, ENXIO).
 * 0, BOUNDED_READ_E_*, or -ENOMEM.
 */
int bounded_read(int dir_fd, const char *path, size_t max_bytes, char **ret, size_t *ret_n_bytes);

/*
 * Only opens it, for reading, the same way. The descriptor is the caller's to close.
 * 0, BOUNDED_READ_E_MISSING, BOUNDED_READ_E_REFUSED, or -ENOMEM; errno says which.
 */
int bounded_read_open(int dir_fd, const char *path, int *ret_fd);

/* Like bounded_read() from an open descriptor's current place to its end. */
int bounded_read_fd(int fd, size_t max_bytes, char **ret, size_t *ret_n_bytes);

/*
 * The same for who reads one file after the other: into `*buffer`, of `*n_room` bytes, which is made larger where
 * it must be, and is the caller's to free() whatever comes of it. NULL and 0 to begin with.
 */
int bounded_read_into(int fd, size_t max_bytes, char **buffer, size_t *n_room, size_t *ret_n_bytes);

/* Like bounded_read(), without white space at its ends: for attributes and one-line files. */
int bounded_read_line(int dir_fd, const char *path, size_t max_bytes, char **ret);
