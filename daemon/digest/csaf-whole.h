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

/* How many bytes are looked at together is the processor's matter; the answer is the same each way. */
typedef enum CsafWholeWay {
        CSAF_WHOLE_BYTES, /* one, anywhere */
        CSAF_WHOLE_SSE2,
        CSAF_WHOLE_AVX2,
} CsafWholeWay;

/* The fastest way of this processor, which knows those before it, too. */
CsafWholeWay csaf_whole_best_way(void);

/* The same one way. */
bool csaf_whole_by(CsafWholeWay way, const char *text, size_t n_bytes, bool *ret_says_deleted);
