/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "digest": a digest that somebody, such as a mirror of this site, publishes.
 */

#include "fetch/fetch-job.h"

/* 0 with any answer but progress, FETCH_JOB_E_CANCELLED, or -ENOMEM. */
int digest_feed_fetch(const FetchJob *job, FetchResult *ret);
