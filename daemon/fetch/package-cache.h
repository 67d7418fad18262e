/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "package-cache": what the package manager has fetched anyway becomes a digest.
 */

#include "fetch/fetch-job.h"

/* 0 with any answer but progress, FETCH_JOB_E_CANCELLED, or -ENOMEM. */
int package_cache_fetch(const FetchJob *job, FetchResult *ret);
