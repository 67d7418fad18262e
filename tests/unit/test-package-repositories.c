/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "host-tree.h"
#include "hostfacts/package-repositories.h"
#include "unit-test.h"

static HostFacts *read_path(const char *path) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(package_repositories_read(root, host), 0);
        return host;
}

static void describe(const HostFacts *host, char *text, size_t n_bytes) {
        size_t n = 0;

        text[0] = '\0';
        for (size_t i = 0; i < host->repositories.n_items && n < n_bytes; i++)
                n += (size_t) snprintf(text + n, n_bytes - n, "%s%s", i > 0 ? " " : "",
                                       host->repositories.items[i]);
}

START_TEST(sections_are_repositories) {
        static const struct {
                const char *text, *ids;
        } cases[] = {
                { "[a]\nenabled=1\n[b]\nenabled=0\n[c]\nname=no word on it\n", "a c" },
                { "[a]\nenabled = 1\n[b]\nenabled = 0\n", "a" },
                { "[a]\nenabled=false\n[b]\nenabled=No\n[c]\nenabled=True\n[d]\nenabled=yes\n",
                  "c d" },
                { "[main]\nenabled=1\n[a]\n", "a" },
                { "enabled=1\n", "" },
                { "[a]\nbaseurl=https://x/\n        https://y/\n;enabled=0\n#enabled=0\n", "a" },
                { "[a]\nenabled=0\nenabled=1\n", "a" },
                { "[a]\n[a]\n", "a" },
                { "[a]\nfastestmirror_enabled=0\n", "a" },
                { "", "" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[256];

                host_tree_write(&tree, "etc/yum.repos.d/x.repo", cases[i].text);
                host = read_path(tree.path);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].ids) == 0, "row %zu gave '%s'", i, text);
                ck_assert_ptr_null(host->repositories_unknown);
        }
}
END_TEST

START_TEST(all_repo_files_count_and_no_others) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *missing = read_path(tree.path), *host = NULL,
                                              *unreadable = NULL;
        char text[256];

        ck_assert_str_eq(missing->repositories_unknown, "there is no /etc/yum.repos.d");
        host_tree_write(&tree, "etc/zypp/repos.d/z.repo", "[from-zypp]\n");
        host_tree_write(&tree, "etc/yum.repos.d/b.repo", "[from-b]\n[both]\n");
        host_tree_write(&tree, "etc/yum.repos.d/a.repo", "[from-a]\n[both]\n");
        host_tree_write(&tree, "etc/yum.repos.d/c.repo.rpmsave", "[from-c]\n");
        host = read_path(tree.path);
        describe(host, text, sizeof(text));
        ck_assert_str_eq(text, "from-a both from-b from-zypp");

        host_tree_mkdir(&tree, "etc/yum.repos.d/d.repo");
        unreadable = read_path(tree.path);
        ck_assert_str_eq(unreadable->repositories_unknown,
                         "/etc/yum.repos.d/d.repo cannot be read: Is a directory");
        ck_assert_uint_eq(unreadable->repositories.n_items, 0);
}
END_TEST

START_TEST(recorded_hosts_have_their_channel) {
        static const struct {
                const char *name, *ids;
        } cases[] = {
                { "rhel-9.4-eus",
                  "rhel-9-for-x86_64-baseos-eus-rpms rhel-9-for-x86_64-appstream-eus-rpms" },
                { "rhel-9.4-main",
                  "rhel-9-for-x86_64-baseos-rpms rhel-9-for-x86_64-appstream-rpms" },
                { "almalinux-9.4", "appstream baseos" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                read_path(recorded_host(cases[i].name));
                char text[256];

                describe(host, text, sizeof(text));
                ck_assert_str_eq(text, cases[i].ids);
        }
}
END_TEST

UNIT_TEST(sections_are_repositories, all_repo_files_count_and_no_others,
          recorded_hosts_have_their_channel)
