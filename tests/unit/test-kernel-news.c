/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the kernel's own records, as /dev/kmsg gives them, become: failures with their reason, and force. */

#include <string.h>

#include "base/text.h"
#include "host-tree.h"
#include "kernel-news.h"
#include "unit-test.h"

#define HEAD "4,7,8,-;livepatch: "

/* What is told after these records, a line an event; the patches of `in_transition` (NULL: none) are seen meanwhile. */
static const char *told(MemoryPool *pool, const char *const *records, const char *in_transition,
                        ChangeEvents *ret_events) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        KernelNews news = {};
        const char *text = "";

        *ret_events = (ChangeEvents){};
        ck_assert_int_eq(host_facts_new(&host), 0);
        if (in_transition) {
                LoadedPatch *patch = memory_pool_append(host->pool, host->patches, host->n_patches);

                *patch = (LoadedPatch){ .name = in_transition,
                                        .listed = true,
                                        .enabled = TRISTATE_YES,
                                        .transition = TRISTATE_YES };
        }
        for (; *records; records++) {
                KernelMessage message;

                kernel_message_read(*records, strlen(*records), &message);
                kernel_news_tell(&news, &message, host, pool, ret_events);
        }
        for (size_t i = 0; i < ret_events->n_items; i++)
                text = memory_pool_format(pool, "%s%s %s\n", text,
                                          change_event_kind_to_text(ret_events->items[i].kind),
                                          ret_events->items[i].text);
        return text;
}

START_TEST(each_failure_is_told_with_the_reason_that_the_kernel_gave) {
        static const struct {
                const char *records[6], *in_transition, *expected;
        } cases[] = {
                { { HEAD "failed to enable patch 'a'\n", HEAD "'a': unpatching complete\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch a; it gives no reason.\n" },
                { { HEAD "enabling patch 'a'\n", HEAD "failed to patch object 'vmlinux'\n",
                    HEAD "failed to enable patch 'a'\n", HEAD "'a': unpatching complete\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch a: it could not patch "
                  "object "
                  "vmlinux.\n" },
                { { HEAD "pre-patch callback failed for object 'nfs'\n",
                    HEAD "failed to enable patch 'a'\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch a: its pre-patch callback "
                  "failed for object nfs.\n" },
                { { HEAD "Livepatch patch (a) is not compatible with the already installed "
                         "livepatches.\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch a: it is not compatible "
                  "with "
                  "those that are installed.\n" },
                { { HEAD "patch 'a' failed for module 'nfs', refusing to load module 'nfs'\n" },
                  NULL,
                  "patch-failed Live patch a failed: it could not be applied to module nfs, which "
                  "was not loaded therefore.\n" },
                /* A reason belongs to one patch. */
                { { HEAD "failed to patch object 'vmlinux'\n", HEAD "enabling patch 'b'\n",
                    HEAD "failed to enable patch 'b'\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch b; it gives no reason.\n" },
                { { HEAD "failed to patch object 'vmlinux'\n", HEAD "failed to enable patch 'a'\n",
                    HEAD "failed to enable patch 'b'\n" },
                  NULL,
                  "patch-failed The kernel could not enable live patch a: it could not patch "
                  "object "
                  "vmlinux.\npatch-failed The kernel could not enable live patch b; it gives no "
                  "reason.\n" },
                { { HEAD "forcing remaining tasks to the patched state\n" },
                  "a",
                  "transition-forced The transition of live patch a was forced: its module, and "
                  "those "
                  "that it replaced, can never be unloaded.\n" },
                { { HEAD "forcing remaining tasks to the patched state\n" },
                  NULL,
                  "transition-forced The transition of a live patch was forced: no module of a "
                  "live "
                  "patch can be unloaded any more.\n" },
                /* That is state, which sysfs tells. */
                { { HEAD "enabling patch 'a'\n", HEAD "'a': starting patching transition\n",
                    HEAD "signaling remaining tasks\n", HEAD "'a': patching complete\n",
                    HEAD "'a': starting unpatching transition\n",
                    HEAD "'a': unpatching complete\n" },
                  NULL,
                  "" },
                /* So says a program, not the kernel. */
                { { "12,7,8,-;livepatch: failed to enable patch 'a'\n",
                    "13,7,8,-;livepatch: forcing remaining tasks to the patched state\n" },
                  "a",
                  "" },
        };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *records[ELEMENTS(cases[i].records) + 1] = {};
                ChangeEvents events;
                const char *text;

                memcpy(records, cases[i].records, sizeof(cases[i].records));
                text = told(pool, records, cases[i].in_transition, &events);
                ck_assert_msg(strcmp(text, cases[i].expected) == 0, "row %zu: %s", i, text);
        }
}
END_TEST

START_TEST(a_patch_that_was_enabled_after_all_has_not_failed) {
        static const char *const records[] = { HEAD "failed to enable patch 'a'\n",
                                               HEAD "failed to enable patch 'b'\n", NULL };
        static const char patched[] = HEAD "'a': patching complete\n";
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        KernelMessage message;
        ChangeEvents events;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        told(pool, records, NULL, &events);
        ck_assert_uint_eq(events.n_items, 2);
        kernel_message_read(patched, strlen(patched), &message);
        kernel_news_overtake(&message, &events);
        ck_assert_uint_eq(events.n_items, 1);
        ck_assert_str_eq(events.items[0].patch, "b");
}
END_TEST

START_TEST(what_was_told_counts_for_its_boot_alone) {
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        HostRoot *root = NULL;
        uint64_t number = 1;

        host_tree_write(&tree, "proc/sys/kernel/random/boot_id", "one\n");
        ck_assert_int_eq(host_root_new(tree.path, &root), 0);
        ck_assert_int_ne(kernel_told_write(root, 4711), 0); /* no folder yet */
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
        host_tree_write(&tree, "run/klpwatch/.keep", "");
        ck_assert_int_eq(kernel_told_write(root, 4711), 0);
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 4711);
        host_tree_write(&tree, "proc/sys/kernel/random/boot_id", "two\n");
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
        host_tree_write(&tree, KERNEL_TOLD_FOLDER "/" KERNEL_TOLD_NAME, "kernel-told 2 two 9\n");
        number = 1;
        ck_assert_int_eq(kernel_told_read(root, &number), 0);
        ck_assert_uint_eq(number, 0);
        host_root_free(root);
}
END_TEST

UNIT_TEST(each_failure_is_told_with_the_reason_that_the_kernel_gave,
          a_patch_that_was_enabled_after_all_has_not_failed,
          what_was_told_counts_for_its_boot_alone)
