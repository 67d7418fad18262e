/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the place we print to can show: width, UTF-8, colours; and the marks and styles that carry
 * meaning. A colour never says anything that a mark or a word does not say as well.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "ctl/link.h"

typedef struct Terminal {
        unsigned n_columns;
        bool utf8;
        bool colours;
        LinkMode links;
} Terminal;

/* How good or bad a line is, from what needs no eye to what needs one first. */
typedef enum Mark {
        MARK_NONE, /* a line that states and does not judge */
        MARK_GOOD,
        MARK_NEUTRAL, /* does not apply, or not reached */
        MARK_UNKNOWN,
        MARK_WARNING,
        MARK_BAD,
} Mark;

typedef enum Style {
        STYLE_PLAIN,
        STYLE_GOOD,
        STYLE_WARNING,
        STYLE_BAD,
        STYLE_QUIET,
        STYLE_STRONG,
} Style;

/* Signs beside the marks, each with an ASCII form of its own. */
typedef enum Glyph {
        GLYPH_ARROW,     /* → or -> */
        GLYPH_AT_MOST,   /* ≤ or <= */
        GLYPH_RUNNING,   /* the running kernel */
        GLYPH_NEXT_BOOT, /* the kernel of the next boot */
} Glyph;

/* From the environment and standard output; setlocale() was called before. */
void terminal_detect(Terminal *ret);

/*
 * Colours or not: `systemd_colors`, `no_color` and `term` are the environment's SYSTEMD_COLORS,
 * NO_COLOR and TERM (NULL: not set). SYSTEMD_COLORS decides when it is a boolean or a number of colours.
 */
bool terminal_wants_colours(const char *systemd_colors, const char *no_color, const char *term,
                            bool is_terminal);

/* One column wide; a blank for MARK_NONE. */
const char *terminal_mark(const Terminal *terminal, Mark mark);

/* The style that repeats what the mark says. */
Style terminal_mark_style(Mark mark);
const char *terminal_glyph(const Terminal *terminal, Glyph glyph);

/* `text` between the sequences of `style`; `text` itself where there are no colours. */
const char *terminal_paint(const Terminal *terminal, MemoryPool *pool, Style style,
                           const char *text);

/* The bare sequence that begins `style`, or NULL where there is none. */
const char *terminal_sequence(const Terminal *terminal, Style style);

/* `text` as this terminal can show it: what is not ASCII becomes its nearest ASCII form where there is no UTF-8. */
const char *terminal_text(const Terminal *terminal, MemoryPool *pool, const char *text);

/* Columns that a well-formed text without escape sequences takes. */
unsigned terminal_width(const char *text);
