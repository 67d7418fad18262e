/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * SHA-256, written from FIPS 180-4. The daemon must check the hash of every digest it reads, and
 * links libsystemd and json-c only, neither of which offers one: docs/decisions/0004-sha256.md. Here
 * it finds torn and edited files; it guards no secret, so portable C without tricks is enough. It
 * refuses to grow other algorithms, keys or signatures: those are gpgv's work.
 */

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/sha256.h"

#define BLOCK_BYTES 64

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

static void compress(uint32_t state[static 8], const unsigned char *block) {
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

const char *sha256_text(const void *data, size_t n_bytes, char ret[static SHA256_TEXT_BYTES]) {
        uint32_t state[8] = {
                0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        };
        const unsigned char *bytes = data;
        unsigned char tail[2 * BLOCK_BYTES] = {};
        uint64_t n_bits = (uint64_t) n_bytes * 8;
        size_t n_rest, n_tail;

        for (n_rest = n_bytes; n_rest >= BLOCK_BYTES; n_rest -= BLOCK_BYTES, bytes += BLOCK_BYTES)
                compress(state, bytes);

        /* What is left, a one bit, zeroes, and the length in bits fill one or two last blocks. */
        if (n_rest > 0)
                memcpy(tail, bytes, n_rest);
        tail[n_rest] = 0x80;
        n_tail = n_rest + 1 + 8 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
        for (size_t i = 0; i < 8; i++)
                tail[n_tail - 1 - i] = (unsigned char) (n_bits >> (8 * i));
        for (size_t i = 0; i < n_tail; i += BLOCK_BYTES)
                compress(state, tail + i);

        for (size_t i = 0; i < SHA256_TEXT_BYTES - 1; i++)
                ret[i] = "0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 0xF];
        ret[SHA256_TEXT_BYTES - 1] = '\0';
        return ret;
}
