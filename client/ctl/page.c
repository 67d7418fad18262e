/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The page. One place decides on indents, wrapping, colours and where a command stands, so that all
 * verbs look alike. Text is folded and wrapped before it is painted, because sequences of colours
 * have no width. Commands are never broken: they are there to be copied. It refuses to write to the
 * terminal itself; main() does that once, with the whole page.
 */

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "ctl/page.h"
#include "ctl/text-wrap.h"

#define LABEL_COLUMNS 11u
#define TEXT_COLUMN (LABEL_COLUMNS + 4u) /* mark, blank, label, two blanks */
#define TEXT_COLUMNS_MIN 20u
#define NARROW_INDENT 4u /* where the terminal has no room for more */

struct Page {
        const Terminal *terminal;
        MemoryPool *pool;
        const char *vendor;
        bool quiet;
        FILE *stream;
        char *text;
        size_t n_bytes;
};

int page_new(const Terminal *terminal, MemoryPool *pool, Page **ret) {
        _cleanup_(page_freep) Page *page = NULL;

        page = calloc(1, sizeof(*page));
        if (!page)
                return error_origin(-ENOMEM);

        page->terminal = terminal;
        page->pool = pool;
        page->stream = open_memstream(&page->text, &page->n_bytes);
        if (!page->stream)
                return error_origin(-ENOMEM);

        *ret = TAKE(page);
        return 0;
}

Page *page_free(Page *page) {
        if (!page)
                return NULL;

        if (page->stream)
                fclose(page->stream);
        free(page->text);
        free(page);
        return NULL;
}

const Terminal *page_terminal(const Page *page) {
        return page->terminal;
}

MemoryPool *page_pool(const Page *page) {
        return page->pool;
}

void page_set_quiet(Page *page) {
        page->quiet = true;
}

void page_set_vendor(Page *page, const char *vendor) {
        page->vendor = vendor;
}

const char *page_vendor(const Page *page) {
        return page->vendor;
}

int page_finish(Page *page, const char **ret) {
        FILE *stream = TAKE(page->stream);
        bool failed = ferror(stream);

        if (fclose(stream) != 0 || failed || memory_pool_exhausted(page->pool))
                return error_origin(-ENOMEM);

        *ret = page->text;
        return 0;
}

void page_raw(Page *page, const char *text) {
        fprintf(page->stream, "%s\n", text);
}

void page_block(Page *page, const char *text) {
        size_t n = strlen(text);

        fputs(text, page->stream);
        if (n == 0 || text[n - 1] != '\n')
                page_gap(page);
}

void page_gap(Page *page) {
        fputc('\n', page->stream);
}

static const char *paint(const Page *page, Style style, const char *text) {
        return terminal_paint(page->terminal, page->pool, style, text);
}

static TextList wrap_at(const Page *page, const char *text, unsigned n_indent) {
        return text_wrap(page->pool, terminal_text(page->terminal, page->pool, text),
                         page->terminal->n_columns - n_indent);
}

static bool fits(const Page *page, const TextList *lines, unsigned n_indent) {
        for (size_t i = 0; i < lines->n_items; i++)
                if (n_indent + terminal_width(lines->items[i]) > page->terminal->n_columns)
                        return false;
        return true;
}

/*
 * Text behind an indent. Where that leaves too little room for sentences, or for a word that a small
 * indent has room for, *n_indent becomes that: what should have stood in it goes on a line of its own.
 */
static TextList wrap(const Page *page, const char *text, unsigned *n_indent) {
        bool roomy = page->terminal->n_columns >= *n_indent + TEXT_COLUMNS_MIN;
        TextList lines = {}, narrow;

        if (roomy)
                lines = wrap_at(page, text, *n_indent);
        if (roomy && (*n_indent <= NARROW_INDENT || fits(page, &lines, *n_indent)))
                return lines;
        narrow = wrap_at(page, text, NARROW_INDENT);
        if (roomy && !fits(page, &narrow, NARROW_INDENT))
                return lines;
        *n_indent = NARROW_INDENT;
        return narrow;
}

void page_heading(Page *page, const char *text) {
        page_raw(page, paint(page, STYLE_STRONG, terminal_text(page->terminal, page->pool, text)));
}

void page_item(Page *page, unsigned n_indent, const char *lead, Style lead_style, Style style,
               const char *text) {
        unsigned n_wanted = n_indent;
        TextList lines = wrap(page, text, &n_indent);
        const char *front = terminal_text(page->terminal, page->pool, lead);
        unsigned n_lead = terminal_width(front);

        if (n_indent < n_wanted && n_lead > 0 && lines.n_items > 0) {
                page_raw(page, paint(page, lead_style, front));
                n_lead = 0;
                front = "";
        }
        for (size_t i = 0; i < lines.n_items; i++)
                fprintf(page->stream, "%s%*s%s\n", i == 0 ? paint(page, lead_style, front) : "",
                        (int) (i > 0               ? n_indent
                               : n_indent > n_lead ? n_indent - n_lead
                                                   : 0),
                        "", paint(page, style, lines.items[i]));
}

void page_paragraph(Page *page, unsigned n_indent, Style style, const char *text) {
        page_item(page, n_indent, "", STYLE_PLAIN, style, text);
}

static const char *command_text(const Page *page, const char *command) {
        return memory_pool_format(page->pool, "%s %s", terminal_glyph(page->terminal, GLYPH_ARROW),
                                  terminal_text(page->terminal, page->pool, command));
}

void page_asked_command(Page *page, unsigned n_indent, const char *command) {
        fprintf(page->stream, "%*s%s\n", (int) n_indent, "",
                paint(page, STYLE_STRONG, command_text(page, command)));
}

void page_command(Page *page, unsigned n_indent, const char *command) {
        if (!page->quiet)
                page_asked_command(page, n_indent, command);
}

void page_entry(Page *page, Mark mark, const char *label, const char *text, const char *command) {
        unsigned n_indent = TEXT_COLUMN;
        TextList lines = wrap(page, text, &n_indent);
        Style style = mark == MARK_WARNING || mark == MARK_BAD ? terminal_mark_style(mark)
                                                               : STYLE_PLAIN;
        const char *sign =
                        paint(page, terminal_mark_style(mark), terminal_mark(page->terminal, mark));

        for (size_t i = 0; i < lines.n_items; i++) {
                if (i == 0 && label[0] == '\0')
                        fprintf(page->stream, "%*s%s ", (int) n_indent - 2, "", sign);
                else if (i == 0) {
                        fprintf(page->stream, "%s %s", sign, paint(page, style, label));
                        if (n_indent < TEXT_COLUMN)
                                fprintf(page->stream, "\n%*s", (int) n_indent, "");
                        else
                                fprintf(page->stream, "%*s",
                                        (int) (TEXT_COLUMN - 2 - strlen(label)), "");
                } else
                        fprintf(page->stream, "\n%*s", (int) n_indent, "");
                fputs(lines.items[i], page->stream);
        }

        if (command && !page->quiet && lines.n_items > 0) {
                const char *last = lines.items[lines.n_items - 1],
                           *arrow = command_text(page, command);
                bool behind = n_indent + terminal_width(last) + 2 + terminal_width(arrow) <=
                              page->terminal->n_columns;

                if (behind)
                        fputs("  ", page->stream);
                else
                        fprintf(page->stream, "\n%*s", (int) n_indent, "");
                fputs(paint(page, STYLE_STRONG, arrow), page->stream);
        }
        fputc('\n', page->stream);
}
