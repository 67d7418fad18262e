/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The state of a CSAF feed. It only saves work: what is missing or odd is fetched again. An index is found
 * by the hash that the cursor has, so that klpwatchd's digest and what was read for it always belong
 * together, even when one of the two was lost on its way.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "fetch/csaf-state.h"
#include "fetch/work-folder.h"

#define SOURCE "source"
#define MAX_SOURCE_BYTES 65536
#define PENDING "pending"
#define TRIED "tried"
#define DOUBTED "doubted"
#define SPENT "spent"
#define INDEX_PREFIX "index-"
#define INDEX_HEAD "# klpwatch-csaf-index 1 "

static const char *index_name(MemoryPool *pool, const char *hash) {
        return memory_pool_format(pool, INDEX_PREFIX "%.16s", hash);
}

int csaf_index_read(int folder_fd, const char *hash, MemoryPool *pool, CsafIndex *ret) {
        _cleanup_free_ char *text = NULL;
        char found[SHA256_TEXT_BYTES];
        CsafIndex index = { .base = UTC_TIME_NONE };
        long long base;
        size_t n_bytes;
        int r;

        *ret = index;
        r = bounded_read(folder_fd, index_name(pool, hash), CSAF_ROWS_MAX_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r || strcmp(sha256_text(text, n_bytes, found), hash) != 0 ||
            sscanf(text, INDEX_HEAD "%lld %zu", &base, &index.n_rows) != 2)
                return 0;
        index.base = base;
        index.known = true;
        r = csaf_rows_read(text, pool, &index.rows);
        if (r)
                return error_fold(r);
        *ret = index;
        return 0;
}

static void remove_other_indexes(int folder_fd, MemoryPool *pool, const char *hash,
                                 const char *kept) {
        const char *first = index_name(pool, hash), *second = kept ? index_name(pool, kept) : "";
        _cleanup_closedir_ DIR *dir = work_folder_list(folder_fd);
        struct dirent *entry;

        while (dir && (entry = readdir(dir)))
                if (text_starts_with(entry->d_name, INDEX_PREFIX) &&
                    strcmp(entry->d_name, first) != 0 && strcmp(entry->d_name, second) != 0)
                        (void) unlinkat(folder_fd, entry->d_name, 0);
}

int csaf_index_write(int folder_fd, const CsafIndex *index, const char *kept, MemoryPool *pool,
                     const char **ret_hash) {
        _cleanup_free_ char *rows = NULL, *text = NULL;
        char hash[SHA256_TEXT_BYTES];
        size_t n_rows;
        int n_bytes, r;

        r = csaf_rows_write(index->rows.items, index->rows.n_items, &rows, &n_rows);
        if (r)
                return error_fold(r);
        n_bytes = asprintf(&text, INDEX_HEAD "%lld %zu\n%s", (long long) index->base, index->n_rows,
                           rows);
        if (n_bytes < 0) {
                text = NULL;
                return error_origin(-ENOMEM);
        }
        *ret_hash = memory_pool_text(pool, sha256_text(text, (size_t) n_bytes, hash));
        r = atomic_file_write(folder_fd, index_name(pool, hash), text, (size_t) n_bytes, 0600);
        if (r)
                return r < 0 ? error_trace(r) : CSAF_STATE_E_REFUSED;
        remove_other_indexes(folder_fd, pool, hash, kept);
        return 0;
}

int csaf_state_claim(int folder_fd, const char *source) {
        _cleanup_free_ char *before = NULL;
        size_t n_bytes;
        int r;

        r = bounded_read(folder_fd, SOURCE, MAX_SOURCE_BYTES, &before, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && strcmp(before, source) == 0)
                return 0;
        work_folder_empty(folder_fd, NULL);
        r = atomic_file_write(folder_fd, SOURCE, source, strlen(source), 0600);
        return r < 0 ? error_trace(r) : r ? CSAF_STATE_E_REFUSED : 0;
}

static int read_rows(int folder_fd, const char *name, MemoryPool *pool, CsafRows *ret) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        *ret = (CsafRows){};
        r = bounded_read(folder_fd, name, CSAF_ROWS_MAX_BYTES, &text, &n_bytes);
        if (r == 0)
                r = csaf_rows_read(text, pool, ret);
        return r < 0 ? error_trace(r) : 0;
}

