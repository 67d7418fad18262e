/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "lifecycle": a vendor's list of the support ends of kernels, as SUSE has them.
 */

#include "fetch/fetch-job.h"

/* 0 with any answer but progress, FETCH_JOB_E_CANCELLED, or -ENOMEM. */
int lifecycle_feed_fetch(const FetchJob *job, FetchResult *ret);
