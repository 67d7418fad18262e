/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whoever reads the JSON relies on its keys: what is a key here must stay one, with its kinds of value.
 */

#include <json-c/json.h>

#include "bus/describe.h"
#include "assess-world.h"
#include "unit-test.h"

typedef struct json_object JsonObject;

static void json_object_putp(JsonObject **object) {
        if (*object)
                json_object_put(*object);
}

static JsonObject *parse(const char *text) {
        enum json_tokener_error error;
        JsonObject *root = json_tokener_parse_verbose(text, &error);

        ck_assert_msg(root, "no JSON: %s\n%s", json_tokener_error_desc(error), text);
        return root;
}

static JsonObject *describe_at(World *world, const char *at) {
        _cleanup_free_ char *text = NULL;

        ck_assert_int_eq(describe(world_assess(world, at), false, &text), 0);
        return parse(text);
}

/* Walks `path`, keys and array indices with dots between them. False when a key is not there. */
static bool find(JsonObject *root, const char *path, JsonObject **ret) {
        char copy[128], *rest = copy, *part;

        snprintf(copy, sizeof(copy), "%s", path);
        while ((part = strsep(&rest, "."))) {
                if (json_object_is_type(root, json_type_array)) {
                        size_t i = (size_t) atoi(part);

                        if (i >= json_object_array_length(root))
                                return false;
                        root = json_object_array_get_idx(root, i);
                } else if (!json_object_is_type(root, json_type_object) ||
                           !json_object_object_get_ex(root, part, &root))
                        return false;
        }
        *ret = root;
        return true;
}

/* The value at `path` as JSON text; "absent" when it is not there. */
static const char *value_at(JsonObject *root, const char *path) {
        JsonObject *value;

        return find(root, path, &value)
                               ? json_object_to_json_string_ext(
                                                 value,
                                                 JSON_C_TO_STRING_PLAIN |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE)
                               : "absent";
}

/* Of which kind a value is: n null, b boolean, i integer, a array, o object, d date, t time, s any other text. */
static char kind_of(JsonObject *value) {
        const char *text;
        UtcTime time;
        UtcDay day;

        switch (json_object_get_type(value)) {
        case json_type_null:
                return 'n';
        case json_type_boolean:
                return 'b';
        case json_type_int:
                return 'i';
        case json_type_array:
                return 'a';
        case json_type_object:
                return 'o';
        case json_type_string:
                text = json_object_get_string(value);
                if (utc_day_parse(text, &day) == 0)
                        return 'd';
                return utc_time_parse(text, &time) == 0 && text_ends_with(text, "Z") ? 't' : 's';
        default:
                return '?';
        }
}

typedef struct Key {
        const char *path, *kinds;
} Key;

