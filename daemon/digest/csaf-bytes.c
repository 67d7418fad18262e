/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The look at a document's bytes. A vendor's archive holds some fifty thousand documents, of which a
 * few hundred concern us: parsing all of them would take minutes, searching them takes seconds. A
 * document can only concern us if the name of a kernel or live-patch package and the name of a base
 * product stand in it. They are plain ASCII everywhere; one spelled with escapes is parsed all the
 * same. What is left aside here must still have arrived whole: a document that was cut before its
 * first kernel would pass for noise otherwise. It refuses to conclude anything from what it finds:
 * that is the parser's work.
 */

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/cleanup.h"
#include "digest/csaf-bytes.h"

static int hex(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char) (c | 0x20);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A character of our names spelled as an escape, which nobody does; `at` is behind `\\u00`. */
static bool is_name_character(const char *at, const char *end) {
        int high, low, c;

        if (end - at < 2)
                return true;
        high = hex(at[0]);
        low = hex(at[1]);
        c = high < 0 || low < 0 ? 0 : high << 4 | low;
        return c == ' ' || c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
               (c >= 'a' && c <= 'z');
}

static bool begins(const char *at, const char *end, const char *word) {
        size_t n = strlen(word);

        return (size_t) (end - at) >= n && memcmp(at, word, n) == 0;
}

/* A component's name, or `kernel-` and a number, as in `kernel-0:3.10.0-1160.el7.x86_64`. */
static bool is_component(const char *at, const char *end) {
        static const char kernel[] = "kernel-";

        if (begins(at, end, "kpatch-patch-") || begins(at, end, "kgraft-patch-"))
                return true;
        if (!begins(at, end, kernel))
                return false;
        at += strlen(kernel);
        return (at < end && *at >= '0' && *at <= '9') || begins(at, end, "core-") ||
               begins(at, end, "default-") || begins(at, end, "livepatch-");
}

/*
 * Sixteen bytes at once: compilers make one instruction of each line where the processor has one. What
 * is searched for is told from nearly all else by two or three of its bytes.
 */
typedef unsigned char Bytes __attribute__((__vector_size__(16)));

#define BLOCK_BYTES 64
#define BLOCK_LOOKS_BEHIND 8 /* so many bytes behind its block */

static Bytes load(const char *at) {
        Bytes bytes;

        memcpy(&bytes, at, sizeof(bytes));
        return bytes;
}

static Bytes every(char c) {
        Bytes bytes;

        memset(&bytes, c, sizeof(bytes));
        return bytes;
}

static bool is_any(Bytes bytes) {
        uint64_t halves[2];

        memcpy(halves, &bytes, sizeof(halves));
        return (halves[0] | halves[1]) != 0;
}

/* Where in sixteen bytes what stands for itself may begin: "deleted", and \u00 */
static inline Bytes marks_in(const char *at) {
        Bytes first = load(at), second = load(at + 1);

        return (Bytes) (((first == every('"')) & (second == every('d')) &
                         (load(at + 8) == every('"'))) |
                        ((first == every('\\')) & (second == every('u'))));
}

/* The same for a component's name: kernel-, kpatch-, kgraft- */
static inline Bytes components_in(const char *at) {
        return (Bytes) ((load(at) == every('k')) & (load(at + 6) == every('-')));
}

/* The same for a product's name. */
static inline Bytes products_in(const char *at) {
        Bytes first = load(at), second = load(at + 1), fifth = load(at + 4);

        return (Bytes) (/* BaseOS-; 7Server-, 7ComputeNode-, 7Workstation-, 7Client- */
                        ((first == every('B')) & (load(at + 6) == every('-'))) |
                        ((first == every('7')) & ((second == every('S')) | (second == every('C')) |
                                                  (second == every('W')))) |
                        /* rhel-; SUSE Linux Enterprise */
                        ((first == every('r')) & (second == every('h')) & (fifth == every('-'))) |
                        ((first == every('S')) & (second == every('U')) & (fifth == every(' '))));
}

/* False if in none of the bytes of a block anything of that kind begins. */
static bool block_may_hold_mark(const char *at) {
        return is_any(marks_in(at) | marks_in(at + 16) | marks_in(at + 32) | marks_in(at + 48));
}

static bool block_may_hold_mark_or_component(const char *at) {
        return is_any(components_in(at) | components_in(at + 16) | components_in(at + 32) |
                      components_in(at + 48)) ||
               block_may_hold_mark(at);
}

static bool block_may_hold_product(const char *at) {
        return is_any(products_in(at) | products_in(at + 16) | products_in(at + 32) |
                      products_in(at + 48));
}

/*
 * The end of the bytes from `at` on that have to be looked at one by one: `at` itself if a block has
 * nothing in it.
 */
static inline const char *look_until(const char *at, const char *end,
                                     bool (*may_hold)(const char *)) {
        if (end - at < BLOCK_BYTES + BLOCK_LOOKS_BEHIND)
                return end;
        return may_hold(at) ? at + BLOCK_BYTES : at;
}

static bool have_product(const char *at, const char *end) {
        static const char *const products[] = {
                "BaseOS-",  "7Server-", "7ComputeNode-",         "7Workstation-",
                "7Client-", "rhel-",    "SUSE Linux Enterprise",
        };

        while (at < end) {
                const char *until = look_until(at, end, block_may_hold_product);

                if (until == at)
                        at += BLOCK_BYTES;
                for (; at < until; at++)
                        for (size_t i = 0; i < ELEMENTS(products); i++)
                                if (*at == products[i][0] && begins(at, end, products[i]))
                                        return true;
        }
        return false;
}

