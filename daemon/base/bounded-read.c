/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bounded reads. A watcher reads files that others write: a sysfs node may vanish between open() and
 * read(), a settings file may have been replaced by a FIFO or grown to gigabytes. Each of these is
 * an ordinary outcome with a name. It refuses to map files, to seek, and to read without a limit.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

static int outcome_of_errno(void) {
        switch (errno) {
        case ENOENT:
        case ENOTDIR:
        case ENODEV:
                return BOUNDED_READ_E_MISSING;
        case ENOMEM:
                return error_origin(-ENOMEM);
        default:
                return BOUNDED_READ_E_REFUSED;
        }
}

int bounded_read_fd(int fd, size_t max_bytes, char **ret, size_t *ret_n_bytes) {
        _cleanup_free_ char *buffer = NULL;
        size_t n_room = 4096, n_bytes = 0;
        struct stat st;

        /* The size is a hint that spares copies of large files; nothing relies on it. */
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t) n_room)
                n_room = (size_t) st.st_size < max_bytes ? (size_t) st.st_size + 1 : max_bytes + 1;
        buffer = malloc(n_room + 1);
        if (!buffer)
                return error_origin(-ENOMEM);

        for (;;) {
                ssize_t n;

                if (n_bytes == n_room) {
                        char *larger;

                        if (n_bytes > max_bytes)
                                return BOUNDED_READ_E_TOO_LARGE;
                        n_room *= 2;
                        larger = realloc(buffer, n_room + 1);
                        if (!larger)
                                return error_origin(-ENOMEM);
                        buffer = larger;
                }
                n = read(fd, buffer + n_bytes, n_room - n_bytes);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return outcome_of_errno();
                if (n == 0)
                        break;
                n_bytes += (size_t) n;
                if (n_bytes > max_bytes)
                        return BOUNDED_READ_E_TOO_LARGE;
        }

        buffer[n_bytes] = '\0';
        *ret = TAKE(buffer);
        *ret_n_bytes = n_bytes;
        return 0;
}

int bounded_read_open(int dir_fd, const char *path, int *ret_fd) {
        _cleanup_close_ int fd = -1;
        struct stat st;

        fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return outcome_of_errno();
        if (fstat(fd, &st) < 0)
                return outcome_of_errno();
        if (!S_ISREG(st.st_mode)) {
                errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
                return BOUNDED_READ_E_REFUSED;
        }
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int bounded_read(int dir_fd, const char *path, size_t max_bytes, char **ret, size_t *ret_n_bytes) {
        _cleanup_close_ int fd = -1;
        int r;

        r = bounded_read_open(dir_fd, path, &fd);
        if (r)
                return r;
        return bounded_read_fd(fd, max_bytes, ret, ret_n_bytes);
}

int bounded_read_line(int dir_fd, const char *path, size_t max_bytes, char **ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        char *trimmed;
        int r;

        r = bounded_read(dir_fd, path, max_bytes, &text, &n_bytes);
        if (r)
                return r;

        trimmed = text_trim(text);
        memmove(text, trimmed, strlen(trimmed) + 1);
        *ret = TAKE(text);
        return 0;
}
