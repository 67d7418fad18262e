/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A provider's list of deleted documents, and which of them really are.
 */

#include "fetch/csaf-state.h"
#include "fetch/network-feed.h"

/*
 * Fetches deletions.csv. Of its rows those about advisories that `known` (NULL = nothing) has, and that are newer than
 * what was read or is listed, are asked for: `ret` are those that are gone. Too many at once are none.
 * 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM.
 */
int csaf_deletions_find(NetworkFeed *feed, const char *directory, const CsafIndex *index,
                        const CsafRows *changes, const Facts *known, CsafRows *ret);

/*
 * Holds rows of deletions against an archive (NULL = none was read): those that it proves, because what it says is
 * later and it says nothing of the document, are added to `ret_proven`; the others are named in the feed's notes.
 */
void csaf_deletions_prove(NetworkFeed *feed, const CsafRows *gone, const Facts *archive,
                          TextList *ret_proven);
