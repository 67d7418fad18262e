/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whether a document arrived whole. All of an archive's documents pass here and nearly none goes further, so
 * this is most of what an archive costs beside unpacking it. It asks for balanced brackets outside of strings,
 * for backslashes inside of them, and nothing else. Where the processor has SSE2, as all of x86_64 do, or AVX2, 64
 * bytes are looked at together.
 */

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "digest/csaf-whole.h"

#ifdef __SSE2__
#include <immintrin.h>
#define _avx2_ __attribute__((__target__("avx2")))
#endif

static const char deleted[] = "\"deleted\"";

static bool begins(const char *at, const char *end, const char *word) {
        size_t n_bytes = strlen(word);

        return (size_t) (end - at) >= n_bytes && memcmp(at, word, n_bytes) == 0;
}

static bool is_blank(const char *at, const char *end) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
                at++;
        return at == end;
}

/* Behind the string whose opening quote is at `at`; NULL when it does not end. */
static const char *behind_string(const char *at, const char *end) {
        const char *begin = ++at;

        while ((at = memchr(at, '"', (size_t) (end - at)))) {
                size_t n = 0;

                while (at - n > begin && at[-1 - (ssize_t) n] == '\\')
                        n++;
                at++;
                if (n % 2 == 0)
                        return at;
        }
        return NULL;
}

/* Documents made for people are a third spaces: whole words of them. */
static size_t n_indentation(const char *at, const char *end) {
        static const char word[] = "        ";
        size_t n = 0;

        while (begins(at + n, end, word))
                n += strlen(word);
        return n > 0 ? n - 1 : 0;
}

static bool is_whole_by_bytes(const char *text, size_t n_bytes, bool *ret_says_deleted) {
        const char *at = text, *end = text + n_bytes, *string;
        size_t depth = 0;

        *ret_says_deleted = false;
        if (n_bytes == 0 || *at != '{')
                return false;
        do {
                switch (*at) {
                case '"':
                        string = at;
                        at = behind_string(at, end);
                        if (!at)
                                return false;
                        if (at - string == sizeof(deleted) - 1 && begins(string, end, deleted))
                                *ret_says_deleted = true;
                        continue;
                case '{':
                case '[':
                        depth++;
                        break;
                case '}':
                case ']':
                        depth--;
                        break;
                case ' ':
                        at += n_indentation(at, end);
                        break;
                case '\\':
                        return false;
                default:
                        break;
                }
                at++;
        } while (depth > 0 && at < end);

        return depth == 0 && is_blank(at, end);
}

#ifdef __SSE2__

#define BLOCK_BYTES 64
#define N_BLOCKS 32 /* that are looked at before one is walked through */
#define LAST_BIT ((uint64_t) 1 << 63)

/* A bit for each byte of a block; the first byte's is the lowest. */
typedef struct Block {
        uint64_t quotes, backslashes, opened, closed, ds;
} Block;

typedef struct Walk {
        uint64_t in_string; /* all bits set when the block before ended inside of a string */
        bool escaped;       /* its last byte takes the meaning from the next one */
        size_t depth;
        bool says_deleted;
        bool astray; /* a backslash outside of strings: what follows is no JSON, and quotes may mean anything */
} Walk;

static uint64_t bits_of(const __m128i bytes[static 4], char c) {
        const __m128i wanted = _mm_set1_epi8(c);
        uint64_t bits = 0;

        for (int i = 0; i < 4; i++)
                bits |= (uint64_t) (uint32_t) _mm_movemask_epi8(_mm_cmpeq_epi8(bytes[i], wanted))
                        << (16 * i);
        return bits;
}

static void look_with_sse2(const char *text, size_t n_blocks, Block *blocks) {
        const __m128i lower = _mm_set1_epi8(0x20);

        for (size_t k = 0; k < n_blocks; k++, text += BLOCK_BYTES) {
                __m128i bytes[4], lowered[4];

                for (int i = 0; i < 4; i++) {
                        bytes[i] = _mm_loadu_si128((const __m128i *) (text + 16 * i));
                        lowered[i] = _mm_or_si128(bytes[i],
                                                  lower); /* `[` becomes `{`, and `]` `}` */
                }
                blocks[k] = (Block){ .quotes = bits_of(bytes, '"'),
                                     .backslashes = bits_of(bytes, '\\'),
                                     .opened = bits_of(lowered, '{'),
                                     .closed = bits_of(lowered, '}'),
                                     .ds = bits_of(bytes, 'd') };
        }
}

