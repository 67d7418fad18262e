/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The quarantine. Whoever can make klpwatch-digest crash, or run into its limits, should win no more than
 * that this one file is not read: neither the others with it, nor an attempt every few hours for ever. A
 * crash may have been the host's fault (no memory, a kill), so it takes three. It is the content that is
 * left alone, not the name, and only by the version that it ended: another one may do better.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/file-hash.h"
#include "fetch/quarantine.h"

#define NOTES "deaths" /* lines of VERSION HASH NAME, one for each time */
#define NOTES_MAX_BYTES ((size_t) 256 * 1024)

static void count(Quarantine *quarantine, MemoryPool *pool, const char *hash, const char *name) {
        QuarantineItem *item = NULL;

        for (size_t i = 0; i < quarantine->n_items && !item; i++)
                if (strcmp(quarantine->items[i].hash, hash) == 0)
                        item = &quarantine->items[i];
        if (!item) {
                item = memory_pool_append(pool, quarantine->items, quarantine->n_items);
                if (!item)
                        return;
                *item = (QuarantineItem){ .hash = hash, .name = name };
        }
        item->n_deaths++;
}

int quarantine_read(int folder_fd, MemoryPool *pool, Quarantine *ret) {
        _cleanup_free_ char *text = NULL;
        char *line, *rest;
        size_t n_bytes;
        int r;

        *ret = (Quarantine){};
        r = bounded_read(folder_fd, NOTES, NOTES_MAX_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        /* What nobody can read any more is begun anew. */
        if (r == BOUNDED_READ_E_TOO_LARGE)
                (void) unlinkat(folder_fd, NOTES, 0);
        if (r)
                return 0;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                TextList words = text_words(pool, line);

                if (words.n_items == 3 && strcmp(words.items[0], KLPWATCH_VERSION) == 0)
                        count(ret, pool, words.items[1], words.items[2]);
        }
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

unsigned quarantine_count(const Quarantine *quarantine, const char *hash) {
        for (size_t i = 0; i < quarantine->n_items; i++)
                if (strcmp(quarantine->items[i].hash, hash) == 0)
                        return quarantine->items[i].n_deaths;
        return 0;
}

void quarantine_add(int folder_fd, int fd, const char *name) {
        char hash[FILE_HASH_TEXT_BYTES];
        _cleanup_close_ int notes =
                        openat(folder_fd, NOTES,
                               O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (notes >= 0 && file_hash(fd, FILE_HASH_SHA256, hash))
                (void) dprintf(notes, KLPWATCH_VERSION " %s %s\n", hash, name);
}

void quarantine_forget(int folder_fd, MemoryPool *pool, const char *name) {
        _cleanup_free_ char *text = NULL;
        const char *kept = "";
        bool changed = false;
        char *line, *rest;
        size_t n_bytes;

        if (bounded_read(folder_fd, NOTES, NOTES_MAX_BYTES, &text, &n_bytes) != 0)
                return;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                TextList words = text_words(pool, line);

                if (words.n_items == 3 && strcmp(words.items[2], name) != 0)
                        kept = memory_pool_format(pool, "%s%s\n", kept, line);
                else if (words.n_items > 0)
                        changed = true;
        }
        if (changed && !memory_pool_exhausted(pool))
                (void) atomic_file_write(folder_fd, NOTES, kept, strlen(kept), 0600);
}
