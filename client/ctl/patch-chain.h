/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The chain that a live patch goes through, link by link: feed, package, .ko on disk, loaded,
 * enabled, transition finished, back after a reboot.
 */

#include "ctl/description.h"
#include "ctl/terminal.h"

enum {
        PATCH_CHAIN_FEED,
        PATCH_CHAIN_PACKAGE,
        PATCH_CHAIN_FILE,
        PATCH_CHAIN_LOADED,
        PATCH_CHAIN_ENABLED,
        PATCH_CHAIN_TRANSITION,
        PATCH_CHAIN_REBOOT,
        _PATCH_CHAIN_MAX,
};

typedef struct PatchChainLink {
        const char *name; /* as shown: "package 1-2", its blanks as TEXT_WRAP_GLUE */
        Mark mark;
        const char *trouble; /* one sentence; NULL for a whole link, and for one that is not reached */
        const char *command; /* what inspects or mends it */
} PatchChainLink;

/* Behind the first broken link, those that depend on it are MARK_NEUTRAL: not reached. */
void patch_chain_judge(const Description *description, MemoryPool *pool,
                       PatchChainLink ret[static _PATCH_CHAIN_MAX]);

/* The same for one loaded patch; NULL stands for the one that should be loaded. */
void patch_chain_judge_of(const Description *description, const Description *loaded,
                          MemoryPool *pool, PatchChainLink ret[static _PATCH_CHAIN_MAX]);

/* The loaded patch that counts: known and enabled before known before any; NULL when none is loaded. */
const Description *patch_chain_loaded(const Description *description);

/* The same, but NULL for one that neither feeds nor naming rules know: it is no link of this chain. */
const Description *patch_chain_loaded_known(const Description *description);

/* True when the module file of the loaded patch's version is on disk for the running kernel. */
bool patch_chain_has_file(const Description *description, const Description *loaded);
