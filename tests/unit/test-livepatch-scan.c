/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <pthread.h>
#include <stdatomic.h>

#include "host-tree.h"
#include "host/livepatch-scan.h"
#include "unit-test.h"

static HostFacts *scan_path(const char *path) {
        _cleanup_(host_root_freep) HostRoot *root = NULL;
        HostFacts *host;

        ck_assert_int_eq(host_root_new(path, &root), 0);
        ck_assert_int_eq(host_facts_new(&host), 0);
        ck_assert_int_eq(livepatch_scan(root, host), 0);
        return host;
}

/* One line that says all of a host's patches: NAME:listed/enabled/transition/since. */
static void describe(const HostFacts *host, char *text, size_t n_bytes) {
        size_t n = 0;

        text[0] = '\0';
        for (size_t i = 0; i < host->n_patches && n < n_bytes; i++) {
                const LoadedPatch *patch = &host->patches[i];
                char since[UTC_TIME_TEXT_BYTES];

                n += (size_t) snprintf(text + n, n_bytes - n, "%s%s:%c%c%c%s%s", i > 0 ? " " : "",
                                       patch->name, patch->listed ? 'L' : '-',
                                       "?ny"[patch->enabled], "?ny"[patch->transition],
                                       patch -> since == UTC_TIME_NONE ? "" : "@",
                                       patch->since == UTC_TIME_NONE
                                                       ? ""
                                                       : utc_time_format(patch->since, since));
        }
}