_avx2_ static inline uint64_t wide_bits_of(__m256i low, __m256i high, char c) {
        const __m256i wanted = _mm256_set1_epi8(c);

        return (uint64_t) (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
               (uint64_t) (uint32_t) _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

_avx2_ static void look_with_avx2(const char *text, size_t n_blocks, Block *blocks) {
        const __m256i lower = _mm256_set1_epi8(0x20);

        for (size_t k = 0; k < n_blocks; k++, text += BLOCK_BYTES) {
                __m256i low = _mm256_loadu_si256((const __m256i *) text);
                __m256i high = _mm256_loadu_si256((const __m256i *) (text + 32));
                __m256i lowered_low = _mm256_or_si256(low, lower);
                __m256i lowered_high = _mm256_or_si256(high, lower);

                blocks[k] = (Block){ .quotes = wide_bits_of(low, high, '"'),
                                     .backslashes = wide_bits_of(low, high, '\\'),
                                     .opened = wide_bits_of(lowered_low, lowered_high, '{'),
                                     .closed = wide_bits_of(lowered_low, lowered_high, '}'),
                                     .ds = wide_bits_of(low, high, 'd') };
        }
}

/* The bytes behind a backslash that counts. */
static uint64_t find_escaped(Walk *walk, uint64_t backslashes) {
        uint64_t escaped = walk->escaped ? 1 : 0;

        walk->escaped = false;
        backslashes &= ~escaped;
        while (backslashes != 0) {
                uint64_t lowest = backslashes & -backslashes;

                walk->escaped = lowest == LAST_BIT;
                escaped |= lowest << 1;
                backslashes &= ~(lowest | lowest << 1);
        }
        return escaped;
}

/* Each bit becomes the parity of itself and all below it: set from an opening quote up to the closing one. */
static uint64_t parities(uint64_t bits) {
        for (int i = 1; i < 64; i *= 2)
                bits ^= bits << i;
        return bits;
}

/* True when a string that begins in this block is "deleted". */
static bool find_deleted(const Block *block, uint64_t beginnings, const char *text,
                         const char *end) {
        uint64_t candidates = beginnings & (block->ds >> 1 | LAST_BIT);

        for (; candidates != 0; candidates &= candidates - 1)
                if (__builtin_ctzll(candidates) < end - text &&
                    begins(text + __builtin_ctzll(candidates), end, deleted))
                        return true;
        return false;
}

/* Where the outermost bracket is closed: behind that; else NULL. */
static const char *follow_brackets(Walk *walk, uint64_t opened, uint64_t closed, const char *text) {
        /* Few blocks have more than a few brackets: to count them one by one is no loss. */
        for (uint64_t all = opened | closed; all != 0; all &= all - 1) {
                if (opened & all & -all)
                        walk->depth++;
                else if (--walk->depth == 0)
                        return text + __builtin_ctzll(all) + 1;
        }
        return NULL;
}

/* Goes through one block. Where the outermost bracket is closed in it, behind that; else NULL. */
static const char *walk_block(Walk *walk, const Block *block, const char *text, const char *end) {
        uint64_t quotes = block->quotes, in_string, stray;
        const char *behind = NULL;

        if (block->backslashes != 0 || walk->escaped)
                quotes &= ~find_escaped(walk, block->backslashes);
        in_string = parities(quotes) ^ walk->in_string;
        walk->in_string = in_string & LAST_BIT ? ~(uint64_t) 0 : 0;
        behind = follow_brackets(walk, block->opened & ~in_string, block->closed & ~in_string,
                                 text);
        stray = block->backslashes & ~in_string;
        if (stray != 0 && (!behind || text + __builtin_ctzll(stray) < behind)) {
                walk->astray = true;
                end = text + __builtin_ctzll(stray);
        } else if (behind) {
                end = behind;
        }
        walk->says_deleted |= find_deleted(block, quotes & in_string, text, end);
        return behind;
}

static bool is_whole_by_blocks(void (*look)(const char *, size_t, Block *), const char *text,
                               size_t n_bytes, bool *ret_says_deleted) {
        const char *at = text, *end = text + n_bytes, *behind = NULL;
        char last[BLOCK_BYTES];
        Block blocks[N_BLOCKS];
        Walk walk = {};

        *ret_says_deleted = false;
        if (n_bytes == 0 || *text != '{')
                return false;
        while (!behind && !walk.astray && end - at >= BLOCK_BYTES) {
                size_t n_blocks = (size_t) (end - at) / BLOCK_BYTES;

                if (n_blocks > N_BLOCKS)
                        n_blocks = N_BLOCKS;
                look(at, n_blocks, blocks);
                for (size_t i = 0; i < n_blocks && !behind && !walk.astray; i++, at += BLOCK_BYTES)
                        behind = walk_block(&walk, &blocks[i], at, end);
        }
        if (!behind && !walk.astray && at < end) {
                memset(last, ' ', sizeof(last));
                memcpy(last, at, (size_t) (end - at));
                look(last, 1, blocks);
                behind = walk_block(&walk, blocks, at, end);
        }
        *ret_says_deleted = walk.says_deleted;
        return behind && !walk.astray && is_blank(behind, end);
}

CsafWholeWay csaf_whole_best_way(void) {
        return __builtin_cpu_supports("avx2") ? CSAF_WHOLE_AVX2 : CSAF_WHOLE_SSE2;
}

bool csaf_whole_by(CsafWholeWay way, const char *text, size_t n_bytes, bool *ret_says_deleted) {
        if (way == CSAF_WHOLE_BYTES)
                return is_whole_by_bytes(text, n_bytes, ret_says_deleted);
        return is_whole_by_blocks(way == CSAF_WHOLE_AVX2 ? look_with_avx2 : look_with_sse2, text,
                                  n_bytes, ret_says_deleted);
}

#else

CsafWholeWay csaf_whole_best_way(void) {
        return CSAF_WHOLE_BYTES;
}

bool csaf_whole_by(CsafWholeWay way, const char *text, size_t n_bytes, bool *ret_says_deleted) {
        (void) way;
        return is_whole_by_bytes(text, n_bytes, ret_says_deleted);
}

#endif

bool csaf_whole(const char *text, size_t n_bytes, bool *ret_says_deleted) {
        return csaf_whole_by(csaf_whole_best_way(), text, n_bytes, ret_says_deleted);
}
