/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is known besides the host. The present answer borrows from the settings and facts it was made of, so those that
 * are replaced are put aside until the next answer. What cannot be read does not replace what can be relied on. It
 * refuses to ask anybody for digests, and to judge what they say.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "inputs.h"
#include "knowledge.h"
#include "settings-files.h"

struct Knowledge {
        KnowledgeSources sources;
        Settings *settings;
        Calendars calendars;
        DigestStore *store; /* NULL = none */
        Facts *facts;
        Facts *retired_facts; /* what the present answer still borrows from */
        Settings *retired_settings;
        char *imported; /* the digest that was imported, where no store keeps it; NULL = none */
        size_t n_imported;
};

/* With `reloading`, settings of which a part cannot be read do not replace those that are in force. */
static int load_settings(Knowledge *knowledge, bool reloading) {
        const char *path = knowledge->sources.settings;
        int r;

        if (path) {
                r = settings_load(AT_FDCWD, path, true, &knowledge->settings);
                if (r < 0)
                        return error_trace(r);
                if (r) {
                        journal_log(LOG_ERR, "%s: the settings cannot be read: %s", path,
                                    strerror(errno));
                        return KNOWLEDGE_E_REFUSED;
                }
        } else {
                r = settings_files_load(knowledge->sources.root, &knowledge->settings);
                if (r)
                        return error_fold(r);
        }
        for (size_t i = 0; i < knowledge->settings->warnings.n_items; i++)
                journal_log(LOG_WARNING, "%s", knowledge->settings->warnings.items[i]);
        if (reloading && knowledge->settings->incomplete) {
                journal_log(LOG_WARNING,
                            "a part of the settings cannot be read; those in force stay");
                return KNOWLEDGE_E_REFUSED;
        }
        return 0;
}