START_TEST(recorded_hosts_are_read) {
        static const struct {
                const char *name, *kernel, *built, *patches;
        } cases[] = {
                { "rhel-9.4-eus", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_1:Lyn" },
                { "rhel-9.2-every", "5.14.0-284.11.1.el9_2.x86_64", "2023-04-12T14:45:03Z",
                  "kpatch_5_14_0_284_11_1_1_3:Lyn" },
                { "rhel-8.6-two-patches", "4.18.0-372.9.1.el8.x86_64", "2022-04-16T02:12:19Z",
                  "kpatch_4_18_0_372_9_1_1_4:Lyn kpatch_4_18_0_372_9_1_1_5:Lyn" },
                { "stalled-transition", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_2:Lyy@2024-09-30T11:55:00Z" },
                { "transitioning", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_2:Lyy" },
                { "unpatching", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_1:Lny" },
                { "disabled-patch", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_1:-nn" },
                { "disabled-listed", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_1:Lnn" },
                { "odd-values", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "kpatch_5_14_0_427_13_1_1_1:L?n kpatch_5_14_0_427_13_1_1_2:L??" },
                { "foreign-beside-known", "5.14.0-427.13.1.el9_4.x86_64", "2024-04-10T14:29:16Z",
                  "klp_5_14_0_427_13_1_tunnel_fix:Lyn kpatch_5_14_0_427_13_1_1_1:Lyn" },
                { "no-live-patching", "5.14.0-427.37.1.el9_4.x86_64", "2024-09-13T16:41:50Z", "" },
                { "kernel-rt", "5.14.0-427.13.1.el9_4.x86_64+rt", "2024-04-10T14:48:56Z", "" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(host_facts_freep) HostFacts *host =
                                scan_path(recorded_host(cases[i].name));
                char text[1024], built[UTC_TIME_TEXT_BYTES];

                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].patches) == 0, "%s has %s", cases[i].name,
                              text);
                ck_assert_str_eq(host->kernel, cases[i].kernel);
                ck_assert_str_eq(utc_time_format(host->kernel_built, built), cases[i].built);
                ck_assert_ptr_null(host->kernel_unknown);
                ck_assert_ptr_null(host->livepatch_unknown);
                ck_assert_str_eq(host->os_id, "rhel");
                ck_assert_ptr_null(host->container);
                ck_assert_int_eq(host->livepatch_support, TRISTATE_YES);
        }
}
END_TEST

START_TEST(details_of_a_recorded_host) {
        _cleanup_(host_facts_freep) HostFacts *host =
                        scan_path(recorded_host("kpatch-disabled-cmdline"));
        char booted[UTC_TIME_TEXT_BYTES];

        ck_assert_str_eq(utc_time_format(host->booted, booted), "2024-05-14T08:00:00Z");
        ck_assert(text_list_has(&host->cmdline, "kpatch.enable=0"));
        ck_assert(text_list_has(&host->cmdline, "ro"));
        ck_assert_uint_eq(host->cmdline.n_items, 8);
        ck_assert_str_eq(host->patches[0].srcversion, "26267E1A18D306B2F9A063C");
}
END_TEST

START_TEST(containers_and_kernels_without_support_say_so) {
        _cleanup_(host_facts_freep) HostFacts *container = scan_path(recorded_host("container"));
        _cleanup_(host_facts_freep) HostFacts *custom =
                        scan_path(recorded_host("no-livepatch-support"));
        _cleanup_(host_facts_freep) HostFacts *almalinux =
                        scan_path(recorded_host("almalinux-9.4"));

        ck_assert_str_eq(container->container, "/run/systemd/container says podman");
        ck_assert_int_eq(container->livepatch_support, TRISTATE_YES);
        ck_assert_int_eq(custom->livepatch_support, TRISTATE_NO);
        ck_assert_ptr_null(custom->livepatch_unknown);
        ck_assert_str_eq(almalinux->os_id, "almalinux");
}
END_TEST

START_TEST(an_empty_folder_knows_nothing) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = scan_path(tree.path);

        ck_assert_ptr_null(host->kernel);
        ck_assert_str_eq(host->kernel_unknown, "there is no /proc/sys/kernel/osrelease");
        ck_assert_ptr_null(host->os_id);
        ck_assert_str_eq(host->os_unknown, "there is no /usr/lib/os-release");
        ck_assert_int_eq(host->livepatch_support, TRISTATE_UNKNOWN);
        ck_assert_str_eq(host->livepatch_unknown, "there is no /sys/kernel");
        ck_assert(host->kernel_built == UTC_TIME_NONE && host->booted == UTC_TIME_NONE);
        ck_assert_uint_eq(host->cmdline.n_items, 0);
}
END_TEST

static void add_patch(const HostTree *tree, const char *name, const char *enabled,
                      const char *transition) {
        char path[256];

        snprintf(path, sizeof(path), "sys/kernel/livepatch/%s/vmlinux/patched", name);
        host_tree_write(tree, path, "1\n");
        if (enabled) {
                snprintf(path, sizeof(path), "sys/kernel/livepatch/%s/enabled", name);
                host_tree_write(tree, path, enabled);
        }
        if (transition) {
                snprintf(path, sizeof(path), "sys/kernel/livepatch/%s/transition", name);
                host_tree_write(tree, path, transition);
        }
}

static void add_module(const HostTree *tree, const char *name, const char *taint,
                       const char *state) {
        char path[256];

        snprintf(path, sizeof(path), "sys/module/%s/taint", name);
        host_tree_write(tree, path, taint);
        if (state) {
                snprintf(path, sizeof(path), "sys/module/%s/initstate", name);
                host_tree_write(tree, path, state);
        }
}

START_TEST(odd_values_are_unknown) {
        static const struct {
                const char *enabled, *transition, *text;
        } cases[] = {
                { "1\n", "0\n", "p:Lyn" },   { "0\n", "1\n", "p:Lny" },   { "2\n", "0\n", "p:L?n" },
                { "", "", "p:L??" },         { "1", "0", "p:L??" },       { "\n", "0\n", "p:L?n" },
                { "11\n", "0\n", "p:L?n" },  { "1\n\n", "0\n", "p:L?n" }, { "y\n", "n\n", "p:L??" },
                { " 1\n", "0 \n", "p:L??" }, { "10", "0 ", "p:L??" },     { "1\n", NULL, "p:Ly?" },
                { NULL, "0\n", "" },         { NULL, NULL, "" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[256];

                host_tree_mkdir(&tree, "sys/module");
                add_patch(&tree, "p", cases[i].enabled, cases[i].transition);
                host = scan_path(tree.path);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].text) == 0, "row %zu gave '%s'", i, text);
        }
}
END_TEST

START_TEST(the_older_meaning_shows_by_its_own_attribute) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        host_tree_write(&tree, "sys/module/.keep", "");
        add_patch(&tree, "new", "1\n", "1\n");
        add_patch(&tree, "old", "0\n", "1\n");
        host_tree_write(&tree, "sys/kernel/livepatch/old/signal", "");
        host = scan_path(tree.path);
        ck_assert_uint_eq(host->n_patches, 2);
        ck_assert(!host->patches[0].enabled_last && host->patches[1].enabled_last);
}
END_TEST

