/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * SUSE's lists of support ends: life-cycle lists (`name,version,date[,successor]`) and the table they
 * are made from (klp-build-supported.csv).
 */

#include "core/facts.h"
#include "format/input-caps.h"

#define LIFECYCLE_LIST_REASON_BYTES 256

enum {
        LIFECYCLE_LIST_E_REFUSED = 1, /* the reason says which line, and why */
};

typedef struct LifecycleList {
        WindowFact *windows; /* their source is 0 */
        size_t n_windows;
        UtcTime updated; /* as its head says; UTC_TIME_NONE when not stated */
        TextList notes;  /* `LINE: …`: rows of live patches that give no window */
} LifecycleList;

/* By its name (`.lifecycle`), or by its first lines. */
bool lifecycle_list_looks_like_one(const char *name, const char *text, size_t n_bytes);

/*
 * Reads a list; what the result points to is in `pool`. Rows about anything but live patches are
 * noise. All or nothing. 0, LIFECYCLE_LIST_E_REFUSED, or -ENOMEM.
 */
int lifecycle_list_read(const char *name, const char *text, size_t n_bytes, MemoryPool *pool,
                        LifecycleList *ret, char ret_reason[static LIFECYCLE_LIST_REASON_BYTES]);
