/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The page that a verb writes: lines for one terminal, kept until the verb is done, so that an answer
 * appears whole or not at all. Texts handed in are UTF-8 and printable; the page folds them to what
 * the terminal shows.
 */

#include <stdio.h>

#include "base/cleanup.h"
#include "base/memory-pool.h"
#include "ctl/terminal.h"

typedef struct Page Page;

/* `terminal` and `pool` outlive the page. 0 or -ENOMEM. */
int page_new(const Terminal *terminal, MemoryPool *pool, Page **ret);
Page *page_free(Page *page);
DEFINE_CLEANUP(Page, page_free);

const Terminal *page_terminal(const Page *page);
MemoryPool *page_pool(const Page *page);

/* Without hints: page_entry() and page_command() show no command. */
void page_set_quiet(Page *page);

/* Whose kernel the page is about (NULL: not known), for main() to choose links by; it outlives the page. */
void page_set_vendor(Page *page, const char *vendor);
const char *page_vendor(const Page *page);

/* Ends the page: its text, which lives as long as the page. 0 or -ENOMEM; then nothing may be shown. */
int page_finish(Page *page, const char **ret);

/* One line as it is: no folding, no wrapping, sequences of colours allowed. */
void page_raw(Page *page, const char *text);

/* Lines that were laid out already; the last one's end may be missing. */
void page_block(Page *page, const char *text);

/* An empty line. */
void page_gap(Page *page);

/* A heading. */
void page_heading(Page *page, const char *text);

/*
 * A wrapped text, `n_indent` blanks before each line. Of this and the two below: on a terminal that has no
 * room behind the indent it is a small one, and what stands in it gets a line of its own.
 */
void page_paragraph(Page *page, unsigned n_indent, Style style, const char *text);

/* The same behind `lead`, which stands in the first line's indent: a number, a date or a mark. */
void page_item(Page *page, unsigned n_indent, const char *lead, Style lead_style, Style style,
               const char *text);

/*
 * One line of the answer: mark, label, text (wrapped in its column), and the command that inspects or
 * fixes it (NULL: none), behind the text where it fits, else on a line of its own. An empty label
 * goes on under the last one, the mark right before the text.
 */
void page_entry(Page *page, Mark mark, const char *label, const char *text, const char *command);

/* A command on a line of its own, `n_indent` blanks before it. */
void page_command(Page *page, unsigned n_indent, const char *command);

/* The same of a command that is no hint but what was asked for. */
void page_asked_command(Page *page, unsigned n_indent, const char *command);
