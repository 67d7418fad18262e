/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The order of rpm package versions, as rpmvercmp defines it. Locale-free.
 */

/* One version or release part: -1, 0 or 1 as `a` is older than, equal to or newer than `b`. */
int package_version_compare(const char *a, const char *b);

/*
 * `[EPOCH:]VERSION[-RELEASE]`: a missing epoch is 0, a release missing on either side is not
 * compared. -1, 0 or 1.
 */
int package_evr_compare(const char *a, const char *b);
