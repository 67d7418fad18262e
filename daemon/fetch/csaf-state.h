/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is kept of a CSAF provider between attempts, in the feed's folder:
 *   source       whose documents all this is, and as what they were believed
 *   index-HASH   which rows were read, one of each state that klpwatchd may hand back
 *   pending      which documents wait in stage/, verified and not read yet
 *   spent        for which index all that was read, until klpwatchd is known to have it
 *   tried        which could not be had in this round of attempts
 *   doubted      which of them have no good signature
 *   stage/       new/, and aside/ for those that klpwatch-digest is not given again
 *   deaths       which files ended it (fetch/quarantine.h)
 *   archive/     the archive, while it is of use
 */

#include "fetch/csaf-rows.h"

#define CSAF_STATE_NEW "stage/new"
#define CSAF_STATE_ASIDE "stage/aside"

typedef struct CsafIndex {
        bool known;    /* false: nothing was read before */
        UtcTime base;  /* all rows up to then came with an archive; UTC_TIME_NONE = none did */
        size_t n_rows; /* of changes.csv, the last time */
        CsafRows rows; /* read since, with the times that they had */
} CsafIndex;

/* The index with this hash; `ret->known` is false where it is not there. 0 or -ENOMEM. */
int csaf_index_read(int folder_fd, const char *hash, MemoryPool *pool, CsafIndex *ret);

enum {
        CSAF_STATE_E_REFUSED = 1, /* the file system said no; errno says why */
};

/*
 * Writes one, and removes all but that and `kept` (a hash; NULL = none). The hash is in `pool`.
 * 0, CSAF_STATE_E_REFUSED or -ENOMEM.
 */
int csaf_index_write(int folder_fd, const CsafIndex *index, const char *kept, MemoryPool *pool,
                     const char **ret_hash);

/*
 * Empties the folder unless it holds the state of `source`, any text. 0, CSAF_STATE_E_REFUSED or -ENOMEM.
 */
int csaf_state_claim(int folder_fd, const char *source);

/* The rows that wait, without those whose documents are not there. 0 or -ENOMEM. */
int csaf_pending_read(int folder_fd, MemoryPool *pool, CsafRows *ret);
void csaf_pending_add(int folder_fd, const CsafRow *row);

/* The rows that were tried in vain since the last time that all was read, and those of them that are doubted. 0 or -ENOMEM. */
int csaf_tried_read(int folder_fd, MemoryPool *pool, CsafRows *ret, CsafRows *ret_doubted);
void csaf_tried_add(int folder_fd, const CsafRow *row);
void csaf_doubted_add(int folder_fd, const CsafRow *row);

/* The round is over: what was tried in vain is tried again. */
void csaf_tried_forget(int folder_fd);

/*
 * What waits in stage/ and archive/ was read, and klpwatchd is about to be handed the digest whose index has this hash.
 * It stays until that is known to have arrived.
 */
void csaf_state_spend(int folder_fd, const char *hash);

/* klpwatchd hands back `hash` (NULL = none): what was spent for that goes; what was spent for another waits again. */
void csaf_state_settle(int folder_fd, const char *hash);

/*
 * The folder in which the document `path` lies below `top` (CSAF_STATE_…), made where it is not
 * there; `ret_name` is its name in it. A descriptor, or -1 with errno.
 */
int csaf_state_open_place(int folder_fd, const char *top, const char *path, const char **ret_name);
bool csaf_state_has(int folder_fd, const char *top, const char *path);

/* Moves a document. False with errno. */
bool csaf_state_move(int folder_fd, const char *from, const char *to, const char *path);
