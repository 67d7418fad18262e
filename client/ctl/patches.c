/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl patches`: the chain of each loaded live patch, a line a link, whole or broken and why. With
 * none loaded it is the chain of the one that should be: where it ends is the answer. A patch that
 * nobody knows has no chain; it is shown, because it changes the kernel all the same.
 */

#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "ctl/json-output.h"
#include "ctl/patch-chain.h"
#include "ctl/remedy.h"
#include "ctl/text-wrap.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

static const struct {
        const char *key, *label;
} link_names[_PATCH_CHAIN_MAX] = {
        [PATCH_CHAIN_FEED] = { "feed", "Feed" },
        [PATCH_CHAIN_PACKAGE] = { "package", "Package" },
        [PATCH_CHAIN_FILE] = { "file", "File (.ko)" },
        [PATCH_CHAIN_LOADED] = { "loaded", "Loaded" },
        [PATCH_CHAIN_ENABLED] = { "enabled", "Enabled" },
        [PATCH_CHAIN_TRANSITION] = { "transition", "Transition" },
        [PATCH_CHAIN_REBOOT] = { "after-reboot", "At reboot" },
};

static const char *link_state(Mark mark) {
        switch (mark) {
        case MARK_GOOD:
                return "whole";
        case MARK_WARNING:
        case MARK_BAD:
                return "broken";
        case MARK_UNKNOWN:
                return "unknown";
        default:
                return "not reached";
        }
}

/* What a link's name says behind the glue: its version; NULL for none. */
static const char *link_version(const PatchChainLink *link) {
        const char *glue = strstr(link->name, TEXT_WRAP_GLUE), *version;

        version = glue ? glue + strlen(TEXT_WRAP_GLUE) : NULL;
        return version && version[0] >= '0' && version[0] <= '9' ? version : NULL;
}

static Mark worst(const PatchChainLink links[static _PATCH_CHAIN_MAX]) {
        Mark mark = MARK_GOOD;

        for (unsigned i = 0; i < _PATCH_CHAIN_MAX; i++)
                mark = links[i].mark > mark ? links[i].mark : mark;
        return mark;
}

static bool is_foreign(const Description *patch) {
        return patch && description_answer(patch, "known") == ANSWER_NO;
}

/* The kernel keeps its module loaded, and nothing is wrong with that. */
static bool is_replaced(const Description *patch) {
        return patch && description_text(patch, "replaced_by");
}

/* The daemon's state is that of the patch that counts; another one is only loaded. */
static const char *state_of(const Description *description, const Description *patch) {
        const char *state = description_text(description, "patch.state");

        if (is_foreign(patch))
                return "foreign";
        if (is_replaced(patch))
                return "replaced";
        return patch && patch != patch_chain_loaded(description) ? "loaded"
               : state                                           ? state
                                                                 : "unknown";
}

static void show_title(VerbContext *context, const Description *description,
                       const Description *patch, Mark mark) {
        const char *name = patch ? description_text(patch, "name") : NULL;
        const char *nothing = description_n_items(description, "patch.loaded") > 0
                                              ? "No known live patch is loaded"
                                              : "No live patch is loaded";

        page_item(context->page, 2, terminal_mark(page_terminal(context->page), mark),
                  terminal_mark_style(mark), STYLE_STRONG,
                  memory_pool_format(context->pool, "%s (%s)",
                                     patch ? name ? name : "A live patch without a name" : nothing,
                                     state_of(description, patch)));
}

static void show_package(VerbContext *context, const Description *description,
                         const Description *patch) {
        const char *package = patch ? description_text(patch, "package")
                                    : description_text(description, "patch.newest.package"),
                   *version = patch ? description_text(patch, "version")
                                    : description_text(description, "patch.newest.version"),
                   *kernel = description_text(description, "host.kernel");

        if (package)
                page_entry(context->page, MARK_NONE, patch ? "From" : "Missing",
                           memory_pool_format(context->pool, "%s%s%s", package, version ? " " : "",
                                              version ? version : ""),
                           NULL);
        if (kernel && !is_foreign(patch))
                page_entry(context->page, MARK_NONE, "For kernel",
                           wording_kernel(context->pool, kernel), NULL);
}

/* Since when, as far as the daemon has seen it. */
static void show_times(VerbContext *context, const Description *patch) {
        static const struct {
                const char *key, *word;
        } times[] = {
                { "loaded_since", "loaded" },
                { "since", "in transition" },
                { "enabled_since", "enabled" },
        };
        MemoryPool *pool = context->pool;
        const char *text = NULL, *by;
        int64_t took_usec;

        for (size_t i = 0; patch && i < ELEMENTS(times); i++) {
                UtcTime time = description_time(patch, times[i].key);

                if (time != UTC_TIME_NONE)
                        text = memory_pool_format(pool, "%s%s%s since %s", text ? text : "",
                                                  text ? ", " : "", times[i].word,
                                                  wording_time(pool, time));
        }
        if (patch && description_number(patch, "transition_usec", &took_usec))
                text = memory_pool_format(pool, "%s%sits last transition took %.1f s",
                                          text ? text : "", text ? "; " : "",
                                          (double) took_usec / 1e6);
        if (text)
                page_entry(context->page, MARK_NONE, "Times", text, NULL);
        by = patch ? description_text(patch, "replaced_by") : NULL;
        if (by)
                page_entry(context->page, MARK_NONE, "Replaced by", by, NULL);
}

static void show_foreign(VerbContext *context, const Description *description,
                         const Description *patch) {
        Answer enabled = description_answer(patch, "enabled");

        show_title(context, description, patch, MARK_WARNING);
        page_entry(context->page, MARK_WARNING, "Origin", "no feed and no naming rule knows it",
                   remedy_command(description, context->pool, REMEDY_LOOK_AT_PATCHES, NULL));
        page_entry(context->page, enabled == ANSWER_UNKNOWN ? MARK_UNKNOWN : MARK_NONE, "Enabled",
                   enabled == ANSWER_YES  ? "yes: it changes the running kernel"
                   : enabled == ANSWER_NO ? "no"
                                          : "unknown",
                   NULL);
        show_times(context, patch);
}

static void show_link(VerbContext *context, const PatchChainLink *link, unsigned i) {
        const char *version = link_version(link);

        page_entry(context->page, link->mark, link_names[i].label,
                   memory_pool_format(context->pool, "%s%s%s%s%s", link_state(link->mark),
                                      version ? ", " : "", version ? version : "",
                                      link->trouble ? ": " : "",
                                      link->trouble ? link->trouble : ""),
                   link->command);
}

static void show_patch(VerbContext *context, const Description *description,
                       const Description *patch) {
        PatchChainLink links[_PATCH_CHAIN_MAX];

        if (is_foreign(patch)) {
                show_foreign(context, description, patch);
                return;
        }
        patch_chain_judge_of(description, patch, context->pool, links);
        show_title(context, description, patch, is_replaced(patch) ? MARK_NONE : worst(links));
        show_package(context, description, patch);
        show_times(context, patch);
        if (is_replaced(patch))
                return;
        for (unsigned i = 0; i < _PATCH_CHAIN_MAX; i++)
                show_link(context, &links[i], i);
}

static bool add_text(json_object *object, const char *key, const char *text) {
        json_object *value = text ? json_object_new_string(text) : NULL;

        if ((!text || value) && json_object_object_add(object, key, value) == 0)
                return true;
        json_object_put(value);
        return false;
}

/* As the daemon tells them; null for what it does not know. */
static bool add_times(json_object *object, const Description *patch) {
        static const char *const keys[] = { "loaded_since", "enabled_since", "transition_usec",
                                            "replaced_by" };

        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                json_object *value = patch ? description_part(patch, keys[i]) : NULL;

                if (json_object_object_add(object, keys[i], value) < 0) {
                        json_object_put(value);
                        return false;
                }
        }
        return true;
}

static bool add_links(json_object *array, const PatchChainLink links[static _PATCH_CHAIN_MAX]) {
        for (unsigned i = 0; i < _PATCH_CHAIN_MAX; i++) {
                json_object *link = json_object_new_object();

                if (!link || !add_text(link, "name", link_names[i].key) ||
                    !add_text(link, "version", link_version(&links[i])) ||
                    !add_text(link, "state", link_state(links[i].mark)) ||
                    !add_text(link, "reason", links[i].trouble) ||
                    !add_text(link, "command", links[i].command) ||
                    json_object_array_add(array, link) < 0) {
                        json_object_put(link);
                        return false;
                }
        }
        return true;
}

/* A foreign patch has no links. NULL without memory. */
static json_object *patch_json(VerbContext *context, const Description *description,
                               const Description *patch) {
        const char *from = patch ? "" : "patch.newest.";
        const Description *source = patch ? patch : description;
        PatchChainLink links[_PATCH_CHAIN_MAX];
        json_object *object = json_object_new_object(), *array = json_object_new_array();

        patch_chain_judge_of(description, patch, context->pool, links);
        if (!object || !array || json_object_object_add(object, "links", array) < 0) {
                json_object_put(array);
                json_object_put(object);
                return NULL;
        }
        if (add_text(object, "name", patch ? description_text(patch, "name") : NULL) &&
            add_text(object, "package",
                     description_text(source,
                                      memory_pool_format(context->pool, "%spackage", from))) &&
            add_text(object, "version",
                     description_text(source,
                                      memory_pool_format(context->pool, "%sversion", from))) &&
            add_text(object, "base_kernel",
                     is_foreign(patch) ? NULL : description_text(description, "host.kernel")) &&
            add_text(object, "state", state_of(description, patch)) && add_times(object, patch) &&
            (is_foreign(patch) || is_replaced(patch) || add_links(array, links)))
                return object;

        json_object_put(object);
        return NULL;
}

static json_object *patches_json(VerbContext *context, const Description *description,
                                 const Description *const *patches, size_t n_patches) {
        json_object *array = json_object_new_array();

        for (size_t i = 0; array && i < n_patches; i++) {
                json_object *patch = patch_json(context, description, patches[i]);

                if (!patch || json_object_array_add(array, patch) < 0) {
                        json_object_put(patch);
                        json_object_put(array);
                        return NULL;
                }
        }
        return array;
}

int verb_patches(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        const Description **patches = NULL;
        size_t n_patches = 0, n_loaded;
        bool applicable;
        int r;

        if (context->line->blocking)
                return blocking_show(context, "/");
        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;

        applicable = !description_is(description, "patch.state", "not-applicable");
        n_loaded = description_n_items(description, "patch.loaded");
        for (size_t i = 0; i < n_loaded; i++) {
                const Description **slot = memory_pool_append(context->pool, patches, n_patches);

                if (slot)
                        *slot = description_item(description, "patch.loaded", i);
        }
        /* Nobody else's patch stands for the one that should be loaded. */
        if (applicable && !patch_chain_loaded_known(description))
                memory_pool_append(context->pool, patches, n_patches);

        if (context->line->json != JSON_FORM_OFF)
                return json_output_show(
                                context->page,
                                json_output_list("patches", patches_json(context, description,
                                                                         patches, n_patches)),
                                context->line->json);
        if (n_patches == 0)
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               "No live patch is loaded, and the running kernel gets none.");
        for (size_t i = 0; i < n_patches; i++) {
                if (i > 0)
                        page_gap(context->page);
                show_patch(context, description, patches[i]);
        }
        return 0;
}
