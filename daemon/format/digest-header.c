/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "format/digest-header.h"

#define ORIGIN_SEPARATOR "; "

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A merged digest names several origins: each is named once in the next. */
static void add_origins(TextList *origins, MemoryPool *pool, const char *source) {
        for (const char *end; source; source = end ? end + strlen(ORIGIN_SEPARATOR) : NULL) {
                const char *origin;

                end = strstr(source, ORIGIN_SEPARATOR);
                origin = memory_pool_text_n(pool, source,
                                            end ? (size_t) (end - source) : strlen(source));
                if (!text_list_has(origins, origin))
                        text_list_add(origins, pool, origin);
        }
}

int digest_header_unite(const Facts *facts, MemoryPool *pool, DigestHeader *ret,
                        const char **ret_problem) {
        DigestHeader header = { .complete_to = UTC_TIME_NONE };
        TextList origins = {};
        bool alike = true;

        *ret_problem = NULL;
        if (facts->n_sources == 0) {
                *ret_problem = "no digest to unite";
                return DIGEST_HEADER_E_REFUSED;
        }
        for (size_t i = 0; i < facts->n_sources; i++) {
                const FactSource *source = &facts->sources[i];

                if (header.vendor && strcmp(header.vendor, source->vendor) != 0) {
                        *ret_problem = memory_pool_format(
                                        pool, "%s: vendor '%s', but %s: vendor '%s'", source->name,
                                        source->vendor, facts->sources[0].name, header.vendor);
                        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM)
                                                           : DIGEST_HEADER_E_REFUSED;
                }
                header.vendor = source->vendor;
                if (source->complete_to > header.complete_to)
                        header.complete_to = source->complete_to;
                alike = alike && text_equal(source->source, facts->sources[0].source);
                add_origins(&origins, pool, source->source);
        }

        if (origins.n_items > 1)
                qsort((void *) origins.items, origins.n_items, sizeof(*origins.items),
                      compare_texts);
        for (size_t i = 0; i < origins.n_items; i++)
                header.source = header.source ? memory_pool_format(pool, "%s" ORIGIN_SEPARATOR "%s",
                                                                   header.source, origins.items[i])
                                              : origins.items[i];
        /* One origin's own words stay, in whatever order they name others. */
        if (alike)
                header.source = facts->sources[0].source;
        *ret = header;
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}
