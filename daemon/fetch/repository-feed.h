/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feed type "repository": the metadata of a package repository, from its own server or from mirrors.
 */

#include "fetch/fetch-job.h"

/* 0 with any answer but progress, FETCH_JOB_E_CANCELLED, or -ENOMEM. */
int repository_feed_fetch(const FetchJob *job, FetchResult *ret);
