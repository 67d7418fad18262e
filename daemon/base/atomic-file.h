/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Replacing a file so that a reader, a crash or a power cut finds the old content or the new one,
 * never a mixture and never nothing.
 */

#include <stddef.h>
#include <sys/types.h>

enum {
        ATOMIC_FILE_E_REFUSED =
                        1, /* the file system said no; errno says why; the old file is untouched */
};

/*
 * Writes `n_bytes` of `data` as `name` in the directory `dir_fd`: temporary file, fsync, rename, fsync
 * of the directory. 0 or ATOMIC_FILE_E_REFUSED.
 */
int atomic_file_write(int dir_fd, const char *name, const void *data, size_t n_bytes, mode_t mode);

/*
 * The same without fsync, for files that a power cut takes away in any case: those below /run. A crash of the program
 * still leaves the old content or the new one.
 */
int atomic_file_write_volatile(int dir_fd, const char *name, const void *data, size_t n_bytes,
                               mode_t mode);
