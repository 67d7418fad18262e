/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tables, drawn by libsmartcols. It is told the width, and nothing in a cell is ever cut: half a
 * kernel's name is worse than none. What does not fit makes a whole column go, and the JSON form has
 * them all.
 */

#include <errno.h>
#include <libsmartcols.h>
#include <string.h>

#include "base/error.h"
#include "ctl/text-table.h"

#define COLUMNS_MAX 12

typedef struct Cell {
        const char *text; /* NULL: empty */
        Style style;
} Cell;

typedef struct Row {
        Cell cells[COLUMNS_MAX];
} Row;

struct TextTable {
        MemoryPool *pool;
        const TextColumn *columns;
        size_t n_columns;
        Row *rows;
        size_t n_rows;
};

static void scols_unref_tablep(struct libscols_table **table) {
        scols_unref_table(*table);
}

int text_table_new(MemoryPool *pool, const TextColumn *columns, size_t n_columns, TextTable **ret) {
        TextTable *table;

        if (n_columns > COLUMNS_MAX)
                return error_origin(-EINVAL);
        table = calloc(1, sizeof(*table));
        if (!table)
                return error_origin(-ENOMEM);

        *table = (TextTable){ .pool = pool, .columns = columns, .n_columns = n_columns };
        *ret = table;
        return 0;
}

TextTable *text_table_free(TextTable *table) {
        free(table);
        return NULL;
}

int text_table_add_row(TextTable *table) {
        return memory_pool_append(table->pool, table->rows, table->n_rows) ? 0
                                                                           : error_origin(-ENOMEM);
}

void text_table_set(TextTable *table, size_t column, Style style, const char *text) {
        table->rows[table->n_rows - 1].cells[column] = (Cell){ text, style };
}

static bool is_empty(const char *text) {
        return !text || text[0] == '\0';
}

/* As it stands in the table. */
static const char *shown_text(const TextTable *table, const Page *page, const char *text) {
        return is_empty(text) ? "-" : terminal_text(page_terminal(page), table->pool, text);
}

/* Columns wide the content is; 0 for a column without any. */
static unsigned content_width(const TextTable *table, const Page *page, size_t column) {
        unsigned n_max = 0;

        for (size_t i = 0; i < table->n_rows; i++) {
                const char *text = table->rows[i].cells[column].text;
                unsigned n = is_empty(text) ? 0 : terminal_width(shown_text(table, page, text));

                n_max = n > n_max ? n : n_max;
        }
        return n_max;
}

static void choose_columns(const TextTable *table, const Page *page,
                           bool ret_shown[static COLUMNS_MAX]) {
        unsigned widths[COLUMNS_MAX], n_total = 0;

        for (size_t i = 0; i < table->n_columns; i++) {
                unsigned n_heading = terminal_width(table->columns[i].heading);

                widths[i] = content_width(table, page, i);
                ret_shown[i] = widths[i] > 0 || table->columns[i].dispensable == 0;
                widths[i] = (widths[i] > n_heading ? widths[i] : n_heading) + 1;
                if (ret_shown[i])
                        n_total += widths[i];
        }

        /* One blank stands between two columns, so behind the last there is one too many. */
        while (n_total > page_terminal(page)->n_columns + 1) {
                size_t victim = table->n_columns;

                for (size_t i = 0; i < table->n_columns; i++)
                        if (ret_shown[i] && table->columns[i].dispensable > 0 &&
                            (victim == table->n_columns ||
                             table->columns[i].dispensable > table->columns[victim].dispensable))
                                victim = i;
                if (victim == table->n_columns)
                        return;
                ret_shown[victim] = false;
                n_total -= widths[victim];
        }
}

static int add_columns(const TextTable *table, const bool *shown, struct libscols_table *drawn) {
        for (size_t i = 0; i < table->n_columns; i++)
                if (shown[i] && !scols_table_new_column(drawn, table->columns[i].heading, 0, 0))
                        return error_origin(-ENOMEM);
        return 0;
}

static int add_line(const TextTable *table, const Row *row, const bool *shown, const Page *page,
                    struct libscols_table *drawn) {
        struct libscols_line *line = scols_table_new_line(drawn, NULL);
        size_t n = 0;

        if (!line)
                return error_origin(-ENOMEM);
        for (size_t i = 0; i < table->n_columns; i++) {
                const char *sequence = terminal_sequence(page_terminal(page), row->cells[i].style);

                if (!shown[i])
                        continue;
                if (scols_line_set_data(line, n, shown_text(table, page, row->cells[i].text)) < 0 ||
                    (sequence && scols_cell_set_color(scols_line_get_cell(line, n), sequence) < 0))
                        return error_origin(-ENOMEM);
                n++;
        }
        return 0;
}

int text_table_show(const TextTable *table, Page *page, bool headings) {
        _cleanup_(scols_unref_tablep) struct libscols_table *drawn = NULL;
        _cleanup_free_ char *text = NULL;
        bool shown[COLUMNS_MAX] = {};
        int r;

        drawn = scols_new_table();
        if (!drawn)
                return error_origin(-ENOMEM);
        /* Wide enough never to cut: what should fit was chosen before. */
        scols_table_set_termforce(drawn, SCOLS_TERMFORCE_NEVER);
        scols_table_enable_colors(drawn, page_terminal(page)->colours);
        scols_table_enable_nolinesep(drawn, 0);
        scols_table_enable_noheadings(drawn, !headings);

        choose_columns(table, page, shown);
        r = add_columns(table, shown, drawn);
        if (r < 0)
                return error_trace(r);
        for (size_t i = 0; i < table->n_rows; i++) {
                r = add_line(table, &table->rows[i], shown, page, drawn);
                if (r < 0)
                        return error_trace(r);
        }

        if (scols_print_table_to_string(drawn, &text) < 0)
                return error_origin(-ENOMEM);
        page_block(page, text);
        return 0;
}
