/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * CVEs in their order from the first on. Changelogs name the same ones again and again, and a patch may have
 * hundreds: each is found by halves.
 */

#include <string.h>

#include "digest/repository-cves.h"
#include "format/digest-record.h"

void repository_cves_add(RepositoryCves *cves, MemoryPool *pool, XmlStream *stream,
                         const char *id) {
        size_t low = 0, high = cves->n_items;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = strcmp(cves->items[middle].id, id);

                if (order == 0)
                        return;
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (cves->n_items == DIGEST_MAX_CVES) {
                xml_stream_refuse(stream, DIGEST_CAP_CVES ": more than %d CVEs", DIGEST_MAX_CVES);
                return;
        }
        if (!memory_pool_append(pool, cves->items, cves->n_items))
                return;
        memmove(&cves->items[low + 1], &cves->items[low],
                (cves->n_items - 1 - low) * sizeof(*cves->items));
        cves->items[low] = (CveFact){ .id = memory_pool_text(pool, id) };
}
