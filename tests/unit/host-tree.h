/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A host made of files for one test: a temporary folder that is filled path by path.
 */

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

typedef struct HostTree {
        char path[64];
} HostTree;

static inline HostTree host_tree_new(void) {
        HostTree tree;
        const char *folder = getenv("TMPDIR");

        snprintf(tree.path, sizeof(tree.path), "%s/klpwatch-test-XXXXXX",
                 folder && strlen(folder) < 32 ? folder : "/tmp");
        ck_assert_ptr_nonnull(mkdtemp(tree.path));
        return tree;
}

static inline int host_tree_remove_one(const char *path, _unused_ const struct stat *st,
                                       _unused_ int kind, _unused_ struct FTW *place) {
        return remove(path);
}

static inline void host_tree_freep(HostTree *tree) {
        nftw(tree->path, host_tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#define _cleanup_host_tree_ _cleanup_(host_tree_freep)

/* The whole path of something in the tree, in one of a few buffers that are used in turn. */
static inline const char *host_tree_path(const HostTree *tree, const char *path) {
        static char buffers[4][4096];
        static unsigned turn;
        char *buffer = buffers[turn++ % 4];

        snprintf(buffer, sizeof(buffers[0]), "%s/%s", tree->path, path);
        return buffer;
}

static inline void host_tree_make_folders(const HostTree *tree, const char *path) {
        char part[4096];

        for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
                snprintf(part, sizeof(part), "%s/%.*s", tree->path, (int) (slash - path), path);
                mkdir(part, 0755);
        }
}

static inline void host_tree_write_bytes(const HostTree *tree, const char *path, const void *bytes,
                                         size_t n_bytes) {
        FILE *file;

        host_tree_make_folders(tree, path);
        file = fopen(host_tree_path(tree, path), "we");
        ck_assert_msg(file != NULL, "cannot write %s", path);
        ck_assert_uint_eq(fwrite(bytes, 1, n_bytes, file), n_bytes);
        ck_assert_int_eq(fclose(file), 0);
}

static inline void host_tree_write(const HostTree *tree, const char *path, const char *text) {
        host_tree_write_bytes(tree, path, text, strlen(text));
}

static inline void host_tree_link(const HostTree *tree, const char *path, const char *target) {
        host_tree_make_folders(tree, path);
        ck_assert_int_eq(symlink(target, host_tree_path(tree, path)), 0);
}

static inline void host_tree_mkdir(const HostTree *tree, const char *path) {
        host_tree_make_folders(tree, path);
        ck_assert_int_eq(mkdir(host_tree_path(tree, path), 0755), 0);
}

/* The folder of the recorded host `name`. */
static inline const char *recorded_host(const char *name) {
        static char path[4096];
        const char *folder = getenv("RECORDED_HOSTS");

        ck_assert_msg(folder != NULL, "RECORDED_HOSTS must name tests/hosts");
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        return path;
}
