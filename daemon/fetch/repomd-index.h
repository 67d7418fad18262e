/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What repomd.xml lists, as far as it must be known to download it. klpwatch-digest reads the file again,
 * by all rules; here is only decided what to ask a server for.
 */

#include "base/memory-pool.h"

#define REPOMD_MAX_BYTES ((size_t) 1024 * 1024)

enum {
        REPOMD_INDEX_E_REFUSED =
                        1, /* it is no repomd.xml, or lists nothing of use; the reason says why */
};

typedef struct RepomdFile {
        const char *location; /* below the repository: repodata/NAME */
        const char *name;     /* the last part of it, fit for a file in a folder */
        const char *sha256;
} RepomdFile;

typedef struct RepomdIndex {
        RepomdFile *items; /* of primary, updateinfo and other, those that are listed */
        size_t n_items;
} RepomdIndex;

/* 0, REPOMD_INDEX_E_REFUSED or -ENOMEM; all in `pool`. */
int repomd_index_read(const char *text, MemoryPool *pool, RepomdIndex *ret,
                      const char **ret_reason);