bool csaf_bytes_may_concern_us(const char *text, size_t n_bytes) {
        const char *at = text, *end = text + n_bytes;
        bool component = false;

        while (at < end) {
                const char *until = look_until(at, end,
                                               component ? block_may_hold_mark
                                                         : block_may_hold_mark_or_component);

                if (until == at)
                        at += BLOCK_BYTES;
                for (; at < until; at++) {
                        if (*at == '"' && begins(at, end, "\"deleted\""))
                                return true;
                        if (*at == '\\' && begins(at, end, "\\u00") &&
                            is_name_character(at + 4, end))
                                return true;
                        if (*at != 'k' || component || !is_component(at, end))
                                continue;
                        component = true;
                        /* Without a product there is still what stands for itself. */
                        if (have_product(text, end))
                                return true;
                }
        }
        return false;
}

/* Where the brackets and strings of a text have been followed to. */
typedef struct Nesting {
        size_t depth;
        bool in_string, escaped;
} Nesting;

/* Follows them from `at` up to `until`, or to behind the bracket that closes the first. */
static const char *follow(Nesting *nesting, const char *at, const char *until) {
        Nesting now = *nesting;

        while (at < until) {
                char c = *at++;

                if (now.in_string) {
                        if (now.escaped)
                                now.escaped = false;
                        else if (c == '\\')
                                now.escaped = true;
                        else if (c == '"')
                                now.in_string = false;
                } else if (c == '"')
                        now.in_string = true;
                else if (c == '{' || c == '[')
                        now.depth++;
                else if ((c == '}' || c == ']') && --now.depth == 0)
                        break;
        }
        *nesting = now;
        return at;
}

#ifdef __SSE2__

static inline uint64_t bits16(const char *at, char set, char c) {
        Bytes equal = (Bytes) ((load(at) | every(set)) == every(c));

        return (uint64_t) (unsigned) _mm_movemask_epi8((__m128i) equal);
}

/* A bit for each of the 64 bytes from `at` on that is `c` once the bits of `set` are set in it. */
static inline uint64_t bits_of(const char *at, char set, char c) {
        return bits16(at, set, c) | bits16(at + 16, set, c) << 16 | bits16(at + 32, set, c) << 32 |
               bits16(at + 48, set, c) << 48;
}

/* Follows a block at once; false where that needs a look at each byte: escapes, and the end. */
static bool follow_block(Nesting *nesting, const char *at) {
        uint64_t in_string, opened, closed;
        size_t n_closed;

        if (nesting->escaped || bits_of(at, 0, '\\') != 0)
                return false;
        /* Each bit becomes the parity of the quotes up to it. */
        in_string = bits_of(at, 0, '"');
        for (unsigned i = 1; i < BLOCK_BYTES; i *= 2)
                in_string ^= in_string << i;
        if (nesting->in_string)
                in_string = ~in_string;
        /* With this bit set `[` is `{`, and `]` is `}`. */
        opened = bits_of(at, 0x20, '{') & ~in_string;
        closed = bits_of(at, 0x20, '}') & ~in_string;
        n_closed = closed ? (size_t) __builtin_popcountll(closed) : 0;
        if (nesting->depth <= n_closed)
                return false;
        nesting->depth += (opened ? (size_t) __builtin_popcountll(opened) : 0) - n_closed;
        nesting->in_string = in_string >> (BLOCK_BYTES - 1);
        return true;
}

#else

static bool follow_block(Nesting *nesting, const char *at) {
        (void) nesting, (void) at;
        return false;
}

#endif

bool csaf_bytes_are_whole(const char *text, size_t n_bytes) {
        const char *at = text, *end = text + n_bytes;
        Nesting nesting = { .depth = 1 };

        if (n_bytes == 0 || *at++ != '{')
                return false;
        while (at < end && nesting.depth > 0) {
                if (end - at < BLOCK_BYTES)
                        at = follow(&nesting, at, end);
                else if (follow_block(&nesting, at))
                        at += BLOCK_BYTES;
                else
                        at = follow(&nesting, at, at + BLOCK_BYTES);
        }
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
                at++;
        return nesting.depth == 0 && at == end;
}

/* The text that is the value of `key` in quotes, from `*at` on, which moves behind it; false when there is none. */
static bool next_value(const char **at, const char *end, const char *key, char *ret, size_t n_ret) {
        const char *from = memmem(*at, (size_t) (end - *at), key, strlen(key));
        size_t n = 0;

        if (!from)
                return false;
        for (from += strlen(key); from < end && *from != '\0' && strchr(" \t\r\n:", *from); from++)
                ;
        *at = from;
        if (from < end && *from == '"')
                for (from++; n < n_ret - 1 && from + n < end && from[n] != '"'; n++)
                        ret[n] = from[n];
        ret[n] = '\0';
        return true;
}

UtcTime csaf_bytes_released(const char *text, size_t n_bytes) {
        UtcTime time = UTC_TIME_NONE;
        char value[64];

        if (!next_value(&text, text + n_bytes, "\"initial_release_date\"", value, sizeof(value)))
                return UTC_TIME_NONE;
        return utc_time_parse(value, &time) == 0 ? time : UTC_TIME_NONE;
}

CsafVendor csaf_bytes_vendor(const char *text, size_t n_bytes) {
        static const char tracking[] = "\"tracking\"";
        const char *end = text + n_bytes;
        char value[64];

        text = memmem(text, n_bytes, tracking, strlen(tracking));
        while (text && next_value(&text, end, "\"id\"", value, sizeof(value))) {
                CsafVendor vendor = csaf_advisory_id_vendor(value);

                if (vendor != CSAF_VENDOR_UNKNOWN)
                        return vendor;
        }
        return CSAF_VENDOR_UNKNOWN;
}
