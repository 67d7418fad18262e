/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where package managers keep the metadata of repositories, a folder each, with `repodata` in it. The
 * daemon watches these places, klpwatch-fetch reads them.
 */

#include <stdbool.h>

typedef struct PackageCachePlace {
        const char *path; /* below the root, without a slash in front */
        bool hashed;      /* the folders are called REPOSITORY-HASH, else as the repository is */
} PackageCachePlace;

static const PackageCachePlace package_cache_places[] = {
        { "var/cache/dnf", true },
        { "var/cache/libdnf5", true },
        { "var/cache/zypp/raw", false },
};
