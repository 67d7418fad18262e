/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A bounded look into repomd.xml, which is flat and machine-made: <data type="…"> elements, each with one
 * <checksum type="…"> and one <location href="…">. It knows no entities, comments and other ways to write
 * the same, and need not: what it does not find is not downloaded, and klpwatch-digest then says what is
 * missing. It refuses names that lead anywhere but into repodata/.
 */

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/repomd-index.h"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+~"
#define HEX "0123456789abcdef"

/* The text between `from` and the first `until` behind it, before `end`; NULL when it is not there. */
static const char *between(MemoryPool *pool, const char *text, const char *end, const char *from,
                           const char *until) {
        const char *start = strstr(text, from), *stop;

        if (!start || start >= end)
                return NULL;
        start += strlen(from);
        stop = strstr(start, until);
        return stop && stop < end ? memory_pool_text_n(pool, start, (size_t) (stop - start)) : NULL;
}

static const char *name_of(const char *location) {
        const char *name = location + strlen("repodata/");

        if (!text_starts_with(location, "repodata/") || !*name || strlen(name) > 255 ||
            strchr("-.", *name) || strspn(name, NAME_CHARACTERS) != strlen(name) ||
            strcmp(name, "repomd.xml") == 0)
                return NULL;
        return name;
}

/* NULL, or what is wrong. */
static const char *read_data(const char *text, const char *end, MemoryPool *pool,
                             RepomdIndex *index) {
        const char *location = between(pool, text, end, "<location href=\"", "\"");
        const char *sha256 = between(pool, text, end, "<checksum type=\"sha256\">", "<");
        const char *name = location ? name_of(location) : NULL;
        RepomdFile *file;

        if (!location || !sha256)
                return "it lists a file without a place or without a sha256";
        if (!name)
                return memory_pool_format(pool, "it lists %s, which is no plain name in repodata/",
                                          text_printable(pool, location, 128));
        if (strspn(sha256, HEX) != 64 || sha256[64] != '\0')
                return memory_pool_format(pool, "the sha256 of %s is none", name);
        file = memory_pool_append(pool, index->items, index->n_items);
        if (file)
                *file = (RepomdFile){ location, name, sha256 };
        return NULL;
}

int repomd_index_read(const char *text, MemoryPool *pool, RepomdIndex *ret,
                      const char **ret_reason) {
        static const char *const kinds[] = { "primary", "updateinfo", "other" };
        const char *reason = strstr(text, "<repomd") ? NULL : "it is no repomd.xml";
        RepomdIndex index = {};

        for (size_t i = 0; i < ELEMENTS(kinds) && !reason; i++) {
                const char *opening = memory_pool_format(pool, "<data type=\"%s\">", kinds[i]);
                const char *start = strstr(text, opening), *end;

                if (!start)
                        continue;
                end = strstr(start, "</data>");
                reason = end ? read_data(start, end, pool, &index) : "it is cut";
        }
        if (!reason && index.n_items == 0)
                reason = "it lists neither packages nor advisories";
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        if (reason) {
                *ret_reason = reason;
                return REPOMD_INDEX_E_REFUSED;
        }
        *ret = index;
        return 0;
}