/* The keys of Describe(). `level`, `alerts` and what feeds say of their attempts come with the parts that make them. */
static const Key keys[] = {
        { "schema", "i" },
        { "version", "s" },
        { "assessed", "t" },
        { "next_change", "tn" },
        { "host", "o" },
        { "host.kernel", "sn" },
        { "host.arch", "sn" },
        { "host.variant", "sn" },
        { "host.booted", "tn" },
        { "host.os", "sn" },
        { "host.vendor", "sn" },
        { "host.stream", "sn" },
        { "host.channel", "sn" },
        { "host.live_patching", "b" },
        { "host.live_patching_because", "sn" },
        { "host.default_kernel", "sn" },
        { "host.installed_kernels", "an" },
        { "coverage", "o" },
        { "coverage.state", "s" },
        { "coverage.eligible", "sn" },
        { "coverage.start", "dn" },
        { "coverage.end", "dn" },
        { "coverage.end_expected", "b" },
        { "coverage.days_left", "in" },
        { "coverage.basis", "sn" },
        { "coverage.end_basis", "sn" },
        { "coverage.next_selection", "dn" },
        { "coverage.because", "a" },
        { "patch", "o" },
        { "patch.state", "s" },
        { "patch.loaded", "an" },
        { "patch.newest", "on" },
        { "patch.package", "sn" },
        { "patch.on_disk", "sn" },
        { "patch.because", "a" },
        { "freshness", "o" },
        { "freshness.state", "s" },
        { "freshness.complete_to", "tn" },
        { "freshness.feeds", "a" },
        { "exposure", "o" },
        { "exposure.verdicts", "o" },
        { "exposure.verdicts.fixed-in-kernel", "i" },
        { "exposure.verdicts.live-patched", "i" },
        { "exposure.verdicts.live-patch-pending", "i" },
        { "exposure.verdicts.live-patch-not-active", "i" },
        { "exposure.verdicts.live-patch-available", "i" },
        { "exposure.verdicts.live-patch-awaited", "i" },
        { "exposure.verdicts.reboot-needed", "i" },
        { "exposure.verdicts.below-scope", "i" },
        { "exposure.verdicts.unknown", "i" },
        { "exposure.open", "o" },
        { "exposure.open.critical", "i" },
        { "exposure.open.important", "i" },
        { "exposure.open.moderate", "i" },
        { "exposure.open.low", "i" },
        { "exposure.open.unrated", "i" },
        { "exposure.as_of", "tn" },
        { "next_boot", "o" },
        { "next_boot.kernel", "sn" },
        { "next_boot.eligible", "sn" },
        { "next_boot.end", "dn" },
        { "next_boot.leaves_stream", "bn" },
        { "next_boot.because", "a" },
        { "reboot", "o" },
        { "reboot.now", "b" },
        { "reboot.by", "dn" },
        { "reboot.kernel", "sn" },
        { "reboot.installed", "b" },
        { "reboot.eligible", "sn" },
        { "reboot.coverage_until", "dn" },
        { "reboot.older", "b" },
        { "reboot.closes", "i" },
        { "reboot.opens", "i" },
        { "reboot.opens_severe", "i" },
        { "reboot.wait_for_selection", "dn" },
        { "advice", "o" },
        { "advice.action", "s" },
        { "advice.by", "dn" },
        { "advice.kernel", "sn" },
        { "advice.coverage_until", "dn" },
        { "advice.closes", "i" },
        { "advice.text", "s" },
};

/* The keys of one item of patch.loaded, of patch.newest, and of one item of freshness.feeds. */
static const Key keys_of_a_patch[] = {
        { "patch.loaded.0.name", "s" },
        { "patch.loaded.0.package", "sn" },
        { "patch.loaded.0.version", "sn" },
        { "patch.loaded.0.enabled", "bn" },
        { "patch.loaded.0.transition", "bn" },
        { "patch.loaded.0.since", "tn" },
        { "patch.loaded.0.known", "b" },
        { "patch.loaded.0.survives_reboot", "s" },
        { "patch.loaded.0.survives_reboot_because", "sn" },
        { "patch.loaded.0.survives_reboot_obstacle", "sn" },
        { "patch.loaded.0.survives_reboot_kernel", "sn" },
};
static const Key keys_of_the_newest[] = {
        { "patch.newest.package", "sn" },
        { "patch.newest.version", "s" },
        { "patch.newest.released", "dn" },
        { "patch.newest.advisory", "sn" },
};
static const Key keys_of_a_feed[] = {
        { "freshness.feeds.0.name", "s" },           { "freshness.feeds.0.state", "s" },
        { "freshness.feeds.0.source", "sn" },        { "freshness.feeds.0.complete_to", "tn" },
        { "freshness.feeds.0.carries_stream", "b" }, { "freshness.feeds.0.records", "i" },
        { "freshness.feeds.0.type", "sn" },          { "freshness.feeds.0.location", "sn" },
        { "freshness.feeds.0.last_attempt", "tn" },  { "freshness.feeds.0.last_success", "tn" },
        { "freshness.feeds.0.next_attempt", "tn" },  { "freshness.feeds.0.error", "sn" },
};

