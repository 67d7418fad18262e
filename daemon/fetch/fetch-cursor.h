/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The cursor of a package-manager cache: what was seen of each folder the last time, and what came of it.
 * klpwatchd keeps it without looking into it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

typedef enum FolderResult {
        FOLDER_READ,       /* its records are in the digest, or in that of a newer folder */
        FOLDER_NOISE,      /* no kernel or live patch of a known vendor in it */
        FOLDER_REFUSED,    /* klpwatch-digest refused it */
        FOLDER_UNREADABLE, /* it was not read at all */
        _FOLDER_RESULT_MAX,
} FolderResult;

typedef struct CursorFolder {
        const char *path;
        const char *fingerprint; /* NULL when unreadable */
        FolderResult result;
} CursorFolder;

typedef struct FetchCursor {
        const char *tool;   /* the version of klpwatch that wrote it: another one may read more */
        const char *vendor; /* of the host, as it was asked for; NULL = not known */
        bool empty;         /* nothing of use was found: there is no digest */
        const char *text;   /* what went with the answer; NULL = nothing */
        CursorFolder *folders;
        size_t n_folders;
} FetchCursor;

enum {
        FETCH_CURSOR_E_REFUSED = 1, /* it is none that this program wrote */
};

/* 0, FETCH_CURSOR_E_REFUSED or -ENOMEM; all in `pool`. */
int fetch_cursor_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchCursor *ret);

/* 0 or -ENOMEM. */
int fetch_cursor_write(const FetchCursor *cursor, MemoryPool *pool, const char **ret);
