/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdlib.h>

#include "format/digest-read.h"
#include "format/digest-write.h"
#include "fuzz-round-trip.h"
#include "fuzz-target.h"

void fuzz_round_trip(Facts *facts, const char *vendor, UtcTime complete_to) {
        DigestHeader header = { .vendor = vendor, .complete_to = complete_to };
        char reason[DIGEST_READ_REASON_BYTES], *text;
        TextList notes = {};
        FactSource *source;
        Facts *again;
        size_t n_bytes;
        int r;

        source = memory_pool_append(facts->pool, facts->sources, facts->n_sources);
        fuzz_require(source != NULL);
        *source = (FactSource){ .name = "fuzz", .vendor = vendor, .complete_to = complete_to };
        r = digest_write(facts, &header, &notes, facts->pool, &text, &n_bytes);
        fuzz_require(r >= 0);
        if (r > 0) {
                fuzz_require(notes.n_items > 0);
                return;
        }
        fuzz_require(facts_new(&again) == 0);
        fuzz_require(digest_read(again, "fuzz", FEED_KIND_FILE, text, n_bytes, reason) == 0);
        facts_free(again);
        free(text);
}