static void assert_keys(JsonObject *root, const char *what, const Key *wanted, size_t n_wanted) {
        for (size_t i = 0; i < n_wanted; i++) {
                JsonObject *value;

                ck_assert_msg(find(root, wanted[i].path, &value), "%s: %s is not there", what,
                              wanted[i].path);
                ck_assert_msg(strchr(wanted[i].kinds, kind_of(value)), "%s: %s is %s", what,
                              wanted[i].path, value_at(root, wanted[i].path));
        }
}

typedef struct Value {
        const char *path, *value;
} Value;

static void assert_values(JsonObject *root, const Value *wanted, size_t n_wanted) {
        for (size_t i = 0; i < n_wanted; i++)
                ck_assert_msg(strcmp(value_at(root, wanted[i].path), wanted[i].value) == 0,
                              "%s is %s, not %s", wanted[i].path, value_at(root, wanted[i].path),
                              wanted[i].value);
}

/* A host of which all is known, with something at every key. */
static World *world_of_everything(void) {
        World *world = world_new();

        world->host->booted = world_time("2024-09-01T06:30:00Z");
        world_load(world, WORLD_MODULE "2", TRISTATE_YES, TRISTATE_NO)->since =
                        world_time("2024-09-01T06:31:00Z");
        world_install(world, WORLD_PACKAGE, "1-2.el9_4");
        world_file(world, WORLD_MODULE "2");
        world_kernel(world, WORLD_KERNEL, "rhel-9.4", "main", "2024-04-30", SEVERITY_IMPORTANT,
                     NULL);
        world_kernel(world, "5.14.0-427.31.1.el9_4", "rhel-9.4", "main", "2024-08-15",
                     SEVERITY_IMPORTANT, "CVE-2024-1=important CVE-2024-2=low CVE-2024-3=critical");
        world_patch(world, WORLD_PACKAGE, "1-2", WORLD_KERNEL, "rhel-9.4", "main", "2024-08-19",
                    "CVE-2024-1=important");
        world_has_installed(world, "5.14.0-427.31.1.el9_4");
        world_has_installed(world, WORLD_KERNEL);
        world_boots(world, "5.14.0-427.31.1.el9_4");
        return world;
}

/* A host of which nothing was seen, and no facts at all. */
static World *world_of_nothing(void) {
        World *world = world_new();

        world->host = host_facts_free(world->host);
        ck_assert_int_eq(host_facts_new(&world->host), 0);
        world->facts->n_sources = 0;
        return world;
}

START_TEST(every_key_is_there_whatever_is_known) {
        static const char *const whats[] = { "everything", "nothing", "a container",
                                             "another vendor", "after the end" };

        for (size_t i = 0; i < ELEMENTS(whats); i++) {
                World *world = i == 1 ? world_of_nothing() : world_of_everything();
                _cleanup_(json_object_putp) JsonObject *root = NULL;

                if (i == 2)
                        world->host->container = "a file says so";
                if (i == 3) {
                        world->host->os_id = "debian";
                        world->host->kernel = "6.1.0-13-amd64";
                }
                root = describe_at(world, i == 4 ? "2029-01-01" : "2024-09-15");
                assert_keys(root, whats[i], keys, ELEMENTS(keys));
                if (i != 1) {
                        assert_keys(root, whats[i], keys_of_a_patch, ELEMENTS(keys_of_a_patch));
                        assert_keys(root, whats[i], keys_of_a_feed, ELEMENTS(keys_of_a_feed));
                }
                if (i == 0)
                        assert_keys(root, whats[i], keys_of_the_newest,
                                    ELEMENTS(keys_of_the_newest));
                world_free(world);
        }
}
END_TEST

