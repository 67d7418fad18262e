/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Files that ended klpwatch-digest: after the third time they are left alone.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

#define QUARANTINE_AFTER 3

typedef struct QuarantineItem {
        const char *hash; /* sha256 of the file */
        const char *name;
        unsigned n_deaths;
} QuarantineItem;

typedef struct Quarantine {
        QuarantineItem *items;
        size_t n_items;
} Quarantine;

/* What the feed's folder `folder_fd` remembers, in `pool`. 0 or -ENOMEM. */
int quarantine_read(int folder_fd, MemoryPool *pool, Quarantine *ret);

/* How often the file with this hash did it. */
unsigned quarantine_count(const Quarantine *quarantine, const char *hash);

/* The open file `fd`, called `name` for people, did it once more. What cannot be noted is not known later. */
void quarantine_add(int folder_fd, int fd, const char *name);

/* The file `name` has another content now, which did not. */
void quarantine_forget(int folder_fd, MemoryPool *pool, const char *name);
