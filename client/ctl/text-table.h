/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Tables that fit the terminal.
 */

#include "ctl/page.h"

typedef struct TextTable TextTable;

typedef struct TextColumn {
        const char *heading;
        /*
         * Which columns make room when the table is too wide: the one with the highest number goes
         * first, 0 never. A column without any text is left out too, unless it is 0.
         */
        unsigned dispensable;
} TextColumn;

/* `columns` outlives the table. 0 or -ENOMEM. */
int text_table_new(MemoryPool *pool, const TextColumn *columns, size_t n_columns, TextTable **ret);
TextTable *text_table_free(TextTable *table);
DEFINE_CLEANUP(TextTable, text_table_free);

/* A row; then its cells. `text` is printable UTF-8 that outlives the table; NULL shows as "-". 0 or -ENOMEM. */
int text_table_add_row(TextTable *table);
void text_table_set(TextTable *table, size_t column, Style style, const char *text);

/* Puts the table on the page, with its headings or without. 0 or -ENOMEM. */
int text_table_show(const TextTable *table, Page *page, bool headings);