START_TEST(what_is_known_is_said) {
        static const Value values[] = {
                { "schema", "1" },
                { "version", "\"" KLPWATCH_VERSION "\"" },
                { "assessed", "\"2024-09-15T12:00:00Z\"" },
                { "host.kernel", "\"5.14.0-427.13.1.el9_4.x86_64\"" },
                { "host.arch", "\"x86_64\"" },
                { "host.variant", "null" },
                { "host.booted", "\"2024-09-01T06:30:00Z\"" },
                { "host.os", "\"rhel\"" },
                { "host.vendor", "\"redhat\"" },
                { "host.stream", "\"rhel-9.4\"" },
                { "host.channel", "\"eus\"" },
                { "host.live_patching", "true" },
                { "host.default_kernel", "\"5.14.0-427.31.1.el9_4.x86_64\"" },
                { "host.installed_kernels",
                  "[\"5.14.0-427.31.1.el9_4.x86_64\",\"5.14.0-427.13.1.el9_4.x86_64\"]" },
                { "coverage.state", "\"covered\"" },
                { "coverage.eligible", "\"yes\"" },
                { "coverage.start", "\"2024-04-30\"" },
                { "coverage.end", "\"2025-04-30\"" },
                { "coverage.end_expected", "false" },
                { "coverage.days_left", "227" },
                { "coverage.basis", "\"package\"" },
                { "coverage.end_basis", "\"policy\"" },
                { "coverage.next_selection", "\"2024-12-01\"" },
                { "patch.state", "\"applied\"" },
                { "patch.loaded.0.name", "\"" WORLD_MODULE "2\"" },
                { "patch.loaded.0.package", "\"" WORLD_PACKAGE "\"" },
                { "patch.loaded.0.version", "\"1-2\"" },
                { "patch.loaded.0.enabled", "true" },
                { "patch.loaded.0.transition", "false" },
                { "patch.loaded.0.since", "\"2024-09-01T06:31:00Z\"" },
                { "patch.loaded.0.known", "true" },
                { "patch.loaded.0.survives_reboot", "\"no\"" },
                { "patch.loaded.0.survives_reboot_obstacle", "null" },
                { "patch.loaded.0.survives_reboot_kernel", "\"5.14.0-427.31.1.el9_4.x86_64\"" },
                { "patch.loaded.1", "absent" },
                { "patch.newest.package", "\"" WORLD_PACKAGE "\"" },
                { "patch.newest.version", "\"1-2\"" },
                { "patch.newest.released", "\"2024-08-19\"" },
                { "patch.newest.advisory", "\"RHSA-2\"" },
                { "patch.on_disk", "\"1-2\"" },
                { "freshness.state", "\"fresh\"" },
                { "freshness.complete_to", "\"2030-01-01T00:00:00Z\"" },
                { "freshness.feeds.0.name", "\"test\"" },
                { "freshness.feeds.0.source", "\"a test\"" },
                { "freshness.feeds.0.carries_stream", "true" },
                { "exposure.verdicts.live-patched", "1" },
                { "exposure.verdicts.reboot-needed", "1" },
                { "exposure.verdicts.below-scope", "1" },
                { "exposure.verdicts.fixed-in-kernel", "0" },
                { "exposure.open.critical", "1" },
                { "exposure.open.important", "0" },
                { "exposure.open.low", "1" },
                { "exposure.open.unrated", "0" },
                /* Facts from after the moment that is judged were not counted. */
                { "exposure.as_of", "\"2024-09-15T12:00:00Z\"" },
                { "next_boot.kernel", "\"5.14.0-427.31.1.el9_4.x86_64\"" },
                { "next_boot.eligible", "\"possible\"" },
                { "next_boot.end", "\"2025-08-15\"" },
                { "next_boot.leaves_stream", "null" },
                { "reboot.now", "false" },
                { "reboot.by", "\"2025-03-31\"" },
                { "reboot.kernel", "\"5.14.0-427.31.1.el9_4.x86_64\"" },
                { "reboot.installed", "true" },
                { "reboot.eligible", "\"possible\"" },
                { "reboot.coverage_until", "\"2025-08-15\"" },
                { "reboot.older", "false" },
                { "reboot.closes", "2" },
                { "reboot.opens", "0" },
                { "reboot.opens_severe", "0" },
        };
        World *world = world_of_everything();
        _cleanup_(json_object_putp) JsonObject *root = describe_at(world, "2024-09-15T12:00:00Z");

        assert_values(root, values, ELEMENTS(values));
        world_free(world);
}
END_TEST

