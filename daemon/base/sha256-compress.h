/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * SHA-256's compression function (FIPS 180-4, 6.2.2): takes whole blocks into the eight words of state.
 * sha256.h is what others use.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK_BYTES 64

void sha256_compress_portable(uint32_t state[static 8], const unsigned char *blocks,
                              size_t n_blocks);

/* Has this processor instructions for it? */
bool sha256_has_instructions(void);

/* The same by these instructions; only where they are. */
void sha256_compress_instructions(uint32_t state[static 8], const unsigned char *blocks,
                                  size_t n_blocks);