START_TEST(the_architecture_may_have_a_file) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *without = scan_path(tree.path), *with = NULL;

        ck_assert_ptr_null(without->arch);
        host_tree_write(&tree, "proc/sys/kernel/arch", "aarch64\n");
        with = scan_path(tree.path);
        ck_assert_str_eq(with->arch, "aarch64");
}
END_TEST

START_TEST(an_unreadable_attribute_is_unknown) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        char text[256];

        host_tree_mkdir(&tree, "sys/module");
        add_patch(&tree, "p", NULL, "0\n");
        host_tree_link(&tree, "sys/kernel/livepatch/p/enabled",
                       "enabled"); /* a loop: an error of its own */
        host = scan_path(tree.path);
        describe(host, text, sizeof(text));
        ck_assert_str_eq(text, "p:L?n");
}
END_TEST

START_TEST(only_folders_are_patches_and_only_live_modules_count) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        char text[256];

        host_tree_write(&tree, "sys/kernel/livepatch/.keep", "");
        host_tree_write(&tree, "sys/kernel/livepatch/a_file", "1\n");
        add_patch(&tree, "listed", "1\n", "0\n");
        add_module(&tree, "listed", "OEK\n", "live\n");
        add_module(&tree, "a_replaced_one", "K\n", "live\n");
        add_module(&tree, "coming", "OEK\n", "coming\n");
        add_module(&tree, "going", "OEK\n", "going\n");
        add_module(&tree, "stateless", "OEK\n", NULL);
        add_module(&tree, "driver", "OE\n", "live\n");
        add_module(&tree, "plain", "\n", "live\n");
        host_tree_mkdir(&tree, "sys/module/builtin");

        host = scan_path(tree.path);
        describe(host, text, sizeof(text));
        ck_assert_str_eq(text, "a_replaced_one:-nn listed:Lyn");
}
END_TEST

START_TEST(the_kernels_list_tells_which_modules_to_look_at) {
        static const char *const lists[] = {
                "driver 16384 0 - Live 0x0000000000000000 (OE)\n"
                "going 16384 0 - Unloading 0x0000000000000000 (OEK-)\n"
                "Kernel_like 16384 1 driver, Live 0x0000000000000000\n"
                "replaced 16384 0 - Live 0x0000000000000000 (OEK)\n",
                "replaced 16384 0 - Live 0x0000000000000000 (K)", /* cut */
                "driver 16384 0 - Live 0x0000000000000000 (OE)\n\n (K)\n(K)\n",
                "",
        };
        static const char *const patches[] = { "replaced:-nn", "replaced:-nn", "", "" };

        for (size_t i = 0; i < ELEMENTS(lists); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[256];

                host_tree_write(&tree, "sys/kernel/livepatch/.keep", "");
                host_tree_write(&tree, "proc/modules", lists[i]);
                add_module(&tree, "going", "OEK\n", "going\n");
                add_module(&tree, "replaced", "OEK\n", "live\n");
                add_module(&tree, "Kernel_like", "OEK\n", "live\n"); /* loaded since */
                host = scan_path(tree.path);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, patches[i]) == 0, "list %zu: %s", i, text);
                ck_assert_ptr_null(host->livepatch_unknown);
        }
}
END_TEST

START_TEST(without_modules_the_patches_are_not_complete) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        add_patch(&tree, "p", "1\n", "0\n");
        host = scan_path(tree.path);
        ck_assert_int_eq(host->livepatch_support, TRISTATE_YES);
        ck_assert_str_eq(host->livepatch_unknown, "there is no /sys/module");
}
END_TEST

