/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "base/text.h"
#include "ctl/blocking-tasks.h"
#include "host-tree.h"
#include "unit-test.h"

#define PATCHES "sys/kernel/livepatch/"

static void put_patch(const HostTree *tree, const char *name, const char *enabled,
                      const char *transition) {
        char path[256];

        snprintf(path, sizeof(path), PATCHES "%s/enabled", name);
        host_tree_write(tree, path, enabled);
        snprintf(path, sizeof(path), PATCHES "%s/transition", name);
        host_tree_write(tree, path, transition);
}

static void put_task(const HostTree *tree, int pid, int tid, const char *state, const char *comm,
                     const char *stack) {
        char path[256];

        snprintf(path, sizeof(path), "proc/%d/task/%d/patch_state", pid, tid);
        host_tree_write(tree, path, state);
        snprintf(path, sizeof(path), "proc/%d/task/%d/comm", pid, tid);
        host_tree_write(tree, path, comm);
        snprintf(path, sizeof(path), "proc/%d/task/%d/stack", pid, tid);
        if (stack)
                host_tree_write(tree, path, stack);
}

static HostTree tree_with(const char *release, const char *enabled) {
        HostTree tree = host_tree_new();

        host_tree_write(&tree, "proc/sys/kernel/osrelease", release);
        put_patch(&tree, "kpatch_old", "1\n", "0\n");
        put_patch(&tree, "kpatch_new", enabled, "1\n");
        put_task(&tree, 200, 200, "1\n", "moved\n", NULL);
        put_task(&tree, 100, 102, "0\n", "worker\n",
                 "[<0>] futex_wait+0x10/0x20\n[<0>] do_syscall_64+0x5c/0xf0\n");
        put_task(&tree, 100, 101, "0\n", "wor\033ker\n", NULL);
        put_task(&tree, 100, 100, "1\n", "main\n", NULL);
        put_task(&tree, 300, 300, "1\n", "moved, too\n", NULL);
        put_task(&tree, 400, 400, "-1\n", "idle\n", NULL);
        return tree;
}

static const char *tasks_text(MemoryPool *pool, const BlockingTasks *found) {
        const char *text = "";

        for (size_t i = 0; i < found->rows.n_items; i++) {
                const BusRow *row = &found->rows.items[i];
                TextList stack = bus_row_texts(row, "stack");

                text = memory_pool_format(pool, "%s%llu/%llu %s", text,
                                          (unsigned long long) row->fields[0].number,
                                          (unsigned long long) row->fields[1].number,
                                          bus_row_text(row, "command"));
                for (size_t j = 0; j < stack.n_items; j++)
                        text = memory_pool_format(pool, "%s %s", text, stack.items[j]);
                text = memory_pool_format(pool, "%s\n", text);
        }
        return text;
}

static void expect(const char *release, const char *enabled, bool removed, const char *expected) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with(release, enabled);
        BlockingTasks found = {};

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), 0);
        ck_assert_str_eq(found.patch, "kpatch_new");
        ck_assert_str_eq(tasks_text(pool, &found), expected);
        ck_assert(found.removed == removed);
        ck_assert(found.stacks == !removed);
}

START_TEST(those_that_have_not_moved_over_are_found) {
        expect("5.14.0-1.el9.x86_64\n", "1\n", false,
               "100/101 wor?ker\n100/102 worker futex_wait do_syscall_64\n");
}
END_TEST

START_TEST(on_the_way_back_the_others_hold_it_up) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with("5.14.0\n", "0\n");
        BlockingTasks found = {};

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), 0);
        ck_assert(found.removed);
        ck_assert_str_eq(tasks_text(pool, &found), "100/100 main\n200/200 moved\n300/300 moved, "
                                                   "too\n");
}
END_TEST

START_TEST(old_kernels_do_not_say_which_way_it_goes) {
        expect("4.18.0-372.el8.x86_64\n", "0\n", false,
               "100/101 wor?ker\n100/102 worker futex_wait do_syscall_64\n");
}
END_TEST

START_TEST(without_a_transition_nobody_holds_it_up) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with("5.14.0\n", "1\n");
        BlockingTasks found = {};

        put_patch(&tree, "kpatch_new", "1\n", "0\n");
        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found),
                         BLOCKING_TASKS_E_NO_TRANSITION);
}
END_TEST

START_TEST(what_is_not_told_is_no_empty_list) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = host_tree_new();
        BlockingTasks found = {};

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), BLOCKING_TASKS_E_UNREADABLE);
        put_patch(&tree, "kpatch_new", "1\n", "1\n");
        host_tree_write(&tree, "proc/1/task/1/comm", "no state\n");
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), BLOCKING_TASKS_E_UNREADABLE);
        /* A state that is refused: a folder stands for a file that only root may read. */
        put_task(&tree, 2, 2, "1\n", "moved\n", NULL);
        host_tree_write(&tree, "proc/3/task/3/patch_state/x", "");
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), BLOCKING_TASKS_E_NO_RIGHT);
}
END_TEST

UNIT_TEST(those_that_have_not_moved_over_are_found, on_the_way_back_the_others_hold_it_up,
          old_kernels_do_not_say_which_way_it_goes, without_a_transition_nobody_holds_it_up,
          what_is_not_told_is_no_empty_list)
