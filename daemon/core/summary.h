/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The answer in one line, and in the two that greet whoever logs in.
 */

#include "core/assessment.h"

/* For the service manager: coverage, live patches, advice. NULL without memory. */
const char *summary_status(MemoryPool *pool, const Assessment *assessment);

/* Something must be done by an administrator, and the advice says what. */
bool summary_must_act(const Assessment *assessment);

/* Two lines for the login message, each ended. NULL without memory. */
const char *summary_login(MemoryPool *pool, const Assessment *assessment);
