/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The chain. A patch that is released, installed and loaded can still protect nobody: disabled, stuck
 * in its transition, or gone with the next boot. Each link is judged from what the daemon states
 * about it alone; what it does not state is shown as unknown, not as whole.
 */

#include <string.h>

#include "core/package-version.h"
#include "ctl/patch-chain.h"
#include "ctl/remedy.h"
#include "ctl/text-wrap.h"
#include "ctl/wording.h"

typedef struct Chain {
        const Description *description;
        const Description *loaded;
        MemoryPool *pool;
        const char *state; /* "" when not known */
        const char *newest, *on_disk,
                        *running; /* versions; NULL when there is none or it is not known */
        PatchChainLink *links;
} Chain;

const Description *patch_chain_loaded(const Description *description) {
        const Description *best = NULL;
        int best_rank = -1;

        for (size_t i = 0; i < description_n_items(description, "patch.loaded"); i++) {
                const Description *patch = description_item(description, "patch.loaded", i);
                const char *version = description_text(patch, "version");
                const char *best_version = best ? description_text(best, "version") : NULL;
                int rank = (description_answer(patch, "known") == ANSWER_YES) * 2 +
                           (description_answer(patch, "enabled") == ANSWER_YES);

                if (rank > best_rank || (rank == best_rank && version && best_version &&
                                         package_evr_compare(version, best_version) > 0)) {
                        best = patch;
                        best_rank = rank;
                }
        }
        return best;
}

const Description *patch_chain_loaded_known(const Description *description) {
        const Description *loaded = patch_chain_loaded(description);

        return loaded && description_answer(loaded, "known") != ANSWER_NO ? loaded : NULL;
}

bool patch_chain_has_file(const Description *description, const Description *loaded) {
        const char *on_disk = description_text(description, "patch.on_disk"),
                   *version = description_text(loaded, "version");

        return on_disk && (!version || package_evr_compare(on_disk, version) == 0);
}

static void set(Chain *chain, unsigned link, Mark mark, const char *trouble, const char *command) {
        chain->links[link].mark = mark;
        chain->links[link].trouble = trouble;
        chain->links[link].command = command;
}

static const char *remedy(const Chain *chain, Remedy wanted) {
        return remedy_command(chain->description, chain->pool, wanted, NULL);
}

static void judge_feed(Chain *chain) {
        const char *freshness = description_text(chain->description, "freshness.state");

        if (!freshness)
                set(chain, PATCH_CHAIN_FEED, MARK_UNKNOWN, NULL, NULL);
        else if (strcmp(freshness, "fresh") == 0)
                set(chain, PATCH_CHAIN_FEED, MARK_GOOD, NULL, NULL);
        else
                set(chain, PATCH_CHAIN_FEED,
                    strcmp(freshness, "stale") == 0 ? MARK_WARNING : MARK_BAD,
                    memory_pool_format(
                                    chain->pool, "the facts are %s: a newer live patch may be out",
                                    strcmp(freshness, "never") == 0 ? "not there yet" : freshness),
                    remedy(chain, REMEDY_GET_FACTS));
}

static void judge_package(Chain *chain) {
        if (chain->newest)
                chain->links[PATCH_CHAIN_PACKAGE].name = memory_pool_format(
                                chain->pool, "package" TEXT_WRAP_GLUE "%s", chain->newest);
        set(chain, PATCH_CHAIN_PACKAGE,
            chain->newest                              ? MARK_GOOD
            : strcmp(chain->state, "none-needed") == 0 ? MARK_NEUTRAL
                                                       : MARK_UNKNOWN,
            NULL, NULL);
}

static void judge_file(Chain *chain) {
        if (chain->on_disk)
                chain->links[PATCH_CHAIN_FILE].name = memory_pool_format(
                                chain->pool, ".ko" TEXT_WRAP_GLUE "%s", chain->on_disk);

        if (chain->on_disk && chain->newest &&
            package_evr_compare(chain->on_disk, chain->newest) < 0)
                set(chain, PATCH_CHAIN_FILE, MARK_WARNING,
                    memory_pool_format(chain->pool,
                                       "live patch %s is released, the newest on this host is %s",
                                       chain->newest, chain->on_disk),
                    remedy(chain, REMEDY_INSTALL_PATCH));
        else if (chain->on_disk)
                set(chain, PATCH_CHAIN_FILE, MARK_GOOD, NULL, NULL);
        else if (strcmp(chain->state, "missing") == 0)
                set(chain, PATCH_CHAIN_FILE, MARK_BAD,
                    "no live patch for the running kernel is on this host",
                    remedy(chain, REMEDY_INSTALL_PATCH));
        else
                set(chain, PATCH_CHAIN_FILE,
                    chain->loaded || chain->newest || strcmp(chain->state, "none-needed") != 0
                                    ? MARK_UNKNOWN
                                    : MARK_NEUTRAL,
                    NULL, NULL);
}

static void judge_loaded(Chain *chain) {
        const char *reference = chain->on_disk ? chain->on_disk : chain->newest;

        if (chain->loaded && chain->running && reference &&
            package_evr_compare(chain->running, reference) < 0)
                set(chain, PATCH_CHAIN_LOADED, MARK_WARNING,
                    memory_pool_format(chain->pool, "loaded is %s, %s is %s", chain->running,
                                       chain->on_disk ? "on disk" : "released", reference),
                    remedy(chain, chain->on_disk ? REMEDY_LOAD_PATCH : REMEDY_INSTALL_PATCH));
        else if (chain->loaded)
                set(chain, PATCH_CHAIN_LOADED, MARK_GOOD, NULL, NULL);
        else if (chain->on_disk)
                set(chain, PATCH_CHAIN_LOADED, MARK_BAD, "the live patch on disk is not loaded",
                    remedy(chain, REMEDY_LOAD_PATCH));
}