START_TEST(since_is_of_the_present_transition) {
        static const struct {
                const char *since, *text;
        } cases[] = {
                { "p 2024-09-30T11:55:00Z\n", "p:Lyy@2024-09-30T11:55:00Z q:Lyn" },
                { "q 2024-09-30T11:55:00Z\n", "p:Lyy q:Lyn" },
                { "p yesterday\n", "p:Lyy q:Lyn" },
                { "p\n\nr 2024-09-30T11:55:00Z", "p:Lyy q:Lyn" },
                { "", "p:Lyy q:Lyn" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[256];

                host_tree_mkdir(&tree, "sys/module");
                add_patch(&tree, "p", "1\n", "1\n");
                add_patch(&tree, "q", "1\n", "0\n");
                host_tree_write(&tree, "klpwatch/since", cases[i].since);
                host = scan_path(tree.path);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].text) == 0, "row %zu gave '%s'", i, text);
        }
}
END_TEST

START_TEST(os_release_is_read_as_the_shell_would) {
        static const struct {
                const char *text, *id; /* NULL: unknown */
        } cases[] = {
                { "ID=rhel\n", "rhel" },
                { "NAME=x\nID=\"rhel\"\nVERSION_ID=9\n", "rhel" },
                { "ID='sles'", "sles" },
                { "# ID=no\n  ID=rhel  \r\n", "rhel" },
                { "ID=\"a\\\"b\"\n", "a\"b" },
                { "ID='a\\b'\n", "a\\b" },
                { "ID_LIKE=fedora\nVERSION_ID=9\n", NULL },
                { "ID=\nNAME=x\n", NULL },
                { "ID=\"\"\n", NULL },
                { "", NULL },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;

                host_tree_write(&tree, "usr/lib/os-release", cases[i].text);
                if (i % 2 == 0)
                        host_tree_link(&tree, "etc/os-release", "../usr/lib/os-release");
                host = scan_path(tree.path);
                ck_assert_msg((host->os_id == NULL) == (cases[i].id == NULL), "row %zu gave %s", i,
                              host->os_id);
                ck_assert((host->os_id == NULL) == (host->os_unknown != NULL));
                if (cases[i].id)
                        ck_assert_str_eq(host->os_id, cases[i].id);
        }
}
END_TEST

START_TEST(strange_names_are_made_printable) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        _cleanup_(host_facts_freep) HostFacts *host = NULL;

        host_tree_mkdir(&tree, "sys/module");
        add_patch(&tree, "a\033[2Jb\xff", "1\n", "0\n");
        host_tree_write(&tree, "proc/sys/kernel/osrelease", "5.14.0\a-1\n");
        host = scan_path(tree.path);
        ck_assert_str_eq(host->patches[0].name, "a?[2Jb?");
        ck_assert_str_eq(host->kernel, "5.14.0?-1");
}
END_TEST

/*
 * A kernel that loads, replaces and unloads patches while it is scanned. `moved` vanishes and comes
 * back whole, `made` is made and removed attribute by attribute, and their modules stay loaded all
 * the time; `ghost` is a module that comes and goes without ever being listed.
 */
typedef struct Mover {
        HostTree tree;
        atomic_bool stop;
        atomic_uint n_rounds;
} Mover;

static void *move(void *data) {
        Mover *mover = data;
        char moved[128], away[128], made[128], enabled[160], transition[160], one[128], zero[128],
                        ghost[128], lair[128];

        snprintf(moved, sizeof(moved), "%s/sys/kernel/livepatch/moved", mover->tree.path);
        snprintf(away, sizeof(away), "%s/away", mover->tree.path);
        snprintf(made, sizeof(made), "%s/sys/kernel/livepatch/made", mover->tree.path);
        snprintf(enabled, sizeof(enabled), "%s/enabled", made);
        snprintf(transition, sizeof(transition), "%s/transition", made);
        snprintf(one, sizeof(one), "%s/one", mover->tree.path);
        snprintf(zero, sizeof(zero), "%s/zero", mover->tree.path);
        snprintf(ghost, sizeof(ghost), "%s/sys/module/ghost", mover->tree.path);
        snprintf(lair, sizeof(lair), "%s/lair", mover->tree.path);

        while (!atomic_load(&mover->stop)) {
                int failed = mkdir(made, 0755) | link(zero, transition) | link(one, enabled);

                failed |= rename(moved, away) | rename(ghost, lair);
                failed |= unlink(enabled) | unlink(transition) | rmdir(made);
                failed |= rename(away, moved) | rename(lair, ghost);
                if (failed)
                        return (char *) "the mover failed";
                atomic_fetch_add(&mover->n_rounds, 1);
        }
        return NULL;
}

