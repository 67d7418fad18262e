/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The one thing to do: one action, one sentence, a date where there is one. The first of the actions
 * that applies, in the order of the enum.
 */

#include "core/assessment.h"

/* Fills assessment->advice; everything else of the assessment is there already. Marks the advised kernel. */
void advice_judge(Assessment *assessment);
