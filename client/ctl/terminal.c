/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The terminal. At three in the morning it may be a serial console with LC_ALL=C, a pipe into a
 * ticket, or a colour-blind eye: every mark has a shape of its own in ASCII too, and colours only
 * repeat it. SYSTEMD_COLORS and NO_COLOR are read the way systemd's own tools read them. It refuses
 * terminfo: the eight colours used are the same everywhere that TERM is not "dumb".
 */

#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/text.h"
#include "ctl/terminal.h"

#define COLUMNS_DEFAULT 80u
#define COLUMNS_MIN 40u
#define COLUMNS_MAX 1000u

static bool word_in(const char *word, const char *const *words) {
        for (; *words; words++)
                if (strcasecmp(word, *words) == 0)
                        return true;
        return false;
}

bool terminal_wants_colours(const char *systemd_colors, const char *no_color, const char *term,
                            bool is_terminal) {
        static const char *const yes[] = { "1",  "yes", "y",   "true",  "t",
                                           "on", "16",  "256", "24bit", NULL };
        static const char *const no[] = { "0", "no", "n", "false", "f", "off", NULL };

        if (systemd_colors && word_in(systemd_colors, yes))
                return true;
        if (systemd_colors && word_in(systemd_colors, no))
                return false;
        if (no_color && no_color[0] != '\0')
                return false;
        return is_terminal && term && strcmp(term, "dumb") != 0;
}

static unsigned columns_detect(void) {
        const char *text = getenv("COLUMNS");
        struct winsize size = {};
        unsigned long n = 0;
        char *end;

        if (text && text[0] >= '0' && text[0] <= '9') {
                n = strtoul(text, &end, 10);
                if (*end != '\0')
                        n = 0;
        }
        if (n == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
                n = size.ws_col;
        if (n == 0)
                return COLUMNS_DEFAULT;
        return n < COLUMNS_MIN ? COLUMNS_MIN : n > COLUMNS_MAX ? COLUMNS_MAX : (unsigned) n;
}

void terminal_detect(Terminal *ret) {
        bool is_terminal = isatty(STDOUT_FILENO) == 1;

        *ret = (Terminal){
                .n_columns = columns_detect(),
                .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
                .colours = terminal_wants_colours(getenv("SYSTEMD_COLORS"), getenv("NO_COLOR"),
                                                  getenv("TERM"), is_terminal),
                .links = link_mode_choose(getenv("SYSTEMD_URLIFY"), getenv("TERM"), is_terminal),
        };
}

Style terminal_mark_style(Mark mark) {
        static const Style styles[] = {
                [MARK_NONE] = STYLE_PLAIN,      [MARK_GOOD] = STYLE_GOOD,
                [MARK_NEUTRAL] = STYLE_QUIET,   [MARK_UNKNOWN] = STYLE_WARNING,
                [MARK_WARNING] = STYLE_WARNING, [MARK_BAD] = STYLE_BAD,
        };

        return styles[mark];
}

const char *terminal_mark(const Terminal *terminal, Mark mark) {
        static const char *const marks[][2] = {
                [MARK_NONE] = { " ", " " },    [MARK_GOOD] = { "*", "●" },
                [MARK_NEUTRAL] = { "-", "○" }, [MARK_UNKNOWN] = { "?", "?" },
                [MARK_WARNING] = { "!", "!" }, [MARK_BAD] = { "x", "×" },
        };

        return marks[mark][terminal->utf8];
}

const char *terminal_glyph(const Terminal *terminal, Glyph glyph) {
        static const char *const glyphs[][2] = {
                [GLYPH_ARROW] = { "->", "→" },
                [GLYPH_AT_MOST] = { "<=", "≤" },
                [GLYPH_RUNNING] = { ">", "▶" },
                [GLYPH_NEXT_BOOT] = { "@", "↻" },
        };

        return glyphs[glyph][terminal->utf8];
}

const char *terminal_sequence(const Terminal *terminal, Style style) {
        static const char *const sequences[] = {
                [STYLE_GOOD] = "\033[0;32m",  [STYLE_WARNING] = "\033[0;1;33m",
                [STYLE_BAD] = "\033[0;1;31m", [STYLE_QUIET] = "\033[0;2m",
                [STYLE_STRONG] = "\033[0;1m",
        };

        return terminal->colours && style != STYLE_PLAIN ? sequences[style] : NULL;
}

const char *terminal_paint(const Terminal *terminal, MemoryPool *pool, Style style,
                           const char *text) {
        const char *sequence = terminal_sequence(terminal, style);

        return sequence && text[0] != '\0' ? memory_pool_format(pool, "%s%s\033[0m", sequence, text)
                                           : text;
}

/* One code point of well-formed UTF-8; its bytes are returned. */
static size_t decode(const char *text, uint32_t *ret) {
        const unsigned char *bytes = (const unsigned char *) text;
        size_t n = bytes[0] < 0x80 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
        uint32_t code = n == 1 ? bytes[0] : bytes[0] & (0xFFu >> (n + 1));

        for (size_t i = 1; i < n; i++) {
                if ((bytes[i] & 0xC0) != 0x80) {
                        *ret = '?';
                        return i;
                }
                code = code << 6 | (bytes[i] & 0x3F);
        }
        *ret = code;
        return n;
}

static const char *ascii_form(uint32_t code) {
        static const struct {
                uint32_t code;
                const char *ascii;
        } forms[] = {
                { 0xA0, " " },    { 0x2010, "-" },  { 0x2011, "-" },   { 0x2012, "-" },
                { 0x2013, "-" },  { 0x2014, "-" },  { 0x2018, "'" },   { 0x2019, "'" },
                { 0x201C, "\"" }, { 0x201D, "\"" }, { 0x2026, "..." }, { 0x2190, "<-" },
                { 0x2192, "->" }, { 0x2264, "<=" }, { 0x2265, ">=" },  { 0xD7, "x" },
        };

        for (size_t i = 0; i < ELEMENTS(forms); i++)
                if (forms[i].code == code)
                        return forms[i].ascii;
        return "?";
}

const char *terminal_text(const Terminal *terminal, MemoryPool *pool, const char *text) {
        uint32_t code;
        size_t n_out = 0;
        char *out;

        if (!text || terminal->utf8)
                return text;

        /* No form is longer than three bytes. */
        out = memory_pool_alloc(pool, strlen(text) * 3 + 1);
        if (!out)
                return "";
        while (*text) {
                text += decode(text, &code);
                if (code < 0x80)
                        out[n_out++] = (char) code;
                else
                        n_out += (size_t) (stpcpy(out + n_out, ascii_form(code)) - (out + n_out));
        }
        out[n_out] = '\0';
        return out;
}

unsigned terminal_width(const char *text) {
        unsigned n_columns = 0;
        uint32_t code;

        while (*text) {
                int n;

                text += decode(text, &code);
                n = code < 0x80 ? 1 : wcwidth((wchar_t) code);
                n_columns += n < 0 ? 1 : (unsigned) n;
        }
        return n_columns;
}
