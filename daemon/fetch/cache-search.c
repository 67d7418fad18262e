/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finding caches. Nothing in them is parsed here: a folder is known by the hash of its repomd.xml and
 * by names, sizes and times of what lies beside it, which is enough to tell that nothing changed. The
 * time of repomd.xml itself does not count, because dnf touches it whenever it finds the cache still
 * current.
 *
 * Package managers make plain folders with the names of repositories. It refuses what is none: a link
 * may lead anywhere, and a name that is no id could not stand in a digest.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "core/package-cache-place.h"
#include "fetch/cache-search.h"
#include "format/digest-record.h"

#define MAX_REPOMD_BYTES ((size_t) 1024 * 1024)
#define MAX_FOLDERS 256
#define MAX_FILES 4096
#define N_HASH 16 /* digits behind a dnf folder's last dash */

typedef struct Search {
        const HostRoot *root;
        MemoryPool *pool;
        CacheFolders found;
} Search;

static CacheFolder *add(Search *search, const char *repository, const char *path) {
        CacheFolder *folder = memory_pool_append(search->pool, search->found.items,
                                                 search->found.n_items);

        if (folder)
                *folder = (CacheFolder){ .repository = repository, .path = path };
        return folder;
}

/* Uses errno. */
static void blame(Search *search, CacheFolder *folder, const char *file) {
        int number = errno;
        const char *path = text_printable(search->pool, folder->path, 1024);

        folder->unreadable = number == EACCES || number == EPERM;
        folder->problem = memory_pool_format(search->pool, "/%s%s: %s", path, file,
                                             number == EFBIG    ? "it is too large"
                                             : number == ELOOP  ? "it is a link; package managers "
                                                                  "make none"
                                             : number == EINVAL ? "it is no regular file"
                                                                : strerror(number));
}