static void check_moving(const HostFacts *host, const char *name, unsigned *n_listed,
                         unsigned *n_unlisted) {
        const LoadedPatch *patch = host_facts_find_patch(host, name);

        ck_assert_msg(patch != NULL, "%s is loaded, but was not seen", name);
        ck_assert_msg(patch->enabled == (patch->listed ? TRISTATE_YES : TRISTATE_NO),
                      "%s: enabled is %d", name, patch->enabled);
        ck_assert_msg(patch->transition == TRISTATE_NO, "%s: transition is %d", name,
                      patch->transition);
        (*(patch->listed ? n_listed : n_unlisted))++;
}

START_TEST(patches_come_and_go_while_it_scans) {
        unsigned moved_listed = 0, moved_unlisted = 0, made_listed = 0, made_unlisted = 0,
                 n_ghosts = 0, n_scans = 0;
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        Mover mover = { .tree = tree };
        pthread_t thread;
        void *failure;

        add_patch(&tree, "stable", "1\n", "0\n");
        add_patch(&tree, "moved", "1\n", "0\n");
        add_module(&tree, "stable", "OEK\n", "live\n");
        add_module(&tree, "moved", "OEK\n", "live\n");
        add_module(&tree, "made", "OEK\n", "live\n");
        add_module(&tree, "ghost", "OEK\n", "live\n");
        host_tree_write(&tree, "one", "1\n");
        host_tree_write(&tree, "zero", "0\n");

        ck_assert_int_eq(pthread_create(&thread, NULL, move, &mover), 0);
        /* Until both sights of each were met: on a busy machine the two take turns rarely. */
        while (n_scans < 2000 || (atomic_load(&mover.n_rounds) < 2000 && n_scans < 20000) ||
               (!(moved_listed && moved_unlisted && made_listed && made_unlisted && n_ghosts &&
                  n_ghosts < n_scans) &&
                n_scans < 40000)) {
                _cleanup_(host_facts_freep) HostFacts *host = scan_path(tree.path);
                const LoadedPatch *patch = host_facts_find_patch(host, "stable"),
                                  *ghost = host_facts_find_patch(host, "ghost");

                n_scans++;
                ck_assert_ptr_null(host->livepatch_unknown);
                ck_assert(patch && patch->listed && patch->enabled == TRISTATE_YES &&
                          patch->transition == TRISTATE_NO);
                check_moving(host, "moved", &moved_listed, &moved_unlisted);
                check_moving(host, "made", &made_listed, &made_unlisted);
                ck_assert(!ghost || !ghost->listed);
                n_ghosts += ghost != NULL;
                ck_assert_uint_eq(host->n_patches, ghost ? 4 : 3);
        }
        atomic_store(&mover.stop, true);
        pthread_join(thread, &failure);

        ck_assert_ptr_null(failure);
        ck_assert_msg(moved_listed && moved_unlisted && made_listed && made_unlisted && n_ghosts &&
                                      n_ghosts < n_scans,
                      "the scans did not meet both sights of each patch: %u/%u %u/%u %u of %u",
                      moved_listed, moved_unlisted, made_listed, made_unlisted, n_ghosts, n_scans);
}
END_TEST

/*
 * What happens between two reads of one scan, made to happen: the linker sends the scan's calls of
 * host_root_list() and host_root_read() here, and `then` acts once, right after `after` was read.
 */
static struct {
        const char *after;
        void (*then)(const HostTree *);
        HostTree tree;
} meanwhile;

static void act_after(const char *path) {
        void (*then)(const HostTree *) = meanwhile.then;

        if (!then || strcmp(path, meanwhile.after) != 0)
                return;
        meanwhile.then = NULL;
        then(&meanwhile.tree);
}

int __real_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret);
int __wrap_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret);

