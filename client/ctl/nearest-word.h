/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What somebody may have meant.
 */

#include "base/memory-pool.h"

/* The word of `words` that is nearest to `typed`, or NULL when none is near enough to be meant. */
const char *nearest_word(const char *typed, const TextList *words);
