/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The digest store. It keeps what the feeds said, so that a restart without network knows as much as
 * before. Nothing gets in that the reader of digests would refuse, and nothing is thrown away that
 * may be of use to somebody: a broken file is set aside, a newer version's file is not touched.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "store/digest-store.h"

#define SUFFIX ".digest"
#define FOLDER "digests"

struct DigestStore {
        int fd;
};

static int refuse(char **ret_message, const char *format, ...) _printf_(2, 3);

static int refuse(char **ret_message, const char *format, ...) {
        va_list arguments;
        int n;

        va_start(arguments, format);
        n = vasprintf(ret_message, format, arguments);
        va_end(arguments);
        return n < 0 ? error_origin(-ENOMEM) : DIGEST_STORE_E_REFUSED;
}

int digest_store_open(const char *path, DigestStore **ret, char **ret_message) {
        _cleanup_(digest_store_freep) DigestStore *store = NULL;
        _cleanup_close_ int folder = -1;

        store = calloc(1, sizeof(*store));
        if (!store)
                return error_origin(-ENOMEM);
        store->fd = -1;

        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return refuse(ret_message, "%s: cannot be made: %m", path);
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0)
                return refuse(ret_message, "%s: cannot be opened: %m", path);
        if (mkdirat(folder, FOLDER, 0755) < 0 && errno != EEXIST)
                return refuse(ret_message, "%s/" FOLDER ": cannot be made: %m", path);
        store->fd = openat(folder, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (store->fd < 0)
                return refuse(ret_message, "%s/" FOLDER ": cannot be opened: %m", path);

        *ret = TAKE(store);
        return 0;
}

DigestStore *digest_store_free(DigestStore *store) {
        if (!store)
                return NULL;

        if (store->fd >= 0)
                close(store->fd);
        free(store);
        return NULL;
}

int digest_store_fd(const DigestStore *store) {
        return store->fd;
}

static bool is_name(const char *name) {
        static const char allowed[] =
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

        return name[0] != '\0' && name[0] != '.' && strlen(name) <= 200 &&
               strspn(name, allowed) == strlen(name);
}

/* A digest of a later format opens with a larger number; whoever wrote it will want it back. */
static bool is_of_newer_version(const char *data) {
        long version;

        if (!text_starts_with(data, "{\"digest\":"))
                return false;
        version = strtol(data + strlen("{\"digest\":"), NULL, 10);
        return version > DIGEST_VERSION;
}

static void set_aside(DigestStore *store, const char *file, MemoryPool *pool, TextList *messages,
                      const char *reason) {
        const char *aside = memory_pool_format(pool, "%s.corrupt", file);

        if (renameat(store->fd, file, store->fd, aside) < 0)
                text_list_format(messages, pool, "%s; it is ignored (and could not be renamed: %s)",
                                 reason, strerror(errno));
        else
                text_list_format(messages, pool,
                                 "%s; it is set aside as %s, the next import replaces it", reason,
                                 aside);
}

static int load_one(DigestStore *store, const char *file, Facts *facts, TextList *messages) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_free_ char *data = NULL;
        const char *name;
        size_t n_bytes;
        int r;

        r = bounded_read(store->fd, file, DIGEST_MAX_BYTES, &data, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                text_list_format(messages, facts->pool, "%s: cannot be read: %s; it is ignored",
                                 file,
                                 r == BOUNDED_READ_E_TOO_LARGE ? "too large" : strerror(errno));
                return 0;
        }
        if (is_of_newer_version(data)) {
                text_list_format(messages, facts->pool,
                                 "%s: written by a newer version of klpwatch; it is left alone and "
                                 "not used",
                                 file);
                return 0;
        }

        name = memory_pool_text_n(facts->pool, file, strlen(file) - strlen(SUFFIX));
        r = digest_read(facts, name, FEED_KIND_FILE, data, n_bytes, reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                set_aside(store, file, facts->pool, messages, reason);
        return 0;
}

