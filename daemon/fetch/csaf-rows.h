/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Lists of documents with a time each: changes.csv and deletions.csv of a CSAF provider, and this
 * program's own index of what it has read, which has the same form.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"

#define CSAF_ROWS_MAX_BYTES ((size_t) 32 * 1024 * 1024)

typedef struct CsafRow {
        const char *path; /* below the provider's directory: plain names, at most one folder deep */
        UtcTime time;
} CsafRow;

typedef struct CsafRows {
        CsafRow *items; /* sorted by path, each once, with the latest of its times */
        size_t n_items;
        size_t n_odd; /* lines that are no such row */
} CsafRows;

/* All in `pool`; 0 or -ENOMEM. Any order, doubled rows and a missing final newline are as good as none. */
int csaf_rows_read(const char *text, MemoryPool *pool, CsafRows *ret);

const CsafRow *csaf_rows_find(const CsafRows *rows, const char *path);

/* Sorts an array by path, and keeps of each the latest; the number that is left. */
size_t csaf_rows_settle(CsafRow *rows, size_t n_rows);

/* Oldest first. */
void csaf_rows_sort_by_time(CsafRow *rows, size_t n_rows);

/* Text that csaf_rows_read() reads, allocated and the caller's to free(). 0 or -ENOMEM. */
int csaf_rows_write(const CsafRow *rows, size_t n_rows, char **ret, size_t *ret_n_bytes);

/* May a file be called so, in a folder of this program's and at the end of a URL? */
bool csaf_is_plain_name(const char *name, size_t n_bytes);

/* True when the document at `path` is the one of advisory `id`, by CSAF's rule of names. */
bool csaf_path_is_of(const char *path, const char *id);
