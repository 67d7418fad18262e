/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where facts are fetched from, as the settings have it:
 *
 *   [Feed NAME]
 *   Type=package-cache   what is fetched, and how
 *   Enabled=yes|no
 *   Location=PATH        an absolute path; empty = wherever this type is found
 *
 * One feed is there without a word in the settings: package-cache.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

#define FEED_NAME_PACKAGE_CACHE "package-cache"
#define FEED_TYPE_PACKAGE_CACHE "package-cache"

typedef struct FeedSource {
        const char *name;
        const char *type;
        const char *location; /* NULL = wherever it is found */
        bool enabled;
        bool named; /* the settings name it, so that it is shown even when there is nothing of it */
} FeedSource;

typedef struct FeedSources {
        FeedSource *items; /* the built-in one first */
        size_t n_items;
} FeedSources;

/* Adds the built-in feed. */
void feed_sources_init(FeedSources *sources, MemoryPool *pool);

/* The feed of this name, which is added when it is new; NULL when it is no name for a feed. */
FeedSource *feed_sources_open(FeedSources *sources, MemoryPool *pool, const char *name);

const FeedSource *feed_sources_find(const FeedSources *sources, const char *name);

/* The values of the keys; false when one is not of its form. */
bool feed_source_set_type(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set_enabled(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set_location(FeedSource *source, MemoryPool *pool, const char *value);
