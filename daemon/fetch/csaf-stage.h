/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The documents that wait in stage/, on their way through klpwatch-digest.
 */

#include "fetch/csaf-rows.h"
#include "fetch/network-feed.h"

/*
 * Has the documents of `rows`, which lie in stage/new, read. One that ends klpwatch-digest fails the attempt, and after
 * QUARANTINE_AFTER times is set aside. `ret` stays empty when none is left.
 * 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM.
 */
int csaf_stage_distil(NetworkFeed *feed, const CsafRows *rows, Distillate *ret);

/*
 * What was read of `rows` counts: names those of the documents of `index` that are in quarantine, and forgets what had
 * been held against earlier forms of the others. 0 or -ENOMEM.
 */
int csaf_stage_settle(NetworkFeed *feed, const CsafRows *rows, const CsafRows *index);
