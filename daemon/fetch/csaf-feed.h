/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "csaf": a vendor's advisories as CSAF documents, from the vendor's own server.
 */

#include "fetch/fetch-job.h"

/* 0 with any answer but progress, FETCH_JOB_E_CANCELLED, or -ENOMEM. */
int csaf_feed_fetch(const FetchJob *job, FetchResult *ret);
