/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * primary.xml, a repository's list of packages: names, versions and base kernels of those of the vendor.
 */

#include "digest/repository-file.h"
#include "digest/repository-records.h"

/* Adds what the list at `path` has to `records`, each once. 0, REPOSITORY_FILE_E_*, or a negative errno. */
int repository_primary_read(const Opener *opener, const char *path, const char *sha256,
                            RepositoryRecords *records,
                            char ret_reason[static REPOSITORY_FILE_REASON_BYTES]);
