/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ctl/progress-line.h"

#define BAR_COLUMNS 20
#define MIB (1024.0 * 1024.0)

static const char *bar(MemoryPool *pool, const Terminal *terminal, double share) {
        const char *full = terminal->utf8 ? "█" : "#", *empty = terminal->utf8 ? "░" : "-";
        int n_full = (int) (share * BAR_COLUMNS);
        const char *text = "";

        for (int i = 0; i < BAR_COLUMNS; i++)
                text = memory_pool_format(pool, "%s%s", text, i < n_full ? full : empty);
        return memory_pool_format(pool, "[%s] %3d %%  ", text, (int) (share * 100));
}

/* Cuts at a whole character. */
static const char *cut(MemoryPool *pool, const char *text, unsigned n_columns) {
        size_t n_bytes = strlen(text);

        while (n_bytes > 0 && terminal_width(memory_pool_text_n(pool, text, n_bytes)) > n_columns)
                do
                        n_bytes--;
                while (n_bytes > 0 && ((unsigned char) text[n_bytes] & 0xC0) == 0x80);
        return memory_pool_text_n(pool, text, n_bytes);
}

const char *progress_line_text(MemoryPool *pool, const Terminal *terminal,
                               const DaemonProgress *progress, unsigned n_columns) {
        const char *what = text_printable(pool, progress->what, 512), *text = "";
        double share;

        if (progress->n_total > 0) {
                share = (double) progress->n_done / (double) progress->n_total;
                text = bar(pool, terminal, share > 1 ? 1 : share);
        } else if (progress->n_done > 0)
                text = memory_pool_format(pool, "%.1f MiB  ", (double) progress->n_done / MIB);
        text = memory_pool_format(pool, "%s%s: %s", text, text_printable(pool, progress->feed, 64),
                                  what);
        return cut(pool, terminal_text(terminal, pool, text), n_columns);
}

void progress_line_show(const DaemonProgress *progress, void *userdata) {
        ProgressLine *line = userdata;

        if (!line->on)
                return;
        fprintf(stderr, "\r\033[K%s",
                progress_line_text(line->pool, line->terminal, progress,
                                   line->terminal->n_columns - 1));
        fflush(stderr);
        line->shown = true;
}

void progress_line_end(ProgressLine *line) {
        if (line->shown)
                fputs("\r\033[K", stderr);
        line->shown = false;
}
