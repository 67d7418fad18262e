/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds in the settings. A feed's name is the name of its file in the store and of its object on the
 * bus, so it is held to what fits both; "imported" is taken by what administrators hand over.
 */

#include <string.h>

#include "base/text.h"
#include "feed/feed-source.h"

#define MAX_NAME_BYTES 64
#define IMPORTED "imported"

void feed_sources_init(FeedSources *sources, MemoryPool *pool) {
        FeedSource *source = feed_sources_open(sources, pool, FEED_NAME_PACKAGE_CACHE);

        if (source)
                source->named = false;
}

static bool is_name(const char *name) {
        static const char allowed[] =
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

        return name[0] != '\0' && name[0] != '.' && strlen(name) <= MAX_NAME_BYTES &&
               strspn(name, allowed) == strlen(name) && strcmp(name, IMPORTED) != 0;
}

const FeedSource *feed_sources_find(const FeedSources *sources, const char *name) {
        for (size_t i = 0; i < sources->n_items; i++)
                if (strcmp(sources->items[i].name, name) == 0)
                        return &sources->items[i];
        return NULL;
}

FeedSource *feed_sources_open(FeedSources *sources, MemoryPool *pool, const char *name) {
        FeedSource *source;

        if (!is_name(name))
                return NULL;
        for (size_t i = 0; i < sources->n_items; i++)
                if (strcmp(sources->items[i].name, name) == 0) {
                        sources->items[i].named = true;
                        return &sources->items[i];
                }
        source = memory_pool_append(pool, sources->items, sources->n_items);
        if (source)
                *source = (FeedSource){ .name = memory_pool_text(pool, name),
                                        .type = FEED_TYPE_PACKAGE_CACHE,
                                        .enabled = true,
                                        .named = true };
        return source;
}

bool feed_source_set_type(FeedSource *source, _unused_ MemoryPool *pool, const char *value) {
        if (strcmp(value, FEED_TYPE_PACKAGE_CACHE) != 0)
                return false;
        source->type = FEED_TYPE_PACKAGE_CACHE;
        return true;
}

bool feed_source_set_enabled(FeedSource *source, _unused_ MemoryPool *pool, const char *value) {
        bool yes = strcmp(value, "yes") == 0;

        if (!yes && strcmp(value, "no") != 0)
                return false;
        source->enabled = yes;
        return true;
}

bool feed_source_set_location(FeedSource *source, MemoryPool *pool, const char *value) {
        if (value[0] == '\0') {
                source->location = NULL;
                return true;
        }
        /* It is handed on as JSON and shown on the bus. */
        if (value[0] != '/' || strlen(value) > 1024 ||
            strcmp(text_printable(pool, value, 1024), value) != 0)
                return false;
        source->location = memory_pool_text(pool, value);
        return true;
}