START_TEST(what_is_unknown_is_null) {
        static const Value values[] = {
                { "next_change", "null" },
                { "host.kernel", "null" },
                { "host.arch", "null" },
                { "host.variant", "null" },
                { "host.booted", "null" },
                { "host.os", "null" },
                { "host.vendor", "null" },
                { "host.stream", "null" },
                { "host.channel", "null" },
                { "host.default_kernel", "null" },
                { "host.installed_kernels", "null" },
                { "coverage.state", "\"unknown\"" },
                { "coverage.start", "null" },
                { "coverage.end", "null" },
                { "coverage.days_left", "null" },
                { "coverage.basis", "null" },
                { "coverage.end_basis", "null" },
                { "patch.state", "\"unknown\"" },
                { "patch.newest", "null" },
                { "patch.package", "null" },
                { "patch.on_disk", "null" },
                { "freshness.state", "\"never\"" },
                { "freshness.complete_to", "null" },
                { "freshness.feeds", "[]" },
                { "exposure.as_of", "null" },
                { "next_boot.kernel", "null" },
                { "next_boot.eligible", "null" },
                { "next_boot.end", "null" },
                { "next_boot.leaves_stream", "null" },
                { "reboot.by", "null" },
                { "reboot.kernel", "null" },
                { "reboot.eligible", "null" },
                { "reboot.coverage_until", "null" },
                { "reboot.wait_for_selection", "null" },
                { "advice.by", "null" },
                { "advice.kernel", "null" },
                { "advice.coverage_until", "null" },
        };
        World *world = world_of_nothing();
        _cleanup_(json_object_putp) JsonObject *root = describe_at(world, "2024-09-15");

        assert_values(root, values, ELEMENTS(values));
        world_free(world);
}
END_TEST

/* An empty list says that none is loaded, which nobody saw. */
START_TEST(loaded_patches_that_could_not_be_read_are_null) {
        World *world = world_of_nothing();
        _cleanup_(json_object_putp) JsonObject *root = describe_at(world, "2024-09-15"),
                                               *none = NULL;

        ck_assert_str_eq(value_at(root, "patch.loaded"), "null");
        world_free(world);

        world = world_new();
        none = describe_at(world, "2024-09-15");
        ck_assert_str_eq(value_at(none, "patch.loaded"), "[]");
        world_free(world);
}
END_TEST

START_TEST(not_applicable_is_a_state_and_not_a_word_elsewhere) {
        static const Value values[] = {
                { "coverage.state", "\"not-applicable\"" },
                { "coverage.eligible", "null" },
                { "coverage.start", "null" },
                { "coverage.end", "null" },
                { "coverage.days_left", "null" },
                { "coverage.basis", "null" },
                { "coverage.end_basis", "null" },
                { "patch.state", "\"not-applicable\"" },
                { "next_boot.eligible", "null" },
                { "next_boot.leaves_stream", "null" },
                { "advice.action", "\"none\"" },
        };
        World *world = world_of_everything();
        _cleanup_(json_object_putp) JsonObject *root = NULL;

        world->host->container = "a file says so";
        root = describe_at(world, "2024-09-15");
        assert_values(root, values, ELEMENTS(values));
        world_free(world);
}
END_TEST

START_TEST(days_left_count_down_past_the_end) {
        static const struct {
                const char *at, *days, *state;
        } cases[] = {
                { "2025-04-28T23:59:59Z", "2", "\"ending\"" },
                { "2025-04-30T23:59:59Z", "0", "\"ending\"" },
                { "2025-05-01T00:00:00Z", "-1", "\"ended\"" },
        };
        World *world = world_of_everything();

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(json_object_putp) JsonObject *root = describe_at(world, cases[i].at);

                ck_assert_str_eq(value_at(root, "coverage.days_left"), cases[i].days);
                ck_assert_str_eq(value_at(root, "coverage.state"), cases[i].state);
        }
        world_free(world);
}
END_TEST

