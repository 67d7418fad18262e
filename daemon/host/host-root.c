/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Host roots. Whatever looks at a host does so through a descriptor of its root folder, so that the
 * same code reads this host, a recorded one in a test and a mounted image. On a recorded host the
 * kernel is asked to keep links inside (RESOLVE_IN_ROOT); where it cannot (before 5.6, or under a
 * system call filter) the same is done part by part, which is slower and could be fooled by somebody
 * who renames folders meanwhile: nobody does that to a recording. It refuses to write, to create and
 * to hold attributes open.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "host/host-root.h"

#define NAMES_MAX 65536
#define LINKS_MAX 40

struct HostRoot {
        int fd;
        bool recorded;
};

static int outcome_of_errno(void) {
        switch (errno) {
        case ENOENT:
        case ENOTDIR:
        case ENODEV:
        case ENXIO:
                return HOST_ROOT_E_MISSING;
        case ENOMEM:
                return error_origin(-ENOMEM);
        default:
                return HOST_ROOT_E_REFUSED;
        }
}

static int outcome_of_read(int r) {
        switch (r) {
        case BOUNDED_READ_E_MISSING:
                return HOST_ROOT_E_MISSING;
        case BOUNDED_READ_E_TOO_LARGE:
                return HOST_ROOT_E_TOO_LARGE;
        case BOUNDED_READ_E_REFUSED:
                return HOST_ROOT_E_REFUSED;
        default:
                return r;
        }
}

static int root_of_fd(int fd, bool recorded, HostRoot **ret) {
        HostRoot *root;

        root = malloc(sizeof(*root));
        if (!root) {
                close(fd);
                return error_origin(-ENOMEM);
        }
        *root = (HostRoot){ .fd = fd, .recorded = recorded };
        *ret = root;
        return 0;
}

int host_root_new(const char *path, HostRoot **ret) {
        struct stat st, slash;
        int fd;

        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return outcome_of_errno();
        if (fstat(fd, &st) < 0 || stat("/", &slash) < 0) {
                int r = outcome_of_errno();

                close(fd);
                return r;
        }
        return root_of_fd(fd, st.st_dev != slash.st_dev || st.st_ino != slash.st_ino, ret);
}

int host_root_enter(const HostRoot *root, const char *path, HostRoot **ret) {
        int fd = -1, r;

        r = host_root_open(root, path, O_DIRECTORY, &fd);
        if (r)
                return r;
        return root_of_fd(fd, root->recorded, ret);
}

HostRoot *host_root_free(HostRoot *root) {
        if (!root)
                return NULL;

        close(root->fd);
        free(root);
        return NULL;
}

bool host_root_is_recorded(const HostRoot *root) {
        return root->recorded;
}

static bool is_same_folder(int a, int b) {
        struct stat st_a, st_b;

        return fstat(a, &st_a) == 0 && fstat(b, &st_b) == 0 && st_a.st_dev == st_b.st_dev &&
               st_a.st_ino == st_b.st_ino;
}

/* Moves the first part of `rest` to `part`; what is left begins behind the slashes that follow it. */
static bool take_part(char *rest, char part[static NAME_MAX + 1]) {
        size_t n = strcspn(rest, "/"), n_slashes = strspn(rest + n, "/");

        if (n > NAME_MAX) {
                errno = ENAMETOOLONG;
                return false;
        }
        memcpy(part, rest, n);
        strcpy(part + n, n == 0 ? "." : "");
        memmove(rest, rest + n + n_slashes, strlen(rest + n + n_slashes) + 1);
        return true;
}

/* Puts what the link `fd` points to in front of `rest`. */
static bool follow_link(int fd, char rest[static PATH_MAX]) {
        char target[PATH_MAX];
        ssize_t n = readlinkat(fd, "", target, sizeof(target));
        size_t n_rest = strlen(rest);

        if (n < 0)
                return false;
        if ((size_t) n + 1 + n_rest >= PATH_MAX) {
                errno = ENAMETOOLONG;
                return false;
        }
        memmove(rest + n + 1, rest, n_rest + 1);
        memcpy(rest, target, (size_t) n);
        rest[n] = '/';
        return true;
}

/* What openat2() does with RESOLVE_IN_ROOT, a part of the path at a time. */
static int open_step_by_step(int root_fd, const char *path, int flags) {
        _cleanup_close_ int folder = openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        char rest[PATH_MAX], part[NAME_MAX + 1];
        unsigned n_links = 0;

        if (folder < 0)
                return -1;
        snprintf(rest, sizeof(rest), "%s", path);

        for (;;) {
                bool from_root = rest[0] == '/', last;
                _cleanup_close_ int fd = -1;
                struct stat st;

                if (!take_part(rest, part))
                        return -1;
                last = rest[0] == '\0';
                if (from_root || (strcmp(part, "..") == 0 && is_same_folder(folder, root_fd)))
                        fd = openat(root_fd, ".",
                                    O_PATH | O_CLOEXEC); /* the root is its own parent */
                else
                        fd = openat(folder, part, O_PATH | O_NOFOLLOW | O_CLOEXEC);
                if (fd < 0 || fstat(fd, &st) < 0)
                        return -1;

                if (S_ISLNK(st.st_mode) && !(last && (flags & O_NOFOLLOW))) {
                        if (++n_links > LINKS_MAX) {
                                errno = ELOOP;
                                return -1;
                        }
                        if (!follow_link(fd, rest))
                                return -1;
                        continue;
                }
                if (last)
                        return S_ISDIR(st.st_mode) ? openat(fd, ".", flags)
                                                   : openat(folder, part, flags | O_NOFOLLOW);
                close(folder);
                folder = TAKE_FD(fd);
        }
}

