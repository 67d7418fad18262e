/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "format/host-facts-json.h"
#include "host-tree.h"
#include "host/host-facts-file.h"
#include "hostfacts/boot-entries.h"
#include "hostfacts/installed-kernels.h"
#include "hostfacts/installed-packages.h"
#include "hostfacts/loader-service.h"
#include "hostfacts/module-file.h"
#include "hostfacts/package-repositories.h"
#include "unit-test.h"

static HostFacts *new_facts(void) {
        HostFacts *host;

        ck_assert_int_eq(host_facts_new(&host), 0);
        return host;
}

static HostFacts *collect(const char *name) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host = new_facts();

        ck_assert_int_eq(host_root_new(recorded_host(name), &root), 0);
        ck_assert_int_eq(boot_entries_read(root, host), 0);
        ck_assert_int_eq(installed_kernels_read(root, host), 0);
        ck_assert_int_eq(installed_packages_read(root, host), 0);
        ck_assert_int_eq(loader_service_read(root, host), 0);
        ck_assert_int_eq(module_file_scan(root, host), 0);
        ck_assert_int_eq(package_repositories_read(root, host), 0);
        return host;
}

static char *write_text(const HostFacts *host) {
        size_t n_bytes;
        char *text;

        ck_assert_int_eq(host_facts_json_write(host, &text, &n_bytes), 0);
        ck_assert_uint_eq(strlen(text), n_bytes);
        ck_assert(text[n_bytes - 1] == '\n');
        return text;
}

static void check_texts(const TextList *a, const TextList *b) {
        ck_assert_uint_eq(a->n_items, b->n_items);
        for (size_t i = 0; i < a->n_items; i++)
                ck_assert_str_eq(a->items[i], b->items[i]);
}

static void check_text(const char *a, const char *b) {
        ck_assert_msg(text_equal(a, b), "'%s' is not '%s'", a, b);
}

static void check_equal(const HostFacts *a, const HostFacts *b) {
        check_texts(&a->installed_kernels, &b->installed_kernels);
        check_text(a->installed_kernels_unknown, b->installed_kernels_unknown);
        check_text(a->default_kernel, b->default_kernel);
        check_text(a->default_kernel_from, b->default_kernel_from);
        check_text(a->default_kernel_unknown, b->default_kernel_unknown);
        check_texts(&a->default_options, &b->default_options);
        check_text(a->packages_unknown, b->packages_unknown);
        check_text(a->modules_unknown, b->modules_unknown);
        check_text(a->loader_service, b->loader_service);
        check_text(a->loader_state, b->loader_state);
        check_text(a->loader_unknown, b->loader_unknown);
        check_texts(&a->repositories, &b->repositories);
        check_text(a->repositories_unknown, b->repositories_unknown);

        ck_assert_uint_eq(a->n_packages, b->n_packages);
        for (size_t i = 0; i < a->n_packages; i++) {
                check_text(a->packages[i].name, b->packages[i].name);
                check_text(a->packages[i].version, b->packages[i].version);
                check_text(a->packages[i].arch, b->packages[i].arch);
        }
        ck_assert_uint_eq(a->n_modules, b->n_modules);
        for (size_t i = 0; i < a->n_modules; i++) {
                check_text(a->modules[i].path, b->modules[i].path);
                check_text(a->modules[i].kernel, b->modules[i].kernel);
                check_text(a->modules[i].name, b->modules[i].name);
                check_text(a->modules[i].vermagic, b->modules[i].vermagic);
                check_text(a->modules[i].srcversion, b->modules[i].srcversion);
                check_text(a->modules[i].signer, b->modules[i].signer);
                check_text(a->modules[i].unreadable, b->modules[i].unreadable);
                ck_assert(a->modules[i].livepatch == b->modules[i].livepatch);
        }
}

START_TEST(what_is_written_is_read) {
        static const char *const names[] = { "rhel-9.4-eus", "foreign-beside-known",
                                             "no-live-patching", "rhel-8.6-two-patches",
                                             "unreadable-boot" };

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                _cleanup_(host_facts_freep) HostFacts *host = collect(names[i]),
                                                      *again = new_facts();
                _cleanup_free_ char *text = write_text(host), *text_again = NULL;
                const char *error = NULL;

                again->kernel = "the first half";
                ck_assert_msg(host_facts_json_read(text, strlen(text), again, &error) == 0,
                              "%s: %s", names[i], error);
                check_equal(host, again);
                ck_assert_str_eq(again->kernel, "the first half");
                text_again = write_text(again);
                ck_assert_str_eq(text, text_again);
        }
}
END_TEST