START_TEST(each_patch_says_what_is_known_of_it) {
        static const struct {
                bool listed;
                Tristate enabled, transition;
                const char *enabled_value, *transition_value;
        } cases[] = {
                { true, TRISTATE_YES, TRISTATE_NO, "true", "false" },
                { true, TRISTATE_NO, TRISTATE_YES, "false", "true" },
                { true, TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, "null", "null" },
                { false, TRISTATE_UNKNOWN, TRISTATE_UNKNOWN, "false",
                  "false" }, /* loaded, but no live patch in force */
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                World *world = world_new();
                _cleanup_(json_object_putp) JsonObject *root = NULL;

                world_load(world, "livepatch_of_a_stranger", cases[i].enabled, cases[i].transition)
                                ->listed = cases[i].listed;
                root = describe_at(world, "2024-09-15");
                ck_assert_str_eq(value_at(root, "patch.loaded.0.name"),
                                 "\"livepatch_of_a_stranger\"");
                ck_assert_str_eq(value_at(root, "patch.loaded.0.known"), "false");
                ck_assert_str_eq(value_at(root, "patch.loaded.0.package"), "null");
                ck_assert_str_eq(value_at(root, "patch.loaded.0.version"), "null");
                ck_assert_str_eq(value_at(root, "patch.loaded.0.since"), "null");
                ck_assert_msg(strcmp(value_at(root, "patch.loaded.0.enabled"),
                                     cases[i].enabled_value) == 0,
                              "row %zu, enabled", i);
                ck_assert_msg(strcmp(value_at(root, "patch.loaded.0.transition"),
                                     cases[i].transition_value) == 0,
                              "row %zu, transition", i);
                world_free(world);
        }
}
END_TEST

START_TEST(a_newest_patch_that_no_feed_knows_has_no_advisory) {
        static const Value values[] = {
                { "patch.newest.package", "\"" WORLD_PACKAGE "\"" },
                { "patch.newest.version", "\"1-3\"" },
                { "patch.newest.released", "null" },
                { "patch.newest.advisory", "null" },
        };
        World *world = world_of_everything();
        _cleanup_(json_object_putp) JsonObject *root = NULL;

        world_install(world, WORLD_PACKAGE, "1-3.el9_4");
        root = describe_at(world, "2024-09-15");
        assert_values(root, values, ELEMENTS(values));
        world_free(world);
}
END_TEST

/* Every text in `value`, keys included, is one that text_printable() would leave as it is. */
static void assert_printable(MemoryPool *pool, JsonObject *value, size_t *n_texts) {
        if (json_object_is_type(value, json_type_object)) {
                json_object_object_foreach(value, key, member) {
                        ck_assert_str_eq(key, text_printable(pool, key, 4096));
                        assert_printable(pool, member, n_texts);
                }
        } else if (json_object_is_type(value, json_type_array)) {
                for (size_t i = 0; i < json_object_array_length(value); i++)
                        assert_printable(pool, json_object_array_get_idx(value, i), n_texts);
        } else if (json_object_is_type(value, json_type_string)) {
                const char *text = json_object_get_string(value);

                ck_assert_str_eq(text, text_printable(pool, text, 4096));
                ck_assert_uint_eq(strlen(text), (size_t) json_object_get_string_len(value));
                (*n_texts)++;
        }
}

