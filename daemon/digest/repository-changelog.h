/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * other.xml, the changelogs of a repository's packages: CVEs of live patches whose advisories name none, or those of
 * several kernels.
 */

#include "digest/repository-file.h"
#include "digest/repository-records.h"

/*
 * Adds to the patches of `records`, which the list and the advisories told, what the changelogs at `path` say.
 * 0, REPOSITORY_FILE_E_*, or a negative errno.
 */
int repository_changelog_read(const Opener *opener, const char *path, const char *sha256,
                              RepositoryRecords *records,
                              char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
