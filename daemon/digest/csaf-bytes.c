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

#include "base/cleanup.h"
#include "digest/csaf-bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK_BYTES 64

static bool begins(const char *at, const char *end, const char *word) {
        size_t n_bytes = strlen(word);

        return (size_t) (end - at) >= n_bytes && memcmp(at, word, n_bytes) == 0;
}

/*
 * The next place, from `at` on, where `first` stands, and `offset` bytes behind it one of `seconds`; else NULL. One
 * of the two alone is everywhere, both together are rare. Inlined, so that the needles are constants.
 */
static inline __attribute__((__always_inline__)) const char *
find_pair(const char *at, const char *end, char first, size_t offset, const char *seconds,
          size_t n_seconds) {
#ifdef __SSE2__
        for (; end - at >= (ptrdiff_t) (BLOCK_BYTES + offset); at += BLOCK_BYTES) {
                uint64_t bits = 0;

                for (size_t i = 0; i < BLOCK_BYTES; i += 16) {
                        __m128i bytes = _mm_loadu_si128((const __m128i *) (at + i));
                        __m128i behind = _mm_loadu_si128((const __m128i *) (at + i + offset));
                        __m128i found = _mm_setzero_si128();

                        for (size_t k = 0; k < n_seconds; k++)
                                found = _mm_or_si128(
                                                found,
                                                _mm_cmpeq_epi8(behind, _mm_set1_epi8(seconds[k])));
                        found = _mm_and_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(first)));
                        bits |= (uint64_t) (uint32_t) _mm_movemask_epi8(found) << i;
                }
                if (bits != 0)
                        return at + __builtin_ctzll(bits);
        }
#endif
        for (; end - at > (ptrdiff_t) offset; at++) {
                at = memchr(at, first, (size_t) (end - at) - offset);
                if (!at)
                        return NULL;
                if (memchr(seconds, at[offset], n_seconds))
                        return at;
        }
        return NULL;
}

/*
 * A package of ours: `kernel-core-`, `kernel-0:3.10.0-1160.el7.x86_64`, `kpatch-patch-`, …  All names begin
 * with the same letter and have their first hyphen in the same place.
 */
static bool have_component(const char *text, size_t n_bytes) {
        const char *end = text + n_bytes;

        for (const char *at = text; (at = find_pair(at, end, 'k', strlen("kernel"), "-", 1));
             at++) {
                const char *more = at + strlen("kernel-");

                if (begins(at, end, "kernel-")) {
                        if ((more < end && *more >= '0' && *more <= '9') ||
                            begins(more, end, "core-") || begins(more, end, "default-") ||
                            begins(more, end, "livepatch-"))
                                return true;
                } else if (begins(at, end, "kpatch-patch-") || begins(at, end, "kgraft-patch-")) {
                        return true;
                }
        }
        return false;
}

/* A base product, which opens a text: it is an id, or the first half of one. */
static bool have_product(const char *text, size_t n_bytes) {
        static const char *const products[] = {
                "BaseOS-",  "7Server-", "7ComputeNode-",         "7Workstation-",
                "7Client-", "rhel-",    "SUSE Linux Enterprise",
        };
        const char *end = text + n_bytes;

        for (const char *at = text; (at = find_pair(at, end, '"', 1, "B7rS", 4));) {
                at++;
                for (size_t i = 0; i < ELEMENTS(products); i++)
                        if (*at == products[i][0] && begins(at, end, products[i]))
                                return true;
        }
        return false;
}

static int hex(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        c = (char) (c | 0x20);
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A character of our names spelled as an escape, which nobody does. */
static bool have_escaped_name(const char *text, size_t n_bytes) {
        static const char escape[] = "\\u00";
        const char *at = text, *end = text + n_bytes;

        while ((at = memchr(at, '\\', (size_t) (end - at)))) {
                int high, low, c;

                if (!begins(at, end, escape)) {
                        at++;
                        continue;
                }
                at += strlen(escape);
                if (end - at < 2)
                        return true;
                high = hex(at[0]);
                low = hex(at[1]);
                c = high < 0 || low < 0 ? 0 : high << 4 | low;
                if (c == ' ' || c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                    (c >= 'a' && c <= 'z'))
                        return true;
        }
        return false;
}

bool csaf_bytes_may_concern_us(const char *text, size_t n_bytes) {
        return (have_component(text, n_bytes) && have_product(text, n_bytes)) ||
               have_escaped_name(text, n_bytes);
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
