/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-tree.h"
#include "hostfacts/installed-packages.h"
#include "unit-test.h"

static const char *const there[] = { "var/lib/none", "var/lib/there", NULL };
static const char *const not_there[] = { "var/lib/none", NULL };

/* `name version arch` of each package, one behind the other. */
static void describe(const HostFacts *host, char *text, size_t n_bytes) {
        size_t n = 0;

        text[0] = '\0';
        for (size_t i = 0; i < host->n_packages && n < n_bytes; i++)
                n += (size_t) snprintf(text + n, n_bytes - n, "%s%s %s %s", i > 0 ? ", " : "",
                                       host->packages[i].name, host->packages[i].version,
                                       host->packages[i].arch);
}

START_TEST(databases_are_asked) {
        static const char *const first[] = {
                "/bin/sh", "-c",
                "echo kpatch-patch-5_14_0-427_13_1 1-2.el9_4 x86_64; echo kpatch-patch-4_18_0-193 "
                "0-0.el8 x86_64;"
                "echo bash 5.1-1 x86_64; echo kpatch-patch-5_14_0-427_13_1-debuginfo 1-2.el9_4 "
                "x86_64;"
                "echo kpatch-patch-cut 1; echo; echo kpatch-patch-removed 1-1 amd64 config-files;"
                "echo kpatch-patch-kept 1-1 amd64 installed",
                NULL
        };
        static const char *const none[] = { "/bin/sh", "-c", "exit 1", NULL };
        static const char *const half[] = { "/bin/sh", "-c",
                                            "echo kpatch-patch-x 1-1 x86_64; exit 1", NULL };
        static const char *const missing[] = { "/nonexistent/rpm", NULL };
        static const char *const crash[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
        static const char *const hangs[] = { "/bin/sh", "-c", "kill -STOP $$", NULL };
        static const char *const vendors[] = {
                "/bin/sh", "-c",
                "echo kernel-livepatch-tools 1.3-1 x86_64;"
                "echo kernel-livepatch-6.1.12-19.43 1.0-1.amzn2023 x86_64",
                NULL
        };
        static const char all[] = "kpatch-patch-4_18_0-193 0-0.el8 x86_64, "
                                  "kpatch-patch-5_14_0-427_13_1 1-2.el9_4 x86_64, "
                                  "kpatch-patch-kept 1-1 amd64";
        static const struct {
                PackageDatabase databases[3];
                const char *packages, *unknown;
        } cases[] = {
                { { { "a", there, first, 0 } }, all, NULL },
                { { { "a", not_there, missing, 0 }, { "b", there, first, 0 } }, all, NULL },
                { { { "a", there, none, 1 } }, "", NULL },
                { { { "a", there, none, 0 } }, "", "/bin/sh failed with exit code 1" },
                { { { "a", there, half, 1 } }, "", "/bin/sh failed with exit code 1" },
                { { { "a", there, first, 0 }, { "b", there, missing, 0 } },
                  "",
                  "/nonexistent/rpm cannot be run" },
                { { { "a", there, crash, 0 } }, "", "/bin/sh crashed" },
                { { { "a", there, hangs, 0, 50 } }, "", "/bin/sh did not answer in time" },
                { { { "a", there, vendors, 0 } },
                  "kernel-livepatch-6.1.12-19.43 1.0-1.amzn2023 x86_64",
                  NULL },
                { { { "a", not_there, first, 0 } },
                  "",
                  "there is no package database of rpm or dpkg" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_root_freep) HostRoot *root = NULL;
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[1024];

                host_tree_write(&tree, "var/lib/there", "");
                ck_assert_int_eq(host_root_new(tree.path, &root), 0);
                ck_assert_int_eq(host_facts_new(&host), 0);
                ck_assert_int_eq(installed_packages_query(root, cases[i].databases, host), 0);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].packages) == 0, "row %zu gave '%s'", i, text);
                ck_assert_msg((host->packages_unknown == NULL) == (cases[i].unknown == NULL),
                              "row %zu: %s", i, host->packages_unknown);
                if (cases[i].unknown)
                        ck_assert_str_eq(host->packages_unknown, cases[i].unknown);
        }
}
END_TEST

START_TEST(recorded_hosts_have_a_list) {
        static const struct {
                const char *name, *packages, *unknown;
        } cases[] = {
                { "rhel-9.4-eus", "kpatch-patch-5_14_0-427_13_1 1-1.el9_4 x86_64", NULL },
                { "rhel-9.6-empty-package", "kpatch-patch-5_14_0-570_39_1 0-0.el9_6 x86_64", NULL },
                { "no-live-patching", "", NULL },
                { "sle-15.5", "kernel-livepatch-5_14_21-150500_55_28-default 2-150500.2.1 x86_64",
                  NULL },
                { "debian-12", "", NULL },
                { "unreadable-boot", "", "there is no /klpwatch/packages" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_root_freep) HostRoot *root = NULL;
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[1024];

                ck_assert_int_eq(host_root_new(recorded_host(cases[i].name), &root), 0);
                ck_assert_int_eq(host_facts_new(&host), 0);
                ck_assert_int_eq(installed_packages_read(root, host), 0);
                describe(host, text, sizeof(text));
                ck_assert_str_eq(text, cases[i].packages);
                ck_assert((host->packages_unknown == NULL) == (cases[i].unknown == NULL));
                if (cases[i].unknown)
                        ck_assert_str_eq(host->packages_unknown, cases[i].unknown);
        }
}
END_TEST

UNIT_TEST(databases_are_asked, recorded_hosts_have_a_list)
