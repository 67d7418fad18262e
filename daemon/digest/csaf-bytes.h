/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the bytes of a document tell before anything is parsed.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/utc-time.h"
#include "digest/csaf-advisory-id.h"

/*
 * False only if the document can release neither a kernel nor a live patch of a base system: no
 * component's name of ours, or no base product's, stands in its bytes.
 */
bool csaf_bytes_may_concern_us(const char *text, size_t n_bytes);

/* The release date, if it stands where it always does; else UTC_TIME_NONE. */
UtcTime csaf_bytes_released(const char *text, size_t n_bytes);

/* Whose advisory it is by its tracking id, if that stands where it always does. */
CsafVendor csaf_bytes_vendor(const char *text, size_t n_bytes);
