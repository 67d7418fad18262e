/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Installed kernels. A folder /usr/lib/modules/RELEASE with an image in it is one; a folder without
 * is what a removed kernel left behind. Where packages put images into /boot alone (Debian), those
 * count instead. It refuses to ask a package database: out-of-tree kernels are kernels too.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/kernel-release.h"
#include "hostfacts/installed-kernels.h"

#define MODULES_PATH "usr/lib/modules"
#define RELEASE_BYTES_MAX 256

static int compare_releases(const void *a, const void *b) {
        const char *release_a = *(const char *const *) a, *release_b = *(const char *const *) b;
        int order = kernel_release_compare_texts(release_b, release_a);

        /* Variants of one release: the plain kernel first. */
        return order != 0 ? order : strcmp(release_a, release_b);
}

/* The folders that hold an image. `ret_why` is set when that cannot be told. */
static int add_with_modules(const HostRoot *root, HostFacts *host, TextList *kernels,
                            const char **ret_why) {
        TextList names = {};
        int r;

        r = host_root_list(root, MODULES_PATH, host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0) {
                *ret_why = host_root_explain(host->pool, r, MODULES_PATH);
                return 0;
        }

        for (size_t i = 0; i < names.n_items; i++) {
                const char *path = memory_pool_format(host->pool, MODULES_PATH "/%s/vmlinuz",
                                                      names.items[i]);

                r = host_root_look(root, path);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (r > 0) {
                        *ret_why = host_root_explain(host->pool, r, path);
                        return 0;
                }
                text_list_add(kernels, host->pool,
                              text_printable(host->pool, names.items[i], RELEASE_BYTES_MAX));
        }
        return 0;
}

static int add_from_boot(const HostRoot *root, HostFacts *host, TextList *kernels,
                         const char **ret_why) {
        TextList names = {};
        int r;

        r = host_root_list(root, "boot", host->pool, &names);
        if (r < 0)
                return error_trace(r);
        if (r > 0 && r != HOST_ROOT_E_MISSING)
                *ret_why = host_root_explain(host->pool, r, "boot");

        for (size_t i = 0; i < names.n_items; i++)
                if (text_starts_with(names.items[i], "vmlinuz-") &&
                    !text_starts_with(names.items[i], "vmlinuz-0-rescue"))
                        text_list_add(kernels, host->pool,
                                      text_printable(host->pool,
                                                     names.items[i] + strlen("vmlinuz-"),
                                                     RELEASE_BYTES_MAX));
        return 0;
}

int installed_kernels_read(const HostRoot *root, HostFacts *host) {
        const char *why = NULL;
        TextList kernels = {};
        int r;

        r = add_with_modules(root, host, &kernels, &why);
        if (r)
                return error_trace(r);
        if (kernels.n_items == 0) {
                r = add_from_boot(root, host, &kernels, &why);
                if (r)
                        return error_trace(r);
                if (kernels.n_items > 0)
                        why = NULL;
        }
        if (memory_pool_exhausted(host->pool))
                return error_origin(-ENOMEM);

        if (kernels.n_items > 1)
                qsort(kernels.items, kernels.n_items, sizeof(kernels.items[0]), compare_releases);
        host->installed_kernels = kernels;
        host->installed_kernels_unknown = why;
        return 0;
}
