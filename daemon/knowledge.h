/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What answers are made of besides the host: settings, support calendars and facts, as they are in force. Settings and
 * facts may be replaced while the present answer borrows from them.
 */

#include "core/situation.h"
#include "feeds.h"
#include "host/host-root.h"
#include "settings.h"
#include "store/digest-store.h"

enum {
        KNOWLEDGE_E_REFUSED = 1, /* the reason was logged */
};

typedef struct Knowledge Knowledge;

/* Where it comes from; all borrowed. */
typedef struct KnowledgeSources {
        const HostRoot *root;
        const char *settings;    /* settings file; NULL = those below the root */
        const char *calendars;   /* folder */
        const TextList *digests; /* files that were named */
        const char *state;       /* folder of the store; NULL = none */
} KnowledgeSources;

/* Reads settings and calendars, and opens the store; facts are yet to be loaded. 0, KNOWLEDGE_E_REFUSED or negative. */
int knowledge_new(const KnowledgeSources *sources, Knowledge **ret);
Knowledge *knowledge_free(Knowledge *knowledge);
DEFINE_CLEANUP(Knowledge, knowledge_free);

const Settings *knowledge_settings(const Knowledge *knowledge);

/* NULL = none. */
DigestStore *knowledge_store(const Knowledge *knowledge);

/* Fills in facts, calendars and policy, which stay as they are until knowledge_forget_replaced(). */
void knowledge_put_into(const Knowledge *knowledge, AssessInput *input);

/* An answer is made of what is in force now: nothing borrows any more from what was replaced. */
void knowledge_forget_replaced(Knowledge *knowledge);

/*
 * For the first time: all facts there are, with the digests that only `feeds` hold (NULL = none). 0; KNOWLEDGE_E_REFUSED when a
 * digest is refused and no store has what was held of it; or negative.
 */
int knowledge_load_facts(Knowledge *knowledge, const Feeds *feeds);

/* The same anew, because a digest came. Those that can be read count. 0 or negative. */
int knowledge_renew_facts(Knowledge *knowledge, const Feeds *feeds);

/*
 * Reads the settings again, and all digests. What cannot be read or is refused leaves what was there. 0, KNOWLEDGE_E_REFUSED or
 * negative.
 */
int knowledge_reread_settings(Knowledge *knowledge);
int knowledge_reread_facts(Knowledge *knowledge, const Feeds *feeds);

/*
 * Takes a digest as the feed `name`, for the host of `situation`; where the disk takes nothing it is kept in `ret_kept`, and
 * counts until the daemon ends. As FeedsOwner.take().
 */
int knowledge_take_digest(const Knowledge *knowledge, const Situation *situation, const char *name,
                          const char *data, size_t n_bytes, char **ret_kept, size_t *ret_n_kept,
                          char **ret_message);

/* Takes a digest that was handed over; it counts at once. 0, KNOWLEDGE_E_REFUSED with an allocated message, or negative. */
int knowledge_import(Knowledge *knowledge, const Situation *situation, const Feeds *feeds,
                     const char *data, size_t n_bytes, char **ret_message);

/* All facts as one digest, allocated. 0, KNOWLEDGE_E_REFUSED when they make none, or negative. */
int knowledge_export(const Knowledge *knowledge, char **ret, size_t *ret_n_bytes);
