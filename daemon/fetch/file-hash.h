/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Hashes of files of any size, as lower-case hexadecimal digits.
 */

#include <stdbool.h>
#include <stddef.h>

#define FILE_HASH_TEXT_BYTES 129

typedef enum FileHashKind { FILE_HASH_SHA256, FILE_HASH_SHA512 } FileHashKind;

/* True with the hash of all that the descriptor names; else errno. */
bool file_hash(int fd, FileHashKind kind, char ret[static FILE_HASH_TEXT_BYTES]);

/* SHA-512 (FIPS 180-4) of bytes in memory; returns `ret`. */
const char *sha512_text(const void *data, size_t n_bytes, char ret[static FILE_HASH_TEXT_BYTES]);
