/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Folders of downloads. Names in them are made or checked by this program, never taken from outside as
 * they came; nothing follows a link. Two attempts at one feed never share a folder.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"
#include "fetch/work-folder.h"

#define MAX_DEPTH 8
#define CACHE_MAX_BYTES ((uint64_t) 3 * 1024 * 1024 * 1024)

struct WorkFolder {
        int fd;
        int cache_fd;    /* where those of all feeds are; -1 = it is temporary */
        char *temporary; /* its path; NULL for one that stays */
};

int work_folder_open_inner(int folder_fd, const char *name) {
        if (mkdirat(folder_fd, name, 0700) < 0 && errno != EEXIST)
                return -1;
        return openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

DIR *work_folder_list(int folder_fd) {
        int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

        if (!dir)
                closep(&fd);
        return dir;
}

static void empty(int folder_fd, const TextList *kept, unsigned depth) {
        _cleanup_closedir_ DIR *dir = work_folder_list(folder_fd);
        struct dirent *entry;

        while (dir && (entry = readdir(dir))) {
                _cleanup_close_ int inner = -1;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                    (kept && text_list_has(kept, entry->d_name)) ||
                    unlinkat(folder_fd, entry->d_name, 0) == 0 || depth == MAX_DEPTH)
                        continue;
                inner = openat(folder_fd, entry->d_name,
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (inner >= 0)
                        empty(inner, NULL, depth + 1);
                (void) unlinkat(folder_fd, entry->d_name, AT_REMOVEDIR);
        }
}

void work_folder_empty(int folder_fd, const TextList *kept) {
        empty(folder_fd, kept, 0);
}

static int refuse(MemoryPool *pool, const char *path, const char **ret_problem) {
        *ret_problem = memory_pool_format(pool, "%s: %s", path,
                                          errno == EWOULDBLOCK ? "another attempt at this feed runs"
                                                               : strerror(errno));
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : WORK_FOLDER_E_REFUSED;
}

static int open_temporary(WorkFolder *folder, MemoryPool *pool, const char **ret_problem) {
        const char *place = getenv("TMPDIR");
        char *path = (char *) memory_pool_format(pool, "%s/klpwatch-fetch-XXXXXX",
                                                 place && *place == '/' ? place : "/tmp");

        if (!mkdtemp(path))
                return refuse(pool, path, ret_problem);
        folder->temporary = strdup(path);
        if (!folder->temporary) {
                (void) rmdir(path);
                return error_origin(-ENOMEM);
        }
        folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return folder->fd < 0 ? refuse(pool, path, ret_problem) : 0;
}

int work_folder_new(const char *cache, const char *feed, MemoryPool *pool, WorkFolder **ret,
                    const char **ret_problem) {
        _cleanup_(work_folder_freep) WorkFolder *folder = NULL;
        int r = 0;

        folder = calloc(1, sizeof(*folder));
        if (!folder)
                return error_origin(-ENOMEM);
        folder->fd = folder->cache_fd = -1;
        if (!cache) {
                r = open_temporary(folder, pool, ret_problem);
        } else {
                folder->cache_fd = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (folder->cache_fd >= 0)
                        folder->fd = work_folder_open_inner(folder->cache_fd, feed);
                if (folder->fd < 0 || flock(folder->fd, LOCK_EX | LOCK_NB) < 0)
                        r = refuse(pool, memory_pool_format(pool, "%s/%s", cache, feed),
                                   ret_problem);
        }
        if (r)
                return r < 0 ? error_trace(r) : WORK_FOLDER_E_REFUSED;
        *ret = TAKE(folder);
        return 0;
}

WorkFolder *work_folder_free(WorkFolder *folder) {
        if (!folder)
                return NULL;

        if (folder->temporary) {
                if (folder->fd >= 0)
                        work_folder_empty(folder->fd, NULL);
                (void) rmdir(folder->temporary);
        }
        closep(&folder->fd);
        closep(&folder->cache_fd);
        free(folder->temporary);
        free(folder);
        return NULL;
}

int work_folder_fd(const WorkFolder *folder) {
        return folder->fd;
}

/* What the files in a folder have, were they all written: a hole may be filled any time. */
static uint64_t count_bytes(int folder_fd, unsigned depth) {
        _cleanup_closedir_ DIR *dir = work_folder_list(folder_fd);
        struct dirent *entry;
        uint64_t n = 0;

        while (dir && (entry = readdir(dir))) {
                _cleanup_close_ int inner = -1;
                struct stat st;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
                    fstatat(folder_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                if (S_ISREG(st.st_mode))
                        n += (uint64_t) st.st_size;
                if (!S_ISDIR(st.st_mode) || depth == MAX_DEPTH)
                        continue;
                inner = openat(folder_fd, entry->d_name,
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (inner >= 0)
                        n += count_bytes(inner, depth + 1);
        }
        return n;
}

uint64_t work_folder_room(const WorkFolder *folder, const char **ret_limit) {
        uint64_t used = count_bytes(folder->cache_fd >= 0 ? folder->cache_fd : folder->fd, 0);
        uint64_t room = used < CACHE_MAX_BYTES ? CACHE_MAX_BYTES - used : 0;
        struct statvfs disk;

        *ret_limit = "all feeds together may keep 3 GiB of downloads";
        if (fstatvfs(folder->fd, &disk) == 0) {
                uint64_t reserve = disk.f_blocks / 10,
                         left = disk.f_bavail > reserve ? disk.f_bavail - reserve : 0;

                if (left < room / disk.f_frsize) {
                        *ret_limit = "a tenth of the disk with the downloads stays free";
                        room = left * disk.f_frsize;
                }
        }
        return room;
}

bool work_folder_is_temporary(const WorkFolder *folder) {
        return folder->temporary != NULL;
}
