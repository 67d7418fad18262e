/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Atomic replacement. The temporary file has one fixed name beside the real one: an interrupted
 * write leaves at most that one file, and the next write starts by removing it. One writer a file
 * is assumed. It refuses to append and to write in place.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/atomic-file.h"
#include "base/cleanup.h"

static int refused(int dir_fd, const char *temporary) {
        int saved = errno;

        unlinkat(dir_fd, temporary, 0);
        errno = saved;
        return ATOMIC_FILE_E_REFUSED;
}

static int replace(int dir_fd, const char *name, const void *data, size_t n_bytes, mode_t mode,
                   bool durable) {
        _cleanup_close_ int fd = -1;
        const char *rest = data;
        char temporary[256];
        int n;

        n = snprintf(temporary, sizeof(temporary), ".%s.tmp", name);
        if (n < 0 || (size_t) n >= sizeof(temporary)) {
                errno = ENAMETOOLONG;
                return ATOMIC_FILE_E_REFUSED;
        }
        if (unlinkat(dir_fd, temporary, 0) < 0 && errno != ENOENT)
                return ATOMIC_FILE_E_REFUSED;

        fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (fd < 0)
                return ATOMIC_FILE_E_REFUSED;

        while (n_bytes > 0) {
                ssize_t written = write(fd, rest, n_bytes);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return refused(dir_fd, temporary);
                rest += written;
                n_bytes -= (size_t) written;
        }

        /* The mode is what was asked for, whatever the umask of the day. */
        if (fchmod(fd, mode) < 0 || (durable && fsync(fd) < 0))
                return refused(dir_fd, temporary);
        if (renameat(dir_fd, temporary, dir_fd, name) < 0)
                return refused(dir_fd, temporary);
        /*
         * From here on the new file is the file. If even its name must survive a power cut is up to
         * the file system now: nothing could be taken back, so nothing is refused any more.
         */
        if (durable)
                (void) !fsync(dir_fd);
        return 0;
}

int atomic_file_write(int dir_fd, const char *name, const void *data, size_t n_bytes, mode_t mode) {
        return replace(dir_fd, name, data, n_bytes, mode, true);
}

int atomic_file_write_volatile(int dir_fd, const char *name, const void *data, size_t n_bytes,
                               mode_t mode) {
        return replace(dir_fd, name, data, n_bytes, mode, false);
}
