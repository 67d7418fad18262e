/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Whether a parsed document speaks of kernels or live patches of a base system at all.
 */

#include <stdbool.h>

#include "format/json-read.h"

/* True if the product tree or the vulnerabilities name a base product and a component that it may release. */
bool csaf_mention_concerns_us(const JsonValue *root);
