/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Breaking a text into lines.
 */

#include "base/memory-pool.h"

/* Shown as a blank, but no line is broken there. No printable text holds it. */
#define TEXT_WRAP_GLUE "\x1f"

/*
 * The words of `text`, put into lines of at most `n_columns`. A word that is longer than a line gets
 * a line of its own and stays whole: kernel releases and commands are there to be copied. No text
 * (or only white space) gives no line.
 */
TextList text_wrap(MemoryPool *pool, const char *text, unsigned n_columns);
