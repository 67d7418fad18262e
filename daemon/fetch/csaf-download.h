/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Documents and archives of a CSAF provider: a file, its hash and its signature.
 */

#include "fetch/network-feed.h"

enum {
        CSAF_DOWNLOAD_E_REFUSED =
                        16, /* this file is not to be believed; the reason says why; others may be */
        CSAF_DOWNLOAD_E_MISSING,   /* it is not there; the same */
        CSAF_DOWNLOAD_E_UNTRUSTED, /* it lacks a good signature; the same */
};

/*
 * Brings `url` into the file `name` of the folder, which is there only when hash and signature are right.
 * With `resume`, what came of a transfer that was cut stays for the next one.
 * 0, CSAF_DOWNLOAD_E_*, NETWORK_FEED_E_ANSWERED (the server: no use to go on), _CANCELLED or -ENOMEM.
 */
int csaf_download(NetworkFeed *feed, const char *url, int folder_fd, const char *name,
                  uint64_t max_bytes, bool resume, const char **ret_reason);