static int open_store(Knowledge *knowledge) {
        _cleanup_free_ char *message = NULL;
        int r;

        if (!knowledge->sources.state)
                return 0;
        r = digest_store_open(knowledge->sources.state, &knowledge->store, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                journal_log(LOG_ERR, "%s; nothing is kept over a restart", message);
        return 0;
}

int knowledge_new(const KnowledgeSources *sources, Knowledge **ret) {
        _cleanup_(knowledge_freep) Knowledge *knowledge = NULL;
        int r;

        knowledge = calloc(1, sizeof(*knowledge));
        if (!knowledge)
                return error_origin(-ENOMEM);
        knowledge->sources = *sources;
        r = load_settings(knowledge, false);
        if (r)
                return r > 0 ? KNOWLEDGE_E_REFUSED : error_trace(r);
        r = inputs_load_calendars(sources->calendars, &knowledge->calendars);
        if (r)
                return r > 0 ? KNOWLEDGE_E_REFUSED : error_trace(r);
        r = open_store(knowledge);
        if (r)
                return error_fold(r);

        *ret = TAKE(knowledge);
        return 0;
}

Knowledge *knowledge_free(Knowledge *knowledge) {
        if (!knowledge)
                return NULL;

        free(knowledge->imported);
        facts_free(knowledge->retired_facts);
        settings_free(knowledge->retired_settings);
        facts_free(knowledge->facts);
        digest_store_free(knowledge->store);
        inputs_free_calendars(&knowledge->calendars);
        settings_free(knowledge->settings);
        free(knowledge);
        return NULL;
}

const Settings *knowledge_settings(const Knowledge *knowledge) {
        return knowledge->settings;
}

DigestStore *knowledge_store(const Knowledge *knowledge) {
        return knowledge->store;
}

void knowledge_put_into(const Knowledge *knowledge, AssessInput *input) {
        input->facts = knowledge->facts;
        input->calendars = (const SupportCalendar *const *) knowledge->calendars.items;
        input->n_calendars = knowledge->calendars.n_items;
        input->policy = &knowledge->settings->policy;
}

/* What came between two answers and made none is of no use to anybody. */
static void retire_facts(Knowledge *knowledge, Facts *facts) {
        if (knowledge->retired_facts)
                facts_free(facts);
        else
                knowledge->retired_facts = facts;
}

static void retire_settings(Knowledge *knowledge, Settings *settings) {
        if (knowledge->retired_settings)
                settings_free(settings);
        else
                knowledge->retired_settings = settings;
}

void knowledge_forget_replaced(Knowledge *knowledge) {
        knowledge->retired_facts = facts_free(knowledge->retired_facts);
        knowledge->retired_settings = settings_free(knowledge->retired_settings);
}

#define MAX_HELD (FEEDS_MAX + 1) /* the imported digest, and those of feeds */

static int load_facts(Knowledge *knowledge, const Feeds *feeds) {
        HeldDigest held[MAX_HELD];
        InputsSources sources = { .root = knowledge->sources.root,
                                  .digests = knowledge->sources.digests,
                                  .store = knowledge->store,
                                  .held = held,
                                  .feeds = &knowledge->settings->feeds };
        int r;

        if (feeds)
                sources.n_held = feeds_held(feeds, held, MAX_HELD - 1);
        if (knowledge->imported)
                held[sources.n_held++] = (HeldDigest){ .name = INPUTS_IMPORTED,
                                                       .data = knowledge->imported,
                                                       .n_bytes = knowledge->n_imported };
        r = inputs_load_facts(&sources, &knowledge->facts);
        if (r < 0)
                return error_trace(r);
        return r ? KNOWLEDGE_E_REFUSED : 0;
}

int knowledge_load_facts(Knowledge *knowledge, const Feeds *feeds) {
        int r;

        r = load_facts(knowledge, feeds);
        if (r < 0)
                return error_trace(r);
        /* Without a store a refused digest would silently change the answer that was asked for. */
        return r && !knowledge->store ? KNOWLEDGE_E_REFUSED : 0;
}

int knowledge_renew_facts(Knowledge *knowledge, const Feeds *feeds) {
        Facts *before = TAKE(knowledge->facts);
        int r;

        r = load_facts(knowledge, feeds);
        if (r < 0) {
                facts_free(knowledge->facts);
                knowledge->facts = before;
                return error_trace(r);
        }
        retire_facts(knowledge, before);
        return 0;
}

int knowledge_reread_settings(Knowledge *knowledge) {
        Settings *before = TAKE(knowledge->settings);
        int r;

        r = load_settings(knowledge, true);
        if (r) {
                settings_free(knowledge->settings);
                knowledge->settings = before;
                return r > 0 ? KNOWLEDGE_E_REFUSED : error_trace(r);
        }
        retire_settings(knowledge, before);
        return 0;
}

int knowledge_reread_facts(Knowledge *knowledge, const Feeds *feeds) {
        Facts *before = TAKE(knowledge->facts);
        int r;

        r = load_facts(knowledge, feeds);
        if (r < 0 || (r > 0 && !knowledge->store)) {
                facts_free(knowledge->facts);
                knowledge->facts = before;
        } else
                retire_facts(knowledge, before);
        if (r < 0)
                return error_trace(r);
        return r ? KNOWLEDGE_E_REFUSED : 0;
}

static const char *vendor_of(const Situation *situation) {
        return situation->calendar ? situation->calendar->vendor : NULL;
}

int knowledge_take_digest(const Knowledge *knowledge, const Situation *situation, const char *name,
                          const char *data, size_t n_bytes, char **ret_kept, size_t *ret_n_kept,
                          char **ret_message) {
        const char *vendor = vendor_of(situation);
        _cleanup_free_ char *message = NULL;
        int r;

        r = inputs_import(name, data, n_bytes, vendor, situation->running.dist_major,
                          knowledge->store, ret_kept, ret_n_kept, &message);
        if (r == 0 || !knowledge->store) {
                *ret_message = TAKE(message);
                return r < 0 ? error_trace(r) : r;
        }
        if (r < 0)
                return error_trace(r);
        /* A disk that is full is no reason not to believe what is sound: it counts as long as the daemon runs. */
        r = inputs_import(name, data, n_bytes, vendor, situation->running.dist_major, NULL,
                          ret_kept, ret_n_kept, ret_message);
        if (r == 0)
                journal_log(LOG_WARNING, "feed %s: %s; it counts until the daemon ends", name,
                            message);
        return r < 0 ? error_trace(r) : r;
}

int knowledge_import(Knowledge *knowledge, const Situation *situation, const Feeds *feeds,
                     const char *data, size_t n_bytes, char **ret_message) {
        char *kept = NULL;
        size_t n_kept = 0;
        int r;

        r = inputs_import(INPUTS_IMPORTED, data, n_bytes, vendor_of(situation),
                          situation->running.dist_major, knowledge->store, &kept, &n_kept,
                          ret_message);
        if (r)
                return r < 0 ? error_trace(r) : KNOWLEDGE_E_REFUSED;
        if (kept) {
                free(knowledge->imported);
                knowledge->imported = kept;
                knowledge->n_imported = n_kept;
        }
        r = knowledge_renew_facts(knowledge, feeds);
        return r ? error_fold(r) : 0;
}

int knowledge_export(const Knowledge *knowledge, char **ret, size_t *ret_n_bytes) {
        _cleanup_free_ char *message = NULL;
        int r;

        r = inputs_export(knowledge->facts, ret, ret_n_bytes, &message);
        if (r > 0)
                journal_log(LOG_WARNING, "no digest can be exported: %s", message);
        if (r < 0)
                return error_trace(r);
        return r ? KNOWLEDGE_E_REFUSED : 0;
}
