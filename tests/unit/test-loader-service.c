/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "host-tree.h"
#include "hostfacts/loader-service.h"
#include "unit-test.h"

#define UNIT "usr/lib/systemd/system/kpatch.service"
#define WANTED "etc/systemd/system/multi-user.target.wants/kpatch.service"

static HostFacts *read_with(const char *path, int (*read)(const HostRoot *, HostFacts *)) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(read(root, host), 0);
        return host;
}

START_TEST(unit_files_tell) {
        static const struct {
                const char *files[3], *links[2][2];
                const char *state, *unknown;
        } cases[] = {
                { { UNIT },
                  { { WANTED, "/usr/lib/systemd/system/kpatch.service" } },
                  "enabled",
                  NULL },
                { { UNIT }, {}, "disabled", NULL },
                { { UNIT },
                  { { "etc/systemd/system/basic.target.requires/kpatch.service", "/" UNIT } },
                  "enabled",
                  NULL },
                { { UNIT },
                  { { "usr/lib/systemd/system/multi-user.target.wants/kpatch.service",
                      "../kpatch.service" } },
                  "enabled",
                  NULL },
                { { UNIT },
                  { { "etc/systemd/system/kpatch.service", "/dev/null" }, { WANTED, "/" UNIT } },
                  "masked",
                  NULL },
                { { UNIT },
                  { { "run/systemd/system/kpatch.service", "/dev/null" } },
                  "masked",
                  NULL },
                { { "etc/systemd/system/kpatch.service", UNIT },
                  { { WANTED, "../kpatch.service" } },
                  "enabled",
                  NULL },
                { { "lib/systemd/system/kpatch.service" }, {}, "disabled", NULL },
                { { UNIT, "etc/systemd/system/other.wants/other.service" }, {}, "disabled", NULL },
                { { UNIT },
                  { { "etc/systemd/system/kpatch.service", "/dev/nullx" } },
                  "disabled",
                  NULL },
                /* What is wanted but has no unit file is not there. */
                { { "usr/lib/systemd/system/sshd.service" }, { { WANTED, "/" UNIT } }, NULL, NULL },
                { { "usr/lib/systemd/system/sshd.service" }, {}, NULL, NULL },
                { {}, {}, NULL, "there are no folders with systemd units" },
                { {},
                  { { "etc/systemd/system", "system" } },
                  NULL,
                  "/etc/systemd/system cannot be read: Too many levels of symbolic links" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                for (size_t j = 0; j < 3 && cases[i].files[j]; j++)
                        host_tree_write(&tree, cases[i].files[j], "[Service]\n");
                for (size_t j = 0; j < 2 && cases[i].links[j][0]; j++)
                        host_tree_link(&tree, cases[i].links[j][0], cases[i].links[j][1]);
                host = read_with(tree.path, loader_service_read_units);
                ck_assert_msg(text_equal(host->loader_state, cases[i].state),
                              "row %zu gave %s (%s)", i, host->loader_state, host->loader_unknown);
                ck_assert_msg(text_equal(host->loader_unknown, cases[i].unknown), "row %zu: %s", i,
                              host->loader_unknown);
                ck_assert_msg(text_equal(host->loader_service,
                                         cases[i].state ? "kpatch.service" : NULL),
                              "row %zu", i);
        }
}
END_TEST

START_TEST(an_empty_unit_file_masks) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        host_tree_write(&tree, UNIT, "[Service]\n");
        host_tree_write(&tree, "etc/systemd/system/kpatch.service", "");
        host = read_with(tree.path, loader_service_read_units);
        ck_assert_str_eq(host->loader_state, "masked");
}
END_TEST

START_TEST(canonicals_client_is_a_loader_too) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        static const char service[] = "snap.canonical-livepatch.canonical-livepatchd.service";

        host_tree_write(&tree,
                        "etc/systemd/system/snap.canonical-livepatch.canonical-livepatchd.service",
                        "[Service]\n");
        host_tree_link(&tree,
                       "etc/systemd/system/multi-user.target.wants/"
                       "snap.canonical-livepatch.canonical-livepatchd.service",
                       "../snap.canonical-livepatch.canonical-livepatchd.service");
        host = read_with(tree.path, loader_service_read_units);
        ck_assert_str_eq(host->loader_service, service);
        ck_assert_str_eq(host->loader_state, "enabled");
}
END_TEST

START_TEST(recorded_hosts_have_a_list) {
        static const struct {
                const char *name, *service, *state, *unknown;
        } cases[] = {
                { "rhel-9.4-eus", "kpatch.service", "enabled", NULL },
                { "ubuntu-22.04", "snap.canonical-livepatch.canonical-livepatchd.service",
                  "enabled", NULL },
                { "sle-15.5", NULL, NULL, NULL },
                { "patch-not-surviving", "kpatch.service", "disabled", NULL },
                { "no-live-patching", NULL, NULL, NULL },
                { "unreadable-boot", NULL, NULL, "there is no /klpwatch/services" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                read_with(recorded_host(cases[i].name), loader_service_read);

                ck_assert_msg(text_equal(host->loader_service, cases[i].service), "%s",
                              cases[i].name);
                ck_assert_msg(text_equal(host->loader_state, cases[i].state), "%s", cases[i].name);
                ck_assert_msg(text_equal(host->loader_unknown, cases[i].unknown), "%s",
                              cases[i].name);
        }
}
END_TEST

/* What systemctl 252 shows of a unit that went well, failed, was skipped, and was never started. */
START_TEST(how_the_service_went_is_told_by_systemctl) {
        static const struct {
                const char *shown, *result;
        } cases[] = {
                { "ConditionResult=yes\nConditionTimestampMonotonic=5021\nActiveState=active\n",
                  NULL },
                { "ConditionResult=yes\nConditionTimestampMonotonic=5021\nActiveState=failed\n",
                  "failed" },
                { "ConditionResult=no\nConditionTimestampMonotonic=5021\nActiveState=inactive\n",
                  "skipped" },
                { "ConditionResult=no\nConditionTimestampMonotonic=0\nActiveState=inactive\n",
                  NULL },
                { "", NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *result = loader_service_judge(cases[i].shown);

                ck_assert_msg(text_equal(result, cases[i].result), "case %zu: %s", i,
                              result ? result : "nothing");
        }
}
END_TEST

START_TEST(the_settings_of_dnfs_plug_in_tell_what_follows) {
        static const struct {
                const char *content;
                Tristate expected;
        } cases[] = {
                { NULL, TRISTATE_UNKNOWN },
                { "[main]\nautoupdate = True\nautofilter = False\n", TRISTATE_YES },
                { "[main]\nautoupdate = False\n", TRISTATE_NO },
                { "[main]\n# autoupdate = True\n", TRISTATE_NO },
                { "[other]\nautoupdate = 1\n", TRISTATE_NO },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                if (cases[i].content)
                        host_tree_write(&tree, "etc/dnf/plugins/kpatch.conf", cases[i].content);
                host = read_with(tree.path, loader_service_read_plugin);
                ck_assert_msg(host->patches_follow == cases[i].expected, "case %zu: %d", i,
                              host->patches_follow);
        }
}
END_TEST

UNIT_TEST(canonicals_client_is_a_loader_too, unit_files_tell, an_empty_unit_file_masks,
          recorded_hosts_have_a_list, how_the_service_went_is_told_by_systemctl,
          the_settings_of_dnfs_plug_in_tell_what_follows)
