/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The compression function of SHA-256, twice: in portable C, and by the instructions that x86 processors
 * have for it. A digest is hashed before the daemon takes its name, and in portable C that hash is the
 * largest single part of a start: docs/decisions/0004-sha256.md.
 */

#include <endian.h>
#include <string.h>

#include "base/sha256-compress.h"

#ifdef __x86_64__
#include <immintrin.h>
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#ifndef CPU_FEATURE_ACTIVE
#include <cpuid.h>
#endif
#endif

static const uint32_t round_constants[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned n) {
        return word >> n | word << (32 - n);
}

/* The word of round `first + i`: the block's own, later each made from those of sixteen rounds before. */
static inline uint32_t schedule(uint32_t w[static 16], size_t first, size_t i) {
        uint32_t early, late;

        if (first > 0) {
                early = w[(i + 1) % 16];
                late = w[(i + 14) % 16];
                w[i] += (rotate(early, 7) ^ rotate(early, 18) ^ early >> 3) + w[(i + 9) % 16] +
                        (rotate(late, 17) ^ rotate(late, 19) ^ late >> 10);
        }
        return w[i];
}

/*
 * Instead of eight words moving on by one place, their names do: the `h` of a round is the next one's `a`.
 * Rotations by 6, 11 and 25, and by 2, 13 and 22, are made one out of the other, and so is the majority: `b`,
 * except where `a` and `c` agree against it. What it asks of `a` and `b` the next round asks of `b` and `c`.
 */
#define ROUND(a, b, c, d, e, f, g, h, i)                                         \
        do {                                                                     \
                uint32_t sum_e = rotate(rotate(rotate(e, 14) ^ e, 5) ^ e, 6);    \
                uint32_t sum_a = rotate(rotate(rotate(a, 9) ^ a, 11) ^ a, 2);    \
                uint32_t choice = g ^ (e & (f ^ g)), a_not_b = a ^ b;            \
                uint32_t one = h + sum_e + choice + round_constants[first + i] + \
                               schedule(w, first, i);                            \
                                                                                 \
                d += one;                                                        \
                h = one + sum_a + (b ^ (a_not_b & b_not_c));                     \
                b_not_c = a_not_b;                                               \
        } while (false)

static void compress_block(uint32_t state[static 8], const unsigned char *block) {
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5],
                 g = state[6], h = state[7], b_not_c = b ^ c, w[16];

        memcpy(w, block, sizeof(w));
        for (size_t i = 0; i < 16; i++)
                w[i] = be32toh(w[i]);
        for (size_t first = 0; first < 64; first += 16) {
                ROUND(a, b, c, d, e, f, g, h, 0);
                ROUND(h, a, b, c, d, e, f, g, 1);
                ROUND(g, h, a, b, c, d, e, f, 2);
                ROUND(f, g, h, a, b, c, d, e, 3);
                ROUND(e, f, g, h, a, b, c, d, 4);
                ROUND(d, e, f, g, h, a, b, c, 5);
                ROUND(c, d, e, f, g, h, a, b, 6);
                ROUND(b, c, d, e, f, g, h, a, 7);
                ROUND(a, b, c, d, e, f, g, h, 8);
                ROUND(h, a, b, c, d, e, f, g, 9);
                ROUND(g, h, a, b, c, d, e, f, 10);
                ROUND(f, g, h, a, b, c, d, e, 11);
                ROUND(e, f, g, h, a, b, c, d, 12);
                ROUND(d, e, f, g, h, a, b, c, 13);
                ROUND(c, d, e, f, g, h, a, b, 14);
                ROUND(b, c, d, e, f, g, h, a, 15);
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_compress_portable(uint32_t state[static 8], const unsigned char *blocks,
                              size_t n_blocks) {
        for (size_t i = 0; i < n_blocks; i++)
                compress_block(state, blocks + i * SHA256_BLOCK_BYTES);
}

#ifdef __x86_64__

#ifdef CPU_FEATURE_ACTIVE

/* The loader has asked the processor already. In a virtual machine each question is a trip to its host. */
bool sha256_has_instructions(void) {
        return CPU_FEATURE_ACTIVE(SHA) && CPU_FEATURE_ACTIVE(SSE4_1) && CPU_FEATURE_ACTIVE(SSSE3);
}

#else

bool sha256_has_instructions(void) {
        const unsigned needed = bit_SSSE3 | bit_SSE4_1;
        unsigned a, b, c, d;

        if (!__get_cpuid(1, &a, &b, &c, &d) || (c & needed) != needed)
                return false;
        return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

#endif

/*
 * The instructions keep the eight words in two registers, as ABEF and CDGH, and do two rounds each. Four
 * registers hold the sixteen words of the schedule that later ones are made from.
 */
__attribute__((target("sha,sse4.1,ssse3"))) void
sha256_compress_instructions(uint32_t state[static 8], const unsigned char *blocks,
                             size_t n_blocks) {
        const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
        __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) state), 0xB1);
        __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) (state + 4)), 0x1B);
        __m128i abef = _mm_alignr_epi8(abcd, efgh, 8), cdgh = _mm_blend_epi16(efgh, abcd, 0xF0);

        for (; n_blocks > 0; n_blocks--, blocks += SHA256_BLOCK_BYTES) {
                const __m128i abef_before = abef, cdgh_before = cdgh;
                __m128i w[4];

#pragma GCC unroll 16
                for (size_t i = 0; i < 16; i++) {
                        __m128i *now = &w[i % 4], sum;

                        if (i < 4) {
                                *now = _mm_loadu_si128((const __m128i *) (blocks + 16 * i));
                                *now = _mm_shuffle_epi8(*now, swap);
                        } else {
                                const __m128i last = w[(i + 3) % 4];
                                const __m128i middle = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);

                                *now = _mm_sha256msg1_epu32(*now, w[(i + 1) % 4]);
                                *now = _mm_sha256msg2_epu32(_mm_add_epi32(*now, middle), last);
                        }
                        sum = _mm_add_epi32(*now,
                                            _mm_loadu_si128((const __m128i *) (round_constants +
                                                                               4 * i)));
                        cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
                        abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
                }
                abef = _mm_add_epi32(abef, abef_before);
                cdgh = _mm_add_epi32(cdgh, cdgh_before);
        }

        abcd = _mm_shuffle_epi32(abef, 0x1B);
        efgh = _mm_shuffle_epi32(cdgh, 0xB1);
        _mm_storeu_si128((__m128i *) state, _mm_blend_epi16(abcd, efgh, 0xF0));
        _mm_storeu_si128((__m128i *) (state + 4), _mm_alignr_epi8(efgh, abcd, 8));
}

#else

bool sha256_has_instructions(void) {
        return false;
}

void sha256_compress_instructions(uint32_t state[static 8], const unsigned char *blocks,
                                  size_t n_blocks) {
        sha256_compress_portable(state, blocks, n_blocks);
}

#endif
