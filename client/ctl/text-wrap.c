/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Wrapping, greedy: first word that does not fit opens the next line. Widths are columns, not bytes.
 * It refuses to hyphenate and to break inside a word.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/terminal.h"
#include "ctl/text-wrap.h"

static const char *without_glue(MemoryPool *pool, const char *line) {
        size_t n_bytes = strlen(line);
        char *copy;

        if (!strpbrk(line, TEXT_WRAP_GLUE))
                return line;
        copy = memory_pool_alloc(pool, n_bytes + 1);
        if (!copy)
                return "";
        for (size_t i = 0; i < n_bytes; i++)
                copy[i] = line[i] == TEXT_WRAP_GLUE[0] ? ' ' : line[i];
        return copy;
}

TextList text_wrap(MemoryPool *pool, const char *text, unsigned n_columns) {
        TextList words = text_words(pool, text), lines = {};
        const char *line = NULL;
        unsigned n_used = 0;

        for (size_t i = 0; i < words.n_items; i++) {
                unsigned n = terminal_width(words.items[i]);

                if (line && n_used + 1 + n > n_columns) {
                        text_list_add(&lines, pool, without_glue(pool, line));
                        line = NULL;
                }
                line = line ? memory_pool_format(pool, "%s %s", line, words.items[i])
                            : words.items[i];
                n_used = terminal_width(line);
        }
        if (line)
                text_list_add(&lines, pool, without_glue(pool, line));
        return lines;
}