START_TEST(texts_of_strangers_are_made_printable) {
        static const char evil[] = "a\033[31m\302\233b\342\200\256\377\nc";
        World *world = world_of_everything();
        _cleanup_(json_object_putp) JsonObject *root = NULL;
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        size_t n_texts = 0;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        world_load(world, evil, TRISTATE_YES, TRISTATE_NO);
        text_list_add(&world->host->installed_kernels, world->host->pool, evil);
        text_list_add(&world->host->repositories, world->host->pool, evil);
        world->host->default_kernel = evil;
        world->host->default_kernel_from = evil;
        world->host->loader_service = evil;
        world->host->loader_state = evil;
        world->facts->sources[0].name = evil;
        world->facts->sources[0].source = evil;
        world->facts->kernels[1].advisory = evil;
        world->facts->patches[0].advisory = evil;
        root = describe_at(world, "2024-09-15");
        assert_printable(pool, root, &n_texts);
        ck_assert_uint_gt(n_texts, 30);
        ck_assert_str_eq(value_at(root, "patch.loaded.1.name"), "\"a?[31m?b?? c\"");
        ck_assert_str_eq(value_at(root, "host.default_kernel"), "\"a?[31m?b?? c\"");
        ck_assert_str_eq(value_at(root, "host.installed_kernels.2"), "\"a?[31m?b?? c\"");
        ck_assert_str_eq(value_at(root, "freshness.feeds.0.source"), "\"a?[31m?b?? c\"");
        ck_assert_str_eq(value_at(root, "patch.newest.advisory"), "\"a?[31m?b?? c\"");
        world_free(world);

        world = world_of_nothing();
        world->host->kernel_unknown = world->host->livepatch_unknown = evil;
        world->host->packages_unknown = world->host->default_kernel_unknown = evil;
        json_object_put(root);
        root = describe_at(world, "2024-09-15");
        assert_printable(pool, root, &n_texts);
        world_free(world);
}
END_TEST

START_TEST(a_text_without_end_is_cut_on_a_code_point) {
        World *world = world_of_everything();
        _cleanup_(json_object_putp) JsonObject *root = NULL;
        char *text = memory_pool_alloc(world->host->pool, 9001);
        JsonObject *value;

        for (size_t i = 0; i < 9000; i += 3)
                memcpy(text + i, "\342\202\254", 3);
        world->facts->sources[0].source = text;
        root = describe_at(world, "2024-09-15");
        ck_assert(find(root, "freshness.feeds.0.source", &value));
        ck_assert_int_eq(json_object_get_string_len(value), 4095);
        world_free(world);
}
END_TEST

START_TEST(plain_is_one_line_and_pretty_says_the_same_on_many) {
        World *world = world_of_everything();
        const Assessment *assessment = world_assess(world, "2024-09-15");
        _cleanup_(json_object_putp) JsonObject *plain_root = NULL, *pretty_root = NULL;
        _cleanup_free_ char *plain = NULL, *pretty = NULL, *again = NULL;
        size_t n_lines = 0;

        ck_assert_int_eq(describe(assessment, false, &plain), 0);
        ck_assert_int_eq(describe(assessment, true, &pretty), 0);
        ck_assert_int_eq(describe(assessment, true, &again), 0);
        ck_assert_str_eq(pretty, again);

        ck_assert_ptr_null(strchr(plain, '\n'));
        ck_assert(text_starts_with(plain, "{\"schema\":1,") && text_ends_with(plain, "}"));
        for (const char *c = pretty; *c; c++)
                n_lines += *c == '\n';
        ck_assert_uint_gt(n_lines, 50);
        ck_assert(text_ends_with(pretty, "\n}\n"));
        ck_assert(text_starts_with(pretty, "{\n  \"schema\": 1,\n"));

        plain_root = parse(plain);
        pretty_root = parse(pretty);
        ck_assert(json_object_equal(plain_root, pretty_root));
        world_free(world);
}
END_TEST

UNIT_TEST(every_key_is_there_whatever_is_known, what_is_known_is_said, what_is_unknown_is_null,
          loaded_patches_that_could_not_be_read_are_null,
          not_applicable_is_a_state_and_not_a_word_elsewhere, days_left_count_down_past_the_end,
          each_patch_says_what_is_known_of_it, a_newest_patch_that_no_feed_knows_has_no_advisory,
          texts_of_strangers_are_made_printable, a_text_without_end_is_cut_on_a_code_point,
          plain_is_one_line_and_pretty_says_the_same_on_many)
