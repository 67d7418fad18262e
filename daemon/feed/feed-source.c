/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds in the settings. A feed's name is the name of its file in the store and of its object on the
 * bus, so it is held to what fits both; "imported" is taken by what administrators hand over.
 */

#include <string.h>

#include "base/text.h"
#include "feed/feed-source.h"
#include "format/feed-settings.h"

#define MAX_NAME_BYTES 64
#define IMPORTED "imported"

static const char *const type_words[_FEED_TYPE_MAX] = {
        [FEED_TYPE_PACKAGE_CACHE] = "package-cache",
        [FEED_TYPE_CSAF] = "csaf",
        [FEED_TYPE_REPOSITORY] = "repository",
        [FEED_TYPE_LIFECYCLE] = "lifecycle",
        [FEED_TYPE_DIGEST] = "digest",
};

const char *feed_type_to_text(FeedType type) {
        return type_words[type];
}

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
                                        .named = true };
        return source;
}

FeedEnabled feed_source_enabled(const FeedSource *source) {
        if (source->enabled != FEED_ENABLED_UNSET)
                return source->enabled;
        return feed_source_is_local(source) ? FEED_ENABLED_YES : FEED_ENABLED_AUTO;
}

bool feed_source_is_local(const FeedSource *source) {
        return source->type == FEED_TYPE_PACKAGE_CACHE;
}

static const char *find_setting(const FeedSource *source, const char *key) {
        for (size_t i = 0; i < source->n_settings; i++)
                if (strcmp(source->settings[i].key, key) == 0)
                        return source->settings[i].value;
        return NULL;
}

const char *feed_source_place(const FeedSource *source) {
        return source->location ?: source->url ?: source->mirror_list;
}

bool feed_source_is_same(const FeedSource *a, const FeedSource *b) {
        if (!text_equal(a->name, b->name) || a->type != b->type ||
            feed_source_enabled(a) != feed_source_enabled(b) || !text_equal(a->vendor, b->vendor) ||
            !text_equal(a->location, b->location) || a->n_settings != b->n_settings)
                return false;
        for (size_t i = 0; i < a->n_settings; i++)
                if (!text_equal(a->settings[i].value, find_setting(b, a->settings[i].key)))
                        return false;
        return true;
}

FeedSource feed_source_copy(const FeedSource *source, MemoryPool *pool) {
        FeedSource copy = *source;

        copy.name = memory_pool_text(pool, source->name);
        copy.vendor = memory_pool_text(pool, source->vendor);
        copy.location = memory_pool_text(pool, source->location);
        copy.settings = NULL;
        copy.n_settings = 0;
        copy.url = copy.mirror_list = NULL;
        for (size_t i = 0; i < source->n_settings; i++)
                feed_source_set(&copy, pool, source->settings[i].key, source->settings[i].value);
        return copy;
}

/* Finds a word among those of an enumeration. */
static bool find_word(const char *const *words, size_t n_words, const char *value, size_t *ret) {
        for (size_t i = 0; i < n_words; i++)
                if (words[i] && strcmp(words[i], value) == 0) {
                        *ret = i;
                        return true;
                }
        return false;
}

bool feed_source_set_type(FeedSource *source, _unused_ MemoryPool *pool, const char *value) {
        size_t found;

        if (!find_word(type_words, _FEED_TYPE_MAX, value, &found))
                return false;
        source->type = (FeedType) found;
        return true;
}

bool feed_source_set_enabled(FeedSource *source, _unused_ MemoryPool *pool, const char *value) {
        static const char *const words[_FEED_ENABLED_MAX] = {
                [FEED_ENABLED_UNSET] = "",
                [FEED_ENABLED_NO] = "no",
                [FEED_ENABLED_YES] = "yes",
                [FEED_ENABLED_AUTO] = "auto",
        };
        size_t found;

        if (!find_word(words, _FEED_ENABLED_MAX, value, &found))
                return false;
        source->enabled = (FeedEnabled) found;
        return true;
}

/* It is handed on as JSON and shown on the bus. */
static bool is_fit(MemoryPool *pool, const char *value, size_t max_bytes) {
        return strlen(value) <= max_bytes &&
               strcmp(text_printable(pool, value, max_bytes), value) == 0;
}

bool feed_source_set_vendor(FeedSource *source, MemoryPool *pool, const char *value) {
        if (strspn(value, "abcdefghijklmnopqrstuvwxyz-") != strlen(value) || strlen(value) > 32)
                return false;
        source->vendor = value[0] ? memory_pool_text(pool, value) : NULL;
        return true;
}

bool feed_source_set_location(FeedSource *source, MemoryPool *pool, const char *value) {
        if (value[0] != '\0' && (value[0] != '/' || !is_fit(pool, value, 1024)))
                return false;
        source->location = value[0] ? memory_pool_text(pool, value) : NULL;
        return true;
}

static const char *shown(MemoryPool *pool, const char *key, const char *value) {
        return value[0] ? memory_pool_text(pool, feed_settings_shown(key, value, pool)) : NULL;
}

bool feed_source_set(FeedSource *source, MemoryPool *pool, const char *key, const char *value) {
        FetchSetting *setting = NULL;
        size_t i;

        if (!is_fit(pool, value, 4096))
                return false;
        if (strcmp(key, "Url") == 0)
                source->url = shown(pool, key, value);
        if (strcmp(key, "MirrorList") == 0)
                source->mirror_list = shown(pool, key, value);
        for (i = 0; i < source->n_settings && !setting; i++)
                if (strcmp(source->settings[i].key, key) == 0)
                        setting = &source->settings[i];
        if (setting && value[0] == '\0') {
                *setting = source->settings[--source->n_settings];
                return true;
        }
        if (value[0] == '\0')
                return true;
        if (!setting)
                setting = memory_pool_append(pool, source->settings, source->n_settings);
        if (setting)
                *setting = (FetchSetting){ .key = memory_pool_text(pool, key),
                                           .value = memory_pool_text(pool, value) };
        return true;
}