START_TEST(every_module_field_may_be_absent) {
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"), *again = new_facts();
        _cleanup_free_ char *text = NULL;
        const char *error = NULL;

        host->modules[0].vermagic = host->modules[0].srcversion = host->modules[0].signer = NULL;
        host->modules[0].unreadable = "why";
        host->modules[0].livepatch = false;
        host->default_kernel = NULL;
        host->default_kernel_unknown = "another reason";
        text = write_text(host);
        ck_assert_int_eq(host_facts_json_read(text, strlen(text), again, &error), 0);
        host->default_kernel_from = NULL;
        host->default_options = (TextList){};
        check_equal(host, again);
}
END_TEST

START_TEST(a_second_reading_replaces_the_first) {
        _cleanup_(host_facts_freep) HostFacts *full = collect("rhel-9.4-eus"),
                                              *empty = collect("unreadable-boot");
        _cleanup_free_ char *text = NULL;
        const char *error = NULL;

        empty->n_modules = 0;
        empty->modules_unknown = "cannot be read";
        text = write_text(empty);
        ck_assert_int_eq(host_facts_json_read(text, strlen(text), full, &error), 0);
        check_equal(empty, full);
}
END_TEST

/* Replaces the first `from` in a written text; the result is the caller's. */
static char *changed(const char *text, const char *from, const char *to) {
        const char *at = strstr(text, from);
        char *result;

        ck_assert_msg(at != NULL, "the text has no %s", from);
        ck_assert_int_ge(asprintf(&result, "%.*s%s%s", (int) (at - text), text, to,
                                  at + strlen(from)),
                         0);
        return result;
}

START_TEST(anything_else_is_refused_and_changes_nothing) {
        static const struct {
                const char *from, *to, *error;
        } cases[] = {
                { "\"host_facts\":1", "\"host_facts\":2",
                  "'host_facts' is a version that is not known here" },
                { "\"host_facts\":1", "\"host_facts\":\"1\"",
                  "'host_facts' is a version that is not known here" },
                { "\"host_facts\":1", "\"other\":1", "'host_facts' is missing" },
                { "\"packages_unknown\":null", "\"packages_unknown\":\"why\"",
                  "'packages' must have either content or a reason" },
                { "\"packages_unknown\":null", "\"packages_unknown\":1",
                  "'packages_unknown' is no text" },
                { "\"packages_unknown\":null", "\"packages_forgotten\":null",
                  "'packages_unknown' is missing" },
                { "\"modules\":[", "\"modules_\":[", "'modules' is missing" },
                { "\"modules\":[", "\"modules\":[1,",
                  "'modules' holds something that is no object" },
                { "\"packages\":[", "\"packages\":[null,",
                  "'packages' holds something that is no object" },
                { "\"livepatch\":true", "\"livepatch\":1", "'livepatch' is of the wrong type" },
                { "\"livepatch\":true", "\"livepatch\":null", "'livepatch' is of the wrong type" },
                { "\"loader\":{", "\"loader\":[],\"x\":{", "'loader' is of the wrong type" },
                { "\"state\":\"enabled\"", "\"state\":true", "'state' is no text" },
                { "\"state\":\"enabled\"", "\"status\":true", "'state' is missing" },
                { "\"release\":\"", "\"release\":\"\",\"x\":\"", "'release' is empty" },
                { "\"release\":\"", "\"release\":null,\"x\":\"", "'release' is empty" },
                { "\"options\":[", "\"options\":{},\"x\":[", "'options' is of the wrong type" },
                { "\"options\":[", "\"options\":[{},",
                  "'options' holds something that is no text" },
                { "\"repositories\":[", "\"repositories\":[null,",
                  "'repositories' holds something that is no text" },
                { "\"repositories\":[", "\"repositories\":[\"a\\u0000b\",",
                  "'repositories' holds something that is no text" },
                { "\"repositories\":[", "\"repositories\":[\"\xff\",", "'host facts' are no JSON" },
                { "\"repositories\":[", "\"repositories\":[[[[[[[[[[]]]]]]]]],",
                  "'host facts' are no JSON" },
                { "{", "[", "'host facts' are no JSON" },
                { "\"state\":\"enabled\"", "\"state\":'enabled'", "'host facts' are no JSON" },
                { "{\n  \"host", "[{\n  \"host", "'host facts' are no JSON" },
        };
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"),
                                              *before = collect("no-live-patching"),
                                              *victim = collect("no-live-patching");
        _cleanup_free_ char *text = write_text(host);

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_free_ char *bad = changed(text, cases[i].from, cases[i].to);
                const char *error = "none";
                int r = host_facts_json_read(bad, strlen(bad), victim, &error);

                ck_assert_msg(r == HOST_FACTS_JSON_E_REFUSED, "row %zu gave %d", i, r);
                ck_assert_msg(strcmp(error, cases[i].error) == 0, "row %zu: %s", i, error);
                check_equal(before, victim);
        }
}
END_TEST

