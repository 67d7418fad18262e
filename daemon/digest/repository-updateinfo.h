/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * updateinfo.xml, a repository's advisories: dates and CVEs of its kernels and live patches.
 */

#include "digest/repository-file.h"
#include "digest/repository-records.h"

/*
 * Adds what the advisories at `path` tell to `records`, which have the list of packages already. `complete_at` is the
 * repository's revision. 0, REPOSITORY_FILE_E_*, or a negative errno.
 */
int repository_updateinfo_read(const Opener *opener, const char *path, const char *sha256,
                               UtcTime complete_at, RepositoryRecords *records,
                               char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