static int compare_names(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

int digest_store_read(const DigestStore *store, const char *name, char **ret, size_t *ret_n_bytes) {
        char file[256];
        int r;

        if (!is_name(name))
                return DIGEST_STORE_E_REFUSED;
        snprintf(file, sizeof(file), "%s" SUFFIX, name);
        r = bounded_read(store->fd, file, DIGEST_MAX_BYTES, ret, ret_n_bytes);
        if (r < 0)
                return error_trace(r);
        return r ? DIGEST_STORE_E_REFUSED : 0;
}

bool digest_store_holds(const DigestStore *store, const char *name) {
        char file[256];
        struct stat st;

        if (!is_name(name))
                return false;
        snprintf(file, sizeof(file), "%s" SUFFIX, name);
        return fstatat(store->fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static bool is_left_out(const TextList *leave_out, const char *file) {
        for (size_t i = 0; leave_out && i < leave_out->n_items; i++) {
                size_t n = strlen(leave_out->items[i]);

                if (strncmp(file, leave_out->items[i], n) == 0 && strcmp(file + n, SUFFIX) == 0)
                        return true;
        }
        return false;
}

int digest_store_load(DigestStore *store, const TextList *leave_out, Facts *facts,
                      TextList *messages) {
        _cleanup_closedir_ DIR *dir = NULL;
        TextList files = {};
        struct dirent *entry;
        int fd, r;

        fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        dir = fd >= 0 ? fdopendir(fd) : NULL;
        if (!dir) {
                if (fd >= 0)
                        close(fd);
                text_list_format(messages, facts->pool,
                                 "the store cannot be listed: %s; it is ignored", strerror(errno));
                return 0;
        }
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, SUFFIX) &&
                    !is_left_out(leave_out, entry->d_name))
                        text_list_add(&files, facts->pool,
                                      memory_pool_text(facts->pool, entry->d_name));
        if (memory_pool_exhausted(facts->pool))
                return error_origin(-ENOMEM);

        if (files.n_items > 1)
                qsort((void *) files.items, files.n_items, sizeof(*files.items), compare_names);
        for (size_t i = 0; i < files.n_items; i++) {
                r = load_one(store, files.items[i], facts, messages);
                if (r)
                        return error_fold(r);
        }
        return memory_pool_exhausted(facts->pool) ? error_origin(-ENOMEM) : 0;
}

int digest_store_replace(DigestStore *store, const char *name, const void *data, size_t n_bytes,
                         char **ret_message) {
        char reason[DIGEST_READ_REASON_BYTES], file[256];
        _cleanup_(facts_freep) Facts *checked = NULL;
        struct stat st;
        int r;

        if (!is_name(name))
                return refuse(ret_message, "'%s' is no name for a stored digest", name);
        r = facts_new(&checked);
        if (r)
                return error_fold(r);
        r = digest_read(checked, name, FEED_KIND_FILE, data, n_bytes, reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return refuse(ret_message, "%s; the stored digest stays", reason);

        snprintf(file, sizeof(file), "%s" SUFFIX, name);
        if (fstatat(store->fd, file, &st, 0) == 0) {
                _cleanup_free_ char *held = NULL;
                size_t n_held;

                r = bounded_read(store->fd, file, DIGEST_MAX_BYTES, &held, &n_held);
                if (r < 0)
                        return error_trace(r);
                if (r == 0 && is_of_newer_version(held))
                        return refuse(ret_message,
                                      "%s was written by a newer version of klpwatch; it stays",
                                      file);
                if (r == 0 && n_held == n_bytes && memcmp(held, data, n_bytes) == 0)
                        return 0;
        }
        if (atomic_file_write(store->fd, file, data, n_bytes, 0644) != 0)
                return refuse(ret_message, "%s: cannot be stored: %m; the stored digest stays",
                              file);
        return 0;
}