int __wrap_host_root_list(const HostRoot *root, const char *path, MemoryPool *pool, TextList *ret) {
        int r = __real_host_root_list(root, path, pool, ret);

        act_after(path);
        return r;
}

int __real_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes);
int __wrap_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes);

int __wrap_host_root_read(const HostRoot *root, const char *path, size_t max_bytes, char **ret,
                          size_t *ret_n_bytes) {
        int r = __real_host_root_read(root, path, max_bytes, ret, ret_n_bytes);

        act_after(path);
        return r;
}

static void move_in_tree(const HostTree *tree, const char *from, const char *to) {
        ck_assert_int_eq(rename(host_tree_path(tree, from), host_tree_path(tree, to)), 0);
}

static void load_late_patch(const HostTree *tree) {
        move_in_tree(tree, "late-patch", "sys/kernel/livepatch/late");
        move_in_tree(tree, "late-module", "sys/module/late");
}

static void disable_early_patch(const HostTree *tree) {
        move_in_tree(tree, "sys/kernel/livepatch/early", "early-patch");
}

static void remove_early_attributes(const HostTree *tree) {
        ck_assert_int_eq(unlink(host_tree_path(tree, "sys/kernel/livepatch/early/enabled")), 0);
        ck_assert_int_eq(unlink(host_tree_path(tree, "sys/kernel/livepatch/early/transition")), 0);
}

static void unload_early_patch(const HostTree *tree) {
        disable_early_patch(tree);
        move_in_tree(tree, "sys/module/early", "early-module");
}

static void unload_replaced_module(const HostTree *tree) {
        move_in_tree(tree, "sys/module/replaced", "replaced-module");
}

START_TEST(what_changes_between_two_reads_is_told_right) {
        static const struct {
                const char *after;
                void (*then)(const HostTree *);
                const char *text;
        } cases[] = {
                { "sys/kernel/livepatch", load_late_patch, "early:Lyn late:Lyn replaced:-nn" },
                { "sys/module", load_late_patch, "early:Lyn replaced:-nn" },
                { "sys/kernel/livepatch", disable_early_patch, "early:-nn replaced:-nn" },
                { "sys/module", disable_early_patch, "early:Lyn replaced:-nn" },
                { "sys/kernel/livepatch", unload_early_patch, "replaced:-nn" },
                { "sys/module", unload_replaced_module, "early:Lyn" },
                { "enabled", remove_early_attributes, "early:-nn replaced:-nn" },
                { "enabled", disable_early_patch, "early:Lyn replaced:-nn" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_host_tree_ HostTree tree = host_tree_new();
                _cleanup_(host_facts_freep) HostFacts *host = NULL;
                char text[256];

                add_patch(&tree, "early", "1\n", "0\n");
                add_module(&tree, "early", "OEK\n", "live\n");
                add_module(&tree, "replaced", "OEK\n", "live\n");
                add_patch(&tree, "late", "1\n", "0\n");
                add_module(&tree, "late", "OEK\n", "live\n");
                move_in_tree(&tree, "sys/kernel/livepatch/late", "late-patch");
                move_in_tree(&tree, "sys/module/late", "late-module");

                meanwhile.after = cases[i].after;
                meanwhile.then = cases[i].then;
                meanwhile.tree = tree;
                host = scan_path(tree.path);
                ck_assert_msg(!meanwhile.then, "row %zu: nothing happened", i);
                describe(host, text, sizeof(text));
                ck_assert_msg(strcmp(text, cases[i].text) == 0, "row %zu gave '%s'", i, text);
        }
}
END_TEST

UNIT_TEST(the_architecture_may_have_a_file, the_older_meaning_shows_by_its_own_attribute,
          recorded_hosts_are_read, details_of_a_recorded_host,
          containers_and_kernels_without_support_say_so, an_empty_folder_knows_nothing,
          odd_values_are_unknown, an_unreadable_attribute_is_unknown,
          only_folders_are_patches_and_only_live_modules_count,
          the_kernels_list_tells_which_modules_to_look_at,
          without_modules_the_patches_are_not_complete, since_is_of_the_present_transition,
          os_release_is_read_as_the_shell_would, strange_names_are_made_printable,
          patches_come_and_go_while_it_scans, what_changes_between_two_reads_is_told_right)
