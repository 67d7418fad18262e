/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "ctl/blocking-tasks.h"
#include "ctl/verbs.h"
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
        put_task(&tree, 1, 1, "-1\n", "systemd\n", NULL);
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

START_TEST(hidden_processes_are_no_empty_list) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with("5.14.0\n", "1\n");
        const char *folder;
        BlockingTasks found = {};

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        /* As hidepid=1 does it: another user's process is there, and its folder is not to be opened. */
        folder = host_tree_path(&tree, "proc/300/task");
        ck_assert_int_eq(chmod(folder, 0), 0);
        ck_assert_int_eq(chmod(tree.path, 0755), 0);
        ck_assert(geteuid() != 0 || seteuid(65534) == 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), BLOCKING_TASKS_E_NO_RIGHT);
        ck_assert(getuid() != 0 || seteuid(0) == 0);
        ck_assert_int_eq(chmod(folder, 0755), 0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), 0);

        /* As hidepid=2 does it: there seems to be none but one's own. */
        ck_assert_int_eq(rename(host_tree_path(&tree, "proc/1"), host_tree_path(&tree, "hidden")),
                         0);
        ck_assert_int_eq(blocking_tasks_find(pool, tree.path, &found), BLOCKING_TASKS_E_NO_RIGHT);
}
END_TEST

/* What `klpctl patches --blocking` prints of it; NULL with the refusal in `ret_problem`. */
static const char *page_of(MemoryPool *pool, const HostTree *tree, DaemonProblem *ret_problem) {
        static const Terminal terminal = { .n_columns = 100 };
        static Page *page;
        CommandLine line = {};
        VerbContext context = { .line = &line, .pool = pool };
        const char *text;
        int r;

        page_free(page);
        ck_assert_int_eq(page_new(&terminal, pool, &page), 0);
        context.page = page;
        r = blocking_show(&context, tree->path);
        *ret_problem = context.problem;
        if (r == VERB_E_NO_ANSWER)
                return NULL;
        ck_assert_int_eq(r, 0);
        ck_assert_int_eq(page_finish(page, &text), 0);
        return text;
}

START_TEST(the_page_names_process_command_and_stack) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with("5.14.0\n", "1\n");
        DaemonProblem problem;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        ck_assert_str_eq(page_of(pool, &tree, &problem),
                         "These tasks hold up the transition to live patch kpatch_new:\n\n"
                         "100 (thread 101) wor?ker\n"
                         "100 (thread 102) worker\n        futex_wait < do_syscall_64\n");
        /* A folder stands for a file that even root may not read. */
        ck_assert_int_eq(unlink(host_tree_path(&tree, "proc/100/task/102/stack")), 0);
        host_tree_write(&tree, "proc/100/task/102/stack/x", "");
        ck_assert_str_eq(page_of(pool, &tree, &problem),
                         "These tasks hold up the transition to live patch kpatch_new:\n\n"
                         "100 (thread 101) wor?ker\n"
                         "100 (thread 102) worker\n\n"
                         "What they do in the kernel cannot be read here.\n");
        put_task(&tree, 100, 101, "1\n", "worker\n", NULL);
        put_task(&tree, 100, 102, "1\n", "worker\n", NULL);
        ck_assert_str_eq(page_of(pool, &tree, &problem),
                         "No task holds up the transition to live patch kpatch_new any more.\n");
        put_patch(&tree, "kpatch_new", "1\n", "0\n");
        ck_assert_str_eq(page_of(pool, &tree, &problem), "No live patch is in transition.\n");
}
END_TEST

START_TEST(who_may_not_see_them_is_told_what_to_run) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_host_tree_ HostTree tree = tree_with("5.14.0\n", "1\n");
        DaemonProblem problem;

        ck_assert_int_eq(memory_pool_new(&pool), 0);
        host_tree_write(&tree, "proc/3/task/3/patch_state/x", "");
        ck_assert_ptr_null(page_of(pool, &tree, &problem));
        ck_assert_str_eq(problem.sentence, "Only root is told which tasks have not moved over.");
        ck_assert_str_eq(problem.command, "sudo klpctl patches --blocking");
}
END_TEST

UNIT_TEST(those_that_have_not_moved_over_are_found, on_the_way_back_the_others_hold_it_up,
          old_kernels_do_not_say_which_way_it_goes, without_a_transition_nobody_holds_it_up,
          what_is_not_told_is_no_empty_list, hidden_processes_are_no_empty_list,
          the_page_names_process_command_and_stack, who_may_not_see_them_is_told_what_to_run)
