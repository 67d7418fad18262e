/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Sealed memfds. The seals are asked for first, because only a memfd has any: what has no seals is
 * no file that the service's one thread may touch.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sealed-file.h"

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)

int sealed_file_seal(int fd) {
        return fcntl(fd, F_ADD_SEALS, ALL_SEALS) < 0 ? SEALED_FILE_E_REFUSED : 0;
}

int sealed_file_new(const char *name, const void *data, size_t n_bytes, int *ret_fd) {
        _cleanup_close_ int fd = -1;
        size_t n_written = 0;

        fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
                return SEALED_FILE_E_REFUSED;
        while (n_written < n_bytes) {
                ssize_t n = pwrite(fd, (const char *) data + n_written, n_bytes - n_written,
                                   (off_t) n_written);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return SEALED_FILE_E_REFUSED;
                n_written += (size_t) n;
        }
        if (sealed_file_seal(fd) != 0)
                return SEALED_FILE_E_REFUSED;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

static int refuse(const char **ret_reason, const char *reason) {
        *ret_reason = reason;
        return SEALED_FILE_E_REFUSED;
}

int sealed_file_read(int fd, size_t max_bytes, char **ret, size_t *ret_n_bytes,
                     const char **ret_reason) {
        _cleanup_free_ char *data = NULL;
        size_t n_bytes, n_read = 0;
        struct stat st;
        int seals;

        seals = fcntl(fd, F_GET_SEALS);
        if (seals < 0)
                return refuse(ret_reason, "it is no memfd");
        if ((seals & ALL_SEALS) != ALL_SEALS)
                return refuse(ret_reason, "the memfd is not sealed against writing, growing, "
                                          "shrinking and further seals");
        if (fstat(fd, &st) < 0 || st.st_size < 0)
                return refuse(ret_reason, "its size cannot be told");
        if ((size_t) st.st_size > max_bytes)
                return refuse(ret_reason, "it is too large");

        n_bytes = (size_t) st.st_size;
        data = malloc(n_bytes + 1);
        if (!data)
                return error_origin(-ENOMEM);
        while (n_read < n_bytes) {
                ssize_t n = pread(fd, data + n_read, n_bytes - n_read, (off_t) n_read);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return refuse(ret_reason, "it cannot be read");
                n_read += (size_t) n;
        }

        data[n_bytes] = '\0';
        *ret = TAKE(data);
        *ret_n_bytes = n_bytes;
        return 0;
}