START_TEST(a_cut_text_is_refused_wherever_it_is_cut) {
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"),
                                              *before = new_facts(), *victim = new_facts();
        _cleanup_free_ char *text = write_text(host), *longer = NULL;
        const char *error = NULL;
        size_t n_bytes = strlen(text);

        for (size_t n = 0; n < n_bytes - 1; n++)
                ck_assert_msg(host_facts_json_read(text, n, victim, &error) ==
                                              HOST_FACTS_JSON_E_REFUSED,
                              "%zu of %zu bytes were taken", n, n_bytes);
        check_equal(before, victim);

        ck_assert_int_ge(asprintf(&longer, "%s{}", text), 0);
        ck_assert_int_eq(host_facts_json_read(longer, strlen(longer), victim, &error),
                         HOST_FACTS_JSON_E_REFUSED);
        ck_assert_int_eq(host_facts_json_read(text, n_bytes, victim, &error), 0);
        check_equal(host, victim);
}
END_TEST

START_TEST(unknown_keys_are_left_alone) {
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"), *again = new_facts();
        _cleanup_free_ char *text = write_text(host),
                            *newer = changed(text, "{", "{\"later\":{\"a\":[1.5,null]},");
        const char *error = NULL;

        ck_assert_int_eq(host_facts_json_read(newer, strlen(newer), again, &error), 0);
        check_equal(host, again);
}
END_TEST

START_TEST(texts_are_made_printable) {
        static const char *const repositories[] = { "a\033]0;b\a", "c\xff\"\\/" };
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"), *again = new_facts();
        _cleanup_free_ char *text = NULL;
        const char *error = NULL;

        host->repositories = (TextList){ (const char **) repositories, ELEMENTS(repositories) };
        text = write_text(host);
        ck_assert_ptr_nonnull(strstr(text, "\"a?]0;b?\""));
        ck_assert_int_eq(host_facts_json_read(text, strlen(text), again, &error), 0);
        ck_assert_str_eq(again->repositories.items[0], "a?]0;b?");
        ck_assert_str_eq(again->repositories.items[1], "c?\"\\/");
}
END_TEST

START_TEST(files_are_taken_whole_or_not_at_all) {
        _cleanup_(host_facts_freep) HostFacts *host = collect("rhel-9.4-eus"), *again = new_facts();
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        _cleanup_free_ char *text = write_text(host), *large = NULL, *got = NULL;
        const char *reason = NULL, *error = NULL;
        size_t n_got = 0;

        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_eq(host_facts_file_read(root, again->pool, &got, &n_got, &reason),
                         HOST_FACTS_FILE_E_MISSING);

        ck_assert_uint_eq(HOST_FACTS_FILE_BYTES_MAX, 8 << 20);
        large = malloc(HOST_FACTS_FILE_BYTES_MAX + 1);
        ck_assert_ptr_nonnull(large);
        memset(large, ' ', HOST_FACTS_FILE_BYTES_MAX + 1);
        memcpy(large, text, strlen(text));
        host_tree_write_bytes(&tree, HOST_FACTS_FILE, large, HOST_FACTS_FILE_BYTES_MAX + 1);
        ck_assert_int_eq(host_facts_file_read(root, again->pool, &got, &n_got, &reason),
                         HOST_FACTS_FILE_E_REFUSED);
        ck_assert_msg(strstr(reason, HOST_FACTS_FILE), "%s", reason);
        host_tree_write(&tree, HOST_FACTS_FILE, "{}");
        ck_assert_int_eq(host_facts_file_read(root, again->pool, &got, &n_got, &reason),
                         HOST_FACTS_FILE_E_REFUSED);
        ck_assert_str_eq(reason, "/" HOST_FACTS_FILE ": 'host_facts' is missing");
        ck_assert_ptr_null(got);

        host_tree_write_bytes(&tree, HOST_FACTS_FILE, large, HOST_FACTS_FILE_BYTES_MAX);
        ck_assert_int_eq(host_facts_file_read(root, again->pool, &got, &n_got, &reason), 0);
        ck_assert_uint_eq(n_got, HOST_FACTS_FILE_BYTES_MAX);
        ck_assert_int_eq(host_facts_json_read(got, n_got, again, &error), 0);
        check_equal(host, again);
}
END_TEST

UNIT_TEST(what_is_written_is_read, every_module_field_may_be_absent,
          a_second_reading_replaces_the_first, anything_else_is_refused_and_changes_nothing,
          a_cut_text_is_refused_wherever_it_is_cut, unknown_keys_are_left_alone,
          texts_are_made_printable, files_are_taken_whole_or_not_at_all)
