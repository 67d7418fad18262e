/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bounded reads. A watcher reads files that others write: a sysfs node may vanish between open() and
 * read(), a settings file may have been replaced by a FIFO or grown to gigabytes. Each of these is
 * an ordinary outcome with a name. It refuses to map files, to seek, and to read without a limit.
 */

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/heap-room.h"
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

/* Room for so many bytes, with the `n_kept` that are there. */
static int make_room(char **buffer, size_t *n_room, size_t n_bytes, size_t n_kept) {
        char *larger;

        if (n_bytes <= *n_room)
                return 0;
        if (n_kept == 0) {
                free(*buffer);
                *buffer = NULL;
                *n_room = 0;
        }
        larger = heap_room_alloc(n_bytes);
        if (!larger)
                return error_origin(-ENOMEM);
        if (n_kept > 0)
                memcpy(larger, *buffer, n_kept);
        free(*buffer);
        *buffer = larger;
        *n_room = n_bytes;
        return 0;
}

int bounded_read_into(int fd, size_t max_bytes, char **buffer, size_t *n_room,
                      size_t *ret_n_bytes) {
        size_t n_wanted = 4096, n_bytes = 0;
        struct stat st;
        int r;

        /* The size is a hint that spares copies of large files; nothing relies on it. */
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t) n_wanted)
                n_wanted = (size_t) st.st_size < max_bytes ? (size_t) st.st_size + 1
                                                           : max_bytes + 1;
        r = make_room(buffer, n_room, n_wanted + 1, 0);
        if (r)
                return error_fold(r);

        for (;;) {
                ssize_t n;

                if (n_bytes + 1 == *n_room) {
                        if (n_bytes > max_bytes)
                                return BOUNDED_READ_E_TOO_LARGE;
                        r = make_room(buffer, n_room, *n_room * 2, n_bytes);
                        if (r)
                                return error_fold(r);
                }
                n = read(fd, *buffer + n_bytes, *n_room - 1 - n_bytes);
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

        (*buffer)[n_bytes] = '\0';
        *ret_n_bytes = n_bytes;
        return 0;
}

int bounded_read_fd(int fd, size_t max_bytes, char **ret, size_t *ret_n_bytes) {
        _cleanup_free_ char *buffer = NULL;
        size_t n_room = 0;
        int r;

        r = bounded_read_into(fd, max_bytes, &buffer, &n_room, ret_n_bytes);
        if (r)
                return r < 0 ? error_trace(r) : r;
        *ret = TAKE(buffer);
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
