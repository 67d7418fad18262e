/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Deletions. The list is signed by nobody, and neither is an answer that something is not there: whoever can forge
 * both could take every advisory away, twenty at a time. So they only make a suspicion. What proves it is an
 * archive, with its signature, that holds newer documents than the deletion and not that one. Until there
 * is such an archive the advisory counts.
 */

#include <stdlib.h>

#include "base/error.h"
#include "fetch/csaf-deletions.h"
#include "fetch/csaf-unite.h"
#include "format/input-caps.h"

#define MAX_DELETIONS 20

/* 0 when it is gone; NETWORK_FEED_E_UNCHANGED when it is there, or nobody knows. */
static int is_gone(NetworkFeed *feed, const char *directory, const char *path) {
        const char *url = memory_pool_format(feed->pool, "%s%s", directory, path);
        _cleanup_free_ char *text = NULL;
        HttpResponse response;
        int r;

        r = network_feed_download_text(feed, CSAF_DOCUMENT_MAX_BYTES, &(HttpRequest){ .url = url },
                                       &response, &text);
        if (r == NETWORK_FEED_E_MISSING)
                return 0;
        return r < 0 ? error_trace(r) : r ? r : NETWORK_FEED_E_UNCHANGED;
}

/* Rows about advisories that are known, and newer than what is known of them. */
static int find_suspects(NetworkFeed *feed, const CsafRows *rows, const CsafIndex *index,
                         const CsafRows *changes, const Facts *known, CsafRows *ret) {
        *ret = (CsafRows){};
        for (size_t i = 0; i < rows->n_items; i++) {
                const CsafRow *row = &rows->items[i],
                              *seen = csaf_rows_find(&index->rows, row->path),
                              *listed = csaf_rows_find(changes, row->path);
                CsafRow *added;

                if (!csaf_facts_know(known, row->path) || (seen && seen->time >= row->time) ||
                    (listed && listed->time >= row->time))
                        continue;
                added = memory_pool_append(feed->pool, ret->items, ret->n_items);
                if (!added)
                        return error_origin(-ENOMEM);
                *added = *row;
        }
        return 0;
}

int csaf_deletions_find(NetworkFeed *feed, const char *directory, const CsafIndex *index,
                        const CsafRows *changes, const Facts *known, CsafRows *ret) {
        const char *url = memory_pool_format(feed->pool, "%sdeletions.csv", directory);
        _cleanup_free_ char *text = NULL;
        CsafRows rows, suspects;
        HttpResponse response;
        size_t n = 0;
        int r;

        *ret = (CsafRows){};
        r = network_feed_download_text(feed, CSAF_ROWS_MAX_BYTES, &(HttpRequest){ .url = url },
                                       &response, &text);
        if (r == NETWORK_FEED_E_MISSING || (r == 0 && !known))
                return 0;
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = csaf_rows_read(text, feed->pool, &rows);
        if (r == 0)
                r = find_suspects(feed, &rows, index, changes, known, &suspects);
        if (r)
                return error_fold(r);
        if (suspects.n_items > MAX_DELETIONS) {
                text_list_format(&feed->notes, feed->pool,
                                 "%s: it would delete %zu advisories at once; none is",
                                 http_url_shown(feed->pool, url), suspects.n_items);
                return 0;
        }
        for (size_t i = 0; i < suspects.n_items; i++) {
                r = is_gone(feed, directory, suspects.items[i].path);
                if (r == 0)
                        suspects.items[n++] = suspects.items[i];
                else if (r != NETWORK_FEED_E_UNCHANGED)
                        return r < 0 ? error_trace(r) : r;
        }
        suspects.n_items = n;
        *ret = suspects;
        return 0;
}

void csaf_deletions_prove(NetworkFeed *feed, const CsafRows *gone, const Facts *archive,
                          TextList *ret_proven) {
        size_t n_open = 0;

        for (size_t i = 0; i < gone->n_items; i++) {
                const CsafRow *row = &gone->items[i];

                if (archive && archive->n_sources > 0 &&
                    archive->sources[0].complete_to > row->time &&
                    archive->sources[0].complete_to <= utc_time_now() + USEC_PER_DAY &&
                    !csaf_facts_know(archive, row->path))
                        text_list_add(ret_proven, feed->pool, row->path);
                else
                        n_open++;
        }
        if (n_open > 0)
                text_list_format(&feed->notes, feed->pool,
                                 "%zu advisories are listed as deleted, and gone; they count until "
                                 "a later archive proves it",
                                 n_open);
}
