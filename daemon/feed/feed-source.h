/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where facts are fetched from, as the settings have it: klpwatch.feeds(5).
 *
 *   [Feed NAME]          or [Feed] in feeds.d/NAME.conf
 *   Type=package-cache|csaf|repository|lifecycle|digest    what is fetched, and how
 *   Enabled=yes|no|auto  auto: only while the package manager's cache does not tell enough
 *   Vendor=WORD          only on hosts of this vendor; empty = on all
 *   Location=PATH        of a package cache: an absolute path; empty = wherever it is found. Of a digest: a file
 *   Url=…                and all else that is for klpwatch-fetch, see format/feed-settings.h
 *
 * One feed is there without a word in the settings: package-cache.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"
#include "format/fetch-message.h"

#define FEED_NAME_PACKAGE_CACHE "package-cache"

typedef enum FeedType {
        FEED_TYPE_PACKAGE_CACHE,
        FEED_TYPE_CSAF,
        FEED_TYPE_REPOSITORY,
        FEED_TYPE_LIFECYCLE,
        FEED_TYPE_DIGEST,
        _FEED_TYPE_MAX,
} FeedType;

typedef enum FeedEnabled {
        FEED_ENABLED_UNSET, /* as the type has it: the cache is on, all else auto */
        FEED_ENABLED_NO,
        FEED_ENABLED_YES,
        FEED_ENABLED_AUTO,
        _FEED_ENABLED_MAX,
} FeedEnabled;

typedef struct FeedSource {
        const char *name;
        FeedType type;
        FeedEnabled enabled;
        const char *vendor;   /* NULL = of any */
        const char *location; /* NULL = wherever it is found */
        FetchSetting *settings;
        size_t n_settings;
        const char *url,
                        *mirror_list; /* of the settings, as anybody may see them; NULL = not set */
        bool named; /* the settings name it, so that it is shown even when there is nothing of it */
} FeedSource;

typedef struct FeedSources {
        FeedSource *items; /* the built-in one first */
        size_t n_items;
} FeedSources;

/* "package-cache", … */
const char *feed_type_to_text(FeedType type);

/* Adds the built-in feed. */
void feed_sources_init(FeedSources *sources, MemoryPool *pool);

/* The feed of this name, which is added when it is new; NULL when it is no name for a feed. */
FeedSource *feed_sources_open(FeedSources *sources, MemoryPool *pool, const char *name);

const FeedSource *feed_sources_find(const FeedSources *sources, const char *name);

/* Is it off, on, or on where nothing better is there? */
FeedEnabled feed_source_enabled(const FeedSource *source);

/* Is the host's own disk its source? */
bool feed_source_is_local(const FeedSource *source);

/* Where it is, for people: the path, or the URL without a password; NULL = wherever it is found. */
const char *feed_source_place(const FeedSource *source);

/* Do both fetch the same in the same way? */
bool feed_source_is_same(const FeedSource *a, const FeedSource *b);

/* A copy with texts of its own, in `pool`. */
FeedSource feed_source_copy(const FeedSource *source, MemoryPool *pool);

/* The values of the keys; false when one is not of its form. An empty one gives the default back. */
bool feed_source_set_type(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set_enabled(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set_vendor(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set_location(FeedSource *source, MemoryPool *pool, const char *value);
bool feed_source_set(FeedSource *source, MemoryPool *pool, const char *key, const char *value);
