/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Whether a document is all there, by its bytes.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * True for one JSON object that goes to the end, as far as brackets and strings tell; where a backslash stands outside
 * of a string it is none. `ret_says_deleted`, when it is one: some text in it is `deleted`, as the status of a
 * withdrawn document is.
 */
bool csaf_whole(const char *text, size_t n_bytes, bool *ret_says_deleted);

/* The same a byte at a time, for processors without SSE2. */
bool csaf_whole_portable(const char *text, size_t n_bytes, bool *ret_says_deleted);
