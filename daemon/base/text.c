/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Texts. Everything that klpwatch prints may once have been written by a stranger: an advisory's
 * title, a repository's name, a module's name. text_printable() is the one door through which such a
 * text reaches a terminal. Locale-free by design: the answer must not depend on LANG.
 */

#include <stdint.h>
#include <string.h>

#include "base/text.h"

bool text_equal(const char *a, const char *b) {
        if (!a || !b || a == b)
                return a == b;
        return strcmp(a, b) == 0;
}

bool text_starts_with(const char *text, const char *prefix) {
        return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix) {
        size_t n_text = strlen(text), n_suffix = strlen(suffix);

        return n_text >= n_suffix && strcmp(text + n_text - n_suffix, suffix) == 0;
}

/* The bytes of one well-formed sequence at `text`, its code point in `ret`; 0 when malformed. */
static size_t decode(const unsigned char *text, size_t n_bytes, uint32_t *ret) {
        static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
        uint32_t code;
        size_t n;

        if (text[0] < 0x80) {
                *ret = text[0];
                return 1;
        }
        if (text[0] >= 0xC2 && text[0] <= 0xDF)
                n = 2;
        else if ((text[0] & 0xF0) == 0xE0)
                n = 3;
        else if (text[0] >= 0xF0 && text[0] <= 0xF4)
                n = 4;
        else
                return 0;
        if (n > n_bytes)
                return 0;

        code = text[0] & (0xFFu >> (n + 1));
        for (size_t i = 1; i < n; i++) {
                if ((text[i] & 0xC0) != 0x80)
                        return 0;
                code = code << 6 | (text[i] & 0x3F);
        }
        if (code < smallest[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
                return 0;

        *ret = code;
        return n;
}

/* Eight bytes of plain ASCII without a NUL: almost all of what vendors publish. */
static bool is_ascii_word(const unsigned char *bytes) {
        uint64_t word;

        memcpy(&word, bytes, sizeof(word));
        return ((word | (word - 0x0101010101010101)) & 0x8080808080808080) == 0;
}

/* Sixty-four of them: their high bits are gathered and asked once. */
static bool is_ascii_block(const unsigned char *bytes) {
        uint64_t words[8], high = 0;

        memcpy(words, bytes, sizeof(words));
        for (size_t i = 0; i < ELEMENTS(words); i++)
                high |= words[i] | (words[i] - 0x0101010101010101);
        return (high & 0x8080808080808080) == 0;
}

bool text_is_utf8(const char *text, size_t n_bytes) {
        const unsigned char *bytes = (const unsigned char *) text;
        uint32_t code;

        for (size_t i = 0; i < n_bytes;) {
                size_t n;

                if (n_bytes - i >= 8 * sizeof(uint64_t) && is_ascii_block(bytes + i)) {
                        i += 8 * sizeof(uint64_t);
                        continue;
                }
                if (n_bytes - i >= sizeof(uint64_t) && is_ascii_word(bytes + i)) {
                        i += sizeof(uint64_t);
                        continue;
                }
                n = decode(bytes + i, n_bytes - i, &code);
                if (n == 0 || code == 0)
                        return false;
                i += n;
        }
        return true;
}

static bool is_hidden(uint32_t code) {
        return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x200E || code == 0x200F ||
               (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
               code == 0x61C || code == 0xFEFF;
}

const char *text_printable(MemoryPool *pool, const char *text, size_t max_bytes) {
        const unsigned char *bytes = (const unsigned char *) text;
        size_t n_bytes, n_out = 0;
        uint32_t code;
        char *out;

        if (!text)
                return NULL;

        n_bytes = strlen(text);
        out = memory_pool_alloc(pool, n_bytes + 1);
        if (!out)
                return "";

        for (size_t i = 0; i < n_bytes;) {
                size_t n = decode(bytes + i, n_bytes - i, &code);

                if (n_out + (n ? n : 1) > max_bytes)
                        break;
                if (n == 0 || is_hidden(code)) {
                        out[n_out++] = n == 1 && (code == '\n' || code == '\t') ? ' ' : '?';
                        i += n ? n : 1;
                        continue;
                }
                memcpy(out + n_out, bytes + i, n);
                n_out += n;
                i += n;
        }
        out[n_out] = '\0';
        return out;
}

TextList text_words(MemoryPool *pool, const char *text) {
        TextList words = {};

        while (text && *text) {
                size_t n;

                text += strspn(text, " \t\r\n");
                n = strcspn(text, " \t\r\n");
                if (n > 0)
                        text_list_add(&words, pool, memory_pool_text_n(pool, text, n));
                text += n;
        }
        return words;
}

char *text_trim(char *text) {
        size_t n;

        text += strspn(text, " \t\r\n");
        n = strlen(text);
        while (n > 0 && strchr(" \t\r\n", text[n - 1]))
                n--;
        text[n] = '\0';
        return text;
}
