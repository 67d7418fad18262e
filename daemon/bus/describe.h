/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * An assessment as JSON: what Describe() returns and --print-assessment prints. The keys are stable:
 * new ones may be added, none goes. Dates `YYYY-MM-DD`, times RFC 3339 with Z, null = not known.
 */

#include "core/assessment.h"

#define DESCRIBE_SCHEMA 1

/* Allocated, the caller's to free(). `pretty`: many lines with a new-line at the end; else one line without. 0 or -ENOMEM. */
int describe(const Assessment *assessment, bool pretty, char **ret);