static void judge_enabled(Chain *chain) {
        Answer enabled = description_answer(chain->loaded, "enabled");

        set(chain, PATCH_CHAIN_ENABLED,
            enabled == ANSWER_YES  ? MARK_GOOD
            : enabled == ANSWER_NO ? MARK_BAD
                                   : MARK_UNKNOWN,
            enabled == ANSWER_NO ? "the live patch is loaded, but not enabled: it protects nothing"
                                 : NULL,
            enabled == ANSWER_NO ? remedy(chain, REMEDY_LOAD_PATCH) : NULL);
}

static void judge_transition(Chain *chain) {
        Answer enabled = description_answer(chain->loaded, "enabled");
        Answer transition = description_answer(chain->loaded, "transition");
        UtcTime since = description_time(chain->loaded, "since");
        bool stalled = strcmp(chain->state, "stalled") == 0;

        if (transition == ANSWER_YES)
                set(chain, PATCH_CHAIN_TRANSITION, stalled ? MARK_BAD : MARK_WARNING,
                    memory_pool_format(chain->pool, "%s%s%s",
                                       stalled ? "some tasks have not moved to the patched code"
                                               : "tasks are still moving to the patched code",
                                       since == UTC_TIME_NONE ? "" : " since ",
                                       since == UTC_TIME_NONE ? ""
                                                              : wording_time(chain->pool, since)),
                    remedy(chain, REMEDY_LOOK_AT_TRANSITION));
        else if (transition == ANSWER_UNKNOWN || enabled == ANSWER_UNKNOWN)
                set(chain, PATCH_CHAIN_TRANSITION, MARK_UNKNOWN, NULL, NULL);
        else if (enabled == ANSWER_YES)
                set(chain, PATCH_CHAIN_TRANSITION, MARK_GOOD, NULL, NULL);
}

/* Another kernel boots next: there is nothing to enable for this one, and that one may need no live patch. */
static void judge_boot_of_another(Chain *chain, Answer survives, const char *because) {
        set(chain, PATCH_CHAIN_REBOOT,
            survives == ANSWER_YES  ? MARK_GOOD
            : survives == ANSWER_NO ? MARK_WARNING
                                    : MARK_UNKNOWN,
            survives == ANSWER_YES ? NULL : because,
            survives == ANSWER_NO ? "klpctl kernels" : NULL);
}

static void judge_reboot(Chain *chain) {
        Answer survives = description_answer(chain->loaded, "survives_reboot");
        const char *because = description_text(chain->loaded, "survives_reboot_because");
        /* Without its file there is nothing that a loader service could load. */
        Remedy wanted = patch_chain_has_file(chain->description, chain->loaded)
                                        ? REMEDY_ENABLE_AT_BOOT
                                        : REMEDY_INSTALL_PATCH;

        if (description_text(chain->loaded, "survives_reboot_kernel")) {
                judge_boot_of_another(chain, survives, because);
                return;
        }
        set(chain, PATCH_CHAIN_REBOOT,
            survives == ANSWER_YES  ? MARK_GOOD
            : survives == ANSWER_NO ? MARK_BAD
                                    : MARK_UNKNOWN,
            survives == ANSWER_NO        ? memory_pool_format(chain->pool,
                                                              "after a reboot the live patch would not "
                                                                     "come back%s%s",
                                                       because ? ": " : "", because ? because : "")
            : survives == ANSWER_UNKNOWN ? because
                                         : NULL,
            survives == ANSWER_NO ? remedy(chain, wanted) : NULL);
}

void patch_chain_judge(const Description *description, MemoryPool *pool,
                       PatchChainLink ret[static _PATCH_CHAIN_MAX]) {
        patch_chain_judge_of(description, patch_chain_loaded_known(description), pool, ret);
}

void patch_chain_judge_of(const Description *description, const Description *loaded,
                          MemoryPool *pool, PatchChainLink ret[static _PATCH_CHAIN_MAX]) {
        static const char *const names[] = { "feed",
                                             "package",
                                             ".ko",
                                             "loaded",
                                             "enabled",
                                             "transition",
                                             "after" TEXT_WRAP_GLUE "reboot" };
        const char *state = description_text(description, "patch.state");
        Chain chain = {
                .description = description,
                .loaded = loaded,
                .pool = pool,
                .state = state ? state : "",
                .newest = description_text(description, "patch.newest.version"),
                .on_disk = description_text(description, "patch.on_disk"),
                .running = loaded ? description_text(loaded, "version") : NULL,
                .links = ret,
        };

        for (unsigned i = 0; i < _PATCH_CHAIN_MAX; i++)
                ret[i] = (PatchChainLink){ .name = names[i], .mark = MARK_NEUTRAL };

        judge_feed(&chain);
        if (strcmp(chain.state, "not-applicable") == 0)
                return;
        judge_package(&chain);
        judge_file(&chain);
        judge_loaded(&chain);
        if (chain.running)
                ret[PATCH_CHAIN_LOADED].name = memory_pool_format(
                                pool, "loaded" TEXT_WRAP_GLUE "%s", chain.running);
        if (!loaded)
                return;
        judge_enabled(&chain);
        judge_transition(&chain);
        judge_reboot(&chain);
}
