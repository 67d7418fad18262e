/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * SHA-256 (FIPS 180-4) of bytes in memory, as the end line of a digest states it.
 */

#include <stddef.h>

#define SHA256_TEXT_BYTES 65

/* Writes the hash as 64 lower-case hexadecimal digits and a NUL; returns `ret`. */
const char *sha256_text(const void *data, size_t n_bytes, char ret[static SHA256_TEXT_BYTES]);
