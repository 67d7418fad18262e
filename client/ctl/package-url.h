/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Package URLs (purl): the names that scanners and bills of materials have for packages.
 */

#include "ctl/description.h"

/* That of the running kernel; NULL when no kernel is known. The result lives in `pool`. */
const char *package_url_of_kernel(const Description *description, MemoryPool *pool);

/* That of a live patch's package for it; NULL where live patches are no packages, or no name is given. */
const char *package_url_of_patch(const Description *description, MemoryPool *pool,
                                 const char *package, const char *version);