static int open_below(const HostRoot *root, const char *path, int flags) {
        struct open_how how = { .flags = (unsigned long long) flags, .resolve = RESOLVE_IN_ROOT };
        int fd;

        if (!root->recorded)
                return openat(root->fd, path, flags);

        do
                fd = (int) syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
        while (fd < 0 && (errno == EAGAIN || errno == EINTR));
        if (fd < 0 && (errno == ENOSYS || errno == EPERM))
                fd = open_step_by_step(root->fd, path, flags);
        return fd;
}

int host_root_open(const HostRoot *root, const char *path, int flags, int *ret_fd) {
        int fd;

        if (!(flags & O_PATH)) /* which takes no others beside it */
                flags |= O_RDONLY | O_NOCTTY | O_NONBLOCK;
        fd = open_below(root, path, O_CLOEXEC | flags);
        if (fd < 0)
                return outcome_of_errno();
        *ret_fd = fd;
        return 0;
}

int host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                   size_t *ret_n_bytes) {
        _cleanup_close_ int fd = -1;
        struct stat st;
        int r;

        r = host_root_open(root, path, 0, &fd);
        if (r)
                return r;
        if (fstat(fd, &st) < 0)
                return outcome_of_errno();
        if (!S_ISREG(st.st_mode)) {
                errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
                return HOST_ROOT_E_REFUSED;
        }
        return outcome_of_read(bounded_read_fd(fd, max_bytes, ret, ret_n_bytes));
}

int host_root_read_line(const HostRoot *root, const char *path, size_t max_bytes, char **ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        char *trimmed;
        int r;

        r = host_root_read(root, path, max_bytes, &text, &n_bytes);
        if (r)
                return r;

        trimmed = text_trim(text);
        memmove(text, trimmed, strlen(trimmed) + 1);
        *ret = TAKE(text);
        return 0;
}

static int compare_names(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A name that came and went while the folder was read may be there twice: once is enough. */
static void sort_names(TextList *names) {
        size_t n_kept = 0;

        if (names->n_items > 1)
                qsort(names->items, names->n_items, sizeof(names->items[0]), compare_names);
        for (size_t i = 0; i < names->n_items; i++)
                if (n_kept == 0 || strcmp(names->items[n_kept - 1], names->items[i]) != 0)
                        names->items[n_kept++] = names->items[i];
        names->n_items = n_kept;
}

int host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret) {
        _cleanup_closedir_ DIR *dir = NULL;
        TextList names = {};
        int fd = -1, r;

        r = host_root_open(root, path, O_DIRECTORY, &fd);
        if (r)
                return r;
        dir = fdopendir(fd);
        if (!dir) {
                r = outcome_of_errno();
                close(fd);
                return r;
        }

        for (;;) {
                struct dirent *entry;

                errno = 0;
                entry = readdir(dir);
                if (!entry && errno != 0)
                        return outcome_of_errno();
                if (!entry)
                        break;
                if (entry->d_name[0] == '.')
                        continue;
                if (names.n_items == NAMES_MAX)
                        return HOST_ROOT_E_TOO_LARGE;
                text_list_add(&names, pool, memory_pool_text(pool, entry->d_name));
        }
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        sort_names(&names);
        *ret = names;
        return 0;
}

int host_root_look(const HostRoot *root, const char *path) {
        int fd;

        fd = open_below(root, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return outcome_of_errno();
        close(fd);
        return 0;
}

bool host_root_is_masked(const HostRoot *root, const char *path) {
        static const char null[] = "/dev/null";
        _cleanup_close_ int fd = -1;
        char target[sizeof(null)];
        struct stat st;

        fd = open_below(root, path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) < 0)
                return false;
        if (S_ISLNK(st.st_mode))
                return readlinkat(fd, "", target, sizeof(target)) == (ssize_t) strlen(null) &&
                       memcmp(target, null, strlen(null)) == 0;
        return S_ISREG(st.st_mode) && st.st_size == 0;
}

const char *host_root_explain(MemoryPool *pool, int outcome, const char *path) {
        switch (outcome) {
        case HOST_ROOT_E_MISSING:
                return memory_pool_format(pool, "there is no /%s", path);
        case HOST_ROOT_E_TOO_LARGE:
                return memory_pool_format(pool, "/%s is too large", path);
        default:
                return memory_pool_format(pool, "/%s cannot be read: %s", path, strerror(errno));
        }
}

int host_root_read_boot_id(const HostRoot *root, char ret[static HOST_ROOT_BOOT_ID_BYTES]) {
        _cleanup_free_ char *line = NULL;
        int r;

        r = host_root_read_line(root, "proc/sys/kernel/random/boot_id", HOST_ROOT_BOOT_ID_BYTES - 1,
                                &line);
        if (r < 0)
                return error_trace(r);
        snprintf(ret, HOST_ROOT_BOOT_ID_BYTES, "%.63s", r == 0 && line[0] != '\0' ? line : "-");
        return 0;
}
