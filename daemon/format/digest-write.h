/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Writing digests. The same facts give the same bytes, whatever order they came in.
 */

#include <stddef.h>

#include "core/facts.h"

enum {
        DIGEST_WRITE_E_CONTRADICTION =
                        1, /* two sources tell differently what a repository held at one moment */
};

/* What the first line says. */
typedef struct DigestHeader {
        const char *vendor;  /* "redhat" */
        const char *source;  /* who published it, for people; NULL when not known */
        UtcTime complete_to; /* UTC_TIME_NONE when not known */
} DigestHeader;

/*
 * Writes all records of `facts` as one digest, allocated and the caller's to free(). What several
 * sources tell of the same thing is united (digest-union.h); what somebody should know of it is added
 * to `notes` (in `notes_pool`). Of a contradiction the last note tells.
 * 0, DIGEST_WRITE_E_CONTRADICTION, or -ENOMEM.
 */
int digest_write(const Facts *facts, const DigestHeader *header, TextList *notes,
                 MemoryPool *notes_pool, char **ret, size_t *ret_n_bytes);
