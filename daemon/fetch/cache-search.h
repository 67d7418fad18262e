/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The folders in which package managers keep the metadata of their repositories:
 *   dnf      var/cache/dnf/REPOSITORY-HASH/repodata
 *   dnf5     var/cache/libdnf5/REPOSITORY-HASH/repodata
 *   zypper   var/cache/zypp/raw/ALIAS/repodata
 */

#include <stdbool.h>
#include <stdint.h>

#include "host/host-root.h"

typedef struct CacheFolder {
        const char *repository;  /* its id; NULL for a place that cannot be listed */
        const char *path;        /* below the root, without a slash in front */
        const char *fingerprint; /* another one whenever the metadata is; NULL with a problem */
        const char *problem;    /* why it is not read, a sentence with its path; NULL = it can be */
        bool unreadable;        /* the problem is one of permissions */
        int64_t refreshed_nsec; /* when its repomd.xml was written or confirmed last */
} CacheFolder;

typedef struct CacheFolders {
        CacheFolder *items; /* sorted by path */
        size_t n_items;
} CacheFolders;

#define CACHE_SEARCH_PLACES "/var/cache/dnf, /var/cache/libdnf5 and /var/cache/zypp/raw"

/*
 * Finds the folders that hold a repomd.xml, all in `pool`: in the places above, or in the one place
 * `location` (NULL = those above). Folders without one, and what vanishes meanwhile, are not there.
 * 0 or -ENOMEM.
 */
int cache_search(const HostRoot *root, const char *location, MemoryPool *pool, CacheFolders *ret);
