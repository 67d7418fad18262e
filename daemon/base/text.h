/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Small questions about texts, and making texts from outside fit to show.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/memory-pool.h"

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);

/* Well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF); NUL bytes count as malformed. */
bool text_is_utf8(const char *text, size_t n_bytes);

/*
 * A copy fit for a terminal, the journal and the bus: control characters (C0, DEL, C1), bidirectional
 * overrides, U+FEFF and malformed bytes become '?'; new-line and tab become a space; cut on a code
 * point at `max_bytes`. NULL stays NULL.
 */
const char *text_printable(MemoryPool *pool, const char *text, size_t max_bytes);

/* The words of a white-space separated list, each copied into the pool. */
TextList text_words(MemoryPool *pool, const char *text);

/* Without white space at either end. `text` is changed in place; the result points into it. */
char *text_trim(char *text);
