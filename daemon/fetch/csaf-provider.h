/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where a CSAF provider has its documents, and the archive of all of them.
 */

#include "fetch/network-feed.h"

typedef struct CsafArchive {
        const char *name; /* NULL = the provider has none */
        UtcTime day; /* the first instant of the day that its name says; UTC_TIME_NONE = none */
} CsafArchive;

/*
 * The directory's URL, with a slash behind: the feed's own, or what its provider-metadata.json says.
 * 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM.
 */
int csaf_provider_find(NetworkFeed *feed, const char **ret_directory);

/* The latest archive. 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM. */
int csaf_provider_find_archive(NetworkFeed *feed, const char *directory, CsafArchive *ret);
