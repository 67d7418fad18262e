/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * SHA-256, written from FIPS 180-4. The daemon must check the hash of every digest it reads, and
 * links libsystemd and json-c only, neither of which offers one: docs/decisions/0004-sha256.md. Here
 * it finds torn and edited files; it guards no secret. It
 * refuses to grow other algorithms, keys or signatures: those are gpgv's work.
 */

#include <stdint.h>
#include <string.h>

#include "base/sha256-compress.h"
#include "base/sha256.h"

static void compress(uint32_t state[static 8], const unsigned char *blocks, size_t n_blocks) {
        if (sha256_has_instructions())
                sha256_compress_instructions(state, blocks, n_blocks);
        else
                sha256_compress_portable(state, blocks, n_blocks);
}

const char *sha256_text(const void *data, size_t n_bytes, char ret[static SHA256_TEXT_BYTES]) {
        uint32_t state[8] = {
                0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        };
        const unsigned char *bytes = data;
        unsigned char tail[2 * SHA256_BLOCK_BYTES] = {};
        uint64_t n_bits = (uint64_t) n_bytes * 8;
        size_t n_rest, n_tail;

        n_rest = n_bytes % SHA256_BLOCK_BYTES;
        compress(state, bytes, n_bytes / SHA256_BLOCK_BYTES);

        /* What is left, a one bit, zeroes, and the length in bits fill one or two last blocks. */
        if (n_rest > 0)
                memcpy(tail, bytes + (n_bytes - n_rest), n_rest);
        tail[n_rest] = 0x80;
        n_tail = n_rest + 1 + 8 <= SHA256_BLOCK_BYTES ? SHA256_BLOCK_BYTES : 2 * SHA256_BLOCK_BYTES;
        for (size_t i = 0; i < 8; i++)
                tail[n_tail - 1 - i] = (unsigned char) (n_bits >> (8 * i));
        compress(state, tail, n_tail / SHA256_BLOCK_BYTES);

        for (size_t i = 0; i < SHA256_TEXT_BYTES - 1; i++)
                ret[i] = "0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 0xF];
        ret[SHA256_TEXT_BYTES - 1] = '\0';
        return ret;
}
