/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The next moment at which time alone changes the answer: the one wake-up that the daemon needs.
 */

#include "core/assessment.h"

/*
 * The first moment after the assessment's own at which assess() with the same inputs says something
 * else. UTC_TIME_NONE when no such moment is known. 0 or -ENOMEM.
 */
int next_change_find(const Assessment *assessment, UtcTime *ret);
