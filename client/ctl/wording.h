/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The words that an administrator reads, for the words that the daemon speaks.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/memory-pool.h"
#include "base/utc-time.h"
#include "ctl/terminal.h"

typedef struct VerdictWording {
        const char *verdict; /* the daemon's word */
        bool open;
        const char *brief;    /* in a table: at most 14 columns */
        const char *count;    /* after a number of CVEs: "3 …" */
        const char *sentence; /* behind a CVE's id, without a full stop: "CVE-2024-36971 …" */
} VerdictWording;

/* All verdicts, those that can be acted on first. */
extern const VerdictWording wording_verdicts[];
extern const size_t wording_n_verdicts;

/* The verdict's row, or that of "unknown" for a word that this version does not know. */
const VerdictWording *wording_verdict(const char *verdict);

/* "important"; "≤ important" when only the advisory was rated; "not rated". */
const char *wording_severity(const Terminal *terminal, MemoryPool *pool, const char *severity,
                             const char *bound);

/* Who says so, for a basis; NULL for none. */
const char *wording_basis(const char *basis);

/* "1 CVE", "2 CVEs". */
const char *wording_count(MemoryPool *pool, int64_t n, const char *one, const char *many);

/* "214 days left", "1 day left", "last day today", "29 days ago". */
const char *wording_days_left(MemoryPool *pool, int64_t n_days);

/* "2025-04-30", or "-" for none; the result lives in the pool. */
const char *wording_day(MemoryPool *pool, UtcDay day);

/* "2024-09-27 18:00 UTC". */
const char *wording_time(MemoryPool *pool, UtcTime time);

/* A kernel's name without its architecture: `uname -r` of x86_64 and what feeds say look the same. */
const char *wording_kernel(MemoryPool *pool, const char *release);

/* Items with commas between them. */
const char *wording_list(MemoryPool *pool, const TextList *list);
