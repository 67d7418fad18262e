/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A provider's own description. Of its directories the one counts that is of advisories, where there are
 * several. It is only believed as far as the settings reach: a directory on another host must be named
 * there.
 */

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-provider.h"
#include "fetch/csaf-rows.h"
#include "format/json-read.h"

#define METADATA_MAX_BYTES ((uint64_t) 1024 * 1024)
#define METADATA_MAX_KEYS 256
#define POINTER_MAX_BYTES 256
#define DAY_BYTES 10

static const char *read_directory(const JsonValue *root, MemoryPool *pool) {
        const char *found = NULL;
        JsonValue list;

        if (!json_member(root, "distributions", JSON_ARRAY, JSON_REQUIRED, &list))
                return NULL;
        for (size_t i = 0; i < json_array_length(&list); i++) {
                const char *url;
                JsonValue item;

                if (!json_item(&list, i, JSON_OBJECT, &item) ||
                    !json_member_string(&item, "directory_url", JSON_NULLABLE, &url))
                        return NULL;
                if (url && text_starts_with(url, "https://") && !strpbrk(url, " \t\r\n?#") &&
                    (!found || strstr(url, "/advisories")))
                        found = memory_pool_format(pool, "%s%s", url,
                                                   text_ends_with(url, "/") ? "" : "/");
        }
        return found;
}

int csaf_provider_find(NetworkFeed *feed, const char **ret_directory) {
        const char *url = feed->job->settings.url;
        _cleanup_(json_text_freep) JsonText *json = NULL;
        _cleanup_free_ char *text = NULL;
        const char *directory = NULL;
        HttpResponse response;
        JsonProblem problem;
        JsonValue root;
        int r;

        if (!text_ends_with(url, ".json")) {
                *ret_directory = memory_pool_format(feed->pool, "%s%s", url,
                                                    text_ends_with(url, "/") ? "" : "/");
                return 0;
        }
        r = network_feed_download_text(feed, METADATA_MAX_BYTES, &(HttpRequest){ .url = url },
                                       &response, &text);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = json_text_new(&json, text, response.n_bytes, METADATA_MAX_KEYS, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && json_root(json, JSON_OBJECT, &root))
                directory = read_directory(&root, feed->pool);
        if (!directory)
                return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                                  "%s: no provider's metadata with "
                                                                  "a directory of documents",
                                                                  http_url_shown(feed->pool, url)));
        if (!http_client_may_ask(feed->client, url, directory))
                return network_feed_fail(
                                feed, memory_pool_format(feed->pool,
                                                         "%s: its directory is %s, on a host that "
                                                         "RedirectHosts= does not name",
                                                         http_url_shown(feed->pool, url),
                                                         http_url_shown(feed->pool, directory)));
        *ret_directory = directory;
        return 0;
}

/* The first `YYYY-MM-DD` in a name. */
static UtcTime day_of(MemoryPool *pool, const char *name) {
        for (; strlen(name) >= DAY_BYTES; name++) {
                UtcDay day;

                if (utc_day_parse(memory_pool_text_n(pool, name, DAY_BYTES), &day) == 0)
                        return utc_day_start(day);
        }
        return UTC_TIME_NONE;
}

int csaf_provider_find_archive(NetworkFeed *feed, const char *directory, CsafArchive *ret) {
        const char *url = memory_pool_format(feed->pool, "%sarchive_latest.txt", directory);
        _cleanup_free_ char *text = NULL;
        HttpResponse response;
        const char *name;
        int r;

        *ret = (CsafArchive){ .day = UTC_TIME_NONE };
        r = network_feed_download_text(feed, POINTER_MAX_BYTES, &(HttpRequest){ .url = url },
                                       &response, &text);
        if (r == NETWORK_FEED_E_MISSING)
                return 0;
        if (r)
                return r < 0 ? error_trace(r) : r;
        name = text_trim(text);
        if (!csaf_is_plain_name(name, strlen(name)) || !strstr(name, ".tar"))
                return network_feed_fail(feed,
                                         memory_pool_format(feed->pool, "%s: it names no archive",
                                                            http_url_shown(feed->pool, url)));
        ret->name = memory_pool_text(feed->pool, name);
        ret->day = day_of(feed->pool, name);
        if (ret->day == UTC_TIME_NONE)
                return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                                  "%s: the archive's name says no "
                                                                  "day",
                                                                  http_url_shown(feed->pool, url)));
        return 0;
}