/* A line that is lost, or cut, only costs a download. */
static void add_row(int folder_fd, const char *name, const CsafRow *row) {
        _cleanup_close_ int fd =
                        openat(folder_fd, name,
                               O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
        char time[UTC_TIME_TEXT_BYTES];

        if (fd >= 0)
                (void) dprintf(fd, "\"%s\",\"%s\"\n", row->path, utc_time_format(row->time, time));
}

int csaf_pending_read(int folder_fd, MemoryPool *pool, CsafRows *ret) {
        size_t n = 0;
        int r;

        r = read_rows(folder_fd, PENDING, pool, ret);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < ret->n_items; i++)
                if (csaf_state_has(folder_fd, CSAF_STATE_NEW, ret->items[i].path) ||
                    csaf_state_has(folder_fd, CSAF_STATE_ASIDE, ret->items[i].path))
                        ret->items[n++] = ret->items[i];
        ret->n_items = n;
        return 0;
}

void csaf_pending_add(int folder_fd, const CsafRow *row) {
        add_row(folder_fd, PENDING, row);
}

int csaf_tried_read(int folder_fd, MemoryPool *pool, CsafRows *ret, CsafRows *ret_doubted) {
        int r = read_rows(folder_fd, TRIED, pool, ret);

        if (r == 0)
                r = read_rows(folder_fd, DOUBTED, pool, ret_doubted);
        return r ? error_fold(r) : 0;
}

void csaf_tried_add(int folder_fd, const CsafRow *row) {
        add_row(folder_fd, TRIED, row);
}

void csaf_doubted_add(int folder_fd, const CsafRow *row) {
        add_row(folder_fd, DOUBTED, row);
}

void csaf_tried_forget(int folder_fd) {
        (void) unlinkat(folder_fd, TRIED, 0);
        (void) unlinkat(folder_fd, DOUBTED, 0);
}

void csaf_state_spend(int folder_fd, const char *hash) {
        (void) atomic_file_write(folder_fd, SPENT, hash, strlen(hash), 0600);
}

void csaf_state_settle(int folder_fd, const char *hash) {
        static const char *const folders[] = { "stage", "archive" };
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;

        if (bounded_read(folder_fd, SPENT, SHA256_TEXT_BYTES, &text, &n_bytes) != 0)
                return;
        if (text_equal(text, hash)) {
                (void) unlinkat(folder_fd, PENDING, 0);
                csaf_tried_forget(folder_fd);
                for (size_t i = 0; i < ELEMENTS(folders); i++) {
                        _cleanup_close_ int place = work_folder_open_inner(folder_fd, folders[i]);

                        if (place >= 0)
                                work_folder_empty(place, NULL);
                }
        }
        (void) unlinkat(folder_fd, SPENT, 0);
}

/* Makes each folder of `path` but the last part. */
static int open_parts(int folder_fd, const char *path) {
        int fd = fcntl(folder_fd, F_DUPFD_CLOEXEC, 3);
        const char *slash;

        while (fd >= 0 && (slash = strchr(path, '/'))) {
                char part[256] = {};
                int inner;

                memcpy(part, path,
                       (size_t) (slash - path) < sizeof(part) - 1 ? (size_t) (slash - path)
                                                                  : sizeof(part) - 1);
                inner = work_folder_open_inner(fd, part);
                close(fd);
                fd = inner;
                path = slash + 1;
        }
        return fd;
}

int csaf_state_open_place(int folder_fd, const char *top, const char *path, const char **ret_name) {
        const char *last = strrchr(path, '/');
        char whole[512];

        *ret_name = last ? last + 1 : path;
        if (snprintf(whole, sizeof(whole), "%s/%s", top, path) >= (int) sizeof(whole)) {
                errno = ENAMETOOLONG;
                return -1;
        }
        return open_parts(folder_fd, whole);
}

bool csaf_state_has(int folder_fd, const char *top, const char *path) {
        const char *name;
        _cleanup_close_ int fd = csaf_state_open_place(folder_fd, top, path, &name);
        struct stat st;

        return fd >= 0 && fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

bool csaf_state_move(int folder_fd, const char *from, const char *to, const char *path) {
        const char *name;
        _cleanup_close_ int from_fd = csaf_state_open_place(folder_fd, from, path, &name);
        _cleanup_close_ int to_fd = csaf_state_open_place(folder_fd, to, path, &name);

        if (from_fd < 0 || to_fd < 0)
                return false;
        return renameat(from_fd, name, to_fd, name) == 0;
}