static bool is_gone(int number) {
        return number == ENOENT || number == ENOTDIR;
}

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A line for each file but repomd.xml, sorted. False with errno. */
static bool list_files(Search *search, int repodata, TextList *ret) {
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        TextList lines = {};
        int fd;

        fd = openat(repodata, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        dir = fd >= 0 ? fdopendir(fd) : NULL;
        if (!dir) {
                closep(&fd);
                return false;
        }
        while ((entry = readdir(dir))) {
                struct stat st;

                if (entry->d_name[0] == '.' || strcmp(entry->d_name, "repomd.xml") == 0 ||
                    fstatat(repodata, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                if (lines.n_items == MAX_FILES) {
                        errno = EFBIG;
                        return false;
                }
                text_list_format(&lines, search->pool, "%s %lld %lld.%09ld", entry->d_name,
                                 (long long) st.st_size, (long long) st.st_mtim.tv_sec,
                                 st.st_mtim.tv_nsec);
        }
        if (lines.n_items > 1)
                qsort((void *) lines.items, lines.n_items, sizeof(*lines.items), compare_texts);
        *ret = lines;
        return true;
}

static const char *hash_of(MemoryPool *pool, const void *data, size_t n_bytes) {
        char hash[SHA256_TEXT_BYTES];

        return memory_pool_text(pool, sha256_text(data, n_bytes, hash));
}

/* 0 (then `ret` is NULL, with errno, where it cannot be read) or -ENOMEM. */
static int read_repomd(Search *search, int repodata, CacheFolder *folder, const char **ret) {
        _cleanup_free_ char *text = NULL;
        _cleanup_close_ int fd = -1;
        struct stat st;
        size_t n_bytes;
        int r;

        *ret = NULL;
        fd = openat(repodata, "repomd.xml",
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) < 0)
                return 0;
        if (!S_ISREG(st.st_mode)) {
                errno = EINVAL;
                return 0;
        }
        r = bounded_read_fd(fd, MAX_REPOMD_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_TOO_LARGE)
                errno = EFBIG;
        if (r)
                return 0;
        folder->refreshed_nsec = (int64_t) st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        *ret = hash_of(search->pool, text, n_bytes);
        return 0;
}

/* Fills in fingerprint or problem; `ret_gone` when there is no metadata in it (any more). */
static int look_into(Search *search, CacheFolder *folder, bool *ret_gone) {
        _cleanup_close_ int outer = -1, repodata = -1;
        const char *repomd, *all;
        TextList lines = {};
        int r;

        *ret_gone = true;
        r = host_root_open(search->root, folder->path, O_DIRECTORY | O_NOFOLLOW, &outer);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                repodata = openat(outer, "repodata",
                                  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (repodata < 0) {
                /* A link opened with O_DIRECTORY and O_NOFOLLOW is "no folder". */
                *ret_gone = is_gone(errno);
                if (!*ret_gone)
                        blame(search, folder, r == 0 ? "/repodata" : "");
                return 0;
        }
        r = read_repomd(search, repodata, folder, &repomd);
        if (r)
                return error_fold(r);
        if (!repomd) {
                *ret_gone = is_gone(errno);
                if (!*ret_gone)
                        blame(search, folder, "/repodata/repomd.xml");
                return 0;
        }
        *ret_gone = false;
        if (!list_files(search, repodata, &lines)) {
                blame(search, folder, "/repodata");
                return 0;
        }
        all = repomd;
        for (size_t i = 0; i < lines.n_items; i++) {
                char hash[SHA256_TEXT_BYTES];

                /* A chain of hashes: order and borders of the lines count, and memory stays small. */
                all = memory_pool_format(search->pool, "%.64s%s", all, lines.items[i]);
                all = memory_pool_text(search->pool, sha256_text(all, strlen(all), hash));
        }
        folder->fingerprint = all;
        return 0;
}

/* dnf puts 16 digits of a hash behind the id; zypper's folders are called as the repository is. */
static const char *repository_of(MemoryPool *pool, const char *name, bool hashed, bool strict) {
        const char *dash = strrchr(name, '-');

        if (!hashed)
                return name;
        if (!dash || dash == name || strlen(dash + 1) != N_HASH ||
            strspn(dash + 1, "0123456789abcdef") != N_HASH)
                return strict ? NULL : name;
        return memory_pool_text_n(pool, name, (size_t) (dash - name));
}

static bool is_link(const Search *search, const char *path) {
        _cleanup_close_ int fd = -1;
        struct stat st;

        return host_root_open(search->root, path, O_PATH | O_NOFOLLOW, &fd) == 0 &&
               fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
}

static int add_folder(Search *search, const char *place, const char *name, bool hashed,
                      bool strict) {
        const char *path = memory_pool_format(search->pool, "%s/%s", place, name);
        const char *repository = repository_of(search->pool, name, hashed, strict);
        CacheFolder *folder;
        bool gone = false;
        int r;

        if (!repository)
                return 0;
        folder = add(search, repository, path);
        if (!folder)
                return error_origin(-ENOMEM);
        if (!digest_is_id(repository) || search->found.n_items > MAX_FOLDERS) {
                folder->repository = NULL;
                folder->problem = memory_pool_format(
                                search->pool, "/%s: %s", text_printable(search->pool, path, 1024),
                                search->found.n_items > MAX_FOLDERS
                                                ? "more than 256 folders; the rest is not read"
                                                : "its name is no id of a repository");
        } else if (is_link(search, path)) {
                errno = ELOOP;
                blame(search, folder, "");
        } else {
                r = look_into(search, folder, &gone);
                if (r)
                        return error_fold(r);
        }
        if (gone)
                search->found.n_items--;
        return 0;
}

/* `strict`: what lacks the hash that dnf's folders have is no repository. */
static int search_place(Search *search, const char *place, bool hashed, bool strict) {
        TextList names = {};
        int r;

        r = host_root_list(search->root, place, search->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return 0;
        if (r) {
                int number = r == HOST_ROOT_E_TOO_LARGE ? EFBIG : errno;
                CacheFolder *folder = add(search, NULL, place);

                errno = number;
                if (folder)
                        blame(search, folder, "");
                return folder ? 0 : error_origin(-ENOMEM);
        }
        for (size_t i = 0; i < names.n_items && search->found.n_items <= MAX_FOLDERS; i++) {
                r = add_folder(search, place, names.items[i], hashed, strict);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

int cache_search(const HostRoot *root, const char *location, MemoryPool *pool, CacheFolders *ret) {
        Search search = { .root = root, .pool = pool };
        int r;

        if (location) {
                location += strspn(location, "/");
                r = search_place(&search, *location ? location : ".", true, false);
        } else {
                r = 0;
                for (size_t i = 0; i < ELEMENTS(package_cache_places) && r == 0; i++)
                        r = search_place(&search, package_cache_places[i].path,
                                         package_cache_places[i].hashed, true);
        }
        if (r)
                return error_fold(r);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = search.found;
        return 0;
}
